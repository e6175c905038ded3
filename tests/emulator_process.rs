//! Calls on the emulator, with programs of any language.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_process;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use agikit::emulator::{Asterisk, Report, Seen};
use agikit::transcript::{Entry, Exit};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A shell script that has read its environment.
fn script(name: &str, body: &str) -> PathBuf {
    write(name, &format!("#!/bin/sh\nwhile read -r line && [ -n \"$line\" ]; do :; done\n{body}\n"))
}

fn write(name: &str, text: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("emulator_process");
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    support_process::write_program(&path, text.as_bytes());
    path
}

fn asterisk() -> Asterisk {
    Asterisk::new().patience(Duration::from_secs(10))
}

fn asked(report: &Report) -> Vec<String> {
    report.commands()
}

#[test]
fn a_shell_script_is_called() {
    let path = script(
        "menu.sh",
        r#"echo ANSWER; read -r reply
echo 'GET DATA vm-enter-num-to-call 2000 4'; read -r reply
number=${reply#*result=}
echo "SET VARIABLE NUMBER ${number%% *}"; read -r reply
echo "SET VARIABLE ARGS \"$0|$1|$2\""; read -r reply"#,
    );
    let call = asterisk().keys("1234").arg("one").arg("two words").agi(&path).unwrap();
    assert_eq!(call.variable("NUMBER"), Some("1234".into()));
    let args = call.variable("ARGS").unwrap().to_string();
    assert!(args.ends_with("menu.sh|one|two words"), "{args}");
    assert_eq!(call.agi_status(), Some("SUCCESS"));
    assert_eq!(call.exit(), Some(Exit::Status(0)));
    assert_eq!(asked(&call)[1], "GET DATA vm-enter-num-to-call 2000 4");
}

#[test]
fn the_hangup_is_a_signal() {
    let body = "echo 'WAIT FOR DIGIT -1'; read -r reply; sleep 5 & wait $!";
    // The signal may come before the reply is read.
    let kept = script(
        "kept.sh",
        "trap hup=1 HUP; echo 'WAIT FOR DIGIT -1'; read -r reply || read -r reply
[ -n \"$hup\" ] || { sleep 5 & wait $!; }
echo \"SET VARIABLE AFTER \\\"$reply\\\"\"; read -r r",
    );
    let call = asterisk().hang_up_during(1).agi(kept).unwrap();
    assert_eq!(call.variable("AFTER"), Some("200 result=-1".into()), "{:?}", call.conversation());
    assert_eq!(call.agi_status(), Some("HANGUP"));
    let call = asterisk().hang_up_during(1).agi(script("died.sh", body)).unwrap();
    assert_eq!(call.exit(), Some(Exit::Signal(1)));
    assert_eq!(call.agi_status(), Some("HANGUP"));
    let call = asterisk().variable("AGISIGHUP", "no").hang_up_during(1);
    let call = call.agi(script("untold.sh", "echo 'WAIT FOR DIGIT -1'; read -r reply")).unwrap();
    assert_eq!(call.exit(), Some(Exit::Status(0)));
}

#[test]
fn exit_statuses_become_agistatus() {
    for (end, exit, status) in [
        ("exit 0", Exit::Status(0), "SUCCESS"),
        ("exit 3", Exit::Status(3), "FAILURE"),
        ("kill -9 $$", Exit::Signal(9), "FAILURE"),
        ("trap '' HUP; echo failure of it all", Exit::Status(0), "FAILURE"),
        ("echo STREAM FILE nosuch 0; read -r r", Exit::Status(0), "FAILURE"),
        ("exec >&-; sleep 0.2; exit 4", Exit::Status(4), "FAILURE"),
    ] {
        let call = asterisk().agi(script("ends.sh", end)).unwrap();
        assert_eq!((call.exit(), call.agi_status()), (Some(exit), Some(status)), "{end}");
    }
}

#[test]
fn asterisk_may_close_at_the_hangup() {
    let path = script(
        "closed.sh",
        "trap : HUP; echo 'WAIT FOR DIGIT -1'; read -r r; read -r r && exit 9; exit 7",
    );
    let call = asterisk().variable("AGIEXITONHANGUP", "yes").hang_up_during(1).agi(path).unwrap();
    assert_eq!(call.agi_status(), Some("HANGUP"));
    assert_eq!(call.exit(), Some(Exit::Status(7)));
}

#[test]
fn what_does_not_start_is_explained() {
    let folder = write("x", "").parent().unwrap().to_owned();
    let call = asterisk().agi(folder.join("nosuch")).unwrap();
    assert_eq!(call.agi_status(), Some("NOTFOUND"));
    assert!(call.notes()[0].contains("no such file"), "{:?}", call.notes());
    let call = asterisk().agi(write("crlf.sh", "#!/bin/sh\r\necho ANSWER\r\n")).unwrap();
    assert_eq!(call.agi_status(), Some("FAILURE"));
    assert!(call.notes()[0].contains("CR LF"), "{:?}", call.notes());
    assert_eq!(asked(&call)[1], "failure");
}

#[test]
fn a_program_that_will_not_end_is_ended() {
    let path = script("stays.sh", "trap '' HUP; exec >&-; sleep 60");
    let call = Asterisk::new().patience(ms(300)).agi(path).unwrap();
    assert!(call.outlived());
    assert_eq!(call.exit(), Some(Exit::Signal(9)));
    let path = write("deaf.sh", "#!/bin/sh\nsleep 60\n");
    let call = Asterisk::new().patience(ms(300)).agi(path).unwrap();
    assert_eq!((call.agi_status(), call.exit()), (Some("HANGUP"), Some(Exit::Signal(1))));
}

#[test]
fn stray_prints_are_seen() {
    let path = script("prints.sh", "echo Hello; read -r r; echo NOOP; read -r r; echo oops >&2");
    let (sender, errors) = std::sync::mpsc::channel();
    let call = asterisk().capture_errors().watch(move |_, seen| {
        if let Seen::Error(line) = seen {
            sender.send(line.clone()).unwrap();
        }
    });
    let call = call.agi(path).unwrap();
    assert_eq!(call.stray(), [b"Hello".to_vec()]);
    assert_eq!(errors.try_iter().collect::<Vec<_>>(), [b"oops".to_vec()]);
}

#[test]
fn the_callers_audio_is_on_descriptor_3() {
    let path = script(
        "hears.sh",
        "echo 'WAIT FOR DIGIT 1000'; read -r r; head -c 15360 <&3 | od -An -tx1 -v | sort -u",
    );
    let call = asterisk().real_time().says(vec![0x0101; 8000]).eagi(path).unwrap();
    let stray = String::from_utf8_lossy(&call.stray()[0]).into_owned();
    assert!(stray.trim().split(' ').all(|byte| byte == "01"), "{stray}");
    let path = script("no3.sh", "[ -e /proc/self/fd/3 ] && exit 5; exit 0");
    assert_eq!(asterisk().agi(path).unwrap().exit(), Some(Exit::Status(0)));
}

#[test]
fn a_command_that_comes_too_early_stops_a_sound() {
    let path = script(
        "barges.sh",
        "echo STREAM FILE demo-congrats 0; sleep 0.3; echo NOOP; read -r r; echo \"NOOP $r\"; read -r r",
    );
    let call = asterisk().real_time().agi(path).unwrap();
    assert_eq!(asked(&call).last().unwrap(), "NOOP 200 result=0");
    assert!(call.played()[0].heard < ms(5000), "{:?}", call.played());
}

/// An interpreter may take longer to begin than a script is left in peace between two commands.
#[test]
fn a_slow_start_loses_no_key_and_no_caller() {
    // The hangup's signal would end it between the reply and what it makes of it.
    let menu = "trap '' HUP; sleep 1; echo 'WAIT FOR DIGIT 5000'; read -r reply
echo \"NOOP $reply\"; read -r reply";
    let path = script("slow.sh", menu);
    for (asterisk, reply) in [
        (Asterisk::new(), "NOOP 200 result=0"),
        (Asterisk::new().keys_at(ms(100), "5"), "NOOP 200 result=53"),
        (Asterisk::new().hang_up_at(ms(100)), "NOOP 200 result=-1"),
    ] {
        let call = asterisk.agi(&path).unwrap();
        assert_eq!(call.commands(), ["WAIT FOR DIGIT 5000", reply], "{:?}", call.notes());
    }
}

#[test]
fn a_hand_on_the_telephone_ends_what_does_not_end() {
    let path =
        script("stubborn.sh", "trap '' HUP; echo ANSWER; read -r r; while :; do sleep 1; done");
    let mut asterisk = asterisk().capture_errors();
    let telephone = asterisk.handset().unwrap();
    let call = asterisk.watch(move |_, seen| {
        if matches!(seen, Seen::Entry(Entry::Script(_))) {
            telephone.hang_up();
            telephone.end();
        }
    });
    let call = call.agi(&path).unwrap();
    assert_eq!(call.exit(), Some(Exit::Signal(9)));
    assert!(call.started() && !call.silent() && !call.outlived(), "{:?}", call.notes());
    let hung = Asterisk::new().patience(ms(300)).agi(&path).unwrap();
    assert!(hung.silent() && hung.outlived(), "{:?}", hung.notes());
}

#[test]
fn who_watches_sees_sounds_end_and_keys_get_lost() {
    let path = script("seen.sh", "echo STREAM FILE beep 5; read -r r; echo ANSWER; read -r r");
    let (tell, told) = std::sync::mpsc::channel();
    let call = asterisk().keys("5").keys_at(ms(100), "7").watch(move |_, seen| {
        let line = match seen {
            Seen::Playing(sound, _) => format!("{sound} begins"),
            Seen::Played(played) => format!("{} ends at {:?}", played.sound, played.heard),
            Seen::Pressed(key) => format!("{} {}", key.key, key.taken),
            _ => return,
        };
        tell.send(line).unwrap();
    });
    assert_eq!(call.agi(&path).unwrap().pressed().len(), 2);
    let told: Vec<String> = told.iter().collect();
    assert_eq!(told, ["beep begins", "7 false", "5 true", "beep ends at 200ms"]);
}
