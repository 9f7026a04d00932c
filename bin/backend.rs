//! `evoladder-backend`: the ladder's state and its rules. See `evoladder::backend`.

use evoladder::config::{Backend, Faults};
use evoladder::ipc::child::{Child, run_role};
use evoladder::season::{self, Which};
use evoladder::{backend, clock};
use ipc_schema::control::Role;
use std::process::ExitCode;

fn main() -> ExitCode {
    run_role(Backend::from_env(), |config| config.log, run)
}

fn run(config: &Backend) -> anyhow::Result<()> {
    let child = Child::attach(Role::Backend)?;
    let which = Which::from_name(&config.season).ok_or_else(|| {
        Faults(vec![format!("EVOLADDER_SEASON is {}, but should be default or demo", config.season)])
    })?;
    let season = season::load(which)?;
    // Any number will do: the events carry what chance decided.
    let seed = config.seed.unwrap_or_else(|| clock::now().0);
    let (db_writer, owner, places) = (config.run_dir.db_writer(), config.owner, config.places);
    backend::run(child, db_writer, season, seed, owner, places)
}
