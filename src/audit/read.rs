//! The events of a data folder: from the journal, which is ahead, or without one from the database.

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
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Source::Journal => "journal",
            Source::Database => "database",
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
    if has_journal {
        let mut reader = Reader::new(&folder, Seq(0));
        loop {
            let records = reader.read_what_is_there(PAGE_BYTES)?;
            if records.is_empty() {
                return Ok(Source::Journal);
            }
            records.iter().for_each(&mut take);
        }
    }
    ensure!(is_there(database), "{} has neither a journal nor a database", data.display());
    let mut store = Store::open_to_read(database).await?;
    let mut after = Seq(0);
    loop {
        let records = store.records_after(after, PAGE).await.context("read events of the database")?;
        let Some(last) = records.last() else { return Ok(Source::Database) };
        ensure!(records[0].seq.0 == after.0 + 1, "the database has no record {}", after.0 + 1);
        after = last.seq;
        records.iter().for_each(&mut take);
    }
}

/// Whether there is a database to read; of a server only an attempt tells.
pub(super) fn is_there(database: &Database) -> bool {
    match database {
        Database::File(path) => path.is_file(),
        Database::Server(_) => true,
    }
}
