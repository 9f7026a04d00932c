//! What the supervisor and its children say to each other.

use super::text;
use ipc_schema::control::{Death, FromChild, Gauge, Hello, Latencies, Layer, LayerKind, Role, ToChild};
use ipc_schema::ids::Incarnation;
use ipc_schema::vocab::Timestamp;
use ipc_schema::watch::{Alert, AlertNews, LoadLevel, Numbers, RoleWatch, Watch};

pub(crate) fn hellos() -> Vec<Hello> {
    let roles =
        every!(Role: Supervisor, DbWriter, Backend, ReplayWorker, Frontend, Emulator, Players, Dashboard);
    assert_eq!(roles, Role::ALL);
    roles.into_iter().zip(1..).map(|(role, number)| Hello::new(role, Incarnation(number))).collect()
}

fn layers() -> Vec<Layer> {
    let kinds = every!(LayerKind:
        NoNewPrivileges, NotDumpable, LandlockFiles, LandlockTcp, LandlockScope, Limits, Seccomp
    );
    assert_eq!(kinds, LayerKind::ALL);
    let missing = [None, Some(text("the kernel does not offer it"))].into_iter().cycle();
    kinds.into_iter().zip(missing).map(|(kind, missing)| Layer { kind, missing }).collect()
}

pub(crate) fn to_child() -> Vec<ToChild> {
    every!(ToChild:
        Start { hello: hellos().remove(0), listeners: vec![text("backend"), String::new()] },
        Ping { number: u64::MAX },
        Drain,
        PeerDied { incarnation: Incarnation(3), death: Death::Signal(31) },
        Watch(Box::new(watch(LoadLevel::Normal))),
    )
    .into_iter()
    .chain(levels().into_iter().map(|level| ToChild::Watch(Box::new(watch(level)))))
    .chain(deaths().into_iter().map(|death| ToChild::PeerDied { incarnation: Incarnation(3), death }))
    .collect()
}

fn levels() -> Vec<LoadLevel> {
    let levels = every!(LoadLevel: Normal, Busy, Overloaded);
    assert_eq!(levels, LoadLevel::ALL);
    levels
}

fn news() -> Vec<AlertNews> {
    every!(AlertNews: Began, Over, Was)
}

pub(crate) fn watch(level: LoadLevel) -> Watch {
    let alert = |(number, news): (u64, Option<AlertNews>)| Alert {
        number,
        name: text("JournalLag"),
        text: text("the oldest decision has been on its way to the disk for 6 s"),
        began: Timestamp(1_795_284_000_000),
        over: (news != Some(AlertNews::Began)).then_some(Timestamp(1_795_284_060_000)),
        news,
    };
    Watch {
        level,
        causes: vec![text("journal_lag 6")],
        alerts: (1..).zip(news().into_iter().map(Some).chain([None])).map(alert).collect(),
        roles: vec![RoleWatch {
            role: Role::Backend,
            processes: 1,
            ready: 1,
            restarts: 2,
            pss_kib: Some(20_480),
        }],
        numbers: Numbers { users_active: Some(7.0), answer_p95_ms: Some(12.5), ..Numbers::default() },
    }
}

fn deaths() -> Vec<Death> {
    every!(Death: Code(75), Signal(6), Ended)
}

pub(crate) fn from_child() -> Vec<FromChild> {
    every!(FromChild:
        Hello(hellos().remove(1)),
        Ready { address: Some(text("127.0.0.1:8080")) },
        Pong { number: 1, doing: Some(text("job 3")) },
        Stats { gauges: vec![Gauge { name: text("ack_ms_p99"), value: 12.5 }] },
        Sandbox { layers: layers() },
        StandsBy { until: text("the database answers") },
        Latencies { latencies: vec![Latencies { name: text("answer"), counts: vec![0, u64::MAX], sum_s: 0.5 }] },
        AlertTold { number: 3, news: AlertNews::Began },
    )
    .into_iter()
    .chain(news().into_iter().map(|news| FromChild::AlertTold { number: 4, news }))
    .collect()
}
