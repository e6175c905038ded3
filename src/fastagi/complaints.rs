//! Lines of the log that anybody can cause: so many a second, and how many were left out.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use log::Level;

use crate::conduct::one_line;

/// So many lines a second.
const MOST: u64 = 10;
const SECOND: Duration = Duration::from_secs(1);
/// So many bytes a line: a path may be as long as a header.
const LONGEST: usize = 4000;

#[derive(Debug)]
pub(super) struct Complaints {
    /// What those are that are left out.
    of: &'static str,
    state: Mutex<(Instant, u64)>,
}

impl Complaints {
    pub(super) fn new(of: &'static str) -> Self {
        Complaints { of, state: Mutex::new((Instant::now(), 0)) }
    }

    /// Writes a line to the log, unless there were many.
    pub(super) fn say(&self, level: Level, what: impl FnOnce() -> String) {
        if !log::log_enabled!(level) {
            return;
        }
        if let Some(left_out) = self.count(Instant::now()) {
            self.tell(left_out);
            log::log!(level, "fastagi: {}", one_line(&what(), LONGEST));
        }
    }

    /// Tells how many were left out of a second that had too many, when it is over.
    pub(super) fn catch_up(&self) {
        let left_out = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            let (since, count) = *state;
            if count <= MOST || since.elapsed() < SECOND {
                return;
            }
            *state = (Instant::now(), 0);
            count - MOST
        };
        self.tell(left_out);
    }

    /// Tells at the server's end how many were left out.
    pub(super) fn close(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, count) = std::mem::replace(&mut *state, (Instant::now(), 0));
        drop(state);
        self.tell(count.saturating_sub(MOST));
    }

    fn tell(&self, left_out: u64) {
        if left_out > 0 {
            log::warn!("fastagi: {left_out} more {} were left out", self.of);
        }
    }

    /// Whether this one is written; then how many were not since the one before.
    fn count(&self, now: Instant) -> Option<u64> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, count) = *state;
        if now.saturating_duration_since(since) >= SECOND {
            *state = (now, 1);
            return Some(count.saturating_sub(MOST));
        }
        state.1 += 1;
        (count < MOST).then_some(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn are_so_many_a_second() {
        let complaints = Complaints::new("lines");
        let begin = Instant::now();
        let said = (0..1000).filter(|_| complaints.count(begin).is_some()).count();
        assert_eq!(said, 10);
        assert_eq!(complaints.count(begin + SECOND * 2), Some(990));
        assert_eq!(complaints.count(begin + SECOND * 2), Some(0));
    }
}
