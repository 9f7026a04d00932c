//! Whose replay is read next: the players in turn, so that nobody's many files keep another's waiting.
//!
//! Pure: it counts arrivals and turns, and reads no clock.

use ipc_schema::ids::{JobId, PlayerId};
use std::collections::{BTreeMap, BTreeSet};

/// A replay in line, or with a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) job: JobId,
    pub(super) player: PlayerId,
    /// A worker has it.
    pub(super) being_read: bool,
    /// Workers that died over it: it goes behind its player's other ones.
    pub(super) deaths: u8,
}

/// When jobs came and when players had their turns, by one count.
#[derive(Debug, Default)]
pub(super) struct Line {
    count: u64,
    came: BTreeMap<JobId, u64>,
    /// Of players who are in line.
    turns: BTreeMap<PlayerId, u64>,
}

impl Line {
    /// Notes jobs that are seen for the first time, and forgets what belongs to those that are over.
    pub(super) fn update(&mut self, entries: &[Entry]) {
        // In sets, since every pass of the loop comes through here, and 200 may be in line.
        let jobs: BTreeSet<JobId> = entries.iter().map(|entry| entry.job).collect();
        let players: BTreeSet<PlayerId> = entries.iter().map(|entry| entry.player).collect();
        self.came.retain(|job, _| jobs.contains(job));
        self.turns.retain(|player, _| players.contains(player));
        for entry in entries {
            self.came.entry(entry.job).or_insert_with(|| {
                self.count += 1;
                self.count
            });
        }
    }

    /// A job of the player was dealt out.
    pub(super) fn had_turn(&mut self, player: PlayerId) {
        self.count += 1;
        self.turns.insert(player, self.count);
    }

    /// The jobs that wait, next first. The first of each player go in the order in which they became
    /// first, by coming or by the turn of the one before; those of a player with a job at a worker go
    /// behind those of players with none, and so on. So a player's only job is behind at most one of
    /// any other's, also of those that come later, and every job's turn comes.
    pub(super) fn order(&self, entries: &[Entry]) -> Vec<JobId> {
        let mut ahead: BTreeMap<PlayerId, usize> = BTreeMap::new();
        for entry in entries.iter().filter(|entry| entry.being_read) {
            *ahead.entry(entry.player).or_default() += 1;
        }
        let mut waiting: Vec<&Entry> = entries.iter().filter(|entry| !entry.being_read).collect();
        waiting.sort_by_key(|entry| (entry.deaths, entry.job));
        let count_of = |entry: &Entry| {
            let turn = self.turns.get(&entry.player).copied().unwrap_or_default();
            self.came.get(&entry.job).copied().unwrap_or(u64::MAX).max(turn)
        };
        let mut order: Vec<(usize, u64, usize, JobId)> = Vec::with_capacity(waiting.len());
        for (at, entry) in waiting.into_iter().enumerate() {
            let ahead = ahead.entry(entry.player).or_default();
            order.push((*ahead, count_of(entry), at, entry.job));
            *ahead += 1;
        }
        order.sort_unstable();
        order.into_iter().map(|(.., job)| job).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::chance::Chance;

    fn entry(job: u64, player: u64) -> Entry {
        Entry { job: JobId(job), player: PlayerId(player), being_read: false, deaths: 0 }
    }

    fn order(entries: &[Entry]) -> Vec<u64> {
        let mut line = Line::default();
        line.update(entries);
        line.order(entries).into_iter().map(|job| job.0).collect()
    }

    #[test]
    fn players_take_turns() {
        let read = |entry: Entry| Entry { being_read: true, ..entry };
        let struck = |entry: Entry| Entry { deaths: 1, ..entry };
        let (a, b, c) = (1, 2, 3);
        for (what, entries, expected) in [
            ("one player's go by age", vec![entry(1, a), entry(2, a)], vec![1, 2]),
            ("a second is behind all firsts", vec![entry(1, a), entry(2, a), entry(3, b)], vec![1, 3, 2]),
            (
                "one that is being read counts",
                vec![read(entry(1, a)), entry(2, a), entry(3, b), entry(4, b)],
                vec![3, 2, 4],
            ),
            (
                "one that killed a worker is behind the player's others",
                vec![struck(entry(1, a)), entry(2, a), entry(3, b), entry(4, c)],
                vec![2, 3, 4, 1],
            ),
        ] {
            assert_eq!(order(&entries), expected, "{what}");
        }
    }

    /// Whatever the line is, and whoever is being read.
    #[test]
    fn a_first_job_is_never_behind_two_of_one_other_player() {
        for seed in 0..2000 {
            let mut chance = Chance(seed);
            let entries: Vec<Entry> = (1..=1 + chance.below(30) as u64)
                .map(|job| Entry {
                    being_read: chance.below(6) == 0,
                    deaths: u8::try_from(chance.below(8) / 7).unwrap(),
                    ..entry(job, 1 + chance.below(6) as u64)
                })
                .collect();
            let order = order(&entries);
            let of = |job: u64| entries.iter().find(|entry| entry.job.0 == job).unwrap();
            let being_read =
                |player| entries.iter().filter(|entry| entry.being_read && entry.player == player).count();
            for (at, job) in order.iter().enumerate() {
                let own = of(*job).player;
                if order[..at].iter().any(|before| of(*before).player == own) {
                    continue;
                }
                for other in (1..=6).map(PlayerId).filter(|other| *other != own) {
                    let before = order[..at].iter().filter(|before| of(**before).player == other).count();
                    let fair = 1 + being_read(own).saturating_sub(being_read(other));
                    assert!(
                        before <= fair,
                        "seed {seed}: job {job} is behind {before} of {other}: {entries:?}"
                    );
                }
            }
        }
    }

    /// A line that lives: jobs come, are dealt to workers and end.
    struct Evening {
        line: Line,
        entries: Vec<Entry>,
        workers: usize,
        last: u64,
    }

    impl Evening {
        fn new(workers: usize) -> Evening {
            Evening { line: Line::default(), entries: Vec::new(), workers, last: 0 }
        }

        fn comes(&mut self, player: u64) -> u64 {
            self.last += 1;
            self.entries.push(entry(self.last, player));
            self.line.update(&self.entries);
            self.last
        }

        /// Deals out as long as a worker is free.
        fn deal(&mut self) -> Vec<Entry> {
            let mut dealt = Vec::new();
            while self.entries.iter().filter(|entry| entry.being_read).count() < self.workers
                && let Some(next) = self.line.order(&self.entries).first().copied()
            {
                let entry = self.entries.iter_mut().find(|entry| entry.job == next).unwrap();
                entry.being_read = true;
                dealt.push(*entry);
                self.line.had_turn(entry.player);
            }
            dealt
        }

        /// One of those being read ends.
        fn end(&mut self, chance: &mut Chance) {
            let being_read: Vec<usize> =
                (0..self.entries.len()).filter(|at| self.entries[*at].being_read).collect();
            if !being_read.is_empty() {
                self.entries.remove(being_read[chance.below(being_read.len())]);
                self.line.update(&self.entries);
            }
        }
    }

    #[test]
    fn while_a_player_waits_with_one_job_no_other_is_dealt_two() {
        for seed in 0..400 {
            let mut chance = Chance(seed);
            let mut evening = Evening::new(1 + chance.below(4));
            // Per job that is its player's only one: how many of each other's were dealt since it came.
            let mut lone: BTreeMap<u64, BTreeMap<PlayerId, u32>> = BTreeMap::new();
            for _ in 0..300 {
                match chance.below(3) {
                    0 if evening.entries.len() < 40 => {
                        // Two players send much, the others little.
                        let player = [1, 1, 1, 2, 2, 3, 4, 5][chance.below(8)];
                        let has_one = evening.entries.iter().any(|entry| entry.player.0 == player);
                        let job = evening.comes(player);
                        if !has_one {
                            lone.insert(job, BTreeMap::new());
                        }
                    }
                    1 => evening.end(&mut chance),
                    _ => {}
                }
                for dealt in evening.deal() {
                    lone.remove(&dealt.job.0);
                    for (job, others) in &mut lone {
                        let before = others.entry(dealt.player).or_default();
                        *before += 1;
                        assert!(*before <= 1, "seed {seed}: job {job} waited for two of {}", dealt.player);
                    }
                }
            }
        }
    }

    #[test]
    fn newcomers_do_not_keep_a_second_job_waiting_for_ever() {
        let mut evening = Evening::new(1);
        for player in 2..12 {
            evening.comes(player);
        }
        let third = [evening.comes(1), evening.comes(1), evening.comes(1)][2];
        let mut chance = Chance(1);
        let waited = (0..).find(|round| {
            evening.comes(100 + round);
            let dealt = evening.deal();
            evening.end(&mut chance);
            dealt.iter().any(|entry| entry.job.0 == third)
        });
        // Each of the three goes behind at most those who are in line when it becomes first.
        assert!(waited.is_some_and(|rounds| rounds < 3 * 13), "{waited:?}");
    }
}
