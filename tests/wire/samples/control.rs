//! What the supervisor and its children say to each other.

use super::text;
use ipc_schema::control::{Death, FromChild, Gauge, Hello, Layer, LayerKind, Role, ToChild};
use ipc_schema::ids::Incarnation;

pub(crate) fn hellos() -> Vec<Hello> {
    let roles = every!(Role: Supervisor, DbWriter, Backend, ReplayWorker, Frontend, Emulator, Players);
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
    )
    .into_iter()
    .chain(deaths().into_iter().map(|death| ToChild::PeerDied { incarnation: Incarnation(3), death }))
    .collect()
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
    )
}
