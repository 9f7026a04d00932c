//! Damage in the last 4 KB of a journal, each byte and each bit of it: an open recovers to what is
//! left but for the last frame, or refuses and names the place.

use super::{LADDER, all_zero, frames_of, records};
use crate::wire::alone::Chance;
use evoladder::journal::{Journal, JournalError};
use ipc_schema::ids::Seq;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A segment with somewhat more than 4 KB in it, and as much room behind.
const SEGMENT: u64 = 10 << 10;

const LAST: usize = 4 << 10;

/// A journal of one segment, as it was before any damage.
struct Written {
    bytes: Vec<u8>,
    /// Where each frame begins, and where the last one ends.
    frames: Vec<usize>,
    /// The last record of each frame.
    ends: Vec<Seq>,
}

/// A folder for damaged copies, in memory where there is such a disk: each open syncs.
struct Copy {
    _dir: TempDir,
    path: PathBuf,
}

impl Copy {
    fn new() -> Copy {
        let memory = Path::new("/dev/shm");
        let dir = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
        Copy { path: dir.path().join("00000000000000000001.journal"), _dir: dir }
    }

    fn open(&self, bytes: &[u8]) -> Result<Journal, JournalError> {
        std::fs::write(&self.path, bytes).unwrap();
        Journal::open_sized(self.path.parent().unwrap(), LADDER, SEGMENT)
    }
}

impl Written {
    fn new() -> Written {
        let copy = Copy::new();
        let mut journal = Journal::open_sized(copy.path.parent().unwrap(), LADDER, SEGMENT).unwrap();
        let mut ends = Vec::new();
        while ends.len() < 60 {
            let first = journal.last().0 + 1;
            ends.push(journal.append(&records(first..=first + first % 3)).unwrap());
        }
        let bytes = std::fs::read(&copy.path).unwrap();
        let frames = frames_of(&bytes);
        assert_eq!(frames.len(), ends.len() + 1);
        let end = *frames.last().unwrap();
        assert!(end > LAST + 500 && end + 1000 < bytes.len(), "{end} bytes of {} are used", bytes.len());
        Written { bytes, frames, ends }
    }

    fn end(&self) -> usize {
        *self.frames.last().unwrap()
    }

    /// The frame that byte `at` is in; None behind the last one.
    fn frame_at(&self, at: usize) -> Option<usize> {
        (at < self.end()).then(|| self.frames.partition_point(|start| *start <= at) - 1)
    }

    /// The frames up to the `kept`th are there, byte by byte, and nothing behind them.
    fn assert_kept(&self, copy: &Copy, journal: &Journal, kept: usize, what: &str) {
        let last = kept.checked_sub(1).map_or(Seq(0), |at| self.ends[at]);
        assert_eq!(journal.last(), last, "{what}");
        let left = std::fs::read(&copy.path).unwrap();
        let end = self.frames[kept];
        assert!(left[..end] == self.bytes[..end] && all_zero(&left[end..]), "{what}: what is left");
    }

    /// Opens it with byte `at` changed to `byte`.
    fn check(&self, copy: &Copy, at: usize, byte: u8) {
        let mut bytes = self.bytes.clone();
        bytes[at] = byte;
        let what = format!("byte {at} set to {byte:#04x}");
        let newest = self.ends.len() - 1;
        match (copy.open(&bytes), self.frame_at(at)) {
            (Ok(journal), _) if byte == self.bytes[at] => {
                self.assert_kept(copy, &journal, self.ends.len(), &what);
            }
            (Ok(journal), Some(frame)) if frame == newest => self.assert_kept(copy, &journal, newest, &what),
            // As if the next frame had been cut short there.
            (Ok(journal), None) => self.assert_kept(copy, &journal, self.ends.len(), &what),
            (Ok(_), Some(frame)) => panic!("{what}, in frame {frame}: opened"),
            (Err(JournalError::Damaged { path, offset, .. }), Some(frame)) => {
                assert_eq!((path, offset), (copy.path.clone(), self.frames[frame] as u64), "{what}");
                assert!(std::fs::read(&copy.path).unwrap() == bytes, "{what}: the refusal changed something");
            }
            (Err(error), _) => panic!("{what}: {error}"),
        }
    }
}

#[test]
fn every_byte_and_bit_of_the_last_4_kb() {
    let written = Written::new();
    let places: Vec<usize> = (written.end() - LAST..written.end()).collect();
    std::thread::scope(|scope| {
        for places in places.chunks(LAST / 4) {
            let written = &written;
            scope.spawn(move || {
                let copy = Copy::new();
                for &at in places {
                    let byte = written.bytes[at];
                    [0, 0xff].iter().for_each(|other| written.check(&copy, at, *other));
                    (0..8).for_each(|bit| written.check(&copy, at, byte ^ (1 << bit)));
                }
            });
        }
    });
}

#[test]
fn a_byte_in_the_room_behind_is_a_frame_cut_short() {
    let written = Written::new();
    let copy = Copy::new();
    for at in (written.end()..written.bytes.len()).step_by(7) {
        [1, 0xff].iter().for_each(|byte| written.check(&copy, at, *byte));
    }
}

#[test]
fn a_cut_at_every_length_leaves_whole_frames() {
    let written = Written::new();
    let copy = Copy::new();
    for end in written.end() - LAST..written.end() {
        let empty = [&written.bytes[..end], &vec![0; written.bytes.len() - end]].concat();
        for (what, bytes) in [("cut", &written.bytes[..end]), ("empty from there", &empty)] {
            let what = format!("{end} bytes, {what}");
            // A frame may end with zeros.
            let same = |start: &usize| bytes.get(..*start) == Some(&written.bytes[..*start]);
            let kept = written.frames.partition_point(same) - 1;
            let journal = copy.open(bytes).unwrap_or_else(|error| panic!("{what}: {error}"));
            written.assert_kept(&copy, &journal, kept, &what);
        }
    }
}

#[test]
fn damage_in_more_than_the_last_frame_is_never_cut() {
    let written = Written::new();
    let copy = Copy::new();
    let newest = written.ends.len() - 1;
    let mut chance = Chance(6);
    for _ in 0..2000 {
        // From some frame on, every frame has a bit flipped behind its length.
        let from = newest - 1 - chance.below(5);
        let mut bytes = written.bytes.clone();
        for frame in from..=newest {
            let (start, end) = (written.frames[frame] + 4, written.frames[frame + 1]);
            bytes[start + chance.below(end - start)] ^= 1 << chance.below(8);
        }
        match copy.open(&bytes) {
            Err(JournalError::Damaged { offset, .. }) => assert_eq!(offset, written.frames[from] as u64),
            Err(error) => panic!("{error}"),
            Ok(journal) => panic!("frames from {from} on are damaged, and it opened at {}", journal.last()),
        }
    }
}
