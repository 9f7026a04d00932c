//! One edit of a message at a time, whichever way it is made: by the callback of a press, by the edit
//! of a late answer or by a card. Who asks first goes first, and a message that has shown a version of
//! a card never shows an older one again.

use crate::clock;
use ipc_schema::ids::{CardId, MessageId};
use ipc_schema::vocab::Timestamp;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::sync::OwnedMutexGuard;

/// Above it, lanes that nobody uses any more are forgotten.
const FORGET_ABOVE: usize = 1024;

/// Messages whose newest version is remembered. Ids of messages grow, so the oldest are forgotten, and
/// nobody presses on those for long.
const VERSIONS_KEPT: usize = 20_000;

#[derive(Debug, Default)]
pub struct Lanes {
    lanes: Mutex<HashMap<MessageId, Weak<tokio::sync::Mutex<()>>>>,
    newest: Mutex<BTreeMap<MessageId, Newest>>,
}

/// What a message shows, or is about to.
#[derive(Debug, Clone, Copy)]
struct Newest {
    card: CardId,
    version: u32,
    since: Timestamp,
}

impl Lanes {
    /// Waits for the message's turn, which lasts until the guard is dropped.
    pub async fn enter(&self, message: MessageId) -> OwnedMutexGuard<()> {
        let lane = self.lane(message);
        lane.lock_owned().await
    }

    /// Notes that the message is about to show a version of a card. False if it has shown a newer one,
    /// or tried to: then there is nothing to show. To be called inside the message's lane.
    pub fn advance(&self, message: MessageId, card: CardId, version: u32) -> bool {
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        if newest.get(&message).is_some_and(|newest| newest.card == card && newest.version > version) {
            return false;
        }
        newest.insert(message, Newest { card, version, since: clock::now() });
        if newest.len() > VERSIONS_KEPT {
            newest.pop_first();
        }
        true
    }

    /// Whether the message may show something else than it did then.
    pub fn changed_since(&self, message: MessageId, then: Timestamp) -> bool {
        let newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        newest.get(&message).is_some_and(|newest| newest.since > then)
    }

    fn lane(&self, message: MessageId) -> Arc<tokio::sync::Mutex<()>> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lane) = lanes.get(&message).and_then(Weak::upgrade) {
            return lane;
        }
        if lanes.len() > FORGET_ABOVE {
            lanes.retain(|_, lane| lane.strong_count() > 0);
        }
        let lane = Arc::default();
        lanes.insert(message, Arc::downgrade(&lane));
        lane
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::time::timeout;

    #[tokio::test]
    async fn a_lane_has_one_user_at_a_time_and_others_do_not_wait() {
        let lanes = Lanes::default();
        let first = lanes.enter(MessageId(1)).await;
        let soon = Duration::from_millis(5);
        assert!(timeout(soon, lanes.enter(MessageId(1))).await.is_err());
        assert!(timeout(soon, lanes.enter(MessageId(2))).await.is_ok());
        drop(first);
        assert!(timeout(soon, lanes.enter(MessageId(1))).await.is_ok());
    }

    #[test]
    fn a_message_goes_from_version_to_newer_version() {
        let lanes = Lanes::default();
        let (message, card) = (MessageId(1), CardId(7));
        assert!(lanes.advance(message, card, 2));
        assert!(lanes.advance(message, card, 2), "once more after a failure");
        assert!(lanes.advance(message, card, 4));
        assert!(!lanes.advance(message, card, 3));
        assert!(lanes.advance(MessageId(2), card, 3), "another message of the same match");
        assert!(lanes.advance(message, CardId(8), 1), "another match in the same message");
        assert!(
            lanes.changed_since(message, Timestamp(0)) && !lanes.changed_since(MessageId(3), Timestamp(0))
        );
        assert!(!lanes.changed_since(message, clock::now()));
        for message in 0..30_000 {
            lanes.advance(MessageId(message), card, 1);
        }
        assert!(lanes.newest.lock().unwrap().len() <= VERSIONS_KEPT);
    }

    #[tokio::test]
    async fn unused_lanes_are_forgotten() {
        let lanes = Lanes::default();
        for message in 0..5000 {
            drop(lanes.enter(MessageId(message)).await);
        }
        assert!(lanes.lanes.lock().unwrap().len() <= FORGET_ABOVE + 1);
    }
}
