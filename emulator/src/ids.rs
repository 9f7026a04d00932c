//! Snowflakes: ids that carry their time.
//!
//! What is made while the emulator runs carries the emulator's time. A user, the
//! user's DM channel, the application and its guild are the same in every run with
//! the same seed, so their time is taken from the seed and the name instead.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::clock::Moment;

/// Below the time are 22 bits; Discord splits them further, which nobody may rely on.
const TIME_SHIFT: u32 = 22;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Snowflake(u64);

impl Snowflake {
    /// When the thing was made, by its id.
    pub(crate) fn made_at(self) -> Moment {
        Moment::from_discord_ms(self.0 >> TIME_SHIFT)
    }

    pub(crate) fn number(self) -> u64 {
        self.0
    }

    /// The part above which Discord spreads guilds over shards.
    pub(crate) fn time_part(self) -> u64 {
        self.0 >> TIME_SHIFT
    }

    pub(crate) fn json(self) -> Value {
        Value::String(self.to_string())
    }

    /// Discord writes ids as strings and reads numbers too.
    pub(crate) fn from_json(value: &Value) -> Option<Snowflake> {
        match value {
            Value::String(text) => text.parse().ok(),
            Value::Number(number) => number.as_u64().filter(|id| *id != 0).map(Snowflake),
            _ => None,
        }
    }
}

#[cfg(test)]
impl From<u64> for Snowflake {
    fn from(id: u64) -> Snowflake {
        Snowflake(id)
    }
}

impl fmt::Display for Snowflake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("not a snowflake")]
pub(crate) struct NotASnowflake;

impl FromStr for Snowflake {
    type Err = NotASnowflake;

    fn from_str(text: &str) -> Result<Snowflake, NotASnowflake> {
        match text.parse() {
            Ok(0) | Err(_) => Err(NotASnowflake),
            Ok(id) => Ok(Snowflake(id)),
        }
    }
}

/// What a seed makes: ids that are new, ids that stay, and tokens nobody can guess
/// without the seed.
#[derive(Debug)]
pub(crate) struct Mint {
    seed: u64,
    last: u64,
}

impl Mint {
    pub(crate) fn new(seed: u64) -> Mint {
        Mint { seed, last: 0 }
    }

    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    /// The newest id, to go on after it in another life.
    pub(crate) fn last(&self) -> u64 {
        self.last
    }

    pub(crate) fn go_on_after(&mut self, last: u64) {
        self.last = last;
    }

    /// A new id. Ids grow, also where several are made in one millisecond.
    pub(crate) fn next(&mut self, now: Moment) -> Snowflake {
        self.last = (now.discord_ms() << TIME_SHIFT).max(self.last + 1);
        Snowflake(self.last)
    }

    /// The id of the `kind` called `name`, made at some time between 2016 and 2024.
    pub(crate) fn stable(&self, kind: &str, name: &str) -> Snowflake {
        const EARLIEST_MS: u64 = 365 * 86_400_000;
        const SPAN_MS: u64 = 8 * 365 * 86_400_000;
        let digest = self.digest(&[kind, name]);
        let word =
            |at: usize| u64::from_be_bytes(digest[at..at + 8].try_into().expect("a digest has 32 bytes"));
        let made_at_ms = EARLIEST_MS + word(0) % SPAN_MS;
        Snowflake((made_at_ms << TIME_SHIFT) | (word(8) & ((1 << TIME_SHIFT) - 1)))
    }

    /// 128 bits in hex over `parts`, the same for the same seed.
    pub(crate) fn signature(&self, parts: &[&str]) -> String {
        self.digest(parts)[..16].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn digest(&self, parts: &[&str]) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.seed.to_be_bytes());
        for part in parts {
            // Lengths keep ("ab", "c") apart from ("a", "bc").
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        hash.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_ids_grow_and_carry_their_time() {
        let mut mint = Mint::new(1);
        let now = Moment::from_unix_ms(1_795_000_000_123);
        let ids = [mint.next(now), mint.next(now), mint.next(now)];
        assert!(ids[0] < ids[1] && ids[1] < ids[2]);
        assert_eq!(ids[2].made_at(), now);
    }

    #[test]
    fn a_users_id_depends_on_seed_and_name_alone() {
        let id = |seed, name| Mint::new(seed).stable("user", name);
        assert_eq!(id(1, "ana"), id(1, "ana"));
        assert_ne!(id(1, "ana"), id(2, "ana"));
        assert_ne!(id(1, "ana"), id(1, "bob"));
        assert!(id(1, "ana").made_at() < Moment::from_unix_ms(1_735_000_000_000));
    }
}
