//! The db-writer: the one process that touches journal, replay files and database.
//!
//! A record is acknowledged once the journal has it on disk; the database follows by itself
//! ([`project`]). One backend is served at a time, the newest: its greeting closes the connection
//! of the one before, and its load is answered only when nothing of that one is under way.

mod files;
pub mod project;
mod sessions;

use crate::clock;
use crate::config::Faults;
use crate::failpoint;
use crate::ipc::child::{Child, Control, gauge};
use crate::ipc::connection::{Connection, Inbound, Outbox, SendError, serve};
use crate::journal::commit::Commits;
use crate::journal::reader::Reader;
use crate::journal::{Journal, JournalError};
use crate::store::{self, Progress, Store};
use anyhow::{Context, bail};
use bytes::Bytes;
use files::ReplayFiles;
use ipc_schema::control::Role;
use ipc_schema::db_writer::{WriterAnswer, WriterCall, WriterReply, WriterRequest};
use ipc_schema::ids::{Incarnation, LadderId, Seq};
use ipc_schema::vocab::Timestamp;
use sessions::Sessions;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};

/// Stored bytes in one page of a load, about: a frame may hold far more, and decoding takes memory.
const PAGE_BYTES: usize = 1 << 20;

/// Results of appends on their way from the journal's thread. The thread waits when it is full.
const APPENDED: usize = 4096;

/// How long a drain waits for the database to be where the journal is.
const CATCH_UP: Duration = Duration::from_secs(3);

/// The journal's folder in the data folder.
pub const JOURNAL: &str = "journal";

/// The database's file in the data folder.
pub const DATABASE: &str = "ladder.sqlite";

/// Journal and database of one ladder, and where the database is.
#[derive(Debug)]
pub struct Opened {
    pub journal: Journal,
    pub store: Store,
    pub projected: Seq,
}

/// Opens both and brings the journal up to the database; [`project`] does the other direction.
pub async fn open(data: &Path) -> anyhow::Result<Opened> {
    let mut store = Store::open(&data.join(DATABASE)).await?;
    let progress = store.progress().await?;
    let new_ladder = progress.map_or_else(new_ladder_id, |progress| Ok(progress.ladder))?;
    let mut journal = Journal::open(&data.join(JOURNAL), new_ladder).map_err(open_error)?;
    let projected = reconcile(&mut journal, &mut store, progress).await?;
    Ok(Opened { journal, store, projected })
}

/// Runs until drained. `data` is the data folder.
pub async fn run(mut child: Child, data: &Path) -> anyhow::Result<()> {
    let listener = child.take_listener(Role::DbWriter.name())?;
    let hello = child.hello();
    let mut control = child.start_control()?;
    let Opened { journal, store, projected: progress } = open(data).await?;
    let dir = data.join(JOURNAL);
    let (ladder, last) = (journal.ladder(), journal.last());
    tracing::info!("ladder {:016x} at record {last}, database at {progress}", ladder.0);

    let (synced, follow) = watch::channel(last);
    let (projected, projected_to) = watch::channel(progress);
    tokio::spawn(project::run(store, ladder, Reader::new(&dir, progress), follow, projected));
    let (fatal, mut failed) = oneshot::channel();
    let commits = Commits::start(journal, move |error| drop(fatal.send(error)));
    let (appended, mut results) = mpsc::channel(APPENDED);
    let mut clients = serve(listener, hello, &[Role::Backend]);
    let files = ReplayFiles::open(&data.join("replays"))?;
    let sessions = Sessions::start(data.join("gateway"));
    control.ready(None);

    let mut writer = Writer {
        dir,
        ladder,
        files,
        sessions,
        commits,
        appended,
        synced,
        under_way: 0,
        waiting_load: None,
        load: None,
        backend_gone_at: None,
    };
    let mut backend: Option<Connection<WriterCall>> = None;
    let mut newest = Incarnation(0);
    let mut second = tokio::time::interval(Duration::from_secs(1));
    loop {
        tokio::select! {
            greeted = clients.recv() => {
                let Some(greeted) = greeted else { bail!("the listening socket is gone") };
                if greeted.peer.incarnation < newest {
                    tracing::warn!("refused backend {}, since {newest} was served", greeted.peer.incarnation);
                    continue;
                }
                newest = greeted.peer.incarnation;
                tracing::info!("serving backend {newest}");
                backend = Some(greeted.open());
            }
            inbound = next(&mut backend) => match inbound {
                Some(Inbound { message, blob }) => {
                    let outbox = backend.as_ref().map(|backend| backend.outbox.clone());
                    writer.handle(message, blob, outbox.expect("it has just sent this")).await;
                }
                None => {
                    backend = None;
                    writer.backend_gone_at = Some(clock::now());
                }
            },
            Some(result) = results.recv() => writer.append_done(result).await,
            error = &mut failed => return Err(fatal_error(error.ok())),
            _ = second.tick() => {
                let (journal, database) = (writer.synced.borrow().0, projected_to.borrow().0);
                control.gauges(vec![
                    gauge("journal_seq", journal as f64),
                    gauge("database_lag_records", journal.saturating_sub(database) as f64),
                ]);
            }
            () = control.drain_asked() => break,
        }
    }
    drain(writer, results, projected_to, &control).await;
    Ok(())
}

/// What the serving loop owns.
struct Writer {
    dir: PathBuf,
    ladder: LadderId,
    files: ReplayFiles,
    sessions: Sessions,
    commits: Commits,
    appended: mpsc::Sender<Appended>,
    synced: watch::Sender<Seq>,
    /// Appends handed to the journal's thread and not yet answered.
    under_way: usize,
    /// A load that waits until nothing of an older backend is under way.
    waiting_load: Option<(u64, Seq, Outbox)>,
    /// Where the last page of a load ended.
    load: Option<Reader>,
    backend_gone_at: Option<Timestamp>,
}

/// What came of an append.
struct Appended {
    id: u64,
    outbox: Outbox,
    result: Result<Seq, String>,
}

impl Writer {
    async fn handle(&mut self, call: WriterCall, blob: Bytes, outbox: Outbox) {
        let id = call.id;
        match call.request {
            WriterRequest::Load { after } if self.under_way > 0 => {
                self.waiting_load = Some((id, after, outbox));
            }
            WriterRequest::Load { after } => {
                let reply = self.load_page(after);
                answer(&outbox, id, reply, Bytes::new()).await;
            }
            WriterRequest::Append { records } => {
                failpoint::hit("db-writer: append received").ok();
                let (appended, told) = (self.appended.clone(), outbox.clone());
                let done = move |result| drop(appended.blocking_send(Appended { id, outbox: told, result }));
                match self.commits.append(records, done) {
                    Ok(()) => self.under_way += 1,
                    Err(reason) => {
                        answer(
                            &outbox,
                            id,
                            WriterReply::ReadOnly { reason: reason.to_owned() },
                            Bytes::new(),
                        )
                        .await;
                    }
                }
            }
            WriterRequest::StoreReplay { hash, .. } => {
                let files = self.files.clone();
                tokio::spawn(async move {
                    let stored = tokio::task::spawn_blocking(move || files.store(hash, &blob)).await;
                    let reply = match stored.map_err(anyhow::Error::from).flatten() {
                        Ok(()) => WriterReply::ReplayStored,
                        Err(error) => {
                            tracing::error!("cannot store a replay: {error:#}");
                            WriterReply::ReadOnly { reason: format!("{error:#}") }
                        }
                    };
                    answer(&outbox, id, reply, Bytes::new()).await;
                });
            }
            WriterRequest::SaveSession { shard, session } => {
                let saved = self.sessions.save(shard, session);
                tokio::spawn(async move { answer(&outbox, id, saved.await, Bytes::new()).await });
            }
            WriterRequest::LoadSession { shard } => {
                let loaded = self.sessions.load(shard);
                tokio::spawn(async move { answer(&outbox, id, loaded.await, Bytes::new()).await });
            }
            WriterRequest::ReadReplay { hash } => {
                let files = self.files.clone();
                tokio::spawn(async move {
                    let read = tokio::task::spawn_blocking(move || files.read(hash)).await;
                    let (reply, blob) = read_back(read.map_err(anyhow::Error::from).flatten());
                    answer(&outbox, id, reply, blob).await;
                });
            }
        }
    }

    async fn append_done(&mut self, Appended { id, outbox, result }: Appended) {
        self.under_way -= 1;
        let reply = match result {
            Ok(through) => {
                self.synced.send_replace(through);
                failpoint::hit("db-writer: before the answer").ok();
                WriterReply::Appended { through }
            }
            Err(reason) => {
                // A part of it may be on disk; whoever loads has to go on from there.
                self.synced.send_replace(self.commits.synced());
                WriterReply::ReadOnly { reason }
            }
        };
        answer(&outbox, id, reply, Bytes::new()).await;
        failpoint::hit("db-writer: after the answer").ok();
        if self.under_way == 0
            && let Some((id, after, outbox)) = self.waiting_load.take()
        {
            let reply = self.load_page(after);
            answer(&outbox, id, reply, Bytes::new()).await;
        }
    }

    fn load_page(&mut self, after: Seq) -> WriterReply {
        let synced = *self.synced.borrow();
        let reader = self.load.take().filter(|reader| reader.after() == after);
        let mut reader = reader.unwrap_or_else(|| Reader::new(&self.dir, after));
        match reader.read(synced, PAGE_BYTES) {
            Ok(records) => {
                let complete = reader.after() >= synced;
                failpoint::hit("db-writer: before a load's answer").ok();
                self.load = (!complete).then_some(reader);
                let backend_gone_at = self.backend_gone_at;
                WriterReply::Load { ladder: self.ladder, records, complete, backend_gone_at }
            }
            Err(error) => {
                let reason = format!("{:#}", anyhow::Error::from(error));
                tracing::error!("cannot load the ladder: {reason}");
                WriterReply::ReadOnly { reason }
            }
        }
    }
}

/// What is answered to reading a file back. Only a file that is not there is told as such, since
/// its job is over then; whatever else went wrong may pass.
fn read_back(read: anyhow::Result<Option<Vec<u8>>>) -> (WriterReply, Bytes) {
    let sized = read.and_then(|file| {
        let Some(bytes) = file else { return Ok((None, Bytes::new())) };
        let length = u32::try_from(bytes.len()).context("its length does not fit a frame")?;
        Ok((Some(length), Bytes::from(bytes)))
    });
    match sized {
        Ok((length, bytes)) => (WriterReply::Replay(length), bytes),
        Err(error) => {
            tracing::error!("cannot read a replay back: {error:#}");
            (WriterReply::ReadOnly { reason: format!("{error:#}") }, Bytes::new())
        }
    }
}

async fn next(backend: &mut Option<Connection<WriterCall>>) -> Option<Inbound<WriterCall>> {
    match backend {
        Some(backend) => backend.inbox.recv().await,
        None => std::future::pending().await,
    }
}

async fn answer(outbox: &Outbox, id: u64, reply: WriterReply, blob: Bytes) {
    // A backend that is gone asks again when it is back.
    if let Err(SendError::Frame(error)) = outbox.send(&WriterAnswer { id, reply }, blob).await {
        let reason = format!("the answer cannot be sent: {error}");
        tracing::error!("{reason}");
        outbox.send(&WriterAnswer { id, reply: WriterReply::ReadOnly { reason } }, Bytes::new()).await.ok();
    }
}

/// Brings the shorter of journal and database up to the longer. Returns where the database is.
async fn reconcile(
    journal: &mut Journal,
    store: &mut Store,
    progress: Option<Progress>,
) -> anyhow::Result<Seq> {
    let at = progress.map_or(Seq(0), |progress| progress.seq);
    if at.0 + 1 < journal.first().0 {
        bail!(unmendable(format!(
            "the journal begins with record {}, and the database ends with record {at}: what is between them was removed \
             from the journal because a database had it. Put that database back",
            journal.first()
        )));
    }
    let Some(Progress { ladder, seq, checksum }) = progress else { return Ok(Seq(0)) };
    if journal.ladder() != ladder {
        bail!(unmendable(format!(
            "the journal holds ladder {:016x}, the database ladder {:016x}; give the journal's folder the database it belongs to",
            journal.ladder().0,
            ladder.0
        )));
    }
    // The newest record that both have, whichever of them is behind.
    let common = journal.last().min(seq);
    if common > Seq(0) && common >= journal.first() {
        let before = Seq(common.0 - 1);
        let ours = Reader::new(journal.dir(), before).read(common, 1)?.first().map(store::checksum_of);
        let theirs = if common == seq {
            Some(checksum)
        } else {
            store.records_after(before, 1).await?.first().map(store::checksum_of)
        };
        if ours != theirs {
            bail!(unmendable(format!(
                "journal and database of ladder {:016x} differ at record {common}: one of them was put back from a \
                 backup and then went on by itself. Move away the one that is not to be kept",
                ladder.0
            )));
        }
    }
    while journal.last() < seq {
        let records = store.records_after(journal.last(), 1000).await?;
        journal.append(&records).context("fill the journal from the database")?;
        if records.is_empty() {
            bail!("the database says it is at record {seq}, but has no event after {}", journal.last());
        }
    }
    Ok(seq)
}

/// What another start will find as it is: only the operator can mend it, so it ends like a wrong
/// configuration.
fn unmendable(problem: String) -> Faults {
    Faults(vec![problem])
}

fn open_error(error: JournalError) -> anyhow::Error {
    match error {
        // Another start may find it otherwise.
        JournalError::Disk { .. } | JournalError::InUse { .. } => {
            anyhow::Error::from(error).context("open the journal")
        }
        JournalError::Damaged { .. }
        | JournalError::ForeignSegment { .. }
        | JournalError::NewerFormat { .. }
        | JournalError::Gap { .. }
        | JournalError::Trimmed { .. }
        | JournalError::OutOfOrder { .. }
        | JournalError::Conflict(_) => unmendable(error.to_string()).into(),
    }
}

fn fatal_error(error: Option<JournalError>) -> anyhow::Error {
    match error {
        Some(error) => anyhow::Error::from(error).context("append to the journal"),
        None => anyhow::anyhow!("the journal's thread ended"),
    }
}

async fn drain(
    mut writer: Writer,
    mut results: mpsc::Receiver<Appended>,
    mut projected: watch::Receiver<Seq>,
    control: &Control,
) {
    let finish = async {
        while writer.under_way > 0 {
            let Some(result) = results.recv().await else { break };
            writer.append_done(result).await;
        }
        let synced = *writer.synced.borrow();
        projected.wait_for(|projected| *projected >= synced).await.ok();
    };
    if tokio::time::timeout(CATCH_UP, finish).await.is_err() {
        tracing::warn!("the database is behind the journal; the next start brings it up to it");
    }
    control.finish().await;
}

/// A name no other ladder has.
fn new_ladder_id() -> anyhow::Result<LadderId> {
    let mut bytes = [0; 8];
    std::fs::File::open("/dev/urandom")
        .and_then(|mut file| file.read_exact(&mut bytes))
        .context("name the ladder")?;
    Ok(LadderId(u64::from_le_bytes(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc_schema::vocab::FileHash;

    #[test]
    fn only_a_file_that_is_not_there_is_told_to_be_gone() {
        let folder = tempfile::tempdir().unwrap();
        let files = ReplayFiles::open(folder.path()).unwrap();
        let hash = FileHash([7; 32]);
        assert_eq!(read_back(files.read(hash)).0, WriterReply::Replay(None));
        files.store(hash, b"game").unwrap();
        let (reply, bytes) = read_back(files.read(hash));
        assert_eq!((reply, &bytes[..]), (WriterReply::Replay(Some(4)), &b"game"[..]));
        // What is there, and cannot be read.
        let unreadable = FileHash([8; 32]);
        let name = unreadable.to_string();
        std::fs::create_dir_all(folder.path().join(&name[..2]).join(format!("{name}.SC2Replay"))).unwrap();
        assert!(matches!(read_back(files.read(unreadable)), (WriterReply::ReadOnly { .. }, _)));
    }
}
