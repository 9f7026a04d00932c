//! What staff are told once, however often it comes up.

use super::verdict::Unverified;
use ipc_schema::ids::MatchId;
use ipc_schema::vocab::Toon;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cases {
    /// Sets of files that staff have to look at, and the match that first brought each.
    pub unverified: BTreeMap<Unverified, MatchId>,
    /// Accounts of others with which a match was claimed.
    pub clashes: BTreeSet<(MatchId, Toon)>,
}
