//! `agikit call agi://…`: the desk tool calls a FastAGI server.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_network;
mod support_process;

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::Receiver;
use std::time::Duration;

use agikit::transcript::Transcript;
use agikit::{Hangup, Result, Session, Timeout};
use support_network::{Line, server};
use support_process::{Call, Done, empty_folder, run};

const LIMIT: Duration = Duration::from_secs(60);

fn agikit(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_agikit"));
    command.arg("call").args(arguments).stdin(Stdio::null());
    command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").env_remove("CLICOLOR");
    command
}

#[track_caller]
fn check(done: &Done, code: i32, said: &[&str]) {
    assert_eq!(done.status, Some(code), "{:?} {}", done.sent, done.errors);
    for part in said {
        assert!(done.errors.contains(part), "{part}: {}", done.errors);
    }
}

fn script(agi: &mut Session) -> Result {
    let mut heard = String::new();
    for name in ["agi_network_script", "agi_arg_1", "agi_arg_2", "agi_arg_3"] {
        let value = agi.environment().get(name).map(|value| value.to_string());
        heard += &format!("{name}={} ", value.unwrap_or_default());
    }
    agi.set_variable("HEARD", &heard)?;
    agi.answer()?;
    let number = agi.get_data("vm-enter-num-to-call")?.digits;
    agi.set_variable("ACCOUNT", &number)
}

/// A server of one call by this script; gives its address.
fn serving(script: fn(&mut Session) -> Result, path: &str) -> (String, Receiver<Result>) {
    let serve = move |line: Line| script(&mut Session::begin(line.stream, Hangup::new())?);
    let (place, served) = server(serve);
    (format!("agi://{place}/{path}"), served)
}

#[test]
fn a_whole_call_with_options_anywhere() {
    let (address, served) = serving(script, "account?x=1");
    let loud = address.replace("agi://", "Agi://");
    let done = run(&mut agikit(&[
        "--environment",
        "never",
        &loud,
        "one",
        "--keys",
        "1001#",
        "--fast",
        "--arg",
        "-three",
        "two",
    ]));
    check(&done, 0, &["AGISTATUS  SUCCESS\n", "ACCOUNT=1001"]);
    let heard = "agi_network_script=account?x=1 agi_arg_1=one agi_arg_2=two agi_arg_3=-three";
    check(&done, 0, &[heard]);
    assert_eq!(done.sent[2..4], ["> ANSWER", "< 200 result=0"]);
    served.recv_timeout(LIMIT).unwrap().unwrap();
    // Behind `--` nothing is ours.
    let (address, _served) = serving(script, "");
    let done = run(&mut agikit(&["-f", &address, "-q", "--", "--keys", "1#"]));
    assert_eq!((done.status, done.errors.as_str()), (Some(0), ""));
    assert!(done.sent.iter().any(|line| line.contains("agi_arg_1=--keys agi_arg_2=1#")));
    assert_eq!(done.sent[..2], ["< agi_network: yes", &format!("< agi_request: {address}")]);
}

#[test]
fn what_is_recorded_replays() {
    let file = empty_folder("call-network-record").join("call.agi");
    let name = file.to_str().unwrap();
    let (address, _served) = serving(script, "account");
    // What --force needs stands behind the address.
    let done = run(&mut agikit(&["--force", &address, "-k", "12#", "--fast", "--record", name]));
    check(&done, 0, &["ACCOUNT=12"]);
    let recorded = Transcript::parse(&fs::read(&file).unwrap()).unwrap();
    recorded.replay(script).unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn exit_codes_tell_how_it_went() {
    let waits = |agi: &mut Session| agi.wait_for_digit(Timeout::FOREVER).map(drop);
    let (address, served) = serving(waits, "");
    let done = run(&mut agikit(&[&address, "--fast", "--hangup-after", "5s"]));
    check(&done, 5, &["AGISTATUS  HANGUP", "lasted     5.0s"]);
    assert_eq!(done.sent.last().unwrap(), "< HANGUP");
    assert!(matches!(served.recv_timeout(LIMIT).unwrap(), Err(agikit::Error::Hangup)));
    let (address, _served) = serving(|agi| agi.stream_file("nosuch").map(drop), "");
    check(&run(&mut agikit(&[&address, "-f"])), 1, &["AGISTATUS  FAILURE"]);
    let (place, _served) = server(|mut line| line.rest());
    let address = format!("agi://{place}");
    let done = run(&mut agikit(&[&address, "-f", "--patience", "300ms"]));
    check(&done, 7, &["silent for too long", "the server did not end the call"]);
}

#[test]
fn a_server_that_is_not_there_did_not_start() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let done = run(&mut agikit(&[&format!("agi://{nobody}/x"), "--fast"]));
    check(&done, 4, &[&nobody.to_string(), "no FastAGI server answers", "AGISTATUS  FAILURE"]);
    assert!(done.sent.is_empty());
    let done = run(&mut agikit(&["hagi://example.org/x", "--fast"]));
    check(&done, 4, &["_agi._tcp.example.org", "agi://HOST:PORT"]);
}

#[test]
fn options_for_programs_are_refused() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = format!("agi://{}/x", listener.local_addr().unwrap());
    for (options, said) in [
        (&["--eagi"][..], "--eagi does not go with agi://"),
        (&["--audio", "x.wav"], "--audio does not go with agi://"),
        (&["--example", "account"], "--example does not go with agi://"),
        (&["--bin", "account"], "--bin does not go with agi://"),
        (&["--kees", "1"], "'--keys'"),
        (&["--keys", "x"], "no key"),
        (&["--force"], "--record"),
    ] {
        let before = run(agikit(options).arg(&address));
        let behind = run(agikit(&[&address]).args(options));
        for done in [before, behind] {
            check(&done, 2, &[said, "error: "]);
        }
    }
    assert!(listener.accept().is_err(), "nobody was called");
    let help = run(&mut agikit(&[&address, "--help"]));
    assert_eq!(help.status, Some(0));
    assert!(help.sent.iter().any(|line| line.contains("agi://127.0.0.1:4573/account")));
}

#[test]
fn behind_a_program_all_is_the_programs() {
    let echo = Path::new("/bin/echo").to_str().unwrap();
    let done = run(&mut agikit(&["-f", "--environment", "never", echo, "agi://x", "--keys"]));
    check(&done, 0, &["--keys stands behind the program"]);
    assert_eq!(done.sent[0], "> agi://x --keys");
}

#[test]
fn ctrl_c_hangs_up_and_then_ends() {
    for (times, code) in [(1, 5), (2, 130)] {
        // Who hangs up is the server, for it knows when the call stands.
        let (sender, process) = std::sync::mpsc::channel::<u32>();
        let (place, served) = server(move |mut line| {
            line.environment();
            let process = process.recv_timeout(LIMIT).unwrap();
            let interrupt = || {
                let kill = format!("kill -INT {process}");
                assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
            };
            interrupt();
            let mut seen = line.line();
            if times == 2 {
                interrupt();
                seen += &line.rest();
            }
            seen
        });
        let mut command = agikit(&["-f", &format!("agi://{place}/")]);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        sender.send(child.id()).unwrap();
        let done = Call::of(child, None).end();
        assert_eq!(done.status, Some(code), "{}", done.errors);
        assert!(served.recv_timeout(LIMIT).unwrap().starts_with("HANGUP\n"));
    }
}
