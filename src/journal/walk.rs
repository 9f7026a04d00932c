//! Going through a segment frame by frame, and telling what it ends with: room, a frame that was cut
//! short, or damage. Whoever opens the journal and whoever looks at it get the same answer.

use super::FORMAT;
use super::segment::{self, Frame, HEADER_BYTES, Stored};
use ipc_schema::ids::Seq;

/// Behind the last whole frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Nothing, or room; or the next segment goes on from here.
    Whole,
    /// The last frame there is, not whole.
    CutShort,
    /// Nothing, though the next segment begins later.
    Gap,
    Damaged(&'static str),
    /// A whole frame of a format that a later build writes.
    NewerFormat(u16),
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Walked {
    /// Where the last whole frame ends.
    pub(super) offset: usize,
    /// The record that is due there.
    pub(super) next: Seq,
    pub(super) end: End,
}

/// Shows `each` the place of every frame, the frame, and the stored bytes of its records. The segment
/// begins with record `first`, and the next one with `until`.
pub(super) fn frames<'a>(
    stored: &'a Stored,
    first: Seq,
    until: Option<Seq>,
    mut each: impl FnMut(usize, &Frame<'a>, &[&'a [u8]]),
) -> Walked {
    let (mut offset, mut next) = (HEADER_BYTES, first);
    let found_end = loop {
        if until.is_some_and(|until| next >= until) {
            break None;
        }
        let rest = stored.bytes.get(offset..).unwrap_or_default();
        let Some(frame) = Frame::at(rest).filter(|frame| frame.first == next) else { break None };
        if frame.format > FORMAT {
            break Some(End::NewerFormat(frame.format));
        }
        let Some(records) = frame.records() else {
            break Some(End::Damaged("a frame does not hold its records"));
        };
        each(offset, &frame, &records);
        next = Seq(frame.last().0 + 1);
        offset += frame.bytes();
    };
    let end = found_end.unwrap_or_else(|| behind(stored, offset, next, until));
    Walked { offset, next, end }
}

fn behind(stored: &Stored, offset: usize, next: Seq, until: Option<Seq>) -> End {
    if until == Some(next) {
        return End::Whole;
    }
    if until.is_some_and(|until| until < next) {
        return End::Damaged("the last frame reaches into the next segment");
    }
    let rest = stored.bytes.get(offset..).unwrap_or_default();
    // Up to the last byte that somebody wrote something into.
    let written = &rest[..stored.written.saturating_sub(offset).min(rest.len())];
    let written = written.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    match until {
        _ if written == 0 => until.map_or(End::Whole, |_| End::Gap),
        Some(_) => End::Damaged("no whole frame begins here"),
        None if has_later_frame(rest, written, next) => End::Damaged("no whole frame begins here"),
        // A frame is written when the one before it is synced, so what was cut short has nothing behind it.
        None if segment::declared_bytes(rest).is_some_and(|bytes| bytes < written) => {
            End::Damaged("no whole frame begins here")
        }
        None => End::CutShort,
    }
}

/// Whether a whole frame with a number from `next` on begins among the first `written` of `bytes`.
fn has_later_frame(bytes: &[u8], written: usize, next: Seq) -> bool {
    // No journal skips this many records; it keeps the search from checking random lengths.
    const PLAUSIBLE: u64 = 1 << 24;
    (0..written).any(|at| {
        segment::u64_at(bytes, at + 8).is_some_and(|first| (next.0..next.0 + PLAUSIBLE).contains(&first))
            && Frame::at(&bytes[at..]).is_some()
    })
}
