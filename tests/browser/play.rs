//! People who never used the bot play a match, side by side.

use super::{Browser, Pane};
use crate::support::Ladder;
use ipc_schema::fact_line::{Fact, FactLine};
use ipc_schema::vocab::{Mmr, Race};

/// From the guide's first step to a player who can queue.
async fn set_up(pane: &Pane<'_>) {
    pane.press("/setup").await;
    pane.click(".palette [data-command='setup']").await;
    pane.click("[data-custom-id='setup:terms:accept']").await;
    pane.click("[data-custom-id='setup:names:open']").await;
    pane.write(".modal [name='name']", pane.user).await;
    pane.write(".modal [name='battle_tag']", &format!("{}#1234", pane.user)).await;
    pane.write(".modal [name='country']", "DE").await;
    pane.press("Submit").await;
    pane.choose("setup:region", "EUW").await;
    pane.click("[data-custom-id='setup:finish']").await;
    pane.browser.see_no(&pane.at("[data-custom-id='setup:finish']")).await;
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
        let shown = format!("return [...document.querySelectorAll(\"{}\")].map((node) => node.textContent)", pane.at("small"));
        let lines = pane.browser.run(&shown).await;
        let mut facts = lines.as_array()?.iter().filter_map(|line| FactLine::find(&format!("-# {}", line.as_str()?)));
        facts.any(|line| passes(&line.fact)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn two_newcomers_play_a_whole_match_by_clicking() {
    let Some(browser) = Browser::start(1400, 1000).await else { return };
    let ladder = Ladder::start().await;
    browser.open(&format!("http://{}/", ladder.emulator)).await;
    browser.write(".chooser [name='name']", "Ana").await;
    browser.click(".enter button").await;
    let (ana, bea) = (Pane { browser: &browser, user: "Ana" }, Pane { browser: &browser, user: "Bea" });
    ana.press("Side by side").await;
    browser.write(".over [name='name']", "Bea").await;
    browser.click(".over .enter button").await;

    for pane in [&ana, &bea] {
        set_up(pane).await;
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
    bea.press("Ana wins match 1").await;
    bea.see(".pending .file").await;
    bea.click(".line .send").await;
    let won = Fact::Won { race: Race::BwZerg, before: Mmr(1500), after: Mmr(1520) };
    let lost = Fact::Lost { race: Race::Sc2Terran, before: Mmr(1500), after: Mmr(1480) };
    told(&ana, "the win", |fact| *fact == won).await;
    told(&bea, "the loss", |fact| *fact == lost).await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}
