//! The emulator's one clock. Everything else is told the time.
//!
//! It is read from the system once and then follows the monotonic clock, so a
//! deadline neither shrinks nor grows when the machine's clock is set.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// Discord's ids count milliseconds from the first second of 2015.
const DISCORD_EPOCH_MS: u64 = 1_420_070_400_000;

/// A point in time, in microseconds since the Unix epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Moment(u64);

impl Moment {
    #[cfg(test)]
    pub(crate) const ZERO: Moment = Moment(0);

    pub(crate) fn from_unix_ms(ms: u64) -> Moment {
        Moment(ms.saturating_mul(1_000))
    }

    pub(crate) fn from_discord_ms(ms: u64) -> Moment {
        Moment::from_unix_ms(ms.saturating_add(DISCORD_EPOCH_MS))
    }

    pub(crate) fn unix_ms(self) -> u64 {
        self.0 / 1_000
    }

    pub(crate) fn unix_seconds(self) -> u64 {
        self.0 / 1_000_000
    }

    pub(crate) fn discord_ms(self) -> u64 {
        self.unix_ms().saturating_sub(DISCORD_EPOCH_MS)
    }

    /// How long ago `earlier` was; nothing when it was not.
    pub(crate) fn since(self, earlier: Moment) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }

    pub(crate) fn after(self, duration: Duration) -> Moment {
        Moment(self.0.saturating_add(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)))
    }

    /// As Discord writes a time: microseconds, and the zone as an offset.
    pub(crate) fn iso8601(self) -> String {
        let seconds = i64::try_from(self.unix_seconds()).unwrap_or(i64::MAX);
        let date =
            time::OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(time::OffsetDateTime::UNIX_EPOCH);
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}+00:00",
            date.year(),
            u8::from(date.month()),
            date.day(),
            date.hour(),
            date.minute(),
            date.second(),
            self.0 % 1_000_000
        )
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    started: Instant,
    started_at: Moment,
}

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "this is where the emulator reads the time")]
    pub(crate) fn start() -> Clock {
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let started_at = Moment(u64::try_from(unix.as_micros()).unwrap_or(u64::MAX));
        Clock { started: Instant::now(), started_at }
    }

    pub(crate) fn now(&self) -> Moment {
        self.started_at.after(self.started.elapsed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_as_discord_writes_it() {
        let moment = Moment::from_unix_ms(1_580_608_922_020);
        assert_eq!(moment.iso8601(), "2020-02-02T02:02:02.020000+00:00");
    }
}
