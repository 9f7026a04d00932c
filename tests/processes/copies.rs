//! A new container with nothing but the journal finds the replays of open jobs in the store.

use super::{confirm, pair_up, replay_of, stored_once, told_the_result};
use crate::support::{Ladder, wait_for};
use nix::sys::signal::Signal;

#[tokio::test]
async fn a_replay_in_line_is_read_from_the_store_where_the_folder_has_lost_it() {
    let store = tempfile::tempdir().unwrap();
    let place = format!("file://{}", store.path().join("copies").display());
    let variables = [("REPLAY_STORE", place.as_str())];
    let ladder = Ladder::start().await;
    let emulator = ladder.emulator;
    let (status, root) = ladder.stop();
    assert!(status.success(), "{status}");
    let ladder = Ladder::start_again_with(root, emulator, &variables).await;
    let (ana, bea, match_id) = pair_up(&ladder).await;
    confirm(&ana, match_id).await;
    confirm(&bea, match_id).await;
    let file = replay_of(&ana).await;
    // The workers stand still, so that the job is in line when all of it dies.
    ladder.signal(&ladder.pids("replay-worker"), Signal::SIGSTOP);
    ana.upload("game.SC2Replay", file).await;
    wait_for("the job", async || (ladder.gauge("backend", "replays_in_line") == Some(1.0)).then_some(()))
        .await;
    wait_for("the copy", async || {
        let is_there = store.path().join("copies").read_dir().is_ok_and(|mut found| found.next().is_some());
        (is_there && ladder.gauge("db-writer", "replays_to_copy") == Some(0.0)).then_some(())
    })
    .await;
    let root = ladder.kill();
    std::fs::remove_dir_all(root.path().join("data").join("replays")).unwrap();
    let ladder = Ladder::start_again_with(root, emulator, &variables).await;
    told_the_result(&ana, &bea, match_id).await;
    let (status, root) = ladder.stop();
    assert!(status.success(), "{status}");
    stored_once(&root.path().join("data")).await;
}
