//! The people of a measurement, in a thread of this process.

use crate::tree::Tree;
use anyhow::Context;
use evoladder::players::habits::Habits;
use evoladder::players::{self, Said, Settings, Stage};
use evoladder::season::Which;
use ipc_schema::control::Gauge;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use tokio::sync::watch;

pub(crate) struct People {
    stage: watch::Sender<Stage>,
    gauges: Arc<Mutex<Vec<Gauge>>>,
    life: JoinHandle<anyhow::Result<()>>,
}

impl People {
    /// They come and set up.
    pub(crate) fn start(
        tree: &Tree,
        players: usize,
        seed: u64,
        season: Which,
        habits: Habits,
    ) -> anyhow::Result<People> {
        let record = Some(tree.data().join("players").join("record.ndjson"));
        let emulator = tree.emulator().to_string();
        let settings = Settings { emulator, players, seed, season, record, habits };
        let (stage, stages) = watch::channel(Stage::SetUp);
        let gauges = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&gauges);
        let life =
            std::thread::Builder::new().name("people".to_owned()).spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                runtime.context("start the runtime")?.block_on(players::live(settings, stages, |said| {
                    match said {
                        Said::Here => {}
                        Said::Gauges(gauges) => *told.lock().unwrap_or_else(PoisonError::into_inner) = gauges,
                    }
                }))
            })?;
        Ok(People { stage, gauges, life })
    }

    /// What they say of themselves; 0 before they have.
    pub(crate) fn gauge(&self, name: &str) -> f64 {
        let gauges = self.gauges.lock().unwrap_or_else(PoisonError::into_inner);
        gauges.iter().find(|gauge| gauge.name == name).map_or(0.0, |gauge| gauge.value)
    }

    pub(crate) fn begin(&self) {
        self.stage.send_replace(Stage::Live);
    }

    pub(crate) fn leave(self) -> anyhow::Result<()> {
        self.stage.send_replace(Stage::Leave);
        self.life.join().ok().context("the people's thread ended with a panic")?
    }
}
