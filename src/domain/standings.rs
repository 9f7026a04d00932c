//! The order of the leaderboard, kept while ratings move, so that a page or a place costs no sorting.
//!
//! Rows that are on the leaderboard lie in chunks, best first; each chunk knows how many rows of which
//! race it has. Who was banned, or has not played for [`ACTIVE`], is not on it. A row that grows too
//! old between two events is still in its chunk: as long as there is one, a question goes through all
//! rows instead, which gives the same answer and takes longer.

mod snapshot;

use super::memory;
use super::rating::{RatingKey, ranks};
use ipc_schema::ids::PlayerId;
use ipc_schema::view::LeaderboardFilter;
use ipc_schema::vocab::{CountryCode, Mmr, Race, Rank, Timestamp};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::time::Duration;

/// How long a row stays on the leaderboard after its last match.
pub const ACTIVE: Duration = Duration::from_secs(14 * 24 * 60 * 60);

/// Rows of a chunk. Moving half of them costs about as much as finding the chunk among those of a
/// ladder of 100,000 rows.
const CHUNK: usize = 512;

const RACES: usize = Race::ALL.len();

/// A player's rows on the leaderboard, by race: MMR and last match.
type Rows = [Option<(Mmr, Timestamp)>; RACES];

#[derive(Debug, Clone)]
pub struct Standings {
    chunks: Vec<Chunk>,
    /// What of each player lies in the chunks.
    placed: BTreeMap<PlayerId, Placed>,
    /// The same rows by their last match.
    ages: BTreeSet<(Timestamp, PlayerId, Race)>,
    hidden: BTreeSet<PlayerId>,
    /// Rows that were too old by then are not in the chunks.
    clock: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Placed {
    country: CountryCode,
    rows: Rows,
}

#[derive(Debug, Clone, PartialEq, Default)]
struct Chunk {
    /// Best first; never empty within [`Standings`].
    rows: Vec<Row>,
    /// How many rows of each race there are, and how many that are the best of their player.
    of_race: [u16; RACES],
    best_of_race: [u16; RACES],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Row {
    last_played: Timestamp,
    mmr: Mmr,
    player: u32,
    country: CountryCode,
    race: Race,
    /// Whether no other row of the player stands higher.
    is_best: bool,
}

/// One page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// From 0; the last one if another was asked for that is not there.
    pub page: usize,
    /// At least 1.
    pub pages: usize,
    pub rows: Vec<(Place, RatingKey)>,
}

/// Where a row stands in the whole leaderboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// From 1.
    pub place: u32,
    pub rank: Rank,
}

impl Row {
    /// What the order goes by: MMR, then who had it first.
    fn order(&self) -> (Reverse<Mmr>, Timestamp, u32, Race) {
        (Reverse(self.mmr), self.last_played, self.player, self.race)
    }

    fn key(&self) -> RatingKey {
        (PlayerId(u64::from(self.player)), self.race)
    }
}

impl Chunk {
    fn tally(&mut self, row: &Row, change: fn(u16) -> u16) {
        let race = row.race as usize;
        self.of_race[race] = change(self.of_race[race]);
        if row.is_best {
            self.best_of_race[race] = change(self.best_of_race[race]);
        }
    }

    fn insert(&mut self, at: usize, row: Row) {
        self.rows.insert(at, row);
        self.tally(&row, |count| count + 1);
    }

    fn remove(&mut self, at: usize) {
        let row = self.rows.remove(at);
        self.tally(&row, |count| count - 1);
    }

    fn of(rows: Vec<Row>) -> Chunk {
        let mut chunk = Chunk::default();
        rows.iter().for_each(|row| chunk.tally(row, |count| count + 1));
        Chunk { rows, ..chunk }
    }

    /// How many rows the filter takes.
    fn count(&self, filter: &LeaderboardFilter) -> usize {
        let of_race = if filter.best { &self.best_of_race } else { &self.of_race };
        let of_race = match filter.race {
            Some(race) => usize::from(of_race[race as usize]),
            None => of_race.iter().copied().map(usize::from).sum(),
        };
        match filter.country {
            // Without a branch for each row, which would cost five times as much as the comparing.
            Some(_) if of_race > 0 => self.rows.iter().map(|row| usize::from(takes(filter, row))).sum(),
            _ => of_race,
        }
    }
}

/// Whether a filter takes a row, leaving its rank aside.
fn takes(filter: &LeaderboardFilter, row: &Row) -> bool {
    filter.race.is_none_or(|race| row.race == race)
        & filter.country.is_none_or(|country| row.country == country)
        & (row.is_best | !filter.best)
}

fn too_old_before(now: Timestamp) -> Timestamp {
    now - ACTIVE
}

impl Default for Standings {
    fn default() -> Self {
        Standings {
            chunks: Vec::new(),
            placed: BTreeMap::new(),
            ages: BTreeSet::new(),
            hidden: BTreeSet::new(),
            clock: Timestamp::ZERO,
        }
    }
}

impl Standings {
    /// The rows of a player are these now.
    pub fn set(
        &mut self,
        player: PlayerId,
        country: CountryCode,
        ratings: impl Iterator<Item = (Race, Mmr, Timestamp)>,
    ) {
        let oldest = too_old_before(self.clock);
        let mut rows = Rows::default();
        if !self.hidden.contains(&player) {
            for (race, mmr, last_played) in ratings {
                // A rating without a match never played.
                if last_played >= oldest && last_played > Timestamp::ZERO {
                    rows[race as usize] = Some((mmr, last_played));
                }
            }
        }
        self.place(player, Placed { country, rows });
    }

    /// A player, such as one who was banned, is not on the leaderboard from here on, or may be again
    /// with the next [`Standings::set`].
    pub fn set_hidden(&mut self, player: PlayerId, hidden: bool) {
        if hidden {
            self.hidden.insert(player);
            self.place(player, Placed { country: CountryCode::UNSAID, rows: Rows::default() });
        } else {
            self.hidden.remove(&player);
        }
    }

    /// Rows that are too old by `now` leave their chunks.
    pub fn advance(&mut self, now: Timestamp) {
        // Back as well: a clock that was ahead for a while must not keep new rows out.
        self.clock = now;
        let oldest = too_old_before(self.clock);
        while let Some((at, player, race)) = self.ages.first().copied()
            && at < oldest
        {
            let mut placed = self.placed[&player];
            placed.rows[race as usize] = None;
            self.place(player, placed);
        }
    }

    /// Takes a player's rows out of their chunks and puts these in.
    fn place(&mut self, player: PlayerId, new: Placed) {
        let old = self.placed.get(&player).copied();
        if old == Some(new) {
            return;
        }
        if let Some(old) = old {
            for row in rows_of(player, &old) {
                self.ages.remove(&(row.last_played, player, row.race));
                self.remove(&row);
            }
        }
        for row in rows_of(player, &new) {
            self.ages.insert((row.last_played, player, row.race));
            self.insert(row);
        }
        if new.rows == Rows::default() {
            self.placed.remove(&player);
        } else {
            self.placed.insert(player, new);
        }
    }

    /// The chunk in which a row is, or would be.
    fn chunk_of(&self, row: &Row) -> usize {
        let before = |chunk: &Chunk| chunk.rows.last().is_some_and(|last| last.order() < row.order());
        self.chunks.partition_point(before)
    }

    fn insert(&mut self, row: Row) {
        if self.chunks.is_empty() {
            self.chunks.push(Chunk::default());
        }
        let index = self.chunk_of(&row).min(self.chunks.len() - 1);
        let chunk = &mut self.chunks[index];
        let at = chunk.rows.partition_point(|other| other.order() < row.order());
        chunk.insert(at, row);
        if chunk.rows.len() > CHUNK {
            let rest = chunk.rows.split_off(CHUNK / 2);
            let half = std::mem::take(&mut chunk.rows);
            self.chunks[index] = Chunk::of(half);
            self.chunks.insert(index + 1, Chunk::of(rest));
        }
    }

    fn remove(&mut self, row: &Row) {
        let index = self.chunk_of(row);
        let chunk = &mut self.chunks[index];
        let at = chunk.rows.partition_point(|other| other.order() < row.order());
        assert_eq!(chunk.rows[at], *row, "a row that is placed lies in its chunk");
        chunk.remove(at);
        let left = chunk.rows.len();
        if left == 0 {
            self.chunks.remove(index);
        } else if let Some(next) = self.chunks.get(index + 1)
            && left + next.rows.len() <= CHUNK / 2
        {
            let next = self.chunks.remove(index + 1);
            let mut rows = std::mem::take(&mut self.chunks[index].rows);
            rows.extend(next.rows);
            self.chunks[index] = Chunk::of(rows);
        }
    }

    /// What it takes of memory, about.
    pub fn bytes(&self) -> usize {
        let chunks: usize = self.chunks.iter().map(|chunk| memory::of_vec(&chunk.rows)).sum();
        let places = memory::of_flat_map(&self.placed) + memory::of_set(&self.ages);
        chunks + memory::of_vec(&self.chunks) + places + memory::of_set(&self.hidden)
    }

    /// Rows that are in the chunks.
    pub fn len(&self) -> usize {
        self.ages.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ages.is_empty()
    }

    /// Whether every row in a chunk is on the leaderboard of that time.
    fn is_current(&self, now: Timestamp) -> bool {
        self.ages.first().is_none_or(|(at, ..)| *at >= too_old_before(now))
    }

    /// Where a row stands; None if it is not on the leaderboard.
    pub fn place_of(&self, now: Timestamp, (player, race): RatingKey) -> Option<Place> {
        let placed = self.placed.get(&player)?;
        let row = rows_of(player, placed).find(|row| row.race == race)?;
        let (before, all) = if self.is_current(now) {
            let index = self.chunk_of(&row);
            let before: usize = self.chunks[..index].iter().map(|chunk| chunk.rows.len()).sum();
            let within = self.chunks[index].rows.partition_point(|other| other.order() < row.order());
            (before + within, self.len())
        } else {
            if row.last_played < too_old_before(now) {
                return None;
            }
            let before = self.by_age(now).take_while(|other| other.order() < row.order()).count();
            (before, self.by_age(now).count())
        };
        Some(place(before, all))
    }

    /// One page of so many rows of those that a filter takes.
    pub fn page(&self, now: Timestamp, filter: &LeaderboardFilter, page: usize, rows: usize) -> Page {
        if !self.is_current(now) {
            return self.page_by_age(now, filter, page, rows);
        }
        let all = self.len();
        let places = places(filter, all);
        let counts: Vec<usize> = self.chunks.iter().map(|chunk| chunk.count(filter)).collect();
        let first = self.count_before(filter, &counts, places.start);
        let taken = self.count_before(filter, &counts, places.end) - first;
        let (page, pages) = page_of(taken, page, rows);
        let until = (page * rows + rows).min(taken);
        let found = self.take(filter, &counts, first + page * rows..first + until);
        let rows = found.into_iter().map(|(at, row)| (place(at, all), row.key())).collect();
        Page { page, pages, rows }
    }

    /// How many of the first `end` rows the filter takes; `counts` are those of the chunks.
    fn count_before(&self, filter: &LeaderboardFilter, counts: &[usize], end: usize) -> usize {
        let (mut at, mut count) = (0, 0);
        for (chunk, in_chunk) in self.chunks.iter().zip(counts) {
            let rest = end - at;
            if chunk.rows.len() > rest {
                return count + chunk.rows[..rest].iter().filter(|row| takes(filter, row)).count();
            }
            count += in_chunk;
            at += chunk.rows.len();
        }
        count
    }

    /// The rows with these numbers among those that the filter takes, and where each is among all.
    fn take(&self, filter: &LeaderboardFilter, counts: &[usize], numbers: Range<usize>) -> Vec<(usize, Row)> {
        let (mut at, mut number) = (0, 0);
        let mut found = Vec::with_capacity(numbers.len());
        for (chunk, in_chunk) in self.chunks.iter().zip(counts) {
            if number >= numbers.end {
                break;
            }
            if number + in_chunk > numbers.start {
                let taken = (at..).zip(&chunk.rows).filter(|(_, row)| takes(filter, row));
                let asked = (number..).zip(taken).filter(|(number, _)| numbers.contains(number));
                found.extend(asked.map(|(_, (at, row))| (at, *row)));
            }
            number += in_chunk;
            at += chunk.rows.len();
        }
        found
    }

    /// All rows that are not too old, in order.
    fn by_age(&self, now: Timestamp) -> impl Iterator<Item = &Row> {
        let oldest = too_old_before(now);
        self.chunks.iter().flat_map(|chunk| &chunk.rows).filter(move |row| row.last_played >= oldest)
    }

    fn page_by_age(&self, now: Timestamp, filter: &LeaderboardFilter, page: usize, rows: usize) -> Page {
        let all = self.by_age(now).count();
        let places = places(filter, all);
        let most = if filter.best { self.placed.last_key_value() } else { None };
        let players =
            most.map_or(0, |(player, _)| usize::try_from(player.0).expect("players fit memory") + 1);
        let mut seen = vec![false; players];
        let taken: Vec<(usize, RatingKey)> = (0..)
            .zip(self.by_age(now))
            .filter(|(at, row)| {
                // The best row of a player may be too old, and another one is.
                let is_best = !filter.best || !std::mem::replace(&mut seen[row.player as usize], true);
                places.contains(at) & takes(filter, &Row { is_best, ..**row })
            })
            .map(|(at, row)| (at, row.key()))
            .collect();
        let (page, pages) = page_of(taken.len(), page, rows);
        let shown = taken.into_iter().skip(page * rows).take(rows);
        Page { page, pages, rows: shown.map(|(at, row)| (place(at, all), row)).collect() }
    }
}

/// A player's rows as they lie in the chunks.
fn rows_of(player: PlayerId, placed: &Placed) -> impl Iterator<Item = Row> {
    let player = u32::try_from(player.0).expect("there are fewer than 2^32 players");
    let rows = Race::ALL.iter().zip(placed.rows).filter_map(|(race, row)| Some((*race, row?)));
    let country = placed.country;
    let row =
        move |(race, (mmr, last_played))| Row { last_played, mmr, player, country, race, is_best: false };
    let rows = rows.map(row);
    let best = rows.clone().map(|row| row.order()).min();
    rows.map(move |row| Row { is_best: Some(row.order()) == best, ..row })
}

fn narrow(number: usize) -> u32 {
    u32::try_from(number).expect("there are fewer than 2^32 rows")
}

fn place(before: usize, all: usize) -> Place {
    let place = narrow(before) + 1;
    Place { place, rank: ranks::of_place(place, narrow(all)) }
}

/// The places, from 0, among which a filter's rows are.
fn places(filter: &LeaderboardFilter, all: usize) -> Range<usize> {
    match filter.rank {
        None => 0..all,
        Some(rank) => {
            let Range { start, end } = ranks::places(rank, narrow(all));
            start as usize..end as usize
        }
    }
}

/// The page that is shown, and how many there are.
fn page_of(taken: usize, page: usize, rows: usize) -> (usize, usize) {
    let pages = taken.div_ceil(rows).max(1);
    (page.min(pages - 1), pages)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::chance::Chance;

    const DAY: u64 = 24 * 60 * 60 * 1000;

    /// All that the standings are to answer, by sorting.
    #[derive(Default)]
    struct Naive {
        rows: BTreeMap<RatingKey, (Mmr, Timestamp)>,
        countries: BTreeMap<PlayerId, CountryCode>,
        hidden: BTreeSet<PlayerId>,
    }

    impl Naive {
        fn sorted(&self, now: Timestamp) -> Vec<RatingKey> {
            let shown = self.rows.iter().filter(|((player, _), (_, at))| {
                *at >= now - ACTIVE && *at > Timestamp::ZERO && !self.hidden.contains(player)
            });
            let mut rows: Vec<_> =
                shown.map(|((player, race), (mmr, at))| (Reverse(*mmr), *at, *player, *race)).collect();
            rows.sort();
            rows.into_iter().map(|(_, _, player, race)| (player, race)).collect()
        }

        fn page(&self, now: Timestamp, filter: &LeaderboardFilter, page: usize, size: usize) -> Page {
            let sorted = self.sorted(now);
            let all = u32::try_from(sorted.len()).unwrap();
            let mut seen = BTreeSet::new();
            let mut rows = Vec::new();
            for (place, (player, race)) in (1..).zip(&sorted) {
                let is_best = seen.insert(*player);
                let rank = ranks::of_place(place, all);
                if filter.race.is_none_or(|of| of == *race)
                    && filter.country.is_none_or(|of| of == self.countries[player])
                    && filter.rank.is_none_or(|of| of == rank)
                    && (is_best || !filter.best)
                {
                    rows.push((Place { place, rank }, (*player, *race)));
                }
            }
            let pages = rows.len().div_ceil(size).max(1);
            let page = page.min(pages - 1);
            Page { page, pages, rows: rows.into_iter().skip(page * size).take(size).collect() }
        }
    }

    fn country(number: usize) -> CountryCode {
        CountryCode::from_code(["KR", "DE", "XX"][number]).unwrap()
    }

    /// Rows come, move, grow old, are hidden and shown, and after each step every question has the
    /// answer that sorting gives.
    #[test]
    fn any_page_is_that_of_a_sorted_list() {
        for (seed, players, steps) in [(1, 4, 300), (2, 60, 500), (3, 2000, 7000)] {
            let mut chance = Chance(seed);
            let (mut standings, mut naive) = (Standings::default(), Naive::default());
            let mut now = Timestamp(100 * DAY);
            let mut slow = 0;
            for step in 0..steps {
                now = Timestamp(now.0 + chance.below(usize::try_from(40 * DAY).unwrap() / steps) as u64);
                let player = PlayerId(1 + chance.below(players) as u64);
                naive.countries.entry(player).or_insert_with(|| country(chance.below(3)));
                match chance.below(20) {
                    0 => drop(naive.countries.insert(player, country(chance.below(3)))),
                    1 => {
                        let hidden = chance.below(2) == 0;
                        if hidden {
                            naive.hidden.insert(player)
                        } else {
                            naive.hidden.remove(&player)
                        };
                        standings.set_hidden(player, hidden);
                    }
                    2 => drop(naive.rows.remove(&(player, Race::ALL[chance.below(RACES)]))),
                    3..6 => standings.advance(now),
                    _ => {
                        let mmr = Mmr(1400 + chance.below(200) as i32);
                        let at = Timestamp(now.0 - chance.below(3) as u64 * 6 * DAY);
                        naive.rows.insert((player, Race::ALL[chance.below(RACES)]), (mmr, at));
                    }
                }
                let own = naive.rows.iter().filter(|((of, _), _)| *of == player);
                let own = own.map(|((_, race), (mmr, at))| (*race, *mmr, *at));
                standings.set(player, naive.countries[&player], own);
                if step % (steps / 200).max(1) != 0 {
                    continue;
                }
                slow += usize::from(!standings.is_current(now));
                let pick = |of: usize| of.checked_sub(1);
                let filter = LeaderboardFilter {
                    race: pick(chance.below(RACES + 1)).map(|at| Race::ALL[at]),
                    country: pick(chance.below(4)).map(country),
                    rank: pick(chance.below(12)).and_then(|at| Rank::ALL.get(at)).copied(),
                    best: chance.below(2) == 0,
                };
                for filter in [LeaderboardFilter::default(), filter] {
                    let page = chance.below(6);
                    let (found, expected) =
                        (standings.page(now, &filter, page, 20), naive.page(now, &filter, page, 20));
                    assert_eq!(found, expected, "seed {seed}, step {step}, {filter:?}");
                }
                let sorted = naive.sorted(now);
                for row in sorted.iter().take(3).chain(sorted.last()).chain([&(player, Race::BwZerg)]) {
                    let place =
                        sorted.iter().position(|of| of == row).map(|before| place(before, sorted.len()));
                    assert_eq!(standings.place_of(now, *row), place, "seed {seed}, step {step}, {row:?}");
                }
            }
            assert!(slow > 3 && slow < 150, "both ways are taken: {slow}");
            let rows: usize = standings.chunks.iter().map(|chunk| chunk.rows.len()).sum();
            assert_eq!(rows, standings.len());
            assert!(standings.chunks.iter().all(|chunk| (1..=CHUNK).contains(&chunk.rows.len())));
            assert!(players < 1000 || standings.chunks.len() > 3, "{} chunks", standings.chunks.len());
        }
    }

    #[test]
    fn a_row_of_the_order_is_small() {
        assert_eq!(size_of::<Row>(), 24);
    }
}
