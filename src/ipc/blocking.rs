//! The blocking side, for replay workers: plain reads and writes, a buffer for each, used again.

use super::{WireError, check_hello};
use ipc_schema::control::{Hello, Role};
use ipc_schema::frame::{self, Message, PREFIX_BYTES};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

/// Room for each read at least: a small message and its length come with one.
const READ_BYTES: usize = 16 << 10;

/// A greeted connection.
#[derive(Debug)]
pub struct BlockingConnection {
    stream: UnixStream,
    outgoing: Vec<u8>,
    incoming: Vec<u8>,
    /// Of `incoming`, what was read and not taken yet.
    start: usize,
    end: usize,
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
        BlockingConnection { stream, outgoing: Vec::new(), incoming: Vec::new(), start: 0, end: 0 }
    }

    /// For a second thread that sends on the same socket; only this one receives.
    pub fn try_clone(&self) -> Result<BlockingConnection, WireError> {
        Ok(BlockingConnection::adopt(self.stream.try_clone()?))
    }

    pub fn send<T: Message>(&mut self, message: &T) -> Result<(), WireError> {
        self.outgoing.clear();
        frame::encode(message, &mut self.outgoing)?;
        Ok(self.stream.write_all(&self.outgoing)?)
    }

    /// The next message and its raw bytes, which live until the next call. None at the end.
    pub fn receive<T: Message>(&mut self) -> Result<Option<(T, &[u8])>, WireError> {
        match self.read_until(PREFIX_BYTES) {
            Err(error) if is_end(&error) => return Ok(None),
            result => result?,
        }
        let prefix = self.incoming[self.start..].first_chunk().expect("as many were read");
        let bytes = frame::frame_bytes(*prefix)?;
        self.read_until(PREFIX_BYTES + bytes)?;
        let from = self.start + PREFIX_BYTES;
        self.start = from + bytes;
        let frame = &self.incoming[from..self.start];
        let (message, used) = frame::decode(frame)?;
        Ok(Some((message, &frame[used..])))
    }

    /// Reads until so many bytes wait to be taken, and what else has come.
    fn read_until(&mut self, bytes: usize) -> std::io::Result<()> {
        if self.end - self.start >= bytes {
            return Ok(());
        }
        if self.start + bytes.max(READ_BYTES) > self.incoming.len() {
            self.incoming.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
            let room = self.incoming.len().max(bytes).max(READ_BYTES);
            self.incoming.resize(room, 0);
        }
        while self.end - self.start < bytes {
            match self.stream.read(&mut self.incoming[self.end..]) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(read) => self.end += read,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

fn is_end(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset)
}
