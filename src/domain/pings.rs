//! "Somebody is queueing": who asked to be told of it, when, and how often.

use super::ladder::Ladder;
use super::player::Player;
use ipc_schema::event::Event;
use ipc_schema::ids::PlayerId;
use ipc_schema::notifications::{COOLDOWN_MIN, Notifications, Pings, Quiet, Times, Wish};
use ipc_schema::vocab::{Era, PingsOf, RaceChoice, Refusal, Timestamp};
use std::time::Duration;

const MINUTE_MS: u64 = 60_000;
const DAY_MIN: i32 = 24 * 60;

/// Pings of the whole ladder within [`WINDOW`]. Each is a message, of which Discord takes 50 in a
/// second from all of the ladder; beyond it nobody more is told.
pub const MOST: usize = 60;
const WINDOW: Duration = Duration::from_secs(60);

/// What a player would have with the wish granted.
pub fn grant(before: Notifications, now: Timestamp, wish: &Wish) -> Result<Notifications, Refusal> {
    let pings = before.pings;
    Ok(match wish {
        Wish::Kinds { corrections, announcements } => {
            Notifications { corrections: *corrections, announcements: *announcements, pings }
        }
        Wish::Pings(of) => Notifications { pings: Pings { of: *of, ..pings }, ..before },
        Wish::Times(times) => Notifications { pings: with_times(pings, now, times)?, ..before },
    })
}

fn with_times(before: Pings, now: Timestamp, times: &Times) -> Result<Pings, Refusal> {
    let cooldown_min = times.cooldown.trim().parse().ok().filter(|minutes| COOLDOWN_MIN.contains(minutes));
    let cooldown_min = cooldown_min.ok_or(Refusal::OutOfRange {
        from: (*COOLDOWN_MIN.start()).into(),
        to: (*COOLDOWN_MIN.end()).into(),
    })?;
    let utc_offset_min = match times.zone.trim() {
        "" => before.utc_offset_min,
        zone => Some(utc_offset(zone, now).ok_or(Refusal::ZoneInvalid)?),
    };
    let quiet = match (times.quiet_from.trim(), times.quiet_to.trim()) {
        ("", "") => None,
        (from, to) => {
            let ends = time_of_day(from).zip(time_of_day(to)).filter(|(from, to)| from != to);
            let (from_min, to_min) = ends.ok_or(Refusal::TimeInvalid)?;
            Some(Quiet { from_min, to_min })
        }
    };
    if quiet.is_some() && utc_offset_min.is_none() {
        return Err(Refusal::ZoneInvalid);
    }
    Ok(Pings { cooldown_min, quiet, utc_offset_min, ..before })
}

/// Minutes after midnight: `23`, `7:30`, `07.30`.
fn time_of_day(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once([':', '.', '：']).unwrap_or((text, "00"));
    let number = |text: &str, digits: std::ops::RangeInclusive<usize>| {
        let fits = digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u16>().ok().filter(|_| fits)
    };
    let (hour, minute) = (number(hour, 1..=2)?, number(minute, 2..=2)?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

/// Minutes ahead of UTC: from `+9`, `-3:30`, `UTC+5:45` and `0`, or from what a clock shows there
/// now, `21:35`. A clock tells no date, so its offset lies within half a day of UTC.
fn utc_offset(text: &str, now: Timestamp) -> Option<i16> {
    let upper = text.to_uppercase();
    let offset = upper.strip_prefix("UTC").or_else(|| upper.strip_prefix("GMT"));
    let named = offset.is_some();
    let text = offset.unwrap_or(&upper).trim();
    if text.is_empty() || text == "0" {
        return Some(0);
    }
    let signed = text.strip_prefix('+').map(|rest| (1, rest));
    let signed = signed.or_else(|| text.strip_prefix(['-', '−']).map(|rest| (-1, rest)));
    if let Some((sign, rest)) = signed {
        let minutes = i16::try_from(time_of_day(rest.trim())?).ok()?;
        // The clocks of the world lie between -12 and +14 hours.
        return (minutes <= 14 * 60).then_some(sign * minutes);
    }
    if named || !text.contains([':', '.', '：']) {
        return None;
    }
    let there = i32::from(time_of_day(text)?);
    let ahead = (there - minute_of_day(now) + DAY_MIN / 2).rem_euclid(DAY_MIN) - DAY_MIN / 2;
    // Clocks differ by quarters of an hour; the rest is how long typing took.
    let quarters = (ahead + 7).div_euclid(15);
    i16::try_from(quarters * 15).ok()
}

fn minute_of_day(at: Timestamp) -> i32 {
    i32::try_from(at.0 / MINUTE_MS % DAY_MIN as u64).expect("a day has few minutes")
}

/// Whether it is a quiet hour of the player's.
fn is_quiet(pings: &Pings, now: Timestamp) -> bool {
    pings.quiet.is_some_and(|Quiet { from_min, to_min }| {
        let offset = i32::from(pings.utc_offset_min.unwrap_or(0));
        let there = (minute_of_day(now) + offset).rem_euclid(DAY_MIN);
        let (from, to) = (i32::from(from_min), i32::from(to_min));
        if from < to { (from..to).contains(&there) } else { there >= from || there < to }
    })
}

/// Whether two choices of races allow a match. Who never chose may play anything.
fn may_meet(one: RaceChoice, other: RaceChoice) -> bool {
    let plays = |races: RaceChoice, era: Era| races.is_empty() || races.of(era).is_some();
    let eras = Era::ALL.iter().copied();
    eras.clone().any(|era| plays(one, era) && plays(other, era.other()))
}

impl Player {
    /// Whether the player wants to hear now that somebody queues with these races.
    fn hears_of(&self, now: Timestamp, races: RaceChoice) -> bool {
        let pings = &self.settings.notifications.pings;
        let of = match pings.of {
            PingsOf::Nobody => false,
            PingsOf::Bw => races.bw.is_some(),
            PingsOf::Sc2 => races.sc2.is_some(),
            PingsOf::Anyone => true,
        };
        let cooldown = Duration::from_secs(u64::from(pings.cooldown_min) * 60);
        of && may_meet(self.races, races)
            && self.settings.last_ping.is_none_or(|last| now.since(last) >= cooldown)
            && !is_quiet(pings, now)
    }
}

impl Ladder {
    /// Tells those who asked for it that a player queues, where nobody waits who could be the
    /// opponent: who was told longest ago first.
    pub(super) fn pings(&self, now: Timestamp, by: PlayerId, races: RaceChoice) -> Option<Event> {
        if self.queue.values().any(|entry| may_meet(entry.races, races)) {
            return None;
        }
        let told = self.players.values().filter_map(|player| player.settings.last_ping);
        let room = MOST.saturating_sub(told.filter(|last| now.since(*last) < WINDOW).count());
        let hears = |id: PlayerId, player: &Player| {
            let is_idle = id != by && !self.queue.contains_key(&id) && !self.is_in_match(id);
            player.hears_of(now, races)
                && is_idle
                && player.may_wait(now)
                && player.settings.dms_closed.is_none()
        };
        let mut pinged: Vec<_> = self
            .players
            .iter()
            .filter(|(id, player)| hears(**id, player))
            .map(|(id, player)| (player.settings.last_ping, *id))
            .collect();
        pinged.sort_unstable();
        let pinged: Vec<PlayerId> = pinged.into_iter().take(room).map(|(_, id)| id).collect();
        (!pinged.is_empty()).then_some(Event::PlayersPinged { by, races, pinged, at: now })
    }
}

#[cfg(test)]
mod tests;
