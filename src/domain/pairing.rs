//! Who plays whom in a wave.
//!
//! The waiting room is a general graph: a player who queued with both eras may take either side, so
//! two halves do not describe it. A wave takes the matching with the most pairs and among those the
//! least cost, exactly: each connected part of the graph is solved by dynamic programming over its
//! subsets. A part above [`EXACT`] players is cut along the ratings into parts of that size, the cut
//! shifted every wave so that nobody stays at an edge; what a cut leaves over is matched again until
//! no pair is left to take. There the number of pairs is not always the largest possible.

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
    let mut left: Vec<usize> = (0..count).collect();
    loop {
        let parts = parts(candidates, &costs, &left, shift);
        let matched: Vec<(usize, usize)> = parts.iter().flat_map(|part| match_part(part, &costs)).collect();
        for (a, b) in &matched {
            let (_, a_is_bw) = edges[*a][*b].expect("only edges are matched");
            let (bw, sc2) = if a_is_bw { (*a, *b) } else { (*b, *a) };
            let race = |at: usize, era| candidates[at].entry.races.of(era).expect("the edge needs this race");
            pairs.push(Pair {
                players: [candidates[bw].player, candidates[sc2].player],
                races: [race(bw, Era::Bw), race(sc2, Era::Sc2)],
            });
        }
        left.retain(|at| !matched.iter().any(|(a, b)| a == at || b == at));
        // Only a cut leaves pairs over, and a round without a pair would leave the same again.
        if matched.is_empty() {
            break;
        }
    }
    pairs.sort_by_key(|pair| pair.players[0].min(pair.players[1]));
    pairs
}

/// The connected parts of the graph over those who are left, each cut to at most [`EXACT`] players.
fn parts(
    candidates: &[Candidate<'_>],
    costs: &[Vec<Option<i64>>],
    left: &[usize],
    shift: usize,
) -> Vec<Vec<usize>> {
    let mut unseen: Vec<usize> = left.to_vec();
    let mut parts = Vec::new();
    while let Some(start) = unseen.pop() {
        let mut part = vec![start];
        let mut next = 0;
        while let Some(at) = part.get(next).copied() {
            next += 1;
            part.extend(unseen.extract_if(.., |other| costs[at][*other].is_some()));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::chance::Chance;
    use ipc_schema::vocab::RaceChoice;
    use std::collections::VecDeque;

    const NOW: Timestamp = Timestamp(10_000_000);

    /// A waiting room by chance: races, ratings, regions and waiting times.
    fn waiting_room(
        chance: &mut Chance,
        players: usize,
        both_percent: usize,
    ) -> Vec<(Entry, [i32; 2], Region)> {
        (0..players)
            .map(|_| {
                let both = chance.below(100) < both_percent;
                let bw = both || chance.below(2) == 0;
                let races = RaceChoice {
                    bw: bw.then_some(Race::BwZerg),
                    sc2: (both || !bw).then_some(Race::Sc2Terran),
                };
                let waves = u32::try_from(chance.below(6)).unwrap();
                let since = Timestamp(NOW.0 - u64::from(waves) * 45_000 - chance.below(40_000) as u64);
                let mmr = [0, 1].map(|_| 1200 + i32::try_from(chance.below(600)).unwrap());
                let region = Region::ALL[chance.below(Region::ALL.len())];
                (Entry { since, waves, races, vetoes: Vec::new() }, mmr, region)
            })
            .collect()
    }

    /// Builds the candidates of a room and hands them to `look`.
    fn with_candidates<T>(room: &[(Entry, [i32; 2], Region)], look: impl FnOnce(&[Candidate<'_>]) -> T) -> T {
        let nobody = VecDeque::new();
        let candidates: Vec<Candidate<'_>> = (1..)
            .zip(room)
            .map(|(id, (entry, mmr, region))| Candidate {
                player: PlayerId(id),
                entry,
                region: *region,
                mmr: Era::ALL
                    .iter()
                    .zip(mmr)
                    .filter(|(era, _)| entry.races.of(**era).is_some())
                    .map(|(era, mmr)| (*era, Mmr(*mmr)))
                    .collect(),
                recent_opponents: &nobody,
            })
            .collect();
        look(&candidates)
    }

    fn season() -> Season {
        crate::season::load(crate::season::Which::Real).unwrap()
    }

    /// Most pairs and, among those, least cost, by trying everything.
    fn by_trying_everything(season: &Season, candidates: &[Candidate<'_>]) -> (usize, i64) {
        let Some((first, rest)) = candidates.split_first() else { return (0, 0) };
        let mut best = by_trying_everything(season, rest);
        for at in 0..rest.len() {
            let Some((cost, _)) = edge(season, NOW, first, &rest[at]) else { continue };
            let others: Vec<Candidate<'_>> = [&rest[..at], &rest[at + 1..]].concat();
            let (pairs, total) = by_trying_everything(season, &others);
            if pairs + 1 > best.0 || (pairs + 1 == best.0 && total + cost < best.1) {
                best = (pairs + 1, total + cost);
            }
        }
        best
    }

    #[test]
    fn a_wave_takes_the_most_pairs_at_the_least_cost() {
        let season = season();
        for seed in 0..400 {
            let mut chance = Chance(seed);
            let (players, both) = (2 + chance.below(7), [0, 30, 100][chance.below(3)]);
            let room = waiting_room(&mut chance, players, both);
            with_candidates(&room, |candidates| {
                let found = pairs(&season, NOW, candidates, chance.below(100));
                let at = |player: PlayerId| &candidates[usize::try_from(player.0).unwrap() - 1];
                let cost =
                    |pair: &Pair| edge(&season, NOW, at(pair.players[0]), at(pair.players[1])).unwrap().0;
                let total = found.iter().map(cost).sum();
                assert_eq!((found.len(), total), by_trying_everything(&season, candidates), "seed {seed}");
            });
        }
    }

    #[test]
    fn a_wave_of_any_size_is_legal_and_leaves_no_pair_it_could_take() {
        let season = season();
        for seed in 0..20 {
            let mut chance = Chance(seed);
            let (players, both) = (chance.below(120), chance.below(101));
            let room = waiting_room(&mut chance, players, both);
            with_candidates(&room, |candidates| {
                let found = pairs(&season, NOW, candidates, chance.below(100));
                let mut paired = std::collections::BTreeSet::new();
                for pair in &found {
                    assert_eq!(pair.races.map(Race::era), [Era::Bw, Era::Sc2], "seed {seed}");
                    assert!(
                        pair.players.iter().all(|player| paired.insert(*player)),
                        "seed {seed}: {pair:?}"
                    );
                }
                let left: Vec<_> = candidates.iter().filter(|one| !paired.contains(&one.player)).collect();
                for (at, one) in left.iter().enumerate() {
                    let fits = left[at + 1..].iter().find(|other| edge(&season, NOW, one, other).is_some());
                    assert!(
                        fits.is_none(),
                        "seed {seed}: {} could play {}",
                        one.player,
                        fits.unwrap().player
                    );
                }
            });
        }
    }

    #[test]
    fn the_two_of_a_pair_keep_the_window_of_either() {
        let season = season();
        let room = |gap: i32, waves| {
            let entry = |races| Entry { since: NOW, waves, races, vetoes: Vec::new() };
            let bw = RaceChoice { bw: Some(Race::BwZerg), sc2: None };
            let sc2 = RaceChoice { bw: None, sc2: Some(Race::Sc2Zerg) };
            vec![(entry(bw), [1500, 0], Region::Euw), (entry(sc2), [0, 1500 + gap], Region::Euw)]
        };
        for (gap, waves, expected) in
            [(150, 0, 1), (151, 0, 0), (151, 1, 1), (200, 1, 1), (201, 1, 0), (-150, 0, 1)]
        {
            let found =
                with_candidates(&room(gap, waves), |candidates| pairs(&season, NOW, candidates, 0).len());
            assert_eq!(found, expected, "a gap of {gap} after {waves} waves");
        }
    }
}
