//! Writes replays of games that never happened.
//!
//! For simulated players, who send what they played, and for tests. A forged
//! file is read back with the facts it was made from, by this crate and by
//! other readers of the format, and part of it is packed by bzip2, so that
//! whoever reads it does the work of a real file. The same game gives the same
//! bytes.
//!
//! It holds the streams that a ladder looks at and no others: neither tracker
//! events nor what the client keeps to itself. It shares no code with the
//! reader, only [`crate::format`].
//!
//! - [`package`] writes the archive;
//! - [`encode`] the two encodings;
//! - [`content`] the streams;
//! - [`events`] invents what the players did.

mod content;
mod encode;
mod events;
pub(crate) mod package;

use crate::facts::{CacheHandle, GameResult, LeaveEvent};
use crate::format::{CONTROL_COMPUTER, CONTROL_HUMAN, stream};
use crate::limits;
use package::{Content, Package};

/// A game between two, as a replay is to tell it.
#[derive(Debug, Clone, PartialEq)]
pub struct Game {
    pub base_build: u32,
    pub version: [u8; 3],
    pub map_title: String,
    pub cache_handles: Vec<CacheHandle>,
    pub players: [ForgedPlayer; 2],
    /// Users that watch; they come after the players.
    pub observers: Vec<ForgedObserver>,
    pub duration_game_loops: u32,
    /// Seconds since 1970.
    pub ended_at_unix: i64,
    pub random_seed: u32,
    /// 4 is Faster.
    pub game_speed: u8,
    /// `Norm` for Normal, `NoMH` for No Match History.
    pub privacy: String,
    pub locked_alliances: bool,
    /// Who leaves when, in order. `None`: who lost leaves first, a moment
    /// before the end, and everybody else at the end.
    pub leaves: Option<Vec<LeaveEvent>>,
    /// How many game events to invent, at about 13 bytes each; those of
    /// loading and leaving come on top.
    pub events: u32,
    /// Where the invention begins.
    pub event_seed: u64,
}

/// One of the two that play; number `n` of them is user `n` in slot `n`, on team `n`.
#[derive(Debug, Clone, PartialEq)]
pub struct ForgedPlayer {
    pub name: String,
    pub clan: String,
    /// The race in the language of the recording client, such as `BW Terran`.
    pub race_text: String,
    /// The race as the metadata has it, such as `BWTe`.
    pub race_code: String,
    pub region: u8,
    pub realm: u32,
    pub toon_id: u64,
    pub result: GameResult,
    pub control: Control,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ForgedObserver {
    pub name: String,
    pub region: u8,
    pub realm: u32,
    pub toon_id: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    Human,
    Computer,
}

impl Default for Game {
    /// A game of ten minutes at Faster, won by the first player.
    fn default() -> Game {
        let player = |name: &str, toon_id, result| ForgedPlayer {
            name: name.into(),
            toon_id,
            result,
            ..ForgedPlayer::default()
        };
        Game {
            base_build: limits::NEWEST_BASE_BUILD,
            version: [5, 0, 16],
            map_title: "Forged Field".into(),
            cache_handles: Vec::new(),
            players: [player("First", 1, GameResult::Win), player("Second", 2, GameResult::Loss)],
            observers: Vec::new(),
            duration_game_loops: 13_440,
            ended_at_unix: 1_750_000_000,
            random_seed: 1,
            game_speed: 4,
            privacy: "Norm".into(),
            locked_alliances: true,
            leaves: None,
            events: 3_000,
            event_seed: 1,
        }
    }
}

impl Default for ForgedPlayer {
    fn default() -> ForgedPlayer {
        ForgedPlayer {
            name: "Nobody".into(),
            clan: String::new(),
            race_text: "Terran".into(),
            race_code: "Terr".into(),
            region: 2,
            realm: 1,
            toon_id: 1,
            result: GameResult::Undecided,
            control: Control::Human,
        }
    }
}

impl Control {
    fn code(self) -> u8 {
        match self {
            Control::Human => CONTROL_HUMAN,
            Control::Computer => CONTROL_COMPUTER,
        }
    }
}

impl Game {
    /// The leave events that the replay will have.
    pub fn leave_events(&self) -> Vec<LeaveEvent> {
        /// About three seconds: the loser reads the score before the winner does.
        const MOMENT_LOOPS: u32 = 61;
        if let Some(leaves) = &self.leaves {
            return leaves.clone();
        }
        let end = self.duration_game_loops;
        let mut users: Vec<(u32, u8)> = Vec::new();
        for (user_id, player) in (0..).zip(&self.players) {
            match (player.control, player.result) {
                (Control::Computer, _) => {}
                (Control::Human, GameResult::Loss) => users.push((end.saturating_sub(MOMENT_LOOPS), user_id)),
                (Control::Human, _) => users.push((end, user_id)),
            }
        }
        users.extend((2..).zip(&self.observers).map(|(user_id, _)| (end, user_id)));
        users.sort();
        users.into_iter().map(|(game_loop, user_id)| LeaveEvent { game_loop, user_id, reason: 0 }).collect()
    }
}

/// The replay file of a game.
///
/// # Panics
/// If a text is longer than the format can hold: 63 bytes for a name are safe.
pub fn write(game: &Game) -> Vec<u8> {
    package(game).write()
}

/// The parts of the file, which tests take apart.
pub(crate) fn package(game: &Game) -> Package {
    let file = |name: &'static str, content: Vec<u8>| (name, Content::Packed(content));
    Package {
        header: content::header(game),
        header_format: 0,
        sector_shift: 5,
        files: vec![
            file(stream::DETAILS, content::details(game)),
            file(stream::INIT_DATA, content::init_data(game)),
            file(stream::ATTRIBUTES, content::attributes(game)),
            file(stream::METADATA, content::metadata(game)),
            file(stream::GAME_EVENTS, events::game_events(game)),
            file("replay.message.events", content::messages()),
        ],
    }
}
