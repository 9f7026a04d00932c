//! Two writers on one database: one holds the lease, the other stands by, is fenced off, or is refused.

use super::places::{Place, change, rows};
use super::{ANA, LADDER, history};
use crate::support::postgres::Postgres;
use crate::wire::alone::block_on;
use evoladder::config::{Durability, Faults};
use evoladder::db_writer::{JOURNAL, Opened};
use evoladder::journal::Journal;
use evoladder::store::{Claim, Lease, Store, StoreError};
use ipc_schema::db_writer::Record;
use ipc_schema::event::Event;
use ipc_schema::ids::Seq;
use ipc_schema::vocab::{Locale, Timestamp};
use std::path::{Path, PathBuf};
use std::time::Duration;

async fn lease(place: &Place) -> Option<Lease> {
    Store::open(&place.database).await.unwrap().lease().await.unwrap()
}

async fn opened(place: &Place, data: &Path) -> anyhow::Result<Opened> {
    place.open_over(data, Durability::Journal, None).await
}

/// As if its holder had been silent for that long.
async fn run_out(place: &Place) {
    change(place, "update lease set expires_at_ms = 1").await;
}

/// Folders beside each other, of which the first has the whole history in its journal.
fn folders(place: &Place) -> [PathBuf; 2] {
    let folders = ["first", "second"].map(|name| place.path().join(name));
    folders.iter().for_each(|folder| std::fs::create_dir(folder).unwrap());
    Journal::open(&folders[0].join(JOURNAL), LADDER).unwrap().append(&history()).unwrap();
    folders
}

fn refused(opened: anyhow::Result<Opened>, words: &[&str]) {
    let error = opened.map(|_| ()).expect_err("it went on");
    assert!(error.is::<Faults>(), "{error:#}");
    words.iter().for_each(|words| assert!(error.to_string().contains(words), "{words}: {error}"));
}

#[test]
fn one_writes_and_whoever_was_followed_changes_nothing_any_more() {
    let Some(place) = Place::server() else { return };
    let [first, second] = folders(&place);
    block_on(async {
        assert_eq!(lease(&place).await, None);
        let Opened { store, .. } = opened(&place, &first).await.unwrap();
        let mut store = store.unwrap();
        assert_eq!(store.apply(LADDER, &history()[..7]).await.unwrap(), Seq(7));
        let held = lease(&place).await.unwrap();
        assert_eq!((held.ladder, held.epoch, held.journal_ahead), (LADDER, 1, true));
        assert!(held.left.is_some(), "{held:?}");

        let waited = tokio::time::timeout(Duration::from_millis(1500), opened(&place, &second)).await;
        assert!(waited.is_err(), "the second does not stand by");
        assert!(store.renew_lease(true).await.unwrap());
        // The first lets go in good order: nothing is in its folder alone.
        assert_eq!(store.apply(LADDER, &history()[7..]).await.unwrap(), Seq(19));
        store.release_lease(false).await.unwrap();
        let follower = opened(&place, &second).await.unwrap();
        assert_eq!((follower.journal.ladder(), follower.journal.last()), (LADDER, Seq(19)));
        assert_eq!(lease(&place).await.unwrap().epoch, 2);

        // The first was only paused, and comes back.
        assert!(!store.renew_lease(true).await.unwrap());
        let late = store.apply(LADDER, &history()[18..]).await.unwrap_err();
        assert!(matches!(late, StoreError::Elsewhere { .. }), "{late}");
        assert_eq!(rows(&place, "select count(*) from events").await, ["19"]);
        assert_eq!(lease(&place).await.unwrap().epoch, 2);
    });
}

#[test]
fn the_same_folder_goes_on_at_once_and_a_silent_one_is_followed() {
    let Some(place) = Place::server() else { return };
    let [first, second] = folders(&place);
    block_on(async {
        drop(opened(&place, &first).await.unwrap());
        // Its process was killed: nobody let go, and nobody has to wait.
        let again = tokio::time::timeout(Duration::from_secs(10), opened(&place, &first)).await;
        drop(again.expect("it waits for itself").unwrap());
        assert_eq!(lease(&place).await.unwrap().epoch, 2);

        // What it told players may be in its folder alone.
        run_out(&place).await;
        let holder = lease(&place).await.unwrap().holder;
        refused(opened(&place, &second).await, &[&holder, "EVOLADDER_ABANDON_JOURNAL"]);
        let other = Some("another".to_owned());
        refused(place.open_over(&second, Durability::Journal, other).await, &[&holder]);
        let given_up = place.open_over(&second, Durability::Journal, Some(holder)).await.unwrap();
        assert_eq!(given_up.journal.last(), Seq(0), "the first had not written any of it");
        drop(given_up);
        // It went on from there, so the first, which has more, belongs to another past.
        run_out(&place).await;
        refused(opened(&place, &first).await, &["did not stop in good order"]);
    });
}

#[test]
fn where_the_database_is_what_counts_an_empty_folder_takes_over() {
    let Some(place) = Place::server() else { return };
    let [first, second] = folders(&place);
    block_on(async {
        let mut began = place.open_over(&first, Durability::Database, None).await.unwrap();
        let store = began.store.as_mut().unwrap();
        assert!(lease(&place).await.unwrap().journal_ahead, "until the database has what is in the folder");
        store.apply(LADDER, &history()).await.unwrap();
        assert!(store.renew_lease(false).await.unwrap());
        drop(began);
        run_out(&place).await;
        let next = place.open_over(&second, Durability::Database, None).await.unwrap();
        assert_eq!(next.journal.last(), Seq(19));
    });
}

#[test]
fn a_lease_that_never_ends_by_the_database_is_taken_from_a_holder_who_is_silent() {
    let Some(place) = Place::server() else { return };
    let [first, _] = folders(&place);
    block_on(async {
        drop(opened(&place, &first).await.unwrap());
        // As if the clock of the database had been set back by a day.
        change(&place, "update lease set expires_at_ms = expires_at_ms + 86400000").await;
        let mut store = Store::open(&place.database).await.unwrap();
        let seen = store.lease().await.unwrap().unwrap();
        assert!(seen.left.is_some_and(|left| left > Duration::from_secs(86_000)), "{seen:?}");
        let claim = Claim {
            ladder: LADDER,
            holder: "another",
            epoch: 2,
            journal_ahead: false,
            seen: Some(&seen),
            is_free: true,
        };
        assert!(!store.take_lease(Claim { is_free: false, ..claim }).await.unwrap());
        // Its holder speaks up at the last moment.
        change(&place, "update lease set expires_at_ms = expires_at_ms + 1").await;
        assert!(!store.take_lease(claim).await.unwrap());
        let seen = store.lease().await.unwrap().unwrap();
        assert!(store.take_lease(Claim { seen: Some(&seen), ..claim }).await.unwrap());
    });
}

fn speaks(seq: u64, locale: Locale) -> Record {
    let events = vec![Event::LocaleSet { player: ANA, locale }];
    Record { seq: Seq(seq), at: Timestamp(seq * 1000), key: None, events, reply: None }
}

#[test]
fn a_folder_that_was_followed_lets_go_of_what_it_had_told_nobody() {
    let Some(place) = Place::server() else { return };
    let [first, second] = folders(&place);
    block_on(async {
        let open = async |data| place.open_over(data, Durability::Database, None).await;
        let mut began = open(&first).await.unwrap();
        began.store.as_mut().unwrap().apply(LADDER, &history()[..17]).await.unwrap();
        drop(began);
        run_out(&place).await;
        // The last two records are in the folder alone: nobody was told of them before this life, and so not in it.
        refused(open(&second).await, &["did not stop in good order"]);
        let mut again = open(&first).await.unwrap();
        again.store.as_mut().unwrap().apply(LADDER, &history()[17..]).await.unwrap();
        drop(again);
        drop(open(&first).await.unwrap());
        // What comes now is told when the database has it, which it never does.
        let mut journal = Journal::open(&first.join(JOURNAL), LADDER).unwrap();
        journal.append(&[20, 21].map(|seq| speaks(seq, Locale::KoKr))).unwrap();
        drop(journal);
        run_out(&place).await;
        let mut next = open(&second).await.unwrap();
        next.store.as_mut().unwrap().apply(LADDER, &[speaks(20, Locale::RuRu)]).await.unwrap();
        drop(next);
        run_out(&place).await;
        let back = open(&first).await.unwrap();
        assert_eq!(back.journal.last(), Seq(20), "it has what the database has");
        drop(back);
        let aside = first.join("superseded-4").join(JOURNAL);
        assert_eq!(Journal::open(&aside, LADDER).unwrap().last(), Seq(21), "nothing is thrown away");
    });
}

/// A copy of a folder in the place of what is there.
fn copied(from: &Path, to: &Path) {
    std::fs::remove_dir_all(to).ok();
    let copied = std::process::Command::new("cp").arg("-a").args([from, to]).status().unwrap();
    assert!(copied.success());
}

#[test]
fn an_older_copy_of_a_folder_is_another_folder() {
    let Some(place) = Place::server() else { return };
    let [first, second] = folders(&place);
    block_on(async {
        drop(opened(&place, &first).await.unwrap());
        copied(&first, &second);
        let live = opened(&place, &first).await.unwrap();
        // The first is alive: its copy stands by.
        let waited = tokio::time::timeout(Duration::from_millis(1500), opened(&place, &second)).await;
        assert!(waited.is_err(), "the copy takes what its original holds");
        drop(live);
        run_out(&place).await;
        refused(opened(&place, &second).await, &["an older copy", "EVOLADDER_ABANDON_JOURNAL"]);
        // The database was put back from a backup: the folder is further, and goes on.
        change(&place, "update lease set epoch = 1; update progress set epoch = 1").await;
        drop(opened(&place, &first).await.unwrap());
        assert_eq!(lease(&place).await.unwrap().epoch, 3);
    });
}

#[test]
fn who_stood_by_does_not_start_alone_when_the_database_goes_away() {
    let Some(mut server) = Postgres::start(&["fsync=off"]) else { return };
    let place = Place::of(&server.fresh());
    let [first, second] = folders(&place);
    block_on(async {
        // Both have a whole journal: they have taken turns before.
        drop(opened(&place, &first).await.unwrap());
        copied(&first.join(JOURNAL), &second.join(JOURNAL));
        let mut opening = Box::pin(opened(&place, &second));
        let waited = tokio::time::timeout(Duration::from_millis(1500), &mut opening).await;
        assert!(waited.is_err(), "it stands by");
        server.crash();
        let waited = tokio::time::timeout(Duration::from_millis(2500), &mut opening).await;
        assert!(waited.is_err(), "it started from a folder that another one has left behind");
    });
}
