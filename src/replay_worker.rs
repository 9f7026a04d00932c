//! A replay worker: the only process that parses files of strangers, one at a time.
//!
//! Plain blocking code. It limits itself before it reads its first byte, and has an alarm of its
//! own: a job that takes too long ends the process, and the job's file gets the blame. After
//! [`JOBS`] jobs it leaves for a fresh successor.

pub mod facts;

use crate::ipc::WireError;
use crate::ipc::blocking::BlockingConnection;
use crate::ipc::child::{Child, leave_without_supervisor};
use anyhow::Context;
use crossbeam_channel::{Sender, bounded};
use ipc_schema::control::{EXIT_RECYCLE, FromChild, Role, ToChild};
use ipc_schema::ids::JobId;
use ipc_schema::replay::{Fault, Job, ReplayFacts, WorkerRequest};
use nix::sys::resource::{Resource, setrlimit};
use nix::unistd::alarm;
use replay::ErrorKind;
use std::path::Path;
use std::process::exit;
use std::sync::atomic::{AtomicU64, Ordering};

/// Jobs of one life. It bounds what leaks, and what a file may have left behind.
const JOBS: u32 = 200;

/// A job that takes longer ends the worker (SIGALRM). A parse takes milliseconds.
const JOB_LIMIT_SECONDS: u32 = 2;

/// Address space, far above what the reader takes for any file it accepts.
const MEMORY_BYTES: u64 = 256 << 20;

/// Processor time of a whole life: two seconds for each of the jobs would be a life of nothing but alarms.
const CPU_SECONDS: u64 = 60;

/// Descriptors: standard streams, the control socket twice, the backend's socket, and a few for the runtime.
const DESCRIPTORS: u64 = 16;

/// The job at hand, 0 for none, for the thread that answers the supervisor.
static AT_JOB: AtomicU64 = AtomicU64::new(0);

/// Parses until the backend goes away, the supervisor says to leave, or the worker is used up.
pub fn run(child: Child, backend: &Path) -> anyhow::Result<()> {
    limit_self()?;
    let hello = child.hello();
    let control = child.into_blocking().context("greet the supervisor")?;
    let mut outgoing = control.try_clone().context("share the control socket")?;
    let (drain, drained) = bounded(1);
    std::thread::Builder::new()
        .name("control".to_owned())
        .spawn(move || answer_supervisor(control, &drain))
        .context("start a thread")?;
    let mut connection = BlockingConnection::connect(backend, hello, Role::Backend)?;
    outgoing.send(&FromChild::Ready { address: None })?;
    for _ in 0..JOBS {
        connection.send(&WorkerRequest::Pull)?;
        let Some((Job { job, .. }, bytes)) = connection.receive::<Job>()? else { break };
        AT_JOB.store(job.0, Ordering::Relaxed);
        let done = WorkerRequest::Done { job, result: parse(bytes) };
        connection.send(&done)?;
        AT_JOB.store(0, Ordering::Relaxed);
        if drained.try_recv().is_ok() {
            return Ok(());
        }
    }
    exit(EXIT_RECYCLE.into());
}

fn limit_self() -> anyhow::Result<()> {
    for (resource, limit) in [
        (Resource::RLIMIT_AS, MEMORY_BYTES),
        (Resource::RLIMIT_CPU, CPU_SECONDS),
        (Resource::RLIMIT_NOFILE, DESCRIPTORS),
        (Resource::RLIMIT_FSIZE, 0),
        (Resource::RLIMIT_CORE, 0),
    ] {
        setrlimit(resource, limit, limit).with_context(|| format!("limit {resource:?}"))?;
    }
    Ok(())
}

/// Parses under the alarm.
fn parse(bytes: &[u8]) -> Result<Box<ReplayFacts>, Fault> {
    alarm::set(JOB_LIMIT_SECONDS);
    let parsed = replay::parse(bytes);
    alarm::cancel();
    match parsed {
        Ok(facts) => facts::for_verdict(facts).map(Box::new).ok_or(Fault::Malformed),
        Err(error) => Err(match error.kind {
            ErrorKind::UnsupportedBuild => Fault::UnsupportedBuild,
            ErrorKind::Encrypted => Fault::Encrypted,
            ErrorKind::Malformed => Fault::Malformed,
            ErrorKind::TooLarge => Fault::TooLarge,
        }),
    }
}

fn answer_supervisor(mut control: BlockingConnection, drain: &Sender<()>) {
    loop {
        let answered: Result<(), WireError> = match control.receive::<ToChild>() {
            Ok(Some((ToChild::Ping { number }, _))) => {
                let job = AT_JOB.load(Ordering::Relaxed);
                let doing = (job != 0).then(|| format!("replay job {}", JobId(job)));
                control.send(&FromChild::Pong { number, doing })
            }
            Ok(Some((ToChild::Drain, _))) => {
                // At a job, the main thread leaves when it is done.
                drain.try_send(()).ok();
                if AT_JOB.load(Ordering::Relaxed) == 0 {
                    exit(0);
                }
                Ok(())
            }
            Ok(Some((ToChild::Start { .. } | ToChild::PeerDied { .. }, _))) => Ok(()),
            Ok(None) => leave_without_supervisor(),
            Err(error) => Err(error),
        };
        if let Err(error) = answered {
            tracing::error!("the control socket failed: {:#}", anyhow::Error::from(error));
            leave_without_supervisor();
        }
    }
}
