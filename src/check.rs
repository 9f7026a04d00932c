//! What a run will need, looked at before it: settings, data folder, database, and the bot at Discord.
//!
//! Nothing is changed, and no session of the gateway is used up. Each finding that is missing says where
//! to click.

mod discord;
mod permissions;

use crate::config::{self, Faults};
use crate::frontend::rest::Rest;
use crate::runtime;
use crate::store::{Database, Store};
use nix::unistd::{AccessFlags, access};
use std::fmt;
use std::path::Path;

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub about: &'static str,
    pub verdict: Verdict,
    /// In a sentence; for what is missing also what to do.
    pub says: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Good,
    /// The ladder runs, but for something.
    Mind,
    Missing,
}

impl Finding {
    fn good(about: &'static str, says: impl Into<String>) -> Finding {
        Finding { about, verdict: Verdict::Good, says: says.into() }
    }

    fn mind(about: &'static str, says: impl Into<String>) -> Finding {
        Finding { about, verdict: Verdict::Mind, says: says.into() }
    }

    fn missing(about: &'static str, says: impl Into<String>) -> Finding {
        Finding { about, verdict: Verdict::Missing, says: says.into() }
    }

    pub fn is_missing(&self) -> bool {
        self.verdict == Verdict::Missing
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match self.verdict {
            Verdict::Good => "good",
            Verdict::Mind => "mind",
            Verdict::Missing => "MISSING",
        };
        write!(f, "{verdict:<8} {:<12} {}", self.about, self.says)
    }
}

/// What is wrong with the settings; nothing else can be looked at then.
pub fn of_faults(faults: &Faults) -> Vec<Finding> {
    faults.0.iter().map(|fault| Finding::missing("settings", fault.as_str())).collect()
}

pub fn run(config: &config::Check) -> anyhow::Result<Vec<Finding>> {
    runtime::block_on(look(config))
}

async fn look(config: &config::Check) -> anyhow::Result<Vec<Finding>> {
    let mut findings = vec![Finding::good("settings", "all of them can be read")];
    findings.push(data_folder(&config.data));
    findings.push(database(&config.data, config.database_url.as_ref()).await);
    let rest = Rest::new(config.token.expose(), config.proxy.as_deref())?;
    findings.extend(discord::look(&rest, config.places, config.shards).await);
    Ok(findings)
}

/// Whether the folder can be written, or made.
fn data_folder(folder: &Path) -> Finding {
    let about = "data folder";
    let Ok(folder) = std::path::absolute(folder) else {
        return Finding::missing(about, format!("{} is no path", folder.display()));
    };
    let there = folder.ancestors().find(|path| path.exists()).unwrap_or(Path::new("/"));
    if !there.is_dir() {
        return Finding::missing(
            about,
            format!("{} is no folder; name another with {}", there.display(), config::DATA),
        );
    }
    if let Err(error) = access(there, AccessFlags::W_OK | AccessFlags::X_OK) {
        return Finding::missing(
            about,
            format!(
                "{} cannot be written: {}; name another with {}",
                there.display(),
                error.desc(),
                config::DATA
            ),
        );
    }
    let is_there = there == folder;
    Finding::good(
        about,
        format!("{} {}", folder.display(), if is_there { "can be written" } else { "can be made" }),
    )
}

async fn database(folder: &Path, url: Option<&config::Secret>) -> Finding {
    let about = "database";
    let database = match Database::of(folder, url) {
        Ok(database) => database,
        Err(faults) => return Finding::missing(about, faults.to_string()),
    };
    if !database.is_server() && !folder.join(crate::store::FILE).exists() {
        return Finding::good(about, format!("{database} will be made in the data folder"));
    }
    let mut store = match Store::open_to_read(&database).await {
        Ok(store) => store,
        Err(error) => {
            let what_to_do = if database.is_server() {
                format!(
                    "; look at {}, and whether the server runs and lets this machine in",
                    config::DATABASE_URL
                )
            } else {
                String::new()
            };
            return Finding::missing(about, format!("{error}{what_to_do}"));
        }
    };
    match store.progress().await {
        Ok(Some(progress)) => {
            Finding::good(about, format!("{database} has a ladder, up to record {}", progress.seq))
        }
        Ok(None) => Finding::good(about, format!("{database} answers, and has no ladder yet")),
        // Before the first start there is no table to ask.
        Err(_) => Finding::good(about, format!("{database} answers, and has no tables of a ladder yet")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_there_or_can_be_made_is_good_and_a_file_is_none() {
        let root = tempfile::tempdir().unwrap();
        assert!(!data_folder(root.path()).is_missing());
        assert!(data_folder(&root.path().join("a").join("b")).says.ends_with("can be made"));
        assert!(!root.path().join("a").exists(), "looking makes nothing");
        let file = root.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert!(data_folder(&file.join("data")).is_missing());
    }

    #[tokio::test]
    async fn a_database_that_is_not_there_says_which_setting_to_look_at() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(database(root.path(), None).await.verdict, Verdict::Good);
        let url = config::Secret::new("postgres://ana:hidden@127.0.0.1:1/ladder");
        let found = database(root.path(), Some(&url)).await;
        assert!(found.is_missing() && found.says.contains("DATABASE_URL"), "{found}");
        assert!(!found.says.contains("hidden"), "{found}");
    }
}
