//! Files that were named on the command line, and text of strangers on the way to a terminal.

use anyhow::{Context, bail};
use replay::{Facts, limits};
use serde::Serialize;
use std::fs::{self, File};
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

/// Folders in folders that are gone into.
const DEPTH: usize = 32;

/// Why a file was not read: the reader's reason, or the system's.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Fault {
    Replay(replay::Error),
    Io { kind: &'static str, message: String, offset: Option<u64> },
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Fault::Replay(error) => error.fmt(f),
            Fault::Io { message, .. } => f.write_str(message),
        }
    }
}

/// The named files, and the replays below the named folders in order of their names.
pub(crate) fn named(paths: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            walk(path, DEPTH, &mut found)?;
        } else {
            found.push(path.clone());
        }
    }
    if found.is_empty() {
        bail!("there is no .SC2Replay file in the named folders");
    }
    Ok(found)
}

fn walk(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let mut entries = entries.with_context(|| format!("list {}", folder.display()))?;
    entries.sort_by_key(fs::DirEntry::path);
    for entry in entries {
        let (path, kind) = (entry.path(), entry.file_type()?);
        // A link to a folder may lead round in a circle.
        if kind.is_dir() && depth > 0 {
            walk(&path, depth - 1, found)?;
        } else if !kind.is_dir() && is_replay(&path) && path.is_file() {
            found.push(path);
        }
    }
    Ok(())
}

fn is_replay(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("SC2Replay"))
}

pub(crate) fn facts(path: &Path) -> Result<Facts, Fault> {
    match read(path) {
        Ok(bytes) => replay::parse(&bytes).map_err(Fault::Replay),
        Err(error) => Err(Fault::Io { kind: "io", message: error.to_string(), offset: None }),
    }
}

/// Reads at most one byte more than a replay may have, which is enough for the reader to refuse it.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(limits::FILE_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Tells a terminal how far it is, on one line that is gone at the end.
pub(crate) struct Progress {
    of: usize,
    shown: bool,
}

impl Progress {
    pub(crate) fn of(files: usize) -> Progress {
        Progress { of: files, shown: files > 1 && io::stderr().is_terminal() }
    }

    pub(crate) fn at(&self, number: usize) {
        if self.shown {
            let _ = write!(io::stderr(), "\r{number}/{}", self.of);
        }
    }

    pub(crate) fn end(&self) {
        if self.shown {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

/// Text of a stranger, without what a terminal would obey and without what turns the line around.
pub(crate) fn plain(text: &str) -> String {
    let obeyed = |letter: char| {
        let turns =
            matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        let breaks = matches!(letter, '\u{2028}' | '\u{2029}');
        letter.is_control() || turns || breaks
    };
    text.replace(obeyed, "\u{fffd}")
}

/// The folder that all these files are below.
pub(crate) fn common_folder(files: &[PathBuf]) -> &Path {
    let mut folder = files.first().and_then(|file| file.parent()).unwrap_or(Path::new(""));
    while !files.iter().all(|file| file.starts_with(folder)) {
        folder = folder.parent().unwrap_or(Path::new(""));
    }
    folder
}
