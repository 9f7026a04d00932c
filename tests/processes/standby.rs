//! Two supervisors over one ladder: one serves, the other stands by and takes over.

use super::{confirm, pair_up, replay_of, told_the_result};
use crate::support::{Ladder, wait_for};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
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
