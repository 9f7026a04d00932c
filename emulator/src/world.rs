//! The emulated Discord: its whole state, and the one loop that owns it.
//!
//! Connections turn what they read into an [`Ask`] and wait for the answer, so there
//! is no lock and everything happens in one order. The loop never waits for a client:
//! what clients must get is kept here, bounded, until they fetch it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::ws::Utf8Bytes;
use axum::http::Method;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot, watch};

use crate::clock::{Clock, Moment};
use crate::events::{History, Seen};
use crate::files::{Files, Link};
use crate::gateway::{CloseCode, Sent};
use crate::guild::{Guild, Place};
use crate::ids::{Mint, Snowflake};
use crate::interaction::{Interactions, Kind, Modals, State};
use crate::limits::Limits;
use crate::log::Log;
use crate::message::Message;
use crate::rest;
use crate::saved::{Entry, Saved};
use crate::session::{Attached, CannotIdentify, CannotResume, ConnectionId, Sessions, Share, intent};
use crate::spec::Spec;
use crate::stall::Stalls;
use crate::stats::{Counters, Requests};
use crate::trouble::{Failure, Fate, Scope, Terms, Trouble};
use crate::users;
use crate::wire::{Reply, Request};

/// Of the time to answer, as much as is fair to one who has just connected.
const TO_ANSWER: Duration = Duration::from_secs(1);

/// Asks that wait for the loop. Each connection has at most one here, so at the bound
/// a connection waits at the channel, and its client at the socket.
pub(crate) const ASKS: usize = 1_024;

/// A channel remembers so many messages; the oldest are forgotten.
const MAX_MESSAGES: usize = 1_000;

pub(crate) const MAX_USERS: usize = 100_000;

/// How long Discord remembers a nonce: "a few minutes".
pub(crate) const NONCE_LIFE: Duration = Duration::from_secs(3 * 60);

/// Above this many nonces those that have ended are removed.
const SWEEP_NONCES_ABOVE: usize = 10_000;

/// A file that a link leads to.
#[derive(Debug)]
pub(crate) struct Download {
    pub(crate) content_type: Option<String>,
    pub(crate) bytes: Bytes,
    /// What it takes more.
    pub(crate) latency: Duration,
}

#[derive(Debug)]
pub(crate) enum Ask {
    /// What is to become of a request of the bot's, which is given a number.
    Fate {
        method: Method,
        path: String,
        reply: oneshot::Sender<(u64, Fate)>,
    },
    /// A request of the bot.
    Rest {
        request: Request,
        reply: oneshot::Sender<Reply>,
    },
    /// A request of a user's client.
    Users {
        request: Request,
        reply: oneshot::Sender<Reply>,
    },
    Open {
        link: Link,
        reply: oneshot::Sender<Option<Download>>,
    },
    WatchEvents {
        reply: oneshot::Sender<(u64, watch::Receiver<u64>)>,
    },
    Events {
        after: u64,
        reply: oneshot::Sender<(Vec<Bytes>, u64)>,
    },
    /// A gateway client has come.
    Connect {
        reply: oneshot::Sender<Terms>,
    },
    Identify {
        intents: u64,
        share: Share,
        reply: oneshot::Sender<Result<Attached, CannotIdentify>>,
    },
    Resume {
        session: String,
        after: u64,
        reply: oneshot::Sender<Result<Attached, CannotResume>>,
    },
    Pull {
        session: String,
        connection: ConnectionId,
        after: u64,
        reply: oneshot::Sender<Pulled>,
    },
    Left {
        session: String,
        connection: ConnectionId,
        how: Left,
        sent: Sent,
    },
}

/// Dispatches and the last one's number; none when the session has another owner.
pub(crate) type Pulled = Option<(Vec<Utf8Bytes>, u64)>;

/// How a gateway connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Left {
    /// Without a close frame, or with one that keeps the session.
    Lost,
    /// With close code 1000 or 1001.
    Goodbye,
}

/// It is also a line of the saved world: a field that is renamed needs an upgrade in `saved`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) id: Snowflake,
    pub(crate) name: String,
    pub(crate) locale: String,
    pub(crate) dm: Snowflake,
    // Worlds of before these have no guild.
    #[serde(default = "yes")]
    pub(crate) in_guild: bool,
    #[serde(default)]
    pub(crate) staff: bool,
    #[serde(default)]
    pub(crate) dms: Dms,
}

fn yes() -> bool {
    true
}

/// Whether a user takes the bot's messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Dms {
    #[default]
    Open,
    Closed,
}

impl User {
    pub(crate) fn new(mint: &Mint, name: &str) -> User {
        User {
            id: mint.stable("user", name),
            name: name.to_owned(),
            locale: "en-US".to_owned(),
            dm: mint.stable("dm", name),
            in_guild: true,
            staff: false,
            dms: Dms::Open,
        }
    }

    pub(crate) fn render(&self) -> Value {
        json!({
            "id": self.id.json(), "username": self.name, "global_name": self.name, "discriminator": "0",
            "avatar": null, "bot": false, "public_flags": 0, "flags": 0, "primary_guild": null,
        })
    }
}

/// A DM, a text channel or a thread.
#[derive(Debug)]
pub(crate) struct Channel {
    pub(crate) id: Snowflake,
    pub(crate) place: Place,
    pub(crate) messages: BTreeMap<Snowflake, Message>,
}

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) address: SocketAddr,
    pub(crate) token: String,
    pub(crate) answer_within: Duration,
    pub(crate) application: Snowflake,
    /// What its owner has switched on for it at Discord, for this life.
    pub(crate) application_flags: u64,
    pub(crate) guild: Guild,
    /// Others that it is in, for this life.
    pub(crate) further: BTreeMap<Snowflake, Guild>,
    /// So many shards Discord would have it use.
    pub(crate) recommended_shards: u32,
    /// When threads are looked through next.
    pub(crate) archive_next: Moment,
    pub(crate) mint: Mint,
    pub(crate) files: Files,
    pub(crate) users: BTreeMap<Snowflake, User>,
    pub(crate) channels: BTreeMap<Snowflake, Channel>,
    pub(crate) commands: Vec<Value>,
    pub(crate) interactions: Interactions,
    pub(crate) modals: Modals,
    pub(crate) nonces: BTreeMap<(Snowflake, String), (Snowflake, Moment)>,
    pub(crate) sessions: Sessions,
    pub(crate) history: History,
    pub(crate) limits: Limits,
    pub(crate) requests: Requests,
    /// Users who turned to the bot in this life.
    pub(crate) greeted: BTreeSet<Snowflake>,
    /// Of this life.
    pub(crate) counters: watch::Sender<Counters>,
    /// Of the lives before.
    pub(crate) former: Counters,
    pub(crate) saved: Saved,
    pub(crate) log: Log,
    pub(crate) trouble: Trouble,
    /// What requests and answers are held against, where it is at hand.
    pub(crate) spec: Option<Spec>,
    stalls: Stalls,
}

impl World {
    pub(crate) fn new(
        config: &crate::Config,
        address: SocketAddr,
        now: Moment,
        counters: watch::Sender<Counters>,
    ) -> World {
        let mint = Mint::new(config.seed);
        let application = mint.stable("application", "");
        let (guild, texts) = Guild::new(&mint, application);
        World {
            address,
            token: config.token.clone(),
            answer_within: config.answer_within,
            application,
            application_flags: 0,
            guild,
            further: BTreeMap::new(),
            recommended_shards: 1,
            archive_next: now,
            mint,
            files: Files::new(address),
            users: BTreeMap::new(),
            channels: texts.into_iter().map(|text| (text.id, text)).collect(),
            commands: Vec::new(),
            interactions: Interactions::default(),
            modals: Modals::default(),
            nonces: BTreeMap::new(),
            sessions: Sessions::default(),
            history: History::new(),
            limits: Limits::default(),
            requests: Requests::default(),
            greeted: BTreeSet::new(),
            counters,
            former: Counters::default(),
            saved: Saved::default(),
            log: Log::default(),
            trouble: Trouble::new(config.seed),
            spec: None,
            stalls: Stalls::new(now),
        }
    }

    /// Answers until `shutdown` is ready. A world that cannot be saved ends.
    pub(crate) async fn run(
        mut self,
        clock: Clock,
        mut asks: mpsc::Receiver<Ask>,
        shutdown: impl Future<Output = ()>,
    ) -> io::Result<()> {
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            let now = clock.now();
            self.wake(now);
            // No answer leaves before this: clients are served while the loop waits.
            self.save(now)?;
            let wait = self.next_wake().since(now);
            tokio::select! {
                ask = asks.recv() => match ask {
                    Some(ask) => {
                        // A stall that ends with it is known first: what came meanwhile was in time, and what
                        // comes now was not there yet.
                        let now = clock.now();
                        if now >= self.stalls.due() {
                            self.wake(now);
                        }
                        self.answer(now, ask);
                    }
                    None => break,
                },
                () = tokio::time::sleep(wait) => {}
                () = &mut shutdown => break,
            }
        }
        self.save_at_end(clock.now())
    }

    fn next_wake(&self) -> Moment {
        let due = self.stalls.due();
        self.interactions.next_deadline(self.answer_within).map_or(due, |deadline| due.min(deadline))
    }

    /// Does what has become due.
    fn wake(&mut self, now: Moment) {
        // A stall must be known before what was missed in it is counted. A callback may have come meanwhile.
        if let Some((from, to)) = self.stalls.woke(now) {
            self.interactions.excuse(to.since(from));
            self.log.note(now, "stall", json!({"from_ms": from.unix_ms(), "to_ms": to.unix_ms()}));
        }
        for missed in self.interactions.fail_overdue(now, self.answer_within) {
            let stalled =
                self.stalls.overlaps(missed.pressed_at, missed.pressed_at.after(self.answer_within));
            let in_time = missed.pressed_at.after(self.answer_within.saturating_sub(TO_ANSWER));
            let expired = !self.sessions.reach(self.shard_by(missed.channel), in_time);
            let turned_away = self.trouble.has_failed(missed.id);
            self.counters.send_modify(|counters| {
                *match (expired, stalled, turned_away) {
                    (true, _, _) => &mut counters.interactions_expired,
                    (false, true, _) => &mut counters.machine_stalled,
                    (false, false, true) => &mut counters.interactions_turned_away,
                    (false, false, false) => &mut counters.deadline_misses,
                } += 1;
            });
            tracing::warn!(interaction = %missed.id, stalled, expired, turned_away, "no callback in time");
            let fields = json!({
                "interaction": missed.id.json(), "user": missed.user.json(),
                "machine_stalled": stalled, "expired": expired, "turned_away": turned_away,
            });
            self.log.note(now, "interaction_failed", fields);
            self.see(now, Some(missed.user), Some(missed.id), Seen::InteractionFailed);
        }
        self.archive_idle(now);
        self.interactions.forget_expired(now);
        self.sessions.sweep(now);
    }

    /// A client that has gone does not read its answer, which is no loss.
    fn answer(&mut self, now: Moment, ask: Ask) {
        match ask {
            Ask::Fate { method, path, reply } => {
                let _ = reply.send(self.fate(now, &method, path));
            }
            Ask::Rest { request, reply } => {
                let _ = reply.send(rest::answer(self, now, request));
            }
            Ask::Users { request, reply } => {
                let _ = reply.send(users::answer(self, now, request));
            }
            Ask::Open { link, reply } => {
                let file = self.files.open(&self.mint, now, &link);
                let latency = self.trouble.file_latency();
                let file = file.filter(|_| !self.trouble.files_gone());
                let download = file.map(|(content_type, bytes)| Download { content_type, bytes, latency });
                let _ = reply.send(download);
            }
            Ask::WatchEvents { reply } => {
                let _ = reply.send((self.history.last(), self.history.watch()));
            }
            Ask::Events { after, reply } => {
                let _ = reply.send(self.history.after(after));
            }
            Ask::Connect { reply } => {
                self.counters.send_modify(|counters| {
                    counters.gateway_connections += 1;
                    counters.gateway_second(now).connections += 1;
                });
                self.log.note(now, "gateway_connect", Value::Null);
                let _ = reply.send(self.trouble.terms(self.token.clone()));
            }
            Ask::Identify { intents, share, reply } => {
                let _ = reply.send(self.identify(now, intents, share));
            }
            Ask::Resume { session, after, reply } => {
                let resumed = if self.trouble.mood().refuse_resumes {
                    Err(CannotResume::UnknownSession)
                } else {
                    self.sessions.resume(now, &session, after)
                };
                self.counters.send_modify(|counters| {
                    counters.gateway_resumes += u64::from(resumed.is_ok());
                    counters.gateway_second(now).resumes += 1;
                });
                self.note_gateway(now, "gateway_resume", &session, json!({"ok": resumed.is_ok()}));
                let _ = reply.send(resumed);
            }
            Ask::Pull { session, connection, after, reply } => {
                let _ = reply.send(self.sessions.pull(&session, connection, after));
            }
            Ask::Left { session, connection, how, sent } => {
                self.counters.send_modify(|counters| {
                    counters.gateway_text_bytes += sent.text_bytes;
                    counters.gateway_wire_bytes += sent.wire_bytes;
                });
                self.leave(now, &session, connection, how);
            }
        }
    }

    fn fate(&mut self, now: Moment, method: &Method, path: String) -> (u64, Fate) {
        let callback = match path.split('/').collect::<Vec<_>>().as_slice() {
            ["interactions", id, _, "callback"] => id.parse().ok(),
            _ => None,
        };
        let mut fate = self.trouble.fate(now, &path, callback);
        if let Some(wait) = self.limits.barred(now) {
            // Nothing of the bot's gets past the front door, and nothing there counts.
            fate.failure = Some(Failure::Limited { scope: Scope::Cloudflare, wait });
        } else if let Some(failure) = fate.failure {
            if matches!(failure, Failure::Limited { scope, .. } if scope != Scope::Shared) {
                self.count_invalid(now);
            }
            self.counters.send_modify(|counters| counters.http_planted_failures += 1);
        }
        // What is done though its answer is lost is noted as it is done.
        let undone = fate.failure.is_some_and(|failure| !failure.is_done());
        if let Some(interaction) = callback.filter(|_| undone) {
            self.log.note(now, "callback_failed", json!({"interaction": interaction.json()}));
        }
        let status = fate.failure.map(|failure| failure.reply().status.as_u16());
        (self.requests.push(now, method, path, status), fate)
    }

    /// Counts an answer that Discord holds against the bot's address.
    pub(crate) fn count_invalid(&mut self, now: Moment) {
        self.limits.count_invalid(now);
        self.counters.send_modify(|counters| counters.invalid_requests += 1);
        if self.limits.barred(now).is_some() {
            tracing::warn!("the bot's address is barred: too many invalid requests");
            self.log.note(now, "barred", json!({"invalid": self.limits.invalid(now)}));
        }
    }

    fn leave(&mut self, now: Moment, session: &str, connection: ConnectionId, how: Left) {
        // A connection that lost its session to a newer one, or to a cut, has left before.
        let is_news = self.sessions.holds(session, connection) || !self.sessions.is_known(session);
        let name = match how {
            Left::Lost => {
                self.sessions.lose(now, session, connection);
                "lost"
            }
            Left::Goodbye => {
                self.sessions.close(session, connection);
                "goodbye"
            }
        };
        if is_news {
            self.note_gateway(now, "gateway_disconnect", session, json!({"how": name}));
        }
    }

    /// Drops all gateway connections without a word.
    pub(crate) fn cut(&mut self, now: Moment) {
        let living: Vec<String> = self.sessions.living().map(str::to_owned).collect();
        self.sessions.cut(now);
        for session in living {
            self.note_gateway(now, "gateway_disconnect", &session, json!({"how": "cut"}));
        }
    }

    /// The bot's token is of no use any more, as if somebody had made a new one, and connections that have
    /// identified with it are closed.
    pub(crate) fn reset_token(&mut self, now: Moment) {
        self.token = self.mint.signature(&["token", &self.token]);
        self.log.note(now, "token_reset", Value::Null);
        self.trouble.close(CloseCode::AuthenticationFailed as u16);
    }

    fn note_gateway(&mut self, now: Moment, kind: &str, session: &str, mut fields: Value) {
        fields["session"] = session.into();
        fields["living"] = self.sessions.living().count().into();
        self.log.note(now, kind, fields);
    }

    fn identify(&mut self, now: Moment, intents: u64, share: Share) -> Result<Attached, CannotIdentify> {
        // An application is granted each of them by two bits of its flags: for all guilds, or as a small one.
        let grants = [
            (intent::GUILD_PRESENCES, 1 << 12 | 1 << 13),
            (intent::GUILD_MEMBERS, 1 << 14 | 1 << 15),
            (intent::MESSAGE_CONTENT, 1 << 18 | 1 << 19),
        ];
        if grants.iter().any(|(bit, flags)| intents & bit != 0 && self.application_flags & flags == 0) {
            return Err(CannotIdentify::PrivilegedIntents);
        }
        if self.limits.identifies_too_fast(now, share.number) {
            return Err(CannotIdentify::TooFast);
        }
        if !self.limits.take_identify(now) {
            tracing::warn!("no IDENTIFY is left: Discord would end all sessions and make a new token");
            self.log.note(now, "token_reset", Value::Null);
            self.cut(now);
            return Err(CannotIdentify::NoneLeft);
        }
        self.counters.send_modify(|counters| {
            counters.gateway_identifies += 1;
            counters.gateway_second(now).identifies += 1;
        });
        let mut ready = json!({
            "v": 10,
            "user": rest::application::current_user(self),
            "guilds": self
                .guilds()
                .filter(|guild| share.has(Some(guild.id)))
                .map(|guild| json!({"id": guild.id.json(), "unavailable": true}))
                .collect::<Vec<_>>(),
            "shard": [share.number, share.of],
            "private_channels": [],
            "resume_gateway_url": format!("ws://{}", self.address),
            "session_type": "normal",
            "application": {"id": self.application.json(), "flags": self.application_flags},
        });
        let attached = self.sessions.identify(&mut self.mint, now, intents, share, |session| {
            ready["session_id"] = session.into();
            ready
        });
        if intents & intent::GUILDS != 0 {
            let told = self.guilds().filter(|guild| share.has(Some(guild.id)));
            for guild in told.map(|guild| self.guild_create(guild)).collect::<Vec<Value>>() {
                self.sessions.tell(&attached.session, "GUILD_CREATE", &guild);
            }
        }
        let shard = json!({"shard": [share.number, share.of]});
        self.note_gateway(now, "gateway_identify", &attached.session, shard);
        Ok(attached)
    }

    /// The numbers of all lives.
    pub(crate) fn total(&self) -> Counters {
        self.counters.borrow().clone().plus(&self.former)
    }

    /// Takes in a user, new or changed, with the DM.
    pub(crate) fn admit(&mut self, user: User) {
        self.saved.put(&Entry::User(Cow::Borrowed(&user)));
        let place = Place::Dm { user: user.id };
        let channel = Channel { id: user.dm, place, messages: BTreeMap::new() };
        self.channels.entry(user.dm).or_insert(channel);
        self.users.insert(user.id, user);
    }

    /// Puts a message into its channel, as new or instead of its older version.
    pub(crate) fn keep(&mut self, message: Message) {
        let Some(channel) = self.channels.get_mut(&message.channel) else { return };
        self.saved.put(&Entry::Message(Cow::Borrowed(&message)));
        channel.messages.insert(message.id, message);
        if channel.messages.len() > MAX_MESSAGES {
            channel.messages.pop_first();
        }
    }

    pub(crate) fn bot_user(&self) -> Value {
        json!({
            "id": self.application.json(), "username": "EvoLadder", "global_name": null, "discriminator": "0",
            "avatar": null, "bot": true, "public_flags": 0, "flags": 0, "primary_guild": null,
        })
    }

    /// Something became visible, to one user or to all who see the channel that it names.
    pub(crate) fn see(
        &mut self,
        now: Moment,
        user: Option<Snowflake>,
        interaction: Option<Snowflake>,
        seen: Seen,
    ) {
        self.history.push(now, user, interaction, seen);
    }

    pub(crate) fn render(&self, now: Moment, message: &Message) -> Value {
        let mut shown = message.render(&self.mint, now, &self.files);
        self.render_pings(&message.pings, &mut shown);
        shown
    }

    pub(crate) fn message(&self, channel: Snowflake, message: Snowflake) -> Option<&Message> {
        self.channels.get(&channel)?.messages.get(&message)
    }

    /// Puts a new message into its channel and tells everyone; returns it as shown.
    pub(crate) fn post(&mut self, now: Moment, message: Message, interaction: Option<Snowflake>) -> Value {
        let shown = self.render(now, &message);
        self.touch_thread(now, message.channel);
        if !message.is_ephemeral() {
            self.dispatch_message(now, "MESSAGE_CREATE", &message, &shown);
        }
        if message.by_bot {
            self.counters.send_modify(|counters| counters.messages_created += 1);
        }
        let seen = if message.is_loading() {
            Seen::Thinking(shown.clone())
        } else {
            Seen::MessageCreate(shown.clone())
        };
        self.see(now, self.only_reader(&message), interaction, seen);
        self.note_message(now, "message_create", &message, interaction);
        self.keep(message);
        shown
    }

    /// Puts an edited message in the place of the old one and tells everyone.
    pub(crate) fn replace(&mut self, now: Moment, message: Message, interaction: Option<Snowflake>) -> Value {
        let shown = self.render(now, &message);
        if !message.is_ephemeral() {
            self.dispatch_message(now, "MESSAGE_UPDATE", &message, &shown);
        }
        self.see(now, self.only_reader(&message), interaction, Seen::MessageUpdate(shown.clone()));
        self.note_message(now, "message_update", &message, interaction);
        self.keep(message);
        shown
    }

    pub(crate) fn delete(&mut self, now: Moment, channel: Snowflake, message: Snowflake) {
        let Some(place) = self.channels.get_mut(&channel) else { return };
        let is_dm = matches!(place.place, Place::Dm { .. });
        let Some(gone) = place.messages.remove(&message) else { return };
        if !gone.is_ephemeral() {
            let mut data = json!({"id": message.json(), "channel_id": channel.json()});
            if !is_dm {
                data["guild_id"] = self.guild_at(channel).id.json();
            }
            let bits = (intent::DIRECT_MESSAGES, intent::GUILD_MESSAGES);
            self.dispatch(now, channel, bits, "MESSAGE_DELETE", &data, None);
        }
        let reader = self.only_reader(&gone);
        self.see(now, reader, None, Seen::MessageDelete { channel, message });
        self.saved.put(&Entry::MessageGone { channel, message });
        let fields = json!({
            "user": reader.map(Snowflake::json), "channel": channel.json(), "message": message.json(),
            "seq": self.history.last(),
        });
        let kind = if reader.is_some() { "message_delete" } else { "channel_message_delete" };
        self.log.note(now, kind, fields);
    }

    /// Notes what the bot has just made a user see, or all who see a channel.
    fn note_message(&mut self, now: Moment, kind: &str, message: &Message, interaction: Option<Snowflake>) {
        if message.by_bot {
            let reader = self.only_reader(message);
            let fields = json!({
                "user": reader.map(Snowflake::json),
                "channel": message.channel.json(),
                "message": message.id.json(),
                "text": message.text(),
                "nonce": message.nonce,
                "interaction": interaction.map(Snowflake::json),
                "seq": self.history.last(),
            });
            let kind = if reader.is_some() { kind.to_owned() } else { format!("channel_{kind}") };
            self.log.note(now, &kind, fields);
        }
    }

    /// Notes that the user has something to see, the first time.
    pub(crate) fn note_answer(&mut self, now: Moment, interaction: Snowflake) {
        let Some(interaction) = self.interactions.get_mut(interaction) else { return };
        if !std::mem::replace(&mut interaction.answered, true) {
            let took = now.since(interaction.pressed_at);
            let user = interaction.user;
            let id = interaction.id;
            self.counters.send_modify(|counters| counters.answer.record(took));
            self.log.note(now, "answer", json!({"interaction": id.json(), "user": user.json()}));
        }
    }

    /// Notes the callback; `original` is what `@original` names from here on.
    pub(crate) fn acknowledge(&mut self, now: Moment, interaction: Snowflake, original: Option<Snowflake>) {
        let Some(interaction) = self.interactions.get_mut(interaction) else { return };
        interaction.state = State::Acknowledged { original };
        let took = now.since(interaction.pressed_at);
        let kind = interaction.kind;
        self.counters.send_modify(|counters| match kind {
            Kind::Autocomplete { .. } => counters.choices.record(took),
            Kind::Command | Kind::Component | Kind::Modal => counters.ack.record(took),
        });
    }

    /// The message that this nonce made in the channel not long ago.
    pub(crate) fn nonce(&mut self, now: Moment, channel: Snowflake, nonce: &Value) -> Option<&Message> {
        if self.nonces.len() > SWEEP_NONCES_ABOVE {
            self.nonces.retain(|_, (_, until)| *until > now);
        }
        let (message, until) = *self.nonces.get(&(channel, nonce_key(nonce)))?;
        if until <= now { None } else { self.message(channel, message) }
    }
}

/// Discord takes numbers and texts for a nonce and does not tell them apart.
pub(crate) fn nonce_key(nonce: &Value) -> String {
    nonce.as_str().map_or_else(|| nonce.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests;
