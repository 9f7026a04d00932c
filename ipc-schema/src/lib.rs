//! The words the processes of the ladder say to each other.
//!
//! Plain data and its bytes: no sockets, no tokio, no clock. One file per pair of processes:
//!
//! | file | who speaks |
//! |---|---|
//! | [`control`] | supervisor and every child |
//! | [`backend`] | the frontend asks the backend |
//! | [`db_writer`] | the backend asks the db-writer |
//! | [`replay`] | a replay worker asks the backend for jobs |
//!
//! [`ids`], [`vocab`], [`event`], [`view`], [`staff`] and [`archive`] are the words they share, [`fact_line`]
//! what a card says to programs, [`snapshot`] what the state is on a disk, [`watch`] how the whole does; [`frame`]
//! is the only file that knows how a message becomes bytes.

pub mod archive;
pub mod backend;
pub mod control;
pub mod db_writer;
pub mod event;
pub mod fact_line;
pub mod frame;
pub mod ids;
pub mod notifications;
pub mod replay;
pub mod snapshot;
pub mod staff;
pub mod view;
pub mod vocab;
pub mod watch;

/// Version of everything in this crate. All processes ship in one image, so a mismatch is never
/// bridged: the child says so and exits with [`control::EXIT_PROTOCOL`].
///
/// | version | change |
/// |---|---|
/// | 1 | the first words |
/// | 2 | the gateway's session and its gaps; which card an answer shows |
/// | 3 | how a replay worker is locked down |
/// | 4 | the rules of the ladder, complete: reports, cases, staff, news |
/// | 5 | snapshots, and matches from the archive |
/// | 6 | every flow of the ladder in Discord |
pub const PROTOCOL_VERSION: u32 = 6;
