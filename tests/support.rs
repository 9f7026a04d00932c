//! Helpers of the tests: a ladder of real processes, and people in its emulator.

pub(crate) mod met;
pub(crate) mod person;
pub(crate) mod places;
pub(crate) mod postgres;
pub(crate) mod role;
pub(crate) mod small_disk;

pub(crate) use person::Person;
pub(crate) use places::{Guild, calls};

use ipc_schema::control::EXIT_GAVE_UP;
use replay::facts::CacheHandle;
use serde_json::Value;
use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tempfile::TempDir;

/// The 40 bytes of a handle in hex.
pub(crate) fn cache_handle(hex: &str) -> CacheHandle {
    let byte = |at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap();
    CacheHandle(std::array::from_fn(byte))
}

/// Held by a test that starts whole processes.
pub(crate) fn processes() -> MutexGuard<'static, ()> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    // A test that failed has let go of its processes.
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How long something may take before a test gives it up. Far above what it takes, for machines
/// that do much else.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Looks again and again until there is something to see.
pub(crate) async fn wait_for<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(seen) = look().await {
                return seen;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let seen = tokio::time::timeout(PATIENCE, looking).await;
    seen.unwrap_or_else(|_| panic!("waited {PATIENCE:?} for {what}"))
}

pub(crate) fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// A running ladder of real processes, whose players are the test's own.
pub(crate) struct Ladder {
    _alone: MutexGuard<'static, ()>,
    /// Holds the data folder and the log.
    root: TempDir,
    supervisor: Child,
    pub(crate) emulator: SocketAddr,
    /// Whether nobody but the test plays in it.
    is_the_tests_own: bool,
}

impl Ladder {
    /// Starts it and waits until it is up.
    pub(crate) async fn start() -> Ladder {
        Ladder::start_in(tempfile::tempdir().unwrap()).await
    }

    /// The same with `data` in `root` for its data folder.
    pub(crate) async fn start_in(root: TempDir) -> Ladder {
        Ladder::start_again(root, free_address()).await
    }

    /// The same with the executables of another folder, and with these variables set.
    pub(crate) async fn start_from(executables: &Path, variables: &[(&str, &str)]) -> Ladder {
        // Whoever the processes are, they may pass through it.
        let passable = std::fs::Permissions::from_mode(0o711);
        let root = tempfile::Builder::new().permissions(passable).tempdir().unwrap();
        let evoladder = executables.join("evoladder");
        Ladder::start_life(&evoladder, 0, variables, root, free_address()).await
    }

    /// A further life of the ladder that had this folder and this address.
    pub(crate) async fn start_again(root: TempDir, emulator: SocketAddr) -> Ladder {
        Ladder::start_again_with(root, emulator, &[]).await
    }

    /// The same with these variables set.
    pub(crate) async fn start_again_with(
        root: TempDir,
        emulator: SocketAddr,
        variables: &[(&str, &str)],
    ) -> Ladder {
        Ladder::start_life(Path::new(env!("CARGO_BIN_EXE_evoladder")), 0, variables, root, emulator).await
    }

    /// One with simulated players, and with these variables set.
    pub(crate) async fn start_playing(players: u32, variables: &[(&str, &str)]) -> Ladder {
        let (root, evoladder) = (tempfile::tempdir().unwrap(), Path::new(env!("CARGO_BIN_EXE_evoladder")));
        Ladder::start_life(evoladder, players, variables, root, free_address()).await
    }

    async fn start_life(
        evoladder: &Path,
        players: u32,
        variables: &[(&str, &str)],
        root: TempDir,
        emulator: SocketAddr,
    ) -> Ladder {
        // For those who ask the emulator over HTTP; it may be there already.
        drop(rustls::crypto::ring::default_provider().install_default());
        let alone = processes();
        let supervisor = Ladder::spawn(evoladder, players, variables, root.path(), emulator);
        let mut ladder = Ladder { _alone: alone, root, supervisor, emulator, is_the_tests_own: players == 0 };
        ladder.until_ready().await;
        ladder
    }

    fn spawn(
        evoladder: &Path,
        players: u32,
        variables: &[(&str, &str)],
        root: &Path,
        emulator: SocketAddr,
    ) -> Child {
        Command::new(evoladder)
            .args(["run", "--emulator", "--players", &players.to_string(), "--seed", "7", "--data"])
            .arg(root.join("data"))
            .env_remove("DISCORD_TOKEN")
            .env_remove("DATABASE_URL")
            .env("EMULATOR_LISTEN", emulator.to_string())
            .env("REPLAY_WORKERS", "2")
            .env("EVOLADDER_LOG", "warn")
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::options().create(true).append(true).open(root.join("log")).unwrap())
            .spawn()
            .unwrap()
    }

    async fn until_ready(&mut self) {
        wait_for("the ladder to be up", async || {
            let ended = self.supervisor.try_wait().unwrap();
            assert_eq!(ended, None, "the ladder does not start: {}", self.log());
            self.all_ready().then_some(())
        })
        .await;
    }

    /// What all processes have logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.root.path().join("log")).unwrap()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.root.path().join("data")
    }

    /// The folder of the sockets.
    pub(crate) fn run_dir(&self) -> PathBuf {
        PathBuf::from(std::fs::read_to_string(self.data().join("run")).unwrap().trim())
    }

    /// What `evoladder status --json` prints. It waits for a second, and a machine may stand still for longer.
    pub(crate) fn status(&self) -> Option<Value> {
        for _ in 0..20 {
            let status = Command::new(env!("CARGO_BIN_EXE_evoladder"))
                .args(["status", "--json", "--data"])
                .arg(self.data())
                .stderr(Stdio::null())
                .output()
                .unwrap();
            if status.status.code() != Some(i32::from(EXIT_GAVE_UP)) {
                return serde_json::from_slice(&status.stdout).ok();
            }
        }
        None
    }

    /// Whether every process serves.
    pub(crate) fn all_ready(&self) -> bool {
        let Some(status) = self.status() else { return false };
        let children = status["children"].as_array().expect("a status lists children");
        children.iter().all(|child| child["state"] == "ready")
    }

    /// How often processes of a role have died, if all of them serve again.
    pub(crate) fn restarts_if_ready(&self, role: &str) -> Option<u64> {
        let children = self.children(role);
        let ready = children.iter().all(|child| child["state"] == "ready");
        ready.then(|| children.iter().filter_map(|child| child["restarts"].as_u64()).sum())
    }

    fn children(&self, role: &str) -> Vec<Value> {
        let status = self.status().expect("the ladder runs");
        let children = status["children"].as_array().unwrap();
        children.iter().filter(|child| child["role"] == role).cloned().collect()
    }

    /// The processes of a role that run.
    pub(crate) fn pids(&self, role: &str) -> Vec<i32> {
        let pid = |child: &Value| child["pid"].as_i64().and_then(|pid| i32::try_from(pid).ok());
        self.children(role).iter().filter_map(pid).collect()
    }

    pub(crate) fn restarts(&self, role: &str) -> u64 {
        self.children(role).iter().filter_map(|child| child["restarts"].as_u64()).sum()
    }

    /// Whoever has gone since they were asked for gets none.
    pub(crate) fn signal(&self, pids: &[i32], signal: nix::sys::signal::Signal) {
        for pid in pids {
            match nix::sys::signal::kill(nix::unistd::Pid::from_raw(*pid), signal) {
                Ok(()) | Err(nix::errno::Errno::ESRCH) => {}
                Err(error) => panic!("{signal} to {pid}: {error}"),
            }
        }
    }

    /// A gauge of a role, as the role told it last.
    pub(crate) fn gauge(&self, role: &str, name: &str) -> Option<f64> {
        self.children(role).iter().find_map(|child| child["gauges"][name].as_f64())
    }

    /// Drains it, and says how it ended. Its data folder is `data` in the folder that comes back.
    pub(crate) fn stop(mut self) -> (ExitStatus, TempDir) {
        let pid = nix::unistd::Pid::from_raw(self.supervisor.id().cast_signed());
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).unwrap();
        let status = self.supervisor.wait().unwrap();
        self.after_its_end(status)
    }

    /// Waits for its end, which comes by itself, and says how it was.
    pub(crate) async fn ended(mut self) -> (ExitStatus, TempDir) {
        let status = wait_for("the ladder to end", async || self.supervisor.try_wait().unwrap()).await;
        self.after_its_end(status)
    }

    fn after_its_end(mut self, status: ExitStatus) -> (ExitStatus, TempDir) {
        self.note_met();
        self.was_as_discord_describes();
        (status, std::mem::replace(&mut self.root, tempfile::tempdir().unwrap()))
    }

    /// Up to here nothing was asked or answered that Discord's own description does not have, where that is at hand.
    fn was_as_discord_describes(&self) {
        let log =
            std::fs::read_to_string(self.data().join("emulator").join("log.ndjson")).unwrap_or_default();
        let is_unlike =
            |line: &&str| ["\"unlike_discord\"", "\"spec_violation\""].iter().any(|kind| line.contains(kind));
        let unlike: Vec<&str> = log.lines().filter(is_unlike).collect();
        assert!(unlike.is_empty(), "{unlike:#?}");
    }

    /// What simulated people do is chance, and meets nothing for certain.
    fn note_met(&self) {
        if self.is_the_tests_own {
            met::collect(&self.data());
        }
    }
}

impl Ladder {
    /// Another supervisor over the same folder.
    pub(crate) fn rival(&self) -> Child {
        Ladder::spawn(Path::new(env!("CARGO_BIN_EXE_evoladder")), 0, &[], self.root.path(), self.emulator)
    }

    /// Another supervisor over a folder of its own, with these variables set.
    pub(crate) fn rival_over(&self, root: &Path, variables: &[(&str, &str)]) -> (Child, SocketAddr) {
        let emulator = free_address();
        let evoladder = Path::new(env!("CARGO_BIN_EXE_evoladder"));
        (Ladder::spawn(evoladder, 0, variables, root, emulator), emulator)
    }

    /// Kills all of it at once, and goes on as the rival, once that one is up.
    pub(crate) async fn succeed(&mut self, rival: Child) {
        self.supervisor.kill().unwrap();
        self.supervisor.wait().unwrap();
        self.supervisor = rival;
        self.until_ready().await;
    }

    /// Drains it, and goes on as the rival over its own folder, once that one is up.
    pub(crate) async fn give_way(
        &mut self,
        root: TempDir,
        (rival, emulator): (Child, SocketAddr),
    ) -> TempDir {
        let pid = nix::unistd::Pid::from_raw(self.supervisor.id().cast_signed());
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).unwrap();
        let status = self.supervisor.wait().unwrap();
        assert!(status.success(), "{status}");
        (self.supervisor, self.emulator) = (rival, emulator);
        let before = std::mem::replace(&mut self.root, root);
        self.until_ready().await;
        before
    }

    /// Asks it to drain, and again before it could.
    pub(crate) fn stop_impatiently(mut self) -> ExitStatus {
        let pid = nix::unistd::Pid::from_raw(self.supervisor.id().cast_signed());
        for signal in [nix::sys::signal::Signal::SIGTERM, nix::sys::signal::Signal::SIGINT] {
            nix::sys::signal::kill(pid, signal).unwrap();
        }
        self.supervisor.wait().unwrap()
    }

    /// Kills all of it at once: the children die with their supervisor.
    pub(crate) fn kill(mut self) -> TempDir {
        self.supervisor.kill().unwrap();
        self.supervisor.wait().unwrap();
        self.note_met();
        self.was_as_discord_describes();
        std::mem::replace(&mut self.root, tempfile::tempdir().unwrap())
    }
}

impl Drop for Ladder {
    fn drop(&mut self) {
        // Its children die with it.
        self.supervisor.kill().ok();
        self.supervisor.wait().ok();
        self.note_met();
        if std::thread::panicking() {
            // Shown with the failure, and kept out of the way of tests that pass.
            println!("log of the ladder:\n{}", self.log());
        }
    }
}
