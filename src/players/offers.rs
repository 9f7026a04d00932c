//! What somebody at the emulator's page can send: the file of a match that a person plays, though no
//! game was played. It knows of the match what the person's own messages say, as a player would.

use super::chance::Chance;
use super::game::{self, Handles, map_keys};
use super::matches::{Game, Seat};
use super::people;
use crate::clock;
use crate::season::Which;
use ipc_schema::fact_line::{Fact, FactLine};
use ipc_schema::ids::MatchId;
use ipc_schema::vocab::{GameRegion, Outcome, Timestamp, Toon};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// The game is said to have ended when its file is made, and to have lasted so long.
const PLAYED: Duration = Duration::from_secs(10);

/// Accounts of people at the page begin here, above those of all simulated people.
const ACCOUNTS: u64 = 1_000_000_000;

/// Forges for people at the page, who may meet each other or simulated people.
pub struct Forgery {
    seed: u64,
    handles: Arc<Handles>,
    /// The simulated people by their names; each is bound to the accounts it always plays with.
    people: BTreeMap<String, people::Person>,
}

/// A file that could be made.
pub struct Offer {
    pub label: String,
    pub file_name: String,
    handles: Arc<Handles>,
    game: Game,
    kind: Kind,
}

enum Kind {
    Whole,
    /// As an upload that broke off leaves it.
    Half,
}

impl Forgery {
    pub fn new(season: Which, seed: u64, players: usize) -> anyhow::Result<Forgery> {
        let people = people::people(seed, players, &map_keys());
        Ok(Forgery {
            seed,
            handles: Arc::new(Handles::of(season)?),
            people: people.into_iter().map(|person| (person.name.clone(), person)).collect(),
        })
    }

    /// What a user could send for the match that these messages show as being played: the game won,
    /// the game lost, and a broken file. `messages` are Discord's, oldest first.
    pub fn offers(&self, messages: &[Value]) -> Vec<Offer> {
        let Some((match_id, seats)) = self.open_match(messages) else { return Vec::new() };
        let now = clock::now();
        let won = |seat: usize| format!("{} wins match {match_id}", seats[seat].name);
        let file = |how: &str| format!("match-{match_id}-{how}.SC2Replay");
        let broken = ("A broken file".to_owned(), file("broken"), 0, Kind::Half);
        [(won(0), file("won"), 0, Kind::Whole), (won(1), file("lost"), 1, Kind::Whole), broken]
            .into_iter()
            .map(|(label, file_name, winner, kind)| Offer {
                label,
                file_name,
                handles: self.handles.clone(),
                game: self.game(match_id, seats.clone(), winner, now),
                kind,
            })
            .collect()
    }

    /// The newest match that is played and not closed; the reader's seat first.
    fn open_match(&self, messages: &[Value]) -> Option<(MatchId, [Seat; 2])> {
        let read = |message| {
            let mut texts = Vec::new();
            collect_texts(message, &mut texts);
            let line = texts.iter().rev().find_map(|text| FactLine::find(text));
            line.map(|line| (line, texts))
        };
        let told: Vec<(FactLine, Vec<&str>)> = messages.iter().filter_map(read).collect();
        let closes = |fact: &Fact| fact.is_result() || matches!(fact, Fact::Unplayed { .. });
        let closed: BTreeSet<MatchId> =
            told.iter().filter(|(line, _)| closes(&line.fact)).map(|(line, _)| line.match_id).collect();
        let open = told.iter().rev().filter(|(line, _)| !closed.contains(&line.match_id));
        open.into_iter().find_map(|(line, texts)| {
            let Fact::Playing { race, opponent_race, map, server } = &line.fact else { return None };
            let names = names(texts)?;
            let seat = |player: usize, race, opponent_race| Seat {
                player,
                name: names[player].clone(),
                toon: self.toon(&names[player], server.game_region()),
                race,
                opponent_race,
                skill: 0.0,
                map: map.clone(),
                server: *server,
            };
            Some((line.match_id, [seat(0, *race, *opponent_race), seat(1, *opponent_race, *race)]))
        })
    }

    /// The account that a name plays with, the same at every match.
    fn toon(&self, name: &str, region: GameRegion) -> Toon {
        match self.people.get(name) {
            Some(person) => person.toon(region),
            None => {
                let id = ACCOUNTS + Chance::of(self.seed, name, region.number().into()).below(1 << 30) as u64;
                Toon { region: region.number(), realm: 1, id }
            }
        }
    }

    fn game(&self, match_id: MatchId, seats: [Seat; 2], winner: usize, now: Timestamp) -> Game {
        let mut claims = [Outcome::Lost; 2];
        claims[winner] = Outcome::Won;
        let mut chance = Chance::of(self.seed, "game at the page", now.0);
        Game {
            match_id,
            begins: now - PLAYED,
            ends: now,
            seats,
            winner,
            sends: [true, false],
            claims,
            random_seed: (chance.next_u64() >> 32) as u32,
            is_long: false,
        }
    }
}

impl Offer {
    /// The bytes of the file.
    pub fn make(self) -> Vec<u8> {
        let mut bytes = game::forge(&self.handles, &self.game, 0, 0, game::Day::Today);
        if matches!(self.kind, Kind::Half) {
            bytes.truncate(bytes.len() / 2);
        }
        bytes
    }
}

/// Everything that a message says, in its order.
fn collect_texts<'a>(value: &'a Value, texts: &mut Vec<&'a str>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| collect_texts(value, texts)),
        Value::Object(fields) => {
            // The texts of a message and of its components; where an embed has several, their order is this one.
            for key in ["content", "title", "description", "value"] {
                texts.extend(fields.get(key).and_then(Value::as_str));
            }
            for key in ["embeds", "fields", "components", "accessory"] {
                fields.get(key).into_iter().for_each(|value| collect_texts(value, texts));
            }
        }
        _ => {}
    }
}

/// The two players of a match sheet: on it a flag and a name in bold letters stand for each, and who
/// reads it stands first.
fn names(texts: &[&str]) -> Option<[String; 2]> {
    let mut names = Vec::new();
    for text in texts {
        let mut parts = text.split("**");
        let mut before = parts.next()?;
        while let (Some(bold), Some(after)) = (parts.next(), parts.next()) {
            let is_known = names.iter().any(|name| name == bold);
            if ends_in_flag(before)
                && !is_known
                && !bold.is_empty()
                && bold.chars().all(char::is_alphanumeric)
            {
                names.push(bold.to_owned());
            }
            before = after;
        }
    }
    <[String; 2]>::try_from(names.into_iter().take(2).collect::<Vec<_>>()).ok()
}

/// Regional letters, the white flag, or the globe of those who belong nowhere.
fn ends_in_flag(text: &str) -> bool {
    let last = text.trim_end().trim_end_matches('\u{fe0f}').chars().next_back();
    last.is_some_and(|last| matches!(last, '\u{1f1e6}'..='\u{1f1ff}' | '🏳' | '🌐'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc_schema::vocab::{Race, Server};
    use replay::facts::GameResult;
    use serde_json::json;

    fn forgery() -> Forgery {
        Forgery::new(Which::Demo, 7, 3).unwrap()
    }

    fn sheet(match_id: u64, opponent: &str) -> Value {
        let fact = FactLine {
            match_id: MatchId(match_id),
            fact: Fact::Playing {
                race: Race::BwZerg,
                opponent_race: Race::Sc2Terran,
                map: "radeon".to_owned(),
                server: Server::Kor,
            },
        };
        json!({"content": "", "components": [{"type": 17, "components": [
            {"type": 10, "content": format!("**Match {match_id}**: meet **now**")},
            {"type": 9, "components": [{"type": 10, "content": "🇩🇪 **Ana**\nZerg · **1500**"}]},
            {"type": 10, "content": format!("🏳️ **{opponent}**\nTerran")},
            {"type": 10, "content": fact.to_string()},
        ]}]})
    }

    fn closed(match_id: u64) -> Value {
        let line = FactLine { match_id: MatchId(match_id), fact: Fact::Unplayed { how: "void".to_owned() } };
        json!({"content": line.to_string(), "components": []})
    }

    #[test]
    fn the_files_tell_the_game_of_the_sheet_with_either_winner() {
        let simulated = forgery().people.keys().next().unwrap().clone();
        let offers = forgery().offers(&[sheet(4, &simulated)]);
        let labels: Vec<&str> = offers.iter().map(|offer| offer.label.as_str()).collect();
        assert_eq!(labels, ["Ana wins match 4", &format!("{simulated} wins match 4"), "A broken file"]);
        let mut accounts = BTreeSet::new();
        for (winner, offer) in offers.into_iter().take(2).enumerate() {
            let facts = replay::parse(&offer.make()).unwrap();
            let names: Vec<&str> = facts.players.iter().map(|player| player.name.as_str()).collect();
            assert_eq!(names, ["Ana", &simulated]);
            assert_eq!(facts.players[winner].result, GameResult::Win);
            assert_eq!(facts.players[1 - winner].result, GameResult::Loss);
            accounts.insert(facts.players.iter().map(|player| player.toon()).collect::<Vec<_>>());
        }
        assert_eq!(accounts.len(), 1, "each plays with one account: {accounts:?}");
        let bound = forgery().people[&simulated].toon(GameRegion::Asia).to_string();
        assert_eq!(accounts.first().unwrap()[1], bound);
    }

    #[test]
    fn a_broken_file_cannot_be_read() {
        let broken = forgery().offers(&[sheet(4, "Bea")]).pop().unwrap();
        assert!(replay::parse(&broken.make()).is_err());
    }

    #[test]
    fn only_the_newest_open_match_is_offered() {
        let first =
            |messages: &[Value]| forgery().offers(messages).first().map(|offer| offer.file_name.clone());
        let is = |name: &str| Some(name.to_owned());
        assert_eq!(first(&[]), None);
        assert_eq!(first(&[sheet(1, "Bea"), closed(1)]), None);
        assert_eq!(first(&[closed(1), sheet(1, "Bea")]), None);
        assert_eq!(first(&[closed(1), sheet(2, "Bea")]), is("match-2-won.SC2Replay"));
        assert_eq!(first(&[sheet(3, "Bea"), closed(3), sheet(2, "Bea")]), is("match-2-won.SC2Replay"));
    }
}
