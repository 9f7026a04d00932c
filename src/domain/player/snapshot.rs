//! A player as stored.

use super::{Aborts, Ban, Player, Settings, Timeout};
use ipc_schema::ids::{MatchId, PlayerId};
use ipc_schema::snapshot::{StoredBan, StoredPlayer, StoredToon};
use ipc_schema::vocab::Toon;

/// What the ladder knows of a player beside the player.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::domain) struct Beside {
    pub(in crate::domain) name_is_of_other: bool,
    pub(in crate::domain) battle_tag_is_of_other: bool,
    pub(in crate::domain) last_match: Option<MatchId>,
}

impl Player {
    /// `owns` says whether an account in the player's list is the player's.
    pub(in crate::domain) fn to_stored(
        &self,
        id: PlayerId,
        beside: Beside,
        owns: impl Fn(&Toon) -> bool,
    ) -> StoredPlayer {
        let Player {
            user,
            locale,
            channel,
            terms_accepted,
            names,
            region,
            setup_finished,
            races,
            vetoes,
            toons,
            toon_allowances,
            last_map,
            recent_opponents,
            aborts: Aborts { month, used },
            timeout,
            ban,
            // Stored by itself.
            settings: _,
        } = self;
        let Beside { name_is_of_other, battle_tag_is_of_other, last_match } = beside;
        StoredPlayer {
            id,
            user: *user,
            locale: *locale,
            channel: *channel,
            terms_accepted: *terms_accepted,
            names: names.clone(),
            name_is_of_other,
            battle_tag_is_of_other,
            region: *region,
            setup_finished: *setup_finished,
            races: *races,
            vetoes: vetoes.clone(),
            toons: toons
                .iter()
                .map(|(region, toon)| StoredToon { region: *region, toon: *toon, is_of_other: !owns(toon) })
                .collect(),
            toon_allowances: toon_allowances.iter().map(|(region, count)| (*region, *count)).collect(),
            last_map: last_map.clone(),
            recent_opponents: recent_opponents.iter().copied().collect(),
            aborts: (*month, *used),
            timeout: timeout.map(|Timeout { step, until }| (step, until)),
            ban: ban
                .as_ref()
                .map(|Ban { until, reason }| StoredBan { until: *until, reason: reason.clone() }),
            last_match,
        }
    }

    /// The player, what is known beside, and the accounts that are the player's.
    pub(in crate::domain) fn from_stored(stored: StoredPlayer) -> (PlayerId, Player, Beside, Vec<Toon>) {
        let StoredPlayer {
            id,
            user,
            locale,
            channel,
            terms_accepted,
            names,
            name_is_of_other,
            battle_tag_is_of_other,
            region,
            setup_finished,
            races,
            vetoes,
            toons,
            toon_allowances,
            last_map,
            recent_opponents,
            aborts: (month, used),
            timeout,
            ban,
            last_match,
        } = stored;
        let owned = toons.iter().filter(|toon| !toon.is_of_other).map(|toon| toon.toon).collect();
        let player = Player {
            user,
            locale,
            channel,
            terms_accepted,
            names,
            region,
            setup_finished,
            races,
            vetoes,
            toons: toons
                .into_iter()
                .map(|StoredToon { region, toon, is_of_other: _ }| (region, toon))
                .collect(),
            toon_allowances: toon_allowances.into_iter().collect(),
            last_map,
            recent_opponents: recent_opponents.into(),
            aborts: Aborts { month, used },
            timeout: timeout.map(|(step, until)| Timeout { step, until }),
            ban: ban.map(|StoredBan { until, reason }| Ban { until, reason }),
            settings: Settings::default(),
        };
        (id, player, Beside { name_is_of_other, battle_tag_is_of_other, last_match }, owned)
    }
}
