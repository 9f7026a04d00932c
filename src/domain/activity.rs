//! When players queue: what each hour of the last 30 days saw.

mod snapshot;

use ipc_schema::ids::PlayerId;
use ipc_schema::view::{ActivityHour, ActivityView};
use ipc_schema::vocab::{RaceChoice, Timestamp};
use std::collections::{BTreeMap, VecDeque};

const HOUR_MS: u64 = 60 * 60 * 1000;

/// The longest period that can be asked for, in days.
pub const DAYS: u16 = 30;

/// Hours that are kept.
const KEPT: u64 = 24 * DAYS as u64;

/// Who joined the queue, hour by hour. Of past hours only numbers are kept, and only of those in
/// which somebody joined.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Activity {
    hours: VecDeque<Hour>,
    /// Who joined in the newest hour, and with what.
    seen: BTreeMap<PlayerId, Eras>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Hour {
    /// Hours since 1970.
    number: u64,
    joins: u32,
    players: u32,
    bw: u32,
    sc2: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Eras {
    bw: bool,
    sc2: bool,
}

impl Activity {
    /// A player joined the queue with these races.
    pub fn join(&mut self, player: PlayerId, races: RaceChoice, at: Timestamp) {
        let number = at.0 / HOUR_MS;
        // Time does not go back here; if a clock was ahead, its hour goes on until it is over.
        if self.hours.back().is_none_or(|newest| newest.number < number) {
            self.hours.push_back(Hour { number, joins: 0, players: 0, bw: 0, sc2: 0 });
            self.seen.clear();
            while self.hours.front().is_some_and(|oldest| oldest.number + KEPT <= number) {
                self.hours.pop_front();
            }
        }
        let hour = self.hours.back_mut().expect("there is one by now");
        hour.joins += 1;
        let is_new = !self.seen.contains_key(&player);
        let eras = self.seen.entry(player).or_default();
        hour.players += u32::from(is_new);
        if races.bw.is_some() && !std::mem::replace(&mut eras.bw, true) {
            hour.bw += 1;
        }
        if races.sc2.is_some() && !std::mem::replace(&mut eras.sc2, true) {
            hour.sc2 += 1;
        }
    }

    /// The last `days`, from 1 to [`DAYS`], by the hour of the day, for a reader whose clock is ahead
    /// of UTC by so many minutes.
    pub fn view(&self, now: Timestamp, days: u16, utc_offset_min: Option<i16>) -> ActivityView {
        let days = days.clamp(1, DAYS);
        let newest = now.0 / HOUR_MS;
        let hour = |back: u64| {
            let of_day = newest.saturating_sub(back);
            let begins = Timestamp(of_day * HOUR_MS);
            let mut sum = ActivityHour { at: begins, joins: 0, players: 0, bw: 0, sc2: 0 };
            for day in 0..u64::from(days) {
                let number = of_day.saturating_sub(24 * day);
                if let Ok(at) = self.hours.binary_search_by_key(&number, |hour| hour.number) {
                    let Hour { joins, players, bw, sc2, .. } = self.hours[at];
                    sum.joins += joins;
                    sum.players += players;
                    sum.bw += bw;
                    sum.sc2 += sc2;
                }
            }
            sum
        };
        ActivityView { days, utc_offset_min, hours: (0..24).rev().map(hour).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc_schema::vocab::Race;

    const DAY_MS: u64 = 24 * HOUR_MS;
    const BW: RaceChoice = RaceChoice { bw: Some(Race::BwZerg), sc2: None };
    const SC2: RaceChoice = RaceChoice { bw: None, sc2: Some(Race::Sc2Zerg) };
    const BOTH: RaceChoice = RaceChoice { bw: BW.bw, sc2: SC2.sc2 };

    #[test]
    fn each_hour_counts_joins_and_players_by_era() {
        let mut activity = Activity::default();
        let now = Timestamp(400 * DAY_MS + 20 * HOUR_MS + 5);
        let ago = |hours: u64| Timestamp(now.0 - hours * HOUR_MS);
        for (player, races, at) in [
            (1, BW, ago(800)),
            (1, BW, ago(24 * 7)),
            (1, BW, ago(24)),
            (2, SC2, ago(3)),
            (1, BW, ago(0)),
            (1, BW, ago(0)),
            (1, SC2, ago(0)),
            (3, BOTH, ago(0)),
        ] {
            activity.join(PlayerId(player), races, at);
        }
        let hours = |days| {
            let view = activity.view(now, days, None);
            assert_eq!(view.hours.len(), 24);
            let seen = view.hours.iter().filter(|hour| hour.joins > 0);
            seen.map(|hour| {
                let back = (now.0 - hour.at.0) / HOUR_MS;
                (back, hour.joins, hour.players, hour.bw, hour.sc2)
            })
            .collect::<Vec<_>>()
        };
        assert_eq!(hours(1), [(3, 1, 1, 0, 1), (0, 4, 2, 2, 2)]);
        assert_eq!(hours(7), [(3, 1, 1, 0, 1), (0, 5, 3, 3, 2)]);
        assert_eq!(hours(8), hours(30));
        assert_eq!(hours(30), [(3, 1, 1, 0, 1), (0, 6, 4, 4, 2)]);
        assert_eq!(activity.view(now, 0, None).days, 1);
        assert_eq!(activity.view(now, 99, None).days, 30);
        assert_eq!(activity.view(Timestamp(5), 30, None).hours.len(), 24);
    }

    #[test]
    fn no_more_than_the_last_hours_are_kept() {
        let mut activity = Activity::default();
        for hour in 0..3 * KEPT {
            activity.join(PlayerId(hour % 7), BW, Timestamp(hour * HOUR_MS));
        }
        assert_eq!(activity.hours.len() as u64, KEPT);
        assert_eq!(activity.seen.len(), 1);
    }
}
