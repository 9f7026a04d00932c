//! How well the two systems foretell results: the log loss of what each expected before a game, in nats.
//! Who always says "even" has 0.6931; less is better.

use super::follow::Follow;
use super::read;
use crate::config::Secret;
use crate::domain::rating::{Fold, Item, glicko_expected, score};
use crate::runtime;
use crate::store::Database;
use ipc_schema::vocab::Outcome;
use serde::Serialize;
use std::fmt;
use std::path::Path;

/// A rating with a larger deviation counts as provisional here, whatever the season marks so.
const UNSURE: f64 = 110.0;

/// A row's first games say little of either system; they are also counted apart.
const FIRST_GAMES: u32 = 10;

#[derive(Debug, Serialize)]
pub struct Calibration {
    pub groups: Vec<Group>,
}

/// Games of one kind, and the mean loss of each system over them.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Group {
    pub group: &'static str,
    pub games: u64,
    /// None where there are no games.
    pub elo: Option<f64>,
    pub glicko2: Option<f64>,
    /// Of who always says "even".
    pub even: f64,
    /// How often the one whom each system expected to win did; a draw is half of one.
    pub elo_right: Option<f64>,
    pub glicko2_right: Option<f64>,
}

/// Sums of a group.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    games: u64,
    losses: [f64; 2],
    right: [f64; 2],
}

const GROUPS: [&str; 5] =
    ["all", "neither provisional", "one or both provisional", "a row's first 10 games", "later games"];

/// Over all rated results in `data`, as they now stand.
pub fn run(data: &Path, url: Option<&Secret>) -> anyhow::Result<Calibration> {
    runtime::block_on(calibrate(data, url))
}

async fn calibrate(data: &Path, url: Option<&Secret>) -> anyhow::Result<Calibration> {
    let database = Database::of(data, url)?;
    let mut follow = Follow::default();
    read::each(data, &database, |record| follow.take(record)).await?;
    Ok(of(follow.history.items()))
}

fn of(items: impl Iterator<Item = Item>) -> Calibration {
    let mut fold = Fold::default();
    let mut sums = [Sums::default(); GROUPS.len()];
    for item in items {
        if let Item::Result { rows, outcome, .. } = item {
            let before = rows.map(|row| fold.of(row));
            let expected = [
                fold.system.expected(before.map(|row| row.mmr)),
                glicko_expected(before.map(|row| row.glicko)),
            ];
            let provisional = before.iter().any(|row| row.glicko.deviation > UNSURE);
            let first = before.iter().any(|row| row.record().games() < FIRST_GAMES);
            for (sum, belongs) in sums.iter_mut().zip([true, !provisional, provisional, first, !first]) {
                if belongs {
                    sum.add(expected, outcome);
                }
            }
        }
        fold.take(&item);
    }
    let group = |(group, sums): (&'static str, Sums)| {
        let mean = |sum: f64| (sums.games > 0).then(|| sum / sums.games as f64);
        Group {
            group,
            games: sums.games,
            elo: mean(sums.losses[0]),
            glicko2: mean(sums.losses[1]),
            even: std::f64::consts::LN_2,
            elo_right: mean(sums.right[0]),
            glicko2_right: mean(sums.right[1]),
        }
    };
    Calibration { groups: GROUPS.into_iter().zip(sums).map(group).collect() }
}

impl Sums {
    fn add(&mut self, expected: [f64; 2], outcome: Outcome) {
        let score = score(outcome);
        self.games += 1;
        for (system, expected) in expected.into_iter().enumerate() {
            // No system is ever certain, but a float may say that it is.
            let expected = expected.clamp(1e-15, 1.0 - 1e-15);
            self.losses[system] -= score * expected.ln() + (1.0 - score) * (1.0 - expected).ln();
            // Who expected nothing was right in half of it.
            self.right[system] += match expected.total_cmp(&0.5) {
                std::cmp::Ordering::Greater => score,
                std::cmp::Ordering::Equal => 0.5,
                std::cmp::Ordering::Less => 1.0 - score,
            };
        }
    }
}

impl fmt::Display for Calibration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "log loss in nats, less is better; who always says even has 0.6931")?;
        writeln!(
            f,
            "{:<26}{:>8}{:>9}{:>10}{:>12}{:>14}",
            "games", "count", "Elo", "Glicko-2", "Elo right", "Glicko right"
        )?;
        for group in &self.groups {
            let loss = |loss: Option<f64>| loss.map_or("-".to_owned(), |loss| format!("{loss:.4}"));
            let share =
                |share: Option<f64>| share.map_or("-".to_owned(), |share| format!("{:.1} %", share * 100.0));
            writeln!(
                f,
                "{:<26}{:>8}{:>9}{:>10}{:>12}{:>14}",
                group.group,
                group.games,
                loss(group.elo),
                loss(group.glicko2),
                share(group.elo_right),
                share(group.glicko2_right),
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc_schema::ids::{MatchId, PlayerId};
    use ipc_schema::vocab::{Race, Timestamp};

    fn results(count: u64, outcome: impl Fn(u64) -> Outcome) -> Vec<Item> {
        let rows = [(PlayerId(1), Race::BwZerg), (PlayerId(2), Race::Sc2Terran)];
        let result = |number| Item::Result {
            match_id: MatchId(number),
            rows,
            outcome: outcome(number),
            at: Timestamp(number),
        };
        (1..=count).map(result).collect()
    }

    #[test]
    fn the_first_game_of_two_unrated_players_is_even_in_both() {
        for outcome in [Outcome::Won, Outcome::Draw] {
            let all = of(results(1, |_| outcome).into_iter()).groups[0].clone();
            assert_eq!(all.games, 1);
            for loss in [all.elo.unwrap(), all.glicko2.unwrap()] {
                assert!((loss - std::f64::consts::LN_2).abs() < 1e-9, "{loss}");
            }
            assert_eq!(all.elo_right, Some(0.5));
        }
    }

    #[test]
    fn who_always_wins_is_foretold_better_and_better() {
        let calibration = of(results(60, |_| Outcome::Won).into_iter());
        let [all, sure, unsure, first, later] = calibration.groups.as_slice() else { panic!() };
        assert_eq!((all.games, first.games, later.games), (60, 10, 50));
        assert_eq!(sure.games + unsure.games, 60);
        assert!(later.elo.unwrap() < first.elo.unwrap() && first.elo.unwrap() < std::f64::consts::LN_2);
        assert!(later.glicko2.unwrap() < first.glicko2.unwrap());
        assert!(later.elo_right.unwrap() > 0.99);
        assert!(calibration.to_string().contains("later games"));
    }

    #[test]
    fn a_ladder_without_results_has_no_loss() {
        let calibration = of(std::iter::empty());
        assert!(calibration.groups.iter().all(|group| group.games == 0 && group.elo.is_none()));
    }
}
