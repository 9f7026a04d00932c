//! What is compared: this project's reader, the library that unpacks for it,
//! and two other readers.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use bzip2::{Decompress, Status};
use replay::measure::PackedStream;

/// Our reader, all that the ladder needs.
pub fn ours(file: &[u8]) -> bool {
    replay::parse(file).is_ok()
}

/// Our reader, without anything that happened in the game.
pub fn ours_before_the_game(file: &[u8]) -> bool {
    replay::measure::before_the_game(file).is_ok()
}

/// The library alone, as its documentation uses it, told the right size.
pub fn bare_unpacking(streams: &[PackedStream]) -> bool {
    streams.iter().all(|stream| {
        let mut out = Vec::with_capacity(stream.size + 1);
        let mut decoder = Decompress::new(false);
        let status = decoder.decompress_vec(&stream.packed, &mut out);
        matches!(status, Ok(Status::StreamEnd)) && out.len() == stream.size
    })
}

/// The crate `s2protocol`: all it can give of what the ladder needs. It has no
/// attributes, no metadata, and of game events no leaves.
pub fn s2protocol_needed(file: &[u8]) -> bool {
    let Ok((_, mpq)) = s2protocol::parser::parse(file) else { return false };
    s2protocol::read_details("", &mpq, file).is_ok()
        && s2protocol::read_init_data("", &mpq, file).is_ok()
        && s2protocol::read_game_events("", &mpq, file).is_ok()
        && s2protocol::read_message_events("", &mpq, file).is_ok()
}

/// sc2reader, in a process that stays, so that starting it costs nothing here.
pub struct Sc2reader {
    child: Child,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Sc2reader {
    /// `None` if that Python does not start.
    pub fn start(python: &Path) -> Option<Sc2reader> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/sc2reader_child.py");
        let mut child = Command::new(python)
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let (ask, answers) = (child.stdin.take()?, child.stdout.take()?);
        Some(Sc2reader { child, ask, answers: BufReader::new(answers) })
    }

    /// Microseconds for one file, or what went wrong.
    pub fn time(&mut self, level: u8, path: &Path) -> Result<f64, String> {
        writeln!(self.ask, "{level} {}", path.display()).map_err(|error| error.to_string())?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer).map_err(|error| error.to_string())?;
        answer.trim().parse().map_err(|_| answer.trim().to_owned())
    }
}

impl Drop for Sc2reader {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
