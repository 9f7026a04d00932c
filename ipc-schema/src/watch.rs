//! How the whole ladder does, as its supervisor sees it.
//!
//! The supervisor has the numbers of all roles, and makes this of them once a second, for frontend and backend
//! alike. Nobody keeps it: whoever starts anew has it a second later.

use crate::control::Role;
use crate::frame::{Decode, Encode};
use crate::vocab::Timestamp;

/// How much is going on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum LoadLevel {
    #[default]
    Normal,
    /// What is only nice to have becomes rarer: edits that keep a message true, pictures.
    Busy,
    /// What was read a moment ago is shown instead of asked for, and replays wait before they are fetched.
    Overloaded,
}

impl LoadLevel {
    pub const ALL: [LoadLevel; 3] = [LoadLevel::Normal, LoadLevel::Busy, LoadLevel::Overloaded];

    /// As `evoladder status`, the dashboard and the texts call it.
    pub fn name(self) -> &'static str {
        match self {
            LoadLevel::Normal => "normal",
            LoadLevel::Busy => "busy",
            LoadLevel::Overloaded => "overloaded",
        }
    }

    /// From 0, as Prometheus is told.
    pub fn number(self) -> u8 {
        match self {
            LoadLevel::Normal => 0,
            LoadLevel::Busy => 1,
            LoadLevel::Overloaded => 2,
        }
    }
}

/// What staff are to be told of an alert in their channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum AlertNews {
    Began,
    Over,
    /// It was over before anybody could be told that it had begun.
    Was,
}

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Alert {
    /// Among those of one supervisor, from 1.
    pub number: u64,
    /// As in `docs/operations/alerts.yml`.
    pub name: String,
    /// In English. While there is news, as it was when the alert began, so that a post that is made again is the
    /// same.
    pub text: String,
    pub began: Timestamp,
    /// Some once it is over; then it is here only to be told.
    pub over: Option<Timestamp>,
    /// What is still to be told, if there is a channel for it.
    pub news: Option<AlertNews>,
}

/// The processes of one role.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct RoleWatch {
    pub role: Role,
    pub processes: u32,
    /// Those that serve.
    pub ready: u32,
    /// Deaths that a successor followed.
    pub restarts: u64,
    /// Of all that tell it.
    pub pss_kib: Option<u64>,
}

/// Numbers that staff look at. None where no process has told it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Encode, Decode)]
pub struct Numbers {
    pub users_active: Option<f64>,
    pub queue_entries: Option<f64>,
    pub matches_open: Option<f64>,
    /// Interactions being answered.
    pub interactions: Option<f64>,
    /// From an interaction's arrival to its answer, in ms, of the last five minutes.
    pub answer_p50_ms: Option<f64>,
    pub answer_p95_ms: Option<f64>,
    /// From a decision to the disk, likewise.
    pub durable_p95_ms: Option<f64>,
    pub journal_lag_s: Option<f64>,
    pub database_lag_s: Option<f64>,
    /// Calls that are of the 50 a second that Discord allows, of the last minute.
    pub calls_a_second: Option<f64>,
    pub calls_waiting: Option<f64>,
    /// Answers of 401, 403 and 429 within ten minutes.
    pub discord_failures: Option<f64>,
    /// Of the container, files in memory included.
    pub memory_bytes: Option<f64>,
    pub memory_limit_bytes: Option<f64>,
}

#[derive(Debug, Clone, Default, PartialEq, Encode, Decode)]
pub struct Watch {
    pub level: LoadLevel,
    /// What the level is for, such as `replays 51`; none where it is normal.
    pub causes: Vec<String>,
    pub alerts: Vec<Alert>,
    pub roles: Vec<RoleWatch>,
    pub numbers: Numbers,
}
