//! A command is one write and, where its reply comes in one piece, one read: half a line would block
//! Asterisk's channel, and each call to the system is time that the caller hears.
#![allow(clippy::unwrap_used, reason = "a test may stop at a surprise")]

mod support;

use support::{Asterisk, samples, watched};

#[test]
fn every_command_is_one_write_and_one_read() {
    watched(|| {
        for sample in samples::ALL {
            let asterisk = Asterisk::replies([format!("{}\n", sample.reply)]);
            let mut session = asterisk.begin().unwrap();
            let reads = asterisk.reads();
            (sample.run)(&mut session).unwrap();
            assert_eq!(asterisk.lines(), [sample.line]);
            assert_eq!(asterisk.writes().len(), 1, "{}", sample.words);
            assert_eq!(asterisk.reads() - reads, 1, "{}", sample.words);
        }
    });
}

#[test]
fn the_environment_is_one_read() {
    let asterisk = Asterisk::replies([""]);
    asterisk.begin().unwrap();
    assert_eq!((asterisk.reads(), asterisk.writes().len()), (1, 0));
}

/// All forms of SPEECH RECOGNIZE's reply are one line, so none needs a second question.
#[test]
fn every_end_of_a_recognition_is_one_write() {
    for reply in [
        "(digit) digit=5 endpos=0",
        "(timeout) endpos=0",
        "(hangup) endpos=0",
        "(speech) endpos=0 results=0 ",
    ] {
        let asterisk = Asterisk::replies([format!("200 result=1 {reply}\n")]);
        let mut session = asterisk.begin().unwrap();
        let _ = session.speech_recognize("f", std::time::Duration::from_secs(1));
        assert_eq!(asterisk.writes().len(), 1, "{reply}");
    }
}

#[test]
fn a_line_that_the_system_takes_in_parts_is_sent_whole() {
    let asterisk = Asterisk::replies(["200 result=1\n"]).most(5);
    let mut session = asterisk.begin().unwrap();
    session.set_variable("NAME", "a value").unwrap();
    assert_eq!(asterisk.lines(), [r#"SET VARIABLE "NAME" "a value""#]);
}
