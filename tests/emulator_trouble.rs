//! Scripts and callers that mean no good: the emulator neither hangs nor leaves anything behind.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_process;

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::time::Duration;

use agikit::emulator::{Asterisk, Report};
use agikit::{Result, Timeout};
use support_process::{empty_folder, write_program};

/// Whatever hangs is told from what is slow by this.
const LIMIT: Duration = Duration::from_secs(60);

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Runs it under a time limit.
fn limited<T: Send + 'static>(what: &str, run: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, outcome) = channel();
    std::thread::spawn(move || done.send(run()));
    outcome.recv_timeout(LIMIT).unwrap_or_else(|_| panic!("{what}: does not end, or panics"))
}

fn script(name: &str, body: &str) -> PathBuf {
    let path = empty_folder(&format!("emulator_trouble_{name}")).join(name);
    let head = "#!/bin/sh\nwhile read -r line && [ -n \"$line\" ]; do :; done\n\
                echo \"SET VARIABLE PID $$\"; read -r reply\n";
    write_program(&path, format!("{head}{body}\n").as_bytes());
    path
}

/// Whether the program's process is gone, zombies included.
fn is_gone(report: &Report) -> bool {
    let pid = report.variable("PID").unwrap().to_string();
    !Path::new("/proc").join(pid).exists()
}

#[test]
fn programs_of_every_bad_kind_end_with_their_call() {
    let kinds = [
        ("nul", "printf 'NOOP\\0 x\\n'; read -r r; printf '\\0\\n'; sleep 0.1", "SUCCESS"),
        ("long", "head -c 10000000 /dev/zero | tr '\\0' a & exec cat >/dev/null", ""),
        ("binary", "head -c 300000 /dev/urandom & exec cat >/dev/null", ""),
        ("unended", "printf 'NOO'; sleep 60", "FAILURE"),
        ("deaf", "while :; do echo NOOP; done", ""),
        ("flood", "trap '' HUP; yes NOOP & exec cat >/dev/null", "HANGUP"),
        ("closes_0", "exec <&-; echo NOOP; echo NOOP; exit 3", "FAILURE"),
        ("closes_1", "exec >&-; sleep 0.1; exit 3", "FAILURE"),
        ("closes_all", "exec <&- >&- 2>&-; sleep 0.1", "SUCCESS"),
        ("child_holds", "sleep 60 & exit 0", ""),
        ("stops", "kill -STOP $$", ""),
        ("swaps", "exec 5>&1 >&-; echo NOOP >&5; read -r r; exec 5>&-; exit 0", "SUCCESS"),
    ];
    std::thread::scope(|scope| {
        for (name, body, status) in kinds {
            scope.spawn(move || {
                let path = script(name, body);
                let asterisk = Asterisk::new().patience(ms(3000));
                let report = limited(name, move || asterisk.agi(path).unwrap());
                let seen = report.agi_status().unwrap();
                assert!(status.is_empty() || seen == status, "{name}: {seen} {:?}", report.notes());
                assert!(is_gone(&report), "{name}: {:?}", report.notes());
            });
        }
    });
}

#[test]
fn a_script_without_an_end_is_given_up() {
    let report = limited("a flood", || {
        let (sent, report) = Asterisk::new().connect(|mut ends, _| {
            let mut buffer = [0; 65_536];
            let mut sent = 0_u32;
            while ends.write_all(&b"NOOP\n".repeat(1000)).is_ok() {
                sent += 1000;
                let _ = ends.read(&mut buffer);
            }
            sent
        });
        assert!(sent >= 199_000, "{sent}");
        report
    });
    assert_eq!(report.notes().len(), 2, "{:?}", report.notes());
    assert!(report.notes().iter().all(|note| note.contains("without an end")));
}

#[test]
fn a_panic_of_an_application_is_the_tests() {
    let call = || {
        Asterisk::new().application("Bad", |_, _| panic!("an application's")).run(|agi| -> Result {
            agi.exec("Bad", &["x"])?;
            Ok(())
        })
    };
    let panicked = limited("a panic", move || std::panic::catch_unwind(call).is_err());
    assert!(panicked);
    let path = script("bad", "echo $$ > \"$0.pid\"; echo EXEC Bad; read -r r; sleep 60");
    let pid = path.with_extension("pid");
    let panicked = limited("a panic", move || {
        let bad = Asterisk::new().application("Bad", |_, _| panic!("an application's"));
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| bad.agi(path))).is_err()
    });
    assert!(panicked);
    let pid = std::fs::read_to_string(pid).unwrap();
    assert!(!Path::new("/proc").join(pid.trim()).exists(), "the program is ended");
}

#[test]
fn a_telephone_may_be_dropped_and_used_too_late() {
    let report = limited("a dropped telephone", || {
        let mut asterisk = Asterisk::new();
        drop(asterisk.telephone().unwrap());
        asterisk.run(|agi| agi.wait_for_digit(ms(50)).map(drop))
    });
    assert_eq!(report.agi_status(), Some("SUCCESS"));
    let mut asterisk = Asterisk::new();
    let telephone = asterisk.handset().unwrap();
    let report = limited("an early hand", move || {
        for _ in 0..100_000 {
            telephone.press('5');
        }
        telephone.press('x');
        telephone.hang_up();
        let report = asterisk.run(|agi| agi.wait_for_digit(Timeout::FOREVER).map(drop));
        telephone.press('1');
        telephone.end();
        report
    });
    assert_eq!(report.agi_status(), Some("HANGUP"));
}

#[test]
fn times_without_bounds_are_times_all_the_same() {
    let report = limited("endless times", || {
        let endless = Duration::MAX;
        let asterisk = Asterisk::new().patience(endless).longest(endless).sound("long", endless);
        asterisk.keys_at(endless, "12").text_at(endless, "x").hang_up_at(endless).run(|agi| {
            agi.stream_file("long")?;
            agi.wait_for_digit(Timeout::FOREVER).map(drop)
        })
    });
    assert_eq!(report.agi_status(), Some("HANGUP"));
    let report = limited("no time", || {
        let asterisk = Asterisk::new().patience(Duration::ZERO).sound("none", Duration::ZERO);
        asterisk.keys_at(Duration::ZERO, "1").run(|agi| agi.stream_file("none").map(drop))
    });
    assert!(report.agi_status().is_some());
    let report =
        limited("no call", || Asterisk::new().longest(Duration::ZERO).run(|agi| agi.answer()));
    assert_eq!(report.agi_status(), Some("HANGUP"));
    // Nobody is there to be waited for.
    let path =
        script("waits", "trap '' HUP; echo HANGUP; read -r r; echo 'EXEC Wait 1e15'; exit 0");
    limited("a wait behind the hangup", || Asterisk::new().real_time().agi(path).unwrap());
}
