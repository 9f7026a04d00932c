//! The ladder in its server: threads of matches, the log of results, the cases of staff.

use super::uploads::{honest_file, playing};
use super::{confirm, pair_up, told_the_result};
use crate::support::{Guild, Ladder, Person, calls, wait_for};
use nix::sys::signal::Signal;
use serde_json::{Value, json};

/// A ladder that speaks in every channel, whose owner is Olga.
async fn ladder_with_channels() -> (Ladder, Guild, Person) {
    // In a further life of the emulator all ids are those of the one before.
    let ladder = Ladder::start().await;
    let emulator = ladder.emulator;
    let guild = Guild::of(&ladder).await;
    let owner = Person::new(emulator, "Olga").await;
    let (status, root) = ladder.stop();
    assert!(status.success(), "{status}");
    let variables = [
        ("LADDER_OWNER", owner.id.as_str()),
        ("MATCH_THREADS", "on"),
        ("GUILD_ID", &guild.id),
        ("MATCH_CHANNEL_ID", &guild.matches),
        ("MATCH_LOG_CHANNEL_ID", &guild.log),
        ("STAFF_CHANNEL_ID", &guild.staff),
        ("STAFF_ROLE_ID", &guild.staff_role),
    ];
    let ladder = Ladder::start_again_with(root, emulator, &variables).await;
    let owner = Person::new(emulator, "Olga").await;
    owner.settings(&json!({ "staff": true })).await;
    (ladder, guild, owner)
}

/// What the bot lacks in the guild from now on.
async fn set_denied(ladder: &Ladder, permissions: &[&str]) {
    let faults = json!({ "deny": permissions });
    let url = format!("http://{}/emulator/faults", ladder.emulator);
    let answer = reqwest::Client::new().post(url).json(&faults).send().await.unwrap();
    assert!(answer.status().is_success());
}

/// The one thread that is shown to a person, once it has such a state.
async fn thread(person: &Person, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
    wait_for(&format!("{} to see a thread {what}", person.name), async || {
        let threads = person.threads().await;
        assert!(threads.len() <= 1, "{}: {threads:?}", person.name);
        threads.into_iter().next().filter(&is_it)
    })
    .await
}

#[tokio::test]
async fn a_match_has_a_thread_until_it_is_over_and_a_case_is_decided_in_the_channel_of_staff() {
    let (ladder, guild, owner) = ladder_with_channels().await;
    let (ana, bea, match_id) = playing(&ladder, ["Ana", "Bea"]).await;
    let open = thread(&ana, "of the match", |thread| {
        thread["members"].as_array().is_some_and(|members| members.len() == 3) && thread["archived"] == false
    })
    .await;
    assert_eq!(open["name"], "Match 1: Ana vs Bea");
    assert_eq!(open["parent_id"], json!(guild.matches));
    let channel = open["id"].as_str().unwrap();
    for person in [&ana, &bea, &owner] {
        person.reads_in(channel, "**Match 1: Ana against Bea**").await;
    }
    let mentions = format!("<@{}> <@{}> <@&{}>", ana.id, bea.id, guild.staff_role);
    let sheets = ana.messages_in(channel).await;
    assert_eq!(sheets.len(), 1, "{sheets:?}");
    assert!(ana.texts_in(channel).await[0].starts_with(&mentions));
    let roles = sheets[0]["mention_roles"].as_array().unwrap();
    assert_eq!(roles, &[json!(guild.staff_role)]);

    // What is pressed in the thread is answered to its presser alone.
    ana.press_in(channel, &format!("match:report:{match_id}:won")).await;
    ana.reads_in(channel, "You reported: **you won**").await;
    assert_eq!(bea.messages_in(channel).await.len(), 1);

    let of_threads = [
        "GET guilds/threads/active",
        "POST channels/threads",
        "PUT channels/thread-members/id",
        "GET channels/messages",
        "PATCH channels",
    ];
    assert_eq!(calls(&ladder, of_threads).await, [1, 1, 2, 0, 0]);

    // They contradict each other: the thread is closed, and staff have a case.
    bea.press_in(channel, &format!("match:report:{match_id}:won")).await;
    bea.reads_in(channel, "**Match 1 is over.**").await;
    thread(&bea, "that is closed", |thread| thread["archived"] == true && thread["locked"] == true).await;
    assert_eq!(calls(&ladder, of_threads).await, [1, 1, 2, 0, 1]);
    owner.reads_in(&guild.staff, "**Case 1, match 1: ").await;
    let case = owner.texts_in(&guild.staff).await;
    assert!(case[0].starts_with(&format!("<@&{}>", guild.staff_role)), "{case:?}");
    assert!(ana.messages_in(&guild.staff).await.is_empty(), "players do not see it");
    assert!(owner.texts_in(&guild.log).await.is_empty(), "it has no result");

    owner.press_in(&guild.staff, &format!("staff:ask:1:{match_id}")).await;
    let reason = json!({ "reason": "Bea wrote so" });
    owner.fill_in(&format!("staff:reason:1:{match_id}"), &reason).await;
    owner.press_in(&guild.staff, "staff:do:1").await;
    owner.reads_in(&guild.staff, "Closed by <@").await;
    assert_eq!(owner.texts_in(&guild.staff).await.iter().filter(|text| text.contains("**Case 1")).count(), 1);
    ana.reads_in_time("Staff looked at match 1 and decided it: you won. Why: Bea wrote so.").await;
    bea.reads_in_time("Staff looked at match 1 and decided it: you lost. Why: Bea wrote so.").await;
    owner.reads_in(&guild.log, "Match 1: **Ana** (BW Zerg").await;
    owner.reads_in(&guild.log, "Staff decided it so.").await;

    // A correction changes the line instead of adding one.
    let void = json!({ "id": 1, "result": "void", "reason": "They played another map" });
    owner.command_with("admin resolve", &void).await;
    owner.press("staff:do:2", &[]).await;
    owner.reads_in(&guild.log, "counts for nothing").await;
    assert_eq!(owner.messages_in(&guild.log).await.len(), 1);
    for role in ["backend", "frontend", "db-writer"] {
        assert_eq!(ladder.restarts(role), 0, "{role}");
    }
    assert!(ladder.stop().0.success());
}

#[tokio::test]
async fn a_thread_is_made_once_and_says_all_though_the_frontend_dies_again_and_again() {
    let (ladder, guild, owner) = ladder_with_channels().await;
    let (ana, bea, match_id) = pair_up(&ladder).await;
    confirm(&ana, match_id).await;
    confirm(&bea, match_id).await;
    // A press that waits longer than 3 s for a frontend is lost, and rightly so.
    let file = honest_file(&ana, &bea).await;
    ladder.signal(&ladder.pids("frontend"), Signal::SIGKILL);
    let mut kills = 1;
    // At the thread, at its members, and at what is posted in it, as near as a look from outside comes.
    for members in [0, 2] {
        wait_for("the thread to be so far", async || {
            let threads = owner.threads().await;
            threads.iter().any(|thread| thread["members"].as_array().unwrap().len() >= members).then_some(())
        })
        .await;
        let frontend = ladder.pids("frontend");
        kills += frontend.len() as u64;
        ladder.signal(&frontend, Signal::SIGKILL);
    }
    wait_for("the last frontend", async || ladder.all_ready().then_some(())).await;
    bea.report_file(None, "game.SC2Replay", file).await;
    told_the_result(&ana, &bea, match_id).await;
    let closed = thread(&ana, "that is closed", |thread| thread["archived"] == true).await;
    let channel = closed["id"].as_str().unwrap();
    bea.reads_in(channel, "**Match 1 is over.**").await;
    assert_eq!(ana.messages_in(channel).await.len(), 1, "one message");
    owner.reads_in(&guild.log, "**Ana** (BW Zerg, 1500 → 1520) beat **Bea** (SC2 Terran, 1500 → 1480)").await;
    assert_eq!(owner.threads().await.len(), 1, "one thread");
    assert_eq!(owner.messages_in(&guild.log).await.len(), 1, "one line");
    assert!(ladder.restarts("frontend") <= kills);
    assert!(ladder.stop().0.success());
}

#[tokio::test]
async fn without_the_permission_for_threads_matches_go_on_in_dms_and_the_log_says_so_once() {
    let (ladder, guild, owner) = ladder_with_channels().await;
    set_denied(&ladder, &["CREATE_PRIVATE_THREADS"]).await;
    for names in [["Ana", "Bea"], ["Cid", "Dee"]] {
        let (first, second, match_id) = playing(&ladder, names).await;
        first.upload("game.SC2Replay", honest_file(&first, &second).await).await;
        told_the_result(&first, &second, match_id).await;
    }
    owner.reads_in(&guild.log, "Match 2: **Cid**").await;
    assert!(owner.threads().await.is_empty());
    assert_eq!(ladder.log().matches("matches get no threads, and go on in DMs alone").count(), 1);
    assert!(ladder.stop().0.success());
}

#[tokio::test]
async fn staff_hear_of_a_case_once_the_bot_may_write_in_their_channel_again() {
    let (ladder, guild, owner) = ladder_with_channels().await;
    set_denied(&ladder, &["SEND_MESSAGES"]).await;
    let (ana, bea, match_id) = playing(&ladder, ["Ana", "Bea"]).await;
    for person in [&ana, &bea] {
        person.press(&format!("match:report:{match_id}:won"), &[]).await;
    }
    let told = || ladder.log().matches(&format!("nothing can be posted in channel {}", guild.staff)).count();
    wait_for("the log to say so", async || (told() == 1).then_some(())).await;
    set_denied(&ladder, &[]).await;
    ladder.signal(&ladder.pids("frontend"), Signal::SIGKILL);
    owner.reads_in(&guild.staff, "**Case 1, match 1: ").await;
    // Beside it stands the alert that the frontend died.
    let texts = owner.texts_in(&guild.staff).await;
    assert_eq!(texts.iter().filter(|text| text.contains("**Case 1")).count(), 1, "once");
    assert!(ladder.stop().0.success());
}
