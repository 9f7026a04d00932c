//! What can become true. The ladder's state is the fold of these, live and at load, so an event
//! carries its time and everything chance or a clock decided.

use crate::frame::{Decode, Encode};
use crate::ids::{CardId, ChannelId, JobId, MatchId, MessageId, PlayerId, UserId};
use crate::replay::{Fault, ReplayFacts};
use crate::vocab::{
    FileHash, GameRegion, Locale, Mmr, Race, RaceChoice, Refusal, Region, Server, Timestamp, Toon, Verdict,
};

/// bincode writes a variant as its position: append at the end, retire a variant by renaming it
/// `Retired…`, never reorder.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub enum Event {
    /// First contact of a Discord account.
    PlayerJoined {
        player: PlayerId,
        user: UserId,
        locale: Locale,
        at: Timestamp,
    },
    /// The DM in which the player can be reached, as seen in an interaction or a delivery.
    ChannelSeen {
        player: PlayerId,
        channel: ChannelId,
    },
    LocaleSet {
        player: PlayerId,
        locale: Locale,
    },
    TermsAnswered {
        player: PlayerId,
        accepted: bool,
        at: Timestamp,
    },
    NamesSet {
        player: PlayerId,
        names: Names,
    },
    RegionSet {
        player: PlayerId,
        region: Region,
    },
    SetupFinished {
        player: PlayerId,
        at: Timestamp,
    },

    RacesChosen {
        player: PlayerId,
        races: RaceChoice,
    },
    VetoesChosen {
        player: PlayerId,
        maps: Vec<String>,
    },
    Queued {
        player: PlayerId,
        at: Timestamp,
    },
    LeftQueue {
        player: PlayerId,
        at: Timestamp,
    },
    /// One round of matching. `generator` is the state of the chance generator after it.
    WaveFired {
        at: Timestamp,
        pairings: Vec<Pairing>,
        generator: u64,
    },

    /// "Match found" reached a player, which may move the deadline of the match.
    Found {
        match_id: MatchId,
        player: PlayerId,
        deadline: Timestamp,
        at: Timestamp,
    },
    Confirmed {
        match_id: MatchId,
        player: PlayerId,
        at: Timestamp,
    },
    /// The reminder of a player who has not confirmed.
    Reminded {
        match_id: MatchId,
        player: PlayerId,
    },
    /// Both confirmed.
    Started {
        match_id: MatchId,
        at: Timestamp,
        deadline: Timestamp,
    },
    /// The ladder could not serve its players for so long; the deadlines of open matches move by it.
    TimeLost {
        lost_ms: u64,
        at: Timestamp,
    },
    /// A player used up one of the month's aborts.
    AbortSpent {
        player: PlayerId,
        month: u32,
    },
    /// A player may not queue until then; `step` is how far up the ladder of time-outs it is.
    TimedOut {
        player: PlayerId,
        step: u8,
        until: Timestamp,
    },
    /// Back in the queue after a match that the other player let down, with the old waiting time.
    Requeued {
        player: PlayerId,
        since: Timestamp,
        waves: u32,
    },
    /// How a match ended; `ratings` where it moves them, in slot order.
    Closed {
        match_id: MatchId,
        verdict: Verdict,
        ratings: Option<[RatingChange; 2]>,
        at: Timestamp,
    },

    /// A file is stored and waits for a worker.
    ReplayTaken {
        job: JobId,
        match_id: MatchId,
        player: PlayerId,
        hash: FileHash,
        bytes: u32,
        at: Timestamp,
    },
    /// A worker read it, and the rules judged it.
    ReplayJudged {
        job: JobId,
        facts: Box<ReplayFacts>,
        judgement: Judgement,
        at: Timestamp,
    },
    /// No worker could read it. `strikes` counts the workers it killed.
    ReplayFailed {
        job: JobId,
        fault: Fault,
        strikes: u8,
        at: Timestamp,
    },
    /// A worker died over the job, which goes to another.
    ReplayStruck {
        job: JobId,
        strikes: u8,
    },
    /// The first verified match of a player in a game region.
    ToonBound {
        player: PlayerId,
        region: GameRegion,
        toon: Toon,
    },

    /// A refusal of something that came without an interaction, and so is told by message.
    NoticeDue {
        player: PlayerId,
        refusal: Refusal,
        at: Timestamp,
    },
    /// A version of a card reached the player.
    CardShown {
        card: CardId,
        version: u32,
        channel: ChannelId,
        message: MessageId,
        at: Timestamp,
    },
    /// A card cannot reach the player: Discord says so for good.
    CardLost {
        card: CardId,
        version: u32,
        at: Timestamp,
    },
    /// The message behind a card is gone; the card is posted anew.
    CardGone {
        card: CardId,
    },
    /// As [`Event::NoticeDue`], for several files at once.
    FilesRefused {
        player: PlayerId,
        refusal: Refusal,
        files: u32,
        at: Timestamp,
    },
    /// So many replays are read before that of the job; none: it is being read.
    ReplayPlaced {
        job: JobId,
        before: u32,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Names {
    pub name: String,
    pub battle_tag: String,
    pub alternatives: Vec<String>,
    /// ISO 3166-1 alpha-2, or XX (does not say), ZZ (other).
    pub country: String,
}

/// Two players who are to play, decided by a wave. Slot 0 plays Brood War, slot 1 StarCraft II.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Pairing {
    pub match_id: MatchId,
    pub players: [PlayerId; 2],
    pub races: [Race; 2],
    /// The season's key of the map.
    pub map: String,
    pub server: Server,
    pub confirm_deadline: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct RatingChange {
    pub player: PlayerId,
    pub race: Race,
    pub before: Mmr,
    pub after: Mmr,
}

/// What the rules say of a replay, check by check.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Judgement {
    pub checks: Vec<Check>,
    pub outcome: Judged,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum Judged {
    /// Slot and ground of the winner.
    Decided { winner: u8, ground: crate::vocab::Ground },
    /// All checks passed, but nothing in the file says who won.
    Undecided,
    /// A check failed; the match goes on.
    Rejected,
    /// The match had ended before the file was read.
    TooLate,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Check {
    pub kind: CheckKind,
    pub grade: Grade,
    /// Data, not words: a name, a title, a number.
    pub expected: String,
    pub found: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum CheckKind {
    Readable,
    Identity,
    Races,
    Map,
    Time,
    Reuse,
}

impl CheckKind {
    pub const ALL: [CheckKind; 6] = [
        CheckKind::Readable,
        CheckKind::Identity,
        CheckKind::Races,
        CheckKind::Map,
        CheckKind::Time,
        CheckKind::Reuse,
    ];

    pub fn code(self) -> &'static str {
        match self {
            CheckKind::Readable => "readable",
            CheckKind::Identity => "identity",
            CheckKind::Races => "races",
            CheckKind::Map => "map",
            CheckKind::Time => "time",
            CheckKind::Reuse => "reuse",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum Grade {
    Passed,
    Warning,
    Failed,
}
