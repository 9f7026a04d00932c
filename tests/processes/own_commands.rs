//! What players say of themselves, what they want to hear of, and what becomes of those whom messages do
//! not reach.

use crate::support::{Ladder, Person, wait_for};
use serde_json::{Value, json};

fn names(name: &str, battle_tag: &str, alternatives: &str, country: &str) -> Value {
    json!({ "name": name, "battle_tag": battle_tag, "alternatives": alternatives, "country": country })
}

fn times(cooldown: &str, from: &str, to: &str, zone: &str) -> Value {
    json!({ "cooldown": cooldown, "from": from, "to": to, "zone": zone })
}

async fn queued(ladder: &Ladder, count: f64) {
    let what = format!("{count} to wait");
    wait_for(&what, async || (ladder.gauge("backend", "queue_entries") == Some(count)).then_some(())).await;
}

/// What a command is answered, by a message of its own.
async fn answer(person: &Person, command: &str) -> String {
    let before = person.texts().await.len();
    person.command(command).await;
    wait_for(&format!("an answer to /{command}"), async || {
        let texts = person.texts().await;
        texts.get(before..)?.iter().rfind(|text| !text.trim().is_empty()).cloned()
    })
    .await
}

/// Asks again and again until an answer is as wished.
async fn answer_until(person: &Person, command: &str, is_it: impl Fn(&str) -> bool) {
    for _ in 0..200 {
        if is_it(&answer(person, command).await) {
            return;
        }
    }
    panic!("/{command} is never answered so");
}

#[tokio::test]
async fn whoever_writes_first_is_led_through_the_setup_and_told_what_is_wrong_on_the_way() {
    let ladder = Ladder::start().await;
    let (ana, bea) = (Person::new(ladder.emulator, "Ana").await, Person::new(ladder.emulator, "Bea").await);
    bea.set_up().await;
    ana.write("hello?").await;
    ana.reads_in_time("Welcome to EvoLadder").await;
    ana.command("queue").await;
    ana.reads_in_time("Finish your setup first").await;
    ana.command_with("setcountry", &json!({ "country": "FR" })).await;
    ana.reads_in_time("Finish your setup first").await;
    ana.press("setup:terms:decline", &[]).await;
    ana.press("setup:terms:accept", &[]).await;
    for (fields, told) in [
        (names("A!", "Ana#1234", "", "DE"), "That name does not work here"),
        (names("bea", "Ana#1234", "", "DE"), "already has that name"),
        (names("Ana", "Ana", "", "DE"), "does not look like a BattleTag"),
        (names("Ana", "Bea#1234", "", "DE"), "already belongs to another player"),
        (names("Ana", "Ana#1234", "ana", "DE"), "One of the alternative names does not work"),
        (names("Ana", "Ana#1234", "", "Atlantis"), "That country is not known"),
    ] {
        ana.press("setup:names:open", &[]).await;
        ana.submit_modal(&fields).await;
        ana.reads_in_time(told).await;
    }
    ana.press("setup:names:open", &[]).await;
    ana.submit_modal(&names("Ana", "Ana#1234", "Anna, Anya", "south korea")).await;
    ana.reads_in_time("where do you play?").await;
    // Whoever leaves in the middle goes on there, after a crash as well.
    ladder.signal(&ladder.pids("backend"), nix::sys::signal::Signal::SIGKILL);
    ana.command("setup").await;
    ana.press("setup:region", &["KRJ"]).await;
    ana.press("setup:notify:pings", &["anyone"]).await;
    ana.press("setup:notify:kinds", &["corrections"]).await;
    for (fields, told) in [
        (times("3", "", "", ""), "has to be from 5 to 1440"),
        (times("30", "23:00", "", "UTC+9"), "Quiet hours need two different times"),
        (times("30", "23:00", "8:00", "Seoul"), "Tell what time it is where you are"),
    ] {
        ana.press("setup:notify:times:open", &[]).await;
        ana.submit_modal(&fields).await;
        ana.reads_in_time(told).await;
    }
    ana.press("setup:notify:times:open", &[]).await;
    ana.submit_modal(&times("30", "23:00", "8:00", "UTC+9")).await;
    ana.press("setup:notify:done", &[]).await;
    ana.reads_in_time("is everything right?").await;
    ana.reads_in_time("South Korea").await;
    ana.reads_in_time("Quiet from 23:00 to 08:00 of your day (UTC+9)").await;
    ana.press("setup:finish", &[]).await;
    ana.reads_in_time("You are all set").await;

    // The guide is the last gate, and opens the queue.
    ana.command("queue").await;
    ana.reads_in_time("have a look at how one works").await;
    ana.press("guide:read", &[]).await;
    ana.press("queue:race:bw", &["bw_zerg"]).await;
    ana.press("queue:join", &[]).await;
    queued(&ladder, 1.0).await;
    // Taking consent back locks again, and leaves the queue.
    ana.command("setup").await;
    ana.press("setup:terms:decline", &[]).await;
    queued(&ladder, 0.0).await;
    ana.command("queue").await;
    ana.reads_in_time("accept the terms first").await;
    ana.press("setup:terms:accept", &[]).await;
    ana.command("queue").await;
    ana.press("queue:join", &[]).await;
    queued(&ladder, 1.0).await;
    ana.write("thanks!").await;
    assert!(ladder.stop().0.success());
}

#[tokio::test]
async fn language_and_country_change_at_once_and_somebody_who_asked_hears_of_the_queue() {
    let ladder = Ladder::start().await;
    let (ana, bea) = (Person::new(ladder.emulator, "Ana").await, Person::new(ladder.emulator, "Bea").await);
    ana.set_up().await;
    bea.set_up().await;
    ana.command_with("language", &json!({ "language": "koKR" })).await;
    ana.reads_in_time("한국어").await;
    ana.press("language", &["enUS"]).await;
    ana.reads_in_time("This ladder speaks English with you now").await;
    ana.command("language").await;
    assert_eq!(
        ana.suggested("setcountry", "country", "Germ").await,
        [("🇩🇪 Germany".to_owned(), "DE".to_owned())]
    );
    ana.command_with("setcountry", &json!({ "country": "fr" })).await;
    ana.reads_in_time("Your country is 🇫🇷 France now").await;
    ana.command_with("setcountry", &json!({ "country": "Atlantis" })).await;
    ana.reads_in_time("That country is not known").await;

    bea.command("activity").await;
    bea.press("notify:show", &[]).await;
    bea.reads_in_time("What would you like to hear of?").await;
    bea.press("notify:kinds", &["announcements"]).await;
    bea.reads_in_time("You also read announcements, but no corrections").await;
    bea.press("notify:pings", &["bw"]).await;
    bea.reads_in_time("once in 60 minutes at most").await;
    bea.press("notify:times:open", &[]).await;
    bea.submit_modal(&times("5", "", "x", "")).await;
    bea.reads_in_time("Quiet hours need two different times").await;
    ana.join("bw", "bw_zerg").await;
    bea.reads_in_time("**Somebody is looking for a match** with Brood War").await;
    bea.press("queue:refresh", &[]).await;
    bea.press("queue:race:sc2", &["sc2_terran"]).await;
    bea.press("queue:join", &[]).await;
    assert_eq!(ana.found_match().await, bea.found_match().await);
    // Whoever is in a match has nothing to look for.
    bea.command("queue").await;
    bea.reads_in_time("You have a match already").await;
    assert!(ladder.stop().0.success());
}

#[tokio::test]
async fn whoever_does_not_take_messages_reads_them_in_the_guild_and_queues_again_once_they_arrive() {
    let ladder = Ladder::start().await;
    let ana = Person::new(ladder.emulator, "Ana").await;
    ana.set_up().await;
    let guild = ana.in_guild().await;
    guild.command("help").await;
    guild.reads_in_time("pairs Brood War players").await;
    let others = Person::new(ladder.emulator, "Bea").await.in_guild().await;
    assert_eq!(others.texts().await.len(), 0, "it is answered to its caller alone");

    ana.takes_messages(false).await;
    // It is refused by a message, which does not arrive.
    ana.upload("cat.png", b"PNG".to_vec()).await;
    let (closed, told) = ("Direct messages do not reach you", "That is not a replay");
    answer_until(&guild, "leaderboard", |text| text.contains(closed) && text.contains(told)).await;
    answer_until(&guild, "leaderboard", |text| text.contains(closed) && !text.contains(told)).await;
    assert!(!ana.reads(told).await);
    guild.press("dms:show", &[]).await;
    guild.has_times("dms:retry", 1).await;
    guild.command("queue").await;
    guild.press("queue:race:bw", &["bw_zerg"]).await;
    guild.press("queue:join", &[]).await;
    guild.reads_in_time("You cannot queue yet, since direct messages do not reach you").await;
    // Saying that they arrive is not enough while they do not.
    guild.press("dms:retry", &[]).await;
    guild.reads_in_time("A message is on its way to you").await;
    ana.takes_messages(true).await;
    answer_until(&guild, "leaderboard", |text| text.contains(closed)).await;
    guild.press("dms:retry", &[]).await;
    ana.reads_in_time("Messages reach you here").await;
    answer_until(&guild, "leaderboard", |text| !text.contains(closed)).await;
    guild.command("queue").await;
    guild.press("queue:join", &[]).await;
    queued(&ladder, 1.0).await;
    assert!(ladder.stop().0.success());
}
