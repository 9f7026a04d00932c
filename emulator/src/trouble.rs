//! What goes wrong at Discord's side because someone asked for it: requests of the bot that take long,
//! fail, or find nobody. It holds for this life of the emulator.
//!
//! What fails by chance is drawn from the emulator's seed, request by request.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};
use tokio::sync::{broadcast, watch};

use crate::clock::Moment;
use crate::ids::Snowflake;
use crate::limits::Limited;
use crate::wire::Reply;

/// A callback that came later than this would seldom be in time, whatever the bot does.
const MAX_CALLBACK_MS: u64 = 1_000;
/// Longer, and a client takes the emulator for dead.
const MAX_LATENCY_MS: u64 = 60_000;

/// Interactions whose callback was made to fail, remembered until their time is over; the oldest is
/// forgotten beyond it.
const REMEMBERED: usize = 16_384;

/// What Discord asks of its clients.
const HEARTBEAT_INTERVAL: Duration = Duration::from_millis(41_250);

/// Orders that wait for a connection; one that is slower misses the oldest.
const MAX_ORDERS: usize = 16;

/// All that is asked for at present.
#[derive(Debug)]
pub(crate) struct Trouble {
    latency: Duration,
    callback_latency: Duration,
    /// The share of requests that fail, from 0 to 1.
    errors: f64,
    /// The share that is not answered, and for how long.
    hangs: f64,
    hang: Duration,
    /// The share of events that are delivered twice.
    duplicates: f64,
    /// Links to files lead nowhere.
    files_gone: bool,
    /// What each file takes more.
    file_latency: Duration,
    out_until: Option<Moment>,
    limiting: Option<Limiting>,
    chance: u64,
    /// Interactions of which a callback failed for no fault of the bot's.
    failed: BTreeSet<Snowflake>,
    mood: watch::Sender<Mood>,
    orders: broadcast::Sender<Order>,
}

/// How gateway connections are treated, from the moment it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mood {
    /// New connections are closed with this code before a word is said.
    pub(crate) close_at_once: Option<u16>,
    /// Heartbeats are not acknowledged.
    pub(crate) drop_acks: bool,
    /// For connections that begin.
    pub(crate) heartbeat_interval: Duration,
    /// No session can be resumed.
    pub(crate) refuse_resumes: bool,
}

/// What every gateway connection does once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Close(u16),
    /// The client is to come back and resume.
    Reconnect,
    InvalidSession {
        resumable: bool,
    },
}

/// What a gateway connection learns when it begins.
#[derive(Debug)]
pub(crate) struct Terms {
    /// What the bot must say.
    pub(crate) token: String,
    pub(crate) mood: watch::Receiver<Mood>,
    pub(crate) orders: broadcast::Receiver<Order>,
}

/// Requests that are answered with 429, for a while.
#[derive(Debug)]
struct Limiting {
    scope: Scope,
    until: Moment,
    /// Beginnings of paths, or all.
    paths: Vec<String>,
}

/// Whose limit a 429 speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    User,
    Shared,
    Global,
    /// Discord's front door: for the whole address, without headers of Discord's own.
    Cloudflare,
}

/// What becomes of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fate {
    /// Half of it on the way here, half on the way back.
    pub(crate) latency: Duration,
    pub(crate) failure: Option<Failure>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Nothing was done.
    Unavailable,
    /// It was done, and the answer does not say so.
    AnswerLost,
    /// No answer comes for so long; what was asked may be done.
    Hang {
        done: bool,
        wait: Duration,
    },
    Limited {
        scope: Scope,
        wait: Duration,
    },
}

/// Why something is no trouble to ask for, in a sentence.
pub(crate) type Unasked = String;

#[cfg(test)]
impl Fate {
    const FINE: Fate = Fate { latency: Duration::ZERO, failure: None };
}

impl Scope {
    fn parse(word: &str) -> Option<Scope> {
        match word {
            "user" => Some(Scope::User),
            "shared" => Some(Scope::Shared),
            "global" => Some(Scope::Global),
            "cloudflare" => Some(Scope::Cloudflare),
            _ => None,
        }
    }
}

impl Failure {
    /// Whether what was asked is done all the same.
    pub(crate) fn is_done(self) -> bool {
        match self {
            Failure::AnswerLost | Failure::Hang { done: true, .. } => true,
            Failure::Unavailable | Failure::Hang { done: false, .. } | Failure::Limited { .. } => false,
        }
    }

    /// How long the answer is held back.
    pub(crate) fn wait(self) -> Duration {
        match self {
            Failure::Hang { wait, .. } => wait,
            Failure::Unavailable | Failure::AnswerLost | Failure::Limited { .. } => Duration::ZERO,
        }
    }

    /// As Discord's front door says it, without a code.
    pub(crate) fn reply(self) -> Reply {
        let (status, words) = match self {
            Failure::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "503: Service Unavailable"),
            Failure::AnswerLost => (StatusCode::BAD_GATEWAY, "502: Bad Gateway"),
            Failure::Hang { .. } => (StatusCode::GATEWAY_TIMEOUT, "504: Gateway Timeout"),
            Failure::Limited { scope, wait } => return Limited::Asked { scope, wait }.reply(),
        };
        Reply::new(status, json!({"code": 0, "message": words}))
    }
}

impl Trouble {
    pub(crate) fn new(seed: u64) -> Trouble {
        let mood = Mood {
            close_at_once: None,
            drop_acks: false,
            heartbeat_interval: HEARTBEAT_INTERVAL,
            refuse_resumes: false,
        };
        Trouble {
            latency: Duration::ZERO,
            callback_latency: Duration::ZERO,
            errors: 0.0,
            hangs: 0.0,
            hang: Duration::from_millis(MAX_LATENCY_MS),
            duplicates: 0.0,
            files_gone: false,
            file_latency: Duration::ZERO,
            out_until: None,
            limiting: None,
            chance: seed,
            failed: BTreeSet::new(),
            mood: watch::channel(mood).0,
            orders: broadcast::channel(MAX_ORDERS).0,
        }
    }

    /// What a gateway connection that begins must know.
    pub(crate) fn terms(&self, token: String) -> Terms {
        Terms { token, mood: self.mood.subscribe(), orders: self.orders.subscribe() }
    }

    pub(crate) fn mood(&self) -> Mood {
        *self.mood.borrow()
    }

    /// Takes one field of what someone asks for; false where it is none of these.
    pub(crate) fn ask(&mut self, now: Moment, name: &str, value: &Value) -> Result<bool, Unasked> {
        let ms = |most: u64| {
            let given = value.as_u64().filter(|ms| *ms <= most);
            given
                .map(Duration::from_millis)
                .ok_or_else(|| format!("{name} is a number of milliseconds, at most {most}."))
        };
        let share = || {
            let share = value.as_f64().filter(|share| (0.0..=1.0).contains(share));
            share.ok_or_else(|| format!("{name} is a share from 0 to 1."))
        };
        let flag = || value.as_bool().ok_or_else(|| format!("{name} is true or false."));
        let code = || {
            let code = value.as_u64().and_then(|code| u16::try_from(code).ok());
            code.filter(|code| (1_000..5_000).contains(code))
                .ok_or_else(|| format!("{name} is a close code from 1000 to 4999."))
        };
        match name {
            "latency_ms" => self.latency = ms(MAX_LATENCY_MS)?,
            "callback_latency_ms" => self.callback_latency = ms(MAX_CALLBACK_MS)?,
            "errors" => self.errors = share()?,
            "hangs" => self.hangs = share()?,
            "hang_ms" => self.hang = ms(10 * MAX_LATENCY_MS)?,
            "duplicates" => self.duplicates = share()?,
            "files_gone" => self.files_gone = flag()?,
            "file_latency_ms" => self.file_latency = ms(MAX_LATENCY_MS)?,
            "outage_ms" => {
                let length = ms(u64::from(u32::MAX))?;
                self.out_until = (!length.is_zero()).then(|| now.after(length));
            }
            "rate_limited" => self.limiting = limiting(now, value)?,
            "accept_then_close" => {
                let code = if value.is_null() { None } else { Some(code()?) };
                self.mood.send_modify(|mood| mood.close_at_once = code);
            }
            "drop_acks" => {
                let drops = flag()?;
                self.mood.send_modify(|mood| mood.drop_acks = drops);
            }
            "heartbeat_interval_ms" => {
                let interval = ms(MAX_LATENCY_MS)?.max(Duration::from_millis(1));
                self.mood.send_modify(|mood| mood.heartbeat_interval = interval);
            }
            "refuse_resumes" => {
                let refuses = flag()?;
                self.mood.send_modify(|mood| mood.refuse_resumes = refuses);
            }
            "close" => self.close(code()?),
            "reconnect" => {
                if flag()? {
                    self.order(Order::Reconnect);
                }
            }
            "invalid_session" => {
                let resumable = match value.as_str() {
                    Some("resumable") => true,
                    Some("gone") => false,
                    _ => return Err(format!("{name} is \"resumable\" or \"gone\".")),
                };
                self.order(Order::InvalidSession { resumable });
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Closes all gateway connections with this code.
    pub(crate) fn close(&self, code: u16) {
        self.order(Order::Close(code));
    }

    fn order(&self, order: Order) {
        // Without a connection there is nobody to do it.
        let _ = self.orders.send(order);
    }

    /// What becomes of the bot's next request to `path`, which is a callback where `callback` names its
    /// interaction.
    pub(crate) fn fate(&mut self, now: Moment, path: &str, callback: Option<Snowflake>) -> Fate {
        let is_out = self.out_until.is_some_and(|until| now < until);
        let failure = if let Some(limited) = self.limited(now, path) {
            Some(limited)
        } else if is_out {
            Some(Failure::Unavailable)
        } else if self.errors > 0.0 && self.draw() < self.errors {
            Some(if self.draw() < 0.5 { Failure::Unavailable } else { Failure::AnswerLost })
        } else if self.hangs > 0.0 && self.draw() < self.hangs {
            Some(Failure::Hang { done: self.draw() < 0.5, wait: self.hang })
        } else {
            None
        };
        let latency = if callback.is_some() { self.callback_latency } else { self.latency };
        if let Some(interaction) = callback.filter(|_| failure.is_some()) {
            self.failed.insert(interaction);
            if self.failed.len() > REMEMBERED {
                self.failed.pop_first();
            }
        }
        Fate { latency, failure }
    }

    fn limited(&self, now: Moment, path: &str) -> Option<Failure> {
        let limiting = self.limiting.as_ref().filter(|limiting| now < limiting.until)?;
        let is_exempt = ["interactions/", "webhooks/"].iter().any(|own| path.starts_with(own));
        let hits = if limiting.paths.is_empty() {
            // Only the front door stops interactions too.
            limiting.scope == Scope::Cloudflare || !is_exempt
        } else {
            limiting.paths.iter().any(|beginning| path.starts_with(beginning))
        };
        hits.then(|| Failure::Limited { scope: limiting.scope, wait: limiting.until.since(now) })
    }

    /// Whether nobody can download a file.
    pub(crate) fn files_gone(&self) -> bool {
        self.files_gone
    }

    pub(crate) fn file_latency(&self) -> Duration {
        self.file_latency
    }

    /// How often one event is delivered.
    pub(crate) fn deliveries(&mut self) -> usize {
        if self.duplicates > 0.0 && self.draw() < self.duplicates { 2 } else { 1 }
    }

    /// Whether a callback to it was made to fail.
    pub(crate) fn has_failed(&self, interaction: Snowflake) -> bool {
        self.failed.contains(&interaction)
    }

    /// From 0 to 1, evenly: splitmix64.
    fn draw(&mut self) -> f64 {
        self.chance = self.chance.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.chance;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// `{"scope": "global", "ms": 5000, "paths": ["channels/"]}`, or null for no more of it.
fn limiting(now: Moment, value: &Value) -> Result<Option<Limiting>, Unasked> {
    if value.is_null() {
        return Ok(None);
    }
    let scope = value.get("scope").and_then(Value::as_str).and_then(Scope::parse);
    let ms = value.get("ms").and_then(Value::as_u64).filter(|ms| *ms <= u64::from(u32::MAX));
    let paths: Vec<String> = value
        .get("paths")
        .map(|paths| serde_json::from_value(paths.clone()).unwrap_or_default())
        .unwrap_or_default();
    match (scope, ms) {
        (Some(scope), Some(ms)) => {
            Ok(Some(Limiting { scope, until: now.after(Duration::from_millis(ms)), paths }))
        }
        _ => Err("rate_limited has a scope (user, shared, global or cloudflare), ms, and perhaps paths."
            .to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Mint;

    const START: Moment = Moment::ZERO;
    const PATH: &str = "channels/1/messages";

    fn asked(fields: &[(&str, Value)]) -> Trouble {
        let mut trouble = Trouble::new(3);
        for (name, value) in fields {
            assert_eq!(trouble.ask(START, name, value), Ok(true), "{name}");
        }
        trouble
    }

    #[test]
    fn callbacks_and_other_requests_have_latencies_of_their_own() {
        let interaction = Mint::new(1).next(START);
        let mut trouble = asked(&[("latency_ms", json!(300)), ("callback_latency_ms", json!(1_000))]);
        assert_eq!(trouble.fate(START, PATH, None).latency, Duration::from_millis(300));
        assert_eq!(trouble.fate(START, PATH, Some(interaction)).latency, Duration::from_secs(1));
        assert!(!trouble.has_failed(interaction));
    }

    #[test]
    fn a_limit_lasts_and_spares_interactions_unless_it_is_the_front_doors() {
        let at = |ms| START.after(Duration::from_millis(ms));
        let scopes = [
            ("global", Scope::Global, false),
            ("user", Scope::User, false),
            ("shared", Scope::Shared, false),
            ("cloudflare", Scope::Cloudflare, true),
        ];
        for (word, scope, hits_all) in scopes {
            let mut trouble = asked(&[("rate_limited", json!({"scope": word, "ms": 5_000}))]);
            let wait = Duration::from_secs(4);
            let limited = Some(Failure::Limited { scope, wait });
            assert_eq!(trouble.fate(at(1_000), PATH, None).failure, limited, "{word}");
            let callback = trouble.fate(at(1_000), "interactions/1/x/callback", None).failure;
            assert_eq!(callback, limited.filter(|_| hits_all), "{word}");
            assert_eq!(trouble.fate(at(5_000), PATH, None), Fate::FINE, "{word}");
        }
        let part = json!({"scope": "user", "ms": 5_000, "paths": ["guilds/"]});
        let mut trouble = asked(&[("rate_limited", part)]);
        assert_eq!(trouble.fate(START, PATH, None), Fate::FINE);
        assert!(trouble.fate(START, "guilds/5", None).failure.is_some());
        assert_eq!(trouble.ask(START, "rate_limited", &Value::Null), Ok(true));
        assert_eq!(trouble.fate(START, "guilds/5", None), Fate::FINE);
    }

    #[test]
    fn an_outage_fails_everything_until_it_is_over() {
        let interaction = Mint::new(1).next(START);
        let mut trouble = asked(&[("outage_ms", json!(5_000))]);
        let last = START.after(Duration::from_millis(4_999));
        assert_eq!(trouble.fate(last, PATH, Some(interaction)).failure, Some(Failure::Unavailable));
        assert!(trouble.has_failed(interaction));
        assert_eq!(trouble.fate(START.after(Duration::from_secs(5)), PATH, None), Fate::FINE);
    }

    #[test]
    fn about_the_share_that_was_asked_for_fails_and_the_same_seed_fails_the_same() {
        let draw = || {
            let mut trouble = asked(&[("errors", json!(0.05))]);
            (0..10_000).map(|_| trouble.fate(START, PATH, None).failure).collect::<Vec<_>>()
        };
        let fates = draw();
        let count = |wanted| fates.iter().filter(|fate| **fate == Some(wanted)).count();
        for failure in [Failure::Unavailable, Failure::AnswerLost] {
            assert!((180..320).contains(&count(failure)), "{failure:?}: {}", count(failure));
        }
        assert_eq!(fates, draw());
    }

    #[test]
    fn what_makes_no_sense_is_refused_and_changes_nothing() {
        let mut trouble = Trouble::new(3);
        for (name, value) in [
            ("callback_latency_ms", json!(1_001)),
            ("latency_ms", json!(-1)),
            ("errors", json!(1.5)),
            ("outage_ms", json!("long")),
            ("accept_then_close", json!(99)),
            ("invalid_session", json!(true)),
            ("rate_limited", json!({"scope": "other", "ms": 5})),
        ] {
            assert!(trouble.ask(START, name, &value).is_err(), "{name}");
        }
        assert_eq!(trouble.ask(START, "rain", &json!(1)), Ok(false));
        assert_eq!(trouble.fate(START, PATH, None), Fate::FINE);
    }
}
