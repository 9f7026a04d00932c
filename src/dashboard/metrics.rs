//! Everything that Prometheus is told, as one table, and the text in which it is told.
//!
//! Names and units are by its conventions: seconds and bytes, `_total` for what only counts up (a process that
//! dies counts anew, which `rate` knows). `docs/operations/watching.md` has this table for people. What a
//! role has not told is left out, never zero.

use super::status::{Container, Counts, Process, Status};
use ipc_schema::control::{LATENCY_BOUNDS_MS, Role};
use ipc_schema::watch::LoadLevel;
use std::fmt::Write as _;

/// What a metric is to Prometheus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Gauge,
    Counter,
    Histogram,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Kind::Gauge => "gauge",
            Kind::Counter => "counter",
            Kind::Histogram => "histogram",
        }
    }
}

/// Where its value is from.
#[derive(Clone, Copy)]
pub enum Source {
    /// A number that a role tells of itself.
    Gauge(Role, &'static str),
    /// Latencies that a role tells of itself.
    Latency(Role, &'static str),
    /// Something of each process, which `role` and `process` name; `process` counts from 1.
    Process(fn(&Process) -> Option<f64>),
    /// Bytes of each of [`STORES`], which `store` names.
    Stores,
    /// Something of the whole.
    Whole(fn(&Status) -> Option<f64>),
    /// Whether the supervisor answers, which is told also where it does not.
    Up,
    /// Whether players are served, likewise.
    Ready,
}

pub struct Metric {
    pub name: &'static str,
    pub kind: Kind,
    pub source: Source,
    /// A sentence without the name, for people.
    pub help: &'static str,
}

const fn metric(name: &'static str, kind: Kind, source: Source, help: &'static str) -> Metric {
    Metric { name, kind, source, help }
}

use Kind::{Counter, Gauge, Histogram};
use Source::Latency;

/// All metrics there are.
#[rustfmt::skip]
pub const METRICS: &[Metric] = &[
    metric("evoladder_supervisor_up", Gauge, Source::Up, "1 while the supervisor answers; without it nothing else is told."),
    metric("evoladder_ready", Gauge, Source::Ready, "1 while players are served: every role is ready, as /ready says."),
    metric("evoladder_load_level", Gauge, Source::Whole(level), "How much is going on: 0 normal, 1 busy, 2 overloaded."),
    metric("evoladder_uptime_seconds", Gauge, Source::Whole(|of| Some(of.uptime_s)), "Since the supervisor was started."),
    metric("evoladder_process_ready", Gauge, Source::Process(|of| Some(flag(of.state == "ready"))), "1 while the process serves."),
    metric("evoladder_process_incarnation", Gauge, Source::Process(|of| Some(of.incarnation as f64)), "Number of the process among all that were started."),
    metric("evoladder_process_restarts_total", Counter, Source::Process(|of| Some(of.restarts as f64)), "Deaths of the process that its successor followed."),
    metric("evoladder_process_recycles_total", Counter, Source::Process(|of| Some(of.recycles as f64)), "Times that the process left in good order for a successor."),
    metric("evoladder_process_memory_bytes", Gauge, Source::Process(|of| of.pss_kib.map(|kib| kib as f64 * 1024.0)), "Memory of the process, its share of what several use (PSS)."),
    metric("evoladder_store_memory_bytes", Gauge, Source::Stores, "Memory of what a process keeps, about: players, matches, history and the like."),
    metric("evoladder_process_cpu_seconds_total", Counter, Source::Process(|of| of.cpu_ms.map(seconds)), "Processor time of the process."),
    metric("evoladder_process_sandbox_layers_missing", Gauge, Source::Process(|of| Some(of.sandbox.as_ref()?.iter().filter(|layer| !layer.on).count() as f64)), "Layers of a replay worker's sandbox that the host does not give."),
    metric("evoladder_supervisor_memory_bytes", Gauge, Source::Whole(|of| of.pss_kib.map(|kib| kib as f64 * 1024.0)), "Memory of the supervisor (PSS)."),
    metric("evoladder_supervisor_cpu_seconds_total", Counter, Source::Whole(|of| of.cpu_ms.map(seconds)), "Processor time of the supervisor."),
    metric("evoladder_container_memory_bytes", Gauge, Source::Whole(|Status { container: Container { memory_bytes, .. }, .. }| memory_bytes.map(|bytes| bytes as f64)), "Memory that the container uses, files in memory included."),
    metric("evoladder_container_memory_limit_bytes", Gauge, Source::Whole(|Status { container: Container { limit_bytes, .. }, .. }| limit_bytes.map(|bytes| bytes as f64)), "Memory that the container may use, where there is a limit."),

    metric("evoladder_users_active", Gauge, Source::Gauge(Role::Frontend, "users_active"), "Accounts that pressed, typed or sent something within 15 minutes."),
    metric("evoladder_interactions_total", Counter, Source::Gauge(Role::Frontend, "interactions"), "Interactions that arrived from Discord."),
    metric("evoladder_interactions_in_flight", Gauge, Source::Gauge(Role::Frontend, "interactions_in_flight"), "Interactions being answered."),
    metric("evoladder_interactions_expired_total", Counter, Source::Gauge(Role::Frontend, "interactions_expired"), "Interactions that Discord no longer knew when they were to be answered."),
    metric("evoladder_interaction_ack_seconds", Histogram, Latency(Role::Frontend, "ack"), "From an interaction's arrival to the callback that Discord took."),
    metric("evoladder_interaction_answer_seconds", Histogram, Latency(Role::Frontend, "answer"), "From an interaction's arrival to the first content that is not \"thinking\"."),
    metric("evoladder_backend_request_seconds", Histogram, Latency(Role::Frontend, "backend"), "From the frontend's request to the backend's reply, which waits until it is true on disk."),
    metric("evoladder_cards_in_flight", Gauge, Source::Gauge(Role::Frontend, "cards_in_flight"), "Messages to players that wait for their turn or are on their way."),
    metric("evoladder_cards_urgent", Gauge, Source::Gauge(Role::Frontend, "cards_urgent"), "Those of them that wait and that somebody waits for: matches, results, answers."),
    metric("evoladder_discord_calls_total", Counter, Source::Gauge(Role::Frontend, "discord_calls"), "Calls to Discord."),
    metric("evoladder_discord_budget_calls_total", Counter, Source::Gauge(Role::Frontend, "discord_calls_counted"), "Calls that are of the 50 a second that Discord allows."),
    metric("evoladder_discord_calls_waiting", Gauge, Source::Gauge(Role::Frontend, "discord_calls_waiting"), "Calls that wait in line for Discord's limits."),
    metric("evoladder_discord_limited_total", Counter, Source::Gauge(Role::Frontend, "discord_calls_limited"), "Calls that Discord answered with 429."),
    metric("evoladder_discord_failures", Gauge, Source::Gauge(Role::Frontend, "discord_failures"), "Answers of 401, 403 and 429 within ten minutes; 10,000 ban the address, 2,000 open the breaker."),
    metric("evoladder_discord_breaker_open", Gauge, Source::Gauge(Role::Frontend, "breaker_open"), "Frontends that send nothing but acknowledgements to Discord; there is one unless FRONTEND_PROCESSES says otherwise."),
    metric("evoladder_discord_call_seconds", Histogram, Latency(Role::Frontend, "discord"), "From sending a call to Discord's answer."),
    metric("evoladder_pictures_painted_total", Counter, Source::Gauge(Role::Frontend, "pictures_painted"), "Pictures of pages that were painted."),
    metric("evoladder_pictures_turned_away_total", Counter, Source::Gauge(Role::Frontend, "pictures_turned_away"), "Pictures that were not painted, for lack of time."),

    metric("evoladder_players", Gauge, Source::Gauge(Role::Backend, "players"), "Accounts that the ladder knows."),
    metric("evoladder_queue_entries", Gauge, Source::Gauge(Role::Backend, "queue_entries"), "Players who wait for a match."),
    metric("evoladder_waves_total", Counter, Source::Gauge(Role::Backend, "waves"), "Rounds of matching over the queue."),
    metric("evoladder_matches_open", Gauge, Source::Gauge(Role::Backend, "matches_open"), "Matches that are not decided."),
    metric("evoladder_matches_paired_total", Counter, Source::Gauge(Role::Backend, "matches_paired"), "Matches that were found."),
    metric("evoladder_matches_decided_total", Counter, Source::Gauge(Role::Backend, "matches_decided"), "Matches that ended with a result."),
    metric("evoladder_replays_parsed_total", Counter, Source::Gauge(Role::Backend, "replays_parsed"), "Replays that were read."),
    metric("evoladder_replays_failed_total", Counter, Source::Gauge(Role::Backend, "replays_failed"), "Replays that could not be read."),
    metric("evoladder_replays_in_line", Gauge, Source::Gauge(Role::Backend, "replays_in_line"), "Replays that wait for a worker or are being read."),
    metric("evoladder_replay_workers", Gauge, Source::Gauge(Role::Backend, "workers"), "Replay workers that are connected."),
    metric("evoladder_replay_workers_idle", Gauge, Source::Gauge(Role::Backend, "workers_idle"), "Replay workers without a replay."),
    metric("evoladder_replay_jobs_total", Counter, Source::Gauge(Role::Backend, "replay_jobs"), "Replays that were handed to a worker, each attempt."),
    metric("evoladder_replay_jobs_timed_out_total", Counter, Source::Gauge(Role::Backend, "replay_jobs_timed_out"), "Attempts that took too long, and ended with their worker."),
    metric("evoladder_replay_jobs_dropped_total", Counter, Source::Gauge(Role::Backend, "replay_jobs_dropped"), "Attempts whose worker died or was let go, those above among them."),
    metric("evoladder_replay_job_seconds", Histogram, Latency(Role::Backend, "replay_job"), "From handing a replay to a worker to what it read."),
    metric("evoladder_cards_due", Gauge, Source::Gauge(Role::Backend, "cards_due"), "Messages whose newest version players have not got."),
    metric("evoladder_read_only", Gauge, Source::Gauge(Role::Backend, "read_only"), "1 while nothing is decided because the disk refused."),
    metric("evoladder_records_total", Counter, Source::Gauge(Role::Backend, "records"), "Decisions of the ladder since it was made."),
    metric("evoladder_writer_queue_records", Gauge, Source::Gauge(Role::Backend, "records_unsaved"), "Decisions that are not known to be on disk."),
    metric("evoladder_journal_lag_seconds", Gauge, Source::Gauge(Role::Backend, "journal_lag_s"), "For how long the oldest of them has been on its way."),
    metric("evoladder_record_durable_seconds", Histogram, Latency(Role::Backend, "durable"), "From handing decisions to the db-writer to knowing them on disk."),

    metric("evoladder_journal_append_seconds", Histogram, Latency(Role::DbWriter, "append"), "From the arrival of decisions at the db-writer to their sync."),
    metric("evoladder_journal_appends_under_way", Gauge, Source::Gauge(Role::DbWriter, "appends_under_way"), "Appends that the journal has not answered."),
    metric("evoladder_journal_bytes", Gauge, Source::Gauge(Role::DbWriter, "journal_bytes"), "Frames that the journal held at the start, and all since."),
    metric("evoladder_database_connected", Gauge, Source::Gauge(Role::DbWriter, "database_connected"), "1 while the database answers."),
    metric("evoladder_database_lag_records", Gauge, Source::Gauge(Role::DbWriter, "database_lag_records"), "Decisions in the journal that the database does not have."),
    metric("evoladder_database_lag_seconds", Gauge, Source::Gauge(Role::DbWriter, "database_lag_s"), "For how long the oldest of them has been in the journal."),
    metric("evoladder_database_batch_seconds", Histogram, Latency(Role::DbWriter, "database"), "Of a batch of decisions, from its statement to the database's answer."),
    metric("evoladder_replays_to_copy", Gauge, Source::Gauge(Role::DbWriter, "replays_to_copy"), "Replay files that REPLAY_STORE does not have."),
];

/// What is kept in memory, and by whom, who tells `store_NAME_bytes` of it.
pub const STORES: &[(&str, Role)] = &[
    ("players", Role::Backend),
    ("queue", Role::Backend),
    ("matches", Role::Backend),
    ("ratings", Role::Backend),
    ("history", Role::Backend),
    ("replays", Role::Backend),
    ("cards", Role::Backend),
    ("answers", Role::Backend),
    ("pictures", Role::Frontend),
];

/// The type of the answer of `/metrics`.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

fn flag(is: bool) -> f64 {
    f64::from(u8::from(is))
}

fn level(status: &Status) -> Option<f64> {
    let level = LoadLevel::ALL.into_iter().find(|level| level.name() == status.load_level)?;
    Some(f64::from(level.number()))
}

fn seconds(ms: u64) -> f64 {
    ms as f64 / 1000.0
}

/// What Prometheus reads.
pub fn text(status: Option<&Status>, is_ready: bool) -> String {
    let mut text = String::new();
    for Metric { name, kind, source, help } in METRICS {
        let mut lines = String::new();
        let mut line = |labels: &str, value: f64| {
            let _ = writeln!(lines, "{name}{labels} {value}");
        };
        match (source, status) {
            (Source::Up, _) => line("", flag(status.is_some())),
            (Source::Ready, _) => line("", flag(is_ready)),
            (_, None) => {}
            (Source::Gauge(role, gauge), Some(status)) => {
                status.gauge(*role, gauge).into_iter().for_each(|value| line("", value));
            }
            (Source::Stores, Some(status)) => {
                for (store, role) in STORES {
                    let bytes = status.gauge(*role, &format!("store_{store}_bytes"));
                    bytes.into_iter().for_each(|bytes| line(&format!("{{store=\"{store}\"}}"), bytes));
                }
            }
            (Source::Whole(of), Some(status)) => of(status).into_iter().for_each(|value| line("", value)),
            (Source::Process(of), Some(status)) => {
                for process in &status.children {
                    // The names of roles need no escape.
                    let labels = format!("{{role=\"{}\",process=\"{}\"}}", process.role, process.index + 1);
                    of(process).into_iter().for_each(|value| line(&labels, value));
                }
            }
            (Latency(role, latency), Some(status)) => {
                if let Some(counts) = status.latency(*role, latency) {
                    lines = histogram(name, &counts);
                }
            }
        }
        if !lines.is_empty() {
            let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {}\n{lines}", kind.name());
        }
    }
    text
}

fn histogram(name: &str, Counts { counts, sum_s }: &Counts) -> String {
    let mut text = String::new();
    let mut all = 0;
    for (count, bound) in counts.iter().zip(LATENCY_BOUNDS_MS) {
        all += count;
        let _ = writeln!(text, "{name}_bucket{{le=\"{}\"}} {all}", f64::from(bound) / 1000.0);
    }
    let all: u64 = counts.iter().sum();
    let _ = writeln!(text, "{name}_bucket{{le=\"+Inf\"}} {all}\n{name}_sum {sum_s}\n{name}_count {all}");
    text
}

/// The table for people, in Markdown.
pub fn table() -> String {
    let mut table = "| metric | kind | what it is |\n|---|---|---|\n".to_owned();
    for Metric { name, kind, source, help } in METRICS {
        let labels = match source {
            Source::Process(_) => "{role, process}",
            Source::Stores => "{store}",
            _ => "",
        };
        let _ = writeln!(table, "| `{name}{labels}` | {} | {help} |", kind.name());
    }
    table
}

#[cfg(test)]
mod tests {
    use super::super::status::tests::process;
    use super::*;
    use crate::domain::ladder::Ladder;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_as_prometheus_wants_them() {
        let names: BTreeSet<&str> = METRICS.iter().map(|metric| metric.name).collect();
        assert_eq!(names.len(), METRICS.len(), "no name is used twice");
        for Metric { name, kind, source, help } in METRICS {
            let plain = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            assert!(plain && name.starts_with("evoladder_"), "{name}");
            assert_eq!(*kind == Kind::Counter, name.ends_with("_total"), "{name}");
            assert_eq!(*kind == Kind::Histogram, matches!(source, Latency(..)), "{name}");
            assert!(*kind != Kind::Histogram || name.ends_with("_seconds"), "{name}");
            assert!(!name.contains("_ms") && !name.contains("_kib"), "{name}: only base units");
            assert!(help.ends_with('.') && !help.contains('\n'), "{name}");
        }
    }

    #[test]
    fn the_operators_pages_know_every_metric_and_name_no_other() {
        let page = include_str!("../../docs/operations/watching.md");
        assert!(page.contains(&table()), "docs/operations/watching.md should have\n{}", table());
        let rules = include_str!("../../docs/operations/alerts.yml");
        let words = rules.split(|letter: char| !letter.is_ascii_lowercase() && letter != '_');
        let named: BTreeSet<&str> = words.filter(|word| word.starts_with("evoladder_")).collect();
        assert!(named.len() > 10, "{named:?}");
        for word in named {
            let known = METRICS.iter().any(|Metric { name, kind, .. }| match kind {
                Kind::Histogram => {
                    word.strip_prefix(name).is_some_and(|of| ["_bucket", "_sum", "_count"].contains(&of))
                }
                Kind::Gauge | Kind::Counter => word == *name,
            });
            assert!(known, "{word} of alerts.yml is in no table");
        }
    }

    #[test]
    fn the_text_says_what_is_known_and_nothing_else() {
        let mut frontend = process(Role::Frontend, "ready");
        frontend.gauges.insert("users_active".to_owned(), Some(7.0));
        frontend.gauges.insert("store_pictures_bytes".to_owned(), Some(512.0));
        frontend.pss_kib = Some(2);
        let counts = [1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3].to_vec();
        frontend.latencies.insert("answer".to_owned(), Counts { counts, sum_s: 31.25 });
        let status = Status { uptime_s: 1.5, children: vec![frontend], ..Status::default() };
        let text = text(Some(&status), false);
        let expected = [
            "# TYPE evoladder_ready gauge\nevoladder_ready 0\n",
            "evoladder_uptime_seconds 1.5\n",
            "evoladder_process_memory_bytes{role=\"frontend\",process=\"1\"} 2048\n",
            "# HELP evoladder_users_active Accounts",
            "evoladder_store_memory_bytes{store=\"pictures\"} 512\n",
            "evoladder_users_active 7\n",
            "# TYPE evoladder_interaction_answer_seconds histogram\nevoladder_interaction_answer_seconds_bucket{le=\"0.001\"} 1\n",
            "_answer_seconds_bucket{le=\"0.005\"} 3\n",
            "_answer_seconds_bucket{le=\"10\"} 3\nevoladder_interaction_answer_seconds_bucket{le=\"+Inf\"} 6\n",
            "_answer_seconds_sum 31.25\nevoladder_interaction_answer_seconds_count 6\n",
        ];
        for part in expected {
            assert!(text.contains(part), "{part} in\n{text}");
        }
        assert!(!text.contains("evoladder_queue_entries") && !text.contains("cpu_seconds"), "{text}");
    }

    #[test]
    fn each_store_is_one_that_is_told_of() {
        let told = Ladder::new(1).memory().map(|(store, _)| store).into_iter().chain(["answers", "pictures"]);
        assert_eq!(STORES.iter().map(|(store, _)| *store).collect::<Vec<_>>(), told.collect::<Vec<_>>());
        let page = include_str!("page/app.js");
        let of = |wanted| {
            let of = STORES.iter().filter(move |(_, role)| *role == wanted);
            of.map(|(store, _)| format!("\"{store}\"")).collect::<Vec<_>>().join(", ")
        };
        let (backend, frontend) = (of(Role::Backend), of(Role::Frontend));
        assert!(page.contains(&format!("[{backend}].map((name) => [name, back])")), "{backend}");
        assert!(page.contains(&format!("[{frontend}, front]")), "{frontend}");
    }

    #[test]
    fn without_an_answer_it_says_that_alone() {
        let text = text(None, false);
        let values: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(values, ["evoladder_supervisor_up 0", "evoladder_ready 0"]);
    }
}
