//! `evoladder backup`: copies a ladder's data folder while the ladder runs.

use clap::Parser;
use evoladder::{backup, config};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// There is something that could not be read or written.
const EXIT_CANNOT: u8 = 2;

/// Copies what a ladder knows into a new folder, from which another ladder can go on
///
/// The ladder may run meanwhile. The folder is there when the copy is whole and on disk. To go on from it, put it in
/// the place of the data folder and start the ladder. Tables in PostgreSQL are not copied. Exits with 2 where it
/// cannot be done; then there is no folder.
#[derive(Parser)]
#[command(name = "evoladder-backup", version)]
struct Arguments {
    /// The data folder of the ladder [default: EVOLADDER_DATA, else data]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The folder to make
    #[arg(value_name = "TO")]
    to: PathBuf,
}

fn main() -> ExitCode {
    let Arguments { data, to } = Arguments::parse();
    match back_up(&data.unwrap_or_else(config::data_folder), &to) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "evoladder-backup: {error:#}");
            ExitCode::from(EXIT_CANNOT)
        }
    }
}

fn back_up(data: &Path, to: &Path) -> anyhow::Result<()> {
    let url = config::database_url()?;
    let backup = backup::run(data, to, url.as_ref())?;
    // A reader that has seen enough is no error.
    let _ = writeln!(io::stdout(), "{}: {backup}", to.display());
    Ok(())
}
