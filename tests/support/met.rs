//! What tests with whole processes have met: commands, buttons and sentences. Every run of a ladder adds to
//! one file, which the [`walk`](crate::walk) reads when all of them are over.

use evoladder::frontend::custom_id::CustomId;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Emptied by `scripts/test` before the tests.
pub(crate) fn file() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("met.ndjson")
}

/// One kind of thing, and which.
pub(crate) type Met = (String, String);

/// Notes what a ladder over this data folder was asked and has answered, by its emulator's log.
pub(crate) fn collect(data: &Path) {
    static ALREADY: Mutex<BTreeSet<Met>> = Mutex::new(BTreeSet::new());
    let Ok(log) = std::fs::read_to_string(data.join("emulator").join("log.ndjson")) else { return };
    let mut already = ALREADY.lock().unwrap_or_else(PoisonError::into_inner);
    let mut lines = String::new();
    for line in log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
        for met in met_in(&line) {
            if !already.contains(&met) {
                lines += &format!("{}\n", serde_json::to_string(&met).unwrap());
                already.insert(met);
            }
        }
    }
    let mut file = File::options().create(true).append(true).open(file()).unwrap();
    file.write_all(lines.as_bytes()).unwrap();
}

fn met_in(line: &Value) -> Vec<Met> {
    let text = |field: &str| line[field].as_str();
    let met = |kind: &str, what: &str| (kind.to_owned(), what.to_owned());
    match text("kind") {
        Some("press") => {
            let button = text("custom_id").and_then(CustomId::parse).map(|id| met("button", &variant(&id)));
            let typed = if text("by") == Some("autocomplete") { "suggestions" } else { "command" };
            let command = text("command").map(|name| met(typed, name));
            [button, command].into_iter().flatten().collect()
        }
        Some("message_create" | "message_update") => {
            let paragraphs = text("text").unwrap_or_default().split('\n');
            paragraphs.filter(|text| !text.is_empty()).map(|text| met("text", text)).collect()
        }
        _ => Vec::new(),
    }
}

/// The name of a variant without what is in it.
fn variant(id: &CustomId) -> String {
    let text = format!("{id:?}");
    text.split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default().to_owned()
}
