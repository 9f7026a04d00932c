//! When a snapshot is made, which one a load begins with, and what may go because of it.
//!
//! A thread of its own with low priority takes the newest snapshot and the records behind it, writes the
//! next one, and ends with all that it had in memory. The newest two are kept; what the journal has
//! from before the older of them goes, as far as the database has it.

pub mod kept;

use super::reconcile::unmendable;
use crate::clock;
use crate::config::Faults;
use crate::journal::Journal;
use crate::journal::commit::Commits;
use crate::journal::reader::Reader;
use crate::snapshot::fold::Folded;
use crate::snapshot::{self, Mark, Snapshot, SnapshotError};
use crate::store::{self, Progress, Store, StoreError};
use anyhow::{Context, bail};
use ipc_schema::db_writer::{Record, SnapshotHead};
use ipc_schema::ids::{LadderId, Seq};
use ipc_schema::vocab::Timestamp;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// Bytes of the journal behind the newest snapshot at which the next one is made: a load folds them in
/// a second or two.
const BYTES: u64 = 64 << 20;

/// With so many records behind it, one is made after this time too.
const RECORDS: u64 = 5_000;
const PERIOD: Duration = Duration::from_secs(10 * 60);

/// After a failure, as on a full disk, it is tried again after this.
const PAUSE: Duration = Duration::from_secs(60);

/// Stored bytes that are folded at a time, and events of the database.
const PAGE_BYTES: usize = 1 << 20;
const PAGE: u32 = 1_000;

/// How much less than others the thread that makes one gets of the processor: as little as there is.
const NICE: i32 = 19;

/// A file in the folder that says after how many records one is made, for tests, which have few.
const EVERY: &str = "every";

/// The snapshots of a ladder that runs.
#[derive(Debug)]
pub(super) struct Snapshots {
    dir: PathBuf,
    journal: PathBuf,
    ladder: LadderId,
    newest: Option<Arc<Snapshot>>,
    older: Option<Arc<Snapshot>>,
    /// The one that a backend loads.
    loading: Option<Arc<Snapshot>>,
    /// [`Journal::bytes`] at the newest one, about.
    bytes_at: u64,
    /// Records after which one is made at the latest, where a test says so.
    every: Option<u64>,
    /// When the last one was begun or failed, or this process began.
    looked_at: Timestamp,
    is_making: bool,
    has_failed: bool,
    /// What the journal was last asked to let go of.
    trimmed_before: Seq,
    /// The newest snapshot when this was last looked at, and how far the database was then and at the one
    /// before. An SQLite file is not synced with each commit, so only the latter is sure to outlive a power cut.
    noticed: Seq,
    database_at: [Seq; 2],
    /// The newest one, for whoever keeps it elsewhere.
    told: watch::Sender<Option<Arc<Snapshot>>>,
}

/// What came of making one, and of how many of the journal's bytes it is.
pub(super) type Making = (u64, anyhow::Result<Snapshot>);

impl Snapshots {
    /// `found` are those that a load may begin with, newest first.
    pub(super) fn new(dir: PathBuf, journal: &Journal, found: Vec<Snapshot>) -> Snapshots {
        let mut found = found.into_iter().map(Arc::new);
        let (newest, older) = (found.next(), found.next());
        // The journal's frames are about as long as one another; how long those behind a record are, it does not say.
        let records = (journal.last().0 + 1).saturating_sub(journal.first().0);
        let at = newest.as_ref().map_or(Seq(0), |newest| newest.seq());
        let behind = journal.last().0.saturating_sub(at.0);
        let bytes_behind = u128::from(journal.bytes()) * u128::from(behind) / u128::from(records.max(1));
        let bytes_behind = u64::try_from(bytes_behind).unwrap_or(u64::MAX);
        let every = std::fs::read_to_string(dir.join(EVERY)).ok();
        let (told, _) = watch::channel(newest.clone());
        Snapshots {
            every: every.and_then(|text| text.trim().parse().ok()),
            dir,
            journal: journal.dir().to_owned(),
            ladder: journal.ladder(),
            newest,
            older,
            loading: None,
            bytes_at: journal.bytes().saturating_sub(bytes_behind),
            looked_at: clock::now(),
            is_making: false,
            has_failed: false,
            trimmed_before: Seq(0),
            noticed: Seq(0),
            database_at: [Seq(0); 2],
            told,
        }
    }

    /// The newest one, whenever there is another.
    pub(super) fn newest(&self) -> watch::Receiver<Option<Arc<Snapshot>>> {
        self.told.subscribe()
    }

    /// A backend begins to load: with the newest one, which is kept for it.
    pub(super) fn begin_load(&mut self) -> Option<SnapshotHead> {
        self.loading.clone_from(&self.newest);
        self.loading.as_ref().map(|snapshot| {
            let Mark { ladder, seq, .. } = snapshot.mark();
            let number = |part| u32::try_from(part).expect("its header has them so");
            let Range { start, end } = snapshot.of_matches();
            let parts = number(snapshot.parts());
            SnapshotHead { ladder, seq, parts, of_matches: (number(start), number(end)) }
        })
    }

    /// A part of the snapshot that is being loaded. None if that is not the one of record `seq`, or it is
    /// damaged since it was opened: the load then begins anew, with the one before it.
    pub(super) fn part(&mut self, seq: Seq, part: u32) -> anyhow::Result<Option<Vec<u8>>> {
        let Some(loading) = self.loading.as_ref().filter(|loading| loading.seq() == seq) else {
            return Ok(None);
        };
        match loading.part(part as usize) {
            Err(error @ SnapshotError::Damaged { .. }) => {
                tracing::warn!("passing over a snapshot: {error}");
                self.loading = None;
                self.pass_over(seq);
                Ok(None)
            }
            part => Ok(part?),
        }
    }

    /// The snapshot of that record cannot be read any more.
    fn pass_over(&mut self, seq: Seq) {
        if self.newest.as_ref().is_some_and(|newest| newest.seq() == seq) {
            self.newest = self.older.take();
        }
        self.older.take_if(|older| older.seq() == seq);
    }

    pub(super) fn end_load(&mut self) {
        self.loading = None;
    }

    /// Makes one if it is due, and has the journal let go of what nobody needs.
    pub(super) fn tick(
        &mut self,
        commits: &Commits,
        synced: Seq,
        database: Seq,
        made: &mpsc::Sender<Making>,
    ) {
        let newest = self.newest.as_ref().map_or(Seq(0), |newest| newest.seq());
        if newest != self.noticed {
            self.noticed = newest;
            self.database_at = [database, self.database_at[0]];
        }
        self.trim(commits, self.database_at[1]);
        let now = clock::now();
        if self.is_making || !self.is_due(now, synced, commits.bytes()) {
            return;
        }
        self.is_making = true;
        self.looked_at = now;
        let bytes = commits.bytes();
        let task = Task {
            dir: self.dir.clone(),
            journal: self.journal.clone(),
            ladder: self.ladder,
            base: self.newest.clone(),
            through: synced,
        };
        let told = made.clone();
        // Whoever waits for it may be draining.
        let started = task.start(move |made| drop(told.blocking_send((bytes, made))));
        if let Err(error) = started {
            self.made((bytes, Err(anyhow::Error::from(error).context("start a thread"))));
        }
    }

    fn is_due(&self, now: Timestamp, synced: Seq, bytes: u64) -> bool {
        let records = synced.0.saturating_sub(self.newest.as_ref().map_or(0, |newest| newest.seq().0));
        let waited = now.since(self.looked_at);
        if self.has_failed && waited < PAUSE {
            return false;
        }
        match self.every {
            Some(every) => records >= every,
            None => {
                bytes.saturating_sub(self.bytes_at) >= BYTES && records > 0
                    || records >= RECORDS && waited >= PERIOD
            }
        }
    }

    pub(super) fn made(&mut self, (bytes, made): Making) {
        self.is_making = false;
        match made {
            Ok(snapshot) => {
                tracing::info!("snapshot of record {}, {} bytes", snapshot.seq(), snapshot.bytes());
                if self.has_failed {
                    tracing::info!("snapshots are made again");
                }
                self.has_failed = false;
                self.bytes_at = bytes;
                self.older = self.newest.replace(Arc::new(snapshot));
                self.told.send_replace(self.newest.clone());
            }
            Err(error) => {
                if !self.has_failed {
                    tracing::error!(
                        "cannot make a snapshot; a load takes longer until one is made: {error:#}"
                    );
                }
                self.has_failed = true;
                self.looked_at = clock::now();
                if matches!(error.downcast_ref(), Some(SnapshotError::Damaged { .. }))
                    && let Some(newest) = self.newest.as_ref().map(|newest| newest.seq())
                {
                    // It was whole when it was opened. The one before it, or the journal, still is.
                    self.pass_over(newest);
                }
            }
        }
    }

    fn trim(&mut self, commits: &Commits, database: Seq) {
        let Some(older) = &self.older else { return };
        let needed = self.loading.as_ref().map_or(older.seq(), |loading| loading.seq().min(older.seq()));
        let before = Seq(needed.min(database).0 + 1);
        if before <= self.trimmed_before {
            return;
        }
        let done = |trimmed: Result<Seq, String>| {
            if let Err(reason) = trimmed {
                tracing::warn!("the journal keeps segments that nobody needs: {reason}");
            }
        };
        if commits.trim(before, done).is_ok() {
            self.trimmed_before = before;
        }
    }
}

/// What the thread needs to make one.
#[derive(Debug)]
pub struct Task {
    /// The folder of snapshots, and that of the journal.
    pub dir: PathBuf,
    pub journal: PathBuf,
    pub ladder: LadderId,
    /// The newest one there is.
    pub base: Option<Arc<Snapshot>>,
    /// The last record that is to be in it.
    pub through: Seq,
}

impl Task {
    /// Makes it on a thread of its own, which stands back for all others.
    pub fn start(self, done: impl FnOnce(anyhow::Result<Snapshot>) + Send + 'static) -> std::io::Result<()> {
        let thread = std::thread::Builder::new().name("snapshot".to_owned());
        let started = thread.spawn(move || {
            if let Err(error) = rustix::process::nice(NICE) {
                tracing::warn!("a snapshot is made at the priority of the rest: {error}");
            }
            done(self.make());
        });
        started.map(drop)
    }

    /// Makes it, and removes what is older than the one it was made from.
    pub fn make(self) -> anyhow::Result<Snapshot> {
        let mut folded = match &self.base {
            Some(base) => Folded::load(base)?,
            None => Folded::default(),
        };
        let mut reader = Reader::new(&self.journal, folded.seq());
        while reader.after() < self.through {
            folded.take(reader.read(self.through, PAGE_BYTES)?);
        }
        let made = folded.store(&self.dir, self.ladder)?;
        let kept: Vec<Seq> =
            [Some(made.seq()), self.base.map(|base| base.seq())].into_iter().flatten().collect();
        // One that could not be read, or is older, is of no use to anyone any more.
        if let Err(error) = snapshot::keep_only(&self.dir, &kept) {
            tracing::warn!("an old snapshot stays: {:#}", anyhow::Error::from(error));
        }
        Ok(made)
    }
}

/// The whole snapshots of a folder, newest first.
pub(super) fn find(dir: &Path) -> anyhow::Result<Vec<Snapshot>> {
    let found = snapshot::remove_unborn(dir).and_then(|()| snapshot::whole(dir));
    found.map_err(|error| match error {
        // Another start may find it otherwise.
        SnapshotError::Disk { .. } => anyhow::Error::from(error).context("look for snapshots"),
        SnapshotError::NewerFormat { .. }
        | SnapshotError::Damaged { .. }
        | SnapshotError::PartTooLarge { .. } => Faults(vec![error.to_string()]).into(),
    })
}

/// With which record a journal that is not there begins: behind the newest snapshot, if the database has
/// what follows.
pub(super) async fn beginning(
    found: &[Snapshot],
    store: &mut Store,
    progress: Option<Progress>,
) -> anyhow::Result<Seq> {
    let Some(newest) = found.first() else { return Ok(Seq(1)) };
    let at = progress.map_or(Seq(0), |progress| progress.seq);
    if newest.seq() > at {
        bail!(beyond(newest, "there is no journal", at));
    }
    if let Some(progress) = progress {
        refuse_foreign(newest, progress.ladder, "the database")?;
    }
    refuse_fork(newest, holds(store, newest).await?, "the database")?;
    Ok(Seq(newest.seq().0 + 1))
}

/// Those of `found` that a load may begin with: what is behind them is in the journal. A journal that
/// does not begin with the first record gets one from the events of the database if it has none. Without
/// `store`, which is away, what is not in the journal cannot be held against anything.
pub(super) async fn usable(
    found: Vec<Snapshot>,
    journal: &Journal,
    mut store: Option<&mut Store>,
    database: Seq,
    dir: &Path,
) -> anyhow::Result<Vec<Snapshot>> {
    let (first, last) = (journal.first(), journal.last());
    for snapshot in &found {
        refuse_foreign(snapshot, journal.ladder(), &format!("the journal in {}", journal.dir().display()))?;
        let seq = snapshot.seq();
        if seq > last && store.is_none() {
            bail!(
                "the journal ends with record {last}, before a snapshot of record {seq}, and the database is away"
            );
        }
        if seq > last {
            bail!(beyond(snapshot, &format!("the journal ends with record {last}"), database));
        }
        if seq >= first {
            let records = Reader::new(journal.dir(), Seq(seq.0 - 1)).read(seq, 1)?;
            let is_ours = is_of(snapshot, records.first());
            refuse_fork(snapshot, is_ours, &format!("the journal in {}", journal.dir().display()))?;
        } else if seq <= database
            && let Some(store) = &mut store
        {
            refuse_fork(snapshot, holds(store, snapshot).await?, "the database")?;
        }
    }
    let (usable, too_old): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|snapshot| snapshot.seq().0 + 1 >= first.0);
    for snapshot in too_old {
        tracing::warn!(
            "passing over {}: the journal begins with record {first} only",
            snapshot.path().display()
        );
    }
    if first > Seq(1) && usable.is_empty() {
        let Some(store) = store else {
            bail!(
                "the journal begins with record {first}, there is no whole snapshot to begin a load with, and the database, \
                 which has what was before, is away"
            );
        };
        return Ok(vec![from_database(journal, store, database, dir).await?]);
    }
    Ok(usable)
}

/// The snapshot with which a trimmed journal can be loaded, from the events that the database has.
async fn from_database(
    journal: &Journal,
    store: &mut Store,
    database: Seq,
    dir: &Path,
) -> anyhow::Result<Snapshot> {
    let through = Seq(journal.first().0 - 1);
    assert!(through <= database, "a journal that begins behind the end of the database was refused");
    tracing::warn!(
        "the journal begins with record {} and there is no whole snapshot to begin a load with; making one from the \
         events of the database",
        journal.first()
    );
    let mut folded = Folded::default();
    while folded.seq() < through {
        let wanted = u32::try_from(through.0 - folded.seq().0).unwrap_or(PAGE).min(PAGE);
        let records = store.records_after(folded.seq(), wanted).await?;
        let next = Seq(folded.seq().0 + 1);
        if records.first().is_none_or(|record| record.seq != next) {
            bail!(unmendable(format!(
                "the journal begins with record {}, there is no whole snapshot in {}, and the database has no \
                 event {next}. Put back a snapshot, or the database with all its events",
                journal.first(),
                dir.display()
            )));
        }
        folded.take(records);
    }
    folded.store(dir, journal.ladder()).context("make a snapshot from the database")
}

fn refuse_foreign(snapshot: &Snapshot, ladder: LadderId, whose: &str) -> Result<(), Faults> {
    let ours = snapshot.mark().ladder;
    if ours == ladder {
        return Ok(());
    }
    Err(unmendable(format!(
        "{} is of ladder {:016x}, {whose} of ladder {:016x}. Move away the one that does not belong here",
        snapshot.path().display(),
        ours.0,
        ladder.0
    )))
}

/// Whether the database has the record that a snapshot is of.
async fn holds(store: &mut Store, snapshot: &Snapshot) -> Result<bool, StoreError> {
    let records = store.records_after(Seq(snapshot.seq().0 - 1), 1).await?;
    Ok(is_of(snapshot, records.first()))
}

fn is_of(snapshot: &Snapshot, record: Option<&Record>) -> bool {
    let Mark { seq, checksum, .. } = snapshot.mark();
    record.is_some_and(|record| record.seq == seq && store::checksum_of(record) == checksum)
}

fn refuse_fork(snapshot: &Snapshot, is_ours: bool, whose: &str) -> Result<(), Faults> {
    if is_ours {
        return Ok(());
    }
    Err(unmendable(format!(
        "{} and {whose} differ at record {}: one of them was put back from a backup and then went on by \
         itself. Move away the one that is not to be kept; a snapshot that is missing is made anew",
        snapshot.path().display(),
        snapshot.seq()
    )))
}

fn beyond(snapshot: &Snapshot, journal: &str, database: Seq) -> Faults {
    unmendable(format!(
        "{} is of record {}, but {journal}, and the database ends with record {database}: records that players were told \
         of are missing. Put back the journal or the database that has them, or move the snapshot away to go on without them",
        snapshot.path().display(),
        snapshot.seq()
    ))
}

#[cfg(test)]
mod tests;
