//! `scripts/bench ipc`: the ladder's own sockets against a bare Unix socket and against HTTP with JSON.
//!
//! Two processes, both of this executable, each pinned to a core: one asks and measures, the other
//! answers. A pair measures one exchange over one transport and ends, so that no measurement inherits
//! the memory of another. Every round measures everything once, each time in another order, and what
//! counts is the median of the rounds, for ratios the median of each round's ratio.

#[path = "ipc/http1.rs"]
mod http1;
#[path = "ipc/json.rs"]
mod json;
#[path = "ipc/ladder.rs"]
mod ladder;
#[path = "ipc/pair.rs"]
mod pair;
#[path = "ipc/plot.rs"]
mod plot;
#[path = "ipc/raw.rs"]
mod raw;
#[path = "ipc/report.rs"]
mod report;
#[path = "ipc/statistics.rs"]
mod statistics;
#[path = "ipc/words.rs"]
mod words;

use anyhow::{Context, bail};
use clap::{Parser, Subcommand, ValueEnum};
use evoladder::clock::{instant, now};
use nix::sched::{CpuSet, sched_getaffinity};
use nix::sys::resource::{UsageWho, getrusage};
use nix::unistd::Pid;
use pair::{Answering, Asking, Measured, What};
use report::{Cell, MANY, Rounds};
use serde::Serialize;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Duration;

const PAYLOADS: [What; 8] = [
    What::Bytes(64),
    What::Bytes(1 << 10),
    What::Bytes(64 << 10),
    What::Bytes(300_000),
    What::Bytes(1 << 20),
    What::Press,
    What::Card,
    What::Job,
];

/// How long one exchange is measured in one round.
const MS: u64 = 100;
const QUICK_MS: u64 = 20;

/// In which the kernel tells the time of cores, whatever its own clock is.
const TICKS_PER_S: f64 = 100.0;

/// Answers that a measurement has at least.
const LEAST: usize = 50;

/// A measurement beside which others took more than this of its cores is made again, so often at most.
const FOREIGN: f64 = 0.1;
const AGAIN: u32 = 2;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
enum Transport {
    Raw,
    Worker,
    Link,
    HttpUnix,
    HttpTcp,
    Http2Unix,
    Http2Tcp,
    GrpcUnix,
    GrpcTcp,
}

impl Transport {
    fn name(self) -> &'static str {
        match self {
            Transport::Raw => "raw",
            Transport::Worker => "worker",
            Transport::Link => "link",
            Transport::HttpUnix => "http-unix",
            Transport::HttpTcp => "http-tcp",
            Transport::Http2Unix => "http2-unix",
            Transport::Http2Tcp => "http2-tcp",
            Transport::GrpcUnix => "grpc-unix",
            Transport::GrpcTcp => "grpc-tcp",
        }
    }

    /// Whether another executable speaks it, which is built on demand.
    fn is_apart(self) -> bool {
        use Transport::{GrpcTcp, GrpcUnix, Http2Tcp, Http2Unix};
        [Http2Unix, Http2Tcp, GrpcUnix, GrpcTcp].contains(&self)
    }

    fn carries(self, what: What) -> bool {
        match (self, what) {
            // A worker is sent nothing else.
            (Transport::Worker, What::Bytes(_) | What::Job) => true,
            (Transport::Worker, What::Press | What::Card) => false,
            (Transport::Link, what) => what != What::Job,
            (Transport::GrpcUnix | Transport::GrpcTcp, what) => matches!(what, What::Bytes(_)),
            (
                Transport::Raw
                | Transport::HttpUnix
                | Transport::HttpTcp
                | Transport::Http2Unix
                | Transport::Http2Tcp,
                _,
            ) => true,
        }
    }
}

#[derive(Parser)]
#[command(name = "scripts/bench ipc", args_conflicts_with_subcommands = true)]
struct Arguments {
    /// Write the numbers there too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Draw round trip, throughput and processor time over the payload
    #[arg(long, value_name = "FILE.svg")]
    plot: Option<PathBuf>,
    /// Only this: bytes of an opaque payload, or press, card or job; again for more
    #[arg(long, value_name = "N")]
    payload: Vec<What>,
    /// Only this, beside the raw socket that all is held against; again for more
    #[arg(long, value_name = "NAME")]
    transport: Vec<Transport>,
    /// Rounds, of which the median is taken
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u32).range(5..))]
    rounds: u32,
    /// Both processes on 1 core, or a core for each; both without it
    #[arg(long, value_name = "1|2", value_parser = clap::value_parser!(u64).range(1..=2))]
    cores: Option<u64>,
    /// One short round, to see that everything runs: its numbers are no basis
    #[arg(long, conflicts_with = "rounds")]
    quick: bool,
    /// The executable that speaks HTTP/2 and gRPC (benches/http2)
    #[arg(long, value_name = "EXECUTABLE", hide = true)]
    http2: Option<PathBuf>,
    #[command(subcommand)]
    side: Option<Side>,
}

#[derive(Subcommand)]
enum Side {
    #[command(hide = true)]
    Ask(Asking),
    #[command(hide = true)]
    Answer(Answering),
}

#[derive(Serialize)]
struct Machine {
    processor: String,
    kernel: String,
    cores: usize,
}

#[derive(Serialize)]
struct Report<'a> {
    bench: &'static str,
    date: String,
    machine: &'a Machine,
    rounds: u32,
    ms: u64,
    /// The largest share that other processes had of a measurement's cores, of those that counted.
    foreign_share: f64,
    measured_again: u32,
    rows: &'a [report::Row],
    goals: &'a [report::Goal],
}

#[expect(clippy::print_stderr, reason = "where a command says what went wrong")]
fn main() -> ExitCode {
    let done = match Arguments::parse() {
        Arguments { side: Some(Side::Ask(asking)), .. } => ask(&asking),
        Arguments { side: Some(Side::Answer(answering)), .. } => answer(&answering),
        arguments => run(arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("scripts/bench ipc: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn tokio() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().context("start tokio")
}

fn named(transport: &str) -> anyhow::Result<Transport> {
    Transport::from_str(transport, false).map_err(anyhow::Error::msg)
}

fn ask(asking: &Asking) -> anyhow::Result<()> {
    pair::begin(asking.core)?;
    match named(&asking.transport)? {
        Transport::Raw => raw::ask(asking),
        Transport::Link => tokio()?.block_on(ladder::ask_link(asking)),
        Transport::Worker => tokio()?.block_on(ladder::ask_worker(asking)),
        Transport::HttpUnix => tokio()?.block_on(http1::ask_unix(asking)),
        Transport::HttpTcp => tokio()?.block_on(http1::ask_tcp(asking)),
        other => bail!("{} is spoken by another executable", other.name()),
    }
}

fn answer(answering: &Answering) -> anyhow::Result<()> {
    pair::begin(answering.core)?;
    match named(&answering.transport)? {
        Transport::Raw => raw::answer(answering),
        Transport::Link => tokio()?.block_on(ladder::answer_link(answering)),
        Transport::Worker => ladder::answer_worker(answering),
        Transport::HttpUnix => tokio()?.block_on(http1::answer_unix(answering)),
        Transport::HttpTcp => tokio()?.block_on(http1::answer_tcp()),
        other => bail!("{} is spoken by another executable", other.name()),
    }
}

fn run(arguments: Arguments) -> anyhow::Result<()> {
    let Arguments { json, plot, payload, transport, rounds, cores, quick, http2, .. } = arguments;
    let allowed = allowed_cores()?;
    let placements: Vec<usize> = match cores {
        Some(2) if allowed.len() < 2 => {
            bail!("--cores 2 needs two cores, and this process may use one; leave it out or say --cores 1")
        }
        Some(cores) => vec![usize::try_from(cores)?],
        None => (1..=allowed.len().min(2)).collect(),
    };
    if placements.len() == 1 && cores.is_none() {
        println!("This process may use one core only: nothing is measured with a core for each side.");
    }
    if let Some(apart) = transport.iter().find(|transport| transport.is_apart() && http2.is_none()) {
        bail!("{} is built on demand only: add --http2", apart.name());
    }
    let transports: Vec<Transport> = Transport::value_variants()
        .iter()
        .copied()
        .filter(|it| !it.is_apart() || http2.is_some())
        .filter(|it| transport.is_empty() || transport.contains(it) || *it == Transport::Raw)
        .collect();
    let whats = if payload.is_empty() { PAYLOADS.to_vec() } else { payload };
    for what in &whats {
        let unable = transport.iter().find(|transport| !transport.carries(*what));
        if let Some(unable) = unable.filter(|_| transport.len() == 1 && whats.len() == 1) {
            bail!("{} does not carry {what}; leave out --transport or --payload", unable.name());
        }
    }
    let (rounds, ms) = if quick { (1, QUICK_MS) } else { (rounds, MS) };
    let bench = Bench {
        own: std::env::current_exe().context("find this executable")?,
        http2,
        folder: tempfile::tempdir().context("make a folder for sockets")?,
        cores: allowed,
        ms,
    };
    let machine = machine(bench.cores.len());
    println!(
        "{}, Linux {}, {} cores; {rounds} rounds of {ms} ms each",
        machine.processor, machine.kernel, machine.cores
    );
    let (mut measured, mut foreign_share, mut again) = (Rounds::default(), 0_f64, 0);
    for round in 0..rounds {
        println!("round {} of {rounds}", round + 1);
        for (place, cell) in bench_order(&placements, &whats, &transports, round).into_iter().enumerate() {
            let (taken, foreign, tries) = bench.measure_undisturbed(cell, place)?;
            foreign_share = foreign_share.max(foreign);
            again += tries;
            measured.0.entry(cell).or_default().push(taken);
        }
    }
    let (rows, goals) = (report::rows(&measured), report::goals(&measured));
    report::print(&rows, &goals);
    println!(
        "\nOthers had {:.0} % of a measurement's cores at most; {again} were made again.",
        foreign_share * 100.0
    );
    if quick {
        println!("One short round: these numbers show that everything runs, and no more.");
    }
    let date = date()?;
    if let Some(path) = json {
        let report = Report {
            bench: "ipc",
            date: date.clone(),
            machine: &machine,
            rounds,
            ms,
            foreign_share,
            measured_again: again,
            rows: &rows,
            goals: &goals,
        };
        let text = serde_json::to_string_pretty(&report)? + "\n";
        std::fs::write(&path, text).with_context(|| format!("write {}", path.display()))?;
    }
    if let Some(path) = plot {
        let subtitle = format!(
            "{}, Linux {}, {date}; {}",
            machine.processor,
            machine.kernel,
            if quick { "one short round".to_owned() } else { format!("medians of {rounds} rounds") }
        );
        std::fs::write(&path, report::plot(&measured, subtitle).svg())
            .with_context(|| format!("write {}", path.display()))?;
    }
    Ok(())
}

/// The cores that this process may use.
fn allowed_cores() -> anyhow::Result<Vec<usize>> {
    let set = sched_getaffinity(Pid::from_raw(0)).context("read the allowed cores")?;
    Ok((0..CpuSet::count()).filter(|core| set.is_set(*core).unwrap_or(false)).collect())
}

/// Everything once, transports beside each other and in another order each time.
fn bench_order(placements: &[usize], whats: &[What], transports: &[Transport], round: u32) -> Vec<Cell> {
    let mut order = Vec::new();
    for &cores in placements {
        for (number, &what) in whats.iter().enumerate() {
            for in_flight in [1, MANY] {
                let carrying = transports.iter().copied().filter(|transport| transport.carries(what));
                let mut carrying: Vec<Transport> = carrying.collect();
                let by = (round as usize + number) % carrying.len();
                carrying.rotate_left(by);
                order.extend(carrying.into_iter().map(|transport| Cell {
                    cores,
                    what,
                    transport,
                    in_flight,
                }));
            }
        }
    }
    order
}

struct Bench {
    own: PathBuf,
    http2: Option<PathBuf>,
    folder: tempfile::TempDir,
    cores: Vec<usize>,
    ms: u64,
}

/// Ends when it is dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

impl Bench {
    /// Measures until little else ran on the cores; the last try counts in any case.
    fn measure_undisturbed(&self, cell: Cell, place: usize) -> anyhow::Result<(Measured, f64, u32)> {
        let mut tries = 0;
        loop {
            let used = &self.cores[self.cores.len() - cell.cores..];
            let (idle, children, began) = (idle(used)?, children_cpu()?, instant());
            let measured = self.measure(cell, place).with_context(|| {
                format!("{} over {}, {} in flight", cell.what, cell.transport.name(), cell.in_flight)
            })?;
            let available = began.elapsed().as_secs_f64() * cell.cores as f64;
            let own = (children_cpu()? - children).as_secs_f64();
            // Up to a tick of each core is idle time that the kernel has not shown yet.
            let unseen = cell.cores as f64 / TICKS_PER_S;
            let foreign = 1.0 - (own + idle_since(used, idle)? + unseen) / available;
            if foreign <= FOREIGN || tries == AGAIN {
                return Ok((measured, foreign.max(0.0), tries));
            }
            tries += 1;
        }
    }

    fn measure(&self, cell: Cell, place: usize) -> anyhow::Result<Measured> {
        let executable = match &self.http2 {
            Some(http2) if cell.transport.is_apart() => http2,
            _ => &self.own,
        };
        let socket = self.folder.path().join(format!("{place}.sock"));
        std::fs::remove_file(&socket).ok();
        let side = |name: &str, core: usize| {
            let mut command = Command::new(executable);
            command.args([name, "--transport", cell.transport.name(), "--what", &cell.what.to_string()]);
            command.args(["--core", &core.to_string()]).stdin(Stdio::null()).stdout(Stdio::piped());
            command
        };
        let (asks, answers) = (self.cores[self.cores.len() - 1], self.cores[self.cores.len() - cell.cores]);
        let mut answering = side("answer", answers);
        answering.arg("--socket").arg(&socket);
        // Once the other side has what it wants and leaves, what this one says is no news.
        answering.stderr(Stdio::piped());
        let mut answering = Running(answering.spawn().context("start the process that answers")?);
        let mut address = String::new();
        let said = answering.0.stdout.take().context("read its output")?;
        BufReader::new(said).read_line(&mut address)?;
        if address.is_empty() {
            bail!("the process that answers did not come up: {}", last_words(&mut answering));
        }
        let least = cell.in_flight.max(LEAST).to_string();
        let mut asking = side("ask", asks);
        asking
            .args(["--address", address.trim_end(), "--peer", &answering.0.id().to_string()])
            .args(["--in-flight", &cell.in_flight.to_string(), "--ms", &self.ms.to_string()])
            .args(["--least", &least]);
        let mut asking = Running(asking.spawn().context("start the process that asks")?);
        let mut told = String::new();
        asking.0.stdout.take().context("read its output")?.read_to_string(&mut told)?;
        if !asking.0.wait()?.success() {
            bail!("the process that asks failed; the other said: {}", last_words(&mut answering));
        }
        serde_json::from_str(&told).context("read what was measured")
    }
}

/// What a process said before it was ended.
fn last_words(running: &mut Running) -> String {
    running.0.kill().ok();
    let mut said = String::new();
    if let Some(mut errors) = running.0.stderr.take() {
        errors.read_to_string(&mut said).ok();
    }
    if said.trim().is_empty() { "nothing".to_owned() } else { said.trim().to_owned() }
}

/// Processor time of all children that have ended.
fn children_cpu() -> anyhow::Result<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).context("read the time of children")?;
    let [user, system] = [usage.user_time(), usage.system_time()]
        .map(|time| Duration::from_micros((time.tv_sec() * 1_000_000 + time.tv_usec()).unsigned_abs()));
    Ok(user + system)
}

/// Seconds that these cores were idle since the machine began.
fn idle(cores: &[usize]) -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string("/proc/stat").context("read the time of cores")?;
    let ticks = |core: &usize| {
        let line = stat.lines().find_map(|line| line.strip_prefix(&format!("cpu{core} ")))?;
        let numbers: Vec<f64> = line.split_whitespace().filter_map(|number| number.parse().ok()).collect();
        // Idle, and idle while a disk works.
        Some(numbers.get(3)? + numbers.get(4)?)
    };
    let ticks: Option<f64> = cores.iter().map(ticks).sum();
    Ok(ticks.context("find a core in /proc/stat")? / TICKS_PER_S)
}

fn idle_since(cores: &[usize], before: f64) -> anyhow::Result<f64> {
    Ok(idle(cores)? - before)
}

fn machine(cores: usize) -> Machine {
    let read = |path: &str| std::fs::read_to_string(Path::new(path)).unwrap_or_default();
    let (info, kernel) = (read("/proc/cpuinfo"), read("/proc/sys/kernel/osrelease"));
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    Machine {
        processor: model.map_or("unknown processor", |(_, name)| name).to_owned(),
        kernel: kernel.trim().to_owned(),
        cores,
    }
}

fn date() -> anyhow::Result<String> {
    let at = time::OffsetDateTime::from_unix_timestamp(now().unix_seconds().cast_signed())?;
    Ok(at.format(&time::format_description::well_known::Rfc3339)?)
}
