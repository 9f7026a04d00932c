//! What happened, for whoever compares it with what is stored: `log.ndjson` in the emulator's folder.
//!
//! Each line is one JSON object. The file is only appended to, over all lives of a world, and is
//! there from the first start. A line is written before the answer leaves that it is about, so a
//! kill of the emulator loses none (unless the disk is full, when lines wait in memory); a line
//! that was cut by a kill is taken out at the next start. Readers should pass over kinds and fields that they do not know.
//!
//! Every line has `at_ms`, Unix time by the emulator's clock, and `kind`. Ids are strings, as
//! everywhere at Discord. A press, from the finger to the answer, has one id: `interaction`.
//!
//! ```json
//! {"at_ms": 1795000000000, "kind": "press", "by": "component", "interaction": "1423..", "user": "1107..", "message": "1423..", "custom_id": "match:confirm:12"}
//! {"at_ms": 1795000000004, "kind": "callback", "interaction": "1423..", "user": "1107..", "type": 6, "ok": true}
//! {"at_ms": 1795000000031, "kind": "answer", "interaction": "1423..", "user": "1107.."}
//! {"at_ms": 1795000000031, "kind": "message_create", "user": "1107..", "channel": "1108..", "message": "1423..", "text": "Match found\n-# match 12 · confirming", "nonce": "m12.1", "seq": 812}
//! ```
//!
//! | kind | also has | means |
//! |---|---|---|
//! | `started` | `life`, `listen` | the emulator serves; `life` counts from 1 over one folder |
//! | `stopped` | `life` | it was asked to end; a life without it was killed |
//! | `user` | `user`, `name`, `channel` | someone entered for the first time; the DM is `channel` |
//! | `press` | `by`, `interaction`, `user`; `custom_id` and `message`, or `command` | a user did something that the bot must answer within 3 s; `by` is `component`, `modal`, `command` or `autocomplete`; sub-commands are written with spaces |
//! | `upload` | `user`, `channel`, `message`, `files` | a user wrote a message to the bot; `files` are the names of its files, which may be none |
//! | `callback` | `interaction`, `user`, `type`, `ok`; `code` | the bot's answer to a press: Discord's type of callback (4 message, 5 "thinking", 6 taken, 7 update, 8 suggestions, 9 modal); if not `ok`, Discord's error code (10062 too late or unknown, 40060 a second one), and `user` is there if the interaction is known |
//! | `answer` | `interaction`, `user` | the first content that is not "thinking"; a modal is content; at most once an interaction; after a callback of type 6 it may never come |
//! | `callback_failed` | `interaction` | a callback came and was refused (503, 504 or 429) because that was asked for; nothing was done |
//! | `interaction_failed` | `interaction`, `user`, `machine_stalled`, `expired`, `turned_away` | 3 s without a callback; see below |
//! | `message_create` | `user`, `channel`, `message`, `text`, `seq`; `nonce`, `interaction` | the bot's message appeared in the user's DM; also "thinking", with an empty `text` |
//! | `message_update` | as `message_create` | it changed |
//! | `message_delete` | `user`, `channel`, `message`, `seq` | it is gone |
//! | `channel_message_create`, `channel_message_update`, `channel_message_delete`, `channel_message_repeat` | as those without `channel_`, but no `user` | the same in the guild, where all see it who see the channel; what only one user sees there is a `message_create` |
//! | `thread` | `channel`, `name` | the bot began a thread |
//! | `thread_joined`, `thread_left` | `channel`, `user` | someone was added to it or taken out of it |
//! | `guild` | `guild`, `shard` | the bot is in a further guild, whose events go to that shard |
//! | `settings` | `user`, `settings` | a user's settings were changed, as in the request |
//! | `message_repeat` | `user`, `channel`, `message`, `nonce` | the bot sent a nonce again; it was given the earlier message and nobody saw anything |
//! | `http_requests` | `requests` | the bot's requests since the world began, by method and route; written every few seconds and at the end; the last one counts. A kill may lose the last seconds |
//! | `gateway_connect` | | a client opened the websocket |
//! | `gateway_identify` | `session`, `shard`, `living` | it began a session, of that shard: its number and of how many |
//! | `gateway_resume` | `session`, `ok`, `living` | it went on with one, or was refused |
//! | `gateway_disconnect` | `session`, `how`, `living` | a connection with a session ended: `lost`, `goodbye` (close code 1000 or 1001, which ends the session) or `cut` (a fault) |
//! | `duplicate` | `event` | an event was delivered twice because that was asked for |
//! | `spec_violation` | `route`, `flaws` | a request was not as Discord describes its API |
//! | `unlike_discord` | `route`, `flaws` | an answer of the emulator's was not as Discord describes its API |
//! | `barred` | `invalid` | too many invalid requests: the bot's address is shut out |
//! | `token_reset` | | one IDENTIFY too many: Discord would make a new token; or that was asked for |
//! | `fault` | `fault` | a fault was asked for, as in the request |
//! | `stall` | `from_ms`, `to_ms` | the emulator itself stood still for more than 500 ms |
//!
//! `text` is everything the message says, its parts joined by newlines: its content, then of each
//! embed title, description, field names and values and footer, then the texts of its components
//! in order, without labels of buttons and menus. So a fact line stands on a line of its own.
//!
//! `seq` is the one of the same event in `GET /emulator/events`.
//!
//! `living` is how many connections with a session there are after the event. A `started` means
//! that there are none.
//!
//! An `interaction_failed` is `expired` if no connection of its shard had lived for a second when its 3 s ended, and
//! `machine_stalled` if a stall overlaps its 3 s, to which what it took is added, and `turned_away` if a callback to it was made to fail. What
//! is none of these is a deadline miss. Those of
//! a keystroke (`by` is `autocomplete`) are logged as well.

use std::io;
use std::path::Path;

use serde_json::{Map, Value};

use crate::append::Appender;
use crate::clock::Moment;

/// Where it is kept, if it is.
#[derive(Debug, Default)]
pub(crate) struct Log {
    file: Option<Appender>,
}

impl Log {
    pub(crate) fn open(path: &Path) -> io::Result<Log> {
        Ok(Log { file: Some(Appender::open_whole_lines(path)?) })
    }

    /// Notes what happened; `fields` is an object, whose nulls are left out.
    pub(crate) fn note(&mut self, now: Moment, kind: &str, fields: Value) {
        let end = self.mark();
        self.note_at(end, now, kind, fields);
    }

    /// Where the next line goes, for [`Log::note_at`] before the turn ends.
    pub(crate) fn mark(&self) -> usize {
        self.file.as_ref().map_or(0, |file| file.unwritten.len())
    }

    /// Like [`Log::note`], but before what was noted since `mark`.
    pub(crate) fn note_at(&mut self, mark: usize, now: Moment, kind: &str, fields: Value) {
        let Some(file) = &mut self.file else { return };
        let mut line = Map::new();
        line.insert("at_ms".to_owned(), now.unix_ms().into());
        line.insert("kind".to_owned(), kind.into());
        if let Value::Object(fields) = fields {
            line.extend(fields.into_iter().filter(|(_, value)| !value.is_null()));
        }
        let line = format!("{}\n", Value::Object(line));
        file.unwritten.splice(mark..mark, line.into_bytes());
    }

    pub(crate) fn write(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Appender::write)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_line_that_a_kill_has_cut_is_taken_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.ndjson");
        let note = || {
            let mut log = Log::open(&path).unwrap();
            log.note(Moment::from_unix_ms(5), "press", json!({"user": "1", "message": null}));
            log.write().unwrap();
        };
        let line = "{\"at_ms\":5,\"kind\":\"press\",\"user\":\"1\"}\n";
        for (left, kept) in [("", ""), ("{}\n", "{}\n"), ("{\"at", ""), ("{}\n{\"at", "{}\n")] {
            std::fs::write(&path, left).unwrap();
            note();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("{kept}{line}"), "{left}");
        }
        std::fs::write(&path, format!("{{}}\n{}", "x".repeat(10_000))).unwrap();
        note();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("{{}}\n{line}"));
    }
}
