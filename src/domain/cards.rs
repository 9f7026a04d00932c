//! Cards: messages that the ladder owes players and keeps up to date.
//!
//! A card has a version, which grows whenever what it shows has changed, and the version that
//! was shown. Whatever lies between is due, however often a process dies: this is the outbox.

mod snapshot;

use super::memory;
use ipc_schema::event::Crowd;
use ipc_schema::ids::{CardId, ChannelId, MatchId, MessageId, PlayerId};
use ipc_schema::view::{News, Post, ReplayView};
use ipc_schema::vocab::{Refusal, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Whose the cards in channels are. Players are numbered from 1.
pub const NOBODY: PlayerId = PlayerId(0);

/// Cards held back for one player whom messages do not reach; the oldest is forgotten beyond it.
const HELD: usize = 10;

#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    /// [`NOBODY`] for a card in a channel.
    pub player: PlayerId,
    pub content: Content,
    pub version: u32,
    pub shown: u32,
    /// Where it is, once posted.
    pub message: Option<(ChannelId, MessageId)>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Shows the match as it is; lives until the match is closed.
    Match(MatchId),
    Reminder {
        match_id: MatchId,
        deadline: Timestamp,
    },
    Replay(ReplayView),
    Notice {
        refusal: Refusal,
        files: u32,
    },
    News(News),
    PlayReminder {
        match_id: MatchId,
        number: u8,
        deadline: Timestamp,
    },
    /// The queue, for as long as the player waits: since when there is this card, what it said last of
    /// who waits, and when. `replaces` is the message that this one takes the place of.
    Queue {
        since: Timestamp,
        at: Timestamp,
        waiting: Crowd,
        replaces: Option<(ChannelId, MessageId)>,
    },
    /// In a channel instead of a DM.
    Post(Post),
}

impl Content {
    /// Whether it says something by the time messages reach the player again.
    fn keeps(&self) -> bool {
        match self {
            Content::Match(_) | Content::Replay(_) | Content::Notice { .. } | Content::Post(_) => true,
            Content::News(News::SomebodyQueues { .. } | News::DmsOpen) => false,
            Content::News(_) => true,
            Content::Reminder { .. } | Content::PlayReminder { .. } | Content::Queue { .. } => false,
        }
    }
}

/// All cards that are due or may change again.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cards {
    cards: BTreeMap<CardId, Card>,
    due: BTreeSet<CardId>,
    last: u64,
    /// Those in channels, each once.
    posts: BTreeMap<Post, CardId>,
    /// Since the shell last asked: cards with a new version.
    changed: Vec<CardId>,
    /// Players whom messages do not reach.
    unreached: BTreeSet<PlayerId>,
}

impl Cards {
    /// The number the next card will have.
    pub fn next_id(&self) -> CardId {
        CardId(self.last + 1)
    }

    pub fn add(&mut self, player: PlayerId, content: Content) -> CardId {
        let id = self.next_id();
        self.last = id.0;
        let is_unreached = self.unreached.contains(&player);
        if is_unreached && !content.keeps() {
            return id;
        }
        self.cards.insert(id, Card { player, content, version: 1, shown: 0, message: None });
        self.due.insert(id);
        self.changed.push(id);
        if is_unreached {
            self.forget_beyond(player);
        }
        id
    }

    /// A card in a channel; one that is there already gets a new version.
    pub fn add_post(&mut self, post: Post) {
        match self.posts.get(&post).copied() {
            Some(card) => self.touch(card),
            None => {
                let id = self.add(NOBODY, Content::Post(post));
                self.posts.insert(post, id);
            }
        }
    }

    /// What a card in a channel shows has changed, if there is one.
    pub fn touch_post(&mut self, post: Post) {
        if let Some(card) = self.posts.get(&post).copied() {
            self.touch(card);
        }
    }

    /// Whether it tells staff of a case.
    pub fn is_of_case(&self, id: CardId) -> bool {
        matches!(self.cards.get(&id), Some(Card { content: Content::Post(Post::Case(_)), .. }))
    }

    pub fn post(&self, post: Post) -> Option<CardId> {
        self.posts.get(&post).copied()
    }

    /// Forgets the cards in channels that `keep` does not name.
    pub fn retain_posts(&mut self, mut keep: impl FnMut(Post, CardId) -> bool) {
        let gone: Vec<(Post, CardId)> =
            self.posts.iter().map(|(post, card)| (*post, *card)).filter(|of| !keep(of.0, of.1)).collect();
        for (post, card) in gone {
            self.posts.remove(&post);
            self.due.remove(&card);
            self.cards.remove(&card);
        }
    }

    /// Messages do not reach the player: what is due is held back, as far as it keeps.
    pub fn close(&mut self, player: PlayerId) {
        self.unreached.insert(player);
        let stale = self.held_of(player).filter(|(_, card)| !card.content.keeps());
        for id in stale.map(|(id, _)| id).collect::<Vec<_>>() {
            self.remove(id);
        }
        self.forget_beyond(player);
    }

    /// Messages reach the player again.
    pub fn open(&mut self, player: PlayerId) {
        let held: Vec<CardId> = self.held_of(player).map(|(id, _)| id).collect();
        self.unreached.remove(&player);
        self.changed.extend(held);
    }

    /// Of what is held back for a player the newest is kept; a match can be looked up.
    fn forget_beyond(&mut self, player: PlayerId) {
        let others = |card: &Card| !matches!(card.content, Content::Match(_));
        let held = self.held_of(player).filter(|(_, card)| others(card)).map(|(id, _)| id);
        let held: Vec<CardId> = held.collect();
        for id in &held[..held.len().saturating_sub(HELD)] {
            self.remove(*id);
        }
    }

    /// Cards that are due and held back, oldest first.
    pub fn held_of(&self, player: PlayerId) -> impl Iterator<Item = (CardId, &Card)> {
        let cards = self.due.iter().filter_map(|id| Some((*id, self.cards.get(id)?)));
        cards.filter(move |(_, card)| card.player == player && self.holds(card))
    }

    /// Whether a card waits until messages reach its player again.
    pub fn is_held(&self, id: CardId) -> bool {
        self.cards.get(&id).is_some_and(|card| self.holds(card))
    }

    /// That a match was found is tried once, since a time runs; and what was posted can be edited.
    fn holds(&self, card: &Card) -> bool {
        let finds_match = matches!(card.content, Content::Match(_)) && card.shown == 0;
        self.unreached.contains(&card.player) && card.message.is_none() && !finds_match
    }

    /// Cards that got a new version since this was last asked.
    pub fn take_changed(&mut self) -> Vec<CardId> {
        std::mem::take(&mut self.changed)
    }

    pub fn get(&self, id: CardId) -> Option<&Card> {
        self.cards.get(&id)
    }

    pub fn iter(&self) -> impl Iterator<Item = (CardId, &Card)> {
        self.cards.iter().map(|(id, card)| (*id, card))
    }

    /// What the card shows has changed.
    pub fn touch(&mut self, id: CardId) {
        if let Some(card) = self.cards.get_mut(&id) {
            card.version += 1;
            self.due.insert(id);
            self.changed.push(id);
        }
    }

    pub fn set_content(&mut self, id: CardId, content: Content) {
        if let Some(card) = self.cards.get_mut(&id) {
            card.content = content;
            self.touch(id);
        }
    }

    /// Nothing more is owed of it.
    pub fn remove(&mut self, id: CardId) {
        self.cards.remove(&id);
        self.due.remove(&id);
    }

    /// A version is settled: it reached the player by this message, or by none if it never can. A
    /// card that will not change again is forgotten with its last version.
    pub fn settled(
        &mut self,
        id: CardId,
        version: u32,
        message: Option<(ChannelId, MessageId)>,
        may_change: bool,
    ) {
        let Some(card) = self.cards.get_mut(&id) else { return };
        card.shown = card.shown.max(version);
        card.message = message.or(card.message);
        if card.shown >= card.version {
            self.due.remove(&id);
            if !may_change && let Some(Card { content: Content::Post(post), .. }) = self.cards.remove(&id) {
                self.posts.remove(&post);
            }
        }
    }

    /// Forgets what a player has not been reminded of yet, of a match that needs nothing more of the player.
    pub fn drop_reminders(&mut self, match_id: MatchId, player: PlayerId) {
        let is_it = |card: &Card| {
            let of = match card.content {
                Content::Reminder { match_id, .. } | Content::PlayReminder { match_id, .. } => match_id,
                _ => return false,
            };
            of == match_id && card.player == player && card.message.is_none()
        };
        let ids = self.due.iter().copied().filter(|id| self.cards.get(id).is_some_and(is_it));
        for id in ids.collect::<Vec<_>>() {
            self.remove(id);
        }
    }

    /// The message is gone, or cannot be edited any more; the card is posted anew.
    pub fn gone(&mut self, id: CardId) {
        if let Some(card) = self.cards.get_mut(&id) {
            let message = card.message.take();
            if let Content::Queue { replaces, .. } = &mut card.content {
                *replaces = message.or(*replaces);
            }
            self.touch(id);
        }
    }

    /// Cards whose newest version was not shown yet, and is not held back.
    pub fn due(&self) -> impl Iterator<Item = CardId> {
        self.due.iter().copied().filter(|id| !self.is_held(*id))
    }

    pub fn is_due(&self, id: CardId) -> bool {
        self.due.contains(&id) && !self.is_held(id)
    }

    /// What they take of memory, about.
    pub fn bytes(&self) -> usize {
        let sets = memory::of_set(&self.due) + memory::of_set(&self.unreached);
        memory::of_flat_map(&self.cards)
            + memory::of_flat_map(&self.posts)
            + memory::of_vec(&self.changed)
            + sets
    }

    pub fn len(&self) -> usize {
        self.cards.len()
    }

    pub fn is_empty(&self) -> bool {
        self.cards.is_empty()
    }
}
