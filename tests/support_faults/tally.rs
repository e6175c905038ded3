//! What came of all of it, in numbers.

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::asterisk::Came;

/// Outcomes, by kind of fault.
#[derive(Debug, Default)]
pub struct Tally(Mutex<BTreeMap<&'static str, Counts>>);

#[derive(Debug, Default, Clone, Copy)]
pub struct Counts {
    pub runs: usize,
    /// The session did not begin.
    pub unbegun: usize,
    /// Commands: answered as without a fault, told of the hangup, told of an error.
    pub answered: usize,
    pub hangups: usize,
    pub errors: usize,
}

impl Tally {
    pub fn add(&self, kind: &'static str, came: &[Came], begun: bool) {
        let mut all = self.0.lock().unwrap();
        let counts = all.entry(kind).or_default();
        counts.runs += 1;
        counts.unbegun += usize::from(!begun);
        for one in came {
            match one {
                Came::Hangup => counts.hangups += 1,
                Came::Broken => counts.errors += 1,
                _ => counts.answered += 1,
            }
        }
    }

    /// Says it, a line a kind, and gives the sum.
    pub fn tell(&self, what: &str) -> Counts {
        let all = self.0.lock().unwrap();
        let mut sum = Counts::default();
        for (kind, counts) in &*all {
            let Counts { runs, unbegun, answered, hangups, errors } = counts;
            eprintln!(
                "{what}, {kind}: {runs} positions, {unbegun} not begun, {answered} answered, \
                 {hangups} hangups, {errors} errors"
            );
            sum.runs += runs;
            sum.unbegun += unbegun;
            sum.answered += answered;
            sum.hangups += hangups;
            sum.errors += errors;
        }
        sum
    }
}
