//! What all calls came to.

use std::collections::BTreeMap;
use std::time::Duration;

use hdrhistogram::Histogram;

use super::call::Outcome;
use super::fault::Kind;

/// So many faulty calls are told of.
const TOLD: usize = 5;
/// Latencies with three digits.
const DIGITS: u8 = 3;

/// What is longer counts as an hour.
const HOUR: u64 = 3_600_000_000;

/// Latencies in microseconds, up to an hour.
#[derive(Debug)]
pub(super) struct Latencies(Histogram<u64>);

impl Default for Latencies {
    fn default() -> Self {
        #[expect(
            clippy::unwrap_used,
            reason = "what cannot be a number of digits is refused, and nothing else"
        )]
        Latencies(Histogram::new_with_max(HOUR, DIGITS).unwrap())
    }
}

/// What a summary says of latencies: a name, and the part that is below.
pub(super) const PERCENTILES: [(&str, f64); 4] =
    [("p50", 50.0), ("p90", 90.0), ("p99", 99.0), ("p99.9", 99.9)];

impl Latencies {
    pub(super) fn add(&mut self, time: Duration) {
        self.0.saturating_record(u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
    }

    pub(super) fn count(&self) -> u64 {
        self.0.len()
    }

    pub(super) fn percentile(&self, percent: f64) -> Duration {
        Duration::from_micros(self.0.value_at_percentile(percent).min(self.0.max()))
    }

    pub(super) fn max(&self) -> Duration {
        Duration::from_micros(self.0.max())
    }

    pub(super) fn min(&self) -> Duration {
        Duration::from_micros(self.0.min())
    }

    /// The latencies that there were, in microseconds, and how often there was each.
    pub(super) fn each(&self) -> impl Iterator<Item = (u64, u64)> {
        self.0.iter_recorded().map(|it| (it.value_iterated_to(), it.count_at_value()))
    }
}

/// A call that went wrong.
#[derive(Debug)]
pub(super) struct Faulty {
    pub(super) number: usize,
    pub(super) channel: String,
    pub(super) faults: Vec<super::fault::Fault>,
}

/// What the calls that have ended came to.
#[derive(Debug, Default)]
pub(super) struct Figures {
    pub(super) good: usize,
    pub(super) failed: usize,
    /// How many calls each kind of fault was seen in.
    pub(super) kinds: BTreeMap<Kind, usize>,
    pub(super) ended: BTreeMap<&'static str, usize>,
    /// The first ones.
    pub(super) faulty: Vec<Faulty>,
    pub(super) commands: u64,
    pub(super) connect: Latencies,
    pub(super) first: Latencies,
    pub(super) turn: Latencies,
    /// How long after its time a call began, at most.
    pub(super) latest: Duration,
}

impl Figures {
    pub(super) fn add(&mut self, outcome: Outcome, late: Duration) {
        let Outcome { number, channel, faults, commands, status, times } = outcome;
        self.commands += u64::try_from(commands).unwrap_or(u64::MAX);
        self.latest = self.latest.max(late);
        *self.ended.entry(status.unwrap_or("no connection")).or_default() += 1;
        times.connect.into_iter().for_each(|time| self.connect.add(time));
        times.first.into_iter().for_each(|time| self.first.add(time));
        times.turns.into_iter().for_each(|time| self.turn.add(time));
        if faults.is_empty() {
            self.good += 1;
            return;
        }
        self.failed += 1;
        for fault in &faults {
            *self.kinds.entry(fault.kind).or_default() += 1;
        }
        if self.faulty.len() < TOLD {
            self.faulty.push(Faulty { number, channel, faults });
        }
    }

    /// The latencies, as they are called.
    pub(super) fn latencies(&self) -> [(&'static str, &Latencies); 3] {
        [("connect", &self.connect), ("first", &self.first), ("turn", &self.turn)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latencies_are_as_long_as_they_were() {
        let mut all = Latencies::default();
        (1..=1000).for_each(|micros| all.add(Duration::from_micros(micros)));
        let near = |time: Duration, micros: u128| time.as_micros().abs_diff(micros) <= 1;
        assert!(near(all.percentile(50.0), 500) && near(all.percentile(99.9), 999));
        assert_eq!((all.count(), all.max().as_micros(), all.min().as_micros()), (1000, 1000, 1));
        assert_eq!(all.each().map(|(_, count)| count).sum::<u64>(), 1000);
        all.add(Duration::MAX);
        assert_eq!(all.count(), 1001);
        assert_eq!(Latencies::default().percentile(99.0), Duration::ZERO);
    }
}
