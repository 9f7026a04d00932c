//! The PostgreSQL server of a run, which is stopped and started while the ladder runs.
//!
//! Nobody can make one yet: the store does not speak PostgreSQL in this build.

/// No value of it exists.
#[derive(Debug)]
pub(crate) enum Server {}

impl Server {
    pub(crate) fn stop(&mut self) -> anyhow::Result<()> {
        match *self {}
    }

    pub(crate) fn start(&mut self) -> anyhow::Result<()> {
        match *self {}
    }
}
