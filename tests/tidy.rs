//! The arrows of `src/lib.rs` and the habits that a machine can read, held by reading the source.

mod faults;
mod rules;
mod source;

use evoladder::failpoint::{PLACES, Passed};
use rules::RULES;
use source::{code, paths, test_files};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Lines of a file before its tests. A file beyond it wants a seam.
const LONGEST: usize = 800;

/// Where the people who write this work; no file may know.
const MACHINE_PATHS: [&str; 4] =
    [concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("/wo", "rk/"), concat!("/Us", "ers/")];

/// Dependencies whose default features are what we want, and why.
const WITH_DEFAULTS: [(&str, &str); 6] = [
    ("bzip2", "its one default feature is the decoder in Rust"),
    ("crc32c", "has no features"),
    ("fluent-bundle", "has no default features"),
    ("libm", "its one default feature lets the compiler use the processor's own instructions"),
    ("thiserror", "its one default feature is std"),
    ("unicase", "has no default features"),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files of ours with one of these endings, by their path below the root.
fn files(endings: &[&str]) -> Vec<(String, String)> {
    fn walk(dir: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() {
                if !name.starts_with('.') && !["target", "data"].contains(&name) {
                    walk(&path, endings, found);
                }
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(root(), endings, &mut found);
    found.sort();
    let name = |path: &Path| path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
    found.iter().map(|path| (name(path), std::fs::read_to_string(path).unwrap())).collect()
}

fn manifest(path: &str) -> toml::Table {
    std::fs::read_to_string(root().join(path)).unwrap().parse().unwrap()
}

/// The names under which code knows the dependencies.
fn crates() -> Vec<String> {
    let manifest = manifest("Cargo.toml");
    let dependencies = manifest["workspace"]["dependencies"].as_table().unwrap();
    dependencies.keys().map(|name| name.replace('-', "_")).collect()
}

/// `src/backend/core.rs` is `crate::backend::core`.
fn module(file: &str) -> String {
    let inner = file.split_once("src/").map_or("", |(_, inner)| inner).trim_end_matches(".rs");
    let words = inner.split('/').filter(|word| !["", "lib", "main"].contains(word));
    std::iter::once("crate").chain(words).collect::<Vec<_>>().join("::")
}

/// Files that only tests see, by `#[cfg(test)] mod name;`, and those below them.
fn seen_by_tests_alone(files: &[(String, String)]) -> BTreeSet<String> {
    let mut alone = BTreeSet::new();
    for (file, text) in files {
        let stem = file.trim_end_matches(".rs");
        let folder = if stem.ends_with("/lib") { stem.trim_end_matches("/lib") } else { stem };
        alone.extend(test_files(text).into_iter().map(|name| format!("{folder}/{name}")));
    }
    let of_tests = |file: &str| {
        alone.iter().any(|module| file == format!("{module}.rs") || file.starts_with(&format!("{module}/")))
    };
    files.iter().map(|(file, _)| file.clone()).filter(|file| of_tests(file)).collect()
}

/// What is wrong with one file, a line each.
fn offences(file: &str, text: &str, crates: &[String]) -> Vec<String> {
    let code = code(text);
    let mut offences = Vec::new();
    for named in paths(&code, &module(file)) {
        for rule in RULES.iter().filter(|rule| (rule.forbids)(file, &named.path, crates)) {
            offences.push(format!("{file}:{}: {}: {}", named.line, named.path, rule.says));
        }
    }
    for (line, code) in (1..).zip(code.lines()) {
        for unfinished in ["todo!", "unimplemented!", "dbg!"] {
            if code.contains(unfinished) {
                offences.push(format!("{file}:{line}: {unfinished} is for the way there"));
            }
        }
    }
    let before_tests = text.lines().take_while(|line| line.trim() != "#[cfg(test)]").count();
    if before_tests > LONGEST {
        offences.push(format!(
            "{file}: {before_tests} lines before its tests, more than {LONGEST}: look for the seam"
        ));
    }
    offences
}

fn machine_paths(file: &str, text: &str) -> Vec<String> {
    let lines = (1..).zip(text.lines());
    let known = lines.filter(|(_, line)| MACHINE_PATHS.iter().any(|path| line.contains(path)));
    known.map(|(line, text)| format!("{file}:{line}: {}: a path of one machine", text.trim())).collect()
}

/// What is wrong with the root manifest.
fn loose_dependencies(manifest: &toml::Table) -> Vec<String> {
    let dependencies = manifest["workspace"]["dependencies"].as_table().unwrap();
    let excepted = |name: &str| WITH_DEFAULTS.iter().any(|(excepted, _)| *excepted == name);
    let tight = |value: &toml::Value| {
        value.get("path").is_some() || value.get("default-features") == Some(&toml::Value::Boolean(false))
    };
    let loose = dependencies.iter().filter(|(name, value)| !tight(value) && !excepted(name));
    let mut offences: Vec<String> = loose
        .map(|(name, _)| format!("Cargo.toml: {name} with default features, and no reason for it"))
        .collect();
    for (name, _) in WITH_DEFAULTS {
        if dependencies.get(name).is_none_or(tight) {
            offences.push(format!("Cargo.toml: {name} needs no exception in tests/tidy.rs"));
        }
    }
    offences
}

/// Dependencies of one package that do not take their version from the workspace.
fn own_versions(file: &str, manifest: &toml::Table) -> Vec<String> {
    let tables = ["dependencies", "dev-dependencies", "build-dependencies"];
    let named = tables.iter().filter_map(|table| manifest.get(*table)?.as_table()).flatten();
    let own = named.filter(|(_, value)| value.get("workspace") != Some(&toml::Value::Boolean(true)));
    own.map(|(name, _)| {
        format!("{file}: {name} has a version here; versions are written in the root manifest")
    })
    .collect()
}

fn assert_none(offences: &[String]) {
    assert!(offences.is_empty(), "\n{}\n", offences.join("\n"));
}

#[test]
fn the_source_keeps_its_arrows_and_habits() {
    let files = files(&[".rs"]);
    let (crates, alone) = (crates(), seen_by_tests_alone(&files));
    assert!(files.len() > 100, "the source is found");
    for (file, text) in &files {
        let braces =
            code(text).chars().fold(0, |depth, char| depth + i32::from(char == '{') - i32::from(char == '}'));
        assert_eq!(braces, 0, "{file}: comments and texts are told from code");
    }
    let judged = files.iter().filter(|(file, _)| !alone.contains(file));
    assert_none(&judged.flat_map(|(file, text)| offences(file, text, &crates)).collect::<Vec<_>>());
}

#[test]
fn no_file_knows_a_machine() {
    let files = files(&[
        ".rs",
        ".toml",
        ".sql",
        ".ftl",
        ".md",
        ".yml",
        ".sh",
        "Dockerfile",
        "run",
        "test",
        "prepare",
    ]);
    assert_none(&files.iter().flat_map(|(file, text)| machine_paths(file, text)).collect::<Vec<_>>());
}

#[test]
fn dependencies_are_written_once_and_without_defaults() {
    let mut offences = loose_dependencies(&manifest("Cargo.toml"));
    for file in ["Cargo.toml", "ipc-schema/Cargo.toml", "replay/Cargo.toml", "emulator/Cargo.toml"] {
        offences.extend(own_versions(file, &manifest(file)));
    }
    assert_none(&offences);
}

/// Places that a test can arm, as the source has them.
fn failpoints(files: &[(String, String)]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (_, text) in files.iter().filter(|(file, _)| !file.starts_with("src/failpoint")) {
        for call in ["failpoint::hit(\"", "failpoint::is_due(\"", "point(\""] {
            names.extend(
                text.split(call).skip(1).filter_map(|after| Some(after.split_once('"')?.0.to_owned())),
            );
        }
    }
    names
}

#[test]
fn every_failpoint_is_in_the_list_that_the_tests_walk() {
    let sources: Vec<(String, String)> =
        files(&[".rs"]).into_iter().filter(|(file, _)| file.starts_with("src/")).collect();
    let listed: BTreeSet<String> = PLACES.iter().map(|place| place.name.to_owned()).collect();
    assert_eq!(listed.len(), PLACES.len(), "no place is listed twice");
    assert_eq!(failpoints(&sources), listed);
    let text = |file: &str| std::fs::read_to_string(root().join(file)).unwrap();
    let walk = text("tests/processes/failpoints.rs");
    for place in PLACES {
        let walked = match place.passed {
            Passed::ByTestsIn(file) => {
                text(&format!("tests/{file}")).contains(&format!("\"{}\"", place.name))
            }
            Passed::InPlay => walk.contains("Passed::InPlay"),
            Passed::LateAnswer => walk.contains("Passed::LateAnswer"),
            Passed::AtStartOf(_) => walk.contains("Passed::AtStartOf"),
            Passed::AtFirstStart => walk.contains("Passed::AtFirstStart"),
        };
        assert!(walked, "nothing walks {:?}", place.name);
    }
}

/// Each rule is broken by its line, and by nothing else in it.
#[test]
fn every_rule_finds_a_planted_line() {
    let unfinished = |name: &str| format!("fn f() {{ {name}!() }}");
    let planted: Vec<(&str, String, &str)> = [
        ("src/backend/core.rs", "use crate::frontend::text;", "named only by itself"),
        ("src/backend/core.rs", "use crate::{clock, frontend::{self, text}};", "named only by itself"),
        ("src/backend/core.rs", "use super::super::players;", "named only by itself"),
        ("src/backend/core.rs", "fn f() { crate::supervisor::run() }", "named only by itself"),
        ("src/ipc/link.rs", "use crate::backend::Core;", "named only by itself"),
        ("bin/backend.rs", "use evoladder::{backend, frontend};", "named only by itself"),
        ("bin/replay/verify.rs", "use evoladder::replay_worker::run;", "named only by itself"),
        ("src/domain/queue.rs", "use tokio::time::sleep;", "domain sees"),
        ("src/domain/queue.rs", "use crate::clock;", "domain sees"),
        ("src/domain/queue.rs", "use ipc_schema::frame;", "domain sees"),
        ("src/domain/queue.rs", "use std::{collections::BTreeMap, fs::File};", "domain sees"),
        ("src/domain/queue.rs", "use std::time::{Duration, Instant};", "domain sees"),
        ("src/domain/queue.rs", "use skillratings::glicko2;", "skillratings is named"),
        ("src/supervisor/run.rs", "use tokio::net::UnixStream;", "the supervisor sees neither"),
        ("src/supervisor.rs", "use tokio_util::codec;", "the supervisor sees neither"),
        ("src/players/client.rs", "use twilight_model::id::Id;", "twilight is named"),
        ("src/db_writer.rs", "use sqlx::Row;", "sqlx is named"),
        ("src/db_writer/copies.rs", "use object_store::path::Path;", "object_store is named"),
        ("ipc-schema/src/ids.rs", "use bincode::Encode;", "bincode is named"),
        ("emulator/src/rest.rs", "use jsonschema::Validator;", "jsonschema is named"),
        ("src/dashboard.rs", "use axum::Router;", "axum is named"),
        ("src/replay_worker.rs", "use bzip2::read::BzDecoder;", "bzip2 is named"),
        ("src/frontend/pictures.rs", "use resvg::usvg::Tree;", "resvg is named"),
        ("emulator/src/session.rs", "use zstd_safe::CCtx;", "zstd_safe is named"),
        ("src/replay_worker.rs", "use landlock::Ruleset;", "landlock and seccompiler are named"),
        ("src/backend.rs", "use crate::store::Store;", "only the db-writer sees"),
        ("bin/db_writer.rs", "use evoladder::journal::Journal;", "only the db-writer sees"),
        (
            "src/db_writer.rs",
            "use crate::domain::ladder::Ladder;",
            "the db-writer comes to domain through snapshot",
        ),
        ("src/backend.rs", "fn f() { replay::parse(&[]) }", "see replay"),
        ("src/frontend.rs", "use emulator::Emulator;", "see emulator"),
        ("emulator/src/world.rs", "use ipc_schema::ids::UserId;", "know nothing of the ladder"),
        ("ipc-schema/src/frame.rs", "use std::net::TcpStream;", "know nothing of the ladder"),
    ]
    .map(|(file, line, says)| (file, line.to_owned(), says))
    .into_iter()
    .chain(
        ["todo", "unimplemented", "dbg"]
            .map(|name| ("src/clock.rs", unfinished(name), "is for the way there")),
    )
    .chain([("src/clock.rs", "\n".repeat(LONGEST + 1), "look for the seam")])
    .collect();
    let crates = crates();
    for (file, line, says) in &planted {
        let found = offences(file, line, &crates);
        assert!(found.iter().any(|offence| offence.contains(says)), "{file}: {line}: {found:?}");
        assert!(found.iter().all(|offence| offence.starts_with(file)), "{found:?}");
    }
    for rule in RULES {
        assert!(
            planted.iter().any(|(.., says)| rule.says.contains(says)),
            "nothing is planted for: {}",
            rule.says
        );
    }
    assert_eq!(machine_paths("a.toml", &format!("x = \"{}me\"", MACHINE_PATHS[0])).len(), 1);
    let loose = "[workspace.dependencies]\nserde = \"1\"\nlibm = \"1\"\n[dependencies]\nserde = \"1\""
        .parse()
        .unwrap();
    assert!(loose_dependencies(&loose).iter().any(|offence| offence.contains("serde with default features")));
    assert!(loose_dependencies(&loose).iter().any(|offence| offence.contains("bzip2 needs no exception")));
    assert_eq!(own_versions("Cargo.toml", &loose).len(), 1);
}

#[test]
fn no_rule_minds_what_is_allowed() {
    let crates = crates();
    for (file, text) in [
        ("src/backend/core.rs", "use super::requests;\nuse crate::backend::workers;"),
        (
            "src/backend/core.rs",
            "// use crate::frontend::text;\n/* todo!() */ const A: &str = \"use sqlx::Row; dbg!\";",
        ),
        ("src/backend/core.rs", "const A: &str = r#\"use sqlx::Row; \"quoted\" \"#; const B: char = '\"';"),
        ("src/backend.rs", "use ipc_schema::replay;\nfn f() -> replay::Fault { replay::Fault::Killed }"),
        (
            "src/backend.rs",
            "#[cfg(test)]\nmod tests {\n    use crate::frontend::{text};\n    use emulator::Emulator;\n}",
        ),
        (
            "src/domain/queue.rs",
            "use std::collections::BTreeMap;\nuse std::time::Duration;\nuse super::season;",
        ),
        ("src/domain/queue.rs", "use ipc_schema::vocab::{Era, Race};\nuse crate::domain::season::Season;"),
        ("src/store/project.rs", "use crate::journal::FORMAT;\nuse sqlx::query::Query;"),
        ("src/db_writer.rs", "use crate::store::{self, Progress};\nuse crate::journal::Journal;"),
        ("bin/replay/verify.rs", "use evoladder::replay_worker::facts;\nuse replay::Facts;"),
        ("bin/frontend.rs", "use evoladder::frontend::{self};\nuse evoladder::{config, telemetry};"),
    ] {
        assert_none(&offences(file, text, &crates));
    }
    // What follows a test module is code again.
    let behind = "#[cfg(test)]\nmod tests {\n    fn f() {}\n}\nuse sqlx::Row;";
    assert!(offences("src/backend.rs", behind, &crates)[0].starts_with("src/backend.rs:5: sqlx::Row"));
}
