//! People who never used the bot play a match, side by side.

use super::{Browser, Pane};
use crate::support::Ladder;
use ipc_schema::fact_line::{Fact, FactLine};
use ipc_schema::vocab::{Mmr, Race};

/// Who comes to the page for the first time.
pub(super) struct Newcomer {
    pub(super) user: &'static str,
    pub(super) battle_tag: &'static str,
    pub(super) country: &'static str,
    pub(super) region: &'static str,
    pub(super) locale: &'static str,
}

/// Goes through the first form of the page.
pub(super) async fn enter<'a>(browser: &'a Browser, newcomer: &Newcomer) -> Pane<'a> {
    let pane = sit_down(browser, newcomer.user, newcomer.locale).await;
    pane.see(".welcome").await;
    pane
}

/// The same for who may have been here before.
pub(super) async fn sit_down<'a>(browser: &'a Browser, user: &'static str, locale: &str) -> Pane<'a> {
    browser.click(&format!(".chooser [name='locale'] option[value='{locale}']")).await;
    browser.write(".chooser [name='name']", user).await;
    browser.click(".enter button").await;
    let pane = Pane { browser, user };
    pane.see(".composer").await;
    pane
}

/// From the terms to a player who can queue.
pub(super) async fn fill_in(pane: &Pane<'_>, newcomer: &Newcomer) {
    type_names(pane, newcomer).await;
    send_names(pane, newcomer).await;
    // What one hears of, and the guide, are asked for where the ladder has them.
    let (notify, finish) = ("[data-custom-id='setup:notify:done']", "[data-custom-id='setup:finish']");
    let either = "//*[@data-custom-id='setup:notify:done' or @data-custom-id='setup:finish']";
    pane.browser.see(&pane.path(either)).await;
    if pane.browser.count(&pane.at(finish)).await == 0 {
        pane.click(notify).await;
    }
    pane.click(finish).await;
    pane.browser.see_no(&pane.at(finish)).await;
    if pane.browser.count(&pane.at("[data-custom-id='guide:open']")).await > 0 {
        pane.click("[data-custom-id='guide:open']").await;
        pane.click("[data-custom-id='guide:read']").await;
        pane.browser.see_no(&pane.at("[data-custom-id='guide:read']")).await;
    }
}

/// From the terms to a form that is filled in.
pub(super) async fn type_names(pane: &Pane<'_>, newcomer: &Newcomer) {
    pane.click("[data-custom-id='setup:terms:accept']").await;
    pane.click("[data-custom-id='setup:names:open']").await;
    pane.write(".modal [name='name']", newcomer.user).await;
    pane.write(".modal [name='battle_tag']", newcomer.battle_tag).await;
    pane.write(".modal [name='country']", newcomer.country).await;
}

/// From the form to the step after the region.
pub(super) async fn send_names(pane: &Pane<'_>, newcomer: &Newcomer) {
    pane.click(".modal [type='submit']").await;
    pane.choose("setup:region", newcomer.region).await;
}

async fn join(pane: &Pane<'_>, era: &str, race: &str) {
    pane.command("queue").await;
    pane.choose(&format!("queue:race:{era}"), race).await;
    pane.click("[data-custom-id='queue:join']").await;
    pane.see("[data-custom-id='queue:leave']").await;
}

/// Waits for a line of facts that passes.
async fn told(pane: &Pane<'_>, what: &str, passes: impl Fn(&Fact) -> bool) {
    crate::support::wait_for(&format!("{} to be told {what}", pane.user), async || {
        let shown = format!(
            "return [...document.querySelectorAll(\"{}\")].map((node) => node.textContent)",
            pane.at("small")
        );
        let lines = pane.browser.run(&shown).await;
        let mut facts =
            lines.as_array()?.iter().filter_map(|line| FactLine::find(&format!("-# {}", line.as_str()?)));
        facts.any(|line| passes(&line.fact)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn two_newcomers_play_a_whole_match_by_clicking() {
    let Some(browser) = Browser::start(1400, 1000).await else { return };
    let ladder = Ladder::start().await;
    browser.open(&format!("http://{}/", ladder.emulator)).await;
    let newcomer =
        |user, battle_tag| Newcomer { user, battle_tag, country: "DE", region: "EUW", locale: "en-US" };
    let (first, second) = (newcomer("Ana", "Ana#1234"), newcomer("Bea", "Bea#1234"));
    let ana = enter(&browser, &first).await;
    ana.press("Side by side").await;
    let bea = enter(&browser, &second).await;

    for (pane, newcomer) in [(&ana, &first), (&bea, &second)] {
        pane.press("/setup").await;
        pane.click(".palette [data-command='setup']").await;
        fill_in(pane, newcomer).await;
    }
    join(&ana, "bw", "bw_zerg").await;
    join(&bea, "sc2", "sc2_terran").await;
    for pane in [&ana, &bea] {
        pane.click("[data-custom-id^='match:confirm:']").await;
    }
    ana.see("[data-custom-id$=':won']").await;
    browser.reload().await;
    ana.see("[data-custom-id$=':won']").await;
    bea.see("[data-custom-id$=':won']").await;

    bea.click(".plus").await;
    browser.click(&bea.path("//button[starts-with(normalize-space(), 'Ana wins')]")).await;
    bea.see(".pending .file").await;
    bea.click(".line .send").await;
    let won = Fact::Won { race: Race::BwZerg, before: Mmr(1500), after: Mmr(1520) };
    let lost = Fact::Lost { race: Race::Sc2Terran, before: Mmr(1500), after: Mmr(1480) };
    told(&ana, "the win", |fact| *fact == won).await;
    told(&bea, "the loss", |fact| *fact == lost).await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}
