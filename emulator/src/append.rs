//! A file that is only appended to, and what waits to go into it.
//!
//! A disk that is full is no reason to end: the emulator stands for Discord, whose disk is another.
//! What cannot be written waits in memory and is tried again.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// So much may wait; with more the emulator ends, since a kill would lose too much. A ladder of
/// 1,000 people needs some two minutes for it.
const MAX_UNWRITTEN: usize = 64 * 1024 * 1024;

#[derive(Debug)]
pub(crate) struct Appender {
    file: File,
    pub(crate) unwritten: Vec<u8>,
    written: u64,
    is_failing: bool,
}

impl Appender {
    pub(crate) fn new(file: File) -> Appender {
        Appender { file, unwritten: Vec::new(), written: 0, is_failing: false }
    }

    /// Opens a file of lines to append to it, without what follows its last whole line.
    pub(crate) fn open_whole_lines(path: &Path) -> io::Result<Appender> {
        const STEP: u64 = 4_096;
        let mut file = OpenOptions::new().create(true).read(true).append(true).open(path)?;
        let mut end = file.metadata()?.len();
        while end > 0 {
            let from = end.saturating_sub(STEP);
            file.seek(SeekFrom::Start(from))?;
            let mut bytes = vec![0; (end - from) as usize];
            file.read_exact(&mut bytes)?;
            if let Some(newline) = bytes.iter().rposition(|byte| *byte == b'\n') {
                end = from + newline as u64 + 1;
                break;
            }
            end = from;
        }
        file.set_len(end)?;
        Ok(Appender::new(file))
    }

    #[cfg(test)]
    pub(crate) fn pretend_written(&mut self, bytes: u64) {
        self.written += bytes;
    }

    /// Bytes that this has written.
    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    /// Writes as much as there is room for.
    pub(crate) fn write(&mut self) -> io::Result<()> {
        while !self.unwritten.is_empty() {
            match self.file.write(&self.unwritten) {
                Ok(count) => {
                    drop(self.unwritten.drain(..count));
                    self.written += count as u64;
                    self.is_failing = false;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if self.unwritten.len() > MAX_UNWRITTEN => return Err(error),
                Err(error) => {
                    if !std::mem::replace(&mut self.is_failing, true) {
                        tracing::warn!(%error, "cannot be saved at present and waits in memory");
                    }
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_finds_no_room_waits_up_to_a_bound() {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut appender = Appender::new(full);
        appender.unwritten.extend(b"a line\n");
        appender.write().unwrap();
        assert_eq!(appender.unwritten, b"a line\n");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        appender.file = File::create(&path).unwrap();
        appender.write().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"a line\n");

        appender.file = OpenOptions::new().write(true).open("/dev/full").unwrap();
        appender.unwritten = vec![0; MAX_UNWRITTEN + 1];
        appender.write().unwrap_err();
    }
}
