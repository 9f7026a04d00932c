//! One door to each decoder, for the fuzz targets in `fuzz/`.
//!
//! Exists under `cfg(fuzzing)` alone. A door hands bytes to one decoder and
//! panics if what comes out breaks a promise of [`crate::limits`]. That no
//! other panic, no time and no memory comes of any bytes is what fuzzing is
//! after. [`seeds`] makes of a whole file what each door is to begin with.

use crate::archive::{self, Archive, Budget, decrypted};
use crate::facts::{CacheHandle, GameResult};
use crate::forge::package::{Content, encrypt};
use crate::forge::{self, ChatMessage, Control, ForgedObserver, Game};
use crate::format::{BLOCK_TABLE_KEY, HASH_TABLE_KEY, stream};
use crate::limits;
use crate::streams::layouts::LAYOUTS;
use crate::streams::{attributes, details, game_events, header, init_data, messages, metadata};

/// The streams that are read, with their limits.
const STREAMS: [(&str, &str, usize); 6] = [
    ("details", stream::DETAILS, limits::SMALL_STREAM_BYTES),
    ("init_data", stream::INIT_DATA, limits::SMALL_STREAM_BYTES),
    ("attributes", stream::ATTRIBUTES, limits::SMALL_STREAM_BYTES),
    ("metadata", stream::METADATA, limits::SMALL_STREAM_BYTES),
    ("game_events", stream::GAME_EVENTS, limits::GAME_EVENT_BYTES),
    ("message_events", stream::MESSAGE_EVENTS, limits::MESSAGE_BYTES),
];

/// A whole file.
pub fn replay(file: &[u8]) {
    match crate::parse(file) {
        Ok(facts) => {
            assert!(facts.base_build >= limits::OLDEST_BASE_BUILD, "older builds are refused");
            assert!(facts.leave_events.len() <= limits::LEAVE_EVENTS);
        }
        Err(error) => assert!(error.to_string().len() < 200, "an error is one short sentence"),
    }
}

/// A whole file whose tables are not encrypted, so that a changed byte stays one changed byte.
pub fn archive(file: &[u8]) {
    let file = with_tables(file, |bytes, key| {
        let (words, _) = bytes.as_chunks::<4>();
        let words: Vec<u32> = words.iter().map(|word| u32::from_le_bytes(*word)).collect();
        encrypt(words.as_chunks::<4>().0, key)
    });
    let Ok(user_data) = archive::user_data(&file) else { return };
    assert!(user_data.content.len() <= limits::HEADER_BYTES);
    let Ok(archive) = Archive::open(&file, user_data.archive_offset) else { return };
    let (mut budget, mut all) = (Budget::new(limits::ALL_STREAM_BYTES), 0);
    for (_, name, limit_bytes) in STREAMS {
        if let Ok(Some(content)) = archive.read(name, limit_bytes, &mut budget) {
            assert!(content.len() <= limit_bytes, "{name} is within its limit");
            all += content.len();
        }
    }
    assert!(all <= limits::ALL_STREAM_BYTES);
}

/// The replay header.
pub fn header(content: &[u8]) {
    if content.len() <= limits::HEADER_BYTES {
        let _ = header::parse(content);
    }
}

/// `replay.details`.
pub fn details(content: &[u8]) {
    if let Some(Ok(details)) = small(content, details::parse) {
        assert!(details.players.len() <= limits::PLAYERS);
        assert!(details.cache_handles.len() <= limits::CACHE_HANDLES);
    }
}

/// `replay.initData`.
pub fn init_data(content: &[u8]) {
    if let Some(Ok(lobby)) = small(content, init_data::parse) {
        assert!(lobby.users.len() <= limits::PLAYERS && lobby.slots_in_use.len() <= limits::PLAYERS);
    }
}

/// `replay.attributes.events`.
pub fn attributes(content: &[u8]) {
    if let Some(Ok(attributes)) = small(content, attributes::parse) {
        assert!(attributes.len() <= content.len() / 13);
    }
}

/// `replay.gamemetadata.json`.
pub fn metadata(content: &[u8]) {
    let _ = small(content, metadata::parse);
}

/// `replay.game.events`.
pub fn game_events(content: &[u8]) {
    if content.len() > limits::GAME_EVENT_BYTES {
        return;
    }
    if let Ok(events) = game_events::walk(content, &LAYOUTS[0]) {
        assert!(events.count as usize <= content.len().div_ceil(3), "an event has three bytes or more");
        assert!(events.leaves.len() <= limits::LEAVE_EVENTS);
        assert!(events.leaves.is_sorted_by_key(|leave| leave.game_loop), "time does not go back");
    }
}

/// `replay.message.events`.
pub fn message_events(content: &[u8]) {
    if content.len() > limits::MESSAGE_BYTES {
        return;
    }
    if let Ok(chat) = messages::parse(content, &LAYOUTS[0]) {
        assert!(chat.messages.len() <= limits::CHAT_MESSAGES);
        assert!(chat.messages.is_sorted_by_key(|message| message.game_loop), "time does not go back");
    }
}

/// What each door is to begin with, made of a whole file: the name of the target and its bytes.
/// `None` if the file is no replay.
pub fn seeds(file: &[u8]) -> Option<Vec<(&'static str, Vec<u8>)>> {
    let user_data = archive::user_data(file).ok()?;
    let archive = Archive::open(file, user_data.archive_offset).ok()?;
    let plain = with_tables(file, |bytes, key| {
        let table = decrypted(bytes, bytes.len() as u32 / 16, key).unwrap_or_default();
        table.as_flattened().iter().flat_map(|word| word.to_le_bytes()).collect()
    });
    let mut seeds =
        vec![("replay", file.to_vec()), ("archive", plain), ("header", user_data.content.to_vec())];
    let mut budget = Budget::new(limits::ALL_STREAM_BYTES);
    for (target, name, limit_bytes) in STREAMS {
        if let Ok(Some(content)) = archive.read(name, limit_bytes, &mut budget) {
            seeds.push((target, content.into_owned()));
        }
    }
    Some(seeds)
}

/// Small forged files that differ in what they hold and how it lies in them.
pub fn forged() -> Vec<Vec<u8>> {
    let mut computer = Game { events: 0, ..Game::default() };
    computer.players[0].clan = "<&>".into();
    computer.players[1].control = Control::Computer;
    let observer =
        |toon_id| ForgedObserver { name: "Watcher".into(), clan: "W".into(), region: 3, realm: 2, toon_id };
    let mut watched = Game {
        base_build: limits::OLDEST_BASE_BUILD,
        map_title: "[SC:Evo] Radeon (라데온)".into(),
        cache_handles: (0..4).map(|fill| CacheHandle([fill; 40])).collect(),
        observers: vec![observer(7), observer(8)],
        duration_game_loops: 5_000_000,
        events: 60,
        ..Game::default()
    };
    watched.players[0].result = GameResult::Tie;
    watched.chat = vec![ChatMessage { game_loop: 70, user_id: 2, recipient: 4, text: "gg".into() }];
    let unlisted = Game { base_build: limits::NEWEST_BASE_BUILD + 1, events: 20, ..Game::default() };
    let mut files = Vec::new();
    for (game, header_format, sector_shift) in [(computer, 0, 5), (watched, 1, 0), (unlisted, 3, 1)] {
        let mut package = forge::package(&game);
        package.header_format = header_format;
        package.sector_shift = sector_shift;
        files.push(package.write());
        for (_, content) in &mut package.files {
            if let Content::Packed(bytes) = content {
                *content = Content::Sectors(std::mem::take(bytes));
            }
        }
        files.push(package.write());
    }
    files
}

/// A small stream's decoder, unless the stream would not have come so far.
fn small<T>(content: &[u8], parse: fn(&[u8]) -> T) -> Option<T> {
    (content.len() <= limits::SMALL_STREAM_BYTES).then(|| parse(content))
}

/// The file with its two tables replaced, where it has them: `replace` gets the bytes of one and its
/// key, and gives as many.
fn with_tables(file: &[u8], replace: impl Fn(&[u8], u32) -> Vec<u8>) -> Vec<u8> {
    let mut file = file.to_vec();
    for (offset_at, entries_at, key) in [(16, 24, HASH_TABLE_KEY), (20, 28, BLOCK_TABLE_KEY)] {
        if let Some(table) = table(&mut file, offset_at, entries_at) {
            let replaced = replace(table, key);
            table.copy_from_slice(&replaced);
        }
    }
    file
}

/// The bytes of a table, by the places of its offset and length in the archive's header.
fn table(file: &mut [u8], offset_at: usize, entries_at: usize) -> Option<&mut [u8]> {
    let word = |at: usize| {
        let bytes = file.get(at..at.checked_add(4)?)?.first_chunk()?;
        usize::try_from(u32::from_le_bytes(*bytes)).ok()
    };
    let archive = word(8)?;
    let start = archive.checked_add(word(archive.checked_add(offset_at)?)?)?;
    let entries = word(archive.checked_add(entries_at)?)?;
    if entries > limits::TABLE_ENTRIES as usize {
        return None;
    }
    file.get_mut(start..start.checked_add(entries * 16)?)
}
