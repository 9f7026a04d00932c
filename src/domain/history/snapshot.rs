//! The history as it is stored.

use super::{Change, History, Packed, Standing};
use crate::domain::rating::System;
use ipc_schema::ids::PlayerId;
use ipc_schema::snapshot::{StoredRatingChange, StoredResult};
use ipc_schema::vocab::{Outcome, Race};
use std::collections::BTreeMap;

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
        (changes.iter().map(change).collect(), results.iter().map(|packed| packed.to_stored()))
    }

    pub(in crate::domain) fn from_stored(
        changes: Vec<(u32, StoredRatingChange)>,
        Played { results, most_player: _, of }: Played,
    ) -> History {
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
        History { results, changes, system, of }
    }
}

/// No player has a higher number: far more than there will be, and what counts them stays small.
const MOST_PLAYERS: u32 = 1 << 26;

/// Results on their way into a history.
#[derive(Debug, Default)]
pub(in crate::domain) struct Played {
    results: Vec<Packed>,
    most_player: u32,
    of: BTreeMap<PlayerId, Vec<u32>>,
}

impl Played {
    /// The results that follow; None where they name races, outcomes or players that there cannot be.
    pub(in crate::domain) fn take(&mut self, rows: &[StoredResult]) -> Option<()> {
        for row in rows {
            self.most_player = row.players.into_iter().fold(self.most_player, u32::max);
            self.results.push(Packed::from_stored(row)?);
        }
        (self.most_player <= MOST_PLAYERS).then_some(())
    }

    /// Once all are there: whose each is.
    pub(in crate::domain) fn index(&mut self) {
        // Players are numbered without gaps, so that a number is as good as a place.
        let mut counts = vec![0_u32; self.most_player as usize + 1];
        self.results.iter().flat_map(|result| result.players).for_each(|player| counts[player as usize] += 1);
        let mut of: Vec<Vec<u32>> = counts.iter().map(|count| Vec::with_capacity(*count as usize)).collect();
        for (index, result) in (0..).zip(&self.results) {
            for player in result.players {
                of[player as usize].push(index);
            }
        }
        self.of = (0..).map(PlayerId).zip(of).filter(|(_, results)| !results.is_empty()).collect();
    }

    /// Whether all of them are by those players.
    pub(in crate::domain) fn are_of(&self, is_known: impl Fn(&PlayerId) -> bool) -> bool {
        self.of.keys().all(is_known)
    }
}

impl Packed {
    fn to_stored(self) -> StoredResult {
        let Packed { at, players, mmr, match_id, races, standing, was_rated } = self;
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
