//! A line is one line, no longer and of no more words than this Asterisk reads as one command.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support;

use agikit::command::*;
use agikit::wire::{Line, Word, split};
use agikit::{Error, Fault, Result, Session, Text};
use support::{Asterisk, ENVIRONMENT, assert_aligned, refused, watched};

fn raw(count: usize) -> Raw<'static> {
    (0..count).fold(Raw::new("MANY WORDS"), |raw, _| raw.arg(""))
}

#[test]
fn no_more_words_than_asterisk_survives() {
    refused("argument", Fault::TooManyWords, raw(125));
    refused("argument", Fault::TooManyWords, raw(600));
    let asterisk = Asterisk::replies(["200 result=0\n"]);
    asterisk.begin().unwrap().run(raw(124)).unwrap();
    assert_eq!(split(asterisk.lines()[0].as_bytes()).len(), 126);
}

/// The longest line is sent and one byte more is not, by the version that Asterisk tells.
#[test]
fn no_line_longer_than_this_asterisk_reads() {
    watched(|| {
        for (version, limit) in
            [("22.10.1", 8190), ("16.28.0~dfsg", 2046), ("22.5.9", 2046), ("GIT-master", 2046)]
        {
            let environment = ENVIRONMENT.replace("22.10.1", version);
            let asterisk = Asterisk::new(environment, |_| Some(b"200 result=1\n".to_vec()));
            let mut session = asterisk.begin().unwrap();
            assert_eq!(session.line_limit(), limit);
            for filler in ["x", "\"", "\\"] {
                let room = usize::from(limit) - "SET VARIABLE \"NAME\" \"\"".len();
                let mut fits = filler.repeat(room / if filler == "x" { 1 } else { 2 });
                session.set_variable("NAME", &fits).unwrap();
                let sent = asterisk.writes().last().unwrap().len();
                assert!((usize::from(limit)..=usize::from(limit) + 1).contains(&sent));
                fits.push_str(filler);
                let before = asterisk.writes().len();
                too_long(session.set_variable("NAME", &fits), "SET VARIABLE", "value", limit);
                assert_eq!(asterisk.writes().len(), before);
            }
            assert_aligned(&mut session);
        }
    });
}

#[track_caller]
fn too_long(result: Result, words: &str, name: &str, limit: u16) {
    match result {
        Err(Error::Argument { command, argument, fault: Fault::LineTooLong(is) }) => {
            assert_eq!((command, argument, is), (words, name, limit));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_limit_is_set_but_not_past_what_any_asterisk_reads() {
    let mut session = Asterisk::replies(["200 result=0\n"]).begin().unwrap();
    session.set_line_limit(u16::MAX);
    assert_eq!(session.line_limit(), 8190);
    session.set_line_limit(4);
    session.noop().unwrap();
    too_long(session.verbose(""), "VERBOSE", "message", 4);
}

/// A command of one's own cannot do what Asterisk's cannot.
/// However a line was made, it is one line of a length that is read as one.
#[test]
fn a_line_is_one_line() {
    let mut buffer = Vec::new();
    let words: &'static str = Box::leak("word ".repeat(500).trim_end().into());
    for (made, fault) in [
        (Line::begin(&mut buffer, 2046, words).end(), Fault::TooManyWords),
        (Line::begin(&mut Vec::new(), 1, "NOOP").end(), Fault::LineTooLong(1)),
        (
            {
                let mut buffer = Vec::new();
                let mut line = Line::begin(&mut buffer, 2046, "NOOP");
                line.arg("on", Word::Bare("on\nEXEC System x"));
                line.end()
            },
            Fault::LineFeed,
        ),
        (
            {
                let mut buffer = Vec::new();
                let mut line = Line::begin(&mut buffer, 2046, "NOOP");
                line.parts("p", [Text::from("a"), "b".into()].into_iter(), b'\n', |_| false);
                line.end()
            },
            Fault::LineFeed,
        ),
    ] {
        match made {
            Err(Error::Argument { fault: is, .. }) => assert_eq!(is, fault),
            other => panic!("{other:?} instead of {fault:?}"),
        }
    }
}

#[test]
fn an_absurd_argument_is_named_wherever_it_stands() {
    let long = "x".repeat(100_000);
    let run = |run: &dyn Fn(&mut Session) -> Result| {
        run(&mut Asterisk::replies([""; 0]).begin().unwrap())
    };
    too_long(run(&|s| s.database_put(&long, "k", "v").map(drop)), "DATABASE PUT", "family", 8190);
    too_long(run(&|s| s.database_put("f", "k", &long).map(drop)), "DATABASE PUT", "value", 8190);
    too_long(run(&|s| s.stream_file(&long).map(drop)), "STREAM FILE", "file", 8190);
    too_long(run(&|s| s.exec("A", &["a", &long]).map(drop)), "EXEC", "arguments", 8190);
    too_long(run(&|s| s.exec(&long, "").map(drop)), "EXEC", "application", 8190);
    let keys = "1".repeat(9000);
    too_long(run(&|s| s.get_option("f", &keys).map(drop)), "GET OPTION", "escape_digits", 8190);
}
