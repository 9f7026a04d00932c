//! Processes die while simulated people play, and a judge looks at what they were told.

use crate::support::{processes, wait_for};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Between two kills.
const PAUSE: Duration = Duration::from_secs(3);

fn pids(data: &Path, roles: &[&str]) -> Vec<i32> {
    let status = Command::new(env!("CARGO_BIN_EXE_evoladder"))
        .args(["status", "--json", "--data"])
        .arg(data)
        .stderr(Stdio::null())
        .output()
        .unwrap();
    let Ok(status) = serde_json::from_slice::<Value>(&status.stdout) else { return Vec::new() };
    let children = status["children"].as_array().cloned().unwrap_or_default();
    let of_role = children.iter().filter(|child| roles.iter().any(|role| child["role"] == *role));
    of_role.filter_map(|child| i32::try_from(child["pid"].as_i64()?).ok()).collect()
}

fn kill_all(pids: &[i32]) {
    for pid in pids {
        // One that ended by itself meanwhile is as dead.
        kill(Pid::from_raw(*pid), Signal::SIGKILL).ok();
    }
}

#[tokio::test]
#[expect(clippy::await_holding_lock, reason = "this test has its runtime to itself, and others are to wait")]
async fn nothing_is_lost_or_doubled_while_every_role_dies_in_turn_and_all_at_once() {
    const ROLES: [&str; 4] = ["frontend", "backend", "db-writer", "replay-worker"];
    let _alone = processes();
    let root = tempfile::tempdir().unwrap();
    let (data, report) = (root.path().join("data"), root.path().join("report.json"));
    let mut ladder = Command::new(env!("CARGO_BIN_EXE_evoladder"))
        .args(["run", "--emulator", "--players", "16", "--seed", "5", "--for", "65s", "--report"])
        .arg(&report)
        .arg("--data")
        .arg(&data)
        .env_remove("DISCORD_TOKEN")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(std::fs::File::create(root.path().join("log")).unwrap())
        .spawn()
        .unwrap();
    wait_for("the ladder to be up", async || (!pids(&data, &["players"]).is_empty()).then_some(())).await;
    tokio::time::sleep(PAUSE).await;
    for role in ROLES.iter().cycle().take(8) {
        kill_all(&pids(&data, &[role]));
        tokio::time::sleep(PAUSE).await;
    }
    kill_all(&pids(&data, &ROLES));
    // What is due to a player may take 30 s from here; only then the judge calls it lost.
    let ended = wait_for("the run to end", async || ladder.try_wait().unwrap()).await;
    let log = std::fs::read_to_string(root.path().join("log")).unwrap();
    assert!(ended.success(), "{ended}\n{log}");
    let report: Value = serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
    for role in ROLES {
        assert!(report["restarts"][role].as_u64().unwrap() >= 3, "{role}: {report:#}");
    }
    for fault in ["lost", "duplicates", "deadline_misses"] {
        assert_eq!(report[fault], 0, "{fault}: {report:#}\n{log}");
    }
    assert!(report["matches_completed"].as_u64().unwrap() >= 3, "{report:#}");
}
