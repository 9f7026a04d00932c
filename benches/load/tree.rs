//! A ladder of real processes over a folder of its own, in the emulator's Discord.

use anyhow::{Context, ensure};
use evoladder::clock::instant;
use evoladder::supervisor::status;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde::Deserialize;
use serde_json::Value;
use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A tree that does not serve by then does not start.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is started, and where.
pub(crate) struct Start {
    pub(crate) executables: PathBuf,
    pub(crate) folder: PathBuf,
    pub(crate) season: &'static str,
    pub(crate) seed: u64,
    /// The address of an empty database; None for the file in the folder.
    pub(crate) database: Option<String>,
}

impl Start {
    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// What the emulator has written down.
    pub(crate) fn log(&self) -> PathBuf {
        self.data().join("emulator").join("log.ndjson")
    }
}

/// Takes away what a run has left.
pub(crate) fn clear(start: &Start) -> anyhow::Result<()> {
    std::fs::remove_dir_all(&start.folder).with_context(|| format!("clear {}", start.folder.display()))
}

/// Has a program use this database, and not the one that whoever measures has.
fn over<'a>(program: &'a mut Command, database: Option<&str>) -> &'a mut Command {
    match database {
        Some(url) => program.env("DATABASE_URL", url),
        None => program.env_remove("DATABASE_URL"),
    }
}

pub(crate) struct Tree {
    data: PathBuf,
    executables: PathBuf,
    emulator: SocketAddr,
    database: Option<String>,
    supervisor: Child,
    http: reqwest::Client,
    runtime: tokio::runtime::Runtime,
}

/// What the judge found, as far as it is told on.
#[derive(Debug, Deserialize)]
pub(crate) struct Judged {
    pub(crate) lost: u64,
    pub(crate) duplicates: u64,
    pub(crate) discord_calls_per_match: Option<f64>,
    findings: Vec<Value>,
}

impl Tree {
    /// Starts it over an empty folder and waits until it serves.
    pub(crate) fn start(start: &Start) -> anyhow::Result<Tree> {
        let folder = &start.folder;
        if folder.exists() {
            clear(start)?;
        }
        std::fs::create_dir_all(start.data()).with_context(|| format!("make {}", folder.display()))?;
        // It is run in that folder, so that what lies beside a checkout changes nothing.
        let folder = folder.canonicalize()?;
        let emulator = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut supervisor = Command::new(start.executables.join("evoladder"));
        let supervisor = over(&mut supervisor, start.database.as_deref())
            .args([
                "run",
                "--emulator",
                "--players",
                "0",
                "--seed",
                &start.seed.to_string(),
                "--data",
                "data",
            ])
            .current_dir(&folder)
            .env_remove("DISCORD_TOKEN")
            .env("EMULATOR_LISTEN", emulator.to_string())
            .env("EVOLADDER_SEASON", start.season)
            .env("EVOLADDER_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(folder.join("log"))?)
            .spawn()
            .context("start evoladder")?;
        // For those who call it over HTTP; it may be there already.
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut tree = Tree {
            data: folder.join("data"),
            executables: start.executables.clone(),
            emulator,
            database: start.database.clone(),
            supervisor,
            http: reqwest::Client::builder().no_proxy().build()?,
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build()?,
        };
        let until = instant() + PATIENCE;
        while !tree.serves() {
            let ended = tree.supervisor.try_wait()?;
            ensure!(ended.is_none() && instant() < until, "the ladder does not start: {}", tree.log());
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(tree)
    }

    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    pub(crate) fn emulator(&self) -> SocketAddr {
        self.emulator
    }

    /// What all processes have complained of.
    fn log(&self) -> String {
        std::fs::read_to_string(self.data.with_file_name("log")).unwrap_or_default()
    }

    fn serves(&self) -> bool {
        let Ok(Some(status)) = status::ask(&self.data) else { return false };
        let children = status["children"].as_array().map(Vec::as_slice).unwrap_or_default();
        !children.is_empty() && children.iter().all(|child| child["state"] == "ready")
    }

    /// A number that a role told last.
    pub(crate) fn gauge(&self, role: &str, name: &str) -> Option<f64> {
        let status = status::ask(&self.data).ok()??;
        let children = status["children"].as_array()?.iter();
        children.filter(|child| child["role"] == role).find_map(|child| child["gauges"][name].as_f64())
    }

    /// Has things go wrong at the emulator, or slowly.
    pub(crate) fn ask_for(&self, faults: &Value) -> anyhow::Result<()> {
        self.post("faults", faults).map(drop)
    }

    /// Posts to the emulator's side for users.
    pub(crate) fn post(&self, what: &str, body: &Value) -> anyhow::Result<Value> {
        let request = self.http.post(format!("http://{}/emulator/{what}", self.emulator)).json(body);
        self.runtime.block_on(async { Ok(request.send().await?.error_for_status()?.json().await?) })
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.http
    }

    pub(crate) fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// Drains it, and has it judged.
    pub(crate) fn stop(mut self) -> anyhow::Result<Judged> {
        kill(Pid::from_raw(i32::try_from(self.supervisor.id())?), Signal::SIGTERM)?;
        self.supervisor.wait().context("wait for the drain")?;
        // The supervisor has had it judged as well, but gives a judge half a minute.
        let mut judge = Command::new(self.executables.join("evoladder-judge"));
        let judge = over(&mut judge, self.database.as_deref())
            .args(["--json", "--data"])
            .arg(&self.data)
            .stdin(Stdio::null())
            .output()
            .context("start the judge")?;
        let complaint = String::from_utf8_lossy(&judge.stderr);
        let judged: Judged = serde_json::from_slice(&judge.stdout)
            .with_context(|| format!("read what the judge found: {complaint}"))?;
        for finding in judged.findings.iter().take(5) {
            crate::say(&format!("the judge found {finding}"));
        }
        let complaints = self.log();
        for line in complaints.lines().take(5) {
            crate::say(&format!("the ladder logged {line}"));
        }
        Ok(judged)
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        // One that was not stopped in order; its children die with it.
        self.supervisor.kill().ok();
        self.supervisor.wait().ok();
    }
}
