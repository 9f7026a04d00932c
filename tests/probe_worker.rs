//! A replay worker that does what a hostile file would make it do, for `tests/sandbox.rs`.
//!
//! It is the shipped worker but for what it reads with: bytes that begin with `probe:` are an order
//! such as `probe:open /etc/passwd`, anything else is parsed. What came of an order that the worker
//! survived is the title of the map it answers with, and a line in the log.

use evoladder::config::ReplayWorker;
use evoladder::ipc::child::{Child, run_role};
use evoladder::replay_worker::{self, Sandbox};
use ipc_schema::control::{LayerKind, Role};
use ipc_schema::replay::{Fault, ReplayFacts};
use nix::sys::prctl;
use nix::sys::signal::{Signal, kill};
use nix::sys::uio::{RemoteIoVec, process_vm_readv};
use nix::unistd::{Pid, dup};
use std::fs::File;
use std::hint::black_box;
use std::io::{self, IoSliceMut};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixStream};
use std::process::{Command, ExitCode};

/// Which layers to put on, by their names with commas between; all of them if it is not set.
const LAYERS: &str = "PROBE_LAYERS";

fn main() -> ExitCode {
    run_role(ReplayWorker::from_env(), |config| config.log, run)
}

fn run(config: &ReplayWorker) -> anyhow::Result<()> {
    let child = Child::attach(Role::ReplayWorker)?;
    let asked = std::env::var(LAYERS).ok();
    let is_asked = |kind: &LayerKind| {
        asked.as_ref().is_none_or(|asked| asked.split(',').any(|name| name == kind.name()))
    };
    let layers: Vec<LayerKind> = LayerKind::ALL.into_iter().filter(is_asked).collect();
    let required = config.sandbox == evoladder::config::SandboxRule::Required;
    replay_worker::run(child, &config.run_dir.backend(), Sandbox { layers: &layers, required }, read)
}

fn read(bytes: &[u8]) -> Result<Box<ReplayFacts>, Fault> {
    let Some(order) = bytes.strip_prefix(b"probe:") else { return replay_worker::read(bytes) };
    let order = std::str::from_utf8(order).expect("an order is a text");
    let (word, what) = order.split_once(' ').unwrap_or((order, ""));
    let answer = follow(word, what).unwrap_or_else(|error| format!("refused: {error}"));
    tracing::warn!("probe {word}: {answer}");
    Ok(Box::new(ReplayFacts {
        base_build: 0,
        unlisted_build: false,
        duration_game_loops: 0,
        ended_at_ms: 0,
        map_title: answer,
        cache_handles: Vec::new(),
        game_speed: 0,
        random_seed: 0,
        is_1v1: false,
        players: Vec::new(),
        observers: 0,
        attributes: Vec::new(),
    }))
}

fn follow(order: &str, what: &str) -> io::Result<String> {
    let process = || Pid::from_raw(what.parse().expect("the number of a process"));
    match order {
        "open" => drop(File::open(what)?),
        "create" => drop(File::create(what)?),
        "tcp" => drop(TcpStream::connect(what)?),
        "tcp-listen" => drop(TcpListener::bind(what)?),
        "udp" => drop(UdpSocket::bind("127.0.0.1:0")?.send_to(b"out", what)?),
        "unix" => drop(UnixStream::connect(what)?),
        "unix-abstract" => drop(UnixStream::connect_addr(&SocketAddr::from_abstract_name(what)?)?),
        "exec" => drop(Command::new(what).status()?),
        "thread" => drop(std::thread::Builder::new().spawn(|| ())?.join()),
        "kill" => kill(process(), Signal::SIGKILL)?,
        "read-memory" => {
            let mut taken = [0; 1];
            // Where it points is of no matter: the right to look comes first.
            let there = RemoteIoVec { base: (&raw const taken).addr(), len: 1 };
            process_vm_readv(process(), &mut [IoSliceMut::new(&mut taken)], &[there])?;
        }
        "duplicate" => drop(dup(io::stderr())?),
        "be-dumpable" => prctl::set_dumpable(true)?,
        "execute-memory" => drop(memmap2::MmapMut::map_anon(4096)?.make_exec()?),
        "allocate" => drop(black_box(Vec::<u8>::with_capacity(what.parse().expect("a number of bytes")))),
        "grow" => {
            // A block that is moved and given back many times, as a parser's buffers are.
            let mut block = Vec::new();
            for round in 0..what.parse::<usize>().expect("a number of bytes") / 4096 {
                block.extend_from_slice(&[0_u8; 4096]);
                if round % 512 == 0 {
                    block.shrink_to_fit();
                }
            }
        }
        "is-dumpable" => return Ok(prctl::get_dumpable()?.to_string()),
        "environment" => {
            let variables = std::env::vars_os().map(|(name, value)| format!("{name:?}={value:?}"));
            return Ok(variables.collect::<Vec<_>>().join(" "));
        }
        "spin" => loop {
            black_box(());
        },
        "panic" => panic!("the probe was told to"),
        "overflow" => drop(black_box(deeper(&[0; 256]))),
        _ => panic!("there is no order {order}"),
    }
    Ok("done".to_owned())
}

/// Never comes back.
#[expect(unconditional_recursion, reason = "it is to overflow the stack")]
fn deeper(above: &[u64; 256]) -> u64 {
    let own = black_box([above[255] + 1; 256]);
    deeper(&own) + own[0]
}
