//! `evoladder-replay`: shows what the ladder reads in replay files.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use replay::{Facts, limits};
use serde::Serialize;

/// Shows what the ladder reads in StarCraft II replay files.
#[derive(Parser)]
#[command(name = "evoladder-replay", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Print the facts of each file, or why there are none.
    ///
    /// Exits with 0 if every file was read, and with 1 if any was not.
    Inspect {
        /// Replay files, of at most 5 MiB each
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Print one JSON object a line: file, ok, and facts or error (kind, message, offset)
        #[arg(long)]
        json: bool,
    },
}

/// What is printed of one file.
#[derive(Serialize)]
struct Line {
    file: String,
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    facts: Option<Facts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Fault>,
}

/// Why a file was not read: the reader's reason, or the system's.
#[derive(Serialize)]
#[serde(untagged)]
enum Fault {
    Replay(replay::Error),
    Io { kind: &'static str, message: String, offset: Option<u64> },
}

fn main() -> io::Result<ExitCode> {
    let Command::Inspect { files, json } = Arguments::parse().command;
    let mut out = io::stdout().lock();
    let mut failed = false;
    for (number, path) in (1..).zip(&files) {
        if files.len() > 1 && io::stderr().is_terminal() {
            writeln!(io::stderr(), "{number}/{} {}", files.len(), path.display())?;
        }
        let line = inspect(path);
        failed |= !line.ok;
        if json {
            writeln!(out, "{}", serde_json::to_string(&line)?)?;
        } else {
            print(&mut out, &line)?;
        }
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn inspect(path: &Path) -> Line {
    let facts = match read(path) {
        Ok(bytes) => replay::parse(&bytes).map_err(Fault::Replay),
        Err(error) => Err(Fault::Io { kind: "io", message: error.to_string(), offset: None }),
    };
    let file = path.display().to_string();
    match facts {
        Ok(facts) => Line { file, ok: true, facts: Some(facts), error: None },
        Err(error) => Line { file, ok: false, facts: None, error: Some(error) },
    }
}

/// Reads at most one byte more than a replay may have, which is enough for the reader to refuse it.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(limits::FILE_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn print(out: &mut impl Write, line: &Line) -> io::Result<()> {
    match &line.error {
        None => {}
        Some(Fault::Replay(error)) => writeln!(out, "{}: {error}", line.file)?,
        Some(Fault::Io { message, .. }) => writeln!(out, "{}: {message}", line.file)?,
    }
    let Some(facts) = &line.facts else { return Ok(()) };
    let seconds = u64::from(facts.duration_game_loops) * 10 / 224;
    writeln!(out, "{}: {}", line.file, plain(&facts.map_title))?;
    writeln!(out, "  ended {}, after {}:{:02} at Faster", facts.utc_time, seconds / 60, seconds % 60)?;
    writeln!(out, "  version {}, {} game events", facts.version, facts.game_events)?;
    for player in &facts.players {
        let (name, race, toon) = (plain(&player.name), plain(&player.race_raw), player.toon());
        writeln!(out, "  team {}: {name} ({race}, {toon}): {:?}", player.team, player.result)?;
    }
    Ok(())
}

/// Text of a stranger, without what a terminal would obey.
fn plain(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}
