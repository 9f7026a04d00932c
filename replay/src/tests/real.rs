//! Real replays, against what two independent decoders say of them.
//!
//! The files are not part of the project; without them the tests say so.

use std::fs;
use std::path::PathBuf;

use serde_json::{Map, Value};

use crate::parse;

/// Fields of the expectations that are no facts of this crate.
#[rustfmt::skip]
const NOT_FACTS: &[&str] = &[
    "size", "sha256", "origin", "file", "expect", "facts_source", "oracle_errors", "oracle_note",
    "evo_kind", "evo_known_handles", "evo_extra_handle",
    // Streams that are deliberately not read.
    "tracker_events", "chat",
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
                let found = found.get(field).unwrap_or(&Value::Null);
                differences(&format!("{path}.{field}"), value, found, out);
            }
        }
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
            for (index, (value, found)) in expected.iter().zip(found).enumerate() {
                differences(&format!("{path}[{index}]"), value, found, out);
            }
        }
        _ if expected == found => {}
        _ => out.push(format!("{path}: expected {expected}, found {found}")),
    }
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
        let found = serde_json::to_value(&facts).expect("facts are JSON");
        for (field, value) in &replay.facts {
            if !NOT_FACTS.contains(&field.as_str()) {
                differences(&format!("{}: {field}", replay.name), value, &found[field], &mut wrong);
            }
        }
        assert_eq!(found["random_seed"], found["lobby"]["random_seed"], "{}", replay.name);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn real_replays_that_cannot_be_read_are_refused_by_kind() {
    for replay in real_replays() {
        let Some(kind) = replay.expect.strip_prefix("reject:") else { continue };
        let kind = kind.split_whitespace().next().expect("a kind follows");
        let error = parse(&replay.bytes).expect_err(&replay.name);
        assert_eq!(serde_json::to_value(error.kind).expect("a kind is text"), kind, "{}", replay.name);
    }
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
