//! What a bot may say of a channel or a thread.

use serde_json::Value;

use super::{Check, join};
use crate::fault::Fault;

/// Minutes that Discord offers before a silent thread is archived.
const ARCHIVE_MINUTES: [i64; 4] = [60, 1_440, 4_320, 10_080];
const MAX_SLOWMODE: i64 = 21_600;

/// Checks the body that begins a thread without a message.
pub(crate) fn check_thread(body: &Value) -> Result<(), Fault> {
    let mut check = Check::default();
    let Some(fields) = check.object("", body) else { return check.finish() };
    let known = ["name", "auto_archive_duration", "type", "invitable", "rate_limit_per_user"];
    check.known_fields("", fields, &known);
    check.required_text("name", fields.get("name"), 1, 100);
    check.integer("type", fields.get("type"), 10, 12);
    check_thread_settings(&mut check, "", body);
    check.finish()
}

/// Checks a change of a thread, or of a text channel.
pub(crate) fn check_thread_change(body: &Value, is_thread: bool) -> Result<(), Fault> {
    let mut check = Check::default();
    let Some(fields) = check.object("", body) else { return check.finish() };
    let of_threads =
        ["name", "archived", "auto_archive_duration", "locked", "invitable", "rate_limit_per_user", "flags"];
    let known: &[&str] = if is_thread { &of_threads } else { &["name", "topic"] };
    check.known_fields("", fields, known);
    check.text("name", fields.get("name"), 1, 100);
    check.text("topic", fields.get("topic"), 0, 1_024);
    check.boolean("archived", fields.get("archived"));
    check.boolean("locked", fields.get("locked"));
    check_thread_settings(&mut check, "", body);
    check.finish()
}

fn check_thread_settings(check: &mut Check, path: &str, fields: &Value) {
    let at = |field: &str| join(path, field);
    check.boolean(&at("invitable"), fields.get("invitable"));
    check.integer(&at("rate_limit_per_user"), fields.get("rate_limit_per_user"), 0, MAX_SLOWMODE);
    let minutes =
        check.integer(&at("auto_archive_duration"), fields.get("auto_archive_duration"), 0, i64::MAX);
    if minutes.is_some_and(|minutes| !ARCHIVE_MINUTES.contains(&minutes)) {
        let message = format!("Value must be one of {ARCHIVE_MINUTES:?}.");
        check.flaw(&at("auto_archive_duration"), "BASE_TYPE_CHOICES", message);
    }
}
