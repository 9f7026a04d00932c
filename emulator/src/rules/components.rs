//! Buttons, menus, Components V2 and modals.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{Check, MEDIA, WEB, join};
use crate::fault::Fault;

pub(crate) mod kind {
    pub(crate) const ACTION_ROW: u64 = 1;
    pub(crate) const BUTTON: u64 = 2;
    pub(crate) const STRING_SELECT: u64 = 3;
    pub(crate) const TEXT_INPUT: u64 = 4;
    pub(crate) const USER_SELECT: u64 = 5;
    pub(crate) const ROLE_SELECT: u64 = 6;
    pub(crate) const MENTIONABLE_SELECT: u64 = 7;
    pub(crate) const CHANNEL_SELECT: u64 = 8;
    pub(crate) const SECTION: u64 = 9;
    pub(crate) const TEXT_DISPLAY: u64 = 10;
    pub(crate) const THUMBNAIL: u64 = 11;
    pub(crate) const MEDIA_GALLERY: u64 = 12;
    pub(crate) const FILE: u64 = 13;
    pub(crate) const SEPARATOR: u64 = 14;
    pub(crate) const CONTAINER: u64 = 17;
    pub(crate) const LABEL: u64 = 18;
    pub(crate) const FILE_UPLOAD: u64 = 19;
    pub(crate) const RADIO_GROUP: u64 = 21;
    pub(crate) const CHECKBOX_GROUP: u64 = 22;
    pub(crate) const CHECKBOX: u64 = 23;
}

/// Discord's limit for a message of Components V2, nested ones included.
const MAX_V2: usize = 40;
const MAX_ROWS: usize = 5;
/// Of all text displays of a message together.
const MAX_TEXT: usize = 4_000;

pub(crate) fn kind_of(component: &Value) -> u64 {
    component.get("type").and_then(Value::as_u64).unwrap_or(0)
}

pub(crate) fn is_select(kind: u64) -> bool {
    matches!(
        kind,
        kind::STRING_SELECT
            | kind::USER_SELECT
            | kind::ROLE_SELECT
            | kind::MENTIONABLE_SELECT
            | kind::CHANNEL_SELECT
    )
}

/// What a message is checked against while its components are walked.
struct Walk {
    custom_ids: BTreeSet<String>,
    ids: BTreeSet<i64>,
    count: usize,
    text: usize,
}

impl Walk {
    fn new() -> Walk {
        Walk { custom_ids: BTreeSet::new(), ids: BTreeSet::new(), count: 0, text: 0 }
    }
}

pub(super) fn check_message_components(check: &mut Check, path: &str, value: Option<&Value>, v2: bool) {
    let max = if v2 { MAX_V2 } else { MAX_ROWS };
    let mut walk = Walk::new();
    for (index, component) in check.list(path, value, max).iter().enumerate() {
        let path = join(path, index);
        let fits = match kind_of(component) {
            kind::ACTION_ROW => true,
            kind::SECTION
            | kind::TEXT_DISPLAY
            | kind::MEDIA_GALLERY
            | kind::FILE
            | kind::SEPARATOR
            | kind::CONTAINER => v2,
            _ => false,
        };
        if fits {
            check_component(check, &mut walk, &path, component);
        } else {
            wrong_kind(check, &path);
        }
    }
    if v2 && walk.count > MAX_V2 {
        let message = format!("A message has at most {MAX_V2} components, nested ones included.");
        check.flaw(path, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", message);
    }
    if walk.text > MAX_TEXT {
        let message = format!("The text displays of a message have at most {MAX_TEXT} characters together.");
        check.flaw(path, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", message);
    }
}

fn wrong_kind(check: &mut Check, path: &str) {
    check.flaw(&join(path, "type"), "UNION_TYPE_CHOICES", "No component of this type can be here.");
}

fn check_component(check: &mut Check, walk: &mut Walk, path: &str, component: &Value) {
    let Some(fields) = check.object(path, component) else { return };
    walk.count += 1;
    let id = check.integer(&join(path, "id"), fields.get("id"), 0, i64::from(i32::MAX));
    if let Some(id) = id.filter(|id| *id != 0)
        && !walk.ids.insert(id)
    {
        check.flaw(&join(path, "id"), "COMPONENT_ID_DUPLICATED", "Component ids are unique in a message.");
    }
    let at = |field: &str| join(path, field);
    match kind_of(component) {
        kind::ACTION_ROW => check_row(check, walk, path, fields),
        kind::BUTTON => check_button(check, walk, path, fields),
        kind if is_select(kind) => check_select(check, walk, path, kind, fields),
        kind::SECTION => {
            let texts = fields.get("components");
            let texts = check_children(check, walk, &at("components"), texts, 1, 3, |kind| {
                kind == kind::TEXT_DISPLAY
            });
            if texts == 0 {
                check.missing(&at("components"));
            }
            match fields.get("accessory") {
                Some(part) if matches!(kind_of(part), kind::BUTTON | kind::THUMBNAIL) => {
                    check_component(check, walk, &at("accessory"), part);
                }
                Some(_) => wrong_kind(check, &at("accessory")),
                None => check.missing(&at("accessory")),
            }
        }
        kind::TEXT_DISPLAY => {
            let text = check.required_text(&at("content"), fields.get("content"), 1, MAX_TEXT);
            walk.text += text.map_or(0, |text| text.chars().count());
        }
        kind::THUMBNAIL => check_media(check, &at("media"), fields.get("media")),
        kind::MEDIA_GALLERY => {
            let items = check.list(&at("items"), fields.get("items"), 10);
            if items.is_empty() {
                check.missing(&at("items"));
            }
            for (index, item) in items.iter().enumerate() {
                let path = join(&at("items"), index);
                check_media(check, &join(&path, "media"), item.get("media"));
                check.text(&join(&path, "description"), item.get("description"), 0, 1_024);
            }
        }
        kind::FILE => {
            let url = fields.get("file").and_then(|file| file.get("url"));
            check.url(&join(&at("file"), "url"), url, &["attachment://"]);
            if url.is_none() {
                check.missing(&join(&at("file"), "url"));
            }
        }
        kind::SEPARATOR => {
            check.integer(&at("spacing"), fields.get("spacing"), 1, 2);
        }
        kind::CONTAINER => {
            check.integer(&at("accent_color"), fields.get("accent_color"), 0, 0xff_ffff);
            let children = fields.get("components");
            check_children(check, walk, &at("components"), children, 1, MAX_V2, |kind| {
                matches!(
                    kind,
                    kind::ACTION_ROW
                        | kind::SECTION
                        | kind::TEXT_DISPLAY
                        | kind::MEDIA_GALLERY
                        | kind::FILE
                        | kind::SEPARATOR
                )
            });
        }
        _ => wrong_kind(check, path),
    }
}

/// Returns how many children there are.
fn check_children(
    check: &mut Check,
    walk: &mut Walk,
    path: &str,
    value: Option<&Value>,
    min: usize,
    max: usize,
    fits: impl Fn(u64) -> bool,
) -> usize {
    let children = check.list(path, value, max);
    if children.len() < min {
        check.flaw(path, "BASE_TYPE_BAD_LENGTH", format!("Must be between {min} and {max} in length."));
    }
    for (index, child) in children.iter().enumerate() {
        let path = join(path, index);
        if fits(kind_of(child)) {
            check_component(check, walk, &path, child);
        } else {
            wrong_kind(check, &path);
        }
    }
    children.len()
}

fn check_row(check: &mut Check, walk: &mut Walk, path: &str, row: &Map<String, Value>) {
    let path = join(path, "components");
    let has_select = row
        .get("components")
        .and_then(Value::as_array)
        .is_some_and(|children| children.iter().any(|child| is_select(kind_of(child))));
    let max = if has_select { 1 } else { 5 };
    check_children(check, walk, &path, row.get("components"), 1, max, |kind| {
        kind == kind::BUTTON || is_select(kind)
    });
}

fn check_custom_id(check: &mut Check, walk: &mut Walk, path: &str, fields: &Map<String, Value>) {
    let path = join(path, "custom_id");
    let Some(custom_id) = check.required_text(&path, fields.get("custom_id"), 1, 100) else { return };
    if !walk.custom_ids.insert(custom_id.to_owned()) {
        check.flaw(&path, "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated");
    }
}

fn check_button(check: &mut Check, walk: &mut Walk, path: &str, button: &Map<String, Value>) {
    let at = |field: &str| join(path, field);
    let label = check.text(&at("label"), button.get("label"), 0, 80);
    check.boolean(&at("disabled"), button.get("disabled"));
    let emoji = button.get("emoji").is_some_and(|emoji| !emoji.is_null());
    match button.get("style") {
        None => check.missing(&at("style")),
        style => match check.integer(&at("style"), style, 1, 6) {
            Some(5) => {
                if button.get("url").is_none_or(Value::is_null) {
                    check.missing(&at("url"));
                }
                check.url(&at("url"), button.get("url"), &[WEB[0], WEB[1], "discord://"]);
                check.text(&at("url"), button.get("url"), 1, 512);
                if button.get("custom_id").is_some_and(|id| !id.is_null()) {
                    let message = "A custom id and url cannot both be specified";
                    check.flaw(path, "BUTTON_COMPONENT_CUSTOM_ID_URL_CONFLICT", message);
                }
            }
            Some(6) => {
                if button.get("sku_id").is_none() {
                    check.missing(&at("sku_id"));
                }
                return;
            }
            Some(_) => check_custom_id(check, walk, path, button),
            None => return,
        },
    }
    if label.is_none_or(str::is_empty) && !emoji {
        check.flaw(path, "BUTTON_COMPONENT_LABEL_REQUIRED", "A button has a label or an emoji.");
    }
}

fn check_select(check: &mut Check, walk: &mut Walk, path: &str, kind: u64, select: &Map<String, Value>) {
    let at = |field: &str| join(path, field);
    check_custom_id(check, walk, path, select);
    check.text(&at("placeholder"), select.get("placeholder"), 0, 150);
    check.boolean(&at("disabled"), select.get("disabled"));
    let min = check.integer(&at("min_values"), select.get("min_values"), 0, 25).unwrap_or(1);
    let max = check.integer(&at("max_values"), select.get("max_values"), 1, 25).unwrap_or(1.max(min));
    if min > max {
        check.flaw(&at("min_values"), "SELECT_COMPONENT_RANGE", "min_values is above max_values.");
    }
    let options = check.list(&at("options"), select.get("options"), 25);
    if kind != kind::STRING_SELECT {
        if !options.is_empty() {
            check.flaw(&at("options"), "UNKNOWN_FIELD", "Only a string select has options.");
        }
        return;
    }
    if options.is_empty() {
        check.missing(&at("options"));
    }
    let mut values = BTreeSet::new();
    let mut chosen = 0;
    for (index, option) in options.iter().enumerate() {
        let path = join(&at("options"), index);
        let Some(option) = check.object(&path, option) else { continue };
        check.required_text(&join(&path, "label"), option.get("label"), 1, 100);
        check.text(&join(&path, "description"), option.get("description"), 0, 100);
        chosen += i64::from(check.boolean(&join(&path, "default"), option.get("default")));
        let value = check.required_text(&join(&path, "value"), option.get("value"), 1, 100);
        if value.is_some_and(|value| !values.insert(value)) {
            let message = "The specified option value is already used";
            check.flaw(&join(&path, "value"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", message);
        }
    }
    if chosen > max {
        let message = "More options are default than max_values allows.";
        check.flaw(&at("options"), "SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES", message);
    }
}

fn check_media(check: &mut Check, path: &str, media: Option<&Value>) {
    let url = media.and_then(|media| media.get("url"));
    if url.is_none() {
        check.missing(&join(path, "url"));
    }
    check.url(&join(path, "url"), url, MEDIA);
}

/// Checks the `data` of a callback that opens a modal.
pub(crate) fn check_modal(path: &str, modal: &Value) -> Result<(), Fault> {
    let mut check = Check::default();
    let Some(fields) = check.object(path, modal) else { return check.finish() };
    let at = |field: &str| join(path, field);
    check.known_fields(path, fields, &["custom_id", "title", "components"]);
    check.required_text(&at("custom_id"), fields.get("custom_id"), 1, 100);
    check.required_text(&at("title"), fields.get("title"), 1, 45);
    let components = check.list(&at("components"), fields.get("components"), 5);
    if components.is_empty() {
        check.missing(&at("components"));
    }
    let mut walk = Walk::new();
    for (index, component) in components.iter().enumerate() {
        let path = join(&at("components"), index);
        let Some(fields) = check.object(&path, component) else { continue };
        match kind_of(component) {
            kind::ACTION_ROW => {
                let children = check.list(&join(&path, "components"), fields.get("components"), 1);
                let path = join(&path, "components.0");
                match children.first() {
                    Some(input) if kind_of(input) == kind::TEXT_INPUT => {
                        check.required_text(&join(&path, "label"), input.get("label"), 1, 45);
                        check_modal_input(&mut check, &mut walk, &path, input);
                    }
                    Some(_) => wrong_kind(&mut check, &path),
                    None => check.missing(&path),
                }
            }
            kind::LABEL => {
                check.required_text(&join(&path, "label"), fields.get("label"), 1, 45);
                check.text(&join(&path, "description"), fields.get("description"), 0, 100);
                match fields.get("component") {
                    Some(input) => check_modal_input(&mut check, &mut walk, &join(&path, "component"), input),
                    None => check.missing(&join(&path, "component")),
                }
            }
            kind::TEXT_DISPLAY => {
                check.required_text(&join(&path, "content"), fields.get("content"), 1, 4_000);
            }
            _ => wrong_kind(&mut check, &path),
        }
    }
    check.finish()
}

fn check_modal_input(check: &mut Check, walk: &mut Walk, path: &str, input: &Value) {
    let Some(fields) = check.object(path, input) else { return };
    let at = |field: &str| join(path, field);
    if fields.get("disabled").is_some_and(|disabled| disabled == &Value::Bool(true)) {
        check.flaw(&at("disabled"), "COMPONENT_DISABLED_IN_MODAL", "Nothing in a modal can be disabled.");
    }
    check.boolean(&at("required"), fields.get("required"));
    match kind_of(input) {
        kind::TEXT_INPUT => {
            check_custom_id(check, walk, path, fields);
            if fields.get("style").is_none() {
                check.missing(&at("style"));
            }
            check.integer(&at("style"), fields.get("style"), 1, 2);
            let min = check.integer(&at("min_length"), fields.get("min_length"), 0, 4_000).unwrap_or(0);
            let max = check.integer(&at("max_length"), fields.get("max_length"), 1, 4_000).unwrap_or(4_000);
            if min > max {
                check.flaw(&at("min_length"), "TEXT_INPUT_RANGE", "min_length is above max_length.");
            }
            check.text(&at("value"), fields.get("value"), 0, max.unsigned_abs() as usize);
            check.text(&at("placeholder"), fields.get("placeholder"), 0, 100);
        }
        kind::FILE_UPLOAD => {
            check_custom_id(check, walk, path, fields);
            check.integer(&at("min_values"), fields.get("min_values"), 0, 10);
            check.integer(&at("max_values"), fields.get("max_values"), 1, 10);
            check_file_types(check, &at("file_types"), fields.get("file_types"));
        }
        kind::RADIO_GROUP => {
            check_custom_id(check, walk, path, fields);
            check_choices(check, path, fields, 2, 1);
        }
        kind::CHECKBOX_GROUP => {
            check_custom_id(check, walk, path, fields);
            check.integer(&at("min_values"), fields.get("min_values"), 0, 10);
            let max = check.integer(&at("max_values"), fields.get("max_values"), 1, 10);
            check_choices(check, path, fields, 1, max.unwrap_or(10));
        }
        kind::CHECKBOX => {
            check_custom_id(check, walk, path, fields);
            check.boolean(&at("default"), fields.get("default"));
        }
        kind if is_select(kind) => check_select(check, walk, path, kind, fields),
        _ => wrong_kind(check, path),
    }
}

/// Checks the options of a group, of which there are at least `min` and at most `chosen` chosen beforehand.
fn check_choices(check: &mut Check, path: &str, group: &Map<String, Value>, min: usize, chosen: i64) {
    let path = join(path, "options");
    let options = check.list(&path, group.get("options"), 10);
    if options.len() < min {
        check.flaw(&path, "BASE_TYPE_BAD_LENGTH", format!("Must be between {min} and 10 in length."));
    }
    let mut values = BTreeSet::new();
    let mut defaults = 0;
    for (index, option) in options.iter().enumerate() {
        let path = join(&path, index);
        let Some(option) = check.object(&path, option) else { continue };
        check.required_text(&join(&path, "label"), option.get("label"), 1, 100);
        check.text(&join(&path, "description"), option.get("description"), 0, 100);
        defaults += i64::from(check.boolean(&join(&path, "default"), option.get("default")));
        let value = check.required_text(&join(&path, "value"), option.get("value"), 1, 100);
        if value.is_some_and(|value| !values.insert(value)) {
            let message = "The specified option value is already used";
            check.flaw(&join(&path, "value"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", message);
        }
    }
    if defaults > chosen {
        let message = "More options are default than can be chosen.";
        check.flaw(&path, "SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES", message);
    }
}

/// Checks what kinds of files a place takes: kinds of media, or extensions.
pub(super) fn check_file_types(check: &mut Check, path: &str, value: Option<&Value>) {
    for (index, wanted) in check.list(path, value, 10).iter().enumerate() {
        let path = join(path, index);
        if let Some(wanted) = check.required_text(&path, Some(wanted), 1, 32)
            && !matches!(wanted, "image" | "video" | "audio")
            && !wanted.strip_prefix('.').is_some_and(|rest| !rest.is_empty() && !rest.contains(['.', '/']))
        {
            let message = "A file type is image, video, audio or an extension with its dot.";
            check.flaw(&path, "FILE_TYPE_INVALID", message);
        }
    }
}
