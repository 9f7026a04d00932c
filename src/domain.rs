//! The rules of the ladder. No I/O, no clock, no chance of its own.
//!
//! [`ladder::Ladder`] is the whole state. `decide` reads it, the time and an input, and says which
//! events become true, or why none do; `evolve` is the only thing that changes it, live and when
//! the ladder is loaded from its events. Reading order: [`ladder`], [`queue`] and [`pairing`],
//! [`match_`], [`verdict`], [`rating`] and [`history`], [`standings`], [`activity`], [`cases`], [`staff`], [`cards`], [`waits`], [`views`]. What may differ between seasons is in
//! [`season`]; [`knobs`] has its numbers, and [`overrides`] what staff changed of it.

pub mod activity;
pub mod cards;
pub mod cases;
pub mod chance;
pub mod history;
pub mod knobs;
pub mod ladder;
pub mod match_;
pub mod overrides;
pub mod pairing;
pub mod player;
pub mod queue;
pub mod rating;
pub mod season;
pub mod staff;
pub mod standings;
pub mod verdict;
pub mod views;
pub mod waits;
