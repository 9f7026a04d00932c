//! Brings cards to players and tells the backend what became of them.
//!
//! Cards of one player go out one after the other, the more urgent first ([`super::turns`]); players do
//! not wait for one another. While the backend is away deliveries go on, and are reported once it is back.

use super::Desk;
use super::card_view;
use super::reply::Body;
use super::rest::{Posted, RestError, code};
use super::runner::Unanswered;
use super::text::Words;
use super::turns::Turns;
use crate::failpoint;
use crate::ipc::trace;
use bytes::Bytes;
use ipc_schema::backend::{BackendReply, BackendRequest, CardFailure, ShowCard};
use ipc_schema::ids::{CardId, ChannelId, Key, LadderId, MessageId, Trace, UserId};
use ipc_schema::view::Urgency;
use ipc_schema::vocab::Refusal;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// Deliveries at a time. Discord takes 50 calls a second; more would only wait in line.
const AT_A_TIME: usize = 64;

/// Cards that wait for their turn. Beyond it a card fails for the moment and the backend keeps it.
const WAITING: usize = 20_000;

/// Posts remembered until the backend has them on record.
const POSTS_KEPT: usize = 10_000;

/// Between a passing failure and its report, so that the next attempt is not made at once.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// A report over a restart of the backend.
const REPORT_LIMIT: Duration = Duration::from_secs(60);

/// A backend that is busy, or whose disk is full, is asked again for half a minute. After that it
/// sends the card once more by itself, when it can.
const REPORT_TRIES: u32 = 15;
const REPORT_PAUSE: Duration = Duration::from_secs(2);

/// Codes by which Discord says that this account or this content can never be.
const FOR_GOOD: [u64; 5] = [
    code::INVALID_FORM,
    code::EMPTY_MESSAGE,
    code::UNKNOWN_USER,
    code::NOT_ITS_AUTHOR,
    // A match is over before there is room, and goes on in the DMs.
    code::TOO_MANY_THREADS,
];

/// And that the bot cannot write there, which an operator may change.
const NO_ACCESS: [u64; 4] =
    [code::UNKNOWN_CHANNEL, code::MISSING_ACCESS, code::MISSING_PERMISSIONS, code::WRONG_CHANNEL_KIND];

/// Where a card was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) channel: ChannelId,
    pub(super) message: MessageId,
}

#[derive(Debug)]
struct Delivered {
    card: CardId,
    version: u32,
    user: UserId,
    trace: Trace,
    result: Result<Shown, CardFailure>,
}

#[derive(Debug)]
enum Done {
    Delivered(Delivered),
    /// The backend has it on record, or not after all attempts.
    Reported,
}

/// The cards under way. Owned by one loop.
#[derive(Debug)]
pub struct Cards {
    desk: Arc<Desk>,
    ladder: Option<LadderId>,
    turns: Turns,
    delivering: usize,
    running: JoinSet<Done>,
    /// Posts, by age. The backend may not know of one, or not have known when it asked for the next.
    posted: BTreeMap<CardId, Shown>,
    /// How often a card's message was found gone; its next post is another one.
    gone: BTreeMap<CardId, u32>,
}

impl Cards {
    pub fn new(desk: Arc<Desk>) -> Cards {
        Cards {
            desk,
            ladder: None,
            turns: Turns::default(),
            delivering: 0,
            running: JoinSet::new(),
            posted: BTreeMap::new(),
            gone: BTreeMap::new(),
        }
    }

    pub fn set_ladder(&mut self, ladder: LadderId) {
        self.ladder = Some(ladder);
    }

    /// Cards that wait or are under way.
    pub fn in_flight(&self) -> usize {
        self.turns.waiting() + self.delivering
    }

    /// Those of them that wait and that somebody waits for.
    pub fn urgent(&self) -> usize {
        self.turns.urgent()
    }

    /// Nothing is under way, not even a report.
    pub fn is_idle(&self) -> bool {
        self.running.is_empty()
    }

    pub fn show(&mut self, card: ShowCard) {
        // What may go to everyone at once is bounded; of all else the ladder owes a few to each player.
        if self.turns.waiting() >= WAITING && card.view.urgency() >= Urgency::News {
            let result = Err(CardFailure::Passing);
            let ShowCard { card, version, user, trace, .. } = card;
            return self.report(&Delivered { card, version, user, trace, result });
        }
        if let Some(channel) = card.channel.filter(|_| self.turns.is_under_way(card.user)) {
            // Else news that waits for all that is urgent would hold up the player's match.
            self.desk.rest.hurry(channel, card.view.urgency());
        }
        self.turns.push(card);
        self.start();
    }

    /// Waits for the next delivery or report to end; for ever while there is none.
    pub async fn step(&mut self) {
        match self.running.join_next().await {
            None => std::future::pending().await,
            Some(Ok(Done::Delivered(delivered))) => self.delivered(&delivered),
            Some(Ok(Done::Reported)) => {}
            Some(Err(error)) => tracing::error!("a delivery broke off: {error}"),
        }
    }

    fn start(&mut self) {
        while self.delivering < AT_A_TIME
            && let Some(mut card) = self.turns.next()
        {
            self.delivering += 1;
            if card.message.is_none()
                && let Some(shown) = self.posted.get(&card.card)
            {
                // Posted before, by a delivery whose report was lost.
                card.channel = Some(shown.channel);
                card.message = Some(shown.message);
            }
            let post = self.gone.get(&card.card).copied().unwrap_or(0);
            let nonce = nonce(self.ladder, card.card, post);
            let desk = Arc::clone(&self.desk);
            let of = card.trace;
            let delivery = async move { Done::Delivered(desk.deliver(card, nonce).await) };
            self.running.spawn(trace::carry(of, delivery));
        }
    }

    fn delivered(&mut self, delivered: &Delivered) {
        self.delivering -= 1;
        match delivered.result {
            Ok(shown) => {
                self.posted.insert(delivered.card, shown);
                if self.posted.len() > POSTS_KEPT {
                    // Card ids grow, so this is the oldest.
                    self.posted.pop_first();
                }
            }
            Err(CardFailure::MessageGone) => {
                self.posted.remove(&delivered.card);
                *self.gone.entry(delivered.card).or_default() += 1;
                if self.gone.len() > POSTS_KEPT {
                    self.gone.pop_first();
                }
            }
            Err(
                CardFailure::Passing
                | CardFailure::Permanent
                | CardFailure::Unreachable
                | CardFailure::NoAccess,
            ) => {}
        }
        self.report(delivered);
        self.turns.done(delivered.user);
        self.start();
    }

    fn report(&mut self, delivered: &Delivered) {
        let (card, version) = (delivered.card, delivered.version);
        let request = match delivered.result {
            Ok(Shown { channel, message }) => BackendRequest::CardShown { card, version, channel, message },
            Err(failure) => BackendRequest::CardFailed { card, version, failure },
        };
        let desk = Arc::clone(&self.desk);
        self.running.spawn(trace::carry(delivered.trace, async move {
            desk.report(Key::Card { card, version }, request).await;
            Done::Reported
        }));
    }
}

impl Desk {
    async fn deliver(&self, card: ShowCard, nonce: String) -> Delivered {
        let (id, version, user, trace) = (card.card, card.version, card.user, card.trace);
        failpoint::hit("frontend: before a card's call").ok();
        let result = match self.show_card(card, nonce).await {
            Ok(shown) => {
                failpoint::hit("frontend: after a card's call").ok();
                tracing::debug!(card = id.0, version, "a card was shown");
                Ok(shown)
            }
            Err(error) => {
                let failure = failure_of(&error);
                tracing::info!(card = id.0, version, ?failure, "card was not shown: {error}");
                if failure == CardFailure::Passing {
                    sleep(AFTER_FAILURE).await;
                }
                Err(failure)
            }
        };
        Delivered { card: id, version, user, trace, result }
    }

    async fn show_card(&self, card: ShowCard, nonce: String) -> Result<Shown, RestError> {
        if let Some(place) = &card.place {
            return self.show_post(&card, place, nonce).await;
        }
        let body = Body::of_page(card_view::render(&card.view, Words::of(card.locale)));
        let channel = match card.channel {
            Some(channel) => channel,
            None => self.rest.open_dm(card.view.urgency(), card.user).await?,
        };
        self.show_in(channel, &card, &body, nonce).await
    }

    /// Posts the card in a channel, or edits its message there.
    pub(super) async fn show_in(
        &self,
        channel: ChannelId,
        card: &ShowCard,
        body: &Body,
        nonce: String,
    ) -> Result<Shown, RestError> {
        if let Some(message) = card.message {
            self.bring_up_to_date(channel, message, card, body).await?;
            return Ok(Shown { channel, message });
        }
        let found = match card.tried_since {
            Some(since) => self.find_post(channel, body, since).await?,
            None => None,
        };
        let Posted { id: message, text } = match found {
            Some(found) => found,
            None => self.rest.post(card.view.urgency(), channel, &body.clone().once(nonce)).await?,
        };
        if text.is_some_and(|text| text == body.text()) {
            self.lanes.advance(message, card.card, card.version);
        } else {
            // It is an earlier post, whose answer was lost and whose words are older. Or nobody can tell.
            self.bring_up_to_date(channel, message, card, body).await?;
        }
        if let Some(old) = card.replaces.filter(|old| *old != message) {
            self.delete_replaced(channel, old).await;
        }
        Ok(Shown { channel, message })
    }

    /// Deletes a message of a card that has another one.
    pub(super) async fn delete_replaced(&self, channel: ChannelId, message: MessageId) {
        if let Err(error) = self.rest.delete(Urgency::Live, channel, message).await {
            // Its buttons ask for what is true, wherever they are pressed.
            tracing::info!(message = message.0, "a message that was replaced is not deleted: {error}");
        }
    }

    /// Has a message show this version of its card, if it shows no newer one.
    async fn bring_up_to_date(
        &self,
        channel: ChannelId,
        message: MessageId,
        card: &ShowCard,
        body: &Body,
    ) -> Result<(), RestError> {
        let urgency = card.view.urgency();
        let _lane = self.lanes.enter(message).await;
        if !self.lanes.advance(message, card.card, card.version) {
            return Ok(());
        }
        let edited = self.rest.edit(urgency, channel, message, &body.clone().over_existing()).await;
        if let Err(error) = &edited
            && error.code() == Some(code::TOO_MANY_EDITS_OF_OLD_MESSAGE)
        {
            // The card is posted anew, and what it said before would stay beside it with all its buttons.
            match self.rest.delete(urgency, channel, message).await {
                Err(error) if error.is_passing() => return Err(error),
                Err(error) => tracing::info!(card = card.card.0, "an old message was not deleted: {error}"),
                Ok(()) => {}
            }
        }
        edited
    }

    /// Tells the backend what became true here, until it is on record.
    pub(super) async fn report(&self, key: Key, request: BackendRequest) {
        for _ in 0..REPORT_TRIES {
            match self.call(Some(key), request.clone(), Bytes::new(), REPORT_LIMIT).await {
                Ok(BackendReply::Refused { refusal: Refusal::Busy | Refusal::ReadOnly, .. })
                | Err(Unanswered::Busy) => sleep(REPORT_PAUSE).await,
                Ok(_) => {
                    failpoint::hit("frontend: delivery reported").ok();
                    return;
                }
                Err(Unanswered::Late) if *self.leaving.borrow() => return,
                Err(Unanswered::Late) => {}
            }
        }
        tracing::warn!(?key, "the backend did not take a report");
    }
}

/// Whether no further attempt can succeed as things are.
pub(super) fn is_for_good(error: &RestError) -> bool {
    matches!(failure_of(error), CardFailure::Permanent | CardFailure::NoAccess)
}

fn failure_of(error: &RestError) -> CardFailure {
    match error {
        RestError::Refused { code, .. }
            if matches!(*code, code::UNKNOWN_MESSAGE | code::TOO_MANY_EDITS_OF_OLD_MESSAGE) =>
        {
            CardFailure::MessageGone
        }
        RestError::Refused { code: code::CANNOT_MESSAGE_USER | code::NO_MUTUAL_GUILD, .. } => {
            CardFailure::Unreachable
        }
        RestError::Refused { code, .. } if FOR_GOOD.contains(code) => CardFailure::Permanent,
        RestError::Refused { code, .. } if NO_ACCESS.contains(code) => CardFailure::NoAccess,
        // Also what Discord's front door refuses without a code: the token or the address are the
        // operator's to mend, and the player is as reachable as ever.
        _ => CardFailure::Passing,
    }
}

/// The same for the same post of the same card, in any process: Discord then makes no second message.
fn nonce(ladder: Option<LadderId>, card: CardId, post: u32) -> String {
    let hash = Sha256::new()
        .chain_update(ladder.map_or(0, |ladder| ladder.0).to_le_bytes())
        .chain_update(card.0.to_le_bytes())
        .chain_update(post.to_le_bytes())
        .finalize();
    // 20 hex digits: Discord takes 25 characters.
    hash.iter().take(10).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_stable_and_belongs_to_one_post_of_one_card_of_one_ladder() {
        let ladder = Some(LadderId(1));
        let first = nonce(ladder, CardId(7), 0);
        assert_eq!(first, nonce(ladder, CardId(7), 0));
        assert_eq!(first.len(), 20);
        for other in
            [nonce(Some(LadderId(2)), CardId(7), 0), nonce(ladder, CardId(8), 0), nonce(ladder, CardId(7), 1)]
        {
            assert_ne!(first, other);
        }
    }

    #[test]
    fn a_failure_says_whether_another_attempt_is_worth_it() {
        let refused = |status, code| RestError::Refused { status, code, message: String::new() };
        let cases = [
            (refused(404, code::UNKNOWN_MESSAGE), CardFailure::MessageGone),
            (refused(429, code::TOO_MANY_EDITS_OF_OLD_MESSAGE), CardFailure::MessageGone),
            (refused(403, code::CANNOT_MESSAGE_USER), CardFailure::Unreachable),
            (refused(403, code::NO_MUTUAL_GUILD), CardFailure::Unreachable),
            (refused(400, code::INVALID_FORM), CardFailure::Permanent),
            (refused(400, code::EMPTY_MESSAGE), CardFailure::Permanent),
            (refused(403, code::MISSING_ACCESS), CardFailure::NoAccess),
            (refused(404, code::UNKNOWN_CHANNEL), CardFailure::NoAccess),
            // Opening DMs too fast, and a front door that knows no codes.
            (refused(403, 40003), CardFailure::Passing),
            (refused(403, 0), CardFailure::Passing),
            (refused(401, 0), CardFailure::Passing),
            (refused(503, 0), CardFailure::Passing),
            (RestError::TimedOut, CardFailure::Passing),
            (RestError::Limited, CardFailure::Passing),
            (RestError::BreakerOpen, CardFailure::Passing),
        ];
        for (error, expected) in cases {
            assert_eq!(failure_of(&error), expected, "{error}");
        }
    }
}
