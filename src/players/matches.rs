//! What two people who met do together: they play a game. Each sits down with what the ladder told
//! them; once both sit, the game is fixed by the seed and the match's number.

use super::chance::Chance;
use super::habits::{Habits, Uploads};
use ipc_schema::ids::MatchId;
use ipc_schema::vocab::{Outcome, Race, Server, Timestamp, Toon};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Open matches that are remembered. A ladder of 1,000 has 500 open; what lies far behind was
/// closed without a word, which is reported elsewhere, and is forgotten first.
const MATCHES: usize = 5_000;

/// Of a hundred games, those of which nobody kept the replay.
const UNKEPT_PERCENT: usize = 4;

/// Of a hundred losers, those who would claim the win where no replay tells.
const LIAR_PERCENT: usize = 20;

/// What one player of a match knows and was told.
#[derive(Debug, Clone, PartialEq)]
pub struct Seat {
    /// The player's place in this process.
    pub player: usize,
    pub name: String,
    pub toon: Toon,
    pub race: Race,
    pub opponent_race: Race,
    pub skill: f64,
    pub map: String,
    pub server: Server,
}

/// A game that both play.
#[derive(Debug, Clone, PartialEq)]
pub struct Game {
    pub match_id: MatchId,
    pub begins: Timestamp,
    pub ends: Timestamp,
    /// The lower player number first.
    pub seats: [Seat; 2],
    /// The seat that wins.
    pub winner: usize,
    /// The seats that send the replay, at once. Where nobody kept it, none, and both report.
    pub sends: [bool; 2],
    /// What each says of it when asked.
    pub claims: [Outcome; 2],
    pub random_seed: u32,
    /// The replay is one of twelve minutes, however long it took.
    pub is_long: bool,
}

impl Game {
    pub fn seat_of(&self, player: usize) -> Option<usize> {
        self.seats.iter().position(|seat| seat.player == player)
    }

    pub fn is_sent_by(&self, player: usize) -> bool {
        self.seat_of(player).is_some_and(|seat| self.sends[seat])
    }

    /// Nobody kept the replay.
    pub fn is_reported(&self) -> bool {
        self.sends == [false; 2]
    }

    pub fn claim_of(&self, player: usize) -> Option<Outcome> {
        self.seat_of(player).map(|seat| self.claims[seat])
    }
}

/// What came of sitting down.
#[derive(Debug, Clone, PartialEq)]
pub enum Seated {
    /// The opponent was not told yet, or is nobody of this process.
    Alone,
    Plays(Rc<Game>),
    /// The two were told different things, or a third came.
    Mismatch,
}

#[derive(Debug)]
pub struct Matches {
    seed: u64,
    habits: Rc<Habits>,
    /// Who has sat down to a game.
    have_played: BTreeSet<usize>,
    open: BTreeMap<MatchId, Meeting>,
}

#[derive(Debug)]
enum Meeting {
    Waits(Seat),
    /// Until both were told how it ended.
    Plays {
        game: Rc<Game>,
        told: [bool; 2],
    },
}

impl Matches {
    pub fn new(seed: u64, habits: Rc<Habits>) -> Matches {
        Matches { seed, habits, have_played: BTreeSet::new(), open: BTreeMap::new() }
    }

    /// A player was told to play.
    pub fn sit(&mut self, now: Timestamp, match_id: MatchId, seat: Seat) -> Seated {
        match self.open.get(&match_id) {
            None => {
                self.open.insert(match_id, Meeting::Waits(seat));
                if self.open.len() > MATCHES {
                    self.open.pop_first();
                }
                Seated::Alone
            }
            Some(Meeting::Waits(first)) if first.player == seat.player => Seated::Alone,
            Some(Meeting::Waits(first)) => {
                if (first.race, &first.map, first.server) != (seat.opponent_race, &seat.map, seat.server)
                    || first.opponent_race != seat.race
                {
                    return Seated::Mismatch;
                }
                let first = first.clone();
                let game = Rc::new(self.game(now, match_id, first, seat));
                self.open.insert(match_id, Meeting::Plays { game: game.clone(), told: [false; 2] });
                Seated::Plays(game)
            }
            Some(Meeting::Plays { game, .. }) if game.seat_of(seat.player).is_some() => {
                Seated::Plays(game.clone())
            }
            Some(Meeting::Plays { .. }) => Seated::Mismatch,
        }
    }

    /// A player was told how the match ended, `won` where that was a result. False if the game
    /// they played went the other way.
    pub fn close(&mut self, match_id: MatchId, player: usize, won: Option<bool>) -> bool {
        let (was_so, is_over) = match self.open.get_mut(&match_id) {
            None => return true,
            Some(Meeting::Waits(_)) => (true, true),
            Some(Meeting::Plays { game, told }) => {
                let Some(seat) = game.seat_of(player) else { return true };
                told[seat] = true;
                (won.is_none_or(|won| won == (game.winner == seat)), *told == [true; 2])
            }
        };
        if is_over {
            self.open.remove(&match_id);
        }
        was_so
    }

    fn game(&mut self, begins: Timestamp, match_id: MatchId, one: Seat, other: Seat) -> Game {
        let mut chance = Chance::of(self.seed, "game", match_id.0);
        let seats = if one.player < other.player { [one, other] } else { [other, one] };
        let gap = seats[1].skill - seats[0].skill;
        let expected = 1.0 / (1.0 + libm::pow(10.0, gap / 500.0));
        let sender = chance.below(2);
        let both = chance.percent(10);
        let is_first = seats.each_ref().map(|seat| self.have_played.insert(seat.player)) == [true; 2];
        let lasts = if is_first { &self.habits.first_game_ms } else { &self.habits.game_ms };
        let ends = begins + chance.within_ms(lasts.clone());
        let winner = usize::from(chance.fraction() >= expected);
        let mut claims = [Outcome::Lost; 2];
        claims[winner] = Outcome::Won;
        // Drawn apart, so that all else of a game stays what it was for its seed.
        let mut honesty = Chance::of(self.seed, "reports", match_id.0);
        let kept = !honesty.percent(UNKEPT_PERCENT);
        if honesty.percent(LIAR_PERCENT) {
            claims[1 - winner] = Outcome::Won;
        }
        Game {
            match_id,
            begins,
            ends,
            winner,
            sends: [kept && (both || sender == 0), kept && (both || sender == 1)],
            claims,
            random_seed: (chance.next_u64() >> 32) as u32,
            is_long: self.habits.uploads != Uploads::AfterGames,
            seats,
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use ipc_schema::vocab::GameRegion;

    fn evening() -> Matches {
        Matches::new(1, Rc::new(Habits::demo()))
    }

    pub(in crate::players) fn seats() -> [Seat; 2] {
        let seat = |player: usize, name: &str, race, opponent_race| Seat {
            player,
            name: name.to_owned(),
            toon: Toon { region: GameRegion::Europe.number(), realm: 1, id: 1_000 + player as u64 },
            race,
            opponent_race,
            skill: 0.0,
            map: "keres_passage".to_owned(),
            server: Server::Euc,
        };
        [seat(3, "Ana", Race::BwZerg, Race::Sc2Terran), seat(9, "보람이", Race::Sc2Terran, Race::BwZerg)]
    }

    pub(in crate::players) fn game(match_id: u64) -> Game {
        let mut matches = evening();
        let [one, other] = seats();
        matches.sit(Timestamp(1_795_000_000_000), MatchId(match_id), one);
        match matches.sit(Timestamp(1_795_000_000_000), MatchId(match_id), other) {
            Seated::Plays(game) => Rc::unwrap_or_clone(game),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_game_begins_when_both_sit_and_is_the_same_for_both() {
        let mut matches = evening();
        let [one, other] = seats();
        let id = MatchId(12);
        assert_eq!(matches.sit(Timestamp(0), id, other.clone()), Seated::Alone);
        assert_eq!(matches.sit(Timestamp(5), id, other.clone()), Seated::Alone);
        let first = matches.sit(Timestamp(10), id, one.clone());
        let Seated::Plays(game) = &first else { panic!("{first:?}") };
        assert_eq!(game.seats, [one.clone(), other]);
        assert!((5_000..=20_000).contains(&game.ends.since(game.begins).as_millis()));
        assert_eq!(matches.sit(Timestamp(99), id, one), first);
    }

    #[test]
    fn of_the_first_games_of_an_evening_any_part_is_left_and_the_others_are_whole() {
        let mut matches = Matches::new(1, Rc::new(Habits::evening(1)));
        let mut play = |match_id, players: [usize; 2]| {
            let [one, other] = seats();
            matches.sit(Timestamp(0), MatchId(match_id), Seat { player: players[0], ..one });
            match matches.sit(Timestamp(0), MatchId(match_id), Seat { player: players[1], ..other }) {
                Seated::Plays(game) => game.ends.since(game.begins).as_secs(),
                seated => panic!("{seated:?}"),
            }
        };
        let first: Vec<u64> =
            (0..100).map(|number| play(number as u64, [2 * number, 2 * number + 1])).collect();
        let mean = first.iter().sum::<u64>() / 100;
        assert!((300..=420).contains(&mean) && first.iter().all(|seconds| *seconds <= 720), "{mean}");
        assert_eq!(play(100, [0, 1]), 720);
        assert_eq!(play(101, [0, 1_000]), 720, "one of the two has played");
    }

    #[test]
    fn two_who_were_told_different_things_do_not_play() {
        let [one, other] = seats();
        for wrong in [
            Seat { map: "khione".to_owned(), ..other.clone() },
            Seat { server: Server::Kor, ..other.clone() },
            Seat { race: Race::Sc2Zerg, ..other.clone() },
            Seat { opponent_race: Race::BwTerran, ..other },
        ] {
            let mut matches = evening();
            matches.sit(Timestamp(0), MatchId(1), one.clone());
            assert_eq!(matches.sit(Timestamp(0), MatchId(1), wrong), Seated::Mismatch);
        }
    }

    #[test]
    fn a_result_is_compared_with_the_game() {
        let mut matches = evening();
        let [one, other] = seats();
        matches.sit(Timestamp(0), MatchId(4), one);
        let Seated::Plays(game) = matches.sit(Timestamp(0), MatchId(4), other) else { panic!("two sit") };
        let [winner, loser] = [game.winner, 1 - game.winner].map(|seat| game.seats[seat].player);
        assert!(!matches.close(MatchId(4), winner, Some(false)));
        assert!(matches.close(MatchId(4), winner, Some(true)));
        assert!(!matches.close(MatchId(4), loser, Some(true)));
        // Both know, so it is forgotten.
        assert!(matches.close(MatchId(4), loser, Some(true)));
    }

    #[test]
    fn few_keep_no_replay_and_fewer_lie() {
        let games: Vec<Game> = (0..2_000).map(game).collect();
        let reported: Vec<&Game> = games.iter().filter(|game| game.is_reported()).collect();
        assert!((50..120).contains(&reported.len()), "{}", reported.len());
        let liars = reported.iter().filter(|game| game.claims == [Outcome::Won; 2]).count();
        assert!((5..40).contains(&liars), "{liars} of {}", reported.len());
        for game in games {
            assert_eq!(game.claims[game.winner], Outcome::Won, "winners have no reason to lie");
        }
    }

    #[test]
    fn the_better_one_wins_more_often_and_someone_always_sends() {
        let [one, other] = seats();
        let mut wins = 0;
        for match_id in 0..1_000 {
            let mut matches = evening();
            matches.sit(Timestamp(0), MatchId(match_id), Seat { skill: 300.0, ..one.clone() });
            let Seated::Plays(game) = matches.sit(Timestamp(0), MatchId(match_id), other.clone()) else {
                panic!("two sit")
            };
            wins += usize::from(game.winner == 0);
            assert_ne!(game.is_reported(), game.sends.contains(&true));
        }
        // 1 / (1 + 10^(-300/500)) is 0.80.
        assert!((750..850).contains(&wins), "{wins}");
    }
}
