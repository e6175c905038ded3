//! The caller's audio from a pipe: whole frames however it arrives, and no wait that outlives the call.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support;

use std::fs::File;
use std::io::{self, PipeWriter, Read, Seek, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use agikit::Hangup;
use agikit::audio::{Audio, Format, Heard};
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use proptest::prelude::*;
use support::watched;

const SLIN: Format = Format::Linear(8000);

fn pipe(format: Format, hangup: &Hangup) -> (Audio, PipeWriter) {
    let (reader, writer) = io::pipe().unwrap();
    (Audio::from_descriptor(reader, format, hangup.clone()).unwrap(), writer)
}

/// Samples that all differ from their neighbours.
fn samples(count: usize) -> Vec<i16> {
    (0..count).map(|n| i16::try_from(n % 30_000).unwrap()).collect()
}

fn bytes(samples: &[i16]) -> Vec<u8> {
    samples.iter().flat_map(|sample| sample.to_le_bytes()).collect()
}

/// As Asterisk writes: without waiting, a frame whole or not at all.
fn never_blocking(writer: &PipeWriter) {
    fcntl(writer.as_fd(), FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).unwrap();
}

proptest! {
    #[test]
    fn frames_are_whole_however_the_bytes_arrive(
        count in 0usize..2000,
        half in any::<bool>(),
        pieces in prop::collection::vec(1usize..700, 1..20),
    ) {
        watched(move || {
            let all = samples(count);
            let mut sent = bytes(&all);
            if half {
                sent.push(9);
            }
            let (mut audio, mut writer) = pipe(SLIN, &Hangup::new());
            let asterisk = thread::spawn(move || {
                let (mut rest, mut next) = (&*sent, pieces.iter().cycle());
                while !rest.is_empty() {
                    let (piece, behind) = rest.split_at((*next.next().unwrap()).min(rest.len()));
                    writer.write_all(piece).unwrap();
                    rest = behind;
                }
            });
            let mut heard = Vec::new();
            while let Some(frame) = audio.next_frame().unwrap().map(<[i16]>::to_vec) {
                assert_eq!(audio.position(), heard.len() as u64);
                assert_eq!(audio.received(), bytes(&frame));
                assert!(frame.len() == 160 || heard.len() + frame.len() == count);
                heard.extend(frame);
            }
            asterisk.join().unwrap();
            assert_eq!(heard, all);
            assert_eq!(audio.next_frame().unwrap(), None, "an end is an end");
        });
    }
}

#[test]
fn g711_is_decoded_and_kept_as_received() {
    watched(|| {
        for (format, loud) in [(Format::Ulaw, -32_124), (Format::Alaw, -5504)] {
            let (mut audio, mut writer) = pipe(format, &Hangup::new());
            writer.write_all(&[0; 160]).unwrap();
            assert_eq!(audio.next_frame().unwrap(), Some([loud; 160].as_slice()));
            assert_eq!(audio.received(), [0; 160]);
            writer.write_all(&[1; 7]).unwrap();
            drop(writer);
            assert_eq!(audio.next_frame().unwrap().map(<[i16]>::len), Some(7));
            assert_eq!((audio.position(), audio.time()), (160, Duration::from_millis(20)));
        }
    });
}

#[test]
fn a_hangup_ends_the_wait_and_nothing_said_before_is_lost() {
    watched(|| {
        let hangup = Hangup::new();
        let (mut audio, mut writer) = pipe(SLIN, &hangup);
        let caller = thread::spawn({
            let hangup = hangup.clone();
            move || {
                thread::sleep(Duration::from_millis(30));
                writer.write_all(&bytes(&samples(500))).unwrap();
                hangup.raise();
                writer // stays open and silent, as Asterisk's does
            }
        });
        let heard: Vec<i16> = audio.frames().flat_map(|frame| frame.unwrap().samples).collect();
        assert_eq!(heard, samples(500));
        assert_eq!(audio.frame_within(Duration::from_secs(60)).unwrap(), Heard::End);
        let mut rest = Vec::new();
        assert_eq!(audio.read_to_end(&mut rest).unwrap(), 0);
        drop(caller.join().unwrap());
    });
}

/// Whoever writes on after the hangup is no caller.
#[test]
fn a_pipe_that_never_falls_silent_ends_all_the_same() {
    watched(|| {
        let hangup = Hangup::new();
        let zeros = File::open("/dev/zero").unwrap();
        let mut audio = Audio::from_descriptor(zeros, SLIN, hangup.clone()).unwrap();
        assert!(audio.next_frame().unwrap().is_some());
        hangup.raise();
        assert!(audio.frames().count() < 20_000);
    });
}

#[test]
fn without_audio_the_time_ends_the_wait() {
    watched(|| {
        let (mut audio, mut writer) = pipe(SLIN, &Hangup::new());
        assert_eq!(audio.frame_within(Duration::ZERO).unwrap(), Heard::Nothing);
        writer.write_all(&[0; 319]).unwrap();
        assert_eq!(audio.frame_within(Duration::from_millis(5)).unwrap(), Heard::Nothing);
        writer.write_all(&[0]).unwrap();
        assert_eq!(audio.frame_within(Duration::ZERO).unwrap(), Heard::Frame(&[0; 160]));
        assert_eq!(audio.frame_within(Duration::from_millis(5)).unwrap(), Heard::Nothing);
        assert_eq!((audio.position(), audio.received()), (0, [].as_slice()));
    });
}

#[test]
fn what_piles_up_can_be_counted_and_dropped() {
    watched(|| {
        let (mut audio, mut writer) = pipe(SLIN, &Hangup::new());
        assert_eq!(audio.backlog().unwrap(), Duration::ZERO);
        writer.write_all(&bytes(&samples(800))).unwrap();
        assert_eq!(audio.backlog().unwrap(), Duration::from_millis(100));
        assert_eq!(audio.next_frame().unwrap(), Some(&samples(800)[..160]));
        assert_eq!(audio.backlog().unwrap(), Duration::from_millis(80));
        writer.write_all(&[1]).unwrap();
        assert_eq!(audio.discard().unwrap(), Duration::from_millis(80));
        writer.write_all(&[2]).unwrap(); // the other half of a sample
        drop(writer);
        assert_eq!(audio.next_frame().unwrap(), Some([0x0201].as_slice()));
        assert_eq!(audio.position(), 800);
    });
}

/// What Asterisk can put into the pipe while nobody reads, and what is told of it.
#[test]
fn a_full_pipe_is_told() {
    watched(|| {
        for (format, frame) in [(SLIN, 320), (Format::Linear(48_000), 1920), (Format::Ulaw, 160)] {
            let (mut audio, mut writer) = pipe(format, &Hangup::new());
            never_blocking(&writer);
            let mut written = 0;
            let one = vec![7; frame];
            while writer.write(&one).is_ok() {
                written += frame;
            }
            assert!(audio.capacity() >= 65_536);
            assert!(written <= audio.capacity() && written > audio.capacity() * 9 / 10);
            let lasts = format.duration((written / format.sample_bytes()) as u64);
            assert!(!audio.overrun());
            assert_eq!(audio.backlog().unwrap(), lasts);
            assert!(audio.overrun());
            assert_eq!(audio.overruns(), 1);
            writer.write_all(&one).unwrap(); // there is room again
            assert_eq!(audio.discard().unwrap(), lasts + Duration::from_millis(20));
            for _ in 0..written / frame / 2 {
                writer.write_all(&one).unwrap();
            }
            audio.discard().unwrap();
            assert_eq!(audio.overruns(), 1, "half full is not full");
        }
    });
}

/// A script that opens its audio after a prompt finds the small pipe full.
#[test]
fn a_pipe_that_was_full_before_is_told_too() {
    watched(|| {
        let (reader, mut writer) = io::pipe().unwrap();
        never_blocking(&writer);
        let mut written = 0;
        while writer.write(&[7; 320]).is_ok() {
            written += 320;
        }
        assert_eq!(written, 61_440);
        let mut audio = Audio::from_descriptor(reader, SLIN, Hangup::new()).unwrap();
        assert!(audio.overrun() && audio.capacity() > 65_536);
        assert_eq!(audio.backlog().unwrap(), Duration::from_millis(3840));
    });
}

#[test]
fn a_file_and_a_socket_do_as_well() {
    watched(|| {
        let mut file = tempfile();
        file.write_all(&bytes(&samples(400))).unwrap();
        file.rewind().unwrap();
        let mut audio = Audio::from_descriptor(file, SLIN, Hangup::new()).unwrap();
        assert_eq!((audio.capacity(), audio.overrun()), (0, false));
        let lengths: Vec<usize> =
            audio.frames().map(|frame| frame.unwrap().samples.len()).collect();
        assert_eq!(lengths, [160, 160, 80]);

        let (near, mut far) = UnixStream::pair().unwrap();
        far.write_all(&[3; 320]).unwrap();
        drop(far);
        let mut audio = Audio::from_descriptor(near, SLIN, Hangup::new()).unwrap();
        assert_eq!(audio.frames().count(), 1);
    });
}

/// A file that no name leads to any more.
fn tempfile() -> File {
    let path = std::env::temp_dir().join(format!("agikit-audio-{}", std::process::id()));
    let file = File::options().read(true).write(true).create_new(true).open(&path).unwrap();
    std::fs::remove_file(path).unwrap();
    file
}

#[test]
fn bytes_come_as_they_are() {
    watched(|| {
        let (mut audio, mut writer) = pipe(SLIN, &Hangup::new());
        let all: Vec<u8> = (0..=255).cycle().take(10_001).collect();
        let sent = all.clone();
        let asterisk = thread::spawn(move || writer.write_all(&sent).unwrap());
        let mut first = [0; 3];
        audio.read_exact(&mut first).unwrap();
        let mut got = first.to_vec();
        audio.read_to_end(&mut got).unwrap();
        asterisk.join().unwrap();
        assert_eq!(got, all);
        assert_eq!(audio.read(&mut []).unwrap(), 0);
    });
}

/// Halves of samples are never put together wrongly, however bytes and frames are taken by turns.
#[test]
fn frames_are_whole_behind_half_a_sample() {
    watched(|| {
        let (mut audio, mut writer) = pipe(SLIN, &Hangup::new());
        let all = bytes(&samples(500));
        writer.write_all(&all[..400]).unwrap();
        let mut three = [0; 3];
        audio.read_exact(&mut three).unwrap();
        assert_eq!(audio.next_frame().unwrap(), Some(&samples(500)[2..162]));
        assert_eq!((audio.position(), audio.received()), (2, &all[4..324]));
        audio.read_exact(&mut three).unwrap();
        assert_eq!(audio.discard().unwrap(), SLIN.duration(200 - 164));
        writer.write_all(&all[400..401]).unwrap();
        audio.read_exact(&mut three[..1]).unwrap();
        assert_eq!(audio.frame_within(Duration::from_millis(3)).unwrap(), Heard::Nothing);
        writer.write_all(&all[401..]).unwrap();
        drop(writer);
        assert_eq!(audio.next_frame().unwrap(), Some(&samples(500)[201..361]));
        assert_eq!(audio.position(), 201);
        assert_eq!(audio.frames().map(|frame| frame.unwrap().samples.len()).sum::<usize>(), 139);
    });
}

#[test]
fn a_thread_may_listen() {
    watched(|| {
        let hangup = Hangup::new();
        let (mut audio, mut writer) = pipe(SLIN, &hangup);
        let listener = thread::spawn(move || audio.frames().count());
        for _ in 0..50 {
            writer.write_all(&[0; 320]).unwrap();
        }
        hangup.raise();
        assert_eq!(listener.join().unwrap(), 50);
    });
}
