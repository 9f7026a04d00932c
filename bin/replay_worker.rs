//! `evoladder-replay-worker`: parses replays. See `evoladder::replay_worker`.

use evoladder::config::ReplayWorker;
use evoladder::ipc::child::{Child, exit_code};
use evoladder::{replay_worker, telemetry};
use ipc_schema::control::Role;
use std::process::ExitCode;

fn main() -> ExitCode {
    exit_code(run())
}

fn run() -> anyhow::Result<()> {
    let config = ReplayWorker::from_env()?;
    telemetry::start(config.log.into());
    let child = Child::attach(Role::ReplayWorker)?;
    replay_worker::run(child, &config.run_dir.backend())
}
