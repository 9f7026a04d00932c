//! Slash commands, suggestions for their options, buttons and menus.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Refused, press, store, where_is};
use crate::clock::Moment;
use crate::files::Upload;
use crate::guild::{Place, Who, permission};
use crate::ids::Snowflake;
use crate::interaction::Kind;
use crate::message::items;
use crate::rules::commands::option_kind;
use crate::rules::components::{is_select, kind, kind_of};
use crate::wire::{Body, Reply};
use crate::world::{Channel, User, World};

/// Discord's numbers for where an interaction happens.
pub(super) mod context {
    pub(crate) const GUILD: u64 = 0;
    pub(crate) const BOT_DM: u64 = 1;
}

/// Users and files that an interaction names, as Discord sends them along.
#[derive(Debug, Default)]
pub(super) struct Resolved {
    users: Map<String, Value>,
    members: Map<String, Value>,
    roles: Map<String, Value>,
    channels: Map<String, Value>,
    attachments: Map<String, Value>,
}

impl Resolved {
    pub(super) fn put_into(self, data: &mut Value) {
        let parts = [
            ("users", self.users),
            ("members", self.members),
            ("roles", self.roles),
            ("channels", self.channels),
            ("attachments", self.attachments),
        ];
        for (name, part) in parts.into_iter().filter(|(_, part)| !part.is_empty()) {
            data["resolved"][name] = Value::Object(part);
        }
    }

    /// Takes the file out of the request, stores it and returns its attachment's id.
    pub(super) fn take_file(
        &mut self,
        world: &mut World,
        now: Moment,
        user: &User,
        files: &mut Vec<Upload>,
        part: &str,
    ) -> Result<Value, Refused> {
        let index = files.iter().position(|file| file.part == part);
        let index = index.ok_or_else(|| Refused::because(format!("The request has no file {part}.")))?;
        let mut attachment = store(world, now, user.dm, files.remove(index));
        attachment.ephemeral = true;
        let shown = world.files.render(&world.mint, now, &attachment);
        self.attachments.insert(attachment.id.to_string(), shown);
        Ok(attachment.id.json())
    }

    /// Takes a user, in a guild as a member too.
    pub(super) fn take_user(
        &mut self,
        world: &World,
        channel: &Channel,
        id: &Value,
    ) -> Result<Value, Refused> {
        let user = Snowflake::from_json(id).and_then(|id| world.users.get(&id));
        let user = user.ok_or_else(|| Refused::because(format!("There is no user {id}.")))?;
        self.users.insert(user.id.to_string(), user.render());
        if is_in_guild(channel) && user.in_guild {
            let mut member = world.guild_at(channel.id).render_member(Who::User(user));
            member["permissions"] = world.permissions(Who::User(user), channel).to_string().into();
            self.members.insert(user.id.to_string(), member);
        }
        Ok(user.id.json())
    }

    fn take_role(&mut self, world: &World, channel: &Channel, id: &Value) -> Result<Value, Refused> {
        let roles = world.guild_at(channel.id).render_roles();
        let role = items(&roles).iter().find(|role| role["id"] == *id).filter(|_| is_in_guild(channel));
        let role = role.ok_or_else(|| Refused::because(format!("There is no role {id} here.")))?;
        self.roles.insert(text_of(id), role.clone());
        Ok(id.clone())
    }

    fn take_channel(
        &mut self,
        world: &World,
        channel: &Channel,
        user: &User,
        id: &Value,
    ) -> Result<Value, Refused> {
        let named = Snowflake::from_json(id).and_then(|id| world.channel(id));
        let named = named.filter(|named| is_in_guild(channel) && world.sees(Who::User(user), named));
        let named = named.ok_or_else(|| Refused::because(format!("There is no channel {id} here.")))?;
        let mut shown = world.render_channel(named);
        shown["permissions"] = world.permissions(Who::User(user), named).to_string().into();
        self.channels.insert(named.id.to_string(), shown);
        Ok(named.id.json())
    }
}

pub(super) fn is_in_guild(channel: &Channel) -> bool {
    !matches!(channel.place, Place::Dm { .. })
}

/// A registered command and the sub-command that was chosen in it.
struct Chosen {
    id: Value,
    name: String,
    /// Names and kinds of the group and the sub-command, outermost first.
    path: Vec<(String, u64)>,
    options: Vec<Value>,
}

pub(super) fn command(world: &mut World, now: Moment, user: &User, body: Body) -> Result<Reply, Refused> {
    let channel = where_is(world, user, &body.json)?;
    let chosen = choose(world, user, channel, &body.json)?;
    let given = given_options(&chosen, &body.json)?;
    let mut files = body.files;
    let mut resolved = Resolved::default();
    let mut filled = Vec::new();
    for option in &chosen.options {
        let name = option["name"].as_str().unwrap_or_default();
        match given.get(name) {
            Some(value) => {
                let at = At { now, user, channel };
                let value = fill_option(world, at, option, value, &mut files, &mut resolved)?;
                filled.push(json!({"name": name, "type": option["type"], "value": value}));
            }
            None if option["required"] == true => {
                return Err(Refused::because(format!("The option {name} is required.")));
            }
            None => {}
        }
    }
    let mut data = command_data(chosen, filled);
    resolved.put_into(&mut data);
    press(world, now, user, channel, Kind::Command, None, &data)
}

#[expect(clippy::needless_pass_by_value, reason = "all routes take their body")]
pub(super) fn autocomplete(
    world: &mut World,
    now: Moment,
    user: &User,
    body: Body,
) -> Result<Reply, Refused> {
    let channel = where_is(world, user, &body.json)?;
    let chosen = choose(world, user, channel, &body.json)?;
    let given = given_options(&chosen, &body.json)?;
    let focused = body.json.get("focused").and_then(Value::as_str).unwrap_or_default();
    let option = chosen.options.iter().find(|option| option["name"] == focused);
    let option = option.filter(|option| option["autocomplete"] == true);
    let option =
        option.ok_or_else(|| Refused::because(format!("The option {focused:?} suggests nothing.")))?;
    let option_kind = option["type"].as_u64().unwrap_or(0);
    let mut filled = Vec::new();
    for option in &chosen.options {
        let name = option["name"].as_str().unwrap_or_default();
        let value = given.get(name);
        if name == focused {
            // What is being typed is text, whatever the option's type.
            let typed = value.map(text_of).unwrap_or_default();
            filled.push(json!({"name": name, "type": option["type"], "value": typed, "focused": true}));
        } else if let Some(value) = value {
            filled.push(json!({"name": name, "type": option["type"], "value": value}));
        }
    }
    let data = command_data(chosen, filled);
    press(world, now, user, channel, Kind::Autocomplete { option_kind }, None, &data)
}

fn choose(world: &World, user: &User, channel: Snowflake, json: &Value) -> Result<Chosen, Refused> {
    let full_name = json.get("name").and_then(Value::as_str).unwrap_or_default();
    let unknown = || Refused::unknown(format!("There is no command {full_name:?} here."));
    let mut words = full_name.split_whitespace();
    let first = words.next().ok_or_else(unknown)?;
    let command = world.commands.iter().find(|command| command["name"] == first && command["type"] == 1);
    let channel = world.channel(channel).ok_or_else(unknown)?;
    let command = command.filter(|command| is_shown(world, user, channel, command)).ok_or_else(unknown)?;
    let mut options = command.get("options").map(items).unwrap_or_default();
    let mut path = Vec::new();
    for word in words {
        let inner = options.iter().find(|option| option["name"] == word && is_nested(option));
        let inner = inner.ok_or_else(unknown)?;
        path.push((word.to_owned(), inner["type"].as_u64().unwrap_or(0)));
        options = inner.get("options").map(items).unwrap_or_default();
    }
    if options.iter().any(is_nested) {
        return Err(unknown());
    }
    Ok(Chosen { id: command["id"].clone(), name: first.to_owned(), path, options: options.to_vec() })
}

fn is_nested(option: &Value) -> bool {
    matches!(option["type"].as_u64(), Some(option_kind::SUB_COMMAND | option_kind::SUB_COMMAND_GROUP))
}

/// Whether a command is offered to the user in this channel.
pub(super) fn is_shown(world: &World, user: &User, channel: &Channel, command: &Value) -> bool {
    let in_guild = is_in_guild(channel);
    let here = if in_guild { context::GUILD } else { context::BOT_DM };
    let fits = match command.get("contexts").filter(|contexts| contexts.is_array()) {
        Some(contexts) => items(contexts).iter().any(|context| context.as_u64() == Some(here)),
        None => in_guild || command.get("dm_permission") != Some(&Value::Bool(false)),
    };
    if !in_guild {
        return fits;
    }
    // The permissions that a command asks for by default; none at all means administrators alone.
    let allowed = world.permissions(Who::User(user), channel);
    let needed = command["default_member_permissions"].as_str().and_then(|bits| bits.parse().ok());
    let may = match needed {
        None => true,
        Some(0) => allowed & permission::ADMINISTRATOR != 0,
        Some(needed) => allowed & needed == needed,
    };
    fits && may && allowed & permission::USE_APPLICATION_COMMANDS != 0
}

fn given_options(chosen: &Chosen, json: &Value) -> Result<Map<String, Value>, Refused> {
    let mut given = match json.get("options") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(options)) => options.clone(),
        Some(_) => return Err(Refused::because("The options are not an object.")),
    };
    given.retain(|_, value| !value.is_null());
    match given.keys().find(|name| !chosen.options.iter().any(|option| option["name"] == **name)) {
        Some(name) => Err(Refused::because(format!("The command has no option {name}."))),
        None => Ok(given),
    }
}

fn command_data(chosen: Chosen, filled: Vec<Value>) -> Value {
    let mut options = filled;
    for (name, kind) in chosen.path.into_iter().rev() {
        options = vec![json!({"name": name, "type": kind, "options": options})];
    }
    json!({"id": chosen.id, "name": chosen.name, "type": 1, "options": options})
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Who does something where and when.
#[derive(Clone, Copy)]
struct At<'a> {
    now: Moment,
    user: &'a User,
    channel: Snowflake,
}

fn fill_option(
    world: &mut World,
    At { now, user, channel }: At<'_>,
    option: &Value,
    value: &Value,
    files: &mut Vec<Upload>,
    resolved: &mut Resolved,
) -> Result<Value, Refused> {
    let name = option["name"].as_str().unwrap_or_default();
    let wrong = |what: &str| Refused::because(format!("The option {name} must be {what}."));
    let text = text_of(value);
    let value = match option["type"].as_u64().unwrap_or(0) {
        option_kind::STRING => {
            let length = text.chars().count() as u64;
            let (min, max) = (option["min_length"].as_u64(), option["max_length"].as_u64());
            if min.is_some_and(|min| length < min) || length > max.unwrap_or(6_000) {
                return Err(wrong("of the right length"));
            }
            Value::String(text)
        }
        option_kind::INTEGER => {
            let number: i64 = text.parse().map_err(|_| wrong("a whole number"))?;
            check_range(option, number as f64).ok_or_else(|| wrong("within its range"))?;
            number.into()
        }
        option_kind::NUMBER => {
            let number: f64 = text.parse().map_err(|_| wrong("a number"))?;
            check_range(option, number).ok_or_else(|| wrong("within its range"))?;
            number.into()
        }
        option_kind::BOOLEAN => text.parse::<bool>().map_err(|_| wrong("true or false"))?.into(),
        kind @ (option_kind::USER | option_kind::ROLE | option_kind::CHANNEL | option_kind::MENTIONABLE) => {
            let here = world.channel(channel).ok_or_else(|| wrong("given in a channel"))?;
            match kind {
                option_kind::USER => resolved.take_user(world, here, value)?,
                option_kind::ROLE => resolved.take_role(world, here, value)?,
                option_kind::CHANNEL => resolved.take_channel(world, here, user, value)?,
                _ => resolved
                    .take_user(world, here, value)
                    .or_else(|_| resolved.take_role(world, here, value))?,
            }
        }
        option_kind::ATTACHMENT => {
            check_file_type(option, files, &text)?;
            resolved.take_file(world, now, user, files, &text)?
        }
        _ => return Err(wrong("of a kind that exists")),
    };
    let choices = option.get("choices").map(items).unwrap_or_default();
    if !choices.is_empty() && !choices.iter().any(|choice| choice["value"] == value) {
        return Err(wrong("one of its choices"));
    }
    Ok(value)
}

fn check_range(option: &Value, number: f64) -> Option<()> {
    let above = option["min_value"].as_f64().is_none_or(|min| number >= min);
    let below = option["max_value"].as_f64().is_none_or(|max| number <= max);
    (number.is_finite() && above && below).then_some(())
}

/// Where an option or an upload names extensions, a file must have one of them.
pub(super) fn check_file_type(place: &Value, files: &[Upload], part: &str) -> Result<(), Refused> {
    let allowed = place.get("file_types").map(items).unwrap_or_default();
    let Some(file) = files.iter().find(|file| file.part == part) else { return Ok(()) };
    let name = file.name.to_lowercase();
    let fits = allowed.iter().filter_map(Value::as_str).any(|wanted| match wanted {
        "image" | "video" | "audio" => {
            file.content_type.as_deref().is_some_and(|kind| kind.starts_with(&format!("{wanted}/")))
        }
        extension => name.ends_with(&format!(".{}", extension.trim_start_matches('.').to_lowercase())),
    });
    if allowed.is_empty() || fits {
        Ok(())
    } else {
        Err(Refused::because(format!("A file like {} cannot be chosen here.", file.name)))
    }
}

pub(super) fn component(world: &mut World, now: Moment, user: &User, json: &Value) -> Result<Reply, Refused> {
    let custom_id = json.get("custom_id").and_then(Value::as_str).unwrap_or_default();
    let channel = where_is(world, user, json)?;
    let message = json.get("message_id").and_then(Snowflake::from_json);
    let message = message.and_then(|message| world.message(channel, message));
    let message = message.filter(|message| world.shows_to(user, message));
    let message = message.ok_or_else(|| Refused::because("This message is not shown to the user."))?;
    let component = message.component(custom_id).cloned();
    let message = message.id;
    if json.get("unchecked") == Some(&Value::Bool(true)) {
        let values = json.get("values").map(items).unwrap_or_default();
        let kind = if values.is_empty() { kind::BUTTON } else { kind::STRING_SELECT };
        let data = json!({ "custom_id": custom_id, "component_type": kind, "id": 1, "values": values });
        return press(world, now, user, channel, Kind::Component, Some(message), &data);
    }
    let component =
        component.ok_or_else(|| Refused::because(format!("The message has no component {custom_id:?}.")))?;
    if component["disabled"] == true {
        return Err(Refused::because(format!("The component {custom_id:?} is disabled.")));
    }
    let values = match json.get("values") {
        None | Some(Value::Null) => &[],
        Some(Value::Array(values)) => values.as_slice(),
        Some(_) => return Err(Refused::because("The values are not a list.")),
    };
    let mut resolved = Resolved::default();
    let mut data = json!({
        "custom_id": custom_id, "component_type": component["type"], "id": component["id"],
    });
    match kind_of(&component) {
        kind::BUTTON if values.is_empty() => {}
        select if is_select(select) => {
            let values = chosen_values(world, user, channel, &component, values, &mut resolved)?;
            data["values"] = Value::Array(values);
        }
        _ => return Err(Refused::because(format!("The component {custom_id:?} takes no values."))),
    }
    resolved.put_into(&mut data);
    press(world, now, user, channel, Kind::Component, Some(message), &data)
}

/// The values as the bot gets them, when the menu allows them.
pub(super) fn chosen_values(
    world: &World,
    user: &User,
    channel: Snowflake,
    select: &Value,
    values: &[Value],
    resolved: &mut Resolved,
) -> Result<Vec<Value>, Refused> {
    let may_be_empty = select["required"] == false;
    let min = if may_be_empty && values.is_empty() { 0 } else { select["min_values"].as_u64().unwrap_or(1) };
    let max = select["max_values"].as_u64().unwrap_or(1);
    if !(min..=max.max(min)).contains(&(values.len() as u64)) {
        return Err(Refused::because(format!("The menu takes {min} to {max} values.")));
    }
    if values.iter().map(text_of).collect::<BTreeSet<_>>().len() != values.len() {
        return Err(Refused::because("A value is chosen twice."));
    }
    let options = select.get("options").map(items).unwrap_or_default();
    let here = world.channel(channel).ok_or_else(|| Refused::because("There is no such channel."))?;
    values
        .iter()
        .map(|value| match kind_of(select) {
            kind::STRING_SELECT if options.iter().any(|option| option["value"] == *value) => {
                Ok(value.clone())
            }
            kind::USER_SELECT => resolved.take_user(world, here, value),
            kind::ROLE_SELECT => resolved.take_role(world, here, value),
            kind::MENTIONABLE_SELECT => {
                resolved.take_user(world, here, value).or_else(|_| resolved.take_role(world, here, value))
            }
            kind::CHANNEL_SELECT => resolved.take_channel(world, here, user, value),
            _ => Err(Refused::because(format!("The menu has no option {value}."))),
        })
        .collect()
}
