//! The whole ladder stops in mid match, in good order or killed, and goes on over its folder.

use super::refusals::evoladder;
use super::{confirm, databases, pair_up, replay_of, settings, stored_once_in, told_the_result};
use crate::support::{Ladder, Person, free_address, processes, wait_for};
use evoladder::db_writer::JOURNAL;
use evoladder::journal::Journal;
use ipc_schema::db_writer::Record;
use ipc_schema::event::Event;
use ipc_schema::fact_line::Fact;
use ipc_schema::ids::{LadderId, Seq, UserId};
use serde_json::Value;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::Instant;

#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    Stop,
    Kill,
}

fn end(ladder: Ladder, how: End) -> TempDir {
    let began = Instant::now();
    let root = match how {
        End::Stop => {
            let (status, root) = ladder.stop();
            assert!(status.success(), "{status}");
            root
        }
        End::Kill => ladder.kill(),
    };
    // The drain has 9.5 s and the judge comes after it.
    assert!(began.elapsed() < Duration::from_secs(20), "{how:?} took {:?}", began.elapsed());
    root
}

/// What the emulator has logged of that kind.
pub(super) fn logged(data: &Path, kind: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(data.join("emulator").join("log.ndjson")).unwrap();
    // The last line may be half written.
    let whole = &text[..text.rfind('\n').map_or(0, |end| end + 1)];
    let lines = whole.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line["kind"] == kind).collect()
}

async fn a_match_goes_on(how: End, database: Option<&str>) {
    let settings = settings(database);
    let ladder = Ladder::start_again_with(tempfile::tempdir().unwrap(), free_address(), &settings).await;
    let emulator = ladder.emulator;
    let (ana, bea, match_id) = pair_up(&ladder).await;
    confirm(&ana, match_id).await;
    wait_for("the first press to be answered", async || {
        let answers = logged(&ladder.data(), "answer");
        let presses = logged(&ladder.data(), "press");
        let button = format!("match:confirm:{match_id}");
        let press = presses.iter().find(|press| press["custom_id"] == button.as_str())?;
        answers.iter().any(|answer| answer["interaction"] == press["interaction"]).then_some(())
    })
    .await;
    // Ana has confirmed, Bea has the button on her screen.
    let ladder = Ladder::start_again_with(end(ladder, how), emulator, &settings).await;
    confirm(&bea, match_id).await;
    let file = replay_of(&ana).await;
    bea.told("to play", |line| matches!(line.fact, Fact::Playing { .. }).then_some(())).await;
    let ladder = Ladder::start_again_with(end(ladder, how), emulator, &settings).await;
    ana.upload("game.SC2Replay", file).await;
    told_the_result(&ana, &bea, match_id).await;
    // Nothing is told anew by one more life.
    let ladder = Ladder::start_again_with(end(ladder, how), emulator, &settings).await;
    told_the_result(&ana, &bea, match_id).await;
    let (status, root) = ladder.stop();
    assert!(status.success(), "{status}");
    let data = root.path().join("data");
    stored_once_in(&data, database).await;
    assert_eq!(logged(&data, "started").len(), 4);
    assert_eq!(logged(&data, "stopped").len(), if how == End::Stop { 4 } else { 1 });
    let failed = logged(&data, "interaction_failed");
    assert_eq!(failed, [] as [Value; 0]);
}

#[tokio::test]
async fn a_match_goes_on_after_the_ladder_was_stopped() {
    for database in databases() {
        a_match_goes_on(End::Stop, database.as_deref()).await;
    }
}

#[tokio::test]
async fn a_match_goes_on_after_the_ladder_was_killed() {
    for database in databases() {
        a_match_goes_on(End::Kill, database.as_deref()).await;
    }
}

#[tokio::test]
async fn a_world_that_cannot_be_read_is_refused_with_what_to_do() {
    let root = end(Ladder::start().await, End::Stop);
    let _alone = processes();
    let data = root.path().join("data");
    let world = data.join("emulator").join("world.ndjson");
    let whole = std::fs::read_to_string(&world).unwrap();
    let newer = whole.replacen("\"version\":", "\"version\":9", 1);
    for broken in [newer, whole.replacen('{', "[", 1)] {
        std::fs::write(&world, broken).unwrap();
        let args = ["run", "--emulator", "--players", "0", "--for", "1s", "--data", data.to_str().unwrap()];
        let output = evoladder(&args, &[]);
        let words = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(78), "{words}");
        assert!(words.contains("move that folder away"), "{words}");
    }
}

#[tokio::test]
async fn a_second_signal_ends_the_ladder_at_once() {
    let ladder = Ladder::start().await;
    // Processes that stand still hold up the drain for as long as they are given: 8 s.
    for role in ["frontend", "backend", "db-writer"] {
        ladder.signal(&ladder.pids(role), nix::sys::signal::Signal::SIGSTOP);
    }
    let began = Instant::now();
    let status = ladder.stop_impatiently();
    assert_eq!(status.code(), Some(i32::from(ipc_schema::control::EXIT_GAVE_UP)), "{status}");
    assert!(began.elapsed() < Duration::from_secs(5), "it took {:?}", began.elapsed());
}

#[tokio::test]
async fn what_staff_changed_of_the_rules_counts_in_the_next_life() {
    let ladder = Ladder::start().await;
    let emulator = ladder.emulator;
    let ana = Person::new(emulator, "Ana").await;
    ana.set_up().await;
    let vetoes_are = async |allowed: u64| {
        ana.command("queue").await;
        wait_for(&format!("a menu of {allowed} vetoes"), async || {
            let messages = ana.messages().await;
            let menu = |message: &Value| menu_of(&message["components"], "queue:vetoes");
            (messages.iter().rev().find_map(menu)?["max_values"] == allowed).then_some(())
        })
        .await;
    };
    vetoes_are(4).await;
    let root = end(ladder, End::Stop);
    let mut journal = Journal::open(&root.path().join("data").join(JOURNAL), LadderId(0)).unwrap();
    let at = evoladder::clock::now();
    let set = Event::KnobSet {
        name: "vetoes".to_owned(),
        before: "4".to_owned(),
        after: "2".to_owned(),
        by: UserId(1),
        reason: "fewer maps are played".to_owned(),
        at,
    };
    let seq = Seq(journal.last().0 + 1);
    journal.append(&[Record { seq, at, key: None, events: vec![set], reply: None }]).unwrap();
    drop(journal);
    let _ladder = Ladder::start_again(root, emulator).await;
    // The menu of the last life still offers four.
    ana.press("queue:vetoes", &["khione", "radeon", "sylphid"]).await;
    wait_for("three vetoes to be refused", async || ana.reads("up to 2 maps").await.then_some(())).await;
    vetoes_are(2).await;
}

/// The menu of that custom id among components.
fn menu_of(component: &Value, custom_id: &str) -> Option<Value> {
    match component {
        Value::Array(components) => components.iter().find_map(|component| menu_of(component, custom_id)),
        Value::Object(fields) if fields.get("custom_id").is_some_and(|id| id == custom_id) => {
            Some(component.clone())
        }
        Value::Object(fields) => menu_of(fields.get("components")?, custom_id),
        _ => None,
    }
}
