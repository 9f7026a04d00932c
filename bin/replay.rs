//! `evoladder-replay`: shows what the ladder reads in replay files, and what it makes of them.

#[path = "replay/files.rs"]
mod files;
#[path = "replay/handles.rs"]
mod handles;
#[path = "replay/inspect.rs"]
mod inspect;
#[path = "replay/maps.rs"]
mod maps;
#[path = "replay/match_file.rs"]
mod match_file;
#[path = "replay/table.rs"]
mod table;
#[path = "replay/verify.rs"]
mod verify;

use clap::{Parser, Subcommand};
use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// What was handed over cannot be worked on (as in sysexits).
const EXIT_DATA: u8 = 65;

/// Shows what the ladder reads in StarCraft II replay files, and what it makes of them.
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
    /// One file is told in full, several as a table. Exits with 0 if every file was read, with 1 if any was not,
    /// and with 65 if there is no file.
    Inspect {
        /// Replay files of at most 5 MiB each, and folders, of which every .SC2Replay below is taken
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Print one JSON object a line: file, ok, and facts or error (kind, message, offset)
        #[arg(long)]
        json: bool,
    },
    /// Learn which files official games load, from replays of official games.
    ///
    /// Prints the lists in the format of season/handles/. A game region needs replays on at least two maps, to
    /// tell the mod's files from a map's. Which map it was is told by the files, and where nobody knows those, by the
    /// title; a title without Latin letters or digits takes another game on the map that has some. Exits with 0 if every file fitted, with 1 if one did not or a region had
    /// to be left out, and with 65 if nothing could be learned.
    Handles {
        /// Replay files and folders, as for inspect
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// What the release is called
        #[arg(long, default_value = "learned")]
        release: String,
        /// Print one JSON object: release, other_maps, regions, left_out and suspicious
        #[arg(long)]
        json: bool,
    },
    /// Judge a replay as the ladder would for a match.
    ///
    /// Exits with 0 if it decides the match, with 1 if it is rejected or undecided, and with 65 if the match file
    /// or the lists are wrong or a file cannot be opened.
    Verify {
        /// The replay
        #[arg(required_unless_present = "example")]
        file: Option<PathBuf>,
        /// The match, as --example shows it
        #[arg(long = "match", value_name = "MATCH.json", required_unless_present = "example")]
        match_file: Option<PathBuf>,
        /// Lists of a further release, as handles prints them
        #[arg(long, value_name = "LISTS.toml")]
        handles: Option<PathBuf>,
        /// Print one JSON object: outcome, winner, ground, checks, accounts and unverified
        #[arg(long)]
        json: bool,
        /// Print a match file to start from, and nothing else
        #[arg(long)]
        example: bool,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Inspect { files, json } => inspect::run(&files, json),
        Command::Handles { files, release, json } => handles::run(&files, &release, json),
        Command::Verify { example: true, .. } => verify::example(),
        Command::Verify { file, match_file, handles, json, example: false } => {
            let (Some(file), Some(match_file)) = (file, match_file) else {
                unreachable!("clap asks for both")
            };
            verify::run(&file, &match_file, handles.as_deref(), json)
        }
    };
    match done {
        Ok(code) => code,
        // A reader that has seen enough is no error.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "evoladder replay: {}", files::plain(&format!("{error:#}")));
            ExitCode::from(EXIT_DATA)
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}
