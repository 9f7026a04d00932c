//! Event by event: what each tells of ratings, against what the results so far make of them.

use super::Finding;
use crate::domain::history::{History, Played, Standing};
use crate::domain::rating::{Change, Fold, GLICKO_TOLERANCE, Item, RatingKey, System, glicko_distance};
use ipc_schema::db_writer::Record;
use ipc_schema::event::{Event, Judged, RatedRow, RatingChange, Rerating};
use ipc_schema::ids::{MatchId, PlayerId, Seq};
use ipc_schema::vocab::{Glicko, Mmr, Race, Timestamp, Verdict};
use std::collections::{BTreeMap, BTreeSet};

/// A match as the events have it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told {
    pub players: [PlayerId; 2],
    pub races: [Race; 2],
    pub verdict: Option<Verdict>,
    /// Of both, before and after, as told when it closed.
    pub ratings: Option<[(Mmr, Mmr); 2]>,
    was_started: bool,
}

#[derive(Debug)]
pub(super) struct Follow {
    pub records: u64,
    /// The record that was read last; 0 before the first.
    pub last: Seq,
    pub results: u64,
    pub resolved: u64,
    pub history: History,
    /// What the results make of the ratings.
    pub fold: Fold,
    pub matches: BTreeMap<MatchId, Told>,
    pub findings: Vec<Finding>,
}

/// MMR before and after a correction, of the rows that it moves.
type Moved = BTreeMap<RatingKey, (Mmr, Mmr)>;

/// What later events of a record have to agree with.
#[derive(Default)]
struct Decision {
    /// What a replay of it says of its match.
    judged: Option<Verdict>,
    /// Rows that a match left, until their Glicko-2 is told.
    closed: Option<(MatchId, [RatingKey; 2])>,
    /// Rows that a verdict of staff moves, until they are told.
    moved: Option<(MatchId, Moved)>,
}

impl Default for Follow {
    fn default() -> Self {
        Follow {
            records: 0,
            last: Seq(0),
            results: 0,
            resolved: 0,
            history: History::default(),
            fold: Fold::default(),
            matches: BTreeMap::new(),
            findings: Vec::new(),
        }
    }
}

impl Follow {
    pub(super) fn take(&mut self, record: &Record) {
        self.records += 1;
        self.last = record.seq;
        let mut decision = Decision::default();
        for event in &record.events {
            self.event(&mut decision, event);
        }
        if let Some((match_id, rows)) = decision.closed
            && self.history.system().is_some()
        {
            for row in rows {
                self.find(match_id, row, "its Glicko-2 rating after the match was not told".to_owned());
            }
        }
        let (match_id, moved) = decision.moved.unwrap_or((MatchId(0), BTreeMap::new()));
        for (row, (before, after)) in moved {
            let what = format!(
                "the correction moves it from {before} to {after} MMR or in Glicko-2, which was not told"
            );
            self.find(match_id, row, what);
        }
    }

    fn find(&mut self, match_id: MatchId, row: RatingKey, what: String) {
        self.findings.push(Finding::of_row(Some(self.last), Some(match_id), row, what));
    }

    fn find_match(&mut self, match_id: MatchId, what: String) {
        self.findings.push(Finding::of_match(Some(self.last), Some(match_id), what));
    }

    fn change(&mut self, change: Change) {
        self.history.change(change);
        self.fold.take(&Item::Change(change));
    }

    fn event(&mut self, decision: &mut Decision, event: &Event) {
        match event {
            Event::WaveFired { pairings, .. } => {
                for pairing in pairings {
                    let (players, races) = (pairing.players, pairing.races);
                    let told = Told { players, races, verdict: None, ratings: None, was_started: false };
                    self.matches.insert(pairing.match_id, told);
                }
            }
            Event::Started { match_id, .. } => {
                if let Some(told) = self.matches.get_mut(match_id) {
                    told.was_started = true;
                }
            }
            Event::ReplayJudged { judgement, .. } => {
                if let Judged::Decided { winner, ground } = judgement.outcome {
                    decision.judged = Some(Verdict::Decided { winner, ground });
                }
            }
            Event::RatingSystem { mmr_start, mmr_scale, mmr_k, .. } => {
                self.change(Change::System(System { start: *mmr_start, scale: *mmr_scale, k: *mmr_k }));
            }
            Event::MmrAdjusted { player, race, points, .. } => {
                self.change(Change::Adjusted { row: (*player, *race), points: *points });
            }
            Event::Closed { match_id, verdict, ratings, at } => {
                self.closed(decision, *match_id, *verdict, ratings.as_ref(), *at);
            }
            Event::Rated { match_id, rows } => self.rated(decision, *match_id, rows),
            Event::Resolved { match_id, verdict, .. } => self.take_resolved(decision, *match_id, *verdict),
            Event::Rerated { match_id, rows } => {
                for row in rows {
                    self.rerated(decision, *match_id, row);
                }
            }
            _ => {}
        }
    }

    fn closed(
        &mut self,
        decision: &mut Decision,
        match_id: MatchId,
        verdict: Verdict,
        ratings: Option<&[RatingChange; 2]>,
        at: Timestamp,
    ) {
        let Some(told) = self.matches.get_mut(&match_id) else {
            return self.find_match(match_id, "it was closed and never paired".to_owned());
        };
        let was_closed = told.verdict.replace(verdict).is_some();
        told.ratings = ratings.map(|changes| changes.map(|change| (change.before, change.after)));
        let told = *told;
        if was_closed {
            return self.find_match(match_id, "it was closed twice".to_owned());
        }
        if let Some(judged) = decision.judged.take()
            && judged != verdict
        {
            self.find_match(
                match_id,
                format!("it was closed as {verdict:?}, but its replay says {judged:?}"),
            );
        }
        let played = Played {
            match_id,
            players: told.players,
            races: told.races,
            standing: Standing::of(verdict),
            at,
            told: None,
        };
        let rows = played.rows();
        if told.was_started || ratings.is_some() {
            self.history.add(&played);
        }
        let Some(outcome) = verdict.outcome(0) else {
            if ratings.is_some() {
                self.find_match(match_id, format!("it moved ratings, though {verdict:?} counts for nothing"));
            }
            return;
        };
        self.results += 1;
        let before = rows.map(|row| self.fold.of(row));
        self.fold.take(&Item::Result { match_id, rows, outcome, at });
        let Some(changes) = ratings else {
            return self.find_match(match_id, format!("it moved no ratings, though it ended {verdict:?}"));
        };
        decision.closed = Some((match_id, rows));
        for (slot, change) in changes.iter().enumerate() {
            let row = rows[slot];
            if (change.player, change.race) != row {
                let what =
                    format!("the match moved {} of player {} in its place", change.race, change.player);
                self.find(match_id, row, what);
            }
            let made = [before[slot].mmr, self.fold.of(row).mmr];
            let was_told = [change.before, change.after];
            if was_told != made {
                let [told, made] = [was_told, made].map(|[before, after]| format!("{before} to {after}"));
                self.find(match_id, row, format!("told is {told} MMR, the results make it {made}"));
            }
        }
    }

    fn rated(&mut self, decision: &mut Decision, match_id: MatchId, rows: &[RatedRow; 2]) {
        let Some((_, expected)) = decision.closed.take().filter(|(id, _)| *id == match_id) else {
            return self
                .find_match(match_id, "Glicko-2 ratings were told of a match that moved none".to_owned());
        };
        for (told, row) in rows.iter().zip(expected) {
            if (told.player, told.race) != row {
                let what = format!("the Glicko-2 rating of player {} was told in its place", told.player);
                self.find(match_id, row, what);
            }
            self.glicko(match_id, row, told.glicko);
        }
    }

    fn glicko(&mut self, match_id: MatchId, row: RatingKey, told: Glicko) {
        let made = self.fold.of(row).glicko;
        if glicko_distance(told, made) > GLICKO_TOLERANCE {
            self.find(match_id, row, format!("told is {told:?}, the results make it {made:?}"));
        }
    }

    fn take_resolved(&mut self, decision: &mut Decision, match_id: MatchId, verdict: Verdict) {
        self.resolved += 1;
        if self.history.find(match_id).is_none() {
            return self.find_match(match_id, "it got a verdict of staff and was never played".to_owned());
        }
        if let Some(told) = self.matches.get_mut(&match_id) {
            told.verdict = Some(verdict);
        }
        self.history.settle(match_id, Standing::of(verdict));
        let made = self.history.fold();
        let rows: BTreeSet<RatingKey> =
            self.fold.ratings.keys().chain(made.ratings.keys()).copied().collect();
        let change = |row: RatingKey| {
            let (was, is) = (self.fold.of(row), made.of(row));
            let same = was.mmr == is.mmr && glicko_distance(was.glicko, is.glicko) <= GLICKO_TOLERANCE;
            (!same).then_some((row, (was.mmr, is.mmr)))
        };
        decision.moved = Some((match_id, rows.into_iter().filter_map(change).collect()));
        self.fold = made;
    }

    fn rerated(&mut self, decision: &mut Decision, match_id: MatchId, told: &Rerating) {
        let row = (told.player, told.race);
        let Some((_, moved)) = decision.moved.as_mut().filter(|(id, _)| *id == match_id) else {
            return self.find(match_id, row, "it was re-rated without a verdict of staff".to_owned());
        };
        // A row that moved by less than an audit sees may be told all the same.
        let is = self.fold.of(row);
        let (before, after) = moved.remove(&row).unwrap_or((is.mmr, is.mmr));
        if (told.before, told.after) != (before, after) {
            let what = format!(
                "the correction told {} to {} MMR, the results make it {before} to {after}",
                told.before, told.after
            );
            self.find(match_id, row, what);
        }
        self.glicko(match_id, row, told.glicko);
    }
}
