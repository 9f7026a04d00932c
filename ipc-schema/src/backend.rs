//! The frontend asks the backend, and the backend tells the frontend what is due to players.

use crate::archive::{MatchChoice, PastMatchView};
use crate::event::Names;
use crate::frame::{Decode, Encode, Message};
use crate::ids::{CardId, ChannelId, Key, LadderId, MatchId, MessageId, ProposalId, Trace, UserId};
use crate::notifications::{Notifications, Place, Wish};
use crate::staff::{StaffAct, StaffLook, StaffView};
use crate::view::{
    ActivityView, CardView, HeldCard, LeaderboardFilter, LeaderboardView, MatchView, PostPlace, ProfileView,
    QueueView, SetupView,
};
pub use crate::vocab::{Caller, TermsAnswer};
use crate::vocab::{Era, FileHash, GatewaySession, Locale, Outcome, Race, Refusal, Region, Timestamp};

/// One request. A request repeated under its key gets the recorded reply.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct BackendCall {
    /// Of this connection; the answer carries it.
    pub id: u64,
    /// None for requests that change nothing.
    pub key: Option<Key>,
    pub trace: Trace,
    /// After it the caller no longer waits.
    pub deadline: Timestamp,
    pub request: BackendRequest,
}

impl Message for BackendCall {
    fn blob_bytes(&self) -> usize {
        match &self.request {
            BackendRequest::UploadReplay { bytes, .. } => *bytes as usize,
            _ => 0,
        }
    }
}

/// What the frontend asks of the backend. Append at the end, never reorder.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub enum BackendRequest {
    /// Where the caller stands in `/setup`.
    Setup {
        caller: Caller,
    },
    SetLocale {
        caller: Caller,
        locale: Locale,
    },
    AnswerTerms {
        caller: Caller,
        answer: TermsAnswer,
    },
    SetNames {
        caller: Caller,
        names: Names,
    },
    SetRegion {
        caller: Caller,
        region: Region,
    },
    FinishSetup {
        caller: Caller,
    },
    Queue {
        caller: Caller,
    },
    /// What the caller will play of one era.
    ChooseRace {
        caller: Caller,
        era: Era,
        race: Option<Race>,
    },
    ChooseVetoes {
        caller: Caller,
        maps: Vec<String>,
    },
    JoinQueue {
        caller: Caller,
    },
    LeaveQueue {
        caller: Caller,
    },
    Confirm {
        caller: Caller,
        match_id: MatchId,
    },
    Abort {
        caller: Caller,
        match_id: MatchId,
    },
    /// The caller's open match, else the last one.
    Match {
        caller: Caller,
    },
    /// `page` from 0; one past the end shows the last.
    Leaderboard {
        caller: Caller,
        page: u32,
        filter: LeaderboardFilter,
    },
    /// The file's bytes follow raw. A refusal is for the frontend to tell, together with those of
    /// other files.
    UploadReplay {
        caller: Caller,
        file_name: String,
        bytes: u32,
    },
    /// So many files of a player could not be taken, for one reason; a card tells them why. None
    /// where another request tells of these as well.
    RefuseUpload {
        caller: Caller,
        refusal: Refusal,
        files: u32,
    },
    CardShown {
        card: CardId,
        version: u32,
        channel: ChannelId,
        message: MessageId,
    },
    CardFailed {
        card: CardId,
        version: u32,
        failure: CardFailure,
    },
    /// Somebody's standing; the caller's own without a name.
    Profile {
        caller: Caller,
        name: Option<String>,
    },
    /// Keeps the session for whoever serves this shard next. Losing it costs an IDENTIFY and the
    /// events in between, so it is not synced.
    SaveSession {
        shard: u32,
        session: GatewaySession,
    },
    LoadSession {
        shard: u32,
    },
    /// No gateway session was ready in that time, so no player could press anything.
    TimeLost {
        since: Timestamp,
        until: Timestamp,
    },
    /// Names of players for what somebody is typing.
    PlayerNames {
        caller: Caller,
        typed: String,
    },
    /// The DMs of players whose match is being played, where a replay may have been missed.
    MatchChannels,
    /// How a match ended by the caller's account.
    Report {
        caller: Caller,
        match_id: MatchId,
        outcome: Outcome,
    },
    /// The caller does not agree with how a match was decided.
    Dispute {
        caller: Caller,
        match_id: MatchId,
    },
    /// When players queued in the last days, 30 at most.
    Activity {
        caller: Caller,
        days: u16,
    },
    /// Staff want to do this, and are asked once. Players are named as they were typed.
    StaffPropose {
        caller: Caller,
        act: StaffAct<String>,
        reason: String,
    },
    StaffPerform {
        caller: Caller,
        proposal: ProposalId,
    },
    StaffWithdraw {
        caller: Caller,
        proposal: ProposalId,
    },
    StaffLook {
        caller: Caller,
        look: StaffLook,
    },
    /// A match by its number: the caller's open one with all its buttons, else one that is over.
    PastMatch {
        caller: Caller,
        match_id: MatchId,
    },
    /// The caller's newest matches whose numbers begin with what is typed.
    MatchChoices {
        caller: Caller,
        typed: String,
    },
    /// A stored replay, which a view named before.
    ReplayFile {
        hash: FileHash,
    },
    /// The language that the ladder speaks with the caller, changed where one is named.
    Language {
        caller: Caller,
        locale: Option<Locale>,
    },
    SetCountry {
        caller: Caller,
        country: String,
    },
    Notifications {
        caller: Caller,
    },
    SetNotifications {
        caller: Caller,
        wish: Wish,
        place: Place,
    },
    /// The step of the setup that asks for them is done.
    PassNotifications {
        caller: Caller,
    },
    Guide {
        caller: Caller,
    },
    ReadGuide {
        caller: Caller,
    },
    /// Where somebody stands in `/setup` who does not press anything, so that nothing is known of the
    /// language: a stranger stays one.
    Greet {
        caller: Caller,
    },
    /// How Discord is told to bring messages to the caller.
    Dms {
        caller: Caller,
    },
    /// The caller says that messages arrive; one is sent.
    TryDms {
        caller: Caller,
    },
    /// What is held back because messages do not reach the caller.
    HeldBack {
        caller: Caller,
    },
    /// A card that is held back was told by an answer.
    CardTold {
        card: CardId,
        version: u32,
    },
    /// The queue, as the newest message there is: who waits sees the message of the wait anew.
    ShowQueue {
        caller: Caller,
    },
    /// This frontend has shard 0, so cards go to it and to no other; asked on each connection. Whatever
    /// another has under way counts as interrupted.
    TakeCards,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum CardFailure {
    /// Worth another attempt: a time-out, a 5xx, a limit.
    Passing,
    /// The message to edit is gone (10008).
    MessageGone,
    /// The content is refused, or the account is gone.
    Permanent,
    /// The player does not take messages from the bot (50007, 50278).
    Unreachable,
    /// The channel is gone, or the bot may not write there (10003, 50001, 50013, 50024).
    NoAccess,
}

/// What the backend sends.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub enum BackendMessage {
    Reply { id: u64, reply: BackendReply },
    Event(BackendEvent),
}

impl Message for BackendMessage {
    fn blob_bytes(&self) -> usize {
        match self {
            BackendMessage::Reply { reply: BackendReply::ReplayFile(Some(bytes)), .. } => *bytes as usize,
            BackendMessage::Reply { .. } | BackendMessage::Event(_) => 0,
        }
    }
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub enum BackendReply {
    Refused {
        locale: Locale,
        refusal: Refusal,
    },
    Setup(SetupView),
    Queue {
        locale: Locale,
        queue: QueueView,
        /// The player's card of this wait, until it showed how that ended.
        card: Option<CardState>,
    },
    Match {
        locale: Locale,
        match_: Box<MatchView>,
        /// The player's card of this match, while it is kept.
        card: Option<CardState>,
    },
    Leaderboard {
        locale: Locale,
        leaderboard: LeaderboardView,
    },
    /// Taken; what follows is told by card.
    Taken,
    Profile {
        locale: Locale,
        profile: Box<ProfileView>,
    },
    /// The stored session, if there is one.
    Session(Option<GatewaySession>),
    /// At most as many as Discord shows.
    PlayerNames(Vec<String>),
    MatchChannels(Vec<ChannelId>),
    Activity {
        locale: Locale,
        activity: ActivityView,
    },
    Staff {
        locale: Locale,
        view: StaffView,
    },
    /// What comes of the replay is told by card.
    ReplayTaken {
        locale: Locale,
    },
    PastMatch {
        locale: Locale,
        match_: Box<PastMatchView>,
    },
    /// Newest first, at most as many as Discord shows.
    MatchChoices {
        locale: Locale,
        matches: Vec<MatchChoice>,
    },
    /// So many bytes follow raw; None if the file cannot be had.
    ReplayFile(Option<u32>),
    /// The language spoken.
    Language {
        locale: Locale,
    },
    /// The caller's country.
    Country {
        locale: Locale,
        country: String,
    },
    Notifications {
        locale: Locale,
        notifications: Notifications,
    },
    Guide {
        locale: Locale,
    },
    Dms {
        locale: Locale,
        /// Whether a message is on its way, by which the caller sees that they arrive.
        tried: bool,
    },
    /// None where messages reach the caller. The oldest that are held back; more follow when these
    /// were told.
    HeldBack {
        locale: Locale,
        held: Option<Vec<HeldCard>>,
    },
}

/// A card at the version that shows the same as the view beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct CardState {
    pub card: CardId,
    pub version: u32,
    /// Where it is, as far as the backend knows.
    pub message: Option<(ChannelId, MessageId)>,
    /// The message that it takes the place of once it has one of its own.
    pub replaces: Option<(ChannelId, MessageId)>,
}

/// What the backend says unasked.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub enum BackendEvent {
    /// First on every connection: the ladder whose cards follow where they are asked for. Nonces are made from it.
    Ladder(LadderId),
    /// A card to post (no message yet) or to edit. One version of a card is under way at a time; the
    /// frontend answers with CardShown or CardFailed.
    ShowCard(Box<ShowCard>),
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct ShowCard {
    pub card: CardId,
    pub version: u32,
    /// Whose it is. Of a card in a channel, what keeps it in order with others: the number of the
    /// channel, or of the card where it has a thread of its own; neither is that of an account.
    pub user: UserId,
    /// Some for a card in a channel.
    pub place: Option<PostPlace>,
    pub locale: Locale,
    /// None until a DM is known; the frontend opens one.
    pub channel: Option<ChannelId>,
    /// None to post, Some to edit.
    pub message: Option<MessageId>,
    /// A message in the same DM that the post takes the place of.
    pub replaces: Option<MessageId>,
    /// Some where it may have been posted already, by an attempt of which Discord has forgotten the nonce: no
    /// attempt is older than this.
    pub tried_since: Option<Timestamp>,
    /// Of what made this version.
    pub trace: Trace,
    pub view: CardView,
}
