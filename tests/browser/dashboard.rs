//! The dashboard's page.

use super::Browser;
use crate::support::{Ladder, wait_for};
use nix::sys::signal::Signal;
use std::path::PathBuf;
use std::time::Duration;

async fn open(browser: &Browser, ladder: &Ladder) {
    let status = ladder.status().unwrap();
    browser.open(&format!("http://{}/", status["dashboard"].as_str().unwrap())).await;
    browser.see(".badge.good").await;
}

/// Whether nothing sticks out at the side.
const FITS: &str = "return document.documentElement.scrollWidth <= innerWidth";

#[tokio::test]
async fn the_page_shows_how_the_ladder_does_and_tells_of_a_death() {
    let Some(browser) = Browser::start(1400, 900).await else { return };
    // A machine that stands still for a moment is not what this is about.
    let calm = [("ALERTS", "SlowAnswers=60 JournalLag=60")];
    let ladder = Ladder::start_playing(8, &calm).await;
    open(&browser, &ladder).await;
    let children = ladder.status().unwrap()["children"].as_array().unwrap().len();
    assert_eq!(browser.count("#processes tbody tr").await, children + 1, "the supervisor and its children");
    browser.see_no(".alert").await;
    // A line is drawn from two seconds on.
    let drawn = "return [...document.querySelectorAll(\"[data-chart='Players'] path[class^=s]\")].every((path) => path.getAttribute('d').includes('L'))";
    wait_for("lines in a chart", async || (browser.run(drawn).await == true).then_some(())).await;
    assert_eq!(browser.count("#charts [data-chart]").await, 12);
    let said = "return Object.fromEntries([...document.querySelectorAll('#cards dt')].filter((dt) => dt.textContent !== \"container\").map((dt) => [dt.textContent, dt.nextSibling.textContent]))";
    wait_for("all numbers to be told", async || {
        let numbers = browser.run(said).await;
        let is = |label: &str, value: &str| numbers[label] == value;
        let is_told = numbers.as_object().unwrap().values().all(|value| value != "–");
        (is_told
            && is("load", "normal")
            && is("database", "there")
            && is("breaker", "closed")
            && numbers["presses that expired"].as_str().is_some_and(|told| told.parse::<u64>().is_ok()))
        .then_some(())
    })
    .await;
    wait_for("answers to be measured", async || {
        let shown = browser.text("#latencies tbody tr:first-child td:last-child").await;
        shown.contains('s').then_some(())
    })
    .await;
    ladder.signal(&ladder.pids("backend"), Signal::SIGKILL);
    browser.see(".alert[data-name='Restarts']").await;
    browser.see("#processes td.warn").await;
    wait_for("the ladder to be ready again", async || ladder.all_ready().then_some(())).await;
    browser.see(".badge.good").await;
    assert_eq!(browser.run(FITS).await, true);
    // A dashboard that dies is asked again by its page.
    ladder.signal(&ladder.pids("dashboard"), Signal::SIGKILL);
    wait_for("the dashboard to be back", async || {
        (ladder.restarts_if_ready("dashboard") == Some(1)).then_some(())
    })
    .await;
    browser.reload().await;
    browser.see(".badge.good").await;

    let phone = Browser::start(390, 844).await.expect("there was one before");
    open(&phone, &ladder).await;
    assert_eq!(phone.run(FITS).await, true);
    assert_eq!(phone.complaints().await, Vec::<String>::new());
}

#[tokio::test]
#[ignore = "it makes a picture and tests nothing; scripts/screenshots runs it"]
async fn picture_of_the_dashboard() {
    let folder = PathBuf::from(std::env::var_os("PICTURES").expect("PICTURES names the folder"));
    let ladder = Ladder::start_playing(40, &[]).await;
    let browser = Browser::start(1400, 1300).await.expect("a browser to take pictures with");
    open(&browser, &ladder).await;
    // Charts want something to draw.
    tokio::time::sleep(Duration::from_secs(90)).await;
    std::fs::write(folder.join("dashboard.png"), browser.picture("body").await).unwrap();
}
