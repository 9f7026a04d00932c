//! The ladder's history on disk: what is in here is true, everything else can be made from it.
//!
//! A folder of segments, each named for the first record it holds. A segment is a header, frames,
//! and room for more; a frame is all records that waited for one sync. [`Journal::append`] returns
//! after `fdatasync`, and the next frame is written only after this one is synced, so at most the
//! last frame of the last segment can be half written. A frame whose sync failed is never synced
//! again where it is, since the kernel may have marked it as written: it goes into a new segment,
//! with the frames before it that shared its part of the disk.
//!
//! [`segment`] has the layout, [`walk`] tells room from damage, [`reader`] reads, [`recover`] opens a
//! folder after whatever happened to it, [`commit`] is the thread that appends, [`inspect`] looks
//! without touching anything.
//!
//! Records are stored in a format with a version of its own, [`FORMAT`].

pub mod commit;
pub mod inspect;
pub mod reader;
mod recover;
mod segment;
mod walk;

use crate::failpoint;
use ipc_schema::db_writer::Record;
use ipc_schema::frame;
use ipc_schema::ids::{LadderId, Seq};
use nix::fcntl::Flock;
use segment::Unborn;
use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// Version of the stored records.
///
/// | version | change |
/// |---|---|
/// | 1 | the first layout |
pub const FORMAT: u16 = 1;

/// A segment takes this from the disk when it is made, less where the disk is small, and is followed
/// by a new one when it is full.
const SEGMENT_BYTES: u64 = 64 << 20;

/// Bytes of the newest frames that are kept in memory: what shares a page, a block or a stripe of the
/// disk with a frame whose sync fails is not safe there any more, and is written again with it.
const TAIL_BYTES: usize = 64 << 10;

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
        "{} is damaged at byte {offset}: {problem}, and it is not the end. Nothing was changed. \
         Restore the folder from a backup, or move it away to load from the database",
        path.display()
    )]
    Damaged { path: PathBuf, offset: u64, problem: &'static str },
    #[error("{} belongs to ladder {found:016x}, the rest of the folder to {expected:016x}", path.display())]
    ForeignSegment { path: PathBuf, expected: u64, found: u64 },
    #[error("{} has format {found}; this build reads up to {FORMAT}. Use the newer build", path.display())]
    NewerFormat { path: PathBuf, found: u16 },
    #[error("{} is in use by another process, and only one may append", dir.display())]
    InUse { dir: PathBuf },
    #[error("record {asked} is not in the journal any more, which begins with record {first}")]
    Trimmed { asked: Seq, first: Seq },
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

/// A record as it is stored.
#[derive(Debug)]
pub struct Encoded {
    seq: Seq,
    bytes: Vec<u8>,
    checksum: u32,
}

impl From<&Record> for Encoded {
    fn from(record: &Record) -> Encoded {
        let bytes = frame::to_bytes(record);
        let checksum = crc32c::crc32c(&bytes);
        Encoded { seq: record.seq, bytes, checksum }
    }
}

/// The open journal. Nobody else has the folder open to append, in any process.
#[derive(Debug)]
pub struct Journal {
    dir: PathBuf,
    ladder: LadderId,
    path: PathBuf,
    file: File,
    /// End of the last synced frame.
    end: u64,
    /// How far the segment is to be filled.
    room: u64,
    /// Whether a sync of the segment failed, so that nothing is appended to it any more.
    suspect: bool,
    segment_bytes: u64,
    first: Seq,
    last: Seq,
    /// Of all frames, those that were trimmed since it was opened included.
    bytes: u64,
    /// The newest frames of the segment.
    tail: Tail,
    /// Checksums of the records up to `last`, the newest at the back.
    remembered: VecDeque<u32>,
    _lock: Flock<File>,
}

/// At least the last [`TAIL_BYTES`] of a segment, from where a frame begins.
#[derive(Debug, Default)]
struct Tail {
    frames: VecDeque<(Seq, Vec<u8>)>,
    bytes: usize,
}

impl Tail {
    fn push(&mut self, first: Seq, frame: Vec<u8>) {
        self.bytes += frame.len();
        self.frames.push_back((first, frame));
        while let Some((_, oldest)) = self.frames.front()
            && self.bytes - oldest.len() >= TAIL_BYTES
        {
            self.bytes -= oldest.len();
            self.frames.pop_front();
        }
    }

    fn last(&self) -> &[u8] {
        self.frames.back().map_or(&[], |(_, frame)| frame)
    }
}

impl Journal {
    /// Opens the folder, made if need be, and brings it to the end of its last whole frame.
    /// `new_ladder` names the ladder of an empty folder.
    pub fn open(dir: &Path, new_ladder: LadderId) -> Result<Journal, JournalError> {
        recover::open(dir, new_ladder, Seq(1), SEGMENT_BYTES)
    }

    /// The same for a ladder whose older records are in a snapshot: an empty folder begins with record `first`.
    pub fn open_from(dir: &Path, new_ladder: LadderId, first: Seq) -> Result<Journal, JournalError> {
        recover::open(dir, new_ladder, first, SEGMENT_BYTES)
    }

    /// Whether a folder has no segment, or is not there.
    pub fn is_empty(dir: &Path) -> Result<bool, JournalError> {
        if !dir.exists() {
            return Ok(true);
        }
        Ok(segment::list(dir)?.is_empty())
    }

    /// [`Journal::open`] with segments of another size, for tests that need several.
    pub fn open_sized(dir: &Path, new_ladder: LadderId, segment_bytes: u64) -> Result<Journal, JournalError> {
        recover::open(dir, new_ladder, Seq(1), segment_bytes)
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    pub fn ladder(&self) -> LadderId {
        self.ladder
    }

    /// The oldest record on disk; beyond the newest one where there is none.
    pub fn first(&self) -> Seq {
        self.first
    }

    /// The newest record on disk.
    pub fn last(&self) -> Seq {
        self.last
    }

    /// Bytes of the frames it held when it was opened, and of all since.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Stores records that follow what is stored, in as few frames as they fit, each with a sync of
    /// its own. Records stored before are skipped if they are the same. After a disk error the
    /// journal holds the frames that were synced before it, and nothing of the rest.
    pub fn append(&mut self, records: &[Record]) -> Result<Seq, JournalError> {
        self.append_encoded(records.iter().map(Encoded::from))
    }

    /// The same for records that were encoded on another thread.
    fn append_encoded(&mut self, records: impl Iterator<Item = Encoded>) -> Result<Seq, JournalError> {
        let mut fresh = Vec::new();
        let mut checksums = Vec::new();
        let mut fresh_bytes = 0;
        let mut last = self.last;
        for Encoded { seq, bytes, checksum } in records {
            if seq <= self.last {
                self.check_repeated(seq, checksum)?;
            } else if seq <= last {
                // Sent again while the first sending still waited for the disk.
                let at = usize::try_from(seq.0 - self.last.0 - 1).expect("a batch is in memory");
                if checksums[at] != checksum {
                    return Err(JournalError::Conflict(seq));
                }
            } else if seq.0 == last.0 + 1 {
                if fresh_bytes + bytes.len() > FRAME_BYTES && !fresh.is_empty() {
                    self.append_frame(&std::mem::take(&mut fresh), &std::mem::take(&mut checksums))?;
                    fresh_bytes = 0;
                }
                last = seq;
                fresh_bytes += bytes.len();
                checksums.push(checksum);
                fresh.push(bytes);
            } else {
                return Err(JournalError::OutOfOrder { expected: Seq(last.0 + 1), found: seq });
            }
        }
        if !fresh.is_empty() {
            self.append_frame(&fresh, &checksums)?;
        }
        Ok(self.last)
    }

    fn append_frame(&mut self, records: &[Vec<u8>], checksums: &[u32]) -> Result<(), JournalError> {
        let first = Seq(self.last.0 + 1);
        let bytes = segment::frame_of(first, records);
        if self.suspect {
            self.move_tail(&bytes)?;
        } else {
            if self.end > segment::HEADER_BYTES as u64 && self.end + bytes.len() as u64 > self.room {
                self.begin_segment(bytes.len() as u64)?;
            }
            self.write(&bytes)?;
        }
        self.last = Seq(self.last.0 + records.len() as u64);
        self.bytes += bytes.len() as u64;
        self.tail.push(first, bytes);
        for checksum in checksums {
            self.remember(*checksum);
        }
        // Only a kill makes sense here: it is stored.
        failpoint::hit("journal: before acknowledging").ok();
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

    /// Writes a frame behind the last one and syncs it.
    fn write(&mut self, frame: &[u8]) -> Result<(), JournalError> {
        if let Err(error) = self.put(frame) {
            self.take_back();
            return Err(JournalError::disk("write", &self.path)(error));
        }
        match self.sync() {
            Ok(()) => self.end += frame.len() as u64,
            Err(error) => self.leave_segment(&error, frame)?,
        }
        Ok(())
    }

    fn put(&self, frame: &[u8]) -> io::Result<()> {
        failpoint::hit("journal: write")?;
        if failpoint::is_due("journal: half written") {
            self.file.write_all_at(&frame[..frame.len() / 2], self.end)?;
            failpoint::hit("journal: half written")?;
        }
        self.file.write_all_at(frame, self.end)
    }

    fn sync(&self) -> io::Result<()> {
        failpoint::hit("journal: sync")?;
        self.file.sync_data()
    }

    /// Takes back what there is of a refused frame, so that the next one has only room behind it.
    fn take_back(&mut self) {
        match self.file.set_len(self.end) {
            // Where the disk has not even this, the file grows as it is written.
            Ok(()) => drop(segment::allocate(&self.file, self.room, self.end)),
            Err(error) => {
                tracing::error!("cannot take back a half frame in {}: {error}", self.path.display());
                self.suspect = true;
            }
        }
    }

    /// Goes on in a new segment with `frame`, whose sync failed here.
    fn leave_segment(&mut self, error: &io::Error, frame: &[u8]) -> Result<(), JournalError> {
        tracing::error!(
            "cannot sync {}: {error}; writing what is not safe in it into a new segment",
            self.path.display()
        );
        self.suspect = true;
        self.move_tail(frame)
    }

    /// Writes the newest frames and `frame` into a new segment, which counts from there on.
    fn move_tail(&mut self, frame: &[u8]) -> Result<(), JournalError> {
        let first = self.tail.frames.front().map_or(Seq(self.last.0 + 1), |(first, _)| *first);
        let frames = self.tail.frames.iter().map(|(_, frame)| &frame[..]).chain([frame]);
        let unborn = match Unborn::make(&self.dir, self.ladder, first, frames, self.segment_bytes) {
            Ok(unborn) => unborn,
            Err(error) => {
                // The frame is refused, so the next one to open the folder must not find it.
                self.file.set_len(self.end).unwrap_or_else(|error| self.give_up(&error));
                return Err(error);
            }
        };
        // If it has its name the frame is stored, else it is not. Only a recovery finds out which.
        unborn.publish().unwrap_or_else(|error| self.give_up(&error));
        self.go_on_in(unborn);
        Ok(())
    }

    fn give_up(&self, error: &dyn std::error::Error) -> ! {
        let error = error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {source}"));
        tracing::error!(
            "{error}, after a sync failed in {}; leaving, so that the journal is recovered",
            self.dir.display()
        );
        std::process::abort()
    }

    /// A new segment for a frame that does not fit this one.
    fn begin_segment(&mut self, frame_bytes: u64) -> Result<(), JournalError> {
        // Whatever comes of it: what a new segment has a name for is not read in this one.
        self.room = self.end;
        let bytes = self.segment_bytes.max(segment::HEADER_BYTES as u64 + frame_bytes);
        let unborn = Unborn::make(&self.dir, self.ladder, Seq(self.last.0 + 1), std::iter::empty(), bytes)?;
        unborn.publish()?;
        self.go_on_in(unborn);
        self.tail = Tail::default();
        Ok(())
    }

    fn go_on_in(&mut self, Unborn { path, file, end, room, .. }: Unborn) {
        (self.path, self.file, self.end, self.room) = (path, file, end, room);
        self.suspect = false;
    }

    /// Removes the segments that hold nothing but records before `before`, oldest first, and says with
    /// which record the journal begins then. The segment of the newest record stays. Whether snapshot
    /// and database have those records is for the caller to know.
    pub fn trim(&mut self, before: Seq) -> Result<Seq, JournalError> {
        let segments = segment::list(&self.dir)?;
        for pair in segments.windows(2) {
            let [(_, path), (next, _)] = pair else { unreachable!("windows of two") };
            if *next > before || *next > self.last {
                break;
            }
            // One after the other on the disk too: a gap in the middle would be damage.
            let removed = failpoint::hit("journal: trim").and_then(|()| std::fs::remove_file(path));
            removed.map_err(JournalError::disk("remove", path))?;
            self.first = *next;
            let synced = failpoint::hit("journal: trimmed").and_then(|()| segment::sync_folder(&self.dir));
            synced.map_err(JournalError::disk("sync", &self.dir))?;
        }
        Ok(self.first)
    }
}
