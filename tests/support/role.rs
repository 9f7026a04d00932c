//! One process of the ladder alone: its supervisor and its neighbours are the test.

use super::PATIENCE;
use evoladder::config;
use ipc_schema::control::{FromChild, Hello, Role, ToChild};
use ipc_schema::frame::{self, Message, PREFIX_BYTES};
use ipc_schema::ids::Incarnation;
use nix::sys::socket::{ControlMessage, MsgFlags, sendmsg};
use std::fs::File;
use std::io::{self, IoSlice, Read, Write};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

pub(crate) struct Alone {
    process: Child,
    control: UnixStream,
    log: PathBuf,
}

impl Alone {
    /// Starts it with `root` as the folder of sockets, and of its log. The socket is the one it serves.
    pub(crate) fn start(
        executable: &str,
        role: Role,
        root: &Path,
        settings: &[(&str, &Path)],
        serves: &UnixListener,
    ) -> Alone {
        let (mut control, theirs) = UnixStream::pair().unwrap();
        control.set_read_timeout(Some(PATIENCE)).unwrap();
        let log = root.join("log");
        let process = Command::new(executable)
            .env_clear()
            .env(config::RUN_DIR, root)
            .env(config::LOG, "info")
            .envs(settings.iter().copied())
            .stdin(OwnedFd::from(theirs))
            .stdout(Stdio::null())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let hello = Hello::new(role, Incarnation(1));
        let mut start = Vec::new();
        frame::encode(&ToChild::Start { hello, listeners: vec![role.name().to_owned()] }, &mut start)
            .unwrap();
        let sockets: [RawFd; 1] = [serves.as_raw_fd()];
        let rights = [ControlMessage::ScmRights(&sockets)];
        let sent = sendmsg::<()>(
            control.as_raw_fd(),
            &[IoSlice::new(&start)],
            &rights,
            MsgFlags::MSG_NOSIGNAL,
            None,
        );
        assert_eq!(sent, Ok(start.len()));
        assert_eq!(receive(&mut control), Some(FromChild::Hello(hello)));
        Alone { process, control, log }
    }

    /// What it says to its supervisor next; None once it leaves.
    pub(crate) fn says(&mut self) -> Option<FromChild> {
        receive(&mut self.control)
    }

    pub(crate) fn drain(&mut self) {
        send(&mut self.control, &ToChild::Drain);
    }

    /// How it ends.
    pub(crate) fn ends(&mut self) -> ExitStatus {
        self.process.wait().unwrap()
    }

    pub(crate) fn runs(&mut self) -> bool {
        self.process.try_wait().unwrap().is_none()
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

pub(crate) fn send<T: Message>(to: &mut UnixStream, message: &T) {
    let mut bytes = Vec::new();
    frame::encode(message, &mut bytes).unwrap();
    to.write_all(&bytes).unwrap();
}

/// The next message; None at the end of the connection.
pub(crate) fn receive<T: Message>(from: &mut UnixStream) -> Option<T> {
    Some(receive_with_blob(from)?.0)
}

/// The same with the bytes that follow it.
pub(crate) fn receive_with_blob<T: Message>(from: &mut UnixStream) -> Option<(T, Vec<u8>)> {
    let mut prefix = [0; PREFIX_BYTES];
    match from.read_exact(&mut prefix) {
        Err(error)
            if matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset) =>
        {
            return None;
        }
        result => result.expect("a process speaks or leaves"),
    }
    let mut bytes = vec![0; frame::frame_bytes(prefix).unwrap()];
    from.read_exact(&mut bytes).unwrap();
    let (message, used) = frame::decode(&bytes).unwrap();
    Some((message, bytes.split_off(used)))
}
