//! A ladder of real processes over one folder, through all its lives: how it is started, killed and looked at.

use super::schedule::Role;
use super::small_disk::SmallDisk;
use anyhow::{Context, bail, ensure};
use evoladder::clock;
use evoladder::supervisor::status;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A start that takes longer has failed.
const START: Duration = Duration::from_secs(60);
/// A drain takes 10 s at the most, and the judge behind it 30.
const STOP: Duration = Duration::from_secs(45);
/// Between two looks while something is awaited.
const LOOK: Duration = Duration::from_millis(50);
/// For a stop or a continuation of the emulator's to be asked for.
const ASK: Duration = Duration::from_secs(2);
/// The ladder's part of the folder where the disk can be filled. Journal, tables and replays of ten minutes
/// of people need a tenth of it.
const DISK_MEBIBYTES: u32 = 192;

/// What the emulator and the players keep, who stand for a world that no accident of ours touches.
const WORLD: [&str; 2] = ["emulator", "players"];

pub(crate) struct Settings {
    /// The folder of the executables.
    pub(crate) executables: PathBuf,
    pub(crate) players: u32,
    pub(crate) seed: u64,
    pub(crate) database_url: Option<String>,
}

pub(crate) struct Tree {
    settings: Settings,
    /// Holds `data`, the world beside it, and the log.
    root: PathBuf,
    supervisor: Option<Child>,
    disk: Option<SmallDisk>,
}

/// A process as a status shows it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Process {
    pub(crate) pid: Option<i32>,
    pub(crate) incarnation: u64,
    /// Since when it serves.
    pub(crate) ready_at: Option<Instant>,
}

impl Tree {
    /// Prepares a folder in `root`; the ladder's part of it on a small disk where that can be had.
    pub(crate) fn new(settings: Settings, root: PathBuf) -> anyhow::Result<Tree> {
        let data = root.join("data");
        let disk = SmallDisk::mount(data.clone(), DISK_MEBIBYTES);
        fs::create_dir_all(&data).context("make a data folder")?;
        // A world on another disk than the ladder's, which may be full.
        for name in WORLD {
            let world = root.join("world").join(name);
            fs::create_dir_all(&world).context("make a folder for the world")?;
            std::os::unix::fs::symlink(world, data.join(name)).context("link the world")?;
        }
        let demo = json!({"seed": settings.seed, "players": settings.players});
        fs::write(data.join("demo.json"), demo.to_string()).context("begin a demo")?;
        Ok(Tree { settings, root, supervisor: None, disk })
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    pub(crate) fn disk(&self) -> Option<&SmallDisk> {
        self.disk.as_ref()
    }

    fn executable(&self, name: &str) -> PathBuf {
        self.settings.executables.join(name)
    }

    /// Starts it and waits until everyone serves. Returns how long that took.
    pub(crate) fn start(&mut self) -> anyhow::Result<Duration> {
        assert!(self.supervisor.is_none(), "it runs already");
        let began = clock::instant();
        let log = File::options().create(true).append(true).open(self.root.join("log"))?;
        let mut command = Command::new(self.executable("evoladder"));
        command.args(["run", "--emulator", "--data"]).arg(self.data());
        command.env_remove("DISCORD_TOKEN").env("EVOLADDER_LOG", "warn").env("REPLAY_WORKERS", "2");
        if let Some(url) = &self.settings.database_url {
            command.env("DATABASE_URL", url);
        }
        // A Ctrl-C at the terminal is for this program, which then stops the ladder.
        let spawned = command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn();
        self.supervisor = Some(spawned.context("start evoladder")?);
        while !self.all_ready() {
            self.must_run()?;
            ensure!(began.elapsed() < START, "the ladder was not up within {START:?}");
            sleep(LOOK);
        }
        Ok(began.elapsed())
    }

    /// An error once the supervisor has ended unasked.
    pub(crate) fn must_run(&mut self) -> anyhow::Result<()> {
        let Some(supervisor) = &mut self.supervisor else { bail!("the ladder does not run") };
        match supervisor.try_wait()? {
            None => Ok(()),
            Some(status) => bail!("the ladder ended by itself with {status}"),
        }
    }

    /// None while there is no answer.
    pub(crate) fn status(&self) -> Option<Value> {
        status::ask(&self.data()).ok().flatten()
    }

    fn all_ready(&self) -> bool {
        let Some(status) = self.status() else { return false };
        let children = status["children"].as_array().map(Vec::as_slice).unwrap_or_default();
        !children.is_empty() && children.iter().all(|child| child["state"] == "ready")
    }

    /// SIGKILL for the supervisor, with which everyone dies; waits until they have.
    pub(crate) fn kill(&mut self) -> anyhow::Result<()> {
        let pids: Vec<i32> = self.status().iter().flat_map(all_pids).collect();
        let mut supervisor = self.supervisor.take().context("the ladder does not run")?;
        supervisor.kill()?;
        supervisor.wait()?;
        let until = clock::instant() + Duration::from_secs(5);
        while pids.iter().any(|pid| kill(Pid::from_raw(*pid), None).is_ok()) {
            ensure!(clock::instant() < until, "processes outlive their supervisor");
            sleep(LOOK);
        }
        Ok(())
    }

    /// Has it drain. The judge's first look at a demo that ended is part of the exit, and not heeded here.
    pub(crate) fn stop(&mut self) -> anyhow::Result<ExitStatus> {
        let mut supervisor = self.supervisor.take().context("the ladder does not run")?;
        kill(Pid::from_raw(supervisor.id().cast_signed()), Signal::SIGTERM).context("ask for the drain")?;
        let until = clock::instant() + STOP;
        loop {
            if let Some(status) = supervisor.try_wait()? {
                return Ok(status);
            }
            if clock::instant() >= until {
                supervisor.kill()?;
                supervisor.wait()?;
                bail!("the drain took longer than {STOP:?}");
            }
            sleep(LOOK);
        }
    }

    /// Takes away all that is the ladder's own, as a new container without a volume finds it.
    pub(crate) fn empty(&self) -> anyhow::Result<()> {
        for entry in fs::read_dir(self.data())? {
            let entry = entry?;
            let name = entry.file_name();
            if name == "demo.json" || WORLD.iter().any(|world| name == *world) {
                continue;
            }
            if entry.file_type()?.is_dir() {
                fs::remove_dir_all(entry.path())?;
            } else {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Asks the emulator for trouble, or for its end.
    pub(crate) fn trouble(&self, trouble: &Value) -> anyhow::Result<()> {
        let began = clock::instant();
        let status = loop {
            match self.status() {
                Some(status) => break status,
                None => ensure!(began.elapsed() < START, "the ladder does not say where the emulator is"),
            }
            sleep(LOOK);
        };
        let address = status["emulator"].as_str().context("the emulator is not there")?;
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(ASK))?;
        stream.set_write_timeout(Some(ASK))?;
        let body = trouble.to_string();
        write!(
            stream,
            "POST /emulator/faults HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        ensure!(answer.starts_with("HTTP/1.1 200"), "the emulator answered {answer:?}");
        Ok(())
    }

    /// Runs a program that looks at the folder of a ladder that has drained, and reads its JSON.
    pub(crate) fn look(&self, program: &str) -> anyhow::Result<Value> {
        let mut command = Command::new(self.executable(program));
        command.args(["--json", "--data"]).arg(self.data());
        if let Some(url) = &self.settings.database_url {
            command.env("DATABASE_URL", url);
        }
        let output = command.output().with_context(|| format!("run {program}"))?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        ensure!(matches!(output.status.code(), Some(0 | 1)), "{}", complaint.trim());
        serde_json::from_slice(&output.stdout).with_context(|| format!("read what {program} says"))
    }

    /// Copies what lies on the small disk to the folder that stays.
    pub(crate) fn keep(&self) -> anyhow::Result<()> {
        if self.disk.is_some() {
            let copied =
                Command::new("cp").arg("-a").arg(self.data()).arg(self.root.join("kept")).status()?;
            ensure!(copied.success(), "the data folder cannot be copied");
        }
        Ok(())
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        if let Some(mut supervisor) = self.supervisor.take() {
            // Its children die with it.
            supervisor.kill().ok();
            supervisor.wait().ok();
        }
    }
}

/// The processes of a role in a status that was answered at `now`.
pub(crate) fn processes(status: &Value, role: Role, now: Instant) -> Vec<Process> {
    let children = status["children"].as_array().map(Vec::as_slice).unwrap_or_default();
    let process = |child: &Value| Process {
        pid: child["pid"].as_i64().and_then(|pid| pid.try_into().ok()),
        incarnation: child["incarnation"].as_u64().unwrap_or_default(),
        ready_at: child["ready_s"].as_f64().and_then(|s| now.checked_sub(Duration::from_secs_f64(s))),
    };
    children.iter().filter(|child| child["role"] == role.name()).map(process).collect()
}

fn all_pids(status: &Value) -> Vec<i32> {
    let children = status["children"].as_array().map(Vec::as_slice).unwrap_or_default();
    children.iter().filter_map(|child| i32::try_from(child["pid"].as_i64()?).ok()).collect()
}

/// A gauge of a role, as the role told it last.
pub(crate) fn gauge(status: &Value, role: Role, name: &str) -> Option<f64> {
    let children = status["children"].as_array()?;
    children
        .iter()
        .filter(|child| child["role"] == role.name())
        .find_map(|child| child["gauges"][name].as_f64())
}
