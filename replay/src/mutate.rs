//! Damages replays, to show that nothing in them can hurt the reader.
//!
//! A mutator takes sound files as seeds and changes them at every layer: bytes
//! of the file, numbers in its heads, its tables under their cipher, its
//! packed data, and its streams unpacked. What comes out depends only on the
//! files, a seed and a number, so a bad input can be made again. It judges
//! nothing; who runs the reader over its inputs does.

use std::fmt;

use crate::archive::{Archive, Budget, user_data};
use crate::forge::package::{Content, Package, SECTORS, UNIT, encrypt};
use crate::forge::{self, Chance, ChatMessage, Game};
use crate::format::{BLOCK_TABLE_KEY, CRYPT, HASH_TABLE_KEY, flag, row, stream};
use crate::{limits, parse};

/// The layer that a file is damaged at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Cut off at any place.
    Truncated,
    /// Bytes and bits anywhere.
    Flipped,
    /// Bytes of the user data, the replay header and the archive's header.
    Heads,
    /// Numbers of the archive's header, set to values on an edge.
    Numbers,
    /// Entries of the hash and block tables, encrypted anew.
    Tables,
    /// An unpacked stream or the replay header, changed and put back.
    Stream,
    /// An unpacked stream, cut and put back.
    StreamCut,
    /// A few bits of packed data.
    Packed,
    /// The beginning of one file and the end of another, or streams of two files.
    Spliced,
    /// Bytes without a plan, behind a sound beginning or not.
    Random,
}

impl Kind {
    pub const ALL: [Kind; 10] = [
        Kind::Truncated,
        Kind::Flipped,
        Kind::Heads,
        Kind::Numbers,
        Kind::Tables,
        Kind::Stream,
        Kind::StreamCut,
        Kind::Packed,
        Kind::Spliced,
        Kind::Random,
    ];

    /// How many of 100 inputs are of this kind.
    fn share(self) -> u64 {
        match self {
            Kind::Stream => 36,
            Kind::Tables => 14,
            Kind::Packed | Kind::Flipped | Kind::Heads | Kind::Spliced => 9,
            Kind::Numbers => 6,
            Kind::StreamCut => 4,
            Kind::Truncated | Kind::Random => 2,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Truncated => "truncated",
            Kind::Flipped => "flipped",
            Kind::Heads => "heads",
            Kind::Numbers => "numbers",
            Kind::Tables => "tables",
            Kind::Stream => "stream",
            Kind::StreamCut => "stream cut",
            Kind::Packed => "packed",
            Kind::Spliced => "spliced",
            Kind::Random => "random",
        })
    }
}

/// A damaged file.
pub struct Input {
    pub kind: Kind,
    /// Of the file that it was made from.
    pub seed: usize,
    pub bytes: Vec<u8>,
}

/// Makes damaged files.
pub struct Mutator {
    seeds: Vec<Seed>,
    /// Those that are taken most of the time.
    common: Vec<usize>,
}

struct Seed {
    bytes: Vec<u8>,
    /// The parts that the reader looks at, if it can take the file apart.
    parts: Option<Package>,
}

/// The streams that are put back when a file is made of its parts.
const STREAMS: [&str; 6] = [
    stream::DETAILS,
    stream::INIT_DATA,
    stream::ATTRIBUTES,
    stream::METADATA,
    stream::GAME_EVENTS,
    "replay.message.events",
];

/// Where a forged or real file has its archive.
const ARCHIVE: usize = 1024;

impl Mutator {
    /// A mutator of these files and of some forged ones, which come first.
    pub fn new(files: impl IntoIterator<Item = Vec<u8>>) -> Mutator {
        let seeds: Vec<Seed> = forged().into_iter().chain(files).map(Seed::new).collect();
        // Long seeds cost a hundred times what short ones do and have little that those have not;
        // those of old builds are refused at their first bytes.
        let is_common = |seed: &Seed| seed.bytes.len() < 45_000 && parse(&seed.bytes).is_ok();
        let common = (0..seeds.len()).filter(|&index| is_common(&seeds[index])).collect();
        Mutator { seeds, common }
    }

    /// The input of that number, always the same for the same seed and files.
    pub fn input(&self, seed: u64, number: u64) -> Input {
        let mut chance = Chance(seed);
        let mut chance = Chance(chance.next() ^ number.wrapping_mul(0x2545_f491_4f6c_dd1d));
        let mut drawn = chance.below(100);
        let kind = Kind::ALL.into_iter().find(|kind| match drawn.checked_sub(kind.share()) {
            None => true,
            Some(rest) => {
                drawn = rest;
                false
            }
        });
        let kind = kind.unwrap_or(Kind::Random);
        let seed = self.draw(&mut chance);
        Input { kind, seed, bytes: self.mutated(kind, seed, &mut chance) }
    }

    fn draw(&self, chance: &mut Chance) -> usize {
        match below(chance, 16) {
            0 => below(chance, self.seeds.len()),
            _ => self.common[below(chance, self.common.len())],
        }
    }

    fn mutated(&self, kind: Kind, seed: usize, chance: &mut Chance) -> Vec<u8> {
        let Seed { bytes, parts } = &self.seeds[seed];
        let mut file = bytes.clone();
        match (kind, parts) {
            (Kind::Truncated, _) => file.truncate(below(chance, file.len())),
            (Kind::Heads, _) => {
                let (start, end) = if below(chance, 2) == 0 { (0, 256) } else { (ARCHIVE, ARCHIVE + 44) };
                if let Some(heads) = file.get_mut(start..end) {
                    flip(heads, chance);
                }
            }
            (Kind::Numbers, _) => {
                for _ in 0..=below(chance, 2) {
                    let at = match below(chance, 4) {
                        0 => 4 * below(chance, 4),
                        _ => ARCHIVE + 4 * below(chance, 11),
                    };
                    overwrite(&mut file, at, &edge(chance).to_le_bytes());
                }
            }
            (Kind::Tables, _) => edit_table(&mut file, chance),
            (Kind::Stream, Some(parts)) => return self.change_stream(parts, chance),
            (Kind::StreamCut, Some(parts)) => {
                let mut parts = parts.clone();
                let part = below(chance, parts.files.len());
                let stream = content(&mut parts, part);
                stream.truncate(below(chance, stream.len()));
                return put_back(parts, part, chance);
            }
            (Kind::Packed, _) => flip_packed(&mut file, chance),
            (Kind::Spliced, _) => return self.splice(seed, chance),
            (Kind::Random, _) => {
                let kept = [0, 4, 16, 300, ARCHIVE, ARCHIVE + 32][below(chance, 6)];
                let length = below(chance, 4096);
                file.truncate(kept);
                file.extend((0..length).map(|_| chance.next() as u8));
            }
            (Kind::Flipped | Kind::Stream | Kind::StreamCut, _) => flip(&mut file, chance),
        }
        file
    }

    fn change_stream(&self, parts: &Package, chance: &mut Chance) -> Vec<u8> {
        let mut parts = parts.clone();
        if below(chance, 8) == 0 {
            change(&mut parts.header, &[], chance);
            return parts.write();
        }
        let part = below(chance, parts.files.len());
        let other = self.draw(chance);
        let other = self.seeds[other].parts.as_ref();
        let other = other.and_then(|other| match &other.files[below(chance, other.files.len())].1 {
            Content::Stored(bytes) => Some(&bytes[..]),
            _ => None,
        });
        let stream = content(&mut parts, part);
        for _ in 0..=below(chance, 3) {
            change(stream, other.unwrap_or_default(), chance);
        }
        put_back(parts, part, chance)
    }

    fn splice(&self, seed: usize, chance: &mut Chance) -> Vec<u8> {
        let other = self.draw(chance);
        let (one, other) = (&self.seeds[seed], &self.seeds[other]);
        if let (Some(one), Some(other), true) = (&one.parts, &other.parts, below(chance, 2) == 0) {
            let mut mixed = one.clone();
            for (name, content) in &mut mixed.files {
                let theirs = other.files.iter().find(|(other, _)| other == name);
                if let (Some((_, theirs)), true) = (theirs, below(chance, 2) == 0) {
                    *content = theirs.clone();
                }
            }
            return mixed.write();
        }
        let (one, other) = (&one.bytes, &other.bytes);
        let at = if below(chance, 4) == 0 { ARCHIVE } else { below(chance, one.len()) };
        let from = if below(chance, 2) == 0 { at } else { below(chance, other.len()) };
        [one.get(..at).unwrap_or(one), other.get(from..).unwrap_or_default()].concat()
    }
}

impl Seed {
    fn new(bytes: Vec<u8>) -> Seed {
        let parts = take_apart(&bytes).filter(|parts| !parts.files.is_empty());
        Seed { bytes, parts }
    }
}

/// Sound files of each kind that the forge can make, most of them short.
fn forged() -> Vec<Vec<u8>> {
    let chat = ChatMessage { game_loop: 9, user_id: 0, recipient: 0, text: "안녕".into() };
    let short = Game { events: 200, chat: vec![chat], ..Game::default() };
    let newer = Game { base_build: limits::NEWEST_BASE_BUILD + 1, ..short.clone() };
    let mut sectors = forge::package(&short);
    sectors.sector_shift = 1;
    sectors.header_format = 3;
    for (_, content) in &mut sectors.files {
        if let Content::Packed(bytes) = content {
            *content = Content::Sectors(std::mem::take(bytes));
        }
    }
    let pool = forge::Pool::new(&[forge::Recording { humans: 2, events: 200, loops: 500 }]);
    vec![forge::write(&short), forge::write(&newer), sectors.write(), pool.write(&short)]
}

/// The streams of a file, unpacked. Real files of old builds have them too.
fn take_apart(bytes: &[u8]) -> Option<Package> {
    let user_data = user_data(bytes).ok()?;
    let archive = Archive::open(bytes, user_data.archive_offset).ok()?;
    let mut budget = Budget::new(limits::FILE_BYTES);
    let mut unpack = |name| archive.read(name, limits::GAME_EVENT_BYTES, &mut budget).ok().flatten();
    let files = STREAMS.into_iter().filter_map(|name| Some((name, unpack(name)?)));
    let files = files.map(|(name, bytes)| (name, Content::Stored(bytes.into_owned()))).collect();
    Some(Package { header: user_data.content.to_vec(), header_format: 0, sector_shift: 5, files })
}

fn content(parts: &mut Package, part: usize) -> &mut Vec<u8> {
    match &mut parts.files[part].1 {
        Content::Stored(bytes) => bytes,
        _ => panic!("the parts of a seed are stored"),
    }
}

/// The file of the parts, the changed one perhaps packed, and perhaps with a lie about it.
fn put_back(mut parts: Package, part: usize, chance: &mut Chance) -> Vec<u8> {
    let bytes = std::mem::take(content(&mut parts, part));
    let lie = (below(chance, 12) == 0).then(|| edge(chance));
    // Packing costs more than all else.
    let packs = bytes.len() < 8192 && below(chance, 6) == 0;
    parts.files[part].1 = match (lie, packs, below(chance, 3)) {
        (Some(size), _, 0) => Content::Raw { bytes, size, flags: flag::EXISTS | flag::SINGLE_UNIT },
        (Some(size), _, 1) => Content::Raw { bytes, size, flags: SECTORS },
        (Some(size), ..) => Content::Raw { bytes, size, flags: UNIT },
        (None, true, 0) => Content::Sectors(bytes),
        (None, true, _) => Content::Packed(bytes),
        (None, false, _) => Content::Stored(bytes),
    };
    parts.write()
}

fn below(chance: &mut Chance, bound: usize) -> usize {
    chance.below(bound as u64) as usize
}

/// A number that is likely to lie on an edge.
fn edge(chance: &mut Chance) -> u32 {
    let any = chance.next() as u32;
    match chance.below(9) {
        0 => 0,
        1 => u32::MAX,
        2 => 1 << (any % 32),
        3 => (1 << (any % 32)) - 1,
        4 => any % 64,
        5 => u32::MAX - any % 64,
        6 => 1024 + any % 4096,
        7 => any % (6 << 20),
        _ => any,
    }
}

fn overwrite(bytes: &mut [u8], at: usize, with: &[u8]) {
    if let Some(place) = bytes.get_mut(at..at + with.len()) {
        place.copy_from_slice(with);
    }
}

/// Changes one to eight bytes.
fn flip(bytes: &mut [u8], chance: &mut Chance) {
    for _ in 0..=below(chance, 8) {
        let at = below(chance, bytes.len());
        if let Some(byte) = bytes.get_mut(at) {
            *byte = if below(chance, 2) == 0 { *byte ^ 1 << below(chance, 8) } else { chance.next() as u8 };
        }
    }
}

/// Changes a stream once, in one of many ways; `other` is what might be mixed in.
fn change(bytes: &mut Vec<u8>, other: &[u8], chance: &mut Chance) {
    let at = below(chance, bytes.len());
    let reach = 1 << below(chance, 12);
    let end = (at + 1 + below(chance, reach)).min(bytes.len());
    let range = at..end.max(at);
    match below(chance, 10) {
        0..3 => flip(bytes, chance),
        3 => overwrite(bytes, at, &edge(chance).to_le_bytes()),
        4 => overwrite(bytes, at, &edge(chance).to_be_bytes()),
        // A number of the encoding that describes itself, of any length.
        5 => {
            let digits = below(chance, 12);
            let number: Vec<u8> = (0..digits).map(|_| chance.next() as u8 | 0x80).chain([1]).collect();
            bytes.splice(at..at.min(bytes.len()), number);
        }
        6 => drop(bytes.drain(range)),
        7 => {
            let twice = bytes.get(range).unwrap_or_default().to_vec();
            bytes.splice(at..at, twice);
        }
        8 => bytes.iter_mut().take(end).skip(at).for_each(|byte| *byte = [0, 0xff][end % 2]),
        _ => {
            let from = below(chance, other.len());
            let part = other.iter().skip(from).take(end - at).copied();
            bytes.splice(range, part.collect::<Vec<_>>());
        }
    }
}

fn word(file: &[u8], at: usize) -> usize {
    let bytes = file.get(at..).and_then(|bytes| bytes.first_chunk());
    u32::from_le_bytes(bytes.copied().unwrap_or_default()) as usize
}

/// Where a table lies and its entries, decrypted, if the file is sound.
fn table(file: &[u8], key: u32) -> Option<(usize, Vec<[u32; 4]>)> {
    let column = if key == HASH_TABLE_KEY { 16 } else { 20 };
    let offset = ARCHIVE + word(file, ARCHIVE + column);
    let entries = word(file, ARCHIVE + column + 8);
    let (words, _) = file.get(offset..offset + entries * 16)?.as_chunks::<4>();
    let (mut key, mut seed) = (key, 0xeeee_eeee_u32);
    let plain: Vec<u32> = words
        .iter()
        .map(|word| {
            seed = seed.wrapping_add(CRYPT[row::KEY + (key & 0xff) as usize]);
            let plain = u32::from_le_bytes(*word) ^ key.wrapping_add(seed);
            key = (!key << 21).wrapping_add(0x1111_1111) | key >> 11;
            seed = seed.wrapping_mul(33).wrapping_add(plain).wrapping_add(3);
            plain
        })
        .collect();
    Some((offset, plain.as_chunks().0.to_vec()))
}

/// Changes words of a table, or lets one entry be like another.
fn edit_table(file: &mut [u8], chance: &mut Chance) {
    let key = [HASH_TABLE_KEY, BLOCK_TABLE_KEY][below(chance, 2)];
    let Some((offset, mut entries)) = table(file, key) else { return };
    for _ in 0..=below(chance, 3) {
        let (entry, other, column) =
            (below(chance, entries.len()), below(chance, entries.len()), below(chance, 4));
        let Some(&copied) = entries.get(other) else { return };
        entries[entry][column] = match below(chance, 6) {
            0 => copied[column],
            1 => entries[entry][column].wrapping_add(edge(chance) % 9).wrapping_sub(4),
            2 => entries[entry][column] ^ 1 << below(chance, 32),
            _ => edge(chance),
        };
    }
    overwrite(file, offset, &encrypt(&entries, key));
}

/// Changes bits of one packed stream.
fn flip_packed(file: &mut [u8], chance: &mut Chance) {
    let Some((_, blocks)) = table(file, BLOCK_TABLE_KEY) else { return };
    let packed: Vec<_> = blocks.iter().filter(|block| block[3] & flag::COMPRESSED != 0).collect();
    let Some(&&[offset, length, ..]) = packed.get(below(chance, packed.len())) else { return };
    let start = ARCHIVE + offset as usize;
    if let Some(data) = file.get_mut(start..start + length as usize) {
        for _ in 0..=below(chance, 4) {
            // Heads and code tables stand at the beginning.
            let reach = if below(chance, 2) == 0 { data.len().min(200) } else { data.len() };
            let at = below(chance, reach);
            if let Some(byte) = data.get_mut(at) {
                *byte ^= 1 << below(chance, 8);
            }
        }
    }
}
