//! `evoladder-players`: the people of a demo. Started by `evoladder run --emulator`.

use anyhow::Context;
use evoladder::config;
use evoladder::ipc::child::{Child, exit_code};
use evoladder::{players, telemetry};
use ipc_schema::control::{EXIT_CONFIG, Role};
use std::process::ExitCode;
use tracing_subscriber::filter::LevelFilter;

fn main() -> ExitCode {
    let child = Child::attach(Role::Players);
    let config = match config::Players::from_env() {
        Ok(config) => config,
        Err(faults) => {
            telemetry::start(LevelFilter::INFO);
            tracing::error!("{faults}");
            return ExitCode::from(EXIT_CONFIG);
        }
    };
    telemetry::start(config.log.into());
    exit_code(child.and_then(|child| run(child, &config)))
}

fn run(child: Child, config: &config::Players) -> anyhow::Result<()> {
    let settings = players::Settings {
        emulator: config.emulator.to_string(),
        players: config.players as usize,
        seed: config.seed,
        record: Some(config.data.join("players").join("record.ndjson")),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.context("start the runtime")?.block_on(async {
        let control = child.start_control()?;
        players::run(settings, control).await
    })
}
