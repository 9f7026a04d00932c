//! Whether the two of a replay are the two of the match: by their bound accounts, else by name.
//!
//! Names in the game are free to choose, so a name proves little. It binds an account only in the
//! game region that the match sheet names, and only for a player who has none there yet, or who
//! sends the replay: nobody can bring along an account of somebody who has one.

use super::{Case, races};
use crate::domain::player::{Player, fold};
use crate::domain::season::Season;
use ipc_schema::event::{Check, CheckKind, Grade};
use ipc_schema::ids::PlayerId;
use ipc_schema::replay::ReplayPlayer;
use ipc_schema::vocab::{GameRegion, Toon};

pub(super) struct Seated<'a> {
    /// The players of the replay in slot order, if they are those of the match.
    pub(super) seats: Option<[&'a ReplayPlayer; 2]>,
    pub(super) check: Check,
    /// Somebody plays by the name of a player of the match with an account of somebody else.
    pub(super) claimed: bool,
    /// Accounts that belong to players of the ladder who are not in the match.
    pub(super) foreign: Vec<(Toon, PlayerId)>,
}

pub(super) fn seat<'a>(
    season: &Season,
    case: &Case<'_>,
    region: Option<GameRegion>,
    [first, second]: [&'a ReplayPlayer; 2],
) -> Seated<'a> {
    let found = [first, second];
    let two_people = first.toon != second.toon;
    let sits = |slot: usize, seat: &ReplayPlayer| match (case.owner_of)(&seat.toon) {
        Some(owner) => owner == case.pairing.players[slot],
        None => {
            let bound = accounts(case.players[slot], region).count();
            let own = case.uploader == case.pairing.players[slot];
            let may_bind = bound == 0 || (own && bound < usize::from(season.knobs.toons_per_region));
            let as_agreed = region == Some(case.pairing.server.game_region());
            may_bind && as_agreed && is_named(case.players[slot], &seat.name)
        }
    };
    let mut orders = vec![[first, second], [second, first]];
    orders.retain(|seats| {
        region.is_some() && two_people && seats.iter().enumerate().all(|(slot, seat)| sits(slot, seat))
    });
    if orders.len() > 1 {
        // Both have names of both. The races tell who is who, or nothing does.
        orders.retain(|seats| races::check(season, case.pairing.races, *seats).grade == Grade::Passed);
    }
    let seats = if let [seats] = orders[..] { Some(seats) } else { None };
    let foreign: Vec<_> = found
        .into_iter()
        .filter_map(|seat| Some((seat, (case.owner_of)(&seat.toon)?)))
        .filter(|(_, owner)| !case.pairing.players.contains(owner))
        .collect();
    let expected = case.players.map(|player| {
        let accounts: Vec<String> = accounts(player, region).map(ToString::to_string).collect();
        with_account(&player.name(), &accounts.join(" "))
    });
    let grade = if seats.is_some() { Grade::Passed } else { Grade::Failed };
    Seated {
        seats,
        check: Check {
            kind: CheckKind::Identity,
            grade,
            expected: expected.join(", "),
            found: found.map(|seat| with_account(&seat.name, &seat.toon.to_string())).join(", "),
        },
        claimed: foreign
            .iter()
            .any(|(seat, _)| case.players.iter().any(|player| is_named(player, &seat.name))),
        foreign: foreign.into_iter().map(|(seat, owner)| (seat.toon, owner)).collect(),
    }
}

/// The accounts bound to a player in a game region.
fn accounts(player: &Player, region: Option<GameRegion>) -> impl Iterator<Item = &Toon> {
    player.toons.iter().filter(move |(bound, _)| Some(*bound) == region).map(|(_, toon)| toon)
}

fn is_named(player: &Player, name: &str) -> bool {
    player.names.as_ref().is_some_and(|names| {
        names.alternatives.iter().chain([&names.name]).any(|known| fold(known) == fold(name))
    })
}

fn with_account(name: &str, account: &str) -> String {
    if account.is_empty() { name.to_owned() } else { format!("{name} ({account})") }
}
