//! Replay files in a table of the database, for hosts where neither a volume nor an object store outlives
//! the container.

use crate::store::{Database, Store, StoreError};
use ipc_schema::vocab::FileHash;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;

/// Files under way at a time, and connections for them: one of 300 KB takes some milliseconds and a round trip.
const AT_A_TIME: usize = 2;

/// A handle to the table. Clones share its connections.
#[derive(Debug, Clone)]
pub(super) struct Table {
    database: Database,
    turns: Arc<Semaphore>,
    /// Connections that nobody uses at the moment.
    idle: Arc<Mutex<Vec<Store>>>,
}

impl Table {
    /// Reaches nothing yet.
    pub(super) fn of(database: &Database) -> Table {
        Table { database: database.clone(), turns: Arc::new(Semaphore::new(AT_A_TIME)), idle: Arc::default() }
    }

    /// Returns when the table has it, whether it had it before or not.
    pub(super) async fn put(&self, hash: FileHash, bytes: &[u8]) -> Result<(), StoreError> {
        self.with(async |store| store.keep_replay(hash, bytes).await).await
    }

    pub(super) async fn get(&self, hash: FileHash) -> Result<Option<Vec<u8>>, StoreError> {
        self.with(async |store| store.kept_replay(hash).await).await
    }

    /// A connection that did not answer, or whose question was given up, is not used again.
    async fn with<T>(
        &self,
        ask: impl AsyncFnOnce(&mut Store) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let _turn = self.turns.acquire().await.expect("nobody closes it");
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = idle().pop();
        let mut store = match taken {
            Some(store) => store,
            None => Store::open_beside(&self.database).await?,
        };
        let answer = ask(&mut store).await?;
        idle().push(store);
        Ok(answer)
    }
}
