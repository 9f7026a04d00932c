//! `inspect`: what is in each file.

use super::files::{self, Fault, Progress, plain};
use super::table::{self, Column};
use replay::Facts;
use replay::facts::{GameResult, Player};
use serde::Serialize;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const COLUMNS: [Column; 7] =
    [("FILE", 50), ("MAP", 32), ("PLAYERS", 40), ("RACES", 32), ("RESULT", 24), ("LENGTH", 8), ("BUILD", 12)];

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

pub(crate) fn run(paths: &[PathBuf], json: bool) -> anyhow::Result<ExitCode> {
    let files = files::named(paths)?;
    let folder = files::common_folder(&files);
    let progress = Progress::of(files.len());
    let mut out = io::stdout().lock();
    let (mut rows, mut failed) = (Vec::new(), false);
    for (number, path) in (1..).zip(&files) {
        progress.at(number);
        let line = inspect(path);
        failed |= !line.ok;
        if json {
            writeln!(out, "{}", serde_json::to_string(&line)?)?;
        } else if files.len() == 1 {
            print(&mut out, &line)?;
        } else {
            let shown = path.strip_prefix(folder).unwrap_or(path);
            rows.push(row(shown.display().to_string(), &line));
        }
    }
    progress.end();
    if !rows.is_empty() {
        table::print(&mut out, &COLUMNS, &rows)?;
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn inspect(path: &Path) -> Line {
    let file = path.display().to_string();
    match files::facts(path) {
        Ok(facts) => Line { file, ok: true, facts: Some(facts), error: None },
        Err(error) => Line { file, ok: false, facts: None, error: Some(error) },
    }
}

fn row(file: String, line: &Line) -> Vec<String> {
    let Some(facts) = &line.facts else {
        let error = line.error.as_ref().map_or_else(String::new, ToString::to_string);
        return vec![file, error];
    };
    let of_all = |tell: fn(&Player) -> &str| {
        let players = facts.players.iter().filter(|player| player.plays());
        players.map(tell).collect::<Vec<_>>().join(", ")
    };
    vec![
        file,
        facts.map_title.clone(),
        of_all(|player| &player.name),
        of_all(|player| &player.race_raw),
        result(facts),
        length(facts),
        facts.base_build.to_string() + if facts.unlisted_build { " unlisted" } else { "" },
    ]
}

fn result(facts: &Facts) -> String {
    let of = |result| {
        let players = facts.players.iter().filter(move |player| player.plays() && player.result == result);
        players.map(|player| player.name.as_str()).collect::<Vec<_>>()
    };
    match (of(GameResult::Win).as_slice(), of(GameResult::Tie).as_slice()) {
        ([], []) => "not recorded".to_owned(),
        ([], _) => "tie".to_owned(),
        (winners, _) => format!("{} won", winners.join(", ")),
    }
}

/// Minutes and seconds at Faster.
fn length(facts: &Facts) -> String {
    let seconds = u64::from(facts.duration_game_loops) * 10 / 224;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

fn print(out: &mut impl Write, line: &Line) -> io::Result<()> {
    let file = plain(&line.file);
    if let Some(error) = &line.error {
        writeln!(out, "{file}: {error}")?;
    }
    let Some(facts) = &line.facts else { return Ok(()) };
    writeln!(out, "{file}: {}", plain(&facts.map_title))?;
    writeln!(out, "  ended {}, after {} at Faster", facts.utc_time, length(facts))?;
    writeln!(out, "  version {}, {} game events", facts.version, facts.game_events)?;
    for player in &facts.players {
        let (name, race, toon) = (plain(&player.name), plain(&player.race_raw), player.toon());
        writeln!(out, "  team {}: {name} ({race}, {toon}): {:?}", player.team, player.result)?;
    }
    Ok(())
}
