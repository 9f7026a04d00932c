//! `replay.game.events`: who left, when and why.
//!
//! Leave events lie among tens of thousands of others, and where one ends is
//! known only from its layout. So the stream is walked: of each event its
//! time, user and id are read, and the rest is stepped over by the table in
//! [`super::layouts`]. Nothing is allocated but the leave events.

use super::bitpacked::BitPacked;
use super::layouts::{Field, Layout};
use crate::error::Error;
use crate::facts::LeaveEvent;
use crate::format::{event, stream};
use crate::limits;

pub(crate) struct GameEvents {
    pub(crate) count: u32,
    pub(crate) leaves: Vec<LeaveEvent>,
}

pub(crate) fn walk(content: &[u8], layout: &Layout) -> Result<GameEvents, Error> {
    let mut stream = BitPacked::new(content);
    let mut events = GameEvents { count: 0, leaves: Vec::new() };
    let mut game_loop = 0_u32;
    while !stream.is_done() {
        let start = stream.offset();
        let Some(leave) = next(&mut stream, layout, &mut game_loop) else {
            return Err(
                Error::malformed("an event does not fit its layout", start).in_stream(stream::GAME_EVENTS)
            );
        };
        stream.align();
        events.count = events.count.saturating_add(1);
        if let Some(leave) = leave {
            if events.leaves.len() == limits::LEAVE_EVENTS {
                return Err(
                    Error::too_large("more users leave than any game has").in_stream(stream::GAME_EVENTS)
                );
            }
            events.leaves.push(leave);
        }
    }
    Ok(events)
}

/// Steps over one event; gives it if it is a leave event.
fn next(stream: &mut BitPacked<'_>, layout: &Layout, game_loop: &mut u32) -> Option<Option<LeaveEvent>> {
    let Head { delta, user_id, id } = head(stream)?;
    *game_loop = game_loop.checked_add(delta)?;
    if id == event::LEAVE {
        let reason = stream.small(4)?;
        return Some(Some(LeaveEvent { game_loop: *game_loop, user_id, reason }));
    }
    skip(stream, layout.game_events.get(usize::from(id)).copied().flatten()?)?;
    Some(None)
}

/// What every event begins with.
struct Head {
    delta: u32,
    user_id: u8,
    id: u8,
}

fn head(stream: &mut BitPacked<'_>) -> Option<Head> {
    // An event begins at a whole byte, and most come within 64 loops of the
    // one before: two bits that say so and six of delta, five of user, seven of id.
    if let Some(&[first, second, third]) = stream.peek()
        && first & 3 == 0
    {
        stream.skip(2 + 6 + 5 + 7)?;
        let id = second >> 5 << 4 | third & 0xf;
        return Some(Head { delta: u32::from(first >> 2), user_id: second & 0x1f, id });
    }
    Some(Head { delta: delta(stream)?, user_id: stream.small(5)?, id: stream.small(7)? })
}

/// The loops since the event before, in one of four widths.
pub(super) fn delta(stream: &mut BitPacked<'_>) -> Option<u32> {
    let width = match stream.bits(2)? {
        0 => 6,
        1 => 14,
        2 => 22,
        _ => 32,
    };
    stream.bits(width)
}

/// Steps over fields. It calls itself only as deep as the table is nested.
fn skip(stream: &mut BitPacked<'_>, fields: &[Field]) -> Option<()> {
    for field in fields {
        match *field {
            Field::Bits(bits) => stream.skip(bits)?,
            Field::Maybe(bits) => stream.skip_optional(bits)?,
            Field::List(width, bits) => stream.skip_list(width, bits)?,
            Field::Blob(width) => stream.skip_blob(width)?,
            Field::Bytes(length) => stream.bytes(length).map(drop)?,
            Field::Optional(fields) => {
                if stream.flag()? {
                    skip(stream, fields)?;
                }
            }
            Field::Each(width, fields) => {
                for _ in 0..stream.bits(width)? {
                    skip(stream, fields)?;
                }
            }
            Field::Choice(width, choices) => {
                let choice = stream.bits(width)? as usize;
                skip(stream, choices.get(choice)?)?;
            }
        }
    }
    Some(())
}
