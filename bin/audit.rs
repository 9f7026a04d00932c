//! `evoladder audit`: makes all ratings anew from the results, and compares.

use clap::Parser;
use evoladder::{audit, config};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Something is not what the results make of it.
const EXIT_FOUND: u8 = 1;
/// There is something that could not be read.
const EXIT_CANNOT_AUDIT: u8 = 2;

/// Makes all ratings anew from the results, and compares them with what was told and stored
///
/// MMR bit for bit, Glicko-2 within 1e-9. Reads only; the ladder may run meanwhile. Exits with 0 if
/// everything is equal, with 1 if something differs, with 2 if that cannot be told.
#[derive(Parser)]
#[command(name = "evoladder-audit", version)]
struct Arguments {
    /// The data folder of the ladder [default: EVOLADDER_DATA, else data]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let Arguments { data, json } = Arguments::parse();
    match audited(&data.unwrap_or_else(config::data_folder)) {
        Ok(audit) => {
            let text = if json {
                format!("{}\n", serde_json::to_string(&audit).expect("an audit is plain data"))
            } else {
                audit.to_string()
            };
            // A reader that has seen enough is no error.
            let _ = io::stdout().write_all(text.as_bytes());
            if audit.is_clean() { ExitCode::SUCCESS } else { ExitCode::from(EXIT_FOUND) }
        }
        Err(error) => {
            let _ = writeln!(io::stderr(), "evoladder-audit: {error:#}");
            ExitCode::from(EXIT_CANNOT_AUDIT)
        }
    }
}

fn audited(data: &Path) -> anyhow::Result<audit::Audit> {
    let url = config::database_url()?;
    audit::run(data, url.as_ref())
}
