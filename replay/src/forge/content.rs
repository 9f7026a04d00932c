//! Writes the streams of a forged game, but for its game events.
//!
//! Where rules ask for nothing, the values are those of a real custom game.

use std::collections::BTreeMap;

use serde_json::json;

use super::encode::{BitPacked, Versioned};
use super::{Control, ForgedPlayer, Game};
use crate::facts::GameResult;
use crate::format::{
    CONTROL_HUMAN, FILETIME_PER_SECOND, GLOBAL_SCOPE, SECONDS_1601_TO_1970, SIGNATURE, attribute,
};

/// Places for users in a lobby.
const USERS: usize = 16;

/// Accounts are of this game.
const PROGRAM: [u8; 4] = *b"\0\0S2";

pub(super) fn header(game: &Game) -> Vec<u8> {
    let [major, minor, revision] = game.version;
    let mut out = Versioned::default();
    out.structure(9);
    out.field(0).blob(&[SIGNATURE, b"\x1b11"].concat());
    out.field(1).structure(6);
    out.field(0).integer(1);
    out.field(1).integer(major);
    out.field(2).integer(minor);
    out.field(3).integer(revision);
    out.field(4).integer(game.base_build);
    out.field(5).integer(game.base_build);
    out.field(2).integer(2);
    out.field(3).integer(game.duration_game_loops);
    out.field(4).flag(true);
    out.field(5).structure(1);
    out.field(1).blob(&[0; 16]);
    out.field(6).integer(game.base_build);
    out.field(7).structure(1);
    out.field(1).blob(&[0; 16]);
    out.field(8).flag(false);
    out.bytes
}

pub(super) fn details(game: &Game) -> Vec<u8> {
    let filetime = (game.ended_at_unix + SECONDS_1601_TO_1970) * FILETIME_PER_SECOND;
    let mut out = Versioned::default();
    out.structure(18);
    out.field(0).some().array(game.players.len());
    for (slot, player, team) in game.seated() {
        details_player(&mut out, player, slot, team);
    }
    out.field(1).blob(game.map_title.as_bytes());
    out.field(2).blob(b"");
    out.field(3).structure(1);
    out.field(0).blob(b"Minimap.tga");
    out.field(4).flag(false);
    out.field(5).integer(filetime);
    out.field(6).integer(0);
    out.field(16).some().flag(false);
    out.field(17).flag(false);
    out.field(7).blob(b"");
    out.field(8).blob(b"");
    out.field(15).integer(0);
    out.field(9).blob(b"");
    out.field(10).some().array(game.cache_handles.len());
    for handle in &game.cache_handles {
        out.blob(&handle.0);
    }
    out.field(11).flag(false);
    out.field(12).integer(game.game_speed);
    out.field(13).integer(3);
    out.field(14).none();
    out.bytes
}

fn details_player(out: &mut Versioned, player: &ForgedPlayer, slot: u8, team: u8) {
    let (region, realm, toon_id) = account(player);
    out.structure(11);
    out.field(0).blob(stored_name(player).as_bytes());
    out.field(1).structure(4);
    out.field(0).integer(region);
    out.field(1).four_bytes(PROGRAM);
    out.field(2).integer(realm);
    out.field(4).integer(i64::try_from(toon_id).expect("an account number is small"));
    out.field(2).blob(player.race_text.as_bytes());
    out.field(3).structure(4);
    for (field, colour) in (0..).zip([255, 180, 20, 30]) {
        out.field(field).integer(colour);
    }
    out.field(4).integer(player.control.code());
    out.field(5).integer(team);
    out.field(6).integer(100);
    out.field(7).integer(0);
    out.field(8).integer(match player.result {
        GameResult::Undecided => 0,
        GameResult::Win => 1,
        GameResult::Loss => 2,
        GameResult::Tie => 3,
    });
    out.field(9).some().integer(slot);
    out.field(10).blob(b"");
}

/// The name as details has it: with the clan before it, and entities.
fn stored_name(player: &ForgedPlayer) -> String {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let name = escape(&player.name);
    if player.clan.is_empty() { name } else { format!("&lt;{}&gt;<sp/>{name}", escape(&player.clan)) }
}

/// A computer has no account.
fn account(player: &ForgedPlayer) -> (u8, u32, u64) {
    match player.control {
        Control::Human => (player.region, player.realm, player.toon_id),
        Control::Computer => (0, 0, 0),
    }
}

/// Someone in the lobby: a player or an observer.
struct Seat<'a> {
    name: &'a str,
    clan: &'a str,
    control: u8,
    user: Option<u64>,
    team: u8,
    observe: u8,
    toon: String,
}

fn seats(game: &Game) -> Vec<Seat<'_>> {
    let mut users = 0..;
    let players = game.seated().map(|(_, player, team)| Seat {
        name: &player.name,
        clan: &player.clan,
        control: player.control.code(),
        user: if player.control == Control::Human { users.next() } else { None },
        team,
        observe: 0,
        toon: match player.control {
            Control::Human => toon(player.region, player.realm, player.toon_id),
            Control::Computer => String::new(),
        },
    });
    let mut seats: Vec<Seat<'_>> = players.collect();
    seats.extend(users.zip(&game.observers).map(|(number, observer)| Seat {
        name: &observer.name,
        clan: &observer.clan,
        control: CONTROL_HUMAN,
        user: Some(number),
        team: 0,
        observe: 1,
        toon: toon(observer.region, observer.realm, observer.toon_id),
    }));
    seats
}

fn toon(region: u8, realm: u32, toon_id: u64) -> String {
    format!("{region}-S2-{realm}-{toon_id}")
}

pub(super) fn init_data(game: &Game) -> Vec<u8> {
    let seats = seats(game);
    assert!(!game.players.is_empty(), "someone plays");
    assert!(seats.len() <= USERS, "a lobby has no more than {USERS} places");
    let mut out = BitPacked::default();
    out.bits(5, USERS as u64);
    for number in 0..USERS {
        let seat = seats.iter().find(|seat| seat.user == Some(number as u64));
        user(&mut out, seat);
    }
    description(&mut out, game);
    out.bits(3, 0_u8); // phase
    let players = game.players.len();
    out.bits(5, players as u64); // most users
    out.bits(5, (USERS - players) as u64); // most observers
    out.bits(5, USERS as u64);
    for number in 0..USERS {
        slot(&mut out, number as u64, seats.get(number));
    }
    out.bits(32, game.random_seed);
    out.optional(4, Some(0)); // host
    out.flag(false); // single player
    out.bits(8, 0_u8); // map tag
    out.bits(32, 0_u8); // duration
    out.bits(6, 3_u8); // default difficulty
    out.bits(8, 0_u8); // default AI build
    out.bytes
}

fn user(out: &mut BitPacked, seat: Option<&Seat<'_>>) {
    out.blob(8, seat.map_or("", |seat| seat.name).as_bytes());
    out.flag(true);
    out.blob(8, seat.map_or("", |seat| seat.clan).as_bytes());
    out.flag(false); // clan logo
    out.optional(8, Some(0)); // highest league
    out.optional(32, Some(u64::from(u32::MAX))); // combined race levels
    out.bits(32, 0_u8); // random seed
    out.optional(8, None); // preferred race
    out.optional(8, None); // preferred team
    out.bits(4, 0_u8); // test flags
    out.bits(32, 0_u8); // test type
    out.bits(2, seat.map_or(0, |seat| seat.observe));
    for _ in 0..3 {
        out.blob(9, b""); // hero, skin, mount
    }
    out.blob(7, b""); // account, which the slot has
    out.optional(32, None); // rating
}

fn description(out: &mut BitPacked, game: &Game) {
    out.bits(32, game.random_seed);
    out.blob(10, b"Dflt");
    for option in 0..11 {
        out.flag(matches!(option, 0 | 4 | 10)); // teams locked, on Battle.net, heroes may be twice
    }
    for _ in 0..3 {
        out.bits(2, 0_u8); // fog, observers, difficulty
    }
    out.bits(64, 265_u16); // debug flags
    out.flag(false); // build coach
    out.bits(3, game.game_speed);
    out.bits(3, 0_u8); // type
    let players = game.players.len() as u64;
    let most = [(5, players), (5, USERS as u64 - players), (5, players), (4, 1), (6, 16), (8, 2), (8, 1)];
    for (width, value) in most.into_iter().chain([(8, 176), (8, 184)]) {
        out.bits(width, value); // users, observers, players; teams, races less one; colours, controls; size
    }
    out.bits(32, 0_u8); // checksum of the map
    out.blob(11, b"");
    out.blob(8, b"1-S2-1-1"); // author
    out.bits(32, 0_u8); // checksum of the mod
    out.bits(5, USERS as u64);
    for _ in 0..USERS {
        for width in [6, 8, 6, 8, 2, 8] {
            out.bits(width, 0_u8); // what the slot allows, as empty lists
        }
    }
    out.bits(6, 3_u8); // default difficulty
    out.bits(8, 0_u8); // default AI build
    out.bits(6, game.cache_handles.len() as u64);
    for handle in &game.cache_handles {
        out.whole_bytes(&handle.0);
    }
    for kind in 0..6 {
        out.flag(kind < 2); // with a mod, and not Blizzard's
    }
}

fn slot(out: &mut BitPacked, number: u64, seat: Option<&Seat<'_>>) {
    out.bits(8, seat.map_or(0, |seat| seat.control));
    out.optional(4, seat.and_then(|seat| seat.user));
    out.bits(4, seat.map_or(0, |seat| seat.team));
    out.optional(5, Some(number + 1)); // preferred colour
    out.optional(8, None); // preferred race
    out.bits(6, 3_u8); // difficulty
    out.bits(8, 0_u8); // AI build
    out.bits(32, 100_u8); // handicap
    out.bits(2, seat.map_or(1, |seat| seat.observe));
    out.bits(32, 0_u8); // logo
    for _ in 0..3 {
        out.blob(9, b""); // hero, skin, mount
    }
    out.bits(4, 0_u8); // artifacts
    out.optional(8, Some(number));
    out.bits(17, 0_u8); // rewards
    out.blob(7, seat.map_or("", |seat| &seat.toon).as_bytes());
    out.bits(16, 0_u8); // licences
    out.optional(4, None); // leader of the tandem
    out.blob(9, b""); // commander
    out.bits(32, 1_u8); // its level
    out.flag(false); // silenced
    out.optional(4, None); // tandem
    out.bits(32, 0_u8); // mastery level
    out.bits(3, 0_u8); // mastery talents
    out.bits(32, 0_u8); // trophy
    out.bits(17, 0_u8); // overridden rewards
    out.bits(32, 0_u8); // brutal plus
    out.bits(3, 0_u8); // mutations
    for _ in 0..3 {
        out.bits(32, 0_u8); // enemy race and wave, prestige
    }
}

pub(super) fn attributes(game: &Game) -> Vec<u8> {
    let speed = ["Slor", "Slow", "Norm", "Fast", "Fasr"].get(usize::from(game.game_speed)).unwrap_or(&"Fasr");
    let locked = if game.locked_alliances { "yes" } else { "no" };
    let limit = game.duration_limit_minutes.to_string();
    let layout = team_layout(game);
    let teams: Vec<String> = game.seated().map(|(.., team)| format!("T{}", team + 1)).collect();
    let mut entries = vec![
        (GLOBAL_SCOPE, attribute::PREMADE, "yes"),
        (GLOBAL_SCOPE, attribute::TEAM_LAYOUT, &layout),
        (GLOBAL_SCOPE, attribute::SPEED, speed),
        (GLOBAL_SCOPE, attribute::MODE, "Priv"),
        (GLOBAL_SCOPE, attribute::LOCKED_ALLIANCES, locked),
        (GLOBAL_SCOPE, attribute::DURATION, &limit),
        (GLOBAL_SCOPE, attribute::PRIVACY, &game.privacy),
    ];
    for ((scope, player), team) in (1..).zip(&game.players).zip(&teams) {
        let control = if player.control == Control::Human { "Humn" } else { "Comp" };
        // Control, race, colour, role, team.
        entries.extend([(scope, 500, control), (scope, 3001, &player.race_code), (scope, 3002, "tc01")]);
        entries.extend([(scope, 3007, "Part"), (scope, 2002, team)]);
    }
    let mut out = vec![0; 5];
    out.extend((entries.len() as u32).to_le_bytes());
    for (scope, number, value) in entries {
        let mut stored = [0; 4];
        assert!(value.len() <= stored.len(), "the value of an attribute has at most four bytes");
        for (to, from) in stored.iter_mut().zip(value.bytes().rev()) {
            *to = from;
        }
        out.extend(999_u32.to_le_bytes());
        out.extend(number.to_le_bytes());
        out.push(scope);
        out.extend(stored);
    }
    out
}

/// How many play on each team, such as `2v2`; `FFA` for more than two teams.
fn team_layout(game: &Game) -> String {
    let mut sizes = BTreeMap::new();
    for (.., team) in game.seated() {
        *sizes.entry(team).or_insert(0_u8) += 1;
    }
    match sizes.into_values().collect::<Vec<_>>()[..] {
        [one, other] => format!("{one}v{other}"),
        _ => "FFA".to_owned(),
    }
}

pub(super) fn metadata(game: &Game) -> Vec<u8> {
    let [major, minor, revision] = game.version;
    let players = (1..).zip(&game.players).map(|(id, player): (u32, _)| {
        let result = match player.result {
            GameResult::Undecided => "Undecided",
            GameResult::Win => "Win",
            GameResult::Loss => "Loss",
            GameResult::Tie => "Tie",
        };
        json!({
            "PlayerID": id, "APM": 120.0, "Result": result,
            "SelectedRace": player.race_code, "AssignedRace": player.race_code,
        })
    });
    let metadata = json!({
        "Title": game.map_title,
        "GameVersion": format!("{major}.{minor}.{revision}.{}", game.base_build),
        "DataBuild": game.base_build.to_string(),
        "BaseBuild": format!("Base{}", game.base_build),
        "Duration": u64::from(game.duration_game_loops) * 10 / 224,
        "Players": players.collect::<Vec<_>>(),
    });
    metadata.to_string().into_bytes()
}

/// How far loading has come, twice, and what was said. Some readers refuse an empty stream.
pub(super) fn messages(game: &Game) -> Vec<u8> {
    const CHAT: u8 = 0;
    const LOADING: u8 = 2;
    let mut out = BitPacked::default();
    for progress in [50_u32, 100] {
        out.delta(0);
        out.bits(5, 0_u8); // user
        out.bits(4, LOADING);
        out.bits(32, progress + (1 << 31));
        out.align();
    }
    let mut now = 0;
    for message in &game.chat {
        out.delta(message.game_loop.saturating_sub(now));
        now = now.max(message.game_loop);
        out.bits(5, message.user_id);
        out.bits(4, CHAT);
        out.bits(3, message.recipient);
        out.blob(11, message.text.as_bytes());
        out.align();
    }
    out.bytes
}
