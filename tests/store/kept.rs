//! Snapshots in the database: what comes back of them is the ladder, and what is not whole or not of these
//! events is passed over.

use super::LADDER;
use super::places::{Place, change, on_each, rows};
use super::store;
use crate::simulation::crowd::records_of_an_evening;
use evoladder::config::Durability;
use evoladder::db_writer::snapshots::kept::keep;
use evoladder::db_writer::{JOURNAL, Opened, SNAPSHOTS};
use evoladder::journal::reader::Reader;
use evoladder::snapshot::Snapshot;
use evoladder::snapshot::fold::Folded;
use evoladder::store::{KeptPart, Store};
use ipc_schema::db_writer::Record;
use ipc_schema::ids::{LadderId, Seq};
use ipc_schema::vocab::{GatewaySession, Timestamp};
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

/// So small that a snapshot has many.
const PIECE: usize = 1000;

fn history() -> Vec<Record> {
    let mut records = records_of_an_evening(6, 6, 20);
    assert!(records.len() > 200);
    records.truncate(200);
    records
}

fn folded(records: &[Record]) -> Folded {
    let mut folded = Folded::default();
    folded.take(records.to_vec());
    folded
}

/// One in a folder of its own.
fn snapshot_of(records: &[Record], ladder: LadderId) -> (TempDir, Arc<Snapshot>) {
    let folder = tempfile::tempdir().unwrap();
    let made = folded(records).store(folder.path(), ladder).unwrap();
    (folder, Arc::new(made))
}

async fn apply_all(store: &mut Store, records: &[Record]) {
    let mut at = 0;
    while at < records.len() {
        at = usize::try_from(store.apply(LADDER, &records[at..]).await.unwrap().0).unwrap();
    }
}

/// A database with the history and snapshots of these records.
async fn with_snapshots(place: &Place, of: &[usize]) -> Store {
    let mut store = store(place).await;
    apply_all(&mut store, &history()).await;
    for at in of {
        keep(&mut store, LADDER, &snapshot_of(&history()[..*at], LADDER).1, PIECE).await.unwrap();
    }
    store
}

async fn whole(store: &mut Store) -> Vec<u64> {
    let kept = store.kept_snapshots().await.unwrap();
    kept.iter().filter(|kept| kept.is_whole()).map(|kept| kept.seq.0).collect()
}

/// Opens the folder as a db-writer does, and returns with which record the journal begins. What a load
/// makes of it is the ladder.
async fn first_of(place: &Place, data: &Path) -> u64 {
    // Whoever had another folder before let go of the database.
    change(place, "delete from lease").await;
    let Opened { journal, snapshots, .. } = place.open_over(data, Durability::Database, None).await.unwrap();
    assert_eq!((journal.ladder(), journal.last()), (LADDER, Seq(200)));
    let mut ladder = snapshots.first().map_or_else(Folded::default, |base| Folded::load(base).unwrap());
    let rest = Reader::new(&data.join(JOURNAL), ladder.seq()).read(journal.last(), usize::MAX).unwrap();
    ladder.take(rest);
    assert!(ladder.ladder() == folded(&history()).ladder());
    journal.first().0
}

/// The same over an empty folder.
async fn first_of_empty(place: &Place) -> u64 {
    let data = tempfile::tempdir().unwrap();
    let first = first_of(place, data.path()).await;
    assert_eq!(first_of(place, data.path()).await, first, "and again");
    first
}

#[test]
fn an_empty_folder_begins_behind_the_newest_whole_snapshot_of_the_database() {
    let Some(place) = Place::server() else { return };
    crate::wire::alone::block_on(async {
        let mut store = with_snapshots(&place, &[60, 100, 150]).await;
        assert_eq!(whole(&mut store).await, [150, 100], "the newest two are kept");
        assert_eq!(first_of_empty(&place).await, 151);
        // A folder that has lost its journal alone, with an older and with a newer snapshot.
        for (ours, first) in [(120, 151), (170, 171)] {
            let data = tempfile::tempdir().unwrap();
            folded(&history()[..ours]).store(&data.path().join(SNAPSHOTS), LADDER).unwrap();
            assert_eq!(first_of(&place, data.path()).await, first, "ours is of record {ours}");
        }
        // A byte of one part, with and without the checksum that would tell; then a part is missing.
        change(&place, "update snapshots set bytes = set_byte(bytes, 7, 1) where seq = 150 and part = 1")
            .await;
        assert_eq!(first_of_empty(&place).await, 101);
        let piece = snapshot_of(&history()[..150], LADDER).1.piece(1, PIECE).unwrap().unwrap();
        let mut wrong = piece.clone();
        wrong[7] = 1;
        let checksum = crc32c::crc32c(&wrong);
        change(&place, &format!("update snapshots set checksum = {checksum} where seq = 150 and part = 1"))
            .await;
        assert_eq!(first_of_empty(&place).await, 101);
        change(&place, "delete from snapshots where seq = 150 and part = 2").await;
        assert_eq!(first_of_empty(&place).await, 101);
        change(&place, "update snapshots set bytes = '' where seq = 100").await;
        assert_eq!(first_of_empty(&place).await, 1, "from all events");
    });
}

#[test]
fn a_snapshot_of_another_ladder_or_history_is_neither_kept_nor_taken() {
    let Some(place) = Place::server() else { return };
    crate::wire::alone::block_on(async {
        let mut store = with_snapshots(&place, &[100]).await;
        let mut forked = history();
        forked[149].at = Timestamp(1);
        for (records, ladder) in [(&history()[..150], LadderId(7)), (&forked[..150], LADDER)] {
            let (_folder, snapshot) = snapshot_of(records, ladder);
            keep(&mut store, LADDER, &snapshot, PIECE).await.unwrap_err();
            assert_eq!(whole(&mut store).await, [100]);
            // Somebody put it there.
            let bytes = snapshot.piece(0, usize::MAX >> 16).unwrap().unwrap();
            let part = KeptPart { part: 0, parts: 1, checksum: crc32c::crc32c(&bytes) };
            assert!(store.keep_part(LADDER, Seq(150), part, bytes).await.unwrap());
            assert_eq!(whole(&mut store).await, [150, 100]);
            assert_eq!(first_of_empty(&place).await, 101);
            store.remove_snapshots_but(&[Seq(100)]).await.unwrap();
        }
    });
}

#[test]
fn what_the_database_has_not_the_events_of_is_not_kept() {
    on_each(&async |place| {
        let mut store = store(place).await;
        let (_folder, snapshot) = snapshot_of(&history()[..150], LADDER);
        keep(&mut store, LADDER, &snapshot, PIECE).await.unwrap_err();
        apply_all(&mut store, &history()[..149]).await;
        keep(&mut store, LADDER, &snapshot, PIECE).await.unwrap_err();
        let part = KeptPart { part: 0, parts: 1, checksum: 0 };
        assert!(!store.keep_part(LADDER, Seq(150), part, vec![1]).await.unwrap());
        assert!(!store.keep_part(LadderId(1), Seq(149), part, vec![1]).await.unwrap());
        assert_eq!(rows(place, "select count(*) from snapshots").await, ["0"]);
        store.apply(LADDER, &history()[149..]).await.unwrap();
        keep(&mut store, LADDER, &snapshot, PIECE).await.unwrap();
        assert_eq!(whole(&mut store).await, [150]);
    });
}

#[test]
fn what_was_kept_before_a_kill_is_not_sent_again_and_what_is_of_another_file_goes() {
    on_each(&async |place| {
        let mut store = with_snapshots(place, &[60, 100]).await;
        let (_folder, snapshot) = snapshot_of(&history()[..150], LADDER);
        let parts = u32::try_from(snapshot.sums(PIECE).unwrap().len()).unwrap();
        assert!(parts > 5, "{parts}");
        let part = |number: u32, parts| {
            let bytes = snapshot.piece(number as usize, PIECE).unwrap().unwrap();
            (KeptPart { part: number, parts, checksum: crc32c::crc32c(&bytes) }, bytes)
        };
        // A mark on bytes that are not sent again.
        let (first, mut bytes) = part(0, parts);
        bytes.push(0);
        assert!(store.keep_part(LADDER, Seq(150), first, bytes).await.unwrap());
        let (third, bytes) = part(3, parts);
        assert!(store.keep_part(LADDER, Seq(150), third, bytes).await.unwrap());
        assert_eq!(whole(&mut store).await, [100, 60], "a part is no snapshot");
        keep(&mut store, LADDER, &snapshot, PIECE).await.unwrap();
        assert_eq!(whole(&mut store).await, [150, 100]);
        let (kept, _) = store.kept_part(Seq(150), 0).await.unwrap().unwrap();
        assert_eq!(kept.len(), PIECE + 1, "it was there and stayed");
        // Begun anew: a part of another file of the same record.
        store.remove_snapshots_but(&[Seq(100)]).await.unwrap();
        let (other, bytes) = part(2, parts + 1);
        assert!(store.keep_part(LADDER, Seq(150), other, bytes).await.unwrap());
        // And one that was never finished, of a record between.
        let (other, bytes) = part(0, 9);
        assert!(store.keep_part(LADDER, Seq(120), other, bytes).await.unwrap());
        keep(&mut store, LADDER, &snapshot, PIECE).await.unwrap();
        let count = rows(place, "select seq, count(*) from snapshots group by seq order by seq desc").await;
        assert_eq!(count[0], format!("150|{parts}"));
        assert_eq!((count.len(), whole(&mut store).await), (2, vec![150, 100]));
        // An older one is of no use.
        keep(&mut store, LADDER, &snapshot_of(&history()[..140], LADDER).1, PIECE).await.unwrap();
        assert_eq!(whole(&mut store).await, [150, 100]);
    });
}

#[test]
fn a_file_that_was_damaged_since_is_not_kept() {
    on_each(&async |place| {
        let mut store = with_snapshots(place, &[100]).await;
        let (_folder, snapshot) = snapshot_of(&history()[..150], LADDER);
        let mut bytes = std::fs::read(snapshot.path()).unwrap();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        std::fs::write(snapshot.path(), &bytes).unwrap();
        let error = keep(&mut store, LADDER, &snapshot, PIECE).await.unwrap_err();
        assert!(format!("{error:#}").contains("is damaged"), "{error:#}");
        assert_eq!(whole(&mut store).await, [100]);
    });
}

#[test]
fn a_gateway_session_is_read_back_as_it_was_kept_last_and_only_by_its_ladder() {
    on_each(&async |place| {
        let mut store = store(place).await;
        assert_eq!(store.kept_session(LADDER, 0).await.unwrap(), None);
        let session = |sequence| GatewaySession {
            id: "abc".to_owned(),
            resume_url: "wss://gateway.example".to_owned(),
            sequence,
            application: u64::MAX,
            refused: Vec::new(),
        };
        for (shard, sequence) in [(0, 3), (1, 9), (0, 12_345_678_901)] {
            store.keep_session(LADDER, shard, &session(sequence), Timestamp(sequence)).await.unwrap();
        }
        let at = Timestamp(12_345_678_901);
        assert_eq!(store.kept_session(LADDER, 0).await.unwrap(), Some((session(at.0), at)));
        assert_eq!(store.kept_session(LADDER, 1).await.unwrap(), Some((session(9), Timestamp(9))));
        assert_eq!(store.kept_session(LadderId(1), 0).await.unwrap(), None);
    });
}
