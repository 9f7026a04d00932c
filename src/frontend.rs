//! The role that speaks with Discord. It owns the calls under way and nothing else: every press is
//! asked of the backend, every card comes from it, and no message is remembered here.
//!
//! ```text
//! gateway -> incoming -> runner -> rest        a press and its answer
//!         -> uploads  -> backend               a replay dropped into the DM
//! backend -> cards    -> rest                  what a player is owed
//! ```
//!
//! [`commands`] has the pages and what their buttons ask for, [`card_view`] the cards, [`text`] the
//! words of `locales/`. They are pure; [`run`] is the shell around them.

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
use crate::ipc::child::{Control, gauge};
use crate::ipc::link::{BackendProtocol, Link, LinkEvent};
use anyhow::Context as _;
use cards::Cards;
use gap::Gap;
use gateway::Arrival;
use incoming::Incoming;
use ipc_schema::backend::{BackendEvent, BackendRequest};
use ipc_schema::control::{Gauge, Hello};
use ipc_schema::ids::Key;
use ipc_schema::vocab::Timestamp;
use lanes::Lanes;
use pictures::Pictures;
use posts::Posts;
use registration::Failed;
use rest::Rest;
use runner::Handled;
use session::{Progress, Ticket};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::time::{MissedTickBehavior, sleep, timeout};
use twilight_model::channel::Message;
use twilight_model::id::Id;
use twilight_model::id::marker::ApplicationMarker;
use uploads::Uploads;

/// Interactions answered at a time. Each holds a few kilobytes and mostly waits; a burst of the
/// ladder's thousand players fits. More are told that it is busy.
const INTERACTIONS: usize = 1024;

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

/// Turns of the session that wait for the loop.
const TURNS: usize = 64;

const GAUGES_EVERY: Duration = Duration::from_secs(1);

/// What the frontend needs to know. Not `Debug`, since the token is a secret.
pub struct Settings {
    /// Folder of the sockets.
    pub run_dir: PathBuf,
    pub token: String,
    /// Host and port of a Discord that speaks plain HTTP, such as the emulator.
    pub proxy: Option<String>,
}

/// What becomes of the gateway's session.
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
    /// True when running answers must end.
    leaving: watch::Receiver<bool>,
    answering: Arc<Semaphore>,
    turning_away: Arc<Semaphore>,
    listening: Arc<Semaphore>,
    sending_back: Arc<Semaphore>,
    progress: Arc<Progress>,
    /// Interactions that Discord no longer knew when they were to be answered.
    expired: AtomicU64,
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
pub async fn run(settings: Settings, hello: Hello, control: Control) -> anyhow::Result<()> {
    let mut draining = control.clone();
    let told = |told| match told {
        Told::Ready => control.ready(None),
        Told::StandsBy => control.stands_by(DISCORD),
        Told::Gauges(gauges) => control.gauges(gauges),
    };
    serve(settings, hello, async { draining.drain_asked().await }, told).await?;
    control.finish().await;
    Ok(())
}

/// What the supervisor hears of this role.
enum Told {
    Ready,
    /// It waits for Discord, and is not late.
    StandsBy,
    Gauges(Vec<Gauge>),
}

async fn serve(
    settings: Settings,
    hello: Hello,
    drain: impl Future<Output = ()>,
    mut tell: impl FnMut(Told),
) -> anyhow::Result<()> {
    let mut drain = std::pin::pin!(drain);
    let socket = settings.run_dir.join("backend.sock");
    let (link, mut link_events) = Link::<BackendProtocol>::start(socket, hello, REQUESTS);
    let (leave, leaving) = watch::channel(false);
    let rest = Rest::new(&settings.token, settings.proxy.as_deref()).context("prepare calls to discord")?;
    let desk = Arc::new(Desk::new(rest, link, leaving)?);

    let (stop_gateway, gateway_stopped) = watch::channel(false);
    let (turns, mut session_turns) = mpsc::channel(TURNS);
    let arrivals = Arc::clone(&desk);
    let mut gateway = tokio::spawn(async move {
        let session = arrivals.load_session().await;
        let sessions = gateway::Sessions::new(Arc::clone(&arrivals.rest));
        let shard = gateway::shard(&settings.token, settings.proxy.as_deref(), session.as_ref(), sessions);
        if let Some(session) = session {
            arrivals.progress.begin(session);
        }
        // Full only while this role is stuck, and then nothing depends on it.
        let turned = move |turn| {
            turns.try_send(turn).ok();
        };
        let arrived = move |arrival| match arrival {
            Arrival::Began(session) => {
                arrivals.progress.begin(session);
                Desk::catch_up(&arrivals);
                turned(Turn::Ready);
            }
            Arrival::Resumed => turned(Turn::Ready),
            Arrival::Lost => turned(Turn::Lost),
            Arrival::Away => turned(Turn::Away),
            Arrival::Interaction(interaction, sequence) => {
                let ticket = Progress::arrived(&arrivals.progress, sequence);
                if let Some(incoming) = Incoming::read(*interaction) {
                    Desk::arrived(&arrivals, incoming, ticket);
                }
            }
            Arrival::Message(message, sequence) => {
                let ticket = Progress::arrived(&arrivals.progress, sequence);
                Desk::heard(&arrivals, *message, ticket);
            }
        };
        gateway::run(shard, gateway_stopped, arrived).await
    });
    let keeper = Arc::clone(&desk);
    let keeper = tokio::spawn(async move { keeper.keep_session().await });

    let mut cards = Cards::new(Arc::clone(&desk));
    let mut readiness = Readiness::default();
    let mut registering = false;
    let (mut told_ready, mut told_away) = (false, false);
    let began = clock::instant();
    let (registered, mut registrations) = mpsc::channel(1);
    let mut gap = Gap::since(clock::now());
    let mut gauges = tokio::time::interval(GAUGES_EVERY);
    gauges.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let mut is_away = false;
        tokio::select! {
            () = &mut drain => break,
            ended = &mut gateway => {
                return Err(match ended.context("gateway task")? {
                    Ok(()) => anyhow::anyhow!("the gateway stopped unasked"),
                    Err(unusable) => unusable.into(),
                });
            }
            event = link_events.recv() => match event {
                None => anyhow::bail!("the link to the backend ended"),
                Some(LinkEvent::Up) => readiness.backend = true,
                Some(LinkEvent::Down) => tracing::info!("the backend is away; requests wait for it"),
                Some(LinkEvent::Unusable(error)) => return Err(error).context("talk to the backend"),
                Some(LinkEvent::Event(BackendEvent::Ladder(ladder))) => cards.set_ladder(ladder),
                Some(LinkEvent::Event(BackendEvent::ShowCard(card))) => cards.show(*card),
            },
            Some(turn) = session_turns.recv() => match turn {
                Turn::Lost | Turn::Away => {
                    is_away = true;
                    // It has begun already where there was no connection before.
                    gap.begins(clock::now());
                }
                Turn::Ready => {
                    readiness.session = true;
                    desk.report_gap(gap.ends(clock::now()));
                    let application = desk.progress.session().and_then(|session| Id::new_checked(session.application));
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
            _ = gauges.tick() => {
                is_away = readiness.backend && !readiness.session && began.elapsed() >= SILENCE;
                desk.report_gap(gap.goes_on(clock::now()));
                tell(Told::Gauges(vec![
                gauge("interactions_in_flight", desk.in_flight() as f64),
                gauge("cards_in_flight", cards.in_flight() as f64),
                gauge("discord_calls", desk.rest.calls() as f64),
                gauge("interactions_expired", desk.expired.load(Ordering::Relaxed) as f64),
                gauge("pictures_painted", desk.pictures.painted() as f64),
                gauge("pictures_turned_away", desk.pictures.turned_away() as f64),
            ]));
            }
        }
        if readiness.is_whole() && !told_ready {
            told_ready = true;
            tracing::info!("ready");
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
    if let Ok(Err(error)) = timeout(CLOSE_LIMIT, gateway).await {
        tracing::warn!("the gateway task broke off: {error}");
    }
    desk.finish(&mut cards, FINISH_LIMIT).await;
    leave.send_replace(true);
    desk.finish(&mut cards, LEAVE_LIMIT).await;
    keeper.abort();
    timeout(SAVE_LIMIT, desk.save_session_once_more()).await.ok();
    unread.abort();
    Ok(())
}

impl Desk {
    fn new(rest: Rest, link: Link<BackendProtocol>, leaving: watch::Receiver<bool>) -> anyhow::Result<Desk> {
        Ok(Desk {
            rest: Arc::new(rest),
            link,
            lanes: Lanes::default(),
            uploads: Uploads::new().context("prepare downloads")?,
            pictures: Pictures::start().context("prepare pictures")?,
            posts: Posts::default(),
            leaving,
            answering: Arc::new(Semaphore::new(INTERACTIONS)),
            turning_away: Arc::new(Semaphore::new(TURNED_AWAY)),
            listening: Arc::new(Semaphore::new(MESSAGES)),
            sending_back: Arc::new(Semaphore::new(MESSAGES_TURNED_AWAY)),
            progress: Arc::default(),
            expired: AtomicU64::new(0),
        })
    }

    /// Answers an interaction in a task of its own.
    fn arrived(desk: &Arc<Desk>, incoming: Incoming, ticket: Ticket) {
        let room = Arc::clone(&desk.answering).try_acquire_owned();
        if let Some(room) = room.ok().filter(|_| !ticket.was_refused()) {
            let desk = Arc::clone(desk);
            tokio::spawn(async move {
                let Handled { ended, shown, replaced } = desk.handle(incoming).await;
                ticket.ended(ended);
                for (key, request) in shown {
                    desk.report(key, request).await;
                }
                if let Some((channel, message)) = replaced {
                    desk.delete_replaced(channel, message).await;
                }
                drop(room);
            });
        } else if let Ok(room) = Arc::clone(&desk.turning_away).try_acquire_owned() {
            let desk = Arc::clone(desk);
            // What a process dies over right after it was said is not done by the next one.
            ticket.refuse();
            tokio::spawn(async move {
                desk.turn_away(incoming).await;
                drop((ticket, room));
            });
        } else {
            tracing::warn!(interaction = incoming.id, "no room even to say so");
        }
    }

    fn heard(desk: &Arc<Desk>, message: Message, ticket: Ticket) {
        if !uploads::is_for_us(&message) {
            return;
        }
        let room = Arc::clone(&desk.listening).try_acquire_owned();
        if let Some(room) = room.ok().filter(|_| !ticket.was_refused()) {
            let desk = Arc::clone(desk);
            tokio::spawn(async move {
                ticket.ended(desk.take_message(message).await);
                drop(room);
            });
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
            let key = Key::Gateway { shard: session::SHARD, since: since.0 };
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
