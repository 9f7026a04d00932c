//! Times in which no player could press anything, so that no deadline runs in them.

use ipc_schema::vocab::Timestamp;
use std::time::Duration;

/// A gap that lasts is told piece by piece, so that deadlines move before they pass.
const PIECE: Duration = Duration::from_secs(5);

/// A process that looks at the clock every second and finds it so far on has stood still.
const STOOD_STILL: Duration = Duration::from_secs(3);

/// A time that was lost, from and to.
pub type Lost = (Timestamp, Timestamp);

/// The time without a gateway session, as far as it is not told yet.
#[derive(Debug)]
pub struct Gap {
    since: Option<Timestamp>,
    looked_at: Timestamp,
}

impl Gap {
    /// A process begins without a session.
    pub fn since(now: Timestamp) -> Gap {
        Gap { since: Some(now), looked_at: now }
    }

    pub fn begins(&mut self, now: Timestamp) {
        self.since.get_or_insert(now);
    }

    /// A session is ready.
    pub fn ends(&mut self, now: Timestamp) -> Option<Lost> {
        Some((self.since.take()?, now))
    }

    /// To be called every second.
    pub fn goes_on(&mut self, now: Timestamp) -> Option<Lost> {
        let looked_at = std::mem::replace(&mut self.looked_at, now);
        match self.since {
            Some(since) if now.since(since) >= PIECE => {
                self.since = Some(now);
                Some((since, now))
            }
            None if now.since(looked_at) >= STOOD_STILL => Some((looked_at, now)),
            Some(_) | None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_told_whole_and_once_and_a_long_one_in_pieces() {
        let at = |second: u64| Timestamp(1_800_000_000_000 + second * 1000);
        let mut gap = Gap::since(at(0));
        assert_eq!(gap.goes_on(at(1)), None);
        assert_eq!(gap.ends(at(2)), Some((at(0), at(2))));
        assert_eq!(gap.ends(at(3)), None);
        assert_eq!(gap.goes_on(at(3)), None);
        gap.begins(at(4));
        gap.begins(at(5));
        for second in 4..9 {
            assert_eq!(gap.goes_on(at(second)), None, "second {second}");
        }
        assert_eq!(gap.goes_on(at(9)), Some((at(4), at(9))));
        assert_eq!(gap.ends(at(10)), Some((at(9), at(10))));
        assert_eq!(gap.goes_on(at(11)), None);
        assert_eq!(gap.goes_on(at(18)), Some((at(11), at(18))), "stood still");
    }
}
