//! What a replay worker gives up before it reads its first byte.
//!
//! It keeps two sockets, standard error, memory and the clock. Each layer stands for itself, so a
//! host that forbids one is left with the others:
//!
//! | layer | stops |
//! |---|---|
//! | no new privileges | rights gained by starting another program |
//! | not dumpable | cores; other processes of the same user reading its memory |
//! | Landlock: files, TCP, scope | paths; TCP ports; signals and abstract sockets of other processes. UDP and Unix sockets with a path go through |
//! | limits | memory, processor time, any new descriptor, cores; writing files; as another user than root new processes |
//! | seccomp | every system call that parsing does not need, by SIGSYS |
//!
//! Landlock binds the thread that asks and those it starts later; seccomp is laid on all threads at
//! once. So there are two steps: [`before_threads`] on the main thread while it is alone, and
//! [`on_all_threads`] when every thread runs, since none can be started after it.

use anyhow::{Context, bail, ensure};
use ipc_schema::control::{Layer, LayerKind};
use landlock::{
    ABI, Access, AccessFs, AccessNet, LandlockStatus, Ruleset, RulesetAttr, RulesetError, RulesetStatus,
    Scope,
};
use nix::libc;
use nix::sys::prctl;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::stat::{SFlag, fstat};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};
use std::env::consts::ARCH;

/// Address space, far above what the reader takes for any file it accepts.
const MEMORY_BYTES: u64 = 256 << 20;

/// Processor time of a whole life. A worker leaves before a job of full length could meet it.
pub(super) const CPU_SECONDS: u64 = 60;

/// Between SIGXCPU and SIGKILL, for a process that has blocked the first.
const CPU_GRACE_SECONDS: u64 = 1;

/// The layers of `wanted` that bind one thread. For the main thread, before it has started another.
pub(super) fn before_threads(wanted: &[LayerKind]) -> Vec<Layer> {
    put_on(wanted, |kind| match kind {
        LayerKind::NoNewPrivileges => Some(prctl::set_no_new_privs().map_err(Into::into)),
        LayerKind::NotDumpable => Some(prctl::set_dumpable(false).map_err(Into::into)),
        // The first rights that cover all that a path is good for; newer ones are taken where they are.
        LayerKind::LandlockFiles => {
            Some(landlock(ABI::V5, |rules| rules.handle_access(AccessFs::from_all(ABI::V9))))
        }
        LayerKind::LandlockTcp => {
            Some(landlock(ABI::V4, |rules| rules.handle_access(AccessNet::from_all(ABI::V4))))
        }
        LayerKind::LandlockScope => Some(landlock(ABI::V6, |rules| rules.scope(Scope::from_all(ABI::V6)))),
        LayerKind::Limits | LayerKind::Seccomp => None,
    })
}

/// The layers of `wanted` that bind the process with all its threads. No thread, file or socket
/// can be made after it.
pub(super) fn on_all_threads(wanted: &[LayerKind]) -> Vec<Layer> {
    put_on(wanted, |kind| match kind {
        LayerKind::Limits => Some(limit()),
        LayerKind::Seccomp => Some(filter_calls()),
        LayerKind::NoNewPrivileges
        | LayerKind::NotDumpable
        | LayerKind::LandlockFiles
        | LayerKind::LandlockTcp
        | LayerKind::LandlockScope => None,
    })
}

/// Tries each layer for which `try_on` has a way, and takes down what came of it.
fn put_on(wanted: &[LayerKind], try_on: impl Fn(LayerKind) -> Option<anyhow::Result<()>>) -> Vec<Layer> {
    let tried = LayerKind::ALL.into_iter().filter(|kind| wanted.contains(kind));
    let tried = tried.filter_map(|kind| Some((kind, try_on(kind)?)));
    tried.map(|(kind, on)| Layer { kind, missing: on.err().map(|error| format!("{error:#}")) }).collect()
}

/// One ruleset of its own, without an exception. What the kernel knows of it is enforced; from
/// Landlock's version `needs` on that is all of what the layer promises.
fn landlock(needs: ABI, handle: impl FnOnce(Ruleset) -> Result<Ruleset, RulesetError>) -> anyhow::Result<()> {
    let status = handle(Ruleset::default())?.create()?.restrict_self()?;
    match status.landlock {
        LandlockStatus::NotEnabled => bail!("Landlock is not enabled on this kernel"),
        LandlockStatus::NotImplemented => bail!("the kernel, or the container, does not offer Landlock"),
        LandlockStatus::Available { effective_abi, .. } => {
            let (has, needs) = (effective_abi as i32, needs as i32);
            ensure!(has >= needs, "the kernel's Landlock is version {has}, and this takes {needs}");
            ensure!(status.ruleset != RulesetStatus::NotEnforced, "Landlock enforces nothing");
            Ok(())
        }
    }
}

fn limit() -> anyhow::Result<()> {
    let limits = [
        (Resource::RLIMIT_AS, MEMORY_BYTES, MEMORY_BYTES),
        (Resource::RLIMIT_CPU, CPU_SECONDS, CPU_SECONDS + CPU_GRACE_SECONDS),
        // What is open stays open; nothing can be opened, connected or duplicated any more.
        (Resource::RLIMIT_NOFILE, 0, 0),
        (Resource::RLIMIT_NPROC, 0, 0),
        (Resource::RLIMIT_CORE, 0, 0),
    ];
    for (resource, soft, hard) in limits {
        setrlimit(resource, soft, hard).with_context(|| format!("limit {resource:?}"))?;
    }
    // A log that is a file has a size, too, and a worker could not leave its last words in it.
    let log = fstat(std::io::stderr()).context("look at standard error")?;
    let log_is_file = SFlag::from_bits_truncate(log.st_mode) & SFlag::S_IFMT == SFlag::S_IFREG;
    let file_bytes = if log_is_file { getrlimit(Resource::RLIMIT_FSIZE)?.1 } else { 0 };
    setrlimit(Resource::RLIMIT_FSIZE, file_bytes, file_bytes).context("limit RLIMIT_FSIZE")
}

fn filter_calls() -> anyhow::Result<()> {
    let filter = call_filter(std::process::id()).context("make the filter")?;
    seccompiler::apply_filter_all_threads(&filter).context("lay the filter on all threads")
}

/// An argument by its place, compared as the kernel reads it: 32 bits of a number, 64 of an address.
fn argument(
    place: u8,
    width: SeccompCmpArgLen,
    compared: SeccompCmpOp,
    to: u64,
) -> Result<SeccompCondition, seccompiler::BackendError> {
    SeccompCondition::new(place, width, compared, to)
}

/// The calls of a worker that parses, answers, fails and leaves; anything else ends the process by
/// SIGSYS. `own` is its process id.
fn call_filter(own: u32) -> Result<BpfProgram, seccompiler::BackendError> {
    use SeccompCmpArgLen::{Dword, Qword};
    use SeccompCmpOp::{Eq, MaskedEq};

    let bits = |flags: libc::c_int| u64::from(flags.cast_unsigned());
    let number = |number: libc::c_int| u64::from(number.cast_unsigned());
    // Memory may be taken and given back, but never executed, and it comes from nobody's file.
    let not_executable = argument(2, Dword, MaskedEq(bits(libc::PROT_EXEC)), 0)?;
    let anonymous = argument(3, Dword, MaskedEq(bits(libc::MAP_ANONYMOUS)), bits(libc::MAP_ANONYMOUS))?;
    // Sent to and taken from whoever is connected, without an address.
    let no_address = argument(4, Qword, Eq, 0)?;
    // An abort is a signal to one's own thread.
    let own_process = argument(0, Dword, Eq, own.into())?;
    let abort = argument(2, Dword, Eq, number(libc::SIGABRT))?;
    // Faults fall back to their default before they are met again, so that the signal tells what happened.
    let of_fault = |signal| argument(0, Dword, Eq, number(signal));
    let (segv, bus, abrt) = (of_fault(libc::SIGSEGV)?, of_fault(libc::SIGBUS)?, of_fault(libc::SIGABRT)?);

    // A build with assertions looks whether a descriptor is open before it closes it.
    let is_open = argument(1, Dword, Eq, number(libc::F_GETFD))?;

    let mut rules: Vec<(libc::c_long, Vec<Vec<SeccompCondition>>)> = vec![
        (libc::SYS_mmap, vec![vec![not_executable.clone(), anonymous]]),
        (libc::SYS_mprotect, vec![vec![not_executable]]),
        (libc::SYS_recvfrom, vec![vec![no_address.clone()]]),
        (libc::SYS_sendto, vec![vec![no_address]]),
        (libc::SYS_fcntl, vec![vec![is_open]]),
        (libc::SYS_tgkill, vec![vec![own_process, abort]]),
        (libc::SYS_rt_sigaction, vec![vec![segv], vec![bus], vec![abrt]]),
    ];
    let unconditional = [
        // The sockets and the log.
        libc::SYS_read,
        libc::SYS_write,
        libc::SYS_writev,
        libc::SYS_close,
        // Memory. The C library counts processors when it makes a further heap.
        libc::SYS_munmap,
        libc::SYS_mremap,
        libc::SYS_brk,
        libc::SYS_madvise,
        libc::SYS_sched_getaffinity,
        // Threads that wait for each other, chance, time.
        libc::SYS_futex,
        libc::SYS_sched_yield,
        libc::SYS_restart_syscall,
        libc::SYS_getrandom,
        libc::SYS_clock_gettime,
        libc::SYS_getrusage,
        // The alarm, which is another call on processors that know no `alarm`.
        libc::SYS_setitimer,
        // Signals and the end.
        libc::SYS_rt_sigreturn,
        libc::SYS_rt_sigprocmask,
        libc::SYS_sigaltstack,
        libc::SYS_getpid,
        libc::SYS_gettid,
        libc::SYS_exit,
        libc::SYS_exit_group,
    ];
    rules.extend(unconditional.map(|call| (call, Vec::new())));
    #[cfg(target_arch = "x86_64")]
    // The second of two threads that leave at once waits for the first in `pause`.
    rules.extend([libc::SYS_alarm, libc::SYS_pause].map(|call| (call, Vec::new())));
    #[cfg(not(target_arch = "x86_64"))]
    rules.push((libc::SYS_ppoll, Vec::new()));

    let rules = rules.into_iter().map(|(call, allowed)| {
        let allowed = allowed.into_iter().map(SeccompRule::new).collect::<Result<Vec<_>, _>>()?;
        Ok((call, allowed))
    });
    let rules = rules.collect::<Result<_, seccompiler::BackendError>>()?;
    SeccompFilter::new(rules, SeccompAction::KillProcess, SeccompAction::Allow, ARCH.try_into()?)?.try_into()
}
