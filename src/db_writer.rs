//! The db-writer: the one process that touches journal, replay files and database.
//!
//! A record is acknowledged once the journal has it on disk, or once the database has it, as
//! [`Durability`] says; the database follows the journal by itself ([`project`]). One backend is served at
//! a time, the newest: its greeting closes the connection of the one before, and its load is answered only
//! when nothing of that one is under way.

pub mod copies;
pub mod files;
pub mod history;
mod lag;
pub mod lease;
pub mod project;
mod reconcile;
mod sessions;
pub mod snapshots;

use crate::clock;
use crate::config::{self, Durability};
use crate::failpoint;
use crate::ipc::child::{Child, Control, gauge};
use crate::ipc::connection::{Connection, Inbound, Outbox, SendError, serve};
use crate::ipc::trace;
use crate::journal::commit::Commits;
use crate::journal::reader::Reader;
use crate::journal::{Journal, JournalError};
use crate::runtime;
use crate::snapshot::Snapshot;
use crate::store::{Database, Store, StoreError};
use crate::telemetry::latency::Latency;
use anyhow::{Context, bail};
use bytes::Bytes;
use copies::Objects;
use files::{NotStored, ReplayFiles};
use history::History;
use ipc_schema::control::Role;
use ipc_schema::db_writer::{Record, WriterAnswer, WriterCall, WriterReply, WriterRequest};
use ipc_schema::ids::{Incarnation, Key, LadderId, Seq};
use ipc_schema::vocab::Timestamp;
use lag::Lag;
use lease::Terms;
use project::{Following, Projector};
use reconcile::{Agreement, Connected, unmendable};
use sessions::Sessions;
use snapshots::Snapshots;
use std::collections::VecDeque;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

/// Stored bytes in one page of a load, about: a frame may hold far more, and decoding takes memory.
const PAGE_BYTES: usize = 1 << 20;

/// Results of appends on their way from the journal's thread. The thread waits when it is full.
const APPENDED: usize = 4096;

/// After which a start says that it takes long: large tables are being changed, or a lost snapshot is made anew.
const SLOW_OPENING: Duration = Duration::from_secs(10);

/// How long a drain waits for the database to be where the journal is.
const CATCH_UP: Duration = Duration::from_secs(3);

/// How long it then waits for the database to be let go.
const LET_GO: Duration = Duration::from_millis(500);

/// The journal's folder in the data folder.
pub const JOURNAL: &str = "journal";

/// The snapshots' folder in the data folder.
pub const SNAPSHOTS: &str = "snapshots";

/// The database's file in the data folder, where it is not PostgreSQL.
pub const DATABASE: &str = crate::store::FILE;

/// Journal and database of one ladder, and where the database is.
#[derive(Debug)]
pub struct Opened {
    pub journal: Journal,
    /// None while the database is away.
    pub store: Option<Store>,
    pub projected: Seq,
    /// Those that a load may begin with, newest first.
    pub snapshots: Vec<Snapshot>,
}

/// What a start has to know.
pub struct Opening<'a> {
    /// The data folder.
    pub data: &'a Path,
    pub database: &'a Database,
    pub terms: &'a Terms,
    /// Told what is waited for, where it may take long.
    pub stands_by: &'a dyn Fn(&str),
}

/// Opens both and brings the journal up to the database; [`project`] does the other direction.
/// Snapshots are held against both. Where the tables have a lease, it is ours from here on.
pub async fn open(opening: &Opening<'_>) -> anyhow::Result<Opened> {
    let Opening { data, terms, .. } = opening;
    let connected = reconcile::connect(opening).await?;
    let (mut store, mut progress, lease) = match connected {
        Some(Connected { store, progress, lease }) => (Some(store), progress, lease),
        None => (None, None, None),
    };
    let folder = data.join(SNAPSHOTS);
    let mut found = snapshots::find(&folder)?;
    let new_ladder = progress.map_or_else(new_ladder_id, |progress| Ok(progress.ladder))?;
    let dir = data.join(JOURNAL);
    let is_empty = Journal::is_empty(&dir).map_err(open_error)?;
    let first = match &mut store {
        Some(store) if is_empty => {
            // Before there is a journal that another ladder's database would refuse.
            terms.take(store, new_ladder, false, lease.as_ref()).await?;
            // Only from here on nobody else moves it.
            progress = store.progress().await?;
            if let Some(progress) = progress {
                (opening.stands_by)("the data folder is filled from the database");
                let ours = found.first().map(Snapshot::seq);
                let kept = snapshots::kept::restore(store, progress, &folder, ours).await?;
                found.splice(..0, kept);
            }
            let first = snapshots::beginning(&found, store, progress).await?;
            if progress.is_some() {
                reconcile::mark_incomplete(data)?;
            }
            first
        }
        _ => Seq(1),
    };
    let mut journal = Journal::open_from(&dir, new_ladder, first).map_err(open_error)?;
    if let Some(store) = store.as_mut().filter(|_| !is_empty) {
        let agreed = reconcile::agree(&dir, journal.ladder(), journal.last(), store, progress).await?;
        let at = match (agreed, &lease) {
            (Agreement::At(at), _) => at,
            (Agreement::Parted(problem), Some(lease)) if terms.was_followed(lease) => {
                drop(journal);
                let aside = reconcile::set_aside(data, lease.epoch)?;
                tracing::warn!(
                    "another evoladder followed this one on the database, which had all that players were told of. What is \
                     in this folder alone was told to nobody: it is in {} and not needed. {problem}",
                    aside.display()
                );
                return Box::pin(open(opening)).await;
            }
            (Agreement::Parted(problem), _) => return Err(problem.into()),
        };
        terms.take(store, journal.ladder(), at < journal.last(), lease.as_ref()).await?;
        progress = store.progress().await?;
    }
    let projected = match &mut store {
        Some(store) => reconcile::reconcile(data, &mut journal, store, progress).await?,
        None => Seq(0),
    };
    let snapshots = snapshots::usable(found, &journal, store.as_mut(), projected, &folder).await?;
    Ok(Opened { journal, store, projected, snapshots })
}

/// What opening comes to, which may take long. None if it has to end before.
async fn unless_drained<T>(opening: impl Future<Output = T>, control: &Control) -> Option<T> {
    let mut control = control.clone();
    let (mut opening, mut slow) = (pin!(opening), pin!(tokio::time::sleep(SLOW_OPENING)));
    let mut is_told = false;
    loop {
        tokio::select! {
            opened = &mut opening => return Some(opened),
            () = &mut slow, if !is_told => {
                is_told = true;
                control.stands_by("journal and database are opened");
            }
            () = control.drain_asked() => return None,
        }
    }
}

/// Runs until drained.
pub fn run(child: Child, config: &config::DbWriter) -> anyhow::Result<()> {
    runtime::block_on(run_until_drained(child, config)).map_err(for_whom)
}

async fn run_until_drained(mut child: Child, config: &config::DbWriter) -> anyhow::Result<()> {
    let data = config.data.as_path();
    let database = Database::of(data, config.database_url.as_ref())?;
    let listener = child.take_listener(Role::DbWriter.name())?;
    let hello = child.hello();
    let mut control = child.start_control()?;
    let terms = || Terms::of(data, config.durability, config.abandon_journal.clone());
    let opened = {
        let stands_by = |until: &str| control.stands_by(until);
        let opening = Opening { data, database: &database, terms: &terms()?, stands_by: &stands_by };
        unless_drained(open(&opening), &control).await
    };
    let Some(opened) = opened else {
        control.finish().await;
        return Ok(());
    };
    let opened = opened?;
    // As the folder has them by now.
    let mut terms = terms()?;
    let Opened { journal, store, projected: progress, snapshots } = opened;
    let dir = data.join(JOURNAL);
    let snapshots = Snapshots::new(data.join(SNAPSHOTS), &journal, snapshots);
    let (made, mut makings) = mpsc::channel(1);
    let (ladder, last) = (journal.ladder(), journal.last());
    tracing::info!("ladder {:016x} at record {last}, tables in {database} at {progress}", ladder.0);

    let (synced, follow) = watch::channel(last);
    let following = Following { projected: progress, is_connected: store.is_some(), statement_ms: 0.0 };
    let (told, mut following) = watch::channel(following);
    let epoch = store.as_ref().map(Store::epoch);
    if store.is_none() && config.durability == Durability::Journal {
        // From here on players are told what is in this folder alone.
        terms.note(true)?;
    }
    let projector = Projector {
        database: database.clone(),
        terms,
        store,
        ladder,
        dir: dir.clone(),
        projected: progress,
        began_at: last,
        epoch,
    };
    let mut projecting = tokio::spawn(projector.run(follow, told));
    let (fatal, mut failed) = oneshot::channel();
    let commits = Commits::start(journal, move |error| drop(fatal.send(error)));
    let (appended, mut results) = mpsc::channel(APPENDED);
    let mut clients = serve(listener, hello, &[Role::Backend]);
    let files = ReplayFiles::open(
        &data.join("replays"),
        config.replay_store.as_ref().map(Objects::new).transpose()?,
    )?
    .with_database(&database, config.durability);
    let sessions = Sessions::start(data.join("gateway")).with_database(&database, ladder);
    let history = History::start(database.clone(), following.clone());
    if database.is_server() {
        // The file lies beside the snapshots, and is lost with them.
        tokio::spawn(snapshots::kept::follow(database, ladder, snapshots.newest(), following.clone()));
    }
    control.ready(None);

    let mut writer = Writer {
        dir,
        ladder,
        files,
        sessions,
        history,
        commits,
        appended,
        synced,
        durability: config.durability,
        following: following.clone(),
        unanswered: Unanswered::default(),
        snapshots,
        under_way: 0,
        took: Latency::new("append"),
        lag: Lag::default(),
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
                // The one before does not hear it any more, and it would end what this one begins.
                writer.waiting_load = None;
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
            Ok(()) = following.changed() => writer.settle().await,
            Some(making) = makings.recv() => writer.snapshots.made(making),
            error = &mut failed => return Err(fatal_error(error.ok())),
            ended = &mut projecting => {
                ended.context("project into the database")??;
                bail!("nothing is projected into the database any more");
            }
            _ = second.tick() => {
                let (journal, database) = (writer.synced.borrow().0, *following.borrow());
                let behind = writer.lag.look(clock::instant(), Seq(journal), database.projected);
                let mut gauges = vec![
                    gauge("appends_under_way", writer.under_way as f64),
                    gauge("database_lag_s", behind.as_secs_f64()),
                    gauge("journal_bytes", writer.commits.bytes() as f64),
                    gauge("journal_seq", journal as f64),
                    gauge("database_lag_records", journal.saturating_sub(database.projected.0) as f64),
                    gauge("database_connected", f64::from(u8::from(database.is_connected))),
                    gauge("database_statement_ms", database.statement_ms),
                ];
                gauges.extend(writer.files.to_copy().map(|count| gauge("replays_to_copy", count as f64)));
                control.gauges(gauges);
                control.latencies(vec![writer.took.read(), project::TOOK.read()]);
                let (journal, database) = (Seq(journal), database.projected);
                writer.snapshots.tick(&writer.commits, journal, database, &made);
            }
            () = control.drain_asked() => break,
        }
    }
    drain(writer, results, projecting, &control).await;
    Ok(())
}

/// What the serving loop owns.
struct Writer {
    dir: PathBuf,
    ladder: LadderId,
    files: ReplayFiles,
    sessions: Sessions,
    history: History,
    commits: Commits,
    snapshots: Snapshots,
    appended: mpsc::Sender<Appended>,
    synced: watch::Sender<Seq>,
    durability: Durability,
    following: watch::Receiver<Following>,
    /// What appends are answered, and whom. The backend has a bounded number unanswered.
    unanswered: Unanswered<(u64, Outbox, WriterReply)>,
    /// Appends handed to the journal's thread and not yet answered.
    under_way: usize,
    /// From an append's arrival to its sync.
    took: Latency,
    lag: Lag,
    /// A load that waits until nothing of an older backend is under way, and all of it may be told.
    waiting_load: Option<(u64, Seq, Outbox)>,
    /// Where the last page of a load ended.
    load: Option<Reader>,
    backend_gone_at: Option<Timestamp>,
}

/// What came of an append.
struct Appended {
    id: u64,
    since: Instant,
    outbox: Outbox,
    result: Result<Seq, String>,
}

/// Answers that wait until what they tell is durable, in the order of what was asked.
#[derive(Debug)]
struct Unanswered<T>(VecDeque<(Seq, T)>);

impl<T> Default for Unanswered<T> {
    fn default() -> Self {
        Unanswered(VecDeque::new())
    }
}

impl<T> Unanswered<T> {
    /// The journal has everything up to `through`.
    fn stored(&mut self, through: Seq, answer: T) {
        self.0.push_back((through, answer));
    }

    /// The journal has nothing of it. Told before the answers in front of it, it would be taken to be about
    /// their records too: the backend forgets whatever is not acknowledged by then.
    fn refused(&mut self, answer: T) {
        let before = self.0.back().map_or(Seq(0), |(through, _)| *through);
        self.0.push_back((before, answer));
    }

    /// The next one that may be told.
    fn due(&mut self, durable: Seq) -> Option<T> {
        self.0.pop_front_if(|(through, _)| *through <= durable).map(|(_, answer)| answer)
    }
}

impl Writer {
    async fn handle(&mut self, call: WriterCall, blob: Bytes, outbox: Outbox) {
        let id = call.id;
        match call.request {
            WriterRequest::Load { after } => {
                self.waiting_load = Some((id, after, outbox));
                self.settle().await;
            }
            WriterRequest::LoadSnapshot => {
                let reply = WriterReply::Snapshot(self.snapshots.begin_load());
                answer(&outbox, id, reply, Bytes::new()).await;
            }
            WriterRequest::SnapshotPart { seq, part } => {
                let (length, blob) = sized(self.snapshots.part(seq, part).map(|part| part.map(Bytes::from)));
                let reply = length.map_or_else(not_read("a snapshot"), WriterReply::SnapshotPart);
                answer(&outbox, id, reply, blob).await;
            }
            WriterRequest::Append { records } => {
                failpoint::hit("db-writer: append received").ok();
                debug_each(&records, "to be stored");
                let since = clock::instant();
                let (appended, told) = (self.appended.clone(), outbox.clone());
                let done =
                    move |result| drop(appended.blocking_send(Appended { id, since, outbox: told, result }));
                match self.commits.append(&records, done) {
                    Ok(()) => self.under_way += 1,
                    Err(reason) => {
                        let reply = WriterReply::ReadOnly { reason: reason.to_owned() };
                        self.unanswered.refused((id, outbox, reply));
                        self.settle().await;
                    }
                }
            }
            WriterRequest::StoreReplay { hash, .. } => {
                let files = self.files.clone();
                tokio::spawn(trace::carry(call.trace, async move {
                    tracing::debug!("a replay is to be stored as {hash}");
                    let reply = match files.store(hash, blob).await {
                        Ok(()) => WriterReply::ReplayStored,
                        // It is said when that begins and when it ends.
                        Err(NotStored::NotKept { .. }) => WriterReply::Busy,
                        Err(error @ NotStored::Folder { .. }) => {
                            let reason = format!("{:#}", anyhow::Error::from(error));
                            tracing::error!("cannot store a replay: {reason}");
                            WriterReply::ReadOnly { reason }
                        }
                    };
                    answer(&outbox, id, reply, Bytes::new()).await;
                }));
            }
            WriterRequest::SaveSession { shard, session } => {
                let saved = self.sessions.save(shard, session);
                tokio::spawn(async move { answer(&outbox, id, saved.await, Bytes::new()).await });
            }
            WriterRequest::LoadSession { shard } => {
                let loaded = self.sessions.load(shard);
                tokio::spawn(async move { answer(&outbox, id, loaded.await, Bytes::new()).await });
            }
            WriterRequest::FindMatch { match_id } => {
                let found = self.history.find_match(match_id, *self.synced.borrow());
                let answer = async move { answer(&outbox, id, found.await, Bytes::new()).await };
                tokio::spawn(trace::carry(call.trace, answer));
            }
            WriterRequest::ReadReplay { hash } => {
                let files = self.files.clone();
                tokio::spawn(trace::carry(call.trace, async move {
                    let (reply, blob) = read_back(files.read(hash).await);
                    answer(&outbox, id, reply, blob).await;
                }));
            }
        }
    }

    async fn append_done(&mut self, Appended { id, since, outbox, result }: Appended) {
        self.under_way -= 1;
        self.took.took(since.elapsed());
        match result {
            Ok(through) => {
                self.synced.send_replace(through);
                self.unanswered.stored(through, (id, outbox, WriterReply::Appended { through }));
            }
            Err(reason) => {
                // A part of it may be on disk; whoever loads has to go on from there.
                self.synced.send_replace(self.commits.synced());
                self.unanswered.refused((id, outbox, WriterReply::ReadOnly { reason }));
            }
        }
        self.settle().await;
    }

    /// Answers the appends that are durable by now, and a load that waited for them.
    async fn settle(&mut self) {
        let synced = *self.synced.borrow();
        let durable = match self.durability {
            Durability::Journal => synced,
            Durability::Database => synced.min(self.following.borrow().projected),
        };
        while let Some((id, outbox, reply)) = self.unanswered.due(durable) {
            failpoint::hit("db-writer: before the answer").ok();
            answer(&outbox, id, reply, Bytes::new()).await;
            failpoint::hit("db-writer: after the answer").ok();
        }
        if self.under_way == 0
            && durable == synced
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
                if complete {
                    self.snapshots.end_load();
                }
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
fn read_back(read: anyhow::Result<Option<Bytes>>) -> (WriterReply, Bytes) {
    let (length, bytes) = sized(read);
    (length.map_or_else(not_read("a replay"), WriterReply::Replay), bytes)
}

/// Raw bytes for behind an answer, and how many they are; None is nothing to send.
fn sized(read: anyhow::Result<Option<Bytes>>) -> (anyhow::Result<Option<u32>>, Bytes) {
    let sized = read.and_then(|bytes| {
        let Some(bytes) = bytes else { return Ok((None, Bytes::new())) };
        let length = u32::try_from(bytes.len()).context("its length does not fit a frame")?;
        Ok((Some(length), bytes))
    });
    match sized {
        Ok((length, bytes)) => (Ok(length), bytes),
        Err(error) => (Err(error), Bytes::new()),
    }
}

fn not_read(what: &'static str) -> impl FnOnce(anyhow::Error) -> WriterReply {
    move |error| {
        tracing::error!("cannot read {what} back: {error:#}");
        WriterReply::ReadOnly { reason: format!("{error:#}") }
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

/// What ends a run: tables that no other start finds otherwise are the operator's to mend.
fn for_whom(error: anyhow::Error) -> anyhow::Error {
    let is_lasting = |cause: &(dyn std::error::Error + 'static)| {
        cause.downcast_ref::<StoreError>().is_some_and(StoreError::is_lasting)
    };
    if error.chain().any(is_lasting) { unmendable(format!("{error:#}")).into() } else { error }
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

/// What becomes of records, a line for each that belongs to a press or a message.
fn debug_each(records: &[Record], what: &str) {
    if !tracing::enabled!(tracing::Level::DEBUG) {
        return;
    }
    let traced = records.iter().filter_map(|record| Some((record.seq, record.key.and_then(Key::snowflake)?)));
    traced.for_each(|(seq, trace)| tracing::debug!(seq = seq.0, trace, "{what}"));
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
    projecting: JoinHandle<anyhow::Result<()>>,
    control: &Control,
) {
    let mut following = writer.following.clone();
    let finish = async {
        while writer.under_way > 0 {
            let Some(result) = results.recv().await else { break };
            writer.append_done(result).await;
        }
        let synced = *writer.synced.borrow();
        following.wait_for(|following| following.projected >= synced).await.ok();
        writer.settle().await;
    };
    if tokio::time::timeout(CATCH_UP, finish).await.is_err() {
        tracing::warn!("the database is behind the journal; the next start brings it up to it");
    }
    // Nobody appends any more, so the projector lets go of the lease and ends.
    drop(writer);
    tokio::time::timeout(LET_GO, projecting).await.ok();
    control.finish().await;
}

/// A name no other ladder has.
fn new_ladder_id() -> anyhow::Result<LadderId> {
    by_chance().map(LadderId)
}

fn by_chance() -> anyhow::Result<u64> {
    let mut bytes = [0; 8];
    std::fs::File::open("/dev/urandom")
        .and_then(|mut file| file.read_exact(&mut bytes))
        .context("draw a name")?;
    Ok(u64::from_le_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc_schema::vocab::FileHash;
    use sha2::{Digest, Sha256};

    #[test]
    fn a_refusal_is_told_behind_what_was_stored_before_it() {
        let mut unanswered = Unanswered::default();
        unanswered.refused("disk full at once");
        assert_eq!(unanswered.due(Seq(0)), Some("disk full at once"));
        unanswered.stored(Seq(5), "five");
        unanswered.stored(Seq(7), "seven");
        unanswered.refused("disk full");
        unanswered.stored(Seq(8), "eight");
        for (durable, told) in [(4, &[][..]), (5, &["five"]), (7, &["seven", "disk full"]), (9, &["eight"])] {
            let due: Vec<_> = std::iter::from_fn(|| unanswered.due(Seq(durable))).collect();
            assert_eq!(due, told, "up to {durable}");
        }
    }

    #[tokio::test]
    async fn only_a_file_that_is_not_there_is_told_to_be_gone() {
        let folder = tempfile::tempdir().unwrap();
        let files = ReplayFiles::open(folder.path(), None).unwrap();
        let hash = FileHash(Sha256::digest(b"game").into());
        assert_eq!(read_back(files.read(hash).await).0, WriterReply::Replay(None));
        files.store(hash, Bytes::from_static(b"game")).await.unwrap();
        let (reply, bytes) = read_back(files.read(hash).await);
        assert_eq!((reply, &bytes[..]), (WriterReply::Replay(Some(4)), &b"game"[..]));
        // What is there, and cannot be read.
        let unreadable = FileHash([8; 32]);
        let name = unreadable.to_string();
        std::fs::create_dir_all(folder.path().join(&name[..2]).join(format!("{name}.SC2Replay"))).unwrap();
        assert!(matches!(read_back(files.read(unreadable).await), (WriterReply::ReadOnly { .. }, _)));
    }
}
