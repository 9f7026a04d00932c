//! Replays by the thousand.
//!
//! Packing the game events of a replay costs several times what reading the
//! whole file does, so who loads a ladder with fresh replays would measure
//! himself. A pool packs events of a few lengths once. A file forged from it
//! has whole sectors that are packed already, and one stored sector at the end
//! with what is the game's own: a few events and who left when.

use super::events;
use super::package::{Content, Package, SECTORS, in_sectors, shortest};
use super::{Game, content, package, small_streams};
use crate::format::stream;

/// Bytes of an invented event, on average.
const EVENT_BYTES: usize = 13;

/// Invented events in the stored sector, so that each seed gives another file.
const OWN_EVENTS: u32 = 12;

/// Game events that are to be packed once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recording {
    /// Users that play.
    pub humans: u8,
    /// About how many events, of about 13 bytes each. What comes out is a
    /// whole number of sectors: of 64 KiB if it is as long as that, else of 8 KiB.
    pub events: u32,
    /// All of them lie before this loop. Only a game in which nobody leaves
    /// earlier can have them.
    pub loops: u32,
}

impl Recording {
    /// What players do in so many minutes at Faster, by a real game's 766 events a minute.
    pub const fn of_minutes(humans: u8, minutes: u32) -> Recording {
        Recording { humans, events: 766 * minutes, loops: 1344 * minutes }
    }
}

/// Packed game events, from which files are forged at little cost.
#[derive(Debug, Clone)]
pub struct Pool {
    recorded: Vec<Recorded>,
}

#[derive(Debug, Clone)]
struct Recorded {
    users: Vec<u8>,
    loops: u32,
    events: u32,
    sector_shift: u16,
    sectors: Vec<Vec<u8>>,
    /// What the last event has beyond the last whole sector.
    rest: Vec<u8>,
}

impl Default for Pool {
    /// Games of 2 to 40 minutes between two, and against a computer.
    fn default() -> Pool {
        let between_two = [2, 5, 10, 18, 27, 40].map(|minutes| Recording::of_minutes(2, minutes));
        let alone = [2, 10].map(|minutes| Recording::of_minutes(1, minutes));
        Pool::new(&[&between_two[..], &alone].concat())
    }
}

impl Pool {
    /// Packs these events, which takes some milliseconds for each 10,000 of them.
    pub fn new(recordings: &[Recording]) -> Pool {
        Pool { recorded: recordings.iter().map(|recording| Recorded::new(*recording)).collect() }
    }

    /// The replay file of a game, with the recorded events whose number is
    /// closest to [`Game::events`] among those that the game can have. A game
    /// that can have none of them is forged by [`super::write`], at its cost:
    /// one with other humans than the recordings, or with a player who leaves
    /// before they end.
    ///
    /// # Panics
    /// As [`super::write`] does.
    pub fn write(&self, game: &Game) -> Vec<u8> {
        self.package(game).unwrap_or_else(|| package(game)).write()
    }

    fn package(&self, game: &Game) -> Option<Package> {
        let (users, first_leave) = (game.users(), game.first_leave());
        let fitting = self.recorded.iter().filter(|one| one.users == users && one.loops <= first_leave);
        let recorded = fitting.min_by_key(|one| one.events.abs_diff(game.events))?;

        let mut files: Vec<_> =
            small_streams(game).into_iter().map(|(name, bytes)| (name, Content::Stored(bytes))).collect();
        files.push((stream::GAME_EVENTS, recorded.splice(game)));
        Some(Package {
            header: content::header(game),
            header_format: 0,
            sector_shift: recorded.sector_shift,
            files,
        })
    }
}

impl Recorded {
    fn new(recording: Recording) -> Recorded {
        let users: Vec<u8> = (0..recording.humans).collect();
        let wanted = recording.events as usize * EVENT_BYTES;
        let sector_shift: u16 = if wanted < 64 << 10 { 4 } else { 7 };
        let sector = 512 << sector_shift;
        let packed = ((wanted + sector / 2) / sector * sector).max(sector);
        let events = (packed / EVENT_BYTES) as u32;
        let (mut bytes, events) = events::recording(&users, events, recording.loops, packed);
        let rest = bytes.split_off(bytes.len() / sector * sector);
        let sectors = bytes.chunks(sector).map(shortest).collect();
        Recorded { users, loops: recording.loops, events, sector_shift, sectors, rest }
    }

    /// The events with an end that is the game's own.
    fn splice(&self, game: &Game) -> Content {
        let sector = 512 << self.sector_shift;
        let own = [&self.rest[..], &events::tail(game, self.loops, OWN_EVENTS)].concat();
        let size = u32::try_from(self.sectors.len() * sector + own.len()).expect("recordings are short");
        let sectors = self.sectors.iter().map(Vec::as_slice).chain(own.chunks(sector));
        Content::Raw { bytes: in_sectors(&sectors.collect::<Vec<_>>()), size, flags: SECTORS }
    }
}
