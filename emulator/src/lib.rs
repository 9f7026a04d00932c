//! A Discord on loopback: gateway, REST, files and the clients of its users.
//!
//! It exists so that the ladder can be run, tried and measured without Discord. It
//! speaks API v10 as far as a bot in DMs needs it, keeps Discord's clocks and limits,
//! and refuses what Discord refuses. It knows nothing of the ladder and has no guilds.
//! Everything is on one port and in memory; the state belongs to one loop.
//!
//! | module | owns |
//! |---|---|
//! | `world` | the state and its loop; what happens to messages |
//! | `users` | the users' side, and its description |
//! | `rest` | the bot's requests, by route |
//! | `gateway`, `session` | a connection; what outlives it |
//! | `interaction` | the 3 s and 15 min clocks, open modals |
//! | `rules`, `fault`, `limits` | what is refused, how, and when |
//! | `message`, `files`, `events` | what is shown, uploaded, and seen by users |
//! | `http`, `wire` | the port; requests as the loop sees them |
//! | `log` | what happened, for a judge |
//! | `stats`, `stall` | what is measured, and when measuring is void |
//! | `clock`, `ids` | time and snowflakes |

mod clock;
mod events;
mod fault;
mod files;
mod gateway;
mod http;
mod ids;
mod interaction;
mod limits;
mod log;
mod message;
mod rest;
mod rules;
mod session;
mod stall;
mod stats;
#[cfg(test)]
mod tests;
mod users;
mod wire;
mod world;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::clock::Clock;
use crate::world::{ASKS, Ask, World};

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
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("listen on {address}")]
    Listen { address: SocketAddr, source: io::Error },
    #[error("serve")]
    Serve(#[source] io::Error),
}

/// An emulator that listens and, once it runs, answers.
pub struct Emulator {
    listener: TcpListener,
    address: SocketAddr,
    world: World,
    clock: Clock,
    stats: Stats,
    asks: (mpsc::Sender<Ask>, mpsc::Receiver<Ask>),
}

impl Emulator {
    pub async fn bind(config: Config) -> Result<Emulator, Error> {
        let listen = |source| Error::Listen { address: config.listen, source };
        let listener = TcpListener::bind(config.listen).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let clock = Clock::start();
        let (counters, stats) = Stats::new();
        let world = World::new(&config, address, clock.now(), counters);
        Ok(Emulator { listener, address, world, clock, stats, asks: mpsc::channel(ASKS) })
    }

    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    pub fn stats(&self) -> Stats {
        self.stats.clone()
    }

    /// Serves until `shutdown` is ready. Connections are dropped then, not drained.
    pub async fn run(self, shutdown: impl Future<Output = ()>) -> Result<(), Error> {
        let Emulator { listener, world, clock, asks: (sender, receiver), .. } = self;
        // Frames are small and each is waited for.
        let listener = listener.tap_io(|connection| {
            if let Err(error) = connection.set_nodelay(true) {
                tracing::warn!(%error, "could not set TCP_NODELAY");
            }
        });
        let serve = axum::serve(listener, http::router(sender));
        tokio::select! {
            () = world.run(clock, receiver, shutdown) => Ok(()),
            served = async { serve.await } => served.map_err(Error::Serve),
        }
    }
}
