//! Cards in channels: the log of matches, the channel of staff, and a private thread for each match.
//!
//! A message has a nonce, but Discord makes no thread once: so a thread is looked for by its name before
//! it is made, and what is posted in one that was found is looked for there. Whatever dies on the way,
//! there is one thread with one message.

use super::Desk;
use super::card_view;
use super::cards::{Shown, is_for_good};
use super::reply::{Body, Page};
use super::rest::{ActiveThread, RestError, Thread, code};
use super::text::Words;
use ipc_schema::backend::ShowCard;
use ipc_schema::ids::{ChannelId, MessageId, RoleId, UserId};
use ipc_schema::view::{PostPlace, ThreadPlace, Urgency};
use ipc_schema::vocab::Timestamp;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::OnceCell;
use twilight_model::channel::message::AllowedMentions;
use twilight_model::id::Id;

/// Messages of a thread that was found, among which is what was posted in it.
const MESSAGES: u16 = 50;

/// The clock of Discord's ids is not ours.
pub(super) const CLOCKS_DIFFER: Duration = Duration::from_secs(60);

/// Where the bot is to speak besides DMs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Threads,
    Channel(ChannelId),
}

#[derive(Debug, Default)]
pub(super) struct Posts {
    /// Which failures were told, so that each is told once until something is posted there again.
    told: Mutex<BTreeSet<(Place, u64)>>,
    /// The bot's own, once it was asked for.
    account: OnceCell<UserId>,
}

impl Posts {
    /// Says what only an operator can change.
    fn failed(&self, place: Place, error: &RestError) {
        let told = || self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(code) = error.code().filter(|_| is_for_good(error))
            && told().insert((place, code))
        {
            match place {
                Place::Threads => {
                    tracing::error!("matches get no threads, and go on in DMs alone: {error}");
                }
                Place::Channel(channel) => {
                    tracing::error!(
                        "nothing can be posted in channel {channel}; try evoladder check: {error}"
                    );
                }
            }
        }
    }

    fn succeeded(&self, place: Place) {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).retain(|(of, _)| *of != place);
    }
}

/// Whom the first message of a card calls.
#[derive(Debug, Default)]
struct Mentions<'a> {
    users: &'a [UserId],
    role: Option<RoleId>,
}

impl Mentions<'_> {
    /// As it is written; empty for nobody.
    fn text(&self) -> String {
        let role = self.role.map(|role| format!("<@&{role}>"));
        let all: Vec<String> = self.users.iter().map(|user| format!("<@{user}>")).chain(role).collect();
        all.join(" ")
    }

    fn allowed(&self) -> AllowedMentions {
        AllowedMentions {
            users: self.users.iter().filter_map(|user| Id::new_checked(user.0)).collect(),
            roles: self.role.iter().filter_map(|role| Id::new_checked(role.0)).collect(),
            ..AllowedMentions::default()
        }
    }
}

impl Desk {
    pub(super) async fn show_post(
        &self,
        card: &ShowCard,
        place: &PostPlace,
        nonce: String,
    ) -> Result<Shown, RestError> {
        match place {
            PostPlace::Channel { channel, role } => {
                let body = body_of(card, &Mentions { users: &[], role: *role });
                let channel = card.channel.unwrap_or(*channel);
                let place = Place::Channel(channel);
                let shown = self.show_in(channel, card, &body, nonce).await;
                shown
                    .inspect(|_| self.posts.succeeded(place))
                    .inspect_err(|error| self.posts.failed(place, error))
            }
            PostPlace::Thread(thread) => self.show_in_thread(card, thread, nonce).await,
        }
    }

    /// Posts a page for staff, once for its nonce. `tried_since` is Some where an earlier post of it is looked for
    /// first, as no attempt is older.
    pub(super) async fn tell_staff(
        &self,
        channel: ChannelId,
        page: Page,
        nonce: String,
        tried_since: Option<Timestamp>,
    ) -> Result<(), RestError> {
        let (body, place) = (Body::of_page(page).once(nonce), Place::Channel(channel));
        let post = async {
            if let Some(since) = tried_since
                && self.find_post(channel, &body, since).await?.is_some()
            {
                return Ok(());
            }
            self.rest.post(Urgency::Answer, channel, &body).await.map(drop)
        };
        post.await
            .inspect(|()| self.posts.succeeded(place))
            .inspect_err(|error| self.posts.failed(place, error))
    }

    async fn show_in_thread(
        &self,
        card: &ShowCard,
        place: &ThreadPlace,
        nonce: String,
    ) -> Result<Shown, RestError> {
        let body = body_of(card, &Mentions { users: &place.members, role: place.role });
        let mut card = card.clone();
        let thread = match card.channel {
            Some(thread) => thread,
            None => {
                let found = self.thread_of(place).await;
                let found = found.inspect_err(|error| self.posts.failed(Place::Threads, error))?;
                let Some((thread, posted)) = found else {
                    let message = "the match was over before it had a thread".to_owned();
                    return Err(RestError::Refused { status: 404, code: code::UNKNOWN_CHANNEL, message });
                };
                self.posts.succeeded(Place::Threads);
                // What was posted in it has been looked for.
                (card.message, card.tried_since) = (posted, None);
                thread
            }
        };
        let shown = match self.show_in(thread, &card, &body, nonce.clone()).await {
            // Somebody closed it, or this is a version that a process before this one had shown.
            Err(error) if error.code() == Some(code::THREAD_ARCHIVED) => {
                self.rest.set_thread(thread, Thread::Open).await?;
                self.show_in(thread, &card, &body, nonce).await?
            }
            shown => shown?,
        };
        if place.is_over {
            self.rest.set_thread(thread, Thread::Closed).await?;
        }
        Ok(shown)
    }

    /// The bot's own account.
    pub(super) async fn own_account(&self) -> Result<UserId, RestError> {
        self.posts.account.get_or_try_init(|| self.rest.own_account()).await.copied()
    }

    /// The thread with its members in it, and the message that was posted there before, if there is one.
    /// None where it was never made, and is needed no more.
    async fn thread_of(
        &self,
        place: &ThreadPlace,
    ) -> Result<Option<(ChannelId, Option<MessageId>)>, RestError> {
        let threads = self.rest.active_threads(place.guild).await?;
        let own = self.own_account().await?;
        let found = threads.iter().find(|thread| is_of(thread, place, own)).map(|thread| thread.id);
        if found.is_none() && place.is_over {
            return Ok(None);
        }
        let thread = match found {
            Some(thread) => thread,
            None => self.rest.create_thread(place.parent, &place.name).await?,
        };
        for user in &place.members {
            match self.rest.add_to_thread(thread, *user).await {
                Ok(()) => {}
                Err(error) if error.is_passing() => return Err(error),
                // Not in the server, or without access: the DM has everything as well.
                Err(error) => tracing::warn!("account {user} is not in the thread of its match: {error}"),
            }
        }
        let Some(thread) = found else { return Ok(Some((thread, None))) };
        let messages = self.rest.messages(thread, MESSAGES).await?;
        let posted = messages
            .iter()
            .rfind(|message| message.author.id.get() == own.0 && !message.components.is_empty());
        Ok(Some((thread, posted.map(|message| MessageId(message.id.get())))))
    }
}

/// Whether the thread is the one that this bot made there: anybody may have given another one its name.
fn is_of(thread: &ActiveThread, place: &ThreadPlace, own: UserId) -> bool {
    thread.is_private
        && thread.owner == own
        && thread.parent == place.parent
        && thread.name == place.name
        && Timestamp::of_snowflake(thread.id.0) + CLOCKS_DIFFER >= place.since
}

fn body_of(card: &ShowCard, mentions: &Mentions<'_>) -> Body {
    let mut page = card_view::render(&card.view, Words::of(card.locale));
    let called = mentions.text();
    if !called.is_empty() {
        page.content = format!("{called}\n{}", page.content);
    }
    let mut body = Body::of_page(page);
    body.allowed_mentions = mentions.allowed();
    body
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc_schema::ids::GuildId;

    #[test]
    fn only_a_private_thread_that_the_bot_made_is_the_thread_of_a_match() {
        let (own, since) = (UserId(5), Timestamp(1_800_000_000_000));
        let place = ThreadPlace {
            guild: GuildId(1),
            parent: ChannelId(2),
            name: "Match 1: Ana vs Bea".to_owned(),
            since,
            members: vec![UserId(7)],
            role: None,
            is_over: false,
        };
        let made = |at: Timestamp| ActiveThread {
            id: ChannelId(at.to_snowflake()),
            parent: ChannelId(2),
            owner: own,
            name: place.name.clone(),
            is_private: true,
        };
        let ours = || made(since);
        let table = [
            ("ours", ours(), true),
            ("a player's", ActiveThread { owner: UserId(7), ..ours() }, false),
            ("one that all see", ActiveThread { is_private: false, ..ours() }, false),
            ("another match's", ActiveThread { name: "Match 2: Ana vs Bea".to_owned(), ..ours() }, false),
            ("one elsewhere", ActiveThread { parent: ChannelId(3), ..ours() }, false),
            ("one of a ladder before", made(since - 2 * CLOCKS_DIFFER), false),
        ];
        for (what, thread, expected) in table {
            assert_eq!(is_of(&thread, &place, own), expected, "{what}");
        }
    }

    #[test]
    fn exactly_those_who_are_named_may_be_called() {
        let nobody = Mentions::default();
        assert_eq!(nobody.text(), "");
        assert_eq!(serde_json::to_value(nobody.allowed()).unwrap()["parse"], serde_json::json!([]));
        let (users, role) = ([UserId(7), UserId(8)], Some(RoleId(9)));
        let some = Mentions { users: &users, role };
        assert_eq!(some.text(), "<@7> <@8> <@&9>");
        let allowed = serde_json::to_value(some.allowed()).unwrap();
        assert_eq!(
            (&allowed["users"], &allowed["roles"]),
            (&serde_json::json!(["7", "8"]), &serde_json::json!(["9"]))
        );
        assert_eq!(allowed["parse"], serde_json::json!([]));
    }
}
