//! The ladder from outside: real processes, real sockets, and people who press and send files.

mod aged;
mod archive;
mod backup;
mod calls;
mod channels;
mod chaos;
mod check;
mod copies;
mod crowd;
mod dashboard;
mod database;
mod discord;
mod disk;
mod doors;
mod everything;
mod failpoints;
mod gateway;
mod hostile;
mod known_problems;
mod load;
mod logs;
mod lost_folder;
mod measured;
mod own_commands;
mod pictures;
mod refusals;
mod reports;
mod second_life;
mod session;
mod shards;
mod staff;
mod standby;
mod strangers;
mod uploads;
mod users;

use crate::support::{Ladder, Person, cache_handle, postgres, wait_for};
use ipc_schema::fact_line::Fact;
use ipc_schema::ids::MatchId;
use ipc_schema::vocab::{GameRegion, Mmr, Race};
use nix::sys::signal::Signal;
use replay::facts::GameResult;
use replay::forge::{self, ForgedPlayer};
use sqlx::{Connection, PgConnection, SqliteConnection};
use std::path::Path;

/// Ana plays Brood War Zerg, Bea StarCraft II Terran; the first pairing of the season's seed
/// decides the map.
async fn pair_up(ladder: &Ladder) -> (Person, Person, MatchId) {
    let (ana, bea) = (Person::new(ladder.emulator, "Ana").await, Person::new(ladder.emulator, "Bea").await);
    ana.set_up().await;
    bea.set_up().await;
    ana.join("bw", "bw_zerg").await;
    bea.join("sc2", "sc2_terran").await;
    let match_id = ana.found_match().await;
    assert_eq!(bea.found_match().await, match_id);
    (ana, bea, match_id)
}

async fn confirm(person: &Person, match_id: MatchId) {
    person.press(&format!("match:confirm:{match_id}"), &[]).await;
}

/// The file of the game that Ana won, as the match sheet says it was to be played.
async fn replay_of(ana: &Person) -> Vec<u8> {
    let (race, opponent, map, server) = ana
        .told("the match sheet", |line| match &line.fact {
            Fact::Playing { race, opponent_race, map, server } => {
                Some((*race, *opponent_race, map.clone(), *server))
            }
            _ => None,
        })
        .await;
    assert_eq!((race, opponent), (Race::BwZerg, Race::Sc2Terran));
    let season = evoladder::season::load(evoladder::season::Which::Demo).unwrap();
    let region = server.game_region();
    let player = |name: &str, race_text: &str, race_code: &str, toon_id, result| ForgedPlayer {
        name: name.to_owned(),
        race_text: race_text.to_owned(),
        race_code: race_code.to_owned(),
        region: region.number(),
        toon_id,
        result,
        ..ForgedPlayer::default()
    };
    assert_eq!(region, GameRegion::Europe);
    let handles = season.official_handles(region, &map).expect("the demo knows its maps");
    forge::write(&forge::Game {
        cache_handles: handles.iter().map(|handle| cache_handle(handle)).collect(),
        map_title: season.map(&map).unwrap().title.clone(),
        players: vec![
            player("Bea", "Terran", "Terr", 22, GameResult::Loss),
            player("Ana", "BW Zerg", "BWZe", 11, GameResult::Win),
        ],
        duration_game_loops: 22,
        ended_at_unix: i64::try_from(evoladder::clock::now().unix_seconds()).unwrap(),
        random_seed: 4711,
        ..forge::Game::default()
    })
}

/// Both are told their result, and by one message each.
async fn told_the_result(ana: &Person, bea: &Person, match_id: MatchId) {
    let won = Fact::Won { race: Race::BwZerg, before: Mmr(1500), after: Mmr(1520) };
    let lost = Fact::Lost { race: Race::Sc2Terran, before: Mmr(1500), after: Mmr(1480) };
    for (person, result) in [(ana, won), (bea, lost)] {
        person
            .told("the result", |line| (line.match_id == match_id && line.fact == result).then_some(()))
            .await;
        let facts = person.facts().await;
        let results = facts.iter().filter(|line| line.fact.is_result());
        assert_eq!(results.count(), 1, "{} is told once: {facts:?}", person.name);
    }
}

/// Opens the database of a ladder that has drained.
async fn database(data: &Path) -> SqliteConnection {
    let url = format!("sqlite://{}?mode=ro", data.join("ladder.sqlite").display());
    SqliteConnection::connect(&url).await.unwrap()
}

/// The databases that ladders are tried with: the file of their own, for which there is no address, and PostgreSQL,
/// where that is installed.
fn databases() -> impl Iterator<Item = Option<String>> {
    [None].into_iter().chain(postgres::fresh().map(Some))
}

/// What a ladder is told of its database.
fn settings(database: Option<&str>) -> Vec<(&'static str, &str)> {
    database.map(|url| ("DATABASE_URL", url)).into_iter().collect()
}

/// The rows of a ladder that has drained, each of one text.
async fn rows(data: &Path, database: Option<&str>, query: &'static str) -> Vec<String> {
    match database {
        None => sqlx::query_scalar(query).fetch_all(&mut self::database(data).await).await.unwrap(),
        Some(url) => {
            let mut connection = PgConnection::connect(url).await.unwrap();
            sqlx::query_scalar(query).fetch_all(&mut connection).await.unwrap()
        }
    }
}

/// The ratings of a ladder that has drained: race, MMR, wins, losses.
async fn ratings_are(data: &Path, expected: &[(&str, i64, i64, i64)]) {
    ratings_in_are(data, None, expected).await;
}

async fn ratings_in_are(data: &Path, database: Option<&str>, expected: &[(&str, i64, i64, i64)]) {
    let query = "select race || ' ' || mmr || ' ' || wins || ' ' || losses from ratings order by race";
    let expected = expected.iter().map(|(race, mmr, wins, losses)| format!("{race} {mmr} {wins} {losses}"));
    assert_eq!(rows(data, database, query).await, expected.collect::<Vec<_>>());
}

/// The tables of a ladder that has drained hold one match and one replay that decided it.
async fn stored_once(data: &Path) {
    stored_once_in(data, None).await;
}

async fn stored_once_in(data: &Path, database: Option<&str>) {
    let matches = "select verdict || ' ' || mmr_1_after || ' ' || mmr_2_after from matches";
    assert_eq!(rows(data, database, matches).await, ["decided 1520 1480"]);
    assert_eq!(rows(data, database, "select outcome from replays").await, ["decided"]);
    ratings_in_are(data, database, &[("bw_zerg", 1520, 1, 0), ("sc2_terran", 1480, 0, 1)]).await;
}

#[tokio::test]
async fn a_match_is_right_once_though_a_worker_dies_in_mid_job_and_the_backend_in_mid_match() {
    let ladder = Ladder::start().await;
    let (ana, bea, match_id) = pair_up(&ladder).await;
    confirm(&ana, match_id).await;
    // The backend dies with one of the two confirmed, and again while the game is played.
    ladder.signal(&ladder.pids("backend"), Signal::SIGKILL);
    confirm(&bea, match_id).await;
    let file = replay_of(&ana).await;
    ladder.signal(&ladder.pids("backend"), Signal::SIGKILL);
    wait_for("the workers to be with the new backend", async || {
        (ladder.restarts("backend") == 2 && ladder.all_ready()).then_some(())
    })
    .await;
    // Both workers stand still, so that one of them has the job when they die.
    let workers = ladder.pids("replay-worker");
    ladder.signal(&workers, Signal::SIGSTOP);
    ana.upload("game.SC2Replay", file).await;
    ana.told("that the replay is read", |line| {
        matches!(&line.fact, Fact::Replay { stage, .. } if stage == "reading").then_some(())
    })
    .await;
    wait_for("a worker to have the job", async || {
        (ladder.gauge("backend", "replays_in_line") == Some(1.0)).then_some(())
    })
    .await;
    ladder.signal(&workers, Signal::SIGKILL);
    told_the_result(&ana, &bea, match_id).await;
    assert_eq!((ladder.restarts("backend"), ladder.restarts("replay-worker")), (2, 2));
    let (status, root) = ladder.stop();
    assert!(status.success(), "{status}");
    stored_once(&root.path().join("data")).await;
}
