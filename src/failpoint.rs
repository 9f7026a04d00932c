//! Places where a test lets something go wrong: a call to the system fails, or the process dies.
//!
//! Only tests build with the feature `failpoints`; without it nothing of this is in an executable.
//! What is set holds for the whole process, so a test that sets something has a process of its own.

#[cfg(feature = "failpoints")]
pub use with::{Fault, hit, is_due, was_hit};

#[cfg(feature = "failpoints")]
mod with {
    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;
    use std::io;
    use std::sync::Mutex;

    /// What happens at a place.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Fault {
        /// The call fails with this error number.
        Error(i32),
        /// The process is gone, as by SIGKILL.
        Kill,
    }

    struct Point {
        name: &'static str,
        fault: Fault,
        /// Passes that nothing happens to.
        skip: u32,
        /// Passes that it happens to after those.
        times: u32,
        happened: u32,
    }

    static POINTS: Mutex<Vec<Point>> = Mutex::new(Vec::new());

    impl Fault {
        /// Has it happen at `name`: not the first `skip` times it is passed, and then `times` times.
        pub fn set(self, name: &'static str, skip: u32, times: u32) {
            let point = Point { name, fault: self, skip, times, happened: 0 };
            POINTS.lock().expect("nothing panics with it").push(point);
        }
    }

    /// What a place says of itself: whether it goes on.
    pub fn hit(name: &str) -> io::Result<()> {
        let mut points = POINTS.lock().expect("nothing panics with it");
        for point in points.iter_mut().filter(|point| point.name == name) {
            if point.skip > 0 {
                point.skip -= 1;
            } else if point.happened < point.times {
                point.happened += 1;
                match point.fault {
                    Fault::Error(number) => return Err(io::Error::from_raw_os_error(number)),
                    Fault::Kill => kill(Pid::this(), Signal::SIGKILL).expect("a process may kill itself"),
                }
            }
        }
        Ok(())
    }

    /// Passes a place that has to prepare for what happens at it: whether the [`hit`] that follows does something.
    pub fn is_due(name: &str) -> bool {
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
}

#[cfg(not(feature = "failpoints"))]
#[inline(always)]
pub(crate) fn hit(_name: &str) -> std::io::Result<()> {
    Ok(())
}

#[cfg(not(feature = "failpoints"))]
#[inline(always)]
pub(crate) fn is_due(_name: &str) -> bool {
    false
}
