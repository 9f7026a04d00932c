//! The thread that appends: whatever waited while the last sync ran becomes the next frame, so
//! batches form by themselves and nothing waits for a window. Whoever appends encodes, and where
//! more waits already a second thread tells what was stored, so that the disk is never kept waiting.

use super::{Encoded, Journal, JournalError};
use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use ipc_schema::db_writer::Record;
use ipc_schema::ids::Seq;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Batches waiting for the disk. The backend has a bounded number of records unacknowledged, so
/// this is never reached; at the bound it is told that the ladder is read-only for the moment.
const WAITING: usize = 4096;

/// Records in one frame, at the most.
const FRAME_RECORDS: usize = 4096;

/// Batches of which is still to be told what came of them. When it is full, the journal waits.
const UNTOLD: usize = 64;

/// Whom to tell what came of a job.
type Done = Box<dyn FnOnce(Result<Seq, String>) + Send>;

enum Job {
    Append(Append),
    Trim { before: Seq, done: Done },
}

/// One append and whom to tell.
struct Append {
    records: Vec<Encoded>,
    done: Done,
}

/// A handle to the thread. The thread ends when the last handle is gone.
#[derive(Clone)]
pub struct Commits {
    jobs: Sender<Job>,
    /// The number of the newest record on disk.
    synced: Arc<AtomicU64>,
    /// [`Journal::bytes`].
    bytes: Arc<AtomicU64>,
}

impl Commits {
    /// Starts the thread. `fatal` is called with an error that ends all writing: two backends wrote.
    pub fn start(journal: Journal, fatal: impl FnOnce(JournalError) + Send + 'static) -> Commits {
        let (jobs, waiting) = bounded(WAITING);
        let synced = Arc::new(AtomicU64::new(journal.last().0));
        let bytes = Arc::new(AtomicU64::new(journal.bytes()));
        let told = Told { synced: Arc::clone(&synced), bytes: Arc::clone(&bytes) };
        std::thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || {
                if let Err(error) = run_jobs(journal, &waiting, &told, &Teller::start()) {
                    fatal(error);
                }
            })
            .expect("the system lets a process have two threads");
        Commits { jobs, synced, bytes }
    }

    /// The newest record on disk, which may be one of an append that was refused as a whole.
    pub fn synced(&self) -> Seq {
        Seq(self.synced.load(Ordering::Acquire))
    }

    /// Bytes of the frames that the journal held when it was opened, and of all since.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Appends and then calls `done` on a thread of the journal's with how far the journal is synced, or
    /// with why nothing of it was stored. Says at once if it cannot even begin.
    pub fn append(
        &self,
        records: &[Record],
        done: impl FnOnce(Result<Seq, String>) + Send + 'static,
    ) -> Result<(), &'static str> {
        let records = records.iter().map(Encoded::from).collect();
        self.hand_over(Job::Append(Append { records, done: Box::new(done) }))
    }

    /// Removes the segments of which all records are before `before` ([`Journal::trim`]), and then calls
    /// `done` on a thread of the journal's with the first record there is, or with why not all of it was removed.
    pub fn trim(
        &self,
        before: Seq,
        done: impl FnOnce(Result<Seq, String>) + Send + 'static,
    ) -> Result<(), &'static str> {
        self.hand_over(Job::Trim { before, done: Box::new(done) })
    }

    fn hand_over(&self, job: Job) -> Result<(), &'static str> {
        self.jobs.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => "too much waits for the disk",
            TrySendError::Disconnected(_) => "the journal has stopped",
        })
    }
}

/// Tells what came of jobs, in their order.
struct Teller {
    batches: Sender<Vec<(Done, Result<Seq, String>)>>,
    untold: Arc<AtomicUsize>,
}

impl Teller {
    fn start() -> Teller {
        let (batches, taken) = bounded::<Vec<(Done, Result<Seq, String>)>>(UNTOLD);
        let untold = Arc::new(AtomicUsize::new(0));
        let told = Arc::clone(&untold);
        std::thread::Builder::new()
            .name("told".to_owned())
            .spawn(move || {
                for batch in taken {
                    batch.into_iter().for_each(|(done, result)| done(result));
                    told.fetch_sub(1, Ordering::Release);
                }
            })
            .expect("the system lets a process have three threads");
        Teller { batches, untold }
    }

    /// At once where nothing else is to be done, since waking another thread takes its time.
    fn tell(&self, batch: Vec<(Done, Result<Seq, String>)>, is_idle: bool) {
        if is_idle && self.untold.load(Ordering::Acquire) == 0 {
            return batch.into_iter().for_each(|(done, result)| done(result));
        }
        self.untold.fetch_add(1, Ordering::Relaxed);
        self.batches.send(batch).expect("the thread lives as long as this");
    }
}

/// What the thread says of the journal.
struct Told {
    synced: Arc<AtomicU64>,
    bytes: Arc<AtomicU64>,
}

impl Told {
    fn tell(&self, journal: &Journal) {
        self.bytes.store(journal.bytes(), Ordering::Relaxed);
        self.synced.store(journal.last().0, Ordering::Release);
    }
}

fn run_jobs(
    mut journal: Journal,
    waiting: &Receiver<Job>,
    told: &Told,
    teller: &Teller,
) -> Result<(), JournalError> {
    let mut behind = None;
    while let Some(job) = behind.take().or_else(|| waiting.recv().ok()) {
        match job {
            Job::Append(first) => behind = append_all(&mut journal, first, waiting, told, teller)?,
            Job::Trim { before, done } => {
                teller.tell(vec![(done, journal.trim(before).map_err(reason))], waiting.is_empty());
            }
        }
    }
    Ok(())
}

/// Appends what waits as one batch; gives back a job of another kind that stood in the way.
fn append_all(
    journal: &mut Journal,
    first: Append,
    waiting: &Receiver<Job>,
    told: &Told,
    teller: &Teller,
) -> Result<Option<Job>, JournalError> {
    let mut records = first.records.len();
    let mut jobs = vec![first];
    let mut behind = None;
    while records < FRAME_RECORDS
        && behind.is_none()
        && let Ok(job) = waiting.try_recv()
    {
        match job {
            Job::Append(job) => {
                records += job.records.len();
                jobs.push(job);
            }
            job @ Job::Trim { .. } => behind = Some(job),
        }
    }
    let ends: Vec<Option<Seq>> = jobs.iter().map(|job| job.records.last().map(|last| last.seq)).collect();
    let batch = jobs.iter_mut().flat_map(|job| std::mem::take(&mut job.records));
    let appended = journal.append_encoded(batch);
    told.tell(journal);
    let results = match appended {
        Ok(synced) => jobs.into_iter().map(|job| (job.done, Ok(synced))).collect(),
        // Records behind a refused one are refused too: the backend loads again and goes on from there.
        Err(error @ (JournalError::Disk { .. } | JournalError::OutOfOrder { .. })) => {
            let reason = reason(error);
            tracing::error!("the ladder is read-only: {reason}");
            // What fitted the frames before the refused one is stored.
            let synced = journal.last();
            let told = jobs.into_iter().zip(ends).map(|(job, end)| {
                let stored = end.is_some_and(|end| end <= synced);
                (job.done, if stored { Ok(synced) } else { Err(reason.clone()) })
            });
            told.collect()
        }
        Err(error) => return Err(error),
    };
    teller.tell(results, behind.is_none() && waiting.is_empty());
    Ok(behind)
}

fn reason(error: JournalError) -> String {
    format!("{:#}", anyhow::Error::from(error))
}
