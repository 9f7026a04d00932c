//! From journal to database, behind the ladder's back: it reads what is synced from the journal's
//! own files, so nothing has to be queued however long the database is away.

use super::debug_each;
use super::lease::Terms;
use super::reconcile::{Agreement, agree, mark_incomplete, unmendable};
use crate::clock;
use crate::config::Durability;
use crate::failpoint;
use crate::journal::JournalError;
use crate::journal::reader::Reader;
use crate::store::{Database, RENEWAL, Store, StoreError};
use crate::telemetry::latency::Latency;
use ipc_schema::ids::{LadderId, Seq};
use std::path::PathBuf;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

/// Stored bytes read at a time; the store takes as many of the records as make a batch.
const BATCH_BYTES: usize = 1 << 20;

/// Before another attempt to connect, or to read the journal.
const PAUSE: Duration = Duration::from_secs(1);

/// Before the database is given once more what it refused.
const REFUSED_PAUSE: Duration = Duration::from_secs(5);

/// A batch, from its statement to the answer.
pub(super) static TOOK: Latency = Latency::new("database");

/// Brings the tables up to the journal, for as long as there is somebody who appends.
#[derive(Debug)]
pub struct Projector {
    pub database: Database,
    pub terms: Terms,
    /// None while the database is away.
    pub store: Option<Store>,
    pub ladder: LadderId,
    /// The journal's folder.
    pub dir: PathBuf,
    /// The last record that the tables have.
    pub projected: Seq,
    /// The last record in the journal when this began. With [`Durability::Database`] nothing behind it was
    /// told to anybody before the tables had it.
    pub began_at: Seq,
    /// Of this writer's lease; None where there is none yet, since the database was away.
    pub epoch: Option<u64>,
}

/// How it goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Following {
    pub projected: Seq,
    pub is_connected: bool,
    /// How long the last batch took.
    pub statement_ms: f64,
}

/// Why a connection is of no further use.
enum Ended {
    /// Another has the lease.
    TakenOver,
    Store(StoreError),
    Journal(JournalError),
}

impl From<StoreError> for Ended {
    fn from(error: StoreError) -> Ended {
        Ended::Store(error)
    }
}

impl From<JournalError> for Ended {
    fn from(error: JournalError) -> Ended {
        Ended::Journal(error)
    }
}

impl Projector {
    /// Applies what `synced` allows. Ends with an error only where the database is not this ladder's, or
    /// was changed by another writer: to go on would part the two for good.
    pub async fn run(
        mut self,
        mut synced: watch::Receiver<Seq>,
        told: watch::Sender<Following>,
    ) -> anyhow::Result<()> {
        self.began_at = *synced.borrow();
        let mut careful = false;
        // What was said of it last: a line for each change, not for each attempt.
        let mut said = None;
        loop {
            let last = *synced.borrow();
            let ended = match self.connected(last).await? {
                Ok(mut store) => {
                    if said.is_some() && !careful {
                        let behind = synced.borrow().0.saturating_sub(self.projected.0);
                        tracing::warn!("the database is back, {behind} records behind");
                        said = None;
                    }
                    told.send_modify(|told| (told.is_connected, told.projected) = (true, self.projected));
                    match self.follow(&mut store, &mut careful, &mut synced, &told).await {
                        Ok(()) => return Ok(()),
                        Err(ended) => ended,
                    }
                }
                Err(error) => Ended::Store(error),
            };
            let (problem, pause) = match ended {
                Ended::Store(StoreError::Refused { what, reason }) => {
                    told.send_modify(|told| told.is_connected = true);
                    if !careful {
                        // One record at a time, so that all before the one it is about get in.
                        careful = true;
                        continue;
                    }
                    let follows = match self.terms.durability {
                        Durability::Journal => "The ladder goes on, and the tables stay behind",
                        Durability::Database => {
                            "With DURABILITY=database nobody is told of anything behind it until the database takes it: \
                             remove what refuses it, such as a constraint that was added by hand. The tables are"
                        }
                    };
                    let problem = format!(
                        "the database does not {what}: {reason}. {follows} at record {}",
                        self.projected
                    );
                    (problem, REFUSED_PAUSE)
                }
                Ended::TakenOver => return Err(self.taken_over()),
                // Where it is will be read again, and what it has already is skipped.
                Ended::Store(error @ StoreError::Elsewhere { .. }) => (error.to_string(), PAUSE),
                Ended::Store(StoreError::Newer(problem)) => return Err(unmendable(problem).into()),
                Ended::Store(error) => {
                    told.send_modify(|told| told.is_connected = false);
                    let problem =
                        format!("the database is away: {error}. The ladder goes on, and the tables follow");
                    (problem, PAUSE)
                }
                Ended::Journal(error) => {
                    let error = anyhow::Error::from(error);
                    (format!("the journal cannot be read for the database: {error:#}; trying again"), PAUSE)
                }
            };
            if said.as_ref() != Some(&problem) {
                tracing::error!("{problem}");
                said = Some(problem);
            }
            if tokio::time::timeout(pause, nobody_appends(&mut synced)).await.is_ok() {
                return Ok(());
            }
        }
    }

    /// The store, at a place that the journal agrees with, and ours. The outer error ends the writer.
    async fn connected(&mut self, last: Seq) -> anyhow::Result<Result<Store, StoreError>> {
        if let Some(store) = self.store.take() {
            return Ok(Ok(store));
        }
        let mut store = match Store::open(&self.database).await {
            Ok(store) => store,
            Err(error) => return Ok(Err(error)),
        };
        let progress = match store.progress().await {
            Ok(progress) => progress,
            Err(error) => return Ok(Err(error)),
        };
        match agree(&self.dir, self.ladder, last, &mut store, progress).await {
            Ok(Agreement::Parted(problem)) => return Err(problem.into()),
            Ok(Agreement::At(at)) if at > last => anyhow::bail!(
                "the database came back with record {at}, further than the journal, which ends with {last}: starting anew \
                 from the database"
            ),
            Ok(Agreement::At(at)) => self.projected = at,
            Err(error) => match error.downcast::<StoreError>() {
                Ok(error) => return Ok(Err(error)),
                Err(error) => return Err(error),
            },
        }
        match self.hold(&mut store).await {
            Ok(()) => Ok(Ok(store)),
            Err(error) => Ok(Err(error.downcast::<StoreError>()?)),
        }
    }

    /// Goes on with the lease. Takes it if the database was away when this writer began, or was put back
    /// from a backup meanwhile.
    async fn hold(&mut self, store: &mut Store) -> anyhow::Result<()> {
        let lease = store.lease().await?;
        match (self.epoch, &lease) {
            (Some(epoch), Some(lease)) if lease.epoch == epoch => store.set_epoch(epoch),
            (_, lease) if lease.as_ref().is_none_or(|lease| self.terms.is_ours(lease)) => {
                let is_behind = self.projected < self.began_at;
                self.terms = self.terms.take(store, self.ladder, is_behind, lease.as_ref()).await?;
                self.epoch = Some(store.epoch());
            }
            _ => return Err(self.taken_over()),
        }
        Ok(())
    }

    /// Whoever starts here next has to look at the database first.
    fn taken_over(&self) -> anyhow::Error {
        if let Err(error) = mark_incomplete(self.terms.data()) {
            tracing::error!("{error:#}");
        }
        unmendable(
            "another evoladder has taken the database over. What players were told here and the database does not have is \
             in this data folder alone. Stop one of the two"
                .to_owned(),
        )
        .into()
    }

    async fn renew(&mut self, store: &mut Store) -> Result<(), Ended> {
        let journal_ahead = self.terms.journal_ahead(self.projected < self.began_at);
        if !store.renew_lease(journal_ahead).await? {
            return Err(Ended::TakenOver);
        }
        if let Err(error) = self.terms.note(journal_ahead) {
            // It stays with what it says of itself, which asks for more care than it needs.
            tracing::warn!("{error:#}");
        }
        Ok(())
    }

    async fn follow(
        &mut self,
        store: &mut Store,
        careful: &mut bool,
        synced: &mut watch::Receiver<Seq>,
        told: &watch::Sender<Following>,
    ) -> Result<(), Ended> {
        let mut reader = Reader::new(&self.dir, self.projected);
        let mut renewal = tokio::time::interval(RENEWAL);
        renewal.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let due = async { synced.wait_for(|synced| *synced > self.projected).await.map(drop) };
            tokio::select! {
                biased;
                // Also finds out about a connection that died while nothing was to be done.
                _ = renewal.tick() => {
                    self.renew(store).await?;
                    continue;
                }
                due = due => if due.is_err() {
                    let needed = match self.terms.durability {
                        Durability::Journal => *synced.borrow(),
                        Durability::Database => self.began_at,
                    };
                    store.release_lease(self.projected < needed).await?;
                    return Ok(());
                },
            }
            let through = *synced.borrow_and_update();
            let records = reader.read(through, BATCH_BYTES)?;
            let mut rest = records.as_slice();
            let mut renewed_at = clock::instant();
            while !rest.is_empty() {
                if renewed_at.elapsed() > RENEWAL {
                    self.renew(store).await?;
                    renewed_at = clock::instant();
                }
                let batch = if *careful { &rest[..1] } else { rest };
                let began = clock::instant();
                failpoint::hit("db-writer: before the statement").ok();
                let last = store.apply(self.ladder, batch).await?;
                debug_each(&batch[..batch.partition_point(|record| record.seq <= last)], "in the tables");
                failpoint::hit("db-writer: after the statement").ok();
                rest = &rest[rest.partition_point(|record| record.seq <= last)..];
                self.projected = last;
                TOOK.took(began.elapsed());
                let statement_ms = began.elapsed().as_secs_f64() * 1000.0;
                told.send_replace(Following { projected: last, is_connected: true, statement_ms });
            }
            *careful = false;
        }
    }
}

async fn nobody_appends(synced: &mut watch::Receiver<Seq>) {
    while synced.changed().await.is_ok() {}
}
