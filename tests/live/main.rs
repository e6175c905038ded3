//! Live tests: calls on real Asterisk, placed into the labs that `tests/live/lab` builds.
//!
//! `AGIKIT_LAB=22,16 cargo test --all-features --test live` runs them on those versions. Without that variable, and for a
//! version whose lab is not running, each test counts as ignored and says why.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]
#![allow(clippy::print_stdout, reason = "a table of what was seen")]
#![allow(unreachable_pub, reason = "one program, many rooms")]

mod barge;
mod book;
mod calls;
mod desk;
mod doctor;
mod eagi;
mod ends;
mod examples;
mod foreign;
mod hagi;
mod hangups;
mod imports;
mod install;
mod ivr;
mod lab;
mod log;
mod manager;
mod packages;
mod plan;
mod project;
mod recording;
mod say;
mod scenarios;
mod secrets;
mod serve;
mod served;
mod soak;
#[path = "../support_docs/mod.rs"]
mod support_docs;
#[path = "../support_ivr/mod.rs"]
mod support_ivr;
#[path = "../support_scenarios/mod.rs"]
mod support_scenarios;
#[path = "../support_secrets/mod.rs"]
mod support_secrets;
mod tool;

use std::process::{Command, ExitCode};
use std::time::Duration;

use lab::Lab;
use libtest_mimic::{Arguments, Failed, Trial};
use served::Served;

/// What is copied into agi-bin.
const PROGRAMS: &[&str] = &[
    "live-probe",
    "live-raw",
    "live-soak",
    "live-voice",
    "hello",
    "account",
    "fastagi",
    "after_call",
    "variables",
    "barge_in",
    "echo_wav",
    "voicemail",
    "first-call",
    "secrets",
];

/// The longest test, all scenarios of a version, takes two to four minutes on two processors.
const LIMIT: Duration = Duration::from_secs(15 * 60);

/// A test, by its name, on one lab. It gives what it saw, a line or more.
type Test = (String, Box<dyn Fn(&Lab) -> String + Send + 'static>);

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let asked = std::env::var("AGIKIT_LAB").unwrap_or_default();
    let versions: Vec<&str> = asked.split(',').map(str::trim).filter(|it| !it.is_empty()).collect();
    if versions.is_empty() {
        eprintln!(
            "live tests: skipped, AGIKIT_LAB names no version (tests/live/lab build 22; start 22)"
        );
        let skipped = ["22", "16"].map(|version| {
            Trial::test(format!("asterisk {version}"), || Ok(())).with_ignored_flag(true)
        });
        return libtest_mimic::run(&arguments, skipped.into()).exit_code();
    }
    let mut labs = Vec::new();
    for version in versions {
        match Lab::find(version) {
            Ok(lab) => labs.push(lab),
            // It was asked for by name: a lab that is not there is a failure.
            Err(why) => {
                eprintln!("live tests: {why}");
                return ExitCode::FAILURE;
            }
        }
    }
    if !arguments.list {
        build(PROGRAMS);
        for lab in &labs {
            start_anew(lab);
            lab.install(PROGRAMS);
            // The probe under another name waits for its own child; a wrapper leaves it no variable.
            lab.install_as("live-super", "live-probe");
            lab.write_script(
                "live-bare",
                "exec /usr/bin/env -i /srv/lab/agi-bin/live-probe \"$@\"",
            );
            barge::install(lab);
            book::install(lab);
            desk::install(lab);
            doctor::install(lab);
            eagi::install(lab);
            ends::install(lab);
            foreign::install(lab);
            hagi::install(lab);
            recording::install(lab);
            secrets::install(lab);
            serve::install(lab);
            soak::install(lab);
        }
    }
    let rooms = labs.iter().flat_map(|lab| trials(lab, missing())).collect();
    let arguments = Arguments { test_threads: Some(6), ..arguments };
    let mut good = !libtest_mimic::run(&arguments, rooms).has_failed();
    if !arguments.list {
        labs.iter().for_each(start_anew);
    }
    let rooms = labs.iter().flat_map(|lab| trials(lab, tests(lab))).collect();
    good &= !libtest_mimic::run(&arguments, rooms).has_failed();
    // Here times are compared: nothing else is to run beside it. Both versions at once, as most of it is waiting.
    let alone = labs.iter().flat_map(|lab| trials(lab, scenarios::tests())).collect();
    let arguments = Arguments { test_threads: Some(2), ..arguments };
    good &= !libtest_mimic::run(&arguments, alone).has_failed();
    // Calls that wait more than they work, all at once; then many, one Asterisk after the other.
    let waiting = labs.iter().flat_map(|lab| trials(lab, waiting())).collect();
    let arguments = Arguments { test_threads: Some(64), ..arguments };
    good &= !libtest_mimic::run(&arguments, waiting).has_failed();
    let many = labs.iter().flat_map(|lab| trials(lab, eagi::many())).collect();
    let arguments = Arguments { test_threads: Some(1), ..arguments };
    good &= !libtest_mimic::run(&arguments, many).has_failed();
    // What Asterisk and our server hold is looked at.
    let soaked = labs.iter().filter(|lab| lab.version == "22");
    let alone = soaked.flat_map(|lab| trials(lab, soak::tests())).collect();
    let arguments = Arguments { test_threads: Some(1), ..arguments };
    good &= !libtest_mimic::run(&arguments, alone).has_failed();
    // A second Asterisk in each lab; and files are compared.
    let missing = packages::missing();
    if let Some(why) = &missing {
        eprintln!("live tests: Debian packages are passed over, {why}");
    }
    let alone = labs.iter().flat_map(|lab| trials(lab, packages::tests()));
    let alone = alone.map(|trial| trial.with_ignored_flag(missing.is_some())).collect();
    let arguments = Arguments { test_threads: Some(2), ..arguments };
    good &= !libtest_mimic::run(&arguments, alone).has_failed();
    // From here on over TCP: see `start_anew`. These wait as much as they work.
    let servers: Vec<Served> = match arguments.list {
        true => Vec::new(),
        false => labs.iter().map(Served::start).collect(),
    };
    // Both versions at once: most of it is waiting.
    let alone = labs.iter().flat_map(|lab| trials(lab, ivr::tests())).collect();
    let arguments = Arguments { test_threads: Some(2), ..arguments };
    good &= !libtest_mimic::run(&arguments, alone).has_failed();
    let rooms = labs.iter().flat_map(|lab| {
        let tests = served::tests().into_iter().chain(serve::tests(lab));
        trials(&lab.over_tcp(), tests.collect())
    });
    let rooms = rooms.collect();
    let arguments = Arguments { test_threads: Some(12), ..arguments };
    good &= !libtest_mimic::run(&arguments, rooms).has_failed();
    print!("{}", calls::table());
    // The scenarios, both versions at once: most of it is waiting.
    let addresses =
        labs.iter().zip(&servers).map(|(lab, served)| (lab, served.raw_address.clone()));
    let alone = addresses.flat_map(|(lab, at)| trials(lab, scenarios::served(at))).collect();
    let arguments = Arguments { test_threads: Some(2), ..arguments };
    good &= !libtest_mimic::run(&arguments, alone).has_failed();
    for served in servers {
        good &= served.stop();
    }
    let has_names = hagi::program().is_some();
    if !has_names {
        eprintln!("live tests: hagi:// is passed over, {}", hagi::MISSING);
    }
    let alone = labs.iter().flat_map(|lab| trials(lab, hagi::tests()));
    let alone = alone.map(|trial| trial.with_ignored_flag(!has_names)).collect();
    // Each has the lab's resolv.conf for itself.
    let arguments = Arguments { test_threads: Some(1), ..arguments };
    good &= !libtest_mimic::run(&arguments, alone).has_failed();
    for lab in &labs {
        let left = lab.left_over(PROGRAMS);
        println!("asterisk {}: {} of our programs left", lab.version, left.len());
        good &= left.is_empty();
    }
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// From its first call on of a FastAGI server, or of a program that is not there, Asterisk 16 loses the exit status of
/// every process: AGISTATUS is SUCCESS whatever it ended with. So calls by processes come first, and to an Asterisk that knows nothing of the calls of an earlier run.
fn start_anew(lab: &Lab) {
    if lab.version == "16" {
        for verb in ["stop", "start"] {
            let done = lab::lab(&[verb, &lab.version]);
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        }
    }
}

/// Tests that also call programs which are not there, or not to be run: see [`start_anew`].
fn missing() -> Vec<Test> {
    [book::tests(), install::tests(), project::tests(), doctor::tests()]
        .into_iter()
        .flatten()
        .collect()
}

fn tests(lab: &Lab) -> Vec<Test> {
    calls::tests()
        .into_iter()
        .chain(hangups::tests())
        .chain(imports::tests())
        .chain(desk::tests())
        .chain(foreign::tests(lab))
        .chain(recording::tests(lab))
        .chain(say::tests())
        .chain(secrets::tests())
        .collect()
}

/// Tests that wait for their callers.
fn waiting() -> Vec<Test> {
    [eagi::tests(), barge::tests(), ends::tests()].into_iter().flatten().collect()
}

fn trials(lab: &Lab, tests: Vec<Test>) -> Vec<Trial> {
    tests
        .into_iter()
        .map(|(name, test)| {
            let lab = lab.clone();
            Trial::test(format!("asterisk {}: {name}", lab.version), move || {
                match within_limit(test, lab.clone()) {
                    Ok(saw) => {
                        print!("{}", table(&lab.version, &name, &saw));
                        Ok(())
                    }
                    Err(panic) => {
                        let text = panic.downcast_ref::<String>().map(String::as_str);
                        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
                        Err(Failed::from(text.unwrap_or("panicked")))
                    }
                }
            })
        })
        .collect()
}

/// Runs a test, which may hang: then it has failed, and is left where it is.
fn within_limit(
    test: Box<dyn Fn(&Lab) -> String + Send + 'static>,
    lab: Lab,
) -> std::thread::Result<String> {
    let (done, wait) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let saw = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| test(&lab)));
        let _ = done.send(saw);
    });
    let limit = LIMIT + soak::length();
    let hangs = format!("it hangs: no end within {limit:?}");
    wait.recv_timeout(limit).unwrap_or_else(|_| Err(Box::new(hangs)))
}

/// What a test saw, each line behind its version, in one print so that threads do not mix.
fn table(version: &str, name: &str, saw: &str) -> String {
    saw.lines().map(|line| format!("  {version} | {name} | {line}\n")).collect()
}

/// Builds the programs for agi-bin, and the desk tool: static, for any Linux.
fn build(programs: &[&str]) {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(lab::top()).args(["build", "--release", "--target", lab::TARGET]);
    for program in programs {
        cargo.args(["--example", program]);
    }
    cargo.args(["--features", "cli"]);
    for program in ["agikit", "eagi-pipe", "eagi-record", "fastagi-serve"] {
        cargo.args(["--bin", program]);
    }
    let status = cargo.status().expect("cargo runs");
    assert!(
        status.success(),
        "the programs must build; is the target there? rustup target add {}",
        lab::TARGET
    );
}
