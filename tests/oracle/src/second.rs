//! What the crate `s2protocol` says of a replay, in the shape of our facts.

use s2protocol::details::{Details, PlayerDetails};
use s2protocol::message_events::{GameEMessageRecipient, ReplayMessageEvent};
use s2protocol::{InitData, LobbySlot, OptionFog, OptionObservers, S2ProtocolError, UserInitialData};
use serde_json::{Value, json};

/// Facts of ours that the crate cannot judge, and why.
pub const NOT_COMPARED: &[(&str, &str)] = &[
    ("unlisted_build", "a word of ours about what we know"),
    ("attributes_global", "the crate does not read attribute events"),
    ("metadata_players", "the crate does not read the metadata"),
    ("game_events", "the crate drops events it has no type for; compared as a bound"),
    ("leave_events", "the crate drops them"),
    ("chat[].loop", "the crate drops other messages, and with them the time that passed"),
    ("chat_left_out", "the crate keeps all messages"),
];

pub struct Second {
    pub facts: Value,
    /// The game events that the crate has a type for.
    pub known_events: usize,
}

/// Reads a replay with the crate. It panics on some broken files.
pub fn read(bytes: &[u8]) -> Result<Second, String> {
    let (_, mpq) = s2protocol::parser::parse(bytes).map_err(|error| format!("archive: {error}"))?;
    let (_, header) = s2protocol::read_protocol_header(&mpq).map_err(in_part("header"))?;
    let details = Details::new("", 0, &mpq, bytes).map_err(in_part("details"))?;
    let init_data = InitData::new("", 0, &mpq, bytes).map_err(in_part("initData"))?;
    let events = s2protocol::read_game_events("", &mpq, bytes).map_err(in_part("game events"))?;
    let messages = s2protocol::read_message_events("", &mpq, bytes).map_err(in_part("messages"))?;

    let state = &init_data.sync_lobby_state;
    let users = &state.user_initial_data;
    let slots: Vec<&LobbySlot> =
        state.lobby_state.slots.iter().filter(|slot| is_taken(slot.control)).collect();
    let plays = |player: &&PlayerDetails| player.observe == 0 && is_taken(player.control.into());
    let playing: Vec<&PlayerDetails> = details.player_list.iter().filter(plays).collect();
    let mut winning: Vec<u8> =
        playing.iter().filter(|player| player.result == "Win").map(|player| player.team_id).collect();
    winning.dedup();
    let utc = s2protocol::transform_to_naivetime(details.time_utc, 0).ok_or("the time is out of range")?;

    let facts = json!({
        "base_build": header.m_version.m_base_build,
        "build": header.m_version.m_build,
        "version": format!(
            "{}.{}.{}", header.m_version.m_major, header.m_version.m_minor, header.m_version.m_revision
        ),
        "duration_game_loops": header.m_elapsed_game_loops,
        "utc_time": utc.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "time_utc_filetime": details.time_utc,
        "map_title": details.title,
        "game_speed": speed(&details.game_speed),
        "cache_handles": details.cache_handles,
        "players": details.player_list.iter().map(|one| player(one, &slots, users)).collect::<Vec<_>>(),
        "lobby": lobby(&init_data, &slots),
        "random_seed": state.lobby_state.random_seed,
        "chat": messages.iter().map(|message| {
            let ReplayMessageEvent::EChat(chat) = &message.event;
            json!({
                "user_id": message.user_id,
                "recipient": recipient(&chat.m_recipient),
                "text": chat.m_string,
            })
        }).collect::<Vec<_>>(),
        "participants": playing.len(),
        "observers": slots.iter()
            .filter(|slot| slot.control == 2 && slot.observe != 0)
            .filter_map(|slot| Some(user(slot, users)?.name.clone()))
            .collect::<Vec<_>>(),
        "winner_team": match winning[..] { [team] => Some(team), _ => None },
        "is_1v1": matches!(
            playing[..],
            [one, other] if one.control == 2 && other.control == 2 && one.team_id != other.team_id
        ),
    });
    Ok(Second { facts, known_events: events.len() })
}

fn in_part(part: &'static str) -> impl Fn(S2ProtocolError) -> String {
    move |error| format!("{part}: {error}")
}

/// Whether a human or a computer is in it.
fn is_taken(control: i64) -> bool {
    matches!(control, 2 | 3)
}

fn user<'a>(slot: &LobbySlot, users: &'a [UserInitialData]) -> Option<&'a UserInitialData> {
    users.get(usize::try_from(slot.user_id?).ok()?)
}

fn player(player: &PlayerDetails, slots: &[&LobbySlot], users: &[UserInitialData]) -> Value {
    let slot = slots.iter().find(|slot| slot.working_set_slot_id == player.working_set_slot_id);
    // A human is named in the lobby too, where clan and name are apart and without entities.
    let (clan, name) = match slot.and_then(|slot| user(slot, users)) {
        Some(user) => (user.clan_tag.clone().unwrap_or_default(), user.name.clone()),
        None => (String::new(), plain(&player.name)),
    };
    json!({
        "name": name,
        "clan": clan,
        "name_raw": player.name,
        "race_raw": player.race,
        "result": player.result.to_lowercase(),
        "team": player.team_id,
        "region": player.toon.region,
        "realm": player.toon.realm,
        "toon_id": player.toon.id,
        "control": player.control,
        "observe": player.observe,
        "slot": player.working_set_slot_id,
    })
}

/// Text without entities.
fn plain(text: &str) -> String {
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    entities.iter().fold(text.to_owned(), |text, (entity, char)| text.replace(entity, char))
}

fn lobby(init_data: &InitData, slots: &[&LobbySlot]) -> Value {
    let state = &init_data.sync_lobby_state;
    let (description, lobby) = (&state.game_description, &state.lobby_state);
    let options = &description.game_options;
    let users = (0..).zip(&state.user_initial_data).filter(|(_, user)| !user.name.is_empty());
    json!({
        "game_options_lock_teams": options.lock_teams,
        "teams_together": options.teams_together,
        "shared_control": options.advanced_shared_control,
        "random_races": options.random_races,
        "battle_net": options.battle_net,
        "amm": options.amm,
        "competitive": options.competitive,
        "practice": options.practice,
        "cooperative": options.cooperative,
        "no_victory_or_defeat": options.no_victory_or_defeat,
        "fog": match options.fog {
            OptionFog::EDefault => 0,
            OptionFog::EHideTerrain => 1,
            OptionFog::EMapExplored => 2,
            OptionFog::EAlwaysVisible => 3,
        },
        "observers_allowed": match options.observers {
            OptionObservers::ENone => 0,
            OptionObservers::EOnJoin => 1,
            OptionObservers::EOnJoinAndDefeat => 2,
            OptionObservers::ERefereesOnJoin => 3,
        },
        "game_speed": description.game_speed,
        "max_observers": description.max_observers,
        "max_players": description.max_players,
        "extension_mod": description.has_extension_mod,
        "foreign_extension_mod": description.has_non_blizzard_extension_mod,
        "blizzard_map": description.is_blizzard_map,
        "single_player": lobby.is_single_player,
        "host_user_id": lobby.host_user_id,
        "random_seed": lobby.random_seed,
        "users": users.map(|(user_id, user): (u8, _)| json!({
            "user_id": user_id,
            "name": user.name,
            "clan": user.clan_tag.clone().unwrap_or_default(),
            "observe": user.observe,
            "toon": user.toon_handle,
            "mmr": user.scaled_rating,
        })).collect::<Vec<_>>(),
        "slots_in_use": slots.iter().map(|slot| json!({
            "control": slot.control,
            "user": slot.user_id,
            "team": slot.team_id,
            "observe": slot.observe,
            "race_pref": slot.race_pref,
            "toon": slot.toon_handle,
            "slot": slot.working_set_slot_id,
            "tandem": slot.tandem_leader_id,
            "diff": slot.difficulty,
            "handicap": slot.handicap,
            "commander": slot.commander,
        })).collect::<Vec<_>>(),
    })
}

fn speed(name: &str) -> Option<usize> {
    ["Slower", "Slow", "Normal", "Fast", "Faster"].iter().position(|speed| *speed == name)
}

fn recipient(recipient: &GameEMessageRecipient) -> u8 {
    match recipient {
        GameEMessageRecipient::EAll => 0,
        GameEMessageRecipient::EAllies => 1,
        GameEMessageRecipient::EIndividual => 2,
        GameEMessageRecipient::EBattlenet => 3,
        GameEMessageRecipient::EObservers => 4,
    }
}
