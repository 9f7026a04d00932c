//! Many people who press at once, at a Discord that is far away.

use crate::log::Waits;
use crate::tree::{self, Start, Tree};
use anyhow::Context;
use futures_util::future::join_all;
use serde::Serialize;
use serde_json::{Value, json};
use std::time::Duration;

/// Each round has new people, so that each press changes something.
const ROUNDS: usize = 5;
/// From the last press until all is said.
const CALM: Duration = Duration::from_secs(4);
const BUTTON: &str = "setup:terms:accept";

#[derive(Debug, Serialize)]
pub(crate) struct Presses {
    pub(crate) people: u32,
    pub(crate) rounds: usize,
    pub(crate) latency_ms: u64,
    pub(crate) ack_ms: Waits,
    pub(crate) answer_ms: Waits,
    pub(crate) deadline_misses: u64,
}

pub(crate) fn measure(start: &Start, people: u32, latency: Duration) -> anyhow::Result<Presses> {
    let tree = Tree::start(start)?;
    let latency_ms = u64::try_from(latency.as_millis())?;
    for round in 0..ROUNDS {
        crate::say(&format!("{people} people press at once: round {} of {ROUNDS}", round + 1));
        let mut pages = Vec::new();
        for number in 0..people {
            let user = tree.post("users", &json!({"name": format!("Round{round}Player{number}")}))?;
            let user = user["id"].as_str().context("a user has an id")?.to_owned();
            tree.post(&format!("users/{user}/commands"), &json!({"name": "setup"}))?;
            pages.push(user);
        }
        std::thread::sleep(CALM);
        let pages = pages.into_iter().map(|user| {
            let messages: Value = tree.block_on(async {
                let url = format!("http://{}/emulator/users/{user}/messages", tree.emulator());
                anyhow::Ok(tree.http().get(url).send().await?.json().await?)
            })?;
            let last =
                messages.as_array().and_then(|messages| messages.last()).context("a page of /setup")?;
            Ok((user, last["id"].clone()))
        });
        let pages = pages.collect::<anyhow::Result<Vec<_>>>()?;
        tree.ask_for(&json!({"latency_ms": latency_ms, "callback_latency_ms": latency_ms.min(1_000)}))?;
        let presses = pages.iter().map(|(user, message)| {
            let url = format!("http://{}/emulator/users/{user}/components", tree.emulator());
            let press = json!({"message_id": message, "custom_id": BUTTON});
            let http = tree.http();
            async move { http.post(url).json(&press).send().await?.error_for_status().map(drop) }
        });
        tree.block_on(join_all(presses)).into_iter().collect::<Result<(), _>>().context("press")?;
        std::thread::sleep(CALM);
        tree.ask_for(&json!({"latency_ms": 0, "callback_latency_ms": 0}))?;
    }
    tree.stop()?;
    let told = crate::log::presses_of(&start.log(), BUTTON)?;
    tree::clear(start)?;
    Ok(Presses {
        people,
        rounds: ROUNDS,
        latency_ms,
        ack_ms: told.ack_ms,
        answer_ms: told.answer_ms,
        deadline_misses: told.deadline_misses,
    })
}
