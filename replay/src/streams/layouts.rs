//! Which builds are laid out how: the one table that a new layout goes into.
//!
//! A layout serves a range of base builds, from its oldest to its newest, and
//! holds whatever differs between layouts: the game events and the messages.
//! The encodings and the other streams have one shape in all of them; what
//! comes to differ there moves into [`Layout`].
//!
//! The publisher gives out a layout for most base builds, not for all. From
//! 80949 to 98310 those it gives out are one and the same, so builds between
//! are taken to have it too.

mod base80949;

/// The shape of the streams of some builds.
pub(crate) struct Layout {
    /// The first base build with this layout.
    pub(crate) oldest: u32,
    /// The last base build that is known to have it.
    pub(crate) newest: u32,
    /// The fields of the game event with each id, `None` if there is none.
    pub(super) game_events: &'static GameEvents,
    /// The message with that id, `None` if there is none.
    pub(super) message: fn(u8) -> Option<Message>,
}

/// All layouts, the oldest builds first, without overlap.
pub(crate) static LAYOUTS: [Layout; 1] = [
    // From patch 5.0.0, July 2020.
    Layout {
        oldest: 80_949,
        newest: 98_310,
        game_events: &base80949::GAME_EVENTS,
        message: base80949::message,
    },
];

/// The layout by which to read a build, and whether the build is unlisted: newer
/// than all that are known, so that the newest layout is tried. `None` for
/// builds older than all layouts, and for those in a gap between two.
pub(crate) fn of(base_build: u32) -> Option<(&'static Layout, bool)> {
    let newest = LAYOUTS.last()?;
    if base_build > newest.newest {
        return Some((newest, true));
    }
    let serves = |layout: &&Layout| (layout.oldest..=layout.newest).contains(&base_build);
    LAYOUTS.iter().find(serves).map(|layout| (layout, false))
}

/// By id, of seven bits.
type GameEvents = [Option<&'static [Field]>; 128];

/// A field, or a run of them, as far as its length goes.
#[derive(Debug)]
pub(super) enum Field {
    /// That many bits.
    Bits(usize),
    /// A flag, and that many bits if it is set.
    Maybe(usize),
    /// A number of items in so many bits, and so many bits for each.
    List(u32, usize),
    /// A number of bytes in so many bits, and at the next whole byte the bytes.
    Blob(u32),
    /// That many bytes from the next whole byte on.
    Bytes(usize),
    /// A flag, and the fields if it is set.
    Optional(&'static [Field]),
    /// A number of items in so many bits, and the fields for each.
    Each(u32, &'static [Field]),
    /// A number in so many bits that says which of the fields follow.
    Choice(u32, &'static [&'static [Field]]),
}

/// A kind of message, as far as it is read.
pub(super) enum Message {
    /// Text: the recipient in so many bits, the length of the text in so many.
    Chat { recipient: u32, length: u32 },
    /// Anything else, of so many bits.
    Other(usize),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts_are_in_order_and_apart() {
        assert!(LAYOUTS.iter().all(|layout| layout.oldest <= layout.newest));
        assert!(LAYOUTS.iter().zip(LAYOUTS.iter().skip(1)).all(|(one, next)| one.newest < next.oldest));
    }

    #[test]
    fn a_build_has_the_layout_of_its_range() {
        #[rustfmt::skip]
        let builds = [
            (0,        None),
            (80_948,   None),
            (80_949,   Some((80_949, false))),
            (94_137,   Some((80_949, false))),
            (98_310,   Some((80_949, false))),
            (98_311,   Some((80_949, true))),
            (u32::MAX, Some((80_949, true))),
        ];
        for (build, expected) in builds {
            let found = of(build).map(|(layout, unlisted)| (layout.oldest, unlisted));
            assert_eq!(found, expected, "base build {build}");
        }
    }
}
