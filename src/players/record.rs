//! What the players were told and did, for whoever compares it with what is stored.
//!
//! In memory: who was told which result, as long as it may be told again. On disk, where a file is
//! given (`players/record.ndjson` in the data folder): each telling and each deed as a line of
//! JSON, appended over all lives and never read here. A line is written in the turn in which the
//! player learns of it; one cut by a kill is taken out at the next start. Readers should pass over
//! kinds and fields that they do not know.
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
//! | `told` | `match`, `message`, `fact` | a message showed a fact line that it had not shown before; `fact` is the line as in `ipc_schema::fact_line`. With `"read_back": true` it was found in the conversation when a life began: it was told before, perhaps in another life, so the same message may stand here twice with the same fact |
//! | `pressed` | `interaction`; `custom_id` and `message`, or `command`, or `modal` | a press that the client took; `modal` is the id of the modal that was sent |
//! | `outcome` | `interaction`, `came` | what the player saw come of it: `message` (content, new or changed), `modal`, `taken` (acknowledged, and no content within 3 s), `failed` ("The application did not respond"), `unanswered` (the player gave up after 15 s); a life that ends in between leaves none |
//! | `refused` | `why`; as `pressed`, or `match` | the client did not let the player do that: what was shown had changed |
//! | `unheard` | as `refused` | the emulator did not answer the player's client; whether it happened is unknown |
//! | `uploaded` | `message`, `match`, `attempt` | a replay file was sent as that message |

use super::screen::News;
use anyhow::Context;
use ipc_schema::fact_line::Fact;
use ipc_schema::ids::{JobId, MatchId};
use ipc_schema::vocab::{Mmr, Outcome, Race, Timestamp};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// Matches whose results are remembered, which is several hours of a full ladder. Of older ones a
/// second telling goes unnoticed here, but not in the file.
const MATCHES: usize = 100_000;

/// So much may wait for a disk that is full: an hour of a full house. With more the players end.
const MAX_UNWRITTEN: usize = 64 * 1024 * 1024;

#[derive(Debug)]
pub struct Record {
    file: Option<File>,
    unwritten: Vec<u8>,
    is_failing: bool,
    /// By match and player.
    results: BTreeMap<(MatchId, usize), Telling>,
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

/// Whether a player learns of something in this life or finds it in the conversation when the
/// life begins, which is not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    Now,
    Before,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Telling {
    outcome: Outcome,
    race: Race,
    before: Mmr,
    after: Mmr,
}

/// A line of the file.
#[derive(Serialize)]
struct Line<'a> {
    at_ms: u64,
    #[serde(flatten)]
    entry: &'a Entry<'a>,
    #[serde(flatten)]
    who: Option<Who<'a>>,
}

/// What a line is about.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Entry<'a> {
    Started {
        players: usize,
    },
    Stopped,
    Told {
        #[serde(rename = "match")]
        match_id: u64,
        message: &'a str,
        fact: String,
        #[serde(skip_serializing_if = "is_false")]
        read_back: bool,
    },
    Pressed {
        interaction: &'a str,
        #[serde(flatten)]
        deed: &'a Deed,
    },
    Outcome {
        interaction: &'a str,
        came: Came,
    },
    Refused {
        why: &'a str,
        #[serde(flatten)]
        deed: &'a Deed,
    },
    Unheard {
        why: &'a str,
        #[serde(flatten)]
        deed: &'a Deed,
    },
    Uploaded {
        message: &'a str,
        #[serde(flatten)]
        deed: &'a Deed,
    },
}

/// What a player did.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Deed {
    Press {
        custom_id: String,
        message: String,
    },
    Command {
        command: &'static str,
    },
    Submit {
        modal: String,
    },
    Upload {
        #[serde(rename = "match")]
        match_id: u64,
        attempt: u32,
    },
}

/// What a player saw come of a press.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Came {
    Message,
    Modal,
    Taken,
    Failed,
    Unanswered,
}

/// Whom a line is about.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Who<'a> {
    /// The player's place in this process.
    #[serde(skip)]
    pub player: usize,
    pub user: &'a str,
    pub name: &'a str,
}

impl Record {
    pub fn open(path: Option<&Path>) -> anyhow::Result<Record> {
        let file = match path {
            None => None,
            Some(path) => Some(open_whole_lines(path).with_context(|| format!("open {}", path.display()))?),
        };
        Ok(Record {
            file,
            unwritten: Vec::new(),
            is_failing: false,
            results: BTreeMap::new(),
            rejected: BTreeSet::new(),
            counts: Counts::default(),
        })
    }

    /// Appends a line; `who` is none where it concerns all.
    pub fn note(&mut self, now: Timestamp, who: Option<Who<'_>>, entry: &Entry<'_>) -> anyhow::Result<()> {
        if self.file.is_none() {
            return Ok(());
        }
        let line = Line { at_ms: now.0, entry, who };
        serde_json::to_writer(&mut self.unwritten, &line).context("encode a line of the record")?;
        self.unwritten.push(b'\n');
        Ok(())
    }

    pub fn told(&mut self, now: Timestamp, who: Who<'_>, news: &News, when: Told) -> anyhow::Result<()> {
        let line = &news.line;
        let (match_id, message) = (line.match_id.0, news.message.as_str());
        let read_back = when == Told::Before;
        self.note(now, Some(who), &Entry::Told { match_id, message, fact: line.to_string(), read_back })?;
        let before = self.counts;
        match line.fact {
            Fact::Won { race, before, after } => {
                self.result(who, line.match_id, Telling { outcome: Outcome::Won, race, before, after });
            }
            Fact::Lost { race, before, after } => {
                self.result(who, line.match_id, Telling { outcome: Outcome::Lost, race, before, after });
            }
            Fact::Drawn { race, before, after } => {
                self.result(who, line.match_id, Telling { outcome: Outcome::Draw, race, before, after });
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
            | Fact::PlayReminder { .. }
            | Fact::Playing { .. }
            | Fact::Unplayed { .. }
            | Fact::Replay { .. } => {}
        }
        if when == Told::Before {
            self.counts = before;
        }
        Ok(())
    }

    pub fn flush(&mut self) -> anyhow::Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        while !self.unwritten.is_empty() {
            match file.write(&self.unwritten) {
                Ok(count) => {
                    drop(self.unwritten.drain(..count));
                    self.is_failing = false;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // A disk that is full may have room again; people do not stop for it.
                Err(error) if self.unwritten.len() <= MAX_UNWRITTEN => {
                    if !std::mem::replace(&mut self.is_failing, true) {
                        tracing::warn!(%error, "the record cannot be written at present and waits");
                    }
                    return Ok(());
                }
                Err(error) => return Err(error).context("write the record"),
            }
        }
        Ok(())
    }

    fn result(&mut self, who: Who<'_>, match_id: MatchId, told: Telling) {
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

/// Opens a file of lines to append to it, without what follows its last whole line.
fn open_whole_lines(path: &Path) -> io::Result<File> {
    const STEP: u64 = 4_096;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = OpenOptions::new().create(true).read(true).append(true).open(path)?;
    let mut end = file.metadata()?.len();
    while end > 0 {
        let from = end.saturating_sub(STEP);
        file.seek(SeekFrom::Start(from))?;
        let mut bytes = Vec::new();
        Read::by_ref(&mut file).take(end - from).read_to_end(&mut bytes)?;
        if let Some(newline) = bytes.iter().rposition(|byte| *byte == b'\n') {
            end = from + newline as u64 + 1;
            break;
        }
        end = from;
    }
    file.set_len(end)?;
    Ok(file)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_false(flag: &bool) -> bool {
    !*flag
}

/// The stages after which a replay of a game that was really played should not stand.
pub fn is_fault(stage: &str) -> bool {
    !matches!(stage, "reading" | "decided" | "too_late" | "already_decided" | "for_staff")
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc_schema::fact_line::FactLine;

    const ANA: Who<'_> = Who { player: 1, user: "100", name: "Ana" };
    const BORAM: Who<'_> = Who { player: 2, user: "200", name: "보람이" };

    fn tell(record: &mut Record, who: Who<'_>, text: &str) -> Counts {
        tell_when(record, who, text, Told::Now)
    }

    fn tell_when(record: &mut Record, who: Who<'_>, text: &str, when: Told) -> Counts {
        let news = News { message: "7".to_owned(), line: FactLine::find(text).unwrap() };
        record.told(Timestamp(5), who, &news, when).unwrap();
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
    fn what_was_told_in_another_life_counts_only_with_what_is_told_in_this_one() {
        let mut record = Record::open(None).unwrap();
        for (who, text, when, expected) in [
            (ANA, "-# match 3 · won · bw_zerg · 1500 · 1520", Told::Before, 0),
            (BORAM, "-# match 3 · lost · sc2_terran · 1500 · 1480", Told::Before, 0),
            (ANA, "-# match 4 · won · bw_zerg · 1520 · 1540", Told::Before, 0),
            (BORAM, "-# match 4 · lost · sc2_terran · 1480 · 1460", Told::Now, 1),
        ] {
            assert_eq!(tell_when(&mut record, who, text, when).completed, expected, "{text}");
        }
        let again = tell(&mut record, ANA, "-# match 3 · won · bw_zerg · 1540 · 1560");
        assert_eq!(again.told_twice, 1, "over two lives too");
        let rejected = "-# match 5 · replay · 7 · rejected";
        assert_eq!(tell_when(&mut record, ANA, rejected, Told::Before).replays_rejected, 0);
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
            ("-# match 3 · replay · 9 · already_decided", 2),
            ("-# match 3 · replay · 9 · for_staff", 2),
        ] {
            assert_eq!(tell(&mut record, ANA, text).replays_rejected, expected, "{text}");
        }
    }

    #[test]
    fn lines_are_appended_over_lives_and_one_that_was_cut_is_taken_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("players").join("record.ndjson");
        let line = concat!(
            r#"{"at_ms":5,"kind":"told","match":3,"message":"7","fact":"-# match 3 · confirming","#,
            r#""user":"100","name":"Ana"}"#
        );
        for lives in 1..=3 {
            let mut record = Record::open(Some(&path)).unwrap();
            tell(&mut record, ANA, "-# match 3 · confirming");
            record.flush().unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), format!("{line}\n").repeat(lives));
            let mut file = OpenOptions::new().append(true).open(&path).unwrap();
            file.write_all("{\"at_ms\":6,\"na".as_bytes()).unwrap();
        }
    }

    #[test]
    fn lines_are_as_they_are_described() {
        let press = Deed::Press { custom_id: "match:confirm:12".to_owned(), message: "8".to_owned() };
        let command = Deed::Command { command: "queue" };
        let upload = Deed::Upload { match_id: 12, attempt: 0 };
        for (entry, expected) in [
            (Entry::Started { players: 40 }, r#""kind":"started","players":40"#),
            (
                Entry::Pressed { interaction: "9", deed: &press },
                r#""kind":"pressed","interaction":"9","custom_id":"match:confirm:12","message":"8""#,
            ),
            (
                Entry::Outcome { interaction: "9", came: Came::Taken },
                r#""kind":"outcome","interaction":"9","came":"taken""#,
            ),
            (Entry::Refused { why: "x", deed: &command }, r#""kind":"refused","why":"x","command":"queue""#),
            (
                Entry::Uploaded { message: "8", deed: &upload },
                r#""kind":"uploaded","message":"8","match":12,"attempt":0"#,
            ),
        ] {
            let line = serde_json::to_string(&Line { at_ms: 5, entry: &entry, who: None }).unwrap();
            assert_eq!(line, format!("{{\"at_ms\":5,{expected}}}"));
        }
    }
}
