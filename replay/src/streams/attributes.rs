//! `replay.attributes.events`: the settings of the lobby, by number.
//!
//! Kept are those of the game as a whole that a rule looks at. The stream is a
//! head of nine bytes and entries of thirteen, nothing else.

use std::collections::BTreeMap;

use crate::error::Error;
use crate::format::{GLOBAL_SCOPE, attribute, stream};

pub(crate) fn parse(content: &[u8]) -> Result<BTreeMap<u32, String>, Error> {
    decode(content).map_err(|error| error.in_stream(stream::ATTRIBUTES))
}

fn decode(content: &[u8]) -> Result<BTreeMap<u32, String>, Error> {
    let mut kept = BTreeMap::new();
    if content.is_empty() {
        return Ok(kept);
    }
    // Source, and the namespace of the map; then how many entries follow.
    let head = content.split_first_chunk::<5>();
    let Some((count, entries)) = head.and_then(|(_, rest)| rest.split_first_chunk::<4>()) else {
        return Err(Error::malformed("the stream is cut short", content.len()));
    };
    let (entries, rest) = entries.as_chunks::<13>();
    if usize::try_from(u32::from_le_bytes(*count)) != Ok(entries.len()) || !rest.is_empty() {
        return Err(Error::malformed("the number of attributes does not fit the length", 5));
    }
    for &[_, _, _, _, n0, n1, n2, n3, scope, v3, v2, v1, v0] in entries {
        let number = u32::from_le_bytes([n0, n1, n2, n3]);
        if scope == GLOBAL_SCOPE && attribute::KEPT.contains(&number) {
            let value = String::from_utf8_lossy(&[v0, v1, v2, v3]).trim_matches('\0').to_owned();
            kept.insert(number, value);
        }
    }
    Ok(kept)
}
