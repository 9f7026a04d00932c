//! Copies of replay files in an object store.
//!
//! `to-copy` in the folder of replays has an empty file, the mark, for each replay that has no copy
//! yet. It is safe on the disk before the replay has its name, and goes when the store has the
//! copy; so whatever dies, what lacks a copy has a mark. A copy that is made twice is the same one.
//!
//! Files that were stored while nothing was copied have no mark. A file `copied-to` names the store
//! that all files without a mark are in; where it names none or another, the store is listed once,
//! and what it lacks is marked. Listing costs a request for every 1,000 files; copying all of them
//! anew, after a backup was put back or the setting was away for a day, would cost the traffic of all.

mod objects;

pub use objects::Objects;

use super::files::{Folder, hash_of, name};
use crate::failpoint;
use anyhow::Context;
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream;
use ipc_schema::vocab::FileHash;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::Notify;

/// Copies under way: each holds one file in memory.
const AT_A_TIME: usize = 4;

/// Marks looked at before the folder is listed anew.
const ROUND: usize = 1000;

/// Before another attempt where the store does not answer; twice as long with each that fails.
const PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The folder of marks, and what says which store has the rest.
const MARKS: &str = "to-copy";
const COPIED_TO: &str = "copied-to";

/// What is to be copied, and where. Clones share it.
#[derive(Debug, Clone)]
pub(super) struct Copies {
    marks: PathBuf,
    objects: Arc<Objects>,
    open: Arc<AtomicU64>,
    wake: Arc<Notify>,
}

/// What went wrong with a copy.
#[derive(Debug)]
enum CopyError {
    /// With this one file, or its mark.
    File(anyhow::Error),
    /// With the store: no other file would fare better.
    Store(anyhow::Error),
}

impl Copies {
    /// Starts to copy what is marked and what will be.
    pub(super) fn start(folder: Folder, objects: Objects) -> anyhow::Result<Copies> {
        let marks = folder.dir().join(MARKS);
        std::fs::create_dir_all(&marks).with_context(|| format!("create {}", marks.display()))?;
        File::open(folder.dir()).and_then(|dir| dir.sync_all()).context("sync the folder of replays")?;
        let copies = Copies { marks, objects: Arc::new(objects), open: Arc::default(), wake: Arc::default() };
        // Nothing is being stored yet, so a mark without its file is of one that was never acknowledged.
        for hash in copies.marked(usize::MAX).context("list what is to be copied")? {
            let [first, file] = name(hash);
            if folder.dir().join(first).join(file).exists() {
                copies.open.fetch_add(1, Ordering::Relaxed);
            } else {
                std::fs::remove_file(copies.mark_of(hash)).context("remove a mark without a file")?;
            }
        }
        tokio::spawn(copies.clone().run(folder));
        Ok(copies)
    }

    /// Nothing is copied from now on, so no store has all that is without a mark.
    pub(super) fn stop(folder: &Folder) -> anyhow::Result<()> {
        match std::fs::remove_file(folder.dir().join(COPIED_TO)) {
            Ok(()) => {
                File::open(folder.dir()).and_then(|dir| dir.sync_all()).context("sync the folder of replays")
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error).context("forget where replays were copied to"),
        }
    }

    /// Makes it safe that this file is to be copied.
    pub(super) fn mark(&self, hash: FileHash) -> std::io::Result<()> {
        match File::create_new(self.mark_of(hash)) {
            Ok(mark) => {
                self.open.fetch_add(1, Ordering::Relaxed);
                mark.sync_all()?;
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
        File::open(&self.marks)?.sync_all()
    }

    /// There is something to copy.
    pub(super) fn wake(&self) {
        self.wake.notify_one();
    }

    /// How many files have no copy yet.
    pub(super) fn open(&self) -> u64 {
        self.open.load(Ordering::Relaxed)
    }

    pub(super) fn objects(&self) -> &Objects {
        &self.objects
    }

    fn mark_of(&self, hash: FileHash) -> PathBuf {
        self.marks.join(name(hash)[1].as_str())
    }

    fn marked(&self, most: usize) -> std::io::Result<Vec<FileHash>> {
        let mut marked = Vec::new();
        for mark in std::fs::read_dir(&self.marks)? {
            marked.extend(mark?.file_name().to_str().and_then(hash_of));
            if marked.len() == most {
                break;
            }
        }
        Ok(marked)
    }

    /// Copies, for ever. Says when it cannot, and when it can again.
    async fn run(self, folder: Folder) {
        let mut pause = PAUSE;
        let mut is_told = false;
        let mut knows_all = false;
        loop {
            let result = async {
                if !knows_all {
                    self.mark_what_is_missing(&folder).await?;
                    knows_all = true;
                }
                self.copy_marked(&folder).await
            };
            match result.await {
                Ok(copied) => {
                    if is_told {
                        tracing::warn!("replays are copied to {} again", self.objects.name());
                    }
                    (pause, is_told) = (PAUSE, false);
                    if copied == 0 {
                        self.wake.notified().await;
                    }
                }
                Err(error) => {
                    if !is_told {
                        let (to, open) = (self.objects.name(), self.open());
                        tracing::error!(
                            "cannot copy replays to {to}, {open} wait: {error:#}; trying again until it works"
                        );
                    }
                    is_told = true;
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }

    /// Marks the files that the store has not got, unless it is known to have all that are not marked.
    async fn mark_what_is_missing(&self, folder: &Folder) -> anyhow::Result<()> {
        let copied_to = folder.dir().join(COPIED_TO);
        let name = self.objects.name().to_owned();
        if std::fs::read_to_string(&copied_to).is_ok_and(|found| found == name) {
            return Ok(());
        }
        let there = self.objects.list().await?;
        let (copies, folder) = (self.clone(), folder.clone());
        let marked = tokio::task::spawn_blocking(move || {
            folder.walk(
                |hash, bytes| {
                    if there.get(&hash) == Some(&bytes) { Ok(()) } else { copies.mark(hash) }
                },
            )?;
            failpoint::hit("copies: all marked")?;
            let beside = copied_to.with_extension("part");
            let mut file = File::create(&beside)?;
            file.write_all(name.as_bytes())?;
            file.sync_all()?;
            std::fs::rename(&beside, &copied_to)?;
            File::open(folder.dir())?.sync_all()
        });
        marked.await?.context("mark the replays without a copy")
    }

    /// How many were copied of those that are marked, a round at most. One that fails for itself does
    /// not keep the others from it.
    async fn copy_marked(&self, folder: &Folder) -> anyhow::Result<usize> {
        let copies = self.clone();
        let listed = tokio::task::spawn_blocking(move || copies.marked(ROUND)).await?;
        let marked = listed.context("list what is to be copied")?;
        let is_away = AtomicBool::new(false);
        let copied = stream::iter(marked).map(|hash| {
            let is_away = &is_away;
            async move {
                if is_away.load(Ordering::Relaxed) {
                    return Ok(0);
                }
                let copied = self.copy(folder, hash).await;
                is_away.fetch_or(matches!(copied, Err(CopyError::Store(_))), Ordering::Relaxed);
                copied.map(usize::from)
            }
        });
        let results: Vec<_> = copied.buffer_unordered(AT_A_TIME).collect().await;
        let mut copied = 0;
        let mut failed = None;
        for result in results {
            match result {
                Ok(count) => copied += count,
                Err(CopyError::File(error)) => failed = failed.or(Some(error)),
                Err(CopyError::Store(error)) => failed = Some(error),
            }
        }
        failed.map_or(Ok(copied), Err)
    }

    /// False for a file that is just being stored.
    async fn copy(&self, folder: &Folder, hash: FileHash) -> Result<bool, CopyError> {
        let from = folder.clone();
        let read = tokio::task::spawn_blocking(move || from.read(hash)).await;
        let read = read.map_err(anyhow::Error::from).flatten();
        let Some(bytes) = read.map_err(CopyError::File)? else { return Ok(false) };
        let point = |name| failpoint::hit(name).context("copy a replay").map_err(CopyError::Store);
        point("copies: put")?;
        self.objects.put(hash, Bytes::from(bytes)).await.map_err(CopyError::Store)?;
        point("copies: unmark")?;
        self.unmark(hash).map_err(CopyError::File)?;
        point("copies: unmarked")?;
        Ok(true)
    }

    /// Copies this file before it returns.
    pub(super) async fn copy_now(&self, hash: FileHash, bytes: Bytes) -> anyhow::Result<()> {
        self.objects.put(hash, bytes).await?;
        self.unmark(hash)
    }

    /// The store has it. Somebody else may have seen to the same one.
    fn unmark(&self, hash: FileHash) -> anyhow::Result<()> {
        // Not synced: a mark that comes back after a power cut costs one more copy.
        match std::fs::remove_file(self.mark_of(hash)) {
            Ok(()) => drop(self.open.fetch_sub(1, Ordering::Relaxed)),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error).context("remove a mark"),
        }
        Ok(())
    }
}
