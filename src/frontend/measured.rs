//! What this role counts of itself, for whoever watches the ladder.

use crate::telemetry::latency::Latency;
use ipc_schema::control::Latencies;
use ipc_schema::ids::UserId;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Who pressed, typed a command or sent a message so long ago counts as active.
const ACTIVE_FOR: Duration = Duration::from_secs(15 * 60);

/// Accounts remembered as active; beyond it a new one is not counted. Some megabytes.
const ACTIVE_KEPT: usize = 100_000;

#[derive(Debug)]
pub struct Measured {
    /// Interactions that arrived.
    pub interactions: AtomicU64,
    /// From an interaction's arrival here to the callback that Discord took.
    pub ack: Latency,
    /// From its arrival to the first content that is not "thinking".
    pub answer: Latency,
    /// From a request to the backend to its reply.
    pub backend: Latency,
    active: Mutex<HashMap<UserId, Instant>>,
}

impl Default for Measured {
    fn default() -> Measured {
        Measured {
            interactions: AtomicU64::new(0),
            ack: Latency::new("ack"),
            answer: Latency::new("answer"),
            backend: Latency::new("backend"),
            active: Mutex::default(),
        }
    }
}

impl Measured {
    pub fn interaction(&self, user: UserId, now: Instant) {
        self.interactions.fetch_add(1, Ordering::Relaxed);
        self.seen(user, now);
    }

    /// This account did something.
    pub fn seen(&self, user: UserId, now: Instant) {
        let mut active = self.active.lock().unwrap_or_else(PoisonError::into_inner);
        if active.len() < ACTIVE_KEPT || active.contains_key(&user) {
            active.insert(user, now);
        }
    }

    /// How many accounts are active.
    pub fn active(&self, now: Instant) -> usize {
        let mut active = self.active.lock().unwrap_or_else(PoisonError::into_inner);
        active.retain(|_, seen| now.saturating_duration_since(*seen) < ACTIVE_FOR);
        active.len()
    }

    pub fn latencies(&self) -> Vec<Latencies> {
        [&self.ack, &self.answer, &self.backend].map(Latency::read).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;

    #[test]
    fn an_account_is_active_for_a_quarter_of_an_hour_and_counts_once() {
        let (measured, start) = (Measured::default(), clock::instant());
        measured.interaction(UserId(1), start);
        measured.interaction(UserId(1), start + Duration::from_secs(60));
        measured.seen(UserId(2), start);
        assert_eq!(measured.interactions.load(Ordering::Relaxed), 2);
        assert_eq!(measured.active(start + Duration::from_secs(899)), 2);
        assert_eq!(measured.active(start + Duration::from_secs(900)), 1);
        assert_eq!(measured.active(start + Duration::from_secs(960)), 0);
    }
}
