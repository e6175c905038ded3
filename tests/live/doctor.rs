//! `agikit doctor` on the labs' installations: good programs, and broken ones, whose calls then end as it said.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use serde_json::Value;

use crate::Test;
use crate::lab::{Lab, static_programs};

const DIALPLAN: &str = "[scripts]
exten => _doctor-.,1,Set(ID=${EXTEN})
 same => n,AGI(doctor-${CUT(EXTEN,-,2)})
 same => n,Set(DB(live/${ID}-after)=${AGISTATUS})
 same => n,Hangup()
";

/// How a script in sh begins.
const BEGIN: &str = "while read -r line && [ -n \"$line\" ]; do :; done";

/// Broken programs: a name, its text, what the doctor calls the fault, and what Asterisk logs, if it logs it.
const BROKEN: &[(&str, &str, &str, &str)] = &[
    ("missing", "", "missing", "Failed to execute"),
    ("bit", "#!/bin/sh\n", "no-run-bit", "Permission denied"),
    ("crlf", "#!/bin/sh\r\necho NOOP\r\n", "carriage-return", "No such file or directory"),
    ("bom", "\u{feff}#!/bin/sh\necho NOOP\n", "byte-order-mark", "Exec format error"),
    ("interpreter", "#!/usr/bin/nosuch\n", "no-interpreter", "No such file or directory"),
    ("env", "#!/usr/bin/env nosuch\n", "no-interpreter", ""),
    ("status", "#!/bin/sh\nBEGIN\necho NOOP; read -r reply; exit 3\n", "exit-status", ""),
    ("stray", "#!/bin/sh\nBEGIN\necho Hello; read -r reply\n", "stray-output", ""),
    (
        "sound",
        "#!/bin/sh\nBEGIN\necho 'STREAM FILE nosuch \"\"'; read -r reply\n",
        "no-sound",
        "nosuch",
    ),
];

/// Of these only the exit status tells.
const BY_STATUS: &[&str] = &["env", "status"];

pub fn tests() -> Vec<Test> {
    vec![
        ("doctor: the programs of the examples are well".into(), Box::new(well)),
        (
            "doctor: what it says of broken programs is what their calls come to".into(),
            Box::new(broken),
        ),
    ]
}

/// Puts the broken programs into agi-bin.
pub fn install(lab: &Lab) {
    for (name, text, ..) in BROKEN {
        let path = lab.program(&format!("doctor-{name}"));
        if *name == "missing" {
            let _ = fs::remove_file(path);
            continue;
        }
        fs::write(&path, text.replace("BEGIN", BEGIN)).expect("agi-bin takes a script");
        let mode = if *name == "bit" { 0o644 } else { 0o755 };
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("and its mode");
    }
    lab.plan("doctor", DIALPLAN.as_bytes());
}

/// What the doctor finds, as JSON, and its exit code.
fn doctor(lab: &Lab, arguments: &[&str]) -> (Option<i32>, Value) {
    let mut command = Command::new(static_programs().with_file_name("agikit"));
    command.arg("doctor").arg("--root").arg(lab.root());
    command.args(["--config", "/srv/lab/etc/asterisk.conf", "--json"]).args(arguments);
    let output = command.output().expect("agikit runs");
    let found = serde_json::from_slice(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    (output.status.code(), found.unwrap_or_else(|error| panic!("{error}: {errors}")))
}

fn well(lab: &Lab) -> String {
    let mut saw = String::new();
    for arguments in [
        &["hello"][..],
        &["account", "--keys", "1001#", "--arg", "/srv/lab/report/doctor.db"],
        &["eagi-level", "--eagi"],
    ] {
        if !lab.program(arguments[0]).exists() {
            continue;
        }
        let (code, found) = doctor(lab, arguments);
        assert_eq!((code, &found["faults"]), (Some(0), &0.into()), "{found:#}");
        let asterisk = &found["asterisk"];
        assert_eq!(
            (&asterisk["runs"], &asterisk["user"]),
            (&true.into(), &"root".into()),
            "{found:#}"
        );
        // The running one was asked, and has AGI().
        assert_eq!(found["findings"], Value::Array(Vec::new()), "{found:#}");
        let call = &found["programs"][0]["call"];
        saw +=
            &format!("{}: {} commands, {}\n", arguments[0], call["commands"], call["agi_status"]);
    }
    saw
}

fn broken(lab: &Lab) -> String {
    let mut saw = String::new();
    for (name, _, kind, logged) in BROKEN {
        let program = format!("doctor-{name}");
        let (code, found) = doctor(lab, &[&program]);
        let fault = &found["programs"][0]["findings"][0];
        assert_eq!((code, &fault["kind"]), (Some(1), &(*kind).into()), "{found:#}");
        let before = lab.log_length();
        let call = lab.call("waits", &program);
        let status = call.left("after");
        // Asterisk 16 loses exit statuses at times.
        let is_lost = lab.version == "16" && BY_STATUS.contains(name) && status == "SUCCESS";
        assert!(is_lost || fault["agi_status"] == status.as_str(), "{name}: {status}: {found:#}");
        let log = fs::read(lab.log_path()).expect("the lab has a log");
        let log =
            String::from_utf8_lossy(&log[usize::try_from(before).expect("it fits")..]).into_owned();
        assert!(logged.is_empty() || log.contains(logged), "{name}: {logged}: {log}");
        saw += &format!("{status}: {}\n", fault["what"]);
    }
    saw
}
