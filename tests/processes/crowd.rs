//! Three hundred players who act at once, at a Discord that is far away, and at one that is in trouble.

use super::discord::{ask_for, logged, requests, stats, tried_again};
use crate::support::{Ladder, Person, wait_for};
use futures_util::future::join_all;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

const PLAYERS: usize = 300;

/// What someone reads whose file is no replay.
const NO_REPLAY: &str = "That is not a replay";

/// And whoever asks how all of this works.
const HELP: &str = "pairs Brood War players with StarCraft II players";

/// People with their first page of `/setup` before them, and the message that it is in. Nobody looks again and
/// again: three hundred who do are more than what they wait for.
async fn crowd(ladder: &Ladder) -> Vec<(Person, String)> {
    let mut people = Vec::new();
    for number in 0..PLAYERS {
        people.push(Person::new(ladder.emulator, &format!("Player{number}")).await);
    }
    join_all(people.iter().map(|person| person.command("setup"))).await;
    answered(ladder, PLAYERS as u64).await;
    let mut crowd = Vec::new();
    for person in people {
        let messages = person.messages().await;
        let message = messages.last().expect("the page")["id"].as_str().unwrap().to_owned();
        crowd.push((person, message));
    }
    crowd
}

/// Waits until so many presses and commands have their answer, or cannot get one any more because the emulator
/// stood still.
async fn answered(ladder: &Ladder, count: u64) {
    wait_for("all answers", async || {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let stats = stats(ladder).await;
        let known = [&stats["answer_ms"]["count"], &stats["machine_stalled"]].map(|number| number.as_u64());
        (known.into_iter().flatten().sum::<u64>() >= count).then_some(())
    })
    .await;
}

/// Those of whom a press failed because its acknowledgement was refused again and again, or the emulator stood
/// still, press again as people would.
async fn press_again(ladder: &Ladder, people: &[(Person, String)]) {
    for failed in logged(ladder, "interaction_failed") {
        let excused = failed["turned_away"] == true || failed["machine_stalled"] == true;
        let person = people.iter().find(|(person, _)| failed["user"] == person.id.as_str());
        if let Some((person, _)) = person.filter(|_| excused)
            && !person.reads(HELP).await
        {
            person.command("help").await;
        }
    }
}

/// How often the bot has posted a message with these words.
fn posted(ladder: &Ladder, words: &str) -> usize {
    let created = logged(ladder, "message_create").into_iter();
    created.filter(|line| line["text"].as_str().is_some_and(|text| text.contains(words))).count()
}

/// From each press to its callback, in milliseconds, the shortest first; None for one without.
fn acknowledged(ladder: &Ladder, is_meant: impl Fn(&Value) -> bool) -> Vec<Option<u64>> {
    let mut taken: BTreeMap<String, u64> = BTreeMap::new();
    for line in logged(ladder, "callback").iter().filter(|line| line["ok"] == true) {
        taken.insert(line["interaction"].to_string(), line["at_ms"].as_u64().unwrap());
    }
    let presses = logged(ladder, "press").into_iter().filter(|press| is_meant(press));
    let mut waits: Vec<Option<u64>> = presses
        .map(|press| {
            taken.get(&press["interaction"].to_string()).map(|at| at - press["at_ms"].as_u64().unwrap())
        })
        .collect();
    waits.sort_unstable();
    waits
}

#[tokio::test]
async fn three_hundred_who_press_at_once_are_acknowledged_at_once_and_in_trouble_get_everything_once() {
    let ladder = Ladder::start().await;
    let people = crowd(&ladder).await;
    ask_for(&ladder, &json!({"latency_ms": 100, "callback_latency_ms": 100})).await;
    let http = reqwest::Client::new();
    join_all(people.iter().map(|(person, message)| {
        let url = format!("http://{}/emulator/users/{}/components", ladder.emulator, person.id);
        let press = json!({"message_id": message, "custom_id": "setup:terms:accept"});
        http.post(url).json(&press).send()
    }))
    .await;
    answered(&ladder, 2 * PLAYERS as u64).await;
    let is_meant = |press: &Value| press["custom_id"] == "setup:terms:accept";
    let waits = acknowledged(&ladder, is_meant);
    let p99 = waits[PLAYERS * 99 / 100 - 1].expect("all are acknowledged");
    println!("{PLAYERS} presses at once: p50 {:?}, p99 {p99}, max {:?} ms", waits[PLAYERS / 2], waits.last());
    assert_eq!(waits.len(), PLAYERS);
    let unheard = waits.iter().filter(|wait| wait.is_none()).count() as u64;
    assert!(
        Some(unheard) <= stats(&ladder).await["machine_stalled"].as_u64(),
        "{unheard} were not acknowledged"
    );
    // How fast is a question for a release on a machine that does nothing else; in time they are here too.
    assert_eq!(stats(&ladder).await["deadline_misses"], 0);

    ask_for(&ladder, &json!({"errors": 0.05})).await;
    let trouble = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        ask_for(&ladder, &json!({"rate_limited": {"scope": "global", "ms": 5_000}})).await;
    };
    let everyone = join_all(people.iter().map(async |(person, _)| {
        person.upload("notes.txt", vec![1]).await;
        person.command("help").await;
    }));
    tokio::join!(trouble, everyone);
    wait_for("everyone to be told", async || {
        tokio::time::sleep(Duration::from_millis(500)).await;
        (posted(&ladder, NO_REPLAY) >= PLAYERS).then_some(())
    })
    .await;
    wait_for("the deliveries to be on record", async || {
        (ladder.gauge("frontend", "cards_in_flight") == Some(0.0)).then_some(())
    })
    .await;
    ask_for(&ladder, &json!({"errors": 0})).await;
    press_again(&ladder, &people).await;
    for (person, _) in &people {
        person.reads_in_time(HELP).await;
        let texts = person.texts().await;
        let told = [NO_REPLAY, HELP].map(|words| texts.iter().filter(|text| text.contains(words)).count());
        assert_eq!(told, [1, 1], "{} is told once", person.name);
    }
    let stats = stats(&ladder).await;
    assert_eq!(stats["deadline_misses"], 0, "{stats:#}");
    assert!(stats["http_planted_failures"].as_u64() > Some(0), "{stats:#}");

    let made = requests(&ladder).await;
    let limited = made.iter().filter(|request| request["status"] == 429).count();
    // One call is one path: a post in a DM, a callback, an answer.
    let again = tried_again(&made, |path| path.contains("messages") || path.contains("callback"));
    println!("{again} calls were made again, {limited} of them after a 429");
    assert!(again > 0 && limited > 0, "there was trouble: {again} {limited}");
    assert!(limited <= 64, "{limited} calls met the limit");
    assert!(ladder.stop().0.success());
}
