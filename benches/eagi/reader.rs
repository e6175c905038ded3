//! Our program of `cargo bench --bench eagi`: `eagi-bench read|level|detect|record FILE`.

use std::process::ExitCode;

use agikit::audio::{Audio, Detector, WavRecorder, level};
use agikit::{Result, Session};

fn main() -> ExitCode {
    agikit::run(script)
}

fn script(agi: &mut Session) -> Result {
    let environment = agi.environment();
    let mode = environment.arg(1).unwrap_or_default();
    let mut audio = Audio::open(agi)?;
    let (mut samples, mut peak, mut utterances) = (0, f32::NEG_INFINITY, 0);
    let mut detector = (mode == "detect").then(|| Detector::new(audio.format().rate()));
    let mut recorder = None;
    if mode == "record" {
        let file = environment.arg(2).unwrap_or_default().to_string_lossy().into_owned();
        recorder = Some(WavRecorder::create(file, audio.format())?);
    }
    while let Some(frame) = audio.next_frame()? {
        samples += frame.len();
        if mode == "level" {
            peak = peak.max(level(frame).peak);
        }
        if let Some(detector) = &mut detector {
            utterances += usize::from(detector.frame(frame).is_some());
        }
        if let Some(recorder) = &mut recorder {
            recorder.write(frame)?;
        }
    }
    if let Some(recorder) = recorder {
        recorder.discard()?;
    }
    // So that nobody takes the work for needless.
    std::hint::black_box((peak, utterances));
    agi.set_variable("SAMPLES", &samples.to_string())
}
