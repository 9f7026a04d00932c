//! The layout of a segment. All numbers are little endian.
//!
//! ```text
//! header  "EVOJRNL1"  ladder u64  first seq u64  CRC-32C of these 24 bytes u32  zero u32
//! frame   length u32  CRC-32C u32  first seq u64  format u16  records u16  then `length` bytes:
//!         for each record its length u32 and its bytes
//! zeros   up to the end of the file: room that was taken from the disk beforehand
//! ```
//! A frame's checksum covers everything of it behind the checksum. No frame has length 0.
//!
//! Segments may overlap at a frame: from its first record on, the later one counts. What the earlier
//! one has from there was written again because a sync of it failed, and may be anything.

use super::{FORMAT, JournalError};
use crate::failpoint;
use ipc_schema::db_writer::Record;
use ipc_schema::frame;
use ipc_schema::ids::{LadderId, Seq};
use nix::errno::Errno;
use nix::fcntl::{FallocateFlags, fallocate};
use nix::sys::statvfs::fstatvfs;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

const MAGIC: &[u8; 8] = b"EVOJRNL1";
pub(super) const HEADER_BYTES: usize = 32;
pub(super) const FRAME_HEADER_BYTES: usize = 20;
const EXTENSION: &str = "journal";

/// A segment that is being made. It is renamed when it is whole.
const UNBORN: &str = "new";

/// Of what is free on the disk a segment takes this part beforehand, at the most: 64 MiB of 16 GiB.
const SHARE_OF_FREE: u64 = 256;

/// A segment is read in pieces of this size, of which those that are zero cost no memory.
const CHUNK: usize = 64 << 10;

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
        let whole = bytes.get(..declared_bytes(bytes)?)?;
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

/// The size that a frame at the beginning of `bytes` says it has; None where nothing was written.
pub(super) fn declared_bytes(bytes: &[u8]) -> Option<usize> {
    let length = u32_at(bytes, 0).filter(|length| *length > 0)? as usize;
    FRAME_HEADER_BYTES.checked_add(length)
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

fn header_of(ladder: LadderId, first: Seq) -> Vec<u8> {
    let mut header = Vec::with_capacity(HEADER_BYTES);
    header.extend_from_slice(MAGIC);
    header.extend_from_slice(&ladder.0.to_le_bytes());
    header.extend_from_slice(&first.0.to_le_bytes());
    header.extend_from_slice(&crc32c::crc32c(&header).to_le_bytes());
    header.resize(HEADER_BYTES, 0);
    header
}

/// A segment that is synced under a name nobody reads.
#[derive(Debug)]
pub(super) struct Unborn {
    beside: PathBuf,
    pub(super) path: PathBuf,
    pub(super) file: File,
    /// End of the frames in it.
    pub(super) end: u64,
    /// How far it is to be filled.
    pub(super) room: u64,
}

impl Unborn {
    /// Makes a segment that begins with record `first` and holds `frames`, with room for
    /// `segment_bytes` in all if the disk has it.
    pub(super) fn make<'a>(
        dir: &Path,
        ladder: LadderId,
        first: Seq,
        frames: impl Iterator<Item = &'a [u8]>,
        segment_bytes: u64,
    ) -> Result<Unborn, JournalError> {
        let path = path_of(dir, first);
        let beside = path.with_extension(UNBORN);
        let content = frames.fold(header_of(ladder, first), |mut content, frame| {
            content.extend_from_slice(frame);
            content
        });
        let end = content.len() as u64;
        let made = (|| {
            let mut file =
                OpenOptions::new().create(true).truncate(true).read(true).write(true).open(&beside)?;
            failpoint::hit("journal: make segment")?;
            let room = allocate(&file, segment_bytes, end)?;
            file.write_all(&content)?;
            file.sync_all()?;
            Ok((file, room))
        })();
        match made {
            Ok((file, room)) => Ok(Unborn { beside, path, file, end, room }),
            Err(error) => {
                std::fs::remove_file(&beside).ok();
                Err(JournalError::disk("make", &path)(error))
            }
        }
    }

    /// Gives it its name, for good. After an error it is unknown whether it has it.
    pub(super) fn publish(&self) -> Result<(), JournalError> {
        let published = (|| {
            failpoint::hit("journal: name segment")?;
            std::fs::rename(&self.beside, &self.path)?;
            failpoint::hit("journal: sync folder")?;
            sync_folder(self.path.parent().expect("a segment lies in a folder"))
        })();
        published.map_err(JournalError::disk("name", &self.path))
    }
}

pub(super) fn sync_folder(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Takes room from the disk: `wanted` bytes, less where the disk is small, `needed` at the least.
/// Appends within it change nothing but data, so that a sync has one thing to write. Where a file
/// system cannot do it, the file grows as it is written.
pub(super) fn allocate(file: &File, wanted: u64, needed: u64) -> io::Result<u64> {
    let disk = fstatvfs(file)?;
    let free = disk.blocks_available() * disk.fragment_size();
    let wanted = wanted.min(free / SHARE_OF_FREE).max(needed);
    let take = |bytes: u64| {
        let bytes = i64::try_from(bytes).map_err(|_| Errno::EFBIG)?;
        match fallocate(file, FallocateFlags::empty(), 0, bytes) {
            Ok(()) | Err(Errno::EOPNOTSUPP | Errno::ENOSYS) => Ok(()),
            Err(error) => Err(error),
        }
    };
    match take(wanted) {
        Ok(()) => Ok(wanted),
        // A quota or a limit of the process, of which the disk says nothing.
        Err(_) => take(needed).map(|()| needed).map_err(io::Error::from),
    }
}

/// The bytes of a segment.
#[derive(Debug)]
pub(super) struct Stored {
    /// All of the file.
    pub(super) bytes: Vec<u8>,
    /// Behind this there is nothing but zeros, before it there may be some.
    pub(super) written: usize,
}

pub(super) fn read(path: &Path) -> io::Result<Stored> {
    static ZEROS: [u8; CHUNK] = [0; CHUNK];
    let file = File::open(path)?;
    let length = usize::try_from(file.metadata()?.len()).map_err(|_| ErrorKind::FileTooLarge)?;
    let (mut bytes, mut chunk) = (vec![0; length], vec![0; CHUNK]);
    let mut written = 0;
    for at in (0..length).step_by(CHUNK) {
        let chunk = &mut chunk[..CHUNK.min(length - at)];
        file.read_exact_at(chunk, at as u64)?;
        if *chunk != ZEROS[..chunk.len()] {
            written = at + chunk.len();
            bytes[at..written].copy_from_slice(chunk);
        }
    }
    Ok(Stored { bytes, written })
}

fn path_of(dir: &Path, first: Seq) -> PathBuf {
    dir.join(format!("{:020}.{EXTENSION}", first.0))
}

/// The segments of a folder in order: first record by name, and path.
pub(super) fn list(dir: &Path) -> Result<Vec<(Seq, PathBuf)>, JournalError> {
    let mut segments: Vec<(Seq, PathBuf)> = numbered(dir, EXTENSION)?;
    segments.sort();
    Ok(segments)
}

/// Removes what was being made when a process died. Nothing was acknowledged that is only there.
pub(super) fn remove_unborn(dir: &Path) -> Result<(), JournalError> {
    for (_, path) in numbered(dir, UNBORN)? {
        std::fs::remove_file(&path).map_err(JournalError::disk("remove", &path))?;
    }
    Ok(())
}

fn numbered(dir: &Path, ending: &str) -> Result<Vec<(Seq, PathBuf)>, JournalError> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(JournalError::disk("list", dir))? {
        let path = entry.map_err(JournalError::disk("list", dir))?.path();
        if path.extension().is_some_and(|extension| extension == ending)
            && let Some(first) = path.file_stem().and_then(|stem| stem.to_str()?.parse().ok())
        {
            found.push((Seq(first), path));
        }
    }
    Ok(found)
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}
