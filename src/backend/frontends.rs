//! The frontends that are connected, and the one of them that cards go to.
//!
//! Each answers the presses that reach its shards of the bot. Cards go to the one that asks for them, since it
//! has shard 0, to which Discord tells what happens in DMs: so Discord's limits have one owner. While that one is
//! away nobody can be told of a match or confirm it in a DM, so no deadline passes.

use ipc_schema::vocab::Timestamp;
use std::collections::BTreeMap;

/// `O` is what is sent to one of them; connections have numbers.
#[derive(Debug)]
pub(super) struct Frontends<O> {
    connected: BTreeMap<u64, O>,
    takes_cards: Option<u64>,
    /// Some while none takes cards.
    away_since: Option<Timestamp>,
}

impl<O> Frontends<O> {
    pub(super) fn away_since(now: Timestamp) -> Frontends<O> {
        Frontends { connected: BTreeMap::new(), takes_cards: None, away_since: Some(now) }
    }

    pub(super) fn connected(&mut self, number: u64, outbox: O) {
        self.connected.insert(number, outbox);
    }

    /// True if that was the one that takes cards.
    pub(super) fn gone(&mut self, number: u64, now: Timestamp) -> bool {
        self.connected.remove(&number);
        let took_cards = self.takes_cards == Some(number);
        if took_cards {
            self.takes_cards = None;
            self.away_since = Some(now);
        }
        took_cards
    }

    /// Cards go to this one from here on. True if they went to another or to none.
    pub(super) fn take_cards(&mut self, number: u64) -> bool {
        self.connected.contains_key(&number) && self.takes_cards.replace(number) != Some(number)
    }

    /// Since when none had taken cards, told once one does.
    pub(super) fn take_away(&mut self) -> Option<Timestamp> {
        self.away_since.take_if(|_| self.takes_cards.is_some())
    }

    /// Whether cards go nowhere.
    pub(super) fn is_away(&self) -> bool {
        self.takes_cards.is_none()
    }

    pub(super) fn outbox(&self, number: u64) -> Option<&O> {
        self.connected.get(&number)
    }

    pub(super) fn for_cards(&self) -> Option<&O> {
        self.connected.get(&self.takes_cards?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_go_to_the_last_one_that_asked_and_replies_to_whoever_is_there() {
        let at = |second: u64| Timestamp(1_800_000_000_000 + second * 1000);
        let mut frontends = Frontends::away_since(at(0));
        frontends.connected(1, "first");
        frontends.connected(2, "second");
        assert!(frontends.is_away() && frontends.for_cards().is_none());
        assert_eq!(frontends.take_away(), None, "it is not over");
        assert!(frontends.take_cards(1));
        assert_eq!((frontends.take_away(), frontends.take_away()), (Some(at(0)), None));
        assert!(!frontends.take_cards(1), "it has them");
        assert!(!frontends.gone(2, at(1)), "the others go on");
        assert_eq!((frontends.outbox(2), frontends.for_cards()), (None, Some(&"first")));

        // The next one of the same shards is there before it is known that the last one is not.
        frontends.connected(3, "third");
        assert!(frontends.take_cards(3));
        assert_eq!(frontends.take_away(), None, "none was missed");
        assert!(!frontends.gone(1, at(2)));
        assert_eq!(frontends.for_cards(), Some(&"third"));
        assert!(frontends.gone(3, at(3)) && frontends.is_away());
        assert!(!frontends.take_cards(3), "it is not there");
    }
}
