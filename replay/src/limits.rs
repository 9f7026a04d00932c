//! The bounds of everything the reader does, in one place.
//!
//! The largest values in real replays are 5 to 40 times below each of them. A
//! file beyond a bound is refused before the work that the bound limits.

use crate::streams::layouts::LAYOUTS;

/// The first base build whose layout is known here.
pub const OLDEST_BASE_BUILD: u32 = LAYOUTS[0].oldest;

/// The last base build whose layout is known here.
pub const NEWEST_BASE_BUILD: u32 = LAYOUTS[LAYOUTS.len() - 1].newest;

/// A whole replay file; callers judge a file's size before reading it.
pub const FILE_BYTES: usize = 5 * 1024 * 1024;

/// The replay header, which lies in the user data before the archive.
pub const HEADER_BYTES: usize = 4 * 1024;

/// Entries of the hash table and of the block table, each.
pub const TABLE_ENTRIES: u32 = 1024;

/// A sector has 512 bytes shifted by this: at most 2 MiB.
pub const SECTOR_SHIFT: u16 = 12;

/// Unpacked size of details, initData, attributes and metadata, each.
pub const SMALL_STREAM_BYTES: usize = 64 * 1024;

/// Unpacked size of the game events: eleven times those of a 1v1 of 18 minutes.
/// Dense ones cost up to 90 ns a byte to unpack, so this and the sum of all
/// streams are what bounds the time that any file takes.
pub const GAME_EVENT_BYTES: usize = 2 * 1024 * 1024;

/// Unpacked size of the messages: hours of talk, and of pointing at the map.
pub const MESSAGE_BYTES: usize = 1024 * 1024;

/// Unpacked size of the tracker events, which only a call of their own reads.
pub const TRACKER_BYTES: usize = 10 * 1024 * 1024;

/// Unpacked size of all streams of one file together, but for the tracker events.
pub const ALL_STREAM_BYTES: usize = 9 * 1024 * 1024 / 4;

/// Least number of unpacked bytes that an honest bzip2 block stands for, in a
/// stream of several: the smallest block size is 100,000 bytes, and its first
/// step lengthens the input by a quarter at most.
pub const BZIP2_BLOCK_BYTES: usize = 64 * 1024;

/// bzip2 blocks of one file together. A block costs microseconds even when it
/// holds one byte, and a file in sectors has at least one for each.
pub const BZIP2_BLOCKS: usize = 2048;

/// Nesting of values in a stream that describes itself.
pub const DEPTH: u32 = 16;

/// Leave events that are kept. A game has at most 16 users.
pub const LEAVE_EVENTS: usize = 64;

/// Messages of the chat that are kept; more are counted. Their stream is
/// bounded too, so that all of them together take at most three times its size.
pub const CHAT_MESSAGES: usize = 1024;

/// Players in details, and users or slots in initData: five bits.
pub const PLAYERS: usize = 31;

/// Cache handles: six bits.
pub const CACHE_HANDLES: usize = 63;
