//! What an argument of the dialplan or a value could forge, where only the moment of its arrival tells.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;

use agikit::{Error, GetVariable, Hangup, Session, StreamFile, Surprise};
use support::pipes::Pipes;
use support::{Asterisk, ENVIRONMENT, assert_aligned, over_tcp, watched};

/// A block of `length` bytes up to the two line feeds in its last argument, and what is forged behind them.
fn block(length: usize, forged: &str) -> String {
    let start = ENVIRONMENT.trim_end().to_owned() + "\nagi_arg_2: ";
    let filler = "x".repeat(length - start.len() - 2);
    format!("{start}{filler}\n\n{forged}\n\n")
}

/// Answers each command as Asterisk would, until the session is closed.
fn answer(asterisk: UnixStream) {
    let mut commands = BufReader::new(asterisk.try_clone().unwrap());
    let mut line = String::new();
    while commands.read_line(&mut line).unwrap() > 0 {
        let reply = match line.trim_end().strip_prefix("GET FULL VARIABLE \"") {
            Some(echo) => format!("200 result=1 ({})\n", echo.trim_end_matches('"')),
            None if line.starts_with("GET DATA") => "200 result=42\n".into(),
            None => "200 result=0\n".into(),
        };
        (&asterisk).write_all(reply.as_bytes()).unwrap();
        line.clear();
    }
}

/// The block is there before the script starts; its forged replies may begin just where a read ends.
#[test]
fn replies_behind_the_environment_are_not_taken() {
    watched(|| {
        let reads = [ENVIRONMENT.len() + 20, 4000, 4095, 4096, 4097, 8192, 12_288];
        for length in reads {
            let (script, mut asterisk) = UnixStream::pair().unwrap();
            let forged = "200 result=0\n200 result=1001\n200 result=1001";
            asterisk.write_all(block(length, forged).as_bytes()).unwrap();
            let answers = std::thread::spawn(move || answer(asterisk));
            let mut session = Session::begin(script, Hangup::new()).unwrap();
            session.answer().unwrap();
            assert_eq!(session.get_data("x").unwrap().digits, "42", "{length}");
            session.answer().unwrap();
            drop(session);
            answers.join().unwrap();
        }
    });
}

/// An honest block costs no echo, also when it ends where a read does.
#[test]
fn an_honest_environment_is_believed() {
    watched(|| {
        for length in [600, 4095, 4096] {
            let (script, mut asterisk) = UnixStream::pair().unwrap();
            asterisk.write_all(&block(length, "").as_bytes()[..length]).unwrap();
            let mut session = Session::begin(script, Hangup::new()).unwrap();
            asterisk.write_all(b"200 result=0\n").unwrap();
            session.noop().unwrap();
            drop(session);
            let mut sent = String::new();
            asterisk.read_to_string(&mut sent).unwrap();
            assert_eq!(sent, "NOOP\n", "{length}");
        }
    });
}

/// A pipe that is closed behind the block holds nothing more: no echo is asked for.
#[test]
fn a_closed_pipe_is_no_doubt() {
    watched(|| {
        let (near_from, mut to) = std::io::pipe().unwrap();
        let (mut from, near_to) = std::io::pipe().unwrap();
        to.write_all(ENVIRONMENT.as_bytes()).unwrap();
        drop(to);
        let mut session = Session::begin(Pipes(near_from, near_to), Hangup::new()).unwrap();
        assert!(matches!(session.noop(), Err(Error::Hangup)));
        drop(session);
        let mut sent = String::new();
        from.read_to_string(&mut sent).unwrap();
        assert_eq!(sent, "NOOP\n");
    });
}

/// Replies behind the block and nobody who answers: a recording was piped in. Without replies it is a hangup, also
/// where the block itself is in doubt.
#[test]
fn a_recording_is_told_from_a_hangup() {
    watched(|| {
        let recorded = format!("{ENVIRONMENT}200 result=0\n");
        let mut session = Asterisk::new(&recorded, |_| None).cut(recorded.len()).begin().unwrap();
        let seen = session.noop();
        let is_told = matches!(seen, Err(Error::Protocol { fault: Surprise::Recorded, .. }));
        assert!(is_told, "{seen:?}");

        let folded = ENVIRONMENT.trim_end().to_owned() + "\nagi_arg_2: one\ntwo\n\n";
        let mut session = Asterisk::new(&folded, |_| None).cut(folded.len()).begin().unwrap();
        let seen = session.noop();
        assert!(matches!(seen, Err(Error::Hangup)), "{seen:?}");
    });
}

/// Over TCP a value may come in pieces of some hundred bytes.
#[test]
fn a_segment_that_ends_like_a_value_is_not_one() {
    watched(|| {
        for length in [501, 536, 1220, 1360, 1448] {
            let first = format!("200 result=1 ({})\n", "v".repeat(length - 16));
            assert_eq!(first.len(), length);
            let reply = format!("{first}\x00200 result=77\nrest)\n");
            let asterisk = Asterisk::replies_after(over_tcp(), [&reply[..], "200 result=49\n"]);
            let mut session = asterisk.begin().unwrap();
            let value = session.get_variable("X").unwrap().unwrap();
            assert!(value.as_bytes().ends_with(b")\n200 result=77\nrest"), "{length}");
            let digit = session.wait_for_digit(std::time::Duration::ZERO).unwrap().digit();
            assert_eq!(digit, Some('1'));
        }
    });
}

#[test]
fn any_number_of_hangup_lines_is_no_part_of_a_value() {
    watched(|| {
        // Old Asterisks' has no line feed: the echo's reply follows at once.
        for hangups in ["HANGUP\n", "HANGUP\nHANGUP\n", "HANGUP\nHANGUP\nHANGUP\n", "HANGUP"] {
            let reply = format!("200 result=1 (a\nHANGUP\nb)\n{hangups}");
            let mut session = Asterisk::replies_after(over_tcp(), [reply]).begin().unwrap();
            assert_eq!(session.get_variable("X").unwrap().unwrap(), "a\nHANGUP\nb");
            assert!(session.is_hung_up());
            assert_aligned(&mut session);
        }
    });
}

/// The next command has its own reply.
fn presses_one(session: &mut Session) {
    let digit = session.wait_for_digit(std::time::Duration::ZERO).unwrap().digit();
    assert_eq!(digit, Some('1'));
}

/// Only over TCP does Asterisk write that line; to a process it is text like any other.
#[test]
fn hangup_lines_mean_nothing_to_a_process() {
    watched(|| {
        let asterisk = Asterisk::replies(["200 result=1 (a)\nHANGUP\n\x00b)\n", "200 result=49\n"]);
        let mut session = asterisk.begin().unwrap();
        assert_eq!(session.get_variable("X").unwrap().unwrap(), "a)\nHANGUP\nb");
        presses_one(&mut session);
        assert!(!session.is_hung_up());

        let forged = format!("{ENVIRONMENT}HANGUP\n");
        let mut session = Asterisk::replies_after(forged, ["200 result=49\n"]).begin().unwrap();
        presses_one(&mut session);
        assert!(!session.is_hung_up());
    });
}

/// Nor is any other line of that length one, over TCP: behind a value it may be the value's own, behind the
/// environment an argument's.
#[test]
fn only_hangup_lines_stand_for_themselves() {
    watched(|| {
        for line in ["200 re\n", "hangup\n", "HANGUP?", "\n200 r\n"] {
            let reply = format!("200 result=1 (a)\n{line}\x00b)\n");
            let asterisk = Asterisk::replies_after(over_tcp(), [&reply[..], "200 result=49\n"]);
            let mut session = asterisk.begin().unwrap();
            let value = session.get_variable("X").unwrap().unwrap();
            assert_eq!(value, format!("a)\n{line}b").as_str());
            presses_one(&mut session);
            assert!(!session.is_hung_up());
        }
        let forged = over_tcp() + "200 result=0\n200 result=1001\n";
        let asterisk = Asterisk::replies_after(forged, ["200 result=0\n", "200 result=49\n"]);
        let mut session = asterisk.begin().unwrap();
        session.answer().unwrap();
        presses_one(&mut session);
    });
}

/// What came before a command was sent is not its reply: a second reply of the command before, or HANGUP in a process.
#[test]
fn what_was_there_before_a_command_is_not_its_reply() {
    watched(|| {
        for environment in [ENVIRONMENT.to_owned(), over_tcp()] {
            let replies = ["200 result=0\n200 result=50\n", "200 result=49\n"];
            let asterisk = Asterisk::replies_after(&environment, replies);
            let mut session = asterisk.begin().unwrap();
            session.noop().unwrap();
            presses_one(&mut session);
            assert_eq!(asterisk.lines(), ["NOOP", "WAIT FOR DIGIT 0"]);
        }
        let asterisk =
            Asterisk::replies(["200 result=0\nHANGUP\n", "200 result=49\n", "200 result=49\n"]);
        let mut session = asterisk.begin().unwrap();
        session.noop().unwrap();
        presses_one(&mut session);
        presses_one(&mut session);
        assert_eq!(asterisk.lines().len(), 3, "{:?}", asterisk.lines());
    });
}

/// A line that answers nothing, an empty one too, is reason enough to ask for an echo before the next command. What
/// is left of an old HANGUP line is none.
#[test]
fn a_line_too_many_is_followed_by_an_echo() {
    watched(|| {
        let cases = [
            (ENVIRONMENT.to_owned(), "\n200 result=0\n", true),
            (over_tcp(), "\n200 result=0\n", true),
            (over_tcp(), "HANGUPrest\n200 result=0\n", true),
            (over_tcp(), "HANGUP\n200 result=0\n", false),
        ];
        for (environment, reply, asks) in cases {
            let asterisk = Asterisk::replies_after(environment, [reply, "200 result=0\n"]);
            let mut session = asterisk.begin().unwrap();
            session.noop().unwrap();
            session.noop().unwrap();
            let echoes = asterisk.lines().iter().filter(|it| it.contains("agikit-")).count();
            assert_eq!(echoes, usize::from(asks), "{reply:?}: {:?}", asterisk.lines());
        }
    });
}

/// An echo that comes late is not taken for a later one's.
#[test]
fn no_two_echoes_are_alike() {
    watched(|| {
        let asterisk = Asterisk::replies::<&str>([]);
        let mut session = asterisk.begin().unwrap();
        session.resync().unwrap();
        session.resync().unwrap();
        let lines = asterisk.lines();
        assert_eq!(lines.len(), 2);
        assert_ne!(lines[0], lines[1]);
    });
}

/// The bound is for all that comes before the reply, and is exact.
#[test]
fn what_answers_nothing_is_bounded_exactly() {
    watched(|| {
        for (bound, is_taken) in [(20, true), (19, false)] {
            let reply = format!("{}\n200 result=0\n", "x".repeat(19));
            let mut session = Asterisk::replies([reply]).begin().unwrap();
            session.set_reply_bound(bound);
            assert_eq!(session.noop().is_ok(), is_taken, "{bound}");
            session.set_reply_bound(1 << 20);
            assert_aligned(&mut session);
        }
    });
}

/// A value that ends like none is told as odd, and nobody has hung up.
#[test]
fn a_value_without_its_end_is_no_hangup() {
    watched(|| {
        let asterisk = Asterisk::replies_after(over_tcp(), ["200 result=1 (v\nodd ones\n"]);
        let mut session = asterisk.begin().unwrap();
        let seen = session.get_variable("X");
        assert!(matches!(seen, Err(Error::Protocol { fault: Surprise::Form, .. })), "{seen:?}");
        assert!(!session.is_hung_up());
        assert_aligned(&mut session);
    });
}

/// Lines that answer nothing are bounded, empty ones too.
#[test]
fn empty_lines_have_an_end() {
    watched(|| {
        let flood = "\n".repeat(3 << 20) + "200 result=0\n";
        let mut session = Asterisk::replies([&flood[..], "200 result=0\n"]).begin().unwrap();
        let seen = session.noop();
        let refused = matches!(seen, Err(Error::Protocol { fault: Surprise::TooLong, .. }));
        assert!(refused, "{seen:?}");
        assert_aligned(&mut session);
    });
}

/// A reply that nobody waited for tells of the hangup as any other.
#[test]
fn a_hangup_learned_from_a_dropped_command() {
    let asterisk = Asterisk::replies(["511 Command Not Permitted on a dead channel\n"]);
    let mut session = asterisk.begin().unwrap();
    drop(session.start(StreamFile::new("x")).unwrap());
    assert!(matches!(session.answer(), Err(Error::Hangup)));
    assert!(session.is_hung_up());
    assert_eq!(asterisk.lines().len(), 1, "ANSWER was sent");
}

/// A value that nobody waited for is no hangup, whatever it holds; Asterisk's own line is one, also glued to a reply
/// as old Asterisks send it.
#[test]
fn a_hangup_among_what_is_dropped_is_asterisks_own() {
    watched(|| {
        let mut agi =
            Asterisk::replies_after(over_tcp(), ["200 result=1 (a\nHANGUP\nb)\n"]).begin().unwrap();
        drop(agi.start(GetVariable::new("VALUE")).unwrap());
        agi.resync().unwrap();
        assert!(!agi.is_hung_up());

        for before in ["HANGUP\n", "HANGUP", "HANGUP200 result=-1 endpos=0\n"] {
            let mut agi = Asterisk::replies_after(over_tcp(), [before]).begin().unwrap();
            let stopped = agi.start(StreamFile::new("long")).unwrap().interrupt();
            assert!(matches!(stopped, Err(Error::Hangup)), "{before:?}: {stopped:?}");
            assert!(agi.is_hung_up());
        }
    });
}
