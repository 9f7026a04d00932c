//! The bot's side: gateway, callbacks, messages, limits.

use std::time::Duration;

use serde_json::{Value, json};
use twilight_gateway::{ConfigBuilder, Intents, Shard, ShardId};
use twilight_http::request::Request;
use twilight_http::routing::Route;
use twilight_model::application::interaction::InteractionData;
use twilight_model::channel::message::component::{ActionRow, Button, ButtonStyle, Component};
use twilight_model::channel::message::{Message, MessageFlags};
use twilight_model::gateway::event::Event;
use twilight_model::http::interaction::{
    InteractionResponse, InteractionResponseData, InteractionResponseType,
};

use super::*;

fn ping() -> Value {
    json!([{"name": "ping", "description": "Answers", "options": [
        {"type": 4, "name": "count", "description": "How often", "min_value": 1, "max_value": 9},
    ]}])
}

#[tokio::test]
async fn what_the_bot_asks_about_itself_is_read_by_twilight() {
    let bench = start().await;
    let user = bench.bot.current_user().await.unwrap().model().await.unwrap();
    assert_eq!(user.id.get(), bench.application().await.get());
    let gateway = bench.bot.gateway().authed().await.unwrap().model().await.unwrap();
    assert_eq!(gateway.url, format!("ws://{}", bench.address));
    assert_eq!(gateway.session_start_limit.remaining, 1_000);
    let person = bench.person("ana").await;
    for _ in 0..2 {
        let id = person.id.parse().unwrap();
        let channel = bench.bot.create_private_channel(id).await.unwrap().model().await.unwrap();
        assert_eq!(channel.id, person.dm);
    }
    let wrong = bench.http.get(format!("http://{}/api/v10/users/@me", bench.address));
    let answer = bench.send(wrong.header("authorization", "Bot other")).await;
    assert_eq!((answer.status, answer.body), (401, json!({"code": 0, "message": "401: Unauthorized"})));
}

#[tokio::test]
async fn a_command_reaches_twilight_and_its_answer_the_user() {
    let bench = start().await;
    bench.register(ping()).await;
    let person = bench.person("ana").await;
    let mut shard = bench.shard().await;
    let mut watcher = bench.watch(0).await;
    let id = bench.does(&person, "commands", json!({"name": "ping", "options": {"count": "3"}})).await;

    let interaction = next_interaction(&mut shard).await;
    assert_eq!(interaction.id.to_string(), id);
    assert_eq!(interaction.author_id().unwrap().to_string(), person.id);
    assert_eq!(interaction.channel.as_ref().unwrap().id, person.dm);
    assert_eq!(interaction.locale.as_deref(), Some("ko"));
    let Some(InteractionData::ApplicationCommand(data)) = &interaction.data else { panic!("no command") };
    assert_eq!((data.name.as_str(), data.options[0].name.as_str()), ("ping", "count"));

    let row = ActionRow {
        id: None,
        components: vec![Component::Button(Button {
            id: None,
            custom_id: Some("again".to_owned()),
            disabled: false,
            emoji: None,
            label: Some("Again".to_owned()),
            style: ButtonStyle::Primary,
            url: None,
            sku_id: None,
        })],
    };
    let response = InteractionResponse {
        kind: InteractionResponseType::ChannelMessageWithSource,
        data: Some(InteractionResponseData {
            content: Some("pong".to_owned()),
            components: Some(vec![Component::ActionRow(row)]),
            flags: Some(MessageFlags::EPHEMERAL),
            ..InteractionResponseData::default()
        }),
    };
    let client = bench.bot.interaction(interaction.application_id);
    let callback = client.create_response(interaction.id, &interaction.token, &response).with_response();
    let callback = callback.await.unwrap().model().await.unwrap();
    assert_eq!(callback.interaction.response_message_ephemeral, Some(true));

    let seen = watcher.sees("message_create").await;
    assert_eq!(seen["interaction_id"], id);
    assert_eq!(seen["user"], person.id);
    assert_eq!(seen["message"]["content"], "pong");
    assert_eq!(seen["message"]["flags"], 64);
    let shown = bench.get(&format!("users/{}/messages", person.id)).await;
    assert_eq!(shown[0]["components"][0]["components"][0]["custom_id"], "again");

    let again = client.create_response(interaction.id, &interaction.token, &response).await;
    assert_eq!(code_of(&again.unwrap_err()), 40060);
    let report = bench.stats.read();
    assert_eq!((report.interactions, report.ack_ms.count, report.answer_ms.count), (1, 1, 1));
    assert_eq!((report.deadline_misses, report.double_callbacks, report.gateway_identifies), (0, 1, 1));
    assert_eq!(report.http_requests["POST interactions/callback"], 2);
    assert_eq!(bench.get("stats").await["interactions"], 1);
}

#[tokio::test]
async fn a_late_callback_is_unknown_and_the_user_sees_a_failure() {
    let bench = start_with(|config| config.answer_within = Duration::from_millis(50)).await;
    bench.register(ping()).await;
    let person = bench.person("ana").await;
    let mut shard = bench.shard().await;
    let mut watcher = bench.watch(0).await;
    let id = bench.does(&person, "commands", json!({"name": "ping"})).await;
    let interaction = next_interaction(&mut shard).await;
    assert_eq!(watcher.sees("interaction_failed").await["interaction_id"], id);
    let late = bench.try_call_back(&interaction, json!({"type": 5})).await;
    assert_eq!((late.status, &late.body["code"]), (404, &json!(10062)));
    let original =
        format!("webhooks/{}/{}/messages/@original", interaction.application_id, interaction.token);
    assert_eq!(bench.raw("GET", &original, &Value::Null).await.body["code"], 10015);
    let report = bench.stats.read();
    assert_eq!(report.deadline_misses + report.machine_stalled, 1);
    assert_eq!(report.late_callbacks, 1);
}

#[tokio::test]
async fn thinking_becomes_the_answer_by_an_edit_and_stays_ephemeral() {
    let bench = start().await;
    bench.register(ping()).await;
    let person = bench.person("ana").await;
    let mut shard = bench.shard().await;
    let mut watcher = bench.watch(0).await;
    bench.does(&person, "commands", json!({"name": "ping"})).await;
    let interaction = next_interaction(&mut shard).await;
    bench.call_back(&interaction, json!({"type": 5, "data": {"flags": 64}})).await;
    let thinking = watcher.sees("thinking").await;
    assert_eq!(bench.stats.read().answer_ms.count, 0);

    let client = bench.bot.interaction(interaction.application_id);
    let components: Vec<Component> = serde_json::from_value(json!([
        {"type": 17, "accent_color": 255, "components": [
            {"type": 10, "content": "**Found**"},
            {"type": 9, "components": [{"type": 10, "content": "side"}], "accessory": button("go")},
            {"type": 14, "divider": true},
            row(json!([button("stop")])),
        ]},
    ]))
    .unwrap();
    let edit = client.update_response(&interaction.token).flags(MessageFlags::IS_COMPONENTS_V2);
    let message = edit.components(Some(&components)).await.unwrap().model().await.unwrap();
    assert_eq!(message.flags.unwrap(), MessageFlags::IS_COMPONENTS_V2 | MessageFlags::EPHEMERAL);
    let seen = watcher.sees("message_update").await;
    assert_eq!(seen["message"]["id"], thinking["message"]["id"]);
    assert_eq!(bench.stats.read().answer_ms.count, 1);

    // A button however deep can be pressed, and the message it is on comes along.
    let pressed = json!({"message_id": message.id.to_string(), "custom_id": "go"});
    bench.does(&person, "components", pressed).await;
    let press = next_interaction(&mut shard).await;
    assert_eq!(press.message.as_ref().unwrap().id, message.id);
    bench.call_back(&press, json!({"type": 6})).await;
    watcher.sees("acknowledged").await;
    let update = json!({"content": "plain"});
    let original = format!("webhooks/{}/{}/messages/@original", press.application_id, press.token);
    assert_eq!(bench.raw("PATCH", &original, &update).await.body["code"], 50035, "V2 cannot be taken back");
    let follow_up =
        client.create_followup(&press.token).content("more").await.unwrap().model().await.unwrap();
    assert_eq!(watcher.sees("message_create").await["message"]["id"], follow_up.id.to_string());
    client.delete_response(&press.token).await.unwrap();
    assert_eq!(watcher.sees("message_delete").await["message"]["id"], message.id.to_string());
    let gone = bench.raw("PATCH", &original, &update).await;
    assert_eq!(gone.body["code"], 10008);
}

#[tokio::test]
async fn a_dropped_connection_resumes_and_gets_what_it_missed() {
    let bench = start().await;
    let person = bench.person("ana").await;
    let mut shard = bench.shard().await;
    bench.does(&person, "messages", json!({"content": "first"})).await;
    let content = |event| match event {
        Event::MessageCreate(message) => Some(message.content.clone()),
        _ => None,
    };
    assert_eq!(next(&mut shard, content).await, "first");
    bench.post("faults", &json!({"disconnect": true})).await;
    for content in ["second", "third"] {
        bench.does(&person, "messages", json!({"content": content})).await;
    }
    assert_eq!(next(&mut shard, content).await, "second");
    assert_eq!(next(&mut shard, content).await, "third");
    next(&mut shard, |event| matches!(event, Event::Resumed).then_some(())).await;
    let report = bench.stats.read();
    assert_eq!((report.gateway_identifies, report.gateway_resumes), (1, 1));
}

#[tokio::test]
async fn another_process_takes_a_session_over() {
    let bench = start().await;
    let person = bench.person("ana").await;
    let first = bench.shard().await;
    let session = first.session().unwrap().clone();
    let config = ConfigBuilder::new(TOKEN.to_owned(), Intents::DIRECT_MESSAGES)
        .proxy_url(format!("ws://{}", bench.address))
        .session(session)
        .resume_url(first.resume_url().unwrap().to_owned())
        .build();
    bench.does(&person, "messages", json!({"content": "between"})).await;
    let mut second = Shard::with_config(ShardId::ONE, config);
    let content = next(&mut second, |event| match event {
        Event::MessageCreate(message) => Some(message.content.clone()),
        _ => None,
    });
    assert_eq!(content.await, "between");
}

#[tokio::test]
async fn a_session_that_nobody_knows_begins_anew() {
    let bench = start().await;
    let config = ConfigBuilder::new(TOKEN.to_owned(), Intents::DIRECT_MESSAGES)
        .proxy_url(format!("ws://{}", bench.address))
        .session(twilight_gateway::Session::new(40, "unknown".to_owned()))
        .resume_url(format!("ws://{}", bench.address))
        .build();
    let mut shard = Shard::with_config(ShardId::ONE, config);
    next(&mut shard, |event| matches!(event, Event::GatewayInvalidateSession(false)).then_some(())).await;
    next(&mut shard, |event| matches!(event, Event::Ready(_)).then_some(())).await;
}

#[tokio::test]
async fn a_wrong_token_ends_the_shard() {
    let bench = start().await;
    let config = ConfigBuilder::new("other".to_owned(), Intents::DIRECT_MESSAGES)
        .proxy_url(format!("ws://{}", bench.address))
        .build();
    let mut shard = Shard::with_config(ShardId::ONE, config);
    let close = next(&mut shard, |event| match event {
        Event::GatewayClose(frame) => Some(frame.unwrap().code),
        _ => None,
    });
    assert_eq!(close.await, 4004);
}

#[tokio::test]
async fn the_same_nonce_makes_one_message() {
    let bench = start().await;
    let person = bench.person("ana").await;
    let send = async |content: &str, nonce: &str| {
        let body = json!({"content": content, "nonce": nonce, "enforce_nonce": true});
        let route = Route::CreateMessage { channel_id: person.dm.get() };
        let request = Request::builder(&route).json(&body).build().unwrap();
        bench.bot.request::<Message>(request).await.unwrap().model().await.unwrap()
    };
    let first = send("once", "n1").await;
    let second = send("twice", "n1").await;
    assert_eq!((first.id, second.content.as_str()), (second.id, "once"));
    assert_ne!(send("other", "n2").await.id, first.id);
    let shown = bench.get(&format!("users/{}/messages", person.id)).await;
    assert_eq!(shown.as_array().unwrap().len(), 2);
    assert_eq!(bench.stats.read().messages_created, 2);
    let listed = bench.bot.channel_messages(person.dm).await.unwrap().models().await.unwrap();
    assert_eq!(listed.iter().map(|message| message.content.as_str()).collect::<Vec<_>>(), ["other", "once"]);
}

#[tokio::test]
async fn a_message_is_edited_deleted_and_then_unknown() {
    let bench = start().await;
    let person = bench.person("ana").await;
    let mut shard = bench.shard().await;
    let message = bench.bot.create_message(person.dm).content("old").await.unwrap().model().await.unwrap();
    bench.bot.update_message(person.dm, message.id).content(Some("new")).await.unwrap();
    let updated = next(&mut shard, |event| match event {
        Event::MessageUpdate(update) => Some(update.0),
        _ => None,
    })
    .await;
    assert_eq!((updated.id, updated.content.as_str()), (message.id, "new"));
    assert!(updated.edited_timestamp.is_some());
    bench.bot.delete_message(person.dm, message.id).await.unwrap();
    next(&mut shard, |event| matches!(event, Event::MessageDelete(_)).then_some(())).await;
    let gone = bench.bot.update_message(person.dm, message.id).content(Some("newer")).await;
    assert_eq!(code_of(&gone.unwrap_err()), 10008);
    let nowhere = bench.bot.create_message(twilight_model::id::Id::new(5)).content("x").await;
    assert_eq!(code_of(&nowhere.unwrap_err()), 10003);
    let theirs = bench.does(&person, "messages", json!({"content": "mine"})).await;
    let path = format!("channels/{}/messages/{theirs}", person.dm);
    let edit = bench.raw("PATCH", &path, &json!({"content": "x"})).await;
    assert_eq!(edit.body["code"], 50005);
}

#[tokio::test]
async fn the_sixth_message_in_a_channel_is_limited() {
    let bench = start().await;
    let person = bench.person("ana").await;
    let path = format!("channels/{}/messages", person.dm);
    for left in ["4", "3", "2", "1", "0"] {
        let answer = bench.raw("POST", &path, &json!({"content": "x"})).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.headers["x-ratelimit-remaining"], left);
        assert!(!answer.headers.contains_key("x-ratelimit-scope"), "only a 429 has a scope");
    }
    let answer = bench.raw("POST", &path, &json!({"content": "x"})).await;
    assert_eq!(answer.status, 429);
    assert_eq!(answer.headers["x-ratelimit-scope"], "user");
    assert!((1..=5).contains(&answer.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap()));
    assert_eq!(answer.body["global"], false);
    let other = bench.person("bob").await;
    let path = format!("channels/{}/messages", other.dm);
    let elsewhere = bench.raw("POST", &path, &json!({"content": "x"})).await;
    assert_eq!(elsewhere.status, 200);
    assert_eq!(bench.stats.read().http_refusals[&429], 1);
}

#[tokio::test]
async fn too_many_requests_in_a_second_are_limited_but_callbacks_are_not() {
    let bench = start().await;
    bench.register(ping()).await;
    let person = bench.person("ana").await;
    let mut shard = bench.shard().await;
    bench.does(&person, "commands", json!({"name": "ping"})).await;
    let interaction = next_interaction(&mut shard).await;
    let all = (0..120).map(|_| bench.raw("GET", "users/@me", &Value::Null));
    let answers = futures_util::future::join_all(all).await;
    let limited: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 429).collect();
    assert!(!limited.is_empty());
    for answer in limited {
        assert_eq!(answer.headers["x-ratelimit-scope"], "global");
        assert_eq!(answer.body["global"], true);
    }
    bench.call_back(&interaction, json!({"type": 4, "data": {"content": "pong"}})).await;
}

#[tokio::test]
async fn commands_keep_their_ids_when_they_are_registered_again() {
    let bench = start().await;
    let application = bench.application().await;
    bench.register(ping()).await;
    let client = bench.bot.interaction(application);
    let before = client.global_commands().await.unwrap().models().await.unwrap();
    // What twilight read is what it writes.
    let after = client.set_global_commands(&before).await.unwrap().models().await.unwrap();
    assert_eq!(before, after);
    let created =
        client.create_global_command().chat_input("help", "Helps").await.unwrap().model().await.unwrap();
    assert!(created.id.is_some());
    let listed = bench.get("commands").await;
    assert_eq!(listed.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn presses_of_many_people_at_once_are_all_answered() {
    const PEOPLE: usize = 300;
    // They are answered one after the other, which a busy machine may need longer for than Discord gives.
    let bench = start_with(|config| config.answer_within = PATIENCE).await;
    bench.register(ping()).await;
    let names: Vec<String> = (0..PEOPLE).map(|n| format!("p{n}")).collect();
    let people = futures_util::future::join_all(names.iter().map(|name| bench.person(name))).await;
    let mut shard = bench.shard().await;
    let press = people.iter().map(|person| bench.does(person, "commands", json!({"name": "ping"})));
    let answer = async {
        for _ in 0..PEOPLE {
            let interaction = next_interaction(&mut shard).await;
            bench.call_back(&interaction, json!({"type": 4, "data": {"content": "pong"}})).await;
        }
    };
    tokio::join!(futures_util::future::join_all(press), answer);
    let mut watcher = bench.watch(0).await;
    for seq in 1..=PEOPLE {
        assert_eq!(watcher.sees("message_create").await["seq"], seq);
    }
    let report = bench.stats.read();
    assert_eq!((report.interactions, report.answer_ms.count), (PEOPLE as u64, PEOPLE as u64));
    assert_eq!(report.deadline_misses + report.machine_stalled, 0, "{report:?}");
    assert!(report.ack_ms.p50 > 0.0 && report.ack_ms.p50 <= report.ack_ms.max, "{report:?}");
}

#[tokio::test]
async fn translations_of_commands_are_given_where_they_are_asked_for() {
    let bench = start().await;
    let option = json!({"type": 3, "name": "a", "description": "d", "name_localizations": {"de": "b"}});
    bench
        .register(json!([{
            "name": "ping", "description": "d", "description_localizations": {"ko": "설명"}, "options": [option],
        }]))
        .await;
    let application = bench.application().await;
    for (with, expected) in [(false, None), (true, Some("설명"))] {
        let client = bench.bot.interaction(application);
        let commands =
            client.global_commands().with_localizations(with).await.unwrap().models().await.unwrap();
        let told = commands[0].description_localizations.as_ref().and_then(|texts| texts.get("ko"));
        assert_eq!(told.map(String::as_str), expected);
        assert_eq!(commands[0].options[0].name_localizations.is_some(), with);
    }
}

#[tokio::test]
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
async fn what_discord_does_not_describe_is_refused_with_its_place_and_counted() {
    if spec().is_none() {
        eprintln!("skipped: Discord's description of its API is not beside the checkout");
        return;
    }
    let bench = start().await;
    let person = bench.person("ana").await;
    let messages = format!("channels/{}/messages", person.dm);
    let components = json!([{"type": 17, "components": [row(json!([
        {"type": 2, "style": 1, "custom_id": "a", "label": "x".repeat(81)},
    ]))]}]);
    let refused = bench.raw("POST", &messages, &json!({"flags": 32768, "components": components})).await;
    let flaw = &refused.body["errors"]["components"]["0"]["components"]["0"]["components"]["0"]["label"];
    assert_eq!((refused.status, &flaw["_errors"][0]["code"]), (400, &json!("SPEC_VIOLATION")), "{flaw}");
    let path = format!("{messages}?limit=0");
    assert_eq!(bench.raw("GET", &path, &Value::Null).await.status, 400);
    assert_eq!(bench.get("stats").await["spec_violations"], 2);
    assert_eq!(bench.raw("POST", &messages, &json!({"content": "x"})).await.status, 200);
    assert_eq!(bench.get("stats").await["spec_violations"], 2);
}
