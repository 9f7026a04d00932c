//! EvoLadder: a StarCraft II ladder that lives in Discord.
//!
//! ```text
//! bin -> one role each -> ipc, domain -> ipc-schema     db_writer -> store, journal     replay_worker, players -> replay
//! db_writer -> snapshot -> domain
//! audit -> domain, and store and journal to read        judge -> store, to read                bin/emulator -> emulator
//! check -> frontend::rest, store, to look               backup -> snapshot, store, journal, to read
//! ```
//!
//! Roles never import one another; they meet in `ipc-schema`.

pub mod audit;
pub mod backend;
pub mod backup;
pub mod check;
pub mod clock;
pub mod config;
pub mod dashboard;
pub mod db_writer;
pub mod domain;
pub mod failpoint;
pub mod frontend;
pub mod ipc;
pub mod journal;
pub mod judge;
pub mod players;
pub mod replay_worker;
mod runtime;
pub mod season;
pub mod snapshot;
pub mod store;
pub mod supervisor;
pub mod telemetry;
pub mod watch;
