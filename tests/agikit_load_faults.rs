//! `agikit load` against servers with faults: each is found, and told.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_load;
mod support_process;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Mutex;
use std::time::Duration;

use serde_json::Value;
use support_load::{figures, good, listen, load, serve};

/// The calls fail, with this kind of fault in so many of them; gives the figures.
#[track_caller]
fn fails(place: &str, options: &[&str], kind: &str, count: usize) -> Value {
    let (status, figures) = figures(place, options);
    assert_eq!(status, Some(1), "{figures:#}");
    assert_eq!(figures["faults"][kind], count, "{figures:#}");
    figures
}

/// What is said of the first fault.
fn what(figures: &Value) -> String {
    figures["faulty"][0]["faults"][0]["what"].as_str().unwrap().to_owned()
}

/// The environment, and no session.
fn environment(stream: &TcpStream) -> BufReader<TcpStream> {
    let mut from = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    while line != "\n" {
        line.clear();
        assert!(from.read_line(&mut line).unwrap() > 0);
    }
    from
}

#[test]
fn a_wrong_value() {
    let place = serve(|number, agi| {
        let read = if number == 3 { "LOAD_4" } else { "LOAD_5" };
        let value = agi.get_variable(read)?.unwrap_or_default();
        agi.set_variable("ECHO_5", &value)
    });
    let found =
        fails(&place, &["-n", "10", "--at-once", "1", "--compare", "nothing"], "wrong_echo", 1);
    assert_eq!(what(&found), "SET VARIABLE: ECHO_5 is not this call's LOAD_5");
    let faulty = &found["faulty"][0];
    assert_eq!((&faulty["call"], &faulty["faults"][0]["command"]), (&4.into(), &2.into()));
}

#[test]
fn a_wrong_value_by_way_of_the_dialplan() {
    let place = serve(|_, agi| agi.exec("Set", "ECHO_1=mine").map(drop));
    let found = fails(&place, &["-n", "2"], "wrong_echo", 2);
    assert_eq!(what(&found), "ECHO_1 is not this call's LOAD_1 at the end");
}

#[test]
fn a_reply_of_another_call() {
    let last = Mutex::new(None);
    let place = serve(move |_, agi| {
        let value = agi.get_variable("LOAD_2")?.unwrap_or_default();
        let before = last.lock().unwrap().replace(value.clone());
        agi.set_variable("ECHO_2", &before.unwrap_or(value))
    });
    let found = fails(&place, &["-n", "10", "--at-once", "1"], "reply_of_another_call", 9);
    assert_eq!(what(&found), "SET VARIABLE carries LOAD_2 of call 1: a reply of another call");
    assert_eq!(found["calls"]["good"], 1);
    let (done, told) = load(&place, &["-n", "7", "--at-once", "1"]);
    assert_eq!(done.status, Some(1));
    assert!(told.contains("7 failed") || told.contains("6 failed"), "{told}");
    assert!(told.contains("\nfaults    reply of another call"), "{told}");
    assert!(
        told.contains("\n  call 2 PJSIP/load-00000002: command 2, SET VARIABLE carries"),
        "{told}"
    );
}

#[test]
fn two_commands_at_once() {
    let place = listen(|number, mut stream| {
        let mut from = environment(&stream);
        let mut line = String::new();
        stream.write_all(if number == 1 { b"NOOP 1\nNOOP 2\n" } else { b"NOOP 1\n" }).unwrap();
        let _ = from.read_line(&mut line);
        stream.write_all(b"NOOP 2\n").unwrap();
        let _ = from.read_line(&mut line);
    });
    let found = fails(&place, &["-n", "5", "--at-once", "1"], "out_of_place", 1);
    assert_eq!(what(&found), "the next one was sent before its reply");
    assert_eq!(found["faulty"][0]["faults"][0]["command"], 1);
}

#[test]
fn an_early_end() {
    let place = serve(|number, agi| match number {
        2 => agi.answer(),
        _ => good(agi),
    });
    let found = fails(&place, &["-n", "5", "--at-once", "1", "-k", "1#"], "ended_early", 1);
    assert_eq!(what(&found), "it ended after command 1, where call 1 sent 10");
}

#[test]
fn a_broken_connection() {
    let place = listen(|number, mut stream| {
        let mut from = environment(&stream);
        stream.write_all(b"ANSWER\n").unwrap();
        if number == 2 {
            // What is closed with something unread is reset.
            let _ = from.get_ref().peek(&mut [0]);
            return;
        }
        let mut line = String::new();
        let _ = from.read_line(&mut line);
        stream.write_all(b"NOOP\n").unwrap();
        let _ = from.read_line(&mut line);
    });
    let found = fails(&place, &["-n", "5", "--at-once", "1"], "broken", 1);
    assert_eq!(what(&found), "the connection was broken behind command 1");
}

#[test]
fn other_commands_are_told_and_what_was_dialled_is_not() {
    let place = serve(|number, agi| {
        agi.answer()?;
        let digits = agi.get_data("vm-enter-num-to-call")?.digits.to_string();
        match number {
            1 => agi.verbose(&digits),
            2 => agi.set_variable("PIN", &format!("{digits}0")),
            3 => {
                agi.set_variable("PIN", &digits)?;
                agi.noop()
            }
            _ => agi.set_variable("PIN", &digits),
        }
    });
    let options = ["-n", "6", "--at-once", "1", "--keys", "4711#"];
    let (done, told) = load(&place, &options);
    assert_eq!(done.status, Some(1));
    for part in [
        "3 of 6 went well, 3 failed",
        "call 2 PJSIP/load-00000002: command 3, VERBOSE where call 1 sent SET VARIABLE\n",
        "call 3 PJSIP/load-00000003: command 3, SET VARIABLE: word 4 is not that of call 1\n",
        "call 4 PJSIP/load-00000004: command 4, NOOP: call 1 had ended there\n",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(!told.contains("4711"), "{told}");
}

#[test]
fn what_was_dialled_is_shown_where_it_is_asked_for() {
    let place = serve(|number, agi| {
        let digits = agi.get_data("vm-enter-num-to-call")?.digits.to_string();
        agi.set_variable("PIN", &digits.repeat(1 + number % 2))
    });
    let options = ["-n", "2", "--at-once", "1", "--keys", "4711#", "--show"];
    let (_, told) = load(&place, &options);
    let shown = r#"; sent: SET VARIABLE "PIN" "47114711"; should be: SET VARIABLE "PIN" "4711""#;
    assert!(told.contains(shown), "{told}");
    // Where only commands count, nothing is wrong.
    let (done, told) = load(&place, &["-n", "4", "--keys", "4711#", "--compare", "commands"]);
    assert_eq!(done.status, Some(0), "{told}");
}

#[test]
fn no_answer() {
    let place = listen(|_, mut stream| drop(stream.read_to_end(&mut Vec::new())));
    let found = fails(&place, &["-n", "3", "--limit", "300ms"], "no_command", 3);
    assert_eq!(what(&found), "no command came within 300ms (--limit)");
    let closing = listen(|_, stream| drop(environment(&stream)));
    let found = fails(&closing, &["-n", "3"], "no_command", 3);
    assert_eq!(what(&found), "the server closed the connection without a command");
}

#[test]
fn silence() {
    let place = serve(|_, agi| {
        agi.answer()?;
        std::thread::sleep(Duration::from_secs(2));
        Ok(())
    });
    let found = fails(&place, &["-n", "3", "--limit", "300ms"], "silent", 3);
    assert_eq!(what(&found), "nothing came behind command 1 until 300ms (--limit)");
}

#[test]
fn no_end() {
    let place = serve(|_, agi| {
        loop {
            agi.noop()?;
            std::thread::sleep(Duration::from_millis(5));
        }
    });
    let found = fails(&place, &["-n", "3", "--limit", "400ms"], "too_long", 3);
    assert!(what(&found).starts_with("it took longer than 400ms (--limit), "), "{found:#}");
}

#[test]
fn nobody_there() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = listener.local_addr().unwrap().to_string();
    drop(listener);
    let found = fails(&place, &["-n", "3"], "no_connection", 3);
    assert!(what(&found).starts_with(&format!("{place}: Connection refused")), "{found:#}");
    assert_eq!(found["ended"]["no connection"], 3);
    let (_, told) = load(&place, &["-n", "3"]);
    assert!(told.contains("\nnote      no FastAGI server answers there: start it"), "{told}");
}

#[test]
fn a_failed_command() {
    let place = serve(|_, agi| agi.stream_file("no-such-sound").map(drop));
    let found = fails(&place, &["-n", "2"], "agistatus", 2);
    assert!(what(&found).starts_with("AGISTATUS is FAILURE"), "{found:#}");
}

/// However equal the calls are: none of them was served.
#[test]
fn calls_that_the_server_refuses() {
    for (status, why) in [
        ("NOTFOUND", "nothing is at this path"),
        ("DENIED", "the last --arg is to be the server's secret"),
        ("FAILURE", "the script failed"),
    ] {
        let place = serve(move |_, agi| agi.set_variable("FASTAGI_STATUS", status));
        let found = fails(&place, &["-n", "3"], "fastagi_status", 3);
        assert!(
            what(&found).starts_with(&format!("FASTAGI_STATUS is {status}: {why}")),
            "{found:#}"
        );
        assert_eq!(found["calls"]["good"], 0);
    }
    let place = serve(|_, agi| agi.set_variable("FASTAGI_STATUS", ""));
    assert_eq!(figures(&place, &["-n", "3"]).0, Some(0));
}
