//! Real replays, against what two independent decoders say of them.
//!
//! The files are not part of the project; without them the tests say so.

use std::fs;
use std::path::PathBuf;

use serde_json::{Map, Value};

use crate::{Facts, parse, tracker_events};

/// Fields of the expectations that are about the file and its decoders. Every
/// other field is a fact and must come out, also one that nobody here knows.
#[rustfmt::skip]
const NOT_FACTS: &[&str] = &[
    "size", "sha256", "origin", "expect", "facts_source", "oracle_errors", "oracle_note",
    "evo_kind", "evo_known_handles", "evo_extra_handle",
];

pub(super) struct RealReplay {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
    pub(super) expect: String,
    facts: Map<String, Value>,
}

/// The real replays, or none with a word about it.
pub(super) fn real_replays() -> Vec<RealReplay> {
    let folder = std::env::var_os("EVOLADDER_REPLAYS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/replays"),
        PathBuf::from,
    );
    let Ok(expected) = fs::read(folder.join("expected.json")) else {
        println!("skipped: no real replays");
        return Vec::new();
    };
    let expected: Value = serde_json::from_slice(&expected).expect("expected.json is JSON");
    let replays = expected["replays"].as_object().expect("expected.json lists replays");
    let load = |(name, facts): (&String, &Value)| {
        let facts = facts.as_object().expect("an expectation is an object").clone();
        RealReplay {
            name: name.clone(),
            bytes: fs::read(folder.join(name)).expect("a listed replay is there"),
            expect: facts["expect"].as_str().expect("an expectation is text").to_owned(),
            facts,
        }
    };
    replays.iter().map(load).collect()
}

/// The paths at which `found` lacks or contradicts something of `expected`.
/// Objects may have more fields than expected, lists not more items.
fn differences(path: &str, expected: &Value, found: &Value, out: &mut Vec<String>) {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            for (field, value) in expected {
                match found.get(field) {
                    Some(found) => differences(&format!("{path}.{field}"), value, found, out),
                    None => out.push(format!("{path}.{field} is missing")),
                }
            }
        }
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
            for (index, (value, found)) in expected.iter().zip(found).enumerate() {
                differences(&format!("{path}[{index}]"), value, found, out);
            }
        }
        _ if expected == found => {}
        // Values are people's names and words, so they are not printed.
        _ => out.push(path.to_owned()),
    }
}

/// The fields in which what is read differs from what is expected.
fn wrong_fields(replay: &RealReplay, facts: &Facts) -> Vec<String> {
    let mut found = serde_json::to_value(facts).expect("facts are JSON");
    found["tracker_events"] = match tracker_events(&replay.bytes) {
        Ok(count) => count.into(),
        Err(error) => format!("{error:?}").into(),
    };
    let mut expected = replay.facts.clone();
    expected.retain(|field, _| !NOT_FACTS.contains(&field.as_str()));
    let mut wrong = Vec::new();
    differences(&replay.name, &Value::Object(expected), &found, &mut wrong);
    wrong
}

#[test]
fn real_replays_give_the_expected_facts_in_every_field() {
    let mut wrong = Vec::new();
    for replay in real_replays().iter().filter(|replay| replay.expect == "full") {
        let facts = match parse(&replay.bytes) {
            Ok(facts) => facts,
            Err(error) => {
                wrong.push(format!("{}: {error:?}", replay.name));
                continue;
            }
        };
        assert!(!facts.unlisted_build, "{}: a known build", replay.name);
        assert!(crate::streams::agree(&facts), "{}: its streams agree", replay.name);
        wrong.extend(wrong_fields(replay, &facts));
        assert_eq!(facts.random_seed, facts.lobby.random_seed, "{}", replay.name);
        assert_eq!(facts.chat_left_out, 0, "{}", replay.name);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn real_replays_that_cannot_be_read_are_refused_by_kind() {
    for replay in real_replays() {
        let Some(expected) = replay.expect.strip_prefix("reject:") else { continue };
        match (expected.strip_suffix(" or the same facts"), parse(&replay.bytes)) {
            (Some(_), Ok(facts)) => assert_eq!(wrong_fields(&replay, &facts), [""; 0], "{}", replay.name),
            (None, Ok(_)) => panic!("{}: it is read", replay.name),
            (kind, Err(error)) => {
                let found = serde_json::to_value(error.kind).expect("a kind is text");
                assert_eq!(found, kind.unwrap_or(expected), "{}", replay.name);
            }
        }
    }
}

#[test]
fn a_field_that_differs_or_is_missing_is_named() {
    let expected =
        serde_json::json!({ "a": 1, "b": null, "list": [{ "c": "x" }, { "c": "y" }], "short": [1] });
    let found = serde_json::json!({ "a": 1, "more": 2, "list": [{ "c": "x" }, { "c": "z" }], "short": [] });
    let mut wrong = Vec::new();
    differences("file", &expected, &found, &mut wrong);
    assert_eq!(wrong, ["file.b is missing", "file.list[1].c", "file.short"]);
}

#[test]
fn real_replays_of_an_unlisted_build_are_read_as_the_newest() {
    for replay in real_replays().iter().filter(|replay| replay.expect == "full") {
        let facts = parse(&replay.bytes).expect("it is read");
        let newer = super::hostile::with_base_build(&replay.bytes, facts.base_build, 99_999);
        let facts = parse(&newer).expect("it fits the newest layout");
        assert!(facts.unlisted_build && facts.base_build == 99_999, "{}", replay.name);
    }
}
