//! Where a user can go and what is offered there.

use serde_json::{Value, json};

use super::Refused;
use super::press::{context, is_in_guild, is_shown};
use crate::clock::Moment;
use crate::events::Seen;
use crate::guild::{Guild, Place, Who, permission};
use crate::ids::Snowflake;
use crate::places::DM_PERMISSIONS;
use crate::session::Share;
use crate::wire::Reply;
use crate::world::{Dms, User, World};

/// Of a bot in the emulator. For each of them a guild is looked for by chance, which takes as many attempts.
const MOST_SHARDS: u64 = 64;

pub(super) fn account(user: &User) -> Value {
    json!({
        "id": user.id.json(), "name": user.name, "locale": user.locale, "dm_channel_id": user.dm.json(),
        "in_guild": user.in_guild, "staff": user.staff, "dms": user.dms,
    })
}

/// A further guild, made where there is none of this shard.
pub(super) fn enter(world: &mut World, now: Moment, json: &Value) -> Result<Reply, Refused> {
    let [number, of] = ["shard", "of"].map(|name| json.get(name).and_then(Value::as_u64));
    let share = number.zip(of).map(|(number, of)| Share { number, of });
    let share = share.filter(|share| share.number < share.of && share.of <= MOST_SHARDS);
    let share = share.ok_or_else(|| {
        Refused::because(format!("A shard is a number below of, which is at most {MOST_SHARDS}."))
    })?;
    let id = world.enter_guild_of(share);
    world.log.note(now, "guild", json!({"guild": id.json(), "shard": [share.number, share.of]}));
    world.see(now, None, None, Seen::Places);
    Ok(guild(world, world.further.get(&id).unwrap_or(&world.guild)))
}

pub(super) fn guild(world: &World, of: &Guild) -> Reply {
    let here = world.channels.values().filter(|channel| world.guild_at(channel.id).id == of.id);
    let channels = here.filter_map(|channel| match &channel.place {
        Place::Text(text) => Some(json!({"id": channel.id.json(), "name": text.name})),
        Place::Dm { .. } | Place::Thread(_) => None,
    });
    let guild = of.render();
    let roles = guild["roles"].as_array().into_iter().flatten();
    let roles = roles.map(|role| json!({"id": role["id"], "name": role["name"]}));
    Reply::ok(json!({
        "id": guild["id"], "name": guild["name"], "channels": channels.collect::<Vec<_>>(),
        "roles": roles.collect::<Vec<_>>(),
    }))
}

/// Changes what `json` names of a user.
pub(super) fn set(world: &mut World, now: Moment, user: &User, json: &Value) -> Result<Reply, Refused> {
    let fields = json.as_object().ok_or_else(|| Refused::because("The body is not an object."))?;
    let mut user = user.clone();
    for (name, value) in fields {
        match (name.as_str(), value) {
            ("in_guild", Value::Bool(is)) => user.in_guild = *is,
            ("staff", Value::Bool(is)) => user.staff = *is,
            ("dms", Value::String(word)) if word == "open" => user.dms = Dms::Open,
            ("dms", Value::String(word)) if word == "closed" => user.dms = Dms::Closed,
            _ => return Err(Refused::because(format!("There is no setting {name} with this value."))),
        }
    }
    if !user.in_guild {
        let threads = world.threads().filter(|(_, thread)| thread.members.contains_key(&user.id));
        for thread in threads.map(|(channel, _)| channel.id).collect::<Vec<Snowflake>>() {
            world.set_thread_member(now, thread, user.id, false);
        }
    }
    let reply = Reply::ok(account(&user));
    let id = user.id;
    world.log.note(now, "settings", json!({"user": id.json(), "settings": json}));
    world.admit(user);
    world.see(now, Some(id), None, Seen::Places);
    Ok(reply)
}

pub(super) fn list(world: &World, user: &User) -> Reply {
    // The DM first, then by id, so a thread comes after its channel as well as anything can.
    let mut places = vec![json!({
        "id": user.dm.json(), "kind": "dm", "name": world.bot_user()["username"], "can_write": true,
    })];
    let seen = world.channels.values().filter(|channel| world.sees(Who::User(user), channel));
    places.extend(seen.filter_map(|channel| {
        let id = channel.id.json();
        let can_write = can_write(world, user, channel.id);
        match &channel.place {
            Place::Dm { .. } => None,
            Place::Text(text) => {
                Some(json!({"id": id, "kind": "text", "name": text.name, "can_write": can_write}))
            }
            Place::Thread(thread) => Some(json!({
                "id": id,
                "kind": if thread.is_private { "private_thread" } else { "public_thread" },
                "name": thread.name,
                "can_write": can_write,
                "parent_id": thread.parent.json(),
                "archived": thread.archived,
                "locked": thread.locked,
                "members": thread.members.keys().map(|id| id.json()).collect::<Vec<_>>(),
            })),
        }
    }));
    Reply::ok(Value::Array(places))
}

/// Whether the user's client has a place to type in.
pub(super) fn can_write(world: &World, user: &User, channel: Snowflake) -> bool {
    world.channel(channel).is_some_and(|channel| {
        let allowed = world.permissions(Who::User(user), channel);
        let is_shut = channel.place.thread().is_some_and(|thread| thread.locked);
        let manages = allowed & permission::MANAGE_THREADS != 0;
        allowed & permission::SEND_MESSAGES != 0 && (!is_shut || manages)
    })
}

/// The commands that the user is offered in the channel, in the user's language.
pub(super) fn commands(world: &World, user: &User, channel: Snowflake) -> Reply {
    let Some(channel) = world.channel(channel) else { return Reply::ok(json!([])) };
    let shown = world.commands.iter().filter(|command| is_shown(world, user, channel, command));
    let localized = shown.map(|command| {
        let mut command = command.clone();
        localize(&mut command, &user.locale);
        command
    });
    Reply::ok(localized.collect())
}

/// Languages that Discord takes where a text is not there in the user's own.
fn fallback(locale: &str) -> Option<&'static str> {
    match locale {
        "en-GB" => Some("en-US"),
        "en-US" => Some("en-GB"),
        "es-419" => Some("es-ES"),
        "es-ES" => Some("es-419"),
        _ => None,
    }
}

fn localize(value: &mut Value, locale: &str) {
    for field in ["name", "description"] {
        let Some(plain) = value.get(field).cloned() else { continue };
        let texts = &value[format!("{field}_localizations")];
        let found = texts.get(locale).or_else(|| texts.get(fallback(locale)?));
        let text = found.filter(|text| text.is_string()).cloned().unwrap_or(plain);
        value[format!("{field}_localized")] = text;
    }
    for list in ["options", "choices"] {
        for inner in value.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
            localize(inner, locale);
        }
    }
}

/// Says in an interaction where it happens, to whom.
pub(super) fn put_place(world: &World, user: &User, channel: Snowflake, payload: &mut Value) {
    let Some(channel) = world.channel(channel) else { return };
    let mut shown = world.render_channel(channel);
    if !is_in_guild(channel) {
        payload["channel"] = shown;
        payload["context"] = context::BOT_DM.into();
        payload["user"] = user.render();
        payload["app_permissions"] = DM_PERMISSIONS.to_string().into();
        return;
    }
    let permissions = world.permissions(Who::User(user), channel).to_string();
    shown["permissions"] = permissions.as_str().into();
    let guild = world.guild_at(channel.id);
    let mut member = guild.render_member(Who::User(user));
    member["user"] = user.render();
    member["permissions"] = permissions.into();
    payload["channel"] = shown;
    payload["context"] = context::GUILD.into();
    payload["guild_id"] = guild.id.json();
    payload["guild"] = json!({"id": guild.id.json(), "locale": "en-US", "features": []});
    payload["guild_locale"] = "en-US".into();
    payload["member"] = member;
    payload["app_permissions"] = world.permissions(Who::Bot, channel).to_string().into();
}
