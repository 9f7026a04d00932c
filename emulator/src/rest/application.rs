//! What the bot learns about itself, and its commands.

use std::borrow::Cow;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::clock::Moment;
use crate::fault::Fault;
use crate::ids::Snowflake;
use crate::message::{items, without_nulls};
use crate::rules::commands::check_commands;
use crate::saved::Entry;
use crate::wire::{Body, Reply};
use crate::world::World;

/// IDENTIFYs that Discord grants a day.
const DAILY_IDENTIFIES: u64 = 1_000;

pub(super) fn gateway_bot(world: &World) -> Reply {
    let used = world.counters.borrow().gateway_identifies;
    Reply::ok(json!({
        "url": format!("ws://{}", world.address),
        "shards": 1,
        "session_start_limit": {
            "total": DAILY_IDENTIFIES,
            "remaining": DAILY_IDENTIFIES.saturating_sub(used),
            "reset_after": 86_400_000,
            "max_concurrency": 1,
        },
    }))
}

pub(crate) fn current_user(world: &World) -> Value {
    let mut user = world.bot_user();
    for (key, value) in [("mfa_enabled", json!(false)), ("verified", json!(true)), ("email", Value::Null)] {
        user[key] = value;
    }
    user["flags"] = 0.into();
    user
}

pub(super) fn current_application(world: &World) -> Value {
    json!({
        "id": world.application.json(),
        "name": "EvoLadder",
        "icon": null,
        "description": "",
        "bot": world.bot_user(),
        "bot_public": true,
        "bot_require_code_grant": false,
        "flags": 0,
        "team": null,
        "verify_key": world.mint.signature(&["verify_key"]),
        "approximate_guild_count": 0,
        "approximate_user_install_count": world.users.len(),
    })
}

fn check_application(world: &World, application: Snowflake) -> Result<(), Fault> {
    if application == world.application { Ok(()) } else { Err(Fault::UnknownApplication) }
}

pub(super) fn list_commands(world: &World, application: Snowflake) -> Result<Reply, Fault> {
    check_application(world, application)?;
    Ok(Reply::ok(Value::Array(world.commands.clone())))
}

pub(super) fn overwrite_commands(
    world: &mut World,
    now: Moment,
    application: Snowflake,
    body: &Body,
) -> Result<Reply, Fault> {
    check_application(world, application)?;
    if !body.json.is_array() {
        return Err(Fault::form("", "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType."));
    }
    let commands = items(&body.json);
    check_commands(commands)?;
    world.commands = commands.iter().map(|command| registered(world, now, command)).collect();
    save(world);
    Ok(Reply::ok(Value::Array(world.commands.clone())))
}

pub(super) fn create_command(
    world: &mut World,
    now: Moment,
    application: Snowflake,
    body: &Body,
) -> Result<Reply, Fault> {
    check_application(world, application)?;
    let command = registered(world, now, &body.json);
    let mut commands = world.commands.clone();
    let known = commands.iter().position(|other| other["id"] == command["id"]);
    match known {
        Some(index) => commands[index] = body.json.clone(),
        None => commands.push(body.json.clone()),
    }
    check_commands(&commands)?;
    match known {
        Some(index) => world.commands[index] = command.clone(),
        None => world.commands.push(command.clone()),
    }
    save(world);
    let status = if known.is_some() { StatusCode::OK } else { StatusCode::CREATED };
    Ok(Reply::new(status, command))
}

fn save(world: &mut World) {
    world.saved.put(&Entry::Commands(Cow::Borrowed(&world.commands)));
}

/// The command as Discord keeps it. Its id depends on type and name alone, so that it
/// stays when the command is registered again.
fn registered(world: &World, now: Moment, command: &Value) -> Value {
    let mut command = without_nulls(command);
    let Some(fields) = command.as_object_mut() else { return command };
    let kind = fields.get("type").and_then(Value::as_u64).unwrap_or(1);
    let name = fields.get("name").and_then(Value::as_str).unwrap_or_default();
    let id = world.mint.stable("command", &format!("{kind}/{name}"));
    let unchanged = world.commands.iter().find(|known| {
        known["id"] == id.json()
            && fields.iter().all(|(key, value)| key == "version" || known.get(key) == Some(value))
    });
    let version = match unchanged {
        Some(known) => known["version"].clone(),
        None => world.mint.stable("command version", &format!("{id}/{}", now.unix_ms())).json(),
    };
    fields.insert("id".to_owned(), id.json());
    fields.insert("type".to_owned(), kind.into());
    fields.insert("application_id".to_owned(), world.application.json());
    fields.insert("version".to_owned(), version);
    fields.entry("description").or_insert_with(|| "".into());
    fields.entry("default_member_permissions").or_insert(Value::Null);
    fields.entry("nsfw").or_insert(Value::Bool(false));
    command
}
