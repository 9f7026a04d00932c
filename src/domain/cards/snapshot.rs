//! Cards as they are stored.

use super::{Card, Cards, Content};
use ipc_schema::ids::{CardId, PlayerId};
use ipc_schema::snapshot::{StoredCard, StoredContent};
use std::collections::BTreeSet;

impl Cards {
    /// The number of the newest card, and all that are due or may change again.
    pub(in crate::domain) fn to_stored(&self) -> (u64, impl Iterator<Item = StoredCard>) {
        // What is due follows from the versions, which are in channels from what they show, and what is held
        // back from the players; what changed since the shell asked is the shell's.
        let Cards { cards, due: _, last, posts: _, changed: _, unreached: _ } = self;
        (*last, cards.iter().map(|(id, card)| card.to_stored(*id)))
    }

    /// `unreached` are the players whom messages do not reach.
    pub(in crate::domain) fn from_stored(
        last: u64,
        stored: impl Iterator<Item = StoredCard>,
        unreached: BTreeSet<PlayerId>,
    ) -> Cards {
        let cards = stored.map(Card::from_stored).collect::<Vec<_>>();
        let due = cards.iter().filter(|(_, card)| card.shown < card.version).map(|(id, _)| *id).collect();
        let post = |(id, card): &(CardId, Card)| match card.content {
            Content::Post(post) => Some((post, *id)),
            _ => None,
        };
        let posts = cards.iter().filter_map(post).collect();
        Cards { due, cards: cards.into_iter().collect(), last, posts, changed: Vec::new(), unreached }
    }
}

impl Card {
    fn to_stored(&self, id: CardId) -> StoredCard {
        let Card { player, content, version, shown, message } = self.clone();
        let content = match content {
            Content::Match(id) => StoredContent::Match(id),
            Content::Reminder { match_id, deadline } => StoredContent::Reminder { match_id, deadline },
            Content::Replay(view) => StoredContent::Replay(view),
            Content::Notice { refusal, files } => StoredContent::Notice { refusal, files },
            Content::News(news) => StoredContent::News(news),
            Content::PlayReminder { match_id, number, deadline } => {
                StoredContent::PlayReminder { match_id, number, deadline }
            }
            Content::Queue { since, at, waiting, replaces } => {
                StoredContent::Queue { since, at, waiting, replaces }
            }
            Content::Post(post) => StoredContent::Post(post),
        };
        StoredCard { id, player, content, version, shown, message }
    }

    fn from_stored(stored: StoredCard) -> (CardId, Card) {
        let StoredCard { id, player, content, version, shown, message } = stored;
        let content = match content {
            StoredContent::Match(id) => Content::Match(id),
            StoredContent::Reminder { match_id, deadline } => Content::Reminder { match_id, deadline },
            StoredContent::Replay(view) => Content::Replay(view),
            StoredContent::Notice { refusal, files } => Content::Notice { refusal, files },
            StoredContent::News(news) => Content::News(news),
            StoredContent::PlayReminder { match_id, number, deadline } => {
                Content::PlayReminder { match_id, number, deadline }
            }
            StoredContent::Queue { since, at, waiting, replaces } => {
                Content::Queue { since, at, waiting, replaces }
            }
            StoredContent::Post(post) => Content::Post(post),
        };
        (id, Card { player, content, version, shown, message })
    }
}
