//! What a replay says, as plain data.
//!
//! Nothing here is a judgement. A replay is not signed, so every field is what
//! the file claims. Text is as stored, in the language of the client that
//! recorded it; bytes that are not UTF-8 are replaced.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Serialize, Serializer};

use crate::format::{CONTROL_COMPUTER, CONTROL_HUMAN};

/// Everything that is read from one replay.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Facts {
    /// Picks the layout of the file; `build` is the exact build of the client.
    pub base_build: u32,
    pub build: u32,
    /// The version that players know, such as `5.0.15`.
    pub version: String,
    /// The base build is newer than those whose layout is known, and the file
    /// fitted the newest known layout all the same.
    pub unlisted_build: bool,
    /// Game loops that passed: 22.4 a second at Faster.
    pub duration_game_loops: u32,
    /// When the game ended by the clock of the recording client, RFC 3339.
    pub utc_time: String,
    /// The same in tenths of a microsecond since 1601, as stored.
    pub time_utc_filetime: i64,
    pub map_title: String,
    /// 4 is Faster.
    pub game_speed: u8,
    pub cache_handles: Vec<CacheHandle>,
    pub players: Vec<Player>,
    /// `None` if the file has no metadata.
    pub metadata_players: Option<Vec<MetadataPlayer>>,
    /// Attributes of the game as a whole, by number: 1001 premade, 2001 team
    /// layout, 3000 speed, 3009 mode, 3010 locked alliances, 3015 duration,
    /// 4000 privacy.
    pub attributes_global: BTreeMap<u32, String>,
    pub lobby: Lobby,
    /// Drawn anew for each game: with the players and the map it tells games
    /// apart, whoever recorded them.
    pub random_seed: u32,
    /// Number of all game events.
    pub game_events: u32,
    pub leave_events: Vec<LeaveEvent>,
    /// What users wrote, in order: the first [`crate::limits::CHAT_MESSAGES`].
    /// A client writes neither joins nor defeats among them.
    pub chat: Vec<ChatMessage>,
    /// Number of the messages that are not kept in `chat`.
    pub chat_left_out: u32,
    /// Number of players that play.
    pub participants: usize,
    /// Names of the users that watch.
    pub observers: Vec<String>,
    /// The team of all players that won, if there is just one.
    pub winner_team: Option<u8>,
    /// Two participants, on two teams, both human.
    pub is_1v1: bool,
}

/// The hash of a map or mod file that the game loaded, with its region.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CacheHandle(pub [u8; 40]);

impl CacheHandle {
    /// The region's letters, such as `EU`, as stored.
    pub fn region(&self) -> &[u8] {
        let [_, _, _, _, region @ .., _] = self.0.first_chunk::<9>().unwrap_or(&[0; 9]);
        let zeroes = region.iter().take_while(|&&byte| byte == 0).count();
        region.get(zeroes..).unwrap_or_default()
    }
}

impl fmt::Display for CacheHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for CacheHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CacheHandle({self})")
    }
}

impl Serialize for CacheHandle {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A player, human or not, as details has it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Player {
    /// Without the clan, and with entities decoded.
    pub name: String,
    pub clan: String,
    pub name_raw: String,
    /// In the language of the recording client.
    pub race_raw: String,
    pub result: GameResult,
    /// From 0.
    pub team: u8,
    pub region: u8,
    pub realm: u32,
    pub toon_id: u64,
    /// 2 human, 3 computer.
    pub control: u8,
    /// 0 plays.
    pub observe: u8,
    /// The lobby slot with the same `slot` is this player's.
    pub slot: Option<u8>,
}

impl Player {
    /// The account as the lobby writes it, such as `2-S2-1-1234567`.
    pub fn toon(&self) -> String {
        format!("{}-S2-{}-{}", self.region, self.realm, self.toon_id)
    }

    pub fn is_human(&self) -> bool {
        self.control == CONTROL_HUMAN
    }

    /// Whether this is a participant, not someone who watches.
    pub fn plays(&self) -> bool {
        self.observe == 0 && matches!(self.control, CONTROL_HUMAN | CONTROL_COMPUTER)
    }
}

/// How a game ended for a player, by the client that recorded it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GameResult {
    Undecided,
    Win,
    Loss,
    Tie,
}

/// A player in the metadata, whose race codes do not depend on a language.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MetadataPlayer {
    pub player_id: u32,
    pub selected_race: String,
    pub assigned_race: String,
    pub result: String,
}

/// The lobby at the start of the game.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Lobby {
    pub game_options_lock_teams: bool,
    /// Players are placed team by team.
    pub teams_together: bool,
    /// Allies may command each other's units.
    pub shared_control: bool,
    pub random_races: bool,
    pub battle_net: bool,
    /// Found by Blizzard's own matchmaking.
    pub amm: bool,
    /// Counts for Blizzard's own ladder.
    pub competitive: bool,
    pub practice: bool,
    pub cooperative: bool,
    /// The game ends without a result.
    pub no_victory_or_defeat: bool,
    /// 0 as usual, 1 terrain hidden, 2 map explored, 3 everything visible.
    pub fog: u8,
    /// 0 nobody, 1 who joins to watch, 2 who is defeated too, 3 referees.
    pub observers_allowed: u8,
    pub game_speed: u8,
    pub max_observers: u8,
    pub max_players: u8,
    /// A mod is played on top of the map.
    pub extension_mod: bool,
    /// That mod is not Blizzard's.
    pub foreign_extension_mod: bool,
    pub blizzard_map: bool,
    pub single_player: bool,
    pub host_user_id: Option<u8>,
    pub random_seed: u32,
    /// Those with a name.
    pub users: Vec<LobbyUser>,
    /// Those of humans and computers.
    pub slots_in_use: Vec<LobbySlot>,
}

/// Someone connected to the game, who plays or watches.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LobbyUser {
    /// What slots and leave events call this user.
    pub user_id: u8,
    pub name: String,
    pub clan: String,
    pub observe: u8,
    /// Empty in practice; the slot has the account.
    pub toon: String,
    pub mmr: Option<i64>,
}

/// A place in the game. The account in it is the one to trust: users and
/// players may be listed in any order.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LobbySlot {
    /// 2 human, 3 computer.
    pub control: u8,
    pub user: Option<u8>,
    pub team: u8,
    /// 0 plays.
    pub observe: u8,
    pub race_pref: Option<u8>,
    /// The account, such as `2-S2-1-1234567`.
    pub toon: String,
    pub slot: Option<u8>,
    pub tandem: Option<u8>,
    pub diff: u8,
    /// Percent of the full strength: 100 is none.
    pub handicap: u32,
    pub commander: String,
}

/// A user left the game.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LeaveEvent {
    #[serde(rename = "loop")]
    pub game_loop: u32,
    pub user_id: u8,
    pub reason: u8,
}

/// What a user wrote to others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChatMessage {
    #[serde(rename = "loop")]
    pub game_loop: u32,
    pub user_id: u8,
    /// 0 all, 1 allies, 2 one user, 3 Battle.net, 4 observers.
    pub recipient: u8,
    /// At most 2,047 bytes in the file.
    pub text: String,
}
