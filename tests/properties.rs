//! What holds for any bytes, and sessions made up at random. A case that once failed is kept in
//! `tests/properties.regressions` and runs first.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support;

use std::io::{self, Read};

use agikit::wire::{Lines, Progress, split};
use agikit::{Environment, Error, Raw, Session};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use support::{Asterisk, ENVIRONMENT, assert_aligned, checks, watched};

fn config(cases: u32) -> ProptestConfig {
    let file = FileFailurePersistence::Direct("tests/properties.regressions");
    let failure_persistence = Some(Box::new(file) as Box<_>);
    ProptestConfig { cases, failure_persistence, ..ProptestConfig::default() }
}

/// Bytes that a command can carry.
fn sendable() -> impl Strategy<Value = Vec<u8>> {
    let bytes = (1..=255).filter(|byte| !b"\r\n".contains(byte)).collect::<Vec<u8>>();
    vec(proptest::sample::select(bytes), 0..60)
}

/// Bytes that look like what Asterisk sends, more often than chance would have it.
fn likely() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        proptest::sample::select(
            &[
                "200 result=",
                "0",
                "1",
                "-1",
                "49",
                " (",
                ")",
                "\n",
                " endpos=",
                "(timeout)",
                "(hangup)",
                "(dtmf)",
                "(speech)",
                "100 result=0 Trying...\n",
                "510 x\n",
                "511 x\n",
                "520-Invalid\n",
                "520 x\n",
                "520 End of proper usage.",
                "HANGUP",
                "HANGUP\n",
                "200 result=1 (",
                "score0=1 text0=\"",
                "\" grammar0=",
                " ",
                "\0",
                "agi_arg_1: ",
                "agi_channel",
                ":",
                "\"",
                "\\",
                "failure",
            ][..]
        )
        .prop_map(|text| text.as_bytes().to_vec()),
        vec(any::<u8>(), 0..4),
    ];
    vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

/// A reader that gives these many bytes at a time.
struct Pieces<'a>(&'a [u8], Vec<usize>, usize);

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.2 += 1;
        let piece = self.1.get(self.2 % self.1.len().max(1)).copied().unwrap_or(usize::MAX);
        let most = piece.min(buffer.len());
        self.0.read(&mut buffer[..most])
    }
}

/// All messages of two lines at most, and how it ended.
fn messages(input: &[u8], pieces: Vec<usize>, bound: usize) -> (Vec<Vec<u8>>, Progress) {
    let mut input = Pieces(input, pieces, 0);
    let mut lines = Lines::new(bound);
    let mut all = Vec::new();
    loop {
        lines.begin();
        for _ in 0..2 {
            match lines.extend(&mut input).unwrap() {
                Progress::Line(line) => assert!(!lines.message()[line].contains(&b'\n')),
                end => return (all, end),
            }
        }
        all.push(lines.message().to_vec());
    }
}

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn what_is_sent_is_what_asterisk_splits(name in sendable(), value in sendable()) {
        prop_assume!(!name.is_empty());
        let asterisk = Asterisk::new(ENVIRONMENT, |_| Some(b"200 result=1\n".to_vec()));
        let mut session = asterisk.begin().unwrap();
        session.set_variable(&name, &value).unwrap();
        let line = asterisk.writes().concat();
        prop_assert_eq!(split(&line[..line.len() - 1]), [&b"SET"[..], b"VARIABLE", &name, &value]);
    }

    #[test]
    fn raw_arguments_too(arguments in vec(sendable(), 0..30)) {
        let asterisk = Asterisk::new(ENVIRONMENT, |_| Some(b"200 result=1\n".to_vec()));
        let mut session = asterisk.begin().unwrap();
        let raw = arguments.iter().fold(Raw::new("OWN"), |raw, argument| raw.arg(argument));
        session.run(raw).unwrap();
        let line = asterisk.writes().concat();
        let mut words = split(&line[..line.len() - 1]);
        prop_assert_eq!(words.remove(0), b"OWN");
        prop_assert_eq!(words, arguments);
    }

    #[test]
    fn any_arguments(bytes in likely()) {
        checks::split_line(&bytes);
    }

    #[test]
    fn any_reply(bytes in likely()) {
        checks::reply(&bytes);
        checks::reply(&[b"200 result=1 ", &bytes[..]].concat());
    }

    #[test]
    fn any_environment(bytes in likely()) {
        checks::environment(&bytes);
    }

    #[test]
    fn an_environment_is_taken_apart_as_it_was_put_together(
        variables in vec(("agi_[a-z_0-9]{1,12}", vec((0..=255_u8).prop_filter("", |&b| b != b'\n'), 0..20)), 0..20)
    ) {
        let lines = variables.iter().map(|(name, value)| [name.as_bytes(), b": ", value, b"\n"].concat());
        let block = [lines.collect::<Vec<_>>().concat(), b"\n".to_vec()].concat();
        let environment = Environment::parse(&block);
        let parsed = environment.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()));
        prop_assert_eq!(parsed.collect::<Vec<_>>(), variables);
    }

    #[test]
    fn lines_are_the_same_however_they_come(
        input in likely(), pieces in vec(1..40_usize, 1..10), bound in 0..200_usize
    ) {
        prop_assert_eq!(messages(&input, pieces, bound), messages(&input, Vec::new(), bound));
    }

    #[test]
    fn a_session_with_any_replies_ends_in_order(
        head in any::<[u8; 2]>(), replies in vec(likely(), 0..8)
    ) {
        let input = [&head[..], &replies.join(&0)].concat();
        watched(move || checks::session(&input));
    }
}

/// A command, what comes for it, and what it must give.
#[derive(Debug, Clone)]
enum Step {
    Variable(Option<Vec<u8>>),
    Entry(Vec<u8>),
    Digits(String, bool),
    Key(Option<char>, u32),
    Application(i32),
    Routine(bool),
    Refused(u16),
    Dropped(Vec<u8>),
}

fn step() -> impl Strategy<Value = Step> {
    let value = prop_oneof![
        vec(1..=255_u8, 0..40),
        likely().prop_map(|bytes| bytes.into_iter().filter(|&byte| byte != 0).collect()),
        (1300..1500_usize, likely()).prop_map(|(length, end)| {
            let bytes = std::iter::repeat_n(b'x', length).chain(end);
            bytes.filter(|&byte| byte != 0).collect()
        }),
    ];
    let value = value.boxed();
    let key = proptest::option::of(proptest::sample::select(&['0', '9', '*', '#', 'A', 'D'][..]));
    prop_oneof![
        proptest::option::of(value.clone()).prop_map(Step::Variable),
        value.clone().prop_map(Step::Entry),
        ("[0-9*A-D]{0,12}", any::<bool>()).prop_map(|(digits, late)| Step::Digits(digits, late)),
        (key, any::<u32>()).prop_map(|(key, endpos)| Step::Key(key, endpos)),
        (-1..5).prop_map(Step::Application),
        any::<bool>().prop_map(Step::Routine),
        proptest::sample::select(&[503_u16, 510, 520][..]).prop_map(Step::Refused),
        value.prop_map(Step::Dropped),
    ]
}

const USAGE: &str = "520-Invalid command syntax.  Proper usage follows:\n200 result=1 (x)\n\
     520 End of proper usage.\n";

fn reply(step: &Step) -> Vec<u8> {
    match step {
        Step::Variable(None) => b"200 result=0\n".to_vec(),
        Step::Variable(Some(value)) | Step::Entry(value) | Step::Dropped(value) => {
            [b"200 result=1 (", &value[..], b")\n"].concat()
        }
        Step::Digits(digits, late) => {
            format!("200 result={digits}{}\n", if *late { " (timeout)" } else { "" }).into_bytes()
        }
        Step::Key(key, endpos) => {
            format!("200 result={} endpos={endpos}\n", key.map_or(0, u32::from)).into_bytes()
        }
        Step::Application(1) => format!("200 result=1\n\0{USAGE}").into_bytes(),
        Step::Application(code) => format!("200 result={code}\n").into_bytes(),
        Step::Routine(gap) => {
            let gap = if *gap { "\0" } else { "" };
            format!("100 result=0 Trying...\n{gap}200 result=0 Gosub complete\n").into_bytes()
        }
        Step::Refused(520) => USAGE.as_bytes().to_vec(),
        Step::Refused(code) => format!("{code} result=-2 no\n").into_bytes(),
    }
}

fn run(session: &mut Session, step: Step) {
    match step {
        Step::Variable(value) => {
            let is = session.get_variable("X").unwrap().map(agikit::Value::into_bytes);
            assert_eq!(is, value);
        }
        Step::Entry(value) => {
            assert_eq!(session.database_get("f", "k").unwrap().unwrap().as_bytes(), value);
        }
        Step::Digits(digits, late) => {
            let data = session.get_data("f").unwrap();
            assert_eq!((data.digits, data.timed_out), (digits.as_str().into(), late));
        }
        Step::Key(key, endpos) => {
            let played = session.stream_file("f").unwrap();
            assert_eq!((played.digit, played.endpos), (key, endpos));
        }
        Step::Application(code) => assert_eq!(session.exec("App", "x").unwrap(), code),
        Step::Routine(_) => assert!(session.gosub("c", "e", 1).unwrap().complete),
        Step::Refused(should) => match session.noop() {
            Err(Error::Refused { code, .. }) => assert_eq!(code, should),
            other => panic!("{other:?}"),
        },
        Step::Dropped(_) => drop(session.start(agikit::GetVariable::new("X")).unwrap()),
    }
}

proptest! {
    #![proptest_config(config(400))]

    /// Reads of any size, but none that ends where a short value only seems to: that cannot be seen.
    #[test]
    fn every_value_is_the_one_that_was_sent(steps in vec(step(), 1..12), size in 1..200_usize) {
        watched(move || {
            let replies: Vec<Vec<u8>> = steps.iter().map(reply).collect();
            let falsely = replies.iter().any(|reply| {
                (size..reply.len()).step_by(size).any(|end| reply[..end].ends_with(b")\n"))
            });
            let asterisk = Asterisk::replies(replies).piece(if falsely { usize::MAX } else { size });
            let mut session = asterisk.begin().unwrap();
            for step in steps {
                run(&mut session, step);
            }
            assert_aligned(&mut session);
        });
    }
}
