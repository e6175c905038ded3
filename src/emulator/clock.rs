//! The call's time: as it passes, or as the call needs it.

use std::time::{Duration, Instant};

/// The end of all time, so that there is always some behind a moment: more than a century.
pub(super) const END: Duration = Duration::from_secs(1 << 32);

/// What the time is, from the call's beginning.
#[derive(Debug, Clone, Copy)]
pub(super) enum Clock {
    /// The world's.
    Real(Instant),
    /// It stands still, and jumps to whatever the call waits for.
    Still(Duration),
}

impl Clock {
    pub(super) fn now(self) -> Duration {
        match self {
            Clock::Real(began) => began.elapsed(),
            Clock::Still(now) => now,
        }
    }

    /// Lets the time be this, where it does not pass by itself.
    pub(super) fn jump(&mut self, to: Duration) {
        if let Clock::Still(now) = self {
            *now = to.clamp(*now, END.max(*now));
        }
    }

    pub(super) fn is_still(self) -> bool {
        matches!(self, Clock::Still(_))
    }
}
