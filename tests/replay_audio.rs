//! Replays of calls by `EAGI()`, in this process: the audio is there, and nothing hangs.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use agikit::audio::Audio;
use agikit::transcript::{Difference, Transcript, replay};
use agikit::{Result, Session, StreamFile};

/// A prompt that stops when the caller speaks, and what he said in frames.
fn barge_in(agi: &mut Session) -> Result {
    let mut audio = Audio::open(agi)?;
    let mut frames = 0;
    let mut prompt = agi.start(StreamFile::new("demo-congrats"))?;
    loop {
        let Some(frame) = prompt.listen(&mut audio)? else {
            prompt.finish()?;
            break;
        };
        frames += 1;
        if frame.iter().any(|sample| sample.unsigned_abs() > 3000) {
            prompt.interrupt()?;
            break;
        }
    }
    agi.set_variable("FRAMES", &frames.to_string())
}

const BEGIN: &str = "< agi_request: barge_in
< agi_enhanced: 1.0
<
> GET VARIABLE EAGI_AUDIO_FORMAT
< 200 result=0
";

/// Half a second of silence, and speech.
fn speech() -> PathBuf {
    // All tests read it, at the same time.
    static FILE: OnceLock<PathBuf> = OnceLock::new();
    FILE.get_or_init(write_speech).clone()
}

fn write_speech() -> PathBuf {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("speech.wav");
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 8000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(&path, spec).unwrap();
    (0..8000).for_each(|n| writer.write_sample(if n < 4000 { 0i16 } else { 9000 }).unwrap());
    writer.finalize().unwrap();
    path
}

fn call(lines: &str) -> Transcript {
    format!("{BEGIN}{lines}= 0\n").parse().unwrap()
}

#[test]
fn a_prompt_that_was_stopped_is_stopped_again() {
    let file = speech();
    let one = format!(
        "! audio {}
> STREAM FILE demo-congrats \"\"
> GET FULL VARIABLE agikit-0123456789abcdef-1
< 200 result=1 (agikit-0123456789abcdef-1)
> SET VARIABLE FRAMES 26
< 200 result=1
",
        file.display()
    );
    for _ in 0..20 {
        call(&one).replay(barge_in).unwrap();
    }
    // The recording's answer was late, so that it was asked twice.
    let two =
        one.replace("-1\n<", "-1\n@ +0.045s\n> GET FULL VARIABLE agikit-0123456789abcdef-2\n<");
    let two = two.replace("-1)\n", "-1)\n< 200 result=1 (agikit-0123456789abcdef-2)\n");
    call(&two).replay(barge_in).unwrap();
}

#[test]
fn a_file_stands_beside_its_transcript() {
    let file = speech().with_file_name("spoken.agi");
    let lines = "! audio speech.wav
> STREAM FILE demo-congrats \"\"
> GET FULL VARIABLE agikit-0123456789abcdef-1
< 200 result=1 (agikit-0123456789abcdef-1)
> SET VARIABLE FRAMES 26
< 200 result=1
";
    std::fs::write(&file, call(lines).to_string()).unwrap();
    replay(&file, barge_in).unwrap();
    let missing = call("! audio nosuch.wav\n> NOOP\n< 200 result=0\n").replay(barge_in);
    let missing = missing.unwrap_err();
    assert!(matches!(missing.difference(), Difference::Audio(_)), "{missing}");
    assert!(missing.to_string().contains("line 6: cannot play nosuch.wav: "), "{missing}");
}

#[test]
fn a_prompt_that_ended_first_ends_first() {
    let lines = "> STREAM FILE demo-congrats \"\"
< 200 result=0 endpos=242240
> SET VARIABLE FRAMES 0
< 200 result=1
";
    call(lines).replay(barge_in).unwrap();
    call(&format!("! audio {}\n{lines}", speech().display())).replay(barge_in).unwrap();
}

#[test]
fn nothing_hangs_where_the_recording_has_no_audio() {
    // It was stopped because of something that this recording does not hold.
    let lines = "> STREAM FILE demo-congrats \"\"
> GET FULL VARIABLE agikit-0123456789abcdef-1
< 200 result=1 (agikit-0123456789abcdef-1)
";
    let mismatch = call(lines).replay(barge_in).unwrap_err();
    assert!(matches!(mismatch.difference(), Difference::NoReply), "{mismatch}");
    // One who listens for ever comes to an end, too: of silence there are ten minutes.
    call("! audio\n")
        .replay(|agi| {
            let mut audio = Audio::open(agi)?;
            while audio.next_frame()?.is_some() {}
            assert_eq!(audio.time(), Duration::from_secs(600) - Duration::from_millis(20));
            Ok::<(), agikit::Error>(())
        })
        .unwrap();
    let ended = call("! audio\n! hangup\n").replay(|agi| {
        let mut audio = Audio::open(agi)?;
        while audio.next_frame()?.is_some() {}
        assert!(audio.time() < Duration::from_secs(1), "the call is over");
        Ok::<(), agikit::Error>(())
    });
    ended.unwrap();
}

#[test]
fn a_question_may_be_asked_once_more() {
    let asked =
        "> GET FULL VARIABLE agikit-1-1\n< 200 result=1 (agikit-1-1)\n> NOOP\n< 200 result=0\n";
    let script = "read e; read e; read e; read e; echo GET FULL VARIABLE agikit-2-1; echo GET FULL VARIABLE agikit-2-2
read r; [ \"$r\" = '200 result=1 (agikit-2-1)' ] || exit 1
read r; [ \"$r\" = '200 result=1 (agikit-2-2)' ] || exit 2; echo NOOP; read r; exit 0";
    let transcript: Transcript =
        format!("< a: b\n< c: d\n< e: f\n<\n{asked}= 0\n").parse().unwrap();
    transcript.replay_program("/bin/sh", ["-c", script]).unwrap();
}
