//! `replay.tracker.events`: how many there are.
//!
//! They tell what happened to units, at half of the cost of a whole file, and
//! no rule asks for it; so they are counted, and only for who asks.

use super::versioned::Versioned;
use crate::error::Error;
use crate::format::stream;

/// From statistics of a player to the set-up of one.
const LAST_ID: u8 = 9;

pub(crate) fn count(content: &[u8]) -> Result<u32, Error> {
    let mut stream = Versioned::new(content);
    let mut count = 0_u32;
    while !stream.is_done() {
        event(&mut stream).map_err(|error| error.in_stream(stream::TRACKER_EVENTS))?;
        count = count.saturating_add(1);
    }
    Ok(count)
}

/// Loops since the event before, id, and a struct.
fn event(stream: &mut Versioned<'_>) -> Result<(), Error> {
    stream.choice(|stream, width| {
        let delta: u32 = stream.narrow()?;
        let fits = match width {
            0 => delta < 1 << 6,
            1 => delta < 1 << 14,
            2 => delta < 1 << 22,
            3 => true,
            _ => false,
        };
        if fits { Ok(()) } else { Err(stream.malformed("the time of an event is out of range")) }
    })?;
    if stream.narrow::<u8>()? > LAST_ID {
        return Err(stream.malformed("there is no such event"));
    }
    stream.structure(|stream, _| stream.skip())
}
