//! What players read when something does not go its way, and what staff see of it.

use super::{Album, ENGLISH, OWNER, ladder_with_channels, play, wait_for, window};
use crate::support::{Ladder, Person};
use ipc_schema::fact_line::FactLine;
use ipc_schema::ids::MatchId;
use nix::sys::signal::Signal;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Who is looked over the shoulder, and whom the ladder finds for a match.
struct Pair {
    me: Person,
    opponent: Person,
    /// The last match of the two.
    last: MatchId,
}

impl Pair {
    /// Both play on, and are in a match that waits for them.
    async fn meet(&mut self) -> MatchId {
        for (person, era, race) in [(&self.me, "bw", "bw_zerg"), (&self.opponent, "sc2", "sc2_terran")] {
            person.join(era, race).await;
        }
        self.found().await
    }

    async fn found(&mut self) -> MatchId {
        for person in [&self.me, &self.opponent] {
            let last = self.last;
            let found = |line: &FactLine| (line.match_id > last).then_some(line.match_id);
            let id = person.told("of the next match", found).await;
            if person.id == self.opponent.id {
                self.last = id;
            }
        }
        self.last
    }

    async fn play(&mut self) -> MatchId {
        let id = self.meet().await;
        confirm(&self.me, id).await;
        confirm(&self.opponent, id).await;
        id
    }
}

impl Album<'_> {
    /// Keeps the newest message that ends with this about the match.
    async fn keep_told(&self, name: &str, match_id: MatchId, fact: &str) {
        let words = format!("match {match_id} · {fact}");
        self.keep_message(name, &words).await;
    }

    /// Keeps the newest message that says so.
    async fn keep_message(&self, name: &str, words: &str) {
        self.pane.read(words).await;
        let find = format!(
            "return [...document.querySelectorAll('article')].filter((of) => of.textContent.includes({}))\
             .pop().dataset.messageId",
            json!(words),
        );
        let id = self.pane.browser.run(&find).await;
        self.keep(name, &self.pane.at(&format!("article[data-message-id='{}']", id.as_str().unwrap()))).await;
    }
}

/// Presses a button, and waits until something else is shown for it.
async fn press(person: &Person, custom_id: &str) {
    let before = person.texts().await;
    person.press(custom_id, &[]).await;
    wait_for(custom_id, async || (person.texts().await != before).then_some(())).await;
}

async fn confirm(person: &Person, match_id: MatchId) {
    press(person, &format!("match:confirm:{match_id}")).await;
}

/// The owner does what is asked about by the question of this number.
async fn decide(owner: &Person, question: u64, command: &str, options: &Value) {
    owner.command_with(&format!("admin {command}"), options).await;
    press(owner, &format!("staff:do:{question}")).await;
}

#[tokio::test]
#[ignore = "it makes pictures and tests nothing; scripts/screenshots runs it"]
async fn pictures_of_what_goes_astray() {
    let folder = PathBuf::from(std::env::var_os("PICTURES").expect("PICTURES names the folder"));
    std::fs::create_dir_all(&folder).unwrap();
    let ladder = ladder_with_channels(0).await;
    let page = format!("http://{}/", ladder.emulator);
    let owner = Person::new(ladder.emulator, OWNER).await;
    let knobs = [
        ("rematch_s", "0"),
        ("remind_after_s", "5"),
        ("confirm_after_wave_s", "15"),
        ("confirm_after_delivery_s", "15"),
        ("play_reminders_min", "1"),
    ];
    for (question, (name, value)) in (1..).zip(knobs) {
        let options = json!({ "name": name, "value": value, "reason": "So that one need not wait" });
        decide(&owner, question, "set-knob", &options).await;
    }
    let people = [(ENGLISH, "en-US", "Ana", "Bea"), ("koKR", "ko", "보라미", "수아나")];
    let mut last = MatchId(0);
    for (question, (language, locale, user, opponent)) in (knobs.len() as u64 + 1..).zip(people) {
        let browser = window(&page).await;
        let pane = play::sit_down(&browser, user, locale).await;
        pane.see(".welcome").await;
        let album = Album { pane: &pane, folder: &folder, language };
        let me = Person::new(ladder.emulator, user).await;
        me.write("gg").await;
        pane.see("article.bot").await;
        // Discord does not say in which language somebody writes.
        if language == ENGLISH {
            album.keep_newest("hint").await;
        }
        let opponent = Person::new(ladder.emulator, opponent).await;
        me.set_up().await;
        opponent.set_up().await;
        let mut pair = Pair { me, opponent, last };
        matches_without_a_game(&album, &mut pair).await;
        let lifted = json!({ "player": user, "minutes": 0, "reason": "It was for a picture" });
        decide(&owner, question, "time-out", &lifted).await;
        matches_with_one(&album, &mut pair, &ladder).await;
        last = pair.last;
        let staff = window(&page).await;
        let looking = play::sit_down(&staff, OWNER, locale).await;
        staff_look(&Album { pane: &looking, folder: &folder, language }, &pair).await;
    }
}

async fn matches_without_a_game(album: &Album<'_>, pair: &mut Pair) {
    // Who has confirmed goes back to the queue.
    let first = pair.meet().await;
    confirm(&pair.opponent, first).await;
    pair.me.press(&format!("match:abort:{first}"), &[]).await;
    album.keep_told("match-aborted", first, "closed · aborted").await;
    pair.me.join("bw", "bw_zerg").await;
    let second = pair.found().await;
    confirm(&pair.me, second).await;
    pair.opponent.press(&format!("match:abort:{second}"), &[]).await;
    album.keep_told("match-let-down", second, "closed · aborted").await;
    pair.opponent.join("sc2", "sc2_terran").await;
    let third = pair.found().await;
    confirm(&pair.opponent, third).await;
    album.keep_told("match-reminder", third, "reminder").await;
    album.keep_told("match-unconfirmed", third, "closed · unconfirmed").await;
    pair.me.command("queue").await;
    album.pane.see("article.bot:last-child [data-custom-id='queue:join']").await;
    let before = pair.me.texts().await;
    pair.me.press("queue:join", &[]).await;
    let refusal = wait_for("the refusal", async || {
        let texts = pair.me.texts().await;
        let lines = texts.iter().flat_map(|text| text.lines());
        let new = lines.filter(|line| !before.iter().any(|text| text.contains(line)));
        // What of it is written as the page shows it.
        let mut words = new.flat_map(|line| line.split(['<', '>', '*', '`']));
        words.find(|words| words.len() > 8 && !words.starts_with("t:")).map(|words| words.trim().to_owned())
    })
    .await;
    album.keep_message("queue-timed-out", &refusal).await;
    pair.opponent.press("queue:leave", &[]).await;
}

async fn matches_with_one(album: &Album<'_>, pair: &mut Pair, ladder: &Ladder) {
    pair.me.upload("cat.png", b"PNG".to_vec()).await;
    album.keep_message("replay-refused", ".SC2Replay").await;
    let id = pair.play().await;
    album.pane.see(&format!("[data-custom-id='match:report:{id}:won']")).await;

    let workers = ladder.pids("replay-worker");
    ladder.signal(&workers, Signal::SIGSTOP);
    pair.me.upload("game.SC2Replay", b"no replay".to_vec()).await;
    album.keep_message("replay-reading", " · reading").await;
    ladder.signal(&workers, Signal::SIGCONT);
    album.keep_told("match-play-reminder", id, "reminder · 1").await;
    press(&pair.me, &format!("match:report:{id}:won")).await;
    album.keep_told("match-reported", id, "playing").await;
    pair.opponent.press(&format!("match:report:{id}:won"), &[]).await;
    album.keep_told("match-conflict", id, "closed · conflict").await;
}

/// What staff look things up by, and the answers to a look at everything there is.
async fn staff_look(album: &Album<'_>, pair: &Pair) {
    album.ask("language", &[("language", album.language)]).await;
    for look in ["health", "cases", "log", "knobs", "staff"] {
        album.look_up(&format!("staff-{look}"), &format!("admin {look}"), &[]).await;
    }
    let id = pair.last.to_string();
    album.look_up("staff-match", "admin match", &[("id", &id)]).await;
    album.look_up("staff-player", "admin player", &[("player", &pair.me.name)]).await;
}
