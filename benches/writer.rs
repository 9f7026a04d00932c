//! `scripts/bench writer`: what the journal adds to a write and an `fdatasync`, and what the tables cost ([`database`]).
//!
//! Some clients append a record each, and the next one when that is acknowledged. The frames that
//! came of it are then written and synced once more, bare: into a file of which the room was taken
//! beforehand, as the journal does, and into one that grows. The three take turns.

#[path = "writer/database.rs"]
mod database;
#[path = "writer/load.rs"]
mod load;
#[expect(dead_code, reason = "tests use more of it")]
#[path = "../tests/support/postgres.rs"]
mod postgres;
#[path = "writer/relay.rs"]
mod relay;

use anyhow::Context;
use clap::Parser;
use evoladder::clock::instant;
use evoladder::journal::Journal;
use evoladder::journal::commit::Commits;
use ipc_schema::db_writer::{Record, StoredReply};
use ipc_schema::event::Event;
use ipc_schema::ids::{Key, LadderId, PlayerId, Seq};
use ipc_schema::vocab::Timestamp;
use nix::fcntl::{FallocateFlags, fallocate};
use serde::Serialize;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

/// Clients, and records they append in one round.
const LOADS: [(usize, u64); 3] = [(1, 2_000), (16, 20_000), (256, 100_000)];

/// Acknowledged events a second to those of bare write and sync, and the median time alone to theirs.
const GOAL: f64 = 0.7;
const GOAL_ALONE: f64 = 1.4;

/// Of a segment's header.
const HEADER_BYTES: usize = 32;

#[derive(Parser)]
struct Arguments {
    /// Write the numbers there too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Rounds, of which the median is taken
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u32).range(5..))]
    rounds: u32,
    /// The disk to measure
    #[arg(long, value_name = "DIR", default_value = ".")]
    dir: PathBuf,
}

#[derive(Serialize)]
struct Row {
    clients: usize,
    records: u64,
    record_bytes: usize,
    /// Records in a frame, the mean of all rounds.
    records_per_frame: f64,
    events_per_s: f64,
    bare_per_s: f64,
    /// The median of the rounds' ratios.
    ratio: f64,
    goal: f64,
    met: bool,
    /// From the request until it is known to be on disk, all rounds together.
    p50_us: f64,
    p99_us: f64,
    bare_p50_us: f64,
    bare_p99_us: f64,
    growing_per_s: f64,
    /// Bare into room that was taken beforehand, to bare into a file that grows.
    preallocated_ratio: f64,
}

#[derive(Serialize)]
struct Report {
    bench: &'static str,
    rounds: u32,
    rows: Vec<Row>,
    /// Median of one client's append to that of a bare write and sync (G17).
    alone_ratio: f64,
    alone_goal: f64,
    alone_met: bool,
    /// Events a second with the most clients to those with one (G18).
    group_ratio: f64,
    /// None where PostgreSQL is not installed.
    database: Option<database::Report>,
}

/// Times of one pass, and of each request or frame in it.
struct Pass {
    took: Duration,
    each: Vec<Duration>,
}

fn main() -> anyhow::Result<()> {
    let Arguments { json, rounds, dir } = Arguments::parse();
    println!(
        "clients  in a frame   events/s     bare/s  ratio  goal    p50 us   p99 us  bare p50  bare p99  growing/s  preallocated"
    );
    let mut rows = Vec::new();
    for (clients, records) in LOADS {
        let row = measure(&dir, clients, records, rounds)?;
        println!(
            "{:>7} {:>11.1} {:>10.0} {:>10.0} {:>6.2} {:>5.2} {:>9.0} {:>8.0} {:>9.0} {:>9.0} {:>10.0} {:>13.2}",
            row.clients,
            row.records_per_frame,
            row.events_per_s,
            row.bare_per_s,
            row.ratio,
            row.goal,
            row.p50_us,
            row.p99_us,
            row.bare_p50_us,
            row.bare_p99_us,
            row.growing_per_s,
            row.preallocated_ratio
        );
        rows.push(row);
    }
    let alone_ratio = rows[0].p50_us / rows[0].bare_p50_us;
    let group_ratio = rows[rows.len() - 1].events_per_s / rows[0].events_per_s;
    println!(
        "alone, p50 to bare p50: {alone_ratio:.2} (at most {GOAL_ALONE}); most clients to one: {group_ratio:.1}"
    );
    let database = database::measure(&dir, rounds)?;
    if let Some(database) = &database {
        database.print();
    }
    let report = Report {
        bench: "writer",
        rounds,
        rows,
        alone_ratio,
        alone_goal: GOAL_ALONE,
        alone_met: alone_ratio <= GOAL_ALONE,
        group_ratio,
        database,
    };
    if let Some(path) = json {
        let text = serde_json::to_string_pretty(&report).context("encode the report")?;
        std::fs::write(&path, text + "\n").with_context(|| format!("write {}", path.display()))?;
    }
    Ok(())
}

fn measure(dir: &Path, clients: usize, records: u64, rounds: u32) -> anyhow::Result<Row> {
    let (mut ours, mut bare, mut growing) = (Vec::new(), Vec::new(), Vec::new());
    let (mut ratios, mut preallocated, mut frames_in_all) = (Vec::new(), Vec::new(), 0);
    // The first round warms up what there is to warm up, and counts for nothing.
    for round in 0..=rounds {
        let folder = tempfile::tempdir_in(dir).context("make a folder on the disk to measure")?;
        let through_commits = append(folder.path(), clients, records)?;
        let frames = frames(folder.path())?;
        let bare_file = write(&folder.path().join("bare"), &frames, &Room::TakenBeforehand)?;
        let growing_file = write(&folder.path().join("growing"), &frames, &Room::None)?;
        if round > 0 {
            ratios.push(bare_file.took.as_secs_f64() / through_commits.took.as_secs_f64());
            preallocated.push(growing_file.took.as_secs_f64() / bare_file.took.as_secs_f64());
            frames_in_all += frames.len();
            ours.push(through_commits);
            bare.push(bare_file);
            growing.push(growing_file);
        }
    }
    let per_s = |passes: &[Pass]| {
        median(passes.iter().map(|pass| records as f64 / pass.took.as_secs_f64()).collect())
    };
    let each = |passes: Vec<Pass>| -> Vec<Duration> {
        let mut each: Vec<Duration> = passes.into_iter().flat_map(|pass| pass.each).collect();
        each.sort();
        each
    };
    let at =
        |each: &[Duration], part: f64| each[((each.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e6;
    let (events_per_s, bare_per_s, growing_per_s) = (per_s(&ours), per_s(&bare), per_s(&growing));
    let (ours, bare) = (each(ours), each(bare));
    let ratio = median(ratios);
    Ok(Row {
        clients,
        records,
        record_bytes: ipc_schema::frame::to_bytes(&record(records)).len(),
        records_per_frame: (records * u64::from(rounds)) as f64 / frames_in_all as f64,
        events_per_s,
        bare_per_s,
        ratio,
        goal: GOAL,
        met: ratio >= GOAL,
        p50_us: at(&ours, 0.5),
        p99_us: at(&ours, 0.99),
        bare_p50_us: at(&bare, 0.5),
        bare_p99_us: at(&bare, 0.99),
        growing_per_s,
        preallocated_ratio: median(preallocated),
    })
}

/// About 200 bytes: one event, its key and the page it was answered with.
fn record(seq: u64) -> Record {
    Record {
        seq: Seq(seq),
        at: Timestamp(1_800_000_000_000 + seq),
        key: Some(Key::Interaction(1_100_000_000_000_000_000 + seq)),
        events: vec![Event::LeftQueue { player: PlayerId(seq), at: Timestamp(1_800_000_000_000 + seq) }],
        reply: Some(StoredReply { protocol: 1, bytes: vec![7; 140] }),
    }
}

fn append(dir: &Path, clients: usize, records: u64) -> anyhow::Result<Pass> {
    let journal = Journal::open(dir, LadderId(1))?;
    let commits = Commits::start(journal, |error| panic!("{error}"));
    let (told, acknowledged) = mpsc::channel();
    let mut sent = 0;
    let mut send_next = || {
        sent += 1;
        let (told, began) = (told.clone(), instant());
        let done = move |synced: Result<Seq, String>| {
            told.send(synced.map(|_| began.elapsed())).expect("read to the end");
        };
        commits.append(&[record(sent)], done).map_err(anyhow::Error::msg)
    };
    let began = instant();
    for _ in 0..clients {
        send_next()?;
    }
    let mut each = Vec::new();
    while (each.len() as u64) < records {
        each.push(acknowledged.recv().context("the journal ended")?.map_err(anyhow::Error::msg)?);
        if (each.len() + clients) as u64 <= records {
            send_next()?;
        }
    }
    Ok(Pass { took: began.elapsed(), each })
}

/// The frames of the journal's first and only segment.
fn frames(dir: &Path) -> anyhow::Result<Vec<Vec<u8>>> {
    let bytes = std::fs::read(dir.join("00000000000000000001.journal")).context("read the segment")?;
    let mut rest = &bytes[HEADER_BYTES..];
    let mut frames = Vec::new();
    while let Some(length) =
        rest.first_chunk().map(|length| u32::from_le_bytes(*length)).filter(|length| *length > 0)
    {
        let (frame, behind) = rest.split_at(20 + length as usize);
        frames.push(frame.to_vec());
        rest = behind;
    }
    Ok(frames)
}

enum Room {
    TakenBeforehand,
    None,
}

fn write(path: &Path, frames: &[Vec<u8>], room: &Room) -> anyhow::Result<Pass> {
    let file = File::options().create_new(true).write(true).open(path).context("make a bare file")?;
    if let Room::TakenBeforehand = room {
        fallocate(&file, FallocateFlags::empty(), 0, 64 << 20).context("take room")?;
    }
    file.sync_all()?;
    let (mut end, mut each) = (0, Vec::new());
    let began = instant();
    for frame in frames {
        let began = instant();
        file.write_all_at(frame, end)?;
        file.sync_data()?;
        each.push(began.elapsed());
        end += frame.len() as u64;
    }
    Ok(Pass { took: began.elapsed(), each })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
