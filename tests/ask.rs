//! A prompt that yields: to the caller's voice, to his keys, to his hangup, and to none of them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support;

use std::io::{PipeWriter, Write};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, OnceLock};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::Duration;

use agikit::audio::{Audio, Detector, Format};
use agikit::eagi::{Ask, Response, ResponseEnd};
use agikit::{Error, Hangup, Result, Session};
use support::socket::{call, echo};
use support::watched;

/// What Asterisk says to a line, the n-th of this call; nothing where the command goes on.
type Says = fn(usize, &str) -> &'static str;

/// Who speaks once he was asked: what stood in the pipe before is dropped.
struct Caller {
    voice: PipeWriter,
    asked: Receiver<()>,
}

impl Caller {
    /// The line, some time after the first command was taken and maybe answered.
    fn asked(self) -> PipeWriter {
        self.asked.recv().unwrap();
        sleep(Duration::from_millis(60));
        self.voice
    }

    /// Speaks for 600 ms, after 400 ms of a quiet line; as fast as it is read.
    fn speaks(self) -> PipeWriter {
        let mut voice = self.asked();
        voice.write_all(&frames(20, 0)).unwrap();
        voice.write_all(&frames(30, 60)).unwrap();
        voice
    }
}

/// A call with audio: echoes are answered, all else is as said.
fn begin(says: Says) -> (Session, Audio, Caller, JoinHandle<Vec<String>>) {
    let (mut number, mut waits) = (0, false);
    let (ask, asked) = channel();
    let (agi, lines) = call(move |far, line| {
        let reply = match echo(line) {
            // A stopped WAIT FOR DIGIT answers, a stopped sound does not.
            Some(echo) if std::mem::take(&mut waits) => format!("200 result=1\n{echo}"),
            Some(echo) => echo,
            None => says(number, line).to_owned(),
        };
        number += 1;
        waits |= line.starts_with("WAIT FOR DIGIT") && reply.is_empty();
        far.write_all(reply.as_bytes()).unwrap();
        let _ = ask.send(()); // not every test has a caller who waits for it
    });
    let (reader, voice) = std::io::pipe().unwrap();
    let audio = Audio::from_descriptor(reader, Format::default(), agi.hangup_flag()).unwrap();
    (agi, audio, Caller { voice, asked }, lines)
}

/// Frames of a voice, or of a quiet line.
fn frames(count: usize, loud: i16) -> Vec<u8> {
    let wave = |n: usize| i16::try_from(n * n % 200).unwrap() - 100;
    let samples = (0..count * 160).map(|n| wave(n % 160) * loud);
    samples.flat_map(i16::to_le_bytes).collect()
}

/// The caller speaks, and his line is quiet for 1.5 s and then without a frame until the test ends.
fn speaks(caller: Caller) {
    spawn(move || {
        let mut voice = caller.speaks();
        voice.write_all(&frames(75, 0)).unwrap();
        sleep(Duration::from_secs(30));
    });
}

/// What was sent: the times left out, and echoes as one word, since on a slow machine another is sent behind the first.
fn sent(agi: Session, lines: JoinHandle<Vec<String>>) -> String {
    drop(agi);
    let lines = lines.join().unwrap();
    let short = lines.iter().map(|line| match line.split(' ').next().unwrap() {
        "GET" => "echo",
        "STREAM" => "prompt",
        "WAIT" => "wait",
        other => other,
    });
    let mut short: Vec<&str> = short.collect();
    short.dedup_by(|next, word| *next == "echo" && next == word);
    short.join(" ")
}

#[track_caller]
fn spoke(response: &Response, end: ResponseEnd) {
    assert_eq!(response.end, end);
    let speech = response.speech.as_ref().unwrap();
    let length = speech.duration();
    assert!((600..=1300).contains(&length.as_millis()), "{length:?}");
    let loudest = speech.samples.iter().map(|sample| sample.unsigned_abs()).max().unwrap();
    assert_eq!(loudest, 6000);
}

#[test]
fn a_voice_stops_the_prompt() {
    watched(|| {
        let (mut agi, mut audio, caller, lines) = begin(|_, _| "");
        speaks(caller);
        let response = Ask::new("long").run(&mut agi, &mut audio).unwrap();
        spoke(&response, ResponseEnd::Speech);
        assert!(response.barged_in);
        assert_eq!(sent(agi, lines), "prompt echo wait echo");
    });
}

#[test]
fn a_voice_after_the_prompt_ends_the_wait() {
    watched(|| {
        let played: Says = |n, _| if n == 0 { "200 result=0 endpos=160\n" } else { "" };
        let (mut agi, mut audio, caller, lines) = begin(played);
        speaks(caller);
        let response = Ask::new("short").run(&mut agi, &mut audio).unwrap();
        spoke(&response, ResponseEnd::Speech);
        assert!(!response.barged_in);
        assert_eq!(sent(agi, lines), "prompt wait echo");
    });
}

#[test]
fn without_a_prompt_it_listens() {
    watched(|| {
        let (mut agi, mut audio, caller, lines) = begin(|_, _| "");
        speaks(caller);
        let response = Ask::silent().run(&mut agi, &mut audio).unwrap();
        spoke(&response, ResponseEnd::Speech);
        assert_eq!(sent(agi, lines), "wait echo");
    });
}

/// Some telephones send nothing in silence.
#[test]
fn frames_that_cease_are_the_end_of_what_he_says() {
    watched(|| {
        let (mut agi, mut audio, caller, lines) = begin(|_, _| "");
        let telephone = spawn(move || caller.speaks());
        let response = Ask::silent().run(&mut agi, &mut audio).unwrap();
        spoke(&response, ResponseEnd::Speech);
        drop(telephone.join().unwrap());
        assert_eq!(sent(agi, lines), "wait echo");
    });
}

#[test]
fn he_who_never_stops_is_stopped() {
    watched(|| {
        let (mut agi, mut audio, caller, _lines) = begin(|_, _| "");
        speaks(caller);
        let detector = Detector::new(8000).hangover(Duration::from_secs(3));
        let ask = Ask::silent().longest(Duration::from_millis(700)).detector(detector);
        let response = ask.run(&mut agi, &mut audio).unwrap();
        assert_eq!(response.end, ResponseEnd::Longest);
        assert_eq!(response.speech.unwrap().duration(), Duration::from_millis(700));
    });
}

#[test]
fn keys_end_it_at_any_time() {
    watched(|| {
        let key: Says = |_, _| "200 result=53 endpos=800\n";
        let (mut agi, mut audio, _caller, lines) = begin(key);
        let response = Ask::new("long").run(&mut agi, &mut audio).unwrap();
        assert_eq!((response.end, response.speech), (ResponseEnd::Key('5'), None));
        assert!(response.barged_in);
        assert_eq!(sent(agi, lines), "prompt");

        // A key that is not one of those is passed over.
        let keys: Says = |n, _| match n {
            0 => "200 result=0 endpos=160\n",
            1 => "200 result=52\n",
            _ => "200 result=49\n",
        };
        let (mut agi, mut audio, _caller, lines) = begin(keys);
        let response = Ask::new("short").escape_digits("12").run(&mut agi, &mut audio).unwrap();
        assert_eq!((response.end, response.barged_in), (ResponseEnd::Key('1'), false));
        assert_eq!(sent(agi, lines), "prompt wait wait");
    });
}

#[test]
fn time_ends_it() {
    watched(|| {
        let played: Says = |n, _| if n == 0 { "200 result=0 endpos=160\n" } else { "" };
        let (mut agi, mut audio, caller, lines) = begin(played);
        let quiet = spawn(move || {
            let mut voice = caller.asked();
            for _ in 0..20 {
                voice.write_all(&frames(1, 0)).unwrap();
                sleep(Duration::from_millis(20));
            }
            voice
        });
        let ask = Ask::new("short").timeout(Duration::from_millis(150));
        let response = ask.run(&mut agi, &mut audio).unwrap();
        assert_eq!((response.end, response.speech), (ResponseEnd::Timeout, None));
        drop(quiet.join().unwrap());
        assert_eq!(sent(agi, lines), "prompt wait echo");
    });
}

/// Without a limit, the caller's line is what ends it: no time is too long.
#[test]
fn any_time_may_be_given() {
    watched(|| {
        for time in [Duration::ZERO, Duration::from_secs(1 << 32), Duration::MAX] {
            let key: Says = |n, _| match n {
                0 => "200 result=0 endpos=160\n",
                _ => "200 result=49\n",
            };
            let (mut agi, mut audio, _caller, _lines) = begin(key);
            let ask = Ask::new("short").timeout(time).longest(time);
            let end = ask.run(&mut agi, &mut audio).unwrap().end;
            assert!(end == ResponseEnd::Key('1') || time.is_zero(), "{end:?}");
        }
    });
}

#[test]
fn the_hangup_ends_it() {
    watched(|| {
        // By the reply, as with AGISIGHUP=no.
        let gone: Says = |n, _| match n {
            0 => "200 result=-1 endpos=160\n",
            _ => "511 Command Not Permitted on a dead channel\n",
        };
        let (mut agi, mut audio, _caller, lines) = begin(gone);
        let response = Ask::new("long").run(&mut agi, &mut audio).unwrap();
        assert_eq!((response.end, response.speech), (ResponseEnd::Hangup, None));
        assert_eq!(sent(agi, lines), "prompt CHANNEL");

        // By the signal, in the middle of what he says; the reply has come before it.
        let hangup = Arc::new(OnceLock::<Hangup>::new());
        let signal = Arc::clone(&hangup);
        let (ask, asked) = channel();
        let (mut agi, lines) = call(move |far, line| {
            let _ = ask.send(());
            let reply = if line.starts_with("WAIT") {
                sleep(Duration::from_millis(200));
                "200 result=-1\n".to_owned()
            } else {
                echo(line).unwrap_or_default()
            };
            far.write_all(reply.as_bytes()).unwrap();
            if line.starts_with("WAIT") {
                signal.get().unwrap().raise();
            }
        });
        hangup.set(agi.hangup_flag()).unwrap();
        let (reader, voice) = std::io::pipe().unwrap();
        let mut audio =
            Audio::from_descriptor(reader, Format::default(), agi.hangup_flag()).unwrap();
        let telephone = spawn(move || Caller { voice, asked }.speaks());
        let response = Ask::new("long").run(&mut agi, &mut audio).unwrap();
        spoke(&response, ResponseEnd::Hangup);
        drop(telephone.join().unwrap());
        assert_eq!(sent(agi, lines), "prompt echo wait");
    });
}

#[test]
fn a_missing_prompt_is_an_error() {
    watched(|| {
        let missing: Says = |n, _| match n {
            0 => "200 result=-1 endpos=0\n",
            _ => "200 result=6\n",
        };
        let (mut agi, mut audio, _caller, _lines) = begin(missing);
        let error: Result<Response> = Ask::new("nosuch").run(&mut agi, &mut audio);
        assert!(matches!(error, Err(Error::Failed { .. })), "{error:?}");
    });
}
