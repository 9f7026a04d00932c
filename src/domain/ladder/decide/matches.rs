//! What players, staff and time do to a match. [`Ladder::advance`] is the one table of it.

#[cfg(test)]
mod tests;

use super::super::Ladder;
use crate::domain::match_::{Due, Match, Phase, Seat, reported};
use crate::domain::player::month_of;
use crate::domain::queue::Entry;
use crate::domain::season::Season;
use ipc_schema::event::{CaseKind, Event};
use ipc_schema::ids::{CaseId, MatchId, PlayerId, UserId};
use ipc_schema::vocab::{Outcome, Refusal, Timestamp, Verdict};

/// Something that happens to a match, by the player in a slot where it is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::domain) enum Move {
    Confirm(usize),
    Abort(usize),
    Report(usize, Outcome),
    Dispute(usize),
    /// Whether a replay would be taken; what it makes true is decided when it was read.
    Upload(usize),
    /// Whether staff may give it a result; what that makes true is decided with the verdict.
    Resolve,
    Reminder,
    Deadline,
}

impl Ladder {
    /// What a player's press makes of one of their matches.
    pub(super) fn press(
        &self,
        season: &Season,
        now: Timestamp,
        player: PlayerId,
        match_id: MatchId,
        of_slot: impl FnOnce(usize) -> Move,
    ) -> Result<Vec<Event>, Refusal> {
        let match_ = self.matches.get(&match_id).ok_or(Refusal::MatchUnknown)?;
        self.advance(season, now, match_, of_slot(match_.slot_of(player)?))
    }

    /// Whether staff may give the match another result: it has begun.
    pub fn may_resolve(&self, season: &Season, now: Timestamp, match_id: MatchId) -> Result<(), Refusal> {
        let match_ = self.matches.get(&match_id).ok_or(Refusal::MatchUnknown)?;
        self.advance(season, now, match_, Move::Resolve).map(|_| ())
    }

    /// The life of a match: what each move makes true in each phase, or why nothing.
    pub(in crate::domain) fn advance(
        &self,
        season: &Season,
        now: Timestamp,
        match_: &Match,
        what: Move,
    ) -> Result<Vec<Event>, Refusal> {
        match (&match_.phase, what) {
            // Pressed in time is decided by the clock, also where the deadline's own tick is late.
            (Phase::Confirming { deadline, .. }, Move::Confirm(_)) if now > *deadline => {
                Err(Refusal::TooLate)
            }
            (Phase::Confirming { seats, .. }, Move::Confirm(slot)) => {
                Ok(confirm(season, now, match_, seats, slot))
            }
            (Phase::Confirming { seats, .. }, Move::Abort(slot)) => {
                Ok(self.abort(season, now, match_, seats, slot))
            }
            (Phase::Confirming { seats, .. }, Move::Reminder) => {
                Ok(remind_to_confirm(season, now, match_, seats))
            }
            (Phase::Confirming { seats, .. }, Move::Deadline) => {
                Ok(self.unconfirmed(season, now, match_, seats))
            }
            (Phase::Confirming { .. }, Move::Upload(_)) => Err(Refusal::NoOpenMatch),
            (Phase::Confirming { .. }, Move::Report(..) | Move::Dispute(_) | Move::Resolve) => {
                Err(Refusal::NotStarted)
            }

            (Phase::Playing { .. }, Move::Confirm(_) | Move::Resolve) => Ok(Vec::new()),
            (Phase::Playing { .. }, Move::Abort(_)) => Err(Refusal::TooLate),
            // A match whose time is over waits for the replays that came before, and for nothing else.
            (Phase::Playing { deadline, .. }, Move::Report(..)) if now >= *deadline => Err(Refusal::TooLate),
            (Phase::Playing { deadline, .. }, Move::Upload(_)) if now >= *deadline => {
                Err(Refusal::NoOpenMatch)
            }
            (Phase::Playing { .. }, Move::Report(slot, outcome)) => {
                Ok(self.report(season, now, match_, slot, outcome))
            }
            (Phase::Playing { .. }, Move::Upload(_)) => Ok(Vec::new()),
            (Phase::Playing { .. }, Move::Dispute(_)) => Err(Refusal::NotDisputable),
            (Phase::Playing { since, reminders, .. }, Move::Reminder) => {
                Ok(remind_to_play(season, now, match_, *since, *reminders))
            }
            (Phase::Playing { .. }, Move::Deadline) => Ok(self.expire(now, match_)),

            (Phase::Closed { .. }, Move::Confirm(_) | Move::Abort(_) | Move::Report(..)) => {
                Err(Refusal::TooLate)
            }
            (Phase::Closed { at, disputed, .. }, Move::Dispute(slot)) => {
                self.dispute(season, now, match_, *at, disputed[slot].is_some(), slot)
            }
            (Phase::Closed { verdict, .. }, Move::Upload(_)) => self.may_add(match_, *verdict),
            (Phase::Closed { since: Some(_), .. }, Move::Resolve) => Ok(Vec::new()),
            (Phase::Closed { since: None, .. }, Move::Resolve) => Err(Refusal::NotStarted),
            (Phase::Closed { .. }, Move::Reminder | Move::Deadline) => {
                unreachable!("match {} is closed and has no timer", match_.pairing.match_id)
            }
        }
    }

    /// What time does to a match that `due` says it is time for.
    pub(super) fn advance_by_time(
        &self,
        season: &Season,
        now: Timestamp,
        match_: &Match,
        due: Due,
    ) -> Vec<Event> {
        let what = match due {
            Due::Reminder => Move::Reminder,
            Due::Deadline => Move::Deadline,
        };
        let events = self.advance(season, now, match_, what).expect("time is never refused");
        assert!(!events.is_empty(), "match {}: a timer that is over changes it", match_.pairing.match_id);
        events
    }

    fn abort(
        &self,
        season: &Season,
        now: Timestamp,
        match_: &Match,
        seats: &[Seat; 2],
        slot: usize,
    ) -> Vec<Event> {
        let (match_id, player) = (match_.pairing.match_id, match_.pairing.players[slot]);
        let of = &self.players[&player];
        let price = if of.aborts_left(season, now) > 0 {
            Event::AbortSpent { player, month: month_of(now) }
        } else {
            let (step, until) = of.next_timeout(season, now);
            Event::TimedOut { player, step, until }
        };
        let by = u8::try_from(slot).expect("a slot is 0 or 1");
        let mut events =
            vec![price, Event::Closed { match_id, verdict: Verdict::Aborted { by }, ratings: None, at: now }];
        if seats[1 - slot].confirmed {
            events.extend(self.requeue(now, match_, 1 - slot));
        }
        events
    }

    /// Back to the old place in the queue, for a player whom nothing has shut out meanwhile.
    pub(super) fn requeue(&self, now: Timestamp, match_: &Match, slot: usize) -> Vec<Event> {
        let player = match_.pairing.players[slot];
        let Entry { since, waves, .. } = match_.entries[slot];
        if !self.players[&player].may_wait(now) {
            return Vec::new();
        }
        let told = Event::QueueCardDue { player, replaces: None, at: now };
        vec![Event::Requeued { player, since, waves }, told]
    }

    fn unconfirmed(&self, season: &Season, now: Timestamp, match_: &Match, seats: &[Seat; 2]) -> Vec<Event> {
        let match_id = match_.pairing.match_id;
        let verdict = Verdict::Unconfirmed { confirmed: [seats[0].confirmed, seats[1].confirmed] };
        let mut events = vec![Event::Closed { match_id, verdict, ratings: None, at: now }];
        for (slot, seat) in seats.iter().enumerate() {
            let player = match_.pairing.players[slot];
            if seat.confirmed {
                events.extend(self.requeue(now, match_, slot));
            } else if seat.found.is_some() {
                let (step, until) = self.players[&player].next_timeout(season, now);
                events.push(Event::TimedOut { player, step, until });
            }
        }
        events
    }

    /// A report may be changed until it closes the match together with the other one.
    fn report(
        &self,
        season: &Season,
        now: Timestamp,
        match_: &Match,
        slot: usize,
        outcome: Outcome,
    ) -> Vec<Event> {
        if match_.reports[slot].is_some_and(|report| report.outcome == outcome) {
            return Vec::new();
        }
        let (match_id, player) = (match_.pairing.match_id, match_.pairing.players[slot]);
        let mut events = vec![Event::Reported { match_id, player, outcome, at: now }];
        match match_.reports[1 - slot] {
            Some(other) if other.outcome == outcome.reversed() => {
                events.extend(self.closing(season, now, match_, reported(slot, outcome)));
            }
            // A replay that came before them has the first word, and then the timer is over at once.
            Some(_) if self.jobs.values().any(|job| job.match_id == match_id) => {}
            Some(_) => self.close_by_conflict(now, match_id, &mut events),
            None => {}
        }
        events
    }

    fn close_by_conflict(&self, now: Timestamp, match_id: MatchId, events: &mut Vec<Event>) {
        events.push(Event::Closed { match_id, verdict: Verdict::Conflict, ratings: None, at: now });
        self.open_case(now, match_id, CaseKind::Conflict, events);
    }

    fn expire(&self, now: Timestamp, match_: &Match) -> Vec<Event> {
        let match_id = match_.pairing.match_id;
        let mut events = Vec::new();
        if match_.contradicting_since().is_some() {
            self.close_by_conflict(now, match_id, &mut events);
            return events;
        }
        events.push(Event::Closed { match_id, verdict: Verdict::Expired, ratings: None, at: now });
        if let Some(by) = match_.only_reporter() {
            self.open_case(now, match_id, CaseKind::OneReport { by }, &mut events);
        }
        events
    }

    fn dispute(
        &self,
        season: &Season,
        now: Timestamp,
        match_: &Match,
        closed_at: Timestamp,
        already: bool,
        slot: usize,
    ) -> Result<Vec<Event>, Refusal> {
        if already {
            return Ok(Vec::new());
        }
        if !match_.is_disputable() {
            return Err(Refusal::NotDisputable);
        }
        if now >= closed_at + season.knobs.dispute {
            let minutes = u16::try_from(season.knobs.dispute.as_secs() / 60).unwrap_or(u16::MAX);
            return Err(Refusal::DisputeOver { minutes });
        }
        let (match_id, by) = (match_.pairing.match_id, match_.pairing.players[slot]);
        let mut events = vec![Event::Disputed { match_id, player: by, at: now }];
        self.open_case(now, match_id, CaseKind::Dispute { by }, &mut events);
        Ok(events)
    }

    /// A match that is over takes replays only as long as staff ask who won.
    fn may_add(&self, match_: &Match, verdict: Verdict) -> Result<Vec<Event>, Refusal> {
        if self.cases.is_result_open(match_.pairing.match_id) {
            Ok(Vec::new())
        } else if matches!(verdict, Verdict::Decided { .. }) {
            Err(Refusal::AlreadyDecided)
        } else {
            Err(Refusal::NoOpenMatch)
        }
    }

    /// Opens a case behind `events`, unless staff were told of it.
    pub(super) fn open_case(
        &self,
        now: Timestamp,
        match_id: MatchId,
        kind: CaseKind,
        events: &mut Vec<Event>,
    ) {
        if self.cases.is_known(match_id, &kind) {
            return;
        }
        let before = events.iter().filter(|event| matches!(event, Event::CaseOpened { .. })).count();
        let case = CaseId(self.cases.next_id().0 + before as u64);
        events.push(Event::CaseOpened { case, match_id, kind, at: now });
    }

    /// Closes a case of which staff say that the match stays as it is.
    pub fn close_case(
        &self,
        now: Timestamp,
        case: CaseId,
        by: UserId,
        note: &str,
    ) -> Result<Vec<Event>, Refusal> {
        let is_open = self.cases.get(case).is_some_and(|case| case.closed.is_none());
        if !is_open {
            return Err(Refusal::CaseUnknown);
        }
        Ok(vec![Event::CaseClosed { case, by, note: note.to_owned(), at: now }])
    }
}

fn confirm(season: &Season, now: Timestamp, match_: &Match, seats: &[Seat; 2], slot: usize) -> Vec<Event> {
    if seats[slot].confirmed {
        return Vec::new();
    }
    let match_id = match_.pairing.match_id;
    let mut events = vec![Event::Confirmed { match_id, player: match_.pairing.players[slot], at: now }];
    if seats[1 - slot].confirmed {
        events.push(Event::Started { match_id, at: now, deadline: now + season.knobs.match_limit });
    }
    events
}

/// Each player who has not confirmed is reminded once, whatever the other one did.
fn remind_to_confirm(season: &Season, now: Timestamp, match_: &Match, seats: &[Seat; 2]) -> Vec<Event> {
    let is_due =
        |seat: &Seat| seat.reminder_at(season.knobs.remind_after).is_some_and(|reminder| reminder <= now);
    let due = seats.iter().zip(match_.pairing.players).filter(|(seat, _)| is_due(seat));
    due.map(|(_, player)| Event::Reminded { match_id: match_.pairing.match_id, player }).collect()
}

/// Of several reminders that were missed, only the last is worth a message.
fn remind_to_play(
    season: &Season,
    now: Timestamp,
    match_: &Match,
    since: Timestamp,
    reminders: u8,
) -> Vec<Event> {
    let over = season.knobs.play_reminders.iter().filter(|after| since + **after <= now).count();
    // Staff may have changed the list meanwhile; a reminder that is due always moves on.
    let number = u8::try_from(over).unwrap_or(u8::MAX).max(reminders.saturating_add(1));
    vec![Event::PlayReminded { match_id: match_.pairing.match_id, number, at: now }]
}
