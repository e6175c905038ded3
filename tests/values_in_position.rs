//! Values of any bytes and any length come out as they went in, and the next reply is the next
//! command's: every case with reads of 1, 2, 3, 7 and 100 bytes, and whole.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support;

use std::time::Duration;

use agikit::command::{GetVariable, Raw};
use agikit::{Error, Session, Surprise, Value};
use support::{Asterisk, PIECES, assert_aligned, watched};

/// How far a value may go in one piece: what a pipe or TCP passes on at once.
const ONE_PIECE: usize = 1400;

type Reader = fn(&mut Session) -> agikit::Result<Option<Value>>;

/// The commands whose reply is a value in parentheses.
const READERS: [Reader; 5] = [
    |s| s.get_variable("X"),
    |s| s.get_full_variable("${X}"),
    |s| s.database_get("f", "k"),
    |s| s.receive_text(Duration::from_secs(1)),
    |s| {
        let reply = s.run(Raw::new("GET VARIABLE").arg("X"))?;
        assert_eq!(reply.as_value().as_bytes(), reply.fields().all().as_bytes());
        Ok(reply.fields().value().map(|text| text.to_value()))
    },
];

/// One read ends where the reply might, but does not. Up to [`ONE_PIECE`] no reply comes so; the session
/// could not tell it from a whole one.
fn ends_falsely(reply: &[u8], piece: usize) -> bool {
    (1..reply.len()).take(ONE_PIECE).any(|end| end % piece == 0 && reply[..end].ends_with(b")\n"))
}

#[track_caller]
fn comes_out(value: &[u8]) {
    let value = value.to_vec();
    watched(move || {
        let reply = [b"200 result=1 (", &value[..], b")\n"].concat();
        for piece in PIECES.into_iter().filter(|&piece| !ends_falsely(&reply, piece)) {
            for read in READERS {
                let asterisk = Asterisk::replies([&reply[..], b"200 result=1\n"]).piece(piece);
                let mut session = asterisk.begin().unwrap();
                let out = read(&mut session).unwrap().unwrap();
                assert!(out == value[..], "{out:?} in pieces of {piece}");
                session.verbose("own").unwrap();
                assert_aligned(&mut session);
                assert!(!session.is_hung_up());
            }
        }
    });
}

#[test]
fn any_byte() {
    for byte in 1..=255 {
        comes_out(&[byte]);
        comes_out(&[b'a', byte, b'b']);
    }
    comes_out(&(1..=255).collect::<Vec<u8>>());
    comes_out("caf\u{e9} \u{1f600}".as_bytes());
    comes_out(b"caf\xe9");
}

#[test]
fn parentheses_and_line_feeds_anywhere() {
    for value in [
        "",
        ")",
        "(",
        "()",
        "a)",
        "a)b",
        "(a) (b)",
        "\n",
        "\n\n",
        "a\nb",
        "a\nb\n",
        "\na",
        ")\n",
        "a)\n",
        "a)\nb",
        ")\n)\n)",
        "a\n)",
        "a\n)\n",
        "uid=0(root) gid=0(root)\n",
        " ",
        " a ",
        "\r\n",
    ] {
        comes_out(value.as_bytes());
    }
}

#[test]
fn what_looks_like_a_reply() {
    for value in [
        "a)\n200 result=0",
        "a)\n200 result=1 (b",
        "a)\n200 result=1 (b)\n200 result=0\n",
        "a)\n510 Invalid or unknown command",
        "a)\n511 Command Not Permitted on a dead channel or intercept routine",
        "a)\n520-Invalid command syntax.  Proper usage follows:",
        "a)\n520 End of proper usage.",
        "a)\n100 result=0 Trying...",
        "a)\nHANGUP",
        "a)\nHANGUP\n",
        "a\nHANGUP\nb",
        "HANGUP\n",
        "speech) endpos=0 results=0 \nb",
        "speech) a",
        "speech) a\nb",
        "speech) a)\nb",
        "timeout) endpos=0",
        "a)\n200 result=1 (agikit-0000000000000000-1",
        "agikit-0000000000000000-1",
    ] {
        comes_out(value.as_bytes());
    }
}

#[test]
fn any_length() {
    let around = b"200 result=1 ()\n".len();
    for reply in [1399, 1400, 1401, 2047, 4095, 4096, 4097, 8192, 70_000] {
        let length = reply - around;
        comes_out(&vec![b'x'; length]);
        comes_out(&vec![b')'; length]);
        comes_out(&b"line )\n".repeat(length / 7 + 1)[..length]);
        comes_out(&b"200 result=0\n".repeat(length / 13 + 1)[..length]);
    }
}

/// A long value may come in pieces that end like a whole one: then Asterisk is asked for an echo.
#[test]
fn a_long_value_in_pieces_that_look_whole() {
    let start = format!("{})\n", "x".repeat(1400));
    for rest in ["b", "200 result=0", "200 result=1 (b"] {
        let reply = format!("200 result=1 ({start}\0{rest})\n");
        let asterisk = Asterisk::replies([&reply[..], "200 result=1\n"]);
        let mut session = asterisk.begin().unwrap();
        let value = session.get_variable("X").unwrap().unwrap();
        assert!(value == *format!("{start}{rest}").as_bytes());
        session.verbose("own").unwrap();
        assert_aligned(&mut session);
    }
}

/// The one case that no session can see (its documentation says so): a short value in pieces, of which
/// the first ends like a whole one. `resync` mends it.
#[test]
fn resync_mends_what_cannot_be_seen() {
    let asterisk = Asterisk::replies(["200 result=1 (a)\n\x00200 result=0)\n", "200 result=1\n"]);
    let mut session = asterisk.begin().unwrap();
    assert_eq!(session.get_variable("X").unwrap().unwrap(), "a");
    session.resync().unwrap();
    session.verbose("own").unwrap();
    assert_aligned(&mut session);
}

#[test]
fn digits_are_kept_as_dialled() {
    watched(|| {
        for piece in PIECES {
            for digits in
                ["", "0", "007", "0012", "*", "#", "*#", "12#4", "ABCD", "99999999999999999999999"]
            {
                for (ending, timed_out) in [("", false), (" (timeout)", true)] {
                    let reply = format!("200 result={digits}{ending}\n");
                    let asterisk = Asterisk::replies([reply.as_str()]).piece(piece);
                    let mut session = asterisk.begin().unwrap();
                    let data = session.get_data("f").unwrap();
                    assert_eq!((&data.digits, data.timed_out), (&digits.into(), timed_out));
                    assert_aligned(&mut session);
                }
            }
        }
    });
}

/// Just within the bound: the value. Just past it: an error that says so, in one piece or many lines.
/// A value for which an echo was asked shares the bound with it.
#[test]
fn the_bound_is_exact() {
    const ECHO: usize = 64;
    watched(|| {
        for bound in [100, 5000, 1 << 20] {
            for piece in PIECES.into_iter().filter(|&piece| bound < 10_000 || piece > 50) {
                for line in [1 << 21, 60] {
                    let value = |reply: usize| -> Vec<u8> {
                        (14..reply - 1)
                            .map(|i| if i % line == line - 1 { b'\n' } else { b'x' })
                            .collect()
                    };
                    // Without its line feed.
                    let reply = |length| [b"200 result=1 (", &value(length)[..], b")\n"].concat();
                    let most = if bound > ONE_PIECE || line < bound { bound - ECHO } else { bound };
                    let replies = [reply(most), reply(bound + 1), b"200 result=1\n".to_vec()];
                    let asterisk = Asterisk::replies(replies).piece(piece);
                    let mut session = asterisk.begin().unwrap();
                    session.set_reply_bound(bound);
                    let within = session.get_variable("X").unwrap().unwrap();
                    assert!(within == value(most)[..], "{bound} {piece} {line}");
                    match session.get_variable("X") {
                        Err(Error::Protocol { command, fault: Surprise::TooLong, reply }) => {
                            assert_eq!(command, "GET VARIABLE");
                            assert!(reply.as_bytes().starts_with(b"200 result=1 (xxx"));
                        }
                        other => panic!("{bound} {piece} {line}: {other:?}"),
                    }
                    session.verbose("own").unwrap();
                    assert_aligned(&mut session);
                }
            }
        }
    });
}

#[test]
fn a_usage_or_strays_past_the_bound() {
    let usage = format!("520-Invalid\n{}520 End of proper usage.\n", "a line\n".repeat(100));
    for reply in [usage, "stray\n".repeat(100), "100 x\n".repeat(100), "x".repeat(1000)] {
        watched(move || {
            for piece in PIECES {
                let asterisk = Asterisk::replies([&reply[..], "200 result=1\n"]).piece(piece);
                let mut session = asterisk.begin().unwrap();
                session.set_reply_bound(200);
                match session.noop() {
                    Err(Error::Protocol { command: "NOOP", fault: Surprise::TooLong, .. }) => {}
                    other => panic!("{other:?}"),
                }
                session.verbose("own").unwrap();
                assert_aligned(&mut session);
            }
        });
    }
}

/// What nobody waits for is dropped, however long: the next command is sent all the same.
#[test]
fn a_long_reply_that_was_not_waited_for() {
    let long = format!("200 result=1 ({})\n", "x".repeat(500));
    watched(move || {
        for piece in PIECES {
            let asterisk = Asterisk::replies([&long[..], "200 result=1\n"]).piece(piece);
            let mut session = asterisk.begin().unwrap();
            session.set_reply_bound(200);
            drop(session.start(GetVariable::new("X")).unwrap());
            session.verbose("own").unwrap();
            assert_aligned(&mut session);
        }
    });
}
