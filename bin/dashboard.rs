//! `evoladder-dashboard`: how the ladder does, for people and for Prometheus. See `evoladder::dashboard`.

use evoladder::config::Dashboard;
use evoladder::dashboard;
use evoladder::ipc::child::{Child, run_role};
use ipc_schema::control::Role;
use std::process::ExitCode;

fn main() -> ExitCode {
    run_role(Dashboard::from_env(), |config| config.log, run)
}

fn run(config: &Dashboard) -> anyhow::Result<()> {
    dashboard::run(Child::attach(Role::Dashboard)?, config)
}
