//! Pictures beside pages: how ratings moved, the head of the leaderboard, who queues when.
//!
//! A page's view becomes a [`Drawing`], which is SVG text with a description in the reader's language, by pure
//! functions: [`rating`], [`standings`] and [`activity`], which draw with [`svg`] and [`scale`]. [`Pictures`] is
//! the shell: one thread of low priority paints what waits in a line, so that no press waits for a picture, and
//! what was painted is kept by its content. A page whose picture is not there in time goes without it; where much is
//! going on the painter rests between pictures, and in the end nothing is painted ([`super::load`]).

pub mod activity;
mod kept;
pub mod paint;
pub mod rating;
pub mod scale;
pub mod standings;
pub mod svg;
#[cfg(test)]
mod tests;

use super::commands::leaderboard::mmr;
use super::load::Load;
use crate::clock;
use bytes::Bytes;
use ipc_schema::vocab::Locale;
use ipc_schema::watch::LoadLevel;
use kept::{Kept, content_key};
use paint::{Fonts, PACKAGES};
use scale::date;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;

/// Pictures that wait for the painter; the next page goes without one and says so. On a slow machine the last
/// of a full line comes too late for its page, and is there for the next one.
const LINE: usize = 16;

/// How long a page waits for its picture. It fits the time after which a press is acknowledged without its
/// answer, so that a page with a picture is one call like any other.
const PATIENCE: Duration = Duration::from_millis(500);

/// While the ladder is busy the painter rests so many times as long as it painted, and no longer than this.
const REST: u32 = 4;
const LONGEST_REST: Duration = Duration::from_secs(2);

/// How far the painter stands back for the tasks that answer.
const NICE: i32 = 10;

/// A picture that nobody has painted yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    /// Of the file.
    pub name: &'static str,
    pub svg: String,
    /// What the picture says, for who cannot see it.
    pub alt: String,
    /// Settles how Han letters are written.
    pub locale: Locale,
}

/// Why a page goes without its picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Too many others wait.
    Busy,
    /// It took too long. It is painted all the same, and is there the next time.
    Slow,
    /// There are no fonts, or it cannot be painted; which of them is in the log.
    Never,
}

/// A drawing in the line.
struct Waiting {
    svg: String,
    locale: Locale,
    key: [u8; 32],
    done: oneshot::Sender<Result<Bytes, Missing>>,
}

/// Paints drawings, one at a time, and keeps the newest pictures.
#[derive(Debug)]
pub struct Pictures {
    line: SyncSender<Waiting>,
    load: Load,
    kept: Arc<Mutex<Kept>>,
    painted: Arc<AtomicU64>,
    turned_away: AtomicU64,
}

impl Pictures {
    pub fn start(load: Load) -> std::io::Result<Pictures> {
        Pictures::start_with(load, Fonts::find)
    }

    /// `fonts` is asked for once, when the first picture is to be painted: they take memory that a ladder where
    /// nobody looks at pictures does not need.
    fn start_with(load: Load, fonts: fn() -> Option<Fonts>) -> std::io::Result<Pictures> {
        let (line, waiting) = sync_channel(LINE);
        let (kept, painted): (Arc<Mutex<Kept>>, Arc<AtomicU64>) = Default::default();
        let (shared, count, level) = (Arc::clone(&kept), Arc::clone(&painted), load.clone());
        let thread = std::thread::Builder::new().name("pictures".to_owned());
        thread.spawn(move || {
            if let Err(error) = rustix::process::nice(NICE) {
                tracing::warn!("pictures are painted at the priority of the rest: {error}");
            }
            paint_all(&waiting, fonts, &level, &shared, &count);
        })?;
        Ok(Pictures { line, load, kept, painted, turned_away: AtomicU64::new(0) })
    }

    /// The drawing as a PNG.
    pub async fn paint(&self, drawing: &Drawing) -> Result<Bytes, Missing> {
        let key = content_key(drawing);
        if let Some(picture) = lock(&self.kept).get(key) {
            return Ok(picture);
        }
        if self.load.level() == LoadLevel::Overloaded {
            self.turned_away.fetch_add(1, Ordering::Relaxed);
            return Err(Missing::Busy);
        }
        let (done, painted) = oneshot::channel();
        let waiting = Waiting { svg: drawing.svg.clone(), locale: drawing.locale, key, done };
        match self.line.try_send(waiting) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => {
                self.turned_away.fetch_add(1, Ordering::Relaxed);
                return Err(Missing::Busy);
            }
            Err(TrySendError::Disconnected(_)) => return Err(Missing::Never),
        }
        match tokio::time::timeout(PATIENCE, painted).await {
            Ok(Ok(picture)) => picture,
            Ok(Err(_)) => Err(Missing::Never),
            Err(_) => Err(Missing::Slow),
        }
    }

    /// Of the pictures that are kept.
    pub fn bytes(&self) -> usize {
        lock(&self.kept).bytes()
    }

    /// Pictures that were painted so far, for the gauge.
    pub fn painted(&self) -> u64 {
        self.painted.load(Ordering::Relaxed)
    }

    /// Pages that went without a picture because of the line, for the gauge.
    pub fn turned_away(&self) -> u64 {
        self.turned_away.load(Ordering::Relaxed)
    }
}

/// Until nobody can ask any more.
fn paint_all(
    waiting: &Receiver<Waiting>,
    find: fn() -> Option<Fonts>,
    load: &Load,
    kept: &Mutex<Kept>,
    painted: &AtomicU64,
) {
    let mut fonts = None;
    for Waiting { svg, locale, key, done } in waiting {
        // The same was asked for while the first was being painted.
        if let Some(picture) = lock(kept).get(key) {
            done.send(Ok(picture)).ok();
            continue;
        }
        let fonts = fonts.get_or_insert_with(|| {
            let found = find();
            if found.is_none() {
                tracing::warn!("there are no fonts, so pages go without pictures; install {PACKAGES}");
            }
            found
        });
        let began = clock::instant();
        let picture = fonts.as_ref().ok_or(Missing::Never).and_then(|fonts| {
            fonts.paint(&svg, locale).map(Bytes::from).map_err(|error| {
                tracing::error!("a picture cannot be painted: {:#}", anyhow::Error::from(error));
                Missing::Never
            })
        });
        if let Ok(picture) = &picture {
            painted.fetch_add(1, Ordering::Relaxed);
            lock(kept).keep(key, picture.clone());
        }
        // Who asked may have gone on without it.
        done.send(picture).ok();
        if load.level() > LoadLevel::Normal {
            std::thread::sleep((began.elapsed() * REST).min(LONGEST_REST));
        }
    }
}

fn lock(kept: &Mutex<Kept>) -> std::sync::MutexGuard<'_, Kept> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}
