//! What goes wrong when: drawn from the seed before anything starts, so that the same seed and length
//! give the same schedule. It knows no process.

use serde::Serialize;
use std::time::Duration;

/// What is due to players may take 30 s; nothing goes wrong in the last ones.
pub(crate) const CALM: Duration = Duration::from_secs(31);

/// At first people set up and queue.
const QUIET: Duration = Duration::from_secs(4);

/// Whose processes are killed.
pub(crate) const ROLES: [Role; 4] = [Role::Frontend, Role::Backend, Role::DbWriter, Role::ReplayWorker];

/// Active seconds for each of these: 15 kills of each role and 5 of all at once in 300 s, and some more.
const KILL_EVERY: u64 = 15;
const KILL_ALL_EVERY: u64 = 45;
const TREE_EVERY: u64 = 100;
const STOP_EVERY: u64 = 120;
const DISK_EVERY: u64 = 90;
const DISCORD_EVERY: u64 = 60;
const DATABASE_EVERY: u64 = 60;

/// Below so many active seconds the tree is never taken down: too little would be left of them.
const TREE_FROM: u64 = 40;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Role {
    Frontend,
    Backend,
    DbWriter,
    ReplayWorker,
}

impl Role {
    /// As a status calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Role::Frontend => "frontend",
            Role::Backend => "backend",
            Role::DbWriter => "db-writer",
            Role::ReplayWorker => "replay-worker",
        }
    }
}

/// Where the ladder's tables are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Database {
    Sqlite,
    Postgres,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Deed {
    /// SIGKILL for all processes of these roles in one moment.
    Kill(Vec<Role>),
    /// SIGKILL for the supervisor, and so for everyone; then a start over the same folder.
    KillTree,
    /// SIGTERM for the supervisor, then a start over the same folder.
    Restart,
    /// The same over a folder without the ladder's part, from the database.
    RestartEmpty,
    /// The disk is full for so long.
    FillDisk {
        ms: u64,
    },
    SlowDiscord {
        callback_ms: u64,
        other_ms: u64,
        ms: u64,
    },
    /// A share of all requests fails.
    ErringDiscord {
        errors: f64,
        ms: u64,
    },
    /// All requests fail.
    DiscordOut {
        ms: u64,
    },
    /// The gateway connection is cut.
    Disconnect,
    /// The database server is stopped for so long.
    StopDatabase {
        ms: u64,
    },
}

/// One step, so long after the ladder was up.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Step {
    pub(crate) at_ms: u64,
    pub(crate) deed: Deed,
}

/// All that goes wrong in a run of this length, in order.
pub(crate) fn schedule(length: Duration, seed: u64, database: Database) -> Vec<Step> {
    let active = length.saturating_sub(CALM + QUIET);
    let mut chance = Chance(seed);
    let mut deeds = deeds(active.as_secs(), database, &mut chance);
    chance.shuffle(&mut deeds);
    let slot = active.as_millis() as u64 / deeds.len().max(1) as u64;
    let steps = (0..).zip(deeds).map(|(number, deed)| {
        // Somewhere in its slot, so that steps neither fall together nor follow a beat.
        let at_ms = QUIET.as_millis() as u64 + number * slot + chance.below(slot.max(1));
        Step { at_ms, deed }
    });
    steps.collect()
}

/// The database is away once, as soon as people play; nothing where that takes too long.
pub(crate) fn one_outage(length: Duration, outage: Duration) -> Vec<Step> {
    let at = QUIET * 3;
    let deed = Deed::StopDatabase { ms: outage.as_millis() as u64 };
    let step = Step { at_ms: at.as_millis() as u64, deed };
    if at + outage + CALM <= length { vec![step] } else { Vec::new() }
}

fn deeds(active_s: u64, database: Database, chance: &mut Chance) -> Vec<Deed> {
    if active_s == 0 {
        return Vec::new();
    }
    let mut deeds = kills(active_s.div_ceil(KILL_EVERY), chance);
    deeds.extend((0..active_s.div_ceil(KILL_ALL_EVERY)).map(|_| Deed::Kill(ROLES.to_vec())));
    for number in 0..active_s.div_ceil(DISCORD_EVERY) {
        deeds.push(Deed::SlowDiscord {
            callback_ms: chance.between(300, 1_000),
            other_ms: chance.between(200, 2_000),
            ms: chance.between(3_000, 8_000),
        });
        deeds.push(if number.is_multiple_of(2) {
            Deed::DiscordOut { ms: chance.between(1_500, 6_000) }
        } else {
            Deed::ErringDiscord {
                errors: chance.between(5, 30) as f64 / 100.0,
                ms: chance.between(3_000, 8_000),
            }
        });
        deeds.push(Deed::Disconnect);
    }
    for _ in 0..active_s.div_ceil(DISK_EVERY) {
        deeds.push(Deed::FillDisk { ms: chance.between(2_000, 6_000) });
    }
    if database == Database::Postgres {
        for _ in 0..active_s.div_ceil(DATABASE_EVERY) {
            deeds.push(Deed::StopDatabase { ms: chance.between(3_000, 12_000) });
        }
    }
    if active_s >= TREE_FROM {
        deeds.extend((0..active_s.div_ceil(TREE_EVERY)).map(|_| Deed::KillTree));
        let restart = |number: u64| match database {
            // A folder that was emptied is filled from tables that others read.
            Database::Postgres if number.is_multiple_of(2) => Deed::RestartEmpty,
            _ => Deed::Restart,
        };
        deeds.extend((0..active_s.div_ceil(STOP_EVERY)).map(restart));
    }
    deeds
}

/// So many kills of each role, some of them of two or three roles at once.
fn kills(of_each: u64, chance: &mut Chance) -> Vec<Deed> {
    let mut left: Vec<Role> = ROLES.into_iter().flat_map(|role| (0..of_each).map(move |_| role)).collect();
    chance.shuffle(&mut left);
    let mut kills = Vec::new();
    while let Some(first) = left.pop() {
        let mut roles = vec![first];
        let more = match chance.below(8) {
            0 => 2,
            1 | 2 => 1,
            _ => 0,
        };
        for _ in 0..more {
            if let Some(at) = left.iter().rposition(|role| !roles.contains(role)) {
                roles.push(left.remove(at));
            }
        }
        roles.sort();
        kills.push(Deed::Kill(roles));
    }
    kills
}

/// Numbers from a seed, the same in every build: splitmix64.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// Both ends included.
    fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.below(most - least + 1)
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            items.swap(end, self.below(end as u64 + 1) as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LENGTH: Duration = Duration::from_secs(300);
    const DATABASES: [Database; 2] = [Database::Sqlite, Database::Postgres];

    fn count(steps: &[Step], is: impl Fn(&Deed) -> bool) -> usize {
        steps.iter().filter(|step| is(&step.deed)).count()
    }

    #[test]
    fn the_same_seed_and_length_give_the_same_schedule_and_others_do_not() {
        for database in DATABASES {
            let steps = schedule(LENGTH, 1, database);
            assert_eq!(steps, schedule(LENGTH, 1, database));
            assert_ne!(steps, schedule(LENGTH, 2, database));
            assert_ne!(steps, schedule(Duration::from_secs(120), 1, database));
        }
    }

    #[test]
    fn five_minutes_kill_each_role_fifteen_times_and_all_five_times() {
        for (seed, database) in (0..50).flat_map(|seed| DATABASES.map(|database| (seed, database))) {
            let steps = schedule(LENGTH, seed, database);
            for role in ROLES {
                let kills = |deed: &Deed| matches!(deed, Deed::Kill(roles) if roles.len() < 4 && roles.contains(&role));
                assert!(count(&steps, kills) >= 15, "seed {seed}: {role:?}");
            }
            let all = |deed: &Deed| matches!(deed, Deed::Kill(roles) if roles.len() == 4);
            let several = |deed: &Deed| matches!(deed, Deed::Kill(roles) if (2..4).contains(&roles.len()));
            assert!(count(&steps, all) >= 5 && count(&steps, several) >= 1, "seed {seed}");
            for (wanted, least) in [(Deed::KillTree, 2), (Deed::Restart, 1), (Deed::Disconnect, 4)] {
                assert!(count(&steps, |deed| *deed == wanted) >= least, "seed {seed}: {wanted:?}");
            }
            let postgres = database == Database::Postgres;
            assert_eq!(count(&steps, |deed| *deed == Deed::RestartEmpty) > 0, postgres);
            assert_eq!(count(&steps, |deed| matches!(deed, Deed::StopDatabase { .. })) > 0, postgres);
            assert!(count(&steps, |deed| matches!(deed, Deed::FillDisk { .. })) > 0);
        }
    }

    #[test]
    fn steps_are_in_order_and_leave_the_calm_alone() {
        for (seconds, seed) in [30, 36, 55, 120, 300].into_iter().flat_map(|s| [(s, 1), (s, 2)]) {
            let length = Duration::from_secs(seconds);
            let steps = schedule(length, seed, Database::Sqlite);
            assert!(steps.windows(2).all(|pair| pair[0].at_ms <= pair[1].at_ms));
            let last = steps.last().map_or(0, |step| step.at_ms);
            assert!(last == 0 || last <= (length - CALM).as_millis() as u64, "{seconds} s: {last}");
            assert_eq!(steps.is_empty(), seconds <= 35, "{seconds} s");
        }
    }

    #[test]
    fn callbacks_are_slowed_by_a_second_at_most() {
        for seed in 0..50 {
            for Step { deed, .. } in schedule(LENGTH, seed, Database::Postgres) {
                assert!(!matches!(deed, Deed::SlowDiscord { callback_ms, .. } if callback_ms > 1_000));
            }
        }
    }
}
