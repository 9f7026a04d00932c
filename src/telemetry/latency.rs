//! How long things take, counted where they are done and read once a second for the supervisor.

use ipc_schema::control::{LATENCY_BOUNDS_MS, Latencies};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

const COUNTS: usize = LATENCY_BOUNDS_MS.len() + 1;

/// Counts of one kind of thing, from any thread.
#[derive(Debug)]
pub struct Latency {
    name: &'static str,
    counts: [AtomicU64; COUNTS],
    sum_us: AtomicU64,
}

impl Latency {
    /// `name` is in snake case, without a unit.
    pub const fn new(name: &'static str) -> Latency {
        Latency { name, counts: [const { AtomicU64::new(0) }; COUNTS], sum_us: AtomicU64::new(0) }
    }

    pub fn took(&self, time: Duration) {
        let bound = |ms: &u32| Duration::from_millis(u64::from(*ms));
        let at = LATENCY_BOUNDS_MS.partition_point(|ms| bound(ms) < time);
        self.counts[at].fetch_add(1, Ordering::Relaxed);
        self.sum_us.fetch_add(u64::try_from(time.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    pub fn read(&self) -> Latencies {
        Latencies {
            name: self.name.to_owned(),
            counts: self.counts.iter().map(|count| count.load(Ordering::Relaxed)).collect(),
            sum_s: self.sum_us.load(Ordering::Relaxed) as f64 / 1e6,
        }
    }
}

/// The milliseconds that `part` of the counted did not pass, as Prometheus' `histogram_quantile` guesses
/// them: even within a bound. None where nothing was counted.
pub fn quantile(counts: &[u64], part: f64) -> Option<f64> {
    let all: u64 = counts.iter().sum();
    if all == 0 {
        return None;
    }
    let rank = part * all as f64;
    let (mut below, mut lower) = (0.0, 0.0);
    for (count, bound) in counts.iter().zip(LATENCY_BOUNDS_MS) {
        let (count, bound) = (*count as f64, f64::from(bound));
        if count > 0.0 && below + count >= rank {
            return Some(lower + (bound - lower) * ((rank - below) / count));
        }
        below += count;
        lower = bound;
    }
    Some(lower)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_lies_within_its_bound() {
        assert_eq!(quantile(&[0; 15], 0.5), None);
        // Ten below 1 ms, ten between 5 and 10 ms.
        let counts = [10, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        for (part, expected) in [(0.25, 0.5), (0.5, 1.0), (0.75, 7.5), (1.0, 10.0)] {
            assert_eq!(quantile(&counts, part), Some(expected), "{part}");
        }
        let beyond = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3];
        assert_eq!(quantile(&beyond, 0.5), Some(10_000.0));
    }

    #[test]
    fn a_time_is_counted_at_the_first_bound_that_it_does_not_pass() {
        let latency = Latency::new("answer");
        for micros in [0, 1_000, 1_001, 700_000, 10_000_000, 10_000_001] {
            latency.took(Duration::from_micros(micros));
        }
        let Latencies { name, counts, sum_s } = latency.read();
        assert_eq!((name.as_str(), sum_s), ("answer", 20.702_002));
        assert_eq!(counts, [2, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1]);
    }
}
