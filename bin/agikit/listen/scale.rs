//! The axes: which times get a tick, and how times and levels are written.

use std::ops::Range;

/// The lowest level that is shown, in dBFS.
pub(super) const LOWEST: f32 = -60.0;
/// Levels with a label.
pub(super) const LEVELS: [i16; 7] = [0, -10, -20, -30, -40, -50, -60];

/// Steps between ticks, in milliseconds.
const STEPS: [u64; 24] = [
    10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000,
    600_000, 900_000, 1_800_000, 3_600_000, 7_200_000, 14_400_000, 21_600_000, 43_200_000,
    86_400_000,
];

/// A time with a tick.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tick {
    pub(super) seconds: f64,
    pub(super) label: String,
}

/// The ticks from one time to another: at round times, and no more than so many.
pub(super) fn ticks(seconds: Range<f64>, most: usize) -> Vec<Tick> {
    let span = (seconds.end - seconds.start).max(0.0);
    let fits = |step: &&u64| span * 1000.0 <= most.max(1) as f64 * **step as f64 + 1e-6;
    let step = STEPS.iter().find(fits).copied().unwrap_or(86_400_000);
    let every = step as f64 / 1000.0;
    // Times are sums of fractions: what is a hair behind the end still counts.
    let first = ((seconds.start / every) - 1e-6).ceil();
    let place = |number: u32| (first + f64::from(number)) * every;
    (0..10_000)
        .map(place)
        .take_while(|time| *time <= seconds.end + every * 1e-6)
        .map(|time| Tick { seconds: time, label: label(time, step, seconds.end) })
        .collect()
}

/// `1.5 s` and `12 s`; where there are minutes `1:05`, and with hours `1:00:05`.
fn label(time: f64, step: u64, longest: f64) -> String {
    let places = match step {
        _ if step.is_multiple_of(1000) => 0,
        _ if step.is_multiple_of(100) => 1,
        _ => 2,
    };
    if longest < 60.0 {
        return format!("{time:.places$}s");
    }
    clock(time, places)
}

/// `1:05.250`
pub(super) fn clock(time: f64, places: usize) -> String {
    let unit = 10_u32.pow(u32::try_from(places).unwrap_or(0));
    // Rounded before it is cut into minutes: no 0:60.
    let time = (time * f64::from(unit)).round() / f64::from(unit);
    let (minutes, seconds) = ((time / 60.0).floor(), time % 60.0);
    let width = if places == 0 { 2 } else { 3 + places };
    match minutes < 60.0 {
        true => format!("{minutes:.0}:{seconds:0width$.places$}"),
        false => {
            let (hours, minutes) = ((minutes / 60.0).floor(), minutes % 60.0);
            format!("{hours:.0}:{minutes:02.0}:{seconds:0width$.places$}")
        }
    }
}

/// `-23.1`; digital silence is `-inf`.
pub(super) fn decibels(level: f32) -> String {
    // A level of -0.04 is no "-0.0".
    let tenth = (level * 10.0).round() / 10.0 + 0.0;
    format!("{tenth:.1}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(seconds: Range<f64>, most: usize) -> Vec<String> {
        ticks(seconds, most).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn ticks_are_at_round_times() {
        assert_eq!(labels(0.0..5.0, 5), ["0s", "1s", "2s", "3s", "4s", "5s"]);
        assert_eq!(labels(0.3..0.9, 6), ["0.3s", "0.4s", "0.5s", "0.6s", "0.7s", "0.8s", "0.9s"]);
        assert_eq!(labels(55.0..75.0, 4), ["0:55", "1:00", "1:05", "1:10", "1:15"]);
        assert_eq!(labels(0.0..3600.0, 3), ["0:00", "30:00", "1:00:00"]);
        assert_eq!(labels(0.0..0.0, 9), ["0.00s"]);
    }

    #[test]
    fn never_more_than_asked() {
        for most in 1..30 {
            for span in [0.001, 0.02, 1.0, 7.3, 59.0, 3601.0, 90_000.0] {
                assert!(ticks(0.0..span, most).len() <= most + 1, "{span} {most}");
            }
        }
    }

    #[test]
    fn writes_times_and_levels() {
        assert_eq!([clock(59.9996, 3), clock(61.25, 3)], ["1:00.000", "1:01.250"]);
        assert_eq!([clock(3599.6, 0), clock(7325.0, 0)], ["1:00:00", "2:02:05"]);
        assert_eq!([-0.04, -23.14, f32::NEG_INFINITY].map(decibels), ["0.0", "-23.1", "-inf"]);
    }
}
