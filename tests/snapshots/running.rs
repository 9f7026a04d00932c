//! A whole ladder that makes a snapshot every few records, while its processes die.

use super::folded;
use crate::support::{processes, wait_for};
use evoladder::db_writer::{JOURNAL, SNAPSHOTS};
use evoladder::journal::reader::Reader;
use evoladder::snapshot::fold::Folded;
use evoladder::snapshot::{self, Snapshot};
use evoladder::supervisor::status;
use ipc_schema::ids::Seq;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

const PAUSE: Duration = Duration::from_secs(2);

fn pid(data: &Path, role: &str) -> Option<i32> {
    let status = status::ask(data).ok().flatten()?;
    let child = status["children"].as_array()?.iter().find(|child| child["role"] == role)?;
    i32::try_from(child["pid"].as_i64()?).ok()
}

fn newest(data: &Path) -> Option<Snapshot> {
    snapshot::whole(&data.join(SNAPSHOTS)).ok()?.into_iter().next()
}

#[tokio::test]
#[expect(clippy::await_holding_lock, reason = "this test has its runtime to itself, and others are to wait")]
async fn nothing_is_lost_or_doubled_where_each_load_begins_with_another_snapshot() {
    let _alone = processes();
    let root = tempfile::tempdir().unwrap();
    let (data, report) = (root.path().join("data"), root.path().join("report.json"));
    std::fs::create_dir_all(data.join(SNAPSHOTS)).unwrap();
    std::fs::write(data.join(SNAPSHOTS).join("every"), "10").unwrap();
    std::fs::write(data.join("demo.json"), r#"{"seed":5,"players":12}"#).unwrap();
    let mut ladder = Command::new(env!("CARGO_BIN_EXE_evoladder"))
        .args(["run", "--emulator", "--for", "60s", "--report"])
        .arg(&report)
        .arg("--data")
        .arg(&data)
        .env_remove("DISCORD_TOKEN")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(std::fs::File::create(root.path().join("log")).unwrap())
        .spawn()
        .unwrap();
    let mut last = Seq(0);
    for role in ["backend", "db-writer"].iter().cycle().take(8) {
        // Each dies behind a snapshot that the one before it did not have.
        wait_for("the next snapshot", async || {
            newest(&data).map(|made| made.seq()).filter(|seq| *seq > last)
        })
        .await;
        last = newest(&data).unwrap().seq();
        tokio::time::sleep(PAUSE).await;
        let killed = wait_for("the role", async || pid(&data, role)).await;
        kill(Pid::from_raw(killed), Signal::SIGKILL).ok();
    }
    let ended = wait_for("the run to end", async || ladder.try_wait().unwrap()).await;
    let log = std::fs::read_to_string(root.path().join("log")).unwrap();
    assert!(ended.success(), "{ended}\n{log}");
    let report: Value = serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
    for fault in ["lost", "duplicates", "deadline_misses"] {
        assert_eq!(report[fault], 0, "{fault}: {report:#}\n{log}");
    }
    assert!(report["matches_completed"].as_u64().unwrap() >= 1, "{report:#}");

    let records = Reader::new(&data.join(JOURNAL), Seq(0)).read_what_is_there(usize::MAX).unwrap();
    let found = snapshot::whole(&data.join(SNAPSHOTS)).unwrap();
    // And a third, where the end came between a new one and the end of the oldest.
    assert!((2..=3).contains(&found.len()), "the newest two are kept");
    for snapshot in found {
        let mut loaded = Folded::load(&snapshot).unwrap();
        let at = usize::try_from(loaded.seq().0).unwrap();
        assert!(loaded.ladder() == folded(&records[..at]).ladder(), "as it was at record {at}");
        loaded.take(records[at..].to_vec());
        assert!(loaded.ladder() == folded(&records).ladder(), "and with what followed");
    }
}
