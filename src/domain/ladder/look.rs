//! What others ask of the state; [`crate::domain::views`] has what players see.

use super::{Counts, Job, Ladder};
use crate::domain::cards::{Card, Cards};
use crate::domain::cases::Cases;
use crate::domain::match_::{Match, Phase};
use crate::domain::player::{Player, fold};
use crate::domain::queue::Entry;
use ipc_schema::ids::{CardId, JobId, MatchId, PlayerId, UserId};
use ipc_schema::vocab::Outcome;

impl Ladder {
    pub fn player_of(&self, user: UserId) -> Option<(PlayerId, &Player)> {
        let id = *self.by_user.get(&user)?;
        Some((id, &self.players[&id]))
    }

    /// Who has this name, in any spelling of it.
    pub fn player_named(&self, name: &str) -> Option<PlayerId> {
        self.by_name.get(&fold(name.trim())).copied()
    }

    pub fn player(&self, player: PlayerId) -> Option<&Player> {
        self.players.get(&player)
    }

    pub fn players(&self) -> usize {
        self.players.len()
    }

    /// Who waits, by number.
    pub fn waiting(&self) -> impl Iterator<Item = (PlayerId, &Entry)> {
        self.queue.iter().map(|(player, entry)| (*player, entry))
    }

    pub fn is_queued(&self, player: PlayerId) -> bool {
        self.queue.contains_key(&player)
    }

    pub fn is_in_match(&self, player: PlayerId) -> bool {
        self.open.contains_key(&player)
    }

    pub fn find_match(&self, id: MatchId) -> Option<&Match> {
        self.matches.get(&id)
    }

    /// Matches held in memory, open ones included.
    pub fn kept_matches(&self) -> usize {
        self.matches.len()
    }

    pub fn queued(&self) -> usize {
        self.queue.len()
    }

    pub fn open_matches(&self) -> usize {
        self.matches.len() - self.closed.len()
    }

    pub fn counts(&self) -> Counts {
        self.counts
    }

    pub fn cards(&self) -> &Cards {
        &self.cards
    }

    /// Cards that got a new version since this was last asked.
    pub fn take_changed_cards(&mut self) -> Vec<CardId> {
        self.cards.take_changed()
    }

    /// Jobs in line, oldest first.
    pub fn jobs(&self) -> impl Iterator<Item = (JobId, &Job)> {
        self.jobs.iter().map(|(id, job)| (*id, job))
    }

    pub fn job(&self, job: JobId) -> Option<&Job> {
        self.jobs.get(&job)
    }

    /// What staff have to look at.
    pub fn cases(&self) -> &Cases {
        &self.cases
    }

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
}
