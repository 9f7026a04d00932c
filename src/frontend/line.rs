//! The line in which calls to Discord wait for their turn: the loop around [`super::schedule`].

use super::schedule::{Call, CallId, Lane, Next, Schedule, Scope, Told};
use crate::clock;
use ipc_schema::view::Urgency;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{self, OwnedPermit};
use tokio::sync::oneshot;
use tokio::task::AbortHandle;
use tokio::time::{sleep_until, timeout_at};

/// Calls in line and under way, with a word of each on its way to the loop. More than answers, cards and
/// messages together have at a time; beyond it a call waits before it is in line.
const CALLS: usize = 4096;

/// A handle to the loop, which ends with it.
#[derive(Debug)]
pub struct Line {
    words: mpsc::Sender<Word>,
    task: AbortHandle,
    /// Calls in line, as the loop saw them last.
    waiting: Arc<AtomicU64>,
}

#[derive(Debug)]
enum Word {
    Wanted { call: Call, granted: oneshot::Sender<CallId> },
    Ended { id: CallId, told: Told },
    Again { id: CallId, scope: Scope, wait: Duration, granted: oneshot::Sender<CallId> },
    Hurry { lane: Lane, urgency: Urgency },
}

/// The right to send one call. Dropping it says that nothing is known of its answer.
#[derive(Debug)]
pub struct Turn {
    id: CallId,
    words: mpsc::Sender<Word>,
    /// Room for what is said at the end; None once it is said.
    room: Option<OwnedPermit<Word>>,
}

/// Its time was over before its turn came.
#[derive(Debug, PartialEq, Eq)]
pub struct TooLate;

impl Line {
    pub fn start() -> Line {
        let (words, heard) = mpsc::channel(2 * CALLS);
        let waiting = Arc::<AtomicU64>::default();
        let task = tokio::spawn(run(heard, Arc::clone(&waiting))).abort_handle();
        Line { words, task, waiting }
    }

    /// Calls that wait for their turn.
    pub fn waiting(&self) -> u64 {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Waits for the turn of `call`, until `until`.
    pub async fn turn(&self, call: Call, until: Instant) -> Result<Turn, TooLate> {
        let (granted, grant) = oneshot::channel();
        let turn = async {
            let room = self.words.clone().reserve_owned().await.ok()?;
            self.words.send(Word::Wanted { call, granted }).await.ok()?;
            let id = grant.await.ok()?;
            Some(Turn { id, words: self.words.clone(), room: Some(room) })
        };
        timeout_at(until.into(), turn).await.ok().flatten().ok_or(TooLate)
    }
}

impl Line {
    /// Something as urgent as this waits for what is in the lane. Does nothing while the line is full.
    pub fn hurry(&self, lane: Lane, urgency: Urgency) {
        self.words.try_send(Word::Hurry { lane, urgency }).ok();
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Turn {
    pub fn ended(mut self, told: Told) {
        self.say(told);
    }

    /// Waits for the turn of the same call after a 429, until `until`.
    pub async fn again(mut self, scope: Scope, wait: Duration, until: Instant) -> Result<Turn, TooLate> {
        if clock::instant() + wait > until {
            // Nobody else tries before then either.
            self.say(Told::Limited { scope, wait });
            return Err(TooLate);
        }
        let (granted, grant) = oneshot::channel();
        let (id, words) = (self.id, self.words.clone());
        let turn = async {
            let next = words.clone().reserve_owned().await.ok()?;
            self.room.take()?.send(Word::Again { id, scope, wait, granted });
            let id = grant.await.ok()?;
            Some(Turn { id, words: words.clone(), room: Some(next) })
        };
        timeout_at(until.into(), turn).await.ok().flatten().ok_or(TooLate)
    }

    fn say(&mut self, told: Told) {
        if let Some(room) = self.room.take() {
            room.send(Word::Ended { id: self.id, told });
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.say(Told::Nothing);
    }
}

async fn run(mut words: mpsc::Receiver<Word>, told: Arc<AtomicU64>) {
    let mut schedule = Schedule::default();
    let mut waiting: HashMap<CallId, oneshot::Sender<CallId>> = HashMap::new();
    loop {
        let wake = loop {
            match schedule.next(clock::instant()) {
                Next::Send(id) => {
                    let granted = waiting.remove(&id).is_some_and(|waiting| waiting.send(id).is_ok());
                    if !granted {
                        schedule.unsent(id);
                    }
                }
                Next::Wait(until) => break Some(until),
                Next::Idle => break None,
            }
        };
        told.store(schedule.waiting() as u64, Ordering::Relaxed);
        tokio::select! {
            word = words.recv() => match word {
                None => return,
                Some(Word::Wanted { call, granted }) => {
                    // Nobody waits for those any more; they would only be looked at again and again.
                    if schedule.waiting() >= CALLS / 2 {
                        waiting.retain(|id, waiting| {
                            let stays = !waiting.is_closed();
                            if !stays {
                                schedule.give_up(*id);
                            }
                            stays
                        });
                    }
                    drop(waiting.insert(schedule.enter(call), granted));
                }
                Some(Word::Hurry { lane, urgency }) => schedule.hurry(&lane, urgency),
                Some(Word::Ended { id, told }) => schedule.ended(id, told, clock::instant()),
                Some(Word::Again { id, scope, wait, granted }) => {
                    schedule.again(id, scope, wait, clock::instant());
                    drop(waiting.insert(id, granted));
                }
            },
            () = sleep_until(wake.unwrap_or_else(clock::instant).into()), if wake.is_some() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(urgency: Urgency) -> Call {
        Call { lane: Lane::Of("channels/1".to_owned()), bucket: "POST".to_owned(), urgency, counts: true }
    }

    fn in_time() -> Instant {
        clock::instant() + Duration::from_secs(10)
    }

    #[tokio::test]
    async fn a_turn_comes_when_the_one_before_is_over_and_to_the_more_urgent_first() {
        let line = Line::start();
        let first = line.turn(call(Urgency::Edit), in_time()).await.unwrap();
        let (edit, urgent) =
            (line.turn(call(Urgency::Edit), in_time()), line.turn(call(Urgency::Match), in_time()));
        let (mut edit, mut urgent) = (Box::pin(edit), Box::pin(urgent));
        tokio::select! {
            biased;
            _ = &mut edit => panic!("the lane is taken"),
            _ = &mut urgent => panic!("the lane is taken"),
            () = tokio::time::sleep(Duration::from_millis(20)) => {}
        }
        drop(first);
        let urgent = tokio::select! {
            _ = &mut edit => panic!("the other one is more urgent"),
            urgent = &mut urgent => urgent.unwrap(),
        };
        urgent.ended(Told::Nothing);
        assert!(edit.await.is_ok());
    }

    #[tokio::test]
    async fn who_cannot_wait_so_long_is_told_at_once_and_the_limit_is_kept_to() {
        let line = Line::start();
        let turn = line.turn(call(Urgency::Match), in_time()).await.unwrap();
        let again = turn.again(Scope::Bot, Duration::from_secs(60), in_time()).await;
        assert_eq!(again.err(), Some(TooLate));
        let soon = clock::instant() + Duration::from_millis(20);
        assert_eq!(line.turn(call(Urgency::Match), soon).await.err(), Some(TooLate));
    }

    #[tokio::test]
    async fn whoever_stopped_waiting_uses_up_no_turn() {
        let line = Line::start();
        let first = line.turn(call(Urgency::Match), in_time()).await.unwrap();
        let soon = clock::instant() + Duration::from_millis(20);
        assert_eq!(line.turn(call(Urgency::Match), soon).await.err(), Some(TooLate));
        drop(first);
        assert!(line.turn(call(Urgency::Match), in_time()).await.is_ok());
    }
}
