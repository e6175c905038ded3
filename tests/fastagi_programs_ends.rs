//! How programs behind a FastAGI server end: by themselves, at the hangup, when the server stops.
#![cfg(feature = "fastagi")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

#[path = "support_fastagi/mod.rs"]
mod support_fastagi;
#[path = "support_programs/mod.rs"]
mod support_programs;

use std::time::{Duration, Instant};

use support_fastagi::LIMIT;
use support_programs::{Folder, header_end, is_alive};

/// What the server tells the dialplan, and how the connection ends.
#[track_caller]
fn failed(caller: &mut support_fastagi::Caller, what: &str) {
    assert_eq!(caller.command(), "SET VARIABLE \"FASTAGI_STATUS\" \"FAILURE\"");
    caller.reply("200 result=1");
    assert_eq!(caller.command(), format!("VERBOSE \"fastagi: {what}\" 1"));
    caller.reply("200 result=1");
    assert_eq!(caller.end(), "failure\n");
}

#[test]
fn a_status_and_a_signal() {
    let folder = Folder::new("status");
    folder.script("three", &format!("{}; echo NOOP; read -r reply; exit 3", header_end()));
    folder.script("killed", &format!("{}; kill -KILL $$", header_end()));
    let served = folder.serve();
    let mut caller = served.call("three", &[]);
    assert_eq!(caller.command(), "NOOP");
    caller.reply("200 result=0");
    failed(&mut caller, "the program at /three ended with status 3");
    let mut caller = served.call("killed", &[]);
    failed(&mut caller, "the program at /killed ended by signal 9");
    served.wait(|counters| counters.failed == 2);
}

/// It fails while a reply is to come.
#[test]
fn a_failure_before_the_reply() {
    let folder = Folder::new("early");
    folder.script("early", &format!("{}; echo 'EXEC Dial x'; exit 1", header_end()));
    let served = folder.serve();
    let mut caller = served.call("early", &[]);
    assert_eq!(caller.command(), "EXEC Dial x");
    assert_eq!(caller.command(), "SET VARIABLE \"FASTAGI_STATUS\" \"FAILURE\"");
    assert_eq!(caller.command(), "failure");
    assert_eq!(caller.piece(), b"");
    // Its replies are taken, however late they come.
    caller.reply("200 result=0");
    caller.reply("200 result=1");
    served.wait(|counters| counters.active == 1);
    caller.close_half();
    served.wait(|counters| (counters.failed, counters.active) == (1, 0));
}

#[test]
fn a_hangup_is_a_signal() {
    let folder = Folder::new("hangup");
    folder.script(
        "traps",
        &format!("trap 'echo HUP >> \"$OUT/hups\"' HUP; {}\necho ANSWER; read -r one; echo NOOP; read -r two || read -r two # which the signal may interrupt
            echo \"$one|$two\" > \"$OUT/read\"", header_end()),
    );
    let served = folder.serve();
    let mut caller = served.call("traps", &[]);
    assert_eq!(caller.command(), "ANSWER");
    caller.say("200 result=0\nHANGUP");
    assert_eq!(caller.command(), "NOOP");
    caller.say("HANGUP\n511 Command Not Permitted on a dead channel or intercept routine");
    assert_eq!(caller.end(), "");
    served.wait(|counters| (counters.hung_up, counters.failed) == (1, 0));
    let read = folder.read("read");
    assert_eq!(
        read,
        "200 result=0|511 Command Not Permitted on a dead channel or intercept routine\n"
    );
    assert_eq!(folder.read("hups"), "HUP\n");
}

#[test]
fn a_hangup_inside_a_value_is_none() {
    let folder = Folder::new("value");
    folder.script(
        "value",
        &format!(
            "{}\necho 'GET VARIABLE X'; read -r a; read -r b; read -r c
        echo \"NOOP $a,$b,$c\"; read -r d",
            header_end()
        ),
    );
    let served = folder.serve();
    let mut caller = served.call("value", &[]);
    assert_eq!(caller.command(), "GET VARIABLE X");
    caller.say("200 result=1 (two\nHANGUP\nx)");
    assert_eq!(caller.command(), "NOOP 200 result=1 (two,HANGUP,x)");
    caller.say("HANGUP");
    // Unprepared, it dies of the signal, as a process does; that is no failure.
    assert_eq!(caller.end(), "");
    drop(caller);
    served.wait(|counters| (counters.hung_up, counters.failed) == (1, 0));
}

/// AGIEXITONHANGUP: two lines, and the end.
#[test]
fn asterisk_closes_the_connection() {
    let folder = Folder::new("closed");
    folder.script(
        "waits",
        &format!(
            "trap 'echo HUP >> \"$OUT/hups\"' HUP; {}\necho ANSWER; read -r one
        while read -r more; do :; done; echo end > \"$OUT/end\"",
            header_end()
        ),
    );
    let served = folder.serve();
    let mut caller = served.call("waits", &[]);
    assert_eq!(caller.command(), "ANSWER");
    caller.say("200 result=0\nHANGUP\nHANGUP");
    drop(caller);
    assert_eq!(folder.read("end"), "end\n");
    assert!(folder.read("hups").starts_with("HUP\n"));
    served.wait(|counters| (counters.hung_up, counters.active) == (1, 0));
}

#[test]
fn one_who_closes_its_output_and_goes_on() {
    let folder = Folder::new("goeson");
    folder.script(
        "goeson",
        &format!("{}; exec >&-; sleep 0.5; echo end > \"$OUT/end\"", header_end()),
    );
    let served = folder.serve();
    let begin = Instant::now();
    let mut caller = served.call("goeson", &[]);
    assert_eq!(caller.end(), "");
    assert!(begin.elapsed() >= Duration::from_millis(500));
    assert_eq!(folder.read("end"), "end\n");
    served.wait(|counters| counters.done == 1);
}

#[test]
fn one_who_goes_on_behind_the_call() {
    let folder = Folder::new("behind");
    // Neither it nor what it has started minds a signal that can be minded.
    folder.script(
        "behind",
        "trap '' HUP TERM; sleep 30 & echo $! > \"$OUT/child\"; echo $$ > \"$OUT/pid\"; wait
        while :; do sleep 0.1; done",
    );
    let programs = folder.programs().time_after(Duration::from_millis(300));
    let served = support_fastagi::serve(|server| server, move |agi| programs.call(agi));
    let caller = served.call("behind", &[]);
    let (child, pid) = (folder.read("child"), folder.read("pid"));
    assert!(is_alive(&child) && is_alive(&pid));
    drop(caller);
    served.wait(|counters| (counters.hung_up, counters.active) == (1, 0));
    let end = Instant::now() + LIMIT;
    while is_alive(&child) || is_alive(&pid) {
        assert!(Instant::now() < end, "it lives");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn the_server_stops() {
    let folder = Folder::new("stops");
    folder.script(
        "polite",
        &format!(
            "trap 'echo HUP > \"$OUT/hup\"; exit 0' HUP; {}\necho NOOP; read -r reply
        while :; do sleep 0.05; done",
            header_end()
        ),
    );
    folder.script(
        "deaf",
        &format!(
            "trap '' HUP TERM; echo $$ > \"$OUT/pid\"; {}\necho NOOP
        while :; do sleep 0.1; done",
            header_end()
        ),
    );
    folder.script(
        "ends",
        &format!("{}\necho NOOP; read -r reply; echo 'VERBOSE x'; read -r reply", header_end()),
    );
    let served = folder.serve_so(|server| server.grace(Duration::from_millis(700)));
    let mut callers: Vec<_> = ["polite", "deaf", "ends"].map(|name| served.call(name, &[])).into();
    for caller in &mut callers {
        assert_eq!(caller.command(), "NOOP");
        caller.reply("200 result=0");
    }
    let pid = folder.read("pid");
    served.handle.stop();
    // It goes on up to the deadline.
    assert_eq!(callers[2].command(), "VERBOSE x");
    callers[2].reply("200 result=1");
    let stopped = served.stop_gracefully();
    assert_eq!((stopped.cut, stopped.running), (2, 0));
    assert_eq!(folder.read("hup"), "HUP\n");
    assert!(!is_alive(&pid));
}

#[test]
fn idle_calls_are_closed_and_their_programs_ended() {
    let folder = Folder::new("idle");
    folder.script(
        "idle",
        &format!(
            "{}\nsleep 30 & echo \"$$ $!\" > \"$OUT/pids\"
            echo NOOP; read -r reply; wait",
            header_end()
        ),
    );
    let served = folder.serve_so(|server| server.idle(Duration::from_millis(100)));
    let mut caller = served.call("idle", &[]);
    assert_eq!(caller.command(), "NOOP");
    caller.reply("200 result=0");
    assert_eq!(caller.end(), "");
    served.wait(|counters| (counters.idle, counters.active) == (1, 0));
    // What it has started, too.
    assert!(folder.read("pids").split_whitespace().all(|pid| !is_alive(pid)));
}

/// The secret is nothing for a list of processes.
#[test]
fn the_secret_is_not_passed_on() {
    let folder = Folder::new("secret");
    folder.script(
        "tells",
        "sed '/^$/q' > \"$OUT/in\"; echo \"$@\" > \"$OUT/args\"; env > \"$OUT/env\"",
    );
    let served = folder.serve_so(|server| server.secret("open sesame"));
    let mut caller = served.call("tells", &["one", "open sesame"]);
    assert_eq!(caller.end(), "");
    assert_eq!(folder.read("args"), "one\n");
    assert!(!folder.read("in").contains("sesame") && !folder.read("env").contains("sesame"));
}
