//! The rules of the ladder. No I/O, no clock, no chance of its own.
//!
//! [`ladder::Ladder`] is the whole state. `decide` reads it, the time and an input, and says which
//! events become true, or why none do; `evolve` is the only thing that changes it, live and when
//! the ladder is loaded from its events: [`ladder`] has both, and with them how the parts below work
//! together.
//!
//! | the rules | where |
//! |---|---|
//! | becoming a player: names, BattleTags, gates | [`player`] |
//! | what a player wants to be told, and who is told that somebody queues | `player/settings.rs`, [`pings`] |
//! | queueing: windows, waves, why there is no match yet, how long others waited | [`queue`], [`waits`] |
//! | who plays whom, in most pairs at the least cost; maps and servers | [`pairing`] |
//! | match found, confirm, abort, playing, reports, conflict, dispute | [`match_`] |
//! | what a replay proves: players, races, map, mod, time, reuse, lobby | [`verdict`] |
//! | MMR and Glicko-2 as a fold over results, ranks, corrections | [`rating`], [`history`], `ladder/results.rs` |
//! | leaderboard, profiles, who queues when; all that players see | [`standings`], [`activity`], [`views`] |
//! | staff: roles, acts, bans, the audit log; what they have to look at | [`staff`], [`cases`] |
//! | the season's data, its numbers and their ranges, what staff changed of it | [`season`], [`knobs`], [`overrides`] |
//! | messages that the ladder owes, and chance | [`cards`], [`chance`] |
//! | what all of it takes of memory | [`memory`] |

pub mod activity;
pub mod cards;
pub mod cases;
pub mod chance;
pub mod history;
pub mod knobs;
pub mod ladder;
pub mod match_;
pub mod memory;
pub mod overrides;
pub mod pairing;
pub mod pings;
pub mod player;
pub mod queue;
pub mod rating;
pub mod season;
pub mod staff;
pub mod standings;
pub mod verdict;
pub mod views;
pub mod waits;
