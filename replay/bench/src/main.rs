//! Measures the goals of the replay reader, as ratios in one interleaved run.
//!
//! Started by `scripts/bench replay`; its `--help` says what is measured.

mod heap;
mod samples;
mod subjects;

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use nix::time::{ClockId, clock_gettime};
use samples::{Group, Sample};
use serde_json::{Value, json};
use subjects::Sc2reader;

/// What the arguments say.
struct Options {
    json: Option<PathBuf>,
    rounds: usize,
    python: Option<PathBuf>,
    replays: PathBuf,
    /// Where forged files are written, for readers that want a path.
    scratch: PathBuf,
    date: String,
}

fn options() -> Result<Options, String> {
    let mut options = Options {
        json: None,
        rounds: 7,
        python: None,
        replays: PathBuf::new(),
        scratch: std::env::temp_dir(),
        date: String::new(),
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{name} wants a value"))?;
        match name.as_str() {
            "--json" => options.json = Some(value.into()),
            "--rounds" => options.rounds = value.parse().map_err(|_| "--rounds wants a number".to_owned())?,
            "--python" => options.python = Some(value.into()),
            "--replays" => options.replays = value.into(),
            "--scratch" => options.scratch = value.into(),
            "--date" => options.date = value,
            _ => return Err(format!("{name} is no option")),
        }
    }
    if options.rounds < 5 {
        return Err("a median wants at least 5 rounds".into());
    }
    Ok(options)
}

fn main() -> ExitCode {
    let options = match options() {
        Ok(options) => options,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(64);
        }
    };
    let groups = samples::load(&options.replays, &options.scratch);
    let mut python = options.python.as_deref().and_then(Sc2reader::start);
    if python.is_none() {
        println!("sc2reader: not installed, so its rows are empty.");
    }

    let rounds: Vec<Vec<Times>> =
        (0..options.rounds).map(|_| groups.iter().map(|group| times(group, &mut python)).collect()).collect();
    let rows = rows(&groups, &rounds);
    let heap = heap_rows(&groups);
    let worst = worst_rows();
    print(&rows, &heap, &worst);
    if let Some(path) = &options.json {
        let report = json!({
            "name": "replay",
            "machine": machine(&options.date),
            "rounds": options.rounds,
            "files": groups.iter().map(Group::describe).collect::<Vec<_>>(),
            "rows": rows.iter().map(Row::json).collect::<Vec<_>>(),
            "heap": heap,
            "worst": worst,
        });
        if let Err(error) = fs::write(path, format!("{report:#}\n")) {
            eprintln!("failed to write {}: {error}", path.display());
            return ExitCode::from(73);
        }
    }
    ExitCode::SUCCESS
}

/// Microseconds a file takes each subject, in one round. `None`: it cannot, or is not there.
#[derive(Clone, Copy, Default)]
struct Times {
    ours: Option<f64>,
    ours_before_the_game: Option<f64>,
    bare_unpacking: Option<f64>,
    s2protocol: Option<f64>,
    sc2reader_4: Option<f64>,
    sc2reader_2: Option<f64>,
}

fn times(group: &Group, python: &mut Option<Sc2reader>) -> Times {
    let each = |subject: &dyn Fn(&Sample) -> bool| {
        mean(group.samples.iter().map(|sample| time(&|| subject(sample))))
    };
    let mut sc2reader = |level| {
        let python = python.as_mut()?;
        mean(group.samples.iter().map(|sample| python.time(level, &sample.path).ok()))
    };
    Times {
        ours: each(&|sample| subjects::ours(&sample.bytes)),
        bare_unpacking: each(&|sample| subjects::bare_unpacking(&sample.streams)),
        s2protocol: each(&|sample| subjects::s2protocol_needed(&sample.bytes)),
        sc2reader_4: sc2reader(4),
        ours_before_the_game: each(&|sample| subjects::ours_before_the_game(&sample.bytes)),
        sc2reader_2: sc2reader(2),
    }
}

/// Microseconds of one call, from as many as fill some milliseconds. `None` if it fails.
fn time(work: &dyn Fn() -> bool) -> Option<f64> {
    const LONG_ENOUGH_US: f64 = 10_000.0;
    // The first call warms caches and is not counted.
    if !std::hint::black_box(work()) {
        return None;
    }
    let began = cpu_us();
    let mut calls = 0_u32;
    while cpu_us() - began < LONG_ENOUGH_US {
        std::hint::black_box(work());
        calls += 1;
    }
    Some((cpu_us() - began) / f64::from(calls))
}

/// Processor time of this thread. On an idle machine it is the time that
/// passes, and on a busy one it leaves out what others take.
fn cpu_us() -> f64 {
    let now = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).expect("every Linux has this clock");
    Duration::from(now).as_secs_f64() * 1e6
}

fn mean(values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let values: Vec<f64> = values.collect::<Option<_>>()?;
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let (low, high) = (values.get(values.len().saturating_sub(1) / 2)?, values.get(values.len() / 2)?);
    Some(f64::midpoint(*low, *high))
}

/// One comparison of two subjects on one file, or on several alike.
struct Row {
    goal: &'static str,
    file: String,
    ours_us: Option<f64>,
    other: &'static str,
    other_us: Option<f64>,
    /// How many times the other takes of our time.
    ratio: Option<f64>,
    /// What that should be at least, where the goal is about this file.
    goal_ratio: Option<f64>,
}

impl Row {
    fn met(&self) -> Option<bool> {
        Some(self.ratio? >= self.goal_ratio?)
    }

    fn json(&self) -> Value {
        json!({
            "goal": self.goal, "file": self.file, "ours_us": self.ours_us, "other": self.other,
            "other_us": self.other_us, "ratio": self.ratio, "goal_ratio": self.goal_ratio, "met": self.met(),
        })
    }
}

/// A goal: whose time is compared with whose, and the ratio for the file of the
/// goal and for the median over all groups.
struct Goal {
    name: &'static str,
    other: &'static str,
    ours: fn(&Times) -> Option<f64>,
    theirs: fn(&Times) -> Option<f64>,
    first: f64,
    middle: f64,
}

const GOALS: [Goal; 4] = [
    Goal {
        name: "G1",
        other: "sc2reader level 4",
        ours: |times| times.ours,
        theirs: |times| times.sc2reader_4,
        first: 35.0,
        middle: 50.0,
    },
    Goal {
        name: "G2",
        other: "s2protocol 5.0.0",
        ours: |times| times.ours,
        theirs: |times| times.s2protocol,
        first: 1.7,
        middle: 1.7,
    },
    Goal {
        name: "G3",
        other: "bzip2 alone",
        ours: |times| times.ours,
        theirs: |times| times.bare_unpacking,
        first: 1.0 / 1.15,
        middle: 1.0 / 1.15,
    },
    Goal {
        name: "G4",
        other: "sc2reader level 2",
        ours: |times| times.ours_before_the_game,
        theirs: |times| times.sc2reader_2,
        first: 25.0,
        middle: 25.0,
    },
];

fn rows(groups: &[Group], rounds: &[Vec<Times>]) -> Vec<Row> {
    let mut rows = Vec::new();
    for goal in &GOALS {
        let mut ratios = Vec::new();
        for (index, group) in groups.iter().enumerate() {
            let of = |take: fn(&Times) -> Option<f64>| -> Option<Vec<f64>> {
                rounds.iter().map(|round| take(&round[index])).collect()
            };
            let (ours, theirs) = (of(goal.ours), of(goal.theirs));
            // A ratio within each round, so that a slow moment of the machine slows both.
            let ratio = ours.as_ref().zip(theirs.as_ref()).and_then(|(ours, theirs)| {
                median(ours.iter().zip(theirs).map(|(ours, theirs)| theirs / ours).collect())
            });
            ratios.push(ratio);
            rows.push(Row {
                goal: goal.name,
                file: group.name.clone(),
                ours_us: ours.and_then(median),
                other: goal.other,
                other_us: theirs.and_then(median),
                ratio,
                goal_ratio: (index == 0).then_some(goal.first),
            });
        }
        let middle = ratios.into_iter().collect::<Option<Vec<f64>>>().and_then(median);
        rows.push(Row {
            goal: goal.name,
            file: "median of these".into(),
            ours_us: None,
            other: goal.other,
            other_us: None,
            ratio: middle,
            goal_ratio: Some(goal.middle),
        });
    }
    rows
}

const REAL_HEAP: usize = 12_000_000;
const ANY_HEAP: usize = 48_000_000;
const ANY_CPU_MS: f64 = 250.0;

fn heap_rows(groups: &[Group]) -> Vec<Value> {
    let samples = groups.iter().flat_map(|group| &group.samples);
    let peaks = samples.map(|sample| {
        let peak = heap::peak(|| drop(std::hint::black_box(replay::parse(&sample.bytes))));
        json!({ "goal": "G5", "file": sample.name, "peak_bytes": peak, "goal_bytes": REAL_HEAP, "met": peak <= REAL_HEAP })
    });
    peaks.collect()
}

/// The inputs that cost the most: CPU time, the longest of three, and heap.
fn worst_rows() -> Vec<Value> {
    let inputs = replay::measure::worst_inputs().into_iter().map(|(name, bytes)| {
        let peak = heap::peak(|| drop(std::hint::black_box(replay::parse(&bytes))));
        let cpu_ms = (0..3).map(|_| cpu_ms(&bytes)).fold(0.0, f64::max);
        let outcome = match replay::parse(&bytes) {
            Ok(_) => "read".to_owned(),
            Err(error) => error.to_string(),
        };
        json!({
            "goal": "G6", "input": name, "file_bytes": bytes.len(), "outcome": outcome,
            "cpu_ms": cpu_ms, "goal_cpu_ms": ANY_CPU_MS, "peak_bytes": peak, "goal_bytes": ANY_HEAP,
            "met": cpu_ms <= ANY_CPU_MS && peak <= ANY_HEAP,
        })
    });
    inputs.collect()
}

fn cpu_ms(file: &[u8]) -> f64 {
    let began = cpu_us();
    let _ = std::hint::black_box(replay::parse(file));
    (cpu_us() - began) / 1e3
}

fn machine(date: &str) -> Value {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let cpu = read("/proc/cpuinfo")
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'))
        .map(|(_, name)| name.trim().to_owned());
    json!({
        "cpu": cpu,
        "cores": std::thread::available_parallelism().map_or(0, usize::from),
        "kernel": read("/proc/sys/kernel/osrelease").trim(),
        "load": read("/proc/loadavg").split(' ').next(),
        "date": date,
    })
}

fn number(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(|| "-".into(), |value| format!("{value:.decimals$}"))
}

fn met(met: Option<bool>) -> &'static str {
    match met {
        Some(true) => "met",
        Some(false) => "MISSED",
        None => "",
    }
}

fn print(rows: &[Row], heap: &[Value], worst: &[Value]) {
    println!();
    println!("Processor time in microseconds; the ratio is the other's time to ours.");
    println!(
        "{:4} {:34} {:>10}  {:18} {:>10} {:>8} {:>8}",
        "goal", "file", "ours", "other", "its time", "ratio", "at least"
    );
    for row in rows {
        println!(
            "{:4} {:34} {:>10}  {:18} {:>10} {:>8} {:>8} {}",
            row.goal,
            row.file,
            number(row.ours_us, 0),
            row.other,
            number(row.other_us, 0),
            number(row.ratio, 2),
            number(row.goal_ratio, 2),
            met(row.met()),
        );
    }
    println!();
    let most = heap.iter().max_by_key(|row| row["peak_bytes"].as_u64());
    if let Some(most) = most {
        println!(
            "G5   peak heap of a file: {} bytes at most ({}), of {REAL_HEAP}: {}",
            most["peak_bytes"],
            most["file"].as_str().unwrap_or_default(),
            met(most["met"].as_bool())
        );
    }
    println!();
    println!(
        "{:4} {:46} {:>9} {:>9} {:>11}  outcome",
        "goal", "crafted input", "bytes", "CPU ms", "peak heap"
    );
    for row in worst {
        println!(
            "{:4} {:46} {:>9} {:>9} {:>11}  {} {}",
            row["goal"].as_str().unwrap_or_default(),
            row["input"].as_str().unwrap_or_default(),
            row["file_bytes"],
            number(row["cpu_ms"].as_f64(), 1),
            row["peak_bytes"],
            met(row["met"].as_bool()),
            row["outcome"].as_str().unwrap_or_default(),
        );
    }
}
