//! Edits that were on their way to Discord when a frontend went.
//!
//! Discord may be slow with such an edit, and do it after a newer one of the next frontend's. So what is sent
//! next of its card is sent once more, when nothing older can be on its way any longer.

use ipc_schema::backend::ShowCard;
use ipc_schema::ids::CardId;
use ipc_schema::vocab::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What was on its way for so long has arrived, or never will.
const ON_THEIR_WAY: Duration = Duration::from_secs(3);

#[derive(Debug, Default)]
pub(super) struct Repeats {
    /// Cards that were with the frontend that went.
    interrupted: BTreeSet<CardId>,
    /// What was sent of them since, and when to send it once more.
    sent: BTreeMap<CardId, (Timestamp, ShowCard)>,
}

impl Repeats {
    /// The frontend that had these cards is gone.
    pub(super) fn interrupted(&mut self, cards: impl IntoIterator<Item = CardId>) {
        let again = std::mem::take(&mut self.sent).into_keys();
        self.interrupted.extend(cards.into_iter().chain(again));
    }

    /// A card goes to the frontend that there is. A post is found by its nonce, and needs nothing.
    pub(super) fn sends(&mut self, card: &ShowCard, now: Timestamp) {
        let was_interrupted = self.interrupted.remove(&card.card) && card.message.is_some();
        if let Some((_, newest)) = self.sent.get_mut(&card.card) {
            newest.clone_from(card);
        } else if was_interrupted {
            self.sent.insert(card.card, (now + ON_THEIR_WAY, card.clone()));
        }
    }

    /// When the next one is to be sent once more.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.sent.values().map(|(at, _)| *at).min()
    }

    /// Those whose time has come. Of the others those are forgotten that no longer are due, by `is_due`.
    pub(super) fn take_due(&mut self, now: Timestamp, is_due: impl Fn(CardId) -> bool) -> Vec<ShowCard> {
        self.interrupted.retain(|card| is_due(*card));
        self.sent.extract_if(.., |_, (at, _)| *at <= now).map(|(_, (_, card))| card).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc_schema::ids::Trace;
    use ipc_schema::ids::{ChannelId, MatchId, MessageId, UserId};
    use ipc_schema::view::CardView;
    use ipc_schema::vocab::Locale;

    fn card(card: u64, version: u32, message: Option<MessageId>) -> ShowCard {
        ShowCard {
            card: CardId(card),
            version,
            user: UserId(7),
            place: None,
            locale: Locale::EnUs,
            channel: Some(ChannelId(9)),
            message,
            replaces: None,
            tried_since: None,
            trace: Trace::NONE,
            view: CardView::Reminder { match_id: MatchId(12), deadline: Timestamp(0) },
        }
    }

    #[test]
    fn what_was_on_its_way_when_a_frontend_went_is_sent_once_more_as_it_is_by_then() {
        let (start, message) = (Timestamp(1_800_000_000_000), Some(MessageId(3)));
        let at = |ms| start + Duration::from_millis(ms);
        let mut repeats = Repeats::default();
        repeats.sends(&card(1, 1, message), start);
        assert_eq!(repeats.next(), None, "nothing was interrupted");

        repeats.interrupted([1, 2, 3, 4].map(CardId));
        repeats.sends(&card(1, 2, message), at(0));
        repeats.sends(&card(2, 1, None), at(0));
        repeats.sends(&card(3, 1, message), at(500));
        repeats.sends(&card(1, 3, message), at(1000));
        assert_eq!(repeats.next(), Some(at(3000)));
        assert_eq!(repeats.take_due(at(2999), |card| card != CardId(4)), []);
        assert_eq!(repeats.take_due(at(3000), |_| true), [card(1, 3, message)]);
        // Another one goes before the second was sent once more.
        repeats.interrupted([]);
        assert_eq!(repeats.next(), None);
        repeats.sends(&card(3, 1, message), at(4000));
        repeats.sends(&card(4, 1, message), at(4000));
        assert_eq!(repeats.take_due(at(7000), |_| true), [card(3, 1, message)]);
        assert_eq!(repeats.take_due(at(60_000), |_| true), [], "once");
    }
}
