//! What the processes need while it is measured, asked of the supervisor once a second.

use crate::tree::Tree;
use anyhow::Context;
use evoladder::clock::instant;
use evoladder::supervisor::status::{self, Usage};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(1);
/// What the people cost, who live in this process.
pub(crate) const PEOPLE: &str = "people";

pub(crate) struct Meter {
    stop: Arc<AtomicBool>,
    metering: JoinHandle<anyhow::Result<Metered>>,
}

/// A number that a role tells of itself, over the time that was measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Course {
    pub(crate) first: f64,
    pub(crate) last: f64,
    pub(crate) most: f64,
    /// The largest difference between two samples.
    pub(crate) most_in_a_second: f64,
    sum: f64,
    samples: u32,
}

#[derive(Debug, Default)]
pub(crate) struct Metered {
    pub(crate) seconds: f64,
    /// By role; memory is the most of all samples, None where the kernel keeps it to itself.
    pub(crate) roles: BTreeMap<String, Role>,
    /// The most that all roles of the ladder had together.
    pub(crate) ladder_pss_kib: u64,
    /// Processor time of the whole machine, and what of it was idle, in ticks.
    machine: (u64, u64),
    courses: BTreeMap<(String, String), Course>,
    pub(crate) restarts: u64,
}

#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Role {
    pub(crate) cpu_ms: u64,
    pub(crate) pss_kib: Option<u64>,
}

impl Course {
    pub(crate) fn mean(self) -> f64 {
        self.sum / f64::from(self.samples)
    }

    pub(crate) fn grew(self) -> f64 {
        self.last - self.first
    }
}

/// The roles that there are only because Discord is not.
pub(crate) fn is_of_the_ladder(role: &str) -> bool {
    !["emulator", PEOPLE].contains(&role)
}

impl Meter {
    pub(crate) fn start(tree: &Tree) -> anyhow::Result<Meter> {
        let (stop, data) = (Arc::new(AtomicBool::new(false)), tree.data().to_owned());
        let stopped = Arc::clone(&stop);
        let metering =
            std::thread::Builder::new().name("meter".to_owned()).spawn(move || run(&data, &stopped))?;
        Ok(Meter { stop, metering })
    }

    pub(crate) fn stop(self) -> anyhow::Result<Metered> {
        self.stop.store(true, Ordering::Relaxed);
        self.metering.join().ok().context("the meter ended with a panic")?
    }
}

fn run(data: &Path, stop: &AtomicBool) -> anyhow::Result<Metered> {
    let began = instant();
    let mut sampler = Sampler { data: data.to_owned(), ..Sampler::default() };
    sampler.sample()?;
    let (total, idle) = ticks();
    while !stop.load(Ordering::Relaxed) {
        std::thread::sleep(EVERY);
        sampler.sample()?;
    }
    let (total_then, idle_then) = ticks();
    sampler.metered.machine = (total_then - total, idle_then - idle);
    sampler.metered.seconds = instant().duration_since(began).as_secs_f64();
    Ok(sampler.metered)
}

#[derive(Default)]
struct Sampler {
    data: PathBuf,
    metered: Metered,
    /// Processor time of each process so far.
    cpu_ms: BTreeMap<i64, u64>,
    restarts_before: Option<u64>,
    has_begun: bool,
}

impl Sampler {
    fn sample(&mut self) -> anyhow::Result<()> {
        // A machine that stands still for a second gives no sample then.
        let status = match status::ask(&self.data) {
            Err(_) if self.has_begun => return Ok(()),
            asked => asked?,
        };
        let status = status.context("the ladder runs")?;
        let mut pss: BTreeMap<String, Option<u64>> = BTreeMap::new();
        let mut restarts = 0;
        let own = i32::try_from(std::process::id())?;
        let people = Usage::of(own);
        self.process(&mut pss, PEOPLE, Some(i64::from(own)), people.cpu_ms, people.pss_kib);
        let of = |of: &Value, name: &str| of[name].as_u64();
        self.process(
            &mut pss,
            "supervisor",
            status["pid"].as_i64(),
            of(&status, "cpu_ms"),
            of(&status, "pss_kib"),
        );
        for child in status["children"].as_array().into_iter().flatten() {
            let role = child["role"].as_str().unwrap_or_default();
            self.process(&mut pss, role, child["pid"].as_i64(), of(child, "cpu_ms"), of(child, "pss_kib"));
            restarts += child["restarts"].as_u64().unwrap_or(0);
            for (name, value) in child["gauges"].as_object().into_iter().flatten() {
                if let Some(value) = value.as_f64() {
                    self.gauge(role, name, value);
                }
            }
        }
        let ladder = pss.iter().filter(|(role, _)| is_of_the_ladder(role));
        let ladder = ladder.map(|(_, kib)| kib.unwrap_or(0)).sum();
        self.metered.ladder_pss_kib = self.metered.ladder_pss_kib.max(ladder);
        for (role, kib) in pss {
            let known = self.metered.roles.entry(role).or_default();
            known.pss_kib = known.pss_kib.max(kib);
        }
        self.metered.restarts = restarts - *self.restarts_before.get_or_insert(restarts);
        self.has_begun = true;
        Ok(())
    }

    fn process(
        &mut self,
        pss: &mut BTreeMap<String, Option<u64>>,
        role: &str,
        pid: Option<i64>,
        cpu_ms: Option<u64>,
        pss_kib: Option<u64>,
    ) {
        let sum = pss.entry(role.to_owned()).or_insert(Some(0));
        // One that is being started has none yet.
        let (Some(pid), Some(cpu_ms)) = (pid, cpu_ms) else { return };
        *sum = sum.zip(pss_kib).map(|(sum, kib)| sum + kib);
        // All that a process has used counts if it began after the measurement.
        let before = self.cpu_ms.insert(pid, cpu_ms).unwrap_or(if self.has_begun { 0 } else { cpu_ms });
        self.metered.roles.entry(role.to_owned()).or_default().cpu_ms += cpu_ms.saturating_sub(before);
    }

    fn gauge(&mut self, role: &str, name: &str, value: f64) {
        let fresh =
            Course { first: value, last: value, most: value, most_in_a_second: 0.0, sum: 0.0, samples: 0 };
        let course = self.metered.courses.entry((role.to_owned(), name.to_owned())).or_insert(fresh);
        course.most_in_a_second = course.most_in_a_second.max(value - course.last);
        course.last = value;
        course.most = course.most.max(value);
        course.sum += value;
        course.samples += 1;
    }
}

impl Metered {
    pub(crate) fn course(&self, role: &str, name: &str) -> Option<Course> {
        self.courses.get(&(role.to_owned(), name.to_owned())).copied()
    }

    /// Of one processor, in hundredths.
    pub(crate) fn percent(&self, cpu_ms: u64) -> f64 {
        cpu_ms as f64 / 10.0 / self.seconds
    }

    /// The share of the machine that was busy, and the share that others than these processes took.
    pub(crate) fn machine(&self) -> (f64, f64) {
        let (total, idle) = (self.machine.0.max(1) as f64, self.machine.1 as f64);
        // A tick is 10 ms, whatever the kernel's own clock is.
        let ours = self.roles.values().map(|role| role.cpu_ms).sum::<u64>() as f64 / 10.0;
        let busy = 1.0 - idle / total;
        (busy, (busy - ours / total).max(0.0))
    }
}

/// All ticks of all processors since the machine began, and the idle ones of them.
fn ticks() -> (u64, u64) {
    let stat = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    let line = stat.lines().next().unwrap_or_default();
    let fields: Vec<u64> =
        line.split_ascii_whitespace().skip(1).filter_map(|field| field.parse().ok()).collect();
    // The last two are counted in the first two already.
    (fields.iter().take(8).sum(), fields.iter().skip(3).take(2).sum())
}
