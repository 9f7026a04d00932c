//! PostgreSQL that goes away while people play, and is away when the ladder starts.

use super::{confirm, pair_up, replay_of, told_the_result};
use crate::support::postgres::Postgres;
use crate::support::{Ladder, wait_for};
use nix::sys::signal::Signal;
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// What `evoladder-audit` or `evoladder-judge` says of a folder with these tables, and its exit code.
pub(super) fn said_by(program: &str, data: &Path, url: &str) -> (i32, Value) {
    let output =
        Command::new(program).args(["--json", "--data"]).arg(data).env("DATABASE_URL", url).output().unwrap();
    let said = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| Value::from(String::from_utf8_lossy(&output.stderr).into_owned()));
    (output.status.code().unwrap(), said)
}

#[tokio::test]
async fn players_notice_nothing_of_a_database_that_is_away_and_the_tables_equal_the_journal_afterwards() {
    let Some(mut server) = Postgres::start(&["fsync=off"]) else { return };
    let url = server.fresh();
    let root = tempfile::tempdir().unwrap();
    let variables = [("DATABASE_URL", url.as_str())];
    let ladder = Ladder::start_again_with(root, crate::support::free_address(), &variables).await;
    let (ana, bea, match_id) = pair_up(&ladder).await;
    server.crash();
    confirm(&ana, match_id).await;
    confirm(&bea, match_id).await;
    wait_for("the writer to notice", async || {
        (ladder.gauge("db-writer", "database_connected") == Some(0.0)).then_some(())
    })
    .await;
    // Even a writer that starts now goes on from its folder.
    ladder.signal(&ladder.pids("db-writer"), Signal::SIGKILL);
    ana.upload("game.SC2Replay", replay_of(&ana).await).await;
    told_the_result(&ana, &bea, match_id).await;
    assert_eq!(ladder.restarts("db-writer"), 1);
    wait_for("the writer to be behind", async || {
        (ladder.gauge("db-writer", "database_lag_records") > Some(0.0)).then_some(())
    })
    .await;
    server.start_again();
    wait_for("the tables to follow", async || {
        (ladder.gauge("db-writer", "database_lag_records") == Some(0.0)
            && ladder.gauge("db-writer", "database_connected") == Some(1.0))
        .then_some(())
    })
    .await;
    let away = ladder.log().matches("the database is away").count();
    assert!(
        (2..=10).contains(&away),
        "a line for each change, not for each attempt: {away}\n{}",
        ladder.log()
    );
    let (status, root) = ladder.stop();
    assert!(status.success(), "{status}");
    let data = root.path().join("data");
    assert!(!data.join("ladder.sqlite").exists(), "the tables are in one place");
    let (code, audit) = said_by(env!("CARGO_BIN_EXE_evoladder-audit"), &data, &url);
    assert_eq!(
        (code, &audit["tables"], &audit["source"]),
        (0, &Value::from("compared"), &Value::from("journal")),
        "{audit}"
    );
    let (code, judgement) = said_by(env!("CARGO_BIN_EXE_evoladder-judge"), &data, &url);
    assert_eq!(
        (code, &judgement["lost"], &judgement["duplicates"]),
        (0, &Value::from(0), &Value::from(0)),
        "{judgement}"
    );
    // Without the journal the events of the database say the same.
    std::fs::remove_dir_all(data.join("journal")).unwrap();
    let (code, audit) = said_by(env!("CARGO_BIN_EXE_evoladder-audit"), &data, &url);
    assert_eq!((code, &audit["source"]), (0, &Value::from("database")), "{audit}");
}
