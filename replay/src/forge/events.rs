//! Invents what the players did, in the proportions of a real game.
//!
//! The stream of a real 1v1 of 18 minutes has 13,793 events in 180 KB, and
//! bzip2 makes it half as long. Here the events come in the same proportions
//! and shrink about as much, so unpacking them costs what a real game does.

use std::ops::Range;

use super::Game;
use super::encode::BitPacked;
use crate::facts::LeaveEvent;
use crate::format::event;

/// The user that stands for the game itself.
const SYSTEM: u8 = 16;

/// The whole stream of a game.
pub(super) fn game_events(game: &Game) -> Vec<u8> {
    let users = game.users();
    let mut stream = Stream { out: BitPacked::default(), now: 0 };
    load(&mut stream, game, &users);
    // Everything invented lies before the first leaves.
    let span = 0..game.first_leave();
    stream.invent(game.events, span, &users, &mut Chance(game.event_seed));
    stream.leave(game);
    stream.out.bytes
}

/// The beginning of a stream of at least `bytes`, of some game of these users,
/// with about `events` in it before the loop `loops`; and how many it has.
pub(super) fn recording(users: &[u8], events: u32, loops: u32, bytes: usize) -> (Vec<u8>, u32) {
    let mut stream = Stream { out: BitPacked::default(), now: 0 };
    load(&mut stream, &Game::default(), users);
    let mut chance = Chance(u64::from(events) << 32 | u64::from(loops));
    let mut number = 0;
    while stream.out.bytes.len() < bytes {
        let at = u64::from(loops) * u64::from(number.min(events)) / u64::from(events.max(1));
        stream.act(u32::try_from(at).unwrap_or(loops), loops, users, &mut chance);
        number += 1;
    }
    (stream.out.bytes, number)
}

/// The end of a stream that has come to the loop `now`.
pub(super) fn tail(game: &Game, now: u32, events: u32) -> Vec<u8> {
    let mut stream = Stream { out: BitPacked::default(), now };
    let span = now..game.first_leave();
    stream.invent(events, span, &game.users(), &mut Chance(game.event_seed));
    stream.leave(game);
    stream.out.bytes
}

struct Stream {
    out: BitPacked,
    now: u32,
}

impl Stream {
    fn event(&mut self, game_loop: u32, user_id: u8, id: u8, fields: impl FnOnce(&mut BitPacked)) {
        self.out.delta(game_loop.saturating_sub(self.now));
        self.now = self.now.max(game_loop);
        self.out.bits(5, user_id);
        self.out.bits(7, id);
        fields(&mut self.out);
        self.out.align();
    }

    /// So many events of these users, evenly over a span of loops.
    fn invent(&mut self, events: u32, span: Range<u32>, users: &[u8], chance: &mut Chance) {
        for number in 0..events {
            let at = u64::from(span.end - span.start) * u64::from(number) / u64::from(events);
            self.act(span.start + u32::try_from(at).unwrap_or_default(), span.end, users, chance);
        }
    }

    /// One of these users does something at about that loop, and not after `end`.
    fn act(&mut self, at: u32, end: u32, users: &[u8], chance: &mut Chance) {
        let at = at.saturating_add(chance.below(6) as u32).min(end);
        let user_id = users.get(chance.below(users.len() as u64) as usize).copied().unwrap_or(SYSTEM);
        invent(self, at, user_id, chance);
    }

    fn leave(&mut self, game: &Game) {
        for LeaveEvent { game_loop, user_id, reason } in game.leave_events() {
            self.event(game_loop, user_id, event::LEAVE, |out| out.bits(4, reason));
        }
    }
}

/// What a client writes before the first loop.
fn load(stream: &mut Stream, game: &Game, users: &[u8]) {
    let ended = u32::try_from(game.ended_at_unix).unwrap_or_default();
    stream.event(0, SYSTEM, 116, |out| out.bits(32, ended));
    for &user_id in users {
        stream.event(0, user_id, 7, |out| {
            for option in 0..10 {
                out.flag(option == 0); // fully downloaded, no cheats
            }
            out.bits(32, game.base_build);
            out.bits(32, game.base_build);
            out.bits(32, 0_u8);
            out.blob(9, b"<custom>");
        });
    }
    stream.event(0, SYSTEM, 5, |_| {});
    stream.event(0, SYSTEM, 117, |out| out.bits(32, ended));
}

/// One event of a player, as often as in the 1v1 that was counted.
fn invent(stream: &mut Stream, at: u32, user_id: u8, chance: &mut Chance) {
    match chance.below(100) {
        // The camera moves.
        0..43 => stream.event(at, user_id, 49, |out| {
            let moves = chance.below(10) != 0;
            out.flag(moves);
            if moves {
                for _ in 0..2 {
                    out.bits(16, chance.below(160 << 4) << 4);
                }
            }
            for width in [16, 16, 16, 8] {
                out.optional(width, None);
            }
            out.flag(false);
        }),
        // A command is done with.
        43..61 => stream.event(at, user_id, 103, |out| {
            out.bits(2, 1_u8);
            out.optional(32, Some(u64::from(at)));
        }),
        // Other units are selected.
        61..73 => stream.event(at, user_id, 28, |out| {
            out.bits(4, 10_u8);
            out.bits(9, 0_u8);
            out.bits(2, 0_u8); // nothing is removed
            let kinds = 1 + chance.below(3);
            let units = kinds + chance.below(9);
            out.bits(9, kinds);
            for _ in 0..kinds {
                out.bits(16, 39 + chance.below(60));
                for priority in [32_u8, 1] {
                    out.bits(8, priority);
                }
                out.bits(9, 1 + (units - kinds) / kinds);
            }
            out.bits(9, units);
            for _ in 0..units {
                out.bits(32, (196 + chance.below(400)) << 18 | 1);
            }
        }),
        // A control group is called or changed.
        73..82 => stream.event(at, user_id, 29, |out| {
            out.bits(4, chance.below(6));
            out.bits(3, 2_u8);
            out.bits(2, 0_u8); // all of the selection
        }),
        // A command, at nothing or at a point.
        82..91 => stream.event(at, user_id, 27, |out| {
            let pointed = chance.below(2) == 0;
            out.bits(27, 256_u16);
            out.flag(true);
            out.bits(16, 20 + chance.below(180));
            out.bits(5, 0_u8);
            out.optional(8, None);
            out.bits(2, u8::from(pointed));
            if pointed {
                point(out, chance);
            }
            out.bits(32, u64::from(at));
            out.optional(32, None);
            out.optional(32, None);
        }),
        // A command at another point.
        91..98 => stream.event(at, user_id, 104, |out| point(out, chance)),
        // A command at another unit.
        _ => stream.event(at, user_id, 105, |out| {
            out.bits(16, 111_u8);
            out.bits(8, 0_u8);
            out.bits(32, (196 + chance.below(400)) << 18 | 1);
            out.bits(16, 1100 + chance.below(90));
            out.optional(4, Some(0));
            out.optional(4, Some(0));
            point(out, chance);
        }),
    }
}

fn point(out: &mut BitPacked, chance: &mut Chance) {
    out.bits(20, chance.below(184 << 12));
    out.bits(20, chance.below(184 << 12));
    out.bits(32, 49_104_u64 + (1 << 31));
}

/// SplitMix64: a stream of numbers that is the same in every release.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    /// A number below `bound`, or 0 if that is 0.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next().checked_rem(bound).unwrap_or_default()
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }
}
