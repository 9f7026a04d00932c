//! Whatever breaks while a snapshot is made or the journal is trimmed: the newest snapshot that is whole
//! and the journal behind it are the ladder of all records. Each case is a process of its own.

use super::{LADDER, folded};
use crate::simulation::crowd::records_of_an_evening;
use evoladder::db_writer::snapshots::Task;
use evoladder::failpoint::{Fault, was_hit};
use evoladder::journal::Journal;
use evoladder::journal::reader::Reader;
use evoladder::snapshot;
use evoladder::snapshot::fold::Folded;
use ipc_schema::db_writer::Record;
use ipc_schema::ids::Seq;
use nix::errno::Errno;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

const EIO: Fault = Fault::Error(Errno::EIO as i32);
const ENOSPC: Fault = Fault::Error(Errno::ENOSPC as i32);

/// Every place, how often it is passed by one snapshot of these tests at least, and what can happen there.
const PLACES: [(&str, &[u32], &[Fault]); 7] = [
    ("snapshot: write", &[0, 1, 9, 70], &[Fault::Kill, EIO, ENOSPC]),
    ("snapshot: before its header", &[0, 1, 3], &[Fault::Kill, EIO, ENOSPC]),
    ("snapshot: sync", &[0, 1, 3], &[Fault::Kill, EIO, ENOSPC]),
    ("snapshot: name", &[0, 1, 3], &[Fault::Kill, EIO]),
    ("snapshot: sync folder", &[0, 1, 3], &[Fault::Kill, EIO]),
    ("journal: trim", &[0, 3], &[Fault::Kill, EIO]),
    ("journal: trimmed", &[0, 3], &[Fault::Kill, EIO]),
];

const SEGMENT: u64 = 4 << 10;
const EACH: usize = 40;

fn history() -> Vec<Record> {
    records_of_an_evening(5, 6, 25)
}

fn folders(root: &Path) -> (PathBuf, PathBuf) {
    (root.join("snapshots"), root.join("journal"))
}

/// A db-writer, as far as it makes snapshots: appends, makes one, trims, and says what is stored.
#[test]
fn maker() {
    let Some(root) = std::env::var_os("EVOLADDER_TEST_MAKER") else { return };
    let (dir, journal_dir) = folders(Path::new(&root));
    let fault = std::env::var("EVOLADDER_TEST_FAULT").unwrap();
    let [name, skip, error] = fault.split('|').collect::<Vec<_>>()[..] else { panic!("{fault}") };
    let name: &'static str = Box::leak(name.to_owned().into_boxed_str());
    let kind = error.parse().map_or(Fault::Kill, Fault::Error);
    kind.set(name, skip.parse().unwrap(), 1);
    let mut journal = Journal::open_sized(&journal_dir, LADDER, SEGMENT).unwrap();
    let (mut newest, mut older) = (None, None);
    let mut refused = 0;
    for records in history().chunks(EACH) {
        records.chunks(1).for_each(|record| assert!(journal.append(record).is_ok()));
        println!("\nstored {}", journal.last());
        let (dir, through) = (dir.clone(), journal.last());
        let task = Task { dir, journal: journal_dir.clone(), ladder: LADDER, base: newest.clone(), through };
        match task.make() {
            Ok(made) => {
                older = newest.replace(Arc::new(made));
                let before = older.as_ref().map_or(Seq(0), |older| Seq(older.seq().0 + 1));
                refused += u32::from(journal.trim(before).is_err());
            }
            Err(_) => refused += 1,
        }
    }
    assert!(was_hit(name), "{fault} never happened");
    assert_eq!(refused, 1, "{fault}: what failed once is done the next time");
    assert!(journal.first() > Seq(1), "something was trimmed");
    assert_eq!(newest.unwrap().seq(), journal.last());
    assert!(older.is_some());
    println!("done");
}

#[test]
fn the_ladder_is_there_wherever_it_breaks() {
    let history = history();
    let mut cases = Vec::new();
    for (name, skips, faults) in PLACES {
        for kind in faults {
            let error = match kind {
                Fault::Error(number) => number.to_string(),
                Fault::Kill | Fault::KillAfter(_) => "kill".to_owned(),
            };
            cases.extend(skips.iter().map(|skip| (format!("{name}|{skip}|{error}"), *kind)));
        }
    }
    assert!(cases.len() > 40 && history.len() > 6 * EACH, "{} of {}", cases.len(), history.len());
    for (case, kind) in cases {
        let root = tempfile::tempdir().unwrap();
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "snapshots::failpoints::maker", "--nocapture"])
            .env("EVOLADDER_TEST_MAKER", root.path())
            .env("EVOLADDER_TEST_FAULT", &case)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let killed = output.status.signal() == Some(9);
        assert_eq!(killed, kind == Fault::Kill, "{case}: {said}{}", String::from_utf8_lossy(&output.stderr));
        assert!(killed || said.contains("done"), "{case}: {said}");
        let stored = said.lines().filter_map(|line| line.strip_prefix("stored ")).next_back();
        let stored: u64 = stored.unwrap().parse().unwrap();

        let (dir, journal_dir) = folders(root.path());
        let journal = Journal::open_sized(&journal_dir, LADDER, SEGMENT).unwrap();
        assert_eq!(journal.last().0, stored, "{case}");
        snapshot::remove_unborn(&dir).unwrap();
        let found = snapshot::whole(&dir).unwrap();
        assert!(found.len() <= 3, "{case}: {} are kept", found.len());
        // A load may begin with the newest one, and were that damaged, with the one before it.
        let begins = (0..found.len().min(2)).map(Some).chain((journal.first() == Seq(1)).then_some(None));
        let mut loads = 0;
        for begin in begins {
            let base = begin.map(|at| &found[at]);
            let mut ladder = base.map_or_else(Folded::default, |base| Folded::load(base).unwrap());
            let rest = Reader::new(&journal_dir, ladder.seq()).read(journal.last(), usize::MAX);
            ladder.take(rest.unwrap_or_else(|error| panic!("{case}: {error}")));
            let all = folded(&history[..usize::try_from(stored).unwrap()]);
            assert!(ladder.ladder() == all.ladder(), "{case}: from {begin:?}");
            loads += 1;
        }
        assert!(loads > 0, "{case}");
        let files = std::fs::read_dir(&dir).map_or(0, Iterator::count);
        assert_eq!(files, found.len(), "{case}: nothing else is left in the folder");
    }
}
