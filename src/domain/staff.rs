//! Those who look after the ladder: their roles, what each is asked to confirm, and what they did.
//!
//! Nothing is done at once. An act is proposed and shown with what it would change; only the same
//! member's confirmation of that very proposal does it, by the rules as they are then.
//! [`crate::domain::ladder`] decides the acts; [`views`] has what staff look at.

mod snapshot;
mod views;

use ipc_schema::ids::{PlayerId, ProposalId, UserId};
use ipc_schema::staff::{StaffAct, StaffRole};
use ipc_schema::vocab::Timestamp;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

/// A proposal that nobody confirmed for so long is none any more: its preview is old.
const PROPOSAL_LIFE: Duration = Duration::from_secs(15 * 60);

/// Entries of the audit log in memory; the table has them all.
const LOG_KEPT: usize = 200;

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Staff {
    roles: BTreeMap<UserId, StaffRole>,
    /// What each member is asked, one thing at a time.
    proposals: BTreeMap<UserId, Proposal>,
    last_proposal: u64,
    log: VecDeque<Entry>,
    /// When bans end, of those that do.
    ban_ends: BTreeSet<(Timestamp, PlayerId)>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    pub id: ProposalId,
    pub act: StaffAct,
    pub reason: String,
    pub before: String,
    pub after: String,
    pub at: Timestamp,
}

/// What a member of staff did.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub by: UserId,
    /// As it was confirmed, at the time it was done.
    pub done: Proposal,
}

impl Proposal {
    pub fn new(id: ProposalId, act: &StaffAct, texts: [&String; 3], at: Timestamp) -> Proposal {
        let [reason, before, after] = texts.map(String::clone);
        Proposal { id, act: act.clone(), reason, before, after, at }
    }

    pub fn expires_at(&self) -> Timestamp {
        self.at + PROPOSAL_LIFE
    }
}

impl Staff {
    pub fn role(&self, user: UserId) -> Option<StaffRole> {
        self.roles.get(&user).copied()
    }

    pub fn members(&self) -> impl Iterator<Item = (UserId, StaffRole)> {
        self.roles.iter().map(|(user, role)| (*user, *role))
    }

    pub fn owners(&self) -> usize {
        self.roles.values().filter(|role| **role == StaffRole::Owner).count()
    }

    /// The number the next proposal will have.
    pub fn next_proposal(&self) -> ProposalId {
        ProposalId(self.last_proposal + 1)
    }

    /// What a member is asked to confirm, unless it is too old.
    pub fn proposal_of(&self, user: UserId, now: Timestamp) -> Option<&Proposal> {
        self.proposals.get(&user).filter(|proposal| now < proposal.expires_at())
    }

    /// What was done, newest first.
    pub fn log(&self) -> impl ExactSizeIterator<Item = &Entry> + Clone {
        self.log.iter().rev()
    }

    /// When the next ban ends, and whose.
    pub fn next_ban_end(&self) -> Option<(Timestamp, PlayerId)> {
        self.ban_ends.first().copied()
    }

    pub fn set_role(&mut self, user: UserId, role: Option<StaffRole>) {
        match role {
            Some(role) => drop(self.roles.insert(user, role)),
            None => {
                self.roles.remove(&user);
                self.proposals.remove(&user);
            }
        }
    }

    pub fn propose(&mut self, user: UserId, proposal: Proposal) {
        self.last_proposal = proposal.id.0;
        self.proposals.insert(user, proposal);
    }

    pub fn withdraw(&mut self, user: UserId) {
        self.proposals.remove(&user);
    }

    pub fn acted(&mut self, by: UserId, done: Proposal) {
        self.proposals.remove(&by);
        if self.log.len() == LOG_KEPT {
            self.log.pop_front();
        }
        self.log.push_back(Entry { by, done });
    }

    /// A ban that ended at `before`, if it did, ends at `after` instead, if it does.
    pub fn move_ban_end(&mut self, player: PlayerId, before: Option<Timestamp>, after: Option<Timestamp>) {
        if let Some(before) = before {
            self.ban_ends.remove(&(before, player));
        }
        self.ban_ends.extend(after.map(|after| (after, player)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_in_memory_keeps_the_newest_entries() {
        let mut staff = Staff::default();
        for number in 1..=LOG_KEPT as u64 + 5 {
            let (id, act) = (ProposalId(number), StaffAct::ClearQueue);
            let (reason, before, after) = (String::new(), String::new(), String::new());
            staff.acted(UserId(1), Proposal { id, act, reason, before, after, at: Timestamp(number) });
        }
        let kept: Vec<u64> = staff.log().map(|entry| entry.done.id.0).collect();
        assert_eq!((kept.len(), kept[0], kept[LOG_KEPT - 1]), (LOG_KEPT, 205, 6));
    }
}
