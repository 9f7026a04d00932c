use super::*;
use ipc_schema::db_writer::Record;
use ipc_schema::event::Event;
use ipc_schema::ids::{PlayerId, UserId};
use ipc_schema::vocab::Locale;

const LADDER: LadderId = LadderId(5);

fn record(seq: u64) -> Record {
    let (player, user, at) = (PlayerId(seq), UserId(seq), Timestamp(seq));
    let joined = Event::PlayerJoined { player, user, locale: Locale::EnUs, at };
    Record { seq: Seq(seq), at, key: None, events: vec![joined], reply: None }
}

/// A journal with so many records, and a snapshot of each of these.
fn snapshots(data: &Path, records: u64, of: &[u64]) -> (Snapshots, Journal) {
    let mut journal = Journal::open(&data.join("journal"), LADDER).unwrap();
    let dir = data.join("snapshots");
    let mut folded = Folded::default();
    for seq in 1..=records {
        journal.append(&[record(seq)]).unwrap();
        folded.take(vec![record(seq)]);
        if of.contains(&seq) {
            folded.store(&dir, LADDER).unwrap();
        }
    }
    (Snapshots::new(dir.clone(), &journal, find(&dir).unwrap()), journal)
}

#[test]
fn a_load_goes_on_with_the_snapshot_that_it_began_with() {
    let data = tempfile::tempdir().unwrap();
    let (mut snapshots, _journal) = snapshots(data.path(), 9, &[3, 6]);
    assert_eq!(snapshots.begin_load().map(|head| (head.ladder, head.seq)), Some((LADDER, Seq(6))));
    let (dir, journal) = (data.path().join("snapshots"), data.path().join("journal"));
    let base = snapshots.newest.clone();
    let made = Task { dir, journal, ladder: LADDER, base, through: Seq(9) }.make().unwrap();
    snapshots.made((0, Ok(made)));
    assert!(snapshots.part(Seq(6), 0).unwrap().is_some());
    assert_eq!(snapshots.part(Seq(9), 0).unwrap(), None, "that is another load's");
    snapshots.end_load();
    assert_eq!(snapshots.part(Seq(6), 0).unwrap(), None);
    assert_eq!(snapshots.begin_load().map(|head| head.seq), Some(Seq(9)));
}

#[test]
fn a_load_over_a_snapshot_that_was_damaged_since_begins_anew_with_the_one_before() {
    let data = tempfile::tempdir().unwrap();
    let (mut snapshots, _journal) = snapshots(data.path(), 9, &[3, 6]);
    assert_eq!(snapshots.begin_load().map(|head| head.seq), Some(Seq(6)));
    for (newest, next) in [(Seq(6), Some(Seq(3))), (Seq(3), None)] {
        let path = snapshots.newest.as_ref().unwrap().path().to_owned();
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[60] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        assert_eq!(snapshots.part(newest, 0).unwrap(), None);
        assert_eq!(snapshots.begin_load().map(|head| head.seq), next);
    }
}

#[test]
fn one_is_due_after_many_bytes_or_after_a_while_with_many_records() {
    let data = tempfile::tempdir().unwrap();
    let (mut snapshots, journal) = snapshots(data.path(), 9, &[6]);
    let (began, bytes) = (snapshots.looked_at, journal.bytes());
    assert!(
        snapshots.bytes_at < bytes && snapshots.bytes_at > bytes / 2,
        "{} of {bytes}",
        snapshots.bytes_at
    );
    let behind = |bytes: u64| snapshots.bytes_at + bytes;
    for (seconds, synced, bytes, due) in [
        (0, 9, behind(0), false),
        (0, 9, behind(BYTES - 1), false),
        (0, 9, behind(BYTES), true),
        (0, 6, behind(BYTES), false),
        (599, 6 + RECORDS, behind(0), false),
        (600, 6 + RECORDS, behind(0), true),
        (600, 5 + RECORDS, behind(0), false),
    ] {
        let now = began + Duration::from_secs(seconds);
        assert_eq!(
            snapshots.is_due(now, Seq(synced), bytes),
            due,
            "{seconds} s, record {synced}, {bytes} bytes"
        );
    }
    // After a failure it waits a while, whatever is due.
    let bytes = behind(BYTES);
    snapshots.made((bytes, Err(anyhow::anyhow!("no space left on device"))));
    let failed = snapshots.looked_at;
    for (seconds, due) in [(0, false), (59, false), (60, true)] {
        assert_eq!(snapshots.is_due(failed + Duration::from_secs(seconds), Seq(9), bytes), due, "{seconds}");
    }
}

#[test]
fn what_is_trimmed_is_in_the_older_snapshot_in_the_database_and_needed_by_no_load() {
    let data = tempfile::tempdir().unwrap();
    for (of, database, loads, before) in [
        (&[3, 6][..], 9, false, 4),
        (&[3, 6], 2, false, 3),
        (&[3, 6], 9, true, 4),
        (&[6], 9, false, 0),
        (&[], 9, false, 0),
    ] {
        let data = tempfile::tempdir_in(data.path()).unwrap();
        let (mut snapshots, journal) = snapshots(data.path(), 9, of);
        if loads {
            // It began two snapshots ago.
            snapshots.begin_load();
            snapshots.loading = snapshots.older.clone();
        }
        let commits = Commits::start(journal, |error| panic!("{error}"));
        snapshots.trim(&commits, Seq(database));
        assert_eq!(snapshots.trimmed_before, Seq(before), "{of:?}, database at {database}");
    }
}
