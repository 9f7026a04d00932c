//! A gateway in trouble, and what players did meanwhile.

use super::discord::{ask_for, logged, stats};
use super::{confirm, pair_up, replay_of, told_the_result};
use crate::support::{Ladder, wait_for};
use nix::sys::signal::Signal;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

/// When gateway connections were made since there were so many, in milliseconds.
fn connected(ladder: &Ladder, before: usize) -> Vec<u64> {
    let lines = logged(ladder, "gateway_connect");
    lines[before..].iter().map(|line| line["at_ms"].as_u64().unwrap()).collect()
}

/// At most one connection a second was tried for after the third.
fn braked(what: &str, times: &[u64]) {
    println!("{what}: {} connections", times.len());
    let pauses: Vec<u64> = times.windows(2).map(|two| two[1] - two[0]).collect();
    assert!(!pauses.iter().skip(2).any(|pause| *pause < 950), "{what}: {pauses:?}");
    assert!(!times.is_empty(), "{what}: nobody came");
}

/// One trouble of the gateway for four seconds, and the session that goes on after it.
async fn outlives(ladder: &Ladder, what: &str, trouble: Value, end: Value) {
    let before = logged(ladder, "gateway_connect").len();
    ask_for(ladder, &trouble).await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    braked(what, &connected(ladder, before));
    let resumes = logged(ladder, "gateway_resume").len();
    ask_for(ladder, &end).await;
    wait_for("the session to go on", async || {
        let resumed = logged(ladder, "gateway_resume");
        resumed[resumes..].iter().any(|line| line["ok"] == true).then_some(())
    })
    .await;
    assert_eq!(stats(ladder).await["gateway_identifies"], 1, "the session outlived it");
}

#[tokio::test]
async fn a_gateway_that_answers_no_heartbeat_is_not_stormed() {
    let ladder = Ladder::start().await;
    let (ana, bea, match_id) = pair_up(&ladder).await;
    let trouble = json!({"heartbeat_interval_ms": 300, "drop_acks": true, "disconnect": true});
    let end = json!({"heartbeat_interval_ms": 41_250, "drop_acks": false, "disconnect": true});
    outlives(&ladder, "dropped heartbeats", trouble, end).await;
    confirm(&ana, match_id).await;
    confirm(&bea, match_id).await;
    assert_eq!(ladder.restarts("frontend"), 0);
    assert!(ladder.stop().0.success());
}

#[tokio::test]
async fn a_gateway_in_trouble_is_not_stormed_and_what_players_did_meanwhile_is_done() {
    let ladder = Ladder::start().await;
    let (ana, bea, match_id) = pair_up(&ladder).await;
    let trouble = json!({"accept_then_close": 4000, "disconnect": true});
    outlives(&ladder, "accept then close", trouble, json!({"accept_then_close": null})).await;
    confirm(&ana, match_id).await;
    confirm(&bea, match_id).await;
    let file = replay_of(&ana).await;

    // No session is known any more when Discord is back, so nobody repeats that the replay came.
    ask_for(&ladder, &json!({"accept_then_close": 4000, "refuse_resumes": true, "disconnect": true})).await;
    ana.upload("game.SC2Replay", file).await;
    ask_for(&ladder, &json!({"accept_then_close": null})).await;
    told_the_result(&ana, &bea, match_id).await;
    let stats = stats(&ladder).await;
    assert_eq!(stats["gateway_identifies"], 2, "{stats:#}");
    assert_eq!(ladder.restarts("frontend"), 0);
    assert!(ladder.stop().0.success());
}

#[tokio::test]
async fn a_frontend_that_is_killed_again_and_again_loses_no_press_and_tells_nothing_twice() {
    // By no plan: the pauses fall into all moments of the matches that are played meanwhile.
    const PAUSES_MS: [u64; 10] = [700, 1130, 310, 1490, 550, 870, 190, 1270, 430, 990];
    let ladder = Ladder::start_playing(16, &[]).await;
    let mut killed = BTreeSet::new();
    for pause in PAUSES_MS {
        tokio::time::sleep(Duration::from_millis(pause)).await;
        // There is none while the supervisor waits before the next, and for a moment still the last one.
        let pids = ladder.pids("frontend");
        ladder.signal(&pids, Signal::SIGKILL);
        killed.extend(pids);
    }
    let kills = killed.len() as u64;
    assert!(kills >= 5, "{kills}");
    wait_for("the last frontend", async || {
        (ladder.restarts_if_ready("frontend") == Some(kills)).then_some(())
    })
    .await;
    // Every button works: confirmations of people who see them on messages from before and after.
    let confirms = || {
        let presses = logged(&ladder, "press").into_iter();
        let confirms = presses.filter(|press| {
            press["custom_id"].as_str().is_some_and(|custom_id| custom_id.starts_with("match:confirm:"))
        });
        confirms.count()
    };
    let before = confirms();
    wait_for("more matches to be confirmed", async || (confirms() >= before + 6).then_some(())).await;
    let stats = stats(&ladder).await;
    assert_eq!(stats["deadline_misses"], 0, "{stats:#}");
    // At its end the judge compares what everyone was told with what is stored.
    let (status, root) = ladder.stop();
    let judged = std::fs::read_to_string(root.path().join("data").join("judge.json")).unwrap();
    assert!(status.success(), "{status}: {judged}");
    let judged: Value = serde_json::from_str(&judged).unwrap();
    assert_eq!((&judged["lost"], &judged["duplicates"]), (&json!(0), &json!(0)), "{judged:#}");
}
