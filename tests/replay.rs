//! Transcripts against scripts: what matches, what does not, and how that is told.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support;

use std::time::Duration;

use agikit::transcript::{Difference, Exit, Mismatch, Player, Step, Transcript};
use agikit::{Error, GetData, Result, Session};
use support::watched;

const ENVIRONMENT: &str = "< agi_request: test\n< agi_version: 22.10.1\n<\n";

/// A transcript behind an environment of three lines.
fn transcript(lines: &str) -> Transcript {
    format!("{ENVIRONMENT}{lines}").parse().unwrap()
}

fn replay(
    lines: &str,
    script: impl FnOnce(&mut Session) -> Result + Send + 'static,
) -> std::result::Result<(), Mismatch> {
    let transcript = transcript(lines);
    watched(move || transcript.replay(script))
}

#[track_caller]
fn green(lines: &str, script: impl FnOnce(&mut Session) -> Result + Send + 'static) {
    replay(lines, script).unwrap();
}

/// The mismatch without the lines around it.
#[track_caller]
fn red(lines: &str, script: impl FnOnce(&mut Session) -> Result + Send + 'static) -> Mismatch {
    replay(lines, script).unwrap_err()
}

fn greet(agi: &mut Session) -> Result {
    agi.answer()?;
    let data = agi.run(GetData::new("menu").timeout(Duration::from_secs(10)).max_digits(8))?;
    agi.set_variable("DIALED", &data.digits)
}

const GREET: &str = r#"> ANSWER
< 200 result=0
@ +2.500s
! key 1
> GET DATA "menu" 10000 8
< 200 result=1001
> SET VARIABLE "DIALED" "1001"
< 200 result=1
= 0
"#;

#[test]
fn the_same_conversation() {
    green(GREET, greet);
    green(&GREET.replace("\"menu\"", "menu"), greet);
    green(&GREET.replace("\"menu\" 10000", "\"[..]\" [..]"), greet);
    green(&GREET.replace("= 0\n", ""), greet);
    green(&GREET.replace("\"1001\"", "\"0000[..]\"").replace("result=1001", "result=[..]"), greet);
}

#[test]
fn another_line() {
    let mismatch = red(&GREET.replace("menu", "main-menu"), greet);
    assert_eq!(mismatch.line(), 8);
    let is = mismatch.to_string();
    assert_eq!(
        is,
        r#"line 8: the script sent another line
   5   < 200 result=0
   6   @ +2.500s
   7   ! key 1
   8 - > GET DATA "main-menu" 10000 8
     + > GET DATA "menu" 10000 8
   9   < 200 result=1001
  10   > SET VARIABLE "DIALED" "1001"
word 3: expected "main-menu", the script sent "menu""#
    );
    assert_eq!(format!("{mismatch:?}"), is, "a test that returns it shows the same");
}

#[test]
fn a_line_too_many() {
    let mismatch = red("> ANSWER\n< 200 result=0\n= 0\n", |agi| {
        agi.answer()?;
        agi.noop()
    });
    assert_eq!(mismatch.difference(), &Difference::Extra(b"NOOP".to_vec()));
    assert_eq!(
        mismatch.to_string(),
        "line 6: the script sent a line more than the transcript has\n  3   <\n  4   > ANSWER\n  \
         5   < 200 result=0\n    + > NOOP\n  6   = 0"
    );
    let mismatch = red("> ANSWER\n< 200 result=0\n", |agi| {
        agi.answer()?;
        agi.noop()
    });
    assert!(mismatch.to_string().ends_with("5   < 200 result=0\n    + > NOOP"), "{mismatch}");
}

#[test]
fn lines_left_out() {
    let mismatch = red(GREET, |agi| agi.answer());
    assert_eq!((mismatch.line(), mismatch.difference()), (8, &Difference::Missing(2)));
    assert!(
        mismatch.to_string().contains("8 - > GET DATA \"menu\" 10000 8\n   9   <"),
        "{mismatch}"
    );
    let mismatch = red("> ANSWER\n", |_| Ok(()));
    assert_eq!(mismatch.difference(), &Difference::Missing(1));
}

#[test]
fn another_end() {
    let mismatch = red(&GREET.replace("= 0", "= 1"), greet);
    assert_eq!(mismatch.difference(), &Difference::Exit(Exit::Status(0)));
    assert!(mismatch.to_string().ends_with("12 - = 1\n     + = 0"), "{mismatch}");
    let mismatch = red("! closed\n", |_| panic!("as a test does"));
    assert_eq!(mismatch.difference(), &Difference::Exit(Exit::Status(101)));
    assert!(mismatch.to_string().contains("the script panicked: as a test does"), "{mismatch}");
}

/// An error goes to the console, as under `run`.
#[test]
fn errors_of_the_script() {
    let failing = |agi: &mut Session| {
        agi.stream_file("missing")?;
        Ok(())
    };
    let lines = "> STREAM FILE missing \"\"\n< 200 result=-1 endpos=0\n\
         > CHANNEL STATUS\n< 200 result=6\n\
         > VERBOSE \"STREAM FILE failed[..]\" 1\n< 200 result=1\n= 1\n";
    green(lines, failing);
    let mismatch = red(&lines.replace("= 1\n", "= 0\n"), failing);
    assert!(mismatch.to_string().contains("\nthe script: STREAM FILE"), "{mismatch}");
}

#[test]
fn a_reply_that_is_missing() {
    let mismatch = red("> ANSWER\n> NOOP\n< 200 result=0\n", |agi| agi.answer());
    assert_eq!((mismatch.line(), mismatch.difference()), (5, &Difference::NoReply));
    assert!(mismatch.to_string().contains("    + < ?\n  5   > NOOP"), "{mismatch}");
    let without: Transcript = "> ANSWER\n< 200 result=0\n".parse().unwrap();
    let mismatch = without.replay(|agi| agi.answer()).unwrap_err();
    assert_eq!((mismatch.line(), mismatch.difference()), (1, &Difference::NoReply));
    let mismatch = red("> ANSWER\n", |agi| agi.answer());
    assert_eq!((mismatch.line(), mismatch.difference()), (5, &Difference::NoReply));
}

#[test]
fn hangups() {
    let tidy = |agi: &mut Session| {
        let talked = agi.answer().and_then(|()| agi.say_digits("1").map(drop));
        agi.set_variable("ENDED", if agi.is_hung_up() { "hangup" } else { "done" })?;
        talked
    };
    let set = |value| format!("> SET VARIABLE ENDED {value}\n< 200 result=1\n= 0\n");
    let (answer, say) = ("> ANSWER\n< 200 result=0\n", "> SAY DIGITS 1 \"\"\n");
    green(&format!("! hangup\n{}", set("hangup")), tidy);
    green(&format!("{answer}! hangup\n{}", set("hangup")), tidy);
    green(&format!("{answer}{say}! hangup\n< 200 result=-1\n{}", set("hangup")), tidy);
    green(&format!("{answer}{say}< 200 result=-1\n! hangup\n{}", set("hangup")), tidy);
    let asked = "< 200 result=-1\n> CHANNEL STATUS\n< 511 result=-1 dead\n! hangup\n";
    green(&format!("{answer}{say}{asked}{}", set("hangup")), tidy);
    // Recorded beside the script: the signal was seen before the line that was sent without knowing of it.
    let asked = "< 200 result=-1\n! hangup\n@ +0.001s\n> CHANNEL STATUS\n< 511 result=-1 dead\n";
    green(&format!("{answer}{say}{asked}{}", set("hangup")), tidy);
    green(&format!("{answer}{say}< 200 result=0\n! hangup\n{}", set("hangup")), tidy);
    green(&format!("{answer}{say}< 200 result=0\n{}", set("done")), tidy);
    green(&format!("{answer}! wait 0.010s\n! hangup\n{}", set("hangup")), tidy);
    // Before the environment.
    let text = format!("! hangup\n{ENVIRONMENT}{}", set("hangup"));
    text.parse::<Transcript>().unwrap().replay(tidy).unwrap();
}

#[test]
fn a_script_that_waits_for_the_hangup() {
    green("> ANSWER\n< 200 result=0\n! wait 0.020s\n! hangup\n", |agi| {
        agi.answer()?;
        assert!(agi.hangup_flag().wait(Some(Duration::from_secs(20))).unwrap());
        Ok(())
    });
}

#[test]
fn the_closed_side() {
    let tidy = |agi: &mut Session| {
        let answered = agi.answer();
        let _ = agi.set_variable("A", "1");
        answered
    };
    green("> ANSWER\n! closed\n= 0\n", tidy);
    green("> ANSWER\n< 200 result=0\n! hangup\n! closed\n= 0\n", tidy);
    green("> ANSWER\n< 200 result=0\n! closed\n", tidy);
}

#[test]
fn replies_of_all_forms() {
    green(
        "> GOSUB a b c\n< 100 result=0 Trying...\n< 200 result=0 Gosub complete\n\
         > OWN \"x\"\n< 520-Invalid command syntax.  Proper usage follows:\n< Usage: OWN\n\
         < 520 End of proper usage.\n> NOOP\n# a comment\n\n< 200 result=0\n",
        |agi| {
            assert!(agi.gosub("a", "b", "c").unwrap().complete);
            let refused = agi.run(agikit::Raw::new("OWN").arg("x"));
            assert!(matches!(refused, Err(Error::Refused { code: 520, .. })), "{refused:?}");
            agi.noop()
        },
    );
}

/// The question for a value's end replays; with another environment its number is another.
#[test]
fn echoes() {
    let script = |agi: &mut Session| {
        let value = agi.get_variable("PAGE")?.unwrap();
        assert_eq!(value, "two\n200 result=0\nlines)");
        agi.noop()
    };
    let lines = "> GET VARIABLE PAGE\n< 200 result=1 (two\n< 200 result=0\n< lines))\n\
         > GET FULL VARIABLE \"agikit-0123456789abcdef-1\"\n\
         < 200 result=1 (agikit-0123456789abcdef-1)\n> NOOP\n< 200 result=0\n";
    green(lines, script);
    green(&lines.replace("0123456789abcdef-1", "[..]"), script);
}

/// Two lines of Asterisk's are one read, unless time passed between them.
#[test]
fn a_line_that_came_later() {
    let script = |agi: &mut Session| {
        assert_eq!(agi.get_variable("A")?.unwrap(), "x");
        agi.noop()
    };
    let noop = "> NOOP\n< 200 result=0\n";
    green(&format!("> GET VARIABLE A\n< 200 result=1 (x)\n@ +0.001s\n< stray\n{noop}"), script);
    let echo = "> GET FULL VARIABLE agikit-1\n< 200 result=1 (agikit-1)\n";
    red(&format!("> GET VARIABLE A\n< 200 result=1 (x)\n< stray\n{noop}"), |agi| {
        let _ = agi.get_variable("A");
        Ok(())
    });
    let whole = format!("> GET VARIABLE A\n< 200 result=1 (x)\n< stray)\n{echo}{noop}");
    green(&whole, |agi| {
        assert_eq!(agi.get_variable("A")?.unwrap(), "x)\nstray");
        agi.noop()
    });
}

#[test]
fn steps() {
    let text =
        "! hangup\n< a\n# comment\n< b\n@ +0.100s\n< c\n! audio x.wav\n> X\n! wait 1s\n! closed\n";
    let transcript: Transcript = text.parse().unwrap();
    let steps = |player: &mut Player| {
        let mut steps = Vec::new();
        loop {
            match player.step() {
                Step::Script => player.sent(b"X").unwrap(),
                Step::End => return steps,
                step => steps.push(step),
            }
        }
    };
    let send = |bytes: &str| Step::Send(bytes.as_bytes().to_vec());
    let mut all = vec![
        Step::Hangup,
        send("a\nb\n"),
        send("c\n"),
        Step::Audio("x.wav".into()),
        Step::Wait(Duration::from_secs(1)),
        Step::Close,
    ];
    assert_eq!(steps(&mut Player::new(&transcript)), all);
    all.insert(2, Step::Wait(Duration::from_millis(100)));
    assert_eq!(steps(&mut Player::new(&transcript).timed(true)), all);
}
