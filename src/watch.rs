//! How the whole ladder does: how busy it is, and what is not as it should be.
//!
//! Everything here is computed from what processes tell of themselves, and kept nowhere: no clock, no I/O. The
//! supervisor, which hears all of them, asks once a second ([`Watcher::look`]), and tells frontend, backend,
//! `evoladder status` and by that the dashboard what came of it. So there is one answer, and a process that died
//! has it a second after it is back.
//!
//! | file | holds |
//! |---|---|
//! | [`level`] | the load level, with its hysteresis |
//! | [`alerts`] | the rules, when an alert begins and ends, and who has been told |
//! | [`samples`] | the last ten minutes of what is counted up |

pub mod alerts;
pub mod level;
pub mod samples;

use crate::telemetry::latency::quantile;
use alerts::Alerts;
use ipc_schema::control::{Latencies, Role};
use ipc_schema::vocab::Timestamp;
use ipc_schema::watch::{AlertNews, Numbers, RoleWatch, Watch};
use level::Level;
use samples::Samples;
use std::collections::BTreeMap;
use std::time::Duration;

/// The state of a process that serves, as a status has it.
pub const READY: &str = "ready";

/// The state of a whole that was complete once, and is not about to stop.
pub const UP: &str = "up";

/// From when on things count as wrong; `LOAD_LEVELS` and `ALERTS` change them.
#[derive(Debug, Clone, PartialEq)]
pub struct Knobs {
    /// In the order of [`level::MEASURES`].
    pub levels: Vec<level::Limits>,
    /// How long a level is left alone before the one below takes its place.
    pub calm: Duration,
    /// Above which a rule is met, in the order of [`alerts::RULES`]; what has no limit ignores it.
    pub alerts: Vec<f64>,
    /// How long something has to be so before it is an alert, where the rule does not want it told at once.
    pub patience: Duration,
    /// How long it has to be over before the alert is.
    pub keep: Duration,
}

impl Default for Knobs {
    fn default() -> Knobs {
        Knobs {
            levels: level::MEASURES.iter().map(|measure| measure.limits).collect(),
            calm: Duration::from_secs(30),
            alerts: alerts::RULES.iter().map(|rule| rule.limit.unwrap_or_default()).collect(),
            patience: Duration::from_secs(60),
            keep: Duration::from_secs(60),
        }
    }
}

/// All that is known at a moment. Of a role only what its present process has told: what the one before said
/// is no longer so.
#[derive(Debug, Default)]
pub struct Facts<'a> {
    pub gauges: Vec<(Role, &'a BTreeMap<String, f64>)>,
    pub latencies: Vec<(Role, &'a BTreeMap<String, Latencies>)>,
    pub roles: Vec<RoleWatch>,
    /// Of the container, in bytes: used, and the limit.
    pub memory: (Option<u64>, Option<u64>),
    /// Why players are not served; None if they are.
    pub not_ready: Option<String>,
}

impl Facts<'_> {
    /// All processes of the role together.
    pub fn gauge(&self, role: Role, name: &str) -> Option<f64> {
        let told = self.gauges.iter().filter(|(of, _)| *of == role).filter_map(|(_, told)| told.get(name));
        told.copied().reduce(|sum, more| sum + more)
    }

    /// How often something took how long, by the bounds of [`ipc_schema::control::LATENCY_BOUNDS_MS`], in all
    /// processes of the role.
    pub fn counts(&self, role: Role, name: &str) -> Option<Vec<u64>> {
        let told = self.latencies.iter().filter(|(of, _)| *of == role);
        let counts = told.filter_map(|(_, told)| Some(told.get(name)?.counts.clone()));
        counts.reduce(|sum, more| sum.iter().zip(more).map(|(sum, more)| sum + more).collect())
    }

    fn restarts(&self) -> u64 {
        self.roles.iter().map(|role| role.restarts).sum()
    }
}

/// What was seen so far.
#[derive(Debug)]
pub struct Watcher {
    knobs: Knobs,
    samples: Samples,
    level: Level,
    alerts: Alerts,
}

impl Watcher {
    pub fn new(knobs: Knobs) -> Watcher {
        Watcher { knobs, samples: Samples::default(), level: Level::default(), alerts: Alerts::default() }
    }

    /// To be asked once a second. `since_start` grows evenly, `at` is the time of day. `tells` says whether there
    /// is a channel in which staff are told.
    pub fn look(&mut self, since_start: Duration, at: Timestamp, facts: &Facts<'_>, tells: bool) -> Watch {
        self.samples.push(since_start, facts);
        let measured = level::measure(facts, &self.samples);
        let level = self.level.look(since_start, &measured, &self.knobs);
        let causes = level::causes(level, &measured, &self.knobs);
        let look = alerts::Look { facts, samples: &self.samples, level };
        let found = alerts::found(&look, &self.knobs);
        self.alerts.look(since_start, at, found, &self.knobs);
        if !tells {
            self.alerts.nobody_to_tell();
        }
        Watch {
            level,
            causes,
            alerts: self.alerts.now(),
            roles: facts.roles.clone(),
            numbers: numbers(facts, &self.samples),
        }
    }

    /// Staff have been told this.
    pub fn told(&mut self, number: u64, news: AlertNews) {
        self.alerts.told(number, news);
    }
}

/// Seconds that the percentiles of [`Numbers`] are over, and its calls.
const MINUTES: f64 = 300.0;
const MINUTE: f64 = 60.0;

fn numbers(facts: &Facts<'_>, samples: &Samples) -> Numbers {
    let front = |name| facts.gauge(Role::Frontend, name);
    let back = |name| facts.gauge(Role::Backend, name);
    let answers = samples.answers(MINUTES).unwrap_or_default();
    let (used, limit) = facts.memory;
    Numbers {
        users_active: front("users_active"),
        queue_entries: back("queue_entries"),
        matches_open: back("matches_open"),
        interactions: front("interactions_in_flight"),
        answer_p50_ms: quantile(&answers, 0.5),
        answer_p95_ms: quantile(&answers, 0.95),
        durable_p95_ms: quantile(&samples.durable(MINUTES).unwrap_or_default(), 0.95),
        journal_lag_s: back("journal_lag_s"),
        database_lag_s: facts.gauge(Role::DbWriter, "database_lag_s"),
        calls_a_second: samples.calls_a_second(MINUTE),
        calls_waiting: front("discord_calls_waiting"),
        discord_failures: front("discord_failures"),
        memory_bytes: used.map(|bytes| bytes as f64),
        memory_limit_bytes: limit.map(|bytes| bytes as f64),
    }
}

/// A process, as far as it matters for whether players are served.
#[derive(Debug, Clone)]
pub struct Seen<'a> {
    pub role: &'a str,
    /// Among its role where there are several.
    pub name: String,
    pub state: &'a str,
    /// One of its role is enough.
    pub is_spare: bool,
    pub stands_by_until: Option<&'a str>,
}

/// Why players are not served as they should be, by the state of the whole and its processes. The dashboard does
/// not count.
pub fn not_ready(state: &str, processes: &[Seen<'_>]) -> Option<String> {
    if state != UP {
        let waits = processes.iter().filter(|process| !process.is_spare);
        let waits = waits.filter_map(|process| {
            Some(format!(": {} waits until {}", process.name, process.stands_by_until?))
        });
        return Some(format!("the ladder is {state}{}", waits.take(1).collect::<String>()));
    }
    let serves = |role: &str| processes.iter().any(|other| other.role == role && other.state == READY);
    let counts = processes.iter().filter(|process| process.role != Role::Dashboard.name());
    let missing = counts
        .filter(|process| process.state != READY)
        .find(|process| !process.is_spare || !serves(process.role))?;
    Some(format!("{} {}", missing.name, missing.state))
}
