//! `evoladder-db-writer`: journal, replay files and database. See `evoladder::db_writer`.

use evoladder::config::DbWriter;
use evoladder::db_writer;
use evoladder::ipc::child::{Child, run_role};
use ipc_schema::control::Role;
use std::process::ExitCode;

fn main() -> ExitCode {
    run_role(DbWriter::from_env(), |config| config.log, run)
}

fn run(config: &DbWriter) -> anyhow::Result<()> {
    db_writer::run(Child::attach(Role::DbWriter)?, config)
}
