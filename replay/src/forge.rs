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
//! - [`Game`] is what is to be told, and [`write`] the file that tells it;
//! - [`pool`] makes many files at less than it costs to read them;
//! - [`broken`] makes files that must not be read, each for its own reason;
//! - [`package`] writes the archive;
//! - [`encode`] the two encodings;
//! - [`content`] the streams;
//! - [`events`] invents what the players did.

pub mod broken;
mod content;
mod encode;
mod events;
pub(crate) mod package;
pub mod pool;

pub use broken::{Broken, broken};
#[cfg(any(test, feature = "mutate"))]
pub(crate) use events::Chance;
pub use pool::{Pool, Recording};

use crate::facts::{CacheHandle, GameResult, LeaveEvent};
use crate::format::{CONTROL_COMPUTER, CONTROL_HUMAN, stream};
use crate::limits;
use package::{Content, Package};

/// A game, as a replay is to tell it.
#[derive(Debug, Clone, PartialEq)]
pub struct Game {
    pub base_build: u32,
    pub version: [u8; 3],
    pub map_title: String,
    pub cache_handles: Vec<CacheHandle>,
    /// Those that play, in the order of their slots. Users are the humans
    /// among them, numbered from 0, and then the observers.
    pub players: Vec<ForgedPlayer>,
    /// Users that watch. With the players they are at most 16.
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
    /// When the game ends by itself; 0 is never.
    pub duration_limit_minutes: u16,
    /// Who leaves when, in order. `None`: who lost leaves first, a moment
    /// before the end, and everybody else at the end.
    pub leaves: Option<Vec<LeaveEvent>>,
    /// In the order of their loops.
    pub chat: Vec<ChatMessage>,
    /// How many game events to invent, at about 13 bytes each; those of
    /// loading and leaving come on top.
    pub events: u32,
    /// Where the invention begins.
    pub event_seed: u64,
}

/// Someone who plays.
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
    /// From 0. `None`: a team alone, of the player's number.
    pub team: Option<u8>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ForgedObserver {
    pub name: String,
    pub clan: String,
    pub region: u8,
    pub realm: u32,
    pub toon_id: u64,
}

/// Something said in the game.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatMessage {
    pub game_loop: u32,
    pub user_id: u8,
    /// As the client numbers them, in three bits: 0 everyone, 2 allies, 4 who watches.
    pub recipient: u8,
    /// At most 2,047 bytes.
    pub text: String,
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
            players: vec![player("First", 1, GameResult::Win), player("Second", 2, GameResult::Loss)],
            observers: Vec::new(),
            duration_game_loops: 13_440,
            ended_at_unix: 1_750_000_000,
            random_seed: 1,
            game_speed: 4,
            privacy: "Norm".into(),
            locked_alliances: true,
            duration_limit_minutes: 0,
            leaves: None,
            chat: Vec::new(),
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
            team: None,
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
        /// About three seconds: who lost reads the score before who won does.
        const MOMENT_LOOPS: u32 = 61;
        if let Some(leaves) = &self.leaves {
            return leaves.clone();
        }
        let end = self.duration_game_loops;
        let ends = |player: &ForgedPlayer| match player.result {
            GameResult::Loss => end.saturating_sub(MOMENT_LOOPS),
            _ => end,
        };
        let leaving = self.humans().map(ends).chain(self.observers.iter().map(|_| end));
        let mut users: Vec<(u32, u8)> = leaving.zip(0..).collect();
        users.sort();
        users.into_iter().map(|(game_loop, user_id)| LeaveEvent { game_loop, user_id, reason: 0 }).collect()
    }

    /// The players, their numbers and their teams.
    fn seated(&self) -> impl Iterator<Item = (u8, &ForgedPlayer, u8)> {
        (0..).zip(&self.players).map(|(number, player)| (number, player, player.team.unwrap_or(number)))
    }

    fn humans(&self) -> impl Iterator<Item = &ForgedPlayer> {
        self.players.iter().filter(|player| player.control == Control::Human)
    }

    /// The users that play.
    fn users(&self) -> Vec<u8> {
        self.humans().zip(0..).map(|(_, user_id)| user_id).collect()
    }

    /// The loop before which everything that players do happens.
    fn first_leave(&self) -> u32 {
        let first = self.leave_events().iter().map(|leave| leave.game_loop).min();
        first.unwrap_or(self.duration_game_loops)
    }
}

/// The replay file of a game, with all its streams packed as in a real file.
///
/// # Panics
/// If the game is beyond the format: more than 16 in the lobby or none that
/// plays, or a text longer than its field. 63 bytes for a name are safe.
pub fn write(game: &Game) -> Vec<u8> {
    package(game).write()
}

/// The parts of the file, which tests take apart.
pub(crate) fn package(game: &Game) -> Package {
    let mut files: Vec<_> =
        small_streams(game).into_iter().map(|(name, bytes)| (name, Content::Packed(bytes))).collect();
    files.insert(4, (stream::GAME_EVENTS, Content::Packed(events::game_events(game))));
    Package { header: content::header(game), header_format: 0, sector_shift: 5, files }
}

/// All streams but the game events.
fn small_streams(game: &Game) -> Vec<(&'static str, Vec<u8>)> {
    vec![
        (stream::DETAILS, content::details(game)),
        (stream::INIT_DATA, content::init_data(game)),
        (stream::ATTRIBUTES, content::attributes(game)),
        (stream::METADATA, content::metadata(game)),
        ("replay.message.events", content::messages(game)),
    ]
}
