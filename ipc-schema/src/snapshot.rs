//! The whole state of the ladder at one record, as it is stored: in parts, each small enough for a
//! message between processes.
//!
//! These types are a disk format, version [`FORMAT`]. They hold what cannot be made from the rest:
//! indices, and orders that follow from what is ordered, are rebuilt by whoever loads them. Like the
//! events, they are written by position: variants and the words they use ([`crate::event`],
//! [`crate::vocab`], and of [`crate::view`] `CaseClosing`, `News`, `Post`, `ReplayView`, `UploadEnd`) are appended to and never
//! changed; a field more makes another format, with an upgrade from this one.

use crate::db_writer::StoredReply;
use crate::event::{CaseKind, Crowd, Names, Pairing, Places, RatingChange, WhyNot};
use crate::frame::{self, Decode, Encode};
use crate::ids::{CardId, CaseId, ChannelId, JobId, Key, MatchId, MessageId, PlayerId, ProposalId, UserId};
use crate::notifications::Notifications;
use crate::staff::{StaffAct, StaffRole};
use crate::view::{CaseClosing, News, Post, ReplayView, UploadEnd};
use crate::vocab::{
    FileHash, GameRegion, Glicko, Locale, Mmr, Outcome, Race, RaceChoice, Refusal, Region, Timestamp, Toon,
    Verdict,
};

/// Version of the stored parts.
///
/// | version | change |
/// |---|---|
/// | 1 | the first layout; since then variants were appended: `Places`, `Settings`, `StoredContent::Queue`, `StoredContent::Post` |
pub const FORMAT: u16 = 1;

/// A piece of a snapshot. Rows are in the order of their numbers, over all parts of a kind.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub enum Part {
    /// Once, at the beginning.
    Numbers(Numbers),
    Players(Vec<StoredPlayer>),
    Ratings(Vec<StoredRating>),
    Queue(Vec<StoredPlace>),
    /// By class: Brood War, StarCraft II, both. Oldest first.
    Waits([Vec<StoredWait>; 3]),
    Activity(StoredActivity),
    /// Open ones, and closed ones that are kept whole.
    Matches(Vec<StoredMatch>),
    /// The closed ones of them, oldest first.
    Closed(Vec<MatchId>),
    Jobs(Vec<StoredJob>),
    Cards(Vec<StoredCard>),
    Cases(Vec<StoredCase>),
    /// The closed cases, oldest first, and which sets of unknown files staff were told of.
    CaseOrder {
        closed: Vec<CaseId>,
        told: Vec<CaseId>,
    },
    Staff(StoredStaff),
    /// Entries of the audit log, oldest first.
    StaffLog(Vec<(UserId, StoredProposal)>),
    Overrides(StoredOverrides),
    /// Sets of files that staff taught.
    Learned(Vec<StoredLearned>),
    /// The newest changes of the season, oldest first.
    SeasonHistory(Vec<StoredChange>),
    /// What moved ratings between results: each before the result of that index.
    RatingChanges(Vec<(u32, StoredRatingChange)>),
    /// Every match that was played, in closing order.
    Results(Vec<StoredResult>),
    /// Games that decided a match.
    Games(Vec<StoredGame>),
    /// Files that decided a match.
    SpentFiles(Vec<FileHash>),
    /// Files that are never read, and workers that others killed.
    BadFiles {
        quarantined: Vec<FileHash>,
        strikes: Vec<(FileHash, u8)>,
    },
    /// What was answered in the last minutes, oldest first.
    Answers(Vec<StoredAnswer>),
    /// Once, where the ladder speaks besides DMs; none while that is nowhere.
    Places(Places),
    /// Of the players for whom something of it is not as it is for a newcomer.
    Settings(Vec<StoredSettings>),
}

/// Whether an encoded [`Part`] has rows of which there is one for each match that was ever played: as many bytes
/// as all the rest, and work enough for a thread of its own.
pub fn is_of_matches(part: &[u8]) -> bool {
    // Results, Games, SpentFiles.
    frame::variant_of(part).is_some_and(|variant| (18..=20).contains(&variant))
}

/// What there is one of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Numbers {
    /// When the record of the snapshot was decided.
    pub at: Timestamp,
    /// The generator of chance; it says something once a wave fired.
    pub chance: u64,
    pub last_wave: Timestamp,
    pub lost_until: Timestamp,
    pub next_match: u64,
    pub next_job: u64,
    pub last_card: u64,
    pub last_case: u64,
    pub matches_paired: u64,
    pub matches_decided: u64,
    pub replays_parsed: u64,
    pub replays_failed: u64,
    /// Rows that were too old by then are not on the leaderboard.
    pub standings_clock: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct StoredPlayer {
    pub id: PlayerId,
    pub user: UserId,
    pub locale: Locale,
    pub channel: Option<ChannelId>,
    pub terms_accepted: bool,
    pub names: Option<Names>,
    /// Whether the unique name is another player's, and the unique BattleTag.
    pub name_is_of_other: bool,
    pub battle_tag_is_of_other: bool,
    pub region: Option<Region>,
    pub setup_finished: bool,
    pub races: RaceChoice,
    pub vetoes: Vec<String>,
    pub toons: Vec<StoredToon>,
    pub toon_allowances: Vec<(GameRegion, u8)>,
    pub last_map: Option<String>,
    pub recent_opponents: Vec<(PlayerId, Timestamp)>,
    /// Month counted from year 0, and how many in it.
    pub aborts: (u32, u8),
    /// Step and end.
    pub timeout: Option<(u8, Timestamp)>,
    pub ban: Option<StoredBan>,
    pub last_match: Option<MatchId>,
}

/// An account of a player.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct StoredToon {
    pub region: GameRegion,
    pub toon: Toon,
    /// Whether it belongs to another player, or to nobody.
    pub is_of_other: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct StoredBan {
    pub until: Option<Timestamp>,
    pub reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Encode, Decode)]
pub struct StoredRating {
    pub player: PlayerId,
    pub race: Race,
    pub mmr: Mmr,
    pub wins: u32,
    pub losses: u32,
    pub draws: u32,
    pub last_played: Timestamp,
    pub glicko: Glicko,
    /// Whether the row is on the leaderboard.
    pub is_listed: bool,
}

/// A place in the queue.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct StoredPlace {
    pub player: PlayerId,
    pub entry: StoredEntry,
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct StoredEntry {
    pub since: Timestamp,
    pub waves: u32,
    pub races: RaceChoice,
    pub vetoes: Vec<String>,
    pub left_out: Option<(WhyNot, Crowd)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct StoredWait {
    pub ended: Timestamp,
    pub length_ms: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct StoredActivity {
    pub hours: Vec<StoredHour>,
    /// Who joined in the newest hour, and whether with a race of Brood War and of StarCraft II.
    pub seen: Vec<(PlayerId, bool, bool)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct StoredHour {
    pub number: u64,
    pub joins: u32,
    pub players: u32,
    pub bw: u32,
    pub sc2: u32,
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct StoredMatch {
    pub pairing: Pairing,
    pub paired_at: Timestamp,
    pub cards: [CardId; 2],
    pub entries: [StoredEntry; 2],
    pub reports: [Option<(Outcome, Timestamp)>; 2],
    pub uploads: Vec<StoredUpload>,
    pub phase: StoredPhase,
}

#[derive(Debug, Clone, Copy, PartialEq, Encode, Decode)]
pub enum StoredPhase {
    Confirming {
        seats: [StoredSeat; 2],
        deadline: Timestamp,
    },
    Playing {
        since: Timestamp,
        deadline: Timestamp,
        reminders: u8,
    },
    Closed {
        at: Timestamp,
        since: Option<Timestamp>,
        verdict: Verdict,
        ratings: Option<[RatingChange; 2]>,
        requeued: [bool; 2],
        disputed: [Option<Timestamp>; 2],
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct StoredSeat {
    pub found: Option<Timestamp>,
    pub reminded: bool,
    pub confirmed: bool,
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct StoredUpload {
    pub job: JobId,
    /// 0 or 1.
    pub slot: u8,
    pub hash: FileHash,
    pub at: Timestamp,
    pub end: UploadEnd,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct StoredJob {
    pub id: JobId,
    pub match_id: MatchId,
    pub player: PlayerId,
    pub hash: FileHash,
    pub bytes: u32,
    pub uploaded_at: Timestamp,
    pub card: CardId,
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct StoredCard {
    pub id: CardId,
    pub player: PlayerId,
    pub content: StoredContent,
    pub version: u32,
    pub shown: u32,
    pub message: Option<(ChannelId, MessageId)>,
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub enum StoredContent {
    Match(MatchId),
    Reminder {
        match_id: MatchId,
        deadline: Timestamp,
    },
    Replay(ReplayView),
    Notice {
        refusal: Refusal,
        files: u32,
    },
    News(News),
    PlayReminder {
        match_id: MatchId,
        number: u8,
        deadline: Timestamp,
    },
    Queue {
        since: Timestamp,
        at: Timestamp,
        waiting: Crowd,
        replaces: Option<(ChannelId, MessageId)>,
    },
    /// Its player is 0, who is nobody.
    Post(Post),
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct StoredCase {
    pub id: CaseId,
    pub match_id: MatchId,
    pub kind: CaseKind,
    pub opened_at: Timestamp,
    pub closed: Option<CaseClosing>,
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct StoredStaff {
    pub roles: Vec<(UserId, StaffRole)>,
    pub proposals: Vec<(UserId, StoredProposal)>,
    pub last_proposal: u64,
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct StoredProposal {
    pub id: ProposalId,
    pub act: StaffAct,
    pub reason: String,
    pub before: String,
    pub after: String,
    pub at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct StoredOverrides {
    /// Name and text.
    pub knobs: Vec<(String, String)>,
    pub fakes: Vec<(String, bool)>,
    pub retired: Vec<StoredScope>,
    /// How many changes there ever were.
    pub changes: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct StoredScope {
    pub release: String,
    pub region: Option<GameRegion>,
    pub map: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct StoredLearned {
    pub release: String,
    pub region: GameRegion,
    pub map: String,
    pub files: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct StoredChange {
    pub by: UserId,
    pub reason: String,
    pub at: Timestamp,
    pub what: StoredChanged,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum StoredChanged {
    Knob { name: String, before: String, after: String },
    Learned(StoredLearned),
    Retired(StoredScope),
    Fake { file: String, fake: bool },
}

#[derive(Debug, Clone, Copy, PartialEq, Encode, Decode)]
pub enum StoredRatingChange {
    System { start: Mmr, scale: f64, k: f64 },
    Adjusted { player: PlayerId, race: Race, points: i32 },
}

/// A match that was played, in 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct StoredResult {
    pub at: Timestamp,
    pub players: [u32; 2],
    /// Of both after it, as told when it was closed.
    pub mmr: [Mmr; 2],
    pub match_id: u32,
    /// Places in [`Race::ALL`].
    pub races: [u8; 2],
    /// 0 to 2: it counts, with that place in [`Outcome::ALL`] for the first of the two; 3: it has no
    /// result; 4: it is void.
    pub standing: u8,
    pub was_rated: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct StoredGame {
    pub random_seed: u32,
    pub toons: [Toon; 2],
    pub match_id: MatchId,
}

/// What a player wants to be told, and can be.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct StoredSettings {
    pub player: PlayerId,
    pub notifications: Notifications,
    pub notifications_passed: bool,
    pub guide_read: bool,
    /// Since when messages do not reach the player.
    pub dms_closed: Option<Timestamp>,
    pub last_ping: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct StoredAnswer {
    pub at: Timestamp,
    pub key: Key,
    pub reply: StoredReply,
}
