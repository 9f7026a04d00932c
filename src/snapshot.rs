//! Snapshots: the state of the ladder at one record, in a file, so that a load need not begin at the first
//! record and the journal's old segments can go.
//!
//! A snapshot is made from the journal, so whatever becomes of it, nothing is lost with it while the
//! journal or the database has the records. It is written beside, synced, and named when it is whole;
//! the one it was made from stays until the next. One that is damaged is passed over with a warning.
//!
//! ```text
//! header  "EVOSNAP1"  format u16  zero u16  parts u32  ladder u64  seq u64  CRC-32C of record `seq` as stored u32
//!         bytes of all parts u64  CRC-32C of all parts u32  CRC-32C of these 48 bytes u32
//! part    length u32  CRC-32C u32  then `length` bytes: an `ipc_schema::snapshot::Part`
//! ```
//! All numbers are little endian. [`fold`] makes them.

pub mod fold;

use crate::failpoint;
use ipc_schema::frame::{self, MAX_FRAME_BYTES};
use ipc_schema::ids::{LadderId, Seq};
use ipc_schema::snapshot::{FORMAT, Part, is_of_matches};
use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

const MAGIC: &[u8; 8] = b"EVOSNAP1";
const HEADER_BYTES: usize = 52;
const PART_HEADER_BYTES: usize = 8;
const EXTENSION: &str = "snapshot";
/// A snapshot that is being written.
const UNBORN: &str = "new";

/// What is wrong where any byte is.
const BYTES_CHANGED: &str = "its checksum is not that of its bytes";

/// A part has room for a message's header in one frame between processes.
const PART_BYTES: usize = MAX_FRAME_BYTES - (1 << 10);

/// So much is written between two syncs: a sync of all of it at once would hold up the journal's.
const SYNC_BYTES: u64 = 4 << 20;

/// A file is checked in chunks of this size.
const CHUNK: usize = 256 << 10;

/// The pieces in which a file is kept somewhere else.
pub const PIECE_BYTES: usize = 1 << 20;

#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    #[error("cannot {action} {}", path.display())]
    Disk { action: &'static str, path: PathBuf, source: io::Error },
    #[error("{} is damaged: {problem}", path.display())]
    Damaged { path: PathBuf, problem: &'static str },
    #[error("{} has format {found}; this build reads up to {FORMAT}. Use the newer build", path.display())]
    NewerFormat { path: PathBuf, found: u16 },
    #[error("a part of {bytes} bytes does not fit {}", path.display())]
    PartTooLarge { path: PathBuf, bytes: usize },
}

impl SnapshotError {
    fn disk<'a>(action: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> SnapshotError + 'a {
        move |source| SnapshotError::Disk { action, path: path.to_owned(), source }
    }
}

/// Of which record of which ladder a snapshot is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    pub ladder: LadderId,
    pub seq: Seq,
    /// CRC-32C of that record as stored.
    pub checksum: u32,
}

/// A snapshot on disk that was found whole. Its file stays readable while this is held, whatever
/// becomes of its name.
#[derive(Debug)]
pub struct Snapshot {
    path: PathBuf,
    file: File,
    mark: Mark,
    parts: Vec<Place>,
    of_matches: Range<usize>,
    bytes: u64,
    /// Of all parts, as the header has it.
    checksum: u32,
}

/// Where the bytes of a part are.
#[derive(Debug, Clone, Copy)]
struct Place {
    offset: u64,
    length: usize,
    checksum: u32,
}

impl Snapshot {
    /// Opens a file and checks every byte of it.
    pub fn open(path: &Path) -> Result<Snapshot, SnapshotError> {
        let damaged = |problem| SnapshotError::Damaged { path: path.to_owned(), problem };
        let file = File::open(path).map_err(SnapshotError::disk("open", path))?;
        let length = file.metadata().map_err(SnapshotError::disk("read", path))?.len();
        let mut bytes = [0; HEADER_BYTES];
        match file.read_exact_at(&mut bytes, 0) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                return Err(damaged("it has no header"));
            }
            read => read.map_err(SnapshotError::disk("read", path))?,
        }
        let header = Header::read(&bytes).ok_or_else(|| damaged("the header is not whole"))?;
        if header.format > FORMAT {
            return Err(SnapshotError::NewerFormat { path: path.to_owned(), found: header.format });
        }
        if header.format == 0 || numbered(path) != Some(header.mark.seq) {
            return Err(damaged("the header is not that of this file"));
        }
        if length.checked_sub(HEADER_BYTES as u64) != Some(header.bytes) {
            return Err(damaged("it has not the length that its header says"));
        }
        let (mut chunk, mut checksum, mut at) = (vec![0; CHUNK], 0, HEADER_BYTES as u64);
        while at < length {
            let size = usize::try_from(length - at).unwrap_or(CHUNK).min(CHUNK);
            file.read_exact_at(&mut chunk[..size], at).map_err(SnapshotError::disk("read", path))?;
            checksum = crc32c::crc32c_append(checksum, &chunk[..size]);
            at += size as u64;
        }
        if checksum != header.checksum {
            return Err(damaged(BYTES_CHANGED));
        }
        let (mut parts, mut of_matches, mut at) = (Vec::new(), 0..0, HEADER_BYTES as u64);
        while at < length {
            // With the number of its variant.
            let mut head = [0; PART_HEADER_BYTES + 4];
            file.read_exact_at(&mut head, at).map_err(|_| damaged("a part is not whole"))?;
            if is_of_matches(&head[PART_HEADER_BYTES..]) {
                let first = if of_matches.is_empty() { parts.len() } else { of_matches.start };
                of_matches = first..parts.len() + 1;
            }
            let place = Place {
                offset: at + PART_HEADER_BYTES as u64,
                length: u32_at(&head, 0) as usize,
                checksum: u32_at(&head, 4),
            };
            at = place.offset + place.length as u64;
            parts.push(place);
        }
        if at != length || parts.len() as u64 != u64::from(header.parts) {
            return Err(damaged("its parts do not fill it"));
        }
        let Header { mark, checksum, .. } = header;
        Ok(Snapshot { path: path.to_owned(), file, mark, parts, of_matches, bytes: length, checksum })
    }

    pub fn mark(&self) -> Mark {
        self.mark
    }

    pub fn seq(&self) -> Seq {
        self.mark.seq
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many parts it has.
    pub fn parts(&self) -> usize {
        self.parts.len()
    }

    /// Which of them are of matches ([`is_of_matches`]): all from the first to the last.
    pub fn of_matches(&self) -> Range<usize> {
        self.of_matches.clone()
    }

    /// Bytes of the file.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The stored bytes of a part; None beyond the last one.
    pub fn part(&self, number: usize) -> Result<Option<Vec<u8>>, SnapshotError> {
        let Some(place) = self.parts.get(number) else { return Ok(None) };
        let mut bytes = vec![0; place.length];
        self.file.read_exact_at(&mut bytes, place.offset).map_err(SnapshotError::disk("read", &self.path))?;
        if crc32c::crc32c(&bytes) != place.checksum {
            return Err(self.damaged("a part has not its checksum any more"));
        }
        Ok(Some(bytes))
    }

    /// The bytes of the file in pieces of this size, which is at least the header's: one of them, None
    /// beyond the last.
    pub fn piece(&self, number: usize, piece_bytes: usize) -> Result<Option<Vec<u8>>, SnapshotError> {
        let at = number as u64 * piece_bytes as u64;
        let Some(left) = self.bytes.checked_sub(at).filter(|left| *left > 0) else { return Ok(None) };
        let mut bytes = vec![0; usize::try_from(left).unwrap_or(piece_bytes).min(piece_bytes)];
        self.file.read_exact_at(&mut bytes, at).map_err(SnapshotError::disk("read", &self.path))?;
        Ok(Some(bytes))
    }

    /// CRC-32C of each such piece. All bytes are checked once more on the way.
    pub fn sums(&self, piece_bytes: usize) -> Result<Vec<u32>, SnapshotError> {
        let (mut sums, mut of_parts) = (Vec::new(), 0);
        while let Some(piece) = self.piece(sums.len(), piece_bytes)? {
            let parts = if sums.is_empty() { &piece[HEADER_BYTES..] } else { &piece };
            of_parts = crc32c::crc32c_append(of_parts, parts);
            sums.push(crc32c::crc32c(&piece));
        }
        if of_parts == self.checksum { Ok(sums) } else { Err(self.damaged(BYTES_CHANGED)) }
    }

    /// All parts in order.
    pub fn read(&self) -> impl Iterator<Item = Result<Part, SnapshotError>> {
        (0..self.parts()).map(|number| {
            let bytes = self.part(number)?.expect("there are so many parts");
            frame::from_bytes(&bytes).map_err(|_| self.damaged("a part cannot be decoded"))
        })
    }

    fn damaged(&self, problem: &'static str) -> SnapshotError {
        SnapshotError::Damaged { path: self.path.clone(), problem }
    }
}

#[derive(Debug, Clone, Copy)]
struct Header {
    format: u16,
    parts: u32,
    mark: Mark,
    /// Of all parts, their headers included.
    bytes: u64,
    checksum: u32,
}

impl Header {
    fn read(bytes: &[u8; HEADER_BYTES]) -> Option<Header> {
        let whole = bytes.starts_with(MAGIC) && u32_at(bytes, 48) == crc32c::crc32c(&bytes[..48]);
        whole.then(|| Header {
            format: u16::from_le_bytes([bytes[8], bytes[9]]),
            parts: u32_at(bytes, 12),
            mark: Mark {
                ladder: LadderId(u64_at(bytes, 16)),
                seq: Seq(u64_at(bytes, 24)),
                checksum: u32_at(bytes, 32),
            },
            bytes: u64_at(bytes, 36),
            checksum: u32_at(bytes, 44),
        })
    }

    fn to_bytes(self) -> Vec<u8> {
        let Header { format, parts, mark: Mark { ladder, seq, checksum: of_record }, bytes, checksum } = self;
        let mut header = Vec::with_capacity(HEADER_BYTES);
        header.extend_from_slice(MAGIC);
        header.extend_from_slice(&format.to_le_bytes());
        header.extend_from_slice(&[0; 2]);
        header.extend_from_slice(&parts.to_le_bytes());
        header.extend_from_slice(&ladder.0.to_le_bytes());
        header.extend_from_slice(&seq.0.to_le_bytes());
        header.extend_from_slice(&of_record.to_le_bytes());
        header.extend_from_slice(&bytes.to_le_bytes());
        header.extend_from_slice(&checksum.to_le_bytes());
        header.extend_from_slice(&crc32c::crc32c(&header).to_le_bytes());
        header
    }
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
}

/// A file that is being written, under a name that nobody reads. It is removed where it does not get its
/// own.
#[derive(Debug)]
struct Unborn {
    beside: PathBuf,
    path: PathBuf,
    file: File,
    unsynced: u64,
}

impl Unborn {
    /// Begins the one of that record in the folder, which is made if need be.
    fn begin(dir: &Path, seq: Seq) -> Result<Unborn, SnapshotError> {
        std::fs::create_dir_all(dir).map_err(SnapshotError::disk("create", dir))?;
        let parent = dir.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."));
        sync_folder(parent).map_err(SnapshotError::disk("sync", parent))?;
        let path = dir.join(format!("{:020}.{EXTENSION}", seq.0));
        let beside = path.with_extension(UNBORN);
        let file = File::create(&beside).map_err(SnapshotError::disk("make", &beside))?;
        Ok(Unborn { beside, path, file, unsynced: 0 })
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), SnapshotError> {
        let written = failpoint::hit("snapshot: write").and_then(|()| self.file.write_all(bytes));
        self.unsynced += bytes.len() as u64;
        written.map_err(SnapshotError::disk("write", &self.beside))
    }

    fn sync_what_is_much(&mut self) -> Result<(), SnapshotError> {
        if self.unsynced >= SYNC_BYTES {
            self.file.sync_data().map_err(SnapshotError::disk("sync", &self.beside))?;
            self.unsynced = 0;
        }
        Ok(())
    }

    /// Gives it its name, for good.
    fn publish(self) -> io::Result<()> {
        failpoint::hit("snapshot: sync")?;
        self.file.sync_all()?;
        failpoint::hit("snapshot: name")?;
        std::fs::rename(&self.beside, &self.path)?;
        failpoint::hit("snapshot: sync folder")?;
        sync_folder(self.path.parent().expect("a snapshot lies in a folder"))
    }
}

impl Drop for Unborn {
    fn drop(&mut self) {
        // Where it got its name there is nothing to remove.
        std::fs::remove_file(&self.beside).ok();
    }
}

/// A snapshot that is being made.
#[derive(Debug)]
pub struct Draft {
    unborn: Unborn,
    header: Header,
}

impl Draft {
    /// Begins one in the folder, which is made if need be.
    pub fn begin(dir: &Path, mark: Mark) -> Result<Draft, SnapshotError> {
        let mut unborn = Unborn::begin(dir, mark.seq)?;
        unborn.write(&[0; HEADER_BYTES])?;
        Ok(Draft { unborn, header: Header { format: FORMAT, parts: 0, mark, bytes: 0, checksum: 0 } })
    }

    pub fn push(&mut self, part: &[u8]) -> Result<(), SnapshotError> {
        if part.len() > PART_BYTES {
            return Err(SnapshotError::PartTooLarge { path: self.unborn.path.clone(), bytes: part.len() });
        }
        let length = u32::try_from(part.len()).expect("it is bounded by a frame");
        let mut head = [0; PART_HEADER_BYTES];
        head[..4].copy_from_slice(&length.to_le_bytes());
        head[4..].copy_from_slice(&crc32c::crc32c(part).to_le_bytes());
        for bytes in [&head[..], part] {
            self.unborn.write(bytes)?;
            self.header.bytes += bytes.len() as u64;
            self.header.checksum = crc32c::crc32c_append(self.header.checksum, bytes);
        }
        self.header.parts += 1;
        self.unborn.sync_what_is_much()
    }

    /// Gives it its name, for good.
    pub fn publish(self) -> Result<Snapshot, SnapshotError> {
        let Draft { unborn, header } = self;
        let path = unborn.path.clone();
        let published = failpoint::hit("snapshot: before its header")
            .and_then(|()| unborn.file.write_all_at(&header.to_bytes(), 0))
            .and_then(|()| unborn.publish());
        published.map_err(SnapshotError::disk("write", &path))?;
        Snapshot::open(&path)
    }
}

/// A snapshot that comes back from where its file was kept, piece by piece.
#[derive(Debug)]
pub struct Restored(Unborn);

impl Restored {
    /// Begins the one of that record in the folder, which is made if need be.
    pub fn begin(dir: &Path, seq: Seq) -> Result<Restored, SnapshotError> {
        Unborn::begin(dir, seq).map(Restored)
    }

    pub fn push(&mut self, piece: &[u8]) -> Result<(), SnapshotError> {
        self.0.write(piece)?;
        self.0.sync_what_is_much()
    }

    /// Checks every byte of it.
    pub fn check(self) -> Result<Checked, SnapshotError> {
        let Restored(unborn) = self;
        let snapshot = Snapshot::open(&unborn.beside)?;
        Ok(Checked { unborn, snapshot })
    }
}

/// One that came back whole, and has no name yet.
#[derive(Debug)]
pub struct Checked {
    unborn: Unborn,
    snapshot: Snapshot,
}

impl Checked {
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// Gives it its name, for good.
    pub fn publish(self) -> Result<Snapshot, SnapshotError> {
        let Checked { unborn, snapshot } = self;
        let path = unborn.path.clone();
        unborn.publish().map_err(SnapshotError::disk("write", &path))?;
        Ok(Snapshot { path, ..snapshot })
    }
}

fn sync_folder(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// The record by which a file is named.
fn numbered(path: &Path) -> Option<Seq> {
    path.file_stem()?.to_str()?.parse().ok().map(Seq)
}

/// The snapshots of a folder by name, newest first.
fn list(dir: &Path, ending: &str) -> Result<Vec<(Seq, PathBuf)>, SnapshotError> {
    let entries = match std::fs::read_dir(dir) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(SnapshotError::disk("list", dir))?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(SnapshotError::disk("list", dir))?.path();
        if path.extension().is_some_and(|extension| extension == ending)
            && let Some(seq) = numbered(&path)
        {
            found.push((seq, path));
        }
    }
    found.sort_unstable_by(|left, right| right.cmp(left));
    Ok(found)
}

/// The whole snapshots of a folder, newest first. Of each that is damaged the log says which and why;
/// one of a newer format is refused.
pub fn whole(dir: &Path) -> Result<Vec<Snapshot>, SnapshotError> {
    let mut found = Vec::new();
    for (_, path) in list(dir, EXTENSION)? {
        match Snapshot::open(&path) {
            Ok(snapshot) => found.push(snapshot),
            Err(error @ SnapshotError::Damaged { .. }) => {
                tracing::warn!("passing over a snapshot: {error}");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// Removes what was being written when a process died.
pub fn remove_unborn(dir: &Path) -> Result<(), SnapshotError> {
    for (_, path) in list(dir, UNBORN)? {
        std::fs::remove_file(&path).map_err(SnapshotError::disk("remove", &path))?;
    }
    Ok(())
}

/// Removes all snapshots of a folder but those.
pub fn keep_only(dir: &Path, kept: &[Seq]) -> Result<(), SnapshotError> {
    for (_, path) in list(dir, EXTENSION)?.iter().filter(|(seq, _)| !kept.contains(seq)) {
        std::fs::remove_file(path).map_err(SnapshotError::disk("remove", path))?;
    }
    Ok(())
}
