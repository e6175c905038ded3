//! The detector on made-up sound: any samples in any pieces, noise that comes and goes, clicks.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]
#![allow(clippy::cast_possible_truncation, reason = "the numbers are made here, and small")]

use std::time::Duration;

use agikit::audio::{Capture, Change, Detector, Energy, Judge, Utterance, level};
use proptest::prelude::*;

const RATES: [u32; 10] = [1, 8000, 11_025, 12_000, 16_000, 24_000, 44_100, 48_000, 96_000, 192_000];

/// Noise in dBFS, the same every time.
struct Noise(u32);

impl Noise {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(self.0) / f64::from(u32::MAX) * 2.0 - 1.0
    }

    fn seconds(&mut self, rate: u32, seconds: f64, dbfs: f64) -> Vec<i16> {
        // Even noise has a third of the power of its peak.
        let peak = 32768.0 * 10.0_f64.powf(dbfs / 20.0) * 3.0_f64.sqrt();
        let count = (f64::from(rate) * seconds) as usize;
        (0..count).map(|_| (self.next() * peak).round() as i16).collect()
    }
}

/// Something like a voice: a buzz of 120 Hz with two formants, syllables of 200 ms.
fn voice(rate: u32, seconds: f64, dbfs: f64) -> Vec<i16> {
    let tau = std::f64::consts::TAU;
    let wave = |time: f64| {
        let part = |harmonic: f64| {
            let hertz = 120.0 * harmonic;
            let formant = |at: f64| 1.0 / (1.0 + ((hertz - at) / 120.0).powi(2));
            (formant(500.0) + formant(1500.0) / 2.0) * (tau * hertz * time + harmonic).sin()
        };
        let syllable = (tau / 2.0 * time / 0.2).sin().abs().sqrt() + 0.05;
        syllable * (1..30).map(f64::from).map(part).sum::<f64>()
    };
    let count = (f64::from(rate) * seconds) as u32;
    let samples: Vec<f64> = (0..count).map(|n| wave(f64::from(n) / f64::from(rate))).collect();
    let rms = (samples.iter().map(|it| it * it).sum::<f64>() / f64::from(count)).sqrt();
    let factor = 32768.0 * 10.0_f64.powf(dbfs / 20.0) / rms;
    samples.iter().map(|it| (it * factor).clamp(-32768.0, 32767.0) as i16).collect()
}

fn mixed(one: &mut [i16], from: f64, rate: u32, other: &[i16]) {
    let from = (from * f64::from(rate)) as usize;
    for (one, other) in one[from..].iter_mut().zip(other) {
        *one = one.saturating_add(*other);
    }
}

/// Where speech is, in milliseconds.
fn turns(mut detector: Detector, samples: &[i16]) -> Vec<(u64, u64)> {
    let rate = u64::from(detector.rate());
    let mut changes: Vec<Change> = samples
        .chunks(usize::try_from(rate / 50).unwrap())
        .filter_map(|frame| detector.frame(frame))
        .collect();
    changes.extend(detector.finish());
    let millis = |at: &u64| at * 1000 / rate;
    let turn = |pair: &[Change]| match pair {
        [Change::Began { at: began }, Change::Ended { at: ended }] => {
            (millis(began), millis(ended))
        }
        other => panic!("{other:?}"),
    };
    changes.chunks(2).map(turn).collect()
}

/// One turn, near these milliseconds.
#[track_caller]
fn one(turns: &[(u64, u64)], begin: u64, end: u64) {
    assert!(
        turns.len() == 1 && turns[0].0.abs_diff(begin) <= 80 && turns[0].1.abs_diff(end) <= 150,
        "{turns:?} in place of {begin} to {end}"
    );
}

#[test]
fn finds_speech_at_every_rate() {
    for rate in [8000, 11_025, 16_000, 24_000, 44_100, 48_000, 96_000, 192_000] {
        let mut call = Noise(1).seconds(rate, 3.0, -60.0);
        mixed(&mut call, 1.0, rate, &voice(rate, 1.0, -25.0));
        one(&turns(Detector::new(rate), &call), 1000, 2000);
    }
}

#[test]
fn noise_from_the_start_is_no_speech() {
    for dbfs in [-55.0, -45.0, -40.0, -30.0, -20.0] {
        let mut call = Noise(2).seconds(8000, 6.0, dbfs);
        assert_eq!(turns(Detector::new(8000), &call), [], "{dbfs}");
        mixed(&mut call, 3.0, 8000, &voice(8000, 1.0, dbfs + 10.0));
        one(&turns(Detector::new(8000), &call), 3000, 4000);
    }
}

#[test]
fn a_caller_who_speaks_from_the_first_frame_is_heard() {
    for dbfs in [-60.0, -45.0] {
        let mut call = Noise(3).seconds(8000, 4.0, dbfs);
        mixed(&mut call, 0.0, 8000, &voice(8000, 1.4, -20.0));
        one(&turns(Detector::new(8000), &call), 0, 1400);
    }
    // Digital silence all around.
    let call = [voice(8000, 1.4, -20.0), vec![0; 16_000], voice(8000, 1.0, -20.0)].concat();
    assert_eq!(turns(Detector::new(8000), &call).len(), 2);
}

#[test]
fn follows_noise_that_rises_and_falls() {
    let mut noise = Noise(4);
    let mut call = [
        noise.seconds(8000, 3.0, -65.0),
        noise.seconds(8000, 8.0, -38.0),
        noise.seconds(8000, 4.0, -65.0),
    ]
    .concat();
    mixed(&mut call, 6.0, 8000, &voice(8000, 1.0, -25.0));
    mixed(&mut call, 12.0, 8000, &voice(8000, 1.0, -45.0));
    let turns = turns(Detector::new(8000), &call);
    // That noise begins may be taken for speech, for as long as it takes to see that it stays.
    let [early @ .., loud, quiet] = &turns[..] else { panic!("{turns:?}") };
    one(&[*loud], 6000, 7000);
    one(&[*quiet], 12_000, 13_000);
    assert!(early.iter().all(|(begin, end)| *begin >= 2900 && *end <= 4100), "{turns:?}");
}

#[test]
fn clicks_and_steady_tones_are_no_speech() {
    let mut call = Noise(5).seconds(8000, 10.0, -60.0);
    for second in 1..5 {
        mixed(&mut call, f64::from(second), 8000, &[20_000, -30_000, 25_000, -8000, 3000]);
        mixed(&mut call, f64::from(second) + 0.3, 8000, &Noise(6).seconds(8000, 0.05, -20.0));
    }
    assert_eq!(turns(Detector::new(8000), &call), []);
    // A tone is loud for half a second until it is known for one.
    let tone: Vec<i16> =
        (0..32_000).map(|n| (f64::from(n) * 0.345).sin() * 8000.0).map(|it| it as i16).collect();
    mixed(&mut call, 5.0, 8000, &tone);
    let turns = turns(Detector::new(8000), &call);
    assert!(turns.iter().all(|(_, end)| *end < 5800), "{turns:?}");
}

#[test]
fn hum_and_what_is_below_the_least_level_do_not_count() {
    let hum: Vec<i16> = (0..40_000)
        .map(|n| (f64::from(n) / 8000.0 * 50.0 * std::f64::consts::TAU).sin() * 3000.0)
        .map(|it| it as i16 + 500)
        .collect();
    let mut call = Noise(7).seconds(8000, 5.0, -60.0);
    mixed(&mut call, 0.0, 8000, &hum);
    mixed(&mut call, 2.0, 8000, &voice(8000, 1.0, -30.0));
    one(&turns(Detector::new(8000), &call), 2000, 3000);
    assert_eq!(turns(Detector::new(8000).least_level(-15.0), &call), []);
    assert_eq!(turns(Detector::new(8000).threshold(60.0), &call), []);
}

#[test]
fn the_times_are_the_callers_to_choose() {
    let mut call = Noise(8).seconds(8000, 6.0, -60.0);
    mixed(&mut call, 1.0, 8000, &voice(8000, 1.0, -25.0));
    mixed(&mut call, 2.8, 8000, &voice(8000, 1.0, -25.0));
    let millis = Duration::from_millis;
    assert_eq!(turns(Detector::new(8000), &call).len(), 2);
    one(&turns(Detector::new(8000).hangover(millis(1000)), &call), 1000, 3800);
    assert_eq!(turns(Detector::new(8000).minimum_speech(millis(1500)), &call), []);
}

#[test]
fn a_caller_who_never_stops_comes_in_parts() {
    let call = [vec![0; 8000], vec![5; 56_000], vec![0; 8000]].concat();
    let mut capture = Capture::new(Detector::with(8000, Sign)).longest(Duration::from_secs(3));
    let mut all: Vec<_> = call.chunks(160).filter_map(|frame| capture.frame(frame)).collect();
    all.extend(capture.finish());
    assert_eq!(all.len(), 3);
    let mut next = all[0].at;
    for (at, part) in all.iter().enumerate() {
        assert_eq!(part.at, next, "nothing lost between the parts");
        assert_eq!(part.is_whole, at == 2);
        let from = usize::try_from(part.at).unwrap();
        assert!(part.samples == call[from..from + part.samples.len()]);
        next += part.samples.len() as u64;
    }
    assert!(all[0].at <= 8000 - 2400 + 160 && next >= 64_000);
}

/// What ends just before a part is full has no silent rest to be given.
#[test]
fn silence_behind_a_part_is_no_utterance() {
    let judge = || Detector::with(8000, Sign);
    for speech in (160..8000).step_by(160) {
        let call = [vec![0; 3200], vec![5; speech], vec![0; 16_000]].concat();
        let mut capture = Capture::new(judge()).longest(Duration::from_secs(1));
        let mut all: Vec<_> = call.chunks(160).filter_map(|frame| capture.frame(frame)).collect();
        all.extend(capture.finish());
        let silent = |part: &Utterance| part.samples.iter().all(|sample| *sample == 0);
        assert!(!all.iter().any(silent), "{speech}");
        assert_eq!(all.len(), usize::from(speech >= 960) + usize::from(speech > 5280), "{speech}");
    }
}

/// What is given up is the rest of a part, and nothing that was short from the start.
#[test]
fn a_short_word_without_pre_roll_is_an_utterance() {
    for speech in [160, 320, 640] {
        let detector = Detector::with(8000, Sign)
            .minimum_speech(Duration::from_millis(20))
            .pre_roll(Duration::ZERO)
            .hangover(Duration::from_millis(20));
        let mut capture = Capture::new(detector);
        let call = [vec![5; speech], vec![0; 16_000]].concat();
        let said: Vec<_> = call.chunks(160).filter_map(|frame| capture.frame(frame)).collect();
        assert_eq!(said.len(), 1, "{speech}");
        assert!(said[0].samples.len() >= speech, "{speech}");
    }
}

/// A rate that nothing has is no reason to fall over.
#[test]
fn any_rate_is_judged() {
    for rate in [0, 1, 49, 3_000_000, u32::MAX] {
        for _ in 0..10 {
            Energy::new(rate).judge(&[i16::MIN; 70_000]);
        }
    }
}

/// Says what it is told, by the first sample.
#[derive(Debug)]
struct Sign;

impl Judge for Sign {
    fn judge(&mut self, block: &[i16]) -> bool {
        block[0] > 0
    }
}

/// Sound of every kind: any samples, loud, quiet, silent.
fn sound() -> impl Strategy<Value = Vec<i16>> {
    let piece = (any::<i16>(), 1_usize..3000, any::<u32>()).prop_map(|(size, count, seed)| {
        let mut noise = Noise(seed);
        (0..count).map(|_| (noise.next() * f64::from(size)) as i16).collect::<Vec<i16>>()
    });
    prop_oneof![
        prop::collection::vec(any::<i16>(), 0..5000),
        prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_samples_in_any_pieces(
        sound in sound(),
        lengths in prop::collection::vec(0_usize..2000, 1..20),
        rate in prop::sample::select(&RATES[..]),
        millis in prop::collection::vec(0_u64..500, 3),
        own in any::<bool>(),
    ) {
        let detector = || {
            let new = if own { Detector::new(rate) } else { Detector::with(rate, Sign) };
            new.minimum_speech(Duration::from_millis(millis[0]))
                .hangover(Duration::from_millis(millis[1]))
                .pre_roll(Duration::from_millis(millis[2]))
        };
        let mut found = detector();
        let mut capture = Capture::new(detector()).longest(Duration::MAX);
        let mut changes = Vec::new();
        let mut utterances = Vec::new();
        let mut rest = &sound[..];
        let mut fed = 0;
        for length in lengths.iter().cycle().take(4 * lengths.len()) {
            let (frame, behind) = rest.split_at(rest.len().min(*length));
            rest = behind;
            fed += frame.len() as u64;
            let change = found.frame(frame);
            prop_assert_eq!(found.position(), fed);
            if let Some(Change::Began { .. }) = change { prop_assert!(found.is_speaking()); }
            changes.extend(change);
            utterances.extend(capture.frame(frame));
        }
        changes.extend(found.finish());
        utterances.extend(capture.finish());
        prop_assert!(!found.is_speaking() && found.finish().is_none());
        prop_assert_eq!(found.position(), fed);
        let mut last = 0;
        for (at, change) in changes.iter().enumerate() {
            let place = match change {
                Change::Began { at: place } if at % 2 == 0 => *place,
                Change::Ended { at: place } if at % 2 == 1 => *place,
                other => panic!("{other:?} as number {at} of {changes:?}"),
            };
            prop_assert!(place >= last && place <= fed, "{changes:?}");
            last = place;
        }
        prop_assert_eq!(changes.len() % 2, 0);
        // The utterances are the changes' sound.
        prop_assert_eq!(utterances.len(), changes.len() / 2);
        let mut end = 0;
        for utterance in &utterances {
            let from = usize::try_from(utterance.at).unwrap();
            prop_assert!(utterance.at >= end);
            end = utterance.at + utterance.samples.len() as u64;
            prop_assert!(utterance.samples == sound[from..][..utterance.samples.len()]);
        }
    }

    #[test]
    fn the_pieces_do_not_matter(sound in sound(), lengths in prop::collection::vec(1_usize..161, 1..20)) {
        let in_pieces = |lengths: &[usize]| {
            let mut detector = Detector::new(8000).minimum_speech(Duration::from_millis(20));
            let mut rest = &sound[..];
            let mut changes = Vec::new();
            for length in lengths.iter().cycle() {
                if rest.is_empty() { break }
                let (frame, behind) = rest.split_at(rest.len().min(*length));
                rest = behind;
                changes.extend(detector.frame(frame));
            }
            changes.extend(detector.finish());
            changes
        };
        prop_assert_eq!(in_pieces(&lengths), in_pieces(&[160]));
    }

    #[test]
    fn a_level_is_on_the_scale(samples in prop::collection::vec(any::<i16>(), 0..500)) {
        let level = level(&samples);
        prop_assert!(level.rms <= level.peak + 0.01 && level.peak <= 0.0, "{level:?}");
        prop_assert_eq!(level.rms == f32::NEG_INFINITY, samples.iter().all(|it| *it == 0));
    }
}
