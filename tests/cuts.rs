//! Asterisk's side ends in the middle, after every single byte; and the caller hangs up before every
//! command. The session ends in order: never another value, never a hang. All of it as a process, and over TCP.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support;

use std::collections::VecDeque;
use std::time::Duration;

use agikit::{Error, GetData, GetVariable, Hangup, RecordFile, Result, Session};
use support::captures::{self, play_by, shown};
use support::tcp::Way;
use support::{Asterisk, ENVIRONMENT, assert_aligned, over_tcp, samples, watched};

/// Plays something that is cut after every byte that it is sent. `run` gives what each command came to.
fn cut_everywhere(run: impl Fn(&dyn Fn(Asterisk) -> Asterisk) -> (Asterisk, Option<Vec<String>>)) {
    let (asterisk, whole) = run(&|asterisk| asterisk);
    let (all, whole) = (asterisk.given().len(), whole.unwrap());
    assert!(all > 500 && whole.len() > 5);
    let mut begun = 0;
    for cut in 0..all {
        for breaks in [false, true] {
            let (_, results) = run(&|asterisk| asterisk.cut(cut).breaks(breaks));
            let Some(results) = results else { continue };
            begun += 1;
            assert_eq!(results.len(), whole.len());
            let same = results.iter().zip(&whole).take_while(|(is, should)| is == should).count();
            assert!(
                results[same..]
                    .iter()
                    .zip(&whole[same..])
                    .all(|(is, should)| is == "Hangup" || is == should),
                "cut after {cut}: {:?} and not {:?}",
                results[same],
                whole[same],
            );
            // What is missing is missing to the end: no later command is answered.
            assert!(
                results[same..].iter().all(|is| is == "Hangup"),
                "cut after {cut}: {results:?}"
            );
            assert!(same < whole.len(), "cut after {cut} of {all}: nothing is missing");
        }
    }
    assert!(begun > 300, "the environment was cut only");
}

/// Asterisk 16's recordings differ from these in a channel's name only.
fn recording_cut_after_every_byte(way: Way, wanted: &str) {
    let (_, capture) = captures::all().into_iter().find(|(name, _)| *name == wanted).unwrap();
    watched(move || {
        cut_everywhere(|set| {
            let mut kept = None;
            let results = play_by(way, &capture, |asterisk| {
                let asterisk = set(asterisk);
                kept = Some(asterisk.clone());
                asterisk
            });
            (kept.unwrap(), results)
        });
    });
}

#[test]
fn a_recorded_call_cut_after_every_byte() {
    recording_cut_after_every_byte(Way::Memory, "commands-live-22");
}

#[test]
fn a_recorded_call_cut_after_every_byte_over_tcp() {
    recording_cut_after_every_byte(Way::Tcp, "commands-live-22");
}

#[test]
fn a_recorded_session_after_hangup_cut_after_every_byte() {
    recording_cut_after_every_byte(Way::Memory, "commands-dead-22");
}

#[test]
fn a_recorded_session_after_hangup_cut_after_every_byte_over_tcp() {
    recording_cut_after_every_byte(Way::Tcp, "commands-dead-22");
}

/// A call with all that makes a session ask back: failures, values of several lines, a long value, GOSUB.
fn odd_call(session: &mut Session) -> Vec<String> {
    fn show<T: std::fmt::Debug>(result: Result<T>) -> String {
        shown(result.map(|value| format!("{value:?}")))
    }
    vec![
        show(session.answer()),
        show(session.run(GetData::new("enter").timeout(Duration::from_secs(5)).max_digits(8))),
        show(session.stream_file("missing")),
        show(session.get_variable("LINES")),
        show(session.database_get("account", "0042")),
        show(session.gosub("routines", "s", 1)),
        show(session.exec("StatsD", "x")),
        show(session.get_option("menu", "12")),
        show(session.get_full_variable("${LONG}")),
        show(session.start(GetVariable::new("X")).map(drop)),
        show(session.run(RecordFile::new("f", "wav", "#", Duration::from_secs(9)).beep(true))),
        show(session.set_variable("RESULT", "done")),
        show(session.hangup()),
    ]
}

fn odd_replies() -> VecDeque<String> {
    [
        "200 result=0\n",
        "200 result=0042 (timeout)\n",
        "200 result=-1 endpos=0\n",
        "200 result=6\n", // CHANNEL STATUS
        "200 result=1 (two\nlines\n)\n",
        "200 result=1 (a (b)\n",
        "100 result=0 Trying...\n\x00200 result=0 Gosub complete\n",
        "200 result=1\n520-Invalid\nusage\n520 End of proper usage.\n",
        "200 result=0 endpos=800\n",
        "200 result=6\n", // CHANNEL STATUS
        &format!("200 result=1 ({})\n", "long ".repeat(300)),
        "200 result=1 (dropped)\n",
        "200 result=35 (dtmf) endpos=8000\n",
        "200 result=1\n",
        "200 result=1\n",
    ]
    .map(str::to_owned)
    .into()
}

#[test]
fn a_call_of_oddities_cut_after_every_byte() {
    oddities_cut_after_every_byte(Way::Memory);
}

#[test]
fn a_call_of_oddities_cut_after_every_byte_over_tcp() {
    oddities_cut_after_every_byte(Way::Tcp);
}

fn oddities_cut_after_every_byte(way: Way) {
    watched(move || {
        cut_everywhere(|set| {
            let mut replies = odd_replies();
            let answer = move |_: &[u8]| replies.pop_front().map(String::into_bytes);
            let asterisk = set(Asterisk::new(way.environment(ENVIRONMENT), answer));
            let results = match way.begin(&asterisk).0 {
                Ok(mut session) => {
                    let mut results = odd_call(&mut session);
                    // Sending succeeds when the end is not known yet, so it says nothing.
                    results.remove(9);
                    Some(results)
                }
                Err(error) => {
                    assert!(matches!(error, Error::Protocol { .. }), "{error:?}");
                    None
                }
            };
            (asterisk, results)
        });
    });
}

/// From then on the commands that Asterisk runs after a hangup work, and of the others no byte is sent.
#[test]
fn the_caller_hangs_up_before_every_command() {
    hangs_up_before_every_command(Way::Memory);
}

#[test]
fn the_caller_hangs_up_before_every_command_over_tcp() {
    hangs_up_before_every_command(Way::Tcp);
}

fn hangs_up_before_every_command(way: Way) {
    watched(move || {
        for index in 0..samples::ALL.len() {
            let asterisk = Asterisk::new(way.environment(ENVIRONMENT), |line: &[u8]| {
                let command = captures::command_of(line);
                Some(format!("{}\n", samples::sample(command).reply).into_bytes())
            });
            let (session, call) = way.begin(&asterisk);
            let (mut session, mut sent) = (session.unwrap(), 0);
            for (number, sample) in samples::ALL.iter().enumerate() {
                if number == index {
                    call.hang_up();
                }
                match (sample.run)(&mut session) {
                    Ok(()) => sent += 1,
                    Err(Error::Hangup) => {
                        assert!(number >= index && !sample.dead(), "{}", sample.words)
                    }
                    Err(other) => panic!("{}: {other:?}", sample.words),
                }
                assert_eq!(asterisk.writes().len(), sent, "{}", sample.words);
            }
            let dead = samples::ALL[index..].iter().filter(|sample| sample.dead()).count();
            assert_eq!(sent, index + dead);
            assert_aligned(&mut session);
        }
    });
}

/// The caller hangs up while a command runs: it answers -1, or what a timeout is answered too, and the
/// channel is dead. That is a hangup, and neither a failure nor an answer.
#[test]
fn the_caller_hangs_up_within_a_command() {
    for (words, reply) in [
        ("ANSWER", "200 result=-1"),
        ("CONTROL STREAM FILE", "200 result=-1 endpos=1500"),
        ("GET DATA", "200 result=-1"),
        ("GET OPTION", "200 result=-1 endpos=800"),
        ("GET OPTION", "200 result=0 endpos=7360"),
        ("GOSUB", "100 result=0 Trying...\n200 result=0 Gosub complete (abnormal exit)"),
        ("RECEIVE CHAR", "200 result=-1 (hangup)"),
        ("RECEIVE TEXT", "200 result=-1"),
        ("SAY NUMBER", "200 result=-1"),
        ("SEND TEXT", "200 result=-1"),
        ("SPEECH RECOGNIZE", "200 result=1 (hangup) endpos=0"),
        ("STREAM FILE", "200 result=-1 endpos=800"),
        ("WAIT FOR DIGIT", "200 result=-1"),
    ] {
        for fastagi in ["", "HANGUP\n"] {
            let reply = format!("{reply}\n{fastagi}");
            let environment = if fastagi.is_empty() { ENVIRONMENT.into() } else { over_tcp() };
            let asterisk = Asterisk::replies_after(environment, [&reply[..], "511 dead\n"]);
            let mut session = asterisk.begin().unwrap();
            let result = (samples::sample(words).run)(&mut session);
            assert!(matches!(result, Err(Error::Hangup)), "{words}: {result:?}");
            assert!(session.is_hung_up());
            assert_aligned(&mut session);
        }
    }
}

/// The end of the input is a hangup like any other, also for whoever waits for it elsewhere.
#[test]
fn the_end_of_the_input_is_the_hangup() {
    for breaks in [false, true] {
        let asterisk = Asterisk::new(ENVIRONMENT, |_| None).cut(ENVIRONMENT.len()).breaks(breaks);
        let hangup = Hangup::new();
        let mut session = asterisk.begin_with(hangup.clone()).unwrap();
        assert!(!session.is_hung_up());
        assert!(matches!(session.noop(), Err(Error::Hangup)));
        assert!(session.is_hung_up() && hangup.wait(None).unwrap());
        let sent = asterisk.writes().len();
        assert!(matches!(session.noop(), Err(Error::Hangup)), "it would run after a hangup");
        assert!(matches!(session.resync(), Err(Error::Hangup)));
        assert_eq!(asterisk.writes().len(), sent);
    }
}

#[test]
fn an_input_that_ends_before_the_environment_says_so() {
    for block in ["", "agi_request: x", "agi_request: x\n", "agi_request: x\nagi_channel: y\n"] {
        let asterisk = Asterisk::new(block, |_| None).cut(block.len());
        let error = asterisk.begin().map(drop).unwrap_err();
        assert!(error.to_string().contains("AGI()"), "{error}");
    }
}
