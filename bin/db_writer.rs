//! `evoladder-db-writer`: journal, replay files and database. See `evoladder::db_writer`.

use anyhow::Context;
use evoladder::config::{DbWriter, Faults};
use evoladder::db_writer;
use evoladder::ipc::child::{Child, run_role};
use evoladder::store::StoreError;
use ipc_schema::control::Role;
use std::process::ExitCode;

fn main() -> ExitCode {
    run_role(DbWriter::from_env(), |config| config.log, run)
}

fn run(config: &DbWriter) -> anyhow::Result<()> {
    let child = Child::attach(Role::DbWriter)?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().context("start tokio")?;
    runtime.block_on(db_writer::run(child, config)).map_err(for_whom)
}

/// Tables that no other start finds otherwise are the operator's to mend.
fn for_whom(error: anyhow::Error) -> anyhow::Error {
    let is_lasting = |cause: &(dyn std::error::Error + 'static)| {
        cause.downcast_ref::<StoreError>().is_some_and(StoreError::is_lasting)
    };
    if error.chain().any(is_lasting) { Faults(vec![format!("{error:#}")]).into() } else { error }
}
