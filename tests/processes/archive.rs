//! A match that left memory long ago is still there for staff.

use super::{confirm, pair_up, replay_of, told_the_result};
use crate::support::{Ladder, Person};
use evoladder::db_writer::JOURNAL;
use evoladder::domain::ladder::Ladder as State;
use evoladder::journal::Journal;
use evoladder::journal::reader::Reader;
use ipc_schema::db_writer::Record;
use ipc_schema::event::{Event, Pairing};
use ipc_schema::ids::{LadderId, MatchId, PlayerId, Seq};
use ipc_schema::vocab::{Race, Server, Verdict};
use serde_json::json;
use std::path::Path;

/// As many closed matches as memory keeps.
const KEPT: u64 = 1000;

/// The two players of the first match meet again and again, and one of them aborts each time.
fn meet_often(data: &Path) {
    let mut journal = Journal::open(&data.join(JOURNAL), LadderId(0)).unwrap();
    let stored = Reader::new(&data.join(JOURNAL), Seq(0)).read(journal.last(), usize::MAX).unwrap();
    let mut state = State::new(0);
    stored.iter().flat_map(|record| &record.events).for_each(|event| state.evolve(event));
    let (first, players) = (journal.last().0 + 1, [PlayerId(1), PlayerId(2)]);
    let mut records = Vec::new();
    for number in 0..KEPT {
        let (at, match_id) = (evoladder::clock::now(), MatchId(number + 2));
        let pairing = Pairing {
            match_id,
            players,
            races: [Race::BwZerg, Race::Sc2Terran],
            map: "khione".to_owned(),
            server: Server::Kor,
            confirm_deadline: at,
        };
        let mut events: Vec<Event> = players.map(|player| Event::Queued { player, at }).into();
        events.push(Event::WaveFired { at, pairings: vec![pairing], generator: number });
        events.push(Event::Closed { match_id, verdict: Verdict::Aborted { by: 0 }, ratings: None, at });
        events.iter().for_each(|event| state.evolve(event));
        // Nobody is told of it any more.
        let lost = |card| Event::CardLost { card, version: state.cards().get(card).unwrap().version, at };
        let lost: Vec<Event> = state.cards().due().map(lost).collect();
        lost.iter().for_each(|event| state.evolve(event));
        events.extend(lost);
        records.push(Record { seq: Seq(first + number), at, key: None, events, reply: None });
    }
    journal.append(&records).unwrap();
}

#[tokio::test]
async fn a_match_that_left_memory_is_shown_from_the_archive() {
    let ladder = Ladder::start().await;
    let emulator = ladder.emulator;
    let owner = Person::new(emulator, "Olga").await;
    let (ana, bea, match_id) = pair_up(&ladder).await;
    assert_eq!(match_id, MatchId(1));
    confirm(&ana, match_id).await;
    confirm(&bea, match_id).await;
    let file = replay_of(&ana).await;
    ana.upload("game.SC2Replay", file.clone()).await;
    told_the_result(&ana, &bea, match_id).await;
    let (status, root) = ladder.stop();
    assert!(status.success(), "{status}");
    meet_often(&root.path().join("data"));
    let ladder = Ladder::start_again_with(root, emulator, &[("LADDER_OWNER", &owner.id)]).await;
    owner.command_with("admin match", &json!({ "id": KEPT + 1 })).await;
    owner.reads_in_time(&format!("Match {}**", KEPT + 1)).await;
    owner.command_with("admin match", &json!({ "id": KEPT + 2 })).await;
    owner.reads_in_time("There is no such match").await;
    ana.command_with("admin match", &json!({ "id": 1 })).await;
    ana.reads_in_time("for the staff of the ladder").await;
    assert!(!owner.reads("from the archive").await);
    owner.command_with("admin match", &json!({ "id": 1 })).await;
    owner.reads_in_time("**Match 1**, from the archive").await;
    for words in [
        "Ana (BW Zerg): 1500 → 1520 MMR",
        "Bea (SC2 Terran): 1500 → 1480 MMR",
        "player 1 won (the replay says so)",
        ": decided the match",
    ] {
        owner.reads_in_time(words).await;
    }
    assert_eq!(owner.download().await, file, "with its replay");
    assert!(!ana.reads("from the archive").await, "only staff see it");
    let (status, _root) = ladder.stop();
    assert!(status.success(), "{status}");
}
