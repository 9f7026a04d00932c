//! `evoladder-replay-worker`: parses replays. See `evoladder::replay_worker`.

use evoladder::config::{ReplayWorker, SandboxRule};
use evoladder::ipc::child::{Child, run_role};
use evoladder::replay_worker::{self, Sandbox};
use ipc_schema::control::{LayerKind, Role};
use std::process::ExitCode;

fn main() -> ExitCode {
    run_role(ReplayWorker::from_env(), |config| config.log, run)
}

fn run(config: &ReplayWorker) -> anyhow::Result<()> {
    let child = Child::attach(Role::ReplayWorker)?;
    let sandbox = Sandbox { layers: &LayerKind::ALL, required: config.sandbox == SandboxRule::Required };
    replay_worker::run(child, &config.run_dir.backend(), sandbox, replay_worker::read)
}
