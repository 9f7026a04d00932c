//! Opening a journal after whatever happened to it.
//!
//! Only the last frame of the last segment may be half written, and only it is cut. A bad frame
//! with something behind it is damage, and damage is refused: cutting there would unmake what
//! players were told.

use super::segment::{self, HEADER_BYTES, Unborn};
use super::walk::{self, End, Walked};
use super::{Journal, JournalError, REMEMBERED, Tail};
use crate::failpoint;
use ipc_schema::ids::{LadderId, Seq};
use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};
use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// Whoever appends holds a lock on this file of the folder.
const LOCK: &str = "lock";

pub(super) fn open(
    dir: &Path,
    new_ladder: LadderId,
    new_first: Seq,
    segment_bytes: u64,
) -> Result<Journal, JournalError> {
    make_folder(dir)?;
    let lock = lock(dir)?;
    segment::remove_unborn(dir)?;
    let mut segments = segment::list(dir)?;
    drop_half_made(&mut segments)?;
    let mut remembered = VecDeque::new();
    let mut tail = Tail::default();
    let mut ladder = None;
    let first = segments.first().map_or(new_first, |(first, _)| *first);
    let (mut last_segment, mut bytes) = (None, 0);
    for (at, (begins, path)) in segments.iter().enumerate() {
        let stored = segment::read(path).map_err(JournalError::disk("read", path))?;
        let found = segment::read_header(&stored.bytes).filter(|(_, first)| first == begins);
        let (found, _) = found.ok_or_else(|| JournalError::Damaged {
            path: path.clone(),
            offset: 0,
            problem: "the header is not that of this segment",
        })?;
        let expected = *ladder.get_or_insert(found);
        if found != expected {
            return Err(JournalError::ForeignSegment {
                path: path.clone(),
                expected: expected.0,
                found: found.0,
            });
        }
        let follower = segments.get(at + 1);
        let walked =
            walk::frames(&stored, *begins, follower.map(|(first, _)| *first), |offset, frame, records| {
                bytes += frame.bytes() as u64;
                for record in records {
                    if remembered.len() == REMEMBERED {
                        remembered.pop_front();
                    }
                    remembered.push_back(crc32c::crc32c(record));
                }
                if follower.is_none() {
                    tail.push(frame.first, stored.bytes[offset..offset + frame.bytes()].to_vec());
                }
            });
        refuse(path, follower, walked)?;
        let Walked { offset, next, end } = walked;
        let cut = end == End::CutShort;
        if cut {
            tracing::warn!(
                "cutting a frame that is not whole off {}: {} bytes from byte {offset} on, where record {next} was to follow",
                path.display(),
                stored.written - offset
            );
        }
        let recovered = Recovered { end: offset as u64, room: stored.bytes.len() as u64, next, cut };
        last_segment = Some((path.clone(), recovered));
    }
    let ladder = ladder.unwrap_or(new_ladder);
    let (path, file, walked) = match last_segment {
        None => {
            let Unborn { path, file, end, room, .. } = first_segment(dir, ladder, first, segment_bytes)?;
            (path, file, Recovered { end, room, next: first, cut: false })
        }
        Some((path, recovered)) => {
            let file = OpenOptions::new().read(true).write(true).open(&path);
            let file = file.map_err(JournalError::disk("open", &path))?;
            (path, file, recovered)
        }
    };
    let Recovered { end, room, next, cut } = walked;
    let mut journal = Journal {
        dir: dir.to_owned(),
        ladder,
        path,
        file,
        end,
        room,
        suspect: false,
        segment_bytes,
        first,
        last: Seq(next.0 - 1),
        bytes,
        tail,
        remembered,
        _lock: lock,
    };
    journal.secure(cut)?;
    Ok(journal)
}

/// What was found in the last segment.
struct Recovered {
    end: u64,
    room: u64,
    next: Seq,
    /// Whether something is to be cut off.
    cut: bool,
}

/// What does not end as it may.
fn refuse(path: &Path, follower: Option<&(Seq, PathBuf)>, walked: Walked) -> Result<(), JournalError> {
    let path = path.to_owned();
    match (walked.end, follower) {
        (End::Damaged(problem), _) => {
            Err(JournalError::Damaged { path, offset: walked.offset as u64, problem })
        }
        (End::NewerFormat(found), _) => Err(JournalError::NewerFormat { path, found }),
        (End::Gap, Some((next, path))) => {
            Err(JournalError::Gap { path: path.clone(), missing_from: walked.next, next: *next })
        }
        (End::Gap | End::Whole | End::CutShort, _) => Ok(()),
    }
}

/// Makes the folder, so that its name survives a crash too.
fn make_folder(dir: &Path) -> Result<(), JournalError> {
    std::fs::create_dir_all(dir).map_err(JournalError::disk("create", dir))?;
    // A folder named without a parent lies in the one where the process is.
    let parent = dir.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."));
    segment::sync_folder(parent).map_err(JournalError::disk("sync", parent))
}

fn lock(dir: &Path) -> Result<Flock<File>, JournalError> {
    let path = dir.join(LOCK);
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(JournalError::disk("open", &path))?;
    Flock::lock(file, FlockArg::LockExclusiveNonblock).map_err(|(_, error)| match error {
        Errno::EWOULDBLOCK => JournalError::InUse { dir: dir.to_owned() },
        error => JournalError::disk("lock", &path)(error.into()),
    })
}

/// Builds before preallocation made a segment under its name. One whose header is not there holds
/// nothing: nothing was written to it before that was synced.
fn drop_half_made(segments: &mut Vec<(Seq, PathBuf)>) -> Result<(), JournalError> {
    if let Some((_, path)) = segments.last() {
        let bytes = std::fs::metadata(path).map_err(JournalError::disk("read", path))?.len();
        if bytes <= HEADER_BYTES as u64 {
            let header = std::fs::read(path).map_err(JournalError::disk("read", path))?;
            if segment::read_header(&header).is_none() {
                tracing::warn!("removed {}, which has no header and {bytes} bytes", path.display());
                std::fs::remove_file(path).map_err(JournalError::disk("remove", path))?;
                segments.pop();
            }
        }
    }
    Ok(())
}

fn first_segment(
    dir: &Path,
    ladder: LadderId,
    first: Seq,
    segment_bytes: u64,
) -> Result<Unborn, JournalError> {
    let unborn = Unborn::make(dir, ladder, first, std::iter::empty(), segment_bytes)?;
    unborn.publish()?;
    Ok(unborn)
}

impl Journal {
    /// Makes sure of what lies before the end, and takes the room behind it. A sync that failed may
    /// have left the last frame in memory alone, marked as written: it is written once more, and if
    /// that cannot be synced, into a new segment.
    fn secure(&mut self, cut: bool) -> Result<(), JournalError> {
        let last = self.tail.last();
        let synced = (|| {
            if cut {
                self.file.set_len(self.end)?;
                self.room = self.end;
            }
            self.file.write_all_at(last, self.end - last.len() as u64)?;
            // Without it the journal can still be read, and whoever appends is told.
            if let Ok(room) = segment::allocate(&self.file, self.segment_bytes, self.end) {
                self.room = self.room.max(room);
            }
            failpoint::hit("journal: sync at open")?;
            self.file.sync_all()
        })();
        if let Err(error) = synced {
            return self.leave_segment(&error, &[]);
        }
        segment::sync_folder(&self.dir).map_err(JournalError::disk("sync", &self.dir))
    }
}
