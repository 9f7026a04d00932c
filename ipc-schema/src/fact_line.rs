//! The last line of every card: what it says, in words that no language changes. Support reads it,
//! and the simulated players do, who must act on what they were told and on nothing else.
//!
//! ```text
//! -# match 12 · playing · bw_zerg · sc2_terran · keres_passage · USW
//! ```

use crate::event::Judged;
use crate::ids::{JobId, MatchId};
use crate::view::{CardView, MatchPhase, ReplayStage};
use crate::vocab::{Mmr, Outcome, Race, Server, Verdict};
use std::fmt;

const SEPARATOR: &str = " · ";
const PREFIX: &str = "-# match ";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactLine {
    pub match_id: MatchId,
    pub fact: Fact,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    Confirming,
    Reminder,
    /// Own race, the opponent's race, map key, server.
    Playing {
        race: Race,
        opponent_race: Race,
        map: String,
        server: Server,
    },
    /// Closed by a result that moved the rating of `race`.
    Won {
        race: Race,
        before: Mmr,
        after: Mmr,
    },
    Lost {
        race: Race,
        before: Mmr,
        after: Mmr,
    },
    Drawn {
        race: Race,
        before: Mmr,
        after: Mmr,
    },
    /// Closed without a result: `aborted`, `unconfirmed`, `expired`, `conflict`, `void` or `cancelled`.
    Unplayed {
        how: String,
    },
    /// A replay of the match: `reading`, `decided`, `undecided`, `rejected`, `too_late`,
    /// `already_decided`, `for_staff` or a fault.
    Replay {
        job: JobId,
        stage: String,
    },
    /// The time limit of a match that is played comes nearer.
    PlayReminder {
        number: u8,
    },
}

impl FactLine {
    /// The line of a card; None for a card that is about no match.
    pub fn of(view: &CardView) -> Option<FactLine> {
        let line = match view {
            CardView::Match(view) => FactLine { match_id: view.match_id, fact: Fact::of_phase(&view.phase) },
            CardView::Reminder { match_id, .. } => FactLine { match_id: *match_id, fact: Fact::Reminder },
            CardView::Replay(view) => FactLine {
                match_id: view.match_id,
                fact: Fact::Replay { job: view.job, stage: stage_code(&view.stage).to_owned() },
            },
            CardView::PlayReminder { match_id, number, .. } => {
                FactLine { match_id: *match_id, fact: Fact::PlayReminder { number: *number } }
            }
            CardView::Notice { .. } | CardView::News(_) | CardView::Queue(_) | CardView::Post(_) => {
                return None;
            }
        };
        Some(line)
    }

    /// Finds the line in the text of a message.
    pub fn find(text: &str) -> Option<FactLine> {
        text.lines().rev().find_map(FactLine::parse)
    }

    /// Whether both are lines of one card: it says other things while its match goes on, or its replay is read.
    pub fn is_of_same_card(&self, other: &FactLine) -> bool {
        let same = match (&self.fact, &other.fact) {
            (Fact::Reminder, fact) | (fact, Fact::Reminder) => *fact == Fact::Reminder,
            (Fact::PlayReminder { number }, fact) | (fact, Fact::PlayReminder { number }) => {
                *fact == Fact::PlayReminder { number: *number }
            }
            (Fact::Replay { job, .. }, fact) | (fact, Fact::Replay { job, .. }) => {
                matches!(fact, Fact::Replay { job: other, .. } if other == job)
            }
            // All else is how the match itself goes.
            _ => true,
        };
        same && self.match_id == other.match_id
    }

    fn parse(line: &str) -> Option<FactLine> {
        let mut words = line.strip_prefix(PREFIX)?.split(SEPARATOR);
        let match_id = MatchId(words.next()?.parse().ok()?);
        let words: Vec<&str> = words.collect();
        let rating = |race: &str, before: &str, after: &str| {
            Some((Race::from_code(race)?, Mmr(before.parse().ok()?), Mmr(after.parse().ok()?)))
        };
        let fact = match words.as_slice() {
            ["confirming"] => Fact::Confirming,
            ["reminder"] => Fact::Reminder,
            ["reminder", number] => Fact::PlayReminder { number: number.parse().ok()? },
            ["playing", race, opponent_race, map, server] => Fact::Playing {
                race: Race::from_code(race)?,
                opponent_race: Race::from_code(opponent_race)?,
                map: (*map).to_owned(),
                server: Server::from_code(server)?,
            },
            ["won", race, before, after] => {
                let (race, before, after) = rating(race, before, after)?;
                Fact::Won { race, before, after }
            }
            ["lost", race, before, after] => {
                let (race, before, after) = rating(race, before, after)?;
                Fact::Lost { race, before, after }
            }
            ["drawn", race, before, after] => {
                let (race, before, after) = rating(race, before, after)?;
                Fact::Drawn { race, before, after }
            }
            ["closed", how] => Fact::Unplayed { how: (*how).to_owned() },
            ["replay", job, stage] => {
                Fact::Replay { job: JobId(job.parse().ok()?), stage: (*stage).to_owned() }
            }
            _ => return None,
        };
        Some(FactLine { match_id, fact })
    }
}

impl Fact {
    /// Whether it tells a result that moved ratings.
    pub fn is_result(&self) -> bool {
        matches!(self, Fact::Won { .. } | Fact::Lost { .. } | Fact::Drawn { .. })
    }

    /// The result of a match for one player.
    pub fn of_result(outcome: Outcome, race: Race, before: Mmr, after: Mmr) -> Fact {
        match outcome {
            Outcome::Won => Fact::Won { race, before, after },
            Outcome::Lost => Fact::Lost { race, before, after },
            Outcome::Draw => Fact::Drawn { race, before, after },
        }
    }

    fn of_phase(phase: &MatchPhase) -> Fact {
        match phase {
            MatchPhase::Confirming { .. } => Fact::Confirming,
            MatchPhase::Playing { sheet, .. } => Fact::Playing {
                race: sheet.you.race,
                opponent_race: sheet.opponent.race,
                map: sheet.map.clone(),
                server: sheet.server,
            },
            MatchPhase::Closed { result: Some(result), .. } => {
                Fact::of_result(result.outcome, result.race, result.before, result.after)
            }
            MatchPhase::Closed { verdict, result: None, .. } => {
                let how = match verdict {
                    Verdict::Aborted { .. } => "aborted",
                    Verdict::Unconfirmed { .. } => "unconfirmed",
                    Verdict::Expired => "expired",
                    Verdict::Conflict => "conflict",
                    Verdict::Void => "void",
                    Verdict::Cancelled { .. } => "cancelled",
                    Verdict::Decided { .. } | Verdict::Drawn { .. } => "decided",
                };
                Fact::Unplayed { how: how.to_owned() }
            }
        }
    }
}

fn stage_code(stage: &ReplayStage) -> &'static str {
    match stage {
        ReplayStage::Reading | ReplayStage::InLine { .. } => "reading",
        ReplayStage::Judged { judgement, .. } => match judgement.outcome {
            Judged::Decided { .. } => "decided",
            Judged::Undecided => "undecided",
            Judged::Rejected => "rejected",
            Judged::TooLate => "too_late",
            Judged::AlreadyDecided => "already_decided",
            Judged::ForStaff => "for_staff",
        },
        ReplayStage::Failed { fault } => fault.code(),
    }
}

impl fmt::Display for FactLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}{SEPARATOR}", self.match_id)?;
        let words = match &self.fact {
            Fact::Confirming => vec!["confirming".to_owned()],
            Fact::Reminder => vec!["reminder".to_owned()],
            Fact::PlayReminder { number } => vec!["reminder".to_owned(), number.to_string()],
            Fact::Playing { race, opponent_race, map, server } => {
                vec![
                    "playing".to_owned(),
                    race.to_string(),
                    opponent_race.to_string(),
                    map.clone(),
                    server.to_string(),
                ]
            }
            Fact::Won { race, before, after } => {
                vec!["won".to_owned(), race.to_string(), before.to_string(), after.to_string()]
            }
            Fact::Drawn { race, before, after } => {
                vec!["drawn".to_owned(), race.to_string(), before.to_string(), after.to_string()]
            }
            Fact::Lost { race, before, after } => {
                vec!["lost".to_owned(), race.to_string(), before.to_string(), after.to_string()]
            }
            Fact::Unplayed { how } => vec!["closed".to_owned(), how.clone()],
            Fact::Replay { job, stage } => vec!["replay".to_owned(), job.to_string(), stage.clone()],
        };
        f.write_str(&words.join(SEPARATOR))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_known_by_its_line_however_its_match_goes_on() {
        let line = |match_id, fact| FactLine { match_id: MatchId(match_id), fact };
        let replay = |job, stage: &str| Fact::Replay { job: JobId(job), stage: stage.to_owned() };
        let unplayed = || Fact::Unplayed { how: "aborted".to_owned() };
        let won = || Fact::Won { race: Race::BwZerg, before: Mmr(1500), after: Mmr(1520) };
        let second = || Fact::PlayReminder { number: 2 };
        let table = [
            (12, Fact::Confirming, won(), true),
            (12, unplayed(), Fact::Confirming, true),
            (13, Fact::Confirming, Fact::Confirming, false),
            (12, Fact::Reminder, Fact::Reminder, true),
            (12, Fact::Reminder, Fact::Confirming, false),
            (12, won(), second(), false),
            (12, second(), second(), true),
            (12, second(), Fact::PlayReminder { number: 1 }, false),
            (12, replay(3, "reading"), replay(3, "decided"), true),
            (12, replay(3, "reading"), replay(4, "reading"), false),
            (12, replay(3, "reading"), won(), false),
        ];
        for (match_id, first, second, expected) in table {
            let (first, second) = (line(match_id, first), line(12, second));
            assert_eq!(first.is_of_same_card(&second), expected, "{first} and {second}");
            assert_eq!(second.is_of_same_card(&first), expected, "{second} and {first}");
        }
    }

    #[test]
    fn every_fact_is_found_again_in_a_message() {
        let facts = [
            (Fact::Confirming, "confirming"),
            (Fact::Reminder, "reminder"),
            (Fact::PlayReminder { number: 2 }, "reminder · 2"),
            (
                Fact::Playing {
                    race: Race::BwZerg,
                    opponent_race: Race::Sc2Terran,
                    map: "keres_passage".to_owned(),
                    server: Server::Usw,
                },
                "playing · bw_zerg · sc2_terran · keres_passage · USW",
            ),
            (
                Fact::Won { race: Race::BwZerg, before: Mmr(1500), after: Mmr(1520) },
                "won · bw_zerg · 1500 · 1520",
            ),
            (Fact::Lost { race: Race::BwZerg, before: Mmr(0), after: Mmr(-20) }, "lost · bw_zerg · 0 · -20"),
            (Fact::Drawn { race: Race::BwZerg, before: Mmr(5), after: Mmr(7) }, "drawn · bw_zerg · 5 · 7"),
            (Fact::Unplayed { how: "aborted".to_owned() }, "closed · aborted"),
            (Fact::Replay { job: JobId(3), stage: "reading".to_owned() }, "replay · 3 · reading"),
        ];
        for (fact, text) in facts {
            let line = FactLine { match_id: MatchId(12), fact };
            assert_eq!(line.to_string(), format!("-# match 12 · {text}"));
            assert_eq!(FactLine::find(&format!("**Match found**\n{line}\n")), Some(line));
        }
        assert_eq!(FactLine::find("-# match 12 · dancing\nmatch 12 · confirming"), None);
    }
}
