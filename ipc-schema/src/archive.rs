//! A match as the tables have it, for matches that are no longer in memory.

use crate::frame::{Decode, Encode};
use crate::ids::{CaseId, JobId, MatchId, PlayerId, Seq, UserId};
use crate::vocab::{FileHash, Ground, Mmr, Outcome, Race, Server, Timestamp, Verdict};

/// Everything that the tables know of a match, but for messages, files and texts of the audit log.
/// Players are in slot order.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct ArchivedMatch {
    pub match_id: MatchId,
    pub players: [PlayerId; 2],
    pub races: [Race; 2],
    /// The season's key; the map may be of a season that is over.
    pub map: String,
    pub server: Server,
    pub paired_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub reports: [Option<Outcome>; 2],
    pub closed: Option<ArchivedClosing>,
    /// Oldest first; of very many the newest.
    pub resolutions: Vec<ArchivedResolution>,
    /// Ratings of the two players that resolutions of this match moved, oldest first; of very many the
    /// newest.
    pub corrections: Vec<ArchivedCorrection>,
    /// How many ratings of others those resolutions moved.
    pub others_corrected: u32,
    /// Oldest first; of very many the newest.
    pub uploads: Vec<ArchivedUpload>,
    /// Oldest first; of very many the newest.
    pub cases: Vec<ArchivedCase>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct ArchivedClosing {
    pub at: Timestamp,
    /// The one in force, which may be a later one by staff.
    pub verdict: ArchivedVerdict,
    /// MMR before and after, as told when it was closed.
    pub ratings: Option<[(Mmr, Mmr); 2]>,
}

/// A [`crate::vocab::Verdict`] as far as the tables have it: who confirmed a match that was never
/// confirmed is not in them, nor the ground of a verdict that is in force no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum ArchivedVerdict {
    /// The slot of the winner.
    Decided {
        winner: u8,
        ground: Option<Ground>,
    },
    Drawn {
        ground: Option<Ground>,
    },
    Conflict,
    Void,
    /// The slot of who aborted, where it is known.
    Aborted {
        by: Option<u8>,
    },
    Unconfirmed,
    Expired,
    /// The slot of whom staff took off the ladder; None where both stay, or it is not known.
    Cancelled {
        by: Option<u8>,
    },
}

/// Staff gave the match another verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct ArchivedResolution {
    pub seq: Seq,
    pub at: Timestamp,
    pub by: UserId,
    /// None where it closed the match.
    pub before: Option<ArchivedVerdict>,
    pub after: ArchivedVerdict,
}

/// A rating that a resolution moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct ArchivedCorrection {
    /// Of the resolution.
    pub seq: Seq,
    /// Of the player.
    pub slot: u8,
    pub race: Race,
    pub before: Mmr,
    pub after: Mmr,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ArchivedUpload {
    pub job: JobId,
    /// Of the player who sent it.
    pub slot: u8,
    pub hash: FileHash,
    pub bytes: u32,
    pub at: Timestamp,
    /// None while it waits to be read.
    pub end: Option<ArchivedEnd>,
}

/// What came of a replay.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ArchivedEnd {
    /// The word of the table: `decided`, `undecided`, `rejected`, `too_late`, or that of a fault.
    pub outcome: String,
    /// The same, of one that came after the match had ended and that staff look at.
    pub would_be: Option<String>,
    pub at: Timestamp,
    /// As the replay has it.
    pub map_title: Option<String>,
    pub duration_game_loops: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ArchivedCase {
    pub case: CaseId,
    /// The word of the table, as of [`crate::event::CaseKind::code`].
    pub kind: String,
    /// Who reported alone or disputed, or whose account it is.
    pub player: Option<PlayerId>,
    /// The replay that contradicts.
    pub job: Option<JobId>,
    /// The account; game region, map and files.
    pub detail: Option<String>,
    pub opened_at: Timestamp,
    /// When, by whom, and the note.
    pub closed: Option<(Timestamp, UserId, Option<String>)>,
}

/// A match from the archive, with the names that its tables do not have.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct ArchivedMatchView {
    pub match_: ArchivedMatch,
    pub players: [String; 2],
    /// The key where the season does not know the map.
    pub map_title: String,
}

impl From<Verdict> for ArchivedVerdict {
    fn from(verdict: Verdict) -> ArchivedVerdict {
        match verdict {
            Verdict::Decided { winner, ground } => ArchivedVerdict::Decided { winner, ground: Some(ground) },
            Verdict::Drawn { ground } => ArchivedVerdict::Drawn { ground: Some(ground) },
            Verdict::Conflict => ArchivedVerdict::Conflict,
            Verdict::Void => ArchivedVerdict::Void,
            Verdict::Aborted { by } => ArchivedVerdict::Aborted { by: Some(by) },
            Verdict::Unconfirmed { .. } => ArchivedVerdict::Unconfirmed,
            Verdict::Expired => ArchivedVerdict::Expired,
            Verdict::Cancelled { by } => ArchivedVerdict::Cancelled { by },
        }
    }
}

/// A match that is over, as any player may read it. Players are in slot order.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct PastMatchView {
    pub match_id: MatchId,
    pub players: [PastPlayer; 2],
    /// The key where the season does not know the map.
    pub map_title: String,
    pub server: Server,
    pub started_at: Option<Timestamp>,
    pub closed_at: Timestamp,
    pub verdict: ArchivedVerdict,
    /// When staff last gave it a verdict after it was closed. The changes of MMR are those that were
    /// told when it was closed.
    pub ruled_at: Option<Timestamp>,
    /// Of the game, in game loops of which there are 22.4 a second, if a replay says so.
    pub duration_game_loops: Option<u32>,
    /// The replay that decided it, else the newest that was sent.
    pub replay: Option<FileHash>,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct PastPlayer {
    pub name: String,
    pub race: Race,
    /// MMR before and after, as told when the match was closed.
    pub ratings: Option<(Mmr, Mmr)>,
}

/// A match of the player who types its number.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct MatchChoice {
    pub match_id: MatchId,
    pub opponent: String,
    /// None while it is open, or without a result.
    pub outcome: Option<Outcome>,
}
