//! Messages of a connection as one stream of zstd, which Discord calls `zstd-stream`.
//!
//! The stream is flushed after each message, so that a frame holds one message whole; later messages refer
//! to earlier ones, which is why a frame alone cannot be read.

use bytes::Bytes;
use zstd_safe::{CCtx, InBuffer, OutBuffer};

/// What the encoder hands over at a time; a dispatch is 1 to 3 KiB before it is compressed.
const CHUNK_BYTES: usize = 8 * 1024;

/// As fast as it gets: much of what can be won is that one event is like another.
const LEVEL: i32 = 1;

pub(super) struct ZstdStream {
    context: CCtx<'static>,
    chunk: Box<[u8]>,
}

impl ZstdStream {
    pub(super) fn new() -> ZstdStream {
        let mut context = CCtx::create();
        context.init(LEVEL).expect("the level is one of zstd's");
        ZstdStream { context, chunk: vec![0; CHUNK_BYTES].into_boxed_slice() }
    }

    /// The next message of the stream.
    pub(super) fn encode(&mut self, text: &str) -> Bytes {
        let mut encoded = Vec::new();
        let mut input = InBuffer::around(text.as_bytes());
        while input.pos() < text.len() {
            let mut output = OutBuffer::around(&mut self.chunk[..]);
            self.context.compress_stream(&mut output, &mut input).expect("memory is all it takes");
            encoded.extend_from_slice(output.as_slice());
        }
        loop {
            let mut output = OutBuffer::around(&mut self.chunk[..]);
            let left = self.context.flush_stream(&mut output).expect("memory is all it takes");
            encoded.extend_from_slice(output.as_slice());
            if left == 0 {
                return encoded.into();
            }
        }
    }
}
