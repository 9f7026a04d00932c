//! Writes the archive: user data, header, streams and their tables.

use std::borrow::Cow;
use std::io::Read;

use bzip2::Compression;
use bzip2::read::BzEncoder;

use crate::format::{
    ARCHIVE_MAGIC, BLOCK_TABLE_KEY, CRYPT, HASH_EMPTY, HASH_TABLE_KEY, PACKED_BY_BZIP2, USER_DATA_MAGIC,
    flag, row,
};

/// Where the archive begins, as in every real replay.
const ARCHIVE_OFFSET: usize = 1024;

/// A replay file in parts.
#[derive(Clone)]
pub(crate) struct Package {
    /// The replay header.
    pub(crate) header: Vec<u8>,
    /// Format of the archive's header: 0, 1 or 3.
    pub(crate) header_format: u16,
    pub(crate) sector_shift: u16,
    pub(crate) files: Vec<(&'static str, Content)>,
}

/// A stream, and how it lies in the archive.
#[derive(Clone)]
pub(crate) enum Content {
    /// In one unit, by bzip2 if that makes it shorter.
    Packed(Vec<u8>),
    /// In one unit, as it is.
    Stored(Vec<u8>),
    /// In sectors, each by bzip2 if that makes it shorter.
    #[cfg_attr(
        not(any(test, fuzzing, feature = "mutate")),
        expect(dead_code, reason = "for damaged files and tests")
    )]
    Sectors(Vec<u8>),
    /// As laid out by the caller, with a size and flags that may be lies.
    Raw { bytes: Vec<u8>, size: u32, flags: u32 },
    /// Nothing, with an entry that says where it lies.
    Nowhere { offset: u32, packed: u32, size: u32, flags: u32 },
}

impl Package {
    pub(crate) fn write(&self) -> Vec<u8> {
        let names: Vec<&str> = self.files.iter().map(|(name, _)| *name).collect();
        let listfile = Content::Stored(names.join("\r\n").into_bytes());
        let files =
            self.files.iter().map(|(name, content)| (*name, content)).chain([("(listfile)", &listfile)]);

        let header_bytes: usize = match self.header_format {
            0 => 32,
            1 => 44,
            _ => 208,
        };
        let mut archive = vec![0; header_bytes];
        let mut hashes =
            vec![[u32::MAX, u32::MAX, u32::MAX, HASH_EMPTY]; (self.files.len() * 2 + 2).next_power_of_two()];
        let mut blocks = Vec::new();
        for (name, content) in files {
            let offset = word(archive.len());
            let (bytes, size, flags) = self.lay(content);
            archive.extend(&*bytes);
            let (offset, packed) = match *content {
                Content::Nowhere { offset, packed, .. } => (offset, packed),
                _ => (offset, word(bytes.len())),
            };
            let mut slot = hash(name, row::SLOT) as usize % hashes.len();
            while hashes[slot][3] != HASH_EMPTY {
                slot = (slot + 1) % hashes.len();
            }
            hashes[slot] = [hash(name, row::NAME_A), hash(name, row::NAME_B), 0, word(blocks.len())];
            blocks.push([offset, packed, size, flags]);
        }
        let hash_offset = word(archive.len());
        archive.extend(encrypt(&hashes, HASH_TABLE_KEY));
        let block_offset = word(archive.len());
        archive.extend(encrypt(&blocks, BLOCK_TABLE_KEY));

        let mut header = Vec::new();
        header.extend(ARCHIVE_MAGIC);
        header.extend(word(header_bytes).to_le_bytes());
        header.extend(word(archive.len()).to_le_bytes());
        header.extend(self.header_format.to_le_bytes());
        header.extend(self.sector_shift.to_le_bytes());
        for value in [hash_offset, block_offset, word(hashes.len()), word(blocks.len())] {
            header.extend(value.to_le_bytes());
        }
        archive[..header.len()].copy_from_slice(&header);

        let mut file = Vec::with_capacity(ARCHIVE_OFFSET + archive.len());
        file.extend(USER_DATA_MAGIC);
        for value in [512, ARCHIVE_OFFSET, self.header.len()] {
            file.extend(word(value).to_le_bytes());
        }
        file.extend(&self.header);
        file.resize(ARCHIVE_OFFSET, 0);
        file.extend(archive);
        file
    }

    /// The bytes of a stream, its size and its flags.
    fn lay<'a>(&self, content: &'a Content) -> (Cow<'a, [u8]>, u32, u32) {
        match content {
            Content::Packed(bytes) => (shortest(bytes).into(), word(bytes.len()), UNIT),
            Content::Stored(bytes) => (bytes.into(), word(bytes.len()), flag::EXISTS | flag::SINGLE_UNIT),
            Content::Sectors(bytes) => {
                let sectors: Vec<_> = bytes.chunks(512 << self.sector_shift).map(shortest).collect();
                (in_sectors(&sectors).into(), word(bytes.len()), SECTORS)
            }
            Content::Raw { bytes, size, flags } => (bytes.into(), *size, *flags),
            Content::Nowhere { size, flags, .. } => (Cow::Borrowed(&[]), *size, *flags),
        }
    }
}

/// Flags of a packed stream in one unit, and of one in sectors.
pub(crate) const UNIT: u32 = SECTORS | flag::SINGLE_UNIT;
pub(crate) const SECTORS: u32 = flag::EXISTS | flag::COMPRESSED;

/// A stream in sectors: the offset of each and of the end, then the sectors.
pub(crate) fn in_sectors(sectors: &[impl AsRef<[u8]>]) -> Vec<u8> {
    let mut offset = (sectors.len() + 1) * 4;
    let mut laid =
        Vec::with_capacity(offset + sectors.iter().map(|sector| sector.as_ref().len()).sum::<usize>());
    laid.extend(word(offset).to_le_bytes());
    for sector in sectors {
        offset += sector.as_ref().len();
        laid.extend(word(offset).to_le_bytes());
    }
    for sector in sectors {
        laid.extend(sector.as_ref());
    }
    laid
}

/// A unit packed by bzip2, or as it is if that is not longer.
pub(crate) fn shortest(bytes: &[u8]) -> Vec<u8> {
    let packed = packed(bytes);
    if packed.len() < bytes.len() { packed } else { bytes.to_vec() }
}

#[cfg(test)]
thread_local! {
    /// How many bytes this thread has packed, so that a test can say that none were.
    pub(crate) static PACKED_BYTES: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// A unit packed by bzip2.
pub(crate) fn packed(bytes: &[u8]) -> Vec<u8> {
    #[cfg(test)]
    PACKED_BYTES.set(PACKED_BYTES.get() + bytes.len());
    let mut packed = vec![PACKED_BY_BZIP2];
    let mut encoder = BzEncoder::new(bytes, Compression::best());
    encoder.read_to_end(&mut packed).expect("packing from memory to memory cannot fail");
    packed
}

/// A table, encrypted.
pub(crate) fn encrypt(entries: &[[u32; 4]], mut key: u32) -> Vec<u8> {
    let mut seed = 0xeeee_eeee_u32;
    let mut bytes = Vec::with_capacity(entries.len() * 16);
    for &plain in entries.as_flattened() {
        seed = seed.wrapping_add(CRYPT[row::KEY + (key & 0xff) as usize]);
        bytes.extend((plain ^ key.wrapping_add(seed)).to_le_bytes());
        key = (!key << 21).wrapping_add(0x1111_1111) | key >> 11;
        seed = seed.wrapping_mul(33).wrapping_add(plain).wrapping_add(3);
    }
    bytes
}

fn hash(name: &str, row: usize) -> u32 {
    let (mut key, mut seed) = (0x7fed_7fed_u32, 0xeeee_eeee_u32);
    for byte in name.to_ascii_uppercase().bytes() {
        key = CRYPT[row + usize::from(byte)] ^ key.wrapping_add(seed);
        seed = seed.wrapping_mul(33).wrapping_add(key).wrapping_add(u32::from(byte)).wrapping_add(3);
    }
    key
}

fn word(value: usize) -> u32 {
    u32::try_from(value).expect("a forged file is small")
}
