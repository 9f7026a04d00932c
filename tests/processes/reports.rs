//! Matches that no replay decides: what the players report by button, and what they dispute.

use super::{confirm, database, pair_up, ratings_are, told_the_result};
use crate::support::{Ladder, Person, wait_for};
use ipc_schema::fact_line::Fact;
use ipc_schema::ids::MatchId;
use sqlx::Row;
use std::path::Path;

async fn report(person: &Person, match_id: MatchId, outcome: &str) {
    person.press(&format!("match:report:{match_id}:{outcome}"), &[]).await;
}

async fn reads(person: &Person, words: &str) {
    wait_for(&format!("{} to read {words:?}", person.name), async || person.reads(words).await.then_some(()))
        .await;
}

/// Of the one match: verdict, ground, and what both reported.
async fn stored(data: &Path) -> [Option<String>; 4] {
    let row = sqlx::query("select verdict, ground, report_1, report_2 from matches where match_id = 1");
    let row = row.fetch_one(&mut database(data).await).await.unwrap();
    [row.get(0), row.get(1), row.get(2), row.get(3)]
}

/// Kind, player, and whether it is open.
async fn cases(data: &Path) -> Vec<(String, Option<i64>, bool)> {
    let rows = sqlx::query("select kind, player_id, closed_at_ms from cases order by case_id");
    let rows = rows.fetch_all(&mut database(data).await).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1), row.get::<Option<i64>, _>(2).is_none())).collect()
}

#[tokio::test]
async fn two_who_report_the_same_read_the_result_once_and_may_dispute_it() {
    let ladder = Ladder::start().await;
    let (ana, bea, match_id) = pair_up(&ladder).await;
    confirm(&ana, match_id).await;
    confirm(&bea, match_id).await;
    report(&ana, match_id, "won").await;
    reads(&ana, "You reported: **you won**").await;
    reads(&bea, "Your opponent has reported how it ended.").await;
    report(&bea, match_id, "lost").await;
    told_the_result(&ana, &bea, match_id).await;
    bea.press(&format!("match:dispute:{match_id}"), &[]).await;
    reads(&bea, "You disputed this.").await;
    told_the_result(&ana, &bea, match_id).await;
    let (status, root) = ladder.stop();
    assert!(status.success(), "{status}");
    let data = root.path().join("data");
    assert_eq!(stored(&data).await.map(Option::unwrap), ["decided", "reported", "won", "lost"]);
    assert_eq!(cases(&data).await, [("dispute".to_owned(), Some(2), true)]);
    ratings_are(&data, &[("bw_zerg", 1520, 1, 0), ("sc2_terran", 1480, 0, 1)]).await;
}

#[tokio::test]
async fn two_who_report_different_results_read_of_a_conflict_and_may_queue_again() {
    let ladder = Ladder::start().await;
    let (ana, bea, match_id) = pair_up(&ladder).await;
    confirm(&ana, match_id).await;
    confirm(&bea, match_id).await;
    report(&ana, match_id, "won").await;
    report(&bea, match_id, "won").await;
    for person in [&ana, &bea] {
        let conflict = Fact::Unplayed { how: "conflict".to_owned() };
        person.told("of the conflict", |line| (line.fact == conflict).then_some(())).await;
    }
    for person in [&ana, &bea] {
        person.command("queue").await;
        person.press("queue:join", &[]).await;
    }
    for person in [&ana, &bea] {
        person.told("of the next match", |line| (line.match_id > match_id).then_some(())).await;
    }
    let (status, root) = ladder.stop();
    assert!(status.success(), "{status}");
    let data = root.path().join("data");
    let word = |word: &str| Some(word.to_owned());
    assert_eq!(stored(&data).await, [word("conflict"), None, word("won"), word("won")]);
    assert_eq!(cases(&data).await, [("conflict".to_owned(), None, true)]);
    ratings_are(&data, &[]).await;
}
