//! The layout of a segment. All numbers are little endian.
//!
//! ```text
//! header  "EVOJRNL1"  ladder u64  first seq u64  CRC-32C of these 24 bytes u32  zero u32
//! frame   length u32  CRC-32C u32  first seq u64  format u16  records u16  then `length` bytes:
//!         for each record its length u32 and its bytes
//! ```
//! A frame's checksum covers everything of it behind the checksum.

use super::{FORMAT, JournalError};
use ipc_schema::db_writer::Record;
use ipc_schema::frame;
use ipc_schema::ids::{LadderId, Seq};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

const MAGIC: &[u8; 8] = b"EVOJRNL1";
pub(super) const HEADER_BYTES: usize = 32;
pub(super) const FRAME_HEADER_BYTES: usize = 20;
const EXTENSION: &str = "journal";

/// The frame that holds `records`, of which the first has number `first`.
pub(super) fn frame_of(first: Seq, records: &[Vec<u8>]) -> Vec<u8> {
    let payload: usize = records.iter().map(|record| 4 + record.len()).sum();
    let mut bytes = Vec::with_capacity(FRAME_HEADER_BYTES + payload);
    let length = u32::try_from(payload).expect("a frame is bounded by the batch that fills it");
    let count = u16::try_from(records.len()).expect("a frame is bounded by the batch that fills it");
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(&[0; 4]);
    bytes.extend_from_slice(&first.0.to_le_bytes());
    bytes.extend_from_slice(&FORMAT.to_le_bytes());
    bytes.extend_from_slice(&count.to_le_bytes());
    for record in records {
        let length = u32::try_from(record.len()).expect("a record fits a frame");
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(record);
    }
    let checksum = crc32c::crc32c(&bytes[8..]);
    bytes[4..8].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

/// A frame found whole at the beginning of some bytes.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    pub(super) first: Seq,
    pub(super) format: u16,
    pub(super) count: u16,
    payload: &'a [u8],
}

impl<'a> Frame<'a> {
    /// None where no whole frame with a right checksum begins.
    pub(super) fn at(bytes: &'a [u8]) -> Option<Frame<'a>> {
        let length = u32_at(bytes, 0)? as usize;
        let whole = bytes.get(..FRAME_HEADER_BYTES.checked_add(length)?)?;
        if crc32c::crc32c(&whole[8..]) != u32_at(bytes, 4)? {
            return None;
        }
        Some(Frame {
            first: Seq(u64_at(bytes, 8)?),
            format: u16::from_le_bytes(bytes.get(16..18)?.try_into().ok()?),
            count: u16::from_le_bytes(bytes.get(18..20)?.try_into().ok()?),
            payload: &whole[FRAME_HEADER_BYTES..],
        })
    }

    pub(super) fn bytes(&self) -> usize {
        FRAME_HEADER_BYTES + self.payload.len()
    }

    pub(super) fn last(&self) -> Seq {
        Seq(self.first.0 + u64::from(self.count) - 1)
    }

    /// The stored bytes of each record; None if they do not fill the frame exactly.
    pub(super) fn records(&self) -> Option<Vec<&'a [u8]>> {
        let mut rest = self.payload;
        let mut records = Vec::with_capacity(usize::from(self.count));
        while !rest.is_empty() {
            let length = u32_at(rest, 0)? as usize;
            records.push(rest.get(4..4 + length)?);
            rest = &rest[4 + length..];
        }
        (records.len() == usize::from(self.count) && !records.is_empty()).then_some(records)
    }
}

/// A stored record as the present type; each older format gets its upgrade here.
pub(super) fn decode(format: u16, bytes: &[u8]) -> Option<Record> {
    match format {
        1 => frame::from_bytes(bytes).ok(),
        _ => None,
    }
}

/// Ladder and first record of a segment; None if the header is not whole.
pub(super) fn read_header(bytes: &[u8]) -> Option<(LadderId, Seq)> {
    let header = bytes.get(..HEADER_BYTES)?;
    let whole = header.starts_with(MAGIC) && u32_at(header, 24)? == crc32c::crc32c(&header[..24]);
    whole.then_some((LadderId(u64_at(header, 8)?), Seq(u64_at(header, 16)?)))
}

/// Makes an empty segment that survives a crash from here on.
pub(super) fn create(dir: &Path, ladder: LadderId, first: Seq) -> Result<(PathBuf, File), JournalError> {
    let path = dir.join(format!("{:020}.{EXTENSION}", first.0));
    let mut header = Vec::with_capacity(HEADER_BYTES);
    header.extend_from_slice(MAGIC);
    header.extend_from_slice(&ladder.0.to_le_bytes());
    header.extend_from_slice(&first.0.to_le_bytes());
    header.extend_from_slice(&crc32c::crc32c(&header).to_le_bytes());
    header.resize(HEADER_BYTES, 0);
    let made = (|| {
        let mut file = OpenOptions::new().create(true).truncate(true).read(true).write(true).open(&path)?;
        file.write_all(&header)?;
        file.sync_all()?;
        File::open(dir)?.sync_all()?;
        Ok(file)
    })();
    Ok((path.clone(), made.map_err(JournalError::disk("create", &path))?))
}

/// The segments of a folder in order: first record by name, and path.
pub(super) fn list(dir: &Path) -> Result<Vec<(Seq, PathBuf)>, JournalError> {
    let mut segments = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(JournalError::disk("list", dir))? {
        let path = entry.map_err(JournalError::disk("list", dir))?.path();
        if path.extension().is_some_and(|extension| extension == EXTENSION)
            && let Some(first) = path.file_stem().and_then(|stem| stem.to_str()?.parse().ok())
        {
            segments.push((Seq(first), path));
        }
    }
    segments.sort();
    Ok(segments)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}
