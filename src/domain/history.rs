//! Every decided match as a compact result, so that profiles need no database.

use ipc_schema::ids::PlayerId;
use ipc_schema::view::Period;
use ipc_schema::vocab::{Outcome, Timestamp};
use std::collections::BTreeMap;
use std::time::Duration;

/// Days of the periods that a profile shows.
const PERIODS: [u16; 3] = [14, 30, 90];

/// A match that was rated. Players and seconds fit 32 bits for longer than any ladder lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Played {
    players: [u32; 2],
    /// For the first of them.
    outcome: Outcome,
    /// Seconds since 1970.
    at: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct History {
    played: Vec<Played>,
    /// The matches of each player, oldest first.
    of: BTreeMap<PlayerId, Vec<u32>>,
}

impl History {
    /// A match that ended so for the first of the two.
    pub fn add(&mut self, players: [PlayerId; 2], outcome: Outcome, at: Timestamp) {
        let narrow = |number: u64| u32::try_from(number).expect("there are fewer than 2^32");
        let index = narrow(self.played.len() as u64);
        self.played.push(Played {
            players: players.map(|player| narrow(player.0)),
            outcome,
            at: narrow(at.unix_seconds()),
        });
        for player in players {
            self.of.entry(player).or_default().push(index);
        }
    }

    /// A player's matches, newest first: when, how it ended, and against whom.
    fn matches(&self, player: PlayerId) -> impl Iterator<Item = (Timestamp, Outcome, PlayerId)> {
        self.of.get(&player).into_iter().flatten().rev().map(move |index| {
            let played = self.played[*index as usize];
            let [first, second] = played.players.map(|player| PlayerId(u64::from(player)));
            let (outcome, opponent) =
                if first == player { (played.outcome, second) } else { (played.outcome.reversed(), first) };
            (Timestamp(u64::from(played.at) * 1000), outcome, opponent)
        })
    }

    pub fn periods(&self, player: PlayerId, now: Timestamp) -> Vec<Period> {
        PERIODS
            .into_iter()
            .map(|days| {
                let since = now - Duration::from_secs(u64::from(days) * 24 * 60 * 60);
                let recent = self.matches(player).take_while(|(at, ..)| *at >= since);
                let (wins, losses) = count(recent.map(|(_, outcome, _)| outcome));
                Period { days, wins, losses }
            })
            .collect()
    }

    /// Won matches in a row up to the newest, or lost ones below 0; a draw ends either.
    pub fn streak(&self, player: PlayerId) -> i32 {
        let Some((_, newest, _)) = self.matches(player).next() else { return 0 };
        let run = self.matches(player).take_while(|(_, outcome, _)| *outcome == newest).count();
        let run = i32::try_from(run).unwrap_or(i32::MAX);
        match newest {
            Outcome::Won => run,
            Outcome::Draw => 0,
            Outcome::Lost => -run,
        }
    }

    /// How often `player` won and lost against `opponent`.
    pub fn against(&self, player: PlayerId, opponent: PlayerId) -> (u32, u32) {
        count(self.matches(player).filter(|(_, _, other)| *other == opponent).map(|(_, outcome, _)| outcome))
    }
}

fn count(results: impl Iterator<Item = Outcome>) -> (u32, u32) {
    results.fold((0, 0), |(wins, losses), outcome| match outcome {
        Outcome::Won => (wins + 1, losses),
        Outcome::Lost => (wins, losses + 1),
        Outcome::Draw => (wins, losses),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_knows_periods_streaks_and_opponents() {
        const DAY: u64 = 24 * 60 * 60 * 1000;
        let (ana, bea, cea) = (PlayerId(1), PlayerId(2), PlayerId(3));
        let now = Timestamp(200 * DAY);
        let mut history = History::default();
        for (winner, loser, days_ago) in
            [(ana, bea, 100), (bea, ana, 60), (ana, cea, 20), (ana, bea, 13), (ana, bea, 1)]
        {
            history.add([winner, loser], Outcome::Won, Timestamp(now.0 - days_ago * DAY));
        }
        let periods =
            |player| history.periods(player, now).iter().map(|of| (of.wins, of.losses)).collect::<Vec<_>>();
        assert_eq!(periods(ana), [(2, 0), (3, 0), (3, 1)]);
        assert_eq!(periods(bea), [(0, 2), (0, 2), (1, 2)]);
        assert_eq!((history.streak(ana), history.streak(bea), history.streak(PlayerId(9))), (3, -2, 0));
        assert_eq!((history.against(ana, bea), history.against(bea, ana)), ((3, 1), (1, 3)));
    }
}
