//! A connection to either database, and values on their way: the one place where a dialect's own rows
//! become plain ones, so that what reads tables is written once.

use anyhow::{Context, bail};
use futures_util::TryStreamExt;
use ipc_schema::vocab::Timestamp;
use sqlx::postgres::{PgArguments, PgConnection, PgRow};
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteConnection, SqliteRow};
use sqlx::{Executor, Postgres, Row as _, Sqlite, TypeInfo, ValueRef};

/// What goes into a column or comes out of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
    Bytes(Vec<u8>),
}

macro_rules! from_numbers {
    ($($kind:ty),+) => {$(
        impl From<$kind> for Value {
            fn from(number: $kind) -> Value {
                Value::Int(number.into())
            }
        }
    )+};
}
from_numbers!(u8, i32, u32, i64);

/// Numbers of ours stay far below 2^63; one that does not comes back as it was.
impl From<u64> for Value {
    fn from(number: u64) -> Value {
        Value::Int(number.cast_signed())
    }
}

impl From<Timestamp> for Value {
    fn from(at: Timestamp) -> Value {
        at.0.into()
    }
}

impl From<&Timestamp> for Value {
    fn from(at: &Timestamp) -> Value {
        at.0.into()
    }
}

/// Only finite numbers: SQLite has no others, and no rule makes one.
impl From<f64> for Value {
    fn from(number: f64) -> Value {
        if number.is_finite() { Value::Real(number) } else { Value::Null }
    }
}

/// PostgreSQL has no U+0000 in a text, and the title of a map in a stranger's file may have one.
impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.replace('\0', "\u{fffd}"))
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Value {
        text.as_str().into()
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        if text.contains('\0') { text.as_str().into() } else { Value::Text(text) }
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Null, Into::into)
    }
}

/// The columns of a row, taken from left to right.
#[derive(Debug)]
pub(super) struct Row(std::vec::IntoIter<Value>);

impl Row {
    fn value(&mut self) -> anyhow::Result<Value> {
        self.0.next().context("there is no such column")
    }

    pub(super) fn maybe_int(&mut self) -> anyhow::Result<Option<i64>> {
        match self.value()? {
            Value::Null => Ok(None),
            Value::Int(number) => Ok(Some(number)),
            other => bail!("{other:?} is no whole number"),
        }
    }

    pub(super) fn maybe_real(&mut self) -> anyhow::Result<Option<f64>> {
        match self.value()? {
            Value::Null => Ok(None),
            Value::Real(number) => Ok(Some(number)),
            other => bail!("{other:?} is no number"),
        }
    }

    pub(super) fn maybe_text(&mut self) -> anyhow::Result<Option<String>> {
        match self.value()? {
            Value::Null => Ok(None),
            Value::Text(text) => Ok(Some(text)),
            other => bail!("{other:?} is no text"),
        }
    }

    pub(super) fn int(&mut self) -> anyhow::Result<i64> {
        self.maybe_int()?.context("a number is missing")
    }

    /// Ids, times and sequence numbers, which are stored signed.
    pub(super) fn number(&mut self) -> anyhow::Result<u64> {
        Ok(self.int()?.cast_unsigned())
    }

    pub(super) fn maybe_number(&mut self) -> anyhow::Result<Option<u64>> {
        Ok(self.maybe_int()?.map(i64::cast_unsigned))
    }

    pub(super) fn text(&mut self) -> anyhow::Result<String> {
        self.maybe_text()?.context("a text is missing")
    }

    pub(super) fn bytes(&mut self) -> anyhow::Result<Vec<u8>> {
        match self.value()? {
            Value::Bytes(bytes) => Ok(bytes),
            other => bail!("{other:?} is no string of bytes"),
        }
    }
}

#[derive(Debug)]
pub(super) enum Link {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Link {
    /// Runs a text that both databases understand and hands over each row of its answer.
    pub(super) async fn each(
        &mut self,
        sql: &str,
        values: Vec<Value>,
        mut take: impl FnMut(Row) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        match self {
            Link::Sqlite(connection) => {
                let mut rows = for_sqlite(sql, values).fetch(connection);
                while let Some(row) = rows.try_next().await? {
                    take(of_sqlite(&row)?)?;
                }
            }
            Link::Postgres(connection) => {
                let mut rows = for_postgres(sql, values).fetch(connection);
                while let Some(row) = rows.try_next().await? {
                    take(of_postgres(&row)?)?;
                }
            }
        }
        Ok(())
    }

    /// All rows of a text that both databases understand, each as `of` reads it from left to right.
    pub(super) async fn all<T, C: Default + Extend<T>>(
        &mut self,
        sql: &str,
        values: Vec<Value>,
        of: impl Fn(&mut Row) -> anyhow::Result<T>,
    ) -> anyhow::Result<C> {
        let mut found = C::default();
        self.each(sql, values, |mut row| {
            found.extend([of(&mut row)?]);
            Ok(())
        })
        .await?;
        Ok(found)
    }

    /// Begins a transaction that reads everything as it is at one moment.
    pub(super) async fn begin_moment(&mut self) -> sqlx::Result<()> {
        self.run(match self {
            // Its transactions are that by themselves.
            Link::Sqlite(_) => "begin",
            Link::Postgres(_) => "begin isolation level repeatable read read only",
        })
        .await
    }

    /// Runs several texts without parameters.
    pub(super) async fn run(&mut self, sql: &str) -> sqlx::Result<()> {
        match self {
            Link::Sqlite(connection) => connection.execute(sql).await.map(drop),
            Link::Postgres(connection) => connection.execute(sql).await.map(drop),
        }
    }
}

pub(super) fn for_sqlite(sql: &str, values: Vec<Value>) -> Query<'_, Sqlite, SqliteArguments<'_>> {
    values.into_iter().fold(sqlx::query(sql), |query, value| match value {
        Value::Null => query.bind(None::<i64>),
        Value::Int(number) => query.bind(number),
        Value::Real(number) => query.bind(number),
        Value::Text(text) => query.bind(text),
        Value::Bytes(bytes) => query.bind(bytes),
    })
}

fn for_postgres(sql: &str, values: Vec<Value>) -> Query<'_, Postgres, PgArguments> {
    values.into_iter().fold(sqlx::query(sql), |query, value| match value {
        Value::Null => query.bind(None::<i64>),
        Value::Int(number) => query.bind(number),
        Value::Real(number) => query.bind(number),
        Value::Text(text) => query.bind(text),
        Value::Bytes(bytes) => query.bind(bytes),
    })
}

fn of_sqlite(row: &SqliteRow) -> anyhow::Result<Row> {
    let value = |at| {
        let raw = row.try_get_raw(at)?;
        if raw.is_null() {
            return Ok(Value::Null);
        }
        Ok(match raw.type_info().name() {
            "INTEGER" => Value::Int(row.try_get(at)?),
            "REAL" => Value::Real(row.try_get(at)?),
            "TEXT" => Value::Text(row.try_get(at)?),
            "BLOB" => Value::Bytes(row.try_get(at)?),
            other => bail!("columns of type {other} are not read"),
        })
    };
    Ok(Row((0..row.len()).map(value).collect::<anyhow::Result<Vec<Value>>>()?.into_iter()))
}

fn of_postgres(row: &PgRow) -> anyhow::Result<Row> {
    let value = |at| {
        let raw = row.try_get_raw(at)?;
        if raw.is_null() {
            return Ok(Value::Null);
        }
        Ok(match raw.type_info().name() {
            "INT8" => Value::Int(row.try_get(at)?),
            "INT4" => Value::Int(row.try_get::<i32, _>(at)?.into()),
            "BOOL" => Value::Int(row.try_get::<bool, _>(at)?.into()),
            "FLOAT8" => Value::Real(row.try_get(at)?),
            "TEXT" | "VARCHAR" | "NAME" => Value::Text(row.try_get(at)?),
            "BYTEA" => Value::Bytes(row.try_get(at)?),
            other => bail!("columns of type {other} are not read"),
        })
    };
    Ok(Row((0..row.len()).map(value).collect::<anyhow::Result<Vec<Value>>>()?.into_iter()))
}
