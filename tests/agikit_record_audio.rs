//! `agikit record` around a program that hears the caller: nothing stands between the two.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_process;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::time::{Duration, Instant};

use agikit::emulator::Asterisk;
use agikit::program::{Audio, Program, Replay};
use agikit::transcript::Exit;
use nix::fcntl::{FcntlArg, fcntl};
use support_process::{empty_folder, program, write_program};

#[test]
fn the_pipe_that_a_program_enlarges_is_asterisks() {
    let file = empty_folder("record-pipe").join("call.agi");
    let recorded = Program::new(env!("CARGO_BIN_EXE_agikit")).arguments(["record", "-o"]);
    let recorded = recorded.argument(&file).argument("--").argument(program("script-under-test"));
    let mut running = recorded.argument("listens").audio(Audio::Pipe).start().unwrap();
    let mut to = running.to.take().unwrap();
    let mut lines = BufReader::new(running.from.take().unwrap()).lines();
    let mut audio = running.audio.take().unwrap();
    let size = || fcntl(&audio, FcntlArg::F_GETPIPE_SZ).unwrap();
    let usual = size();
    to.write_all(b"agi_enhanced: 1.0\nagi_arg_1: listens\n\n").unwrap();
    assert_eq!(lines.next().unwrap().unwrap(), "GET VARIABLE \"EAGI_AUDIO_FORMAT\"");
    to.write_all(b"200 result=0\n").unwrap();
    let began = Instant::now();
    while size() <= usual {
        assert!(began.elapsed() < Duration::from_secs(60), "it stays at {usual}");
        std::thread::sleep(Duration::from_millis(5));
    }
    audio.write_all(&[1; 3200]).unwrap();
    drop(audio);
    assert_eq!(lines.next().unwrap().unwrap(), "SET VARIABLE \"HEARD\" \"1600\"");
    to.write_all(b"200 result=1\n").unwrap();
    assert_eq!(running.wait(Duration::from_secs(60)).unwrap(), Some(Exit::Status(0)));
}

#[test]
fn what_was_recorded_replays() {
    let folder = empty_folder("record-eagi");
    let (agikit, script) = (env!("CARGO_BIN_EXE_agikit"), program("script-under-test"));
    let line = format!(
        "#!/bin/sh\nexec '{agikit}' record -o '{}/call.agi' -- '{}' listens\n",
        folder.display(),
        script.display()
    );
    write_program(&folder.join("recorded"), line.as_bytes());
    let asterisk = Asterisk::new().arg("listens").says(vec![500; 80_000]).real_time();
    let call = asterisk.hang_up_at(Duration::from_secs(2)).eagi(folder.join("recorded")).unwrap();
    assert_eq!(call.agi_status(), Some("HANGUP"), "{call:?}");
    let heard: u32 = call.variable("HEARD").unwrap().to_string_lossy().parse().unwrap();
    assert!((8000..=16_000).contains(&heard), "{heard}");
    // How much it heard is in no recording.
    let text = fs::read_to_string(folder.join("call.agi")).unwrap();
    let open = text.replace(&format!("\"HEARD\" \"{heard}\""), "\"HEARD\" \"[..]\"");
    assert_ne!(open, text);
    fs::write(folder.join("call.agi"), open).unwrap();
    let limit = Duration::from_secs(60);
    Replay::new(Program::new(script)).limit(limit).file(folder.join("call.agi")).unwrap();
}
