//! Calls whose script checks what it sees by itself: commands, bytes, keys, oddities, examples.

use std::collections::BTreeMap;
use std::sync::Mutex;

use crate::Test;
use crate::lab::{Call, Lab, is_alive};

/// A call whose script reports: no line may say FAIL, and it must end well.
fn reported(call: &Call<'_>) -> String {
    let end = call.wait_for("end ");
    let report = call.report();
    let failed: Vec<&str> = report.lines().filter(|line| line.starts_with("FAIL")).collect();
    assert!(failed.is_empty() && end == "ok", "{}: ended {end}; {failed:#?}\n{report}", call.id);
    let good = report.lines().filter(|line| line.starts_with("ok ")).count();
    assert!(good > 0, "{} checked nothing", call.id);
    let exit = call.wait_for("exit ");
    format!("{good} checks, AGISTATUS {}, exit {exit}\n", call.left("status"))
}

fn probe(name: &str, caller: &'static str, scenario: &'static str) -> Test {
    let script = format!("probe-{scenario}");
    (name.into(), Box::new(move |lab| reported(&lab.call(caller, &script))))
}

pub fn tests() -> Vec<Test> {
    let mut tests = vec![
        ("47 commands".into(), Box::new(commands) as Box<_>),
        probe("environment", "waits", "environment"),
        probe("arity", "waits", "arity"),
        probe("limits", "waits", "limits"),
        probe("values of several lines", "waits", "values"),
        probe("applications", "waits", "applications"),
        ("bytes".into(), Box::new(bytes)),
        probe("10,000 printed lines", "waits", "prints"),
        probe("a child's prints", "waits", "childprints"),
        probe("texts", "texts", "texts"),
        probe("silence", "falls-silent", "silence"),
        ("a script's error".into(), Box::new(error)),
        probe("background: music", "waits", "meanwhile.music"),
        probe("background: no such music", "waits", "meanwhile.noclass"),
        probe("background: a prompt", "waits", "meanwhile.prompt"),
        probe("background: done at once", "waits", "meanwhile.quick"),
        ("continue_at".into(), Box::new(leaves)),
        (
            "values without environment variables".into(),
            Box::new(|lab| reported(&lab.call("waits", "bare-values"))),
        ),
        ("EAGI's descriptor 3".into(), Box::new(|lab| reported(&lab.call("speaks", "eagi")))),
        ("a child that stays".into(), Box::new(leaves_child)),
    ];
    for (what, caller) in [
        ("zeros", "keys-0042#"),
        ("hash", "keys-#"),
        ("star", "keys-*1*#"),
        ("letters", "keys-A1D#"),
        ("partial", "keys-12"),
        ("many", "keys-12345678901234567890#"),
        ("max", "keys-1234"),
        ("stream", "keys-5"),
        ("offset", "keys-*"),
        ("other", "keys-5"),
        ("option", "keys-2"),
        ("optionwait", "keys-1"),
        ("optionother", "keys-9"),
        ("digit", "keys-#"),
        ("say", "keys-8"),
        ("control", "keys-4"),
        ("record", "keys-#"),
    ] {
        let script = format!("probe-keys.{what}");
        tests.push((
            format!("keys: {what}"),
            Box::new(move |lab: &Lab| reported(&lab.call(caller, &script))),
        ));
    }
    tests.extend(crate::examples::tests());
    tests
}

/// The script leaves for another place, where the call goes on.
fn leaves(lab: &Lab) -> String {
    let call = lab.call("waits", "probe-meanwhile.leave");
    assert_eq!(call.wait_for("end "), "ok");
    format!("landed with AGISTATUS {}\n", call.left("landed"))
}

/// What a command gave: the version, live, dead.
type Seen = (String, &'static str, &'static str);

static COMMANDS: Mutex<BTreeMap<&str, Vec<Seen>>> = Mutex::new(BTreeMap::new());

/// All commands by version, live and dead; nothing when none was tried.
pub fn table() -> String {
    let mut table = String::new();
    for (words, seen) in COMMANDS.lock().unwrap().iter_mut() {
        seen.sort();
        let seen: Vec<String> = seen
            .iter()
            .map(|(version, live, dead)| format!("{version} live: {live:<6} dead: {dead:<6}"))
            .collect();
        table += &format!("{words:<26}{}\n", seen.join("| "));
    }
    table
}

/// All commands live in one call, and dead in a call that runs the script once for each.
fn commands(lab: &Lab) -> String {
    let live = lab.call("waits", "probe-commands");
    let dead = lab.call("waits", "each");
    assert_eq!(live.wait_for("end "), "ok");
    dead.left("status");
    let (live_report, dead_report) = (live.report(), dead.report());
    let row = |report: &str, words: &str| {
        let find = |mark: &str| {
            let start = format!("{mark} {words}\t");
            report.lines().find_map(|line| line.strip_prefix(&start).map(str::to_owned))
        };
        match (find("ok"), find("FAIL")) {
            (Some(seen), None) => (true, seen),
            (_, Some(seen)) => (false, format!("FAIL {seen}")),
            (None, None) => (false, "not sent".into()),
        }
    };
    let mut table = String::new();
    let mut good = row(&live_report, "none missing").0;
    for spec in &agikit::CATALOGUE {
        let (live, seen) = row(&live_report, spec.words);
        let (dead, seen_dead) = row(&dead_report, spec.words);
        good &= live && dead;
        let dead = match (dead, spec.dead) {
            (true, true) => "runs",
            (true, false) => "511",
            (false, _) => "WRONG",
        };
        let live = if live { "right" } else { "WRONG" };
        COMMANDS.lock().unwrap().entry(spec.words).or_default().push((lab.label(), live, dead));
        table += &format!("{:<25} live: {seen:<60.60} dead: {seen_dead}\n", spec.words);
    }
    assert!(good, "\n{table}");
    table + &format!("{} commands live and dead\n", agikit::CATALOGUE.len())
}

fn bytes(lab: &Lab) -> String {
    let call = lab.call("waits", "probe-bytes");
    let saw = reported(&call);
    format!("{}; random: {}; {saw}", call.wait_for("fixed "), call.wait_for("random "))
}

/// The dialplan goes on when the script ends, though a child of it still runs.
fn leaves_child(lab: &Lab) -> String {
    let call = lab.call("waits", "probe-leaveschild");
    let (child, after) = (call.wait_for("child "), call.left("after"));
    assert!(is_alive(&child), "the child has ended: nothing was shown");
    format!("the dialplan goes on with {after} while the child runs; {}", reported(&call))
}

/// A script that returns an error: exit status 1, AGISTATUS FAILURE, and a line on the console. A server has
/// no exit status; it says `failure`, and a variable of its own tells which.
fn error(lab: &Lab) -> String {
    let call = lab.call("waits", "probe-error");
    assert_eq!(call.wait_for("end "), "this is what went wrong");
    let (status, exit) = (call.left("status"), call.wait_for("exit "));
    let told = call.left("fastagi");
    let expected = match lab.is_over_tcp() {
        true => ("FAILURE", "none", "FAILURE"),
        false => ("FAILURE", "not 0", ""),
    };
    assert_eq!((status.as_str(), exit.as_str(), told.as_str()), expected);
    assert!(lab.said(call.log_from, &call.id, "this is what went wrong"), "nothing on the console");
    format!("AGISTATUS {status}, exit {exit}, FASTAGI_STATUS {told:?}, told on the console\n")
}
