//! The ladder's own sockets, as its processes use them.
//!
//! `link`: tokio on both sides. Opaque bytes are a replay that the backend gives the db-writer to
//! keep; a press is the frontend's request of the backend; a card goes from the backend to the
//! frontend, which answers by a request. `worker`: tokio asks and a blocking replay worker answers.

use crate::pair::{
    ANSWER_BYTES, Answering, Ask, Asking, Meter, What, announce, answer_to, check_answer, checksum, expect,
    measure, payload,
};
use crate::words;
use anyhow::{Context, bail, ensure};
use bytes::Bytes;
use evoladder::ipc::blocking::BlockingConnection;
use evoladder::ipc::connection::{Connection, Inbound, serve};
use evoladder::ipc::link::{BackendProtocol, Link, LinkEvent, Protocol, WriterProtocol};
use ipc_schema::backend::{BackendCall, BackendEvent, BackendMessage, BackendReply, BackendRequest};
use ipc_schema::control::{Hello, Role};
use ipc_schema::db_writer::{WriterAnswer, WriterCall, WriterReply, WriterRequest};
use ipc_schema::frame::Message;
use ipc_schema::ids::{Incarnation, JobId, Trace};
use ipc_schema::replay::{Fault, Job, WorkerRequest};
use ipc_schema::vocab::FileHash;
use std::path::Path;
use std::time::Duration;
use tokio::net::UnixListener;

/// Requests asked and not yet answered, of which none is refused here.
const IN_FLIGHT: usize = 256;

/// Far longer than any answer takes.
const PATIENCE: Duration = Duration::from_secs(60);

fn hello(role: Role) -> Hello {
    Hello::new(role, Incarnation(1))
}

/// The first that greets.
async fn accept<In: Message + Send + 'static>(
    path: &Path,
    ours: Role,
    peers: &'static [Role],
    announced: bool,
) -> anyhow::Result<Connection<In>> {
    let listener = UnixListener::bind(path).context("listen")?;
    if announced {
        announce(&path.display().to_string())?;
    }
    let mut greeted = serve(listener, hello(ours), peers);
    Ok(greeted.recv().await.context("wait for the other side")?.open())
}

pub(crate) async fn answer_link(answering: &Answering) -> anyhow::Result<()> {
    let path = &answering.socket;
    match answering.what {
        What::Bytes(_) => {
            let mut asked = accept::<WriterCall>(path, Role::DbWriter, &[Role::Backend], true).await?;
            while let Some(Inbound { message: WriterCall { id, .. }, blob }) = asked.inbox.recv().await {
                let reply = WriterReply::Replay(Some(u32::try_from(ANSWER_BYTES)?));
                let blob = Bytes::copy_from_slice(&answer_to(&blob));
                asked.outbox.send(&WriterAnswer { id, reply }, blob).await?;
            }
        }
        What::Press => {
            let mut asked = accept::<BackendCall>(path, Role::Backend, &[Role::Frontend], true).await?;
            let pressed = words::pressed();
            while let Some(Inbound { message: BackendCall { id, request, .. }, .. }) =
                asked.inbox.recv().await
            {
                ensure!(request == words::press(), "another press");
                let message = BackendMessage::Reply { id, reply: pressed.clone() };
                asked.outbox.send(&message, Bytes::new()).await?;
            }
        }
        What::Card => {
            announce(&path.display().to_string())?;
            let (link, mut events) =
                Link::<BackendProtocol>::start(path.clone(), hello(Role::Frontend), IN_FLIGHT);
            while let Some(event) = events.recv().await {
                match event {
                    LinkEvent::Event(BackendEvent::ShowCard(card)) => {
                        let (card, version) = (card.card, card.version);
                        let shown = BackendRequest::CardShown {
                            card,
                            version,
                            channel: words::CHANNEL,
                            message: words::MESSAGE,
                        };
                        // That the backend has taken it is not waited for, as in the frontend.
                        drop(link.begin(None, shown, Bytes::new(), PATIENCE)?);
                    }
                    LinkEvent::Up | LinkEvent::Event(BackendEvent::Ladder(_)) => {}
                    LinkEvent::Down => break,
                    LinkEvent::Unusable(error) => return Err(error.into()),
                }
            }
        }
        What::Job => bail!("a job is for a worker"),
    }
    Ok(())
}

/// A handle of a link, and the one thing it asks.
struct Asker<P: Protocol> {
    link: Link<P>,
    request: P::Request,
    blob: Bytes,
    check: fn(P::Reply, Bytes, u64) -> anyhow::Result<()>,
    expected: u64,
}

impl<P: Protocol> Ask for Asker<P>
where
    P::Request: Sync,
{
    async fn ask(&mut self) -> anyhow::Result<()> {
        let (reply, blob) = self.link.call(None, self.request.clone(), self.blob.clone(), PATIENCE).await?;
        (self.check)(reply, blob, self.expected)
    }
}

async fn ask_over<P: Protocol>(
    asking: &Asking,
    role: Role,
    request: P::Request,
    blob: Bytes,
    check: fn(P::Reply, Bytes, u64) -> anyhow::Result<()>,
) -> anyhow::Result<()>
where
    P::Request: Sync,
{
    let (link, mut events) = Link::<P>::start((&asking.address).into(), hello(role), IN_FLIGHT);
    ensure!(matches!(events.recv().await, Some(LinkEvent::Up)), "the link does not come up");
    let expected = checksum(&blob);
    let asker =
        || Asker { link: link.clone(), request: request.clone(), blob: blob.clone(), check, expected };
    measure(asking, (0..asking.in_flight).map(|_| asker()).collect()).await
}

pub(crate) async fn ask_link(asking: &Asking) -> anyhow::Result<()> {
    match asking.what {
        What::Bytes(bytes) => {
            let request =
                WriterRequest::StoreReplay { hash: FileHash([7; 32]), bytes: u32::try_from(bytes)? };
            ask_over::<WriterProtocol>(
                asking,
                Role::Backend,
                request,
                payload(bytes).into(),
                |reply, blob, expected| {
                    ensure!(matches!(reply, WriterReply::Replay(_)), "another answer");
                    check_answer(&blob, expected)
                },
            )
            .await
        }
        What::Press => {
            ask_over::<BackendProtocol>(
                asking,
                Role::Frontend,
                words::press(),
                Bytes::new(),
                |reply, _, _| expect(matches!(reply, BackendReply::Queue { .. })),
            )
            .await
        }
        What::Card => {
            let path = Path::new(&asking.address);
            let connection = accept::<BackendCall>(path, Role::Backend, &[Role::Frontend], false).await?;
            let card = BackendMessage::Event(BackendEvent::ShowCard(Box::new(words::card())));
            send_and_wait(asking, connection, &card, &Bytes::new(), |call| {
                expect(call.request == words::shown())
            })
            .await
        }
        What::Job => bail!("a job is for a worker"),
    }
}

/// Keeps as many messages under way as are to be in flight, from one loop.
async fn send_and_wait<Out: Message, In>(
    asking: &Asking,
    mut connection: Connection<In>,
    message: &Out,
    blob: &Bytes,
    check: impl Fn(In) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut meter = Meter::start(asking)?;
    for _ in 0..asking.in_flight {
        connection.outbox.send(message, blob.clone()).await?;
    }
    loop {
        let Inbound { message: answer, .. } = connection.inbox.recv().await.context("the other side left")?;
        check(answer)?;
        if !meter.goes_on(1) {
            return meter.report();
        }
        connection.outbox.send(message, blob.clone()).await?;
    }
}

pub(crate) fn answer_worker(answering: &Answering) -> anyhow::Result<()> {
    let path = &answering.socket;
    announce(&path.display().to_string())?;
    let mut connection = loop {
        match BlockingConnection::connect(path, hello(Role::ReplayWorker), Role::Backend) {
            Ok(connection) => break connection,
            // The process that measures is about to listen.
            Err(_) => std::thread::sleep(Duration::from_millis(1)),
        }
    };
    connection.take_greeting(Role::Backend)?;
    let read = words::read();
    loop {
        let Some((Job { job, .. }, blob)) = connection.receive::<Job>()? else { return Ok(()) };
        let sum = checksum(blob);
        match answering.what {
            What::Job => {
                std::hint::black_box(sum);
                ensure!(job == words::JOB, "another job");
                connection.send(&read)?;
            }
            _ => connection.send(&WorkerRequest::Done { job: JobId(sum), result: Err(Fault::NotRead) })?,
        }
    }
}

pub(crate) async fn ask_worker(asking: &Asking) -> anyhow::Result<()> {
    let path = Path::new(&asking.address);
    let connection = accept::<WorkerRequest>(path, Role::Backend, &[Role::ReplayWorker], false).await?;
    let blob = Bytes::from(payload(asking.what.blob_bytes()));
    let (expected, job) = match asking.what {
        What::Job => (words::JOB, words::JOB),
        _ => (JobId(checksum(&blob)), words::JOB),
    };
    let job = Job { job, bytes: u32::try_from(blob.len())?, trace: Trace(job.0) };
    send_and_wait(asking, connection, &job, &blob, |answer| match answer {
        WorkerRequest::Done { job, .. } => expect(job == expected),
        WorkerRequest::Pull => bail!("another answer"),
    })
    .await
}
