//! `DURABILITY=database`: no file is acknowledged that would be lost with the data folder.

use super::{FILES, Places, below, game, store_all};
use crate::support::postgres::{self, Postgres};
use crate::wire::alone::block_on;
use bytes::Bytes;
use evoladder::config::{Durability, Secret};
use evoladder::db_writer::files::{NotStored, ReplayFiles};
use evoladder::store::{Database, Store};
use std::path::Path;
use std::time::Duration;

fn database(url: &str) -> Database {
    Database::of(Path::new("data"), Some(&Secret::new(url))).unwrap()
}

/// The tables, and nothing in them.
async fn tables(url: &str) -> Database {
    let database = database(url);
    drop(Store::open(&database).await.unwrap());
    database
}

fn lasting(files: ReplayFiles, database: &Database) -> ReplayFiles {
    files.with_database(database, Durability::Database)
}

/// Every file of the tests, and a large one.
async fn all_there(files: &ReplayFiles) {
    for number in 0..FILES {
        assert_eq!(files.read(game(number).0).await.unwrap(), Some(game(number).1), "{number}");
    }
    assert_eq!(files.read(game(99).0).await.unwrap(), None);
}

#[test]
fn a_file_is_in_the_table_when_it_is_acknowledged_and_an_empty_folder_reads_it_back() {
    let Some(url) = postgres::fresh() else { return };
    let places = Places::new();
    block_on(async {
        let database = tables(&url).await;
        let files = lasting(places.open_alone(), &database);
        store_all(&files).await;
        // Once more, and several at a time.
        let again = (0..FILES).map(|number| files.store(game(number).0, game(number).1));
        futures_util::future::try_join_all(again).await.unwrap();
        let large = Bytes::from(vec![7; 5 << 20]);
        let hash = super::hash_of(&large);
        files.store(hash, large.clone()).await.unwrap();
        std::fs::remove_dir_all(places.folder()).unwrap();
        let files = lasting(places.open_alone(), &database);
        all_there(&files).await;
        assert_eq!(files.read(hash).await.unwrap(), Some(large));
        // What was kept is found by a ladder that has a volume by now.
        std::fs::remove_dir_all(places.folder()).unwrap();
        all_there(&places.open_alone().with_database(&database, Durability::Journal)).await;
        // The one that the folder has is damaged.
        files.store(game(0).0, game(0).1).await.unwrap();
        std::fs::write(below(&places.folder(), game(0).0), "gam").unwrap();
        assert_eq!(files.read(game(0).0).await.unwrap(), Some(game(0).1));
        // And so is that of the table.
        let mut store = Store::open(&database).await.unwrap();
        store.keep_replay(game(30).0, b"another").await.unwrap();
        let error = format!("{:#}", files.read(game(30).0).await.unwrap_err());
        assert!(error.contains("is another one"), "{error}");
    });
}

#[test]
fn with_an_object_store_a_file_is_there_when_it_is_acknowledged_and_not_in_the_table() {
    let Some(url) = postgres::fresh() else { return };
    let places = Places::new();
    block_on(async {
        let database = tables(&url).await;
        let files = lasting(places.open(), &database);
        for number in 0..FILES {
            files.store(game(number).0, game(number).1).await.unwrap();
            assert!(places.is_copied(number), "{number}");
        }
        assert_eq!((files.to_copy(), places.marks()), (Some(0), 0));
        assert_eq!(Store::open(&database).await.unwrap().kept_replay(game(0).0).await.unwrap(), None);
        // From a time without the object store.
        let before = game(40);
        Store::open(&database).await.unwrap().keep_replay(before.0, &before.1).await.unwrap();
        std::fs::remove_dir_all(places.folder()).unwrap();
        let files = lasting(places.open(), &database);
        all_there(&files).await;
        assert_eq!(files.read(before.0).await.unwrap(), Some(before.1));
        // The same file anew, while the store has lost it and the folder has it.
        files.store(game(0).0, game(0).1).await.unwrap();
        std::fs::remove_dir_all(places.store()).unwrap();
        files.store(game(0).0, game(0).1).await.unwrap();
        assert!(places.is_copied(0));
    });
}

#[test]
fn a_file_waits_for_the_database_and_is_refused_when_that_takes_too_long() {
    let Some(mut server) = Postgres::start(&["fsync=off"]) else { return };
    let url = server.fresh();
    let places = Places::new();
    block_on(async {
        let database = tables(&url).await;
        let files = lasting(places.open_alone(), &database);
        files.store(game(0).0, game(0).1).await.unwrap();
        // Also a connection that was open dies.
        server.crash();
        let storing = tokio::spawn({
            let files = files.clone();
            async move { files.store(game(1).0, game(1).1).await }
        });
        // Whoever has the volume does not wait.
        let with_volume = places.open_alone().with_database(&database, Durability::Journal);
        with_volume.store(game(2).0, game(2).1).await.unwrap();
        assert_eq!(with_volume.read(game(2).0).await.unwrap(), Some(game(2).1));
        assert!(with_volume.read(game(3).0).await.is_err(), "the database may have it");
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(!storing.is_finished());
        server.start_again();
        storing.await.unwrap().unwrap();
        server.stop();
        let began = evoladder::clock::instant();
        let refused = files.store(game(4).0, game(4).1).await.unwrap_err();
        assert!(matches!(refused, NotStored::NotKept { .. }), "{refused:?}");
        let took = began.elapsed();
        assert!(took < Duration::from_secs(29), "its caller has given up: {took:?}");
        server.start_again();
        files.store(game(4).0, game(4).1).await.unwrap();
        std::fs::remove_dir_all(places.folder()).unwrap();
        let files = lasting(places.open_alone(), &database);
        for number in [0, 1, 4] {
            assert_eq!(files.read(game(number).0).await.unwrap(), Some(game(number).1), "{number}");
        }
    });
}
