//! Who plays whom in a wave.
//!
//! The waiting room is a general graph: a player who queued with both eras may take either side, so
//! two halves do not describe it. A wave takes the matching with the most pairs and among those the
//! least cost. Up to [`EXACT`] players it is exactly that one. A larger room is cut along the
//! ratings into blocks, the cut shifted every wave so that nobody stays at an edge; each block is
//! matched exactly, and pairs are then added across the cuts until no matching has more. So the
//! number of pairs is the largest possible at every size, and only the cost is above
//! the least, by a sixth at 1,000 players. [`matching`] has the algorithms.

pub mod matching;

use super::queue::Entry;
use super::season::Season;
use ipc_schema::ids::PlayerId;
use ipc_schema::vocab::{Era, Mmr, Race, Region, Timestamp};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// Players that are matched at once. The time grows with the cube of it, to about 0.2 s
/// (`docs/performance.md`).
pub const EXACT: usize = 400;

/// Players of a block of a larger room.
const BLOCK: usize = 200;

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

/// A wave's waiting room, with what every edge of its graph asks for worked out once.
pub struct Room<'a> {
    vertices: Vec<Vertex<'a>>,
    /// For every two regions, what the way to their server costs.
    hosts: Vec<i64>,
    rematch_ms: i64,
    /// What a point of MMR costs: the waiting time that a window takes to grow by it.
    gap_cost: (i64, i64),
    now: Timestamp,
}

/// Costs are milliseconds of waiting.
struct Vertex<'a> {
    player: PlayerId,
    bw: Option<i32>,
    sc2: Option<i32>,
    window: u32,
    waited: i64,
    region: usize,
    recent_opponents: &'a VecDeque<(PlayerId, Timestamp)>,
}

impl Vertex<'_> {
    /// Its place among the others: who plays both eras is in the middle between them.
    fn rating(&self) -> i32 {
        match (self.bw, self.sc2) {
            (Some(bw), Some(sc2)) => i32::midpoint(bw, sc2),
            (one, other) => one.or(other).unwrap_or_default(),
        }
    }

    fn gap(&self, sc2: &Vertex<'_>) -> Option<u32> {
        Some(self.bw?.abs_diff(sc2.sc2?))
    }

    /// The gap, and whether this one plays Brood War in the better of the two ways.
    #[inline]
    fn fits(&self, other: &Vertex<'_>) -> Option<(u32, bool)> {
        let found = match (self.gap(other), other.gap(self)) {
            (Some(first), Some(second)) if second < first => (second, false),
            (Some(first), _) => (first, true),
            (None, second) => (second?, false),
        };
        (found.0 <= self.window.max(other.window)).then_some(found)
    }
}

impl<'a> Room<'a> {
    pub fn new(season: &Season, now: Timestamp, candidates: &[Candidate<'a>]) -> Room<'a> {
        let host = |a: Region, b: Region| {
            let server = season.server([a, b]);
            let homes = [a, b].iter().filter(|home| season.server([**home, **home]) == server).count();
            millis(Duration::from_secs(FAR_HOST[homes]))
        };
        let regions = Region::ALL.iter();
        let hosts = regions.clone().flat_map(|a| regions.clone().map(|b| host(*a, *b))).collect();
        let vertices = candidates.iter().map(|one| Vertex {
            player: one.player,
            bw: one.mmr.get(&Era::Bw).map(|mmr| mmr.0),
            sc2: one.mmr.get(&Era::Sc2).map(|mmr| mmr.0),
            window: one.entry.window(&season.knobs),
            waited: millis(now.since(one.entry.since)),
            region: Region::ALL.iter().position(|region| *region == one.region).expect("it is one of all"),
            recent_opponents: one.recent_opponents,
        });
        Room {
            vertices: vertices.collect(),
            hosts,
            rematch_ms: millis(season.knobs.rematch),
            gap_cost: (millis(season.knobs.wave), i64::from(season.knobs.window_step.max(1))),
            now,
        }
    }

    /// What it costs to pair two players, by their place among the candidates, in milliseconds of
    /// waiting; None where they may not be paired.
    pub fn cost(&self, a: usize, b: usize) -> Option<i64> {
        let (a, b) = (&self.vertices[a], &self.vertices[b]);
        let (gap, _) = a.fits(b)?;
        // What a gap costs in waves of waiting, less what both have waited: covering a player who
        // waited longer is always worth more, so waiting never makes a match less likely.
        let gap = i64::from(gap) * self.gap_cost.0 / self.gap_cost.1;
        let host = self.hosts[a.region * Region::ALL.len() + b.region];
        let met = a.recent_opponents.iter().filter(|(opponent, _)| *opponent == b.player);
        let rematch = met.map(|(_, at)| *at).max().map_or(0, |met| {
            let left = (self.rematch_ms - millis(self.now.since(met))).max(0);
            millis(Duration::from_secs(REMATCH)) * left / self.rematch_ms.max(1)
        });
        Some(gap + host + rematch - a.waited - b.waited)
    }

    /// Most pairs, and among those least cost, within `part`.
    fn match_part(&self, part: &[usize], mates: &mut [Option<usize>]) {
        let costs: Vec<Option<i64>> = (0..part.len() * part.len())
            .map(|at| {
                let (a, b) = (at / part.len(), at % part.len());
                if a < b { self.cost(part[a], part[b]) } else { None }
            })
            .collect();
        let (least, most) = costs
            .iter()
            .flatten()
            .fold((i64::MAX, i64::MIN), |(least, most), cost| (least.min(*cost), most.max(*cost)));
        // One pair more outweighs any saving on all the others.
        let pair = (most.saturating_sub(least) + 1).saturating_mul(part.len() as i64);
        let weight = |a: usize, b: usize| costs[a * part.len() + b].map(|cost| pair - (cost - least));
        for (at, mate) in matching::maximum_weight(part.len(), weight).into_iter().enumerate() {
            mates[part[at]] = mate.map(|mate| part[mate]);
        }
    }

    /// The mate of each player that has one, by place among the candidates.
    pub fn matched(&self, shift: usize) -> Vec<Option<usize>> {
        let mut mates = vec![None; self.vertices.len()];
        let mut order: Vec<usize> = (0..mates.len()).collect();
        if order.len() <= EXACT {
            self.match_part(&order, &mut mates);
            return mates;
        }
        order.sort_by_key(|at| (self.vertices[*at].rating(), self.vertices[*at].player));
        // The second cut lies in the middle of the first one's blocks, and each block is matched
        // anew: never with fewer pairs, and at less cost where a pair was cut off.
        for cut in [shift, shift + BLOCK / 2] {
            let (head, rest) = order.split_at(cut % BLOCK);
            for block in [head].into_iter().chain(rest.chunks(BLOCK)) {
                let mut inside = vec![false; mates.len()];
                block.iter().for_each(|at| inside[*at] = true);
                let part: Vec<usize> =
                    block.iter().copied().filter(|at| mates[*at].is_none_or(|mate| inside[mate])).collect();
                self.match_part(&part, &mut mates);
            }
        }
        // Those left over in their blocks, if they are few enough, pair up at the least cost;
        // whatever else can be paired is.
        let left: Vec<usize> = order.into_iter().filter(|at| mates[*at].is_none()).collect();
        if left.len() <= EXACT {
            self.match_part(&left, &mut mates);
        }
        matching::maximum_cardinality(&mut mates, |a, b| self.vertices[a].fits(&self.vertices[b]).is_some());
        mates
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 8)
}

/// The pairs of a wave, in the order of the first player's number. `shift` moves the cut of a room
/// that is too large to be matched at once.
pub fn pairs(season: &Season, now: Timestamp, candidates: &[Candidate<'_>], shift: usize) -> Vec<Pair> {
    let room = Room::new(season, now, candidates);
    let mut pairs = Vec::new();
    for (a, mate) in room.matched(shift).into_iter().enumerate() {
        let Some(b) = mate.filter(|b| a < *b) else { continue };
        let (_, a_is_bw) = room.vertices[a].fits(&room.vertices[b]).expect("only edges are matched");
        let (bw, sc2) = if a_is_bw { (a, b) } else { (b, a) };
        let race = |at: usize, era| candidates[at].entry.races.of(era).expect("the edge needs this race");
        pairs.push(Pair {
            players: [candidates[bw].player, candidates[sc2].player],
            races: [race(bw, Era::Bw), race(sc2, Era::Sc2)],
        });
    }
    pairs.sort_by_key(|pair| pair.players[0].min(pair.players[1]));
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::chance::Chance;
    use ipc_schema::vocab::RaceChoice;

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
    fn by_trying_everything(room: &Room<'_>, left: &[usize]) -> (usize, i64) {
        let Some((first, rest)) = left.split_first() else { return (0, 0) };
        let mut best = by_trying_everything(room, rest);
        for at in 0..rest.len() {
            let Some(cost) = room.cost(*first, rest[at]) else { continue };
            let (pairs, total) = by_trying_everything(room, &[&rest[..at], &rest[at + 1..]].concat());
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
                let room = Room::new(&season, NOW, candidates);
                let at = |player: PlayerId| usize::try_from(player.0).unwrap() - 1;
                let total =
                    found.iter().map(|pair| room.cost(at(pair.players[0]), at(pair.players[1])).unwrap());
                let everyone: Vec<usize> = (0..candidates.len()).collect();
                assert_eq!((found.len(), total.sum()), by_trying_everything(&room, &everyone), "seed {seed}");
            });
        }
    }

    #[test]
    fn no_possible_match_is_lost_however_many_play_both_eras() {
        let season = season();
        for wave in 0..300_usize {
            let mut chance = Chance(wave as u64);
            let (players, both) = (2 + chance.below(60), [0, 30, 60, 100][wave % 4]);
            let room = waiting_room(&mut chance, players, both);
            with_candidates(&room, |candidates| {
                let found = pairs(&season, NOW, candidates, 0).len();
                let room = Room::new(&season, NOW, candidates);
                let mut most = vec![None; players];
                matching::maximum_cardinality(&mut most, |a, b| room.cost(a, b).is_some());
                assert_eq!(found, most.iter().flatten().count() / 2, "wave {wave}, {both} % in both eras");
            });
        }
    }

    #[test]
    fn a_wave_of_any_size_is_legal_and_leaves_no_pair_it_could_take() {
        let season = season();
        for seed in 0..12 {
            let mut chance = Chance(seed);
            let (players, both) =
                (if seed < 6 { chance.below(120) } else { EXACT + chance.below(400) }, chance.below(101));
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
                // No matching at all has more pairs, by a search that starts from nothing.
                let room = Room::new(&season, NOW, candidates);
                let mut most = vec![None; candidates.len()];
                matching::maximum_cardinality(&mut most, |a, b| room.cost(a, b).is_some());
                assert_eq!(found.len(), most.iter().flatten().count() / 2, "seed {seed}");
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
