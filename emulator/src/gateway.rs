//! The gateway: one websocket, in text frames, or in binary ones where the client asked for `zstd-stream`.
//!
//! A client that asks for another compression in the query gets text: Discord's libraries inflate
//! only binary frames. Sessions are in `session`; this is what a connection says and hears.

mod zstd_stream;

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use serde_json::{Value, json};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use crate::http::put;
use crate::session::{Attached, CannotIdentify, CannotResume, Share, Signal};
use crate::trouble::{Order, Terms};
use crate::world::{Ask, Left};
use zstd_stream::ZstdStream;

/// A client that is silent for so many heartbeats is taken for dead.
const PATIENCE: u32 = 2;

/// Discord's limit on what a client sends.
const MAX_SENDS: u32 = 120;
const SENDS_WINDOW: Duration = Duration::from_secs(60);

/// A client that takes nothing for so long is taken for dead.
const SEND_TIMEOUT: Duration = Duration::from_secs(30);

/// Discord's numbers; a close code tells the client whether to come back, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CloseCode {
    UnknownOpcode = 4001,
    DecodeError = 4002,
    NotAuthenticated = 4003,
    AuthenticationFailed = 4004,
    AlreadyAuthenticated = 4005,
    InvalidSequence = 4007,
    RateLimited = 4008,
    SessionTimedOut = 4009,
    InvalidShard = 4010,
    InvalidIntents = 4013,
    DisallowedIntents = 4014,
}

/// Above the highest intent there is.
const INTENTS_END: u64 = 1 << 26;

mod op {
    pub(super) const HEARTBEAT: u64 = 1;
    pub(super) const IDENTIFY: u64 = 2;
    pub(super) const PRESENCE: u64 = 3;
    pub(super) const VOICE: u64 = 4;
    pub(super) const RESUME: u64 = 6;
    pub(super) const MEMBERS: u64 = 8;
}

enum End {
    /// The client closed, and its session with it.
    Goodbye,
    /// The socket is gone or has lost its session: dropped without a word.
    Lost,
    Close(CloseCode),
    /// With a code that was asked for.
    Told(u16),
}

/// What a connection was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Sent {
    /// The messages as texts.
    pub(crate) text_bytes: u64,
    /// As they were on the wire, frame headers left out.
    pub(crate) wire_bytes: u64,
}

struct Connection {
    socket: WebSocket,
    /// Begins with the connection and ends with it, whatever becomes of the session.
    zstd: Option<ZstdStream>,
    /// Not told to the world yet.
    sent: Sent,
    asks: mpsc::Sender<Ask>,
    terms: Terms,
    attached: Option<Attached>,
    sends: u32,
    sends_until: Instant,
}

/// `compress` is what the client asked for by that name, if anything.
pub(crate) async fn serve(socket: WebSocket, compress: Option<&str>, asks: mpsc::Sender<Ask>) {
    let Some(terms) = put(&asks, |reply| Ask::Connect { reply }).await else { return };
    let at_once = terms.mood.borrow().close_at_once;
    let sends_until = Instant::now() + SENDS_WINDOW;
    let zstd = (compress == Some("zstd-stream")).then(ZstdStream::new);
    let sent = Sent::default();
    let mut connection =
        Connection { socket, zstd, sent, asks, terms, attached: None, sends: 0, sends_until };
    let end = match at_once {
        Some(code) => End::Told(code),
        None => connection.run().await,
    };
    let how = match end {
        End::Goodbye => Left::Goodbye,
        End::Lost | End::Close(_) | End::Told(_) => Left::Lost,
    };
    connection.detach(how).await;
    let told = match end {
        End::Close(code) => Some((code as u16, format!("{code:?}"))),
        End::Told(code) => Some((code, "asked for".to_owned())),
        End::Goodbye | End::Lost => None,
    };
    if let Some((code, reason)) = told {
        tracing::debug!(code, reason, "gateway connection closed");
        let frame = CloseFrame { code, reason: reason.into() };
        let close = connection.socket.send(Message::Close(Some(frame)));
        let _ = tokio::time::timeout(SEND_TIMEOUT, close).await;
    }
}

impl Connection {
    async fn run(&mut self) -> End {
        let heartbeat = self.terms.mood.borrow().heartbeat_interval;
        let interval = u64::try_from(heartbeat.as_millis()).unwrap_or(u64::MAX);
        let hello = json!({"op": 10, "t": null, "s": null, "d": {"heartbeat_interval": interval}});
        if let Err(end) = self.send(hello.to_string().into()).await {
            return end;
        }
        let mut heard = Instant::now();
        loop {
            // Both futures may be dropped: a frame that is half read stays in the socket.
            let step = tokio::select! {
                frame = self.socket.recv() => {
                    heard = Instant::now();
                    match frame {
                        Some(Ok(frame)) => self.hear(frame).await,
                        Some(Err(_)) | None => Err(End::Lost),
                    }
                }
                woken = changed(self.attached.as_mut()) => match woken {
                    Some(()) => self.forward().await,
                    None => Err(End::Lost),
                },
                order = self.terms.orders.recv() => match order {
                    Ok(order) => self.obey(order).await,
                    // It has waited for too long to be worth obeying.
                    Err(RecvError::Lagged(_)) => Ok(()),
                    Err(RecvError::Closed) => Err(End::Lost),
                },
                () = tokio::time::sleep_until(heard + heartbeat * PATIENCE) => {
                    Err(End::Close(CloseCode::SessionTimedOut))
                }
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    async fn hear(&mut self, frame: Message) -> Result<(), End> {
        let text = match frame {
            Message::Text(text) => text,
            Message::Binary(_) => return Err(End::Close(CloseCode::DecodeError)),
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
            Message::Close(frame) => {
                let goodbye = frame.is_some_and(|frame| matches!(frame.code, 1000 | 1001));
                return Err(if goodbye { End::Goodbye } else { End::Lost });
            }
        };
        if Instant::now() >= self.sends_until {
            (self.sends, self.sends_until) = (0, Instant::now() + SENDS_WINDOW);
        }
        self.sends += 1;
        if self.sends > MAX_SENDS {
            return Err(End::Close(CloseCode::RateLimited));
        }
        let Ok(mut payload) = serde_json::from_str::<Value>(&text) else {
            return Err(End::Close(CloseCode::DecodeError));
        };
        let data = payload.get_mut("d").map(Value::take).unwrap_or_default();
        match (payload.get("op").and_then(Value::as_u64), self.attached.is_some()) {
            (Some(op::HEARTBEAT), _) if self.terms.mood.borrow().drop_acks => Ok(()),
            (Some(op::HEARTBEAT), _) => self.send(r#"{"op":11,"t":null,"s":null,"d":null}"#.into()).await,
            (Some(op::IDENTIFY), false) => self.identify(&data).await,
            (Some(op::RESUME), false) => self.resume(&data).await,
            (Some(op::IDENTIFY | op::RESUME), true) => Err(End::Close(CloseCode::AlreadyAuthenticated)),
            (Some(op::PRESENCE | op::VOICE | op::MEMBERS), true) => Ok(()),
            (Some(op::PRESENCE | op::VOICE | op::MEMBERS), false) => {
                Err(End::Close(CloseCode::NotAuthenticated))
            }
            (Some(_), _) => Err(End::Close(CloseCode::UnknownOpcode)),
            (None, _) => Err(End::Close(CloseCode::DecodeError)),
        }
    }

    /// Lets the session go, if there is one.
    async fn detach(&mut self, how: Left) {
        if let Some(Attached { session, connection, .. }) = self.attached.take() {
            let sent = std::mem::take(&mut self.sent);
            // The loop is gone when the emulator stops, and the sessions with it.
            let _ = self.asks.send(Ask::Left { session, connection, how, sent }).await;
        }
    }

    async fn obey(&mut self, order: Order) -> Result<(), End> {
        match order {
            Order::Close(code) => Err(End::Told(code)),
            Order::Reconnect => self.send(r#"{"op":7,"t":null,"s":null,"d":null}"#.into()).await,
            Order::InvalidSession { resumable } => {
                // The client may identify or resume on this connection.
                self.detach(if resumable { Left::Lost } else { Left::Goodbye }).await;
                self.send(invalid_session(resumable)).await
            }
        }
    }

    fn check_token(&self, data: &Value) -> Result<(), End> {
        let token = data.get("token").and_then(Value::as_str).unwrap_or_default();
        if token.strip_prefix("Bot ").unwrap_or(token) == self.terms.token {
            Ok(())
        } else {
            Err(End::Close(CloseCode::AuthenticationFailed))
        }
    }

    async fn identify(&mut self, data: &Value) -> Result<(), End> {
        self.check_token(data)?;
        let Some(intents) = data.get("intents").and_then(Value::as_u64).filter(|bits| *bits < INTENTS_END)
        else {
            return Err(End::Close(CloseCode::InvalidIntents));
        };
        let share = share_of(data.get("shard")).ok_or(End::Close(CloseCode::InvalidShard))?;
        let attached = put(&self.asks, |reply| Ask::Identify { intents, share, reply }).await;
        match attached.ok_or(End::Lost)? {
            Ok(attached) => {
                self.attached = Some(attached);
                self.forward().await
            }
            Err(CannotIdentify::PrivilegedIntents) => Err(End::Close(CloseCode::DisallowedIntents)),
            // Discord makes a new token then, which this one is not.
            Err(CannotIdentify::NoneLeft) => Err(End::Close(CloseCode::AuthenticationFailed)),
            Err(CannotIdentify::TooFast) => self.send(invalid_session(false)).await,
        }
    }

    async fn resume(&mut self, data: &Value) -> Result<(), End> {
        self.check_token(data)?;
        let session = data.get("session_id").and_then(Value::as_str).unwrap_or_default().to_owned();
        let Some(after) = data.get("seq").and_then(Value::as_u64) else {
            return Err(End::Close(CloseCode::DecodeError));
        };
        match put(&self.asks, |reply| Ask::Resume { session, after, reply }).await.ok_or(End::Lost)? {
            Ok(attached) => {
                self.attached = Some(attached);
                self.forward().await
            }
            Err(CannotResume::UnknownSession) => self.send(invalid_session(false)).await,
            Err(CannotResume::SequenceAhead) => Err(End::Close(CloseCode::InvalidSequence)),
        }
    }

    /// Sends what the session holds for this connection, until there is no more.
    async fn forward(&mut self) -> Result<(), End> {
        loop {
            let Some(attached) = &self.attached else { return Ok(()) };
            let (session, connection, after) =
                (attached.session.clone(), attached.connection, attached.after);
            let pulled = put(&self.asks, |reply| Ask::Pull { session, connection, after, reply }).await;
            let (frames, last) = pulled.flatten().ok_or(End::Lost)?;
            if frames.is_empty() {
                return Ok(());
            }
            for frame in frames {
                self.send(frame).await?;
            }
            if let Some(attached) = &mut self.attached {
                attached.after = last;
            }
        }
    }

    async fn send(&mut self, text: axum::extract::ws::Utf8Bytes) -> Result<(), End> {
        self.sent.text_bytes += text.len() as u64;
        let frame = match &mut self.zstd {
            Some(zstd) => Message::Binary(zstd.encode(&text)),
            None => Message::Text(text),
        };
        self.sent.wire_bytes += match &frame {
            Message::Binary(bytes) => bytes.len() as u64,
            Message::Text(text) => text.len() as u64,
            Message::Ping(_) | Message::Pong(_) | Message::Close(_) => 0,
        };
        let sent = tokio::time::timeout(SEND_TIMEOUT, self.socket.send(frame)).await;
        match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(End::Lost),
        }
    }
}

fn invalid_session(resumable: bool) -> axum::extract::ws::Utf8Bytes {
    json!({"op": 9, "t": null, "s": null, "d": resumable}).to_string().into()
}

/// Which shard a client says it is; the only one unless it says.
fn share_of(shard: Option<&Value>) -> Option<Share> {
    let Some(shard) = shard.filter(|shard| !shard.is_null()) else { return Some(Share::WHOLE) };
    let [number, of] = shard.as_array()?.as_slice() else { return None };
    let share = Share { number: number.as_u64()?, of: of.as_u64()? };
    (share.number < share.of).then_some(share)
}

/// Ready when the session has more for this connection (`Some`), or has another owner.
async fn changed(attached: Option<&mut Attached>) -> Option<()> {
    let Some(attached) = attached else { return std::future::pending().await };
    let (connection, after) = (attached.connection, attached.after);
    let signal: &mut watch::Receiver<Signal> = &mut attached.signal;
    let news = |signal: &Signal| signal.last > after || signal.connection != Some(connection);
    let signal = signal.wait_for(news).await.ok()?;
    (signal.connection == Some(connection)).then_some(())
}
