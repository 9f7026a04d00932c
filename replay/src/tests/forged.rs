//! Forged replays, read back.

use crate::facts::{CacheHandle, GameResult, LeaveEvent};
use crate::forge::package::{Content, PACKED_BYTES};
use crate::forge::{self, ChatMessage, Control, ForgedObserver, ForgedPlayer, Game, Pool, Recording};
use crate::{Facts, parse};

/// A game with something in every field.
pub(super) fn game() -> Game {
    let player = |name: &str, clan: &str, race: &str, code: &str, toon_id, result| ForgedPlayer {
        name: name.into(),
        clan: clan.into(),
        race_text: race.into(),
        race_code: code.into(),
        region: 3,
        realm: 2,
        toon_id,
        result,
        control: Control::Human,
        team: None,
    };
    let handle = |fill: u8| {
        let mut bytes = [fill; 40];
        bytes[..8].copy_from_slice(b"s2ma\0\0KR");
        CacheHandle(bytes)
    };
    Game {
        map_title: "[SC:Evo] Radeon (라데온)".into(),
        cache_handles: (1..=21).map(handle).collect(),
        players: vec![
            player("Ash <&>", "K&R", "BW Terran", "BWTe", 7_654_321, GameResult::Loss),
            player("Bee", "", "스1 저그", "BWZe", 1_234_567, GameResult::Win),
        ],
        duration_game_loops: 20_000,
        random_seed: 0xfedc_ba98,
        privacy: "NoMH".into(),
        ..Game::default()
    }
}

/// What the reader is to say of a game, field by field.
fn check(game: &Game, facts: &Facts) {
    assert_eq!((facts.base_build, facts.build), (game.base_build, game.base_build));
    assert_eq!(facts.version, game.version.map(|part| part.to_string()).join("."));
    assert_eq!(facts.duration_game_loops, game.duration_game_loops);
    assert_eq!(facts.time_utc_filetime / 10_000_000 - 11_644_473_600, game.ended_at_unix);
    assert_eq!(facts.map_title, game.map_title);
    assert_eq!(facts.game_speed, game.game_speed);
    assert_eq!(facts.cache_handles, game.cache_handles);
    assert_eq!((facts.random_seed, facts.lobby.random_seed), (game.random_seed, game.random_seed));
    assert_eq!(facts.attributes_global[&4000], game.privacy);
    assert_eq!(facts.attributes_global[&3010], if game.locked_alliances { "yes" } else { "no" });
    assert_eq!(facts.attributes_global.len(), 7);
    assert_eq!(facts.leave_events, game.leave_events());
    assert!(facts.lobby.battle_net && facts.lobby.game_options_lock_teams && !facts.lobby.amm);
    assert_eq!(facts.attributes_global[&3015], game.duration_limit_minutes.to_string());
    assert_eq!(
        (facts.lobby.game_speed, facts.lobby.max_players),
        (game.game_speed, game.players.len() as u8)
    );
    assert_eq!(facts.players.len(), game.players.len());
    assert_eq!(facts.unlisted_build, game.base_build > crate::limits::NEWEST_BASE_BUILD);
    for (seat, observer) in facts.lobby.slots_in_use.iter().skip(game.players.len()).zip(&game.observers) {
        let user = facts.lobby.users.iter().find(|user| Some(user.user_id) == seat.user);
        assert_eq!(user.map(|user| &user.clan), Some(&observer.clan));
        assert_eq!(seat.toon, format!("{}-S2-{}-{}", observer.region, observer.realm, observer.toon_id));
    }

    let names: Vec<_> = game.observers.iter().map(|observer| observer.name.clone()).collect();
    assert_eq!(facts.observers, names);
    let metadata = facts.metadata_players.as_deref().expect("a forged replay has metadata");
    for (index, forged) in game.players.iter().enumerate() {
        let (player, metadata, slot) =
            (&facts.players[index], &metadata[index], &facts.lobby.slots_in_use[index]);
        assert_eq!((&player.name, &player.clan), (&forged.name, &forged.clan));
        assert_eq!((&player.race_raw, player.result), (&forged.race_text, forged.result));
        let team = forged.team.map_or(index, usize::from);
        assert_eq!((usize::from(player.team), usize::from(slot.team)), (team, team));
        assert_eq!((player.slot, slot.slot), (Some(index as u8), Some(index as u8)));
        assert_eq!(
            (&metadata.assigned_race, &metadata.selected_race),
            (&forged.race_code, &forged.race_code)
        );
        assert_eq!((player.control, player.observe), (slot.control, slot.observe));
        if forged.control == Control::Human {
            let user = facts.lobby.users.iter().find(|user| Some(user.user_id) == slot.user);
            let user = user.expect("a human in a slot is a user");
            assert_eq!((&user.name, &user.clan), (&forged.name, &forged.clan));
            let account = (player.region, player.realm, player.toon_id);
            assert_eq!(account, (forged.region, forged.realm, forged.toon_id));
            assert_eq!(slot.toon, player.toon());
        }
    }
}

/// Games of every kind, by name, and whether two humans play against each other.
fn games() -> Vec<(&'static str, Game, bool)> {
    let with = |change: &dyn Fn(&mut Game)| {
        let mut game = game();
        change(&mut game);
        game
    };
    let results = |results: [GameResult; 2]| {
        with(&|game| game.players.iter_mut().zip(results).for_each(|(player, result)| player.result = result))
    };
    let named = |name: &str, clan: &str| {
        with(&|game| (game.players[0].name, game.players[0].clan) = (name.into(), clan.into()))
    };
    let teams = |teams: &[(u8, Control)]| {
        with(&|game| {
            let one = game.players[0].clone();
            let player = |(number, &(team, control)): (usize, &(u8, Control))| ForgedPlayer {
                name: format!("Player {number}"),
                toon_id: number as u64,
                team: Some(team),
                control,
                ..one.clone()
            };
            game.players = teams.iter().enumerate().map(player).collect();
        })
    };
    let watched = |by: u8| {
        let observer = |number| ForgedObserver {
            name: format!("Watcher {number}"),
            clan: if number == 1 { "видят".into() } else { String::new() },
            region: 3,
            realm: 1,
            toon_id: 90 + u64::from(number),
        };
        with(&|game| game.observers = (0..by).map(observer).collect())
    };
    let leave = |game_loop, user_id| LeaveEvent { game_loop, user_id, reason: 11 };
    let said = |game_loop, user_id, recipient, text: &str| ChatMessage {
        game_loop,
        user_id,
        recipient,
        text: text.into(),
    };
    let chat = vec![said(0, 0, 0, "gl hf"), said(70, 1, 2, "화이팅"), said(20_000, 0, 0, &"x".repeat(2047))];
    let foreign = |region: u8, letters: &[u8; 2]| {
        with(&|game| {
            game.players.iter_mut().for_each(|player| player.region = region);
            game.cache_handles.iter_mut().for_each(|handle| handle.0[6..8].copy_from_slice(letters));
        })
    };
    use Control::{Computer, Human};
    use GameResult::{Loss, Tie, Undecided, Win};
    #[rustfmt::skip]
    let games = vec![
        ("the default",          Game::default(), true),
        ("every field",          game(), true),
        ("a computer",           teams(&[(0, Human), (1, Computer)]), false),
        ("a computer first",     teams(&[(0, Computer), (1, Human)]), false),
        ("computers alone",      teams(&[(0, Computer), (1, Computer)]), false),
        ("one against two",      teams(&[(0, Human), (1, Computer), (1, Computer)]), false),
        ("two against two",      teams(&[(0, Human), (0, Human), (1, Human), (1, Human)]), false),
        ("on one team",          teams(&[(0, Human), (0, Human)]), false),
        ("a dozen",              teams(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map(|team| (team, Human))), false),
        ("one watches",          watched(1), true),
        ("fourteen watch",       watched(14), true),
        ("Chinese",              named("红色警戒", "龙"), true),
        ("Cyrillic",             named("Ёжик", "РФ"), true),
        ("entities",             named("<&>\"'&lt;", "&amp;"), true),
        ("the longest name",     named(&"가".repeat(21), ""), true),
        ("undecided",            results([Undecided, Undecided]), true),
        ("a tie",                results([Tie, Tie]), true),
        ("two that won",         results([Win, Win]), true),
        ("lost by the second",   results([Win, Loss]), true),
        ("one leaves",           Game { leaves: Some(vec![leave(5, 1)]), ..game() }, true),
        ("the winner first",     Game { leaves: Some(vec![leave(500, 1), leave(500, 0)]), ..game() }, true),
        ("nobody leaves",        Game { leaves: Some(Vec::new()), ..game() }, true),
        ("chat",                 Game { chat, ..game() }, true),
        ("no handles",           Game { cache_handles: Vec::new(), ..game() }, true),
        ("all handles",          Game { cache_handles: vec![CacheHandle([7; 40]); 63], ..game() }, true),
        ("in America",           foreign(1, b"US"), true),
        ("in Europe",            foreign(2, b"EU"), true),
        ("slow and hidden",      Game { game_speed: 0, privacy: "NoBO".into(), ..game() }, true),
        ("unlocked and limited", Game { locked_alliances: false, duration_limit_minutes: 90, ..game() }, true),
        ("two minutes",          Game { duration_game_loops: 2_688, events: 1_500, ..game() }, true),
        ("forty minutes",        Game { duration_game_loops: 53_760, events: 30_000, ..game() }, true),
        ("no time at all",       Game { duration_game_loops: 0, events: 0, ..game() }, true),
        ("a long game",          Game { duration_game_loops: u32::MAX, events: 5, ..game() }, true),
        ("in 1970",              Game { ended_at_unix: 0, ..game() }, true),
        ("the oldest build",     Game { base_build: 80_949, ..game() }, true),
        ("an unlisted build",    Game { base_build: 123_456, version: [6, 1, 0], ..game() }, true),
    ];
    games
}

#[test]
fn forged_replays_are_read_back_with_equal_facts() {
    let pool = Pool::new(&[Recording { humans: 2, events: 800, loops: 400 }]);
    for (name, game, is_1v1) in games() {
        for (from, write) in
            [("anew", &forge::write as &dyn Fn(&Game) -> Vec<u8>), ("pooled", &|game| pool.write(game))]
        {
            let file = write(&game);
            assert_eq!(file, write(&game), "{name}, {from}: the same game gives the same bytes");
            let facts = parse(&file).unwrap_or_else(|error| panic!("{name}, {from}: {error:?}"));
            check(&game, &facts);
            assert_eq!(facts.is_1v1, is_1v1, "{name}, {from}");
            assert!(from == "pooled" || facts.game_events >= game.events, "{name}");
        }
    }
}

/// By the published layout: delta, user, event, recipient in so many bits; the text at a whole byte.
#[test]
fn chat_is_written_as_the_layout_has_it() {
    let said =
        |game_loop, user_id, text: &str| ChatMessage { game_loop, user_id, recipient: 2, text: text.into() };
    let game = Game { chat: vec![said(3, 1, "hi"), said(103, 2, "")], ..game() };
    let package = forge::package(&game);
    let (_, Content::Packed(bytes)) = &package.files[5] else { panic!("it is packed") };
    let loading = 7;
    #[rustfmt::skip]
    let expected = [
        // Loop 3: choice 0 and 3; user 1, event 0 by its high three bits; its last, recipient 2, length 2.
        3 << 2, 1, 2 << 1, 2, b'h', b'i',
        // 100 loops later: choice 1, and 14 bits.
        1, 100, 2, 2 << 1, 0,
    ];
    assert_eq!(&bytes[loading * 2..], expected);
}

#[test]
fn a_pool_packs_nothing_for_a_game() {
    let pool = Pool::default();
    let games = [2, 5, 10, 18, 27, 40].map(|minutes| {
        let Recording { events, loops, .. } = Recording::of_minutes(2, minutes);
        Game { events, duration_game_loops: loops + 100, ..game() }
    });
    for game in games {
        PACKED_BYTES.set(0);
        let file = pool.write(&game);
        let again = pool.write(&Game { event_seed: 2, ..game.clone() });
        assert_eq!(PACKED_BYTES.get(), 0, "{} events", game.events);
        let facts = parse(&file).expect("it is read");
        check(&game, &facts);
        assert!(facts.game_events.abs_diff(game.events) < game.events / 3 + 600, "{}", facts.game_events);

        // Most of what is read has to be unpacked, and files of two seeds differ, but not much.
        assert!(file.len() > facts.game_events as usize * 5, "{} bytes", file.len());
        let differing = file.iter().zip(&again).filter(|(one, other)| one != other).count();
        assert!(file != again && differing < 2_000, "{differing} bytes differ");
    }
}

#[test]
fn a_game_that_no_recording_fits_is_packed_anew() {
    let pool = Pool::new(&[Recording { humans: 2, events: 600, loops: 1_000 }]);
    let short = Game { duration_game_loops: 900, ..game() };
    assert_eq!(pool.write(&short), forge::write(&short));
    assert_ne!(pool.write(&game()), forge::write(&game()));
}

#[test]
fn a_forged_replay_makes_its_reader_unpack_as_a_real_one_does() {
    let package = forge::package(&game());
    let events = package.files.iter().find_map(|(name, content)| match content {
        Content::Packed(bytes) if *name == "replay.game.events" => Some(bytes),
        _ => None,
    });
    let events = events.expect("it has game events");
    assert!((20_000..60_000).contains(&events.len()), "{} bytes of events", events.len());
    let packed = forge::package::packed(events).len();
    assert!((events.len() / 4..events.len() * 3 / 4).contains(&packed), "{packed} bytes packed");
}

#[test]
fn every_container_a_reader_must_know_gives_the_same_facts() {
    let expected = parse(&forge::write(&game())).expect("it is read");
    type Lay = fn(Vec<u8>) -> Content;
    let lays: [(&str, Lay); 3] =
        [("packed", Content::Packed), ("stored", Content::Stored), ("sectors", Content::Sectors)];
    for header_format in [0, 1, 3] {
        for sector_shift in [0, 3, 5, 12] {
            for (name, lay) in lays {
                let mut package = forge::package(&game());
                package.header_format = header_format;
                package.sector_shift = sector_shift;
                for (_, content) in &mut package.files {
                    if let Content::Packed(bytes) = content {
                        *content = lay(std::mem::take(bytes));
                    }
                }
                let facts = parse(&package.write());
                assert_eq!(
                    facts.as_ref(),
                    Ok(&expected),
                    "format {header_format}, shift {sector_shift}, {name}"
                );
            }
        }
    }
}

#[test]
fn backups_stand_in_for_missing_streams() {
    let mut package = forge::package(&game());
    for (name, _) in &mut package.files {
        match *name {
            "replay.details" => *name = "replay.details.backup",
            "replay.initData" => *name = "replay.initData.backup",
            _ => {}
        }
    }
    check(&game(), &parse(&package.write()).expect("backups are read"));
}

#[test]
fn a_newer_build_is_read_only_if_its_streams_agree() {
    let newer = Game { base_build: 123_456, ..game() };
    let facts = parse(&forge::write(&newer)).expect("it fits the newest layout");
    assert!(facts.unlisted_build);
    check(&newer, &facts);

    let late = LeaveEvent { game_loop: newer.duration_game_loops + 1, user_id: 0, reason: 0 };
    let mut other_name = forge::package(&newer);
    let mut renamed = newer.clone();
    renamed.players[0].name = "Somebody Else".into();
    other_name.files[0] = forge::package(&renamed).files.swap_remove(0);
    let mut unfit = forge::package(&newer);
    unfit.files[1].1 = Content::Packed(vec![0xff; 500]);
    let wrong = [
        ("leaves after the end", forge::write(&Game { leaves: Some(vec![late]), ..newer })),
        ("another name in details", other_name.write()),
        ("initData of another layout", unfit.write()),
    ];
    for (name, file) in wrong {
        let error = parse(&file).expect_err(name);
        assert_eq!(error.kind, crate::ErrorKind::UnsupportedBuild, "{name}: {error}");
    }
}
