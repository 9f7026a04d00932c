//! A replay worker: the only process that parses files of strangers, one at a time.
//!
//! Plain blocking code. It limits itself before it reads its first byte, and has an alarm of its
//! own: a job that takes too long ends the process, and the job's file gets the blame. After
//! [`JOBS`] jobs it leaves for a fresh successor.

use crate::ipc::WireError;
use crate::ipc::blocking::BlockingConnection;
use crate::ipc::child::{Child, leave_without_supervisor};
use anyhow::Context;
use crossbeam_channel::{Sender, bounded};
use ipc_schema::control::{EXIT_RECYCLE, FromChild, Role, ToChild};
use ipc_schema::ids::JobId;
use ipc_schema::replay::{Fault, Job, ReplayFacts, ReplayPlayer, WorkerRequest};
use ipc_schema::vocab::{Outcome, Toon};
use nix::sys::resource::{Resource, setrlimit};
use nix::unistd::alarm;
use replay::ErrorKind;
use replay::facts::{Facts, GameResult};
use std::path::Path;
use std::process::exit;
use std::sync::atomic::{AtomicU64, Ordering};

/// Jobs of one life. It bounds what leaks, and what a file may have left behind.
const JOBS: u32 = 200;

/// A job that takes longer ends the worker (SIGALRM). A parse takes milliseconds.
const JOB_LIMIT_SECONDS: u32 = 2;

/// Address space, far above what the reader takes for any file it accepts.
const MEMORY_BYTES: u64 = 256 << 20;

/// Processor time of a whole life: two seconds for each of the jobs would be a life of nothing but alarms.
const CPU_SECONDS: u64 = 60;

/// Descriptors: standard streams, the control socket twice, the backend's socket, and a few for the runtime.
const DESCRIPTORS: u64 = 16;

/// The job at hand, 0 for none, for the thread that answers the supervisor.
static AT_JOB: AtomicU64 = AtomicU64::new(0);

/// Parses until the backend goes away, the supervisor says to leave, or the worker is used up.
pub fn run(child: Child, backend: &Path) -> anyhow::Result<()> {
    limit_self()?;
    let hello = child.hello();
    let control = child.into_blocking().context("greet the supervisor")?;
    let mut outgoing = control.try_clone().context("share the control socket")?;
    let (drain, drained) = bounded(1);
    std::thread::Builder::new()
        .name("control".to_owned())
        .spawn(move || answer_supervisor(control, &drain))
        .context("start a thread")?;
    let mut connection = BlockingConnection::connect(backend, hello, Role::Backend)?;
    outgoing.send(&FromChild::Ready { address: None })?;
    for _ in 0..JOBS {
        connection.send(&WorkerRequest::Pull)?;
        let Some((Job { job, .. }, bytes)) = connection.receive::<Job>()? else { break };
        AT_JOB.store(job.0, Ordering::Relaxed);
        let done = WorkerRequest::Done { job, result: parse(bytes) };
        connection.send(&done)?;
        AT_JOB.store(0, Ordering::Relaxed);
        if drained.try_recv().is_ok() {
            return Ok(());
        }
    }
    exit(EXIT_RECYCLE.into());
}

fn limit_self() -> anyhow::Result<()> {
    for (resource, limit) in [
        (Resource::RLIMIT_AS, MEMORY_BYTES),
        (Resource::RLIMIT_CPU, CPU_SECONDS),
        (Resource::RLIMIT_NOFILE, DESCRIPTORS),
        (Resource::RLIMIT_FSIZE, 0),
        (Resource::RLIMIT_CORE, 0),
    ] {
        setrlimit(resource, limit, limit).with_context(|| format!("limit {resource:?}"))?;
    }
    Ok(())
}

/// Parses under the alarm.
fn parse(bytes: &[u8]) -> Result<Box<ReplayFacts>, Fault> {
    alarm::set(JOB_LIMIT_SECONDS);
    let parsed = replay::parse(bytes);
    alarm::cancel();
    match parsed {
        Ok(facts) => facts_of(facts).map(Box::new).ok_or(Fault::Malformed),
        Err(error) => Err(match error.kind {
            ErrorKind::UnsupportedBuild => Fault::UnsupportedBuild,
            ErrorKind::Encrypted => Fault::Encrypted,
            ErrorKind::Malformed => Fault::Malformed,
            ErrorKind::TooLarge => Fault::TooLarge,
        }),
    }
}

/// Characters of one text that leave the worker. Names and titles of the game are far shorter.
const TEXT: usize = 128;

/// Cache handles that leave the worker; real games have up to 30.
const HANDLES: usize = 64;

fn text(of: &str) -> String {
    of.chars().take(TEXT).collect()
}

/// What the verdict needs of the facts. None where the file contradicts itself about who played.
fn facts_of(facts: Facts) -> Option<ReplayFacts> {
    let players = (1..)
        .zip(&facts.players)
        .filter(|(_, player)| player.plays())
        .map(|(number, player)| {
            // The lobby's slot is the account to trust, and the way to the user who left.
            let slot = facts.lobby.slots_in_use.iter().find(|slot| slot.slot == player.slot);
            if player.is_human() && slot.is_none_or(|slot| slot.toon != player.toon()) {
                return None;
            }
            let user = slot.and_then(|slot| slot.user);
            let left = facts.leave_events.iter().find(|left| Some(left.user_id) == user);
            let coded = facts.metadata_players.iter().flatten().find(|coded| coded.player_id == number);
            Some(ReplayPlayer {
                toon: Toon { region: player.region, realm: player.realm, id: player.toon_id },
                name: text(&player.name),
                race_text: text(&player.race_raw),
                race_code: coded.map(|coded| text(&coded.assigned_race)),
                outcome: match player.result {
                    GameResult::Win => Some(Outcome::Won),
                    GameResult::Loss => Some(Outcome::Lost),
                    GameResult::Tie => Some(Outcome::Draw),
                    GameResult::Undecided => None,
                },
                left_at_loop: left.map(|left| left.game_loop),
            })
        })
        .collect::<Option<Vec<_>>>()?;
    Some(ReplayFacts {
        base_build: facts.base_build,
        unlisted_build: facts.unlisted_build,
        duration_game_loops: facts.duration_game_loops,
        ended_at_ms: unix_ms(facts.time_utc_filetime),
        map_title: text(&facts.map_title),
        cache_handles: facts.cache_handles.iter().take(HANDLES).map(ToString::to_string).collect(),
        game_speed: facts.game_speed.into(),
        random_seed: facts.random_seed,
        is_1v1: facts.is_1v1,
        players,
        observers: u32::try_from(facts.observers.len()).unwrap_or(u32::MAX),
        attributes: facts
            .attributes_global
            .into_iter()
            .map(|(number, value)| (number, text(&value)))
            .collect(),
    })
}

/// From tenths of a microsecond since 1601.
fn unix_ms(filetime: i64) -> u64 {
    const FROM_1601_TO_1970_MS: u64 = 11_644_473_600_000;
    (filetime.max(0).cast_unsigned() / 10_000).saturating_sub(FROM_1601_TO_1970_MS)
}

fn answer_supervisor(mut control: BlockingConnection, drain: &Sender<()>) {
    loop {
        let answered: Result<(), WireError> = match control.receive::<ToChild>() {
            Ok(Some((ToChild::Ping { number }, _))) => {
                let job = AT_JOB.load(Ordering::Relaxed);
                let doing = (job != 0).then(|| format!("replay job {}", JobId(job)));
                control.send(&FromChild::Pong { number, doing })
            }
            Ok(Some((ToChild::Drain, _))) => {
                // At a job, the main thread leaves when it is done.
                drain.try_send(()).ok();
                if AT_JOB.load(Ordering::Relaxed) == 0 {
                    exit(0);
                }
                Ok(())
            }
            Ok(Some((ToChild::Start { .. }, _))) => Ok(()),
            Ok(None) => leave_without_supervisor(),
            Err(error) => Err(error),
        };
        if let Err(error) = answered {
            tracing::error!("the control socket failed: {:#}", anyhow::Error::from(error));
            leave_without_supervisor();
        }
    }
}
