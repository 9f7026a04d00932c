//! The database: rows say what the events say, and each record counts once. [`recovery`] has how
//! journal and database find each other again, [`archive`] what is found of an older match, [`kept`] what
//! there is for a data folder that is lost.

mod archive;
mod kept;
mod lease;
mod places;
mod recovery;
mod server;

use crate::wire::samples;
use evoladder::store::{Store, StoreError};
use ipc_schema::db_writer::Record;
use ipc_schema::event::{
    CaseKind, Event, Judged, Judgement, Names, Pairing, RatedRow, RatingChange, Rerating,
};
use ipc_schema::ids::{CaseId, ChannelId, JobId, Key, LadderId, MatchId, PlayerId, Seq, UserId};
use ipc_schema::replay::{Fault, ReplayFacts};
use ipc_schema::vocab::{
    FileHash, GameRegion, Glicko, Ground, Locale, Mmr, Outcome, Race, RaceChoice, Region, Server, Timestamp,
    Toon, Verdict,
};
use places::{Place, change, on_each, rows};

const LADDER: LadderId = LadderId(0xfeed_0000_0000_0001);
const ANA: PlayerId = PlayerId(1);
const BEA: PlayerId = PlayerId(2);

/// One record for each list of events, a second apart.
fn records(decisions: Vec<Vec<Event>>) -> Vec<Record> {
    let record = |(events, seq): (Vec<Event>, u64)| Record {
        seq: Seq(seq),
        at: Timestamp(seq * 1000),
        key: seq.is_multiple_of(2).then_some(Key::Interaction(seq)),
        events,
        reply: None,
    };
    decisions.into_iter().zip(1..).map(record).collect()
}

fn joined(player: PlayerId, user: u64) -> Vec<Event> {
    vec![
        Event::PlayerJoined { player, user: UserId(user), locale: Locale::EnUs, at: Timestamp(player.0) },
        Event::ChannelSeen { player, channel: ChannelId(100 + player.0) },
    ]
}

fn set_up(player: PlayerId, name: &str, alternatives: &[&str], region: Region) -> Vec<Event> {
    vec![
        Event::TermsAnswered { player, accepted: true, at: Timestamp(10) },
        Event::NamesSet {
            player,
            names: Names {
                name: name.to_owned(),
                battle_tag: format!("{name}#1"),
                alternatives: alternatives.iter().map(|&name| name.to_owned()).collect(),
                country: "KR".to_owned(),
            },
        },
        Event::RegionSet { player, region },
        Event::SetupFinished { player, at: Timestamp(20) },
    ]
}

fn closed(match_id: u64, winner: u8, before: [i32; 2], after: [i32; 2], at: u64) -> Event {
    let change = |slot: usize, player, race| RatingChange {
        player,
        race,
        before: Mmr(before[slot]),
        after: Mmr(after[slot]),
    };
    Event::Closed {
        match_id: MatchId(match_id),
        verdict: Verdict::Decided { winner, ground: Ground::Recorded },
        ratings: Some([change(0, ANA, Race::BwZerg), change(1, BEA, Race::Sc2Terran)]),
        at: Timestamp(at),
    }
}

fn wave(match_id: u64, at: u64) -> Event {
    Event::WaveFired {
        at: Timestamp(at),
        pairings: vec![Pairing {
            match_id: MatchId(match_id),
            players: [ANA, BEA],
            races: [Race::BwZerg, Race::Sc2Terran],
            map: "keres_passage".to_owned(),
            server: Server::Kor,
            confirm_deadline: Timestamp(at + 60_000),
        }],
        generator: 9,
    }
}

fn taken(job: u64, player: PlayerId) -> Event {
    Event::ReplayTaken {
        job: JobId(job),
        match_id: MatchId(1),
        player,
        hash: FileHash([0xab; 32]),
        bytes: 300,
        at: Timestamp(7000 + job),
    }
}

fn judged(job: u64, outcome: Judged) -> Event {
    let facts = ReplayFacts {
        base_build: 93_333,
        unlisted_build: false,
        duration_game_loops: 12_345,
        ended_at_ms: 1,
        map_title: "Keres Passage".to_owned(),
        cache_handles: Vec::new(),
        game_speed: 4,
        random_seed: 5,
        is_1v1: true,
        players: Vec::new(),
        observers: 0,
        attributes: Vec::new(),
    };
    let judgement = Judgement { checks: Vec::new(), outcome };
    Event::ReplayJudged { job: JobId(job), facts: Box::new(facts), judgement, at: Timestamp(8000 + job) }
}

/// Two players set up, meet twice, and send replays of every kind.
fn history() -> Vec<Record> {
    let queued = |player| Event::Queued { player, at: Timestamp(1) };
    let races = RaceChoice { bw: Some(Race::BwZerg), sc2: None };
    let found = |match_id: u64, player| Event::Found {
        match_id: MatchId(match_id),
        player,
        deadline: Timestamp(1),
        at: Timestamp(1),
    };
    let confirmed = |player| Event::Confirmed { match_id: MatchId(1), player, at: Timestamp(1) };
    let decided = Judged::Decided { winner: 0, ground: Ground::Recorded };
    let toon = Toon { region: 3, realm: 1, id: 77 };
    records(vec![
        joined(ANA, u64::MAX),
        joined(BEA, 2),
        set_up(ANA, "Ana", &["\"A\"", "에이"], Region::Krj),
        [set_up(BEA, "Bea", &[], Region::Oce), vec![Event::LocaleSet { player: BEA, locale: Locale::KoKr }]]
            .concat(),
        vec![Event::RacesChosen { player: ANA, races }, queued(ANA)],
        vec![queued(BEA)],
        vec![wave(1, 5000)],
        vec![found(1, ANA), found(1, BEA)],
        vec![confirmed(ANA)],
        vec![
            confirmed(BEA),
            Event::Started { match_id: MatchId(1), at: Timestamp(6000), deadline: Timestamp(1) },
        ],
        vec![taken(1, ANA), taken(2, BEA), taken(3, BEA)],
        vec![judged(1, Judged::Rejected)],
        vec![Event::ReplayFailed { job: JobId(2), fault: Fault::Malformed, strikes: 0, at: Timestamp(8002) }],
        vec![
            judged(3, decided),
            Event::ToonBound { player: ANA, region: GameRegion::Asia, toon },
            closed(1, 0, [1500, 1500], [1520, 1480], 9000),
        ],
        vec![wave(2, 10_000)],
        vec![closed(2, 1, [1520, 1480], [1499, 1501], 11_000)],
        vec![wave(3, 12_000)],
        vec![Event::Closed {
            match_id: MatchId(3),
            verdict: Verdict::Aborted { by: 1 },
            ratings: None,
            at: Timestamp(13_000),
        }],
        vec![Event::TermsAnswered { player: BEA, accepted: false, at: Timestamp(14_000) }],
    ])
}

async fn store(place: &Place) -> Store {
    Store::open(&place.database).await.unwrap()
}

async fn seq(store: &mut Store) -> Option<u64> {
    let progress = store.progress().await.unwrap()?;
    assert_eq!(progress.ladder, LADDER);
    Some(progress.seq.0)
}

const TABLES: [&str; 12] = [
    "progress",
    "events",
    "players",
    "player_toons",
    "ratings",
    "matches",
    "replays",
    "cases",
    "rating_systems",
    "match_resolutions",
    "rating_corrections",
    "_sqlx_migrations",
];

/// All that is in the database.
async fn dump(place: &Place) -> Vec<String> {
    let mut lines = Vec::new();
    for table in TABLES {
        lines.push(table.to_owned());
        let columns = match table {
            "_sqlx_migrations" => "version, success",
            // Whose writer it was is not what the tables say.
            "progress" => "ladder_id, seq, checksum",
            _ => "*",
        };
        lines.extend(rows(place, &format!("select {columns} from {table} order by 1, 2")).await);
    }
    lines
}

#[test]
fn migrations_apply_to_an_empty_file_and_again() {
    on_each(&async |dir| {
        assert!(store(dir).await.progress().await.unwrap().is_none());
        let first = dump(dir).await;
        assert!(store(dir).await.progress().await.unwrap().is_none());
        assert_eq!(dump(dir).await, first);
        assert_eq!(first.len(), TABLES.len() + 4, "the tables are there and empty, but for the migrations");
    });
}

#[test]
fn the_rows_say_what_the_events_say() {
    let expected: [(&str, &[&str]); 6] = [
        ("select seq, ladder_id from progress", &["19|feed000000000001"]),
        (
            "select player_id, discord_user_id, locale, name, battle_tag, alternative_names, country, region,
             terms_accepted_at_ms, setup_finished_at_ms, joined_at_ms from players order by 1",
            &[
                r#"1|18446744073709551615|enUS|Ana|Ana#1|["\"A\"","에이"]|KR|KRJ|10|20|1"#,
                "2|2|koKR|Bea|Bea#1|[]|KR|OCE|-|20|2",
            ],
        ),
        ("select player_id, game_region, toon from player_toons", &["1|asia|3-S2-1-77"]),
        (
            "select player_id, race, mmr, wins, losses, last_played_at_ms from ratings order by 1",
            &["1|bw_zerg|1499|1|1|11000", "2|sc2_terran|1501|1|1|11000"],
        ),
        (
            "select match_id, player_1_id, player_2_id, race_1, race_2, map, server, paired_at_ms, started_at_ms,
             closed_at_ms, verdict, winner_id, ground, mmr_1_before, mmr_1_after, mmr_2_before, mmr_2_after
             from matches order by 1",
            &[
                "1|1|2|bw_zerg|sc2_terran|keres_passage|KOR|5000|6000|9000|decided|1|recorded|1500|1520|1500|1480",
                "2|1|2|bw_zerg|sc2_terran|keres_passage|KOR|10000|-|11000|decided|2|recorded|1520|1499|1480|1501",
                "3|1|2|bw_zerg|sc2_terran|keres_passage|KOR|12000|-|13000|aborted|-|by player 2|-|-|-|-",
            ],
        ),
        (
            "select job_id, match_id, player_id, bytes, uploaded_at_ms, outcome, judged_at_ms, map_title,
             duration_game_loops from replays order by 1",
            &[
                "1|1|1|300|7001|rejected|8001|Keres Passage|12345",
                "2|1|2|300|7002|malformed|8002|-|-",
                "3|1|2|300|7003|decided|8003|Keres Passage|12345",
            ],
        ),
    ];
    on_each(&async |dir| {
        store(dir).await.apply(LADDER, &history()).await.unwrap();
        for (query, lines) in expected {
            assert_eq!(rows(dir, query).await, lines, "{query}");
        }
        let hashes = rows(dir, "select distinct sha256 from replays").await;
        assert_eq!(hashes, ["ab".repeat(32)]);
    });
}

/// The two meet once, staff take it back, give it to Bea, take it back again, and set a rating.
#[test]
fn corrections_are_rows_of_their_own_and_the_ratings_are_as_they_now_stand() {
    let match_id = MatchId(1);
    let glicko = |rating| Glicko { rating, deviation: 290.5, volatility: 0.06 };
    let rated = |player, race, rating| RatedRow { player, race, glicko: glicko(rating) };
    let resolved = |verdict, at, rows: [[i32; 2]; 2]| {
        let row = |player, race, [before, after]: [i32; 2]| Rerating {
            player,
            race,
            before: Mmr(before),
            after: Mmr(after),
            glicko: glicko(f64::from(after)),
        };
        let rows = vec![row(ANA, Race::BwZerg, rows[0]), row(BEA, Race::Sc2Terran, rows[1])];
        vec![
            Event::Resolved { match_id, verdict, by: UserId(u64::MAX), at: Timestamp(at) },
            Event::Rerated { match_id, rows },
        ]
    };
    let bea_won = Verdict::Decided { winner: 1, ground: Ground::Staff };
    let adjusted = Event::MmrAdjusted {
        player: BEA,
        race: Race::BwTerran,
        points: 50,
        by: UserId(9),
        reason: "she asked".to_owned(),
        at: Timestamp(13_000),
    };
    let system =
        Event::RatingSystem { mmr_start: Mmr(1400), mmr_scale: 500.0, mmr_k: 40.0, at: Timestamp(12_500) };
    let steps: [(Vec<Event>, &[&str], &str); 5] = [
        (
            vec![
                closed(1, 0, [1500, 1500], [1520, 1480], 9000),
                Event::Rated {
                    match_id,
                    rows: [rated(ANA, Race::BwZerg, 1662.5), rated(BEA, Race::Sc2Terran, 1337.5)],
                },
            ],
            &["1|bw_zerg|1520|1|0|0|9000|1662.5", "2|sc2_terran|1480|0|1|0|9000|1337.5"],
            "decided|1|recorded|1520",
        ),
        (resolved(Verdict::Void, 10_000, [[1520, 1500], [1480, 1500]]), &[], "void|-|-|1520"),
        (
            resolved(bea_won, 11_000, [[1500, 1480], [1500, 1520]]),
            &["1|bw_zerg|1480|0|1|0|9000|1480", "2|sc2_terran|1520|1|0|0|9000|1520"],
            "decided|2|staff|1520",
        ),
        (
            vec![system, adjusted],
            &[
                "1|bw_zerg|1480|0|1|0|9000|1480",
                "2|bw_terran|1450|0|0|0|0|-",
                "2|sc2_terran|1520|1|0|0|9000|1520",
            ],
            "decided|2|staff|1520",
        ),
        (
            resolved(Verdict::Drawn { ground: Ground::Staff }, 14_000, [[1480, 1500], [1520, 1500]]),
            &[
                "1|bw_zerg|1500|0|0|1|9000|1500",
                "2|bw_terran|1450|0|0|0|0|-",
                "2|sc2_terran|1500|0|0|1|9000|1500",
            ],
            "drawn|-|staff|1520",
        ),
    ];
    on_each(&async |dir| {
        let first = [joined(ANA, 1), joined(BEA, 2), vec![wave(1, 5000)]];
        let (before, expected): (Vec<_>, Vec<_>) =
            steps.clone().into_iter().map(|(events, ratings, match_)| (events, (ratings, match_))).unzip();
        let records = records(first.into_iter().chain(before).collect());
        let mut store = store(dir).await;
        store.apply(LADDER, &records[..3]).await.unwrap();
        for (record, (ratings, match_)) in records[3..].iter().zip(expected) {
            store.apply(LADDER, std::slice::from_ref(record)).await.unwrap();
            let query = "select player_id, race, mmr, wins, losses, draws, last_played_at_ms,
                         glicko_rating from ratings order by 1, 2";
            assert_eq!(rows(dir, query).await, ratings, "record {}", record.seq);
            let query = "select verdict, winner_id, ground, mmr_1_after from matches";
            assert_eq!(rows(dir, query).await, [match_], "record {}", record.seq);
        }
        assert_eq!(
            rows(
                dir,
                "select seq, match_id, player_id, race, mmr_before, mmr_after, by_user, reason, at_ms
                 from rating_corrections order by 1, 3"
            )
            .await,
            [
                "5|1|1|bw_zerg|1520|1500|-|-|-",
                "5|1|2|sc2_terran|1480|1500|-|-|-",
                "6|1|1|bw_zerg|1500|1480|-|-|-",
                "6|1|2|sc2_terran|1500|1520|-|-|-",
                "7|-|2|bw_terran|1400|1450|9|she asked|13000",
                "8|1|1|bw_zerg|1480|1500|-|-|-",
                "8|1|2|sc2_terran|1520|1500|-|-|-",
            ]
        );
        assert_eq!(
            rows(
                dir,
                "select seq, match_id, verdict_before, winner_before_id, verdict, by_user, at_ms
                 from match_resolutions order by 1"
            )
            .await,
            [
                "5|1|decided|1|void|18446744073709551615|10000",
                "6|1|void|-|decided|18446744073709551615|11000",
                "8|1|decided|2|drawn|18446744073709551615|14000",
            ]
        );
    });
}

#[test]
fn reports_and_cases_have_their_rows() {
    let reported = |player, outcome| {
        vec![Event::Reported { match_id: MatchId(3), player, outcome, at: Timestamp(12_500) }]
    };
    let opened = |case, match_id, kind| {
        vec![Event::CaseOpened {
            case: CaseId(case),
            match_id: MatchId(match_id),
            kind,
            at: Timestamp(14_000),
        }]
    };
    let mut history = history();
    let toon = Toon { region: 3, realm: 1, id: 77 };
    for events in [
        reported(BEA, Outcome::Draw),
        reported(ANA, Outcome::Lost),
        reported(ANA, Outcome::Won),
        opened(1, 3, CaseKind::Conflict),
        opened(2, 1, CaseKind::Dispute { by: BEA }),
        opened(3, 1, CaseKind::Clash { toon, owner: ANA }),
        opened(4, 1, CaseKind::Contradiction { job: JobId(2) }),
        vec![Event::ReplayAttached {
            job: JobId(2),
            match_id: MatchId(1),
            outcome: Judged::Decided { winner: 1, ground: Ground::Recorded },
            at: Timestamp(14_000),
        }],
        vec![Event::CaseClosed {
            case: CaseId(2),
            by: UserId(u64::MAX),
            note: "it's fine".to_owned(),
            at: Timestamp(15_000),
        }],
    ] {
        let seq = Seq(history.len() as u64 + 1);
        history.push(Record { seq, at: Timestamp(14_000), key: None, events, reply: None });
    }
    on_each(&async |dir| {
        store(dir).await.apply(LADDER, &history).await.unwrap();
        for (query, lines) in [
            ("select report_1, report_2 from matches order by match_id", &["-|-", "-|-", "won|draw"][..]),
            ("select would_be from replays order by job_id", &["-", "decided", "-"]),
            (
                "select case_id, match_id, kind, player_id, job_id, detail, opened_at_ms, closed_at_ms, closed_by,
                 note from cases order by 1",
                &[
                    "1|3|conflict|-|-|-|14000|-|-|-",
                    "2|1|dispute|2|-|-|14000|15000|18446744073709551615|it's fine",
                    "3|1|clash|1|-|3-S2-1-77|14000|-|-|-",
                    "4|1|contradiction|-|2|-|14000|-|-|-",
                ],
            ),
        ] {
            assert_eq!(rows(dir, query).await, lines, "{query}");
        }
    });
}

#[test]
fn the_batches_a_history_comes_in_make_no_difference() {
    on_each(&async |dir| {
        let whole = dir.another();
        store(&whole).await.apply(LADDER, &history()).await.unwrap();
        let whole = dump(&whole).await;
        for size in [1, 2, 7] {
            let dir = &dir.another();
            for batch in history().chunks(size) {
                // Each batch by a writer that has just started.
                store(dir).await.apply(LADDER, batch).await.unwrap();
            }
            assert_eq!(dump(dir).await, whole, "batches of {size}");
        }
    });
}

#[test]
fn a_batch_that_does_not_follow_is_refused_and_changes_nothing() {
    on_each(&async |dir| {
        let history = history();
        let mut store = store(dir).await;
        let refused: [(&str, LadderId, Vec<Record>); 6] = [
            ("the same again", LADDER, history[..8].to_vec()),
            ("its last record again", LADDER, history[7..9].to_vec()),
            ("one record left out", LADDER, history[9..].to_vec()),
            ("one record left out within", LADDER, [&history[8..9], &history[10..]].concat()),
            ("another ladder", LadderId(2), history[8..].to_vec()),
            ("another ladder from its start", LadderId(2), history[..1].to_vec()),
        ];
        assert!(store.apply(LADDER, &history[1..]).await.is_err(), "the first record is missing");
        assert_eq!(seq(&mut store).await, None);
        store.apply(LADDER, &history[..8]).await.unwrap();
        let before = dump(dir).await;
        for (what, ladder, batch) in refused {
            assert!(store.apply(ladder, &batch).await.is_err(), "{what}: applied");
            assert_eq!(dump(dir).await, before, "{what}");
        }
        assert_eq!(seq(&mut store).await, Some(8));
        store.apply(LADDER, &[]).await.unwrap();
        store.apply(LADDER, &history[8..]).await.unwrap();
        assert_eq!(seq(&mut store).await, Some(19));
    });
}

#[test]
fn a_statement_that_fails_in_the_middle_leaves_nothing_of_its_batch() {
    on_each(&async |dir| {
        let mut store = store(dir).await;
        store.apply(LADDER, &history()[..2]).await.unwrap();
        let before = dump(dir).await;
        let mut batch = history()[2..6].to_vec();
        // Two accounts cannot be one player; the records around it are as they should be.
        batch[2].events.push(Event::PlayerJoined {
            player: PlayerId(3),
            user: UserId(2),
            locale: Locale::EnUs,
            at: Timestamp(1),
        });
        let error = store.apply(LADDER, &batch).await.unwrap_err();
        assert!(
            error.to_string().contains(if dir.is_server() {
                "apply records 3 to 6"
            } else {
                "apply record 5"
            }),
            "{error}"
        );
        assert_eq!(dump(dir).await, before);
        store.apply(LADDER, &history()[2..]).await.unwrap();
        assert_eq!(seq(&mut store).await, Some(19), "the writer goes on with the same connection");
    });
}

/// PostgreSQL gets them as one statement.
#[test]
fn new_rows_of_one_table_that_follow_each_other_are_all_there() {
    let bound = |player, id| {
        let toon = Toon { region: 3, realm: 1, id };
        Event::ToonBound { player, region: GameRegion::Asia, toon }
    };
    let (cat, dan) = (PlayerId(3), PlayerId(4));
    // One account twice, and one that is another player's: these change nothing.
    let toons = vec![bound(ANA, 1), bound(ANA, 2), bound(ANA, 2), bound(BEA, 1), bound(BEA, 3)];
    let history = records(vec![
        [joined(ANA, 1), joined(BEA, 2), toons].concat(),
        [joined(cat, 3), joined(dan, 2)].concat(),
    ]);
    on_each(&async |dir| {
        let mut store = store(dir).await;
        store.apply(LADDER, &history[..1]).await.unwrap();
        let toons = rows(dir, "select player_id, toon from player_toons order by toon").await;
        assert_eq!(toons, ["1|3-S2-1-1", "1|3-S2-1-2", "2|3-S2-1-3"]);
        // The second of two new players has an account of Discord's that is taken: neither is there.
        let error = store.apply(LADDER, &history[1..]).await.unwrap_err();
        assert!(matches!(error, StoreError::Refused { .. }), "{error:?}");
        assert_eq!(rows(dir, "select player_id from players order by 1").await, ["1", "2"]);
    });
}

#[test]
fn what_was_stored_is_given_back_record_by_record() {
    on_each(&async |dir| {
        // Every event there is, but in a record that changes no table more than once.
        let every = samples::events().into_iter().filter(|event| {
            !matches!(event, Event::PlayerJoined { .. } | Event::WaveFired { .. } | Event::ToonBound { .. })
                && !matches!(event, Event::ReplayTaken { .. } | Event::Closed { .. })
                && !matches!(event, Event::CaseOpened { .. })
                && !matches!(event, Event::MmrAdjusted { .. } | Event::Rerated { .. })
        });
        let mut history = history();
        let at = history.len();
        let reply = ipc_schema::db_writer::StoredReply { protocol: 1, bytes: vec![0, 255] };
        let last = Record { seq: Seq(at as u64 + 1), reply: Some(reply), ..history[0].clone() };
        history.push(Record { events: every.collect(), ..last });
        let mut store = store(dir).await;
        store.apply(LADDER, &history).await.unwrap();
        for (after, limit) in [(0, 100), (0, 3), (5, 4), (19, 1), (20, 5)] {
            let found = store.records_after(Seq(after), limit).await.unwrap();
            let expected: Vec<Record> =
                history.iter().filter(|record| record.seq.0 > after).take(limit as usize).cloned().collect();
            assert_eq!(found, expected, "behind {after}, at most {limit}");
        }
    });
}

#[test]
fn a_database_of_a_newer_build_is_refused_in_words() {
    on_each(&async |dir| {
        store(dir).await.apply(LADDER, &history()).await.unwrap();
        change(dir, "update events set format = 2 where seq = 3").await;
        let mut older = store(dir).await;
        assert_eq!(older.records_after(Seq(0), 2).await.unwrap().len(), 2);
        let error = older.records_after(Seq(0), 3).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "event 3 has format 2, which this build does not read; use the newer build"
        );
        drop(older);

        let newer = "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
                     select 9, 'later', true, checksum, 0 from _sqlx_migrations where version = 1";
        change(dir, newer).await;
        let before = dump(dir).await;
        let error = Store::open(&dir.database).await.unwrap_err();
        assert!(
            format!("{error:#}")
                .contains("the database has version 9, this build knows 4; use the newer build"),
            "{error:#}"
        );
        assert_eq!(dump(dir).await, before);
    });
}

#[test]
fn an_account_that_staff_took_away_can_be_bound_to_another_player() {
    let (region, toon) = (GameRegion::Asia, Toon { region: 3, realm: 1, id: 77 });
    let bound = |player| vec![Event::ToonBound { player, region, toon }];
    let (by, reason, at) = (UserId(9), "sold".to_owned(), Timestamp(1));
    let unbound = vec![Event::ToonUnbound { player: ANA, toon, by, reason, at }];
    on_each(&async |dir| {
        let history = records(vec![joined(ANA, 1), joined(BEA, 2), bound(ANA), unbound.clone(), bound(BEA)]);
        store(dir).await.apply(LADDER, &history).await.unwrap();
        let rows = rows(dir, "select player_id, game_region, toon from player_toons").await;
        assert_eq!(rows, ["2|asia|3-S2-1-77"]);
    });
}
