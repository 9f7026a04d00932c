//! The backend asks the db-writer.

use crate::archive::ArchivedMatch;
use crate::event::Event;
use crate::frame::{Decode, Encode, Message};
use crate::ids::{Key, LadderId, MatchId, Seq, Trace};
use crate::vocab::{FileHash, GatewaySession, Timestamp};

/// One decision: what became true by one input, and what was answered.
///
/// The journal stores records in a format with its own version, so that a change of
/// [`crate::PROTOCOL_VERSION`] does not touch what is on a disk.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Record {
    pub seq: Seq,
    pub at: Timestamp,
    /// Makes a repeated request find this record instead of happening again.
    pub key: Option<Key>,
    pub events: Vec<Event>,
    /// The recorded [`crate::backend::BackendReply`].
    pub reply: Option<StoredReply>,
}

/// A reply as bytes of the build that made it; another build does not read them.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct StoredReply {
    pub protocol: u32,
    pub bytes: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct WriterCall {
    pub id: u64,
    /// Of what it is asked for. Records say it by their keys.
    pub trace: Trace,
    pub request: WriterRequest,
}

impl Message for WriterCall {
    fn blob_bytes(&self) -> usize {
        match &self.request {
            WriterRequest::StoreReplay { bytes, .. } => *bytes as usize,
            _ => 0,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub enum WriterRequest {
    /// The records after `after`, one page at a time; asked again until `complete`.
    Load {
        after: Seq,
    },
    /// Records that follow what is stored, in order. Answered once they are on disk. A record sent
    /// again must be byte-equal to the stored one.
    Append {
        records: Vec<Record>,
    },
    /// The file's bytes follow raw. Answered once file and folder are synced, and where the folder may be
    /// lost once the file is kept somewhere else; `Busy` where that place does not answer in time.
    StoreReplay {
        hash: FileHash,
        bytes: u32,
    },
    ReadReplay {
        hash: FileHash,
    },
    /// Answered once it is written, which is not synced.
    SaveSession {
        shard: u32,
        session: GatewaySession,
    },
    LoadSession {
        shard: u32,
    },
    /// A match as the tables have it.
    FindMatch {
        match_id: MatchId,
    },
    /// The newest snapshot, with which a load begins. Its parts stay readable until the next load, whatever
    /// is made meanwhile.
    LoadSnapshot,
    /// A part of the snapshot of record `seq`, from 0.
    SnapshotPart {
        seq: Seq,
        part: u32,
    },
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct WriterAnswer {
    pub id: u64,
    pub reply: WriterReply,
}

impl Message for WriterAnswer {
    fn blob_bytes(&self) -> usize {
        match &self.reply {
            WriterReply::Replay(Some(bytes)) | WriterReply::SnapshotPart(Some(bytes)) => *bytes as usize,
            _ => 0,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub enum WriterReply {
    Load {
        ladder: LadderId,
        records: Vec<Record>,
        complete: bool,
        /// When the last backend was seen to go, if this writer saw it.
        backend_gone_at: Option<Timestamp>,
    },
    /// Everything up to `through` is on disk.
    Appended {
        through: Seq,
    },
    ReplayStored,
    /// The file's bytes follow raw; None if there is no such file.
    Replay(Option<u32>),
    /// Nothing of the request was stored, or what it asks for cannot be read at the moment; the
    /// disk said why.
    ReadOnly {
        reason: String,
    },
    SessionSaved,
    Session(Option<GatewaySession>),
    /// None if the tables do not know it.
    Match(Option<Box<ArchivedMatch>>),
    /// The tables cannot be read at the moment, or lack what is on disk already.
    HistoryAway {
        reason: String,
    },
    /// Too many ask at once.
    Busy,
    /// None where the load begins with the first record.
    Snapshot(Option<SnapshotHead>),
    /// So many bytes follow raw, a [`crate::snapshot::Part`]; None if that snapshot is not the one to
    /// load any more, so that the load has to begin anew.
    SnapshotPart(Option<u32>),
}

/// A snapshot, before its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct SnapshotHead {
    pub ladder: LadderId,
    /// The last record that is in it.
    pub seq: Seq,
    pub parts: u32,
    /// Where those of matches begin, which another thread may read, and where they have ended.
    pub of_matches: (u32, u32),
}
