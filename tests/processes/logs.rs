//! What the logs of a whole ladder say, and what they never say.

use super::{confirm, pair_up, replay_of, told_the_result};
use crate::support::{Ladder, free_address, postgres, wait_for};
use nix::sys::signal::Signal;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

/// Known only to those who need them.
const PASSWORD: &str = "password-of-the-tests-4711";
const DASHBOARD_TOKEN: &str = "token-of-the-dashboard-4711";
const KEY: &str = "key-id-of-the-tests-4711";
const KEY_SECRET: &str = "key-secret-of-the-tests-4711";
/// What a player sends in a file.
const CONTENT: &str = "content of a file 4711";

/// The lines of the log that belong to it: module and words of each.
fn lines_of(log: &str, trace: &str) -> Vec<(String, String)> {
    let number: Value = trace.parse::<u64>().unwrap().into();
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let ours = lines.filter(|line| line["span"]["trace"] == number || line["fields"]["trace"] == number);
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    ours.map(|line| (word(&line["target"]), word(&line["fields"]["message"]))).collect()
}

/// The processes whose modules these are.
fn roles(lines: &[(String, String)]) -> BTreeSet<&str> {
    lines.iter().filter_map(|(target, _)| target.split("::").nth(1)).collect()
}

/// What the emulator wrote down, of one kind.
fn emulated(data: &Path, kind: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(data.join("emulator/log.ndjson")).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line["kind"] == kind).collect()
}

#[tokio::test]
async fn a_press_is_followed_through_all_processes_and_no_log_has_a_secret() {
    // The server asks for no password, and a client that has one sends none.
    let url = postgres::fresh().map(|url| match url.split_once('@') {
        Some((user, rest)) => format!("{user}:{PASSWORD}@{rest}"),
        None => url,
    });
    let mut variables = vec![
        ("EVOLADDER_LOG", "debug"),
        ("DASHBOARD_TOKEN", DASHBOARD_TOKEN),
        ("REPLAY_STORE", "s3://replays/ladder"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
        ("AWS_ACCESS_KEY_ID", KEY),
        ("AWS_SECRET_ACCESS_KEY", KEY_SECRET),
    ];
    variables.extend(url.as_deref().map(|url| ("DATABASE_URL", url)));
    let ladder = Ladder::start_again_with(tempfile::tempdir().unwrap(), free_address(), &variables).await;
    let environment = std::fs::read(format!("/proc/{}/environ", ladder.pids("frontend")[0])).unwrap();
    let environment = String::from_utf8(environment).unwrap();
    let token =
        environment.split('\0').find_map(|set| set.strip_prefix("DISCORD_TOKEN=")).unwrap().to_owned();

    let (ana, bea, match_id) = pair_up(&ladder).await;
    confirm(&ana, match_id).await;
    ladder.signal(&ladder.pids("backend"), Signal::SIGKILL);
    confirm(&bea, match_id).await;
    let file = replay_of(&ana).await;
    ana.upload("words.SC2Replay", CONTENT.as_bytes().to_vec()).await;
    ana.reads_in_time("is damaged, or no replay at all").await;
    ana.upload("game.SC2Replay", file).await;
    told_the_result(&ana, &bea, match_id).await;
    wait_for("the tables to have it all", async || {
        (ladder.gauge("db-writer", "database_lag_records") == Some(0.0)).then_some(())
    })
    .await;
    let status = ladder.status().unwrap();
    let backend =
        status["children"].as_array().unwrap().iter().find(|child| child["role"] == "backend").unwrap();
    let last_words = backend["last_words"].as_array().unwrap();
    assert!((1..=20).contains(&last_words.len()), "{last_words:?}");
    let is_read = |word: &Value| word.as_str().unwrap().starts_with("DEBUG evoladder::");
    assert!(last_words.iter().any(is_read), "{last_words:?}");
    assert!(ladder.log().contains("Its last words: "), "the supervisor's log has them too");

    let messages = ana.messages().await;
    let (ended, root) = ladder.stop();
    assert!(ended.success(), "{ended}");
    let data = root.path().join("data");
    let log = std::fs::read_to_string(root.path().join("log")).unwrap();

    let presses = emulated(&data, "press");
    let confirmed =
        presses.iter().find(|press| press["custom_id"] == format!("match:confirm:{match_id}")).unwrap();
    let lines = lines_of(&log, confirmed["interaction"].as_str().unwrap());
    assert_eq!(roles(&lines), BTreeSet::from(["backend", "db_writer", "frontend"]), "{lines:?}");
    for words in ["an interaction arrived", "decided", "to be stored", "in the tables", "answered"] {
        assert!(lines.iter().any(|(_, said)| said.starts_with(words)), "{words}: {lines:?}");
    }
    let sent =
        messages.iter().rev().find(|message| message["attachments"][0]["filename"] == "game.SC2Replay");
    let lines = lines_of(&log, sent.unwrap()["id"].as_str().unwrap());
    let all = BTreeSet::from(["backend", "db_writer", "frontend", "replay_worker"]);
    assert_eq!(roles(&lines), all, "{lines:?}");

    let mut secrets: Vec<String> =
        [PASSWORD, DASHBOARD_TOKEN, KEY, KEY_SECRET, CONTENT].map(str::to_owned).into();
    secrets.push(token);
    // The token of an interaction begins with its number and a full stop.
    secrets.extend(presses.iter().map(|press| format!("{}.", press["interaction"].as_str().unwrap())));
    assert!(presses.len() > 10);
    for (place, text) in [("the log", &log), ("the status", &status.to_string())] {
        for secret in &secrets {
            let at = text.lines().find(|line| line.contains(secret.as_str()));
            assert_eq!(at, None, "{secret} is in {place}");
        }
    }
}
