//! What a replay proves. Pure rules over facts that a worker read; each check says what was
//! expected and what was found.
//!
//! - [`identity`]: whether the two of the replay are the two of the match;
//! - [`races`]: whether each played the race of the match;
//! - [`mod_files`]: whether they played the official mod;
//! - [`lobby`]: whether the lobby was set as the match sheet says.

mod identity;
mod lobby;
pub mod mod_files;
mod races;
#[cfg(test)]
mod tests;

use super::player::{Player, fold};
use super::season::Season;
use identity::Seated;
use ipc_schema::event::{Check, CheckKind, Grade, Judged, Judgement, Pairing, SeatsFinding};
use ipc_schema::ids::{MatchId, PlayerId};
use ipc_schema::replay::{ReplayFacts, ReplayPlayer};
use ipc_schema::vocab::{GameRegion, Ground, Outcome, Timestamp, Toon};
use mod_files::LoadedFiles;
use std::time::Duration;

/// Game loops in a second at the speed Faster.
const LOOPS_PER_SECOND: f64 = 22.4;

/// The game may seem to start so long before the match was assigned: the uploader's clock may be off.
const EARLY: [Duration; 2] = [Duration::from_secs(60), Duration::from_secs(600)];

/// And so long after the upload.
const LATE: [Duration; 2] = [Duration::ZERO, Duration::from_secs(300)];

/// One played game, whichever player's file tells of it. The map is left out: its title is in the
/// language of the client that recorded the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Game {
    pub(super) random_seed: u32,
    /// Sorted.
    pub(super) toons: [Toon; 2],
}

impl Game {
    /// None where it is not a game of two, which never decides a match.
    pub fn of(facts: &ReplayFacts) -> Option<Game> {
        let [first, second] = facts.players.as_slice() else { return None };
        let mut toons = [first.toon, second.toon];
        toons.sort();
        Some(Game { random_seed: facts.random_seed, toons })
    }
}

/// The match a replay is judged for.
pub struct Case<'a> {
    pub pairing: &'a Pairing,
    pub players: [&'a Player; 2],
    /// The ladder account that a toon is bound to.
    pub owner_of: &'a dyn Fn(&Toon) -> Option<PlayerId>,
    /// The player of this very name, in any spelling, who has no account in the game region yet.
    pub unbound_named: &'a dyn Fn(&str, GameRegion) -> Option<PlayerId>,
    /// Who sent the replay.
    pub uploader: PlayerId,
    pub started_at: Timestamp,
    pub uploaded_at: Timestamp,
    /// The match that the game decided before.
    pub used_by: Option<MatchId>,
}

/// The judgement, and what follows from it beside the result.
pub struct Ruling {
    pub judgement: Judgement,
    /// The toon of each slot, where identity holds.
    pub toons: Vec<Toon>,
    /// Accounts with which somebody claims the match, and to whom they belong.
    pub clashes: Vec<(Toon, PlayerId)>,
    /// What the game loaded, where it decided the match and no list says whether that is right.
    pub unverified: Option<Unverified>,
}

/// Files of a game, as SHA-256 in hex, that staff have to look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unverified {
    pub region: GameRegion,
    /// The season's key.
    pub map: String,
    /// Sorted.
    pub files: Vec<String>,
}

pub fn judge(season: &Season, case: &Case<'_>, facts: &ReplayFacts) -> Ruling {
    let (readable, players) = readable(facts);
    let Some(players) = players else {
        let judgement = Judgement { checks: vec![readable], outcome: Judged::Rejected };
        return Ruling { judgement, toons: Vec::new(), clashes: Vec::new(), unverified: None };
    };
    let region = game_region(players);
    let map = &case.pairing.map;
    let Seated { seats, check: identity, claimed, foreign } = identity::seat(season, case, region, players);
    let mut checks = vec![readable, identity];
    // Whose race is whose is known by identity alone.
    checks.extend(seats.map(|seats| races::check(season, case.pairing.races, seats)));
    checks.push(map_check(season, region, map, facts));
    checks.push(mod_files::check(season, region, map, &facts.cache_handles));
    checks.push(time(case, facts));
    checks.push(reuse(case));

    // A file of another game, with opponents of their own, is no claim to this match.
    let fits = checks.iter().all(|check| check.grade != Grade::Failed || check.kind == CheckKind::Identity);
    let clashes = if seats.is_none() && (fits || claimed) { foreign } else { Vec::new() };
    checks.extend(clashes.iter().map(|(toon, _)| Check {
        kind: CheckKind::Owner,
        grade: Grade::Failed,
        expected: String::new(),
        found: toon.to_string(),
    }));
    checks.extend(lobby::checks(facts));

    let rejected = checks.iter().any(|check| check.grade == Grade::Failed);
    let outcome = match seats {
        Some(seats) if !rejected => {
            winner(seats).map_or(Judged::Undecided, |(winner, ground)| Judged::Decided { winner, ground })
        }
        _ => Judged::Rejected,
    };
    let mod_unverified =
        checks.iter().any(|check| check.kind == CheckKind::Mod && check.grade == Grade::Warning);
    // One that decides nothing leaves the match open, and could be sent over and over.
    let decided = matches!(outcome, Judged::Decided { .. });
    let unverified = region.filter(|_| mod_unverified && decided).map(|region| Unverified {
        region,
        map: map.clone(),
        files: LoadedFiles::of(&facts.cache_handles, region).files.into_iter().collect(),
    });
    let toons = seats.map_or_else(Vec::new, |seats| seats.map(|player| player.toon).to_vec());
    Ruling { judgement: Judgement { checks, outcome }, toons, clashes, unverified }
}

/// Whether two people played against each other, and who.
fn readable(facts: &ReplayFacts) -> (Check, Option<[&ReplayPlayer; 2]>) {
    // A computer has no account, and so no region.
    let humans = facts.players.iter().filter(|player| player.toon.region != 0).count();
    let players = match facts.players.as_slice() {
        [first, second] if facts.is_1v1 => Some([first, second]),
        _ => None,
    };
    let computers = facts.players.len() - humans;
    let one_team = players.is_none() && (humans, computers) == (2, 0);
    let expected = SeatsFinding { humans: 2, computers: 0, one_team: false };
    let check = Check {
        kind: CheckKind::Readable,
        grade: if players.is_some() { Grade::Passed } else { Grade::Failed },
        expected: expected.to_string(),
        found: SeatsFinding { humans, computers, one_team }.to_string(),
    };
    (check, players)
}

/// The game region of both players' accounts.
fn game_region(players: [&ReplayPlayer; 2]) -> Option<GameRegion> {
    let [first, second] = players.map(|player| GameRegion::from_number(player.toon.region));
    first.filter(|_| first == second)
}

/// By the files that only games on one map load, which no language changes; else by the title.
fn map_check(season: &Season, region: Option<GameRegion>, key: &str, facts: &ReplayFacts) -> Check {
    let known = season.map(key);
    let expected = known.map_or(key, |map| &map.title);
    let by_files = region.and_then(|region| mod_files::map_of(season, region, &facts.cache_handles));
    let right = |fits: bool| if fits { Grade::Passed } else { Grade::Failed };
    let (grade, found) = match by_files {
        Some((found, title)) => (right(found == key), title),
        None => {
            let title = facts.map_title.trim();
            let by_title = season
                .maps
                .iter()
                .find(|map| map.aliases.iter().chain([&map.title]).any(|known| fold(known) == fold(title)));
            let learned = region.is_some_and(|region| mod_files::is_learned(season, region, key));
            // Titles are in the language of the client, and nobody knows those of every map in all
            // of them. Where its files are known, they would have been there.
            let unknown = if learned { Grade::Failed } else { Grade::Warning };
            (by_title.map_or(unknown, |map| right(map.key == key)), title)
        }
    };
    Check { kind: CheckKind::Map, grade, expected: expected.to_owned(), found: found.to_owned() }
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

fn reuse(case: &Case<'_>) -> Check {
    Check {
        kind: CheckKind::Reuse,
        grade: if case.used_by.is_some() { Grade::Failed } else { Grade::Passed },
        expected: "new".to_owned(),
        found: case.used_by.map_or_else(|| "new".to_owned(), |match_id| match_id.to_string()),
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
