//! Who may write to the tables, from the first look to letting go.
//!
//! A data folder has a name of its own, under which its writer holds the lease in the database, and knows
//! the newest epoch that it held: a copy of it that is older is another folder. Who finds the lease held
//! stands by. A folder that wrote after it had last been let go in good order may have what the database
//! does not have, so nobody else goes on without it unasked.

use super::reconcile::{mark_incomplete, unmendable};
use crate::config::{self, Durability};
use crate::store::{Claim, Lease, Store};
use anyhow::Context;
use ipc_schema::ids::LadderId;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The file in the data folder that has the folder's name, and its newest epoch.
const HOLDER: &str = "holder";

/// Between two looks at a lease that another has.
const LOOK: Duration = Duration::from_secs(1);

/// As whom, and how, this writer holds the lease.
#[derive(Debug, Clone)]
pub struct Terms {
    data: PathBuf,
    /// The name of the data folder.
    pub holder: String,
    /// The newest that it held, or tried to.
    pub epoch: u64,
    pub durability: Durability,
    /// The folder whose last moments the operator gives up.
    pub abandoned: Option<String>,
}

impl Terms {
    /// Those of a data folder, which gets its name if it has none.
    pub fn of(data: &Path, durability: Durability, abandoned: Option<String>) -> anyhow::Result<Terms> {
        let path = data.join(HOLDER);
        let read = match std::fs::read_to_string(&path) {
            Ok(text) => {
                let (holder, epoch) = text.split_once('\n').unwrap_or((&text, "0"));
                let epoch = epoch.trim().parse();
                Some((holder.to_owned(), epoch.with_context(|| format!("read {}", path.display()))?))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(error).with_context(|| format!("read {}", path.display())),
        };
        let is_new = read.is_none();
        let (holder, epoch) = match read {
            Some(known) => known,
            None => (format!("{:016x}", super::by_chance()?), 0),
        };
        let terms = Terms { data: data.to_owned(), holder, epoch, durability, abandoned };
        if is_new {
            terms.write()?;
        }
        Ok(terms)
    }

    pub(super) fn data(&self) -> &Path {
        &self.data
    }

    fn write(&self) -> anyhow::Result<()> {
        let path = self.data.join(HOLDER);
        let beside = path.with_extension("part");
        let written = File::create(&beside).and_then(|mut file| {
            write!(file, "{}\n{}\n", self.holder, self.epoch)?;
            file.sync_all()?;
            std::fs::rename(&beside, &path)?;
            File::open(&self.data)?.sync_all()
        });
        written.with_context(|| format!("write {}", path.display()))
    }

    /// Whether this folder held the lease last, or was further than the database is after a backup.
    pub(super) fn is_ours(&self, lease: &Lease) -> bool {
        lease.holder == self.holder && lease.epoch <= self.epoch
    }

    /// Whether the folder may have what the database does not have and players were told. `is_behind`:
    /// whether the database lacks what was in the folder when this writer began.
    pub(super) fn journal_ahead(&self, is_behind: bool) -> bool {
        self.durability == Durability::Journal || is_behind
    }

    /// The lease once nobody else holds it. `stands_by` is told what is waited for.
    pub(super) async fn wait(
        &self,
        store: &mut Store,
        stands_by: &dyn Fn(&str),
    ) -> anyhow::Result<Option<Lease>> {
        let mut told = None;
        loop {
            let lease = store.lease().await?;
            let Some(held) = lease.as_ref().filter(|lease| !self.is_ours(lease) && lease.left.is_some())
            else {
                return Ok(lease);
            };
            if told.is_none() {
                // While another goes on, this folder falls behind, and must not start alone should the database be away.
                mark_incomplete(&self.data)?;
            }
            if told.as_ref() != Some(&held.holder) {
                stands_by(&format!(
                    "another evoladder, whose data folder is {}, lets go of the database or is silent for {} s",
                    held.holder,
                    crate::store::LEASE.as_secs()
                ));
                told = Some(held.holder.clone());
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Refuses to go on without what another folder may have.
    pub(super) fn refuse_loss(&self, lease: Option<&Lease>) -> anyhow::Result<()> {
        let Some(lease) = lease.filter(|lease| lease.journal_ahead && !self.is_ours(lease)) else {
            return Ok(());
        };
        if self.abandoned.as_ref() == Some(&lease.holder) {
            tracing::warn!(
                "going on without what the data folder {} may have beyond the database",
                lease.holder
            );
            return Ok(());
        }
        if lease.holder == self.holder {
            return Err(unmendable(format!(
                "this data folder is an older copy of the one that the last evoladder on this database kept its journal in, \
                 and that one did not stop in good order: the last moments that players were told of may be in it alone. \
                 Start over that one, or set {}={} to go on without them",
                config::ABANDON_JOURNAL,
                lease.holder
            ))
            .into());
        }
        Err(unmendable(format!(
            "the last evoladder on this database kept its journal in the data folder {} and did not stop in good order: the \
             last moments that players were told of may be in that folder alone. Start over that folder (its file `{HOLDER}` has \
             the name), or set {}={} to go on without them",
            lease.holder,
            config::ABANDON_JOURNAL,
            lease.holder
        ))
        .into())
    }

    pub(super) async fn take(
        &self,
        store: &mut Store,
        ladder: LadderId,
        is_behind: bool,
        seen: Option<&Lease>,
    ) -> anyhow::Result<()> {
        if !store.has_lease() {
            return Ok(());
        }
        let epoch = seen.map_or(0, |seen| seen.epoch).max(self.epoch) + 1;
        // Before it is taken, so that the folder knows it whatever becomes of the answer.
        Terms { epoch, ..self.clone() }.write()?;
        let claim = Claim {
            ladder,
            holder: &self.holder,
            epoch,
            journal_ahead: self.journal_ahead(is_behind),
            seen,
            is_ours: seen.is_none_or(|seen| self.is_ours(seen)),
        };
        let taken = store.take_lease(claim).await?;
        anyhow::ensure!(taken, "another evoladder has just taken the database");
        Ok(())
    }
}
