//! `evoladder judge`: compares what players were told with what is stored.

use clap::Parser;
use evoladder::{config, judge};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Something was lost, or happened twice.
const EXIT_FOUND: u8 = 1;
/// There is something that could not be read.
const EXIT_CANNOT_JUDGE: u8 = 2;

/// Compares what players were told with what is stored, once the ladder has drained
///
/// Exits with 0 if nothing was lost and nothing happened twice, with 1 if it was, with 2 if that
/// cannot be judged.
#[derive(Parser)]
#[command(name = "evoladder-judge", version)]
struct Arguments {
    /// The data folder of the ladder [default: EVOLADDER_DATA, else data]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    /// Leave out what happened before, in milliseconds since 1970
    #[arg(long, value_name = "MS", default_value_t = 0)]
    since: u64,
    /// After so many seconds a fact that was not told, or a press that was not answered, is lost
    #[arg(long, value_name = "SECONDS", default_value_t = judge::DUE_S)]
    due: u32,
}

fn main() -> ExitCode {
    let Arguments { data, json, since, due } = Arguments::parse();
    match judged(&data.unwrap_or_else(config::data_folder), since, due) {
        Ok(judgement) => {
            let text = if json {
                format!("{}\n", serde_json::to_string(&judgement).expect("a judgement is plain data"))
            } else {
                judgement.to_string()
            };
            // A reader that has seen enough is no error.
            let _ = io::stdout().write_all(text.as_bytes());
            if judgement.is_clean() { ExitCode::SUCCESS } else { ExitCode::from(EXIT_FOUND) }
        }
        Err(error) => {
            let _ = writeln!(io::stderr(), "evoladder-judge: {error:#}");
            ExitCode::from(EXIT_CANNOT_JUDGE)
        }
    }
}

fn judged(data: &Path, since: u64, due: u32) -> anyhow::Result<judge::Judgement> {
    let url = config::database_url()?;
    judge::run(data, url.as_ref(), since, due)
}
