//! The users' side: what can be pressed, typed and uploaded, and what is seen.

use serde_json::json;
use twilight_model::application::interaction::InteractionData;
use twilight_model::application::interaction::modal::ModalInteractionComponent;
use twilight_model::gateway::event::Event;

use super::*;

/// Posts a message of the bot and returns its id.
async fn bot_message(bench: &Bench, person: &Person, body: Value) -> String {
    let answer = bench.raw("POST", &format!("channels/{}/messages", person.dm), &body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body["id"].as_str().unwrap().to_owned()
}

fn select(min: u64, max: u64) -> Value {
    json!({"type": 3, "custom_id": "races", "min_values": min, "max_values": max, "options": [
        {"label": "Zerg", "value": "zerg"}, {"label": "Terran", "value": "terran"},
        {"label": "Protoss", "value": "protoss"},
    ]})
}

#[tokio::test]
async fn a_user_is_the_same_in_every_run_with_the_same_seed() {
    let (one, two) = (start().await, start().await);
    let other = start_with(|config| config.seed = 8).await;
    let (a, b, c) = (one.person("ana").await, two.person("ana").await, other.person("ana").await);
    assert_eq!((&a.id, a.dm), (&b.id, b.dm));
    assert_ne!(a.id, c.id);
    assert_eq!(one.post("users", &json!({"name": "ana"})).await.status, 200);
    assert_eq!(one.post("users", &json!({"name": ""})).await.status, 400);
    assert_eq!(one.post("users", &json!({"name": "bob", "locale": "xx"})).await.status, 400);
}

#[tokio::test]
async fn a_dm_with_a_file_reaches_the_bot_and_its_link_gives_the_bytes() {
    let bench = start().await;
    let person = bench.person("ana").await;
    let mut shard = bench.shard().await;
    let bytes: Vec<u8> = (0..100_000u32).map(|n| (n * 31) as u8).collect();
    let file = reqwest::multipart::Part::bytes(bytes.clone()).file_name("game.SC2Replay");
    let form = reqwest::multipart::Form::new().text("content", "my replay").part("file", file);
    let url = bench.url(&format!("users/{}/messages", person.id));
    let answer = bench.send(bench.http.post(url).multipart(form)).await;
    assert_eq!(answer.status, 201, "{}", answer.body);

    let message = next(&mut shard, |event| match event {
        Event::MessageCreate(message) => Some(*message),
        _ => None,
    })
    .await;
    assert_eq!((message.guild_id, message.content.as_str()), (None, "my replay"));
    let attachment = &message.attachments[0];
    assert_eq!((attachment.filename.as_str(), attachment.size), ("game.SC2Replay", 100_000));
    let fetched = bench.http.get(&attachment.url).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(fetched, bytes);

    let (path, signature) = attachment.url.rsplit_once("hm=").unwrap();
    let forged: String = signature.chars().rev().collect();
    let later = attachment.url.replace("ex=", "ex=f");
    for url in
        [format!("{path}hm={forged}"), later, path.to_owned(), path.split('?').next().unwrap().to_owned()]
    {
        assert_eq!(bench.send(bench.http.get(&url)).await.status, 404, "{url}");
    }
}

#[tokio::test]
async fn files_of_the_bot_are_shown_and_kept_by_an_edit() {
    let bench = start().await;
    let person = bench.person("ana").await;
    let file =
        twilight_model::http::attachment::Attachment::from_bytes("chart.png".to_owned(), vec![1, 2, 3], 4);
    let embed = serde_json::from_value(json!({
        "type": "rich", "title": "Chart", "image": {"url": "attachment://chart.png"},
        "timestamp": "2026-11-21T10:00:00.000000+00:00",
    }));
    let message = bench.bot.create_message(person.dm).embeds(&[embed.unwrap()]).attachments(&[file]).await;
    let message = message.unwrap().model().await.unwrap();
    let image = &message.embeds[0].image.as_ref().unwrap().url;
    let fetched = bench.http.get(image).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(fetched.as_ref(), [1, 2, 3]);
    let edited = bench.bot.update_message(person.dm, message.id).content(Some("new")).await;
    assert_eq!(edited.unwrap().model().await.unwrap().attachments.len(), 1);
    let emptied = bench.bot.update_message(person.dm, message.id).content(None).embeds(None);
    let emptied = emptied.keep_attachment_ids(&[]).await;
    assert_eq!(code_of(&emptied.unwrap_err()), 50006);
}

#[tokio::test]
async fn a_file_given_to_a_command_is_resolved_and_checked() {
    let bench = start().await;
    bench
        .register(json!([{"name": "report", "description": "Report", "options": [
            {"type": 11, "name": "replay", "description": "The file", "required": true, "file_types": [".SC2Replay"]},
        ]}]))
        .await;
    let person = bench.person("ana").await;
    let mut shard = bench.shard().await;
    let press = async |name: &str| {
        let file = reqwest::multipart::Part::bytes(vec![9; 10]).file_name(name.to_owned());
        let json = json!({"name": "report", "options": {"replay": "upload"}}).to_string();
        let form = reqwest::multipart::Form::new().text("payload_json", json).part("upload", file);
        bench.send(bench.http.post(bench.url(&format!("users/{}/commands", person.id))).multipart(form)).await
    };
    assert_eq!(press("notes.txt").await.status, 400);
    assert_eq!(press("Game.sc2replay").await.status, 201);
    let interaction = next_interaction(&mut shard).await;
    let Some(InteractionData::ApplicationCommand(data)) = interaction.data else { panic!("no command") };
    let resolved = data.resolved.unwrap();
    let attachment = resolved.attachments.values().next().unwrap();
    assert_eq!(bench.http.get(&attachment.url).send().await.unwrap().bytes().await.unwrap().len(), 10);
    assert!(bench.cannot(&person, "commands", json!({"name": "report"})).await.contains("required"));
}

#[tokio::test]
async fn a_modal_goes_there_and_back_and_updates_the_message_it_came_from() {
    let bench = start().await;
    let person = bench.person("ana").await;
    let mut shard = bench.shard().await;
    let message = bot_message(
        &bench,
        &person,
        json!({"content": "set up", "components": [row(json!([button("name")]))]}),
    );
    let message = message.await;
    let mut watcher = bench.watch(1).await;
    bench.does(&person, "components", json!({"message_id": message, "custom_id": "name"})).await;
    let press = next_interaction(&mut shard).await;
    let modal = json!({"type": 9, "data": {"custom_id": "setup", "title": "Set up", "components": [
        row(json!([{"type": 4, "custom_id": "tag", "label": "BattleTag", "style": 1, "min_length": 3, "max_length": 10}])),
        {"type": 18, "label": "Alternative", "component":
            {"type": 4, "custom_id": "other", "style": 2, "required": false, "value": "preset"}},
        {"type": 18, "label": "Races", "component": select(1, 2)},
        {"type": 10, "content": "Only text"},
    ]}});
    bench.call_back(&press, modal).await;
    let seen = watcher.sees("modal").await;
    let modal_id = &seen["modal"]["modal_id"];
    assert_eq!((&seen["modal"]["title"], &seen["modal"]["custom_id"]), (&json!("Set up"), &json!("setup")));

    let submit = |fields: Value| json!({"modal_id": modal_id, "fields": fields});
    for (fields, why) in [
        (json!({"races": ["zerg"]}), "required"),
        (json!({"tag": "ab", "races": ["zerg"]}), "3 to 10 characters"),
        (json!({"tag": "ana#1234567", "races": ["zerg"]}), "3 to 10 characters"),
        (json!({"tag": "ana#123", "races": ["human"]}), "no option"),
        (json!({"tag": "ana#123"}), "1 to 2 values"),
        (json!({"tag": "ana#123", "races": ["zerg"], "more": "x"}), "no field"),
    ] {
        let sentence = bench.cannot(&person, "modals", submit(fields.clone())).await;
        assert!(sentence.contains(why), "{fields}: {sentence}");
    }
    let other = bench.person("bob").await;
    bench.cannot(&other, "modals", submit(json!({"tag": "ana#123", "races": ["zerg"]}))).await;
    bench.does(&person, "modals", submit(json!({"tag": "ana#123", "races": ["zerg", "terran"]}))).await;

    let submitted = next_interaction(&mut shard).await;
    assert_eq!(submitted.message.as_ref().unwrap().id.to_string(), message);
    let Some(InteractionData::ModalSubmit(data)) = &submitted.data else { panic!("no modal") };
    assert_eq!(data.custom_id, "setup");
    let ModalInteractionComponent::ActionRow(row) = &data.components[0] else { panic!("no row") };
    let ModalInteractionComponent::TextInput(tag) = &row.components[0] else { panic!("no input") };
    assert_eq!(tag.value, "ana#123");
    let ModalInteractionComponent::Label(label) = &data.components[1] else { panic!("no label") };
    let ModalInteractionComponent::TextInput(preset) = &*label.component else { panic!("no input") };
    assert_eq!(preset.value, "preset");
    let ModalInteractionComponent::Label(label) = &data.components[2] else { panic!("no label") };
    let ModalInteractionComponent::StringSelect(races) = &*label.component else { panic!("no select") };
    assert_eq!(races.values, ["zerg", "terran"]);

    bench.call_back(&submitted, json!({"type": 7, "data": {"content": "done", "components": []}})).await;
    let seen = watcher.sees("message_update").await;
    assert_eq!((&seen["message"]["id"], &seen["message"]["content"]), (&json!(message), &json!("done")));
    bench.cannot(&person, "modals", submit(json!({"tag": "ana#123", "races": ["zerg"]}))).await;
}

#[tokio::test]
async fn only_what_is_shown_can_be_pressed() {
    let bench = start().await;
    let person = bench.person("ana").await;
    let other = bench.person("bob").await;
    let mut disabled = button("off");
    disabled["disabled"] = true.into();
    let components = json!([row(json!([button("on"), disabled])), row(json!([select(1, 2)]))]);
    let message = bot_message(&bench, &person, json!({"content": "x", "components": components})).await;
    let press = |custom_id: &str, values: Value| json!({"message_id": message, "custom_id": custom_id, "values": values});
    for (custom_id, values, why) in [
        ("gone", json!(null), "no component"),
        ("off", json!(null), "disabled"),
        ("on", json!(["x"]), "takes no values"),
        ("races", json!([]), "1 to 2 values"),
        ("races", json!(["zerg", "terran", "protoss"]), "1 to 2 values"),
        ("races", json!(["zerg", "zerg"]), "twice"),
        ("races", json!(["human"]), "no option"),
    ] {
        let sentence = bench.cannot(&person, "components", press(custom_id, values.clone())).await;
        assert!(sentence.contains(why), "{custom_id} {values}: {sentence}");
    }
    assert!(bench.cannot(&other, "components", press("on", json!(null))).await.contains("not shown"));
    assert_eq!(bench.stats.read().interactions, 0);
    let mut shard = bench.shard().await;
    bench.does(&person, "components", press("races", json!(["terran", "zerg"]))).await;
    let interaction = next_interaction(&mut shard).await;
    let Some(InteractionData::MessageComponent(data)) = interaction.data else { panic!("no component") };
    assert_eq!(data.values, ["terran", "zerg"]);
}

#[tokio::test]
async fn options_are_typed_as_they_are_registered() {
    let bench = start().await;
    let nested = json!({"type": 1, "name": "ban", "description": "Ban", "options": [
        {"type": 6, "name": "who", "description": "Who", "required": true},
        {"type": 5, "name": "quiet", "description": "Quiet"},
        {"type": 10, "name": "days", "description": "Days", "max_value": 30.5},
        {"type": 3, "name": "why", "description": "Why", "choices": [{"name": "Cheats", "value": "cheats"}]},
        {"type": 3, "name": "country", "description": "Country", "autocomplete": true},
    ]});
    let group = json!({"type": 2, "name": "player", "description": "Players", "options": [nested]});
    let guild_only = json!({"name": "hidden", "description": "Not in DMs", "contexts": [0]});
    bench.register(json!([{"name": "admin", "description": "Staff", "options": [group]}, guild_only])).await;
    let person = bench.person("ana").await;
    let bob = bench.person("bob").await;
    let press = |options: Value| json!({"name": "admin player ban", "options": options});
    for (body, why) in [
        (json!({"name": "admin"}), "no command"),
        (json!({"name": "admin player"}), "no command"),
        (json!({"name": "hidden"}), "no command"),
        (press(json!({})), "required"),
        (press(json!({"who": "7"})), "no user"),
        (press(json!({"who": bob.id, "other": 1})), "no option"),
        (press(json!({"who": bob.id, "quiet": "maybe"})), "true or false"),
        (press(json!({"who": bob.id, "days": 31})), "range"),
        (press(json!({"who": bob.id, "why": "noise"})), "choices"),
    ] {
        let sentence = bench.cannot(&person, "commands", body.clone()).await;
        assert!(sentence.contains(why), "{body}: {sentence}");
    }
    let mut shard = bench.shard().await;
    let options = json!({"who": bob.id, "quiet": "true", "days": "1.5", "why": "cheats"});
    bench.does(&person, "commands", press(options)).await;
    let interaction = next_interaction(&mut shard).await;
    let Some(InteractionData::ApplicationCommand(data)) = interaction.data else { panic!("no command") };
    assert_eq!(data.resolved.unwrap().users.values().next().unwrap().name, "bob");

    let mut watcher = bench.watch(0).await;
    let typed = json!({"name": "admin player ban", "options": {"country": "Ko"}, "focused": "country"});
    let id = bench.does(&person, "autocomplete", typed).await;
    let typing = next_interaction(&mut shard).await;
    let refused = bench.try_call_back(&typing, json!({"type": 4, "data": {"content": "x"}})).await;
    assert_eq!(refused.body["code"], 50035);
    let choices = json!([{"name": "Korea", "value": "KR"}]);
    bench.call_back(&typing, json!({"type": 8, "data": {"choices": choices}})).await;
    let seen = watcher.sees("choices").await;
    assert_eq!((&seen["choices"], &seen["interaction_id"]), (&choices, &json!(id)));
    let report = bench.stats.read();
    assert_eq!((report.interactions, report.ack_ms.count, report.choices_ms.count), (1, 0, 1));
}

#[tokio::test]
async fn a_reader_goes_on_where_it_was() {
    let bench = start().await;
    let person = bench.person("ana").await;
    for content in ["one", "two", "three"] {
        bench.does(&person, "messages", json!({"content": content})).await;
    }
    let mut watcher = bench.watch(1).await;
    assert_eq!(watcher.sees("message_create").await["message"]["content"], "two");
    assert_eq!(watcher.sees("message_create").await["seq"], 3);
    bench.does(&person, "messages", json!({"content": "four"})).await;
    assert_eq!(watcher.sees("message_create").await["message"]["content"], "four");
}

#[tokio::test]
async fn boxes_and_files_of_a_modal_come_as_twilight_reads_them() {
    let bench = start().await;
    let person = bench.person("ana").await;
    let mut shard = bench.shard().await;
    let message =
        bot_message(&bench, &person, json!({"content": "x", "components": [row(json!([button("open")]))]}));
    let message = message.await;
    let mut watcher = bench.watch(1).await;
    bench.does(&person, "components", json!({"message_id": message, "custom_id": "open"})).await;
    let press = next_interaction(&mut shard).await;
    let label = |component: Value| json!({"type": 18, "label": "l", "component": component});
    let maps = json!([{"label": "A", "value": "a", "default": true}, {"label": "B", "value": "b"}]);
    let modal = json!({"type": 9, "data": {"custom_id": "report", "title": "Report", "components": [
        label(json!({"type": 19, "custom_id": "replay", "file_types": [".SC2Replay"]})),
        label(json!({"type": 22, "custom_id": "maps", "options": maps})),
        label(json!({"type": 23, "custom_id": "sure"})),
    ]}});
    bench.call_back(&press, modal).await;
    let modal_id = watcher.sees("modal").await["modal"]["modal_id"].clone();
    let submit = async |file: &str, fields: Value| {
        let part = reqwest::multipart::Part::bytes(vec![9; 10]).file_name(file.to_owned());
        let json = json!({"modal_id": modal_id, "fields": fields}).to_string();
        let form = reqwest::multipart::Form::new().text("payload_json", json).part("upload", part);
        bench.send(bench.http.post(bench.url(&format!("users/{}/modals", person.id))).multipart(form)).await
    };
    for (file, fields) in [
        ("a.txt", json!({"replay": ["upload"], "sure": true})),
        ("a.SC2Replay", json!({"sure": true})),
        ("a.SC2Replay", json!({"replay": ["upload"], "maps": ["c"]})),
        ("a.SC2Replay", json!({"replay": ["upload"], "maps": []})),
        ("a.SC2Replay", json!({"replay": ["upload"], "sure": "yes"})),
    ] {
        assert_eq!(submit(file, fields.clone()).await.status, 400, "{file} {fields}");
    }
    let sent = submit("a.SC2Replay", json!({"replay": ["upload"], "maps": ["a", "b"], "sure": true})).await;
    assert_eq!(sent.status, 201, "{}", sent.body);
    let submitted = next_interaction(&mut shard).await;
    let Some(InteractionData::ModalSubmit(data)) = &submitted.data else { panic!("no modal") };
    let inner = |index: usize| match &data.components[index] {
        ModalInteractionComponent::Label(label) => &*label.component,
        other => panic!("no label: {other:?}"),
    };
    let ModalInteractionComponent::FileUpload(upload) = inner(0) else { panic!("no upload") };
    let attachment = &data.resolved.as_ref().unwrap().attachments[&upload.values[0]];
    assert_eq!((attachment.filename.as_str(), attachment.size), ("a.SC2Replay", 10));
    let ModalInteractionComponent::CheckboxGroup(maps) = inner(1) else { panic!("no group") };
    assert_eq!(maps.values, ["a", "b"]);
    let ModalInteractionComponent::Checkbox(sure) = inner(2) else { panic!("no box") };
    assert!(sure.value);
}
