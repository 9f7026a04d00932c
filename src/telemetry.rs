//! Logs of one process: to standard error, readable on a terminal, JSON lines elsewhere. The target
//! of a line is its module, which begins with the role. [`latency`] counts how long things take.

pub mod latency;

use crate::config::LogFormat;
use std::io::{IsTerminal, stderr};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::layer;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// How a process writes whose standard error leads to wherever this one's does.
pub fn format_here() -> LogFormat {
    if stderr().is_terminal() { LogFormat::Text } else { LogFormat::Json }
}

/// Starts the log of this process at `level`; libraries say at most warnings.
pub fn start(level: LevelFilter, format: LogFormat) {
    let targets = Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        .with_target("evoladder", level)
        .with_target("emulator", level);
    let registry = tracing_subscriber::registry().with(targets);
    match format {
        LogFormat::Text => registry.with(layer().with_writer(stderr)).init(),
        LogFormat::Json => registry.with(layer().json().with_span_list(false).with_writer(stderr)).init(),
    }
}
