//! Which matches there are for whom.

use super::Ladder;
use crate::domain::cards::Card;
use crate::domain::match_::{Match, Phase};
use ipc_schema::ids::{CardId, MatchId, PlayerId};
use ipc_schema::vocab::Outcome;

impl Ladder {
    /// The match a player is in, else the last one.
    pub fn match_of(&self, player: PlayerId) -> Option<(MatchId, &Match)> {
        let id = self.open.get(&player).or_else(|| self.last_match.get(&player))?;
        Some((*id, self.matches.get(id)?))
    }

    /// A player's open match, if it is being played, and all that are over, newest first: the opponent, and
    /// how each ended for the player.
    pub fn newest_matches(
        &self,
        player: PlayerId,
    ) -> impl Iterator<Item = (MatchId, PlayerId, Option<Outcome>)> + '_ {
        let open = self.open.get(&player).map(|id| &self.matches[id]);
        // Who the opponent is, is told when both have confirmed.
        let open = open.filter(|match_| matches!(match_.phase, Phase::Playing { .. })).map(|match_| {
            let [first, second] = match_.pairing.players;
            (match_.pairing.match_id, if first == player { second } else { first }, None)
        });
        open.into_iter().chain(self.history.played_by(player))
    }

    /// The card on which a player sees a match, while it is kept.
    pub fn match_card(&self, match_id: MatchId, player: PlayerId) -> Option<(CardId, &Card)> {
        let match_ = self.matches.get(&match_id)?;
        let card = match_.cards[match_.slot_of(player).ok()?];
        Some((card, self.cards.get(card)?))
    }

    /// Whether there was such a match, and it is closed.
    pub fn is_over(&self, match_id: MatchId) -> bool {
        let is_open = self.matches.get(&match_id).is_some_and(Match::is_open);
        match_id.0 > 0 && match_id.0 < self.next_match && !is_open
    }

    /// Whether there was such a match, which only the database has in full.
    pub fn is_archived(&self, match_id: MatchId) -> bool {
        match_id.0 > 0 && match_id.0 < self.next_match && !self.matches.contains_key(&match_id)
    }
}
