//! `evoladder check`: looks at all that a run needs, and says what is missing and where to click.

use clap::Parser;
use evoladder::{check, config};
use ipc_schema::control::EXIT_CONFIG;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::process::ExitCode;

/// Looks at all that the ladder needs to run with Discord, and says what is missing and where to click
///
/// It reads the settings that `evoladder run` reads. It changes nothing, and the ladder may run meanwhile.
/// Exits with 0 if everything that is needed is there, else with 78.
#[derive(Parser)]
#[command(name = "evoladder-check", version)]
struct Arguments {}

fn main() -> ExitCode {
    let Arguments {} = Arguments::parse();
    let findings = match config::Check::from_env() {
        Ok(config) => look(&config),
        Err(faults) => Ok(check::of_faults(&faults)),
    };
    let findings = match findings {
        Ok(findings) => findings,
        Err(error) => {
            let _ = writeln!(io::stderr(), "evoladder-check: {error:#}");
            return ExitCode::FAILURE;
        }
    };
    let mut text = String::new();
    for finding in &findings {
        let _ = writeln!(text, "{finding}");
    }
    let is_well = findings.iter().all(|finding| !finding.is_missing());
    text.push_str(if is_well { "\nThe ladder can run.\n" } else { "\nThe ladder cannot run like this.\n" });
    // A reader that has seen enough is no error.
    let _ = io::stdout().write_all(text.as_bytes());
    if is_well { ExitCode::SUCCESS } else { ExitCode::from(EXIT_CONFIG) }
}

fn look(config: &config::Check) -> anyhow::Result<Vec<check::Finding>> {
    // The client wants a provider, and chooses none.
    let provider = rustls::crypto::ring::default_provider();
    assert!(provider.install_default().is_ok(), "the provider is installed once");
    check::run(config)
}
