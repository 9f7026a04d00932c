//! `scripts/bench ratings`: what a correction costs, and a page of the leaderboard.
//!
//! Matches are drawn from a seed and closed by a ladder in memory, each as its rules rate it; then the
//! first is voided. The leaderboard has as many rows as asked for, a fifth of their players with two
//! races, and pages are asked for at random.

use anyhow::{Context, ensure};
use clap::Parser;
use evoladder::clock::instant;
use evoladder::domain::chance::Chance;
use evoladder::domain::ladder::Ladder;
use evoladder::domain::rating::{Fold, Item};
use evoladder::domain::standings::Standings;
use evoladder::season;
use ipc_schema::event::{Event, Pairing, RatingChange};
use ipc_schema::ids::{CardId, MatchId, PlayerId, UserId};
use ipc_schema::view::LeaderboardFilter;
use ipc_schema::vocab::{CountryCode, Ground, Locale, Mmr, Outcome, Race, Rank, Server, Timestamp, Verdict};
use serde::Serialize;
use std::path::PathBuf;

const START: Timestamp = Timestamp(1_795_284_000_000);
const MINUTE: u64 = 60_000;

/// Matches before the correction, and among how many players.
const CORRECTIONS: [(u64, usize); 3] = [(1_000, 120), (10_000, 300), (100_000, 3_000)];

const ROWS: [usize; 3] = [1_000, 10_000, 100_000];

/// Questions of each kind.
const ASKED: usize = 400;

#[derive(Serialize)]
struct Correction {
    matches: u64,
    players: usize,
    /// Milliseconds to decide that the first match is void, the state going by it not included.
    decide_ms: f64,
    evolve_ms: f64,
    rows_moved: usize,
}

#[derive(Serialize)]
struct Pages {
    rows: usize,
    filter: &'static str,
    /// Microseconds a page of 20 rows, median and most.
    us_p50: f64,
    us_max: f64,
}

#[derive(Serialize)]
struct Report {
    bench: &'static str,
    seed: u64,
    corrections: Vec<Correction>,
    pages: Vec<Pages>,
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
    println!("matches  players  decide ms  evolve ms  rows moved");
    let mut corrections = Vec::new();
    for (matches, players) in CORRECTIONS {
        let row = correct(seed, matches, players)?;
        println!(
            "{:>7} {:>8} {:>10.1} {:>10.1} {:>11}",
            row.matches, row.players, row.decide_ms, row.evolve_ms, row.rows_moved
        );
        corrections.push(row);
    }
    println!("\n   rows  asked for                us p50    us max");
    let pages: Vec<Pages> = ROWS.into_iter().flat_map(|rows| pages(seed, rows)).collect();
    for row in &pages {
        println!("{:>7}  {:<22} {:>8.1} {:>9.1}", row.rows, row.filter, row.us_p50, row.us_max);
    }
    if let Some(file) = json {
        let report = Report { bench: "ratings", seed, corrections, pages };
        let text = serde_json::to_string_pretty(&report)?;
        std::fs::write(&file, text).with_context(|| format!("write {}", file.display()))?;
    }
    Ok(())
}

fn millis(run: impl FnOnce()) -> f64 {
    let start = instant();
    run();
    start.elapsed().as_secs_f64() * 1e3
}

fn correct(seed: u64, matches: u64, players: usize) -> anyhow::Result<Correction> {
    let season = season::load(season::Which::Real)?;
    let mut ladder = Ladder::new(seed);
    for number in 1..=players as u64 {
        let (player, user) = (PlayerId(number), UserId(number));
        ladder.evolve(&Event::PlayerJoined { player, user, locale: Locale::EnUs, at: START });
    }
    let mut chance = Chance(seed);
    let mut fold = Fold::default();
    let mut card = 0;
    for number in 1..=matches {
        let one = chance.below(players);
        let other = (one + 1 + chance.below(players - 1)) % players;
        let ids = [one, other].map(|player| PlayerId(player as u64 + 1));
        let races = [Race::ALL[chance.below(3)], Race::ALL[3 + chance.below(3)]];
        let winner = u8::from(chance.below(one + other + 2) > one);
        let (at, match_id) = (Timestamp(START.0 + number * MINUTE), MatchId(number));
        let verdict = Verdict::Decided { winner, ground: Ground::Recorded };
        let rows = [0, 1].map(|slot| (ids[slot], races[slot]));
        let outcome = verdict.outcome(0).unwrap_or(Outcome::Draw);
        let before = rows.map(|row| fold.of(row).mmr);
        fold.take(&Item::Result { match_id, rows, outcome, at });
        let change = |slot: usize| RatingChange {
            player: ids[slot],
            race: races[slot],
            before: before[slot],
            after: fold.of(rows[slot]).mmr,
        };
        let pairing = Pairing {
            match_id,
            players: ids,
            races,
            map: "keres_passage".to_owned(),
            server: Server::Euc,
            confirm_deadline: at,
        };
        for event in [
            Event::Queued { player: ids[0], at },
            Event::Queued { player: ids[1], at },
            Event::WaveFired { at, pairings: vec![pairing], generator: 1 },
            Event::Started { match_id, at, deadline: at },
            Event::Closed { match_id, verdict, ratings: Some([change(0), change(1)]), at },
        ] {
            ladder.evolve(&event);
        }
        // Two cards a match, which nobody reads here.
        for _ in 0..2 {
            card += 1;
            ladder.evolve(&Event::CardLost { card: CardId(card), version: 9, at });
        }
        ladder.take_changed_cards();
    }
    let now = Timestamp(START.0 + (matches + 1) * MINUTE);
    let mut events = Ok(Vec::new());
    let decide_ms = millis(|| events = ladder.resolve(&season, now, UserId(9), MatchId(1), Verdict::Void));
    let Ok(events) = events else { anyhow::bail!("the first match cannot be voided: {events:?}") };
    let evolve_ms = millis(|| events.iter().for_each(|event| ladder.evolve(event)));
    ensure!(ladder.audit().is_empty(), "the ratings are not those of the results");
    let moved = events.iter().map(|event| match event {
        Event::Rerated { rows, .. } => rows.len(),
        _ => 0,
    });
    Ok(Correction { matches, players, decide_ms, evolve_ms, rows_moved: moved.sum() })
}

fn country(number: usize) -> CountryCode {
    CountryCode::from_code(["KR", "DE", "US", "FR", "XX"][number]).unwrap_or(CountryCode::UNSAID)
}

fn pages(seed: u64, rows: usize) -> Vec<Pages> {
    let mut chance = Chance(seed);
    let mut standings = Standings::default();
    let now = Timestamp(START.0 + 30 * 24 * 60 * MINUTE);
    let rating = |chance: &mut Chance| {
        let mmr = Mmr(1100 + (0..4).map(|_| chance.below(200) as i32).sum::<i32>());
        (mmr, Timestamp(now.0 - chance.below(10 * 24 * 60) as u64 * MINUTE))
    };
    let mut players = 0;
    while standings.len() < rows {
        players += 1;
        let races = if chance.below(5) == 0 { 2 } else { 1 };
        let first = chance.below(Race::ALL.len());
        let own: Vec<_> = (0..races)
            .map(|more| {
                let (mmr, at) = rating(&mut chance);
                (Race::ALL[(first + more) % Race::ALL.len()], mmr, at)
            })
            .collect();
        standings.set(PlayerId(players), country(chance.below(5)), own.into_iter());
    }
    let all = LeaderboardFilter::default();
    let race = Some(Race::Sc2Zerg);
    let korea = Some(country(0));
    let nobody = CountryCode::from_code("ZZ");
    let filters = [
        ("all rows", all),
        ("one race", LeaderboardFilter { race, ..all }),
        ("one country", LeaderboardFilter { country: korea, ..all }),
        ("a country of nobody", LeaderboardFilter { country: nobody, ..all }),
        ("best races", LeaderboardFilter { best: true, ..all }),
        ("rank B", LeaderboardFilter { rank: Some(Rank::B), ..all }),
        ("race, country, best", LeaderboardFilter { race, country: korea, rank: None, best: true }),
    ];
    let mut measured: Vec<Pages> = filters
        .into_iter()
        .map(|(name, filter)| {
            let pages = standings.page(now, &filter, usize::MAX, 20).pages;
            let asked = (0..ASKED).map(|_| chance.below(pages)).collect::<Vec<_>>();
            timed(rows, name, asked, |page| {
                drop(std::hint::black_box(standings.page(now, &filter, page, 20)));
            })
        })
        .collect();
    let some: Vec<usize> = (0..ASKED).map(|_| 1 + chance.below(players as usize)).collect();
    measured.push(timed(rows, "place of a row", some.clone(), |player| {
        let row = (PlayerId(player as u64), Race::Sc2Zerg);
        std::hint::black_box(standings.place_of(now, row));
    }));
    // A silent fortnight: no event took out what grew old since.
    let late = Timestamp(now.0 + 7 * 24 * 60 * MINUTE);
    let any: Vec<usize> = (0..ASKED).map(|_| chance.below(rows / 40)).collect();
    measured.push(timed(rows, "all rows, after silence", any, |page| {
        drop(std::hint::black_box(standings.page(late, &all, page, 20)));
    }));
    measured.push(timed(rows, "a row moves", some, |player| {
        let (mmr, at) = rating(&mut chance);
        let own = [(Race::ALL[player % Race::ALL.len()], mmr, at)];
        standings.set(PlayerId(player as u64), country(0), own.into_iter());
    }));
    measured
}

fn timed(rows: usize, filter: &'static str, asked: Vec<usize>, mut ask: impl FnMut(usize)) -> Pages {
    let mut us: Vec<f64> = asked.into_iter().map(|number| millis(|| ask(number)) * 1e3).collect();
    us.sort_by(f64::total_cmp);
    Pages { rows, filter, us_p50: us[us.len() / 2], us_max: us[us.len() - 1] }
}
