//! Staff as they are stored.

use super::{Entry, Proposal, Staff};
use ipc_schema::ids::{PlayerId, UserId};
use ipc_schema::snapshot::{StoredProposal, StoredStaff};
use ipc_schema::vocab::Timestamp;

impl Staff {
    /// What there is of them, and the audit log.
    pub(in crate::domain) fn to_stored(&self) -> (StoredStaff, Vec<(UserId, StoredProposal)>) {
        // When bans end, say the players who are banned.
        let Staff { roles, proposals, last_proposal, log, ban_ends: _ } = self;
        let staff = StoredStaff {
            roles: roles.iter().map(|(user, role)| (*user, *role)).collect(),
            proposals: proposals.iter().map(|(user, proposal)| (*user, proposal.to_stored())).collect(),
            last_proposal: *last_proposal,
        };
        (staff, log.iter().map(|Entry { by, done }| (*by, done.to_stored())).collect())
    }

    pub(in crate::domain) fn from_stored(
        staff: StoredStaff,
        log: Vec<(UserId, StoredProposal)>,
        ban_ends: impl Iterator<Item = (Timestamp, PlayerId)>,
    ) -> Staff {
        let StoredStaff { roles, proposals, last_proposal } = staff;
        let proposals = proposals.into_iter().map(|(user, stored)| (user, Proposal::from_stored(stored)));
        let log = log.into_iter().map(|(by, done)| Entry { by, done: Proposal::from_stored(done) });
        Staff {
            roles: roles.into_iter().collect(),
            proposals: proposals.collect(),
            last_proposal,
            log: log.collect(),
            ban_ends: ban_ends.collect(),
        }
    }
}

impl Proposal {
    fn to_stored(&self) -> StoredProposal {
        let Proposal { id, act, reason, before, after, at } = self.clone();
        StoredProposal { id, act, reason, before, after, at }
    }

    fn from_stored(stored: StoredProposal) -> Proposal {
        let StoredProposal { id, act, reason, before, after, at } = stored;
        Proposal { id, act, reason, before, after, at }
    }
}
