//! What the tables say, for whoever compares it with what players were told. Read-only, and from
//! one moment: a transaction reads all of it.

use super::Store;
use anyhow::Context;
use ipc_schema::ids::{JobId, MatchId, PlayerId, Seq};
use ipc_schema::vocab::{Glicko, Mmr, Outcome, Race, Timestamp};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteRow};
use sqlx::{Connection, Row};
use std::collections::BTreeMap;
use std::path::Path;

#[derive(Debug, Default)]
pub struct Facts {
    /// Discord's id of each player.
    pub users: BTreeMap<PlayerId, u64>,
    pub matches: BTreeMap<MatchId, MatchRow>,
    pub ratings: BTreeMap<(PlayerId, Race), RatingRow>,
    pub replays: BTreeMap<JobId, ReplayRow>,
    /// Ratings that staff moved, in order.
    pub corrections: Vec<CorrectionRow>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct MatchRow {
    pub players: [PlayerId; 2],
    pub races: [Race; 2],
    pub map: String,
    pub server: String,
    pub paired_at: Timestamp,
    pub started_at: Option<Timestamp>,
    /// What each player reported.
    pub reports: [Option<Outcome>; 2],
    pub closed: Option<Closing>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Closing {
    pub at: Timestamp,
    /// The record that closed it; None for matches from before that was stored.
    pub seq: Option<Seq>,
    /// As the table has it: decided, drawn, aborted and so on.
    pub verdict: String,
    pub winner: Option<PlayerId>,
    /// Why, as the table has it.
    pub ground: Option<String>,
    /// Of each player, before and after, as told when it was closed.
    pub ratings: Option<[(Mmr, Mmr); 2]>,
    /// Whether staff gave it another verdict than it was closed with.
    pub is_resolved: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RatingRow {
    pub mmr: Mmr,
    pub wins: u32,
    pub losses: u32,
    pub draws: u32,
    pub last_played: Timestamp,
    /// None until a match moved the row with a build that stores it.
    pub glicko: Option<Glicko>,
}

/// A rating that moved because a match got another verdict, or by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CorrectionRow {
    pub match_id: Option<MatchId>,
    pub player: PlayerId,
    pub race: Race,
    pub before: Mmr,
    pub after: Mmr,
    pub at: Timestamp,
    pub seq: Seq,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ReplayRow {
    pub match_id: MatchId,
    pub player: PlayerId,
    /// As the table has it, and when.
    pub outcome: Option<(String, Timestamp)>,
}

impl Store {
    /// Opens an SQLite file that is there, and changes nothing in it.
    pub async fn open_to_read(path: &Path) -> anyhow::Result<Store> {
        let options =
            SqliteConnectOptions::new().filename(path).read_only(true).busy_timeout(super::BUSY_LIMIT);
        let opened = SqliteConnection::connect_with(&options).await;
        let connection = opened.with_context(|| format!("open database {}", path.display()))?;
        Ok(Store { options, connection })
    }

    pub async fn facts(&mut self) -> anyhow::Result<Facts> {
        let mut transaction = self.connection.begin().await?;
        let facts = Facts {
            users: users(&mut transaction).await.context("read players")?,
            matches: matches(&mut transaction).await.context("read matches")?,
            ratings: ratings(&mut transaction).await.context("read ratings")?,
            replays: replays(&mut transaction).await.context("read replays")?,
            corrections: corrections(&mut transaction).await.context("read corrections")?,
        };
        transaction.rollback().await?;
        Ok(facts)
    }
}

pub(super) fn number(row: &SqliteRow, column: &str) -> anyhow::Result<u64> {
    Ok(row.try_get::<i64, _>(column)?.cast_unsigned())
}

pub(super) fn time(row: &SqliteRow, column: &str) -> anyhow::Result<Option<Timestamp>> {
    Ok(row.try_get::<Option<i64>, _>(column)?.map(|ms| Timestamp(ms.cast_unsigned())))
}

pub(super) fn race(row: &SqliteRow, column: &str) -> anyhow::Result<Race> {
    let code: String = row.try_get(column)?;
    Race::from_code(&code).with_context(|| format!("{code:?} is no race"))
}

pub(super) fn report(row: &SqliteRow, column: &str) -> anyhow::Result<Option<Outcome>> {
    let code: Option<String> = row.try_get(column)?;
    code.map(|code| Outcome::from_code(&code).with_context(|| format!("{code:?} is no report"))).transpose()
}

async fn users(connection: &mut SqliteConnection) -> anyhow::Result<BTreeMap<PlayerId, u64>> {
    let rows = sqlx::query("select player_id, discord_user_id from players").fetch_all(connection).await?;
    let of = |row: &SqliteRow| {
        let user: String = row.try_get("discord_user_id")?;
        Ok((PlayerId(number(row, "player_id")?), user.parse().context("read a Discord id")?))
    };
    rows.iter().map(of).collect()
}

async fn matches(connection: &mut SqliteConnection) -> anyhow::Result<BTreeMap<MatchId, MatchRow>> {
    let rows = sqlx::query(
        "select match_id, player_1_id, player_2_id, race_1, race_2, map, server, paired_at_ms, started_at_ms,
             closed_at_ms, closed_seq, verdict, winner_id, ground, mmr_1_before, mmr_1_after, mmr_2_before, mmr_2_after,
             report_1, report_2, exists (select 1 from match_resolutions of where of.match_id = matches.match_id) as is_resolved
         from matches",
    );
    let rows = rows.fetch_all(connection).await?;
    rows.iter().map(match_row).collect()
}

fn match_row(row: &SqliteRow) -> anyhow::Result<(MatchId, MatchRow)> {
    let mmr = |column| Ok::<_, anyhow::Error>(row.try_get::<Option<i32>, _>(column)?.map(Mmr));
    let first = mmr("mmr_1_before")?.zip(mmr("mmr_1_after")?);
    let second = mmr("mmr_2_before")?.zip(mmr("mmr_2_after")?);
    let closed = match time(row, "closed_at_ms")? {
        None => None,
        Some(at) => Some(Closing {
            at,
            seq: row.try_get::<Option<i64>, _>("closed_seq")?.map(|seq| Seq(seq.cast_unsigned())),
            verdict: row.try_get::<Option<String>, _>("verdict")?.unwrap_or_default(),
            winner: row.try_get::<Option<i64>, _>("winner_id")?.map(|id| PlayerId(id.cast_unsigned())),
            ground: row.try_get("ground")?,
            ratings: first.zip(second).map(|(first, second)| [first, second]),
            is_resolved: row.try_get("is_resolved")?,
        }),
    };
    let match_ = MatchRow {
        players: [PlayerId(number(row, "player_1_id")?), PlayerId(number(row, "player_2_id")?)],
        races: [race(row, "race_1")?, race(row, "race_2")?],
        map: row.try_get("map")?,
        server: row.try_get("server")?,
        paired_at: Timestamp(number(row, "paired_at_ms")?),
        started_at: time(row, "started_at_ms")?,
        reports: [report(row, "report_1")?, report(row, "report_2")?],
        closed,
    };
    Ok((MatchId(number(row, "match_id")?), match_))
}

async fn ratings(connection: &mut SqliteConnection) -> anyhow::Result<BTreeMap<(PlayerId, Race), RatingRow>> {
    let rows = sqlx::query(
        "select player_id, race, mmr, wins, losses, draws, last_played_at_ms, glicko_rating, glicko_deviation,
             glicko_volatility from ratings",
    );
    let rows = rows.fetch_all(connection).await?;
    let of = |row: &SqliteRow| {
        let count = |column| anyhow::Ok(u32::try_from(number(row, column)?)?);
        let part = |column| row.try_get::<Option<f64>, _>(column);
        let rating = RatingRow {
            mmr: Mmr(row.try_get("mmr")?),
            wins: count("wins")?,
            losses: count("losses")?,
            draws: count("draws")?,
            last_played: Timestamp(number(row, "last_played_at_ms")?),
            glicko: match (part("glicko_rating")?, part("glicko_deviation")?, part("glicko_volatility")?) {
                (Some(rating), Some(deviation), Some(volatility)) => {
                    Some(Glicko { rating, deviation, volatility })
                }
                _ => None,
            },
        };
        Ok(((PlayerId(number(row, "player_id")?), race(row, "race")?), rating))
    };
    rows.iter().map(of).collect()
}

async fn replays(connection: &mut SqliteConnection) -> anyhow::Result<BTreeMap<JobId, ReplayRow>> {
    let rows = sqlx::query("select job_id, match_id, player_id, outcome, judged_at_ms from replays");
    let rows = rows.fetch_all(connection).await?;
    let of = |row: &SqliteRow| {
        let outcome: Option<String> = row.try_get("outcome")?;
        let replay = ReplayRow {
            match_id: MatchId(number(row, "match_id")?),
            player: PlayerId(number(row, "player_id")?),
            outcome: outcome.zip(time(row, "judged_at_ms")?),
        };
        Ok((JobId(number(row, "job_id")?), replay))
    };
    rows.iter().map(of).collect()
}

async fn corrections(connection: &mut SqliteConnection) -> anyhow::Result<Vec<CorrectionRow>> {
    let rows = sqlx::query(
        "select seq, moved.match_id, player_id, race, mmr_before, mmr_after,
             coalesce(moved.at_ms, resolved.at_ms) as at_ms
         from rating_corrections moved left join match_resolutions resolved using (seq) order by seq",
    );
    let rows = rows.fetch_all(connection).await?;
    let of = |row: &SqliteRow| {
        Ok(CorrectionRow {
            match_id: row.try_get::<Option<i64>, _>("match_id")?.map(|id| MatchId(id.cast_unsigned())),
            player: PlayerId(number(row, "player_id")?),
            race: race(row, "race")?,
            before: Mmr(row.try_get("mmr_before")?),
            after: Mmr(row.try_get("mmr_after")?),
            at: time(row, "at_ms")?.context("a correction has no time")?,
            seq: Seq(number(row, "seq")?),
        })
    };
    rows.iter().map(of).collect()
}
