use super::*;
use crate::listen::columns::lines;
use crate::listen::heard::{Block, hear, tests::two_bursts};
use crate::listen::judge::Lines;
use crate::listen::options::Values;

fn words(header: &str) -> Words<'_> {
    Words { header: header.to_owned(), legend: &[], rust: "" }
}

#[test]
fn text_stays_text() {
    let heard = hear(&two_bursts(), &Values::default());
    let text = draw(&heard, &lines(0..40_000, None).unwrap(), &words("<script>\"&\u{1b}: x"));
    assert!(!text.contains("<script") && text.contains("&lt;script&gt;&quot;&amp;\u{fffd}"));
}

#[test]
fn is_bounded_however_long_the_sound_is() {
    let mut heard = hear(&two_bursts(), &Values::default());
    // Three hours, each block at another level.
    let level = |n: u16| Block {
        level: -f32::from(n % 50),
        lines: Lines { floor: Some(-f32::from(n % 55)), threshold: Some(-f32::from(n % 45)) },
    };
    heard.blocks = (0..540_000_u32).map(|n| level((n % 65_521) as u16)).collect();
    heard.length = heard.blocks.len() as u64 * heard.block;
    let size = |line| draw(&heard, &lines(0..heard.length, line).unwrap(), &words("x")).len();
    assert!(size(None) < 60_000, "{}", size(None));
    let many = heard.length / 500;
    assert!(size(Some(many)) < 4_000_000, "{}", size(Some(many)));
}

#[test]
fn paths_turn_only_where_the_level_does() {
    let column = |level| Column { level, floor: Some(level), threshold: None, mark: Mark::Nothing };
    let columns = [-60.0, -30.0, -30.0, f32::NEG_INFINITY, 0.0].map(column);
    let edge = |number: usize| number as f64 * 10.0;
    assert_eq!(
        area(&columns, 0.0, edge, |_| true),
        "M0.0 180.0V180.0H10.0V90.0H30.0V180.0ZM40.0 180.0V0.0H50.0V180.0Z"
    );
    assert_eq!(
        steps(&columns, 0.0, edge, |column| column.floor),
        "M0.0 180.0H10.0V90.0H30.0M40.0 0.0H50.0"
    );
    assert_eq!(steps(&columns, 0.0, edge, |column| column.threshold), "");
}
