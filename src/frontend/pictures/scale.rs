//! Where the lines of a grid are: at numbers and days that one can read.

use crate::frontend::text::Words;
use ipc_schema::vocab::Timestamp;

const HOUR_MS: u64 = 60 * 60 * 1000;
const DAY_MS: u64 = 24 * HOUR_MS;

/// An axis of numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ticks {
    from: f64,
    step: f64,
    steps: u32,
}

impl Ticks {
    /// From the last line at or below `least` to the first at or above `most`, with about as many lines as `wanted`.
    pub fn over(least: f64, most: f64, wanted: u32) -> Ticks {
        let rough = ((most - least) / f64::from(wanted)).max(1e-9);
        let power = 10f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0].into_iter().map(|digit| digit * power).find(|step| *step >= rough * 0.999);
        let step = step.unwrap_or(10.0 * power);
        let from = (least / step + 1e-9).floor() * step;
        let steps = (((most - from) / step) - 1e-9).ceil().max(1.0) as u32;
        Ticks { from, step, steps }
    }

    pub fn ticks(self) -> impl Iterator<Item = f64> {
        (0..=self.steps).map(move |number| self.from + self.step * f64::from(number))
    }

    /// Whether its numbers have tenths.
    pub fn has_tenths(self) -> bool {
        self.step.fract() != 0.0
    }

    /// Where a number is, from 0 at the first line to 1 at the last.
    pub fn share(self, value: f64) -> f64 {
        (value - self.from) / (self.step * f64::from(self.steps))
    }
}

/// An axis of days, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    from: Timestamp,
    to: Timestamp,
}

impl Days {
    pub fn of(from: Timestamp, to: Timestamp) -> Days {
        Days { from, to }
    }

    /// Moments to mark with their labels: five at most, none but the moment itself where there is only one.
    pub fn ticks(self, words: Words) -> Vec<(Timestamp, String)> {
        let (from, to) = (self.from.0, self.to.0);
        let days = (to - from) / DAY_MS;
        if days == 0 {
            let middle = Timestamp(from + (to - from) / 2);
            return vec![(middle, day(middle, words))];
        }
        let step = [1, 2, 4, 7, 14, 28, 56, 91, 182].into_iter().find(|step| days / step < 5);
        let step = step.unwrap_or_else(|| (days / 365).div_ceil(5) * 365) * DAY_MS;
        // From the newest day back, which is the one that is looked for.
        let newest = to / DAY_MS * DAY_MS;
        let back = (0..5).map_while(|number| newest.checked_sub(number * step).filter(|at| *at >= from));
        let mut ticks: Vec<(Timestamp, String)> = back
            .map(|at| {
                let at = Timestamp(at);
                (at, if step > 60 * DAY_MS { month(at, words) } else { day(at, words) })
            })
            .collect();
        ticks.reverse();
        ticks
    }
}

/// Year, month from 1 and day from 1 of a moment in UTC.
fn civil(at: Timestamp) -> (i32, u8, u8) {
    let days = i64::try_from(at.0 / DAY_MS).expect("milliseconds of a u64 are fewer days than an i64 holds");
    let date = time::UtcDateTime::UNIX_EPOCH.checked_add(time::Duration::days(days));
    let date = date.unwrap_or(time::UtcDateTime::MAX);
    (date.year(), u8::from(date.month()), date.day())
}

fn day(at: Timestamp, words: Words) -> String {
    let (_, month, day) = civil(at);
    let two = |number: u8| format!("{number:02}");
    words.with("picture-day", &[("month", two(month).into()), ("day", two(day).into())])
}

fn month(at: Timestamp, words: Words) -> String {
    let (year, month, _) = civil(at);
    words.with("picture-month", &[("year", year.to_string().into()), ("month", format!("{month:02}").into())])
}

/// A day with its year.
pub fn date(at: Timestamp, words: Words) -> String {
    let (year, month, day) = civil(at);
    let two = |number: u8| format!("{number:02}");
    words.with(
        "picture-date",
        &[("year", year.to_string().into()), ("month", two(month).into()), ("day", two(day).into())],
    )
}

/// The hour and minute of a moment, so many minutes ahead of UTC.
pub fn time_of_day(at: Timestamp, ahead_minutes: i16) -> (u8, u8) {
    let minutes = (at.0 / 60_000 % (24 * 60)).cast_signed() + i64::from(ahead_minutes);
    let minutes = minutes.rem_euclid(24 * 60);
    let of = |number: i64| u8::try_from(number).expect("a day has 24 hours of 60 minutes");
    (of(minutes / 60), of(minutes % 60))
}
