//! What is being worked on, for the log: the number with which a press or a message began goes with every
//! request between processes, and stands in the span of every line that is logged meanwhile.

use ipc_schema::ids::Trace;
use std::future::Future;
use tracing::{Instrument, Span};

tokio::task_local! {
    static CURRENT: Trace;
}

/// What the current task works on.
pub fn current() -> Trace {
    CURRENT.try_with(|trace| *trace).unwrap_or(Trace::NONE)
}

/// `work`, all of whose lines in the log and requests to other processes belong to `trace`.
pub fn carry<F: Future>(trace: Trace, work: F) -> impl Future<Output = F::Output> {
    CURRENT.scope(trace, work.instrument(span(trace)))
}

/// The same for what waits for nothing.
pub fn within<R>(trace: Trace, work: impl FnOnce() -> R) -> R {
    CURRENT.sync_scope(trace, || span(trace).in_scope(work))
}

/// At the level of errors, so that it is there whatever is logged.
pub fn span(trace: Trace) -> Span {
    if trace == Trace::NONE { Span::none() } else { tracing::error_span!("for", trace = trace.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_is_told_apart_by_what_it_is_for() {
        let (one, other) = (Trace(1), Trace(2));
        let inner = async {
            tokio::task::yield_now().await;
            (current(), within(other, current), current())
        };
        assert_eq!(carry(one, inner).await, (one, other, one));
        assert_eq!(current(), Trace::NONE);
    }
}
