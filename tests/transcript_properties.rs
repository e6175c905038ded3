//! What holds for any transcript, and for any bytes. A case that once failed is kept in
//! `tests/transcript_properties.regressions` and runs first.
#![allow(clippy::unwrap_used, reason = "a test may stop at a surprise")]

mod support;

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::time::Duration;

use agikit::transcript::{Entry, Event, Exit, Pattern, Transcript};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::FileFailurePersistence;
use support::checks;

fn config() -> ProptestConfig {
    let file = FileFailurePersistence::Direct("tests/transcript_properties.regressions");
    let failure_persistence = Some(Box::new(file) as Box<_>);
    ProptestConfig { cases: 512, failure_persistence, ..ProptestConfig::default() }
}

/// Bytes of what often stands in a transcript and in a call, or any.
fn likely(pieces: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        3 => select(pieces).prop_map(|text| text.as_bytes().to_vec()),
        1 => vec(any::<u8>(), 0..4),
    ];
    vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

const TEXT: &[&str] = &[
    "> ",
    "< ",
    "! ",
    "= ",
    "@ ",
    "# ",
    "<",
    "\n",
    "\r\n",
    "hangup",
    "key ",
    "audio ",
    "wait ",
    "closed",
    "+1.25",
    "0.000000001",
    "99999999999999999999",
    "s",
    "-1",
    "SIGHUP",
    "signal ",
    "[..]",
    "[",
    "..]",
    "\\x",
    "5c",
    "e9",
    "\\",
    " ",
    "\"",
    "é",
    "\u{feff}",
    "\u{85}",
    "200 result=1 (",
    "agikit-",
    "GET FULL VARIABLE ",
];

const CALL: &[&str] = &[
    "\0",
    "\n",
    "\n\0",
    "agi_callerid: 0123456789",
    "agi_dnid: 12",
    "agi_extension: 12",
    "\n\n",
    "GET DATA x 1 4",
    "200 result=",
    "4711",
    "47",
    "1",
    "49",
    "0123456789",
    "200 result=1 (",
    ")",
    "SET VARIABLE PIN ",
    "PIN",
    "GET VARIABLE PIN",
    "GET FULL VARIABLE \"agikit-1\"",
    "200 result=1 (agikit-1)",
    "STREAM FILE digits/",
    "EXEC Set PIN=",
    "EXEC x",
    "520-",
    "520 End of proper usage.",
    "100 x",
    "HANGUP",
    " ",
    "\"",
    "\\",
    "${PIN}",
    "GET FULL VARIABLE ",
    "SPEECH RECOGNIZE",
    "digit=",
    "text0=\"",
    "\" grammar0=",
    "DATABASE PUT a b ",
];

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![vec(any::<u8>(), 0..20), likely(TEXT)]
}

fn pattern() -> impl Strategy<Value = Pattern> {
    vec(bytes(), 0..4).prop_map(Pattern::open)
}

fn duration() -> impl Strategy<Value = Duration> {
    (any::<u64>(), 0..1_000_000_000_u32).prop_map(|(seconds, nanos)| Duration::new(seconds, nanos))
}

fn entry() -> impl Strategy<Value = Entry> {
    prop_oneof![
        Just(Entry::Blank),
        any::<String>().prop_map(Entry::Comment),
        bytes().prop_map(|text| Entry::Comment(String::from_utf8_lossy(&text).into_owned())),
        pattern().prop_map(Entry::Script),
        pattern().prop_map(Entry::Asterisk),
        Just(Entry::Event(Event::Hangup)),
        Just(Entry::Event(Event::Closed)),
        any::<char>().prop_map(|key| Entry::Event(Event::Key(key))),
        bytes().prop_map(|file| Entry::Event(Event::Audio(OsString::from_vec(file).into()))),
        duration().prop_map(|time| Entry::Event(Event::Wait(time))),
        any::<i32>().prop_map(|status| Entry::Exit(Exit::Status(status))),
        (-5..70).prop_map(|signal| Entry::Exit(Exit::Signal(signal))),
        duration().prop_map(Entry::Passed),
    ]
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_is_printed_is_read(entries in vec(entry(), 0..20)) {
        let transcript = Transcript { entries };
        let text = transcript.to_string();
        prop_assert_eq!(text.lines().count(), transcript.entries.len(), "an entry is a line");
        prop_assert_eq!(Transcript::parse(text.as_bytes()), Ok(transcript), "{}", text);
        checks::transcript(text.as_bytes());
    }

    #[test]
    fn any_text(bytes in likely(TEXT)) {
        checks::transcript(&bytes);
    }

    #[test]
    fn any_lines(lines in vec((select(&["> ", "< ", "! ", "= ", "@ ", "# "][..]), likely(TEXT)), 0..8)) {
        let lines = lines.iter().map(|(mark, line)| [mark.as_bytes(), line, b"\n"].concat());
        checks::transcript(&lines.collect::<Vec<_>>().concat());
    }

    #[test]
    fn any_call(bytes in likely(CALL)) {
        checks::recording(&bytes);
        checks::recording(&[b"\n\0", &bytes[..]].concat());
    }

    #[test]
    fn any_pattern(pattern in pattern(), filler in bytes(), other in bytes()) {
        prop_assert!(pattern.matches(&pattern.pieces().join(&filler[..])));
        prop_assert!(pattern.matches_bytes(&pattern.pieces().join(&filler[..])));
        let same = pattern.matches(&other);
        prop_assert!(!same || pattern.first_difference(&other).is_none());
        prop_assert!(same || !pattern.matches_bytes(&other));
    }
}
