//! The layout that the publisher of the game gives out for base build 80949,
//! transcribed as far as it takes to step over what is not read.
//!
//! Neighbouring fields of fixed width are one number.

use super::Field::{self, Bits, Blob, Bytes, Choice, Each, List, Maybe, Optional};
use super::{GameEvents, Message};

/// An ability: link, command index, optional data.
const ABILITY: Field = Optional(&[Bits(16 + 5), Maybe(8)]);

/// A point in the world.
const POINT: usize = 20 + 20 + 32;

/// A unit as the target of a command.
const UNIT: &[Field] = &[Bits(16 + 8 + 32 + 16), Maybe(4), Maybe(4), Bits(POINT)];

/// Which units of a selection are meant.
const MASK: Field = Choice(2, &[&[], &[List(9, 1)], &[List(9, 9)], &[List(9, 9)]]);

/// How many bits each game event takes.
#[cfg_attr(not(test), expect(clippy::indexing_slicing, reason = "the compiler evaluates it, with no input"))]
pub(super) static GAME_EVENTS: GameEvents = {
    let mut events: GameEvents = [None; 128];
    let mut id = 0;
    while id < 128 {
        events[id] = game_event(id as u8);
        id += 1;
    }
    events
};

#[rustfmt::skip]
const fn game_event(id: u8) -> Option<&'static [Field]> {
    Some(match id {
        // Events of which nothing but the fact is known.
        5 | 22 | 23 | 44 | 50 | 52 | 54 | 63 | 68 | 69 | 73 | 74 | 77 | 78 | 80 | 81 | 86 | 87 | 96 | 111 => &[],

        // What players do.
        27 => &[
            Bits(27), ABILITY,
            Choice(2, &[&[], &[Bits(POINT)], UNIT, &[Bits(32)]]),
            Bits(32), Maybe(32), Maybe(32),
        ],                                                              // command
        28 => &[Bits(4 + 9), MASK, List(9, 16 + 8 + 8 + 9), List(9, 32)], // selection changed
        29 => &[Bits(4 + 3), MASK],                                     // control group
        30 => &[Bits(4 + 9 + 9 + 9 + 32 + 32 + 32)],                    // selection check
        49 => &[Maybe(16 + 16), Maybe(16), Maybe(16), Maybe(16), Maybe(8), Bits(1)], // camera
        103 => &[Bits(2), Maybe(32)],                                   // command manager
        104 => &[Bits(POINT)],                                          // command at a new point
        105 => UNIT,                                                    // command at a new unit
        14 => &[Bits(3 + 16 + 16)],                                     // camera saved
        25 => &[Bits(32)],                                              // command manager reset
        31 => &[Bits(4), List(3, 32)],                                  // resources given
        32 => &[Blob(10)],                                              // chat to a trigger
        33 => &[Bits(8 * 4 + 32 + 16 + 8 + 8 + 96)],                    // word to an AI
        34 => &[Bits(3)],                                               // speed set
        35 => &[Bits(8)],                                               // speed changed
        36 => &[Bits(64 + 32 + 16), Maybe(4), Maybe(4), Bits(POINT + 1 + 1 + 32)], // ping
        38 => &[Bits(32 + 32)],                                         // alliance
        39 => &[Bits(32)],                                              // unit clicked
        40 => &[Bits(32 + 8)],                                          // unit highlighted
        70 => &[List(3, 32)],                                           // resources asked for
        71 | 72 => &[Bits(32)],                                         // asked for: given, withdrawn

        // Users, and how their clients are set up.
        7 => &[Bits(10 + 32 + 32 + 32), Blob(9)],                       // options
        9 => &[Blob(7)],                                                // bank: file
        10 => &[Blob(6)],                                               // bank: section
        11 => &[Blob(6), Bits(32), Blob(7)],                            // bank: key
        12 => &[Bits(32), Blob(6), Blob(12)],                           // bank: value
        13 => &[List(5, 8), Blob(7)],                                   // bank: signature
        21 => &[Blob(11), Bits(1 + 1), Blob(8), Blob(10)],              // game saved
        26 => &[Bits(64 + 32), Blob(10), Blob(10)],                     // cheat
        37 => &[Blob(10), Blob(10)],                                    // cheat, told to all
        43 => &[
            Each(5, &[
                Bits(4 + 2), Blob(8),
                Optional(&[Blob(7)]), Optional(&[Blob(8)]), Optional(&[Bytes(40)]),
            ]),
            Bits(1),
        ],                                                              // game taken over from a replay
        60 => &[Bits(16)],                                              // achievement
        101 => &[Bits(4)],                                              // left
        102 => &[
            Bits(2), Blob(8),
            Optional(&[Blob(7)]), Optional(&[Blob(8)]), Optional(&[Bytes(40)]),
            Bits(1), Maybe(4),
        ],                                                              // joined
        116..=119 => &[Bits(32)],                                       // times of loading and playing

        // Triggers of the map.
        41 => &[Bits(32 + 32)],                                         // reply chosen
        45 => &[Bits(32 + 32)],                                         // sound length asked for
        46 => &[Bits(32)],                                              // sound offset
        47 => &[Bits(32 + 32)],                                         // transmission offset
        48 => &[Bits(32)],                                              // transmission over
        51 | 53 | 85 | 93 => &[Bits(32)],                               // purchase, mission
        55 => &[
            Bits(32 + 32),
            Choice(3, &[&[], &[Bits(1)], &[Bits(32)], &[Bits(32)], &[Blob(11)], &[Bits(32)]]),
        ],                                                              // dialog used
        56 => &[List(7, 32), List(7, 32)],                              // sound lengths
        57 => &[Bits(1)],                                               // conversation skipped
        58 => &[Bits(32 + 1 + 11 + 11 + POINT + 8)],                    // mouse clicked
        59 => &[Bits(11 + 11 + POINT + 8)],                             // mouse moved
        61 => &[Bits(32 + 1)],                                          // hotkey
        62 => &[Bits(16 + 5 + 8)],                                      // target mode
        64 | 65 => &[Bits(32)],                                         // soundtrack over, planet chosen
        66 => &[Bits(8 + 8)],                                           // key
        67 => &[Blob(7)],                                               // movie function
        75 | 79 => &[Bits(32)],                                         // panel: item chosen
        76 => &[Bits(32), ABILITY],                                     // command refused
        82 => &[Bits(32 + 32)],                                         // panel: play mission
        83 | 84 => &[Bits(32)],                                         // panel: play scene, chosen
        88..=91 => &[Bits(32)],                                         // time left, portrait, dialog, menu
        92 => &[Bits(16 + 8)],                                          // mouse wheel
        94 => &[Bits(32)],                                              // purchase category
        95 => &[Bits(16)],                                              // button
        97 => &[Bits(32), Blob(7)],                                     // cutscene: bookmark
        98 => &[Bits(32)],                                              // cutscene: over
        99 => &[Bits(32), Blob(7), Blob(7)],                            // cutscene: line
        100 => &[Bits(32), Blob(7)],                                    // cutscene: line missing
        106 => &[Bits(16 + 32 + 32)],                                   // animation length, by name
        107 => &[Bits(16 + 32)],                                        // animation length, by properties
        108 => &[Bits(16)],                                             // animation offset
        109 => &[Bits(8 + 16), Blob(8), Blob(8)],                       // catalog changed
        110 => &[Bits(32)],                                             // talent chosen
        112 => &[Bits(1)],                                              // talents shown
        _ => return None,
    })
}

pub(super) fn message(id: u8) -> Option<Message> {
    Some(match id {
        0 => Message::Chat { recipient: 3, length: 11 },
        1 => Message::Other(3 + 32 + 32), // ping: recipient, point
        2 => Message::Other(32),          // progress of loading
        3 => Message::Other(0),           // ping to the server
        4 => Message::Other(2),           // connected again: status
        _ => return None,
    })
}
