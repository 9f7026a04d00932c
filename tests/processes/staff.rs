//! What staff do, from the environment that names an owner to the row in the audit log.

use super::database;
use crate::support::{Ladder, Person, wait_for};
use serde_json::json;
use sqlx::Row;

#[tokio::test]
async fn the_owner_whom_the_environment_names_bans_a_queued_player_who_reads_why() {
    // In a further life of the emulator a name has the account that it had before.
    let ladder = Ladder::start().await;
    let emulator = ladder.emulator;
    let owner = Person::new(emulator, "Olga").await;
    let (status, root) = ladder.stop();
    assert!(status.success(), "{status}");
    let ladder = Ladder::start_again_with(root, emulator, &[("LADDER_OWNER", &owner.id)]).await;
    let (owner, bea) = (Person::new(emulator, "Olga").await, Person::new(emulator, "Bea").await);
    bea.set_up().await;
    bea.join("bw", "bw_zerg").await;
    wait_for("Bea to wait", async || (ladder.gauge("backend", "queue_entries") == Some(1.0)).then_some(()))
        .await;

    bea.command_with("admin clear-queue", &json!({ "reason": "I am no staff" })).await;
    bea.reads_in_time("for the staff of the ladder").await;
    let ban = json!({ "player": "Bea", "reason": "Left five matches", "days": 7 });
    owner.command_with("admin ban", &ban).await;
    owner.reads_in_time("Ban Bea for 7 days?").await;
    owner.press("staff:do:1", &[]).await;
    owner.reads_in_time("Done: Ban Bea for 7 days.").await;
    bea.reads_in_time("Staff say why: Left five matches.").await;
    wait_for("the queue to be empty", async || {
        (ladder.gauge("backend", "queue_entries") == Some(0.0)).then_some(())
    })
    .await;
    bea.command("queue").await;
    bea.reads_in_time("You are banned until").await;
    owner.command("admin snapshot").await;
    owner.reads_in_time("set up 1, banned 1").await;

    let (status, root) = ladder.stop();
    assert!(status.success(), "{status}");
    let mut database = database(&root.path().join("data")).await;
    let log = sqlx::query(
        "select command, name, reason, state_before, state_after, ban_reason from audit_log join players using (player_id)",
    );
    let log = log.fetch_all(&mut database).await.unwrap();
    assert_eq!(log.len(), 1);
    let texts: Vec<String> = (0..6).map(|column| log[0].get(column)).collect();
    assert_eq!(texts[..3], ["ban", "Bea", "Left five matches"]);
    assert!(texts[3].starts_with("not banned; queued since <t:"), "{texts:?}");
    assert_eq!(texts[4..], ["banned for 7 days; not queued", "Left five matches"]);
    let staff =
        sqlx::query("select discord_user_id, role from staff").fetch_one(&mut database).await.unwrap();
    assert_eq!((staff.get::<String, _>(0), staff.get::<&str, _>(1)), (owner.id, "owner"));
}
