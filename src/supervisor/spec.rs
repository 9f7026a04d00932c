//! The children as a table: in which order they start, how long they may take, which sockets and
//! which settings each of them gets. A child gets nothing that its row does not name.

use super::users::Users;
use crate::config::{
    self, Durability, LogFormat, LogLevel, Nth, ReplayStore, RunDir, SandboxRule, Secret, Shards,
};
use crate::failpoint;
use crate::watch::Knobs;
use ipc_schema::control::Role;
use ipc_schema::event::Places;
use ipc_schema::ids::UserId;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

pub struct ChildSpec {
    pub role: Role,
    pub count: Count,
    /// Roles that must have been ready once before this one is started for the first time.
    pub after: &'static [Role],
    /// A child that is not ready by then is killed.
    pub ready: Duration,
    /// A child that has not left by then, once told to drain, is killed.
    pub drain: Duration,
    /// The longest wait before a crashed child is started again.
    pub backoff_cap: Duration,
    pub duty: Duty,
    /// The listening sockets it inherits.
    pub listeners: &'static [Listener],
    /// What it reads from its environment, besides what every child gets.
    pub settings: &'static [Setting],
}

/// How many of a role there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    One,
    /// As many as `REPLAY_WORKERS` says.
    FromConfig,
    /// As many as `FRONTEND_PROCESSES` says, which share the shards.
    ForShards,
    /// One in a demo, else none.
    InDemo,
    /// One in a demo that has players, else none.
    InDemoWithPlayers,
    /// One, unless `DASHBOARD_LISTEN` says off.
    UnlessOff,
}

/// What the run owes a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duty {
    /// Without it there is no ladder: if it cannot run, the run ends.
    Essential,
    /// The ladder goes on without it.
    Spare,
    /// The world the others live in: when it goes, the run ends, and the next one goes on with it.
    World,
}

/// A listening socket, owned by the supervisor for life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listener {
    DbWriter,
    Backend,
}

impl Listener {
    pub const ALL: [Listener; 2] = [Listener::DbWriter, Listener::Backend];

    /// As the child is told.
    pub fn name(self) -> &'static str {
        match self {
            Listener::DbWriter => "db-writer",
            Listener::Backend => "backend",
        }
    }

    pub fn path(self, run_dir: &RunDir) -> PathBuf {
        match self {
            Listener::DbWriter => run_dir.db_writer(),
            Listener::Backend => run_dir.backend(),
        }
    }
}

/// A variable of a child's environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    Data,
    DatabaseUrl,
    Durability,
    AbandonJournal,
    Season,
    Seed,
    Token,
    Proxy,
    EmulatorListen,
    EmulatorAddress,
    Players,
    ReplaySandbox,
    Owner,
    /// All variables that say where the ladder speaks.
    Places,
    /// With the keys that belong to it.
    ReplayStore,
    EmulatorFaults,
    DiscordSpec,
    DashboardListen,
    DashboardToken,
    /// Of the places the one where staff are told of alerts.
    StaffChannel,
    /// Those of one process, and which process it is.
    Shards,
}

const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// The children in start order; they drain in reverse. `after` must be ready first.
#[rustfmt::skip]
pub const CHILDREN: &[ChildSpec] = &[
    // First, so that it can tell how the others start, and the last to go.
    ChildSpec { role: Role::Dashboard,    count: Count::UnlessOff,         after: &[],                               ready: secs(10), drain: secs(1), backoff_cap: secs(5), duty: Duty::Spare,
                listeners: &[],                   settings: &[Setting::DashboardListen, Setting::DashboardToken] },
    ChildSpec { role: Role::Emulator,     count: Count::InDemo,            after: &[],                               ready: secs(60), drain: secs(1), backoff_cap: secs(1), duty: Duty::World,
                listeners: &[],                   settings: &[Setting::Token, Setting::Seed, Setting::EmulatorListen, Setting::Data, Setting::EmulatorFaults, Setting::DiscordSpec, Setting::Players, Setting::Season] },
    ChildSpec { role: Role::DbWriter,     count: Count::One,               after: &[],                               ready: secs(60), drain: secs(4), backoff_cap: secs(1), duty: Duty::Essential,
                listeners: &[Listener::DbWriter], settings: &[Setting::Data, Setting::DatabaseUrl, Setting::Durability, Setting::AbandonJournal, Setting::ReplayStore] },
    ChildSpec { role: Role::Backend,      count: Count::One,               after: &[Role::DbWriter],                 ready: secs(30), drain: secs(2), backoff_cap: secs(1), duty: Duty::Essential,
                listeners: &[Listener::Backend],  settings: &[Setting::Season, Setting::Seed, Setting::Owner, Setting::Places] },
    ChildSpec { role: Role::ReplayWorker, count: Count::FromConfig,        after: &[Role::Backend],                  ready: secs(30), drain: secs(2), backoff_cap: secs(5), duty: Duty::Spare,
                listeners: &[],                   settings: &[Setting::ReplaySandbox] },
    ChildSpec { role: Role::Frontend,     count: Count::ForShards,         after: &[Role::Backend, Role::Emulator],  ready: secs(60), drain: secs(2), backoff_cap: secs(1), duty: Duty::Essential,
                listeners: &[],                   settings: &[Setting::Token, Setting::Proxy, Setting::StaffChannel, Setting::Shards] },
    ChildSpec { role: Role::Players,      count: Count::InDemoWithPlayers, after: &[Role::Frontend, Role::Emulator], ready: secs(30), drain: secs(2), backoff_cap: secs(5), duty: Duty::Essential,
                listeners: &[],                   settings: &[Setting::EmulatorAddress, Setting::Players, Setting::Season, Setting::Seed, Setting::Data] },
];

/// What one run is: everything the children's number and environment depend on.
#[derive(Debug)]
pub struct Plan {
    pub run_dir: RunDir,
    pub data: PathBuf,
    pub season: String,
    pub seed: Option<u64>,
    pub owner: Option<UserId>,
    pub places: Places,
    pub token: Secret,
    pub database_url: Option<Secret>,
    pub durability: Durability,
    pub abandon_journal: Option<String>,
    pub replay_store: Option<ReplayStore>,
    pub replay_workers: usize,
    pub replay_sandbox: SandboxRule,
    pub demo: Option<Demo>,
    pub log: LogLevel,
    pub log_format: LogFormat,
    pub backtrace: Option<String>,
    /// Some where each role has a user of its own.
    pub users: Option<Users>,
    pub dashboard: Option<Dashboard>,
    pub watch: Knobs,
    /// All that this run has.
    pub shards: Shards,
    /// At most as many as shards.
    pub frontend_processes: usize,
}

/// Where the dashboard is shown, and to whom.
#[derive(Debug)]
pub struct Dashboard {
    pub listen: SocketAddr,
    pub token: Option<Secret>,
    /// Told by it once it is ready.
    pub address: Option<String>,
}

/// A run with the emulator in Discord's place.
#[derive(Debug)]
pub struct Demo {
    pub players: u32,
    pub listen: Option<SocketAddr>,
    pub faults: Option<String>,
    pub discord_spec: Option<PathBuf>,
    /// Told by the emulator once it is ready.
    pub address: Option<String>,
}

impl Plan {
    /// How many children of this row the run has.
    pub fn count(&self, spec: &ChildSpec) -> usize {
        match (spec.count, &self.demo) {
            (Count::One, _) | (Count::InDemo, Some(_)) => 1,
            (Count::FromConfig, _) => self.replay_workers,
            (Count::ForShards, _) => self.frontend_processes,
            (Count::InDemoWithPlayers, Some(demo)) => usize::from(demo.players > 0),
            (Count::InDemo | Count::InDemoWithPlayers, None) => 0,
            (Count::UnlessOff, _) => usize::from(self.dashboard.is_some()),
        }
    }

    /// The whole environment of a child of this row, the `index`th from 0.
    pub fn environment(&self, spec: &ChildSpec, index: usize) -> Vec<(&'static str, OsString)> {
        let mut environment = vec![
            (config::RUN_DIR, self.run_dir.path().into()),
            (config::LOG, OsString::from(self.log.name())),
            (config::LOG_FORMAT, OsString::from(self.log_format.name())),
        ];
        // A worker that looked for names of functions in files would be ended for that instead of its panic.
        let backtrace = self.backtrace.as_ref().filter(|_| spec.role != Role::ReplayWorker);
        environment.extend(backtrace.map(|value| (config::BACKTRACE, value.into())));
        environment.extend(spec.settings.iter().filter_map(|&setting| self.setting(setting)));
        let store = self.replay_store.as_ref().filter(|_| spec.settings.contains(&Setting::ReplayStore));
        environment.extend(store.map(ReplayStore::variables).unwrap_or_default());
        if spec.settings.contains(&Setting::Places) {
            environment.extend(config::place_variables(&self.places));
        }
        if spec.settings.contains(&Setting::Shards) {
            let number = |count| u32::try_from(count).expect("there are few processes");
            let which = Nth { number: number(index), of: number(self.frontend_processes) };
            environment.push((config::SHARDS, self.shards.part(which).to_string().into()));
            environment.push((config::FRONTEND, which.to_string().into()));
        }
        environment.extend(failpoint::for_children());
        environment
    }

    /// One variable with its value, if this run has one.
    fn setting(&self, setting: Setting) -> Option<(&'static str, OsString)> {
        let demo = self.demo.as_ref();
        let address = || demo?.address.as_ref().map(OsString::from);
        let (name, value) = match setting {
            // Several variables, which are added as a whole.
            Setting::Places | Setting::Shards => return None,
            Setting::Data => (config::DATA, Some(self.data.clone().into_os_string())),
            Setting::DatabaseUrl => {
                (config::DATABASE_URL, self.database_url.as_ref().map(|url| url.expose().into()))
            }
            Setting::Durability => (config::DURABILITY, Some(self.durability.name().into())),
            Setting::AbandonJournal => {
                (config::ABANDON_JOURNAL, self.abandon_journal.as_ref().map(OsString::from))
            }
            Setting::Season => (config::SEASON, Some(OsString::from(&self.season))),
            Setting::Seed => (config::SEED, self.seed.map(|seed| seed.to_string().into())),
            Setting::Token => (config::DISCORD_TOKEN, Some(self.token.expose().into())),
            Setting::Proxy => (config::DISCORD_PROXY, address()),
            Setting::EmulatorAddress => (config::EMULATOR_ADDRESS, address()),
            Setting::EmulatorListen => {
                (config::EMULATOR_LISTEN, demo.and_then(|demo| Some(demo.listen?.to_string().into())))
            }
            Setting::ReplaySandbox => (config::REPLAY_SANDBOX, Some(self.replay_sandbox.name().into())),
            Setting::Owner => (config::OWNER, self.owner.map(|owner| owner.to_string().into())),
            Setting::ReplayStore => {
                (config::REPLAY_STORE, self.replay_store.as_ref().map(|store| store.url().into()))
            }
            Setting::EmulatorFaults => {
                (config::EMULATOR_FAULTS, demo.and_then(|demo| Some(demo.faults.as_ref()?.into())))
            }
            Setting::DiscordSpec => {
                (config::DISCORD_SPEC, demo.and_then(|demo| Some(demo.discord_spec.as_ref()?.into())))
            }
            Setting::DashboardListen => {
                (config::DASHBOARD_LISTEN, self.dashboard.as_ref().map(|of| of.listen.to_string().into()))
            }
            Setting::DashboardToken => {
                let token = self.dashboard.as_ref().and_then(|of| of.token.as_ref());
                (config::DASHBOARD_TOKEN, token.map(|token| token.expose().into()))
            }
            Setting::StaffChannel => {
                (config::STAFF_CHANNEL_ID, self.places.staff.map(|channel| channel.to_string().into()))
            }
            Setting::Players => (config::PLAYERS, demo.map(|demo| demo.players.to_string().into())),
        };
        value.map(|value| (name, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc_schema::ids::{ChannelId, RoleId};

    fn plan(demo: Option<Demo>) -> Plan {
        Plan {
            run_dir: RunDir::new("/run/ladder"),
            data: PathBuf::from("/data"),
            season: "default".to_owned(),
            seed: demo.is_some().then_some(7),
            owner: Some(UserId(1)),
            places: Places { staff: Some(ChannelId(4)), staff_role: Some(RoleId(3)), ..Places::default() },
            token: Secret::new("token"),
            database_url: Some(Secret::new("postgres://x")),
            durability: Durability::Journal,
            abandon_journal: Some("folder".to_owned()),
            replay_store: Some(ReplayStore::Bucket(config::Bucket {
                name: "replays".to_owned(),
                prefix: String::new(),
                region: "here".to_owned(),
                endpoint: None,
                key_id: Secret::new("key"),
                secret: Secret::new("secret"),
                session_token: None,
            })),
            replay_workers: 3,
            replay_sandbox: SandboxRule::BestEffort,
            demo,
            log: LogLevel::Warn,
            log_format: LogFormat::Json,
            backtrace: Some("1".to_owned()),
            users: None,
            dashboard: Some(Dashboard {
                listen: SocketAddr::from(([0, 0, 0, 0], 9640)),
                token: Some(Secret::new("0123456789abcdef")),
                address: None,
            }),
            watch: Knobs::default(),
            shards: Shards::ONE,
            frontend_processes: 1,
        }
    }

    fn demo() -> Option<Demo> {
        Some(Demo {
            players: 40,
            listen: None,
            faults: Some("{}".to_owned()),
            discord_spec: Some(PathBuf::from("/spec.json")),
            address: Some("127.0.0.1:81".to_owned()),
        })
    }

    fn names(plan: &Plan, role: Role) -> Vec<&'static str> {
        let spec = CHILDREN.iter().find(|spec| spec.role == role).unwrap();
        plan.environment(spec, 0).into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn every_child_gets_its_own_settings_and_no_others() {
        use config::*;
        const KEPT: [&str; 4] = [REPLAY_STORE, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION];
        #[rustfmt::skip]
        let table: &[(Role, &[&str], &[&str])] = &[
            // role               with Discord                                 in a demo
            (Role::Dashboard,    &[RUN_DIR, LOG, LOG_FORMAT, BACKTRACE, DASHBOARD_LISTEN, DASHBOARD_TOKEN], &[RUN_DIR, LOG, LOG_FORMAT, BACKTRACE, DASHBOARD_LISTEN, DASHBOARD_TOKEN]),
            (Role::DbWriter,     &[&[RUN_DIR, LOG, LOG_FORMAT, BACKTRACE, DATA, DATABASE_URL, DURABILITY, ABANDON_JOURNAL][..], &KEPT].concat(), &[&[RUN_DIR, LOG, LOG_FORMAT, BACKTRACE, DATA, DATABASE_URL, DURABILITY, ABANDON_JOURNAL][..], &KEPT].concat()),
            (Role::Backend,      &[RUN_DIR, LOG, LOG_FORMAT, BACKTRACE, SEASON, OWNER, STAFF_CHANNEL_ID, STAFF_ROLE_ID], &[RUN_DIR, LOG, LOG_FORMAT, BACKTRACE, SEASON, SEED, OWNER, STAFF_CHANNEL_ID, STAFF_ROLE_ID]),
            (Role::ReplayWorker, &[RUN_DIR, LOG, LOG_FORMAT, REPLAY_SANDBOX],                 &[RUN_DIR, LOG, LOG_FORMAT, REPLAY_SANDBOX]),
            (Role::Frontend,     &[RUN_DIR, LOG, LOG_FORMAT, BACKTRACE, DISCORD_TOKEN, STAFF_CHANNEL_ID, SHARDS, FRONTEND], &[RUN_DIR, LOG, LOG_FORMAT, BACKTRACE, DISCORD_TOKEN, DISCORD_PROXY, STAFF_CHANNEL_ID, SHARDS, FRONTEND]),
            (Role::Emulator,     &[RUN_DIR, LOG, LOG_FORMAT, BACKTRACE, DISCORD_TOKEN, DATA, SEASON], &[RUN_DIR, LOG, LOG_FORMAT, BACKTRACE, DISCORD_TOKEN, SEED, DATA, EMULATOR_FAULTS, DISCORD_SPEC, PLAYERS, SEASON]),
            (Role::Players,      &[RUN_DIR, LOG, LOG_FORMAT, BACKTRACE, SEASON, DATA],        &[RUN_DIR, LOG, LOG_FORMAT, BACKTRACE, EMULATOR_ADDRESS, PLAYERS, SEASON, SEED, DATA]),
        ];
        for (role, with_discord, in_demo) in table {
            assert_eq!(names(&plan(None), *role), *with_discord, "{role:?} with Discord");
            assert_eq!(names(&plan(demo()), *role), *in_demo, "{role:?} in a demo");
        }
    }

    #[test]
    fn the_emulator_and_the_players_live_only_in_a_demo() {
        let count = |plan: &Plan| CHILDREN.iter().map(|spec| plan.count(spec)).collect::<Vec<_>>();
        assert_eq!(count(&plan(None)), [1, 0, 1, 1, 3, 1, 0]);
        assert_eq!(count(&plan(demo())), [1, 1, 1, 1, 3, 1, 1]);
        let nobody = demo().map(|demo| Demo { players: 0, ..demo });
        assert_eq!(count(&plan(nobody)), [1, 1, 1, 1, 3, 1, 0]);
        assert_eq!(count(&Plan { dashboard: None, ..plan(None) }), [0, 0, 1, 1, 3, 1, 0]);
    }

    #[test]
    fn each_frontend_is_told_its_shards_and_which_it_is() {
        let plan = Plan { shards: Shards::parse("0-4/16").unwrap(), frontend_processes: 2, ..plan(None) };
        let spec = CHILDREN.iter().find(|spec| spec.role == Role::Frontend).unwrap();
        let told = (0..plan.count(spec)).map(|index| {
            let environment = plan.environment(spec, index);
            let value = |name| environment.iter().find(|(known, _)| *known == name).unwrap().1.clone();
            [value(config::SHARDS), value(config::FRONTEND)]
        });
        assert_eq!(told.collect::<Vec<_>>(), [["0-2/16", "0/2"], ["3-4/16", "1/2"]]);
    }

    #[test]
    fn a_child_waits_only_for_rows_above_it() {
        for (at, spec) in CHILDREN.iter().enumerate() {
            for role in spec.after {
                let above = CHILDREN[..at].iter().any(|earlier| earlier.role == *role);
                assert!(above, "{:?} waits for {role:?}, which starts later", spec.role);
            }
        }
    }
}
