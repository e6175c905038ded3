//! The caller's audio beside the command in flight: frame by frame until it answers.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support;

use std::io::Write;
use std::os::fd::AsFd;
use std::thread;
use std::time::Duration;

use agikit::StreamFile;
use agikit::audio::{Audio, Format, Heard};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use support::socket::{call, echo};
use support::watched;

#[test]
fn frames_come_beside_a_command_until_it_answers() {
    watched(|| {
        let (mut agi, _lines) = call(|far, line| {
            if line.starts_with("STREAM FILE \"short") {
                far.write_all(b"200 result=0 endpos=160\n").unwrap();
            } else if let Some(echo) = echo(line) {
                far.write_all(echo.as_bytes()).unwrap();
            }
        });
        let (reader, mut writer) = std::io::pipe().unwrap();
        let hangup = agi.hangup_flag();
        let mut audio = Audio::from_descriptor(reader, Format::default(), hangup).unwrap();
        writer.write_all(&[1; 640]).unwrap();

        let mut long = agi.start(StreamFile::new("long")).unwrap();
        assert_eq!(long.listen(&mut audio).unwrap(), Some([257; 160].as_slice()));
        assert_eq!(long.listen(&mut audio).unwrap(), Some([257; 160].as_slice()));
        let nothing = long.listen_within(&mut audio, Duration::from_millis(3)).unwrap();
        assert_eq!(nothing, Heard::Nothing);
        assert_eq!(long.interrupt().unwrap(), None);

        let mut short = agi.start(StreamFile::new("short")).unwrap();
        assert_eq!(short.listen(&mut audio).unwrap(), None);
        writer.write_all(&[1; 320]).unwrap();
        assert_eq!(short.listen(&mut audio).unwrap(), None, "it has answered");
        assert_eq!(short.finish().unwrap().endpos, 160);
        assert_eq!(audio.next_frame().unwrap().map(<[i16]>::len), Some(160), "nothing is lost");

        let mut long = agi.start(StreamFile::new("long")).unwrap();
        agi_hangs_up(&mut audio, &mut long);
    });
}

fn agi_hangs_up(audio: &mut Audio, long: &mut agikit::Pending<'_, StreamFile<'_>>) {
    // The pipe stays open and silent, the reply does not come: only the signal tells.
    thread::scope(|scope| {
        let hangup = audio.hangup();
        scope.spawn(move || {
            thread::sleep(Duration::from_millis(20));
            hangup.raise();
        });
        assert_eq!(long.listen(audio).unwrap(), None);
    });
}

/// Asterisk answers when a frame was taken, which may be at any moment of the wait for it: the frame comes first.
#[test]
fn an_answer_behind_a_frame_does_not_take_its_place() {
    const TIMES: usize = 3000;
    watched(|| {
        let (reader, mut writer) = std::io::pipe().unwrap();
        let watch = reader.try_clone().unwrap();
        let (mut agi, _lines) = call(move |far, _line| {
            writer.write_all(&[1; 320]).unwrap();
            let is_taken = || {
                let mut one = [PollFd::new(watch.as_fd(), PollFlags::POLLIN)];
                poll(&mut one, PollTimeout::ZERO).unwrap() == 0
            };
            while !is_taken() {}
            far.write_all(b"200 result=0 endpos=160\n").unwrap();
        });
        let hangup = agi.hangup_flag();
        let mut audio = Audio::from_descriptor(reader, Format::default(), hangup).unwrap();
        for time in 0..TIMES {
            let mut sound = agi.start(StreamFile::new("short")).unwrap();
            let heard = sound.listen(&mut audio).unwrap().map(<[i16]>::len);
            assert_eq!(heard, Some(160), "time {time}");
            assert_eq!(sound.listen(&mut audio).unwrap(), None, "time {time}");
            assert_eq!(sound.finish().unwrap().endpos, 160);
        }
    });
}
