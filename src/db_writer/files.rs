//! Replay files, each under its SHA-256: in the data folder, and copied to an object store where
//! there is one.
//!
//! A file is acknowledged when the folder has it; where it is to be copied, a mark that says so is
//! safe before the file has its name. Where the folder may be lost with the container, a file is
//! acknowledged only when the object store has it too, or without one a table of the database.
//! [`ReplayFiles::store`] and [`ReplayFiles::read`] are the only places that know in which order the
//! places of a file are used.

mod table;

use super::copies::{Copies, Objects};
use crate::config::Durability;
use crate::failpoint;
use crate::store::Database;
use anyhow::{Context, bail};
use bytes::Bytes;
use ipc_schema::vocab::FileHash;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use table::Table;

/// How the name of a replay ends.
const ENDING: &str = ".SC2Replay";

/// Numbers the files being written, so that two uploads of one file do not share one.
static PARTS: AtomicU64 = AtomicU64::new(0);

/// How long a file may wait for the place that outlives the folder: less than the backend waits for its
/// answer, so that the answer is this one's.
const KEEP_LIMIT: Duration = Duration::from_secs(25);

/// Before that place is tried again.
const KEEP_PAUSE: Duration = Duration::from_millis(500);

/// Why a file was not stored. Whatever there is of it, is not in the way when it is sent again.
#[derive(Debug, thiserror::Error)]
pub enum NotStored {
    #[error("cannot store replay {hash} in the data folder")]
    Folder { hash: FileHash, source: anyhow::Error },
    /// The folder has it, and the place that outlives the folder does not answer.
    #[error("replay {hash} could not be kept in {place} within {} s", KEEP_LIMIT.as_secs())]
    NotKept { hash: FileHash, place: String },
}

/// Where replay files are. Clones share it.
#[derive(Debug, Clone)]
pub struct ReplayFiles {
    folder: Folder,
    copies: Option<Copies>,
    /// Where the tables are on a server.
    table: Option<Table>,
    /// Whether a file has to outlive the folder before it is acknowledged.
    must_be_kept: bool,
    /// Whether it was said that the place for that does not answer.
    is_away: Arc<AtomicBool>,
}

impl ReplayFiles {
    /// Of the folder `dir`, which is made if need be. Copies to `objects` begin at once, in a task of
    /// their own.
    pub fn open(dir: &Path, objects: Option<Objects>) -> anyhow::Result<ReplayFiles> {
        std::fs::create_dir_all(dir).with_context(|| format!("create {}", dir.display()))?;
        let folder = Folder { dir: dir.to_owned() };
        let copies = match objects {
            Some(objects) => Some(Copies::start(folder.clone(), objects)?),
            None => {
                Copies::stop(&folder)?;
                None
            }
        };
        Ok(ReplayFiles { folder, copies, table: None, must_be_kept: false, is_away: Arc::default() })
    }

    /// The same with this database: what was ever kept in its table is found there, and with
    /// [`Durability::Database`] nothing is acknowledged that would be lost with the folder.
    pub fn with_database(mut self, database: &Database, durability: Durability) -> ReplayFiles {
        self.table = database.is_server().then(|| Table::of(database));
        self.must_be_kept = durability == Durability::Database;
        self
    }

    /// Stores the file so that it survives a power cut, and where that is asked for the loss of the
    /// folder; a file that is there already is left alone.
    pub async fn store(&self, hash: FileHash, bytes: Bytes) -> Result<(), NotStored> {
        let ReplayFiles { folder, copies, .. } = self.clone();
        let (to_copy, to_store) = (copies.clone(), bytes.clone());
        let stored = tokio::task::spawn_blocking(move || {
            let mark = || to_copy.as_ref().map_or(Ok(()), |copies| copies.mark(hash));
            folder.store(hash, &to_store, mark)
        });
        let stored = stored.await.map_err(anyhow::Error::from).flatten();
        stored.map_err(|source| NotStored::Folder { hash, source })?;
        let kept = if self.must_be_kept { self.keep(hash, &bytes).await } else { Ok(()) };
        if let Some(copies) = copies {
            copies.wake();
        }
        kept
    }

    /// Returns when the file outlives the folder, or after [`KEEP_LIMIT`] without that.
    async fn keep(&self, hash: FileHash, bytes: &Bytes) -> Result<(), NotStored> {
        let place = match &self.copies {
            Some(copies) => copies.objects().name().to_owned(),
            None => "the database".to_owned(),
        };
        let keeping = async {
            loop {
                let kept = match (&self.copies, &self.table) {
                    (Some(copies), _) => copies.copy_now(hash, bytes.clone()).await,
                    (None, Some(table)) => table.put(hash, bytes).await.map_err(anyhow::Error::from),
                    (None, None) => Err(anyhow::anyhow!("there is neither an object store nor a database")),
                };
                let Err(error) = kept else { break };
                if !self.is_away.swap(true, Ordering::Relaxed) {
                    tracing::error!("replays cannot be kept in {place}, and are not taken: {error:#}");
                }
                tokio::time::sleep(KEEP_PAUSE).await;
            }
        };
        if tokio::time::timeout(KEEP_LIMIT, keeping).await.is_err() {
            return Err(NotStored::NotKept { hash, place });
        }
        if self.is_away.swap(false, Ordering::Relaxed) {
            tracing::warn!("replays are kept in {place} again");
        }
        failpoint::hit("replay: kept").ok();
        Ok(())
    }

    /// The file, wherever it is: in the folder, in the object store, in the table. None if there is no such file
    /// anywhere. What is found under the name and is another file is an error, and so is a place that does
    /// not answer, since it may have what the others have not.
    pub async fn read(&self, hash: FileHash) -> anyhow::Result<Option<Bytes>> {
        let folder = self.folder.clone();
        let ours = tokio::task::spawn_blocking(move || folder.read(hash)).await?;
        let is_elsewhere = self.copies.is_some() || self.table.is_some();
        match ours {
            Ok(Some(bytes)) => return Ok(Some(Bytes::from(bytes))),
            Err(error) if !is_elsewhere => return Err(error),
            Err(error) => tracing::error!("{error:#}; looking for another copy"),
            Ok(None) => {}
        }
        if let Some(copies) = &self.copies
            && let Some(bytes) = copies.objects().get(hash).await?
        {
            check(hash, &bytes).context("read the copy of a replay")?;
            return Ok(Some(bytes));
        }
        let Some(table) = &self.table else { return Ok(None) };
        let Some(bytes) = table.get(hash).await.context("read a replay of the database")? else {
            return Ok(None);
        };
        check(hash, &bytes).context("read a replay of the database")?;
        Ok(Some(Bytes::from(bytes)))
    }

    /// Files that are not copied yet; None where nothing is copied.
    pub fn to_copy(&self) -> Option<u64> {
        self.copies.as_ref().map(Copies::open)
    }
}

/// The folder of replay files.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    dir: PathBuf,
}

impl Folder {
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// `before_name` runs when the bytes are safe and nobody sees them yet.
    fn store(
        &self,
        hash: FileHash,
        bytes: &[u8],
        before_name: impl FnOnce() -> std::io::Result<()>,
    ) -> anyhow::Result<()> {
        let path = self.path(hash);
        let folder = path.parent().expect("a replay lies in a folder");
        if path.exists() {
            // Whoever renamed it may have died before its name was safe. Its mark was safe by then.
            return self.sync_folders(folder).with_context(|| format!("sync {}", folder.display()));
        }
        std::fs::create_dir_all(folder).with_context(|| format!("create {}", folder.display()))?;
        // Written beside and renamed when whole, so that a name never stands for half a file.
        let number = PARTS.fetch_add(1, Ordering::Relaxed);
        let beside = path.with_extension(format!("{}.{number}.part", std::process::id()));
        let written = (|| {
            let mut file = File::create(&beside)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            failpoint::hit("replay: mark")?;
            before_name()?;
            failpoint::hit("replay: name")?;
            std::fs::rename(&beside, &path)?;
            failpoint::hit("replay: sync folder")?;
            self.sync_folders(folder)
        })();
        if written.is_err() {
            std::fs::remove_file(&beside).ok();
        }
        written.with_context(|| format!("write {}", path.display()))?;
        failpoint::hit("replay: before acknowledging").context("store a replay")
    }

    fn sync_folders(&self, folder: &Path) -> std::io::Result<()> {
        File::open(folder)?.sync_all()?;
        File::open(&self.dir)?.sync_all()
    }

    /// None if there is no such file; an error if it is another one.
    pub(super) fn read(&self, hash: FileHash) -> anyhow::Result<Option<Vec<u8>>> {
        match std::fs::read(self.path(hash)) {
            Ok(bytes) => {
                check(hash, &bytes).context("read a replay of the data folder")?;
                Ok(Some(bytes))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("read replay {hash}")),
        }
    }

    /// Every file with its size, for `each`.
    pub(super) fn walk(
        &self,
        mut each: impl FnMut(FileHash, u64) -> std::io::Result<()>,
    ) -> std::io::Result<()> {
        for folder in std::fs::read_dir(&self.dir)? {
            let folder = folder?;
            // The folders of replays have the first byte of a hash for a name.
            if folder.file_name().len() != 2 || !folder.file_type()?.is_dir() {
                continue;
            }
            for file in std::fs::read_dir(folder.path())? {
                let file = file?;
                if let Some(hash) = file.file_name().to_str().and_then(hash_of) {
                    each(hash, file.metadata()?.len())?;
                }
            }
        }
        Ok(())
    }

    fn path(&self, hash: FileHash) -> PathBuf {
        let [folder, file] = name(hash);
        self.dir.join(folder).join(file)
    }
}

/// Where a file lies, in whatever place: a folder, and its name.
pub(super) fn name(hash: FileHash) -> [String; 2] {
    let hash = hash.to_string();
    [hash[..2].to_owned(), hash + ENDING]
}

/// The hash that a name says.
pub(super) fn hash_of(name: &str) -> Option<FileHash> {
    FileHash::from_hex(name.strip_suffix(ENDING)?)
}

fn check(hash: FileHash, bytes: &[u8]) -> anyhow::Result<()> {
    let found = FileHash(Sha256::digest(bytes).into());
    if found != hash {
        bail!("the file named {hash} is another one, with the hash {found}");
    }
    Ok(())
}
