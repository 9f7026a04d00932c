//! `evoladder-players`: the people of a demo. Started by `evoladder run --emulator`.

use anyhow::Context;
use evoladder::config::Players;
use evoladder::ipc::child::{Child, run_role};
use evoladder::players::{self, habits::Habits};
use evoladder::season::Which;
use ipc_schema::control::Role;
use std::process::ExitCode;

fn main() -> ExitCode {
    run_role(Players::from_env(), |config| config.log, run)
}

fn run(config: &Players) -> anyhow::Result<()> {
    let child = Child::attach(Role::Players)?;
    let settings = players::Settings {
        emulator: config.emulator.to_string(),
        players: config.players as usize,
        seed: config.seed,
        season: Which::from_name(&config.season).context("know the season")?,
        record: Some(config.data.join("players").join("record.ndjson")),
        habits: Habits::demo(),
    };
    players::run(settings, child)
}
