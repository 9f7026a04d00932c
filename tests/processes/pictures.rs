//! Pictures reach their readers: as files of the page, described for who cannot see them.

use super::{confirm, pair_up, replay_of, told_the_result};
use crate::support::{Ladder, Person, wait_for};
use serde_json::{Value, json};
use std::path::Path;

/// Pages go without pictures where there are no fonts. A developer may have none, where CI is set they have to be there.
fn there_are_fonts() -> bool {
    let found = Path::new("/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf").is_file();
    assert!(found || std::env::var_os("CI").is_none(), "there are no fonts: install fonts-noto-core");
    if !found {
        println!("skipped: there are no fonts; install fonts-noto-core");
    }
    found
}

/// The picture of the page that a command is answered with: its description, and the file.
async fn picture_of(person: &Person, command: &str, options: &Value, name: &str) -> (String, Vec<u8>) {
    // A picture may take longer than a page waits for it, above all the first one; then it is there the next time.
    for _ in 0..20 {
        let before = person.messages().await.len();
        person.command_with(command, options).await;
        let page = wait_for(&format!("the page of /{command}"), async || {
            let messages = person.messages().await;
            let newest = messages.get(before..)?.last()?.clone();
            newest["components"].as_array().is_some_and(|parts| !parts.is_empty()).then_some(newest)
        })
        .await;
        if let Some(found) = picture_in(&page, name).await {
            return found;
        }
        assert!(page.to_string().contains("The picture takes longer than usual"), "{page}");
    }
    panic!("the picture of /{command} is never there");
}

/// The picture that a message shows, if it shows one.
async fn picture_in(message: &Value, name: &str) -> Option<(String, Vec<u8>)> {
    let file = message["attachments"].as_array()?.first()?;
    assert_eq!(file["filename"], name);
    let description = file["description"].as_str().unwrap().to_owned();
    let shown = &message["components"][0]["components"];
    let gallery = shown.as_array().unwrap().iter().find(|part| part["type"] == 12).expect("a gallery");
    assert_eq!(gallery["items"][0]["description"], json!(description));
    assert_eq!(gallery["items"][0]["media"]["url"], file["url"]);
    let bytes = reqwest::get(file["url"].as_str().unwrap()).await.unwrap().bytes().await.unwrap().to_vec();
    assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n"), "{} bytes are no PNG", bytes.len());
    let width = u32::from_be_bytes(bytes[16..20].try_into().unwrap());
    assert_eq!(width, 1200);
    Some((description, bytes))
}

#[tokio::test]
async fn a_profile_the_leaderboard_and_the_activity_come_with_pictures_that_are_described() {
    if !there_are_fonts() {
        return;
    }
    let ladder = Ladder::start().await;
    let (ana, bea, match_id) = pair_up(&ladder).await;
    ana.command("notifications").await;
    ana.press("notify:pings", &["anyone"]).await;
    ana.press("notify:times:open", &[]).await;
    let times = json!({ "cooldown": "60", "from": "23:00", "to": "8:00", "zone": "UTC+9" });
    ana.fill_in("notify:times", &times).await;
    ana.reads_in_time("of your day (UTC+9)").await;
    let (chart, _) = picture_of(&ana, "activity", &json!({}), "activity.png").await;
    assert!(chart.starts_with("Players in each of the last 24 hours. Most at "), "{chart}");
    assert!(chart.ends_with(" (your time, UTC+9): 2."), "{chart}");
    confirm(&ana, match_id).await;
    confirm(&bea, match_id).await;
    ana.upload("game.SC2Replay", replay_of(&ana).await).await;
    told_the_result(&ana, &bea, match_id).await;

    let (graph, bytes) = picture_of(&bea, "profile", &json!({ "player": "Ana" }), "rating.png").await;
    assert!(graph.starts_with("Graph of the ratings of Ana, from "), "{graph}");
    assert!(graph.ends_with("BW Zerg: 1520? MMR, in this time between 1520 and 1520."), "{graph}");
    let again = picture_of(&ana, "profile", &json!({}), "rating.png").await;
    assert_eq!(again, (graph, bytes), "the same picture for the same readers");

    let (board, _) = picture_of(&ana, "leaderboard", &json!({ "picture": true }), "leaderboard.png").await;
    assert!(
        board.starts_with("The leaderboard from place 1 as a picture. 1: Ana, BW Zerg, rank "),
        "{board}"
    );
    assert!(board.contains("2: Bea, SC2 Terran, rank "), "{board}");
    // Without being asked for it does not come, and a button brings it.
    bea.command("leaderboard").await;
    bea.reads_in_time("**Leaderboard**").await;
    let newest = async || bea.messages().await.pop().unwrap();
    assert_eq!(newest().await["attachments"], json!([]));
    bea.press("leaderboard:picture:0", &[]).await;
    let pressed = wait_for("the picture on the message that was pressed", async || {
        picture_in(&newest().await, "leaderboard.png").await
    });
    assert_eq!(pressed.await.0, board);
    wait_for("three pictures, each painted once", async || {
        (ladder.gauge("frontend", "pictures_painted") == Some(3.0)).then_some(())
    })
    .await;
    let (status, _root) = ladder.stop();
    assert!(status.success(), "{status}");
}
