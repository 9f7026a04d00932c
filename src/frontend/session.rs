//! The gateway session that the next process of a shard goes on with, and from which event on.
//!
//! Discord repeats every event after the sequence it is given. The one that is kept is the low-water
//! mark: everything up to it is answered or durably taken, so what a process that died left
//! unfinished comes again, and some of what it finished, which has to be known as such.

use super::{Desk, Ended};
use crate::failpoint;
use bytes::Bytes;
use futures_util::future::join_all;
use ipc_schema::backend::{BackendReply, BackendRequest};
use ipc_schema::vocab::GatewaySession;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// The shard to which Discord tells what happens in DMs.
pub const SHARD_OF_DMS: u32 = 0;

/// The mark moves with every event; saving it more often would only save repetitions.
const SAVE_EVERY: Duration = Duration::from_millis(250);

/// A save that takes longer is overtaken by the next one.
const SAVE_LIMIT: Duration = Duration::from_secs(5);

/// The last save of a process that has to leave.
const LAST_SAVE_LIMIT: Duration = Duration::from_millis(150);

/// Without the backend nothing can be answered but acknowledged, so its session is worth waiting for;
/// then a new one begins.
const LOAD_LIMIT: Duration = Duration::from_secs(10);
const LOAD_PAUSE: Duration = Duration::from_millis(250);

/// Events that are remembered as refused; the oldest are forgotten beyond it.
const REFUSED: usize = 1024;

/// How far the events of the session are dealt with.
#[derive(Debug, Default)]
pub struct Progress {
    marks: Mutex<Marks>,
}

#[derive(Debug, Default)]
struct Marks {
    /// Its sequence is not kept up to date.
    session: Option<GatewaySession>,
    /// Counts sessions, so that an event of an older one moves nothing.
    number: u64,
    newest: u64,
    open: BTreeSet<u64>,
    /// Their players were told that there was no room, and nothing else knows it.
    refused: BTreeSet<u64>,
}

/// An event that is not dealt with yet. Dropping it says that it is.
#[derive(Debug)]
pub struct Ticket {
    progress: Arc<Progress>,
    number: u64,
    sequence: u64,
    was_refused: bool,
}

impl Progress {
    /// A session that begins, or one of an earlier process that goes on.
    pub fn begin(&self, session: GatewaySession) {
        let mut marks = self.marks();
        marks.number += 1;
        marks.newest = session.sequence;
        marks.open.clear();
        marks.refused = session.refused.iter().copied().collect();
        marks.session = Some(session);
    }

    /// To be called in the order of the events.
    pub fn arrived(progress: &Arc<Progress>, sequence: u64) -> Ticket {
        let mut marks = progress.marks();
        marks.newest = marks.newest.max(sequence);
        marks.open.insert(sequence);
        let was_refused = marks.refused.contains(&sequence);
        Ticket { progress: Arc::clone(progress), number: marks.number, sequence, was_refused }
    }

    /// What a successor needs.
    pub fn session(&self) -> Option<GatewaySession> {
        let marks = self.marks();
        let session = marks.session.clone()?;
        let sequence = marks.open.first().map_or(marks.newest, |open| open.saturating_sub(1));
        let refused = marks.refused.range(sequence.saturating_add(1)..).copied().collect();
        Some(GatewaySession { sequence, refused, ..session })
    }

    fn marks(&self) -> MutexGuard<'_, Marks> {
        self.marks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ticket {
    /// An event that is unfinished is left to the next process.
    pub fn ended(self, ended: Ended) {
        match ended {
            Ended::Finished => {}
            Ended::Refused => self.refuse(),
            Ended::Unfinished => std::mem::forget(self),
        }
    }

    /// Its player is told that there is no room for it, so it is not done when it comes again.
    pub fn refuse(&self) {
        let mut marks = self.progress.marks();
        if marks.number == self.number {
            marks.refused.insert(self.sequence);
            if marks.refused.len() > REFUSED {
                marks.refused.pop_first();
            }
        }
    }

    /// Whether a process before this one refused it.
    pub fn was_refused(&self) -> bool {
        self.was_refused
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut marks = self.progress.marks();
        if marks.number == self.number {
            marks.open.remove(&self.sequence);
        }
    }
}

impl Desk {
    /// How far a shard of this process is.
    pub(super) fn progress(&self, shard: u32) -> &Arc<Progress> {
        self.progress.get(&shard).expect("only shards of this process are asked for")
    }

    /// The session that a process before this one had with the shard, if its time is not over.
    pub(super) async fn load_session(&self, shard: u32) -> Option<GatewaySession> {
        let load = async {
            loop {
                let request = BackendRequest::LoadSession { shard };
                match self.link.call(None, request, Bytes::new(), LOAD_LIMIT).await {
                    Ok((BackendReply::Session(session), _)) => return session,
                    Ok((BackendReply::Refused { .. }, _)) => sleep(LOAD_PAUSE).await,
                    Ok(_) | Err(_) => return None,
                }
            }
        };
        timeout(LOAD_LIMIT, load).await.unwrap_or_else(|_| {
            tracing::warn!(shard, "the session of the gateway cannot be loaded; a new one begins");
            None
        })
    }

    /// Saves the session of a shard whenever it has moved, for ever.
    pub(super) async fn keep_session(&self, shard: u32) {
        let mut saved = None;
        loop {
            sleep(SAVE_EVERY).await;
            let session = self.progress(shard).session();
            if session != saved && self.save_session(shard, session.clone(), SAVE_LIMIT).await {
                failpoint::hit("frontend: session saved").ok();
                saved = session;
            }
        }
    }

    pub(super) async fn save_sessions_once_more(&self) {
        join_all(self.progress.iter().map(|(shard, progress)| async move {
            if !self.save_session(*shard, progress.session(), LAST_SAVE_LIMIT).await {
                tracing::debug!(
                    shard,
                    "the last sequence was not saved; the next process sees some events again"
                );
            }
        }))
        .await;
    }

    async fn save_session(&self, shard: u32, session: Option<GatewaySession>, limit: Duration) -> bool {
        let Some(session) = session else { return false };
        let request = BackendRequest::SaveSession { shard, session };
        matches!(self.link.call(None, request, Bytes::new(), limit).await, Ok((BackendReply::Taken, _)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun(sequence: u64) -> Arc<Progress> {
        let progress = Arc::<Progress>::default();
        let (id, resume_url) = ("abc".to_owned(), "ws://127.0.0.1:9".to_owned());
        progress.begin(GatewaySession { id, resume_url, sequence, application: 7, refused: Vec::new() });
        progress
    }

    fn mark(progress: &Progress) -> u64 {
        progress.session().unwrap().sequence
    }

    #[test]
    fn the_mark_is_below_the_oldest_event_that_is_not_dealt_with() {
        let progress = begun(1);
        let [two, three, four] = [2, 3, 4].map(|sequence| Progress::arrived(&progress, sequence));
        assert_eq!(mark(&progress), 1);
        drop(three);
        assert_eq!(mark(&progress), 1);
        drop(two);
        assert_eq!(mark(&progress), 3);
        four.ended(Ended::Unfinished);
        drop(Progress::arrived(&progress, 5));
        assert_eq!(mark(&progress), 3, "what is left open comes again");
    }

    #[test]
    fn an_event_of_an_older_session_moves_nothing() {
        let progress = begun(1);
        let old = Progress::arrived(&progress, 2);
        progress.begin(GatewaySession { sequence: 1, ..progress.session().unwrap() });
        let new = Progress::arrived(&progress, 2);
        drop(old);
        assert_eq!(mark(&progress), 1);
        drop(new);
        assert_eq!(mark(&progress), 2);
    }

    #[test]
    fn what_was_refused_above_the_mark_is_known_to_the_next_process() {
        let progress = begun(1);
        let [two, three, four] = [2, 3, 4].map(|sequence| Progress::arrived(&progress, sequence));
        three.ended(Ended::Refused);
        four.refuse();
        assert!(!four.was_refused());
        let kept = progress.session().unwrap();
        assert_eq!((kept.sequence, &kept.refused[..]), (1, &[3, 4][..]));
        drop((two, four));
        let later = progress.session().unwrap();
        assert_eq!((later.sequence, &later.refused[..]), (4, &[][..]), "it does not come again");

        let next = Arc::<Progress>::default();
        next.begin(kept);
        let again = [2, 3, 4, 5].map(|sequence| Progress::arrived(&next, sequence).was_refused());
        assert_eq!(again, [false, true, true, false]);
    }

    #[test]
    fn without_a_session_there_is_nothing_to_go_on_with() {
        assert_eq!(Progress::default().session(), None);
    }
}
