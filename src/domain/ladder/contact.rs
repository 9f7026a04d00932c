//! How the state moves by what players want to be told, and by whether messages reach them.

use super::Ladder;
use crate::domain::cards::{Card, Content};
use ipc_schema::ids::PlayerId;
use ipc_schema::view::News;
use ipc_schema::vocab::{RaceChoice, Timestamp};

impl Ladder {
    pub(super) fn ping(&mut self, pinged: &[PlayerId], races: RaceChoice, at: Timestamp) {
        for player in pinged {
            self.known(*player).settings.last_ping = Some(at);
            self.cards.add(*player, Content::News(News::SomebodyQueues { races, at }));
        }
    }

    pub(super) fn close_dms(&mut self, player: PlayerId, at: Timestamp) {
        self.known(player).settings.dms_closed = Some(at);
        self.cards.close(player);
    }

    /// What was held back is due; `greeted` where the player is to see that messages arrive.
    pub(super) fn open_dms(&mut self, player: PlayerId, greeted: bool) {
        self.known(player).settings.dms_closed = None;
        self.cards.open(player);
        // That a match was found was tried, and has to be where its buttons are.
        if let Some(match_id) = self.open.get(&player)
            && let Some((card, Card { message: None, .. })) = self.match_card(*match_id, player)
        {
            self.cards.touch(card);
        }
        if greeted {
            self.cards.add(player, Content::News(News::DmsOpen));
        }
    }
}
