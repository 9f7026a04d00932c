//! Bytes as the first build with format 1 stored them: they load for ever.

use super::{Folder, LADDER, LARGE, all_zero, frames_of};
use crate::wire::samples;
use evoladder::journal::FORMAT;
use ipc_schema::db_writer::Record;
use ipc_schema::ids::Seq;

/// One segment with every event and every key of its time, in two frames.
const FORMAT_1: &str = include_str!("format_1.hex");

/// The events of the fixture, and its last record. What came later needs no place in it.
const EVENTS_OF_FORMAT_1: usize = 30;
const LAST_OF_FORMAT_1: Seq = Seq(4);

fn stored() -> Vec<u8> {
    let digits: Vec<u8> = FORMAT_1.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn expected() -> [Vec<Record>; 2] {
    let mut first: Vec<Record> =
        samples::records().into_iter().filter(|record| record.seq <= LAST_OF_FORMAT_1).collect();
    first[0].events.truncate(EVENTS_OF_FORMAT_1);
    let rest = first.split_off(1);
    [first, rest]
}

#[test]
fn a_segment_of_format_1_still_loads() {
    let folder = Folder::new(LARGE);
    let path = folder.path().join("00000000000000000001.journal");
    std::fs::write(&path, stored()).unwrap();
    let journal = folder.open().unwrap();
    assert_eq!((journal.ladder(), journal.last()), (LADDER, LAST_OF_FORMAT_1));
    assert_eq!(folder.read(4), expected().concat());
    let (bytes, stored) = (std::fs::read(&path).unwrap(), stored());
    assert!(
        bytes[..stored.len()] == stored && all_zero(&bytes[stored.len()..]),
        "nothing was cut or changed"
    );
}

#[test]
fn this_build_writes_the_bytes_of_its_format() {
    assert_eq!(FORMAT, 1, "a new format needs stored bytes of its own, beside those of format 1");
    let folder = Folder::written(LARGE, &expected());
    let segment = folder.files().into_values().next().unwrap();
    let end = *frames_of(&segment).last().unwrap();
    // What follows is room: it is no part of the layout, and builds that took none read it as no frame.
    assert!(all_zero(&segment[end..]));
    let written: String = segment[..end].iter().map(|byte| format!("{byte:02x}")).collect();
    let frozen: String = FORMAT_1.split_whitespace().collect();
    assert!(
        written == frozen,
        "records have another layout under the same format; this build writes:\n{written}"
    );
}
