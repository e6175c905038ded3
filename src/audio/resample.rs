//! Sounds for those who play the caller: frames, at any rate.

use super::{Format, Sound};

impl Sound {
    /// How many samples it has at a rate.
    pub(crate) fn count(&self, rate: u32) -> u64 {
        let own = u64::try_from(self.samples.len()).unwrap_or(0);
        own.saturating_mul(rate.into()) / u64::from(self.format.rate().max(1))
    }

    /// The bytes of its n-th frame at its own rate, linear; behind its end they are silent.
    pub(crate) fn frame(&self, number: u64) -> Vec<u8> {
        let format = Format::Linear(self.format.rate());
        let count = u64::try_from(format.frame_samples()).unwrap_or(0);
        let first = number.saturating_mul(count);
        let at = |n: u64| self.sample(self.format.rate(), first.saturating_add(n)).unwrap_or(0);
        let samples: Vec<i16> = (0..count).map(at).collect();
        let mut bytes = Vec::with_capacity(format.frame_bytes());
        format.encode(&samples, &mut bytes);
        bytes
    }

    /// The sample with this number at a rate: at its own as it is, at another on the line between its neighbours.
    /// (Where that is lower, what is too high for it folds back: a filter is not worth its while in a test.)
    pub(crate) fn sample(&self, rate: u32, number: u64) -> Option<i16> {
        let own = |at: u64| self.samples.get(usize::try_from(at).unwrap_or(usize::MAX)).copied();
        if rate == self.format.rate() {
            return own(number);
        }
        let rate = u64::from(rate.max(1));
        let place = number.checked_mul(self.format.rate().into())?;
        let before = i64::from(own(place / rate)?);
        let behind = own(place / rate + 1).map_or(before, i64::from);
        let part = i64::try_from(place % rate).unwrap_or(0);
        let rate = i64::try_from(rate).unwrap_or(i64::MAX);
        i16::try_from(before + (behind - before) * part / rate).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(rate: u32, samples: Vec<i16>) -> Sound {
        Sound { format: Format::Linear(rate), samples }
    }

    fn at(sound: &Sound, rate: u32) -> Vec<i16> {
        (0..sound.count(rate)).map_while(|number| sound.sample(rate, number)).collect()
    }

    #[test]
    fn its_own_rate_changes_nothing() {
        let samples: Vec<i16> = (0..997).map(|n| (n * 31 % 251) * 100 - 12_000).collect();
        for rate in [8000, 16_000, 44_100, 48_000] {
            assert_eq!(at(&new(rate, samples.clone()), rate), samples);
        }
    }

    #[test]
    fn other_rates_lie_on_the_line_between() {
        let sound = new(8000, vec![0, 100, -100]);
        assert_eq!(at(&sound, 16_000), [0, 50, 100, 0, -100, -100]);
        let sound = new(16_000, vec![1, 2, 3, 4, i16::MAX, i16::MIN]);
        assert_eq!(at(&sound, 8000), [1, 3, i16::MAX]);
        let steep = new(8000, vec![i16::MIN, i16::MAX]);
        assert_eq!(at(&steep, 24_000), [i16::MIN, -10_923, 10_922, i16::MAX, i16::MAX, i16::MAX]);
        assert_eq!(sound.frame(0)[..6], [1, 0, 2, 0, 3, 0]);
        assert_eq!(sound.frame(1), [0; 640]);
    }

    #[test]
    fn no_rate_and_no_number_is_too_much() {
        assert_eq!(at(&new(0, vec![7]), 0), []);
        assert_eq!(new(16_000, vec![7]).sample(8000, u64::MAX), None);
        assert_eq!(new(8000, Vec::new()).sample(44_100, 0), None);
    }
}
