//! Rate limits: one bucket a channel or webhook for some routes, and 50 a second for
//! the whole bot. Interactions and webhooks are outside the 50.

use std::collections::HashMap;
use std::time::Duration;

use crate::clock::Moment;

/// What a bucket counts. The numbers are those Discord's headers usually tell; it
/// may change them, so a bot must read the headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bucket {
    pub(crate) name: &'static str,
    pub(crate) limit: u32,
    pub(crate) window: Duration,
}

pub(crate) const CREATE_MESSAGE: Bucket =
    Bucket { name: "4d1f2c9be07a5f6e", limit: 5, window: Duration::from_secs(5) };
pub(crate) const EDIT_MESSAGE: Bucket =
    Bucket { name: "80c17d2f203122d9", limit: 5, window: Duration::from_secs(5) };
pub(crate) const WEBHOOK: Bucket =
    Bucket { name: "c16de061c6b0a83f", limit: 5, window: Duration::from_secs(2) };

const GLOBAL_LIMIT: u32 = 50;
const GLOBAL_WINDOW: Duration = Duration::from_secs(1);

/// Above this many windows those that have ended are removed.
const SWEEP_ABOVE: usize = 10_000;

#[derive(Debug, Clone, Copy)]
struct Window {
    ends: Moment,
    used: u32,
}

/// What the headers of an answer say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Remaining {
    pub(crate) bucket: Bucket,
    pub(crate) remaining: u32,
    pub(crate) reset_at: Moment,
    pub(crate) reset_after: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Limited {
    Global { retry_after: Duration },
    User(Remaining),
}

#[derive(Debug, Default)]
pub(crate) struct Limits {
    global: Option<Window>,
    /// By bucket name and the id of the channel or token of the interaction.
    windows: HashMap<(&'static str, String), Window>,
}

impl Limits {
    /// Takes one of the bot's requests in this second.
    pub(crate) fn take_global(&mut self, now: Moment) -> Result<(), Limited> {
        let window = self
            .global
            .filter(|window| window.ends > now)
            .unwrap_or(Window { ends: now.after(GLOBAL_WINDOW), used: 0 });
        if window.used >= GLOBAL_LIMIT {
            return Err(Limited::Global { retry_after: window.ends.since(now) });
        }
        self.global = Some(Window { used: window.used + 1, ..window });
        Ok(())
    }

    /// Takes one of `bucket` for the channel or token `key`.
    pub(crate) fn take(&mut self, now: Moment, bucket: Bucket, key: &str) -> Result<Remaining, Limited> {
        if self.windows.len() > SWEEP_ABOVE {
            self.windows.retain(|_, window| window.ends > now);
        }
        let fresh = Window { ends: now.after(bucket.window), used: 0 };
        let window = self.windows.entry((bucket.name, key.to_owned())).or_insert(fresh);
        if window.ends <= now {
            *window = fresh;
        }
        let reset_after = window.ends.since(now);
        let remaining = bucket.limit.saturating_sub(window.used + 1);
        let told = Remaining { bucket, remaining, reset_at: window.ends, reset_after };
        if window.used >= bucket.limit {
            return Err(Limited::User(told));
        }
        window.used += 1;
        Ok(told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sixth_message_in_a_window_waits_and_other_channels_do_not() {
        let mut limits = Limits::default();
        let start = Moment::from_unix_ms(1_000_000);
        for left in [4, 3, 2, 1, 0] {
            assert_eq!(limits.take(start, CREATE_MESSAGE, "a").map(|told| told.remaining), Ok(left));
        }
        let later = start.after(Duration::from_secs(2));
        let Err(Limited::User(told)) = limits.take(later, CREATE_MESSAGE, "a") else { panic!("let through") };
        assert_eq!(told.reset_after, Duration::from_secs(3));
        assert!(limits.take(later, CREATE_MESSAGE, "b").is_ok());
        assert!(limits.take(later, EDIT_MESSAGE, "a").is_ok());
        assert!(limits.take(start.after(CREATE_MESSAGE.window), CREATE_MESSAGE, "a").is_ok());
    }

    #[test]
    fn the_fifty_first_request_in_a_second_is_refused_for_all_routes() {
        let mut limits = Limits::default();
        let start = Moment::from_unix_ms(1_000_000);
        for _ in 0..50 {
            assert_eq!(limits.take_global(start), Ok(()));
        }
        let later = start.after(Duration::from_millis(400));
        let refused = Limited::Global { retry_after: Duration::from_millis(600) };
        assert_eq!(limits.take_global(later), Err(refused));
        assert_eq!(limits.take_global(start.after(GLOBAL_WINDOW)), Ok(()));
    }
}
