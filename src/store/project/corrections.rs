//! What staff change in the ratings. A match keeps the ratings that were told when it closed, and each
//! correction is a row of its own, so that what a player was told adds up to what the table has.

use super::{Signed, Sql, glicko, words_of};
use ipc_schema::event::Rerating;
use ipc_schema::ids::{MatchId, PlayerId, Seq, UserId};
use ipc_schema::vocab::{Race, Timestamp, Verdict};

/// What makes a row that is not there: with what an unrated player has, which is the first number
/// where none was told.
macro_rules! new_rows {
    ($rows:literal) => {
        concat!(
            "insert into ratings (player_id, race, mmr, wins, losses, draws, last_played_at_ms)
             select column1, column2,
                 coalesce((select mmr_start from rating_systems order by seq desc limit 1), 1500), 0, 0, 0, 0
             from (",
            $rows,
            ") where true on conflict (player_id, race) do nothing"
        )
    };
}

/// The two rows of match $1.
macro_rules! rows_of_match {
    () => {
        "select player_1_id as column1, race_1 as column2 from matches where match_id = $1
         union all select player_2_id, race_2 from matches where match_id = $1"
    };
}

/// Whether a match was one of the row's.
macro_rules! of_row {
    () => {
        "(player_1_id = ratings.player_id and race_1 = ratings.race
          or player_2_id = ratings.player_id and race_2 = ratings.race)"
    };
}

/// A match has another verdict. The counts of its two rows are made anew from the matches; what it
/// does to ratings follows.
pub(super) fn resolved<'q>(
    seq: Seq,
    match_id: MatchId,
    verdict: Verdict,
    by: UserId,
    at: Timestamp,
) -> Vec<Sql<'q>> {
    let (word, winner, ground) = words_of(verdict);
    let mut statements = vec![
        sqlx::query(
            "insert into match_resolutions (seq, match_id, verdict_before, winner_before_id, verdict, by_user, at_ms)
             select $1, match_id, case when closed_seq is not $1 then verdict end,
                 case when closed_seq is not $1 then winner_id end, $3, $4, $5 from matches where match_id = $2",
        )
        .bind(seq.0.signed())
        .bind(match_id.0.signed())
        .bind(word)
        .bind(by.to_string())
        .bind(at.signed()),
        sqlx::query(
            "update matches set verdict = $2, ground = $4,
                 winner_id = case $3 when 0 then player_1_id when 1 then player_2_id end
             where match_id = $1",
        )
        .bind(match_id.0.signed())
        .bind(word)
        .bind(winner.map(i64::from))
        .bind(ground),
        sqlx::query(
            "update cases set closed_at_ms = $2, closed_by = $3 where match_id = $1 and closed_at_ms is null",
        )
        .bind(match_id.0.signed())
        .bind(at.signed())
        .bind(by.to_string()),
    ];
    let counted_anew = [
        new_rows!(
            "select player_1_id as column1, race_1 as column2 from matches where match_id = $1
             union all select player_2_id, race_2 from matches where match_id = $1"
        ),
        concat!(
            "update ratings set
                 wins = (select count(*) from matches where ",
            of_row!(),
            " and winner_id = ratings.player_id),
                 losses = (select count(*) from matches where ",
            of_row!(),
            " and winner_id <> ratings.player_id),
                 draws = (select count(*) from matches where ",
            of_row!(),
            " and verdict = 'drawn'),
                 last_played_at_ms = (select coalesce(max(closed_at_ms), 0) from matches where ",
            of_row!(),
            " and verdict in ('decided', 'drawn'))
             where (player_id, race) in (",
            rows_of_match!(),
            ")"
        ),
        // A row that nothing made is no row.
        concat!(
            "delete from ratings where (player_id, race) in (",
            rows_of_match!(),
            ") and wins + losses + draws = 0 and not exists (
                 select 1 from rating_corrections
                 where match_id is null and player_id = ratings.player_id and race = ratings.race)"
        ),
    ];
    statements.extend(counted_anew.map(|text| sqlx::query(text).bind(match_id.0.signed())));
    statements
}

/// One rating that a correction moved.
pub(super) fn rerated<'q>(seq: Seq, match_id: MatchId, row: &Rerating) -> Vec<Sql<'q>> {
    let Rerating { player, race, before, after, glicko: of } = *row;
    let mut statements = vec![
        sqlx::query("update ratings set mmr = $3 where player_id = $1 and race = $2")
            .bind(player.0.signed())
            .bind(race.code())
            .bind(after.0),
        glicko(player, race, of),
    ];
    if before != after {
        statements.push(
            sqlx::query(
                "insert into rating_corrections (seq, match_id, player_id, race, mmr_before, mmr_after)
                 values ($1, $2, $3, $4, $5, $6)",
            )
            .bind(seq.0.signed())
            .bind(match_id.0.signed())
            .bind(player.0.signed())
            .bind(race.code())
            .bind(before.0)
            .bind(after.0),
        );
    }
    statements
}

/// Staff moved a rating.
pub(super) fn adjusted<'q>(
    seq: Seq,
    (player, race): (PlayerId, Race),
    points: i32,
    by: UserId,
    reason: &'q str,
    at: Timestamp,
) -> Vec<Sql<'q>> {
    vec![
        sqlx::query(new_rows!("select $1 as column1, $2 as column2"))
            .bind(player.0.signed())
            .bind(race.code()),
        sqlx::query(
            "insert into rating_corrections
                 (seq, player_id, race, mmr_before, mmr_after, by_user, reason, at_ms)
             select $1, player_id, race, mmr, mmr + $4, $5, $6, $7 from ratings
             where player_id = $2 and race = $3",
        )
        .bind(seq.0.signed())
        .bind(player.0.signed())
        .bind(race.code())
        .bind(points)
        .bind(by.to_string())
        .bind(reason)
        .bind(at.signed()),
        sqlx::query("update ratings set mmr = mmr + $3 where player_id = $1 and race = $2")
            .bind(player.0.signed())
            .bind(race.code())
            .bind(points),
    ]
}
