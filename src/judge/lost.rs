//! What was told and is not stored, and what is stored and was not told.

use super::files::Telling;
use super::{Case, Judgement, Kind, place};
use crate::store::{Closing, MatchRow};
use ipc_schema::fact_line::{Fact, FactLine};
use ipc_schema::ids::{MatchId, PlayerId};
use ipc_schema::vocab::{Outcome, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Tellings that the tables do not bear out, one finding for all places of one fact.
pub(super) fn untrue(case: &Case, judgement: &mut Judgement) {
    let mut found: BTreeMap<(u64, String), (MatchId, String, Vec<String>)> = BTreeMap::new();
    for telling in case.log.tellings().chain(case.record.tellings.iter().cloned()) {
        if telling.at < case.since {
            continue;
        }
        if let Err(why) = holds(case, &telling) {
            let key = (telling.user, telling.fact.to_string());
            let entry = found.entry(key).or_insert_with(|| (telling.fact.match_id, why, Vec::new()));
            entry.2.push(place(telling.file, telling.line));
        }
    }
    for ((user, told), (match_id, why, places)) in found {
        let what = format!("was told {told:?}, but {why}");
        judgement.find(Kind::Lost, case.name(user), Some(match_id), what, places);
    }
}

/// Whether what was told is what is stored; why not, if not.
fn holds(case: &Case, telling: &Telling) -> Result<(), String> {
    let FactLine { match_id, fact } = &telling.fact;
    let row = case.facts.matches.get(match_id).ok_or("no such match is stored")?;
    let player = case.players.get(&telling.user).ok_or("no such player is stored")?;
    let slot = slot_of(row, *player).ok_or("the match is stored with other players")?;
    let stored = match fact {
        Fact::Confirming | Fact::Reminder => return Ok(()),
        Fact::PlayReminder { .. } => {
            return row.started_at.map(|_| ()).ok_or("it is not stored that the match began".to_owned());
        }
        Fact::Playing { race, opponent_race, map, server } => {
            let same = row.races[slot] == *race
                && row.races[1 - slot] == *opponent_race
                && (&row.map, row.server.as_str()) == (map, server.code());
            return match row.started_at {
                Some(_) if same => Ok(()),
                Some(_) => Err("another pairing is stored".to_owned()),
                None => Err("it is not stored that the match began".to_owned()),
            };
        }
        Fact::Replay { job, stage } => {
            let replay = case.facts.replays.get(job).filter(|replay| replay.match_id == *match_id);
            let replay = replay.ok_or("no such replay is stored")?;
            return match &replay.outcome {
                _ if stage == "reading" => Ok(()),
                Some((outcome, _)) if outcome == stage => Ok(()),
                Some((outcome, _)) => Err(format!("the replay is stored as {outcome}")),
                None => Err("the replay is stored as not read yet".to_owned()),
            };
        }
        Fact::Won { .. } | Fact::Lost { .. } | Fact::Drawn { .. } | Fact::Unplayed { .. } => {
            let closing = row.closed.as_ref().ok_or("the match is stored as open")?;
            // What was told of it before staff gave it another verdict was true then.
            if closing.is_resolved {
                return Ok(());
            }
            ending(row, closing, slot)
        }
    };
    match stored {
        Some(stored) if stored == *fact => Ok(()),
        Some(stored) => {
            Err(format!("stored is {:?}", FactLine { match_id: *match_id, fact: stored }.to_string()))
        }
        None => Err("it is stored without ratings".to_owned()),
    }
}

fn slot_of(row: &MatchRow, player: PlayerId) -> Option<usize> {
    row.players.iter().position(|of| *of == player)
}

/// What the player in `slot` is to be told of the end of a match. None for a decided match without
/// ratings, which the ladder does not make.
fn ending(row: &MatchRow, closing: &Closing, slot: usize) -> Option<Fact> {
    if closing.verdict != "decided" && closing.verdict != "drawn" {
        return Some(Fact::Unplayed { how: closing.verdict.clone() });
    }
    let (race, (before, after)) = (row.races[slot], closing.ratings?[slot]);
    let outcome = match closing.winner {
        None => Outcome::Draw,
        Some(winner) if winner == row.players[slot] => Outcome::Won,
        Some(_) => Outcome::Lost,
    };
    Some(Fact::of_result(outcome, race, before, after))
}

/// One thing that one player should know, and since when.
struct Due {
    user: u64,
    match_id: MatchId,
    since: Timestamp,
    /// None is any word of the match.
    fact: Option<Fact>,
    place: String,
}

/// Stored facts that did not reach their player.
pub(super) fn untold(case: &Case, judgement: &mut Judgement) {
    let is_card = |telling: &Telling| !case.log.answers.contains(&telling.message);
    let shown = Told::of(case.log.tellings().filter(is_card));
    let noted = Told::of(case.record.tellings.iter().filter(|telling| is_card(telling)).cloned());
    for due in everything_due(case) {
        // Who keeps a record must have noted what the log says was shown.
        let writes = case.record.names.contains_key(&due.user);
        let missing_in = match (shown.has(&due), !writes || noted.has(&due)) {
            (true, true) => continue,
            (false, false) => "neither the log nor the record has it",
            (false, true) => "the log does not have it",
            (true, false) => "the record does not have it",
        };
        let served = case.log.lives.after(due.since.0);
        let served = if writes { served.min(case.record.lives.after(due.since.0)) } else { served };
        if served < case.due_ms {
            judgement.not_yet_due += 1;
            continue;
        }
        let fact = due.fact.map(|fact| FactLine { match_id: due.match_id, fact }.to_string());
        let fact = fact.unwrap_or_else(|| "the match".to_owned());
        let what = format!("was not told {fact:?} in {} s: {missing_in}", served / 1000);
        judgement.find(Kind::Lost, case.name(due.user), Some(due.match_id), what, vec![due.place]);
    }
}

/// What players were told, to look things up in.
struct Told {
    facts: BTreeSet<(u64, String)>,
    matches: BTreeSet<(u64, MatchId)>,
}

impl Told {
    fn of(tellings: impl Iterator<Item = Telling>) -> Told {
        let mut told = Told { facts: BTreeSet::new(), matches: BTreeSet::new() };
        for telling in tellings {
            told.matches.insert((telling.user, telling.fact.match_id));
            told.facts.insert((telling.user, telling.fact.to_string()));
        }
        told
    }

    fn has(&self, due: &Due) -> bool {
        match &due.fact {
            Some(fact) => {
                let line = FactLine { match_id: due.match_id, fact: fact.clone() };
                self.facts.contains(&(due.user, line.to_string()))
            }
            None => self.matches.contains(&(due.user, due.match_id)),
        }
    }
}

fn everything_due(case: &Case) -> Vec<Due> {
    let mut all = Vec::new();
    for (match_id, row) in &case.facts.matches {
        for (slot, player) in row.players.iter().enumerate() {
            let Some(user) = case.facts.users.get(player) else { continue };
            let ended = row.closed.as_ref().filter(|closing| !closing.is_resolved);
            let fact = ended.and_then(|closing| ending(row, closing, slot));
            let since = row.closed.as_ref().map_or(row.paired_at, |closing| closing.at);
            let place = format!("matches {match_id}");
            all.push(Due { user: *user, match_id: *match_id, since, fact, place });
        }
    }
    for (job, replay) in &case.facts.replays {
        let Some(user) = case.facts.users.get(&replay.player) else { continue };
        let Some((outcome, since)) = &replay.outcome else { continue };
        let fact = Some(Fact::Replay { job: *job, stage: outcome.clone() });
        let place = format!("replays {job}");
        all.push(Due { user: *user, match_id: replay.match_id, since: *since, fact, place });
    }
    all.retain(|due| due.since.0 >= case.since);
    all
}
