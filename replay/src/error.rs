//! Why a file gave no facts.
//!
//! An error says what was wrong and where, and never repeats input: the file
//! came from a stranger, and messages end up in logs and in Discord.

use std::borrow::Cow;

use serde::Serialize;

/// What a sender can be told about a file that was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// A replay of a version of the game that is not read here.
    UnsupportedBuild,
    /// The file holds an encrypted stream; no real replay does.
    Encrypted,
    /// Not a replay, or a damaged one.
    Malformed,
    /// The file, or something packed in it, is beyond [`crate::limits`].
    TooLarge,
}

/// A file that gave no facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    pub kind: ErrorKind,
    pub message: Cow<'static, str>,
    /// In bytes: of the file, or of the unpacked stream that `message` names.
    pub offset: Option<u64>,
}

impl Error {
    pub(crate) fn malformed(message: &'static str, offset: usize) -> Error {
        let offset = u64::try_from(offset).ok();
        Error { kind: ErrorKind::Malformed, message: message.into(), offset }
    }

    pub(crate) fn too_large(message: &'static str) -> Error {
        Error { kind: ErrorKind::TooLarge, message: message.into(), offset: None }
    }

    pub(crate) fn encrypted() -> Error {
        Error { kind: ErrorKind::Encrypted, message: "the stream is encrypted".into(), offset: None }
    }

    pub(crate) fn unsupported_build(base_build: u32, why: &str) -> Error {
        let message = format!("base build {base_build} {why}");
        Error { kind: ErrorKind::UnsupportedBuild, message: message.into(), offset: None }
    }

    /// Names the stream that the error is about.
    pub(crate) fn in_stream(mut self, name: &str) -> Error {
        self.message = format!("{name}: {}", self.message).into();
        self
    }
}
