//! The journal: what was synced is read back whatever happened to the folder, and damage is told
//! from a write that was cut short.

mod damage;
mod failpoints;
mod fixture;
mod segments;
pub(crate) mod tool;

use crate::wire::alone::alone;
use evoladder::journal::commit::Commits;
use evoladder::journal::reader::Reader;
use evoladder::journal::{FORMAT, Journal, JournalError};
use ipc_schema::db_writer::Record;
use ipc_schema::event::Event;
use ipc_schema::ids::{Key, LadderId, PlayerId, Seq};
use ipc_schema::vocab::Timestamp;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::{SigSet, Signal};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, mpsc};
use tempfile::TempDir;

const LADDER: LadderId = LadderId(0x1111);

/// Bytes before a segment's first frame, and before a frame's first record.
const SEGMENT_HEADER: usize = 32;
const FRAME_HEADER: usize = 20;

/// A segment holds a few frames.
const SMALL: u64 = 200;

/// A segment holds all that a test writes, and has room behind it.
const LARGE: u64 = 64 << 10;

fn record(seq: u64) -> Record {
    let event = Event::LeftQueue { player: PlayerId(seq), at: Timestamp(seq) };
    Record {
        seq: Seq(seq),
        at: Timestamp(seq),
        key: Some(Key::Interaction(seq)),
        events: vec![event],
        reply: None,
    }
}

fn records(range: std::ops::RangeInclusive<u64>) -> Vec<Record> {
    range.map(record).collect()
}

/// A record of about that many bytes on disk.
fn large_record(seq: u64, bytes: usize) -> Record {
    let event = Event::VetoesChosen { player: PlayerId(1), maps: vec!["m".repeat(bytes)] };
    Record { events: vec![event], ..record(seq) }
}

/// A journal in a folder of its own, written frame by frame.
struct Folder {
    dir: TempDir,
    segment_bytes: u64,
}

impl Folder {
    fn new(segment_bytes: u64) -> Folder {
        Folder { dir: tempfile::tempdir().unwrap(), segment_bytes }
    }

    /// One frame for each list.
    fn written(segment_bytes: u64, frames: &[Vec<Record>]) -> Folder {
        let folder = Folder::new(segment_bytes);
        let mut journal = folder.open().unwrap();
        frames.iter().for_each(|frame| assert_eq!(journal.append(frame).unwrap(), frame.last().unwrap().seq));
        folder
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    fn open(&self) -> Result<Journal, JournalError> {
        Journal::open_sized(self.path(), LADDER, self.segment_bytes)
    }

    /// Opens it once the thread of the handles that were dropped has let go of it.
    fn reopen(&self) -> Journal {
        loop {
            match self.open() {
                Err(JournalError::InUse { .. }) => std::thread::yield_now(),
                opened => return opened.unwrap(),
            }
        }
    }

    fn read(&self, through: u64) -> Vec<Record> {
        Reader::new(self.path(), Seq(0)).read(Seq(through), usize::MAX).unwrap()
    }

    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let paths = std::fs::read_dir(self.path()).unwrap().map(|entry| entry.unwrap().path());
        let segments = paths.filter(|path| path.extension().is_some_and(|ending| ending == "journal"));
        segments.map(|path| (path.clone(), std::fs::read(path).unwrap())).collect()
    }

    fn segments(&self) -> Vec<PathBuf> {
        self.files().into_keys().collect()
    }

    fn put(&self, files: &BTreeMap<PathBuf, Vec<u8>>) {
        self.segments().iter().for_each(|path| std::fs::remove_file(path).unwrap());
        files.iter().for_each(|(path, bytes)| std::fs::write(path, bytes).unwrap());
    }

    /// Opens what `files` are, and asserts that a refusal changes none of them.
    fn refused(&self, files: &BTreeMap<PathBuf, Vec<u8>>, what: &str) -> JournalError {
        self.put(files);
        let Err(error) = self.open() else { panic!("{what}: opened") };
        assert!(self.files() == *files, "{what}: the refusal changed the folder");
        error
    }
}

/// Where each frame of a segment begins, and where the last one ends.
fn frames_of(segment: &[u8]) -> Vec<usize> {
    let mut at = vec![SEGMENT_HEADER];
    loop {
        let start = *at.last().unwrap();
        let Some(length) = segment.get(start..start + 4) else { return at };
        let length = u32::from_le_bytes(length.try_into().unwrap());
        if length == 0 {
            return at;
        }
        at.push(start + FRAME_HEADER + length as usize);
    }
}

fn all_zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}

/// Makes a changed frame whole again.
fn seal(frame: &mut [u8]) {
    let checksum = crc32c::crc32c(&frame[8..]);
    frame[4..8].copy_from_slice(&checksum.to_le_bytes());
}

#[test]
fn records_are_read_back_over_many_frames_and_segments() {
    let folder = Folder::new(2000);
    let mut expected = Vec::new();
    let mut journal = folder.open().unwrap();
    for frame in 0..50 {
        let first = expected.len() as u64 + 1;
        let frame = records(first..=first + frame % 7);
        assert_eq!(journal.append(&frame).unwrap(), frame.last().unwrap().seq);
        expected.extend(frame);
    }
    assert!(folder.segments().len() > 2, "this test is about several segments");
    let last = expected.len() as u64;
    assert_eq!(journal.last(), Seq(last));
    assert_eq!(folder.read(last), expected);
    for after in 0..last {
        let mut reader = Reader::new(folder.path(), Seq(after));
        let mut found = Vec::new();
        while reader.after() < Seq(last) {
            let page = reader.read(Seq(last), 300).unwrap();
            assert!(!page.is_empty(), "a page behind {} holds something", reader.after());
            found.extend(page);
        }
        assert!(found == expected[usize::try_from(after).unwrap()..], "behind {after}");
    }
}

#[test]
fn a_reader_follows_a_growing_journal_and_goes_where_it_is_told() {
    let folder = Folder::new(SMALL);
    let mut journal = folder.open().unwrap();
    let mut reader = Reader::new(folder.path(), Seq(0));
    assert_eq!(reader.read(Seq(0), usize::MAX).unwrap(), []);
    for seq in 1..=20 {
        journal.append(&[record(seq)]).unwrap();
        assert_eq!(reader.read(Seq(seq), usize::MAX).unwrap(), [record(seq)]);
    }
    reader.go_to(Seq(17));
    assert_eq!(reader.read(Seq(20), usize::MAX).unwrap(), records(18..=20));
}

#[test]
fn a_page_stays_small_however_large_its_frame_is() {
    const PAGE: usize = 1 << 20;
    let frame: Vec<Record> = (1..=3000).map(|seq| large_record(seq, 4000)).collect();
    let folder = Folder::written(SMALL, &[frame.clone(), vec![record(3001)]]);
    let mut reader = Reader::new(folder.path(), Seq(0));
    let mut found = Vec::new();
    while reader.after() < Seq(3001) {
        let page = reader.read(Seq(3001), PAGE).unwrap();
        let bytes: usize = page.iter().map(|record| ipc_schema::frame::to_bytes(record).len()).sum();
        assert!(!page.is_empty() && bytes < PAGE + 5000, "a page of {bytes} bytes, for {PAGE}");
        found.extend(page);
    }
    assert!(found == [frame, vec![record(3001)]].concat(), "the pages hold all records once, in order");
}

#[test]
fn a_journal_that_is_opened_again_goes_on() {
    let folder = Folder::new(SMALL);
    for seq in 1..=20 {
        let mut journal = folder.open().unwrap();
        assert_eq!((journal.last(), journal.ladder()), (Seq(seq - 1), LADDER));
        journal.append(&[record(seq)]).unwrap();
    }
    let journal = Journal::open(folder.path(), LadderId(2)).unwrap();
    assert_eq!(journal.ladder(), LADDER, "a folder keeps its ladder");
    assert_eq!(folder.read(20), records(1..=20));
}

#[test]
fn a_cut_anywhere_in_the_last_frame_recovers_to_the_frame_before_it() {
    // The last frame of one segment, and the only frame of the last of several.
    for segment_bytes in [LARGE, 1] {
        let folder = Folder::written(segment_bytes, &[records(1..=2), records(3..=3), records(4..=6)]);
        let files = folder.files();
        let (path, whole) = files.last_key_value().unwrap();
        let frames = frames_of(whole);
        let [.., last, used] = frames[..] else { panic!("a frame") };
        for end in last..used {
            // The file ends there, or nothing was written from there on; a frame may end with zeros.
            let empty = [&whole[..end], &vec![0; whole.len() - end]].concat();
            for cut in [whole[..end].to_vec(), empty].into_iter().filter(|cut| cut != whole) {
                let mut cut_files = files.clone();
                cut_files.insert(path.clone(), cut);
                folder.put(&cut_files);
                let mut journal = folder.open().unwrap_or_else(|error| panic!("{end} bytes: {error}"));
                assert_eq!(journal.last(), Seq(3), "{end} of {used} bytes");
                let left = std::fs::read(path).unwrap();
                assert!(
                    left[..last] == whole[..last] && all_zero(&left[last..]),
                    "{end} bytes: the half is gone"
                );
                journal.append(&records(4..=6)).unwrap();
                assert!(folder.files() == files, "{end} bytes: the frame is written again as it was");
            }
        }
        folder.put(&files);
        assert_eq!(folder.open().unwrap().last(), Seq(6));
    }
}

#[test]
fn a_segment_that_was_not_whole_yet_is_made_anew() {
    let folder = Folder::written(1, &[records(1..=2), records(3..=3)]);
    let files = folder.files();
    let (path, whole) = files.last_key_value().unwrap();
    for end in 0..=SEGMENT_HEADER {
        let mut cut = files.clone();
        cut.insert(path.clone(), whole[..end].to_vec());
        folder.put(&cut);
        let mut journal = folder.open().unwrap();
        assert_eq!(journal.last(), Seq(2), "{end} bytes");
        journal.append(&records(3..=3)).unwrap();
        assert_eq!(folder.read(3), records(1..=3), "{end} bytes");
    }
    // Nothing but the beginning of the first one.
    folder.put(&BTreeMap::from([(folder.path().join("00000000000000000001.journal"), b"EVOJ".to_vec())]));
    assert_eq!(folder.open().unwrap().last(), Seq(0));
}

#[test]
fn a_flipped_bit_before_the_last_frame_is_damage_and_changes_nothing() {
    for segment_bytes in [LARGE, 1] {
        let folder = Folder::written(segment_bytes, &[records(1..=2), records(3..=4), records(5..=5)]);
        let files = folder.files();
        // The second frame: in the middle of the one segment, or alone in the second of three.
        let (path, whole) = files.iter().nth(if segment_bytes == 1 { 1 } else { 0 }).unwrap();
        let frames = frames_of(whole);
        let (start, end) = if segment_bytes == 1 { (frames[0], frames[1]) } else { (frames[1], frames[2]) };
        for at in start..end {
            for bit in 0..8 {
                let mut damaged = files.clone();
                damaged.get_mut(path).unwrap()[at] ^= 1 << bit;
                let what = format!("bit {bit} of byte {at}");
                let error = folder.refused(&damaged, &what);
                let JournalError::Damaged { path: named, offset, .. } = &error else {
                    panic!("{what}: {error}")
                };
                assert_eq!((named, *offset), (path, start as u64), "{what}");
                assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
            }
        }
    }
}

#[test]
fn a_flipped_bit_in_a_segments_header_is_damage_and_changes_nothing() {
    let folder = Folder::written(1, &[records(1..=2), records(3..=4), records(5..=5)]);
    let files = folder.files();
    for path in files.keys() {
        for at in 0..SEGMENT_HEADER - 4 {
            let mut damaged = files.clone();
            damaged.get_mut(path).unwrap()[at] ^= 1;
            let error = folder.refused(&damaged, &format!("byte {at}"));
            assert!(
                matches!(&error, JournalError::Damaged { path: named, offset: 0, .. } if named == path),
                "byte {at} of {}: {error}",
                path.display()
            );
        }
    }
}

#[test]
fn a_flipped_bit_in_the_last_frame_cuts_it() {
    let folder = Folder::written(LARGE, &[records(1..=2), records(3..=4)]);
    let files = folder.files();
    let (path, whole) = files.last_key_value().unwrap();
    let [_, last, end] = frames_of(whole)[..] else { panic!("two frames") };
    for at in last + 4..end {
        let mut damaged = files.clone();
        damaged.get_mut(path).unwrap()[at] ^= 0x40;
        folder.put(&damaged);
        assert_eq!(folder.open().unwrap().last(), Seq(2), "byte {at}");
        let left = std::fs::read(path).unwrap();
        assert!(left[..last] == whole[..last] && all_zero(&left[last..]), "byte {at}");
    }
    // A frame that was cut short has nothing behind the end that it says it has.
    let mut damaged = files.clone();
    damaged.get_mut(path).unwrap()[last] /= 2;
    let error = folder.refused(&damaged, "more than the last frame says it has");
    assert!(matches!(error, JournalError::Damaged { offset, .. } if offset == last as u64), "{error}");
}

#[test]
fn what_is_no_journal_of_this_build_and_ladder_is_refused_by_its_own_error() {
    let written = || Folder::written(1, &[records(1..=2), records(3..=4), records(5..=5)]);
    let foreign = Folder::new(1);
    let mut other = Journal::open_sized(foreign.path(), LadderId(2), 1).unwrap();
    [records(1..=2), records(3..=4), records(5..=5)]
        .iter()
        .for_each(|frame| assert!(other.append(frame).is_ok()));

    let folder = written();
    let paths = folder.segments();
    let mut files = folder.files();
    let foreign_bytes = std::fs::read(&foreign.segments()[1]).unwrap();
    files.insert(paths[1].clone(), foreign_bytes);
    let error = folder.refused(&files, "a foreign segment");
    assert!(
        matches!(&error, JournalError::ForeignSegment { path, expected: 0x1111, found: 2 } if *path == paths[1]),
        "{error}"
    );

    let mut files = written_into(&folder);
    files.remove(&paths[1]);
    let error = folder.refused(&files, "a gap");
    let JournalError::Gap { path, missing_from, next } = &error else { panic!("{error}") };
    assert_eq!((path, *missing_from, *next), (&paths[2], Seq(3), Seq(5)));
    assert!(error.to_string().contains("records 3 to 4 are missing"), "{error}");

    // The newest frame, and one with whole ones behind it.
    for at in [2, 1] {
        let mut files = written_into(&folder);
        let frame = &mut files.get_mut(&paths[at]).unwrap()[SEGMENT_HEADER..];
        frame[16..18].copy_from_slice(&(FORMAT + 1).to_le_bytes());
        seal(frame);
        let error = folder.refused(&files, "a newer format");
        assert!(
            matches!(&error, JournalError::NewerFormat { path, found } if *path == paths[at] && *found == FORMAT + 1),
            "{error}"
        );
    }

    /// The folder as it was written, by name.
    fn written_into(folder: &Folder) -> BTreeMap<PathBuf, Vec<u8>> {
        let fresh = Folder::written(1, &[records(1..=2), records(3..=4), records(5..=5)]);
        let here = |path: PathBuf| folder.path().join(path.file_name().unwrap());
        fresh.files().into_iter().map(|(path, bytes)| (here(path), bytes)).collect()
    }
}

#[test]
fn a_record_sent_again_is_acknowledged_if_it_is_the_same() {
    let folder = Folder::written(SMALL, &[records(1..=3), records(4..=6)]);
    // From memory, and as recovery remembers them.
    for _ in 0..2 {
        let mut journal = folder.open().unwrap();
        let before = folder.files();
        assert_eq!(journal.append(&records(2..=5)).unwrap(), Seq(6));
        assert!(folder.files() == before, "nothing is written for what is there");
        let other = Record { at: Timestamp(99), ..record(5) };
        let error = journal.append(&[record(4), other]).unwrap_err();
        assert!(matches!(error, JournalError::Conflict(Seq(5))), "{error}");
        assert!(folder.files() == before, "nothing is written of a conflict");
    }
    let mut journal = folder.open().unwrap();
    assert_eq!(journal.append(&records(5..=8)).unwrap(), Seq(8), "known and new ones in one batch");
    assert_eq!(folder.read(8), records(1..=8));
}

#[test]
fn a_record_twice_in_one_batch_is_stored_once() {
    let folder = Folder::new(SMALL);
    let mut journal = folder.open().unwrap();
    let twice = [records(1..=3), records(1..=3), records(2..=4)].concat();
    assert_eq!(journal.append(&twice).unwrap(), Seq(4));
    assert_eq!(folder.read(4), records(1..=4));
    let error = journal.append(&[record(5), Record { key: None, ..record(5) }]).unwrap_err();
    assert!(matches!(error, JournalError::Conflict(Seq(5))), "{error}");
    drop(journal);
    assert_eq!(folder.open().unwrap().last(), Seq(4));
}

#[test]
fn a_record_too_old_to_be_remembered_is_refused_when_it_is_sent_again() {
    let folder = Folder::new(LARGE);
    let mut journal = folder.open().unwrap();
    journal.append(&records(1..=40_000)).unwrap();
    journal.append(&records(40_001..=70_000)).unwrap();
    let forgotten = 70_000 - (1 << 16);
    assert!(matches!(journal.append(&records(1..=1)), Err(JournalError::Conflict(Seq(1)))));
    assert!(matches!(journal.append(&[record(forgotten)]), Err(JournalError::Conflict(Seq(_)))));
    assert_eq!(journal.append(&[record(forgotten + 1)]).unwrap(), Seq(70_000));
}

#[test]
fn a_record_out_of_order_is_refused_and_nothing_of_its_batch_is_stored() {
    let folder = Folder::written(SMALL, &[records(1..=2)]);
    let mut journal = folder.open().unwrap();
    let before = folder.files();
    for (batch, expected, found) in
        [(vec![record(4)], 3, 4), (vec![record(3), record(5)], 4, 5), (vec![record(u64::MAX)], 3, u64::MAX)]
    {
        match journal.append(&batch).unwrap_err() {
            JournalError::OutOfOrder { expected: at, found: sent } => {
                assert_eq!((at.0, sent.0), (expected, found));
            }
            error => panic!("{error}"),
        }
        assert!(folder.files() == before);
    }
    assert_eq!(journal.append(&[record(3)]).unwrap(), Seq(3));
}

#[test]
fn a_full_disk_stores_nothing_of_a_batch_and_the_journal_goes_on_when_there_is_room() {
    alone(
        "journal::a_full_disk_stores_nothing_of_a_batch_and_the_journal_goes_on_when_there_is_room",
        || {
            // The kernel cuts a write at the largest size a file may have, as it does where a disk ends.
            let mut signals = SigSet::empty();
            signals.add(Signal::SIGXFSZ);
            signals.thread_block().unwrap();
            let (_, hard) = getrlimit(Resource::RLIMIT_FSIZE).unwrap();
            let allow = |bytes| setrlimit(Resource::RLIMIT_FSIZE, bytes, hard).unwrap();

            let folder = Folder::new(LARGE);
            let mut journal = folder.open().unwrap();
            journal.append(&records(1..=2)).unwrap();
            let before = folder.files();
            let end = *frames_of(before.values().next().unwrap()).last().unwrap();
            for room in [0, 1, 19, 100, 5000] {
                allow((end + room) as u64);
                let error = journal.append(&[large_record(3, 10_000)]).unwrap_err();
                assert!(
                    matches!(error, JournalError::Disk { action: "write", .. }),
                    "{room} bytes left: {error}"
                );
                let (before, after) =
                    (before.values().next().unwrap(), folder.files().into_values().next().unwrap());
                assert!(after[..] == before[..end], "{room} bytes left: the half frame is taken back");
                assert_eq!(journal.last(), Seq(2));
            }
            // A smaller record fits; the next one has room again.
            assert_eq!(journal.append(&[record(3)]).unwrap(), Seq(3));
            allow(hard);
            assert_eq!(journal.append(&records(4..=5)).unwrap(), Seq(5));
            assert_eq!(folder.read(5), records(1..=5));
            drop(journal);
            assert_eq!(folder.open().unwrap().last(), Seq(5), "recovery finds what was acknowledged");

            // No room for the header of the next segment, or for what is taken beforehand.
            let mut room = vec![0, 10, SEGMENT_HEADER as u64];
            for seq in 6..=8 {
                let segment_bytes = if seq == 8 { 1 << 30 } else { 1 };
                let mut journal = Journal::open_sized(folder.path(), LADDER, segment_bytes).unwrap();
                // More than is left of the segment there is.
                let record = large_record(seq, 100_000);
                allow(room.pop().unwrap());
                journal.append(std::slice::from_ref(&record)).unwrap_err();
                assert_eq!(journal.last(), Seq(seq - 1));
                allow(hard);
                drop(journal);
                assert_eq!(folder.open().unwrap().last(), Seq(seq - 1));
                let mut journal = Journal::open_sized(folder.path(), LADDER, segment_bytes).unwrap();
                assert_eq!(journal.append(&[record]).unwrap(), Seq(seq));
            }
            assert_eq!(folder.read(5), records(1..=5));
            assert_eq!(folder.read(8).len(), 8);
            assert_eq!(folder.open().unwrap().last(), Seq(8));
        },
    );
}

#[test]
fn batches_of_many_threads_are_each_acknowledged_once_and_in_order() {
    const THREADS: u64 = 8;
    const BATCHES: u64 = 200;
    let folder = Folder::new(10_000);
    let commits = Commits::start(folder.open().unwrap(), |error| panic!("{error}"));
    let (told, acknowledged) = mpsc::channel();
    let next = Mutex::new(1);
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (commits, told, next) = (commits.clone(), told.clone(), &next);
            scope.spawn(move || {
                for batch in 0..BATCHES {
                    // Records are numbered and handed over by one hand at a time, as a backend does.
                    let mut next = next.lock().unwrap();
                    let last = *next + (thread + batch) % 3;
                    let told = told.clone();
                    let done = move |synced: Result<Seq, String>| told.send((last, synced.unwrap())).unwrap();
                    commits.append(&records(*next..=last), done).unwrap();
                    *next = last + 1;
                }
            });
        }
    });
    drop((commits, told));
    let all: Vec<(u64, Seq)> = acknowledged.iter().collect();
    let last = next.into_inner().unwrap() - 1;
    assert_eq!(all.len() as u64, THREADS * BATCHES, "each batch once");
    assert!(all.is_sorted(), "in the order they were handed over");
    for (batch, synced) in &all {
        assert!(synced.0 >= *batch && synced.0 <= last, "{batch} was acknowledged with {synced} on disk");
    }
    assert_eq!(folder.read(last), records(1..=last));
    assert_eq!(folder.reopen().last(), Seq(last));
}

#[test]
fn a_refused_batch_is_told_and_the_next_one_is_taken() {
    let folder = Folder::new(SMALL);
    let commits = Commits::start(folder.open().unwrap(), |error| panic!("{error}"));
    let append = |batch: Vec<Record>| {
        let (told, answer) = mpsc::channel();
        commits.append(&batch, move |synced| told.send(synced).unwrap()).unwrap();
        answer.recv().unwrap()
    };
    assert_eq!(append(records(1..=2)), Ok(Seq(2)));
    assert_eq!(append(records(4..=4)), Err("record 4 was sent where 3 follows".to_owned()));
    assert_eq!(append(records(3..=4)), Ok(Seq(4)));
    assert_eq!(folder.read(4), records(1..=4));
}

#[test]
fn a_conflict_ends_all_writing() {
    let folder = Folder::new(SMALL);
    let (fatal, failed) = mpsc::channel();
    let commits = Commits::start(folder.open().unwrap(), move |error| fatal.send(error).unwrap());
    let (told, answer) = mpsc::channel();
    let tell = told.clone();
    commits.append(&records(1..=2), move |synced| tell.send(synced).unwrap()).unwrap();
    assert_eq!(answer.recv().unwrap(), Ok(Seq(2)));
    let other = Record { key: None, ..record(2) };
    commits.append(&[other], move |synced| told.send(synced).unwrap()).unwrap();
    assert!(matches!(failed.recv().unwrap(), JournalError::Conflict(Seq(2))));
    assert!(answer.recv().is_err(), "a conflict is not acknowledged");
    assert_eq!(folder.read(2), records(1..=2));
}
