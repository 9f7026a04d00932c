//! `evoladder-frontend`: Discord's side of the ladder. See `evoladder::frontend`.

use evoladder::frontend::{self, Settings, gateway};
use evoladder::ipc::child::{self, Child};
use evoladder::{config, telemetry};
use ipc_schema::control::{EXIT_CONFIG, Role};
use std::process::ExitCode;

fn main() -> ExitCode {
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
    let config = config::Frontend::from_env()?;
    telemetry::start(config.log.into());
    let child = Child::attach(Role::Frontend)?;
    let settings = Settings {
        run_dir: config.run_dir.path().to_owned(),
        token: config.token.expose().to_owned(),
        proxy: config.proxy,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let hello = child.hello();
        let control = child.start_control()?;
        frontend::run(settings, hello, control).await
    })
}
