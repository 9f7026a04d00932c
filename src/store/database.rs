//! Where the tables are: a file of the data folder, or a PostgreSQL server by its URL.

use crate::config::{Faults, Secret};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Name of the file in the data folder.
pub const FILE: &str = "ladder.sqlite";

/// What is understood of a URL behind its question mark. Hosts put more there, for other programs.
const PARAMETERS: [&str; 13] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "host",
    "hostaddr",
    "port",
    "dbname",
];
/// The same, of which nothing is ever shown.
const CREDENTIALS: [&str; 2] = ["user", "password"];

/// Where the tables are.
#[derive(Debug, Clone)]
pub enum Database {
    File(PathBuf),
    Server(Box<Server>),
}

/// A PostgreSQL server and the database in it. Its password is never shown.
#[derive(Clone)]
pub struct Server {
    pub(super) options: Box<PgConnectOptions>,
}

impl Database {
    /// The server of `url`, or without one the file in the folder `data`.
    pub fn of(data: &Path, url: Option<&Secret>) -> Result<Database, Faults> {
        match url {
            Some(url) => Ok(Database::Server(Box::new(Server::parse(url)?))),
            None => Ok(Database::File(data.join(FILE))),
        }
    }

    pub fn is_server(&self) -> bool {
        matches!(self, Database::Server(_))
    }
}

/// As people look for it: a file by its name in the data folder.
impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Database::File(_) => f.write_str(FILE),
            Database::Server(server) => write!(f, "{server}"),
        }
    }
}

impl From<&Path> for Database {
    fn from(path: &Path) -> Database {
        Database::File(path.to_owned())
    }
}

impl From<&PathBuf> for Database {
    fn from(path: &PathBuf) -> Database {
        Database::File(path.clone())
    }
}

impl From<&Database> for Database {
    fn from(database: &Database) -> Database {
        database.clone()
    }
}

impl Server {
    /// Nothing of the text is repeated where it is wrong: it has a password in it.
    fn parse(url: &Secret) -> Result<Server, Faults> {
        let fault = |problem: String| Faults(vec![format!("DATABASE_URL cannot be used: {problem}")]);
        let (address, parameters) = url.expose().split_once('?').unwrap_or((url.expose(), ""));
        let (parameters, _) = parameters.split_once('#').unwrap_or((parameters, ""));
        let mut known = Vec::new();
        for parameter in parameters.split('&').filter(|parameter| !parameter.is_empty()) {
            let (key, _) = parameter.split_once('=').unwrap_or((parameter, ""));
            if PARAMETERS.contains(&key) || CREDENTIALS.contains(&key) {
                known.push(parameter);
            }
        }
        let understood = format!("{address}?{}", known.join("&"));
        let options = PgConnectOptions::from_str(&understood).map_err(|_| {
            fault(
                "it should be postgres://USER:PASSWORD@HOST:PORT/DATABASE, with any of @ : / ? # % in user or \
                 password written as %40 %3A %2F %3F %23 %25, and sslmode one of disable, prefer, require, \
                 verify-ca, verify-full"
                    .to_owned(),
            )
        })?;
        Ok(Server { options: Box::new(options.application_name("evoladder")) })
    }

    pub(super) fn host(&self) -> String {
        match self.options.get_socket() {
            Some(socket) => socket.display().to_string(),
            None => self.options.get_host().to_owned(),
        }
    }

    /// Without one, PostgreSQL takes the database of the user's name.
    pub(super) fn name(&self) -> &str {
        self.options.get_database().unwrap_or_else(|| self.options.get_username())
    }

    pub(super) fn user(&self) -> &str {
        self.options.get_username()
    }

    pub(super) fn verifies(&self) -> bool {
        matches!(self.options.get_ssl_mode(), PgSslMode::VerifyCa | PgSslMode::VerifyFull)
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgreSQL at {}:{}", self.host(), self.options.get_port())
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Server({self}, database {})", self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(url: &str) -> Result<Server, Faults> {
        Server::parse(&Secret::new(url))
    }

    #[test]
    fn a_url_says_host_port_and_database_and_what_is_for_others_is_left_out() {
        let url = "postgresql://ana:s%40crt@db.example:6432/ladder?channel_binding=require&sslmode=verify-full&pgbouncer=true";
        let server = server(url).unwrap();
        assert_eq!(server.to_string(), "PostgreSQL at db.example:6432");
        assert_eq!((server.user(), server.name(), server.verifies()), ("ana", "ladder", true));
    }

    #[test]
    fn neither_a_password_nor_a_wrong_url_is_shown() {
        let shown = format!("{:?}", Database::Server(Box::new(server("postgres://ana:hidden@h/d").unwrap())));
        assert!(!shown.contains("hidden"), "{shown}");
        for wrong in [
            "postgres://ana:hid den@h:99999/d",
            "postgres://h/d?password=hidden&sslmode=hidden",
            "postgres://ana:hid/den@h/d",
        ] {
            let fault = server(wrong).expect_err(wrong).to_string();
            assert!(fault.contains("postgres://USER:PASSWORD@HOST:PORT/DATABASE"), "{fault}");
            assert!(!fault.contains("hid"), "{fault}");
        }
    }
}
