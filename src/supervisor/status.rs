//! What `evoladder status` asks a running supervisor, and what it prints.
//!
//! The answering side never waits: a handful of connections, each of which has one second for its
//! one question.

use super::folder;
use super::words;
use crate::clock;
use crate::config::RunDir;
use anyhow::{Context, Result, bail};
use ipc_schema::control::{Layer, StatusReply, StatusRequest};
use ipc_schema::frame::{self, PREFIX_BYTES};
use serde_json::{Value, json};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::time::{Duration, Instant};

/// More than anybody looks at once; the others wait in the backlog.
const CONNECTIONS: usize = 8;
/// A client that takes longer for its question or its answer is dropped.
const PATIENCE: Duration = Duration::from_secs(1);
/// A request has no fields; what is longer is none.
const REQUEST_BYTES: usize = 64;

/// The supervisor's side.
pub struct StatusServer {
    listener: UnixListener,
    clients: Vec<Client>,
}

/// One who asks.
pub struct Client {
    stream: UnixStream,
    until: Instant,
    asked: Vec<u8>,
    answer: Option<Vec<u8>>,
}

impl StatusServer {
    pub fn bind(run_dir: &RunDir) -> Result<StatusServer> {
        let listener = folder::bind(&run_dir.supervisor())?;
        listener.set_nonblocking(true).context("make status socket non-blocking")?;
        Ok(StatusServer { listener, clients: Vec::new() })
    }

    /// The listening socket, while there is room for another client.
    pub fn listener(&self) -> Option<&UnixListener> {
        (self.clients.len() < CONNECTIONS).then_some(&self.listener)
    }

    pub fn clients(&self) -> &[Client] {
        &self.clients
    }

    /// When the most patient client is dropped, for the loop's timer.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.clients.iter().map(|client| client.until).min()
    }

    /// Takes new clients, reads questions and writes answers, as far as that goes without waiting.
    pub fn serve(&mut self, now: Instant, mut status: impl FnMut() -> Value) {
        while self.clients.len() < CONNECTIONS {
            let Ok((stream, _)) = self.listener.accept() else { break };
            if stream.set_nonblocking(true).is_ok() {
                let until = now + PATIENCE;
                self.clients.push(Client { stream, until, asked: Vec::new(), answer: None });
            }
        }
        self.clients.retain_mut(|client| now < client.until && client.step(&mut status));
    }
}

impl Client {
    pub fn stream(&self) -> &UnixStream {
        &self.stream
    }

    /// Whether it waits to be written to, rather than read from.
    pub fn is_answering(&self) -> bool {
        self.answer.is_some()
    }

    /// Goes on with this client; false when it is done with, or broken.
    fn step(&mut self, status: &mut impl FnMut() -> Value) -> bool {
        if self.answer.is_none() {
            let mut chunk = [0; REQUEST_BYTES];
            match self.stream.read(&mut chunk) {
                Ok(0) => return false,
                Ok(read) => self.asked.extend_from_slice(&chunk[..read]),
                Err(error) => return waits(&error),
            }
            let Some(prefix) = self.asked.first_chunk::<PREFIX_BYTES>() else { return true };
            let Ok(bytes @ ..=REQUEST_BYTES) = frame::frame_bytes(*prefix) else { return false };
            let Some(body) = self.asked.get(PREFIX_BYTES..PREFIX_BYTES + bytes) else { return true };
            let Ok((StatusRequest::Status, _)) = frame::decode(body) else { return false };
            let mut answer = Vec::new();
            if frame::encode(&StatusReply { json: status().to_string() }, &mut answer).is_err() {
                return false;
            }
            self.answer = Some(answer);
        }
        let Some(answer) = &mut self.answer else { return true };
        while !answer.is_empty() {
            match self.stream.write(answer) {
                Ok(sent) => drop(answer.drain(..sent)),
                Err(error) => return waits(&error),
            }
        }
        false
    }
}

fn waits(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}

/// What the kernel says of one process, where it says so: a sandboxed one keeps its memory to itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    pub pss_kib: Option<u64>,
    pub cpu_ms: Option<u64>,
}

impl Usage {
    pub fn of(pid: i32) -> Usage {
        let pss_kib = read(pid, "smaps_rollup").and_then(|text| pss_kib(&text));
        Usage { pss_kib, ..Usage::without_memory(pid) }
    }

    pub fn without_memory(pid: i32) -> Usage {
        Usage { pss_kib: None, cpu_ms: read(pid, "stat").and_then(|text| cpu_ms(&text)) }
    }
}

/// The memory of the container in bytes, as the two generations of control groups tell it: what is used, files
/// that the kernel keeps in memory included, and what may be, where there is a limit.
pub fn container() -> (Option<u64>, Option<u64>) {
    let groups = [
        ("/sys/fs/cgroup/memory.current", "/sys/fs/cgroup/memory.max"),
        ("/sys/fs/cgroup/memory/memory.usage_in_bytes", "/sys/fs/cgroup/memory/memory.limit_in_bytes"),
    ];
    let read = |path: &str| fs::read_to_string(path).ok()?.trim().parse::<u64>().ok();
    let found = groups.iter().find_map(|(used, limit)| Some((read(used)?, read(limit))));
    // The first generation says a number near 2^63 where there is no limit.
    found.map_or((None, None), |(used, limit)| (Some(used), limit.filter(|limit| *limit < 1 << 50)))
}

fn read(pid: i32, file: &str) -> Option<String> {
    fs::read_to_string(format!("/proc/{pid}/{file}")).ok()
}

/// The usage of a child, asked as often as anybody likes. For its memory the kernel walks all its pages, and
/// holds up the child where it takes new ones: so that is asked for a hundredth of the time at most, and every second
/// at most.
#[derive(Debug, Default)]
pub struct Meter {
    /// The memory, and until when it is not asked again.
    measured: Cell<Option<(Option<u64>, Instant)>>,
}

impl Meter {
    pub fn usage(&self, pid: i32) -> Usage {
        let began = clock::instant();
        if let Some((pss_kib, until)) = self.measured.get()
            && began < until
        {
            return Usage { pss_kib, ..Usage::without_memory(pid) };
        }
        let usage = Usage::of(pid);
        let pause = (began.elapsed() * 100).max(Duration::from_secs(1));
        self.measured.set(Some((usage.pss_kib, began + pause)));
        usage
    }
}

fn pss_kib(smaps_rollup: &str) -> Option<u64> {
    let line = smaps_rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

fn cpu_ms(stat: &str) -> Option<u64> {
    // The name in brackets may hold anything, so the fields are counted from the last bracket.
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    // The kernel counts these in hundredths of a second, whatever its own clock.
    Some((ticks()? + ticks()?) * 10)
}

/// Asks the supervisor that runs over `data`; `None` if nothing runs there.
pub fn ask(data: &Path) -> Result<Option<Value>> {
    let Some(run_dir) = folder::running(data) else { return Ok(None) };
    let mut stream = match UnixStream::connect(run_dir.supervisor()) {
        Ok(stream) => stream,
        // A supervisor that was killed leaves its path, or its socket, behind.
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => {
            return Ok(None);
        }
        Err(error) => return Err(error).context("reach the supervisor"),
    };
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut bytes = Vec::new();
    frame::encode(&StatusRequest::Status, &mut bytes)?;
    stream.write_all(&bytes).context("ask the supervisor")?;
    let mut prefix = [0; PREFIX_BYTES];
    stream.read_exact(&mut prefix).context("hear from the supervisor")?;
    let mut body = vec![0; frame::frame_bytes(prefix)?];
    stream.read_exact(&mut body).context("hear from the supervisor")?;
    let (StatusReply { json }, _) = frame::decode(&body)?;
    let status: Value = serde_json::from_str(&json).context("understand the supervisor")?;
    if !status.is_object() {
        bail!("the supervisor answered something that is no status");
    }
    Ok(Some(status))
}

/// How a worker is locked down, as a status has it.
pub fn sandbox(layers: &[Layer]) -> Value {
    let layer = |layer: &Layer| json!({ "name": layer.kind.name(), "on": layer.missing.is_none(), "missing": layer.missing });
    layers.iter().map(layer).collect()
}

/// Says once how the workers are locked down; a gap is a warning, whatever the level of detail.
pub fn log_sandbox(layers: &[Layer]) {
    let on: Vec<&str> =
        layers.iter().filter(|layer| layer.missing.is_none()).map(|layer| layer.kind.name()).collect();
    let gaps = layers.iter().filter_map(|layer| Some((layer.kind.name(), layer.missing.as_ref()?)));
    for (layer, why) in gaps {
        tracing::warn!("replay workers parse without {layer}: {why}");
    }
    tracing::info!("replay workers are locked down by {}", on.join(", "));
}

/// A status as a table for people.
pub fn table(status: &Value) -> String {
    let text = |value: &Value| match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut out = format!(
        "{}, for {}, process {}\n\n",
        text(&status["state"]),
        duration(status["uptime_s"].as_f64()),
        text(&status["pid"]),
    );
    let mut rows =
        vec![["child", "state", "process", "ready for", "restarts", "memory", "cpu"].map(str::to_owned)];
    for child in status["children"].as_array().into_iter().flatten() {
        rows.push([
            name(child),
            text(&child["state"]),
            text(&child["pid"]),
            duration(child["ready_s"].as_f64()),
            text(&child["restarts"]),
            child["pss_kib"].as_f64().map_or("-".to_owned(), |kib| format!("{:.1} MiB", kib / 1024.0)),
            child["cpu_ms"].as_f64().map_or("-".to_owned(), |ms| format!("{:.1} s", ms / 1000.0)),
        ]);
    }
    let widths: Vec<usize> =
        (0..7).map(|column| rows.iter().map(|row| row[column].len()).max().unwrap_or(0)).collect();
    for row in rows {
        let line =
            row.iter().zip(&widths).enumerate().fold(String::new(), |mut line, (column, (cell, width))| {
                // Words to the left, numbers to the right.
                let _ = if column < 2 {
                    write!(line, "{cell:width$}  ")
                } else {
                    write!(line, "{cell:>width$}  ")
                };
                line
            });
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out += &watch_lines(status);
    if let Some(dashboard) = status["dashboard"].as_str() {
        let _ = writeln!(out, "\nthe dashboard is at http://{dashboard}/");
    }
    out + &sandbox_lines(status) + &words::told(status)
}

/// How much is going on, where that is told, and what is not as it should be.
fn watch_lines(status: &Value) -> String {
    let texts = |list: &Value| -> Vec<String> {
        list.as_array().into_iter().flatten().filter_map(|text| Some(text.as_str()?.to_owned())).collect()
    };
    let Some(level) = status["load_level"].as_str() else { return String::new() };
    let causes = texts(&status["load_causes"]).join(", ");
    let mut out = format!("\nload: {level}");
    if !causes.is_empty() {
        let _ = write!(out, " ({causes})");
    }
    out.push('\n');
    for alert in status["alerts"].as_array().into_iter().flatten() {
        let text = |name: &str| alert[name].as_str().unwrap_or("-");
        let since = duration(alert["for_s"].as_f64());
        let _ = writeln!(out, "alert {}, for {since}: {}", text("name"), text("text"));
    }
    out
}

/// A child of a status, among its role where there are several.
pub fn name(child: &Value) -> String {
    let role = child["role"].as_str().unwrap_or("-");
    match child["index"].as_u64() {
        Some(index) if child["of"].as_u64() > Some(1) => format!("{role} {}", index + 1),
        _ => role.to_owned(),
    }
}

/// What locks the workers down, and a line for each thing that is missing somewhere.
fn sandbox_lines(status: &Value) -> String {
    let told = status["children"].as_array().into_iter().flatten();
    let told: Vec<&Value> =
        told.flat_map(|child| child["sandbox"].as_array().into_iter().flatten()).collect();
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let mut on: Vec<String> = Vec::new();
    let mut missing = BTreeMap::<String, usize>::new();
    for layer in told {
        if layer["on"] != true {
            let line = format!("without {}: {}", text(&layer["name"]), text(&layer["missing"]));
            *missing.entry(line).or_default() += 1;
        } else if !on.contains(&text(&layer["name"])) {
            on.push(text(&layer["name"]));
        }
    }
    if on.is_empty() && missing.is_empty() {
        return String::new();
    }
    let missing = missing.iter().map(|(line, workers)| format!("{workers} of them {line}\n"));
    format!("\nreplay workers are locked down by {}\n", on.join(", ")) + &missing.collect::<String>()
}

fn duration(seconds: Option<f64>) -> String {
    let Some(seconds) = seconds else { return "-".to_owned() };
    match seconds as u64 {
        s @ ..60 => format!("{s} s"),
        s @ ..3600 => format!("{} min {} s", s / 60, s % 60),
        s @ ..86400 => format!("{} h {} min", s / 3600, s % 3600 / 60),
        s => format!("{} d {} h", s / 86400, s % 86400 / 3600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc_schema::control::LayerKind;

    #[test]
    fn a_stuck_client_is_dropped_and_the_next_one_is_answered() {
        let temp = tempfile::tempdir().unwrap();
        let run_dir = RunDir::new(temp.path());
        let mut server = StatusServer::bind(&run_dir).unwrap();
        let start = clock::instant();
        let stuck: Vec<UnixStream> =
            (0..CONNECTIONS).map(|_| UnixStream::connect(run_dir.supervisor()).unwrap()).collect();
        server.serve(start, || panic!("nobody asked"));
        assert!(server.listener().is_none(), "the house is full");

        fs::write(temp.path().join("run"), format!("{}\n", temp.path().display())).unwrap();
        let data = temp.path().to_owned();
        let asking = std::thread::spawn(move || ask(&data).unwrap().unwrap());
        let later = start + PATIENCE;
        while !asking.is_finished() {
            server.serve(later, || json!({"state": "up"}));
        }
        assert_eq!(asking.join().unwrap(), json!({"state": "up"}));
        drop(stuck);
    }

    #[test]
    fn nonsense_is_hung_up_on() {
        let temp = tempfile::tempdir().unwrap();
        let run_dir = RunDir::new(temp.path());
        let mut server = StatusServer::bind(&run_dir).unwrap();
        let mut client = UnixStream::connect(run_dir.supervisor()).unwrap();
        client.write_all(b"GET / HTTP/1.1\r\n").unwrap();
        server.serve(clock::instant(), || panic!("that was no question"));
        assert_eq!(server.clients().len(), 0);
    }

    #[test]
    fn a_data_folder_without_a_supervisor_says_so() {
        let temp = tempfile::tempdir().unwrap();
        assert!(ask(temp.path()).unwrap().is_none());
        fs::write(temp.path().join("run"), "/nowhere/at/all\n").unwrap();
        assert!(ask(temp.path()).unwrap().is_none());
    }

    #[test]
    fn the_kernels_numbers_are_read_whatever_the_process_is_called() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194560 1 0 0 0 150 50 0 0 20 0 1 0 1 1 1";
        assert_eq!(cpu_ms(stat), Some(2000));
        assert_eq!(pss_kib("a [rollup]\nRss:  99 kB\nPss:      1204 kB\nPss_Dirty: 3 kB\n"), Some(1204));
        let own = Usage::of(i32::try_from(std::process::id()).unwrap());
        assert!(own.pss_kib > Some(0) && own.cpu_ms.is_some(), "{own:?}");
    }

    #[test]
    fn memory_is_asked_once_a_second_and_cpu_time_always() {
        let (own, meter) = (i32::try_from(std::process::id()).unwrap(), Meter::default());
        let before = meter.usage(own);
        let more = vec![1u8; 64 << 20];
        let after = meter.usage(own);
        assert_eq!(after.pss_kib, before.pss_kib, "it was asked a moment ago");
        assert!(before.pss_kib > Some(0) && after.cpu_ms >= before.cpu_ms && after.cpu_ms.is_some());
        meter.measured.set(before.pss_kib.map(|pss_kib| (Some(pss_kib), clock::instant())));
        assert!(meter.usage(own).pss_kib > before.pss_kib.map(|pss_kib| pss_kib + (32 << 10)));
        assert_eq!(more.iter().map(|byte| u64::from(*byte)).sum::<u64>(), 64 << 20);
    }

    #[test]
    fn the_table_is_calm() {
        let child = |role: &str, index, of, pid| {
            json!({"role": role, "index": index, "of": of, "pid": pid, "state": "ready", "ready_s": 75.2,
                   "restarts": 0, "pss_kib": 2048, "cpu_ms": 1500})
        };
        let mut gone = child("replay-worker", 1, 2, 0);
        for name in ["pid", "ready_s", "pss_kib", "cpu_ms"] {
            gone[name] = Value::Null;
        }
        gone["state"] = json!("waits to restart");
        let children = [child("backend", 0, 1, 12), child("replay-worker", 0, 2, 13), gone];
        let status = json!({"state": "up", "uptime_s": 3700.0, "pid": 11, "children": children});
        let expected = "\
up, for 1 h 1 min, process 11

child            state             process   ready for  restarts   memory    cpu
backend          ready                  12  1 min 15 s         0  2.0 MiB  1.5 s
replay-worker 1  ready                  13  1 min 15 s         0  2.0 MiB  1.5 s
replay-worker 2  waits to restart        -           -         0        -      -
";
        assert_eq!(table(&status), expected);
    }

    #[test]
    fn the_table_tells_how_much_is_going_on_and_what_is_wrong() {
        let calm = json!({ "load_level": "normal", "load_causes": [], "alerts": [] });
        assert_eq!(watch_lines(&calm), "\nload: normal\n");
        let alert = json!({ "name": "UploadLine", "text": "51 replays wait to be read", "for_s": 61.2 });
        let busy =
            json!({ "load_level": "busy", "load_causes": ["replays 51", "answer 1.2"], "alerts": [alert] });
        let expected = "\nload: busy (replays 51, answer 1.2)\nalert UploadLine, for 1 min 1 s: 51 replays wait to be read\n";
        assert_eq!(watch_lines(&busy), expected);
    }

    #[test]
    fn the_table_tells_what_the_workers_are_locked_down_by_and_what_is_missing() {
        let layer = |kind, missing: Option<&str>| Layer { kind, missing: missing.map(str::to_owned) };
        let whole = [layer(LayerKind::Limits, None), layer(LayerKind::Seccomp, None)];
        let gap = [layer(LayerKind::Limits, None), layer(LayerKind::Seccomp, Some("no such call"))];
        let told = |workers: &[&[Layer]]| {
            let workers = workers.iter().map(|layers| json!({ "sandbox": sandbox(layers) }));
            let mut children = vec![json!({ "role": "backend", "sandbox": null })];
            children.extend(workers);
            sandbox_lines(&json!({ "children": children }))
        };
        assert_eq!(told(&[]), "");
        let expected = "\nreplay workers are locked down by limits, seccomp\n";
        assert_eq!(told(&[&whole, &whole]), expected);
        let expected = format!("{expected}2 of them without seccomp: no such call\n");
        assert_eq!(told(&[&gap, &whole, &gap]), expected);
    }
}
