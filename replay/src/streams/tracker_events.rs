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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    /// After `delta` loops: an upgrade, of no fields.
    fn upgrade(width: u8, delta: u8) -> Vec<u8> {
        vec![3, width << 1, 9, delta << 1, 9, 5 << 1, 5, 0]
    }

    #[test]
    fn events_are_counted() {
        let content = [upgrade(0, 63), upgrade(1, 0), upgrade(3, 5)].concat();
        assert_eq!(count(&content), Ok(3));
        assert_eq!(count(&[]), Ok(0));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let mut unknown = upgrade(0, 0);
        unknown[5] = 10 << 1;
        let mut negative = upgrade(0, 0);
        negative[3] = 1 << 1 | 1;
        #[rustfmt::skip]
        let contents = [
            ("cut",                 upgrade(0, 0)[..7].to_vec()),
            ("an unknown event",    unknown),
            ("time runs backwards", negative),
            ("an unknown width",    upgrade(4, 0)),
            ("more than its width", vec![3, 0, 9, 0x80, 1, 9, 10, 5, 0]),
        ];
        for (name, content) in contents {
            let error = count(&content).expect_err(name);
            assert_eq!(error.kind, ErrorKind::Malformed, "{name}");
        }
    }
}
