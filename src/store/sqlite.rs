//! The tables in a file of the data folder: changes one by one, in a transaction with the progress.

use super::link::{Value, for_sqlite};
use super::{BUSY_LIMIT, Batch, FILE, MIGRATIONS, Mark, StoreError, key_of, migrate, newer};
use crate::journal::FORMAT;
use sqlx::migrate::MigrateError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection, Executor};
use std::path::Path;

pub(super) async fn open(path: &Path) -> Result<SqliteConnection, StoreError> {
    // The journal is what is synced at once; after a power cut the tables are brought up to it.
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .foreign_keys(true)
        .busy_timeout(BUSY_LIMIT);
    let mut connection = connect(path, &options).await?;
    match migrate(&mut connection, MIGRATIONS.iter().map(|(_, sqlite, _)| *sqlite)).await {
        Ok(()) => Ok(connection),
        Err(MigrateError::VersionMissing(version)) => Err(newer(version)),
        Err(MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) if is_damage(&error) => {
            Err(damaged(&error))
        }
        Err(error) => {
            Err(StoreError::Away(format!("{} cannot be brought up to date: {error}", path.display())))
        }
    }
}

pub(super) async fn open_to_read(path: &Path) -> Result<SqliteConnection, StoreError> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true).busy_timeout(BUSY_LIMIT);
    connect(path, &options).await
}

async fn connect(path: &Path, options: &SqliteConnectOptions) -> Result<SqliteConnection, StoreError> {
    let opened = SqliteConnection::connect_with(options).await;
    opened.map_err(|error| {
        if is_damage(&error) {
            return damaged(&error);
        }
        StoreError::Away(format!("cannot open database {}: {error}", path.display()))
    })
}

/// SQLite's code for what became of a statement; its low byte says in general what.
fn code(error: &sqlx::Error) -> Option<u32> {
    let code: u32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(code & 0xff)
}

/// SQLITE_CORRUPT, or SQLITE_NOTADB.
fn is_damage(error: &sqlx::Error) -> bool {
    matches!(code(error), Some(11 | 26))
}

fn damaged(error: &sqlx::Error) -> StoreError {
    StoreError::Damaged(format!(
        "{FILE} in the data folder is damaged: {error}. Put a backup of it back. Where the journal is whole from record 1 \
         on, moving the file away is enough: the tables are made anew"
    ))
}

/// Whether progress was where the batch begins; only then is anything of it there.
pub(super) async fn apply(
    connection: &mut SqliteConnection,
    mark: Mark,
    batch: Batch<'_>,
) -> Result<bool, StoreError> {
    let (last, checksum) = (batch.last(), batch.checksum());
    let mut transaction = connection.begin().await.map_err(|error| self::error(error.into()))?;
    let moved = for_sqlite(
        "insert into progress (id, ladder_id, seq, checksum, epoch) select 1, $1, $2, $3, $5 where $4 = 0
         or exists (select 1 from progress)
         on conflict (id) do update set seq = excluded.seq, checksum = excluded.checksum
             where seq = $4 and ladder_id = $1 and epoch = $5",
        vec![
            format!("{:016x}", mark.ladder.0).into(),
            last.0.into(),
            checksum.into(),
            mark.before.0.into(),
            mark.epoch.into(),
        ],
    );
    let moved = transaction.execute(moved).await.map_err(|error| self::error(error.into()))?;
    if moved.rows_affected() != 1 {
        return Ok(false);
    }
    for (record, bytes, changes) in batch.records {
        let event = (
            "insert into events (seq, at_ms, request_key, format, record) values ($1, $2, $3, $4, $5)",
            vec![
                record.seq.0.into(),
                record.at.into(),
                key_of(record).into(),
                u32::from(FORMAT).into(),
                Value::Bytes(bytes),
            ],
        );
        let changes = changes.into_iter().map(|change| (change.statement.sql(), change.values));
        for (sql, values) in std::iter::once(event).chain(changes) {
            let done = transaction.execute(for_sqlite(sql, values)).await;
            done.map_err(|error| match self::error(error.into()) {
                StoreError::Refused { reason, .. } => {
                    StoreError::Refused { what: format!("apply record {}", record.seq), reason }
                }
                other => other,
            })?;
        }
    }
    transaction.commit().await.map_err(|error| self::error(error.into()))?;
    Ok(true)
}

/// What became of a statement that failed. A rule of the tables that it breaks, it breaks for good.
pub(super) fn error(error: anyhow::Error) -> StoreError {
    let Some(of_database) = error.downcast_ref::<sqlx::Error>() else { return StoreError::Unread(error) };
    if is_damage(of_database) {
        return damaged(of_database);
    }
    // SQLITE_CONSTRAINT or SQLITE_MISMATCH.
    if matches!(code(of_database), Some(19 | 20)) {
        return StoreError::Refused { what: "change the tables".to_owned(), reason: of_database.to_string() };
    }
    StoreError::Away(format!("the database in the data folder does not follow: {of_database}"))
}
