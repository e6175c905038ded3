//! Whatever Asterisk sends around a reply, the next command's reply is its own: every case with reads
//! of 1, 2, 3, 7 and 100 bytes, and whole.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support;

use std::time::Duration;

use agikit::command::{Exec, Gosub, Noop};
use agikit::{ChannelState, Error, Raw, Session, StreamFile, Surprise};
use support::{Asterisk, ENVIRONMENT, PIECES, assert_aligned, over_tcp, samples, watched};

const USAGE: &str = "520-Invalid command syntax.  Proper usage follows:\nReturns <literal>0</literal>.\n\
     200 result=0\n\tExample return code: 200 result=1 (testvariable)\n520 End of proper usage.\n";
/// Asterisk before 13.17: the end stands on the last line of the text.
const OLD_USAGE: &str = "520-Invalid command syntax.  Proper usage follows:\nReturns <literal>0\
     </literal>.\n 200 result=0\nExample.520 End of proper usage.\n";
const NO_USAGE: &str = "520 Invalid command syntax.  Proper usage not available.\n";

/// In each size of piece: a session, to which these replies come, goes through `check` and is aligned.
#[track_caller]
fn in_pieces(replies: &[&str], check: impl Fn(&mut Session, &Asterisk) + Send + Copy + 'static) {
    in_pieces_after(ENVIRONMENT.to_owned(), replies, check);
}

/// The same with an environment of the test's own.
#[track_caller]
fn in_pieces_after(
    environment: String,
    replies: &[&str],
    check: impl Fn(&mut Session, &Asterisk) + Send + Copy + 'static,
) {
    let replies: Vec<String> = replies.iter().map(|&reply| reply.to_owned()).collect();
    watched(move || {
        for piece in PIECES {
            let asterisk = Asterisk::replies_after(&environment, &replies).piece(piece);
            let mut session = asterisk.begin().unwrap();
            check(&mut session, &asterisk);
            assert_aligned(&mut session);
        }
    });
}

#[test]
fn a_provisional_reply_is_not_the_reply() {
    let reply = "100 result=0 Trying...\n200 result=0 Gosub complete\n";
    in_pieces(&[reply], |s, _| assert!(s.gosub("c", "e", 1).unwrap().complete));
    let failed = "100 result=0 Trying...\n200 result=3 Gosub failed\n";
    in_pieces(&[failed, "200 result=6\n"], |s, _| {
        assert!(matches!(s.gosub("c", "e", 1), Err(Error::Failed { command: "GOSUB", .. })));
    });
}

#[test]
fn a_provisional_reply_and_the_reply_in_two_reads() {
    in_pieces(&["100 result=0 Trying...\n\x00200 result=0 Gosub complete\n"], |s, _| {
        assert!(s.run(Gosub::new("c", "e", 1).arguments("x")).unwrap().complete);
    });
}

#[test]
fn refusals_carry_their_code_and_text() {
    let texts = [
        (503, "503 result=-2 Memory allocation failure\n"),
        (510, "510 Invalid or unknown command\n"),
        (520, NO_USAGE),
        (520, USAGE),
        (520, OLD_USAGE),
    ];
    for (should, text) in texts {
        in_pieces(&[text], move |s, _| match s.gosub("c", "e", 1) {
            Err(Error::Refused { command: "GOSUB", code, reply }) => {
                assert_eq!(code, should);
                assert_eq!(reply.as_bytes(), text.trim_end().as_bytes());
            }
            other => panic!("{other:?}"),
        });
    }
}

#[test]
fn usages_follow_each_other() {
    in_pieces(&[USAGE, OLD_USAGE, NO_USAGE, USAGE], |s, _| {
        for _ in 0..4 {
            assert!(matches!(s.noop(), Err(Error::Refused { code: 520, .. })));
        }
    });
}

#[test]
fn a_dead_channel_is_the_hangup() {
    for text in [
        "511 Command Not Permitted on a dead channel\n",
        "511 Command Not Permitted on a dead channel or intercept routine\n",
    ] {
        in_pieces(&[text], |s, asterisk| {
            assert!(matches!(s.answer(), Err(Error::Hangup)));
            assert!(s.is_hung_up());
            let before = asterisk.writes().len();
            assert!(matches!(s.stream_file("f"), Err(Error::Hangup)));
            assert_eq!(asterisk.writes().len(), before, "nothing is sent");
        });
    }
}

/// FastAGI's line: before a reply, behind it, glued to it (Asterisk 1.6.0 lost its line feed), twice;
/// in the same read and in one of its own.
#[test]
fn hangup_lines_are_no_replies() {
    for text in [
        "HANGUP\n200 result=1\n",
        "HANGUP200 result=1\n",
        "HANGUP\n\x00200 result=1\n",
        "HANGUP\nHANGUP\n200 result=1\n",
        "200 result=1\nHANGUP\n",
        "200 result=1\nHANGUP\nHANGUP\n",
    ] {
        in_pieces_after(over_tcp(), &[text, "200 result=0\n"], |s, _| {
            s.verbose("x").unwrap();
            s.noop().unwrap();
            assert!(s.is_hung_up());
            assert!(matches!(s.answer(), Err(Error::Hangup)));
        });
    }
}

/// The line comes in a read of its own, or is torn: it is there at the latest with the next reply.
#[test]
fn a_torn_hangup_line_is_put_together() {
    for text in ["200 result=1\n\0HANGUP\n", "200 result=1\nHAN\0GUP\n", "200 result=1\nHANGUP\0\n"]
    {
        in_pieces_after(over_tcp(), &[text, "200 result=0\n"], |s, _| {
            s.verbose("x").unwrap();
            s.noop().unwrap();
            assert!(s.is_hung_up());
        });
    }
}

#[test]
fn a_hangup_line_behind_a_value_is_not_in_it() {
    for text in [
        "200 result=1 (v)\nHANGUP\n",
        "200 result=1 (v)\n\0HANGUP\n",
        "200 result=1 (v)\nHAN\0GUP\n",
        "HANGUP\n200 result=1 (v)\nHANGUP\n",
    ] {
        in_pieces_after(over_tcp(), &[text], |s, _| {
            assert_eq!(s.get_variable("X").unwrap().unwrap(), "v");
            assert_aligned(s);
            assert!(s.is_hung_up());
        });
    }
}

/// It must not be lost because it came in the read that ended the environment.
#[test]
fn a_hangup_line_behind_the_environment() {
    watched(|| {
        for piece in PIECES {
            let asterisk =
                Asterisk::new(over_tcp() + "HANGUP\n", |_| Some(b"200 result=0\n".to_vec()))
                    .piece(piece);
            let mut session = asterisk.begin().unwrap();
            session.noop().unwrap();
            assert!(session.is_hung_up(), "in pieces of {piece}");
            assert_aligned(&mut session);
        }
    });
}

/// To a process Asterisk sends a signal and never the line: one that comes there was put into an argument.
#[test]
fn a_hangup_line_cannot_be_forged() {
    for environment in [
        ENVIRONMENT.replace("\n\n", "\nagi_arg_2: caller\n\nHANGUP\n\n"),
        ENVIRONMENT.replace("\n\n", "\nagi_arg_2: caller\n\n\0HANGUP\n\n"),
    ] {
        in_pieces_after(environment, &["200 result=0\n", "HANGUP\n200 result=6\n"], |s, _| {
            s.answer().unwrap();
            assert_eq!(s.channel_status().unwrap(), ChannelState::Up);
            assert!(!s.is_hung_up());
        });
    }
}

/// An owed usage that is longer than the bound is passed over, and is not owed any more.
#[test]
fn an_owed_usage_that_is_too_long() {
    in_pieces(&["200 result=1\n", &format!("{USAGE}200 result=0\n"), USAGE], |s, _| {
        s.set_reply_bound(60);
        assert_eq!(s.exec("x", "").unwrap(), 1);
        assert!(matches!(s.noop(), Err(Error::Protocol { fault: Surprise::TooLong, .. })));
        s.set_reply_bound(1 << 20);
        assert!(matches!(s.set_priority("none"), Err(Error::Refused { code: 520, .. })));
    });
}

/// EXEC is EXEC, however it is sent: its usage does not become the next command's.
#[test]
fn an_owed_usage_behind_a_raw_exec() {
    in_pieces(&[&format!("200 result=1\n{USAGE}"), "200 result=1 (right)\n"], |s, _| {
        s.run(Raw::new("exec StatsD").arg("x")).unwrap();
        assert_eq!(s.get_variable("X").unwrap().unwrap(), "right");
    });
}

/// Whose call it is and which command is waited for; nothing that was said.
#[test]
fn what_is_shown_of_a_session() {
    in_pieces(&["200 result=0 endpos=1\n"], |s, _| {
        let shown = format!("{s:?}");
        assert!(shown.starts_with("Session { channel: ") && shown.contains("hung_up: false"));
        let pending = s.start(StreamFile::new("balance-of-1204")).unwrap();
        assert_eq!(format!("{pending:?}"), "Pending { command: \"STREAM FILE\", .. }");
        pending.finish().unwrap();
    });
}

#[test]
fn lines_that_belong_to_nothing_are_passed_over() {
    for stray in
        ["stray\n", "\n\n", "x)\n2000 \n", "600 x\n", "HANGUPS\n", ")\n\n200\n", "\u{ff}: y\n"]
    {
        for text in [
            format!("{stray}200 result=1\n"),
            format!("{stray}\x00200 result=1\n"),
            format!("200 result=1\n{stray}"),
            format!("200 result=1\n\0{stray}"),
            format!("200 result=1\n{stray}\0{stray}"),
        ] {
            in_pieces(&[&text, "200 result=6\n"], |s, _| {
                s.verbose("x").unwrap();
                if !s.is_hung_up() {
                    assert_eq!(s.channel_status().unwrap(), ChannelState::Up);
                }
            });
        }
    }
}

/// The rest of a value that seemed to have ended holds what looks like a reply. That one command may be
/// given it; the line before it is reason enough to ask for an echo, and the next one is right again.
#[test]
fn a_line_that_belongs_to_nothing_is_a_reason_to_ask() {
    let torn = "200 result=1 (a)\n\0b\n200 result=0\n)\n";
    let asterisk = Asterisk::replies([torn, "200 result=1\n"]);
    let mut session = asterisk.begin().unwrap();
    assert_eq!(session.get_variable("X").unwrap().unwrap(), "a");
    session.verbose("x").unwrap();
    assert_aligned(&mut session);
}

/// What the dialplan passed on held two line feeds: the rest of the block comes where replies come.
#[test]
fn an_environment_that_ended_early() {
    watched(|| {
        for rest in ["rest\n\n", "agi_arg_2: x\n\n", "200 result=5\n\n", "\n200 result=1 (x)\n\n"] {
            for block in [
                format!("agi_channel: x\nagi_arg_1: a\n\n{rest}"),
                format!("agi_channel: x\nagi_arg_1: a\nb\n\n{rest}"),
                format!("agi_channel: x\nagi_arg_1: a\nb\n\n\0{rest}"),
                format!("agi_channel: x\nagi_arg_1: a\n\nb\n\0{rest}"),
            ] {
                for piece in PIECES {
                    // Not to be seen: a rest that looks like a reply and comes after the first command.
                    if rest.contains("200") && piece != usize::MAX && !block.contains("a\nb") {
                        continue;
                    }
                    let asterisk = Asterisk::new(&block, |_| Some(b"200 result=6\n".to_vec()));
                    let mut session = asterisk.piece(piece).begin().unwrap();
                    assert_eq!(session.environment().channel(), "x");
                    assert_eq!(session.channel_status().unwrap(), ChannelState::Up);
                    assert_aligned(&mut session);
                }
            }
        }
    });
}

/// An application that returns 1 makes Asterisk send a usage that answers nothing.
#[test]
fn the_usage_behind_exec_is_not_the_next_reply() {
    for usage in [USAGE, OLD_USAGE, NO_USAGE] {
        for gap in ["", "\0"] {
            let exec = format!("200 result=1\n{gap}{usage}");
            in_pieces(&[&exec, "200 result=1\n"], |s, _| {
                assert_eq!(s.exec("StatsD", "x").unwrap(), 1);
                s.verbose("own").unwrap();
            });
            // The next command is refused itself: one usage is EXEC's, the other its own.
            in_pieces(&[&exec, USAGE], |s, _| {
                assert_eq!(s.exec("StatsD", "x").unwrap(), 1);
                assert!(matches!(s.noop(), Err(Error::Refused { command: "NOOP", code: 520, .. })));
            });
            in_pieces(&[&exec, &exec], |s, _| {
                assert_eq!(s.exec("StatsD", "x").unwrap(), 1);
                assert_eq!(s.exec("StatsD", "x").unwrap(), 1);
            });
        }
    }
}

#[test]
fn the_usage_behind_an_exec_that_was_not_waited_for() {
    for gap in ["", "\0"] {
        in_pieces(&[&format!("200 result=1\n{gap}{USAGE}"), "200 result=1\n"], |s, _| {
            drop(s.start(Exec::new("StatsD", "x")).unwrap());
            s.verbose("own").unwrap();
        });
    }
}

#[test]
fn a_reply_that_was_not_waited_for_is_dropped() {
    for sample in samples::ALL {
        let replies = [format!("{}\n", sample.reply), "200 result=1\n".to_owned()];
        in_pieces(&[&replies[0], &replies[1]], move |s, asterisk| {
            (sample.start)(s).unwrap();
            s.verbose("own").unwrap();
            assert_eq!(asterisk.lines().last().unwrap(), "VERBOSE \"own\"");
        });
    }
    in_pieces(&[USAGE, "200 result=1\n"], |s, _| {
        drop(s.start(Noop::new()).unwrap());
        s.verbose("own").unwrap();
    });
}

/// What came before tells of the hangup: the command that needs a live channel is not sent any more.
#[test]
fn a_hangup_learned_from_a_reply_that_nobody_waited_for() {
    in_pieces_after(over_tcp(), &["HANGUP\n200 result=0\n"], |s, asterisk| {
        drop(s.start(Noop::new()).unwrap());
        assert!(matches!(s.answer(), Err(Error::Hangup)));
        assert_eq!(asterisk.lines(), ["NOOP"]);
    });
}

/// A number that is no reply of the command: an error, and the session goes on.
#[test]
fn odd_replies_cost_no_alignment() {
    for text in [
        "200 result=7\n",
        "200 result=\n",
        "200 result=x endpos=y\n",
        "200\n\x00200 \n",
        "200 result=99999999999999999999 endpos=1\n",
        "200 nothing\n",
    ] {
        in_pieces(&[text], |s, _| match s.stream_file("f") {
            Err(Error::Protocol { command: "STREAM FILE", fault: Surprise::Form, .. }) => {}
            other => panic!("{other:?}"),
        });
    }
}

#[test]
fn resync_drops_whatever_is_there() {
    for text in [
        "200 result=1\n200 result=0\n200 result=1 (agikit-0)\n",
        "200 result=1\n\x00510 x\n\0y",
        "200 result=1\n\x00520-Invalid\nusage that never ends\n",
    ] {
        in_pieces(&[text], |s, _| {
            s.verbose("x").unwrap();
            s.resync().unwrap();
            s.resync().unwrap();
        });
    }
    in_pieces(&["200 result=0\n"], |s, _| {
        drop(s.start(agikit::WaitForDigit::new(Duration::from_secs(1))).unwrap());
        s.resync().unwrap();
    });
}
