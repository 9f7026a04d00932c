//! Cases: what staff have to look at, each opened once, however often it comes up.
//!
//! A case is about one match. It is closed by a verdict of staff on that match, which closes all cases
//! of it, or by itself, with a note. Its match is kept whole until then.
//!
//! Of the closed ones the newest [`CLOSED_KEPT`] are remembered. How many are open is up to staff; what
//! bounds how fast they come is that each takes a played match: of one match there is at most one
//! conflict or single report, one contradiction and one dispute of each player, and a clash for
//! each foreign account in at most twenty files; a set of unknown files is one case for all matches.

pub(super) mod snapshot;

use super::ladder::Ladder;
use super::match_::{Match, Phase};
use super::season::Season;
use super::verdict::Unverified;
use super::views::map_title;
use ipc_schema::event::CaseKind;
use ipc_schema::ids::{CaseId, MatchId, UserId};
use ipc_schema::view::{CaseClosing, CaseMatch, CasePlayer, CaseUpload, CaseView};
use ipc_schema::vocab::Timestamp;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Closed cases remembered. Staff look back at recent ones; all of them are in the database.
const CLOSED_KEPT: usize = 500;

#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    pub match_id: MatchId,
    pub kind: CaseKind,
    pub opened_at: Timestamp,
    pub closed: Option<CaseClosing>,
}

/// All open cases and the newest closed ones.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cases {
    cases: BTreeMap<CaseId, Case>,
    open: BTreeSet<CaseId>,
    closed: VecDeque<CaseId>,
    of_match: BTreeMap<MatchId, Vec<CaseId>>,
    unverified: BTreeMap<Unverified, CaseId>,
    last: u64,
}

impl Cases {
    /// The number the next case will have: from 1, in the order of opening.
    pub fn next_id(&self) -> CaseId {
        CaseId(self.last + 1)
    }

    pub fn get(&self, case: CaseId) -> Option<&Case> {
        self.cases.get(&case)
    }

    /// Oldest first.
    pub fn open(&self) -> impl Iterator<Item = (CaseId, &Case)> {
        self.open.iter().map(|id| (*id, &self.cases[id]))
    }

    pub fn open_count(&self) -> usize {
        self.open.len()
    }

    /// Open cases and remembered ones.
    pub fn len(&self) -> usize {
        self.cases.len()
    }

    pub fn is_empty(&self) -> bool {
        self.cases.is_empty()
    }

    /// The remembered cases of a match, oldest first.
    pub fn of_match(&self, match_id: MatchId) -> impl Iterator<Item = (CaseId, &Case)> {
        self.of_match.get(&match_id).into_iter().flatten().map(|id| (*id, &self.cases[id]))
    }

    pub fn is_open(&self, match_id: MatchId) -> bool {
        self.of_match(match_id).any(|(_, case)| case.closed.is_none())
    }

    /// Whether staff look at how the match ended.
    pub fn is_result_open(&self, match_id: MatchId) -> bool {
        self.of_match(match_id).any(|(_, case)| case.closed.is_none() && is_about_result(&case.kind))
    }

    /// Whether staff were told of it, so that nothing is to be opened.
    pub fn is_known(&self, match_id: MatchId, kind: &CaseKind) -> bool {
        match kind {
            CaseKind::Unverified { region, map, files } => {
                let set = Unverified { region: *region, map: map.clone(), files: files.clone() };
                self.unverified.contains_key(&set)
            }
            // One contradiction says that something is wrong; the others are among the replays.
            CaseKind::Contradiction { .. } => {
                self.of_match(match_id).any(|(_, case)| matches!(case.kind, CaseKind::Contradiction { .. }))
            }
            CaseKind::Clash { toon, .. } => self
                .of_match(match_id)
                .any(|(_, case)| matches!(&case.kind, CaseKind::Clash { toon: known, .. } if known == toon)),
            CaseKind::Conflict | CaseKind::OneReport { .. } | CaseKind::Dispute { .. } => {
                self.of_match(match_id).any(|(_, case)| case.kind == *kind)
            }
        }
    }

    /// The open case about a set of files.
    pub fn of_files(&self, set: &Unverified) -> Option<CaseId> {
        self.unverified.get(set).copied().filter(|case| self.open.contains(case))
    }

    /// Lists were taken away, so that sets which were settled may be told anew.
    pub fn forget_settled_files(&mut self) {
        let open = &self.open;
        self.unverified.retain(|_, case| open.contains(case));
    }

    pub fn add(&mut self, id: CaseId, match_id: MatchId, kind: CaseKind, at: Timestamp) {
        assert!(id.0 > self.last, "case {id} is opened once");
        self.last = id.0;
        if let CaseKind::Unverified { region, map, files } = &kind {
            let set = Unverified { region: *region, map: map.clone(), files: files.clone() };
            self.unverified.insert(set, id);
        }
        self.of_match.entry(match_id).or_default().push(id);
        self.open.insert(id);
        self.cases.insert(id, Case { match_id, kind, opened_at: at, closed: None });
    }

    /// Staff have looked at it.
    pub fn close(&mut self, id: CaseId, closing: CaseClosing) {
        if !self.open.remove(&id) {
            return;
        }
        self.cases.get_mut(&id).expect("open cases are kept").closed = Some(closing);
        self.closed.push_back(id);
        if self.closed.len() > CLOSED_KEPT
            && let Some(oldest) = self.closed.pop_front()
        {
            self.forget(oldest);
        }
    }

    /// Staff decided the match, which is an answer to all its cases.
    pub fn close_all_of(&mut self, match_id: MatchId, closing: &CaseClosing) {
        let of_match = self.of_match.get(&match_id).cloned().unwrap_or_default();
        of_match.into_iter().for_each(|id| self.close(id, closing.clone()));
    }

    fn forget(&mut self, id: CaseId) {
        let case = self.cases.remove(&id).expect("remembered cases are kept");
        if let Some(of_match) = self.of_match.get_mut(&case.match_id) {
            of_match.retain(|of| *of != id);
            if of_match.is_empty() {
                self.of_match.remove(&case.match_id);
            }
        }
        self.unverified.retain(|_, of| *of != id);
    }
}

/// Whether the case asks who won, which a replay may answer.
fn is_about_result(kind: &CaseKind) -> bool {
    match kind {
        CaseKind::Conflict
        | CaseKind::OneReport { .. }
        | CaseKind::Dispute { .. }
        | CaseKind::Contradiction { .. } => true,
        CaseKind::Unverified { .. } | CaseKind::Clash { .. } => false,
    }
}

impl Ladder {
    /// The open cases, oldest first.
    pub fn open_cases(&self) -> impl Iterator<Item = (CaseId, &Case)> {
        self.cases().open()
    }

    /// The open cases with everything in them, oldest first: `count` of them after the first `skip`.
    pub fn case_views(&self, season: &Season, skip: usize, count: usize) -> Vec<CaseView> {
        self.open_cases().skip(skip).take(count).filter_map(|(id, _)| self.case_view(season, id)).collect()
    }

    pub fn case_view(&self, season: &Season, id: CaseId) -> Option<CaseView> {
        let case = self.cases().get(id)?;
        let match_ = self.find_match(case.match_id).map(|match_| Box::new(self.case_match(season, match_)));
        Some(CaseView {
            case: id,
            kind: case.kind.clone(),
            opened_at: case.opened_at,
            closed: case.closed.clone(),
            match_id: case.match_id,
            match_,
        })
    }

    pub(super) fn case_match(&self, season: &Season, match_: &Match) -> CaseMatch {
        let (started_at, closed, ratings, disputed) = match &match_.phase {
            Phase::Confirming { .. } => (None, None, None, [None; 2]),
            Phase::Playing { since, .. } => (Some(*since), None, None, [None; 2]),
            Phase::Closed { at, since, verdict, ratings, disputed, .. } => {
                (*since, Some((*at, *verdict)), *ratings, *disputed)
            }
        };
        let player = |slot: usize| {
            let player = match_.pairing.players[slot];
            let known = self.player(player).expect("the players of a match are known");
            CasePlayer {
                player,
                user: known.user,
                name: known.name(),
                race: match_.pairing.races[slot],
                report: match_.reports[slot].map(|report| (report.outcome, report.at)),
                disputed_at: disputed[slot],
            }
        };
        let uploads = match_.uploads.iter().map(|upload| CaseUpload {
            job: upload.job,
            slot: u8::try_from(upload.slot).expect("a slot is 0 or 1"),
            hash: upload.hash,
            at: upload.at,
            end: upload.end.clone(),
        });
        CaseMatch {
            players: [0, 1].map(player),
            map: match_.pairing.map.clone(),
            map_title: map_title(season, match_),
            server: match_.pairing.server,
            paired_at: match_.paired_at,
            started_at,
            closed,
            ratings,
            uploads: uploads.collect(),
        }
    }
}

/// A closing by `by` at `at`.
pub fn closing(by: UserId, note: &str, at: Timestamp) -> CaseClosing {
    CaseClosing { by, note: note.to_owned(), at }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc_schema::ids::{JobId, PlayerId};
    use ipc_schema::vocab::{GameRegion, Toon};

    const AT: Timestamp = Timestamp(1_795_284_000_000);

    fn opened(cases: &mut Cases, match_id: u64, kind: &CaseKind) -> CaseId {
        let id = cases.next_id();
        cases.add(id, MatchId(match_id), kind.clone(), AT);
        id
    }

    fn unverified(files: u32) -> CaseKind {
        let files = vec![format!("{files:064x}")];
        CaseKind::Unverified { region: GameRegion::Asia, map: "khione".to_owned(), files }
    }

    #[test]
    fn what_staff_were_told_is_not_told_again() {
        let toon = Toon { region: 2, realm: 1, id: 7 };
        let (ana, bea) = (PlayerId(1), PlayerId(2));
        for (kind, same, other) in [
            (CaseKind::Conflict, CaseKind::Conflict, CaseKind::OneReport { by: ana }),
            (CaseKind::Dispute { by: ana }, CaseKind::Dispute { by: ana }, CaseKind::Dispute { by: bea }),
            (
                CaseKind::Contradiction { job: JobId(1) },
                CaseKind::Contradiction { job: JobId(2) },
                CaseKind::Conflict,
            ),
            (
                CaseKind::Clash { toon, owner: ana },
                CaseKind::Clash { toon, owner: bea },
                CaseKind::Clash { toon: Toon { id: 8, ..toon }, owner: ana },
            ),
            (unverified(1), unverified(1), unverified(2)),
        ] {
            let mut cases = Cases::default();
            let id = opened(&mut cases, 12, &kind);
            assert!(cases.is_known(MatchId(12), &same), "{kind:?}");
            assert!(!cases.is_known(MatchId(12), &other), "{kind:?}");
            // The same files are the same on all matches; the rest is of one match.
            let everywhere = matches!(kind, CaseKind::Unverified { .. });
            assert_eq!(cases.is_known(MatchId(13), &same), everywhere, "{kind:?}");
            cases.close(id, closing(UserId(9), "seen", AT));
            assert!(cases.is_known(MatchId(12), &same), "{kind:?} is remembered when it is closed");
        }
    }

    #[test]
    fn open_cases_are_kept_and_of_the_closed_ones_the_newest() {
        let mut cases = Cases::default();
        let first = opened(&mut cases, 1, &CaseKind::Conflict);
        for number in 0..CLOSED_KEPT as u32 + 100 {
            let id = opened(&mut cases, 2 + u64::from(number), &unverified(number));
            cases.close(id, closing(UserId(9), "fine", AT));
        }
        assert_eq!((cases.open_count(), cases.len()), (1, CLOSED_KEPT + 1));
        assert_eq!(cases.open().next().unwrap().0, first);
        assert!(cases.get(CaseId(101)).is_none() && cases.get(CaseId(102)).is_some());
        assert!(!cases.is_known(MatchId(1), &unverified(0)), "what is forgotten may be told again");
        assert!(cases.is_known(MatchId(1), &unverified(100)));
        assert_eq!((cases.of_match.len(), cases.unverified.len()), (CLOSED_KEPT + 1, CLOSED_KEPT));
    }

    #[test]
    fn a_verdict_closes_all_cases_of_its_match() {
        let mut cases = Cases::default();
        let [one, other] = [CaseKind::Dispute { by: PlayerId(1) }, CaseKind::Dispute { by: PlayerId(2) }]
            .map(|kind| opened(&mut cases, 12, &kind));
        let elsewhere = opened(&mut cases, 13, &CaseKind::Conflict);
        cases.close(one, closing(UserId(9), "no", AT));
        cases.close_all_of(MatchId(12), &closing(UserId(8), "", AT));
        let by = |id| cases.get(id).unwrap().closed.as_ref().map(|closing| closing.by.0);
        assert_eq!((by(one), by(other), by(elsewhere)), (Some(9), Some(8), None));
        assert!(!cases.is_open(MatchId(12)) && cases.is_open(MatchId(13)));
        assert!(cases.is_result_open(MatchId(13)));
    }
}
