//! A ladder with too much to do: its levels, what players read meanwhile, and what staff hear of it.

use crate::support::{Guild, Ladder, Person, wait_for};
use futures_util::future::join_all;
use nix::sys::signal::Signal;
use serde_json::{Value, json};

/// Waits until the ladder is at this level, as `evoladder status` says.
async fn reaches(ladder: &Ladder, level: &str) {
    let what = format!("the ladder to be {level}");
    wait_for(&what, async || (ladder.status()?["load_level"] == level).then_some(())).await;
}

fn alerts(status: &Value) -> Vec<String> {
    let alerts = status["alerts"].as_array().unwrap().iter();
    alerts.map(|alert| alert["name"].as_str().unwrap().to_owned()).collect()
}

/// Whether links to files lead anywhere.
async fn set_files_gone(ladder: &Ladder, gone: bool) {
    let url = format!("http://{}/emulator/faults", ladder.emulator);
    let answer = reqwest::Client::new().post(url).json(&json!({ "files_gone": gone })).send().await.unwrap();
    assert!(answer.status().is_success());
}

/// Files that nobody can read, all at once.
async fn sends_three(person: &Person) {
    join_all((1..=3).map(|byte| person.upload("game.SC2Replay", vec![byte; 100]))).await;
}

#[tokio::test]
async fn a_ladder_whose_disk_hangs_does_less_says_so_and_recovers_step_by_step() {
    let ladder = Ladder::start().await;
    let (emulator, guild) = (ladder.emulator, Guild::of(&ladder).await);
    let owner = Person::new(emulator, "Olga").await;
    let (status, root) = ladder.stop();
    assert!(status.success(), "{status}");
    let variables = [
        ("LADDER_OWNER", owner.id.as_str()),
        ("STAFF_CHANNEL_ID", &guild.staff),
        ("LOAD_LEVELS", "journal_lag=1/3 calm=10"),
        ("ALERTS", "JournalLag=2 keep=3"),
    ];
    let ladder = Ladder::start_again_with(root, emulator, &variables).await;
    let owner = Person::new(emulator, "Olga").await;
    owner.settings(&json!({ "staff": true })).await;
    let (ana, bea) = (Person::new(emulator, "Ana").await, Person::new(emulator, "Bea").await);
    ana.set_up().await;
    bea.set_up().await;
    ana.command("profile").await;
    ana.reads_in_time("No rated match yet.").await;
    ana.command("leaderboard").await;
    ana.reads_in_time("Nobody has played lately").await;
    reaches(&ladder, "normal").await;

    // It is killed for its silence in a while; until then nothing that is decided reaches the disk.
    ladder.signal(&ladder.pids("db-writer"), Signal::SIGSTOP);
    bea.command("queue").await;
    reaches(&ladder, "overloaded").await;
    // First, since it tells of the journal as it is now.
    owner.command("admin health").await;
    owner.reads_in_time("**The ladder is overloaded**: journal").await;
    owner.reads_in_time("**JournalLag**").await;
    ana.command("profile").await;
    ana.reads_in_time("The ladder is very busy, so this page is an older one").await;
    bea.command("leaderboard").await;
    bea.reads_in_time("The ladder is very busy, so this page is an older one").await;
    owner.reads_in(&guild.staff, "**Alert JournalLag** since ").await;
    owner.reads_in(&guild.staff, "**Alert Overloaded** since ").await;
    let status = ladder.status().unwrap();
    assert!(alerts(&status).contains(&"Overloaded".to_owned()), "{status}");
    let metrics = format!("http://{}/metrics", status["dashboard"].as_str().unwrap());
    wait_for("the level in the metrics", async || {
        let text = reqwest::get(&metrics).await.ok()?.text().await.ok()?;
        text.contains("\nevoladder_load_level 2\n").then_some(())
    })
    .await;

    // A file that is not there takes its place until it was looked for twice, so others wait for it.
    set_files_gone(&ladder, true).await;
    tokio::join!(sends_three(&ana), sends_three(&bea));
    let (of_ana, of_bea) = ("at place 1 before it is fetched", "at place 2 before it is fetched");
    wait_for("two of them to read their place in line", async || {
        let told = async |words| ana.reads(words).await || bea.reads(words).await;
        (told(of_ana).await && told(of_bea).await).then_some(())
    })
    .await;
    set_files_gone(&ladder, false).await;

    reaches(&ladder, "busy").await;
    reaches(&ladder, "normal").await;
    owner.reads_in(&guild.staff, "**JournalLag is over.** It was so from ").await;
    let told = owner.texts_in(&guild.staff).await;
    for words in
        ["**Alert JournalLag**", "**JournalLag is over.**", "**Alert Overloaded**", "**Alert Restarts**"]
    {
        assert_eq!(told.iter().filter(|text| text.contains(words)).count(), 1, "{words} in {told:?}");
    }
    assert_eq!(ladder.restarts("db-writer"), 1, "it hung and was killed");
    for role in ["backend", "frontend"] {
        assert_eq!(ladder.restarts(role), 0, "{role}");
    }
    // What came while the disk was away is there.
    bea.press("queue:race:bw", &["bw_zerg"]).await;
    bea.press("queue:join", &[]).await;
    wait_for("Bea to wait", async || (ladder.gauge("backend", "queue_entries") == Some(1.0)).then_some(()))
        .await;
    owner.command("admin health").await;
    owner.reads_in_time("**The ladder does as usual**").await;
    assert!(ladder.stop().0.success());
}
