//! Forged games, no two alike, made from a seed.

use replay::facts::{CacheHandle, GameResult, LeaveEvent};
use replay::forge::{ChatMessage, Control, ForgedObserver, ForgedPlayer, Game};

/// Base builds that Blizzard's own decoder lists.
const BUILDS: [u32; 26] = [
    80_949, 81_009, 82_457, 82_893, 83_830, 84_643, 86_383, 87_702, 88_500, 89_634, 89_720, 90_136, 90_779,
    90_870, 91_115, 92_028, 92_174, 92_440, 93_272, 93_333, 95_248, 95_299, 97_364, 97_425, 97_563, 98_310,
];

/// Newer than any, which all readers read as the newest they know.
const UNLISTED_BUILD: u32 = 99_999;

/// Of the file "Standard Data: Void.SC2Mod", from whose presence sc2reader tells the expansion.
const VOID: [u8; 32] = [
    0xd9, 0x2d, 0xfc, 0x48, 0xc4, 0x84, 0xc5, 0x91, 0x54, 0x27, 0x0b, 0x92, 0x4a, 0xd7, 0xd5, 0x74, 0x84,
    0xf2, 0xab, 0x9a, 0x47, 0x62, 0x1c, 0x7a, 0xb1, 0x64, 0x31, 0xbf, 0x66, 0xc5, 0x3b, 0x40,
];

#[rustfmt::skip]
const NAMES: [&str; 12] = [
    "Ash", "Bee <3", "&amp;", "K&R", "라데온", "Ünïcødé", "\"Quote\"", "O'Neill", "虫族", "a", "&lt;b&gt;",
    "ThirtyTwoLettersAreTheLongest...",
];

const CLANS: [&str; 6] = ["", "", "", "K&R", "<>", "한국"];

/// The race as the metadata has it, and in languages of clients.
#[rustfmt::skip]
const RACES: [(&str, &str); 9] = [
    ("Terr", "Terran"), ("Prot", "Protoss"), ("Zerg", "Zerg"), ("BWTe", "BW Terran"), ("BWPr", "BW Protoss"),
    ("BWZe", "BW Zerg"), ("Zerg", "저그"), ("BWZe", "스1 저그"), ("Prot", "星灵"),
];

const MAPS: [&str; 5] =
    ["[SC:Evo] Radeon (라데온)", "Forged Field", "<Map> & \"Map\"", "A", "[SC:Evo] Death Valley"];

/// Regions, as in accounts and as in cache handles.
const REGIONS: [(u8, &[u8; 2]); 4] = [(1, b"US"), (2, b"EU"), (3, b"KR"), (2, b"EU")];

/// Game `number` of a seed.
pub fn game(seed: u64, number: u32) -> Game {
    let mut chance = Chance(seed.wrapping_mul(0x1_0000_0001) ^ u64::from(number) << 20);
    let (region, letters) = chance.one_of(&REGIONS);
    let base_build = if chance.below(20) == 0 { UNLISTED_BUILD } else { chance.one_of(&BUILDS) };
    let mut game = Game {
        base_build,
        version: [5, 0, chance.below(20) as u8],
        map_title: chance.one_of(&MAPS).into(),
        cache_handles: handles(&mut chance, letters),
        duration_game_loops: match chance.below(4) {
            0 => 62 + chance.below(500) as u32,
            1 => 100_000 + chance.below(9_000_000) as u32,
            _ => 2_000 + chance.below(40_000) as u32,
        },
        ended_at_unix: 1_600_000_000 + chance.below(200_000_000) as i64,
        random_seed: chance.next() as u32,
        game_speed: if chance.below(4) == 0 { chance.below(5) as u8 } else { 4 },
        privacy: chance.one_of(&["Norm", "NoMH", "NoBO"]).into(),
        locked_alliances: chance.below(4) != 0,
        events: if chance.below(8) == 0 { 0 } else { chance.below(2_500) as u32 },
        event_seed: chance.next(),
        ..Game::default()
    };
    let won = chance.one_of(&[
        [GameResult::Win, GameResult::Loss],
        [GameResult::Loss, GameResult::Win],
        [GameResult::Tie, GameResult::Tie],
        [GameResult::Undecided, GameResult::Undecided],
    ]);
    if chance.below(4) == 0 {
        game.players.extend(game.players.clone());
    }
    for (number, player) in game.players.iter_mut().enumerate() {
        let (race_code, race_text) = chance.one_of(&RACES);
        *player = ForgedPlayer {
            name: chance.one_of(&NAMES).into(),
            clan: chance.one_of(&CLANS).into(),
            race_text: race_text.into(),
            race_code: race_code.into(),
            region,
            realm: 1 + chance.below(2) as u32,
            toon_id: 1 + chance.below(20_000_000),
            result: won[number % 2],
            team: Some((number % 2) as u8),
            ..ForgedPlayer::default()
        };
    }
    if chance.below(8) == 0 {
        // The last, so that the users are numbered without a gap, as in real games.
        let computer = game.players.last_mut().expect("somebody plays");
        computer.control = Control::Computer;
        computer.name = "A.I. 1 (Elite)".into();
        computer.clan = String::new();
    } else if chance.below(4) == 0 {
        let watchers = 1 + chance.below(6);
        game.observers = (0..watchers).map(|_| observer(&mut chance, region)).collect();
    }
    if chance.below(4) == 0 {
        game.leaves = Some(leaves(&mut chance, &game));
    }
    game.chat = chat(&mut chance, &game);
    game
}

/// Whoever is there talks, in three games of four.
fn chat(chance: &mut Chance, game: &Game) -> Vec<ChatMessage> {
    let humans = game.players.iter().filter(|player| player.control == Control::Human).count();
    let users = (humans + game.observers.len()) as u64;
    let mut game_loop = 0;
    let mut messages = Vec::new();
    while chance.below(4) != 0 {
        game_loop += chance.below(u64::from(game.duration_game_loops - game_loop) / 2 + 1) as u32;
        messages.push(ChatMessage {
            game_loop,
            user_id: chance.below(users) as u8,
            recipient: chance.one_of(&[0, 1, 4]),
            text: chance
                .one_of(&["gg", "<b>&amp;", "안녕하세요", "", "a longer word or two, said slowly"])
                .into(),
        });
    }
    messages
}

fn observer(chance: &mut Chance, region: u8) -> ForgedObserver {
    let (name, clan) = (chance.one_of(&NAMES).into(), chance.one_of(&CLANS).into());
    ForgedObserver { name, clan, region, realm: 1, toon_id: 1 + chance.below(20_000_000) }
}

/// Some of the humans leave, one after the other, for whatever reason.
fn leaves(chance: &mut Chance, game: &Game) -> Vec<LeaveEvent> {
    let humans = (0..).zip(&game.players).filter(|(_, player)| player.control == Control::Human);
    let mut users: Vec<u8> = humans.map(|(user_id, _)| user_id).collect();
    users.extend((0..).skip(game.players.len()).take(game.observers.len()));
    let mut game_loop = 0;
    let mut leaves = Vec::new();
    for user_id in users {
        if chance.below(4) == 0 {
            continue;
        }
        let left = u64::from(game.duration_game_loops - game_loop);
        game_loop += chance.below(left / 2 + 1) as u32;
        leaves.push(LeaveEvent { game_loop, user_id, reason: chance.below(16) as u8 });
    }
    leaves
}

fn handles(chance: &mut Chance, letters: &[u8; 2]) -> Vec<CacheHandle> {
    let handle = |hash: [u8; 32]| {
        let mut bytes = [0; 40];
        bytes[..4].copy_from_slice(b"s2ma");
        bytes[6..8].copy_from_slice(letters);
        bytes[8..].copy_from_slice(&hash);
        CacheHandle(bytes)
    };
    let mut handles = vec![handle(VOID)];
    for _ in 0..chance.below(63) {
        handles.push(handle(std::array::from_fn(|_| chance.next() as u8)));
    }
    handles
}

/// SplitMix64: a stream of numbers that is the same in every release.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// A number below `bound`, which is not 0.
    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn one_of<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.below(values.len() as u64) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_games_and_another_gives_others() {
        let games = |seed| (0..50).map(|number| game(seed, number)).collect::<Vec<_>>();
        assert_eq!(games(7), games(7));
        assert!(games(7).iter().zip(games(8)).all(|(one, other)| *one != other));
    }
}
