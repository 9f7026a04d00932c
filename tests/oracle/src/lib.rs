//! Holds what `replay` reads against what other readers of the format read.
//!
//! Files are the real ones, where there are any, and forged ones made from a
//! seed. The second opinion here is the crate `s2protocol`; the facts that
//! [`write`] puts beside the files let `compare.py` ask two readers in Python.
//!
//! - [`games`] makes up the forged games;
//! - [`second`] is what the crate says, in the shape of our facts;
//! - [`compare`] finds where two such statements differ, and what of ours the
//!   other does not speak of.
//!
//! Deliberately not here: hostile files. The crate panics on some and aborts
//! the process on others, so nothing but honest files is handed to it.

pub mod compare;
pub mod games;
pub mod second;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use replay::{ErrorKind, Facts};
use serde_json::{Value, json};

/// A replay file to be compared.
pub struct File {
    /// The file's name, or the number of a forged game.
    pub name: String,
    pub path: Option<PathBuf>,
    pub bytes: Vec<u8>,
    /// The events that were invented for a forged game.
    pub invented_events: Option<u32>,
}

/// What came of one file.
pub enum Outcome {
    Compared {
        differences: Vec<String>,
    },
    /// The build is older than those that are read.
    Unsupported,
    /// Refused, as a file that was broken on purpose is to be.
    Refused,
}

/// The real files, in order of their names; none if there is no folder of them.
pub fn real_files() -> io::Result<Vec<File>> {
    let folder = env::var_os("EVOLADDER_REPLAYS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/replays"), PathBuf::from);
    let Ok(entries) = fs::read_dir(&folder) else { return Ok(Vec::new()) };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "SC2Replay") {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let bytes = fs::read(&path)?;
            files.push(File { name, path: Some(path), bytes, invented_events: None });
        }
    }
    files.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(files)
}

/// So many forged files. The same seed gives the same bytes.
pub fn forged_files(seed: u64, count: u32) -> impl Iterator<Item = File> {
    (0..count).map(move |number| {
        let game = games::game(seed, number);
        File {
            name: format!("forged-{seed}-{number:04}.SC2Replay"),
            path: None,
            bytes: replay::forge::write(&game),
            invented_events: Some(game.events),
        }
    })
}

/// Reads a file twice and compares. A panic of either reader is a difference.
pub fn check(file: &File) -> Outcome {
    let facts = match ours(file) {
        Ok(facts) => facts,
        Err(outcome) => return outcome,
    };
    let second = catch_unwind(AssertUnwindSafe(|| second::read(&file.bytes)));
    let differences = match second {
        Err(_) => vec!["the crate panicked".to_owned()],
        Ok(Err(error)) => vec![format!("the crate does not read it: {error}")],
        Ok(Ok(second)) => {
            let ours = serde_json::to_value(&facts).expect("facts are JSON");
            let mut differences = compare::differences(&ours, &second.facts, second::NOT_COMPARED);
            differences.extend(events(&facts, second.known_events, file.invented_events));
            differences
        }
    };
    Outcome::Compared { differences }
}

/// What `replay` says of a file, or what that makes of the comparison.
fn ours(file: &File) -> Result<Facts, Outcome> {
    let broken_on_purpose = file.name.starts_with("broken_");
    match catch_unwind(|| replay::parse(&file.bytes)) {
        Ok(Ok(facts)) => Ok(facts),
        Ok(Err(error)) if error.kind == ErrorKind::UnsupportedBuild => Err(Outcome::Unsupported),
        Ok(Err(_)) if broken_on_purpose => Err(Outcome::Refused),
        Ok(Err(error)) => Err(Outcome::Compared { differences: vec![format!("not read here: {error}")] }),
        Err(_) => Err(Outcome::Compared { differences: vec!["replay panicked".to_owned()] }),
    }
}

/// The crate reads all game events to the end of the stream, but hands out only those it has a type
/// for, which loading and leaving are not among. What the forge invents it has types for.
fn events(facts: &Facts, known: usize, invented: Option<u32>) -> Option<String> {
    let all = facts.game_events as usize;
    let most = all.saturating_sub(facts.leave_events.len());
    let wrong = known > most || invented.is_some_and(|invented| known != invented as usize);
    wrong.then(|| format!("game_events: {all} here, {known} that the crate knows, {invented:?} invented"))
}

/// Writes the forged files into a folder, and into its `facts.ndjson` one line for each file that is
/// read here, forged or real: `file`, the path, and `facts`. Gives the number of lines.
pub fn write(folder: &Path, seed: u64, forged: u32) -> io::Result<usize> {
    fs::create_dir_all(folder)?;
    let mut lines: Vec<Value> = Vec::new();
    for file in real_files()?.into_iter().chain(forged_files(seed, forged)) {
        let path = file.path.clone().unwrap_or_else(|| folder.join(&file.name));
        if file.path.is_none() {
            fs::write(&path, &file.bytes)?;
        }
        match ours(&file) {
            Ok(facts) => lines.push(json!({ "file": path, "facts": facts })),
            Err(Outcome::Compared { differences }) => {
                return Err(io::Error::other(format!("{}: {}", file.name, differences.join("; "))));
            }
            Err(Outcome::Unsupported | Outcome::Refused) => {}
        }
    }
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    fs::write(folder.join("facts.ndjson"), text)?;
    Ok(lines.len())
}
