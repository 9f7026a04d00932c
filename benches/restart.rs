//! `scripts/bench restart`: from SIGKILL of a role until its successor is ready, and what a load is made of.
//!
//! The backend is killed over a ladder of 100,000 players and 1,000,000 matches, which is made once by
//! folding generated events, and kept below `target/`. The database beside it has empty records only:
//! no start reads them. The other roles are killed over an empty ladder.

use anyhow::{Context, ensure};
use clap::Parser;
use evoladder::clock::instant;
use evoladder::db_writer::snapshots::Task;
use evoladder::db_writer::{DATABASE, JOURNAL, SNAPSHOTS};
use evoladder::domain::ladder::{Rebuild, RebuildMatches};
use evoladder::journal::Journal;
use evoladder::journal::commit::Commits;
use evoladder::snapshot::fold::Folded;
use evoladder::snapshot::{self, Snapshot};
use evoladder::store::Store;
use evoladder::supervisor::status;
use ipc_schema::db_writer::{Record, StoredReply};
use ipc_schema::event::{Event, Judged, Judgement, Names, Pairing, RatingChange};
use ipc_schema::ids::{CardId, ChannelId, JobId, Key, LadderId, MatchId, MessageId, PlayerId, Seq, UserId};
use ipc_schema::replay::{ReplayFacts, ReplayPlayer};
use ipc_schema::vocab::{
    FileHash, GameRegion, Ground, Locale, Mmr, Outcome, Race, RaceChoice, Region, Server, Timestamp, Toon,
    Verdict,
};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

const LADDER: LadderId = LadderId(0xbe_4c_11);
/// Matches of a wave, which is a record.
const WAVE: u64 = 500;
const BEGAN: Timestamp = Timestamp(1_795_284_000_000);
/// A successor that is not ready by then is none.
const PATIENCE: Duration = Duration::from_secs(60);
/// After a kill, until the next: a role that was ready for 1 s is started again at once.
const STEADY: Duration = Duration::from_millis(1_300);
const GOAL_BACKEND_MS: f64 = 1_000.0;

#[derive(Parser)]
struct Arguments {
    /// Write the numbers there too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Kills of each role
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(5..))]
    kills: u32,
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    players: u64,
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    matches: u64,
    /// Where the ladders are kept
    #[arg(long, value_name = "DIR", default_value = "target/bench/restart")]
    scratch: PathBuf,
}

#[derive(Serialize)]
struct Restart {
    role: &'static str,
    players: u64,
    matches: u64,
    kills: u32,
    p50_ms: f64,
    p99_ms: f64,
    max_ms: f64,
}

#[derive(Serialize)]
struct Load {
    players: u64,
    matches: u64,
    snapshot_bytes: u64,
    /// Taking the state apart and encoding it, without a disk.
    encode_ms: f64,
    /// Writing and syncing it, encoding included.
    store_ms: f64,
    /// Checking every byte of the file.
    check_ms: f64,
    decode_ms: f64,
    /// On one thread, where a backend has two.
    rebuild_ms: f64,
}

/// Appends of 16 clients while a snapshot is made, and while none is.
#[derive(Serialize)]
struct Beside {
    without_p50_us: f64,
    without_p99_us: f64,
    with_p50_us: f64,
    with_p99_us: f64,
    making_ms: f64,
    resident_before_mib: u64,
    resident_during_mib: u64,
    resident_after_mib: u64,
}

#[derive(Serialize)]
struct Report {
    bench: &'static str,
    load: Load,
    beside: Beside,
    restarts: Vec<Restart>,
    goal_backend_ms: f64,
    met: bool,
}

fn main() -> anyhow::Result<()> {
    let Arguments { json, kills, players, matches, scratch } = Arguments::parse();
    std::fs::create_dir_all(&scratch)?;
    let kept = scratch.join(format!("{players}-{matches}"));
    let snapshot = match snapshot::whole(&kept)?.into_iter().next() {
        Some(snapshot) => snapshot,
        None => {
            println!("Making a ladder of {players} players and {matches} matches in {}.", kept.display());
            generated(players, matches).store(&kept, LADDER)?
        }
    };
    let load = measure_load(&snapshot, players, matches, &scratch)?;
    println!(
        "snapshot {:.1} MB: encode {:.0} ms, store {:.0} ms, check {:.0} ms, decode {:.0} ms, rebuild {:.0} ms",
        load.snapshot_bytes as f64 / 1e6,
        load.encode_ms,
        load.store_ms,
        load.check_ms,
        load.decode_ms,
        load.rebuild_ms
    );
    let beside = measure_beside(&snapshot, &scratch)?;
    println!(
        "appends of 16 clients: p50 {:.0} us, p99 {:.0} us; while a snapshot is made ({:.0} ms): p50 {:.0} us, p99 {:.0} us; \
         resident {} MiB before, {} during, {} after",
        beside.without_p50_us,
        beside.without_p99_us,
        beside.making_ms,
        beside.with_p50_us,
        beside.with_p99_us,
        beside.resident_before_mib,
        beside.resident_during_mib,
        beside.resident_after_mib
    );
    let mut restarts = Vec::new();
    println!("role            players    matches   kills   p50 ms   p99 ms   max ms");
    let large = Data::new(&scratch, Some(&snapshot))?;
    restarts.push(large.restarts("backend", kills, (players, matches))?);
    drop(large);
    let small = Data::new(&scratch, None)?;
    for role in ["backend", "db-writer", "frontend", "replay-worker"] {
        restarts.push(small.restarts(role, kills, (0, 0))?);
    }
    drop(small);
    let met = restarts[0].p99_ms < GOAL_BACKEND_MS;
    println!(
        "The goal for the backend over the large ladder, {GOAL_BACKEND_MS:.0} ms at p99, is {}met.",
        if met { "" } else { "not " }
    );
    let report = Report { bench: "restart", load, beside, restarts, goal_backend_ms: GOAL_BACKEND_MS, met };
    if let Some(path) = json {
        std::fs::write(&path, serde_json::to_vec_pretty(&report)?)
            .with_context(|| format!("write {}", path.display()))?;
    }
    Ok(())
}

fn ms(since: std::time::Instant) -> f64 {
    instant().duration_since(since).as_secs_f64() * 1e3
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn quantile(sorted: &[f64], quantile: f64) -> f64 {
    let at = (sorted.len() as f64 * quantile).ceil() as usize;
    sorted[at.clamp(1, sorted.len()) - 1]
}

fn measure_load(snapshot: &Snapshot, players: u64, matches: u64, scratch: &Path) -> anyhow::Result<Load> {
    let [mut encode, mut store, mut check, mut decode, mut rebuild] = [const { Vec::new() }; 5];
    let dir = scratch.join("stored");
    for _ in 0..5 {
        let begin = instant();
        Snapshot::open(snapshot.path())?;
        check.push(ms(begin));
        let begin = instant();
        let parts = snapshot.read().collect::<Result<Vec<_>, _>>()?;
        decode.push(ms(begin));
        let begin = instant();
        let (mut made, mut of_matches) = (Rebuild::default(), RebuildMatches::default());
        for part in parts {
            made.take(part).and_then(|part| of_matches.take(part));
        }
        let (ladder, at) = made.finish(1, || of_matches.finish()).context("it makes a ladder")?;
        rebuild.push(ms(begin));
        let begin = instant();
        let mut bytes = 0;
        ladder.to_snapshot(at, |part| {
            bytes += ipc_schema::frame::to_bytes(&part).len();
            anyhow::Ok(())
        })?;
        encode.push(ms(begin));
        ensure!(bytes > 0, "something was encoded");
        let folded = Folded::load(snapshot)?;
        let begin = instant();
        folded.store(&dir, LADDER)?;
        store.push(ms(begin));
        std::fs::remove_dir_all(&dir)?;
    }
    Ok(Load {
        players,
        matches,
        snapshot_bytes: snapshot.bytes(),
        encode_ms: median(encode),
        store_ms: median(store),
        check_ms: median(check),
        decode_ms: median(decode),
        rebuild_ms: median(rebuild),
    })
}

fn resident_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()).unwrap_or(0) / 1024
}

/// A press without effect, of the size that most have.
fn press(seq: u64) -> Record {
    Record {
        seq: Seq(seq),
        at: Timestamp(BEGAN.0 + seq),
        key: Some(Key::Interaction(seq)),
        events: vec![Event::ChannelSeen { player: PlayerId(1), channel: ChannelId(seq) }],
        reply: Some(StoredReply { protocol: 1, bytes: vec![1; 150] }),
    }
}

/// Times of appends of one record by 16 clients until `stop`, in microseconds, sorted. Each waits
/// for 1 ms behind an answer: a busy ladder, and no saturated disk.
fn appends(commits: &Commits, next: &mut u64, stop: &AtomicBool) -> Vec<f64> {
    let (told, answers) = mpsc::channel();
    let (mut times, mut under_way) = (Vec::new(), 0);
    while !stop.load(Ordering::Relaxed) || under_way > 0 {
        while under_way < 16 && !stop.load(Ordering::Relaxed) {
            let (told, began) = (told.clone(), instant());
            let done = move |synced: Result<Seq, String>| {
                told.send((began, instant(), synced.is_ok())).expect("somebody waits");
            };
            commits.append(&[press(*next)], done).expect("there is room for 16");
            *next += 1;
            under_way += 1;
        }
        let (began, ended, is_synced) = answers.recv().expect("each is answered");
        assert!(is_synced, "the disk takes it");
        under_way -= 1;
        times.push(ended.duration_since(began).as_secs_f64() * 1e6);
        if times.len() % 16 == 0 {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    times.sort_by(f64::total_cmp);
    times
}

fn measure_beside(base: &Snapshot, scratch: &Path) -> anyhow::Result<Beside> {
    let root = scratch.join("beside");
    std::fs::remove_dir_all(&root).ok();
    let (journal, dir) = (root.join(JOURNAL), root.join(SNAPSHOTS));
    std::fs::create_dir_all(&root)?;
    let first = base.seq().0 + 1;
    let opened = Journal::open_from(&journal, LADDER, Seq(first))?;
    let commits = Commits::start(opened, |error| panic!("{error}"));
    let mut next = first;
    let before = resident_mib();
    let round = |commits: &Commits, next: &mut u64, length: Duration| {
        let stop = Arc::new(AtomicBool::new(false));
        let stopping = Arc::clone(&stop);
        let timer = std::thread::spawn(move || {
            std::thread::sleep(length);
            stopping.store(true, Ordering::Relaxed);
        });
        let times = appends(commits, next, &stop);
        timer.join().expect("a timer ends");
        times
    };
    let mut without = round(&commits, &mut next, Duration::from_secs(3));
    let (mut with, mut making, mut during) = (Vec::new(), Vec::new(), 0);
    for _ in 0..3 {
        let through = commits.synced();
        let stop = Arc::new(AtomicBool::new(false));
        let (stopping, (told, made)) = (Arc::clone(&stop), mpsc::channel());
        let base = Some(Arc::new(Snapshot::open(base.path())?));
        let task = Task { dir: dir.clone(), journal: journal.clone(), ladder: LADDER, base, through };
        let began = instant();
        task.start(move |made| {
            told.send((ms(began), resident_mib(), made)).expect("somebody waits");
            stopping.store(true, Ordering::Relaxed);
        })?;
        with.extend(appends(&commits, &mut next, &stop));
        let (took, resident, snapshot) = made.recv()?;
        snapshot?;
        making.push(took);
        during = during.max(resident);
        without.extend(round(&commits, &mut next, Duration::from_secs(2)));
    }
    let after = resident_mib();
    drop(commits);
    std::fs::remove_dir_all(&root)?;
    with.sort_by(f64::total_cmp);
    without.sort_by(f64::total_cmp);
    Ok(Beside {
        without_p50_us: quantile(&without, 0.5),
        without_p99_us: quantile(&without, 0.99),
        with_p50_us: quantile(&with, 0.5),
        with_p99_us: quantile(&with, 0.99),
        making_ms: median(making),
        resident_before_mib: before,
        resident_during_mib: during,
        resident_after_mib: after,
    })
}

/// A ladder of real processes over a data folder.
struct Data {
    path: PathBuf,
    supervisor: Child,
}

impl Data {
    fn new(scratch: &Path, snapshot: Option<&Snapshot>) -> anyhow::Result<Data> {
        let path = scratch.join("data");
        std::fs::remove_dir_all(&path).ok();
        std::fs::create_dir_all(&path)?;
        std::fs::write(path.join("demo.json"), r#"{"seed":7,"players":0}"#)?;
        if let Some(snapshot) = snapshot {
            let dir = path.join(SNAPSHOTS);
            std::fs::create_dir_all(&dir)?;
            let name = snapshot.path().file_name().context("a snapshot has a name")?;
            std::fs::copy(snapshot.path(), dir.join(name))?;
            let last = snapshot.seq().0;
            drop(Journal::open_from(&path.join(JOURNAL), LADDER, Seq(last + 1))?);
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let mut store = Store::open(&path.join(DATABASE)).await?;
                let records: Vec<Record> = (1..=last).map(|seq| stand_in(seq, seq == last)).collect();
                store.apply(LADDER, &records).await
            })?;
        }
        let executable = std::env::current_exe()?;
        let release =
            executable.parent().and_then(Path::parent).context("examples lie in the target folder")?;
        let supervisor = Command::new(release.join("evoladder"))
            .args(["run", "--emulator", "--data"])
            .arg(&path)
            .env_remove("DISCORD_TOKEN")
            .env("REPLAY_WORKERS", "1")
            .env("EVOLADDER_LOG", "error")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .context("start evoladder")?;
        let data = Data { path, supervisor };
        let began = instant();
        while !data.all_ready() {
            ensure!(ms(began) < PATIENCE.as_secs_f64() * 1e3, "the ladder does not start");
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(data)
    }

    fn children(&self) -> Vec<serde_json::Value> {
        let status = status::ask(&self.path).ok().flatten();
        status.and_then(|status| status["children"].as_array().cloned()).unwrap_or_default()
    }

    fn all_ready(&self) -> bool {
        let children = self.children();
        !children.is_empty() && children.iter().all(|child| child["state"] == "ready")
    }

    /// The process of a role, if it serves.
    fn ready(&self, role: &str) -> Option<i64> {
        let children = self.children();
        let child = children.iter().find(|child| child["role"] == role && child["state"] == "ready")?;
        child["pid"].as_i64()
    }

    fn restarts(
        &self,
        role: &'static str,
        kills: u32,
        (players, matches): (u64, u64),
    ) -> anyhow::Result<Restart> {
        let mut times = Vec::new();
        for _ in 0..kills {
            std::thread::sleep(STEADY);
            let old = self.ready(role).with_context(|| format!("the {role} serves"))?;
            let began = instant();
            kill(Pid::from_raw(i32::try_from(old)?), Signal::SIGKILL)?;
            while self.ready(role).is_none_or(|pid| pid == old) {
                ensure!(ms(began) < PATIENCE.as_secs_f64() * 1e3, "the {role} does not come back");
                std::thread::sleep(Duration::from_millis(5));
            }
            times.push(ms(began));
        }
        times.sort_by(f64::total_cmp);
        let (p50_ms, p99_ms, max_ms) =
            (quantile(&times, 0.5), quantile(&times, 0.99), times[times.len() - 1]);
        println!(
            "{role:<14} {players:>8} {matches:>10} {kills:>7} {p50_ms:>8.1} {p99_ms:>8.1} {max_ms:>8.1}"
        );
        Ok(Restart { role, players, matches, kills, p50_ms, p99_ms, max_ms })
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        if let Ok(pid) = i32::try_from(self.supervisor.id()) {
            kill(Pid::from_raw(pid), Signal::SIGTERM).ok();
        }
        self.supervisor.wait().ok();
    }
}

/// The record of that number in a database that nobody reads: the last one is the snapshot's.
fn stand_in(seq: u64, is_last: bool) -> Record {
    let events = if is_last { vec![last_event()] } else { Vec::new() };
    Record { seq: Seq(seq), at: Timestamp(BEGAN.0 + seq * 1000), key: None, events, reply: None }
}

fn last_event() -> Event {
    Event::ChannelSeen { player: PlayerId(1), channel: ChannelId(1) }
}

/// A ladder of so many players who played so many matches, each decided by a replay of its own.
fn generated(players: u64, matches: u64) -> Folded {
    let mut folded = Folded::default();
    let mut seq = 0;
    let mut record = |folded: &mut Folded, events: Vec<Event>| {
        seq += 1;
        folded.take(vec![Record { events, ..stand_in(seq, false) }]);
        Timestamp(BEGAN.0 + seq * 1000)
    };
    for player in 1..=players {
        if player % 1000 == 1 {
            let events = (player..(player + 1000).min(players + 1)).flat_map(joined).collect();
            record(&mut folded, events);
        }
    }
    let (mut mmr, mut card, mut at) = (vec![1500; usize::try_from(players).expect("it fits") + 1], 0, BEGAN);
    // Who plays whom moves on by a step that shares no factor with the number of players.
    let player_of = |place: u64| PlayerId(1 + place.wrapping_mul(7_919) % players);
    for wave in 0..matches.div_ceil(WAVE) {
        let numbers = (1 + wave * WAVE)..=((wave + 1) * WAVE).min(matches);
        let mut events = Vec::new();
        let pairing = |number: u64| Pairing {
            match_id: MatchId(number),
            players: [player_of(2 * number), player_of(2 * number + 1)],
            races: [Race::BwZerg, Race::Sc2Protoss],
            map: "khione".to_owned(),
            server: Server::Euc,
            confirm_deadline: at,
        };
        let pairings: Vec<Pairing> = numbers.clone().map(pairing).collect();
        let queued = pairings.iter().flat_map(|pairing| pairing.players);
        events.extend(queued.map(|player| Event::Queued { player, at }));
        events.push(Event::WaveFired { at, pairings: pairings.clone(), generator: wave + 1 });
        let first_card = card + 1;
        card += 2 * pairings.len() as u64;
        for (pairing, cards) in pairings.iter().zip((first_card..).step_by(2)) {
            card += 1;
            played(pairing, [cards, cards + 1, card], at, &mut mmr, &mut events);
        }
        at = record(&mut folded, events);
    }
    record(&mut folded, vec![last_event()]);
    folded
}

fn joined(number: u64) -> Vec<Event> {
    let (player, at) = (PlayerId(number), BEGAN);
    let name = format!("Player{number}");
    let toon = Toon { region: 2, realm: 1, id: number };
    let battle_tag = format!("{name}#{}", 1000 + number % 9000);
    let names = Names { battle_tag, name, alternatives: Vec::new(), country: "KR".to_owned() };
    let races = RaceChoice { bw: Some(Race::BwZerg), sc2: Some(Race::Sc2Protoss) };
    vec![
        Event::PlayerJoined { player, user: UserId(1_000_000_000 + number), locale: Locale::KoKr, at },
        Event::ChannelSeen { player, channel: ChannelId(2_000_000_000 + number) },
        Event::TermsAnswered { player, accepted: true, at },
        Event::NamesSet { player, names },
        Event::RegionSet { player, region: Region::Krj },
        Event::SetupFinished { player, at },
        Event::RacesChosen { player, races },
        Event::VetoesChosen { player, maps: vec!["radeon".to_owned(), "sylphid".to_owned()] },
        Event::ToonBound { player, region: GameRegion::Europe, toon },
    ]
}

/// Everything from the pairing to the last card.
fn played(pairing: &Pairing, cards: [u64; 3], at: Timestamp, mmr: &mut [i32], events: &mut Vec<Event>) {
    let Pairing { match_id, players, races, .. } = *pairing;
    let job = JobId(match_id.0);
    let mut hash = [0; 32];
    // Spread as a hash is, and told apart by the match.
    hash[..8].copy_from_slice(&match_id.0.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes());
    hash[8..16].copy_from_slice(&match_id.0.to_le_bytes());
    let player = |slot: usize| ReplayPlayer {
        toon: Toon { region: 2, realm: 1, id: players[slot].0 },
        name: String::new(),
        race_text: String::new(),
        race_code: None,
        outcome: Some([Outcome::Won, Outcome::Lost][slot]),
        left_at_loop: None,
    };
    let facts = ReplayFacts {
        base_build: 95_299,
        unlisted_build: false,
        duration_game_loops: 10_000,
        ended_at_ms: at.0,
        map_title: String::new(),
        cache_handles: Vec::new(),
        game_speed: 4,
        random_seed: (match_id.0 as u32).wrapping_mul(0x9e37_79b1),
        is_1v1: true,
        players: vec![player(0), player(1)],
        observers: 0,
        attributes: Vec::new(),
    };
    let ground = Ground::Recorded;
    let judgement = Judgement { checks: Vec::new(), outcome: Judged::Decided { winner: 0, ground } };
    let ratings = [0, 1].map(|slot| {
        let row = &mut mmr[players[slot].0 as usize];
        let before = *row;
        *row += if slot == 0 { 17 } else { -17 };
        RatingChange { player: players[slot], race: races[slot], before: Mmr(before), after: Mmr(*row) }
    });
    events.extend([
        Event::Started { match_id, at, deadline: at },
        Event::ReplayTaken { job, match_id, player: players[0], hash: FileHash(hash), bytes: 100_000, at },
        Event::ReplayJudged { job, facts: Box::new(facts), judgement, at },
        Event::Closed {
            match_id,
            verdict: Verdict::Decided { winner: 0, ground },
            ratings: Some(ratings),
            at,
        },
    ]);
    // A version that is beyond all there were: nothing more is due.
    events.extend(cards.map(|card| Event::CardShown {
        card: CardId(card),
        version: 100,
        channel: ChannelId(1),
        message: MessageId(card),
        at,
    }));
}
