//! A replay worker: the only process that parses files of strangers, one at a time.
//!
//! Plain blocking code. Before it reads its first byte it has given up whatever parsing does not
//! need ([`sandbox`]), and it has an alarm of its own: a job that takes too long ends the process,
//! and the job's file gets the blame. After [`JOBS`] jobs it leaves for a fresh successor.
//!
//! The main thread parses, a second one answers the supervisor. It is not the other way round,
//! because the C library looks into `/proc` when the heap of any but the first thread shrinks.

pub mod facts;
mod sandbox;

use crate::config::Faults;
use crate::failpoint;
use crate::ipc::WireError;
use crate::ipc::blocking::BlockingConnection;
use crate::ipc::child::{Child, leave_without_supervisor};
use crate::ipc::trace;
use anyhow::Context;
use crossbeam_channel::{Sender, bounded};
use ipc_schema::control::{EXIT_RECYCLE, FromChild, Layer, LayerKind, Role, ToChild};
use ipc_schema::ids::JobId;
use ipc_schema::replay::{Fault, Job, ReplayFacts, WorkerRequest};
use nix::sys::resource::{UsageWho, getrusage};
use nix::unistd::alarm;
use replay::ErrorKind;
use sandbox::CPU_SECONDS;
use std::path::Path;
use std::process::{abort, exit};
use std::sync::atomic::{AtomicU64, Ordering};

/// Jobs of one life. It bounds what leaks, and what a file may have left behind.
const JOBS: u32 = 200;

/// A job that takes longer ends the worker (SIGALRM). A parse takes milliseconds.
const JOB_LIMIT_SECONDS: u32 = 2;

/// The job at hand, 0 for none, for the thread that answers the supervisor.
static AT_JOB: AtomicU64 = AtomicU64::new(0);

/// What makes facts of a file's bytes.
pub type Read = fn(&[u8]) -> Result<Box<ReplayFacts>, Fault>;

/// How a worker is locked down.
#[derive(Debug, Clone, Copy)]
pub struct Sandbox<'a> {
    /// The layers to try.
    pub layers: &'a [LayerKind],
    /// Whether one that the host does not give is worse than no worker.
    pub required: bool,
}

/// Parses with `read` until the backend goes away, the supervisor says to leave, or the worker is used up.
pub fn run(child: Child, backend: &Path, lockdown: Sandbox<'_>, read: Read) -> anyhow::Result<()> {
    abort_on_panic();
    let hello = child.hello();
    let control = child.into_blocking().context("greet the supervisor")?;
    let mut outgoing = control.try_clone().context("share the control socket")?;
    // The backend may take its time to greet; that is waited for behind the lock, answering the supervisor.
    let mut connection = BlockingConnection::connect(backend, hello, Role::Backend)?;
    failpoint::before_lockdown(Role::ReplayWorker.name());
    let mut layers = sandbox::before_threads(lockdown.layers);
    let (drain, drained) = bounded(1);
    let (up, is_up) = bounded(1);
    std::thread::Builder::new()
        .name("control".to_owned())
        .spawn(move || {
            // What a thread does to come up is not allowed any more once it has.
            up.send(()).ok();
            answer_supervisor(control, &drain);
        })
        .context("start a thread")?;
    is_up.recv().context("wait for the thread")?;
    layers.extend(sandbox::on_all_threads(lockdown.layers));
    outgoing.send(&FromChild::Sandbox { layers: layers.clone() })?;
    if lockdown.required {
        refuse_gaps(&layers)?;
    }
    if !reached(connection.take_greeting(Role::Backend))? {
        exit(EXIT_RECYCLE.into());
    }
    outgoing.send(&FromChild::Ready { address: None })?;
    for _ in 0..JOBS {
        if !reached(connection.send(&WorkerRequest::Pull))? {
            break;
        }
        let Some((Job { job, trace, .. }, bytes)) = connection.receive::<Job>()? else { break };
        AT_JOB.store(job.0, Ordering::Relaxed);
        failpoint::hit("replay-worker: job taken").ok();
        alarm::set(JOB_LIMIT_SECONDS);
        let result = trace::span(trace).in_scope(|| {
            let result = read(bytes);
            tracing::debug!(
                "replay job {job} is read: {}",
                result.as_ref().map_or_else(Fault::code, |_| "well")
            );
            result
        });
        alarm::cancel();
        failpoint::hit("replay-worker: job read").ok();
        if !reached(connection.send(&WorkerRequest::Done { job, result }))? {
            break;
        }
        failpoint::hit("replay-worker: job answered").ok();
        AT_JOB.store(0, Ordering::Relaxed);
        if drained.try_recv().is_ok() {
            return Ok(());
        }
        if is_used_up()? {
            break;
        }
    }
    exit(EXIT_RECYCLE.into());
}

/// False where the backend has gone, which ends this process and is no fault of it.
fn reached(result: Result<(), WireError>) -> Result<bool, WireError> {
    use std::io::ErrorKind::{BrokenPipe, ConnectionReset};
    match result {
        Err(WireError::Socket(error)) if matches!(error.kind(), BrokenPipe | ConnectionReset) => Ok(false),
        Err(WireError::ClosedEarly) => Ok(false),
        other => other.map(|()| true),
    }
}

/// A panic is a line of the log, and ends the worker by SIGABRT in every build.
fn abort_on_panic() {
    std::panic::set_hook(Box::new(|panic| {
        tracing::error!("{panic}");
        abort();
    }));
}

/// Fails if the host has kept a layer back.
fn refuse_gaps(layers: &[Layer]) -> Result<(), Faults> {
    let missing = |layer: &Layer| {
        let why = layer.missing.as_ref()?;
        Some(format!("REPLAY_SANDBOX is required, and this host does not give {}: {why}", layer.kind.name()))
    };
    let missing: Vec<String> = layers.iter().filter_map(missing).collect();
    if missing.is_empty() { Ok(()) } else { Err(Faults(missing)) }
}

/// Whether a job of full length could meet the limit of this life's processor time. The file at
/// hand would be blamed for what those before it took.
fn is_used_up() -> anyhow::Result<bool> {
    let usage = getrusage(UsageWho::RUSAGE_SELF).context("look at own processor time")?;
    let seconds = usage.user_time().tv_sec() + usage.system_time().tv_sec();
    // Either part may hide most of a second.
    let used = seconds.cast_unsigned() + 2;
    Ok(used + u64::from(JOB_LIMIT_SECONDS) >= CPU_SECONDS)
}

/// Parses a replay.
pub fn read(bytes: &[u8]) -> Result<Box<ReplayFacts>, Fault> {
    match replay::parse(bytes) {
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
            Ok(Some((ToChild::Start { .. } | ToChild::PeerDied { .. } | ToChild::Watch(_), _))) => Ok(()),
            Ok(None) => leave_without_supervisor(),
            Err(error) => Err(error),
        };
        if let Err(error) = answered {
            tracing::error!("the control socket failed: {:#}", anyhow::Error::from(error));
            leave_without_supervisor();
        }
    }
}
