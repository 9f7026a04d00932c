//! What a replay proves. Pure rules over facts that a worker read; each check says what was
//! expected and what was found.

use super::player::{Player, fold};
use super::season::Season;
use ipc_schema::event::{Check, CheckKind, Grade, Judged, Judgement, Pairing};
use ipc_schema::ids::PlayerId;
use ipc_schema::replay::{ReplayFacts, ReplayPlayer};
use ipc_schema::vocab::{GameRegion, Ground, Outcome, Race, Timestamp, Toon};
use std::time::Duration;

/// Game loops in a second at the speed Faster.
const LOOPS_PER_SECOND: f64 = 22.4;

/// The game may seem to start so long before the match was assigned: the uploader's clock may be off.
const EARLY: [Duration; 2] = [Duration::from_secs(60), Duration::from_secs(600)];

/// And so long after the upload.
const LATE: [Duration; 2] = [Duration::ZERO, Duration::from_secs(300)];

/// One played game, whichever player's file tells of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Game {
    random_seed: u32,
    toons: Vec<Toon>,
    map_title: String,
}

impl Game {
    pub fn of(facts: &ReplayFacts) -> Game {
        let mut toons: Vec<Toon> = facts.players.iter().map(|player| player.toon).collect();
        toons.sort();
        Game { random_seed: facts.random_seed, toons, map_title: facts.map_title.clone() }
    }
}

/// The match a replay is judged for.
pub struct Case<'a> {
    pub pairing: &'a Pairing,
    pub players: [&'a Player; 2],
    /// The ladder account that a toon is bound to.
    pub owner_of: &'a dyn Fn(&Toon) -> Option<PlayerId>,
    pub started_at: Timestamp,
    pub uploaded_at: Timestamp,
    /// Whether the game decided a match before.
    pub used: bool,
}

/// The judgement and, where identity holds, the toon of each slot.
pub struct Ruling {
    pub judgement: Judgement,
    pub toons: Vec<Toon>,
}

pub fn judge(season: &Season, case: &Case<'_>, facts: &ReplayFacts) -> Ruling {
    let [first, second] = facts.players.as_slice() else { return unreadable(facts) };
    if !facts.is_1v1 {
        return unreadable(facts);
    }
    let mut checks = vec![Check {
        kind: CheckKind::Readable,
        grade: Grade::Passed,
        expected: "1v1".to_owned(),
        found: "1v1".to_owned(),
    }];
    let seated = [[first, second], [second, first]].into_iter().find(|seats| identities_hold(case, seats));
    checks.push(Check {
        kind: CheckKind::Identity,
        grade: if seated.is_some() { Grade::Passed } else { Grade::Failed },
        expected: case.players.map(Player::name).join(", "),
        found: format!("{} ({}), {} ({})", first.name, first.toon, second.name, second.toon),
    });
    // Whose race is whose is known by identity alone.
    checks.extend(seated.map(|seats| races(season, case.pairing.races, seats)));
    checks.push(map(season, &case.pairing.map, &facts.map_title));
    checks.push(time(case, facts));
    checks.push(Check {
        kind: CheckKind::Reuse,
        grade: if case.used { Grade::Failed } else { Grade::Passed },
        expected: "new".to_owned(),
        found: if case.used { "used" } else { "new" }.to_owned(),
    });
    let rejected = checks.iter().any(|check| check.grade == Grade::Failed);
    let outcome = match seated {
        Some(seats) if !rejected => {
            winner(seats).map_or(Judged::Undecided, |(winner, ground)| Judged::Decided { winner, ground })
        }
        _ => Judged::Rejected,
    };
    let toons = seated.map_or_else(Vec::new, |seats| seats.map(|player| player.toon).to_vec());
    Ruling { judgement: Judgement { checks, outcome }, toons }
}

fn unreadable(facts: &ReplayFacts) -> Ruling {
    let check = Check {
        kind: CheckKind::Readable,
        grade: Grade::Failed,
        expected: "1v1".to_owned(),
        found: facts.players.len().to_string(),
    };
    Ruling { judgement: Judgement { checks: vec![check], outcome: Judged::Rejected }, toons: Vec::new() }
}

/// Whether the two of the replay are the two of the match, slot by slot: by their bound toons or,
/// in a game region where none is bound yet, by name.
fn identities_hold(case: &Case<'_>, seats: &[&ReplayPlayer; 2]) -> bool {
    let two_people = seats[0].toon != seats[1].toon;
    two_people
        && (0..2).all(|slot| {
            let (id, player, seat) = (case.pairing.players[slot], case.players[slot], seats[slot]);
            if let Some(owner) = (case.owner_of)(&seat.toon) {
                return owner == id;
            }
            let Some(region) = GameRegion::from_number(seat.toon.region) else { return false };
            let bound_there = player.toons.iter().any(|(bound, _)| *bound == region);
            let named = player.names.as_ref().is_some_and(|names| {
                names.alternatives.iter().chain([&names.name]).any(|name| fold(name) == fold(&seat.name))
            });
            !bound_there && named
        })
}

/// By the code that no language changes, else by the words of the language. Both and different is a
/// contradiction; neither is left unverified, never guessed.
fn races(season: &Season, expected: [Race; 2], seats: [&ReplayPlayer; 2]) -> Check {
    let grades = [0, 1].map(|slot| {
        let seat: &ReplayPlayer = seats[slot];
        let by_code = seat.race_code.as_deref().and_then(race_of_code);
        let by_text = season.race_words.get(&seat.race_text.to_lowercase()).copied();
        match (by_code, by_text) {
            (Some(code), Some(text)) if code != text => Grade::Failed,
            (Some(race), _) | (None, Some(race)) if race == expected[slot] => Grade::Passed,
            (None, None) => Grade::Warning,
            _ => Grade::Failed,
        }
    });
    let found = seats.map(|seat| match &seat.race_code {
        Some(code) => format!("{} ({code})", seat.race_text),
        None => seat.race_text.clone(),
    });
    let grade = grades.into_iter().max().expect("there are two");
    Check {
        kind: CheckKind::Races,
        grade,
        expected: expected.map(Race::code).join(", "),
        found: found.join(", "),
    }
}

fn race_of_code(code: &str) -> Option<Race> {
    Some(match code {
        "Terr" => Race::Sc2Terran,
        "Zerg" => Race::Sc2Zerg,
        "Prot" => Race::Sc2Protoss,
        "BWTe" => Race::BwTerran,
        "BWZe" => Race::BwZerg,
        "BWPr" => Race::BwProtoss,
        _ => return None,
    })
}

fn map(season: &Season, key: &str, title: &str) -> Check {
    let expected = season.map(key).map_or(key, |map| &map.title);
    let grade = if fold(expected) == fold(title.trim()) { Grade::Passed } else { Grade::Failed };
    Check { kind: CheckKind::Map, grade, expected: expected.to_owned(), found: title.to_owned() }
}

/// When the game began, by the uploader's clock, against when it could have begun by ours.
fn time(case: &Case<'_>, facts: &ReplayFacts) -> Check {
    let played = Duration::from_secs_f64(f64::from(facts.duration_game_loops) / LOOPS_PER_SECOND);
    let began = Timestamp(facts.ended_at_ms) - played;
    let within =
        |limit: usize| (case.started_at - EARLY[limit]..=case.uploaded_at + LATE[limit]).contains(&began);
    let grade = match (within(0), within(1)) {
        (true, _) => Grade::Passed,
        (false, true) => Grade::Warning,
        (false, false) => Grade::Failed,
    };
    Check {
        kind: CheckKind::Time,
        grade,
        expected: format!(
            "<t:{}:T> – <t:{}:T>",
            case.started_at.unix_seconds(),
            case.uploaded_at.unix_seconds()
        ),
        found: format!("<t:{}:T>", began.unix_seconds()),
    }
}

/// Who won, by the recorded result; where it is missing, who did not leave first. No ground, no winner.
fn winner(seats: [&ReplayPlayer; 2]) -> Option<(u8, Ground)> {
    let won = seats.map(|seat| seat.outcome);
    match won {
        [Some(Outcome::Won), Some(Outcome::Lost) | None] | [None, Some(Outcome::Lost)] => {
            Some((0, Ground::Recorded))
        }
        [Some(Outcome::Lost) | None, Some(Outcome::Won)] | [Some(Outcome::Lost), None] => {
            Some((1, Ground::Recorded))
        }
        [None, None] => match seats.map(|seat| seat.left_at_loop) {
            [Some(first), Some(second)] if first < second => Some((1, Ground::OpponentLeftFirst)),
            [Some(first), Some(second)] if second < first => Some((0, Ground::OpponentLeftFirst)),
            [Some(_), None] => Some((1, Ground::OpponentLeftFirst)),
            [None, Some(_)] => Some((0, Ground::OpponentLeftFirst)),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc_schema::event::Names;
    use ipc_schema::ids::{MatchId, UserId};
    use ipc_schema::vocab::{Locale, Server};

    /// The match of Ana (Brood War Zerg) and Bea (StarCraft II Terran), assigned at 1,000 s, and a
    /// replay of it sent at 2,000 s. `change` bends it; the checks that do not pass and the outcome
    /// come back as text.
    fn check(change: impl FnOnce(&mut Setting)) -> String {
        let mut setting = Setting::new();
        change(&mut setting);
        let season = crate::season::load(crate::season::Which::Real).unwrap();
        let pairing = Pairing {
            match_id: MatchId(1),
            players: [PlayerId(1), PlayerId(2)],
            races: [Race::BwZerg, Race::Sc2Terran],
            map: "keres_passage".to_owned(),
            server: Server::Euc,
            confirm_deadline: Timestamp::ZERO,
        };
        let owners = setting.owners.clone();
        let case = Case {
            pairing: &pairing,
            players: [&setting.players[0], &setting.players[1]],
            owner_of: &|toon| owners.iter().find(|(bound, _)| bound == toon).map(|(_, owner)| *owner),
            started_at: Timestamp(1_000_000),
            uploaded_at: Timestamp(2_000_000),
            used: setting.used,
        };
        let judgement = judge(&season, &case, &setting.facts).judgement;
        let faults = judgement.checks.iter().filter(|check| check.grade != Grade::Passed);
        let mut words: Vec<String> =
            faults.map(|check| format!("{} {:?}", check.kind.code(), check.grade)).collect();
        words.push(match judgement.outcome {
            Judged::Decided { winner, ground } => {
                format!("{} wins: {ground:?}", ["Ana", "Bea"][usize::from(winner)])
            }
            other => format!("{other:?}"),
        });
        words.join(", ")
    }

    struct Setting {
        facts: ReplayFacts,
        players: [Player; 2],
        owners: Vec<(Toon, PlayerId)>,
        used: bool,
    }

    impl Setting {
        fn new() -> Setting {
            let seat = |name: &str, id, race_text: &str, code: &str, outcome, left| ReplayPlayer {
                toon: Toon { region: 2, realm: 1, id },
                name: name.to_owned(),
                race_text: race_text.to_owned(),
                race_code: Some(code.to_owned()),
                outcome: Some(outcome),
                left_at_loop: Some(left),
            };
            let player = |name: &str| {
                let mut player = Player::new(UserId(1), Locale::EnUs);
                player.names = Some(Names {
                    name: name.to_owned(),
                    battle_tag: format!("{name}#123"),
                    alternatives: vec![format!("{name}smurf")],
                    country: "XX".to_owned(),
                });
                player
            };
            Setting {
                facts: ReplayFacts {
                    base_build: 95299,
                    unlisted_build: false,
                    duration_game_loops: 22_400,
                    ended_at_ms: 2_000_000,
                    map_title: "Keres Passage SEL".to_owned(),
                    cache_handles: Vec::new(),
                    game_speed: 4,
                    random_seed: 7,
                    is_1v1: true,
                    // The order of the file is not the order of the match.
                    players: vec![
                        seat("Bea", 22, "Terran", "Terr", Outcome::Lost, 22_300),
                        seat("Ana", 11, "BW Zerg", "BWZe", Outcome::Won, 22_400),
                    ],
                    observers: 0,
                    attributes: Vec::new(),
                },
                players: [player("Ana"), player("Bea")],
                owners: Vec::new(),
                used: false,
            }
        }

        fn ana(&mut self) -> &mut ReplayPlayer {
            &mut self.facts.players[1]
        }

        fn bind(&mut self, slot: usize, id: u64) {
            let toon = Toon { region: 2, realm: 1, id };
            self.players[slot].toons.push((GameRegion::Europe, toon));
            self.owners.push((toon, PlayerId(slot as u64 + 1)));
        }
    }

    #[test]
    fn a_replay_of_the_match_decides_it() {
        assert_eq!(check(|_| ()), "Ana wins: Recorded");
        assert_eq!(check(|of| of.facts.players.swap(0, 1)), "Ana wins: Recorded");
        assert_eq!(check(|of| of.ana().name = "ANASMURF".to_owned()), "Ana wins: Recorded");
        assert_eq!(
            check(|of| of.facts.players.iter_mut().for_each(|seat| seat.race_code = None)),
            "Ana wins: Recorded"
        );
        assert_eq!(check(|of| of.ana().race_text = "кто знает".to_owned()), "Ana wins: Recorded");
    }

    #[test]
    fn a_bound_account_proves_identity_whatever_the_name() {
        assert_eq!(
            check(|of| {
                of.bind(0, 11);
                of.ana().name = "Zoe".to_owned();
            }),
            "Ana wins: Recorded"
        );
        assert_eq!(check(|of| of.bind(0, 99)), "identity Failed, Rejected");
        // Somebody else's account with Ana's name.
        assert_eq!(
            check(|of| of.owners.push((Toon { region: 2, realm: 1, id: 11 }, PlayerId(3)))),
            "identity Failed, Rejected"
        );
        // Bound in another region only: the name decides in this one.
        assert_eq!(
            check(|of| of.players[0].toons.push((GameRegion::Asia, Toon { region: 3, realm: 1, id: 5 }))),
            "Ana wins: Recorded"
        );
    }

    #[test]
    fn a_replay_of_something_else_is_rejected_with_the_reason() {
        assert_eq!(check(|of| of.ana().name = "Zoe".to_owned()), "identity Failed, Rejected");
        // One account cannot sit on both sides.
        assert_eq!(check(|of| of.ana().toon.id = 22), "identity Failed, Rejected");
        assert_eq!(
            check(|of| {
                of.facts.players.pop();
            }),
            "readable Failed, Rejected"
        );
        assert_eq!(check(|of| of.facts.is_1v1 = false), "readable Failed, Rejected");
        assert_eq!(check(|of| of.facts.map_title = "Khione SEL".to_owned()), "map Failed, Rejected");
        assert_eq!(check(|of| of.used = true), "reuse Failed, Rejected");
        assert_eq!(check(|of| of.ana().race_code = Some("BWTe".to_owned())), "races Failed, Rejected");
        assert_eq!(
            check(|of| {
                of.ana().race_code = Some("BWTe".to_owned());
                of.ana().race_text = "BW Terran".to_owned();
            }),
            "races Failed, Rejected"
        );
        assert_eq!(
            check(|of| {
                of.ana().race_code = None;
                of.ana().race_text = "кто знает".to_owned();
            }),
            "races Warning, Ana wins: Recorded"
        );
    }

    #[test]
    fn the_game_must_have_begun_between_assignment_and_upload() {
        // The game took 1,000 s, so it began at `ended` - 1,000 s.
        for (ended, expected) in [
            (2_000, "Ana wins: Recorded"),
            (1_945, "Ana wins: Recorded"),
            (1_935, "time Warning, Ana wins: Recorded"),
            (1_401, "time Warning, Ana wins: Recorded"),
            (1_399, "time Failed, Rejected"),
            (3_000, "Ana wins: Recorded"),
            (3_001, "time Warning, Ana wins: Recorded"),
            (3_299, "time Warning, Ana wins: Recorded"),
            (3_301, "time Failed, Rejected"),
        ] {
            assert_eq!(check(|of| of.facts.ended_at_ms = ended * 1000), expected, "ended at {ended} s");
        }
    }

    #[test]
    fn the_winner_needs_a_ground() {
        let result = |bea, ana| {
            move |of: &mut Setting| {
                of.facts.players[0].outcome = bea;
                of.ana().outcome = ana;
            }
        };
        assert_eq!(check(result(Some(Outcome::Won), Some(Outcome::Lost))), "Bea wins: Recorded");
        assert_eq!(check(result(None, Some(Outcome::Lost))), "Bea wins: Recorded");
        assert_eq!(check(result(None, None)), "Ana wins: OpponentLeftFirst");
        assert_eq!(check(result(Some(Outcome::Won), Some(Outcome::Won))), "Undecided");
        assert_eq!(check(result(Some(Outcome::Draw), Some(Outcome::Draw))), "Undecided");
        let nobody_left = |of: &mut Setting| {
            result(None, None)(of);
            of.facts.players.iter_mut().for_each(|seat| seat.left_at_loop = None);
        };
        assert_eq!(check(nobody_left), "Undecided");
        let both_at_once = |of: &mut Setting| {
            result(None, None)(of);
            of.facts.players.iter_mut().for_each(|seat| seat.left_at_loop = Some(5));
        };
        assert_eq!(check(both_at_once), "Undecided");
    }
}
