//! PostgreSQL alone: a server that is away, that does not let the ladder in, or whose answer is lost.

use super::places::{Place, change, on_each, rows};
use super::{LADDER, dump, history, records, store};
use crate::support::postgres::Postgres;
use crate::support::wait_for;
use crate::wire::alone::block_on;
use evoladder::config::{Durability, Faults, Secret};
use evoladder::db_writer::lease::Terms;
use evoladder::db_writer::project::{Following, Projector};
use evoladder::db_writer::{JOURNAL, Opened};
use evoladder::journal::Journal;
use evoladder::store::{Database, Store, StoreError};
use ipc_schema::event::Event;
use ipc_schema::ids::{LadderId, PlayerId, Seq, UserId};
use ipc_schema::vocab::{Locale, Timestamp};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

fn database(url: &str) -> Database {
    Database::of(Path::new("data"), Some(&Secret::new(url))).unwrap()
}

/// Why a database cannot be opened. What is not to be shown is not in it.
async fn refused(url: &str) -> StoreError {
    let error = Store::open(&database(url)).await.expect_err("it opened");
    assert!(!format!("{error} {error:?}").contains("hidden"), "{error:?}");
    error
}

fn away(error: &StoreError, says: &str) {
    assert!(matches!(error, StoreError::Away(_)) && error.to_string().contains(says), "{error:?}");
}

fn settings(error: &StoreError, says: &str) {
    assert!(matches!(error, StoreError::Settings(_)) && error.to_string().contains(says), "{error:?}");
}

/// A projector at work, and who tells it what is synced.
struct Running {
    synced: watch::Sender<Seq>,
    at: watch::Receiver<Following>,
    task: JoinHandle<anyhow::Result<()>>,
}

impl Running {
    fn start(place: &Place, opened: Opened) -> Running {
        let Opened { journal, store, projected, .. } = opened;
        let epoch = store.as_ref().map(Store::epoch);
        let terms = Terms::of(place.path(), Durability::Journal, None).unwrap();
        let (ladder, last) = (journal.ladder(), journal.last());
        let (synced, follow) = watch::channel(last);
        let (told, at) =
            watch::channel(Following { projected, is_connected: store.is_some(), statement_ms: 0.0 });
        let (database, dir) = (place.database.clone(), place.path().join(JOURNAL));
        let projector = Projector { database, terms, store, ladder, dir, projected, began_at: Seq(0), epoch };
        Running { synced, at, task: tokio::spawn(projector.run(follow, told)) }
    }

    async fn until(&mut self, seq: u64) {
        let there = self.at.wait_for(|at| at.projected >= Seq(seq));
        tokio::time::timeout(Duration::from_secs(40), there).await.expect("it comes there").unwrap();
    }

    async fn stop(self) {
        drop(self.synced);
        self.task.await.unwrap().unwrap();
    }
}

/// A folder whose journal holds the first records of the history.
fn with_journal(place: &Place, ladder: LadderId, count: usize) {
    let mut journal = Journal::open(&place.path().join(JOURNAL), ladder).unwrap();
    journal.append(&history()[..count]).unwrap();
}

#[test]
fn what_keeps_the_ladder_out_is_said_with_what_to_do() {
    let Some(mut server) = Postgres::start(&["fsync=off"]) else { return };
    let port = server.port();
    server.ask("postgres", "create role ana login password 'right'; create role bea login");
    server.ask("postgres", "create database ladder");
    server.ask("postgres", "revoke all on database ladder from public");
    server.ask("postgres", "grant connect on database ladder to bea");
    let rules = server.root().join("data/pg_hba.conf");
    let trusting = std::fs::read_to_string(&rules).unwrap();
    std::fs::write(&rules, format!("host all ana 127.0.0.1/32 scram-sha-256\n{trusting}")).unwrap();
    server.ask("postgres", "select pg_reload_conf()");
    block_on(async {
        let at = |user: &str, name: &str| format!("postgres://{user}@127.0.0.1:{port}/{name}");
        let wrong = refused(&at("ana:hidden", "ladder")).await;
        settings(&wrong, "does not let user ana in");
        settings(&wrong, "correct user and password in DATABASE_URL");
        settings(&refused(&at("postgres:hidden", "ladders")).await, "has no database ladders; make it");
        settings(&refused(&at("bea:hidden", "ladder")).await, "needs all rights on database ladder");
        settings(&refused(&at("postgres:hidden", "ladder?sslmode=require")).await, "does not speak TLS");
        let nowhere = "postgres://ana:hidden@nobody.invalid/ladder";
        away(&refused(nowhere).await, "the host nobody.invalid cannot be found");
        server.stop();
        away(&refused(&at("ana:hidden", "ladder")).await, &format!("127.0.0.1:{port} refuses connections"));
        // A host that takes a connection and says nothing.
        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("postgres://ana:hidden@{}/ladder", silent.local_addr().unwrap());
        away(&refused(&url).await, "did not answer within 5 s");
    });
}

#[test]
fn certificates_are_verified_as_the_url_says() {
    let Some(mut server) = Postgres::start(&["fsync=off"]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let openssl = |arguments: &str| {
        let mut command = Command::new("openssl");
        let output = command.args(arguments.split(' ')).current_dir(folder.path()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    for authority in ["root", "stranger"] {
        openssl(&format!(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN={authority} -keyout \
             {authority}.key -out {authority}.crt -addext basicConstraints=critical,CA:TRUE"
        ));
    }
    openssl(
        "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=db -keyout server.key -out server.csr",
    );
    std::fs::write(folder.path().join("names"), "subjectAltName=DNS:localhost").unwrap();
    openssl(
        "x509 -req -in server.csr -CA root.crt -CAkey root.key -CAcreateserial -days 2 -extfile names -out server.crt",
    );
    for file in ["server.crt", "server.key"] {
        let to = server.root().join(file);
        std::fs::copy(folder.path().join(file), &to).unwrap();
        server.give(&to);
    }
    server.stop();
    let file = |name: &str| server.root().join(name).display().to_string();
    let (certificate, key) = (file("server.crt"), file("server.key"));
    server.set(&["ssl=on", &format!("ssl_cert_file={certificate}"), &format!("ssl_key_file={key}")]);
    server.start_again();
    let port = server.port();
    let at = |host: &str, mode: &str, root: &str| {
        let root = folder.path().join(root);
        format!(
            "postgres://postgres:hidden@{host}:{port}/postgres?sslmode={mode}&sslrootcert={}",
            root.display()
        )
    };
    block_on(async {
        for (host, mode, root) in [
            ("localhost", "verify-full", "root.crt"),
            ("localhost", "verify-ca", "root.crt"),
            ("127.0.0.1", "require", "root.crt"),
        ] {
            let mut store = Store::open(&database(&at(host, mode, root))).await.unwrap();
            store.ping().await.unwrap();
            // The one before may not be gone yet.
            let speaks = || server.ask("postgres", "select count(*) from pg_stat_ssl where ssl");
            let what = format!("{mode} with {host} to be encrypted");
            wait_for(&what, async || (speaks().trim() == "1").then_some(())).await;
        }
        for (host, mode, root) in [
            ("localhost", "verify-full", "stranger.crt"),
            ("127.0.0.1", "verify-full", "root.crt"),
            ("localhost", "verify-ca", "stranger.crt"),
        ] {
            let error = refused(&at(host, mode, root)).await;
            settings(&error, "is not trusted");
            settings(&error, "sslrootcert=FILE");
        }
        settings(&refused(&at("localhost", "verify-full", "missing.crt")).await, "sslrootcert");
    });
}

#[test]
fn a_title_with_a_zero_in_it_is_stored_without() {
    on_each(&async |place| {
        let mut history = history();
        let hostile = |event: &mut Event| {
            if let Event::ReplayJudged { facts, .. } = event {
                facts.map_title = "a\0b".to_owned();
            }
        };
        history.iter_mut().flat_map(|record| &mut record.events).for_each(hostile);
        let mut store = store(place).await;
        store.apply(LADDER, &history).await.unwrap();
        assert_eq!(
            rows(place, "select distinct map_title from replays where job_id <> 2").await,
            ["a\u{fffd}b"]
        );
        assert_eq!(store.records_after(Seq(0), 100).await.unwrap(), history, "the events keep it");
    });
}

#[test]
fn a_whole_folder_starts_without_its_database_and_the_tables_follow() {
    let Some(mut server) = Postgres::start(&["fsync=off"]) else { return };
    let place = Place::of(&server.fresh());
    block_on(async {
        with_journal(&place, LADDER, 12);
        let opened = place.open().await.unwrap();
        let mut running = Running::start(&place, opened);
        running.until(12).await;
        running.stop().await;
        server.stop();
        let opened = place.open().await.unwrap();
        assert!(opened.store.is_none() && opened.journal.last() == Seq(12));
        let mut running = Running::start(&place, opened);
        // The ladder goes on meanwhile.
        with_journal_appended(&place);
        running.synced.send_replace(Seq(19));
        tokio::time::sleep(Duration::from_millis(1500)).await;
        assert!(!running.at.borrow().is_connected && !running.task.is_finished());
        server.start_again();
        running.until(19).await;
        // And once more while it is connected.
        server.crash();
        tokio::time::sleep(Duration::from_millis(200)).await;
        server.start_again();
        running.stop().await;
        let whole = Place::of(&server.fresh());
        store(&whole).await.apply(LADDER, &history()).await.unwrap();
        assert_eq!(dump(&place).await, dump(&whole).await);
    });
}

/// The rest of the history, by whoever has the journal open to append.
fn with_journal_appended(place: &Place) {
    let mut journal = Journal::open(&place.path().join(JOURNAL), LADDER).unwrap();
    journal.append(&history()[12..]).unwrap();
}

#[test]
fn a_folder_without_a_journal_waits_for_its_database_and_is_filled_from_it() {
    let Some(mut server) = Postgres::start(&["fsync=off"]) else { return };
    let place = Place::of(&server.fresh());
    block_on(async {
        store(&place).await.apply(LADDER, &history()).await.unwrap();
        // Nothing at all; a journal without a record; one that was being filled when its writer died.
        for folder in 0..3 {
            let data = place.path().join(folder.to_string());
            std::fs::create_dir(&data).unwrap();
            if folder > 0 {
                let mut journal = Journal::open(&data.join(JOURNAL), LADDER).unwrap();
                journal.append(&history()[..if folder == 1 { 0 } else { 7 }]).unwrap();
            }
            if folder == 2 {
                std::fs::write(data.join("journal.filling"), "").unwrap();
            }
            // Whoever had the folder before let go of the database.
            change(&place, "delete from lease").await;
            server.stop();
            let mut opening = Box::pin(place.open_over(&data, Durability::Journal, None));
            let waited = tokio::time::timeout(Duration::from_millis(1500), &mut opening).await;
            assert!(waited.is_err(), "folder {folder} did not wait");
            server.start_again();
            let opened = opening.await.unwrap();
            assert_eq!(
                (opened.journal.ladder(), opened.journal.last()),
                (LADDER, Seq(19)),
                "folder {folder}"
            );
            assert!(!data.join("journal.filling").exists());
        }
    });
}

#[test]
fn a_database_that_comes_back_as_another_ends_the_writer() {
    let Some(mut server) = Postgres::start(&["fsync=off"]) else { return };
    let mut forked = history();
    forked[4].at = Timestamp(1);
    block_on(async {
        for (ladder, records, says) in
            [(LadderId(2), &history()[..3], "0000000000000002"), (LADDER, &forked[..5], "differ at record 5")]
        {
            let place = Place::of(&server.fresh());
            store(&place).await.apply(ladder, records).await.unwrap();
            with_journal(&place, LADDER, 12);
            server.stop();
            let opened = place.open().await.unwrap();
            let running = Running::start(&place, opened);
            server.start_again();
            let ended = tokio::time::timeout(Duration::from_secs(30), running.task).await.unwrap().unwrap();
            let error = ended.expect_err("it went on");
            assert!(error.is::<Faults>() && error.to_string().contains(says), "{error:#}");
            assert_eq!(rows(&place, "select count(*) from events").await, [records.len().to_string()]);
        }
    });
}

#[test]
fn a_record_that_the_database_refuses_holds_the_tables_and_not_the_ladder() {
    on_each(&async |place| {
        with_journal(place, LADDER, 19);
        drop(store(place).await);
        // Somebody put a row there by hand, which record 2 needs for another player.
        change(place, "insert into players (player_id, discord_user_id, locale, joined_at_ms) values (9, '2', 'enUS', 1)")
            .await;
        let opened = place.open().await.unwrap();
        let mut running = Running::start(place, opened);
        running.until(1).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(running.at.borrow().projected == Seq(1) && !running.task.is_finished());
        change(place, "delete from players where player_id = 9").await;
        running.until(19).await;
        running.stop().await;
    });
}

/// Passes bytes on, until it is told to let the server have what is asked and nobody the answer.
async fn relay(port: u16, loses_answers: Arc<AtomicBool>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let here = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let loses_answers = loses_answers.clone();
            tokio::spawn(async move {
                let server = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                let (mut from_server, mut to_server) = server.into_split();
                let (mut from_client, mut to_client) = client.into_split();
                let asking =
                    tokio::spawn(async move { tokio::io::copy(&mut from_client, &mut to_server).await });
                let mut answer = vec![0; 1 << 16];
                while let Ok(length) = from_server.read(&mut answer).await
                    && length > 0
                {
                    if loses_answers.swap(false, Ordering::Relaxed) {
                        // It is committed by now. Both ends are cut.
                        break;
                    }
                    to_client.write_all(&answer[..length]).await.unwrap();
                }
                asking.abort();
            });
        }
    });
    here
}

#[test]
fn a_lost_answer_applies_nothing_twice() {
    let Some(server) = Postgres::start(&["fsync=off"]) else { return };
    block_on(async {
        let direct = Place::of(&server.fresh());
        let loses_answers = Arc::new(AtomicBool::new(false));
        let port = relay(server.port(), loses_answers.clone()).await;
        let url = direct.url().replace(&server.port().to_string(), &port.to_string());
        let place = Place::of(&url);
        with_journal(&place, LADDER, 19);
        let mut writer = Store::open(&place.database).await.unwrap();
        // Prepared and applied once, so that the next answer is the one that says it is in.
        assert_eq!(writer.apply(LADDER, &history()[..13]).await.unwrap(), Seq(13));
        loses_answers.store(true, Ordering::Relaxed);
        let lost = writer.apply(LADDER, &history()[13..16]).await.unwrap_err();
        away(&lost, "PostgreSQL at 127.0.0.1");
        let mut again = Store::open(&place.database).await.unwrap();
        assert_eq!(again.progress().await.unwrap().unwrap().seq, Seq(16), "it was committed");
        let twice = again.apply(LADDER, &history()[13..16]).await.unwrap_err();
        assert!(matches!(twice, StoreError::Elsewhere { expected: Seq(13), .. }), "{twice:?}");
        drop(again);
        // The projector finds out by itself.
        let mut running = Running::start(&place, place.open().await.unwrap());
        loses_answers.store(true, Ordering::Relaxed);
        running.until(19).await;
        running.stop().await;
        let whole = Place::of(&server.fresh());
        store(&whole).await.apply(LADDER, &history()).await.unwrap();
        assert_eq!(dump(&direct).await, dump(&whole).await);
    });
}

#[test]
fn a_writer_of_an_old_epoch_changes_nothing() {
    on_each(&async |place| {
        let mut old = store(place).await;
        old.apply(LADDER, &history()[..3]).await.unwrap();
        change(place, "update progress set epoch = 4").await;
        let before = dump(place).await;
        assert!(matches!(old.apply(LADDER, &history()[3..]).await, Err(StoreError::Elsewhere { .. })));
        assert_eq!(dump(place).await, before);
        old.set_epoch(4);
        assert_eq!(old.apply(LADDER, &history()[3..]).await.unwrap(), Seq(19));
    });
}

#[test]
fn a_batch_is_bounded_and_the_rest_is_the_next_one() {
    let joined = |player: u64| {
        vec![Event::PlayerJoined {
            player: PlayerId(player),
            user: UserId(player),
            locale: Locale::EnUs,
            at: Timestamp(1),
        }]
    };
    let records = records((1..=2500).map(joined).collect());
    on_each(&async |place| {
        let mut store = store(place).await;
        let mut at = 0;
        for expected in [1000, 2000, 2500] {
            let last = store.apply(LADDER, &records[at..]).await.unwrap();
            assert_eq!(last, Seq(expected));
            at = usize::try_from(last.0).unwrap();
        }
        assert_eq!(rows(place, "select count(*) from players").await, ["2500"]);
    });
}

#[test]
fn every_table_and_its_times_are_explained_in_the_database() {
    let Some(place) = Place::server() else { return };
    block_on(async {
        drop(store(&place).await);
        let plain = "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v')
             and relname <> '_sqlx_migrations' and obj_description(oid) is null";
        assert!(rows(&place, plain).await.is_empty());
        let unnamed = "select conname from pg_constraint where connamespace = 'public'::regnamespace
             and conname ~ '_(fkey|check|key)[0-9]*$'";
        assert!(rows(&place, unnamed).await.is_empty());
        for view in ["matches_readable", "leaderboard"] {
            assert!(rows(&place, &format!("select match.* from {view} match")).await.is_empty());
        }
    });
}
