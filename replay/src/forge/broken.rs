//! Files that are broken on purpose, each in one way, and what a reader is to
//! say of each.
//!
//! They are what a stranger may send, from a renamed text to bombs of a few
//! kilobytes that stand for gigabytes. Making one is cheap: a bomb is one
//! packed block that is written many times.

use std::io::Read;

use bzip2::Compression;
use bzip2::read::BzEncoder;

use super::package::{Content, Package, SECTORS, UNIT, packed};
use super::{Game, package, write};
use crate::error::ErrorKind::{self, Encrypted, Malformed, TooLarge, UnsupportedBuild};
use crate::format::{PACKED_BY_BZIP2, flag, stream};
use crate::limits;

/// What is wrong with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[rustfmt::skip]
pub enum Broken {
    // The file as a whole.
    Empty, Text, Truncated, HeaderOnly, WrongMagic, WrongSignature, TooLong,
    // Builds.
    OldBuild, UnlistedBuild, UnlistedBuildUnfit,
    // Streams that are not there.
    DetailsMissing, InitDataMissing, GameEventsMissing, MetadataMissing, AttributesMissing, BackupsOnly,
    // The archive and its tables.
    ArchiveInUserData, ArchiveBeyond, HashTableBeyond, BlockTableBeyond, HashTableHuge, HashTableOdd,
    BlockTableHuge, SectorShiftHuge, BlockIndexBeyond, BlockOffsetBeyond, BlockLengthBeyond,
    // How a stream lies in the archive.
    Encrypt, Deleted, SectorTableCut, SectorsBackwards, SectorBeyond, SectorEmpty, DamagedPacking,
    ZlibPacked, ZlibBomb,
    // Streams that unpack to much, and those that say less than that.
    Bomb64MiB, Bomb256MiB, Bomb1GiB, Bomb3GiB, BombSaysLittle, BombSaysTheLimit, BombInEvents,
    OneByteBlocks, OneByteBlocksSayMuch,
    CameraEvents2MiB, CameraEvents64MiB, TrackerEvents64MiB,
    // What a stream says.
    EmptyHandles8Million, EmptyHandles, ListOf2To60, TextOf2To60, NegativeLength, Number5Mb, Number60Kb,
    Nested200000, Nested20000, DetailsTrailing, InitDataTrailing, InitDataOfOnes, AttributesMiscounted,
    MetadataNested, EventsOfOnes, EventsCut, AllLeave,
}

use Broken::*;

/// All of them, with a name for logs, and the refusal that is due; `None`: it is read.
#[rustfmt::skip]
pub const BROKEN: &[(Broken, &str, Option<ErrorKind>)] = &[
    (Empty,                "a file of nothing",                         Some(Malformed)),
    (Text,                 "a text with another ending",                Some(Malformed)),
    (Truncated,            "half of a file",                            Some(Malformed)),
    (HeaderOnly,           "user data without an archive",              Some(Malformed)),
    (WrongMagic,           "another file type",                         Some(Malformed)),
    (WrongSignature,       "another game's signature",                  Some(Malformed)),
    (TooLong,              "a file over the limit",                     Some(TooLarge)),
    (OldBuild,             "an old build",                              Some(UnsupportedBuild)),
    (UnlistedBuild,        "an unlisted build that fits",               None),
    (UnlistedBuildUnfit,   "an unlisted build that does not fit",       Some(UnsupportedBuild)),
    (DetailsMissing,       "no details",                                Some(Malformed)),
    (InitDataMissing,      "no initData",                               Some(Malformed)),
    (GameEventsMissing,    "no game events",                            Some(Malformed)),
    (MetadataMissing,      "no metadata",                               None),
    (AttributesMissing,    "no attributes",                             None),
    (BackupsOnly,          "backups of details and initData only",      None),
    (ArchiveInUserData,    "an archive before the user data",           Some(Malformed)),
    (ArchiveBeyond,        "an archive beyond the file",                Some(Malformed)),
    (HashTableBeyond,      "a hash table beyond the file",              Some(Malformed)),
    (BlockTableBeyond,     "a block table beyond the file",             Some(Malformed)),
    (HashTableHuge,        "a hash table of 2^28 entries",              Some(TooLarge)),
    (HashTableOdd,         "a hash table of three entries",             Some(Malformed)),
    (BlockTableHuge,       "a block table of 2^28 entries",             Some(TooLarge)),
    (SectorShiftHuge,      "sectors of 2^9 shifted by 65,535",          Some(Malformed)),
    (BlockIndexBeyond,     "a block that is in no table",               Some(Malformed)),
    (BlockOffsetBeyond,    "a block beyond the file",                   Some(Malformed)),
    (BlockLengthBeyond,    "a block longer than the file",              Some(Malformed)),
    (Encrypt,              "an encrypted stream",                       Some(Encrypted)),
    (Deleted,              "a deleted stream",                          Some(Malformed)),
    (SectorTableCut,       "a sector table that is cut short",          Some(Malformed)),
    (SectorsBackwards,     "a sector that ends before it begins",       Some(Malformed)),
    (SectorBeyond,         "a sector beyond its stream",                Some(Malformed)),
    (SectorEmpty,          "a sector of nothing",                       Some(Malformed)),
    (DamagedPacking,       "a packed stream that fails its checksum",   Some(Malformed)),
    (ZlibPacked,           "a stream packed by zlib",                   Some(Malformed)),
    (ZlibBomb,             "a zlib bomb of 128 MiB",                    Some(TooLarge)),
    (Bomb64MiB,            "a bomb of 64 MiB",                          Some(TooLarge)),
    (Bomb256MiB,           "a bomb of 256 MiB",                         Some(TooLarge)),
    (Bomb1GiB,             "a bomb of 1 GiB",                           Some(TooLarge)),
    (Bomb3GiB,             "a bomb of 3 GiB",                           Some(TooLarge)),
    (BombSaysLittle,       "a bomb of 1 GiB that says 2,000 bytes",     Some(TooLarge)),
    (BombSaysTheLimit,     "a bomb of 1 GiB that says the limit",       Some(TooLarge)),
    (BombInEvents,         "a bomb of 1 GiB in the game events",        Some(TooLarge)),
    (OneByteBlocks,        "45,000 packed blocks of one byte",          Some(Malformed)),
    (OneByteBlocksSayMuch, "45,000 packed blocks that say 4 MB",        Some(TooLarge)),
    (CameraEvents2MiB,     "2 MiB of events of four bytes",             None),
    (CameraEvents64MiB,    "64 MiB of events of four bytes",            Some(TooLarge)),
    (TrackerEvents64MiB,   "64 MiB of tracker events, which none reads", None),
    (EmptyHandles8Million, "8 million cache handles of nothing",        Some(TooLarge)),
    (EmptyHandles,         "30,000 cache handles of nothing",           Some(Malformed)),
    (ListOf2To60,          "a list of 2^60 items",                      Some(Malformed)),
    (TextOf2To60,          "a text of 2^60 bytes",                      Some(Malformed)),
    (NegativeLength,       "a negative length",                         Some(Malformed)),
    (Number5Mb,            "a number of 5 MB",                          Some(TooLarge)),
    (Number60Kb,           "a number of 60 KB",                         Some(Malformed)),
    (Nested200000,         "200,000 nested structs",                    Some(TooLarge)),
    (Nested20000,          "20,000 nested structs",                     Some(Malformed)),
    (DetailsTrailing,      "something after details",                   Some(Malformed)),
    (InitDataTrailing,     "something after initData",                  Some(Malformed)),
    (InitDataOfOnes,       "initData of ones",                          Some(Malformed)),
    (AttributesMiscounted, "2^32 attributes",                           Some(Malformed)),
    (MetadataNested,       "metadata of 60,000 nested lists",           Some(Malformed)),
    (EventsOfOnes,         "game events of ones",                       Some(Malformed)),
    (EventsCut,            "half of an event",                          Some(Malformed)),
    (AllLeave,             "10,000 users that leave",                   Some(TooLarge)),
];

const MIB: usize = 1 << 20;

/// Where a forged archive begins.
const ARCHIVE: usize = 1024;

/// A file that is broken in one way.
#[rustfmt::skip]
pub fn broken(how: Broken) -> Vec<u8> {
    let game = Game { events: 300, ..Game::default() };
    let sound = package(&game);
    let with = |name: &str, content: Content| with(&sound, name, content);
    let unit = |name: &str, size: usize, bytes: Vec<u8>| with(name, raw(UNIT, size, bytes));
    let details = |bytes: Vec<u8>| with(stream::DETAILS, Content::Packed(bytes));
    let events = |bytes: Vec<u8>| with(stream::GAME_EVENTS, Content::Packed(bytes));
    let word = |at: usize, value: u32| overwritten(&sound, at, &value.to_le_bytes());
    // A stream of two sectors whose table says this.
    let table = |offsets: &[u32]| {
        with(stream::DETAILS, raw(SECTORS, 20_000, offsets.iter().flat_map(|at| at.to_le_bytes()).collect()))
    };
    let zeros = |bytes: usize| repeated(&vec![0; 4 * MIB], 1, bytes / (4 * MIB));
    let plain = |name: &str| plain(&sound, name);

    match how {
        Empty => Vec::new(),
        Text => "This is not a replay but a shopping list.\r\n".repeat(900).into_bytes(),
        Truncated => halved(sound.write()),
        HeaderOnly => sound.write()[..ARCHIVE].to_vec(),
        WrongMagic => overwritten(&sound, 0, b"PK\x03\x04"),
        WrongSignature => overwritten(&sound, 22, b"Warcraft III"),
        TooLong => { let mut file = sound.write(); file.resize(limits::FILE_BYTES + 1, 0); file }

        OldBuild => write(&Game { base_build: 75_689, ..game }),
        UnlistedBuild => write(&Game { base_build: 123_456, ..game }),
        UnlistedBuildUnfit => {
            let newer = package(&Game { base_build: 123_456, ..game });
            self::with(&newer, stream::INIT_DATA, Content::Packed(vec![0xff; 500]))
        }

        DetailsMissing => renamed(&sound, &[(stream::DETAILS, "replay.load.info")]),
        InitDataMissing => renamed(&sound, &[(stream::INIT_DATA, "replay.load.info")]),
        GameEventsMissing => renamed(&sound, &[(stream::GAME_EVENTS, "replay.load.info")]),
        MetadataMissing => renamed(&sound, &[(stream::METADATA, "replay.load.info")]),
        AttributesMissing => renamed(&sound, &[(stream::ATTRIBUTES, "replay.load.info")]),
        BackupsOnly => renamed(&sound, &[
            (stream::DETAILS, stream::DETAILS_BACKUP), (stream::INIT_DATA, stream::INIT_DATA_BACKUP),
        ]),

        ArchiveInUserData => word(8, 0),
        ArchiveBeyond => word(8, u32::MAX),
        HashTableBeyond => word(ARCHIVE + 16, 0x7fff_fff0),
        BlockTableBeyond => word(ARCHIVE + 20, 0x7fff_fff0),
        HashTableHuge => word(ARCHIVE + 24, 1 << 28),
        HashTableOdd => word(ARCHIVE + 24, 3),
        BlockTableHuge => word(ARCHIVE + 28, 1 << 28),
        SectorShiftHuge => overwritten(&sound, ARCHIVE + 14, &[0xff, 0xff]),
        // One block is less than the table had, and details are not in the first.
        BlockIndexBeyond => { let mut late = sound.clone(); late.files.reverse(); overwritten(&late, ARCHIVE + 28, &[1, 0, 0, 0]) }
        BlockOffsetBeyond => with(stream::DETAILS, Content::Nowhere {
            offset: u32::MAX, packed: 900, size: 2000, flags: UNIT,
        }),
        BlockLengthBeyond => with(stream::DETAILS, Content::Nowhere {
            offset: 32, packed: u32::MAX, size: 2000, flags: UNIT,
        }),

        Encrypt => with(stream::DETAILS, raw(UNIT | flag::ENCRYPTED, 900, packed(&plain(stream::DETAILS)))),
        Deleted => with(stream::DETAILS, raw(UNIT | flag::DELETED, 900, packed(&plain(stream::DETAILS)))),
        SectorTableCut => table(&[8]),
        SectorsBackwards => table(&[12, 4, 12]),
        SectorBeyond => table(&[12, u32::MAX, 12]),
        SectorEmpty => table(&[12, 12, 12]),
        DamagedPacking => {
            let plain = plain(stream::GAME_EVENTS);
            let mut bytes = packed(&plain);
            // In the checksum of the block, behind one byte of ours, four of head and six of magic.
            bytes[12] ^= 0x10;
            unit(stream::GAME_EVENTS, plain.len(), bytes)
        }
        ZlibPacked => unit(stream::INIT_DATA, 60_000, zlib_zeros(60_000)),
        ZlibBomb => unit(stream::INIT_DATA, 128 * MIB, zlib_zeros(128 * MIB)),

        Bomb64MiB => unit(stream::DETAILS, 64 * MIB, zeros(64 * MIB)),
        Bomb256MiB => unit(stream::DETAILS, 256 * MIB, zeros(256 * MIB)),
        Bomb1GiB => unit(stream::DETAILS, 1024 * MIB, zeros(1024 * MIB)),
        Bomb3GiB => unit(stream::DETAILS, 3072 * MIB, zeros(3072 * MIB)),
        BombSaysLittle => unit(stream::DETAILS, 2000, zeros(128 * MIB)),
        BombSaysTheLimit => unit(stream::DETAILS, limits::SMALL_STREAM_BYTES, zeros(1024 * MIB)),
        BombInEvents => unit(stream::GAME_EVENTS, limits::GAME_EVENT_BYTES, zeros(1024 * MIB)),
        OneByteBlocks => unit(stream::GAME_EVENTS, 45_000, repeated(b"x", 1, 45_000)),
        OneByteBlocksSayMuch => unit(stream::GAME_EVENTS, 4_000_000, repeated(b"x", 1, 45_000)),
        CameraEvents2MiB => unit(stream::GAME_EVENTS, 2 * MIB, camera_events(2 * MIB)),
        CameraEvents64MiB => unit(stream::GAME_EVENTS, 64 * MIB, camera_events(64 * MIB)),
        TrackerEvents64MiB => {
            let mut more = sound.clone();
            more.files.push(("replay.tracker.events", raw(UNIT, 64 * MIB, camera_events(64 * MIB))));
            more.write()
        }

        EmptyHandles8Million => unit(stream::DETAILS, 16 * MIB, repeated(&[2, 0].repeat(MIB / 4), 9, 32)),
        EmptyHandles => details([&[5, 2, 20, 4, 1, 0, 0xc0, 0xa9, 7], &[2, 0].repeat(30_000)[..]].concat()),
        ListOf2To60 => details(vec![5, 2, 8, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40]),
        TextOf2To60 => details(vec![5, 2, 8, 2, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40]),
        NegativeLength => details(vec![5, 3, 8]),
        Number5Mb => with(stream::DETAILS, Content::Stored([&[5, 2, 10, 9], &vec![0xff; 5_000_000][..]].concat())),
        Number60Kb => details([&[5, 2, 10, 9], &vec![0xff; 60_000][..]].concat()),
        Nested200000 => details([5, 2, 8].repeat(200_000)),
        Nested20000 => details([5, 2, 8].repeat(20_000)),
        DetailsTrailing => details([plain(stream::DETAILS), b"more".to_vec()].concat()),
        InitDataTrailing => with(stream::INIT_DATA, Content::Packed([plain(stream::INIT_DATA), vec![0]].concat())),
        InitDataOfOnes => with(stream::INIT_DATA, Content::Packed(vec![0xff; limits::SMALL_STREAM_BYTES])),
        AttributesMiscounted => with(stream::ATTRIBUTES, Content::Stored(vec![0xff; 9])),
        MetadataNested => with(stream::METADATA, Content::Packed(vec![b'['; 60_000])),
        EventsOfOnes => events(vec![0xff; 1 << 20]),
        EventsCut => { let mut cut = plain(stream::GAME_EVENTS); cut.pop(); events(cut) }
        AllLeave => events([0, 0xc0, 5].repeat(10_000)),
    }
}

fn raw(flags: u32, size: usize, bytes: Vec<u8>) -> Content {
    Content::Raw { bytes, size: u32::try_from(size).expect("sizes have 32 bits"), flags }
}

/// The file with one of its streams replaced.
fn with(package: &Package, name: &str, content: Content) -> Vec<u8> {
    let mut package = package.clone();
    let file = package.files.iter_mut().find(|(file, _)| *file == name).expect("it is forged");
    file.1 = content;
    package.write()
}

fn renamed(package: &Package, names: &[(&str, &'static str)]) -> Vec<u8> {
    let mut package = package.clone();
    for (name, _) in &mut package.files {
        if let Some((_, new)) = names.iter().find(|(old, _)| old == name) {
            *name = new;
        }
    }
    package.write()
}

fn plain(package: &Package, name: &str) -> Vec<u8> {
    let content = package.files.iter().find(|(file, _)| *file == name).map(|(_, content)| content);
    match content {
        Some(Content::Packed(bytes)) => bytes.clone(),
        _ => panic!("{name} is forged, to be packed"),
    }
}

fn overwritten(package: &Package, at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut file = package.write();
    file[at..at + bytes.len()].copy_from_slice(bytes);
    file
}

fn halved(mut file: Vec<u8>) -> Vec<u8> {
    file.truncate(file.len() / 2);
    file
}

/// A packed unit of camera events, which are four bytes each.
fn camera_events(bytes: usize) -> Vec<u8> {
    const BLOCK: usize = 1 << 19;
    // At once, user 0, event 49, and nothing moves.
    repeated(&[0, 0x60, 1, 0].repeat(BLOCK / 4), 9, bytes / BLOCK)
}

/// A packed unit that stands for `content` so many times over, each time in a
/// block of its own. `content` is to fit into one block of the level.
fn repeated(content: &[u8], level: u32, times: usize) -> Vec<u8> {
    const HEAD_BITS: usize = 32;
    const END_MAGIC: u64 = 0x1772_4538_5090;
    let mut one = Vec::new();
    let mut encoder = BzEncoder::new(content, Compression::new(level));
    encoder.read_to_end(&mut one).expect("packing from memory to memory cannot fail");
    let bits = |at: usize, width: usize| {
        (at..at + width).fold(0, |value: u64, at| value << 1 | u64::from(one[at / 8] >> (7 - at % 8) & 1))
    };
    // The end: a magic of 48 bits, a checksum of 32, and up to seven to the next whole byte.
    let ends = (0..8).map(|unused| one.len() * 8 - unused - 32 - 48);
    let end = ends.into_iter().find(|&end| bits(end, 48) == END_MAGIC).expect("a packed stream ends");
    let checksum = bits(HEAD_BITS + 48, 32) as u32;

    let mut out = Bits { bytes: vec![PACKED_BY_BZIP2], free: 0 };
    one[..4].iter().for_each(|&byte| out.push(8, u64::from(byte)));
    let block: Vec<(usize, u64)> = (HEAD_BITS..end)
        .step_by(32)
        .map(|at| (at, 32.min(end - at)))
        .map(|(at, width)| (width, bits(at, width)))
        .collect();
    let mut all: u32 = 0;
    for _ in 0..times {
        block.iter().for_each(|&(width, value)| out.push(width, value));
        all = all.rotate_left(1) ^ checksum;
    }
    out.push(48, END_MAGIC);
    out.push(32, u64::from(all));
    out.bytes
}

/// Bits as bzip2 has them, the highest of a byte first.
struct Bits {
    bytes: Vec<u8>,
    /// Bits of the last byte that are not taken.
    free: usize,
}

impl Bits {
    fn push(&mut self, width: usize, value: u64) {
        let mut left = width;
        while left > 0 {
            if self.free == 0 {
                self.bytes.push(0);
                self.free = 8;
            }
            let taken = left.min(self.free);
            left -= taken;
            self.free -= taken;
            let bits = value >> left & ((1 << taken) - 1);
            if let Some(last) = self.bytes.last_mut() {
                *last |= (bits << self.free) as u8;
            }
        }
    }
}

/// At least so many zeros as zlib packs them with its fixed codes: one zero,
/// then runs of 258, in 13 bits each. The checksum at the end is left out.
fn zlib_zeros(bytes: usize) -> Vec<u8> {
    const PACKED_BY_ZLIB: u8 = 2;
    // The bits of a run, the first in the lowest: length code 285, distance code 0.
    const RUN: u16 = 0b0_0000_1010_0011;
    let mut out = vec![PACKED_BY_ZLIB, 0x78, 0xda];
    // The last block, fixed codes; the literal 0.
    let (mut bits, mut held) = (0b000_0110_0011_u32, 11);
    for _ in 0..bytes.div_ceil(258) {
        bits |= u32::from(RUN) << held;
        held += 13;
        while held >= 8 {
            out.push(bits as u8);
            bits >>= 8;
            held -= 8;
        }
    }
    // The end of the block is seven zero bits.
    out.extend([bits as u8, 0]);
    out
}
