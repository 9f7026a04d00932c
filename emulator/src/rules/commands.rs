//! The registration of commands.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{Check, join};
use crate::fault::Fault;

const MAX_SLASH_COMMANDS: usize = 100;
const MAX_CONTEXT_COMMANDS: usize = 15;
const MAX_COMMAND_TEXT: usize = 8_000;

#[rustfmt::skip]
const LOCALES: &[&str] = &[
    "id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl", "no", "pl", "pt-BR",
    "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th", "zh-CN", "ja", "zh-TW", "ko",
];

pub(crate) fn is_locale(text: &str) -> bool {
    LOCALES.contains(&text)
}

// `application_id`, `guild_id` and `version` are in the answers; Discord ignores them
// in a request, and libraries send back what they read.
#[rustfmt::skip]
const FIELDS: &[&str] = &[
    "id", "type", "name", "name_localizations", "description", "description_localizations", "options",
    "default_member_permissions", "dm_permission", "default_permission", "contexts", "integration_types", "nsfw",
    "handler", "application_id", "guild_id", "version",
];

pub(crate) mod option_kind {
    pub(crate) const SUB_COMMAND: u64 = 1;
    pub(crate) const SUB_COMMAND_GROUP: u64 = 2;
    pub(crate) const STRING: u64 = 3;
    pub(crate) const INTEGER: u64 = 4;
    pub(crate) const BOOLEAN: u64 = 5;
    pub(crate) const USER: u64 = 6;
    pub(crate) const CHANNEL: u64 = 7;
    pub(crate) const ROLE: u64 = 8;
    pub(crate) const MENTIONABLE: u64 = 9;
    pub(crate) const NUMBER: u64 = 10;
    pub(crate) const ATTACHMENT: u64 = 11;
}

/// Checks all commands of an application together.
pub(crate) fn check_commands(commands: &[Value]) -> Result<(), Fault> {
    let mut check = Check::default();
    let mut names = BTreeSet::new();
    let mut kinds = [0; 4];
    for (index, command) in commands.iter().enumerate() {
        let path = index.to_string();
        let Some(fields) = check.object(&path, command) else { continue };
        check_command(&mut check, &path, fields);
        let kind = kind_of(fields);
        if let Some(count) = kinds.get_mut(kind as usize) {
            *count += 1;
        }
        if let Some(name) = fields.get("name").and_then(Value::as_str)
            && !names.insert((kind, name))
        {
            let message = "Application command names must be unique";
            check.flaw(&path, "APPLICATION_COMMANDS_DUPLICATE_NAME", message);
        }
    }
    for (kind, max) in [(1, MAX_SLASH_COMMANDS), (2, MAX_CONTEXT_COMMANDS), (3, MAX_CONTEXT_COMMANDS)] {
        if kinds[kind] > max {
            let message = format!("At most {max} commands of type {kind}.");
            check.flaw("", "BASE_TYPE_MAX_LENGTH", message);
        }
    }
    check.finish()
}

fn kind_of(command: &Map<String, Value>) -> u64 {
    command.get("type").and_then(Value::as_u64).unwrap_or(1)
}

fn check_command(check: &mut Check, path: &str, command: &Map<String, Value>) {
    check.known_fields(path, command, FIELDS);
    let at = |field: &str| join(path, field);
    check.integer(&at("type"), command.get("type"), 1, 4);
    let slash = kind_of(command) == 1;
    let mut total = 0;
    if slash {
        total += check_words(check, path, command);
        total += check_options(check, &at("options"), command.get("options"), 0);
    } else {
        check.required_text(&at("name"), command.get("name"), 1, 32);
        check.text(&at("description"), command.get("description"), 0, 0);
    }
    for context in check.list(&at("contexts"), command.get("contexts"), 3) {
        check.integer(&at("contexts"), Some(context), 0, 2);
    }
    for kind in check.list(&at("integration_types"), command.get("integration_types"), 2) {
        check.integer(&at("integration_types"), Some(kind), 0, 1);
    }
    if total > MAX_COMMAND_TEXT {
        let message = format!("Command exceeds maximum size ({MAX_COMMAND_TEXT})");
        check.flaw(path, "APPLICATION_COMMAND_TOO_LARGE", message);
    }
}

/// Name and description with their translations; returns the characters that count,
/// the longest translation of each.
fn check_words(check: &mut Check, path: &str, fields: &Map<String, Value>) -> usize {
    let mut total = 0;
    for (field, max) in [("name", 32), ("description", 100)] {
        let plain = check.required_text(&join(path, field), fields.get(field), 1, max);
        let mut texts: Vec<(String, &str)> =
            plain.map(|text| (join(path, field), text)).into_iter().collect();
        let localized = join(path, format!("{field}_localizations"));
        if let Some(Value::Object(translations)) = fields.get(&format!("{field}_localizations")) {
            for (locale, text) in translations {
                let path = join(&localized, locale);
                if !is_locale(locale) {
                    check.flaw(&path, "LOCALE_INVALID", "Discord has no such locale.");
                }
                if let Some(text) = check.required_text(&path, Some(text), 1, max) {
                    texts.push((path, text));
                }
            }
        }
        for (path, text) in texts.iter().filter(|_| field == "name") {
            if !is_command_name(text) {
                let message = "Command name is invalid: lower case letters, digits, - and _ only.";
                check.flaw(path, "APPLICATION_COMMAND_INVALID_NAME", message);
            }
        }
        total += texts.iter().map(|(_, text)| text.chars().count()).max().unwrap_or(0);
    }
    total
}

fn is_command_name(name: &str) -> bool {
    // Devanagari and Thai write vowels as marks, which are no letters of their own.
    let fits = |c: char| {
        matches!(c, '-' | '_' | '\'' | '\u{900}'..='\u{97f}' | '\u{e00}'..='\u{e7f}') || c.is_alphanumeric()
    };
    name.chars().all(|c| fits(c) && c.to_lowercase().eq([c]))
}

fn check_options(check: &mut Check, path: &str, value: Option<&Value>, depth: usize) -> usize {
    let mut total = 0;
    let mut names = BTreeSet::new();
    let mut optional_before = false;
    for (index, option) in check.list(path, value, 25).iter().enumerate() {
        let path = join(path, index);
        let Some(fields) = check.object(&path, option) else { continue };
        let at = |field: &str| join(&path, field);
        total += check_words(check, &path, fields);
        if let Some(name) = fields.get("name").and_then(Value::as_str)
            && !names.insert(name)
        {
            check.flaw(&at("name"), "APPLICATION_COMMAND_OPTIONS_NAME_INVALID", "Option names are unique.");
        }
        if fields.get("type").is_none() {
            check.missing(&at("type"));
        }
        let kind = check.integer(&at("type"), fields.get("type"), 1, 11).unwrap_or(0).unsigned_abs();
        let nested = matches!(kind, option_kind::SUB_COMMAND | option_kind::SUB_COMMAND_GROUP);
        if nested && (depth >= 2 || (depth == 1 && kind == option_kind::SUB_COMMAND_GROUP)) {
            check.flaw(&at("type"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Nested too deep.");
        }
        if nested && depth < 2 {
            total += check_options(check, &at("options"), fields.get("options"), depth + 1);
        }
        let required = check.boolean(&at("required"), fields.get("required"));
        if required && optional_before {
            let message = "Required options must be placed before non-required options";
            check.flaw(&path, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message);
        }
        optional_before |= !required && !nested;
        let choices = check.list(&at("choices"), fields.get("choices"), 25);
        if check.boolean(&at("autocomplete"), fields.get("autocomplete")) && !choices.is_empty() {
            let message = "Autocomplete and choices exclude each other.";
            check.flaw(&at("choices"), "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES", message);
        }
        total += check_choices(check, &at("choices"), choices, kind);
    }
    total
}

/// Checks choices, of an option or as suggestions, for an option of this kind.
fn check_choices(check: &mut Check, path: &str, choices: &[Value], kind: u64) -> usize {
    let mut total = 0;
    for (index, choice) in choices.iter().enumerate() {
        let path = join(path, index);
        let Some(choice) = check.object(&path, choice) else { continue };
        let name = check.required_text(&join(&path, "name"), choice.get("name"), 1, 100);
        total += name.map_or(0, |name| name.chars().count());
        let value = choice.get("value");
        let fits = match value {
            Some(Value::String(_)) => kind == option_kind::STRING,
            Some(Value::Number(number)) => {
                kind == option_kind::NUMBER || (kind == option_kind::INTEGER && number.is_i64())
            }
            _ => false,
        };
        if fits {
            if kind == option_kind::STRING {
                total +=
                    check.text(&join(&path, "value"), value, 0, 100).map_or(0, |value| value.chars().count());
            }
        } else {
            let message = "The value does not fit the option's type.";
            check.flaw(&join(&path, "value"), "APPLICATION_COMMAND_OPTION_CHOICE_VALUE", message);
        }
    }
    total
}

/// Checks the `data` of a callback that suggests values for an option of `kind`.
pub(crate) fn check_suggestions(path: &str, data: &Value, kind: u64) -> Result<(), Fault> {
    let mut check = Check::default();
    if let Some(fields) = check.object(path, data) {
        check.known_fields(path, fields, &["choices"]);
        let choices = check.list(&join(path, "choices"), fields.get("choices"), 25);
        check_choices(&mut check, &join(path, "choices"), choices, kind);
    }
    check.finish()
}
