//! What a player sees, as data. The backend says what, the frontend finds the words.

use crate::event::{Judgement, Names};
use crate::frame::{Decode, Encode};
use crate::ids::{JobId, MatchId, PlayerId};
use crate::replay::Fault;
use crate::staff::StaffRole;
use crate::vocab::{
    GameRegion, Locale, Mmr, Outcome, Race, RaceChoice, Refusal, Region, Server, Timestamp, Toon, Verdict,
};

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
    News(News),
}

/// Something that happened to a player without their doing.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum News {
    /// The result of a match was corrected or taken back, which moved this rating of the player's.
    RatingCorrected {
        match_id: MatchId,
        race: Race,
        before: Mmr,
        after: Mmr,
    },
    /// By staff, as all that follow. For good without `until`.
    Banned {
        until: Option<Timestamp>,
        reason: String,
    },
    /// By time; with a reason, by staff.
    BanEnded {
        reason: Option<String>,
    },
    TimedOut {
        until: Timestamp,
        reason: String,
    },
    TimeOutLifted {
        reason: String,
    },
    AbortsReset {
        reason: String,
    },
    RemovedFromQueue {
        reason: String,
    },
    /// The opponent was taken off the ladder; `requeued` says that the player waits again.
    MatchCancelled {
        match_id: MatchId,
        requeued: bool,
    },
    Renamed {
        name: String,
        reason: String,
    },
    RoleSet {
        role: Option<StaffRole>,
        reason: String,
    },
    Announcement {
        text: String,
    },
    ToonsAllowed {
        region: GameRegion,
        count: u8,
        reason: String,
    },
    ToonUnbound {
        toon: Toon,
        reason: String,
    },
}

/// Which card goes out first where many are due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// A match, whose time runs.
    Match,
    /// What comes of something the player did.
    Answer,
    /// All else, which may go to everyone at once.
    News,
}

impl CardView {
    pub fn urgency(&self) -> Urgency {
        match self {
            CardView::Match(_) | CardView::Reminder { .. } => Urgency::Match,
            CardView::Replay(_) | CardView::Notice { .. } => Urgency::Answer,
            CardView::News(_) => Urgency::News,
        }
    }
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
    /// The nearest opponent is `gap` away, and `window` is accepted in the next wave.
    /// `fits_at` is when the gap will be accepted.
    TooFar {
        gap: u32,
        window: u32,
        fits_at: Timestamp,
    },
    /// Someone fits; the next wave will see.
    Fits,
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
    pub outcome: Outcome,
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
