//! What the users see, in order, kept for readers that come back.
//!
//! A reader asks for what follows the last line it had; nothing is queued for it
//! meanwhile. So a slow reader costs no memory, and one that is too slow finds a
//! `gap` where the history has moved on.

use std::collections::VecDeque;

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::clock::Moment;
use crate::ids::Snowflake;

/// A line is 1 to 2 KiB, so this is at most some 100 MB; a ladder of 1,000 people
/// makes this many in about five minutes. The oldest are forgotten first.
const HISTORY: usize = 50_000;

/// So many lines go to a reader at once, to keep one answer of the loop short.
const BATCH: usize = 512;

/// What happened in a user's client.
#[derive(Debug, Clone)]
pub(crate) enum Seen {
    MessageCreate(Value),
    MessageUpdate(Value),
    MessageDelete {
        channel: Snowflake,
        message: Snowflake,
    },
    Thinking(Value),
    Acknowledged,
    Modal(Value),
    Choices(Value),
    InteractionFailed,
    /// The channels and threads that one sees, or what is said of them, changed.
    Places,
}

#[derive(Debug)]
pub(crate) struct History {
    lines: VecDeque<Bytes>,
    /// The `seq` of the next line.
    next: u64,
    newest: watch::Sender<u64>,
}

impl History {
    pub(crate) fn new() -> History {
        History::after_life(0)
    }

    /// One whose former life ended with line `last`.
    pub(crate) fn after_life(last: u64) -> History {
        History { lines: VecDeque::new(), next: last + 1, newest: watch::channel(last).0 }
    }

    /// Tells the `seq` of the newest line, each time it grows.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.newest.subscribe()
    }

    pub(crate) fn push(
        &mut self,
        now: Moment,
        user: Option<Snowflake>,
        interaction: Option<Snowflake>,
        seen: Seen,
    ) {
        let mut line = json!({"seq": self.next, "at_ms": now.unix_ms()});
        if let Some(user) = user {
            line["user"] = user.json();
        }
        if let Some(interaction) = interaction {
            line["interaction_id"] = interaction.json();
        }
        let (kind, key, value) = match seen {
            Seen::MessageCreate(message) => ("message_create", "message", message),
            Seen::MessageUpdate(message) => ("message_update", "message", message),
            Seen::MessageDelete { channel, message } => {
                ("message_delete", "message", json!({"id": message.json(), "channel_id": channel.json()}))
            }
            Seen::Thinking(message) => ("thinking", "message", message),
            Seen::Modal(modal) => ("modal", "modal", modal),
            Seen::Choices(choices) => ("choices", "choices", choices),
            Seen::Acknowledged => ("acknowledged", "", Value::Null),
            Seen::InteractionFailed => ("interaction_failed", "", Value::Null),
            Seen::Places => ("places", "", Value::Null),
        };
        line["kind"] = kind.into();
        if !key.is_empty() {
            line[key] = value;
        }
        if self.lines.len() == HISTORY {
            self.lines.pop_front();
        }
        self.lines.push_back(Bytes::from(format!("{line}\n")));
        self.newest.send_replace(self.next);
        self.next += 1;
    }

    /// The lines after `after`, as many as go out at once, and the `seq` of the last.
    pub(crate) fn after(&self, after: u64) -> (Vec<Bytes>, u64) {
        let oldest = self.next - self.lines.len() as u64;
        let mut lines = Vec::new();
        // A reader from another run may be ahead; it begins with what happens next.
        let after = after.min(self.next - 1);
        let mut skip = (after + 1).saturating_sub(oldest) as usize;
        if after + 1 < oldest {
            let gap = json!({"seq": oldest - 1, "kind": "gap", "from": after + 1, "to": oldest - 1});
            lines.push(Bytes::from(format!("{gap}\n")));
            skip = 0;
        }
        lines.extend(self.lines.iter().skip(skip).take(BATCH).cloned());
        let last = (oldest + skip as u64 + BATCH as u64 - 1).min(self.next - 1);
        (lines, last)
    }

    pub(crate) fn last(&self) -> u64 {
        self.next - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Mint;

    fn history(lines: usize) -> History {
        let mut history = History::new();
        let user = Mint::new(1).stable("user", "ana");
        for _ in 0..lines {
            history.push(Moment::from_unix_ms(0), Some(user), None, Seen::Acknowledged);
        }
        history
    }

    fn read_all(history: &History, mut after: u64) -> Vec<Value> {
        let mut seen = Vec::new();
        loop {
            let (lines, last) = history.after(after);
            seen.extend(lines.iter().map(|line| serde_json::from_slice::<Value>(line).unwrap()));
            if last == after {
                return seen;
            }
            after = last;
        }
    }

    #[test]
    fn a_reader_that_comes_back_misses_nothing() {
        let history = history(2 * BATCH + 7);
        for after in [0, 1, BATCH as u64, 2 * BATCH as u64 + 6, 2 * BATCH as u64 + 7] {
            let seqs: Vec<u64> =
                read_all(&history, after).iter().map(|line| line["seq"].as_u64().unwrap()).collect();
            assert_eq!(seqs, (after + 1..=history.last()).collect::<Vec<_>>(), "after {after}");
        }
    }

    #[test]
    fn what_is_gone_is_said_to_be_gone() {
        let history = history(HISTORY + 10);
        let lines = read_all(&history, 3);
        assert_eq!(lines[0], json!({"seq": 10, "kind": "gap", "from": 4, "to": 10}));
        assert_eq!(lines[1]["seq"], 11);
        assert_eq!(lines.len(), HISTORY + 1);
    }
}
