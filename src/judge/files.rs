//! The emulator's log and the players' record, line by line, as far as judging needs them.
//!
//! What they hold is described where they are written. A last line without its end was cut by a
//! kill and is passed over; any other line that cannot be read is an error that names it.

use ipc_schema::fact_line::FactLine;
use ipc_schema::ids::MatchId;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

/// Where the emulator's log is, below the data folder.
pub(super) const LOG: &str = "emulator/log.ndjson";
/// Where the players' record is, below the data folder.
pub(super) const RECORD: &str = "players/record.ndjson";

/// What the emulator wrote.
#[derive(Debug, Default)]
pub(super) struct Log {
    pub entries: Vec<Entry>,
    pub lives: Lives,
    /// Messages that answer an interaction; all others are cards.
    pub answers: BTreeSet<u64>,
    pub names: BTreeMap<u64, String>,
}

/// What the players wrote.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub tellings: Vec<Telling>,
    pub lives: Lives,
    /// Everyone who writes a record, by Discord's id.
    pub names: BTreeMap<u64, String>,
}

#[derive(Debug)]
pub(super) struct Entry {
    pub line: usize,
    pub at: u64,
    /// Which life of the emulator it is from, from 0.
    pub life: usize,
    pub what: What,
}

#[derive(Debug)]
pub(super) enum What {
    Press {
        interaction: u64,
        user: u64,
        joins_queue: bool,
        /// The match whose end it reports.
        reports: Option<MatchId>,
    },
    Callback {
        interaction: u64,
        user: Option<u64>,
        callback: u64,
        taken: bool,
    },
    Answer {
        interaction: u64,
    },
    Failed {
        interaction: u64,
        machine_stalled: bool,
        expired: bool,
        turned_away: bool,
    },
    Message {
        user: u64,
        message: u64,
        interaction: Option<u64>,
        fact: Option<FactLine>,
        /// Of a message that is new.
        nonce: Option<String>,
        is_new: bool,
    },
    Deleted {
        message: u64,
    },
    Repeated {
        user: u64,
    },
    Requests(BTreeMap<String, u64>),
    /// The gateway lost a connection, or a new process opened one.
    Reconnected,
}

/// A fact line that a player was shown.
#[derive(Debug, Clone)]
pub(super) struct Telling {
    pub file: &'static str,
    pub line: usize,
    pub at: u64,
    pub user: u64,
    pub message: u64,
    pub fact: FactLine,
}

/// When someone was there: from each start to its end, or to the last line before the next start.
#[derive(Debug, Default, Clone)]
pub(super) struct Lives(pub Vec<(u64, u64)>);

impl Lives {
    fn begin(&mut self, at: u64) {
        self.0.push((at, at));
    }

    fn go_on(&mut self, at: u64) {
        match self.0.last_mut() {
            Some((_, until)) => *until = at.max(*until),
            None => self.begin(at),
        }
    }

    /// How long someone was there after `at`.
    pub(super) fn after(&self, at: u64) -> u64 {
        self.0.iter().map(|(from, until)| until.saturating_sub(at.max(*from))).sum()
    }
}

/// Why a file could not be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    #[error("{file} is not there")]
    Missing { file: &'static str },
    #[error("{file} cannot be read: {source}")]
    Read { file: &'static str, source: io::Error },
    #[error("{file}:{line} is not what is written there: {why}")]
    Line { file: &'static str, line: usize, why: String },
}

#[derive(Deserialize)]
struct LogLine {
    at_ms: u64,
    kind: String,
    user: Option<String>,
    name: Option<String>,
    interaction: Option<String>,
    message: Option<String>,
    text: Option<String>,
    nonce: Option<serde_json::Value>,
    custom_id: Option<String>,
    #[serde(rename = "type")]
    callback: Option<u64>,
    ok: Option<bool>,
    machine_stalled: Option<bool>,
    expired: Option<bool>,
    turned_away: Option<bool>,
    requests: Option<BTreeMap<String, u64>>,
}

#[derive(Deserialize)]
struct RecordLine {
    at_ms: u64,
    kind: String,
    user: Option<String>,
    name: Option<String>,
    message: Option<String>,
    fact: Option<String>,
}

impl Log {
    pub(super) fn read(data: &Path) -> Result<Log, Error> {
        let mut log = Log::default();
        read_lines(data, LOG, |number, line| log.take(number, line))?;
        Ok(log)
    }

    fn take(&mut self, number: usize, line: LogLine) -> Result<(), String> {
        let at = line.at_ms;
        if line.kind == "started" {
            self.lives.begin(at);
        }
        self.lives.go_on(at);
        let user = || id("user", line.user.as_ref());
        let interaction = || id("interaction", line.interaction.as_ref());
        let message = || id("message", line.message.as_ref());
        let what = match line.kind.as_str() {
            "user" => {
                self.names.insert(user()?, line.name.unwrap_or_default());
                return Ok(());
            }
            "press" => {
                let joins_queue = line.custom_id.as_deref() == Some("queue:join");
                let reports = line.custom_id.as_deref().and_then(reported_match);
                What::Press { interaction: interaction()?, user: user()?, joins_queue, reports }
            }
            "callback" => What::Callback {
                interaction: interaction()?,
                user: line.user.as_ref().map(|_| user()).transpose()?,
                callback: line.callback.unwrap_or_default(),
                taken: line.ok.unwrap_or_default(),
            },
            "answer" => What::Answer { interaction: interaction()? },
            "interaction_failed" => What::Failed {
                interaction: interaction()?,
                machine_stalled: line.machine_stalled.unwrap_or_default(),
                expired: line.expired.unwrap_or_default(),
                turned_away: line.turned_away.unwrap_or_default(),
            },
            "message_create" | "message_update" => {
                let is_new = line.kind == "message_create";
                let interaction = line.interaction.as_ref().map(|_| interaction()).transpose()?;
                let message = message()?;
                if is_new && interaction.is_some() {
                    self.answers.insert(message);
                }
                let fact = line.text.as_deref().and_then(FactLine::find);
                let nonce = line.nonce.filter(|_| is_new).map(|nonce| nonce.to_string());
                What::Message { user: user()?, message, interaction, fact, nonce, is_new }
            }
            "message_delete" => What::Deleted { message: message()? },
            "message_repeat" => What::Repeated { user: user()? },
            "http_requests" => What::Requests(line.requests.unwrap_or_default()),
            "started" | "gateway_identify" | "gateway_resume" | "gateway_disconnect" => What::Reconnected,
            _ => return Ok(()),
        };
        let life = self.lives.0.len().saturating_sub(1);
        self.entries.push(Entry { line: number, at, life, what });
        Ok(())
    }

    /// What players were shown.
    pub(super) fn tellings(&self) -> impl Iterator<Item = Telling> {
        self.entries.iter().filter_map(|entry| {
            let What::Message { user, message, fact: Some(fact), .. } = &entry.what else { return None };
            let (line, at, fact) = (entry.line, entry.at, fact.clone());
            Some(Telling { file: LOG, line, at, user: *user, message: *message, fact })
        })
    }
}

impl Record {
    pub(super) fn read(data: &Path) -> Result<Record, Error> {
        let mut record = Record::default();
        read_lines(data, RECORD, |number, line| record.take(number, line))?;
        Ok(record)
    }

    fn take(&mut self, number: usize, line: RecordLine) -> Result<(), String> {
        let at = line.at_ms;
        if line.kind == "started" {
            self.lives.begin(at);
        }
        self.lives.go_on(at);
        if line.user.is_none() {
            return Ok(());
        }
        let user = id("user", line.user.as_ref())?;
        self.names.insert(user, line.name.unwrap_or_default());
        if line.kind == "told" {
            let text = line.fact.unwrap_or_default();
            let fact = FactLine::find(&text).ok_or_else(|| format!("{text:?} is no fact line"))?;
            let message = id("message", line.message.as_ref())?;
            self.tellings.push(Telling { file: RECORD, line: number, at, user, message, fact });
        }
        Ok(())
    }
}

/// The match that a press of this button is a report of.
fn reported_match(custom_id: &str) -> Option<MatchId> {
    let (match_id, _) = custom_id.strip_prefix("match:report:")?.split_once(':')?;
    match_id.parse().ok().map(MatchId)
}

fn id(what: &str, text: Option<&String>) -> Result<u64, String> {
    let text = text.ok_or_else(|| format!("it has no {what}"))?;
    text.parse().map_err(|_| format!("{text:?} is no id of a {what}"))
}

fn read_lines<T: DeserializeOwned>(
    data: &Path,
    file: &'static str,
    mut take: impl FnMut(usize, T) -> Result<(), String>,
) -> Result<(), Error> {
    let opened = File::open(data.join(file)).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => Error::Missing { file },
        _ => Error::Read { file, source },
    })?;
    let mut reader = BufReader::new(opened);
    let mut text = String::new();
    for line in 1.. {
        text.clear();
        reader.read_line(&mut text).map_err(|source| Error::Read { file, source })?;
        if !text.ends_with('\n') {
            break;
        }
        let parsed = serde_json::from_str(&text).map_err(|error| error.to_string());
        parsed.and_then(|parsed| take(line, parsed)).map_err(|why| Error::Line { file, line, why })?;
    }
    Ok(())
}
