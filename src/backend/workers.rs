//! Deals replays out to workers, and judges a file by how its worker died.
//!
//! The end of a worker's connection tells that it died, the supervisor how. A worker that neither
//! answers nor dies is let go.

use super::line::{Entry, Line};
use crate::failpoint;
use crate::ipc::connection::Outbox;
use crate::telemetry::latency::Latency;
use bytes::Bytes;
use ipc_schema::control::Death;
use ipc_schema::ids::{Incarnation, JobId, PlayerId, Trace};
use ipc_schema::replay::Job;
use ipc_schema::vocab::FileHash;
use nix::sys::signal::Signal;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// Bytes of waiting files kept in memory. What does not fit is read back from the db-writer when
/// a worker is free, at most one file for each.
const KEPT_BYTES: usize = 64 << 20;

/// Deaths without blame, and workers let go, after which a job is given up. They are counted in
/// memory: a new backend counts anew.
const TRIES: u8 = 5;

/// SIGKILL comes from outside, unless a job has run for so long: then the kernel has most likely
/// had enough of what the file made its worker do.
const BLAMED_AFTER: Duration = Duration::from_secs(1);

/// For the supervisor to tell how a worker died, after which nobody is to blame.
const TOLD_WITHIN: Duration = Duration::from_secs(2);

/// A worker ends itself after 2 s of a job; one that did not is broken.
const LET_GO_AFTER: Duration = Duration::from_secs(5);

/// A job that finds no worker for so long, or whose file cannot be read back, is given up.
const GIVEN_UP_AFTER: Duration = Duration::from_secs(600);

/// Before a file that did not come is asked for again: the failure may have taken no time, and its
/// reason, too many open files for one, passes by itself. The job's worker takes others meanwhile.
const FETCH_PAUSE: Duration = Duration::from_secs(1);

/// How often the loop looks at its workers while one has a job, so that it knows when it stood still
/// itself: stopped, or without a processor.
const LOOK: Duration = Duration::from_millis(100);

/// More time than this between two looks is not counted against a worker: what it did meanwhile, be it
/// its answer or its end, is seen only after it, and may still be on its way through the sockets.
const LOOK_LIMIT: Duration = Duration::from_millis(300);

/// A job that is at its worker for so long is worth telling its player.
const SLOW_AFTER: Duration = Duration::from_secs(1);

/// A connection of a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct WorkerId(pub(super) u64);

/// A replay that is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) job: JobId,
    pub(super) player: PlayerId,
    pub(super) hash: FileHash,
    pub(super) trace: Trace,
}

/// How often jobs came to what, since this process began.
#[derive(Debug)]
pub(super) struct Counted {
    /// Handed to a worker.
    pub(super) dealt: u64,
    /// Ended by the worker's own alarm, or not at all.
    pub(super) timed_out: u64,
    /// Whose worker died or was let go, the above included.
    pub(super) dropped: u64,
    /// From handing it over to its answer.
    pub(super) took: Latency,
}

impl Default for Counted {
    fn default() -> Counted {
        Counted { dealt: 0, timed_out: 0, dropped: 0, took: Latency::new("replay_job") }
    }
}

#[derive(Debug, Default)]
pub(super) struct Workers {
    counted: Counted,
    workers: BTreeMap<WorkerId, Worker>,
    /// Workers that are gone over a job, and it is not known how.
    gone: Vec<Gone>,
    line: Line,
    /// Since when each job that waits has done so.
    waits_since: BTreeMap<JobId, Instant>,
    files: BTreeMap<JobId, Bytes>,
    /// Files that are to come back from the db-writer.
    fetches: BTreeMap<JobId, Fetch>,
    /// The last look at what takes too long.
    looked_at: Option<Instant>,
    /// Workers that died over a job or were let go, all and those that nobody is to blame for.
    deaths: BTreeMap<JobId, u8>,
    tries: BTreeMap<JobId, u8>,
}

#[derive(Debug)]
struct Worker {
    incarnation: Incarnation,
    outbox: Outbox,
    state: State,
    /// How it died, told before its connection was over.
    death: Option<Death>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Connected, and has not pulled yet.
    Busy,
    Idle,
    At {
        job: JobId,
        since: Instant,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fetch {
    UnderWay,
    /// It did not come.
    NotBefore(Instant),
}

#[derive(Debug)]
struct Gone {
    incarnation: Incarnation,
    job: JobId,
    time_in_job: Duration,
    at: Instant,
}

/// A job whose worker died or was let go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dropped {
    pub(super) job: JobId,
    pub(super) strike: bool,
    pub(super) out_of_tries: bool,
}

/// Whether a worker that died so long into a job was killed by the job's file. None where the
/// supervisor did not say how it died.
fn blame(death: Option<Death>, time_in_job: Duration) -> bool {
    let Some(Death::Signal(number)) = death else { return false };
    match Signal::try_from(number) {
        Ok(
            // What a broken parse does, or is stopped at.
            Signal::SIGSYS | Signal::SIGSEGV | Signal::SIGBUS | Signal::SIGABRT
            // The worker's own limits.
            | Signal::SIGXCPU | Signal::SIGALRM,
        ) => true,
        Ok(Signal::SIGKILL) => time_in_job >= BLAMED_AFTER,
        _ => false,
    }
}

impl Workers {
    pub(super) fn connected(&mut self, worker: WorkerId, incarnation: Incarnation, outbox: Outbox) {
        self.workers.insert(worker, Worker { incarnation, outbox, state: State::Busy, death: None });
    }

    /// How many there are, and how many of them wait for a job.
    pub(super) fn counts(&self) -> (usize, usize) {
        let idle = self.workers.values().filter(|worker| matches!(worker.state, State::Idle)).count();
        (self.workers.len(), idle)
    }

    pub(super) fn counted(&self) -> &Counted {
        &self.counted
    }

    pub(super) fn pulled(&mut self, worker: WorkerId) {
        if let Some(worker) = self.workers.get_mut(&worker) {
            worker.state = State::Idle;
        }
    }

    /// Whether the worker really had this job.
    pub(super) fn done(&mut self, worker: WorkerId, job: JobId) -> bool {
        let Some(worker) = self.workers.get_mut(&worker) else { return false };
        let State::At { job: at, since } = worker.state else { return false };
        let had = at == job;
        if had {
            worker.state = State::Busy;
            self.counted.took.took(since.elapsed());
        }
        had
    }

    /// The connection is over. What that means for a job is known when it is told how the worker died.
    pub(super) fn gone(&mut self, worker: WorkerId, now: Instant) -> Option<Dropped> {
        self.look(now);
        let Worker { incarnation, state, death, .. } = self.workers.remove(&worker)?;
        let State::At { job, since } = state else { return None };
        let time_in_job = now.saturating_duration_since(since);
        match death {
            Some(death) => Some(self.ended_by(job, death, time_in_job)),
            None => {
                self.gone.push(Gone { incarnation, job, time_in_job, at: now });
                None
            }
        }
    }

    /// The supervisor says how a worker died.
    pub(super) fn died(&mut self, incarnation: Incarnation, death: Death) -> Option<Dropped> {
        if let Some(at) = self.gone.iter().position(|gone| gone.incarnation == incarnation) {
            let Gone { job, time_in_job, .. } = self.gone.swap_remove(at);
            return Some(self.ended_by(job, death, time_in_job));
        }
        if let Some(worker) = self.workers.values_mut().find(|worker| worker.incarnation == incarnation) {
            worker.death = Some(death);
        }
        None
    }

    /// Jobs whose worker died and it was not told how, or does not answer and is let go: its
    /// connection ends, and what it says later is not heard.
    pub(super) fn overdue(&mut self, now: Instant) -> Vec<Dropped> {
        self.look(now);
        let mut jobs = Vec::new();
        self.gone.retain(|gone| {
            let waits = now.saturating_duration_since(gone.at) < TOLD_WITHIN;
            if !waits {
                jobs.push(gone.job);
            }
            waits
        });
        let counted = &mut self.counted;
        self.workers.retain(|_, worker| match worker.state {
            State::At { job, since } if now.saturating_duration_since(since) >= LET_GO_AFTER => {
                tracing::error!("a replay worker does not come to an end with job {job}; it is let go");
                counted.timed_out += 1;
                jobs.push(job);
                false
            }
            State::At { .. } | State::Idle | State::Busy => true,
        });
        jobs.into_iter().map(|job| self.dropped(job, false)).collect()
    }

    /// When to call [`Workers::overdue`] next, if anything can become so.
    pub(super) fn next_look(&self) -> Option<Duration> {
        let waits = !self.gone.is_empty() || self.workers.values().any(|worker| worker.state.job().is_some());
        waits.then_some(LOOK)
    }

    /// Takes the time in which nobody looked out of what counts against workers. Without this, one
    /// that answered in time is let go for the backend's own stop, its answer unheard, and a file is
    /// blamed for a kill from outside, which seems to have come late in its job.
    fn look(&mut self, now: Instant) {
        let last = self.looked_at.replace(now).unwrap_or(now);
        let unseen = now.saturating_duration_since(last).saturating_sub(LOOK_LIMIT);
        if unseen.is_zero() {
            return;
        }
        for worker in self.workers.values_mut() {
            if let State::At { since, .. } = &mut worker.state {
                // One that got its job after the last look is not older than now.
                *since = (*since + unseen).min(now);
            }
        }
        for gone in &mut self.gone {
            gone.at = (gone.at + unseen).min(now);
        }
    }

    /// A worker died over a job.
    fn ended_by(&mut self, job: JobId, death: Death, time_in_job: Duration) -> Dropped {
        self.counted.timed_out += u64::from(death == Death::Signal(Signal::SIGALRM as i32));
        self.dropped(job, blame(Some(death), time_in_job))
    }

    fn dropped(&mut self, job: JobId, strike: bool) -> Dropped {
        self.counted.dropped += 1;
        let deaths = self.deaths.entry(job).or_default();
        *deaths = deaths.saturating_add(1);
        let tries = self.tries.entry(job).or_default();
        *tries += u8::from(!strike);
        Dropped { job, strike, out_of_tries: *tries >= TRIES }
    }

    /// Jobs that waited for too long.
    pub(super) fn given_up(&self, now: Instant) -> Vec<JobId> {
        let waited = |since: &Instant| now.saturating_duration_since(*since);
        self.waits_since
            .iter()
            .filter(|(_, since)| waited(since) >= GIVEN_UP_AFTER)
            .map(|(job, _)| *job)
            .collect()
    }

    /// Keeps a file for its worker, if there is room.
    pub(super) fn keep(&mut self, job: JobId, bytes: Bytes) {
        self.files.remove(&job);
        let kept: usize = self.files.values().map(Bytes::len).sum();
        // One that was fetched is about to be used.
        if self.fetches.remove(&job) == Some(Fetch::UnderWay) || kept + bytes.len() <= KEPT_BYTES {
            self.files.insert(job, bytes);
        }
    }

    /// The file did not come; it is asked for again after a pause, when a worker is free.
    pub(super) fn not_fetched(&mut self, job: JobId, now: Instant) {
        self.fetches.insert(job, Fetch::NotBefore(now + FETCH_PAUSE));
    }

    /// Forgets what belongs to jobs that are over.
    fn keep_only(&mut self, open: impl Fn(JobId) -> bool) {
        self.files.retain(|job, _| open(*job));
        self.fetches.retain(|job, _| open(*job));
        self.waits_since.retain(|job, _| open(*job));
        self.deaths.retain(|job, _| open(*job));
        self.tries.retain(|job, _| open(*job));
    }

    /// Numbers of jobs mean other files from here on; what is being read is read for nobody.
    pub(super) fn reset(&mut self) {
        self.keep_only(|_| false);
        self.line = Line::default();
        self.gone.clear();
        for worker in self.workers.values_mut() {
            if matches!(worker.state, State::At { .. }) {
                worker.state = State::Busy;
            }
        }
    }

    fn entries(&self, wanted: &[Wanted]) -> Vec<Entry> {
        let at_workers = self.workers.values().filter_map(|worker| worker.state.job());
        let taken: BTreeSet<JobId> = at_workers.chain(self.gone.iter().map(|gone| gone.job)).collect();
        let entry = |wanted: &Wanted| Entry {
            job: wanted.job,
            player: wanted.player,
            being_read: taken.contains(&wanted.job),
            deaths: self.deaths.get(&wanted.job).copied().unwrap_or_default(),
        };
        wanted.iter().map(entry).collect()
    }

    /// Hands jobs to idle workers, players in turn. `wanted` are all jobs there are. Returns those
    /// whose file must be fetched first, at most one for each worker that is idle.
    pub(super) fn assign(&mut self, wanted: &[Wanted], now: Instant) -> Vec<Wanted> {
        let wanted_by_job: BTreeMap<JobId, &Wanted> =
            wanted.iter().map(|wanted| (wanted.job, wanted)).collect();
        self.keep_only(|job| wanted_by_job.contains_key(&job));
        let entries = self.entries(wanted);
        self.line.update(&entries);
        for entry in &entries {
            if entry.being_read {
                self.waits_since.remove(&entry.job);
            } else {
                self.waits_since.entry(entry.job).or_insert(now);
            }
        }
        let mut fetch = Vec::new();
        // Who was idle first goes first.
        let mut idle = self.workers.values_mut().filter(|worker| worker.state == State::Idle);
        for job in self.line.order(&entries) {
            let asked = self.fetches.get(&job).copied();
            if matches!(asked, Some(Fetch::NotBefore(at)) if now < at) {
                continue;
            }
            let Some(worker) = idle.next() else { break };
            let Some(bytes) = self.files.get(&job) else {
                // The worker stays free for it.
                if asked != Some(Fetch::UnderWay) {
                    self.fetches.insert(job, Fetch::UnderWay);
                    fetch.push(*wanted_by_job[&job]);
                }
                continue;
            };
            let length = u32::try_from(bytes.len()).expect("a frame's length fits u32");
            // A worker that is gone is noticed by its reader.
            let Wanted { trace, .. } = *wanted_by_job[&job];
            if worker.outbox.try_send(&Job { job, bytes: length, trace }, bytes.clone()).is_ok() {
                failpoint::hit("backend: job dealt").ok();
                self.counted.dealt += 1;
                worker.state = State::At { job, since: now };
                self.waits_since.remove(&job);
                self.line.had_turn(wanted_by_job[&job].player);
            }
        }
        fetch
    }

    /// How many replays are read before each that finds no worker free; none before one that is
    /// with its worker for long.
    pub(super) fn places(&self, wanted: &[Wanted], now: Instant) -> Vec<(JobId, u32)> {
        let slow = self.workers.values().filter_map(|worker| match worker.state {
            State::At { job, since } if now.saturating_duration_since(since) >= SLOW_AFTER => Some((job, 0)),
            State::At { .. } | State::Idle | State::Busy => None,
        });
        let mut places: Vec<(JobId, u32)> = slow.collect();
        // One that is between two jobs pulls in a moment.
        if self.workers.values().any(|worker| worker.state.job().is_none()) {
            return places;
        }
        let entries = self.entries(wanted);
        let being_read = entries.iter().filter(|entry| entry.being_read).count();
        let place = |at: usize| u32::try_from(being_read + at).unwrap_or(u32::MAX);
        places.extend(self.line.order(&entries).into_iter().enumerate().map(|(at, job)| (job, place(at))));
        places
    }
}

impl State {
    fn job(self) -> Option<JobId> {
        match self {
            State::At { job, .. } => Some(job),
            State::Busy | State::Idle => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::instant;
    use crate::ipc::connection::{Connection, Inbound, connect, serve};
    use ipc_schema::control::{Hello, Role};
    use ipc_schema::replay::WorkerRequest;
    use tokio::net::UnixListener;
    use tokio::sync::mpsc;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_file_is_blamed_for_deaths_that_it_can_cause() {
        let short = Duration::from_millis(999);
        let signal = |signal: Signal| Some(Death::Signal(signal as i32));
        for (death, time_in_job, blamed) in [
            (signal(Signal::SIGSYS), Duration::ZERO, true),
            (signal(Signal::SIGSEGV), Duration::ZERO, true),
            (signal(Signal::SIGBUS), Duration::ZERO, true),
            (signal(Signal::SIGABRT), Duration::ZERO, true),
            (signal(Signal::SIGXCPU), Duration::ZERO, true),
            (signal(Signal::SIGALRM), Duration::ZERO, true),
            (signal(Signal::SIGKILL), short, false),
            (signal(Signal::SIGKILL), SECOND, true),
            (signal(Signal::SIGTERM), 60 * SECOND, false),
            (signal(Signal::SIGPIPE), 60 * SECOND, false),
            (Some(Death::Signal(0)), 60 * SECOND, false),
            (Some(Death::Signal(4711)), 60 * SECOND, false),
            (Some(Death::Code(0)), 60 * SECOND, false),
            (Some(Death::Code(1)), 60 * SECOND, false),
            (Some(Death::Code(75)), 60 * SECOND, false),
            (Some(Death::Ended), 60 * SECOND, false),
            (None, 60 * SECOND, false),
        ] {
            assert_eq!(blame(death, time_in_job), blamed, "{death:?} after {time_in_job:?}");
        }
    }

    /// Workers, and the other ends of their connections.
    struct Pool {
        workers: Workers,
        ends: Vec<mpsc::Receiver<Inbound<Job>>>,
        /// Of the worker's side; dropping one would end its connection.
        _outboxes: Vec<Outbox>,
        start: Instant,
    }

    /// That many workers, with numbers and incarnations from 1, which have pulled.
    async fn pool(workers: u64) -> Pool {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("backend.sock");
        let ours = Hello::new(Role::Backend, Incarnation(100));
        let mut accepted = serve(UnixListener::bind(&path).unwrap(), ours, &[Role::ReplayWorker]);
        let (mut all, mut ends, mut outboxes) = (Workers::default(), Vec::new(), Vec::new());
        for number in 1..=workers {
            let hello = Hello::new(Role::ReplayWorker, Incarnation(number));
            let Connection { inbox, outbox, .. } =
                connect(&path, hello, Role::Backend).await.unwrap().open::<Job>();
            let greeted = accepted.recv().await.unwrap();
            let incarnation = greeted.peer.incarnation;
            all.connected(WorkerId(number), incarnation, greeted.open::<WorkerRequest>().outbox);
            all.pulled(WorkerId(number));
            ends.push(inbox);
            outboxes.push(outbox);
        }
        Pool { workers: all, ends, _outboxes: outboxes, start: instant() }
    }

    impl Pool {
        /// Looks as often as the loop does, from one time to another. What is overdue at the end, and
        /// nothing may be so before.
        fn looked(&mut self, from: Instant, to: Instant) -> Vec<Dropped> {
            let mut at = from;
            while at < to {
                assert_eq!(self.workers.overdue(at), [], "after {:?}", at - from);
                at += LOOK;
            }
            self.workers.overdue(to)
        }
    }

    fn wanted(jobs: impl IntoIterator<Item = u64>) -> Vec<Wanted> {
        let of = |job| Wanted {
            job: JobId(job),
            player: PlayerId(job),
            hash: FileHash([0; 32]),
            trace: Trace(job),
        };
        jobs.into_iter().map(of).collect()
    }

    /// One worker that has job 1 since the start.
    async fn at_job() -> Pool {
        let mut pool = pool(1).await;
        pool.workers.keep(JobId(1), Bytes::from_static(b"file"));
        assert_eq!(pool.workers.assign(&wanted([1]), pool.start), []);
        let job = pool.ends[0].recv().await.unwrap();
        assert_eq!(
            (job.message, &job.blob[..]),
            (Job { job: JobId(1), bytes: 4, trace: Trace(1) }, &b"file"[..])
        );
        pool
    }

    fn dropped(strike: bool) -> Dropped {
        Dropped { job: JobId(1), strike, out_of_tries: false }
    }

    #[tokio::test]
    async fn a_death_counts_whether_it_is_told_before_or_after_the_connection_ended() {
        let death = Death::Signal(Signal::SIGSYS as i32);
        let mut before = at_job().await;
        assert_eq!(before.workers.died(Incarnation(1), death), None);
        assert_eq!(before.workers.gone(WorkerId(1), before.start), Some(dropped(true)));

        let mut after = at_job().await;
        assert_eq!(after.workers.gone(WorkerId(1), after.start), None);
        assert_eq!(after.workers.died(Incarnation(2), death), None, "another worker's");
        assert_eq!(after.workers.died(Incarnation(1), death), Some(dropped(true)));
        assert_eq!(after.looked(after.start, after.start + 60 * SECOND), []);
    }

    #[tokio::test]
    async fn nobody_is_blamed_for_a_death_that_is_not_told() {
        let mut pool = at_job().await;
        assert_eq!(pool.workers.gone(WorkerId(1), pool.start), None);
        assert_eq!(pool.looked(pool.start, pool.start + TOLD_WITHIN), [dropped(false)]);
        assert_eq!(pool.workers.died(Incarnation(1), Death::Signal(Signal::SIGSYS as i32)), None);
    }

    #[tokio::test]
    async fn a_worker_that_does_not_come_to_an_end_is_let_go_and_another_gets_the_job() {
        let mut pool = at_job().await;
        let late = pool.start + LET_GO_AFTER;
        assert_eq!(pool.workers.next_look(), Some(LOOK));
        assert_eq!(pool.looked(pool.start, late), [dropped(false)]);
        assert_eq!(pool.workers.next_look(), None, "nothing is left to be late");
        assert!(pool.ends[0].recv().await.is_none(), "its connection ends");
        pool.workers.pulled(WorkerId(1));
        assert!(!pool.workers.done(WorkerId(1), JobId(1)), "what it says later is not heard");
        let mut other = pool_of_one_more(&mut pool.workers).await;
        assert_eq!(pool.workers.assign(&wanted([1]), late), []);
        assert_eq!(other.recv().await.unwrap().message.job, JobId(1));
    }

    /// A stop of the backend, after which its timers may fire before its sockets are read.
    #[tokio::test]
    async fn a_stop_of_the_backend_counts_against_nobody() {
        let kill = Death::Signal(Signal::SIGKILL as i32);
        let mut pool = at_job().await;
        assert_eq!(pool.looked(pool.start, pool.start + SECOND / 2), []);
        let on = pool.start + 60 * SECOND;
        assert_eq!(pool.workers.overdue(on), []);
        assert!(pool.workers.done(WorkerId(1), JobId(1)), "its answer is heard");

        // It was killed from outside half a second into its job, and that is read after the stop.
        let mut pool = at_job().await;
        assert_eq!(pool.looked(pool.start, pool.start + SECOND / 2), []);
        assert_eq!(pool.workers.gone(WorkerId(1), on), None);
        assert_eq!(pool.workers.died(Incarnation(1), kill), Some(dropped(false)));
        // One that had its job for long before is to blame.
        let mut pool = at_job().await;
        assert_eq!(pool.looked(pool.start, pool.start + SECOND), []);
        assert_eq!(pool.workers.gone(WorkerId(1), on), None);
        assert_eq!(pool.workers.died(Incarnation(1), kill), Some(dropped(true)));
        // Nor is what the supervisor had to say called missing.
        let mut pool = at_job().await;
        assert_eq!(pool.workers.gone(WorkerId(1), pool.start), None);
        assert_eq!(pool.workers.overdue(on), []);
        assert_eq!(pool.workers.died(Incarnation(1), kill), Some(dropped(false)));
    }

    /// A further worker, number 2.
    async fn pool_of_one_more(workers: &mut Workers) -> mpsc::Receiver<Inbound<Job>> {
        let mut pool = pool(1).await;
        let worker = pool.workers.workers.remove(&WorkerId(1)).unwrap();
        workers.connected(WorkerId(2), Incarnation(2), worker.outbox);
        workers.pulled(WorkerId(2));
        pool.ends.remove(0)
    }

    #[tokio::test]
    async fn a_job_is_given_up_after_five_losses_without_blame() {
        let mut pool = at_job().await;
        for tries in 1..=TRIES {
            let mut worker = WorkerId(1);
            if tries > 1 {
                pool.ends.push(pool_of_one_more(&mut pool.workers).await);
                worker = WorkerId(2);
                pool.workers.assign(&wanted([1]), pool.start);
            }
            assert_eq!(pool.workers.gone(worker, pool.start), None);
            let dropped = pool.looked(pool.start, pool.start + TOLD_WITHIN);
            let expected = Dropped { job: JobId(1), strike: false, out_of_tries: tries == TRIES };
            assert_eq!(dropped, [expected], "loss {tries}");
        }
    }

    #[tokio::test]
    async fn a_job_that_finds_no_worker_is_given_up_in_the_end() {
        let mut pool = pool(0).await;
        pool.workers.assign(&wanted([1, 2]), pool.start);
        let end = pool.start + GIVEN_UP_AFTER;
        pool.workers.assign(&wanted([1, 2, 3]), end - SECOND);
        assert_eq!(pool.workers.given_up(end - SECOND), []);
        assert_eq!(pool.workers.given_up(end), [JobId(1), JobId(2)]);
        pool.workers.assign(&wanted([3]), end);
        assert_eq!(pool.workers.given_up(end), [], "what is over is forgotten");
        assert_eq!(at_job().await.workers.given_up(end + 60 * SECOND), [], "nor is one at a worker given up");
    }

    #[tokio::test]
    async fn no_more_files_are_fetched_than_workers_are_idle() {
        let mut pool = pool(2).await;
        let jobs = wanted(1..=50);
        let fetch = |pool: &mut Pool| {
            let fetch = pool.workers.assign(&jobs, pool.start);
            fetch.iter().map(|wanted| wanted.job.0).collect::<Vec<_>>()
        };
        assert_eq!(fetch(&mut pool), [1, 2]);
        assert_eq!(fetch(&mut pool), [0; 0], "they are on their way");
        pool.workers.keep(JobId(2), Bytes::from_static(b"2"));
        assert_eq!(fetch(&mut pool), [0; 0], "one is dealt out, and the other worker waits for its file");
        let places = pool.workers.places(&jobs, pool.start);
        assert_eq!(places, [], "nobody is in line while a worker is free");
    }

    #[tokio::test]
    async fn a_file_that_did_not_come_is_asked_for_again_after_a_pause_and_holds_up_nobody() {
        let mut pool = pool(1).await;
        let jobs = wanted([1, 2]);
        let fetch = |pool: &mut Pool, at| {
            let fetch = pool.workers.assign(&jobs, at);
            fetch.iter().map(|wanted| wanted.job.0).collect::<Vec<_>>()
        };
        let (start, again) = (pool.start, pool.start + FETCH_PAUSE);
        assert_eq!(fetch(&mut pool, start), [1]);
        pool.workers.not_fetched(JobId(1), start);
        assert_eq!(fetch(&mut pool, start), [2], "at once, which would go on without an end");
        assert_eq!(fetch(&mut pool, again - SECOND / 10), [0; 0]);
        assert_eq!(fetch(&mut pool, again), [1]);
        pool.workers.not_fetched(JobId(1), again);
        pool.workers.keep(JobId(2), Bytes::from_static(b"2"));
        assert_eq!(fetch(&mut pool, again), [0; 0]);
        assert_eq!(pool.ends[0].recv().await.unwrap().message.job, JobId(2), "the worker was free for it");
    }

    #[tokio::test]
    async fn who_waits_is_told_how_many_are_before() {
        let mut pool = at_job().await;
        let jobs = wanted([1, 2, 3]);
        pool.workers.assign(&jobs, pool.start);
        let place = |job, before| (JobId(job), before);
        assert_eq!(pool.workers.places(&jobs, pool.start), [place(2, 1), place(3, 2)]);
        let slow = pool.start + SLOW_AFTER;
        assert_eq!(pool.workers.places(&jobs, slow), [place(1, 0), place(2, 1), place(3, 2)]);
        assert!(pool.workers.done(WorkerId(1), JobId(1)));
        assert_eq!(pool.workers.places(&jobs[1..], slow), [], "the worker pulls in a moment");
    }

    #[tokio::test]
    async fn files_in_memory_are_bounded() {
        let mut pool = pool(0).await;
        let file = Bytes::from(vec![0; 5 << 20]);
        for job in 1..=200 {
            pool.workers.keep(JobId(job), file.clone());
        }
        let kept: usize = pool.workers.files.values().map(Bytes::len).sum();
        assert!(kept <= KEPT_BYTES && kept > KEPT_BYTES - file.len(), "{kept}");
    }
}
