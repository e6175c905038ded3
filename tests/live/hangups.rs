//! The caller hangs up: at every kind of moment, with and without SIGHUP, with AGIEXITONHANGUP.

use std::time::Duration;

use crate::Test;
use crate::lab::{Lab, wait};

/// The script's last second: from the hangup to its end.
const SECOND: Duration = Duration::from_secs(1);

const MOMENTS: &[&str] = &[
    "stream",
    "control",
    "getdata",
    "getdatawait",
    "option",
    "optionwait",
    "digit",
    "char",
    "text",
    "record",
    "saynumber",
    "saydatetime",
    "exec",
    "gosub",
    "question",
    "menu",
    "music",
    "repeated",
    "compute",
];

pub fn tests() -> Vec<Test> {
    let mut tests: Vec<Test> = Vec::new();
    for &moment in MOMENTS {
        for how in ["", ".nosighup", ".exithup"] {
            let scenario = format!("hangup.{moment}{how}");
            tests.push((
                format!("hangup: {moment}{how}"),
                Box::new(move |lab| hang_up(lab, &scenario, false)),
            ));
        }
    }
    for how in ["", ".nosighup", ".exithup"] {
        let scenario = format!("hangup.answer{how}");
        tests.push((
            format!("hangup: before ANSWER{how}"),
            Box::new(move |lab| hang_up(lab, &scenario, true)),
        ));
    }
    tests.push(("hangup: before the script starts".into(), Box::new(gone_before)));
    for moment in ["stream", "getdata", "record", "saynumber", "exec", "compute"] {
        let script = format!("super-hangup.{moment}");
        tests.push((
            format!("exit status after a hangup: {moment}"),
            Box::new(move |lab| status(lab, &script)),
        ));
    }
    tests.push(("redirected".into(), Box::new(redirected)));
    tests
}

/// Waits until the script is at its moment, hangs up, and sees how it ends.
fn hang_up(lab: &Lab, scenario: &str, ringing: bool) -> String {
    let script = format!("probe-{scenario}");
    let call = if ringing { lab.ring(&script) } else { lab.call("waits", &script) };
    let (channel, pid) = (call.wait_for("channel "), call.wait_for("pid "));
    call.wait_for("ready ");
    // Into the sound, the wait, the number.
    std::thread::sleep(Duration::from_millis(400));
    assert!(call.is_running(&pid), "it waits for the hangup:\n{}", call.report());
    let at = call.hang_up(&channel);
    wait("the script's end", || (!call.is_running(&pid)).then_some(()));
    let took = at.elapsed();
    let report = call.report();
    assert!(!report.contains("FAIL") && report.contains("\nend ok"), "{report}");
    assert!(took < SECOND, "it ended only {took:?} after the hangup");
    let status = call.left("status");
    // What clean-up does without Asterisk is done however the session ended.
    call.wait_for("cleanup ");
    let (variable, entry) = (call.database("cleanup").unwrap_or_default(), call.database("entry"));
    let exit = call.wait_for("exit ");
    assert_eq!(exit, lab.good_exit(), "{report}");
    let closed = scenario.ends_with(".exithup");
    // With AGIEXITONHANGUP Asterisk closes the session at once: no command runs any more.
    let expected =
        if closed { (String::new(), None) } else { ("done".into(), Some("written".into())) };
    assert_eq!((&variable, &entry), (&expected.0, &expected.1), "{report}");
    assert_eq!(status, "HANGUP", "{report}");
    let saw = call.wait_for("saw ");
    format!(
        "ended after {:>3} ms, AGISTATUS {status}, exit {exit}, clean-up: variable {variable:?}, AstDB {entry:?}; saw: {saw}\n",
        took.as_millis()
    )
}

/// The status that the system gives, by a parent that waits for it.
fn status(lab: &Lab, script: &str) -> String {
    let call = lab.call("waits", script);
    let channel = call.wait_for("channel ");
    call.wait_for("ready ");
    std::thread::sleep(Duration::from_millis(400));
    call.hang_up(&channel);
    let status = call.wait_for("status ");
    assert_eq!(status, "exit status: 0", "{}", call.report());
    format!("AGISTATUS {}, {status}\n", call.left("status"))
}

/// A manager sends the call elsewhere while a sound plays: to the script it looks like a hangup, and the call
/// goes on at the other place once the script has ended.
fn redirected(lab: &Lab) -> String {
    let call = lab.call("waits", "probe-hangup.stream");
    let channel = call.wait_for("channel ");
    call.wait_for("ready ");
    std::thread::sleep(Duration::from_millis(400));
    lab.cli(&format!("channel redirect {channel} scripts,landed,1"));
    let landed = call.left("landed");
    assert_eq!((landed.as_str(), &*call.wait_for("exit ")), ("HANGUP", lab.good_exit()));
    let report = call.report();
    assert!(!report.contains("FAIL") && report.contains("\nend ok"), "{report}");
    format!("landed with AGISTATUS {landed}; saw: {}\n", call.wait_for("saw "))
}

/// The channel is dead when the script starts, in the `h` extension.
fn gone_before(lab: &Lab) -> String {
    let call = lab.call("waits", "dead-hangup.dead");
    assert_eq!(call.wait_for("end "), "ok");
    let report = call.report();
    assert!(!report.contains("FAIL"), "{report}");
    let status = call.left("status");
    assert_eq!((status.as_str(), call.database("entry").as_deref()), ("SUCCESS", Some("written")));
    let exit = call.wait_for("exit ");
    assert_eq!(exit, lab.good_exit(), "{report}");
    format!("AGISTATUS {status}, exit {exit}, saw: {}\n", call.wait_for("saw "))
}
