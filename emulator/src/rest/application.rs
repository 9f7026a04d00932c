//! What the bot learns about itself, and its commands.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::clock::Moment;
use crate::fault::Fault;
use crate::ids::Snowflake;
use crate::limits::{DAILY_IDENTIFIES, NEW_COMMANDS};
use crate::message::{items, without_nulls};
use crate::rules::commands::check_commands;
use crate::saved::Entry;
use crate::wire::{Body, Reply};
use crate::world::{User, World};

pub(super) fn gateway_bot(world: &World, now: Moment) -> Reply {
    let (remaining, reset_after) = world.limits.identifies(now);
    Reply::ok(json!({
        "url": format!("ws://{}", world.address),
        "shards": world.recommended_shards,
        "session_start_limit": {
            "total": DAILY_IDENTIFIES,
            "remaining": remaining,
            "reset_after": u64::try_from(reset_after.as_millis()).unwrap_or(u64::MAX),
            "max_concurrency": world.limits.max_concurrency,
        },
    }))
}

pub(crate) fn current_user(world: &World) -> Value {
    let mut user = world.bot_user();
    for (key, value) in [
        ("mfa_enabled", json!(false)),
        ("verified", json!(true)),
        ("email", Value::Null),
        ("locale", json!("en-US")),
    ] {
        user[key] = value;
    }
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
        "flags": world.application_flags,
        "team": null,
        "verify_key": world.mint.signature(&["verify_key"]),
        "approximate_guild_count": world.guilds().count(),
        "approximate_user_install_count": world.users.len(),
        "approximate_user_authorization_count": 0,
        "type": null,
        "flags_new": world.application_flags.to_string(),
        "redirect_uris": [],
        "interactions_endpoint_url": null,
        "role_connections_verification_url": null,
        "owner": User::new(&world.mint, "owner").render(),
        "explicit_content_filter": 0,
        "eligible_oauth2_scopes": [],
    })
}

fn check_application(world: &World, application: Snowflake) -> Result<(), Fault> {
    if application == world.application { Ok(()) } else { Err(Fault::UnknownApplication) }
}

/// All commands; the dictionaries of translations only where they are asked for.
pub(super) fn list_commands(
    world: &World,
    application: Snowflake,
    query: &BTreeMap<String, String>,
) -> Result<Reply, Fault> {
    check_application(world, application)?;
    let mut commands = world.commands.clone();
    if query.get("with_localizations").is_none_or(|with| with != "true") {
        commands.iter_mut().for_each(forget_localizations);
    }
    Ok(Reply::ok(Value::Array(commands)))
}

fn forget_localizations(value: &mut Value) {
    let Some(fields) = value.as_object_mut() else { return };
    fields.retain(|name, _| !name.ends_with("_localizations"));
    for list in ["options", "choices"] {
        for inner in fields.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
            forget_localizations(inner);
        }
    }
}

/// Counts those of `commands` that do not exist yet.
fn take_new(world: &mut World, now: Moment, commands: &[Value]) -> Result<(), Fault> {
    let known: BTreeSet<String> = world.commands.iter().map(|known| known["id"].to_string()).collect();
    for _ in commands.iter().filter(|command| !known.contains(&command["id"].to_string())) {
        let taken = world.limits.take(now, NEW_COMMANDS, "");
        taken.map_err(|_| Fault::TooManyNewCommands)?;
    }
    Ok(())
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
    let commands: Vec<Value> = commands.iter().map(|command| registered(world, now, command)).collect();
    take_new(world, now, &commands)?;
    world.commands = commands;
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
    take_new(world, now, std::slice::from_ref(&command))?;
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
