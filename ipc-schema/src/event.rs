//! What can become true. The ladder's state is the fold of these, live and at load, so an event
//! carries its time and everything chance or a clock decided.

use crate::frame::{Decode, Encode};
use crate::ids::{
    CardId, CaseId, ChannelId, GuildId, JobId, MatchId, MessageId, PlayerId, ProposalId, RoleId, UserId,
};
use crate::notifications::Notifications;
use crate::replay::{Fault, ReplayFacts};
use crate::staff::{StaffAct, StaffRole};
use crate::vocab::{
    Era, FileHash, GameRegion, Glicko, Locale, Mmr, Outcome, Race, RaceChoice, Refusal, Region, Server,
    Timestamp, Toon, Verdict,
};

mod findings;

pub use findings::{ModFinding, NotAFinding, SeatsFinding};

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

    /// A game counted though no list says whether its files are the official mod's: staff have to
    /// look at them once. `map` is the season's key; `files` are SHA-256 in hex, sorted.
    ModUnverified {
        job: JobId,
        match_id: MatchId,
        region: GameRegion,
        map: String,
        files: Vec<String>,
        at: Timestamp,
    },
    /// A replay claims a match for an account that belongs to `owner`, who does not play it. Staff
    /// are told.
    ToonClashed {
        job: JobId,
        match_id: MatchId,
        toon: Toon,
        owner: PlayerId,
        at: Timestamp,
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

    /// Staff set a number of the rules. Both values are as the season's file would have them.
    KnobSet {
        name: String,
        before: String,
        after: String,
        by: UserId,
        reason: String,
        at: Timestamp,
    },
    /// All files that an official game of a release on a map loads. `map` is the season's key;
    /// `files` are SHA-256 in hex, sorted.
    HandlesLearned {
        release: String,
        region: GameRegion,
        map: String,
        files: Vec<String>,
        by: UserId,
        reason: String,
        at: Timestamp,
    },
    /// What games of a release load counts no more, whether learned or built in: in one game region
    /// or all, on one map or all.
    HandlesRetired {
        release: String,
        region: Option<GameRegion>,
        map: Option<String>,
        by: UserId,
        reason: String,
        at: Timestamp,
    },
    /// Whether a file, by its SHA-256 in hex, is one that only unofficial copies of the mod have.
    FakeMarked {
        file: String,
        fake: bool,
        by: UserId,
        reason: String,
        at: Timestamp,
    },
    /// How many accounts of a game region verified matches may bind for a player.
    ToonsAllowed {
        player: PlayerId,
        region: GameRegion,
        count: u8,
        by: UserId,
        reason: String,
        at: Timestamp,
    },
    /// An account is the player's no more, and free to be bound anew.
    ToonUnbound {
        player: PlayerId,
        toon: Toon,
        by: UserId,
        reason: String,
        at: Timestamp,
    },
    /// How a match ended by a player's own account, instead of what the same player reported before.
    Reported {
        match_id: MatchId,
        player: PlayerId,
        outcome: Outcome,
        at: Timestamp,
    },
    /// A player does not agree with how a match was decided. The result stands until staff decide.
    Disputed {
        match_id: MatchId,
        player: PlayerId,
        at: Timestamp,
    },
    /// Both players of a running match are reminded of its time limit; `number` from 1.
    PlayReminded {
        match_id: MatchId,
        number: u8,
        at: Timestamp,
    },
    /// What a replay would have decided that was judged after its match had ended. It follows the
    /// judgement, and is for staff.
    ReplayAttached {
        job: JobId,
        match_id: MatchId,
        outcome: Judged,
        at: Timestamp,
    },
    /// Staff have to look at a match; follows the event that is the reason.
    CaseOpened {
        case: CaseId,
        match_id: MatchId,
        kind: CaseKind,
        at: Timestamp,
    },
    /// Staff have looked at it, and the match stays as it is.
    CaseClosed {
        case: CaseId,
        by: UserId,
        note: String,
        at: Timestamp,
    },
    /// What a wave had before it, and why it left players without a match. It follows the `WaveFired`
    /// of the same time.
    WaveWeighed {
        at: Timestamp,
        waiting: Crowd,
        unmatched: Vec<Unmatched>,
    },
    /// The numbers that ratings follow from here on: what an unrated player has, and Elo's scale
    /// and K.
    RatingSystem {
        mmr_start: Mmr,
        mmr_scale: f64,
        mmr_k: f64,
        at: Timestamp,
    },
    /// The Glicko-2 ratings that a match left, in slot order; follows its [`Event::Closed`].
    Rated {
        match_id: MatchId,
        rows: [RatedRow; 2],
    },
    /// Staff moved a rating by so many points.
    MmrAdjusted {
        player: PlayerId,
        race: Race,
        points: i32,
        by: UserId,
        reason: String,
        at: Timestamp,
    },
    /// Staff gave a match another verdict than it had. The ratings that this moves follow in
    /// [`Event::Rerated`].
    Resolved {
        match_id: MatchId,
        verdict: Verdict,
        by: UserId,
        at: Timestamp,
    },
    /// Ratings that another verdict of a match moved, that match's and all later ones'. Very many
    /// come in several of these.
    Rerated {
        match_id: MatchId,
        rows: Vec<Rerating>,
    },
    /// What a Discord account may do; without a role it is no staff any more. Staff did it, or the
    /// environment names the owner.
    StaffSet {
        user: UserId,
        role: Option<StaffRole>,
        at: Timestamp,
    },
    /// A member of staff is asked whether to do this, which would bring `before` to `after`. It takes
    /// the place of what the same member was asked earlier.
    StaffProposed {
        proposal: ProposalId,
        by: UserId,
        act: StaffAct,
        reason: String,
        before: String,
        after: String,
        at: Timestamp,
    },
    StaffWithdrew {
        proposal: ProposalId,
        by: UserId,
    },
    /// The entry of the audit log. What the act made true follows.
    StaffActed {
        proposal: ProposalId,
        by: UserId,
        act: StaffAct,
        reason: String,
        before: String,
        after: String,
        at: Timestamp,
    },
    /// Until then; for good without it.
    Banned {
        player: PlayerId,
        until: Option<Timestamp>,
        reason: String,
        at: Timestamp,
    },
    /// By time, or by staff for a reason.
    BanEnded {
        player: PlayerId,
        reason: Option<String>,
        at: Timestamp,
    },
    /// All aborts of the month are the player's again.
    AbortsReset {
        player: PlayerId,
    },
    /// Which messages beyond the necessary a player wants.
    NotificationsSet {
        player: PlayerId,
        notifications: Notifications,
    },
    /// The player is done with the step of the setup that asks for them.
    NotificationsPassed {
        player: PlayerId,
    },
    GuideRead {
        player: PlayerId,
        at: Timestamp,
    },
    /// `by` queues with these races while nobody waits who could be the opponent; those are told.
    PlayersPinged {
        by: PlayerId,
        races: RaceChoice,
        pinged: Vec<PlayerId>,
        at: Timestamp,
    },
    /// Discord does not bring messages to the player. Until it does, cards are held back.
    DmsClosed {
        player: PlayerId,
        at: Timestamp,
    },
    /// A message reached the player, or one came from there. `greeted` where the player asked
    /// whether messages arrive, which a card answers.
    DmsOpened {
        player: PlayerId,
        greeted: bool,
        at: Timestamp,
    },
    /// A card that was held back was told by the answer to something the player did.
    CardTold {
        card: CardId,
        version: u32,
        at: Timestamp,
    },
    /// A player who waits is owed a message about the queue, which stays true until the wait is over.
    /// It takes the place of an older one that Discord soon lets nobody edit.
    QueueCardDue {
        player: PlayerId,
        replaces: Option<(ChannelId, MessageId)>,
        at: Timestamp,
    },
    /// What these players' messages about the queue say is no longer so.
    QueueCardsStale {
        players: Vec<PlayerId>,
        at: Timestamp,
    },
    /// The environment says where the ladder speaks besides the DMs of its players.
    PlacesSet {
        places: Places,
        at: Timestamp,
    },
}

/// Where the ladder speaks besides the DMs of its players. Nowhere by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
pub struct Places {
    /// The channel in which each decided match is a line.
    pub log: Option<ChannelId>,
    /// The channel in which each case is a card.
    pub staff: Option<ChannelId>,
    /// Who is mentioned on cases, and in the threads of matches.
    pub staff_role: Option<RoleId>,
    /// The server, and the channel of it under which each match gets a private thread.
    pub threads: Option<(GuildId, ChannelId)>,
}

/// Why staff have to look at a match. Stored by position, so new ones go to the end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum CaseKind {
    /// The players' reports contradict each other.
    Conflict,
    /// The time was over and only this player had reported.
    OneReport { by: PlayerId },
    /// A player does not agree with how it was decided.
    Dispute { by: PlayerId },
    /// As [`Event::ModUnverified`].
    Unverified { region: GameRegion, map: String, files: Vec<String> },
    /// As [`Event::ToonClashed`].
    Clash { toon: Toon, owner: PlayerId },
    /// A replay names another winner than the one the match was decided for.
    Contradiction { job: JobId },
}

impl CaseKind {
    /// The word for it in tables and texts.
    pub fn code(&self) -> &'static str {
        match self {
            CaseKind::Conflict => "conflict",
            CaseKind::OneReport { .. } => "one_report",
            CaseKind::Dispute { .. } => "dispute",
            CaseKind::Unverified { .. } => "unverified",
            CaseKind::Clash { .. } => "clash",
            CaseKind::Contradiction { .. } => "contradiction",
        }
    }
}

/// How many waited when a wave fired, by what they could play.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
pub struct Crowd {
    pub bw: u32,
    pub sc2: u32,
    pub both: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Unmatched {
    pub player: PlayerId,
    pub why: WhyNot,
}

/// Why a wave had no match for a player.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum WhyNot {
    Alone,
    /// Nobody waited who could have played this era.
    NobodyOfEra {
        era: Era,
    },
    /// The nearest opponent was `gap` away in MMR, and `window` was accepted.
    TooFar {
        gap: u32,
        window: u32,
    },
    /// So many fitted, and all of them were paired with others.
    Outnumbered {
        fitting: u32,
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

#[derive(Debug, Clone, Copy, PartialEq, Encode, Decode)]
pub struct RatedRow {
    pub player: PlayerId,
    pub race: Race,
    pub glicko: Glicko,
}

/// One rating that a correction moved.
#[derive(Debug, Clone, Copy, PartialEq, Encode, Decode)]
pub struct Rerating {
    pub player: PlayerId,
    pub race: Race,
    pub before: Mmr,
    pub after: Mmr,
    /// As it is after.
    pub glicko: Glicko,
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
    /// The match had ended by this very game: the opponent's file, or the same once more.
    AlreadyDecided,
    /// The match had ended, and staff look at how: they see this replay too, see
    /// [`Event::ReplayAttached`].
    ForStaff,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Check {
    pub kind: CheckKind,
    pub grade: Grade,
    /// Data, not words: a name, a title, a number.
    pub expected: String,
    pub found: String,
}

/// What a check is about. Beside each stand the forms of expected and found where they are more
/// than a name, a title or Discord's time stamps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum CheckKind {
    /// [`SeatsFinding`].
    Readable,
    /// Names, each with an account in brackets where one is known.
    Identity,
    /// Codes of races; a text of the replay where it says no race for certain.
    Races,
    Map,
    Time,
    /// `new`, or the number of the match that the game decided.
    Reuse,
    /// The account of somebody else. Only there when it fails.
    Owner,
    /// The mod's title; [`ModFinding`].
    Mod,
    /// How many.
    Observers,
    /// Battle.net's codes: `Norm` Normal, `NoMH` No Match History, and others. Empty if not recorded.
    Privacy,
    /// The number of the game's speed, from 0; 4 is Faster.
    Speed,
    /// Minutes, 0 for Infinite. Empty if not recorded.
    Duration,
    /// Whether alliances are locked: `yes` or `no`. Empty if not recorded.
    Alliances,
}

impl CheckKind {
    pub const ALL: [CheckKind; 13] = [
        CheckKind::Readable,
        CheckKind::Identity,
        CheckKind::Races,
        CheckKind::Map,
        CheckKind::Time,
        CheckKind::Reuse,
        CheckKind::Owner,
        CheckKind::Mod,
        CheckKind::Observers,
        CheckKind::Privacy,
        CheckKind::Speed,
        CheckKind::Duration,
        CheckKind::Alliances,
    ];

    pub fn code(self) -> &'static str {
        match self {
            CheckKind::Readable => "readable",
            CheckKind::Identity => "identity",
            CheckKind::Races => "races",
            CheckKind::Map => "map",
            CheckKind::Time => "time",
            CheckKind::Reuse => "reuse",
            CheckKind::Owner => "owner",
            CheckKind::Mod => "mod",
            CheckKind::Observers => "observers",
            CheckKind::Privacy => "privacy",
            CheckKind::Speed => "speed",
            CheckKind::Duration => "duration",
            CheckKind::Alliances => "alliances",
        }
    }

    /// Whether it is about a setting of the lobby, which never rejects a replay.
    pub fn is_setting(self) -> bool {
        match self {
            CheckKind::Observers
            | CheckKind::Privacy
            | CheckKind::Speed
            | CheckKind::Duration
            | CheckKind::Alliances => true,
            CheckKind::Readable
            | CheckKind::Identity
            | CheckKind::Races
            | CheckKind::Map
            | CheckKind::Time
            | CheckKind::Reuse
            | CheckKind::Owner
            | CheckKind::Mod => false,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum Grade {
    Passed,
    Warning,
    Failed,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_read_back_from_its_text() {
        for finding in [
            ModFinding::Official { release: "2025-11".to_owned() },
            ModFinding::Fake { files: 1 },
            ModFinding::OtherRegion { files: 16 },
            ModFinding::Differs { unknown: 1, missing: 0 },
            ModFinding::Unlearned { files: 23 },
        ] {
            assert_eq!(finding.to_string().parse(), Ok(finding));
        }
        for (humans, computers, one_team) in [(2, 0, false), (2, 0, true), (1, 1, false), (8, 0, false)] {
            let seats = SeatsFinding { humans, computers, one_team };
            assert_eq!(seats.to_string().parse(), Ok(seats));
        }
        for text in ["", "1v1", "fake files x", "unknown files 1", "players 2"] {
            assert_eq!(text.parse::<ModFinding>(), Err(NotAFinding), "{text}");
            assert_eq!(text.parse::<SeatsFinding>(), Err(NotAFinding), "{text}");
        }
    }
}
