//! What is said in words: the sound, its utterances, the lines of the picture, and the values in Rust.

use std::ops::Range;
use std::time::Duration;

use agikit::audio::Format;
use serde_json::{Value, json};

use super::heard::{Heard, Said};
#[cfg(feature = "vad")]
use super::judge::Judge;
use super::options::Values;
use super::scale::decibels;

/// `hello.wav: slin, 8000 Hz, 12.300 s, RMS -23.1 dBFS, peak -3.2 dBFS`, in pieces that stay whole.
pub(super) fn header(name: &str, format: Format, heard: &Heard) -> Vec<String> {
    let rate = format.rate();
    let form = match format.name() {
        "" => "linear",
        name => name,
    };
    vec![
        format!("{name}: {form},"),
        format!("{rate} Hz,"),
        format!("{:.3} s,", heard.seconds(heard.length)),
        format!("RMS {} dBFS,", decibels(heard.whole.rms)),
        format!("peak {} dBFS", decibels(heard.whole.peak)),
    ]
}

/// What the lines of the picture are.
pub(super) fn legend(heard: &Heard, part: &Range<u64>, values: &Values) -> Vec<(Line, String)> {
    let at = |sample: u64| usize::try_from(sample / heard.block).unwrap_or(usize::MAX);
    let end = at(part.end.saturating_sub(1)).saturating_add(1).min(heard.blocks.len());
    let blocks = heard.blocks.get(at(part.start)..end).unwrap_or_default();
    let floors = || blocks.iter().filter_map(|block| block.lines.floor);
    let (low, high) = (floors().reduce(f32::min), floors().reduce(f32::max));
    let (Some(low), Some(high)) = (low, high) else { return Vec::new() };
    #[cfg(feature = "vad")]
    if values.judge == Judge::Vad {
        let threshold = format!("speech: a score of {}", values.score);
        let score = "the model's score, 0 at -60 and 1 at 0".to_owned();
        return vec![(Line::Threshold, threshold), (Line::Floor, score)];
    }
    let floor = match (decibels(low), decibels(high)) {
        (low, high) if low == high => format!("noise {low} dBFS"),
        (low, high) => format!("noise {low} to {high} dBFS"),
    };
    let threshold =
        format!("threshold: noise + {} dB, at least {} dBFS", values.threshold, values.least_level);
    vec![(Line::Threshold, threshold), (Line::Floor, floor)]
}

/// A line of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    Threshold,
    Floor,
}

/// A line for each utterance, in pieces that stay whole: words and numbers in turn, in seconds and dBFS.
pub(super) fn utterances(heard: &Heard, part: &Range<u64>) -> Vec<Vec<String>> {
    let last = heard.said_in(part).last();
    let number_width = last.map_or(0, |(number, _)| number.to_string().len());
    let width = format!("{:.3}", heard.seconds(part.end.min(heard.length))).len();
    let line = |(number, said): (usize, &Said)| {
        let (begin, end) = (heard.seconds(said.speech.start), heard.seconds(said.speech.end));
        vec![
            format!("utterance {number:>number_width$} "),
            format!("begin {begin:>width$.3} "),
            format!("end {end:>width$.3} "),
            format!("length {:>width$.3} ", end - begin),
            format!("rms {:>5} ", decibels(said.level.rms)),
            format!("peak {:>5}", decibels(said.level.peak)),
        ]
    };
    heard.said_in(part).map(line).collect()
}

/// All of it for programs, in one line.
pub(super) fn json(
    name: &str,
    format: Format,
    heard: &Heard,
    part: &Range<u64>,
    values: &Values,
) -> Value {
    // JSON has no infinity: digital silence is null.
    let level = |level: f32| level.is_finite().then(|| (f64::from(level) * 100.0).round() / 100.0);
    let seconds = |sample: u64| (heard.seconds(sample) * 1e6).round() / 1e6;
    let time = |time: Duration| time.as_secs_f64();
    let utterances = heard.said_in(part).map(|(number, said)| {
        json!({
            "number": number,
            "begin": seconds(said.speech.start),
            "end": seconds(said.speech.end),
            "kept_from": seconds(said.kept.start),
            "kept_to": seconds(said.kept.end),
            "rms": level(said.level.rms),
            "peak": level(said.level.peak),
        })
    });
    #[cfg_attr(not(feature = "vad"), expect(unused_mut, reason = "only a model is another judge"))]
    let mut detector = json!({
        "judge": "energy",
        "threshold": level(values.threshold),
        "least_level": level(values.least_level),
        "hangover": time(values.hangover),
        "minimum_speech": time(values.minimum_speech),
        "pre_roll": time(values.pre_roll),
    });
    #[cfg(feature = "vad")]
    if let (Judge::Vad, Some(detector)) = (values.judge, detector.as_object_mut()) {
        detector.retain(|name, _| name != "threshold" && name != "least_level");
        detector.insert("judge".to_owned(), json!("vad"));
        detector.insert("score".to_owned(), json!(level(values.score)));
    }
    json!({
        "file": name,
        "format": format.to_string(),
        "rate": format.rate(),
        "length": seconds(heard.length),
        "rms": level(heard.whole.rms),
        "peak": level(heard.whole.peak),
        "detector": detector,
        "utterances": utterances.collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::listen::heard::{hear, tests::two_bursts};

    #[test]
    fn tells_each_utterance_in_a_line() {
        let heard = hear(&two_bursts(), &Values::default());
        let lines = utterances(&heard, &(0..40_000));
        assert_eq!(lines.len(), 2);
        let words: Vec<&str> = lines[1].iter().flat_map(|it| it.split_whitespace()).collect();
        assert_eq!([words[0], words[1], words[2], words[4]], ["utterance", "2", "begin", "end"]);
        assert!(words[3].parse::<f64>().unwrap() >= 2.9);
        assert_eq!(utterances(&heard, &(20_000..40_000)), lines[1..]);
        assert!(utterances(&heard, &(16_000..20_000)).is_empty());
    }

    #[test]
    fn the_legend_tells_the_lines() {
        let mut heard = hear(&two_bursts(), &Values::default());
        for block in &mut heard.blocks {
            block.lines.floor = Some(-61.25);
        }
        let values = Values { threshold: 9.5, least_level: -40.0, ..Values::default() };
        let lines = legend(&heard, &(0..40_000), &values);
        assert_eq!(lines[0].1, "threshold: noise + 9.5 dB, at least -40 dBFS");
        assert_eq!(lines[1], (Line::Floor, "noise -61.3 dBFS".to_owned()));
        heard.blocks[3].lines.floor = Some(-70.0);
        let lines = legend(&heard, &(0..40_000), &Values::default());
        assert_eq!(lines[1].1, "noise -70.0 to -61.3 dBFS");
        heard.blocks.clear();
        assert_eq!(legend(&heard, &(0..0), &Values::default()), []);
    }

    #[test]
    fn silence_is_null_for_programs() {
        let mut sound = two_bursts();
        sound.samples = vec![0; 800];
        let values = Values::default();
        let heard = hear(&sound, &values);
        let all = json("a", sound.format, &heard, &(0..800), &values);
        assert_eq!((&all["rms"], &all["length"]), (&Value::Null, &json!(0.1)));
        assert_eq!(all["utterances"], json!([]));
    }
}
