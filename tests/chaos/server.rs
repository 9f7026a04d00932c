//! The PostgreSQL server of a run, which is stopped and started while the ladder runs.

#[expect(dead_code, reason = "shared with the tests, which need more of it")]
#[path = "../support/postgres.rs"]
mod postgres;

use anyhow::Context;
use postgres::Postgres;

pub(crate) struct Server {
    server: Postgres,
    url: String,
}

impl Server {
    /// A new one, with an empty database.
    pub(crate) fn new() -> anyhow::Result<Server> {
        let server = Postgres::start(&[]).context("PostgreSQL is not installed")?;
        let url = server.fresh();
        Ok(Server { server, url })
    }

    /// The address of its database.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn stop(&mut self) {
        self.server.stop();
    }

    pub(crate) fn start(&mut self) {
        self.server.start_again();
    }
}
