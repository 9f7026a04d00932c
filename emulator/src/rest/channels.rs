//! Channels and their messages.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::clock::Moment;
use crate::fault::Fault;
use crate::files::{Attachment, Upload};
use crate::guild::{Place, Who, permission};
use crate::ids::Snowflake;
use crate::message::{Message, REGULAR};
use crate::places::Pings;
use crate::rules::{Form, check_message};
use crate::saved::Entry;
use crate::wire::{Body, Reply};
use crate::world::{Dms, NONCE_LIFE, World, nonce_key};

pub(super) fn open_dm(world: &mut World, now: Moment, body: &Body) -> Result<Reply, Fault> {
    let user = body.json.get("recipient_id").and_then(Snowflake::from_json);
    let user =
        user.ok_or_else(|| Fault::form("recipient_id", "NUMBER_TYPE_COERCE", "Value is not snowflake."))?;
    let user = world.users.get(&user).ok_or(Fault::UnknownUser)?;
    let (id, dm) = (user.id, user.dm);
    let turned_to_bot = world.greeted.contains(&id)
        || world.channel(dm).is_some_and(|dm| {
            let mut messages = dm.messages.values();
            messages.any(|message| !message.by_bot || message.metadata.is_some())
        });
    // A DM that is open already is only looked up.
    let is_open = world.channel(dm).is_some_and(|dm| !dm.messages.is_empty());
    if !turned_to_bot && !is_open && !world.limits.take_dm_open(now) {
        return Err(Fault::OpensDmsTooFast);
    }
    channel(world, dm)
}

pub(super) fn channel(world: &World, channel: Snowflake) -> Result<Reply, Fault> {
    Ok(Reply::ok(world.render_channel(world.bot_may(channel, 0)?)))
}

pub(super) fn list_messages(
    world: &World,
    now: Moment,
    channel: Snowflake,
    query: &BTreeMap<String, String>,
) -> Result<Reply, Fault> {
    let channel = world.bot_may(channel, 0)?;
    let reads = world.permissions(Who::Bot, channel) & permission::READ_MESSAGE_HISTORY != 0;
    let bound = |name: &str| match query.get(name).map(|id| id.parse::<Snowflake>()) {
        None => Ok(None),
        Some(Ok(id)) => Ok(Some(id)),
        Some(Err(_)) => Err(Fault::form(name, "NUMBER_TYPE_COERCE", "Value is not snowflake.")),
    };
    let (after, before) = (bound("after")?, bound("before")?);
    let limit = query.get("limit").map_or(Some(50), |limit| limit.parse().ok());
    let limit = limit
        .filter(|limit| (1..=100).contains(limit))
        .ok_or_else(|| Fault::form("limit", "NUMBER_TYPE_RANGE", "int value should be between 1 and 100."))?;
    let shown = channel.messages.values().filter(|message| {
        reads
            && !message.is_ephemeral()
            && after.is_none_or(|after| message.id > after)
            && before.is_none_or(|before| message.id < before)
    });
    // The newest come first; `after` asks for those that follow it closest.
    let mut found: Vec<&Message> = if after.is_some() && before.is_none() {
        shown.take(limit).collect()
    } else {
        let all: Vec<&Message> = shown.collect();
        all[all.len().saturating_sub(limit)..].to_vec()
    };
    found.reverse();
    Ok(Reply::ok(found.into_iter().map(|message| world.render_for_bot(now, message)).collect()))
}

pub(super) fn message(
    world: &World,
    now: Moment,
    channel: Snowflake,
    message: Snowflake,
) -> Result<Reply, Fault> {
    let message = find(world, channel, message)?;
    Ok(Reply::ok(world.render_for_bot(now, message)))
}

fn find(world: &World, channel: Snowflake, message: Snowflake) -> Result<&Message, Fault> {
    let channel = world.bot_may(channel, permission::READ_MESSAGE_HISTORY)?;
    let message = channel.messages.get(&message).filter(|message| !message.is_ephemeral());
    message.ok_or(Fault::UnknownMessage)
}

pub(super) fn create_message(
    world: &mut World,
    now: Moment,
    channel: Snowflake,
    body: Body,
) -> Result<Reply, Fault> {
    may_write(world, channel, !body.files.is_empty())?;
    let json = object_or_empty(body.json);
    check_message(Form::Create, "", &json, 0)?;
    let nonce = json.get("nonce").filter(|nonce| !nonce.is_null()).cloned();
    let enforce = json.get("enforce_nonce") == Some(&Value::Bool(true));
    if let Some(nonce) = nonce.as_ref().filter(|_| enforce)
        && let Some(earlier) = world.nonce(now, channel, nonce).cloned()
    {
        let reader = world.only_reader(&earlier);
        let fields = json!({
            "user": reader.map(Snowflake::json), "channel": channel.json(), "message": earlier.id.json(),
            "nonce": nonce,
        });
        let kind = if reader.is_some() { "message_repeat" } else { "channel_message_repeat" };
        world.log.note(now, kind, fields);
        return Ok(Reply::ok(world.render(now, &earlier)));
    }
    let mut message = blank(world, now, channel);
    message.nonce.clone_from(&nonce);
    fill(world, now, &mut message, &json, body.files)?;
    if let Some(nonce) = nonce {
        let (key, until) = (nonce_key(&nonce), now.after(NONCE_LIFE));
        world.saved.put(&Entry::Nonce { channel, nonce: (&key).into(), message: message.id, until });
        world.nonces.insert((channel, key), (message.id, until));
    }
    Ok(Reply::ok(world.post(now, message, None)))
}

pub(super) fn edit_message(
    world: &mut World,
    now: Moment,
    channel: Snowflake,
    message: Snowflake,
    body: Body,
) -> Result<Reply, Fault> {
    let mut message = find(world, channel, message)?.clone();
    if !message.by_bot {
        return Err(Fault::NotItsAuthor);
    }
    let place = world.channel(channel).and_then(|channel| channel.place.thread());
    if place.is_some_and(|thread| thread.archived) {
        return Err(Fault::ThreadArchived);
    }
    let json = object_or_empty(body.json);
    check_message(Form::Edit, "", &json, message.flags)?;
    take_edit(world, now, &message)?;
    fill(world, now, &mut message, &json, body.files)?;
    message.edited_at = Some(now);
    Ok(Reply::ok(world.replace(now, message, None)))
}

pub(super) fn delete_message(
    world: &mut World,
    now: Moment,
    channel: Snowflake,
    message: Snowflake,
) -> Result<Reply, Fault> {
    if !find(world, channel, message)?.by_bot {
        // In a DM nobody can; in a guild it is a matter of permissions.
        if matches!(world.bot_may(channel, 0)?.place, Place::Dm { .. }) {
            return Err(Fault::NotItsAuthor);
        }
        world.bot_may(channel, permission::MANAGE_MESSAGES)?;
    }
    world.delete(now, channel, message);
    Ok(Reply::no_content())
}

/// Counts an edit where the message is old.
pub(super) fn take_edit(world: &mut World, now: Moment, message: &Message) -> Result<(), Fault> {
    let taken = world.limits.take_edit(now, message.made_at, &message.id.to_string());
    taken.map_err(Fault::Limited)
}

/// Whether the bot may write a message there.
fn may_write(world: &World, id: Snowflake, with_files: bool) -> Result<(), Fault> {
    let needed = if with_files { permission::ATTACH_FILES } else { 0 } | permission::SEND_MESSAGES;
    let channel = world.bot_may(id, needed)?;
    match &channel.place {
        Place::Dm { user } => {
            let user = world.users.get(user).ok_or(Fault::UnknownChannel)?;
            match user.dms {
                _ if !user.in_guild => Err(Fault::NoMutualGuild),
                Dms::Closed => Err(Fault::DmsClosed),
                Dms::Open => Ok(()),
            }
        }
        Place::Thread(thread) if thread.archived && thread.locked => {
            let manages = world.permissions(Who::Bot, channel) & permission::MANAGE_THREADS != 0;
            if manages { Ok(()) } else { Err(Fault::ThreadLocked) }
        }
        Place::Text(_) | Place::Thread(_) => Ok(()),
    }
}

/// A multipart request may do without `payload_json`.
pub(super) fn object_or_empty(json: Value) -> Value {
    if json.is_null() { Value::Object(serde_json::Map::new()) } else { json }
}

/// A message of the bot with nothing in it yet.
pub(super) fn blank(world: &mut World, now: Moment, channel: Snowflake) -> Message {
    Message {
        id: world.mint.next(now),
        channel,
        author: world.bot_user(),
        by_bot: true,
        kind: REGULAR,
        content: String::new(),
        embeds: Vec::new(),
        components: Vec::new(),
        attachments: Vec::new(),
        flags: 0,
        made_at: now,
        edited_at: None,
        nonce: None,
        reference: None,
        metadata: None,
        seen_by: None,
        pings: Pings::default(),
    }
}

/// Puts a checked body and its files into a message, which must not end up empty.
pub(super) fn fill(
    world: &mut World,
    now: Moment,
    message: &mut Message,
    json: &Value,
    uploads: Vec<Upload>,
) -> Result<(), Fault> {
    let mut filled = message.clone();
    let files: Vec<(usize, Attachment)> = uploads
        .into_iter()
        .enumerate()
        .map(|(index, upload)| {
            let number = upload.part.strip_prefix("files[").and_then(|rest| rest.strip_suffix(']'));
            let number = number.and_then(|number| number.parse().ok()).unwrap_or(index);
            (number, world.files.store(&mut world.mint, now, message.channel, upload))
        })
        .collect();
    filled.apply(json, files);
    if ["content", "components", "allowed_mentions"].iter().any(|field| json.get(field).is_some()) {
        filled.pings = world.pings(&filled, json.get("allowed_mentions"));
    }
    if filled.is_empty() {
        return Err(Fault::EmptyMessage);
    }
    if filled.mixes_versions() {
        let text = "A message with Components V2 has no content and no embeds.";
        return Err(Fault::form("flags", "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", text));
    }
    *message = filled;
    Ok(())
}
