//! Snapshots in the database: with one of them and the events behind it the database alone makes a ladder,
//! and a start over an empty folder need not begin at the first event.
//!
//! A file is kept in pieces, each by a statement of its own over a connection of its own, with pauses, so that
//! the tables do not wait for it. What was kept before a process died is not sent again. A snapshot counts
//! when all its pieces are there, and only one of whose record the database has the same event is kept.

use super::super::project::Following;
use super::holds;
use crate::clock;
use crate::snapshot::{PIECE_BYTES, Restored, Snapshot, SnapshotError};
use crate::store::{Database, KeptPart, Progress, Store, StoreError};
use anyhow::{Context, bail, ensure};
use ipc_schema::ids::{LadderId, Seq};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Whole ones that are kept: where one is damaged, there is the one before.
const KEPT: usize = 2;

/// Before another attempt, twice as long with each that fails.
const PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(120);

/// Keeps the newest snapshot that `made` has, for as long as there is somebody who makes them, once the tables
/// have its record.
pub(in crate::db_writer) async fn follow(
    database: Database,
    ladder: LadderId,
    mut made: watch::Receiver<Option<Arc<Snapshot>>>,
    mut following: watch::Receiver<Following>,
) {
    let (mut kept, mut pause, mut is_told) = (Seq(0), PAUSE, false);
    loop {
        let newer = |made: &Option<Arc<Snapshot>>| made.as_ref().is_some_and(|made| made.seq() > kept);
        let Ok(Some(snapshot)) = made.wait_for(newer).await.map(|made| made.clone()) else { return };
        let there = |at: &Following| at.is_connected && at.projected >= snapshot.seq();
        if following.wait_for(there).await.is_err() {
            return;
        }
        let keeping = async {
            let mut store = Store::open_beside(&database).await?;
            keep(&mut store, ladder, &snapshot, PIECE_BYTES).await
        };
        match keeping.await {
            Ok(()) => {
                if is_told {
                    tracing::warn!("snapshots are kept in the database again");
                }
                tracing::info!("the snapshot of record {} is in the database", snapshot.seq());
                (kept, pause, is_told) = (snapshot.seq(), PAUSE, false);
            }
            Err(error) => {
                if !is_told {
                    tracing::error!(
                        "cannot keep the snapshot of record {} in the database: {error:#}; trying again. Nothing is lost by it",
                        snapshot.seq()
                    );
                }
                is_told = true;
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}

/// Has the database keep this snapshot of `ladder`, in pieces of `piece_bytes`, and of the others the newest
/// whole ones. Where it has a newer one already, nothing is to be done.
pub async fn keep(
    store: &mut Store,
    ladder: LadderId,
    snapshot: &Arc<Snapshot>,
    piece_bytes: usize,
) -> anyhow::Result<()> {
    let seq = snapshot.seq();
    ensure!(snapshot.mark().ladder == ladder, "it is of ladder {:016x}", snapshot.mark().ladder.0);
    let progress = store.progress().await?.context("there is no record in the database")?;
    ensure!(holds(store, snapshot).await?, "the database has not the record that it was made of");
    let mut whole = whole_ones(store, progress.seq).await?;
    if whole.first().is_some_and(|newest| *newest >= seq) {
        return Ok(());
    }
    whole.truncate(KEPT);
    // Also what is left of one that was never finished, before more is sent.
    store.remove_snapshots_but(&[&whole[..], &[seq]].concat()).await?;

    let to_sum = Arc::clone(snapshot);
    let sums = tokio::task::spawn_blocking(move || to_sum.sums(piece_bytes)).await??;
    let parts = u32::try_from(sums.len()).context("number the pieces")?;
    let wanted = (0..).zip(sums).map(|(part, checksum)| KeptPart { part, parts, checksum });
    let wanted: Vec<KeptPart> = wanted.collect();
    let mut there = store.kept_parts(seq).await?;
    if there.iter().any(|part| !wanted.contains(part)) {
        // Of another file for the same record, as another build makes it.
        store.remove_snapshots_but(&whole).await?;
        there.clear();
    }
    for part in wanted.into_iter().filter(|part| !there.contains(part)) {
        let (from, began) = (Arc::clone(snapshot), clock::instant());
        let piece =
            tokio::task::spawn_blocking(move || from.piece(part.part as usize, piece_bytes)).await??;
        let piece = piece.filter(|piece| crc32c::crc32c(piece) == part.checksum);
        let piece = piece.context("the file has changed")?;
        ensure!(store.keep_part(ladder, seq, part, piece).await?, "the database was changed meanwhile");
        // The line to the database is the others' for as long.
        tokio::time::sleep(began.elapsed()).await;
    }
    let mut whole = whole_ones(store, progress.seq).await?;
    ensure!(whole.contains(&seq), "some of it was removed meanwhile");
    whole.truncate(KEPT);
    Ok(store.remove_snapshots_but(&whole).await?)
}

/// The records of the whole ones up to where the tables are, newest first.
async fn whole_ones(store: &mut Store, at: Seq) -> Result<Vec<Seq>, StoreError> {
    let kept = store.kept_snapshots().await?;
    Ok(kept.iter().filter(|kept| kept.is_whole() && kept.seq <= at).map(|kept| kept.seq).collect())
}

/// Takes the newest whole snapshot of the database into the folder, where that has none as new: `ours` is its
/// newest. One that is damaged, or not of what the database holds, is passed over with a warning.
pub(in crate::db_writer) async fn restore(
    store: &mut Store,
    progress: Progress,
    dir: &Path,
    ours: Option<Seq>,
) -> anyhow::Result<Option<Snapshot>> {
    for kept in whole_ones(store, progress.seq).await? {
        if ours.is_some_and(|ours| kept <= ours) {
            break;
        }
        match restore_one(store, progress.ladder, dir, kept).await {
            Ok(snapshot) => {
                tracing::info!("took the snapshot of record {kept} from the database");
                return Ok(Some(snapshot));
            }
            Err(error) if passes(&error) => {
                tracing::warn!("passing over the snapshot of record {kept} in the database: {error:#}");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// Whether another snapshot, or the events, may do instead: database and disk answer.
fn passes(error: &anyhow::Error) -> bool {
    let of_file = !matches!(error.downcast_ref(), Some(SnapshotError::Disk { .. }));
    of_file && matches!(error.downcast_ref(), None | Some(StoreError::Unread(_)))
}

async fn restore_one(store: &mut Store, ladder: LadderId, dir: &Path, seq: Seq) -> anyhow::Result<Snapshot> {
    let mut restored = Restored::begin(dir, seq)?;
    for part in store.kept_parts(seq).await? {
        let (bytes, checksum) = store.kept_part(seq, part.part).await?.context("a part is gone")?;
        if crc32c::crc32c(&bytes) != checksum {
            bail!("part {} is damaged", part.part);
        }
        restored.push(&bytes)?;
    }
    let whole = restored.check()?;
    let theirs = whole.snapshot().mark().ladder;
    ensure!(
        theirs == ladder,
        "it is of ladder {:016x}, and the events of ladder {:016x}",
        theirs.0,
        ladder.0
    );
    ensure!(holds(store, whole.snapshot()).await?, "it is of another history than the events");
    Ok(whole.publish()?)
}
