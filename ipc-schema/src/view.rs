//! What a player sees, as data. The backend says what, the frontend finds the words.

use crate::event::{CaseKind, Judged, Judgement, Names, RatingChange};
use crate::frame::{Decode, Encode};
use crate::ids::{CardId, CaseId, ChannelId, GuildId, JobId, MatchId, PlayerId, RoleId, UserId};
use crate::notifications::Notifications;
use crate::replay::Fault;
use crate::staff::StaffRole;
use crate::vocab::{
    CountryCode, FileHash, GameRegion, Locale, Mmr, Outcome, Race, RaceChoice, Rank, Refusal, Region, Server,
    Timestamp, Toon, Verdict,
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
    /// A match is being played and its time limit comes nearer; `number` from 1.
    PlayReminder {
        match_id: MatchId,
        number: u8,
        deadline: Timestamp,
    },
    /// The queue as it is, for who waits or waited a moment ago.
    Queue(Box<QueueView>),
    /// Nobody's own: a message in a channel.
    Post(Box<PostView>),
}

/// What a card is about that is in a channel instead of a player's DM. Stored in snapshots: append only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum Post {
    /// The line of a decided match in the log of matches.
    Result(MatchId),
    /// A case in the channel of staff.
    Case(CaseId),
    /// The match sheet in the private thread of the match.
    Thread(MatchId),
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub enum PostView {
    Result(ResultLine),
    Case(CaseView),
    Thread(ThreadView),
}

/// How a match ended, from neither player's side.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ResultLine {
    pub match_id: MatchId,
    /// In slot order.
    pub players: [ResultPlayer; 2],
    /// None for a match that is no longer kept.
    pub map_title: Option<String>,
    pub verdict: Verdict,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ResultPlayer {
    pub name: String,
    pub race: Race,
    /// MMR before and after; None where another verdict moved it, which concerns more than this match.
    pub ratings: Option<(Mmr, Mmr)>,
}

/// A match as both players and staff see it in its thread.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum ThreadView {
    Playing {
        match_id: MatchId,
        /// `you` is the player of slot 0.
        sheet: Box<MatchSheet>,
        deadline: Timestamp,
    },
    Over(ResultLine),
}

/// Where a card is shown that is nobody's own.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum PostPlace {
    /// A channel. The role is mentioned when the card is posted.
    Channel { channel: ChannelId, role: Option<RoleId> },
    /// A private thread of its own.
    Thread(Box<ThreadPlace>),
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ThreadPlace {
    pub guild: GuildId,
    /// The channel under which it is.
    pub parent: ChannelId,
    /// By which it is found again, together with the time: it is not older than `since`.
    pub name: String,
    pub since: Timestamp,
    pub members: Vec<UserId>,
    /// Mentioned when the card is posted.
    pub role: Option<RoleId>,
    /// The match is over: the thread is archived and locked.
    pub is_over: bool,
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
    /// Staff gave a match of the player's another verdict.
    MatchResolved {
        match_id: MatchId,
        verdict: Verdict,
        your_slot: u8,
    },
    /// Staff moved this rating of the player's.
    MmrAdjusted {
        race: Race,
        before: Mmr,
        after: Mmr,
        reason: String,
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
    /// As [`News::MatchResolved`], with the reason that staff gave.
    MatchRuled {
        match_id: MatchId,
        verdict: Verdict,
        your_slot: u8,
        reason: String,
    },
    /// Somebody queued then with these races, and nobody waits who could be the opponent.
    SomebodyQueues {
        races: RaceChoice,
        at: Timestamp,
    },
    /// Messages reach the player, who asked whether they do.
    DmsOpen,
}

/// Which card goes out first where many are due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// A match that was found, and what follows its confirmation: its time runs.
    Match,
    /// What comes of something the player did: a result, or why a file was not taken.
    Answer,
    /// How something goes on that the player knows of.
    Edit,
    /// All else, which may go to everyone at once.
    News,
    /// What only keeps a message true that is there already.
    Live,
}

impl CardView {
    pub fn urgency(&self) -> Urgency {
        match self {
            CardView::Match(match_) => match &match_.phase {
                MatchPhase::Confirming { .. } => Urgency::Match,
                // The sheet is the start of the match; who reported can wait.
                MatchPhase::Playing { claims, .. } if *claims == Claims::default() => Urgency::Match,
                MatchPhase::Playing { .. } => Urgency::Edit,
                MatchPhase::Closed { .. } => Urgency::Answer,
            },
            CardView::Reminder { .. } | CardView::PlayReminder { .. } => Urgency::Match,
            CardView::Replay(_) => Urgency::Edit,
            CardView::Notice { .. } => Urgency::Answer,
            CardView::News(_) => Urgency::News,
            CardView::Queue(_) => Urgency::Live,
            CardView::Post(post) => match **post {
                PostView::Thread(_) | PostView::Case(_) => Urgency::Answer,
                PostView::Result(_) => Urgency::News,
            },
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
    pub notifications: Notifications,
}

/// A card that is held back because Discord does not bring messages to the player.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct HeldCard {
    pub card: CardId,
    pub version: u32,
    pub view: CardView,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum SetupStep {
    /// Language and terms.
    Terms,
    /// The modal with names, BattleTag and country.
    Names,
    Region,
    /// Which messages beyond the necessary.
    Notifications,
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
    /// The player is in a match.
    pub in_match: bool,
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
        claims: Claims,
    },
    Closed {
        verdict: Verdict,
        your_slot: u8,
        requeued: bool,
        result: Option<Box<ResultView>>,
        claims: Claims,
        dispute: Dispute,
    },
}

/// What the two reported, as far as one of them may know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
pub struct Claims {
    pub yours: Option<Outcome>,
    pub opponent_reported: bool,
}

/// Whether a player may dispute a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum Dispute {
    /// There is none to dispute, or not any more.
    No,
    Until(Timestamp),
    /// The player did.
    Filed,
}

/// A case with everything that staff need to decide it.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct CaseView {
    pub case: CaseId,
    pub kind: CaseKind,
    pub opened_at: Timestamp,
    pub closed: Option<CaseClosing>,
    pub match_id: MatchId,
    /// None for a closed case whose match is no longer kept.
    pub match_: Option<Box<CaseMatch>>,
}

/// How a case was closed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct CaseClosing {
    pub by: UserId,
    /// Empty where a verdict on the match closed it.
    pub note: String,
    pub at: Timestamp,
}

/// The match of a case, both sides of it.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct CaseMatch {
    pub players: [CasePlayer; 2],
    /// The season's key, and the title.
    pub map: String,
    pub map_title: String,
    pub server: Server,
    pub paired_at: Timestamp,
    pub started_at: Option<Timestamp>,
    /// None while it is played.
    pub closed: Option<(Timestamp, Verdict)>,
    /// How the verdict moved the ratings, in slot order.
    pub ratings: Option<[RatingChange; 2]>,
    pub uploads: Vec<CaseUpload>,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct CasePlayer {
    pub player: PlayerId,
    pub user: UserId,
    pub name: String,
    pub race: Race,
    /// What the player reported, and when.
    pub report: Option<(Outcome, Timestamp)>,
    pub disputed_at: Option<Timestamp>,
}

/// A replay that was sent for the match of a case, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct CaseUpload {
    pub job: JobId,
    /// Of the player who sent it.
    pub slot: u8,
    pub hash: FileHash,
    pub at: Timestamp,
    pub end: UploadEnd,
}

/// What came of a replay.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum UploadEnd {
    InLine,
    /// One that came too late to decide the match, as if it had come in time.
    Judged(Judged),
    Failed(Fault),
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
    /// Of the races of the match, as far as the reader has not been told.
    pub known_problems: Vec<RaceProblem>,
}

/// A known problem of a race, in the reader's language.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct RaceProblem {
    pub race: Race,
    pub says: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SheetPlayer {
    pub name: String,
    pub country: String,
    pub region: Region,
    pub race: Race,
    pub mmr: Mmr,
    /// None while unranked.
    pub rank: Option<Rank>,
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

/// Which rows of the leaderboard are asked for; all of them by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
pub struct LeaderboardFilter {
    pub race: Option<Race>,
    pub country: Option<CountryCode>,
    pub rank: Option<Rank>,
    /// Of each player only the best race.
    pub best: bool,
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct LeaderboardView {
    /// From 0.
    pub page: u32,
    /// At least 1.
    pub pages: u32,
    pub filter: LeaderboardFilter,
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
    pub rank: Rank,
    /// Too few games for a rating to be sure of.
    pub provisional: bool,
    pub record: GameRecord,
}

/// How games ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
pub struct GameRecord {
    pub wins: u32,
    pub losses: u32,
    pub draws: u32,
}

impl GameRecord {
    pub fn games(self) -> u32 {
        self.wins.saturating_add(self.losses).saturating_add(self.draws)
    }
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
    /// The asker's matches against the player; None for one's own profile.
    pub against_you: Option<GameRecord>,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ProfileRating {
    pub race: Race,
    pub mmr: Mmr,
    /// Place in the whole ladder, from 1, and rank; None while the row is not on the leaderboard.
    pub place: Option<(u32, Rank)>,
    /// Too few games for a rating to be sure of.
    pub provisional: bool,
    pub record: GameRecord,
    /// The MMR after each match that counts, as it was told then, oldest first and thinned where there are
    /// many. It ends with `mmr`.
    pub history: Vec<(Timestamp, Mmr)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Period {
    pub days: u16,
    pub record: GameRecord,
}

/// When players queue.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ActivityView {
    pub days: u16,
    /// How many minutes the reader's clock is ahead of UTC, where the ladder knows it.
    pub utc_offset_min: Option<i16>,
    /// The 24 hours of a day, the present one last.
    pub hours: Vec<ActivityHour>,
}

/// One hour of the day, all days of the period together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct ActivityHour {
    /// When it last began.
    pub at: Timestamp,
    /// How often someone joined the queue.
    pub joins: u32,
    /// Who did: each player once an hour.
    pub players: u32,
    /// Those of them who could play Brood War, and StarCraft II; some could play both.
    pub bw: u32,
    pub sc2: u32,
}
