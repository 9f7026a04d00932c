//! Every decided match as a compact result, so that profiles need no database.

use ipc_schema::ids::PlayerId;
use ipc_schema::view::Period;
use ipc_schema::vocab::Timestamp;
use std::collections::BTreeMap;
use std::time::Duration;

/// Days of the periods that a profile shows.
const PERIODS: [u16; 3] = [14, 30, 90];

/// A decided match. Players and seconds fit 32 bits for longer than any ladder lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Played {
    winner: u32,
    loser: u32,
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
    pub fn add(&mut self, winner: PlayerId, loser: PlayerId, at: Timestamp) {
        let narrow = |number: u64| u32::try_from(number).expect("there are fewer than 2^32");
        let index = narrow(self.played.len() as u64);
        self.played.push(Played {
            winner: narrow(winner.0),
            loser: narrow(loser.0),
            at: narrow(at.unix_seconds()),
        });
        for player in [winner, loser] {
            self.of.entry(player).or_default().push(index);
        }
    }

    /// A player's matches, newest first: when, whether won, and against whom.
    fn matches(&self, player: PlayerId) -> impl Iterator<Item = (Timestamp, bool, PlayerId)> {
        self.of.get(&player).into_iter().flatten().rev().map(move |index| {
            let played = self.played[*index as usize];
            let won = u64::from(played.winner) == player.0;
            let opponent = if won { played.loser } else { played.winner };
            (Timestamp(u64::from(played.at) * 1000), won, PlayerId(u64::from(opponent)))
        })
    }

    pub fn periods(&self, player: PlayerId, now: Timestamp) -> Vec<Period> {
        PERIODS
            .into_iter()
            .map(|days| {
                let since = now - Duration::from_secs(u64::from(days) * 24 * 60 * 60);
                let recent = self.matches(player).take_while(|(at, ..)| *at >= since);
                let (wins, losses) = count(recent.map(|(_, won, _)| won));
                Period { days, wins, losses }
            })
            .collect()
    }

    /// Won matches in a row up to the newest, or lost ones below 0.
    pub fn streak(&self, player: PlayerId) -> i32 {
        let Some((_, newest, _)) = self.matches(player).next() else { return 0 };
        let run = self.matches(player).take_while(|(_, won, _)| *won == newest).count();
        let run = i32::try_from(run).unwrap_or(i32::MAX);
        if newest { run } else { -run }
    }

    /// How often `player` won and lost against `opponent`.
    pub fn against(&self, player: PlayerId, opponent: PlayerId) -> (u32, u32) {
        count(self.matches(player).filter(|(_, _, other)| *other == opponent).map(|(_, won, _)| won))
    }
}

fn count(results: impl Iterator<Item = bool>) -> (u32, u32) {
    results.fold((0, 0), |(wins, losses), won| if won { (wins + 1, losses) } else { (wins, losses + 1) })
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
            history.add(winner, loser, Timestamp(now.0 - days_ago * DAY));
        }
        let periods =
            |player| history.periods(player, now).iter().map(|of| (of.wins, of.losses)).collect::<Vec<_>>();
        assert_eq!(periods(ana), [(2, 0), (3, 0), (3, 1)]);
        assert_eq!(periods(bea), [(0, 2), (0, 2), (1, 2)]);
        assert_eq!((history.streak(ana), history.streak(bea), history.streak(PlayerId(9))), (3, -2, 0));
        assert_eq!((history.against(ana, bea), history.against(bea, ana)), ((3, 1), (1, 3)));
    }
}
