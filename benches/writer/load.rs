//! What is written: matches of a thousand players, as the ladder records them.

use ipc_schema::db_writer::Record;
use ipc_schema::event::{Event, Judged, Judgement, Pairing, RatedRow, RatingChange};
use ipc_schema::ids::{JobId, Key, MatchId, PlayerId, Seq, UserId};
use ipc_schema::replay::ReplayFacts;
use ipc_schema::vocab::{FileHash, Glicko, Ground, Locale, Mmr, Race, Server, Timestamp, Verdict};

pub(crate) const PLAYERS: u64 = 1_000;
/// Records of a match that is played to its end, and the changes of tables that they make.
pub(crate) const RECORDS_OF_MATCH: u64 = 8;
pub(crate) const CHANGES_OF_MATCH: u64 = 9;

pub(crate) const RACES: [Race; 2] = [Race::BwZerg, Race::Sc2Terran];
pub(crate) const MAP: &str = "keres_passage";
pub(crate) const SERVER: Server = Server::Euc;

fn at(seq: u64) -> Timestamp {
    Timestamp(1_800_000_000_000 + seq)
}

fn record(seq: u64, events: Vec<Event>) -> Record {
    let key = Some(Key::Interaction(1_100_000_000_000_000_000 + seq));
    Record { seq: Seq(seq), at: at(seq), key, events, reply: None }
}

/// The first records of every ladder here: all players join.
pub(crate) fn joins() -> Vec<Record> {
    let join = |number| Event::PlayerJoined {
        player: PlayerId(number),
        user: UserId(1_100_000_000_000_000_000 + number),
        locale: Locale::EnUs,
        at: at(number),
    };
    (1..=PLAYERS).map(|number| record(number, vec![join(number)])).collect()
}

/// Who plays a match.
pub(crate) fn players_of(match_id: u64) -> [u64; 2] {
    let one = match_id * 7 % PLAYERS;
    [one + 1, (one + 1 + match_id % (PLAYERS - 1)) % PLAYERS + 1]
}

fn wave(match_id: u64, seq: u64) -> Event {
    let pairing = Pairing {
        match_id: MatchId(match_id),
        players: players_of(match_id).map(PlayerId),
        races: RACES,
        map: MAP.to_owned(),
        server: SERVER,
        confirm_deadline: at(seq),
    };
    Event::WaveFired { at: at(seq), pairings: vec![pairing], generator: seq }
}

/// Record `seq` finds a match of the same number: one row of `events`, one of `matches`.
pub(crate) fn found(seq: u64) -> Record {
    record(seq, vec![wave(seq, seq)])
}

/// Records from `first` on, of matches of which each is played from the queue to its ratings.
pub(crate) fn played(first: u64, count: u64) -> Vec<Record> {
    (first..first + count)
        .map(|seq| {
            let behind_joins = seq - PLAYERS - 1;
            record(seq, step(1 + behind_joins / RECORDS_OF_MATCH, behind_joins % RECORDS_OF_MATCH, seq))
        })
        .collect()
}

fn step(number: u64, step: u64, seq: u64) -> Vec<Event> {
    let (match_id, players, at) = (MatchId(number), players_of(number).map(PlayerId), at(seq));
    match step {
        0 => vec![Event::Queued { player: players[0], at }],
        1 => vec![Event::Queued { player: players[1], at }],
        2 => vec![wave(number, seq)],
        3 => vec![Event::Confirmed { match_id, player: players[0], at }],
        4 => vec![
            Event::Confirmed { match_id, player: players[1], at },
            Event::Started { match_id, at, deadline: at },
        ],
        5 => {
            let (job, hash) = (JobId(number), FileHash([seq as u8; 32]));
            vec![Event::ReplayTaken { job, match_id, player: players[0], hash, bytes: 90_000, at }]
        }
        6 => vec![Event::PlayReminded { match_id, number: 1, at }],
        _ => ending(number, at),
    }
}

/// The replay decides the match, and both ratings move.
fn ending(number: u64, at: Timestamp) -> Vec<Event> {
    let (match_id, players) = (MatchId(number), players_of(number).map(PlayerId));
    let winner = (number % 2) as u8;
    let ground = Ground::Recorded;
    let facts = ReplayFacts {
        base_build: 94_137,
        unlisted_build: false,
        duration_game_loops: 16_000,
        ended_at_ms: at.0,
        map_title: "Keres Passage SC:Evo Complete".to_owned(),
        cache_handles: vec!["ab".repeat(40); 6],
        game_speed: 4,
        random_seed: number as u32,
        is_1v1: true,
        players: Vec::new(),
        observers: 0,
        attributes: Vec::new(),
    };
    let judgement = Judgement { checks: Vec::new(), outcome: Judged::Decided { winner, ground } };
    let moved = |slot: usize| RatingChange {
        player: players[slot],
        race: RACES[slot],
        before: Mmr(1500),
        after: Mmr(if slot == usize::from(winner) { 1520 } else { 1480 }),
    };
    let glicko = Glicko { rating: 1_512.345_678, deviation: 201.234_567, volatility: 0.059_998 };
    let rated = |slot: usize| RatedRow { player: players[slot], race: RACES[slot], glicko };
    let verdict = Verdict::Decided { winner, ground };
    vec![
        Event::ReplayJudged { job: JobId(number), facts: Box::new(facts), judgement, at },
        Event::Closed { match_id, verdict, ratings: Some([moved(0), moved(1)]), at },
        Event::Rated { match_id, rows: [rated(0), rated(1)] },
    ]
}
