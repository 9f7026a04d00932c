//! The floor: blocking reads and writes of a Unix socket, a length before each message and no codec.
//! Small messages that are ready together leave together, and buffers are used again.

use crate::pair::{
    Answering, Asking, LARGE_BYTES, Meter, What, announce, answer_to, check_answer, checksum, payload,
};
use crate::words;
use anyhow::{Context, ensure};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};

const PREFIX_BYTES: usize = 4;

/// Read at once. A frame beyond it is read into a buffer of its own.
const BUFFER_BYTES: usize = 256 << 10;

/// Cuts what comes into frames.
struct Frames {
    stream: UnixStream,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    large: Vec<u8>,
    /// The last frame was large, so of the next only the length is read before its buffer is there.
    after_large: bool,
}

impl Frames {
    fn new(stream: UnixStream) -> Frames {
        let buffer = vec![0; BUFFER_BYTES];
        Frames { stream, buffer, start: 0, end: 0, large: Vec::new(), after_large: false }
    }

    fn length(&self) -> Option<usize> {
        let prefix = self.buffer[self.start..self.end].first_chunk::<PREFIX_BYTES>()?;
        Some(u32::from_le_bytes(*prefix) as usize)
    }

    /// Whether a whole frame is here already.
    fn is_ready(&self) -> bool {
        self.length().is_some_and(|bytes| self.end - self.start >= PREFIX_BYTES + bytes)
    }

    /// The next frame; None at the end.
    fn next(&mut self) -> std::io::Result<Option<&[u8]>> {
        while !self.is_ready() {
            let length = self.length();
            if let Some(bytes) = length.filter(|bytes| *bytes > LARGE_BYTES) {
                self.large.resize(bytes, 0);
                let here = &self.buffer[self.start + PREFIX_BYTES..self.end];
                self.large[..here.len()].copy_from_slice(here);
                self.stream.read_exact(&mut self.large[here.len()..])?;
                (self.start, self.end, self.after_large) = (0, 0, true);
                return Ok(Some(&self.large));
            }
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
            let until = if self.after_large && length.is_none() { PREFIX_BYTES } else { BUFFER_BYTES };
            match self.stream.read(&mut self.buffer[self.end..until]) {
                Ok(0) => return Ok(None),
                Err(error) if error.kind() == ErrorKind::ConnectionReset => return Ok(None),
                read => self.end += read?,
            }
        }
        let bytes = self.length().expect("a frame is ready");
        let from = self.start + PREFIX_BYTES;
        self.start = from + bytes;
        self.after_large = bytes > LARGE_BYTES;
        Ok(Some(&self.buffer[from..from + bytes]))
    }
}

fn frame(body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).expect("a frame is small");
    [&length.to_le_bytes()[..], body].concat()
}

/// As many bytes as the real messages have in the ladder's own frames.
fn bodies(what: What) -> anyhow::Result<(Vec<u8>, Option<Vec<u8>>)> {
    Ok(match what {
        What::Bytes(bytes) => (payload(bytes), None),
        What::Press | What::Card | What::Job => {
            let (asked, answered) = words::encoded(what)?;
            (asked, Some(answered))
        }
    })
}

pub(crate) fn answer(answering: &Answering) -> anyhow::Result<()> {
    let listener = UnixListener::bind(&answering.socket).context("listen")?;
    announce(&answering.socket.display().to_string())?;
    let mut stream = listener.accept()?.0;
    let mut frames = Frames::new(stream.try_clone()?);
    let fixed = bodies(answering.what)?.1.map(|body| frame(&body));
    let mut out = Vec::with_capacity(BUFFER_BYTES);
    while let Some(asked) = frames.next()? {
        match &fixed {
            None => out.extend_from_slice(&frame(&answer_to(asked))),
            Some(answer) => {
                std::hint::black_box(checksum(asked));
                out.extend_from_slice(answer);
            }
        }
        if !frames.is_ready() {
            stream.write_all(&out)?;
            out.clear();
        }
    }
    Ok(())
}

pub(crate) fn ask(asking: &Asking) -> anyhow::Result<()> {
    let mut stream = UnixStream::connect(&asking.address).context("connect")?;
    let mut frames = Frames::new(stream.try_clone()?);
    let (body, fixed) = bodies(asking.what)?;
    let expected = checksum(&body);
    let asked = frame(&body);
    // What fits is written at once; large messages would only wear out the caches.
    let together = if body.len() > LARGE_BYTES { 1 } else { asking.in_flight };
    let batch = asked.repeat(together);
    let mut meter = Meter::start(asking)?;
    let mut to_send = asking.in_flight;
    loop {
        while to_send > 0 {
            let now = to_send.min(together);
            stream.write_all(&batch[..now * asked.len()])?;
            to_send -= now;
        }
        loop {
            let answer = frames.next()?.context("the answering process left")?;
            match &fixed {
                None => check_answer(answer, expected)?,
                Some(fixed) => ensure!(answer == fixed, "another answer"),
            }
            to_send += 1;
            if !frames.is_ready() {
                break;
            }
        }
        if !meter.goes_on(to_send as u64) {
            return meter.report();
        }
    }
}
