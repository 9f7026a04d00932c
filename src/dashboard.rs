//! The dashboard: how the ladder does, for people and for Prometheus.
//!
//! It owns its port and nothing else. Once a second it asks the supervisor what `evoladder status` asks, and
//! makes of the answer all that it serves, so that being asked often costs the ladder nothing. No other
//! process knows of it: it may die, or be off, and nothing else notices.
//!
//! | file | holds |
//! |---|---|
//! | [`status`] | the supervisor's answer |
//! | [`history`] | the last ten minutes of it, and what follows from two moments of it |
//! | [`metrics`] | the table of all metrics, and Prometheus' text |
//! | [`web`] | who may see what; the page's files are in `page/` |

pub mod history;
pub mod metrics;
pub mod status;
pub mod web;

use crate::clock;
use crate::config;
use crate::ipc::child::{Child, Control};
use crate::runtime;
use crate::watch::alerts::NOT_READY;
use bytes::Bytes;
use history::History;
use serde_json::json;
use status::{Alert, Status};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::time::{MissedTickBehavior, sleep, timeout};
use web::Door;

/// Between two looks at the ladder.
const EVERY: Duration = Duration::from_secs(1);

/// For the supervisor to answer, which takes a millisecond.
const PATIENCE: Duration = Duration::from_secs(1);

/// An answer that is older says nothing any more.
const STALE: Duration = Duration::from_secs(5);

/// Between two attempts to listen where somebody else does.
const PAUSE: Duration = Duration::from_secs(2);

/// Priority below everybody's whom players wait for.
const NICE: i32 = 10;

/// What is served, as of the last look.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    /// Why players are not served as they should be; None if they are.
    pub not_ready: Option<String>,
    /// In Prometheus' text format.
    pub metrics: Bytes,
    /// What the page draws, as JSON.
    pub state: Bytes,
}

/// What requests see of the looks.
#[derive(Debug, Default)]
pub struct Board {
    shown: Mutex<Arc<Shown>>,
    history: Mutex<History>,
}

impl Board {
    pub fn shown(&self) -> Arc<Shown> {
        Arc::clone(&self.shown.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The samples of the last minutes, as JSON.
    pub fn history(&self) -> String {
        self.history.lock().unwrap_or_else(PoisonError::into_inner).to_json().to_string()
    }

    /// Takes the supervisor's newest answer in, if there is one.
    fn look(&self, status: Option<&Status>, seconds: f64) {
        let mut history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(status) = status {
            history.push(seconds, status);
        }
        let not_ready = match status {
            Some(status) => status.not_ready(),
            None => Some("the supervisor does not answer".to_owned()),
        };
        let page = json!({
            "not_ready": not_ready,
            "alerts": alerts(status, not_ready.as_deref()),
            "status": status,
            "sample": status.and_then(|_| history.newest()),
        });
        let shown = Shown {
            metrics: metrics::text(status, not_ready.is_none()).into(),
            state: page.to_string().into(),
            not_ready,
        };
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(shown);
    }
}

/// What the supervisor says is not as it should be. That players are not served is shown at once, although it
/// is an alert only where it lasts.
fn alerts(status: Option<&Status>, not_ready: Option<&str>) -> Vec<Alert> {
    let mut alerts = status.map_or_else(Vec::new, |status| status.alerts.clone());
    if let Some(why) = not_ready.filter(|_| alerts.iter().all(|alert| alert.name != NOT_READY)) {
        alerts.insert(0, Alert { name: NOT_READY.to_owned(), text: why.to_owned(), for_s: None });
    }
    alerts
}

/// Runs until drained.
pub fn run(child: Child, config: &config::Dashboard) -> anyhow::Result<()> {
    runtime::block_on(run_until_drained(child, config))
}

async fn run_until_drained(child: Child, config: &config::Dashboard) -> anyhow::Result<()> {
    if let Err(error) = rustix::process::nice(NICE) {
        tracing::warn!("the dashboard runs at the priority of the rest: {error}");
    }
    let control = child.start_control()?;
    let mut draining = control.clone();
    let board = Arc::<Board>::default();
    let looking = tokio::spawn(look(config.run_dir.supervisor(), Arc::clone(&board)));
    let listener = tokio::select! {
        listener = listen(config, &control) => listener,
        () = draining.drain_asked() => {
            control.finish().await;
            return Ok(());
        }
    };
    let address = listener.local_addr()?;
    tracing::info!("the dashboard is at http://{address}/");
    control.ready(Some(address.to_string()));
    let door = Door::new(config.token.as_ref());
    tokio::select! {
        served = web::serve(listener, door, board) => served?,
        () = draining.drain_asked() => {}
        looked = looking => looked?,
    }
    control.finish().await;
    Ok(())
}

/// The port, as soon as it can be had: another evoladder on this machine may have it for the moment.
async fn listen(config: &config::Dashboard, control: &Control) -> TcpListener {
    let mut told = false;
    loop {
        match TcpListener::bind(config.listen).await {
            Ok(listener) => return listener,
            Err(error) if !told => {
                told = true;
                let listen = config.listen;
                tracing::error!("the dashboard cannot listen on {listen}: {error}; trying again");
                control.stands_by(&format!("{listen} is free"));
            }
            Err(_) => {}
        }
        sleep(PAUSE).await;
    }
}

/// Looks at the ladder for ever.
async fn look(supervisor: PathBuf, board: Arc<Board>) {
    let mut tick = tokio::time::interval(EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let began = clock::instant();
    let mut last: Option<(Instant, Status)> = None;
    let mut told = false;
    loop {
        tick.tick().await;
        match timeout(PATIENCE, status::ask(&supervisor)).await {
            Ok(Ok(status)) => {
                told = false;
                last = Some((clock::instant(), status));
            }
            failed => {
                if !std::mem::replace(&mut told, true) {
                    let why = match failed {
                        Ok(Err(error)) => format!("{error:#}"),
                        _ => "no answer in time".to_owned(),
                    };
                    tracing::warn!("the supervisor does not tell how the ladder does: {why}");
                }
            }
        }
        // One answer that is late is no news.
        let known = last.as_ref().filter(|(at, _)| at.elapsed() < STALE);
        board.look(known.map(|(_, status)| status), began.elapsed().as_secs_f64());
    }
}
