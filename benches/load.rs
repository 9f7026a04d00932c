//! `scripts/bench load`: a whole ladder of real processes, with people who play, wait and look around, and what that costs.
//!
//! The supervisor runs the executables beside this one over a folder of its own, with the emulator in Discord's
//! place. The people live in this process: first all set up, then all begin, and when as many play as shall, the time
//! begins that is measured. What players met is read from the emulator's log, what the ladder needed from its status and the kernel, and
//! in the end the judge says whether something was lost or happened twice.

#[path = "load/log.rs"]
mod log;
#[path = "load/meter.rs"]
mod meter;
#[path = "load/people.rs"]
mod people;
#[expect(dead_code, reason = "tests use more of it")]
#[path = "../tests/support/postgres.rs"]
mod postgres;
#[path = "load/presses.rs"]
mod presses;
#[path = "load/report.rs"]
mod report;
#[path = "load/tree.rs"]
mod tree;

use anyhow::{Context, ensure};
use clap::{Parser, ValueEnum};
use evoladder::clock::{instant, now};
use evoladder::players::habits::{Habits, Uploads};
use evoladder::season::Which;
use log::Told;
use meter::Meter;
use people::People;
use postgres::Postgres;
use report::{Machine, Report, Row};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tree::{Start, Tree};

/// Sizes that are measured if nothing else is asked for.
const USERS: [u32; 5] = [100, 250, 500, 1_000, 5_000];
/// Everybody in a match sends a replay in this time; the ladder takes ten of a player for one match.
const UPLOADS_EVERY: Duration = Duration::from_secs(20);
/// So there are uploads for this long at least, from when most have met.
const UPLOADS_FOR: Duration = Duration::from_secs(120);
/// Of ten people so many are to be in matches.
const PLAYING: u32 = 6;
/// The time begins when this much of them are.
const ENOUGH: f64 = 0.85;
/// And no more calls to Discord wait in line, so what the first matches had to be told is told.
const DUE: f64 = 5.0;
const CALM: Duration = Duration::from_secs(60);
/// Whoever is set up begins within this time for each person, so that the first matches need no more calls a second
/// than Discord allows.
const BEGINNING: Duration = Duration::from_millis(75);
const BETWEEN_ARRIVALS: Duration = Duration::from_millis(25);
/// Setting up, and finding the first matches, may take this long for each thousand of people, and once more.
const PATIENCE: Duration = Duration::from_secs(120);
/// A run that is measured in real time has waves as the season has them.
const WAVE: Duration = Duration::from_secs(45);
/// As the demo's season has them.
const QUICK_WAVE: Duration = Duration::from_secs(5);

#[derive(Parser)]
#[command(name = "scripts/bench load")]
struct Arguments {
    /// How many people, one run for each number [default: 100,250,500,1000,5000]
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = clap::value_parser!(u32).range(2..))]
    users: Vec<u32>,
    /// How long each is measured
    #[arg(long = "for", value_name = "TIME", default_value = "2m", value_parser = duration)]
    length: Duration,
    /// What each call to Discord takes more
    #[arg(long, value_name = "TIME", default_value = "0ms", value_parser = duration)]
    latency: Duration,
    /// Games and thought, and nothing else, are so many times shorter [default: 12]
    #[arg(long, value_name = "TIMES", num_args = 0..=1, require_equals = true, default_missing_value = "12")]
    compressed: Option<u32>,
    /// Waves every 5 s, as in a demo
    #[arg(long)]
    quick_waves: bool,
    /// So many replays a minute, end to end [default: 1920]
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true, default_missing_value = "1920")]
    uploads: Option<u32>,
    /// So many people press at once, five times
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    presses: Option<u32>,
    /// Where the tables are: PostgreSQL is a server of its own on this machine
    #[arg(long, value_name = "NAME", default_value = "sqlite")]
    database: Database,
    #[arg(long, value_name = "N", default_value_t = 7)]
    seed: u64,
    /// Write the numbers there too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Where the ladders are made
    #[arg(long, value_name = "DIR", default_value = "target/bench/load")]
    scratch: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Database {
    Sqlite,
    Postgres,
}

/// What a run of one size is.
struct Evening {
    name: &'static str,
    users: u32,
    habits: Habits,
    length: Duration,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let server = match arguments.database {
        Database::Sqlite => None,
        Database::Postgres => Some(Postgres::start(&[]).context("PostgreSQL is not installed")?),
    };
    let database = if server.is_some() { "PostgreSQL" } else { "SQLite" };
    let mut report = Report::new(Machine::here(), database, arguments.latency, arguments.compressed);
    let sizes = match (&arguments.users[..], arguments.presses, arguments.uploads) {
        ([], None, None) => &USERS[..],
        (users, _, _) => users,
    };
    std::fs::create_dir_all(&arguments.scratch)
        .with_context(|| format!("make {}", arguments.scratch.display()))?;
    for &users in sizes {
        let habits = gathering(Habits::evening(arguments.compressed.unwrap_or(1)), users);
        let evening = Evening { name: "evening", users, habits, length: arguments.length };
        report.rows.push(measure(&arguments, server.as_ref(), &evening)?);
    }
    if let Some(per_minute) = arguments.uploads {
        let senders = per_minute * UPLOADS_EVERY.as_secs() as u32 / 60;
        let users = senders.div_ceil(PLAYING) * 10;
        let length = arguments.length.min(UPLOADS_FOR);
        let habits = Habits::drill(UPLOADS_EVERY);
        let evening = Evening { name: "uploads", users, habits, length };
        report.uploads = Some(measure(&arguments, server.as_ref(), &evening)?);
    }
    if let Some(people) = arguments.presses {
        let start = start(&arguments, server.as_ref(), "presses")?;
        report.presses = Some(presses::measure(&start, people, arguments.latency)?);
    }
    print!("{}", report.table());
    if let Some(path) = &arguments.json {
        std::fs::write(path, serde_json::to_vec_pretty(&report)?)
            .with_context(|| format!("write {}", path.display()))?;
    }
    Ok(())
}

/// People who come fast, since that is not measured, and begin slowly enough.
fn gathering(habits: Habits, users: u32) -> Habits {
    let within_ms = (BEGINNING * users).as_millis() as u64;
    Habits { beginning_ms: 0..=within_ms, between_arrivals: BETWEEN_ARRIVALS, ..habits }
}

fn start(arguments: &Arguments, server: Option<&Postgres>, name: &str) -> anyhow::Result<Start> {
    let executable = std::env::current_exe()?;
    let executables =
        executable.parent().and_then(Path::parent).context("examples lie in the target folder")?;
    Ok(Start {
        executables: executables.to_owned(),
        folder: arguments.scratch.join(name),
        season: if arguments.quick_waves { "demo" } else { "default" },
        seed: arguments.seed,
        database: server.map(Postgres::fresh),
    })
}

/// One run, from an empty folder to the judgement.
fn measure(arguments: &Arguments, server: Option<&Postgres>, evening: &Evening) -> anyhow::Result<Row> {
    let Evening { name, users, ref habits, length } = *evening;
    let start = start(arguments, server, &format!("{name}-{users}"))?;
    let season = Which::from_name(start.season).context("know the season")?;
    let wave = if arguments.quick_waves { QUICK_WAVE } else { WAVE };
    let patience = PATIENCE * (1 + users.div_ceil(1_000));
    say(&format!("{users} people: they set up"));
    let tree = Tree::start(&start)?;
    let people = People::start(&tree, users as usize, arguments.seed, season, habits.clone())?;
    wait_for("everybody to be set up", patience, || people.gauge("players_ready") >= f64::from(users))?;
    let ms = arguments.latency.as_millis();
    tree.ask_for(&json!({"latency_ms": ms, "callback_latency_ms": ms.min(1_000)}))?;
    say(&format!("{users} people: they begin"));
    people.begin();
    let matches = f64::from(users * PLAYING / 20).max(1.0);
    let is = |role, name, so: &dyn Fn(f64) -> bool| tree.gauge(role, name).is_some_and(so);
    wait_for("enough matches", patience, || is("backend", "matches_open", &|open| open >= matches * ENOUGH))?;
    if habits.uploads == Uploads::Long {
        // They are paired, and will hear of it.
        std::thread::sleep(wave / 3);
        // More than Discord takes a second may be what is to be measured.
        wait_for("calls that wait in line", CALM, || {
            is("frontend", "discord_calls_waiting", &|calls| calls <= DUE)
        })
        .unwrap_or_else(|error| say(&format!("{error:#}: measuring nevertheless")));
    }
    if let Uploads::Drill { every } = habits.uploads {
        // They are about to confirm, and each begins to send within that time.
        std::thread::sleep(2 * every);
    }
    say(&format!("{users} people: measuring for {} s", length.as_secs()));
    let from = now();
    let meter = Meter::start(&tree)?;
    std::thread::sleep(length);
    let to = now();
    let metered = meter.stop()?;
    say(&format!("{users} people: they leave"));
    people.leave()?;
    let judged = tree.stop()?;
    let told = Told::read(&start.log(), from.0..to.0, wave.as_millis() as u64)?;
    tree::clear(&start)?;
    Ok(Row::of(users, length, &told, &metered, &judged))
}

/// How far it is, beside the tables.
#[expect(clippy::print_stderr, reason = "whoever waits for minutes wants to see that it goes on")]
fn say(line: &str) {
    eprintln!("{line}");
}

/// Looks once in a while, until it is so.
fn wait_for(what: &str, patience: Duration, is_so: impl Fn() -> bool) -> anyhow::Result<()> {
    let until = instant() + patience;
    while !is_so() {
        ensure!(instant() < until, "waited {} s for {what}", patience.as_secs());
        std::thread::sleep(Duration::from_millis(200));
    }
    Ok(())
}

/// A number with ms, s or m behind it.
fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let millis = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        _ => return Err("it should be a number with ms, s or m behind it, such as 90s".to_owned()),
    };
    let total = number.parse::<u64>().ok().and_then(|number| number.checked_mul(millis));
    total.map(Duration::from_millis).ok_or_else(|| "it is no number, or too large".to_owned())
}
