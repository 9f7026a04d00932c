//! Events in words and as JSON, from how they show themselves (`{:?}`): so each event there will ever
//! be is told without a line of its own here, and a time is told from a number.

use serde_json::{Map, Value as Json, json};
use std::fmt::Debug;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A value by how it shows itself.
#[derive(Debug, PartialEq)]
pub(crate) enum Value {
    /// A number, a word, a hash.
    Bare(String),
    Text(String),
    List(Vec<Value>),
    /// `PlayerId(3)`, `Some(..)`; a tuple has no name.
    Wrapped(String, Vec<Value>),
    /// `Names { name: .. }`
    Named(String, Vec<(String, Value)>),
}

impl Value {
    pub(crate) fn of(shown: &impl Debug) -> Value {
        let shown = format!("{shown:?}");
        let mut rest = shown.as_str();
        match parse(&mut rest) {
            Some(value) if rest.is_empty() => value,
            _ => Value::Bare(shown),
        }
    }

    /// `left queue: player 3, at 2026-11-21T18:20:00.5Z`
    pub(crate) fn words(&self) -> String {
        match self {
            Value::Bare(word) if word == "None" => "none".to_owned(),
            Value::Bare(word) => spaced(word),
            Value::Text(text) => format!("{text:?}"),
            Value::List(values) if values.is_empty() => "none".to_owned(),
            Value::List(values) => format!("[{}]", joined(values)),
            Value::Wrapped(name, values) => match (name.as_str(), &values[..]) {
                ("Timestamp", [Value::Bare(milliseconds)]) => time_of(milliseconds),
                ("Some", [value]) => value.words(),
                ("", values) => format!("({})", joined(values)),
                (_, [value @ Value::Bare(_)]) if is_plain(name) => value.words(),
                (name, values) => format!("{} {}", spaced(name), joined(values)),
            },
            Value::Named(name, fields) => {
                let fields = fields
                    .iter()
                    .map(|(name, value)| format!("{} {}", name.replace('_', " "), value.words()));
                let fields = fields.collect::<Vec<_>>().join(", ");
                format!("{}: {fields}", spaced(name))
            }
        }
    }

    /// Structs and variants are objects with their name as `is`; ids are numbers, times milliseconds.
    pub(crate) fn json(&self) -> Json {
        match self {
            Value::Bare(word) => match word.as_str() {
                "None" => Json::Null,
                "true" => json!(true),
                "false" => json!(false),
                _ => serde_json::from_str(word).ok().filter(Json::is_number).unwrap_or_else(|| json!(word)),
            },
            Value::Text(text) => json!(text),
            Value::List(values) => values.iter().map(Value::json).collect(),
            Value::Wrapped(name, values) => match (name.as_str(), &values[..]) {
                ("Some" | "Timestamp", [value]) => value.json(),
                ("", values) => values.iter().map(Value::json).collect(),
                // Digits of a hash may look like a number.
                ("FileHash", [Value::Bare(hash)]) => json!(hash),
                (_, [value @ Value::Bare(_)]) if is_plain(name) => value.json(),
                (name, [value]) => json!({ "is": name, "value": value.json() }),
                (name, values) => {
                    json!({ "is": name, "value": values.iter().map(Value::json).collect::<Json>() })
                }
            },
            Value::Named(name, fields) => {
                let fields = fields.iter().map(|(name, value)| (name.clone(), value.json()));
                Json::Object(Map::from_iter([("is".to_owned(), json!(name))].into_iter().chain(fields)))
            }
        }
    }
}

/// A type that only says what its number is.
fn is_plain(name: &str) -> bool {
    name.ends_with("Id") || ["Mmr", "Seq", "Incarnation", "FileHash"].contains(&name)
}

fn joined(values: &[Value]) -> String {
    values.iter().map(Value::words).collect::<Vec<_>>().join(", ")
}

/// `LeftQueue` is "left queue".
fn spaced(name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

pub(crate) fn time_of(milliseconds: &str) -> String {
    let nanoseconds = milliseconds.parse::<i128>().ok().map(|milliseconds| milliseconds * 1_000_000);
    let time =
        nanoseconds.and_then(|nanoseconds| OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).ok());
    time.and_then(|time| time.format(&Rfc3339).ok()).unwrap_or_else(|| format!("{milliseconds} ms"))
}

fn parse(rest: &mut &str) -> Option<Value> {
    if rest.starts_with('"') {
        return text(rest).map(Value::Text);
    }
    if eat(rest, "[") {
        return list(rest, "]").map(Value::List);
    }
    let end = rest
        .find(|letter: char| !(letter.is_alphanumeric() || "_-.+".contains(letter)))
        .unwrap_or(rest.len());
    let (name, behind) = rest.split_at(end);
    *rest = behind;
    if eat(rest, "(") {
        return Some(Value::Wrapped(name.to_owned(), list(rest, ")")?));
    }
    if !eat(rest, " { ") {
        return (!name.is_empty()).then(|| Value::Bare(name.to_owned()));
    }
    let mut fields = Vec::new();
    loop {
        let (field, behind) = rest.split_once(": ")?;
        *rest = behind;
        fields.push((field.to_owned(), parse(rest)?));
        if eat(rest, " }") {
            return Some(Value::Named(name.to_owned(), fields));
        }
        eat(rest, ", ").then_some(())?;
    }
}

fn list(rest: &mut &str, end: &str) -> Option<Vec<Value>> {
    let mut values = Vec::new();
    while !eat(rest, end) {
        if !values.is_empty() {
            eat(rest, ", ").then_some(())?;
        }
        values.push(parse(rest)?);
    }
    Some(values)
}

/// A text as Rust shows it.
fn text(rest: &mut &str) -> Option<String> {
    let mut text = String::new();
    let mut letters = rest[1..].char_indices();
    while let Some((at, letter)) = letters.next() {
        text.push(match letter {
            '"' => {
                *rest = &rest[at + 2..];
                return Some(text);
            }
            '\\' => match letters.next()?.1 {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                '0' => '\0',
                'u' => {
                    let digits: String = letters
                        .by_ref()
                        .skip(1)
                        .map(|(_, digit)| digit)
                        .take_while(|digit| *digit != '}')
                        .collect();
                    char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?
                }
                other => other,
            },
            letter => letter,
        });
    }
    None
}

fn eat(rest: &mut &str, expected: &str) -> bool {
    match rest.strip_prefix(expected) {
        Some(behind) => {
            *rest = behind;
            true
        }
        None => false,
    }
}
