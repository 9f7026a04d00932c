//! Sessions of Discord's gateway, a file for each shard, and a row where the tables are in PostgreSQL.
//!
//! Nothing is synced: a lost or unreadable file costs an IDENTIFY. One thread writes and reads, so
//! what was asked first is done first, and a slow disk holds up nobody else. The database is told apart
//! from that, and later; an older sequence only has Discord repeat more.

use crate::clock;
use crate::failpoint;
use crate::store::{Database, Store};
use anyhow::Context;
use ipc_schema::db_writer::WriterReply;
use ipc_schema::ids::LadderId;
use ipc_schema::vocab::{GatewaySession, Timestamp};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::time::{Duration, UNIX_EPOCH};
use tokio::sync::{oneshot, watch};
use tokio::time::{sleep, timeout};

/// Between two rows of the database. What moved meanwhile is one row.
const KEEP_EVERY: Duration = Duration::from_secs(1);

/// For the database to take a row or to give one. A frontend that starts waits longer.
const DATABASE_LIMIT: Duration = Duration::from_secs(4);

/// Before another attempt, where the database does not answer.
const KEEP_PAUSE: Duration = Duration::from_secs(5);

/// Requests that wait for the thread. A shard has one under way at a time; when it is full, a save is
/// answered as not saved and the next one stands for it.
const WAITING: usize = 64;

/// First line of a file. Another build's format is as good as no file.
const FORMAT: &str = "evoladder gateway session 1";

/// Begins the line of events that are not to be done when they come again, if there are any.
const REFUSED: &str = "refused ";

#[derive(Debug)]
pub(super) struct Sessions {
    asks: SyncSender<Ask>,
    /// Where the rows are.
    database: Option<(Database, LadderId)>,
    /// The newest of each shard, for the rows.
    newest: watch::Sender<Newest>,
}

type Newest = BTreeMap<u32, GatewaySession>;

#[derive(Debug)]
enum Ask {
    Save { shard: u32, session: GatewaySession, reply: oneshot::Sender<WriterReply> },
    Load { shard: u32, reply: oneshot::Sender<Option<Saved>> },
}

/// A session and when it was saved.
type Saved = (GatewaySession, Timestamp);

impl Sessions {
    /// Keeps them in the folder `dir`.
    pub(super) fn start(dir: PathBuf) -> Sessions {
        let (asks, asked) = sync_channel::<Ask>(WAITING);
        std::thread::spawn(move || {
            let mut is_failing = false;
            for ask in asked {
                // Whoever asked may be gone.
                match ask {
                    Ask::Save { shard, session, reply } => {
                        drop(reply.send(saved(save(&dir, shard, &session), &mut is_failing)));
                    }
                    Ask::Load { shard, reply } => drop(reply.send(load(&dir, shard))),
                }
            }
        });
        Sessions { asks, database: None, newest: watch::Sender::default() }
    }

    /// And in the database, if that is not a file beside the folder.
    pub(super) fn with_database(mut self, database: &Database, ladder: LadderId) -> Sessions {
        if database.is_server() {
            self.database = Some((database.clone(), ladder));
            tokio::spawn(keep(database.clone(), ladder, self.newest.subscribe()));
        }
        self
    }

    pub(super) fn save(
        &self,
        shard: u32,
        session: GatewaySession,
    ) -> impl Future<Output = WriterReply> + use<> {
        self.newest.send_modify(|newest| drop(newest.insert(shard, session.clone())));
        let (reply, answer) = oneshot::channel();
        let asked = self.asks.try_send(Ask::Save { shard, session, reply });
        async move {
            let reason = match asked {
                Ok(()) => "the thread of sessions ended",
                Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => "the disk is behind",
            };
            answer.await.unwrap_or_else(|_| WriterReply::ReadOnly { reason: reason.to_owned() })
        }
    }

    /// The one that was saved last, wherever it is.
    pub(super) fn load(&self, shard: u32) -> impl Future<Output = WriterReply> + use<> {
        let (reply, answer) = oneshot::channel();
        let asked = self.asks.try_send(Ask::Load { shard, reply });
        let database = self.database.clone();
        async move {
            if asked.is_err() {
                return WriterReply::ReadOnly { reason: "the disk is behind".to_owned() };
            }
            let of_folder = answer.await.ok().flatten();
            let of_database = match database {
                Some((database, ladder)) => read_row(&database, ladder, shard).await,
                None => None,
            };
            let newest = of_folder.into_iter().chain(of_database).max_by_key(|(_, at)| *at);
            WriterReply::Session(newest.map(|(session, _)| session))
        }
    }
}

async fn read_row(database: &Database, ladder: LadderId, shard: u32) -> Option<Saved> {
    let read = async { Store::open_beside(database).await?.kept_session(ladder, shard).await };
    match timeout(DATABASE_LIMIT, read).await {
        Ok(Ok(found)) => found,
        Ok(Err(error)) => {
            tracing::warn!("the database does not say which gateway session it has: {error}");
            None
        }
        Err(_) => {
            tracing::warn!("the database does not say in time which gateway session it has");
            None
        }
    }
}

/// Has the database follow, for as long as there is somebody who saves.
async fn keep(database: Database, ladder: LadderId, mut newest: watch::Receiver<Newest>) {
    let mut open: Option<Store> = None;
    let mut kept = Newest::new();
    let mut is_told = false;
    while newest.changed().await.is_ok() {
        let wanted = newest.borrow_and_update().clone();
        // A connection that did not answer, or not in time, is not used again.
        let mut store = open.take();
        let keeping = async {
            if store.is_none() {
                store = Some(Store::open_beside(&database).await?);
            }
            let store = store.as_mut().expect("it is open");
            for (shard, session) in &wanted {
                if kept.get(shard) != Some(session) {
                    store.keep_session(ladder, *shard, session, clock::now()).await?;
                }
            }
            anyhow::Ok(())
        };
        match timeout(DATABASE_LIMIT, keeping).await.context("it does not answer in time").flatten() {
            Ok(()) => {
                (open, kept, is_told) = (store, wanted, false);
                sleep(KEEP_EVERY).await;
            }
            Err(error) => {
                if !std::mem::replace(&mut is_told, true) {
                    tracing::warn!("cannot keep a gateway session in the database: {error:#}; trying again");
                }
                newest.mark_changed();
                sleep(KEEP_PAUSE).await;
            }
        }
    }
}

/// Says once that it begins to fail, and once that it is over: a frontend saves four times a second.
fn saved(result: anyhow::Result<()>, is_failing: &mut bool) -> WriterReply {
    match result {
        Ok(()) => {
            if std::mem::take(is_failing) {
                tracing::warn!("gateway sessions are saved again");
            }
            WriterReply::SessionSaved
        }
        Err(error) => {
            if !std::mem::replace(is_failing, true) {
                tracing::warn!(
                    "cannot save a gateway session: {error:#}. Should the frontend die now, Discord repeats more events"
                );
            }
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
    let GatewaySession { id, resume_url, sequence, application, refused } = session;
    let mut text = format!("{FORMAT}\n{id}\n{resume_url}\n{sequence}\n{application}\n");
    // Rare, and a line of its own: without it the file is what every build of this format reads.
    if !refused.is_empty() {
        let refused: Vec<String> = refused.iter().map(u64::to_string).collect();
        text.push_str(&format!("{REFUSED}{}\n", refused.join(" ")));
    }
    std::fs::write(&beside, text).with_context(|| format!("write {}", beside.display()))?;
    failpoint::hit("db-writer: session written")?;
    std::fs::rename(&beside, &path).with_context(|| format!("rename to {}", path.display()))?;
    Ok(failpoint::hit("db-writer: session saved")?)
}

fn load(dir: &Path, shard: u32) -> Option<Saved> {
    let path = path(dir, shard);
    let text = std::fs::read_to_string(&path).ok()?;
    let saved_at = std::fs::metadata(&path).and_then(|file| file.modified()).ok()?;
    let saved_at = saved_at.duration_since(UNIX_EPOCH).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let (lines, refused) = match lines[..] {
        [_, _, _, _, _, last] => (&lines[..5], last.strip_prefix(REFUSED)?),
        _ => (&lines[..], ""),
    };
    let refused = refused.split_whitespace().map(str::parse).collect::<Result<_, _>>().ok()?;
    let [FORMAT, id, resume_url, sequence, application] = *lines else { return None };
    let session = GatewaySession {
        id: id.to_owned(),
        resume_url: resume_url.to_owned(),
        sequence: sequence.parse().ok()?,
        application: application.parse().ok()?,
        refused,
    };
    Some((session, Timestamp(u64::try_from(saved_at.as_millis()).ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(sequence: u64) -> GatewaySession {
        let (id, resume_url) = ("abc".to_owned(), "ws://127.0.0.1:9".to_owned());
        GatewaySession { id, resume_url, sequence, application: 7, refused: Vec::new() }
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
        let (loaded, _) = load(folder.path(), 3).expect("it is a session");
        assert_eq!(loaded, session(12_345_678_901));
        std::fs::remove_file(&file).unwrap();
        save(folder.path(), 3, &loaded).unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), STORED);
    }

    #[tokio::test]
    async fn what_was_refused_is_kept_with_the_session() {
        let folder = tempfile::tempdir().unwrap();
        let sessions = Sessions::start(folder.path().to_owned());
        let refused = GatewaySession { refused: vec![5, 9], ..session(3) };
        sessions.save(0, refused.clone()).await;
        assert_eq!(sessions.load(0).await, WriterReply::Session(Some(refused)));
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
