//! What a child says on its standard error: passed on as it is, line by line, and the last of it kept for when
//! the child dies.

use super::status;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use serde_json::Value;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::OwnedFd;

/// Lines kept of a child; what it said before is in the log alone.
const LINES: usize = 20;
/// Letters kept of a line.
const LETTERS: usize = 400;
/// Bytes taken at a time, so that a child that never stops talking does not keep the others waiting.
const CHUNK: usize = 16 << 10;
const CHUNKS: usize = 4;
/// A line that is longer is passed on in parts.
const LINE_BYTES: usize = 64 << 10;

/// The standard error of one child.
pub struct Words {
    pipe: Option<File>,
    /// The beginning of a line.
    begun: Vec<u8>,
    lines: VecDeque<String>,
}

impl Words {
    pub fn of(pipe: OwnedFd) -> io::Result<Words> {
        fcntl(&pipe, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
        Ok(Words { pipe: Some(File::from(pipe)), begun: Vec::new(), lines: VecDeque::new() })
    }

    /// Until its end has been read.
    pub fn pipe(&self) -> Option<&File> {
        self.pipe.as_ref()
    }

    /// Passes on what is there; true if there may be more.
    pub fn pass_on(&mut self) -> bool {
        self.pass_on_to(&mut io::stderr())
    }

    /// Passes on all that is there, and what was begun with it: nobody will end that line.
    pub fn finish(&mut self) {
        while self.pass_on() {}
        if !self.begun.is_empty() {
            self.begun.push(b'\n');
            self.pass_on_lines(&mut io::stderr());
        }
    }

    /// The last lines, as people read them.
    pub fn last(&self) -> Vec<String> {
        self.lines.iter().cloned().collect()
    }

    fn pass_on_to(&mut self, out: &mut impl Write) -> bool {
        let mut chunk = [0; CHUNK];
        let mut more = true;
        for _ in 0..CHUNKS {
            let Some(pipe) = &mut self.pipe else { return false };
            match pipe.read(&mut chunk) {
                Ok(0) => {
                    self.pipe = None;
                    more = false;
                }
                Ok(read) => {
                    self.begun.extend_from_slice(&chunk[..read]);
                    continue;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => {
                    if error.kind() != ErrorKind::WouldBlock {
                        self.pipe = None;
                    }
                    more = false;
                }
            }
            break;
        }
        self.pass_on_lines(out);
        more
    }

    fn pass_on_lines(&mut self, out: &mut impl Write) {
        let whole = match self.begun.iter().rposition(|byte| *byte == b'\n') {
            Some(at) => at + 1,
            None if self.begun.len() >= LINE_BYTES => self.begun.len(),
            None => return,
        };
        // Whoever closed our standard error does not read it; that is no reason to stop a ladder.
        let _ = out.write_all(&self.begun[..whole]);
        for line in self.begun[..whole].split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            if self.lines.len() == LINES {
                self.lines.pop_front();
            }
            self.lines.push_back(readable(&String::from_utf8_lossy(line)));
        }
        self.begun.drain(..whole);
    }
}

/// A line of the log in a few words; what is none of ours, as it is but for what would steer a terminal.
fn readable(line: &str) -> String {
    let known = serde_json::from_str::<Value>(line).ok().and_then(|line| {
        let message = line["fields"]["message"].as_str()?;
        Some(format!("{} {}: {message}", line["level"].as_str()?, line["target"].as_str()?))
    });
    let text = known.unwrap_or_else(|| without_colours(line));
    text.chars().filter(|letter| !letter.is_control()).take(LETTERS).collect()
}

/// A line without what paints it on a terminal.
fn without_colours(line: &str) -> String {
    let mut parts = line.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let end = part.find(|letter: char| letter.is_ascii_alphabetic()).map_or(part.len(), |at| at + 1);
        text + &part[end..]
    })
}

/// What the one before said last, for `evoladder status`.
pub(super) fn told(status: &Value) -> String {
    let mut text = String::new();
    for child in status["children"].as_array().into_iter().flatten() {
        let lines = child["last_words"].as_array().map(Vec::as_slice).unwrap_or_default();
        if !lines.is_empty() {
            text.push_str(&format!("\nthe last words of {} before it died\n", status::name(child)));
            lines.iter().filter_map(Value::as_str).for_each(|line| text.push_str(&format!("  {line}\n")));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lines_are_passed_on_as_they_are_and_the_last_are_kept_readable() {
        let (reader, mut writer) = io::pipe().unwrap();
        let (mut words, mut out) = (Words::of(reader.into()).unwrap(), Vec::new());
        (1..=30).for_each(|number| writeln!(writer, "line {number}").unwrap());
        write!(writer, "\u{1b}[31mred\u{1b}[0m\nhalf").unwrap();
        assert!(!words.pass_on_to(&mut out), "that is all for now");
        let whole = String::from_utf8(out.clone()).unwrap();
        assert!(whole.starts_with("line 1\nline 2\n"), "{whole}");
        assert!(whole.ends_with("line 30\n\u{1b}[31mred\u{1b}[0m\n"), "{whole}");
        let last = words.last();
        assert_eq!((last.len(), last[0].as_str(), last[LINES - 1].as_str()), (LINES, "line 12", "red"));
        writeln!(writer, " a line").unwrap();
        drop(writer);
        assert!(!words.pass_on_to(&mut out));
        assert!(words.pipe().is_none(), "its end was read");
        assert_eq!(words.last()[LINES - 1], "half a line");
    }

    #[test]
    fn a_line_of_a_log_is_told_by_its_message() {
        let line = json!({ "timestamp": "t", "level": "ERROR", "fields": { "message": "no more" }, "target": "evoladder::backend" });
        assert_eq!(readable(&line.to_string()), "ERROR evoladder::backend: no more");
        assert_eq!(readable("thread 'main' panicked"), "thread 'main' panicked");
        assert_eq!(readable(&"x".repeat(LETTERS + 1)).len(), LETTERS);
    }

    #[test]
    fn last_words_are_told_of_those_who_have_some() {
        let child = |role: &str, last_words: &[&str]| json!({ "role": role, "index": 0, "of": 1, "last_words": last_words });
        let status = json!({ "children": [child("backend", &["a", "b"]), child("frontend", &[])] });
        assert_eq!(told(&status), "\nthe last words of backend before it died\n  a\n  b\n");
    }
}
