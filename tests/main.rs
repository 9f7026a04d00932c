//! The tests that look at the ladder from outside, in one executable.
//!
//! Those that start whole processes take [`support::processes`] first, so that they run one after
//! another and do not wait for each other's processors.

mod audit;
mod benches;
mod browser;
#[expect(dead_code, reason = "parts of an executable of their own, of which only the tests are run here")]
mod chaos {
    mod report;
    mod schedule;
}
mod copies;
mod journal;
mod judge;
mod processes;
mod replay_tool;
mod sandbox;
mod simulation;
mod snapshots;
mod store;
mod support;
mod tidy;
mod walk;
mod wire;
