//! One greeted connection on tokio: a reading task, a writing task, two bounded channels.

use super::{CHILDREN_GROUP, GREETING_LIMIT, WireError, check_hello};
use bytes::{Buf, Bytes, BytesMut};
use futures_util::StreamExt;
use ipc_schema::control::{Hello, Role};
use ipc_schema::frame::{self, FrameError, MAX_FRAME_BYTES, Message};
use std::time::Duration;
use tokio::io::{AsyncWriteExt, BufWriter};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc;
use tokio_util::codec::{FramedRead, LengthDelimitedCodec};

/// Frames waiting in one direction of one connection. When full, the sender waits, and with it
/// whoever it serves: the bound is passed back instead of growing memory.
pub const CHANNEL_FRAMES: usize = 8192;

/// Frames written with one flush, at the most. Flushing per frame costs eight times the throughput.
const BATCH_FRAMES: usize = 64;

/// Greetings under way at once on one listener. More wait in the listener's backlog.
const GREETINGS: usize = 64;

/// A message and the raw bytes that followed it.
#[derive(Debug)]
pub struct Inbound<T> {
    pub message: T,
    pub blob: Bytes,
}

/// The sending side of a connection. Sending fails once the connection is over.
#[derive(Debug, Clone)]
pub struct Outbox(mpsc::Sender<Packet>);

#[derive(Debug)]
struct Packet {
    header: Vec<u8>,
    blob: Bytes,
}

#[derive(Debug, thiserror::Error)]
pub enum SendError {
    #[error("the connection is over")]
    Closed,
    #[error("the peer reads too slowly")]
    Full,
    #[error("unsendable message")]
    Frame(#[from] FrameError),
}

impl Outbox {
    /// Waits for room, then hands the message to the writing task.
    pub async fn send<T: Message>(&self, message: &T, blob: Bytes) -> Result<(), SendError> {
        let packet = Packet::new(message, blob)?;
        self.0.send(packet).await.map_err(|_| SendError::Closed)
    }

    /// How many messages may be sent before sending waits.
    pub fn room(&self) -> usize {
        self.0.capacity()
    }

    /// For loops that must not wait: refuses where [`Outbox::send`] would wait.
    pub fn try_send<T: Message>(&self, message: &T, blob: Bytes) -> Result<(), SendError> {
        let packet = Packet::new(message, blob)?;
        self.0.try_send(packet).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => SendError::Full,
            mpsc::error::TrySendError::Closed(_) => SendError::Closed,
        })
    }
}

impl Packet {
    fn new<T: Message>(message: &T, blob: Bytes) -> Result<Packet, FrameError> {
        assert_eq!(message.blob_bytes(), blob.len(), "a message announces exactly the bytes that follow it");
        let mut header = Vec::new();
        frame::encode(message, &mut header)?;
        Ok(Packet { header, blob })
    }
}

/// A connection whose peer has greeted, and whose message types are still open.
#[derive(Debug)]
pub struct Greeted {
    pub peer: Hello,
    reader: FramedRead<OwnedReadHalf, LengthDelimitedCodec>,
    writer: OwnedWriteHalf,
}

/// A connection in use. Dropping both halves ends it.
#[derive(Debug)]
pub struct Connection<In> {
    pub peer: Hello,
    pub outbox: Outbox,
    /// Closed when the connection is over.
    pub inbox: mpsc::Receiver<Inbound<In>>,
    writing: tokio::task::JoinHandle<()>,
}

impl<In> Connection<In> {
    /// Ends the connection once all that was sent is written. Other handles to the outbox hold it open.
    pub async fn close(self) {
        drop(self.outbox);
        drop(self.writing.await);
    }
}

impl Greeted {
    /// A stream whose greeting went another way.
    pub(super) fn adopt(stream: UnixStream, peer: Hello) -> Greeted {
        let (reader, writer) = stream.into_split();
        Greeted { peer, reader: framed(reader), writer }
    }

    /// Starts the two tasks.
    pub fn open<In: Message + Send + 'static>(self) -> Connection<In> {
        let (outbox, packets) = mpsc::channel(CHANNEL_FRAMES);
        let (frames, inbox) = mpsc::channel(CHANNEL_FRAMES);
        let peer = self.peer;
        let writing = tokio::spawn(write_packets(self.writer, packets));
        tokio::spawn(async move {
            if let Err(error) = read_frames(self.reader, frames).await {
                let (peer, error) = (peer.role.name(), anyhow::Error::from(error));
                tracing::warn!(peer, "connection ended: {error:#}");
            }
        });
        Connection { peer, outbox: Outbox(outbox), inbox, writing }
    }
}

/// Connects and greets. Waits for the peer's greeting as long as it takes: while a server
/// restarts, its clients wait in the backlog of a socket that the supervisor keeps open.
pub async fn connect(path: &std::path::Path, ours: Hello, server: Role) -> Result<Greeted, WireError> {
    let stream = UnixStream::connect(path).await.map_err(|error| WireError::Connect(server.name(), error))?;
    greet(stream, ours, &[server]).await
}

/// Accepts greeted connections for ever; strangers are refused and logged, and nobody else notices.
pub fn serve(listener: UnixListener, ours: Hello, accepted: &'static [Role]) -> mpsc::Receiver<Greeted> {
    let (sender, receiver) = mpsc::channel(GREETINGS);
    tokio::spawn(async move {
        while let Ok(permit) = sender.clone().reserve_owned().await {
            match listener.accept().await {
                Ok((stream, _)) => {
                    tokio::spawn(async move {
                        let greeted =
                            tokio::time::timeout(GREETING_LIMIT, greet_client(stream, ours, accepted)).await;
                        match greeted.unwrap_or(Err(WireError::Silent)) {
                            Ok(greeted) => drop(permit.send(greeted)),
                            Err(error) => {
                                tracing::warn!("refused a connection: {:#}", anyhow::Error::from(error));
                            }
                        }
                    });
                }
                Err(error) => {
                    // Out of descriptors, most likely; existing connections go on meanwhile.
                    tracing::error!("cannot accept connections: {error}");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    });
    receiver
}

async fn greet_client(stream: UnixStream, ours: Hello, accepted: &[Role]) -> Result<Greeted, WireError> {
    let (peer, expected) = (stream.peer_cred()?, nix::unistd::geteuid().as_raw());
    let is_child = [nix::unistd::getegid().as_raw(), peer.gid()] == [CHILDREN_GROUP; 2];
    if expected != peer.uid() && !is_child {
        return Err(WireError::ForeignUser { expected, found: peer.uid() });
    }
    greet(stream, ours, accepted).await
}

async fn greet(stream: UnixStream, ours: Hello, accepted: &[Role]) -> Result<Greeted, WireError> {
    let (reader, mut writer) = stream.into_split();
    let mut reader = framed(reader);
    let mut hello = Vec::new();
    frame::encode(&ours, &mut hello)?;
    writer.write_all(&hello).await?;
    let first = reader.next().await.ok_or(WireError::ClosedEarly)??;
    let (hello, _) = frame::decode(&first)?;
    Ok(Greeted { peer: check_hello(hello, accepted)?, reader, writer })
}

fn framed(reader: OwnedReadHalf) -> FramedRead<OwnedReadHalf, LengthDelimitedCodec> {
    LengthDelimitedCodec::builder()
        .little_endian()
        .length_field_length(frame::PREFIX_BYTES)
        .max_frame_length(MAX_FRAME_BYTES)
        .new_read(reader)
}

async fn read_frames<In: Message>(
    mut reader: FramedRead<OwnedReadHalf, LengthDelimitedCodec>,
    frames: mpsc::Sender<Inbound<In>>,
) -> Result<(), WireError> {
    while let Some(frame) = reader.next().await {
        let mut frame: BytesMut = match frame {
            // The peer died: its successor, or ours, repeats what was open.
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return Ok(()),
            frame => frame?,
        };
        let (message, used) = frame::decode(&frame)?;
        let blob = frame.split_off(used).freeze();
        if frames.send(Inbound { message, blob }).await.is_err() {
            break;
        }
    }
    Ok(())
}

/// Takes all that waits and flushes once; ends when the outbox is dropped or the peer is gone.
async fn write_packets(writer: OwnedWriteHalf, mut packets: mpsc::Receiver<Packet>) {
    let mut writer = BufWriter::with_capacity(64 << 10, writer);
    let mut batch = Vec::with_capacity(BATCH_FRAMES);
    while packets.recv_many(&mut batch, BATCH_FRAMES).await > 0 {
        for packet in batch.drain(..) {
            // Header and payload leave together: two writes would wake the reader twice.
            let mut bytes = Bytes::from(packet.header).chain(packet.blob);
            if writer.write_all_buf(&mut bytes).await.is_err() {
                return;
            }
        }
        if writer.flush().await.is_err() {
            return;
        }
    }
}
