//! What a player sees, as data. The backend says what, the frontend finds the words.

use crate::event::{Judgement, Names};
use crate::frame::{Decode, Encode};
use crate::ids::{JobId, MatchId, PlayerId};
use crate::replay::Fault;
use crate::vocab::{Locale, Mmr, Race, RaceChoice, Refusal, Region, Server, Timestamp, Verdict};

/// What a card shows at one version.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub enum CardView {
    Match(Box<MatchView>),
    /// "Match found" still waits for the player's press.
    Reminder {
        match_id: MatchId,
        deadline: Timestamp,
    },
    Replay(Box<ReplayView>),
    /// Why something that came by message was not taken; `files` is how many, from 1.
    Notice {
        refusal: Refusal,
        files: u32,
    },
}

/// Where the player stands in `/setup`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SetupView {
    pub step: SetupStep,
    pub locale: Locale,
    pub terms_accepted: bool,
    pub names: Option<Names>,
    pub region: Option<Region>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum SetupStep {
    /// Language and terms.
    Terms,
    /// The modal with names, BattleTag and country.
    Names,
    Region,
    /// Everything is there; one press ends it.
    Preview,
    Done,
}

/// What `/queue` shows.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct QueueView {
    pub races: RaceChoice,
    /// Keys of the vetoed maps.
    pub vetoes: Vec<String>,
    pub vetoes_allowed: u8,
    /// The season's maps: key and title.
    pub maps: Vec<(String, String)>,
    pub next_wave: Timestamp,
    pub waiting: Waiting,
    /// Some while the player waits.
    pub entry: Option<EntryView>,
}

/// How many wait, by what they can play.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
pub struct Waiting {
    pub bw: u32,
    pub sc2: u32,
    pub both: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct EntryView {
    pub since: Timestamp,
    pub hint: QueueHint,
    /// When a match is to be expected, by what others waited; None where too few were seen.
    pub expected: Option<Timestamp>,
}

/// Why there is no match yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum QueueHint {
    /// The next wave is the first chance.
    FirstWave,
    Alone,
    /// Nobody waits who could play the other era.
    NobodyOfOtherEra {
        era: crate::vocab::Era,
    },
    /// The nearest opponent is `gap` away, and `window` is accepted so far. `fits_at` is when the gap
    /// will be accepted.
    TooFar {
        gap: u32,
        window: u32,
        fits_at: Timestamp,
    },
    /// Someone fits; the next wave will see.
    Fits,
    /// So many fitted in the last wave, and all of them were paired with others; how many waited then.
    Outnumbered {
        fitting: u32,
        waiting: Waiting,
    },
}

/// A match from one player's side.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct MatchView {
    pub match_id: MatchId,
    pub phase: MatchPhase,
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub enum MatchPhase {
    /// Nothing about opponent, race, map or server before both confirmed.
    Confirming {
        deadline: Timestamp,
        you_confirmed: bool,
        aborts_left: u8,
    },
    Playing {
        sheet: Box<MatchSheet>,
        deadline: Timestamp,
    },
    Closed {
        verdict: Verdict,
        your_slot: u8,
        requeued: bool,
        result: Option<Box<ResultView>>,
    },
}

/// All that two players need to meet in the game.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct MatchSheet {
    pub you: SheetPlayer,
    pub opponent: SheetPlayer,
    /// The season's key of the map.
    pub map: String,
    pub map_title: String,
    pub map_author: String,
    /// `battlenet:://…` for the server's game region.
    pub map_link: String,
    pub mod_title: String,
    pub mod_link: String,
    pub server: Server,
    pub chat_channel: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SheetPlayer {
    pub name: String,
    pub country: String,
    pub region: Region,
    pub race: Race,
    pub mmr: Mmr,
    pub battle_tag: String,
    pub alternatives: Vec<String>,
}

/// How a played match moved the ratings.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ResultView {
    pub won: bool,
    pub opponent: String,
    pub map_title: String,
    pub race: Race,
    pub opponent_race: Race,
    pub before: Mmr,
    pub after: Mmr,
}

/// A replay on its way through the ladder.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ReplayView {
    pub job: JobId,
    pub match_id: MatchId,
    pub stage: ReplayStage,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum ReplayStage {
    Reading,
    /// Waits for a worker, behind so many others.
    InLine {
        before: u32,
    },
    Judged {
        judgement: Judgement,
        winner: Option<String>,
    },
    Failed {
        fault: Fault,
    },
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct LeaderboardView {
    /// From 0.
    pub page: u32,
    pub pages: u32,
    pub rows: Vec<LeaderboardRow>,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct LeaderboardRow {
    /// In the whole ladder, from 1.
    pub place: u32,
    pub player: PlayerId,
    pub name: String,
    pub country: String,
    pub race: Race,
    pub mmr: Mmr,
    pub wins: u32,
    pub losses: u32,
}

/// How a player stands.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ProfileView {
    pub name: String,
    pub country: String,
    pub region: Option<Region>,
    /// Best first.
    pub ratings: Vec<ProfileRating>,
    /// The last days, shortest period first.
    pub periods: Vec<Period>,
    /// Won matches in a row, or lost ones below 0.
    pub streak: i32,
    /// The asker's won and lost matches against the player; None for one's own profile.
    pub against_you: Option<(u32, u32)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ProfileRating {
    pub race: Race,
    pub mmr: Mmr,
    /// In the whole ladder, from 1.
    pub place: u32,
    pub wins: u32,
    pub losses: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Period {
    pub days: u16,
    pub wins: u32,
    pub losses: u32,
}
