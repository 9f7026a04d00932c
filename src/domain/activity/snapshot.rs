//! Who queued when, as it is stored.

use super::{Activity, Eras, Hour};
use ipc_schema::snapshot::{StoredActivity, StoredHour};

impl Activity {
    pub(in crate::domain) fn to_stored(&self) -> StoredActivity {
        let Activity { hours, seen } = self;
        let hour = |hour: &Hour| {
            let Hour { number, joins, players, bw, sc2 } = *hour;
            StoredHour { number, joins, players, bw, sc2 }
        };
        let seen = seen.iter().map(|(player, Eras { bw, sc2 })| (*player, *bw, *sc2));
        StoredActivity { hours: hours.iter().map(hour).collect(), seen: seen.collect() }
    }

    pub(in crate::domain) fn from_stored(stored: StoredActivity) -> Activity {
        let StoredActivity { hours, seen } = stored;
        let hour = |StoredHour { number, joins, players, bw, sc2 }| Hour { number, joins, players, bw, sc2 };
        let seen = seen.into_iter().map(|(player, bw, sc2)| (player, Eras { bw, sc2 }));
        Activity { hours: hours.into_iter().map(hour).collect(), seen: seen.collect() }
    }
}
