//! Reading records back while the journal grows.

use super::JournalError;
use super::segment::{self, FRAME_HEADER_BYTES, Frame, HEADER_BYTES};
use ipc_schema::db_writer::Record;
use ipc_schema::ids::Seq;
use std::fs::File;
use std::io::ErrorKind;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// A place in the journal. It never looks beyond the record it is told is synced.
#[derive(Debug)]
pub struct Reader {
    dir: PathBuf,
    /// The last record that was read.
    after: Seq,
    open: Option<Open>,
}

/// The segment being read, and where its next frame begins.
#[derive(Debug)]
struct Open {
    path: PathBuf,
    file: File,
    offset: u64,
    /// Where the next segment begins, which counts from there on; None in the newest one.
    until: Option<Seq>,
}

impl Reader {
    /// Goes on behind record `after`.
    pub fn new(dir: &Path, after: Seq) -> Reader {
        Reader { dir: dir.to_owned(), after, open: None }
    }

    pub fn after(&self) -> Seq {
        self.after
    }

    /// Goes on behind another record.
    pub fn go_to(&mut self, after: Seq) {
        *self = Reader::new(&self.dir, after);
    }

    /// Records up to `through`, until they have `page_bytes` on disk or there are no more. A page may
    /// end within a frame, which holds as many records as waited for one sync. Records that were
    /// trimmed are [`JournalError::Trimmed`].
    pub fn read(&mut self, through: Seq, page_bytes: usize) -> Result<Vec<Record>, JournalError> {
        self.read_until(Some(through), page_bytes)
    }

    /// The same to the end of what is whole, of a folder that another process may be writing to.
    pub fn read_what_is_there(&mut self, page_bytes: usize) -> Result<Vec<Record>, JournalError> {
        self.read_until(None, page_bytes)
    }

    fn read_until(&mut self, through: Option<Seq>, page_bytes: usize) -> Result<Vec<Record>, JournalError> {
        let mut records = Vec::new();
        let mut bytes_read = 0;
        // The newest segment may have been left for another one, which may even have its name.
        let mut look_again = self.open.as_ref().is_none_or(|open| open.until.is_none());
        let mut torn = false;
        while through.is_none_or(|through| self.after < through) && bytes_read < page_bytes {
            let open = self.open.take();
            let at = open.as_ref().map(|open| (open.path.clone(), open.offset));
            let passed = |open: &Open| open.until.is_some_and(|until| self.after.0 + 1 >= until.0);
            let mut open = match open {
                Some(open) if !look_again && !passed(&open) => open,
                _ => self.open_segment()?,
            };
            if let Some((path, offset)) = at.filter(|(path, _)| *path == open.path) {
                (open.path, open.offset) = (path, offset);
            }
            match open.frame().map_err(JournalError::disk("read", &open.path))? {
                // The end of what is whole, for one who asked for no more.
                None if look_again && through.is_none() => break,
                None if look_again => {
                    let (path, offset) = (open.path, open.offset);
                    let problem = "records that were stored cannot be read back";
                    return Err(JournalError::Damaged { path, offset, problem });
                }
                // The end of this segment; the next one begins with the record that is due.
                None => look_again = true,
                Some(bytes) => {
                    // A frame that is being written, or was when its writer died; or that was whole a moment
                    // later, before its segment was left for another.
                    if through.is_none() && Frame::at(&bytes).is_none() {
                        if self.is_last(&open)? {
                            break;
                        }
                        if !torn {
                            (torn, look_again) = (true, true);
                            self.open = Some(open);
                            continue;
                        }
                    }
                    look_again = false;
                    if self.take(&open, &bytes, page_bytes, &mut bytes_read, &mut records)? {
                        open.offset += bytes.len() as u64;
                    }
                }
            }
            self.open = Some(open);
        }
        Ok(records)
    }

    /// Takes the records of a frame; false if the page was full before the frame was at its end.
    fn take(
        &mut self,
        open: &Open,
        bytes: &[u8],
        page_bytes: usize,
        bytes_read: &mut usize,
        records: &mut Vec<Record>,
    ) -> Result<bool, JournalError> {
        let damaged = || JournalError::Damaged {
            path: open.path.clone(),
            offset: open.offset,
            problem: "a stored record cannot be decoded",
        };
        let frame = Frame::at(bytes).ok_or_else(damaged)?;
        let stored = frame.records().ok_or_else(damaged)?;
        let before = self.after;
        for (seq, stored) in (frame.first.0..).map(Seq).zip(stored).filter(|(seq, _)| *seq > before) {
            if *bytes_read >= page_bytes {
                return Ok(false);
            }
            let record = segment::decode(frame.format, stored).filter(|record| record.seq == seq);
            records.push(record.ok_or_else(damaged)?);
            *bytes_read += stored.len();
            self.after = seq;
        }
        Ok(true)
    }

    fn is_last(&self, open: &Open) -> Result<bool, JournalError> {
        Ok(segment::list(&self.dir)?.last().is_none_or(|(_, path)| *path == open.path))
    }

    /// The segment that holds the record behind `after`.
    fn open_segment(&self) -> Result<Open, JournalError> {
        let next = Seq(self.after.0 + 1);
        loop {
            let segments = segment::list(&self.dir)?;
            let Some(at) = segments.iter().rposition(|(first, _)| *first <= next) else {
                return Err(match segments.first() {
                    Some((first, _)) => JournalError::Trimmed { asked: next, first: *first },
                    None => JournalError::Gap {
                        path: self.dir.clone(),
                        missing_from: next,
                        next: Seq(next.0 + 1),
                    },
                });
            };
            let path = &segments[at].1;
            match File::open(path) {
                Ok(file) => {
                    let until = segments.get(at + 1).map(|(first, _)| *first);
                    return Ok(Open { path: path.clone(), file, offset: HEADER_BYTES as u64, until });
                }
                // Trimmed since it was listed; the list will not name it again.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(JournalError::disk("open", path)(error)),
            }
        }
    }
}

impl Open {
    /// The bytes of the next whole frame; None at the end of what is there.
    fn frame(&self) -> std::io::Result<Option<Vec<u8>>> {
        let mut bytes = vec![0; FRAME_HEADER_BYTES];
        if !read_whole(&self.file, &mut bytes, self.offset)? {
            return Ok(None);
        }
        let Some(length) = segment::declared_bytes(&bytes) else { return Ok(None) };
        // A length read in the middle of a write is not believed beyond the file's end.
        if self.file.metadata()?.len() < self.offset + length as u64 {
            return Ok(None);
        }
        bytes.resize(length, 0);
        let payload = self.offset + FRAME_HEADER_BYTES as u64;
        Ok(read_whole(&self.file, &mut bytes[FRAME_HEADER_BYTES..], payload)?.then_some(bytes))
    }
}

fn read_whole(file: &File, bytes: &mut [u8], offset: u64) -> std::io::Result<bool> {
    match file.read_exact_at(bytes, offset) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        result => result.map(|()| true),
    }
}
