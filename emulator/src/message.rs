//! A message as it is kept, and as Discord shows it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::clock::Moment;
use crate::files::{Attachment, Files};
use crate::ids::{Mint, Snowflake};
use crate::places::Pings;
use crate::rules::components::{is_select, kind};
use crate::rules::{COMPONENTS_V2, EPHEMERAL, LOADING, SETTABLE};

/// Discord's numbers for kinds of messages.
pub(crate) const REGULAR: u8 = 0;
pub(crate) const REPLY: u8 = 19;
pub(crate) const COMMAND_ANSWER: u8 = 20;

/// It is also a line of the saved world: a field that is renamed needs an upgrade in `saved`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Message {
    pub(crate) id: Snowflake,
    pub(crate) channel: Snowflake,
    /// The author as Discord shows it.
    pub(crate) author: Value,
    pub(crate) by_bot: bool,
    pub(crate) kind: u8,
    pub(crate) content: String,
    pub(crate) embeds: Vec<Value>,
    pub(crate) components: Vec<Value>,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) flags: u64,
    pub(crate) made_at: Moment,
    pub(crate) edited_at: Option<Moment>,
    pub(crate) nonce: Option<Value>,
    pub(crate) reference: Option<Value>,
    /// The interaction that it answers, as Discord shows it.
    pub(crate) metadata: Option<Value>,
    // Worlds of before these two have no guild.
    /// Who sees it, where it is ephemeral.
    #[serde(default)]
    pub(crate) seen_by: Option<Snowflake>,
    #[serde(default)]
    pub(crate) pings: Pings,
}

impl Message {
    pub(crate) fn is_ephemeral(&self) -> bool {
        self.flags & EPHEMERAL != 0
    }

    pub(crate) fn is_loading(&self) -> bool {
        self.flags & LOADING != 0
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.content.trim().is_empty()
            && self.embeds.is_empty()
            && self.components.is_empty()
            && self.attachments.is_empty()
    }

    /// Whether it mixes Components V2 with what they exclude; an edit can bring that
    /// about although its own body is in order.
    pub(crate) fn mixes_versions(&self) -> bool {
        self.flags & COMPONENTS_V2 != 0 && !(self.content.is_empty() && self.embeds.is_empty())
    }

    /// Takes over what `body`, already checked, says about the message. Fields that are
    /// absent stay; `files` are new ones, by the number of their part.
    pub(crate) fn apply(&mut self, body: &Value, files: Vec<(usize, Attachment)>) {
        let given = |field: &str| body.get(field);
        match given("content") {
            Some(Value::String(content)) => self.content = content.trim().to_owned(),
            Some(_) => self.content.clear(),
            None => {}
        }
        if let Some(embeds) = given("embeds") {
            self.embeds = items(embeds).iter().map(shown_embed).collect();
        }
        if let Some(components) = given("components") {
            self.components = items(components).iter().map(without_nulls).collect();
            complete_components(&mut self.components);
        }
        if let Some(asked) = given("flags").and_then(Value::as_u64) {
            // The ephemeral flag is fixed by the first answer and V2 cannot be taken back.
            let fixed = EPHEMERAL | LOADING;
            let kept = self.flags & (fixed | COMPONENTS_V2);
            self.flags = kept | (asked & SETTABLE & !fixed);
        }
        if let Some(kept) = given("attachments") {
            let kept: Vec<Snowflake> =
                items(kept).iter().filter_map(|file| Snowflake::from_json(file.get("id")?)).collect();
            self.attachments.retain(|attachment| kept.contains(&attachment.id));
        }
        let described = given("attachments").map(items).unwrap_or_default();
        for (number, mut attachment) in files {
            let about = described.iter().find(|about| number_of(about.get("id")) == Some(number));
            if let Some(Value::String(text)) = about.and_then(|about| about.get("description")) {
                attachment.description = Some(text.clone());
            }
            attachment.ephemeral = self.is_ephemeral();
            self.attachments.push(attachment);
        }
        if let Some(reference) = given("message_reference").filter(|value| value.is_object()) {
            self.reference = Some(reference.clone());
            self.kind = REPLY;
        }
    }

    /// Adds what messages of earlier builds lack.
    pub(crate) fn complete(&mut self) {
        complete_components(&mut self.components);
        let user = self.metadata.as_mut().and_then(|metadata| metadata.get_mut("user"));
        for person in user.into_iter().chain([&mut self.author]).filter_map(Value::as_object_mut) {
            add_missing(person, &json!({"flags": 0, "primary_guild": null}));
        }
    }

    /// The message as Discord shows it, with links that begin to age now.
    pub(crate) fn render(&self, mint: &Mint, now: Moment, files: &Files) -> Value {
        let attachments: Vec<Value> =
            self.attachments.iter().map(|attachment| files.render(mint, now, attachment)).collect();
        let mut embeds = Value::Array(self.embeds.clone());
        let mut components = Value::Array(self.components.clone());
        resolve_links(&mut embeds, &attachments);
        resolve_links(&mut components, &attachments);
        complete_media(&mut components, self.id, &attachments);
        let mut message = json!({
            "id": self.id.json(),
            "channel_id": self.channel.json(),
            "type": self.kind,
            "author": self.author,
            "content": self.content,
            "embeds": embeds,
            "components": components,
            "attachments": attachments,
            "flags": self.flags,
            "timestamp": self.made_at.iso8601(),
            "edited_timestamp": self.edited_at.map(Moment::iso8601),
            "pinned": false,
            "tts": false,
        });
        if let Some(nonce) = &self.nonce {
            message["nonce"] = nonce.clone();
        }
        if let Some(metadata) = &self.metadata {
            message["interaction_metadata"] = metadata.clone();
            message["application_id"] = self.author["id"].clone();
            message["webhook_id"] = self.author["id"].clone();
        }
        if let Some(reference) = &self.reference {
            let channel = self.channel.json();
            let mut shown = json!({"type": 0, "channel_id": channel, "message_id": reference["message_id"]});
            if shown["message_id"].is_null() {
                shown = json!({"type": 0, "channel_id": channel});
            }
            message["message_reference"] = shown;
        }
        message
    }

    /// All that it says, in the order in which it is shown, a part a line.
    pub(crate) fn text(&self) -> String {
        let mut parts = vec![self.content.as_str()];
        for embed in &self.embeds {
            parts.extend(embed["title"].as_str());
            parts.extend(embed["description"].as_str());
            for field in items(&embed["fields"]) {
                parts.extend(field["name"].as_str());
                parts.extend(field["value"].as_str());
            }
            parts.extend(embed["footer"]["text"].as_str());
        }
        texts_of(&self.components, &mut parts);
        parts.retain(|part| !part.is_empty());
        parts.join("\n")
    }

    /// The words that can ping: embeds do not.
    pub(crate) fn text_to_ping(&self) -> String {
        let mut parts = vec![self.content.as_str()];
        texts_of(&self.components, &mut parts);
        parts.join("\n")
    }

    /// The component with this custom id, however deep.
    pub(crate) fn component(&self, custom_id: &str) -> Option<&Value> {
        find_component(&self.components, custom_id)
    }
}

/// The texts among `components` and inside them.
fn texts_of<'a>(components: &'a [Value], parts: &mut Vec<&'a str>) {
    for component in components {
        parts.extend(component.get("content").and_then(Value::as_str));
        texts_of(component.get("components").map(items).unwrap_or_default(), parts);
    }
}

/// The component with this custom id among `components` or inside one of them.
pub(crate) fn find_component<'a>(components: &'a [Value], custom_id: &str) -> Option<&'a Value> {
    components.iter().find_map(|component| {
        if component.get("custom_id").and_then(Value::as_str) == Some(custom_id) {
            return Some(component);
        }
        let children = component.get("components").map(items).unwrap_or_default();
        find_component(children, custom_id).or_else(|| {
            ["accessory", "component"]
                .into_iter()
                .find_map(|part| find_component(std::slice::from_ref(component.get(part)?), custom_id))
        })
    })
}

/// What a component is where it says nothing of it.
fn defaults(component: &Map<String, Value>) -> Value {
    let number = |field: &str| component.get(field).and_then(Value::as_u64);
    match number("type").unwrap_or(0) {
        kind if is_select(kind) => {
            json!({"min_values": 1, "max_values": number("min_values").unwrap_or(1).max(1)})
        }
        kind::THUMBNAIL => picture_defaults(),
        kind::FILE => json!({"name": null, "size": null, "spoiler": false}),
        kind::SEPARATOR => json!({"spacing": 1, "divider": true}),
        kind::CONTAINER => json!({"accent_color": null, "spoiler": false}),
        _ => Value::Null,
    }
}

fn picture_defaults() -> Value {
    json!({"description": null, "spoiler": false})
}

fn add_missing(fields: &mut Map<String, Value>, defaults: &Value) {
    for (field, default) in defaults.as_object().into_iter().flatten() {
        fields.entry(field).or_insert_with(|| default.clone());
    }
}

/// Gives each component what Discord shows of it though the bot did not say it: of its fields, and an `id`,
/// the next one that is free.
pub(crate) fn complete_components(components: &mut [Value]) {
    let mut taken = Vec::new();
    visit(components, &mut |component| taken.extend(component.get("id").and_then(Value::as_u64)));
    let mut next = 1;
    visit(components, &mut |component| {
        if component.get("id").and_then(Value::as_u64).unwrap_or(0) == 0 {
            while taken.contains(&next) {
                next += 1;
            }
            component.insert("id".to_owned(), next.into());
            next += 1;
        }
        let missing = defaults(component);
        add_missing(component, &missing);
        let pictures = component.get_mut("items").and_then(Value::as_array_mut).into_iter().flatten();
        pictures
            .filter_map(Value::as_object_mut)
            .for_each(|picture| add_missing(picture, &picture_defaults()));
    });
}

fn visit(components: &mut [Value], each: &mut impl FnMut(&mut Map<String, Value>)) {
    for component in components.iter_mut().filter_map(Value::as_object_mut) {
        each(component);
        for (key, part) in component.iter_mut() {
            match (key.as_str(), part) {
                ("components", Value::Array(children)) => visit(children, each),
                ("accessory" | "component", part) => visit(std::slice::from_mut(part), each),
                _ => {}
            }
        }
    }
}

pub(crate) fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// `files[3]` and the id of the attachment that describes it are the number 3.
pub(crate) fn number_of(id: Option<&Value>) -> Option<usize> {
    match id? {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => usize::try_from(number.as_u64()?).ok(),
        _ => None,
    }
}

fn shown_embed(embed: &Value) -> Value {
    let mut embed = without_nulls(embed);
    embed["type"] = "rich".into();
    if let Some(Value::String(time)) = embed.get_mut("timestamp")
        && let Some(utc) = time.strip_suffix('Z')
    {
        *time = format!("{utc}+00:00");
    }
    embed
}

pub(crate) fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(
            fields
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| (key.clone(), without_nulls(value)))
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.iter().map(without_nulls).collect()),
        other => other.clone(),
    }
}

/// Adds to each picture and file of components what Discord knows of it beside its link.
fn complete_media(value: &mut Value, message: Snowflake, attachments: &[Value]) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| complete_media(item, message, attachments)),
        Value::Object(fields) => {
            let is_file = fields.get("type") == Some(&kind::FILE.into());
            for key in ["media", "file"] {
                let Some(media) = fields.get_mut(key).filter(|media| media["url"].is_string()) else {
                    continue;
                };
                media["proxy_url"] = media["url"].clone();
                // What only has a link is known by the message that shows it.
                media["id"] = message.json();
                let Some(own) = attachments.iter().find(|file| file["url"] == media["url"]) else { continue };
                media["id"] = own["id"].clone();
                media["attachment_id"] = own["id"].clone();
                if is_file {
                    fields.insert("name".to_owned(), own["filename"].clone());
                    fields.insert("size".to_owned(), own["size"].clone());
                }
            }
            fields.values_mut().for_each(|value| complete_media(value, message, attachments));
        }
        _ => {}
    }
}

/// Replaces `attachment://name` by the link to the attachment of that name.
fn resolve_links(value: &mut Value, attachments: &[Value]) {
    match value {
        Value::String(text) => {
            let Some(name) = text.strip_prefix("attachment://") else { return };
            if let Some(file) = attachments.iter().find(|file| file["filename"] == name) {
                *value = file["url"].clone();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| resolve_links(item, attachments)),
        Value::Object(fields) => fields.values_mut().for_each(|value| resolve_links(value, attachments)),
        _ => {}
    }
}
