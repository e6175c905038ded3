//! The FastAGI server, called over loopback.
#![cfg(feature = "fastagi")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

#[path = "support_fastagi/mod.rs"]
mod support_fastagi;

use std::time::{Duration, Instant};

use agikit::{Error, Result, ScriptResult, Session, StreamFile};
use support_fastagi::{Caller, Served, serve};

/// Whatever it waits for comes sooner.
const LONG: Duration = Duration::from_secs(30);

fn echo(agi: &mut Session) -> Result {
    let value = agi.get_variable("X")?.unwrap_or_default();
    agi.set_variable("Y", &value)
}

#[test]
fn a_whole_call() {
    let served = serve(|server| server, echo);
    let mut caller = served.call("anything/at/all", &["one", "two words"]);
    assert_eq!(caller.command(), "GET VARIABLE \"X\"");
    caller.reply("200 result=1 (seen)");
    assert_eq!(caller.command(), "SET VARIABLE \"Y\" \"seen\"");
    caller.reply("200 result=1");
    assert_eq!(caller.end(), "");
    let counters = served.handle.counters();
    assert_eq!((counters.accepted, counters.commands), (1, 2));
    assert_eq!(served.stop().cut, 0);
}

#[test]
fn many_at_once() {
    let served = serve(|server| server, echo);
    let mut callers: Vec<Caller> = (0..200).map(|_| served.call("", &[])).collect();
    for (number, caller) in callers.iter_mut().enumerate().rev() {
        assert_eq!(caller.command(), "GET VARIABLE \"X\"");
        caller.reply(&format!("200 result=1 (caller {number})"));
    }
    assert_eq!(served.handle.counters().active, 200);
    for (number, mut caller) in callers.into_iter().enumerate() {
        assert_eq!(caller.command(), format!("SET VARIABLE \"Y\" \"caller {number}\""));
        caller.reply("200 result=1");
        assert_eq!(caller.end(), "");
    }
    assert_eq!(served.stop().cut, 0);
}

#[test]
fn paths_and_parameters() {
    fn menu(agi: &mut Session) -> Result {
        let environment = agi.environment();
        let of = |name| environment.parameter(name).unwrap_or_default();
        let arg = environment.arg(1).unwrap_or_default();
        let all = format!("{} {} {} {arg}", of("level"), of("x"), of("y"));
        agi.set_variable("MENU", &all)
    }
    let served = serve(
        |server| server.route("/account", echo).route("menu/{level}/", menu),
        |agi| agi.set_variable("OTHER", "yes"),
    );
    let mut caller = served.call("menu/main%20hall?x=1&y=%2b2&level=9", &["an argument"]);
    assert_eq!(caller.command(), "SET VARIABLE \"MENU\" \"main hall 1 +2 an argument\"");
    assert_eq!(served.call("account", &[]).command(), "GET VARIABLE \"X\"");
    assert_eq!(served.call("nowhere", &[]).command(), "SET VARIABLE \"OTHER\" \"yes\"");
}

#[test]
fn a_path_without_a_script() {
    let served = support_fastagi::run(|server| server.route("/account", echo));
    let mut caller = served.call("acount?pin=1234", &[]);
    assert_eq!(caller.command(), "SET VARIABLE \"FASTAGI_STATUS\" \"NOTFOUND\"");
    caller.reply("200 result=1");
    assert_eq!(caller.command(), "VERBOSE \"fastagi: no script is at /acount\" 1");
    caller.reply("200 result=1");
    assert_eq!(caller.end(), "failure\n");
    served.wait(|counters| counters.unrouted == 1);
}

#[test]
fn errors_and_panics_end_their_own_call() {
    let served = serve(
        |server| {
            server
                .route("/panics", |_: &mut Session| -> Result { panic!("oh dear") })
                .route("/fails", |_: &mut Session| -> ScriptResult { Err("no database".into()) })
        },
        echo,
    );
    for (path, why) in [("panics", "the script panicked: oh dear"), ("fails", "no database")] {
        let mut caller = served.call(path, &[]);
        assert_eq!(caller.command(), "SET VARIABLE \"FASTAGI_STATUS\" \"FAILURE\"");
        caller.reply("200 result=1");
        assert_eq!(caller.command(), format!("VERBOSE \"fastagi: {why}\" 1"));
        caller.reply("200 result=1");
        assert_eq!(caller.end(), "failure\n");
    }
    assert_eq!(served.call("", &[]).command(), "GET VARIABLE \"X\"");
    served.wait(|counters| (counters.panicked, counters.failed) == (1, 1));
}

#[test]
fn the_hangup_is_noticed_between_two_commands() {
    let served = serve(
        |server| server,
        |agi: &mut Session| {
            agi.answer()?;
            let hung_up = agi.hangup_flag().wait(Some(LONG)).unwrap();
            assert!(matches!(agi.stream_file("beep"), Err(Error::Hangup)));
            agi.set_variable("HUNG_UP", if hung_up { "yes" } else { "no" })
        },
    );
    let mut caller = served.call("", &[]);
    assert_eq!(caller.command(), "ANSWER");
    caller.reply("200 result=0");
    std::thread::sleep(Duration::from_millis(50));
    caller.say("HANGUP");
    assert_eq!(caller.command(), "SET VARIABLE \"HUNG_UP\" \"yes\"");
    caller.reply("200 result=1");
    assert_eq!(caller.end(), "");
    served.wait(|counters| counters.hung_up == 1);
}

#[test]
fn a_script_that_looks_now_and_then_notices_it() {
    let served = serve(
        |server| server,
        |agi: &mut Session| {
            agi.answer()?;
            let begin = Instant::now();
            while !agi.is_hung_up() && begin.elapsed() < LONG {
                std::thread::sleep(Duration::from_millis(1));
            }
            agi.set_variable("LOOKED", "yes")
        },
    );
    for closes in [false, true] {
        let mut caller = served.call("", &[]);
        assert_eq!(caller.command(), "ANSWER");
        caller.reply("200 result=0");
        if closes {
            drop(caller);
            served.wait(|counters| counters.hung_up == 2);
        } else {
            caller.say("HANGUP");
            assert_eq!(caller.command(), "SET VARIABLE \"LOOKED\" \"yes\"");
            caller.reply("200 result=1");
            served.wait(|counters| counters.hung_up == 1);
        }
    }
}

#[test]
fn the_end_is_noticed_beside_a_command_that_is_not_waited_for() {
    let served = serve(
        |server| server,
        |agi: &mut Session| {
            let hangup = agi.hangup_flag();
            let playing = agi.start(StreamFile::new("long"))?;
            let over = hangup.wait(Some(LONG)).unwrap();
            drop(playing);
            assert!(over);
            Ok::<(), Error>(())
        },
    );
    let mut caller = served.call("", &[]);
    assert_eq!(caller.command(), "STREAM FILE \"long\" \"\"");
    // Nobody reads it.
    caller.reply("200 result=-1 endpos=800");
    caller.say("HANGUP");
    drop(caller);
    served.wait(|counters| counters.hung_up == 1);
}

#[test]
fn a_secret_and_a_list_of_addresses() {
    let served = serve(|server| server.secret("open sesame"), echo);
    assert_eq!(served.call("", &["x", "open sesame"]).command(), "GET VARIABLE \"X\"");
    for args in [&["open sesame", "x"][..], &[], &["open sesam"]] {
        let mut caller = served.call("", args);
        assert_eq!(caller.command(), "SET VARIABLE \"FASTAGI_STATUS\" \"DENIED\"");
    }
    let served: Served = serve(|server| server.allow("192.0.2.0/24").unwrap(), echo);
    assert_eq!(served.call("", &[]).end(), "");
    assert_eq!(served.handle.counters().denied, 1);
}

#[test]
fn an_error_behind_the_hangup_is_none_of_the_dialplan_s() {
    let served = serve(
        |server| server,
        |agi: &mut Session| -> ScriptResult {
            let _ = agi.answer();
            Err("no database".into())
        },
    );
    let mut caller = served.call("", &[]);
    assert_eq!(caller.command(), "ANSWER");
    caller.say("HANGUP");
    caller.reply("511 Command Not Permitted on a dead channel or intercept routine");
    assert_eq!(caller.command(), "SET VARIABLE \"FASTAGI_STATUS\" \"FAILURE\"");
    caller.reply("200 result=1");
    assert_eq!(caller.command(), "VERBOSE \"fastagi: no database\" 1");
    caller.reply("200 result=1");
    assert_eq!(caller.end(), ""); // `failure` would make AGISTATUS of a HANGUP
}
