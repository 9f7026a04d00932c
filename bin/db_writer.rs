//! `evoladder-db-writer`: journal, replay files and database. See `evoladder::db_writer`.

use anyhow::Context;
use evoladder::config::DbWriter;
use evoladder::db_writer;
use evoladder::ipc::child::{Child, run_role};
use ipc_schema::control::Role;
use std::process::ExitCode;

fn main() -> ExitCode {
    run_role(DbWriter::from_env(), |config| config.log, run)
}

fn run(config: &DbWriter) -> anyhow::Result<()> {
    let child = Child::attach(Role::DbWriter)?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().context("start tokio")?;
    runtime.block_on(db_writer::run(child, config)).map_err(db_writer::for_whom)
}
