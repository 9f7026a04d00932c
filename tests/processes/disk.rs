//! A disk that fills up while people play.

use super::{confirm, ratings_are, replay_of, told_the_result};
use crate::support::{Ladder, Person, wait_for};
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

/// A small disk of its own, gone when this is dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// None where this user may not mount.
    fn mount(at: PathBuf) -> Option<SmallDisk> {
        std::fs::create_dir_all(&at).unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=8m", "tmpfs"]).arg(&at).output();
        mounted.is_ok_and(|output| output.status.success()).then(|| SmallDisk(at))
    }

    fn fill(&self) {
        let mut file = std::fs::File::create(self.0.join("filler")).unwrap();
        while file.write_all(&[0; 4096]).is_ok() {}
        while file.write_all(&[0]).is_ok() {}
    }

    fn make_room(&self) {
        std::fs::remove_file(self.0.join("filler")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily, since a ladder that failed to stop may still hold it.
        Command::new("umount").arg("--lazy").arg(&self.0).status().ok();
    }
}

#[tokio::test]
async fn a_full_disk_makes_the_ladder_read_only_and_loses_nothing() {
    let root = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(root.path().join("data")) else {
        assert!(std::env::var_os("CI").is_none(), "this user cannot mount a small disk");
        println!("skipped: this user cannot mount a small disk");
        return;
    };
    let ladder = Ladder::start_in(root).await;
    let (ana, bea) = (Person::new(ladder.emulator, "Ana").await, Person::new(ladder.emulator, "Bea").await);
    ana.set_up().await;
    bea.set_up().await;
    ana.join("bw", "bw_zerg").await;
    bea.join("sc2", "sc2_terran").await;
    let match_id = ana.found_match().await;
    assert_eq!(bea.found_match().await, match_id);
    disk.fill();
    // The journal's last page has room for a few records more.
    wait_for("Ana to read that the ladder is read-only", async || {
        ana.press("setup:region", &["EUW"]).await;
        ana.reads("cannot save").await.then_some(())
    })
    .await;
    assert!(ladder.log().contains("read-only"), "the operator is told as well");
    disk.make_room();
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
