//! `evoladder calibration`: how well Elo and Glicko-2 foretell the results of a ladder.

use anyhow::Context;
use clap::Parser;
use evoladder::audit::calibration;
use evoladder::config;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// There is something that could not be read or written.
const EXIT_CANNOT: u8 = 2;

/// Prints how well Elo and Glicko-2 foretell the results of a ladder, as their log loss
///
/// Reads only; the ladder may run meanwhile. Exits with 2 if the folder cannot be read.
#[derive(Parser)]
#[command(name = "evoladder-calibration", version)]
struct Arguments {
    /// The data folder of the ladder [default: EVOLADDER_DATA, else data]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Write the numbers there too, as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

fn main() -> ExitCode {
    let Arguments { data, json } = Arguments::parse();
    match calibrate(&data.unwrap_or_else(config::data_folder), json.as_deref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "evoladder-calibration: {error:#}");
            ExitCode::from(EXIT_CANNOT)
        }
    }
}

fn calibrate(data: &Path, json: Option<&Path>) -> anyhow::Result<()> {
    let url = config::database_url()?;
    let calibration = calibration::run(data, url.as_ref())?;
    if let Some(file) = json {
        let text = serde_json::to_string_pretty(&calibration)?;
        std::fs::write(file, text).with_context(|| format!("write {}", file.display()))?;
    }
    // A reader that has seen enough is no error.
    let _ = io::stdout().write_all(calibration.to_string().as_bytes());
    Ok(())
}
