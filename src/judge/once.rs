//! What happened twice: messages, decisions, changes of ratings.

use super::files::{LOG, Telling, What};
use super::{Case, Judgement, Kind, place};
use crate::store::CorrectionRow;
use ipc_schema::fact_line::Fact;
use ipc_schema::ids::{JobId, MatchId, PlayerId, Seq};
use ipc_schema::vocab::{Mmr, Race, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// What a message is for. There is one message for each, which is edited.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Cause {
    Match(MatchId),
    Reminder(MatchId),
    PlayReminder(MatchId, u8),
    Replay(MatchId, JobId),
    /// A card about no match.
    Nonce(String),
}

impl Cause {
    fn of(telling: &Telling) -> Cause {
        let id = telling.fact.match_id;
        match telling.fact.fact {
            Fact::Confirming
            | Fact::Playing { .. }
            | Fact::Won { .. }
            | Fact::Lost { .. }
            | Fact::Drawn { .. }
            | Fact::Unplayed { .. } => Cause::Match(id),
            Fact::Reminder => Cause::Reminder(id),
            Fact::PlayReminder { number } => Cause::PlayReminder(id, number),
            Fact::Replay { job, .. } => Cause::Replay(id, job),
        }
    }

    fn match_id(&self) -> Option<MatchId> {
        match self {
            Cause::Match(id) | Cause::Reminder(id) | Cause::PlayReminder(id, _) | Cause::Replay(id, _) => {
                Some(*id)
            }
            Cause::Nonce(_) => None,
        }
    }

    fn describe(&self) -> String {
        match self {
            Cause::Match(_) => "the match card".to_owned(),
            Cause::Reminder(_) => "the reminder".to_owned(),
            Cause::PlayReminder(_, number) => format!("reminder {number} of the time limit"),
            Cause::Replay(_, job) => format!("the card of replay {job}"),
            Cause::Nonce(nonce) => format!("the message with nonce {nonce}"),
        }
    }
}

/// The first sight of a message.
struct Sight {
    at: u64,
    place: String,
}

/// Cards of which a player has more than one message.
pub(super) fn messages(case: &Case, judgement: &mut Judgement) {
    let mut cards: BTreeMap<(u64, Cause), BTreeMap<u64, Sight>> = BTreeMap::new();
    let mut note = |user: u64, cause: Cause, message: u64, sight: Sight| {
        let seen = cards.entry((user, cause)).or_default();
        seen.entry(message).or_insert(sight);
    };
    let tellings = case.log.tellings().chain(case.record.tellings.iter().cloned());
    let mut reminders: BTreeMap<u64, Cause> = BTreeMap::new();
    // An answer to a press shows the match as well, as often as someone asks.
    for telling in tellings.filter(|telling| !case.log.answers.contains(&telling.message)) {
        let sight = Sight { at: telling.at, place: place(telling.file, telling.line) };
        let mut cause = Cause::of(&telling);
        match &cause {
            Cause::Reminder(_) | Cause::PlayReminder(..) => {
                reminders.insert(telling.message, cause.clone());
            }
            // Pressed, a reminder turns into the page of its match.
            Cause::Match(id) => {
                let was = reminders.get(&telling.message).filter(|was| was.match_id() == Some(*id));
                cause = was.cloned().unwrap_or(cause);
            }
            Cause::Replay(..) | Cause::Nonce(_) => {}
        }
        note(telling.user, cause, telling.message, sight);
    }
    let mut gone: BTreeMap<u64, u64> = BTreeMap::new();
    let mut created: BTreeMap<u64, usize> = BTreeMap::new();
    for entry in &case.log.entries {
        match &entry.what {
            What::Deleted { message } => drop(gone.insert(*message, entry.at)),
            What::Message { user, message, interaction, fact, nonce, is_new: true } => {
                if let (None, None, Some(nonce)) = (interaction, fact, nonce) {
                    let sight = Sight { at: entry.at, place: place(LOG, entry.line) };
                    note(*user, Cause::Nonce(nonce.clone()), *message, sight);
                }
                if let Some(first) = created.insert(*message, entry.line)
                    && entry.at >= case.since
                {
                    let places = vec![place(LOG, first), place(LOG, entry.line)];
                    let (who, what) = (case.name(*user), format!("message {message} appeared twice"));
                    let match_id = fact.as_ref().map(|fact| fact.match_id);
                    judgement.find(Kind::Duplicate, who, match_id, what, places);
                }
            }
            _ => {}
        }
    }
    for ((user, cause), seen) in cards {
        // Ids grow with time, so the first message of a card is the first here.
        let sights: Vec<(&u64, &Sight)> = seen.iter().collect();
        for pair in sights.windows(2) {
            let [(first, before), (_, sight)] = pair else { continue };
            let was_gone = gone.get(first).is_some_and(|at| *at <= sight.at);
            if !was_gone && sight.at >= case.since {
                let what = format!("has a second message for {}", cause.describe());
                let places = vec![before.place.clone(), sight.place.clone()];
                judgement.find(Kind::Duplicate, case.name(user), cause.match_id(), what, places);
            }
        }
    }
}

/// Matches and replays that were decided more than once.
pub(super) fn decisions(case: &Case, judgement: &mut Judgement) {
    for (match_id, times) in case.closings.iter().filter(|(_, times)| **times > 1) {
        let row = case.facts.matches.get(match_id);
        let who = row.map(|row| row.players.map(|player| case.name_of(player)).join(" and "));
        let (what, places) = (format!("the match was closed {times} times"), vec!["events".to_owned()]);
        judgement.find(Kind::Duplicate, who.unwrap_or_default(), Some(*match_id), what, places);
    }
    for (job, times) in case.rulings.iter().filter(|(_, times)| **times > 1) {
        let row = case.facts.replays.get(job);
        let who = row.map(|row| case.name_of(row.player)).unwrap_or_default();
        let (what, places) = (format!("replay {job} was judged {times} times"), vec!["events".to_owned()]);
        judgement.find(Kind::Duplicate, who, row.map(|row| row.match_id), what, places);
    }
}

/// One rating through its matches.
#[derive(Debug, Default)]
struct Chain {
    /// What it was at each step, the first being what it began with.
    steps: Vec<Mmr>,
    last: Option<MatchId>,
    wins: u32,
    losses: u32,
    draws: u32,
}

/// What moved one rating.
struct Move {
    /// The record that tells it; None for matches from before that was stored, which came first, in
    /// the order of their numbers, since a player is in one match at a time.
    seq: Option<Seq>,
    at: Timestamp,
    /// None where staff moved it by hand.
    match_id: Option<MatchId>,
    is_correction: bool,
    player: PlayerId,
    race: Race,
    before: Mmr,
    after: Mmr,
}

/// Follows every rating through the matches and the corrections of staff: what one left is what the
/// next one finds, the two changes of a match are opposite, and the table has what the last one left.
pub(super) fn ratings(case: &Case, judgement: &mut Judgement) {
    let mut chains: BTreeMap<(PlayerId, Race), Chain> = BTreeMap::new();
    let mut moves: Vec<Move> = case.facts.corrections.iter().map(Move::from).collect();
    for (match_id, row) in &case.facts.matches {
        let Some(closing) = &row.closed else { continue };
        if matches!(closing.verdict.as_str(), "decided" | "drawn") {
            for (player, race) in row.players.into_iter().zip(row.races) {
                chains.entry((player, race)).or_default().count(closing.winner, player);
            }
        }
        let Some(ratings) = closing.ratings else { continue };
        let [first, second] = ratings.map(|(before, after)| after.0 - before.0);
        if first != -second && closing.at.0 >= case.since {
            let who = row.players.map(|player| case.name_of(player)).join(" and ");
            let what = format!("the changes {first} and {second} are not opposite");
            judgement.find(Kind::Duplicate, who, Some(*match_id), what, vec![format!("matches {match_id}")]);
        }
        moves.extend(ratings.into_iter().enumerate().map(|(slot, (before, after))| Move {
            seq: closing.seq,
            at: closing.at,
            match_id: Some(*match_id),
            is_correction: false,
            player: row.players[slot],
            race: row.races[slot],
            before,
            after,
        }));
    }
    moves.sort_by_key(|step| (step.seq, step.match_id));
    for step in moves {
        let chain = chains.entry((step.player, step.race)).or_default();
        if let Some(left) = chain.steps.last()
            && *left != step.before
            && step.at.0 >= case.since
        {
            let last = chain.last.map_or_else(|| "staff".to_owned(), |last| format!("match {last}"));
            let what = format!("the rating began at {}, but {last} had left it at {left}", step.before);
            let table = if step.is_correction { "rating_corrections" } else { "matches" };
            let place = step.match_id.map_or_else(|| table.to_owned(), |id| format!("{table} {id}"));
            let kind = chain.verdict(step.before);
            judgement.find(kind, case.name_of(step.player), step.match_id, what, vec![place]);
        }
        if chain.steps.is_empty() {
            chain.steps.push(step.before);
        }
        chain.steps.push(step.after);
        chain.last = step.match_id;
    }
    let keys: BTreeSet<(PlayerId, Race)> = chains.keys().chain(case.facts.ratings.keys()).copied().collect();
    for (player, race) in keys {
        let empty = Chain::default();
        let chain = chains.get(&(player, race)).unwrap_or(&empty);
        let fault = match (chain.steps.last(), case.facts.ratings.get(&(player, race))) {
            (None, None) => None,
            (None, Some(_)) => Some((Kind::Duplicate, "there is a rating without a match".to_owned())),
            // Every match of it was taken back.
            (Some(_), None) if chain.wins + chain.losses + chain.draws == 0 => None,
            (Some(left), None) => Some((Kind::Lost, format!("the rating {left} is not in the table"))),
            (Some(left), Some(row)) => {
                let is = (*left, [chain.wins, chain.losses, chain.draws]);
                let stored = (row.mmr, [row.wins, row.losses, row.draws]);
                let kind = if stored.1 == is.1 {
                    chain.verdict(row.mmr)
                } else if stored.1.iter().zip(is.1).any(|(stored, is)| *stored < is) {
                    Kind::Lost
                } else {
                    Kind::Duplicate
                };
                (is != stored).then(|| {
                    let [is, stored] = [is, stored]
                        .map(|(mmr, [wins, losses, draws])| format!("{mmr} ({wins}:{losses}:{draws})"));
                    (kind, format!("the table has {stored}, the matches make it {is}"))
                })
            }
        };
        if let Some((kind, what)) = fault {
            let place = format!("ratings {player} {race}");
            judgement.find(kind, case.name_of(player), chain.last, format!("{race}: {what}"), vec![place]);
        }
    }
}

impl From<&CorrectionRow> for Move {
    fn from(row: &CorrectionRow) -> Move {
        let CorrectionRow { match_id, player, race, before, after, at, seq } = *row;
        Move { seq: Some(seq), at, match_id, is_correction: true, player, race, before, after }
    }
}

impl Chain {
    /// One match more that counts.
    fn count(&mut self, winner: Option<PlayerId>, player: PlayerId) {
        let count = match winner {
            None => &mut self.draws,
            Some(winner) if winner == player => &mut self.wins,
            Some(_) => &mut self.losses,
        };
        *count += 1;
    }

    /// A rating that is not the one the matches left: one it had before lacks a change, any other
    /// has one too many.
    fn verdict(&self, found: Mmr) -> Kind {
        if self.steps.contains(&found) { Kind::Lost } else { Kind::Duplicate }
    }
}
