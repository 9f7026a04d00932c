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

fn lobby(stream: &mut BitPacked<'_>) -> Option<Lobby> {
    let users = users(stream)?;
    // What was settled before anyone took a slot; the slots follow.
    let mut lobby = description(stream)?;
    lobby.users = users;

    // Phase, and the greatest number of users and of observers.
    stream.skip(3 + 5 + 5)?;
    for _ in 0..stream.bits(5)? {
        let slot = slot(stream)?;
        if matches!(slot.control, CONTROL_HUMAN | CONTROL_COMPUTER) {
            lobby.slots_in_use.push(slot);
        }
    }
    lobby.random_seed = stream.bits(32)?;
    lobby.host_user_id = stream.optional_small(4)?;
    lobby.single_player = stream.flag()?;
    stream.skip(8 + 32 + 6 + 8)?; // map tag, duration, default difficulty and AI build
    Some(lobby)
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
    let mmr = if stream.flag()? { Some(i64::from(stream.signed()?)) } else { None };
    Some(LobbyUser { user_id, name, clan, observe, toon, mmr })
}

/// The lobby as far as the description of the game goes: nobody is in it.
fn description(stream: &mut BitPacked<'_>) -> Option<Lobby> {
    stream.skip(32)?; // random value
    stream.skip_blob(10)?; // game cache
    let game_options_lock_teams = stream.flag()?;
    let teams_together = stream.flag()?;
    let shared_control = stream.flag()?;
    let random_races = stream.flag()?;
    let battle_net = stream.flag()?;
    let amm = stream.flag()?;
    let competitive = stream.flag()?;
    let practice = stream.flag()?;
    let cooperative = stream.flag()?;
    let no_victory_or_defeat = stream.flag()?;
    stream.skip(1)?; // whether a hero may be taken twice
    let fog = stream.small(2)?;
    let observers_allowed = stream.small(2)?;
    stream.skip(2 + 64 + 1)?; // difficulty, debug flags, build coach
    let game_speed = stream.small(3)?;
    stream.skip(3 + 5)?; // type, users
    let max_observers = stream.small(5)?;
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
    let extension_mod = stream.flag()?;
    let foreign_extension_mod = stream.flag()?;
    let blizzard_map = stream.flag()?;
    stream.skip(3)?; // free for all, co-op, real time
    Some(Lobby {
        game_options_lock_teams,
        teams_together,
        shared_control,
        random_races,
        battle_net,
        amm,
        competitive,
        practice,
        cooperative,
        no_victory_or_defeat,
        fog,
        observers_allowed,
        game_speed,
        max_observers,
        max_players,
        extension_mod,
        foreign_extension_mod,
        blizzard_map,
        single_player: false,
        host_user_id: None,
        random_seed: 0,
        users: Vec::new(),
        slots_in_use: Vec::new(),
    })
}

fn slot(stream: &mut BitPacked<'_>) -> Option<LobbySlot> {
    let control = stream.small(8)?;
    let user = stream.optional_small(4)?;
    let team = stream.small(4)?;
    stream.skip_optional(5)?; // preferred colour
    let race_pref = stream.optional_small(8)?;
    let diff = stream.small(6)?;
    stream.skip(8)?; // AI build
    let handicap = stream.bits(32)?;
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
    Some(LobbySlot { control, user, team, observe, race_pref, toon, slot, tandem, diff, handicap, commander })
}
