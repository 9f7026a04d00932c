//! Forged replays, read back.

use crate::facts::{CacheHandle, GameResult, LeaveEvent};
use crate::forge::package::Content;
use crate::forge::{self, Control, ForgedObserver, ForgedPlayer, Game};
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
    assert_eq!((facts.lobby.game_speed, facts.lobby.max_players), (game.game_speed, 2));

    let names: Vec<_> = game.observers.iter().map(|observer| observer.name.clone()).collect();
    assert_eq!(facts.observers, names);
    let metadata = facts.metadata_players.as_deref().expect("a forged replay has metadata");
    for (index, forged) in game.players.iter().enumerate() {
        let (player, metadata, slot) =
            (&facts.players[index], &metadata[index], &facts.lobby.slots_in_use[index]);
        assert_eq!((&player.name, &player.clan), (&forged.name, &forged.clan));
        assert_eq!((&player.race_raw, player.result), (&forged.race_text, forged.result));
        assert_eq!((usize::from(player.team), player.slot), (index, slot.slot));
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

#[test]
fn forged_replays_are_read_back_with_equal_facts() {
    let with_computer = {
        let mut game = game();
        game.players[1].control = Control::Computer;
        game
    };
    let observer = |name: &str| ForgedObserver {
        name: name.into(),
        clan: String::new(),
        region: 3,
        realm: 1,
        toon_id: 99,
    };
    let watched = Game { observers: vec![observer("Cat"), observer("Dog")], ..game() };
    let leaves = Some(vec![LeaveEvent { game_loop: 5, user_id: 1, reason: 11 }]);
    #[rustfmt::skip]
    let games = [
        ("the default",    Game::default(), true),
        ("every field",    game(), true),
        ("a computer",     with_computer, false),
        ("watched",        watched, true),
        ("one leaves",     Game { leaves, ..game() }, true),
        ("no time at all", Game { duration_game_loops: 0, events: 0, ..game() }, true),
        ("a long game",    Game { duration_game_loops: u32::MAX, events: 5, ..game() }, true),
        ("many events",    Game { events: 20_000, ..game() }, true),
        ("oldest build",   Game { base_build: 80_949, ..game() }, true),
    ];
    for (name, game, is_1v1) in games {
        let file = forge::write(&game);
        assert_eq!(file, forge::write(&game), "{name}: the same game gives the same bytes");
        let facts = parse(&file).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        check(&game, &facts);
        assert_eq!(facts.is_1v1, is_1v1, "{name}");
        assert!(!facts.unlisted_build, "{name}");
        assert!(facts.game_events >= game.events, "{name}");
    }
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
