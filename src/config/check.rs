//! What `evoladder check` reads: the settings of the ladder, and where in Discord it is to be.

use super::{DATA, DEFAULT_DATA, DISCORD_PROXY, Reader, Secret};
use std::path::PathBuf;

/// The server whose channels the ladder uses.
const GUILD_ID: &str = "GUILD_ID";
/// Whether a match has a private thread, and where.
const MATCH_THREADS: &str = "MATCH_THREADS";
const MATCH_CHANNEL_ID: &str = "MATCH_CHANNEL_ID";
/// Where decided matches are told.
const MATCH_LOG_CHANNEL_ID: &str = "MATCH_LOG_CHANNEL_ID";
/// Where staff are told, and who of them is mentioned.
const STAFF_CHANNEL_ID: &str = "STAFF_CHANNEL_ID";
const STAFF_ROLE_ID: &str = "STAFF_ROLE_ID";

#[derive(Debug)]
pub struct Check {
    /// `EVOLADDER_DATA`, default `data`.
    pub data: PathBuf,
    /// `DISCORD_TOKEN`.
    pub token: Secret,
    /// `DISCORD_PROXY`, the host and port of an emulator; Discord itself without it.
    pub proxy: Option<String>,
    /// `DATABASE_URL`, default the SQLite file in the data folder.
    pub database_url: Option<Secret>,
    pub places: Places,
}

/// What of a server the ladder is to use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Places {
    /// `GUILD_ID`.
    pub guild: Option<u64>,
    /// `MATCH_CHANNEL_ID`, if `MATCH_THREADS` is on.
    pub threads: Option<u64>,
    /// `MATCH_LOG_CHANNEL_ID`.
    pub log: Option<u64>,
    /// `STAFF_CHANNEL_ID`.
    pub staff: Option<u64>,
    /// `STAFF_ROLE_ID`.
    pub staff_role: Option<u64>,
}

impl Check {
    pub(super) fn read(from: &mut Reader<'_>) -> Check {
        // Its faults are those of a run.
        let supervisor = super::Supervisor::read(from);
        if supervisor.token.is_none() && from.raw(super::DISCORD_TOKEN).is_none() {
            from.needed_token();
        }
        Check {
            data: from.path(DATA).unwrap_or_else(|| PathBuf::from(DEFAULT_DATA)),
            token: supervisor.token.unwrap_or_else(|| Secret::new("")),
            proxy: from.text(DISCORD_PROXY),
            database_url: supervisor.database_url,
            places: Places::read(from),
        }
    }
}

impl Places {
    fn read(from: &mut Reader<'_>) -> Places {
        let is_on = from.parsed(MATCH_THREADS, "on or off", |text| match text {
            "on" => Some(true),
            "off" => Some(false),
            _ => None,
        });
        let mut id = |name: &str| {
            from.parsed(name, "an id of Discord's, a number of 17 to 20 digits", |text| {
                let text = text.trim();
                let digits = text.bytes().all(|byte| byte.is_ascii_digit());
                if digits && (17..=20).contains(&text.len()) { text.parse().ok() } else { None }
            })
        };
        let guild = id(GUILD_ID);
        let (threads, log) = (id(MATCH_CHANNEL_ID), id(MATCH_LOG_CHANNEL_ID));
        let (staff, staff_role) = (id(STAFF_CHANNEL_ID), id(STAFF_ROLE_ID));
        let threads_are_on = is_on == Some(true);
        if threads_are_on && threads.is_none() {
            from.faults.push(format!("{MATCH_THREADS} is on, so {MATCH_CHANNEL_ID} has to be set"));
        }
        let threads = threads.filter(|_| threads_are_on);
        if guild.is_none() && [threads, log, staff, staff_role].iter().any(Option::is_some) {
            from.faults.push(format!("{GUILD_ID} has to be set where a channel or a role is"));
        }
        Places { guild, threads, log, staff, staff_role }
    }
}
