//! Reads many damaged replays and holds the reader to its promises.
//!
//! Of each input it counts the kind and what came of it, and takes the time
//! this thread was on a processor and the most that was on the heap. A panic,
//! or more than the bounds below, ends the run: the input is written down and
//! named, so that it can be read again.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Write};
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use clap::Parser;
use nix::time::{ClockId, clock_gettime};
use replay::mutate::{Input, Mutator};
use replay::{ErrorKind, parse};
use serde_json::json;

#[path = "../src/tests/heap.rs"]
mod heap;

/// What one input may cost.
const MOST_CPU_MS: f64 = 250.0;
const MOST_HEAP_BYTES: usize = 48 << 20;

/// Reads many damaged replays; fails on a panic, above 250 ms of CPU time, and above 48 MiB of heap.
#[derive(Parser)]
#[command(name = "fuzz replay")]
struct Arguments {
    /// How many inputs
    #[arg(long, default_value_t = 100_000, value_name = "N")]
    inputs: u64,
    /// What they derive from
    #[arg(long, default_value_t = 1, value_name = "S")]
    seed: u64,
    /// The number of the first input
    #[arg(long, default_value_t = 0, value_name = "N")]
    first: u64,
    /// Write the counts there
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// What has been seen so far.
#[derive(Default)]
struct Seen {
    inputs: u64,
    /// By kind of damage and by what came of it.
    counts: BTreeMap<(String, String), u64>,
    cpu_ms: f64,
    slowest: (f64, u64),
    largest: (usize, u64),
}

fn main() -> io::Result<ExitCode> {
    let arguments = Arguments::parse();
    let replays = real_replays()?;
    let mut out = io::stdout().lock();
    writeln!(out, "Seed {}, {} real replays beside the forged ones.", arguments.seed, replays.len())?;
    let mutator = Mutator::new(replays);

    // The fault is told below, with the input's number.
    panic::set_hook(Box::new(|_| {}));
    let mut seen = Seen::default();
    let mut fault = None;
    for number in (arguments.first..).take(usize::try_from(arguments.inputs).unwrap_or(usize::MAX)) {
        let input = mutator.input(arguments.seed, number);
        fault = seen.read(number, &input);
        if let Some(fault) = &fault {
            let path = format!("target/fuzz/seed-{}-input-{number}.SC2Replay", arguments.seed);
            fs::create_dir_all("target/fuzz")?;
            fs::write(&path, &input.bytes)?;
            writeln!(
                out,
                "Seed {}, input {number} ({}): {fault}; it is in {path}",
                arguments.seed, input.kind
            )?;
            break;
        }
        if io::stderr().is_terminal() && seen.inputs.is_multiple_of(2000) {
            write!(io::stderr(), "\r{} of {} inputs, ", seen.inputs, arguments.inputs)?;
            write!(io::stderr(), "slowest {:.1} ms ", seen.slowest.0)?;
        }
    }
    if io::stderr().is_terminal() {
        writeln!(io::stderr())?;
    }

    seen.tell(&mut out)?;
    if let Some(path) = &arguments.json {
        fs::write(path, seen.json(&arguments, fault.as_deref()).to_string() + "\n")?;
    }
    Ok(if fault.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The files in `EVOLADDER_REPLAYS`, else in `../shared/replays`, if there are any.
fn real_replays() -> io::Result<Vec<Vec<u8>>> {
    let folder = env::var_os("EVOLADDER_REPLAYS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/replays"), PathBuf::from);
    let Ok(entries) = fs::read_dir(folder) else { return Ok(Vec::new()) };
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "SC2Replay"));
    paths.sort();
    paths.into_iter().map(fs::read).collect()
}

fn cpu_ms() -> f64 {
    let now = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).expect("Linux has this clock");
    now.tv_sec() as f64 * 1e3 + now.tv_nsec() as f64 / 1e6
}

impl Seen {
    /// Has the reader read an input; gives what was wrong with the reader.
    fn read(&mut self, number: u64, input: &Input) -> Option<String> {
        let began = cpu_ms();
        let (facts, heap) = heap::peak(|| panic::catch_unwind(AssertUnwindSafe(|| parse(&input.bytes))));
        let took = cpu_ms() - began;

        let came = match &facts {
            Ok(Ok(_)) => "read".to_owned(),
            Ok(Err(error)) => word(error.kind),
            Err(_) => "panic".to_owned(),
        };
        *self.counts.entry((input.kind.to_string(), came)).or_default() += 1;
        self.inputs += 1;
        self.cpu_ms += took;
        if took > self.slowest.0 {
            self.slowest = (took, number);
        }
        if heap > self.largest.0 {
            self.largest = (heap, number);
        }
        match facts {
            Err(panic) => {
                let text = panic.downcast_ref::<String>().map(String::as_str);
                let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
                Some(format!("the reader panicked: {}", text.unwrap_or("without words")))
            }
            Ok(_) if took > MOST_CPU_MS => Some(format!("it took {took:.0} ms of CPU time")),
            Ok(_) if heap > MOST_HEAP_BYTES => Some(format!("it took {heap} bytes of heap")),
            Ok(_) => None,
        }
    }

    fn tell(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "{:12} {:18} {:>9}", "damage", "came of it", "inputs")?;
        for ((kind, came), count) in &self.counts {
            writeln!(out, "{kind:12} {came:18} {count:>9}")?;
        }
        writeln!(
            out,
            "{} inputs, {:.3} ms of CPU time each; slowest {:.1} ms (input {}); most heap {:.1} MiB (input {})",
            self.inputs,
            self.cpu_ms / self.inputs.max(1) as f64,
            self.slowest.0,
            self.slowest.1,
            self.largest.0 as f64 / f64::from(1 << 20),
            self.largest.1,
        )
    }

    fn json(&self, arguments: &Arguments, fault: Option<&str>) -> serde_json::Value {
        let mut kinds = serde_json::Map::new();
        for ((kind, came), count) in &self.counts {
            kinds.entry(kind.as_str()).or_insert_with(|| json!({}))[came] = (*count).into();
        }
        json!({
            "seed": arguments.seed, "first": arguments.first, "inputs": self.inputs, "fault": fault,
            "kinds": kinds, "mean_cpu_ms": self.cpu_ms / self.inputs.max(1) as f64,
            "slowest_cpu_ms": self.slowest.0, "slowest_input": self.slowest.1,
            "peak_heap_bytes": self.largest.0, "peak_heap_input": self.largest.1,
        })
    }
}

fn word(kind: ErrorKind) -> String {
    let value = serde_json::to_value(kind).expect("a kind is text");
    value.as_str().unwrap_or_default().to_owned()
}
