//! Compares what players were told with what is stored: the emulator's log, the players' record and
//! the database, of a ladder that has drained. Nothing is written.
//!
//! What counts:
//! - **lost**: a fact line that a player was shown and the tables do not bear out; a stored match,
//!   the end of a match or the outcome of a replay that its player was not told though the log (and
//!   for simulated players their record) goes on for [`DUE_S`] behind it; a press that nothing final came of
//!   in as long, or that Discord gave up though a frontend lived; a report that was pressed and is not stored, or
//!   a match that did not end as its reports say.
//! - **duplicate**: a second message for one card; a match or a replay decided twice; a rating that
//!   moved without a match, or twice for one.
//! - A press that had no callback within 3 s is `expired` if no frontend of its shard was connected for the last
//!   of them, `machine_stalled` if the emulator stood still meanwhile, `while_down` if the emulator
//!   itself ended before them, `turned_away` if a callback came and the emulator was told to refuse it,
//!   and else a `deadline_misses`; only the last is lost as well.
//!
//! A bare acknowledgement is taken for the answer to a press of a button: what it changed is shown
//! by a card. What the tables do not have yet because the database lags behind the journal is
//! reported as lost, so the ladder has to have drained. Of a fact whose time is not over nothing is
//! said but their number, `not_yet_due`; a later run over the same folder tells.
//!
//! In reading order: [`files`] (what was told), [`lost`], [`once`], [`presses`], [`reports`], [`calls`].

mod calls;
mod files;
mod lost;
mod once;
mod presses;
mod reports;

use crate::config::Secret;
use crate::runtime;
use crate::store::{Database, Facts, MatchRow, Store};
use anyhow::Context;
use files::{Log, Record};
use ipc_schema::event::Event;
use ipc_schema::ids::{JobId, MatchId, PlayerId, Seq};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

/// How many seconds a stored fact may take to reach its player, and a press to be answered.
pub const DUE_S: u32 = 30;
/// Events read at a time.
const PAGE: u32 = 1_000;

/// What the judge found, as it is printed with `--json`.
#[derive(Debug, Default, Serialize)]
pub struct Judgement {
    pub lost: usize,
    pub duplicates: usize,
    pub deadline_misses: u64,
    pub expired: u64,
    pub while_down: u64,
    pub machine_stalled: u64,
    pub turned_away: u64,
    /// Facts that were not told, and need not be yet.
    pub not_yet_due: u64,
    /// How much was looked at.
    pub matches: usize,
    /// Those of them that ended by a result.
    pub matches_completed: usize,
    pub tellings: usize,
    pub presses: u64,
    /// See [`calls`].
    pub discord_calls_per_match: Option<f64>,
    pub findings: Vec<Finding>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub kind: Kind,
    pub who: String,
    #[serde(rename = "match")]
    pub match_id: Option<u64>,
    pub what: String,
    /// Files with lines, below the data folder; tables with keys.
    #[serde(rename = "where")]
    pub places: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Lost,
    Duplicate,
}

/// All that is compared.
struct Case {
    log: Log,
    record: Record,
    facts: Facts,
    /// By Discord's id.
    players: BTreeMap<u64, PlayerId>,
    /// How often each match was closed, and each replay judged.
    closings: BTreeMap<MatchId, u32>,
    rulings: BTreeMap<JobId, u32>,
    since: u64,
    due_ms: u64,
}

/// Judges what is in `data`, as far as it happened at `since` or later, in milliseconds since 1970. What
/// is not told or answered after `due_s` seconds is lost.
/// The tables are in PostgreSQL at `url` if that is given.
pub fn run(data: &Path, url: Option<&Secret>, since: u64, due_s: u32) -> anyhow::Result<Judgement> {
    runtime::block_on(judge(data, url, since, due_s))
}

async fn judge(data: &Path, url: Option<&Secret>, since: u64, due_s: u32) -> anyhow::Result<Judgement> {
    // The files first: what they tell was stored before.
    let log = Log::read(data)?;
    let record = match Record::read(data) {
        // A ladder whose people are all of flesh has no record.
        Err(files::Error::Missing { .. }) if !has_players(data) => Record::default(),
        read => read?,
    };
    let database = Database::of(data, url)?;
    let read = async {
        if let Database::File(path) = &database {
            anyhow::ensure!(path.is_file(), "it is not there");
        }
        let mut store = Store::open_to_read(&database).await?;
        let facts = store.facts().await?;
        anyhow::Ok((facts, counts(&mut store).await?))
    };
    let (facts, (closings, rulings)) = read.await.with_context(|| format!("{database} cannot be read"))?;
    let due_ms = u64::from(due_s) * 1_000;
    let players = facts.users.iter().map(|(player, user)| (*user, *player)).collect();
    Ok(Case { log, record, facts, players, closings, rulings, since, due_ms }.judge())
}

/// Whether the demo in this folder has simulated players, as far as it says.
fn has_players(data: &Path) -> bool {
    let text = std::fs::read_to_string(data.join("demo.json")).unwrap_or_default();
    let demo: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    demo["players"] != 0
}

type Counts = (BTreeMap<MatchId, u32>, BTreeMap<JobId, u32>);

/// How often each match was closed and each replay judged, by the events.
async fn counts(store: &mut Store) -> anyhow::Result<Counts> {
    let (mut closings, mut rulings) = Counts::default();
    let mut after = Seq(0);
    loop {
        let records = store.records_after(after, PAGE).await.context("read events")?;
        let Some(last) = records.last() else { return Ok((closings, rulings)) };
        after = last.seq;
        for event in records.iter().flat_map(|record| &record.events) {
            match event {
                Event::Closed { match_id, .. } => *closings.entry(*match_id).or_default() += 1,
                Event::ReplayJudged { job, .. } | Event::ReplayFailed { job, .. } => {
                    *rulings.entry(*job).or_default() += 1;
                }
                _ => {}
            }
        }
    }
}

impl Case {
    fn judge(&self) -> Judgement {
        let mut judgement = Judgement {
            matches: self.facts.matches.len(),
            matches_completed: self.facts.matches.values().filter(|row| has_result(row)).count(),
            tellings: self.record.tellings.len() + self.log.tellings().count(),
            discord_calls_per_match: calls::per_match(self),
            ..Judgement::default()
        };
        lost::untrue(self, &mut judgement);
        lost::untold(self, &mut judgement);
        once::messages(self, &mut judgement);
        once::decisions(self, &mut judgement);
        once::ratings(self, &mut judgement);
        presses::judge(self, &mut judgement);
        reports::judge(self, &mut judgement);
        let count = |kind| judgement.findings.iter().filter(|finding| finding.kind == kind).count();
        (judgement.lost, judgement.duplicates) = (count(Kind::Lost), count(Kind::Duplicate));
        judgement
    }

    fn name(&self, user: u64) -> String {
        let name = self.record.names.get(&user).or_else(|| self.log.names.get(&user));
        name.cloned().unwrap_or_else(|| user.to_string())
    }

    fn name_of(&self, player: PlayerId) -> String {
        self.facts.users.get(&player).map_or_else(|| format!("player {player}"), |user| self.name(*user))
    }
}

fn has_result(row: &MatchRow) -> bool {
    row.closed.as_ref().is_some_and(|closing| ["decided", "drawn"].contains(&closing.verdict.as_str()))
}

impl Judgement {
    fn find(
        &mut self,
        kind: Kind,
        who: String,
        match_id: Option<MatchId>,
        what: String,
        places: Vec<String>,
    ) {
        self.findings.push(Finding { kind, who, match_id: match_id.map(|id| id.0), what, places });
    }

    /// Nothing was lost and nothing happened twice.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }
}

impl fmt::Display for Judgement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} matches, {} tellings and {} presses judged: {} lost, {} duplicates, {} not yet due",
            self.matches, self.tellings, self.presses, self.lost, self.duplicates, self.not_yet_due,
        )?;
        writeln!(
            f,
            "Presses that Discord gave up: {} missed, {} expired, {} while down, {} in a stall of the machine, {} turned away",
            self.deadline_misses, self.expired, self.while_down, self.machine_stalled, self.turned_away,
        )?;
        if let Some(calls) = self.discord_calls_per_match {
            writeln!(f, "{calls} calls of Discord a match")?;
        }
        for Finding { kind, who, match_id, what, places } in &self.findings {
            let kind = if *kind == Kind::Lost { "lost" } else { "twice" };
            let match_ = match_id.map_or_else(String::new, |id| format!(", match {id}"));
            writeln!(f, "{kind}: {who}{match_}: {what} ({})", places.join(", "))?;
        }
        Ok(())
    }
}

/// A line of a file.
fn place(file: &str, line: usize) -> String {
    format!("{file}:{line}")
}
