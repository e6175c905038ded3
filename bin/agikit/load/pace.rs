//! When a call is due.

use std::time::Duration;

/// Calls are let go in steps of a millisecond at least: nobody sees the difference, and the desk sleeps.
const STEP: Duration = Duration::from_millis(1);

/// So many calls, at a rate or all at once. A call that is late leaves the others in their places: the load is the
/// same, whatever the server does.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    calls: usize,
    /// New ones a second.
    rate: Option<f64>,
}

impl Pace {
    pub(super) fn new(calls: usize, rate: Option<f64>) -> Self {
        Pace { calls, rate }
    }

    /// How many are due by a time.
    pub(super) fn due(&self, at: Duration) -> usize {
        let Some(rate) = self.rate else { return self.calls };
        // A time ends with its nanosecond.
        let due = ((at.as_secs_f64() + 1e-9) * rate).floor();
        let due = if due >= self.calls as f64 { self.calls - 1 } else { whole(due) };
        (due + 1).min(self.calls)
    }

    /// When a call is due; the first one is 0.
    pub(super) fn when(&self, call: usize) -> Duration {
        self.rate.map_or(Duration::ZERO, |rate| {
            Duration::try_from_secs_f64(call as f64 / rate).unwrap_or(Duration::MAX)
        })
    }

    /// How long nothing is due, when so many were let go by now.
    pub(super) fn pause(&self, gone: usize, now: Duration) -> Option<Duration> {
        (gone < self.calls).then(|| self.when(gone).saturating_sub(now).max(STEP))
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is below a usize")]
fn whole(number: f64) -> usize {
    number as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn calls_come_at_their_rate() {
        let pace = Pace::new(10, Some(4.0));
        let due = [0, 249, 250, 999, 1000, 2249, 2250, 99_000].map(|at| pace.due(ms(at)));
        assert_eq!(due, [1, 1, 2, 4, 5, 9, 10, 10]);
        assert_eq!(pace.when(9), ms(2250));
        assert_eq!(pace.pause(1, ms(100)), Some(ms(150)));
        assert_eq!(pace.pause(3, ms(900)), Some(STEP));
        assert_eq!(pace.pause(10, ms(900)), None);
    }

    #[test]
    fn each_is_due_when_it_is_due() {
        for rate in [0.3, 7.0, 3000.0, 1e6] {
            let pace = Pace::new(5000, Some(rate));
            for call in 0..5000 {
                assert!(pace.due(pace.when(call)) > call, "{call} at {rate}");
            }
        }
        let slow = Pace::new(2, Some(f64::MIN_POSITIVE));
        assert_eq!((slow.due(ms(1)), slow.when(1)), (1, Duration::MAX));
    }

    #[test]
    fn without_a_rate_all_are_due() {
        let pace = Pace::new(7, None);
        assert_eq!((pace.due(Duration::ZERO), pace.when(6)), (7, Duration::ZERO));
    }
}
