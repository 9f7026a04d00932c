//! `replay.initData`: the lobby, whose slots say which account played where.
//!
//! The whole stream is stepped through in the order of the layout, since
//! nothing in it says where a value begins.

use super::bitpacked::BitPacked;
use crate::error::Error;
use crate::facts::{Lobby, LobbySlot, LobbyUser};
use crate::format::{CONTROL_COMPUTER, CONTROL_HUMAN, stream};

pub(crate) fn parse(content: &[u8]) -> Result<Lobby, Error> {
    let mut stream = BitPacked::new(content);
    let lobby = lobby(&mut stream);
    stream.align();
    let message = match lobby {
        Some(lobby) if stream.is_done() => return Ok(lobby),
        Some(_) => "something follows the end",
        None => "the stream does not fit its layout",
    };
    Err(Error::malformed(message, stream.offset()).in_stream(stream::INIT_DATA))
}

/// What the rules know of the game before anyone took a slot.
struct Description {
    lock_teams: bool,
    battle_net: bool,
    amm: bool,
    game_speed: u8,
    max_players: u8,
}

fn lobby(stream: &mut BitPacked<'_>) -> Option<Lobby> {
    let users = users(stream)?;
    let description = description(stream)?;

    // Phase, and the greatest number of users and of observers.
    stream.skip(3 + 5 + 5)?;
    let mut slots_in_use = Vec::new();
    for _ in 0..stream.bits(5)? {
        let slot = slot(stream)?;
        if matches!(slot.control, CONTROL_HUMAN | CONTROL_COMPUTER) {
            slots_in_use.push(slot);
        }
    }
    let random_seed = stream.bits(32)?;
    let host_user_id = stream.optional_small(4)?;
    // Single player, map tag, duration, default difficulty and AI build.
    stream.skip(1 + 8 + 32 + 6 + 8)?;

    Some(Lobby {
        game_options_lock_teams: description.lock_teams,
        amm: description.amm,
        battle_net: description.battle_net,
        game_speed: description.game_speed,
        max_players: description.max_players,
        host_user_id,
        random_seed,
        users,
        slots_in_use,
    })
}

fn users(stream: &mut BitPacked<'_>) -> Option<Vec<LobbyUser>> {
    let mut users = Vec::new();
    for user_id in 0..stream.small(5)? {
        let user = user(stream, user_id)?;
        if !user.name.is_empty() {
            users.push(user);
        }
    }
    Some(users)
}

fn user(stream: &mut BitPacked<'_>, user_id: u8) -> Option<LobbyUser> {
    let name = stream.text(8)?;
    let clan = if stream.flag()? { stream.text(8)? } else { String::new() };
    if stream.flag()? {
        stream.bytes(40)?; // clan logo
    }
    stream.skip_optional(8)?; // highest league
    stream.skip_optional(32)?; // combined race levels
    stream.skip(32)?; // random seed
    stream.skip_optional(8)?; // preferred race
    stream.skip_optional(8)?; // preferred team
    stream.skip(4 + 32)?; // four test flags, test type
    let observe = stream.small(2)?;
    for _ in 0..3 {
        stream.skip_blob(9)?; // hero, skin, mount
    }
    let toon = stream.text(7)?;
    let mmr = if stream.flag()? { Some(i64::from(stream.bits(32)?) + i64::from(i32::MIN)) } else { None };
    Some(LobbyUser { user_id, name, clan, observe, toon, mmr })
}

fn description(stream: &mut BitPacked<'_>) -> Option<Description> {
    stream.skip(32)?; // random value
    stream.skip_blob(10)?; // game cache
    let lock_teams = stream.flag()?;
    stream.skip(3)?; // teams together, shared control, random races
    let battle_net = stream.flag()?;
    let amm = stream.flag()?;
    // Five more options, fog, observers, difficulty, debug flags, build coach.
    stream.skip(5 + 2 + 2 + 2 + 64 + 1)?;
    let game_speed = stream.small(3)?;
    stream.skip(3 + 5 + 5)?; // type, users, observers
    let max_players = stream.small(5)?;
    // Teams, colours, races, controls, size of the map, its checksum.
    stream.skip(4 + 6 + 8 + 8 + 8 + 8 + 32)?;
    stream.skip_blob(11)?; // map file
    stream.skip_blob(8)?; // author
    stream.skip(32)?; // checksum of the mod
    for _ in 0..stream.bits(5)? {
        // What a slot allows: colours, races, difficulties, controls, ways to observe, AI builds.
        for width in [6, 8, 6, 8, 2, 8] {
            stream.skip_list(width, 1)?;
        }
    }
    stream.skip(6 + 8)?; // default difficulty and AI build
    for _ in 0..stream.bits(6)? {
        stream.bytes(40)?; // cache handles, which details has too
    }
    stream.skip(6)?; // kinds of mod and map
    Some(Description { lock_teams, battle_net, amm, game_speed, max_players })
}

fn slot(stream: &mut BitPacked<'_>) -> Option<LobbySlot> {
    let control = stream.small(8)?;
    let user = stream.optional_small(4)?;
    let team = stream.small(4)?;
    stream.skip_optional(5)?; // preferred colour
    let race_pref = stream.optional_small(8)?;
    let diff = stream.small(6)?;
    stream.skip(8 + 32)?; // AI build, handicap
    let observe = stream.small(2)?;
    stream.skip(32)?; // logo
    for _ in 0..3 {
        stream.skip_blob(9)?; // hero, skin, mount
    }
    for _ in 0..stream.bits(4)? {
        stream.skip_blob(9)?; // artifacts
    }
    let slot = stream.optional_small(8)?;
    stream.skip_list(17, 32)?; // rewards
    let toon = stream.text(7)?;
    stream.skip_list(16, 32)?; // licences
    let tandem = stream.optional_small(4)?;
    let commander = stream.text(9)?;
    stream.skip(32 + 1)?; // commander's level, silence penalty
    stream.skip_optional(4)?; // tandem
    stream.skip(32)?; // mastery level
    stream.skip_list(3, 32)?; // mastery talents
    stream.skip(32)?; // trophy
    for _ in 0..stream.bits(17)? {
        stream.skip(32)?;
        stream.skip_list(17, 32)?; // overridden rewards
    }
    stream.skip(32)?; // brutal plus
    stream.skip_list(3, 32)?; // mutations
    stream.skip(32 + 32 + 32)?; // enemy race and wave, prestige
    Some(LobbySlot { control, user, team, observe, race_pref, toon, slot, tandem, diff, commander })
}
