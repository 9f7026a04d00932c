//! The replay of a game that two players of the demo have played.

use super::chance::Chance;
use super::matches::{Game, Seat};
use crate::season::{self, Which};
use ipc_schema::vocab::{GameRegion, Race};
use replay::facts::{CacheHandle, GameResult};
use replay::forge::{self, ForgedPlayer, Pool, Recording};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Keys and titles of the season's maps, as a client in English shows them.
const MAPS: &[(&str, &str)] = &[
    ("celestial_enclave", "Celestial Enclave LE"),
    ("holy_world", "[SC:Evo] Holy World (홀리월드)"),
    ("keres_passage", "Keres Passage SEL"),
    ("khione", "Khione SEL"),
    ("mothership", "Mothership LE"),
    ("radeon", "[SC:Evo] Radeon (라데온)"),
    ("ruby_rock", "Ruby Rock LE"),
    ("sylphid", "[SC:Evo] Sylphid (실피드)"),
    ("vermeer", "[SC:Evo] Vermeer (버미어)"),
];

/// What games load, by game region and map.
pub struct Handles(BTreeMap<(GameRegion, String), Vec<CacheHandle>>);

impl Handles {
    /// As the official mod and maps of the season have them.
    pub fn of(season: Which) -> anyhow::Result<Handles> {
        let handles = season::official_handles(season)?;
        let stored = |handles: Vec<String>| handles.iter().filter_map(|handle| stored(handle)).collect();
        Ok(Handles(handles.into_iter().map(|(place, handles)| (place, stored(handles))).collect()))
    }

    /// None on a map that the season does not have.
    fn on(&self, region: GameRegion, map: &str) -> Vec<CacheHandle> {
        self.0.get(&(region, map.to_owned())).cloned().unwrap_or_default()
    }
}

/// The 40 bytes of a handle in hex.
fn stored(handle: &str) -> Option<CacheHandle> {
    let mut bytes = [0; 40];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(handle.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(CacheHandle(bytes))
}

/// What players do in games of about one, four, eighteen and twelve minutes, packed once: packing it for
/// each game costs more than the workers' reading, which is what a demo is to load. It all happens
/// in the first two seconds, since games of a demo are that short.
static POOL: LazyLock<Pool> =
    LazyLock::new(|| Pool::new(&EVENTS.map(|events| Recording { humans: 2, events, loops: 40 })));

const EVENTS: [u32; 4] = [800, 3_000, 14_000, 9_300];
/// Which of them is of twelve minutes.
const TWELVE_MINUTES: usize = 3;

/// When a replay was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Day {
    Today,
    /// So long before that it is of no match that is open.
    Another,
}

const A_DAY_S: i64 = 24 * 60 * 60;

pub fn map_keys() -> Vec<&'static str> {
    MAPS.iter().map(|(key, _)| *key).collect()
}

/// The file that `player` sends. Two who recorded the same game send different files of it, and so
/// does who sends another `attempt`.
pub fn forge(handles: &Handles, game: &Game, player: usize, attempt: u32, day: Day) -> Vec<u8> {
    let region = game.seats[0].server.game_region();
    let mut chance = Chance::of(u64::from(game.random_seed), "recording", player as u64);
    let player = |seat: usize| forged_player(&game.seats[seat], seat == game.winner);
    let length = if chance.percent(10) { 2 } else { chance.below(2) };
    let length = if game.is_long { TWELVE_MINUTES } else { length };
    let before_s = if day == Day::Another { A_DAY_S } else { 0 };
    POOL.write(&forge::Game {
        map_title: map_title(&game.seats[0].map).to_owned(),
        cache_handles: handles.on(region, &game.seats[0].map),
        players: vec![player(0), player(1)],
        duration_game_loops: game_loops(game),
        ended_at_unix: i64::try_from(game.ends.unix_seconds()).unwrap_or(i64::MAX) - before_s,
        random_seed: game.random_seed,
        events: EVENTS[length],
        event_seed: chance.next_u64().wrapping_add(attempt.into()),
        ..forge::Game::default()
    })
}

/// 22.4 a second at Faster.
fn game_loops(game: &Game) -> u32 {
    let played_ms = game.ends.since(game.begins).as_millis();
    u32::try_from(played_ms * 224 / 10_000).unwrap_or(u32::MAX)
}

fn map_title(key: &str) -> &str {
    // A season may have maps that the demo does not know; its title check will say so.
    MAPS.iter().find(|(known, _)| *known == key).map_or(key, |(_, title)| title)
}

fn forged_player(seat: &Seat, won: bool) -> ForgedPlayer {
    let (race_text, race_code) = race_words(seat.race);
    ForgedPlayer {
        name: seat.name.clone(),
        race_text: race_text.to_owned(),
        race_code: race_code.to_owned(),
        region: seat.toon.region,
        realm: seat.toon.realm,
        toon_id: seat.toon.id,
        result: if won { GameResult::Win } else { GameResult::Loss },
        ..ForgedPlayer::default()
    }
}

/// The race as an English client writes it, and as the metadata does.
fn race_words(race: Race) -> (&'static str, &'static str) {
    match race {
        Race::BwTerran => ("BW Terran", "BWTe"),
        Race::BwZerg => ("BW Zerg", "BWZe"),
        Race::BwProtoss => ("BW Protoss", "BWPr"),
        Race::Sc2Terran => ("Terran", "Terr"),
        Race::Sc2Zerg => ("Zerg", "Zerg"),
        Race::Sc2Protoss => ("Protoss", "Prot"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::players::matches::tests::game;

    fn demo() -> Handles {
        Handles::of(Which::Demo).unwrap()
    }

    #[test]
    fn the_file_tells_the_game_that_was_played() {
        for match_id in 1..=8 {
            let game = game(match_id);
            let facts = replay::parse(&forge(&demo(), &game, 3, 0, Day::Today)).unwrap();
            assert!(facts.is_1v1);
            assert_eq!(facts.map_title, "Keres Passage SEL");
            assert_eq!(facts.random_seed, game.random_seed);
            assert_eq!(facts.game_speed, 4);
            assert_eq!(facts.cache_handles, demo().on(GameRegion::Europe, "keres_passage"));
            assert_eq!(facts.cache_handles.len(), 4);
            assert_eq!(facts.observers, Vec::<String>::new());

            let played_s = game.ends.since(game.begins).as_secs_f64();
            assert!((f64::from(facts.duration_game_loops) / 22.4 - played_s).abs() < 0.1);
            let ended_unix = facts.time_utc_filetime / 10_000_000 - 11_644_473_600;
            assert_eq!(ended_unix, game.ends.unix_seconds() as i64);

            let codes: Vec<_> =
                facts.metadata_players.unwrap().into_iter().map(|player| player.assigned_race).collect();
            assert_eq!(codes, ["BWZe", "Terr"]);
            for (seat, player) in game.seats.iter().zip(&facts.players) {
                assert_eq!(player.name, seat.name);
                assert_eq!(player.toon(), seat.toon.to_string());
                assert_eq!(player.race_raw, race_words(seat.race).0);
                let won = game.seats[game.winner] == *seat;
                assert_eq!(player.result, if won { GameResult::Win } else { GameResult::Loss });
            }
        }
    }

    #[test]
    fn two_files_of_one_game_differ_and_tell_the_same() {
        let game = game(5);
        let handles = demo();
        let files = [(3, 0), (9, 0), (3, 1)]
            .map(|(player, attempt)| forge(&handles, &game, player, attempt, Day::Today));
        assert!(files[0] != files[1] && files[0] != files[2] && files[1] != files[2]);
        assert_eq!(files[0], forge(&handles, &game, 3, 0, Day::Today));
        let seeds = files.map(|file| replay::parse(&file).unwrap().random_seed);
        assert_eq!(seeds, [game.random_seed; 3]);
    }

    #[test]
    fn every_map_has_handles_of_each_region_in_either_season() {
        for which in [Which::Demo, Which::Real] {
            let handles = Handles::of(which).unwrap();
            for (region, letters) in GameRegion::ALL.iter().zip([b"US", b"EU", b"KR"]) {
                for (at, map) in map_keys().into_iter().enumerate() {
                    let of_map = handles.on(*region, map);
                    assert!(of_map.len() >= 4, "{which:?} {region} {map}");
                    assert!(
                        of_map.iter().all(|handle| handle.region() == letters),
                        "{which:?} {region} {map}"
                    );
                    let other = handles.on(*region, map_keys()[(at + 1) % MAPS.len()]);
                    assert_ne!(of_map, other, "{which:?} {region} {map}");
                }
            }
        }
        let real = Handles::of(Which::Real).unwrap();
        assert_eq!(real.on(GameRegion::Asia, "khione").len(), 23);
    }
}
