//! Every match that was played, as a compact result in closing order, and what else moved ratings
//! between them. Ratings are the fold of this, and profiles need no database.

pub(super) mod snapshot;

use super::memory;
use super::rating::{Change, Fold, Item, RatingKey, System};
use ipc_schema::ids::{MatchId, PlayerId};
use ipc_schema::view::{GameRecord, Period};
use ipc_schema::vocab::{Mmr, Outcome, Race, Timestamp, Verdict};
use std::collections::BTreeMap;
use std::time::Duration;

/// Days of the periods that a profile shows.
const PERIODS: [u16; 3] = [14, 30, 90];

/// The newest matches of a player that are looked through for how the ratings moved, so that the profile of
/// whoever plays all day costs the ladder no more than others.
const MOVES_LOOKED_THROUGH: usize = 1_000;

/// Points of one rating's graph. It is a few hundred pixels wide.
const POINTS: usize = 200;

/// What a played match counts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It ended so for the first of the two.
    Counts(Outcome),
    /// It has no result: time ran out, reports contradict each other, staff ended it.
    Unsettled,
    /// Staff decided that it counts for nothing.
    Void,
}

impl Standing {
    pub fn of(verdict: Verdict) -> Standing {
        match verdict.outcome(0) {
            Some(outcome) => Standing::Counts(outcome),
            None if verdict == Verdict::Void => Standing::Void,
            None => Standing::Unsettled,
        }
    }

    pub fn outcome(self) -> Option<Outcome> {
        match self {
            Standing::Counts(outcome) => Some(outcome),
            Standing::Unsettled | Standing::Void => None,
        }
    }
}

/// A match that was played and is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Played {
    pub match_id: MatchId,
    pub players: [PlayerId; 2],
    pub races: [Race; 2],
    pub standing: Standing,
    /// When it was closed.
    pub at: Timestamp,
    /// The MMR of both after it, as told when it was closed; None if it was not rated then.
    pub told: Option<[Mmr; 2]>,
}

impl Played {
    pub fn rows(&self) -> [RatingKey; 2] {
        [0, 1].map(|slot| (self.players[slot], self.races[slot]))
    }
}

/// The same in 32 bytes: a ladder has them for ever. Players and matches fit 32 bits for longer than
/// any ladder lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Packed {
    at: Timestamp,
    players: [u32; 2],
    mmr: [Mmr; 2],
    match_id: u32,
    races: [Race; 2],
    standing: Standing,
    was_rated: bool,
}

impl From<&Played> for Packed {
    fn from(result: &Played) -> Packed {
        Packed {
            at: result.at,
            players: result.players.map(|player| narrow(player.0)),
            mmr: result.told.unwrap_or([Mmr(0); 2]),
            match_id: narrow(result.match_id.0),
            races: result.races,
            standing: result.standing,
            was_rated: result.told.is_some(),
        }
    }
}

impl From<&Packed> for Played {
    fn from(packed: &Packed) -> Played {
        Played {
            match_id: MatchId(u64::from(packed.match_id)),
            players: packed.players.map(|player| PlayerId(u64::from(player))),
            races: packed.races,
            standing: packed.standing,
            at: packed.at,
            told: packed.was_rated.then_some(packed.mmr),
        }
    }
}

fn narrow(number: u64) -> u32 {
    u32::try_from(number).expect("there are fewer than 2^32")
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct History {
    results: Vec<Packed>,
    /// What happened between results, in order: each before the result of that index.
    changes: Vec<(u32, Change)>,
    /// The numbers in force, once they were told.
    system: Option<System>,
    /// The matches of each player, oldest first.
    of: BTreeMap<PlayerId, Vec<u32>>,
}

impl History {
    /// What it takes of memory, about.
    pub fn bytes(&self) -> usize {
        // A result has an index for each of its players, in lists that double as they grow.
        let indices = 2 * self.results.len() * size_of::<u32>() * 3 / 2;
        memory::of_vec(&self.results)
            + memory::of_vec(&self.changes)
            + memory::of_flat_map(&self.of)
            + indices
    }

    /// The next match that was played and closed.
    pub fn add(&mut self, result: &Played) {
        let index = narrow(self.results.len() as u64);
        self.results.push(Packed::from(result));
        for player in result.players {
            self.of.entry(player).or_default().push(index);
        }
    }

    pub fn change(&mut self, change: Change) {
        if let Change::System(system) = change {
            self.system = Some(system);
        }
        self.changes.push((narrow(self.results.len() as u64), change));
    }

    pub fn system(&self) -> Option<System> {
        self.system
    }

    pub fn find(&self, match_id: MatchId) -> Option<Played> {
        self.results.iter().rev().map(Played::from).find(|result| result.match_id == match_id)
    }

    /// A match stands otherwise than it did.
    pub fn settle(&mut self, match_id: MatchId, standing: Standing) {
        let found = self.results.iter_mut().rev().find(|packed| u64::from(packed.match_id) == match_id.0);
        found.expect("only a match that was played gets another verdict").standing = standing;
    }

    /// Closed matches in order.
    pub fn results(&self) -> impl Iterator<Item = Played> {
        self.results.iter().map(Played::from)
    }

    /// All that moved ratings, in the order of the fold.
    pub fn items(&self) -> impl Iterator<Item = Item> {
        self.items_with(None)
    }

    /// The same if one match stood otherwise.
    fn items_with(&self, instead: Option<(MatchId, Standing)>) -> impl Iterator<Item = Item> {
        let mut changes = self.changes.iter().peekable();
        let mut results = (0..).zip(&self.results).peekable();
        std::iter::from_fn(move || {
            loop {
                let next = results.peek().map(|(index, _)| *index);
                let is_due = |(before, _): &&(u32, Change)| next.is_none_or(|next| *before <= next);
                if let Some((_, change)) = changes.next_if(is_due) {
                    return Some(Item::Change(*change));
                }
                let result = Played::from(results.next()?.1);
                let standing = match instead {
                    Some((match_id, standing)) if match_id == result.match_id => standing,
                    _ => result.standing,
                };
                if let Some(outcome) = standing.outcome() {
                    let (match_id, rows, at) = (result.match_id, result.rows(), result.at);
                    return Some(Item::Result { match_id, rows, outcome, at });
                }
            }
        })
    }

    /// All ratings, made anew from all that happened.
    pub fn fold(&self) -> Fold {
        fold(self.items())
    }

    /// All ratings as they would be if the match stood so.
    pub fn fold_with(&self, match_id: MatchId, standing: Standing) -> Fold {
        fold(self.items_with(Some((match_id, standing))))
    }

    /// All that a player played, newest first: the match, the opponent, and how it ended for the player.
    pub fn played_by(
        &self,
        player: PlayerId,
    ) -> impl Iterator<Item = (MatchId, PlayerId, Option<Outcome>)> + '_ {
        let of = self.of.get(&player).map_or(&[][..], Vec::as_slice);
        of.iter().rev().map(move |index| {
            let Played { match_id, players, standing, .. } = Played::from(&self.results[*index as usize]);
            let is_first = players[0] == player;
            let outcome = standing.outcome();
            match is_first {
                true => (match_id, players[1], outcome),
                false => (match_id, players[0], outcome.map(Outcome::reversed)),
            }
        })
    }

    /// What a row played, and when last; None if neither a result nor staff ever moved it.
    pub fn tally(&self, row: RatingKey) -> Option<(GameRecord, Timestamp)> {
        let (player, race) = row;
        let mut found = None;
        for result in self.results_of(player) {
            let slot = usize::from(result.players[0] != player);
            let Some(outcome) = result.standing.outcome().filter(|_| result.races[slot] == race) else {
                continue;
            };
            let (record, last) = found.get_or_insert((GameRecord::default(), Timestamp::ZERO));
            count(record, if slot == 0 { outcome } else { outcome.reversed() });
            *last = result.at.max(*last);
        }
        let adjusted =
            |(_, change): &(u32, Change)| matches!(change, Change::Adjusted { row: of, .. } if *of == row);
        found
            .or_else(|| self.changes.iter().any(adjusted).then_some((GameRecord::default(), Timestamp::ZERO)))
    }

    fn results_of(&self, player: PlayerId) -> impl Iterator<Item = Played> {
        self.of
            .get(&player)
            .into_iter()
            .flatten()
            .rev()
            .map(|index| Played::from(&self.results[*index as usize]))
    }

    /// Whether a match of the player has had this race since then, on either side.
    pub fn has_met(&self, player: PlayerId, race: Race, since: Timestamp) -> bool {
        self.results_of(player)
            .take_while(|result| result.at >= since)
            .any(|result| result.races.contains(&race))
    }

    /// A player's matches that count, newest first: when, how it ended, and against whom.
    fn matches(&self, player: PlayerId) -> impl Iterator<Item = (Timestamp, Outcome, PlayerId)> {
        self.results_of(player).filter_map(move |result| {
            let outcome = result.standing.outcome()?;
            let [first, second] = result.players;
            let (outcome, opponent) =
                if first == player { (outcome, second) } else { (outcome.reversed(), first) };
            Some((result.at, outcome, opponent))
        })
    }

    pub fn periods(&self, player: PlayerId, now: Timestamp) -> Vec<Period> {
        PERIODS
            .into_iter()
            .map(|days| {
                let since = now - Duration::from_secs(u64::from(days) * 24 * 60 * 60);
                let recent = self.matches(player).take_while(|(at, ..)| *at >= since);
                Period { days, record: record_of(recent.map(|(_, outcome, _)| outcome)) }
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

    /// How each of a player's ratings moved, oldest first: the MMR that was told after each match that counts.
    /// What staff moved since shows in the next match.
    pub fn moves(&self, player: PlayerId) -> BTreeMap<Race, Vec<(Timestamp, Mmr)>> {
        let mut moves: BTreeMap<Race, Vec<(Timestamp, Mmr)>> = BTreeMap::new();
        for result in self.results_of(player).take(MOVES_LOOKED_THROUGH) {
            let slot = usize::from(result.players[0] != player);
            if let (Some(_), Some(told)) = (result.standing.outcome(), result.told) {
                moves.entry(result.races[slot]).or_default().push((result.at, told[slot]));
            }
        }
        for points in moves.values_mut() {
            points.reverse();
            thin(points);
        }
        moves
    }

    /// How `player`'s matches against `opponent` ended.
    pub fn against(&self, player: PlayerId, opponent: PlayerId) -> GameRecord {
        record_of(
            self.matches(player).filter(|(_, _, other)| *other == opponent).map(|(_, outcome, _)| outcome),
        )
    }
}

/// Leaves [`POINTS`] at most, evenly over all there were, with the first and the last.
fn thin<T: Copy>(points: &mut Vec<T>) {
    let last = points.len().saturating_sub(1);
    if points.len() > POINTS {
        *points = (0..POINTS).map(|number| points[number * last / (POINTS - 1)]).collect();
    }
}

fn fold(items: impl Iterator<Item = Item>) -> Fold {
    let mut fold = Fold::default();
    items.for_each(|item| fold.take(&item));
    fold
}

fn count(record: &mut GameRecord, outcome: Outcome) {
    let count = match outcome {
        Outcome::Won => &mut record.wins,
        Outcome::Lost => &mut record.losses,
        Outcome::Draw => &mut record.draws,
    };
    *count += 1;
}

fn record_of(outcomes: impl Iterator<Item = Outcome>) -> GameRecord {
    outcomes.fold(GameRecord::default(), |mut record, outcome| {
        count(&mut record, outcome);
        record
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = 24 * 60 * 60 * 1000;
    const ANA: PlayerId = PlayerId(1);
    const BEA: PlayerId = PlayerId(2);
    const CEA: PlayerId = PlayerId(3);

    fn result(match_id: u64, players: [PlayerId; 2], standing: Standing, at: Timestamp) -> Played {
        let races = [Race::BwZerg, Race::Sc2Terran];
        Played { match_id: MatchId(match_id), players, races, standing, at, told: None }
    }

    #[test]
    fn a_result_takes_32_bytes_and_is_read_back() {
        assert_eq!(size_of::<Packed>(), 32);
        for (standing, told) in [
            (Standing::Counts(Outcome::Draw), Some([Mmr(-3), Mmr(i32::MAX)])),
            (Standing::Unsettled, None),
            (Standing::Void, Some([Mmr(0), Mmr(0)])),
        ] {
            let result =
                Played { told, ..result(u64::from(u32::MAX), [ANA, BEA], standing, Timestamp(u64::MAX)) };
            assert_eq!(Played::from(&Packed::from(&result)), result);
        }
    }

    #[test]
    fn a_history_knows_periods_streaks_and_opponents() {
        let now = Timestamp(200 * DAY);
        let mut history = History::default();
        let won = Standing::Counts(Outcome::Won);
        for (number, (players, standing, days_ago)) in (1..).zip([
            ([ANA, BEA], won, 100),
            ([BEA, ANA], won, 60),
            ([ANA, CEA], Standing::Counts(Outcome::Draw), 21),
            ([ANA, CEA], won, 20),
            ([ANA, BEA], won, 13),
            ([BEA, ANA], Standing::Unsettled, 12),
            ([BEA, ANA], Standing::Void, 12),
            ([BEA, ANA], Standing::Counts(Outcome::Lost), 1),
        ]) {
            history.add(&result(number, players, standing, Timestamp(now.0 - days_ago * DAY)));
        }
        let three = |GameRecord { wins, losses, draws }| (wins, losses, draws);
        let periods = |player| {
            history.periods(player, now).iter().map(|period| three(period.record)).collect::<Vec<_>>()
        };
        assert_eq!(periods(ANA), [(2, 0, 0), (3, 0, 1), (3, 1, 1)]);
        assert_eq!(periods(BEA), [(0, 2, 0), (0, 2, 0), (1, 2, 0)]);
        assert_eq!((history.streak(ANA), history.streak(BEA), history.streak(PlayerId(9))), (3, -2, 0));
        assert_eq!(
            (three(history.against(ANA, BEA)), three(history.against(BEA, ANA))),
            ((3, 1, 0), (1, 3, 0))
        );
        assert_eq!(three(history.against(CEA, ANA)), (0, 1, 1));
        let tally =
            |player, race| history.tally((player, race)).map(|(record, at)| (three(record), at.0 / DAY));
        assert_eq!(tally(ANA, Race::BwZerg), Some(((3, 0, 1), 187)));
        assert_eq!(tally(ANA, Race::Sc2Terran), Some(((1, 1, 0), 199)));
        assert_eq!(tally(CEA, Race::BwZerg), None);
    }

    #[test]
    fn a_race_is_met_on_either_side_since_a_moment() {
        let mut history = History::default();
        history.add(&result(1, [PlayerId(1), PlayerId(2)], Standing::Void, Timestamp(100)));
        let races = history.results().next().unwrap().races;
        for race in races {
            for player in [PlayerId(1), PlayerId(2)] {
                assert!(history.has_met(player, race, Timestamp(100)));
                assert!(!history.has_met(player, race, Timestamp(101)));
            }
            assert!(!history.has_met(PlayerId(3), race, Timestamp::ZERO));
        }
        let other = Race::ALL.iter().find(|race| !races.contains(race)).unwrap();
        assert!(!history.has_met(PlayerId(1), *other, Timestamp::ZERO));
    }

    #[test]
    fn a_graph_has_what_was_told_of_the_matches_that_count() {
        let mut history = History::default();
        let won = Standing::Counts(Outcome::Won);
        for (number, (standing, told)) in (1..).zip([
            (won, Some([Mmr(1520), Mmr(1480)])),
            (Standing::Unsettled, None),
            (Standing::Void, Some([Mmr(1560), Mmr(1440)])),
            (won, Some([Mmr(1539), Mmr(1461)])),
        ]) {
            history.add(&Played { told, ..result(number, [ANA, BEA], standing, Timestamp(number)) });
        }
        let points = |player, race| history.moves(player).remove(&race);
        let ana = [(Timestamp(1), Mmr(1520)), (Timestamp(4), Mmr(1539))];
        let bea = [(Timestamp(1), Mmr(1480)), (Timestamp(4), Mmr(1461))];
        assert_eq!(points(ANA, Race::BwZerg).as_deref(), Some(&ana[..]));
        assert_eq!(points(BEA, Race::Sc2Terran).as_deref(), Some(&bea[..]));
        assert_eq!((points(ANA, Race::Sc2Terran), points(CEA, Race::BwZerg)), (None, None));
    }

    #[test]
    fn a_graph_of_many_matches_keeps_both_ends_and_no_more_points_than_it_can_show() {
        let mut history = History::default();
        for number in 1..=1_500 {
            let told = Some([Mmr(i32::try_from(number).unwrap()), Mmr(0)]);
            let standing = Standing::Counts(Outcome::Won);
            history.add(&Played { told, ..result(number, [ANA, BEA], standing, Timestamp(number)) });
        }
        let points = history.moves(ANA).remove(&Race::BwZerg).unwrap();
        assert_eq!(points.len(), POINTS);
        assert_eq!((points[0].1, points[POINTS - 1].1), (Mmr(501), Mmr(1_500)));
        assert!(points.is_sorted(), "they are in order");
    }

    #[test]
    fn items_come_in_the_order_in_which_they_happened() {
        let mut history = History::default();
        let row = (ANA, Race::BwZerg);
        let adjusted = |points| Change::Adjusted { row, points };
        let counts = Standing::Counts(Outcome::Won);
        history.change(adjusted(1));
        history.add(&result(1, [ANA, BEA], counts, Timestamp(1)));
        history.add(&result(2, [ANA, BEA], Standing::Unsettled, Timestamp(2)));
        history.change(adjusted(2));
        history.change(Change::System(System { start: Mmr(7), ..System::FIRST }));
        history.add(&result(3, [ANA, BEA], Standing::Void, Timestamp(3)));
        history.add(&result(4, [ANA, BEA], counts, Timestamp(4)));
        history.change(adjusted(3));
        let order = |history: &History| {
            let word = |item| match item {
                Item::Change(Change::System(_)) => "system".to_owned(),
                Item::Change(Change::Adjusted { points, .. }) => format!("+{points}"),
                Item::Result { match_id, .. } => match_id.to_string(),
            };
            history.items().map(word).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(order(&history), "+1 1 +2 system 4 +3");
        assert_eq!(history.system().map(|system| system.start), Some(Mmr(7)));
        history.settle(MatchId(2), counts);
        history.settle(MatchId(4), Standing::Void);
        assert_eq!(order(&history), "+1 1 2 +2 system +3");
        assert_eq!(history.find(MatchId(4)).map(|result| result.standing), Some(Standing::Void));
        assert_eq!(history.find(MatchId(5)), None);
        assert_eq!(history.fold().of(row).mmr, Mmr(1500 + 1 + 20 + 18 + 2 + 3));
    }
}
