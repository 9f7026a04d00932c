//! A short share of what `scripts/chaos` does: processes die, the disk fills, Discord fails, while
//! simulated people play, and a judge looks at what they were told.

use crate::support::processes;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The executable that Cargo builds with the tests.
fn executable() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let built = tests.parent().and_then(Path::parent).unwrap().join("examples").join("chaos");
    assert!(built.is_file(), "{} is not built: cargo build --example chaos", built.display());
    built
}

#[test]
fn nothing_is_lost_or_doubled_while_every_role_dies_alone_with_others_and_all_at_once() {
    const ROLES: [&str; 4] = ["frontend", "backend", "db-writer", "replay-worker"];
    let _alone = processes();
    let root = tempfile::tempdir().unwrap();
    let report = root.path().join("report.json");
    let output = Command::new(executable())
        .args(["--for", "55s", "--seed", "5", "--players", "24", "--undisturbed", "0", "--json"])
        .arg(&report)
        .arg("--executables")
        .arg(Path::new(env!("CARGO_BIN_EXE_evoladder")).parent().unwrap())
        .output()
        .unwrap();
    let said =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(output.status.success(), "{}\n{said}", output.status);
    let report: Value = serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
    for role in ROLES {
        assert!(report["kills"][role].as_u64().unwrap() >= 2, "{role}: {report:#}");
        assert!(report["recovery_ms"][role]["count"].as_u64().unwrap() >= 2, "{role}: {report:#}");
    }
    assert!(report["kills_all"].as_u64().unwrap() >= 1, "{report:#}");
    assert!(report["matches_completed"].as_u64().unwrap() >= 3, "{report:#}");
}
