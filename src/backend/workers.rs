//! Deals replays out to workers, and notices when one dies over a job.

use crate::ipc::connection::Outbox;
use bytes::Bytes;
use ipc_schema::ids::JobId;
use ipc_schema::replay::Job;
use ipc_schema::vocab::{FileHash, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Bytes of waiting files kept in memory. What does not fit is read back from the db-writer when
/// a worker is free.
const KEPT_BYTES: usize = 64 << 20;

/// Deaths without blame after which a job is given up.
const TRIES: u8 = 5;

/// A worker that dies this long into a job was most likely killed by what the file made it do:
/// its own alarm rings after 2 s, and a parse takes milliseconds.
const BLAMED_AFTER: Duration = Duration::from_secs(1);

/// A connection of a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct WorkerId(pub(super) u64);

#[derive(Debug, Default)]
pub(super) struct Workers {
    workers: BTreeMap<WorkerId, Worker>,
    files: BTreeMap<JobId, Bytes>,
    /// Files that are on their way back from the db-writer.
    fetching: BTreeSet<JobId>,
    tries: BTreeMap<JobId, u8>,
}

#[derive(Debug)]
struct Worker {
    outbox: Outbox,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Connected, and has not pulled yet.
    Busy,
    Idle,
    At {
        job: JobId,
        since: Timestamp,
    },
}

/// A job whose worker died.
pub(super) struct Dropped {
    pub(super) job: JobId,
    pub(super) strike: bool,
    pub(super) out_of_tries: bool,
}

impl Workers {
    pub(super) fn connected(&mut self, worker: WorkerId, outbox: Outbox) {
        self.workers.insert(worker, Worker { outbox, state: State::Busy });
    }

    pub(super) fn pulled(&mut self, worker: WorkerId) {
        if let Some(worker) = self.workers.get_mut(&worker) {
            worker.state = State::Idle;
        }
    }

    /// Whether the worker really had this job.
    pub(super) fn done(&mut self, worker: WorkerId, job: JobId) -> bool {
        let Some(worker) = self.workers.get_mut(&worker) else { return false };
        let had = matches!(worker.state, State::At { job: at, .. } if at == job);
        if had {
            worker.state = State::Busy;
        }
        had
    }

    pub(super) fn gone(&mut self, worker: WorkerId, now: Timestamp) -> Option<Dropped> {
        let State::At { job, since } = self.workers.remove(&worker)?.state else { return None };
        let strike = now.since(since) >= BLAMED_AFTER;
        let tries = self.tries.entry(job).or_default();
        *tries += u8::from(!strike);
        Some(Dropped { job, strike, out_of_tries: *tries >= TRIES })
    }

    /// Keeps a file for its worker, if there is room.
    pub(super) fn keep(&mut self, job: JobId, bytes: Bytes) {
        self.files.remove(&job);
        let kept: usize = self.files.values().map(Bytes::len).sum();
        // One that was fetched is about to be used.
        if self.fetching.remove(&job) || kept + bytes.len() <= KEPT_BYTES {
            self.files.insert(job, bytes);
        }
    }

    /// The file did not come; it is asked for again when a worker is free.
    pub(super) fn not_fetched(&mut self, job: JobId) {
        self.fetching.remove(&job);
    }

    /// Forgets what belongs to jobs that are over.
    pub(super) fn keep_only(&mut self, open: impl Fn(JobId) -> bool) {
        self.files.retain(|job, _| open(*job));
        self.fetching.retain(|job| open(*job));
        self.tries.retain(|job, _| open(*job));
    }

    /// Numbers of jobs mean other files from here on; what is being read is read for nobody.
    pub(super) fn reset(&mut self) {
        self.keep_only(|_| false);
        for worker in self.workers.values_mut() {
            if matches!(worker.state, State::At { .. }) {
                worker.state = State::Busy;
            }
        }
    }

    /// Hands waiting jobs, oldest first, to idle workers. Returns jobs whose file must be fetched first.
    pub(super) fn assign(&mut self, waiting: &[(JobId, FileHash)], now: Timestamp) -> Vec<(JobId, FileHash)> {
        let taken: BTreeSet<JobId> = self.workers.values().filter_map(|worker| worker.state.job()).collect();
        let mut fetch = Vec::new();
        let mut idle: Vec<&mut Worker> =
            self.workers.values_mut().filter(|worker| worker.state == State::Idle).collect();
        for (job, hash) in waiting.iter().filter(|(job, _)| !taken.contains(job)) {
            if idle.len() <= fetch.len() {
                break;
            }
            let Some(bytes) = self.files.get(job) else {
                if self.fetching.insert(*job) {
                    fetch.push((*job, *hash));
                }
                continue;
            };
            let worker = idle.pop().expect("there is one");
            let length = u32::try_from(bytes.len()).expect("a frame's length fits u32");
            // A worker that is gone is noticed by its reader.
            if worker.outbox.try_send(&Job { job: *job, bytes: length }, bytes.clone()).is_ok() {
                worker.state = State::At { job: *job, since: now };
            }
        }
        fetch
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
