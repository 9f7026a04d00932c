//! `evoladder-frontend`: Discord's side of the ladder. See `evoladder::frontend`.

use evoladder::frontend::{self, Settings, gateway};
use evoladder::ipc::child::{self, Child};
use evoladder::telemetry;
use ipc_schema::control::{EXIT_CONFIG, Role};
use std::process::ExitCode;
use tracing_subscriber::filter::LevelFilter;

fn main() -> ExitCode {
    telemetry::start(LevelFilter::INFO);
    // twilight and reqwest choose no provider and panic without one.
    let provider = rustls::crypto::ring::default_provider();
    assert!(provider.install_default().is_ok(), "the provider is installed once");
    let result = run();
    if let Err(error) = &result
        && error.is::<gateway::Fatal>()
    {
        tracing::error!("{error:#}");
        return ExitCode::from(EXIT_CONFIG);
    }
    child::exit_code(result)
}

fn run() -> anyhow::Result<()> {
    let child = Child::attach(Role::Frontend)?;
    let settings = settings()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let hello = child.hello();
        let control = child.start_control()?;
        frontend::run(settings, hello, control).await
    })
}

/// The environment as the supervisor sets it.
fn settings() -> anyhow::Result<Settings> {
    use anyhow::Context;
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    Ok(Settings {
        run_dir: variable("EVOLADDER_RUN_DIR").context("read EVOLADDER_RUN_DIR")?.into(),
        token: variable("DISCORD_TOKEN").context("read DISCORD_TOKEN")?,
        proxy: variable("DISCORD_PROXY"),
    })
}
