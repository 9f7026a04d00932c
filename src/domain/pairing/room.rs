//! The graph of a waiting room: who may be paired with whom, and at what cost.

use super::Candidate;
use super::cardinality::maximum_cardinality;
use super::matching::{Edge, Matching, maximum_weight};
use crate::domain::season::Season;
use ipc_schema::event::WhyNot;
use ipc_schema::ids::PlayerId;
use ipc_schema::vocab::{Era, Region, Timestamp};
use std::collections::VecDeque;
use std::time::Duration;

/// Players that are matched at once.
pub const EXACT: usize = 1000;

/// Players of a block of a larger room.
const BLOCK: usize = 1000;

/// Seconds of waiting that a host in neither, or in one, of two home regions costs.
const FAR_HOST: [u64; 3] = [25, 10, 0];

/// Seconds of waiting that an immediate rematch costs; it decays to nothing.
const REMATCH: u64 = 120;

/// No single term of a cost counts for more, in milliseconds: a month. So sums of them stay far below
/// what an `i64` holds, whatever an entry says.
const TERM_LIMIT: i64 = 30 * 24 * 3600 * 1000;

/// Opponents of each of a player's eras that are looked at first: the cheapest.
const FIRST: usize = 20;

/// Opponents of a player that join at a time because the duals do not cover them.
const MORE: usize = 6;

/// Ratings that lie side by side and are passed over together.
const CHUNK: usize = 64;

/// A wave's waiting room, with what every edge of its graph asks for worked out once.
pub struct Room<'a> {
    terms: Terms,
    /// Along their ratings: those who meet lie close together in memory while they are matched.
    vertices: Vec<Vertex<'a>>,
    /// The vertex of each candidate.
    places: Vec<usize>,
    /// The widest window of all.
    reach: u32,
    /// Who plays Brood War, and who plays StarCraft II, along their ratings.
    eras: [Vec<Rated>; 2],
}

/// What is the same for all edges.
#[derive(Clone)]
struct Terms {
    /// For every two regions, what the way to their server costs.
    hosts: Vec<i64>,
    rematch_ms: i64,
    /// What a point of MMR costs: the waiting time in which a window grows by it.
    point_ms: i64,
    now: Timestamp,
}

/// A player's rating for one era.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rated {
    mmr: i32,
    at: usize,
    region: usize,
    window: u32,
}

/// Costs are milliseconds of waiting.
#[derive(Clone)]
struct Vertex<'a> {
    /// Its place among the candidates.
    candidate: usize,
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
        let vertices = candidates
            .iter()
            .enumerate()
            .map(|(candidate, one)| Vertex {
                candidate,
                player: one.player,
                bw: one.mmr.get(&Era::Bw).map(|mmr| mmr.0),
                sc2: one.mmr.get(&Era::Sc2).map(|mmr| mmr.0),
                window: one.entry.window(&season.knobs),
                waited: millis(now.since(one.entry.since)),
                region: Region::ALL
                    .iter()
                    .position(|region| *region == one.region)
                    .expect("it is one of all"),
                recent_opponents: one.recent_opponents,
            })
            .collect();
        let terms = Terms {
            hosts,
            rematch_ms: millis(season.knobs.rematch),
            point_ms: (millis(season.knobs.wave) / i64::from(season.knobs.window_step.max(1))).max(1),
            now,
        };
        Room::of(vertices, terms)
    }

    fn of(mut vertices: Vec<Vertex<'a>>, terms: Terms) -> Room<'a> {
        vertices.sort_by_key(|vertex| (vertex.rating(), vertex.player));
        let candidates = vertices.iter().map(|vertex| vertex.candidate + 1).max().unwrap_or_default();
        let mut places = vec![0; candidates];
        vertices.iter().enumerate().for_each(|(at, vertex)| places[vertex.candidate] = at);
        let era = |rating: fn(&Vertex<'_>) -> Option<i32>| {
            let rated = vertices.iter().enumerate().filter_map(|(at, vertex)| {
                let Vertex { region, window, .. } = *vertex;
                Some(Rated { mmr: rating(vertex)?, at, region, window })
            });
            let mut rated: Vec<Rated> = rated.collect();
            rated.sort_unstable();
            rated
        };
        Room {
            terms,
            reach: vertices.iter().map(|vertex| vertex.window).max().unwrap_or_default(),
            eras: [era(|vertex| vertex.bw), era(|vertex| vertex.sc2)],
            vertices,
            places,
        }
    }

    /// What it costs to pair two players, by their place among the candidates, in milliseconds of
    /// waiting; None where they may not be paired.
    pub fn cost(&self, a: usize, b: usize) -> Option<i64> {
        let (a, b) = (self.places[a], self.places[b]);
        // Covering a player who waited longer is always worth more, so waiting never makes a match
        // less likely.
        Some(self.trouble(a, b)? - self.vertices[a].waited - self.vertices[b].waited)
    }

    /// Whether the first plays Brood War, if the two may be paired.
    pub(super) fn plays_bw(&self, a: usize, b: usize) -> Option<bool> {
        self.vertices[self.places[a]].fits(&self.vertices[self.places[b]]).map(|(_, bw)| bw)
    }

    /// The cost without what the two have waited: never below 0, nor below that of the gap.
    fn trouble(&self, a: usize, b: usize) -> Option<i64> {
        let (a, b) = (&self.vertices[a], &self.vertices[b]);
        let (gap, _) = a.fits(b)?;
        let host = self.terms.hosts[a.region * Region::ALL.len() + b.region];
        let met = a.recent_opponents.iter().filter(|(opponent, _)| *opponent == b.player);
        let rematch = met.map(|(_, at)| *at).max().map_or(0, |met| {
            let left = (self.terms.rematch_ms - millis(self.terms.now.since(met))).max(0);
            millis(Duration::from_secs(REMATCH)) * left / self.terms.rematch_ms.max(1)
        });
        Some(self.gap_trouble(gap) + host + rematch)
    }

    /// What a gap costs in waves of waiting.
    fn gap_trouble(&self, gap: u32) -> i64 {
        (i64::from(gap) * self.terms.point_ms).min(TERM_LIMIT)
    }

    /// The mate of each player that has one, by place among the candidates. `shift` moves the cut of
    /// a room that is too large to be matched at once.
    pub fn matched(&self, shift: usize) -> Vec<Option<usize>> {
        self.by_candidate(&if self.vertices.len() <= EXACT { self.best() } else { self.in_blocks(shift) })
    }

    /// The same for a room of any size as a whole, however long that takes.
    pub fn matched_at_once(&self) -> Vec<Option<usize>> {
        self.by_candidate(&self.best())
    }

    fn by_candidate(&self, mates: &[Option<usize>]) -> Vec<Option<usize>> {
        let mut by_candidate = vec![None; mates.len()];
        for (vertex, mate) in self.vertices.iter().zip(mates) {
            by_candidate[vertex.candidate] = mate.map(|mate| self.vertices[mate].candidate);
        }
        by_candidate
    }

    /// Most pairs, and among those least cost; by vertex.
    fn best(&self) -> Vec<Option<usize>> {
        // A cost has three terms and what two players waited. One pair more outweighs any saving on
        // all the others.
        let pair = 5 * TERM_LIMIT * (self.vertices.len() as i64 + 1);
        let mut edges: Vec<Edge> = Vec::new();
        for (at, vertex) in self.vertices.iter().enumerate() {
            for (mmr, others) in [(vertex.bw, &self.eras[1]), (vertex.sc2, &self.eras[0])] {
                let Some(mmr) = mmr else { continue };
                let cheapest = self.cheapest(at, mmr, others).into_iter();
                edges.extend(cheapest.map(|(trouble, other)| self.edge(at, other, trouble, pair)));
            }
        }
        edges.sort_unstable();
        edges.dedup();
        maximum_weight(self.vertices.len(), &edges, |matching| self.uncovered(matching, pair))
    }

    /// The best of each block of neighbours, and then pairs across the cuts until no matching has more.
    fn in_blocks(&self, shift: usize) -> Vec<Option<usize>> {
        let mut mates = vec![None; self.vertices.len()];
        let mut start = 0;
        while start < mates.len() {
            let first = shift % BLOCK;
            let end = if start < first { first } else { start + BLOCK }.min(mates.len());
            self.match_part(&(start..end).collect::<Vec<_>>(), &mut mates);
            start = end;
        }
        // Those left over in their blocks, if they are few enough, pair up at the least cost;
        // whatever else can be paired is, who waited longest first.
        let mut free: Vec<usize> = (0..mates.len()).filter(|at| mates[*at].is_none()).collect();
        if free.len() <= EXACT {
            self.match_part(&free, &mut mates);
        }
        free.sort_by_key(|at| (std::cmp::Reverse(self.vertices[*at].waited), *at));
        maximum_cardinality(&mut mates, free, |at| self.neighbours(at));
        mates
    }

    /// The best within a part, whose players have no mates outside of it.
    fn match_part(&self, part: &[usize], mates: &mut [Option<usize>]) {
        let vertices = part.iter().map(|at| self.vertices[*at].clone()).collect();
        let room = Room::of(vertices, self.terms.clone());
        for (at, mate) in part.iter().zip(room.best()) {
            mates[*at] = mate.map(|mate| part[mate]);
        }
    }

    /// Why a matching leaves a candidate without a mate; None for one that has a mate.
    pub fn why_not(&self, mates: &[Option<usize>], candidate: usize) -> Option<WhyNot> {
        if mates[candidate].is_some() {
            return None;
        }
        let at = self.places[candidate];
        let vertex = &self.vertices[at];
        let sides = [(vertex.bw, &self.eras[1]), (vertex.sc2, &self.eras[0])];
        let nearest = sides.into_iter().filter_map(|(mmr, others)| Some(nearest(at, mmr?, others))).flatten();
        let Some((gap, window)) = nearest.min() else {
            let era = if vertex.bw.is_some() { Era::Sc2 } else { Era::Bw };
            return Some(if mates.len() == 1 { WhyNot::Alone } else { WhyNot::NobodyOfEra { era } });
        };
        let mut fitting = self.neighbours(at);
        fitting.sort_unstable();
        fitting.dedup();
        Some(match u32::try_from(fitting.len()).expect("a room has fewer players") {
            0 => WhyNot::TooFar { gap, window: vertex.window.max(window) },
            fitting => WhyNot::Outnumbered { fitting },
        })
    }

    /// All vertices that one may be paired with; some twice.
    fn neighbours(&self, at: usize) -> Vec<usize> {
        let vertex = &self.vertices[at];
        let mut found = Vec::new();
        for (mmr, others) in [(vertex.bw, &self.eras[1]), (vertex.sc2, &self.eras[0])] {
            let Some(mmr) = mmr else { continue };
            let start =
                others.partition_point(|other| other.mmr < mmr && other.mmr.abs_diff(mmr) > self.reach);
            let near = others[start..]
                .iter()
                .take_while(|other| other.mmr <= mmr || other.mmr.abs_diff(mmr) <= self.reach);
            let fits =
                |other: &&Rated| other.at != at && other.mmr.abs_diff(mmr) <= vertex.window.max(other.window);
            found.extend(near.filter(fits).map(|other| other.at));
        }
        found
    }

    fn edge(&self, a: usize, b: usize, trouble: i64, pair: i64) -> Edge {
        let weight = pair - trouble + self.vertices[a].waited + self.vertices[b].waited;
        (a.min(b), a.max(b), weight)
    }

    /// Opponents of one rating among those of the other era who cost the least trouble.
    fn cheapest(&self, at: usize, mmr: i32, others: &[Rated]) -> Vec<(i64, usize)> {
        let hosts = &self.terms.hosts[self.vertices[at].region * Region::ALL.len()..];
        let mut found: Vec<(i64, usize)> = Vec::with_capacity(FIRST + 1);
        let mut above = others.partition_point(|other| other.mmr < mmr);
        let mut below = above;
        loop {
            let up = others.get(above).map(|other| other.mmr.abs_diff(mmr));
            let down = below.checked_sub(1).map(|below| others[below].mmr.abs_diff(mmr));
            let (gap, other) = match (up, down) {
                (Some(up), Some(down)) if down < up => (down, below - 1),
                (Some(up), _) => (up, above),
                (None, Some(down)) => (down, below - 1),
                (None, None) => return found,
            };
            let limit = found.get(FIRST - 1).map_or(i64::MAX, |(trouble, _)| *trouble);
            let gap_trouble = self.gap_trouble(gap);
            if gap > self.reach || gap_trouble >= limit {
                return found;
            }
            if other < below {
                below -= 1;
            } else {
                above += 1;
            }
            let other = others[other];
            if gap_trouble + hosts[other.region] >= limit || other.at == at {
                continue;
            }
            let Some(trouble) = self.trouble(at, other.at) else { continue };
            let place = found.partition_point(|known| *known < (trouble, other.at));
            if place < FIRST {
                found.truncate(FIRST - 1);
                found.insert(place, (trouble, other.at));
            }
        }
    }

    /// Edges that the duals of a matching do not cover, of each player the worst.
    fn uncovered(&self, matching: &Matching, pair: i64) -> Vec<Edge> {
        // An edge is covered if twice its trouble is not below what remains of its two ends.
        let remains: Vec<i64> = self
            .vertices
            .iter()
            .enumerate()
            .map(|(at, vertex)| pair + 2 * vertex.waited - matching.pays(at))
            .collect();
        let [bw, sc2] = &self.eras;
        let most: Vec<i64> = sc2
            .chunks(CHUNK)
            .map(|chunk| chunk.iter().map(|one| remains[one.at]).max().unwrap_or(i64::MIN))
            .collect();
        let spared = matching.spared();
        let mut edges = Vec::new();
        for &Rated { mmr, at, .. } in bw {
            let mut found: Vec<(i64, Edge)> = Vec::new();
            for (chunk, most) in sc2.chunks(CHUNK).zip(&most) {
                let (low, high) = (chunk[0].mmr, chunk[chunk.len() - 1].mmr);
                if low > mmr && low.abs_diff(mmr) > self.reach {
                    break;
                }
                let gap = if low > mmr { low.abs_diff(mmr) } else { mmr.max(high).abs_diff(high) };
                if gap > self.reach || 2 * self.gap_trouble(gap) >= remains[at] + most {
                    continue;
                }
                for &Rated { mmr: other_mmr, at: other, .. } in chunk {
                    let gap = self.gap_trouble(other_mmr.abs_diff(mmr));
                    let remains = remains[at] + remains[other];
                    if other == at || 2 * gap >= remains {
                        continue;
                    }
                    let remains = remains - spared.between(at, other);
                    if 2 * gap >= remains {
                        continue;
                    }
                    let Some(trouble) = self.trouble(at, other).filter(|trouble| 2 * trouble < remains)
                    else {
                        continue;
                    };
                    found.push((2 * trouble - remains, self.edge(at, other, trouble, pair)));
                }
            }
            if found.len() > MORE {
                found.select_nth_unstable(MORE);
                found.truncate(MORE);
            }
            edges.extend(found.into_iter().map(|(_, edge)| edge));
        }
        edges.sort_unstable();
        edges.dedup();
        edges
    }
}

/// The gap to the nearest of the others, and that one's window.
fn nearest(at: usize, mmr: i32, others: &[Rated]) -> Option<(u32, u32)> {
    let place = others.partition_point(|other| other.mmr < mmr);
    let other = |one: &&Rated| one.at != at;
    let near = [others[..place].iter().rev().find(other), others[place..].iter().find(other)];
    near.into_iter().flatten().map(|other| (other.mmr.abs_diff(mmr), other.window)).min()
}

/// Bounded, so that no entry can make a wave overflow.
fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(TERM_LIMIT).min(TERM_LIMIT)
}
