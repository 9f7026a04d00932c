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
    let bench = start_with(|config| config.answer_within = Duration::from_secs(3)).await;
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

async fn ask(bench: &Bench, fault: Value) {
    let answer = bench.post("faults", &fault).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[tokio::test]
async fn each_kind_of_429_has_the_headers_that_discord_gives_it() {
    let bench = start().await;
    let person = bench.person("ana").await;
    let messages = format!("channels/{}/messages", person.dm);
    for (scope, told, global, is_json) in [
        ("user", Some("user"), false, true),
        ("shared", Some("shared"), false, true),
        ("global", Some("global"), true, true),
        ("cloudflare", None, false, false),
    ] {
        ask(&bench, json!({"rate_limited": {"scope": scope, "ms": 60_000}})).await;
        let answer = bench.raw("GET", &messages, &Value::Null).await;
        assert_eq!(answer.status, 429, "{scope}");
        let header = |name: &str| answer.headers.get(name).map(|value| value.to_str().unwrap());
        assert_eq!(header("x-ratelimit-scope"), told);
        assert_eq!(header("x-ratelimit-global"), global.then_some("true"));
        assert_eq!(header("retry-after"), Some("60"));
        assert_eq!(answer.body.is_object(), is_json, "{}", answer.body);
    }
    ask(&bench, json!({"rate_limited": null})).await;
    assert_eq!(bench.raw("GET", &messages, &Value::Null).await.status, 200);
    assert_eq!(bench.stats.read().invalid_requests, 3, "a shared limit does not count");
    let requests = bench.get("requests?after=0").await;
    let statuses: Vec<u64> =
        requests.as_array().unwrap().iter().map(|asked| asked["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [429, 429, 429, 429, 200]);
    assert_eq!(requests[4]["path"], messages);
}

#[tokio::test]
async fn an_address_with_too_many_invalid_requests_is_barred_with_its_callbacks() {
    let bench = start().await;
    ask(&bench, json!({"invalid_request_limit": 3})).await;
    let wrong = || bench.http.get(format!("http://{}/api/v10/users/@me", bench.address));
    for _ in 0..3 {
        assert_eq!(bench.send(wrong()).await.status, 401);
    }
    for path in ["users/@me", "interactions/5/token/callback"] {
        let barred = bench.raw("POST", path, &json!({"type": 5})).await;
        assert_eq!(barred.status, 429, "{path}");
        assert!(barred.body.as_str().unwrap().contains("<html>"));
    }
}

#[tokio::test]
async fn what_discord_does_not_tell_in_headers_is_refused_all_the_same() {
    let bench = start().await;
    let person = bench.person("ana").await;
    let messages = format!("channels/{}/messages", person.dm);
    let old = bench.raw("POST", &messages, &json!({"content": "x"})).await.body["id"].clone();
    ask(&bench, json!({"old_after_ms": 0, "old_edits": 1, "dm_opens": 1})).await;
    let edit = format!("{messages}/{}", old.as_str().unwrap());
    assert_eq!(bench.raw("PATCH", &edit, &json!({"content": "y"})).await.status, 200);
    let refused = bench.raw("PATCH", &edit, &json!({"content": "z"})).await;
    assert_eq!((refused.status, &refused.body["code"]), (429, &json!(30046)));

    let open = async |name: &str| {
        let person = bench.person(name).await;
        bench.raw("POST", "users/@me/channels", &json!({"recipient_id": person.id})).await
    };
    assert_eq!(open("bo").await.status, 200);
    assert_eq!(open("cy").await.body["code"], 40003);
    let cy = bench.person("cy").await;
    bench.does(&cy, "messages", json!({"content": "hello"})).await;
    assert_eq!(open("cy").await.status, 200, "who turned to the bot may be written to");

    ask(&bench, json!({"grant": ["MANAGE_CHANNELS"]})).await;
    let guild = bench.get("guild").await;
    let channel = format!("channels/{}", guild["channels"][0]["id"].as_str().unwrap());
    for (name, status) in [("one", 200), ("two", 200), ("three", 429)] {
        let renamed = bench.raw("PATCH", &channel, &json!({"name": name})).await;
        assert_eq!(renamed.status, status, "{}", renamed.body);
        assert_eq!(renamed.headers.contains_key("x-ratelimit-remaining"), status == 429);
    }

    let application = bench.application().await;
    let commands = format!("applications/{application}/commands");
    let of = |begin: u64| -> Value {
        (begin..begin + 100).map(|number| json!({"name": format!("c{number}"), "description": "d"})).collect()
    };
    assert_eq!(bench.raw("PUT", &commands, &of(0)).await.status, 200);
    assert_eq!(bench.raw("PUT", &commands, &of(0)).await.status, 200, "they exist already");
    assert_eq!(bench.raw("PUT", &commands, &of(100)).await.status, 200);
    assert_eq!(bench.raw("PUT", &commands, &of(200)).await.body["code"], 30034);
}

fn config(bench: &Bench) -> twilight_gateway::Config {
    ConfigBuilder::new(TOKEN.to_owned(), Intents::DIRECT_MESSAGES)
        .proxy_url(format!("ws://{}", bench.address))
        .build()
}

/// The next of these: ready, resumed, or closed with a code.
async fn sees(shard: &mut Shard) -> String {
    next(shard, |event| match event {
        Event::Ready(_) => Some("ready".to_owned()),
        Event::Resumed => Some("resumed".to_owned()),
        Event::GatewayClose(frame) => Some(format!("closed {}", frame.map_or(0, |frame| frame.code))),
        Event::GatewayReconnect => Some("told to reconnect".to_owned()),
        Event::GatewayInvalidateSession(resumable) => Some(format!("invalid {resumable}")),
        _ => None,
    })
    .await
}

#[tokio::test]
async fn a_gateway_goes_wrong_in_every_way_that_was_asked_for_and_counts_who_comes_back() {
    let bench = start().await;
    let mut shard = Shard::with_config(ShardId::ONE, config(&bench));
    assert_eq!(sees(&mut shard).await, "ready");
    ask(&bench, json!({"close": 4000})).await;
    assert_eq!((sees(&mut shard).await, sees(&mut shard).await), ("closed 4000".into(), "resumed".into()));
    ask(&bench, json!({"reconnect": true})).await;
    assert_eq!(sees(&mut shard).await, "told to reconnect");
    while sees(&mut shard).await != "resumed" {}
    ask(&bench, json!({"invalid_session": "resumable"})).await;
    assert_eq!(sees(&mut shard).await, "invalid true");
    while sees(&mut shard).await != "resumed" {}
    ask(&bench, json!({"refuse_resumes": true, "close": 4000})).await;
    assert_eq!(
        (sees(&mut shard).await, sees(&mut shard).await),
        ("closed 4000".into(), "invalid false".into())
    );
    ask(&bench, json!({"refuse_resumes": false, "accept_then_close": 4000})).await;
    let before = bench.stats.read().gateway_connections;
    let mut other = Shard::with_config(ShardId::ONE, config(&bench));
    for _ in 0..3 {
        assert_eq!(sees(&mut other).await, "closed 4000");
    }
    let report = bench.stats.read();
    assert!(report.gateway_connections >= before + 3);
    let counted: u64 = report.gateway_by_second.values().map(|second| second.connections).sum();
    assert_eq!(counted, report.gateway_connections);
    assert_eq!(report.gateway_identifies, 1);
}

#[tokio::test]
async fn a_client_whose_heartbeats_are_not_acknowledged_comes_back_and_resumes() {
    let bench = start().await;
    ask(&bench, json!({"heartbeat_interval_ms": 200, "drop_acks": true})).await;
    let mut shard = Shard::with_config(ShardId::ONE, config(&bench));
    assert_eq!(sees(&mut shard).await, "ready");
    while sees(&mut shard).await != "resumed" {}
    assert!(bench.stats.read().gateway_connections >= 2);
}

#[tokio::test]
async fn the_identify_that_is_one_too_many_finds_its_token_changed() {
    let bench = start().await;
    ask(&bench, json!({"identifies_remaining": 1})).await;
    let remaining = async || {
        let gateway = bench.bot.gateway().authed().await.unwrap().model().await.unwrap();
        gateway.session_start_limit.remaining
    };
    assert_eq!(remaining().await, 1);
    let mut shard = Shard::with_config(ShardId::ONE, config(&bench));
    assert_eq!(sees(&mut shard).await, "ready");
    assert_eq!(remaining().await, 0);
    let mut other = Shard::with_config(ShardId::ONE, config(&bench));
    assert_eq!(sees(&mut other).await, "closed 4004");
}

#[tokio::test]
async fn an_event_may_come_twice() {
    let bench = start().await;
    let person = bench.person("ana").await;
    let mut shard = bench.shard().await;
    ask(&bench, json!({"duplicates": 1.0})).await;
    bench.does(&person, "messages", json!({"content": "x"})).await;
    let mut ids = Vec::new();
    next(&mut shard, |event| {
        if let Event::MessageCreate(message) = event {
            ids.push(message.id);
        }
        (ids.len() == 2).then_some(())
    })
    .await;
    assert_eq!(ids[0], ids[1]);
}

#[tokio::test]
async fn a_request_that_hangs_is_answered_late_and_may_be_done() {
    let bench = start().await;
    ask(&bench, json!({"hangs": 1.0, "hang_ms": 200})).await;
    let began = Instant::now();
    assert_eq!(bench.raw("GET", "users/@me", &Value::Null).await.status, 504);
    assert!(began.elapsed() >= Duration::from_millis(200));
}

#[tokio::test]
async fn a_link_to_a_file_may_lead_nowhere_or_take_long() {
    let bench = start().await;
    let person = bench.person("ana").await;
    let file = reqwest::multipart::Part::bytes(vec![7; 50]).file_name("game.SC2Replay");
    let form = reqwest::multipart::Form::new().text("content", "").part("file", file);
    let url = bench.url(&format!("users/{}/messages", person.id));
    assert_eq!(bench.send(bench.http.post(url).multipart(form)).await.status, 201);
    let shown = bench.get(&format!("users/{}/messages", person.id)).await;
    let link = shown[0]["attachments"][0]["url"].as_str().unwrap().to_owned();
    for (gone, status) in [(false, 200), (true, 404), (false, 200)] {
        ask(&bench, json!({"files_gone": gone})).await;
        assert_eq!(bench.http.get(&link).send().await.unwrap().status(), status);
    }
    ask(&bench, json!({"file_latency_ms": 200})).await;
    let began = Instant::now();
    assert_eq!(bench.http.get(&link).send().await.unwrap().status(), 200);
    assert!(began.elapsed() >= Duration::from_millis(200));
}
