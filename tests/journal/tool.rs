//! `evoladder journal`, as someone at a terminal uses it.

use super::{Folder, LADDER, SMALL, frames_of, records};
use crate::wire::samples;
use evoladder::journal::Journal;
use ipc_schema::db_writer::Record;
use ipc_schema::ids::Seq;
use ipc_schema::vocab::Timestamp;
use serde_json::{Value, json};
use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

/// Exit code, standard output, standard error.
pub(crate) fn inspect(dir: &Path, options: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_evoladder"))
        .args(["journal", "inspect"])
        .args([dir.as_os_str()].into_iter().chain(options.iter().map(OsStr::new)))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

pub(crate) fn lines(out: &str) -> Vec<Value> {
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn segments_are_a_table_and_records_are_told_when_asked_for() {
    let folder = Folder::written(SMALL, &(1..=9).map(|seq| records(seq..=seq)).collect::<Vec<_>>());
    let before = folder.files();
    let (code, out, errors) = inspect(folder.path(), &[]);
    assert_eq!((code, errors.as_str()), (0, ""), "{out}");
    let rows: Vec<Vec<&str>> = out.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows[0].join(" "), "SEGMENT FORMAT FIRST LAST FRAMES RECORDS BYTES USED ROOM");
    assert_eq!(rows.len(), folder.segments().len() + 2, "{out}");
    assert_eq!(rows[1][..6], ["00000000000000000001.journal", "1", "1", "2", "2", "2"], "{out}");
    let used = *frames_of(before.values().next().unwrap()).last().unwrap();
    assert_eq!(rows[1][6..], [used.to_string(), (SMALL as usize - used).to_string()], "{out}");
    assert_eq!(out.lines().last().unwrap(), "ladder 0000000000001111, 9 records");

    let (code, out, _) = inspect(folder.path(), &["--from", "4", "--limit", "2", "--events"]);
    assert_eq!(code, 0);
    let told: Vec<&str> = out.lines().take(4).map(str::trim).collect();
    let expected = [
        "4  1970-01-01T00:00:00.004Z  interaction 4; 1 event",
        "left queue: player 4, at 1970-01-01T00:00:00.004Z",
        "5  1970-01-01T00:00:00.005Z  interaction 5; 1 event",
        "left queue: player 5, at 1970-01-01T00:00:00.005Z",
    ];
    assert_eq!(told, expected);
    assert!(folder.files() == before, "nothing is touched");
}

#[test]
fn json_lines_tell_every_record_and_every_segment() {
    let root = Folder::new(SMALL);
    let dir = root.path().join("journal");
    let mut journal = Journal::open_sized(&dir, LADDER, SMALL).unwrap();
    for seq in 1..=9 {
        journal.append(&records(seq..=seq)).unwrap();
    }
    // While somebody writes, and by the name of the data folder.
    let (code, out, errors) = inspect(root.path(), &["--json", "--events"]);
    assert_eq!((code, errors.as_str()), (0, ""));
    let lines = lines(&out);
    let told: Vec<&Value> = lines.iter().filter_map(|line| line.get("record")).collect();
    assert_eq!(told.len(), 9);
    let event = json!({ "is": "LeftQueue", "player": 4, "at": 4 });
    let key = json!({ "is": "Interaction", "value": 4 });
    assert_eq!(*told[3], json!({ "seq": 4, "at": 4, "key": key, "events": [event], "reply_bytes": null }));
    let segments: Vec<&Value> = lines.iter().filter_map(|line| line.get("segment")).collect();
    assert_eq!(segments.iter().map(|segment| segment["records"].as_u64().unwrap()).sum::<u64>(), 9);
    assert_eq!(
        (&segments[0]["first"], &segments[0]["last"], &segments[0]["damage"]),
        (&json!(1), &json!(2), &json!(null))
    );
    assert_eq!(segments[0]["ladder"], "0000000000001111");

    let (_, out, _) = inspect(&dir, &["--json", "--from", "8", "--limit", "1"]);
    let told: Vec<Value> =
        self::lines(&out).into_iter().filter_map(|line| line.get("record").cloned()).collect();
    assert_eq!(told.len(), 1);
    assert_eq!((&told[0]["seq"], &told[0]["events"]), (&json!(8), &json!(1)));
}

#[test]
fn every_event_and_key_has_words_and_json() {
    let folder = Folder::new(1 << 20);
    let mut journal = folder.open().unwrap();
    let events = samples::events();
    for (event, seq) in events.iter().zip(1..) {
        let key = samples::keys().into_iter().cycle().nth(seq as usize);
        let record =
            Record { seq: Seq(seq), at: Timestamp(seq), key, events: vec![event.clone()], reply: None };
        journal.append(&[record]).unwrap();
    }
    let (code, out, _) = inspect(folder.path(), &["--json", "--events"]);
    assert_eq!(code, 0);
    let told: Vec<Value> = lines(&out).into_iter().filter_map(|line| line.get("record").cloned()).collect();
    for (event, told) in events.iter().zip(&told) {
        let shown = format!("{event:?}");
        let name = shown.split([' ', '(']).next().unwrap();
        let json = &told["events"][0];
        assert!(json == name || json["is"] == name, "{shown}: {json}");
        assert!(!json.to_string().contains(" { "), "taken apart: {json}");
    }
    let (_, out, _) = inspect(folder.path(), &["--events"]);
    for raw in ["Timestamp(", "PlayerId", " { ", "Some("] {
        assert!(!out.contains(raw), "{raw} is no word for people:\n{out}");
    }
}

#[test]
fn damage_is_named_with_file_and_byte() {
    let folder = Folder::written(SMALL, &(1..=9).map(|seq| records(seq..=seq)).collect::<Vec<_>>());
    let files = folder.files();
    let paths = folder.segments();
    let start = frames_of(&files[&paths[1]])[1];
    // A flipped bit, a header, a segment that is gone; and a frame that was cut short, which is no damage.
    type Harm = fn(&mut Vec<u8>, usize);
    let harms: [(usize, Harm, i32, String); 3] = [
        (
            1,
            |bytes, start| bytes[start + 25] ^= 1,
            1,
            format!("damaged: {} at byte {start}: ", paths[1].display()),
        ),
        (1, |bytes, _| bytes[3] ^= 1, 1, format!("damaged: {} at byte 0: ", paths[1].display())),
        (
            4,
            |bytes, _| bytes.truncate(50),
            0,
            format!("not whole: {} at byte 32: 18 bytes", paths[4].display()),
        ),
    ];
    for (segment, harm, expected, says) in harms {
        let mut damaged = files.clone();
        harm(damaged.get_mut(&paths[segment]).unwrap(), start);
        folder.put(&damaged);
        let (code, out, _) = inspect(folder.path(), &[]);
        assert_eq!(code, expected, "{out}");
        assert!(out.contains(&says), "{says}: {out}");
        assert!(folder.files() == damaged, "nothing is mended");
        let (code, out, _) = inspect(folder.path(), &["--json"]);
        assert_eq!(code, expected);
        let found = lines(&out).iter().any(|line| line["segment"]["damage"].is_object());
        assert_eq!(found, expected == 1, "{out}");
    }
    let mut damaged = files;
    damaged.remove(&paths[1]);
    folder.put(&damaged);
    let (code, out, _) = inspect(folder.path(), &[]);
    assert_eq!(code, 1);
    assert!(out.contains("records 3 to 4 are missing behind it"), "{out}");
}

#[test]
fn a_folder_without_a_journal_is_told() {
    let folder = Folder::new(SMALL);
    let (code, out, errors) = inspect(folder.path(), &[]);
    assert_eq!((code, out.as_str()), (65, ""));
    assert!(errors.contains("there is no journal in"), "{errors}");
    let (code, _, errors) = inspect(&folder.path().join("nowhere"), &["--json"]);
    assert_eq!(code, 65);
    assert!(errors.contains("nowhere"), "{errors}");
}
