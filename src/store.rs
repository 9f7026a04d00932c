//! The database, and the only code that names sqlx: events, and the tables projected from them.
//!
//! The journal is ahead of the database, never behind it: [`Store::apply`] moves events, tables
//! and progress in one transaction, so whatever dies, each record is applied exactly once.

mod facts;
mod history;
mod project;

pub use facts::{Closing, CorrectionRow, Facts, MatchRow, RatingRow, ReplayRow};
pub use project::verdict_code;

use crate::config::Faults;
use anyhow::{Context, bail};
use ipc_schema::db_writer::Record;
use ipc_schema::frame;
use ipc_schema::ids::{LadderId, Seq};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection, Row};
use std::borrow::Cow;
use std::path::Path;
use std::time::Duration;

/// The migrations in order: name and text. One is never edited once merged.
const MIGRATIONS: &[(&str, &str)] = &[
    ("ladder", include_str!("../migrations/sqlite/0001_ladder.sql")),
    ("rules", include_str!("../migrations/sqlite/0002_rules.sql")),
];

/// How long a reader with the database open in another program may hold up a write.
const BUSY_LIMIT: Duration = Duration::from_secs(5);

/// The database of one ladder. The db-writer owns the one connection that writes.
#[derive(Debug)]
pub struct Store {
    options: SqliteConnectOptions,
    connection: SqliteConnection,
}

/// How far the tables are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub ladder: LadderId,
    pub seq: Seq,
    /// CRC-32C of the record `seq` as stored.
    pub checksum: u32,
}

impl Store {
    /// Opens the SQLite file, made if need be, and brings its tables to the present version.
    pub async fn open(path: &Path) -> anyhow::Result<Store> {
        // The journal is what is synced at once; after a power cut the tables are brought up to it.
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .foreign_keys(true)
            .busy_timeout(BUSY_LIMIT);
        let opened = SqliteConnection::connect_with(&options).await;
        let mut connection = opened.with_context(|| format!("open database {}", path.display()))?;
        migrate(&mut connection).await.with_context(|| format!("bring {} up to date", path.display()))?;
        Ok(Store { options, connection })
    }

    /// Goes on with a new connection. After a commit that failed, as on a full disk, the old one may
    /// still be in its transaction: what it commits from then on would be part of that, and never stored.
    pub async fn reconnect(&mut self) -> anyhow::Result<()> {
        self.connection =
            SqliteConnection::connect_with(&self.options).await.context("open the database again")?;
        Ok(())
    }

    /// None for a database that no ladder has used yet.
    pub async fn progress(&mut self) -> anyhow::Result<Option<Progress>> {
        let row = sqlx::query("select ladder_id, seq, checksum from progress")
            .fetch_optional(&mut self.connection)
            .await?;
        row.map(|row| {
            let ladder: String = row.try_get("ladder_id")?;
            let ladder = LadderId(u64::from_str_radix(&ladder, 16).context("read the ladder's id")?);
            let seq = Seq(row.try_get::<i64, _>("seq")?.cast_unsigned());
            let checksum = u32::try_from(row.try_get::<i64, _>("checksum")?).context("read the checksum")?;
            Ok(Progress { ladder, seq, checksum })
        })
        .transpose()
    }

    /// Applies records that follow what is applied: events, tables and progress, all or nothing.
    pub async fn apply(&mut self, ladder: LadderId, records: &[Record]) -> anyhow::Result<()> {
        let (Some(first), Some(last)) = (records.first(), records.last()) else { return Ok(()) };
        if let Some(gap) = records.windows(2).find(|pair| pair[1].seq.0 != pair[0].seq.0 + 1) {
            bail!("record {} cannot follow record {}", gap[1].seq, gap[0].seq);
        }
        let mut transaction = self.connection.begin().await?;
        for record in records {
            project::apply(&mut transaction, record)
                .await
                .with_context(|| format!("apply record {}", record.seq))?;
        }
        let before = first.seq.0 - 1;
        let checksum = checksum_of(last);
        let moved = sqlx::query(
            "insert into progress (id, ladder_id, seq, checksum) select 1, $1, $2, $3 where $4 = 0
             or exists (select 1 from progress where seq = $4 and ladder_id = $1)
             on conflict (id) do update set seq = excluded.seq, checksum = excluded.checksum where seq = $4",
        )
        .bind(format!("{:016x}", ladder.0))
        .bind(last.seq.0.cast_signed())
        .bind(i64::from(checksum))
        .bind(before.cast_signed())
        .execute(&mut *transaction)
        .await
        .context("move progress")?;
        if moved.rows_affected() != 1 {
            bail!("the database is not at record {before} of this ladder; another writer has it");
        }
        transaction.commit().await.context("commit")?;
        Ok(())
    }

    /// Up to `limit` records behind `after`, for a journal that was lost.
    pub async fn records_after(&mut self, after: Seq, limit: u32) -> anyhow::Result<Vec<Record>> {
        let rows = sqlx::query("select seq, format, record from events where seq > $1 order by seq limit $2")
            .bind(after.0.cast_signed())
            .bind(i64::from(limit))
            .fetch_all(&mut self.connection)
            .await?;
        rows.iter()
            .map(|row| {
                let (seq, format): (i64, i64) = (row.try_get("seq")?, row.try_get("format")?);
                if format != i64::from(crate::journal::FORMAT) {
                    bail!(
                        "event {seq} has format {format}, which this build does not read; use the newer build"
                    );
                }
                let bytes: Vec<u8> = row.try_get("record")?;
                frame::from_bytes(&bytes).with_context(|| format!("read event {seq}"))
            })
            .collect()
    }
}

/// What tells two histories apart at one record.
pub fn checksum_of(record: &Record) -> u32 {
    crc32c::crc32c(&frame::to_bytes(record))
}

async fn migrate(connection: &mut SqliteConnection) -> anyhow::Result<()> {
    let migrations = MIGRATIONS.iter().zip(1..).map(|((name, sql), version)| {
        Migration::new(version, Cow::Borrowed(name), MigrationType::Simple, Cow::Borrowed(sql), false)
    });
    let migrator = Migrator { migrations: migrations.collect(), ..Migrator::DEFAULT };
    match migrator.run_direct(connection).await {
        Err(sqlx::migrate::MigrateError::VersionMissing(version)) => {
            let known = MIGRATIONS.len();
            bail!(Faults(vec![format!(
                "the database has version {version}, this build knows {known}; use the newer build"
            )]))
        }
        result => Ok(result?),
    }
}
