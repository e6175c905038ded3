//! The emulator's EAGI: what the caller says reaches the script as it would on Asterisk.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

use std::time::{Duration, Instant};

use agikit::audio::{Audio, Heard};
use agikit::eagi::{Ask, ResponseEnd};
use agikit::emulator::Asterisk;
use agikit::{Error, Result, Session, StreamFile};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Samples that are never the same for long, and never silent.
fn noise(count: usize) -> Vec<i16> {
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        i16::try_from(i64::from(state >> 17) - 16_384).unwrap() | 1
    };
    (0..count).map(|_| next()).collect()
}

/// A WAV file of these.
fn wav(name: &str, rate: u32, samples: &[i16]) -> std::path::PathBuf {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: rate,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(&path, spec).unwrap();
    samples.iter().for_each(|sample| writer.write_sample(*sample).unwrap());
    writer.finalize().unwrap();
    path
}

/// Reads so many samples.
fn read(audio: &mut Audio, count: usize) -> Result<Vec<i16>> {
    let mut samples = Vec::new();
    while samples.len() < count {
        match audio.next_frame()? {
            Some(frame) => samples.extend_from_slice(frame),
            None => break,
        }
    }
    Ok(samples)
}

/// Lets a prompt be stopped by who speaks; gives what was heard of it.
fn barge(agi: &mut Session, audio: &mut Audio, prompt: &str) -> Result<u32> {
    let mut frames = 0;
    let mut prompt = agi.start(StreamFile::new(prompt))?;
    while let Some(frame) = prompt.listen(audio)? {
        frames += 1;
        if frame.iter().any(|sample| sample.unsigned_abs() > 3000) {
            prompt.interrupt()?;
            return Ok(frames);
        }
    }
    prompt.finish()?;
    Ok(frames)
}

#[test]
fn a_file_reaches_the_script_sample_for_sample() {
    for (name, rate) in [("slin", 8000), ("slin16", 16_000), ("slin44", 44_100), ("slin48", 48_000)]
    {
        let said = noise(usize::try_from(rate).unwrap() * 3 / 2);
        let file = wav(&format!("{name}.wav"), rate, &said);
        let asterisk = Asterisk::new().variable("EAGI_AUDIO_FORMAT", name).audio(file).unwrap();
        let mut heard = Vec::new();
        let call = asterisk.run_eagi(|agi| {
            assert!(agi.environment().enhanced());
            let mut audio = Audio::open(agi)?;
            assert_eq!(audio.format().rate(), rate);
            heard = read(&mut audio, said.len() + 1000)?;
            Ok::<(), Error>(())
        });
        assert_eq!(call.error(), None);
        assert!(heard[..said.len()] == said, "{name}");
        assert!(heard[said.len()..].iter().all(|sample| *sample == 0), "{name}");
    }
}

#[test]
fn a_prompt_stops_at_the_frame_in_which_he_speaks() {
    for _ in 0..20 {
        let speaks = Asterisk::new().says_at(ms(1500), noise(4000)).says_at(ms(6000), noise(4000));
        let call = speaks.run_eagi(|agi| {
            let mut audio = Audio::open(agi)?;
            let first = barge(agi, &mut audio, "demo-congrats")?;
            while audio.time() < ms(2500) {
                audio.next_frame()?;
            }
            let second = barge(agi, &mut audio, "demo-congrats")?;
            agi.set_variable("FRAMES", &format!("{first} {second}"))
        });
        assert_eq!(call.error(), None);
        // The first frame was there when the audio was opened.
        let heard: Vec<_> = call.played().iter().map(|played| (played.at, played.heard)).collect();
        assert_eq!(heard, [(ms(20), ms(1500)), (ms(2520), ms(3500))]);
        assert_eq!(call.variable("FRAMES"), Some("76 175".into()));
    }
}

/// What an EAGI pipe holds: a page takes 12 frames of 320 bytes.
#[test]
fn a_pipe_that_is_full_loses_the_newest() {
    let said = noise(8000 * 6);
    let call = Asterisk::new().says(said.clone()).run_eagi(|agi| {
        // It is opened late, and was of the usual size till then.
        agi.stream_file("demo-congrats")?;
        let mut audio = Audio::open(agi)?;
        let kept = read(&mut audio, 61_440 / 2)?;
        assert!(kept == said[..61_440 / 2], "the pipe's content");
        let next = read(&mut audio, 160)?;
        assert!(next.iter().all(|sample| *sample == 0), "what comes then is of now");
        Ok::<(), Error>(())
    });
    assert_eq!((call.error(), call.lasted()), (None, ms(30_320)));
}

#[test]
fn a_script_that_reads_late_or_never_holds_nothing_up() {
    let began = Instant::now();
    let call = Asterisk::new().says(noise(80_000)).run_eagi(|agi| {
        let mut audio = Audio::open(agi)?;
        agi.stream_file("demo-congrats")?; // 30 s
        agi.wait_for_digit(ms(20_000))?;
        assert!(!audio.overrun(), "1 MiB holds 61 s");
        assert_eq!(audio.backlog()?, ms(50_320));
        audio.discard()?;
        let at = audio.time();
        let heard = barge(agi, &mut audio, "demo-congrats")?;
        assert_eq!((at, heard), (ms(0), 1514), "it listens again");
        agi.stream_file("beep")?;
        drop(audio);
        agi.stream_file("beep").map(drop)
    });
    assert_eq!((call.error(), call.sounds().len()), (None, 4));
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}

#[test]
fn no_audio_comes_during_what_carries_none() {
    let call = Asterisk::new().says(noise(8000 * 9)).run_eagi(|agi| {
        let mut audio = Audio::open(agi)?;
        read(&mut audio, 1600)?;
        agi.exec("Wait", "2")?;
        let rest = read(&mut audio, 320)?;
        let said = noise(8000 * 9);
        // One frame was in the pipe already; the next is two seconds later.
        assert_eq!(rest[..160], said[1600..1760]);
        assert_eq!(rest[160..], said[1600 + 16_000..][..160]);
        Ok::<(), Error>(())
    });
    assert_eq!(call.error(), None);
}

#[test]
fn the_audio_ends_with_the_call() {
    for real in [false, true] {
        let mut asterisk = Asterisk::new().says(noise(80_000)).hang_up_at(ms(510));
        if real {
            asterisk = asterisk.real_time();
        }
        let mut heard = Vec::new();
        let call = asterisk.run_eagi(|agi| {
            let mut audio = Audio::open(agi)?;
            heard = read(&mut audio, usize::MAX)?;
            assert_eq!(audio.frame_within(ms(10_000))?, Heard::End);
            agi.stream_file("beep").map(drop)
        });
        assert_eq!((call.error(), call.agi_status()), (None, Some("HANGUP")));
        assert!(heard == noise(heard.len()));
        assert!(real || heard.len() == 26 * 160, "{}", heard.len());
    }
}

#[test]
fn a_thread_may_listen_while_the_session_plays() {
    let call =
        Asterisk::new().says_at(ms(1000), noise(80_000)).hang_up_at(ms(9000)).run_eagi(|agi| {
            let mut audio = Audio::open(agi)?;
            let listener = std::thread::spawn(move || read(&mut audio, usize::MAX));
            let played = agi.stream_file("tt-weasels");
            while agi.wait_for_digit(ms(1000)).is_ok() {}
            assert!(played.is_ok());
            let heard = listener.join().unwrap()?;
            let first = heard.iter().position(|sample| *sample != 0).unwrap();
            assert_eq!(first, 8000);
            agi.set_variable("HEARD", &heard.len().to_string())
        });
    assert_eq!(call.error(), None);
    assert_eq!(call.variable("HEARD"), Some("72000".into()));
}

#[test]
fn who_has_gaps_sends_frames_with_his_words_only() {
    let asterisk = Asterisk::new().says(noise(200)).says_at(ms(3000), noise(500)).gaps();
    let call = asterisk.run_eagi(|agi| {
        let mut audio = Audio::open(agi)?;
        assert_eq!(audio.next_frame()?.map(<[i16]>::len), Some(160));
        agi.stream_file("demo-congrats")?;
        // The end of the first words and the second were in time; nothing stood between them.
        assert_eq!(audio.backlog()?, Duration::from_micros(67_500));
        assert_eq!(read(&mut audio, 480)?[40..], noise(500)[..440]);
        assert_eq!(audio.frame_within(ms(1))?, Heard::Nothing);
        Ok::<(), Error>(())
    });
    assert_eq!(call.error(), None);
    let call = Asterisk::new().run_eagi(|agi| {
        let mut audio = Audio::open(agi)?;
        agi.stream_file("demo-congrats")?;
        assert_eq!(audio.frame_within(ms(1))?, Heard::Nothing, "he only waits");
        Ok::<(), Error>(())
    });
    assert_eq!(call.error(), None);
}

#[test]
fn plain_agi_has_no_audio_and_a_call_that_is_over_no_eagi() {
    let call = Asterisk::new().says(noise(200)).run(|agi| {
        assert!(matches!(Audio::open(agi), Err(Error::NoAudio)));
        agi.noop()
    });
    assert_eq!(call.error(), None);
    let call = Asterisk::new().dead().run_eagi(|agi| agi.noop());
    assert_eq!((call.started(), call.agi_status()), (false, None));
}

/// What the dialplan asks for, what Asterisk makes of it, and what the script finds.
#[test]
fn a_format_is_what_asterisk_makes_of_its_name() {
    for (asked, flows, rate) in [
        ("", "slin", Some(8000)),
        ("SLIN16", "slin16", Some(16_000)),
        ("ulaw", "ulaw", Some(8000)),
        ("bogus", "slin", Some(8000)),
        ("gsm", "gsm", None),
    ] {
        let asterisk = Asterisk::new().variable("EAGI_AUDIO_FORMAT", asked).says(vec![500; 16_000]);
        let call = asterisk.run_eagi(|agi| {
            let reads = agi.get_variable("CHANNEL(audioreadformat)")?.unwrap();
            assert_eq!(reads, flows);
            match (Audio::open(agi), rate) {
                (Ok(mut audio), Some(rate)) => {
                    assert_eq!(audio.format().rate(), rate);
                    let frame = audio.next_frame()?.unwrap().to_vec();
                    assert_eq!(frame.len(), usize::try_from(rate / 50).unwrap());
                    assert!(frame.iter().all(|sample| (480..=520).contains(sample)), "{asked}");
                }
                (Err(Error::AudioFormat { .. }), None) => {}
                (other, _) => panic!("{asked}: {other:?}"),
            }
            Ok::<(), Error>(())
        });
        assert_eq!((call.error(), call.notes().is_empty()), (None, rate.is_some()), "{asked}");
    }
}

/// A program in any language hears it as fast as it reads, too.
#[test]
fn a_program_hears_all_as_fast_as_it_reads() {
    use std::os::unix::fs::PermissionsExt;
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("emulator-audio");
    std::fs::create_dir_all(&folder).unwrap();
    let program = folder.join("record.sh");
    let text = "#!/bin/sh
while read -r line && [ -n \"$line\" ]; do :; done
head -c 160000 <&3 > \"$1\" & echo 'STREAM FILE demo-congrats \"\"'; read -r r; wait; exit 0\n";
    std::fs::write(&program, text).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let heard = folder.join("heard.raw");
    let said = noise(80_000);
    let began = Instant::now();
    let call = Asterisk::new().says(said.clone()).arg(heard.to_str().unwrap()).eagi(&program);
    assert_eq!(call.unwrap().agi_status(), Some("SUCCESS"));
    let bytes: Vec<u8> = said.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    assert!(std::fs::read(&heard).unwrap() == bytes);
    assert!(began.elapsed() < Duration::from_secs(9), "{:?}", began.elapsed());
    // One that never reads holds nothing up.
    std::fs::write(&program, text.replace("head -c 160000 <&3 > \"$1\" & ", "")).unwrap();
    let call = Asterisk::new().silent().eagi(&program).unwrap();
    assert_eq!(call.played()[0].heard, call.played()[0].length);
}

/// In real time, too, a script that listens is not silent for too long.
#[test]
fn who_only_listens_is_not_taken_for_dead() {
    let asterisk = Asterisk::new().real_time().silent().patience(ms(400)).hang_up_at(ms(1200));
    let call = asterisk.run_eagi(|agi| {
        let mut audio = Audio::open(agi)?;
        while audio.next_frame()?.is_some() {}
        assert!(audio.time() > ms(1000), "{:?}", audio.time());
        Ok::<(), Error>(())
    });
    assert_eq!((call.error(), call.silent()), (None, false));
}

/// The toolkit's own way to ask is tested so, too.
#[test]
fn what_is_asked_is_answered_by_voice_by_key_or_not_at_all() {
    let ask = |asterisk: Asterisk| {
        let mut came = None;
        let call = asterisk.run_eagi(|agi| {
            let mut audio = Audio::open(agi)?;
            let ask = Ask::new("tt-weasels").escape_digits("12").timeout(ms(3000));
            came = Some(ask.run(agi, &mut audio)?);
            Ok::<(), Error>(())
        });
        assert_eq!(call.error(), None);
        (came.unwrap(), call)
    };
    for _ in 0..5 {
        let (came, call) = ask(Asterisk::new().says_at(ms(1000), noise(8000)));
        let said = came.speech.unwrap();
        assert_eq!((came.end, came.barged_in), (ResponseEnd::Speech, true));
        let stopped = call.played()[0].heard;
        assert!(stopped >= ms(1000) && stopped <= ms(1300), "{stopped:?}");
        assert!(said.duration() >= ms(1000) && said.duration() <= ms(2000), "{said:?}");
    }
    let (came, _) = ask(Asterisk::new().silent().keys_at(ms(700), "2"));
    assert_eq!((came.end, came.speech), (ResponseEnd::Key('2'), None));
    let (came, call) = ask(Asterisk::new().silent());
    assert_eq!((came.end, came.barged_in), (ResponseEnd::Timeout, false));
    assert!(call.lasted() >= call.played()[0].length + ms(2900), "{:?}", call.lasted());
    let (came, _) = ask(Asterisk::new().silent().hang_up_at(ms(1000)));
    assert_eq!(came.end, ResponseEnd::Hangup);
}
