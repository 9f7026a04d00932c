//! What the rounds come to: medians, ratios within a round, the goals, as table, JSON and picture.

use crate::Transport;
use crate::pair::{Measured, What};
use crate::plot::{Curve, Panel, Plot};
use crate::statistics::median;
use serde::Serialize;
use std::collections::BTreeMap;

/// What is measured once in every round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cell {
    pub(crate) cores: usize,
    pub(crate) what: What,
    pub(crate) transport: Transport,
    pub(crate) in_flight: usize,
}

/// In flight where more than one is.
pub(crate) const MANY: usize = 64;

/// Of each cell what each round gave.
#[derive(Debug, Default)]
pub(crate) struct Rounds(pub(crate) BTreeMap<Cell, Vec<Measured>>);

type Number = fn(&Measured) -> f64;

fn p50_us(measured: &Measured) -> f64 {
    measured.p50_ns as f64 / 1e3
}

fn p99_us(measured: &Measured) -> f64 {
    measured.p99_ns as f64 / 1e3
}

fn per_s(measured: &Measured) -> f64 {
    measured.messages as f64 * 1e9 / measured.elapsed_ns as f64
}

fn cpu_us(measured: &Measured) -> f64 {
    measured.cpu_ns as f64 / 1e3 / measured.messages as f64
}

impl Rounds {
    fn of(&self, cell: Cell) -> &[Measured] {
        self.0.get(&cell).map(Vec::as_slice).unwrap_or_default()
    }

    fn median(&self, cell: Cell, number: Number) -> Option<f64> {
        median(self.of(cell).iter().map(number).collect())
    }

    /// The median of what the rounds' ratios are, each of two numbers of one round.
    fn ratio(&self, (upper, above): (Cell, Number), (lower, below): (Cell, Number)) -> Option<f64> {
        let rounds = self.of(upper).iter().zip(self.of(lower));
        median(rounds.map(|(upper, lower)| above(upper) / below(lower)).collect())
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct Row {
    cores: usize,
    what: String,
    transport: String,
    p50_us: f64,
    p99_us: f64,
    /// Median round trip to that of the raw socket.
    p50_to_raw: Option<f64>,
    per_s: f64,
    cpu_us: f64,
    many_per_s: f64,
    many_cpu_us: f64,
    /// With many in flight, messages a second to those of the raw socket.
    many_per_s_to_raw: Option<f64>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Goal {
    pub(crate) goal: &'static str,
    pub(crate) says: &'static str,
    /// None where this run has not measured it.
    pub(crate) value: Option<f64>,
    pub(crate) limit: f64,
    pub(crate) at_most: bool,
    pub(crate) met: Option<bool>,
}

/// One row for each exchange, transport and placement, in the order of the table.
pub(crate) fn rows(rounds: &Rounds) -> Vec<Row> {
    let row = |one: &Cell| {
        let (one, many) = (*one, Cell { in_flight: MANY, ..*one });
        let raw = |cell: Cell| Cell { transport: Transport::Raw, ..cell };
        Some(Row {
            cores: one.cores,
            what: one.what.to_string(),
            transport: one.transport.name().to_owned(),
            p50_us: rounds.median(one, p50_us)?,
            p99_us: rounds.median(one, p99_us)?,
            p50_to_raw: rounds.ratio((one, p50_us), (raw(one), p50_us)),
            per_s: rounds.median(one, per_s)?,
            cpu_us: rounds.median(one, cpu_us)?,
            many_per_s: rounds.median(many, per_s)?,
            many_cpu_us: rounds.median(many, cpu_us)?,
            many_per_s_to_raw: rounds.ratio((many, per_s), (raw(many), per_s)),
        })
    };
    rounds.0.keys().filter(|cell| cell.in_flight == 1).filter_map(row).collect()
}

/// The goals that this run can tell of; the others have no value.
pub(crate) fn goals(rounds: &Rounds) -> Vec<Goal> {
    use Transport::{HttpTcp, Link, Raw, Worker};
    let cell =
        |transport, bytes, in_flight, cores| Cell { cores, what: What::Bytes(bytes), transport, in_flight };
    let one = |transport, bytes| cell(transport, bytes, 1, 1);
    let ratio = |upper, above: Number, lower, below: Number| rounds.ratio((upper, above), (lower, below));
    let p50 = |upper, lower| ratio(upper, p50_us, lower, p50_us);
    let many = |upper, lower| ratio(cell(upper, 64, MANY, 1), per_s, cell(lower, 64, MANY, 1), per_s);
    let goal = |goal, says, value: Option<f64>, limit, at_most| {
        let met = value.map(|value| if at_most { value <= limit } else { value >= limit });
        Goal { goal, says, value, limit, at_most, met }
    };
    vec![
        goal(
            "G1",
            "64 B, p50: tokio and a blocking worker / raw",
            p50(one(Worker, 64), one(Raw, 64)),
            1.5,
            true,
        ),
        goal("G2", "64 B, p50: link / raw, one core", p50(one(Link, 64), one(Raw, 64)), 1.8, true),
        goal(
            "G2",
            "64 B, p50: link / raw, two cores",
            p50(cell(Link, 64, 1, 2), cell(Raw, 64, 1, 2)),
            1.35,
            true,
        ),
        goal(
            "G3",
            "64 B, p50: HTTP/1.1 JSON on TCP / link",
            p50(one(HttpTcp, 64), one(Link, 64)),
            1.5,
            false,
        ),
        goal("G4", "64 B, 64 in flight: link / HTTP/1.1 JSON on TCP", many(Link, HttpTcp), 8.0, false),
        goal("G5", "64 B, 64 in flight: link / raw", many(Link, Raw), 0.3, false),
        goal("G6", "300 KB, p50: link / raw", p50(one(Link, 300_000), one(Raw, 300_000)), 1.35, true),
        goal("G6", "300 KB, p50: worker / raw", p50(one(Worker, 300_000), one(Raw, 300_000)), 1.35, true),
        goal(
            "G7",
            "300 KB, p50: HTTP/1.1 JSON on TCP / link",
            p50(one(HttpTcp, 300_000), one(Link, 300_000)),
            8.0,
            false,
        ),
        goal(
            "G8",
            "64 B: link's p99 / its p50, one core",
            ratio(one(Link, 64), p99_us, one(Link, 64), p50_us),
            2.5,
            true,
        ),
    ]
}

/// A number of messages with its thousands apart.
fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let from_end = |at: usize| digits.len() - at;
    let with = |(at, digit): (usize, char)| {
        let comma = at > 0 && from_end(at).is_multiple_of(3);
        comma.then_some(',').into_iter().chain([digit])
    };
    digits.chars().enumerate().flat_map(with).collect()
}

pub(crate) fn print(rows: &[Row], goals: &[Goal]) {
    let mut heading = None;
    let ratio = |ratio: Option<f64>| ratio.map_or("-".to_owned(), |ratio| format!("{ratio:.2}"));
    for row in rows {
        if heading != Some((row.cores, &row.what)) {
            heading = Some((row.cores, &row.what));
            let cores = if row.cores == 1 { "one core for both" } else { "a core for each" };
            println!("\n{}, {cores}", described(&row.what));
            println!(
                "  {:<11} {:>9} {:>9} {:>7} {:>10} {:>8}   {:>13} {:>7} {:>8}",
                "", "p50 us", "p99 us", "x raw", "1: per s", "CPU us", "64: per s", "x raw", "CPU us"
            );
        }
        println!(
            "  {:<11} {:>9.1} {:>9.1} {:>7} {:>10} {:>8.1}   {:>13} {:>7} {:>8.2}",
            row.transport,
            row.p50_us,
            row.p99_us,
            ratio(row.p50_to_raw),
            grouped(row.per_s),
            row.cpu_us,
            grouped(row.many_per_s),
            ratio(row.many_per_s_to_raw),
            row.many_cpu_us,
        );
    }
    println!("\ngoal  {:<50} {:>8}  {:>14}", "ratio", "here", "goal");
    for Goal { goal, says, value, limit, at_most, met } in goals {
        let value = value.map_or("-".to_owned(), |value| format!("{value:.2}"));
        let bound = if *at_most { "at most" } else { "at least" };
        let met = match met {
            Some(true) => "met",
            Some(false) => "NOT MET",
            None => "not measured",
        };
        println!("{goal:<5} {says:<50} {value:>8}  {bound:>8} {limit:<5} {met}");
    }
}

/// What was exchanged, for people.
fn described(what: &str) -> String {
    match what {
        "press" => "A press and its answer".to_owned(),
        "card" => "A card and where it was shown".to_owned(),
        "job" => "A replay of 300 KB and its facts".to_owned(),
        bytes => format!("{}, answered by 64 B", bytes.parse().map_or(bytes.to_owned(), size)),
    }
}

/// So many bytes in the unit that makes them short.
fn size(bytes: usize) -> String {
    match bytes {
        bytes if bytes >= 1 << 20 && bytes.is_multiple_of(1 << 20) => format!("{} MiB", bytes >> 20),
        bytes if bytes >= 1 << 10 && bytes.is_multiple_of(1 << 10) => format!("{} KiB", bytes >> 10),
        bytes if bytes >= 1000 && bytes.is_multiple_of(1000) => format!("{} KB", bytes / 1000),
        bytes => format!("{bytes} B"),
    }
}

/// Round trip, messages a second and processor time over the payload, a row for each placement.
pub(crate) fn plot(rounds: &Rounds, subtitle: String) -> Plot {
    let cells = || rounds.0.keys().filter(|cell| matches!(cell.what, What::Bytes(_)));
    let mut transports: Vec<Transport> = cells().map(|cell| cell.transport).collect();
    transports.sort_unstable();
    transports.dedup();
    let panel = |cores, in_flight, title: &str, y_axis: &str, number: Number| {
        let curve = |transport: &Transport| {
            let points = cells().filter(|cell| {
                (cell.cores, cell.in_flight, cell.transport) == (cores, in_flight, *transport)
            });
            let point = |cell: &Cell| Some((cell.what.blob_bytes() as f64, rounds.median(*cell, number)?));
            Curve { name: transport.name().to_owned(), points: points.filter_map(point).collect() }
        };
        let placed = if cores == 1 { "one core for both" } else { "a core for each" };
        Panel {
            title: format!("{title}, {placed}"),
            x_axis: "payload of a request".to_owned(),
            y_axis: y_axis.to_owned(),
            curves: transports.iter().map(curve).collect(),
        }
    };
    let mut placements: Vec<usize> = cells().map(|cell| cell.cores).collect();
    placements.dedup();
    let panels = placements.into_iter().flat_map(|cores| {
        [
            panel(cores, 1, "Round trip", "µs, median", p50_us),
            panel(cores, MANY, "64 in flight", "messages a second", per_s),
            panel(cores, MANY, "Processor time", "µs a message, both sides", cpu_us),
        ]
    });
    let mut payloads: Vec<usize> = cells().map(|cell| cell.what.blob_bytes()).collect();
    payloads.sort_unstable();
    payloads.dedup();
    Plot {
        title: "Two processes of one machine: the ladder's sockets, bare sockets and HTTP".to_owned(),
        subtitle,
        columns: 3,
        x_ticks: payloads.into_iter().map(|bytes| (bytes as f64, size(bytes))).collect(),
        panels: panels.collect(),
    }
}
