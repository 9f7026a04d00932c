//! The blocking side, for replay workers: plain reads and writes, one buffer reused.

use super::{WireError, check_hello};
use ipc_schema::control::{Hello, Role};
use ipc_schema::frame::{self, Message, PREFIX_BYTES};
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

/// A greeted connection.
#[derive(Debug)]
pub struct BlockingConnection {
    stream: UnixStream,
    buffer: Vec<u8>,
}

impl BlockingConnection {
    /// Connects and greets. The first thing to receive is the server's [greeting](Self::take_greeting).
    pub fn connect(path: &Path, ours: Hello, server: Role) -> Result<BlockingConnection, WireError> {
        let stream = UnixStream::connect(path).map_err(|error| WireError::Connect(server.name(), error))?;
        let mut connection = BlockingConnection::adopt(stream);
        connection.send(&ours)?;
        Ok(connection)
    }

    /// Waits for the server's greeting as long as it takes.
    pub fn take_greeting(&mut self, server: Role) -> Result<(), WireError> {
        let hello = self.receive::<Hello>()?.ok_or(WireError::ClosedEarly)?.0;
        check_hello(hello, &[server])?;
        Ok(())
    }

    /// A stream whose greeting went another way.
    pub(super) fn adopt(stream: UnixStream) -> BlockingConnection {
        BlockingConnection { stream, buffer: Vec::new() }
    }

    /// For a second thread that sends on the same socket.
    pub fn try_clone(&self) -> Result<BlockingConnection, WireError> {
        Ok(BlockingConnection::adopt(self.stream.try_clone()?))
    }

    pub fn send<T: Message>(&mut self, message: &T) -> Result<(), WireError> {
        self.buffer.clear();
        frame::encode(message, &mut self.buffer)?;
        Ok(self.stream.write_all(&self.buffer)?)
    }

    /// The next message and its raw bytes, which live until the next call. None at the end.
    pub fn receive<T: Message>(&mut self) -> Result<Option<(T, &[u8])>, WireError> {
        let mut prefix = [0; PREFIX_BYTES];
        match self.stream.read_exact(&mut prefix) {
            Err(error) if is_end(&error) => return Ok(None),
            result => result?,
        }
        let bytes = frame::frame_bytes(prefix)?;
        self.buffer.resize(bytes, 0);
        self.stream.read_exact(&mut self.buffer)?;
        let (message, used) = frame::decode(&self.buffer)?;
        Ok(Some((message, &self.buffer[used..])))
    }
}

fn is_end(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::UnexpectedEof | std::io::ErrorKind::ConnectionReset)
}
