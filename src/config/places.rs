//! Where the ladder speaks besides the DMs of its players: nowhere, unless it is told.

use super::Reader;
use ipc_schema::event::Places;
use ipc_schema::ids::{ChannelId, GuildId, RoleId};
use std::ffi::OsString;

/// The Discord server of the ladder.
pub const GUILD_ID: &str = "GUILD_ID";
/// Whether each match gets a private thread: `on` or `off`.
pub const MATCH_THREADS: &str = "MATCH_THREADS";
/// The text channel under which the threads are.
pub const MATCH_CHANNEL_ID: &str = "MATCH_CHANNEL_ID";
/// The channel in which each decided match is a line.
pub const MATCH_LOG_CHANNEL_ID: &str = "MATCH_LOG_CHANNEL_ID";
/// The channel in which each case for staff is a card.
pub const STAFF_CHANNEL_ID: &str = "STAFF_CHANNEL_ID";
/// The role that is mentioned on cases and in threads.
pub const STAFF_ROLE_ID: &str = "STAFF_ROLE_ID";

const AN_ID: &str =
    "an id of Discord's, a number of 17 to 20 digits (in Discord with developer mode: Copy ID)";

/// Places as the variables of a child that reads them.
pub fn place_variables(places: &Places) -> Vec<(&'static str, OsString)> {
    let Places { log, staff, staff_role, threads } = places;
    let text = |id: u64| OsString::from(id.to_string());
    let mut variables = Vec::new();
    variables.extend(log.map(|id| (MATCH_LOG_CHANNEL_ID, text(id.0))));
    variables.extend(staff.map(|id| (STAFF_CHANNEL_ID, text(id.0))));
    variables.extend(staff_role.map(|id| (STAFF_ROLE_ID, text(id.0))));
    if let Some((guild, channel)) = threads {
        variables.push((MATCH_THREADS, OsString::from("on")));
        variables.push((GUILD_ID, text(guild.0)));
        variables.push((MATCH_CHANNEL_ID, text(channel.0)));
    }
    variables
}

impl Reader<'_> {
    pub(super) fn places(&mut self) -> Places {
        let on = self.parsed(MATCH_THREADS, "on or off", |text| match text {
            "on" => Some(true),
            "off" => Some(false),
            _ => None,
        });
        let guild = self.id(GUILD_ID).map(GuildId);
        let channel = self.id(MATCH_CHANNEL_ID).map(ChannelId);
        let threads = if on == Some(true) {
            for name in [GUILD_ID, MATCH_CHANNEL_ID] {
                if self.raw(name).is_none() {
                    self.faults.push(format!("{MATCH_THREADS} is on, so {name} has to be set"));
                }
            }
            guild.zip(channel)
        } else {
            None
        };
        Places {
            log: self.id(MATCH_LOG_CHANNEL_ID).map(ChannelId),
            staff: self.id(STAFF_CHANNEL_ID).map(ChannelId),
            staff_role: self.id(STAFF_ROLE_ID).map(RoleId),
            threads,
        }
    }

    fn id(&mut self, name: &str) -> Option<u64> {
        self.parsed(name, AN_ID, |text| {
            let text = text.trim();
            let digits = text.bytes().all(|byte| byte.is_ascii_digit());
            (digits && (17..=20).contains(&text.len())).then(|| text.parse().ok())?
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "1423000000000000001";

    fn read(set: &[(&str, &str)]) -> Result<Places, Vec<String>> {
        let lookup =
            |name: &str| set.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value));
        Reader::read(&lookup, Reader::places).map_err(|faults| faults.0)
    }

    #[test]
    fn a_ladder_that_is_told_nothing_speaks_in_no_channel() {
        assert_eq!(read(&[]), Ok(Places::default()));
        assert_eq!(
            read(&[(MATCH_THREADS, "off"), (GUILD_ID, ID), (MATCH_CHANNEL_ID, ID)]),
            Ok(Places::default())
        );
    }

    #[test]
    fn what_a_child_is_handed_is_what_was_read() {
        let all = [GUILD_ID, MATCH_CHANNEL_ID, MATCH_LOG_CHANNEL_ID, STAFF_CHANNEL_ID, STAFF_ROLE_ID];
        let mut set: Vec<(&str, &str)> = all.iter().map(|name| (*name, ID)).collect();
        set.push((MATCH_THREADS, "on"));
        let places = read(&set).unwrap();
        assert!(places.threads.is_some() && places.log.is_some() && places.staff_role.is_some());
        let handed = place_variables(&places);
        let handed: Vec<(&str, &str)> =
            handed.iter().map(|(name, value)| (*name, value.to_str().unwrap())).collect();
        assert_eq!(handed.len(), set.len());
        assert_eq!(read(&handed), Ok(places));
    }

    #[test]
    fn threads_need_a_server_and_a_channel_and_ids_are_numbers() {
        assert_eq!(
            read(&[(MATCH_THREADS, "on"), (STAFF_CHANNEL_ID, "#staff")]).unwrap_err(),
            [
                "MATCH_THREADS is on, so GUILD_ID has to be set".to_owned(),
                "MATCH_THREADS is on, so MATCH_CHANNEL_ID has to be set".to_owned(),
                format!("STAFF_CHANNEL_ID should be {AN_ID}"),
            ]
        );
        assert_eq!(read(&[(MATCH_THREADS, "yes")]).unwrap_err(), ["MATCH_THREADS should be on or off"]);
    }
}
