//! Bytes as the first build with format 1 stored them: they load for ever.

use super::{LADDER, folded, stored};
use crate::simulation::crowd::records_of_an_evening;
use evoladder::snapshot::fold::Folded;
use evoladder::snapshot::{Mark, Snapshot, SnapshotError};
use ipc_schema::ids::Seq;
use ipc_schema::snapshot::FORMAT;
use std::path::Path;

const FORMAT_1: &str = include_str!("format_1.hex");
const SEQ: Seq = Seq(FIXTURE_RECORDS as u64);
const FIXTURE_RECORDS: usize = 300;

fn fixture() -> Vec<u8> {
    let digits: Vec<u8> = FORMAT_1.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn written(dir: &Path, bytes: &[u8]) -> std::path::PathBuf {
    let path = dir.join(format!("{:020}.snapshot", SEQ.0));
    std::fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn a_snapshot_of_format_1_still_loads() {
    let dir = tempfile::tempdir().unwrap();
    let snapshot = Snapshot::open(&written(dir.path(), &fixture())).unwrap();
    let Mark { ladder, seq, .. } = snapshot.mark();
    assert_eq!((ladder, seq), (LADDER, SEQ));
    let loaded = Folded::load(&snapshot).unwrap();
    let ladder = loaded.ladder();
    // What the evening of the fixture had come to.
    assert_eq!((ladder.players(), ladder.queued(), ladder.open_matches()), PEOPLE);
    // It is written again as it was.
    let other = tempfile::tempdir().unwrap();
    let again = loaded.store(other.path(), LADDER).unwrap();
    assert!(std::fs::read(again.path()).unwrap() == fixture(), "this build stores the same state otherwise");
}

/// Players, waiting, open matches.
const PEOPLE: (usize, usize, usize) = (7, 1, 2);

/// Prints the fixture: `cargo test --test ladder print_the_fixture -- --ignored --nocapture`.
#[test]
#[ignore = "it is for whoever makes a new format"]
fn print_the_fixture() {
    let dir = tempfile::tempdir().unwrap();
    let records = records_of_an_evening(8, 6, 30);
    let records = &records[..FIXTURE_RECORDS];
    let ladder = folded(records);
    let ladder = ladder.ladder();
    println!("{:?}", (ladder.players(), ladder.queued(), ladder.open_matches()));
    let bytes = std::fs::read(stored(dir.path(), records).path()).unwrap();
    for line in bytes.chunks(60) {
        println!("hex {}", line.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    }
}

#[test]
fn a_newer_format_is_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let mut bytes = fixture();
    bytes[8..10].copy_from_slice(&(FORMAT + 1).to_le_bytes());
    let checksum = crc32c::crc32c(&bytes[..48]);
    bytes[48..52].copy_from_slice(&checksum.to_le_bytes());
    let path = written(dir.path(), &bytes);
    match Snapshot::open(&path) {
        Err(error @ SnapshotError::NewerFormat { found, .. }) => {
            assert_eq!(found, FORMAT + 1);
            assert!(error.to_string().contains(&path.display().to_string()), "{error}");
        }
        other => panic!("{other:?}"),
    }
    let error = evoladder::snapshot::whole(dir.path()).unwrap_err();
    assert!(matches!(error, SnapshotError::NewerFormat { .. }));
}

#[test]
fn a_file_under_another_records_name_is_damaged() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(format!("{:020}.snapshot", 7));
    std::fs::write(&path, fixture()).unwrap();
    assert!(matches!(Snapshot::open(&path), Err(SnapshotError::Damaged { .. })));
}

#[test]
fn parts_that_make_no_ladder_are_refused() {
    use evoladder::domain::ladder::{Rebuild, RebuildMatches};
    use ipc_schema::snapshot::{Part, StoredResult};
    let dir = tempfile::tempdir().unwrap();
    let snapshot = Snapshot::open(&written(dir.path(), &fixture())).unwrap();
    let parts: Vec<Part> = snapshot.read().map(Result::unwrap).collect();
    let made = |parts: Vec<Part>| {
        let (mut rebuild, mut of_matches) = (Rebuild::default(), RebuildMatches::default());
        for part in parts {
            rebuild.take(part).and_then(|part| of_matches.take(part));
        }
        rebuild.finish(0, || of_matches.finish()).is_some()
    };
    assert!(made(parts.clone()));
    assert!(!made(Vec::new()));
    assert!(!made(parts[1..].to_vec()), "without the numbers");
    let result = StoredResult {
        at: ipc_schema::vocab::Timestamp(1),
        players: [1, 999],
        mmr: [ipc_schema::vocab::Mmr(0); 2],
        match_id: 1,
        races: [0, 1],
        standing: 0,
        was_rated: true,
    };
    for result in [
        result,
        StoredResult { players: [1, 2], races: [6, 1], ..result },
        StoredResult { players: [1, 2], standing: 5, ..result },
    ] {
        assert!(!made([parts.clone(), vec![Part::Results(vec![result])]].concat()), "{result:?}");
    }
}
