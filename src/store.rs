//! The database, and the only code that names sqlx: events, and the tables projected from them, in an
//! SQLite file or in PostgreSQL.
//!
//! The journal is ahead of the database, never behind it: [`Store::apply`] moves events, tables
//! and progress at once, so whatever dies, each record is applied exactly once. An event is a list of
//! changes ([`project`]), and a change one of the [`statements`] that both databases understand.
//! SQLite runs them one by one in a transaction ([`sqlite`]); PostgreSQL gets a batch of them in one
//! round trip ([`postgres`]). What only reads is written once, over [`link`].

mod database;
mod facts;
mod history;
mod kept;
mod lease;
mod link;
mod postgres;
mod project;
mod sqlite;
mod statements;

pub use database::{Database, FILE};
pub use facts::{Closing, CorrectionRow, Facts, MatchRow, RatingRow, ReplayRow};
pub use kept::{KeptPart, KeptSnapshot};
pub use lease::{Claim, LEASE, Lease, RENEWAL};
pub use project::verdict_code;

use anyhow::{Context, bail};
use ipc_schema::db_writer::Record;
use ipc_schema::frame;
use ipc_schema::ids::{LadderId, Seq};
use link::{Link, Value};
use project::Change;
use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType, Migrator};
use std::borrow::Cow;
use std::path::Path;
use std::time::Duration;

/// The migrations in order: name, and text for SQLite and for PostgreSQL. One is never edited once merged.
const MIGRATIONS: &[(&str, &str, &str)] = &[
    (
        "ladder",
        include_str!("../migrations/sqlite/0001_ladder.sql"),
        include_str!("../migrations/postgres/0001_ladder.sql"),
    ),
    (
        "rules",
        include_str!("../migrations/sqlite/0002_rules.sql"),
        include_str!("../migrations/postgres/0002_rules.sql"),
    ),
    (
        "durability",
        include_str!("../migrations/sqlite/0003_durability.sql"),
        include_str!("../migrations/postgres/0003_durability.sql"),
    ),
    (
        "gateway_sessions",
        include_str!("../migrations/sqlite/0004_gateway_sessions.sql"),
        include_str!("../migrations/postgres/0004_gateway_sessions.sql"),
    ),
];

/// How long a reader with the database open in another program may hold up a write.
const BUSY_LIMIT: Duration = Duration::from_secs(5);

/// Changes of one batch, about: beyond it the statement's own time shows. A record is never parted.
const BATCH_CHANGES: usize = 1_000;

/// Why the database did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It cannot be reached or does not follow. That may pass by itself, but this store is of no further
    /// use: open it again.
    #[error("{0}")]
    Away(String),
    /// It can be reached, and does not let the ladder in: somebody has to change a setting.
    #[error("{0}")]
    Settings(String),
    /// It belongs to a newer build.
    #[error("{0}")]
    Newer(String),
    /// Its file is not whole, and no other start finds it so.
    #[error("{0}")]
    Damaged(String),
    /// It does not take what a record changes, now or later.
    #[error("{what}: {reason}")]
    Refused { what: String, reason: String },
    /// It is not where the records begin: another writer has it, or it has them already.
    #[error("the database is not at record {expected} of this ladder; it is at {}", shown(*.found))]
    Elsewhere { expected: Seq, found: Option<Progress> },
    /// What it holds is not what this build writes, or records do not follow each other.
    #[error("{0:#}")]
    Unread(anyhow::Error),
}

impl StoreError {
    /// Whether it stays so until somebody mends it.
    pub fn is_lasting(&self) -> bool {
        match self {
            StoreError::Settings(_)
            | StoreError::Newer(_)
            | StoreError::Damaged(_)
            | StoreError::Unread(_) => true,
            StoreError::Away(_) | StoreError::Refused { .. } | StoreError::Elsewhere { .. } => false,
        }
    }
}

fn shown(progress: Option<Progress>) -> String {
    match progress {
        Some(Progress { ladder, seq, epoch, .. }) => {
            format!("record {seq} of ladder {:016x}, epoch {epoch}", ladder.0)
        }
        None => "no record".to_owned(),
    }
}

/// The database of one ladder. The db-writer owns the one connection that writes.
#[derive(Debug)]
pub struct Store {
    database: Database,
    link: Link,
    /// Whose writer this is. What another epoch began, it does not go on with.
    epoch: u64,
}

/// How far the tables are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub ladder: LadderId,
    pub seq: Seq,
    /// CRC-32C of the record `seq` as stored.
    pub checksum: u32,
    /// Of the writer that moved it.
    pub epoch: u64,
}

impl Store {
    /// Connects, makes an SQLite file if need be, and brings the tables to the present version.
    pub async fn open(database: impl Into<Database>) -> Result<Store, StoreError> {
        let database = database.into();
        let link = match &database {
            Database::File(path) => Link::Sqlite(sqlite::open(path).await?),
            Database::Server(server) => Link::Postgres(postgres::open(server).await?),
        };
        Ok(Store { database, link, epoch: 0 })
    }

    /// The same of a database that is there, and changes nothing in it.
    pub async fn open_to_read(database: impl Into<Database>) -> Result<Store, StoreError> {
        let database = database.into();
        let link = match &database {
            Database::File(path) => Link::Sqlite(sqlite::open_to_read(path).await?),
            Database::Server(server) => Link::Postgres(postgres::open_to_read(server).await?),
        };
        Ok(Store { database, link, epoch: 0 })
    }

    /// A further connection to tables that are there and up to date, for what lies beside the history.
    pub async fn open_beside(database: impl Into<Database>) -> Result<Store, StoreError> {
        let database = database.into();
        let link = match &database {
            Database::File(path) => Link::Sqlite(sqlite::open(path).await?),
            Database::Server(server) => Link::Postgres(postgres::open_beside(server).await?),
        };
        Ok(Store { database, link, epoch: 0 })
    }

    /// From here on this store only goes on with what `epoch` began.
    pub fn set_epoch(&mut self, epoch: u64) {
        self.epoch = epoch;
    }

    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// None for a database that no ladder has used yet.
    pub async fn progress(&mut self) -> Result<Option<Progress>, StoreError> {
        // Tables that no build with migration `durability` has opened have no epoch, and may be only read.
        // In the inner query the name is the column's where there is one, else it is the 0 outside.
        let query = "select ladder_id, seq, checksum, (select epoch from progress) from progress, (select 0 as epoch) as older";
        let mut progress = None;
        self.each(query, vec![], |mut row| {
            progress = Some(Progress {
                ladder: ladder_id(&row.text()?)?,
                seq: Seq(row.number()?),
                checksum: u32::try_from(row.int()?).context("read the checksum")?,
                epoch: row.number()?,
            });
            Ok(())
        })
        .await?;
        Ok(progress)
    }

    /// Applies as many of `records`, which follow what is applied, as make a batch: events, tables and
    /// progress, all or nothing. Returns the last one that is in; without records nothing happens.
    pub async fn apply(&mut self, ladder: LadderId, records: &[Record]) -> Result<Seq, StoreError> {
        let Some(first) = records.first() else { return Ok(Seq(0)) };
        if let Some(gap) = records.windows(2).find(|pair| pair[1].seq.0 != pair[0].seq.0 + 1) {
            let problem = anyhow::anyhow!("record {} cannot follow record {}", gap[1].seq, gap[0].seq);
            return Err(StoreError::Unread(problem));
        }
        let before = Seq(first.seq.0 - 1);
        let mut batch = Batch::default();
        for record in records {
            let changes = project::changes(record);
            if !batch.records.is_empty() && batch.changes + changes.len() > BATCH_CHANGES {
                break;
            }
            batch.push(record, changes);
        }
        let mark = Mark { ladder, epoch: self.epoch, before };
        let last = batch.last();
        let moved = match (&mut self.link, &self.database) {
            (Link::Sqlite(connection), _) => sqlite::apply(connection, mark, batch).await?,
            (Link::Postgres(connection), Database::Server(server)) => {
                postgres::apply(connection, server, mark, batch).await?
            }
            (Link::Postgres(_), Database::File(_)) => unreachable!("a file is opened by SQLite"),
        };
        if moved {
            return Ok(last);
        }
        Err(StoreError::Elsewhere { expected: before, found: self.progress().await? })
    }

    /// Up to `limit` records behind `after`, for a journal that was lost.
    pub async fn records_after(&mut self, after: Seq, limit: u32) -> Result<Vec<Record>, StoreError> {
        let mut records = Vec::new();
        let query = "select seq, format, record from events where seq > $1 order by seq limit $2";
        self.each(query, vec![after.0.into(), limit.into()], |mut row| {
            let (seq, format) = (row.int()?, row.int()?);
            if format != i64::from(crate::journal::FORMAT) {
                bail!("event {seq} has format {format}, which this build does not read; use the newer build");
            }
            records.push(frame::from_bytes(&row.bytes()?).with_context(|| format!("read event {seq}"))?);
            Ok(())
        })
        .await?;
        Ok(records)
    }

    /// Writes the tables as they are at one moment into the new file `path`, which is not synced. For tables in a file.
    pub async fn copy_to(&mut self, path: &Path) -> Result<(), StoreError> {
        let path = path.to_str().with_context(|| format!("{} is no UTF-8", path.display()));
        let path = path.map_err(StoreError::Unread)?.to_owned();
        self.each("vacuum into $1", vec![path.into()], |_| Ok(())).await
    }

    /// Notices a connection that died while nothing was to be done.
    pub async fn ping(&mut self) -> Result<(), StoreError> {
        self.each("select 1", vec![], |_| Ok(())).await
    }

    /// Runs a text that both databases understand and hands over each row of its answer.
    async fn each(
        &mut self,
        sql: &str,
        values: Vec<Value>,
        take: impl FnMut(link::Row) -> anyhow::Result<()>,
    ) -> Result<(), StoreError> {
        match &self.database {
            Database::File(_) => self.link.each(sql, values, take).await.map_err(sqlite::error),
            Database::Server(server) => postgres::limited(server, self.link.each(sql, values, take)).await,
        }
    }
}

fn ladder_id(text: &str) -> anyhow::Result<LadderId> {
    Ok(LadderId(u64::from_str_radix(text, 16).context("read the ladder's id")?))
}

/// What a batch moves progress from.
#[derive(Debug, Clone, Copy)]
struct Mark {
    ladder: LadderId,
    epoch: u64,
    before: Seq,
}

/// Records with what they change.
#[derive(Debug, Default)]
struct Batch<'a> {
    records: Vec<(&'a Record, Vec<u8>, Vec<Change>)>,
    changes: usize,
}

impl<'a> Batch<'a> {
    fn push(&mut self, record: &'a Record, changes: Vec<Change>) {
        self.changes += changes.len();
        self.records.push((record, frame::to_bytes(record), changes));
    }

    fn last(&self) -> Seq {
        self.records.last().map_or(Seq(0), |(record, ..)| record.seq)
    }

    fn checksum(&self) -> u32 {
        self.records.last().map_or(0, |(_, bytes, _)| crc32c::crc32c(bytes))
    }
}

/// What made the decision happen once, as the table has it.
fn key_of(record: &Record) -> Option<String> {
    record.key.map(|key| format!("{key:?}"))
}

/// What tells two histories apart at one record.
pub fn checksum_of(record: &Record) -> u32 {
    crc32c::crc32c(&frame::to_bytes(record))
}

/// Brings the tables to the present version; `texts` has the text of each migration for this database.
async fn migrate(
    connection: &mut impl Migrate,
    texts: impl Iterator<Item = &'static str>,
) -> Result<(), MigrateError> {
    let migrations = MIGRATIONS.iter().zip(texts).zip(1..).map(|(((name, ..), sql), version)| {
        Migration::new(version, Cow::Borrowed(name), MigrationType::Simple, Cow::Borrowed(sql), false)
    });
    let migrator = Migrator { migrations: migrations.collect(), ..Migrator::DEFAULT };
    migrator.run_direct(connection).await
}

/// A database that has migrations which this build does not know, in words.
fn newer(version: i64) -> StoreError {
    let known = MIGRATIONS.len();
    StoreError::Newer(format!(
        "the database has version {version}, this build knows {known}; use the newer build"
    ))
}
