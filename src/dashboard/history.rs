//! The last ten minutes: what rates and percentiles are made of, and what the page draws.

use super::status::{Counts, Status};
use crate::telemetry::latency::quantile;
use ipc_schema::control::Role;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, VecDeque};

/// Samples kept, one a second.
pub const KEPT: usize = 600;

/// Seconds that rates and percentiles of the page are over.
const WINDOW: f64 = 60.0;

/// What is counted up and drawn as so many a second, by its name on the page.
const RATES: &[(&str, Role, &str)] = &[
    ("interactions_per_s", Role::Frontend, "interactions"),
    ("calls_per_s", Role::Frontend, "discord_calls_counted"),
    ("records_per_s", Role::Backend, "records"),
];

/// What is drawn as it is.
const LEVELS: &[(&str, Role, &str)] = &[
    ("users_active", Role::Frontend, "users_active"),
    ("queue", Role::Backend, "queue_entries"),
    ("matches", Role::Backend, "matches_open"),
    ("uploads", Role::Backend, "replays_in_line"),
    ("writer_queue", Role::Backend, "records_unsaved"),
    ("journal_lag_s", Role::Backend, "journal_lag_s"),
    ("database_lag_s", Role::DbWriter, "database_lag_s"),
];

/// What takes time, by its name on the page.
pub const LATENCIES: &[(&str, Role, &str)] = &[
    ("ack", Role::Frontend, "ack"),
    ("answer", Role::Frontend, "answer"),
    ("backend", Role::Frontend, "backend"),
    ("discord", Role::Frontend, "discord"),
    ("durable", Role::Backend, "durable"),
    ("replay_job", Role::Backend, "replay_job"),
    ("append", Role::DbWriter, "append"),
    ("database", Role::DbWriter, "database"),
];

#[derive(Debug, Clone)]
struct Sample {
    /// Since the dashboard began.
    seconds: f64,
    /// All that is counted up, by role and gauge.
    counted: BTreeMap<(Role, &'static str), f64>,
    latencies: BTreeMap<&'static str, Counts>,
    /// What the page draws of this second.
    drawn: Value,
}

#[derive(Debug, Default)]
pub struct History(VecDeque<Sample>);

impl History {
    pub fn push(&mut self, seconds: f64, status: &Status) {
        let gauge = |role, name| Some(((role, name), status.gauge(role, name)?));
        let counted = RATES.iter().filter_map(|(_, role, name)| gauge(*role, name)).collect();
        let latency =
            |&(shown, role, name): &(&'static str, Role, &str)| Some((shown, status.latency(role, name)?));
        let latencies = LATENCIES.iter().filter_map(latency).collect();
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back(Sample { seconds, counted, latencies, drawn: Value::Null });
        let drawn = self.draw(status);
        self.0.back_mut().expect("it was just pushed").drawn = drawn;
    }

    /// The newest second, as the page draws it.
    pub fn newest(&self) -> Option<&Value> {
        self.0.back().map(|sample| &sample.drawn)
    }

    pub fn to_json(&self) -> Value {
        self.0.iter().map(|sample| sample.drawn.clone()).collect()
    }

    /// How far a gauge that counts up has come within the last `seconds`; None before it is known.
    pub fn counted(&self, role: Role, name: &'static str, seconds: f64) -> Option<f64> {
        let (then, now) = self.ends(seconds)?;
        let at = |sample: &Sample| sample.counted.get(&(role, name)).copied();
        let (then, now) = (at(then)?, at(now)?);
        // A process that died counts anew.
        Some(if now < then { now } else { now - then })
    }

    /// How often something took how long within the last `seconds`, as in [`Counts`].
    pub fn latency(&self, shown: &str, seconds: f64) -> Option<Vec<u64>> {
        let (then, now) = self.ends(seconds)?;
        let now = &now.latencies.get(shown)?.counts;
        let Some(Counts { counts: then, .. }) = then.latencies.get(shown) else { return Some(now.clone()) };
        let counts: Option<Vec<u64>> =
            now.iter().zip(then).map(|(now, then)| now.checked_sub(*then)).collect();
        Some(counts.unwrap_or_else(|| now.clone()))
    }

    /// The newest sample, and the one so many seconds before, or the oldest there is.
    fn ends(&self, seconds: f64) -> Option<(&Sample, &Sample)> {
        let now = self.0.back()?;
        let at = self.0.partition_point(|sample| sample.seconds < now.seconds - seconds);
        Some((self.0.get(at)?, now))
    }

    fn draw(&self, status: &Status) -> Value {
        let mut drawn = Map::new();
        let seconds = self.0.back().map_or(0.0, |sample| sample.seconds);
        drawn.insert("t".to_owned(), json!(round(seconds)));
        for (shown, role, name) in LEVELS {
            drawn.insert((*shown).to_owned(), json!(status.gauge(*role, name).map(round)));
        }
        let workers = |name| status.gauge(Role::Backend, name);
        let busy = workers("workers").zip(workers("workers_idle")).map(|(all, idle)| round(all - idle));
        drawn.insert("workers_busy".to_owned(), json!(busy));
        let over = self.ends(WINDOW).map_or(0.0, |(then, now)| now.seconds - then.seconds);
        for (shown, role, name) in RATES {
            let rate =
                self.counted(*role, name, WINDOW).filter(|_| over > 0.0).map(|count| round(count / over));
            drawn.insert((*shown).to_owned(), json!(rate));
        }
        for (shown, ..) in LATENCIES {
            let counts = self.latency(shown, WINDOW).unwrap_or_default();
            let parts = [0.5, 0.95, 0.99].map(|part| quantile(&counts, part).map(round));
            drawn.insert((*shown).to_owned(), json!(parts));
        }
        let memory: Option<u64> = status.children.iter().map(|process| process.pss_kib).sum();
        drawn.insert("memory_mib".to_owned(), json!(memory.map(|kib| round(kib as f64 / 1024.0))));
        Value::Object(drawn)
    }
}

fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::super::status::tests::process;
    use super::*;

    fn status(interactions: f64, answers: &[u64]) -> Status {
        let mut frontend = process(Role::Frontend, "ready");
        frontend.gauges.insert("interactions".to_owned(), Some(interactions));
        frontend.latencies.insert("answer".to_owned(), Counts { counts: answers.to_vec(), sum_s: 0.0 });
        Status { state: "up".to_owned(), children: vec![frontend], ..Status::default() }
    }

    #[test]
    fn rates_and_percentiles_are_of_the_last_minute_and_survive_a_restart() {
        let mut history = History::default();
        let answers = |count| {
            let mut counts = vec![0; 15];
            counts[9] = count;
            counts
        };
        for second in 0..=100_u32 {
            history.push(f64::from(second), &status(f64::from(second * 2), &answers(u64::from(second))));
        }
        let newest = history.newest().unwrap().clone();
        assert_eq!((&newest["t"], &newest["interactions_per_s"]), (&json!(100.0), &json!(2.0)));
        assert_eq!(newest["answer"], json!([750.0, 975.0, 995.0]));
        assert_eq!(newest["queue"], Value::Null, "what nobody told is missing, never zero");
        assert_eq!(history.latency("answer", 60.0).unwrap()[9], 60);
        // Its successor begins to count with nothing.
        history.push(101.0, &status(3.0, &answers(1)));
        assert_eq!(history.counted(Role::Frontend, "interactions", 60.0), Some(3.0));
        assert_eq!(history.latency("answer", 60.0).unwrap()[9], 1);
    }

    #[test]
    fn only_ten_minutes_are_kept() {
        let mut history = History::default();
        (0..KEPT + 5).for_each(|second| history.push(second as f64, &status(0.0, &[])));
        assert_eq!(history.to_json().as_array().unwrap().len(), KEPT);
    }
}
