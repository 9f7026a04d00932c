//! The waiting room.

mod snapshot;

use super::season::{Knobs, Season};
use ipc_schema::event::{Crowd, WhyNot};
use ipc_schema::ids::PlayerId;
use ipc_schema::view::{QueueHint, Waiting};
use ipc_schema::vocab::{Era, RaceChoice, Timestamp};
use std::time::Duration;

/// One player's place in the queue.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub since: Timestamp,
    /// Waves that have passed without a match.
    pub waves: u32,
    /// As they were when the player joined.
    pub races: RaceChoice,
    pub vetoes: Vec<String>,
    /// What the last wave said, if it found no match for the player.
    pub left_out: Option<LeftOut>,
}

/// Why a wave had no match for a player, and how many waited then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeftOut {
    pub why: WhyNot,
    pub waiting: Crowd,
}

impl Entry {
    pub fn new(since: Timestamp, waves: u32, races: RaceChoice, vetoes: Vec<String>) -> Entry {
        Entry { since, waves, races, vetoes, left_out: None }
    }

    /// The gap in MMR that the player accepts in the coming wave.
    pub fn window(&self, knobs: &Knobs) -> u32 {
        knobs.window_start.saturating_add(knobs.window_step.saturating_mul(self.waves.saturating_add(1)))
    }
}

/// The first wave after `now`: waves fire on multiples of their length since 1970.
pub fn wave_after(now: Timestamp, wave: Duration) -> Timestamp {
    wave_at(now, wave) + wave
}

/// The last wave at or before `now`.
pub fn wave_at(now: Timestamp, wave: Duration) -> Timestamp {
    let wave = u64::try_from(wave.as_millis()).expect("a wave takes seconds");
    Timestamp(now.0 - now.0 % wave)
}

/// How many wait, for what a wave stores.
pub fn crowd<'a>(entries: impl Iterator<Item = &'a Entry>) -> Crowd {
    let Waiting { bw, sc2, both } = waiting(entries);
    Crowd { bw, sc2, both }
}

pub fn waiting<'a>(entries: impl Iterator<Item = &'a Entry>) -> Waiting {
    let mut waiting = Waiting::default();
    for entry in entries {
        match (entry.races.bw, entry.races.sc2) {
            (Some(_), Some(_)) => waiting.both += 1,
            (Some(_), None) => waiting.bw += 1,
            (None, _) => waiting.sc2 += 1,
        }
    }
    waiting
}

/// Why there is no match yet, as the last wave stored it; before the first one, and where somebody who
/// fits has come since, as the queue is. `others` are all other entries with the gap to each, where
/// the races allow a match at all.
pub fn hint(
    season: &Season,
    now: Timestamp,
    entry: &Entry,
    others: &[(PlayerId, &Entry, Option<u32>)],
) -> QueueHint {
    let knobs = &season.knobs;
    let present = present_hint(knobs, now, entry, others);
    let Some(LeftOut { why, waiting }) = entry.left_out else { return present };
    let Crowd { bw, sc2, both } = waiting;
    match why {
        WhyNot::Outnumbered { fitting } => {
            QueueHint::Outnumbered { fitting, waiting: Waiting { bw, sc2, both } }
        }
        _ if present == QueueHint::Fits => present,
        WhyNot::Alone => QueueHint::Alone,
        WhyNot::NobodyOfEra { era } => QueueHint::NobodyOfOtherEra { era },
        WhyNot::TooFar { gap, window } => {
            let waves = gap.saturating_sub(window).div_ceil(knobs.window_step.max(1)).max(1);
            QueueHint::TooFar { gap, window, fits_at: wave_after(now, knobs.wave) + knobs.wave * (waves - 1) }
        }
    }
}

fn present_hint(
    knobs: &Knobs,
    now: Timestamp,
    entry: &Entry,
    others: &[(PlayerId, &Entry, Option<u32>)],
) -> QueueHint {
    if others.is_empty() {
        return if entry.waves == 0 { QueueHint::FirstWave } else { QueueHint::Alone };
    }
    let nearest =
        others.iter().filter_map(|(_, other, gap)| gap.map(|gap| (gap, *other))).min_by_key(|(gap, _)| *gap);
    let Some((gap, other)) = nearest else {
        let era = if entry.races.bw.is_some() { Era::Sc2 } else { Era::Bw };
        return QueueHint::NobodyOfOtherEra { era };
    };
    let window = entry.window(knobs).max(other.window(knobs));
    if gap <= window {
        return QueueHint::Fits;
    }
    let waves = (gap - window).div_ceil(knobs.window_step.max(1));
    let fits_at = wave_after(now, knobs.wave) + knobs.wave * waves;
    QueueHint::TooFar { gap, window, fits_at }
}
