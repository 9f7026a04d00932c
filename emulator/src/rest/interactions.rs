//! Callbacks, and what follows through an interaction's token.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::channels::{blank, fill, object_or_empty, take_edit};
use super::{Token, Which};
use crate::clock::Moment;
use crate::events::Seen;
use crate::fault::Fault;
use crate::ids::Snowflake;
use crate::interaction::{Interaction, Kind, Modal, State, TokenFault};
use crate::message::{COMMAND_ANSWER, Message, REPLY, complete_components, items, without_nulls};
use crate::rules::commands::check_suggestions;
use crate::rules::components::check_modal;
use crate::rules::{EPHEMERAL, Form, LOADING, check_message};
use crate::saved::Entry;
use crate::wire::{Body, Reply};
use crate::world::World;

/// Discord's numbers for the kinds of callback.
mod callback_kind {
    pub(super) const MESSAGE: u64 = 4;
    pub(super) const DEFERRED_MESSAGE: u64 = 5;
    pub(super) const DEFERRED_UPDATE: u64 = 6;
    pub(super) const UPDATE: u64 = 7;
    pub(super) const CHOICES: u64 = 8;
    pub(super) const MODAL: u64 = 9;
}

pub(super) fn callback(
    world: &mut World,
    now: Moment,
    id: Snowflake,
    token: &str,
    with_response: bool,
    body: Body,
) -> Result<Reply, Fault> {
    let kind = body.json.get("type").cloned();
    // What the callback brings about is noted after it.
    let user = world.interactions.get(id).map(|interaction| interaction.user.json());
    let before = world.log.mark();
    let done = take_callback(world, now, id, token, with_response, body);
    let code = done.as_ref().err().map(|fault| fault.body()["code"].clone());
    let fields = json!({
        "interaction": id.json(), "user": user, "type": kind, "ok": done.is_ok(), "code": code,
    });
    world.log.note_at(before, now, "callback", fields);
    done
}

fn take_callback(
    world: &mut World,
    now: Moment,
    id: Snowflake,
    token: &str,
    with_response: bool,
    body: Body,
) -> Result<Reply, Fault> {
    let known = world.interactions.get(id).filter(|interaction| interaction.token == token);
    let interaction = known.cloned().ok_or(Fault::UnknownInteraction)?;
    match interaction.state {
        State::Acknowledged { .. } => {
            world.counters.send_modify(|counters| counters.double_callbacks += 1);
            return Err(Fault::AlreadyAcknowledged);
        }
        State::Waiting if now.since(interaction.pressed_at) <= world.answer_within => {}
        State::Waiting | State::Failed => {
            world.counters.send_modify(|counters| counters.late_callbacks += 1);
            return Err(Fault::UnknownInteraction);
        }
    }
    if let Some(field) = body
        .json
        .as_object()
        .and_then(|fields| fields.keys().find(|field| !matches!(field.as_str(), "type" | "data")))
    {
        return Err(Fault::form(field, "UNKNOWN_FIELD", "Discord knows no such field"));
    }
    let kind = body.json.get("type").and_then(Value::as_u64).unwrap_or(0);
    if !is_allowed(kind, &interaction) {
        let message = "This kind of callback does not answer this kind of interaction.";
        return Err(Fault::form("type", "INTERACTION_CALLBACK_TYPE_INVALID", message));
    }
    let data = object_or_empty(body.json.get("data").cloned().unwrap_or_default());
    let shown = match kind {
        callback_kind::MESSAGE => {
            check_message(Form::Callback, "data", &data, 0)?;
            let mut message = answer_message(world, now, &interaction, ephemeral(&data));
            fill(world, now, &mut message, &data, body.files)?;
            world.acknowledge(now, id, Some(message.id));
            world.note_answer(now, id);
            Some(world.post(now, message, Some(id)))
        }
        callback_kind::DEFERRED_MESSAGE => {
            let mut message = answer_message(world, now, &interaction, ephemeral(&data));
            message.flags |= LOADING;
            world.acknowledge(now, id, Some(message.id));
            Some(world.post(now, message, Some(id)))
        }
        callback_kind::DEFERRED_UPDATE => {
            world.acknowledge(now, id, interaction.message);
            world.see(now, Some(interaction.user), Some(id), Seen::Acknowledged);
            None
        }
        callback_kind::UPDATE => {
            let pressed = interaction.message.and_then(|message| world.message(interaction.channel, message));
            let mut message = pressed.ok_or(Fault::UnknownMessage)?.clone();
            check_message(Form::Callback, "data", &data, message.flags)?;
            take_edit(world, now, &message)?;
            fill(world, now, &mut message, &data, body.files)?;
            message.edited_at = Some(now);
            world.acknowledge(now, id, Some(message.id));
            world.note_answer(now, id);
            Some(world.replace(now, message, Some(id)))
        }
        callback_kind::CHOICES => {
            let Kind::Autocomplete { option_kind } = interaction.kind else {
                return Err(Fault::UnknownInteraction);
            };
            check_suggestions("data", &data, option_kind)?;
            world.acknowledge(now, id, None);
            let choices = data.get("choices").cloned().unwrap_or_else(|| json!([]));
            world.see(now, Some(interaction.user), Some(id), Seen::Choices(without_nulls(&choices)));
            None
        }
        _ => {
            check_modal("data", &data)?;
            world.acknowledge(now, id, None);
            world.note_answer(now, id);
            open_modal(world, now, &interaction, &data);
            None
        }
    };
    if !with_response {
        return Ok(Reply::no_content());
    }
    let mut response = json!({
        "interaction": {"id": id.json(), "type": interaction.kind.number()},
        "resource": {"type": kind},
    });
    if let Some(message) = shown {
        let flags = message["flags"].as_u64().unwrap_or(0);
        response["interaction"]["response_message_id"] = message["id"].clone();
        response["interaction"]["response_message_loading"] = (flags & LOADING != 0).into();
        response["interaction"]["response_message_ephemeral"] = (flags & EPHEMERAL != 0).into();
        response["resource"]["message"] = message;
    }
    Ok(Reply::ok(response))
}

fn is_allowed(callback: u64, interaction: &Interaction) -> bool {
    let suggests = matches!(interaction.kind, Kind::Autocomplete { .. });
    match callback {
        callback_kind::MESSAGE | callback_kind::DEFERRED_MESSAGE => !suggests,
        callback_kind::DEFERRED_UPDATE | callback_kind::UPDATE => interaction.message.is_some(),
        callback_kind::CHOICES => suggests,
        callback_kind::MODAL => matches!(interaction.kind, Kind::Command | Kind::Component),
        _ => false,
    }
}

fn ephemeral(data: &Value) -> u64 {
    data.get("flags").and_then(Value::as_u64).unwrap_or(0) & EPHEMERAL
}

/// An empty answer to `interaction`, ephemeral or not for good.
fn answer_message(world: &mut World, now: Moment, interaction: &Interaction, flags: u64) -> Message {
    let mut message = blank(world, now, interaction.channel);
    message.flags = flags;
    message.seen_by = Some(interaction.user).filter(|_| flags & EPHEMERAL != 0);
    message.kind = if interaction.kind == Kind::Command { COMMAND_ANSWER } else { REPLY };
    let user = world.users.get(&interaction.user).map(|user| user.render());
    let mut metadata = json!({
        "id": interaction.id.json(),
        "type": interaction.kind.number(),
        "user": user,
        "authorizing_integration_owners": {"0": world.integration_owner(interaction.channel)},
    });
    if let Some(pressed) = interaction.message {
        metadata["interacted_message_id"] = pressed.json();
        message.reference = Some(json!({"message_id": pressed.json()}));
    }
    message.metadata = Some(metadata);
    message
}

fn open_modal(world: &mut World, now: Moment, interaction: &Interaction, data: &Value) {
    let modal_id = world.mint.next(now);
    let custom_id = data.get("custom_id").and_then(Value::as_str).unwrap_or_default().to_owned();
    let components = data.get("components").map(items).unwrap_or_default();
    let mut components: Vec<Value> = components.iter().map(without_nulls).collect();
    complete_components(&mut components);
    let shown = json!({
        "modal_id": modal_id.json(),
        "custom_id": custom_id,
        "title": data.get("title"),
        "components": components,
    });
    let modal = Modal {
        user: interaction.user,
        custom_id,
        components,
        message: interaction.message,
        channel: Some(interaction.channel),
    };
    world.saved.put(&Entry::Modal { id: modal_id, modal: Cow::Borrowed(&modal) });
    world.modals.insert(modal_id, modal);
    world.see(now, Some(interaction.user), Some(interaction.id), Seen::Modal(shown));
}

/// The interaction behind a token that has been called back.
fn by_token(world: &World, now: Moment, token: &Token) -> Result<Interaction, Fault> {
    if token.application != world.application {
        return Err(Fault::UnknownWebhook);
    }
    let found = world.interactions.by_token(&world.mint, now, &token.token);
    let interaction = found.map_err(|fault| match fault {
        TokenFault::Unknown => Fault::UnknownWebhook,
        TokenFault::Expired => Fault::InvalidWebhookToken,
    })?;
    match interaction.state {
        State::Acknowledged { .. } => Ok(interaction.clone()),
        State::Waiting | State::Failed => Err(Fault::UnknownWebhook),
    }
}

/// A message that this interaction may name: its original, or a follow-up of its own.
fn find<'a>(world: &'a World, interaction: &Interaction, which: Which) -> Result<&'a Message, Fault> {
    let original = match interaction.state {
        State::Acknowledged { original } => original,
        State::Waiting | State::Failed => None,
    };
    let id = match which {
        Which::Original => original.ok_or(Fault::UnknownMessage)?,
        Which::Id(id) => id,
    };
    let message = world.message(interaction.channel, id).ok_or(Fault::UnknownMessage)?;
    let is_its_own = message.metadata.as_ref().is_some_and(|about| about["id"] == interaction.id.json());
    if original == Some(id) || is_its_own { Ok(message) } else { Err(Fault::UnknownMessage) }
}

pub(super) fn answer(world: &World, now: Moment, token: &Token, which: Which) -> Result<Reply, Fault> {
    let interaction = by_token(world, now, token)?;
    Ok(Reply::ok(world.render(now, find(world, &interaction, which)?)))
}

pub(super) fn edit_answer(
    world: &mut World,
    now: Moment,
    token: &Token,
    which: Which,
    body: Body,
) -> Result<Reply, Fault> {
    let interaction = by_token(world, now, token)?;
    let message = find(world, &interaction, which)?.clone();
    let json = object_or_empty(body.json);
    check_message(Form::EditAnswer, "", &json, message.flags)?;
    take_edit(world, now, &message)?;
    change(world, now, &interaction, message, &json, body.files)
}

fn change(
    world: &mut World,
    now: Moment,
    interaction: &Interaction,
    mut message: Message,
    json: &Value,
    files: Vec<crate::files::Upload>,
) -> Result<Reply, Fault> {
    let was_loading = message.is_loading();
    fill(world, now, &mut message, json, files)?;
    message.flags &= !LOADING;
    // Discord does not mark the first content after "thinking" as an edit.
    message.edited_at = if was_loading { None } else { Some(now) };
    world.note_answer(now, interaction.id);
    Ok(Reply::ok(world.replace(now, message, Some(interaction.id))))
}

pub(super) fn delete_answer(
    world: &mut World,
    now: Moment,
    token: &Token,
    which: Which,
) -> Result<Reply, Fault> {
    let interaction = by_token(world, now, token)?;
    let message = find(world, &interaction, which)?.id;
    world.delete(now, interaction.channel, message);
    Ok(Reply::no_content())
}

pub(super) fn follow_up(world: &mut World, now: Moment, token: &Token, body: Body) -> Result<Reply, Fault> {
    let interaction = by_token(world, now, token)?;
    let json = object_or_empty(body.json);
    check_message(Form::FollowUp, "", &json, 0)?;
    // The first follow-up to "thinking" takes its place, and its visibility.
    if let Ok(original) = find(world, &interaction, Which::Original)
        && original.is_loading()
    {
        let original = original.clone();
        return change(world, now, &interaction, original, &json, body.files);
    }
    let mut message = answer_message(world, now, &interaction, ephemeral(&json));
    fill(world, now, &mut message, &json, body.files)?;
    world.note_answer(now, interaction.id);
    Ok(Reply::ok(world.post(now, message, Some(interaction.id))))
}
