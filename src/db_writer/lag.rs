//! For how long the database has been behind the journal.

use ipc_schema::ids::Seq;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Looks remembered, one a second. Of a longer time away only its beginning is, which is all that is asked.
const KEPT: usize = 600;

/// Where the journal was at each look, as far as the database has not come yet.
#[derive(Debug, Default)]
pub(super) struct Lag(VecDeque<(Instant, Seq)>);

impl Lag {
    /// How long ago the journal was first seen with something that the database does not have.
    pub(super) fn look(&mut self, now: Instant, journal: Seq, database: Seq) -> Duration {
        while self.0.pop_front_if(|(_, seq)| *seq <= database).is_some() {}
        let newest = self.0.back().map_or(database, |(_, seq)| *seq);
        if journal > newest && self.0.len() < KEPT {
            self.0.push_back((now, journal));
        }
        self.0.front().map_or(Duration::ZERO, |(since, _)| now.saturating_duration_since(*since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;

    #[test]
    fn the_lag_is_the_age_of_the_oldest_record_that_is_missing() {
        let (mut lag, start) = (Lag::default(), clock::instant());
        for (second, journal, database, expected) in [
            (0, 5, 5, 0),
            (1, 9, 5, 0),
            (2, 12, 5, 1),
            (3, 12, 9, 1),
            (4, 12, 12, 0),
            (5, 13, 12, 0),
            (700, 13, 12, 695),
        ] {
            let now = start + Duration::from_secs(second);
            let found = lag.look(now, Seq(journal), Seq(database));
            assert_eq!(found, Duration::from_secs(expected), "at {second} s");
        }
    }
}
