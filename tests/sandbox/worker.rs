//! A worker whose supervisor and backend are the test.

use super::super::support::PATIENCE;
use super::super::support::role::{receive, send};
use evoladder::config;
use ipc_schema::control::{FromChild, Hello, Layer, LayerKind, Role, ToChild};
use ipc_schema::ids::{Incarnation, JobId, Trace};
use ipc_schema::replay::{Fault, Job, ReplayFacts, WorkerRequest};
use nix::sys::signal::Signal;
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use tempfile::TempDir;

/// The shipped worker.
pub(crate) fn shipped() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_evoladder-replay-worker"))
}

/// The worker of `tests/probe_worker.rs`, which Cargo builds with all tests.
pub(crate) fn probe() -> PathBuf {
    let probe = shipped().with_file_name("examples").join("probe_worker");
    assert!(probe.is_file(), "build it first: cargo build --example probe_worker");
    probe
}

/// Where its log goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Log {
    File,
    Pipe,
}

/// What became of a job.
#[derive(Debug, PartialEq)]
pub(crate) enum End {
    Answer(Result<Box<ReplayFacts>, Fault>),
    Died(Signal),
}

pub(crate) struct Worker {
    root: TempDir,
    process: Child,
    control: UnixStream,
    backend: UnixStream,
    pub(crate) layers: Vec<Layer>,
}

impl Worker {
    /// A probe with these layers and no others, that takes jobs.
    pub(crate) fn with(layers: &[LayerKind]) -> Worker {
        let names: Vec<&str> = layers.iter().map(|kind| kind.name()).collect();
        Worker::start(&probe(), &[("PROBE_LAYERS", &names.join(","))], Log::File)
    }

    pub(crate) fn start(executable: &Path, settings: &[(&str, &str)], log: Log) -> Worker {
        let mut starting = Starting::new(executable, settings, log);
        let FromChild::Sandbox { layers } = receive(&mut starting.control).unwrap() else {
            panic!("a worker says first how it is locked down")
        };
        starting.greet_as_backend();
        assert_eq!(receive(&mut starting.control), Some(FromChild::Ready { address: None }));
        let Starting { root, process, control, backend, .. } = starting;
        Worker { root, process, control, backend: backend.expect("it has connected"), layers }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Gives it a file, and waits for its answer or its death.
    pub(crate) fn job(&mut self, file: &[u8]) -> End {
        assert_eq!(receive(&mut self.backend), Some(WorkerRequest::Pull));
        let job = JobId(7);
        send(&mut self.backend, &Job { job, bytes: u32::try_from(file.len()).unwrap(), trace: Trace::NONE });
        self.backend.write_all(file).unwrap();
        match receive(&mut self.backend) {
            Some(WorkerRequest::Done { job: done, result }) => {
                assert_eq!(done, job);
                End::Answer(result)
            }
            Some(WorkerRequest::Pull) => panic!("a job is left undone"),
            None => {
                let status = self.wait();
                let signal = status.signal().unwrap_or_else(|| panic!("{status}: {}", self.log()));
                End::Died(Signal::try_from(signal).unwrap())
            }
        }
    }

    /// What a probe says of an order that it survives.
    pub(crate) fn order(&mut self, order: &str) -> Result<String, Signal> {
        match self.job(format!("probe:{order}").as_bytes()) {
            End::Answer(Ok(facts)) => Ok(facts.map_title),
            End::Answer(Err(fault)) => panic!("a probe answers {fault:?}"),
            End::Died(signal) => Err(signal),
        }
    }

    /// Says something to its control thread and takes the answer.
    pub(crate) fn ping(&mut self) -> Option<FromChild> {
        send(&mut self.control, &ToChild::Ping { number: 3 });
        receive(&mut self.control)
    }

    pub(crate) fn drain(mut self) -> ExitStatus {
        send(&mut self.control, &ToChild::Drain);
        self.wait()
    }

    /// Its backend goes away.
    pub(crate) fn leave_as_backend(mut self) -> ExitStatus {
        self.backend.shutdown(std::net::Shutdown::Both).unwrap();
        self.wait()
    }

    fn wait(&mut self) -> ExitStatus {
        self.process.wait().unwrap()
    }

    /// What it has logged into its file.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.root.path().join("log")).unwrap_or_default()
    }

    /// What it leaves in the pipe that is its log, once it is gone.
    pub(crate) fn last_words(&mut self) -> String {
        io::read_to_string(self.process.stderr.take().expect("its log is a pipe")).unwrap()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// A worker that has greeted its supervisor, and whose backend lets it wait.
pub(crate) struct Starting {
    root: TempDir,
    process: Child,
    control: UnixStream,
    listener: UnixListener,
    backend: Option<UnixStream>,
}

impl Starting {
    pub(crate) fn new(executable: &Path, settings: &[(&str, &str)], log: Log) -> Starting {
        let root = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(root.path().join("backend.sock")).unwrap();
        let (control, theirs) = UnixStream::pair().unwrap();
        control.set_read_timeout(Some(PATIENCE)).unwrap();
        let stderr = match log {
            Log::File => Stdio::from(File::create(root.path().join("log")).unwrap()),
            Log::Pipe => Stdio::piped(),
        };
        let process = Command::new(executable)
            .env_clear()
            .env(config::RUN_DIR, root.path())
            .env(config::LOG, "info")
            .envs(settings.iter().copied())
            .stdin(OwnedFd::from(theirs))
            .stdout(Stdio::null())
            .stderr(stderr)
            .spawn()
            .unwrap();
        let mut starting = Starting { root, process, control, listener, backend: None };
        let hello = Hello::new(Role::ReplayWorker, Incarnation(1));
        send(&mut starting.control, &ToChild::Start { hello, listeners: Vec::new() });
        assert_eq!(receive(&mut starting.control), Some(FromChild::Hello(hello)));
        starting
    }

    fn greet_as_backend(&mut self) {
        let (mut backend, _) = self.listener.accept().unwrap();
        backend.set_read_timeout(Some(PATIENCE)).unwrap();
        assert_eq!(receive::<Hello>(&mut backend).map(|hello| hello.role), Some(Role::ReplayWorker));
        send(&mut backend, &Hello::new(Role::Backend, Incarnation(1)));
        self.backend = Some(backend);
    }

    /// What it says of its layers and then how it ends, told to drain or by itself.
    pub(crate) fn end(mut self, drain: bool) -> (Vec<Layer>, ExitStatus, String) {
        let Some(FromChild::Sandbox { layers }) = receive(&mut self.control) else { panic!("no sandbox") };
        if drain {
            send(&mut self.control, &ToChild::Drain);
        }
        let status = self.process.wait().unwrap();
        (layers, status, fs::read_to_string(self.root.path().join("log")).unwrap())
    }
}
