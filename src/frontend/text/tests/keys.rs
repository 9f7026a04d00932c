//! The keys in the code against the keys in the files.

use super::*;
use crate::frontend::commands::COMMANDS;
use ipc_schema::event::CheckKind;
use ipc_schema::replay::Fault;
use ipc_schema::staff::StaffRole;
use ipc_schema::vocab::{GameRegion, Outcome, Race, Region, Server};
use ipc_schema::watch::LoadLevel;

/// What the code says by a key that it makes from a word and a code, see [`Words::name_of`].
fn named() -> Vec<(&'static str, Vec<&'static str>)> {
    let outcomes = || Outcome::ALL.iter().map(|outcome| outcome.code()).collect();
    vec![
        ("race", Race::ALL.iter().map(|race| race.code()).collect()),
        ("region", Region::ALL.iter().map(|region| region.code()).collect()),
        ("server", Server::ALL.iter().map(|server| server.code()).collect()),
        ("game-region", GameRegion::ALL.iter().map(|region| region.code()).collect()),
        ("locale", Locale::ALL.iter().map(|locale| locale.code()).collect()),
        ("match-button", outcomes()),
        ("match-reported", outcomes()),
        ("staff-role", vec![StaffRole::Owner.code(), StaffRole::Admin.code(), "none"]),
        ("admin-case", vec!["conflict", "one_report", "dispute", "unverified", "clash", "contradiction"]),
        ("admin-health-level", LoadLevel::ALL.iter().map(|level| level.name()).collect()),
        ("replay-check", CheckKind::ALL.iter().map(|check| check.code()).collect()),
        (
            "replay-todo",
            CheckKind::ALL.iter().filter(|check| !check.is_setting()).map(|check| check.code()).collect(),
        ),
        ("notify-modal", vec!["cooldown", "from", "to", "zone"]),
        ("notify-modal-help", vec!["cooldown", "from", "to", "zone"]),
        ("notify-option", vec!["nobody", "anyone", "bw", "sc2"]),
        ("log-won", vec!["no-map"]),
        ("log-drawn", vec!["no-map"]),
        (
            "replay-fault-{}",
            vec![
                Fault::UnsupportedBuild.code(),
                Fault::Encrypted.code(),
                Fault::Malformed.code(),
                Fault::TooLarge.code(),
                Fault::Killed.code(),
                Fault::FileLost.code(),
                Fault::NotRead.code(),
            ],
        ),
    ]
}

/// All strings in the code of the frontend, tests left out.
fn strings() -> BTreeSet<String> {
    fn collect(folder: &Path, strings: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, strings);
            } else if path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("tests.rs") {
                let source = fs::read_to_string(&path).unwrap();
                let code = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
                // Odd ones are inside of quotes, as nothing here has a quote in a quote beside a key.
                for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
                    strings.extend(line.split('"').skip(1).step_by(2).map(str::to_owned));
                }
            }
        }
    }
    let mut found = BTreeSet::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/frontend"), &mut found);
    found
}

#[test]
fn the_code_and_the_files_have_the_same_keys() {
    let strings = strings();
    let english = messages(Locale::EnUs);
    let said: BTreeSet<&str> =
        strings.iter().map(String::as_str).filter(|text| english.contains_key(text)).collect();
    assert!(said.len() > 300, "only {} keys found, the search is broken", said.len());

    let mut used: BTreeSet<String> = said.iter().map(|key| (*key).to_owned()).collect();
    for (kind, codes) in named() {
        assert!(strings.contains(kind), "nothing is named by {kind}");
        for code in codes {
            let key = format!("{}-{code}", kind.trim_end_matches("-{}"));
            assert!(english.contains_key(key.as_str()), "no text for {key}");
            used.insert(key);
        }
    }
    let unused: Vec<_> =
        english.keys().filter(|key| !used.contains(**key) && !key.starts_with("country-")).collect();
    assert!(unused.is_empty(), "texts that nobody says: {unused:?}");

    // What looks like a key of one of the files has to be one.
    let kinds: BTreeSet<&str> =
        english.keys().filter_map(|key| key.split_once('-')).map(|(kind, _)| kind).collect();
    let prefixes: BTreeSet<&str> = named().into_iter().map(|(kind, _)| kind).collect();
    let looks = |text: &str| {
        let words = text.split_once('-');
        words.is_some_and(|(kind, rest)| kinds.contains(kind) && !rest.is_empty())
            && text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_')
    };
    let missing: Vec<_> = strings
        .iter()
        .filter(|text| {
            looks(text) && !english.contains_key(text.as_str()) && !prefixes.contains(text.as_str())
        })
        .collect();
    assert!(missing.is_empty(), "keys without a text: {missing:?}");
}

/// The commands that a text names, such as `/queue`.
fn commands_in(words: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut before = ' ';
    for (at, letter) in words.char_indices() {
        if letter == '/' && !before.is_ascii_alphanumeric() {
            let name: String = words[at + 1..]
                .chars()
                .take_while(|letter| letter.is_ascii_lowercase() || *letter == '-')
                .collect();
            if !name.is_empty() {
                found.insert(name);
            }
        }
        before = letter;
    }
    found
}

#[test]
fn every_locale_names_the_same_commands_and_all_of_them_exist() {
    let known: BTreeSet<&str> = COMMANDS.iter().map(|command| command.name).collect();
    let english = messages(Locale::EnUs);
    let mut faults = Vec::new();
    for locale in Locale::ALL {
        for (key, message) in messages(*locale) {
            let found = commands_in(&parts_of(value(key, &message)).words);
            faults.extend(
                found
                    .iter()
                    .filter(|name| !known.contains(name.as_str()))
                    .map(|name| format!("{locale}: {key}: there is no /{name}")),
            );
            let expected = commands_in(&parts_of(value(key, &english[key])).words);
            if found != expected {
                faults.push(format!("{locale}: {key} names {found:?}, not {expected:?}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
