//! The tables in PostgreSQL: a batch is one call of one function, and so one round trip.
//!
//! [`function`] makes it from the table of statements. It first moves progress from exactly where the
//! batch begins, and only if that row moved inserts the events and goes through the changes in order;
//! new rows of one table that follow each other are one statement, which saves a third of their time.
//! Where the answer is lost, or two sessions do it at once, the row decides: who finds it elsewhere
//! changes nothing. The function is temporary, made anew on every connection, so it is always this
//! build's; a pooler that hands out sessions by transaction would lose it.

use super::database::Server;
use super::link::Value;
use super::statements::Statement;
use super::{Batch, MIGRATIONS, Mark, StoreError, key_of, migrate, newer};
use crate::journal::FORMAT;
use sqlx::migrate::MigrateError;
use sqlx::postgres::PgConnection;
use sqlx::{ConnectOptions, Connection, Executor, Row};
use std::fmt::Write;
use std::time::Duration;

/// TCP, TLS and the greeting, up to the first question.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);

/// A statement, as the server sees it, and the wait for a lock. A batch takes some milliseconds.
const SETTINGS: &str = "set statement_timeout = '20s'; set lock_timeout = '10s'; set jit = off;
    set idle_in_transaction_session_timeout = '60s'; set synchronous_commit = on";

/// A statement, as this side sees it: a peer that is gone without a word must not hold the writer.
const CALL_LIMIT: Duration = Duration::from_secs(30);

/// Migrations may have to write whole tables anew.
const MIGRATE_LIMIT: Duration = Duration::from_secs(600);

pub(super) async fn open(server: &Server) -> Result<PgConnection, StoreError> {
    let mut connection = connect(server).await?;
    let texts = MIGRATIONS.iter().map(|(.., postgres)| *postgres);
    // Two that start at once wait for each other at an advisory lock, which this bounds.
    let migrated = async {
        connection.execute("set lock_timeout = '30s'").await?;
        migrate(&mut connection, texts).await
    };
    let migrated = tokio::time::timeout(MIGRATE_LIMIT, migrated).await;
    match migrated.map_err(|_| silent(server, MIGRATE_LIMIT))? {
        Ok(()) => {}
        Err(MigrateError::VersionMissing(version)) => return Err(newer(version)),
        Err(MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) => {
            return Err(self::error(server, &error));
        }
        Err(error) => {
            return Err(StoreError::Settings(format!(
                "the tables in {server} cannot be brought up to date: {error}"
            )));
        }
    }
    let prepared = async {
        connection.execute(SETTINGS).await?;
        connection.execute(function().as_str()).await
    };
    match tokio::time::timeout(CALL_LIMIT, prepared).await.map_err(|_| silent(server, CALL_LIMIT))? {
        Ok(_) => Ok(connection),
        Err(error) => Err(self::error(server, &error)),
    }
}

pub(super) async fn open_to_read(server: &Server) -> Result<PgConnection, StoreError> {
    connect_with(server, "set default_transaction_read_only = on").await
}

/// Without the function that applies batches.
pub(super) async fn open_beside(server: &Server) -> Result<PgConnection, StoreError> {
    connect_with(server, SETTINGS).await
}

async fn connect_with(server: &Server, settings: &str) -> Result<PgConnection, StoreError> {
    let mut connection = connect(server).await?;
    let prepared = connection.execute(settings);
    match tokio::time::timeout(CALL_LIMIT, prepared).await.map_err(|_| silent(server, CALL_LIMIT))? {
        Ok(_) => Ok(connection),
        Err(error) => Err(self::error(server, &error)),
    }
}

async fn connect(server: &Server) -> Result<PgConnection, StoreError> {
    // Neither statements nor values belong in the log.
    let options = (*server.options).clone().disable_statement_logging();
    match tokio::time::timeout(CONNECT_LIMIT, PgConnection::connect_with(&options)).await {
        Ok(Ok(connection)) => Ok(connection),
        Ok(Err(error)) => Err(self::error(server, &error)),
        Err(_) => Err(silent(server, CONNECT_LIMIT)),
    }
}

/// Bounds what is asked of the server, and says in words what went wrong.
pub(super) async fn limited<T>(
    server: &Server,
    asked: impl Future<Output = anyhow::Result<T>>,
) -> Result<T, StoreError> {
    match tokio::time::timeout(CALL_LIMIT, asked).await {
        Ok(answer) => in_words(server, answer),
        Err(_) => Err(silent(server, CALL_LIMIT)),
    }
}

pub(super) fn in_words<T>(server: &Server, answer: anyhow::Result<T>) -> Result<T, StoreError> {
    answer.map_err(|error| match error.downcast_ref::<sqlx::Error>() {
        Some(of_database) => self::error(server, of_database),
        None => StoreError::Unread(error),
    })
}

/// Whether progress was where the batch begins; only then is anything of it there.
pub(super) async fn apply(
    connection: &mut PgConnection,
    server: &Server,
    mark: Mark,
    batch: Batch<'_>,
) -> Result<bool, StoreError> {
    let (checksum, first, last) = (batch.checksum(), mark.before.0 + 1, batch.last());
    let count = batch.records.len();
    let (mut times, mut keys) = (Vec::with_capacity(count), Vec::with_capacity(count));
    let mut records = Vec::with_capacity(count);
    let (mut numbers, mut runs, mut values) = (Vec::<i32>::new(), Vec::<i32>::new(), Vec::new());
    for (record, bytes, changes) in batch.records {
        times.push(record.at.0.cast_signed());
        keys.push(key_of(record));
        records.push(bytes);
        for change in changes {
            let number = change.statement.number();
            match runs.last_mut() {
                Some(run) if numbers.last() == Some(&number) && rows_of(change.statement).is_some() => {
                    *run += 1;
                }
                _ => {
                    numbers.push(number);
                    runs.push(1);
                }
            }
            values.extend(change.values.into_iter().map(text_of));
        }
    }
    let asked = sqlx::query("select pg_temp.apply_records($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)")
        .bind(format!("{:016x}", mark.ladder.0))
        .bind(mark.epoch.cast_signed())
        .bind(mark.before.0.cast_signed())
        .bind(i64::from(checksum))
        .bind(i64::from(FORMAT))
        .bind(times)
        .bind(keys)
        .bind(records)
        .bind(numbers)
        .bind(runs)
        .bind(values);
    let asked = async { Ok(connection.fetch_one(asked).await?.try_get(0)?) };
    limited(server, asked).await.map_err(|error| match error {
        StoreError::Refused { reason, .. } if count == 1 => {
            StoreError::Refused { what: format!("apply record {last}"), reason }
        }
        StoreError::Refused { reason, .. } => {
            StoreError::Refused { what: format!("apply records {first} to {last}"), reason }
        }
        other => other,
    })
}

/// As the function reads it back.
fn text_of(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Int(number) => Some(number.to_string()),
        // The shortest text that is the same number again.
        Value::Real(number) => Some(format!("{number:?}")),
        Value::Text(text) => Some(text),
        Value::Bytes(_) => unreachable!("no statement takes bytes"),
    }
}

/// A statement that does nothing but insert a row, so that any number of them may be one: what is before the
/// row's values, the values, and what is behind them. One that also updates may come to a row only once.
fn rows_of(statement: Statement) -> Option<(&'static str, &'static str, &'static str)> {
    let (head, rest) = statement.sql().split_once("values (")?;
    let (row, tail) = rest.split_once(')')?;
    (!tail.contains("do update")).then_some((head, row, tail))
}

/// The function that applies a batch. Its own names begin with `the_`, as no column does.
fn function() -> String {
    let mut branches = String::new();
    for statement in Statement::ALL {
        let parameters = statement.parameters();
        let (number, count) = (statement.number(), parameters.len());
        let (mut sql, place) = match rows_of(*statement) {
            Some((head, row, tail)) => {
                let places =
                    format!("generate_series(the_place, the_place + {count} * (the_run - 1), {count})");
                (format!("{head}select {row} from {places} as the_rows (the_row){tail}"), "the_row")
            }
            None => (statement.sql().to_owned(), "the_place"),
        };
        // From the highest down, since $1 is how $10 begins.
        for (at, kind) in parameters.iter().enumerate().rev() {
            let number = at + 1;
            let value = format!("(the_values[{place} + {number}]::{})", kind.of_postgres());
            sql = sql.replace(&format!("${number}"), &value);
        }
        writeln!(branches, "when {number} then {sql}; the_place := the_place + {count} * the_run;")
            .expect("a string grows");
    }
    // A plan made for the values at hand would hold a copy of them all, in which each is searched from the first on.
    format!(
        "create or replace function pg_temp.apply_records(
             the_ladder text, the_epoch bigint, the_start bigint, the_checksum bigint, the_format bigint,
             the_times bigint[], the_keys text[], the_records bytea[],
             the_changes integer[], the_runs integer[], the_values text[]
         ) returns boolean language plpgsql set plan_cache_mode = force_generic_plan as $evoladder$
         #variable_conflict use_column
         declare
             the_end bigint := the_start + cardinality(the_records);
             the_place integer := 0;
             the_run integer;
         begin
             update progress set seq = the_end, checksum = the_checksum
             where ladder_id = the_ladder and epoch = the_epoch and seq = the_start;
             if not found then
                 if the_start <> 0 then return false; end if;
                 insert into progress (id, ladder_id, epoch, seq, checksum)
                 values (1, the_ladder, the_epoch, the_end, the_checksum) on conflict do nothing;
                 if not found then return false; end if;
             end if;
             insert into events (seq, at_ms, request_key, format, record)
             select the_start + fresh.nth, fresh.at_ms, fresh.request_key, the_format, fresh.record
             from unnest(the_times, the_keys, the_records) with ordinality
                 as fresh (at_ms, request_key, record, nth);
             for the_step in 1 .. cardinality(the_changes) loop
                 the_run := the_runs[the_step];
                 case the_changes[the_step]
                 {branches}
                 else raise exception 'there is no change %', the_changes[the_step];
                 end case;
             end loop;
             return true;
         end $evoladder$"
    )
}

fn silent(server: &Server, limit: Duration) -> StoreError {
    StoreError::Away(format!(
        "{server} did not answer within {} s; check that it runs, and that no firewall is between",
        limit.as_secs()
    ))
}

/// What went wrong, in a sentence that says what to do. No text of the URL but host, port, user and database.
fn error(server: &Server, error: &sqlx::Error) -> StoreError {
    let (away, settings) = (StoreError::Away, StoreError::Settings);
    match error {
        sqlx::Error::Database(of_server) => {
            let code = of_server.code().unwrap_or_default().into_owned();
            let said = of_server.message();
            let (user, name) = (server.user(), server.name());
            match code.as_str() {
                "28P01" | "28000" => settings(format!(
                    "{server} does not let user {user} in ({said}); correct user and password in DATABASE_URL, or \
                     allow this host in the server's pg_hba.conf"
                )),
                "3D000" => settings(format!(
                    "{server} has no database {name}; make it (createdb {name}) or correct the name in DATABASE_URL"
                )),
                "42501" => settings(format!(
                    "{server} does not let user {user} do it ({said}); the user needs all rights on database {name}, \
                     CREATE in its schema and TEMPORARY: grant all on database {name} to {user}"
                )),
                "42883" | "26000" | "42P05" => settings(format!(
                    "{server} lost what this session made ({said}): there is a pooler between that changes sessions \
                     with each transaction. Put its session port or the server's own port into DATABASE_URL"
                )),
                "25006" => away(format!("{server} is read-only, as a standby is; it may become the primary")),
                "57P03" | "57P01" | "57P02" => away(format!("{server} starts or stops ({said})")),
                "53300" => away(format!("{server} has no connection left ({said})")),
                _ => match code.get(..2) {
                    // Data that does not fit its type, a broken rule of a table, or a text this build does not know.
                    Some("22" | "23" | "42" | "P0") => StoreError::Refused {
                        what: format!("change the tables in {server}"),
                        reason: said.to_owned(),
                    },
                    _ => away(format!("{server} could not do it: {said} ({code})")),
                },
            }
        }
        sqlx::Error::Io(error) => io_error(server, error),
        sqlx::Error::Tls(error) => tls_error(server, &error.to_string()),
        sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. } => {
            StoreError::Unread(anyhow::anyhow!("{server} answered what this build does not read: {error}"))
        }
        // Settings that cannot be used, without their text.
        sqlx::Error::Configuration(_) => settings(format!(
            "DATABASE_URL cannot be used with {server}; check its parameters, sslcert and sslkey are given together"
        )),
        other => away(format!("{server} does not answer as it should: {other}")),
    }
}

fn io_error(server: &Server, error: &std::io::Error) -> StoreError {
    use std::io::ErrorKind;
    let said = error.to_string();
    if said.contains("invalid peer certificate") || error.kind() == ErrorKind::InvalidData {
        return tls_error(server, &said);
    }
    if [ErrorKind::NotFound, ErrorKind::PermissionDenied].contains(&error.kind())
        && !server.host().starts_with('/')
    {
        return StoreError::Settings(format!(
            "a file for TLS with {server} cannot be read ({said}); check sslrootcert, sslcert and sslkey in DATABASE_URL"
        ));
    }
    StoreError::Away(match error.kind() {
        ErrorKind::ConnectionRefused => {
            format!("{server} refuses connections; start it, or correct host and port in DATABASE_URL")
        }
        ErrorKind::NotFound if server.host().starts_with('/') => {
            format!("{server} has no socket there; start it, or correct the folder in DATABASE_URL")
        }
        _ if said.contains("lookup address") => format!(
            "the host {} cannot be found ({said}); correct it in DATABASE_URL, or mend the name service",
            server.host()
        ),
        ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe => {
            format!("{server} ended the connection; it stopped, or what is between them did")
        }
        _ => format!("{server} cannot be reached: {said}"),
    })
}

fn tls_error(server: &Server, said: &str) -> StoreError {
    StoreError::Settings(if said.contains("does not support TLS") {
        format!(
            "{server} does not speak TLS; switch it on there (ssl = on), or set sslmode=disable in DATABASE_URL"
        )
    } else if said.contains("certificate") && server.verifies() {
        format!(
            "the certificate of {server} is not trusted ({said}); put the file of the authority that signed it into \
             DATABASE_URL as sslrootcert=FILE, and with sslmode=verify-full name the host as the certificate does"
        )
    } else {
        format!(
            "TLS with {server} failed ({said}); check sslmode, sslrootcert, sslcert and sslkey in DATABASE_URL"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_inserts_and_does_nothing_else_may_be_many_rows_at_once() {
        let many: Vec<Statement> =
            Statement::ALL.iter().copied().filter(|&statement| rows_of(statement).is_some()).collect();
        let expected = [
            Statement::JoinPlayer,
            Statement::BindToon,
            Statement::PairMatch,
            Statement::TakeReplay,
            Statement::OpenCase,
            Statement::LogAct,
            Statement::SetRatingSystem,
            Statement::LogRerating,
        ];
        assert_eq!(many, expected);
        for statement in many {
            let (head, row, tail) = rows_of(statement).unwrap();
            let places: Vec<String> = (1..=statement.parameters().len()).map(|at| format!("${at}")).collect();
            assert!(head.trim_start().starts_with("insert into "), "{head}");
            assert_eq!(row, places.join(", "), "{statement:?}");
            assert!(["", " on conflict do nothing"].contains(&tail), "{tail}");
        }
    }
}
