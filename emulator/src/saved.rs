//! The world on disk, in the emulator's folder: what it takes to go on after a stop or a kill.
//!
//! `world.ndjson` begins with a line that says version and seed; every other line is one change,
//! in the order in which it became true: `{"message": {..}}` is how that message is from there on.
//! A turn of the loop ends with writing its changes, before its answers leave, so a kill of the
//! emulator loses nothing; only a crash of the machine may, or a kill while the disk is full. A last line that a kill has cut was
//! answered to nobody and is left out. At start, and when the file has grown much, all there is is
//! written anew beside the old file and renamed. `attachments/` has the files, by their ids.
//!
//! Not kept: rate-limit windows and the counts of a day; the lines of `/emulator/events`, of which only
//! the count goes on; connections, as none outlives the process.
//!
//! Version 2 has a guild; a world of version 1 is read as one in which nothing has happened there.
//!
//! A file of a newer version, of another seed or with a broken line is refused as it is: whoever
//! started the emulator decides what becomes of it.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::append::Appender;
use crate::clock::Moment;
use crate::files::{Change, Stored};
use crate::guild::{self, Text, Thread};
use crate::ids::Snowflake;
use crate::interaction::{Interaction, Modal};
use crate::log::Log;
use crate::message::Message;
use crate::session::Share;
use crate::stats::Counters;
use crate::world::{User, World};

/// What this program writes. A change to a line's meaning counts it up and comes with an upgrade.
const VERSION: u32 = 2;

/// A longer file is written anew once it is also [`GROWN`] times what is needed. That holds up the
/// loop, so it should be rare: 40 players write this much in some six hours.
const LONG_BYTES: u64 = 512 * 1024 * 1024;
const GROWN: u64 = 4;

/// How often the numbers are saved, in so far as they have changed.
const COUNTERS_EVERY: Duration = Duration::from_secs(5);

const WORLD: &str = "world.ndjson";
const LOG: &str = "log.ndjson";
const ATTACHMENTS: &str = "attachments";

/// Why a world cannot be gone on with.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error("it is of version {found}, and this program knows none above {VERSION}")]
    Newer { found: u32 },
    #[error("it was begun with seed {found}, not {asked}")]
    OtherSeed { found: u64, asked: u64 },
    #[error("line {line} is not what an emulator writes: {reason}")]
    Broken { line: usize, reason: String },
}

/// A line of the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Entry<'a> {
    World {
        version: u32,
        seed: u64,
    },
    Marks(Marks),
    User(Cow<'a, User>),
    Message(Cow<'a, Message>),
    MessageGone {
        channel: Snowflake,
        message: Snowflake,
    },
    Interaction(Cow<'a, Interaction>),
    Modal {
        id: Snowflake,
        modal: Cow<'a, Modal>,
    },
    ModalGone(Snowflake),
    /// All that are registered.
    Commands(Cow<'a, [Value]>),
    Nonce {
        channel: Snowflake,
        nonce: Cow<'a, str>,
        message: Snowflake,
        until: Moment,
    },
    /// `last` is the number of the dispatch before the next [`Entry::Frame`].
    Session {
        id: Cow<'a, str>,
        intents: u64,
        last: u64,
        // Sessions of version 1 have no shards.
        #[serde(default = "whole")]
        share: Share,
    },
    Frame {
        session: Cow<'a, str>,
        frame: Cow<'a, str>,
    },
    SessionEnded(String),
    /// Its bytes are a file of their own.
    File {
        id: Snowflake,
        path: Cow<'a, str>,
        content_type: Option<Cow<'a, str>>,
    },
    FileGone(Snowflake),
    Counters(Cow<'a, Counters>),
    /// A text channel of which something was changed.
    Text {
        id: Snowflake,
        text: Cow<'a, Text>,
    },
    Thread {
        id: Snowflake,
        thread: Cow<'a, Thread>,
    },
    ThreadGone(Snowflake),
}

fn whole() -> Share {
    Share::WHOLE
}

/// Where the counting of ids and events has come to, and which life this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Marks {
    pub(crate) life: u64,
    pub(crate) address: Option<SocketAddr>,
    last_id: u64,
    last_event: u64,
}

/// The open file and what goes into it; nothing where the world is not kept.
#[derive(Debug, Default)]
pub(crate) struct Saved {
    place: Option<Place>,
    pub(crate) marks: Marks,
    counters: Counters,
    counters_at: Option<Moment>,
}

#[derive(Debug)]
struct Place {
    folder: PathBuf,
    /// Held as long as the folder is used.
    lock: Option<File>,
    file: Appender,
    /// The length of the file when it held nothing twice.
    needed_bytes: u64,
}

impl Saved {
    pub(crate) fn put(&mut self, entry: &Entry<'_>) {
        if let Some(place) = &mut self.place {
            append(&mut place.file.unwritten, entry);
        }
    }

    fn write(&mut self) -> io::Result<()> {
        self.place.as_mut().map_or(Ok(()), |place| place.file.write())
    }

    /// The folder, if its file should be written anew.
    fn overgrown(&self) -> Option<PathBuf> {
        let place = self.place.as_ref()?;
        let bytes = place.needed_bytes + place.file.written();
        (bytes > LONG_BYTES && bytes > GROWN * place.needed_bytes).then(|| place.folder.clone())
    }
}

fn append(to: &mut Vec<u8>, entry: &Entry<'_>) {
    serde_json::to_writer(&mut *to, entry).expect("an entry is plain data with text keys");
    to.push(b'\n');
}

/// Makes the folder if need be and takes it. An emulator that was killed may need a moment to be
/// gone.
pub(crate) async fn lock(folder: &Path) -> io::Result<File> {
    const TRIES: u32 = 50;
    const BETWEEN: Duration = Duration::from_millis(100);
    fs::create_dir_all(folder)?;
    let file = File::create(folder.join("lock"))?;
    for _ in 1..TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(fs::TryLockError::WouldBlock) => tokio::time::sleep(BETWEEN).await,
            Err(fs::TryLockError::Error(error)) => return Err(error),
        }
    }
    Err(io::Error::new(io::ErrorKind::ResourceBusy, "another emulator lives in it"))
}

/// A former life, read and checked, before there is a world to put it into.
#[derive(Debug)]
pub(crate) struct Former {
    folder: PathBuf,
    lock: File,
    entries: Vec<Entry<'static>>,
    pub(crate) marks: Marks,
}

impl Former {
    /// Reads what is in the folder.
    pub(crate) fn read(lock: File, folder: &Path, seed: u64) -> io::Result<Result<Former, Fault>> {
        fs::create_dir_all(folder.join(ATTACHMENTS))?;
        let text = match fs::read_to_string(folder.join(WORLD)) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return Ok(Err(Fault::Broken { line: 1, reason: "it is no text".to_owned() }));
            }
            Err(error) => return Err(error),
        };
        let parsed = parse(&text, seed);
        Ok(parsed.map(|(entries, marks)| Former { folder: folder.to_owned(), lock, entries, marks }))
    }
}

fn parse(text: &str, seed: u64) -> Result<(Vec<Entry<'static>>, Marks), Fault> {
    let mut marks = Marks::default();
    let mut entries = Vec::new();
    let whole = &text[..text.rfind('\n').map_or(0, |end| end + 1)];
    for (index, text) in whole.lines().enumerate() {
        let line = index + 1;
        let broken = |error: serde_json::Error| Fault::Broken { line, reason: error.to_string() };
        if line == 1 {
            // Of a newer version nothing but this is known to be readable.
            let head: Value = serde_json::from_str(text).map_err(broken)?;
            let version = head["world"]["version"].as_u64().and_then(|version| version.try_into().ok());
            if let Some(found) = version.filter(|version| *version > VERSION) {
                return Err(Fault::Newer { found });
            }
        }
        match (line, serde_json::from_str(text).map_err(broken)?) {
            (1, Entry::World { seed: found, .. }) if found == seed => {}
            (1, Entry::World { seed: found, .. }) => return Err(Fault::OtherSeed { found, asked: seed }),
            (1, _) => {
                let reason = "it should say the version and the seed".to_owned();
                return Err(Fault::Broken { line, reason });
            }
            (_, Entry::Marks(newer)) => marks = newer,
            (_, entry) => entries.push(entry),
        }
    }
    Ok((entries, marks))
}

impl World {
    /// Takes over a former life and keeps this one in the same folder.
    pub(crate) fn live_on(&mut self, now: Moment, former: Former) -> io::Result<()> {
        let Former { folder, lock, entries, marks } = former;
        let attachments = folder.join(ATTACHMENTS);
        for entry in entries {
            self.restore(now, entry, &attachments)?;
        }
        self.files.take_unsaved();
        self.mint.go_on_after(marks.last_id);
        self.history = crate::events::History::after_life(marks.last_event);
        self.saved.marks = Marks { life: marks.life + 1, address: Some(self.address), ..marks };
        remove_strangers(&attachments, |id| self.files.get(id).is_some())?;
        self.log = Log::open(&folder.join(LOG))?;
        self.write_anew(now, &folder)?;
        if let Some(place) = &mut self.saved.place {
            place.lock = Some(lock);
        }
        let fields = json!({"life": self.saved.marks.life, "listen": self.address.to_string()});
        self.log.note(now, "started", fields);
        self.log.write()
    }

    fn restore(&mut self, now: Moment, entry: Entry<'_>, attachments: &Path) -> io::Result<()> {
        match entry {
            // The first line and the marks are taken out before.
            Entry::World { .. } | Entry::Marks(_) => {}
            Entry::User(user) => self.admit(user.into_owned()),
            Entry::Message(message) => {
                let mut message = message.into_owned();
                message.complete();
                self.keep(message);
            }
            Entry::MessageGone { channel, message } => {
                if let Some(channel) = self.channels.get_mut(&channel) {
                    channel.messages.remove(&message);
                }
            }
            Entry::Interaction(interaction) => self.interactions.restore(interaction.into_owned()),
            Entry::Modal { id, modal } => self.modals.insert(id, modal.into_owned()),
            Entry::ModalGone(id) => self.modals.close(id),
            Entry::Commands(commands) => self.commands = commands.into_owned(),
            Entry::Nonce { channel, nonce, message, until } => {
                self.nonces.insert((channel, nonce.into_owned()), (message, until));
            }
            Entry::Session { id, intents, last, share } => {
                self.sessions.restore(now, &id, intents, share, last);
            }
            Entry::Text { id, text } => self.put_text(id, text.into_owned()),
            Entry::Thread { id, thread } => self.put_thread(id, thread.into_owned()),
            Entry::ThreadGone(id) => drop(self.channels.remove(&id)),
            Entry::Frame { session, frame } => self.sessions.restore_frame(&session, &frame),
            Entry::SessionEnded(id) => self.sessions.forget(&id),
            Entry::File { id, path, content_type } => {
                // One that was dropped later is gone; its line follows.
                let bytes = match fs::read(attachments.join(id.to_string())) {
                    Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
                    read => Bytes::from(read?),
                };
                let content_type = content_type.map(Cow::into_owned);
                self.files.restore(id, Stored { path: path.into_owned(), content_type, bytes });
            }
            Entry::FileGone(id) => self.files.forget(id),
            Entry::Counters(counters) => self.former = counters.into_owned(),
        }
        Ok(())
    }

    /// Writes what changed since this was called last.
    pub(crate) fn save(&mut self, now: Moment) -> io::Result<()> {
        for interaction in self.interactions.take_unsaved() {
            self.saved.put(&Entry::Interaction(Cow::Owned(interaction)));
        }
        let mut unsaved = self.files.take_unsaved().into_iter();
        while let Some(change) = unsaved.next() {
            if let Err(error) = self.save_file(change) {
                tracing::debug!(%error, "a file cannot be saved at present");
                self.files.not_saved([change].into_iter().chain(unsaved).collect());
                break;
            }
        }
        let saved = &mut self.saved;
        self.sessions.save(|entry| saved.put(&entry));
        let marks = Marks { last_id: self.mint.last(), last_event: self.history.last(), ..saved.marks };
        if saved.marks != marks {
            saved.marks = marks;
            saved.put(&Entry::Marks(marks));
        }
        if saved.counters_at.is_none_or(|at| now.since(at) >= COUNTERS_EVERY) {
            saved.counters_at = Some(now);
            self.save_counters(now);
        }
        self.saved.write()?;
        self.log.write()?;
        if let Some(folder) = self.saved.overgrown()
            && let Err(error) = self.write_anew(now, &folder)
        {
            tracing::warn!(%error, "the saved world cannot be written anew; it grows on");
            if let Some(place) = &mut self.saved.place {
                place.needed_bytes += place.file.written();
            }
        }
        Ok(())
    }

    /// Writes the last words of an orderly end.
    pub(crate) fn save_at_end(&mut self, now: Moment) -> io::Result<()> {
        self.save_counters(now);
        self.log.note(now, "stopped", json!({"life": self.saved.marks.life}));
        self.save(now)
    }

    fn save_counters(&mut self, now: Moment) {
        let counters = self.total();
        if self.saved.counters != counters {
            self.log.note(now, "http_requests", json!({"requests": counters.http_requests}));
            self.saved.put(&Entry::Counters(Cow::Borrowed(&counters)));
            self.saved.counters = counters;
        }
    }

    fn save_file(&mut self, change: Change) -> io::Result<()> {
        let Some(place) = &self.saved.place else { return Ok(()) };
        let path_of = |id: Snowflake| place.folder.join(ATTACHMENTS).join(id.to_string());
        match change {
            Change::Stored(id) => {
                let Some(stored) = self.files.get(id) else { return Ok(()) };
                fs::write(path_of(id), &stored.bytes)?;
                self.saved.put(&file_entry(id, stored));
            }
            Change::Dropped(id) => {
                self.saved.put(&Entry::FileGone(id));
                if let Some(place) = &self.saved.place {
                    remove_if_there(&place.folder.join(ATTACHMENTS).join(id.to_string()))?;
                }
            }
        }
        Ok(())
    }

    /// Writes all there is beside the old file and puts it in its place.
    fn write_anew(&mut self, now: Moment, folder: &Path) -> io::Result<()> {
        let path = folder.join(WORLD);
        let beside = folder.join(format!("{WORLD}.new"));
        let mut writer = BufWriter::new(File::create(&beside)?);
        self.write_all(now, &mut writer)?;
        let file = writer.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        fs::rename(&beside, &path)?;
        let needed_bytes = file.metadata()?.len();
        let lock = self.saved.place.take().and_then(|place| place.lock);
        let file = Appender::new(file);
        self.saved.place = Some(Place { folder: folder.to_owned(), lock, file, needed_bytes });
        Ok(())
    }

    fn write_all(&mut self, now: Moment, to: &mut impl Write) -> io::Result<()> {
        let mut line = Vec::new();
        let mut put = |entry: &Entry<'_>| {
            line.clear();
            append(&mut line, entry);
            to.write_all(&line)
        };
        self.interactions.forget_expired(now);
        self.nonces.retain(|_, (_, until)| *until > now);
        put(&Entry::World { version: VERSION, seed: self.mint.seed() })?;
        put(&Entry::Marks(self.saved.marks))?;
        put(&Entry::Commands(Cow::Borrowed(&self.commands)))?;
        for user in self.users.values() {
            put(&Entry::User(Cow::Borrowed(user)))?;
        }
        for (id, stored) in self.files.all() {
            put(&file_entry(id, stored))?;
        }
        for channel in self.channels.values() {
            let id = channel.id;
            match &channel.place {
                // It comes with its user.
                guild::Place::Dm { .. } => {}
                guild::Place::Text(text) => put(&Entry::Text { id, text: Cow::Borrowed(text) })?,
                guild::Place::Thread(thread) => put(&Entry::Thread { id, thread: Cow::Borrowed(thread) })?,
            }
        }
        for message in self.channels.values().flat_map(|channel| channel.messages.values()) {
            put(&Entry::Message(Cow::Borrowed(message)))?;
        }
        for interaction in self.interactions.all() {
            put(&Entry::Interaction(Cow::Borrowed(interaction)))?;
        }
        for (id, modal) in self.modals.all() {
            put(&Entry::Modal { id, modal: Cow::Borrowed(modal) })?;
        }
        for ((channel, nonce), (message, until)) in &self.nonces {
            put(&Entry::Nonce { channel: *channel, nonce: nonce.into(), message: *message, until: *until })?;
        }
        put(&Entry::Counters(Cow::Owned(self.total())))?;
        self.sessions.forget_saved();
        let mut written = Ok(());
        self.sessions.save(|entry| {
            if written.is_ok() {
                written = put(&entry);
            }
        });
        written
    }
}

fn file_entry(id: Snowflake, stored: &Stored) -> Entry<'_> {
    let content_type = stored.content_type.as_deref().map(Cow::Borrowed);
    Entry::File { id, path: Cow::Borrowed(&stored.path), content_type }
}

/// Removes files that no line names: a kill fell between the file and its line.
fn remove_strangers(attachments: &Path, is_known: impl Fn(Snowflake) -> bool) -> io::Result<()> {
    for file in fs::read_dir(attachments)? {
        let file = file?;
        let id = file.file_name().to_str().and_then(|name| name.parse().ok());
        if !id.is_some_and(&is_known) {
            remove_if_there(&file.path())?;
        }
    }
    Ok(())
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
