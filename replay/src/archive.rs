//! The MPQ archive: finds a stream by name and hands it out unpacked.
//!
//! Owns the container only; what a stream means is [`crate::streams`]. Every
//! number in the file is an adversary's: each offset goes through a checked
//! `get`, each sum through checked arithmetic, and a size is compared with its
//! limit before anything of that size is made. Stored streams are borrowed
//! from the file.
//!
//! Read are the header formats 0, 1 and 3 with the classic tables, streams in
//! one unit or in sectors, stored or packed by bzip2. No replay of a supported
//! build was seen that needs more.

mod unpack;

use std::borrow::Cow;

pub(crate) use unpack::Budget;

use crate::error::Error;
use crate::format::{
    ARCHIVE_MAGIC, BLOCK_TABLE_KEY, CRYPT, HASH_DELETED, HASH_EMPTY, HASH_TABLE_KEY, PACKED_BY_BZIP2,
    USER_DATA_MAGIC, flag, row,
};
use crate::limits;

/// What precedes the archive.
pub(crate) struct UserData<'a> {
    /// The replay header, packed by itself.
    pub(crate) content: &'a [u8],
    pub(crate) archive_offset: usize,
}

/// Reads what precedes the archive, and nothing of the archive.
pub(crate) fn user_data(bytes: &[u8]) -> Result<UserData<'_>, Error> {
    if !bytes.starts_with(&USER_DATA_MAGIC) {
        return Err(Error::malformed("the file does not begin like a replay", 0));
    }
    let cut = || Error::malformed("the file is cut short in its user data", bytes.len());
    let archive_offset = usize_at(bytes, 8).ok_or_else(cut)?;
    let length = usize_at(bytes, 12).ok_or_else(cut)?;
    if length > limits::HEADER_BYTES {
        return Err(Error::too_large("the replay header is larger than any"));
    }
    let content = slice(bytes, 16, length).ok_or_else(cut)?;
    Ok(UserData { content, archive_offset })
}

/// An archive whose tables are decrypted.
pub(crate) struct Archive<'a> {
    /// The file from the archive's first byte; offsets in the tables count from there.
    bytes: &'a [u8],
    sector_bytes: usize,
    /// Four words an entry: name hash A and B, locale, block index.
    hashes: Vec<[u32; 4]>,
    /// Four words an entry: offset, packed size, size, flags.
    blocks: Vec<[u32; 4]>,
}

/// A block table entry that holds a file.
struct Block {
    offset: usize,
    packed: usize,
    size: usize,
    flags: u32,
}

impl<'a> Archive<'a> {
    pub(crate) fn open(file: &'a [u8], archive_offset: usize) -> Result<Archive<'a>, Error> {
        let at = |offset: usize| archive_offset.saturating_add(offset);
        let bytes = file.get(archive_offset..).unwrap_or_default();
        if !bytes.starts_with(&ARCHIVE_MAGIC) {
            return Err(Error::malformed("there is no archive where the user data points", archive_offset));
        }
        let cut = || Error::malformed("the file is cut short in the archive header", file.len());
        let format = u16_at(bytes, 12).ok_or_else(cut)?;
        let shift = u16_at(bytes, 14).ok_or_else(cut)?;
        let hash_offset = usize_at(bytes, 16).ok_or_else(cut)?;
        let block_offset = usize_at(bytes, 20).ok_or_else(cut)?;
        let hash_entries = u32_at(bytes, 24).ok_or_else(cut)?;
        let block_entries = u32_at(bytes, 28).ok_or_else(cut)?;
        // Later formats can place tables beyond 4 GiB; no replay is that long.
        let beyond = match format {
            0 => 0,
            1 | 3 => u32_at(bytes, 40).ok_or_else(cut)?,
            _ => return Err(Error::malformed("the archive has an unknown format", at(12))),
        };
        if beyond != 0 {
            return Err(Error::malformed("a table lies beyond the file", at(40)));
        }
        if shift > limits::SECTOR_SHIFT {
            return Err(Error::malformed("the sectors are larger than any", at(14)));
        }
        if hash_entries.max(block_entries) > limits::TABLE_ENTRIES {
            return Err(Error::too_large("a table of the archive has more entries than any"));
        }
        if !hash_entries.is_power_of_two() {
            return Err(Error::malformed("the size of the hash table is not a power of two", at(24)));
        }
        let hashes = table(bytes, hash_offset, hash_entries, HASH_TABLE_KEY)
            .ok_or_else(|| Error::malformed("the hash table lies beyond the file", at(16)))?;
        let blocks = table(bytes, block_offset, block_entries, BLOCK_TABLE_KEY)
            .ok_or_else(|| Error::malformed("the block table lies beyond the file", at(20)))?;
        Ok(Archive { bytes, sector_bytes: 512 << shift, hashes, blocks })
    }

    /// The unpacked stream of that name, or `None` if the archive has none.
    pub(crate) fn read(
        &self,
        name: &str,
        limit_bytes: usize,
        budget: &mut Budget,
    ) -> Result<Option<Cow<'a, [u8]>>, Error> {
        let Some(block) = self.find(name).map_err(|error| error.in_stream(name))? else { return Ok(None) };
        let content = self.content(&block, limit_bytes, budget).map_err(|error| error.in_stream(name))?;
        Ok(Some(content))
    }

    /// What bzip2 made of a stream in one unit, and the size of the stream.
    /// `None` if there is none or it is not packed that way.
    #[cfg(feature = "measure")]
    pub(crate) fn packed_unit(&self, name: &str) -> Result<Option<(&'a [u8], usize)>, Error> {
        let Some(block) = self.find(name)? else { return Ok(None) };
        let unit = slice(self.bytes, block.offset, block.packed).unwrap_or_default();
        let single = block.flags & flag::SINGLE_UNIT != 0 && unit.len() < block.size;
        let packed = unit.split_first().filter(|(kind, _)| single && **kind == PACKED_BY_BZIP2);
        Ok(packed.map(|(_, packed)| (packed, block.size)))
    }

    fn find(&self, name: &str) -> Result<Option<Block>, Error> {
        let wanted = (hash(name, row::NAME_A), hash(name, row::NAME_B));
        // The number of entries is a power of two of at most `TABLE_ENTRIES`.
        let start = hash(name, row::SLOT) as usize & self.hashes.len().saturating_sub(1);
        let (before, after) = self.hashes.split_at_checked(start).unwrap_or_default();
        for &[a, b, _locale, index] in after.iter().chain(before) {
            if index == HASH_EMPTY {
                return Ok(None);
            }
            if (a, b) != wanted || index == HASH_DELETED {
                continue;
            }
            let entry = usize::try_from(index).ok().and_then(|index| self.blocks.get(index));
            let &[offset, packed, size, flags] =
                entry.ok_or_else(|| Error::malformed("the hash table names a block that is not there", 0))?;
            if flags & flag::EXISTS == 0 || flags & flag::DELETED != 0 {
                return Ok(None);
            }
            let [offset, packed, size] = [offset, packed, size].map(|word| word as usize);
            return Ok(Some(Block { offset, packed, size, flags }));
        }
        Ok(None)
    }

    fn content(
        &self,
        block: &Block,
        limit_bytes: usize,
        budget: &mut Budget,
    ) -> Result<Cow<'a, [u8]>, Error> {
        if block.flags & flag::ENCRYPTED != 0 {
            return Err(Error::encrypted());
        }
        if block.flags & (flag::IMPLODED | flag::PATCH) != 0 {
            return Err(Error::malformed("the stream is packed in an unknown way", block.offset));
        }
        if block.size > limit_bytes {
            return Err(Error::too_large("the stream is larger than any"));
        }
        budget.take_bytes(block.size)?;

        let compressed = block.flags & flag::COMPRESSED != 0;
        let single = block.flags & flag::SINGLE_UNIT != 0;
        let packed = slice(self.bytes, block.offset, block.packed)
            .ok_or_else(|| Error::malformed("the stream lies beyond the file", block.offset))?;
        if packed.len() > block.size && (single || !compressed) {
            return Err(Error::malformed("the stream is longer packed than unpacked", block.offset));
        }
        if packed.len() == block.size && (single || !compressed) {
            return Ok(Cow::Borrowed(packed));
        }
        if !compressed {
            return Err(Error::malformed("the stored stream is shorter than it says", block.offset));
        }
        let mut out = Vec::with_capacity(block.size.saturating_add(1));
        if single {
            self.unit(packed, block, block.size, &mut out, budget)?;
        } else {
            self.sectors(packed, block, &mut out, budget)?;
        }
        Ok(Cow::Owned(out))
    }

    /// Appends a stream in sectors. It begins with the offset of each sector
    /// and of the end of the last.
    fn sectors(
        &self,
        packed: &[u8],
        block: &Block,
        out: &mut Vec<u8>,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        let cut = || Error::malformed("a sector lies beyond its stream", block.offset);
        let count = block.size.div_ceil(self.sector_bytes);
        let mut start = usize_at(packed, 0).ok_or_else(cut)?;
        let mut left = block.size;
        for sector in 1..=count {
            let end = usize_at(packed, sector.saturating_mul(4)).ok_or_else(cut)?;
            let data = packed.get(start..end).ok_or_else(cut)?;
            let expected = left.min(self.sector_bytes);
            self.unit(data, block, expected, out, budget)?;
            left = left.saturating_sub(expected);
            start = end;
        }
        Ok(())
    }

    /// Appends one unit, which stands for exactly `expected` bytes.
    fn unit(
        &self,
        packed: &[u8],
        block: &Block,
        expected: usize,
        out: &mut Vec<u8>,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        if packed.len() == expected {
            out.extend_from_slice(packed);
            return Ok(());
        }
        match packed.split_first() {
            Some((&PACKED_BY_BZIP2, data)) if packed.len() < expected => {
                unpack::bzip2(data, expected, out, budget, block.offset)
            }
            Some(_) if packed.len() > expected => {
                Err(Error::malformed("a sector is longer packed than unpacked", block.offset))
            }
            Some(_) => Err(Error::malformed("the stream is packed in an unknown way", block.offset)),
            None => Err(Error::malformed("a sector is empty", block.offset)),
        }
    }
}

/// A table of entries of four words, decrypted.
fn table(bytes: &[u8], offset: usize, entries: u32, key: u32) -> Option<Vec<[u32; 4]>> {
    let length = usize::try_from(entries).ok()?.checked_mul(16)?;
    let (entries, _) = slice(bytes, offset, length)?.as_chunks::<16>();
    let mut cipher = Cipher { key, seed: 0xeeee_eeee };
    Some(entries.iter().map(|entry| cipher.decrypt_entry(entry)).collect())
}

/// The entries of a table alone, for tests that change them.
#[cfg(fuzzing)]
pub(crate) fn decrypted(bytes: &[u8], entries: u32, key: u32) -> Option<Vec<[u32; 4]>> {
    table(bytes, 0, entries, key)
}

/// MPQ's stream cipher, in the direction of reading.
struct Cipher {
    key: u32,
    seed: u32,
}

impl Cipher {
    fn decrypt_entry(&mut self, entry: &[u8; 16]) -> [u32; 4] {
        let (words, _) = entry.as_chunks::<4>();
        let mut plain = [0; 4];
        for (plain, word) in plain.iter_mut().zip(words) {
            *plain = self.decrypt(u32::from_le_bytes(*word));
        }
        plain
    }

    fn decrypt(&mut self, word: u32) -> u32 {
        self.seed = self.seed.wrapping_add(crypt(row::KEY, self.key & 0xff));
        let plain = word ^ self.key.wrapping_add(self.seed);
        self.key = (!self.key << 0x15).wrapping_add(0x1111_1111) | (self.key >> 0x0b);
        self.seed = plain.wrapping_add(self.seed).wrapping_add(self.seed << 5).wrapping_add(3);
        plain
    }
}

/// MPQ's hash of a file name; names differ neither by case nor by slashes.
fn hash(name: &str, row: usize) -> u32 {
    let (mut key, mut seed) = (0x7fed_7fed_u32, 0xeeee_eeee_u32);
    for byte in name.bytes() {
        let byte = if byte == b'/' { b'\\' } else { byte.to_ascii_uppercase() };
        let byte = u32::from(byte);
        key = crypt(row, byte) ^ key.wrapping_add(seed);
        seed = byte.wrapping_add(key).wrapping_add(seed).wrapping_add(seed << 5).wrapping_add(3);
    }
    key
}

fn crypt(row: usize, column: u32) -> u32 {
    CRYPT.get(row | column as usize & 0xff).copied().unwrap_or_default()
}

fn slice(bytes: &[u8], offset: usize, length: usize) -> Option<&[u8]> {
    bytes.get(offset..offset.checked_add(length)?)
}

fn u16_at(bytes: &[u8], offset: usize) -> Option<u16> {
    bytes.get(offset..)?.first_chunk().map(|chunk| u16::from_le_bytes(*chunk))
}

fn u32_at(bytes: &[u8], offset: usize) -> Option<u32> {
    bytes.get(offset..)?.first_chunk().map(|chunk| u32::from_le_bytes(*chunk))
}

fn usize_at(bytes: &[u8], offset: usize) -> Option<usize> {
    u32_at(bytes, offset).and_then(|value| usize::try_from(value).ok())
}
