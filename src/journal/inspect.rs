//! Looking at a journal without touching it, also while a ladder writes to it.
//!
//! What an open would refuse is told as [`Fault`] with its place, segment by segment, and what can be
//! read is read. A frame that is not whole at the very end is none: it is being written, or the next
//! open cuts it.

use super::JournalError;
use super::segment::{self, HEADER_BYTES};
use super::walk::{self, End, Walked};
use ipc_schema::db_writer::Record;
use ipc_schema::ids::{LadderId, Seq};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The segments of a folder, oldest first.
#[derive(Debug)]
pub struct Inspection {
    segments: Vec<(Seq, PathBuf)>,
    ladder: Option<LadderId>,
}

/// What one segment holds.
#[derive(Debug)]
pub struct Segment {
    pub path: PathBuf,
    pub ladder: Option<LadderId>,
    /// The newest format among its records; None where there is none.
    pub format: Option<u16>,
    pub first: Seq,
    /// Before `first` where it holds no record.
    pub last: Seq,
    pub frames: u64,
    pub records: u64,
    /// Bytes of header and whole frames.
    pub used: u64,
    /// Bytes of the file.
    pub file: u64,
    /// Bytes of a last frame that is not whole.
    pub cut_short: u64,
    pub fault: Option<Fault>,
}

/// Why an open refuses the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub offset: u64,
    pub problem: String,
}

impl Inspection {
    pub fn of(dir: &Path) -> Result<Inspection, JournalError> {
        Ok(Inspection { segments: segment::list(dir)?, ladder: None })
    }

    /// How many segments there are.
    pub fn len(&self) -> usize {
        self.segments.len()
    }

    pub fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// Reads the segment at `at`, in order, and shows `each` its records behind `after`. None for one
    /// that was trimmed meanwhile.
    pub fn read(
        &mut self,
        at: usize,
        after: Seq,
        mut each: impl FnMut(Record),
    ) -> Result<Option<Segment>, JournalError> {
        let (first, path) = &self.segments[at];
        let until = self.segments.get(at + 1).map(|(first, _)| *first);
        let stored = match segment::read(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            stored => stored.map_err(JournalError::disk("read", path))?,
        };
        let header = segment::read_header(&stored.bytes).filter(|(_, begins)| begins == first);
        let mut segment = Segment {
            path: path.clone(),
            ladder: header.map(|(ladder, _)| ladder),
            format: None,
            first: *first,
            last: Seq(first.0.saturating_sub(1)),
            frames: 0,
            records: 0,
            used: 0,
            file: stored.bytes.len() as u64,
            cut_short: 0,
            fault: None,
        };
        let fault = |offset: usize, problem: String| Some(Fault { offset: offset as u64, problem });
        let Some((ladder, _)) = header else {
            segment.fault = fault(0, "the header is not that of this segment".to_owned());
            return Ok(Some(segment));
        };
        let expected = *self.ladder.get_or_insert(ladder);
        let mut undecodable = None;
        let walked = walk::frames(&stored, *first, until, |offset, frame, records| {
            segment.frames += 1;
            segment.records += records.len() as u64;
            segment.format = segment.format.max(Some(frame.format));
            for (seq, bytes) in (frame.first.0..).map(Seq).zip(records).filter(|(seq, _)| *seq > after) {
                match segment::decode(frame.format, bytes).filter(|record| record.seq == seq) {
                    Some(record) => each(record),
                    None => undecodable = undecodable.or(Some((offset, seq))),
                }
            }
        });
        let Walked { offset, next, end } = walked;
        segment.last = Seq(next.0 - 1);
        segment.used = offset.max(HEADER_BYTES) as u64;
        segment.fault = match (end, undecodable) {
            _ if ladder != expected => fault(
                0,
                format!("it belongs to ladder {:016x}, the first segment to {:016x}", ladder.0, expected.0),
            ),
            (_, Some((offset, seq))) => fault(offset, format!("record {seq} cannot be decoded")),
            (End::Damaged(problem), _) => fault(offset, problem.to_owned()),
            (End::NewerFormat(found), _) => fault(offset, format!("format {found} needs a newer build")),
            (End::Gap, _) => {
                let last = until.map_or(next.0, |until| until.0 - 1);
                fault(offset, format!("records {next} to {last} are missing behind it"))
            }
            (End::Whole | End::CutShort, _) => None,
        };
        if end == End::CutShort {
            segment.cut_short = (stored.written - offset) as u64;
        }
        Ok(Some(segment))
    }
}
