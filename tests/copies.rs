//! Replay files and their copies: whatever dies, is away or is lost, what was acknowledged is read
//! back, and is in the store in the end.

mod kept;

use crate::support::wait_for;
use crate::wire::alone::block_on;
use bytes::Bytes;
use evoladder::config::{Bucket, ReplayStore, Secret};
use evoladder::db_writer::copies::Objects;
use evoladder::db_writer::files::ReplayFiles;
use evoladder::failpoint::{Fault, was_hit};
use ipc_schema::vocab::FileHash;
use nix::errno::Errno;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Files of one case.
const FILES: usize = 6;

fn game(number: usize) -> (FileHash, Bytes) {
    let bytes = Bytes::from(format!("game {number}").into_bytes());
    (hash_of(&bytes), bytes)
}

fn hash_of(bytes: &[u8]) -> FileHash {
    FileHash(Sha256::digest(bytes).into())
}

/// The data folder's replays, and the store, both in one temporary folder.
struct Places {
    root: tempfile::TempDir,
}

impl Places {
    fn new() -> Places {
        Places { root: tempfile::tempdir().unwrap() }
    }

    fn folder(&self) -> PathBuf {
        self.root.path().join("replays")
    }

    fn store(&self) -> PathBuf {
        self.root.path().join("store")
    }

    fn open(&self) -> ReplayFiles {
        open(&self.folder(), &self.store())
    }

    /// Without a store.
    fn open_alone(&self) -> ReplayFiles {
        ReplayFiles::open(&self.folder(), None).unwrap()
    }

    /// Marks that are left.
    fn marks(&self) -> usize {
        std::fs::read_dir(self.folder().join("to-copy")).map_or(0, Iterator::count)
    }

    fn copy_of(&self, hash: FileHash) -> PathBuf {
        below(&self.store(), hash)
    }

    fn is_copied(&self, number: usize) -> bool {
        let (hash, bytes) = game(number);
        std::fs::read(self.copy_of(hash)).is_ok_and(|found| found == bytes)
    }
}

fn open(folder: &Path, store: &Path) -> ReplayFiles {
    let store = Objects::new(&ReplayStore::Folder(store.to_owned())).unwrap();
    ReplayFiles::open(folder, Some(store)).unwrap()
}

fn below(root: &Path, hash: FileHash) -> PathBuf {
    let name = hash.to_string();
    root.join(&name[..2]).join(format!("{name}.SC2Replay"))
}

async fn all_copied(files: &ReplayFiles) {
    wait_for("all to be copied", async || (files.to_copy() == Some(0)).then_some(())).await;
}

async fn store_all(files: &ReplayFiles) {
    for number in 0..FILES {
        let (hash, bytes) = game(number);
        files.store(hash, bytes).await.unwrap();
    }
}

#[test]
fn a_file_is_copied_and_an_empty_folder_reads_it_back() {
    let places = Places::new();
    block_on(async {
        let files = places.open();
        store_all(&files).await;
        all_copied(&files).await;
        assert!((0..FILES).all(|number| places.is_copied(number)));
        assert_eq!(places.marks(), 0);
    });
    std::fs::remove_dir_all(places.folder()).unwrap();
    block_on(async {
        let files = places.open();
        for number in 0..FILES {
            let (hash, bytes) = game(number);
            assert_eq!(files.read(hash).await.unwrap(), Some(bytes));
        }
        assert_eq!(files.read(game(99).0).await.unwrap(), None);
    });
    // Without the store it is lost, and nothing but that.
    block_on(async { assert_eq!(places.open_alone().read(game(0).0).await.unwrap(), None) });
}

#[test]
fn a_file_that_is_not_the_one_of_its_name_is_not_served() {
    let places = Places::new();
    let (hash, bytes) = game(0);
    block_on(async {
        let files = places.open();
        files.store(hash, bytes.clone()).await.unwrap();
        all_copied(&files).await;
        // The folder's is damaged: the copy stands for it.
        std::fs::write(below(&places.folder(), hash), "gam").unwrap();
        assert_eq!(files.read(hash).await.unwrap(), Some(bytes));
        std::fs::write(places.copy_of(hash), "another").unwrap();
        let error = format!("{:#}", files.read(hash).await.unwrap_err());
        assert!(error.contains("is another one"), "{error}");
        let error = format!("{:#}", places.open_alone().read(hash).await.unwrap_err());
        assert!(error.contains("is another one"), "{error}");
    });
}

#[test]
fn files_from_before_the_setting_or_from_while_it_was_away_are_copied_and_no_other_twice() {
    let places = Places::new();
    let copied =
        |numbers: std::ops::Range<usize>| numbers.map(|number| places.is_copied(number)).collect::<Vec<_>>();
    block_on(async {
        let files = places.open_alone();
        store_all(&files).await;
        assert_eq!(files.to_copy(), None);
    });
    // One of them is in the store already, and another one of that name is not whole there.
    let (whole, cut) = (places.copy_of(game(0).0), places.copy_of(game(1).0));
    for (path, bytes) in [(&whole, game(0).1), (&cut, Bytes::from_static(b"g"))] {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let before = std::fs::metadata(&whole).unwrap().modified().unwrap();
    block_on(async {
        let files = places.open();
        wait_for("all to be copied", async || copied(0..FILES).iter().all(|is| *is).then_some(())).await;
        all_copied(&files).await;
    });
    assert_eq!(std::fs::metadata(&whole).unwrap().modified().unwrap(), before, "it was not copied again");
    // The store is known to have all: what it loses afterwards is not looked for at each start.
    std::fs::remove_file(&whole).unwrap();
    block_on(async {
        let files = places.open();
        files.store(game(20).0, game(20).1).await.unwrap();
        wait_for("the new one to be copied", async || places.is_copied(20).then_some(())).await;
        all_copied(&files).await;
    });
    assert!(!whole.exists());
    // After a time without the setting it is not known any more.
    block_on(async { places.open_alone().store(game(21).0, game(21).1).await.unwrap() });
    block_on(async {
        let _files = places.open();
        wait_for("both to be copied", async || (places.is_copied(0) && places.is_copied(21)).then_some(()))
            .await;
    });
}

#[test]
fn a_store_that_is_away_holds_up_nobody_and_gets_everything_when_it_is_back() {
    let places = Places::new();
    // A file where the folder should be: whoever runs this, it cannot be written to.
    std::fs::write(places.store(), "").unwrap();
    block_on(async {
        let files = places.open();
        store_all(&files).await;
        assert_eq!((files.to_copy(), places.marks()), (Some(FILES as u64), FILES));
        for number in 0..FILES {
            assert_eq!(files.read(game(number).0).await.unwrap(), Some(game(number).1));
        }
        // What is in no place that answers may be in the one that does not.
        assert!(files.read(game(99).0).await.is_err());
    });
    // It is away over a restart, and comes back while the ladder runs.
    block_on(async {
        let files = places.open();
        assert_eq!(files.to_copy(), Some(FILES as u64));
        tokio::time::sleep(std::time::Duration::from_millis(700)).await;
        std::fs::remove_file(places.store()).unwrap();
        all_copied(&files).await;
        assert!((0..FILES).all(|number| places.is_copied(number)));
    });
}

#[test]
fn one_file_that_cannot_be_copied_does_not_keep_the_others_from_it() {
    let places = Places::new();
    block_on(async {
        let files = places.open_alone();
        store_all(&files).await;
        std::fs::write(below(&places.folder(), game(0).0), "damaged").unwrap();
        let files = places.open();
        wait_for("the others to be copied", async || {
            (1..FILES).all(|number| places.is_copied(number)).then_some(())
        })
        .await;
        wait_for("one to be left", async || (files.to_copy() == Some(1)).then_some(())).await;
        assert!(!places.copy_of(game(0).0).exists());
    });
}

/// Every step of a file on its way into the folder and the store.
const PLACES: [&str; 8] = [
    "replay: mark",
    "replay: name",
    "replay: sync folder",
    "replay: before acknowledging",
    "copies: all marked",
    "copies: put",
    "copies: unmark",
    "copies: unmarked",
];

/// The db-writer of a case: stores, and says what it acknowledged.
#[test]
fn uploader() {
    let Some(root) = std::env::var_os("EVOLADDER_TEST_UPLOADER") else { return };
    let point = std::env::var("EVOLADDER_TEST_POINT").unwrap();
    let [name, skip, error] = point.split('|').collect::<Vec<_>>()[..] else { panic!("{point}") };
    let name: &'static str = Box::leak(name.to_owned().into_boxed_str());
    error.parse().map_or(Fault::Kill, Fault::Error).set(name, skip.parse().unwrap(), 1);
    let root = Path::new(&root);
    block_on(async {
        let files = open(&root.join("replays"), &root.join("store"));
        for number in 0..FILES {
            let (hash, bytes) = game(number);
            // Whoever was refused sends it again.
            while files.store(hash, bytes.clone()).await.is_err() {}
            println!("\nacknowledged {number}");
        }
        wait_for("the fault", async || was_hit(name).then_some(())).await;
        all_copied(&files).await;
    });
    println!("\ndone");
}

#[test]
fn what_was_acknowledged_is_stored_and_copied_wherever_it_breaks() {
    let mut cases = Vec::new();
    for place in PLACES {
        for skip in [0, 1, 4] {
            let is_once = place == "copies: all marked";
            cases.extend((skip == 0 || !is_once).then(|| format!("{place}|{skip}|kill")));
            cases.extend((skip == 0 || !is_once).then(|| format!("{place}|{skip}|{}", Errno::EIO as i32)));
        }
    }
    for case in cases {
        let places = Places::new();
        // One from before the setting.
        let before = game(50);
        block_on(async { places.open_alone().store(before.0, before.1.clone()).await.unwrap() });
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "copies::uploader", "--nocapture"])
            .env("EVOLADDER_TEST_UPLOADER", places.root.path())
            .env("EVOLADDER_TEST_POINT", &case)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr);
        if case.ends_with("kill") {
            assert_eq!(output.status.signal(), Some(9), "{case}: {said}{errors}");
        } else {
            assert!(said.lines().any(|line| line == "done"), "{case}: {said}{errors}");
        }
        let acknowledged: BTreeSet<usize> =
            said.lines().filter_map(|line| line.strip_prefix("acknowledged ")?.parse().ok()).collect();
        block_on(async {
            let files = places.open();
            // A start looks for what the last one had not marked yet.
            wait_for("the old one to be copied", async || places.is_copied(50).then_some(())).await;
            all_copied(&files).await;
            for number in acknowledged {
                let (hash, bytes) = game(number);
                assert_eq!(files.read(hash).await.unwrap(), Some(bytes), "{case}: {number}");
                assert!(places.is_copied(number), "{case}: {number} has no copy");
            }
        });
        assert_eq!(places.marks(), 0, "{case}");
    }
}

/// Against a server that speaks S3, which whoever runs the test has started:
/// `EVOLADDER_TEST_S3=http://127.0.0.1:9000/bucket`, with the keys `key` and `secret`.
#[test]
fn a_server_that_speaks_s3_keeps_the_copies() {
    let Ok(address) = std::env::var("EVOLADDER_TEST_S3") else {
        println!("skipped: EVOLADDER_TEST_S3 names no server");
        return;
    };
    let (endpoint, name) = address.rsplit_once('/').unwrap();
    let prefix = format!("test-{}", std::process::id());
    let store = |secret: &str| {
        let bucket = Bucket {
            name: name.to_owned(),
            prefix: prefix.clone(),
            region: "us-east-1".to_owned(),
            endpoint: Some(endpoint.to_owned()),
            key_id: Secret::new("key"),
            secret: Secret::new(secret),
            session_token: None,
        };
        Objects::new(&ReplayStore::Bucket(bucket)).unwrap()
    };
    let places = Places::new();
    block_on(async {
        // One is from before, and has to be found missing in the list.
        places.open_alone().store(game(50).0, game(50).1).await.unwrap();
        let files = ReplayFiles::open(&places.folder(), Some(store("secret"))).unwrap();
        store_all(&files).await;
        let large = Bytes::from(vec![7; 5 << 20]);
        let hash = FileHash(Sha256::digest(&large).into());
        files.store(hash, large.clone()).await.unwrap();
        wait_for("the walk", async || places.folder().join("copied-to").exists().then_some(())).await;
        all_copied(&files).await;
        std::fs::remove_dir_all(places.folder()).unwrap();
        let files = ReplayFiles::open(&places.folder(), Some(store("secret"))).unwrap();
        for number in (0..FILES).chain([50]) {
            assert_eq!(files.read(game(number).0).await.unwrap(), Some(game(number).1), "{number}");
        }
        assert_eq!(files.read(hash).await.unwrap(), Some(large));
        assert_eq!(files.read(game(99).0).await.unwrap(), None);
        // A list has many pages, and what it names is not copied again.
        let many: Vec<_> = (1000..2050).map(game).collect();
        for (hash, bytes) in &many {
            files.store(*hash, bytes.clone()).await.unwrap();
        }
        all_copied(&files).await;
        let restored = Places::new();
        let alone = restored.open_alone();
        for (hash, bytes) in &many {
            alone.store(*hash, bytes.clone()).await.unwrap();
        }
        let again = ReplayFiles::open(&restored.folder(), Some(store("secret"))).unwrap();
        let listed = restored.folder().join("copied-to");
        let most = wait_for("the list", async || {
            let open = again.to_copy().unwrap();
            (open > 0 || listed.exists()).then_some(open)
        });
        assert_eq!(most.await, 0);
        // With a wrong secret nothing is told to be gone.
        let files = ReplayFiles::open(&Places::new().folder(), Some(store("wrong"))).unwrap();
        let error = format!("{:#}", files.read(game(0).0).await.unwrap_err());
        assert!(!error.contains("wrong"), "{error}");
    });
}

#[test]
fn marks_and_names_of_earlier_builds_are_understood() {
    // These names and bytes are on disks; they are never edited.
    const GAME: [&str; 2] = [
        "049bb8a8d5e6ae34e9c5a17f76554ed16b54d0512922f8a1768f272a417f68cb",
        "3cc8e82cf07f6ce91b547b179d364947ae7a1ff78f8e5988b455453598e01074",
    ];
    let places = Places::new();
    for (number, hash) in GAME.into_iter().enumerate() {
        let folder = places.folder().join(&hash[..2]);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{hash}.SC2Replay")), format!("game {number}")).unwrap();
    }
    std::fs::create_dir(places.folder().join("to-copy")).unwrap();
    std::fs::write(places.folder().join("to-copy").join(format!("{}.SC2Replay", GAME[1])), "").unwrap();
    let store = format!("file://{}", places.store().display());
    std::fs::write(places.folder().join("copied-to"), store).unwrap();
    block_on(async {
        let files = places.open();
        all_copied(&files).await;
        assert_eq!(files.read(game(0).0).await.unwrap(), Some(game(0).1));
    });
    assert!(places.is_copied(1) && !places.is_copied(0), "what has no mark is in that store, as it says");
}
