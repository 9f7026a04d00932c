//! Places where a test lets something go wrong: a call to the system fails, or the process dies.
//!
//! Only tests build with the feature `failpoints`; without it nothing of this is in an executable.
//! What `Fault::set` sets holds for the process that sets it, so a test that sets something has a process
//! of its own. Whole ladders are armed from outside: a file in the folder that the variable
//! `EVOLADDER_FAILPOINTS` names, called as its place, with the fault in it (`Fault::parse`). The file
//! is renamed before its fault happens, so that it happens once and the restarted process goes on.
//! `PLACES` lists every place there is.

#[cfg(feature = "failpoints")]
mod places;

#[cfg(feature = "failpoints")]
pub use places::{PLACES, Passed, Place};
#[cfg(feature = "failpoints")]
pub use with::{Fault, STRUCK, arm, hit, is_due, was_hit};
#[cfg(feature = "failpoints")]
pub(crate) use with::{before_lockdown, for_children};

#[cfg(feature = "failpoints")]
mod with {
    use crate::config;
    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;
    use std::collections::BTreeMap;
    use std::ffi::OsString;
    use std::io;
    use std::path::{Path, PathBuf};
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Mutex, OnceLock};
    use std::time::Duration;

    /// What is appended to the name of a file whose fault has happened.
    pub const STRUCK: &str = ".struck";

    /// What happens at a place.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Fault {
        /// The call fails with this error number.
        Error(i32),
        /// The process is gone, as by SIGKILL.
        Kill,
        /// The process is gone so long after it passed, amid what follows.
        KillAfter(Duration),
    }

    struct Point {
        name: String,
        fault: Fault,
        /// Passes that nothing happens to.
        skip: u32,
        /// Passes that it happens to after those.
        times: u32,
        happened: u32,
    }

    static POINTS: Mutex<Vec<Point>> = Mutex::new(Vec::new());
    /// Passes of places that are armed from outside, before their fault is due.
    static PASSES: Mutex<BTreeMap<String, u32>> = Mutex::new(BTreeMap::new());
    /// This process can neither see the folder nor signal itself any more.
    static LOCKED_DOWN: AtomicBool = AtomicBool::new(false);

    impl Fault {
        /// Has it happen at `name`: not the first `skip` times it is passed, and then `times` times.
        pub fn set(self, name: &str, skip: u32, times: u32) {
            let point = Point { name: name.to_owned(), fault: self, skip, times, happened: 0 };
            POINTS.lock().expect("nothing panics with it").push(point);
        }

        /// Reads a fault and the passes before it, such as `kill 0`, `error 28 3` or `kill-after 2 0`
        /// (in milliseconds).
        pub fn parse(text: &str) -> Option<(Fault, u32)> {
            let words: Vec<&str> = text.split_whitespace().collect();
            let (fault, skip) = match words[..] {
                ["kill", skip] => (Fault::Kill, skip),
                ["kill-after", ms, skip] => (Fault::KillAfter(Duration::from_millis(ms.parse().ok()?)), skip),
                ["error", number, skip] => (Fault::Error(number.parse().ok()?), skip),
                _ => return None,
            };
            Some((fault, skip.parse().ok()?))
        }

        fn strike(self) -> io::Result<()> {
            match self {
                Fault::Error(number) => return Err(io::Error::from_raw_os_error(number)),
                // A filter of system calls keeps a worker from signalling itself. It leaves at once.
                Fault::Kill | Fault::KillAfter(_) if LOCKED_DOWN.load(Ordering::Relaxed) => {
                    std::process::exit(1)
                }
                Fault::Kill => kill(Pid::this(), Signal::SIGKILL).expect("a process may kill itself"),
                Fault::KillAfter(time) => drop(std::thread::spawn(move || {
                    std::thread::sleep(time);
                    kill(Pid::this(), Signal::SIGKILL)
                })),
            }
            Ok(())
        }
    }

    /// Arms a place from outside: `fault` happens there once, in whichever process passes it next after
    /// `skip` passes of one process.
    pub fn arm(folder: &Path, name: &str, fault: Fault, skip: u32) -> io::Result<()> {
        let text = match fault {
            Fault::Error(number) => format!("error {number} {skip}"),
            Fault::Kill => format!("kill {skip}"),
            Fault::KillAfter(time) => format!("kill-after {} {skip}", time.as_millis()),
        };
        // Renamed when whole, so that nobody reads half of it.
        let beside = folder.join(format!("{name}.new"));
        std::fs::write(&beside, text)?;
        std::fs::rename(beside, folder.join(name))
    }

    fn folder() -> Option<&'static PathBuf> {
        static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
        FOLDER.get_or_init(config::failpoints).as_ref().filter(|_| !LOCKED_DOWN.load(Ordering::Relaxed))
    }

    /// The fault of a file that is due at this pass, which is counted where it is not.
    fn due_from_outside(name: &str) -> Option<(PathBuf, Fault)> {
        let path = folder()?.join(name);
        let text = std::fs::read_to_string(&path).ok()?;
        let (fault, skip) = Fault::parse(&text).unwrap_or_else(|| panic!("{text:?} is no fault"));
        let mut passes = PASSES.lock().expect("nothing panics with it");
        let passed = passes.entry(name.to_owned()).or_default();
        if *passed < skip {
            *passed += 1;
            return None;
        }
        Some((path, fault))
    }

    /// Marks a file as struck. False if another process was first.
    fn take(path: &Path) -> bool {
        let mut struck = path.as_os_str().to_owned();
        struck.push(STRUCK);
        std::fs::rename(path, struck).is_ok()
    }

    /// What a place says of itself: whether it goes on.
    pub fn hit(name: &str) -> io::Result<()> {
        if let Some((path, fault)) = due_from_outside(name)
            && take(&path)
        {
            return fault.strike();
        }
        let mut points = POINTS.lock().expect("nothing panics with it");
        for point in points.iter_mut().filter(|point| point.name == name) {
            if point.skip > 0 {
                point.skip -= 1;
            } else if point.happened < point.times {
                point.happened += 1;
                point.fault.strike()?;
            }
        }
        Ok(())
    }

    /// Passes a place that has to prepare for what happens at it: whether the [`hit`] that follows does something.
    pub fn is_due(name: &str) -> bool {
        if due_from_outside(name).is_some() {
            return true;
        }
        let mut points = POINTS.lock().expect("nothing panics with it");
        let Some(point) = points.iter_mut().find(|point| point.name == name) else { return false };
        let due = point.skip == 0 && point.happened < point.times;
        point.skip = point.skip.saturating_sub(1);
        due
    }

    /// Whether something happened at `name`.
    pub fn was_hit(name: &str) -> bool {
        POINTS
            .lock()
            .expect("nothing panics with it")
            .iter()
            .any(|point| point.name == name && point.happened > 0)
    }

    /// What the supervisor hands to its children, so that their places can be armed.
    pub(crate) fn for_children() -> Option<(&'static str, OsString)> {
        Some((config::FAILPOINTS, folder()?.clone().into_os_string()))
    }

    /// Takes what is armed for places that begin with `role`, for a process that is about to lock itself
    /// down and will not see the folder again.
    pub(crate) fn before_lockdown(role: &str) {
        for file in folder().and_then(|folder| std::fs::read_dir(folder).ok()).into_iter().flatten() {
            let Ok(path) = file.map(|file| file.path()) else { continue };
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if !super::places::PLACES.iter().any(|place| place.name == name && place.role() == role) {
                continue;
            }
            if let Some((fault, skip)) =
                std::fs::read_to_string(&path).ok().and_then(|text| Fault::parse(&text))
                && take(&path)
            {
                fault.set(name, skip, 1);
            }
        }
        LOCKED_DOWN.store(true, Ordering::Relaxed);
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_fault_is_read_as_it_was_written() {
            let folder = tempfile::tempdir().unwrap();
            let after = Fault::KillAfter(Duration::from_millis(2));
            for (fault, skip) in [(Fault::Kill, 0), (Fault::Error(28), 3), (after, 1)] {
                arm(folder.path(), "place", fault, skip).unwrap();
                let text = std::fs::read_to_string(folder.path().join("place")).unwrap();
                assert_eq!(Fault::parse(&text), Some((fault, skip)));
            }
            for text in ["", "kill", "kill x", "error 0", "kill-after 0"] {
                assert_eq!(Fault::parse(text), None, "{text:?}");
            }
        }
    }
}

#[cfg(not(feature = "failpoints"))]
mod without {
    use std::ffi::OsString;

    #[inline(always)]
    pub(crate) fn hit(_name: &str) -> std::io::Result<()> {
        Ok(())
    }

    #[inline(always)]
    pub(crate) fn is_due(_name: &str) -> bool {
        false
    }

    #[inline(always)]
    pub(crate) fn for_children() -> Option<(&'static str, OsString)> {
        None
    }

    #[inline(always)]
    pub(crate) fn before_lockdown(_role: &str) {}
}

#[cfg(not(feature = "failpoints"))]
pub(crate) use without::{before_lockdown, for_children, hit, is_due};
