//! The thread that appends: whatever waited while the last sync ran becomes the next frame, so
//! batches form by themselves and nothing waits for a window.

use super::{Journal, JournalError};
use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use ipc_schema::db_writer::Record;
use ipc_schema::ids::Seq;

/// Batches waiting for the disk. The backend has a bounded number of records unacknowledged, so
/// this is never reached; at the bound it is told that the ladder is read-only for the moment.
const WAITING: usize = 4096;

/// Records in one frame, at the most.
const FRAME_RECORDS: usize = 4096;

/// One append and whom to tell.
struct Job {
    records: Vec<Record>,
    done: Box<dyn FnOnce(Result<Seq, String>) + Send>,
}

/// A handle to the thread. The thread ends when the last handle is gone.
#[derive(Clone)]
pub struct Commits {
    jobs: Sender<Job>,
}

impl Commits {
    /// Starts the thread. `fatal` is called with an error that ends all writing: two backends wrote.
    pub fn start(journal: Journal, fatal: impl FnOnce(JournalError) + Send + 'static) -> Commits {
        let (jobs, waiting) = bounded(WAITING);
        std::thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || {
                if let Err(error) = append_all(journal, &waiting) {
                    fatal(error);
                }
            })
            .expect("the system lets a process have two threads");
        Commits { jobs }
    }

    /// Appends and then calls `done` on the journal's thread with how far the journal is synced, or
    /// with why nothing of it was stored. Says at once if it cannot even begin.
    pub fn append(
        &self,
        records: Vec<Record>,
        done: impl FnOnce(Result<Seq, String>) + Send + 'static,
    ) -> Result<(), &'static str> {
        self.jobs.try_send(Job { records, done: Box::new(done) }).map_err(|error| match error {
            TrySendError::Full(_) => "too much waits for the disk",
            TrySendError::Disconnected(_) => "the journal has stopped",
        })
    }
}

fn append_all(mut journal: Journal, waiting: &Receiver<Job>) -> Result<(), JournalError> {
    while let Ok(first) = waiting.recv() {
        let mut jobs = vec![first];
        let mut records = jobs[0].records.len();
        while records < FRAME_RECORDS
            && let Ok(job) = waiting.try_recv()
        {
            records += job.records.len();
            jobs.push(job);
        }
        let ends: Vec<Option<Seq>> = jobs.iter().map(|job| job.records.last().map(|last| last.seq)).collect();
        let batch: Vec<Record> = jobs.iter_mut().flat_map(|job| std::mem::take(&mut job.records)).collect();
        match journal.append(&batch) {
            Ok(synced) => jobs.into_iter().for_each(|job| (job.done)(Ok(synced))),
            // Records behind a refused one are refused too: the backend loads again and goes on from there.
            Err(error @ (JournalError::Disk { .. } | JournalError::OutOfOrder { .. })) => {
                let reason = format!("{:#}", anyhow::Error::from(error));
                tracing::error!("the ladder is read-only: {reason}");
                // What fitted the frames before the refused one is stored.
                let synced = journal.last();
                for (job, end) in jobs.into_iter().zip(ends) {
                    let stored = end.is_some_and(|end| end <= synced);
                    (job.done)(if stored { Ok(synced) } else { Err(reason.clone()) });
                }
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
