//! One greeted connection on tokio: a reading task, a writing task, two bounded channels.

use super::{CHILDREN_GROUP, GREETING_LIMIT, WireError, check_hello};
use bytes::{Buf, Bytes, BytesMut};
use futures_util::StreamExt;
use ipc_schema::control::{Hello, Role};
use ipc_schema::frame::{self, FrameError, Message, PREFIX_BYTES};
use std::io::ErrorKind;
use std::marker::PhantomData;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tokio_util::codec::{Decoder, FramedRead};

/// Frames waiting in one direction of one connection. When full, the sender waits, and with it
/// whoever it serves: the bound is passed back instead of growing memory.
pub const CHANNEL_FRAMES: usize = 8192;

/// Packets taken together, at the most. A write for each costs eight times the throughput.
const BATCH_FRAMES: usize = 64;

/// Bytes that are copied together for one write. What does not fit goes out by itself, uncopied.
const JOINED_BYTES: usize = 64 << 10;

/// Packets and payloads up to here are worth a copy: a buffer of their own costs more.
const COPIED_BYTES: usize = 4 << 10;

/// Room for each read. A frame that needs more gets it once its length is known and judged.
const READ_BYTES: usize = 16 << 10;

/// Most messages fit, and are encoded without moving to a larger buffer.
const HEADER_BYTES: usize = 256;

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
        // Mostly there is room, which is then taken without the bookkeeping of who waits.
        match self.0.try_send(Packet::new(message, blob)?) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(packet)) => self.0.send(packet).await.map_err(|_| SendError::Closed),
            Err(TrySendError::Closed(_)) => Err(SendError::Closed),
        }
    }

    /// How many messages may be sent before sending waits.
    pub fn room(&self) -> usize {
        self.0.capacity()
    }

    /// For loops that must not wait: refuses where [`Outbox::send`] would wait.
    pub fn try_send<T: Message>(&self, message: &T, blob: Bytes) -> Result<(), SendError> {
        let packet = Packet::new(message, blob)?;
        self.0.try_send(packet).map_err(|error| match error {
            TrySendError::Full(_) => SendError::Full,
            TrySendError::Closed(_) => SendError::Closed,
        })
    }
}

impl Packet {
    fn new<T: Message>(message: &T, blob: Bytes) -> Result<Packet, FrameError> {
        assert_eq!(message.blob_bytes(), blob.len(), "a message announces exactly the bytes that follow it");
        let mut header = Vec::with_capacity(HEADER_BYTES);
        frame::encode(message, &mut header)?;
        Ok(Packet { header, blob })
    }
}

/// A connection whose peer has greeted, and whose message types are still open.
#[derive(Debug)]
pub struct Greeted {
    pub peer: Hello,
    reader: FramedRead<OwnedReadHalf, FrameDecoder<Hello>>,
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
        Greeted { peer, reader: FramedRead::with_capacity(reader, FrameDecoder::new(), READ_BYTES), writer }
    }

    /// Starts the two tasks.
    pub fn open<In: Message + Send + 'static>(self) -> Connection<In> {
        let (outbox, packets) = mpsc::channel(CHANNEL_FRAMES);
        let (frames, inbox) = mpsc::channel(CHANNEL_FRAMES);
        let peer = self.peer;
        let reader = self.reader.map_decoder(|_| FrameDecoder::new());
        let writing = tokio::spawn(write_packets(self.writer, packets));
        tokio::spawn(async move {
            if let Err(error) = read_frames(reader, frames).await {
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
    let mut reader = FramedRead::with_capacity(reader, FrameDecoder::<Hello>::new(), READ_BYTES);
    let mut hello = Vec::new();
    frame::encode(&ours, &mut hello)?;
    writer.write_all(&hello).await?;
    let hello = reader.next().await.ok_or(WireError::ClosedEarly)??.message;
    Ok(Greeted { peer: check_hello(hello, accepted)?, reader, writer })
}

/// Cuts what the peer sends into messages. A frame is judged by its length before there is room for it.
#[derive(Debug)]
struct FrameDecoder<T>(PhantomData<T>);

impl<T> FrameDecoder<T> {
    fn new() -> FrameDecoder<T> {
        FrameDecoder(PhantomData)
    }
}

impl<T: Message> Decoder for FrameDecoder<T> {
    type Item = Inbound<T>;
    type Error = WireError;

    fn decode(&mut self, buffer: &mut BytesMut) -> Result<Option<Inbound<T>>, WireError> {
        let missing = match buffer.first_chunk::<PREFIX_BYTES>() {
            None => 0,
            Some(prefix) => {
                let end = PREFIX_BYTES + frame::frame_bytes(*prefix)?;
                if let Some(frame) = buffer.get(PREFIX_BYTES..end) {
                    let (message, used) = frame::decode(frame)?;
                    let blob = blob_of(buffer, end, end - PREFIX_BYTES - used);
                    return Ok(Some(Inbound { message, blob }));
                }
                end - buffer.len()
            }
        };
        buffer.reserve(missing.max(READ_BYTES));
        Ok(None)
    }
}

/// The last bytes before the end, which everything before leaves the buffer with.
fn blob_of(buffer: &mut BytesMut, end: usize, bytes: usize) -> Bytes {
    if bytes <= COPIED_BYTES {
        let blob = Bytes::copy_from_slice(&buffer[end - bytes..end]);
        buffer.advance(end);
        blob
    } else {
        buffer.advance(end - bytes);
        buffer.split_to(bytes).freeze()
    }
}

async fn read_frames<In: Message>(
    mut reader: FramedRead<OwnedReadHalf, FrameDecoder<In>>,
    frames: mpsc::Sender<Inbound<In>>,
) -> Result<(), WireError> {
    while let Some(inbound) = reader.next().await {
        let inbound = match inbound {
            // The peer died: its successor, or ours, repeats what was open.
            Err(WireError::Socket(error)) if error.kind() == ErrorKind::ConnectionReset => break,
            inbound => inbound?,
        };
        let sent = match frames.try_send(inbound) {
            Err(TrySendError::Full(inbound)) => frames.send(inbound).await.is_ok(),
            sent => sent.is_ok(),
        };
        if !sent {
            break;
        }
    }
    Ok(())
}

/// Takes all that waits and writes it together; ends when the outbox is dropped or the peer is gone.
async fn write_packets(mut writer: OwnedWriteHalf, mut packets: mpsc::Receiver<Packet>) {
    let mut batch = Vec::with_capacity(BATCH_FRAMES);
    let mut joined = Vec::with_capacity(JOINED_BYTES);
    while packets.recv_many(&mut batch, BATCH_FRAMES).await > 0 {
        for Packet { header, blob } in batch.drain(..) {
            let bytes = header.len() + blob.len();
            if bytes <= COPIED_BYTES && joined.len() + bytes <= JOINED_BYTES {
                joined.extend_from_slice(&header);
                joined.extend_from_slice(&blob);
                continue;
            }
            // Header and payload leave together: two writes would wake the reader twice.
            let mut bytes = Buf::chain(Buf::chain(joined.as_slice(), header.as_slice()), blob);
            if writer.write_all_buf(&mut bytes).await.is_err() {
                return;
            }
            joined.clear();
        }
        if !joined.is_empty() && writer.write_all(&joined).await.is_err() {
            return;
        }
        joined.clear();
    }
}
