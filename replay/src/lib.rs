//! Replays: the facts of a StarCraft II game, read from its `.SC2Replay` file.
//!
//! This crate owns the file format and nothing else: no rules, no clock, no
//! files, no logging. It takes bytes from anyone and promises facts or a typed
//! [`Error`], within fixed bounds of memory and time and without a panic,
//! whatever the bytes are. It deliberately does not read what no rule of the
//! ladder asks for: tracker events are counted for who asks, and that is all.
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

// The reader holds what is promised above: no index, no sum and no `unwrap`
// that a file could make panic. The forge reads no files.
#[cfg_attr(
    not(test),
    deny(
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic
    )
)]
mod archive;
pub mod error;
pub mod facts;
pub mod forge;
mod format;
#[cfg(fuzzing)]
pub mod fuzzing;
pub mod limits;
#[cfg(feature = "measure")]
pub mod measure;
#[cfg(any(test, feature = "mutate"))]
pub mod mutate;
#[cfg_attr(
    not(test),
    deny(
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic
    )
)]
mod streams;
#[cfg(test)]
mod tests;

pub use error::{Error, ErrorKind};
pub use facts::Facts;

use archive::{Archive, Budget};
use streams::header::{self, Header};
use streams::layouts::{self, Layout};
use streams::{Streams, tracker_events};

/// Reads the facts of a whole replay file.
///
/// The base build is judged before anything else is touched: a file of a build
/// older than [`limits::OLDEST_BASE_BUILD`] is an
/// [`ErrorKind::UnsupportedBuild`] however broken its archive may be. A build
/// newer than [`limits::NEWEST_BASE_BUILD`] is tried with the newest layout; it
/// is accepted, and marked [`Facts::unlisted_build`], only if the streams fit
/// that layout exactly and agree with one another.
pub fn parse(bytes: &[u8]) -> Result<Facts, Error> {
    let File { header, layout, unlisted_build, archive } = open(bytes)?;
    let base_build = header.base_build;
    let streams = Streams::unpack(&archive, &mut Budget::new(limits::ALL_STREAM_BYTES))?;

    let facts = streams.decode(header, layout, unlisted_build);
    if !unlisted_build {
        return facts;
    }
    match facts {
        Ok(facts) if streams::agree(&facts) => Ok(facts),
        Err(error) if error.kind != ErrorKind::Malformed => Err(error),
        _ => Err(Error::unsupported_build(base_build, "is unlisted and does not fit the newest layout")),
    }
}

/// The number of tracker events in a replay file, or `None` if it has no such
/// stream. They are the larger half of a file, so [`parse`] leaves them alone.
///
/// Judges the build as [`parse`] does, but reads nothing else of the file.
pub fn tracker_events(bytes: &[u8]) -> Result<Option<u32>, Error> {
    let archive = open(bytes)?.archive;
    let mut budget = Budget::new(limits::TRACKER_BYTES);
    let content = archive.read(format::stream::TRACKER_EVENTS, limits::TRACKER_BYTES, &mut budget)?;
    content.as_deref().map(tracker_events::count).transpose()
}

/// A file whose header is read and whose archive can be.
struct File<'a> {
    header: Header,
    layout: &'static Layout,
    unlisted_build: bool,
    archive: Archive<'a>,
}

fn open(bytes: &[u8]) -> Result<File<'_>, Error> {
    if bytes.len() > limits::FILE_BYTES {
        return Err(Error::too_large("the file is larger than any replay"));
    }
    let user_data = archive::user_data(bytes)?;
    let header = header::parse(user_data.content)?;
    let Some((layout, unlisted_build)) = layouts::of(header.base_build) else {
        return Err(Error::unsupported_build(header.base_build, "has no layout that is known here"));
    };
    let archive = Archive::open(bytes, user_data.archive_offset)?;
    Ok(File { header, layout, unlisted_build, archive })
}
