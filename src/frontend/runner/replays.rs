//! Stored replays that go with an answer.

use super::Answer;
use crate::frontend::Desk;
use crate::frontend::reply::Reply;
use bytes::Bytes;
use ipc_schema::backend::{BackendReply, BackendRequest};
use ipc_schema::vocab::FileHash;
use std::time::Duration;

/// Reading a replay back that somebody wants to have; longer than the backend takes for it.
const FILE_LIMIT: Duration = Duration::from_secs(15);

/// Replays of a message, of ten files that Discord takes; and their bytes together, of 10 MiB.
const REPLAYS_OF_MESSAGE: usize = 8;
const BYTES_OF_MESSAGE: usize = 9 << 20;

impl Desk {
    /// The answer with these files under the names they are stored by; where not all fit, with the newest.
    pub(super) async fn with_replays(&self, answer: Answer, mut hashes: Vec<FileHash>) -> Answer {
        let Reply::Page(page) = answer.reply else { return answer };
        hashes.reverse();
        let (mut page, mut bytes, mut taken) = (*page, 0, Vec::new());
        for hash in hashes {
            if taken.len() == REPLAYS_OF_MESSAGE {
                break;
            }
            if taken.contains(&hash) {
                continue;
            }
            taken.push(hash);
            let Some(file) = self.replay_file(hash).await else { continue };
            if bytes + file.len() <= BYTES_OF_MESSAGE {
                bytes += file.len();
                page = page.file(format!("{hash}.SC2Replay"), file);
            }
        }
        Answer { reply: page.into(), ..answer }
    }

    /// A stored replay; None if it cannot be had.
    pub(super) async fn replay_file(&self, hash: FileHash) -> Option<Bytes> {
        let request = BackendRequest::ReplayFile { hash };
        match self.call_for_file(None, request, Bytes::new(), FILE_LIMIT).await {
            Ok((BackendReply::ReplayFile(Some(_)), file)) => Some(file),
            Ok(_) | Err(_) => None,
        }
    }
}
