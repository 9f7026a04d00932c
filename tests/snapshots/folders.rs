//! Data folders of which something is lost, damaged, foreign or from another time.

use super::{LADDER, folded, same, stored};
use crate::simulation::crowd::records_of_an_evening;
use crate::wire::alone::block_on;
use evoladder::audit;
use evoladder::config::Durability;
use evoladder::db_writer::lease::Terms;
use evoladder::db_writer::{self, DATABASE, JOURNAL, Opened, Opening, SNAPSHOTS};
use evoladder::journal::Journal;
use evoladder::journal::reader::Reader;
use evoladder::snapshot::fold::Folded;
use evoladder::store::{Database, Store};
use ipc_schema::db_writer::Record;
use ipc_schema::ids::{LadderId, Seq};
use ipc_schema::vocab::Timestamp;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// How far the folder is, and where the journal begins once it is trimmed.
const LAST: usize = 200;
const FIRST: u64 = 81;

fn history() -> Vec<Record> {
    let mut records = records_of_an_evening(6, 6, 20);
    assert!(records.len() > LAST);
    records.truncate(LAST);
    records
}

struct Data(TempDir);

impl Data {
    /// Whole in each of the three, and the journal trimmed.
    fn new() -> Data {
        let data = Data(tempfile::tempdir().unwrap());
        data.append(&history(), LADDER);
        assert_eq!(data.journal(LADDER).trim(Seq(FIRST)).unwrap(), Seq(FIRST));
        data.database(&history(), LADDER);
        for at in [100, 150] {
            stored(&data.snapshots(), &history()[..at]);
        }
        data
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn snapshots(&self) -> PathBuf {
        self.path().join(SNAPSHOTS)
    }

    fn snapshot(&self, seq: u64) -> PathBuf {
        self.snapshots().join(format!("{seq:020}.snapshot"))
    }

    /// A segment for each record.
    fn journal(&self, ladder: LadderId) -> Journal {
        Journal::open_sized(&self.path().join(JOURNAL), ladder, 1).unwrap()
    }

    fn append(&self, records: &[Record], ladder: LadderId) {
        let mut journal = self.journal(ladder);
        records.chunks(1).for_each(|record| assert!(journal.append(record).is_ok()));
    }

    fn lose(&self, what: &str) {
        for end in ["", "-wal", "-shm"] {
            let path = self.path().join(format!("{what}{end}"));
            std::fs::remove_file(&path).or_else(|_| std::fs::remove_dir_all(&path)).ok();
        }
    }

    fn database(&self, records: &[Record], ladder: LadderId) {
        self.lose(DATABASE);
        block_on(async {
            let mut store = Store::open(&self.path().join(DATABASE)).await.unwrap();
            store.apply(ladder, records).await.unwrap();
        });
    }

    fn damage(&self, seq: u64) {
        let mut bytes = std::fs::read(self.snapshot(seq)).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 4;
        std::fs::write(self.snapshot(seq), bytes).unwrap();
    }

    /// The record that a load begins behind, if it is not refused; and what is loaded is the ladder.
    fn loads(&self, records: &[Record]) -> Result<u64, String> {
        let (data, database) = (self.path(), Database::of(self.path(), None).unwrap());
        let terms = Terms::of(data, Durability::Journal, None).unwrap();
        let opening = Opening { data, database: &database, terms: &terms, stands_by: &|_| {} };
        let opened = block_on(db_writer::open(&opening)).map_err(|error| format!("{error:#}"))?;
        let Opened { journal, snapshots, .. } = opened;
        assert_eq!(journal.last().0, records.len() as u64);
        let base = snapshots.first();
        let mut ladder = base.map_or_else(Folded::default, |base| Folded::load(base).unwrap());
        let begins = ladder.seq();
        let rest = Reader::new(journal.dir(), begins).read(journal.last(), usize::MAX);
        ladder.take(rest.map_err(|error| error.to_string())?);
        assert!(ladder.ladder() == folded(records).ladder());
        Ok(begins.0)
    }

    #[track_caller]
    fn refuses(&self, words: &[&str]) {
        let error = self.loads(&history()).expect_err("it is to be refused");
        for words in words {
            assert!(error.contains(words), "{words}: {error}");
        }
    }
}

#[test]
fn a_load_begins_with_the_newest_whole_snapshot_else_with_what_has_its_records() {
    let data = Data::new();
    assert_eq!(data.loads(&history()), Ok(150));
    data.damage(150);
    assert_eq!(data.loads(&history()), Ok(100));
    data.damage(100);
    assert_eq!(data.loads(&history()), Ok(FIRST - 1), "from the events of the database");
    data.lose(SNAPSHOTS);
    assert_eq!(data.loads(&history()), Ok(FIRST - 1));
    data.lose(SNAPSHOTS);
    data.lose(JOURNAL);
    assert_eq!(data.loads(&history()), Ok(0), "a journal filled from the database begins at the beginning");
}

#[test]
fn an_untrimmed_journal_needs_no_snapshot() {
    let data = Data(tempfile::tempdir().unwrap());
    data.append(&history(), LADDER);
    assert_eq!(data.loads(&history()), Ok(0));
    stored(&data.snapshots(), &history()[..150]);
    assert_eq!(data.loads(&history()), Ok(150));
    data.damage(150);
    assert_eq!(data.loads(&history()), Ok(0));
}

#[test]
fn a_lost_journal_begins_behind_the_newest_snapshot() {
    let data = Data::new();
    data.lose(JOURNAL);
    assert_eq!(data.loads(&history()), Ok(150));
    let journal = Journal::open(&data.path().join(JOURNAL), LadderId(0)).unwrap();
    assert_eq!((journal.ladder(), journal.first(), journal.last()), (LADDER, Seq(151), Seq(200)));
    drop(journal);
    assert_eq!(data.loads(&history()), Ok(150), "and again");
    // The snapshot before it is of no use to that journal.
    data.damage(150);
    assert_eq!(data.loads(&history()), Ok(150), "from the events of the database");
}

#[test]
fn a_snapshot_of_another_ladder_is_refused_naming_both() {
    let data = Data::new();
    folded(&history()[..150]).store(&data.snapshots(), LadderId(7)).unwrap();
    let (snapshot, journal) = (data.snapshot(150), data.path().join(JOURNAL));
    let named = [snapshot.display().to_string(), journal.display().to_string()];
    data.refuses(&["0000000000000007", "0000000000002222", &named[0], &named[1]]);
    data.lose(JOURNAL);
    data.refuses(&["0000000000000007", "0000000000002222", &named[0], "the database"]);
}

#[test]
fn a_snapshot_of_another_history_is_refused_naming_both() {
    let mut forked = history();
    forked[149].at = Timestamp(1);
    let data = Data::new();
    folded(&forked[..150]).store(&data.snapshots(), LADDER).unwrap();
    let journal = data.path().join(JOURNAL).display().to_string();
    data.refuses(&["differ at record 150", &data.snapshot(150).display().to_string(), &journal]);
    data.lose(JOURNAL);
    data.refuses(&["differ at record 150", &data.snapshot(150).display().to_string(), "the database"]);
    // One of which the journal does not have the record any more is held against the database.
    let data = Data::new();
    forked[FIRST as usize - 2].at = Timestamp(1);
    folded(&forked[..FIRST as usize - 1]).store(&data.snapshots(), LADDER).unwrap();
    data.refuses(&["differ at record 80", &data.snapshot(80).display().to_string(), "the database"]);
}

#[test]
fn a_snapshot_beyond_journal_and_database_is_refused() {
    let data = Data(tempfile::tempdir().unwrap());
    data.append(&history()[..120], LADDER);
    data.database(&history()[..110], LADDER);
    stored(&data.snapshots(), &history()[..150]);
    let snapshot = data.snapshot(150).display().to_string();
    data.refuses(&[&snapshot, "the journal ends with record 120", "the database ends with record 110"]);
    data.lose(JOURNAL);
    data.refuses(&[&snapshot, "there is no journal", "the database ends with record 110"]);
    data.lose(DATABASE);
    data.refuses(&[&snapshot, "there is no journal", "the database ends with record 0"]);
    // Where the database is further, the journal is filled from it.
    data.append(&history()[..120], LADDER);
    data.database(&history(), LADDER);
    assert_eq!(data.loads(&history()), Ok(150));
}

#[test]
fn a_database_that_lacks_what_was_trimmed_is_refused_with_a_snapshot_too() {
    let data = Data::new();
    data.database(&history()[..50], LADDER);
    data.refuses(&["begins with record 81", "ends with record 50", "Put that database back"]);
    data.lose(DATABASE);
    data.refuses(&["begins with record 81", "ends with record 0"]);
    data.database(&history()[..80], LADDER);
    assert_eq!(data.loads(&history()), Ok(150), "it goes on from there");
}

#[test]
fn an_audit_reads_what_was_trimmed_from_the_database() {
    let data = Data::new();
    let audit = audit::run(data.path(), None).unwrap();
    assert_eq!(audit.records, LAST as u64);
    assert!(
        audit.is_clean() && audit.to_string().contains("records of the database and the journal"),
        "{audit}"
    );
    data.database(&history()[..50], LADDER);
    let error = format!("{:#}", audit::run(data.path(), None).unwrap_err());
    assert!(error.contains("begins with record 81") && error.contains("ends with record 50"), "{error}");
    data.lose(DATABASE);
    let error = format!("{:#}", audit::run(data.path(), None).unwrap_err());
    assert!(error.contains("begins with record 81"), "{error}");
}

#[test]
fn what_was_being_written_is_gone_after_a_start() {
    let data = Data::new();
    let unborn = data.snapshots().join(format!("{:020}.new", 170));
    std::fs::write(&unborn, b"half").unwrap();
    assert_eq!(data.loads(&history()), Ok(150));
    assert!(!unborn.exists());
    assert!(same(
        &evoladder::snapshot::whole(&data.snapshots()).unwrap()[0],
        folded(&history()[..150]).ladder()
    ));
}
