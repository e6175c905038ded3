//! What is hidden in a recording, wherever it comes again, and that what is left still replays.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support;

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use agikit::transcript::{Event, Recorder, Redaction, Tape, Transcript};
use agikit::{GetData, Hangup, Result, Session};
use support::{Asterisk, ENVIRONMENT};

/// Records lines, `>` the script's and `<` Asterisk's, and gives what was written.
fn tape(redaction: Redaction, lines: &[&str]) -> Vec<String> {
    let mut tape = Tape::new().redact(redaction);
    tape.asterisk(Duration::ZERO, b"\n"); // an environment without variables
    for line in lines {
        let bytes = format!("{}\n", line.get(2..).unwrap());
        match line.starts_with('>') {
            true => tape.script(Duration::ZERO, bytes.as_bytes()),
            false => tape.asterisk(Duration::ZERO, bytes.as_bytes()),
        }
    }
    tape.finish(Duration::ZERO);
    tape.take().iter().skip(1).map(|entry| entry.to_string()).collect()
}

/// Pairs of what passes and what is written.
#[track_caller]
fn check(redaction: Redaction, lines: &[(&str, &str)]) {
    let passed: Vec<&str> = lines.iter().map(|(passed, _)| *passed).collect();
    let written: Vec<&str> = lines.iter().map(|(_, written)| *written).collect();
    assert_eq!(tape(redaction, &passed), written);
}

fn same(line: &str) -> (&str, &str) {
    (line, line)
}

#[test]
fn nothing_unless_asked_for() {
    let lines = ["> GET DATA x 1000 4", "< 200 result=4711", r#"> SET VARIABLE "PIN" "4711""#];
    assert_eq!(tape(Redaction::new(), &lines), lines);
}

#[test]
fn dialled_digits() {
    check(
        Redaction::new().digits(),
        &[
            same("> GET DATA enter 1000 4"),
            ("< 200 result=4711 (timeout)", "< 200 result=[..] (timeout)"),
            (r#"> SET VARIABLE "ACCOUNT" "4711""#, r#"> SET VARIABLE "ACCOUNT" "[..]""#),
            same("< 200 result=1"),
            (r#"> EXEC "Dial" "PJSIP/04711,20""#, r#"> EXEC "Dial" "PJSIP/0[..],20""#),
            same("< 200 result=0"),
            ("> SAY DIGITS 4711 \"\"", "> SAY DIGITS [..] \"\""),
            same("< 200 result=0"),
            (r"> STREAM FILE digits/7 #", r"> STREAM FILE digits/[..] #"),
            ("< 200 result=35 endpos=80", "< 200 result=[..] endpos=80"),
            same("> GET VARIABLE COPY"),
            ("< 200 result=1 (x 4711 y 14711)", "< 200 result=1 (x [..] y 14711)"),
            same("> GET DATA enter 1000 8"),
            same("< 200 result= (timeout)"),
            same("> STREAM FILE more \"\""),
            same("< 200 result=-1 endpos=0"),
        ],
    );
}

#[test]
fn keys_one_by_one() {
    check(
        Redaction::new().digits(),
        &[
            same("> WAIT FOR DIGIT -1"),
            ("< 200 result=49", "< 200 result=[..]"),
            same("> CONTROL STREAM FILE x \"\""),
            ("< 200 result=48 endpos=3", "< 200 result=[..] endpos=3"),
            same("> GET OPTION y \"\""),
            ("< 200 result=66 endpos=3", "< 200 result=[..] endpos=3"),
            same("> RECORD FILE f wav \"\" 5000"),
            ("< 200 result=35 (dtmf) endpos=99", "< 200 result=[..] (dtmf) endpos=99"),
            same("> RECEIVE CHAR 7"),
            ("< 200 result=120", "< 200 result=[..]"),
            same("> RECEIVE TEXT 7"),
            ("< 200 result=1 (a text)", "< 200 result=1 ([..])"),
            (r#"> VERBOSE "10, 10B a text" 1"#, r#"> VERBOSE "[..], [..]B [..]" [..]"#),
            same("< 200 result=1"),
            same("> SPEECH RECOGNIZE p 5 7"),
            (
                r#"< 200 result=1 (speech) endpos=0 results=2 score0=9 text0="one two" grammar0=g score1=1 text1="won" grammar1=h"#,
                r#"< 200 result=1 (speech) endpos=0 results=2 score0=9 text0="[..]" grammar0=g score1=1 text1="[..]" grammar1=h"#,
            ),
            same("> SPEECH RECOGNIZE p 5 7"),
            (
                "< 200 result=1 (digit) digit=5 endpos=0",
                "< 200 result=1 (digit) digit=[..] endpos=0",
            ),
            (r#"> SET VARIABLE "SAID" "one two""#, r#"> SET VARIABLE "SAID" "[..]""#),
        ],
    );
    let mut tape = Tape::new().redact(Redaction::new().digits());
    tape.event(Duration::ZERO, Event::Key('5'));
    tape.event(Duration::ZERO, Event::Hangup);
    assert_eq!(tape.take().len(), 1, "the key is not told of");
}

#[test]
fn variables_by_name() {
    let what = Redaction::new().variable("PIN").variable("DB(a/b)").variable("HASH");
    check(
        what,
        &[
            ("> SET VARIABLE __PIN \"a \\\"b\\\"\"", "> SET VARIABLE __PIN \"[..]\""),
            same("< 200 result=1"),
            ("> SET VARIABLE OTHER a\\ \\\"b\\\"!", "> SET VARIABLE OTHER \"[..]!\""),
            same("< 200 result=1"),
            same("> GET VARIABLE HASH(k)"),
            ("< 200 result=1 (secret)", "< 200 result=1 ([..])"),
            same("> GET VARIABLE PINS"),
            same("< 200 result=1 (no-one's)"),
            same("> GET FULL VARIABLE \"x${PIN:1}\""),
            ("< 200 result=1 (xzz)", "< 200 result=1 ([..])"),
            same("> GET FULL VARIABLE ${CHANNEL}"),
            ("< 200 result=1 (SIP/secret-01)", "< 200 result=1 (SIP/[..]-01)"),
            ("> DATABASE PUT a b 12", "> DATABASE PUT a b [..]"),
            same("< 200 result=1"),
            same("> DATABASE PUT a c 13"),
            same("< 200 result=1"),
            same("> DATABASE GET a b"),
            ("< 200 result=1 (14)", "< 200 result=1 ([..])"),
            ("> EXEC Set PIN=99", "> EXEC Set PIN=[..]"),
            same("< 200 result=0"),
            (r#"> EXEC MSet "A=1,PIN=88,B=2""#, r#"> EXEC MSet "A=1,PIN=[..]""#),
            same("< 200 result=0"),
        ],
    );
}

/// A value of several lines, and one that looks like replies, is hidden to its end.
#[test]
fn values_of_several_lines() {
    let echo = "> GET FULL VARIABLE \"agikit-0123456789abcdef-1\"";
    let hidden_echo = "> GET FULL VARIABLE \"agikit-[..]\"";
    check(
        Redaction::new().variable("PIN"),
        &[
            same("> GET VARIABLE PIN"),
            ("< 200 result=1 (one)", "< 200 result=1 ([..])"),
            ("< 200 result=0", "< [..]"),
            (echo, hidden_echo),
            ("< 200 result=1 (two)", "< [..])"),
            ("< 200 result=1 (agikit-0123456789abcdef-1)", "< 200 result=1 (agikit-[..])"),
            same("> NOOP"),
            same("< 200 result=0"),
            same("> GET VARIABLE PIN"),
            ("< 200 result=1 (one", "< 200 result=1 ([..]"),
            same("> NOOP"),
            ("< two)", "< [..])"),
            same("< 200 result=0"),
            same("> GET VARIABLE X"),
            same("< 200 result=1 (shown)"),
        ],
    );
}

/// Whatever stands around replies, each is taken for its own command's.
#[test]
fn replies_in_their_order() {
    check(
        Redaction::new().variable("PIN"),
        &[
            same("> EXEC Macro x"),
            same("< 200 result=1"),
            same("< 520-Invalid command syntax.  Proper usage follows:"),
            same("< 200 result=1 (usage)"),
            same("< 520 End of proper usage."),
            same("> GOSUB a b c"),
            same("> GET VARIABLE PIN"),
            same("< 100 result=0 Trying..."),
            same("< 200 result=0 Gosub complete"),
            ("< 200 result=1 (1)", "< 200 result=1 ([..])"),
            same("> BAD"),
            same("> GET VARIABLE PIN"),
            same("< 510 Invalid or unknown command"),
        ],
    );
    check(
        Redaction::new().variable("PIN"),
        &[
            same("> BAD"),
            same("> BAD"),
            same("> GET VARIABLE PIN"),
            same("< 510 Invalid or unknown command"),
            same("< 520 Invalid command syntax.  Proper usage not available."),
            ("< 200 result=1 (1)", "< 200 result=1 ([..])"),
        ],
    );
}

#[test]
fn more_words_than_asterisk_takes() {
    let line = format!("> VERBOSE {}secret", "x ".repeat(130));
    let lines = tape(Redaction::new().variable("PIN"), &["> SET VARIABLE PIN secret", &line]);
    assert!(!lines[1].contains("secret"), "{}", lines[1]);
}

/// A file in memory.
#[derive(Clone, Default)]
struct File(Arc<Mutex<Vec<u8>>>);

impl Write for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn account(agi: &mut Session) -> Result {
    agi.answer()?;
    let data = agi.run(GetData::new("enter").max_digits(4))?;
    assert_eq!(data.digits.len(), 4);
    agi.set_variable("ACCOUNT", &data.digits)?;
    let page = agi.get_full_variable("${CALLERID(all)}")?.unwrap();
    let caller = agi.environment().callerid().map(|it| it.to_string()).unwrap_or_default();
    agi.verbose(format!("{caller} or {}", page.to_string_lossy().replace('\n', " ")).as_str())?;
    agi.stream_file("goodbye")?;
    Ok(())
}

#[test]
fn a_redacted_call_replays() {
    let file = File::default();
    let environment = ENVIRONMENT
        .replace("agi_callerid: 1234\n", "agi_callerid: +49301234567\n")
        .replace("calleridname: unknown", "calleridname: Jos\u{e9} Own")
        .replace("Local/s@caller", "PJSIP/+49301234567")
        .replace("agi_arg_1: one", "agi_arg_1: from 0301234567");
    let replies = [
        "200 result=0\n",
        "200 result=0815\n",
        "200 result=1\n",
        "200 result=1 (\"Jos\u{e9}\n Own\" <+49301234567>)\n",
        "200 result=1\n",
        "200 result=0 endpos=16\n",
    ];
    let asterisk = Asterisk::replies_after(environment, replies);
    let hangup = Hangup::new();
    let redaction = Redaction::new().callers().digits();
    let recorder = Recorder::new(asterisk, &hangup, file.clone()).redact(redaction).times(false);
    let mut session = Session::begin(recorder, hangup).unwrap();
    account(&mut session).unwrap();
    drop(session);
    let text = String::from_utf8(file.0.lock().unwrap().clone()).unwrap();
    for secret in ["301234567", "Jos", "Own", "0815"] {
        assert!(!text.contains(secret), "{secret} in\n{text}");
    }
    for shown in
        ["< agi_dnid: unknown", "< agi_channel: PJSIP/[..]-00000004;1", "agi_context: scripts"]
    {
        assert!(text.contains(shown), "{shown} not in\n{text}");
    }
    let transcript: Transcript = text.parse().unwrap();
    transcript.replay(account).unwrap_or_else(|mismatch| panic!("{mismatch}\n{text}"));
}
