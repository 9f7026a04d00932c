//! Older matches from the database, for those who ask.
//!
//! One task reads, on a connection of its own that is opened when somebody asks and closed when
//! nobody has for a while, so that it holds up neither the journal nor the tables, whatever becomes
//! of the database. An answer has everything that was on disk when it was asked for.

use super::project::Following;
use crate::store::{Database, Store};
use anyhow::{Context, bail};
use ipc_schema::db_writer::WriterReply;
use ipc_schema::ids::{MatchId, Seq};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, timeout, timeout_at};

/// Questions that wait for their turn, each of some milliseconds. When full, the next reads that it is busy.
const WAITING: usize = 32;

/// For one answer, its turn included.
const LIMIT: Duration = Duration::from_secs(2);

/// How long the connection stays open without a question.
const IDLE: Duration = Duration::from_secs(60);

/// A handle to the task that reads.
#[derive(Debug)]
pub struct History {
    asks: mpsc::Sender<Ask>,
}

#[derive(Debug)]
struct Ask {
    match_id: MatchId,
    /// What the tables have to have before the answer is true.
    synced: Seq,
    until: Instant,
    answer: oneshot::Sender<WriterReply>,
}

impl History {
    /// Reads the database; `following` says how far its tables are.
    pub fn start(database: Database, following: watch::Receiver<Following>) -> History {
        let (asks, asked) = mpsc::channel(WAITING);
        tokio::spawn(serve(database, following, asked));
        History { asks }
    }

    /// The match as the tables have it once they have everything up to `synced`.
    pub fn find_match(&self, match_id: MatchId, synced: Seq) -> impl Future<Output = WriterReply> + use<> {
        let (answer, answered) = oneshot::channel();
        let asked = self.asks.try_send(Ask { match_id, synced, until: Instant::now() + LIMIT, answer });
        async move {
            match asked {
                Ok(()) => answered.await.unwrap_or_else(|_| away("nobody reads the database")),
                Err(_) => WriterReply::Busy,
            }
        }
    }
}

async fn serve(
    database: Database,
    mut following: watch::Receiver<Following>,
    mut asked: mpsc::Receiver<Ask>,
) {
    let mut open: Option<Store> = None;
    loop {
        let ask = match timeout(IDLE, asked.recv()).await {
            Ok(Some(ask)) => ask,
            Ok(None) => return,
            Err(_) => {
                open = None;
                let Some(ask) = asked.recv().await else { return };
                ask
            }
        };
        let Ask { match_id, synced, until, answer } = ask;
        // A connection that did not answer in time, or with an error, is not used again.
        let mut store = open.take();
        let read = async {
            let caught_up = following.wait_for(|following| following.projected >= synced);
            if timeout_at(until, caught_up).await.is_err() {
                bail!("the database is behind the journal");
            }
            let reading = async {
                if store.is_none() {
                    store = Some(Store::open_to_read(database.clone()).await?);
                }
                anyhow::Ok(store.as_mut().expect("it is open").find_match(match_id).await?)
            };
            timeout_at(until, reading).await.context("the database does not answer in time").flatten()
        };
        let reply = match read.await {
            Ok(found) => {
                open = store;
                WriterReply::Match(found.map(Box::new))
            }
            Err(error) => {
                let reason = format!("{error:#}");
                tracing::warn!("cannot read match {match_id} from the database: {reason}");
                away(&reason)
            }
        };
        // Whoever asked may be gone.
        answer.send(reply).ok();
    }
}

fn away(reason: &str) -> WriterReply {
    WriterReply::HistoryAway { reason: reason.to_owned() }
}
