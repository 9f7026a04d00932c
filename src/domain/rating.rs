//! One rating per player and race, as a fold over results.
//!
//! MMR is Elo: two changes that are always opposite. Glicko-2 is kept beside it (Glickman, "Example of
//! the Glicko-2 system", 2013), with each game as a rating period of its own: it moves with every
//! game as MMR does, and time without games changes nothing. It says which ratings are provisional,
//! and is compared with Elo by `evoladder calibration`; nobody is paired by it.
//!
//! [`Fold`] makes all ratings from what happened; nothing else says what a rating is. [`ranks`] has the
//! letters of the leaderboard.

pub mod ranks;

use super::season::Knobs;
use ipc_schema::ids::{MatchId, PlayerId};
use ipc_schema::view::GameRecord;
use ipc_schema::vocab::{Glicko, Mmr, Outcome, Race, Timestamp};
use skillratings::Outcomes;
use skillratings::glicko2::{Glicko2Config, Glicko2Rating, expected_score, glicko2};
use std::collections::BTreeMap;

/// Before the first game, as Glickman has it.
pub const UNRATED: Glicko = Glicko { rating: 1500.0, deviation: 350.0, volatility: 0.06 };

/// Glickman's 0.000001 would let two machines, whose logarithms differ in the last bit, stop at values
/// further apart than an audit allows.
const CONVERGENCE: f64 = 1e-12;

/// The same rating made on two machines differs by no more than this in any of its Glicko-2 values.
pub const GLICKO_TOLERANCE: f64 = 1e-9;

/// Whose rating it is.
pub type RatingKey = (PlayerId, Race);

/// One row of the leaderboard.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rating {
    pub mmr: Mmr,
    pub wins: u32,
    pub losses: u32,
    pub draws: u32,
    /// When the last match that counts was closed; zero before the first.
    pub last_played: Timestamp,
    pub glicko: Glicko,
}

impl Rating {
    pub fn new(mmr: Mmr) -> Rating {
        Rating { mmr, wins: 0, losses: 0, draws: 0, last_played: Timestamp::ZERO, glicko: UNRATED }
    }

    pub fn is_provisional(&self, knobs: &Knobs) -> bool {
        self.glicko.deviation > knobs.provisional_deviation
    }

    pub fn record(&self) -> GameRecord {
        GameRecord { wins: self.wins, losses: self.losses, draws: self.draws }
    }

    /// One game more that ended so.
    pub fn count(&mut self, outcome: Outcome, at: Timestamp) {
        let count = match outcome {
            Outcome::Won => &mut self.wins,
            Outcome::Lost => &mut self.losses,
            Outcome::Draw => &mut self.draws,
        };
        *count += 1;
        // A clock that was set back between two lives of the ladder takes nobody off the leaderboard.
        self.last_played = self.last_played.max(at);
    }
}

/// The numbers that MMR follows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct System {
    /// What an unrated player has.
    pub start: Mmr,
    /// The gap at which the better player wins ten times as often as the other.
    pub scale: f64,
    /// The most that a game moves.
    pub k: f64,
}

impl System {
    /// In force until a history says otherwise.
    pub const FIRST: System = System { start: Mmr(1500), scale: 500.0, k: 40.0 };

    pub fn of(knobs: &Knobs) -> System {
        System { start: Mmr(knobs.mmr_start), scale: knobs.mmr_scale, k: knobs.mmr_k }
    }

    /// What the first of two is expected to score, from 0 to 1. With `libm`, so that every machine
    /// computes the same bits.
    pub fn expected(&self, before: [Mmr; 2]) -> f64 {
        let gap = f64::from(before[1].0) - f64::from(before[0].0);
        1.0 / (1.0 + libm::pow(10.0, gap / self.scale))
    }

    /// The ratings of two players after a game that ended so for the first; rounded half to even.
    pub fn after(&self, before: [Mmr; 2], outcome: Outcome) -> [Mmr; 2] {
        // A change is at most K, which is far inside an i32.
        let change = libm::roundeven(self.k * (score(outcome) - self.expected(before))) as i32;
        [Mmr(before[0].0 + change), Mmr(before[1].0 - change)]
    }
}

/// What an outcome counts.
pub fn score(outcome: Outcome) -> f64 {
    match outcome {
        Outcome::Won => 1.0,
        Outcome::Draw => 0.5,
        Outcome::Lost => 0.0,
    }
}

/// The Glicko-2 ratings of two players after a game that ended so for the first.
pub fn glicko_after(before: [Glicko; 2], outcome: Outcome) -> [Glicko; 2] {
    let [first, second] = before.map(given);
    let outcome = match outcome {
        Outcome::Won => Outcomes::WIN,
        Outcome::Draw => Outcomes::DRAW,
        Outcome::Lost => Outcomes::LOSS,
    };
    let config = Glicko2Config { convergence_tolerance: CONVERGENCE, ..Glicko2Config::default() };
    let (first, second) = glicko2(&first, &second, &outcome, &config);
    [first, second].map(|Glicko2Rating { rating, deviation, volatility }| Glicko {
        rating,
        deviation,
        volatility,
    })
}

/// What Glicko-2 expects the first of two to score, from 0 to 1.
pub fn glicko_expected(before: [Glicko; 2]) -> f64 {
    let [first, second] = before.map(given);
    expected_score(&first, &second).0
}

fn given(Glicko { rating, deviation, volatility }: Glicko) -> Glicko2Rating {
    Glicko2Rating { rating, deviation, volatility }
}

/// The largest difference between two values of a Glicko-2 rating.
pub fn glicko_distance(one: Glicko, other: Glicko) -> f64 {
    let apart =
        [one.rating - other.rating, one.deviation - other.deviation, one.volatility - other.volatility];
    // A value that is no number is far from every other.
    let size = |apart: f64| if apart.is_nan() { f64::INFINITY } else { apart.abs() };
    apart.into_iter().map(size).fold(0.0, f64::max)
}

/// What moves ratings, one by one in the order of the fold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Item {
    Change(Change),
    /// A match that counts; it ended so for the first of the two.
    Result {
        match_id: MatchId,
        rows: [RatingKey; 2],
        outcome: Outcome,
        at: Timestamp,
    },
}

/// What moves ratings and is no result.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Change {
    /// In force from here on.
    System(System),
    /// By staff.
    Adjusted { row: RatingKey, points: i32 },
}

/// All ratings, as far as the items that it took.
#[derive(Debug, Clone, PartialEq)]
pub struct Fold {
    pub system: System,
    pub ratings: BTreeMap<RatingKey, Rating>,
}

impl Default for Fold {
    fn default() -> Self {
        Fold { system: System::FIRST, ratings: BTreeMap::new() }
    }
}

impl Fold {
    /// A row as it is, rated or not.
    pub fn of(&self, row: RatingKey) -> Rating {
        self.ratings.get(&row).copied().unwrap_or_else(|| Rating::new(self.system.start))
    }

    pub fn take(&mut self, item: &Item) {
        match *item {
            Item::Change(Change::System(system)) => self.system = system,
            Item::Change(Change::Adjusted { row, points }) => {
                let mut rating = self.of(row);
                rating.mmr = Mmr(rating.mmr.0 + points);
                self.ratings.insert(row, rating);
            }
            Item::Result { rows, outcome, at, .. } => {
                let before = rows.map(|row| self.of(row));
                let mmr = self.system.after(before.map(|of| of.mmr), outcome);
                let glicko = glicko_after(before.map(|of| of.glicko), outcome);
                for (slot, outcome) in [outcome, outcome.reversed()].into_iter().enumerate() {
                    let mut rating = Rating { mmr: mmr[slot], glicko: glicko[slot], ..before[slot] };
                    rating.count(outcome, at);
                    self.ratings.insert(rows[slot], rating);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Outcome::{Draw, Lost, Won};

    #[test]
    fn the_changes_are_opposite_and_follow_the_curve() {
        let system = System::of(&crate::season::load(crate::season::Which::Real).unwrap().knobs);
        assert_eq!(system, System::FIRST);
        for (before, outcome, after_) in [
            ([1500, 1500], Won, [1520, 1480]),
            ([1500, 1500], Lost, [1480, 1520]),
            ([1500, 1500], Draw, [1500, 1500]),
            ([2000, 1500], Draw, [1984, 1516]),
            ([2000, 1500], Won, [2004, 1496]),
            ([2000, 1500], Lost, [1964, 1536]),
            ([1500, 3500], Lost, [1500, 3500]),
            ([1500, 3500], Won, [1540, 3460]),
        ] {
            let found = system.after(before.map(Mmr), outcome);
            assert_eq!(found, after_.map(Mmr), "{before:?}, {outcome}");
            assert_eq!(found[0].0 + found[1].0, before[0] + before[1]);
        }
    }

    /// Two unrated players meet. The numbers are those of Glickman's formulas, computed apart in
    /// decimal arithmetic of fifty digits.
    #[test]
    fn glicko_2_is_that_of_the_paper() {
        let near = |found: Glicko, [rating, deviation, volatility]: [f64; 3]| {
            let expected = Glicko { rating, deviation, volatility };
            assert!(glicko_distance(found, expected) < 1e-6, "{found:?} is not {expected:?}");
        };
        let [winner, loser] = glicko_after([UNRATED; 2], Won);
        near(winner, GLICKO_WON);
        near(loser, [3000.0 - GLICKO_WON[0], GLICKO_WON[1], GLICKO_WON[2]]);
        let [one, other] = glicko_after([UNRATED; 2], Draw);
        assert_eq!(one, other);
        assert!((one.rating - 1500.0).abs() < 1e-9 && one.deviation < 350.0, "{one:?}");
        assert!((glicko_expected([UNRATED; 2]) - 0.5).abs() < 1e-12);
        assert!(glicko_expected([winner, loser]) > 0.5);
    }

    const GLICKO_WON: [f64; 3] = [1662.3108939063002, 290.3189637179826, 0.05999967537308716];

    #[test]
    fn a_value_that_is_no_number_is_far_from_any() {
        let broken = Glicko { deviation: f64::NAN, ..UNRATED };
        assert_eq!(glicko_distance(broken, UNRATED), f64::INFINITY);
        assert_eq!(glicko_distance(UNRATED, UNRATED), 0.0);
    }

    #[test]
    fn ratings_are_provisional_until_games_make_them_sure() {
        let rows = [(PlayerId(1), Race::BwZerg), (PlayerId(2), Race::Sc2Terran)];
        let mut fold = Fold::default();
        let mut games = 0;
        let knobs = crate::season::load(crate::season::Which::Real).unwrap().knobs;
        while fold.of(rows[0]).is_provisional(&knobs) {
            let outcome = if games % 2 == 0 { Won } else { Lost };
            fold.take(&Item::Result { match_id: MatchId(1), rows, outcome, at: Timestamp(5) });
            games += 1;
            assert!(games < 60, "{:?}", fold.of(rows[0]));
        }
        assert!(games > 5, "{games} games make nobody sure");
    }

    #[test]
    fn a_fold_takes_results_changes_of_the_system_and_adjustments_in_order() {
        let (ana, bea) = ((PlayerId(1), Race::BwZerg), (PlayerId(2), Race::Sc2Terran));
        let result = |outcome, at| Item::Result {
            match_id: MatchId(at),
            rows: [ana, bea],
            outcome,
            at: Timestamp(at),
        };
        let mut fold = Fold::default();
        fold.take(&result(Won, 10));
        fold.take(&Item::Change(Change::Adjusted { row: ana, points: -20 }));
        fold.take(&Item::Change(Change::Adjusted { row: bea, points: 20 }));
        let system = System { start: Mmr(1000), scale: 400.0, k: 20.0 };
        fold.take(&Item::Change(Change::System(system)));
        fold.take(&result(Draw, 11));
        fold.take(&result(Lost, 12));
        let row = |row| {
            let Rating { mmr, wins, losses, draws, last_played, .. } = fold.of(row);
            (mmr.0, wins, losses, draws, last_played.0)
        };
        assert_eq!(row(ana), (1490, 1, 1, 1, 12));
        assert_eq!(row(bea), (1510, 1, 1, 1, 12));
        assert_eq!(row((PlayerId(3), Race::BwZerg)), (1000, 0, 0, 0, 0));
    }
}
