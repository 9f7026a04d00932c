//! `scripts/chaos`: a ladder with simulated players, a schedule of accidents, and the judge at the end.
//!
//! [`schedule`] says what goes wrong when, [`run`] does it to a [`tree`] of real processes, [`report`] tells
//! what came of it.

mod report;
mod run;
mod schedule;
mod server;
#[path = "../support/small_disk.rs"]
mod small_disk;
mod tree;

use anyhow::{Context, bail};
use clap::Parser;
use report::Outcome;
use schedule::{CALM, Database, Step, one_outage, schedule};
use server::Server;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use tree::{Settings, Tree};

/// Something was lost, happened twice, or was missed.
const EXIT_FOUND: u8 = 1;
/// The run did not come to its end.
const EXIT_BROKEN: u8 = 2;

/// Kills and obstructs a ladder in every way there is while people play on it, and has it judged
///
/// It ends with a calm of half a minute, so that everything that is due can arrive. An undisturbed run of the
/// same length comes first, for comparison, so the whole takes twice as long; --undisturbed saves it. Exits with 0
/// if nothing was lost, nothing happened twice, no press was missed, the audit finds nothing and at least half as
/// many matches were played as undisturbed, with 1 if not, with 2 if the run did not come to its end.
#[derive(Parser)]
#[command(name = "scripts/chaos")]
struct Arguments {
    /// How long, such as 120s or 5m, calm included
    #[arg(long = "for", value_name = "TIME", default_value = "120s", value_parser = duration)]
    length: Duration,
    /// What players, chance and accidents derive from
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    #[arg(long, value_name = "N", default_value_t = 40)]
    players: u32,
    #[arg(long, default_value = "sqlite")]
    database: Database,
    /// Write all numbers here, as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Matches of an undisturbed run, which is then not made
    #[arg(long, value_name = "N")]
    undisturbed: Option<u64>,
    /// Instead of all this the database is away once, for so long: with --database postgres
    #[arg(long, value_name = "TIME", value_parser = duration)]
    outage: Option<Duration>,
    /// Print the schedule as JSON lines and do nothing
    #[arg(long)]
    dry: bool,
    /// The folder of the executables [default: the one above this program's]
    #[arg(long, value_name = "DIR")]
    executables: Option<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match chaos(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(EXIT_FOUND),
        Err(error) => {
            let _ = writeln!(io::stderr(), "scripts/chaos: {error:#}");
            ExitCode::from(EXIT_BROKEN)
        }
    }
}

fn chaos(arguments: &Arguments) -> anyhow::Result<bool> {
    let steps = match arguments.outage {
        None => schedule(arguments.length, arguments.seed, arguments.database),
        Some(_) if arguments.database == Database::Sqlite => bail!("--outage wants --database postgres"),
        Some(outage) => one_outage(arguments.length, outage),
    };
    if arguments.outage.is_some() && steps.is_empty() {
        bail!("--for {:?} is too short for --outage and the calm of {CALM:?} after it", arguments.length);
    }
    if arguments.dry {
        for step in &steps {
            say(&serde_json::to_string(step)?);
        }
        return Ok(true);
    }
    if steps.is_empty() {
        bail!("--for {:?} leaves no time for anything before the calm of {CALM:?}", arguments.length);
    }
    let executables = match &arguments.executables {
        Some(folder) => folder.clone(),
        None => beside()?,
    };
    let matches_undisturbed = match arguments.undisturbed {
        Some(matches) => matches,
        None => {
            say(&format!("Undisturbed, for {:?}.", arguments.length));
            let (outcome, _) = one_life_or_more(arguments, &executables, &[], 0)?;
            if !outcome.is_good() {
                say(&outcome.table());
                bail!("the undisturbed run did not go well");
            }
            outcome.judgement["matches_completed"].as_u64().context("the judge counts no matches")?
        }
    };
    say(&format!("{} steps within {:?}.", steps.len(), arguments.length));
    let (outcome, kept) = one_life_or_more(arguments, &executables, &steps, matches_undisturbed)?;
    say(&outcome.table());
    if let Some(file) = &arguments.json {
        std::fs::write(file, format!("{:#}\n", outcome.to_json()))
            .with_context(|| format!("write {}", file.display()))?;
    }
    if let Some(kept) = kept {
        say(&format!("The data folder is kept in {}.", kept.display()));
    }
    Ok(outcome.is_good())
}

/// Runs through the steps and looks at what is left. The folder stays, and is named, if that is not good.
fn one_life_or_more(
    arguments: &Arguments,
    executables: &Path,
    steps: &[Step],
    matches_undisturbed: u64,
) -> anyhow::Result<(Outcome, Option<PathBuf>)> {
    let mut server = match arguments.database {
        Database::Sqlite => None,
        Database::Postgres => Some(Server::new()?),
    };
    let root = tempfile::Builder::new().prefix("evoladder-chaos-").tempdir()?;
    let settings = Settings {
        executables: executables.to_owned(),
        players: arguments.players,
        seed: arguments.seed,
        database_url: server.as_ref().map(|server| server.url().to_owned()),
    };
    let mut tree = Tree::new(settings, root.path().to_owned())?;
    let judged = run::run(&mut tree, server.as_mut(), arguments.length, steps).and_then(|tally| {
        let (judgement, audit) = (tree.look("evoladder-judge")?, tree.look("evoladder-audit")?);
        Ok(Outcome {
            seed: arguments.seed,
            players: arguments.players,
            length: arguments.length,
            database: arguments.database,
            schedule: steps.to_vec(),
            tally,
            judgement,
            audit,
            matches_undisturbed,
            small_disk: tree.disk().is_some(),
        })
    });
    if judged.as_ref().is_ok_and(Outcome::is_good) {
        drop(tree);
        return judged.map(|outcome| (outcome, None));
    }
    tree.keep()?;
    drop(tree);
    let kept = root.keep();
    match judged {
        Ok(outcome) => Ok((outcome, Some(kept))),
        Err(error) => Err(error.context(format!("the data folder is kept in {}", kept.display()))),
    }
}

/// This program is an example, whose folder is beside the executables.
fn beside() -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe().context("find own executable")?;
    let folder = own.parent().and_then(Path::parent).context("find the executables")?;
    Ok(folder.to_owned())
}

fn say(line: &str) {
    // A reader that has seen enough is no error.
    let _ = writeln!(io::stdout(), "{}", line.trim_end());
}

/// A number with s or m behind it.
fn duration(text: &str) -> Result<Duration, String> {
    let (number, seconds) = match (text.strip_suffix('s'), text.strip_suffix('m')) {
        (Some(number), _) => (number, 1),
        (_, Some(number)) => (number, 60),
        (None, None) => return Err("it should be a number with s or m behind it, such as 120s".to_owned()),
    };
    let number: u64 = number.parse().map_err(|_| "it is no number".to_owned())?;
    number.checked_mul(seconds).map(Duration::from_secs).ok_or_else(|| "it is too long".to_owned())
}
