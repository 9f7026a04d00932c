//! What is not as it should be, since when, and whether staff have been told. `docs/operations/alerts.yml` has the
//! same rules for Prometheus, which can also wake somebody.
//!
//! A rule that is met becomes an alert at once, or after [`Knobs::patience`] where a moment of it means nothing
//! (Prometheus' `for`). It is over when the rule has not been met for [`Knobs::keep`] (`keep_firing_for`). Staff
//! are told once of each end; what nobody could tell in time is told as a whole.

use super::samples::Samples;
use super::{Facts, Knobs};
use crate::telemetry::latency::quantile;
use ipc_schema::control::Role;
use ipc_schema::vocab::Timestamp;
use ipc_schema::watch::{Alert, AlertNews, LoadLevel};
use std::collections::VecDeque;
use std::time::Duration;

/// Seconds over which attempts and answers are looked at.
const WINDOW: f64 = 300.0;

/// Fewer attempts at replays, or answers, say nothing of a share of them.
const ENOUGH: f64 = 20.0;

/// Alerts that are over and not told yet. Where Discord is away for so long, the oldest is only in the log.
const UNTOLD: usize = 16;

/// What the rules look at.
pub(super) struct Look<'a> {
    pub(super) facts: &'a Facts<'a>,
    pub(super) samples: &'a Samples,
    pub(super) level: LoadLevel,
}

impl Look<'_> {
    fn gauge_above(&self, role: Role, name: &str, limit: f64) -> Option<f64> {
        self.facts.gauge(role, name).filter(|value| *value > limit)
    }
}

/// When a rule that is met is an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begins {
    AtOnce,
    AfterPatience,
}

pub struct Rule {
    /// As in the file for Prometheus, and as `ALERTS` calls it.
    pub name: &'static str,
    pub begins: Begins,
    /// Unless `ALERTS` says otherwise; None for what either is so or not.
    pub limit: Option<f64>,
    /// What is wrong, above the limit.
    says: fn(&Look<'_>, f64) -> Option<String>,
}

const fn rule(
    name: &'static str,
    begins: Begins,
    limit: Option<f64>,
    says: fn(&Look<'_>, f64) -> Option<String>,
) -> Rule {
    Rule { name, begins, limit, says }
}

use Begins::{AfterPatience, AtOnce};

/// The rule that players are not served, which also says that nobody knows how the ladder does.
pub const NOT_READY: &str = "NotReady";

pub const RULES: &[Rule] = &[
    rule(NOT_READY, AfterPatience, None, |look, _| look.facts.not_ready.clone()),
    rule("ReplayTimeouts", AtOnce, Some(0.1), |look, limit| {
        let (all, late) = look.samples.jobs(WINDOW)?;
        let is_met = all >= ENOUGH && late > all * limit;
        is_met.then(|| format!("{late} of {all} replays took their workers too long"))
    }),
    rule("JournalLag", AtOnce, Some(5.0), |look, limit| {
        let lag = look.gauge_above(Role::Backend, "journal_lag_s", limit)?;
        Some(format!("the oldest decision has been on its way to the disk for {lag:.0} s"))
    }),
    rule("DatabaseLag", AfterPatience, Some(60.0), |look, limit| {
        let lag = look.gauge_above(Role::DbWriter, "database_lag_s", limit)?;
        Some(format!("the database has been behind the journal for {lag:.0} s"))
    }),
    rule("DatabaseAway", AfterPatience, None, |look, _| {
        let connected = look.facts.gauge(Role::DbWriter, "database_connected")?;
        (connected == 0.0).then(|| "the database does not answer; the journal keeps all for it".to_owned())
    }),
    rule("BreakerOpen", AtOnce, None, |look, _| {
        look.gauge_above(Role::Frontend, "breaker_open", 0.0)?;
        Some("Discord refused too many calls; only acknowledgements are sent".to_owned())
    }),
    rule("Restarts", AtOnce, Some(0.0), |look, limit| {
        let restarts = look.samples.restarts();
        let is_met = restarts as f64 > limit;
        is_met.then(|| format!("deaths within ten minutes that a successor followed: {restarts}"))
    }),
    rule("Memory", AfterPatience, Some(0.9), |look, limit| {
        let (used, most) = look.facts.memory;
        let share = used? as f64 / most? as f64;
        (share > limit).then(|| format!("{:.0} % of the container's memory is used", share * 100.0))
    }),
    rule("UploadLine", AfterPatience, Some(50.0), |look, limit| {
        let line = look.gauge_above(Role::Backend, "replays_in_line", limit)?;
        Some(format!("{line} replays wait to be read"))
    }),
    rule("WriterQueue", AfterPatience, Some(200.0), |look, limit| {
        let queue = look.gauge_above(Role::Backend, "records_unsaved", limit)?;
        Some(format!("{queue} decisions wait for the disk"))
    }),
    // In seconds.
    rule("SlowAnswers", AtOnce, Some(1.0), |look, limit| {
        let counts = look.samples.answers(WINDOW)?;
        let p95 = quantile(&counts, 0.95).filter(|_| counts.iter().sum::<u64>() as f64 >= ENOUGH)?;
        (p95 > limit * 1000.0).then(|| format!("one answer in twenty takes more than {:.1} s", p95 / 1000.0))
    }),
    rule("ReadOnly", AtOnce, None, |look, _| {
        look.gauge_above(Role::Backend, "read_only", 0.0)?;
        Some("the disk refused, and nothing is decided".to_owned())
    }),
    rule("Overloaded", AtOnce, None, |look, _| {
        let is_met = look.level == LoadLevel::Overloaded;
        is_met.then(|| "so much is going on that pages are older ones and replays wait".to_owned())
    }),
];

/// What each rule finds wrong, in their order.
pub(super) fn found(look: &Look<'_>, knobs: &Knobs) -> Vec<Option<String>> {
    RULES.iter().zip(&knobs.alerts).map(|(rule, limit)| (rule.says)(look, *limit)).collect()
}

/// How far staff have been told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Nothing,
    Began,
}

/// An alert from its beginning until its end is told.
#[derive(Debug)]
struct Episode {
    number: u64,
    rule: usize,
    /// As it was at first, and by now.
    first: String,
    text: String,
    began: Timestamp,
    over: Option<Timestamp>,
    /// When its rule was met for the last time.
    met: Duration,
    told: Told,
}

impl Episode {
    fn news(&self) -> Option<AlertNews> {
        match (self.over, self.told) {
            (None, Told::Nothing) => Some(AlertNews::Began),
            (None, Told::Began) => None,
            (Some(_), Told::Nothing) => Some(AlertNews::Was),
            (Some(_), Told::Began) => Some(AlertNews::Over),
        }
    }
}

/// All alerts. What a rule found is theirs to remember.
#[derive(Debug, Default)]
pub struct Alerts {
    /// Since when each rule is met without being an alert yet.
    met_since: Vec<Option<Duration>>,
    episodes: VecDeque<Episode>,
    last_number: u64,
}

impl Alerts {
    /// Takes in what the rules found, in their order.
    pub(super) fn look(&mut self, now: Duration, at: Timestamp, found: Vec<Option<String>>, knobs: &Knobs) {
        self.met_since.resize(RULES.len(), None);
        for (rule, text) in found.into_iter().enumerate() {
            let present = self.episodes.iter_mut().find(|of| of.rule == rule && of.over.is_none());
            match (text, present) {
                (Some(text), Some(episode)) => (episode.text, episode.met) = (text, now),
                (Some(text), None) => {
                    let since = *self.met_since[rule].get_or_insert(now);
                    let patience = match RULES[rule].begins {
                        Begins::AtOnce => Duration::ZERO,
                        Begins::AfterPatience => knobs.patience,
                    };
                    if now.saturating_sub(since) >= patience {
                        self.met_since[rule] = None;
                        self.begin(rule, text, now, at);
                    }
                }
                (None, Some(episode)) => {
                    if now.saturating_sub(episode.met) >= knobs.keep {
                        episode.over = Some(at);
                        tracing::warn!("the alert {} is over", RULES[rule].name);
                    }
                }
                (None, None) => self.met_since[rule] = None,
            }
        }
        while self.episodes.iter().filter(|of| of.over.is_some()).count() > UNTOLD {
            let oldest = self.episodes.iter().position(|of| of.over.is_some());
            self.episodes.remove(oldest.expect("some are over"));
        }
    }

    fn begin(&mut self, rule: usize, text: String, now: Duration, at: Timestamp) {
        self.last_number += 1;
        tracing::warn!("alert {}: {text}", RULES[rule].name);
        self.episodes.push_back(Episode {
            number: self.last_number,
            rule,
            first: text.clone(),
            text,
            began: at,
            over: None,
            met: now,
            told: Told::Nothing,
        });
    }

    /// There is no channel for them, so what is over is gone, and nothing waits to be told as it began.
    pub(super) fn nobody_to_tell(&mut self) {
        self.episodes.retain(|episode| episode.over.is_none());
        self.episodes.iter_mut().for_each(|episode| episode.told = Told::Began);
    }

    /// Staff have read this, or never can.
    pub(super) fn told(&mut self, number: u64, news: AlertNews) {
        let Some(at) = self.episodes.iter().position(|episode| episode.number == number) else { return };
        match news {
            AlertNews::Began => self.episodes[at].told = Told::Began,
            // What is not over by then was never told to be.
            AlertNews::Over | AlertNews::Was if self.episodes[at].over.is_some() => {
                self.episodes.remove(at);
            }
            AlertNews::Over | AlertNews::Was => {}
        }
    }

    /// All alerts at present, and those that are over and not told.
    pub(super) fn now(&self) -> Vec<Alert> {
        let alert = |episode: &Episode| {
            let news = episode.news();
            let text = if news.is_some() { &episode.first } else { &episode.text };
            Alert {
                number: episode.number,
                name: RULES[episode.rule].name.to_owned(),
                text: text.clone(),
                began: episode.began,
                over: episode.over,
                news,
            }
        };
        self.episodes.iter().map(alert).collect()
    }
}

#[cfg(test)]
mod tests;
