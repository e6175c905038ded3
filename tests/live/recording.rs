//! `agikit record` between real Asterisk and a program: what it writes, what it leaves as it was, and that it
//! replays, until the program is changed.

use agikit::transcript::Exit;

use crate::Test;
use crate::foreign;
use crate::lab::{Call, Lab, wait};
use crate::tool::{Recorded, program, put, record, recorded};

pub fn tests(lab: &Lab) -> Vec<Test> {
    let mut tests: Vec<Test> = vec![
        ("record: account".into(), Box::new(account)),
        ("record: account, hung up halfway".into(), Box::new(account_hangup)),
        ("record: an exit status".into(), Box::new(exit_status)),
        ("record: a program that the hangup ends".into(), Box::new(ended_by_hangup)),
        ("record: a program that is not there".into(), Box::new(not_there)),
        ("record: EAGI's descriptor 3".into(), Box::new(audio)),
        ("record: a shell script, then changed".into(), Box::new(|lab| changed(lab, "menu.sh"))),
    ];
    if foreign::runs(lab, "menu.pl") {
        let name = "record: a Perl program, then changed";
        tests.push((name.into(), Box::new(|lab| changed(lab, "menu.pl"))));
    }
    tests
}

/// Puts the programs of these tests and their recorders into agi-bin.
pub fn install(lab: &Lab) {
    for name in ["menu.sh", "menu.pl"] {
        let other = program(name).replace("vm-goodbye", "goodbye");
        assert_ne!(other, program(name));
        put(lab, &format!("programs/changed_{name}"), other.as_bytes());
    }
    let read = "while read -r line && [ \"$line\" ]; do :; done";
    for (name, text) in [
        ("seven", "echo ANSWER; read -r reply; exit 7"),
        ("sleeps", "echo ANSWER; read -r reply; exec sleep 60"),
    ] {
        put(lab, &format!("programs/{name}"), format!("#!/bin/sh\n{read}\n{text}\n").as_bytes());
        record(lab, name, &format!("programs/{name}"));
    }
    record(lab, "missing", "programs/no_such_program");
    record(lab, "account_recorded", "account");
    record(lab, "probe_recorded", "live-probe");
}

/// What Asterisk itself wrote down of this call, in a transcript's form.
fn logged(lab: &Lab, call: &Call<'_>, channel: &str, replayed: &Recorded) -> Vec<String> {
    let wanted = replayed.conversation().len();
    wait("asterisk's own log of the call", || {
        let log = lab.log_since(call.log_from);
        let mark = format!("<{channel}>AGI ");
        let lines = log.lines().filter_map(|line| line.split_once(&mark));
        let lines = lines.filter_map(|(_, said)| match said.split_once(' ') {
            Some(("Rx", line)) => Some(format!("> {}", line.strip_prefix("<< ")?)),
            Some(("Tx", line)) => Some(format!("< {}", line.strip_prefix(">> ")?)),
            _ => None,
        });
        let lines: Vec<String> = lines.skip_while(|line| line != "< ").skip(1).collect();
        (lines.len() >= wanted).then_some(lines)
    })
}

/// Its lines are those of Asterisk's own log, and it replays on the program that it was recorded from.
fn check(lab: &Lab, call: &Call<'_>, program: &str) -> Recorded {
    let channel = call.channel();
    let status = call.left("status");
    let recorded = recorded(lab, call);
    let blank = |line: &String| line.replace("\\x20", " ").trim_end().to_owned();
    let ours: Vec<String> = recorded.conversation().iter().map(blank).collect();
    let theirs: Vec<String> = logged(lab, call, &channel, &recorded).iter().map(blank).collect();
    assert_eq!(ours, theirs, "AGISTATUS {status}");
    let (green, said) = recorded.replay(lab, program);
    assert!(green, "{said}");
    recorded
}

fn account(lab: &Lab) -> String {
    lab.cli("agi set debug on");
    let call = lab.call("keys-1001#", "program-account_recorded");
    let recorded = check(lab, &call, "account");
    assert_eq!(recorded.exit(), Some(Exit::Status(0)));
    assert!(!recorded.has_hangup());
    assert_eq!((call.left("after"), call.left("status")), ("SUCCESS".into(), "SUCCESS".into()));
    assert!(call.left("result").starts_with("found/1001/1204.50"));
    format!("{} lines, green\n", recorded.conversation().len())
}

/// A program that minds SIGHUP: it must get it, with what it does after that.
fn account_hangup(lab: &Lab) -> String {
    lab.cli("agi set debug on");
    let call = lab.call("waits", "program-account_recorded");
    let channel = call.channel();
    wait("the prompt", || {
        call.played(&channel).contains(&"vm-enter-num-to-call".to_owned()).then_some(())
    });
    call.hang_up(&channel);
    let recorded = check(lab, &call, "account");
    assert!(recorded.has_hangup());
    assert_eq!(recorded.exit(), Some(Exit::Status(0)));
    assert_eq!(call.left("status"), "HANGUP");
    assert!(call.left("result").starts_with("hangup/"));
    assert!(recorded.conversation().contains(&"> SET VARIABLE \"RESULT\" \"hangup\"".into()));
    "! hangup, = 0, AGISTATUS HANGUP, green\n".into()
}

fn exit_status(lab: &Lab) -> String {
    let call = lab.call("waits", "program-seven");
    assert_eq!(call.left("after"), "FAILURE");
    let recorded = recorded(lab, &call);
    assert_eq!(recorded.exit(), Some(Exit::Status(7)));
    assert_eq!(recorded.conversation(), ["> ANSWER", "< 200 result=0"]);
    "= 7, AGISTATUS FAILURE\n".into()
}

/// Asterisk's signal reaches it, and ends it.
fn ended_by_hangup(lab: &Lab) -> String {
    let call = lab.call("waits", "program-sleeps");
    let channel = call.channel();
    wait("the answer", || call.database("none").or_else(|| answered(lab, &call)));
    call.hang_up(&channel);
    let status = call.left("status");
    let recorded = recorded(lab, &call);
    assert!(recorded.has_hangup());
    assert_eq!((recorded.exit(), status.as_str()), (Some(Exit::Signal(1)), "HANGUP"));
    let (green, said) = recorded.replay(lab, "programs/sleeps");
    assert!(green, "{said}");
    "! hangup, = SIGHUP, AGISTATUS HANGUP, green\n".into()
}

/// Whether the recording has a reply already: it is written as the call goes on.
fn answered(lab: &Lab, call: &Call<'_>) -> Option<String> {
    let path = lab.inside("srv/lab/report").join(format!("{}.agi", call.id));
    std::fs::read_to_string(path).ok().filter(|text| text.contains("< 200 result=0"))
}

/// As without the recorder: the console hears of it, and AGISTATUS is FAILURE.
fn not_there(lab: &Lab) -> String {
    let call = lab.call("waits", "program-missing");
    assert_eq!(call.left("after"), "FAILURE");
    let recorded = recorded(lab, &call);
    // It has not even read its environment.
    let said: Vec<String> = recorded.transcript.entries.iter().map(ToString::to_string).collect();
    let said = said.iter().find(|line| line.starts_with("> ")).expect("the console is told");
    assert!(said.starts_with("> verbose \"Failed to execute '/srv/lab/agi-bin/"), "{said:?}");
    assert_eq!(recorded.exit(), Some(Exit::Status(1)));
    "told on the console, = 1, AGISTATUS FAILURE\n".into()
}

/// The probe checks for itself that the caller is heard on descriptor 3.
fn audio(lab: &Lab) -> String {
    let call = lab.call("speaks", "eagi-recorded");
    let end = call.wait_for("end ");
    let report = call.report();
    assert!(end == "ok" && !report.contains("FAIL"), "{end}: {report}");
    let checks = report.lines().filter(|line| line.starts_with("ok ")).count();
    assert!(checks > 0, "it checked nothing");
    let recorded = recorded(lab, &call);
    let text = std::fs::read_to_string(&recorded.path).unwrap();
    assert!(text.contains("< agi_enhanced: 1.0\n"), "{text}");
    format!("{checks} checks behind the recorder\n")
}

/// Green on the program, and red on one that says another goodbye.
fn changed(lab: &Lab, name: &str) -> String {
    lab.cli("agi set debug on");
    let call = lab.call("keys-1234wwwwwwwwww2", &format!("program-{name}"));
    let recorded = check(lab, &call, &format!("programs/{name}"));
    assert_eq!((recorded.exit(), call.left("after")), (Some(Exit::Status(0)), "SUCCESS".into()));
    let (green, said) = recorded.replay(lab, &format!("programs/changed_{name}"));
    assert!(!green, "{said}");
    for line in [
        "the script sent another line",
        "- > STREAM FILE vm-goodbye \"\"",
        "+ > STREAM FILE goodbye \"\"",
        "replayed: FAILED. 0 passed; 1 failed",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    said.lines().filter(|line| line.contains("goodbye")).map(|line| format!("{line}\n")).collect()
}
