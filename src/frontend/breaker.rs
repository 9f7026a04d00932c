//! Stops calling Discord before Discord stops us: 10,000 answers of 401, 403 or 429 within ten minutes
//! ban the address, and acknowledgements with it.

use ipc_schema::vocab::Timestamp;
use std::collections::VecDeque;
use std::time::Duration;

const WINDOW: Duration = Duration::from_secs(600);

/// A fifth of what gets an address banned: room for the acknowledgements, which are never stopped.
const LIMIT: u64 = 2000;

/// Counts are kept per slice of the window, so memory does not grow with the failures.
const SLICE: Duration = Duration::from_secs(10);

/// The failures of the last ten minutes.
#[derive(Debug, Default)]
pub struct Breaker {
    /// Start of each slice and how many failures it had.
    slices: VecDeque<(Timestamp, u64)>,
}

/// What one more failure did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    Room,
    /// This failure opened the breaker.
    Opened,
    Open,
}

impl Breaker {
    pub fn failed(&mut self, now: Timestamp) -> Counted {
        let before = self.failures(now);
        match self.slices.back_mut() {
            Some((start, count)) if now.since(*start) < SLICE => *count += 1,
            _ => self.slices.push_back((now, 1)),
        }
        match before + 1 {
            LIMIT => Counted::Opened,
            failures if failures > LIMIT => Counted::Open,
            _ => Counted::Room,
        }
    }

    /// True while calls must stay away.
    pub fn is_open(&mut self, now: Timestamp) -> bool {
        self.failures(now) >= LIMIT
    }

    pub fn failures(&mut self, now: Timestamp) -> u64 {
        while self.slices.front().is_some_and(|(start, _)| now.since(*start) >= WINDOW) {
            self.slices.pop_front();
        }
        self.slices.iter().map(|(_, count)| count).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp(1_800_000_000_000);

    #[test]
    fn the_breaker_opens_at_the_limit_and_closes_when_the_window_has_passed() {
        let mut breaker = Breaker::default();
        for number in 1..LIMIT {
            let now = START + Duration::from_millis(100 * number);
            assert_eq!(breaker.failed(now), Counted::Room, "failure {number}");
            assert!(!breaker.is_open(now));
        }
        let last = START + Duration::from_secs(201);
        assert_eq!(breaker.failed(last), Counted::Opened);
        assert_eq!(breaker.failed(last), Counted::Open);
        assert!(breaker.is_open(last));
        assert!(breaker.is_open(START + Duration::from_secs(599)));
        assert!(!breaker.is_open(START + Duration::from_secs(620)), "the first slices are forgotten");
        assert_eq!(breaker.failures(last + WINDOW), 0);
    }

    #[test]
    fn memory_is_bounded_by_the_window() {
        let mut breaker = Breaker::default();
        for second in 0..10_000 {
            breaker.failed(START + Duration::from_secs(second));
        }
        assert!(breaker.slices.len() <= 61, "{} slices", breaker.slices.len());
    }
}
