//! How long players waited for a match lately, and what that says to those who wait.

mod snapshot;

use super::memory;
use ipc_schema::vocab::{RaceChoice, Timestamp};
use std::collections::VecDeque;
use std::time::Duration;

/// Waits of each class that are remembered: the newest.
const KEPT: usize = 64;

/// What is older says nothing of the present.
const FRESH: Duration = Duration::from_hours(2);

/// Of fewer waits nothing is concluded.
const FEW: usize = 5;

/// Waits that ended with a match, by what was queued with: Brood War, StarCraft II, both.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Waits([VecDeque<Wait>; 3]);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wait {
    ended: Timestamp,
    length: Duration,
}

fn class(races: RaceChoice) -> usize {
    match (races.bw, races.sc2) {
        (Some(_), Some(_)) => 2,
        (Some(_), None) => 0,
        (None, _) => 1,
    }
}

impl Waits {
    /// What they take of memory.
    pub fn bytes(&self) -> usize {
        self.0.iter().map(memory::of_deque).sum()
    }

    pub fn add(&mut self, races: RaceChoice, since: Timestamp, paired: Timestamp) {
        let waits = &mut self.0[class(races)];
        while waits.len() >= KEPT || waits.front().is_some_and(|wait| paired.since(wait.ended) > FRESH) {
            waits.pop_front();
        }
        waits.push_back(Wait { ended: paired, length: paired.since(since) });
    }

    /// When who waits since then will have a match if it goes as it went: the median of those who
    /// waited as long already. It is that of players who queued for the same; where these are too
    /// few, of all; where all are too few, there is none.
    pub fn expected(&self, now: Timestamp, races: RaceChoice, since: Timestamp) -> Option<Timestamp> {
        let waited = now.since(since);
        let median = |classes: &[VecDeque<Wait>]| {
            let fresh = classes.iter().flatten().filter(|wait| now.since(wait.ended) <= FRESH);
            let mut longer: Vec<Duration> =
                fresh.map(|wait| wait.length).filter(|length| *length > waited).collect();
            longer.sort_unstable();
            (longer.len() >= FEW).then(|| longer[longer.len() / 2])
        };
        let own = class(races);
        Some(since + median(&self.0[own..=own]).or_else(|| median(&self.0))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc_schema::vocab::Race;

    const NOW: Timestamp = Timestamp(1_795_284_000_000);
    const BW: RaceChoice = RaceChoice { bw: Some(Race::BwZerg), sc2: None };
    const SC2: RaceChoice = RaceChoice { bw: None, sc2: Some(Race::Sc2Zerg) };
    const BOTH: RaceChoice = RaceChoice { bw: Some(Race::BwZerg), sc2: Some(Race::Sc2Zerg) };

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// Waits that ended so many seconds before now and took so many.
    fn seen(waits: &[(RaceChoice, u64, u64)]) -> Waits {
        let mut seen = Waits::default();
        for (races, ago, length) in waits {
            let ended = NOW - seconds(*ago);
            seen.add(*races, ended - seconds(*length), ended);
        }
        seen
    }

    #[test]
    fn the_estimate_is_the_median_of_the_own_class_else_of_all_else_none() {
        let bw = [50, 20, 90, 40, 30].map(|length| (BW, 60, length));
        let sc2 = [200, 210, 220].map(|length| (SC2, 60, length));
        let all = [&bw[..], &sc2[..]].concat();
        for (waits, races, expected) in [
            (&all[..], BW, Some(40)),
            // 20, 30, 40, 50, 90, 200, 210, 220.
            (&all[..], SC2, Some(90)),
            (&all[..], BOTH, Some(90)),
            (&bw[..4], BW, None),
            (&[], BOTH, None),
        ] {
            let found = seen(waits).expected(NOW, races, NOW);
            assert_eq!(found, expected.map(|expected| NOW + seconds(expected)), "{waits:?} {races:?}");
        }
    }

    #[test]
    fn who_waited_longer_than_most_is_told_of_those_who_waited_longer_still_or_nothing() {
        let waits: Vec<_> = (1..=20).map(|minute| (BW, 60, minute * 60)).collect();
        let waits = seen(&waits);
        for (waited, expected) in [(0, Some(11)), (10, Some(16)), (15, Some(18)), (16, None), (30, None)] {
            let since = NOW - seconds(waited * 60);
            let expected = expected.map(|minute| since + seconds(minute * 60));
            assert_eq!(waits.expected(NOW, BW, since), expected, "{waited} minutes");
            assert!(expected.is_none_or(|expected| expected > NOW));
        }
    }

    #[test]
    fn what_is_older_than_two_hours_says_nothing() {
        let at = |ago| seen(&[(BW, ago, 30); 5]).expected(NOW, BW, NOW);
        assert_eq!(at(7200), Some(NOW + seconds(30)));
        assert_eq!(at(7201), None);
    }

    #[test]
    fn no_more_waits_are_remembered_than_64_of_each_class() {
        let mut waits = seen(&[(SC2, 5, 5)]);
        for number in 0..1000 {
            waits.add(BW, NOW, NOW + seconds(number));
        }
        assert_eq!(waits.0.each_ref().map(VecDeque::len), [KEPT, 1, 0]);
        assert_eq!(waits.0[0][0].length, seconds(1000 - KEPT as u64));
    }
}
