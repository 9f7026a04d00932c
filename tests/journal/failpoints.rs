//! Everything that can go wrong on the way of a record into the journal, at each step: what was
//! acknowledged is there afterwards, what was refused is not, nothing twice and no gap.
//!
//! Each case is a process of its own, which appends as a backend does and says what it was told.

use super::{Folder, LADDER, LARGE, frames_of, large_record, records};
use crate::wire::alone::alone;
use evoladder::failpoint::{Fault, was_hit};
use evoladder::journal::Journal;
use evoladder::journal::commit::Commits;
use evoladder::journal::reader::Reader;
use ipc_schema::db_writer::Record;
use ipc_schema::ids::{Key, Seq};
use nix::errno::Errno;
use nix::sys::signal::Signal;
use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;

/// Several segments in one case, or one.
const SMALL: u64 = 500;

/// The last record that a case appends.
const LAST: u64 = 60;

/// No frame of these tests is longer.
const FRAME_BYTES: usize = 400;

/// Records kept when it trims.
const KEPT: u64 = 20;

const EIO: Fault = Fault::Error(Errno::EIO as i32);
const ENOSPC: Fault = Fault::Error(Errno::ENOSPC as i32);

/// Every place, and what can happen there.
const PLACES: [(&str, &[Fault]); 10] = [
    ("journal: sync at open", &[Fault::Kill, EIO]),
    ("journal: write", &[Fault::Kill, EIO, ENOSPC]),
    ("journal: half written", &[Fault::Kill, EIO, ENOSPC]),
    ("journal: sync", &[Fault::Kill, EIO, ENOSPC]),
    ("journal: before acknowledging", &[Fault::Kill]),
    ("journal: make segment", &[Fault::Kill, EIO, ENOSPC]),
    ("journal: name segment", &[Fault::Kill, EIO]),
    ("journal: sync folder", &[Fault::Kill, EIO]),
    ("journal: trim", &[Fault::Kill, EIO]),
    ("journal: trimmed", &[Fault::Kill, EIO]),
];

/// A record of one attempt to append it; after a refusal something else is decided.
fn decided(seq: u64, attempt: u64) -> Record {
    Record { key: Some(Key::Interaction(attempt)), ..super::record(seq) }
}

/// The backend of a case: appends, trims, goes on after refusals, and says all of it.
#[test]
fn writer() {
    let Some(dir) = std::env::var_os("EVOLADDER_TEST_WRITER") else { return };
    let faults = std::env::var("EVOLADDER_TEST_FAULTS").unwrap();
    let segment_bytes = std::env::var("EVOLADDER_TEST_SEGMENT").unwrap().parse().unwrap();
    let mut names = Vec::new();
    for fault in faults.split(';') {
        let [name, skip, times, error] = fault.split('|').collect::<Vec<_>>()[..] else { panic!("{fault}") };
        let name: &'static str = Box::leak(name.to_owned().into_boxed_str());
        let fault = error.parse().map_or(Fault::Kill, Fault::Error);
        fault.set(name, skip.parse().unwrap(), times.parse().unwrap());
        names.push(name);
    }
    let journal = loop {
        match Journal::open_sized(Path::new(&dir), LADDER, segment_bytes) {
            Ok(journal) => break journal,
            Err(error) => println!("\nunopened {error:?}"),
        }
    };
    let (mut next, mut attempt) = (journal.last().0 + 1, 0);
    let commits = Commits::start(journal, |error| panic!("{error}"));
    while next <= LAST {
        let last = next + next % 4;
        println!("\nsent {next} {last} {attempt}");
        let (told, answer) = mpsc::channel();
        let tell = told.clone();
        let batch: Vec<Record> = (next..=last).map(|seq| decided(seq, attempt)).collect();
        commits.append(&batch, move |synced| tell.send(synced).unwrap()).unwrap();
        match answer.recv().unwrap() {
            Ok(synced) => {
                assert_eq!(synced, Seq(last));
                println!("acknowledged");
                next = last + 1;
            }
            Err(reason) => {
                println!("refused {reason}");
                attempt += 1;
            }
        }
        let before = Seq((next - 1).saturating_sub(KEPT));
        commits.trim(before, move |first| told.send(first).unwrap()).unwrap();
        println!("trimmed {:?}", answer.recv().unwrap());
    }
    names.iter().for_each(|name| println!("hit {name} {}", was_hit(name)));
    println!("done");
}

/// What a case was told, in order.
#[derive(Default)]
struct Told {
    /// By record, the attempt that was acknowledged.
    acknowledged: BTreeMap<u64, u64>,
    /// What was sent and not answered.
    unanswered: Option<(u64, u64, u64)>,
    refused: u32,
    signal: Option<i32>,
    said: String,
}

fn run(folder: &Folder, faults: &str) -> Told {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "journal::failpoints::writer", "--nocapture"])
        .env("EVOLADDER_TEST_WRITER", folder.path())
        .env("EVOLADDER_TEST_SEGMENT", folder.segment_bytes.to_string())
        .env("EVOLADDER_TEST_FAULTS", faults)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let mut told = Told { signal: output.status.signal(), ..Told::default() };
    for line in said.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let number = |at: usize| words[at].parse().unwrap();
        match words[0] {
            "sent" => told.unanswered = Some((number(1), number(2), number(3))),
            "acknowledged" => {
                let (first, last, attempt) = told.unanswered.take().unwrap();
                told.acknowledged.extend((first..=last).map(|seq| (seq, attempt)));
            }
            "refused" => {
                told.unanswered = None;
                told.refused += 1;
            }
            "hit" => assert!(line.ends_with("true"), "{faults}: it never happened"),
            _ => {}
        }
    }
    let ended = said.lines().any(|line| line == "done");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(ended != told.signal.is_some(), "{faults}: {}\n{said}{errors}", output.status);
    told.said = said;
    told
}

/// What is in the folder is what was told, and it can be gone on with.
fn check(folder: &Folder, told: &Told, faults: &str) {
    let mut journal = folder.open().unwrap_or_else(|error| panic!("{faults}: {error}"));
    let (first, last) = (journal.first(), journal.last());
    let stored = Reader::new(folder.path(), Seq(first.0 - 1)).read(last, usize::MAX).unwrap();
    let seqs: Vec<u64> = stored.iter().map(|record| record.seq.0).collect();
    assert_eq!(seqs, (first.0..=last.0).collect::<Vec<_>>(), "{faults}: each once, and no gap");
    let acknowledged = told.acknowledged.keys().next_back().copied().unwrap_or(0);
    assert!(acknowledged <= last.0, "{faults}: {acknowledged} was acknowledged, {last} is there");
    assert!(first.0 <= acknowledged.saturating_sub(KEPT).max(1), "{faults}: {first} is too far");
    for record in &stored {
        let attempt = match told.unanswered {
            Some((first, last, attempt)) if (first..=last).contains(&record.seq.0) => attempt,
            _ => *told.acknowledged.get(&record.seq.0).unwrap_or_else(|| panic!("{faults}: {}", record.seq)),
        };
        assert_eq!(record, &decided(record.seq.0, attempt), "{faults}: what was acknowledged");
    }
    match told.unanswered {
        // One frame: whole, or not there. A backend sends it again.
        Some((first, last, attempt)) => {
            assert!([first - 1, last].contains(&journal.last().0), "{faults}: {} is there", journal.last());
            let again: Vec<Record> = (first..=last).map(|seq| decided(seq, attempt)).collect();
            assert_eq!(journal.append(&again).unwrap(), Seq(last), "{faults}");
        }
        None => assert_eq!(last.0, acknowledged, "{faults}: what was refused is not there"),
    }
    let last = journal.last().0;
    assert_eq!(journal.append(&records(last + 1..=last + 9)).unwrap(), Seq(last + 9), "{faults}");
    drop(journal);
    assert_eq!(folder.open().unwrap().last(), Seq(last + 9), "{faults}");
}

fn fault(name: &str, skip: u32, times: u32, fault: Fault) -> String {
    let error = match fault {
        Fault::Error(number) => number.to_string(),
        Fault::Kill | Fault::KillAfter(_) => "kill".to_owned(),
    };
    format!("{name}|{skip}|{times}|{error}")
}

#[test]
fn the_promise_holds_wherever_it_breaks() {
    let mut cases = Vec::new();
    for (name, faults) in PLACES {
        for kind in faults {
            let skips: &[u32] = if name.ends_with("open") { &[0] } else { &[0, 1, 4] };
            cases.extend(skips.iter().map(|skip| (fault(name, *skip, 1, *kind), *kind)));
        }
        if faults.contains(&ENOSPC) {
            // A disk that stays full for a while.
            cases.push((fault(name, 2, 5, ENOSPC), ENOSPC));
        }
    }
    assert!(cases.len() > 50);
    std::thread::scope(|scope| {
        for cases in cases.chunks(cases.len().div_ceil(2)) {
            scope.spawn(move || {
                for (faults, kind) in cases {
                    let folder = Folder::new(SMALL);
                    let told = run(&folder, faults);
                    let killed = (*kind == Fault::Kill).then_some(Signal::SIGKILL as i32);
                    assert_eq!(told.signal, killed, "{faults}:\n{}", told.said);
                    check(&folder, &told, faults);
                }
            });
        }
    });
}

#[test]
fn a_failed_sync_is_made_good_in_a_new_segment_and_nobody_is_refused() {
    for (skip, kind) in [(0, EIO), (3, EIO), (11, EIO), (3, ENOSPC)] {
        let faults = fault("journal: sync", skip, 1, kind);
        let folder = Folder::new(SMALL);
        let told = run(&folder, &faults);
        assert_eq!((told.refused, told.signal), (0, None), "{faults}:\n{}", told.said);
        check(&folder, &told, &faults);
    }
}

#[test]
fn how_far_a_refused_append_came_is_known() {
    alone("journal::failpoints::how_far_a_refused_append_came_is_known", || {
        let folder = Folder::new(LARGE * 256);
        let commits = Commits::start(folder.open().unwrap(), |error| panic!("{error}"));
        // Forty records of 100 KB are two frames, and the second finds no room.
        ENOSPC.set("journal: write", 1, 1);
        let (told, answer) = mpsc::channel();
        let batch: Vec<Record> = (1..=40).map(|seq| large_record(seq, 100_000)).collect();
        commits.append(&batch, move |result| told.send(result).unwrap()).unwrap();
        assert!(answer.recv().unwrap().is_err());
        let synced = commits.synced();
        assert!(Seq(0) < synced && synced < Seq(40), "{synced}");
        drop(commits);
        // The thread lets go of the folder when it has heard that nobody is left.
        let stored = folder.read(synced.0);
        assert_eq!(stored.last().unwrap().seq, synced);
    });
}

#[test]
fn what_shared_the_disk_with_a_failed_sync_is_not_needed_any_more() {
    alone("journal::failpoints::what_shared_the_disk_with_a_failed_sync_is_not_needed_any_more", || {
        let folder = Folder::new(LARGE * 16);
        let mut journal = folder.open().unwrap();
        for seq in 1..=1000 {
            journal.append(&[large_record(seq, 150)]).unwrap();
        }
        let mut reader = Reader::new(folder.path(), Seq(0));
        assert_eq!(reader.read(Seq(1000), usize::MAX).unwrap().len(), 1000);
        EIO.set("journal: sync", 0, 1);
        assert_eq!(journal.append(&records(1001..=1003)).unwrap(), Seq(1003));
        assert!(was_hit("journal: sync"));
        // The disk has neither the frame nor anything else of the 64 KiB before it.
        let [old, new] = &folder.segments()[..] else { panic!("two segments") };
        let mut bytes = std::fs::read(old).unwrap();
        let end = *frames_of(&bytes).last().unwrap();
        let kept = end - FRAME_BYTES - (64 << 10);
        assert!(kept > 64 << 10, "and something is only there: {end}");
        bytes[kept..].fill(0xff);
        std::fs::write(old, bytes).unwrap();
        assert!(std::fs::read(new).unwrap().len() > 64 << 10);
        assert_eq!(
            reader.read(Seq(1003), usize::MAX).unwrap(),
            records(1001..=1003),
            "a reader goes on over it"
        );
        journal.append(&records(1004..=1004)).unwrap();
        drop(journal);
        assert_eq!(folder.open().unwrap().last(), Seq(1004));
        let stored = folder.read(1004);
        assert!(stored.iter().zip(1..).all(|(record, seq)| record.seq.0 == seq));
        assert_eq!(stored.len(), 1004);
    });
}

#[test]
fn a_new_segment_that_cannot_be_made_either_refuses_until_there_is_room() {
    for skip in [0, 3, 11] {
        let folder = Folder::new(LARGE);
        // The first segment is made when the folder is opened.
        let full = fault("journal: make segment", 1, 4, ENOSPC);
        let faults = format!("{};{full}", fault("journal: sync", skip, 1, EIO));
        let told = run(&folder, &faults);
        assert_eq!((told.refused, told.signal), (4, None), "{faults}:\n{}", told.said);
        check(&folder, &told, &faults);
    }
}

#[test]
fn a_refused_frame_does_not_come_back_when_the_writer_dies_before_there_is_room() {
    let folder = Folder::new(LARGE);
    let full = fault("journal: make segment", 1, 3, ENOSPC);
    let faults = [fault("journal: sync", 3, 1, EIO), full, fault("journal: make segment", 1, 1, Fault::Kill)];
    let told = run(&folder, &faults.join(";"));
    assert_eq!((told.refused, told.signal), (3, Some(Signal::SIGKILL as i32)), "{}", told.said);
    // The last one is unanswered, and nothing of it is there.
    check(&folder, &told, "a kill while the disk is full");
}

#[test]
fn a_new_segment_that_may_have_its_name_or_not_ends_the_process() {
    for place in ["journal: name segment", "journal: sync folder"] {
        let folder = Folder::new(LARGE);
        let faults = format!("{};{}", fault("journal: sync", 3, 1, EIO), fault(place, 1, 1, EIO));
        let told = run(&folder, &faults);
        assert_eq!(told.signal, Some(Signal::SIGABRT as i32), "{faults}:\n{}", told.said);
        check(&folder, &told, &faults);
    }
}
