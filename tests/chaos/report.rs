//! What a run comes to: the JSON object, the table, and whether it went well.

use super::schedule::{Database, ROLES, Role, Step};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

/// What was done, and what was seen meanwhile.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// SIGKILLs of one role alone or with some others.
    pub(crate) kills: BTreeMap<Role, u64>,
    /// SIGKILLs of all four roles in one moment, which are not among the others.
    pub(crate) kills_all: u64,
    /// Whole trees that were killed, and that were stopped.
    pub(crate) trees_killed: u64,
    pub(crate) restarts: u64,
    pub(crate) restarts_empty: u64,
    /// From SIGKILL to ready again, each.
    pub(crate) recovery: BTreeMap<&'static str, Vec<Duration>>,
    pub(crate) journal_lag_max: f64,
    pub(crate) database_out: Duration,
    pub(crate) disk_full: Duration,
    pub(crate) discord_slow: Duration,
    pub(crate) discord_failing: Duration,
    pub(crate) disconnects: u64,
    /// What was planned and cannot be done here.
    pub(crate) not_done: Vec<String>,
    /// Drains that did not end as they should.
    pub(crate) unclean_stops: Vec<String>,
    /// How long the ladder was up and down in between.
    pub(crate) length: Duration,
}

/// All that is told of a run.
pub(crate) struct Outcome {
    pub(crate) seed: u64,
    pub(crate) players: u32,
    pub(crate) length: Duration,
    pub(crate) database: Database,
    pub(crate) schedule: Vec<Step>,
    pub(crate) tally: Tally,
    pub(crate) judgement: Value,
    pub(crate) audit: Value,
    pub(crate) matches_undisturbed: u64,
    pub(crate) small_disk: bool,
}

impl Outcome {
    /// Nothing was lost, doubled or missed, the ratings are what the results make them, each drain was clean, and at
    /// least half as many matches were played as without all this.
    pub(crate) fn is_good(&self) -> bool {
        let none = |name: &str| self.judgement[name] == 0;
        let completed = self.judgement["matches_completed"].as_u64().unwrap_or(0);
        ["lost", "duplicates", "deadline_misses"].into_iter().all(none)
            && self.audit["findings"].as_array().is_some_and(Vec::is_empty)
            && self.tally.unclean_stops.is_empty()
            && 2 * completed >= self.matches_undisturbed
    }

    pub(crate) fn to_json(&self) -> Value {
        let Tally { kills, recovery, .. } = &self.tally;
        let judged = |name: &str| self.judgement[name].clone();
        let kills: Map<String, Value> = ROLES
            .into_iter()
            .map(|role| (role.name().to_owned(), kills.get(&role).copied().unwrap_or_default().into()))
            .collect();
        let recovery: Map<String, Value> =
            recovery.iter().map(|(role, times)| ((*role).to_owned(), percentiles(times))).collect();
        json!({
            "seed": self.seed,
            "players": self.players,
            "database": self.database,
            "for_s": seconds(self.length),
            "took_s": seconds(self.tally.length),
            "kills": kills,
            "kills_all": self.tally.kills_all,
            "trees_killed": self.tally.trees_killed,
            "restarts": self.tally.restarts,
            "restarts_over_an_empty_folder": self.tally.restarts_empty,
            "matches_completed": judged("matches_completed"),
            "matches_undisturbed": self.matches_undisturbed,
            "presses": judged("presses"),
            "lost": judged("lost"),
            "duplicates": judged("duplicates"),
            "deadline_misses": judged("deadline_misses"),
            "expired": judged("expired"),
            "while_down": judged("while_down"),
            "machine_stalled": judged("machine_stalled"),
            "turned_away": judged("turned_away"),
            "not_yet_due": judged("not_yet_due"),
            "recovery_ms": recovery,
            "db_outage_s": seconds(self.tally.database_out),
            "disk_full_s": self.small_disk.then(|| seconds(self.tally.disk_full)),
            "discord_slow_s": seconds(self.tally.discord_slow),
            "discord_failing_s": seconds(self.tally.discord_failing),
            "disconnects": self.tally.disconnects,
            "journal_lag_max": self.tally.journal_lag_max,
            "not_done": self.tally.not_done,
            "unclean_stops": self.tally.unclean_stops,
            "findings": judged("findings"),
            "audit_findings": self.audit["findings"],
            "good": self.is_good(),
            "schedule": self.schedule,
        })
    }

    /// For who reads it on a terminal.
    pub(crate) fn table(&self) -> String {
        let json = self.to_json();
        let mut text = String::new();
        let mut row = |name: &str, value: &str| {
            let _ = writeln!(text, "{name:<22} {value}");
        };
        let number = |name: &str| json[name].to_string();
        row(
            "run",
            &format!(
                "{} s, seed {}, {} players, {:?}",
                json["took_s"], self.seed, self.players, self.database
            ),
        );
        let kills = |name: &str| format!("{} {name}", json["kills"][name]);
        row("kills", &ROLES.map(|role| kills(role.name())).join(", "));
        row("kills of all at once", &number("kills_all"));
        row(
            "whole trees",
            &format!(
                "{} killed, {} restarted, {} over an empty folder",
                json["trees_killed"], json["restarts"], json["restarts_over_an_empty_folder"]
            ),
        );
        row(
            "trouble",
            &format!(
                "disk full {} s, database away {} s, Discord slow {} s, failing {} s, {} disconnects",
                json["disk_full_s"],
                json["db_outage_s"],
                json["discord_slow_s"],
                json["discord_failing_s"],
                json["disconnects"]
            ),
        );
        row(
            "matches",
            &format!("{} completed, {} undisturbed", json["matches_completed"], self.matches_undisturbed),
        );
        for (role, times) in json["recovery_ms"].as_object().into_iter().flatten() {
            let words = format!(
                "{} ms p50, {} p99, {} max, of {}",
                times["p50"], times["p99"], times["max"], times["count"]
            );
            row(&format!("back: {role}"), &words);
        }
        row("journal lag, most", &format!("{} records", json["journal_lag_max"]));
        let apart = ["expired", "while_down", "machine_stalled", "turned_away", "not_yet_due"];
        row(
            "presses",
            &format!(
                "{}; {}",
                json["presses"],
                apart.map(|name| format!("{} {name}", json[name])).join(", ")
            ),
        );
        row("lost", &number("lost"));
        row("duplicates", &number("duplicates"));
        row("deadline misses", &number("deadline_misses"));
        let found = |name: &str| json[name].as_array().cloned().unwrap_or_default();
        row("audit", &format!("{} findings", found("audit_findings").len()));
        for name in ["not_done", "unclean_stops", "findings", "audit_findings"] {
            for finding in found(name) {
                let _ = writeln!(text, "{name}: {finding}");
            }
        }
        text
    }
}

fn seconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 10.0).round() / 10.0
}

/// Of times, in milliseconds: the nearest rank.
fn percentiles(times: &[Duration]) -> Value {
    let mut millis: Vec<f64> = times.iter().map(|time| (time.as_secs_f64() * 1e3).round()).collect();
    millis.sort_by(f64::total_cmp);
    let rank = |percent: usize| millis.get((millis.len() * percent).div_ceil(100).max(1) - 1).copied();
    json!({"p50": rank(50), "p99": rank(99), "max": rank(100), "count": millis.len()})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_times_that_were_measured() {
        let times: Vec<Duration> = (1..=200).rev().map(Duration::from_millis).collect();
        assert_eq!(percentiles(&times), json!({"p50": 100.0, "p99": 198.0, "max": 200.0, "count": 200}));
        assert_eq!(percentiles(&times[..1]), json!({"p50": 200.0, "p99": 200.0, "max": 200.0, "count": 1}));
        assert_eq!(percentiles(&[]), json!({"p50": null, "p99": null, "max": null, "count": 0}));
    }

    fn outcome(judgement: Value, audit: Value) -> Outcome {
        Outcome {
            seed: 1,
            players: 2,
            length: Duration::from_secs(60),
            database: Database::Sqlite,
            schedule: Vec::new(),
            tally: Tally::default(),
            judgement,
            audit,
            matches_undisturbed: 0,
            small_disk: false,
        }
    }

    #[test]
    fn what_is_lost_doubled_missed_or_wrong_is_not_good_and_what_nobody_told_is_not_either() {
        let clean =
            json!({"lost": 0, "duplicates": 0, "deadline_misses": 0, "expired": 7, "matches_completed": 5});
        let audit = json!({"findings": []});
        assert!(outcome(clean.clone(), audit.clone()).is_good());
        for name in ["lost", "duplicates", "deadline_misses"] {
            let mut judged = clean.clone();
            judged[name] = 1.into();
            assert!(!outcome(judged, audit.clone()).is_good(), "{name}");
        }
        assert!(!outcome(clean.clone(), json!({"findings": ["one"]})).is_good());
        assert!(!outcome(clean.clone(), json!({})).is_good());
        for (matches_undisturbed, good) in [(10, true), (11, false)] {
            let slowed = Outcome { matches_undisturbed, ..outcome(clean.clone(), audit.clone()) };
            assert_eq!(slowed.is_good(), good, "5 matches to {matches_undisturbed}");
        }
        let mut stopped = outcome(clean, audit);
        stopped.tally.unclean_stops.push("exit status: 70".to_owned());
        assert!(!stopped.is_good());
        assert!(!outcome(json!({}), json!({"findings": []})).is_good());
    }
}
