//! Who may write to the tables, from the first look to letting go.
//!
//! A data folder has a name of its own, under which its writer holds the lease in the database. Who
//! finds it held stands by. A folder that wrote after it had last been let go in good order may have what
//! the database does not have, so nobody else goes on without it unasked.

use super::reconcile::unmendable;
use crate::config::{self, Durability};
use crate::store::{Lease, Store, StoreError};
use anyhow::Context;
use ipc_schema::ids::LadderId;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::time::Duration;

/// The file in the data folder that has the folder's name.
const HOLDER: &str = "holder";

/// Between two looks at a lease that another has.
const LOOK: Duration = Duration::from_secs(1);

/// As whom, and how, this writer holds the lease.
#[derive(Debug, Clone)]
pub struct Terms {
    /// The name of the data folder.
    pub holder: String,
    pub durability: Durability,
    /// The folder whose last moments the operator gives up.
    pub abandoned: Option<String>,
}

impl Terms {
    /// Those of a data folder, which gets its name if it has none.
    pub fn of(data: &Path, durability: Durability, abandoned: Option<String>) -> anyhow::Result<Terms> {
        let path = data.join(HOLDER);
        let holder = match std::fs::read_to_string(&path) {
            Ok(text) => text.trim().to_owned(),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let name = format!("{:016x}", super::by_chance()?);
                let beside = path.with_extension("part");
                let written = File::create(&beside).and_then(|mut file| {
                    writeln!(file, "{name}")?;
                    file.sync_all()?;
                    std::fs::rename(&beside, &path)?;
                    File::open(data)?.sync_all()
                });
                written.with_context(|| format!("write {}", path.display()))?;
                name
            }
            Err(error) => return Err(error).with_context(|| format!("read {}", path.display())),
        };
        Ok(Terms { holder, durability, abandoned })
    }

    /// Whether the folder may have what the database does not have.
    pub(super) fn journal_ahead(&self, is_behind: bool) -> bool {
        self.durability == Durability::Journal || is_behind
    }

    /// The lease once nobody else holds it. `stands_by` is told what is waited for.
    pub(super) async fn wait(
        &self,
        store: &mut Store,
        stands_by: &dyn Fn(&str),
    ) -> Result<Option<Lease>, StoreError> {
        let mut told = None;
        loop {
            let lease = store.lease().await?;
            let Some(held) =
                lease.as_ref().filter(|lease| lease.holder != self.holder && lease.left.is_some())
            else {
                return Ok(lease);
            };
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
        let Some(lease) = lease.filter(|lease| lease.journal_ahead && lease.holder != self.holder) else {
            return Ok(());
        };
        if self.abandoned.as_ref() == Some(&lease.holder) {
            tracing::warn!(
                "going on without what the data folder {} may have beyond the database",
                lease.holder
            );
            return Ok(());
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
        let taken = store.take_lease(ladder, &self.holder, self.journal_ahead(is_behind), seen).await?;
        anyhow::ensure!(taken, "another evoladder has just taken the database");
        Ok(())
    }
}
