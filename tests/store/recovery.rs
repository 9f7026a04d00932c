//! Journal and database find each other again, whichever was lost, behind or damaged.

use super::places::{Place, on_each};
use super::{dump, history, store};
use crate::journal::tool;
use crate::wire::alone::{Chance, block_on};
use evoladder::config::Durability;
use evoladder::db_writer::lease::Terms;
use evoladder::db_writer::project::{Following, Projector};
use evoladder::db_writer::{JOURNAL, Opened};
use evoladder::journal::Journal;
use evoladder::journal::reader::Reader;
use evoladder::store::Store;
use ipc_schema::db_writer::Record;
use ipc_schema::ids::{LadderId, Seq};
use ipc_schema::vocab::Timestamp;
use std::path::Path;
use tokio::sync::watch;

/// Opens a data folder as the db-writer does, brings the database up, and closes it again.
async fn start(place: &Place) -> anyhow::Result<(LadderId, Seq)> {
    let data = place.path();
    let Opened { journal, store, projected, .. } = place.open().await?;
    let epoch = store.as_ref().map(Store::epoch);
    let terms = Terms::of(data, Durability::Journal, None)?;
    let (ladder, last) = (journal.ladder(), journal.last());
    let (synced, follow) = watch::channel(last);
    let (told, mut at) = watch::channel(Following { projected, is_connected: true, statement_ms: 0.0 });
    let (database, dir) = (place.database.clone(), data.join(JOURNAL));
    let projector = Projector { database, terms, store, ladder, dir, projected, began_at: Seq(0), epoch };
    let running = tokio::spawn(projector.run(follow, told));
    at.wait_for(|at| at.projected >= last).await?;
    drop(synced);
    running.await??;
    Ok((ladder, last))
}

/// A data folder with the history in the journal, in frames of one record and of several.
async fn filled(place: &Place) -> LadderId {
    let Opened { mut journal, .. } = place.open().await.unwrap();
    for frame in history().chunk_by(|left, _| left.seq.0 % 4 != 0) {
        journal.append(frame).unwrap();
    }
    let ladder = journal.ladder();
    drop(journal);
    assert_eq!(start(place).await.unwrap(), (ladder, Seq(19)));
    ladder
}

fn lose_journal(data: &Path) {
    std::fs::remove_dir_all(data.join(JOURNAL)).unwrap();
}

fn in_journal(data: &Path) -> Vec<Record> {
    let last = Journal::open(&data.join(JOURNAL), LadderId(0)).unwrap().last();
    Reader::new(&data.join(JOURNAL), Seq(0)).read(last, usize::MAX).unwrap()
}

#[test]
fn a_lost_journal_is_filled_from_the_database() {
    on_each(&async |dir| {
        let ladder = filled(dir).await;
        let before = dump(dir).await;
        lose_journal(dir.path());
        assert_eq!(start(dir).await.unwrap(), (ladder, Seq(19)));
        assert_eq!(in_journal(dir.path()), history());
        assert_eq!(dump(dir).await, before);
    });
}

#[test]
fn a_journal_put_back_from_a_backup_is_filled_from_the_database() {
    on_each(&async |dir| {
        let ladder = filled(dir).await;
        lose_journal(dir.path());
        let mut older = Journal::open(&dir.path().join(JOURNAL), ladder).unwrap();
        older.append(&history()[..7]).unwrap();
        drop(older);
        assert_eq!(start(dir).await.unwrap(), (ladder, Seq(19)));
        assert_eq!(in_journal(dir.path()), history());
    });
}

#[test]
fn a_lost_database_is_brought_up_from_the_journal() {
    on_each(&async |dir| {
        let ladder = filled(dir).await;
        let before = dump(dir).await;
        dir.lose_database().await;
        assert_eq!(start(dir).await.unwrap(), (ladder, Seq(19)));
        assert_eq!(dump(dir).await, before);
    });
}

#[test]
fn a_database_that_is_behind_goes_on_where_it_was() {
    on_each(&async |dir| {
        let ladder = filled(dir).await;
        let before = dump(dir).await;
        for at in [1, 8, 18] {
            dir.lose_database().await;
            store(dir).await.apply(ladder, &history()[..at]).await.unwrap();
            assert_eq!(start(dir).await.unwrap(), (ladder, Seq(19)));
            assert_eq!(dump(dir).await, before, "from record {at}");
        }
    });
}

#[test]
fn a_whole_folder_starts_again_and_again() {
    on_each(&async |dir| {
        let ladder = filled(dir).await;
        let before = (dump(dir).await, in_journal(dir.path()));
        for _ in 0..3 {
            assert_eq!(start(dir).await.unwrap(), (ladder, Seq(19)));
        }
        assert!((dump(dir).await, in_journal(dir.path())) == before);
    });
}

#[test]
fn the_database_of_another_ladder_is_refused_naming_both() {
    on_each(&async |dir| {
        let ours = filled(dir).await;
        dir.lose_database().await;
        let other = LadderId(ours.0 ^ 1);
        store(dir).await.apply(other, &history()[..3]).await.unwrap();
        let before = (dump(dir).await, in_journal(dir.path()));
        let error = format!("{:#}", start(dir).await.unwrap_err());
        for ladder in [ours, other] {
            assert!(error.contains(&format!("{:016x}", ladder.0)), "{error}");
        }
        assert!((dump(dir).await, in_journal(dir.path())) == before);
    });
}

#[test]
fn two_histories_that_differ_at_one_record_are_refused() {
    on_each(&async |dir| {
        let ladder = filled(dir).await;
        let mut forked = history();
        forked[11].at = Timestamp(1);
        for (what, at) in [("the database is behind", 12), ("both are at the same record", 19)] {
            dir.lose_database().await;
            forked[at - 1].at = Timestamp(1);
            store(dir).await.apply(ladder, &forked[..at]).await.unwrap();
            let error = start(dir).await.expect_err(what);
            assert!(format!("{error:#}").contains(&format!("differ at record {at}")), "{what}: {error:#}");
        }
        // The journal is behind, and its last record is not the database's of that number.
        lose_journal(dir.path());
        let mut older = Journal::open(&dir.path().join(JOURNAL), ladder).unwrap();
        older.append(&history()[..12]).unwrap();
        drop(older);
        let error = start(dir).await.expect_err("the journal is behind");
        assert!(format!("{error:#}").contains("differ at record 12"), "{error:#}");
        assert_eq!(in_journal(dir.path()), history()[..12]);
    });
}

#[test]
fn a_database_that_ends_before_the_journal_begins_is_refused() {
    on_each(&async |dir| {
        let ladder = filled(dir).await;
        lose_journal(dir.path());
        let mut journal = Journal::open_sized(&dir.path().join(JOURNAL), ladder, 1).unwrap();
        history().chunks(1).for_each(|record| assert!(journal.append(record).is_ok()));
        assert_eq!(journal.trim(Seq(10)).unwrap(), Seq(10));
        drop(journal);
        assert_eq!(start(dir).await.unwrap(), (ladder, Seq(19)), "both have what is needed");
        // It ends right before, it ends earlier, there is none.
        for (at, taken) in [(9, true), (8, false), (0, false)] {
            dir.lose_database().await;
            store(dir).await.apply(ladder, &history()[..at]).await.unwrap();
            let started = start(dir).await.map_err(|error| format!("{error:#}"));
            match started {
                Ok(found) => assert!(taken && found == (ladder, Seq(19)), "from record {at}"),
                Err(error) => {
                    let says = format!("begins with record 10, and the database ends with record {at}");
                    assert!(!taken && error.contains(&says), "from record {at}: {error}");
                }
            }
        }
    });
}

/// A hundred journals with damage in their last 4 KB, started as a db-writer does and looked at by the
/// tool: all of it is there afterwards, since the database has it, or the start names the place that the
/// tool names too.
#[test]
fn a_start_over_a_damaged_journal_takes_the_rest_from_the_database_or_names_the_place() {
    let dir = Place::file();
    block_on(async {
        let ladder = filled(&dir).await;
        let segment = dir.path().join(JOURNAL).join("00000000000000000001.journal");
        let mut whole = std::fs::read(&segment).unwrap();
        let used = whole.iter().rposition(|byte| *byte != 0).unwrap() + 1;
        // Some of the room behind is enough, and is sooner written a hundred times.
        whole.truncate(used + 4096);
        let (mut chance, mut recovered, mut refused) = (Chance(20), 0, 0);
        for sample in 0..100 {
            let mut bytes = whole.clone();
            let last = used - 32.max(used.saturating_sub(4096));
            // Half of them where only the last frame can be.
            let at = used - 1 - chance.below(if sample % 2 == 0 { last } else { 60 });
            match chance.below(4) {
                0 => bytes[at] ^= 1 << chance.below(8),
                1 => bytes[at..].fill(0),
                2 => bytes.truncate(at),
                _ => bytes[at..(at + 20).min(used)].fill(0xff),
            }
            std::fs::write(&segment, &bytes).unwrap();
            let (code, out, _) = tool::inspect(dir.path(), &["--json"]);
            match start(&dir).await {
                Ok(at) => {
                    assert_eq!((code, at), (0, (ladder, Seq(19))), "sample {sample}: {out}");
                    assert_eq!(in_journal(dir.path()), history(), "sample {sample}");
                    recovered += 1;
                }
                Err(error) => {
                    let error = format!("{error:#}");
                    let found = tool::lines(&out).pop().unwrap();
                    let place = format!(
                        "{} is damaged at byte {}",
                        segment.display(),
                        found["segment"]["damage"]["offset"]
                    );
                    assert!(code == 1 && error.contains(&place), "sample {sample}: {error}: {out}");
                    assert!(
                        std::fs::read(&segment).unwrap() == bytes,
                        "sample {sample}: the refusal changed it"
                    );
                    refused += 1;
                }
            }
        }
        assert!(recovered > 20 && refused > 20, "{recovered} recovered, {refused} refused");
    });
}
