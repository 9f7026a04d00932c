//! Pictures of every card in two languages, for `docs/pictures`. `scripts/screenshots` runs this.

use super::play::{self, Newcomer};
use super::{Browser, Pane};
use crate::support::{Ladder, wait_for};
use std::path::{Path, PathBuf};

/// Simulated people, so that there is somebody to meet and to compare with.
const PLAYERS: u32 = 20;

/// Results that the leaderboard is made of.
const RESULTS: f64 = 8.0;

struct Album<'a> {
    pane: &'a Pane<'a>,
    folder: &'a Path,
    language: &'static str,
}

impl Album<'_> {
    /// Keeps a picture of what is shown at `what` once fonts and pictures are there.
    async fn keep(&self, name: &str, what: &str) {
        let settled =
            "return document.fonts.ready.then(() => [...document.images].every((image) => image.complete))";
        let browser = self.pane.browser;
        wait_for("pictures to be loaded", async || (browser.run(settled).await == true).then_some(())).await;
        let picture = browser.picture(what).await;
        let file = self.folder.join(format!("{name}.{}.png", self.language));
        std::fs::write(&file, picture).unwrap();
    }

    async fn keep_newest(&self, name: &str) {
        self.keep(name, &self.pane.at("article.bot:last-child")).await;
    }
}

#[tokio::test]
#[ignore = "it makes pictures and tests nothing; scripts/screenshots runs it"]
async fn pictures_of_all_cards() {
    let folder = PathBuf::from(std::env::var_os("PICTURES").expect("PICTURES names the folder"));
    std::fs::create_dir_all(&folder).unwrap();
    let ladder = Ladder::start_playing(PLAYERS, &[]).await;
    let ana = Newcomer { user: "Ana", battle_tag: "Ana#2718", country: "DE", region: "EUW", locale: "en-US" };
    let bora =
        Newcomer { user: "보라미", battle_tag: "Bora#3141", country: "KR", region: "KRJ", locale: "ko" };
    for (language, newcomer) in [("enUS", ana), ("koKR", bora)] {
        let browser = Browser::start(990, 1500).await.expect("a browser to take pictures with");
        browser.open(&format!("http://{}/", ladder.emulator)).await;
        let pane = play::enter(&browser, &newcomer).await;
        let album = Album { pane: &pane, folder: &folder, language };
        all_cards(&ladder, &album, &newcomer).await;
        if language == "enUS" {
            let browser = Browser::start(1050, 720).await.expect("a browser to take pictures with");
            browser.open(&format!("http://{}/?left=Ana", ladder.emulator)).await;
            let pane = Pane { browser: &browser, user: newcomer.user };
            pane.press("Side by side").await;
            browser.click(".over .user[data-name]:not([data-name='Ana'])").await;
            browser.see("#panes.two section:last-child article").await;
            Album { pane: &pane, folder: &folder, language }.keep("page", "body").await;
        }
    }
}

async fn all_cards(ladder: &Ladder, album: &Album<'_>, newcomer: &Newcomer) {
    let pane = album.pane;
    pane.command("setup").await;
    pane.see("[data-custom-id='setup:terms:accept']").await;
    album.keep_newest("setup").await;
    play::fill_in(pane, newcomer).await;
    album.keep_newest("setup-done").await;

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
    let id = "return [...document.querySelectorAll(\"[data-custom-id$=':won']\")].pop().closest('article').dataset.messageId";
    let card = format!("article[data-message-id='{}']", pane.browser.run(id).await.as_str().unwrap());
    album.keep("match-sheet", &card).await;

    pane.click(".plus").await;
    let wins = format!("//button[starts-with(normalize-space(), '{} ')]", newcomer.user);
    pane.browser.click(&pane.path(&wins)).await;
    pane.see(".pending .file").await;
    pane.click(".line .send").await;
    pane.browser.see_no(&format!("{card} [data-custom-id$=':won']")).await;
    album.keep("result", &card).await;
    wait_for("the verdict", async || {
        let done =
            "return [...document.querySelectorAll('article.bot')].pop().textContent.includes(' · decided')";
        (pane.browser.run(done).await == true).then_some(())
    })
    .await;
    album.keep_newest("verdict").await;

    wait_for("results to compare with", async || {
        ladder.gauge("players", "matches_completed").filter(|results| *results >= RESULTS)
    })
    .await;
    for command in ["leaderboard", "profile"] {
        let before = pane.browser.count("article").await;
        pane.command(command).await;
        pane.click(".call .send").await;
        wait_for("the answer", async || (pane.browser.count("article").await > before).then_some(())).await;
        pane.browser.see_no(".thinking").await;
        album.keep_newest(command).await;
    }
}
