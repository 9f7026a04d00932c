//! Files that were made to hurt: changed, cut, and crafted ones.
//!
//! Whatever the bytes, the reader gives facts or a typed error, in bounded
//! memory. Changes come from a seed, which a failure prints.

use std::collections::BTreeMap;
use std::panic::catch_unwind;
use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

use super::forged::game;
use super::heap;
use super::real::real_replays;
use crate::ErrorKind::{self, Encrypted, Malformed, TooLarge, UnsupportedBuild};
use crate::forge::broken::BROKEN;
use crate::forge::package::{Content, Package, packed};
use crate::forge::{self, Broken, Chance, Game};
use crate::format::{PACKED_BY_BZIP2, event, flag};
use crate::limits;
use crate::mutate::{Kind, Mutator};
use crate::{Error, Facts, parse};

const ARCHIVE: usize = 1024;
const DETAILS: usize = 0;
const INIT_DATA: usize = 1;
const ATTRIBUTES: usize = 2;
const METADATA: usize = 3;
const GAME_EVENTS: usize = 4;

/// More than any input may make the reader take: a bound on the sum of what
/// it holds, with the working memory of bzip2.
const MOST_HEAP_BYTES: usize = 16 << 20;

/// The file with its build numbers replaced, wherever the header has them.
pub(super) fn with_base_build(file: &[u8], from: u32, to: u32) -> Vec<u8> {
    let number =
        |value: u32| [9, (value << 1 & 0x7e) as u8 | 0x80, (value >> 6) as u8 | 0x80, (value >> 13) as u8];
    let mut file = file.to_vec();
    for at in 16..512 {
        if file[at..].starts_with(&number(from)) {
            file[at..at + 4].copy_from_slice(&number(to));
        }
    }
    file
}

/// Parses, and requires that it does not panic and that memory stays within bounds.
fn parse_in_bounds(name: &str, file: &[u8]) -> Result<Facts, Error> {
    let (facts, peak) = heap::peak(|| catch_unwind(|| parse(file)));
    let facts = facts.unwrap_or_else(|_| panic!("{name}: the reader panicked"));
    assert!(peak < MOST_HEAP_BYTES, "{name}: {peak} bytes of heap");
    facts
}

fn check(name: &str, file: &[u8], kind: ErrorKind) {
    let error = parse_in_bounds(name, file).expect_err(name);
    assert_eq!(error.kind, kind, "{name}: {error}");
}

/// A forged file with one of its streams replaced.
fn with_stream(index: usize, content: Content) -> Vec<u8> {
    let mut package = forge::package(&game());
    package.files[index].1 = content;
    package.write()
}

fn content(package: &Package, index: usize) -> Vec<u8> {
    match &package.files[index].1 {
        Content::Packed(bytes) | Content::Stored(bytes) | Content::Sectors(bytes) => bytes.clone(),
        Content::Raw { .. } | Content::Nowhere { .. } => panic!("it has no meaning"),
    }
}

/// A forged file whose streams are not packed, so that writing it is quick.
fn stored(game: &Game) -> Package {
    let mut package = forge::package(game);
    for index in 0..package.files.len() {
        package.files[index].1 = Content::Stored(content(&package, index));
    }
    package
}

#[test]
fn bombs_are_refused_before_they_take_memory() {
    const UNIT: u32 = flag::EXISTS | flag::SINGLE_UNIT | flag::COMPRESSED;
    let raw =
        |size: usize, bytes: &[u8]| Content::Raw { bytes: bytes.to_vec(), size: size as u32, flags: UNIT };
    let bomb = packed(&vec![0; 12 << 20]);
    let small = limits::SMALL_STREAM_BYTES;
    let blocks: Vec<u8> = {
        // Blocks without an end, each where the one before it ended, more than any stream needs.
        let one = packed(b"x");
        let mut blocks = one[..5].to_vec();
        (0..40_000).for_each(|_| blocks.extend(&one[5..one.len() - 4]));
        blocks
    };
    // The parts of a stream, each within its limit, and each of the largest kind.
    let mut all = forge::package(&game());
    all.files[GAME_EVENTS].1 = raw(limits::GAME_EVENT_BYTES, &bomb);
    let tiny_sectors = {
        let sectors = 16_000;
        let unit = packed(&[7; 512]);
        let mut bytes: Vec<u8> = Vec::new();
        for sector in 0..=sectors {
            bytes.extend((((sectors + 1) * 4 + sector * unit.len()) as u32).to_le_bytes());
        }
        (0..sectors).for_each(|_| bytes.extend(&unit));
        let mut package = forge::package(&game());
        package.sector_shift = 0;
        let flags = flag::EXISTS | flag::COMPRESSED;
        package.files[GAME_EVENTS].1 = Content::Raw { bytes, size: sectors as u32 * 512, flags };
        package.write()
    };
    #[rustfmt::skip]
    let bombs = [
        ("details say 4 GiB",       with_stream(DETAILS, raw(u32::MAX as usize, &bomb))),
        ("details say 1 GiB",       with_stream(DETAILS, raw(1 << 30, &bomb))),
        ("details say the limit",   with_stream(DETAILS, raw(small, &bomb))),
        ("details say 2,000 bytes", with_stream(DETAILS, raw(2000, &bomb))),
        ("initData",                with_stream(INIT_DATA, raw(small, &bomb))),
        ("attributes",              with_stream(ATTRIBUTES, raw(small, &bomb))),
        ("metadata",                with_stream(METADATA, raw(small, &bomb))),
        ("events over their limit", with_stream(GAME_EVENTS, raw(limits::GAME_EVENT_BYTES + 1, &bomb))),
        ("events say the limit",    all.write()),
        ("blocks of one byte",      with_stream(GAME_EVENTS, raw(2_000_000, &blocks))),
        ("sectors of 512 bytes",    tiny_sectors),
        ("a file over the limit",   vec![0; limits::FILE_BYTES + 1]),
    ];
    for (name, file) in bombs {
        check(name, &file, TooLarge);
    }
}

#[test]
fn many_small_events_stay_within_bounds() {
    // Three bytes each: at once, user 0, the id, and for leaving a reason.
    let loaded = [0, 0, 5];
    let left = [0, event::LEAVE >> 4 << 5, event::LEAVE & 0xf];
    let events = |one: [u8; 3], count: usize| with_stream(GAME_EVENTS, Content::Packed(one.repeat(count)));

    let most = limits::GAME_EVENT_BYTES / loaded.len();
    let facts = parse_in_bounds("events of nothing", &events(loaded, most)).expect("they fit");
    assert_eq!(facts.game_events as usize, most);
    let facts = parse(&events(left, limits::LEAVE_EVENTS)).expect("so many may leave");
    assert_eq!(facts.leave_events.len(), limits::LEAVE_EVENTS);
    check("one leaves too many", &events(left, limits::LEAVE_EVENTS + 1), TooLarge);
    check("all leave", &events(left, most), TooLarge);
}

#[test]
fn crafted_archives_are_refused_by_kind() {
    let file = forge::write(&game());
    let at = |offset: usize, bytes: &[u8]| {
        let mut file = file.clone();
        file[offset..offset + bytes.len()].copy_from_slice(bytes);
        file
    };
    let format = |format: u16, offset: usize| {
        let mut package = forge::package(&game());
        package.header_format = format;
        let mut file = package.write();
        file[ARCHIVE + offset] = 1;
        file
    };
    #[rustfmt::skip]
    let files = [
        ("nothing",                      Vec::new(), Malformed),
        ("four bytes",                   file[..4].to_vec(), Malformed),
        ("no user data magic",           at(0, b"PK"), Malformed),
        ("archive beyond the file",      at(8, &u32::MAX.to_le_bytes()), Malformed),
        ("archive at the user data",     at(8, &[0; 4]), Malformed),
        ("archive at the last byte",     at(8, &(file.len() as u32 - 1).to_le_bytes()), Malformed),
        ("header beyond the file",       at(12, &4000_u32.to_le_bytes()), Malformed),
        ("header larger than any",       at(12, &u32::MAX.to_le_bytes()), TooLarge),
        ("header of nothing",            at(12, &[0; 4]), Malformed),
        ("another signature",            at(22, b"Warcraft"), Malformed),
        ("no archive magic",             at(ARCHIVE, b"MPQ\x1b"), Malformed),
        ("unknown format",               at(ARCHIVE + 12, &[2, 0]), Malformed),
        ("another unknown format",       at(ARCHIVE + 12, &[0xff, 0xff]), Malformed),
        ("sectors of 4 MiB",             at(ARCHIVE + 14, &[13, 0]), Malformed),
        ("sectors of no number",         at(ARCHIVE + 14, &[0xff, 0xff]), Malformed),
        ("hash table beyond the file",   at(ARCHIVE + 16, &u32::MAX.to_le_bytes()), Malformed),
        ("block table beyond the file",  at(ARCHIVE + 20, &u32::MAX.to_le_bytes()), Malformed),
        ("hash table of nothing",        at(ARCHIVE + 24, &[0; 4]), Malformed),
        ("hash table of three",          at(ARCHIVE + 24, &[3, 0, 0, 0]), Malformed),
        ("hash table of a million",      at(ARCHIVE + 24, &(1_u32 << 20).to_le_bytes()), TooLarge),
        ("hash table of all there are",  at(ARCHIVE + 24, &u32::MAX.to_le_bytes()), TooLarge),
        ("hash table longer than file",  at(ARCHIVE + 24, &1024_u32.to_le_bytes()), Malformed),
        ("block table of nothing",       at(ARCHIVE + 28, &[0; 4]), Malformed),
        ("block table of too many",      at(ARCHIVE + 28, &1025_u32.to_le_bytes()), TooLarge),
        ("hash table over 4 GiB, 1",     format(1, 40), Malformed),
        ("block table over 4 GiB, 3",    format(3, 42), Malformed),
        ("an older build",               forge::write(&Game { base_build: 80_948, ..game() }), UnsupportedBuild),
        ("an older build, cut",          forge::write(&Game { base_build: 17, ..game() })[..200].to_vec(), UnsupportedBuild),
    ];
    for (name, file, kind) in files {
        check(name, &file, kind);
    }
}

#[test]
fn crafted_blocks_are_refused_by_kind() {
    const SECTORS: u32 = flag::EXISTS | flag::COMPRESSED;
    const UNIT: u32 = SECTORS | flag::SINGLE_UNIT;
    let details = content(&forge::package(&game()), DETAILS);
    let size = details.len();
    let with = |flags: u32, size: usize, bytes: &[u8]| {
        with_stream(DETAILS, Content::Raw { bytes: bytes.to_vec(), size: size as u32, flags })
    };
    let unit = packed(&details);
    let mut damaged = unit.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0x10;
    let offsets =
        |offsets: &[u32]| offsets.iter().flat_map(|offset| offset.to_le_bytes()).collect::<Vec<u8>>();
    #[rustfmt::skip]
    let files = [
        ("encrypted",                  with(UNIT | flag::ENCRYPTED, size, &unit), Encrypted),
        ("encrypted, in sectors",      with(SECTORS | flag::ENCRYPTED, size, &unit), Encrypted),
        ("imploded",                   with(flag::EXISTS | flag::IMPLODED, size, &unit), Malformed),
        ("a patch",                    with(UNIT | flag::PATCH, size, &unit), Malformed),
        ("deleted",                    with(UNIT | flag::DELETED, size, &unit), Malformed),
        ("not there",                  with(flag::COMPRESSED, size, &unit), Malformed),
        ("packed by zlib",             with(UNIT, size, &[2, 0x78, 0x9c, 0, 0]), Malformed),
        ("packed twice",               with(UNIT, size, &[0x12, 0, 0]), Malformed),
        ("packed to nothing",          with(UNIT, size, &[]), Malformed),
        ("packed, no stream",          with(UNIT, size, &[PACKED_BY_BZIP2]), Malformed),
        ("packed, half of a stream",   with(UNIT, size, &unit[..middle]), Malformed),
        ("packed, damaged",            with(UNIT, size, &damaged), Malformed),
        ("packed to more than it is",  with(UNIT, size + 1, &unit), Malformed),
        ("packed to less than it is",  with(UNIT, size - 1, &unit), TooLarge),
        ("longer packed",              with(UNIT, 4, &unit), Malformed),
        ("stored, too short",          with(flag::EXISTS, size, &details[1..]), Malformed),
        ("stored, too long",           with(flag::EXISTS, size - 1, &details), Malformed),
        ("stored unit, too short",     with(flag::EXISTS | flag::SINGLE_UNIT, size, &details[1..]), Malformed),
        ("sectors of nothing",         with(SECTORS, size, &[]), Malformed),
        ("sector offsets cut",         with(SECTORS, size, &offsets(&[8])), Malformed),
        ("sector ends before start",   with(SECTORS, size, &offsets(&[8, 4])), Malformed),
        ("sector beyond its stream",   with(SECTORS, size, &offsets(&[8, u32::MAX])), Malformed),
        ("sector of nothing",          with(SECTORS, size, &offsets(&[8, 8])), Malformed),
        ("sector longer packed",       with(SECTORS, 3, &offsets(&[4, 8])), Malformed),
        ("details of nothing",         with(UNIT, 0, &[]), Malformed),
    ];
    for (name, file, kind) in files {
        check(name, &file, kind);
    }

    let mut package = forge::package(&game());
    for name in ["replay.details", "replay.initData", "replay.game.events"] {
        let kept = package.files.iter().position(|(file, _)| *file == name).expect("it is forged");
        let lost = package.files.swap_remove(kept);
        check(&format!("without {name}"), &package.write(), Malformed);
        package.files.push(lost);
    }
    package
        .files
        .retain(|(name, _)| !matches!(*name, "replay.gamemetadata.json" | "replay.attributes.events"));
    let facts = parse(&package.write()).expect("metadata and attributes may be missing");
    assert!(facts.metadata_players.is_none() && facts.attributes_global.is_empty());
}

#[test]
fn crafted_streams_are_refused_as_malformed() {
    let package = forge::package(&game());
    let details = content(&package, DETAILS);
    let init_data = content(&package, INIT_DATA);
    let attributes = content(&package, ATTRIBUTES);
    let metadata = content(&package, METADATA);
    let events = content(&package, GAME_EVENTS);
    let and = |bytes: &[u8], more: &[u8]| [bytes, more].concat();
    let fill = |byte: u8, length: usize| vec![byte; length];
    let nested = |begin: &[u8], depth: usize| begin.repeat(depth);
    #[rustfmt::skip]
    let streams = [
        ("details and a byte",          DETAILS, and(&details, &[0])),
        ("details without the last",    DETAILS, details[..details.len() - 1].to_vec()),
        ("a list of 2^60",              DETAILS, vec![5, 2, 8, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40]),
        ("a text of 2^60",              DETAILS, vec![5, 2, 8, 2, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40]),
        ("a bit array of 2^62",         DETAILS, vec![5, 2, 8, 1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1]),
        ("a negative length",           DETAILS, vec![5, 3, 8]),
        ("a number of 60,000 bytes",    DETAILS, and(&[5, 2, 10, 9], &fill(0xff, 60_000))),
        ("structs in structs",          DETAILS, nested(&[5, 2, 8], 20_000)),
        ("lists in lists",              DETAILS, and(&[5, 2, 8], &nested(&[0, 2], 30_000))),
        ("optionals in optionals",      DETAILS, and(&[5, 2, 8], &nested(&[4, 1], 30_000))),
        ("choices in choices",          DETAILS, and(&[5, 2, 8], &nested(&[3, 0], 30_000))),
        ("60,000 empty handles",        DETAILS, and(&[5, 2, 20, 4, 1, 0, 0xc0, 0xa9, 7], &nested(&[2, 0], 30_000))),
        ("an unknown kind",             DETAILS, vec![5, 2, 8, 10]),
        ("initData and a byte",         INIT_DATA, and(&init_data, &[0])),
        ("initData without the last",   INIT_DATA, init_data[..init_data.len() - 1].to_vec()),
        ("initData of ones",            INIT_DATA, fill(0xff, 65_536)),
        ("initData of zeroes",          INIT_DATA, fill(0, 65_536)),
        ("attributes and a byte",       ATTRIBUTES, and(&attributes, &[0])),
        ("attributes without the last", ATTRIBUTES, attributes[..attributes.len() - 1].to_vec()),
        ("attributes of a head",        ATTRIBUTES, attributes[..8].to_vec()),
        ("2^32 attributes",             ATTRIBUTES, fill(0xff, 9)),
        ("metadata without the last",   METADATA, metadata[..metadata.len() - 1].to_vec()),
        ("metadata in lists",           METADATA, fill(b'[', 60_000)),
        ("metadata of another shape",   METADATA, b"{\"Players\": 7}".to_vec()),
        ("metadata of nothing",         METADATA, Vec::new()),
        ("events without the last",     GAME_EVENTS, events[..events.len() - 1].to_vec()),
        ("events and a byte",           GAME_EVENTS, and(&events, &[0])),
        ("events of ones",              GAME_EVENTS, fill(0xff, 1 << 20)),
    ];
    for (name, index, bytes) in streams {
        check(name, &with_stream(index, Content::Packed(bytes)), Malformed);
    }
}

/// A seed from `EVOLADDER_SEED`, else this one.
fn seed_or(default: u64) -> u64 {
    let seed = std::env::var("EVOLADDER_SEED");
    seed.map_or(default, |seed| seed.parse().expect("EVOLADDER_SEED is a number"))
}

#[test]
fn damaged_replays_never_panic_and_stay_within_bounds() {
    const INPUTS: u64 = 4000;
    let seed = seed_or(20_260_101);
    let mutator = Mutator::new(real_replays().into_iter().map(|real| real.bytes));
    let mut read = BTreeMap::new();
    for number in 0..INPUTS {
        let input = mutator.input(seed, number);
        let name = format!("EVOLADDER_SEED={seed}, input {number}, {} of seed {}", input.kind, input.seed);
        let facts = parse_in_bounds(&name, &input.bytes);
        let (tried, fine) = read.entry(input.kind).or_insert((0, 0));
        *tried += 1;
        *fine += u32::from(facts.is_ok());
    }
    // Damage that changes no meaning reaches the last stream; other damage is noticed.
    assert!(Kind::ALL.iter().all(|kind| read.contains_key(kind)), "{read:?}");
    let (tried, fine) = read[&Kind::Stream];
    assert!(fine * 20 > tried && fine * 4 < tried * 3, "EVOLADDER_SEED={seed}: {read:?}");
}

#[test]
fn the_same_seed_and_number_give_the_same_damage() {
    let [one, again, other] = [7, 7, 8].map(|seed| {
        let mutator = Mutator::new([forge::write(&game())]);
        (0..60).map(|number| mutator.input(seed, number).bytes).collect::<Vec<_>>()
    });
    assert!(one == again && one != other);
}

/// What the example of that file promises too.
const MOST_CPU: Duration = Duration::from_millis(250);

fn cpu() -> Duration {
    Duration::from(clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).expect("Linux has this clock"))
}

#[test]
fn files_broken_on_purpose_are_told_apart() {
    for &(how, name, expected) in BROKEN {
        let file = forge::broken(how);
        assert!(file.len() <= limits::FILE_BYTES + 1, "{name}: {} bytes", file.len());
        let began = cpu();
        let facts = parse_in_bounds(name, &file);
        let took = cpu() - began;
        assert_eq!(facts.as_ref().err().map(|error| error.kind), expected, "{name}: {facts:?}");
        assert!(took < MOST_CPU, "{name}: {took:?}");
    }
}

#[test]
fn bombs_are_honest_and_small() {
    let refusal = |how| parse(&forge::broken(how)).expect_err("it is refused");
    // What it says and what it is agree, so that only its size speaks against it.
    let facts = parse(&forge::broken(Broken::CameraEvents2MiB)).expect("it is read");
    assert_eq!(facts.game_events as usize, (2 << 20) / 4);
    assert_eq!(refusal(Broken::BombSaysLittle), refusal(Broken::BombSaysTheLimit));
    for how in [Broken::Bomb1GiB, Broken::Bomb3GiB, Broken::CameraEvents64MiB] {
        let bytes = forge::broken(how).len();
        assert!(bytes < 100_000, "{how:?}: {bytes} bytes");
    }
}

#[test]
fn real_replays_are_read_in_little_memory() {
    for replay in real_replays() {
        let (result, peak) = heap::peak(|| parse(&replay.bytes));
        let bound = if result.is_ok() { 12 << 20 } else { 6 << 20 };
        assert!(peak < bound, "{}: {peak} bytes of heap", replay.name);
    }
}

#[test]
fn errors_never_repeat_input() {
    let secret = "Zebra-Secret-Name";
    let mut leaky = game();
    leaky.map_title = secret.into();
    leaky.players[0].name = secret.into();
    let seed_package = stored(&Game { events: 20, ..leaky });
    for seed in 0..1000 {
        let mut chance = Chance(seed);
        let mut package = seed_package.clone();
        let index = chance.below(5) as usize;
        let mut bytes = content(&package, index);
        bytes.truncate(chance.below(bytes.len() as u64) as usize);
        package.files[index].1 = Content::Stored(bytes);
        if let Err(error) = parse(&package.write()) {
            assert!(!format!("{error} {error:?}").contains(secret), "seed {seed}");
        }
    }
}
