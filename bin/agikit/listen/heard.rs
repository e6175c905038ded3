//! What there is to be shown of a sound: levels, 20 ms by 20 ms, and what the detector makes of it.

use std::ops::Range;

use agikit::audio::{Change, Level, Sound, level};

use super::judge::{Lines, Watch};
use super::options::Values;

/// A sound, listened to.
#[derive(Debug)]
pub(super) struct Heard {
    /// Samples a second.
    pub(super) rate: u32,
    /// How many samples there are.
    pub(super) length: u64,
    /// The level of the whole.
    pub(super) whole: Level,
    /// Samples of a block.
    pub(super) block: u64,
    pub(super) blocks: Vec<Block>,
    pub(super) utterances: Vec<Said>,
}

/// The levels of 20 ms, in dBFS.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Block {
    /// RMS.
    pub(super) level: f32,
    pub(super) lines: Lines,
}

/// Something that the detector takes for speech. Places are in samples.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Said {
    pub(super) speech: Range<u64>,
    /// What a capture keeps: with the pre-roll, and as much behind it.
    pub(super) kept: Range<u64>,
    pub(super) level: Level,
}

/// Listens to all of it.
pub(super) fn hear(sound: &Sound, values: &Values) -> Heard {
    let (format, samples) = (sound.format, sound.samples.as_slice());
    let mut detector = values.detector(format.rate());
    let mut watch = Watch::new(values, format.rate());
    let before = format.samples(values.pre_roll);
    let mut blocks = Vec::with_capacity(samples.len() / format.frame_samples() + 1);
    let mut utterances: Vec<Said> = Vec::new();
    let mut begin = 0;
    let mut end = |begin: u64, end: u64, now: u64| {
        let free_from = utterances.last().map_or(0, |last| last.kept.end);
        let kept = begin.saturating_sub(before).max(free_from)..end.saturating_add(before).min(now);
        let level = level(part(samples, &(begin..end)));
        utterances.push(Said { speech: begin..end, kept, level });
    };
    for frame in samples.chunks(format.frame_samples()) {
        match detector.frame(frame) {
            Some(Change::Began { at }) => begin = at,
            Some(Change::Ended { at }) => end(begin, at, detector.position()),
            None => {}
        }
        let lines = watch.lines(&detector, frame);
        blocks.push(Block { level: level(frame).rms, lines });
    }
    if let Some(Change::Ended { at }) = detector.finish() {
        end(begin, at, detector.position());
    }
    Heard {
        rate: format.rate(),
        length: samples.len() as u64,
        whole: level(samples),
        block: format.frame_samples() as u64,
        blocks,
        utterances,
    }
}

fn part<'a>(samples: &'a [i16], range: &Range<u64>) -> &'a [i16] {
    let at = |sample: u64| usize::try_from(sample).unwrap_or(usize::MAX).min(samples.len());
    samples.get(at(range.start)..at(range.end)).unwrap_or_default()
}

impl Heard {
    /// When a sample is, in seconds.
    pub(super) fn seconds(&self, sample: u64) -> f64 {
        sample as f64 / f64::from(self.rate.max(1))
    }

    /// The utterances of which something lies in this part, with their numbers.
    pub(super) fn said_in(&self, part: &Range<u64>) -> impl Iterator<Item = (usize, &Said)> {
        let (first, end) = (
            self.utterances.partition_point(|said| said.speech.end <= part.start),
            self.utterances.partition_point(|said| said.speech.start < part.end),
        );
        let some = self.utterances.get(first..end).unwrap_or_default();
        some.iter().enumerate().map(move |(at, said)| (first + at + 1, said))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use agikit::audio::{Capture, Format};

    use super::*;

    /// A quiet line with two bursts: from 1 to 1.5 s, and from 3 to 3.8 s, the second one louder.
    pub(in crate::listen) fn two_bursts() -> Sound {
        let wave = |n: i32| {
            let loud = match n {
                8000..12_000 => 300,
                24_000..30_400 => 900,
                _ => 0,
            };
            // Syllables of 125 ms, so that it is not as steady as a tone.
            let syllable = 1000 - (n % 1000 - 500).abs();
            i16::try_from((n * 37 % 64 - 32) * loud * syllable / 5000 + n * 7919 % 13 - 6)
        };
        let samples = (0..40_000).map(|n| wave(n).unwrap()).collect();
        Sound { format: Format::Linear(8000), samples }
    }

    #[test]
    fn keeps_what_a_capture_keeps() {
        let sound = two_bursts();
        let values = Values::default();
        let heard = hear(&sound, &values);
        let mut capture = Capture::new(values.detector(8000));
        let mut kept: Vec<_> =
            sound.samples.chunks(160).filter_map(|frame| capture.frame(frame)).collect();
        kept.extend(capture.finish());
        let kept: Vec<_> =
            kept.iter().map(|said| said.at..said.at + said.samples.len() as u64).collect();
        assert_eq!(kept.len(), 2);
        assert_eq!(heard.utterances.iter().map(|said| said.kept.clone()).collect::<Vec<_>>(), kept);
    }

    #[test]
    fn finds_the_bursts() {
        let values = Values { threshold: 8.0, least_level: -50.0, ..Values::default() };
        let heard = hear(&two_bursts(), &values);
        assert_eq!((heard.blocks.len(), heard.length, heard.seconds(4000)), (250, 40_000, 0.5));
        let near = |place: u64, wanted: u64| assert!(place.abs_diff(wanted) <= 480, "{place}");
        for (said, wanted) in heard.utterances.iter().zip([8000..12_000, 24_000..30_400]) {
            near(said.speech.start, wanted.start);
            near(said.speech.end, wanted.end);
            assert!(said.level.rms > -40.0 && said.level.peak > said.level.rms);
        }
        let floor = heard.blocks[100].lines.floor.unwrap();
        assert!((-85.0..-55.0).contains(&floor), "{floor}");
        assert_eq!(heard.blocks[100].lines.threshold, Some(-50.0));
        let numbers = |part| heard.said_in(&part).map(|(number, _)| number).collect::<Vec<_>>();
        assert_eq!(numbers(0..40_000), [1, 2]);
        assert_eq!(numbers(20_000..25_000), [2]);
        assert_eq!(numbers(14_000..20_000), [0; 0]);
    }

    #[test]
    fn nothing_and_less_than_a_block() {
        for (count, blocks) in [(0, 0), (1, 1), (161, 2)] {
            let sound = Sound { format: Format::Linear(8000), samples: vec![9; count] };
            let heard = hear(&sound, &Values::default());
            assert_eq!((heard.blocks.len(), heard.utterances.len()), (blocks, 0));
        }
    }
}
