//! `evoladder-frontend`: Discord's side of the ladder. See `evoladder::frontend`.

use evoladder::config::{self, Faults};
use evoladder::frontend::{self, Settings, Unusable};
use evoladder::ipc::child::{Child, run_role};
use ipc_schema::control::Role;
use std::process::ExitCode;

fn main() -> ExitCode {
    // twilight and reqwest choose no provider and panic without one.
    let provider = rustls::crypto::ring::default_provider();
    assert!(provider.install_default().is_ok(), "the provider is installed once");
    run_role(config::Frontend::from_env(), |config| config.log, run)
}

fn run(config: &config::Frontend) -> anyhow::Result<()> {
    let child = Child::attach(Role::Frontend)?;
    let settings = Settings {
        run_dir: config.run_dir.path().to_owned(),
        token: config.token.expose().to_owned(),
        proxy: config.proxy.clone(),
        staff_channel: config.staff_channel,
        shards: config.shards,
        which: config.which,
    };
    frontend::run(settings, child).map_err(for_whom)
}

/// What Discord does not let this bot do is the operator's to change.
fn for_whom(error: anyhow::Error) -> anyhow::Error {
    if error.is::<Unusable>() { Faults(vec![format!("{error:#}")]).into() } else { error }
}
