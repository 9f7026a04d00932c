//! The PostgreSQL server of a run, which is stopped and started while the ladder runs.
//!
//! Nobody can make one yet: the store does not speak PostgreSQL in this build.

use anyhow::bail;

/// No value of it exists.
#[derive(Debug)]
pub(crate) enum Server {}

impl Server {
    /// A new one, with an empty database.
    pub(crate) fn new() -> anyhow::Result<Server> {
        bail!("the ladder does not speak PostgreSQL in this build")
    }

    /// The address of its database.
    pub(crate) fn url(&self) -> &str {
        match *self {}
    }

    pub(crate) fn stop(&mut self) {
        match *self {}
    }

    pub(crate) fn start(&mut self) {
        match *self {}
    }
}
