//! The load level: entered at once where one measure reaches its limit, left only when all have stayed well below
//! for a while, and then by one step. So nothing that a level saves brings it back at once.

use super::samples::Samples;
use super::{Facts, Knobs};
use crate::telemetry::latency::quantile;
use ipc_schema::control::Role;
use ipc_schema::watch::LoadLevel;
use std::time::Duration;

/// From where on the ladder is busy, and overloaded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    pub busy: f64,
    pub overloaded: f64,
}

/// Something that the level follows from.
pub struct Measure {
    /// As `LOAD_LEVELS` calls it.
    pub name: &'static str,
    /// Unless `LOAD_LEVELS` says otherwise.
    pub limits: Limits,
    /// None where nobody tells it.
    of: fn(&Facts<'_>, &Samples) -> Option<f64>,
}

/// A level is held by what is not below this part of its limit.
const HELD_FROM: f64 = 0.7;

/// Seconds that answers are looked at, and how many say something of them.
const WINDOW: f64 = 30.0;
const ENOUGH: u64 = 20;

/// All measures. What waits in the lines that players wait in, and for how long.
pub const MEASURES: &[Measure] = &[
    // Of the 1,024 that there is room for.
    Measure {
        name: "interactions",
        limits: Limits { busy: 200.0, overloaded: 600.0 },
        of: |facts, _| facts.gauge(Role::Frontend, "interactions_in_flight"),
    },
    // Those that are urgent, of which 50 a second go out: ten seconds of them, and a minute.
    Measure {
        name: "messages",
        limits: Limits { busy: 500.0, overloaded: 3000.0 },
        of: |facts, _| facts.gauge(Role::Frontend, "cards_urgent"),
    },
    // Of the 200 that there is room for.
    Measure {
        name: "replays",
        limits: Limits { busy: 51.0, overloaded: 150.0 },
        of: |facts, _| facts.gauge(Role::Backend, "replays_in_line"),
    },
    // Decisions on their way to the disk, of the 4,096 that there is room for.
    Measure {
        name: "unsaved",
        limits: Limits { busy: 201.0, overloaded: 1000.0 },
        of: |facts, _| facts.gauge(Role::Backend, "records_unsaved"),
    },
    // In seconds, as the one below.
    Measure {
        name: "journal_lag",
        limits: Limits { busy: 1.0, overloaded: 5.0 },
        of: |facts, _| facts.gauge(Role::Backend, "journal_lag_s"),
    },
    // That one answer in twenty takes longer than.
    Measure {
        name: "answer",
        limits: Limits { busy: 1.0, overloaded: 2.5 },
        of: |_, samples| {
            let answers = samples.answers(WINDOW)?;
            let p95_ms = quantile(&answers, 0.95).filter(|_| answers.iter().sum::<u64>() >= ENOUGH)?;
            Some(p95_ms / 1000.0)
        },
    },
];

/// The measures at present, in the order of [`MEASURES`].
pub(super) fn measure(facts: &Facts<'_>, samples: &Samples) -> Vec<Option<f64>> {
    MEASURES.iter().map(|measure| (measure.of)(facts, samples)).collect()
}

impl Limits {
    /// None for the level that needs no cause.
    fn of(self, level: LoadLevel) -> Option<f64> {
        match level {
            LoadLevel::Normal => None,
            LoadLevel::Busy => Some(self.busy),
            LoadLevel::Overloaded => Some(self.overloaded),
        }
    }
}

/// Whether this part of its limit for `level` is reached.
fn reaches(measured: Option<f64>, limits: Limits, level: LoadLevel, part: f64) -> bool {
    measured.zip(limits.of(level)).is_some_and(|(value, limit)| value >= limit * part)
}

/// What holds the ladder at this level, with its value.
pub(super) fn causes(level: LoadLevel, measured: &[Option<f64>], knobs: &Knobs) -> Vec<String> {
    let all = MEASURES.iter().zip(measured).zip(&knobs.levels);
    let held = all.filter(|((_, measured), limits)| reaches(**measured, **limits, level, HELD_FROM));
    held.filter_map(|((measure, measured), _)| {
        let value = (*measured)?;
        let value = if value.fract() == 0.0 { format!("{value}") } else { format!("{value:.1}") };
        Some(format!("{} {value}", measure.name))
    })
    .collect()
}

/// The level, and for how long it has been calmer than that.
#[derive(Debug, Default)]
pub struct Level {
    level: LoadLevel,
    calm_since: Option<Duration>,
}

impl Level {
    pub(super) fn look(&mut self, now: Duration, measured: &[Option<f64>], knobs: &Knobs) -> LoadLevel {
        let any = |level, part| {
            measured.iter().zip(&knobs.levels).any(|(value, limits)| reaches(*value, *limits, level, part))
        };
        let reached = LoadLevel::ALL.into_iter().rev().find(|level| any(*level, 1.0));
        let reached = reached.unwrap_or(LoadLevel::Normal);
        if reached > self.level {
            *self = Level { level: reached, calm_since: None };
        } else if self.level == LoadLevel::Normal || any(self.level, HELD_FROM) {
            self.calm_since = None;
        } else {
            let since = *self.calm_since.get_or_insert(now);
            if now.saturating_sub(since) >= knobs.calm {
                let below = match self.level {
                    LoadLevel::Overloaded => LoadLevel::Busy,
                    LoadLevel::Busy | LoadLevel::Normal => LoadLevel::Normal,
                };
                *self = Level { level: below, calm_since: None };
            }
        }
        self.level
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use LoadLevel::{Busy, Normal, Overloaded};
    use ipc_schema::control::Latencies;
    use std::collections::BTreeMap;

    fn knobs() -> Knobs {
        Knobs { calm: Duration::from_secs(10), ..Knobs::default() }
    }

    /// The levels of a ladder whose line of replays has these lengths at these seconds.
    fn levels(line: &[(u64, f64)]) -> Vec<LoadLevel> {
        let (mut level, at) =
            (Level::default(), MEASURES.iter().position(|of| of.name == "replays").unwrap());
        let look = |(second, replays): &(u64, f64)| {
            let mut measured = vec![None; MEASURES.len()];
            measured[at] = Some(*replays);
            level.look(Duration::from_secs(*second), &measured, &knobs())
        };
        line.iter().map(look).collect()
    }

    /// What it is about, the length of the line at some seconds, and the levels then.
    type Evening = (&'static str, &'static [(u64, f64)], &'static [LoadLevel]);

    #[test]
    fn a_level_is_entered_at_its_limit_and_left_by_steps_after_a_calm_while() {
        #[rustfmt::skip]
        let table: &[Evening] = &[
            ("below",              &[(0, 50.0), (1, 50.9)],                                     &[Normal, Normal]),
            ("at the limits",      &[(0, 51.0), (1, 149.0), (2, 150.0)],                        &[Busy, Busy, Overloaded]),
            ("all at once",        &[(0, 200.0)],                                               &[Overloaded]),
            ("held from 70 %",     &[(0, 51.0), (1, 36.0), (60, 36.0)],                         &[Busy, Busy, Busy]),
            ("left after a while", &[(0, 51.0), (1, 35.0), (10, 35.0), (11, 35.0)],             &[Busy, Busy, Busy, Normal]),
            ("not if disturbed",   &[(0, 51.0), (1, 0.0), (10, 36.0), (11, 0.0), (20, 0.0), (21, 0.0)], &[Busy, Busy, Busy, Busy, Busy, Normal]),
            ("step by step",       &[(0, 150.0), (1, 0.0), (11, 0.0), (12, 0.0), (21, 0.0), (22, 0.0)], &[Overloaded, Overloaded, Busy, Busy, Busy, Normal]),
            ("down to busy alone", &[(0, 150.0), (1, 60.0), (11, 60.0), (60, 60.0)],            &[Overloaded, Overloaded, Busy, Busy]),
            ("and up again",       &[(0, 150.0), (1, 0.0), (11, 0.0), (12, 150.0)],             &[Overloaded, Overloaded, Busy, Overloaded]),
        ];
        for (name, line, expected) in table {
            assert_eq!(levels(line), *expected, "{name}");
        }
    }

    #[test]
    fn whoever_died_in_a_crowd_leaves_its_level_for_a_calm_while_and_no_longer() {
        let (mut level, nobody) = (Level::default(), vec![None; MEASURES.len()]);
        let mut crowd = nobody.clone();
        crowd[0] = Some(1000.0);
        let mut look =
            |second, measured: &[Option<f64>]| level.look(Duration::from_secs(second), measured, &knobs());
        assert_eq!([look(0, &crowd), look(1, &nobody), look(10, &nobody)], [Overloaded; 3]);
        assert_eq!([look(11, &nobody), look(12, &nobody), look(22, &nobody)], [Busy, Busy, Normal]);
    }

    /// Each measure by who tells it, at its limits.
    #[test]
    fn every_measure_reaches_both_levels_by_what_its_role_tells() {
        #[rustfmt::skip]
        let table: &[(&str, Role, &str)] = &[
            ("interactions", Role::Frontend, "interactions_in_flight"),
            ("messages",     Role::Frontend, "cards_urgent"),
            ("replays",      Role::Backend,  "replays_in_line"),
            ("unsaved",      Role::Backend,  "records_unsaved"),
            ("journal_lag",  Role::Backend,  "journal_lag_s"),
        ];
        for (name, role, gauge) in table {
            let limits = MEASURES.iter().find(|measure| measure.name == *name).unwrap().limits;
            for (value, expected) in
                [(limits.busy - 0.1, Normal), (limits.busy, Busy), (limits.overloaded, Overloaded)]
            {
                let gauges = BTreeMap::from([((*gauge).to_owned(), value)]);
                let facts = Facts { gauges: vec![(*role, &gauges)], ..Facts::default() };
                let measured = measure(&facts, &Samples::default());
                let found = Level::default().look(Duration::ZERO, &measured, &knobs());
                assert_eq!(found, expected, "{name} {value}");
                let causes = causes(found, &measured, &knobs());
                assert_eq!(causes.is_empty(), expected == Normal, "{name} {value}: {causes:?}");
            }
        }
        for (at, count, expected) in
            [(9, 100, Normal), (10, 19, Normal), (10, 20, Busy), (11, 20, Overloaded), (14, 20, Overloaded)]
        {
            let mut samples = Samples::default();
            for (second, counted) in [(0, 0), (20, count)] {
                let mut counts = vec![0; 15];
                counts[at] = counted;
                let told = Latencies { name: "answer".to_owned(), counts, sum_s: 0.0 };
                let told = BTreeMap::from([("answer".to_owned(), told)]);
                let facts = Facts { latencies: vec![(Role::Frontend, &told)], ..Facts::default() };
                samples.push(Duration::from_secs(second), &facts);
            }
            let measured = measure(&Facts::default(), &samples);
            let found = Level::default().look(Duration::ZERO, &measured, &knobs());
            assert_eq!(found, expected, "{count} answers at bound {at}: {measured:?}");
        }
    }
}
