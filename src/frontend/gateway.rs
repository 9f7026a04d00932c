//! The one connection on which Discord tells what players do.
//!
//! twilight reconnects and resumes by itself, and pauses only before a connection that failed. A
//! gateway that accepts and closes at once would be asked thousands of times a second, so there is a
//! brake of our own.

use crate::clock;
use ipc_schema::vocab::GatewaySession;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use twilight_gateway::error::ReceiveMessageErrorType;
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

/// Discord closed the gateway and will do so again: token or intents are wrong.
#[derive(Debug, thiserror::Error)]
#[error("discord closed the gateway for good with code {code:?}: {reason:?}; check DISCORD_TOKEN")]
pub struct Fatal {
    pub code: Option<u16>,
    pub reason: String,
}

/// A connection that goes on with `session`, or begins a new one if Discord no longer knows it.
pub fn shard(token: &str, proxy: Option<&str>, session: Option<&GatewaySession>) -> Shard {
    let mut config = ConfigBuilder::new(token.to_owned(), INTENTS);
    if let Some(GatewaySession { id, resume_url, sequence, .. }) = session {
        config = config.session(Session::new(*sequence, id.clone())).resume_url(resume_url.clone());
    }
    if let Some(proxy) = proxy {
        config = config.proxy_url(format!("ws://{proxy}"));
    }
    Shard::with_config(ShardId::ONE, config.build())
}

/// Passes on what arrives until `stop` is true, then closes in a way that lets a successor resume.
/// `arrived` must return at once: heartbeats wait for it.
pub async fn run(
    mut shard: Shard,
    mut stop: watch::Receiver<bool>,
    mut arrived: impl FnMut(Arrival),
) -> Result<(), Fatal> {
    let wanted = EventTypeFlags::READY
        | EventTypeFlags::RESUMED
        | EventTypeFlags::GATEWAY_HELLO
        | EventTypeFlags::INTERACTION_CREATE
        | EventTypeFlags::MESSAGE_CREATE;
    let mut brake = Brake::default();
    let mut greeted = None;
    let mut last_close = None;
    loop {
        let event = tokio::select! {
            event = shard.next_event(wanted) => event,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        // What was just returned is the last that the shard has counted.
        let sequence = shard.session().map_or(0, Session::sequence);
        match event {
            None => {
                let (code, reason) = last_close.unwrap_or_default();
                return Err(Fatal { code, reason });
            }
            Some(Ok(Event::GatewayHello(_))) => greeted = Some(clock::instant()),
            Some(Ok(Event::GatewayClose(frame))) => {
                let lived =
                    greeted.take().map_or(Duration::ZERO, |since| clock::instant().duration_since(since));
                arrived(Arrival::Lost);
                last_close = frame.map(|frame| (Some(frame.code), frame.reason.into_owned()));
                let pause = brake.closed(lived, clock::now().0);
                let code = last_close.as_ref().and_then(|(code, _)| *code);
                tracing::info!(?code, ?lived, ?pause, "gateway connection closed");
                if !matches!(shard.state(), ShardState::Disconnected { .. }) {
                    // Fatal: the next event says so.
                    continue;
                }
                tokio::select! {
                    () = sleep(pause) => {}
                    _ = stop.wait_for(|stop| *stop) => break,
                }
            }
            Some(Ok(Event::Ready(ready))) => {
                tracing::info!("gateway session began");
                arrived(Arrival::Began(GatewaySession {
                    id: ready.session_id,
                    resume_url: ready.resume_gateway_url,
                    sequence,
                    application: ready.application.id.get(),
                }));
            }
            Some(Ok(Event::Resumed)) => {
                tracing::info!("gateway session resumed");
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
                    tracing::warn!("no gateway connection: {error}");
                    if matches!(kind, ReceiveMessageErrorType::Reconnect) {
                        arrived(Arrival::Away);
                    }
                }
            },
        }
    }
    shard.close(CloseFrame::RESUME);
    let closed = async {
        while let Some(event) = shard.next_event(EventTypeFlags::empty()).await {
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
mod tests {
    use super::*;

    #[test]
    fn short_lived_connections_are_followed_by_longer_and_longer_pauses() {
        let mut brake = Brake::default();
        let pauses: Vec<u128> = (0..9).map(|_| brake.closed(Duration::ZERO, 999_999).as_millis()).collect();
        assert_eq!(pauses, [499, 999, 1999, 3998, 7996, 15992, 31984, 59970, 59970]);
        assert_eq!(brake.closed(Duration::from_secs(3600), 0), Duration::ZERO);
        assert_eq!(brake.closed(Duration::from_secs(9), 0), Duration::from_millis(250));
    }
}
