//! Copies of a ladder's folder that were made while it ran, and ladders that go on from them.

use super::refusals::evoladder;
use crate::support::{Ladder, wait_for};
use serde_json::Value;
use std::fs;
use std::path::Path;

const PLAYERS: u32 = 16;

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn audited(data: &Path) -> Value {
    let audit = evoladder(&["audit", "--data", text(data), "--json"], &[]);
    assert!(audit.status.success(), "{}", String::from_utf8_lossy(&audit.stdout));
    serde_json::from_slice(&audit.stdout).unwrap()
}

/// Makes one that has to succeed.
fn back_up(data: &Path, to: &Path) {
    let backup = evoladder(&["backup", "--data", text(data), text(to)], &[]);
    let said = String::from_utf8_lossy(&backup.stdout).into_owned();
    assert!(backup.status.success(), "{}", String::from_utf8_lossy(&backup.stderr));
    assert!(said.contains("History up to record ") && said.contains("Tables up to record "), "{said}");
}

fn refusal(data: &Path, to: &Path) -> String {
    let backup = evoladder(&["backup", "--data", text(data), text(to)], &[]);
    assert_eq!(backup.status.code(), Some(2));
    String::from_utf8_lossy(&backup.stderr).into_owned()
}

/// All that is in it, below it too.
fn files_in(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { files_in(&path) } else { 1 }).sum()
}

#[tokio::test]
async fn a_copy_made_while_people_play_is_a_ladder_that_goes_on() {
    let ladder = Ladder::start_playing(PLAYERS, &[]).await;
    let (data, copies) = (ladder.data(), tempfile::tempdir().unwrap());
    let (early, late, last) =
        (copies.path().join("early"), copies.path().join("late"), copies.path().join("last"));
    let decided = async |wanted: f64| {
        wait_for("matches to be decided", async || {
            ladder.gauge("backend", "matches_decided").filter(|&decided| decided >= wanted)
        })
        .await
    };
    decided(1.0).await;
    back_up(&data, &early);
    decided(4.0).await;
    back_up(&data, &late);
    assert!(refusal(&data, &late).contains("is there already; name a folder that is not"));
    assert!(refusal(&data, &data.join("copy")).contains("name a folder outside"));
    assert!(refusal(copies.path(), &last).contains("there is no ladder in"));
    let (_, root) = ladder.stop();
    back_up(&root.path().join("data"), &last);
    assert_eq!(fs::read_dir(copies.path()).unwrap().count(), 3, "nothing half made is left behind");

    // All are whole, each is further than the one before, and of a ladder that stands still the copy says the same.
    let [of_early, of_late, of_last] = [&early, &late, &last].map(|copy| audited(copy));
    let results = |audit: &Value| audit["results"].as_u64().unwrap();
    assert!(results(&of_early) >= 1 && results(&of_late) >= 4, "{of_early} {of_late}");
    assert!(of_early["records"].as_u64() < of_late["records"].as_u64(), "{of_early} {of_late}");
    assert_eq!(of_last, audited(&root.path().join("data")));
    let replays = |folder: &Path| files_in(&folder.join("replays"));
    assert_eq!(replays(&last), replays(&root.path().join("data")));

    // Another ladder goes on from the one that was made in mid play, without the simulated people.
    let restored = tempfile::tempdir().unwrap();
    fs::rename(&late, restored.path().join("data")).unwrap();
    fs::write(restored.path().join("data/demo.json"), r#"{"seed":7,"players":0}"#).unwrap();
    let ladder = Ladder::start_in(restored).await;
    let known = wait_for("the ladder to be loaded", async || ladder.gauge("backend", "players")).await;
    assert_eq!(known, f64::from(PLAYERS));
    let (status, restored) = ladder.stop();
    assert!(status.success(), "{status}");
    let of_restored = audited(&restored.path().join("data"));
    assert!(results(&of_restored) >= results(&of_late), "{of_restored} {of_late}");
    assert!(of_restored["records"].as_u64() >= of_late["records"].as_u64(), "{of_restored} {of_late}");
}
