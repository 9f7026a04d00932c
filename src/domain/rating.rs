//! Elo: one rating per player and race, two changes that are always opposite.

use super::season::Knobs;
use ipc_schema::vocab::{Mmr, Outcome, Timestamp};

/// One row of the leaderboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rating {
    pub mmr: Mmr,
    pub wins: u32,
    pub losses: u32,
    pub draws: u32,
    pub last_played: Timestamp,
}

/// The ratings of two players after a game that ended so for the first. With `libm`, so that every
/// machine computes the same bits; rounded half to even.
pub fn after(knobs: &Knobs, before: [Mmr; 2], outcome: Outcome) -> [Mmr; 2] {
    let gap = f64::from(before[1].0) - f64::from(before[0].0);
    let expected = 1.0 / (1.0 + libm::pow(10.0, gap / knobs.mmr_scale));
    let score = match outcome {
        Outcome::Won => 1.0,
        Outcome::Draw => 0.5,
        Outcome::Lost => 0.0,
    };
    // A change is at most the knob, which is far inside an i32.
    let change = libm::roundeven(knobs.mmr_k * (score - expected)) as i32;
    [Mmr(before[0].0 + change), Mmr(before[1].0 - change)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_changes_are_opposite_and_follow_the_curve() {
        let knobs = crate::season::load(crate::season::Which::Real).unwrap().knobs;
        use Outcome::{Draw, Lost, Won};
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
            let found = after(&knobs, before.map(Mmr), outcome);
            assert_eq!(found, after_.map(Mmr), "{before:?}, {outcome}");
            assert_eq!(found[0].0 + found[1].0, before[0] + before[1]);
        }
    }
}
