//! A client that outlives its server: requests wait while it restarts and are sent again, in
//! order, under the same id and key. Whoever answers must know a repeated request by its key.

use super::WireError;
use super::connection::{Connection, Inbound, connect};
use super::trace;
use bytes::Bytes;
use ipc_schema::backend::{BackendCall, BackendEvent, BackendMessage, BackendReply, BackendRequest};
use ipc_schema::control::{Hello, Role};
use ipc_schema::db_writer::{WriterAnswer, WriterCall, WriterReply, WriterRequest};
use ipc_schema::frame::Message;
use ipc_schema::ids::{Key, Trace};
use ipc_schema::vocab::Timestamp;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// Unsolicited messages and changes of the connection that wait to be taken. When full the link
/// stops reading, which in turn holds up the server's sends.
const EVENTS: usize = 256;

/// Answers or requests taken together, at the most.
const TOGETHER: usize = 64;

/// Between two attempts to connect. The socket outlives its server, so an attempt rarely fails.
const CONNECT_PAUSE: Duration = Duration::from_millis(50);

/// Who asks whom, and with which words.
pub trait Protocol: 'static {
    const SERVER: Role;
    type Request: Clone + Send + 'static;
    type Reply: Send + 'static;
    type Event: Send + 'static;
    type Call: Message + Send + Sync + 'static;
    type Answer: Message + Send + 'static;

    fn call(id: u64, asked: &Asked, request: &Self::Request) -> Self::Call;
    fn sort(answer: Self::Answer) -> Sorted<Self::Reply, Self::Event>;
}

/// What goes with a request.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    pub key: Option<Key>,
    pub deadline: Timestamp,
    pub trace: Trace,
}

/// What a message from the server is.
#[derive(Debug)]
pub enum Sorted<Reply, Event> {
    Reply { id: u64, reply: Reply },
    Event(Event),
}

/// The frontend asks the backend.
#[derive(Debug)]
pub struct BackendProtocol;

impl Protocol for BackendProtocol {
    const SERVER: Role = Role::Backend;
    type Request = BackendRequest;
    type Reply = BackendReply;
    type Event = BackendEvent;
    type Call = BackendCall;
    type Answer = BackendMessage;

    fn call(id: u64, asked: &Asked, request: &BackendRequest) -> BackendCall {
        let Asked { key, deadline, trace } = *asked;
        BackendCall { id, key, trace, deadline, request: request.clone() }
    }

    fn sort(answer: BackendMessage) -> Sorted<BackendReply, BackendEvent> {
        match answer {
            BackendMessage::Reply { id, reply } => Sorted::Reply { id, reply },
            BackendMessage::Event(event) => Sorted::Event(event),
        }
    }
}

/// The backend asks the db-writer, which never speaks unasked.
#[derive(Debug)]
pub struct WriterProtocol;

impl Protocol for WriterProtocol {
    const SERVER: Role = Role::DbWriter;
    type Request = WriterRequest;
    type Reply = WriterReply;
    type Event = ();
    type Call = WriterCall;
    type Answer = WriterAnswer;

    fn call(id: u64, asked: &Asked, request: &WriterRequest) -> WriterCall {
        WriterCall { id, trace: asked.trace, request: request.clone() }
    }

    fn sort(answer: WriterAnswer) -> Sorted<WriterReply, ()> {
        Sorted::Reply { id: answer.id, reply: answer.reply }
    }
}

/// What the link tells its owner.
#[derive(Debug)]
pub enum LinkEvent<P: Protocol> {
    Up,
    /// What was asked is sent again once the server is back.
    Down,
    Event(P::Event),
    /// The server can never be talked to; the process should end.
    Unusable(WireError),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    #[error("no answer before the deadline")]
    DeadlinePassed,
    #[error("too many requests are under way")]
    Busy,
}

/// A handle to the link; clones share it. The link ends when the last handle is gone.
#[derive(Debug)]
pub struct Link<P: Protocol> {
    asks: mpsc::Sender<Ask<P>>,
}

impl<P: Protocol> Clone for Link<P> {
    fn clone(&self) -> Self {
        Link { asks: self.asks.clone() }
    }
}

#[derive(Debug)]
struct Ask<P: Protocol> {
    asked: Asked,
    request: P::Request,
    blob: Bytes,
    answer: oneshot::Sender<(P::Reply, Bytes)>,
}

impl<P: Protocol> Link<P> {
    /// `in_flight` bounds the requests asked and not yet answered; beyond it calls are `Busy`.
    pub fn start(path: PathBuf, ours: Hello, in_flight: usize) -> (Link<P>, mpsc::Receiver<LinkEvent<P>>) {
        let (asks, asked) = mpsc::channel(in_flight);
        let (events, taken) = mpsc::channel(EVENTS);
        tokio::spawn(Keeper { path, ours, in_flight, events, open: BTreeMap::new(), last_id: 0 }.run(asked));
        (Link { asks }, taken)
    }

    /// Asks and waits for the answer, over restarts of the server, for at most `limit`.
    pub async fn call(
        &self,
        key: Option<Key>,
        request: P::Request,
        blob: Bytes,
        limit: Duration,
    ) -> Result<(P::Reply, Bytes), CallError> {
        let answer = self.begin(key, request, blob, limit)?;
        match tokio::time::timeout(limit, answer).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(_)) => Err(CallError::Busy),
            Err(_) => Err(CallError::DeadlinePassed),
        }
    }

    /// Asks at once, so that requests leave in the order of these calls, and hands back where the
    /// answer will arrive. Dropping that forgets the request.
    pub fn begin(
        &self,
        key: Option<Key>,
        request: P::Request,
        blob: Bytes,
        limit: Duration,
    ) -> Result<oneshot::Receiver<(P::Reply, Bytes)>, CallError> {
        let (answer, answered) = oneshot::channel();
        let asked = Asked { key, deadline: crate::clock::now() + limit, trace: trace::current() };
        let ask = Ask { asked, request, blob, answer };
        self.asks.try_send(ask).map_err(|_| CallError::Busy)?;
        Ok(answered)
    }
}

/// The task behind a link.
struct Keeper<P: Protocol> {
    path: PathBuf,
    ours: Hello,
    in_flight: usize,
    events: mpsc::Sender<LinkEvent<P>>,
    open: BTreeMap<u64, Ask<P>>,
    last_id: u64,
}

impl<P: Protocol> Keeper<P> {
    async fn run(mut self, mut asked: mpsc::Receiver<Ask<P>>) {
        loop {
            let mut connecting = Box::pin(connect_for_ever(self.path.clone(), self.ours, P::SERVER));
            let connection = loop {
                tokio::select! {
                    connection = &mut connecting => break connection,
                    ask = asked.recv() => match ask {
                        Some(ask) => drop(self.note(ask)),
                        None => return,
                    },
                }
            };
            let mut connection = match connection {
                Ok(greeted) => greeted.open::<P::Answer>(),
                Err(error) => {
                    drop(self.events.send(LinkEvent::Unusable(error)).await);
                    return;
                }
            };
            if self.events.send(LinkEvent::Up).await.is_err() {
                return;
            }
            if self.talk(&mut connection, &mut asked).await.is_none() {
                return;
            }
            if self.events.send(LinkEvent::Down).await.is_err() {
                return;
            }
        }
    }

    /// Until the connection is over (Some) or nobody needs the link any more (None).
    async fn talk(
        &mut self,
        connection: &mut Connection<P::Answer>,
        asked: &mut mpsc::Receiver<Ask<P>>,
    ) -> Option<()> {
        self.open.retain(|_, ask| !ask.answer.is_closed());
        for id in self.open.keys().copied().collect::<Vec<_>>() {
            if !self.send(connection, id).await {
                return Some(());
            }
        }
        let (mut answers, mut asks) = (Vec::with_capacity(TOGETHER), Vec::with_capacity(TOGETHER));
        loop {
            tokio::select! {
                taken = connection.inbox.recv_many(&mut answers, TOGETHER) => {
                    if taken == 0 {
                        return Some(());
                    }
                    for Inbound { message, blob } in answers.drain(..) {
                        match P::sort(message) {
                            Sorted::Reply { id, reply } => {
                                // An answer nobody waits for came after its deadline.
                                if let Some(ask) = self.open.remove(&id) {
                                    drop(ask.answer.send((reply, blob)));
                                }
                            }
                            Sorted::Event(event) => self.events.send(LinkEvent::Event(event)).await.ok()?,
                        }
                    }
                },
                taken = asked.recv_many(&mut asks, TOGETHER) => {
                    if taken == 0 {
                        return None;
                    }
                    // All are remembered before one is sent: those that a lost connection keeps from
                    // being sent are sent on the next.
                    let ids: Vec<u64> = asks.drain(..).filter_map(|ask| self.note(ask)).collect();
                    for id in ids {
                        if !self.send(connection, id).await {
                            return Some(());
                        }
                    }
                }
            }
        }
    }

    /// Remembers a request until it is answered or nobody waits. None where too many are open:
    /// dropping the ask tells its caller.
    fn note(&mut self, ask: Ask<P>) -> Option<u64> {
        if self.open.len() >= self.in_flight {
            self.open.retain(|_, ask| !ask.answer.is_closed());
        }
        if self.open.len() >= self.in_flight {
            return None;
        }
        self.last_id += 1;
        self.open.insert(self.last_id, ask);
        Some(self.last_id)
    }

    /// False when the connection is over. A request that cannot be encoded is dropped and logged.
    async fn send(&mut self, connection: &Connection<P::Answer>, id: u64) -> bool {
        let Some(ask) = self.open.get(&id) else { return true };
        let call = P::call(id, &ask.asked, &ask.request);
        match connection.outbox.send(&call, ask.blob.clone()).await {
            Ok(()) => true,
            Err(super::connection::SendError::Frame(error)) => {
                tracing::error!("dropped a request: {error}");
                self.open.remove(&id);
                true
            }
            Err(_) => false,
        }
    }
}

async fn connect_for_ever(
    path: impl AsRef<Path>,
    ours: Hello,
    server: Role,
) -> Result<super::connection::Greeted, WireError> {
    let mut told = false;
    loop {
        match connect(path.as_ref(), ours, server).await {
            Err(error @ WireError::Protocol { .. }) => return Err(error),
            Err(error) => {
                // A server that dies in its first moment closes the connection; the next one greets.
                if !told {
                    tracing::debug!("waiting for {}: {:#}", server.name(), anyhow::Error::from(error));
                    told = true;
                }
                tokio::time::sleep(CONNECT_PAUSE).await;
            }
            Ok(greeted) => return Ok(greeted),
        }
    }
}
