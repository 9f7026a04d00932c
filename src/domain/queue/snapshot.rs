//! A place in the queue as it is stored.

use super::{Entry, LeftOut};
use ipc_schema::snapshot::StoredEntry;

impl Entry {
    pub(in crate::domain) fn to_stored(&self) -> StoredEntry {
        let Entry { since, waves, races, vetoes, left_out } = self.clone();
        let left_out = left_out.map(|LeftOut { why, waiting }| (why, waiting));
        StoredEntry { since, waves, races, vetoes, left_out }
    }

    pub(in crate::domain) fn from_stored(stored: StoredEntry) -> Entry {
        let StoredEntry { since, waves, races, vetoes, left_out } = stored;
        let left_out = left_out.map(|(why, waiting)| LeftOut { why, waiting });
        Entry { since, waves, races, vetoes, left_out }
    }
}
