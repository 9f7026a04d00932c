//! What a run is to be, from its options, settings and data folder.

use super::folder::{DataFolder, DemoWish, RunFolder};
use super::run::Options;
use super::spec::{CHILDREN, Dashboard, Demo, Plan};
use super::users::Users;
use super::{Error, by_chance};
use crate::config::{self, DashboardWish, LogLevel, Secret};
use crate::telemetry;
use ipc_schema::control::Role;
use std::path::{Path, PathBuf};

/// Players of a demo, unless asked otherwise.
const DEMO_PLAYERS: u32 = 40;

/// How much a run says unless asked: a demo is watched on a terminal, where only trouble should scroll.
pub fn log_level(options: &Options, config: &config::Supervisor) -> LogLevel {
    config.log.unwrap_or(if options.emulator { LogLevel::Warn } else { LogLevel::Info })
}

pub(super) fn plan(
    options: &Options,
    config: config::Supervisor,
    data: &DataFolder,
    sockets: &RunFolder,
) -> Result<Plan, Error> {
    let log = log_level(options, &config);
    let (demo, seed, token, season) = if options.emulator {
        let wish = DemoWish { seed: options.seed.or(config.seed), players: options.players };
        let world = data.demo_world(wish, DEMO_PLAYERS)?;
        let demo = Demo {
            players: world.players,
            listen: config.emulator_listen,
            faults: options.faults.clone().or(config.emulator_faults),
            discord_spec: config.discord_spec,
            address: None,
        };
        let token = Secret::new(format!("demo.{:016x}{:016x}", by_chance(), by_chance()));
        (Some(demo), Some(world.seed), token, config::DEMO_SEASON)
    } else {
        data.refuse_demo()?;
        (None, config.seed, config.token.expect("a run alone has its token"), config::DEFAULT_SEASON)
    };
    let dashboard = match config.dashboard.unwrap_or(DashboardWish::default_of(options.emulator)) {
        DashboardWish::Off => None,
        DashboardWish::At(listen) => Some(Dashboard { listen, token: config.dashboard_token, address: None }),
    };
    let (shards, all) = (config.shards, config.shards.total());
    if shards.count() < all {
        tracing::warn!(
            "{} is {shards}: nobody here hears of what happens in the servers of the other {} shards",
            config::SHARDS,
            all - shards.count()
        );
    }
    Ok(Plan {
        run_dir: sockets.run_dir().clone(),
        data: data.path().to_owned(),
        season: config.season.unwrap_or_else(|| season.to_owned()),
        seed,
        owner: config.owner,
        places: config.places,
        token,
        durability: data.durability(config.durability, options.emulator, config.database_url.is_some())?,
        abandon_journal: config.abandon_journal,
        database_url: config.database_url,
        replay_store: config.replay_store,
        replay_workers: config.replay_workers,
        replay_sandbox: config.replay_sandbox,
        demo,
        log,
        log_format: telemetry::format_here(),
        backtrace: config.backtrace,
        users: Users::apart(config.is_run_as_root),
        dashboard,
        watch: config.watch,
        shards,
        frontend_processes: config.frontend_processes,
    })
}

/// A file that is not there would only be found out by twenty failed starts.
pub(super) fn check_executables(plan: &Plan, bin: &Path) -> Result<(), Error> {
    let used = CHILDREN.iter().filter(|spec| plan.count(spec) > 0);
    let missing: Vec<String> = used
        .map(|spec| executable(bin, spec.role))
        .filter(|path| !path.is_file())
        .map(|p| p.display().to_string())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Error::Config(format!(
        "missing beside evoladder: {}. Build all of them: cargo build --release --bins",
        missing.join(", ")
    )))
}

pub(super) fn executable(bin: &Path, role: Role) -> PathBuf {
    bin.join(format!("evoladder-{}", role.name()))
}
