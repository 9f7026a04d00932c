//! Journal and database of one ladder: whether they belong together, and the journal brought up to the
//! database. [`super::project`] does the other direction.

use super::{JOURNAL, Opening, SNAPSHOTS};
use crate::clock;
use crate::config::Faults;
use crate::journal::reader::Reader;
use crate::journal::{Journal, JournalError};
use crate::store::{self, Lease, Progress, RENEWAL, Store, StoreError};
use anyhow::{Context, bail};
use ipc_schema::db_writer::Record;
use ipc_schema::ids::{LadderId, Seq};
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Before the database is tried again by a start that needs it.
const PAUSE: Duration = Duration::from_secs(1);

/// In the data folder while the journal is filled from the database: what has only a part of the ladder must
/// not go on alone.
const FILLING: &str = "journal.filling";

/// The database as a start finds it.
pub(super) struct Connected {
    pub(super) store: Store,
    pub(super) progress: Option<Progress>,
    /// Which nobody else holds.
    pub(super) lease: Option<Lease>,
}

/// The database, once nobody else writes to it. None while it is away, if the folder holds a journal to
/// start from; a start without one waits.
pub(super) async fn connect(opening: &Opening<'_>) -> anyhow::Result<Option<Connected>> {
    let Opening { data, database, terms, stands_by } = opening;
    let mut said = None;
    loop {
        let opened = async {
            let mut store = Store::open(*database).await?;
            let lease = terms.wait(&mut store, *stands_by).await?;
            let progress = store.progress().await?;
            anyhow::Ok(Connected { store, progress, lease })
        };
        let opened = match opened.await {
            Ok(connected) => Ok(connected),
            Err(error) => Err(error.downcast::<StoreError>()?),
        };
        match opened {
            Ok(connected) => {
                terms.refuse_loss(connected.lease.as_ref())?;
                return Ok(Some(connected));
            }
            Err(StoreError::Newer(problem)) => return Err(unmendable(problem).into()),
            Err(error) if !database.is_server() => return Err(error.into()),
            Err(error) if is_whole(data)? => {
                tracing::error!(
                    "the database is away: {error}. The ladder starts from its folder, and the tables follow"
                );
                return Ok(None);
            }
            Err(StoreError::Away(problem)) => {
                if said.as_ref() != Some(&problem) {
                    tracing::error!(
                        "waiting for the database, since the data folder holds no whole journal to start from: {problem}"
                    );
                    stands_by("the database answers");
                    said = Some(problem);
                }
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => return Err(unmendable(error.to_string()).into()),
        }
    }
}

/// Whether the folder has a journal of its own that can go on alone.
fn is_whole(data: &Path) -> anyhow::Result<bool> {
    if data.join(FILLING).exists() {
        return Ok(false);
    }
    let folder = data.join(JOURNAL);
    if !folder.exists() {
        return Ok(false);
    }
    match Reader::new(&folder, Seq(0)).read_what_is_there(1) {
        Ok(records) => Ok(!records.is_empty()),
        Err(JournalError::Trimmed { .. }) => Ok(true),
        // Whatever is wrong with it, opening it says so.
        Err(_) => Ok(true),
    }
}

/// Brings the journal up to the database, which agrees with it. Returns where the database is.
pub(super) async fn reconcile(
    data: &Path,
    journal: &mut Journal,
    store: &mut Store,
    progress: Option<Progress>,
) -> anyhow::Result<Seq> {
    let seq = match agree(journal.dir(), journal.ladder(), journal.last(), store, progress).await? {
        Agreement::At(seq) => seq,
        Agreement::Parted(problem) => return Err(problem.into()),
    };
    if journal.last() < seq {
        mark_incomplete(data)?;
    }
    let mut renewed_at = clock::instant();
    while journal.last() < seq {
        if renewed_at.elapsed() > RENEWAL {
            store.keep_lease().await?;
            renewed_at = clock::instant();
        }
        let records = store.records_after(journal.last(), 1000).await?;
        if records.is_empty() {
            bail!(unmendable(format!(
                "the database says it is at record {seq}, but has no event after {}: it is damaged",
                journal.last()
            )));
        }
        journal.append(&records).context("fill the journal from the database")?;
    }
    let marker = data.join(FILLING);
    if marker.exists() {
        std::fs::remove_file(&marker).context("mark the journal as whole")?;
    }
    Ok(seq)
}

/// From here on a start does without the database only once the journal is filled from it.
pub(super) fn mark_incomplete(data: &Path) -> anyhow::Result<()> {
    let marked = File::create(data.join(FILLING)).and_then(|file| file.sync_all());
    marked.and_then(|()| File::open(data)?.sync_all()).context("mark the journal as incomplete")
}

/// Whether journal and database had the same past.
#[derive(Debug)]
pub(super) enum Agreement {
    /// They had, and this is where the database is.
    At(Seq),
    /// Both have a record that the other has otherwise.
    Parted(Faults),
}

/// Holds the database against the journal in `dir`, which ends with `last`. Refuses one of another ladder.
pub(super) async fn agree(
    dir: &Path,
    ladder: LadderId,
    last: Seq,
    store: &mut Store,
    progress: Option<Progress>,
) -> anyhow::Result<Agreement> {
    let at = progress.map_or(Seq(0), |progress| progress.seq);
    if at < last
        && let Err(JournalError::Trimmed { first, .. }) = record(dir, Seq(at.0 + 1)).await
    {
        bail!(unmendable(format!(
            "the journal begins with record {first}, and the database ends with record {at}: what is between them was \
             removed from the journal because a database had it, and no snapshot has events. Put that database back, or a \
             backup of it that reaches record {}. To go on from record {at}, without all that players were told since, \
             move the folders {JOURNAL} and {SNAPSHOTS} out of the data folder",
            first.0 - 1
        )));
    }
    let Some(progress) = progress else { return Ok(Agreement::At(at)) };
    if progress.ladder != ladder {
        bail!(unmendable(format!(
            "the journal holds ladder {:016x}, the database ladder {:016x}; give the journal's folder the database it belongs to",
            ladder.0, progress.ladder.0
        )));
    }
    // The newest record that both have, whichever of them is behind.
    let common = last.min(at);
    if common == Seq(0) {
        return Ok(Agreement::At(at));
    }
    let ours = match record(dir, common).await {
        Ok(ours) => ours.as_ref().map(store::checksum_of),
        Err(JournalError::Trimmed { .. }) => return Ok(Agreement::At(at)),
        Err(error) => return Err(error.into()),
    };
    let theirs = if common == at {
        Some(progress.checksum)
    } else {
        store.records_after(Seq(common.0 - 1), 1).await?.first().map(store::checksum_of)
    };
    if ours != theirs {
        return Ok(Agreement::Parted(unmendable(format!(
            "journal and database of ladder {:016x} differ at record {common}: one of them was put back from a \
             backup and then went on by itself. Move away the one that is not to be kept",
            ladder.0
        ))));
    }
    Ok(Agreement::At(at))
}

/// One record of the journal in `dir`. To find it a whole segment may have to be read, while whoever asks has
/// players to answer.
async fn record(dir: &Path, seq: Seq) -> Result<Option<Record>, JournalError> {
    let mut reader = Reader::new(dir, Seq(seq.0 - 1));
    let read = tokio::task::spawn_blocking(move || reader.read(seq, 1)).await;
    Ok(read.expect("the journal's reader does not panic")?.pop())
}

/// Moves what the folder has of the ladder out of the way of what the database has: into a folder beside it,
/// named for the `epoch` that followed.
pub(super) fn set_aside(data: &Path, epoch: u64) -> anyhow::Result<PathBuf> {
    // From here on this folder waits for the database.
    mark_incomplete(data)?;
    let aside = data.join(format!("superseded-{epoch}"));
    std::fs::create_dir_all(&aside).with_context(|| format!("create {}", aside.display()))?;
    // The journal last: while it is there, the next start finds as this one did that the two have parted.
    for name in [SNAPSHOTS, JOURNAL] {
        match std::fs::rename(data.join(name), aside.join(name)) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("move {name} to {}", aside.display()));
            }
            Ok(()) | Err(_) => {}
        }
    }
    File::open(data).and_then(|data| data.sync_all()).context("sync the data folder")?;
    Ok(aside)
}

/// What another start will find as it is: only the operator can mend it, so it ends like a wrong
/// configuration.
pub(super) fn unmendable(problem: String) -> Faults {
    Faults(vec![problem])
}
