//! What `evoladder check` reads: the settings of the ladder, and where in Discord it is to be.

use super::{DATA, DEFAULT_DATA, DISCORD_PROXY, GUILD_ID, Reader, Secret, Shards};
use ipc_schema::event;
use std::path::PathBuf;

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
    pub places: CheckedPlaces,
    /// `SHARDS`, default `0/1`.
    pub shards: Shards,
}

/// What of a server the ladder is to use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CheckedPlaces {
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
            places: CheckedPlaces::read(from, &supervisor.places),
            shards: supervisor.shards,
        }
    }
}

impl CheckedPlaces {
    /// `places` as a run has read them, which needs no server where it has no threads.
    fn read(from: &mut Reader<'_>, places: &event::Places) -> CheckedPlaces {
        let event::Places { log, staff, staff_role, threads } = *places;
        let guild = match threads {
            Some((guild, _)) => Some(guild.0),
            None => from.raw(GUILD_ID).and_then(|id| id.to_str()?.trim().parse().ok()),
        };
        let places = CheckedPlaces {
            guild,
            threads: threads.map(|(_, channel)| channel.0),
            log: log.map(|channel| channel.0),
            staff: staff.map(|channel| channel.0),
            staff_role: staff_role.map(|role| role.0),
        };
        let CheckedPlaces { threads, log, staff, staff_role, .. } = places;
        if guild.is_none() && [threads, log, staff, staff_role].iter().any(Option::is_some) {
            from.faults.push(format!("{GUILD_ID} has to be set where a channel or a role is"));
        }
        places
    }
}
