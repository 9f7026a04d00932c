//! A data folder that another evoladder has: this one stands by until it is let go.

use super::Error;
use super::folder::{DataFolder, Taken};
use anyhow::Context;
use nix::poll::{PollFd, PollFlags, poll};
use nix::sys::signal::Signal;
use nix::sys::signalfd::SignalFd;
use std::os::fd::AsFd;
use std::path::Path;

/// Between two looks at the folder's lock.
const LOOK_MS: u16 = 250;

/// Takes the folder as soon as it is free; None if this was told to stop before.
pub(super) fn take_folder(path: &Path, signals: &SignalFd) -> Result<Option<DataFolder>, Error> {
    let mut told = false;
    loop {
        let by = match DataFolder::take(path)? {
            Taken::Ours(folder) => return Ok(Some(folder)),
            Taken::InUse { by } => by,
        };
        if !told {
            // What an operator looks for who sees nothing happen.
            tracing::warn!(
                "the data folder {} is in use by another evoladder{by}; this one stands by and takes it over when that one \
                 ends. Ctrl-C stops the waiting, --data names another folder.",
                path.display()
            );
            told = true;
        }
        match poll(&mut [PollFd::new(signals.as_fd(), PollFlags::POLLIN)], LOOK_MS) {
            Ok(_) | Err(nix::Error::EINTR) => {}
            Err(error) => return Err(anyhow::Error::from(error).context("wait for the data folder").into()),
        }
        while let Some(info) = signals.read_signal().context("read signals")? {
            if [Signal::SIGTERM, Signal::SIGINT].iter().any(|stop| info.ssi_signo == *stop as u32) {
                return Ok(None);
            }
        }
    }
}
