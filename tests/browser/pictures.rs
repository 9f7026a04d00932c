//! Pictures of every card in two languages, for `docs/pictures`. `scripts/screenshots` runs this.

mod astray;

use super::play::{self, Newcomer};
use super::{Browser, Pane};
use crate::support::{Guild, Ladder, Person, wait_for};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Simulated people, so that there is somebody to meet and to compare with.
const PLAYERS: u32 = 20;

/// Results that the leaderboard and the graph of its first player are made of.
const RESULTS: u32 = 30;

/// Who looks after the ladder.
const OWNER: &str = "Olga";

/// In channels everybody reads this language, so their cards are not there in the other.
const ENGLISH: &str = "enUS";

/// Looks at a page until it comes with its picture: the painter may be too slow for the first one.
const LOOKS: usize = 10;

struct Album<'a> {
    pane: &'a Pane<'a>,
    folder: &'a Path,
    language: &'static str,
}

impl Album<'_> {
    /// Keeps a picture of what is shown at `what` once fonts and pictures are there.
    async fn keep(&self, name: &str, what: &str) {
        let file = self.folder.join(format!("{name}.{}.png", self.language));
        keep_as(self.pane.browser, &file, what).await;
    }

    async fn keep_newest(&self, name: &str) {
        self.keep(name, &self.pane.at("article.bot:last-child")).await;
    }

    /// Calls a command with these options, and keeps what it is answered with.
    async fn look_up(&self, name: &str, command: &str, options: &[(&str, &str)]) {
        self.ask(command, options).await;
        self.keep_newest(name).await;
    }

    /// The same for an answer that has a picture.
    async fn look_up_picture(&self, name: &str, command: &str, options: &[(&str, &str)]) {
        for _ in 0..LOOKS {
            self.ask(command, options).await;
            if self.pane.browser.count(&self.pane.at("article.bot:last-child img.shown")).await > 0 {
                return self.keep_newest(name).await;
            }
        }
        panic!("the picture of /{command} is never there");
    }

    async fn ask(&self, command: &str, options: &[(&str, &str)]) {
        let pane = self.pane;
        let before = pane.browser.count(&pane.at("article")).await;
        pane.command(command).await;
        for (option, value) in options {
            let input = pane.at(&format!(".call [name='{option}']"));
            if pane.browser.count(&input).await == 0 {
                pane.click(&format!(".chip[data-option='{option}']")).await;
            }
            pane.browser.see(&input).await;
            let choice = format!(".call select[name='{option}'] option[value='{value}']");
            if pane.browser.count(&pane.at(&choice)).await > 0 {
                pane.click(&choice).await;
            } else {
                pane.browser.write(&input, value).await;
            }
        }
        wait_for("the answer", async || {
            let send = pane.at(".call .send");
            if pane.browser.count(&send).await > 0 {
                pane.browser.click(&send).await;
            }
            (pane.browser.count(&pane.at("article")).await > before).then_some(())
        })
        .await;
        pane.browser.see_no(&pane.at(".thinking")).await;
    }

    /// Goes to a place by the beginning of its name.
    async fn go_to(&self, place: &str) {
        let button = format!("//*[@class='places']//button[starts-with(normalize-space(), '{place}')]");
        self.pane.browser.click(&self.pane.path(&button)).await;
        self.pane.browser.see(&self.pane.path(&format!("{button}[@aria-current]"))).await;
    }

    /// Waits until the newest card of the bot's says so.
    async fn told(&self, words: &str) {
        self.pane.browser.see(&self.pane.path(&format!("//article[last()][contains(., '{words}')]"))).await;
    }
}

async fn keep_as(browser: &Browser, file: &Path, what: &str) {
    let settled =
        "return document.fonts.ready.then(() => [...document.images].every((image) => image.complete))";
    wait_for("pictures to be loaded", async || (browser.run(settled).await == true).then_some(())).await;
    std::fs::write(file, browser.picture(what).await).unwrap();
}

/// A ladder with so many simulated players that speaks in the channels of its server, and whose owner is Olga.
async fn ladder_with_channels(players: u32) -> Ladder {
    // With the same seed an emulator has the same server and the same accounts.
    let (guild, owner) = {
        let ladder = Ladder::start().await;
        (Guild::of(&ladder).await, Person::new(ladder.emulator, OWNER).await.id)
    };
    let variables = [
        ("LADDER_OWNER", owner.as_str()),
        ("MATCH_THREADS", "on"),
        ("GUILD_ID", &guild.id),
        ("MATCH_CHANNEL_ID", &guild.matches),
        ("MATCH_LOG_CHANNEL_ID", &guild.log),
        ("STAFF_CHANNEL_ID", &guild.staff),
        ("STAFF_ROLE_ID", &guild.staff_role),
    ];
    let ladder = Ladder::start_playing(players, &variables).await;
    Person::new(ladder.emulator, OWNER).await.settings(&json!({ "staff": true })).await;
    ladder
}

#[tokio::test]
#[ignore = "it makes pictures and tests nothing; scripts/screenshots runs it"]
async fn pictures_of_all_cards() {
    let folder = PathBuf::from(std::env::var_os("PICTURES").expect("PICTURES names the folder"));
    std::fs::create_dir_all(&folder).unwrap();
    let ladder = ladder_with_channels(PLAYERS).await;
    let page = format!("http://{}/", ladder.emulator);
    let ana = Newcomer { user: "Ana", battle_tag: "Ana#2718", country: "DE", region: "EUW", locale: "en-US" };
    let bora =
        Newcomer { user: "보라미", battle_tag: "Bora#3141", country: "KR", region: "KRJ", locale: "ko" };
    for (language, newcomer) in [(ENGLISH, &ana), ("koKR", &bora)] {
        let (browser, staff) = (window(&page).await, window(&page).await);
        let pane = play::enter(&browser, newcomer).await;
        let album = Album { pane: &pane, folder: &folder, language };
        becomes_a_player(&album, newcomer).await;
        let match_id = plays(&album, newcomer).await;
        let owner = play::sit_down(&staff, OWNER, newcomer.locale).await;
        staff_look_after(&Album { pane: &owner, folder: &folder, language }, newcomer).await;
        album.keep_newest("news").await;
        for enough in (1..=RESULTS).map(f64::from) {
            wait_for("results to compare with", async || {
                ladder.gauge("players", "matches_completed").filter(|results| *results >= enough)
            })
            .await;
        }
        looks_things_up(&album, &match_id).await;
    }
    let browser = Browser::start(1280, 900).await.expect("a browser to take pictures with");
    browser.open(&format!("{page}?left={}&right={}", ana.user, bora.user)).await;
    browser.see("#panes.two section:last-child article").await;
    keep_as(&browser, &folder.join("page.png"), "body").await;
}

async fn window(page: &str) -> Browser {
    let browser = Browser::start(990, 1500).await.expect("a browser to take pictures with");
    browser.open(page).await;
    browser
}

async fn becomes_a_player(album: &Album<'_>, newcomer: &Newcomer) {
    let pane = album.pane;
    album.look_up("help", "help", &[]).await;
    pane.command("setup").await;
    pane.see("[data-custom-id='setup:terms:accept']").await;
    album.keep_newest("setup").await;
    play::type_names(pane, newcomer).await;
    album.keep("setup-names", &pane.at(".modal")).await;
    play::send_names(pane, newcomer).await;
    pane.see("[data-custom-id='setup:notify:done']").await;
    album.keep_newest("setup-notifications").await;
    pane.click("[data-custom-id='setup:notify:done']").await;
    pane.see("[data-custom-id='setup:finish']").await;
    album.keep_newest("setup-preview").await;
    pane.click("[data-custom-id='setup:finish']").await;
    pane.see("[data-custom-id='guide:open']").await;
    album.keep_newest("setup-done").await;
    pane.click("[data-custom-id='guide:open']").await;
    pane.see("[data-custom-id='guide:read']").await;
    album.keep_newest("guide").await;
    pane.click("[data-custom-id='guide:read']").await;
    pane.browser.see_no(&pane.at("[data-custom-id='guide:read']")).await;
}

/// From the queue to the verdict. Gives the number of the match.
async fn plays(album: &Album<'_>, newcomer: &Newcomer) -> String {
    let pane = album.pane;
    pane.command("queue").await;
    pane.choose("queue:race:sc2", "sc2_zerg").await;
    pane.choose("queue:race:bw", "bw_terran").await;
    pane.see("[data-custom-id='queue:join']").await;
    album.keep_newest("queue-join").await;
    pane.click("[data-custom-id='queue:join']").await;
    pane.see("[data-custom-id='queue:leave']").await;
    album.keep_newest("queue").await;
    pane.see("[data-custom-id^='match:confirm:']").await;
    album.keep_newest("match-found").await;
    // Simulated people do not always confirm; who is let down is back in the queue.
    let sheet = pane.at("[data-custom-id$=':won']");
    wait_for("a match that is played", async || {
        let confirm = pane.at("[data-custom-id^='match:confirm:']:not([disabled], .waiting)");
        if pane.browser.count(&confirm).await > 0 {
            pane.browser.click(&confirm).await;
        }
        (pane.browser.count(&sheet).await > 0).then_some(())
    })
    .await;
    let newest = "[...document.querySelectorAll(\"[data-custom-id$=':won']\")].pop()";
    let id = pane.browser.run(&format!("return {newest}.closest('article').dataset.messageId")).await;
    let card = format!("article[data-message-id='{}']", id.as_str().unwrap());
    let match_id = pane.browser.run(&format!("return {newest}.dataset.customId.split(':')[2]")).await;
    album.keep("match-sheet", &card).await;

    if album.language == ENGLISH {
        album.go_to("⌙").await;
        pane.see("[data-custom-id^='match:replay:']").await;
        album.keep_newest("thread").await;
        album.go_to("@ bot").await;
    }

    send_file(pane, "A broken file").await;
    album.told(" · replay · ").await;
    pane.browser
        .see_no(&pane.path("//article[last()][contains(., ' · reading') or contains(., ' · in_line')]"))
        .await;
    album.keep_newest("replay-broken").await;
    send_file(pane, &format!("{} ", newcomer.user)).await;
    pane.browser.see_no(&format!("{card} [data-custom-id$=':won']")).await;
    album.keep("result", &card).await;
    album.told(" · decided").await;
    album.keep_newest("verdict").await;
    pane.click("[data-custom-id^='match:dispute:']").await;
    pane.browser.see_no(&pane.at("[data-custom-id^='match:dispute:']")).await;
    match_id.as_str().unwrap().to_owned()
}

/// Sends the file that the page makes under a label that so begins.
async fn send_file(pane: &Pane<'_>, label: &str) {
    pane.click(".plus").await;
    let label = format!("//button[starts-with(., '{label}')]");
    pane.browser.click(&pane.path(&label)).await;
    pane.see(".pending .file").await;
    pane.click(".line .send").await;
}

async fn staff_look_after(album: &Album<'_>, newcomer: &Newcomer) {
    let pane = album.pane;
    // Whoever the ladder knows already is spoken to as before.
    album.ask("language", &[("language", album.language)]).await;
    album.look_up("staff-snapshot", "admin snapshot", &[]).await;
    let rating = [
        ("player", newcomer.user),
        ("race", "bw_terran"),
        ("mmr", "1640"),
        ("reason", "Won the qualifier of the season"),
    ];
    album.look_up("staff-question", "admin adjust-mmr", &rating).await;
    pane.click("[data-custom-id^='staff:do:']").await;
    pane.browser.see_no(&pane.at("[data-custom-id^='staff:do:']")).await;
    if album.language != ENGLISH {
        return;
    }
    album.go_to("# staff").await;
    pane.see("article.bot:last-child .button").await;
    album.keep_newest("staff-case").await;
    album.go_to("# match-log").await;
    pane.see("article.bot").await;
    album.keep_newest("match-log").await;
}

async fn looks_things_up(album: &Album<'_>, match_id: &str) {
    let pane = album.pane;
    album.look_up("language", "language", &[]).await;
    album.look_up("match-past", "match", &[("id", match_id)]).await;
    pane.command("notifications").await;
    pane.click("[data-custom-id='notify:times:open']").await;
    let zone = if album.language == "koKR" { "UTC+9" } else { "UTC+1" };
    for (field, value) in [("from", "23:00"), ("to", "8:00"), ("zone", zone)] {
        pane.write(&format!(".modal [name='{field}']"), value).await;
    }
    album.keep("notifications-times", &pane.at(".modal")).await;
    pane.click(".modal [type='submit']").await;
    pane.browser.see_no(&pane.at(".modal")).await;
    pane.choose("notify:pings", "anyone").await;
    album.told(zone).await;
    album.keep_newest("notifications").await;

    album.look_up_picture("activity", "activity", &[]).await;
    album.look_up("leaderboard", "leaderboard", &[]).await;
    let first = "return [...document.querySelectorAll('article.bot')].pop().querySelectorAll('strong')[1].textContent";
    let first = pane.browser.run(first).await;
    album.look_up_picture("leaderboard-picture", "leaderboard", &[("picture", "true")]).await;
    album.look_up_picture("profile", "profile", &[("player", first.as_str().unwrap())]).await;
}
