//! Segments as files: room taken beforehand, whole ones removed at the front, one process at a time.

use super::{
    FRAME_HEADER, Folder, LADDER, LARGE, SEGMENT_HEADER, SMALL, all_zero, frames_of, record, records, seal,
};
use evoladder::journal::commit::Commits;
use evoladder::journal::reader::Reader;
use evoladder::journal::{Journal, JournalError};
use ipc_schema::db_writer::Record;
use ipc_schema::ids::Seq;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;

/// Twenty frames of a record in segments of a few.
fn written() -> Folder {
    let folder = Folder::written(SMALL, &(1..=20).map(|seq| records(seq..=seq)).collect::<Vec<_>>());
    assert!(folder.segments().len() > 4, "this test is about several segments");
    folder
}

/// The first record of each segment, by its name.
fn firsts(folder: &Folder) -> Vec<u64> {
    let name = |path: &Path| path.file_stem().unwrap().to_str().unwrap().parse().unwrap();
    folder.segments().iter().map(|path| name(path)).collect()
}

#[test]
fn a_segment_takes_its_room_beforehand_and_keeps_it() {
    let folder = Folder::new(LARGE);
    for seq in 1..=3 {
        let mut journal = folder.open().unwrap();
        let path = &folder.segments()[0];
        assert_eq!(std::fs::metadata(path).unwrap().len(), LARGE, "before record {seq}");
        journal.append(&[record(seq)]).unwrap();
        let bytes = std::fs::read(path).unwrap();
        assert_eq!(bytes.len() as u64, LARGE, "the file does not grow");
        let frames = frames_of(&bytes);
        assert_eq!(frames.len() as u64 - 1, seq);
        assert!(all_zero(&bytes[*frames.last().unwrap()..]));
    }
}

#[test]
fn a_segment_is_filled_before_the_next_one_is_made() {
    let folder = written();
    for path in &folder.segments()[..2] {
        let bytes = std::fs::read(path).unwrap();
        let frames = frames_of(&bytes);
        let longest = frames.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap();
        let end = *frames.last().unwrap();
        assert!(end as u64 <= SMALL && (end + longest) as u64 > SMALL, "{end} bytes used of {SMALL}");
    }
    // A frame larger than a segment has one of its own.
    let mut journal = folder.open().unwrap();
    journal.append(&records(21..=60)).unwrap();
    journal.append(&[record(61)]).unwrap();
    assert_eq!(firsts(&folder)[firsts(&folder).len() - 2..], [21, 61]);
    assert_eq!(folder.read(61), records(1..=61));
}

#[test]
fn trimming_removes_whole_segments_below_and_never_the_newest() {
    for before in 0..=30 {
        let folder = written();
        let all = firsts(&folder);
        let mut journal = folder.open().unwrap();
        let expected = *all.iter().filter(|first| **first <= before).max().unwrap_or(&1);
        assert_eq!(journal.trim(Seq(before)).unwrap(), Seq(expected), "before {before}");
        assert_eq!((journal.first(), journal.last()), (Seq(expected), Seq(20)));
        assert_eq!(firsts(&folder), all.into_iter().filter(|first| *first >= expected).collect::<Vec<_>>());

        // It goes on, and is found again as it is.
        journal.append(&[record(21)]).unwrap();
        drop(journal);
        let mut journal = folder.open().unwrap();
        assert_eq!((journal.first(), journal.last()), (Seq(expected), Seq(21)));
        assert_eq!(journal.append(&[record(21)]).unwrap(), Seq(21), "a record sent again is known");
        let read = |after: u64| Reader::new(folder.path(), Seq(after)).read(Seq(21), usize::MAX);
        assert_eq!(read(expected - 1).unwrap(), records(expected..=21));
        if expected > 1 {
            let error = read(expected - 2).unwrap_err();
            assert!(
                matches!(error, JournalError::Trimmed { asked, first } if asked.0 == expected - 1 && first.0 == expected),
                "{error}"
            );
        }
    }
}

#[test]
fn a_segment_without_a_record_does_not_make_the_one_before_it_superfluous() {
    let folder = Folder::written(1, &[records(1..=2), records(3..=3)]);
    let (path, whole) = folder.files().into_iter().next_back().unwrap();
    std::fs::write(&path, &whole[..SEGMENT_HEADER]).unwrap();
    let mut journal = folder.open().unwrap();
    assert_eq!(journal.trim(Seq(3)).unwrap(), Seq(1));
    assert_eq!(folder.read(2), records(1..=2));
}

#[test]
fn a_reader_goes_on_over_the_removal_of_what_it_has_read() {
    let folder = written();
    let mut journal = folder.open().unwrap();
    let mut reader = Reader::new(folder.path(), Seq(0));
    let mut found = Vec::new();
    while reader.after() < Seq(20) {
        found.extend(reader.read(Seq(20), 1).unwrap());
        journal.trim(reader.after()).unwrap();
    }
    assert_eq!(found, records(1..=20));
    assert!(journal.first() > Seq(15));
}

#[test]
fn trimming_waits_its_turn_among_appends() {
    let folder = Folder::new(SMALL);
    let commits = Commits::start(folder.open().unwrap(), |error| panic!("{error}"));
    let (told, answers) = mpsc::channel();
    for seq in 1..=20 {
        let tell = told.clone();
        commits.append(&records(seq..=seq), move |synced| tell.send(("synced", synced)).unwrap()).unwrap();
        let tell = told.clone();
        commits.trim(Seq(seq), move |first| tell.send(("first", first)).unwrap()).unwrap();
    }
    drop((commits, told));
    let answers: Vec<_> = answers.iter().collect();
    assert_eq!(answers.len(), 40, "each is answered once");
    for (at, (what, seq)) in answers.iter().enumerate() {
        let seq = seq.as_ref().unwrap().0;
        match *what {
            "synced" => assert_eq!((at % 2, seq), (0, at as u64 / 2 + 1)),
            _ => assert!(seq <= at as u64 / 2 + 1 && seq + 5 > at as u64 / 2, "{at}: {seq}"),
        }
    }
    assert_eq!(folder.reopen().last(), Seq(20));
}

#[test]
fn a_gap_is_legal_at_the_front_alone() {
    let folder = written();
    let files = folder.files();
    let segments = folder.segments();
    for gone in 0..segments.len() - 1 {
        let mut left = files.clone();
        left.remove(&segments[gone]);
        if gone == 0 {
            folder.put(&left);
            let journal = folder.open().unwrap();
            assert_eq!((journal.first().0, journal.last()), (firsts(&folder)[0], Seq(20)));
        } else {
            let error = folder.refused(&left, "a gap in the middle");
            assert!(
                matches!(&error, JournalError::Gap { path, .. } if *path == segments[gone + 1]),
                "{error}"
            );
        }
    }
}

#[test]
fn what_a_later_segment_holds_again_counts_there() {
    let folder = Folder::written(LARGE, &(1..=9).map(|seq| records(seq..=seq)).collect::<Vec<_>>());
    let (path, whole) = folder.files().into_iter().next().unwrap();
    let frames = frames_of(&whole);
    // A second segment that begins with record 7, as after a failed sync. Its record 9 is another one:
    // the first was refused, and something else was decided then.
    let decided_later = Record { key: None, ..record(9) };
    let mut second = whole[..SEGMENT_HEADER].to_vec();
    second[16..24].copy_from_slice(&7_u64.to_le_bytes());
    let checksum = crc32c::crc32c(&second[..24]);
    second[24..28].copy_from_slice(&checksum.to_le_bytes());
    second.extend_from_slice(&whole[frames[6]..frames[8]]);
    let stored = ipc_schema::frame::to_bytes(&decided_later);
    let length = |bytes: usize| u32::try_from(bytes).unwrap().to_le_bytes();
    let mut frame = whole[frames[8]..frames[8] + FRAME_HEADER].to_vec();
    frame[..4].copy_from_slice(&length(4 + stored.len()));
    frame.extend(length(stored.len()));
    frame.extend(stored);
    seal(&mut frame);
    second.extend(frame);
    let expected = [records(1..=8), vec![decided_later]].concat();
    let second_path = path.with_file_name("00000000000000000007.journal");
    // Whatever became of what was written again.
    for fill in [None, Some(0), Some(0xff)] {
        let mut first = whole.clone();
        if let Some(byte) = fill {
            first[frames[6]..].fill(byte);
        }
        std::fs::write(&path, first).unwrap();
        std::fs::write(&second_path, &second).unwrap();
        assert_eq!(folder.read(9), expected, "{fill:?}");
        let mut journal = folder.open().unwrap();
        assert_eq!((journal.first(), journal.last()), (Seq(1), Seq(9)), "{fill:?}");
        assert_eq!(journal.append(&expected[5..]).unwrap(), Seq(9), "{fill:?}: known");
        assert_eq!(folder.read(9), expected, "{fill:?}");
    }
    // Not so what only the first one holds.
    let mut first = whole;
    first[frames[5] + 30] ^= 1;
    std::fs::write(&path, first).unwrap();
    let error = folder.open().unwrap_err();
    assert!(matches!(error, JournalError::Damaged { offset, .. } if offset == frames[5] as u64), "{error}");
}

/// Run by [`only_one_process_may_append`], in a process of its own.
#[test]
fn holder() {
    let Some(dir) = std::env::var_os("EVOLADDER_TEST_HOLDER") else { return };
    let mut journal = Journal::open_sized(Path::new(&dir), LADDER, LARGE).unwrap();
    journal.append(&[record(1)]).unwrap();
    println!("\nholding");
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
    journal.append(&[record(2)]).unwrap();
}

#[test]
fn only_one_process_may_append() {
    let folder = Folder::new(LARGE);
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "journal::segments::holder", "--nocapture"])
        .env("EVOLADDER_TEST_HOLDER", folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(said.any(|line| line.unwrap() == "holding"));
    let before = folder.files();
    let error = folder.open().unwrap_err();
    assert!(matches!(&error, JournalError::InUse { dir } if dir == folder.path()), "{error}");
    assert!(error.to_string().contains("in use by another process"), "{error}");
    assert!(folder.files() == before);
    assert_eq!(folder.read(1), records(1..=1), "reading needs no lock");
    child.stdin.take().unwrap().write_all(b"go on\n").unwrap();
    assert!(child.wait().unwrap().success());
    let journal = folder.open().unwrap();
    assert_eq!(journal.last(), Seq(2));
    let error = folder.open().unwrap_err();
    assert!(matches!(error, JournalError::InUse { .. }), "not twice in one process either: {error}");
}
