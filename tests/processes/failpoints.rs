//! Every place of the way from press to table, in a ladder that plays: a process dies there once, its
//! successor comes, and in the end nothing is lost and nothing has happened twice.

use super::refusals::evoladder;
use super::settings;
use crate::support::{Ladder, postgres, wait_for};
use evoladder::clock;
use evoladder::failpoint::{Fault, PLACES, Passed, Place, STRUCK, arm};
use nix::sys::signal::Signal;
use serde_json::Value;
use std::path::Path;
use std::time::Duration;

/// Enough that each place is passed within a second or two.
const PLAYERS: u32 = 32;

/// After so many seconds the judge calls lost what was not told: more than a restart and the tries after it.
const DUE_S: u64 = 12;

/// Longer than a press waits for its answer before it is acknowledged without.
const SLOW: Duration = Duration::from_millis(1_200);

/// Deadly at once, but for a place before something that the next turns of the process do.
fn fault_at(place: Place) -> Fault {
    let soon = place.name == "frontend: request sent";
    if soon { Fault::KillAfter(Duration::from_millis(3)) } else { Fault::Kill }
}

fn is_armed(points: &Path, place: Place) -> bool {
    points.join(place.name).exists()
}

fn has_struck(points: &Path, place: Place) -> bool {
    points.join(format!("{}{STRUCK}", place.name)).exists()
}

/// Waits until the role has died so often and is back.
async fn died(ladder: &Ladder, role: &str, times: u64, place: Place) {
    let what = format!("{role} to be back after {:?}", place.name);
    wait_for(&what, async || (ladder.restarts_if_ready(role) >= Some(times)).then_some(())).await;
    assert_eq!(ladder.restarts(role), times, "{role} dies once at {:?}", place.name);
}

async fn struck(points: &Path, place: Place) {
    wait_for(&format!("{:?} to be passed", place.name), async || has_struck(points, place).then_some(()))
        .await;
}

/// Cards and replays come with the first matches, replays some 20 s after the start.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Of {
    Presses,
    /// What the db-writer passes whatever happens, which fills the time until there are replays.
    Storing,
    Games,
}

impl Of {
    fn the(place: Place) -> Of {
        let words = ["card", "delivery", "file", "job", "replay"];
        let of_games = words.into_iter().any(|word| place.name.contains(word));
        let of_storing =
            ["journal", "db-writer: session"].into_iter().any(|start| place.name.starts_with(start));
        match (of_games, of_storing) {
            (true, _) => Of::Games,
            (false, true) => Of::Storing,
            (false, false) => Of::Presses,
        }
    }
}

/// Walks the places of one role that people pass who play, one after the other.
async fn walk(ladder: &Ladder, points: &Path, role: &str, of: Of) {
    let in_play = |place: &Place| place.role() == role && place.passed == Passed::InPlay;
    for place in PLACES.iter().copied().filter(in_play).filter(|place| Of::the(*place) == of) {
        let before = ladder.restarts(role);
        arm(points, place.name, fault_at(place), 0).unwrap();
        struck(points, place).await;
        died(ladder, role, before + 1, place).await;
    }
}

/// The ways of presses, of all roles at the same time.
async fn walk_presses(ladder: &Ladder, points: &Path) {
    tokio::join!(
        walk(ladder, points, "frontend", Of::Presses),
        walk(ladder, points, "backend", Of::Presses),
        walk(ladder, points, "db-writer", Of::Presses),
    );
}

/// Those of cards and replays. A worker leaves with its backend, so theirs come after the backend's.
async fn walk_games(ladder: &Ladder, points: &Path) {
    let with_workers = async {
        walk(ladder, points, "backend", Of::Games).await;
        walk_workers(ladder, points).await;
    };
    let storing = async {
        walk(ladder, points, "db-writer", Of::Storing).await;
        walk(ladder, points, "db-writer", Of::Games).await;
    };
    tokio::join!(walk(ladder, points, "frontend", Of::Games), with_workers, storing);
}

/// Workers see no folder once they are locked down, so one is replaced by a successor that has seen it.
async fn walk_workers(ladder: &Ladder, points: &Path) {
    let role = "replay-worker";
    for place in PLACES.iter().copied().filter(|place| place.role() == role) {
        let before = wait_for("a worker", async || ladder.restarts_if_ready(role)).await;
        arm(points, place.name, fault_at(place), 0).unwrap();
        let workers = ladder.pids(role);
        assert_eq!(workers.len(), 1);
        ladder.signal(&workers, Signal::SIGKILL);
        struck(points, place).await;
        died(ladder, role, before + 2, place).await;
    }
}

/// Those at starts, of places that are among these.
async fn walk_starts(ladder: &Ladder, points: &Path, among: impl Fn(&Place) -> bool) {
    for place in PLACES.iter().copied().filter(among) {
        let Passed::AtStartOf(starts) = place.passed else { continue };
        let roles = [starts, place.role()];
        let before = roles.map(|role| ladder.restarts(role));
        arm(points, place.name, fault_at(place), 0).unwrap();
        ladder.signal(&ladder.pids(starts), Signal::SIGKILL);
        struck(points, place).await;
        let times = if starts == place.role() { 2 } else { 1 };
        for (role, before) in roles.into_iter().zip(before) {
            died(ladder, role, before + times, place).await;
        }
    }
}

async fn walk_late_answers(ladder: &Ladder, points: &Path) {
    for place in PLACES.iter().copied().filter(|place| place.passed == Passed::LateAnswer) {
        let before = ladder.restarts(place.role());
        arm(points, place.name, fault_at(place), 0).unwrap();
        while is_armed(points, place) {
            let backend = ladder.pids("backend");
            ladder.signal(&backend, Signal::SIGSTOP);
            tokio::time::sleep(SLOW).await;
            ladder.signal(&backend, Signal::SIGCONT);
            tokio::time::sleep(SLOW / 2).await;
        }
        died(ladder, place.role(), before + 1, place).await;
    }
}

/// A ladder that plays, with a folder of places, all of whose first starts were interrupted.
async fn playing(points: &Path, database: Option<&str>) -> Ladder {
    let first = || PLACES.iter().copied().filter(|place| place.passed == Passed::AtFirstStart);
    for place in first() {
        arm(points, place.name, fault_at(place), 0).unwrap();
    }
    // One worker, so that whoever is armed gets the next job.
    let mut variables = vec![("EVOLADDER_FAILPOINTS", points.to_str().unwrap()), ("REPLAY_WORKERS", "1")];
    variables.extend(settings(database));
    let ladder = Ladder::start_playing(PLAYERS, &variables).await;
    assert!(first().all(|place| has_struck(points, place)));
    assert_eq!(ladder.restarts("db-writer"), first().count() as u64);
    ladder
}

/// The judge and the audit find nothing, of whatever is due by now.
async fn nothing_is_lost_or_doubled(ladder: Ladder, database: Option<&str>) {
    tokio::time::sleep(Duration::from_secs(DUE_S + 1)).await;
    let log = ladder.log();
    let (status, root) = ladder.stop();
    let data = root.path().join("data");
    let found = std::fs::read_to_string(data.join("judge.json")).unwrap_or_default();
    assert!(status.success(), "{status}: {found}\n{log}");
    let (due, folder, settings) = (DUE_S.to_string(), data.to_str().unwrap(), settings(database));
    let judge = evoladder(&["judge", "--json", "--due", &due, "--data", folder], &settings);
    let judged = serde_json::from_slice::<Value>(&judge.stdout);
    let judged = judged.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&judge.stderr)));
    assert_eq!((&judged["lost"], &judged["duplicates"]), (&0.into(), &0.into()), "{judged:#}");
    assert!(judged["matches_completed"].as_u64().unwrap() > 5, "{judged:#}");
    let audit = evoladder(&["audit", "--data", folder], &settings);
    assert!(audit.status.success(), "{}", String::from_utf8_lossy(&audit.stdout));
}

#[tokio::test]
async fn nothing_is_lost_or_doubled_wherever_on_its_way_a_process_dies() {
    let root = tempfile::tempdir().unwrap();
    let points = root.path();
    let ladder = playing(points, None).await;
    let began = clock::instant();
    let passed = |what: &str| println!("{what}: {:.1?}", began.elapsed());
    walk_presses(&ladder, points).await;
    passed("presses");
    walk_starts(&ladder, points, |_| true).await;
    passed("starts");
    walk_late_answers(&ladder, points).await;
    passed("late answers");
    walk_games(&ladder, points).await;
    passed("games");
    for place in PLACES.iter().filter(|place| !matches!(place.passed, Passed::ByTestsIn(_))) {
        assert!(has_struck(points, *place), "{:?} was not passed", place.name);
    }
    nothing_is_lost_or_doubled(ladder, None).await;
}

/// The others do not know which database it is.
#[tokio::test]
async fn nothing_is_lost_or_doubled_wherever_the_db_writer_dies_over_postgresql() {
    let Some(url) = postgres::fresh() else { return };
    let root = tempfile::tempdir().unwrap();
    let points = root.path();
    let ladder = playing(points, Some(&url)).await;
    let of_writer = |place: &Place| place.role() == "db-writer";
    for of in [Of::Presses, Of::Storing] {
        walk(&ladder, points, "db-writer", of).await;
    }
    walk_starts(&ladder, points, of_writer).await;
    walk(&ladder, points, "db-writer", Of::Games).await;
    for place in PLACES.iter().filter(|place| of_writer(place)) {
        let by_others = matches!(place.passed, Passed::ByTestsIn(_));
        assert!(by_others || has_struck(points, *place), "{:?} was not passed", place.name);
    }
    nothing_is_lost_or_doubled(ladder, Some(&url)).await;
}
