//! The events of a data folder: from the journal, which is ahead, and what it does not have any more from
//! the database.

use crate::journal::JournalError;
use crate::journal::reader::Reader;
use crate::store::{Database, Store};
use anyhow::{Context, ensure};
use ipc_schema::db_writer::Record;
use ipc_schema::ids::Seq;
use serde::Serialize;
use std::fmt;
use std::path::Path;

/// Where the journal is, below the data folder.
const JOURNAL: &str = "journal";

/// Stored bytes read at a time, and events of the database.
const PAGE_BYTES: usize = 1 << 20;
const PAGE: u32 = 1_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    Journal,
    Database,
    /// What was trimmed from the journal is in the database alone.
    #[serde(rename = "database and journal")]
    Both,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Source::Journal => "journal",
            Source::Database => "database",
            Source::Both => "database and the journal",
        })
    }
}

/// Hands over every record in order.
pub(super) async fn each(
    data: &Path,
    database: &Database,
    mut take: impl FnMut(&Record),
) -> anyhow::Result<Source> {
    let folder = data.join(JOURNAL);
    let has_journal = std::fs::read_dir(&folder).is_ok_and(|mut entries| entries.next().is_some());
    if !has_journal {
        ensure!(is_there(database), "{} has neither a journal nor a database", data.display());
        from_database(database, Seq(0), None, &mut take).await?;
        return Ok(Source::Database);
    }
    let (mut reader, mut source) = (Reader::new(&folder, Seq(0)), Source::Journal);
    loop {
        match reader.read_what_is_there(PAGE_BYTES) {
            Ok(records) if records.is_empty() => return Ok(source),
            Ok(records) => records.iter().for_each(&mut take),
            // A ladder that runs may do so at any time.
            Err(JournalError::Trimmed { first, .. }) => {
                let through = Seq(first.0 - 1);
                let last = from_database(database, reader.after(), Some(through), &mut take);
                let last = last.await.with_context(|| {
                    format!("the journal begins with record {first}, and what is before it is in the database alone")
                })?;
                ensure!(
                    last == through,
                    "the journal begins with record {first}, and {database} ends with record {last}: what is between \
                     them cannot be audited"
                );
                reader.go_to(through);
                source = Source::Both;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Hands over the records behind `after` that a database has, up to `through`, and says which is the last.
async fn from_database(
    database: &Database,
    after: Seq,
    through: Option<Seq>,
    take: &mut impl FnMut(&Record),
) -> anyhow::Result<Seq> {
    ensure!(is_there(database), "there is no {database}");
    let mut store = Store::open_to_read(database).await?;
    let mut after = after;
    loop {
        let mut records = store.records_after(after, PAGE).await.context("read events of the database")?;
        records.retain(|record| through.is_none_or(|through| record.seq <= through));
        let Some(last) = records.last() else { return Ok(after) };
        ensure!(records[0].seq.0 == after.0 + 1, "the database has no record {}", after.0 + 1);
        after = last.seq;
        records.iter().for_each(&mut *take);
    }
}

/// Whether there is a database to read; of a server only an attempt tells.
pub(super) fn is_there(database: &Database) -> bool {
    match database {
        Database::File(path) => path.is_file(),
        Database::Server(_) => true,
    }
}
