//! Blocks of text: the environment, transcripts.

use std::hint::black_box;

use agikit::Environment;
use agikit::transcript::Transcript;

use crate::case::Case;
use crate::replies::ENVIRONMENT;

const TRANSCRIPT: &str = include_str!("../../tests/transcripts/examples/account.agi");
/// What a redaction or a hand leaves open, and what is no UTF-8.
const OPEN: &str = "< 200 result=1 (J\\xf6rg [..])\n";

/// All rows.
pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new("environment: 21 variables taken apart", || {
            || _ = black_box(Environment::parse(black_box(ENVIRONMENT)))
        }),
        Case::new("environment: the last of 21 found", || {
            let environment = Environment::parse(ENVIRONMENT);
            move || _ = black_box(environment.get(black_box("agi_arg_1")))
        }),
        transcript("transcript: a line", TRANSCRIPT),
        transcript("transcript: a line with bytes and open parts", OPEN),
        Case::new("transcript: a line printed", || {
            let transcript: Transcript = TRANSCRIPT.parse().unwrap();
            move || _ = black_box(black_box(&transcript).to_string())
        })
        .per(lines(TRANSCRIPT)),
    ]
}

fn lines(text: &str) -> u32 {
    text.lines().count() as u32
}

/// Reading, of which a line is told. (Some hundred at a time, since a whole costs something, too.)
fn transcript(name: &'static str, text: &'static str) -> Case {
    let times = 200 / text.lines().count();
    Case::new(name, move || {
        let text = text.repeat(times);
        move || _ = black_box(black_box(&text).parse::<Transcript>().unwrap())
    })
    .per(lines(text) * times as u32)
}
