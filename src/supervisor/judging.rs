//! After the drain of a demo: `evoladder-judge` compares what its players were told with what is stored.

use super::child::{self, Reaped};
use super::policy::Exit;
use crate::clock;
use crate::config::{self, Secret};
use anyhow::{Context, Result, bail, ensure};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::signalfd::SignalFd;
use nix::unistd::Pid;
use serde::Deserialize;
use std::fs::File;
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// It reads what a day wrote in a few seconds; who waits longer wants to be let go.
const LIMIT: Duration = Duration::from_secs(30);
/// What it found, below the data folder.
pub const FILE: &str = "judge.json";

/// What of it goes into the report.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Judgement {
    pub lost: u64,
    pub duplicates: u64,
    pub deadline_misses: u64,
    pub expired: u64,
    pub while_down: u64,
    pub machine_stalled: u64,
    pub discord_calls_per_match: Option<f64>,
}

impl Judgement {
    pub fn is_clean(&self) -> bool {
        self.lost == 0 && self.duplicates == 0
    }
}

/// Has the ladder in `data`, with its tables at `url` if that is given, judged by the executable `judge`, which leaves what it found in [`FILE`].
/// A signal to stop ends the waiting.
pub fn judge(judge: &Path, data: &Path, url: Option<&Secret>, signals: &SignalFd) -> Result<Judgement> {
    let path = data.join(FILE);
    let complaints = data.join("judge.log");
    let process = Command::new(judge)
        .arg("--json")
        .arg("--data")
        .arg(data)
        .env_clear()
        .envs(url.map(|url| (config::DATABASE_URL, url.expose())))
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(File::create(&path).with_context(|| format!("make {}", path.display()))?)
        .stderr(File::create(&complaints).context("make a log for the judge")?)
        .spawn()
        .with_context(|| format!("start {}", judge.display()))?;
    let pid = Pid::from_raw(i32::try_from(process.id()).expect("a process id fits pid_t"));
    let ended = wait_for(pid, signals);
    if ended.is_err() {
        // Gone already is as good.
        let _ = kill(pid, Signal::SIGKILL).and_then(|()| killpg(pid, Signal::SIGKILL));
        while child::reap()?.is_some_and(|reaped| reaped.pid != pid) {}
    }
    let said = std::fs::read_to_string(&complaints).unwrap_or_default();
    let _ = std::fs::remove_file(&complaints);
    match ended? {
        Exit::Code(0 | 1) => {}
        _ if !said.trim().is_empty() => bail!("{}", said.trim().trim_start_matches("evoladder-judge: ")),
        exit => bail!("it ended with {exit}"),
    }
    let text = std::fs::read(&path).context("read what it found")?;
    serde_json::from_slice(&text).context("understand what it found")
}

fn wait_for(pid: Pid, signals: &SignalFd) -> Result<Exit> {
    let until = clock::instant() + LIMIT;
    loop {
        while let Some(Reaped { pid: ended, exit, .. }) = child::reap()? {
            if ended == pid {
                return Ok(exit);
            }
        }
        while let Some(info) = signals.read_signal()? {
            let stops = [Signal::SIGTERM, Signal::SIGINT].iter().any(|stop| info.ssi_signo == *stop as u32);
            ensure!(!stops, "it was told to stop");
        }
        let left = until.saturating_duration_since(clock::instant());
        ensure!(!left.is_zero(), "it took longer than {} s", LIMIT.as_secs());
        let timeout = PollTimeout::try_from(left.as_millis() + 1).unwrap_or(PollTimeout::MAX);
        match poll(&mut [PollFd::new(signals.as_fd(), PollFlags::POLLIN)], timeout) {
            Ok(_) | Err(nix::Error::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}
