//! A replay worker and the backend. A worker pulls one job at a time.

use crate::frame::{Decode, Encode, Message};
use crate::ids::{JobId, Trace};
use crate::vocab::{Outcome, Toon};

/// What a worker tells the backend.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub enum WorkerRequest {
    /// Ready for a job; the answer comes when there is one.
    Pull,
    /// What came of the job. The next [`WorkerRequest::Pull`] follows.
    Done { job: JobId, result: Result<Box<ReplayFacts>, Fault> },
}

impl Message for WorkerRequest {}

/// A job for the worker that pulled. The file's bytes follow raw.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Job {
    pub job: JobId,
    pub bytes: u32,
    /// Of the upload.
    pub trace: Trace,
}

impl Message for Job {
    fn blob_bytes(&self) -> usize {
        self.bytes as usize
    }
}

/// Why a replay could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Fault {
    /// Recorded by a game older than the reader knows, or newer and different.
    UnsupportedBuild,
    Encrypted,
    Malformed,
    /// Some part claims more than a replay may have.
    TooLarge,
    /// The job killed its worker as often as a file may.
    Killed,
    /// The stored file cannot be read back.
    FileLost,
    /// No worker came to its end, through no fault of the file.
    NotRead,
}

impl Fault {
    pub fn code(&self) -> &'static str {
        match self {
            Fault::UnsupportedBuild => "unsupported_build",
            Fault::Encrypted => "encrypted",
            Fault::Malformed => "malformed",
            Fault::TooLarge => "too_large",
            Fault::Killed => "killed",
            Fault::FileLost => "file_lost",
            Fault::NotRead => "not_read",
        }
    }
}

/// What the verdict needs to know of a replay.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ReplayFacts {
    pub base_build: u32,
    /// True for a build that no layout is listed for, read under the rule for such.
    pub unlisted_build: bool,
    pub duration_game_loops: u32,
    /// When the game ended, by the uploader's clock: milliseconds since 1970.
    pub ended_at_ms: u64,
    pub map_title: String,
    /// As stored, 4 bytes kind, 4 bytes region, 32 bytes hash, in hex.
    pub cache_handles: Vec<String>,
    pub game_speed: u32,
    /// From initData: the same for all who played one game.
    pub random_seed: u32,
    /// Two participants on two teams, both human.
    pub is_1v1: bool,
    /// Those who play, in the order of the details.
    pub players: Vec<ReplayPlayer>,
    pub observers: u32,
    /// Attributes of scope 16 that the ladder looks at: number and value.
    pub attributes: Vec<(u32, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ReplayPlayer {
    pub toon: Toon,
    /// Without clan markup.
    pub name: String,
    /// In the language of the recording client.
    pub race_text: String,
    /// Language-free, such as `BWZe`; absent where the metadata is.
    pub race_code: Option<String>,
    /// None where the replay does not record it.
    pub outcome: Option<Outcome>,
    /// The game loop at which this player left.
    pub left_at_loop: Option<u32>,
}
