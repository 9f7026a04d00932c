//! A child's tie to its supervisor: what every role does in its first lines, and the control socket after it.

use super::WireError;
use super::blocking::BlockingConnection;
use super::connection::{Connection, Greeted, Inbound};
use crate::config::{self, Faults, LogLevel};
use crate::telemetry;
use anyhow::{Context, bail};
use bytes::Bytes;
use ipc_schema::control::{
    Death, EXIT_CONFIG, EXIT_GAVE_UP, EXIT_PROTOCOL, FromChild, Gauge, Hello, Latencies, Role, ToChild,
};
use ipc_schema::frame::{self, PREFIX_BYTES};
use ipc_schema::ids::Incarnation;
use ipc_schema::watch::{AlertNews, Watch};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::socket::{ControlMessageOwned, MsgFlags, recvmsg};
use std::io::{IoSliceMut, Read};
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::ExitCode;
use tokio::sync::{mpsc, oneshot, watch};

/// Listening sockets in one Start, at the most.
const LISTENERS: usize = 8;

/// Deaths of others, told and not taken yet. There are at most 32 workers.
const DEATHS: usize = 64;

/// A process that its supervisor has started.
#[derive(Debug)]
pub struct Child {
    hello: Hello,
    listeners: Vec<(String, UnixListener)>,
    control: UnixStream,
}

impl Child {
    /// The first line of a child's `main`: its standard input is the control socket. Must run on
    /// the main thread before any other starts.
    pub fn attach(role: Role) -> anyhow::Result<Child> {
        SigSet::empty().thread_set_mask().context("unblock signals")?;
        nix::sys::prctl::set_pdeathsig(Signal::SIGKILL).context("tie to the supervisor's life")?;
        // Should the supervisor have died before that line, the control socket is at its end.
        nix::unistd::setpgid(nix::unistd::Pid::from_raw(0), nix::unistd::Pid::from_raw(0))
            .context("enter an own process group")?;
        close_inherited()?;
        let stdin = std::io::stdin().as_fd().try_clone_to_owned().context("duplicate standard input")?;
        let mut control = UnixStream::from(stdin);
        let (start, descriptors) = receive_start(&mut control).context(
            "read the start message from standard input; this program is started by `evoladder run`, not by hand",
        )?;
        let ToChild::Start { hello, listeners } = start else {
            bail!("the supervisor opened with {start:?}")
        };
        if hello.magic != Hello::MAGIC || hello.role != role {
            bail!("the supervisor started this as {}", hello.role.name());
        }
        if hello.protocol != ipc_schema::PROTOCOL_VERSION {
            let (expected, found) = (ipc_schema::PROTOCOL_VERSION, hello.protocol);
            return Err(WireError::Protocol { role: Role::Supervisor, expected, found }.into());
        }
        if listeners.len() != descriptors.len() {
            bail!("{} listening sockets announced, {} received", listeners.len(), descriptors.len());
        }
        let listeners = listeners.into_iter().zip(descriptors.into_iter().map(UnixListener::from)).collect();
        Ok(Child { hello, listeners, control })
    }

    /// What this process says to those it connects to.
    pub fn hello(&self) -> Hello {
        self.hello
    }

    /// The listening socket of that name, for tokio; to be called inside the runtime.
    pub fn take_listener(&mut self, name: &str) -> anyhow::Result<tokio::net::UnixListener> {
        let at = self.listeners.iter().position(|(found, _)| found == name);
        let at = at.with_context(|| format!("the supervisor passed no socket {name}"))?;
        let listener = self.listeners.swap_remove(at).1;
        listener.set_nonblocking(true)?;
        tokio::net::UnixListener::from_std(listener).context("listen")
    }

    /// Greets the supervisor and answers it from a task of its own, until it is gone, which ends the process.
    pub fn start_control(self) -> anyhow::Result<Control> {
        Ok(self.start_control_and_hear()?.0)
    }

    /// The same for who wants to know how the processes die that it is told of.
    pub fn start_control_and_hear(self) -> anyhow::Result<(Control, mpsc::Receiver<(Incarnation, Death)>)> {
        self.control.set_nonblocking(true)?;
        let stream = tokio::net::UnixStream::from_std(self.control).context("adopt the control socket")?;
        let connection = Greeted::adopt(stream, self.hello).open();
        let (drain, drain_asked) = watch::channel(false);
        let (watch, watched) = watch::channel(None);
        // Commands are rare: ready, numbers, the end. The bound is never reached by a healthy role.
        let (commands, taken) = mpsc::channel(16);
        let (deaths, heard) = mpsc::channel(DEATHS);
        let told = Hearing { drain, deaths, watch };
        tokio::spawn(answer_supervisor(connection, self.hello, told, taken));
        Ok((Control { commands, drain: drain_asked, watch: watched }, heard))
    }

    /// For roles without tokio: the control socket itself, already greeted.
    pub fn into_blocking(self) -> Result<BlockingConnection, WireError> {
        let mut connection = BlockingConnection::adopt(self.control);
        connection.send(&FromChild::Hello(self.hello))?;
        Ok(connection)
    }
}

/// A handle to the supervisor for roles on tokio.
#[derive(Debug, Clone)]
pub struct Control {
    commands: mpsc::Sender<Command>,
    drain: watch::Receiver<bool>,
    watch: watch::Receiver<Option<Watch>>,
}

/// Those in a role who wait for what the supervisor says.
struct Hearing {
    drain: watch::Sender<bool>,
    deaths: mpsc::Sender<(Incarnation, Death)>,
    watch: watch::Sender<Option<Watch>>,
}

#[derive(Debug)]
enum Command {
    Ready { address: Option<String> },
    StandsBy { until: String },
    Gauges(Vec<Gauge>),
    Latencies(Vec<Latencies>),
    AlertTold { number: u64, news: AlertNews },
    Finish(oneshot::Sender<()>),
}

impl Control {
    /// The role can serve; `address` is where it listens beyond Unix sockets.
    pub fn ready(&self, address: Option<String>) {
        drop(self.commands.try_send(Command::Ready { address }));
    }

    /// The role waits for something outside before it is ready, as [`FromChild::StandsBy`] has it.
    pub fn stands_by(&self, until: &str) {
        drop(self.commands.try_send(Command::StandsBy { until: until.to_owned() }));
    }

    /// The role's numbers, reported with the next ping.
    pub fn gauges(&self, gauges: Vec<Gauge>) {
        // A full channel only delays a number by a second.
        drop(self.commands.try_send(Command::Gauges(gauges)));
    }

    /// How long things take in this role, reported with its numbers.
    pub fn latencies(&self, latencies: Vec<Latencies>) {
        drop(self.commands.try_send(Command::Latencies(latencies)));
    }

    /// How the whole ladder does, as the supervisor says once a second to those who go by it; None before.
    pub fn watch(&self) -> watch::Receiver<Option<Watch>> {
        self.watch.clone()
    }

    /// Staff have been told this of an alert, or cannot be told.
    pub fn alert_told(&self, number: u64, news: AlertNews) {
        // As long as the supervisor asks for it, it is said again.
        drop(self.commands.try_send(Command::AlertTold { number, news }));
    }

    /// Returns when the supervisor wants the role to finish and leave.
    pub async fn drain_asked(&mut self) {
        // The sender lives as long as the process.
        drop(self.drain.wait_for(|asked| *asked).await);
    }

    /// Reports the last numbers once more, so that they survive the process.
    pub async fn finish(&self) {
        let (done, finished) = oneshot::channel();
        if self.commands.send(Command::Finish(done)).await.is_ok() {
            drop(finished.await);
        }
    }
}

/// Shorthand for a gauge.
pub fn gauge(name: &str, value: f64) -> Gauge {
    Gauge { name: name.to_owned(), value }
}

async fn answer_supervisor(
    mut connection: Connection<ToChild>,
    hello: Hello,
    told: Hearing,
    mut commands: mpsc::Receiver<Command>,
) {
    let (mut gauges, mut latencies) = (Vec::new(), Vec::new());
    let mut to_send = vec![FromChild::Hello(hello)];
    loop {
        for message in to_send.drain(..) {
            if connection.outbox.send(&message, Bytes::new()).await.is_err() {
                leave_without_supervisor();
            }
        }
        tokio::select! {
            inbound = connection.inbox.recv() => match inbound {
                None => leave_without_supervisor(),
                Some(Inbound { message: ToChild::Ping { number }, .. }) => {
                    to_send.push(FromChild::Pong { number, doing: None });
                    if !gauges.is_empty() {
                        to_send.push(FromChild::Stats { gauges: gauges.clone() });
                    }
                    if !latencies.is_empty() {
                        to_send.push(FromChild::Latencies { latencies: latencies.clone() });
                    }
                }
                Some(Inbound { message: ToChild::Drain, .. }) => drop(told.drain.send(true)),
                Some(Inbound { message: ToChild::PeerDied { incarnation, death }, .. }) => {
                    // What is not heard of was nobody's fault; most roles do not listen at all.
                    told.deaths.try_send((incarnation, death)).ok();
                }
                Some(Inbound { message: ToChild::Watch(watch), .. }) => drop(told.watch.send_replace(Some(*watch))),
                Some(Inbound { message: ToChild::Start { .. }, .. }) => tracing::warn!("started twice"),
            },
            command = commands.recv() => match command {
                Some(Command::Ready { address }) => to_send.push(FromChild::Ready { address }),
                Some(Command::StandsBy { until }) => to_send.push(FromChild::StandsBy { until }),
                Some(Command::Gauges(new)) => gauges = new,
                Some(Command::Latencies(new)) => latencies = new,
                Some(Command::AlertTold { number, news }) => to_send.push(FromChild::AlertTold { number, news }),
                Some(Command::Finish(done)) => {
                    let last = FromChild::Stats { gauges: gauges.clone() };
                    drop(connection.outbox.send(&last, Bytes::new()).await);
                    connection.close().await;
                    // Whoever asked may have stopped waiting.
                    done.send(()).ok();
                    return;
                }
                // All handles are gone: the role is about to return.
                None => return,
            },
        }
    }
}

/// Without its supervisor a child has no sockets to come back to.
pub fn leave_without_supervisor() -> ! {
    tracing::error!("the supervisor is gone; leaving");
    std::process::exit(EXIT_GAVE_UP.into());
}

/// The whole `main` of a child's executable: its log at the level of its settings, the role, and
/// what its end means. A fault in the settings is logged as well, and ends it before it attaches.
pub fn run_role<C>(
    settings: Result<C, Faults>,
    level: impl FnOnce(&C) -> LogLevel,
    run: impl FnOnce(&C) -> anyhow::Result<()>,
) -> ExitCode {
    let format = config::log_format().unwrap_or_else(telemetry::format_here);
    telemetry::start(settings.as_ref().map_or(LogLevel::Info, level).into(), format);
    exit_code(settings.map_err(anyhow::Error::from).and_then(|settings| run(&settings)))
}

/// What a role's result means to the supervisor; an error is logged with its whole chain.
fn exit_code(result: anyhow::Result<()>) -> ExitCode {
    let Err(error) = result else { return ExitCode::SUCCESS };
    tracing::error!("{error:#}");
    let is_protocol = |cause: &(dyn std::error::Error + 'static)| {
        matches!(cause.downcast_ref(), Some(WireError::Protocol { .. }))
    };
    if error.chain().any(is_protocol) {
        ExitCode::from(EXIT_PROTOCOL)
    } else if error.chain().any(|cause| cause.is::<Faults>()) {
        ExitCode::from(EXIT_CONFIG)
    } else {
        ExitCode::FAILURE
    }
}

/// Descriptors that leaked through exec would outlive their owner in this process.
fn close_inherited() -> anyhow::Result<()> {
    let open: Vec<i32> = std::fs::read_dir("/proc/self/fd")
        .context("list open descriptors")?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|descriptor| *descriptor > 2)
        .collect();
    for descriptor in open {
        // The one that listed the folder is closed already.
        nix::unistd::close(descriptor).ok();
    }
    Ok(())
}

/// Reads the first message and the descriptors that came with its first byte.
fn receive_start(control: &mut UnixStream) -> anyhow::Result<(ToChild, Vec<OwnedFd>)> {
    let mut prefix = [0; PREFIX_BYTES];
    let mut space = nix::cmsg_space!([std::os::fd::RawFd; LISTENERS]);
    let received = {
        let mut slices = [IoSliceMut::new(&mut prefix)];
        let flags = MsgFlags::MSG_CMSG_CLOEXEC | MsgFlags::MSG_WAITALL;
        let message = recvmsg::<()>(control.as_raw_fd(), &mut slices, Some(&mut space), flags)?;
        if message.bytes != PREFIX_BYTES {
            bail!("the control socket closed");
        }
        message
            .cmsgs()?
            .filter_map(|message| match message {
                ControlMessageOwned::ScmRights(descriptors) => Some(descriptors),
                _ => None,
            })
            .flatten()
            .collect::<Vec<_>>()
    };
    let descriptors = received.into_iter().map(own).collect();
    let mut body = vec![0; frame::frame_bytes(prefix)?];
    control.read_exact(&mut body)?;
    Ok((frame::decode(&body)?.0, descriptors))
}

#[expect(unsafe_code, reason = "the kernel has just made this descriptor for us, and nobody else knows it")]
fn own(descriptor: std::os::fd::RawFd) -> OwnedFd {
    // SAFETY: SCM_RIGHTS installs a new descriptor in this process; it is taken here, once.
    unsafe { OwnedFd::from_raw_fd(descriptor) }
}
