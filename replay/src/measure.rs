//! What benchmarks see of the inside: parts of the reader's work by
//! themselves, and the inputs that cost it the most.
//!
//! Behind the feature `measure`, which nothing that is shipped turns on.

use crate::archive::Budget;
use crate::forge::package::{Content, packed};
use crate::forge::{self, Game};
use crate::format::{event, flag, stream};
use crate::streams::{attributes, details, init_data};
use crate::{Error, File, limits, open};

/// A stream as it lies in the file.
pub struct PackedStream {
    pub name: &'static str,
    /// What bzip2 made of it, with the head of the library's own format.
    pub packed: Vec<u8>,
    /// Bytes when unpacked.
    pub size: usize,
}

/// The streams that [`crate::parse`] has to unpack, as far as they are packed in one unit.
pub fn packed_streams(file: &[u8]) -> Result<Vec<PackedStream>, Error> {
    let archive = open(file)?.archive;
    let names = [
        stream::DETAILS,
        stream::INIT_DATA,
        stream::ATTRIBUTES,
        stream::METADATA,
        stream::GAME_EVENTS,
        stream::MESSAGE_EVENTS,
    ];
    let mut streams = Vec::new();
    for name in names {
        if let Some((packed, size)) = archive.packed_unit(name)? {
            streams.push(PackedStream { name, packed: packed.to_vec(), size });
        }
    }
    Ok(streams)
}

/// Reads header, details, initData and attributes, and nothing else.
/// Gives the number of players and slots, so that nothing is left out.
pub fn before_the_game(file: &[u8]) -> Result<usize, Error> {
    let File { archive, .. } = open(file)?;
    let mut budget = Budget::new(limits::ALL_STREAM_BYTES);
    let mut read = |name| archive.read(name, limits::SMALL_STREAM_BYTES, &mut budget);
    let (details, init_data) = (read(stream::DETAILS)?, read(stream::INIT_DATA)?);
    let attributes = read(stream::ATTRIBUTES)?;
    let details = details::parse(&details.unwrap_or_default())?;
    let lobby = init_data::parse(&init_data.unwrap_or_default())?;
    let attributes = attributes::parse(&attributes.unwrap_or_default())?;
    Ok(details.players.len() + lobby.slots_in_use.len() + attributes.len())
}

/// Files that cost as much as their kind can: as large as the limits allow, or
/// just beyond one of them. Streams are game events where nothing else is said.
pub fn worst_inputs() -> Vec<(&'static str, Vec<u8>)> {
    let unit = flag::EXISTS | flag::SINGLE_UNIT | flag::COMPRESSED;
    let raw = |bytes: Vec<u8>, size: usize| Content::Raw { bytes, size: size as u32, flags: unit };
    let events = |content| with(stream::GAME_EVENTS, content, 5);
    let most = limits::GAME_EVENT_BYTES;

    // 20 bits of head: at once, user 0, an event without fields.
    let smallest = [0, 0, 5].repeat(most / 3);
    let camera = [0, 3 << 5, 1, 0].repeat(most / 4);
    // The event with the most fields: a game taken over, with 31 users without a name.
    let mut resumed = vec![0, 2 << 5, 0xf << 4 | 0xb, 1];
    let end = (0..31).fold(1_usize, |bits, _| (bits + 6 + 8).next_multiple_of(8) + 3) + 1;
    resumed.resize(3 + end.div_ceil(8), 0);
    let fields = resumed.repeat(most / resumed.len());
    let noise = noise(most);
    // Bits that no packer foresees, few or many a byte: from little to read and
    // much to put in order, to the reverse.
    let dense = |bits: u8| noise.iter().map(|byte| byte & (0xff >> (8 - bits))).collect::<Vec<u8>>();
    let leave = [0, 6 << 5, event::LEAVE & 0xf].repeat(limits::LEAVE_EVENTS + 1);
    let chat = [0, 0, 0, 0].repeat((limits::ALL_STREAM_BYTES - most - 64 * 1024) / 4);

    let one = packed(b"x");
    let (head, block) = (&one[..5], &one[5..one.len() - 4]);
    let many_blocks = [head, &block.repeat(45_000), &one[one.len() - 4..]].concat();
    let many_units = |size: usize| {
        let content = vec![7; size];
        let unit = packed(&content);
        let count = (limits::BZIP2_BLOCKS - 8).min(most / size);
        let offsets = (0..=count).map(|index| ((count + 1) * 4 + index * unit.len()) as u32);
        let mut bytes: Vec<u8> = offsets.flat_map(u32::to_le_bytes).collect();
        (0..count).for_each(|_| bytes.extend(&unit));
        Content::Raw { bytes, size: (count * size) as u32, flags: flag::EXISTS | flag::COMPRESSED }
    };
    // Says that it ends where its last block begins.
    let bomb = {
        let content = dense(4);
        let end = most / 900_000 * 900_000;
        raw(packed(&content), end)
    };
    // Fails with small blocks when it is nearly done, and is tried with larger ones.
    let twice = {
        let size = 630_000;
        let mut bytes = packed(&dense(4)[..size]);
        let last = bytes.len() - 12;
        bytes[last] ^= 1;
        raw(bytes, size)
    };
    let repetitive: Vec<u8> = (0..most).map(|at| (at / 97 % 251) as u8).collect();

    vec![
        ("events of 3 bytes", events(Content::Packed(smallest))),
        ("camera events of 4 bytes", events(Content::Packed(camera))),
        ("events with the most fields", events(Content::Packed(fields))),
        ("noise of 1 bit a byte", events(Content::Packed(dense(1)))),
        ("noise of 2 bits a byte", events(Content::Packed(dense(2)))),
        ("noise of 4 bits a byte", events(Content::Packed(dense(4)))),
        ("noise of 6 bits a byte", events(Content::Packed(dense(6)))),
        ("noise of 7 bits a byte", events(Content::Packed(dense(7)))),
        ("the same, and messages to the sum of all", full(dense(7), dense(7)[..chat.len()].to_vec())),
        ("noise, stored", events(Content::Stored(noise.clone()))),
        ("noise, a block more than it says", events(bomb)),
        ("noise, damaged at its end", events(twice)),
        ("a long period", events(Content::Packed(repetitive))),
        ("one byte, all the way", events(Content::Packed(vec![0; most]))),
        ("45,000 blocks of one byte", events(raw(many_blocks.clone(), most))),
        ("2,040 units of 512 bytes", with(stream::GAME_EVENTS, many_units(512), 0)),
        ("512 units of 4 KiB", with(stream::GAME_EVENTS, many_units(4096), 3)),
        ("empty messages", with(stream::MESSAGE_EVENTS, Content::Packed(chat), 5)),
        ("more leave events than are kept", events(Content::Packed(leave))),
        ("lists in details", with(stream::DETAILS, Content::Packed(lists()), 5)),
        ("brackets as metadata", with(stream::METADATA, Content::Packed(vec![b'['; 60_000]), 5)),
    ]
}

/// A forged file with the most in game events and messages.
fn full(events: Vec<u8>, messages: Vec<u8>) -> Vec<u8> {
    let mut package = forge::package(&game());
    for (name, content) in &mut package.files {
        match *name {
            stream::GAME_EVENTS => *content = Content::Packed(events.clone()),
            stream::MESSAGE_EVENTS => *content = Content::Packed(messages.clone()),
            _ => {}
        }
    }
    package.write()
}

fn game() -> Game {
    Game { events: 10, ..Game::default() }
}

/// A forged file with one stream replaced.
fn with(name: &str, content: Content, sector_shift: u16) -> Vec<u8> {
    let mut package = forge::package(&game());
    package.sector_shift = sector_shift;
    for (file, old) in &mut package.files {
        if *file == name {
            *old = content;
            break;
        }
    }
    package.write()
}

/// Details of one unknown field: a list of 30,000 values that are stepped over.
fn lists() -> Vec<u8> {
    let mut bytes = vec![5, 2, 80, 0, 0xe0, 0xd4, 3];
    bytes.extend([9, 0].repeat(30_000));
    bytes
}

/// Bytes that no packer makes shorter, the same every time.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    (0..length).map(|_| next()).collect()
}
