//! The two folders of a run: the data folder, which is locked, and a private one for the sockets.

use super::spec::Listener;
use super::{Error, by_chance};
use crate::config::{self, Durability, RunDir};
use anyhow::{Context, Result};
use nix::fcntl::{Flock, FlockArg};
use nix::sys::socket::{Backlog, listen};
use nix::sys::statfs::{OVERLAYFS_SUPER_MAGIC, TMPFS_MAGIC, statfs};
use serde::{Deserialize, Serialize};
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{ErrorKind, Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process;

/// A socket's path, with the zero behind it, has to fit here.
const SOCKET_PATH_BYTES: usize = 108;
/// Callers wait here while a server restarts; one second of a busy ladder fits many times.
const BACKLOG: i32 = 4096;
/// How private folders are named, before the process and a number by chance.
const PREFIX: &str = "evoladder-";

/// What asking for a data folder came to.
pub enum Taken {
    Ours(DataFolder),
    /// Another has it: its process, where it says so.
    InUse {
        by: String,
    },
}

/// The data folder, locked for as long as this lives.
pub struct DataFolder {
    path: PathBuf,
    _lock: Flock<File>,
}

/// What makes two runs of a demo the same world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoWorld {
    pub seed: u64,
    pub players: u32,
}

/// What the operator asked of a demo, where they asked.
#[derive(Debug, Clone, Copy, Default)]
pub struct DemoWish {
    pub seed: Option<u64>,
    pub players: Option<u32>,
}

impl DataFolder {
    /// Makes the folder if need be, and takes it if it is free.
    pub fn take(path: &Path) -> Result<Taken, Error> {
        let path = std::path::absolute(path).context("find data folder")?;
        fs::create_dir_all(&path).map_err(|error| {
            Error::Config(format!(
                "the data folder {} cannot be made: {error}. Name another with --data or {}.",
                path.display(),
                config::DATA
            ))
        })?;
        let opened =
            OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path.join("lock"));
        let file = opened.map_err(|error| {
            Error::Config(format!("the data folder {} cannot be written: {error}", path.display()))
        })?;
        match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
            Ok(mut lock) => {
                lock.rewind().and_then(|()| lock.set_len(0)).context("write lock")?;
                writeln!(lock, "{}", process::id()).context("write lock")?;
                Ok(Taken::Ours(DataFolder { path, _lock: lock }))
            }
            Err((mut file, _)) => {
                let mut holder = String::new();
                let by = match file.read_to_string(&mut holder) {
                    Ok(_) if !holder.trim().is_empty() => format!(" (process {})", holder.trim()),
                    _ => String::new(),
                };
                Ok(Taken::InUse { by })
            }
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What a record has to be on before anybody is told of it: as chosen, else the journal where the
    /// folder outlives the process. A folder in a container's own file system is gone with the container.
    pub fn durability(
        &self,
        chosen: Option<Durability>,
        is_demo: bool,
        has_database_url: bool,
    ) -> Result<Durability, Error> {
        if let Some(chosen) = chosen {
            return Ok(chosen);
        }
        let is_passing =
            !is_demo && self.is_passing().context("look at the file system of the data folder")?;
        match (is_passing, has_database_url) {
            (false, _) => Ok(Durability::Journal),
            (true, true) => {
                tracing::info!(
                    "the data folder {} is gone with the container, so players are told what the database has ({}={})",
                    self.path.display(),
                    config::DURABILITY,
                    Durability::Database.name()
                );
                Ok(Durability::Database)
            }
            (true, false) => Err(Error::Config(format!(
                "the data folder {} lies in the container's own file system and is gone with it, and no {} is set, so \
                 nothing would outlive the container. Attach a volume and name it with {}, or set {}; {}=journal runs \
                 nevertheless.",
                self.path.display(),
                config::DATABASE_URL,
                config::DATA,
                config::DATABASE_URL,
                config::DURABILITY
            ))),
        }
    }

    /// Whether the folder's file system ends with the container or the machine's power.
    fn is_passing(&self) -> nix::Result<bool> {
        let of = statfs(&self.path)?.filesystem_type();
        Ok([OVERLAYFS_SUPER_MAGIC, TMPFS_MAGIC].contains(&of))
    }

    /// The world of the demo in this folder, made as wished if there is none yet. A real ladder
    /// is no place for a demo, and a demo cannot become another one.
    pub fn demo_world(&self, wish: DemoWish, default_players: u32) -> Result<DemoWorld, Error> {
        let file = self.path.join(DEMO);
        let Some(world) = self.read_demo_world()? else {
            if !self.is_fresh()? {
                return Err(Error::Config(format!(
                    "the data folder {} is not empty and holds no demo; name another with --data",
                    self.path.display()
                )));
            }
            let world = DemoWorld {
                // Short enough to be typed again.
                seed: wish.seed.unwrap_or_else(|| by_chance() % 1_000_000),
                players: wish.players.unwrap_or(default_players),
            };
            let json = serde_json::to_vec(&world).context("encode demo world")?;
            write_whole(&file, &json).with_context(|| format!("write {}", file.display()))?;
            return Ok(world);
        };
        let differs = [
            wish.seed.filter(|seed| *seed != world.seed).map(|_| format!("--seed {}", world.seed)),
            wish.players.filter(|n| *n != world.players).map(|_| format!("--players {}", world.players)),
        ];
        let differs: Vec<String> = differs.into_iter().flatten().collect();
        if differs.is_empty() {
            return Ok(world);
        }
        Err(Error::Config(format!(
            "the demo in {} was begun with {}; give the same or nothing to go on with it, or name another folder with --data",
            self.path.display(),
            differs.join(" and ")
        )))
    }

    /// Refuses a demo's folder to a run with Discord.
    pub fn refuse_demo(&self) -> Result<(), Error> {
        if self.read_demo_world()?.is_none() {
            return Ok(());
        }
        Err(Error::Config(format!(
            "the data folder {} holds a demo's ladder, whose players do not exist; name another with --data or {}",
            self.path.display(),
            config::DATA
        )))
    }

    fn read_demo_world(&self) -> Result<Option<DemoWorld>, Error> {
        let file = self.path.join(DEMO);
        match fs::read(&file) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(anyhow::Error::new(error).context(format!("read {}", file.display())).into()),
            Ok(json) => serde_json::from_slice(&json).map(Some).map_err(|error| {
                Error::Config(format!("{} is not what a demo writes: {error}", file.display()))
            }),
        }
    }

    /// Whether nobody but a supervisor has written here.
    fn is_fresh(&self) -> Result<bool, Error> {
        for entry in fs::read_dir(&self.path).context("list data folder")? {
            let name = entry.context("list data folder")?.file_name();
            if name != "lock" && name != RUN {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

const RUN: &str = "run";
const DEMO: &str = "demo.json";

/// Where the sockets of the ladder that runs over this data folder lie, as its supervisor wrote.
pub fn running(data: &Path) -> Option<RunDir> {
    let text = fs::read_to_string(data.join(RUN)).ok()?;
    let path = text.trim_end_matches('\n');
    (!path.is_empty()).then(|| RunDir::new(path))
}

/// The private folder of sockets, removed when this is dropped.
pub struct RunFolder {
    run_dir: RunDir,
    written_to: PathBuf,
    listeners: Vec<(Listener, UnixListener)>,
}

impl RunFolder {
    /// Makes the folder in the first of `parents` that will do, binds every listening socket in
    /// it, and writes its path into the data folder.
    pub fn create(data: &DataFolder, parents: &[PathBuf]) -> Result<RunFolder> {
        let written_to = data.path().join(RUN);
        if let Some(left_behind) = running(data.path()) {
            remove(&left_behind);
        }
        let run_dir = parents
            .iter()
            .find_map(|parent| make_private(parent))
            .with_context(|| format!("make a private folder for sockets in any of {parents:?}"))?;
        let mut folder = RunFolder { run_dir, written_to, listeners: Vec::new() };
        for listener in Listener::ALL {
            let socket = bind(&listener.path(&folder.run_dir))?;
            folder.listeners.push((listener, socket));
        }
        let line = format!("{}\n", folder.run_dir.path().display());
        write_whole(&folder.written_to, line.as_bytes()).context("write the place of the sockets")?;
        Ok(folder)
    }

    pub fn run_dir(&self) -> &RunDir {
        &self.run_dir
    }

    pub fn listener(&self, wanted: Listener) -> &UnixListener {
        let (_, socket) = self
            .listeners
            .iter()
            .find(|(listener, _)| *listener == wanted)
            .expect("all are bound at creation");
        socket
    }
}

impl Drop for RunFolder {
    fn drop(&mut self) {
        remove(&self.run_dir);
        // Gone is what it should be; a stale path only makes `evoladder status` look in vain.
        let _ = fs::remove_file(&self.written_to);
    }
}

/// A listening socket that only this user can reach.
pub fn bind(path: &Path) -> Result<UnixListener> {
    let socket = UnixListener::bind(path).with_context(|| format!("bind {}", path.display()))?;
    fs::set_permissions(path, Permissions::from_mode(0o600)).context("close socket to others")?;
    listen(&socket, Backlog::new(BACKLOG).unwrap_or(Backlog::MAXALLOWABLE)).context("set backlog")?;
    Ok(socket)
}

/// A new folder for this user alone, if `parent` allows one with a name short enough.
fn make_private(parent: &Path) -> Option<RunDir> {
    for _ in 0..8 {
        // In a container every supervisor is process 1, so its number alone is no name.
        let name = format!("{PREFIX}{}-{:08x}", process::id(), by_chance() as u32);
        let run_dir = RunDir::new(std::path::absolute(parent.join(name)).ok()?);
        if run_dir.supervisor().as_os_str().len() + 1 > SOCKET_PATH_BYTES {
            return None;
        }
        match DirBuilder::new().mode(0o700).create(run_dir.path()) {
            Ok(()) => return Some(run_dir),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(_) => return None,
        }
    }
    None
}

/// Removes a folder of sockets, of this run or of one that was killed. Only what a supervisor
/// makes is touched: anything else in it, or another name, keeps the folder.
fn remove(run_dir: &RunDir) {
    let ours =
        run_dir.path().file_name().and_then(|name| name.to_str()).is_some_and(|n| n.starts_with(PREFIX));
    if ours {
        for socket in [run_dir.backend(), run_dir.db_writer(), run_dir.supervisor()] {
            let _ = fs::remove_file(socket);
        }
        let _ = fs::remove_dir(run_dir.path());
    }
}

/// Writes beside and renames, so that a reader finds the old text or the new one.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    fs::write(&beside, bytes)?;
    fs::rename(&beside, path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(path: &Path) -> DataFolder {
        match DataFolder::take(path).unwrap() {
            Taken::Ours(folder) => folder,
            Taken::InUse { by } => panic!("{} is in use{by}", path.display()),
        }
    }

    fn message<T>(result: Result<T, Error>) -> String {
        match result {
            Ok(_) => "fine".to_owned(),
            Err(Error::Config(text)) => text,
            Err(error) => panic!("{error}"),
        }
    }

    #[test]
    fn a_data_folder_serves_one_supervisor_at_a_time() {
        let temp = tempfile::tempdir().unwrap();
        let first = open(temp.path());
        let Ok(Taken::InUse { by }) = DataFolder::take(temp.path()) else {
            panic!("the folder is taken twice")
        };
        assert_eq!(by, format!(" (process {})", process::id()));
        drop(first);
        open(temp.path());
    }

    #[test]
    fn what_would_not_outlive_the_container_is_refused_or_left_to_the_database() {
        let temp = tempfile::tempdir().unwrap();
        let lasting = open(temp.path());
        let chosen = [Some(Durability::Journal), Some(Durability::Database)];
        for chosen in chosen {
            assert_eq!(Ok(chosen.unwrap()), lasting.durability(chosen, false, true).map_err(|_| ()));
        }
        // The one file system of this kind that every Linux has, whether or not this user may write to it.
        let passing = DataFolder { path: PathBuf::from("/dev/shm"), ..lasting };
        if !passing.is_passing().unwrap() {
            println!("skipped: /dev/shm is no memory here");
            return;
        }
        assert_eq!(passing.durability(None, true, false).map_err(|_| ()), Ok(Durability::Journal), "a demo");
        assert_eq!(passing.durability(None, false, true).map_err(|_| ()), Ok(Durability::Database));
        let refusal = message(passing.durability(None, false, false));
        assert!(refusal.contains("EVOLADDER_DATA") && refusal.contains("DATABASE_URL"), "{refusal}");
    }

    #[test]
    fn a_demo_goes_on_as_it_was_begun_or_not_at_all() {
        let temp = tempfile::tempdir().unwrap();
        let data = open(temp.path());
        let wish = |seed, players| DemoWish { seed, players };
        let world = data.demo_world(wish(Some(7), None), 40).unwrap();
        assert_eq!(world, DemoWorld { seed: 7, players: 40 });
        assert_eq!(data.demo_world(wish(None, Some(40)), 99).unwrap(), world);
        let refusal = message(data.demo_world(wish(Some(8), Some(41)), 40));
        assert!(refusal.contains("begun with --seed 7 and --players 40"), "{refusal}");
        assert!(message(data.refuse_demo()).contains("holds a demo's ladder"));
    }

    #[test]
    fn what_earlier_builds_wrote_is_read_as_it_is() {
        // These bytes are on disks; they are never edited.
        let temp = tempfile::tempdir().unwrap();
        let data = open(temp.path());
        fs::write(temp.path().join("demo.json"), r#"{"seed":7,"players":40}"#).unwrap();
        let world = data.demo_world(DemoWish::default(), 99).unwrap();
        assert_eq!(world, DemoWorld { seed: 7, players: 40 });
        fs::write(temp.path().join("run"), "/run/user/0/evoladder-1a2b\n").unwrap();
        assert_eq!(running(temp.path()).unwrap().path(), Path::new("/run/user/0/evoladder-1a2b"));
    }

    #[test]
    fn a_real_ladder_is_no_place_for_a_demo() {
        let temp = tempfile::tempdir().unwrap();
        let data = open(temp.path());
        fs::write(temp.path().join("journal"), "").unwrap();
        assert!(message(data.demo_world(DemoWish::default(), 40)).contains("holds no demo"));
        assert_eq!(message(data.refuse_demo()), "fine");
    }

    #[test]
    fn the_sockets_are_private_found_through_the_data_folder_and_gone_at_the_end() {
        let temp = tempfile::tempdir().unwrap();
        let data = open(temp.path());
        let folder = RunFolder::create(&data, &[temp.path().to_owned()]).unwrap();
        let run_dir = running(temp.path()).unwrap();
        assert_eq!(&run_dir, folder.run_dir());
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(run_dir.path()), mode(&run_dir.backend())), (0o700, 0o600));
        drop(folder);
        assert!(!run_dir.path().exists() && running(temp.path()).is_none());
    }

    #[test]
    fn sockets_of_a_supervisor_that_was_killed_are_cleared_away() {
        let temp = tempfile::tempdir().unwrap();
        let data = open(temp.path());
        let killed = RunFolder::create(&data, &[temp.path().to_owned()]).unwrap();
        let left_behind = killed.run_dir().clone();
        std::mem::forget(killed);
        let next = RunFolder::create(&data, &[temp.path().to_owned()]).unwrap();
        assert!(!left_behind.path().exists() && next.run_dir().path().exists());
    }

    #[test]
    fn a_folder_whose_sockets_would_have_too_long_a_name_is_passed_over() {
        let temp = tempfile::tempdir().unwrap();
        let long = temp.path().join("x".repeat(90));
        fs::create_dir(&long).unwrap();
        let data = open(temp.path());
        let folder = RunFolder::create(&data, &[long.clone(), temp.path().to_owned()]).unwrap();
        assert!(!folder.run_dir().path().starts_with(&long));
    }
}
