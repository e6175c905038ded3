use super::*;
use crate::listen::heard::{Block, hear, tests::two_bursts};
use crate::listen::judge::Lines;
use crate::listen::options::Values;

/// Without its colours.
fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

/// All blocks at these levels.
fn even(level: f32, floor: f32, threshold: f32) -> Heard {
    let mut heard = hear(&two_bursts(), &Values::default());
    heard.utterances.clear();
    let lines = Lines { floor: Some(floor), threshold: Some(threshold) };
    heard.blocks.fill(Block { level, lines });
    heard
}

fn look(width: usize, ascii: bool) -> Look {
    Look { width, rows: 2, ascii }
}

fn drawn(heard: &Heard, look: Look) -> Vec<String> {
    plain(&draw(heard, &(0..40_000), look)).lines().map(str::to_owned).collect()
}

#[test]
fn a_level_is_as_high_as_its_label() {
    for rows in [1, 2, 4] {
        let look = Look { rows, ..look(30, false) };
        for level in [0_i16, -10, -20, -60] {
            let shown = drawn(&even(level.into(), -90.0, -90.0), look);
            assert_eq!(shown.len(), usize::from(rows) * 6 + 4);
            let (levels, _) = shown.split_at(usize::from(rows) * 6 + 1);
            let label = levels.iter().position(|row| {
                row.split(['d', '\u{2524}']).next().unwrap().trim() == level.to_string()
            });
            for (at, row) in levels.iter().enumerate() {
                let bar = row.chars().nth(GUTTER).unwrap_or(' ');
                // Half of the row of its label is full, and all below it.
                let wanted = match at.cmp(&label.unwrap()) {
                    std::cmp::Ordering::Less => ' ',
                    std::cmp::Ordering::Equal => '\u{2584}',
                    std::cmp::Ordering::Greater => '\u{2588}',
                };
                assert_eq!(bar, wanted, "row {at} at {level} dBFS");
            }
        }
    }
    let silence = drawn(&even(f32::NEG_INFINITY, -80.0, -80.0), look(30, false));
    assert!(silence[12].ends_with('\u{2524}'));
}

#[test]
fn lines_are_drawn_over_the_bars() {
    let rows = drawn(&even(-20.0, -50.0, -40.0), look(30, true));
    assert_eq!(rows[8], format!("   -40 +{}", "-".repeat(21)));
    assert_eq!(rows[10], format!("   -50 +{}", "~".repeat(21)));
    assert_eq!(rows[9], format!("       |{}", "#".repeat(21)));
    let rows = drawn(&even(-70.0, -41.0, -38.9), look(30, false));
    assert!(
        rows[8].ends_with('\u{2816}'),
        "two dots of the threshold above, one of the noise: {}",
        rows[8]
    );
}

#[test]
fn is_as_wide_as_told_and_not_wider() {
    let heard = hear(&two_bursts(), &Values::default());
    for (width, ascii) in [(30, false), (60, true), (80, false), (200, true)] {
        let text = plain(&draw(&heard, &(0..40_000), look(width, ascii)));
        let widest = text.lines().map(|row| row.chars().count()).max();
        // A label may reach beyond the last column, by half its length.
        assert!(widest == Some(width - 1) || widest == Some(width), "{text}");
        assert!(!ascii || text.is_ascii());
        let times = text.lines().last().unwrap();
        assert!(times.trim_start().starts_with('0') && times.len() <= width, "{text}");
    }
}

#[test]
fn speech_is_marked_and_numbered() {
    let heard = hear(&two_bursts(), &Values::default());
    let text = plain(&draw(&heard, &(0..40_000), look(109, true)));
    let row = text.lines().find(|row| row.starts_with("speech")).unwrap();
    // A column is 50 ms: the bursts are at 1 to 1.5 s and 3 to 3.8 s.
    let at = |sign| row.match_indices(sign).map(|(at, _)| at - GUTTER).collect::<Vec<_>>();
    assert!(at("1")[0].abs_diff(25) <= 1 && at("2")[0].abs_diff(68) <= 1, "{row}");
    let speech = at("=");
    let between = speech.windows(2).find(|pair| pair[1] - pair[0] > 3).unwrap();
    assert!(between[0].abs_diff(30) <= 1 && between[1].abs_diff(60) <= 1, "{row}");
    assert!(row[GUTTER..].trim_start().starts_with("------="), "{row}");
}

#[test]
fn what_is_shorter_than_a_column_is_drawn() {
    let heard = hear(&two_bursts(), &Values::default());
    for part in [0..1, 39_999..40_000, 100..101] {
        assert_eq!(draw(&heard, &part, look(40, false)).lines().count(), 16);
    }
}
