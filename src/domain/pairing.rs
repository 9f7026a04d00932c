//! Who plays whom in a wave.
//!
//! The waiting room is a general graph: a player who queued with both eras may take either side, so
//! two halves do not describe it. A wave takes the matching with the most pairs and among those the
//! least cost. Up to [`EXACT`] players it is exactly that one. A larger room is cut along the
//! ratings into blocks, the cut shifted every wave so that nobody stays at an edge; each block is
//! matched exactly, and pairs are then added across the cuts until no matching has more. So the
//! number of pairs is the largest possible at every size, and only the cost of a large room may be
//! above the least.

pub mod cardinality;
pub mod matching;
mod room;

pub use room::{EXACT, Room};

use super::queue::Entry;
use super::season::Season;
use ipc_schema::event::Unmatched;
use ipc_schema::ids::PlayerId;
use ipc_schema::vocab::{Era, Mmr, Race, Region, Timestamp};
use std::collections::BTreeMap;

/// One player of a wave.
#[derive(Debug, Clone)]
pub struct Candidate<'a> {
    pub player: PlayerId,
    pub entry: &'a Entry,
    pub region: Region,
    /// For the race of each era that the player queued with.
    pub mmr: BTreeMap<Era, Mmr>,
    pub recent_opponents: &'a std::collections::VecDeque<(PlayerId, Timestamp)>,
}

/// A legal pair: slot 0 plays Brood War.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    pub players: [PlayerId; 2],
    pub races: [Race; 2],
}

/// The gap in MMR if the first plays Brood War; None where the races do not allow it.
fn gap(bw: &Candidate<'_>, sc2: &Candidate<'_>) -> Option<u32> {
    Some(bw.mmr.get(&Era::Bw)?.0.abs_diff(sc2.mmr.get(&Era::Sc2)?.0))
}

/// The smallest gap over the ways two players could be paired; None where there is none.
pub fn nearest_gap(a: &Candidate<'_>, b: &Candidate<'_>) -> Option<u32> {
    [gap(a, b), gap(b, a)].into_iter().flatten().min()
}

/// What a wave decides: its pairs, in the order in which one of the two began to wait, which is the order in
/// which they are told; and why the others have none. `shift` moves the cut of a room that is too large to be matched at once.
pub fn wave(
    season: &Season,
    now: Timestamp,
    candidates: &[Candidate<'_>],
    shift: usize,
) -> (Vec<Pair>, Vec<Unmatched>) {
    let room = Room::new(season, now, candidates);
    let mates = room.matched(shift);
    let mut pairs: Vec<(Timestamp, Pair)> = Vec::new();
    let mut unmatched = Vec::new();
    for (a, mate) in mates.iter().enumerate() {
        if let Some(why) = room.why_not(&mates, a) {
            unmatched.push(Unmatched { player: candidates[a].player, why });
        }
        let Some(b) = mate.filter(|b| a < *b) else { continue };
        let a_is_bw = room.plays_bw(a, b).expect("only edges are matched");
        let (bw, sc2) = if a_is_bw { (a, b) } else { (b, a) };
        let race = |at: usize, era| candidates[at].entry.races.of(era).expect("the edge needs this race");
        let pair = Pair {
            players: [candidates[bw].player, candidates[sc2].player],
            races: [race(bw, Era::Bw), race(sc2, Era::Sc2)],
        };
        pairs.push((candidates[a].entry.since.min(candidates[b].entry.since), pair));
    }
    pairs.sort_by_key(|(since, pair)| (*since, pair.players[0].min(pair.players[1])));
    (pairs.into_iter().map(|(_, pair)| pair).collect(), unmatched)
}

#[cfg(test)]
mod tests;
