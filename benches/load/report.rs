//! What the runs come to, as tables and JSON.

use crate::log::{Told, Waits};
use crate::meter::{Course, Metered, is_of_the_ladder};
use crate::presses::Presses;
use crate::tree::Judged;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

#[derive(Debug, Serialize)]
pub(crate) struct Machine {
    processor: String,
    cores: usize,
    kernel: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct Report {
    bench: &'static str,
    machine: Machine,
    database: &'static str,
    latency_ms: u64,
    /// How many times games and thought were shorter; None in real time.
    compressed: Option<u32>,
    pub(crate) rows: Vec<Row>,
    pub(crate) uploads: Option<Row>,
    pub(crate) presses: Option<Presses>,
}

/// One run.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    users: u32,
    seconds: u64,
    /// Of all people, on average.
    share_in_matches: f64,
    share_queueing: f64,
    presses_per_s: f64,
    ack_ms: Waits,
    answer_ms: Waits,
    deadline_misses: u64,
    machine_stalled: u64,
    lost: u64,
    duplicates: u64,
    restarts: u64,
    /// From a wave to the message of a match.
    found_ms: Waits,
    matches_per_min: f64,
    uploads_per_min: f64,
    replays_read_per_min: f64,
    /// From the sending of a replay to the message with its verdict.
    verdict_ms: Waits,
    /// Replays that wait or are read.
    line_mean: f64,
    line_most: f64,
    /// As the judge counts them for a normal match of two.
    calls_per_match: Option<f64>,
    calls_per_s: f64,
    /// Those that count for Discord's 50 a second.
    counted_per_s: f64,
    /// Calls that waited in line for that.
    waiting_most: f64,
    limited: f64,
    records_per_s: f64,
    journal_bytes_per_s: f64,
    journal_lag_ms: f64,
    database_lag_ms: f64,
    database_lag_records: f64,
    /// Of one processor, in percent.
    ladder_cpu_percent: f64,
    ladder_pss_mb: f64,
    roles: BTreeMap<String, Role>,
    /// Shares of the whole machine.
    machine_busy: f64,
    machine_foreign: f64,
}

#[derive(Debug, Serialize)]
struct Role {
    cpu_percent: f64,
    pss_mb: Option<f64>,
}

impl Machine {
    pub(crate) fn here() -> Machine {
        let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        let (info, kernel) = (read("/proc/cpuinfo"), read("/proc/sys/kernel/osrelease"));
        let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        Machine {
            processor: model.map_or("unknown processor", |(_, name)| name).to_owned(),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            kernel: kernel.trim().to_owned(),
        }
    }
}

/// Tenths are enough for people and for comparing.
fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

fn mb(kib: u64) -> f64 {
    round(kib as f64 * 1024.0 / 1e6)
}

impl Row {
    pub(crate) fn of(users: u32, length: Duration, told: &Told, metered: &Metered, judged: &Judged) -> Row {
        let course = |role: &str, name: &str| metered.course(role, name);
        let per_s = |role: &str, name: &str| course(role, name).map_or(0.0, |of| of.grew() / metered.seconds);
        let most = |role: &str, name: &str| course(role, name).map_or(0.0, |of| of.most);
        let mean = |role: &str, name: &str| course(role, name).map_or(0.0, Course::mean);
        let of_the_ladder = metered.roles.iter().filter(|(role, _)| is_of_the_ladder(role));
        let ladder_cpu_ms = of_the_ladder.map(|(_, role)| role.cpu_ms).sum();
        let role = |role: &crate::meter::Role| Role {
            cpu_percent: round(metered.percent(role.cpu_ms)),
            pss_mb: role.pss_kib.map(mb),
        };
        let (busy, foreign) = metered.machine();
        let seconds = length.as_secs();
        let minutes = length.as_secs_f64() / 60.0;
        Row {
            users,
            seconds,
            share_in_matches: mean("backend", "matches_open") * 2.0 / f64::from(users),
            share_queueing: mean("backend", "queue_entries") / f64::from(users),
            presses_per_s: round(told.presses as f64 / length.as_secs_f64()),
            ack_ms: told.ack_ms,
            answer_ms: told.answer_ms,
            deadline_misses: told.deadline_misses,
            machine_stalled: told.machine_stalled,
            lost: judged.lost,
            duplicates: judged.duplicates,
            restarts: metered.restarts,
            found_ms: told.found_ms,
            matches_per_min: round(per_s("backend", "matches_decided") * 60.0),
            uploads_per_min: round(told.uploads as f64 / minutes),
            replays_read_per_min: round(per_s("backend", "replays_parsed") * 60.0),
            verdict_ms: told.verdict_ms,
            line_mean: round(mean("backend", "replays_in_line")),
            line_most: most("backend", "replays_in_line"),
            calls_per_match: judged.discord_calls_per_match,
            calls_per_s: round(per_s("frontend", "discord_calls")),
            counted_per_s: round(per_s("frontend", "discord_calls_counted")),
            waiting_most: most("frontend", "discord_calls_waiting"),
            limited: course("frontend", "discord_calls_limited").map_or(0.0, Course::grew),
            records_per_s: round(per_s("backend", "records")),
            journal_bytes_per_s: per_s("db-writer", "journal_bytes").round(),
            journal_lag_ms: round(most("backend", "journal_lag_s") * 1e3),
            database_lag_ms: round(most("db-writer", "database_lag_s") * 1e3),
            database_lag_records: most("db-writer", "database_lag_records"),
            ladder_cpu_percent: round(metered.percent(ladder_cpu_ms)),
            ladder_pss_mb: mb(metered.ladder_pss_kib),
            roles: metered.roles.iter().map(|(name, of)| (name.clone(), role(of))).collect(),
            machine_busy: busy,
            machine_foreign: foreign,
        }
    }

    fn waits(waits: Waits) -> String {
        let Waits { p50, p95, p99, max, .. } = waits;
        format!("{p50}, {p95}, {p99}, {max}")
    }
}

impl Report {
    pub(crate) fn new(
        machine: Machine,
        database: &'static str,
        latency: Duration,
        compressed: Option<u32>,
    ) -> Report {
        Report {
            bench: "load",
            machine,
            database,
            latency_ms: latency.as_millis() as u64,
            compressed,
            rows: Vec::new(),
            uploads: None,
            presses: None,
        }
    }

    /// For people, in Markdown.
    pub(crate) fn table(&self) -> String {
        let Machine { processor, cores, kernel } = &self.machine;
        let mut text = format!(
            "{cores} cores of {processor}, Linux {kernel}; {}; Discord takes {} ms more",
            self.database, self.latency_ms
        );
        match self.compressed {
            Some(times) => text.push_str(&format!("; games and thought are {times} times shorter\n")),
            None => text.push_str("; real time\n"),
        }
        let rows: Vec<&Row> = self.rows.iter().chain(&self.uploads).collect();
        if !rows.is_empty() {
            text.push_str(
                "\nTimes in ms: p50, p95, p99, max.\n\n\
                 | users | s | in matches, queueing | presses/s | acknowledged | answered | missed | match found after its wave | matches/min | lost, twice |\n\
                 |---|---|---|---|---|---|---|---|---|---|\n",
            );
            for row in &rows {
                let _ = writeln!(
                    text,
                    "| {} | {} | {:.0} %, {:.0} % | {} | {} | {} | {} | {} | {} | {}, {} |",
                    row.users,
                    row.seconds,
                    row.share_in_matches * 100.0,
                    row.share_queueing * 100.0,
                    row.presses_per_s,
                    Row::waits(row.ack_ms),
                    Row::waits(row.answer_ms),
                    row.deadline_misses,
                    Row::waits(row.found_ms),
                    row.matches_per_min,
                    row.lost,
                    row.duplicates,
                );
            }
            text.push_str(
                "\n| users | uploads/min, read/min | verdict | replays in line: mean, most | calls a match | calls/s, counted/s | most waiting | records/s | journal KB/s | lag in ms: journal, database | processor, % of a core | memory, MB |\n\
                 |---|---|---|---|---|---|---|---|---|---|---|---|\n",
            );
            for row in &rows {
                let _ = writeln!(
                    text,
                    "| {} | {}, {} | {} | {}, {} | {} | {}, {} | {} | {} | {:.1} | {}, {} | {} | {} |",
                    row.users,
                    row.uploads_per_min,
                    row.replays_read_per_min,
                    Row::waits(row.verdict_ms),
                    row.line_mean,
                    row.line_most,
                    row.calls_per_match.map_or("-".to_owned(), |calls| round(calls).to_string()),
                    row.calls_per_s,
                    row.counted_per_s,
                    row.waiting_most,
                    row.records_per_s,
                    row.journal_bytes_per_s / 1e3,
                    row.journal_lag_ms,
                    row.database_lag_ms,
                    row.ladder_cpu_percent,
                    row.ladder_pss_mb,
                );
            }
            text.push_str(&roles(&rows));
        }
        if let Some(presses) = &self.presses {
            let _ = writeln!(
                text,
                "\n{} people press at once, {} times, at {} ms: acknowledged after {} ms, answered after {} ms (p50, p95, p99, max); {} missed",
                presses.people,
                presses.rounds,
                presses.latency_ms,
                Row::waits(presses.ack_ms),
                Row::waits(presses.answer_ms),
                presses.deadline_misses,
            );
        }
        text
    }
}

/// Processor and memory of each role, and what took the machine besides.
fn roles(rows: &[&Row]) -> String {
    let names: Vec<&String> = rows.first().map(|row| row.roles.keys().collect()).unwrap_or_default();
    let mut text =
        "\nOf each role, % of a core and MB; of the machine, busy and taken by others.\n\n| users |"
            .to_owned();
    for name in &names {
        let _ = write!(text, " {name} |");
    }
    let _ = writeln!(text, " machine |\n|---|{}---|", "---|".repeat(names.len()));
    for row in rows {
        let _ = write!(text, "| {} |", row.users);
        for name in &names {
            let role = row.roles.get(*name);
            let memory = role.and_then(|role| role.pss_mb).map_or("-".to_owned(), |mb| mb.to_string());
            let _ = write!(text, " {}, {memory} |", role.map_or(0.0, |role| role.cpu_percent));
        }
        let _ = writeln!(text, " {:.0} %, {:.0} % |", row.machine_busy * 100.0, row.machine_foreign * 100.0);
    }
    text
}
