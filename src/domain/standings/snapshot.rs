//! The leaderboard made anew from the rows that were on it.

use super::{CHUNK, Chunk, Placed, Row, Rows, Standings, rows_of};
use ipc_schema::ids::PlayerId;
use ipc_schema::vocab::{CountryCode, Mmr, Race, Timestamp};
use std::collections::BTreeSet;

impl Standings {
    pub(in crate::domain) fn clock(&self) -> Timestamp {
        // Everything else follows from ratings, bans, countries, and which rows are listed.
        let Standings { chunks: _, placed: _, ages: _, hidden: _, clock } = self;
        *clock
    }

    pub(in crate::domain) fn is_listed(&self, player: PlayerId, race: Race) -> bool {
        self.placed.get(&player).is_some_and(|placed| placed.rows[race as usize].is_some())
    }

    /// `listed` are the rows on the leaderboard, those of one player together, players in order.
    pub(in crate::domain) fn of_listed(
        clock: Timestamp,
        hidden: BTreeSet<PlayerId>,
        listed: impl Iterator<Item = (PlayerId, Race, Mmr, Timestamp)>,
        country_of: impl Fn(PlayerId) -> CountryCode,
    ) -> Standings {
        let mut placed: Vec<(PlayerId, Placed)> = Vec::new();
        for (player, race, mmr, last_played) in listed {
            if placed.last().is_none_or(|(last, _)| *last != player) {
                placed.push((player, Placed { country: country_of(player), rows: Rows::default() }));
            }
            let (_, of_player) = placed.last_mut().expect("there is one by now");
            of_player.rows[race as usize] = Some((mmr, last_played));
        }
        let mut rows: Vec<Row> =
            placed.iter().flat_map(|(player, placed)| rows_of(*player, placed)).collect();
        rows.sort_unstable_by_key(Row::order);
        let ages = rows.iter().map(|row| (row.last_played, PlayerId(u64::from(row.player)), row.race));
        let ages = ages.collect();
        // Half full, so that the next rows find room.
        let chunks = rows.chunks(CHUNK / 2).map(|rows| Chunk::of(rows.to_vec())).collect();
        Standings { chunks, placed: placed.into_iter().collect(), ages, hidden, clock }
    }
}

/// The same rows in the same order. Where chunks are cut is how they came there, and shows nowhere.
impl PartialEq for Standings {
    fn eq(&self, other: &Standings) -> bool {
        let Standings { chunks, placed, ages, hidden, clock } = self;
        let rows =
            |chunks: &'_ [Chunk]| chunks.iter().flat_map(|chunk| chunk.rows.clone()).collect::<Vec<_>>();
        rows(chunks) == rows(&other.chunks)
            && *placed == other.placed
            && *ages == other.ages
            && *hidden == other.hidden
            && *clock == other.clock
    }
}
