//! What players send: files that prove nothing, too many of them, and honest ones on whose way a
//! process dies.

use super::discord::ask_for;
use super::everything::refused;
use super::{confirm, stored_once, told_the_result};
use crate::support::{Ladder, Person, wait_for};
use evoladder::season::Which;
use futures_util::future::join_all;
use ipc_schema::fact_line::Fact;
use ipc_schema::ids::MatchId;
use ipc_schema::vocab::GameRegion;
use nix::sys::signal::Signal;
use replay::facts::{CacheHandle, GameResult};
use replay::forge::{self, ForgedPlayer};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Files that a frontend lets wait for their download.
const WAITING: usize = 256;

/// 45,000,000 zeros, packed by bzip2.
const PACKED_ZEROS: &[u8] =
    b"BZh91AY&SY\xc9\x01\xb6\xc8\x01X\xab@ \xc0\x00\x10\x00\x00\x08 \x000\xcc\x05)\xa6RHRl\
      T\x92\x14\x9e.\xe4\x8ap\xa1!\x92\x03m\x90";

/// Two who play a match; the first plays Brood War Zerg, the second StarCraft II Terran.
pub(super) async fn playing(ladder: &Ladder, names: [&str; 2]) -> (Person, Person, MatchId) {
    let first = Person::new(ladder.emulator, names[0]).await;
    let second = Person::new(ladder.emulator, names[1]).await;
    first.set_up().await;
    second.set_up().await;
    first.join("bw", "bw_zerg").await;
    second.join("sc2", "sc2_terran").await;
    let match_id = first.found_match().await;
    assert_eq!(second.found_match().await, match_id);
    confirm(&first, match_id).await;
    confirm(&second, match_id).await;
    (first, second, match_id)
}

/// The game that the first won, as the match sheet says it was to be played.
pub(super) async fn game_of(first: &Person, second: &Person) -> forge::Game {
    let map = first
        .told("the match sheet", |line| match &line.fact {
            Fact::Playing { map, .. } => Some(map.clone()),
            _ => None,
        })
        .await;
    let season = evoladder::season::load(Which::Demo).unwrap();
    let official = evoladder::season::official_handles(Which::Demo).unwrap();
    let player = |person: &Person, race_text: &str, race_code: &str, result| ForgedPlayer {
        name: person.name.clone(),
        race_text: race_text.to_owned(),
        race_code: race_code.to_owned(),
        // Discord's ids are unique, and so are these.
        toon_id: person.id.parse::<u64>().unwrap() % 1_000_000_007,
        result,
        ..ForgedPlayer::default()
    };
    forge::Game {
        map_title: season.map(&map).unwrap().title.clone(),
        cache_handles: official[&(GameRegion::Europe, map)].iter().map(|handle| stored(handle)).collect(),
        players: vec![
            player(first, "BW Zerg", "BWZe", GameResult::Win),
            player(second, "Terran", "Terr", GameResult::Loss),
        ],
        duration_game_loops: 22,
        ended_at_unix: i64::try_from(evoladder::clock::now().unix_seconds()).unwrap(),
        random_seed: 4711,
        ..forge::Game::default()
    }
}

/// The 40 bytes of a handle in hex.
fn stored(handle: &str) -> CacheHandle {
    let byte = |at: usize| u8::from_str_radix(&handle[2 * at..2 * at + 2], 16).unwrap();
    CacheHandle(std::array::from_fn(byte))
}

pub(super) async fn honest_file(first: &Person, second: &Person) -> Vec<u8> {
    forge::write(&game_of(first, second).await)
}

async fn reads(person: &Person, words: &str) {
    wait_for(&format!("{} to read {words:?}", person.name), async || person.reads(words).await.then_some(()))
        .await;
}

/// How many messages of the DM contain `words`.
async fn times_read(person: &Person, words: &str) -> usize {
    person.texts().await.iter().filter(|text| text.contains(words)).count()
}

/// Waits until a player's replays have that many answers, and returns the newest.
pub(super) async fn answer(person: &Person, number: usize) -> String {
    wait_for(&format!("answer {number} for {}", person.name), async || {
        let is_answer = |text: &String| text.contains(" · replay · ") && !text.ends_with("reading");
        let mut answers: Vec<String> = person.texts().await.into_iter().filter(is_answer).collect();
        (answers.len() >= number).then(|| answers.swap_remove(number - 1))
    })
    .await
}

/// The file with its largest packed stream replaced by one that unpacks to 45 MB.
fn bomb(file: &[u8]) -> Vec<u8> {
    let streams: Vec<usize> = (0..file.len()).filter(|at| file[*at..].starts_with(b"\x10BZh")).collect();
    let ends = streams.iter().skip(1).copied().chain([file.len()]);
    let largest = streams.iter().zip(ends).max_by_key(|(start, end)| end - **start).unwrap().0 + 1;
    let mut bomb = file.to_vec();
    bomb[largest..largest + PACKED_ZEROS.len()].copy_from_slice(PACKED_ZEROS);
    bomb
}

#[tokio::test]
async fn each_file_that_proves_nothing_is_answered_in_words_that_help_and_the_match_stays_open() {
    let ladder = Ladder::start().await;
    let (ana, bea, match_id) = playing(&ladder, ["Ana", "Bea"]).await;
    let game = game_of(&ana, &bea).await;
    let honest = forge::write(&game);
    let mut of_others = game.clone();
    for (player, name) in of_others.players.iter_mut().zip(["Fay", "Gus"]) {
        name.clone_into(&mut player.name);
        player.toon_id += 1;
    }
    let old = forge::Game { base_build: 75_689, ..game.clone() };
    let damaged = "is damaged, or no replay at all";
    for (number, what, file, words) in [
        (1, "a bomb", bomb(&honest), "claims more than a replay can hold"),
        (2, "a text", b"not a replay, just words\n".repeat(99), damaged),
        (3, "half a file", honest[..honest.len() / 2].to_vec(), damaged),
        (4, "a game of others", forge::write(&of_others), "This replay does not decide match"),
        (5, "an old build", forge::write(&old), "comes from a game version the ladder cannot read"),
    ] {
        ana.upload("game.SC2Replay", file).await;
        let answer = answer(&ana, number).await;
        assert!(answer.contains(words), "{what}: {answer}");
        assert!(answer.contains("The match is still open."), "{what}: {answer}");
    }
    ana.upload("cat.png", b"PNG".to_vec()).await;
    reads(&ana, "Send the file that ends in .SC2Replay").await;
    bea.upload("game.SC2Replay", honest.clone()).await;
    told_the_result(&ana, &bea, match_id).await;
    // The same file once more, and the other player's file of the same game.
    let words = "Your last match has its result already";
    bea.upload("game.SC2Replay", honest).await;
    reads(&bea, words).await;
    ana.upload("mine.SC2Replay", forge::write(&forge::Game { event_seed: 2, ..game })).await;
    reads(&ana, words).await;
    for role in ["replay-worker", "backend", "frontend"] {
        assert_eq!(ladder.restarts(role), 0, "{role}");
    }
    let (status, root) = ladder.stop();
    assert!(status.success(), "{status}");
    super::ratings_are(&root.path().join("data"), &[("bw_zerg", 1520, 1, 0), ("sc2_terran", 1480, 0, 1)])
        .await;
}

#[tokio::test]
async fn a_game_in_a_fake_mod_is_rejected_and_the_match_stays_open() {
    let ladder = Ladder::start().await;
    let (ana, bea, match_id) = playing(&ladder, ["Ana", "Bea"]).await;
    let game = game_of(&ana, &bea).await;
    let mut handle = [0xfa; 40];
    handle[..8].copy_from_slice(b"s2ma\0\0EU");
    let mut fake = game.clone();
    fake.cache_handles.push(CacheHandle(handle));
    ana.upload("fake.SC2Replay", forge::write(&fake)).await;
    let answer = answer(&ana, 1).await;
    for words in [
        "This replay does not decide match",
        "not the official mod: 1 unknown file",
        "host the lobby from the link on your match sheet",
        "The match is still open.",
    ] {
        assert!(answer.contains(words), "{answer}");
    }
    bea.upload("game.SC2Replay", forge::write(&game)).await;
    told_the_result(&ana, &bea, match_id).await;
    assert!(ladder.stop().0.success());
}

#[tokio::test]
async fn twenty_files_of_one_player_get_one_sentence_and_keep_nobody_else_waiting() {
    let ladder = Ladder::start().await;
    let (ana, bea, match_id) = playing(&ladder, ["Ana", "Bea"]).await;
    let (cid, dee, other_match) = playing(&ladder, ["Cid", "Dee"]).await;
    let (honest, other) =
        (forge::write(&game_of(&ana, &bea).await), forge::write(&game_of(&cid, &dee).await));
    let file = |number: u32| (format!("{number}.SC2Replay"), format!("no replay {number}").into_bytes());
    let workers = ladder.pids("replay-worker");
    ladder.signal(&workers, Signal::SIGSTOP);
    ana.upload_all((0..10).map(file).collect()).await;
    ana.upload_all((10..20).map(file).collect()).await;
    reads(&ana, "2 replays are before yours.").await;
    cid.upload("game.SC2Replay", other).await;
    // The two that are with a worker; Ana's third is behind.
    reads(&cid, "2 replays are before yours.").await;
    let own_line = " of your files were not taken. You already have 3 replays on their way or in line.";
    reads(&ana, own_line).await;
    ladder.signal(&workers, Signal::SIGCONT);
    told_the_result(&cid, &dee, other_match).await;
    let third = answer(&ana, 3).await;
    assert!(third.contains("no replay at all"), "{third}");
    let told = wait_for("all files to be told of", async || {
        let texts = ana.texts().await;
        let counts = texts.iter().filter_map(|text| text.split_once(own_line)?.0.parse::<u32>().ok());
        let counts: Vec<u32> = counts.collect();
        (counts.iter().sum::<u32>() >= 17).then_some(counts)
    })
    .await;
    // Two, if the second message came more than a second after the first.
    assert!(told.len() <= 2 && told.iter().sum::<u32>() == 17, "{told:?}");
    assert_eq!(times_read(&ana, " · replay · ").await, 3);
    bea.upload("game.SC2Replay", honest).await;
    told_the_result(&ana, &bea, match_id).await;
    assert!(ladder.stop().0.success());
}

#[tokio::test]
async fn files_beyond_a_long_line_are_refused_and_the_match_waits_for_its_own() {
    let ladder = Ladder::start().await;
    let (ana, bea, match_id) = playing(&ladder, ["Ana", "Bea"]).await;
    let honest = honest_file(&ana, &bea).await;
    ask_for(&ladder, &json!({ "file_latency_ms": 60_000 })).await;
    // Three messages of each, so that all of the line is theirs, also when some of it has been dealt with.
    let strangers = (0..WAITING / 3 + 30).map(|number| format!("Stranger {number}"));
    let strangers: Vec<Person> =
        join_all(strangers.map(async |name| Person::new(ladder.emulator, &name).await)).await;
    let file = || vec![("game.SC2Replay".to_owned(), b"no replay".to_vec())];
    for _ in 0..3 {
        join_all(strangers.iter().map(|person| person.upload_all(file()))).await;
    }
    ana.upload("game.SC2Replay", honest.clone()).await;
    refused(&ana, "line-full").await;
    ask_for(&ladder, &json!({ "file_latency_ms": 0 })).await;
    wait_for("the line to be short", async || {
        ana.upload("game.SC2Replay", honest.clone()).await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        ana.reads(" · decided").await.then_some(())
    })
    .await;
    told_the_result(&ana, &bea, match_id).await;
    assert!(ladder.stop().0.success());
}

#[tokio::test]
async fn files_beyond_the_first_few_of_a_message_are_refused_in_words() {
    let ladder = Ladder::start().await;
    let (ana, _bea, _match_id) = playing(&ladder, ["Ana", "Bea"]).await;
    let picture = |number: u32| (format!("{number}.png"), vec![7]);
    ana.upload_all((0..8).map(picture).collect()).await;
    reads(&ana, "5 of your files were not taken. That is not a replay.").await;
    reads(&ana, "3 of your files were not taken. At most 5 files of one message are read.").await;
    assert!(ladder.stop().0.success());
}

/// The two workers in the order in which the backend deals to them: who connected first goes first.
async fn workers_in_order(ladder: &Ladder) -> [i32; 2] {
    let before = ladder.pids("replay-worker");
    ladder.signal(&before[..1], Signal::SIGKILL);
    let second = wait_for("the successor of a worker", async || {
        let pids = ladder.pids("replay-worker");
        let newer = pids.iter().find(|pid| !before.contains(pid)).copied();
        newer.filter(|_| ladder.all_ready())
    })
    .await;
    [before[1], second]
}

async fn logged(ladder: &Ladder, words: &str) {
    wait_for(&format!("the log to say {words:?}"), async || ladder.log().contains(words).then_some(())).await;
}

async fn told_that_it_is_read(person: &Person) {
    person
        .told("that the replay is read", |line| {
            matches!(&line.fact, Fact::Replay { stage, .. } if stage == "reading").then_some(())
        })
        .await;
}

#[tokio::test]
async fn a_file_that_kills_two_workers_is_not_read_again_in_this_life_or_the_next() {
    let ladder = Ladder::start().await;
    let (ana, bea, match_id) = playing(&ladder, ["Ana", "Bea"]).await;
    let game = game_of(&ana, &bea).await;
    let file = forge::write(&game);
    let [first, second] = workers_in_order(&ladder).await;
    ladder.signal(&[first, second], Signal::SIGSTOP);
    ana.upload("game.SC2Replay", file.clone()).await;
    told_that_it_is_read(&ana).await;
    // As if each had run into its file's fault; a process that stands still dies when it goes on.
    ladder.signal(&[first], Signal::SIGABRT);
    ladder.signal(&[first], Signal::SIGCONT);
    logged(&ladder, "which is its file's fault").await;
    ladder.signal(&[second], Signal::SIGABRT);
    ladder.signal(&[second], Signal::SIGCONT);
    let answer = answer(&ana, 1).await;
    assert!(answer.contains("cannot be read**, and the same file will not be tried again"), "{answer}");
    let words = "This very file could not be read before, so it is not tried again.";
    ana.upload("again.SC2Replay", file.clone()).await;
    reads(&ana, words).await;
    let emulator = ladder.emulator;
    let (status, root) = ladder.stop();
    assert!(status.success(), "{status}");
    let ladder = Ladder::start_again(root, emulator).await;
    bea.upload("hers.SC2Replay", file.clone()).await;
    reads(&bea, words).await;
    ana.upload("again.SC2Replay", file).await;
    wait_for("the refusal once more", async || (times_read(&ana, words).await == 2).then_some(())).await;
    assert_eq!(ladder.restarts("replay-worker"), 0);
    bea.upload("game.SC2Replay", forge::write(&forge::Game { event_seed: 2, ..game })).await;
    told_the_result(&ana, &bea, match_id).await;
    assert!(ladder.stop().0.success());
}

#[tokio::test]
async fn a_replay_goes_to_another_worker_when_its_own_neither_answers_nor_dies() {
    let ladder = Ladder::start().await;
    let (ana, bea, match_id) = playing(&ladder, ["Ana", "Bea"]).await;
    let file = honest_file(&ana, &bea).await;
    let [first, _] = workers_in_order(&ladder).await;
    ladder.signal(&[first], Signal::SIGSTOP);
    ana.upload("game.SC2Replay", file).await;
    // By the backend, which deals the job anew, as a test of its workers says; or the supervisor was quicker, and
    // ended who does not answer.
    wait_for("the worker to be given up", async || {
        let log = ladder.log();
        (log.contains("it is let go") || log.contains("did not answer 5 pings")).then_some(())
    })
    .await;
    told_the_result(&ana, &bea, match_id).await;
    // It may be gone already: the supervisor ends who does not answer.
    if ladder.pids("replay-worker").contains(&first) {
        ladder.signal(&[first], Signal::SIGCONT);
    }
    let (status, root) = ladder.stop();
    assert!(status.success(), "{status}");
    stored_once(&root.path().join("data")).await;
}

#[tokio::test]
async fn an_upload_survives_a_backend_that_dies_while_a_worker_has_it() {
    let ladder = Ladder::start().await;
    let (ana, bea, match_id) = playing(&ladder, ["Ana", "Bea"]).await;
    let file = honest_file(&ana, &bea).await;
    let workers = ladder.pids("replay-worker");
    ladder.signal(&workers, Signal::SIGSTOP);
    ana.upload("game.SC2Replay", file).await;
    told_that_it_is_read(&ana).await;
    ladder.signal(&ladder.pids("backend"), Signal::SIGKILL);
    ladder.signal(&workers, Signal::SIGCONT);
    told_the_result(&ana, &bea, match_id).await;
    assert_eq!(ladder.restarts("backend"), 1);
    let (status, root) = ladder.stop();
    assert!(status.success(), "{status}");
    stored_once(&root.path().join("data")).await;
}

/// All replay files that are stored.
fn stored_files(data: &Path) -> Vec<PathBuf> {
    let folders = std::fs::read_dir(data.join("replays")).into_iter().flatten();
    let files = folders.flat_map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap());
    let files = files.map(|file| file.unwrap().path());
    files.filter(|file| file.extension().is_some_and(|ending| ending == "SC2Replay")).collect()
}

#[tokio::test]
async fn an_upload_survives_a_db_writer_that_dies_between_the_file_and_its_record() {
    let ladder = Ladder::start().await;
    let (ana, bea, match_id) = playing(&ladder, ["Ana", "Bea"]).await;
    let file = honest_file(&ana, &bea).await;
    let (backend, writer) = (ladder.pids("backend"), ladder.pids("db-writer"));
    ladder.signal(&writer, Signal::SIGSTOP);
    ana.upload("game.SC2Replay", file).await;
    // Backend and db-writer take turns to run, so that the backend cannot have seen that the file is
    // stored when the db-writer dies.
    wait_for("the file to be stored", async || {
        tokio::time::sleep(Duration::from_millis(50)).await;
        ladder.signal(&backend, Signal::SIGSTOP);
        ladder.signal(&writer, Signal::SIGCONT);
        tokio::time::sleep(Duration::from_millis(50)).await;
        ladder.signal(&writer, Signal::SIGSTOP);
        if stored_files(&ladder.data()).is_empty() {
            ladder.signal(&backend, Signal::SIGCONT);
            return None;
        }
        Some(())
    })
    .await;
    ladder.signal(&writer, Signal::SIGKILL);
    ladder.signal(&backend, Signal::SIGCONT);
    told_the_result(&ana, &bea, match_id).await;
    assert_eq!((ladder.restarts("db-writer"), ladder.restarts("backend")), (1, 0));
    let (status, root) = ladder.stop();
    assert!(status.success(), "{status}");
    assert_eq!(stored_files(&root.path().join("data")).len(), 1);
    stored_once(&root.path().join("data")).await;
}

/// Which end of a connection has a port.
#[derive(PartialEq)]
enum End {
    Server,
    Client,
}

/// Bytes that wait to be read at one end of all connections to a port, as the kernel counts them.
fn unread(port: u16, end: &End) -> u64 {
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let of_line = |line: &str| {
        // After a number: the own address, the other's, the state, and what waits to be sent and read.
        let words: Vec<&str> = line.split_whitespace().collect();
        let address = words.get(if *end == End::Server { 1 } else { 2 })?;
        let has_port = u16::from_str_radix(address.split_once(':')?.1, 16) == Ok(port);
        has_port.then(|| u64::from_str_radix(words.get(4)?.split_once(':')?.1, 16).ok())?
    };
    table.lines().skip(1).filter_map(of_line).sum()
}

/// Waits until an end of the connections to the emulator has so many more bytes to read.
async fn is_sent(ladder: &Ladder, end: End, before: u64) {
    let port = ladder.emulator.port();
    wait_for("bytes in a socket", async || (unread(port, &end) > before + 100).then_some(())).await;
}

#[tokio::test]
async fn an_upload_survives_a_frontend_that_dies_in_mid_download() {
    let ladder = Ladder::start().await;
    let (ana, bea, match_id) = playing(&ladder, ["Ana", "Bea"]).await;
    let file = honest_file(&ana, &bea).await;
    let session = ladder.data().join("gateway").join("shard-0");
    wait_for("the session to be kept", async || session.exists().then_some(())).await;
    let (frontend, emulator) = (ladder.pids("frontend"), ladder.pids("emulator"));
    let port = ladder.emulator.port();
    ladder.signal(&frontend, Signal::SIGSTOP);
    let before = unread(port, &End::Client);
    ana.upload("game.SC2Replay", file).await;
    // The message waits for the frontend, and then its request for the file for the emulator.
    is_sent(&ladder, End::Client, before).await;
    ladder.signal(&emulator, Signal::SIGSTOP);
    let before = unread(port, &End::Server);
    ladder.signal(&frontend, Signal::SIGCONT);
    is_sent(&ladder, End::Server, before).await;
    ladder.signal(&frontend, Signal::SIGKILL);
    ladder.signal(&emulator, Signal::SIGCONT);
    told_the_result(&ana, &bea, match_id).await;
    assert_eq!((ladder.restarts("frontend"), ladder.restarts("emulator")), (1, 0));
    let (status, root) = ladder.stop();
    assert!(status.success(), "{status}");
    stored_once(&root.path().join("data")).await;
}
