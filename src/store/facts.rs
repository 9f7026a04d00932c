//! What the tables say, for whoever compares it with what players were told. Read-only, and from
//! one moment: a transaction reads all of it.

use super::link::{Link, Row};
use super::{Database, Store, StoreError, postgres, sqlite};
use anyhow::Context;
use ipc_schema::ids::{JobId, MatchId, PlayerId, Seq};
use ipc_schema::vocab::{Glicko, Mmr, Outcome, Race, Timestamp};
use std::collections::BTreeMap;

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
    pub async fn facts(&mut self) -> Result<Facts, StoreError> {
        let link = &mut self.link;
        let read = async {
            link.begin_moment().await?;
            let facts = Facts {
                users: users(link).await.context("read players")?,
                matches: matches(link).await.context("read matches")?,
                ratings: ratings(link).await.context("read ratings")?,
                replays: replays(link).await.context("read replays")?,
                corrections: corrections(link).await.context("read corrections")?,
            };
            link.run("rollback").await?;
            anyhow::Ok(facts)
        };
        match &self.database {
            Database::File(_) => read.await.map_err(sqlite::error),
            Database::Server(server) => postgres::in_words(server, read.await),
        }
    }
}

pub(super) fn time(of: Option<u64>) -> Option<Timestamp> {
    of.map(Timestamp)
}

pub(super) fn race(row: &mut Row) -> anyhow::Result<Race> {
    let code = row.text()?;
    Race::from_code(&code).with_context(|| format!("{code:?} is no race"))
}

pub(super) fn report(row: &mut Row) -> anyhow::Result<Option<Outcome>> {
    let code = row.maybe_text()?;
    code.map(|code| Outcome::from_code(&code).with_context(|| format!("{code:?} is no report"))).transpose()
}

pub(super) fn mmr(row: &mut Row) -> anyhow::Result<Mmr> {
    Ok(Mmr(i32::try_from(row.int()?).context("read an MMR")?))
}

pub(super) fn maybe_mmr(row: &mut Row) -> anyhow::Result<Option<Mmr>> {
    row.maybe_int()?.map(|mmr| Ok(Mmr(i32::try_from(mmr).context("read an MMR")?))).transpose()
}

/// All rows of a query without parameters.
async fn all<T, C: Default + Extend<T>>(
    link: &mut Link,
    query: &str,
    of: impl Fn(&mut Row) -> anyhow::Result<T>,
) -> anyhow::Result<C> {
    link.all(query, vec![], of).await
}

async fn users(link: &mut Link) -> anyhow::Result<BTreeMap<PlayerId, u64>> {
    all(link, "select player_id, discord_user_id from players", |row| {
        Ok((PlayerId(row.number()?), row.text()?.parse().context("read a Discord id")?))
    })
    .await
}

async fn matches(link: &mut Link) -> anyhow::Result<BTreeMap<MatchId, MatchRow>> {
    let query =
        "select match_id, player_1_id, player_2_id, race_1, race_2, map, server, paired_at_ms, started_at_ms,
             report_1, report_2, closed_at_ms, closed_seq, verdict, winner_id, ground,
             mmr_1_before, mmr_1_after, mmr_2_before, mmr_2_after,
             exists (select 1 from match_resolutions of where of.match_id = matches.match_id) as is_resolved
         from matches";
    all(link, query, match_row).await
}

fn match_row(row: &mut Row) -> anyhow::Result<(MatchId, MatchRow)> {
    let match_id = MatchId(row.number()?);
    let mut match_ = MatchRow {
        players: [PlayerId(row.number()?), PlayerId(row.number()?)],
        races: [race(row)?, race(row)?],
        map: row.text()?,
        server: row.text()?,
        paired_at: Timestamp(row.number()?),
        started_at: time(row.maybe_number()?),
        reports: [report(row)?, report(row)?],
        closed: None,
    };
    if let Some(at) = time(row.maybe_number()?) {
        let seq = row.maybe_number()?.map(Seq);
        let verdict = row.maybe_text()?.unwrap_or_default();
        let winner = row.maybe_number()?.map(PlayerId);
        let ground = row.maybe_text()?;
        let first = (maybe_mmr(row)?, maybe_mmr(row)?);
        let second = (maybe_mmr(row)?, maybe_mmr(row)?);
        let ratings = first.0.zip(first.1).zip(second.0.zip(second.1)).map(|(first, second)| [first, second]);
        let is_resolved = row.int()? != 0;
        match_.closed = Some(Closing { at, seq, verdict, winner, ground, ratings, is_resolved });
    }
    Ok((match_id, match_))
}

async fn ratings(link: &mut Link) -> anyhow::Result<BTreeMap<(PlayerId, Race), RatingRow>> {
    let query = "select player_id, race, mmr, wins, losses, draws, last_played_at_ms, glicko_rating, glicko_deviation,
             glicko_volatility from ratings";
    all(link, query, |row| {
        let key = (PlayerId(row.number()?), race(row)?);
        let rating = RatingRow {
            mmr: mmr(row)?,
            wins: u32::try_from(row.int()?)?,
            losses: u32::try_from(row.int()?)?,
            draws: u32::try_from(row.int()?)?,
            last_played: Timestamp(row.number()?),
            glicko: match (row.maybe_real()?, row.maybe_real()?, row.maybe_real()?) {
                (Some(rating), Some(deviation), Some(volatility)) => {
                    Some(Glicko { rating, deviation, volatility })
                }
                _ => None,
            },
        };
        Ok((key, rating))
    })
    .await
}

async fn replays(link: &mut Link) -> anyhow::Result<BTreeMap<JobId, ReplayRow>> {
    all(link, "select job_id, match_id, player_id, outcome, judged_at_ms from replays", |row| {
        let job = JobId(row.number()?);
        let replay = ReplayRow {
            match_id: MatchId(row.number()?),
            player: PlayerId(row.number()?),
            outcome: row.maybe_text()?.zip(time(row.maybe_number()?)),
        };
        Ok((job, replay))
    })
    .await
}

async fn corrections(link: &mut Link) -> anyhow::Result<Vec<CorrectionRow>> {
    let query = "select moved.match_id, player_id, race, mmr_before, mmr_after,
             coalesce(moved.at_ms, resolved.at_ms) as at_ms, seq
         from rating_corrections moved left join match_resolutions resolved using (seq) order by seq, player_id, race";
    all(link, query, |row| {
        Ok(CorrectionRow {
            match_id: row.maybe_number()?.map(MatchId),
            player: PlayerId(row.number()?),
            race: race(row)?,
            before: mmr(row)?,
            after: mmr(row)?,
            at: time(row.maybe_number()?).context("a correction has no time")?,
            seq: Seq(row.number()?),
        })
    })
    .await
}
