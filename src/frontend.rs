//! The role that speaks with Discord. It owns the calls under way and nothing else: every press is
//! asked of the backend, every card comes from it, and no message is remembered here.
//!
//! ```text
//! gateway -> incoming -> runner -> rest        a press and its answer
//!         -> uploads  -> backend               a replay dropped into the DM
//! backend -> cards    -> rest                  what a player is owed
//! supervisor -> alerts, load                   how the whole ladder does
//! ```
//!
//! [`commands`] has the pages and what their buttons ask for, [`card_view`] the cards, [`text`] the
//! words of `locales/`. They are pure; [`run`] is the shell around them.

mod alerts;
pub mod breaker;
pub mod card_view;
pub mod cards;
pub mod commands;
pub mod custom_id;
mod earlier_posts;
pub mod gap;
pub mod gateway;
pub mod incoming;
pub mod lanes;
pub mod line;
pub mod load;
pub mod measured;
mod missed;
pub mod news;
pub mod pictures;
pub mod post_view;
mod posts;
pub mod refusal;
pub mod registration;
pub mod reply;
pub mod rest;
mod runner;
pub mod schedule;
pub mod session;
#[cfg(test)]
mod smoke;
pub mod text;
mod turns;
pub mod uploads;

use crate::clock;
use crate::config::{Nth, Shards};
use crate::ipc::child::{Child, gauge};
use crate::ipc::link::{BackendProtocol, Link, LinkEvent};
use crate::ipc::trace;
use crate::runtime;
use alerts::Alerts;
use anyhow::Context as _;
use bytes::Bytes;
use cards::Cards;
use commands::Plan;
use gap::Gap;
use gateway::Arrival;
use incoming::Incoming;
use ipc_schema::backend::{BackendEvent, BackendRequest};
use ipc_schema::control::{Gauge, Hello, Latencies};
use ipc_schema::ids::{ChannelId, Key, Trace, UserId};
use ipc_schema::vocab::Timestamp;
use ipc_schema::watch::{AlertNews, Watch};
use lanes::Lanes;
use load::{LastAnswers, Load};
use measured::Measured;
use pictures::Pictures;
use posts::Posts;
use registration::Failed;
use rest::Rest;
use runner::Handled;
use session::{Progress, SHARD_OF_DMS, Ticket};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, sleep, timeout};
use twilight_model::channel::Message;
use twilight_model::id::Id;
use twilight_model::id::marker::ApplicationMarker;
use uploads::Uploads;

/// Interactions answered at a time. Each holds a few kilobytes and mostly waits; a burst of the
/// ladder's thousand players fits. More are told that it is busy.
const INTERACTIONS: usize = 1024;

/// Of these, how many may be of those who only look: the rest is kept for the queue and for matches, which stay
/// open last.
const LOOKING: usize = 768;

/// Interactions being told that it is busy. Beyond it they fail at Discord's side.
const TURNED_AWAY: usize = 256;

/// Messages of players being looked at. Beyond it files are told to be not taken, and words go unanswered.
const MESSAGES: usize = 512;

/// Messages whose senders are being told so. Beyond it one is left unanswered and logged.
const MESSAGES_TURNED_AWAY: usize = 32;

/// Requests to the backend: the interactions, with the page beside a refusal, messages and reports.
const REQUESTS: usize = 4096;

/// While draining: for the gateway to close, for running answers to end by themselves, and then to be told to,
/// and for the session to be saved once more. All of them fit the 2 s that the supervisor gives.
const CLOSE_LIMIT: Duration = Duration::from_millis(300);
const FINISH_LIMIT: Duration = Duration::from_millis(900);
const LEAVE_LIMIT: Duration = Duration::from_millis(400);
const SAVE_LIMIT: Duration = Duration::from_millis(300);

/// Between two attempts to register the commands.
const REGISTER_PAUSE: Duration = Duration::from_secs(5);

/// A Discord that is reached and says nothing for so long is away.
const SILENCE: Duration = Duration::from_secs(10);

/// What a start waits for while Discord is away.
const DISCORD: &str = "Discord answers";

/// Turns of sessions that wait for the loop. Each of 64 shards has some before the loop comes to them.
const TURNS: usize = 512;

/// For the backend to say that the cards come here, and before it is asked once more.
const TAKE_LIMIT: Duration = Duration::from_secs(10);
const TAKE_PAUSE: Duration = Duration::from_secs(1);

const GAUGES_EVERY: Duration = Duration::from_secs(1);

/// What the frontend needs to know. Not `Debug`, since the token is a secret.
pub struct Settings {
    /// Folder of the sockets.
    pub run_dir: PathBuf,
    pub token: String,
    /// Host and port of a Discord that speaks plain HTTP, such as the emulator.
    pub proxy: Option<String>,
    /// Where staff are told of alerts, if anywhere.
    pub staff_channel: Option<ChannelId>,
    /// Those of this process.
    pub shards: Shards,
    /// Which of the processes that share the bot's shards this is.
    pub which: Nth,
}

/// What becomes of a shard's session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    Ready,
    Lost,
    /// There is no connection to be had at the moment.
    Away,
}

/// How the registration of the commands goes.
#[derive(Debug)]
enum Registration {
    Done,
    /// Discord does not answer; it is asked again.
    Away,
    Unusable(Unusable),
}

/// Discord does not have this bot as it is set up, and only its operator can change that.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unusable(pub String);

/// What all tasks of this role share.
#[derive(Debug)]
pub struct Desk {
    rest: Arc<Rest>,
    link: Link<BackendProtocol>,
    lanes: Lanes,
    uploads: Uploads,
    pictures: Pictures,
    posts: Posts,
    load: Load,
    last_answers: LastAnswers,
    /// True when running answers must end.
    leaving: watch::Receiver<bool>,
    answering: Arc<Semaphore>,
    looking: Arc<Semaphore>,
    turning_away: Arc<Semaphore>,
    listening: Arc<Semaphore>,
    sending_back: Arc<Semaphore>,
    /// By shard.
    progress: BTreeMap<u32, Arc<Progress>>,
    /// Interactions that Discord no longer knew when they were to be answered.
    expired: AtomicU64,
    measured: Measured,
}

/// Whether an event of Discord's is dealt with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    Finished,
    /// Its player was told that there is no room for it. Nothing was asked, so nobody else knows.
    Refused,
    /// This process has to leave first; the next one goes on.
    Unfinished,
}

/// What has to be true before players are served well.
#[derive(Debug, Clone, Copy, Default)]
struct Readiness {
    session: bool,
    commands: bool,
    backend: bool,
}

impl Readiness {
    fn is_whole(self) -> bool {
        self.session && self.commands && self.backend
    }
}

/// Serves until the supervisor asks to drain. An error that is an [`Unusable`] is one of configuration.
pub fn run(settings: Settings, child: Child) -> anyhow::Result<()> {
    runtime::block_on(run_until_drained(settings, child))
}

async fn run_until_drained(settings: Settings, child: Child) -> anyhow::Result<()> {
    let hello = child.hello();
    let control = child.start_control()?;
    let mut draining = control.clone();
    let told = |told| match told {
        Told::Ready => control.ready(None),
        Told::StandsBy => control.stands_by(DISCORD),
        Told::Numbers(gauges, latencies) => {
            control.gauges(gauges);
            control.latencies(latencies);
        }
        Told::OfAlert(number, news) => control.alert_told(number, news),
    };
    serve(settings, hello, control.watch(), async { draining.drain_asked().await }, told).await?;
    control.finish().await;
    Ok(())
}

/// What the supervisor hears of this role.
enum Told {
    Ready,
    /// It waits for Discord, and is not late.
    StandsBy,
    Numbers(Vec<Gauge>, Vec<Latencies>),
    /// Staff read this of the alert of that number, or never can.
    OfAlert(u64, AlertNews),
}

async fn serve(
    settings: Settings,
    hello: Hello,
    mut watch: watch::Receiver<Option<Watch>>,
    drain: impl Future<Output = ()>,
    mut tell: impl FnMut(Told),
) -> anyhow::Result<()> {
    let mut drain = std::pin::pin!(drain);
    let socket = settings.run_dir.join("backend.sock");
    let staff_channel = settings.staff_channel;
    let (link, mut link_events) = Link::<BackendProtocol>::start(socket, hello, REQUESTS);
    let (leave, leaving) = watch::channel(false);
    let rest = Rest::new(&settings.token, settings.proxy.as_deref()).context("prepare calls to discord")?;
    let (shards, has_dms) = (settings.shards, settings.shards.has_dms());
    let desk = Arc::new(Desk::new(rest, link, leaving, shards)?);

    let (stop_gateway, gateway_stopped) = watch::channel(false);
    let (turns, mut session_turns) = mpsc::channel(TURNS);
    let (mut gateway, mut keepers) = (JoinSet::new(), JoinSet::new());
    let sessions = gateway::Sessions::new(Arc::clone(&desk.rest), shards, settings.which);
    let settings = Arc::new(settings);
    for shard in shards.numbers() {
        gateway.spawn(Arc::clone(&desk).listen(
            shard,
            Arc::clone(&settings),
            sessions.clone(),
            gateway_stopped.clone(),
            turns.clone(),
        ));
        let keeper = Arc::clone(&desk);
        keepers.spawn(async move { keeper.keep_session(shard).await });
    }

    let mut cards = Cards::new(Arc::clone(&desk));
    let mut alerts = Alerts::new(Arc::clone(&desk), staff_channel.filter(|_| has_dms));
    // What is one's for the whole bot is the one's that has the DMs.
    let mut readiness = Readiness { commands: !has_dms, ..Readiness::default() };
    let mut without_session: BTreeSet<u32> = shards.numbers().collect();
    let mut registering = !has_dms;
    let (mut told_ready, mut told_away) = (false, false);
    let began = clock::instant();
    let (registered, mut registrations) = mpsc::channel(1);
    let mut gap = has_dms.then(|| Gap::since(clock::now()));
    let mut gauges = tokio::time::interval(GAUGES_EVERY);
    gauges.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let mut is_away = false;
        tokio::select! {
            () = &mut drain => break,
            Some(ended) = gateway.join_next() => {
                return Err(match ended.context("gateway task")? {
                    Ok(()) => anyhow::anyhow!("the gateway stopped unasked"),
                    Err(unusable) => unusable.into(),
                });
            }
            event = link_events.recv() => match event {
                None => anyhow::bail!("the link to the backend ended"),
                Some(LinkEvent::Up) => {
                    readiness.backend = true;
                    if has_dms {
                        tokio::spawn(Arc::clone(&desk).take_cards());
                    }
                }
                Some(LinkEvent::Down) => tracing::info!("the backend is away; requests wait for it"),
                Some(LinkEvent::Unusable(error)) => return Err(error).context("talk to the backend"),
                Some(LinkEvent::Event(BackendEvent::Ladder(ladder))) => cards.set_ladder(ladder),
                Some(LinkEvent::Event(BackendEvent::ShowCard(card))) => cards.show(*card),
            },
            Some((shard, turn)) = session_turns.recv() => match turn {
                Turn::Lost | Turn::Away => {
                    is_away = true;
                    // It has begun already where there was no connection before.
                    if let Some(gap) = gap.as_mut().filter(|_| shard == SHARD_OF_DMS) {
                        gap.begins(clock::now());
                    }
                }
                Turn::Ready => {
                    without_session.remove(&shard);
                    readiness.session = without_session.is_empty();
                    if let Some(gap) = gap.as_mut().filter(|_| shard == SHARD_OF_DMS) {
                        desk.report_gap(gap.ends(clock::now()));
                    }
                    let application = desk.progress(shard).session().and_then(|session| Id::new_checked(session.application));
                    if let Some(application) = application.filter(|_| !registering) {
                        registering = true;
                        tokio::spawn(Arc::clone(&desk).register(application, registered.clone()));
                    }
                }
            },
            Some(registration) = registrations.recv() => match registration {
                Registration::Done => readiness.commands = true,
                Registration::Away => is_away = true,
                Registration::Unusable(unusable) => return Err(unusable.into()),
            },
            () = cards.step() => {}
            Ok(()) = watch.changed() => {
                if let Some(watch) = &*watch.borrow_and_update() {
                    desk.load.set(watch.level);
                    for (number, news) in alerts.watched(&watch.alerts) {
                        tell(Told::OfAlert(number, news));
                    }
                }
            }
            (number, news) = alerts.step() => tell(Told::OfAlert(number, news)),
            _ = gauges.tick() => {
                is_away = readiness.backend && !readiness.session && began.elapsed() >= SILENCE;
                if let Some(gap) = &mut gap {
                    desk.report_gap(gap.goes_on(clock::now()));
                }
                let mut latencies = desk.measured.latencies();
                latencies.push(desk.rest.latency().read());
                tell(Told::Numbers(desk.gauges(&cards), latencies));
            }
        }
        if readiness.is_whole() && !told_ready {
            told_ready = true;
            tracing::info!(%shards, "ready");
            tell(Told::Ready);
        }
        if is_away && !told_ready && !told_away {
            told_away = true;
            tell(Told::StandsBy);
        }
    }

    tracing::info!("draining");
    // What the backend still sends is for the next process. But a link that nobody reads brings no answers either.
    let unread = tokio::spawn(async move { while link_events.recv().await.is_some() {} });
    stop_gateway.send_replace(true);
    let closed = async {
        while let Some(ended) = gateway.join_next().await {
            if let Err(error) = ended {
                tracing::warn!("a gateway task broke off: {error}");
            }
        }
    };
    timeout(CLOSE_LIMIT, closed).await.ok();
    desk.finish(&mut cards, FINISH_LIMIT).await;
    leave.send_replace(true);
    desk.finish(&mut cards, LEAVE_LIMIT).await;
    keepers.abort_all();
    timeout(SAVE_LIMIT, desk.save_sessions_once_more()).await.ok();
    unread.abort();
    Ok(())
}

impl Desk {
    fn new(
        rest: Rest,
        link: Link<BackendProtocol>,
        leaving: watch::Receiver<bool>,
        shards: Shards,
    ) -> anyhow::Result<Desk> {
        let load = Load::default();
        Ok(Desk {
            rest: Arc::new(rest),
            link,
            lanes: Lanes::default(),
            uploads: Uploads::new().context("prepare downloads")?,
            pictures: Pictures::start(load.clone()).context("prepare pictures")?,
            posts: Posts::default(),
            load,
            last_answers: LastAnswers::default(),
            leaving,
            answering: Arc::new(Semaphore::new(INTERACTIONS)),
            looking: Arc::new(Semaphore::new(LOOKING)),
            turning_away: Arc::new(Semaphore::new(TURNED_AWAY)),
            listening: Arc::new(Semaphore::new(MESSAGES)),
            sending_back: Arc::new(Semaphore::new(MESSAGES_TURNED_AWAY)),
            progress: shards.numbers().map(|shard| (shard, Arc::default())).collect(),
            expired: AtomicU64::new(0),
            measured: Measured::default(),
        })
    }

    /// Takes what Discord tells a shard, from the session of the process before on.
    async fn listen(
        self: Arc<Desk>,
        shard: u32,
        settings: Arc<Settings>,
        sessions: gateway::Sessions,
        stopped: watch::Receiver<bool>,
        turns: mpsc::Sender<(u32, Turn)>,
    ) -> Result<(), Unusable> {
        let progress = Arc::clone(self.progress(shard));
        let session = self.load_session(shard).await;
        let proxy = settings.proxy.as_deref();
        let connection = gateway::shard(&settings.token, proxy, shard, session.as_ref(), sessions);
        if let Some(session) = session {
            progress.begin(session);
        }
        // Full only while this role is stuck, and then nothing depends on it.
        let turned = move |turn| {
            turns.try_send((shard, turn)).ok();
        };
        let arrived = move |arrival| match arrival {
            Arrival::Began(session) => {
                progress.begin(session);
                if shard == SHARD_OF_DMS {
                    Desk::catch_up(&self);
                }
                turned(Turn::Ready);
            }
            Arrival::Resumed => turned(Turn::Ready),
            Arrival::Lost => turned(Turn::Lost),
            Arrival::Away => turned(Turn::Away),
            Arrival::Interaction(interaction, sequence) => {
                let ticket = Progress::arrived(&progress, sequence);
                if let Some(incoming) = Incoming::read(*interaction) {
                    Desk::arrived(&self, incoming, ticket);
                }
            }
            Arrival::Message(message, sequence) => {
                let ticket = Progress::arrived(&progress, sequence);
                Desk::heard(&self, *message, ticket);
            }
        };
        gateway::run(connection, stopped, arrived).await
    }

    /// Has the backend send the cards here. Asked on each connection, and again where that one was lost first.
    async fn take_cards(self: Arc<Desk>) {
        while self.link.call(None, BackendRequest::TakeCards, Bytes::new(), TAKE_LIMIT).await.is_err() {
            sleep(TAKE_PAUSE).await;
        }
    }

    /// Answers an interaction in a task of its own.
    fn arrived(desk: &Arc<Desk>, incoming: Incoming, ticket: Ticket) {
        desk.measured.interaction(incoming.caller.user, clock::instant());
        let room = desk.room_for(&incoming.plan).filter(|_| !ticket.was_refused());
        if let Some(room) = room {
            let desk = Arc::clone(desk);
            tokio::spawn(trace::carry(Trace(incoming.id), async move {
                let Handled { ended, shown, replaced } = desk.handle(incoming).await;
                ticket.ended(ended);
                for (key, request) in shown {
                    desk.report(key, request).await;
                }
                if let Some((channel, message)) = replaced {
                    desk.delete_replaced(channel, message).await;
                }
                drop(room);
            }));
        } else if let Ok(room) = Arc::clone(&desk.turning_away).try_acquire_owned() {
            let desk = Arc::clone(desk);
            // What a process dies over right after it was said is not done by the next one.
            ticket.refuse();
            tokio::spawn(trace::carry(Trace(incoming.id), async move {
                desk.turn_away(incoming).await;
                drop((ticket, room));
            }));
        } else {
            tracing::warn!(interaction = incoming.id, "no room even to say so");
        }
    }

    /// Room for an interaction, if there is any for what it asks.
    fn room_for(&self, plan: &Plan) -> Option<(OwnedSemaphorePermit, Option<OwnedSemaphorePermit>)> {
        let room = Arc::clone(&self.answering).try_acquire_owned().ok()?;
        if load::is_needed_to_play(plan) {
            return Some((room, None));
        }
        Some((room, Some(Arc::clone(&self.looking).try_acquire_owned().ok()?)))
    }

    fn heard(desk: &Arc<Desk>, message: Message, ticket: Ticket) {
        if !uploads::is_for_us(&message) {
            return;
        }
        let room = Arc::clone(&desk.listening).try_acquire_owned();
        if let Some(room) = room.ok().filter(|_| !ticket.was_refused()) {
            desk.measured.seen(UserId(message.author.id.get()), clock::instant());
            let desk = Arc::clone(desk);
            tokio::spawn(trace::carry(Trace(message.id.get()), async move {
                ticket.ended(desk.take_message(message).await);
                drop(room);
            }));
        } else if let Ok(room) = Arc::clone(&desk.sending_back).try_acquire_owned() {
            let desk = Arc::clone(desk);
            ticket.refuse();
            tokio::spawn(async move {
                desk.send_back(&message).await;
                drop((ticket, room));
            });
        } else {
            tracing::warn!(message = message.id.get(), "no room for a message, nor to say so");
        }
    }

    /// Tells the backend that no player could press anything for a time.
    fn report_gap(self: &Arc<Desk>, gap: Option<(Timestamp, Timestamp)>) {
        let Some((since, until)) = gap else { return };
        let desk = Arc::clone(self);
        tokio::spawn(async move {
            let key = Key::Gateway { shard: SHARD_OF_DMS, since: since.0 };
            desk.report(key, BackendRequest::TimeLost { since, until }).await;
        });
    }

    async fn register(
        self: Arc<Desk>,
        application: Id<ApplicationMarker>,
        registered: mpsc::Sender<Registration>,
    ) {
        // The channel is closed only when this role is leaving.
        loop {
            match registration::register(&self.rest, application).await {
                Ok(()) => break drop(registered.send(Registration::Done).await),
                Err(Failed::Unusable(unusable)) => {
                    break drop(registered.send(Registration::Unusable(unusable)).await);
                }
                Err(Failed::Passing(error)) => {
                    tracing::warn!("commands are not registered yet: {error}");
                    registered.send(Registration::Away).await.ok();
                }
            }
            sleep(REGISTER_PAUSE).await;
        }
    }

    fn gauges(&self, cards: &Cards) -> Vec<Gauge> {
        let discord = self.rest.counts();
        vec![
            gauge("interactions", self.measured.interactions.load(Ordering::Relaxed) as f64),
            gauge("interactions_in_flight", self.in_flight() as f64),
            gauge("interactions_expired", self.expired.load(Ordering::Relaxed) as f64),
            gauge("users_active", self.measured.active(clock::instant()) as f64),
            gauge("cards_in_flight", cards.in_flight() as f64),
            gauge("cards_urgent", cards.urgent() as f64),
            gauge("discord_calls", discord.calls as f64),
            gauge("discord_calls_counted", discord.counted as f64),
            gauge("discord_calls_limited", discord.limited as f64),
            gauge("discord_calls_waiting", discord.waiting as f64),
            gauge("discord_failures", discord.failures as f64),
            gauge("breaker_open", f64::from(u8::from(discord.is_open))),
            gauge("pictures_painted", self.pictures.painted() as f64),
            gauge("pictures_turned_away", self.pictures.turned_away() as f64),
            gauge("store_pictures_bytes", self.pictures.bytes() as f64),
        ]
    }

    fn in_flight(&self) -> usize {
        INTERACTIONS - self.answering.available_permits()
    }

    /// Waits until no answer, message or delivery is under way, at most `limit`.
    async fn finish(&self, cards: &mut Cards, limit: Duration) {
        let idle = async {
            let all = u32::try_from(INTERACTIONS).expect("INTERACTIONS fits u32");
            drop(self.answering.acquire_many(all).await);
            let all = u32::try_from(MESSAGES).expect("MESSAGES fits u32");
            drop(self.listening.acquire_many(all).await);
        };
        let deliveries = async {
            while !cards.is_idle() {
                cards.step().await;
            }
        };
        drop(timeout(limit, async { tokio::join!(idle, deliveries) }).await);
    }
}
