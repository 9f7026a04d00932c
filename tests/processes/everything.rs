//! Every command, every button and every sentence that refuses something, as players and staff read them
//! in a whole ladder. [`crate::walk`] fails for what neither these nor the other tests meet.

use super::uploads::{honest_file, playing};
use super::{confirm, pair_up, replay_of, told_the_result};
use crate::support::{Ladder, Person, wait_for};
use crate::walk;
use evoladder::season::Which;
use ipc_schema::fact_line::Fact;
use ipc_schema::vocab::GameRegion;
use serde_json::{Value, json};

/// Waits until `person` reads the sentence of this refusal.
pub(super) async fn refused(person: &Person, refusal: &str) {
    let sentence = walk::refusal(refusal);
    let what = format!("{} to read {sentence:?}", person.name);
    wait_for(&what, async || {
        let texts = person.texts().await;
        texts.iter().flat_map(|text| text.lines()).any(|line| walk::says(line, &sentence)).then_some(())
    })
    .await;
}

fn names(name: &str, battle_tag: &str, alternatives: &str, country: &str) -> Value {
    json!({ "name": name, "battle_tag": battle_tag, "alternatives": alternatives, "country": country })
}

#[tokio::test]
async fn whoever_enters_what_cannot_be_reads_why() {
    let ladder = Ladder::start().await;
    let (ana, bea) = (Person::new(ladder.emulator, "Ana").await, Person::new(ladder.emulator, "Bea").await);
    ana.set_up().await;
    bea.command("queue").await;
    refused(&bea, "setup-needed").await;
    bea.command("setup").await;
    bea.press("setup:locale", &["enUS"]).await;
    bea.press("setup:terms:accept", &[]).await;
    for (fields, refusal) in [
        (names("B", "Bea#1234", "", "DE"), "name-invalid"),
        (names("aNA", "Bea#1234", "", "DE"), "name-taken"),
        (names("Bea", "Bea", "", "DE"), "battle-tag-invalid"),
        (names("Bea", "Ana#1234", "", "DE"), "battle-tag-taken"),
        (names("Bea", "Bea#1234", "x", "DE"), "alternative-name-invalid"),
        (names("Bea", "Bea#1234", "", "QQ"), "country-unknown"),
    ] {
        bea.press("setup:names:open", &[]).await;
        bea.submit_modal(&fields).await;
        refused(&bea, refusal).await;
    }
    bea.press("setup:names:open", &[]).await;
    bea.submit_modal(&names("Bea", "Bea#1234", "Beatrice", "XX")).await;
    bea.press("setup:region", &["EUW"]).await;
    bea.press("setup:notify:done", &[]).await;
    bea.press("setup:finish", &[]).await;
    bea.command("queue").await;
    refused(&bea, "guide-unread").await;
    bea.press("guide:open", &[]).await;
    bea.press("guide:read", &[]).await;
    bea.command("help").await;
    bea.command("activity").await;
    bea.command("notifications").await;
    bea.command("leaderboard").await;
    bea.command_with("profile", &json!({ "player": "Nobody" })).await;
    refused(&bea, "player-unknown").await;
    bea.suggestions("profile", &json!({ "player": "An" }), "player", "Ana").await;

    // Pages of the queue, of which each does not know what was pressed on the others; the guide led to one.
    bea.command("queue").await;
    bea.press("queue:join", &[]).await;
    refused(&bea, "no-race").await;
    bea.press("queue:race:bw", &["bw_zerg"]).await;
    bea.command("queue").await;
    bea.has_times("queue:join", 3).await;
    bea.press_oldest("queue:join").await;
    wait_for("Bea to wait", async || (ladder.gauge("backend", "queue_entries") == Some(1.0)).then_some(()))
        .await;
    bea.has_times("queue:leave", 1).await;
    bea.press("queue:join", &[]).await;
    refused(&bea, "already-queued").await;
    // One message alone says how the wait stands, and the pages lead there.
    bea.reads_in_time("How it stands is always in [this message](https://discord.com/channels/@me/").await;
    bea.has_times("queue:refresh", 2).await;
    bea.press("queue:refresh", &[]).await;
    bea.has_times("queue:refresh", 1).await;
    // And a page in the server, for Bea's eyes alone.
    let in_guild = bea.in_guild().await;
    in_guild.command("queue").await;
    in_guild.has_times("queue:leave", 1).await;
    bea.press("queue:leave", &[]).await;
    bea.has_times("queue:leave", 0).await;
    in_guild.press("queue:leave", &[]).await;
    refused(&in_guild, "not-queued").await;
    bea.command("queue").await;

    bea.command("setup").await;
    bea.press("setup:terms:decline", &[]).await;
    bea.press("queue:join", &[]).await;
    refused(&bea, "terms-needed").await;
}

#[tokio::test]
async fn presses_that_come_too_early_or_too_late_are_refused_in_words() {
    let ladder = Ladder::start().await;
    let (ana, bea, first) = pair_up(&ladder).await;
    bea.command("match").await;
    bea.has_times(&format!("match:confirm:{first}"), 2).await;
    // The page of the queue from before the match.
    bea.command("queue").await;
    bea.press("match:show", &[]).await;
    ana.press(&format!("match:abort:{first}"), &[]).await;
    wait_for("the match to be over", async || {
        (ladder.gauge("backend", "matches_open") == Some(0.0)).then_some(())
    })
    .await;
    bea.press(&format!("match:confirm:{first}"), &[]).await;
    refused(&bea, "too-late").await;
}

#[tokio::test]
async fn presses_that_no_message_offers_are_refused_in_words() {
    let ladder = Ladder::start().await;
    let (ana, bea, match_id) = pair_up(&ladder).await;
    ana.forge_press("setup:region", &["atlantis"]).await;
    refused(&ana, "region-unknown").await;
    ana.forge_press("queue:vetoes", &["atlantis"]).await;
    refused(&ana, "map-unknown").await;
    ana.forge_press(&format!("match:report:{match_id}:won"), &[]).await;
    refused(&ana, "not-started").await;
    bea.forge_press("match:win:everything", &[]).await;
    bea.reads_in_time("This button is from an older version").await;
    confirm(&ana, match_id).await;
    confirm(&bea, match_id).await;
    ana.upload("game.SC2Replay", replay_of(&ana).await).await;
    told_the_result(&ana, &bea, match_id).await;
    assert!(ladder.stop().0.success());
}

#[tokio::test]
async fn files_that_decide_nothing_are_refused_in_words() {
    let ladder = Ladder::start().await;
    let (ana, bea, match_id) = pair_up(&ladder).await;
    ana.upload("early.SC2Replay", vec![1; 100]).await;
    confirm(&ana, match_id).await;
    confirm(&bea, match_id).await;
    ana.upload("large.SC2Replay", vec![7; (5 << 20) + 1]).await;
    refused(&ana, "file-too-large").await;
    for number in 0..11u8 {
        let failed = ladder.gauge("backend", "replays_failed").unwrap_or_default();
        bea.upload(&format!("{number}.SC2Replay"), vec![number; 200]).await;
        if number < 10 {
            wait_for("the file to be read", async || {
                (ladder.gauge("backend", "replays_failed") > Some(failed.max(f64::from(number))))
                    .then_some(())
            })
            .await;
        }
    }
    refused(&bea, "too-many-uploads").await;
    let file = replay_of(&ana).await;
    ana.upload("game.SC2Replay", file.clone()).await;
    told_the_result(&ana, &bea, match_id).await;
    for person in [&ana, &bea] {
        person.command("queue").await;
        person.press("queue:join", &[]).await;
    }
    let next =
        ana.told("of the next match", |line| (line.match_id > match_id).then_some(line.match_id)).await;
    confirm(&ana, next).await;
    confirm(&bea, next).await;
    ana.told("the match sheet", |line| {
        (line.match_id == next && matches!(line.fact, ipc_schema::fact_line::Fact::Playing { .. }))
            .then_some(())
    })
    .await;
    ana.upload("again.SC2Replay", file).await;
    refused(&ana, "file-refused").await;
}

/// A ladder with an owner, whose account the environment names.
async fn with_owner() -> (Ladder, Person) {
    let ladder = Ladder::start().await;
    let emulator = ladder.emulator;
    let owner = Person::new(emulator, "Olga").await.id;
    let (status, root) = ladder.stop();
    assert!(status.success(), "{status}");
    let ladder = Ladder::start_again_with(root, emulator, &[("LADDER_OWNER", &owner)]).await;
    // In a further life of the emulator a name has the account that it had before.
    let owner = Person::new(emulator, "Olga").await;
    (ladder, owner)
}

/// Staff asking for acts, each of which is answered by a question or a refusal.
struct Staff<'a> {
    person: &'a Person,
    asked: std::cell::Cell<u64>,
}

impl Staff<'_> {
    async fn is_refused(&self, command: &str, options: Value, refusal: &str) {
        self.person.command_with(&format!("admin {command}"), &with_reason(options)).await;
        refused(self.person, refusal).await;
    }

    /// The number of the question.
    async fn asks(&self, command: &str, options: Value) -> u64 {
        self.person.command_with(&format!("admin {command}"), &with_reason(options)).await;
        self.question().await
    }

    async fn question(&self) -> u64 {
        let number = self.asked.get() + 1;
        self.asked.set(number);
        self.person.has_times(&format!("staff:do:{number}"), 1).await;
        number
    }

    async fn does(&self, command: &str, options: Value) {
        let number = self.asks(command, options).await;
        self.confirms(number).await;
    }

    async fn confirms(&self, number: u64) {
        self.person.press(&format!("staff:do:{number}"), &[]).await;
        self.person.has_times(&format!("staff:do:{number}"), 0).await;
    }
}

fn with_reason(mut options: Value) -> Value {
    options.as_object_mut().unwrap().entry("reason").or_insert(json!("It has to be"));
    options
}

/// A file that the demo's games load on every map, by its SHA-256 in hex.
fn official_file() -> String {
    let season = evoladder::season::load(Which::Demo).unwrap();
    let base = &season.releases[0].regions[&GameRegion::Europe].base;
    base.first().expect("a release has files").clone()
}

#[tokio::test]
async fn staff_do_and_are_refused_whatever_they_may_ask_for() {
    let (ladder, olga) = with_owner().await;
    let (ana, bea, match_id) = pair_up(&ladder).await;
    let staff = Staff { person: &olga, asked: std::cell::Cell::new(0) };

    for look in ["snapshot", "log", "health", "staff", "knobs", "cases"] {
        olga.command(&format!("admin {look}")).await;
    }
    olga.command_with("admin player", &json!({ "player": "Ana" })).await;
    olga.command_with("admin match", &json!({ "id": match_id.0 })).await;
    olga.suggestions("admin player", &json!({ "player": "Be" }), "player", "Bea").await;
    staff.is_refused("resolve", json!({ "id": match_id.0, "result": "1" }), "match-not-played").await;
    ana.press(&format!("match:abort:{match_id}"), &[]).await;
    staff.is_refused("resolve", json!({ "id": 4711, "result": "1" }), "match-unknown").await;

    // Roles.
    let role = |person: &Person, role: &str| json!({ "user": person.id, "role": role });
    staff.is_refused("role", role(&olga, "none"), "last-owner").await;
    staff.is_refused("role", role(&olga, "owner"), "nothing-to-do").await;
    staff.does("role", role(&bea, "admin")).await;
    bea.command_with("admin role", &with_reason(role(&ana, "admin"))).await;
    refused(&bea, "owner-only").await;
    staff.is_refused("ban", json!({ "player": "Bea" }), "staff-not-banned").await;
    staff.does("role", role(&bea, "none")).await;

    // Players.
    let of = |player: &str| json!({ "player": player });
    staff.is_refused("ban", json!({ "player": "Ana", "reason": "    " }), "reason-needed").await;
    let first = staff.asks("ban", json!({ "player": "Ana", "days": 3 })).await;
    olga.press(&format!("staff:cancel:{first}"), &[]).await;
    let old = staff.asks("ban", json!({ "player": "Ana", "days": 3 })).await;
    let new = staff.asks("ban", json!({ "player": "Ana", "days": 4 })).await;
    olga.press(&format!("staff:do:{old}"), &[]).await;
    refused(&olga, "proposal-gone").await;
    staff.confirms(new).await;
    staff.does("unban", of("Ana")).await;
    staff.does("time-out", json!({ "player": "Ana", "minutes": 5 })).await;
    ana.command("queue").await;
    ana.press("queue:join", &[]).await;
    refused(&ana, "timed-out").await;
    staff.does("time-out", json!({ "player": "Ana", "minutes": 0 })).await;
    staff.does("reset-aborts", of("Ana")).await;
    staff.does("rename", json!({ "player": "Bea", "name": "Beatrix" })).await;
    staff
        .is_refused(
            "adjust-mmr",
            json!({ "player": "Ana", "race": "bw_zerg", "mmr": 99_999_999 }),
            "mmr-out-of-range",
        )
        .await;
    staff.does("adjust-mmr", json!({ "player": "Ana", "race": "bw_zerg", "mmr": 1600 })).await;
    staff.is_refused("announce", json!({ "text": "      " }), "text-length").await;
    staff.does("announce", json!({ "text": "The season ends on Sunday" })).await;
    ana.reads_in_time("The season ends on Sunday").await;
    ana.join("bw", "bw_terran").await;
    staff.does("remove-from-queue", of("Ana")).await;

    // Accounts and files.
    staff
        .is_refused("unbind-account", json!({ "player": "Ana", "account": "2-S2-1-999" }), "toon-unknown")
        .await;
    staff.does("allow-accounts", json!({ "player": "Ana", "region": "europe", "count": 6 })).await;
    let file = "ab".repeat(32);
    staff.is_refused("mark-fake", json!({ "file": "xy".repeat(32), "fake": true }), "handles-invalid").await;
    staff.is_refused("mark-fake", json!({ "file": file, "fake": false }), "handles-unknown").await;
    let official = official_file();
    staff.is_refused("mark-fake", json!({ "file": official, "fake": true }), "handles-known").await;
    staff.does("mark-fake", json!({ "file": file, "fake": true })).await;
    staff.is_refused("retire-handles", json!({ "release": "No such" }), "handles-unknown").await;

    // Numbers of the rules.
    let knob = |name: &str, value: &str| json!({ "name": name, "value": value });
    staff.is_refused("set-knob", knob("no_such", "1"), "knob-unknown").await;
    staff.is_refused("set-knob", knob("dispute_s", "soon"), "knob-invalid").await;
    staff.is_refused("set-knob", knob("dispute_s", "1"), "knob-out-of-range").await;
    staff.does("set-knob", knob("dispute_s", "61")).await;

    // By now there is more than a page of the log.
    olga.command_with("admin log", &json!({ "page": 1 })).await;
    olga.press("staff:log:1", &[]).await;
    let (status, _) = ladder.stop();
    assert!(status.success(), "{status}");
}

#[tokio::test]
async fn staff_close_cases_by_their_buttons_once() {
    let (ladder, olga) = with_owner().await;
    let (ana, bea, match_id) = pair_up(&ladder).await;
    let staff = Staff { person: &olga, asked: std::cell::Cell::new(0) };
    confirm(&ana, match_id).await;
    confirm(&bea, match_id).await;
    ana.press(&format!("match:report:{match_id}:won"), &[]).await;
    bea.press(&format!("match:report:{match_id}:won"), &[]).await;
    for person in [&ana, &bea] {
        let conflict = Fact::Unplayed { how: "conflict".to_owned() };
        person.told("of the conflict", |line| (line.fact == conflict).then_some(())).await;
    }
    // A conflict is no result, so there is nothing to dispute; and it is decided once.
    olga.command("admin cases").await;
    olga.press(&format!("staff:ask:1:{match_id}"), &[]).await;
    olga.submit_modal(&json!({ "reason": "The replay says so" })).await;
    let number = staff.question().await;
    staff.confirms(number).await;
    ana.reads_in_time("1520").await;
    staff.is_refused("resolve", json!({ "id": match_id.0, "result": "1" }), "unchanged").await;
    staff.does("resolve", json!({ "id": match_id.0, "result": "draw" })).await;
}

#[tokio::test]
async fn staff_turn_the_pages_of_cases_which_are_closed_once_and_a_void_match_is_not_disputed() {
    let (ladder, olga) = with_owner().await;
    let staff = Staff { person: &olga, asked: std::cell::Cell::new(0) };
    let release = evoladder::season::load(Which::Demo).unwrap().releases[0].name.clone();
    staff.does("retire-handles", json!({ "release": release })).await;
    let (ana, bea, match_id) = playing(&ladder, ["Ana", "Bea"]).await;
    ana.upload("game.SC2Replay", honest_file(&ana, &bea).await).await;
    told_the_result(&ana, &bea, match_id).await;
    bea.press(&format!("match:dispute:{match_id}"), &[]).await;
    bea.has_times(&format!("match:dispute:{match_id}"), 0).await;

    // There and back on one page, and on to the second case on another.
    olga.command("admin cases").await;
    olga.press("staff:cases:1", &[]).await;
    olga.press("staff:cases:0", &[]).await;
    olga.has_times("staff:cases:1", 1).await;
    olga.command("admin cases").await;
    olga.has_times("staff:cases:1", 2).await;
    olga.press("staff:cases:1", &[]).await;
    olga.has_times("staff:cases:0", 1).await;

    // Whose files staff do not believe are not learned.
    staff.does("mark-fake", json!({ "file": official_file(), "fake": true })).await;
    olga.press("staff:ask:learn:1", &[]).await;
    olga.submit_modal(&json!({ "reason": "They look right" })).await;
    refused(&olga, "handles-fake").await;

    // What decides the match closes both cases, on whatever page they still are.
    staff.does("resolve", json!({ "id": match_id.0, "result": "void" })).await;
    olga.press("staff:ask:close:2", &[]).await;
    olga.submit_modal(&json!({ "reason": "They agree by now" })).await;
    refused(&olga, "case-unknown").await;
    ana.press(&format!("match:dispute:{match_id}"), &[]).await;
    refused(&ana, "not-disputable").await;
    assert!(ladder.stop().0.success());
}
