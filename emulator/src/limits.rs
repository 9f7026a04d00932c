//! Rate limits: one bucket a channel or webhook for some routes, and 50 a second for
//! the whole bot. Interactions and webhooks are outside the 50. Besides those that headers
//! tell there are some that nothing tells: names of channels, edits of old messages, DMs that
//! nobody asked for, new commands, and invalid requests, of which too many bar the address.

use std::collections::HashMap;
use std::time::Duration;

use axum::http::StatusCode;
use serde_json::json;

use crate::clock::Moment;
use crate::trouble::Scope;
use crate::wire::Reply;

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

/// Not documented and in no header; the number is the common report.
pub(crate) const RENAME: Bucket =
    Bucket { name: "7a1c55d2e0c34b0f", limit: 2, window: Duration::from_secs(600) };
/// Discord's, of creations a day.
pub(crate) const NEW_COMMANDS: Bucket =
    Bucket { name: "daily commands", limit: 200, window: Duration::from_secs(86_400) };
/// DMs with users who never turned to the bot. Discord's number is not documented.
const DM_OPENS: Bucket = Bucket { name: "dm opens", limit: 50, window: Duration::from_secs(600) };
/// Of one message, once it is an hour old. Discord's number is not documented.
const OLD_EDITS: Bucket = Bucket { name: "2f4e1d8bb0a97c66", limit: 5, window: Duration::from_secs(3_600) };
/// A message is old after this.
const OLD_AFTER: Duration = Duration::from_secs(3_600);

/// Answers 401, 403 and 429 that Discord bears with.
const INVALID_LIMIT: u32 = 10_000;
const INVALID_WINDOW: Duration = Duration::from_secs(600);

/// IDENTIFYs that Discord grants a day.
pub(crate) const DAILY_IDENTIFIES: u32 = 1_000;
const DAY: Duration = Duration::from_secs(86_400);

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
    Global {
        retry_after: Duration,
    },
    User(Remaining),
    /// A limit of the user's that only its own message tells, with its code.
    Hidden {
        told: Remaining,
        code: u64,
        message: &'static str,
    },
    /// Not reached, but asked for.
    Asked {
        scope: Scope,
        wait: Duration,
    },
}

#[derive(Debug)]
pub(crate) struct Limits {
    global: Option<Window>,
    invalid: Option<Window>,
    identifies: Option<Window>,
    /// By the rest that the shard's number leaves.
    last_identify: HashMap<u64, Moment>,
    // What a test may set.
    pub(crate) invalid_limit: u32,
    pub(crate) identify_limit: u32,
    /// How long one IDENTIFY must be after another; Discord asks for 5 s.
    pub(crate) identify_every: Duration,
    /// Shards whose numbers leave other rests when divided by this need not wait for one another.
    pub(crate) max_concurrency: u16,
    pub(crate) old_after: Duration,
    pub(crate) old_edits: u32,
    pub(crate) dm_opens: u32,
    /// By bucket name and the id of the channel or token of the interaction.
    windows: HashMap<(&'static str, String), Window>,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            global: None,
            invalid: None,
            identifies: None,
            last_identify: HashMap::new(),
            invalid_limit: INVALID_LIMIT,
            identify_limit: DAILY_IDENTIFIES,
            identify_every: Duration::ZERO,
            max_concurrency: 1,
            old_after: OLD_AFTER,
            old_edits: OLD_EDITS.limit,
            dm_opens: DM_OPENS.limit,
            windows: HashMap::new(),
        }
    }
}

fn open(window: Option<Window>, now: Moment, length: Duration) -> Window {
    window.filter(|window| window.ends > now).unwrap_or(Window { ends: now.after(length), used: 0 })
}

impl Limits {
    /// Counts an answer to the bot towards those that bar its address.
    pub(crate) fn count_invalid(&mut self, now: Moment) {
        let window = open(self.invalid, now, INVALID_WINDOW);
        self.invalid = Some(Window { used: window.used.saturating_add(1), ..window });
    }

    /// How many invalid requests there were in these ten minutes.
    pub(crate) fn invalid(&self, now: Moment) -> u32 {
        self.invalid.filter(|window| window.ends > now).map_or(0, |window| window.used)
    }

    /// How long the bot's address is barred from here, if it is.
    pub(crate) fn barred(&self, now: Moment) -> Option<Duration> {
        let window = self.invalid.filter(|window| window.ends > now)?;
        (window.used >= self.invalid_limit).then(|| window.ends.since(now))
    }

    /// IDENTIFYs that are left today, and when there are all again.
    pub(crate) fn identifies(&self, now: Moment) -> (u32, Duration) {
        let window = open(self.identifies, now, DAY);
        (self.identify_limit.saturating_sub(window.used), window.ends.since(now))
    }

    /// Begins a count of IDENTIFYs of which so many are left.
    pub(crate) fn set_identifies(&mut self, now: Moment, left: u32) {
        self.identifies =
            Some(Window { ends: now.after(DAY), used: self.identify_limit.saturating_sub(left) });
    }

    /// Takes one IDENTIFY of the day; false when there is none.
    pub(crate) fn take_identify(&mut self, now: Moment) -> bool {
        let window = open(self.identifies, now, DAY);
        let has = window.used < self.identify_limit;
        self.identifies = Some(Window { used: window.used.saturating_add(1), ..window });
        has
    }

    /// Whether an IDENTIFY of this shard comes too soon after the last one.
    pub(crate) fn identifies_too_fast(&mut self, now: Moment, shard: u64) -> bool {
        let counted = shard % u64::from(self.max_concurrency.max(1));
        let last = self.last_identify.get(&counted);
        let too_fast = last.is_some_and(|last| now.since(*last) < self.identify_every);
        if !too_fast {
            self.last_identify.insert(counted, now);
        }
        too_fast
    }

    /// Takes one DM with someone who never turned to the bot.
    pub(crate) fn take_dm_open(&mut self, now: Moment) -> bool {
        self.take(now, Bucket { limit: self.dm_opens, ..DM_OPENS }, "").is_ok()
    }

    /// Takes one edit of a message that was made at `made_at`.
    pub(crate) fn take_edit(&mut self, now: Moment, made_at: Moment, message: &str) -> Result<(), Limited> {
        if now.since(made_at) < self.old_after {
            return Ok(());
        }
        match self.take(now, Bucket { limit: self.old_edits, ..OLD_EDITS }, message) {
            Err(Limited::User(told)) => Err(Limited::Hidden {
                told,
                code: 30046,
                message: "Maximum number of edits to messages older than 1 hour reached. Try again later.",
            }),
            taken => taken.map(|_| ()),
        }
    }

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

/// The headers that tell of a bucket.
pub(crate) fn bucket_headers(told: Remaining) -> [(&'static str, String); 5] {
    let reset_ms = told.reset_at.unix_ms();
    [
        ("x-ratelimit-bucket", told.bucket.name.to_owned()),
        ("x-ratelimit-limit", told.bucket.limit.to_string()),
        ("x-ratelimit-remaining", told.remaining.to_string()),
        ("x-ratelimit-reset", format!("{}.{:03}", reset_ms / 1_000, reset_ms % 1_000)),
        ("x-ratelimit-reset-after", format!("{:.3}", told.reset_after.as_secs_f64())),
    ]
}

/// What the front door answers, which knows nothing of Discord's.
const BARRED: &str = "<!doctype html><html><head><title>Access denied</title></head><body>\
<h1>Error 1015</h1><p>You are being rate limited.</p></body></html>";

impl Limited {
    pub(crate) fn reply(self) -> Reply {
        let (wait, scope) = match self {
            Limited::Global { retry_after } => (retry_after, Scope::Global),
            Limited::User(told) | Limited::Hidden { told, .. } => (told.reset_after, Scope::User),
            Limited::Asked { scope, wait } => (wait, scope),
        };
        let mut body = json!({
            "message": "You are being rate limited.",
            "retry_after": (wait.as_secs_f64() * 1_000.0).ceil() / 1_000.0,
            "global": scope == Scope::Global,
        });
        if let Limited::Hidden { code, message, .. } = self {
            body["code"] = code.into();
            body["message"] = message.into();
        }
        let mut reply = Reply::new(StatusCode::TOO_MANY_REQUESTS, body);
        // Whole seconds, rounded up: the header has no fraction, the body has.
        let whole = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        reply.headers.push(("retry-after", whole.to_string()));
        let word = match scope {
            Scope::User => "user",
            Scope::Shared => "shared",
            Scope::Global => "global",
            Scope::Cloudflare => {
                reply.body = None;
                reply.page = Some(BARRED);
                return reply;
            }
        };
        reply.headers.push(("x-ratelimit-scope", word.to_owned()));
        match self {
            Limited::User(told) | Limited::Hidden { told, .. } => reply.headers.extend(bucket_headers(told)),
            Limited::Global { .. } | Limited::Asked { scope: Scope::Global, .. } => {
                reply.headers.push(("x-ratelimit-global", "true".to_owned()));
            }
            Limited::Asked { .. } => {
                reply.headers.push(("x-ratelimit-reset-after", format!("{:.3}", wait.as_secs_f64())));
                for (name, value) in [
                    ("x-ratelimit-bucket", "5a0f3c1b9d7e2846"),
                    ("x-ratelimit-limit", "1"),
                    ("x-ratelimit-remaining", "0"),
                ] {
                    reply.headers.push((name, value.to_owned()));
                }
            }
        }
        reply
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_invalid_requests_bar_the_address_until_their_ten_minutes_are_over() {
        let mut limits = Limits { invalid_limit: 3, ..Limits::default() };
        let start = Moment::from_unix_ms(1_000_000);
        for _ in 0..3 {
            assert_eq!(limits.barred(start), None);
            limits.count_invalid(start);
        }
        let later = start.after(Duration::from_secs(599));
        assert_eq!(limits.barred(later), Some(Duration::from_secs(1)));
        assert_eq!(limits.barred(start.after(INVALID_WINDOW)), None);
    }

    #[test]
    fn identifies_are_a_thousand_a_day() {
        let mut limits = Limits::default();
        let start = Moment::from_unix_ms(1_000_000);
        limits.set_identifies(start, 2);
        let taken = [0; 3].map(|_| limits.take_identify(start));
        assert_eq!((taken, limits.identifies(start).0), ([true, true, false], 0));
        assert_eq!(limits.identifies(start.after(DAY)).0, DAILY_IDENTIFIES);
    }

    #[test]
    fn shards_that_are_counted_apart_need_not_wait_for_one_another() {
        let start = Moment::from_unix_ms(1_000_000);
        let identify_every = Duration::from_secs(5);
        for (max_concurrency, too_fast) in [(1, [false, true, true]), (2, [false, false, true])] {
            let mut limits = Limits { identify_every, max_concurrency, ..Limits::default() };
            assert_eq!([0, 1, 2].map(|shard| limits.identifies_too_fast(start, shard)), too_fast);
            assert!(!limits.identifies_too_fast(start.after(identify_every), 2));
        }
    }

    #[test]
    fn an_old_message_takes_few_edits_and_a_young_one_all() {
        let mut limits = Limits { old_edits: 1, ..Limits::default() };
        let made = Moment::from_unix_ms(1_000_000);
        let old = made.after(OLD_AFTER);
        for _ in 0..100 {
            assert_eq!(limits.take_edit(made, made, "m"), Ok(()));
        }
        assert_eq!(limits.take_edit(old, made, "m"), Ok(()));
        assert!(matches!(limits.take_edit(old, made, "m"), Err(Limited::Hidden { code: 30046, .. })));
        assert_eq!(limits.take_edit(old, made, "other"), Ok(()));
    }

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
