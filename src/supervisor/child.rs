//! One running child: its process, and the control socket that is its standard input.
//!
//! Nothing here waits. What a child sends is read into a bounded buffer, what it is sent goes
//! through another; a child that overfills either is broken, and its owner ends it.

use super::policy::Exit;
use super::status::{Meter, Usage};
use super::users::User;
use super::words::Words;
use ipc_schema::control::{Death, FromChild, Hello, Layer, Role, ToChild};
use ipc_schema::frame::{self, PREFIX_BYTES};
use ipc_schema::ids::Incarnation;
use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::socket::{ControlMessage, MsgFlags, sendmsg};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid, waitpid};
use nix::unistd::Pid;
use std::ffi::OsString;
use std::io::{self, ErrorKind, IoSlice, Read, Write};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// The longest control message of a child; a thousand gauges fit.
const MESSAGE_BYTES: usize = 64 << 10;
/// Unsent pings and one drain; a child so far behind is ended for its silence before this is full.
const OUTBOX_BYTES: usize = 4 << 10;

/// What to start.
pub struct Launch<'a> {
    pub executable: &'a Path,
    pub role: Role,
    pub incarnation: Incarnation,
    pub environment: Vec<(&'static str, OsString)>,
    pub listeners: Vec<(&'static str, &'a UnixListener)>,
    /// Whose it is, where it is not ours.
    pub user: Option<User>,
}

pub struct Child {
    pub pid: Pid,
    pub started: Instant,
    /// Its first message came, and was right.
    pub greeted: bool,
    pub ready_at: Option<Instant>,
    /// What it waits for before it is ready, if it has said so.
    pub stands_by_until: Option<String>,
    /// Pings since its last answer.
    pub unanswered: u32,
    /// What it said it was doing in its last answer.
    pub doing: Option<String>,
    /// It has told numbers of its own; before, there are those of the one before it.
    pub has_told: bool,
    /// How it is locked down, if it has said so.
    pub sandbox: Option<Vec<Layer>>,
    /// It was told to drain.
    pub draining: bool,
    /// When it is killed, if it has not gone by then.
    pub kill_at: Option<Instant>,
    /// Why we end it, for the log.
    pub ended_for: Option<String>,
    /// What its end means, where we know better than its exit.
    pub counts_as: Option<Exit>,
    pub meter: Meter,
    pub words: Words,
    control: Option<UnixStream>,
    inbox: Vec<u8>,
    outbox: Vec<u8>,
}

/// What reading the control socket came to.
#[derive(Debug, PartialEq, Eq)]
pub enum Received {
    /// All that was there has been read.
    Open,
    /// The child closed its end; it is gone, or about to be.
    Closed,
    /// It said something no child of this build says.
    Breach(String),
}

impl Child {
    /// Starts a child and hands it its sockets. Every descriptor of ours is close-on-exec, and
    /// without anything to do between fork and exec the standard library uses posix_spawn.
    pub fn launch(launch: &Launch<'_>, now: Instant) -> io::Result<Child> {
        let (ours, theirs) = UnixStream::pair()?;
        ours.set_nonblocking(true)?;
        let mut command = Command::new(launch.executable);
        if let Some(User { uid, gid }) = launch.user {
            command.uid(uid).gid(gid);
        }
        let mut process = command
            .env_clear()
            .envs(launch.environment.iter().map(|(name, value)| (name, value)))
            // Its own group, so that a Ctrl-C at the terminal reaches only the supervisor.
            .process_group(0)
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stderr(Stdio::piped())
            .spawn()?;
        let pid = Pid::from_raw(i32::try_from(process.id()).expect("a process id fits pid_t"));
        let child = Child {
            pid,
            started: now,
            greeted: false,
            ready_at: None,
            stands_by_until: None,
            unanswered: 0,
            doing: None,
            has_told: false,
            sandbox: None,
            draining: false,
            kill_at: None,
            ended_for: None,
            counts_as: None,
            meter: Meter::default(),
            words: Words::of(OwnedFd::from(process.stderr.take().expect("it was asked for")))?,
            control: Some(ours),
            inbox: Vec::new(),
            outbox: Vec::new(),
        };
        child.greet(launch)?;
        Ok(child)
    }

    /// The first message: who the child is, with the listening sockets. A child that is gone already is no
    /// error here: its exit says more.
    fn greet(&self, launch: &Launch<'_>) -> io::Result<()> {
        let hello = Hello::new(launch.role, launch.incarnation);
        let listeners = launch.listeners.iter().map(|(name, _)| (*name).to_owned()).collect();
        let mut bytes = Vec::new();
        frame::encode(&ToChild::Start { hello, listeners }, &mut bytes).expect("a start fits a frame");
        let sockets: Vec<RawFd> = launch.listeners.iter().map(|(_, socket)| socket.as_raw_fd()).collect();
        let rights = [ControlMessage::ScmRights(&sockets)];
        let rights = if sockets.is_empty() { &[][..] } else { &rights[..] };
        let control = self.control.as_ref().expect("a new child has its control socket");
        let sent =
            sendmsg::<()>(control.as_raw_fd(), &[IoSlice::new(&bytes)], rights, MsgFlags::MSG_NOSIGNAL, None);
        match sent {
            Ok(sent) => assert_eq!(sent, bytes.len(), "an empty socket takes a short message whole"),
            Err(nix::Error::EPIPE | nix::Error::ECONNRESET) => {}
            Err(error) => {
                self.signal(Signal::SIGKILL);
                return Err(error.into());
            }
        }
        Ok(())
    }

    pub fn control(&self) -> Option<&UnixStream> {
        self.control.as_ref()
    }

    /// Whether something still waits to be sent.
    pub fn has_unsent(&self) -> bool {
        !self.outbox.is_empty()
    }

    /// Queues a message and sends what can be sent without waiting. A full outbox drops the
    /// message: the child reads nothing any more, and its silence will end it.
    pub fn send(&mut self, message: &ToChild) {
        if self.outbox.len() < OUTBOX_BYTES {
            frame::encode(message, &mut self.outbox).expect("a control message fits a frame");
        }
        self.flush();
    }

    pub fn flush(&mut self) {
        let Some(control) = &mut self.control else { return };
        while !self.outbox.is_empty() {
            match control.write(&self.outbox) {
                Ok(sent) => drop(self.outbox.drain(..sent)),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // Full, or gone: reading the other way tells which.
                Err(_) => return,
            }
        }
    }

    /// Reads what is there, at most about one message's worth more than the buffer holds, so that
    /// a child that never stops talking does not keep the others waiting.
    pub fn receive(&mut self, messages: &mut Vec<FromChild>) -> Received {
        let Some(control) = &mut self.control else { return Received::Closed };
        let mut chunk = [0; 16 << 10];
        let mut open = true;
        for _ in 0..MESSAGE_BYTES / chunk.len() {
            match control.read(&mut chunk) {
                Ok(0) => open = false,
                Ok(read) => {
                    self.inbox.extend_from_slice(&chunk[..read]);
                    continue;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => open = false,
            }
            break;
        }
        if let Err(what) = take_messages(&mut self.inbox, messages) {
            return Received::Breach(what);
        }
        if open { Received::Open } else { Received::Closed }
    }

    /// What others are told of its end.
    pub fn death(&self, exit: Exit) -> Death {
        match exit {
            _ if self.ended_for.is_some() => Death::Ended,
            Exit::Code(code) => Death::Code(code),
            Exit::Signal(number) => Death::Signal(number),
            Exit::NotStarted => unreachable!("a child was started"),
        }
    }

    /// Drops the control socket, which tells the child that nobody listens any more.
    pub fn close(&mut self) {
        self.control = None;
    }

    /// A signal for the child; SIGKILL also for whatever it may have started. The caller has not
    /// waited for it yet, so the number cannot be another's.
    pub fn signal(&self, signal: Signal) {
        // Failing means that it is gone already.
        let _ = kill(self.pid, signal);
        if signal == Signal::SIGKILL {
            let _ = killpg(self.pid, signal);
        }
    }
}

/// A process that has ended.
pub struct Reaped {
    pub pid: Pid,
    pub exit: Exit,
    /// What it had used by then.
    pub cpu_ms: Option<u64>,
}

/// The next process that has ended, if any has; it is gone then.
pub fn reap() -> nix::Result<Option<Reaped>> {
    // It is looked at before it is taken, since the kernel forgets with it what it has used.
    let look = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
    loop {
        let (pid, exit) = match waitid(Id::All, look) {
            Ok(WaitStatus::Exited(pid, code)) => {
                (pid, Exit::Code(u8::try_from(code & 0xff).unwrap_or(u8::MAX)))
            }
            Ok(WaitStatus::Signaled(pid, signal, _)) => (pid, Exit::Signal(signal as i32)),
            Ok(WaitStatus::StillAlive) | Err(nix::Error::ECHILD) => return Ok(None),
            Ok(_) | Err(nix::Error::EINTR) => continue,
            Err(error) => return Err(error),
        };
        let cpu_ms = Usage::without_memory(pid.as_raw()).cpu_ms;
        waitpid(pid, None)?;
        return Ok(Some(Reaped { pid, exit, cpu_ms }));
    }
}

/// Takes the whole messages off the front of `inbox`.
fn take_messages(inbox: &mut Vec<u8>, messages: &mut Vec<FromChild>) -> Result<(), String> {
    let mut used = 0;
    while let Some(prefix) = inbox[used..].first_chunk::<PREFIX_BYTES>() {
        let bytes = frame::frame_bytes(*prefix).map_err(|error| error.to_string())?;
        if bytes > MESSAGE_BYTES {
            return Err(format!("a control message of {bytes} bytes"));
        }
        let start = used + PREFIX_BYTES;
        let Some(body) = inbox.get(start..start + bytes) else { break };
        let (message, _) = frame::decode(body).map_err(|error| error.to_string())?;
        messages.push(message);
        used = start + bytes;
    }
    inbox.drain(..used);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_has_ended_is_taken_once_with_what_it_used() {
        // Other tests of this executable start no processes.
        let busy = "i=0; while [ $i -lt 30000 ]; do i=$((i+1)); done; exit 3";
        #[expect(clippy::zombie_processes, reason = "it is what this test waits for")]
        let child = Command::new("sh").args(["-c", busy]).spawn().unwrap();
        let reaped = loop {
            match reap().unwrap() {
                Some(reaped) => break reaped,
                None => std::thread::yield_now(),
            }
        };
        assert_eq!(reaped.pid.as_raw(), child.id().cast_signed());
        assert_eq!(reaped.exit, Exit::Code(3));
        assert!(reaped.cpu_ms > Some(0), "{:?}", reaped.cpu_ms);
        assert!(reap().unwrap().is_none());
    }

    fn pong(number: u64) -> FromChild {
        FromChild::Pong { number, doing: None }
    }

    #[test]
    fn messages_are_taken_whole_however_they_arrive() {
        let mut bytes = Vec::new();
        for number in 0..3 {
            frame::encode(&pong(number), &mut bytes).unwrap();
        }
        let (mut inbox, mut messages) = (Vec::new(), Vec::new());
        for byte in bytes {
            inbox.push(byte);
            take_messages(&mut inbox, &mut messages).unwrap();
        }
        assert_eq!(messages, [pong(0), pong(1), pong(2)]);
        assert!(inbox.is_empty());
    }

    #[test]
    fn a_child_that_speaks_nonsense_is_found_out_before_memory_is_taken_for_it() {
        let too_long = u32::try_from(MESSAGE_BYTES + 1).unwrap().to_le_bytes().to_vec();
        let unknown = [&2u32.to_le_bytes()[..], &[0xff, 0xff]].concat();
        for (name, mut inbox) in [("too long", too_long), ("unknown", unknown)] {
            assert!(take_messages(&mut inbox, &mut Vec::new()).is_err(), "{name}");
        }
    }
}
