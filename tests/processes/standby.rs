//! Two supervisors over one ladder: one serves, the other stands by and takes over.

use super::{confirm, pair_up, replay_of, told_the_result};
use crate::support::{Ladder, free_address, postgres, wait_for};
use evoladder::db_writer::JOURNAL;
use evoladder::journal::Journal;
use ipc_schema::ids::LadderId;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

#[tokio::test]
async fn a_second_ladder_over_one_folder_stands_by_until_the_first_is_gone() {
    let mut ladder = Ladder::start().await;
    let (ana, bea, match_id) = pair_up(&ladder).await;
    confirm(&ana, match_id).await;
    let mut impatient = ladder.rival();
    let mut rival = ladder.rival();
    wait_for("both to stand by", async || {
        (ladder.log().matches("this one stands by").count() == 2).then_some(())
    })
    .await;
    // Standing by ends in good order when it is told to.
    kill(Pid::from_raw(impatient.id().cast_signed()), Signal::SIGTERM).unwrap();
    let ended = wait_for("the impatient one to leave", async || impatient.try_wait().unwrap()).await;
    assert!(ended.success(), "{ended}");
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(rival.try_wait().unwrap(), None, "it goes on waiting");
    assert!(ladder.all_ready(), "the first is not disturbed");
    for role in ["backend", "db-writer", "frontend"] {
        assert_eq!(ladder.restarts(role), 0, "{role}");
    }
    ladder.succeed(rival).await;
    confirm(&bea, match_id).await;
    ana.upload("game.SC2Replay", replay_of(&ana).await).await;
    told_the_result(&ana, &bea, match_id).await;
}

/// How a run over that data folder says it is doing.
fn state(data: &Path) -> Option<String> {
    let evoladder = env!("CARGO_BIN_EXE_evoladder");
    let status = Command::new(evoladder).args(["status", "--json", "--data"]).arg(data).output().unwrap();
    let status = serde_json::from_slice::<serde_json::Value>(&status.stdout).ok()?;
    status["state"].as_str().map(str::to_owned)
}

#[tokio::test]
async fn a_second_ladder_on_one_database_stands_by_and_takes_over_what_the_first_lets_go() {
    let Some(url) = postgres::fresh() else { return };
    let variables = [("DATABASE_URL", url.as_str())];
    let first = tempfile::tempdir().unwrap();
    let mut ladder = Ladder::start_again_with(first, free_address(), &variables).await;
    pair_up(&ladder).await;
    let second = tempfile::tempdir().unwrap();
    let data = second.path().join("data");
    let rival = ladder.rival_over(second.path(), &variables);
    wait_for("the second to stand by", async || (state(&data)? == "stands by").then_some(())).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(ladder.all_ready(), "the first is not disturbed");
    let first = ladder.give_way(second, rival).await;
    let (status, second) = ladder.stop();
    assert!(status.success(), "{status}");
    let [one, other] = [&first, &second]
        .map(|root| Journal::open(&root.path().join("data").join(JOURNAL), LadderId(0)).unwrap());
    assert_eq!(one.ladder(), other.ladder());
    assert!(one.last() <= other.last(), "all of it went on");
}
