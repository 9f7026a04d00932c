//! Replays: the facts of a StarCraft II game, read from its `.SC2Replay` file.
//!
//! This crate owns the file format and nothing else: no rules, no clock, no
//! files, no logging. It takes bytes from anyone and promises facts or a typed
//! [`Error`], within fixed bounds of memory and time and without a panic,
//! whatever the bytes are. It deliberately does not read chat, tracker events
//! or anything else that no rule of the ladder asks for.
//!
//! In reading order:
//! - [`facts`]: what a replay says, as plain data;
//! - [`error`]: why there are none;
//! - [`limits`]: the bounds of everything that is read;
//! - [`archive`]: the MPQ container, which hands out unpacked streams;
//! - [`streams`]: one decoder for each stream;
//! - [`forge`]: writes replays of games that never happened, for simulated
//!   players and for tests. It shares with the reader only [`format`], the
//!   numbers of the format, so that one cannot hide the other's mistakes.

mod archive;
pub mod error;
pub mod facts;
pub mod forge;
mod format;
#[cfg(fuzzing)]
pub mod fuzzing;
pub mod limits;
mod streams;
#[cfg(test)]
mod tests;

pub use error::{Error, ErrorKind};
pub use facts::Facts;

use archive::{Archive, Budget};
use streams::{Streams, header};

/// Reads the facts of a whole replay file.
///
/// The base build is judged before anything else is touched: a file of a build
/// older than [`limits::OLDEST_BASE_BUILD`] is an
/// [`ErrorKind::UnsupportedBuild`] however broken its archive may be. A build
/// newer than [`limits::NEWEST_BASE_BUILD`] is tried with the newest layout; it
/// is accepted, and marked [`Facts::unlisted_build`], only if the streams fit
/// that layout exactly and agree with one another.
pub fn parse(bytes: &[u8]) -> Result<Facts, Error> {
    if bytes.len() > limits::FILE_BYTES {
        return Err(Error::too_large("the file is larger than any replay"));
    }
    let user_data = archive::user_data(bytes)?;
    let header = header::parse(user_data.content)?;
    let base_build = header.base_build;
    if base_build < limits::OLDEST_BASE_BUILD {
        return Err(Error::unsupported_build(base_build, "is older than the oldest that is read"));
    }

    let archive = Archive::open(bytes, user_data.archive_offset)?;
    let streams = Streams::unpack(&archive, &mut Budget::new())?;

    let facts = streams.decode(header);
    if base_build <= limits::NEWEST_BASE_BUILD {
        return facts;
    }
    match facts {
        Ok(facts) if streams::agree(&facts) => Ok(facts),
        Err(error) if error.kind != ErrorKind::Malformed => Err(error),
        _ => Err(Error::unsupported_build(base_build, "is unlisted and does not fit the newest layout")),
    }
}
