//! What goes wrong at Discord's side because someone asked for it: requests of the bot that take long,
//! fail, or find nobody. It holds for this life of the emulator.
//!
//! What fails by chance is drawn from the emulator's seed, request by request.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::clock::Moment;
use crate::ids::Snowflake;
use crate::wire::Reply;

/// A callback that came later than this would seldom be in time, whatever the bot does.
const MAX_CALLBACK_MS: u64 = 1_000;
/// Longer, and a client takes the emulator for dead.
const MAX_LATENCY_MS: u64 = 60_000;

/// Interactions whose callback was made to fail, remembered until their time is over; the oldest is
/// forgotten beyond it.
const REMEMBERED: usize = 16_384;

/// All that is asked for at present.
#[derive(Debug)]
pub(crate) struct Trouble {
    latency: Duration,
    callback_latency: Duration,
    /// The share of requests that fail, from 0 to 1.
    errors: f64,
    /// The share of events that are delivered twice.
    duplicates: f64,
    out_until: Option<Moment>,
    chance: u64,
    /// Interactions of which a callback failed for no fault of the bot's.
    failed: BTreeSet<Snowflake>,
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
}

/// Why something is no trouble to ask for, in a sentence.
pub(crate) type Unasked = String;

#[cfg(test)]
impl Fate {
    const FINE: Fate = Fate { latency: Duration::ZERO, failure: None };
}

impl Failure {
    /// As Discord's front door says it, without a code.
    pub(crate) fn reply(self) -> Reply {
        let (status, words) = match self {
            Failure::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "503: Service Unavailable"),
            Failure::AnswerLost => (StatusCode::BAD_GATEWAY, "502: Bad Gateway"),
        };
        Reply::new(status, json!({"code": 0, "message": words}))
    }
}

impl Trouble {
    pub(crate) fn new(seed: u64) -> Trouble {
        Trouble {
            latency: Duration::ZERO,
            callback_latency: Duration::ZERO,
            errors: 0.0,
            duplicates: 0.0,
            out_until: None,
            chance: seed,
            failed: BTreeSet::new(),
        }
    }

    /// Takes one field of what someone asks for; false where it is none of these.
    pub(crate) fn ask(&mut self, now: Moment, name: &str, value: &Value) -> Result<bool, Unasked> {
        let ms = |most: u64| {
            let given = value.as_u64().filter(|ms| *ms <= most);
            given.ok_or_else(|| format!("{name} is a number of milliseconds, at most {most}."))
        };
        match name {
            "latency_ms" => self.latency = Duration::from_millis(ms(MAX_LATENCY_MS)?),
            "callback_latency_ms" => self.callback_latency = Duration::from_millis(ms(MAX_CALLBACK_MS)?),
            "errors" => {
                let share = value.as_f64().filter(|share| (0.0..=1.0).contains(share));
                self.errors = share.ok_or("errors is a share from 0 to 1.")?;
            }
            "outage_ms" => {
                let length = Duration::from_millis(ms(u64::from(u32::MAX))?);
                self.out_until = (!length.is_zero()).then(|| now.after(length));
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// What becomes of the bot's next request, which is a callback where `callback` names its interaction.
    pub(crate) fn fate(&mut self, now: Moment, callback: Option<Snowflake>) -> Fate {
        let is_out = self.out_until.is_some_and(|until| now < until);
        let failure = if is_out {
            Some(Failure::Unavailable)
        } else if self.errors > 0.0 && self.draw() < self.errors {
            Some(if self.draw() < 0.5 { Failure::Unavailable } else { Failure::AnswerLost })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Mint;

    const START: Moment = Moment::ZERO;

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
        assert_eq!(trouble.fate(START, None).latency, Duration::from_millis(300));
        assert_eq!(trouble.fate(START, Some(interaction)).latency, Duration::from_secs(1));
        assert!(!trouble.has_failed(interaction));
    }

    #[test]
    fn an_outage_fails_everything_until_it_is_over() {
        let interaction = Mint::new(1).next(START);
        let mut trouble = asked(&[("outage_ms", json!(5_000))]);
        let last = START.after(Duration::from_millis(4_999));
        assert_eq!(trouble.fate(last, Some(interaction)).failure, Some(Failure::Unavailable));
        assert!(trouble.has_failed(interaction));
        assert_eq!(trouble.fate(START.after(Duration::from_secs(5)), None), Fate::FINE);
    }

    #[test]
    fn about_the_share_that_was_asked_for_fails_and_the_same_seed_fails_the_same() {
        let draw = || {
            let mut trouble = asked(&[("errors", json!(0.05))]);
            (0..10_000).map(|_| trouble.fate(START, None).failure).collect::<Vec<_>>()
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
        ] {
            assert!(trouble.ask(START, name, &value).is_err(), "{name}");
        }
        assert_eq!(trouble.ask(START, "rain", &json!(1)), Ok(false));
        assert_eq!(trouble.fate(START, None), Fate::FINE);
    }
}
