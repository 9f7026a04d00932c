//! One end of a connection written by hand, byte by byte: a server that dies when it is told to, a
//! client that does what no client of ours does.

use ipc_schema::control::{Hello, Role};
use ipc_schema::frame::{self, Message, PREFIX_BYTES};
use ipc_schema::ids::Incarnation;
use std::path::Path;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};

/// Far longer than anything here takes; a test that would hang fails instead.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) fn hello(role: Role) -> Hello {
    Hello::new(role, Incarnation(1))
}

pub(crate) struct Peer(UnixStream);

impl Peer {
    /// The server's side of the next connection, greeted.
    pub(crate) async fn accept(listener: &UnixListener, role: Role) -> Peer {
        let (stream, _) = patient(listener.accept()).await.unwrap();
        let mut peer = Peer(stream);
        peer.send(&hello(role), &[]).await;
        peer.receive::<Hello>().await.expect("a client greets");
        peer
    }

    /// A client's side, without a word.
    pub(crate) async fn connect(path: &Path) -> Peer {
        Peer(UnixStream::connect(path).await.unwrap())
    }

    pub(crate) async fn send<T: Message>(&mut self, message: &T, blob: &[u8]) {
        let mut bytes = Vec::new();
        frame::encode(message, &mut bytes).unwrap();
        bytes.extend_from_slice(blob);
        self.0.write_all(&bytes).await.unwrap();
    }

    /// Bytes as they are. The other side may have left already.
    pub(crate) async fn say(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.ok();
    }

    /// Ends this side's half of the connection.
    pub(crate) async fn hang_up(&mut self) {
        self.0.shutdown().await.ok();
    }

    /// The next message; None at the end of the connection.
    pub(crate) async fn receive<T: Message>(&mut self) -> Option<T> {
        Some(self.receive_with_blob().await?.0)
    }

    pub(crate) async fn receive_with_blob<T: Message>(&mut self) -> Option<(T, Vec<u8>)> {
        let mut prefix = [0; PREFIX_BYTES];
        patient(self.0.read_exact(&mut prefix)).await.ok()?;
        let mut bytes = vec![0; frame::frame_bytes(prefix).unwrap()];
        patient(self.0.read_exact(&mut bytes)).await.ok()?;
        let (message, used) = frame::decode(&bytes).unwrap();
        Some((message, bytes.split_off(used)))
    }

    /// Takes some bytes, whatever they are.
    pub(crate) async fn read(&mut self, bytes: usize) {
        patient(self.0.read_exact(&mut vec![0; bytes])).await.unwrap();
    }

    /// Waits until the other side has closed.
    pub(crate) async fn closed(&mut self) {
        let mut rest = Vec::new();
        // A connection closed over unread bytes ends with a reset.
        patient(self.0.read_to_end(&mut rest)).await.ok();
    }
}

pub(crate) async fn patient<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("nothing here takes that long")
}
