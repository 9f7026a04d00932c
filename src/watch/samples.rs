//! The last ten minutes of what only counts up, by which rates and percentiles are made.

use super::Facts;
use ipc_schema::control::Role;
use std::collections::VecDeque;
use std::time::Duration;

/// Samples kept, one a second.
const KEPT: usize = 600;

#[derive(Debug)]
struct Sample {
    since_start: Duration,
    restarts: u64,
    jobs: Option<f64>,
    jobs_timed_out: Option<f64>,
    calls: Option<f64>,
    answers: Option<Vec<u64>>,
    durable: Option<Vec<u64>>,
}

#[derive(Debug, Default)]
pub struct Samples(VecDeque<Sample>);

impl Samples {
    pub(super) fn push(&mut self, since_start: Duration, facts: &Facts<'_>) {
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back(Sample {
            since_start,
            restarts: facts.restarts(),
            jobs: facts.gauge(Role::Backend, "replay_jobs"),
            jobs_timed_out: facts.gauge(Role::Backend, "replay_jobs_timed_out"),
            calls: facts.gauge(Role::Frontend, "discord_calls_counted"),
            answers: facts.counts(Role::Frontend, "answer"),
            durable: facts.counts(Role::Backend, "durable"),
        });
    }

    /// Deaths of processes within what is remembered.
    pub fn restarts(&self) -> u64 {
        let [first, last] = [self.0.front(), self.0.back()].map(|of| of.map_or(0, |of| of.restarts));
        last.saturating_sub(first)
    }

    /// Attempts at replays within the last `seconds`, and those that took too long.
    pub fn jobs(&self, seconds: f64) -> Option<(f64, f64)> {
        Some((self.counted(seconds, |of| of.jobs)?, self.counted(seconds, |of| of.jobs_timed_out)?))
    }

    /// Calls of the last `seconds`, in a second.
    pub fn calls_a_second(&self, seconds: f64) -> Option<f64> {
        let (then, now) = self.ends(seconds)?;
        let over = (now.since_start - then.since_start).as_secs_f64();
        self.counted(seconds, |of| of.calls).filter(|_| over > 0.0).map(|calls| calls / over)
    }

    /// How often an answer took how long within the last `seconds`, by the bounds of
    /// [`ipc_schema::control::LATENCY_BOUNDS_MS`].
    pub fn answers(&self, seconds: f64) -> Option<Vec<u64>> {
        self.counts(seconds, |of| of.answers.as_ref())
    }

    /// The same of decisions on their way to the disk.
    pub fn durable(&self, seconds: f64) -> Option<Vec<u64>> {
        self.counts(seconds, |of| of.durable.as_ref())
    }

    fn counted(&self, seconds: f64, of: impl Fn(&Sample) -> Option<f64>) -> Option<f64> {
        let (then, now) = self.ends(seconds)?;
        let (then, now) = (of(then).unwrap_or_default(), of(now)?);
        // A process that died counts anew.
        Some(if now < then { now } else { now - then })
    }

    fn counts<'a>(
        &'a self,
        seconds: f64,
        of: impl Fn(&'a Sample) -> Option<&'a Vec<u64>>,
    ) -> Option<Vec<u64>> {
        let (then, now) = self.ends(seconds)?;
        let now = of(now)?;
        let Some(then) = of(then) else { return Some(now.clone()) };
        let less = now.iter().zip(then).map(|(now, then)| now.checked_sub(*then));
        Some(less.collect::<Option<Vec<u64>>>().unwrap_or_else(|| now.clone()))
    }

    /// The newest sample, and the one so many seconds before, or the oldest there is.
    fn ends(&self, seconds: f64) -> Option<(&Sample, &Sample)> {
        let now = self.0.back()?;
        let from = now.since_start.as_secs_f64() - seconds;
        let at = self.0.partition_point(|sample| sample.since_start.as_secs_f64() < from);
        Some((self.0.get(at)?, now))
    }
}
