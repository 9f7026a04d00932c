//! Replay files, each under its SHA-256.

use crate::failpoint;
use anyhow::Context;
use ipc_schema::vocab::FileHash;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Numbers the files being written, so that two uploads of one file do not share one.
static PARTS: AtomicU64 = AtomicU64::new(0);

/// The folder of replay files.
#[derive(Debug, Clone)]
pub(super) struct ReplayFiles {
    dir: PathBuf,
}

impl ReplayFiles {
    pub(super) fn open(dir: &Path) -> anyhow::Result<ReplayFiles> {
        std::fs::create_dir_all(dir).with_context(|| format!("create {}", dir.display()))?;
        Ok(ReplayFiles { dir: dir.to_owned() })
    }

    /// Stores the file so that it survives a power cut; a file that is there already is left alone.
    pub(super) fn store(&self, hash: FileHash, bytes: &[u8]) -> anyhow::Result<()> {
        let path = self.path(hash);
        let folder = path.parent().expect("a replay lies in a folder");
        if path.exists() {
            // Whoever renamed it may have died before its name was safe.
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
            failpoint::hit("db-writer: replay file written")?;
            std::fs::rename(&beside, &path)?;
            failpoint::hit("db-writer: replay file renamed")?;
            self.sync_folders(folder)?;
            failpoint::hit("db-writer: replay file synced")
        })();
        if written.is_err() {
            std::fs::remove_file(&beside).ok();
        }
        written.with_context(|| format!("write {}", path.display()))
    }

    fn sync_folders(&self, folder: &Path) -> std::io::Result<()> {
        File::open(folder)?.sync_all()?;
        File::open(&self.dir)?.sync_all()
    }

    pub(super) fn read(&self, hash: FileHash) -> anyhow::Result<Option<Vec<u8>>> {
        match std::fs::read(self.path(hash)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("read replay {hash}")),
        }
    }

    fn path(&self, hash: FileHash) -> PathBuf {
        let name = hash.to_string();
        self.dir.join(&name[..2]).join(format!("{name}.SC2Replay"))
    }
}
