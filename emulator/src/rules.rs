//! Discord's rules for what a bot may send, written by hand.
//!
//! They are the ones of the documentation, also where its machine-readable form is
//! looser. A body is checked whole, so that one refusal names all of its flaws.
//! `rules::components` has buttons, menus and modals, `rules::commands` the commands.

pub(crate) mod channels;
pub(crate) mod commands;
pub(crate) mod components;

use serde_json::{Map, Value};

use crate::fault::{Fault, Flaw};
use crate::files::MAX_FILES;

pub(crate) const EPHEMERAL: u64 = 1 << 6;
pub(crate) const LOADING: u64 = 1 << 7;
pub(crate) const COMPONENTS_V2: u64 = 1 << 15;
/// What a bot may set: suppress embeds, ephemeral, suppress notifications, components V2.
pub(crate) const SETTABLE: u64 = 1 << 2 | EPHEMERAL | 1 << 12 | COMPONENTS_V2;

const MAX_CONTENT: usize = 2_000;
const MAX_EMBEDS: usize = 10;
const MAX_EMBED_TEXT: usize = 6_000;

/// Where a message's body is sent, which decides what it may contain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Create,
    Edit,
    /// The `data` of a callback.
    Callback,
    FollowUp,
    EditAnswer,
}

impl Form {
    fn fields(self) -> &'static [&'static str] {
        match self {
            Form::Create => &[
                "content",
                "embeds",
                "allowed_mentions",
                "sticker_ids",
                "components",
                "flags",
                "attachments",
                "poll",
                "message_reference",
                "nonce",
                "enforce_nonce",
                "tts",
            ],
            Form::Edit => &[
                "content",
                "embeds",
                "flags",
                "allowed_mentions",
                "sticker_ids",
                "components",
                "attachments",
            ],
            Form::Callback | Form::FollowUp => &[
                "content",
                "embeds",
                "allowed_mentions",
                "components",
                "attachments",
                "poll",
                "tts",
                "flags",
            ],
            Form::EditAnswer => {
                &["content", "embeds", "allowed_mentions", "components", "attachments", "poll", "flags"]
            }
        }
    }
}

/// Collects the flaws of one body.
#[derive(Debug, Default)]
pub(crate) struct Check {
    flaws: Vec<Flaw>,
}

impl Check {
    pub(crate) fn finish(self) -> Result<(), Fault> {
        if self.flaws.is_empty() { Ok(()) } else { Err(Fault::InvalidForm(self.flaws)) }
    }

    fn flaw(&mut self, path: &str, code: &'static str, message: impl Into<String>) {
        self.flaws.push(Flaw { path: path.to_owned(), code, message: message.into() });
    }

    fn missing(&mut self, path: &str) {
        self.flaw(path, "BASE_TYPE_REQUIRED", "This field is required");
    }

    fn known_fields(&mut self, path: &str, body: &Map<String, Value>, known: &[&str]) {
        for field in body.keys().filter(|field| !known.contains(&field.as_str())) {
            self.flaw(&join(path, field), "UNKNOWN_FIELD", "Discord knows no such field");
        }
    }

    /// An optional text of `min` to `max` characters; `null` counts as absent.
    fn text<'a>(&mut self, path: &str, value: Option<&'a Value>, min: usize, max: usize) -> Option<&'a str> {
        match value {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => {
                let length = text.chars().count();
                if length < min || length > max {
                    let message = format!("Must be between {min} and {max} in length.");
                    self.flaw(path, "BASE_TYPE_BAD_LENGTH", message);
                }
                Some(text)
            }
            Some(_) => {
                self.flaw(path, "STRING_TYPE_CONVERT", "Could not interpret as string.");
                None
            }
        }
    }

    fn required_text<'a>(
        &mut self,
        path: &str,
        value: Option<&'a Value>,
        min: usize,
        max: usize,
    ) -> Option<&'a str> {
        if matches!(value, None | Some(Value::Null)) {
            self.missing(path);
        }
        self.text(path, value, min, max)
    }

    fn integer(&mut self, path: &str, value: Option<&Value>, min: i64, max: i64) -> Option<i64> {
        match value {
            None | Some(Value::Null) => None,
            Some(value) => match value.as_i64() {
                Some(number) if (min..=max).contains(&number) => Some(number),
                Some(_) => {
                    let message = format!("int value should be between {min} and {max}.");
                    self.flaw(path, "NUMBER_TYPE_RANGE", message);
                    None
                }
                None => {
                    self.flaw(path, "NUMBER_TYPE_COERCE", format!("Value {value} is not int."));
                    None
                }
            },
        }
    }

    fn boolean(&mut self, path: &str, value: Option<&Value>) -> bool {
        match value {
            None | Some(Value::Null) => false,
            Some(Value::Bool(value)) => *value,
            Some(_) => {
                self.flaw(path, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.");
                false
            }
        }
    }

    /// A list of at most `max`; absent and `null` are empty.
    fn list<'a>(&mut self, path: &str, value: Option<&'a Value>, max: usize) -> &'a [Value] {
        match value {
            None | Some(Value::Null) => &[],
            Some(Value::Array(items)) => {
                if items.len() > max {
                    let message = format!("Must be {max} or fewer in length.");
                    self.flaw(path, "BASE_TYPE_MAX_LENGTH", message);
                }
                items
            }
            Some(_) => {
                self.flaw(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType.");
                &[]
            }
        }
    }

    fn object<'a>(&mut self, path: &str, value: &'a Value) -> Option<&'a Map<String, Value>> {
        let object = value.as_object();
        if object.is_none() {
            self.flaw(path, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType.");
        }
        object
    }

    fn url(&mut self, path: &str, value: Option<&Value>, schemes: &[&str]) {
        let Some(url) = self.text(path, value, 1, 2_048) else { return };
        if !schemes.iter().any(|scheme| url.starts_with(scheme)) {
            self.flaw(path, "URL_TYPE_INVALID_SCHEME", format!("Scheme must be one of {schemes:?}."));
        }
    }
}

fn join(path: &str, step: impl std::fmt::Display) -> String {
    if path.is_empty() { step.to_string() } else { format!("{path}.{step}") }
}

const WEB: &[&str] = &["http://", "https://"];
const MEDIA: &[&str] = &["http://", "https://", "attachment://"];

/// Checks the body of a message. `path` is where it stands in the request, `flags` are
/// those of the message before.
pub(crate) fn check_message(form: Form, path: &str, body: &Value, flags: u64) -> Result<(), Fault> {
    let mut check = Check::default();
    let Some(fields) = check.object(path, body) else { return check.finish() };
    check.known_fields(path, fields, form.fields());
    let at = |field: &str| join(path, field);

    let content = check.text(&at("content"), fields.get("content"), 0, MAX_CONTENT);
    let settable = i64::try_from(SETTABLE).expect("flags are small");
    let asked = check.integer(&at("flags"), fields.get("flags"), 0, i64::from(u32::MAX)).unwrap_or(0);
    if asked & !settable != 0 {
        check.flaw(&at("flags"), "MESSAGE_FLAGS_INVALID", "A flag that a bot cannot set.");
    }
    check.boolean(&at("tts"), fields.get("tts"));
    check.boolean(&at("enforce_nonce"), fields.get("enforce_nonce"));
    match fields.get("nonce") {
        Some(Value::Number(number)) if number.is_i64() || number.is_u64() => {}
        nonce => {
            check.text(&at("nonce"), nonce, 0, 25);
        }
    }
    for (index, file) in
        check.list(&at("attachments"), fields.get("attachments"), MAX_FILES).iter().enumerate()
    {
        let path = join(&at("attachments"), index);
        if let Some(file) = check.object(&path, file) {
            if file.get("id").is_none() {
                check.missing(&join(&path, "id"));
            }
            check.text(&join(&path, "filename"), file.get("filename"), 1, 1_024);
            check.text(&join(&path, "description"), file.get("description"), 0, 1_024);
        }
    }

    let embeds = check.list(&at("embeds"), fields.get("embeds"), MAX_EMBEDS);
    let mut embed_text = 0;
    for (index, embed) in embeds.iter().enumerate() {
        embed_text += check_embed(&mut check, &join(&at("embeds"), index), embed);
    }
    if embed_text > MAX_EMBED_TEXT {
        let message = format!("Embed size exceeds maximum size of {MAX_EMBED_TEXT}");
        check.flaw(&at("embeds"), "MAX_EMBED_SIZE_EXCEEDED", message);
    }

    let v2 = (flags | asked.unsigned_abs()) & COMPONENTS_V2 != 0;
    if v2 {
        let content = content.is_some_and(|content| !content.is_empty());
        let others = [("content", content), ("embeds", !embeds.is_empty())];
        let polls = ["poll", "sticker_ids"].map(|field| {
            let given = fields.get(field);
            (field, given.is_some_and(|value| !value.is_null() && value != &Value::Array(Vec::new())))
        });
        for (field, _) in others.into_iter().chain(polls).filter(|(_, given)| *given) {
            let message = format!("The {field} field cannot be used with MessageFlags.IS_COMPONENTS_V2");
            check.flaw(&at(field), "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", message);
        }
    }
    components::check_message_components(&mut check, &at("components"), fields.get("components"), v2);
    check.finish()
}

/// Returns how many characters count towards the limit over all embeds.
fn check_embed(check: &mut Check, path: &str, embed: &Value) -> usize {
    let Some(embed) = check.object(path, embed) else { return 0 };
    let at = |field: &str| join(path, field);
    let mut total = 0;
    let mut count = |text: Option<&str>| total += text.map_or(0, |text| text.chars().count());

    count(check.text(&at("title"), embed.get("title"), 0, 256));
    count(check.text(&at("description"), embed.get("description"), 0, 4_096));
    check.integer(&at("color"), embed.get("color"), 0, 0xff_ffff);
    check.url(&at("url"), embed.get("url"), WEB);
    if let Some(time) = check.text(&at("timestamp"), embed.get("timestamp"), 19, 40)
        && !is_iso8601(time)
    {
        check.flaw(&at("timestamp"), "DATE_TIME_TYPE_PARSE", "Could not parse. Should be ISO8601.");
    }
    for media in ["image", "thumbnail"] {
        let image = embed.get(media).filter(|image| !image.is_null());
        if let Some(image) = image.and_then(|image| check.object(&at(media), image)) {
            check.url(&join(&at(media), "url"), image.get("url"), MEDIA);
        }
    }
    for (part, text, max) in [("footer", "text", 2_048), ("author", "name", 256)] {
        let Some(object) = embed.get(part).filter(|object| !object.is_null()) else { continue };
        if let Some(object) = check.object(&at(part), object) {
            count(check.required_text(&join(&at(part), text), object.get(text), 1, max));
            check.url(&join(&at(part), "icon_url"), object.get("icon_url"), MEDIA);
            check.url(&join(&at(part), "url"), object.get("url"), WEB);
        }
    }
    for (index, field) in check.list(&at("fields"), embed.get("fields"), 25).iter().enumerate() {
        let path = join(&at("fields"), index);
        let Some(field) = check.object(&path, field) else { continue };
        count(check.required_text(&join(&path, "name"), field.get("name"), 1, 256));
        count(check.required_text(&join(&path, "value"), field.get("value"), 1, 1_024));
        check.boolean(&join(&path, "inline"), field.get("inline"));
    }
    total
}

/// Whether `text` has the shape of a date and a time.
fn is_iso8601(text: &str) -> bool {
    let digits_at = |range: std::ops::Range<usize>| {
        text.get(range).is_some_and(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let bytes = text.as_bytes();
    let zone =
        text.get(19..).unwrap_or_default().trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    let zone = zone.as_bytes();
    let zone_fits = zone == b"Z" || (zone.len() == 6 && matches!(zone[0], b'+' | b'-') && zone[3] == b':');
    [0..4, 5..7, 8..10, 11..13, 14..16, 17..19].into_iter().all(digits_at)
        && [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')]
            .into_iter()
            .all(|(at, byte)| bytes[at] == byte)
        && zone_fits
}
