//! Snapshots on disk: what was stored is the ladder, whatever is damaged is passed over or refused, and
//! a data folder is never loaded with a gap.

mod accidents;
mod failpoints;
mod fixture;
mod folders;
mod running;

use crate::simulation::crowd::records_of_an_evening;
use evoladder::domain::ladder::Ladder;
use evoladder::snapshot::fold::Folded;
use evoladder::snapshot::{self, Snapshot, SnapshotError};
use ipc_schema::db_writer::Record;
use ipc_schema::ids::{LadderId, Seq};
use std::path::Path;

const LADDER: LadderId = LadderId(0x2222);

/// What follows from records alone.
fn folded(records: &[Record]) -> Folded {
    let mut folded = Folded::default();
    folded.take(records.to_vec());
    folded
}

fn stored(dir: &Path, records: &[Record]) -> Snapshot {
    folded(records).store(dir, LADDER).unwrap()
}

fn same(snapshot: &Snapshot, ladder: &Ladder) -> bool {
    Folded::load(snapshot).unwrap().ladder() == ladder
}

#[test]
fn a_snapshot_with_the_records_behind_it_is_the_ladder_of_all_records() {
    let dir = tempfile::tempdir().unwrap();
    let records = records_of_an_evening(1, 12, 20);
    let whole = folded(&records);
    let mut last: Option<Snapshot> = None;
    // Each is made from the one before, as a ladder that runs does.
    for at in (0..records.len()).step_by(records.len() / 20).skip(1) {
        let mut next = last.as_ref().map_or_else(Folded::default, |last| Folded::load(last).unwrap());
        let from = usize::try_from(next.seq().0).unwrap();
        next.take(records[from..at].to_vec());
        let snapshot = next.store(dir.path(), LADDER).unwrap();
        assert!(same(&snapshot, folded(&records[..at]).ladder()), "at record {at}");
        let mut rest = Folded::load(&snapshot).unwrap();
        rest.take(records[at..].to_vec());
        assert!(rest.ladder() == whole.ladder(), "at record {at}");
        last = Some(snapshot);
    }
}

#[test]
fn answers_of_the_last_fifteen_minutes_are_in_it() {
    use ipc_schema::snapshot::Part;
    let dir = tempfile::tempdir().unwrap();
    // A record a second.
    let records = records_of_an_evening(2, 40, 40);
    assert!(records.len() > 1500);
    let snapshot = stored(dir.path(), &records);
    let answers: Vec<_> = snapshot
        .read()
        .filter_map(|part| match part.unwrap() {
            Part::Answers(answers) => Some(answers),
            _ => None,
        })
        .flatten()
        .collect();
    let newest = &records[records.len() - 901..];
    assert_eq!(answers.len(), newest.len());
    for (answer, record) in answers.iter().zip(newest) {
        assert_eq!(
            (answer.at, Some(answer.key), Some(&answer.reply)),
            (record.at, record.key, record.reply.as_ref())
        );
    }
}

#[test]
fn damage_anywhere_in_a_file_is_seen_and_the_one_before_is_taken() {
    let dir = tempfile::tempdir().unwrap();
    let records = records_of_an_evening(3, 4, 6);
    let older = stored(dir.path(), &records[..20]);
    let newest = stored(dir.path(), &records[..40]);
    let bytes = std::fs::read(newest.path()).unwrap();
    assert!(bytes.len() > 2000, "{} bytes", bytes.len());
    let refused = |bytes: &[u8], what: &str| {
        std::fs::write(newest.path(), bytes).unwrap();
        let error = Snapshot::open(newest.path()).expect_err(what);
        assert!(matches!(error, SnapshotError::Damaged { .. }), "{what}: {error}");
        let named = newest.path().display().to_string();
        assert!(error.to_string().contains(&named), "{what}: {error}");
    };
    for at in 0..bytes.len() {
        for bit in [0, 3, 7] {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << bit;
            refused(&damaged, &format!("byte {at}, bit {bit}"));
        }
        refused(&bytes[..at], &format!("cut at {at}"));
    }
    refused(&[&bytes[..], &[0]].concat(), "a byte more");
    let found = snapshot::whole(dir.path()).unwrap();
    assert_eq!(found.iter().map(Snapshot::seq).collect::<Vec<_>>(), [older.seq()]);
    std::fs::write(newest.path(), &bytes).unwrap();
    assert!(same(&snapshot::whole(dir.path()).unwrap()[0], folded(&records[..40]).ladder()));
}

#[test]
fn a_snapshot_is_readable_as_long_as_it_is_held() {
    let dir = tempfile::tempdir().unwrap();
    let records = records_of_an_evening(3, 4, 6);
    let held = stored(dir.path(), &records[..20]);
    stored(dir.path(), &records[..30]);
    snapshot::keep_only(dir.path(), &[Seq(30)]).unwrap();
    assert!(!held.path().exists());
    assert!(same(&held, folded(&records[..20]).ladder()));
}

#[test]
fn damage_that_comes_later_is_seen_when_a_part_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let snapshot = stored(dir.path(), &records_of_an_evening(3, 4, 6));
    let mut bytes = std::fs::read(snapshot.path()).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    // Into the very file that is open.
    std::fs::write(snapshot.path(), &bytes).unwrap();
    assert!(snapshot.part(0).unwrap().is_some());
    assert!(matches!(snapshot.part(snapshot.parts() - 1), Err(SnapshotError::Damaged { .. })));
    assert!(snapshot.part(snapshot.parts()).unwrap().is_none());
}
