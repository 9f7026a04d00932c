//! A hundred data folders with damage, started by the db-writer's own executable: it serves all there is, or a
//! beginning of it that ends where a frame does, or ends with 78 and says what is wrong where.
//!
//! `ACCIDENTS=20 cargo test --test ladder accidents` damages twenty times as many.

use super::{LADDER, folded, stored};
use crate::simulation::crowd::records_of_an_evening;
use crate::support::processes;
use crate::support::role::{Alone, receive, receive_with_blob, send};
use crate::wire::alone::{Chance, block_on};
use evoladder::config;
use evoladder::db_writer::{DATABASE, JOURNAL, SNAPSHOTS};
use evoladder::journal::Journal;
use evoladder::store::Store;
use ipc_schema::control::{EXIT_CONFIG, FromChild, Hello, Role};
use ipc_schema::db_writer::{Record, SnapshotHead, WriterAnswer, WriterCall, WriterReply, WriterRequest};
use ipc_schema::ids::{Incarnation, LadderId, Seq, Trace};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const SAMPLES: u64 = 100;
const LAST: usize = 200;
/// Some ten segments for all records.
const SEGMENT_BYTES: u64 = 4 << 10;
/// Where the snapshots are, and where a journal begins that was trimmed, about.
const SNAPSHOT_AT: [usize; 2] = [100, 150];
const TRIMMED: u64 = 80;

/// What a damage does to the bytes of a file.
#[derive(Debug, Clone, Copy)]
enum Damage {
    Flip,
    Cut,
    Zero,
    Lose,
    /// With another file of its kind.
    Swap,
}

/// A folder before anything happens to it.
struct Whole {
    folder: TempDir,
    /// The last records of the journal's frames.
    frames: Vec<u64>,
    /// Where the database is.
    database: u64,
}

impl Whole {
    fn new(history: &[Record], is_trimmed: bool, has_snapshots: bool, database: usize) -> Whole {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::open_sized(&folder.path().join(JOURNAL), LADDER, SEGMENT_BYTES).unwrap();
        let (mut frames, mut rest) = (vec![0], history);
        // Frames of one to seven records.
        while !rest.is_empty() {
            let (frame, behind) = rest.split_at((1 + frames.len() * 3 % 7).min(rest.len()));
            frames.push(journal.append(frame).unwrap().0);
            rest = behind;
        }
        if has_snapshots {
            for at in SNAPSHOT_AT {
                stored(&folder.path().join(SNAPSHOTS), &history[..at]);
            }
        }
        if is_trimmed {
            assert!(journal.trim(Seq(TRIMMED)).unwrap() > Seq(1), "segments went");
        }
        if database > 0 {
            block_on(async {
                let mut store = Store::open(&folder.path().join(DATABASE)).await.unwrap();
                store.apply(LADDER, &history[..database]).await.unwrap();
            });
        }
        Whole { folder, frames, database: database as u64 }
    }

    /// Files of one kind, in order; segments without the room behind their frames.
    fn copy(&self, to: &Path) -> [Vec<PathBuf>; 3] {
        let mut files = [Vec::new(), Vec::new(), Vec::new()];
        for (place, found) in [JOURNAL, SNAPSHOTS, ""].into_iter().zip(&mut files) {
            let from = self.folder.path().join(place);
            fs::create_dir_all(to.join(place)).unwrap();
            for entry in fs::read_dir(&from).into_iter().flatten().map(Result::unwrap) {
                if !entry.file_type().unwrap().is_file() || entry.file_name() == "lock" {
                    continue;
                }
                let copy = to.join(place).join(entry.file_name());
                fs::copy(entry.path(), &copy).unwrap();
                // The database's log, if it has one, is not damaged apart from it.
                if entry
                    .path()
                    .extension()
                    .is_some_and(|end| end == "journal" || end == "snapshot" || end == "sqlite")
                {
                    found.push(copy);
                }
            }
            found.sort();
        }
        files
    }
}

fn damage(chance: &mut Chance, how: Damage, file: &Path, others: &[PathBuf]) {
    let mut bytes = fs::read(file).unwrap();
    let used = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1);
    // Half of them near the end, where a write is cut off.
    let at = if chance.below(2) == 0 { chance.below(used) } else { used - 1 - chance.below(used.min(200)) };
    match how {
        Damage::Flip => bytes[at] ^= 1 << chance.below(8),
        Damage::Cut => bytes.truncate(at),
        Damage::Zero => {
            let end = if chance.below(2) == 0 {
                bytes.len()
            } else {
                (at + 1 + chance.below(600)).min(bytes.len())
            };
            bytes[at..end].fill(0);
        }
        Damage::Lose => return fs::remove_file(file).unwrap(),
        Damage::Swap => {
            let other = &others[chance.below(others.len())];
            fs::copy(other, file).unwrap();
            return fs::write(other, bytes).unwrap();
        }
    }
    fs::write(file, bytes).unwrap();
}

/// What a backend loads of a db-writer that serves: the snapshot with its parts, and the records behind it.
struct Loaded {
    snapshot: Option<(SnapshotHead, Vec<Vec<u8>>)>,
    records: Vec<Record>,
}

fn load(root: &Path) -> Loaded {
    let mut writer = UnixStream::connect(root.join("db-writer.sock")).unwrap();
    writer.set_read_timeout(Some(crate::support::PATIENCE)).unwrap();
    send(&mut writer, &Hello::new(Role::Backend, Incarnation(2)));
    assert_eq!(receive::<Hello>(&mut writer).map(|hello| hello.role), Some(Role::DbWriter));
    let mut ask = |request| {
        send(&mut writer, &WriterCall { id: 1, trace: Trace::NONE, request });
        let (answer, blob) = receive_with_blob::<WriterAnswer>(&mut writer).expect("it answers");
        (answer.reply, blob)
    };
    let (WriterReply::Snapshot(head), _) = ask(WriterRequest::LoadSnapshot) else {
        panic!("no snapshot's head")
    };
    let snapshot = head.map(|head| {
        let part = |part| match ask(WriterRequest::SnapshotPart { seq: head.seq, part }) {
            (WriterReply::SnapshotPart(Some(_)), bytes) => bytes,
            (other, _) => panic!("part {part} is {other:?}"),
        };
        let parts = (0..head.parts).map(part).collect();
        (head, parts)
    });
    let mut records: Vec<Record> = Vec::new();
    let begins = snapshot.as_ref().map_or(Seq(0), |(head, _)| head.seq);
    loop {
        let after = records.last().map_or(begins, |record| record.seq);
        match ask(WriterRequest::Load { after }).0 {
            WriterReply::Load { ladder, records: page, complete, .. } => {
                assert!(ladder == LADDER || page.is_empty(), "{ladder:?}");
                records.extend(page);
                if complete {
                    return Loaded { snapshot, records };
                }
            }
            other => panic!("a load is answered by {other:?}"),
        }
    }
}

/// The parts that a true snapshot at each record has.
#[derive(Default)]
struct Truth(BTreeMap<u64, Vec<Vec<u8>>>);

impl Truth {
    fn parts(&mut self, history: &[Record], seq: Seq) -> &Vec<Vec<u8>> {
        self.0.entry(seq.0).or_insert_with(|| {
            let dir = tempfile::tempdir().unwrap();
            let records = &history[..usize::try_from(seq.0).unwrap()];
            let snapshot = folded(records).store(dir.path(), LadderId(LADDER.0)).unwrap();
            (0..snapshot.parts()).map(|part| snapshot.part(part).unwrap().unwrap()).collect()
        })
    }
}

/// What happened to a folder.
struct Sample {
    of: usize,
    done: Vec<(Damage, PathBuf)>,
}

fn draw(chance: &mut Chance, of: usize, files: &[Vec<PathBuf>; 3]) -> Sample {
    let mut done: Vec<(Damage, PathBuf)> = Vec::new();
    for _ in 0..1 + chance.below(5) / 3 {
        // Mostly the journal.
        let kind = [0, 0, 0, 1, 2][chance.below(5)];
        let Some(last) = files[kind].len().checked_sub(1) else { continue };
        // The last one is the one that is written to.
        let file = if chance.below(2) == 0 { last } else { chance.below(last + 1) };
        let file = &files[kind][file];
        if done.iter().any(|(how, _)| matches!(how, Damage::Swap)) || !file.exists() {
            continue;
        }
        // A page of an SQLite file has no checksum: what a flipped bit changed there, nobody can tell.
        let how = match (kind, chance.below(6)) {
            (2, 0..4) | (_, 0) => Damage::Lose,
            (2, _) | (_, 1) => Damage::Cut,
            (_, 2) => Damage::Zero,
            (_, 3) if done.is_empty() && last > 0 => Damage::Swap,
            _ => Damage::Flip,
        };
        damage(chance, how, file, &files[kind]);
        done.push((how, file.clone()));
    }
    Sample { of, done }
}

#[test]
fn a_hundred_damaged_folders_load_what_is_true_or_are_refused_naming_the_place() {
    let _alone = processes();
    let mut history = records_of_an_evening(6, 6, 20);
    history.truncate(LAST);
    let wholes = [
        Whole::new(&history, false, false, LAST),
        Whole::new(&history, true, true, LAST),
        Whole::new(&history, false, true, 120),
        Whole::new(&history, false, false, 0),
        Whole::new(&history, true, true, 160),
    ];
    let (mut chance, mut truth) = (Chance(6), Truth::default());
    let (mut all, mut beginnings, mut refused) = (0, 0, 0);
    let times = std::env::var("ACCIDENTS").map_or(1, |times| times.parse::<u64>().unwrap());
    for number in 0..SAMPLES * times {
        let root = tempfile::tempdir().unwrap();
        let data = root.path().join("data");
        let of = chance.below(wholes.len());
        let whole = &wholes[of];
        let files = whole.copy(&data);
        let sample = draw(&mut chance, of, &files);
        let what = format!("sample {number}, folder {}: {:?}", sample.of, sample.done);

        let socket = UnixListener::bind(root.path().join("db-writer.sock")).unwrap();
        let executable = env!("CARGO_BIN_EXE_evoladder-db-writer");
        let mut writer =
            Alone::start(executable, Role::DbWriter, root.path(), &[(config::DATA, &data)], &socket);
        match writer.says() {
            Some(FromChild::Ready { .. }) => {
                let Loaded { snapshot, records } = load(root.path());
                let begins = snapshot.as_ref().map_or(0, |(head, _)| head.seq.0);
                if let Some((head, parts)) = &snapshot {
                    assert!(*parts == *truth.parts(&history, head.seq), "{what}: another state");
                }
                let last = begins + records.len() as u64;
                let true_ones = &history[usize::try_from(begins).unwrap()..usize::try_from(last).unwrap()];
                assert!(records == true_ones, "{what}: records {begins} to {last} are others");
                let is_lost = |file: &str| sample.done.iter().any(|(_, path)| path.ends_with(file));
                let database = if is_lost(DATABASE) { 0 } else { whole.database };
                assert!(whole.frames.contains(&last) || last == database, "{what}: it ends with {last}");
                let is_hurt = sample.done.iter().any(|(_, path)| path.starts_with(data.join(JOURNAL)));
                let least = if is_hurt { database } else { LAST as u64 };
                assert!(last >= least, "{what}: it ends with {last}, and {least} were there");
                assert!(writer.runs(), "{what}: {}", writer.log());
                if last == LAST as u64 { all += 1 } else { beginnings += 1 }
            }
            None => {
                let (status, log) = (writer.ends(), writer.log());
                assert_eq!(status.code(), Some(i32::from(EXIT_CONFIG)), "{what}: {status}: {log}");
                let error = log.lines().find(|line| line.contains("ERROR")).unwrap_or_default();
                // Which file, or between which records of journal and database something is missing.
                let named = error.contains(&data.display().to_string())
                    || error.contains(DATABASE)
                    || error.contains("the journal begins with record")
                        && error.contains("the database ends with record");
                assert!(named, "{what}: {log}");
                refused += 1;
            }
            other => panic!("{what}: {other:?}"),
        }
    }
    println!("{all} loaded all, {beginnings} a beginning, {refused} were refused");
    assert!(
        all >= 20 && beginnings >= 5 && refused >= 20,
        "{all} all, {beginnings} beginnings, {refused} refused"
    );
}
