//! Replay files, each under its SHA-256: in the data folder, and copied to an object store where
//! there is one.
//!
//! A file is acknowledged when the folder has it; where it is to be copied, a mark that says so is
//! safe before the file has its name. [`ReplayFiles::store`] and [`ReplayFiles::read`] are the only
//! places that know in which order the places of a file are used.

use super::copies::{Copies, Objects};
use crate::failpoint;
use anyhow::{Context, bail};
use bytes::Bytes;
use ipc_schema::vocab::FileHash;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// How the name of a replay ends.
const ENDING: &str = ".SC2Replay";

/// Numbers the files being written, so that two uploads of one file do not share one.
static PARTS: AtomicU64 = AtomicU64::new(0);

/// Where replay files are. Clones share it.
#[derive(Debug, Clone)]
pub struct ReplayFiles {
    folder: Folder,
    copies: Option<Copies>,
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
        Ok(ReplayFiles { folder, copies })
    }

    /// Stores the file so that it survives a power cut; a file that is there already is left alone.
    pub async fn store(&self, hash: FileHash, bytes: Bytes) -> anyhow::Result<()> {
        let ReplayFiles { folder, copies } = self.clone();
        let to_copy = copies.clone();
        let stored = tokio::task::spawn_blocking(move || {
            let mark = || to_copy.as_ref().map_or(Ok(()), |copies| copies.mark(hash));
            folder.store(hash, &bytes, mark)
        });
        stored.await??;
        if let Some(copies) = copies {
            copies.wake();
        }
        Ok(())
    }

    /// The file, wherever it is; None if there is no such file anywhere. What is found under the name
    /// and is another file is an error.
    pub async fn read(&self, hash: FileHash) -> anyhow::Result<Option<Bytes>> {
        let folder = self.folder.clone();
        let ours = tokio::task::spawn_blocking(move || folder.read(hash)).await?;
        match (&self.copies, ours) {
            (_, Ok(Some(bytes))) => Ok(Some(Bytes::from(bytes))),
            (None, Ok(None)) => Ok(None),
            (None, Err(error)) => Err(error),
            (Some(copies), ours) => {
                if let Err(error) = ours {
                    tracing::error!("{error:#}; taking its copy");
                }
                let Some(bytes) = copies.objects().get(hash).await? else { return Ok(None) };
                check(hash, &bytes).context("read the copy of a replay")?;
                Ok(Some(bytes))
            }
        }
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
