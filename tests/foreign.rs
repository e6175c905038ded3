//! Programs in other languages, without this library: one menu in five languages (`tests/programs/menu.*`), called
//! on the emulator and replayed on what real Asterisk said. A language that is not installed counts as ignored.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use agikit::emulator::{Asterisk, Report};
use agikit::program::{Program, Replay};
use agikit::transcript::{Entry, Event, Exit, Transcript};
use libtest_mimic::{Arguments, Failed, Trial};

/// The programs, and a command that ends well where they can run.
const PROGRAMS: [(&str, &[&str]); 5] = [
    ("menu.sh", &["sh", "-c", ":"]),
    ("menu.pl", &["perl", "-MAsterisk::AGI", "-e", "1"]),
    ("menu.py", &["python3", "-c", "1"]),
    ("menu.php", &["php", "-v"]),
    ("menu.js", &["node", "-v"]),
];

/// What makes an emulator's caller.
type Caller = fn(Asterisk) -> Asterisk;

/// The recordings in `tests/transcripts/menu`, and how the caller of each is played.
const CALLS: [(&str, Caller); 3] = [
    ("keys", |asterisk| asterisk.keys("12341")),
    ("nothing", |asterisk| asterisk),
    ("hangup", |asterisk| asterisk.keys("1234").hang_up_during(4)),
];

fn main() -> ExitCode {
    let mut trials = Vec::new();
    for (program, needs) in PROGRAMS {
        let is_there = runs(needs);
        if !is_there {
            eprintln!("{program}: skipped, `{}` does not run here", needs.join(" "));
        }
        let mut add = |name: String, test: Box<dyn FnOnce() + Send>| {
            let trial = Trial::test(format!("{program}: {name}"), move || caught(test));
            trials.push(trial.with_ignored_flag(!is_there));
        };
        for (call, caller) in CALLS {
            let test = Box::new(move || emulated(program, call, caller));
            add(format!("{call}, on the emulator"), test);
            add(format!("{call}, as recorded"), Box::new(move || replayed(program, call)));
            #[cfg(feature = "cli")]
            add(format!("{call}, by agikit call"), Box::new(move || called(program, call)));
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn runs(words: &[&str]) -> bool {
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// A panic is a failure with its words.
fn caught(test: impl FnOnce()) -> Result<(), Failed> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(test)).map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        Failed::from(text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("panicked"))
    })
}

fn tests() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests"))
}

fn program(name: &str) -> PathBuf {
    tests().join("programs").join(name)
}

fn recording(call: &str) -> PathBuf {
    tests().join("transcripts/menu").join(format!("{call}.agi"))
}

/// What both sides said behind the environment, and the hangup.
fn conversation(transcript: &Transcript) -> Vec<Entry> {
    let entries = transcript.entries.iter().filter(|entry| {
        matches!(entry, Entry::Script(_) | Entry::Asterisk(_) | Entry::Event(Event::Hangup))
    });
    entries.skip_while(|entry| entry.to_string() != "<").skip(1).cloned().collect()
}

/// Each line is the recording's: the program's word by word, Asterisk's to the letter.
#[track_caller]
fn same(transcript: &Transcript, call: &str) {
    let recorded = conversation(&Transcript::open(recording(call)).unwrap());
    let seen = conversation(transcript);
    assert_eq!(seen.len(), recorded.len(), "{transcript}");
    for (seen, recorded) in seen.iter().zip(&recorded) {
        let is_same = match (recorded, seen) {
            (Entry::Script(recorded), Entry::Script(seen)) => {
                recorded.matches(seen.as_exact().unwrap())
            }
            (Entry::Asterisk(recorded), Entry::Asterisk(seen)) => {
                recorded.matches_bytes(seen.as_exact().unwrap())
            }
            (recorded, seen) => recorded == seen,
        };
        assert!(is_same, "recorded: {recorded}\nseen:     {seen}");
    }
}

fn emulated(name: &str, call: &str, caller: Caller) {
    let asterisk = Asterisk::new().caller("0123456789").capture_errors();
    let report = caller(asterisk).agi(program(name)).unwrap();
    same(&report.transcript(), call);
    let status = if call == "hangup" { "HANGUP" } else { "SUCCESS" };
    assert_eq!(report.agi_status(), Some(status), "{:?}", report.notes());
    assert!(!report.outlived());
    left(&report, call);
}

/// What the call left behind, and what the caller heard.
fn left(report: &Report, call: &str) {
    let (dialled, choice, sounds) = match call {
        "keys" => (
            "1234",
            Some("1"),
            "vm-enter-num-to-call digits/1 digits/2 digits/3 digits/4 tt-weasels vm-goodbye",
        ),
        "nothing" => ("", Some("none"), "vm-enter-num-to-call invalid tt-weasels vm-goodbye"),
        // Half a second of the digits.
        _ => ("1234", None, "vm-enter-num-to-call digits/1"),
    };
    assert_eq!(report.variable("DIALLED"), Some(dialled.into()));
    assert_eq!(report.database("menu", "choice"), choice.map(Into::into));
    assert_eq!(report.sounds().join(" "), sounds);
    let wrong = if call == "hangup" { vec![] } else { vec![b"NO SUCH COMMAND".to_vec()] };
    assert_eq!(report.stray(), wrong);
    if call != "hangup" {
        assert_eq!(report.exit(), Some(Exit::Status(0)));
    }
}

fn replayed(name: &str, call: &str) {
    Replay::new(Program::new(program(name))).file(recording(call)).unwrap();
}

#[cfg(feature = "cli")]
fn called(name: &str, call: &str) {
    let mut agikit = Command::new(env!("CARGO_BIN_EXE_agikit"));
    agikit.args(["call", "--fast", "--caller", "0123456789"]).stdin(Stdio::null());
    match call {
        "keys" => agikit.args(["--keys", "12341"]),
        // While the digits are said: dialled by then, and more than three seconds long.
        "hangup" => agikit.args(["--keys", "1234", "--hangup-after", "2.8s"]),
        _ => &mut agikit,
    };
    let done = agikit.arg(program(name)).output().unwrap();
    let text = String::from_utf8(done.stdout).unwrap();
    let transcript: Transcript = text.parse().unwrap();
    same(&transcript, call);
    let errors = String::from_utf8_lossy(&done.stderr);
    let status = if call == "hangup" { "HANGUP" } else { "SUCCESS" };
    assert!(errors.contains(&format!("AGISTATUS  {status}")), "{errors}");
    // 5 is the hangup's.
    assert_eq!(done.status.code(), Some(if call == "hangup" { 5 } else { 0 }), "{errors}");
}
