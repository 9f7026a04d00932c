//! Every command, every button and every refusal was met by a test with whole processes.
//!
//! The lists are read from the source, so that nothing new can be forgotten. What was met is what the
//! ladders of this run of all tests have left ([`crate::support::met`]); `scripts/test` runs this after them.

use crate::support::met;
use evoladder::frontend::commands::COMMANDS;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

/// What no whole ladder can be brought to say in a test's time, why, and the tests that say it instead.
const ELSEWHERE: &[(&str, &str, &str)] = &[
    ("CorrectionTooLarge", "needs 120,000 ratings", "src/domain/ladder/results/tests.rs"),
    ("Stale", "is of a press whose token has expired, so nobody can be told", "tests/wire/waiting.rs"),
];

fn source(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The variants of an enum, by its source.
fn variants(path: &str, name: &str) -> Vec<String> {
    let source = source(path);
    let (_, body) = source.split_once(&format!("pub enum {name} {{\n")).expect("the enum is there");
    let (body, _) = body.split_once("\n}\n").unwrap();
    let lines = body.lines().filter_map(|line| line.strip_prefix("    "));
    let names = lines.filter(|line| line.starts_with(|letter: char| letter.is_ascii_uppercase()));
    names
        .map(|line| line.split(|letter: char| !letter.is_alphanumeric()).next().unwrap().to_owned())
        .collect()
}

/// `SetupNeeded` as `setup-needed`.
fn kebab(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !out.is_empty() {
            out.push('-');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

/// The pieces of a text between what is filled in; of what is chosen by a number, nothing.
fn pieces(text: &str) -> Vec<String> {
    let (mut out, mut depth) = (vec![String::new()], 0);
    for letter in text.chars() {
        match letter {
            '{' => depth += 1,
            '}' => {
                depth -= 1;
                if depth == 0 {
                    out.push(String::new());
                }
            }
            letter if depth == 0 => out.last_mut().unwrap().push(letter),
            _ => {}
        }
    }
    out
}

/// The sentence of a refusal, in pieces between what is filled in.
pub(crate) fn refusal(name: &str) -> Vec<String> {
    let sentences = messages("locales/enUS/refusals.ftl");
    let key = format!("refusal-{name}");
    let (_, sentence) = sentences.iter().find(|(known, _)| *known == key).expect(&key);
    pieces(sentence)
}

pub(crate) fn says(text: &str, pieces: &[String]) -> bool {
    let mut rest = text;
    pieces.iter().all(|piece| match rest.split_once(piece.as_str()) {
        Some((_, after)) => {
            rest = after;
            true
        }
        None => false,
    })
}

/// The messages of a Fluent file.
fn messages(path: &str) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = Vec::new();
    for line in source(path).lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        match line.split_once(" = ").filter(|_| !line.starts_with([' ', '}'])) {
            Some((key, text)) => out.push((key.to_owned(), text.to_owned())),
            None => out.last_mut().unwrap().1 += &format!("\n{line}"),
        }
    }
    out
}

/// Names of commands with sub-commands, as they are typed.
fn names(command: &Value, before: &str, out: &mut Vec<String>) {
    let name = format!("{before}{}", command["name"].as_str().unwrap());
    let options = command["options"].as_array().map(Vec::as_slice).unwrap_or_default();
    let deeper: Vec<&Value> =
        options.iter().filter(|option| matches!(option["type"].as_u64(), Some(1 | 2))).collect();
    match deeper.is_empty() {
        true => out.push(name),
        false => deeper.into_iter().for_each(|option| names(option, &format!("{name} "), out)),
    }
}

#[test]
#[ignore = "asks what all the other tests have met; scripts/test runs it after them"]
fn every_command_button_and_refusal_was_met_by_a_test_with_whole_processes() {
    let met: BTreeSet<met::Met> = std::fs::read_to_string(met::file())
        .expect("the other tests ran before")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let has = |kind: &str, what: &str| met.contains(&(kind.to_owned(), what.to_owned()));
    let mut missing = Vec::new();
    for command in COMMANDS {
        let mut all = Vec::new();
        names(&serde_json::to_value((command.register)()).unwrap(), "", &mut all);
        missing.extend(all.iter().filter(|name| !has("command", name)).map(|name| format!("/{name}")));
        if command.suggest.is_some() && !all.iter().any(|name| has("suggestions", name)) {
            missing.push(format!("suggestions of /{}", command.name));
        }
    }
    let buttons = variants("src/frontend/custom_id.rs", "CustomId");
    assert!(buttons.len() > 20 && buttons.contains(&"QueueJoin".to_owned()), "{buttons:?}");
    missing.extend(buttons.iter().filter(|name| !has("button", name)).map(|name| format!("button {name}")));

    let texts: Vec<&str> =
        met.iter().filter(|(kind, _)| kind == "text").map(|(_, text)| text.as_str()).collect();
    let refusals = variants("ipc-schema/src/vocab.rs", "Refusal");
    assert!(refusals.len() > 50 && refusals.contains(&"Banned".to_owned()), "{refusals:?}");
    let is_elsewhere = |name: &String| ELSEWHERE.iter().any(|(known, ..)| known == name);
    for name in refusals.iter().filter(|name| !is_elsewhere(name)) {
        let pieces = refusal(&kebab(name));
        assert!(pieces.iter().map(String::len).sum::<usize>() > 12, "{name} is all variables");
        if !texts.iter().any(|text| says(text, &pieces)) {
            missing.push(format!("refusal {name}"));
        }
    }
    assert!(missing.is_empty(), "{} were met by no test:\n{}", missing.len(), missing.join("\n"));
}

#[test]
fn what_is_met_elsewhere_is_a_refusal_and_tested_there() {
    let refusals = variants("ipc-schema/src/vocab.rs", "Refusal");
    for (name, why, place) in ELSEWHERE {
        assert!(refusals.iter().any(|refusal| refusal == name), "{name}: an excuse for nothing");
        let text = source(place);
        let tests = if place.ends_with("tests.rs") || place.starts_with("tests/") {
            text.as_str()
        } else {
            text.split_once("\nmod tests {").unwrap_or_else(|| panic!("{place} has no tests")).1
        };
        assert!(tests.contains(name), "{name} {why}, and {place} does not test it");
    }
}

#[test]
fn a_sentence_is_found_with_whatever_is_filled_in() {
    let text = "You can veto { $allowed ->\n    [one] one map\n   *[other] up to { $allowed } maps\n}. Please choose fewer.";
    let pieces = pieces(text);
    assert_eq!(pieces, ["You can veto ", ". Please choose fewer."]);
    assert!(says("⚠️ You can veto up to 4 maps. Please choose fewer.", &pieces));
    assert!(!says("Please choose fewer. You can veto", &pieces));
    assert_eq!(kebab("TooManyVetoes"), "too-many-vetoes");
}
