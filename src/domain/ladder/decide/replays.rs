//! Replays: whether one is taken, how long a match waits for it, and what it decides.

use super::super::{Job, Ladder, STRIKES};
use super::matches::Move;
use crate::domain::cards::{Card, Content};
use crate::domain::match_::{Match, Phase, UPLOADS};
use crate::domain::player::fold;
use crate::domain::season::Season;
use crate::domain::verdict::{self, Game, Ruling, Unverified};
use ipc_schema::event::{CaseKind, Event, Judged, Judgement};
use ipc_schema::ids::{JobId, MatchId, PlayerId, UserId};
use ipc_schema::replay::{Fault, ReplayFacts};
use ipc_schema::view::ReplayStage;
use ipc_schema::vocab::{FileHash, GameRegion, Ground, Outcome, Refusal, Timestamp, Verdict};
use std::collections::BTreeMap;
use std::time::Duration;

/// Replays in line or being read. A worker reads hundreds a second, so a full line means that something is
/// wrong, and the next player is told so.
pub(super) const LINE: usize = 200;

/// The same of one player. A match needs one; the others are for those who send the wrong one first.
pub(super) const LINE_PER_PLAYER: u8 = 3;

/// A match whose time is over waits so long for a replay that came before: a little longer than a
/// replay may be in line.
pub(super) const AWAITED: Duration = Duration::from_secs(15 * 60);

impl Ladder {
    /// Whether an upload would be taken, and for which match, before its bytes are stored.
    pub fn check_upload(
        &self,
        season: &Season,
        now: Timestamp,
        user: UserId,
        hash: FileHash,
    ) -> Result<(PlayerId, MatchId), Refusal> {
        let (player, of) = self.player_of(user).ok_or(Refusal::SetupNeeded)?;
        of.gate()?;
        let (match_id, match_) = self.match_of(player).ok_or(Refusal::NoOpenMatch)?;
        let slot = match_.slot_of(player)?;
        self.advance(season, now, match_, Move::Upload(slot))?;
        if self.spent_files.contains(&hash) {
            return Err(Refusal::FileRefused);
        }
        if self.quarantined_files.contains(&hash) {
            return Err(Refusal::FileQuarantined);
        }
        let of_match = |job: &&Job| job.match_id == match_id && job.hash == hash;
        if self.jobs.values().any(|job| of_match(&job) && job.player == player) {
            return Err(Refusal::ReplayInLine);
        }
        let own = self.jobs.values().filter(|job| job.player == player).count();
        if own >= usize::from(LINE_PER_PLAYER) {
            return Err(Refusal::OwnLineFull { limit: LINE_PER_PLAYER });
        }
        if self.jobs.len() >= LINE {
            return Err(Refusal::LineFull);
        }
        if match_.uploads_of(slot) >= usize::from(UPLOADS) {
            return Err(Refusal::TooManyUploads { limit: UPLOADS });
        }
        Ok((player, match_id))
    }

    /// Until when a running match at least goes on, where a replay of it is in line.
    pub(super) fn awaited(&self) -> BTreeMap<MatchId, Timestamp> {
        let mut awaited = BTreeMap::new();
        for job in self.jobs.values() {
            let until = awaited.entry(job.match_id).or_insert(Timestamp::ZERO);
            *until = (job.uploaded_at + AWAITED).max(*until);
        }
        awaited.retain(|id, _| self.matches.get(id).is_some_and(Match::is_open));
        awaited
    }

    pub(super) fn job_dropped(
        &self,
        now: Timestamp,
        id: JobId,
        strike: bool,
        out_of_tries: bool,
    ) -> Vec<Event> {
        let Some(job) = self.jobs.get(&id) else { return Vec::new() };
        let strikes = self.strikes.get(&job.hash).copied().unwrap_or_default() + u8::from(strike);
        if strikes >= STRIKES {
            // The same bytes may be in line more than once.
            let same = self.jobs.iter().filter(|(_, other)| other.hash == job.hash);
            let failed = same.map(|(job, _)| Event::ReplayFailed {
                job: *job,
                fault: Fault::Killed,
                strikes,
                at: now,
            });
            failed.collect()
        } else if out_of_tries {
            vec![Event::ReplayFailed { job: id, fault: Fault::NotRead, strikes, at: now }]
        } else if strike {
            vec![Event::ReplayStruck { job: id, strikes }]
        } else {
            Vec::new()
        }
    }

    /// Whether a place in line is worth a new version of the card: each costs a call to Discord.
    pub(super) fn is_news(&self, job: JobId, before: u32) -> bool {
        let card = self.jobs.get(&job).and_then(|job| self.cards.get(job.card));
        let Some(Card { content: Content::Replay(view), .. }) = card else { return false };
        match view.stage {
            ReplayStage::Reading => before > 0,
            ReplayStage::InLine { before: told } => before <= told / 2,
            ReplayStage::Judged { .. } | ReplayStage::Failed { .. } => false,
        }
    }

    pub(super) fn job_read(
        &self,
        season: &Season,
        now: Timestamp,
        id: JobId,
        facts: &ReplayFacts,
    ) -> Vec<Event> {
        let Some(job) = self.jobs.get(&id) else { return Vec::new() };
        let judged =
            |judgement| Event::ReplayJudged { job: id, facts: Box::new(facts.clone()), judgement, at: now };
        let match_id = job.match_id;
        let match_ = self.matches.get(&match_id);
        let (match_, since) = match match_.map(|match_| (match_, &match_.phase)) {
            Some((match_, Phase::Playing { since, .. })) => (match_, *since),
            Some((match_, Phase::Closed { since: Some(since), verdict, .. })) => {
                return self.late_read(season, now, id, facts, match_, *since, *verdict);
            }
            Some((_, Phase::Confirming { .. } | Phase::Closed { since: None, .. })) | None => {
                return vec![judged(Judgement { checks: Vec::new(), outcome: Judged::TooLate })];
            }
        };
        let used_by = Game::of(facts).and_then(|game| self.games.get(&game).copied());
        let ruling = self.rule(season, id, facts, match_, since, used_by);
        let mut events = vec![judged(ruling.judgement.clone())];
        for &(toon, owner) in &ruling.clashes {
            let kind = CaseKind::Clash { toon, owner };
            if !self.cases.is_known(match_id, &kind) {
                events.push(Event::ToonClashed { job: id, match_id, toon, owner, at: now });
                self.open_case(now, match_id, kind, &mut events);
            }
        }
        if let Some(Unverified { region, map, files }) = ruling.unverified {
            let kind = CaseKind::Unverified { region, map: map.clone(), files: files.clone() };
            if !self.cases.is_known(match_id, &kind) {
                events.push(Event::ModUnverified { job: id, match_id, region, map, files, at: now });
                self.open_case(now, match_id, kind, &mut events);
            }
        }
        if let Judged::Decided { winner, ground } = ruling.judgement.outcome {
            for (slot, toon) in ruling.toons.iter().enumerate() {
                let (player, region) = (match_.pairing.players[slot], GameRegion::from_number(toon.region));
                let bound = self.players[&player].toons.iter().any(|(_, known)| known == toon);
                if let Some(region) = region.filter(|_| !bound) {
                    events.push(Event::ToonBound { player, region, toon: *toon });
                }
            }
            let verdict = Verdict::Decided { winner, ground };
            events.extend(self.closing(season, now, match_, verdict));
        }
        events
    }

    fn rule(
        &self,
        season: &Season,
        id: JobId,
        facts: &ReplayFacts,
        match_: &Match,
        since: Timestamp,
        used_by: Option<MatchId>,
    ) -> Ruling {
        let job = &self.jobs[&id];
        let case = verdict::Case {
            pairing: &match_.pairing,
            players: match_.pairing.players.map(|player| &self.players[&player]),
            owner_of: &|toon| self.by_toon.get(toon).copied(),
            unbound_named: &|name, region| {
                let named = self.by_name.get(&fold(name)).copied()?;
                self.players[&named].toons_in(region).next().is_none().then_some(named)
            },
            uploader: job.player,
            started_at: since,
            uploaded_at: job.uploaded_at,
            used_by,
        };
        verdict::judge(season, &case, facts)
    }

    /// A replay of a match that has ended decides nothing. Staff see it where they ask who won, and
    /// are asked to where it says that it was the other one.
    #[expect(clippy::too_many_arguments, reason = "what the match is and how it ended belong to one reading")]
    fn late_read(
        &self,
        season: &Season,
        now: Timestamp,
        id: JobId,
        facts: &ReplayFacts,
        match_: &Match,
        since: Timestamp,
        verdict: Verdict,
    ) -> Vec<Event> {
        let match_id = match_.pairing.match_id;
        let used_by = Game::of(facts).and_then(|game| self.games.get(&game).copied());
        let is_same = used_by == Some(match_id);
        let Ruling { judgement: Judgement { checks, outcome }, .. } =
            self.rule(season, id, facts, match_, since, used_by.filter(|_| !is_same));
        let contradicts = contradicts(verdict, is_same, outcome);
        let judged =
            |judgement| Event::ReplayJudged { job: id, facts: Box::new(facts.clone()), judgement, at: now };
        if !contradicts && !self.cases.is_result_open(match_id) {
            let outcome = if is_same { Judged::AlreadyDecided } else { Judged::TooLate };
            return vec![judged(Judgement { checks: Vec::new(), outcome })];
        }
        let mut events = vec![
            judged(Judgement { checks, outcome: Judged::ForStaff }),
            Event::ReplayAttached { job: id, match_id, outcome, at: now },
        ];
        if contradicts {
            self.open_case(now, match_id, CaseKind::Contradiction { job: id }, &mut events);
        }
        events
    }
}

/// Whether a late replay says that a result that came without staff is wrong. After one that a replay
/// decided, another game of the two says nothing.
fn contradicts(verdict: Verdict, is_same_game: bool, outcome: Judged) -> bool {
    let ground = match verdict {
        Verdict::Decided { ground, .. } | Verdict::Drawn { ground } => ground,
        Verdict::Aborted { .. }
        | Verdict::Unconfirmed { .. }
        | Verdict::Expired
        | Verdict::Conflict
        | Verdict::Void
        | Verdict::Cancelled { .. } => return false,
    };
    let is_about_it = match ground {
        Ground::Recorded | Ground::OpponentLeftFirst => is_same_game,
        Ground::Reported => true,
        Ground::Staff => false,
    };
    match outcome {
        Judged::Decided { winner, .. } => {
            is_about_it && verdict.outcome(usize::from(winner)) != Some(Outcome::Won)
        }
        Judged::Undecided
        | Judged::Rejected
        | Judged::TooLate
        | Judged::AlreadyDecided
        | Judged::ForStaff => false,
    }
}
