//! Which messages beyond the necessary a player wants. Stored in events and snapshots, so that
//! another field would be another type.

use crate::frame::{Decode, Encode};
use crate::vocab::PingsOf;

/// What may be set as the time between two pings, in minutes.
pub const COOLDOWN_MIN: std::ops::RangeInclusive<u16> = 5..=1440;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Notifications {
    /// That the correction of an old match moved an own rating.
    pub corrections: bool,
    /// What staff announce to everyone.
    pub announcements: bool,
    /// That somebody is queueing.
    pub pings: Pings,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Pings {
    pub of: PingsOf,
    /// In minutes, from one ping to the next at least; within [`COOLDOWN_MIN`].
    pub cooldown_min: u16,
    pub quiet: Option<Quiet>,
    /// How many minutes the player's clock is ahead of UTC, once told. Only the time of day is made
    /// of it, so a whole day more or less means the same.
    pub utc_offset_min: Option<i16>,
}

/// Hours of the player's day without pings: minutes after midnight, which may lie between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Quiet {
    pub from_min: u16,
    /// The first minute that is not quiet; never the same as `from_min`.
    pub to_min: u16,
}

/// Pings are for those who ask for them; the rest happens seldom.
impl Default for Notifications {
    fn default() -> Self {
        let pings = Pings { of: PingsOf::Nobody, cooldown_min: 60, quiet: None, utc_offset_min: None };
        Notifications { corrections: true, announcements: true, pings }
    }
}

/// What a player changes about it. Times are as they were typed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Wish {
    Kinds { corrections: bool, announcements: bool },
    Pings(PingsOf),
    Times(Times),
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub struct Times {
    /// Minutes.
    pub cooldown: String,
    /// Times of day, both empty for no quiet hours.
    pub quiet_from: String,
    pub quiet_to: String,
    /// The distance to UTC, or what time it is there.
    pub zone: String,
}

/// The page on which it is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum Place {
    Setup,
    Notifications,
}
