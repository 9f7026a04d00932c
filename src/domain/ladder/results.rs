//! What matches count for: how one that closes moves ratings, and how staff correct what was decided.
//!
//! Ratings are a fold over results ([`crate::domain::rating`]). While results only come, each moves the two rows of its
//! match. A correction makes all of them anew from the compact history and tells the rows that differ,
//! so that afterwards they are those of a ladder in which the match ended as it now stands, or never
//! happened.

#[cfg(test)]
mod tests;

use super::Ladder;
use crate::domain::cards::Content;
use crate::domain::history::{Played, Standing};
use crate::domain::match_::{Match, Phase};
use crate::domain::rating::{self, Change, Rating, RatingKey, System, glicko_after, glicko_distance};
use crate::domain::season::Season;
use ipc_schema::event::{Event, Pairing, RatedRow, RatingChange, Rerating};
use ipc_schema::ids::{MatchId, PlayerId, UserId};
use ipc_schema::staff::StaffAct;
use ipc_schema::view::News;
use ipc_schema::vocab::{Ground, Mmr, Race, Refusal, Timestamp, Verdict};

/// Rows that one [`Event::Rerated`] tells: about 100 KB.
const RERATED_ROWS: usize = 2_000;

/// Rows that one correction may move. A decision is one record of the journal, which has to fit a
/// message between processes: these are 5.3 MB of its 8 MiB. A larger correction is refused, and
/// nothing changes.
const RERATED_MOST: usize = 120_000;

/// A Glicko-2 value that differs by less did not move: adding in another order, or on another
/// machine, costs a hundredth of it.
const GLICKO_MOVED: f64 = 1e-10;

/// What staff may set an MMR to. Nobody gets so far by playing, and no sum of the fold overflows.
const MMR_LEAST: Mmr = Mmr(-100_000);
const MMR_MOST: Mmr = Mmr(100_000);

impl Ladder {
    pub fn mmr(&self, season: &Season, player: PlayerId, race: Race) -> Mmr {
        self.ratings.get(&(player, race)).map_or(Mmr(season.knobs.mmr_start), |rating| rating.mmr)
    }

    /// The numbers of the season, if the history has others in force. They are told before anything
    /// follows them, so the history says by itself how each rating came about, and another season
    /// file re-rates nothing.
    pub(super) fn rating_system(&self, season: &Season, now: Timestamp) -> Option<Event> {
        let system = System::of(&season.knobs);
        (self.history.system() != Some(system)).then_some(Event::RatingSystem {
            mmr_start: system.start,
            mmr_scale: system.scale,
            mmr_k: system.k,
            at: now,
        })
    }

    /// How a match ends with this verdict, and what that does to the ratings. Everything that closes
    /// a match closes it so.
    pub(super) fn closing(
        &self,
        season: &Season,
        now: Timestamp,
        match_: &Match,
        verdict: Verdict,
    ) -> Vec<Event> {
        let match_id = match_.pairing.match_id;
        let ratings = self.rate(season, &match_.pairing, verdict);
        // A ladder that nobody started has told no numbers yet; those of an old one are these.
        let known = self.history.system().unwrap_or(System::FIRST) == System::of(&season.knobs);
        let system = if known || ratings.is_none() { None } else { self.rating_system(season, now) };
        let rated = ratings.zip(verdict.outcome(0)).map(|(changes, outcome)| {
            let before = changes.map(|change| self.row((change.player, change.race), change.before).glicko);
            let after = glicko_after(before, outcome);
            let rows = [0, 1].map(|slot| {
                let RatingChange { player, race, .. } = changes[slot];
                RatedRow { player, race, glicko: after[slot] }
            });
            Event::Rated { match_id, rows }
        });
        system
            .into_iter()
            .chain([Event::Closed { match_id, verdict, ratings, at: now }])
            .chain(rated)
            .collect()
    }

    /// How a verdict moves the MMR of both, if it does.
    fn rate(&self, season: &Season, pairing: &Pairing, verdict: Verdict) -> Option<[RatingChange; 2]> {
        let outcome = verdict.outcome(0)?;
        let before = [0, 1].map(|slot| self.mmr(season, pairing.players[slot], pairing.races[slot]));
        let after = System::of(&season.knobs).after(before, outcome);
        Some([0, 1].map(|slot| RatingChange {
            player: pairing.players[slot],
            race: pairing.races[slot],
            before: before[slot],
            after: after[slot],
        }))
    }

    /// A row as it is; with `start` where there is none yet.
    fn row(&self, row: RatingKey, start: Mmr) -> Rating {
        self.ratings.get(&row).copied().unwrap_or_else(|| Rating::new(start))
    }

    /// Staff decide what a match counts for: a verdict of theirs that one won or that neither did, or
    /// [`Verdict::Void`]. An open match is closed by it. A closed one gets its place among the
    /// results by when it was closed, and everything after it is rated anew.
    pub fn resolve(
        &self,
        season: &Season,
        now: Timestamp,
        by: UserId,
        match_id: MatchId,
        verdict: Verdict,
    ) -> Result<Vec<Event>, Refusal> {
        assert!(is_ruling(verdict), "{verdict:?} is nothing that staff decide");
        let resolved = Event::Resolved { match_id, verdict, by, at: now };
        if let Some(match_) = self.matches.get(&match_id) {
            match match_.phase {
                Phase::Confirming { .. } => return Err(Refusal::MatchNotPlayed),
                Phase::Playing { .. } => {
                    let mut events = self.closing(season, now, match_, verdict);
                    events.push(resolved);
                    return Ok(events);
                }
                Phase::Closed { .. } => {}
            }
        }
        let Some(played) = self.history.find(match_id) else {
            let was_paired = match_id.0 > 0 && match_id.0 < self.next_match;
            return Err(if was_paired { Refusal::MatchNotPlayed } else { Refusal::MatchUnknown });
        };
        let standing = Standing::of(verdict);
        // A verdict that says the same again still answers those who asked.
        if played.standing == standing && !self.cases.is_open(match_id) {
            return Err(Refusal::Unchanged);
        }
        let rows = for_one_decision(self.rerated(match_id, standing))?;
        let rerated = rows.chunks(RERATED_ROWS).map(|rows| Event::Rerated { match_id, rows: rows.to_vec() });
        Ok(std::iter::once(resolved).chain(rerated).collect())
    }

    /// The rows that are other ones if the match stands so.
    fn rerated(&self, match_id: MatchId, standing: Standing) -> Vec<Rerating> {
        let start = self.history.system().unwrap_or(System::FIRST).start;
        let made = self.history.fold_with(match_id, standing).ratings;
        let gone = self.ratings.keys().filter(|row| !made.contains_key(row));
        let mut rows: Vec<RatingKey> = made.keys().chain(gone).copied().collect();
        rows.sort_unstable();
        let change = |row: RatingKey| {
            let (is, was) = (made.get(&row).copied().unwrap_or(Rating::new(start)), self.row(row, start));
            let moved = is.mmr != was.mmr || glicko_distance(is.glicko, was.glicko) > GLICKO_MOVED;
            let (player, race) = row;
            moved.then_some(Rerating { player, race, before: was.mmr, after: is.mmr, glicko: is.glicko })
        };
        rows.into_iter().filter_map(change).collect()
    }

    /// Staff set a rating.
    #[expect(clippy::too_many_arguments, reason = "who, whose, what and why; none could be another")]
    pub fn adjust_mmr(
        &self,
        season: &Season,
        now: Timestamp,
        by: UserId,
        player: PlayerId,
        race: Race,
        to: Mmr,
        reason: String,
    ) -> Result<Vec<Event>, Refusal> {
        if !self.players.contains_key(&player) {
            return Err(Refusal::PlayerUnknown);
        }
        if !(MMR_LEAST..=MMR_MOST).contains(&to) {
            return Err(Refusal::MmrOutOfRange { least: MMR_LEAST, most: MMR_MOST });
        }
        let points = to.0 - self.mmr(season, player, race).0;
        if points == 0 {
            return Err(Refusal::Unchanged);
        }
        // A row that staff make begins where the numbers in force say.
        let system = self.rating_system(season, now);
        let adjusted = Event::MmrAdjusted { player, race, points, by, reason, at: now };
        Ok(system.into_iter().chain([adjusted]).collect())
    }

    /// A played match is closed: its place in the history, and what it does to the ratings.
    pub(super) fn take_result(
        &mut self,
        pairing: &Pairing,
        verdict: Verdict,
        ratings: Option<&[RatingChange; 2]>,
        at: Timestamp,
    ) {
        let played = Played {
            match_id: pairing.match_id,
            players: pairing.players,
            races: pairing.races,
            standing: Standing::of(verdict),
            at,
            told: ratings.map(|ratings| ratings.map(|change| change.after)),
        };
        self.history.add(&played);
        let (Some(outcome), Some(changes)) = (verdict.outcome(0), ratings) else { return };
        self.counts.matches_decided += 1;
        let before = changes.map(|change| self.row((change.player, change.race), change.before));
        // Histories from before Glicko-2 was told have no `Rated` behind this.
        let glicko = glicko_after(before.map(|of| of.glicko), outcome);
        for (slot, change) in changes.iter().enumerate() {
            let mut row = Rating { mmr: change.after, glicko: glicko[slot], ..before[slot] };
            row.count(if slot == 0 { outcome } else { outcome.reversed() }, at);
            self.ratings.insert((change.player, change.race), row);
            self.stand(change.player);
        }
    }

    pub(super) fn take_rated(&mut self, rows: &[RatedRow; 2]) {
        for RatedRow { player, race, glicko } in rows {
            if let Some(row) = self.ratings.get_mut(&(*player, *race)) {
                row.glicko = *glicko;
            }
        }
    }

    pub(super) fn take_system(&mut self, start: Mmr, scale: f64, k: f64) {
        self.history.change(Change::System(System { start, scale, k }));
    }

    pub(super) fn take_resolved(&mut self, match_id: MatchId, verdict: Verdict, at: Timestamp) {
        // The entry of the audit log comes before what the act made true, and has the reason.
        let reason = self.staff.log().next().map(|entry| &entry.done).filter(|done| done.at == at);
        let reason = reason.filter(|done| done.act == StaffAct::Resolve { match_id, verdict });
        let reason = reason.map(|done| done.reason.clone());
        let played = self.history.find(match_id).expect("only a match that was played is resolved");
        self.history.settle(match_id, Standing::of(verdict));
        if played.standing.outcome().is_some() || verdict.outcome(0).is_some() {
            self.post_result(match_id);
        }
        match (played.standing.outcome(), verdict.outcome(0)) {
            (None, Some(_)) => self.counts.matches_decided += 1,
            (Some(_), None) => self.counts.matches_decided -= 1,
            (None, None) | (Some(_), Some(_)) => {}
        }
        if let Some(match_) = self.matches.get_mut(&match_id)
            && let Phase::Closed { verdict: told, ratings, .. } = &mut match_.phase
            && *told != verdict
        {
            if Standing::of(*told) != Standing::of(verdict) {
                // What it moved was told as part of another verdict.
                *ratings = None;
            }
            *told = verdict;
            let cards = match_.cards;
            cards.into_iter().for_each(|card| self.cards.touch(card));
        }
        let start = self.history.system().unwrap_or(System::FIRST).start;
        for (row, your_slot) in played.rows().into_iter().zip(0..) {
            match self.history.tally(row) {
                Some((record, last_played)) => {
                    let rating = self.ratings.entry(row).or_insert(Rating::new(start));
                    (rating.wins, rating.losses, rating.draws) = (record.wins, record.losses, record.draws);
                    rating.last_played = last_played;
                }
                None => drop(self.ratings.remove(&row)),
            }
            self.stand(row.0);
            let news = match reason.clone() {
                Some(reason) => News::MatchRuled { match_id, verdict, your_slot, reason },
                None => News::MatchResolved { match_id, verdict, your_slot },
            };
            self.cards.add(row.0, Content::News(news));
        }
    }

    pub(super) fn take_rerated(&mut self, match_id: MatchId, rows: &[Rerating]) {
        for Rerating { player, race, before, after, glicko } in rows {
            // A row that nothing made is gone, and only its player is told.
            if let Some(row) = self.ratings.get_mut(&(*player, *race)) {
                (row.mmr, row.glicko) = (*after, *glicko);
                self.stand(*player);
            }
            // The players of the match itself are told in any case.
            let is_own = self.matches.get(&match_id).is_some_and(|match_| match_.slot_of(*player).is_ok());
            if before != after && (is_own || self.players[player].settings.notifications.corrections) {
                let (race, before, after) = (*race, *before, *after);
                let news = News::RatingCorrected { match_id, race, before, after };
                self.cards.add(*player, Content::News(news));
            }
        }
    }

    pub(super) fn take_adjusted(&mut self, player: PlayerId, race: Race, points: i32, reason: &str) {
        let start = self.history.system().unwrap_or(System::FIRST).start;
        self.history.change(Change::Adjusted { row: (player, race), points });
        let row = self.ratings.entry((player, race)).or_insert(Rating::new(start));
        let before = row.mmr;
        row.mmr = Mmr(before.0 + points);
        let after = row.mmr;
        self.stand(player);
        let news = News::MmrAdjusted { race, before, after, reason: reason.to_owned() };
        self.cards.add(player, Content::News(news));
    }

    /// What differs between the ratings and the fold over results that they should be: nothing, ever.
    pub fn audit(&self) -> Vec<RatingKey> {
        let made = self.history.fold().ratings;
        let same = |row: &RatingKey| match (made.get(row), self.ratings.get(row)) {
            (Some(made), Some(is)) => {
                glicko_distance(made.glicko, is.glicko) <= rating::GLICKO_TOLERANCE
                    && Rating { glicko: is.glicko, ..*made } == *is
            }
            _ => false,
        };
        let mut rows: Vec<RatingKey> = made.keys().chain(self.ratings.keys()).copied().collect();
        rows.sort_unstable();
        rows.dedup();
        rows.retain(|row| !same(row));
        rows
    }
}

/// The rows, unless they are too many.
fn for_one_decision(rows: Vec<Rerating>) -> Result<Vec<Rerating>, Refusal> {
    let limit = u32::try_from(RERATED_MOST).expect("it is a small number");
    if rows.len() > RERATED_MOST { Err(Refusal::CorrectionTooLarge { limit }) } else { Ok(rows) }
}

/// Whether it is a verdict of staff.
pub(super) fn is_ruling(verdict: Verdict) -> bool {
    matches!(
        verdict,
        Verdict::Decided { winner: 0 | 1, ground: Ground::Staff }
            | Verdict::Drawn { ground: Ground::Staff }
            | Verdict::Void
    )
}
