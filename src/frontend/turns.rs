//! Whose card goes out next. Cards of one player never overlap; of all that wait, a match comes before
//! what answers a player, that before news, and those before what only keeps a message true, so that a word
//! to everyone, or a full queue, delays nobody's match.

use ipc_schema::backend::ShowCard;
use ipc_schema::ids::UserId;
use ipc_schema::view::Urgency;
use std::collections::{BTreeMap, HashMap, VecDeque};

/// Where a card stands: among those that are as urgent, in the order in which they came.
type Place = (Urgency, u64);

#[derive(Debug, Default)]
pub(super) struct Turns {
    /// Players with a card that waits or is under way.
    lanes: HashMap<UserId, Lane>,
    /// Players by the place of their first card, while none of theirs is under way. Whose card has waited
    /// for another of the same player's does not lose its place by that.
    ready: BTreeMap<Place, UserId>,
    waiting: usize,
    came: u64,
}

#[derive(Debug, Default)]
struct Lane {
    /// With when they came.
    cards: VecDeque<(u64, ShowCard)>,
    under_way: bool,
    /// Where the player stands in line.
    in_line: Option<Place>,
}

impl Lane {
    fn first(&self) -> Option<Place> {
        self.cards.iter().map(|(came, card)| (card.view.urgency(), *came)).min()
    }
}

impl Turns {
    /// Cards that wait.
    pub(super) fn waiting(&self) -> usize {
        self.waiting
    }

    /// Those of them that somebody waits for.
    pub(super) fn urgent(&self) -> usize {
        let cards = self.lanes.values().flat_map(|lane| &lane.cards);
        cards.filter(|(_, card)| card.view.urgency() < Urgency::News).count()
    }

    /// Takes a card in; a newer version takes the place of an older one that waits.
    pub(super) fn push(&mut self, card: ShowCard) {
        let user = card.user;
        let lane = self.lanes.entry(user).or_default();
        match lane.cards.iter_mut().find(|(_, waiting)| waiting.card == card.card) {
            // Asked for again before its turn came: only the newest is worth showing.
            Some((_, waiting)) => *waiting = card,
            None => {
                lane.cards.push_back((self.came, card));
                self.came += 1;
                self.waiting += 1;
            }
        }
        self.line_up(user);
    }

    /// Whether a card of that player is on its way, so that no other goes out.
    pub(super) fn is_under_way(&self, user: UserId) -> bool {
        self.lanes.get(&user).is_some_and(|lane| lane.under_way)
    }

    /// The next card. Its player has no other until [`Turns::done`].
    pub(super) fn next(&mut self) -> Option<ShowCard> {
        let ((_, came), user) = self.ready.pop_first()?;
        let lane = self.lanes.get_mut(&user).expect("who stands in line has a card");
        lane.in_line = None;
        let at = lane.cards.iter().position(|(known, _)| *known == came);
        let (_, card) = at.and_then(|at| lane.cards.remove(at)).expect("a place is that of a card");
        lane.under_way = true;
        self.waiting -= 1;
        Some(card)
    }

    /// The card that was under way for the player is settled.
    pub(super) fn done(&mut self, user: UserId) {
        let Some(lane) = self.lanes.get_mut(&user) else { return };
        lane.under_way = false;
        if lane.cards.is_empty() {
            self.lanes.remove(&user);
        } else {
            self.line_up(user);
        }
    }

    fn line_up(&mut self, user: UserId) {
        let Some(lane) = self.lanes.get_mut(&user) else { return };
        let place = lane.first().filter(|_| !lane.under_way);
        if lane.in_line == place {
            return;
        }
        if let Some(before) = std::mem::replace(&mut lane.in_line, place) {
            self.ready.remove(&before);
        }
        if let Some(place) = place {
            self.ready.insert(place, user);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc_schema::ids::{CardId, MatchId, Trace};
    use ipc_schema::view::{CardView, News};
    use ipc_schema::vocab::{Locale, Refusal, Timestamp};

    fn card(card: u64, user: u64, view: CardView) -> ShowCard {
        ShowCard {
            card: CardId(card),
            version: 1,
            user: UserId(user),
            place: None,
            locale: Locale::EnUs,
            channel: None,
            message: None,
            replaces: None,
            tried_since: None,
            trace: Trace::NONE,
            view,
        }
    }

    fn news() -> CardView {
        CardView::News(News::Announcement { text: "Hello".to_owned() })
    }

    fn answer() -> CardView {
        CardView::Notice { refusal: Refusal::NotAReplay, files: 1 }
    }

    fn match_() -> CardView {
        CardView::Reminder { match_id: MatchId(12), deadline: Timestamp(0) }
    }

    fn next(turns: &mut Turns) -> Option<u64> {
        turns.next().map(|card| card.card.0)
    }

    #[test]
    fn a_match_overtakes_a_thousand_announcements() {
        let mut turns = Turns::default();
        (1..=1000).for_each(|number| turns.push(card(number, number, news())));
        assert_eq!(next(&mut turns), Some(1), "a first one is under way already");
        turns.push(card(1001, 500, match_()));
        turns.push(card(1002, 2000, match_()));
        turns.push(card(1003, 1, match_()));
        turns.push(card(1004, 600, answer()));
        assert_eq!((turns.waiting(), turns.urgent()), (1003, 4));
        assert_eq!([next(&mut turns), next(&mut turns)], [Some(1001), Some(1002)]);
        assert_eq!(next(&mut turns), Some(1004), "an answer comes next, while player 1 has a card under way");
        turns.done(UserId(1));
        assert_eq!(next(&mut turns), Some(1003));
        [1, 500, 600, 2000].into_iter().for_each(|user| turns.done(UserId(user)));
        let mut rest = Vec::new();
        while let Some(card) = turns.next() {
            rest.push(card.card.0);
            turns.done(card.user);
        }
        assert_eq!((rest.len(), turns.waiting()), (999, 0), "nothing is lost on the way");
        rest.sort_unstable();
        assert_eq!(rest, (2..=1000).collect::<Vec<_>>());
        assert!(turns.lanes.is_empty() && turns.ready.is_empty());
    }

    #[test]
    fn cards_of_one_player_go_out_one_by_one_and_equals_in_their_order() {
        let mut turns = Turns::default();
        for number in 1..=3 {
            turns.push(card(number, 7, answer()));
        }
        let newer = ShowCard { version: 2, ..card(2, 7, answer()) };
        turns.push(newer.clone());
        assert_eq!(turns.waiting(), 3);
        assert_eq!((next(&mut turns), next(&mut turns)), (Some(1), None));
        turns.done(UserId(7));
        assert_eq!(turns.next(), Some(newer));
        turns.push(card(4, 7, news()));
        turns.push(card(5, 7, match_()));
        turns.done(UserId(7));
        assert_eq!(next(&mut turns), Some(5));
        turns.done(UserId(7));
        assert_eq!(next(&mut turns), Some(3));
        turns.done(UserId(7));
        assert_eq!(next(&mut turns), Some(4));
        turns.done(UserId(7));
        assert_eq!((next(&mut turns), turns.lanes.len()), (None, 0));
    }

    #[test]
    fn whoever_waits_for_a_card_of_the_same_player_keeps_the_place_in_line() {
        let mut turns = Turns::default();
        turns.push(card(1, 7, news()));
        assert_eq!(next(&mut turns), Some(1));
        for user in 7..=9 {
            turns.push(card(10 + user, user, match_()));
        }
        // What is on its way to the first of them is settled before any other goes out.
        turns.done(UserId(7));
        assert_eq!([(); 3].map(|()| next(&mut turns)), [Some(17), Some(18), Some(19)]);
        assert_eq!((next(&mut turns), turns.waiting()), (None, 0));
    }
}
