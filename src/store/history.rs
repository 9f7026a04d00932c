//! One match with all that the tables have of it, for those who ask about older ones.

use super::database::Database;
use super::facts::{maybe_mmr, mmr, race, report, time};
use super::link::{Link, Row, Value};
use super::{Store, StoreError, postgres, sqlite};
use anyhow::Context;
use ipc_schema::archive::{
    ArchivedCase, ArchivedClosing, ArchivedCorrection, ArchivedEnd, ArchivedMatch, ArchivedResolution,
    ArchivedUpload, ArchivedVerdict,
};
use ipc_schema::ids::{CaseId, JobId, MatchId, PlayerId, Seq, UserId};
use ipc_schema::vocab::{FileHash, Ground, Server, Timestamp};

/// Rows of each list of one match. No match has nearly as many, but for one that staff resolve again
/// and again.
const LISTED: i64 = 50;

impl Store {
    /// What the tables have of a match, all of one moment; None if they do not know it.
    pub async fn find_match(&mut self, match_id: MatchId) -> Result<Option<ArchivedMatch>, StoreError> {
        let link = &mut self.link;
        let read = async {
            link.begin_moment().await?;
            let found = find(link, match_id).await.with_context(|| format!("read match {match_id}"))?;
            link.run("rollback").await?;
            anyhow::Ok(found)
        };
        match &self.database {
            Database::File(_) => read.await.map_err(sqlite::error),
            Database::Server(server) => postgres::limited(server, read).await,
        }
    }
}

/// A row of the match itself, before what belongs to it is known.
struct Found {
    of: ArchivedMatch,
    in_force: Option<ArchivedVerdict>,
}

async fn find(link: &mut Link, match_id: MatchId) -> anyhow::Result<Option<ArchivedMatch>> {
    let query = "select player_1_id, player_2_id, race_1, race_2, map, server, paired_at_ms, started_at_ms, report_1,
             report_2, verdict, winner_id, ground, closed_at_ms, mmr_1_before, mmr_1_after, mmr_2_before, mmr_2_after
         from matches where match_id = $1";
    let id = vec![Value::from(match_id.0)];
    let rows: Vec<Found> = link.all(query, id, |row| match_row(match_id, row)).await?;
    let Some(Found { mut of, in_force }) = rows.into_iter().next() else { return Ok(None) };
    let slot = |player| slot(of.players, player);
    of.resolutions = resolutions(link, match_id, in_force, &slot).await?;
    of.uploads = uploads(link, match_id, &slot).await?;
    of.cases = cases(link, match_id).await?;
    (of.corrections, of.others_corrected) = corrections(link, match_id, of.players).await?;
    Ok(Some(of))
}

fn slot(players: [PlayerId; 2], player: PlayerId) -> anyhow::Result<u8> {
    let slot = players.iter().position(|of| *of == player);
    let slot = slot.with_context(|| format!("player {player} is none of the match's"))?;
    Ok(u8::try_from(slot)?)
}

fn match_row(match_id: MatchId, row: &mut Row) -> anyhow::Result<Found> {
    let players = [PlayerId(row.number()?), PlayerId(row.number()?)];
    let races = [race(row)?, race(row)?];
    let (map, server) = (row.text()?, row.text()?);
    let (paired_at, started_at) = (Timestamp(row.number()?), time(row.maybe_number()?));
    let reports = [report(row)?, report(row)?];
    let (word, winner, ground) = (row.maybe_text()?, row.maybe_number()?, row.maybe_text()?);
    let in_force = verdict(word, winner, ground.as_deref(), &|player| slot(players, player))?;
    let closed_at = time(row.maybe_number()?);
    let first = maybe_mmr(row)?.zip(maybe_mmr(row)?);
    let second = maybe_mmr(row)?.zip(maybe_mmr(row)?);
    let ratings = first.zip(second).map(|(first, second)| [first, second]);
    let closed = closed_at.zip(in_force);
    let of = ArchivedMatch {
        match_id,
        players,
        races,
        server: Server::from_code(&server).with_context(|| format!("{server:?} is no server"))?,
        map,
        paired_at,
        started_at,
        reports,
        closed: closed.map(|(at, verdict)| ArchivedClosing { at, verdict, ratings }),
        resolutions: Vec::new(),
        corrections: Vec::new(),
        others_corrected: 0,
        uploads: Vec::new(),
        cases: Vec::new(),
    };
    Ok(Found { of, in_force })
}

/// A verdict from its word, its winner and why.
fn verdict(
    word: Option<String>,
    winner: Option<u64>,
    ground: Option<&str>,
    slot: &impl Fn(PlayerId) -> anyhow::Result<u8>,
) -> anyhow::Result<Option<ArchivedVerdict>> {
    let Some(word) = word else { return Ok(None) };
    let winner = winner.map(|id| slot(PlayerId(id)));
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
    link: &mut Link,
    match_id: MatchId,
    in_force: Option<ArchivedVerdict>,
    slot: &impl Fn(PlayerId) -> anyhow::Result<u8>,
) -> anyhow::Result<Vec<ArchivedResolution>> {
    let query = "select seq, at_ms, by_user, verdict_before, winner_before_id from match_resolutions
         where match_id = $1 order by seq desc limit $2";
    let rows: Vec<(Seq, Timestamp, Option<UserId>, Option<ArchivedVerdict>)> = link
        .all(query, vec![match_id.0.into(), LISTED.into()], |row| {
            let (seq, at, by) = (Seq(row.number()?), Timestamp(row.number()?), user(row)?);
            Ok((seq, at, by, verdict(row.maybe_text()?, row.maybe_number()?, None, slot)?))
        })
        .await?;
    let mut newest_first = Vec::new();
    let mut given = in_force;
    for (seq, at, by, before) in rows {
        newest_first.push(ArchivedResolution {
            seq,
            at,
            by: by.context("nobody resolved it")?,
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
    link: &mut Link,
    match_id: MatchId,
    players: [PlayerId; 2],
) -> anyhow::Result<(Vec<ArchivedCorrection>, u32)> {
    let [first, second] = players.map(|player| Value::from(player.0));
    let query = "select seq, player_id, race, mmr_before, mmr_after from rating_corrections
         where player_id in ($2, $3) and match_id = $1 order by seq desc, player_id, race limit $4";
    let values = vec![match_id.0.into(), first.clone(), second.clone(), LISTED.into()];
    let mut corrections: Vec<ArchivedCorrection> = link
        .all(query, values, |row| {
            let (seq, slot) = (Seq(row.number()?), u8::from(row.number()? == players[1].0));
            Ok(ArchivedCorrection { seq, slot, race: race(row)?, before: mmr(row)?, after: mmr(row)? })
        })
        .await?;
    corrections.sort_by_key(|row| (row.seq, row.slot));
    // By the records of the resolutions, which are the key of the table.
    let query = "select count(*) from match_resolutions resolved
         join rating_corrections moved on moved.seq = resolved.seq
         where resolved.match_id = $1 and moved.player_id not in ($2, $3)";
    let others: Vec<u64> = link.all(query, vec![match_id.0.into(), first, second], Row::number).await?;
    Ok((corrections, u32::try_from(others.into_iter().sum::<u64>())?))
}

async fn uploads(
    link: &mut Link,
    match_id: MatchId,
    slot: &impl Fn(PlayerId) -> anyhow::Result<u8>,
) -> anyhow::Result<Vec<ArchivedUpload>> {
    let query =
        "select job_id, player_id, sha256, bytes, uploaded_at_ms, outcome, judged_at_ms, would_be, map_title,
             duration_game_loops
         from replays where match_id = $1 order by job_id desc limit $2";
    let mut uploads: Vec<ArchivedUpload> = link
        .all(query, vec![match_id.0.into(), LISTED.into()], |row| {
            let (job, slot, hash) = (JobId(row.number()?), slot(PlayerId(row.number()?))?, row.text()?);
            let hash = FileHash::from_hex(&hash).with_context(|| format!("{hash:?} is no SHA-256"))?;
            let (bytes, at) = (u32::try_from(row.int()?)?, Timestamp(row.number()?));
            let ended = row.maybe_text()?.zip(time(row.maybe_number()?));
            let (would_be, map_title) = (row.maybe_text()?, row.maybe_text()?);
            let duration_game_loops = row.maybe_int()?.map(u32::try_from).transpose()?;
            let end = |(outcome, at)| ArchivedEnd { outcome, would_be, at, map_title, duration_game_loops };
            Ok(ArchivedUpload { job, slot, hash, bytes, at, end: ended.map(end) })
        })
        .await?;
    uploads.reverse();
    Ok(uploads)
}

async fn cases(link: &mut Link, match_id: MatchId) -> anyhow::Result<Vec<ArchivedCase>> {
    let query = "select case_id, kind, player_id, job_id, detail, opened_at_ms, closed_at_ms, closed_by, note from cases
         where match_id = $1 order by case_id desc limit $2";
    let mut cases: Vec<ArchivedCase> = link
        .all(query, vec![match_id.0.into(), LISTED.into()], |row| {
            Ok(ArchivedCase {
                case: CaseId(row.number()?),
                kind: row.text()?,
                player: row.maybe_number()?.map(PlayerId),
                job: row.maybe_number()?.map(JobId),
                detail: row.maybe_text()?,
                opened_at: Timestamp(row.number()?),
                closed: match (time(row.maybe_number()?).zip(user(row)?), row.maybe_text()?) {
                    (Some((at, by)), note) => Some((at, by, note)),
                    (None, _) => None,
                },
            })
        })
        .await?;
    cases.reverse();
    Ok(cases)
}

fn user(row: &mut Row) -> anyhow::Result<Option<UserId>> {
    row.maybe_text()?.map(|id| Ok(UserId(id.parse().context("read a Discord id")?))).transpose()
}
