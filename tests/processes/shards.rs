//! Several shards, shared by two frontends: people in servers of all shards and in DMs.

use super::discord::{logged, stats};
use super::{confirm, replay_of, stored_once, told_the_result};
use crate::support::{Ladder, Person, free_address, wait_for};
use nix::sys::signal::Signal;

const SHARDS: u32 = 4;

/// Discord begins a session in five seconds of each two shards; each frontend has one of both twos.
const VARIABLES: [(&str, &str); 3] = [
    ("SHARDS", "0-3/4"),
    ("FRONTEND_PROCESSES", "2"),
    ("EMULATOR_FAULTS", r#"{"max_concurrency": 2, "identify_interval_ms": 5000}"#),
];

/// Waits until what has happened so far is no longer repeated by a resume.
async fn sessions_kept(ladder: &Ladder) {
    wait_for("the sessions to be kept", async || {
        let file = |shard: u32| ladder.data().join("gateway").join(format!("shard-{shard}"));
        (0..SHARDS).all(|shard| file(shard).exists()).then_some(())
    })
    .await;
}

async fn frontends_are_back(ladder: &Ladder, restarts: u64) {
    wait_for("the next frontend", async || {
        (ladder.restarts("frontend") == restarts && ladder.all_ready()).then_some(())
    })
    .await;
}

#[tokio::test]
async fn people_of_all_shards_play_though_a_frontend_of_each_kind_dies_and_nothing_is_lost_or_twice() {
    let ladder = Ladder::start_again_with(tempfile::tempdir().unwrap(), free_address(), &VARIABLES).await;
    let status = ladder.status().unwrap();
    let names = status["children"].as_array().unwrap().iter().filter(|child| child["role"] == "frontend");
    assert_eq!(names.map(|child| child["of"].as_u64()).collect::<Vec<_>>(), [Some(2), Some(2)]);
    // Two processes that know nothing of one another began no session that Discord would not have begun.
    let begun = logged(&ladder, "gateway_identify");
    assert_eq!(begun.len(), 4, "{begun:?}");
    sessions_kept(&ladder).await;

    let (ana, bea) = (Person::new(ladder.emulator, "Ana").await, Person::new(ladder.emulator, "Bea").await);
    ana.set_up().await;
    bea.set_up().await;
    for shard in 0..SHARDS {
        let there = ana.at_shard(shard, SHARDS).await;
        there.command("help").await;
        there.reads_in_time("pairs Brood War players").await;
    }

    // Bea presses in a server whose frontend has just died, and sees nothing of that.
    let frontends = ladder.pids("frontend");
    let there = bea.at_shard(3, SHARDS).await;
    ladder.signal(&frontends[1..], Signal::SIGKILL);
    there.command("queue").await;
    there.press("queue:race:sc2", &["sc2_terran"]).await;
    there.press("queue:join", &[]).await;
    there.reads_in_time("You are in the queue").await;
    frontends_are_back(&ladder, 1).await;
    ana.at_shard(1, SHARDS).await.join("bw", "bw_zerg").await;
    let match_id = ana.found_match().await;
    assert_eq!(bea.found_match().await, match_id);

    // And Ana in the DM, whose frontend has all that is owed.
    ladder.signal(&frontends[..1], Signal::SIGKILL);
    confirm(&ana, match_id).await;
    confirm(&bea, match_id).await;
    let file = replay_of(&ana).await;
    frontends_are_back(&ladder, 2).await;
    let there = bea.at_shard(2, SHARDS).await;
    bea.report_file(there.channel(), "game.SC2Replay", file).await;
    told_the_result(&ana, &bea, match_id).await;

    let status = ladder.status().unwrap();
    let children = status["children"].as_array().unwrap();
    let second = children.iter().filter(|child| child["role"] == "frontend").nth(1).unwrap();
    assert_eq!(second["gauges"]["discord_calls_counted"], 0, "Discord's limits have one owner");
    let stats = stats(&ladder).await;
    assert_eq!(
        (&stats["gateway_identifies"], &stats["gateway_resumes"]),
        (&4.into(), &4.into()),
        "{stats:#}"
    );
    assert_eq!(
        (&stats["deadline_misses"], &stats["interactions_expired"]),
        (&0.into(), &0.into()),
        "{stats:#}"
    );
    let [text, wire] = ["gateway_text_bytes", "gateway_wire_bytes"].map(|name| stats[name].as_u64().unwrap());
    println!("of the connections that are over: {text} bytes of text were {wire} on the wire");
    assert!(2 * wire < text, "what the gateway says is compressed");
    // At its end the judge compares what everyone was told with what is stored.
    let (status, root) = ladder.stop();
    assert!(status.success(), "{status}");
    stored_once(&root.path().join("data")).await;
}
