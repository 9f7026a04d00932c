//! A Discord on loopback: gateway, REST, files and the clients of its users.
//!
//! It exists so that the ladder can be run, tried and measured without Discord. It
//! speaks API v10 as far as a bot in DMs and in guilds needs it, keeps Discord's clocks
//! and limits, and refuses what Discord refuses. It knows nothing of the ladder.
//! Everything is on one port and in memory, and on disk where it is given a folder; the state
//! belongs to one loop.
//!
//! | module | owns |
//! |---|---|
//! | `world` | the state and its loop; what happens to messages |
//! | `users` | the users' side, and its description |
//! | `rest` | the bot's requests, by route |
//! | `gateway`, `session` | a connection; what outlives it |
//! | `interaction` | the 3 s and 15 min clocks, open modals |
//! | `rules`, `spec`, `fault`, `limits` | what is refused, by us and by Discord's own document; how, and when |
//! | `trouble` | what is made to go wrong |
//! | `guild`, `places` | roles, channels, threads and permissions; who is told what |
//! | `message`, `files`, `events` | what is shown, uploaded, and seen by users |
//! | `http`, `wire` | the port; requests as the loop sees them |
//! | `page` | the web page |
//! | `saved`, `append` | the world on disk |
//! | `log` | what happened, for a judge |
//! | `stats`, `stall` | what is measured, and when measuring is void |
//! | `clock`, `ids` | time and snowflakes |

mod append;
mod clock;
mod events;
mod fault;
mod files;
mod gateway;
mod guild;
mod http;
mod ids;
mod interaction;
mod limits;
mod log;
mod message;
mod page;
mod places;
mod rest;
mod rules;
mod saved;
mod session;
mod spec;
mod stall;
mod stats;
#[cfg(test)]
mod tests;
mod trouble;
mod users;
mod wire;
mod world;

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::clock::Clock;
use crate::saved::Former;
use crate::spec::Spec;
use crate::world::{ASKS, Ask, World};

pub use crate::guild::GuildIds;
pub use crate::page::{Guide, Offer, Offers, Step};
pub use crate::saved::Fault;
pub use crate::spec::Unread;
pub use crate::stats::{Latency, Report, Stats};

/// How long Discord waits for the first answer to an interaction.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(3);

#[derive(Clone)]
pub struct Config {
    /// Only loopback makes sense: the users' side asks for no password.
    pub listen: SocketAddr,
    /// Decides the ids of users and the application, and all signatures.
    pub seed: u64,
    /// What the bot must show.
    pub token: String,
    /// [`ANSWER_WITHIN`] but in tests.
    pub answer_within: Duration,
    /// The folder that outlives the emulator; without one it forgets. Nobody else may use it.
    pub state: Option<PathBuf>,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("listen on {address}")]
    Listen { address: SocketAddr, source: io::Error },
    #[error("serve")]
    Serve(#[source] io::Error),
    #[error("keep the world in {}", folder.display())]
    Keep { folder: PathBuf, source: io::Error },
    /// For its operator to mend; trying again is of no use.
    #[error(
        "the emulator cannot go on with the world in {}: {fault}; move that folder away and a new world begins, without what people have on their screens",
        folder.display()
    )]
    Unusable { folder: PathBuf, fault: Fault },
}

/// An emulator that listens and, once it runs, answers.
pub struct Emulator {
    listener: TcpListener,
    address: SocketAddr,
    world: World,
    clock: Clock,
    stats: Stats,
    state: Option<PathBuf>,
    guide: Guide,
    asks: (mpsc::Sender<Ask>, mpsc::Receiver<Ask>),
}

impl Emulator {
    pub async fn bind(config: Config) -> Result<Emulator, Error> {
        let former = match &config.state {
            Some(folder) => Some(read(folder, config.seed).await?),
            None => None,
        };
        let listen = |source| Error::Listen { address: config.listen, source };
        let before = former.as_ref().and_then(|former| former.marks.address);
        let listener = listen_again(config.listen, before).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let clock = Clock::start();
        let (counters, stats) = Stats::new();
        let mut world = World::new(&config, address, clock.now(), counters);
        let state = config.state;
        if let (Some(former), Some(folder)) = (former, &state) {
            world.live_on(clock.now(), former).map_err(keep(folder))?;
        }
        let (guide, asks) = (Guide::default(), mpsc::channel(ASKS));
        Ok(Emulator { listener, address, world, clock, stats, state, guide, asks })
    }

    /// What its web page tells newcomers; nothing without.
    #[must_use]
    pub fn with_guide(self, guide: Guide) -> Emulator {
        Emulator { guide, ..self }
    }

    /// Holds the bot's requests against Discord's description of its API, an OpenAPI document.
    pub fn hold_against(&mut self, document: &Path) -> Result<(), Unread> {
        self.world.spec = Some(Spec::read(document)?);
        Ok(())
    }

    /// Makes things go wrong from the start, as `POST /emulator/faults` does; the error is a sentence.
    pub fn ask_for_faults(&mut self, faults: &str) -> Result<(), String> {
        let faults =
            serde_json::from_str(faults).map_err(|error| format!("The faults are no JSON: {error}."))?;
        users::ask_for_faults(&mut self.world, self.clock.now(), &faults)
    }

    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    pub fn stats(&self) -> Stats {
        self.stats.clone()
    }

    /// Serves until `shutdown` is ready. Connections are dropped then, not drained.
    pub async fn run(self, shutdown: impl Future<Output = ()>) -> Result<(), Error> {
        let Emulator { listener, world, clock, state, guide, asks: (sender, receiver), .. } = self;
        // Frames are small and each is waited for.
        let listener = listener.tap_io(|connection| {
            if let Err(error) = connection.set_nodelay(true) {
                tracing::warn!(%error, "could not set TCP_NODELAY");
            }
        });
        let serve = axum::serve(listener, http::router(sender, guide));
        tokio::select! {
            ended = world.run(clock, receiver, shutdown) => ended.map_err(keep(&state.unwrap_or_default())),
            served = async { serve.await } => served.map_err(Error::Serve),
        }
    }
}

fn keep(folder: &Path) -> impl Fn(io::Error) -> Error {
    let folder = folder.to_owned();
    move |source| Error::Keep { folder: folder.clone(), source }
}

async fn read(folder: &Path, seed: u64) -> Result<Former, Error> {
    let lock = saved::lock(folder).await.map_err(keep(folder))?;
    let former = Former::read(lock, folder, seed).map_err(keep(folder))?;
    former.map_err(|fault| Error::Unusable { folder: folder.to_owned(), fault })
}

/// Where any port will do, the one of the life before is best: clients know it.
async fn listen_again(wanted: SocketAddr, before: Option<SocketAddr>) -> io::Result<TcpListener> {
    let before = before.filter(|before| wanted.port() == 0 && before.ip() == wanted.ip());
    if let Some(before) = before
        && let Ok(listener) = bind_patiently(before).await
    {
        return Ok(listener);
    }
    bind_patiently(wanted).await
}

/// The emulator of a life before may be killed already and still hold the port.
async fn bind_patiently(address: SocketAddr) -> io::Result<TcpListener> {
    const TRIES: u32 = 20;
    const BETWEEN: Duration = Duration::from_millis(50);
    for _ in 1..TRIES {
        match TcpListener::bind(address).await {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => tokio::time::sleep(BETWEEN).await,
            bound => return bound,
        }
    }
    TcpListener::bind(address).await
}
