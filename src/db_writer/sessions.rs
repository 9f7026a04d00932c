//! Sessions of Discord's gateway, a file for each shard.
//!
//! Nothing is synced: a lost or unreadable file costs an IDENTIFY. One thread writes and reads, so
//! what was asked first is done first, and a slow disk holds up nobody else.

use crate::failpoint;
use anyhow::Context;
use ipc_schema::db_writer::WriterReply;
use ipc_schema::vocab::GatewaySession;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use tokio::sync::oneshot;

/// Requests that wait for the thread. A shard has one under way at a time; when it is full, a save is
/// answered as not saved and the next one stands for it.
const WAITING: usize = 64;

/// First line of a file. Another build's format is as good as no file.
const FORMAT: &str = "evoladder gateway session 1";

#[derive(Debug)]
pub(super) struct Sessions {
    asks: SyncSender<Ask>,
}

#[derive(Debug)]
struct Ask {
    shard: u32,
    /// To save it; None to load.
    save: Option<GatewaySession>,
    reply: oneshot::Sender<WriterReply>,
}

impl Sessions {
    pub(super) fn start(dir: PathBuf) -> Sessions {
        let (asks, asked) = sync_channel::<Ask>(WAITING);
        std::thread::spawn(move || {
            for Ask { shard, save: session, reply } in asked {
                let answer = match session {
                    Some(session) => saved(save(&dir, shard, &session)),
                    None => WriterReply::Session(load(&dir, shard)),
                };
                // Whoever asked may be gone.
                reply.send(answer).ok();
            }
        });
        Sessions { asks }
    }

    pub(super) fn save(
        &self,
        shard: u32,
        session: GatewaySession,
    ) -> impl Future<Output = WriterReply> + use<> {
        self.ask(shard, Some(session))
    }

    pub(super) fn load(&self, shard: u32) -> impl Future<Output = WriterReply> + use<> {
        self.ask(shard, None)
    }

    fn ask(&self, shard: u32, save: Option<GatewaySession>) -> impl Future<Output = WriterReply> + use<> {
        let (reply, answer) = oneshot::channel();
        let asked = self.asks.try_send(Ask { shard, save, reply });
        async move {
            let reason = match asked {
                Ok(()) => "the thread of sessions ended",
                Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => "the disk is behind",
            };
            answer.await.unwrap_or_else(|_| WriterReply::ReadOnly { reason: reason.to_owned() })
        }
    }
}

fn saved(result: anyhow::Result<()>) -> WriterReply {
    match result {
        Ok(()) => WriterReply::SessionSaved,
        Err(error) => {
            tracing::warn!("cannot save a gateway session: {error:#}");
            WriterReply::ReadOnly { reason: format!("{error:#}") }
        }
    }
}

fn path(dir: &Path, shard: u32) -> PathBuf {
    dir.join(format!("shard-{shard}"))
}

/// Written beside and renamed, so that the name never stands for half a session.
fn save(dir: &Path, shard: u32, session: &GatewaySession) -> anyhow::Result<()> {
    std::fs::create_dir_all(dir).with_context(|| format!("create {}", dir.display()))?;
    let path = path(dir, shard);
    let beside = path.with_extension("part");
    let GatewaySession { id, resume_url, sequence, application } = session;
    let text = format!("{FORMAT}\n{id}\n{resume_url}\n{sequence}\n{application}\n");
    std::fs::write(&beside, text).with_context(|| format!("write {}", beside.display()))?;
    failpoint::hit("db-writer: session written")?;
    std::fs::rename(&beside, &path).with_context(|| format!("rename to {}", path.display()))?;
    Ok(failpoint::hit("db-writer: session saved")?)
}

fn load(dir: &Path, shard: u32) -> Option<GatewaySession> {
    let text = std::fs::read_to_string(path(dir, shard)).ok()?;
    let lines: Vec<&str> = text.lines().collect();
    let [FORMAT, id, resume_url, sequence, application] = lines[..] else { return None };
    Some(GatewaySession {
        id: id.to_owned(),
        resume_url: resume_url.to_owned(),
        sequence: sequence.parse().ok()?,
        application: application.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(sequence: u64) -> GatewaySession {
        let (id, resume_url) = ("abc".to_owned(), "ws://127.0.0.1:9".to_owned());
        GatewaySession { id, resume_url, sequence, application: 7 }
    }

    #[tokio::test]
    async fn a_session_is_read_back_as_it_was_saved_last() {
        let folder = tempfile::tempdir().unwrap();
        let sessions = Sessions::start(folder.path().join("gateway"));
        assert_eq!(sessions.load(0).await, WriterReply::Session(None));
        let saves = [sessions.save(0, session(3)), sessions.save(0, session(4))];
        let loaded = sessions.load(0);
        for save in saves {
            assert_eq!(save.await, WriterReply::SessionSaved);
        }
        assert_eq!(loaded.await, WriterReply::Session(Some(session(4))));
        assert_eq!(sessions.load(1).await, WriterReply::Session(None));
    }

    #[test]
    fn a_file_of_format_1_is_read_and_written_as_it_is() {
        // These bytes are on disks; they are never edited.
        const STORED: &str = "evoladder gateway session 1\nabc\nws://127.0.0.1:9\n12345678901\n7\n";
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("shard-3");
        std::fs::write(&file, STORED).unwrap();
        let loaded = load(folder.path(), 3).expect("it is a session");
        assert_eq!(loaded, session(12_345_678_901));
        std::fs::remove_file(&file).unwrap();
        save(folder.path(), 3, &loaded).unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), STORED);
    }

    #[tokio::test]
    async fn an_unreadable_file_is_no_session() {
        let folder = tempfile::tempdir().unwrap();
        let sessions = Sessions::start(folder.path().to_owned());
        sessions.save(0, session(3)).await;
        let file = path(folder.path(), 0);
        let whole = std::fs::read_to_string(&file).unwrap();
        for text in ["", "nonsense", &whole[..whole.len() - 3], &whole.replace("session 1", "session 2")] {
            std::fs::write(&file, text).unwrap();
            assert_eq!(sessions.load(0).await, WriterReply::Session(None), "{text:?}");
        }
    }
}
