//! What an operator sees of a database that is away and of a disk that is full, in each place to look: the
//! dashboard's page, what Prometheus reads, `evoladder status` and `/admin health`.

use super::Browser;
use crate::support::postgres::Postgres;
use crate::support::small_disk::SmallDisk;
use crate::support::{Ladder, Person, free_address, wait_for};
use std::process::Command;
use std::time::Duration;

struct Operator<'a> {
    ladder: &'a Ladder,
    browser: Browser,
    owner: Person,
}

impl Operator<'_> {
    /// An alert with this text is in all places, and this line among the metrics.
    async fn sees(&self, alert: &str, text: &str, metric: &str) {
        self.browser.see(&format!("//*[@data-name='{alert}'][contains(., '{text}')]")).await;
        wait_for(metric, async || self.metrics().await.lines().any(|line| line == metric).then_some(()))
            .await;
        wait_for(&format!("{alert} in the status"), async || {
            let status = self.status();
            (status.contains(&format!("alert {alert}, for ")) && status.contains(text)).then_some(())
        })
        .await;
        self.health_says(text).await;
    }

    /// Asks until the page says so, which is what it was asked for a moment ago.
    async fn health_says(&self, words: &str) {
        wait_for(&format!("{words:?} in /admin health"), async || {
            self.owner.command("admin health").await;
            tokio::time::sleep(Duration::from_secs(1)).await;
            self.owner.reads(words).await.then_some(())
        })
        .await;
    }

    /// It is over everywhere.
    async fn sees_no(&self, alert: &str) {
        self.browser.see_no(&format!(".alert[data-name='{alert}']")).await;
        assert!(!self.status().contains(alert));
    }

    async fn metrics(&self) -> String {
        let status = self.ladder.status().unwrap();
        let url = format!("http://{}/metrics", status["dashboard"].as_str().unwrap());
        reqwest::get(url).await.unwrap().text().await.unwrap()
    }

    /// As a person reads it.
    fn status(&self) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_evoladder"));
        let output = command.args(["status", "--data"]).arg(self.ladder.data()).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }
}

#[tokio::test]
async fn an_operator_sees_in_each_place_that_the_database_is_away_and_that_the_disk_is_full() {
    let Some(mut server) = Postgres::start(&["fsync=off"]) else { return };
    let Some(browser) = Browser::start(1400, 900).await else { return };
    // With the same seed an emulator has the same accounts.
    let id = {
        let ladder = Ladder::start().await;
        Person::new(ladder.emulator, "Olga").await.id
    };
    let root = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(root.path().join("data"), 8) else {
        assert!(std::env::var_os("CI").is_none(), "this user cannot mount a small disk");
        println!("skipped: this user cannot mount a small disk");
        return;
    };
    let url = server.fresh();
    let variables = [
        ("DATABASE_URL", url.as_str()),
        ("LADDER_OWNER", id.as_str()),
        ("ALERTS", "for=1 keep=5 SlowAnswers=60 JournalLag=60"),
    ];
    let ladder = Ladder::start_again_with(root, free_address(), &variables).await;
    let owner = Person::new(ladder.emulator, "Olga").await;
    browser.open(&format!("http://{}/", ladder.status().unwrap()["dashboard"].as_str().unwrap())).await;
    browser.see(".badge.good").await;
    let operator = Operator { ladder: &ladder, browser, owner };

    server.crash();
    let away = "the database does not answer; the journal keeps all for it";
    operator.sees("DatabaseAway", away, "evoladder_database_connected 0").await;
    server.start_again();
    operator.sees_no("DatabaseAway").await;

    let player = Person::new(ladder.emulator, "Ana").await;
    player.set_up().await;
    player.command("setup").await;
    player.has_times("setup:region", 1).await;
    disk.fill().unwrap();
    // It refuses what is decided, after which nothing is for a moment. The journal has some room beforehand.
    let pressing = async {
        loop {
            player.press("setup:region", &["EUW"]).await;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let seeing = async {
        operator.sees("ReadOnly", "the disk refused, and nothing is decided", "evoladder_read_only 1").await;
        operator.health_says("The disk refuses to take anything at present.").await;
        player.reads_in_time("cannot save").await;
    };
    tokio::select! {
        () = pressing => {}
        () = seeing => {}
    }
    disk.make_room().unwrap();
    operator.sees_no("ReadOnly").await;
    wait_for("a press to be taken again", async || {
        player.press("setup:region", &["EUW"]).await;
        (!player.reads("cannot save").await).then_some(())
    })
    .await;
    // A line for each change, where each of four attempts a second fails.
    let lines = ladder.log().matches("cannot save a gateway session").count();
    assert!((1..10).contains(&lines), "{lines}");
    for role in ["backend", "db-writer", "frontend"] {
        assert_eq!(ladder.restarts(role), 0, "{role}");
    }
    assert!(ladder.stop().0.success());
}
