//! What staff change in the ratings. A match keeps the ratings that were told when it closed, and each
//! correction is a row of its own, so that what a player was told adds up to what the table has.

use super::{Change, change, glicko, words_of};
use ipc_schema::event::Rerating;
use ipc_schema::ids::{MatchId, PlayerId, Seq, UserId};
use ipc_schema::vocab::{Race, Timestamp, Verdict};

/// A match has another verdict. The counts of its two rows are made anew from the matches; what it
/// does to ratings follows.
pub(super) fn resolved(
    seq: Seq,
    match_id: MatchId,
    verdict: Verdict,
    by: UserId,
    at: Timestamp,
) -> Vec<Change> {
    let (word, winner, ground) = words_of(verdict);
    let mut changes = vec![
        change!(LogResolution, seq.0, match_id.0, word, by.to_string(), at),
        change!(ResolveMatch, match_id.0, word, winner, ground),
        change!(CloseCasesOfMatch, match_id.0, at, by.to_string()),
    ];
    changes.extend([
        change!(MakeRowsOfMatch, match_id.0),
        change!(CountRowsOfMatch, match_id.0),
        change!(DropRowsOfMatch, match_id.0),
    ]);
    changes
}

/// One rating that a correction moved.
pub(super) fn rerated(seq: Seq, match_id: MatchId, row: &Rerating) -> Vec<Change> {
    let Rerating { player, race, before, after, glicko: of } = *row;
    let mut changes = vec![change!(SetMmr, player.0, race.code(), after.0), glicko(player, race, of)];
    if before != after {
        changes.push(change!(LogRerating, seq.0, match_id.0, player.0, race.code(), before.0, after.0));
    }
    changes
}

/// Staff moved a rating.
pub(super) fn adjusted(
    seq: Seq,
    (player, race): (PlayerId, Race),
    points: i32,
    by: UserId,
    reason: &str,
    at: Timestamp,
) -> Vec<Change> {
    vec![
        change!(MakeRow, player.0, race.code()),
        change!(LogAdjustment, seq.0, player.0, race.code(), points, by.to_string(), reason, at),
        change!(AdjustMmr, player.0, race.code(), points),
    ]
}
