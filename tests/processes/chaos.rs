//! A short share of what `scripts/chaos` does: processes die, the disk fills, Discord and PostgreSQL fail,
//! while simulated people play, and a judge looks at what they were told.

use crate::support::{postgres, processes};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The executable that Cargo builds with the tests.
fn executable() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let built = tests.parent().and_then(Path::parent).unwrap().join("examples").join("chaos");
    assert!(built.is_file(), "{} is not built: cargo build --example chaos", built.display());
    built
}

fn start(database: &str, seed: &str, report: &Path) -> Child {
    Command::new(executable())
        .args(["--for", "52s", "--seed", seed, "--players", "20", "--undisturbed", "0"])
        .args(["--database", database, "--json"])
        .arg(report)
        .arg("--executables")
        .arg(Path::new(env!("CARGO_BIN_EXE_evoladder")).parent().unwrap())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn nothing_is_lost_or_doubled_while_every_role_dies_alone_with_others_and_all_at_once() {
    const ROLES: [&str; 4] = ["frontend", "backend", "db-writer", "replay-worker"];
    let _alone = processes();
    let root = tempfile::tempdir().unwrap();
    // Both at the same time: most of it is the calm at the end, in which little happens.
    let mut runs = vec![("sqlite", "5")];
    runs.extend(postgres::fresh().map(|_| ("postgres", "6")));
    let runs: Vec<_> = runs
        .into_iter()
        .map(|(database, seed)| {
            let report = root.path().join(database);
            (database, start(database, seed, &report), report)
        })
        .collect();
    for (database, run, report) in runs {
        let output = run.wait_with_output().unwrap();
        let said =
            [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        assert!(output.status.success(), "{database}: {}\n{said}", output.status);
        let report: Value = serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
        for role in ROLES {
            assert!(report["kills"][role].as_u64().unwrap() >= 2, "{database}, {role}: {report:#}");
            assert!(
                report["recovery_ms"][role]["count"].as_u64().unwrap() >= 2,
                "{database}, {role}: {report:#}"
            );
        }
        assert!(report["kills_all"].as_u64().unwrap() >= 1, "{database}: {report:#}");
        assert!(report["matches_completed"].as_u64().unwrap() >= 3, "{database}: {report:#}");
        let has_been_away = report["db_outage_s"].as_f64().unwrap() > 0.0;
        assert_eq!(has_been_away, database == "postgres", "{report:#}");
    }
}
