//! Filling in and submitting a modal.

use serde_json::{Map, Value, json};

use super::press::{Resolved, check_file_type, chosen_values};
use super::{Refused, press};
use crate::clock::Moment;
use crate::files::Upload;
use crate::ids::Snowflake;
use crate::interaction::Kind;
use crate::message::{find_component, items};
use crate::rules::components::{is_select, kind, kind_of};
use crate::saved::Entry;
use crate::wire::{Body, Reply};
use crate::world::{User, World};

/// What Discord's client lets one type at most.
const MAX_TEXT: u64 = 4_000;

pub(super) fn submit(world: &mut World, now: Moment, user: &User, body: Body) -> Result<Reply, Refused> {
    let id = body.json.get("modal_id").and_then(Snowflake::from_json);
    let open =
        id.and_then(|id| Some((id, world.modals.get(id).filter(|modal| modal.user == user.id)?.clone())));
    let (id, modal) = open.ok_or_else(|| Refused::because("This modal is not open for the user."))?;
    let empty = Map::new();
    let fields = match body.json.get("fields") {
        None | Some(Value::Null) => &empty,
        Some(Value::Object(fields)) => fields,
        Some(_) => return Err(Refused::because("The fields are not an object.")),
    };
    if let Some(name) = fields.keys().find(|name| find_component(&modal.components, name).is_none()) {
        return Err(Refused::because(format!("The modal has no field {name:?}.")));
    }
    let channel = modal.channel.unwrap_or(user.dm);
    let (files, resolved) = (body.files, Resolved::default());
    let mut form = Form { world, now, user, channel, fields, files, resolved };
    let mut components = Vec::new();
    for component in &modal.components {
        let mut submitted = json!({"type": component["type"], "id": component["id"]});
        match kind_of(component) {
            kind::ACTION_ROW => {
                let inputs = component.get("components").map(items).unwrap_or_default();
                let inputs: Result<Vec<Value>, Refused> =
                    inputs.iter().map(|input| form.fill(input)).collect();
                submitted["components"] = Value::Array(inputs?);
            }
            kind::LABEL => submitted["component"] = form.fill(&component["component"])?,
            _ => {}
        }
        components.push(submitted);
    }
    let mut data = json!({"custom_id": modal.custom_id, "components": components});
    form.resolved.put_into(&mut data);
    let reply = press(world, now, user, channel, Kind::Modal, modal.message, &data)?;
    world.modals.close(id);
    world.saved.put(&Entry::ModalGone(id));
    Ok(reply)
}

struct Form<'a> {
    world: &'a mut World,
    now: Moment,
    user: &'a User,
    channel: Snowflake,
    fields: &'a Map<String, Value>,
    files: Vec<Upload>,
    resolved: Resolved,
}

impl Form<'_> {
    /// The input as it is submitted.
    fn fill(&mut self, input: &Value) -> Result<Value, Refused> {
        let custom_id = input["custom_id"].as_str().unwrap_or_default();
        let given = self.fields.get(custom_id);
        let mut filled = json!({"type": input["type"], "id": input["id"], "custom_id": input["custom_id"]});
        match kind_of(input) {
            kind::TEXT_INPUT => filled["value"] = fill_text(input, custom_id, given)?.into(),
            kind::FILE_UPLOAD => filled["values"] = Value::Array(self.fill_files(input, custom_id, given)?),
            select if is_select(select) => {
                let preset: Vec<Value>;
                let values = match given {
                    Some(Value::Array(values)) => values.as_slice(),
                    Some(_) => return Err(Refused::because(format!("The field {custom_id} takes a list."))),
                    None => {
                        let options = input.get("options").map(items).unwrap_or_default();
                        let chosen = options.iter().filter(|option| option["default"] == true);
                        preset = chosen.map(|option| option["value"].clone()).collect();
                        &preset
                    }
                };
                let (user, channel) = (self.user, self.channel);
                let values = chosen_values(self.world, user, channel, input, values, &mut self.resolved)?;
                filled["values"] = Value::Array(values);
            }
            _ => {}
        }
        Ok(filled)
    }

    fn fill_files(
        &mut self,
        input: &Value,
        custom_id: &str,
        given: Option<&Value>,
    ) -> Result<Vec<Value>, Refused> {
        let parts = match given {
            None => &[],
            Some(Value::Array(parts)) => parts.as_slice(),
            Some(_) => return Err(Refused::because(format!("The field {custom_id} takes a list."))),
        };
        let optional = input["required"] == false && parts.is_empty();
        let min = if optional { 0 } else { input["min_values"].as_u64().unwrap_or(1) };
        let max = input["max_values"].as_u64().unwrap_or(1);
        if !(min..=max.max(min)).contains(&(parts.len() as u64)) {
            return Err(Refused::because(format!("The field {custom_id} takes {min} to {max} files.")));
        }
        let mut ids = Vec::new();
        for part in parts {
            let part = part.as_str().unwrap_or_default();
            check_file_type(input, &self.files, part)?;
            let files = &mut self.files;
            ids.push(self.resolved.take_file(self.world, self.now, self.user, files, part)?);
        }
        Ok(ids)
    }
}

fn fill_text(input: &Value, custom_id: &str, given: Option<&Value>) -> Result<String, Refused> {
    let text = match given {
        Some(Value::String(text)) => text.clone(),
        Some(_) => return Err(Refused::because(format!("The field {custom_id} takes text."))),
        None => input["value"].as_str().unwrap_or_default().to_owned(),
    };
    let length = text.chars().count() as u64;
    if length == 0 {
        // An input is required unless it says otherwise.
        return if input["required"] == false {
            Ok(text)
        } else {
            Err(Refused::because(format!("The field {custom_id} is required.")))
        };
    }
    let min = input["min_length"].as_u64().unwrap_or(0);
    let max = input["max_length"].as_u64().unwrap_or(MAX_TEXT);
    if !(min..=max).contains(&length) {
        return Err(Refused::because(format!("The field {custom_id} takes {min} to {max} characters.")));
    }
    Ok(text)
}
