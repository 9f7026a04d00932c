//! What people and operators read when something is wrong.

use super::discord::ask_for;
use super::session::reads_that_she_confirmed;
use super::{confirm, pair_up, replay_of, told_the_result};
use crate::support::{Ladder, Person, processes};
use ipc_schema::control::EXIT_CONFIG;
use serde_json::json;
use sqlx::Connection;
use std::process::{Command, Output};

#[tokio::test]
async fn files_that_are_no_proof_are_refused_in_words_and_the_match_goes_on() {
    let ladder = Ladder::start().await;
    let stranger = Person::new(ladder.emulator, "Zoe").await;
    stranger.command("queue").await;
    stranger.reads_in_time("/setup").await;
    let (ana, bea, match_id) = pair_up(&ladder).await;
    ana.upload("game.SC2Replay", b"not yet".to_vec()).await;
    ana.reads_in_time("no match").await;
    confirm(&ana, match_id).await;
    confirm(&bea, match_id).await;
    let file = replay_of(&ana).await;
    ana.upload("cat.png", b"PNG".to_vec()).await;
    ana.reads_in_time(".SC2Replay").await;
    ana.upload("cut.SC2Replay", file[..file.len() / 2].to_vec()).await;
    ana.told("of a file that cannot be read", |line| line.to_string().ends_with("malformed").then_some(()))
        .await;
    // A replay of the match, sent by Zoe, who is in none.
    stranger.set_up().await;
    stranger.upload("game.SC2Replay", file.clone()).await;
    stranger.reads_in_time("no match").await;
    bea.upload("game.SC2Replay", file).await;
    told_the_result(&ana, &bea, match_id).await;
    let (status, root) = ladder.stop();
    assert!(status.success(), "{status}");
    super::ratings_are(&root.path().join("data"), &[("bw_zerg", 1520, 1, 0), ("sc2_terran", 1480, 0, 1)])
        .await;
}

pub(super) fn evoladder(args: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_evoladder"));
    command
        .args(args)
        .env_remove("DISCORD_TOKEN")
        .env_remove("DATABASE_URL")
        .envs(variables.iter().copied())
        .output()
        .unwrap()
}

#[tokio::test]
async fn a_token_that_is_reset_ends_a_ladder_that_says_where_to_get_one_and_goes_on_with_it() {
    let ladder = Ladder::start().await;
    let (ana, bea, match_id) = pair_up(&ladder).await;
    confirm(&ana, match_id).await;
    reads_that_she_confirmed(&ana).await;
    ask_for(&ladder, &json!({"reset_token": true})).await;
    let emulator = ladder.emulator;
    let (status, root) = ladder.ended().await;
    let told = std::fs::read_to_string(root.path().join("log")).unwrap();
    assert_eq!(status.code(), Some(i32::from(EXIT_CONFIG)), "{told}");
    let line = told.lines().find(|line| line.contains("for good with code 4004")).expect("it says why");
    assert!(line.contains("Reset Token") && line.contains("DISCORD_TOKEN"), "{line}");
    assert!(told.contains("the frontend cannot run with this configuration"), "{told}");

    // The operator has put a new one in; what was before counts.
    let ladder = Ladder::start_again(root, emulator).await;
    confirm(&bea, match_id).await;
    ana.upload("game.SC2Replay", replay_of(&ana).await).await;
    told_the_result(&ana, &bea, match_id).await;
    assert!(ladder.stop().0.success());
}

#[test]
fn a_wrong_configuration_is_told_at_once_with_what_to_do() {
    let _alone = processes();
    let root = tempfile::tempdir().unwrap();
    let data = format!("{}/data", root.path().display());
    let nowhere = format!("{}/file", root.path().display());
    std::fs::write(&nowhere, "").unwrap();
    let (data, nowhere) = (data.as_str(), nowhere.as_str());
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = listener.local_addr().unwrap().to_string();
    let taken = taken.as_str();
    for (args, variables, told) in [
        (vec!["run", "--data", data], vec![], "DISCORD_TOKEN"),
        (vec!["run", "--data", data], vec![("DISCORD_TOKEN", "two words")], "without spaces"),
        (vec!["run", "--emulator", "--data", data], vec![("REPLAY_WORKERS", "0")], "a number from 1 to 32"),
        (
            vec!["run", "--emulator", "--data", data],
            vec![("EVOLADDER_LOG", "loud")],
            "error, warn, info or debug",
        ),
        (vec!["run", "--emulator", "--data", data], vec![("LADDER_OWNER", "@ana")], "LADDER_OWNER"),
        (vec!["run", "--emulator", "--data", data], vec![("SHARDS", "3-1/16")], "1-3/16"),
        (
            vec!["run", "--emulator", "--data", data],
            vec![("SHARDS", "4-7/16")],
            "does not begin with shard 0",
        ),
        (vec!["run", "--emulator", "--data", data], vec![("FRONTEND_PROCESSES", "2")], "SHARDS has only 1"),
        (vec!["run", "--emulator", "--data", nowhere], vec![], "file"),
        (vec!["run", "--emulator", "--data", data], vec![("EMULATOR_LISTEN", taken)], "EMULATOR_LISTEN"),
        (
            vec!["run", "--emulator", "--data", data],
            vec![("EMULATOR_FAULTS", "{\"error\": 1}")],
            "--faults or EMULATOR_FAULTS: ",
        ),
        // What the command line says goes before what the environment says.
        (
            vec!["run", "--emulator", "--faults", "{\"errors\": 7}", "--data", data],
            vec![("EMULATOR_FAULTS", "{}")],
            "--faults or EMULATOR_FAULTS: ",
        ),
        (
            vec!["run", "--emulator", "--data", data],
            vec![("DATABASE_URL", "postgres://u@h:port/d")],
            "DATABASE_URL cannot be used",
        ),
        (
            vec!["run", "--emulator", "--data", data],
            vec![("REPLAY_STORE", "ftp://replays")],
            "s3://bucket/prefix or file:///absolute/folder",
        ),
        (
            vec!["run", "--emulator", "--data", data],
            vec![("REPLAY_STORE", "s3://replays"), ("AWS_ACCESS_KEY_ID", "key"), ("AWS_REGION", "here")],
            "AWS_SECRET_ACCESS_KEY is not set",
        ),
    ] {
        let output = evoladder(&args, &variables);
        let words = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(78), "{args:?} {variables:?}: {words}");
        assert!(words.contains(told), "{args:?} {variables:?}: {words}");
    }
}

#[tokio::test]
async fn a_data_folder_serves_one_kind_of_demo() {
    let ladder = Ladder::start().await;
    let data = ladder.data();
    let data = data.to_str().unwrap();
    let (status, _root) = ladder.stop();
    assert!(status.success());
    let output = evoladder(&["run", "--emulator", "--players", "0", "--seed", "8", "--data", data], &[]);
    assert_eq!(output.status.code(), Some(78));
    assert!(String::from_utf8_lossy(&output.stderr).contains("seed"));
}

#[test]
fn simulated_players_play_matches_that_workers_decide_from_bytes() {
    let _alone = processes();
    let data = tempfile::tempdir().unwrap();
    let (folder, report) = (data.path().join("data"), data.path().join("report.json"));
    let (folder, report_path) = (folder.to_str().unwrap(), report.to_str().unwrap());
    let args = ["run", "--emulator", "--players", "16", "--seed", "1", "--for", "55s"];
    let output = evoladder(&[&args[..], &["--data", folder, "--report", report_path]].concat(), &[]);
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words}");
    let report: serde_json::Value = serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
    assert!(report["matches_completed"].as_u64().unwrap() >= 3, "{report:#}");
    assert!(report["replays_parsed"].as_u64() >= report["matches_completed"].as_u64(), "{report:#}");
    assert_eq!(report["deadline_misses"], 0, "{report:#}");
    assert!(report["interactions"].as_u64().unwrap() > 16 * 5, "{report:#}");
    for figure in ["p50", "p95", "p99", "max"] {
        assert!(
            report["ack_ms"][figure].is_number() && report["answer_ms"][figure].is_number(),
            "{report:#}"
        );
    }
    let restarts = report["restarts"].as_object().unwrap();
    assert!(restarts.len() >= 5 && restarts.values().all(|count| count == 0), "{report:#}");
    for fault in ["replays_rejected", "told_twice", "told_wrong"] {
        assert_eq!(report["gauges"]["players"][fault], 0, "{report:#}");
    }
}

#[tokio::test]
async fn a_database_of_a_newer_build_is_left_alone() {
    let ladder = Ladder::start().await;
    let (status, root) = ladder.stop();
    assert!(status.success());
    let data = root.path().join("data");
    let newer = "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
                 values (99, 'later', true, x'00', 0)";
    let url = format!("sqlite://{}", data.join("ladder.sqlite").display());
    let mut database = sqlx::sqlite::SqliteConnection::connect(&url).await.unwrap();
    sqlx::query(newer).execute(&mut database).await.unwrap();
    database.close().await.unwrap();
    let _alone = processes();
    let data = data.to_str().unwrap();
    let output = evoladder(&["run", "--emulator", "--players", "0", "--data", data], &[]);
    assert_eq!(output.status.code(), Some(78));
    assert!(String::from_utf8_lossy(&output.stderr).contains("use the newer build"));
}
