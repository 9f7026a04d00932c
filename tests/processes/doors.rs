//! The doors for a replay besides the DM, and matches that are over with the replay to take home.

use super::discord::ask_for;
use super::everything::refused;
use super::uploads::{answer, game_of, honest_file, playing};
use super::{confirm, database, pair_up, told_the_result};
use crate::support::{Guild, Ladder, Person, wait_for};
use ipc_schema::ids::MatchId;
use nix::sys::signal::Signal;
use replay::forge;
use serde_json::json;
use sqlx::Row;

#[tokio::test]
async fn report_and_the_modal_lead_where_a_file_in_the_dm_leads_and_a_file_counts_once() {
    let ladder = Ladder::start().await;
    let guild = Guild::of(&ladder).await;
    let (ana, bea, first) = playing(&ladder, ["Ana", "Bea"]).await;
    let file = honest_file(&ana, &bea).await;
    let workers = ladder.pids("replay-worker");
    ladder.signal(&workers, Signal::SIGSTOP);
    // The same file by all three doors while nobody has read it.
    ana.report_file(None, "game.SC2Replay", file.clone()).await;
    ana.reads_in_time("Got it. What comes of your replay follows here").await;
    ana.upload("game.SC2Replay", file.clone()).await;
    ana.reads_in_time("This very file is being read already").await;
    ana.press(&format!("match:replay:{first}"), &[]).await;
    ana.fill_in_file(&format!("match:file:{first}"), "game.SC2Replay", file).await;
    wait_for("the modal to be answered", async || {
        let texts = ana.texts().await;
        (texts.iter().filter(|text| text.contains("This very file is being read already")).count() == 2)
            .then_some(())
    })
    .await;
    ladder.signal(&workers, Signal::SIGCONT);
    told_the_result(&ana, &bea, first).await;

    let (cid, dee, second) = playing(&ladder, ["Cid", "Dee"]).await;
    let file = honest_file(&cid, &dee).await;
    dee.press(&format!("match:replay:{second}"), &[]).await;
    dee.fill_in_file(&format!("match:file:{second}"), "game.SC2Replay", file).await;
    told_the_result(&cid, &dee, second).await;

    let (eve, fay, third) = playing(&ladder, ["Eve", "Fay"]).await;
    let file = honest_file(&eve, &fay).await;
    fay.report_file(Some(&guild.matches), "game.SC2Replay", file).await;
    fay.reads_in(&guild.matches, "What comes of your replay is told in our DM").await;
    assert!(eve.texts_in(&guild.matches).await.is_empty(), "it is for nobody else to see");
    told_the_result(&eve, &fay, third).await;

    let (status, root) = ladder.stop();
    assert!(status.success(), "{status}");
    let mut database = database(&root.path().join("data")).await;
    let rows = sqlx::query("select match_id, outcome from replays order by match_id");
    let rows = rows.fetch_all(&mut database).await.unwrap();
    let rows: Vec<(i64, String)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    assert_eq!(rows, [1, 2, 3].map(|id| (id, "decided".to_owned())));
}

#[tokio::test]
async fn a_file_that_is_not_taken_is_answered_at_its_door() {
    let ladder = Ladder::start().await;
    let zoe = Person::new(ladder.emulator, "Zoe").await;
    let file = b"no replay at all".to_vec();
    zoe.report_file(None, "game.SC2Replay", file.clone()).await;
    zoe.reads_in_time("/setup").await;
    // Nothing is pressed that led to it, so the refusal has a button that leads on.
    let yan = Person::new(ladder.emulator, "Yan").await;
    yan.upload("game.SC2Replay", file.clone()).await;
    refused(&yan, "setup-needed").await;
    yan.press("setup:show", &[]).await;
    yan.has_times("setup:terms:accept", 1).await;
    let (ana, _bea, match_id) = playing(&ladder, ["Ana", "Bea"]).await;
    ask_for(&ladder, &json!({ "files_gone": true })).await;
    ana.upload("game.SC2Replay", file.clone()).await;
    refused(&ana, "download-failed").await;
    ask_for(&ladder, &json!({ "files_gone": false })).await;
    ana.report_file(None, "game.SC2Replay", vec![0; (5 << 20) + 1]).await;
    ana.reads_in_time("That file is too large for a replay; the limit is 5 MiB.").await;
    ana.press(&format!("match:replay:{match_id}"), &[]).await;
    ana.fill_in_file(&format!("match:file:{match_id}"), "game.SC2Replay", file).await;
    let told = answer(&ana, 1).await;
    assert!(told.contains("is damaged, or no replay at all"), "{told}");
    let cid = Person::new(ladder.emulator, "Cid").await;
    cid.set_up().await;
    cid.report_file(None, "game.SC2Replay", b"words".to_vec()).await;
    cid.reads_in_time("You have no match that waits for a replay.").await;
    assert!(ladder.stop().0.success());
}

#[tokio::test]
async fn a_match_that_is_over_is_read_with_its_replay_by_anybody() {
    let ladder = Ladder::start().await;
    let (ana, bea, match_id) = playing(&ladder, ["Ana", "Bea"]).await;
    let zoe = Person::new(ladder.emulator, "Zoe").await;
    zoe.command_with("match", &json!({ "id": match_id.0 })).await;
    zoe.reads_in_time("There is no such match").await;
    ana.command_with("match", &json!({ "id": match_id.0 })).await;
    ana.reads_in_time("No replay? Then both of you say below how it ended.").await;
    let file = forge::write(&game_of(&ana, &bea).await);
    ana.upload("game.SC2Replay", file.clone()).await;
    told_the_result(&ana, &bea, match_id).await;

    for person in [&ana, &zoe] {
        person.command_with("match", &json!({ "id": match_id.0 })).await;
        person.reads_in_time("**Match 1** on ").await;
        for words in [
            "**Ana won** (as the replay records)",
            "Ana (BW Zerg): 1500 → 1520 MMR (+20)",
            "Bea (SC2 Terran): 1500 → 1480 MMR (-20)",
            "0:00 min",
        ] {
            person.reads_in_time(words).await;
        }
        assert_eq!(person.download().await, file, "{}", person.name);
    }
    assert_eq!(ana.match_choices("").await, [("1: won against Bea".to_owned(), 1)]);
    assert_eq!(bea.match_choices("1").await, [("1: lost against Ana".to_owned(), 1)]);
    assert_eq!(bea.match_choices("2").await, []);

    let found = wait_for("the stored file", async || {
        let stored = std::fs::read_dir(ladder.data().join("replays")).unwrap();
        let folders = stored.map(|folder| folder.unwrap().path()).filter(|path| path.is_dir());
        folders.flat_map(|folder| std::fs::read_dir(folder).unwrap()).find_map(|file| {
            let path = file.unwrap().path();
            path.extension().is_some_and(|ending| ending == "SC2Replay").then_some(path)
        })
    })
    .await;
    std::fs::remove_file(found).unwrap();
    bea.command_with("match", &json!({ "id": match_id.0 })).await;
    bea.reads_in_time("Its replay cannot be read back at the moment.").await;
    assert!(ladder.stop().0.success());
}

#[tokio::test]
async fn a_match_without_a_result_is_for_its_two_players_alone() {
    let ladder = Ladder::start().await;
    let (ana, bea, match_id) = pair_up(&ladder).await;
    ana.press(&format!("match:abort:{match_id}"), &[]).await;
    bea.reads_in_time("Your opponent aborted").await;
    bea.command_with("match", &json!({ "id": match_id.0 })).await;
    bea.reads_in_time("It was aborted before it began.").await;
    let zoe = Person::new(ladder.emulator, "Zoe").await;
    for (id, words) in
        [(match_id, "only its two players can look at it"), (MatchId(99), "There is no such match")]
    {
        zoe.command_with("match", &json!({ "id": id.0 })).await;
        zoe.reads_in_time(words).await;
    }
    // With confirmations and a number that is no match of anybody's, the open match is its players' own.
    let (cid, dee, open) = {
        let (cid, dee) =
            (Person::new(ladder.emulator, "Cid").await, Person::new(ladder.emulator, "Dee").await);
        cid.set_up().await;
        dee.set_up().await;
        cid.join("bw", "bw_zerg").await;
        dee.join("sc2", "sc2_terran").await;
        let open = cid.found_match().await;
        (cid, dee, open)
    };
    dee.found_match().await;
    confirm(&cid, open).await;
    cid.command_with("match", &json!({ "id": open.0 })).await;
    cid.reads_in_time("Match found, and you confirmed.").await;
    assert!(ladder.stop().0.success());
}
