//! Each role under a user of its own, as on a host where the container begins as root.

use super::{confirm, pair_up, replay_of, told_the_result};
use crate::support::{Ladder, wait_for};
use nix::sys::signal::Signal;
use nix::unistd::geteuid;
use std::collections::BTreeMap;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use tempfile::TempDir;

const ROLES: [&str; 5] = ["emulator", "db-writer", "backend", "replay-worker", "frontend"];

/// All executables where any user may run them.
fn for_everybody() -> TempDir {
    let anybody = std::fs::Permissions::from_mode(0o755);
    let folder = tempfile::Builder::new().permissions(anybody).tempdir().unwrap();
    let built = Path::new(env!("CARGO_BIN_EXE_evoladder")).parent().unwrap();
    for entry in std::fs::read_dir(built).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if name.starts_with("evoladder") && !name.contains('.') {
            std::fs::copy(entry.path(), folder.path().join(name)).unwrap();
        }
    }
    folder
}

/// The user of each role.
fn users(ladder: &Ladder) -> BTreeMap<&'static str, u32> {
    let uid = |role: &str| std::fs::metadata(format!("/proc/{}", ladder.pids(role)[0])).unwrap().uid();
    ROLES.into_iter().map(|role| (role, uid(role))).collect()
}

#[tokio::test]
async fn started_as_root_each_role_is_a_user_of_its_own_and_the_folder_is_the_writers() {
    if !geteuid().is_root() {
        println!("skipped: only root can give processes other users");
        return;
    }
    let executables = for_everybody();
    let ladder = Ladder::start_from(executables.path(), &[("RAILWAY_RUN_UID", "0")]).await;
    let (ana, bea, match_id) = pair_up(&ladder).await;
    let before = users(&ladder);
    let mut apart: Vec<u32> = before.values().copied().collect();
    apart.sort_unstable();
    apart.dedup();
    assert!(apart.len() == ROLES.len() && !apart.contains(&0), "{before:?}");
    // A successor is the same user, and may do the same.
    for role in ["db-writer", "backend", "frontend"] {
        ladder.signal(&ladder.pids(role), Signal::SIGKILL);
        let what = format!("{role} to be back");
        wait_for(&what, async || (ladder.all_ready() && ladder.restarts(role) == 1).then_some(())).await;
    }
    assert_eq!(users(&ladder), before);
    confirm(&ana, match_id).await;
    confirm(&bea, match_id).await;
    ana.upload("game.SC2Replay", replay_of(&ana).await).await;
    told_the_result(&ana, &bea, match_id).await;
    let data = ladder.data();
    for (name, role) in
        [(".", "db-writer"), ("journal", "db-writer"), ("replays", "db-writer"), ("emulator", "emulator")]
    {
        assert_eq!(std::fs::metadata(data.join(name)).unwrap().uid(), before[role], "{name}");
    }
    let (status, root) = ladder.stop();
    assert!(status.success(), "{status}");
    let mode = std::fs::metadata(root.path().join("data")).unwrap().mode();
    assert_eq!(mode & 0o777, 0o711, "nobody lists what is in it");
}
