//! Cases as they are stored.

use super::{Case, Cases};
use crate::domain::verdict::Unverified;
use ipc_schema::event::CaseKind;
use ipc_schema::ids::CaseId;
use ipc_schema::snapshot::StoredCase;

/// All of them but the newest number: the cases, the closed ones in order, and those that are about
/// files which staff were told of.
pub(in crate::domain) type Stored = (Vec<StoredCase>, Vec<CaseId>, Vec<CaseId>);

impl Cases {
    pub(in crate::domain) fn to_stored(&self) -> (u64, Stored) {
        // Which are open, and of which match each is, says each case.
        let Cases { cases, open: _, closed, of_match: _, unverified, last } = self;
        let stored = |(id, case): (&CaseId, &Case)| {
            let Case { match_id, kind, opened_at, closed } = case.clone();
            StoredCase { id: *id, match_id, kind, opened_at, closed }
        };
        let stored = cases.iter().map(stored).collect();
        (*last, (stored, closed.iter().copied().collect(), unverified.values().copied().collect()))
    }

    /// None where the orders name cases that are not there.
    pub(in crate::domain) fn from_stored(last: u64, (stored, closed, told): Stored) -> Option<Cases> {
        let mut cases = Cases { closed: closed.into(), last, ..Cases::default() };
        for StoredCase { id, match_id, kind, opened_at, closed } in stored {
            cases.of_match.entry(match_id).or_default().push(id);
            if closed.is_none() {
                cases.open.insert(id);
            }
            cases.cases.insert(id, Case { match_id, kind, opened_at, closed });
        }
        for id in told {
            let CaseKind::Unverified { region, map, files } = &cases.cases.get(&id)?.kind else {
                return None;
            };
            let set = Unverified { region: *region, map: map.clone(), files: files.clone() };
            cases.unverified.insert(set, id);
        }
        cases.closed.iter().all(|id| cases.cases.contains_key(id)).then_some(cases)
    }
}
