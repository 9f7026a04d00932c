//! Helpers of the tests.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Held by a test that starts whole processes.
pub(crate) fn processes() -> MutexGuard<'static, ()> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    // A test that failed has let go of its processes.
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}
