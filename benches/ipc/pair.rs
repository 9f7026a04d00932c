//! The two processes of a measurement: one asks and measures, the other answers. Each is pinned to
//! its core and measures one kind of exchange. `benches/http2` is built from this file too.

use crate::statistics::quantile;
use anyhow::{Context, bail, ensure};
use nix::sched::{CpuSet, sched_setaffinity};
use nix::time::{ClockId, clock_getcpuclockid, clock_gettime};
use nix::unistd::{Pid, alarm};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::io::Write;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// Payload of an answer to opaque bytes; its first 8 are the checksum of what was asked.
pub(crate) const ANSWER_BYTES: usize = 64;

/// A payload beyond it is asked for one by one where small ones share a write.
pub(crate) const LARGE_BYTES: usize = 16 << 10;

/// The most that fits into a frame of the ladder, with room for the message before it.
const MOST_BYTES: usize = 7 << 20;

/// Part of the time that is spent on warming up, before it.
const WARM_UP: u32 = 5;

/// Seconds after which a side must be stuck, and is ended by SIGALRM. Most take a tenth of one.
const STUCK_S: u32 = 120;

/// What is exchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum What {
    /// So many opaque bytes, answered by [`ANSWER_BYTES`].
    Bytes(usize),
    /// A press of "join the queue", answered by what `/queue` shows then.
    Press,
    /// A card with a match sheet, answered by where it was shown.
    Card,
    /// A replay of [`JOB_BYTES`] for a worker, answered by its facts.
    Job,
}

/// A long replay.
pub(crate) const JOB_BYTES: usize = 300_000;

impl FromStr for What {
    type Err = String;

    fn from_str(text: &str) -> Result<What, String> {
        match text {
            "press" => Ok(What::Press),
            "card" => Ok(What::Card),
            "job" => Ok(What::Job),
            bytes => match bytes.parse() {
                Ok(bytes @ 1..=MOST_BYTES) => Ok(What::Bytes(bytes)),
                _ => Err(format!("give bytes from 1 to {MOST_BYTES}, or press, card or job")),
            },
        }
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            What::Bytes(bytes) => bytes.fmt(f),
            What::Press => f.pad("press"),
            What::Card => f.pad("card"),
            What::Job => f.pad("job"),
        }
    }
}

impl What {
    /// The opaque bytes that go with it.
    pub(crate) fn blob_bytes(self) -> usize {
        match self {
            What::Bytes(bytes) => bytes,
            What::Job => JOB_BYTES,
            What::Press | What::Card => 0,
        }
    }

    pub(crate) fn is_large(self) -> bool {
        self.blob_bytes() > LARGE_BYTES
    }
}

/// Bytes that no codec can shorten.
pub(crate) fn payload(bytes: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    (0..bytes).map(|_| next()).collect()
}

/// Touches every byte, as whoever reads a file does.
pub(crate) fn checksum(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let sum = words.iter().fold(0, |sum: u64, word| sum.wrapping_add(u64::from_le_bytes(*word)));
    rest.iter().fold(sum, |sum, byte| sum.wrapping_add(u64::from(*byte)))
}

/// The answer to opaque bytes.
pub(crate) fn answer_to(bytes: &[u8]) -> [u8; ANSWER_BYTES] {
    let mut answer = [0x5a; ANSWER_BYTES];
    answer[..8].copy_from_slice(&checksum(bytes).to_le_bytes());
    answer
}

/// Fails unless `answer` is one to bytes with the checksum `expected`.
pub(crate) fn check_answer(answer: &[u8], expected: u64) -> anyhow::Result<()> {
    ensure!(answer.len() == ANSWER_BYTES, "an answer of {} bytes", answer.len());
    ensure!(answer[..8] == expected.to_le_bytes(), "the answer is to other bytes");
    Ok(())
}

/// Fails unless what came is what was to come.
pub(crate) fn expect(is_right: bool) -> anyhow::Result<()> {
    ensure!(is_right, "another answer");
    Ok(())
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Answering {
    #[arg(long)]
    pub(crate) transport: String,
    #[arg(long)]
    pub(crate) what: What,
    #[arg(long)]
    pub(crate) core: usize,
    /// Where a Unix socket is to be
    #[arg(long)]
    pub(crate) socket: PathBuf,
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Asking {
    #[arg(long)]
    pub(crate) transport: String,
    #[arg(long)]
    pub(crate) what: What,
    #[arg(long)]
    pub(crate) core: usize,
    /// What the process that answers said: a path or an address
    #[arg(long)]
    pub(crate) address: String,
    /// The process that answers
    #[arg(long)]
    pub(crate) peer: i32,
    /// Asked and not answered yet, at any time
    #[arg(long)]
    pub(crate) in_flight: usize,
    /// How long to measure, after a fifth of it to warm up
    #[arg(long)]
    pub(crate) ms: u64,
    /// How many answers it takes at least, however long that is
    #[arg(long)]
    pub(crate) least: u64,
}

/// Says where to ask. The process that measures is started when it reads this.
pub(crate) fn announce(address: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{address}")?;
    Ok(out.flush()?)
}

/// The first thing a side does: it stays on its core, and does not outlive what could only be a fault.
pub(crate) fn begin(core: usize) -> anyhow::Result<()> {
    alarm::set(STUCK_S);
    let mut set = CpuSet::new();
    set.set(core).context("name a core")?;
    sched_setaffinity(Pid::from_raw(0), &set).with_context(|| format!("pin to core {core}"))
}

/// What one measurement gave.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Measured {
    pub(crate) messages: u64,
    pub(crate) elapsed_ns: u64,
    /// Of both processes.
    pub(crate) cpu_ns: u64,
    /// Round trips; 0 where more than one was under way.
    pub(crate) p50_ns: u64,
    pub(crate) p99_ns: u64,
}

/// A moment, and what was done and used until then.
#[derive(Debug, Clone, Copy)]
struct Mark {
    at: Duration,
    cpu: Duration,
    messages: u64,
}

/// Counts answers from when things are warm until it has enough of them.
#[derive(Debug)]
pub(crate) struct Meter {
    time: Duration,
    least: u64,
    in_flight: usize,
    /// Clocks of the processor time of this process and of the other.
    cpu: [ClockId; 2],
    created: Duration,
    last: Duration,
    messages: u64,
    began: Option<Mark>,
    ended: Option<Mark>,
    round_trips: Vec<u64>,
}

fn read(clock: ClockId) -> Duration {
    clock_gettime(clock).expect("the clock of a process that lives").into()
}

impl Meter {
    pub(crate) fn start(asking: &Asking) -> anyhow::Result<Meter> {
        let peer = clock_getcpuclockid(Pid::from_raw(asking.peer)).context("find the peer's clock")?;
        let now = read(ClockId::CLOCK_MONOTONIC);
        Ok(Meter {
            time: Duration::from_millis(asking.ms),
            least: asking.least,
            in_flight: asking.in_flight,
            cpu: [ClockId::CLOCK_PROCESS_CPUTIME_ID, peer],
            created: now,
            last: now,
            messages: 0,
            began: None,
            ended: None,
            round_trips: Vec::with_capacity(1 << 16),
        })
    }

    fn mark(&self, at: Duration) -> Mark {
        Mark { at, cpu: self.cpu.map(read).iter().sum(), messages: self.messages }
    }

    /// So many more are answered. Whether to go on asking. With one in flight it is called for each
    /// answer, and the time since the last call is a round trip.
    pub(crate) fn goes_on(&mut self, answered: u64) -> bool {
        let now = read(ClockId::CLOCK_MONOTONIC);
        self.messages += answered;
        match self.began {
            None => {
                let turned_over = self.messages >= self.in_flight as u64;
                if turned_over && now - self.created >= self.time / WARM_UP {
                    self.began = Some(self.mark(now));
                    // The two clocks of processor time are system calls.
                    self.last = read(ClockId::CLOCK_MONOTONIC);
                    return true;
                }
            }
            Some(began) => {
                if self.in_flight == 1 {
                    self.round_trips.push(u64::try_from((now - self.last).as_nanos()).unwrap_or(u64::MAX));
                }
                if now - began.at >= self.time && self.messages - began.messages >= self.least {
                    self.ended.get_or_insert(self.mark(now));
                    return false;
                }
            }
        }
        self.last = now;
        true
    }

    /// Says what was measured.
    pub(crate) fn report(&mut self) -> anyhow::Result<()> {
        let (Some(began), Some(ended)) = (self.began, self.ended) else { bail!("asking ended too early") };
        self.round_trips.sort_unstable();
        let nanoseconds = |time: Duration| u64::try_from(time.as_nanos());
        let measured = Measured {
            messages: ended.messages - began.messages,
            elapsed_ns: nanoseconds(ended.at - began.at)?,
            cpu_ns: nanoseconds(ended.cpu - began.cpu)?,
            p50_ns: quantile(&self.round_trips, 50),
            p99_ns: quantile(&self.round_trips, 99),
        };
        announce(&serde_json::to_string(&measured)?)
    }
}

/// Something that asks, one question after the other.
pub(crate) trait Ask: Send + 'static {
    fn ask(&mut self) -> impl Future<Output = anyhow::Result<()>> + Send;
}

/// Measures as many of them at once as there are, each in a task of its own where it is not alone.
pub(crate) async fn measure<A: Ask>(asking: &Asking, mut askers: Vec<A>) -> anyhow::Result<()> {
    ensure!(askers.len() == asking.in_flight, "one asker for each question in flight");
    let mut meter = Meter::start(asking)?;
    if let [asker] = askers.as_mut_slice() {
        asker.ask().await?;
        while meter.goes_on(1) {
            asker.ask().await?;
        }
        return meter.report();
    }
    // A look at the clock for every answer would be a twentieth of the fastest.
    let together = if asking.what.is_large() { 1 } else { 8 };
    let meter = std::sync::Arc::new(std::sync::Mutex::new(meter));
    let mut tasks = tokio::task::JoinSet::new();
    for mut asker in askers {
        let meter = meter.clone();
        tasks.spawn(async move {
            loop {
                for _ in 0..together {
                    asker.ask().await?;
                }
                if !meter.lock().expect("no task panics").goes_on(together) {
                    return anyhow::Ok(());
                }
            }
        });
    }
    let first = tasks.join_next().await.context("wait for an asker")?;
    first??;
    // The others may be in the middle of a question.
    drop(tasks);
    meter.lock().expect("no task panics").report()
}
