//! Where the futures of a process run: on one thread.
//!
//! What an executable does to its end is a function of the library that calls this, and no future that the
//! executable would wait for: a future is compiled where it is waited for, so in each executable again. The
//! emulator, a crate of its own that no other executable has, waits in its executable.

use anyhow::Context;

pub(crate) fn block_on<T>(future: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().context("start tokio")?;
    runtime.block_on(future)
}
