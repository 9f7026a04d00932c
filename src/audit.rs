//! `evoladder audit` and `evoladder calibration`: the ratings of a ladder, made anew from nothing but
//! the results in its events. Nothing is written, and the ladder may run meanwhile.
//!
//! The audit compares what was told with what the results make of it: MMR bit for bit, Glicko-2 within
//! 1e-9, at each match, each correction, and in the tables once these are where the events are. What
//! the results make is what goes on, so one wrong number is found where it is, and a wrong result
//! wherever it leads to.
//!
//! In reading order: [`read`] (the events of a folder), [`follow`] (event by event), [`tables`], and
//! [`calibration`] (how well either system foretells).

pub mod calibration;
mod follow;
mod read;
mod tables;

use crate::config::Secret;
use crate::runtime;
use crate::store::Database;
use follow::Follow;
use ipc_schema::ids::{MatchId, PlayerId, Seq};
use ipc_schema::vocab::Race;
use read::Source;
use serde::Serialize;
use std::fmt;
use std::path::Path;

/// Findings that are printed one by one. A wrong number early on has hundreds behind it.
const PRINTED: usize = 50;

/// What an audit found, as it is printed with `--json`.
#[derive(Debug, Serialize)]
pub struct Audit {
    /// How much was looked at.
    pub records: u64,
    pub results: u64,
    pub ratings: usize,
    pub resolved: u64,
    pub source: Source,
    pub tables: Tables,
    pub findings: Vec<Finding>,
}

/// Whether the tables were compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tables {
    Compared,
    /// There is no database.
    Missing,
    /// It has only the records up to this one.
    Behind {
        seq: u64,
    },
}

/// One thing that is not what the results make of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The record that tells it; None in the tables.
    pub seq: Option<u64>,
    #[serde(rename = "match")]
    pub match_id: Option<u64>,
    pub player: Option<u64>,
    pub race: Option<&'static str>,
    pub what: String,
}

impl Finding {
    fn of_row(seq: Option<Seq>, match_id: Option<MatchId>, row: (PlayerId, Race), what: String) -> Finding {
        Finding { player: Some(row.0.0), race: Some(row.1.code()), ..Finding::of_match(seq, match_id, what) }
    }

    fn of_match(seq: Option<Seq>, match_id: Option<MatchId>, what: String) -> Finding {
        let (seq, match_id) = (seq.map(|seq| seq.0), match_id.map(|id| id.0));
        Finding { seq, match_id, player: None, race: None, what }
    }
}

/// Audits the ladder in `data`, whose tables are in PostgreSQL at `url` if that is given.
pub fn run(data: &Path, url: Option<&Secret>) -> anyhow::Result<Audit> {
    runtime::block_on(audit(data, url))
}

async fn audit(data: &Path, url: Option<&Secret>) -> anyhow::Result<Audit> {
    let database = Database::of(data, url)?;
    let mut follow = Follow::default();
    let source = read::each(data, &database, |record| follow.take(record)).await?;
    let tables = tables::compare(&database, &mut follow).await?;
    Ok(Audit {
        records: follow.records,
        results: follow.results,
        ratings: follow.fold.ratings.len(),
        resolved: follow.resolved,
        source,
        tables,
        findings: follow.findings,
    })
}

impl Audit {
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }
}

impl fmt::Display for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Audit { records, results, ratings, resolved, source, tables, findings } = self;
        writeln!(
            f,
            "{records} records of the {source}: {results} results and {resolved} verdicts of staff make {ratings} ratings"
        )?;
        match tables {
            Tables::Compared => writeln!(f, "The tables of the database were compared.")?,
            Tables::Missing => writeln!(f, "There is no database to compare.")?,
            Tables::Behind { seq } => {
                writeln!(
                    f,
                    "The database is at record {seq}, behind the journal: its tables were not compared."
                )?;
            }
        }
        for Finding { seq, match_id, player, race, what } in findings.iter().take(PRINTED) {
            let places = [
                seq.map(|seq| format!("record {seq}")),
                match_id.map(|id| format!("match {id}")),
                player.map(|player| format!("player {player}")),
                race.map(str::to_owned),
            ];
            let places: Vec<String> = places.into_iter().flatten().collect();
            writeln!(f, "{}: {what}", places.join(", "))?;
        }
        if findings.len() > PRINTED {
            writeln!(f, "... and {} more, all of them with --json", findings.len() - PRINTED)?;
        }
        match findings.len() {
            0 => writeln!(f, "Every rating is what the results make it."),
            count => writeln!(f, "{count} differ"),
        }
    }
}
