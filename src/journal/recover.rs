//! Opening a journal after whatever happened to it.
//!
//! Only the last frame of the last segment may be half written, and only it is cut. A bad frame
//! with a whole one behind it is damage, and damage is refused: cutting there would unmake what
//! players were told.

use super::segment::{self, Frame, HEADER_BYTES};
use super::{FORMAT, Journal, JournalError, REMEMBERED, SEGMENT_BYTES};
use ipc_schema::ids::{LadderId, Seq};
use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::Path;

pub(super) fn open(dir: &Path, new_ladder: LadderId) -> Result<Journal, JournalError> {
    std::fs::create_dir_all(dir).map_err(JournalError::disk("create", dir))?;
    let mut segments = segment::list(dir)?;
    drop_unborn(&mut segments)?;
    let mut remembered = VecDeque::new();
    let mut ladder = None;
    let mut next = segments.first().map_or(Seq(1), |(first, _)| *first);
    let (mut end, mut last_frame) = (0, Vec::new());
    for (at, (_, path)) in segments.iter().enumerate() {
        let bytes = std::fs::read(path).map_err(JournalError::disk("read", path))?;
        let damaged = |offset: usize, problem| JournalError::Damaged {
            path: path.clone(),
            offset: offset as u64,
            problem,
        };
        let (found, first) =
            segment::read_header(&bytes).ok_or_else(|| damaged(0, "the header is not whole"))?;
        let expected = *ladder.get_or_insert(found);
        if found != expected {
            return Err(JournalError::ForeignSegment {
                path: path.clone(),
                expected: expected.0,
                found: found.0,
            });
        }
        if first != next {
            return Err(JournalError::Gap { path: path.clone(), missing_from: next, next: first });
        }
        let mut offset = HEADER_BYTES;
        while let Some(frame) = Frame::at(&bytes[offset..]).filter(|frame| frame.first == next) {
            if frame.format > FORMAT {
                return Err(JournalError::NewerFormat { path: path.clone(), found: frame.format });
            }
            let records =
                frame.records().ok_or_else(|| damaged(offset, "a frame does not hold its records"))?;
            for record in records {
                if remembered.len() == REMEMBERED {
                    remembered.pop_front();
                }
                remembered.push_back(crc32c::crc32c(record));
            }
            next = Seq(frame.last().0 + 1);
            if at + 1 == segments.len() {
                last_frame = bytes[offset..offset + frame.bytes()].to_vec();
            }
            offset += frame.bytes();
        }
        let last_segment = at + 1 == segments.len();
        if offset < bytes.len() && (!last_segment || has_later_frame(&bytes[offset..], next)) {
            return Err(damaged(offset, "no whole frame begins here"));
        }
        end = offset as u64;
        if offset < bytes.len() {
            tracing::warn!(
                "cut a half written frame of {} bytes off {}",
                bytes.len() - offset,
                path.display()
            );
        }
    }
    let ladder = ladder.unwrap_or(new_ladder);
    let (path, file) = match segments.pop() {
        None => {
            end = HEADER_BYTES as u64;
            segment::create(dir, ladder, next)?
        }
        Some((_, path)) => {
            let opened = open_at(&path, end, &last_frame);
            (path.clone(), opened.map_err(JournalError::disk("open", &path))?)
        }
    };
    // What was written by a process that died may not be on the disk yet.
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(JournalError::disk("sync", dir))?;
    Ok(Journal {
        dir: dir.to_owned(),
        ladder,
        path,
        file,
        end,
        segment_bytes: SEGMENT_BYTES,
        last: Seq(next.0 - 1),
        remembered,
    })
}

/// A segment whose creation was cut short holds nothing: nothing was written to it before it was synced.
fn drop_unborn(segments: &mut Vec<(Seq, std::path::PathBuf)>) -> Result<(), JournalError> {
    if let Some((_, path)) = segments.last() {
        let bytes = std::fs::read(path).map_err(JournalError::disk("read", path))?;
        if bytes.len() <= HEADER_BYTES && segment::read_header(&bytes).is_none() {
            std::fs::remove_file(path).map_err(JournalError::disk("remove", path))?;
            segments.pop();
        }
    }
    Ok(())
}

/// Cuts the file at `end` and makes sure of what lies before it. A sync that failed may have left
/// the last frame in memory alone, marked as written: it is written once more.
fn open_at(path: &Path, end: u64, last_frame: &[u8]) -> std::io::Result<File> {
    let file = OpenOptions::new().read(true).write(true).open(path)?;
    file.set_len(end)?;
    file.write_all_at(last_frame, end - last_frame.len() as u64)?;
    file.sync_all()?;
    Ok(file)
}

/// Whether a whole frame with a number from `next` on begins anywhere in `bytes` but at the start.
fn has_later_frame(bytes: &[u8], next: Seq) -> bool {
    // No journal skips this many records; it keeps the search from checking random lengths.
    const PLAUSIBLE: u64 = 1 << 24;
    (0..bytes.len()).any(|at| {
        let first =
            bytes.get(at + 8..at + 16).and_then(|first| Some(u64::from_le_bytes(first.try_into().ok()?)));
        first.is_some_and(|first| (next.0..next.0 + PLAUSIBLE).contains(&first))
            && Frame::at(&bytes[at..]).is_some()
    })
}
