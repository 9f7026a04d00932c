//! The history as it is stored.

use super::{Change, History, Packed, Standing};
use crate::domain::rating::System;
use ipc_schema::ids::PlayerId;
use ipc_schema::snapshot::{StoredRatingChange, StoredResult};
use ipc_schema::vocab::{Outcome, Race};

impl History {
    /// What moved ratings between results, and the results.
    pub(in crate::domain) fn to_stored(
        &self,
    ) -> (Vec<(u32, StoredRatingChange)>, impl Iterator<Item = StoredResult>) {
        // The numbers in force are those of the last change of them; whose the results are, they say.
        let History { results, changes, system: _, of: _ } = self;
        let change = |(before, change): &(u32, Change)| {
            let change = match *change {
                Change::System(System { start, scale, k }) => StoredRatingChange::System { start, scale, k },
                Change::Adjusted { row: (player, race), points } => {
                    StoredRatingChange::Adjusted { player, race, points }
                }
            };
            (*before, change)
        };
        (changes.iter().map(change).collect(), results.iter().map(Packed::to_stored))
    }

    /// None where results name races, outcomes or players that there are not; `players` are all of
    /// them, in order.
    pub(in crate::domain) fn from_stored(
        changes: Vec<(u32, StoredRatingChange)>,
        results: &[StoredResult],
        players: &[PlayerId],
    ) -> Option<History> {
        let changes: Vec<_> = changes
            .into_iter()
            .map(|(before, change)| {
                let change = match change {
                    StoredRatingChange::System { start, scale, k } => {
                        Change::System(System { start, scale, k })
                    }
                    StoredRatingChange::Adjusted { player, race, points } => {
                        Change::Adjusted { row: (player, race), points }
                    }
                };
                (before, change)
            })
            .collect();
        let system = changes.iter().rev().find_map(|(_, change)| match change {
            Change::System(system) => Some(*system),
            Change::Adjusted { .. } => None,
        });
        let results = results.iter().map(Packed::from_stored).collect::<Option<Vec<_>>>()?;
        // Players are numbered without gaps, so that the place of nearly each is its number.
        let place = |player: u32| {
            let id = PlayerId(u64::from(player));
            let guess = (player as usize).wrapping_sub(1);
            if players.get(guess) == Some(&id) { Some(guess) } else { players.binary_search(&id).ok() }
        };
        let mut counts = vec![0; players.len()];
        for player in results.iter().flat_map(|result| result.players) {
            counts[place(player)?] += 1;
        }
        let mut of: Vec<Vec<u32>> = counts.into_iter().map(Vec::with_capacity).collect();
        for (index, result) in (0..).zip(&results) {
            for player in result.players {
                of[place(player)?].push(index);
            }
        }
        let of = players.iter().copied().zip(of).filter(|(_, of)| !of.is_empty()).collect();
        Some(History { results, changes, system, of })
    }
}

impl Packed {
    fn to_stored(&self) -> StoredResult {
        let Packed { at, players, mmr, match_id, races, standing, was_rated } = *self;
        let standing = match standing {
            Standing::Counts(outcome) => outcome as u8,
            Standing::Unsettled => 3,
            Standing::Void => 4,
        };
        StoredResult { at, players, mmr, match_id, races: races.map(|race| race as u8), standing, was_rated }
    }

    fn from_stored(stored: &StoredResult) -> Option<Packed> {
        let StoredResult { at, players, mmr, match_id, races: [first, second], standing, was_rated } =
            *stored;
        let race = |at: u8| Race::ALL.get(usize::from(at)).copied();
        let standing = match standing {
            3 => Standing::Unsettled,
            4 => Standing::Void,
            counts => Standing::Counts(*Outcome::ALL.get(usize::from(counts))?),
        };
        Some(Packed { at, players, mmr, match_id, races: [race(first)?, race(second)?], standing, was_rated })
    }
}
