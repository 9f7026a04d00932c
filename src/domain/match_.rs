//! A match, from the pairing to the verdict. What a phase alone knows lives in that phase.
//!
//! Found (*confirming*), it waits for both players, each of whom is asked and reminded apart. Then it
//! is *playing*, until the first of these closes it:
//! - a replay that decides;
//! - two reports that agree (won and lost, or two draws);
//! - two reports that do not: a conflict, which moves no rating and is a case for staff. A replay that
//!   came before the second report is read first;
//! - the time limit, up to which both are reminded. It moves no rating; where one player alone had
//!   reported, who is right cannot be known, so that is a case for staff as well;
//! - staff.
//!
//! A player may dispute a result for a while. It stands until staff decide otherwise. The button
//! stays on the card after that time and is refused in words: taking it away would cost a call to
//! Discord for each result, and nearly nobody presses it.
//!
//! What may happen in which phase is one table, `Ladder::advance` in `ladder/decide/matches.rs`.

mod snapshot;

use super::queue::Entry;
use super::season::Knobs;
use ipc_schema::event::{Pairing, RatingChange};
use ipc_schema::ids::{CardId, JobId, PlayerId};
use ipc_schema::view::{Claims, Dispute, UploadEnd};
use ipc_schema::vocab::{FileHash, Ground, Outcome, Refusal, Timestamp, Verdict};
use std::time::Duration;

/// Replays that a player may send for one match: each is stored, whatever it proves.
pub const UPLOADS: u8 = 10;

#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    pub pairing: Pairing,
    pub paired_at: Timestamp,
    /// The message that each player sees of it.
    pub cards: [CardId; 2],
    /// The places in the queue to go back to, for a player who is let down.
    pub entries: [Entry; 2],
    /// The last word of each player on how it ended.
    pub reports: [Option<Report>; 2],
    /// Oldest first, at most [`UPLOADS`] of each player.
    pub uploads: Vec<Upload>,
    pub phase: Phase,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Phase {
    Confirming {
        seats: [Seat; 2],
        deadline: Timestamp,
    },
    /// `reminders` counts those of the time limit that are over.
    Playing {
        since: Timestamp,
        deadline: Timestamp,
        reminders: u8,
    },
    Closed {
        at: Timestamp,
        /// When it began, if it did.
        since: Option<Timestamp>,
        verdict: Verdict,
        ratings: Option<[RatingChange; 2]>,
        requeued: [bool; 2],
        disputed: [Option<Timestamp>; 2],
    },
}

/// Where a player stands who is asked to confirm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Seat {
    /// When "match found" reached the player. Without it nothing can be held against them.
    pub found: Option<Timestamp>,
    pub reminded: bool,
    pub confirmed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Report {
    pub outcome: Outcome,
    pub at: Timestamp,
}

/// A replay that was sent for the match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    pub job: JobId,
    pub slot: usize,
    pub hash: FileHash,
    pub at: Timestamp,
    pub end: UploadEnd,
}

/// What time does to an open match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    Reminder,
    Deadline,
}

impl Match {
    pub fn slot_of(&self, player: PlayerId) -> Result<usize, Refusal> {
        self.pairing.players.iter().position(|of_match| *of_match == player).ok_or(Refusal::MatchUnknown)
    }

    pub fn is_open(&self) -> bool {
        !matches!(self.phase, Phase::Closed { .. })
    }

    /// When the match needs a decision even if nobody does anything. Every open match has one.
    pub fn deadline(&self, knobs: &Knobs) -> Option<Timestamp> {
        self.timer(knobs, None).map(|(at, _)| at)
    }

    /// What time does to it next, and when: something, as long as it is open. A running match goes on
    /// until `awaited` at least, for a replay of it that is in line.
    pub fn timer(&self, knobs: &Knobs, awaited: Option<Timestamp>) -> Option<(Timestamp, Due)> {
        let (reminder, deadline) = match &self.phase {
            Phase::Confirming { seats, deadline } => {
                let reminders = seats.iter().filter_map(|seat| seat.reminder_at(knobs.remind_after));
                (reminders.min(), *deadline)
            }
            Phase::Playing { since, deadline, reminders } => {
                let reminder = knobs.play_reminders.get(usize::from(*reminders)).map(|after| *since + *after);
                let end = match self.contradicting_since() {
                    // Nothing but a replay that is in line can decide it any more.
                    Some(since) => awaited.unwrap_or(since),
                    None => (*deadline).max(awaited.unwrap_or(Timestamp::ZERO)),
                };
                (reminder.filter(|at| at < deadline), end)
            }
            Phase::Closed { .. } => return None,
        };
        let reminder = reminder.filter(|at| *at < deadline).map(|at| (at, Due::Reminder));
        Some(reminder.unwrap_or((deadline, Due::Deadline)))
    }

    /// When the second of two reports came that cannot both be true.
    pub fn contradicting_since(&self) -> Option<Timestamp> {
        let [Some(first), Some(second)] = self.reports else { return None };
        (second.outcome != first.outcome.reversed()).then_some(first.at.max(second.at))
    }

    /// The player who alone reported.
    pub fn only_reporter(&self) -> Option<PlayerId> {
        match self.reports {
            [Some(_), None] => Some(self.pairing.players[0]),
            [None, Some(_)] => Some(self.pairing.players[1]),
            [None, None] | [Some(_), Some(_)] => None,
        }
    }

    pub fn claims(&self, slot: usize) -> Claims {
        Claims {
            yours: self.reports[slot].map(|report| report.outcome),
            opponent_reported: self.reports[1 - slot].is_some(),
        }
    }

    /// Whether the player in `slot` may dispute the result, by `now`.
    pub fn dispute(&self, knobs: &Knobs, now: Timestamp, slot: usize) -> Dispute {
        let Phase::Closed { at, disputed, .. } = &self.phase else { return Dispute::No };
        let until = *at + knobs.dispute;
        if disputed[slot].is_some() {
            Dispute::Filed
        } else if self.is_disputable() && now < until {
            Dispute::Until(until)
        } else {
            Dispute::No
        }
    }

    /// Whether it has a result that did not come from staff.
    pub fn is_disputable(&self) -> bool {
        let Phase::Closed { verdict: Verdict::Decided { ground, .. } | Verdict::Drawn { ground }, .. } =
            &self.phase
        else {
            return false;
        };
        *ground != Ground::Staff
    }

    /// How many replays the player in `slot` sent.
    pub fn uploads_of(&self, slot: usize) -> usize {
        self.uploads.iter().filter(|upload| upload.slot == slot).count()
    }
}

/// The verdict on which two reports agree, from that of the player in `slot`.
pub fn reported(slot: usize, outcome: Outcome) -> Verdict {
    let ground = Ground::Reported;
    let winner = match outcome {
        Outcome::Won => slot,
        Outcome::Lost => 1 - slot,
        Outcome::Draw => return Verdict::Drawn { ground },
    };
    Verdict::Decided { winner: u8::try_from(winner).expect("a slot is 0 or 1"), ground }
}

impl Seat {
    /// When the player is reminded, if that is still to come.
    pub fn reminder_at(&self, remind_after: Duration) -> Option<Timestamp> {
        let due = !self.confirmed && !self.reminded;
        self.found.filter(|_| due).map(|found| found + remind_after)
    }
}
