//! Supervisor and child, over the socketpair that is the child's standard input.
//!
//! The supervisor opens with [`ToChild::Start`], whose message also carries the listening sockets
//! (SCM_RIGHTS, in the order of `listeners`). The child answers [`FromChild::Hello`], and
//! [`FromChild::Ready`] once it can serve.

use crate::frame::{Decode, Encode, Message};
use crate::ids::Incarnation;
use crate::watch::{AlertNews, Watch};

/// Drained: nothing more to do.
pub const EXIT_DRAINED: u8 = 0;
/// The tree gave up; the platform should restart the container.
pub const EXIT_GAVE_UP: u8 = 70;
/// An orderly end that wants a successor at once.
pub const EXIT_RECYCLE: u8 = 75;
/// The other side speaks another [`crate::PROTOCOL_VERSION`]. Not retried.
pub const EXIT_PROTOCOL: u8 = 76;
/// The configuration is wrong. Not retried.
pub const EXIT_CONFIG: u8 = 78;

/// Which kind of process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub enum Role {
    Supervisor,
    DbWriter,
    Backend,
    ReplayWorker,
    Frontend,
    Emulator,
    Players,
    Dashboard,
}

impl Role {
    /// All of them, in the order in which they were named.
    pub const ALL: [Role; 8] = [
        Role::Supervisor,
        Role::DbWriter,
        Role::Backend,
        Role::ReplayWorker,
        Role::Frontend,
        Role::Emulator,
        Role::Players,
        Role::Dashboard,
    ];

    /// As in the executable's name, without the prefix.
    pub fn name(self) -> &'static str {
        match self {
            Role::Supervisor => "supervisor",
            Role::DbWriter => "db-writer",
            Role::Backend => "backend",
            Role::ReplayWorker => "replay-worker",
            Role::Frontend => "frontend",
            Role::Emulator => "emulator",
            Role::Players => "players",
            Role::Dashboard => "dashboard",
        }
    }
}

/// The first frame on every connection, each way. Its bytes are frozen: two builds can always tell
/// each other that they differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Hello {
    /// [`Hello::MAGIC`].
    pub magic: u32,
    /// [`crate::PROTOCOL_VERSION`] of the sender.
    pub protocol: u32,
    pub role: Role,
    pub incarnation: Incarnation,
}

impl Hello {
    /// "EVOL", little endian.
    pub const MAGIC: u32 = 0x4c4f_5645;

    pub fn new(role: Role, incarnation: Incarnation) -> Hello {
        Hello { magic: Hello::MAGIC, protocol: crate::PROTOCOL_VERSION, role, incarnation }
    }
}

impl Message for Hello {}

/// A number a child reports about itself.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Gauge {
    /// In snake case with its unit, such as `queue_entries` or `ack_ms_p99`.
    pub name: String,
    pub value: f64,
}

/// Upper bounds of the counts in [`Latencies`], in milliseconds. Discord's 3 s lie between two of them.
pub const LATENCY_BOUNDS_MS: [u32; 14] = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 3000, 5000, 10_000];

/// How long something took, counted over the life of a process.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Latencies {
    /// In snake case, without a unit, such as `answer`.
    pub name: String,
    /// How often it took at most the bound of [`LATENCY_BOUNDS_MS`] at the same place and longer than the one
    /// before; the last is what took longer than all of them.
    pub counts: Vec<u64>,
    /// All of it together.
    pub sum_s: f64,
}

/// What a replay worker gives up before it reads its first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum LayerKind {
    /// No program it could start would gain rights.
    NoNewPrivileges,
    /// No core of it is written, and no other process of its user looks into it.
    NotDumpable,
    /// Landlock: no path can be opened, made or removed.
    LandlockFiles,
    /// Landlock: no TCP port can be bound or connected to.
    LandlockTcp,
    /// Landlock: no signal and no abstract Unix socket reaches another process.
    LandlockScope,
    /// Memory, processor time, descriptors, file size, processes, core.
    Limits,
    /// System calls that a parser does not need end the process.
    Seccomp,
}

impl LayerKind {
    /// All of them, in the order in which they are put on.
    pub const ALL: [LayerKind; 7] = [
        LayerKind::NoNewPrivileges,
        LayerKind::NotDumpable,
        LayerKind::LandlockFiles,
        LayerKind::LandlockTcp,
        LayerKind::LandlockScope,
        LayerKind::Limits,
        LayerKind::Seccomp,
    ];

    /// As logs and `evoladder status` call it.
    pub fn name(self) -> &'static str {
        match self {
            LayerKind::NoNewPrivileges => "no-new-privileges",
            LayerKind::NotDumpable => "not-dumpable",
            LayerKind::LandlockFiles => "landlock-files",
            LayerKind::LandlockTcp => "landlock-tcp",
            LayerKind::LandlockScope => "landlock-scope",
            LayerKind::Limits => "limits",
            LayerKind::Seccomp => "seccomp",
        }
    }
}

/// One layer of a replay worker's sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Layer {
    pub kind: LayerKind,
    /// Why the host does not give it. None where it is on.
    pub missing: Option<String>,
}

/// How a process ended, as the kernel said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum Death {
    Code(u8),
    /// By its number, and sent by nobody of ours.
    Signal(i32),
    /// The supervisor had it end.
    Ended,
}

/// What the supervisor tells a child.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub enum ToChild {
    /// Always the first message, with as many descriptors as `listeners` has names.
    Start { hello: Hello, listeners: Vec<String> },
    /// Every second; to be answered by [`FromChild::Pong`] with the same number.
    Ping { number: u64 },
    /// Finish and leave, within the role's time.
    Drain,
    /// To the backend: a replay worker has ended. Its connection may be over before or after this.
    PeerDied { incarnation: Incarnation, death: Death },
    /// To backend and frontend, once a second: how the whole ladder does.
    Watch(Box<Watch>),
}

impl Message for ToChild {}

/// What a child tells the supervisor.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub enum FromChild {
    Hello(Hello),
    /// The child can serve. `address` is where it listens beyond Unix sockets, if it does.
    Ready {
        address: Option<String>,
    },
    /// `doing` names the job of a replay worker.
    Pong {
        number: u64,
        doing: Option<String>,
    },
    /// The child's own numbers, once a second.
    Stats {
        gauges: Vec<Gauge>,
    },
    /// A replay worker is locked down by these, and reads nothing of a file before.
    Sandbox {
        layers: Vec<Layer>,
    },
    /// The child waits for something outside, however long that takes, and serves when it is there:
    /// it is not late. `until` goes on from "stands by until".
    StandsBy {
        until: String,
    },
    /// How long things take in this process, with [`FromChild::Stats`].
    Latencies {
        latencies: Vec<Latencies>,
    },
    /// Staff have been told this of the alert of that number, or cannot be told.
    AlertTold {
        number: u64,
        news: AlertNews,
    },
}

impl Message for FromChild {}

/// One line on the status socket: asked by `evoladder status`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum StatusRequest {
    /// Answered by one JSON text in a [`StatusReply`].
    Status,
}

impl Message for StatusRequest {}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct StatusReply {
    pub json: String,
}

impl Message for StatusReply {}
