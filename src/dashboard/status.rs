//! What the supervisor says of the ladder: the JSON of `evoladder status`.

use crate::watch::{self, Seen};
use anyhow::{Context, bail};
use ipc_schema::control::{Role, StatusReply, StatusRequest};
use ipc_schema::frame::{self, PREFIX_BYTES};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

/// The duty of a role of which one process is enough.
const SPARE: &str = "spare";

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Status {
    pub state: String,
    pub uptime_s: f64,
    /// Of the supervisor, as the two below.
    pub pid: i32,
    pub pss_kib: Option<u64>,
    pub cpu_ms: Option<u64>,
    pub emulator: Option<String>,
    pub children: Vec<Process>,
    pub container: Container,
    /// By its name.
    pub load_level: String,
    /// What it is for; none where it is normal.
    pub load_causes: Vec<String>,
    pub alerts: Vec<Alert>,
}

/// Something that is not as it should be.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    pub name: String,
    pub text: String,
    /// None where nobody counts.
    pub for_s: Option<f64>,
}

/// The memory of the container, where there is a limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Container {
    pub memory_bytes: Option<u64>,
    pub limit_bytes: Option<u64>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Process {
    pub role: String,
    /// Among its role, from 0.
    pub index: u32,
    /// How many of its role there are.
    pub of: u32,
    pub pid: Option<i32>,
    pub incarnation: u64,
    pub state: String,
    pub duty: String,
    pub restarts: u64,
    pub recycles: u64,
    pub ready_s: Option<f64>,
    pub doing: Option<String>,
    pub stands_by_until: Option<String>,
    pub sandbox: Option<Vec<Layer>>,
    pub pss_kib: Option<u64>,
    pub cpu_ms: Option<u64>,
    pub gauges: BTreeMap<String, Option<f64>>,
    pub latencies: BTreeMap<String, Counts>,
    pub last_words: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Layer {
    pub name: String,
    pub on: bool,
    pub missing: Option<String>,
}

/// As [`ipc_schema::control::Latencies`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Counts {
    pub counts: Vec<u64>,
    pub sum_s: f64,
}

impl Status {
    pub fn of(&self, role: Role) -> impl Iterator<Item = &Process> {
        self.children.iter().filter(move |process| process.role == role.name())
    }

    /// A number that a role told of itself, all its processes together.
    pub fn gauge(&self, role: Role, name: &str) -> Option<f64> {
        self.of(role).filter_map(|process| *process.gauges.get(name)?).reduce(|sum, more| sum + more)
    }

    /// How long something took in all processes of a role.
    pub fn latency(&self, role: Role, name: &str) -> Option<Counts> {
        let told = self.of(role).filter_map(|process| process.latencies.get(name)).cloned();
        told.reduce(|sum, more| Counts {
            counts: sum.counts.iter().zip(more.counts).map(|(sum, more)| sum + more).collect(),
            sum_s: sum.sum_s + more.sum_s,
        })
    }

    /// Why players are not served as they should be.
    pub fn not_ready(&self) -> Option<String> {
        let seen = self.children.iter().map(|process| Seen {
            role: &process.role,
            name: process.name(),
            state: &process.state,
            is_spare: process.duty == SPARE,
            stands_by_until: process.stands_by_until.as_deref(),
        });
        watch::not_ready(&self.state, &seen.collect::<Vec<_>>())
    }
}

impl Process {
    pub fn name(&self) -> String {
        if self.of > 1 { format!("{} {}", self.role, self.index + 1) } else { self.role.clone() }
    }
}

/// Asks the supervisor.
pub async fn ask(supervisor: &Path) -> anyhow::Result<Status> {
    let mut stream = UnixStream::connect(supervisor).await.context("reach the supervisor")?;
    let mut bytes = Vec::new();
    frame::encode(&StatusRequest::Status, &mut bytes)?;
    stream.write_all(&bytes).await.context("ask the supervisor")?;
    let mut prefix = [0; PREFIX_BYTES];
    stream.read_exact(&mut prefix).await.context("hear from the supervisor")?;
    let mut body = vec![0; frame::frame_bytes(prefix)?];
    stream.read_exact(&mut body).await.context("hear from the supervisor")?;
    let (StatusReply { json }, _) = frame::decode(&body)?;
    let status: Status = serde_json::from_str(&json).context("understand the supervisor")?;
    if status.children.is_empty() {
        bail!("the supervisor knows of no process");
    }
    Ok(status)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn process(role: Role, state: &str) -> Process {
        let duty = if matches!(role, Role::ReplayWorker | Role::Dashboard) { SPARE } else { "essential" };
        let (role, state, duty) = (role.name().to_owned(), state.to_owned(), duty.to_owned());
        Process { role, state, duty, of: 1, incarnation: 1, ..Process::default() }
    }

    fn status(state: &str, children: &[(Role, &str)]) -> Status {
        let children = children.iter().map(|(role, state)| process(*role, state)).collect();
        Status { state: state.to_owned(), children, ..Status::default() }
    }

    #[test]
    fn what_several_processes_of_a_role_tell_is_added_up() {
        let mut status = status("up", &[(Role::Frontend, "ready"), (Role::Frontend, "ready")]);
        for (process, told) in status.children.iter_mut().zip([3.0, 4.0]) {
            process.gauges.insert("interactions".to_owned(), Some(told));
            let counts = Counts { counts: vec![1, 2], sum_s: told };
            process.latencies.insert("answer".to_owned(), counts);
        }
        assert_eq!(status.gauge(Role::Frontend, "interactions"), Some(7.0));
        assert_eq!(status.gauge(Role::Frontend, "unknown"), None);
        let counts = Counts { counts: vec![2, 4], sum_s: 7.0 };
        assert_eq!(status.latency(Role::Frontend, "answer"), Some(counts));
    }

    /// The state of the whole, those of its processes, and why it is not ready.
    type Row = (&'static str, &'static [(Role, &'static str)], Option<&'static str>);

    #[test]
    fn the_ladder_is_ready_when_every_role_is() {
        use Role::{Backend, Dashboard, Frontend, ReplayWorker};
        #[rustfmt::skip]
        let table: &[Row] = &[
            ("up",       &[(Backend, "ready"), (Frontend, "ready"), (ReplayWorker, "ready")], None),
            ("up",       &[(Backend, "ready"), (ReplayWorker, "starts"), (ReplayWorker, "ready")], None),
            ("up",       &[(Backend, "ready"), (Dashboard, "starts")], None),
            ("up",       &[(Backend, "ready"), (Frontend, "waits to restart")], Some("frontend waits to restart")),
            ("up",       &[(Backend, "ready"), (ReplayWorker, "stopped")], Some("replay-worker stopped")),
            ("starting", &[(Backend, "starts")], Some("the ladder is starting")),
            ("draining", &[(Backend, "ready")], Some("the ladder is draining")),
        ];
        for (state, children, expected) in table {
            assert_eq!(status(state, children).not_ready().as_deref(), *expected, "{state} {children:?}");
        }
        let mut waits = status("stands by", &[(Backend, "stands by")]);
        waits.children[0].stands_by_until = Some("the database answers".to_owned());
        let expected = "the ladder is stands by: backend waits until the database answers";
        assert_eq!(waits.not_ready().as_deref(), Some(expected));
    }
}
