//! `Record` on the emulator: what ends a recording, and what is in the file then.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_process;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use agikit::audio::{Audio, Detector, Sound, WavRecorder};
use agikit::eagi::{Record, Recorded, RecordedEnd};
use agikit::emulator::{Asterisk, Report};
use agikit::{Result, Session};
use support_process::empty_folder;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A caller who speaks for two seconds, behind half a second of a quiet line.
fn speaker() -> Vec<i16> {
    let line = (0..4000).map(|n| n % 7 - 3);
    let speech = (0..16_000).map(|n: i32| i16::try_from((n % 57 - 28) * (n % 1000)).unwrap());
    line.clone().chain(speech).collect()
}

/// Records a call. The caller's audio begins when the script asks for it.
fn record(
    asterisk: Asterisk,
    options: impl FnOnce(Record<'static>) -> Record<'static> + Send + 'static,
    path: &Path,
) -> (Report, Recorded) {
    let result = Arc::new(Mutex::new(None));
    let (kept, path) = (Arc::clone(&result), path.to_owned());
    let script = move |agi: &mut Session| -> Result {
        let mut audio = Audio::open(agi)?;
        let recorded = options(Record::new(path)).run(agi, &mut audio)?;
        *kept.lock().unwrap() = Some(recorded);
        Ok(())
    };
    let asterisk = asterisk.real_time().longest(ms(20_000));
    let report = asterisk.run_eagi(script);
    let recorded = result.lock().unwrap().take();
    (report, recorded.unwrap())
}

fn path(name: &str) -> PathBuf {
    empty_folder(&format!("record_{name}")).join("message.wav")
}

#[test]
fn what_a_detector_heard_before_is_no_silence() {
    let mut detector = Detector::new(8000);
    for _ in 0..500 {
        detector.frame(&[3; 160]);
    }
    let set = |it: Record<'static>| it.silence(ms(1500)).detector(detector);
    let (_, recorded) = record(Asterisk::new().says(speaker()), set, &path("used"));
    assert!(matches!(recorded.end, RecordedEnd::Silence) && recorded.spoken, "{recorded:?}");
    // All that was said, and a second of silence.
    assert!((ms(3000)..ms(4000)).contains(&recorded.duration), "{recorded:?}");
}

#[test]
fn silence_ends_it() {
    let path = path("silence");
    let caller = Asterisk::new().says(speaker());
    let (report, recorded) = record(caller, |it| it.silence(ms(1500)), &path);
    assert!(matches!(recorded.end, RecordedEnd::Silence), "{recorded:?} {report:?}");
    assert!(recorded.spoken);
    let sound = Sound::read(recorded.path.unwrap()).unwrap();
    assert_eq!(sound.duration(), recorded.duration);
    // Half a second of the line, two of speech, one of the silence that is left.
    assert!(
        sound.duration() > ms(3200) && sound.duration() < ms(3700),
        "{recorded:?}",
        recorded = sound.duration()
    );
}

#[test]
fn all_of_the_silence_is_kept_where_that_is_wanted() {
    let path = path("kept");
    let caller = Asterisk::new().silent();
    let (_, recorded) = record(caller, |it| it.silence(ms(1400)).keep_silence(), &path);
    assert!(matches!(recorded.end, RecordedEnd::Silence) && !recorded.spoken, "{recorded:?}");
    assert!(recorded.duration > ms(1200), "{recorded:?}");
}

#[test]
fn a_key_ends_it_and_others_do_not() {
    let path = path("key");
    let caller = Asterisk::new().says(speaker()).keys_at(ms(400), "5").keys_at(ms(900), "*");
    let (report, recorded) = record(caller, |it| it.escape_digits("#*").beep("beep"), &path);
    assert!(matches!(recorded.end, RecordedEnd::Key('*')), "{recorded:?} {report:?}");
    assert_eq!(report.sounds(), ["beep"]);
}

#[test]
fn the_hangup_ends_it_and_is_no_error() {
    let path = path("hangup");
    let caller = Asterisk::new().says(speaker()).hang_up_at(ms(1000));
    let (report, recorded) = record(caller, |it| it, &path);
    assert!(matches!(recorded.end, RecordedEnd::Hangup), "{recorded:?}");
    assert!(report.error().is_none(), "{report:?}");
    let said = speaker();
    let sound = Sound::read(&path).unwrap();
    assert!(recorded.duration > ms(900), "{recorded:?}");
    let begin = said.len() - 16_000; // what came before the first frame was read is no loss
    assert!(said.windows(sound.samples.len()).take(begin).any(|part| part == sound.samples));
}

/// Neither a signal nor an end of the audio tells: only the reply of the command in flight.
#[test]
fn a_hangup_without_a_signal_ends_it() {
    let path = path("untold");
    let caller = Asterisk::new().silent().variable("AGISIGHUP", "no").hang_up_at(ms(700));
    let (_, recorded) = record(caller, |it| it, &path);
    assert!(matches!(recorded.end, RecordedEnd::Hangup), "{recorded:?}");
}

#[test]
fn the_clock_ends_it_where_no_frame_comes() {
    let path = path("clock");
    let (_, recorded) = record(Asterisk::new(), |it| it.longest(ms(800)), &path);
    assert!(matches!(recorded.end, RecordedEnd::Time), "{recorded:?}");
    assert_eq!(recorded.path, None, "an empty file is none");
    assert!(!path.exists());
    let (_, recorded) = record(Asterisk::new(), |it| it.silence(ms(800)), &path);
    assert!(matches!(recorded.end, RecordedEnd::Silence), "{recorded:?}");
}

#[test]
fn more_is_added() {
    let path = path("append");
    for times in 1..=2_u32 {
        let (_, recorded) = record(
            Asterisk::new().silent(),
            |it| it.wav(WavRecorder::options().append()).longest(ms(400)),
            &path,
        );
        assert!(recorded.duration < ms(600), "{recorded:?}");
        let sound = Sound::read(&path).unwrap();
        assert!(sound.duration() > ms(300) * times, "{:?}", sound.duration());
    }
}

#[test]
fn a_bad_path_is_told_before_the_beep() {
    let folder = empty_folder("record_bad");
    let bad = folder.join("no/such/message.wav");
    let call = Asterisk::new().silent().real_time().run_eagi(move |agi: &mut Session| {
        let mut audio = Audio::open(agi)?;
        Record::new(bad).beep("beep").run(agi, &mut audio).map(drop)
    });
    assert!(call.error().unwrap().contains("no/such/message.wav"), "{:?}", call.error());
    assert_eq!(call.played().len(), 0);
    assert_eq!(fs::read_dir(folder).unwrap().count(), 0);
}
