//! What people do with their time: those of a demo, who are in a hurry, and those whom a measurement
//! sends into the ladder, who live as people do or, in compressed time, in a fraction of it.

use super::people::Person;
use ipc_schema::vocab::{Race, RaceChoice};
use std::ops::RangeInclusive;
use std::time::Duration;

/// How long people take for things, in milliseconds, and what they come for.
#[derive(Debug, Clone, PartialEq)]
pub struct Habits {
    /// From one look at an answer to the next press.
    pub pace_ms: RangeInclusive<u64>,
    pub typing_ms: RangeInclusive<u64>,
    pub confirm_ms: RangeInclusive<u64>,
    /// From a result to the next press.
    pub rest_ms: RangeInclusive<u64>,
    /// What somebody who looks around gives one page.
    pub reading_ms: RangeInclusive<u64>,
    /// Seeing nothing change for so long, people ask.
    pub quiet: Duration,
    pub game_ms: RangeInclusive<u64>,
    /// What is left of the game of two who both play their first.
    pub first_game_ms: RangeInclusive<u64>,
    pub between_arrivals: Duration,
    /// All have come after this, however many they are.
    pub arrivals: Duration,
    /// Within this all begin who waited for the word.
    pub beginning_ms: RangeInclusive<u64>,
    pub crowd: Crowd,
    pub uploads: Uploads,
}

/// Who is among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crowd {
    /// Everybody plays what the seed says, and few look anything up.
    Mixed,
    /// Of ten people one looks around; three play StarCraft II alone and six Brood War alone. So six are in a match
    /// as soon as they have met, and three wait, for as long as it goes on.
    Evening,
}

/// How replays come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uploads {
    /// One or two for a game, of one of three lengths.
    AfterGames,
    /// One for a game, of twelve minutes.
    Long,
    /// Replays of twelve minutes from all who play, each of them one in this time. They are of games of another day, so
    /// each is judged and none ends its match.
    Drill { every: Duration },
}

/// What a person comes for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Errand {
    Play,
    LookAround,
}

/// Games of the people of a measurement, in their own time.
const TWELVE_MINUTES_MS: u64 = 12 * 60_000;
/// Faster than this nobody presses.
const SHORTEST_MS: u64 = 100;

impl Habits {
    pub fn demo() -> Habits {
        Habits {
            pace_ms: 300..=1_500,
            typing_ms: 1_000..=3_000,
            confirm_ms: 300..=3_000,
            rest_ms: 1_000..=4_000,
            reading_ms: 300..=1_500,
            quiet: Duration::from_secs(30),
            game_ms: 5_000..=20_000,
            first_game_ms: 5_000..=20_000,
            between_arrivals: Duration::from_millis(50),
            arrivals: Duration::from_secs(15),
            beginning_ms: 300..=1_500,
            crowd: Crowd::Mixed,
            uploads: Uploads::AfterGames,
        }
    }

    /// An evening whose games and thoughts, and nothing else, are `times` shorter than in life.
    pub fn evening(times: u32) -> Habits {
        let times = u64::from(times.max(1));
        let thought = |from_ms: u64, to_ms: u64| {
            let [from, to] = [from_ms, to_ms].map(|ms| (ms / times).max(SHORTEST_MS));
            from..=to
        };
        let game_ms = (TWELVE_MINUTES_MS / times).max(1_000);
        Habits {
            pace_ms: thought(1_000, 3_000),
            typing_ms: thought(3_000, 8_000),
            confirm_ms: thought(2_000, 15_000),
            rest_ms: thought(5_000, 20_000),
            reading_ms: thought(5_000, 15_000),
            quiet: Duration::from_secs((120 / times).max(10)),
            game_ms: game_ms..=game_ms,
            first_game_ms: 1..=game_ms,
            between_arrivals: Duration::from_millis(20),
            arrivals: Duration::from_secs(600),
            beginning_ms: thought(1_000, 30_000),
            crowd: Crowd::Evening,
            uploads: Uploads::Long,
        }
    }

    /// An evening on which all who play send a replay in each such time.
    pub fn drill(every: Duration) -> Habits {
        Habits { uploads: Uploads::Drill { every }, ..Habits::evening(1) }
    }
}

impl Crowd {
    /// What the person of that number comes for; the measurement says what they play.
    pub fn send(self, number: usize, person: &mut Person) -> Errand {
        let (bw, sc2) = (
            [Race::BwTerran, Race::BwZerg, Race::BwProtoss],
            [Race::Sc2Terran, Race::Sc2Zerg, Race::Sc2Protoss],
        );
        let of = |races: [Race; 3]| Some(races[number / 10 % 3]);
        match (self, number % 10) {
            (Crowd::Mixed, _) => return Errand::Play,
            (Crowd::Evening, 0) => return Errand::LookAround,
            (Crowd::Evening, 1..=3) => person.races = RaceChoice { bw: None, sc2: of(sc2) },
            (Crowd::Evening, _) => person.races = RaceChoice { bw: of(bw), sc2: None },
        }
        Errand::Play
    }
}

#[cfg(test)]
mod tests {
    use super::super::people::people;
    use super::*;

    #[test]
    fn of_ten_people_of_an_evening_one_looks_around_and_a_third_of_the_others_plays_starcraft_ii() {
        let mut counts = [0; 3];
        for (number, mut person) in people(7, 200, &["a"]).into_iter().enumerate() {
            let errand = Crowd::Evening.send(number, &mut person);
            let RaceChoice { bw, sc2 } = person.races;
            assert!(errand == Errand::LookAround || bw.is_some() != sc2.is_some(), "{person:?}");
            counts[match (errand, bw) {
                (Errand::LookAround, _) => 0,
                (Errand::Play, None) => 1,
                (Errand::Play, Some(_)) => 2,
            }] += 1;
        }
        assert_eq!(counts, [20, 60, 120]);
    }

    #[test]
    fn compressed_time_shortens_games_and_thought_alone() {
        let (life, compressed) = (Habits::evening(1), Habits::evening(12));
        assert_eq!((life.game_ms, compressed.game_ms.clone()), (720_000..=720_000, 60_000..=60_000));
        assert_eq!(compressed.first_game_ms, 1..=60_000);
        assert_eq!(compressed.confirm_ms, 166..=1_250);
        assert_eq!(compressed.arrivals, life.arrivals);
        let shortest = Habits::evening(1_000);
        assert_eq!(shortest.pace_ms, 100..=100);
    }
}
