//! How it goes: what the backend tells the supervisor, what that tells it of the whole, and what staff see of both.

use super::Backend;
use crate::domain::season::Pace;
use crate::ipc::child::{Control, gauge};
use ipc_schema::staff::HealthView;
use ipc_schema::watch::{LoadLevel, Watch};

impl Backend {
    /// How the whole ladder does, by which messages are told anew more rarely.
    pub(super) fn watched(&mut self, watch: Option<Watch>) {
        self.core.set_pace(match watch.as_ref().map(|watch| watch.level) {
            Some(LoadLevel::Busy | LoadLevel::Overloaded) => Pace::Rare,
            Some(LoadLevel::Normal) | None => Pace::Usual,
        });
        self.watch = watch;
    }

    /// What staff ask about, also while the disk refuses: nothing in it has to be saved first.
    pub(super) fn health(&self) -> HealthView {
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let ladder = self.core.ladder();
        let (workers, workers_idle) = self.workers.counts();
        HealthView {
            records: self.core.seq().0,
            records_unsaved: self.core.unsaved(),
            read_only: self.core.is_read_only(),
            workers: count(workers),
            workers_idle: count(workers_idle),
            replays_in_line: count(ladder.jobs().count()),
            cards_due: count(ladder.cards().due().count()),
            cards_under_way: count(self.under_way.len()),
            replays_parsed: ladder.counts().replays_parsed,
            replays_failed: ladder.counts().replays_failed,
            watch: self.watch.clone().map(Box::new),
        }
    }

    /// Tells the supervisor how it goes.
    pub(super) fn report(&self, control: &Control) {
        let ladder = self.core.ladder();
        let (counts, counted) = (ladder.counts(), self.workers.counted());
        let (workers, workers_idle) = self.workers.counts();
        control.latencies(vec![self.core.durable_after().read(), counted.took.read()]);
        let stores = ladder.memory().into_iter().chain([("answers", self.core.answers_bytes())]);
        let stores = stores.map(|(store, bytes)| gauge(&format!("store_{store}_bytes"), bytes as f64));
        let mut gauges = vec![
            gauge("waves", self.core.waves() as f64),
            gauge("workers", workers as f64),
            gauge("workers_idle", workers_idle as f64),
            gauge("replay_jobs", counted.dealt as f64),
            gauge("replay_jobs_dropped", counted.dropped as f64),
            gauge("replay_jobs_timed_out", counted.timed_out as f64),
            gauge("cards_due", ladder.cards().due().count() as f64),
            gauge("read_only", f64::from(u8::from(self.core.is_read_only()))),
            gauge("journal_lag_s", self.core.lag().as_secs_f64()),
            gauge("players", ladder.players() as f64),
            gauge("queue_entries", ladder.queued() as f64),
            gauge("matches_open", ladder.open_matches() as f64),
            gauge("matches_paired", counts.matches_paired as f64),
            gauge("matches_decided", counts.matches_decided as f64),
            gauge("replays_parsed", counts.replays_parsed as f64),
            gauge("replays_failed", counts.replays_failed as f64),
            gauge("replays_in_line", ladder.jobs().count() as f64),
            gauge("cards_kept", ladder.cards().len() as f64),
            gauge("records", self.core.seq().0 as f64),
            gauge("records_unsaved", self.core.unsaved() as f64),
        ];
        gauges.extend(stores);
        control.gauges(gauges);
    }
}
