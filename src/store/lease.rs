//! Who may write to tables in PostgreSQL: one row, held for a while by the clock of the database. An
//! SQLite file needs none, since the lock of its folder says the same.

use super::{Database, Store, StoreError};
use ipc_schema::ids::LadderId;
use std::time::Duration;

/// A holder that was silent for so long may be followed by another.
pub const LEASE: Duration = Duration::from_secs(15);

/// How often a holder speaks up.
pub const RENEWAL: Duration = Duration::from_secs(5);

/// By the clock of the database, which two machines have in common.
const NOW_MS: &str = "(extract(epoch from clock_timestamp()) * 1000)::bigint";

/// The row as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    pub ladder: LadderId,
    /// Of the data folder of who wrote last.
    pub holder: String,
    /// Goes up by one whenever it is taken.
    pub epoch: u64,
    /// None if it is over, or was let go.
    pub left: Option<Duration>,
    /// Until when, in milliseconds by the clock of the database: another number whenever its holder spoke up.
    pub until_ms: i64,
    /// Whether that folder may have records that are not here.
    pub journal_ahead: bool,
}

/// Who wants it, and what the row was when it was looked at.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    pub ladder: LadderId,
    pub holder: &'a str,
    /// The one that is to begin.
    pub epoch: u64,
    pub journal_ahead: bool,
    pub seen: Option<&'a Lease>,
    /// Whether it need not be over to be taken: it is ours, or its holder was silent for as long by our own clock.
    pub is_free: bool,
}

impl Store {
    /// Whether there is a lease to hold: an SQLite file has none.
    pub fn has_lease(&self) -> bool {
        matches!(self.database, Database::Server(_))
    }

    /// None where nobody has written yet, and for an SQLite file.
    pub async fn lease(&mut self) -> Result<Option<Lease>, StoreError> {
        let mut lease = None;
        if !self.has_lease() {
            return Ok(lease);
        }
        let query = format!(
            "select ladder_id, holder, epoch, expires_at_ms - {NOW_MS}, expires_at_ms, case when journal_ahead then 1 else 0 end::bigint
             from lease"
        );
        self.each(&query, vec![], |mut row| {
            lease = Some(Lease {
                ladder: super::ladder_id(&row.text()?)?,
                holder: row.text()?,
                epoch: row.number()?,
                left: u64::try_from(row.int()?).ok().filter(|left| *left > 0).map(Duration::from_millis),
                until_ms: row.int()?,
                journal_ahead: row.int()? == 1,
            });
            Ok(())
        })
        .await?;
        Ok(lease)
    }

    /// Takes the lease, and the tables with it, if it still is as it was seen, and is over or ours. The
    /// store goes on under the epoch that begins; false if another was faster.
    pub async fn take_lease(&mut self, claim: Claim<'_>) -> Result<bool, StoreError> {
        let Claim { ladder, holder, epoch, journal_ahead, seen, is_free } = claim;
        let query = format!(
            "with taken as (
                 insert into lease (id, ladder_id, holder, epoch, expires_at_ms, journal_ahead)
                 values (1, $1, $2, $6, {NOW_MS} + $4, $5 = 1)
                 on conflict (id) do update set ladder_id = excluded.ladder_id, holder = excluded.holder,
                     epoch = excluded.epoch, expires_at_ms = excluded.expires_at_ms, journal_ahead = excluded.journal_ahead
                 where lease.epoch = $3 and (lease.expires_at_ms = $8 and $7 = 1 or lease.expires_at_ms <= {NOW_MS})
                 returning epoch
             ), fenced as (
                 update progress set epoch = taken.epoch from taken
             )
             select epoch from taken"
        );
        let values = vec![
            format!("{:016x}", ladder.0).into(),
            holder.into(),
            seen.map_or(0, |seen| seen.epoch).into(),
            millis(LEASE).into(),
            i64::from(journal_ahead).into(),
            epoch.into(),
            i64::from(is_free).into(),
            seen.map_or(0, |seen| seen.until_ms).into(),
        ];
        let mut taken = None;
        self.each(&query, values, |mut row| {
            taken = Some(row.number()?);
            Ok(())
        })
        .await?;
        self.epoch = taken.unwrap_or(self.epoch);
        Ok(taken.is_some())
    }

    /// Speaks up. False if another has taken the lease, and so everything.
    pub async fn renew_lease(&mut self, journal_ahead: bool) -> Result<bool, StoreError> {
        self.set_lease(LEASE, Some(journal_ahead)).await
    }

    /// Speaks up, and says nothing new. False as of [`Store::renew_lease`].
    pub async fn keep_lease(&mut self) -> Result<bool, StoreError> {
        self.set_lease(LEASE, None).await
    }

    /// Lets go, so that another need not wait. `journal_ahead` as it will be found.
    pub async fn release_lease(&mut self, journal_ahead: bool) -> Result<(), StoreError> {
        self.set_lease(Duration::ZERO, Some(journal_ahead)).await.map(drop)
    }

    async fn set_lease(&mut self, left: Duration, journal_ahead: Option<bool>) -> Result<bool, StoreError> {
        if !self.has_lease() {
            self.ping().await?;
            return Ok(true);
        }
        let query = format!(
            "update lease set expires_at_ms = {NOW_MS} + $2, journal_ahead = coalesce($3 = 1, journal_ahead) where epoch = $1 returning epoch"
        );
        let values = vec![self.epoch.into(), millis(left).into(), journal_ahead.map(i64::from).into()];
        let mut is_ours = false;
        self.each(&query, values, |_| {
            is_ours = true;
            Ok(())
        })
        .await?;
        Ok(is_ours)
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).expect("a lease is short")
}
