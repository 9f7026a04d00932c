//! Cards in channels: the log of matches, the cases of staff, the threads of matches. Which of them there
//! are follows from the places that the ladder was told of.

#[cfg(test)]
mod tests;

use super::Ladder;
use crate::domain::cards::Content;
use crate::domain::history::{Played, Standing};
use crate::domain::match_::{Match, Phase};
use crate::domain::player::Player;
use crate::domain::season::Season;
use crate::domain::views::map_title;
use ipc_schema::event::{Event, Places};
use ipc_schema::ids::{CardId, CaseId, MatchId};
use ipc_schema::view::{Post, PostPlace, PostView, ResultLine, ResultPlayer, ThreadPlace, ThreadView};
use ipc_schema::vocab::{Ground, Outcome, Timestamp, Verdict};
use std::collections::BTreeSet;

impl Ladder {
    pub fn places(&self) -> &Places {
        &self.places
    }

    /// The environment says where the ladder speaks.
    pub(super) fn name_places(&self, now: Timestamp, places: Places) -> Option<Event> {
        (self.places != places).then_some(Event::PlacesSet { places, at: now })
    }

    /// Cards for a place that is gone are gone with it. Those that are posted stay where they are.
    pub(super) fn set_places(&mut self, places: Places) {
        self.places = places;
        self.cards.retain_posts(|post, _| match post {
            Post::Result(_) => places.log.is_some(),
            Post::Case(_) => places.staff.is_some(),
            Post::Thread(_) => places.threads.is_some(),
        });
    }

    /// A match that both confirmed.
    pub(super) fn post_thread(&mut self, match_id: MatchId) {
        if self.places.threads.is_some() {
            self.cards.add_post(Post::Thread(match_id));
        }
    }

    pub(super) fn post_closed(&mut self, match_id: MatchId, verdict: Verdict) {
        self.cards.touch_post(Post::Thread(match_id));
        self.touch_cases(match_id);
        if verdict.outcome(0).is_some() {
            self.post_result(match_id);
        }
    }

    /// The line of a match that has a result, or had one.
    pub(super) fn post_result(&mut self, match_id: MatchId) {
        if self.places.log.is_some() {
            self.cards.add_post(Post::Result(match_id));
        }
    }

    pub(super) fn post_case(&mut self, case: CaseId) {
        if self.places.staff.is_some() {
            self.cards.add_post(Post::Case(case));
        }
    }

    /// What the open cases of a match show has changed.
    pub(super) fn touch_cases(&mut self, match_id: MatchId) {
        let Ladder { cases, cards, .. } = self;
        for (id, _) in cases.of_match(match_id).filter(|(_, case)| case.closed.is_none()) {
            cards.touch_post(Post::Case(id));
        }
    }

    /// Forgets cards whose subject is forgotten, and lines of older matches once they are shown.
    pub(super) fn forget_posts(&mut self) {
        let Ladder { cards, cases, matches, .. } = self;
        let due: BTreeSet<CardId> = cards.due().collect();
        cards.retain_posts(|post, card| match post {
            Post::Result(id) => matches.contains_key(&id) || due.contains(&card),
            Post::Case(id) => cases.get(id).is_some(),
            Post::Thread(id) => matches.contains_key(&id),
        });
    }

    /// Whether it is of a channel, which has not seen it.
    pub(super) fn is_unposted(&self, card: CardId) -> bool {
        let card = self.cards.get(card);
        card.is_some_and(|card| matches!(card.content, Content::Post(_)) && card.message.is_none())
    }

    pub(super) fn post_may_change(&self, post: Post) -> bool {
        match post {
            Post::Result(id) => self.matches.contains_key(&id),
            Post::Case(id) => self.cases.get(id).is_some_and(|case| case.closed.is_none()),
            Post::Thread(id) => self.matches.get(&id).is_some_and(Match::is_open),
        }
    }

    /// Where a card in a channel is to be shown; None for a player's card.
    pub fn place_of(&self, card: CardId) -> Option<PostPlace> {
        let Content::Post(post) = self.cards.get(card)?.content else { return None };
        let role = self.places.staff_role;
        Some(match post {
            Post::Result(_) => PostPlace::Channel { channel: self.places.log?, role: None },
            Post::Case(_) => PostPlace::Channel { channel: self.places.staff?, role },
            Post::Thread(id) => {
                let match_ = self.matches.get(&id)?;
                let (guild, parent) = self.places.threads?;
                let players = match_.pairing.players.map(|player| &self.players[&player]);
                let [first, second] = players.map(Player::name);
                PostPlace::Thread(Box::new(ThreadPlace {
                    guild,
                    parent,
                    name: format!("Match {id}: {first} vs {second}"),
                    since: match_.paired_at,
                    members: players.map(|player| player.user).to_vec(),
                    role,
                    is_over: !match_.is_open(),
                }))
            }
        })
    }

    pub fn post_view(&self, season: &Season, now: Timestamp, post: Post) -> Option<PostView> {
        Some(match post {
            Post::Result(id) => PostView::Result(self.result_line(season, id)?),
            Post::Case(id) => PostView::Case(self.case_view(season, id)?),
            Post::Thread(match_id) => {
                let match_ = self.matches.get(&match_id)?;
                PostView::Thread(match match_.phase {
                    Phase::Playing { deadline, .. } => {
                        let sheet = Box::new(self.sheet(season, now, match_, 0));
                        ThreadView::Playing { match_id, sheet, deadline }
                    }
                    Phase::Confirming { .. } => return None,
                    Phase::Closed { .. } => ThreadView::Over(self.result_line(season, match_id)?),
                })
            }
        })
    }

    /// How a match ended; from the compact history where it is no longer kept. None while it is open.
    fn result_line(&self, season: &Season, match_id: MatchId) -> Option<ResultLine> {
        let name = |player| self.players[&player].name();
        let Some(match_) = self.matches.get(&match_id) else {
            let Played { players, races, standing, .. } = self.history.find(match_id)?;
            let players = [0, 1].map(|slot| ResultPlayer {
                name: name(players[slot]),
                race: races[slot],
                ratings: None,
            });
            // Only staff change what is no longer kept.
            let ground = Ground::Staff;
            let verdict = match standing {
                Standing::Counts(Outcome::Won) => Verdict::Decided { winner: 0, ground },
                Standing::Counts(Outcome::Lost) => Verdict::Decided { winner: 1, ground },
                Standing::Counts(Outcome::Draw) => Verdict::Drawn { ground },
                Standing::Unsettled | Standing::Void => Verdict::Void,
            };
            return Some(ResultLine { match_id, players, map_title: None, verdict });
        };
        let Phase::Closed { verdict, ratings, .. } = &match_.phase else { return None };
        let player = |slot: usize| ResultPlayer {
            name: name(match_.pairing.players[slot]),
            race: match_.pairing.races[slot],
            ratings: ratings.map(|changes| (changes[slot].before, changes[slot].after)),
        };
        let map_title = Some(map_title(season, match_));
        Some(ResultLine { match_id, players: [0, 1].map(player), map_title, verdict: *verdict })
    }
}
