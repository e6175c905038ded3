//! Latencies as a row of bars on a scale of powers of ten, all rows on the same one.

use std::time::Duration;

use super::figures::Latencies;

/// How many columns a power of ten takes at most, and at least.
const WIDE: usize = 8;
const NARROW: usize = 2;
/// From nothing to all.
const BARS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const PLAIN: [char; 9] = [' ', '.', ':', '-', '=', '+', '*', '#', '@'];

/// The powers of ten, in microseconds, between which all lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scale {
    first: u32,
    last: u32,
    /// How many columns each takes.
    wide: usize,
}

impl Scale {
    /// The scale for all of these in so much room; nothing where there is nothing, or too little room.
    pub(super) fn over<'a>(
        all: impl IntoIterator<Item = &'a Latencies>,
        room: usize,
    ) -> Option<Scale> {
        let (mut low, mut high) = (Duration::MAX, Duration::ZERO);
        for one in all.into_iter().filter(|one| one.count() > 0) {
            (low, high) = (low.min(one.min()), high.max(one.max()));
        }
        let power = |time: Duration| time.as_micros().max(1).ilog10();
        let (first, last) = (power(low), power(high) + 1);
        let powers = usize::try_from(last.checked_sub(first)?).ok()?;
        // Behind the last power stands its label.
        let wide = (room.saturating_sub(LABEL) / powers).min(WIDE);
        (wide >= NARROW).then_some(Scale { first, last, wide })
    }

    fn columns(self) -> usize {
        self.wide * usize::try_from(self.last - self.first).unwrap_or(1)
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a power of ten of few digits"
    )]
    fn column(self, micros: u64) -> usize {
        let power = (micros.max(1) as f64).log10() - f64::from(self.first);
        ((power * self.wide as f64) as usize).min(self.columns() - 1)
    }

    /// A bar a column, the highest one for the most.
    pub(super) fn row(self, all: &Latencies, ascii: bool) -> String {
        let bars = if ascii { PLAIN } else { BARS };
        let mut counts = vec![0; self.columns()];
        for (micros, count) in all.each() {
            if let Some(sum) = counts.get_mut(self.column(micros)) {
                *sum += count;
            }
        }
        let most = counts.iter().copied().max().unwrap_or(0).max(1);
        let height = |count: u64| usize::try_from((count * 8).div_ceil(most)).unwrap_or(8);
        let row: String = counts.iter().filter_map(|&count| bars.get(height(count))).collect();
        row.trim_end().to_owned()
    }

    /// The times at which its powers of ten begin.
    pub(super) fn axis(self) -> String {
        let mut axis = String::new();
        for (index, power) in (self.first..=self.last).enumerate() {
            let column = index * self.wide;
            match axis.len() {
                // The label before is in its place.
                taken if taken > column => {}
                taken => axis += &format!("{:1$}{2} ", "", column - taken, label(power)),
            }
        }
        axis.trim_end().to_owned()
    }
}

/// The longest label.
const LABEL: usize = "|100us".len();

fn label(power: u32) -> String {
    let (unit, below) = match power {
        0..=2 => ("us", 0),
        3..=5 => ("ms", 3),
        _ => ("s", 6),
    };
    format!("|{}{unit}", 10_u64.pow(power - below))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(micros: impl IntoIterator<Item = u64>) -> Latencies {
        let mut all = Latencies::default();
        micros.into_iter().for_each(|micros| all.add(Duration::from_micros(micros)));
        all
    }

    #[test]
    fn bars_stand_where_they_belong() {
        let many = of((0..80).map(|_| 200).chain((0..10).map(|_| 12)).chain([30_000]));
        let few = of([15, 700]);
        let all = [&many, &few, &of([])];
        let scale = Scale::over(all, 99).unwrap();
        assert_eq!(scale, Scale { first: 1, last: 5, wide: 8 });
        assert_eq!(scale.axis(), "|10us   |100us  |1ms    |10ms   |100ms");
        assert_eq!(scale.row(&many, false), "▁         █                ▁");
        assert_eq!(scale.row(&few, true), " @            @");
        assert_eq!(scale.row(&of([]), true), "");
        let narrow = Scale::over(all, 25).unwrap();
        assert_eq!(narrow.axis(), "|10us   |1ms    |100ms");
        assert_eq!(narrow.row(&many, true), ".    @       .");
        assert_eq!(Scale::over(all, 13), None);
    }

    #[test]
    fn every_latency_has_a_column() {
        for micros in [0, 1, 9, 10, 99, 100, 999_999, 1_000_000, 3_599_000_000] {
            let one = of([micros]);
            let scale = Scale::over([&one], 70).unwrap();
            assert_eq!(scale.row(&one, true).trim(), "@", "{micros}: {scale:?}");
        }
        assert_eq!(Scale::over([&of([])], 70), None);
    }
}
