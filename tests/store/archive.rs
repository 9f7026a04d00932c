//! One match with all that the tables have of it.

use super::places::{Place, on_each};
use super::{ANA, BEA, LADDER, closed, history, joined, records, store, wave};
use evoladder::db_writer::DATABASE;
use evoladder::db_writer::history::History;
use evoladder::db_writer::project::Following;
use ipc_schema::archive::{
    ArchivedCase, ArchivedClosing, ArchivedCorrection, ArchivedEnd, ArchivedMatch, ArchivedResolution,
    ArchivedUpload, ArchivedVerdict,
};
use ipc_schema::db_writer::{Record, WriterReply};
use ipc_schema::event::{CaseKind, Event, Judged, Rerating};
use ipc_schema::ids::{CaseId, JobId, MatchId, PlayerId, Seq, UserId};
use ipc_schema::vocab::{
    FileHash, GameRegion, Glicko, Ground, Mmr, Outcome, Race, Server, Timestamp, Toon, Verdict,
};
use tokio::sync::watch;

const FIRST: MatchId = MatchId(1);
const CID: PlayerId = PlayerId(3);
const STAFF: UserId = UserId(u64::MAX);

/// The history of the other tests, and what staff make of its first match.
fn ruled() -> Vec<Record> {
    let reported = |player, outcome| Event::Reported { match_id: FIRST, player, outcome, at: Timestamp(1) };
    let case = |case: u64, kind| Event::CaseOpened {
        case: CaseId(case),
        match_id: FIRST,
        kind,
        at: Timestamp(20_000 + case),
    };
    let row = |player, race, before, after| Rerating {
        player,
        race,
        before: Mmr(before),
        after: Mmr(after),
        glicko: Glicko { rating: 1500.0, deviation: 350.0, volatility: 0.06 },
    };
    let resolved = |verdict, at, rows| {
        vec![
            Event::Resolved { match_id: FIRST, verdict, by: STAFF, at: Timestamp(at) },
            Event::Rerated { match_id: FIRST, rows },
        ]
    };
    let toon = Toon { region: 2, realm: 1, id: 7 };
    let files = vec!["ab".repeat(32), "cd".repeat(32)];
    let late = Event::ReplayTaken {
        job: JobId(4),
        match_id: FIRST,
        player: BEA,
        hash: FileHash([0xcd; 32]),
        bytes: 301,
        at: Timestamp(7004),
    };
    let attached = Event::ReplayAttached {
        job: JobId(4),
        match_id: FIRST,
        outcome: Judged::Decided { winner: 1, ground: Ground::Recorded },
        at: Timestamp(8004),
    };
    let waits = Event::ReplayTaken {
        job: JobId(5),
        match_id: FIRST,
        player: ANA,
        hash: FileHash([0; 32]),
        bytes: 0,
        at: Timestamp(7005),
    };
    let mut all: Vec<Vec<Event>> = history().into_iter().map(|record| record.events).collect();
    all.extend([
        joined(CID, 3),
        vec![reported(ANA, Outcome::Won), reported(BEA, Outcome::Draw)],
        vec![late, super::judged(4, Judged::ForStaff), attached, waits],
        vec![
            case(1, CaseKind::Dispute { by: BEA }),
            case(2, CaseKind::Contradiction { job: JobId(4) }),
            case(3, CaseKind::Clash { toon, owner: ANA }),
            case(4, CaseKind::Unverified { region: GameRegion::Asia, map: "khione".to_owned(), files }),
            Event::CaseClosed { case: CaseId(2), by: STAFF, note: "seen".to_owned(), at: Timestamp(20_500) },
        ],
        // It is the 24th record.
        resolved(
            Verdict::Void,
            21_000,
            vec![row(ANA, Race::BwZerg, 1499, 1480), row(BEA, Race::Sc2Terran, 1501, 1520)],
        ),
        vec![case(5, CaseKind::Conflict)],
        resolved(
            Verdict::Decided { winner: 1, ground: Ground::Staff },
            22_000,
            vec![
                row(BEA, Race::Sc2Terran, 1520, 1541),
                row(ANA, Race::BwZerg, 1480, 1459),
                row(CID, Race::Sc2Zerg, 1500, 1499),
                row(CID, Race::BwZerg, 1500, 1501),
                // No change is no row.
                row(CID, Race::BwTerran, 1500, 1500),
            ],
        ),
    ]);
    records(all)
}

fn expected() -> ArchivedMatch {
    let upload = |job: u64, slot, end| ArchivedUpload {
        job: JobId(job),
        slot,
        hash: FileHash([0xab; 32]),
        bytes: 300,
        at: Timestamp(7000 + job),
        end,
    };
    let end = |outcome: &str, job: u64, read: Option<&str>| ArchivedEnd {
        outcome: outcome.to_owned(),
        would_be: None,
        at: Timestamp(8000 + job),
        map_title: read.map(str::to_owned),
        duration_game_loops: read.map(|_| 12_345),
    };
    let title = Some("Keres Passage");
    let attached = ArchivedEnd { would_be: Some("decided".to_owned()), ..end("for_staff", 4, title) };
    let case = |case: u64, kind: &str| ArchivedCase {
        case: CaseId(case),
        kind: kind.to_owned(),
        player: None,
        job: None,
        detail: None,
        opened_at: Timestamp(20_000 + case),
        // By the first ruling.
        closed: Some((Timestamp(21_000), STAFF, None)),
    };
    let corrected = |seq: u64, slot, race, before, after| ArchivedCorrection {
        seq: Seq(seq),
        slot,
        race,
        before: Mmr(before),
        after: Mmr(after),
    };
    let by_bea = ArchivedVerdict::Decided { winner: 1, ground: Some(Ground::Staff) };
    ArchivedMatch {
        match_id: FIRST,
        players: [ANA, BEA],
        races: [Race::BwZerg, Race::Sc2Terran],
        map: "keres_passage".to_owned(),
        server: Server::Kor,
        paired_at: Timestamp(5000),
        started_at: Some(Timestamp(6000)),
        reports: [Some(Outcome::Won), Some(Outcome::Draw)],
        closed: Some(ArchivedClosing {
            at: Timestamp(9000),
            verdict: by_bea,
            ratings: Some([(Mmr(1500), Mmr(1520)), (Mmr(1500), Mmr(1480))]),
        }),
        resolutions: vec![
            ArchivedResolution {
                seq: Seq(24),
                at: Timestamp(21_000),
                by: STAFF,
                before: Some(ArchivedVerdict::Decided { winner: 0, ground: None }),
                after: ArchivedVerdict::Void,
            },
            ArchivedResolution {
                seq: Seq(26),
                at: Timestamp(22_000),
                by: STAFF,
                before: Some(ArchivedVerdict::Void),
                after: by_bea,
            },
        ],
        corrections: vec![
            corrected(24, 0, Race::BwZerg, 1499, 1480),
            corrected(24, 1, Race::Sc2Terran, 1501, 1520),
            corrected(26, 0, Race::BwZerg, 1480, 1459),
            corrected(26, 1, Race::Sc2Terran, 1520, 1541),
        ],
        others_corrected: 2,
        uploads: vec![
            upload(1, 0, Some(end("rejected", 1, title))),
            upload(2, 1, Some(end("malformed", 2, None))),
            upload(3, 1, Some(end("decided", 3, title))),
            ArchivedUpload { hash: FileHash([0xcd; 32]), bytes: 301, ..upload(4, 1, Some(attached)) },
            ArchivedUpload { hash: FileHash([0; 32]), bytes: 0, ..upload(5, 0, None) },
        ],
        cases: vec![
            ArchivedCase { player: Some(BEA), ..case(1, "dispute") },
            ArchivedCase {
                job: Some(JobId(4)),
                closed: Some((Timestamp(20_500), STAFF, Some("seen".to_owned()))),
                ..case(2, "contradiction")
            },
            ArchivedCase { player: Some(ANA), detail: Some("2-S2-1-7".to_owned()), ..case(3, "clash") },
            ArchivedCase {
                detail: Some(format!("asia khione {} {}", "ab".repeat(32), "cd".repeat(32))),
                ..case(4, "unverified")
            },
            // By the second.
            ArchivedCase { closed: Some((Timestamp(22_000), STAFF, None)), ..case(5, "conflict") },
        ],
    }
}

async fn applied(place: &Place, records: &[Record]) {
    let (mut store, mut rest) = (store(place).await, records);
    while !rest.is_empty() {
        let last = store.apply(LADDER, rest).await.unwrap();
        rest = &rest[rest.partition_point(|record| record.seq <= last)..];
    }
}

#[test]
fn everything_that_the_tables_know_of_a_match_is_found() {
    on_each(&async |place| {
        applied(place, &ruled()).await;
        let mut store = store(place).await;
        assert_eq!(store.find_match(FIRST).await.unwrap(), Some(expected()));
        assert_eq!(store.find_match(MatchId(4)).await.unwrap(), None);
        let aborted = store.find_match(MatchId(3)).await.unwrap().unwrap();
        let closing = ArchivedClosing {
            at: Timestamp(13_000),
            verdict: ArchivedVerdict::Aborted { by: Some(1) },
            ratings: None,
        };
        assert_eq!((aborted.closed, aborted.started_at, aborted.uploads), (Some(closing), None, Vec::new()));
    });
}

#[test]
fn every_verdict_is_read_as_the_tables_have_it() {
    let table = [
        (
            Verdict::Drawn { ground: Ground::Reported },
            ArchivedVerdict::Drawn { ground: Some(Ground::Reported) },
        ),
        (
            Verdict::Decided { winner: 0, ground: Ground::OpponentLeftFirst },
            ArchivedVerdict::Decided { winner: 0, ground: Some(Ground::OpponentLeftFirst) },
        ),
        (Verdict::Conflict, ArchivedVerdict::Conflict),
        (Verdict::Void, ArchivedVerdict::Void),
        (Verdict::Aborted { by: 0 }, ArchivedVerdict::Aborted { by: Some(0) }),
        (Verdict::Unconfirmed { confirmed: [true, false] }, ArchivedVerdict::Unconfirmed),
        (Verdict::Expired, ArchivedVerdict::Expired),
        (Verdict::Cancelled { by: None }, ArchivedVerdict::Cancelled { by: None }),
        (Verdict::Cancelled { by: Some(1) }, ArchivedVerdict::Cancelled { by: Some(1) }),
    ];
    let mut all = vec![joined(ANA, 1), joined(BEA, 2)];
    for ((verdict, _), id) in table.iter().zip(1..) {
        let close =
            Event::Closed { match_id: MatchId(id), verdict: *verdict, ratings: None, at: Timestamp(2) };
        all.push(vec![wave(id, 1), close]);
    }
    // One that is still open.
    all.push(vec![wave(100, 1)]);
    on_each(&async |place| {
        applied(place, &records(all.clone())).await;
        let mut store = store(place).await;
        for ((verdict, expected), id) in table.iter().zip(1..) {
            let found = store.find_match(MatchId(id)).await.unwrap().unwrap();
            assert_eq!(found.closed.unwrap().verdict, *expected, "{verdict:?}");
        }
        assert_eq!(store.find_match(MatchId(100)).await.unwrap().unwrap().closed, None);
    });
}

#[test]
fn staff_who_resolve_one_match_without_end_see_the_newest_rulings() {
    let ruling = |number: u64| {
        let verdict = if number.is_multiple_of(2) { Verdict::Void } else { Verdict::Conflict };
        vec![Event::Resolved { match_id: FIRST, verdict, by: STAFF, at: Timestamp(number) }]
    };
    let opening = vec![closed(1, 0, [1500, 1500], [1520, 1480], 1)];
    let mut all = vec![joined(ANA, 1), joined(BEA, 2), vec![wave(1, 1)], opening];
    all.extend((0..200).map(ruling));
    on_each(&async |place| {
        applied(place, &records(all.clone())).await;
        let found = store(place).await.find_match(FIRST).await.unwrap().unwrap();
        let times: Vec<u64> = found.resolutions.iter().map(|resolution| resolution.at.0).collect();
        assert_eq!(times, (150..200).collect::<Vec<_>>());
        assert_eq!(found.resolutions[49].after, ArchivedVerdict::Conflict);
        assert_eq!(found.resolutions[48].after, ArchivedVerdict::Void);
    });
}

#[test]
fn an_answer_has_what_was_on_disk_when_it_was_asked_for_or_says_that_it_cannot() {
    let found = |reply: &WriterReply| matches!(reply, WriterReply::Match(Some(_)));
    let away = |reply: &WriterReply| matches!(reply, WriterReply::HistoryAway { .. });
    on_each(&async |place| {
        let at = |seq| Following { projected: Seq(seq), is_connected: true, statement_ms: 0.0 };
        let (projected, following) = watch::channel(at(26));
        let reader = History::start(place.database.clone(), following);
        // There is no database yet.
        let reply = reader.find_match(FIRST, Seq(26)).await;
        assert!(away(&reply), "{reply:?}");
        assert!(!place.path().join(DATABASE).exists(), "reading makes no database");
        applied(place, &ruled()).await;
        assert!(found(&reader.find_match(FIRST, Seq(26)).await));
        assert_eq!(reader.find_match(MatchId(9), Seq(26)).await, WriterReply::Match(None));
        // The tables are behind, and catch up while somebody waits.
        let waiting = reader.find_match(FIRST, Seq(27));
        projected.send_replace(at(27));
        assert!(found(&waiting.await));
        // They do not: it says so in time, and to those in the line as well.
        let began = tokio::time::Instant::now();
        let waiting: Vec<_> = (0..40).map(|_| reader.find_match(FIRST, Seq(28))).collect();
        let mut busy = 0;
        for waiting in waiting {
            let reply = waiting.await;
            assert!(reply == WriterReply::Busy || away(&reply), "{reply:?}");
            busy += u32::from(reply == WriterReply::Busy);
        }
        assert_eq!(busy, 8, "32 wait, and the others are told");
        assert!(began.elapsed() < std::time::Duration::from_secs(4), "{:?}", began.elapsed());
        projected.send_replace(at(28));
        assert!(found(&reader.find_match(FIRST, Seq(28)).await));
    });
}
