//! Who may write to the tables, from the first look to letting go.
//!
//! A data folder has a name of its own, under which its writer holds the lease in the database, and knows
//! the newest epoch that it held: a copy of it that is older is another folder. Who finds the lease held
//! stands by. A folder that wrote after it had last been let go in good order may have what the database
//! does not have, so nobody else goes on without it unasked.

use super::reconcile::{mark_incomplete, unmendable};
use crate::clock;
use crate::config::{self, Durability};
use crate::store::{Claim, LEASE, Lease, RENEWAL, Store};
use anyhow::Context;
use ipc_schema::ids::LadderId;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The file in the data folder that has the folder's name, its newest epoch, and [`TOLD_BY_DATABASE`] where that is so.
const HOLDER: &str = "holder";

/// What is in the folder and not in the database was told to nobody.
const TOLD_BY_DATABASE: &str = "told by the database";

/// Between two looks at a lease that another has.
const LOOK: Duration = Duration::from_secs(1);

/// A holder that said nothing for so long by the clock of who waits is gone, whatever the database's clock says.
const SILENCE: Duration = LEASE.saturating_add(RENEWAL);

/// Listens to the holder of a lease by a clock of its own: if the database's clock is set back, that
/// prolongs a lease by as much.
#[derive(Debug, Default)]
struct Listening {
    /// Epoch and end of the lease, and when they were first seen so.
    heard: Option<(u64, i64, Instant)>,
}

impl Listening {
    fn is_silent(&mut self, lease: &Lease, now: Instant) -> bool {
        match self.heard {
            Some((epoch, until_ms, at)) if (epoch, until_ms) == (lease.epoch, lease.until_ms) => {
                now.duration_since(at) > SILENCE
            }
            _ => {
                self.heard = Some((lease.epoch, lease.until_ms, now));
                false
            }
        }
    }
}

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
    /// Whether all that was told of this folder's ladder is in the database, as its file has it.
    told_by_database: bool,
}

impl Terms {
    /// Those of a data folder, which gets its name if it has none.
    pub fn of(data: &Path, durability: Durability, abandoned: Option<String>) -> anyhow::Result<Terms> {
        let path = data.join(HOLDER);
        let read = match std::fs::read_to_string(&path) {
            Ok(text) => {
                let mut lines = text.lines();
                let holder = lines.next().unwrap_or_default().to_owned();
                let epoch = lines.next().unwrap_or("0").trim().parse();
                let epoch = epoch.with_context(|| format!("read {}", path.display()))?;
                Some((holder, epoch, lines.next() == Some(TOLD_BY_DATABASE)))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(error).with_context(|| format!("read {}", path.display())),
        };
        let is_new = read.is_none();
        let (holder, epoch, told_by_database) = match read {
            Some(known) => known,
            None => (format!("{:016x}", super::by_chance()?), 0, false),
        };
        let terms = Terms { data: data.to_owned(), holder, epoch, durability, abandoned, told_by_database };
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
            writeln!(file, "{}\n{}", self.holder, self.epoch)?;
            if self.told_by_database {
                writeln!(file, "{TOLD_BY_DATABASE}")?;
            }
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

    /// Whether another went on from the database while nothing that was told was in this folder alone.
    pub(super) fn was_followed(&self, lease: &Lease) -> bool {
        self.told_by_database && !self.is_ours(lease)
    }

    /// Keeps in the folder what was just said of it in the database.
    pub(super) fn note(&mut self, journal_ahead: bool) -> anyhow::Result<()> {
        if self.told_by_database != journal_ahead {
            return Ok(());
        }
        self.told_by_database = !journal_ahead;
        self.write()
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
        let mut listening = Listening::default();
        loop {
            let mut lease = store.lease().await?;
            let Some(held) = lease.as_mut().filter(|lease| !self.is_ours(lease) && lease.left.is_some())
            else {
                return Ok(lease);
            };
            if listening.is_silent(held, clock::instant()) {
                held.left = None;
                return Ok(lease);
            }
            if told.is_none() {
                // While another goes on, this folder falls behind, and must not start alone should the database be away.
                mark_incomplete(&self.data)?;
            }
            if told.as_ref() != Some(&held.holder) {
                stands_by(&format!(
                    "another evoladder, whose data folder is {}, lets go of the database or is silent for {} s",
                    held.holder,
                    LEASE.as_secs()
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

    /// Takes the lease that was `seen`. Returns the terms on which it is held.
    pub(super) async fn take(
        &self,
        store: &mut Store,
        ladder: LadderId,
        is_behind: bool,
        seen: Option<&Lease>,
    ) -> anyhow::Result<Terms> {
        if !store.has_lease() {
            return Ok(self.clone());
        }
        let epoch = seen.map_or(0, |seen| seen.epoch).max(self.epoch) + 1;
        // Before it is taken, so that the folder knows it whatever becomes of the answer.
        let journal_ahead = self.journal_ahead(is_behind);
        let terms = Terms { epoch, told_by_database: !journal_ahead, ..self.clone() };
        terms.write()?;
        let claim = Claim {
            ladder,
            holder: &self.holder,
            epoch,
            journal_ahead,
            seen,
            is_free: seen.is_none_or(|seen| self.is_ours(seen) || seen.left.is_none()),
        };
        let taken = store.take_lease(claim).await?;
        anyhow::ensure!(taken, "another evoladder has just taken the database");
        Ok(terms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_holder_is_silent_when_its_lease_has_not_changed_for_20_s_of_our_own_clock() {
        let mut listening = Listening::default();
        let began = clock::instant();
        for (second, epoch, until_ms, expected) in [
            (0, 1, 15_000, false),
            (5, 1, 20_000, false),
            // The database's clock goes back an hour; its holder speaks up once more, by that clock.
            (24, 1, 20_000, false),
            (25, 1, -3_560_000, false),
            (45, 1, -3_560_000, false),
            (46, 1, -3_560_000, true),
            (47, 2, -3_560_000, false),
        ] {
            let lease = Lease {
                ladder: LadderId(1),
                holder: "a".to_owned(),
                epoch,
                left: Some(LEASE),
                until_ms,
                journal_ahead: false,
            };
            let now = began + Duration::from_secs(second);
            assert_eq!(listening.is_silent(&lease, now), expected, "second {second}");
        }
    }
}
