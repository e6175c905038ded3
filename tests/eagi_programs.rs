//! The programs for agi-bin, as processes, called by the emulator.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_process;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use agikit::audio::Sound;
use agikit::emulator::{Asterisk, Report};
use agikit::transcript::Exit;
use support_process::{empty_folder, write_program};

const RECORD: &str = env!("CARGO_BIN_EXE_eagi-record");
const PIPE: &str = env!("CARGO_BIN_EXE_eagi-pipe");
const LEVEL: &str = env!("CARGO_BIN_EXE_eagi-level");

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn voice(seconds: i32) -> Vec<i16> {
    (0..8000 * seconds).map(|n| i16::try_from((n % 57 - 28) * (n % 1000)).unwrap()).collect()
}

/// A caller on a clock that runs.
fn caller() -> Asterisk {
    Asterisk::new().real_time().patience(ms(2000)).longest(ms(20_000))
}

fn with(mut asterisk: Asterisk, arguments: &[&str]) -> Asterisk {
    for argument in arguments {
        asterisk = asterisk.arg(argument);
    }
    asterisk
}

fn value(call: &Report, name: &str) -> String {
    call.variable(name).unwrap_or_else(|| panic!("{name}: {call:?}")).to_string_lossy().into()
}

/// What was said on Asterisk's console.
fn console(call: &Report) -> String {
    let commands = call.commands();
    commands.into_iter().filter(|it| it.starts_with("VERBOSE")).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_recording_ends_by_silence_and_has_its_name() {
    let folder = empty_folder("programs_record");
    let file = format!("{}/%Y-%(callerid).wav", folder.display());
    let asterisk = caller().says(voice(1)).caller("../x");
    let call = with(asterisk, &[&file, "10", "1"]).eagi(RECORD).unwrap();
    assert_eq!(value(&call, "RECORD_END"), "silence", "{call:?}");
    let path = value(&call, "RECORDED_FILE");
    let name = path.strip_prefix(&format!("{}/", folder.display())).unwrap();
    assert!(name.starts_with("20") && name.ends_with("-_._x.wav"), "{name}");
    let length = Sound::read(&path).unwrap().duration();
    assert_eq!(value(&call, "RECORDED_SECONDS"), format!("{:.2}", length.as_secs_f64()));
    assert!(call.sounds().contains(&"beep") && call.agi_status() == Some("SUCCESS"), "{call:?}");
}

#[test]
fn a_recording_ends_by_key_time_and_hangup() {
    let folder = empty_folder("programs_ends");
    for (asterisk, end, key, options) in [
        (caller().keys_at(ms(500), "5").keys_at(ms(1000), "*"), "key", "*", "qt"),
        (caller().keys_at(ms(500), "#"), "time", "", "qx"),
        (caller().hang_up_at(ms(800)), "hangup", "", "q"),
        (caller().variable("AGISIGHUP", "no").hang_up_at(ms(800)), "hangup", "", "q"),
    ] {
        let path = folder.join(end);
        let path = path.to_str().unwrap();
        let call = with(asterisk.silent(), &[path, "1.5", "", options]).eagi(RECORD).unwrap();
        assert_eq!(value(&call, "RECORD_END"), end, "{call:?}");
        assert_eq!(value(&call, "RECORD_KEY"), key);
        assert_eq!(value(&call, "RECORDED_FILE"), format!("{path}.wav"));
        assert!(Sound::read(format!("{path}.wav")).unwrap().duration() > ms(500));
        assert!(!call.outlived() && call.exit() == Some(Exit::Status(0)), "{call:?}");
    }
    assert_eq!(fs::read_dir(folder).unwrap().count(), 3, "nothing half is left");
}

#[test]
fn a_silent_line_does_not_record_for_ever() {
    let folder = empty_folder("programs_clock");
    let path = folder.join("a.wav");
    let call = with(caller(), &[path.to_str().unwrap(), "1"]).eagi(RECORD).unwrap();
    assert_eq!(value(&call, "RECORD_END"), "time");
    assert_eq!((value(&call, "RECORDED_FILE"), path.exists()), (String::new(), false));
}

#[test]
fn what_cannot_be_recorded_is_told_before_the_beep() {
    let folder = empty_folder("programs_bad");
    let missing = folder.join("no/such/a.wav");
    for (arguments, part) in [
        (vec![missing.to_str().unwrap()], "no/such/a.wav"),
        (vec!["/dev/null/a.wav"], "/dev/null/a.wav"),
        (vec!["relative.wav"], "AST_SPOOL_DIR"),
        (vec!["/tmp/%(nosuch).wav"], "nosuch"),
        (vec![], "FILE is missing"),
        (vec!["/tmp/a.wav", "soon"], "max-seconds"),
        (vec!["/tmp/a.wav", "1", "1", "Z"], "no option Z"),
    ] {
        let call = with(caller().silent(), &arguments).eagi(RECORD).unwrap();
        assert_eq!(value(&call, "RECORD_END"), "error", "{call:?}");
        assert!(console(&call).contains(part), "{part}: {}", console(&call));
        assert_eq!((call.played().len(), call.agi_status()), (0, Some("FAILURE")));
    }
    // By AGI() there is no audio.
    let call = with(caller(), &["/tmp/a.wav"]).agi(RECORD).unwrap();
    assert!(console(&call).contains("EAGI() instead of AGI()"), "{}", console(&call));
}

/// Where this test may mount a small disk.
#[test]
fn a_full_disk_is_told_before_the_beep() {
    let folder = empty_folder("programs_full");
    let shell = |text: &str| {
        let mut shell = Command::new("sh");
        shell.args(["-c", text]).arg(&folder).stderr(Stdio::null());
        shell.status().unwrap().success()
    };
    if !shell("mount -t tmpfs -o size=256k agikit-test \"$0\"") {
        eprintln!("not root: no small disk, nothing was filled");
        return;
    }
    let file = folder.join("a.wav");
    let call = |seconds| with(caller().silent(), &[file.to_str().unwrap(), seconds]);
    let (long, short) = (call("60").eagi(RECORD), call("1").eagi(RECORD));
    let left = fs::read_dir(&folder).unwrap().count();
    assert!(shell("umount \"$0\""));
    let long = long.unwrap();
    assert_eq!((value(&long, "RECORD_END"), long.played().len()), ("error".into(), 0));
    assert!(console(&long).contains("a.wav"), "{}", console(&long));
    assert_eq!((value(&short.unwrap(), "RECORD_END"), left), ("time".into(), 1));
}

/// The recording goes on in the kill's last moment; what is left opens and is at most half a second shorter.
#[test]
fn a_killed_recording_is_kept() {
    let folder = empty_folder("programs_killed");
    let calls: Vec<_> = [700, 1130, 1580, 2010]
        .map(|time| {
            let folder = folder.join(time.to_string());
            fs::create_dir(&folder).unwrap();
            std::thread::spawn(move || {
                // The shell has the descriptors of a call; it ends the program it has started, and nothing else.
                let kills = folder.join("kills.sh");
                let text = format!(
                    "#!/bin/sh\nexec 4<&0\n{RECORD} \"$1\" 0 0 q <&4 4<&- &\nsleep {}\nkill -9 $!\nwait $!\n",
                    f64::from(time) / 1000.0
                );
                write_program(&kills, text.as_bytes());
                let file = folder.join("a.wav");
                let asterisk = with(caller().says(voice(4)), &[file.to_str().unwrap(), "", "", "q"]);
                // What a recording before this one has left is not taken for its own.
                let asterisk = asterisk.variable("RECORDED_FILE", "/old.wav");
                let call = asterisk.eagi(&kills).unwrap();
                assert_eq!((value(&call, "RECORDED_FILE"), value(&call, "RECORD_END")), Default::default());
                assert!(!file.exists(), "it was not finished");
                let part = fs::read_dir(&folder).unwrap().find_map(|entry| {
                    let path = entry.unwrap().path();
                    path.extension().is_some_and(|it| it == "part").then_some(path)
                });
                let left = Sound::parse(Path::new("part"), &fs::read(part.unwrap()).unwrap()).unwrap();
                let said = voice(4);
                let heard = left.samples.len();
                assert!(said.windows(heard.max(1)).any(|it| it == left.samples) || heard == 0);
                (ms(u64::try_from(time).unwrap()), left.duration())
            })
        })
        .into_iter()
        .map(|call| call.join().unwrap())
        .collect();
    for (time, left) in calls {
        // Half a second is held, and a start takes its time.
        assert!(left + ms(1000) >= time, "{left:?} of {time:?}");
    }
}

#[test]
fn the_level_is_on_the_console() {
    let call = with(caller().says(voice(1)), &["2"]).eagi(LEVEL).unwrap();
    let shown = console(&call);
    assert!(shown.lines().count() >= 4, "{shown}");
    assert!(shown.contains("eagi-level: rms") && shown.contains("speech"), "{shown}");
    let call = caller().hang_up_at(ms(1600)).eagi(LEVEL).unwrap();
    assert!(console(&call).contains("nothing comes from the caller"), "{call:?}");
    assert_eq!(call.agi_status(), Some("HANGUP"));
}

#[test]
fn the_help_has_the_dialplans_lines() {
    for program in [RECORD, PIPE, LEVEL] {
        let mut help = Command::new(program);
        help.arg("--help").env_remove("AST_AGI_DIR").stdin(Stdio::null());
        let help = help.output().unwrap();
        let text = String::from_utf8(help.stdout).unwrap();
        let name = Path::new(program).file_name().unwrap().to_str().unwrap();
        assert!(help.status.success() && text.contains(&format!("n,EAGI({name}")), "{text}");
        assert!(text.lines().all(|line| line.len() <= 120), "{text}");
    }
}
