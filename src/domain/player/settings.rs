//! What a player wants to be told, and can be.

use ipc_schema::ids::PlayerId;
use ipc_schema::notifications::Notifications;
use ipc_schema::snapshot::StoredSettings;
use ipc_schema::vocab::Timestamp;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settings {
    pub notifications: Notifications,
    /// The step of the setup that asks for them is done.
    pub notifications_passed: bool,
    pub guide_read: bool,
    /// Since when Discord does not bring messages to the player.
    pub dms_closed: Option<Timestamp>,
    pub last_ping: Option<Timestamp>,
}

impl Settings {
    /// None where all is as it is for a newcomer.
    pub(in crate::domain) fn to_stored(self, player: PlayerId) -> Option<StoredSettings> {
        if self == Settings::default() {
            return None;
        }
        let Settings { notifications, notifications_passed, guide_read, dms_closed, last_ping } = self;
        Some(StoredSettings {
            player,
            notifications,
            notifications_passed,
            guide_read,
            dms_closed,
            last_ping,
        })
    }

    pub(in crate::domain) fn from_stored(stored: &StoredSettings) -> (PlayerId, Settings) {
        let StoredSettings { player, notifications, notifications_passed, guide_read, dms_closed, last_ping } =
            *stored;
        (player, Settings { notifications, notifications_passed, guide_read, dms_closed, last_ping })
    }
}
