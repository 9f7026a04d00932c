//! Where the tables may be: each test of the store runs in an SQLite file and in PostgreSQL.

use crate::support::postgres;
use crate::wire::alone::block_on;
use evoladder::config::{Durability, Secret};
use evoladder::db_writer::lease::Terms;
use evoladder::db_writer::{self, Opened, Opening};
use evoladder::store::Database;
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteRow};
use sqlx::{Column, Connection, Executor, Row, TypeInfo, ValueRef};
use std::path::Path;
use tempfile::TempDir;

/// A data folder of its own and a database, both empty.
pub(crate) struct Place {
    folder: TempDir,
    pub(crate) database: Database,
    /// Of PostgreSQL.
    url: Option<String>,
}

impl Place {
    pub(crate) fn file() -> Place {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::of(folder.path(), None).unwrap();
        Place { folder, database, url: None }
    }

    /// None where there is no PostgreSQL.
    pub(crate) fn server() -> Option<Place> {
        Some(Place::of(&postgres::fresh()?))
    }

    /// With the tables at this address.
    pub(crate) fn of(url: &str) -> Place {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::of(folder.path(), Some(&Secret::new(url))).unwrap();
        Place { folder, database, url: Some(url.to_owned()) }
    }

    /// Another one of the same kind.
    pub(crate) fn another(&self) -> Place {
        match self.url {
            None => Place::file(),
            Some(_) => Place::server().expect("there was one before"),
        }
    }

    /// The data folder.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Opens the data folder with this database, as a db-writer does.
    pub(crate) async fn open(&self) -> anyhow::Result<Opened> {
        self.open_over(self.path(), Durability::Journal, None).await
    }

    /// The same with another folder, and on other terms.
    pub(crate) async fn open_over(
        &self,
        data: &Path,
        durability: Durability,
        abandoned: Option<String>,
    ) -> anyhow::Result<Opened> {
        let terms = Terms::of(data, durability, abandoned)?;
        let stands_by = |until: &str| println!("stands by until {until}");
        let opening = Opening { data, database: &self.database, terms: &terms, stands_by: &stands_by };
        db_writer::open(&opening).await
    }

    /// Of PostgreSQL.
    pub(crate) fn url(&self) -> &str {
        self.url.as_ref().expect("it is in PostgreSQL")
    }

    pub(crate) fn is_server(&self) -> bool {
        self.url.is_some()
    }

    /// Leaves nothing of the database.
    pub(crate) async fn lose_database(&self) {
        if self.is_server() {
            change(self, "drop schema public cascade; create schema public").await;
        }
        for end in ["", "-wal", "-shm"] {
            std::fs::remove_file(self.path().join(format!("ladder.sqlite{end}"))).ok();
        }
    }

    async fn visit(&self) -> Visitor {
        match &self.url {
            Some(url) => Visitor::Postgres(PgConnection::connect(url).await.unwrap()),
            None => {
                let options = SqliteConnectOptions::new().filename(self.path().join("ladder.sqlite"));
                Visitor::Sqlite(SqliteConnection::connect_with(&options).await.unwrap())
            }
        }
    }
}

/// Runs a test in each.
pub(crate) fn on_each(test: &impl AsyncFn(&Place)) {
    for place in [Some(Place::file()), Place::server()].into_iter().flatten() {
        println!("in {}", place.database);
        block_on(test(&place));
    }
}

/// A second program that has the database open.
enum Visitor {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

pub(crate) async fn change(place: &Place, statements: &str) {
    match place.visit().await {
        Visitor::Sqlite(mut visitor) => visitor.execute(statements).await.map(drop).unwrap(),
        Visitor::Postgres(mut visitor) => visitor.execute(statements).await.map(drop).unwrap(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a query answers, a line for each row, columns by a bar.
pub(crate) async fn rows(place: &Place, query: &str) -> Vec<String> {
    let of_sqlite = |row: &SqliteRow, at: usize| {
        let raw = row.try_get_raw(at).unwrap();
        match raw.type_info().name() {
            _ if raw.is_null() => "-".to_owned(),
            "INTEGER" | "BOOLEAN" => row.get::<i64, _>(at).to_string(),
            "REAL" => row.get::<f64, _>(at).to_string(),
            "BLOB" => hex(&row.get::<Vec<u8>, _>(at)),
            _ => row.get::<String, _>(at),
        }
    };
    let of_postgres = |row: &PgRow, at: usize| {
        let raw = row.try_get_raw(at).unwrap();
        match raw.type_info().name() {
            _ if raw.is_null() => "-".to_owned(),
            "INT8" => row.get::<i64, _>(at).to_string(),
            "INT4" => row.get::<i32, _>(at).to_string(),
            "BOOL" => i32::from(row.get::<bool, _>(at)).to_string(),
            "FLOAT8" => row.get::<f64, _>(at).to_string(),
            "BYTEA" => hex(&row.get::<Vec<u8>, _>(at)),
            _ => row.get::<String, _>(at),
        }
    };
    let line = |cells: Vec<String>| cells.join("|");
    match place.visit().await {
        Visitor::Sqlite(mut visitor) => {
            let rows = visitor.fetch_all(query).await.unwrap();
            let cells =
                |row: &SqliteRow| row.columns().iter().map(|of| of_sqlite(row, of.ordinal())).collect();
            rows.iter().map(|row| line(cells(row))).collect()
        }
        Visitor::Postgres(mut visitor) => {
            let rows = visitor.fetch_all(sqlx::query(query)).await.unwrap();
            let cells = |row: &PgRow| row.columns().iter().map(|of| of_postgres(row, of.ordinal())).collect();
            rows.iter().map(|row| line(cells(row))).collect()
        }
    }
}
