//! What an exit means: pure, so that every case is a row of a test.
//!
//! One policy for all: a child that had served for a second comes back at once, one that fails
//! before waits twice as long each time. Crashes alone never end the run; an essential child that
//! says it cannot run, or never gets ready, does, so that the platform sees it.

use super::spec::{ChildSpec, Duty};
use ipc_schema::control::{EXIT_CONFIG, EXIT_GAVE_UP, EXIT_PROTOCOL, EXIT_RECYCLE};
use std::fmt;
use std::time::Duration;

/// Who was ready this long restarts at once.
pub const SERVED: Duration = Duration::from_secs(1);
/// Who was ready this long is forgiven the failures before.
pub const FORGIVEN: Duration = Duration::from_secs(10);
/// The first wait; each further one is twice as long, up to the role's cap.
pub const FIRST_BACKOFF: Duration = Duration::from_millis(100);
/// So many starts in a row that never became ready end the run.
pub const NEVER_READY_LIMIT: u32 = 20;

/// As many backends may go in a row while a worker greets them.
const GREETINGS: u32 = 3;

/// How a child ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Code(u8),
    /// By its number.
    Signal(i32),
    /// It could not be started at all.
    NotStarted,
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Exit::Code(code) => write!(f, "exit code {code}"),
            Exit::Signal(number) => match nix::sys::signal::Signal::try_from(*number) {
                Ok(signal) => write!(f, "{signal}"),
                Err(_) => write!(f, "signal {number}"),
            },
            Exit::NotStarted => f.write_str("not started"),
        }
    }
}

/// One exit that nobody had asked for.
#[derive(Debug, Clone, Copy)]
pub struct Ended {
    pub exit: Exit,
    /// How long it had been ready; `None` if it never was.
    pub ready_for: Option<Duration>,
    /// From -1 to 1, by chance, so that children which fell together do not come back together.
    pub jitter: f64,
}

/// What follows.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// A new incarnation, after this long. Only an orderly end is no crash.
    Restart { after: Duration, crash: bool },
    /// It would fail the same way again, and the ladder can do without it.
    StayDown,
    /// All drain, and the run ends with this code.
    End { code: u8, because: String },
}

/// What is remembered of a child between its incarnations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// Waits since it was last forgiven.
    failures: u32,
    /// Starts in a row that never became ready.
    never_ready: u32,
}

impl History {
    /// Judges one exit, and remembers it.
    pub fn judge(&mut self, spec: &ChildSpec, ended: Ended) -> Verdict {
        let Ended { exit, ready_for, jitter } = ended;
        let name = spec.role.name();
        if let Exit::Code(code @ (EXIT_PROTOCOL | EXIT_CONFIG)) = exit {
            let because = match code {
                EXIT_PROTOCOL => format!("the {name} is of another build than the rest"),
                _ => format!("the {name} cannot run with this configuration"),
            };
            // The ladder goes on without a spare child of another build, but what the operator has
            // asked for and cannot have is told where it is looked for: at the start, by the run's end.
            return match (spec.duty, code) {
                (Duty::Spare, EXIT_PROTOCOL) => Verdict::StayDown,
                _ => Verdict::End { code, because },
            };
        }
        if spec.duty == Duty::World {
            let because = format!("the {name} is gone ({exit}), and a demo cannot go on without it");
            return Verdict::End { code: EXIT_GAVE_UP, because };
        }
        match ready_for {
            Some(_) => self.never_ready = 0,
            None => self.never_ready += 1,
        }
        if self.never_ready >= NEVER_READY_LIMIT && spec.duty == Duty::Essential {
            let because = format!("the {name} was started {NEVER_READY_LIMIT} times and never became ready");
            return Verdict::End { code: EXIT_GAVE_UP, because };
        }
        if ready_for.is_some_and(|served| served >= FORGIVEN) {
            self.failures = 0;
        }
        match (exit, ready_for) {
            // A recycling child must not spin either: it has hardly served in the time of one wait.
            (Exit::Code(EXIT_RECYCLE), Some(served)) => {
                let after = if served >= FIRST_BACKOFF { Duration::ZERO } else { FIRST_BACKOFF };
                Verdict::Restart { after, crash: false }
            }
            // A worker whose backend went while they greeted each other. Again and again it is something else.
            (Exit::Code(EXIT_RECYCLE), None) => {
                let crash = self.never_ready > GREETINGS;
                Verdict::Restart { after: self.next_backoff(spec.backoff_cap, jitter), crash }
            }
            (_, Some(served)) if served >= SERVED => Verdict::Restart { after: Duration::ZERO, crash: true },
            _ => Verdict::Restart { after: self.next_backoff(spec.backoff_cap, jitter), crash: true },
        }
    }

    fn next_backoff(&mut self, cap: Duration, jitter: f64) -> Duration {
        let doubled = FIRST_BACKOFF.saturating_mul(1 << self.failures.min(16));
        self.failures = self.failures.saturating_add(1);
        doubled.min(cap).mul_f64(1.0 + 0.25 * jitter.clamp(-1.0, 1.0)).min(cap)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::supervisor::spec::CHILDREN;
    use ipc_schema::control::Role;

    fn spec(role: Role) -> &'static ChildSpec {
        CHILDREN.iter().find(|spec| spec.role == role).unwrap()
    }

    /// Plays `lives` of a role, written as "exit ready" each, and compares what follows each.
    fn check(role: Role, lives: &[(&str, &str)]) {
        let mut history = History::default();
        for (number, (life, expected)) in lives.iter().enumerate() {
            let (exit, ready) = life.split_once(' ').unwrap();
            let exit = match exit.parse() {
                Ok(code) => Exit::Code(code),
                Err(_) => Exit::Signal(9),
            };
            let ready_for = ready.parse().ok().map(Duration::from_millis);
            let verdict = history.judge(spec(role), Ended { exit, ready_for, jitter: 0.0 });
            let said = match verdict {
                Verdict::Restart { after, crash } => {
                    format!("{} after {} ms", if crash { "crash" } else { "recycle" }, after.as_millis())
                }
                Verdict::StayDown => "stays down".to_owned(),
                Verdict::End { code, .. } => format!("ends with {code}"),
            };
            assert_eq!(said, *expected, "life {} of {role:?}: {life}", number + 1);
        }
    }

    #[test]
    fn a_child_that_served_for_a_second_restarts_at_once() {
        check(
            Role::Backend,
            &[
                ("kill 1000", "crash after 0 ms"),
                ("kill 1000", "crash after 0 ms"),
                ("1 60000", "crash after 0 ms"),
                ("0 60000", "crash after 0 ms"),
                ("kill 999", "crash after 100 ms"),
            ],
        );
    }

    #[test]
    fn failures_wait_twice_as_long_each_time_up_to_the_cap_of_the_role() {
        check(
            Role::Frontend,
            &[
                ("1 never", "crash after 100 ms"),
                ("1 never", "crash after 200 ms"),
                ("kill 10", "crash after 400 ms"),
                ("1 never", "crash after 800 ms"),
                ("1 never", "crash after 1000 ms"),
            ],
        );
        let waits = ["100", "200", "400", "800", "1600", "3200"].map(|ms| format!("crash after {ms} ms"));
        let lives: Vec<(&str, &str)> = waits.iter().map(|wait| ("1 20", wait.as_str())).collect();
        check(Role::ReplayWorker, &[&lives[..], &[("1 20", "crash after 5000 ms")]].concat());
    }

    #[test]
    fn ten_seconds_of_service_clear_the_failures_and_less_does_not() {
        check(
            Role::Backend,
            &[
                ("1 never", "crash after 100 ms"),
                ("1 9999", "crash after 0 ms"),
                ("1 never", "crash after 200 ms"),
                ("1 10000", "crash after 0 ms"),
                ("1 never", "crash after 100 ms"),
            ],
        );
    }

    #[test]
    fn an_orderly_end_restarts_at_once_and_is_no_crash() {
        check(
            Role::ReplayWorker,
            &[
                ("75 300", "recycle after 0 ms"),
                ("75 300", "recycle after 0 ms"),
                ("75 2", "recycle after 100 ms"),
                ("75 never", "recycle after 100 ms"),
                ("75 never", "recycle after 200 ms"),
                ("75 never", "recycle after 400 ms"),
                ("75 never", "crash after 800 ms"),
            ],
        );
    }

    #[test]
    fn a_wrong_build_of_an_essential_child_and_any_wrong_configuration_end_the_run() {
        for role in [Role::DbWriter, Role::Backend, Role::Frontend, Role::Players, Role::Emulator] {
            check(role, &[("76 never", "ends with 76")]);
            check(role, &[("78 60000", "ends with 78")]);
        }
        check(Role::ReplayWorker, &[("76 never", "stays down")]);
        check(Role::ReplayWorker, &[("78 never", "ends with 78")]);
    }

    #[test]
    fn twenty_starts_in_a_row_that_were_never_ready_end_the_run() {
        let judge = |history: &mut History, role, ready_for| {
            history.judge(spec(role), Ended { exit: Exit::NotStarted, ready_for, jitter: 0.0 })
        };
        let mut history = History::default();
        for start in 1..20 {
            let verdict = judge(&mut history, Role::Backend, None);
            assert!(matches!(verdict, Verdict::Restart { .. }), "start {start}");
        }
        let mut forgiven = history.clone();
        assert!(matches!(judge(&mut history, Role::Backend, None), Verdict::End { code: 70, .. }));

        judge(&mut forgiven, Role::Backend, Some(Duration::from_millis(1)));
        let verdict = judge(&mut forgiven, Role::Backend, None);
        assert!(matches!(verdict, Verdict::Restart { .. }), "ready once in between");

        let mut worker = History { failures: 0, never_ready: 100 };
        let verdict = judge(&mut worker, Role::ReplayWorker, None);
        assert!(matches!(verdict, Verdict::Restart { .. }), "the ladder goes on without workers");
    }

    #[test]
    fn the_run_ends_with_the_world_it_is_played_in() {
        check(Role::Emulator, &[("kill 60000", "ends with 70")]);
        check(Role::Emulator, &[("75 60000", "ends with 70")]);
        check(Role::Players, &[("kill 60000", "crash after 0 ms")]);
    }

    #[test]
    fn chance_moves_a_wait_by_a_quarter_and_never_past_the_cap() {
        let wait = |jitter, failures| {
            let mut history = History { failures, never_ready: 0 };
            history.next_backoff(Duration::from_secs(1), jitter).as_millis()
        };
        let table = [(-1.0, 0, 75), (1.0, 0, 125), (-1.0, 9, 750), (1.0, 9, 1000), (0.0, u32::MAX - 1, 1000)];
        for (jitter, failures, expected) in table {
            assert_eq!(wait(jitter, failures), expected, "jitter {jitter} after {failures} failures");
        }
    }
}
