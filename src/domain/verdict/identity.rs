//! Whether the two of a replay are the two of the match: by their bound accounts, else by name.

use super::Case;
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
        // Another account of the same person counts by its name, up to a limit.
        None => {
            let bound = accounts(case.players[slot], region).count();
            bound < usize::from(season.knobs.toons_per_region) && is_named(case.players[slot], &seat.name)
        }
    };
    let seats = [[first, second], [second, first]].into_iter().find(|seats| {
        region.is_some() && two_people && seats.iter().enumerate().all(|(slot, seat)| sits(slot, seat))
    });
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
