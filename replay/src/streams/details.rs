//! `replay.details`: players and results, map, end of the game, files it loaded.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::versioned::Versioned;
use crate::error::Error;
use crate::facts::{CacheHandle, GameResult, Player};
use crate::format::{FILETIME_PER_SECOND, SECONDS_1601_TO_1970, stream};
use crate::limits;

pub(crate) struct Details {
    pub(crate) players: Vec<Player>,
    pub(crate) map_title: String,
    pub(crate) time_utc_filetime: i64,
    pub(crate) utc_time: String,
    pub(crate) game_speed: u8,
    pub(crate) cache_handles: Vec<CacheHandle>,
}

pub(crate) fn parse(content: &[u8]) -> Result<Details, Error> {
    decode(content).map_err(|error| error.in_stream(stream::DETAILS))
}

fn decode(content: &[u8]) -> Result<Details, Error> {
    let mut stream = Versioned::new(content);
    let (mut players, mut title, mut time, mut speed, mut handles) = (None, None, None, None, None);
    stream.structure(|stream, field| {
        match field {
            0 => players = stream.optional(|stream| stream.array(limits::PLAYERS, player))?,
            1 => title = Some(stream.text(1023)?),
            5 => time = Some(stream.integer()?),
            10 => handles = stream.optional(|stream| stream.array(limits::CACHE_HANDLES, cache_handle))?,
            12 => speed = Some(stream.narrow()?),
            _ => stream.skip()?,
        }
        Ok(())
    })?;
    stream.finish()?;

    let missing = || stream.malformed("a field is missing");
    let time_utc_filetime = time.ok_or_else(missing)?;
    let utc_time = rfc3339(time_utc_filetime).ok_or_else(|| stream.malformed("the time is out of range"))?;
    Ok(Details {
        players: players.unwrap_or_default(),
        map_title: title.ok_or_else(missing)?,
        time_utc_filetime,
        utc_time,
        game_speed: speed.ok_or_else(missing)?,
        cache_handles: handles.unwrap_or_default(),
    })
}

fn player(stream: &mut Versioned<'_>) -> Result<Player, Error> {
    let (mut name, mut race, mut toon) = (None, None, None);
    let [mut control, mut team, mut observe, mut result, mut slot] = [None; 5];
    stream.structure(|stream, field| {
        match field {
            0 => name = Some(stream.text(255)?),
            1 => toon = Some(account(stream)?),
            2 => race = Some(stream.text(255)?),
            4 => control = Some(stream.narrow()?),
            5 => team = Some(stream.narrow()?),
            7 => observe = Some(stream.narrow()?),
            8 => result = Some(stream.narrow()?),
            9 => slot = stream.optional(Versioned::narrow)?,
            _ => stream.skip()?,
        }
        Ok(())
    })?;
    let missing = || stream.malformed("a field of a player is missing");
    let name_raw = name.ok_or_else(missing)?;
    let (region, realm, toon_id) = toon.ok_or_else(missing)?;
    let (clan, name) = clan_and_name(&name_raw);
    Ok(Player {
        name,
        clan,
        name_raw,
        race_raw: race.ok_or_else(missing)?,
        result: match result.ok_or_else(missing)? {
            0_u8 => GameResult::Undecided,
            1 => GameResult::Win,
            2 => GameResult::Loss,
            3 => GameResult::Tie,
            _ => return Err(stream.malformed("a result is out of range")),
        },
        team: team.ok_or_else(missing)?,
        region,
        realm,
        toon_id,
        control: control.ok_or_else(missing)?,
        observe: observe.ok_or_else(missing)?,
        slot,
    })
}

fn account(stream: &mut Versioned<'_>) -> Result<(u8, u32, u64), Error> {
    let (mut region, mut realm, mut id) = (None, None, None);
    stream.structure(|stream, field| {
        match field {
            0 => region = Some(stream.narrow()?),
            2 => realm = Some(stream.narrow()?),
            4 => id = Some(stream.narrow()?),
            _ => stream.skip()?,
        }
        Ok(())
    })?;
    match (region, realm, id) {
        (Some(region), Some(realm), Some(id)) => Ok((region, realm, id)),
        _ => Err(stream.malformed("a part of an account is missing")),
    }
}

fn cache_handle(stream: &mut Versioned<'_>) -> Result<CacheHandle, Error> {
    let bytes = stream.blob(40)?.try_into();
    bytes.map(CacheHandle).map_err(|_| stream.malformed("a cache handle is not of 40 bytes"))
}

/// Takes `&lt;CLAN&gt;<sp/>Name` apart.
fn clan_and_name(raw: &str) -> (String, String) {
    match raw.split_once("<sp/>") {
        None => (String::new(), unescape(raw)),
        Some((clan, name)) => {
            let clan = unescape(clan);
            let bare = clan.strip_prefix('<').and_then(|clan| clan.strip_suffix('>')).unwrap_or(&clan);
            (bare.to_owned(), unescape(name))
        }
    }
}

/// Decodes the entities that the game writes. An ampersand that begins none stays.
fn unescape(text: &str) -> String {
    const ENTITIES: [(&str, char); 5] =
        [("&lt;", '<'), ("&gt;", '>'), ("&amp;", '&'), ("&quot;", '"'), ("&apos;", '\'')];
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, _)) = rest.split_once('&') {
        let (_, entity) = rest.split_at_checked(before.len()).unwrap_or_default();
        plain.push_str(before);
        let found = ENTITIES.iter().find_map(|&(name, char)| Some((char, entity.strip_prefix(name)?)));
        let (char, after) = found.unwrap_or_else(|| ('&', entity.strip_prefix('&').unwrap_or_default()));
        plain.push(char);
        rest = after;
    }
    plain.push_str(rest);
    plain
}

/// A file time as text, to the second below.
fn rfc3339(filetime: i64) -> Option<String> {
    let seconds = filetime.div_euclid(FILETIME_PER_SECOND).checked_sub(SECONDS_1601_TO_1970)?;
    OffsetDateTime::from_unix_timestamp(seconds).ok()?.format(&Rfc3339).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_name_is_taken_apart() {
        #[rustfmt::skip]
        let names = [
            ("Name",                       "",     "Name"),
            ("&lt;Clan&gt;<sp/>Name",      "Clan", "Name"),
            ("&lt;&amp;&gt;<sp/>A&amp;lt;", "&",   "A&lt;"),
            ("<sp/>",                      "",     ""),
            ("A & B &amp",                 "",     "A & B &amp"),
            ("&quot;&apos;&",              "",     "\"'&"),
        ];
        for (raw, clan, name) in names {
            assert_eq!(clan_and_name(raw), (clan.to_owned(), name.to_owned()), "{raw}");
        }
    }

    #[test]
    fn times_are_written_in_utc_and_bounded() {
        assert_eq!(rfc3339(134_066_826_984_240_631).as_deref(), Some("2025-11-03T22:31:38Z"));
        assert_eq!(rfc3339(0).as_deref(), Some("1601-01-01T00:00:00Z"));
        assert_eq!(rfc3339(i64::MAX), None);
        assert_eq!(rfc3339(i64::MIN), None);
    }
}
