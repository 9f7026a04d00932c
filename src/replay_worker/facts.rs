//! What the verdict needs of a replay: the part of its facts that leaves the worker, cut to size.

use ipc_schema::replay::{ReplayFacts, ReplayPlayer};
use ipc_schema::vocab::{Outcome, Toon};
use replay::facts::{CacheHandle, Facts, GameResult};
use std::collections::BTreeSet;

/// Characters of one text that leave the worker. Names and titles of the game are far shorter.
const TEXT: usize = 128;

/// Cache handles that leave the worker; real games have up to 30.
const HANDLES: usize = 64;

fn text(of: &str) -> String {
    of.chars().take(TEXT).collect()
}

/// Each once: one that is repeated must not push out another.
fn handles(of: &[CacheHandle]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    of.iter().filter(|handle| seen.insert(**handle)).take(HANDLES).map(ToString::to_string).collect()
}

/// What the verdict needs of the facts. None where the file contradicts itself about who played.
pub fn for_verdict(facts: Facts) -> Option<ReplayFacts> {
    let players = (1..)
        .zip(&facts.players)
        .filter(|(_, player)| player.plays())
        .map(|(number, player)| {
            // The lobby's slot is the account to trust, and the way to the user who left.
            let slot = facts.lobby.slots_in_use.iter().find(|slot| slot.slot == player.slot);
            if player.is_human() && slot.is_none_or(|slot| slot.toon != player.toon()) {
                return None;
            }
            let user = slot.and_then(|slot| slot.user);
            let left = facts.leave_events.iter().find(|left| Some(left.user_id) == user);
            let coded = facts.metadata_players.iter().flatten().find(|coded| coded.player_id == number);
            Some(ReplayPlayer {
                toon: Toon { region: player.region, realm: player.realm, id: player.toon_id },
                name: text(&player.name),
                race_text: text(&player.race_raw),
                race_code: coded.map(|coded| text(&coded.assigned_race)),
                outcome: match player.result {
                    GameResult::Win => Some(Outcome::Won),
                    GameResult::Loss => Some(Outcome::Lost),
                    GameResult::Tie => Some(Outcome::Draw),
                    GameResult::Undecided => None,
                },
                left_at_loop: left.map(|left| left.game_loop),
            })
        })
        .collect::<Option<Vec<_>>>()?;
    Some(ReplayFacts {
        base_build: facts.base_build,
        unlisted_build: facts.unlisted_build,
        duration_game_loops: facts.duration_game_loops,
        ended_at_ms: unix_ms(facts.time_utc_filetime),
        map_title: text(&facts.map_title),
        cache_handles: handles(&facts.cache_handles),
        game_speed: facts.game_speed.into(),
        random_seed: facts.random_seed,
        is_1v1: facts.is_1v1,
        players,
        observers: u32::try_from(facts.observers.len()).unwrap_or(u32::MAX),
        attributes: facts
            .attributes_global
            .into_iter()
            .map(|(number, value)| (number, text(&value)))
            .collect(),
    })
}

/// From tenths of a microsecond since 1601.
fn unix_ms(filetime: i64) -> u64 {
    const FROM_1601_TO_1970_MS: u64 = 11_644_473_600_000;
    (filetime.max(0).cast_unsigned() / 10_000).saturating_sub(FROM_1601_TO_1970_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_handle_is_hidden_behind_repeated_ones_and_their_number_is_bounded() {
        let handle = |number: u8| CacheHandle([number; 40]);
        let mut repeated = vec![handle(1); 200];
        repeated.push(handle(2));
        assert_eq!(handles(&repeated), ["01".repeat(40), "02".repeat(40)]);
        assert_eq!(handles(&(0..200).map(handle).collect::<Vec<_>>()).len(), HANDLES);
    }
}
