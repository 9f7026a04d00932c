//! The connections on which Discord tells what players do, one for each shard of this process.
//!
//! twilight reconnects and resumes by itself, and pauses only before a connection that failed. A
//! gateway that accepts and closes at once would be asked thousands of times a second, so there is a
//! brake of our own, which all connections of a process share. Discord lets a bot begin 1,000 sessions a day and takes its token away beyond that,
//! so before each one it is asked how many are left ([`Sessions`]).

use super::Unusable;
use super::rest::{Rest, RestError};
use crate::clock;
use crate::config::{Nth, Shards};
use ipc_schema::vocab::{GatewaySession, Timestamp};
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};
use tokio::sync::{oneshot, watch};
use tokio::time::{Sleep, sleep, timeout};
use twilight_gateway::error::{ReceiveMessageError, ReceiveMessageErrorType};
use twilight_gateway::queue::Queue;
use twilight_gateway::{
    CloseFrame, ConfigBuilder, Event, EventTypeFlags, Intents, Session, Shard, ShardId, ShardState, StreamExt,
};
use twilight_model::application::interaction::Interaction;
use twilight_model::channel::Message;

/// Interactions need no intent; replays come as messages in the DM.
const INTENTS: Intents = Intents::DIRECT_MESSAGES;

/// A connection that lived shorter counts as failed.
const LIVED: Duration = Duration::from_secs(10);

/// For the close frame to leave.
const CLOSE_LIMIT: Duration = Duration::from_millis(500);

/// Looks at a connection in the making that are not slowed down; one takes about five. More mean that it
/// is made, lost without a word and made anew within one look, of which twilight tells nothing.
const LOOKS: u32 = 6;

/// Between two looks above that, of which such a connection takes two; twice as long after each four.
const LOOK_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_LOOK_PAUSE: Duration = Duration::from_secs(10);

/// However many connections share it.
const LONGEST_SHARED_PAUSE: Duration = Duration::from_secs(60);

/// Sessions of the day that are left alone: whoever looks after the ladder will want to start it.
const SPARED: u32 = 20;

/// Discord begins one session in so long, of all shards whose numbers leave the same rest when divided by its
/// `max_concurrency`.
const BETWEEN_SESSIONS: Duration = Duration::from_secs(5);

/// What a process has for itself where several begin sessions: that, and some time for what is under way.
const TURN: Duration = Duration::from_secs(6);

/// Between two questions how many are left.
const ASK_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_ASK_PAUSE: Duration = Duration::from_secs(60);

/// What the gateway tells its owner. Events carry their sequence.
#[derive(Debug)]
pub enum Arrival {
    /// A session began.
    Began(GatewaySession),
    /// The session goes on; what was missed is on its way or was sent before.
    Resumed,
    /// Nothing arrives until one of the two above.
    Lost,
    /// There is still no connection; the next attempt follows.
    Away,
    Interaction(Box<Interaction>, u64),
    Message(Box<Message>, u64),
}

/// Discord closed the gateway and will do so again.
fn closed_for_good(code: Option<u16>, reason: &str) -> Unusable {
    let what_to_do = match code {
        Some(4004) => {
            "the token is not valid: copy it anew from https://discord.com/developers/applications, your application, \
             Bot, Reset Token, into DISCORD_TOKEN"
        }
        Some(4010 | 4011) => {
            "the bot is in too many servers for so few shards: raise the number behind the / in SHARDS; `evoladder check` \
             says what Discord recommends"
        }
        Some(4013 | 4014) => {
            "it asks for what Discord does not give it; this ladder needs no privileged intent, so the build is at \
             fault: use a newer one"
        }
        Some(4012) => "Discord does not speak with this build any more: use a newer one",
        _ => {
            "try again; if it stays so, see https://discord.com/developers/docs/topics/opcodes-and-status-codes"
        }
    };
    let code = code.map_or_else(|| "no code".to_owned(), |code| format!("code {code}"));
    let reason = if reason.is_empty() { String::new() } else { format!(" ({reason})") };
    Unusable(format!("Discord closed the gateway for good with {code}{reason}: {what_to_do}"))
}

/// A connection of the shard `number` that goes on with `session`, or begins a new one if Discord no longer knows it.
pub fn shard(
    token: &str,
    proxy: Option<&str>,
    number: u32,
    session: Option<&GatewaySession>,
    sessions: Sessions,
) -> Shard<Sessions> {
    let mut config = ConfigBuilder::new(token.to_owned(), INTENTS);
    if let Some(GatewaySession { id, resume_url, sequence, .. }) = session {
        config = config.session(Session::new(*sequence, id.clone())).resume_url(resume_url.clone());
    }
    if let Some(proxy) = proxy {
        config = config.proxy_url(format!("ws://{proxy}"));
    }
    let id = ShardId::new(number, sessions.shards.total());
    Shard::with_config(id, config.queue(sessions).build())
}

/// Who lets a session begin: Discord says how many may, and of the last ones none is used up. All connections of
/// a process share it.
#[derive(Debug, Clone)]
pub struct Sessions {
    rest: Arc<Rest>,
    /// Those of this process.
    shards: Shards,
    which: Nth,
    /// When the last one began or will, by the rest that its shard's number leaves.
    last: Arc<Mutex<BTreeMap<u32, Instant>>>,
    brake: Arc<Mutex<Brake>>,
    /// Said where Discord does not let this bot in at all.
    unusable: Arc<watch::Sender<Option<String>>>,
}

impl Sessions {
    pub fn new(rest: Arc<Rest>, shards: Shards, which: Nth) -> Sessions {
        let (last, brake) = (Arc::default(), Arc::default());
        Sessions { rest, shards, which, last, brake, unusable: Arc::new(watch::Sender::new(None)) }
    }

    /// Returns when one of this shard may begin; never, where Discord knows no such bot.
    async fn until_one_may_begin(&self, shard: u32) {
        let mut pause = ASK_PAUSE;
        let at_once = loop {
            match self.rest.gateway().await {
                Ok(info) => {
                    let limit = info.session_start_limit;
                    if limit.remaining > SPARED {
                        tracing::debug!(shard, remaining = limit.remaining, "sessions that may begin today");
                        break u32::from(limit.max_concurrency.max(1));
                    }
                    let wait = Duration::from_millis(limit.reset_after).max(ASK_PAUSE);
                    tracing::error!(
                        remaining = limit.remaining,
                        total = limit.total,
                        "too many gateway sessions began today: Discord takes the token away beyond its limit, so the next \
                         one begins when it starts to count anew, in {} minutes",
                        wait.as_secs().div_ceil(60)
                    );
                    // Asked again before that: the clocks differ, and the limit may be raised.
                    sleep(wait.min(LONGEST_ASK_PAUSE)).await;
                }
                Err(error) => {
                    if error.status() == Some(401) {
                        let why = closed_for_good(Some(4004), "").0;
                        self.unusable.send_replace(Some(why));
                        return std::future::pending().await;
                    }
                    tracing::warn!("cannot ask Discord for a gateway session: {error}");
                    sleep(pause).await;
                    pause = (pause * 2).min(if matches!(error, RestError::BreakerOpen) {
                        LONGEST_ASK_PAUSE
                    } else {
                        8 * ASK_PAUSE
                    });
                }
            }
        };
        let now = clock::instant();
        let next = {
            let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            let counted = shard % at_once;
            let mut next = last.get(&counted).map_or(now, |last| (*last + BETWEEN_SESSIONS).max(now));
            // Shards that Discord counts apart need no turns.
            if self.shards.total() > at_once {
                next += until_turn(clock::now() + next.duration_since(now), self.which);
            }
            last.insert(counted, next);
            next
        };
        sleep(next.duration_since(now)).await;
    }
}

/// How long after `earliest` the next turn begins of one of several processes. They know nothing of one another but
/// the clock, which they share. One that is alone has no turns to wait for.
fn until_turn(earliest: Timestamp, Nth { number, of }: Nth) -> Duration {
    if of == 1 {
        return Duration::ZERO;
    }
    let turn_ms = u64::try_from(TURN.as_millis()).expect("TURN is short");
    let round_ms = turn_ms * u64::from(of);
    let begins_ms = turn_ms * u64::from(number);
    // From the round that `earliest` is in, or the next one where its turn has begun.
    Duration::from_millis((begins_ms + round_ms - earliest.0 % round_ms) % round_ms)
}

impl Queue for Sessions {
    fn enqueue(&self, shard: u32) -> oneshot::Receiver<()> {
        let (begin, may_begin) = oneshot::channel();
        let sessions = self.clone();
        tokio::spawn(async move {
            let mut begin = begin;
            tokio::select! {
                // The connection is gone that wanted it.
                () = begin.closed() => {}
                () = sessions.until_one_may_begin(shard) => drop(begin.send(())),
            }
        });
        may_begin
    }
}

/// What one look at the shard brought.
#[expect(clippy::large_enum_variant, reason = "there is one at a time, and it is taken apart at once")]
enum Seen {
    Event(Option<Result<Event, ReceiveMessageError>>),
    /// The connection ended without a word.
    Dropped,
}

/// The shard, whose connections are not made too fast even where it tells nothing of them.
struct Connections {
    shard: Shard<Sessions>,
    /// Connections of this process, which together are made no faster than one.
    share: u32,
    /// How often a connection in the making was looked at.
    looks: u32,
    pause: Option<Pin<Box<Sleep>>>,
}

impl Connections {
    fn is_connected(&self) -> bool {
        !matches!(self.shard.state(), ShardState::Disconnected { .. } | ShardState::FatallyClosed)
    }

    async fn next(&mut self, wanted: EventTypeFlags) -> Seen {
        poll_fn(|context| {
            if let Some(pause) = &mut self.pause {
                if pause.as_mut().poll(context).is_pending() {
                    return Poll::Pending;
                }
                self.pause = None;
            }
            let was_connected = self.is_connected();
            // The future holds nothing between two looks.
            let event = pin!(self.shard.next_event(wanted)).poll(context);
            if let Poll::Ready(event) = event {
                return Poll::Ready(Seen::Event(event));
            }
            match (was_connected, self.is_connected()) {
                (true, false) => return Poll::Ready(Seen::Dropped),
                (_, true) => self.looks = 0,
                (false, false) => self.looks += 1,
            }
            if self.looks > LOOKS {
                let doubled = ((self.looks - LOOKS) / 4).min(8);
                let pause = (LOOK_PAUSE * (1 << doubled)).min(LONGEST_LOOK_PAUSE);
                let pause = (pause * self.share).min(LONGEST_SHARED_PAUSE);
                let pause = self.pause.insert(Box::pin(sleep(pause)));
                // Arms it; it is not over yet.
                let _ = pause.as_mut().poll(context);
            }
            Poll::Pending
        })
        .await
    }
}

/// Passes on what arrives until `stop` is true, then closes in a way that lets a successor resume.
/// `arrived` must return at once: heartbeats wait for it.
pub async fn run(
    shard: Shard<Sessions>,
    mut stop: watch::Receiver<bool>,
    mut arrived: impl FnMut(Arrival),
) -> Result<(), Unusable> {
    let wanted = EventTypeFlags::READY
        | EventTypeFlags::RESUMED
        | EventTypeFlags::GATEWAY_HELLO
        | EventTypeFlags::GATEWAY_INVALIDATE_SESSION
        | EventTypeFlags::GATEWAY_RECONNECT
        | EventTypeFlags::INTERACTION_CREATE
        | EventTypeFlags::MESSAGE_CREATE;
    let sessions = shard.config().queue();
    let (mut refused, brake) = (sessions.unusable.subscribe(), Arc::clone(&sessions.brake));
    let (share, number) = (sessions.shards.count(), shard.id().number());
    let mut connections = Connections { shard, share, looks: 0, pause: None };
    let mut greeted: Option<Instant> = None;
    // Discord said that a connection ends before it does; that is one end and not two.
    let mut was_told = false;
    let mut last_close = None;
    loop {
        let seen = tokio::select! {
            seen = connections.next(wanted) => seen,
            _ = stop.wait_for(|stop| *stop) => break,
            refused = refused.wait_for(Option::is_some) => {
                let why = refused.ok().and_then(|why| why.clone());
                return Err(Unusable(why.unwrap_or_default()));
            }
        };
        // What was just returned is the last that the shard has counted.
        let sequence = connections.shard.session().map_or(0, Session::sequence);
        let is_told = matches!(
            &seen,
            Seen::Event(Some(Ok(Event::GatewayInvalidateSession(_) | Event::GatewayReconnect)))
        );
        let ended = match &seen {
            Seen::Event(Some(Ok(Event::GatewayClose(frame)))) => {
                last_close =
                    frame.as_ref().map(|frame| (Some(frame.code), frame.reason.clone().into_owned()));
                // Where it is fatal, the next event says so.
                connections.shard.state() != ShardState::FatallyClosed
            }
            Seen::Dropped => true,
            // twilight closes the connection then, and makes the next one at once.
            Seen::Event(_) => is_told,
        };
        if ended {
            arrived(Arrival::Lost);
            if std::mem::replace(&mut was_told, is_told) && !is_told {
                continue;
            }
            let lived = greeted.take().map_or(Duration::ZERO, |since| clock::instant().duration_since(since));
            let pause = brake.lock().unwrap_or_else(PoisonError::into_inner).closed(lived, clock::now().0);
            let code = last_close.as_ref().and_then(|(code, _)| *code);
            tracing::info!(shard = number, ?code, ?lived, ?pause, "gateway connection closed");
            tokio::select! {
                () = sleep(pause) => {}
                _ = stop.wait_for(|stop| *stop) => break,
            }
            continue;
        }
        let Seen::Event(event) = seen else { continue };
        match event {
            None => {
                let (code, reason): (Option<u16>, String) = last_close.unwrap_or_default();
                return Err(closed_for_good(code, &reason));
            }
            Some(Ok(Event::GatewayHello(_))) => {
                (greeted, was_told, last_close) = (Some(clock::instant()), false, None);
            }
            Some(Ok(Event::Ready(ready))) => {
                tracing::info!(shard = number, "gateway session began");
                arrived(Arrival::Began(GatewaySession {
                    id: ready.session_id,
                    resume_url: ready.resume_gateway_url,
                    sequence,
                    application: ready.application.id.get(),
                    refused: Vec::new(),
                }));
            }
            Some(Ok(Event::Resumed)) => {
                tracing::info!(shard = number, "gateway session resumed");
                arrived(Arrival::Resumed);
            }
            Some(Ok(Event::InteractionCreate(event))) => {
                arrived(Arrival::Interaction(Box::new(event.0), sequence));
            }
            Some(Ok(Event::MessageCreate(event))) => {
                arrived(Arrival::Message(Box::new(event.message), sequence));
            }
            Some(Ok(_)) => {}
            Some(Err(error)) => match error.kind() {
                // The event may hold a token, so only its kind is told.
                ReceiveMessageErrorType::Deserializing { .. } => {
                    let cause = std::error::Error::source(&error).map(ToString::to_string);
                    tracing::warn!(?cause, "an event of discord's could not be read");
                }
                kind => {
                    tracing::warn!(shard = number, "no gateway connection: {error}");
                    if matches!(kind, ReceiveMessageErrorType::Reconnect) {
                        arrived(Arrival::Away);
                    }
                }
            },
        }
    }
    connections.shard.close(CloseFrame::RESUME);
    let closed = async {
        while let Some(event) = connections.shard.next_event(EventTypeFlags::empty()).await {
            if matches!(event, Ok(Event::GatewayClose(_)) | Err(_)) {
                return;
            }
        }
    };
    if timeout(CLOSE_LIMIT, closed).await.is_err() {
        tracing::debug!("the gateway connection was not closed in time");
    }
    Ok(())
}

/// How long to stay away after a connection ended.
#[derive(Debug, Default)]
struct Brake {
    failed_in_a_row: u32,
}

impl Brake {
    /// The pause after a connection that lived for `lived`. `chance` spreads those who were
    /// disconnected together.
    fn closed(&mut self, lived: Duration, chance: u64) -> Duration {
        if lived >= LIVED {
            self.failed_in_a_row = 0;
            return Duration::ZERO;
        }
        let full = Duration::from_millis(500 << self.failed_in_a_row.min(7)).min(Duration::from_secs(60));
        self.failed_in_a_row += 1;
        // Between half and all of it.
        full / 2 + (full / 2).mul_f64((chance % 1000) as f64 / 1000.0)
    }
}

#[cfg(test)]
mod tests;
