//! The numbers of a run: the line on the terminal, the summary at the end, the report file.
//!
//! Most are what the children report as gauges. A role's gauge is the last one seen of any of its
//! incarnations, so the numbers survive restarts and the drain. Memory and processor time are the
//! kernel's, taken when the service ends, before the drain. What nobody told is missing, never zero.

use super::judging::{self, Judgement};
use super::spec::Plan;
use super::status::Usage;
use ipc_schema::control::{Gauge, Role};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write as _};
use std::time::Duration;

/// More names than any role has; what a broken child invents beyond is left out.
const GAUGES: usize = 256;
/// Between two lines where no terminal redraws one.
const PLAIN_EVERY: Duration = Duration::from_secs(30);

/// How the supervisor itself is called where its processes are listed by role.
pub const SUPERVISOR: &str = "supervisor";

pub type Gauges = BTreeMap<String, f64>;

/// Merges new values into what is known.
pub fn merge(known: &mut Gauges, new: Vec<Gauge>) {
    for Gauge { name, value } in new {
        if known.len() < GAUGES || known.contains_key(&name) {
            known.insert(name, value);
        }
    }
}

/// What is counted over a whole run.
#[derive(Debug, Default)]
pub struct Tally {
    /// Since the ladder was up, until it began to drain.
    pub duration: Duration,
    seed: Option<u64>,
    players: Option<u32>,
    /// Crashes that were followed by a new incarnation.
    restarts: BTreeMap<&'static str, u64>,
    /// By the names of the children: those of one role tell different things.
    gauges: BTreeMap<String, Gauges>,
    /// Of all that served at the end; None as soon as the kernel keeps one of them to itself.
    pss_kib: BTreeMap<&'static str, Option<u64>>,
    /// Of all incarnations.
    cpu_ms: BTreeMap<&'static str, Option<u64>>,
    /// Once the run is over and could be judged.
    pub judgement: Option<Judgement>,
}

impl Tally {
    pub fn new(seed: Option<u64>, players: Option<u32>) -> Tally {
        Tally { seed, players, ..Tally::default() }
    }

    /// A role takes part, so it appears in the report even if nothing happens to it.
    pub fn add_role(&mut self, role: Role) {
        self.restarts.entry(role.name()).or_default();
    }

    /// The same for one of its children, by its name.
    pub fn add_child(&mut self, name: String) {
        self.gauges.entry(name).or_default();
    }

    pub fn count_restart(&mut self, role: Role) {
        *self.restarts.entry(role.name()).or_default() += 1;
    }

    /// What an incarnation that has ended had used.
    pub fn count_cpu(&mut self, role: Role, cpu_ms: Option<u64>) {
        add(&mut self.cpu_ms, role.name(), cpu_ms);
    }

    /// What a process uses that serves at the end.
    pub fn measure(&mut self, role: &'static str, usage: Usage) {
        add(&mut self.pss_kib, role, usage.pss_kib);
        add(&mut self.cpu_ms, role, usage.cpu_ms);
    }

    pub fn merge(&mut self, child: String, gauges: Vec<Gauge>) {
        merge(self.gauges.entry(child).or_default(), gauges);
    }

    fn gauge(&self, role: Role, name: &str) -> Option<f64> {
        self.gauges.get(role.name())?.get(name).copied()
    }

    fn restarts(&self) -> u64 {
        self.restarts.values().sum()
    }

    /// The report file.
    pub fn to_json(&self) -> Value {
        let emulator = |name: &str| number(self.gauge(Role::Emulator, name));
        let percentiles = |of: &str| -> Map<String, Value> {
            ["p50", "p95", "p99", "max"]
                .into_iter()
                .map(|part| (part.to_owned(), emulator(&format!("{of}_{part}"))))
                .collect()
        };
        let gauges: Map<String, Value> =
            self.gauges.iter().map(|(child, gauges)| (child.clone(), to_json(gauges))).collect();
        let judged = self.judgement.as_ref();
        let found = |of: fn(&Judgement) -> u64| judged.map(of);
        // Without a judgement there are the emulator's own counts of these two.
        let counted = |of, gauge| found(of).map_or_else(|| emulator(gauge), Value::from);
        let scaled =
            |of: &BTreeMap<&'static str, Option<u64>>, scale: fn(f64) -> f64| -> Map<String, Value> {
                let number = |value: Option<u64>| number(value.map(|value| round(scale(value as f64))));
                of.iter().map(|(role, value)| ((*role).to_owned(), number(*value))).collect()
            };
        json!({
            "duration_s": round(self.duration.as_secs_f64()),
            "players": self.players,
            "seed": self.seed,
            "matches_completed": number(self.gauge(Role::Players, "matches_completed")),
            "replays_parsed": number(self.gauge(Role::Backend, "replays_parsed")),
            "interactions": emulator("interactions"),
            "ack_ms": percentiles("ack_ms"),
            "answer_ms": percentiles("answer_ms"),
            "deadline_misses": counted(|judged| judged.deadline_misses, "deadline_misses"),
            "expired": found(|judged| judged.expired),
            "while_down": found(|judged| judged.while_down),
            "machine_stalled": counted(|judged| judged.machine_stalled, "machine_stalled"),
            "lost": found(|judged| judged.lost),
            "duplicates": found(|judged| judged.duplicates),
            "discord_calls_per_match": judged.and_then(|judged| judged.discord_calls_per_match),
            "restarts": self.restarts,
            "pss_mb": scaled(&self.pss_kib, |kib| kib * 1024.0 / 1e6),
            "cpu_s": scaled(&self.cpu_ms, |ms| ms / 1e3),
            "gauges": gauges,
        })
    }

    /// One line of at most 80 characters for who watches.
    fn line(&self) -> String {
        let seconds = self.duration.as_secs();
        let mut line = format!("{:02}:{:02}", seconds / 60, seconds % 60);
        if let Some(players) = self.players {
            let _ = write!(line, "  {players} players");
        }
        let parts = [
            (self.gauge(Role::Backend, "queue_entries"), "queued"),
            (self.gauge(Role::Backend, "matches_open"), "playing"),
            (self.matches_completed(), "matches"),
            (self.gauge(Role::Backend, "replays_parsed"), "replays"),
        ];
        for (value, what) in parts {
            let _ = write!(line, "  {} {what}", plain(value));
        }
        let _ = write!(line, "  {} restarts", self.restarts());
        line
    }

    fn matches_completed(&self) -> Option<f64> {
        let told = self.gauge(Role::Players, "matches_completed");
        told.or_else(|| self.gauge(Role::Backend, "matches_decided"))
    }

    /// A few lines at the end.
    pub fn summary(&self) -> String {
        let emulator = |name| plain(self.gauge(Role::Emulator, name));
        let mut text = format!(
            "{} s: {} matches completed, {} replays parsed, {} restarts\n",
            self.duration.as_secs(),
            plain(self.matches_completed()),
            plain(self.gauge(Role::Backend, "replays_parsed")),
            self.restarts(),
        );
        if self.gauges.contains_key(Role::Emulator.name()) {
            let _ = writeln!(
                text,
                "{} interactions, acknowledged in {} ms (p50), {} ms (p99), {} ms (slowest)",
                emulator("interactions"),
                emulator("ack_ms_p50"),
                emulator("ack_ms_p99"),
                emulator("ack_ms_max"),
            );
            let _ = writeln!(
                text,
                "{} missed Discord's 3 s; {} more while this machine stood still",
                emulator("deadline_misses"),
                emulator("machine_stalled"),
            );
        }
        text
    }
}

/// What is said once a run serves.
pub fn up(took: Duration, plan: &Plan) -> String {
    let mut line = format!("The ladder is up after {:.1} s", took.as_secs_f64());
    if let Some(demo) = &plan.demo {
        let seed = plan.seed.unwrap_or_default();
        write!(line, ", with {} players and seed {seed}", demo.players).expect("a string takes all");
    }
    line.push('.');
    if let Some(address) = plan.demo.as_ref().and_then(|demo| demo.address.as_ref()) {
        write!(line, "\nOpen http://{address}/ in a browser to play.").expect("a string takes all");
    }
    if let Some(address) = plan.dashboard.as_ref().and_then(|dashboard| dashboard.address.as_ref()) {
        write!(line, "\nThe dashboard is at http://{address}/.").expect("a string takes all");
    }
    line
}

/// What the judge says, in a line.
pub fn verdict(judged: &anyhow::Result<Judgement>) -> String {
    match judged {
        Ok(judged) if judged.is_clean() => "Judge: nothing lost, nothing twice".to_owned(),
        Ok(Judgement { lost, duplicates, .. }) => {
            format!("Judge: {lost} lost, {duplicates} twice; {} in the data folder has them", judging::FILE)
        }
        Err(error) => format!("Judge: cannot judge, {error:#}"),
    }
}

/// Adds to the sum of a role, which is unknown once a part of it is.
fn add(sums: &mut BTreeMap<&'static str, Option<u64>>, role: &'static str, value: Option<u64>) {
    let sum = sums.entry(role).or_insert(Some(0));
    *sum = sum.zip(value).map(|(sum, value)| sum + value);
}

/// Gauges as a JSON object.
pub fn to_json(gauges: &Gauges) -> Value {
    gauges.iter().map(|(name, value)| (name.clone(), number(Some(*value)))).collect::<Map<_, _>>().into()
}

/// Whole numbers without a fraction; what is no number is null.
fn number(value: Option<f64>) -> Value {
    match value {
        // Every whole number up to here is exact in an f64.
        Some(value) if value.fract() == 0.0 && value.abs() < 9e15 => json!(value as i64),
        Some(value) => json!(value),
        None => Value::Null,
    }
}

fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

fn plain(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| round(value).to_string())
}

/// Shows how the run goes: on a terminal one line, drawn anew each second, else a line now and then.
pub struct Screen {
    terminal: bool,
    drawn: bool,
    next_plain: Duration,
}

impl Screen {
    pub fn new() -> Screen {
        Screen { terminal: io::stdout().is_terminal(), drawn: false, next_plain: PLAIN_EVERY }
    }

    /// Once a second while the run is up.
    pub fn show(&mut self, tally: &Tally) {
        if self.terminal {
            // The cursor goes back to the start, so that a child's log line begins there and not
            // behind this one; without wrapping, a narrow terminal cuts the line off.
            print(&format!("\r\x1b[K\x1b[?7l{}\x1b[?7h\r", tally.line()));
            self.drawn = true;
        } else if tally.duration >= self.next_plain {
            print(&format!("{}\n", tally.line()));
            self.next_plain = tally.duration + PLAIN_EVERY;
        }
    }

    /// A line that stays.
    pub fn say(&mut self, text: &str) {
        let clear = if self.drawn { "\r\x1b[K" } else { "" };
        self.drawn = false;
        print(&format!("{clear}{}\n", text.trim_end()));
    }
}

impl Default for Screen {
    fn default() -> Screen {
        Screen::new()
    }
}

/// Whoever closed our output is not listening; that is no reason to stop a ladder.
fn print(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gauge(name: &str, value: f64) -> Gauge {
        Gauge { name: name.to_owned(), value }
    }

    fn tally() -> Tally {
        let mut tally = Tally::new(Some(7), Some(40));
        tally.duration = Duration::from_millis(90_040);
        for role in [Role::Emulator, Role::Backend, Role::Frontend] {
            tally.add_role(role);
            tally.add_child(role.name().to_owned());
        }
        tally.count_restart(Role::Backend);
        tally.merge(
            Role::Backend.name().to_owned(),
            vec![gauge("queue_entries", 6.0), gauge("replays_parsed", 12.0)],
        );
        tally.merge(Role::Backend.name().to_owned(), vec![gauge("queue_entries", 4.0)]);
        tally.count_cpu(Role::Backend, Some(1_240));
        for (role, pss_kib, cpu_ms) in [
            ("backend", Some(4_000), Some(60)),
            ("replay-worker", Some(1_000), Some(10)),
            ("replay-worker", None, Some(20)),
        ] {
            tally.measure(role, Usage { pss_kib, cpu_ms });
        }
        tally.merge(
            Role::Emulator.name().to_owned(),
            vec![gauge("ack_ms_p50", 1.25), gauge("interactions", 900.0)],
        );
        tally.merge(Role::Emulator.name().to_owned(), vec![gauge("deadline_misses", 2.0)]);
        tally
    }

    #[test]
    fn the_report_holds_what_was_last_seen_and_null_for_what_was_not() {
        let expected = json!({
            "duration_s": 90.0, "players": 40, "seed": 7,
            "matches_completed": null, "replays_parsed": 12, "interactions": 900,
            "ack_ms": {"p50": 1.25, "p95": null, "p99": null, "max": null},
            "answer_ms": {"p50": null, "p95": null, "p99": null, "max": null},
            "deadline_misses": 2, "expired": null, "while_down": null, "machine_stalled": null,
            "lost": null, "duplicates": null, "discord_calls_per_match": null,
            "restarts": {"emulator": 0, "backend": 1, "frontend": 0},
            "pss_mb": {"backend": 4.1, "replay-worker": null},
            "cpu_s": {"backend": 1.3, "replay-worker": 0},
            "gauges": {
                "emulator": {"ack_ms_p50": 1.25, "interactions": 900, "deadline_misses": 2},
                "backend": {"queue_entries": 4, "replays_parsed": 12},
                "frontend": {},
            },
        });
        assert_eq!(tally().to_json(), expected);
    }

    #[test]
    fn a_judgement_stands_in_the_report_and_in_a_line() {
        let judgement = |lost| Judgement {
            lost,
            duplicates: 0,
            deadline_misses: 0,
            expired: 3,
            while_down: 4,
            machine_stalled: 5,
            discord_calls_per_match: Some(14.5),
        };
        let report = Tally { judgement: Some(judgement(1)), ..tally() }.to_json();
        let expected = json!([1, 0, 0, 3, 4, 5, 14.5]);
        let names = ["lost", "duplicates", "deadline_misses", "expired", "while_down", "machine_stalled"];
        let found = names.iter().chain(&["discord_calls_per_match"]).map(|name| report[name].clone());
        assert_eq!(Value::from_iter(found), expected);
        assert_eq!(verdict(&Ok(judgement(0))), "Judge: nothing lost, nothing twice");
        assert_eq!(
            verdict(&Ok(judgement(1))),
            "Judge: 1 lost, 0 twice; judge.json in the data folder has them"
        );
        let unread = anyhow::anyhow!("emulator/log.ndjson is not there");
        assert_eq!(verdict(&Err(unread)), "Judge: cannot judge, emulator/log.ndjson is not there");
    }

    #[test]
    fn the_line_shows_what_is_known_in_eighty_characters() {
        let line = tally().line();
        assert_eq!(line, "01:30  40 players  4 queued  - playing  - matches  12 replays  1 restarts");
        assert!(line.len() <= 80);
    }

    #[test]
    fn a_child_cannot_fill_the_memory_with_names() {
        let mut known = Gauges::new();
        merge(&mut known, (0..1000).map(|n| gauge(&n.to_string(), 1.0)).collect());
        merge(&mut known, vec![gauge("0", 2.0)]);
        assert_eq!((known.len(), known["0"]), (GAUGES, 2.0));
    }
}
