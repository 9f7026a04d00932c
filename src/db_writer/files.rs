//! Replay files, each under its SHA-256.

use anyhow::Context;
use ipc_schema::vocab::FileHash;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

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
        if path.exists() {
            return Ok(());
        }
        let folder = path.parent().expect("a replay lies in a folder");
        std::fs::create_dir_all(folder).with_context(|| format!("create {}", folder.display()))?;
        // Written beside and renamed when whole, so that a name never stands for half a file.
        let beside = path.with_extension("part");
        let written = (|| {
            let mut file = File::create(&beside)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            std::fs::rename(&beside, &path)?;
            File::open(folder)?.sync_all()?;
            File::open(&self.dir)?.sync_all()
        })();
        if written.is_err() {
            std::fs::remove_file(&beside).ok();
        }
        written.with_context(|| format!("write {}", path.display()))
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
