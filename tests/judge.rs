//! What the judge says of a ladder that went well, and of the same with faults planted in its files.

use crate::support::processes;
use crate::wire::alone::block_on;
use evoladder::store::Store;
use ipc_schema::db_writer::Record;
use ipc_schema::event::{Event, Pairing, RatingChange, Rerating};
use ipc_schema::fact_line::{Fact, FactLine};
use ipc_schema::ids::{LadderId, MatchId, PlayerId, Seq, UserId};
use ipc_schema::vocab::{Glicko, Ground, Locale, Mmr, Race, Server, Timestamp, Verdict};
use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection, Executor};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

const RACES: [Race; 2] = [Race::BwZerg, Race::Sc2Terran];
const NAMES: [&str; 2] = ["Ana", "Bea"];
/// The matches with when they are paired, and what the winner, Ana, gains in each.
const MATCHES: [(u64, u64, [i32; 2]); 2] = [(1, 10_000, [20, -20]), (2, 60_000, [19, -19])];
const END: u64 = 120_000;

/// The folder of a ladder on which Ana beat Bea twice, each told of everything at once.
struct Folder {
    root: TempDir,
    log: Vec<Value>,
    record: Vec<Value>,
}

fn user(slot: usize) -> u64 {
    100 + slot as u64
}

fn mmr_before(match_id: u64, slot: usize) -> i32 {
    let earlier = MATCHES.iter().filter(|(id, ..)| *id < match_id);
    1500 + earlier.map(|(.., changes)| changes[slot]).sum::<i32>()
}

fn result(match_id: u64, slot: usize) -> Fact {
    let (.., changes) = MATCHES[match_id as usize - 1];
    let before = mmr_before(match_id, slot);
    let (race, before, after) = (RACES[slot], Mmr(before), Mmr(before + changes[slot]));
    if slot == 0 { Fact::Won { race, before, after } } else { Fact::Lost { race, before, after } }
}

fn records() -> Vec<Record> {
    let mut decisions = vec![(1, Vec::new())];
    for slot in 0..2 {
        decisions[0].1.push(Event::PlayerJoined {
            player: PlayerId(slot as u64 + 1),
            user: UserId(user(slot)),
            locale: Locale::EnUs,
            at: Timestamp(1),
        });
    }
    for (id, paired_at, _) in MATCHES {
        let match_id = MatchId(id);
        let pairing = Pairing {
            match_id,
            players: [PlayerId(1), PlayerId(2)],
            races: RACES,
            map: "keres_passage".to_owned(),
            server: Server::Euc,
            confirm_deadline: Timestamp(paired_at + 60_000),
        };
        let at = |ms| Timestamp(paired_at + ms);
        decisions
            .push((paired_at, vec![Event::WaveFired { at: at(0), pairings: vec![pairing], generator: 1 }]));
        let started = Event::Started { match_id, at: at(2_000), deadline: at(9_000_000) };
        decisions.push((paired_at + 2_000, vec![started]));
        decisions.push((paired_at + 9_000, vec![closed(id)]));
    }
    let record =
        |((at, events), seq)| Record { seq: Seq(seq), at: Timestamp(at), key: None, events, reply: None };
    decisions.into_iter().zip(1..).map(record).collect()
}

fn closed(match_id: u64) -> Event {
    let (_, paired_at, changes) = MATCHES[match_id as usize - 1];
    let ratings = [0, 1].map(|slot| RatingChange {
        player: PlayerId(slot as u64 + 1),
        race: RACES[slot],
        before: Mmr(mmr_before(match_id, slot)),
        after: Mmr(mmr_before(match_id, slot) + changes[slot]),
    });
    Event::Closed {
        match_id: MatchId(match_id),
        verdict: Verdict::Decided { winner: 0, ground: Ground::Recorded },
        ratings: Some(ratings),
        at: Timestamp(paired_at + 9_000),
    }
}

impl Folder {
    fn new() -> Folder {
        let mut folder = Folder { root: tempfile::tempdir().unwrap(), log: Vec::new(), record: Vec::new() };
        fs::create_dir(folder.path("emulator")).unwrap();
        fs::create_dir(folder.path("players")).unwrap();
        folder.log(0, "started", json!({"life": 1, "listen": "127.0.0.1:1"}));
        folder.record(5, "started", json!({"players": 2}));
        for (slot, name) in NAMES.iter().enumerate() {
            folder.log(10, "user", json!({"user": user(slot).to_string(), "name": name, "channel": "9"}));
        }
        for (id, paired_at, _) in MATCHES {
            for slot in 0..2 {
                folder.press(paired_at - 1_000, slot, "queue:join", id);
                let playing = Fact::Playing {
                    race: RACES[slot],
                    opponent_race: RACES[1 - slot],
                    map: "keres_passage".to_owned(),
                    server: Server::Euc,
                };
                folder.tell(paired_at, slot, id, Fact::Confirming);
                folder.press(paired_at + 1_000, slot, &format!("match:confirm:{id}"), id);
                folder.tell(paired_at + 2_000, slot, id, playing);
                folder.tell(paired_at + 9_000, slot, id, result(id, slot));
            }
        }
        folder.log(
            END,
            "http_requests",
            json!({"requests": {"POST interactions/callback": 8,
            "POST channels/messages": 4, "PATCH channels/messages/id": 8, "POST users/@me/channels": 2,
            "GET gateway/bot": 1, "PUT applications/commands": 1}}),
        );
        folder.record(END, "stopped", json!({}));
        folder.log(END, "stopped", json!({"life": 1}));
        folder.write();
        let records = records();
        block_on(async {
            let mut store = Store::open(&folder.path("ladder.sqlite")).await.unwrap();
            store.apply(LadderId(7), &records).await.unwrap();
        });
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    fn log(&mut self, at: u64, kind: &str, fields: Value) {
        self.log.push(line(at, kind, fields));
    }

    fn record(&mut self, at: u64, kind: &str, fields: Value) {
        self.record.push(line(at, kind, fields));
    }

    /// The player's message of the match shows a fact, and the player notes it.
    fn tell(&mut self, at: u64, slot: usize, match_id: u64, fact: Fact) {
        let kind = if fact == Fact::Confirming { "message_create" } else { "message_update" };
        let fact = FactLine { match_id: MatchId(match_id), fact }.to_string();
        let (user, message) = (user(slot).to_string(), (1_000 * match_id + user(slot)).to_string());
        let mut shown = json!({"user": user, "channel": "9", "message": message, "seq": 1});
        shown["text"] = format!("Words for people\n{fact}").into();
        if kind == "message_create" {
            shown["nonce"] = format!("{match_id}.{slot}").into();
        }
        self.log(at, kind, shown);
        let note =
            json!({"user": user, "name": NAMES[slot], "match": match_id, "message": message, "fact": fact});
        self.record(at + 1, "told", note);
    }

    /// A press that is acknowledged at once.
    fn press(&mut self, at: u64, slot: usize, custom_id: &str, match_id: u64) {
        let interaction = (at * 10 + slot as u64).to_string();
        let user = user(slot).to_string();
        self.log(
            at,
            "press",
            json!({"by": "component", "interaction": interaction, "user": user,
            "message": match_id.to_string(), "custom_id": custom_id}),
        );
        self.log(
            at + 5,
            "callback",
            json!({"interaction": interaction, "user": user, "type": 6, "ok": true}),
        );
    }

    fn write(&self) {
        for (name, lines) in [("emulator/log.ndjson", &self.log), ("players/record.ndjson", &self.record)] {
            let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
            fs::write(self.path(name), text).unwrap();
        }
    }

    fn sql(&self, statement: &str) {
        block_on(async {
            let options = SqliteConnectOptions::new().filename(self.path("ladder.sqlite"));
            let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
            let done = connection.execute(statement).await.unwrap();
            assert_eq!(done.rows_affected(), 1, "{statement}");
            connection.close().await.unwrap();
        });
    }

    fn judge(&self) -> Judged {
        self.write();
        judge(self.root.path())
    }
}

fn line(at: u64, kind: &str, mut fields: Value) -> Value {
    fields["at_ms"] = at.into();
    fields["kind"] = kind.into();
    fields
}

/// The exit code, what was printed with --json, and the findings in short.
struct Judged {
    code: i32,
    json: Value,
    findings: Vec<String>,
    complaint: String,
}

fn judge(data: &Path) -> Judged {
    let mut command = Command::new(env!("CARGO_BIN_EXE_evoladder-judge"));
    let output = command.env_remove("DATABASE_URL").args(["--json", "--data"]).arg(data).output().unwrap();
    let json: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let short = |finding: &Value| {
        let places = finding["where"].as_array().unwrap().iter().map(|place| place.as_str().unwrap());
        format!(
            "{}: {}, match {}: {} ({})",
            finding["kind"].as_str().unwrap(),
            finding["who"].as_str().unwrap(),
            finding["match"],
            finding["what"].as_str().unwrap(),
            places.collect::<Vec<_>>().join(", "),
        )
    };
    Judged {
        code: output.status.code().unwrap(),
        findings: json["findings"].as_array().into_iter().flatten().map(short).collect(),
        json,
        complaint: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Plants a fault in a clean folder, and says what the judge makes of it.
fn planted(plant: impl FnOnce(&mut Folder)) -> Vec<String> {
    let mut folder = Folder::new();
    plant(&mut folder);
    let judged = folder.judge();
    assert_eq!(judged.code, 1, "{} {}", judged.json, judged.complaint);
    let count = |kind: &str| judged.findings.iter().filter(|finding| finding.starts_with(kind)).count();
    assert_eq!(
        (judged.json["lost"].clone(), judged.json["duplicates"].clone()),
        (count("lost").into(), count("duplicate").into())
    );
    judged.findings
}

/// Where a line of one of the files is that says this, counted from 0.
fn position(lines: &[Value], says: &str) -> usize {
    lines.iter().position(|line| line.to_string().contains(says)).unwrap()
}

#[test]
fn a_ladder_that_went_well_is_found_so() {
    let folder = Folder::new();
    let judged = folder.judge();
    assert_eq!(judged.code, 0, "{:?} {}", judged.findings, judged.complaint);
    // For each player of each match: two callbacks, one post and two edits, and half a DM opened.
    let expected = json!({
        "lost": 0, "duplicates": 0, "deadline_misses": 0, "expired": 0, "while_down": 0, "machine_stalled": 0,
        "turned_away": 0, "not_yet_due": 0, "matches": 2, "matches_completed": 2, "tellings": 24, "presses": 8, "discord_calls_per_match": 11.0,
        "findings": [],
    });
    assert_eq!(judged.json, expected);
}

#[test]
fn a_reminder_that_turns_into_its_match_is_no_second_message() {
    let turns_into = |shown: u64| {
        let mut folder = Folder::new();
        let page = format!("-# match {shown} · confirming");
        for (at, kind, text) in [
            (13_000, "message_create", "-# match 1 · reminder · 1"),
            (14_000, "message_update", page.as_str()),
        ] {
            folder.log(
                at,
                kind,
                json!({"user": "100", "channel": "9", "message": "77", "seq": 1, "text": text}),
            );
        }
        folder.judge().findings
    };
    assert_eq!(turns_into(1), Vec::<String>::new());
    let findings = turns_into(2);
    assert!(
        findings.iter().any(|finding| finding.contains("second message for the match card")),
        "{findings:?}"
    );
}

#[test]
fn a_lost_result_a_doubled_message_and_a_rating_applied_twice_are_all_three_reported() {
    let findings = planted(|folder| {
        let told = position(&folder.record, "match 1 · lost");
        folder.record.remove(told);
        let mut again = folder.log[position(&folder.log, "match 2 · confirming")].clone();
        again["message"] = "9999".into();
        folder.log.insert(folder.log.len() - 1, again);
        folder.sql("update ratings set mmr = mmr + 19, wins = wins + 1 where player_id = 1");
    });
    assert_eq!(
        findings,
        [
            "lost: Bea, match 1: was not told \"-# match 1 · lost · sc2_terran · 1500 · 1480\" in 101 s: \
             the record does not have it (matches 1)",
            "duplicate: Ana, match 2: has a second message for the match card \
             (emulator/log.ndjson:20, emulator/log.ndjson:33)",
            "duplicate: Ana, match 2: bw_zerg: the table has 1558 (3:0:0), the matches make it 1539 (2:0:0) \
             (ratings 1 bw_zerg)",
        ]
    );
}

/// Ana's rating with the first match void, and then set by staff.
fn corrections() -> Vec<Record> {
    let match_id = MatchId(1);
    let row = |player, race, before, after| Rerating {
        player: PlayerId(player),
        race,
        before: Mmr(before),
        after: Mmr(after),
        glicko: Glicko { rating: 1600.0, deviation: 200.0, volatility: 0.06 },
    };
    let rows = vec![row(1, RACES[0], 1539, 1520), row(2, RACES[1], 1461, 1480)];
    let at = Timestamp(100_000);
    let decisions = [
        vec![
            Event::Resolved { match_id, verdict: Verdict::Void, by: UserId(9), at },
            Event::Rerated { match_id, rows },
        ],
        vec![Event::MmrAdjusted {
            player: PlayerId(1),
            race: RACES[0],
            points: -20,
            by: UserId(9),
            reason: "test".to_owned(),
            at: Timestamp(at.0 + 1000),
        }],
    ];
    let record = |(events, seq)| Record { seq: Seq(seq), at, key: None, events, reply: None };
    decisions.into_iter().zip(records().len() as u64 + 1..).map(record).collect()
}

#[test]
fn what_staff_correct_is_neither_lost_nor_twice() {
    let corrected = || {
        let folder = Folder::new();
        block_on(async {
            let mut store = Store::open(&folder.path("ladder.sqlite")).await.unwrap();
            store.apply(LadderId(7), &corrections()).await.unwrap();
        });
        folder
    };
    let judged = corrected().judge();
    assert_eq!(judged.code, 0, "{:?} {}", judged.findings, judged.complaint);
    for (statement, expected) in [
        (
            "update rating_corrections set mmr_after = 1521 where player_id = 1 and match_id = 1",
            "the rating began at 1520, but match 1 had left it at 1521",
        ),
        (
            "update ratings set mmr = 1520 where player_id = 1",
            "bw_zerg: the table has 1520 (1:0:0), the matches make it 1500 (1:0:0)",
        ),
        (
            "delete from rating_corrections where player_id = 2",
            "sc2_terran: the table has 1480 (0:1:0), the matches make it 1461 (0:1:0)",
        ),
    ] {
        let folder = corrected();
        folder.sql(statement);
        let judged = folder.judge();
        assert_eq!(judged.code, 1, "{statement}");
        assert!(judged.findings.iter().any(|found| found.contains(expected)), "{:?}", judged.findings);
    }
}

/// A fault planted in a clean folder.
type Plant = fn(&mut Folder);

#[test]
fn each_fault_is_reported_for_what_it_is() {
    let table: &[(&str, Plant, &[&str])] = &[
        (
            "a match that is not stored",
            |folder| folder.sql("delete from matches where match_id = 2"),
            &[
                "lost: Ana, match 2: was told \"-# match 2 · confirming\", but no such match is stored",
                "lost: Bea, match 2: was told \"-# match 2 · confirming\", but no such match is stored",
            ],
        ),
        (
            "another result is stored",
            |folder| folder.sql("update matches set winner_id = 2 where match_id = 1"),
            &[
                "lost: Ana, match 1: was told \"-# match 1 · won · bw_zerg · 1500 · 1520\", \
             but stored is \"-# match 1 · lost · bw_zerg · 1500 · 1520\"",
                "lost: Ana, match 1: was not told \"-# match 1 · lost · bw_zerg · 1500 · 1520\"",
            ],
        ),
        (
            "a rating lacks its last change",
            |folder| {
                folder.sql("update ratings set mmr = 1520, wins = 1 where player_id = 1");
            },
            &["lost: Ana, match 2: bw_zerg: the table has 1520 (1:0:0), the matches make it 1539 (2:0:0)"],
        ),
        (
            "a match began with a rating no match left",
            |folder| {
                folder.sql("update matches set mmr_1_before = 1540 where match_id = 2");
            },
            &["duplicate: Ana, match 2: the rating began at 1540, but match 1 had left it at 1520"],
        ),
        (
            "a message appears twice",
            |folder| {
                let again = folder.log[position(&folder.log, "match 1 · confirming")].clone();
                folder.log.insert(20, again);
            },
            &["duplicate: Ana, match 1: message 1100 appeared twice"],
        ),
        (
            "a result by reports that do not make it",
            |folder| {
                let reports = "ground = 'reported', report_1 = 'won', report_2 = 'won'";
                folder.sql(&format!("update matches set {reports} where match_id = 1"));
            },
            &["lost: Ana and Bea, match 1: the match is stored as decided, but they reported won and won"],
        ),
        (
            "a report that was pressed and is not stored",
            |folder| folder.press(13_000, 0, "match:report:1:won", 1),
            &["lost: Ana, match 1: reported how the match ended, but no report is stored"],
        ),
        (
            "a press without an answer",
            |folder| {
                let callback = position(&folder.log, "callback");
                folder.log[callback]["type"] = 5.into();
            },
            &["lost: Ana, match null: pressed and was never answered"],
        ),
        (
            "a press that Discord gave up",
            |folder| {
                let callback = position(&folder.log, "callback");
                folder.log[callback] = line(
                    12_000,
                    "interaction_failed",
                    json!({"interaction": "90000", "user": "100",
                "machine_stalled": false, "expired": false}),
                );
            },
            &["lost: Ana, match null: pressed and Discord gave up after 3 s"],
        ),
    ];
    for (name, plant, expected) in table {
        let findings = planted(*plant);
        for expected in *expected {
            assert!(findings.iter().any(|finding| finding.starts_with(expected)), "{name}: {findings:#?}");
        }
    }
}

#[test]
fn a_match_that_was_closed_twice_is_found_in_the_events() {
    let folder = Folder::new();
    let record =
        Record { seq: Seq(8), at: Timestamp(70_000), key: None, events: vec![closed(2)], reply: None };
    block_on(async {
        let mut store = Store::open(&folder.path("ladder.sqlite")).await.unwrap();
        store.apply(LadderId(7), &[record]).await.unwrap();
    });
    let findings = folder.judge().findings;
    let twice = "duplicate: Ana and Bea, match 2: the match was closed 2 times (events)";
    assert!(findings.iter().any(|finding| finding == twice), "{findings:#?}");
}

#[test]
fn what_is_nobodys_fault_is_counted_apart() {
    let mut folder = Folder::new();
    let is_callback = |at: &usize| folder.log[*at]["kind"] == "callback";
    let callbacks: Vec<usize> = (0..folder.log.len()).filter(is_callback).collect();
    for (at, name) in callbacks.into_iter().zip(["expired", "machine_stalled", "turned_away"]) {
        let interaction = folder.log[at]["interaction"].clone();
        let mut failed = json!({
            "interaction": interaction, "user": "100",
            "machine_stalled": false, "expired": false, "turned_away": false,
        });
        failed[name] = true.into();
        folder.log[at] = line(12_000, "interaction_failed", failed);
    }
    // Pressed with the emulator about to end; and a message that its player took away.
    let last = folder.log.len() - 1;
    folder.log.insert(
        last,
        line(END - 1_000, "press", json!({"by": "component", "interaction": "1", "user": "100"})),
    );
    let mut again = folder.log[position(&folder.log, "match 2 · confirming")].clone();
    (again["message"], again["at_ms"]) = ("9999".into(), 61_000.into());
    let posted = position(&folder.log, "match 2 · playing");
    folder.log.insert(posted, again);
    let gone =
        line(60_500, "message_delete", json!({"user": "100", "channel": "9", "message": "2100", "seq": 1}));
    folder.log.insert(posted, gone);
    let judged = folder.judge();
    assert_eq!(judged.findings, Vec::<String>::new());
    let counts = ["deadline_misses", "expired", "while_down", "machine_stalled", "turned_away"]
        .map(|name| judged.json[name].clone());
    assert_eq!(counts, [0, 1, 1, 1, 1]);
}

#[test]
fn what_was_stored_just_before_the_end_is_not_due_yet() {
    let mut folder = Folder::new();
    folder.record.retain(|line| !line.to_string().contains("match 2 · lost"));
    for lines in [&mut folder.log, &mut folder.record] {
        lines.retain(|line| line["at_ms"].as_u64().unwrap() < 90_000);
    }
    let judged = folder.judge();
    assert_eq!((judged.code, judged.json["not_yet_due"].as_u64()), (0, Some(1)), "{}", judged.json);
}

type Break = fn(&Folder);

#[test]
fn a_folder_that_cannot_be_judged_says_why() {
    let table: &[(&str, Break)] = &[
        ("emulator/log.ndjson is not there", |folder| {
            fs::remove_file(folder.path("emulator/log.ndjson")).unwrap();
        }),
        ("players/record.ndjson is not there", |folder| {
            fs::remove_file(folder.path("players/record.ndjson")).unwrap();
        }),
        ("ladder.sqlite cannot be read: it is not there", |folder| {
            fs::remove_file(folder.path("ladder.sqlite")).unwrap();
        }),
        ("ladder.sqlite cannot be read", |folder| {
            // Another file: the old one may still be open where it was made.
            for name in ["ladder.sqlite", "ladder.sqlite-wal"] {
                fs::remove_file(folder.path(name)).ok();
            }
            fs::write(folder.path("ladder.sqlite"), "x".repeat(9_000)).unwrap();
        }),
        ("emulator/log.ndjson:2 is not what is written there", |folder| {
            fs::write(folder.path("emulator/log.ndjson"), "{\"at_ms\":1,\"kind\":\"started\"}\n{}\n")
                .unwrap();
        }),
    ];
    for (why, break_it) in table {
        let folder = Folder::new();
        break_it(&folder);
        let judged = judge(folder.root.path());
        assert_eq!(judged.code, 2, "{why}: {}", judged.json);
        assert!(judged.complaint.contains(why), "{why}: {}", judged.complaint);
    }
    // A line that a kill cut off is no fault.
    let folder = Folder::new();
    let mut text = fs::read_to_string(folder.path("players/record.ndjson")).unwrap();
    text.push_str("{\"at_ms\":12");
    fs::write(folder.path("players/record.ndjson"), text).unwrap();
    assert_eq!(judge(folder.root.path()).code, 0);
}

/// A short run of a demo without players, beside which the judge is this script. Says how it ended,
/// what it printed, and its report.
fn run_beside(judge: &str) -> (i32, String, Value) {
    let _alone = processes();
    let root = tempfile::tempdir().unwrap();
    let ladder = Path::new(env!("CARGO_BIN_EXE_evoladder"));
    for role in ["backend", "dashboard", "db-writer", "emulator", "frontend", "players", "replay-worker"] {
        let name = format!("evoladder-{role}");
        symlink(ladder.with_file_name(&name), root.path().join(&name)).unwrap();
    }
    // It looks for the others where it lies itself, wherever a link to it is.
    let copy = root.path().join("evoladder");
    fs::hard_link(ladder, &copy).or_else(|_| fs::copy(ladder, &copy).map(drop)).unwrap();
    let script = root.path().join("evoladder-judge");
    fs::write(&script, format!("#!/bin/sh\n{judge}\n")).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let report = root.path().join("report.json");
    let output = Command::new(&copy)
        .args(["run", "--emulator", "--players", "0", "--for", "100ms", "--report"])
        .arg(&report)
        .arg("--data")
        .arg(root.path().join("data"))
        .env_remove("DISCORD_TOKEN")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let report = serde_json::from_slice(&fs::read(&report).unwrap()).unwrap();
    (output.status.code().unwrap(), said, report)
}

#[test]
fn a_run_with_findings_says_so_reports_them_and_exits_with_1() {
    let judgement = json!({"lost": 1, "duplicates": 2, "deadline_misses": 0, "expired": 3, "while_down": 4,
        "machine_stalled": 5, "discord_calls_per_match": 12.5, "findings": []});
    let (code, said, report) = run_beside(&format!("echo '{judgement}'; exit 1"));
    assert_eq!(code, 1, "{said}");
    assert!(said.ends_with("Judge: 1 lost, 2 twice; judge.json in the data folder has them\n"), "{said}");
    for name in ["lost", "duplicates", "expired", "while_down", "machine_stalled", "discord_calls_per_match"]
    {
        assert_eq!(report[name], judgement[name], "{name}: {report:#}");
    }
    for role in ["supervisor", "db-writer", "backend", "frontend", "emulator"] {
        let measured = ["pss_mb", "cpu_s"].map(|name| report[name][role].as_f64());
        assert!(measured[0] > Some(0.0) && measured[1].is_some(), "{role}: {report:#}");
    }
}

#[test]
fn a_run_that_cannot_be_judged_says_why_and_reports_null() {
    let (code, said, report) = run_beside("echo 'evoladder-judge: the log is not there' >&2; exit 2");
    assert_eq!(code, 0, "{said}");
    assert!(said.ends_with("Judge: cannot judge, the log is not there\n"), "{said}");
    for name in ["lost", "duplicates", "expired", "while_down", "discord_calls_per_match"] {
        assert!(
            report.as_object().unwrap().contains_key(name) && report[name].is_null(),
            "{name}: {report:#}"
        );
    }
}
