//! Whether the two of a replay are the two of the match: by their bound accounts, else by name.
//!
//! Names in the game are free to choose, so a name proves little. It binds an account only in the
//! game region that the match sheet names, and only for a player who has none there yet, or who
//! sends the replay: nobody can bring along an account of somebody who has one. Nor does an alternative
//! name bind what may be somebody else's: while the player whose own name it is has no account in the
//! game region, it counts for nobody but them.

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
    let sits = |slot: usize, seat: &ReplayPlayer| match ((case.owner_of)(&seat.toon), region) {
        (Some(owner), _) => owner == case.pairing.players[slot],
        (None, Some(region)) => {
            let (id, player) = (case.pairing.players[slot], case.players[slot]);
            let bound = player.toons_in(region).count();
            let allowed = usize::from(player.toons_allowed(&season.knobs, region));
            let may_bind = bound == 0 || (case.uploader == id && bound < allowed);
            let as_agreed = region == case.pairing.server.game_region();
            let of_other = (case.unbound_named)(&seat.name, region).is_some_and(|named| named != id);
            may_bind && as_agreed && !of_other && is_named(player, &seat.name)
        }
        (None, None) => false,
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
        let accounts = region.into_iter().flat_map(|region| player.toons_in(region));
        let accounts: Vec<String> = accounts.map(ToString::to_string).collect();
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

fn is_named(player: &Player, name: &str) -> bool {
    player.names.as_ref().is_some_and(|names| {
        names.alternatives.iter().chain([&names.name]).any(|known| fold(known) == fold(name))
    })
}

fn with_account(name: &str, account: &str) -> String {
    if account.is_empty() { name.to_owned() } else { format!("{name} ({account})") }
}
