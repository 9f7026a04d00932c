//! `scripts/bench pairing`: what a wave costs, and how close it comes to the best there is.
//!
//! Rooms are drawn from a seed: ratings spread like a ladder's, a third of the players in both
//! eras, waiting times of up to four waves. Each room is matched by the ladder, greedily (longest
//! waiting first, each takes the cheapest partner) and exactly as a whole. The
//! largest possible number of pairs is found apart, from the greedy ones.

use anyhow::Context;
use clap::Parser;
use evoladder::clock::instant;
use evoladder::domain::chance::Chance;
use evoladder::domain::pairing::cardinality::maximum_cardinality;
use evoladder::domain::pairing::{Candidate, Room};
use evoladder::domain::queue::Entry;
use evoladder::domain::season::Season;
use evoladder::season;
use ipc_schema::ids::PlayerId;
use ipc_schema::vocab::{Era, Mmr, Race, RaceChoice, Region, Timestamp};
use serde::Serialize;
use std::collections::VecDeque;
use std::path::PathBuf;

/// Players that wait, and how many rooms of that size are drawn.
const SIZES: [(usize, u64); 5] = [(10, 25), (100, 15), (400, 9), (1000, 7), (10_000, 3)];

const NOW: Timestamp = Timestamp(1_800_000_000_000);

#[derive(Serialize)]
struct Row {
    waiting: usize,
    rooms: u64,
    /// Milliseconds a wave, median and most.
    ms_p50: f64,
    ms_max: f64,
    pairs: usize,
    pairs_optimal: usize,
    pairs_greedy: usize,
    /// Cost of the ladder's pairs to that of the exact matching of the whole room.
    cost_ratio: f64,
    cost_ratio_greedy: f64,
    ms_p50_whole: f64,
}

#[derive(Serialize)]
struct Report {
    bench: &'static str,
    seed: u64,
    rows: Vec<Row>,
}

#[derive(Parser)]
struct Arguments {
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

fn main() -> anyhow::Result<()> {
    let Arguments { json, seed } = Arguments::parse();
    let season = season::load(season::Which::Real)?;
    println!("waiting   ms p50   ms max    pairs  optimal   greedy  cost/exact  greedy/exact  exact ms");
    let rows = SIZES.map(|(waiting, rooms)| {
        let row = measure(&season, seed, waiting, rooms);
        println!(
            "{:>7} {:>8.3} {:>8.3} {:>8} {:>8} {:>8} {:>11.4} {:>13.4} {:>9.1}",
            row.waiting,
            row.ms_p50,
            row.ms_max,
            row.pairs,
            row.pairs_optimal,
            row.pairs_greedy,
            row.cost_ratio,
            row.cost_ratio_greedy,
            row.ms_p50_whole,
        );
        row
    });
    if let Some(file) = json {
        let report = Report { bench: "pairing", seed, rows: rows.into_iter().collect() };
        let text = serde_json::to_string_pretty(&report)?;
        std::fs::write(&file, text).with_context(|| format!("write {}", file.display()))?;
    }
    Ok(())
}

fn measure(season: &Season, seed: u64, waiting: usize, rooms: u64) -> Row {
    let nobody = VecDeque::new();
    let (mut own_ms, mut whole_ms) = (Vec::new(), Vec::new());
    let (mut pairs, mut optimal, mut greedy) = (0, 0, 0);
    let (mut own_cost, mut whole_cost, mut greedy_cost) = (0, 0, 0);
    for number in 0..rooms {
        let entries = draw(&mut Chance(seed.wrapping_mul(1000) + number), waiting);
        let candidates: Vec<Candidate<'_>> = (1..)
            .zip(&entries)
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
        let start = instant();
        let room = Room::new(season, NOW, &candidates);
        let own = room.matched(usize::try_from(number * 37).expect("it is small"));
        own_ms.push(start.elapsed().as_secs_f64() * 1e3);

        let longest_first = take_greedily(&room, &entries);
        // From the greedy pairs on, which is far from the ladder's own way, and takes seconds, not hours.
        let mut most = longest_first.clone();
        maximum_cardinality(&mut most, 0..waiting, |a| {
            (0..waiting).filter(|b| room.cost(a, *b).is_some()).collect()
        });
        pairs += count(&own);
        optimal += count(&most);
        greedy += count(&longest_first);
        let start = instant();
        let whole = room.matched_at_once();
        whole_ms.push(start.elapsed().as_secs_f64() * 1e3);
        own_cost += cost(&room, &entries, &own);
        whole_cost += cost(&room, &entries, &whole);
        greedy_cost += cost(&room, &entries, &longest_first);
    }
    let ratio = |cost: i64| cost as f64 / whole_cost as f64;
    Row {
        waiting,
        rooms,
        ms_max: own_ms.iter().copied().fold(0.0, f64::max),
        ms_p50: median(own_ms),
        pairs,
        pairs_optimal: optimal,
        pairs_greedy: greedy,
        cost_ratio: ratio(own_cost),
        cost_ratio_greedy: ratio(greedy_cost),
        ms_p50_whole: median(whole_ms),
    }
}

fn draw(chance: &mut Chance, waiting: usize) -> Vec<(Entry, [i32; 2], Region)> {
    let entry = |_| {
        let both = chance.below(100) < 30;
        let bw = both || chance.below(2) == 0;
        let races =
            RaceChoice { bw: bw.then_some(Race::BwZerg), sc2: (both || !bw).then_some(Race::Sc2Terran) };
        let waves = chance.below(4) as u32;
        let since = Timestamp(NOW.0 - u64::from(waves) * 45_000 - chance.below(45_000) as u64);
        // The sum of four even draws is close to a bell: most are near 1500.
        let rating = 1100 + (0..4).map(|_| chance.below(200) as i32).sum::<i32>();
        // Who is good at one era is about as good at the other.
        let mmr = [rating, rating - 100 + chance.below(201) as i32];
        let region = Region::ALL[chance.below(Region::ALL.len())];
        (Entry::new(since, waves, races, Vec::new()), mmr, region)
    };
    (0..waiting).map(entry).collect()
}

fn take_greedily(room: &Room<'_>, entries: &[(Entry, [i32; 2], Region)]) -> Vec<Option<usize>> {
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|at| entries[*at].0.since);
    let mut mates = vec![None; entries.len()];
    for one in order {
        if mates[one].is_some() {
            continue;
        }
        let free = (0..entries.len()).filter(|other| *other != one && mates[*other].is_none());
        let best = free.filter_map(|other| Some((room.cost(one, other)?, other))).min();
        if let Some((_, other)) = best {
            mates[one] = Some(other);
            mates[other] = Some(one);
        }
    }
    mates
}

fn count(mates: &[Option<usize>]) -> usize {
    mates.iter().flatten().count() / 2
}

/// Gap, host and rematch of all pairs: the cost without what waiting takes off it.
fn cost(room: &Room<'_>, entries: &[(Entry, [i32; 2], Region)], mates: &[Option<usize>]) -> i64 {
    let waited = |at: usize| (NOW.0 - entries[at].0.since.0).cast_signed();
    let pairs = mates.iter().enumerate().filter_map(|(a, mate)| mate.filter(|b| a < *b).map(|b| (a, b)));
    pairs.map(|(a, b)| room.cost(a, b).expect("only edges are taken") + waited(a) + waited(b)).sum()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
