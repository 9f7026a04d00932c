//! A copy of a ladder's data folder, made while the ladder runs, from which another can go on.
//!
//! Everything in the folder follows the journal, so the journal is copied behind what was made of it: first the tables as
//! SQLite sees them at one moment, then the snapshots, then of the journal what is whole; replays last, since
//! records name them. What the ladder removes meanwhile may leave a gap between the copies: then it begins anew.

use crate::config::Secret;
use crate::journal::inspect::Inspection;
use crate::runtime;
use crate::snapshot::{self, SnapshotError};
use crate::store::{Database, FILE, Store};
use anyhow::{Context, bail, ensure};
use ipc_schema::ids::Seq;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

/// Folders of a data folder, and files that belong to its history.
const JOURNAL: &str = "journal";
const SNAPSHOTS: &str = "snapshots";
const REPLAYS: &str = "replays";
const SMALL: [&str; 2] = ["holder", "demo.json"];

/// How often it begins anew where the ladder removed what was to be copied: it does so every 64 MiB of history.
const ATTEMPTS: u32 = 5;

/// What a copy holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// The last record of the history.
    pub last: Seq,
    /// The last that is in the tables; None where those are in PostgreSQL.
    pub tables: Option<Seq>,
    pub snapshots: u64,
    pub replays: u64,
    pub bytes: u64,
}

/// For people, in two sentences.
impl fmt::Display for Backup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Backup { last, tables, snapshots, replays, bytes } = self;
        let mib = *bytes as f64 / f64::from(1 << 20);
        write!(f, "History up to record {last}, {snapshots} snapshots, {replays} replays, {mib:.1} MiB. ")?;
        match tables {
            Some(seq) => write!(f, "Tables up to record {seq}."),
            None => write!(f, "The tables are in PostgreSQL: dump them there."),
        }
    }
}

/// Copies what a ladder in `data` knows into the new folder `to`, which is there when it is whole and on disk, and
/// else is not. With `url` the tables are in PostgreSQL, and not copied.
pub fn run(data: &Path, to: &Path, url: Option<&Secret>) -> anyhow::Result<Backup> {
    runtime::block_on(back_up(data, to, url))
}

async fn back_up(data: &Path, to: &Path, url: Option<&Secret>) -> anyhow::Result<Backup> {
    ensure!(
        data.join(JOURNAL).is_dir(),
        "there is no ladder in {}; name its data folder with --data",
        data.display()
    );
    let is_free = match fs::read_dir(to) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == ErrorKind::NotFound,
    };
    ensure!(is_free, "{} is there already; name a folder that is not", to.display());
    let parent = to.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let inside = fs::canonicalize(parent).with_context(|| format!("find {}", parent.display()))?;
    ensure!(
        !inside.starts_with(fs::canonicalize(data)?),
        "{} is in the data folder itself; name a folder outside",
        to.display()
    );
    for _ in 0..ATTEMPTS {
        // It goes with all that is in it unless it is kept.
        let draft = tempfile::Builder::new().prefix(".evoladder-backup-").tempdir_in(parent);
        let draft = draft.with_context(|| format!("make a folder in {}", parent.display()))?;
        let Some(backup) = copy(data, draft.path(), url).await? else { continue };
        sync(draft.path())?;
        fs::rename(draft.path(), to).with_context(|| format!("name the copy {}", to.display()))?;
        // Under its new name it stays.
        let _ = draft.keep();
        sync(parent)?;
        return Ok(backup);
    }
    bail!("the ladder removed old parts of its history {ATTEMPTS} times while they were copied; try again")
}

/// None where something was removed meanwhile without which the rest is of no use.
async fn copy(data: &Path, to: &Path, url: Option<&Secret>) -> anyhow::Result<Option<Backup>> {
    let mut backup = Backup { last: Seq(0), tables: None, snapshots: 0, replays: 0, bytes: 0 };
    if url.is_none() {
        let database = Database::of(data, None)?;
        ensure!(
            data.join(FILE).is_file(),
            "there is no {FILE} in {}; where the tables are in PostgreSQL, set DATABASE_URL as the ladder has it",
            data.display()
        );
        let copied = to.join(FILE);
        Store::open_to_read(database).await?.copy_to(&copied).await?;
        backup.bytes += synced_bytes(&copied)?;
        let mut copied = Store::open_to_read(Database::of(to, None)?).await?;
        backup.tables = Some(copied.progress().await?.map_or(Seq(0), |progress| progress.seq));
    }
    let newest = snapshots(&data.join(SNAPSHOTS), &to.join(SNAPSHOTS), &mut backup)?;
    let Some(first) = journal(&data.join(JOURNAL), &to.join(JOURNAL), &mut backup)? else { return Ok(None) };
    let reaches = |seq: Seq| seq.0 + 1 >= first.0;
    if !reaches(newest) || !backup.tables.is_none_or(reaches) {
        return Ok(None);
    }
    for name in SMALL {
        backup.bytes += copied(&data.join(name), &to.join(name), u64::MAX)?.unwrap_or(0);
    }
    replays(&data.join(REPLAYS), &to.join(REPLAYS), &mut backup)?;
    Ok(Some(backup))
}

/// The newest of those that were copied, 0 for none.
fn snapshots(from: &Path, to: &Path, backup: &mut Backup) -> anyhow::Result<Seq> {
    make(to)?;
    let mut newest = Seq(0);
    let whole = match snapshot::whole(from) {
        // One was removed between two looks.
        Err(SnapshotError::Disk { source, .. }) if source.kind() == ErrorKind::NotFound => Vec::new(),
        whole => whole?,
    };
    for snapshot in whole {
        if let Some(bytes) = copied(snapshot.path(), &within(to, snapshot.path()), u64::MAX)? {
            newest = newest.max(snapshot.seq());
            backup.snapshots += 1;
            backup.bytes += bytes;
        }
    }
    sync(to)?;
    Ok(newest)
}

/// The first record of what was copied; None where a segment was removed meanwhile. A frame that is being written
/// at the end stays behind.
fn journal(from: &Path, to: &Path, backup: &mut Backup) -> anyhow::Result<Option<Seq>> {
    make(to)?;
    let mut inspection = Inspection::of(from)?;
    let mut first = None;
    for at in 0..inspection.len() {
        // Its frames are checked, its records not decoded.
        let Some(segment) = inspection.read(at, Seq(u64::MAX), |_| {})? else { return Ok(None) };
        if let Some(fault) = &segment.fault {
            let (path, offset) = (segment.path.display(), fault.offset);
            bail!(
                "{path} is damaged at byte {offset}: {}; a copy of it would not start either",
                fault.problem
            );
        }
        let Some(bytes) = copied(&segment.path, &within(to, &segment.path), segment.used)? else {
            return Ok(None);
        };
        first = first.or(Some(segment.first));
        backup.last = segment.last;
        backup.bytes += bytes;
    }
    sync(to)?;
    Ok(first)
}

/// With everything below, whose names are letters and digits; what is being written has another one.
fn replays(from: &Path, to: &Path, backup: &mut Backup) -> anyhow::Result<()> {
    let entries = match fs::read_dir(from) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        entries => entries.with_context(|| format!("list {}", from.display()))?,
    };
    make(to)?;
    for entry in entries {
        let entry = entry.with_context(|| format!("list {}", from.display()))?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            replays(&path, &target, backup)?;
        } else if let Some(bytes) = copied(&path, &target, u64::MAX)? {
            backup.replays += u64::from(path.extension().is_some_and(|ending| ending == "SC2Replay"));
            backup.bytes += bytes;
        }
    }
    sync(to)
}

/// Where a file of that name is in `folder`.
fn within(folder: &Path, path: &Path) -> PathBuf {
    folder.join(path.file_name().unwrap_or_default())
}

fn make(folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))
}

/// Copies so many bytes of a file at the most, down to the disk, and counts them; None where it is not there.
fn copied(from: &Path, to: &Path, bytes: u64) -> anyhow::Result<Option<u64>> {
    let source = match File::open(from) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        source => source.with_context(|| format!("open {}", from.display()))?,
    };
    let copy = || -> io::Result<u64> {
        let mut target = File::create_new(to)?;
        let bytes = io::copy(&mut source.take(bytes), &mut target)?;
        target.sync_all()?;
        Ok(bytes)
    };
    copy().map(Some).with_context(|| format!("copy {} to {}", from.display(), to.display()))
}

fn synced_bytes(path: &Path) -> anyhow::Result<u64> {
    let file = File::open(path).and_then(|file| file.sync_all().and_then(|()| file.metadata()));
    Ok(file.with_context(|| format!("sync {}", path.display()))?.len())
}

fn sync(folder: &Path) -> anyhow::Result<()> {
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.with_context(|| format!("sync {}", folder.display()))
}
