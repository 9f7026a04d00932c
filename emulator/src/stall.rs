//! Whether this machine stood still.
//!
//! The owner loop wakes at least every [`TICK`]. Where it wakes much later, the machine
//! was suspended or out of processor time, and an answer that was missed meanwhile says
//! nothing about the bot.

use std::collections::VecDeque;
use std::time::Duration;

use crate::clock::Moment;

pub(crate) const TICK: Duration = Duration::from_millis(100);
const STALL: Duration = Duration::from_millis(500);

/// Stalls older than the last few cannot touch an interaction that still waits.
const REMEMBERED: usize = 32;

#[derive(Debug)]
pub(crate) struct Stalls {
    due: Moment,
    /// From when the loop should have woken to when it did.
    seen: VecDeque<(Moment, Moment)>,
}

impl Stalls {
    pub(crate) fn new(now: Moment) -> Stalls {
        Stalls { due: now.after(TICK), seen: VecDeque::new() }
    }

    pub(crate) fn due(&self) -> Moment {
        self.due
    }

    /// To be told each time the loop wakes; returns the stall it has just come out of.
    pub(crate) fn woke(&mut self, now: Moment) -> Option<(Moment, Moment)> {
        if now < self.due {
            return None;
        }
        let mut stall = None;
        if now.since(self.due) > STALL {
            tracing::warn!(ms = now.since(self.due).as_millis() as u64, "the machine stalled");
            if self.seen.len() == REMEMBERED {
                self.seen.pop_front();
            }
            self.seen.push_back((self.due, now));
            stall = Some((self.due, now));
        }
        self.due = now.after(TICK);
        stall
    }

    pub(crate) fn overlaps(&self, from: Moment, to: Moment) -> bool {
        self.seen.iter().any(|(began, ended)| *began <= to && *ended >= from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_late_wake_up_is_a_stall() {
        let at = |ms: u64| Moment::from_unix_ms(1_000_000 + ms);
        let mut stalls = Stalls::new(at(0));
        for ms in [50, 110, 250, 840] {
            stalls.woke(at(ms));
        }
        assert!(!stalls.overlaps(at(0), at(10_000)));
        stalls.woke(at(2_000));
        for (from, to, hit) in
            [(0, 800, false), (0, 1_000, true), (1_500, 4_500, true), (2_001, 5_000, false)]
        {
            assert_eq!(stalls.overlaps(at(from), at(to)), hit, "{from} to {to}");
        }
    }
}
