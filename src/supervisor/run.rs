//! The loop: one thread over poll, which starts, watches and ends the children.
//!
//! A child is in exactly one [`Phase`], and a pending restart lives in that phase: a stop which
//! changes the phase has cancelled the restart, so no timer of an earlier incarnation can fire.
//! All waiting for processes happens in one place, which also reaps the orphans that process 1 inherits.

use super::child::{self, Child, Launch, Reaped, Received};
use super::folder::{RunFolder, write_whole};
use super::judging;
use super::plan::{self, check_executables, executable};
use super::policy::{Ended, Exit, History, Verdict};
use super::report::{self, Gauges, Screen, Tally};
use super::slot::{Phase, STANDS_BY, Slot};
use super::spec::{CHILDREN, Duty, Plan};
use super::standby;
use super::status::{self, StatusServer, Usage};
use super::watching::Watching;
use super::{Error, by_chance};
use crate::clock;
use crate::config;
use crate::watch::UP;
use anyhow::{Context, Result};
use ipc_schema::control::{
    EXIT_DRAINED, EXIT_GAVE_UP, EXIT_PROTOCOL, EXIT_RECYCLE, FromChild, Hello, Layer, Role, ToChild,
};
use ipc_schema::ids::Incarnation;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::wait::waitpid;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process;
use std::time::{Duration, Instant};

/// Between two pings.
const TICK: Duration = Duration::from_secs(1);
/// So many pings without an answer mean that a child hangs. They are counted, not timed: a machine
/// that stood still for a minute has sent one ping, not sixty.
const UNANSWERED_LIMIT: u32 = 5;
/// Between SIGABRT, which leaves a trace in the log, and SIGKILL.
const ABORT_TIME: Duration = Duration::from_secs(2);
/// A child that closed its control socket is on its way out, or broken.
const LEAVING_TIME: Duration = Duration::from_secs(1);
/// A drain that takes longer is over; the rest of the promised 10 s is for the kernel.
const DRAIN_TIME: Duration = Duration::from_millis(9_500);

/// The judge found that something was lost or happened twice; a run that failed has its own code.
const EXIT_FOUND: u8 = 1;

/// What the operator asked for on the command line.
#[derive(Debug, Default)]
pub struct Options {
    /// Run in the emulator's Discord instead of the real one.
    pub emulator: bool,
    pub players: Option<u32>,
    pub seed: Option<u64>,
    /// What goes wrong in the emulator, as its variable has it.
    pub faults: Option<String>,
    /// Drain by itself after being up this long.
    pub stop_after: Option<Duration>,
    pub report: Option<PathBuf>,
    pub data: Option<PathBuf>,
}

/// Runs the ladder until it is told to stop, or cannot go on; the exit code says which.
pub fn run(options: &Options, config: config::Supervisor) -> Result<u8, Error> {
    if !options.emulator && config.token.is_none() {
        return Err(Error::Config(format!(
            "{} is not set. Set it to your bot's token, or try the ladder without Discord: evoladder run --emulator",
            config::DISCORD_TOKEN
        )));
    }
    let bin = std::env::current_exe().context("find own executable")?;
    let bin = bin.parent().context("find own folder")?.to_owned();
    // Before the first wait and the first child: what is blocked here is what poll is told of.
    let signals = take_signals().context("take signals")?;
    let folder = options.data.as_deref().unwrap_or(&config.data);
    let Some(data) = standby::take_folder(folder, &signals)? else { return Ok(EXIT_DRAINED) };
    if let Some(folder) = options.report.as_deref().and_then(Path::parent)
        && !folder.as_os_str().is_empty()
        && !folder.is_dir()
    {
        return Err(Error::Config(format!("there is no folder {} for the report", folder.display())));
    }
    let sockets = RunFolder::create(&data, &config::runtime_folders())?;
    let mut status = StatusServer::bind(sockets.run_dir())?;
    let plan = plan::plan(options, config, &data, &sockets)?;
    if let Some(users) = plan.users {
        users.take_over(data.path(), options.emulator)?;
        users.let_in(&sockets)?;
    }
    check_executables(&plan, &bin)?;

    let mut tree = Tree::new(plan, bin, &sockets, signals, options.stop_after);
    let ended = tree.run(&mut status);
    tree.kill_all();
    let mut code = ended?;
    let summary = match tree.up_at {
        Some(_) => tree.tally.summary(),
        None => "The ladder was stopped before it was up.".to_owned(),
    };
    tree.screen.say(&summary);
    if options.emulator && tree.up_at.is_some() {
        let judged = judging::judge(
            &tree.bin.join("evoladder-judge"),
            data.path(),
            tree.plan.database_url.as_ref(),
            &tree.signals,
        );
        tree.screen.say(&report::verdict(&judged));
        tree.tally.judgement = judged.ok();
        if code == EXIT_DRAINED && tree.tally.judgement.as_ref().is_some_and(|judged| !judged.is_clean()) {
            code = EXIT_FOUND;
        }
    }
    if let Some(file) = &options.report {
        let json = format!("{:#}\n", tree.tally.to_json());
        write_whole(file, json.as_bytes()).with_context(|| format!("write report {}", file.display()))?;
    }
    Ok(code)
}

fn take_signals() -> nix::Result<SignalFd> {
    // A hang-up is read and forgotten: the ladder does not end with its terminal.
    let mask: SigSet =
        [Signal::SIGCHLD, Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP].into_iter().collect();
    mask.thread_block()?;
    SignalFd::with_flags(&mask, SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC)
}

/// All children, and what is going on with them.
struct Tree<'a> {
    plan: Plan,
    bin: PathBuf,
    sockets: &'a RunFolder,
    signals: SignalFd,
    stop_after: Option<Duration>,
    slots: Vec<Slot>,
    started: Instant,
    /// When everyone the ladder cannot do without had been ready once.
    up_at: Option<Instant>,
    next_tick: Instant,
    pings: u64,
    /// Children started so far, which numbers them: no two that ever ran have one number.
    incarnations: u64,
    drain: Option<Drain>,
    tally: Tally,
    screen: Screen,
    /// What the log last said of the workers' sandbox; theirs are alike, so it is said once.
    sandbox_told: Vec<Layer>,
    watching: Watching,
}

/// The ordered end of a run.
struct Drain {
    code: u8,
    deadline: Instant,
    /// Asked by a signal; the next one is impatient.
    by_signal: bool,
    /// Someone had to be killed, so this is no clean end.
    killed: bool,
}

/// What poll found ready.
enum Wake {
    Signals,
    Child(usize),
    Words(usize),
    Status,
}

impl<'a> Tree<'a> {
    fn new(
        plan: Plan,
        bin: PathBuf,
        sockets: &'a RunFolder,
        signals: SignalFd,
        stop_after: Option<Duration>,
    ) -> Tree<'a> {
        let mut tally = Tally::new(plan.seed, plan.demo.as_ref().map(|demo| demo.players));
        let mut slots = Vec::new();
        for spec in CHILDREN {
            let of = plan.count(spec);
            if of > 0 {
                tally.add_role(spec.role);
            }
            slots.extend((0..of).map(|index| Slot {
                spec,
                index,
                of,
                phase: Phase::Waiting,
                incarnation: 0,
                was_ready: false,
                history: History::default(),
                restarts: 0,
                recycles: 0,
                gauges: Gauges::new(),
                latencies: BTreeMap::new(),
                last_words: Vec::new(),
            }));
        }
        slots.iter().for_each(|slot| tally.add_child(slot.name()));
        let now = clock::instant();
        let watching = Watching::new(&plan, now);
        Tree {
            plan,
            bin,
            sockets,
            signals,
            stop_after,
            slots,
            started: now,
            up_at: None,
            next_tick: now + TICK,
            pings: 0,
            incarnations: 0,
            drain: None,
            tally,
            screen: Screen::new(),
            sandbox_told: Vec::new(),
            watching,
        }
    }

    /// Goes on until every child is gone and none will come back.
    fn run(&mut self, status: &mut StatusServer) -> Result<u8> {
        loop {
            let now = clock::instant();
            if self.drain.is_none() {
                self.start_what_may(now);
            }
            if self.drain.is_some() && self.drain_on(now) {
                break;
            }
            let wakes = self.wait(status, now)?;
            let now = clock::instant();
            let mut asked = false;
            let mut signalled = false;
            // What children said counts before what became of them, and before the timers.
            for wake in wakes {
                match wake {
                    Wake::Child(slot) => self.listen(slot, now),
                    Wake::Words(slot) => {
                        if let Some(child) = self.slots[slot].child_mut() {
                            child.words.pass_on();
                        }
                    }
                    Wake::Signals => signalled = true,
                    Wake::Status => asked = true,
                }
            }
            if signalled {
                self.take_signals_in(now)?;
            }
            self.check_timers(now);
            if asked || status.next_deadline().is_some_and(|until| until <= now) {
                status.serve(now, || self.status(now));
            }
        }
        let drain = self.drain.as_ref().expect("the loop ends with a drain");
        Ok(if drain.code == EXIT_DRAINED && drain.killed { EXIT_GAVE_UP } else { drain.code })
    }

    /// When something is to be done next, whatever happens until then.
    fn due(&self, status: &StatusServer) -> Instant {
        let deadlines = self.slots.iter().filter_map(Slot::next_deadline);
        let others = self.stop_at().into_iter().chain(self.drain.as_ref().map(|drain| drain.deadline));
        deadlines.chain(others).chain(status.next_deadline()).fold(self.next_tick, Instant::min)
    }

    /// Sleeps until something happens or a timer is due.
    fn wait(&self, status: &StatusServer, now: Instant) -> Result<Vec<Wake>> {
        let mut wakes = vec![Wake::Signals];
        let mut fds = vec![PollFd::new(self.signals.as_fd(), PollFlags::POLLIN)];
        for (at, slot) in self.slots.iter().enumerate() {
            let Some(child) = slot.child() else { continue };
            if let Some(words) = child.words.pipe() {
                fds.push(PollFd::new(words.as_fd(), PollFlags::POLLIN));
                wakes.push(Wake::Words(at));
            }
            let Some(control) = child.control() else { continue };
            let unsent = if child.has_unsent() { PollFlags::POLLOUT } else { PollFlags::empty() };
            fds.push(PollFd::new(control.as_fd(), PollFlags::POLLIN | unsent));
            wakes.push(Wake::Child(at));
        }
        if let Some(listener) = status.listener() {
            fds.push(PollFd::new(listener.as_fd(), PollFlags::POLLIN));
            wakes.push(Wake::Status);
        }
        for client in status.clients() {
            let wants = if client.is_answering() { PollFlags::POLLOUT } else { PollFlags::POLLIN };
            fds.push(PollFd::new(client.stream().as_fd(), wants));
            wakes.push(Wake::Status);
        }
        // Rounded up, or the last fraction of a millisecond would be spent spinning.
        let millis = self.due(status).saturating_duration_since(now).as_micros().div_ceil(1000);
        let timeout = PollTimeout::try_from(millis).unwrap_or(PollTimeout::MAX);
        match poll(&mut fds, timeout) {
            // A stop and continue of this process; whatever is ready is found the next time.
            Err(nix::Error::EINTR) => return Ok(Vec::new()),
            other => other.context("wait for children")?,
        };
        let ready = fds.iter().map(|fd| fd.any().unwrap_or(true));
        Ok(wakes.into_iter().zip(ready).filter_map(|(wake, ready)| ready.then_some(wake)).collect())
    }

    fn stop_at(&self) -> Option<Instant> {
        if self.drain.is_some() {
            return None;
        }
        Some(self.up_at? + self.stop_after?)
    }

    // Starting

    /// Starts every child whose time has come.
    fn start_what_may(&mut self, now: Instant) {
        for at in 0..self.slots.len() {
            let slot = &self.slots[at];
            let may = match &slot.phase {
                Phase::Waiting => slot.spec.after.iter().all(|role| self.was_ready(*role)),
                Phase::Backoff { until } => *until <= now,
                Phase::Running(_) | Phase::Stopped => false,
            };
            if may {
                self.start(at, now);
            }
            if self.drain.is_some() {
                return;
            }
        }
    }

    /// Whether all of a role had been ready once; a role that has no part in the run keeps nobody waiting.
    fn was_ready(&self, role: Role) -> bool {
        self.slots.iter().filter(|slot| slot.spec.role == role).all(|slot| slot.was_ready)
    }

    fn start(&mut self, at: usize, now: Instant) {
        self.incarnations += 1;
        let slot = &mut self.slots[at];
        slot.incarnation = self.incarnations;
        let spec = slot.spec;
        let executable = executable(&self.bin, spec.role);
        let launch = Launch {
            executable: &executable,
            role: spec.role,
            incarnation: Incarnation(slot.incarnation),
            environment: self.plan.environment(spec, slot.index),
            listeners: spec.listeners.iter().map(|l| (l.name(), self.sockets.listener(*l))).collect(),
            user: self.plan.users.map(|users| users.of(spec.role)),
        };
        match Child::launch(&launch, now) {
            Ok(child) => {
                tracing::info!(
                    pid = child.pid.as_raw(),
                    incarnation = slot.incarnation,
                    "{} starts",
                    slot.name()
                );
                slot.phase = Phase::Running(Box::new(child));
            }
            Err(error) => {
                tracing::warn!("{} cannot be started: {error}", slot.name());
                self.judge(at, Exit::NotStarted, None, now);
            }
        }
    }

    // Listening

    /// Reads what a child has to say.
    fn listen(&mut self, at: usize, now: Instant) {
        let Some(child) = self.slots[at].child_mut() else { return };
        child.flush();
        let mut messages = Vec::new();
        let received = child.receive(&mut messages);
        for message in messages {
            if let Err(breach) = self.hear(at, message, now) {
                self.end(at, breach, Signal::SIGKILL, now);
                return;
            }
        }
        match received {
            Received::Open => {}
            Received::Breach(what) => self.end(at, format!("it sent {what}"), Signal::SIGKILL, now),
            Received::Closed => {
                let Some(child) = self.slots[at].child_mut() else { return };
                child.close();
                // One that drains has its time already, and may close before its last work.
                if !child.draining && child.kill_at.is_none() {
                    child.kill_at = Some(now + LEAVING_TIME);
                }
            }
        }
    }

    /// Takes in one message; what no child of this build says is an error.
    fn hear(&mut self, at: usize, message: FromChild, now: Instant) -> Result<(), String> {
        let slot = &mut self.slots[at];
        let name = slot.name();
        let expected = Hello::new(slot.spec.role, Incarnation(slot.incarnation));
        let Phase::Running(child) = &mut slot.phase else { return Ok(()) };
        match message {
            FromChild::Hello(hello) => {
                if hello.magic == expected.magic && hello.protocol != expected.protocol {
                    child.counts_as = Some(Exit::Code(EXIT_PROTOCOL));
                    let (theirs, ours) = (hello.protocol, expected.protocol);
                    return Err(format!("it speaks protocol {theirs}, this build speaks {ours}"));
                }
                if hello != expected {
                    return Err(format!("it greeted as {hello:?}"));
                }
                child.greeted = true;
            }
            _ if !child.greeted => return Err("it spoke before it greeted".to_owned()),
            FromChild::Ready { address } => {
                if child.ready_at.is_some() {
                    return Err("it became ready twice".to_owned());
                }
                child.ready_at = Some(now);
                slot.was_ready = true;
                let took = now.saturating_duration_since(child.started).as_millis();
                tracing::info!("{name} is ready after {took} ms");
                let role = slot.spec.role;
                if role == Role::Emulator {
                    let demo = self.plan.demo.as_mut().expect("an emulator runs in a demo only");
                    demo.address = Some(address.ok_or("it does not say where it listens")?);
                } else if let Some(dashboard) =
                    self.plan.dashboard.as_mut().filter(|_| role == Role::Dashboard)
                {
                    // Its successor is looked for where it was.
                    dashboard.listen =
                        address.as_ref().and_then(|at| at.parse().ok()).unwrap_or(dashboard.listen);
                    dashboard.address = address;
                }
                self.notice_up(now);
            }
            FromChild::Pong { doing, .. } => {
                child.unanswered = 0;
                child.doing = doing;
            }
            FromChild::Stats { gauges } => {
                child.has_told = true;
                report::merge(&mut slot.gauges, gauges.clone());
                self.tally.merge(name, gauges);
            }
            FromChild::Latencies { latencies } => slot.take_latencies(latencies),
            FromChild::Sandbox { layers } => {
                if self.sandbox_told != layers {
                    status::log_sandbox(&layers);
                    self.sandbox_told.clone_from(&layers);
                }
                child.sandbox = Some(layers);
            }
            FromChild::StandsBy { until } => {
                tracing::warn!("{name} stands by until {until}");
                child.stands_by_until = Some(until);
            }
            FromChild::AlertTold { number, news } if slot.spec.role == Role::Frontend => {
                self.watching.told(number, news);
            }
            FromChild::AlertTold { .. } => return Err("it speaks of alerts, which it is not told".to_owned()),
        }
        Ok(())
    }

    /// Says so once everyone the ladder cannot do without has been ready.
    fn notice_up(&mut self, now: Instant) {
        let needed = |slot: &&Slot| slot.spec.duty != Duty::Spare;
        if self.up_at.is_some() || !self.slots.iter().filter(needed).all(|slot| slot.was_ready) {
            return;
        }
        self.up_at = Some(now);
        let took = now.saturating_duration_since(self.started);
        self.screen.say(&report::up(took, &self.plan));
    }

    // Ending

    fn take_signals_in(&mut self, now: Instant) -> Result<()> {
        while let Some(info) = self.signals.read_signal().context("read signals")? {
            let signal = i32::try_from(info.ssi_signo).ok().and_then(|number| Signal::try_from(number).ok());
            match (signal, &self.drain) {
                (Some(Signal::SIGTERM | Signal::SIGINT), Some(drain)) if drain.by_signal => {
                    tracing::warn!("told to stop twice; killing what is left");
                    self.kill_now();
                }
                (Some(Signal::SIGTERM | Signal::SIGINT), Some(_)) => {
                    self.drain.as_mut().expect("just seen").by_signal = true;
                }
                (Some(Signal::SIGTERM | Signal::SIGINT), None) => {
                    tracing::info!("told to stop");
                    self.begin_drain(EXIT_DRAINED, now);
                    self.drain.as_mut().expect("just begun").by_signal = true;
                }
                // Children are reaped below; a hang-up means nothing here.
                _ => {}
            }
        }
        // Several exits may share one signal, so this asks until there is no more.
        while let Some(Reaped { pid, exit, cpu_ms }) = child::reap().context("wait for children")? {
            let of = self.slots.iter().position(|slot| slot.child().is_some_and(|child| child.pid == pid));
            // Without a slot it was an orphan, left to process 1.
            if let Some(at) = of {
                if self.drain.is_none() {
                    self.tally.count_cpu(self.slots[at].spec.role, cpu_ms);
                }
                self.bury(at, exit, now);
            }
        }
        Ok(())
    }

    /// A child is gone: its last words are read, and what follows is decided.
    fn bury(&mut self, at: usize, exit: Exit, now: Instant) {
        // Nobody writes any more, so this ends.
        loop {
            let Some(child) = self.slots[at].child_mut() else { return };
            let mut messages = Vec::new();
            let received = child.receive(&mut messages);
            let more = !messages.is_empty();
            for message in messages {
                // The child cannot be ended for a breach any more.
                let _ = self.hear(at, message, now);
            }
            if !more || received != Received::Open {
                break;
            }
        }
        let slot = &mut self.slots[at];
        let Phase::Running(mut child) = std::mem::replace(&mut slot.phase, Phase::Stopped) else { return };
        child.words.finish();
        slot.last_words = child.words.last();
        let ready_for = child.ready_at.map(|at| now.saturating_duration_since(at));
        if self.drain.is_some() {
            if matches!(exit, Exit::Code(EXIT_DRAINED | EXIT_RECYCLE)) {
                tracing::info!("{} has drained", slot.name());
            } else {
                tracing::warn!("{} ended with {exit} while everything stops", slot.name());
            }
            return;
        }
        let why = child.ended_for.as_ref().map(|why| format!(", because {why}")).unwrap_or_default();
        let was = match ready_for {
            Some(served) => format!("after {:.1} s of service", served.as_secs_f64()),
            None => "before it was ready".to_owned(),
        };
        let doing = child.doing.as_ref().map(|doing| format!(" while doing {doing}")).unwrap_or_default();
        let line = format!("{} (process {}) ended with {exit} {was}{doing}{why}", slot.name(), child.pid);
        if slot.spec.role == Role::ReplayWorker {
            let (incarnation, death) = (Incarnation(slot.incarnation), child.death(exit));
            self.tell_backend(&ToChild::PeerDied { incarnation, death });
        }
        self.judge_with(at, child.counts_as.unwrap_or(exit), ready_for, now, &line);
    }

    /// A backend that is away misses it, and nobody is to blame for what it did not see.
    fn tell_backend(&mut self, message: &ToChild) {
        let backends = self.slots.iter_mut().filter(|slot| slot.spec.role == Role::Backend);
        backends.filter_map(Slot::child_mut).for_each(|child| child.send(message));
    }

    fn judge(&mut self, at: usize, exit: Exit, ready_for: Option<Duration>, now: Instant) {
        let line = format!("{} did not start", self.slots[at].name());
        self.judge_with(at, exit, ready_for, now, &line);
    }

    fn judge_with(&mut self, at: usize, exit: Exit, ready_for: Option<Duration>, now: Instant, line: &str) {
        // Its top bits as a fraction, from -1 to 1.
        let jitter = f64::from((by_chance() >> 32) as u32) / f64::from(u32::MAX) * 2.0 - 1.0;
        let slot = &mut self.slots[at];
        match slot.history.judge(slot.spec, Ended { exit, ready_for, jitter }) {
            Verdict::Restart { after, crash } => {
                slot.phase = Phase::Backoff { until: now + after };
                if crash {
                    slot.restarts += 1;
                    self.tally.count_restart(slot.spec.role);
                    let words = slot.words();
                    tracing::warn!("{line}; starting it again in {} ms{words}", after.as_millis());
                } else {
                    slot.recycles += 1;
                    slot.last_words.clear();
                    tracing::info!("{line}; its successor starts in {} ms", after.as_millis());
                }
            }
            Verdict::StayDown => {
                slot.phase = Phase::Stopped;
                tracing::error!("{line}; it stays down, the ladder goes on without it{}", slot.words());
            }
            Verdict::End { code, because } => {
                slot.phase = Phase::Stopped;
                tracing::error!("{line}; {because}, so everything stops{}", slot.words());
                self.begin_drain(code, now);
            }
        }
    }

    /// Ends one child that has gone wrong; it is judged when it is gone.
    fn end(&mut self, at: usize, why: String, signal: Signal, now: Instant) {
        let Some(child) = self.slots[at].child_mut() else { return };
        child.signal(signal);
        child.kill_at = (signal != Signal::SIGKILL).then(|| now + ABORT_TIME);
        child.ended_for.get_or_insert(why);
    }

    fn begin_drain(&mut self, code: u8, now: Instant) {
        if self.drain.is_none() {
            // Nobody is started any more.
            self.slots
                .iter_mut()
                .filter(|slot| slot.child().is_none())
                .for_each(|slot| slot.phase = Phase::Stopped);
            self.tally.duration = self.up_for(now);
            self.measure();
            self.drain = Some(Drain { code, deadline: now + DRAIN_TIME, by_signal: false, killed: false });
        }
    }

    /// Takes down what every process uses while all still serve.
    fn measure(&mut self) {
        let own = i32::try_from(process::id()).expect("a process id fits pid_t");
        self.tally.measure(report::SUPERVISOR, Usage::of(own));
        for slot in &self.slots {
            if let Some(child) = slot.child() {
                self.tally.measure(slot.spec.role.name(), Usage::of(child.pid.as_raw()));
            }
        }
    }

    /// Drains role by role, the last to start first; true when nobody is left.
    fn drain_on(&mut self, now: Instant) -> bool {
        for spec in CHILDREN.iter().rev() {
            let mut gone = true;
            for slot in self.slots.iter_mut().filter(|slot| slot.spec.role == spec.role) {
                match &mut slot.phase {
                    Phase::Running(child) => {
                        gone = false;
                        if !child.draining {
                            child.draining = true;
                            child.send(&ToChild::Drain);
                            // One that is being ended keeps its earlier time.
                            let limit = now + spec.drain;
                            child.kill_at = Some(child.kill_at.map_or(limit, |at| at.min(limit)));
                        }
                    }
                    Phase::Waiting | Phase::Backoff { .. } | Phase::Stopped => slot.phase = Phase::Stopped,
                }
            }
            if !gone {
                return false;
            }
        }
        true
    }

    fn check_timers(&mut self, now: Instant) {
        for at in 0..self.slots.len() {
            let slot = &mut self.slots[at];
            let (name, limit, ready_by) = (slot.name(), slot.spec.ready, slot.ready_by());
            let Phase::Running(child) = &mut slot.phase else { continue };
            if child.kill_at.is_some_and(|at| at <= now) {
                child.kill_at = None;
                child.signal(Signal::SIGKILL);
                match &mut self.drain {
                    Some(drain) => {
                        drain.killed = true;
                        tracing::warn!("{name} did not drain in time and is killed");
                    }
                    None => drop(
                        child.ended_for.get_or_insert("it was given time to leave and stayed".to_owned()),
                    ),
                }
            } else if ready_by.is_some_and(|by| by <= now) {
                self.end(at, format!("it was not ready within {} s", limit.as_secs()), Signal::SIGKILL, now);
            }
        }
        if self.drain.as_ref().is_some_and(|drain| drain.deadline <= now) {
            tracing::warn!("the time to drain is over; killing what is left");
            self.kill_now();
        }
        if self.stop_at().is_some_and(|at| at <= now) {
            self.begin_drain(EXIT_DRAINED, now);
        }
        if self.next_tick <= now {
            // From this moment on, not from when it was due: time this machine stood still is nobody's fault.
            self.next_tick = now + TICK;
            self.tick(now);
        }
    }

    /// Once a second: pings, and the line on the terminal.
    fn tick(&mut self, now: Instant) {
        self.pings += 1;
        for at in 0..self.slots.len() {
            let Some(child) = self.slots[at].child_mut() else { continue };
            let answers = child.ready_at.is_some() || child.stands_by_until.is_some();
            if !answers || child.draining || child.ended_for.is_some() {
                continue;
            }
            if child.unanswered < UNANSWERED_LIMIT {
                child.unanswered += 1;
                child.send(&ToChild::Ping { number: self.pings });
            } else {
                let why = format!("it did not answer {UNANSWERED_LIMIT} pings");
                tracing::warn!("{}: {why}", self.slots[at].name());
                self.end(at, why, Signal::SIGABRT, now);
            }
        }
        if self.drain.is_none() {
            let state = self.state();
            self.watching.look(now, state, &mut self.slots);
        }
        if self.drain.is_none() && self.up_at.is_some() {
            self.tally.duration = self.up_for(now);
            self.screen.show(&self.tally);
        }
    }

    fn up_for(&self, now: Instant) -> Duration {
        self.up_at.map_or(Duration::ZERO, |up| now.saturating_duration_since(up))
    }

    /// SIGKILL to all; they are buried as they go.
    fn kill_now(&mut self) {
        for slot in &mut self.slots {
            if let Some(child) = slot.child_mut() {
                child.signal(Signal::SIGKILL);
                child.kill_at = None;
                child.draining = true;
            }
        }
        if let Some(drain) = &mut self.drain {
            drain.killed = true;
            // Far away: there is nothing more to do to them.
            drain.deadline += Duration::from_secs(3600);
        }
    }

    /// On the way out, in whatever state: nobody is left behind.
    fn kill_all(&mut self) {
        for slot in &mut self.slots {
            if let Phase::Running(child) = &mut slot.phase {
                child.signal(Signal::SIGKILL);
                // Killed for certain, so this wait is short; it leaves no zombie to whoever called us.
                let _ = waitpid(child.pid, None);
                child.words.finish();
                slot.phase = Phase::Stopped;
            }
        }
    }

    // Telling

    /// How the whole is called in a status.
    fn state(&self) -> &'static str {
        let waits = |slot: &Slot| slot.state() == STANDS_BY && slot.spec.duty != Duty::Spare;
        let stands_by = self.slots.iter().any(waits);
        match (&self.drain, self.up_at) {
            (Some(_), _) => "draining",
            (None, Some(_)) => UP,
            (None, None) if stands_by => STANDS_BY,
            (None, None) => "starting",
        }
    }

    fn status(&self, now: Instant) -> Value {
        let own = i32::try_from(process::id()).expect("a process id fits pid_t");
        let seconds =
            |since: Instant| (now.saturating_duration_since(since).as_secs_f64() * 1_000.0).round() / 1_000.0;
        let supervisor = Usage::of(own);
        let children: Vec<Value> = self.slots.iter().map(|slot| slot.to_json(seconds)).collect();
        let mut status = json!({
            "state": self.state(),
            "uptime_s": seconds(self.started),
            "pid": own,
            "pss_kib": supervisor.pss_kib,
            "cpu_ms": supervisor.cpu_ms,
            "data": self.plan.data,
            "emulator": self.plan.demo.as_ref().and_then(|demo| demo.address.clone()),
            "dashboard": self.plan.dashboard.as_ref().and_then(|of| of.address.clone()),
            "children": children,
        });
        self.watching.add_to(&mut status);
        status
    }
}
