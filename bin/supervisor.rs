//! The executable `evoladder`: the supervisor, and the way to every other program beside it.

use clap::{CommandFactory, Parser, Subcommand};
use evoladder::{config, supervisor, telemetry};
use std::ffi::OsString;
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{self, ExitCode};
use std::time::Duration;
use supervisor::run::{self, Options};
use supervisor::{Error, status};

/// The command line itself is wrong, as in sysexits.
const EXIT_USAGE: u8 = 64;
/// There is nobody to ask.
const EXIT_UNAVAILABLE: u8 = 69;

/// A StarCraft II ladder that lives in Discord
#[derive(Parser)]
#[command(name = "evoladder", version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Run the ladder until it is told to stop
    Run(Run),
    /// Show how a running ladder is doing
    Status {
        /// The data folder it runs over [default: EVOLADDER_DATA, else data]
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
        /// Print all there is, as JSON
        #[arg(long)]
        json: bool,
    },
    /// Run the program evoladder-WORD beside this one
    #[command(external_subcommand)]
    Word(Vec<OsString>),
}

#[derive(clap::Args)]
struct Run {
    /// Run without Discord: in an emulator on this machine, with simulated players
    #[arg(long)]
    emulator: bool,
    /// Players in the emulator [default: 40]
    #[arg(long, value_name = "N", requires = "emulator")]
    players: Option<u32>,
    /// What players and chance derive from [default: by chance, then as the data folder has it]
    #[arg(long, value_name = "N", requires = "emulator")]
    seed: Option<u64>,
    /// What goes wrong in the emulator from its start, such as '{"errors": 0.05, "latency_ms": 100}' [default: EMULATOR_FAULTS]
    #[arg(long, value_name = "JSON", requires = "emulator")]
    faults: Option<String>,
    /// Stop after this long, such as 90s, 2m or 1500ms
    #[arg(long = "for", value_name = "TIME", value_parser = duration)]
    stop_after: Option<Duration>,
    /// Write the numbers of the run here at its end, as JSON
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// What outlives the run is kept here [default: EVOLADDER_DATA, else data]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        None => Cli::command().print_help().map(|()| 0).map_err(anyhow::Error::from).map_err(Error::from),
        Some(Command::Run(run)) => start(run),
        Some(Command::Status { data, json }) => show_status(data, json),
        Some(Command::Word(words)) => hand_over(&words),
    };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            say(&format!("evoladder: {error}"));
            ExitCode::from(error.exit_code())
        }
    }
}

fn start(run: Run) -> Result<u8, Error> {
    let Run { emulator, players, seed, faults, stop_after, report, data } = run;
    let options = Options { emulator, players, seed, faults, stop_after, report, data };
    let config = config::Supervisor::from_env().map_err(|faults| Error::Config(faults.to_string()))?;
    telemetry::start(supervisor::log_level(&options, &config).into(), telemetry::format_here());
    run::run(&options, config)
}

fn show_status(data: Option<PathBuf>, json: bool) -> Result<u8, Error> {
    let data = data.unwrap_or_else(config::data_folder);
    let Some(status) = status::ask(&data)? else {
        say(&format!("No ladder runs over the data folder {}.", data.display()));
        return Ok(EXIT_UNAVAILABLE);
    };
    let text = if json { format!("{status:#}\n") } else { status::table(&status) };
    // A reader that has seen enough is no error.
    let _ = io::stdout().write_all(text.as_bytes());
    Ok(0)
}

/// Becomes the sibling; returns only if there is none.
fn hand_over(words: &[OsString]) -> Result<u8, Error> {
    let (word, arguments) = words.split_first().expect("clap finds at least the word");
    let word = word.to_string_lossy();
    let sibling =
        std::env::current_exe().map_err(anyhow::Error::from)?.with_file_name(format!("evoladder-{word}"));
    let plain = word.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
    if !plain || !sibling.is_file() {
        say(&format!(
            "evoladder: there is no `{word}`, neither here nor as evoladder-{word} beside this program; see evoladder --help"
        ));
        return Ok(EXIT_USAGE);
    }
    let error = process::Command::new(&sibling).args(arguments).exec();
    Err(anyhow::Error::new(error).context(format!("run {}", sibling.display())).into())
}

fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// A number with ms, s, m or h behind it.
fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let millis = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err("it should be a number with ms, s, m or h behind it, such as 90s".to_owned()),
    };
    let total = number.parse::<u64>().ok().and_then(|number| number.checked_mul(millis));
    total.map(Duration::from_millis).ok_or_else(|| "it is no number, or too large".to_owned())
}
