//! The emulator calls FastAGI servers: the environment, whole calls, the hangup.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_network;

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use agikit::emulator::{Asterisk, Version};
use agikit::transcript::Entry;
use agikit::{Error, Hangup, Result, Session, Timeout};
use support_network::{Line, call, limited, ms, server, server_at};

fn asterisk() -> Asterisk {
    Asterisk::new().patience(Duration::from_secs(10))
}

/// How often a conversation has this line of Asterisk's.
fn said(report: &agikit::emulator::Report, line: &str) -> usize {
    let is = |entry: &Entry| matches!(entry, Entry::Asterisk(text) if text.to_string() == line);
    report.conversation().iter().filter(|(_, entry)| is(entry)).count()
}

#[test]
fn the_environment_tells_of_the_address() {
    for (behind, script) in [
        ("/account/de?x=%20y&z#top", Some("account/de?x=%20y&z#top")),
        ("//etc/passwd", Some("/etc/passwd")),
        ("/", None),
        ("", None),
    ] {
        let (place, seen) = server(|mut line| line.environment());
        let address = format!("AGI://{place}{behind}");
        let typed = address.clone();
        let report = limited(move || asterisk().arg("one, two").arg("").fastagi(&typed).unwrap());
        let seen = seen.recv().unwrap();
        let script = script.map_or(String::new(), |it| format!("agi_network_script: {it}\n"));
        let begin = format!("agi_network: yes\n{script}agi_request: {address}\nagi_channel: ");
        assert!(seen.starts_with(&begin), "{seen}");
        let end = "\nagi_enhanced: 0.0\nagi_accountcode: \nagi_threadid: 140000000000000\n\
                   agi_arg_1: one, two\nagi_arg_2: \n\n";
        assert!(seen.ends_with(end), "{seen}");
        assert_eq!(report.agi_status(), Some("SUCCESS"));
        assert_eq!((report.exit(), report.started(), report.outlived()), (None, true, false));
        // What was seen is what is written down.
        let transcript = report.transcript().to_string();
        let lines = seen.strip_suffix('\n').unwrap().replace(": \n", ":\\x20\n");
        let written = format!("< {}", lines.replace('\n', "\n< "));
        assert_eq!(transcript.trim_end(), written.trim_end());
    }
}

fn script(agi: &mut Session) -> Result {
    agi.answer()?;
    let number = agi.get_data("vm-enter-num-to-call")?.digits;
    agi.say_digits(&number)?;
    agi.set_variable("ACCOUNT", &number)
}

#[test]
fn a_whole_call_is_the_same_as_in_process() {
    let prepared = || asterisk().caller("0123456789").keys("1001#");
    let here = prepared().run(script);
    let (there, served) =
        call(prepared(), |line| script(&mut Session::begin(line.stream, Hangup::new()).unwrap()));
    served.unwrap();
    assert_eq!(there.commands(), here.commands());
    assert_eq!((there.sounds(), there.lasted()), (here.sounds(), here.lasted()));
    assert_eq!(there.variable("ACCOUNT"), Some("1001".into()));
    assert_eq!((there.agi_status(), there.notes()), (Some("SUCCESS"), &[][..]));
    // The last HANGUP is for nobody: the conversation does not look like one that was hung up.
    assert_eq!(said(&there, "HANGUP"), 0);
    assert!(there.pressed().iter().all(|key| key.taken));
}

#[test]
fn the_hangup_is_a_line_behind_the_reply() {
    let (report, seen) = call(asterisk().hang_up_during(1), |mut line| {
        line.environment();
        let mut seen = line.ask("WAIT FOR DIGIT -1");
        seen += &line.line();
        seen += &line.ask("ANSWER");
        seen += &line.ask("SET VARIABLE AFTER yes");
        line.close();
        seen + &line.rest()
    });
    let refused = "511 Command Not Permitted on a dead channel or intercept routine\n";
    // Once at the hangup, and once more at the end, as at the end of every session.
    let whole = format!("200 result=-1\nHANGUP\n{refused}200 result=1\nHANGUP\n");
    assert_eq!(seen, whole);
    assert_eq!(report.agi_status(), Some("HANGUP"));
    assert_eq!(report.variable("AFTER"), Some("yes".into()));
    assert_eq!(said(&report, "HANGUP"), 1);
    assert!(!report.silent() && !report.outlived(), "{:?}", report.notes());
}

#[test]
fn a_session_hears_of_the_hangup() {
    for (prepared, ends) in [
        (asterisk().hang_up_during(2), "in a command"),
        (asterisk().hang_up_at(ms(0)), "before all"),
        (asterisk().real_time().hang_up_at(ms(300)), "in a wait"),
    ] {
        let (report, served) = call(prepared, move |line| {
            let mut agi = Session::begin(line.stream, Hangup::new()).unwrap();
            let talked = agi.answer().and_then(|()| agi.wait_for_digit(Timeout::FOREVER));
            (talked.map(drop), agi.is_hung_up(), agi.set_variable("CLEANED", "up"))
        });
        let (talked, hung_up, cleaned) = served;
        assert!(matches!(talked, Err(Error::Hangup)) && hung_up, "{ends}: {talked:?}");
        cleaned.unwrap();
        assert_eq!(report.agi_status(), Some("HANGUP"), "{ends}");
        assert_eq!(report.variable("CLEANED"), Some("up".into()), "{ends}");
    }
}

#[test]
fn the_reply_and_the_hangup_come_at_once() {
    fn script(agi: &mut Session) -> Result {
        agi.answer()?;
        let waited = agi.wait_for_digit(Timeout::FOREVER).map(drop);
        agi.set_variable("CLEANED", "up")?;
        waited
    }
    for _ in 0..20 {
        let (report, served) = call(asterisk().hang_up_during(2), |line| {
            script(&mut Session::begin(line.stream, Hangup::new()).unwrap())
        });
        assert!(matches!(served, Err(Error::Hangup)));
        // The session need not ask whether the call is over, in no run.
        let commands = report.commands();
        assert_eq!(commands, ["ANSWER", "WAIT FOR DIGIT -1", "SET VARIABLE \"CLEANED\" \"up\""]);
        report.transcript().replay(script).unwrap_or_else(|error| panic!("{error}"));
    }
}

/// GOSUB's first line tells that the routine has begun: it does not wait for the last.
#[test]
fn a_provisional_reply_comes_at_once() {
    let began = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&began);
    let asterisk = asterisk().routine(("routines", "s", "1"), move |_, _| {
        let start = Instant::now();
        while !seen.load(Ordering::SeqCst) && start.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(ms(1));
        }
        seen.load(Ordering::SeqCst).then(Vec::new)
    });
    let (_, came) = call(asterisk, move |mut line| {
        line.environment();
        let first = line.ask("GOSUB routines s 1");
        began.store(true, Ordering::SeqCst);
        (first, line.line())
    });
    assert_eq!(came, ("100 result=0 Trying...\n".into(), "200 result=0 Gosub complete\n".into()));
}

#[test]
fn agisighup_no_says_nothing_at_all() {
    let (report, seen) =
        call(asterisk().variable("AGISIGHUP", "no").hang_up_during(1), |mut line| {
            line.environment();
            let seen = line.ask("WAIT FOR DIGIT -1") + &line.ask("ANSWER");
            line.close();
            seen + &line.rest()
        });
    let refused = "511 Command Not Permitted on a dead channel or intercept routine\n";
    assert_eq!(seen, format!("200 result=-1\n{refused}"));
    assert_eq!((report.agi_status(), said(&report, "HANGUP")), (Some("HANGUP"), 0));
}

#[test]
fn agiexitonhangup_says_it_twice_and_closes() {
    let (report, seen) =
        call(asterisk().variable("AGIEXITONHANGUP", "1").hang_up_during(1), |mut line| {
            line.environment();
            line.send("WAIT FOR DIGIT -1\n");
            line.rest()
        });
    assert_eq!(seen, "200 result=-1\nHANGUP\nHANGUP\n");
    assert_eq!(report.agi_status(), Some("HANGUP"));
    let transcript = report.transcript().to_string();
    assert!(
        transcript.ends_with("< 200 result=-1\n< HANGUP\n< HANGUP\n! closed\n"),
        "{transcript}"
    );
    // A session that closed so can be played again.
    let replayed = report.transcript().replay(|agi| -> Result {
        assert!(matches!(agi.wait_for_digit(Timeout::FOREVER), Err(Error::Hangup)));
        Ok(())
    });
    replayed.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn who_closes_one_direction_sees_the_last_hangup() {
    let half = |mut line: Line| {
        line.environment();
        let seen = line.ask("NOOP");
        line.close();
        seen + &line.rest()
    };
    let (report, seen) = call(asterisk(), half);
    assert_eq!((seen.as_str(), report.agi_status()), ("200 result=0\nHANGUP\n", Some("SUCCESS")));
    assert_eq!(said(&report, "HANGUP"), 0);
    let (_, seen) = call(asterisk().variable("AGISIGHUP", "off"), half);
    assert_eq!(seen, "200 result=0\n");
    // In the extension `h` nobody hangs up any more, and the end is told all the same.
    let (report, seen) = call(asterisk().version(Version::V16).dead(), half);
    assert_eq!((seen.as_str(), report.agi_status()), ("200 result=0\nHANGUP\n", Some("SUCCESS")));
}

#[test]
fn the_end_while_a_command_runs() {
    for (command, reply) in [
        ("STREAM FILE demo-congrats \"\"", ""),
        ("GET DATA demo-congrats", ""),
        ("WAIT FOR DIGIT -1", "200 result=1\n"),
        ("EXEC Wait 1", "200 result=0\n"),
        ("SAY DIGITS 12 \"\"", "200 result=0\n"),
    ] {
        // The end is there before the command could be over.
        let (report, seen) = call(asterisk().real_time(), move |mut line| {
            line.environment();
            line.send(format!("{command}\n"));
            line.close();
            line.rest()
        });
        assert_eq!(seen, format!("{reply}HANGUP\n"), "{command}");
        assert_eq!(report.agi_status(), Some("SUCCESS"), "{command}");
    }
}

#[test]
fn hosts_have_many_forms() {
    let served = |line: Line| {
        let mut agi = Session::begin(line.stream, Hangup::new()).unwrap();
        agi.set_variable("SERVED", "yes")
    };
    let (place, _) = server(served);
    let port = place.rsplit(':').next().unwrap().to_owned();
    // Of the name's addresses one is IPv6, on which nobody listens.
    let address = format!("agi://localhost:{port}/x");
    let report = limited(move || asterisk().fastagi(&address).unwrap());
    assert_eq!(report.variable("SERVED"), Some("yes".into()), "{report:?}");
    let (place, _) = server(served);
    let report = limited(move || asterisk().agi(format!("hagi://{place}/x")).unwrap());
    assert_eq!(report.variable("SERVED"), Some("yes".into()), "{report:?}");
    // Where this machine has no IPv6, there is none to be tried.
    if TcpListener::bind("[::1]:0").is_ok() {
        let (place, _) = server_at("[::1]:0", served);
        let report = limited(move || asterisk().fastagi(&format!("agi://{place}/x")).unwrap());
        assert_eq!(report.variable("SERVED"), Some("yes".into()), "{report:?}");
    }
}
