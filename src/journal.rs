//! The ladder's history on disk: what is in here is true, everything else can be made from it.
//!
//! A folder of segments, each named for the first record it holds. A segment is a header and
//! frames; a frame is all records that waited for one sync. [`Journal::append`] returns after
//! `fdatasync`, and the next frame is written only after this one is synced, so at most the last
//! frame of the last segment can be half written. [`segment`] has the layout, [`reader`] reads,
//! [`recover`] opens a folder after whatever happened to it, [`commit`] is the thread that appends.
//!
//! Records are stored in a format with a version of its own, [`FORMAT`].

pub mod commit;
pub mod reader;
mod recover;
mod segment;

use ipc_schema::db_writer::Record;
use ipc_schema::frame;
use ipc_schema::ids::{LadderId, Seq};
use std::collections::VecDeque;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// Version of the stored records.
///
/// | version | change |
/// |---|---|
/// | 1 | the first layout |
pub const FORMAT: u16 = 1;

/// A segment that reached this size is followed by a new one.
const SEGMENT_BYTES: u64 = 64 << 20;

/// Stored bytes of one frame, about: a page that is read back holds whole frames and must fit a
/// message between processes.
const FRAME_BYTES: usize = 2 << 20;

/// Checksums kept of the newest records, to recognise records that a backend sends again. A
/// backend has far fewer unacknowledged records; an older one sent again is refused.
const REMEMBERED: usize = 1 << 16;

#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    #[error("cannot {action} {}", path.display())]
    Disk { action: &'static str, path: PathBuf, source: std::io::Error },
    #[error(
        "{} is damaged at byte {offset}: {problem}, with intact records behind it. Nothing was changed. \
         Restore the folder from a backup, or move it away to load from the database",
        path.display()
    )]
    Damaged { path: PathBuf, offset: u64, problem: &'static str },
    #[error("{} belongs to ladder {found:016x}, the rest of the folder to {expected:016x}", path.display())]
    ForeignSegment { path: PathBuf, expected: u64, found: u64 },
    #[error("{} has format {found}; this build reads up to {FORMAT}. Use the newer build", path.display())]
    NewerFormat { path: PathBuf, found: u16 },
    #[error("records {} to {} are missing before {}", missing_from.0, next.0 - 1, path.display())]
    Gap { path: PathBuf, missing_from: Seq, next: Seq },
    #[error("record {found} was sent where {expected} follows")]
    OutOfOrder { expected: Seq, found: Seq },
    #[error("record {0} was sent again with other content; two backends wrote at once")]
    Conflict(Seq),
}

impl JournalError {
    fn disk<'a>(action: &'static str, path: &'a Path) -> impl FnOnce(std::io::Error) -> JournalError + 'a {
        move |source| JournalError::Disk { action, path: path.to_owned(), source }
    }
}

/// The open journal. One process has it, behind a lock that the supervisor holds on the folder.
#[derive(Debug)]
pub struct Journal {
    dir: PathBuf,
    ladder: LadderId,
    path: PathBuf,
    file: File,
    /// End of the last synced frame.
    end: u64,
    segment_bytes: u64,
    last: Seq,
    /// Checksums of the records up to `last`, the newest at the back.
    remembered: VecDeque<u32>,
}

impl Journal {
    /// Opens the folder, made if need be, and brings it to the end of its last whole frame.
    /// `new_ladder` names the ladder of an empty folder.
    pub fn open(dir: &Path, new_ladder: LadderId) -> Result<Journal, JournalError> {
        recover::open(dir, new_ladder)
    }

    /// Segments of another size, for tests that need several.
    pub fn with_segment_bytes(self, segment_bytes: u64) -> Journal {
        Journal { segment_bytes, ..self }
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    pub fn ladder(&self) -> LadderId {
        self.ladder
    }

    /// The newest record on disk.
    pub fn last(&self) -> Seq {
        self.last
    }

    /// Stores records that follow what is stored, in as few frames as they fit, each with a sync of
    /// its own. Records stored before are skipped if they are the same. After a disk error the
    /// journal holds the frames that were synced before it, and nothing of the rest.
    pub fn append(&mut self, records: &[Record]) -> Result<Seq, JournalError> {
        let mut fresh = Vec::new();
        let mut checksums = Vec::new();
        let mut fresh_bytes = 0;
        let mut last = self.last;
        for record in records {
            let bytes = frame::to_bytes(record);
            let checksum = crc32c::crc32c(&bytes);
            if record.seq <= self.last {
                self.check_repeated(record.seq, checksum)?;
            } else if record.seq <= last {
                // Sent again while the first sending still waited for the disk.
                let at = usize::try_from(record.seq.0 - self.last.0 - 1).expect("a batch is in memory");
                if checksums[at] != checksum {
                    return Err(JournalError::Conflict(record.seq));
                }
            } else if record.seq.0 == last.0 + 1 {
                if fresh_bytes + bytes.len() > FRAME_BYTES && !fresh.is_empty() {
                    self.append_frame(&std::mem::take(&mut fresh), &std::mem::take(&mut checksums))?;
                    fresh_bytes = 0;
                }
                last = record.seq;
                fresh_bytes += bytes.len();
                checksums.push(checksum);
                fresh.push(bytes);
            } else {
                return Err(JournalError::OutOfOrder { expected: Seq(last.0 + 1), found: record.seq });
            }
        }
        if !fresh.is_empty() {
            self.append_frame(&fresh, &checksums)?;
        }
        Ok(self.last)
    }

    fn append_frame(&mut self, records: &[Vec<u8>], checksums: &[u32]) -> Result<(), JournalError> {
        if self.end >= self.segment_bytes {
            self.begin_segment()?;
        }
        let bytes = segment::frame_of(Seq(self.last.0 + 1), records);
        self.write(&bytes)?;
        self.end += bytes.len() as u64;
        self.last = Seq(self.last.0 + records.len() as u64);
        for checksum in checksums {
            self.remember(*checksum);
        }
        Ok(())
    }

    fn check_repeated(&self, seq: Seq, checksum: u32) -> Result<(), JournalError> {
        let age = usize::try_from(self.last.0 - seq.0).unwrap_or(usize::MAX);
        let known =
            self.remembered.len().checked_sub(age.saturating_add(1)).and_then(|at| self.remembered.get(at));
        if known == Some(&checksum) { Ok(()) } else { Err(JournalError::Conflict(seq)) }
    }

    fn remember(&mut self, checksum: u32) {
        if self.remembered.len() == REMEMBERED {
            self.remembered.pop_front();
        }
        self.remembered.push_back(checksum);
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), JournalError> {
        if let Err(error) = self.file.write_all_at(bytes, self.end) {
            // A full disk: take back the half frame, so that the journal ends where it did.
            self.file
                .set_len(self.end)
                .map_err(JournalError::disk("take back a half frame in", &self.path))?;
            return Err(JournalError::disk("write", &self.path)(error));
        }
        // After a failed sync the kernel may have dropped the pages: what the file holds is
        // unknown, and only recovery may read it again.
        self.file.sync_data().unwrap_or_else(|error| {
            tracing::error!(
                "cannot sync {}: {error}; leaving, so that the journal is recovered",
                self.path.display()
            );
            std::process::abort();
        });
        Ok(())
    }

    fn begin_segment(&mut self) -> Result<(), JournalError> {
        let (path, file) = segment::create(&self.dir, self.ladder, Seq(self.last.0 + 1))?;
        self.path = path;
        self.file = file;
        self.end = segment::HEADER_BYTES as u64;
        Ok(())
    }
}
