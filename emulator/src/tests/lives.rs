//! A second life of a world, after an orderly end and after a kill.

use std::path::Path;

use serde_json::json;

use super::*;

async fn live(folder: &Path) -> Bench {
    start_with(|config| {
        config.state = Some(folder.to_owned());
        // The time between two lives is not what is tested.
        config.answer_within = PATIENCE;
    })
    .await
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    Stop,
    Kill,
}

impl Bench {
    async fn end(self, how: End) {
        match how {
            End::Stop => {
                self.stop.send(()).unwrap();
                self.running.await.unwrap().unwrap();
            }
            End::Kill => {
                self.running.abort();
                self.running.await.unwrap_err();
            }
        }
    }

    async fn shown(&self, person: &Person) -> Vec<Value> {
        let shown = self.get(&format!("users/{}/messages", person.id)).await;
        shown.as_array().unwrap().clone()
    }
}

/// What has been logged, without the times.
fn logged(folder: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.join("log.ndjson")).unwrap();
    text.lines()
        .map(|line| {
            let mut line: Value = serde_json::from_str(line).unwrap();
            assert!(line["at_ms"].take().as_u64().unwrap() > 1_700_000_000_000);
            line
        })
        .collect()
}

fn modal() -> Value {
    json!({"type": 9, "data": {"custom_id": "setup", "title": "Set up", "components": [
        row(json!([{"type": 4, "custom_id": "tag", "label": "BattleTag", "style": 1}])),
    ]}})
}

#[tokio::test]
async fn all_that_was_on_screen_works_in_the_next_life() {
    for how in [End::Stop, End::Kill] {
        let folder = tempfile::tempdir().unwrap();
        let bench = live(folder.path()).await;
        bench.register(json!([{"name": "ping", "description": "d"}])).await;
        let person = bench.person("ana").await;
        let mut shard = bench.shard().await;
        let messages = format!("channels/{}/messages", person.dm);
        let file = reqwest::multipart::Part::bytes(vec![7; 5_000]).file_name("game.SC2Replay");
        let form = reqwest::multipart::Form::new().text("content", "my replay").part("file", file);
        let url = bench.url(&format!("users/{}/messages", person.id));
        assert_eq!(bench.send(bench.http.post(url).multipart(form)).await.status, 201);
        let card = json!({
            "content": "x", "nonce": "n1", "enforce_nonce": true,
            "components": [row(json!([button("go"), button("form")]))],
        });
        let card_id = bench.raw("POST", &messages, &card).await.body["id"].as_str().unwrap().to_owned();
        let gone = bench.raw("POST", &messages, &json!({"content": "gone"})).await.body["id"].clone();
        let gone = format!("{messages}/{}", gone.as_str().unwrap());
        assert_eq!(bench.raw("DELETE", &gone, &Value::Null).await.status, 204);
        // One press that is "thinking", one whose modal is open, one that nobody has answered.
        bench.does(&person, "commands", json!({"name": "ping"})).await;
        let deferred = next_interaction(&mut shard).await;
        bench.call_back(&deferred, json!({"type": 5})).await;
        let press = |custom_id: &str| json!({"message_id": card_id, "custom_id": custom_id});
        bench.does(&person, "components", press("form")).await;
        bench.call_back(&next_interaction(&mut shard).await, modal()).await;
        bench.does(&person, "components", press("go")).await;
        let waiting = next_interaction(&mut shard).await;
        let mut watcher = bench.watch(0).await;
        let modal_id = loop {
            let line = watcher.line().await;
            if line["kind"] == "modal" {
                break line["modal"]["modal_id"].clone();
            }
        };
        let (before, commands) = (bench.shown(&person).await, bench.get("commands").await);
        let stats = bench.get("stats").await;
        let address = bench.address.clone();
        drop((shard, watcher));
        bench.end(how).await;

        let bench = live(folder.path()).await;
        assert_eq!(bench.address, address, "the port is the same again");
        let again = bench.person("ana").await;
        assert_eq!((&again.id, again.dm), (&person.id, person.dm));
        // Links begin to age anew, so they differ.
        let without_links = |shown: &[Value]| -> Vec<Value> {
            let mut shown = shown.to_vec();
            for attachment in
                shown.iter_mut().flat_map(|message| message["attachments"].as_array_mut().unwrap())
            {
                attachment["url"].take();
                attachment["proxy_url"].take();
            }
            shown
        };
        let after = bench.shown(&person).await;
        assert_eq!(without_links(&after), without_links(&before), "{how:?}");
        assert_eq!(after.len(), 3);
        for shown in [&after, &before] {
            let url = shown[0]["attachments"][0]["url"].as_str().unwrap();
            assert_eq!(bench.http.get(url).send().await.unwrap().bytes().await.unwrap(), vec![7; 5_000]);
        }
        assert_eq!(bench.get("commands").await, commands);
        let mut shard = bench.shard().await;
        // The nonce is still known, and a new message has a newer id.
        assert_eq!(bench.raw("POST", &messages, &card).await.body["id"], json!(card_id));
        let newer = bench.raw("POST", &messages, &json!({"content": "newer"})).await.body["id"].clone();
        assert!(newer.as_str().unwrap().parse::<u64>().unwrap() > card_id.parse().unwrap());
        // All three presses go on.
        bench.call_back(&waiting, json!({"type": 6})).await;
        let original =
            format!("webhooks/{}/{}/messages/@original", bench.application().await, deferred.token);
        assert_eq!(bench.raw("PATCH", &original, &json!({"content": "pong"})).await.status, 200);
        let second = bench.try_call_back(&deferred, json!({"type": 5})).await;
        assert_eq!(second.body["code"], 40060);
        bench.does(&person, "modals", json!({"modal_id": modal_id, "fields": {"tag": "ana#1"}})).await;
        next_interaction(&mut shard).await;
        bench.does(&person, "components", press("go")).await;
        next_interaction(&mut shard).await;
        let total = bench.get("stats").await;
        let counted = |stats: &Value| stats["interactions"].as_u64().unwrap();
        // A kill may lose the numbers of the last seconds.
        let expected = if how == End::Stop { counted(&stats) + 2 } else { 2 };
        assert!(counted(&total) >= expected, "{how:?}: {total}");
        assert_eq!(bench.stats.read().interactions, 2, "a report is about one life");
        bench.end(how).await;
    }
}

#[tokio::test]
async fn a_session_resumes_over_a_restart_and_gets_what_it_missed() {
    for how in [End::Stop, End::Kill] {
        let folder = tempfile::tempdir().unwrap();
        let bench = live(folder.path()).await;
        let person = bench.person("ana").await;
        let shard = bench.shard().await;
        let session = shard.session().unwrap().clone();
        let resume_url = shard.resume_url().unwrap().to_owned();
        bench.does(&person, "messages", json!({"content": "before"})).await;
        drop(shard);
        bench.end(how).await;

        let bench = live(folder.path()).await;
        bench.does(&person, "messages", json!({"content": "after"})).await;
        let config = ConfigBuilder::new(TOKEN.to_owned(), Intents::DIRECT_MESSAGES)
            .proxy_url(format!("ws://{}", bench.address))
            .session(session)
            .resume_url(resume_url)
            .build();
        let mut shard = Shard::with_config(ShardId::ONE, config);
        let mut contents = Vec::new();
        next(&mut shard, |event| match event {
            Event::MessageCreate(message) => {
                contents.push(message.content.clone());
                None
            }
            Event::Resumed => Some(()),
            _ => None,
        })
        .await;
        assert_eq!(contents, ["before", "after"], "{how:?}");
        bench.end(End::Kill).await;
    }
}

#[tokio::test]
async fn a_press_is_expired_if_its_time_ended_while_no_bot_was_connected() {
    let folder = tempfile::tempdir().unwrap();
    let quick = |config: &mut Config| {
        config.state = Some(folder.path().to_owned());
        config.answer_within = Duration::from_millis(400);
    };
    let bench = start_with(quick).await;
    let person = bench.person("ana").await;
    let body = json!({"content": "x", "components": [row(json!([button("go")]))]});
    let answer = bench.raw("POST", &format!("channels/{}/messages", person.dm), &body).await;
    let press = json!({"message_id": answer.body["id"], "custom_id": "go"});
    let mut watcher = bench.watch(0).await;
    watcher.sees("message_create").await;
    // One before a kill, and one whose time ends after it.
    bench.does(&person, "components", press.clone()).await;
    watcher.sees("interaction_failed").await;
    bench.does(&person, "components", press.clone()).await;
    bench.end(End::Kill).await;
    let bench = start_with(quick).await;
    let mut watcher = bench.watch(0).await;
    assert_eq!(watcher.line().await["kind"], "gap");
    watcher.sees("interaction_failed").await;
    // With a bot that does not answer it is a miss.
    let shard = bench.shard().await;
    bench.does(&person, "components", press).await;
    watcher.sees("interaction_failed").await;
    let report = bench.stats.read();
    assert_eq!((report.interactions_expired, report.deadline_misses + report.machine_stalled), (1, 1));
    drop(shard);
    bench.end(End::Stop).await;
    let expired: Vec<Value> = logged(folder.path())
        .into_iter()
        .filter(|line| line["kind"] == "interaction_failed")
        .map(|line| line["expired"].clone())
        .collect();
    assert_eq!(expired, [true, true, false]);
}

#[tokio::test]
async fn the_log_says_what_happened_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let bench = live(folder.path()).await;
    bench
        .register(json!([{"name": "admin", "description": "d", "options": [
            {"type": 1, "name": "ban", "description": "d"},
        ]}]))
        .await;
    let person = bench.person("ana").await;
    let mut shard = bench.shard().await;
    let command = bench.does(&person, "commands", json!({"name": "admin ban"})).await;
    let interaction = next_interaction(&mut shard).await;
    let embed = json!({"title": "Banned", "description": "-# match 3 · confirming"});
    let data = json!({"content": "done", "embeds": [embed], "components": [row(json!([button("undo")]))]});
    bench.call_back(&interaction, json!({"type": 4, "data": data})).await;
    assert_eq!(bench.try_call_back(&interaction, json!({"type": 6})).await.status, 400);
    let answer = bench.shown(&person).await[0]["id"].clone();
    let press = bench.does(&person, "components", json!({"message_id": answer, "custom_id": "undo"})).await;
    bench.call_back(&next_interaction(&mut shard).await, json!({"type": 6})).await;
    let messages = format!("channels/{}/messages", person.dm);
    let nonce = json!({"content": "hello", "nonce": "m1", "enforce_nonce": true});
    let message = bench.raw("POST", &messages, &nonce).await.body["id"].clone();
    bench.raw("POST", &messages, &nonce).await;
    let path = format!("{messages}/{}", message.as_str().unwrap());
    bench.raw("PATCH", &path, &json!({"content": "changed"})).await;
    bench.raw("DELETE", &path, &Value::Null).await;
    let upload = bench.does(&person, "messages", json!({"content": "hi"})).await;
    bench.post("faults", &json!({"disconnect": true})).await;
    let (address, id, dm) = (bench.address.clone(), person.id.clone(), person.dm.to_string());
    drop(shard);
    bench.end(End::Stop).await;

    let mut lines = logged(folder.path());
    lines.retain(|line| line["kind"] != "http_requests" && line["kind"] != "stall");
    // A bot that is cut off may be back before the end.
    let cut = lines.iter().position(|line| line["how"] == "cut").unwrap();
    lines.drain(cut + 1..lines.len() - 1);
    let session = lines[cut]["session"].clone();
    let expected = json!([
        {"kind": "started", "life": 1, "listen": address},
        {"kind": "user", "user": id, "name": "ana", "channel": dm},
        {"kind": "gateway_connect"},
        {"kind": "gateway_identify", "session": session, "shard": [0, 1], "living": 1},
        {"kind": "press", "by": "command", "interaction": command, "user": id, "command": "admin ban"},
        {"kind": "callback", "interaction": command, "user": id, "type": 4, "ok": true},
        {"kind": "answer", "interaction": command, "user": id},
        {"kind": "message_create", "user": id, "channel": dm, "message": answer, "interaction": command,
            "text": "done\nBanned\n-# match 3 · confirming", "seq": 1},
        {"kind": "callback", "interaction": command, "user": id, "type": 6, "ok": false, "code": 40060},
        {"kind": "press", "by": "component", "interaction": press, "user": id, "message": answer, "custom_id": "undo"},
        {"kind": "callback", "interaction": press, "user": id, "type": 6, "ok": true},
        {"kind": "message_create", "user": id, "channel": dm, "message": message, "text": "hello", "nonce": "m1", "seq": 3},
        {"kind": "message_repeat", "user": id, "channel": dm, "message": message, "nonce": "m1"},
        {"kind": "message_update", "user": id, "channel": dm, "message": message, "text": "changed", "nonce": "m1", "seq": 4},
        {"kind": "message_delete", "user": id, "channel": dm, "message": message, "seq": 5},
        {"kind": "upload", "user": id, "channel": dm, "message": upload, "files": []},
        {"kind": "fault", "fault": {"disconnect": true}},
        {"kind": "gateway_disconnect", "session": session, "how": "cut", "living": 0},
        {"kind": "stopped", "life": 1},
    ]);
    let found = Value::Array(lines.into_iter().map(without_null_time).collect());
    assert_eq!(found, expected, "{found:#}");
}

fn without_null_time(mut line: Value) -> Value {
    line.as_object_mut().unwrap().remove("at_ms");
    line
}

#[tokio::test]
async fn the_identifies_of_a_life_are_no_matter_to_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let remaining = async |bench: &Bench| {
        let gateway = bench.bot.gateway().authed().await.unwrap().model().await.unwrap();
        gateway.session_start_limit.remaining
    };
    for life in 1..=2 {
        let bench = live(folder.path()).await;
        assert_eq!(remaining(&bench).await, 1_000, "life {life}");
        assert_eq!(bench.post("faults", &json!({"identifies_remaining": 20})).await.status, 200);
        let shard = bench.shard().await;
        assert_eq!(remaining(&bench).await, 19);
        drop(shard);
        bench.end(End::Stop).await;
    }
}
