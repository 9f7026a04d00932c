//! A match, from the pairing to the verdict. What a phase alone knows lives in that phase.

use super::queue::Entry;
use ipc_schema::event::{Pairing, RatingChange};
use ipc_schema::ids::{CardId, PlayerId};
use ipc_schema::vocab::{Refusal, Timestamp, Verdict};

#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    pub pairing: Pairing,
    pub paired_at: Timestamp,
    /// The message that each player sees of it.
    pub cards: [CardId; 2],
    /// The places in the queue to go back to, for a player who is let down.
    pub entries: [Entry; 2],
    pub phase: Phase,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Phase {
    Confirming {
        seats: [Seat; 2],
        deadline: Timestamp,
    },
    /// `uploads` are the replays that each player sent.
    Playing {
        since: Timestamp,
        deadline: Timestamp,
        uploads: [u8; 2],
    },
    Closed {
        verdict: Verdict,
        ratings: Option<[RatingChange; 2]>,
        requeued: [bool; 2],
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

impl Match {
    pub fn slot_of(&self, player: PlayerId) -> Result<usize, Refusal> {
        self.pairing.players.iter().position(|of_match| *of_match == player).ok_or(Refusal::MatchUnknown)
    }

    pub fn is_open(&self) -> bool {
        !matches!(self.phase, Phase::Closed { .. })
    }

    /// When the match needs a decision even if nobody does anything. Every open match has one.
    pub fn deadline(&self, remind_after: std::time::Duration) -> Option<Timestamp> {
        match &self.phase {
            Phase::Confirming { seats, deadline } => {
                let reminders = seats.iter().filter_map(|seat| seat.reminder_at(remind_after));
                reminders.chain([*deadline]).min()
            }
            Phase::Playing { deadline, .. } => Some(*deadline),
            Phase::Closed { .. } => None,
        }
    }
}

impl Seat {
    /// When the player is reminded, if that is still to come.
    pub fn reminder_at(&self, remind_after: std::time::Duration) -> Option<Timestamp> {
        let due = !self.confirmed && !self.reminded;
        self.found.filter(|_| due).map(|found| found + remind_after)
    }
}
