//! What a replay worker cannot do any more when it reads a file, tried from inside.
//!
//! The probe (`tests/probe_worker.rs`) is the shipped worker with another thing to read with: its
//! files are orders. Each layer is tried alone as well, with its own way of refusing, so that none
//! hides behind another; and without any layer all orders go through, so that none is refused for
//! another reason.

pub(crate) mod worker;

use ipc_schema::control::{
    EXIT_CONFIG, EXIT_DRAINED, EXIT_RECYCLE, FromChild, Layer, LayerKind, LayerKind::*,
};
use nix::errno::Errno;
use nix::libc;
use nix::sys::signal::Signal;
use replay::forge;
use seccompiler::{SeccompAction, SeccompFilter};
use std::net::{TcpListener, UdpSocket};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;
use tempfile::TempDir;
use worker::{End, Log, Starting, Worker, probe, shipped};

/// What the orders aim at: listeners, a file, a process.
struct Targets {
    folder: TempDir,
    tcp: TcpListener,
    udp: UdpSocket,
    unix: UnixListener,
    unix_abstract: UnixListener,
    process: Child,
}

impl Targets {
    fn new() -> Targets {
        let folder = tempfile::tempdir().unwrap();
        let name = format!("evoladder-test-{}", folder.path().file_name().unwrap().to_str().unwrap());
        let unix_abstract =
            UnixListener::bind_addr(&SocketAddr::from_abstract_name(name.as_bytes()).unwrap()).unwrap();
        let targets = Targets {
            tcp: TcpListener::bind("127.0.0.1:0").unwrap(),
            udp: UdpSocket::bind("127.0.0.1:0").unwrap(),
            unix: UnixListener::bind(folder.path().join("socket")).unwrap(),
            unix_abstract,
            process: Command::new("sleep").arg("600").spawn().unwrap(),
            folder,
        };
        for nonblocking in [
            targets.tcp.set_nonblocking(true),
            targets.udp.set_nonblocking(true),
            targets.unix.set_nonblocking(true),
            targets.unix_abstract.set_nonblocking(true),
        ] {
            nonblocking.unwrap();
        }
        targets
    }

    /// An order with its target in the place of its braces.
    fn aim(&self, order: &str) -> String {
        let path = |name: &str| self.folder.path().join(name).display().to_string();
        let abstract_name = self.unix_abstract.local_addr().unwrap();
        let abstract_name = String::from_utf8(abstract_name.as_abstract_name().unwrap().to_vec()).unwrap();
        let target = match order.split(' ').next().unwrap() {
            "create" => path("made"),
            "tcp" => self.tcp.local_addr().unwrap().to_string(),
            "udp" => self.udp.local_addr().unwrap().to_string(),
            "unix" => path("socket"),
            "unix-abstract" => abstract_name,
            "kill" | "read-memory" => self.process.id().to_string(),
            _ => String::new(),
        };
        order.replace("{}", &target)
    }

    /// What has got through to them.
    fn reached(&mut self) -> Vec<&'static str> {
        let reached = [
            ("a file", self.folder.path().join("made").exists()),
            ("TCP", self.tcp.accept().is_ok()),
            ("UDP", self.udp.recv(&mut [0; 8]).is_ok()),
            ("a Unix socket", self.unix.accept().is_ok()),
            ("an abstract socket", self.unix_abstract.accept().is_ok()),
            ("a process", self.process.try_wait().unwrap().is_some()),
        ];
        reached.into_iter().filter_map(|(what, reached)| reached.then_some(what)).collect()
    }
}

impl Drop for Targets {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// What the host does not give. A developer's kernel may be old, and says so here.
fn lacks(layers: &[Layer]) -> bool {
    let mut lacks = false;
    for Layer { kind, missing } in layers {
        if let Some(why) = missing {
            println!("SKIPPED: this host does not give {}: {why}", kind.name());
            lacks = true;
        }
    }
    lacks
}

fn names(layers: &[Layer]) -> Vec<LayerKind> {
    layers.iter().map(|layer| layer.kind).collect()
}

fn reads_a_replay(worker: &mut Worker) {
    let End::Answer(Ok(facts)) = worker.job(&forge::write(&forge::Game::default())) else {
        panic!("an honest replay is not read")
    };
    assert_eq!(facts.players.len(), 2);
}

/// Orders that need something which parsing does not.
const FORBIDDEN: [&str; 18] = [
    "open /etc/passwd",
    "open /proc/self/environ",
    "open /proc/self/maps",
    "create {}",
    "tcp {}",
    "tcp-listen 127.0.0.1:0",
    "udp {}",
    "unix {}",
    "unix-abstract {}",
    "exec /bin/true",
    "thread",
    "kill {}",
    "read-memory {}",
    "duplicate",
    "be-dumpable",
    "is-dumpable",
    "execute-memory",
    "open /dev/null",
];

#[test]
fn whatever_parsing_does_not_need_ends_a_worker_by_sigsys_and_the_next_one_reads() {
    let mut targets = Targets::new();
    for order in FORBIDDEN {
        let mut worker = Worker::start(&probe(), &[], Log::File);
        reads_a_replay(&mut worker);
        assert_eq!(worker.order(&targets.aim(order)), Err(Signal::SIGSYS), "{order}: {}", worker.log());
    }
    assert_eq!(targets.reached(), Vec::<&str>::new());
    reads_a_replay(&mut Worker::start(&probe(), &[], Log::File));
}

#[test]
fn a_file_that_takes_too_much_ends_its_worker_by_the_signal_that_says_so() {
    for (order, signal) in [
        ("allocate 1073741824", Signal::SIGABRT),
        ("panic", Signal::SIGABRT),
        ("overflow", Signal::SIGABRT),
        ("spin", Signal::SIGALRM),
    ] {
        for log in [Log::File, Log::Pipe] {
            let mut worker = Worker::start(&probe(), &[], log);
            let started = evoladder::clock::instant();
            assert_eq!(worker.order(order), Err(signal), "{order}, the log is a {log:?}");
            let took = started.elapsed();
            if order == "spin" {
                let limit = Duration::from_secs(2);
                assert!(took >= limit && took < limit * 5, "the alarm rang after {took:?}");
            }
            let words = if log == Log::Pipe { worker.last_words() } else { worker.log() };
            for (of, told) in [
                ("panic", "the probe was told to"),
                ("allocate 1073741824", "allocation of 1073741824 bytes failed"),
                ("overflow", "overflowed its stack"),
            ] {
                assert!(of != order || words.contains(told), "{order}: its last words are told: {words}");
            }
        }
    }
    reads_a_replay(&mut Worker::start(&probe(), &[], Log::File));
}

/// What an order comes to behind some layers alone.
#[derive(Debug, Clone, Copy)]
enum Is {
    Done,
    Refused(Errno),
    Killed(Signal),
}

fn check_alone(layers: &[LayerKind], orders: &[(&str, Is)]) {
    let mut targets = Targets::new();
    if lacks(&Worker::with(layers).layers) {
        return;
    }
    for (order, is) in orders {
        let mut worker = Worker::with(layers);
        assert_eq!(names(&worker.layers), layers, "no other layer is on");
        let expected = match *is {
            Is::Done => Ok("done".to_owned()),
            Is::Refused(errno) => Ok(format!("refused: {}", std::io::Error::from(errno))),
            Is::Killed(signal) => Err(signal),
        };
        assert_eq!(worker.order(&targets.aim(order)), expected, "{order} behind {layers:?}");
    }
    drop(targets.reached());
}

#[test]
fn without_any_layer_every_order_goes_through() {
    let mut targets = Targets::new();
    for order in FORBIDDEN.iter().filter(|order| !["is-dumpable", "read-memory {}"].contains(order)) {
        let mut worker = Worker::with(&[]);
        assert_eq!(worker.order(&targets.aim(order)).as_deref(), Ok("done"), "{order}");
    }
    // A signal is sent before it has worked.
    assert_eq!(targets.process.wait().unwrap().signal(), Some(Signal::SIGKILL as i32));
    assert_eq!(
        targets.reached(),
        ["a file", "TCP", "UDP", "a Unix socket", "an abstract socket", "a process"]
    );
    assert_eq!(Worker::with(&[]).order("allocate 1073741824").as_deref(), Ok("done"));
}

#[test]
fn each_layer_refuses_alone_what_is_its_own() {
    use Is::{Done, Killed, Refused};
    check_alone(
        &[LandlockFiles],
        &[
            ("open /etc/passwd", Refused(Errno::EACCES)),
            ("open /proc/self/environ", Refused(Errno::EACCES)),
            ("create {}", Refused(Errno::EACCES)),
            ("exec /bin/true", Refused(Errno::EACCES)),
            ("tcp {}", Done),
            ("udp {}", Done),
            ("unix-abstract {}", Done),
        ],
    );
    check_alone(
        &[LandlockTcp],
        &[
            ("tcp {}", Refused(Errno::EACCES)),
            ("tcp-listen 127.0.0.1:0", Refused(Errno::EACCES)),
            ("udp {}", Done),
            ("unix {}", Done),
            ("open /etc/passwd", Done),
        ],
    );
    check_alone(
        &[LandlockScope],
        &[
            ("kill {}", Refused(Errno::EPERM)),
            ("unix-abstract {}", Refused(Errno::EPERM)),
            ("unix {}", Done),
            ("tcp {}", Done),
        ],
    );
    check_alone(
        &[Limits],
        &[
            ("open /etc/passwd", Refused(Errno::EMFILE)),
            ("create {}", Refused(Errno::EMFILE)),
            ("tcp {}", Refused(Errno::EMFILE)),
            ("udp {}", Refused(Errno::EMFILE)),
            ("unix {}", Refused(Errno::EMFILE)),
            ("duplicate", Refused(Errno::EMFILE)),
            ("allocate 1073741824", Killed(Signal::SIGABRT)),
            ("execute-memory", Done),
        ],
    );
    check_alone(
        &[Seccomp],
        &[
            ("open /etc/passwd", Killed(Signal::SIGSYS)),
            ("udp {}", Killed(Signal::SIGSYS)),
            ("thread", Killed(Signal::SIGSYS)),
            ("kill {}", Killed(Signal::SIGSYS)),
            ("execute-memory", Killed(Signal::SIGSYS)),
            ("allocate 1073741824", Done),
        ],
    );
    assert_eq!(Worker::with(&[]).order("is-dumpable").as_deref(), Ok("true"));
    assert_eq!(Worker::with(&[NotDumpable]).order("is-dumpable").as_deref(), Ok("false"));
}

/// A line of a process's own account of itself, by its first words.
fn said_of<'a>(text: &'a str, name: &str) -> &'a str {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap_or_else(|| panic!("{name} in {text}")).trim()
}

#[test]
fn the_kernel_says_of_the_shipped_worker_that_every_thread_is_locked_down() {
    let mut worker = Worker::start(&shipped(), &[], Log::Pipe);
    assert_eq!(names(&worker.layers), LayerKind::ALL);
    reads_a_replay(&mut worker);
    let own = format!("/proc/{}", worker.pid());
    let read = |path: &Path| std::fs::read_to_string(path).unwrap();
    let mut threads = 0;
    for thread in std::fs::read_dir(format!("{own}/task")).unwrap() {
        let status = read(&thread.unwrap().path().join("status"));
        let told = ["NoNewPrivs:", "Seccomp:", "Seccomp_filters:"].map(|name| said_of(&status, name));
        assert_eq!(told, ["1", "2", "1"], "{status}");
        threads += 1;
    }
    assert_eq!(threads, 2);
    let limits = read(Path::new(&format!("{own}/limits")));
    for (name, soft, hard) in [
        ("Max cpu time", "60", "61"),
        ("Max file size", "0", "0"),
        ("Max core file size", "0", "0"),
        ("Max processes", "0", "0"),
        ("Max open files", "0", "0"),
        ("Max address space", "268435456", "268435456"),
    ] {
        let values: Vec<&str> = said_of(&limits, name).split_whitespace().take(2).collect();
        assert_eq!(values, [soft, hard], "{name}");
    }
    // What the probe obeys is a broken file to it.
    let order = worker.job(b"probe:panic");
    assert!(matches!(order, End::Answer(Err(_))), "{order:?}");
    lacks(&worker.layers);
}

#[test]
fn a_locked_down_worker_does_all_that_its_life_asks_of_it() {
    let start = |settings| Worker::start(&probe(), settings, Log::File);
    let mut worker = start(&[]);
    assert_eq!(worker.ping(), Some(FromChild::Pong { number: 3, doing: None }));
    // Buffers that grow, move and shrink; then much memory, which is freed again.
    for order in ["grow 33554432", "allocate 100000000", "allocate 100000", "grow 1048576"] {
        assert_eq!(worker.order(order).as_deref(), Ok("done"), "{order}: {}", worker.log());
    }
    assert!(matches!(worker.ping(), Some(FromChild::Pong { number: 3, .. })), "both threads have worked");
    let told = worker.log();
    assert!(told.contains("probe grow: done"), "it still writes its log: {told}");
    assert_eq!(worker.drain().code(), Some(EXIT_DRAINED.into()));
    assert_eq!(start(&[]).leave_as_backend().code(), Some(EXIT_RECYCLE.into()));
    let mut worker = start(&[]);
    for job in 0..200 {
        assert_eq!(worker.order("allocate 1").as_deref(), Ok("done"), "job {job}");
    }
    assert_eq!(worker.leave_as_backend().code(), Some(EXIT_RECYCLE.into()), "it is used up");
    // One whose backend takes its time to greet is locked down, and leaves when it is told to.
    let (layers, status, log) = Starting::new(&shipped(), &[], Log::File).end(true);
    assert_eq!((names(&layers), status.code()), (LayerKind::ALL.to_vec(), Some(0)), "{log}");
}

/// Replays of real games, and broken ones, where there are any.
fn files() -> Vec<Vec<u8>> {
    let folder = std::env::var_os("EVOLADDER_REPLAYS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/replays"), PathBuf::from);
    let Ok(folder) = std::fs::read_dir(folder) else {
        println!("SKIPPED: no real replays");
        return Vec::new();
    };
    let paths = folder.map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|ending| ending == "SC2Replay")).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

#[test]
fn behind_the_lock_every_file_is_read_as_it_is_outside() {
    let mut worker = Worker::start(&shipped(), &[], Log::File);
    let honest = forge::write(&forge::Game::default());
    let cut = honest[..honest.len() / 2].to_vec();
    for (number, file) in [honest, cut, Vec::new()].into_iter().chain(files()).enumerate() {
        let outside = End::Answer(evoladder::replay_worker::read(&file));
        assert!(worker.job(&file) == outside, "file {number}: {}", worker.log());
    }
}

/// Runs `body` where the kernel refuses these calls with EPERM, as the filter of a container does.
pub(crate) fn where_refused<T: Send>(calls: &[libc::c_long], body: impl FnOnce() -> T + Send) -> T {
    let rules = calls.iter().map(|call| (*call, Vec::new())).collect();
    let refuse = SeccompAction::Errno(Errno::EPERM as u32);
    let arch = std::env::consts::ARCH.try_into().unwrap();
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, refuse, arch).unwrap();
    let filter: seccompiler::BpfProgram = filter.try_into().unwrap();
    // Of this thread alone, and of what it starts.
    let run = move || {
        seccompiler::apply_filter(&filter).unwrap();
        body()
    };
    std::thread::scope(|scope| scope.spawn(run).join().unwrap())
}

#[test]
fn a_worker_whose_host_forbids_layers_says_which_and_why_and_parses_behind_the_others() {
    for (call, gaps, why) in [
        (libc::SYS_landlock_create_ruleset, &[LandlockFiles, LandlockTcp, LandlockScope][..], "Landlock"),
        (libc::SYS_seccomp, &[Seccomp], "Operation not permitted"),
    ] {
        let layers = where_refused(&[call], || {
            let mut worker = Worker::start(&shipped(), &[], Log::File);
            reads_a_replay(&mut worker);
            worker.layers.clone()
        });
        assert_eq!(names(&layers), LayerKind::ALL);
        for layer in layers.iter().filter(|layer| gaps.contains(&layer.kind)) {
            let missing = layer.missing.as_deref().unwrap_or_default();
            assert!(missing.contains(why), "{layer:?}");
        }
        // Where the sandbox is required, it says the same and leaves.
        let (told, status, log) = where_refused(&[call], || {
            Starting::new(&shipped(), &[("REPLAY_SANDBOX", "required")], Log::File).end(false)
        });
        assert_eq!(status.code(), Some(EXIT_CONFIG.into()), "{status}: {log}");
        assert_eq!(told, layers);
        let sentence = format!("REPLAY_SANDBOX is required, and this host does not give {}", gaps[0].name());
        assert!(log.contains(&sentence), "{log}");
    }
}
