//! A disk that fills up while people play.

use super::{confirm, pair_up, ratings_are, replay_of, told_the_result};
use crate::support::small_disk::SmallDisk;
use crate::support::{Ladder, wait_for};

#[tokio::test]
async fn a_full_disk_makes_the_ladder_read_only_and_loses_nothing() {
    let root = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(root.path().join("data"), 8) else {
        assert!(std::env::var_os("CI").is_none(), "this user cannot mount a small disk");
        println!("skipped: this user cannot mount a small disk");
        return;
    };
    let ladder = Ladder::start_in(root).await;
    let (ana, bea, match_id) = pair_up(&ladder).await;
    ana.command("setup").await;
    ana.has_times("setup:region", 1).await;
    disk.fill().unwrap();
    // The journal's last page has room for a few records more.
    wait_for("Ana to read that the ladder is read-only", async || {
        ana.press("setup:region", &["EUW"]).await;
        ana.reads("cannot save").await.then_some(())
    })
    .await;
    wait_for("the operator to be told as well", async || ladder.log().contains("read-only").then_some(()))
        .await;
    disk.make_room().unwrap();
    wait_for("the ladder to take a press again", async || {
        ana.press("setup:region", &["EUW"]).await;
        (!ana.reads("cannot save").await).then_some(())
    })
    .await;
    confirm(&ana, match_id).await;
    confirm(&bea, match_id).await;
    ana.upload("game.SC2Replay", replay_of(&ana).await).await;
    told_the_result(&ana, &bea, match_id).await;
    for role in ["backend", "db-writer", "frontend"] {
        assert_eq!(ladder.restarts(role), 0, "{role}");
    }
    let (status, root) = ladder.stop();
    assert!(status.success(), "{status}");
    ratings_are(&root.path().join("data"), &[("bw_zerg", 1520, 1, 0), ("sc2_terran", 1480, 0, 1)]).await;
}
