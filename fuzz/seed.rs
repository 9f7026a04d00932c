//! Writes what each fuzz target begins with.
//!
//! From forged files into `seed/TARGET`, and from real ones, where there are any, into
//! `corpus/TARGET`. Git ignores both folders. Built with `--cfg fuzzing`; `run` does that.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (number, file) in replay::fuzzing::forged().iter().enumerate() {
        write(&here.join("seed"), &format!("forged-{number}"), file)?;
    }
    let real =
        env::var_os("EVOLADDER_REPLAYS").map_or_else(|| here.join("../../shared/replays"), PathBuf::from);
    let Ok(entries) = fs::read_dir(&real) else {
        println!("No real replays: EVOLADDER_REPLAYS can name a folder with some.");
        return Ok(());
    };
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "SC2Replay") {
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            write(&here.join("corpus"), &format!("real-{name}"), &fs::read(&path)?)?;
        }
    }
    Ok(())
}

/// Writes the seeds that one file gives; what is no replay gives none.
fn write(folder: &Path, name: &str, file: &[u8]) -> Result<(), Box<dyn Error>> {
    for (target, bytes) in replay::fuzzing::seeds(file).unwrap_or_default() {
        let folder = folder.join(target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(name), bytes)?;
    }
    Ok(())
}
