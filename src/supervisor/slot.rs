//! One place in the table of children: who is in it, and what is to happen there next.

use super::child::Child;
use super::policy::History;
use super::report::{self, Gauges};
use super::spec::{ChildSpec, Duty};
use super::status;
use ipc_schema::control::Latencies;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::time::Instant;

/// The state of a child that waits for something outside before it is ready.
pub(super) const STANDS_BY: &str = "stands by";

/// The place of one child, through all its incarnations.
pub(super) struct Slot {
    pub(super) spec: &'static ChildSpec,
    /// Among its role, from 0.
    pub(super) index: usize,
    /// How many of its role there are.
    pub(super) of: usize,
    pub(super) phase: Phase,
    /// Of the latest start.
    pub(super) incarnation: u64,
    pub(super) was_ready: bool,
    pub(super) history: History,
    pub(super) restarts: u64,
    pub(super) recycles: u64,
    pub(super) gauges: Gauges,
    /// By their names, of the incarnation that told them last.
    pub(super) latencies: BTreeMap<String, Latencies>,
    /// What the incarnation before said last, if it died.
    pub(super) last_words: Vec<String>,
}

/// More names than any role has.
const LATENCIES: usize = 16;

/// Of the last words, as many as a line of the log has room for.
const WORDS_IN_A_LINE: usize = 5;

pub(super) enum Phase {
    /// Not started yet: the roles before it are not ready.
    Waiting,
    /// It ended, and is started again at this time.
    Backoff {
        until: Instant,
    },
    Running(Box<Child>),
    /// It ended, and stays so.
    Stopped,
}

impl Slot {
    pub(super) fn name(&self) -> String {
        let role = self.spec.role.name();
        if self.of > 1 { format!("{role} {}", self.index + 1) } else { role.to_owned() }
    }

    pub(super) fn take_latencies(&mut self, latencies: Vec<Latencies>) {
        for told in latencies.into_iter().take(LATENCIES) {
            if self.latencies.len() < LATENCIES || self.latencies.contains_key(&told.name) {
                self.latencies.insert(told.name.clone(), told);
            }
        }
    }

    /// The last words, as the end of a line of the log.
    pub(super) fn words(&self) -> String {
        let from = self.last_words.len().saturating_sub(WORDS_IN_A_LINE);
        match &self.last_words[from..] {
            [] => String::new(),
            words => format!(". Its last words: {}", words.join(" / ")),
        }
    }

    pub(super) fn child(&self) -> Option<&Child> {
        if let Phase::Running(child) = &self.phase { Some(child) } else { None }
    }

    pub(super) fn child_mut(&mut self) -> Option<&mut Child> {
        if let Phase::Running(child) = &mut self.phase { Some(child) } else { None }
    }

    /// By when its child has to be ready, if that is still open and up to the child.
    pub(super) fn ready_by(&self) -> Option<Instant> {
        let child = self.child()?;
        let waits = child.ready_at.is_none() && child.stands_by_until.is_none();
        (waits && child.ended_for.is_none() && !child.draining).then(|| child.started + self.spec.ready)
    }

    /// When this slot next wants attention without anybody asking.
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        match &self.phase {
            Phase::Waiting | Phase::Stopped => None,
            Phase::Backoff { until } => Some(*until),
            Phase::Running(child) => child.kill_at.into_iter().chain(self.ready_by()).min(),
        }
    }

    pub(super) fn state(&self) -> &'static str {
        match &self.phase {
            Phase::Waiting => "waits for others",
            Phase::Backoff { .. } => "waits to restart",
            Phase::Stopped => "stopped",
            Phase::Running(child) if child.ended_for.is_some() => "being ended",
            Phase::Running(child) if child.draining => "drains",
            Phase::Running(child) if child.ready_at.is_some() => "ready",
            Phase::Running(child) if child.stands_by_until.is_some() => STANDS_BY,
            Phase::Running(_) => "starts",
        }
    }

    /// This place in a status; `seconds` are those since a moment.
    pub(super) fn to_json(&self, seconds: impl Fn(Instant) -> f64) -> Value {
        let child = self.child();
        let usage = child.map(|child| child.meter.usage(child.pid.as_raw()));
        json!({
            "role": self.spec.role.name(),
            "index": self.index,
            "of": self.of,
            "pid": child.map(|child| child.pid.as_raw()),
            "incarnation": self.incarnation,
            "state": self.state(),
            "restarts": self.restarts,
            "recycles": self.recycles,
            "ready_s": child.and_then(|child| child.ready_at).map(seconds),
            "doing": child.and_then(|child| child.doing.clone()),
            "stands_by_until": child.filter(|child| child.ready_at.is_none()).and_then(|child| child.stands_by_until.clone()),
            "sandbox": child.and_then(|child| child.sandbox.as_deref()).map(status::sandbox),
            "pss_kib": usage.and_then(|usage| usage.pss_kib),
            "cpu_ms": usage.and_then(|usage| usage.cpu_ms),
            "gauges": report::to_json(&self.gauges),
            "duty": match self.spec.duty {
                Duty::Essential => "essential",
                Duty::Spare => "spare",
                Duty::World => "world",
            },
            "latencies": self.latencies.values().map(latency).collect::<Map<_, _>>(),
            "last_words": self.last_words,
        })
    }
}

/// One of the latencies in a status, by its name.
fn latency(of: &Latencies) -> (String, Value) {
    (of.name.clone(), json!({ "counts": of.counts, "sum_s": of.sum_s }))
}
