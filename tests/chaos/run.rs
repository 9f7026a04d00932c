//! Goes through a schedule, and takes down what it did and what it saw.

use super::report::Tally;
use super::schedule::{CALM, Deed, ROLES, Role, Step};
use super::server::Server;
use super::tree::{Tree, gauge, processes};
use evoladder::clock;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Between two looks at the ladder.
const LOOK: Duration = Duration::from_millis(100);
/// A role that is to be killed and does not run at the moment is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// What has begun and ends by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Ongoing {
    FullDisk,
    SlowDiscord,
    ErringDiscord,
    DatabaseOut,
}

/// A kill whose successor does not serve yet.
#[derive(Debug)]
struct Pending {
    role: Role,
    killed_at: Instant,
    /// The newest incarnation of before.
    before: u64,
}

pub(crate) struct Runner<'a> {
    tree: &'a mut Tree,
    server: Option<&'a mut Server>,
    tally: Tally,
    pending: Vec<Pending>,
    ongoing: BTreeMap<Ongoing, (Instant, Instant)>,
}

/// Runs the ladder for `length` through `steps` and drains it.
pub(crate) fn run(
    tree: &mut Tree,
    server: Option<&mut Server>,
    length: Duration,
    steps: &[Step],
) -> anyhow::Result<Tally> {
    tree.start()?;
    let mut runner =
        Runner { tree, server, tally: Tally::default(), pending: Vec::new(), ongoing: BTreeMap::new() };
    let up_at = clock::instant();
    let mut last_trouble = up_at;
    for step in steps {
        runner.wait_until(up_at + Duration::from_millis(step.at_ms))?;
        runner.perform(&step.deed)?;
        last_trouble = clock::instant();
    }
    while let Some((_, until)) = runner.ongoing.values().max_by_key(|(_, until)| *until).copied() {
        runner.wait_until(until)?;
        last_trouble = clock::instant();
    }
    // A schedule that took longer than planned does not shorten the calm behind it.
    let calm = if steps.is_empty() { up_at } else { last_trouble + CALM };
    runner.wait_until((up_at + length).max(calm))?;
    runner.tally.length = up_at.elapsed();
    runner.stop()?;
    Ok(runner.tally)
}

impl Runner<'_> {
    /// Looks at the ladder until then, and ends what is to end meanwhile.
    fn wait_until(&mut self, until: Instant) -> anyhow::Result<()> {
        loop {
            self.tree.must_run()?;
            self.look();
            self.end_what_is_over()?;
            let left = until.saturating_duration_since(clock::instant());
            if left.is_zero() {
                return Ok(());
            }
            sleep(left.min(LOOK));
        }
    }

    /// One look: who is back, and how far the tables are behind.
    fn look(&mut self) -> Option<Value> {
        let status = self.tree.status()?;
        let now = clock::instant();
        let recovery = &mut self.tally.recovery;
        self.pending.retain(|pending| {
            let back = processes(&status, pending.role, now);
            let is_new = |ready: Option<Instant>, incarnation| {
                ready.filter(|ready| incarnation > pending.before && *ready >= pending.killed_at)
            };
            let ready: Option<Vec<Instant>> =
                back.iter().map(|process| is_new(process.ready_at, process.incarnation)).collect();
            let Some(last) = ready.and_then(|ready| ready.into_iter().max()) else { return true };
            let took = last.saturating_duration_since(pending.killed_at);
            recovery.entry(pending.role.name()).or_default().push(took);
            false
        });
        let lag = gauge(&status, Role::DbWriter, "database_lag_records").unwrap_or_default();
        self.tally.journal_lag_max = self.tally.journal_lag_max.max(lag);
        Some(status)
    }

    fn perform(&mut self, deed: &Deed) -> anyhow::Result<()> {
        match deed {
            Deed::Kill(roles) => self.kill(roles)?,
            Deed::KillTree => {
                self.end_all()?;
                let killed_at = clock::instant();
                self.tree.kill()?;
                self.tally.trees_killed += 1;
                self.tree.start()?;
                self.tally.recovery.entry("tree").or_default().push(killed_at.elapsed());
            }
            Deed::Restart => {
                self.stop()?;
                self.tally.restarts += 1;
                self.tree.start()?;
            }
            Deed::RestartEmpty => {
                self.stop()?;
                self.tree.empty()?;
                self.tally.restarts_empty += 1;
                self.tree.start()?;
            }
            Deed::FillDisk { ms } => match self.tree.disk() {
                Some(disk) => {
                    disk.fill()?;
                    self.begin(Ongoing::FullDisk, *ms);
                }
                None => self.tally.not_done.push("fill the disk: this user may not mount one".to_owned()),
            },
            Deed::SlowDiscord { callback_ms, other_ms, ms } => {
                self.tree.trouble(&json!({"callback_latency_ms": callback_ms, "latency_ms": other_ms}))?;
                self.begin(Ongoing::SlowDiscord, *ms);
            }
            Deed::ErringDiscord { errors, ms } => {
                self.tree.trouble(&json!({"errors": errors}))?;
                self.begin(Ongoing::ErringDiscord, *ms);
            }
            Deed::DiscordOut { ms } => {
                self.tree.trouble(&json!({"outage_ms": ms}))?;
                self.tally.discord_failing += Duration::from_millis(*ms);
            }
            Deed::Disconnect => {
                self.tree.trouble(&json!({"disconnect": true}))?;
                self.tally.disconnects += 1;
            }
            Deed::StopDatabase { ms } => {
                if let Some(server) = &mut self.server {
                    // Another step may have stopped it, and be over later or sooner.
                    if !self.ongoing.contains_key(&Ongoing::DatabaseOut) {
                        server.stop();
                    }
                    self.begin(Ongoing::DatabaseOut, *ms);
                }
            }
        }
        Ok(())
    }

    fn kill(&mut self, roles: &[Role]) -> anyhow::Result<()> {
        let until = clock::instant() + PATIENCE;
        // All pids first, so that the signals go out in one moment.
        let targets = loop {
            self.tree.must_run()?;
            let found = self.look().map(|status| {
                let of = |role: &Role| (*role, processes(&status, *role, clock::instant()));
                roles.iter().map(of).collect::<Vec<_>>()
            });
            let runs =
                |processes: &[super::tree::Process]| processes.iter().all(|process| process.pid.is_some());
            match found {
                Some(found) if found.iter().all(|(_, processes)| runs(processes)) => break found,
                Some(found) if clock::instant() >= until => break found,
                Some(_) | None => {
                    anyhow::ensure!(clock::instant() < until + PATIENCE, "the ladder says nothing of itself");
                    sleep(LOOK / 4);
                }
            }
        };
        let killed_at = clock::instant();
        for (_, processes) in &targets {
            for pid in processes.iter().filter_map(|process| process.pid) {
                // One that has ended by itself meanwhile is as dead.
                kill(Pid::from_raw(pid), Signal::SIGKILL).ok();
            }
        }
        for (role, processes) in targets {
            let before = processes.iter().map(|process| process.incarnation).max().unwrap_or_default();
            self.pending.push(Pending { role, killed_at, before });
            if roles.len() < ROLES.len() {
                *self.tally.kills.entry(role).or_default() += 1;
            }
        }
        self.tally.kills_all += u64::from(roles.len() == ROLES.len());
        Ok(())
    }

    fn stop(&mut self) -> anyhow::Result<()> {
        // A drain is to save what there is, so it gets what it needs.
        self.end_all()?;
        let status = self.tree.stop()?;
        // The judge's own word comes at the end, over all lives.
        if !matches!(status.code(), Some(0 | 1)) {
            self.tally.unclean_stops.push(format!("after {:?}: {status}", self.tally.length));
        }
        Ok(())
    }

    fn begin(&mut self, what: Ongoing, ms: u64) {
        let now = clock::instant();
        let until = now + Duration::from_millis(ms);
        let entry = self.ongoing.entry(what).or_insert((now, until));
        entry.1 = entry.1.max(until);
    }

    fn end_what_is_over(&mut self) -> anyhow::Result<()> {
        let now = clock::instant();
        let over: Vec<Ongoing> =
            self.ongoing.iter().filter(|(_, (_, until))| *until <= now).map(|(what, _)| *what).collect();
        over.into_iter().try_for_each(|what| self.end(what))
    }

    fn end_all(&mut self) -> anyhow::Result<()> {
        // Whom the tree takes with it comes back with the tree.
        self.pending.clear();
        let all: Vec<Ongoing> = self.ongoing.keys().copied().collect();
        all.into_iter().try_for_each(|what| self.end(what))
    }

    fn end(&mut self, what: Ongoing) -> anyhow::Result<()> {
        let Some((since, _)) = self.ongoing.remove(&what) else { return Ok(()) };
        match what {
            Ongoing::FullDisk => self.tree.disk().map_or(Ok(()), |disk| disk.make_room())?,
            Ongoing::SlowDiscord => self.tree.trouble(&json!({"callback_latency_ms": 0, "latency_ms": 0}))?,
            Ongoing::ErringDiscord => self.tree.trouble(&json!({"errors": 0.0}))?,
            Ongoing::DatabaseOut => {
                if let Some(server) = &mut self.server {
                    server.start();
                }
            }
        }
        *match what {
            Ongoing::FullDisk => &mut self.tally.disk_full,
            Ongoing::SlowDiscord => &mut self.tally.discord_slow,
            Ongoing::ErringDiscord => &mut self.tally.discord_failing,
            Ongoing::DatabaseOut => &mut self.tally.database_out,
        } += since.elapsed();
        Ok(())
    }
}
