//! Whatever a script sends and whatever a caller does: the emulator answers, and the call ends.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

use std::io::{Read, Write};
use std::sync::mpsc::channel;
use std::time::Duration;

use agikit::command::CATALOGUE;
use agikit::emulator::{Asterisk, Ends, Report, Version};
use proptest::prelude::*;

/// What stands where an argument stands: numbers at their ends, names that are there and names that are not.
const WORDS: &[&str] = &[
    "\"\"",
    "-1",
    "0",
    "1",
    "7",
    "2000",
    "-0",
    "+5",
    "2147483647",
    "-2147483648",
    "4294967296",
    "1e300",
    "nan",
    "inf",
    "-9223372036854775808",
    "99999999999999999999",
    "s=1",
    "s=99999999999",
    "s=-1",
    "beep",
    "BEEP",
    "#",
    "*",
    "123*#",
    "wav",
    "gsm",
    "nosuch",
    "tt-weasels",
    "tt-weasels:end",
    ":end",
    "../beep",
    "long",
    "on",
    "off",
    "x,y,z",
    "CALLERID(num)",
    "CHANNEL(state)",
    "TIMEOUT(absolute)",
    "DB(a/b)",
    "${X}",
    "${EVAL(${X})}",
    "$[1+",
    "$[1/0]",
    "\"$[${X} =~ (a*)*b]\"",
    "${X:-1:-1}",
    "ABdY",
    "Qq",
    "'",
    "Europe/Berlin",
    "CET-1CEST",
    "default",
    "100",
    "name",
    "Wait",
    "Read",
    "Playback",
    "SendDTMF",
    "Set",
    "MSet",
    "Hangup",
    "Answer",
    "Mine",
    "nosuch,1",
    "\"1e300\"",
    "18446744073709549568",
    "X,beep,1,,1,-2147483648",
    "beep&nosuch&long",
    "1,2147483647,2147483647",
    "X=a,Y=b",
    "CALLERID(all)=\\\"a\\\" <b>",
    "TIMEOUT(absolute)=1e300",
    "TIMEOUT(absolute)=-1",
];

fn word() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        8 => prop::sample::select(WORDS).prop_map(|word| word.as_bytes().to_vec()),
        // Nothing is written to a disk: a path would have to be absolute.
        1 => prop::collection::vec(any::<u8>().prop_filter("no path", |byte| !b"/\n".contains(byte)), 0..9),
        1 => (any::<u8>(), 0_usize..9000).prop_map(|(byte, count)| match byte {
            b'\n' | b'/' => Vec::new(),
            byte => vec![byte; count],
        }),
    ]
}

fn line() -> impl Strategy<Value = Vec<u8>> {
    let command = prop::sample::select(&CATALOGUE).prop_map(|spec| spec.words);
    (command, prop::collection::vec(word(), 0..8)).prop_map(|(command, words)| {
        let mut line = command.as_bytes().to_vec();
        for word in words {
            line.push(b' ');
            line.extend(word);
        }
        line
    })
}

fn time() -> impl Strategy<Value = Duration> {
    prop_oneof![
        4 => (0_u64..20_000).prop_map(Duration::from_millis),
        1 => Just(Duration::MAX),
        1 => Just(Duration::from_secs(u64::MAX)),
        1 => Just(Duration::from_secs(1 << 33)),
    ]
}

/// Something about the call.
#[derive(Debug, Clone)]
enum Turn {
    Keys(String),
    KeysAt(Duration, String),
    Answer(u32, String),
    TextAt(Duration, Vec<u8>),
    HangUpAt(Duration),
    HangUpDuring(u32),
    Longest(Duration),
    Sound(Duration),
    Says(usize),
    Leaves,
    Dead,
    Old,
}

fn turn() -> impl Strategy<Value = Turn> {
    let keys = "[0-9*#A-DwW]{0,5}";
    prop_oneof![
        keys.prop_map(Turn::Keys),
        (time(), keys).prop_map(|(time, keys)| Turn::KeysAt(time, keys)),
        (any::<u32>(), keys).prop_map(|(prompt, keys)| Turn::Answer(prompt % 4, keys)),
        (time(), any::<Vec<u8>>()).prop_map(|(time, text)| Turn::TextAt(time, text)),
        time().prop_map(Turn::HangUpAt),
        (0_u32..9).prop_map(Turn::HangUpDuring),
        time().prop_map(Turn::Longest),
        time().prop_map(Turn::Sound),
        (0_usize..40_000).prop_map(Turn::Says),
        Just(Turn::Leaves),
        Just(Turn::Dead),
        Just(Turn::Old),
    ]
}

fn asterisk(turns: &[Turn]) -> Asterisk {
    let asterisk = Asterisk::new()
        .patience(Duration::from_secs(60))
        .variable("X", "${X}aaaaaaaaaaaaaaaaaaaaaaaaaaaa")
        .sound("long", Duration::from_secs(1 << 40))
        .application("Mine", |dialplan, arguments| {
            dialplan.wait(Duration::MAX);
            dialplan.key(Duration::MAX);
            i32::try_from(arguments.len()).unwrap_or(0)
        })
        .routine(("default", "100", "1"), |_, arguments| arguments.first().cloned());
    turns.iter().fold(asterisk, |asterisk, turn| match turn.clone() {
        Turn::Keys(keys) => asterisk.keys(&keys),
        Turn::KeysAt(time, keys) => asterisk.keys_at(time, &keys),
        Turn::Answer(prompt, keys) => asterisk.answer(prompt, &keys),
        Turn::TextAt(time, text) => asterisk.text_at(time, text),
        Turn::HangUpAt(time) => asterisk.hang_up_at(time),
        Turn::HangUpDuring(command) => asterisk.hang_up_during(command),
        Turn::Longest(time) => asterisk.longest(time),
        Turn::Sound(time) => asterisk.sound("beep", time),
        Turn::Says(count) => asterisk.says(vec![900; count]),
        Turn::Leaves => asterisk.variable("AGIEXITONHANGUP", "1"),
        Turn::Dead => asterisk.dead(),
        Turn::Old => asterisk.version(Version::V16),
    })
}

/// Reads up to the line feed; nothing at the end.
fn read_line(ends: &mut Ends) -> Option<Vec<u8>> {
    let mut line = Vec::new();
    let mut byte = [0];
    while ends.read(&mut byte).ok()? == 1 {
        if byte[0] == b'\n' {
            return Some(line);
        }
        line.push(byte[0]);
    }
    None
}

/// Sends the lines, each when the one before was answered.
fn talk(ends: &mut Ends, lines: &[Vec<u8>]) -> Option<()> {
    while !read_line(ends)?.is_empty() {}
    for line in lines {
        ends.write_all(&[line, &b"\n"[..]].concat()).ok()?;
        // What does not fit into Asterisk's buffer comes to several commands.
        let count = line.len() / 2000 + 1;
        if count > 1 {
            ends.write_all(b"NOOP\n").ok()?;
            return Some(());
        }
        loop {
            let reply = read_line(ends)?;
            let is_first = reply.starts_with(b"100 ") || reply.starts_with(b"520-");
            if !is_first && reply.get(3) == Some(&b' ') && reply[..3].iter().all(u8::is_ascii_digit)
            {
                break;
            }
        }
    }
    Some(())
}

/// The call, under a time limit.
fn call(turns: Vec<Turn>, lines: Vec<Vec<u8>>) -> Report {
    let (done, outcome) = channel();
    std::thread::spawn(move || {
        let (_, report) = asterisk(&turns).connect(|mut ends, _| talk(&mut ends, &lines));
        let _ = done.send(report);
    });
    outcome.recv_timeout(Duration::from_secs(40)).expect("the call ends, and nothing panics")
}

/// What can be compared of a call.
fn told(report: &Report) -> String {
    format!("{:?} {:?} {:?}", report.conversation(), report.played(), report.agi_status())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn every_call_comes_to_an_end(
        turns in prop::collection::vec(turn(), 0..5),
        lines in prop::collection::vec(line(), 0..9),
    ) {
        let report = call(turns, lines);
        prop_assert!(report.agi_status().is_some());
        prop_assert!(!report.silent() , "{:?}", report.conversation());
    }

    /// Nothing depends on how fast the machine is, as long as a script waits for its replies.
    #[test]
    fn a_clock_that_stands_still_tells_the_same_twice(
        turns in prop::collection::vec(turn(), 0..5),
        lines in prop::collection::vec(line().prop_filter("no parts", |line| line.len() < 2000), 0..6),
    ) {
        let first = call(turns.clone(), lines.clone());
        prop_assert_eq!(told(&first), told(&call(turns, lines)));
    }
}
