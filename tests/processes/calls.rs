//! How much a match asks of Discord.

use super::{confirm, replay_of, told_the_result};
use crate::support::{Ladder, Person, wait_for};
use ipc_schema::fact_line::Fact;
use serde_json::Value;
use std::collections::BTreeMap;

/// Calls of the bot so far, by method and route.
async fn calls(ladder: &Ladder) -> BTreeMap<String, u64> {
    let url = format!("http://{}/emulator/stats", ladder.emulator);
    let stats: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
    serde_json::from_value(stats["http_requests"].clone()).unwrap()
}

/// The table in ARCHITECTURE.md says what each of them is for.
#[tokio::test]
async fn a_match_of_two_takes_at_most_sixteen_calls_to_discord() {
    let ladder = Ladder::start().await;
    let (ana, bea) = (Person::new(ladder.emulator, "Ana").await, Person::new(ladder.emulator, "Bea").await);
    for (person, era, race) in [(&ana, "bw", "bw_zerg"), (&bea, "sc2", "sc2_terran")] {
        person.set_up().await;
        person.command("queue").await;
        person.press(&format!("queue:race:{era}"), &[race]).await;
        person.reads_in_time("You play: ").await;
    }
    let before = calls(&ladder).await;
    for person in [&ana, &bea] {
        let known = person.messages().await.len();
        person.command("queue").await;
        wait_for("the queue's page", async || (person.messages().await.len() > known).then_some(())).await;
        person.press("queue:join", &[]).await;
        person.reads_in_time("**You are in the queue**").await;
    }
    let match_id = ana.found_match().await;
    assert_eq!(bea.found_match().await, match_id);
    for person in [&ana, &bea] {
        person.reads_in_time("You are not in the queue any more.").await;
        assert!(!person.reads("**You are in the queue**").await, "{} waits no more", person.name);
        confirm(person, match_id).await;
    }
    for person in [&ana, &bea] {
        person.told("the sheet", |line| matches!(line.fact, Fact::Playing { .. }).then_some(())).await;
    }
    ana.upload("game.SC2Replay", replay_of(&ana).await).await;
    told_the_result(&ana, &bea, match_id).await;
    wait_for("all cards to be told", async || {
        (ladder.gauge("backend", "cards_kept") == Some(0.0)).then_some(())
    })
    .await;
    let mut took = calls(&ladder).await;
    for (route, count) in before {
        *took.entry(route).or_default() -= count;
    }
    took.retain(|_, count| *count > 0);
    let in_all: u64 = took.values().sum();
    println!("{in_all} calls: {took:#?}");
    assert!(in_all <= 16, "{in_all} calls: {took:#?}");
    let (status, _root) = ladder.stop();
    assert!(status.success(), "{status}");
}
