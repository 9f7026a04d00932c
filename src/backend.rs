//! The backend: the ladder's state in memory, and the one loop that owns it.
//!
//! Every input is decided by [`crate::domain`], its events move the state at once, and the record
//! goes to the db-writer. What is told to anyone, replies, cards and jobs alike, waits until the
//! record it was computed from is on disk ([`core`]). [`requests`] translates the frontend's words,
//! [`workers`] deals replays out, in the order of [`line`], [`health`] says how it goes.

mod core;
mod frontends;
mod health;
mod line;
mod repeats;
mod requests;
mod workers;

use crate::domain::ladder::{Act, Input};
use crate::domain::season::Season;
use crate::failpoint;
use crate::ipc::child::{Child, Control};
use crate::ipc::connection::{CHANNEL_FRAMES, Connection, Greeted, Inbound, Outbox, serve};
use crate::ipc::link::{Link, LinkEvent, WriterProtocol};
use crate::ipc::trace;
use crate::runtime;
use anyhow::{Context, bail};
use bytes::Bytes;
use core::Core;
use frontends::Frontends;
use ipc_schema::archive::ArchivedMatch;
use ipc_schema::backend::{
    BackendCall, BackendEvent, BackendMessage, BackendReply, BackendRequest, CardFailure,
};
use ipc_schema::control::{Death, Role};
use ipc_schema::db_writer::{WriterReply, WriterRequest};
use ipc_schema::event::Places;
use ipc_schema::ids::{CardId, Incarnation, JobId, Key, MatchId, UserId};
use ipc_schema::replay::{Fault, WorkerRequest};
use ipc_schema::staff::{StaffLook, StaffView};
use ipc_schema::vocab::{Caller, FileHash, Locale, Refusal, Timestamp};
use ipc_schema::watch::Watch;
use repeats::Repeats;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;
use tokio::sync::mpsc;
use workers::{Dropped, Wanted, WorkerId, Workers};

/// Inputs that wait for the loop. When full, connections stop being read, which passes the bound
/// on to whoever sends.
const INPUTS: usize = 1024;

/// Requests to the db-writer under way. A decision needs one; see [`core::UNSAVED`] for the bound
/// that players meet.
const WRITER_IN_FLIGHT: usize = 4096;

/// How long the db-writer may take, over its restarts, to store a file before its sender is told
/// to try again, and to read one back before it is asked anew.
const STORE_LIMIT: Duration = Duration::from_secs(30);

/// Before a card is tried again that failed for a passing reason; twice as long with each failure.
const CARD_PAUSE: Duration = Duration::from_secs(2);
const CARD_PAUSE_DOUBLINGS: u32 = 3;

/// Before a case is posted again in a channel that the bot cannot write in. Staff have to hear of it once somebody
/// has changed that, and Discord counts each attempt against the bot.
const ACCESS_PAUSE: Duration = Duration::from_secs(10 * 60);

/// The frontend repeats a report that was refused; a card is not sent again before that.
const REPORT_PAUSE: Duration = Duration::from_secs(10);

/// An answer shows the card at its newest version, so the card itself is held back for so long.
const ANSWER_PAUSE: Duration = Duration::from_secs(1);

/// The answer to who joined the queue becomes the card. Where it never does, the card is posted after so long.
const QUEUE_PAUSE: Duration = Duration::from_secs(20);

/// A load that has no end by then waits for the db-writer, which may wait for its database.
const LOAD_PATIENCE: Duration = Duration::from_secs(3);

/// For the db-writer to save or load a gateway session.
const SESSION_LIMIT: Duration = Duration::from_secs(5);

/// For the db-writer to find an older match; it gives itself less.
const HISTORY_LIMIT: Duration = Duration::from_secs(5);

/// For the db-writer to read a replay back that somebody wants to have. Without it the answer has none.
const FILE_LIMIT: Duration = Duration::from_secs(10);

/// What the loop takes in. Connections carry a number, so that a word from one that was replaced is known.
enum Event {
    Connected(Greeted),
    Frontend {
        number: u64,
        call: BackendCall,
        blob: Bytes,
    },
    FrontendGone {
        number: u64,
    },
    Worker {
        worker: WorkerId,
        request: WorkerRequest,
    },
    WorkerGone {
        worker: WorkerId,
    },
    /// The supervisor says how a worker ended.
    WorkerDied {
        incarnation: Incarnation,
        death: Death,
    },
    /// An append was answered; None if the answer was given up.
    Appended {
        generation: u64,
        answer: Option<WriterReply>,
    },
    Stored {
        number: u64,
        call: BackendCall,
        caller: Caller,
        hash: FileHash,
        blob: Bytes,
        result: Result<(), Refusal>,
    },
    Fetched {
        job: JobId,
        file: Fetched,
    },
    /// The db-writer was asked for a match that is not in memory.
    FoundMatch {
        number: u64,
        id: u64,
        caller: Caller,
        reader: Reader,
        found: Result<Option<Box<ArchivedMatch>>, Refusal>,
    },
    /// A stored replay was read back for somebody to download; None if it cannot be had.
    ReadFile {
        number: u64,
        id: u64,
        file: Option<Bytes>,
    },
    /// The db-writer has answered what concerns no record.
    Relayed {
        number: u64,
        id: u64,
        reply: BackendReply,
    },
}

/// Who asked for a match that is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reader {
    Staff,
    Player,
}

/// What came of reading a stored file back.
enum Fetched {
    File(Bytes),
    /// There is no such file.
    Gone,
    /// The db-writer did not answer, or could not read it at the moment.
    NotNow,
}

/// Runs until drained. `db_writer` is the db-writer's socket; chance begins at `seed`. Whoever has
/// the account `owner` is an owner of the ladder, whatever staff did before. `places` is where the ladder
/// speaks besides DMs.
pub fn run(
    child: Child,
    db_writer: PathBuf,
    season: Season,
    seed: u64,
    owner: Option<UserId>,
    places: Places,
) -> anyhow::Result<()> {
    runtime::block_on(run_until_drained(child, db_writer, season, seed, owner, places))
}

async fn run_until_drained(
    mut child: Child,
    db_writer: PathBuf,
    season: Season,
    seed: u64,
    owner: Option<UserId>,
    places: Places,
) -> anyhow::Result<()> {
    let listener = child.take_listener(Role::Backend.name())?;
    let hello = child.hello();
    let (mut control, mut deaths) = child.start_control_and_hear()?;
    let (writer, mut link_events) = Link::<WriterProtocol>::start(db_writer, hello, WRITER_IN_FLIGHT);
    let (events, mut inputs) = mpsc::channel(INPUTS);

    let mut core = Core::new(season, seed, writer.clone(), events.clone());
    let mut draining = control.clone();
    tokio::select! {
        loaded = load(&mut core, &control) => loaded.context("load the ladder")?,
        () = draining.drain_asked() => {
            control.finish().await;
            return Ok(());
        }
    }
    failpoint::hit("backend: loaded").ok();
    tracing::info!(
        "ladder {:016x} loaded: {} players, {} open matches",
        core.ladder_id().0,
        core.ladder().players(),
        core.ladder().open_matches()
    );
    core.name_owner(owner);
    core.name_places(places);

    let mut clients = serve(listener, hello, &[Role::Frontend, Role::ReplayWorker]);
    control.ready(None);
    let mut backend = Backend {
        core,
        writer,
        events,
        workers: Workers::default(),
        frontends: Frontends::away_since(crate::clock::now()),
        last_number: 0,
        under_way: BTreeMap::new(),
        repeats: Repeats::default(),
        passing: BTreeMap::new(),
        watch: None,
    };
    let mut watch = control.watch();
    // A backend before this one may have handed them to a frontend that is gone as well.
    backend.repeats.interrupted(backend.core.ladder().cards().due());
    let mut second = tokio::time::interval(Duration::from_secs(1));
    loop {
        let wait = backend.until_next_tick();
        tokio::select! {
            greeted = clients.recv() => match greeted {
                Some(greeted) => backend.handle(Event::Connected(greeted)),
                None => bail!("the listening socket is gone"),
            },
            Some(event) = inputs.recv() => backend.handle(event),
            event = link_events.recv() => match event {
                Some(LinkEvent::Unusable(error)) => return Err(error).context("talk to the db-writer"),
                Some(LinkEvent::Up | LinkEvent::Event(())) => {}
                Some(LinkEvent::Down) => tracing::warn!("the db-writer is away; what is decided waits for it"),
                None => bail!("the link to the db-writer ended"),
            },
            Some((incarnation, death)) = deaths.recv() => {
                backend.handle(Event::WorkerDied { incarnation, death });
            }
            () = tokio::time::sleep(wait) => {}
            _ = second.tick() => backend.report(&control),
            Ok(()) = watch.changed() => backend.watched(watch.borrow_and_update().clone()),
            () = control.drain_asked() => break,
        }
        // Whatever woke the loop: what came together is decided together and stored in one frame, and
        // an answer that waits counts before its worker is called late.
        for _ in 0..INPUTS {
            let Ok(event) = inputs.try_recv() else { break };
            backend.handle(event);
        }
        backend.tick();
        backend.deal();
        backend.core.flush();
        if backend.core.must_reload() {
            tokio::select! {
                loaded = backend.core.load() => loaded.context("load the ladder again after the disk refused")?,
                () = draining.drain_asked() => break,
            }
            backend.core.name_owner(owner);
            backend.core.name_places(places);
            backend.under_way.clear();
            backend.workers.reset();
        }
        backend.deliver();
    }
    // What was decided is told, if the writer answers in time; the rest is told by the next backend.
    let finish = async {
        while !backend.core.all_saved() {
            let Some(event) = inputs.recv().await else { break };
            if let Event::Appended { generation, answer } = event {
                backend.core.appended(generation, answer);
                backend.deliver();
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(1), finish).await.ok();
    backend.report(&control);
    control.finish().await;
    Ok(())
}

/// Loads the ladder, however long that takes; the supervisor is told when it waits.
async fn load(core: &mut Core, control: &Control) -> anyhow::Result<()> {
    let mut loading = std::pin::pin!(core.load());
    if let Ok(loaded) = tokio::time::timeout(LOAD_PATIENCE, &mut loading).await {
        return loaded;
    }
    control.stands_by("the db-writer has sent the ladder");
    loading.await
}

struct Backend {
    core: Core,
    writer: Link<WriterProtocol>,
    events: mpsc::Sender<Event>,
    workers: Workers,
    frontends: Frontends<Outbox>,
    last_number: u64,
    /// Cards sent to the frontend and not answered, or to be tried again: version, and when.
    under_way: BTreeMap<CardId, (u32, Option<Timestamp>)>,
    repeats: Repeats,
    /// How often in a row a card failed for a passing reason.
    passing: BTreeMap<CardId, u32>,
    /// How the whole ladder does, as the supervisor said last.
    watch: Option<Watch>,
}

impl Backend {
    fn handle(&mut self, event: Event) {
        match event {
            Event::Connected(greeted) => self.connected(greeted),
            Event::Frontend { number, call, blob } => {
                trace::within(call.trace, || self.frontend_call(number, call, blob));
            }
            Event::FrontendGone { number } => {
                if self.frontends.gone(number, crate::clock::now()) {
                    self.nothing_is_under_way();
                }
            }
            Event::Worker { worker, request } => match request {
                WorkerRequest::Pull => self.workers.pulled(worker),
                WorkerRequest::Done { job, result } => {
                    if self.workers.done(worker, job) {
                        failpoint::hit("backend: job answered").ok();
                        trace::within(self.core.trace_of(job), || {
                            tracing::debug!("replay job {job} is read");
                            self.core.take(&match result {
                                Ok(facts) => Input::JobRead { job, facts },
                                Err(fault) => Input::JobFailed { job, fault },
                            });
                        });
                    }
                }
            },
            Event::WorkerGone { worker } => {
                if let Some(dropped) = self.workers.gone(worker, crate::clock::instant()) {
                    self.dropped(dropped);
                }
            }
            Event::WorkerDied { incarnation, death } => {
                if let Some(dropped) = self.workers.died(incarnation, death) {
                    self.dropped(dropped);
                }
            }
            Event::Appended { generation, answer } => self.core.appended(generation, answer),
            Event::Stored { number, call, caller, hash, blob, result } => trace::within(call.trace, || {
                let bytes = u32::try_from(blob.len()).expect("a frame's length fits u32");
                let act = match result {
                    Ok(()) => {
                        failpoint::hit("backend: file stored").ok();
                        Act::Upload { hash, bytes }
                    }
                    Err(refusal @ (Refusal::Busy | Refusal::ReadOnly)) => {
                        // Nothing is decided, so the frontend may try again under the same key.
                        let refused = requests::refused(self.core.ladder(), &call.request, refusal);
                        return self.reply(number, call.id, refused);
                    }
                    // The frontend tells it, together with those of other files.
                    Err(refusal) => Act::RefuseUpload { refusal, files: 0 },
                };
                let reply = self.core.act(call.key, &call.request, &Input::Act { caller, act });
                if let Some(job) = self.core.newest_job(hash) {
                    self.workers.keep(job, blob);
                }
                self.core.hold(number, call.id, reply);
            }),
            Event::Relayed { number, id, reply } => self.reply(number, id, reply),
            Event::ReadFile { number, id, file } => {
                let bytes = file.as_ref().and_then(|file| u32::try_from(file.len()).ok());
                let (reply, file) = (BackendReply::ReplayFile(bytes), file.unwrap_or_default());
                self.reply_with(number, id, reply, file);
            }
            Event::FoundMatch { number, id, caller, reader, found } => {
                let (ladder, season) = (self.core.ladder(), self.core.season());
                let found = found.and_then(|found| found.ok_or(Refusal::MatchUnknown));
                let reply = match reader {
                    Reader::Staff => {
                        let view = found.map(|match_| requests::archived_view(ladder, season, *match_));
                        requests::staff_reply(ladder, &caller, view)
                    }
                    Reader::Player => {
                        let view = found
                            .and_then(|match_| requests::past_view(ladder, season, &caller, &match_))
                            .map(Box::new);
                        requests::past_reply(ladder, &caller, view)
                    }
                };
                // Names in it may be newer than what is on disk.
                self.core.hold(number, id, reply);
            }
            Event::Fetched { job, file } => match file {
                Fetched::File(bytes) => self.workers.keep(job, bytes),
                Fetched::NotNow => self.workers.not_fetched(job, crate::clock::instant()),
                Fetched::Gone => {
                    tracing::error!("the file of replay job {job} is gone from the data folder");
                    self.core.take(&Input::JobFailed { job, fault: Fault::FileLost });
                }
            },
        }
    }

    fn dropped(&mut self, dropped: Dropped) {
        let Dropped { job, strike, out_of_tries } = dropped;
        let blamed = if strike { "which is its file's fault" } else { "which nobody is blamed for" };
        trace::within(self.core.trace_of(job), || {
            tracing::warn!("a replay worker was lost over job {job}, {blamed}");
            self.core.take(&Input::JobDropped { job, strike, out_of_tries });
        });
    }

    fn connected(&mut self, greeted: Greeted) {
        self.last_number += 1;
        let (number, events) = (self.last_number, self.events.clone());
        if greeted.peer.role == Role::ReplayWorker {
            let greeted_as = greeted.peer.incarnation;
            let Connection { outbox, mut inbox, .. } = greeted.open::<WorkerRequest>();
            let worker = WorkerId(number);
            self.workers.connected(worker, greeted_as, outbox);
            tokio::spawn(async move {
                while let Some(Inbound { message: request, .. }) = inbox.recv().await {
                    if events.send(Event::Worker { worker, request }).await.is_err() {
                        return;
                    }
                }
                events.send(Event::WorkerGone { worker }).await.ok();
            });
            return;
        }
        tracing::info!("serving frontend {}", greeted.peer.incarnation);
        let Connection { outbox, mut inbox, .. } = greeted.open::<BackendCall>();
        let ladder = BackendMessage::Event(BackendEvent::Ladder(self.core.ladder_id()));
        outbox.try_send(&ladder, Bytes::new()).ok();
        self.frontends.connected(number, outbox);
        tokio::spawn(async move {
            while let Some(Inbound { message: call, blob }) = inbox.recv().await {
                if events.send(Event::Frontend { number, call, blob }).await.is_err() {
                    return;
                }
            }
            events.send(Event::FrontendGone { number }).await.ok();
        });
    }

    /// This frontend has the cards to show from here on.
    fn take_cards(&mut self, number: u64, id: u64) {
        if self.frontends.take_cards(number) {
            self.nothing_is_under_way();
        }
        if let Some(since) = self.frontends.take_away() {
            let until = self.core.now();
            self.core.take(&Input::TimeLost { since, until });
        }
        self.reply(number, id, BackendReply::Taken);
    }

    /// Whoever had cards to show is gone.
    fn nothing_is_under_way(&mut self) {
        let under_way = std::mem::take(&mut self.under_way).into_iter();
        self.repeats.interrupted(under_way.filter(|(_, (_, again))| again.is_none()).map(|(card, _)| card));
    }

    fn frontend_call(&mut self, number: u64, call: BackendCall, blob: Bytes) {
        // Deadlines and snowflakes are by the clock, not by the order of events.
        let now = crate::clock::now();
        if call.deadline < now {
            return;
        }
        let reported = match &call.request {
            BackendRequest::CardShown { card, version, .. }
            | BackendRequest::CardFailed { card, version, .. } => Some((*card, *version)),
            _ => None,
        };
        if let Some((card, _)) = reported {
            self.under_way.remove(&card);
        }
        if let Some(reply) = call.key.and_then(|key| self.core.repeated(key, &call.request)) {
            self.answer(number, &call, reply);
            return;
        }
        match call.request {
            BackendRequest::SaveSession { shard, session } => {
                return self.relay(number, call.id, WriterRequest::SaveSession { shard, session });
            }
            BackendRequest::LoadSession { shard } => {
                return self.relay(number, call.id, WriterRequest::LoadSession { shard });
            }
            BackendRequest::ReplayFile { hash } => return self.read_file(number, call.id, hash),
            BackendRequest::TakeCards => return self.take_cards(number, call.id),
            _ => {}
        }
        // Most of all while the disk refuses.
        if let BackendRequest::StaffLook { caller, look: StaffLook::Health } = &call.request {
            let may = self.core.ladder().staff().role(caller.user).ok_or(Refusal::StaffOnly);
            let view = may.map(|_| StaffView::Health(Box::new(self.health())));
            let reply = requests::staff_reply(self.core.ladder(), caller, view);
            return self.reply(number, call.id, reply);
        }
        if let Some(refusal) = self.core.refuse_before_deciding(call.key, &call.request, now) {
            if let Some((card, version)) = reported {
                self.under_way.insert(card, (version, Some(now + REPORT_PAUSE)));
            }
            self.reply(number, call.id, refusal);
            return;
        }
        match &call.request {
            BackendRequest::UploadReplay { caller, .. } => self.store(number, *caller, call, blob),
            BackendRequest::CardShown { card, version, channel, message } => {
                let (card, version, channel, message) = (*card, *version, *channel, *message);
                self.passing.remove(&card);
                let reply = self.core.act(
                    call.key,
                    &call.request,
                    &Input::CardShown { card, version, channel, message },
                );
                self.core.hold(number, call.id, reply);
            }
            BackendRequest::CardFailed { card, version, failure } => {
                let (card, version) = (*card, *version);
                let input = match failure {
                    CardFailure::Passing => {
                        let failed = self.passing.entry(card).or_default();
                        let pause = CARD_PAUSE * (1 << (*failed).min(CARD_PAUSE_DOUBLINGS));
                        *failed += 1;
                        self.under_way.insert(card, (version, Some(now + pause)));
                        self.core.hold(number, call.id, BackendReply::Taken);
                        return;
                    }
                    CardFailure::NoAccess if self.core.ladder().cards().is_of_case(card) => {
                        self.under_way.insert(card, (version, Some(now + ACCESS_PAUSE)));
                        self.core.hold(number, call.id, BackendReply::Taken);
                        return;
                    }
                    CardFailure::MessageGone => Input::CardGone { card, version },
                    CardFailure::Permanent | CardFailure::NoAccess => Input::CardLost { card, version },
                    CardFailure::Unreachable => Input::CardUnreachable { card, version },
                };
                // Not under the key of the delivery: the same version may be tried again.
                let reply = self.core.act(None, &call.request, &input);
                self.core.hold(number, call.id, reply);
            }
            request @ BackendRequest::MatchChannels => {
                let reply = self.core.look(request);
                self.core.hold(number, call.id, reply);
            }
            BackendRequest::StaffLook { caller, look: StaffLook::Match { match_id } }
                if self.core.ladder().is_archived(*match_id)
                    && self.core.ladder().staff().role(caller.user).is_some() =>
            {
                self.find_match(number, call.id, *caller, Reader::Staff, *match_id);
            }
            BackendRequest::PastMatch { caller, match_id } if self.core.ladder().is_over(*match_id) => {
                self.find_match(number, call.id, *caller, Reader::Player, *match_id);
            }
            request => {
                let Some(input) = requests::input_of(request) else { return };
                let reply = self.core.act(call.key, request, &input);
                self.answer(number, &call, reply);
            }
        }
    }

    /// Holds a reply until it is true on disk. A press is answered by what its card shows as well, so
    /// the card waits for the frontend to say so.
    fn answer(&mut self, number: u64, call: &BackendCall, reply: BackendReply) {
        if let (Some(Key::Interaction(_)), BackendReply::Match { card: Some(card), .. }) = (call.key, &reply)
            && card.message.is_some()
        {
            let until = crate::clock::now() + ANSWER_PAUSE;
            self.under_way.entry(card.card).or_insert((card.version, Some(until)));
        }
        if let (Some(Key::Interaction(_)), BackendReply::Queue { card: Some(card), .. }) = (call.key, &reply)
            && (card.message.is_some() || requests::is_from_dm(&call.request))
        {
            let pause = if card.message.is_some() { ANSWER_PAUSE } else { QUEUE_PAUSE };
            let until = crate::clock::now() + pause;
            self.under_way.entry(card.card).or_insert((card.version, Some(until)));
        }
        self.core.hold_under(call.key, number, call.id, reply);
    }

    /// Passes on what concerns the db-writer alone, in the order in which it came.
    fn relay(&self, number: u64, id: u64, request: WriterRequest) {
        let answer = self.writer.begin(None, request, Bytes::new(), SESSION_LIMIT);
        let events = self.events.clone();
        tokio::spawn(async move {
            let answer = match answer {
                Ok(answer) => tokio::time::timeout(SESSION_LIMIT, answer).await.ok().and_then(Result::ok),
                Err(_) => None,
            };
            let reply = match answer {
                Some((WriterReply::SessionSaved, _)) => BackendReply::Taken,
                Some((WriterReply::Session(session), _)) => BackendReply::Session(session),
                _ => BackendReply::Refused { locale: Locale::EnUs, refusal: Refusal::ReadOnly },
            };
            events.send(Event::Relayed { number, id, reply }).await.ok();
        });
    }

    /// Asks the db-writer for a match that is no longer in memory. The answer is not recorded: it is
    /// read anew for whoever asks again.
    fn find_match(&self, number: u64, id: u64, caller: Caller, reader: Reader, match_id: MatchId) {
        let (writer, events) = (self.writer.clone(), self.events.clone());
        tokio::spawn(trace::carry(trace::current(), async move {
            let request = WriterRequest::FindMatch { match_id };
            let found = match writer.call(None, request, Bytes::new(), HISTORY_LIMIT).await {
                Ok((WriterReply::Match(found), _)) => Ok(found),
                Ok((WriterReply::Busy, _)) => Err(Refusal::Busy),
                Ok(_) | Err(_) => Err(Refusal::HistoryAway),
            };
            events.send(Event::FoundMatch { number, id, caller, reader, found }).await.ok();
        }));
    }

    /// Reads a stored replay back, for somebody to download.
    fn read_file(&self, number: u64, id: u64, hash: FileHash) {
        let (writer, events) = (self.writer.clone(), self.events.clone());
        tokio::spawn(trace::carry(trace::current(), async move {
            let request = WriterRequest::ReadReplay { hash };
            let file = match writer.call(None, request, Bytes::new(), FILE_LIMIT).await {
                Ok((WriterReply::Replay(Some(_)), bytes)) => Some(bytes),
                Ok(_) | Err(_) => None,
            };
            events.send(Event::ReadFile { number, id, file }).await.ok();
        }));
    }

    /// Has the file stored under its hash; the decision follows when it is on disk.
    fn store(&self, number: u64, caller: Caller, call: BackendCall, blob: Bytes) {
        let (writer, events) = (self.writer.clone(), self.events.clone());
        let bytes = u32::try_from(blob.len()).expect("a frame's length fits u32");
        // Hashing 5 MiB takes some milliseconds, which the loop has not got in a busy moment, but
        // uploads are rare and small.
        let hash = FileHash(Sha256::digest(&blob).into());
        let ladder = self.core.ladder();
        let checked = ladder.check_upload(self.core.season(), crate::clock::now(), caller.user, hash);
        tokio::spawn(trace::carry(call.trace, async move {
            let result = match checked {
                Err(refusal) => Err(refusal),
                Ok(_) => {
                    let request = WriterRequest::StoreReplay { hash, bytes };
                    match writer.call(None, request, blob.clone(), STORE_LIMIT).await {
                        Ok((WriterReply::ReplayStored, _)) => Ok(()),
                        Ok((WriterReply::ReadOnly { .. }, _)) => Err(Refusal::ReadOnly),
                        Ok(_) | Err(_) => Err(Refusal::Busy),
                    }
                }
            };
            events.send(Event::Stored { number, call, caller, hash, blob, result }).await.ok();
        }));
    }

    fn until_next_tick(&self) -> Duration {
        let now = crate::clock::now();
        let tick = self.core.next_tick().filter(|_| !self.frontends.is_away()).map(|at| at.since(now));
        let retry = self.under_way.values().filter_map(|(_, again)| again.map(|at| at.since(now))).min();
        // At least once a second, so that a clock that was set does not stop the ladder.
        let longest = self.workers.next_look().unwrap_or(Duration::from_secs(1));
        let repeat = self.repeats.next().map(|at| at.since(now));
        let mention = self.core.next_to_mention().map(|at| at.since(now));
        [tick, retry, repeat, mention].into_iter().flatten().min().unwrap_or(longest).min(longest)
    }

    fn tick(&mut self) {
        if !self.frontends.is_away() {
            self.core.tick();
        }
        for dropped in self.workers.overdue(crate::clock::instant()) {
            self.dropped(dropped);
        }
        let now = self.core.now();
        self.under_way.retain(|_, (_, again)| again.is_none_or(|at| at > now));
        self.passing.retain(|card, _| self.core.ladder().cards().is_due(*card));
    }

    /// Gives jobs that are true on disk to workers, and tells those that have to wait.
    fn deal(&mut self) {
        let now = crate::clock::instant();
        if !self.core.is_read_only() {
            for job in self.workers.given_up(now) {
                tracing::error!(
                    "replay job {job} found no worker, or its file was not read back; it is given up"
                );
                self.core.take(&Input::JobFailed { job, fault: Fault::NotRead });
            }
        }
        let wanted: Vec<Wanted> = self.core.due_jobs().collect();
        for Wanted { job, hash, trace, .. } in self.workers.assign(&wanted, now) {
            let (writer, events) = (self.writer.clone(), self.events.clone());
            tokio::spawn(trace::carry(trace, async move {
                let read =
                    writer.call(None, WriterRequest::ReadReplay { hash }, Bytes::new(), STORE_LIMIT).await;
                let file = match read {
                    Ok((WriterReply::Replay(Some(_)), bytes)) => Fetched::File(bytes),
                    Ok((WriterReply::Replay(None), _)) => Fetched::Gone,
                    _ => Fetched::NotNow,
                };
                events.send(Event::Fetched { job, file }).await.ok();
            }));
        }
        let places = self.workers.places(&wanted, now);
        if !places.is_empty() && !self.core.is_read_only() {
            self.core.take(&Input::LineMoved { places });
        }
    }

    /// Sends what is true on disk: replies and cards.
    fn deliver(&mut self) {
        let replies = self.core.take_due_replies();
        if !replies.is_empty() {
            failpoint::hit("backend: before replies go out").ok();
            for (number, id, reply) in replies {
                self.reply(number, id, reply);
            }
            failpoint::hit("backend: replies went out").ok();
        }
        // Cards wait while the frontend is behind, so that replies always find room: it has fewer
        // requests under way than half of what its connection holds.
        if let Some(outbox) = self.frontends.for_cards()
            && outbox.room() > CHANNEL_FRAMES / 2
            && !self.core.is_read_only()
        {
            let now = crate::clock::now();
            let mut cards = self.core.due_cards(|card| self.under_way.contains_key(&card));
            let is_due = |card| self.core.ladder().cards().is_due(card);
            let mut again = self.repeats.take_due(now, is_due);
            // What is due or on its way by then is newer.
            again.retain(|old| {
                !self.under_way.contains_key(&old.card) && cards.iter().all(|card| card.card != old.card)
            });
            cards.append(&mut again);
            // Where there is no room for all, a match does not wait for an announcement.
            cards.sort_by_key(|card| card.view.urgency());
            for card in cards {
                if outbox.room() <= CHANNEL_FRAMES / 2 {
                    break;
                }
                let (id, version) = (card.card, card.version);
                self.repeats.sends(&card, now);
                let message = BackendMessage::Event(BackendEvent::ShowCard(Box::new(card)));
                if outbox.try_send(&message, Bytes::new()).is_err() {
                    break;
                }
                failpoint::hit("backend: card sent").ok();
                self.under_way.insert(id, (version, None));
            }
        }
    }

    /// Tells a frontend that is still there; another asks again under the same key.
    fn reply(&self, number: u64, id: u64, reply: BackendReply) {
        self.reply_with(number, id, reply, Bytes::new());
    }

    fn reply_with(&self, number: u64, id: u64, reply: BackendReply, blob: Bytes) {
        if let Some(outbox) = self.frontends.outbox(number)
            && outbox.try_send(&BackendMessage::Reply { id, reply }, blob).is_err()
        {
            tracing::warn!("the frontend does not read its answers");
        }
    }
}
