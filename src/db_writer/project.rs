//! From journal to database, behind the ladder's back: it reads what is synced from the journal's
//! own files, so nothing has to be queued however long the database is away.

use crate::failpoint;
use crate::journal::reader::Reader;
use crate::store::Store;
use ipc_schema::ids::{LadderId, Seq};
use std::time::Duration;
use tokio::sync::watch;

/// Stored bytes applied in one transaction, about.
const BATCH_BYTES: usize = 1 << 20;

/// Before another attempt after an error.
const PAUSE: Duration = Duration::from_secs(1);

/// Applies what `synced` allows, for ever. `projected` says how far the tables are.
pub async fn run(
    mut store: Store,
    ladder: LadderId,
    mut reader: Reader,
    mut synced: watch::Receiver<Seq>,
    projected: watch::Sender<Seq>,
) {
    while synced.wait_for(|synced| *synced > reader.after()).await.is_ok() {
        let through = *synced.borrow_and_update();
        let before = reader.after();
        let applied = async {
            let records = reader.read(through, BATCH_BYTES)?;
            failpoint::hit("db-writer: before the statement")?;
            store.apply(ladder, &records).await?;
            failpoint::hit("db-writer: after the statement")?;
            anyhow::Ok(())
        };
        match applied.await {
            Ok(()) => drop(projected.send_replace(reader.after())),
            Err(error) => {
                tracing::error!("the database does not follow from record {before}: {error:#}; trying again");
                tokio::time::sleep(PAUSE).await;
                if let Err(error) = store.reconnect().await {
                    tracing::error!("{error:#}");
                    reader.go_to(before);
                    continue;
                }
                // A lost answer leaves it open whether the batch is in; the progress row knows.
                let at = store.progress().await.ok().flatten().map_or(before, |progress| progress.seq);
                reader.go_to(at);
            }
        }
    }
}
