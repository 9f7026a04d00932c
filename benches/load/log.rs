//! What the emulator's log says of how long people waited.

use anyhow::Context;
use ipc_schema::fact_line::{Fact, FactLine};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::ops::Range;
use std::path::Path;

/// Discord gives up a press after this.
const DEADLINE_MS: u64 = 3_000;

/// A distribution in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Waits {
    pub(crate) count: usize,
    pub(crate) p50: u64,
    pub(crate) p95: u64,
    pub(crate) p99: u64,
    pub(crate) max: u64,
}

/// What people met while it was measured.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) presses: u64,
    /// From a press to the callback.
    pub(crate) ack_ms: Waits,
    /// From a press to the first content that is not "thinking".
    pub(crate) answer_ms: Waits,
    pub(crate) deadline_misses: u64,
    /// Presses without a callback while the machine stood still.
    pub(crate) machine_stalled: u64,
    /// From a wave to the message that a match was found.
    pub(crate) found_ms: Waits,
    pub(crate) uploads: u64,
    /// From the sending of a replay to the message that says what it was worth.
    pub(crate) verdict_ms: Waits,
}

#[derive(Deserialize)]
struct Line {
    at_ms: u64,
    kind: String,
    interaction: Option<String>,
    user: Option<String>,
    by: Option<String>,
    custom_id: Option<String>,
    text: Option<String>,
    #[serde(default)]
    files: Vec<String>,
    #[serde(default)]
    ok: bool,
    #[serde(default)]
    machine_stalled: bool,
    #[serde(default)]
    expired: bool,
    #[serde(default)]
    turned_away: bool,
}

impl Waits {
    fn of(mut waits: Vec<u64>) -> Waits {
        waits.sort_unstable();
        // The smallest value that so many of all do not exceed.
        let at = |percent: usize| {
            let place = (waits.len() * percent).div_ceil(100).max(1);
            waits.get(place - 1).copied().unwrap_or(0)
        };
        Waits { count: waits.len(), p50: at(50), p95: at(95), p99: at(99), max: at(100) }
    }
}

impl Told {
    /// Of a log, what began within `window` (Unix time in milliseconds), with waves at whole multiples of `wave_ms`.
    pub(crate) fn read(log: &Path, window: Range<u64>, wave_ms: u64) -> anyhow::Result<Told> {
        let file = File::open(log).with_context(|| format!("open {}", log.display()))?;
        Told::of(BufReader::new(file), window, wave_ms, |_| true)
    }

    fn of(
        log: impl BufRead,
        window: Range<u64>,
        wave_ms: u64,
        is_meant: impl Fn(&Line) -> bool,
    ) -> anyhow::Result<Told> {
        let mut told = Told::default();
        // A press at the end may be answered behind it.
        let presses_until = window.end.saturating_sub(DEADLINE_MS);
        let mut presses: HashMap<String, u64> = HashMap::new();
        let (mut acks, mut answers, mut verdicts) = (Vec::new(), Vec::new(), Vec::new());
        // By match, when its players read of it.
        let mut found: BTreeMap<u64, BTreeMap<String, u64>> = BTreeMap::new();
        let mut sent: HashMap<String, VecDeque<u64>> = HashMap::new();
        // When the replay of a job was sent, until its verdict is told.
        let mut jobs: HashMap<u64, Option<u64>> = HashMap::new();
        for line in log.lines() {
            let line: Line = serde_json::from_str(&line?).context("read a line of the log")?;
            let at = line.at_ms;
            let since = |presses: &HashMap<String, u64>| {
                let pressed = line.interaction.as_ref().and_then(|interaction| presses.get(interaction));
                pressed.map(|pressed| at.saturating_sub(*pressed))
            };
            match line.kind.as_str() {
                "press" if line.by.as_deref() != Some("autocomplete") => {
                    if let Some(interaction) = &line.interaction
                        && (window.start..presses_until).contains(&at)
                        && is_meant(&line)
                    {
                        told.presses += 1;
                        presses.insert(interaction.clone(), at);
                    }
                }
                "callback" if line.ok => acks.extend(since(&presses)),
                "answer" => answers.extend(since(&presses)),
                "interaction_failed" if since(&presses).is_some() => {
                    told.machine_stalled += u64::from(line.machine_stalled);
                    let excused = line.machine_stalled || line.expired || line.turned_away;
                    told.deadline_misses += u64::from(!excused);
                }
                "upload" if !line.files.is_empty() => {
                    if let Some(user) = line.user {
                        told.uploads += u64::from(window.contains(&at));
                        sent.entry(user).or_default().push_back(at);
                    }
                }
                "message_create" | "message_update" => {
                    let fact = line.text.as_deref().and_then(FactLine::find);
                    let (Some(user), Some(FactLine { match_id, fact })) = (line.user, fact) else { continue };
                    match fact {
                        Fact::Confirming => {
                            found.entry(match_id.0).or_default().entry(user).or_insert(at);
                        }
                        Fact::Replay { job, stage } => {
                            // The replays of one player are read in the order in which they came.
                            let from = jobs
                                .entry(job.0)
                                .or_insert_with(|| sent.get_mut(&user).and_then(VecDeque::pop_front));
                            if stage != "reading"
                                && let Some(from) = from.take().filter(|from| window.contains(from))
                            {
                                verdicts.push(at.saturating_sub(from));
                            }
                        }
                        Fact::Reminder
                        | Fact::Playing { .. }
                        | Fact::Won { .. }
                        | Fact::Lost { .. }
                        | Fact::Drawn { .. }
                        | Fact::Unplayed { .. }
                        | Fact::PlayReminder { .. } => {}
                    }
                }
                _ => {}
            }
        }
        told.ack_ms = Waits::of(acks);
        told.answer_ms = Waits::of(answers);
        told.verdict_ms = Waits::of(verdicts);
        told.found_ms = Waits::of(since_waves(&found, window, wave_ms));
        Ok(told)
    }
}

/// From the wave that found each match to its tellings. Matches are numbered in the order of waves, so whoever is told
/// late was found no later than those of a higher number.
fn since_waves(found: &BTreeMap<u64, BTreeMap<String, u64>>, window: Range<u64>, wave_ms: u64) -> Vec<u64> {
    let mut waits = Vec::new();
    let mut wave = u64::MAX;
    for tellings in found.values().rev() {
        let first = tellings.values().min().copied().unwrap_or(u64::MAX);
        wave = wave.min(first - first % wave_ms);
        waits.extend(tellings.values().filter(|at| window.contains(at)).map(|at| at - wave));
    }
    waits
}

/// What came of all presses of one button.
pub(crate) fn presses_of(log: &Path, button: &str) -> anyhow::Result<Told> {
    let file = File::open(log).with_context(|| format!("open {}", log.display()))?;
    Told::of(BufReader::new(file), 0..u64::MAX, 1, |press| press.custom_id.as_deref() == Some(button))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_told_from_presses_waves_and_uploads_within_the_window() {
        let log = r#"
            {"at_ms":1000,"kind":"press","by":"component","interaction":"1","user":"7","custom_id":"queue:join"}
            {"at_ms":10000,"kind":"press","by":"component","interaction":"2","user":"7","custom_id":"queue:join"}
            {"at_ms":10003,"kind":"callback","interaction":"1","user":"7","type":6,"ok":true}
            {"at_ms":10004,"kind":"callback","interaction":"2","user":"7","type":6,"ok":true}
            {"at_ms":10005,"kind":"callback","interaction":"2","ok":false,"code":40060}
            {"at_ms":10030,"kind":"answer","interaction":"2","user":"7"}
            {"at_ms":10040,"kind":"press","by":"autocomplete","interaction":"3","user":"7"}
            {"at_ms":11000,"kind":"press","by":"command","interaction":"4","user":"8","command":"queue"}
            {"at_ms":14000,"kind":"interaction_failed","interaction":"4","user":"8","machine_stalled":false,"expired":false,"turned_away":false}
            {"at_ms":11500,"kind":"press","by":"command","interaction":"5","user":"9","command":"queue"}
            {"at_ms":14500,"kind":"interaction_failed","interaction":"5","user":"9","machine_stalled":true,"expired":false,"turned_away":false}
            {"at_ms":20400,"kind":"message_create","user":"8","message":"50","text":"Found\n-# match 3 · confirming"}
            {"at_ms":25100,"kind":"message_create","user":"9","message":"51","text":"-# match 2 · confirming"}
            {"at_ms":25200,"kind":"message_update","user":"9","message":"51","text":"-# match 2 · confirming"}
            {"at_ms":30000,"kind":"upload","user":"8","message":"60","files":["a.SC2Replay"]}
            {"at_ms":30100,"kind":"upload","user":"8","message":"61","files":[]}
            {"at_ms":30200,"kind":"message_create","user":"8","message":"62","text":"-# match 3 · replay · 4 · reading"}
            {"at_ms":30700,"kind":"message_update","user":"8","message":"62","text":"-# match 3 · replay · 4 · decided"}
            {"at_ms":30800,"kind":"message_update","user":"8","message":"62","text":"-# match 3 · replay · 4 · decided"}
            {"at_ms":39000,"kind":"press","by":"component","interaction":"6","user":"7","custom_id":"queue:join"}
        "#;
        let lines = log.trim().lines().map(str::trim).collect::<Vec<_>>().join("\n");
        let told = Told::of(lines.as_bytes(), 5_000..40_000, 5_000, |_| true).unwrap();
        let one = |ms| Waits { count: 1, p50: ms, p95: ms, p99: ms, max: ms };
        assert_eq!((told.presses, told.deadline_misses, told.machine_stalled), (3, 1, 1));
        assert_eq!((told.ack_ms, told.answer_ms), (one(4), one(30)));
        // Match 2 was found no later than match 3, though its player read of it behind the next wave.
        let found = Waits { count: 2, p50: 400, p95: 5_100, p99: 5_100, max: 5_100 };
        assert_eq!(told.found_ms, found);
        assert_eq!((told.uploads, told.verdict_ms), (1, one(700)));
    }
}
