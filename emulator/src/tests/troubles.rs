//! What is made to go wrong while the emulator runs, as a bot meets it.

use super::*;
use tokio::time::Instant;

#[tokio::test]
async fn latency_and_outages_meet_the_bot_and_not_its_users() {
    let bench = start().await;
    let person = bench.person("ana").await;
    assert_eq!(bench.post("faults", &json!({"latency_ms": 300})).await.status, 200);
    let began = Instant::now();
    assert_eq!(bench.raw("GET", "users/@me", &Value::Null).await.status, 200);
    assert!(began.elapsed() >= Duration::from_millis(300));
    assert_eq!(bench.post("faults", &json!({"latency_ms": 0, "outage_ms": 60_000})).await.status, 200);
    let began = Instant::now();
    assert_eq!(bench.raw("GET", "users/@me", &Value::Null).await.status, 503);
    assert_eq!(bench.get(&format!("users/{}/messages", person.id)).await, json!([]));
    assert!(began.elapsed() < Duration::from_secs(5));
    bench.post("faults", &json!({"outage_ms": 0})).await;
    assert_eq!(bench.raw("GET", "users/@me", &Value::Null).await.status, 200);
    assert_eq!(bench.post("faults", &json!({"callback_latency_ms": 1_001})).await.status, 400);
    assert_eq!(bench.stats.read().http_planted_failures, 1);
}

#[tokio::test]
async fn a_post_whose_answer_is_lost_has_been_made_and_its_nonce_finds_it() {
    let bench = start().await;
    let person = bench.person("ana").await;
    bench.post("faults", &json!({"errors": 1.0})).await;
    let messages = format!("channels/{}/messages", person.dm);
    let body = json!({"content": "x", "nonce": "n1", "enforce_nonce": true});
    let mut statuses = std::collections::BTreeSet::new();
    while !(statuses.contains(&502) && statuses.contains(&503)) {
        let status = bench.raw("POST", &messages, &body).await.status;
        assert!([502, 503].contains(&status), "{status}");
        statuses.insert(status);
    }
    bench.post("faults", &json!({"errors": 0.0})).await;
    let shown = bench.get(&format!("users/{}/messages", person.id)).await;
    assert_eq!(shown.as_array().unwrap().len(), 1, "{shown:#}");
}

#[tokio::test]
async fn a_press_whose_callback_was_made_to_fail_is_nobodys_miss() {
    let bench = start_with(|config| config.answer_within = Duration::from_millis(300)).await;
    bench.register(json!([{"name": "ping", "description": "d"}])).await;
    let person = bench.person("ana").await;
    let mut shard = bench.shard().await;
    bench.post("faults", &json!({"outage_ms": 60_000})).await;
    bench.post(&format!("users/{}/commands", person.id), &json!({"name": "ping"})).await;
    let interaction = next_interaction(&mut shard).await;
    assert_eq!(bench.try_call_back(&interaction, json!({"type": 5})).await.status, 503);
    tokio::time::timeout(PATIENCE, async {
        while bench.stats.read().interactions_turned_away == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .unwrap();
    assert_eq!(bench.stats.read().deadline_misses, 0);
}
