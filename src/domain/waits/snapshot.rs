//! Waits as they are stored.

use super::{Wait, Waits};
use ipc_schema::snapshot::StoredWait;
use std::time::Duration;

impl Waits {
    pub(in crate::domain) fn to_stored(&self) -> [Vec<StoredWait>; 3] {
        let Waits(classes) = self;
        classes.each_ref().map(|waits| {
            let stored = |Wait { ended, length }: &Wait| StoredWait {
                ended: *ended,
                length_ms: u64::try_from(length.as_millis()).unwrap_or(u64::MAX),
            };
            waits.iter().map(stored).collect()
        })
    }

    pub(in crate::domain) fn from_stored(stored: [Vec<StoredWait>; 3]) -> Waits {
        Waits(stored.map(|waits| {
            let wait =
                |StoredWait { ended, length_ms }| Wait { ended, length: Duration::from_millis(length_ms) };
            waits.into_iter().map(wait).collect()
        }))
    }
}
