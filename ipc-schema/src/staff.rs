//! What staff do and see.

use crate::archive::ArchivedMatchView;
use crate::event::Names;
use crate::frame::{Decode, Encode};
use crate::ids::{CaseId, MatchId, PlayerId, ProposalId, UserId};
use crate::view::{CaseUpload, CaseView};
use crate::vocab::{
    GameRegion, Locale, Mmr, Outcome, Race, RaceChoice, Region, Server, Timestamp, Toon, Verdict,
};
use crate::watch::Watch;
use std::fmt;

/// Stored within events: append only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum StaffRole {
    /// May also change roles.
    Owner,
    Admin,
}

impl StaffRole {
    pub fn code(self) -> &'static str {
        match self {
            StaffRole::Owner => "owner",
            StaffRole::Admin => "admin",
        }
    }
}

impl fmt::Display for StaffRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// What staff do to the ladder, after they were asked once. `P` names a player: as typed in a
/// request, as [`PlayerId`] in events, by name in what is shown.
///
/// Stored within events: append at the end, retire a variant by renaming it `Retired…`, and never
/// change the fields of one.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum StaffAct<P = PlayerId> {
    /// Of a Discord account, whether it plays or not. None takes the role away.
    SetRole {
        user: UserId,
        role: Option<StaffRole>,
    },
    RemoveFromQueue {
        player: P,
    },
    ClearQueue,
    /// From when it is done; for good without `days`. Ends the player's place in the queue and open match.
    Ban {
        player: P,
        days: Option<u16>,
    },
    Unban {
        player: P,
    },
    /// No queueing from when it is done; 0 minutes lift a time-out and forget the ones before it.
    TimeOut {
        player: P,
        minutes: u32,
    },
    /// Gives the month's aborts back.
    ResetAborts {
        player: P,
    },
    /// A message to everyone who finished setup and is not banned.
    Announce {
        text: String,
    },
    Rename {
        player: P,
        name: String,
    },
    /// A number of the rules; `value` as people type it, a list with commas.
    SetKnob {
        name: String,
        value: String,
    },
    /// Lists of a release count no more: in one game region or all, on one map (by its key) or all.
    RetireHandles {
        release: String,
        region: Option<GameRegion>,
        map: Option<String>,
    },
    /// Whether a file, by its SHA-256 in hex, is one that only unofficial copies of the mod have.
    MarkFake {
        file: String,
        fake: bool,
    },
    /// How many accounts of a game region verified matches may bind for a player.
    AllowToons {
        player: P,
        region: GameRegion,
        count: u8,
    },
    /// Takes an account from a player, so that it may be bound anew.
    UnbindToon {
        player: P,
        toon: Toon,
    },
    /// A ruling of staff: that one won, that neither did, or [`Verdict::Void`].
    Resolve {
        match_id: MatchId,
        verdict: Verdict,
    },
    AdjustMmr {
        player: P,
        race: Race,
        to: Mmr,
    },
    /// The match stays as it is; the reason is the case's note.
    CloseCase {
        case: CaseId,
    },
    /// The files of the case are the official mod's.
    LearnHandles {
        case: CaseId,
    },
}

impl<P> StaffAct<P> {
    /// As tables and texts name it.
    pub fn code(&self) -> &'static str {
        match self {
            StaffAct::SetRole { .. } => "set-role",
            StaffAct::RemoveFromQueue { .. } => "remove-from-queue",
            StaffAct::ClearQueue => "clear-queue",
            StaffAct::Ban { .. } => "ban",
            StaffAct::Unban { .. } => "unban",
            StaffAct::TimeOut { .. } => "time-out",
            StaffAct::ResetAborts { .. } => "reset-aborts",
            StaffAct::Announce { .. } => "announce",
            StaffAct::Rename { .. } => "rename",
            StaffAct::SetKnob { .. } => "set-knob",
            StaffAct::RetireHandles { .. } => "retire-handles",
            StaffAct::MarkFake { fake: true, .. } => "mark-fake",
            StaffAct::MarkFake { fake: false, .. } => "clear-fake",
            StaffAct::AllowToons { .. } => "allow-accounts",
            StaffAct::UnbindToon { .. } => "unbind-account",
            StaffAct::Resolve { .. } => "resolve",
            StaffAct::AdjustMmr { .. } => "adjust-mmr",
            StaffAct::CloseCase { .. } => "close-case",
            StaffAct::LearnHandles { .. } => "learn-handles",
        }
    }

    /// Whom it is about, where it is about one player.
    pub fn player(&self) -> Option<&P> {
        match self {
            StaffAct::RemoveFromQueue { player }
            | StaffAct::Ban { player, .. }
            | StaffAct::Unban { player }
            | StaffAct::TimeOut { player, .. }
            | StaffAct::ResetAborts { player }
            | StaffAct::Rename { player, .. }
            | StaffAct::AllowToons { player, .. }
            | StaffAct::UnbindToon { player, .. }
            | StaffAct::AdjustMmr { player, .. } => Some(player),
            StaffAct::SetRole { .. }
            | StaffAct::ClearQueue
            | StaffAct::Announce { .. }
            | StaffAct::SetKnob { .. }
            | StaffAct::RetireHandles { .. }
            | StaffAct::MarkFake { .. }
            | StaffAct::Resolve { .. }
            | StaffAct::CloseCase { .. }
            | StaffAct::LearnHandles { .. } => None,
        }
    }

    /// Which match it is about, where it is about one.
    pub fn match_id(&self) -> Option<MatchId> {
        match self {
            StaffAct::Resolve { match_id, .. } => Some(*match_id),
            _ => None,
        }
    }

    /// The same act, with its player named in another way.
    pub fn try_map<Q, E>(self, name: impl FnOnce(P) -> Result<Q, E>) -> Result<StaffAct<Q>, E> {
        Ok(match self {
            StaffAct::SetRole { user, role } => StaffAct::SetRole { user, role },
            StaffAct::RemoveFromQueue { player } => StaffAct::RemoveFromQueue { player: name(player)? },
            StaffAct::ClearQueue => StaffAct::ClearQueue,
            StaffAct::Ban { player, days } => StaffAct::Ban { player: name(player)?, days },
            StaffAct::Unban { player } => StaffAct::Unban { player: name(player)? },
            StaffAct::TimeOut { player, minutes } => StaffAct::TimeOut { player: name(player)?, minutes },
            StaffAct::ResetAborts { player } => StaffAct::ResetAborts { player: name(player)? },
            StaffAct::Announce { text } => StaffAct::Announce { text },
            StaffAct::Rename { player, name: new } => StaffAct::Rename { player: name(player)?, name: new },
            StaffAct::SetKnob { name, value } => StaffAct::SetKnob { name, value },
            StaffAct::RetireHandles { release, region, map } => {
                StaffAct::RetireHandles { release, region, map }
            }
            StaffAct::MarkFake { file, fake } => StaffAct::MarkFake { file, fake },
            StaffAct::AllowToons { player, region, count } => {
                StaffAct::AllowToons { player: name(player)?, region, count }
            }
            StaffAct::UnbindToon { player, toon } => StaffAct::UnbindToon { player: name(player)?, toon },
            StaffAct::Resolve { match_id, verdict } => StaffAct::Resolve { match_id, verdict },
            StaffAct::AdjustMmr { player, race, to } => {
                StaffAct::AdjustMmr { player: name(player)?, race, to }
            }
            StaffAct::CloseCase { case } => StaffAct::CloseCase { case },
            StaffAct::LearnHandles { case } => StaffAct::LearnHandles { case },
        })
    }
}

/// What staff look at. Nothing changes by it, and nothing is logged.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum StaffLook {
    Snapshot,
    /// A player by name, by Discord id or by a mention.
    Player {
        name: String,
    },
    Match {
        match_id: MatchId,
    },
    /// What staff did, newest first; `page` from 0, one past the end shows the last.
    Log {
        page: u32,
    },
    Health,
    Roster,
    /// The numbers of the rules, and which of them staff changed.
    Knobs,
    /// The open cases, oldest first, one a page from 0; one past the end shows the last.
    Cases {
        page: u32,
    },
}

/// What staff are shown.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub enum StaffView {
    Proposal(Box<ProposalView>),
    /// It was done.
    Done(Box<AuditView>),
    Withdrawn,
    Snapshot(Box<SnapshotView>),
    Player(Box<StaffPlayerView>),
    Match(Box<StaffMatchView>),
    Log {
        /// From 0.
        page: u32,
        pages: u32,
        entries: Vec<AuditView>,
    },
    Health(Box<HealthView>),
    /// By role, then by age of the account.
    Roster(Vec<StaffMember>),
    Knobs(Vec<KnobView>),
    Cases {
        /// From 0.
        page: u32,
        pages: u32,
        /// None where no case is open.
        case: Option<Box<CaseView>>,
    },
    /// One that is no longer in memory.
    ArchivedMatch(Box<ArchivedMatchView>),
}

/// What an act would do, for the one who proposed it to confirm.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ProposalView {
    pub proposal: ProposalId,
    pub act: StaffAct<String>,
    pub reason: String,
    pub before: String,
    pub after: String,
    pub expires_at: Timestamp,
    /// It was confirmed, but the ladder is no longer as it was shown.
    pub changed: bool,
}

/// An entry of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct AuditView {
    pub proposal: ProposalId,
    pub at: Timestamp,
    pub by: UserId,
    pub act: StaffAct<String>,
    pub reason: String,
    pub before: String,
    pub after: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct StaffMember {
    pub user: UserId,
    pub role: StaffRole,
    /// On the ladder, if the account plays.
    pub name: Option<String>,
}

/// A number of the rules.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct KnobView {
    pub name: String,
    /// With its unit.
    pub value: String,
    /// What it takes, in English.
    pub expects: String,
    /// Staff changed it.
    pub changed: bool,
}

/// The ladder in numbers, and who is in the middle of something.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SnapshotView {
    pub players: u32,
    pub set_up: u32,
    pub banned: u32,
    pub queued: u32,
    /// Those who wait longest.
    pub queue: Vec<QueuedPlayer>,
    pub open_matches: u32,
    /// The oldest ones.
    pub matches: Vec<OpenMatch>,
    pub jobs: u32,
    pub cards_due: u32,
    pub matches_decided: u64,
    /// What staff have to look at.
    pub cases_open: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct QueuedPlayer {
    pub name: String,
    pub races: RaceChoice,
    pub since: Timestamp,
    pub waves: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct OpenMatch {
    pub match_id: MatchId,
    pub players: [String; 2],
    /// Both confirmed.
    pub playing: bool,
    pub since: Timestamp,
}

/// All there is about a player.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct StaffPlayerView {
    pub player: PlayerId,
    pub user: UserId,
    pub locale: Locale,
    pub names: Option<Names>,
    pub region: Option<Region>,
    pub terms_accepted: bool,
    pub setup_finished: bool,
    pub role: Option<StaffRole>,
    pub ban: Option<BanView>,
    pub timed_out_until: Option<Timestamp>,
    pub aborts_left: u8,
    pub races: RaceChoice,
    pub vetoes: Vec<String>,
    pub toons: Vec<Toon>,
    pub ratings: Vec<StaffRating>,
    pub queued_since: Option<Timestamp>,
    /// The open match, if there is one, and the newest ones that are kept.
    pub matches: Vec<MatchLine>,
    /// What staff did to the player, newest first, as far as the log in memory goes.
    pub audit: Vec<AuditView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct BanView {
    /// None for good.
    pub until: Option<Timestamp>,
    pub reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct StaffRating {
    pub race: Race,
    pub mmr: Mmr,
    pub wins: u32,
    pub losses: u32,
    pub draws: u32,
    pub last_played: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct MatchLine {
    pub match_id: MatchId,
    pub opponent: String,
    pub paired_at: Timestamp,
    /// None while it is open.
    pub verdict: Option<Verdict>,
    /// The player's, 0 or 1.
    pub slot: u8,
}

/// All there is about a match.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct StaffMatchView {
    pub match_id: MatchId,
    pub players: [String; 2],
    pub races: [Race; 2],
    pub map_title: String,
    pub server: Server,
    pub paired_at: Timestamp,
    pub state: MatchState,
    /// MMR before and after, in slot order, where it was rated.
    pub ratings: Option<[(Mmr, Mmr); 2]>,
    pub reports: [Option<Outcome>; 2],
    /// Oldest first.
    pub uploads: Vec<CaseUpload>,
    pub cases: Vec<CaseId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum MatchState {
    /// When "match found" reached each player, and who confirmed.
    Confirming {
        deadline: Timestamp,
        found: [Option<Timestamp>; 2],
        confirmed: [bool; 2],
    },
    Playing {
        since: Timestamp,
        deadline: Timestamp,
    },
    Closed {
        verdict: Verdict,
    },
}

/// How the backend is doing, and the whole ladder by what the supervisor said last.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct HealthView {
    pub records: u64,
    pub records_unsaved: u64,
    /// The disk refused a moment ago.
    pub read_only: bool,
    pub workers: u32,
    pub workers_idle: u32,
    pub replays_in_line: u32,
    pub cards_due: u32,
    /// Sent to Discord and not answered yet, or to be tried again.
    pub cards_under_way: u32,
    pub replays_parsed: u64,
    pub replays_failed: u64,
    /// None in the first second of a backend.
    pub watch: Option<Box<Watch>>,
}
