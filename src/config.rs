//! The one reader of the environment: a struct per role, typed and judged before anything starts.
//!
//! Every fault of a role is reported at once, each with what the variable should be; the process
//! then exits with `EXIT_CONFIG`. A variable that is set but empty counts as not set. The
//! supervisor reads its own environment and hands every child only what its struct here names.

mod check;
mod dashboard;
mod places;
mod replay_store;
mod shards;
mod watch;

pub use check::{Check, CheckedPlaces};
pub use dashboard::{DASHBOARD_LISTEN, DASHBOARD_TOKEN, Dashboard, DashboardWish};
pub use places::{
    GUILD_ID, MATCH_CHANNEL_ID, MATCH_LOG_CHANNEL_ID, MATCH_THREADS, STAFF_CHANNEL_ID, STAFF_ROLE_ID,
    place_variables,
};
pub use replay_store::{
    AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL, AWS_REGION, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, Bucket,
    REPLAY_STORE, ReplayStore,
};
pub use shards::{FRONTEND, FRONTEND_PROCESSES, Nth, SHARDS, Shards};
pub use watch::{ALERTS, LOAD_LEVELS};

use crate::watch::Knobs;
use ipc_schema::event::Places;
use ipc_schema::ids::{ChannelId, UserId};
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::{env, fmt, thread};
use tracing::level_filters::LevelFilter;

/// The folder of the running ladder's sockets, made by the supervisor.
pub const RUN_DIR: &str = "EVOLADDER_RUN_DIR";
/// The folder that outlives the container.
pub const DATA: &str = "EVOLADDER_DATA";
/// How much the processes say on standard error.
pub const LOG: &str = "EVOLADDER_LOG";
/// In which form, `text` or `json`: a child does not see whether its words end on a terminal.
pub const LOG_FORMAT: &str = "EVOLADDER_LOG_FORMAT";
/// Which season is played: `default` or `demo`.
pub const SEASON: &str = "EVOLADDER_SEASON";
/// The Discord account that is always an owner of the ladder.
pub const OWNER: &str = "LADDER_OWNER";
/// What the demo's people and chance derive from.
pub const SEED: &str = "EVOLADDER_SEED";
/// How many people live in the demo.
pub const PLAYERS: &str = "EVOLADDER_PLAYERS";
/// How many replays are parsed side by side.
pub const REPLAY_WORKERS: &str = "REPLAY_WORKERS";
/// Whether replays are parsed where the host forbids a layer of the worker's sandbox.
pub const REPLAY_SANDBOX: &str = "REPLAY_SANDBOX";
/// A PostgreSQL database instead of the SQLite file.
pub const DATABASE_URL: &str = "DATABASE_URL";
/// What has a record before anybody is told of it: `journal` or `database`.
pub const DURABILITY: &str = "DURABILITY";
/// The data folder, by the name in its file `holder`, without whose last moments the ladder goes on.
pub const ABANDON_JOURNAL: &str = "EVOLADDER_ABANDON_JOURNAL";
/// The bot's token.
pub const DISCORD_TOKEN: &str = "DISCORD_TOKEN";
/// Where Discord's API is spoken instead of at Discord.
pub const DISCORD_PROXY: &str = "DISCORD_PROXY";
/// Where the emulator listens.
pub const EMULATOR_LISTEN: &str = "EMULATOR_LISTEN";
/// What goes wrong in the emulator from its start.
pub const EMULATOR_FAULTS: &str = "EMULATOR_FAULTS";
/// Discord's description of its API.
pub const DISCORD_SPEC: &str = "EVOLADDER_DISCORD_SPEC";
/// Where the emulator is found.
pub const EMULATOR_ADDRESS: &str = "EMULATOR_ADDRESS";
/// Railway's switch for containers that begin as root, which is how their volumes can be written.
pub const RUN_UID: &str = "RAILWAY_RUN_UID";
/// Rust's own switch for backtraces.
pub const BACKTRACE: &str = "RUST_BACKTRACE";
/// Where a test arms places of whole processes; no shipped executable knows it.
#[cfg(feature = "failpoints")]
pub const FAILPOINTS: &str = "EVOLADDER_FAILPOINTS";

/// The data folder of whoever says nothing.
pub const DEFAULT_DATA: &str = "data";
/// The season of whoever says nothing.
pub const DEFAULT_SEASON: &str = "default";
/// The season of the demo.
pub const DEMO_SEASON: &str = "demo";

/// What the supervisor reads, for itself and to hand on.
#[derive(Debug)]
pub struct Supervisor {
    /// `EVOLADDER_DATA`, default `data`.
    pub data: PathBuf,
    /// `EVOLADDER_SEASON`, default `default`.
    pub season: Option<String>,
    /// `EVOLADDER_SEED`, default by chance.
    pub seed: Option<u64>,
    /// `LADDER_OWNER`, handed to the backend.
    pub owner: Option<UserId>,
    /// The channels of `MATCH_LOG_CHANNEL_ID` and its neighbours, handed to the backend; default none.
    pub places: Places,
    /// `DISCORD_TOKEN`, needed without the emulator.
    pub token: Option<Secret>,
    /// `DATABASE_URL`, default the SQLite file in the data folder.
    pub database_url: Option<Secret>,
    /// `DURABILITY`, default by where the data folder lies.
    pub durability: Option<Durability>,
    /// `EVOLADDER_ABANDON_JOURNAL`, handed to the db-writer.
    pub abandon_journal: Option<String>,
    /// `REPLAY_STORE`, handed to the db-writer with what belongs to it; default no copies.
    pub replay_store: Option<ReplayStore>,
    /// `REPLAY_WORKERS`, 1 to 32, default one per core.
    pub replay_workers: usize,
    /// `REPLAY_SANDBOX`, handed to the workers, default `best-effort`.
    pub replay_sandbox: SandboxRule,
    /// `EMULATOR_LISTEN`, default a free port of 127.0.0.1.
    pub emulator_listen: Option<SocketAddr>,
    /// `EMULATOR_FAULTS`, handed to the emulator, default none.
    pub emulator_faults: Option<String>,
    /// `EVOLADDER_DISCORD_SPEC`, handed to the emulator.
    pub discord_spec: Option<PathBuf>,
    /// `EVOLADDER_LOG`, default `info`, in a demo `warn`.
    pub log: Option<LogLevel>,
    /// `RUST_BACKTRACE`, handed to every child but the replay workers.
    pub backtrace: Option<String>,
    /// `RAILWAY_RUN_UID` is 0: the data folder is given to the children, and each role is a user of its own.
    pub is_run_as_root: bool,
    /// `DASHBOARD_LISTEN`, default 127.0.0.1:9640, in a demo a free port of 127.0.0.1.
    pub dashboard: Option<DashboardWish>,
    /// `DASHBOARD_TOKEN`, needed where the dashboard listens for others than this machine.
    pub dashboard_token: Option<Secret>,
    /// `LOAD_LEVELS` and `ALERTS`; default what [`Knobs`] has.
    pub watch: Knobs,
    /// `SHARDS`, default `0/1`; shard 0 is among them.
    pub shards: Shards,
    /// `FRONTEND_PROCESSES`, at most one for each shard, default 1.
    pub frontend_processes: usize,
}

#[derive(Debug)]
pub struct DbWriter {
    pub run_dir: RunDir,
    pub log: LogLevel,
    /// `EVOLADDER_DATA`.
    pub data: PathBuf,
    /// `DATABASE_URL`, else the SQLite file in the data folder.
    pub database_url: Option<Secret>,
    /// `DURABILITY`, default `journal`.
    pub durability: Durability,
    /// `EVOLADDER_ABANDON_JOURNAL`, else none.
    pub abandon_journal: Option<String>,
    /// `REPLAY_STORE`, else no copies.
    pub replay_store: Option<ReplayStore>,
}

#[derive(Debug)]
pub struct Backend {
    pub run_dir: RunDir,
    pub log: LogLevel,
    /// `EVOLADDER_SEASON`, default `default`.
    pub season: String,
    /// `EVOLADDER_SEED`, else by chance.
    pub seed: Option<u64>,
    /// `LADDER_OWNER`, else whoever is one already.
    pub owner: Option<UserId>,
    /// The channels of `MATCH_LOG_CHANNEL_ID` and its neighbours, else none.
    pub places: Places,
}

#[derive(Debug)]
pub struct ReplayWorker {
    pub run_dir: RunDir,
    pub log: LogLevel,
    /// `REPLAY_SANDBOX`, default `best-effort`.
    pub sandbox: SandboxRule,
}

#[derive(Debug)]
pub struct Frontend {
    pub run_dir: RunDir,
    pub log: LogLevel,
    /// `DISCORD_TOKEN`.
    pub token: Secret,
    /// `DISCORD_PROXY`, the host and port of the emulator; Discord itself without it.
    pub proxy: Option<String>,
    /// `STAFF_CHANNEL_ID`, where staff are told of alerts, else nowhere.
    pub staff_channel: Option<ChannelId>,
    /// `SHARDS`, those of this process, default `0/1`.
    pub shards: Shards,
    /// `EVOLADDER_FRONTEND`, default the only one.
    pub which: Nth,
}

#[derive(Debug)]
pub struct Emulator {
    pub run_dir: RunDir,
    pub log: LogLevel,
    /// `DISCORD_TOKEN`, the only one it lets in.
    pub token: Secret,
    /// `EVOLADDER_SEED`.
    pub seed: u64,
    /// `EMULATOR_LISTEN`, default the port of the life before, or a free one, of 127.0.0.1.
    pub listen: SocketAddr,
    /// `EVOLADDER_DATA`; its own folder is `emulator` in it.
    pub data: PathBuf,
    /// `EVOLADDER_PLAYERS`; the simulated people among its users.
    pub players: u32,
    /// `EVOLADDER_SEASON`, default `default`.
    pub season: String,
    /// `EMULATOR_FAULTS`, JSON as `POST /emulator/faults` takes it, default none.
    pub faults: Option<String>,
    /// `EVOLADDER_DISCORD_SPEC`, the OpenAPI document that requests and answers are held against; default one that lies
    /// beside the checkout, else none.
    pub discord_spec: Option<PathBuf>,
}

#[derive(Debug)]
pub struct Players {
    pub run_dir: RunDir,
    pub log: LogLevel,
    /// `EMULATOR_ADDRESS`.
    pub emulator: SocketAddr,
    /// `EVOLADDER_PLAYERS`.
    pub players: u32,
    /// `EVOLADDER_SEED`.
    pub seed: u64,
    /// `EVOLADDER_SEASON`, default `default`.
    pub season: String,
    /// `EVOLADDER_DATA`; their record is `players/record.ndjson` in it.
    pub data: PathBuf,
}

/// Everything that is wrong with an environment, a line each.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct Faults(pub Vec<String>);

/// A text that no log may hold.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(text.into())
    }

    /// The text itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// The folder of sockets and the places in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunDir(PathBuf);

impl RunDir {
    pub fn new(folder: impl Into<PathBuf>) -> RunDir {
        RunDir(folder.into())
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Where the frontend and the replay workers find the backend.
    pub fn backend(&self) -> PathBuf {
        self.0.join("backend.sock")
    }

    /// Where the backend finds the db-writer.
    pub fn db_writer(&self) -> PathBuf {
        self.0.join("db-writer.sock")
    }

    /// Where `evoladder status` finds the supervisor.
    pub fn supervisor(&self) -> PathBuf {
        self.0.join("supervisor.sock")
    }
}

/// How much is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
}

impl LogLevel {
    pub fn name(self) -> &'static str {
        match self {
            LogLevel::Error => "error",
            LogLevel::Warn => "warn",
            LogLevel::Info => "info",
            LogLevel::Debug => "debug",
        }
    }

    fn from_name(name: &str) -> Option<LogLevel> {
        [LogLevel::Error, LogLevel::Warn, LogLevel::Info, LogLevel::Debug]
            .into_iter()
            .find(|level| level.name() == name)
    }
}

/// In which form the processes log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people at a terminal.
    Text,
    /// A JSON object a line.
    Json,
}

impl LogFormat {
    pub fn name(self) -> &'static str {
        match self {
            LogFormat::Text => "text",
            LogFormat::Json => "json",
        }
    }
}

impl From<LogLevel> for LevelFilter {
    fn from(level: LogLevel) -> LevelFilter {
        match level {
            LogLevel::Error => LevelFilter::ERROR,
            LogLevel::Warn => LevelFilter::WARN,
            LogLevel::Info => LevelFilter::INFO,
            LogLevel::Debug => LevelFilter::DEBUG,
        }
    }
}

/// What has to have a record on disk before anybody is told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// The journal in the data folder; the database follows.
    Journal,
    /// The database, for hosts whose data folder is gone with the container.
    Database,
}

impl Durability {
    pub fn name(self) -> &'static str {
        match self {
            Durability::Journal => "journal",
            Durability::Database => "database",
        }
    }

    fn from_name(name: &str) -> Option<Durability> {
        [Durability::Journal, Durability::Database].into_iter().find(|durability| durability.name() == name)
    }
}

/// What a layer of the sandbox that the host does not give means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SandboxRule {
    /// The worker parses behind the others, and the log says so.
    BestEffort,
    /// The worker does not start.
    Required,
}

impl SandboxRule {
    pub fn name(self) -> &'static str {
        match self {
            SandboxRule::BestEffort => "best-effort",
            SandboxRule::Required => "required",
        }
    }

    fn from_name(name: &str) -> Option<SandboxRule> {
        [SandboxRule::BestEffort, SandboxRule::Required].into_iter().find(|rule| rule.name() == name)
    }
}

impl Supervisor {
    fn read(from: &mut Reader<'_>) -> Supervisor {
        let (dashboard, dashboard_token) = from.dashboard();
        let (shards, frontend_processes) = from.shards_and_processes();
        Supervisor {
            dashboard,
            dashboard_token,
            shards,
            frontend_processes,
            data: from.path(DATA).unwrap_or_else(|| PathBuf::from(DEFAULT_DATA)),
            season: from.text(SEASON),
            seed: from.seed(),
            owner: from.owner(),
            places: from.places(),
            token: from.token(),
            database_url: from.database_url(),
            durability: from.durability(),
            abandon_journal: from.text(ABANDON_JOURNAL),
            replay_store: from.replay_store(),
            replay_workers: from
                .parsed(REPLAY_WORKERS, "a number from 1 to 32", |text| {
                    text.parse().ok().filter(|n| (1..=32).contains(n))
                })
                .unwrap_or_else(|| thread::available_parallelism().map_or(1, usize::from).min(32)),
            replay_sandbox: from.sandbox(),
            emulator_listen: from.address(EMULATOR_LISTEN),
            emulator_faults: from.text(EMULATOR_FAULTS),
            discord_spec: from.path(DISCORD_SPEC),
            log: from.log(),
            backtrace: from.text(BACKTRACE),
            is_run_as_root: from.text(RUN_UID).as_deref() == Some("0"),
            watch: from.watch(),
        }
    }
}

impl DbWriter {
    fn read(from: &mut Reader<'_>) -> DbWriter {
        DbWriter {
            run_dir: from.run_dir(),
            log: from.log_or_info(),
            data: from.needed_data(),
            database_url: from.database_url(),
            durability: from.durability().unwrap_or(Durability::Journal),
            abandon_journal: from.text(ABANDON_JOURNAL),
            replay_store: from.replay_store(),
        }
    }
}

impl Backend {
    fn read(from: &mut Reader<'_>) -> Backend {
        Backend {
            run_dir: from.run_dir(),
            log: from.log_or_info(),
            season: from.season(),
            seed: from.seed(),
            owner: from.owner(),
            places: from.places(),
        }
    }
}

impl ReplayWorker {
    fn read(from: &mut Reader<'_>) -> ReplayWorker {
        ReplayWorker { run_dir: from.run_dir(), log: from.log_or_info(), sandbox: from.sandbox() }
    }
}

impl Frontend {
    fn read(from: &mut Reader<'_>) -> Frontend {
        Frontend {
            run_dir: from.run_dir(),
            log: from.log_or_info(),
            token: from.needed_token(),
            proxy: from.parsed(DISCORD_PROXY, "a host and a port, such as 127.0.0.1:8080", |text| {
                let (host, port) = text.rsplit_once(':')?;
                (!host.is_empty() && port.parse::<u16>().is_ok()).then(|| text.to_owned())
            }),
            staff_channel: from.places().staff,
            shards: from.shards(),
            which: from.which_frontend(),
        }
    }
}

impl Emulator {
    fn read(from: &mut Reader<'_>) -> Emulator {
        Emulator {
            run_dir: from.run_dir(),
            log: from.log_or_info(),
            token: from.needed_token(),
            seed: from.needed_seed(),
            listen: from.address(EMULATOR_LISTEN).unwrap_or_else(any_port),
            data: from.needed_data(),
            players: from.needed_players(),
            season: from.season(),
            faults: from.text(EMULATOR_FAULTS),
            discord_spec: from.path(DISCORD_SPEC),
        }
    }
}

impl Players {
    fn read(from: &mut Reader<'_>) -> Players {
        Players {
            run_dir: from.run_dir(),
            log: from.log_or_info(),
            emulator: from
                .needs(EMULATOR_ADDRESS, ADDRESS, |from, name| from.address(name))
                .unwrap_or_else(any_port),
            players: from.needed_players(),
            seed: from.needed_seed(),
            season: from.season(),
            data: from.needed_data(),
        }
    }
}

macro_rules! from_env {
    ($($role:ident),+) => {$(
        impl $role {
            /// Reads the environment of this process.
            pub fn from_env() -> Result<$role, Faults> {
                Reader::read(&|name| env::var_os(name), $role::read)
            }
        }
    )+};
}
from_env!(Supervisor, DbWriter, Backend, ReplayWorker, Frontend, Emulator, Players, Dashboard, Check);

/// The folder in which places are armed, if there is one.
#[cfg(feature = "failpoints")]
pub(crate) fn failpoints() -> Option<PathBuf> {
    env::var_os(FAILPOINTS).filter(|path| !path.is_empty()).map(PathBuf::from)
}

/// The form of the log, where the supervisor says it.
pub fn log_format() -> Option<LogFormat> {
    let said = env::var_os(LOG_FORMAT)?;
    [LogFormat::Text, LogFormat::Json].into_iter().find(|format| said == format.name())
}

/// The data folder alone, for those who only look at a running ladder.
pub fn data_folder() -> PathBuf {
    env::var_os(DATA)
        .filter(|text| !text.is_empty())
        .map_or_else(|| PathBuf::from(DEFAULT_DATA), PathBuf::from)
}

/// Where PostgreSQL is, if the tables are there, for the same.
pub fn database_url() -> Result<Option<Secret>, Faults> {
    Reader::read(&|name| env::var_os(name), Reader::database_url)
}

/// Where private folders for sockets belong: `XDG_RUNTIME_DIR` if the session has one, then the
/// temporary folder, then the one every Unix has, whose name is short enough for a socket's path.
pub fn runtime_folders() -> Vec<PathBuf> {
    let session = env::var_os("XDG_RUNTIME_DIR").filter(|text| !text.is_empty()).map(PathBuf::from);
    session.into_iter().chain([env::temp_dir(), PathBuf::from("/tmp")]).collect()
}

const ADDRESS: &str = "an address and a port, such as 127.0.0.1:8080";
const SEED_IS: &str = "a whole number from 0 to 18446744073709551615";

fn any_port() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

/// Reads variables and collects what is wrong with them.
struct Reader<'a> {
    lookup: &'a dyn Fn(&str) -> Option<OsString>,
    faults: Vec<String>,
}

impl<'a> Reader<'a> {
    fn read<T>(
        lookup: &'a dyn Fn(&str) -> Option<OsString>,
        role: impl FnOnce(&mut Reader<'a>) -> T,
    ) -> Result<T, Faults> {
        let mut reader = Reader { lookup, faults: Vec::new() };
        let value = role(&mut reader);
        if reader.faults.is_empty() { Ok(value) } else { Err(Faults(reader.faults)) }
    }

    fn raw(&self, name: &str) -> Option<OsString> {
        (self.lookup)(name).filter(|text| !text.is_empty())
    }

    fn path(&mut self, name: &str) -> Option<PathBuf> {
        self.raw(name).map(PathBuf::from)
    }

    fn text(&mut self, name: &str) -> Option<String> {
        match self.raw(name)?.into_string() {
            Ok(text) => Some(text),
            Err(_) => {
                self.faults.push(format!("{name} is not valid UTF-8"));
                None
            }
        }
    }

    /// The variable as `parse` understands it; what it does not understand is a fault. The text
    /// is not repeated: it may be a secret in the wrong variable.
    fn parsed<T>(&mut self, name: &str, is: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.text(name)?;
        let value = parse(&text);
        if value.is_none() {
            self.faults.push(format!("{name} should be {is}"));
        }
        value
    }

    /// As `read` finds it; that it is not set is a fault.
    fn needs<T>(
        &mut self,
        name: &str,
        is: &str,
        read: impl FnOnce(&mut Self, &str) -> Option<T>,
    ) -> Option<T> {
        if self.raw(name).is_none() {
            self.faults.push(format!("{name} is not set; it should be {is}"));
            return None;
        }
        read(self, name)
    }

    fn run_dir(&mut self) -> RunDir {
        let is = "the folder of the ladder's sockets (evoladder run sets it)";
        RunDir(self.needs(RUN_DIR, is, Reader::path).unwrap_or_default())
    }

    fn needed_data(&mut self) -> PathBuf {
        self.needs(DATA, "the data folder", Reader::path).unwrap_or_default()
    }

    fn log(&mut self) -> Option<LogLevel> {
        self.parsed(LOG, "error, warn, info or debug", LogLevel::from_name)
    }

    fn log_or_info(&mut self) -> LogLevel {
        self.log().unwrap_or(LogLevel::Info)
    }

    fn sandbox(&mut self) -> SandboxRule {
        self.parsed(REPLAY_SANDBOX, "required or best-effort", SandboxRule::from_name)
            .unwrap_or(SandboxRule::BestEffort)
    }

    /// A database that only follows may be the file in the data folder, but then nothing else is lost with it.
    fn durability(&mut self) -> Option<Durability> {
        let durability = self.parsed(DURABILITY, "journal or database", Durability::from_name)?;
        if durability == Durability::Database && self.raw(DATABASE_URL).is_none() {
            self.faults.push(format!("{DURABILITY} is database, so {DATABASE_URL} has to be set"));
        }
        Some(durability)
    }

    fn season(&mut self) -> String {
        self.text(SEASON).unwrap_or_else(|| DEFAULT_SEASON.to_owned())
    }

    fn seed(&mut self) -> Option<u64> {
        self.parsed(SEED, SEED_IS, |text| text.parse().ok())
    }

    fn owner(&mut self) -> Option<UserId> {
        self.parsed(OWNER, "the id of a Discord account, a number of 17 to 20 digits", |text| {
            let text = text.trim();
            let digits = text.bytes().all(|byte| byte.is_ascii_digit());
            (digits && (17..=20).contains(&text.len())).then(|| text.parse().ok().map(UserId))?
        })
    }

    fn needed_seed(&mut self) -> u64 {
        self.needs(SEED, SEED_IS, |from, _| from.seed()).unwrap_or_default()
    }

    fn needed_players(&mut self) -> u32 {
        let count =
            |from: &mut Self, name: &str| from.parsed(name, "a whole number", |text| text.parse().ok());
        self.needs(PLAYERS, "a whole number", count).unwrap_or_default()
    }

    fn address(&mut self, name: &str) -> Option<SocketAddr> {
        self.parsed(name, ADDRESS, |text| text.parse().ok())
    }

    fn token(&mut self) -> Option<Secret> {
        self.parsed(DISCORD_TOKEN, "the bot's token alone, without spaces", |text| {
            let text = text.trim();
            let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
            plain.then(|| Secret::new(text))
        })
    }

    fn needed_token(&mut self) -> Secret {
        let is = "the bot's token from Discord's developer portal";
        self.needs(DISCORD_TOKEN, is, |from, _| from.token()).unwrap_or_else(|| Secret::new(""))
    }

    fn database_url(&mut self) -> Option<Secret> {
        self.parsed(DATABASE_URL, "an address that begins with postgres:// or postgresql://", |text| {
            let known = ["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme));
            known.then(|| Secret::new(text))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T>(set: &[(&str, &str)], role: impl FnOnce(&mut Reader<'_>) -> T) -> Result<T, Faults> {
        let set: Vec<(String, OsString)> =
            set.iter().map(|(name, value)| ((*name).to_owned(), OsString::from(value))).collect();
        let lookup = move |name: &str| set.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
        Reader::read(&lookup, role)
    }

    #[test]
    fn every_fault_is_reported_at_once_with_what_it_should_be() {
        let faults = read(
            &[
                (DATABASE_URL, "mysql://x"),
                (LOG, "loud"),
                (REPLAY_WORKERS, "33"),
                (REPLAY_SANDBOX, "on"),
                (SEED, "-1"),
                (OWNER, "ana"),
            ],
            Supervisor::read,
        )
        .unwrap_err();
        assert_eq!(
            faults.0,
            [
                "EVOLADDER_SEED should be a whole number from 0 to 18446744073709551615",
                "LADDER_OWNER should be the id of a Discord account, a number of 17 to 20 digits",
                "DATABASE_URL should be an address that begins with postgres:// or postgresql://",
                "REPLAY_WORKERS should be a number from 1 to 32",
                "REPLAY_SANDBOX should be required or best-effort",
                "EVOLADDER_LOG should be error, warn, info or debug",
            ]
        );
    }

    #[test]
    fn a_variable_that_is_empty_counts_as_not_set() {
        let read = read(&[(DISCORD_TOKEN, ""), (DATA, ""), (LOG, "")], Supervisor::read).unwrap();
        assert_eq!((read.token, read.data, read.log), (None, PathBuf::from("data"), None));
    }

    #[test]
    fn an_owner_is_the_number_of_a_discord_account() {
        let owner = |text| read(&[(OWNER, text)], Supervisor::read).map(|read| read.owner);
        assert_eq!(owner(" 1423000000000000000\n"), Ok(Some(UserId(1_423_000_000_000_000_000))));
        assert_eq!(owner(""), Ok(None));
        for wrong in ["7", "@ana", "<@1423000000000000000>", "-142300000000000000", "99999999999999999999"] {
            assert!(owner(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_role_says_what_it_needs() {
        let faults = read(&[], Players::read).unwrap_err();
        let named = |name| faults.0.iter().any(|fault| fault.starts_with(name));
        for name in [RUN_DIR, EMULATOR_ADDRESS, PLAYERS, SEED, DATA] {
            assert!(named(name), "{name} is missing in {faults}");
        }
        assert_eq!(faults.0.len(), 5);
    }

    #[test]
    fn a_frontend_reads_its_token_and_its_proxy() {
        let set = [(RUN_DIR, "/r"), (DISCORD_TOKEN, " a.b.c\n"), (DISCORD_PROXY, "127.0.0.1:80")];
        let read = read(&set, Frontend::read).unwrap();
        assert_eq!((read.token.expose(), read.proxy.as_deref()), ("a.b.c", Some("127.0.0.1:80")));
        assert_eq!(read.run_dir.backend(), PathBuf::from("/r/backend.sock"));
    }

    #[test]
    fn no_secret_is_printed() {
        let set = [(RUN_DIR, "/r"), (DISCORD_TOKEN, "hidden")];
        let printed = format!("{:?}", read(&set, Frontend::read).unwrap());
        assert!(!printed.contains("hidden"), "{printed}");
        let faults = read(&[(DATABASE_URL, "hidden")], Supervisor::read).unwrap_err();
        assert!(!faults.to_string().contains("hidden"), "{faults}");
    }
}
