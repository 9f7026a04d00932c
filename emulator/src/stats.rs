//! What the emulator measured: how fast and how often the bot answered.
//!
//! The owner loop counts; anyone who holds a [`Stats`] reads, at any time and also
//! after the emulator has ended.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use axum::http::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::watch;

use crate::clock::Moment;

/// A handle on the counters of a running emulator.
#[derive(Debug, Clone)]
pub struct Stats {
    counters: watch::Receiver<Counters>,
}

impl Stats {
    pub(crate) fn new() -> (watch::Sender<Counters>, Stats) {
        let (sender, counters) = watch::channel(Counters::default());
        (sender, Stats { counters })
    }

    pub fn read(&self) -> Report {
        self.counters.borrow().report()
    }
}

/// The counters at one moment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Presses, modals and commands; suggestions for an option are not among them.
    pub interactions: u64,
    /// From the press to the callback.
    pub ack_ms: Latency,
    /// From the press to the first content that is not "thinking"; a modal is content.
    pub answer_ms: Latency,
    /// From a keystroke to its suggestions.
    pub choices_ms: Latency,
    /// Interactions that had no callback in time.
    pub deadline_misses: u64,
    /// Those that fell into a stall of this machine; not among `deadline_misses`.
    pub machine_stalled: u64,
    /// Those in whose last second no gateway connection lived from beginning to end; not among the other two.
    pub interactions_expired: u64,
    /// Those whose callback came and was made to fail (`POST /emulator/faults`); not among the other three.
    pub interactions_turned_away: u64,
    /// Callbacks that Discord would have refused: late, or a second one.
    pub late_callbacks: u64,
    pub double_callbacks: u64,
    /// By method and route, ids left out.
    pub http_requests: BTreeMap<String, u64>,
    /// Answers to the bot of 400 and above, by status.
    pub http_refusals: BTreeMap<u16, u64>,
    pub gateway_identifies: u64,
    pub gateway_resumes: u64,
    /// By the bot; what users write is not counted.
    pub messages_created: u64,
    /// Requests that were made to fail.
    pub http_planted_failures: u64,
    /// Answers 401, 403 and 429 that Discord counts against the bot's address.
    pub invalid_requests: u64,
    /// Requests that Discord's own description of its API does not allow.
    pub spec_violations: u64,
    /// Answers of the emulator's that are not as that description has them, and what was wrong with the last.
    pub unlike_discord: u64,
    pub last_unlike_discord: String,
    pub gateway_connections: u64,
    /// What connections that are over were sent: as texts, and as it was on the wire.
    pub gateway_text_bytes: u64,
    pub gateway_wire_bytes: u64,
    /// The gateway's last ten minutes, by Unix second; seconds without anything are left out.
    pub gateway_by_second: BTreeMap<u64, GatewaySecond>,
}

/// What clients tried at the gateway in one second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct GatewaySecond {
    pub connections: u64,
    /// That were granted.
    pub identifies: u64,
    /// Granted or not.
    pub resumes: u64,
}

/// A distribution in milliseconds, exact to 2 %.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Latency {
    pub count: u64,
    pub p50: f64,
    pub p95: f64,
    pub p99: f64,
    pub max: f64,
}

/// It is also a line of the saved world: a field that is renamed needs an upgrade in `saved`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Counters {
    pub(crate) interactions: u64,
    pub(crate) ack: Histogram,
    pub(crate) answer: Histogram,
    pub(crate) choices: Histogram,
    pub(crate) deadline_misses: u64,
    pub(crate) machine_stalled: u64,
    pub(crate) interactions_expired: u64,
    pub(crate) late_callbacks: u64,
    pub(crate) double_callbacks: u64,
    pub(crate) http_requests: BTreeMap<String, u64>,
    pub(crate) http_refusals: BTreeMap<u16, u64>,
    pub(crate) gateway_identifies: u64,
    pub(crate) gateway_resumes: u64,
    pub(crate) messages_created: u64,
    // Worlds of before these two have no such counts.
    #[serde(default)]
    pub(crate) interactions_turned_away: u64,
    #[serde(default)]
    pub(crate) http_planted_failures: u64,
    // Nor of before these three.
    #[serde(default)]
    pub(crate) invalid_requests: u64,
    #[serde(default)]
    pub(crate) spec_violations: u64,
    #[serde(default)]
    pub(crate) gateway_connections: u64,
    // Nor of before these two.
    #[serde(default)]
    pub(crate) gateway_text_bytes: u64,
    #[serde(default)]
    pub(crate) gateway_wire_bytes: u64,
    // Nor of before these two.
    #[serde(default)]
    pub(crate) unlike_discord: u64,
    #[serde(default)]
    pub(crate) last_unlike_discord: String,
    /// Of this life.
    #[serde(skip)]
    gateway_by_second: BTreeMap<u64, GatewaySecond>,
}

/// Seconds of the gateway that are remembered.
const SECONDS: usize = 600;

impl Counters {
    pub(crate) fn request(&mut self, name: &str) {
        match self.http_requests.get_mut(name) {
            Some(count) => *count += 1,
            None => drop(self.http_requests.insert(name.to_owned(), 1)),
        }
    }

    /// The gateway's present second, for counting.
    pub(crate) fn gateway_second(&mut self, now: Moment) -> &mut GatewaySecond {
        if self.gateway_by_second.len() > SECONDS {
            self.gateway_by_second.pop_first();
        }
        self.gateway_by_second.entry(now.unix_seconds()).or_default()
    }

    /// Both together, as if counted by one.
    pub(crate) fn plus(mut self, other: &Counters) -> Counters {
        let Counters {
            interactions,
            ack,
            answer,
            choices,
            deadline_misses,
            machine_stalled,
            interactions_expired,
            late_callbacks,
            double_callbacks,
            http_requests,
            http_refusals,
            gateway_identifies,
            gateway_resumes,
            messages_created,
            interactions_turned_away,
            http_planted_failures,
            invalid_requests,
            spec_violations,
            unlike_discord,
            last_unlike_discord,
            gateway_connections,
            gateway_text_bytes,
            gateway_wire_bytes,
            gateway_by_second: _,
        } = other;
        for (sum, more) in [
            (&mut self.interactions, interactions),
            (&mut self.deadline_misses, deadline_misses),
            (&mut self.machine_stalled, machine_stalled),
            (&mut self.interactions_expired, interactions_expired),
            (&mut self.late_callbacks, late_callbacks),
            (&mut self.double_callbacks, double_callbacks),
            (&mut self.gateway_identifies, gateway_identifies),
            (&mut self.gateway_resumes, gateway_resumes),
            (&mut self.messages_created, messages_created),
            (&mut self.interactions_turned_away, interactions_turned_away),
            (&mut self.http_planted_failures, http_planted_failures),
            (&mut self.invalid_requests, invalid_requests),
            (&mut self.spec_violations, spec_violations),
            (&mut self.unlike_discord, unlike_discord),
            (&mut self.gateway_connections, gateway_connections),
            (&mut self.gateway_text_bytes, gateway_text_bytes),
            (&mut self.gateway_wire_bytes, gateway_wire_bytes),
        ] {
            *sum += more;
        }
        if !last_unlike_discord.is_empty() {
            self.last_unlike_discord.clone_from(last_unlike_discord);
        }
        for (sum, more) in [(&mut self.ack, ack), (&mut self.answer, answer), (&mut self.choices, choices)] {
            sum.add(more);
        }
        for (name, more) in http_requests {
            *self.http_requests.entry(name.clone()).or_default() += more;
        }
        for (status, more) in http_refusals {
            *self.http_refusals.entry(*status).or_default() += more;
        }
        self
    }

    pub(crate) fn report(&self) -> Report {
        Report {
            interactions: self.interactions,
            ack_ms: self.ack.latency(),
            answer_ms: self.answer.latency(),
            choices_ms: self.choices.latency(),
            deadline_misses: self.deadline_misses,
            machine_stalled: self.machine_stalled,
            interactions_expired: self.interactions_expired,
            late_callbacks: self.late_callbacks,
            double_callbacks: self.double_callbacks,
            http_requests: self.http_requests.clone(),
            http_refusals: self.http_refusals.clone(),
            gateway_identifies: self.gateway_identifies,
            gateway_resumes: self.gateway_resumes,
            messages_created: self.messages_created,
            interactions_turned_away: self.interactions_turned_away,
            http_planted_failures: self.http_planted_failures,
            invalid_requests: self.invalid_requests,
            spec_violations: self.spec_violations,
            unlike_discord: self.unlike_discord,
            last_unlike_discord: self.last_unlike_discord.clone(),
            gateway_connections: self.gateway_connections,
            gateway_text_bytes: self.gateway_text_bytes,
            gateway_wire_bytes: self.gateway_wire_bytes,
            gateway_by_second: self.gateway_by_second.clone(),
        }
    }
}

/// A request of the bot's.
#[derive(Debug, Clone, Serialize)]
struct Asked {
    seq: u64,
    at_ms: u64,
    method: String,
    path: String,
    /// None while it is not answered.
    status: Option<u16>,
}

/// Requests that are remembered; the oldest are forgotten. Some 4 MB.
const MAX_REQUESTS: usize = 20_000;

/// The bot's last requests, in the order in which they came.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    kept: VecDeque<Asked>,
    last: u64,
}

impl Requests {
    /// Notes one that has come and returns its number.
    pub(crate) fn push(&mut self, now: Moment, method: &Method, path: String, status: Option<u16>) -> u64 {
        self.last += 1;
        if self.kept.len() == MAX_REQUESTS {
            self.kept.pop_front();
        }
        let method = method.to_string();
        self.kept.push_back(Asked { seq: self.last, at_ms: now.unix_ms(), method, path, status });
        self.last
    }

    /// Notes the answer, unless another was decided on when it came.
    pub(crate) fn answered(&mut self, number: u64, status: u16) {
        let newest = self.kept.back().map_or(0, |newest| newest.seq);
        let from_back = newest.checked_sub(number).and_then(|back| usize::try_from(back).ok());
        let index = from_back.and_then(|back| self.kept.len().checked_sub(back + 1));
        if let Some(asked) = index.and_then(|index| self.kept.get_mut(index)) {
            asked.status.get_or_insert(status);
        }
    }

    /// Those after `after`, oldest first.
    pub(crate) fn after(&self, after: u64) -> Value {
        let kept: Vec<&Asked> = self.kept.iter().filter(|asked| asked.seq > after).collect();
        serde_json::to_value(kept).unwrap_or_default()
    }
}

/// Steps between two powers of two.
const STEPS: u64 = 64;
const STEP_BITS: u32 = STEPS.trailing_zeros();
/// 2^36 microseconds are 19 hours; longer counts as that.
const OCTAVES: u64 = 36 - STEP_BITS as u64;
const BUCKETS: usize = (STEPS * (OCTAVES + 1)) as usize;

/// Microseconds in buckets whose width is a 64th of their value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(into = "Sparse", from = "Sparse")]
pub(crate) struct Histogram {
    buckets: Vec<u64>,
    count: u64,
    max_us: u64,
}

/// A histogram as it is saved: the buckets that are not empty, each with its index.
#[derive(Debug, Serialize, Deserialize)]
struct Sparse {
    buckets: Vec<(usize, u64)>,
    max_us: u64,
}

impl From<Histogram> for Sparse {
    fn from(whole: Histogram) -> Sparse {
        let buckets = whole.buckets.into_iter().enumerate().filter(|(_, count)| *count > 0).collect();
        Sparse { buckets, max_us: whole.max_us }
    }
}

impl From<Sparse> for Histogram {
    fn from(sparse: Sparse) -> Histogram {
        let mut whole = Histogram { max_us: sparse.max_us, ..Histogram::default() };
        for (index, count) in sparse.buckets {
            whole.buckets[index.min(BUCKETS - 1)] += count;
            whole.count += count;
        }
        whole
    }
}

impl Default for Histogram {
    fn default() -> Histogram {
        Histogram { buckets: vec![0; BUCKETS], count: 0, max_us: 0 }
    }
}

impl Histogram {
    pub(crate) fn record(&mut self, duration: Duration) {
        let us = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        self.buckets[bucket_of(us)] += 1;
        self.count += 1;
        self.max_us = self.max_us.max(us);
    }

    fn add(&mut self, other: &Histogram) {
        for (sum, more) in self.buckets.iter_mut().zip(&other.buckets) {
            *sum += more;
        }
        self.count += other.count;
        self.max_us = self.max_us.max(other.max_us);
    }

    fn latency(&self) -> Latency {
        Latency {
            count: self.count,
            p50: self.quantile(50),
            p95: self.quantile(95),
            p99: self.quantile(99),
            max: self.max_us as f64 / 1_000.0,
        }
    }

    fn quantile(&self, percent: u64) -> f64 {
        let rank = (self.count * percent).div_ceil(100);
        let mut seen = 0;
        for (index, count) in self.buckets.iter().enumerate() {
            seen += count;
            if seen >= rank && seen > 0 {
                return upper_bound(index).min(self.max_us) as f64 / 1_000.0;
            }
        }
        0.0
    }
}

fn bucket_of(us: u64) -> usize {
    if us < STEPS {
        return us as usize;
    }
    let shift = us.ilog2() - STEP_BITS;
    let index = (u64::from(shift) + 1) * STEPS + ((us >> shift) - STEPS);
    (index as usize).min(BUCKETS - 1)
}

/// The largest value that falls into the bucket.
fn upper_bound(index: usize) -> u64 {
    let index = index as u64;
    if index < STEPS {
        return index;
    }
    let shift = index / STEPS - 1;
    ((STEPS + index % STEPS + 1) << shift) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_within_two_percent() {
        let mut histogram = Histogram::default();
        for ms in 1..=1_000 {
            histogram.record(Duration::from_millis(ms));
        }
        let latency = histogram.latency();
        for (measured, expected) in [(latency.p50, 500.0), (latency.p95, 950.0), (latency.p99, 990.0)] {
            assert!((measured / expected - 1.0f64).abs() < 0.02, "{measured} for {expected}");
        }
        assert_eq!(latency.max, 1_000.0);
        assert_eq!(latency.count, 1_000);
    }

    #[test]
    fn a_saved_histogram_is_the_same_again_and_two_add_up() {
        let mut histogram = Histogram::default();
        for ms in 1..=100 {
            histogram.record(Duration::from_millis(ms));
        }
        let saved = serde_json::to_string(&histogram).unwrap();
        let mut again: Histogram = serde_json::from_str(&saved).unwrap();
        assert_eq!(again, histogram);
        again.add(&histogram);
        assert_eq!(again.latency(), Latency { count: 200, ..histogram.latency() });
    }

    #[test]
    fn every_value_lies_in_its_bucket() {
        for us in [0, 1, 63, 64, 65, 127, 128, 1_000, 999_999, 3_000_000, u64::MAX] {
            let index = bucket_of(us);
            assert!(index == BUCKETS - 1 || upper_bound(index) >= us, "{us}");
            assert!(index == 0 || upper_bound(index - 1) < us, "{us}");
        }
    }

    #[test]
    fn nothing_recorded_reads_as_zero() {
        assert_eq!(Histogram::default().latency(), Latency::default());
    }
}
