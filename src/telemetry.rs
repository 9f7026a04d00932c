//! Logs of one process: to standard error, readable on a terminal, JSON lines elsewhere. The target
//! of a line is its module, which begins with the role.

use std::io::{IsTerminal, stderr};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::layer;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Starts the log of this process at `level`; libraries say at most warnings.
pub fn start(level: LevelFilter) {
    let targets = Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        .with_target("evoladder", level)
        .with_target("emulator", level);
    let registry = tracing_subscriber::registry().with(targets);
    if stderr().is_terminal() {
        registry.with(layer().with_writer(stderr)).init();
    } else {
        registry.with(layer().json().with_writer(stderr)).init();
    }
}
