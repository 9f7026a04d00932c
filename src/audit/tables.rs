//! The tables of the database, once they are where the events are.

use super::follow::{Follow, Told};
use super::read::is_there;
use super::{Finding, Tables};
use crate::domain::rating::{GLICKO_TOLERANCE, Rating, RatingKey, glicko_distance};
use crate::store::{Database, Facts, MatchRow, RatingRow, Store, verdict_code};
use anyhow::Context;
use ipc_schema::ids::{MatchId, PlayerId, Seq};
use ipc_schema::vocab::{Mmr, Race, Verdict};
use std::collections::BTreeSet;

pub(super) async fn compare(database: &Database, follow: &mut Follow) -> anyhow::Result<Tables> {
    if !is_there(database) {
        return Ok(Tables::Missing);
    }
    let read = async {
        let mut store = Store::open_to_read(database).await?;
        // Facts are from one moment; a ladder that runs may be further by then.
        let before = store.progress().await?.map_or(Seq(0), |progress| progress.seq);
        let facts = store.facts().await?;
        let after = store.progress().await?.map_or(Seq(0), |progress| progress.seq);
        anyhow::Ok((facts, before, after))
    };
    let (facts, before, after) = read.await.with_context(|| format!("read {database}"))?;
    if before != follow.last || before != after {
        return Ok(Tables::Behind { seq: before.0 });
    }
    ratings(&facts, follow);
    matches(&facts, follow);
    Ok(Tables::Compared)
}

fn ratings(facts: &Facts, follow: &mut Follow) {
    let rows: BTreeSet<RatingKey> = follow.fold.ratings.keys().chain(facts.ratings.keys()).copied().collect();
    for row in rows {
        let what = match (follow.fold.ratings.get(&row), facts.ratings.get(&row)) {
            (Some(made), Some(stored)) => difference(made, stored),
            (Some(made), None) => Some(format!("the table has no row, the results make it {}", made.mmr)),
            (None, Some(stored)) => Some(format!("the table has {}, and no result made the row", stored.mmr)),
            (None, None) => None,
        };
        if let Some(what) = what {
            follow.findings.push(Finding::of_row(None, None, row, what));
        }
    }
}

fn difference(made: &Rating, stored: &RatingRow) -> Option<String> {
    let of_table = (stored.mmr, stored.wins, stored.losses, stored.draws, stored.last_played);
    let of_results = (made.mmr, made.wins, made.losses, made.draws, made.last_played);
    if of_table != of_results {
        return Some(format!("the table has {of_table:?}, the results make it {of_results:?}"));
    }
    let stored = stored.glicko.filter(|glicko| glicko_distance(*glicko, made.glicko) > GLICKO_TOLERANCE)?;
    Some(format!("the table has {stored:?}, the results make it {:?}", made.glicko))
}

fn matches(facts: &Facts, follow: &mut Follow) {
    let ids: BTreeSet<MatchId> = follow.matches.keys().chain(facts.matches.keys()).copied().collect();
    for id in ids {
        let what = match (follow.matches.get(&id), facts.matches.get(&id)) {
            (Some(told), Some(stored)) => (words(told) != words_of(stored))
                .then(|| format!("the table has {}, the events say {}", words_of(stored), words(told))),
            (Some(_), None) => Some("the table does not have it".to_owned()),
            (None, _) => Some("the table has it, and no event does".to_owned()),
        };
        if let Some(what) = what {
            follow.findings.push(Finding::of_match(None, Some(id), what));
        }
    }
}

/// All of a match that moves ratings, as one text.
fn words(told: &Told) -> String {
    let winner = match told.verdict {
        Some(Verdict::Decided { winner, .. }) => Some(told.players[usize::from(winner.min(1))]),
        _ => None,
    };
    line(told.players, told.races, told.verdict.map_or("open", verdict_code), winner, told.ratings)
}

fn words_of(row: &MatchRow) -> String {
    let closed = row.closed.as_ref();
    let verdict = closed.map_or("open", |closing| &closing.verdict);
    let (winner, ratings) = (closed.and_then(|of| of.winner), closed.and_then(|of| of.ratings));
    line(row.players, row.races, verdict, winner, ratings)
}

fn line(
    players: [PlayerId; 2],
    races: [Race; 2],
    verdict: &str,
    winner: Option<PlayerId>,
    ratings: Option<[(Mmr, Mmr); 2]>,
) -> String {
    let seats = [0, 1].map(|slot| {
        let moved = ratings.map(|of| format!(" {} to {}", of[slot].0, of[slot].1)).unwrap_or_default();
        format!("{} as {}{moved}", players[slot], races[slot])
    });
    let winner = winner.map(|winner| format!(" for {winner}")).unwrap_or_default();
    format!("{} against {}, {verdict}{winner}", seats[0], seats[1])
}
