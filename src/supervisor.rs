//! The supervisor: starts the processes of the ladder, watches them, and ends them in order.
//!
//! It owns the listening sockets, so a socket outlives its server and nobody is refused while a
//! child restarts. It holds no state of the ladder, speaks to no network, and is one thread in one
//! loop over poll: what it does not have cannot fail.
//!
//! | file | holds |
//! |---|---|
//! | [`spec`] | the children as a table |
//! | [`policy`] | what an exit means, pure |
//! | [`run`] | the loop |
//! | [`child`] | one running child and its control socket |
//! | [`folder`] | the data folder's lock, the private folder of sockets |
//! | [`standby`] | waiting for a data folder that another one has |
//! | [`status`] | what `evoladder status` asks and prints |
//! | [`judging`] | what the judge says of a demo that has drained |
//! | `watching` | how the whole does, computed from what the children tell |
//! | `words` | what the children log, passed on, and their last words |
//! | [`report`] | the numbers of a run: the line on the terminal, the summary, the report file |

pub mod child;
pub mod folder;
pub mod judging;
mod plan;
pub mod policy;
pub mod report;
pub mod run;
mod slot;
pub mod spec;
mod standby;
pub mod status;
pub mod users;
mod watching;
mod words;

pub use plan::log_level;

use ipc_schema::control::{EXIT_CONFIG, EXIT_GAVE_UP};
use std::hash::{BuildHasher, RandomState};

/// Why a run did not come to be, or could not go on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operator can put it right; trying again changes nothing.
    #[error("{0}")]
    Config(String),
    #[error("{0:#}")]
    Broken(#[from] anyhow::Error),
}

impl Error {
    pub fn exit_code(&self) -> u8 {
        match self {
            Error::Config(_) => EXIT_CONFIG,
            Error::Broken(_) => EXIT_GAVE_UP,
        }
    }
}

/// A number by chance, for waits, names and the seed of a demo; nothing secret hangs on it.
fn by_chance() -> u64 {
    RandomState::new().hash_one(0)
}
