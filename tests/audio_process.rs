//! Descriptor 3 of a real process: taken where Asterisk gave it, and nothing else ever taken for it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_process;

use std::fs;
use std::process::Command;
use std::time::Duration;

use agikit::emulator::Asterisk;
use support_process::{Done, empty_folder, program, run};

/// Runs the listening script on a call that is written down, with this on descriptor 3.
fn recorded(name: &str, enhanced: &str, third: &str) -> Done {
    run(&mut call(name, enhanced, third))
}

fn call(name: &str, enhanced: &str, third: &str) -> Command {
    let folder = empty_folder(name);
    let environment = format!("agi_enhanced: {enhanced}\nagi_arg_1: listens\n\n");
    fs::write(folder.join("session"), environment + "200 result=0\n200 result=1\n").unwrap();
    fs::write(folder.join("voice"), [1; 3201]).unwrap();
    let shell = format!(r#"exec "$0" < session 3{third}"#);
    let mut command = Command::new("sh");
    command.arg("-c").arg(shell).arg(program("script-under-test")).current_dir(folder);
    command
}

#[test]
fn what_was_inherited_is_read() {
    let done = recorded("audio-file", "1.0", "< voice");
    assert_eq!(done.status, Some(0), "{}", done.errors);
    let heard = r#"SET VARIABLE "HEARD" "1600""#; // 3,200 bytes, and half a sample
    assert_eq!(done.sent, [r#"GET VARIABLE "EAGI_AUDIO_FORMAT""#, heard]);
}

#[test]
fn nothing_is_taken_for_it() {
    // A closed descriptor's number is given to the next that is opened: the session's own, or the script's.
    let closed = recorded("audio-closed", "1.0", "<&-");
    assert_eq!(closed.status, Some(1), "{}", closed.errors);
    assert!(closed.errors.contains("EAGI() instead of AGI()"), "{}", closed.errors);
    let opened = run(call("audio-opened", "1.0", "<&-").env("OPENS_FIRST", "1"));
    assert_eq!(opened.status, Some(1), "{}", opened.errors);
    assert!(opened.errors.contains("EAGI() instead of AGI()"), "{}", opened.errors);
    // Whatever stands there, Asterisk has said that it is no audio.
    let plain = recorded("audio-plain", "0.0", "< voice");
    assert_eq!(plain.status, Some(1), "{}", plain.errors);
}

#[test]
fn a_hangup_ends_a_script_that_only_listens() {
    let call = Asterisk::new()
        .arg("listens")
        .real_time()
        .hang_up_at(Duration::from_millis(300))
        .eagi(program("script-under-test"))
        .unwrap();
    assert_eq!(call.agi_status(), Some("HANGUP"), "{call:?}");
    assert_eq!(call.variable("HEARD"), Some("0".into()), "{call:?}");
    assert!(!call.outlived(), "{call:?}");
}
