//! `scripts/bench load` with a few people for a few seconds: every number is there.

use crate::support::processes;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Built with the tests, in the folder beside theirs.
fn bench() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    tests.parent().and_then(Path::parent).unwrap().join("examples").join("bench_load")
}

#[test]
fn a_small_load_is_measured_from_every_side() {
    let _alone = processes();
    let folder = tempfile::tempdir().unwrap();
    let numbers = folder.path().join("numbers.json");
    let done = Command::new(bench())
        .args([
            "--users",
            "10",
            "--for",
            "15s",
            "--compressed=120",
            "--quick-waves",
            "--latency",
            "10ms",
            "--json",
        ])
        .arg(&numbers)
        .arg("--scratch")
        .arg(folder.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{said}{}", String::from_utf8_lossy(&done.stderr));
    let report: Value = serde_json::from_slice(&std::fs::read(&numbers).unwrap()).unwrap();
    let row = &report["rows"][0];
    for (name, part) in [
        ("ack_ms", "p50"),
        ("answer_ms", "p99"),
        ("found_ms", "count"),
        ("verdict_ms", "count"),
        ("presses_per_s", ""),
        ("share_in_matches", ""),
        ("matches_per_min", ""),
        ("uploads_per_min", ""),
        ("replays_read_per_min", ""),
        ("calls_per_match", ""),
        ("calls_per_s", ""),
        ("counted_per_s", ""),
        ("records_per_s", ""),
        ("journal_bytes_per_s", ""),
        ("ladder_cpu_percent", ""),
        ("ladder_pss_mb", ""),
        ("machine_busy", ""),
    ] {
        let value = if part.is_empty() { &row[name] } else { &row[name][part] };
        assert!(value.as_f64() > Some(0.0), "{name} {part} in {row:#}");
    }
    let roles = row["roles"].as_object().unwrap();
    for role in
        ["supervisor", "dashboard", "db-writer", "backend", "frontend", "replay-worker", "emulator", "people"]
    {
        assert!(roles[role]["cpu_percent"].is_number(), "{role} in {row:#}");
    }
    // How fast is a question for a release on a machine that does nothing else; this holds everywhere.
    for name in ["deadline_misses", "lost", "duplicates", "restarts"] {
        assert_eq!(row[name], 0, "{name} in {row:#}");
    }
    assert!(said.contains("match found after its wave") && said.contains("| 10 | 15 |"), "{said}");
}
