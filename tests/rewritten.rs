//! `TRANSCRIPTS=overwrite`: what stays of a transcript, and what becomes of the rest.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

use agikit::transcript::{Exit, Player, Step, Transcript};

/// Writes a transcript anew for a script that sends these lines and reads every reply.
#[track_caller]
fn rewritten(before: &str, lines: &[&str], after: &str) {
    let transcript: Transcript = before.parse().unwrap();
    let mut player = Player::new(&transcript).rewriting();
    let mut lines = lines.iter();
    loop {
        match player.step() {
            Step::Script | Step::End => match lines.next() {
                Some(line) => player.sent(line.as_bytes()).unwrap(),
                None => break,
            },
            _ => {}
        }
    }
    player.ended(Some(Exit::Status(0))).unwrap();
    let is = player.rewritten().unwrap();
    assert_eq!(is.to_string(), after);
    // It is what the script does.
    let mut player = Player::new(&is).rewriting();
    while !matches!(player.step(), Step::Script | Step::End) {}
}

const BEFORE: &str = "# one\n<\n> ANSWER\n< 200 result=0\n\n# the menu\n> GET DATA a\n@ +1.000s\n\
                      < 200 result=1\n! key 1\n> SET VARIABLE A [..]\n< 200 result=1\n= 1\n# end\n";

#[test]
fn what_is_the_same_stays() {
    let lines = ["ANSWER", "GET  DATA \"a\"", "SET VARIABLE A 5"];
    rewritten(BEFORE, &lines, &BEFORE.replace("= 1\n", "= 0\n"));
}

#[test]
fn another_line_of_the_same_command_takes_the_reply() {
    let after = BEFORE.replace("GET DATA a", "GET DATA b 5").replace("= 1\n", "= 0\n");
    rewritten(BEFORE, &["ANSWER", "GET DATA b 5", "SET VARIABLE A 5"], &after);
}

#[test]
fn what_is_left_out_is_dropped_with_its_reply() {
    let after = "# one\n<\n> ANSWER\n< 200 result=0\n\n# the menu\n> SET VARIABLE A [..]\n\
                 < 200 result=1\n= 0\n# end\n";
    rewritten(BEFORE, &["ANSWER", "SET VARIABLE A 5"], after);
    let after = "# one\n<\n> ANSWER\n< 200 result=0\n\n# the menu\n= 0\n# end\n";
    rewritten(BEFORE, &["ANSWER"], after);
}

#[test]
fn what_is_new_is_answered() {
    let after = BEFORE
        .replace("> GET DATA", "> NOOP\n< 200 result=0\n> GET DATA")
        .replace("= 1\n", "> VERBOSE bye\n< 200 result=0\n> HANGUP\n< 200 result=0\n= 0\n");
    let lines = ["ANSWER", "NOOP", "GET DATA a", "SET VARIABLE A 1", "VERBOSE bye", "HANGUP"];
    rewritten(BEFORE, &lines, &after);
}

#[test]
fn nothing_jumps_over_the_hangup() {
    let before = "> ANSWER\n< 200 result=0\n! hangup\n> SET VARIABLE A 1\n< 200 result=1\n";
    let after = "> ANSWER\n< 200 result=0\n! hangup\n> NOOP\n< 200 result=0\n> SET VARIABLE A 1\n\
                 < 200 result=1\n";
    rewritten(before, &["ANSWER", "NOOP", "SET VARIABLE A 1"], after);
}

/// From Asterisk's greeting alone.
#[test]
fn a_transcript_from_nothing() {
    let transcript: Transcript = "< agi_request: x\n<\n= 9\n".parse().unwrap();
    let mut player = Player::new(&transcript).rewriting();
    for _ in 0..2 {
        while player.step() != Step::End {}
        player.sent(b"ANSWER").unwrap();
    }
    while player.step() != Step::End {}
    player.ended(None).unwrap();
    let after = "< agi_request: x\n<\n> ANSWER\n< 200 result=0\n> ANSWER\n< 200 result=0\n= 9\n";
    assert_eq!(player.rewritten().unwrap().to_string(), after);
}

#[test]
fn an_endless_script_ends() {
    let mut player = Player::new(&Transcript::default()).rewriting();
    let closed = (0..10_000).any(|_| {
        let step = player.step();
        player.sent(b"ANSWER").unwrap();
        step == Step::Close
    });
    assert!(closed);
}
