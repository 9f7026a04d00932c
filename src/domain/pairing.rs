//! Who plays whom in a wave.
//!
//! The waiting room is a general graph: a player who queued with both eras may take either side, so
//! two halves do not describe it. A wave takes the matching with the most pairs and among those the
//! least cost, exactly: each connected part of the graph is solved by dynamic programming over its
//! subsets. A part above [`EXACT`] players is cut along the ratings into parts of that size, the cut
//! shifted every wave so that nobody stays at an edge.

use super::queue::Entry;
use super::season::Season;
use ipc_schema::ids::PlayerId;
use ipc_schema::vocab::{Era, Mmr, Race, Region, Timestamp};
use std::collections::BTreeMap;
use std::time::Duration;

/// Players of one part that are matched exactly: 2^16 subsets take a few milliseconds.
pub const EXACT: usize = 16;

/// Seconds of waiting that a host in neither, or in one, of two home regions costs.
const FAR_HOST: [u64; 3] = [25, 10, 0];

/// Seconds of waiting that an immediate rematch costs; it decays to nothing.
const REMATCH: u64 = 120;

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

/// An edge of the graph: cost in milliseconds of waiting, and who plays Brood War.
fn edge(season: &Season, now: Timestamp, a: &Candidate<'_>, b: &Candidate<'_>) -> Option<(i64, bool)> {
    let knobs = &season.knobs;
    let window = a.entry.window(knobs).max(b.entry.window(knobs));
    let (gap, a_is_bw) = match (gap(a, b), gap(b, a)) {
        (Some(first), Some(second)) if second < first => (second, false),
        (Some(first), _) => (first, true),
        (None, Some(second)) => (second, false),
        (None, None) => return None,
    };
    if gap > window {
        return None;
    }
    let wave_ms = millis(knobs.wave);
    // What a gap costs in waves of waiting, less what both have waited: covering a player who waited
    // longer is always worth more, so waiting never makes a match less likely.
    let gap_cost = i64::from(gap) * wave_ms / i64::from(knobs.window_step.max(1));
    let waited = millis(now.since(a.entry.since)) + millis(now.since(b.entry.since));
    let server = season.server([a.region, b.region]);
    let homes = [a.region, b.region].iter().filter(|home| season.server([**home, **home]) == server).count();
    let host = millis(Duration::from_secs(FAR_HOST[homes]));
    let met =
        a.recent_opponents.iter().filter(|(opponent, _)| *opponent == b.player).map(|(_, at)| *at).max();
    let rematch = met.map_or(0, |met| {
        let left = millis(knobs.rematch.saturating_sub(now.since(met)));
        millis(Duration::from_secs(REMATCH)) * left / millis(knobs.rematch).max(1)
    });
    Some((gap_cost + host + rematch - waited, a_is_bw))
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 8)
}

/// The pairs of a wave, in the order of the first player's number. `shift` moves the cut of parts
/// that are too large to be matched at once.
pub fn pairs(season: &Season, now: Timestamp, candidates: &[Candidate<'_>], shift: usize) -> Vec<Pair> {
    let count = candidates.len();
    let mut edges = vec![vec![None; count]; count];
    for a in 0..count {
        for b in a + 1..count {
            let found = edge(season, now, &candidates[a], &candidates[b]);
            edges[a][b] = found;
            edges[b][a] = found.map(|(cost, a_is_bw)| (cost, !a_is_bw));
        }
    }
    let costs: Vec<Vec<Option<i64>>> =
        edges.iter().map(|row| row.iter().map(|edge| edge.map(|(cost, _)| cost)).collect()).collect();
    let mut pairs = Vec::new();
    for part in parts(candidates, &costs, shift) {
        for (a, b) in match_part(&part, &costs) {
            let (_, a_is_bw) = edges[a][b].expect("only edges are matched");
            let (bw, sc2) = if a_is_bw { (a, b) } else { (b, a) };
            let race = |at: usize, era| candidates[at].entry.races.of(era).expect("the edge needs this race");
            pairs.push(Pair {
                players: [candidates[bw].player, candidates[sc2].player],
                races: [race(bw, Era::Bw), race(sc2, Era::Sc2)],
            });
        }
    }
    pairs.sort_by_key(|pair| pair.players[0].min(pair.players[1]));
    pairs
}

/// The connected parts of the graph, each cut to at most [`EXACT`] players.
fn parts(candidates: &[Candidate<'_>], costs: &[Vec<Option<i64>>], shift: usize) -> Vec<Vec<usize>> {
    let mut seen = vec![false; costs.len()];
    let mut parts = Vec::new();
    for start in 0..costs.len() {
        if seen[start] {
            continue;
        }
        seen[start] = true;
        let mut part = vec![start];
        let mut next = 0;
        while next < part.len() {
            let at = part[next];
            next += 1;
            for other in 0..costs.len() {
                if !seen[other] && costs[at][other].is_some() {
                    seen[other] = true;
                    part.push(other);
                }
            }
        }
        if part.len() <= EXACT {
            parts.push(part);
        } else {
            part.sort_by_key(|at| (candidates[*at].mmr.values().next().copied(), candidates[*at].player));
            let (head, rest) = part.split_at(shift % EXACT);
            parts.extend([head].into_iter().chain(rest.chunks(EXACT)).map(<[usize]>::to_vec));
        }
    }
    parts
}

/// The matching of one part with the most pairs and, among those, the least cost.
fn match_part(part: &[usize], costs: &[Vec<Option<i64>>]) -> Vec<(usize, usize)> {
    // best[set]: most pairs and least cost within the set, and the partner of its first member.
    let mut best: Vec<(u32, i64, Option<usize>)> = vec![(0, 0, None); 1 << part.len()];
    for set in 1..best.len() {
        let first = set.trailing_zeros() as usize;
        let rest = set & (set - 1);
        let mut found = (best[rest].0, best[rest].1, None);
        for (partner, at) in
            part.iter().enumerate().skip(first + 1).filter(|(partner, _)| rest >> partner & 1 == 1)
        {
            let Some(cost) = costs[part[first]][*at] else { continue };
            let (pairs, total, _) = best[rest & !(1 << partner)];
            if pairs + 1 > found.0 || (pairs + 1 == found.0 && total + cost < found.1) {
                found = (pairs + 1, total + cost, Some(partner));
            }
        }
        best[set] = found;
    }
    let mut matched = Vec::new();
    let mut set = best.len() - 1;
    while set != 0 {
        let first = set.trailing_zeros() as usize;
        set &= set - 1;
        if let Some(partner) = best[set | 1 << first].2 {
            set &= !(1 << partner);
            matched.push((part[first], part[partner]));
        }
    }
    matched
}
