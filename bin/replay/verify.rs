//! `verify`: the verdict on a replay, without a ladder.

use super::files::{self, plain};
use super::match_file::{self, EXAMPLE, MatchFile};
use super::table::{self, Column};
use anyhow::Context;
use evoladder::domain::player::{Player, fold};
use evoladder::domain::verdict::{self, Case, Ruling};
use evoladder::replay_worker::facts::for_verdict;
use evoladder::season::handles;
use ipc_schema::event::{Check, Grade, Judged};
use ipc_schema::ids::PlayerId;
use ipc_schema::vocab::Ground;
use serde_json::{Value, json};
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

const COLUMNS: [Column; 4] = [("", 7), ("CHECK", 10), ("EXPECTED", 60), ("FOUND", 60)];

pub(crate) fn example() -> anyhow::Result<ExitCode> {
    io::stdout().write_all(EXAMPLE.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn run(
    file: &Path,
    match_path: &Path,
    lists: Option<&Path>,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let text = fs::read_to_string(match_path).with_context(|| format!("read {}", match_path.display()))?;
    let mut of = match_file::parse(&text).with_context(|| match_path.display().to_string())?;
    if let Some(path) = lists {
        let name = path.display().to_string();
        let text = fs::read_to_string(path).with_context(|| format!("read {name}"))?;
        of.season.releases.push(handles::read(&name, &text, &of.season.maps)?);
    }
    let bytes = files::read(file).with_context(|| format!("read {}", file.display()))?;
    let facts = match replay::parse(&bytes) {
        Ok(facts) => for_verdict(facts).ok_or_else(|| "it contradicts itself about who played".to_owned()),
        Err(error) => Err(error.to_string()),
    };
    let mut out = io::stdout().lock();
    let facts = match facts {
        Ok(facts) => facts,
        Err(why) if json => {
            writeln!(out, "{}", json!({ "outcome": "unreadable", "error": why }))?;
            return Ok(ExitCode::FAILURE);
        }
        Err(why) => {
            writeln!(out, "Unreadable: {}", plain(&why))?;
            return Ok(ExitCode::FAILURE);
        }
    };
    let case = Case {
        pairing: &of.pairing,
        players: [&of.players[0], &of.players[1]],
        owner_of: &|toon| of.owners.get(toon).copied(),
        // A match file says nothing of others who play on the ladder.
        unbound_named: &|name, region| {
            let is_named = |player: &Player| {
                fold(&player.name()) == fold(name) && player.toons_in(region).next().is_none()
            };
            let known = (1..).zip(&of.players).find(|(_, player)| is_named(player));
            known.map(|(number, _)| PlayerId(number))
        },
        uploader: of.uploader,
        started_at: of.started_at,
        uploaded_at: of.uploaded_at,
        used_by: None,
    };
    let ruling = verdict::judge(&of.season, &case, &facts);
    if json {
        writeln!(out, "{}", as_json(&of, &ruling))?;
    } else {
        let row = |check: &Check| {
            vec![
                grade(check.grade).to_owned(),
                check.kind.code().to_owned(),
                readable(&check.expected),
                readable(&check.found),
            ]
        };
        let rows: Vec<_> = ruling.judgement.checks.iter().map(row).collect();
        table::print(&mut out, &COLUMNS, &rows)?;
        writeln!(out, "\n{}", sentence(&of, &ruling))?;
    }
    let decided = matches!(ruling.judgement.outcome, Judged::Decided { .. });
    Ok(if decided { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn grade(grade: Grade) -> &'static str {
    match grade {
        Grade::Passed => "passed",
        Grade::Warning => "warning",
        Grade::Failed => "failed",
    }
}

fn ground_code(ground: Ground) -> &'static str {
    match ground {
        Ground::Recorded => "recorded",
        Ground::OpponentLeftFirst => "opponent_left_first",
        Ground::Reported => "reported",
        Ground::Staff => "staff",
    }
}

fn sentence(of: &MatchFile, ruling: &Ruling) -> String {
    match ruling.judgement.outcome {
        Judged::Decided { winner, ground } => {
            let name = of.players[usize::from(winner)].name();
            match ground {
                // A replay decides by what it records, or by who left.
                Ground::Recorded | Ground::Reported | Ground::Staff => {
                    format!("Decided: {name} wins, as the replay records.")
                }
                Ground::OpponentLeftFirst => {
                    format!("Decided: {name} wins, since the other player left first.")
                }
            }
        }
        Judged::Undecided => "Undecided: nothing in the replay says who won.".to_owned(),
        Judged::Rejected | Judged::TooLate | Judged::AlreadyDecided | Judged::ForStaff => {
            "Rejected: it does not decide the match.".to_owned()
        }
    }
}

fn as_json(of: &MatchFile, ruling: &Ruling) -> Value {
    let check = |check: &Check| {
        json!({
            "check": check.kind.code(), "grade": grade(check.grade),
            "expected": readable(&check.expected), "found": readable(&check.found),
        })
    };
    let (outcome, winner, ground) = match ruling.judgement.outcome {
        Judged::Decided { winner, ground } => {
            ("decided", Some(of.players[usize::from(winner)].name()), Some(ground_code(ground)))
        }
        Judged::Undecided => ("undecided", None, None),
        Judged::Rejected | Judged::TooLate | Judged::AlreadyDecided | Judged::ForStaff => {
            ("rejected", None, None)
        }
    };
    json!({
        "outcome": outcome,
        "winner": winner,
        "ground": ground,
        "checks": ruling.judgement.checks.iter().map(check).collect::<Vec<_>>(),
        "accounts": ruling.toons.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "unverified": ruling.unverified.as_ref().map(|unverified| json!({
            "region": unverified.region.code(), "map": unverified.map, "files": unverified.files,
        })),
    })
}

/// Discord's time stamps as times.
fn readable(text: &str) -> String {
    let mut parts = text.split("<t:");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let stamp = part.split_once(":T>").and_then(|(seconds, rest)| {
            let time = OffsetDateTime::from_unix_timestamp(seconds.parse().ok()?).ok()?;
            Some(time.format(&Rfc3339).ok()? + rest)
        });
        match stamp {
            Some(stamp) => out += &stamp,
            None => out = out + "<t:" + part,
        }
    }
    out
}
