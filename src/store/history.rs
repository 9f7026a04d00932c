//! One match with all that the tables have of it, for those who ask about older ones.

use super::Store;
use super::facts::{number, race, report, time};
use anyhow::Context;
use ipc_schema::archive::{
    ArchivedCase, ArchivedClosing, ArchivedCorrection, ArchivedEnd, ArchivedMatch, ArchivedResolution,
    ArchivedUpload, ArchivedVerdict,
};
use ipc_schema::ids::{CaseId, JobId, MatchId, PlayerId, Seq, UserId};
use ipc_schema::vocab::{FileHash, Ground, Mmr, Server, Timestamp};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{Connection, Row};

/// Rows of each list of one match. No match has nearly as many, but for one that staff resolve again
/// and again.
const LISTED: i64 = 50;

impl Store {
    /// What the tables have of a match, all of one moment; None if they do not know it.
    pub async fn find_match(&mut self, match_id: MatchId) -> anyhow::Result<Option<ArchivedMatch>> {
        let mut transaction = self.connection.begin().await?;
        let found =
            find(&mut transaction, match_id).await.with_context(|| format!("read match {match_id}"))?;
        transaction.rollback().await?;
        Ok(found)
    }
}

async fn find(connection: &mut SqliteConnection, match_id: MatchId) -> anyhow::Result<Option<ArchivedMatch>> {
    let id = match_id.0.cast_signed();
    let row = sqlx::query(
        "select player_1_id, player_2_id, race_1, race_2, map, server, paired_at_ms, started_at_ms, closed_at_ms,
             verdict, winner_id, ground, mmr_1_before, mmr_1_after, mmr_2_before, mmr_2_after, report_1, report_2
         from matches where match_id = $1",
    );
    let Some(row) = row.bind(id).fetch_optional(&mut *connection).await? else { return Ok(None) };
    let players = [PlayerId(number(&row, "player_1_id")?), PlayerId(number(&row, "player_2_id")?)];
    let slot = |player: PlayerId| {
        let slot = players.iter().position(|of| *of == player);
        let slot = slot.with_context(|| format!("player {player} is none of the match's"))?;
        anyhow::Ok(u8::try_from(slot)?)
    };
    let verdict = verdict(&row, "verdict", "winner_id", row.try_get("ground")?, &slot)?;
    let mmr = |column| anyhow::Ok(row.try_get::<Option<i32>, _>(column)?.map(Mmr));
    let first = mmr("mmr_1_before")?.zip(mmr("mmr_1_after")?);
    let second = mmr("mmr_2_before")?.zip(mmr("mmr_2_after")?);
    let ratings = first.zip(second).map(|(first, second)| [first, second]);
    let closed = time(&row, "closed_at_ms")?.zip(verdict);
    let server: String = row.try_get("server")?;
    let (corrections, others_corrected) = corrections(connection, id, players).await?;
    Ok(Some(ArchivedMatch {
        match_id,
        players,
        races: [race(&row, "race_1")?, race(&row, "race_2")?],
        map: row.try_get("map")?,
        server: Server::from_code(&server).with_context(|| format!("{server:?} is no server"))?,
        paired_at: Timestamp(number(&row, "paired_at_ms")?),
        started_at: time(&row, "started_at_ms")?,
        reports: [report(&row, "report_1")?, report(&row, "report_2")?],
        closed: closed.map(|(at, verdict)| ArchivedClosing { at, verdict, ratings }),
        resolutions: resolutions(connection, id, verdict, &slot).await?,
        corrections,
        others_corrected,
        uploads: uploads(connection, id, &slot).await?,
        cases: cases(connection, id).await?,
    }))
}

/// A verdict from its word, its winner and why.
fn verdict(
    row: &SqliteRow,
    word: &str,
    winner: &str,
    ground: Option<&str>,
    slot: &impl Fn(PlayerId) -> anyhow::Result<u8>,
) -> anyhow::Result<Option<ArchivedVerdict>> {
    let Some(word) = row.try_get::<Option<String>, _>(word)? else { return Ok(None) };
    let winner = row.try_get::<Option<i64>, _>(winner)?.map(|id| slot(PlayerId(id.cast_unsigned())));
    let by = match ground {
        Some("by player 1") => Some(0),
        Some("by player 2") => Some(1),
        _ => None,
    };
    let ground = match ground {
        Some("recorded") => Some(Ground::Recorded),
        Some("opponent_left_first") => Some(Ground::OpponentLeftFirst),
        Some("reported") => Some(Ground::Reported),
        Some("staff") => Some(Ground::Staff),
        _ => None,
    };
    Ok(Some(match word.as_str() {
        "decided" => ArchivedVerdict::Decided { winner: winner.context("nobody won")??, ground },
        "drawn" => ArchivedVerdict::Drawn { ground },
        "conflict" => ArchivedVerdict::Conflict,
        "void" => ArchivedVerdict::Void,
        "aborted" => ArchivedVerdict::Aborted { by },
        "unconfirmed" => ArchivedVerdict::Unconfirmed,
        "expired" => ArchivedVerdict::Expired,
        "cancelled" => ArchivedVerdict::Cancelled { by },
        word => anyhow::bail!("{word:?} is no verdict"),
    }))
}

/// `in_force` is the verdict that the newest of them gave. A row has no winner of its own verdict, but
/// the next one has it as the one before.
async fn resolutions(
    connection: &mut SqliteConnection,
    match_id: i64,
    in_force: Option<ArchivedVerdict>,
    slot: &impl Fn(PlayerId) -> anyhow::Result<u8>,
) -> anyhow::Result<Vec<ArchivedResolution>> {
    let rows = sqlx::query(
        "select seq, verdict_before, winner_before_id, by_user, at_ms from match_resolutions
         where match_id = $1 order by seq desc limit $2",
    );
    let rows = rows.bind(match_id).bind(LISTED).fetch_all(connection).await?;
    let mut newest_first = Vec::new();
    let mut given = in_force;
    for row in &rows {
        let before = verdict(row, "verdict_before", "winner_before_id", None, slot)?;
        newest_first.push(ArchivedResolution {
            seq: Seq(number(row, "seq")?),
            at: Timestamp(number(row, "at_ms")?),
            by: user(row, "by_user")?.context("nobody resolved it")?,
            before,
            after: given.context("a match that was resolved has a verdict")?,
        });
        given = before;
    }
    newest_first.reverse();
    Ok(newest_first)
}

/// Those of the two players, and how many there are of others.
async fn corrections(
    connection: &mut SqliteConnection,
    match_id: i64,
    players: [PlayerId; 2],
) -> anyhow::Result<(Vec<ArchivedCorrection>, u32)> {
    let [first, second] = players.map(|player| player.0.cast_signed());
    let rows = sqlx::query(
        "select seq, player_id, race, mmr_before, mmr_after from rating_corrections
         where player_id in ($2, $3) and match_id = $1 order by seq desc, player_id, race limit $4",
    );
    let rows = rows.bind(match_id).bind(first).bind(second).bind(LISTED).fetch_all(&mut *connection).await?;
    let of = |row: &SqliteRow| {
        anyhow::Ok(ArchivedCorrection {
            seq: Seq(number(row, "seq")?),
            slot: u8::from(number(row, "player_id")? == players[1].0),
            race: race(row, "race")?,
            before: Mmr(row.try_get("mmr_before")?),
            after: Mmr(row.try_get("mmr_after")?),
        })
    };
    let mut corrections = rows.iter().map(of).collect::<anyhow::Result<Vec<_>>>()?;
    corrections.sort_by_key(|row| (row.seq, row.slot));
    // By the records of the resolutions, which are the key of the table.
    let others = sqlx::query(
        "select count(*) as others from match_resolutions resolved
         join rating_corrections moved on moved.seq = resolved.seq
         where resolved.match_id = $1 and moved.player_id not in ($2, $3)",
    );
    let others = others.bind(match_id).bind(first).bind(second).fetch_one(connection).await?;
    Ok((corrections, u32::try_from(number(&others, "others")?)?))
}

async fn uploads(
    connection: &mut SqliteConnection,
    match_id: i64,
    slot: &impl Fn(PlayerId) -> anyhow::Result<u8>,
) -> anyhow::Result<Vec<ArchivedUpload>> {
    let rows = sqlx::query(
        "select job_id, player_id, sha256, bytes, uploaded_at_ms, outcome, would_be, judged_at_ms, map_title,
             duration_game_loops
         from replays where match_id = $1 order by job_id desc limit $2",
    );
    let rows = rows.bind(match_id).bind(LISTED).fetch_all(connection).await?;
    let of = |row: &SqliteRow| {
        let hash: String = row.try_get("sha256")?;
        let outcome: Option<String> = row.try_get("outcome")?;
        let loops: Option<i64> = row.try_get("duration_game_loops")?;
        let (would_be, map_title) = (row.try_get("would_be")?, row.try_get("map_title")?);
        let duration_game_loops = loops.map(u32::try_from).transpose()?;
        let end = outcome.zip(time(row, "judged_at_ms")?);
        anyhow::Ok(ArchivedUpload {
            job: JobId(number(row, "job_id")?),
            slot: slot(PlayerId(number(row, "player_id")?))?,
            hash: FileHash::from_hex(&hash).with_context(|| format!("{hash:?} is no SHA-256"))?,
            bytes: u32::try_from(number(row, "bytes")?)?,
            at: Timestamp(number(row, "uploaded_at_ms")?),
            end: end.map(|(outcome, at)| ArchivedEnd {
                outcome,
                would_be,
                at,
                map_title,
                duration_game_loops,
            }),
        })
    };
    rows.iter().rev().map(of).collect()
}

async fn cases(connection: &mut SqliteConnection, match_id: i64) -> anyhow::Result<Vec<ArchivedCase>> {
    let rows = sqlx::query(
        "select case_id, kind, player_id, job_id, detail, opened_at_ms, closed_at_ms, closed_by, note from cases
         where match_id = $1 order by case_id desc limit $2",
    );
    let rows = rows.bind(match_id).bind(LISTED).fetch_all(connection).await?;
    let of = |row: &SqliteRow| {
        let id = |column| anyhow::Ok(row.try_get::<Option<i64>, _>(column)?.map(i64::cast_unsigned));
        let note: Option<String> = row.try_get("note")?;
        let closed = time(row, "closed_at_ms")?.zip(user(row, "closed_by")?);
        Ok(ArchivedCase {
            case: CaseId(number(row, "case_id")?),
            kind: row.try_get("kind")?,
            player: id("player_id")?.map(PlayerId),
            job: id("job_id")?.map(JobId),
            detail: row.try_get("detail")?,
            opened_at: Timestamp(number(row, "opened_at_ms")?),
            closed: closed.map(|(at, by)| (at, by, note)),
        })
    };
    rows.iter().rev().map(of).collect()
}

fn user(row: &SqliteRow, column: &str) -> anyhow::Result<Option<UserId>> {
    let id: Option<String> = row.try_get(column)?;
    id.map(|id| Ok(UserId(id.parse().context("read a Discord id")?))).transpose()
}
