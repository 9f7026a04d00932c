//! One edit of a message at a time, whichever way it is made: by the callback of a press, by the edit
//! of a late answer or by a card. Who asks first goes first, so an older text never covers a newer one.

use ipc_schema::ids::MessageId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::sync::OwnedMutexGuard;

/// Above it, lanes that nobody uses any more are forgotten.
const FORGET_ABOVE: usize = 1024;

#[derive(Debug, Default)]
pub struct Lanes {
    lanes: Mutex<HashMap<MessageId, Weak<tokio::sync::Mutex<()>>>>,
}

impl Lanes {
    /// Waits for the message's turn, which lasts until the guard is dropped.
    pub async fn enter(&self, message: MessageId) -> OwnedMutexGuard<()> {
        let lane = self.lane(message);
        lane.lock_owned().await
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

    #[tokio::test]
    async fn unused_lanes_are_forgotten() {
        let lanes = Lanes::default();
        for message in 0..5000 {
            drop(lanes.enter(MessageId(message)).await);
        }
        assert!(lanes.lanes.lock().unwrap().len() <= FORGET_ABOVE + 1);
    }
}
