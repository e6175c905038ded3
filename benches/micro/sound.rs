//! Sound: what a frame of 20 ms costs, and G.711 a sample.

use std::hint::black_box;

use agikit::audio::{Detector, Format, level};

use crate::case::Case;
use crate::voice::call;

/// All rows.
pub(crate) fn cases() -> Vec<Case> {
    #[cfg_attr(not(feature = "vad"), expect(unused_mut, reason = "a row more with the feature"))]
    let mut cases = vec![
        decode("a sample: decoded from linear", Format::Linear(8000)),
        decode("a sample: decoded from µ-law", Format::Ulaw),
        decode("a sample: decoded from A-law", Format::Alaw),
        encode("a sample: encoded as linear", Format::Linear(8000)),
        encode("a sample: encoded as µ-law", Format::Ulaw),
        encode("a sample: encoded as A-law", Format::Alaw),
        loudness("a frame: level at 8 kHz", 8000),
        loudness("a frame: level at 48 kHz", 48_000),
        detector("a frame: detector at 8 kHz", 8000),
        detector("a frame: detector at 16 kHz", 16_000),
        detector("a frame: detector at 48 kHz", 48_000),
    ];
    #[cfg(feature = "vad")]
    cases.push(
        frames("a frame: detector at 8 kHz, feature vad", 8000, |rate| {
            Detector::with(rate, agikit::audio::Vad::new(rate))
        })
        .seldom(),
    );
    cases
}

fn decode(name: &'static str, format: Format) -> Case {
    Case::new(name, move || {
        let (mut bytes, mut samples) = (Vec::new(), Vec::new());
        format.encode(&call(8000), &mut bytes);
        move || {
            for frame in bytes.chunks(format.frame_bytes()) {
                samples.clear();
                format.decode(black_box(frame), &mut samples);
                black_box(&samples);
            }
        }
    })
    .per(16_000)
}

fn encode(name: &'static str, format: Format) -> Case {
    Case::new(name, move || {
        let (samples, mut bytes) = (call(8000), Vec::new());
        move || {
            for frame in samples.chunks(160) {
                bytes.clear();
                format.encode(black_box(frame), &mut bytes);
                black_box(&bytes);
            }
        }
    })
    .per(16_000)
}

fn loudness(name: &'static str, rate: u32) -> Case {
    Case::new(name, move || {
        let samples = call(rate);
        move || {
            for frame in samples.chunks(rate as usize / 50) {
                black_box(level(black_box(frame)));
            }
        }
    })
    .per(100)
}

fn detector(name: &'static str, rate: u32) -> Case {
    frames(name, rate, Detector::new)
}

/// A detector that goes on listening.
fn frames(name: &'static str, rate: u32, make: fn(u32) -> Detector) -> Case {
    Case::new(name, move || {
        let (samples, mut detector) = (call(rate), make(rate));
        move || {
            for frame in samples.chunks(rate as usize / 50) {
                black_box(detector.frame(black_box(frame)));
            }
        }
    })
    .per(100)
}
