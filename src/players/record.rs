//! What the players were told and did, for whoever compares it with what is stored.
//!
//! In memory: who was told which result, as long as it may be told again. On disk, where a file is
//! given (`players/record.ndjson` in the data folder): each telling and each deed as a line of
//! JSON, appended over all lives and never read here. It is written once a second and at the
//! drain, so a kill costs the last second. A line cut by a kill is taken out at the next start.
//! Readers should pass over kinds and fields that they do not know.
//!
//! Every line has `at_ms`, Unix time by the clock of this process, and `kind`. All but `started`
//! and `stopped` have `user`, Discord's id of the player, and `name`. Ids of Discord are strings,
//! `match` is a number.
//!
//! ```json
//! {"at_ms": 1795000000031, "kind": "told", "user": "1107..", "name": "Ana", "match": 12, "message": "1423..", "fact": "-# match 12 · confirming"}
//! {"at_ms": 1795000001000, "kind": "pressed", "user": "1107..", "name": "Ana", "interaction": "1423..", "custom_id": "match:confirm:12", "message": "1423.."}
//! {"at_ms": 1795000001031, "kind": "outcome", "user": "1107..", "name": "Ana", "interaction": "1423..", "came": "message"}
//! ```
//!
//! | kind | also has | means |
//! |---|---|---|
//! | `started` | `players` | a life of the players begins |
//! | `stopped` | | it was asked to end; a life without it was killed |
//! | `told` | `match`, `message`, `fact` | a message showed a fact line that it had not shown before; `fact` is the line as in `ipc_schema::fact_line`. Who comes again reads the conversation again, so the same message may stand here twice with the same fact |
//! | `pressed` | `interaction`; `custom_id` and `message`, or `command`, or `modal` | a press that the client took; `modal` is the id of the modal that was sent |
//! | `outcome` | `interaction`, `came` | what the player saw come of it: `message` (content, new or changed), `modal`, `taken` (acknowledged, and no content within 3 s), `failed` ("The application did not respond"), `unanswered` (the player gave up after 15 s); a life that ends in between leaves none |
//! | `refused` | `why`; as `pressed`, or `match` | the client did not let the player do that: what was shown had changed |
//! | `uploaded` | `message`, `match`, `attempt` | a replay file was sent as that message |

use super::screen::News;
use anyhow::Context;
use ipc_schema::fact_line::Fact;
use ipc_schema::ids::{JobId, MatchId};
use ipc_schema::vocab::{Mmr, Race, Timestamp};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::Path;

/// Matches whose results are remembered, which is several hours of a full ladder. Of older ones a
/// second telling goes unnoticed here, but not in the file.
const MATCHES: usize = 100_000;

#[derive(Debug)]
pub struct Record {
    file: Option<BufWriter<File>>,
    /// By match and player.
    results: BTreeMap<(MatchId, usize), Told>,
    rejected: BTreeSet<JobId>,
    pub counts: Counts,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Matches whose two players both were told a result.
    pub completed: u64,
    /// Tellings of a result that differ from an earlier one to the same player.
    pub told_twice: u64,
    /// Results that are not what was played.
    pub told_wrong: u64,
    /// Replays that were rejected, undecided or not readable.
    pub replays_rejected: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Told {
    won: bool,
    race: Race,
    before: Mmr,
    after: Mmr,
}

/// A line of the file.
#[derive(Serialize)]
struct Entry<'a> {
    /// Discord's id of who was told.
    user: &'a str,
    name: &'a str,
    /// Milliseconds since 1970, by the clock of this process.
    at: u64,
    #[serde(rename = "match")]
    match_id: u64,
    /// The id of the message that told it. A process that starts anew reads the conversation
    /// again, so the same message may stand here twice with the same fact.
    message: &'a str,
    /// The fact line as it was shown.
    fact: String,
}

/// Who is told something.
#[derive(Debug, Clone, Copy)]
pub struct Listener<'a> {
    /// The player's place in this process.
    pub player: usize,
    pub user: &'a str,
    pub name: &'a str,
}

impl Record {
    pub fn open(path: Option<&Path>) -> anyhow::Result<Record> {
        let file = match path {
            None => None,
            Some(path) => {
                let file = OpenOptions::new().create(true).append(true).open(path);
                Some(BufWriter::new(file.with_context(|| format!("open {}", path.display()))?))
            }
        };
        Ok(Record { file, results: BTreeMap::new(), rejected: BTreeSet::new(), counts: Counts::default() })
    }

    pub fn told(&mut self, now: Timestamp, who: Listener<'_>, news: &News) -> anyhow::Result<()> {
        let line = &news.line;
        if let Some(file) = &mut self.file {
            let entry = Entry {
                user: who.user,
                name: who.name,
                at: now.0,
                match_id: line.match_id.0,
                message: &news.message,
                fact: line.to_string(),
            };
            let mut text = serde_json::to_string(&entry).context("encode what was told")?;
            text.push('\n');
            file.write_all(text.as_bytes()).context("append to the record")?;
        }
        match line.fact {
            Fact::Won { race, before, after } => {
                self.result(who, line.match_id, Told { won: true, race, before, after });
            }
            Fact::Lost { race, before, after } => {
                self.result(who, line.match_id, Told { won: false, race, before, after });
            }
            Fact::Replay { job, ref stage } if is_fault(stage) && self.rejected.insert(job) => {
                self.counts.replays_rejected += 1;
                tracing::error!(
                    player = who.name,
                    match_id = line.match_id.0,
                    job = job.0,
                    stage,
                    "a replay of a played game was not accepted"
                );
            }
            Fact::Confirming
            | Fact::Reminder
            | Fact::Playing { .. }
            | Fact::Unplayed { .. }
            | Fact::Replay { .. } => {}
        }
        Ok(())
    }

    pub fn flush(&mut self) -> anyhow::Result<()> {
        self.file.as_mut().map_or(Ok(()), BufWriter::flush).context("write the record")
    }

    fn result(&mut self, who: Listener<'_>, match_id: MatchId, told: Told) {
        if let Some(before) = self.results.insert((match_id, who.player), told) {
            if before != told {
                self.counts.told_twice += 1;
                let (name, match_id) = (who.name, match_id.0);
                tracing::error!(player = name, match_id, ?before, after = ?told, "told two results");
            }
            return;
        }
        let of_match = (match_id, 0)..=(match_id, usize::MAX);
        if self.results.range(of_match).count() == 2 {
            self.counts.completed += 1;
        }
        if self.results.len() > 2 * MATCHES {
            self.results.pop_first();
        }
    }
}

/// The stages after which a replay of a game that was really played should not stand.
pub fn is_fault(stage: &str) -> bool {
    !matches!(stage, "reading" | "decided" | "too_late")
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc_schema::fact_line::FactLine;

    const ANA: Listener<'_> = Listener { player: 1, user: "100", name: "Ana" };
    const BORAM: Listener<'_> = Listener { player: 2, user: "200", name: "보람이" };

    fn tell(record: &mut Record, who: Listener<'_>, text: &str) -> Counts {
        let news = News { message: "7".to_owned(), line: FactLine::find(text).unwrap() };
        record.told(Timestamp(5), who, &news).unwrap();
        record.counts
    }

    #[test]
    fn a_match_is_complete_once_both_know_their_result() {
        let mut record = Record::open(None).unwrap();
        let won = "-# match 3 · won · bw_zerg · 1500 · 1520";
        assert_eq!(tell(&mut record, ANA, won).completed, 0);
        assert_eq!(tell(&mut record, ANA, won), Counts::default());
        let lost = "-# match 3 · lost · sc2_terran · 1500 · 1480";
        assert_eq!(tell(&mut record, BORAM, lost).completed, 1);
        assert_eq!(tell(&mut record, BORAM, lost).completed, 1);
    }

    #[test]
    fn a_second_result_with_other_numbers_is_counted() {
        let mut record = Record::open(None).unwrap();
        tell(&mut record, ANA, "-# match 3 · won · bw_zerg · 1500 · 1520");
        let counts = tell(&mut record, ANA, "-# match 3 · won · bw_zerg · 1520 · 1540");
        assert_eq!(counts.told_twice, 1);
    }

    #[test]
    fn a_fault_is_counted_once_a_replay() {
        let mut record = Record::open(None).unwrap();
        for (text, expected) in [
            ("-# match 3 · replay · 7 · reading", 0),
            ("-# match 3 · replay · 7 · rejected", 1),
            ("-# match 3 · replay · 7 · rejected", 1),
            ("-# match 3 · replay · 8 · malformed", 2),
            ("-# match 3 · replay · 9 · too_late", 2),
        ] {
            assert_eq!(tell(&mut record, ANA, text).replays_rejected, expected, "{text}");
        }
    }

    #[test]
    fn what_was_told_is_appended_to_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("record.ndjson");
        for _ in 0..2 {
            let mut record = Record::open(Some(&path)).unwrap();
            tell(&mut record, ANA, "-# match 3 · confirming");
            record.flush().unwrap();
        }
        let line = concat!(
            r#"{"user":"100","name":"Ana","at":5,"match":3,"message":"7","#,
            r#""fact":"-# match 3 · confirming"}"#
        );
        assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("{line}\n{line}\n"));
    }
}
