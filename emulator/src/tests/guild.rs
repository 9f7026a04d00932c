//! The guild: channels, threads, permissions, and presses that happen there.

use serde_json::json;
use twilight_model::application::interaction::{InteractionContextType, InteractionData};
use twilight_model::channel::ChannelType;
use twilight_model::id::marker::{GuildMarker, UserMarker};

use super::*;

/// The ids of the guild.
struct Places {
    guild: Id<GuildMarker>,
    matches: Id<ChannelMarker>,
    staff: Id<ChannelMarker>,
    staff_role: String,
}

async fn places(bench: &Bench) -> Places {
    let guild = bench.get("guild").await;
    let id_of = |list: &str, name: &str| {
        let all = guild[list].as_array().unwrap();
        all.iter().find(|one| one["name"] == name).unwrap()["id"].as_str().unwrap().to_owned()
    };
    Places {
        guild: guild["id"].as_str().unwrap().parse().unwrap(),
        matches: id_of("channels", "matches").parse().unwrap(),
        staff: id_of("channels", "staff").parse().unwrap(),
        staff_role: id_of("roles", "Staff"),
    }
}

impl Person {
    fn user(&self) -> Id<UserMarker> {
        self.id.parse().unwrap()
    }
}

/// What a person sees in a channel; none if it is not shown.
async fn seen_in(bench: &Bench, person: &Person, channel: impl std::fmt::Display) -> Option<Vec<Value>> {
    let answer = bench.get(&format!("users/{}/messages?channel_id={channel}", person.id)).await;
    answer.as_array().cloned()
}

async fn settings(bench: &Bench, person: &Person, body: Value) {
    let answer = bench.post(&format!("users/{}/settings", person.id), &body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[tokio::test]
async fn the_guild_is_told_at_the_start_and_read_over_http() {
    let bench = start().await;
    let places = places(&bench).await;
    let told = crate::GuildIds::of_seed(7);
    assert_eq!((told.guild, told.matches), (places.guild.get(), places.matches.get()));
    assert_eq!((told.staff, told.staff_role.to_string()), (places.staff.get(), places.staff_role));
    let person = bench.person("ana").await;
    let mut shard = bench.shard_with(Intents::GUILDS).await;
    let guild = next(&mut shard, |event| match event {
        Event::GuildCreate(guild) => Some(guild),
        _ => None,
    });
    let twilight_model::gateway::payload::incoming::GuildCreate::Available(guild) = *guild.await else {
        panic!("the guild is there")
    };
    assert_eq!(guild.id, places.guild);
    let names: Vec<&str> = guild.channels.iter().filter_map(|channel| channel.name.as_deref()).collect();
    assert!(["matches", "match-log", "staff"].iter().all(|name| names.contains(name)), "{names:?}");
    assert!(guild.channels.iter().all(|channel| channel.guild_id == Some(places.guild)));

    let fetched = bench.bot.guild(places.guild).await.unwrap().model().await.unwrap();
    assert_eq!(fetched.roles, guild.roles);
    let roles = bench.bot.roles(places.guild).await.unwrap().models().await.unwrap();
    assert!(roles.iter().any(|role| role.name == "Staff" && role.mentionable));
    let channels = bench.bot.guild_channels(places.guild).await.unwrap().models().await.unwrap();
    assert_eq!(channels.len(), 3);
    let member = bench.bot.guild_member(places.guild, person.user()).await.unwrap().model().await.unwrap();
    assert_eq!(member.user.name, "ana");
    let bot = bench.application().await.cast();
    let own = bench.bot.guild_member(places.guild, bot).await.unwrap().model().await.unwrap();
    assert_eq!(own.roles.len(), 1);
    let guilds = bench.bot.current_user_guilds().await.unwrap().models().await.unwrap();
    assert_eq!(guilds[0].id, places.guild);
    settings(&bench, &person, json!({"in_guild": false})).await;
    let gone = bench.bot.guild_member(places.guild, person.user()).await;
    assert_eq!(code_of(&gone.unwrap_err()), 10007);
    assert_eq!(code_of(&bench.bot.guild(Id::new(5)).await.unwrap_err()), 10004);
}

#[tokio::test]
async fn a_private_thread_is_its_members_and_staffs_until_it_is_locked() {
    let bench = start().await;
    let places = places(&bench).await;
    let (ana, bo, cy) = (bench.person("ana").await, bench.person("bo").await, bench.person("cy").await);
    let mut shard = bench.shard_with(Intents::GUILDS | Intents::GUILD_MESSAGES).await;
    let thread = bench.bot.create_thread(places.matches, "match 12", ChannelType::PrivateThread);
    let thread = thread.invitable(false).await.unwrap().model().await.unwrap();
    assert_eq!((thread.kind, thread.parent_id), (ChannelType::PrivateThread, Some(places.matches)));
    let told = next(&mut shard, |event| match event {
        Event::ThreadCreate(told) => Some(told),
        _ => None,
    });
    assert_eq!(told.await.id, thread.id);
    for person in [&ana, &bo] {
        bench.bot.add_thread_member(thread.id, person.user()).await.unwrap();
        // That the user is in it already is as good.
        bench.bot.add_thread_member(thread.id, person.user()).await.unwrap();
    }
    let sheet = bench.bot.create_message(thread.id).content("the sheet").await.unwrap();
    let sheet = sheet.model().await.unwrap();
    let shown = seen_in(&bench, &ana, thread.id).await.unwrap();
    assert_eq!((shown.len(), &shown[0]["content"]), (1, &json!("the sheet")));
    assert_eq!(seen_in(&bench, &cy, thread.id).await, None);
    let kinds = async |person: &Person| {
        let places = bench.get(&format!("users/{}/places", person.id)).await;
        places.as_array().unwrap().iter().map(|place| place["kind"].clone()).collect::<Vec<_>>()
    };
    let (mut in_it, mut outside) = (kinds(&ana).await, kinds(&cy).await);
    in_it.sort_by_key(Value::to_string);
    outside.sort_by_key(Value::to_string);
    assert_eq!(in_it, ["dm", "private_thread", "text", "text"]);
    assert_eq!(outside, ["dm", "text", "text"]);
    settings(&bench, &cy, json!({"staff": true})).await;
    assert_eq!(kinds(&cy).await.len(), 5, "staff see the thread and their channel");

    // The words of others are the bot's only where it is mentioned.
    let write = |text: String| json!({"channel_id": thread.id, "content": text});
    bench.does(&ana, "messages", write("gg".to_owned())).await;
    let application = bench.application().await;
    bench.does(&ana, "messages", write(format!("<@{application}> gg"))).await;
    for expected in ["", &format!("<@{application}> gg")] {
        let message = next(&mut shard, |event| match event {
            Event::MessageCreate(message) if message.author.id == ana.user() => Some(message),
            _ => None,
        });
        let message = message.await;
        assert_eq!((message.content.as_str(), message.guild_id), (expected, Some(places.guild)));
        let read = bench.bot.message(thread.id, message.id).await.unwrap().model().await.unwrap();
        assert_eq!(read.content, expected);
    }
    assert_eq!(seen_in(&bench, &bo, thread.id).await.unwrap()[1]["content"], "gg");

    let active = bench.bot.active_threads(places.guild).await.unwrap().model().await.unwrap();
    assert_eq!((active.threads.len(), active.members.len()), (1, 1));
    let closed = bench.bot.update_thread(thread.id).archived(true).locked(true).await.unwrap();
    let closed = closed.model().await.unwrap().thread_metadata.unwrap();
    assert!(closed.archived && closed.locked);
    next(&mut shard, |event| match event {
        Event::ThreadUpdate(told) => told.thread_metadata.as_ref()?.locked.then_some(()),
        _ => None,
    })
    .await;
    assert!(bench.cannot(&ana, "messages", write("more".to_owned())).await.contains("cannot write"));
    let edit = bench.bot.update_message(thread.id, sheet.id).content(Some("new")).await;
    assert_eq!(code_of(&edit.unwrap_err()), 50083);
    let late = bench.bot.add_thread_member(thread.id, cy.user()).await;
    assert_eq!(code_of(&late.unwrap_err()), 50083);
    let active = bench.bot.active_threads(places.guild).await.unwrap().model().await.unwrap();
    assert_eq!(active.threads.len(), 0);
    let archived = bench.bot.private_archived_threads(places.matches).await.unwrap().model().await.unwrap();
    assert_eq!(archived.threads[0].id, thread.id);
    bench.bot.delete_channel(thread.id).await.unwrap();
    assert_eq!(seen_in(&bench, &ana, thread.id).await, None);
}

#[tokio::test]
async fn what_the_bot_may_not_do_is_refused_by_name() {
    let bench = start().await;
    let places = places(&bench).await;
    let ana = bench.person("ana").await;
    let threads = format!("channels/{}/threads", places.matches);
    let begin = json!({"name": "match 1", "type": 12});
    for (denied, path, body, code) in [
        ("CREATE_PRIVATE_THREADS", &threads, begin.clone(), 50013),
        ("VIEW_CHANNEL", &threads, begin.clone(), 50001),
        ("SEND_MESSAGES", &format!("channels/{}/messages", places.matches), json!({"content": "x"}), 50013),
    ] {
        assert_eq!(bench.post("faults", &json!({"deny": [denied]})).await.status, 200);
        let answer = bench.raw("POST", path, &body).await;
        assert_eq!((answer.status, &answer.body["code"]), (403, &json!(code)), "{denied}");
    }
    bench.post("faults", &json!({"deny": []})).await;
    let thread = bench.raw("POST", &threads, &begin).await;
    assert_eq!(thread.status, 201, "{}", thread.body);
    let thread = thread.body["id"].as_str().unwrap().to_owned();
    let add = format!("channels/{thread}/thread-members/{}", ana.id);
    settings(&bench, &ana, json!({"in_guild": false})).await;
    assert_eq!(bench.raw("PUT", &add, &Value::Null).await.body["code"], 10007);
    settings(&bench, &ana, json!({"in_guild": true})).await;
    assert_eq!(bench.raw("PUT", &add, &Value::Null).await.status, 204);
    for (path, body, code) in [
        (&threads, json!({"name": ""}), 50035),
        (&threads, json!({"name": "x", "auto_archive_duration": 61}), 50035),
        (&format!("channels/{thread}/threads"), begin.clone(), 50024),
        (&format!("channels/{}/threads", ana.dm), begin.clone(), 50024),
    ] {
        assert_eq!(bench.raw("POST", path, &body).await.body["code"], code, "{path} {body}");
    }
    bench.post("faults", &json!({"deny": ["MANAGE_THREADS"]})).await;
    let lock = bench.raw("PATCH", &format!("channels/{thread}"), &json!({"locked": true})).await;
    assert_eq!(lock.body["code"], 50013);
    let archive = bench.raw("PATCH", &format!("channels/{thread}"), &json!({"archived": true})).await;
    assert_eq!(archive.status, 200, "who began a thread may archive it");
}

#[tokio::test]
async fn a_press_in_a_channel_has_its_place_and_an_ephemeral_answer_one_reader() {
    let bench = start().await;
    let places = places(&bench).await;
    bench
        .register(json!([
            {"name": "ping", "description": "d", "contexts": [0, 1], "description_localizations": {"ko": "설명"}},
            {"name": "dm", "description": "d", "contexts": [1]},
            {"name": "owner", "description": "d", "contexts": [0], "default_member_permissions": "0"},
        ]))
        .await;
    let (ana, bo) = (bench.person("ana").await, bench.person("bo").await);
    let mut shard = bench.shard().await;
    let here = |name: &str| json!({"name": name, "channel_id": places.matches});
    for hidden in ["dm", "owner"] {
        bench.cannot(&ana, "commands", here(hidden)).await;
    }
    bench.cannot(&ana, "commands", json!({"name": "ping", "channel_id": places.staff})).await;
    let offered = bench.get(&format!("users/{}/commands?channel_id={}", ana.id, places.matches)).await;
    assert_eq!(offered.as_array().unwrap().len(), 1);
    assert_eq!(offered[0]["description_localized"], "설명");

    bench.does(&ana, "commands", here("ping")).await;
    let interaction = next_interaction(&mut shard).await;
    assert_eq!(interaction.context, Some(InteractionContextType::Guild));
    assert_eq!(interaction.guild_id, Some(places.guild));
    assert_eq!(interaction.channel.as_ref().unwrap().id, places.matches);
    assert!(interaction.user.is_none() && interaction.member.is_some());
    assert_eq!(interaction.author_id(), Some(ana.user()));
    assert!(matches!(interaction.data, Some(InteractionData::ApplicationCommand(_))));
    let answer = json!({"content": "only you", "flags": 64, "components": [row(json!([button("go")]))]});
    bench.call_back(&interaction, json!({"type": 4, "data": answer})).await;
    let shown = seen_in(&bench, &ana, places.matches).await.unwrap();
    assert_eq!(shown[0]["content"], "only you");
    assert_eq!(seen_in(&bench, &bo, places.matches).await.unwrap(), [] as [Value; 0]);
    let press = json!({"message_id": shown[0]["id"], "custom_id": "go", "channel_id": places.matches});
    bench.cannot(&bo, "components", press.clone()).await;
    bench.does(&ana, "components", press).await;
    let pressed = next_interaction(&mut shard).await;
    assert_eq!(pressed.message.as_ref().unwrap().content, "only you");
    bench.call_back(&pressed, json!({"type": 7, "data": {"content": "still", "components": []}})).await;
    assert_eq!(seen_in(&bench, &ana, places.matches).await.unwrap()[0]["content"], "still");
}

#[tokio::test]
async fn only_who_may_be_pinged_is_pinged() {
    let bench = start().await;
    let places = places(&bench).await;
    let ana = bench.person("ana").await;
    let messages = format!("channels/{}/messages", places.staff);
    let text = format!("<@&{}> <@{}> @everyone", places.staff_role, ana.id);
    for (allowed, users, roles) in [
        (Value::Null, 1, 1),
        (json!({"parse": []}), 0, 0),
        (json!({"parse": [], "roles": [places.staff_role]}), 0, 1),
        (json!({"parse": ["users", "everyone"]}), 1, 0),
    ] {
        let mut body = json!({"content": text});
        if !allowed.is_null() {
            body["allowed_mentions"] = allowed.clone();
        }
        let sent = bench.raw("POST", &messages, &body).await.body;
        let count = |field: &str| sent[field].as_array().unwrap().len();
        assert_eq!((count("mentions"), count("mention_roles")), (users, roles), "{allowed}");
        assert_eq!(sent["mention_everyone"], false, "the bot may not");
    }
}

#[tokio::test]
async fn closed_dms_and_no_mutual_guild_are_told_apart() {
    let bench = start().await;
    let ana = bench.person("ana").await;
    let messages = format!("channels/{}/messages", ana.dm);
    let send = async || bench.raw("POST", &messages, &json!({"content": "x"})).await;
    for (setting, status, code) in [
        (json!({"dms": "closed"}), 403, json!(50007)),
        (json!({"dms": "open", "in_guild": false}), 403, json!(50278)),
        (json!({"in_guild": true}), 200, Value::Null),
    ] {
        settings(&bench, &ana, setting.clone()).await;
        let answer = send().await;
        assert_eq!((answer.status, &answer.body["code"]), (status, &code), "{setting}");
    }
    assert_eq!(bench.post(&format!("users/{}/settings", ana.id), &json!({"dms": 1})).await.status, 400);
}

#[tokio::test]
async fn privileged_intents_are_for_applications_that_have_them() {
    let bench = start().await;
    let config = ConfigBuilder::new(TOKEN.to_owned(), Intents::GUILDS | Intents::MESSAGE_CONTENT)
        .proxy_url(format!("ws://{}", bench.address))
        .build();
    let mut shard = Shard::with_config(ShardId::ONE, config.clone());
    let code = next(&mut shard, |event| match event {
        Event::GatewayClose(frame) => Some(frame.map(|frame| frame.code)),
        _ => None,
    });
    assert_eq!(code.await, Some(4014));
    bench.post("faults", &json!({"application_flags": 1 << 19})).await;
    let mut shard = Shard::with_config(ShardId::ONE, config);
    next(&mut shard, |event| matches!(event, Event::Ready(_)).then_some(())).await;
}

#[tokio::test]
async fn threads_and_who_is_in_them_are_there_in_the_next_life() {
    let folder = tempfile::tempdir().unwrap();
    let keep = |config: &mut Config| config.state = Some(folder.path().to_owned());
    let bench = start_with(keep).await;
    let places = places(&bench).await;
    let ana = bench.person("ana").await;
    let thread = bench.bot.create_thread(places.matches, "match 12", ChannelType::PrivateThread);
    let thread = thread.await.unwrap().model().await.unwrap();
    bench.bot.add_thread_member(thread.id, ana.user()).await.unwrap();
    bench.bot.create_message(thread.id).content("the sheet").await.unwrap();
    bench.bot.update_thread(thread.id).archived(true).await.unwrap();
    settings(&bench, &ana, json!({"dms": "closed"})).await;
    bench.running.abort();
    assert!(bench.running.await.is_err());

    let bench = start_with(keep).await;
    let again = bench.get(&format!("users/{}/places", ana.id)).await;
    let thread_again = again.as_array().unwrap().iter().find(|place| place["name"] == "match 12").unwrap();
    assert_eq!(thread_again["archived"], true);
    assert_eq!(seen_in(&bench, &ana, thread.id).await.unwrap()[0]["content"], "the sheet");
    let closed = bench.raw("POST", &format!("channels/{}/messages", ana.dm), &json!({"content": "x"})).await;
    assert_eq!(closed.body["code"], 50007);
}
