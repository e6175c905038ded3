//! Lines that are written, and lines that are split as Asterisk does.

use std::hint::black_box;
use std::time::Duration;

use agikit::command::Command;
use agikit::wire::{DEFAULT_LINE_LIMIT, LONG_LINE_LIMIT, Line, Word, split};
use agikit::{Answer, Exec, GetData, SetVariable, StreamFile};

use crate::case::Case;

/// All rows.
pub(crate) fn cases() -> Vec<Case> {
    vec![
        command("line: ANSWER", Answer::new),
        command("line: STREAM FILE, keys and a place", || {
            StreamFile::new("tt-weasels").escape_digits("12#").offset(8000)
        }),
        command("line: GET DATA, numbers", || {
            GetData::new("vm-enter-num-to-call").timeout(Duration::from_secs(10)).max_digits(8)
        }),
        command("line: SET VARIABLE, 8 bytes", || SetVariable::new("DIALED", "12345678")),
        command("line: SET VARIABLE, 64 bytes to be escaped", || {
            SetVariable::new(
                "JSON",
                r#"{"k":"v\\w"}{"k":"v\\w"}{"k":"v\\w"}{"k":"v\\w"}{"k":"v\\w"}{..}"#,
            )
        }),
        long("line: SET VARIABLE, 2,000 bytes", 2000, "x"),
        long("line: SET VARIABLE, 8,000 bytes", 8000, "x"),
        long("line: SET VARIABLE, 4,000 bytes to be escaped", 4000, "\\"),
        command("line: EXEC, three arguments with commas", || {
            Exec::new("Dial", ["PJSIP/alice", "30", "tT,x"].as_slice())
        }),
        words("line: 120 short words"),
        cut("split: ANSWER", b"ANSWER".to_vec()),
        cut("split: GET DATA, quoted", br#"GET DATA "vm-enter-num-to-call" 10000 8"#.to_vec()),
        cut(
            "split: SET VARIABLE, escaped",
            br#"SET VARIABLE "JSON" "{\"k\":\"v\\\\w\"} [{\"k\":\"v\\\\w\"}]""#.to_vec(),
        ),
        cut("split: one word of 8,000 bytes", [b"NOOP \"", &[b'x'; 8000][..], b"\""].concat()),
        cut("split: 127 words", b"word ".repeat(127)),
    ]
}

/// A command's line, in a buffer that has room for it.
fn command<C: Command>(name: &'static str, make: impl Fn() -> C + Copy + 'static) -> Case {
    Case::new(name, move || {
        let mut buffer = Vec::with_capacity(512);
        move || {
            let command = black_box(make)();
            let words = command.spec().words;
            let mut line = Line::begin(&mut buffer, DEFAULT_LINE_LIMIT, words);
            command.write(&mut line);
            line.end().unwrap();
            black_box(&buffer);
        }
    })
}

/// The same with so many times a text.
fn long(name: &'static str, times: usize, of: &'static str) -> Case {
    Case::new(name, move || {
        let (value, mut buffer) = (of.repeat(times), Vec::with_capacity(16_384));
        move || {
            let command = SetVariable::new("LONG", black_box(&value));
            let mut line = Line::begin(&mut buffer, LONG_LINE_LIMIT, command.spec().words);
            command.write(&mut line);
            line.end().unwrap();
            black_box(&buffer);
        }
    })
}

/// As many words as there may be, nearly.
fn words(name: &'static str) -> Case {
    Case::new(name, || {
        let mut buffer = Vec::with_capacity(512);
        move || {
            let mut line = Line::begin(&mut buffer, DEFAULT_LINE_LIMIT, "NOOP");
            for number in 0..120 {
                line.arg("word", Word::Number(black_box(number)));
            }
            line.end().unwrap();
            black_box(&buffer);
        }
    })
}

fn cut(name: &'static str, line: Vec<u8>) -> Case {
    Case::new(name, move || {
        let line = line.clone();
        move || {
            black_box(split(black_box(&line)));
        }
    })
}
