//! A small disk of its own, which can be filled.

use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

/// A file system in memory, gone when this is dropped.
pub(crate) struct SmallDisk(PathBuf);

impl SmallDisk {
    /// None where this user may not mount.
    pub(crate) fn mount(at: PathBuf, mebibytes: u32) -> Option<SmallDisk> {
        std::fs::create_dir_all(&at).ok()?;
        let size = format!("size={mebibytes}m");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(&at).output();
        mounted.is_ok_and(|output| output.status.success()).then(|| SmallDisk(at))
    }

    pub(crate) fn fill(&self) -> std::io::Result<()> {
        let mut file = std::fs::File::create(self.0.join("filler"))?;
        let block = vec![0; 1 << 20];
        for length in [block.len(), 4096, 1] {
            while file.write_all(&block[..length]).is_ok() {}
        }
        Ok(())
    }

    pub(crate) fn make_room(&self) -> std::io::Result<()> {
        std::fs::remove_file(self.0.join("filler"))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily, since a ladder that failed to stop may still hold it.
        Command::new("umount").arg("--lazy").arg(&self.0).status().ok();
    }
}
