//! A Discord that is slow, fails, and is away for seconds, in the middle of a match.

use super::{confirm, pair_up, replay_of, stored_once, told_the_result};
use crate::support::{Ladder, Person, wait_for};
use ipc_schema::fact_line::Fact;
use nix::sys::signal::Signal;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

pub(super) async fn ask_for(ladder: &Ladder, trouble: &Value) {
    let url = format!("http://{}/emulator/faults", ladder.emulator);
    let answer = reqwest::Client::new().post(url).json(trouble).send().await.unwrap();
    assert!(answer.status().is_success(), "{trouble}: {}", answer.status());
}

/// What the emulator has logged of that kind.
pub(super) fn logged(ladder: &Ladder, kind: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(ladder.data().join("emulator").join("log.ndjson")).unwrap();
    let whole = &text[..text.rfind('\n').map_or(0, |end| end + 1)];
    let lines = whole.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line["kind"] == kind).collect()
}

pub(super) async fn stats(ladder: &Ladder) -> Value {
    let url = format!("http://{}/emulator/stats", ladder.emulator);
    reqwest::get(url).await.unwrap().json().await.unwrap()
}

/// All requests of the bot, and what they were answered.
pub(super) async fn requests(ladder: &Ladder) -> Vec<Value> {
    let url = format!("http://{}/emulator/requests?after=0", ladder.emulator);
    let listed: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
    listed.as_array().cloned().unwrap_or_else(|| listed["requests"].as_array().unwrap().clone())
}

/// How many of these requests had to be made again, among those whose paths are each one call.
pub(super) fn tried_again(made: &[Value], is_one_call: impl Fn(&str) -> bool) -> usize {
    let mut tries: BTreeMap<(&str, &str), Vec<u64>> = BTreeMap::new();
    for request in made {
        let (method, path) = (request["method"].as_str().unwrap(), request["path"].as_str().unwrap());
        if is_one_call(path) {
            tries.entry((method, path)).or_default().push(request["at_ms"].as_u64().unwrap());
        }
    }
    for (call, times) in &tries {
        // They leave a second apart, as tests of the sender say to the millisecond; here a machine that does much
        // else may let the first one arrive late.
        let too_soon = times.windows(2).any(|two| two[1] - two[0] < 400);
        assert!(!too_soon, "{call:?} was tried again too soon: {times:?}");
    }
    tries.values().map(|times| times.len() - 1).sum()
}

#[tokio::test]
async fn a_frontend_that_starts_while_discord_is_away_stands_by_until_it_answers() {
    let ladder = Ladder::start().await;
    ask_for(&ladder, &json!({"outage_ms": 3_600_000})).await;
    ladder.signal(&ladder.pids("frontend"), Signal::SIGKILL);
    let of_frontend = |field: &str| {
        let status = ladder.status().unwrap();
        let children = status["children"].as_array().unwrap();
        children.iter().find(|child| child["role"] == "frontend").unwrap()[field].clone()
    };
    wait_for("the frontend to stand by", async || (of_frontend("state") == "stands by").then_some(())).await;
    assert_eq!(of_frontend("stands_by_until"), "Discord answers");
    // The ladder goes on meanwhile, and the frontend is alive for it.
    let (ana, ready) = (Person::new(ladder.emulator, "Ana").await, ladder.all_ready());
    assert!(!ready);
    ask_for(&ladder, &json!({"outage_ms": 0})).await;
    wait_for("the frontend to be ready", async || (of_frontend("state") == "ready").then_some(())).await;
    ana.set_up().await;
    assert_eq!(ladder.restarts("frontend"), 1, "it was not called late");
    assert!(ladder.stop().0.success());
}

#[tokio::test]
async fn a_match_is_told_once_and_to_its_end_through_all_that_discord_may_do() {
    let ladder = Ladder::start().await;
    let (ana, bea, match_id) = pair_up(&ladder).await;
    // Callbacks that take a second, and a third of everything failing, with or without being done.
    ask_for(&ladder, &json!({"callback_latency_ms": 1_000, "latency_ms": 300, "errors": 0.3})).await;
    confirm(&ana, match_id).await;
    confirm(&bea, match_id).await;
    // Two presses may be spared; among these one in seven is refused.
    wait_for("a callback to be refused", async || {
        ana.command("help").await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        (!logged(&ladder, "callback_failed").is_empty()).then_some(())
    })
    .await;
    for person in [&ana, &bea] {
        person.told("the match sheet", |line| matches!(line.fact, Fact::Playing { .. }).then_some(())).await;
    }
    let file = replay_of(&ana).await;
    // Nobody is there, and then the connection is lost as well.
    ask_for(&ladder, &json!({"errors": 0.0, "latency_ms": 0, "outage_ms": 6_000})).await;
    ana.upload("game.SC2Replay", file).await;
    ask_for(&ladder, &json!({"disconnect": true})).await;
    told_the_result(&ana, &bea, match_id).await;
    ask_for(&ladder, &json!({"callback_latency_ms": 0})).await;

    let again = tried_again(&requests(&ladder).await, |path| path.contains("callback"));
    assert!(again > 0, "none was tried again");
    wait_for("the deliveries to be on record", async || {
        (ladder.gauge("frontend", "cards_in_flight") == Some(0.0)).then_some(())
    })
    .await;
    assert_eq!(ladder.restarts("frontend"), 0);
    let (status, root) = ladder.stop();
    assert!(status.success(), "{status}");
    stored_once(&root.path().join("data")).await;
}
