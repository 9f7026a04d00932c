//! What the audit says of a ladder that staff corrected, and of the same with one thing changed.

use crate::wire::alone::block_on;
use evoladder::domain::chance::Chance;
use evoladder::domain::ladder::{Input, Ladder};
use evoladder::domain::rating::{Fold, Item};
use evoladder::domain::season::Season;
use evoladder::journal::Journal;
use evoladder::season::{Which, load};
use evoladder::store::Store;
use ipc_schema::db_writer::Record;
use ipc_schema::event::{Event, Pairing, RatedRow, RatingChange};
use ipc_schema::ids::{LadderId, MatchId, PlayerId, Seq, UserId};
use ipc_schema::vocab::{Ground, Locale, Mmr, Race, Server, Timestamp, Verdict};
use serde_json::Value;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection, Executor};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

const PLAYERS: u64 = 7;
const MATCHES: u64 = 60;
const STAFF: UserId = UserId(99);

/// A ladder, and the records that made it.
struct Played {
    season: Season,
    ladder: Ladder,
    records: Vec<Record>,
    now: Timestamp,
}

impl Played {
    fn take(&mut self, events: Vec<Event>) {
        self.now.0 += 1_000;
        events.iter().for_each(|event| self.ladder.evolve(event));
        let seq = Seq(self.records.len() as u64 + 1);
        self.records.push(Record { seq, at: self.now, key: None, events, reply: None });
    }

    fn resolve(&mut self, match_id: u64, verdict: Verdict) {
        let events = self.ladder.resolve(&self.season, self.now, STAFF, MatchId(match_id), verdict).unwrap();
        self.take(events);
    }
}

/// Sixty matches, of which staff voided one, decided one that had no result, made one a draw and closed one; and
/// a rating that they set.
fn played() -> Played {
    let season = load(Which::Real).unwrap();
    let (ladder, now) = (Ladder::new(1), Timestamp(1_795_284_000_000));
    let mut played = Played { season, ladder, records: Vec::new(), now };
    let started = played.ladder.decide(&played.season, now, &Input::Started).events;
    assert_eq!(started.len(), 1);
    played.take(started);
    for number in 1..=PLAYERS {
        let (player, user) = (PlayerId(number), UserId(1000 + number));
        played.take(vec![Event::PlayerJoined { player, user, locale: Locale::EnUs, at: now }]);
    }
    let mut chance = Chance(4);
    let mut fold = Fold::default();
    for number in 1..=MATCHES {
        let one = chance.below(PLAYERS as usize);
        let other = (one + 1 + chance.below(PLAYERS as usize - 1)) % PLAYERS as usize;
        let players = [one, other].map(|player| PlayerId(player as u64 + 1));
        let races = [Race::ALL[chance.below(3)], Race::ALL[3 + chance.below(3)]];
        let match_id = MatchId(number);
        let pairing = Pairing {
            match_id,
            players,
            races,
            map: "keres_passage".to_owned(),
            server: Server::Euc,
            confirm_deadline: played.now,
        };
        let at = played.now;
        played.take(players.map(|player| Event::Queued { player, at }).to_vec());
        played.take(vec![Event::WaveFired { at, pairings: vec![pairing], generator: 1 }]);
        played.take(vec![Event::Started { match_id, at, deadline: at }]);
        if number == MATCHES {
            break;
        }
        let ground = Ground::Recorded;
        let verdict = match number {
            9 => Verdict::Conflict,
            20 => Verdict::Drawn { ground: Ground::Reported },
            _ => Verdict::Decided { winner: u8::from(chance.below(2) == 0), ground },
        };
        let at = played.now;
        let Some(outcome) = verdict.outcome(0) else {
            played.take(vec![Event::Closed { match_id, verdict, ratings: None, at }]);
            continue;
        };
        let rows = [0, 1].map(|slot| (players[slot], races[slot]));
        let before = rows.map(|row| fold.of(row).mmr);
        fold.take(&Item::Result { match_id, rows, outcome, at });
        let after = rows.map(|row| fold.of(row));
        let ratings = [0, 1].map(|slot| RatingChange {
            player: players[slot],
            race: races[slot],
            before: before[slot],
            after: after[slot].mmr,
        });
        let rated = [0, 1].map(|slot| RatedRow {
            player: players[slot],
            race: races[slot],
            glicko: after[slot].glicko,
        });
        played.take(vec![
            Event::Closed { match_id, verdict, ratings: Some(ratings), at },
            Event::Rated { match_id, rows: rated },
        ]);
    }
    played.resolve(3, Verdict::Void);
    let (season, now) = (&played.season, played.now);
    let adjusted = played.ladder.adjust_mmr(
        season,
        now,
        STAFF,
        PlayerId(2),
        Race::BwZerg,
        Mmr(1700),
        "smurf".to_owned(),
    );
    played.take(adjusted.unwrap());
    played.resolve(9, Verdict::Decided { winner: 1, ground: Ground::Staff });
    played.resolve(30, Verdict::Drawn { ground: Ground::Staff });
    played.resolve(MATCHES, Verdict::Decided { winner: 0, ground: Ground::Staff });
    assert_eq!(played.ladder.audit(), []);
    played
}

fn write_journal(data: &Path, records: &[Record]) {
    let mut journal = Journal::open(&data.join("journal"), LadderId(7)).unwrap();
    for frame in records.chunks(5) {
        journal.append(frame).unwrap();
    }
}

fn write_database(data: &Path, records: &[Record]) {
    block_on(async {
        let mut store = Store::open(&data.join("ladder.sqlite")).await.unwrap();
        store.apply(LadderId(7), records).await.unwrap();
    });
}

fn folder(records: &[Record]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    write_journal(dir.path(), records);
    write_database(dir.path(), records);
    dir
}

fn sql(data: &Path, statement: &str) {
    block_on(async {
        let options = SqliteConnectOptions::new().filename(data.join("ladder.sqlite"));
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        let done = connection.execute(statement).await.unwrap();
        assert_eq!(done.rows_affected(), 1, "{statement}");
        connection.close().await.unwrap();
    });
}

fn run(program: &str, data: &Path, options: &[&str]) -> Output {
    Command::new(program).env_remove("DATABASE_URL").args(options).arg("--data").arg(data).output().unwrap()
}

/// The exit code and what was printed with --json.
fn audit(data: &Path) -> (i32, Value) {
    let output = run(env!("CARGO_BIN_EXE_evoladder-audit"), data, &["--json"]);
    (output.status.code().unwrap(), serde_json::from_slice(&output.stdout).unwrap_or_default())
}

/// The findings of a folder in which something is wrong.
fn findings(data: &Path) -> Vec<Value> {
    let (code, json) = audit(data);
    assert_eq!(code, 1, "{json}");
    json["findings"].as_array().unwrap().clone()
}

/// The first event that this finds, to be changed, and the record it is in.
fn first<'a, T>(records: &'a mut [Record], find: impl Fn(&'a mut Event) -> Option<T>) -> (u64, T) {
    records
        .iter_mut()
        .find_map(|record| {
            let seq = record.seq.0;
            record.events.iter_mut().find_map(&find).map(|found| (seq, found))
        })
        .unwrap()
}

#[test]
fn a_ladder_that_staff_corrected_is_found_equal() {
    let played = played();
    let dir = folder(&played.records);
    let (code, json) = audit(dir.path());
    assert_eq!((code, &json["findings"]), (0, &serde_json::json!([])), "{json}");
    assert_eq!((&json["source"], &json["tables"]), (&"journal".into(), &"compared".into()));
    assert_eq!((&json["resolved"], &json["records"]), (&4.into(), &played.records.len().into()));
    // In words, by the way through the supervisor's executable.
    let output = run(env!("CARGO_BIN_EXE_evoladder"), dir.path(), &["audit"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && said.contains("Every rating is what the results make it."), "{said}");
    // A frame that was being written when the ladder died, and then no journal at all.
    let segment = fs::read_dir(dir.path().join("journal")).unwrap().next().unwrap().unwrap().path();
    OpenOptions::new().append(true).open(segment).unwrap().write_all(&[9, 0, 0, 0, 1, 2, 3]).unwrap();
    assert_eq!(audit(dir.path()), (0, json));
    fs::remove_dir_all(dir.path().join("journal")).unwrap();
    let (code, json) = audit(dir.path());
    assert_eq!((code, &json["source"]), (0, &"database".into()), "{json}");
}

#[test]
fn a_backup_that_an_older_build_made_is_read_as_it_is() {
    let dir = folder(&played().records);
    block_on(async {
        let options = SqliteConnectOptions::new().filename(dir.path().join("ladder.sqlite"));
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        // As it was before the third migration.
        connection
            .execute(
                "alter table progress drop column epoch; drop table lease; drop table snapshots;
                 drop table replay_files; drop view matches_readable; drop view leaderboard;
                 delete from _sqlx_migrations where version = 3",
            )
            .await
            .unwrap();
        connection.close().await.unwrap();
    });
    let before = fs::read(dir.path().join("ladder.sqlite")).unwrap();
    let (code, json) = audit(dir.path());
    assert_eq!((code, &json["tables"]), (0, &"compared".into()), "{json}");
    fs::remove_dir_all(dir.path().join("journal")).unwrap();
    let (code, json) = audit(dir.path());
    assert_eq!((code, &json["source"]), (0, &"database".into()), "{json}");
    assert!(fs::read(dir.path().join("ladder.sqlite")).unwrap() == before, "it was changed");
}

#[test]
fn what_is_changed_in_a_table_is_reported_with_its_row() {
    let records = played().records;
    for (statement, says) in [
        ("update ratings set mmr = mmr + 1 where player_id = 2 and race = 'bw_zerg'", "player 2, bw_zerg"),
        (
            "update ratings set draws = draws + 1 where player_id = 2 and race = 'bw_zerg'",
            "player 2, bw_zerg",
        ),
        (
            "update ratings set glicko_deviation = glicko_deviation + 0.00001
             where player_id = 2 and race = 'bw_zerg'",
            "player 2, bw_zerg",
        ),
        (
            "delete from ratings where player_id = 2 and race = 'bw_zerg'",
            "player 2, bw_zerg: the table has no row",
        ),
        ("update matches set mmr_1_after = mmr_1_after - 1 where match_id = 5", "match 5: the table has"),
        ("update matches set verdict = 'decided', winner_id = player_1_id where match_id = 3", "match 3: "),
    ] {
        let dir = folder(&records);
        sql(dir.path(), statement);
        let found = findings(dir.path());
        assert_eq!(found.len(), 1, "{statement}: {found:?}");
        let output = run(env!("CARGO_BIN_EXE_evoladder-audit"), dir.path(), &[]);
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.code() == Some(1) && said.contains(says), "{statement}: {said}");
    }
}

#[test]
fn one_changed_event_is_reported_with_its_record() {
    // A result is flipped: it is told by that match, and by all that follows from it.
    let mut records = played().records;
    let (seq, ()) = first(&mut records, |event| match event {
        Event::Closed { match_id: MatchId(5), verdict: Verdict::Decided { winner, .. }, .. } => {
            *winner = 1 - *winner;
            Some(())
        }
        _ => None,
    });
    let dir = tempfile::tempdir().unwrap();
    write_journal(dir.path(), &records);
    let found = findings(dir.path());
    assert_eq!((&found[0]["seq"], &found[0]["match"]), (&seq.into(), &5.into()), "{found:?}");

    // One number is another: it alone is told.
    let change: [fn(&mut Event) -> Option<()>; 4] = [
        |event| match event {
            Event::Closed { match_id: MatchId(7), ratings: Some(ratings), .. } => {
                ratings[1].after.0 += 1;
                Some(())
            }
            _ => None,
        },
        |event| match event {
            Event::Rated { match_id: MatchId(7), rows } => {
                rows[0].glicko.rating += 1e-8;
                Some(())
            }
            _ => None,
        },
        |event| match event {
            Event::Rerated { rows, .. } => {
                rows[0].after.0 += 1;
                Some(())
            }
            _ => None,
        },
        |event| match event {
            Event::Rerated { rows, .. } => rows.pop().map(|_| ()),
            _ => None,
        },
    ];
    for (number, change) in change.into_iter().enumerate() {
        let mut records = played().records;
        let (seq, ()) = first(&mut records, change);
        let dir = tempfile::tempdir().unwrap();
        write_journal(dir.path(), &records);
        let found = findings(dir.path());
        assert_eq!(found.len(), 1, "change {number}: {found:?}");
        assert_eq!(found[0]["seq"], seq, "change {number}: {found:?}");
    }
}

#[test]
fn a_database_that_is_behind_is_not_compared_and_a_folder_without_a_ladder_is_refused() {
    let records = played().records;
    let dir = tempfile::tempdir().unwrap();
    write_journal(dir.path(), &records);
    write_database(dir.path(), &records[..40]);
    let (code, json) = audit(dir.path());
    assert_eq!((code, &json["tables"]["behind"]["seq"]), (0, &40.into()), "{json}");
    let nothing = tempfile::tempdir().unwrap();
    for program in [env!("CARGO_BIN_EXE_evoladder-audit"), env!("CARGO_BIN_EXE_evoladder-calibration")] {
        let output = run(program, nothing.path(), &[]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("has neither a journal nor a database"), "{said}");
    }
}

#[test]
fn calibration_counts_the_results_as_they_now_stand() {
    let dir = folder(&played().records);
    let file = dir.path().join("calibration.json");
    let output =
        run(env!("CARGO_BIN_EXE_evoladder-calibration"), dir.path(), &["--json", file.to_str().unwrap()]);
    assert!(output.status.success(), "{output:?}");
    let json: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    // One is void; the conflict and the open match were decided by staff.
    assert_eq!(json["groups"][0]["games"], MATCHES - 1);
    let losses = ["elo", "glicko2"].map(|system| json["groups"][0][system].as_f64().unwrap());
    assert!(losses.iter().all(|loss| (0.4..1.2).contains(loss)), "{losses:?}");
    assert!(String::from_utf8(output.stdout).unwrap().contains("neither provisional"));
}
