//! The message about the queue that a player has while waiting, and when it is told anew.
//!
//! It is edited where what it says has changed, at most every [`PAUSE`]. Each player has a moment of
//! their own in a cycle that grows with the queue, so the wave that changes every message makes [`A_SECOND`]
//! edits a second and no burst; where the ladder is busy, both are [`RARER`]. A message that is still on its way gets no newer version, and while
//! [`ON_THEIR_WAY`] are, no other one does: where Discord is slow, all of them become rarer.
//!
//! There is one such message. A further one takes the place of the one before, which is deleted: when
//! the player asks for the queue again, and when Discord is about to limit the edits of an old message.

use super::Ladder;
use crate::domain::cards::{Card, Cards, Content};
use crate::domain::queue::crowd;
use crate::domain::season::Pace;
use ipc_schema::event::Event;
use ipc_schema::ids::{CardId, ChannelId, MessageId, PlayerId};
use ipc_schema::vocab::Timestamp;
use std::collections::BTreeMap;
use std::time::Duration;

/// From one version of a player's message to the next, at least.
const PAUSE: Duration = Duration::from_secs(20);

/// Messages that are told anew in a second, on average, however many wait.
const A_SECOND: u64 = 10;

/// So many times rarer both are at [`Pace::Rare`].
const RARER: u32 = 3;

/// Messages about the queue that Discord has at a time. Enough for [`A_SECOND`], and too few to be
/// in the way of anything else.
const ON_THEIR_WAY: usize = 20;

/// The shortest cycle.
const CYCLE_MS: u64 = 10_000;

/// Discord limits edits of messages that are older than an hour.
const MESSAGE_LIFE: Duration = Duration::from_secs(55 * 60);

impl Ladder {
    /// The card on which a player sees the queue: of the wait, or while that is being told, of its end.
    pub fn queue_card(&self, player: PlayerId) -> Option<(CardId, &Card)> {
        let ended = || {
            let own = self.cards.iter().filter(|(_, card)| card.player == player && is_of_queue(card));
            own.last().map(|(id, _)| id)
        };
        let id = self.queue_cards.get(&player).copied().or_else(ended)?;
        Some((id, self.cards.get(id)?))
    }

    pub(super) fn add_queue_card(
        &mut self,
        player: PlayerId,
        replaces: Option<(ChannelId, MessageId)>,
        at: Timestamp,
    ) {
        let content = Content::Queue { since: at, at, waiting: crowd(self.queue.values()), replaces };
        let card = self.cards.add(player, content);
        if let Some(older) = self.queue_cards.insert(player, card) {
            self.cards.remove(older);
        }
    }

    pub(super) fn renew_queue_cards(&mut self, players: &[PlayerId], at: Timestamp) {
        let waiting = crowd(self.queue.values());
        for id in players.iter().filter_map(|player| self.queue_cards.get(player)) {
            if let Some(Card { content: Content::Queue { since, .. }, .. }) = self.cards.get(*id) {
                let since = *since;
                self.cards.set_content(*id, Content::Queue { since, at, waiting, replaces: None });
            }
        }
    }

    /// Makes the answer to a player who asks for the queue the message of the wait. Not where that is
    /// on its way itself.
    pub(super) fn queue_card_anew(&self, now: Timestamp, player: PlayerId) -> Option<Event> {
        let message = self.cards.get(*self.queue_cards.get(&player)?)?.message?;
        Some(Event::QueueCardDue { player, replaces: Some(message), at: now })
    }

    /// The wait is over, which the message says as its last.
    pub(super) fn end_queue_card(&mut self, player: PlayerId) {
        if let Some(card) = self.queue_cards.remove(&player) {
            self.cards.touch(card);
        }
    }

    /// A message about the queue cannot reach its player, so it is not tried every few seconds. False for any
    /// other card.
    pub(super) fn lose_queue_card(&mut self, id: CardId) -> bool {
        let Some(card) = self.cards.get(id).filter(|card| is_of_queue(card)) else { return false };
        if self.queue_cards.get(&card.player) == Some(&id) {
            self.queue_cards.remove(&card.player);
        }
        self.cards.remove(id);
        true
    }

    /// When the next message about the queue is to be told anew, if nothing else happens before.
    pub(super) fn next_queue_card(&self, pace: Pace) -> Option<Timestamp> {
        self.stale_queue_cards(pace).map(|stale| stale.at).min()
    }

    /// What makes the messages true whose time has come.
    pub(super) fn tell_of_queue(&self, now: Timestamp, pace: Pace) -> Vec<Event> {
        let due = self.stale_queue_cards(pace).filter(|stale| stale.at <= now).take(ON_THEIR_WAY);
        let (old, young): (Vec<Stale>, Vec<Stale>) = due.partition(|stale| stale.is_old);
        let anew = old.into_iter().map(|Stale { player, message, .. }| Event::QueueCardDue {
            player,
            replaces: message,
            at: now,
        });
        let mut events: Vec<Event> = anew.collect();
        let players: Vec<PlayerId> = young.into_iter().map(|stale| stale.player).collect();
        if !players.is_empty() {
            events.push(Event::QueueCardsStale { players, at: now });
        }
        events
    }

    fn stale_queue_cards(&self, pace: Pace) -> impl Iterator<Item = Stale> {
        let rarer = match pace {
            Pace::Usual => 1,
            Pace::Rare => RARER,
        };
        let each_ms = 1000 / A_SECOND * u64::from(rarer);
        let waiting = crowd(self.queue.values());
        let on_their_way = self.queue_cards.values().filter(|id| self.cards.is_due(**id)).count();
        let has_room = on_their_way < ON_THEIR_WAY;
        let cycle_ms = CYCLE_MS.max(self.queue_cards.len() as u64 * each_ms);
        self.queue_cards.iter().filter(move |_| has_room).filter_map(move |(player, id)| {
            let card = self.cards.get(*id).filter(|_| !self.cards.is_due(*id))?;
            let Content::Queue { since, at, waiting: told, .. } = card.content else { return None };
            let (player, message, last_edit) = (*player, card.message, since + MESSAGE_LIFE);
            let changed = told != waiting || self.last_wave > at;
            let from = (at + PAUSE * rarer).max(self.last_wave);
            let anew = if changed { moment(player, from, cycle_ms, each_ms) } else { last_edit };
            let is_old = anew >= last_edit;
            Some(Stale { player, message, at: anew.min(last_edit), is_old })
        })
    }
}

/// A card that says what is no longer so, or that soon nobody may edit.
struct Stale {
    player: PlayerId,
    message: Option<(ChannelId, MessageId)>,
    /// When it is to be told anew: in a message of its own where it `is_old`.
    at: Timestamp,
    is_old: bool,
}

fn is_of_queue(card: &Card) -> bool {
    matches!(card.content, Content::Queue { .. })
}

/// The player's first moment in the cycle from then on.
fn moment(player: PlayerId, from: Timestamp, cycle_ms: u64, each_ms: u64) -> Timestamp {
    let own = player.0.wrapping_mul(each_ms) % cycle_ms;
    let ahead = (own + cycle_ms - from.0 % cycle_ms) % cycle_ms;
    from + Duration::from_millis(ahead)
}

/// The cards of players who wait, from all that are kept.
pub(super) fn of_waiting(cards: &Cards, waits: impl Fn(PlayerId) -> bool) -> BTreeMap<PlayerId, CardId> {
    // Of a wait that ended and one that began after it, the later card is the one.
    let of_queue = cards.iter().filter(|(_, card)| is_of_queue(card) && waits(card.player));
    of_queue.map(|(id, card)| (card.player, id)).collect()
}

#[cfg(test)]
mod tests;
