//! The gateway session outlives the frontend, and nobody notices that it was away.

use super::discord::stats;
use super::{confirm, pair_up, replay_of, stored_once, told_the_result};
use crate::support::{Ladder, Person, wait_for};
use ipc_schema::fact_line::Fact;
use ipc_schema::ids::MatchId;
use nix::sys::signal::Signal;
use std::path::PathBuf;

/// Waits until what has happened so far is no longer repeated by a resume.
async fn session_kept(ladder: &Ladder) {
    let file: PathBuf = ladder.data().join("gateway").join("shard-0");
    wait_for("the session to be kept", async || file.exists().then_some(())).await;
}

async fn frontend_is_back(ladder: &Ladder, restarts: u64) {
    wait_for("the next frontend", async || {
        (ladder.restarts("frontend") == restarts && ladder.all_ready()).then_some(())
    })
    .await;
}

/// Every session of the gateway after the first was a resumed one, and no press went unanswered.
async fn resumed_and_in_time(ladder: &Ladder, resumes: u64) {
    let stats = stats(ladder).await;
    assert_eq!(stats["gateway_identifies"], 1, "{stats:#}");
    assert_eq!(stats["gateway_resumes"], resumes, "{stats:#}");
    assert_eq!(stats["deadline_misses"], 0, "{stats:#}");
}

pub(super) async fn reads_that_she_confirmed(person: &Person) {
    wait_for("the confirmation", async || person.reads("you confirmed").await.then_some(())).await;
}

/// The match is told by one message, and no other was left behind by a repetition.
async fn told_once(person: &Person, match_id: MatchId) {
    let facts = person.facts().await;
    let of_match = facts.iter().filter(|line| {
        line.match_id == match_id && !matches!(line.fact, Fact::Replay { .. } | Fact::Reminder)
    });
    assert_eq!(of_match.count(), 1, "{}: {facts:?}", person.name);
}

#[tokio::test]
async fn what_players_do_while_the_frontend_is_dead_is_done_once_it_is_back() {
    let ladder = Ladder::start().await;
    let (ana, bea, match_id) = pair_up(&ladder).await;
    session_kept(&ladder).await;
    let messages = [ana.messages().await.len(), bea.messages().await.len()];
    ladder.signal(&ladder.pids("frontend"), Signal::SIGKILL);
    confirm(&ana, match_id).await;
    frontend_is_back(&ladder, 1).await;
    reads_that_she_confirmed(&ana).await;
    confirm(&bea, match_id).await;
    let file = replay_of(&ana).await;
    assert_eq!([ana.messages().await.len(), bea.messages().await.len()], messages, "no message is doubled");
    ladder.signal(&ladder.pids("frontend"), Signal::SIGKILL);
    ana.upload("game.SC2Replay", file).await;
    told_the_result(&ana, &bea, match_id).await;
    frontend_is_back(&ladder, 2).await;
    told_once(&ana, match_id).await;
    told_once(&bea, match_id).await;
    resumed_and_in_time(&ladder, 2).await;
    let (status, root) = ladder.stop();
    assert!(status.success(), "{status}");
    stored_once(&root.path().join("data")).await;
}

/// Presses Confirm while the backend stands still, and waits until the press is acknowledged.
pub(super) async fn confirm_without_backend(
    ladder: &Ladder,
    person: &Person,
    match_id: MatchId,
    backend: &[i32],
) {
    let acknowledged = stats(ladder).await["ack_ms"]["count"].as_u64().unwrap();
    ladder.signal(backend, Signal::SIGSTOP);
    confirm(person, match_id).await;
    wait_for("the acknowledgement", async || {
        (stats(ladder).await["ack_ms"]["count"].as_u64() > Some(acknowledged)).then_some(())
    })
    .await;
}

/// Both are shown the match sheet, and by the message that had told them of the match.
async fn both_have_the_sheet_once(ana: &Person, bea: &Person, match_id: MatchId) {
    for person in [ana, bea] {
        person
            .told("the match sheet", |line| {
                (line.match_id == match_id && matches!(line.fact, Fact::Playing { .. })).then_some(())
            })
            .await;
        told_once(person, match_id).await;
    }
}

#[tokio::test]
async fn a_press_is_answered_once_though_the_frontend_dies_between_acknowledgement_and_answer() {
    let ladder = Ladder::start().await;
    let (ana, bea, match_id) = pair_up(&ladder).await;
    session_kept(&ladder).await;
    let backend = ladder.pids("backend");
    confirm_without_backend(&ladder, &ana, match_id, &backend).await;
    ladder.signal(&ladder.pids("frontend"), Signal::SIGKILL);
    ladder.signal(&backend, Signal::SIGCONT);
    reads_that_she_confirmed(&ana).await;
    frontend_is_back(&ladder, 1).await;
    confirm(&bea, match_id).await;
    both_have_the_sheet_once(&ana, &bea, match_id).await;
    assert_eq!(ladder.restarts("backend"), 0);
    resumed_and_in_time(&ladder, 1).await;
    assert!(ladder.stop().0.success());
}

#[tokio::test]
async fn an_answer_that_was_recorded_and_not_told_is_told_as_things_are_by_then() {
    let ladder = Ladder::start().await;
    let (ana, bea, match_id) = pair_up(&ladder).await;
    session_kept(&ladder).await;
    let (frontend, backend) = (ladder.pids("frontend"), ladder.pids("backend"));
    let records = ladder.gauge("backend", "records").unwrap();
    confirm_without_backend(&ladder, &ana, match_id, &backend).await;
    // The press waits in the backend's socket; the answer to it will find nobody.
    ladder.signal(&frontend, Signal::SIGSTOP);
    ladder.signal(&backend, Signal::SIGCONT);
    wait_for("the record of the press", async || {
        (ladder.gauge("backend", "records") > Some(records)).then_some(())
    })
    .await;
    ladder.signal(&frontend, Signal::SIGKILL);
    confirm(&bea, match_id).await;
    both_have_the_sheet_once(&ana, &bea, match_id).await;
    frontend_is_back(&ladder, 1).await;
    both_have_the_sheet_once(&ana, &bea, match_id).await;
    resumed_and_in_time(&ladder, 1).await;
    assert!(ladder.stop().0.success());
}
