//! The data folder is lost with its container, and the database is there: the ladder goes on from it.

use super::database::said_by;
use super::second_life::logged;
use super::session::{confirm_without_backend, reads_that_she_confirmed};
use super::{confirm, pair_up, replay_of, told_the_result};
use crate::support::postgres::Postgres;
use crate::support::{Ladder, free_address, wait_for};
use evoladder::db_writer::{JOURNAL, SNAPSHOTS};
use evoladder::failpoint::{Fault, arm};
use evoladder::journal::Journal;
use ipc_schema::fact_line::Fact;
use ipc_schema::ids::{LadderId, Seq};
use nix::sys::signal::Signal;
use serde_json::Value;
use std::path::Path;
use std::time::Duration;

/// What stands for a world that no accident of ours touches.
const WORLD: [&str; 3] = ["demo.json", "emulator", "players"];

/// Takes away all that is the ladder's own.
fn empty(data: &Path) {
    for entry in std::fs::read_dir(data).unwrap().map(Result::unwrap) {
        let is_dir = entry.file_type().unwrap().is_dir();
        if WORLD.iter().any(|world| entry.file_name() == *world) {
            continue;
        }
        let gone = if is_dir { std::fs::remove_dir_all } else { std::fs::remove_file };
        gone(&entry.path()).unwrap();
    }
}

fn found(program: &str, data: &Path, url: &str, faults: &[&str]) {
    let (code, said) = said_by(program, data, url);
    assert_eq!(code, 0, "{program}: {said:#}");
    for fault in faults {
        assert_eq!(said[fault], 0, "{fault}: {said:#}");
    }
}

fn all_is_well(data: &Path, url: &str) {
    found(env!("CARGO_BIN_EXE_evoladder-audit"), data, url, &[]);
    found(env!("CARGO_BIN_EXE_evoladder-judge"), data, url, &["lost", "duplicates"]);
}

#[tokio::test]
async fn a_ladder_that_was_stopped_goes_on_over_an_empty_folder_from_a_snapshot_of_the_database() {
    let Some(server) = Postgres::start(&["fsync=off"]) else { return };
    let (url, root, emulator) = (server.fresh(), tempfile::tempdir().unwrap(), free_address());
    let name = url.rsplit_once('/').unwrap().1;
    let every = root.path().join("data").join(SNAPSHOTS).join("every");
    std::fs::create_dir_all(every.parent().unwrap()).unwrap();
    std::fs::write(&every, "7").unwrap();
    std::fs::write(root.path().join("data").join("demo.json"), r#"{"seed":7,"players":0}"#).unwrap();
    let variables = [("DATABASE_URL", url.as_str())];
    let ladder = Ladder::start_again_with(root, emulator, &variables).await;
    let (ana, bea, match_id) = pair_up(&ladder).await;
    confirm(&ana, match_id).await;
    confirm(&bea, match_id).await;
    ana.upload("game.SC2Replay", replay_of(&ana).await).await;
    told_the_result(&ana, &bea, match_id).await;
    // A record each, so that another snapshot is due whatever the ones before were made at.
    ana.command("queue").await;
    for _ in 0..7 {
        ana.press("queue:race:bw", &["bw_zerg"]).await;
    }
    // Two of them, so that each is whole and the older ones are gone.
    let newest = wait_for("two snapshots in the database", async || {
        let seqs = server.ask(name, "select seq from snapshots group by seq order by seq");
        let seqs: Vec<u64> = seqs.lines().map(|line| line.parse().unwrap()).collect();
        (seqs.len() == 2 && seqs[0] > 14).then(|| seqs[1])
    })
    .await;
    ana.command("profile").await;
    ana.reads_in_time("1520").await;
    let (status, root) = ladder.stop();
    assert!(status.success(), "{status}");
    let data = root.path().join("data");
    let (ladder_id, last) = in_journal(&data);
    empty(&data);
    let ladder = Ladder::start_again_with(root, emulator, &variables).await;
    told_the_result(&ana, &bea, match_id).await;
    bea.command("profile").await;
    bea.reads_in_time("1480").await;
    let (status, root) = ladder.stop();
    assert!(status.success(), "{status}");
    let data = root.path().join("data");
    let journal = Journal::open(&data.join(JOURNAL), LadderId(0)).unwrap();
    assert!(
        journal.first() > Seq(newest - 14) && journal.first() > Seq(1),
        "{} of {newest}",
        journal.first()
    );
    assert!(journal.ladder() == ladder_id && journal.last() > last);
    drop(journal);
    all_is_well(&data, &url);
}

fn in_journal(data: &Path) -> (LadderId, Seq) {
    let journal = Journal::open(&data.join(JOURNAL), LadderId(0)).unwrap();
    (journal.ladder(), journal.last())
}

#[tokio::test]
async fn a_ladder_that_was_killed_with_a_replay_in_line_goes_on_over_an_empty_folder() {
    let Some(server) = Postgres::start(&["fsync=off"]) else { return };
    let (url, root, emulator) = (server.fresh(), tempfile::tempdir().unwrap(), free_address());
    let points = tempfile::tempdir().unwrap();
    let variables = [
        ("DATABASE_URL", url.as_str()),
        ("DURABILITY", "database"),
        ("EVOLADDER_FAILPOINTS", points.path().to_str().unwrap()),
    ];
    let ladder = Ladder::start_again_with(root, emulator, &variables).await;
    let (ana, bea, match_id) = pair_up(&ladder).await;
    confirm(&ana, match_id).await;
    confirm(&bea, match_id).await;
    let file = replay_of(&ana).await;
    // The workers stand still, so that the job is in line when all of it dies.
    ladder.signal(&ladder.pids("replay-worker"), Signal::SIGSTOP);
    // The first writer dies when the file is kept and nobody knows.
    arm(points.path(), "replay: kept", Fault::Kill, 0).unwrap();
    ana.upload("game.SC2Replay", file).await;
    wait_for("the job", async || (ladder.gauge("backend", "replays_in_line") == Some(1.0)).then_some(()))
        .await;
    assert_eq!(ladder.restarts("db-writer"), 1);
    ana.told("that the replay is taken", |line| matches!(line.fact, Fact::Replay { .. }).then_some(())).await;
    let root = ladder.kill();
    empty(&root.path().join("data"));
    let ladder = Ladder::start_again_with(root, emulator, &variables).await;
    told_the_result(&ana, &bea, match_id).await;
    let (status, root) = ladder.stop();
    assert!(status.success(), "{status}");
    all_is_well(&root.path().join("data"), &url);
}

#[tokio::test]
async fn with_the_database_away_a_press_is_acknowledged_and_answered_when_it_is_back() {
    let Some(mut server) = Postgres::start(&["fsync=off"]) else { return };
    let (url, root, emulator) = (server.fresh(), tempfile::tempdir().unwrap(), free_address());
    let variables = [("DATABASE_URL", url.as_str()), ("DURABILITY", "database")];
    let ladder = Ladder::start_again_with(root, emulator, &variables).await;
    let (ana, bea, match_id) = pair_up(&ladder).await;
    server.crash();
    confirm(&ana, match_id).await;
    let data = ladder.data();
    let button = format!("match:confirm:{match_id}");
    let pressed = || logged(&data, "press").into_iter().find(|press| press["custom_id"] == button.as_str());
    let has = |kind: &str, press: &Value| {
        logged(&data, kind)
            .iter()
            .any(|line| line["interaction"] == press["interaction"] && line["ok"] != false)
    };
    let press = wait_for("the press", async || pressed()).await;
    wait_for("the press to be acknowledged", async || has("callback", &press).then_some(())).await;
    let lag = async || ladder.gauge("db-writer", "database_lag_records") > Some(0.0);
    wait_for("the journal to have it", async || lag().await.then_some(())).await;
    // A backend that starts now would know of it from the journal.
    ladder.signal(&ladder.pids("backend"), Signal::SIGKILL);
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert!(!has("answer", &press), "the database has not got what is told");
    let confirmed = async || ana.facts().await.iter().any(|line| line.fact != Fact::Confirming);
    assert!(!confirmed().await && !ladder.all_ready(), "no card tells it either, and no backend serves");
    server.start_again();
    wait_for("the answer", async || has("answer", &press).then_some(())).await;
    wait_for("the backend", async || ladder.all_ready().then_some(())).await;
    assert_eq!(ladder.restarts("backend"), 1);
    confirm(&bea, match_id).await;
    ana.upload("game.SC2Replay", replay_of(&ana).await).await;
    told_the_result(&ana, &bea, match_id).await;
    let failed = logged(&data, "interaction_failed");
    assert_eq!(failed, [] as [Value; 0]);
    let (status, root) = ladder.stop();
    assert!(status.success(), "{status}");
    all_is_well(&root.path().join("data"), &url);
}

#[tokio::test]
async fn a_press_that_was_acknowledged_is_answered_though_all_dies_and_the_folder_is_lost() {
    let Some(server) = Postgres::start(&["fsync=off"]) else { return };
    let (url, root, emulator) = (server.fresh(), tempfile::tempdir().unwrap(), free_address());
    let name = url.rsplit_once('/').unwrap().1;
    let variables = [("DATABASE_URL", url.as_str()), ("DURABILITY", "database")];
    let ladder = Ladder::start_again_with(root, emulator, &variables).await;
    let (ana, bea, match_id) = pair_up(&ladder).await;
    wait_for("the session in the database", async || {
        let kept = server.ask(name, "select count(*) from gateway_sessions where sequence > 3");
        (kept.trim() == "1").then_some(())
    })
    .await;
    confirm_without_backend(&ladder, &ana, match_id, &ladder.pids("backend")).await;
    let root = ladder.kill();
    empty(&root.path().join("data"));
    let ladder = Ladder::start_again_with(root, emulator, &variables).await;
    reads_that_she_confirmed(&ana).await;
    let begun = logged(&ladder.data(), "gateway_identify");
    assert_eq!(begun.len(), 1, "the session goes on: {begun:?}");
    confirm(&bea, match_id).await;
    ana.upload("game.SC2Replay", replay_of(&ana).await).await;
    told_the_result(&ana, &bea, match_id).await;
    let (status, root) = ladder.stop();
    assert!(status.success(), "{status}");
    all_is_well(&root.path().join("data"), &url);
}
