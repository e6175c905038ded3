//! How well a detector does: speech with known bounds, laid into noise, and what was found of it.
#![allow(unreachable_pub, reason = "as above")]
#![allow(dead_code, reason = "the test and the bench each use their part")]

use std::ops::AddAssign;
use std::path::Path;

use agikit::audio::{Change, Detector};

pub const RATE: u32 = 8000;
/// Ten milliseconds.
const STEP: usize = 80;
/// What begins so much too late, or ends so much too early, has lost a syllable.
pub const TOLERANCE: u64 = 800;
/// What begins so much too early, or ends so much too late, has noise for speech.
const SURPLUS: u64 = 2400;
/// All speech is brought to this level.
const LOUDNESS: f64 = -26.0;

/// One utterance without any noise: its samples and where its speech is in them.
#[derive(Debug, Clone)]
pub struct Item {
    pub samples: Vec<i16>,
    pub begin: usize,
    pub end: usize,
}

impl Item {
    /// Finds the bounds by the level: speech is what comes within 32 dB of the loudest 10 ms. Nothing where the
    /// speech has a pause as long as one between two utterances.
    pub fn by_level(samples: Vec<i16>) -> Option<Item> {
        let levels: Vec<f64> = samples.chunks(STEP).map(rms).collect();
        let loudest = levels.iter().copied().fold(0.0, f64::max);
        let loud: Vec<usize> =
            (0..levels.len()).filter(|&at| levels[at] > loudest * 0.025).collect();
        let (begin, end) = (loud.first()? * STEP, (loud.last()? + 1) * STEP);
        let has_pause = loud.windows(2).any(|pair| pair[1] - pair[0] > 40);
        let is_long = (2000..8 * 8000).contains(&(end - begin));
        let end = end.min(samples.len());
        (!has_pause && is_long).then_some(Item { samples, begin, end })
    }
}

/// The root of the mean square.
pub fn rms(samples: &[i16]) -> f64 {
    let sum: f64 = samples.iter().map(|&it| f64::from(it) * f64::from(it)).sum();
    (sum / samples.len().max(1) as f64).sqrt()
}

/// What the speech is mixed with.
#[derive(Debug, Clone, Copy)]
pub enum Noise<'a> {
    White,
    /// Voices of others.
    Babble(&'a [i16]),
}

/// Numbers that are the same every time.
struct Dice(u64);

impl Dice {
    /// From -1 to 1.
    fn even(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        ((self.0 >> 11) as f64 / (1_u64 << 53) as f64) * 2.0 - 1.0
    }

    /// About normal, with a deviation of 1.
    fn normal(&mut self) -> f64 {
        (0..3).map(|_| self.even()).sum()
    }
}

/// A call: noise, and utterances with pauses of 1.2 to 3 s between them.
pub struct Track {
    pub samples: Vec<i16>,
    pub truth: Vec<(u64, u64)>,
}

/// Lays the utterances into noise. `ratio` is that of the speech's power, its short pauses included, to the
/// noise's, in dB.
pub fn track(items: &[Item], noise: Noise, ratio: f64, seed: u64) -> Track {
    let mut dice = Dice(seed);
    let mut sound: Vec<f64> = Vec::new();
    let mut truth = Vec::new();
    for item in items {
        let pause = 1.2 + 0.9 * (dice.even() + 1.0);
        sound.resize(sound.len() + (pause * f64::from(RATE)) as usize, 0.0);
        let factor = amplitude(LOUDNESS) / rms(&item.samples[item.begin..item.end]);
        truth.push(((sound.len()) as u64, (sound.len() + item.end - item.begin) as u64));
        // The margins belong to the pauses.
        let margin = item.begin.min(400);
        sound.truncate(sound.len() - margin);
        let behind = item.samples.len().min(item.end + 400);
        sound.extend(
            item.samples[item.begin - margin..behind].iter().map(|&it| f64::from(it) * factor),
        );
    }
    sound.resize(sound.len() + 2 * RATE as usize, 0.0);
    let wanted = amplitude(LOUDNESS - ratio);
    match noise {
        Noise::White => sound.iter_mut().for_each(|it| *it += wanted * dice.normal()),
        Noise::Babble(voices) => {
            let factor = wanted / rms(voices);
            let from = ((dice.even() + 1.0) / 2.0 * voices.len() as f64) as usize;
            for (it, &voice) in sound.iter_mut().zip(voices.iter().cycle().skip(from)) {
                *it += factor * f64::from(voice);
            }
        }
    }
    let samples = sound.iter().map(|it| it.clamp(-32768.0, 32767.0) as i16).collect();
    Track { samples, truth }
}

fn amplitude(dbfs: f64) -> f64 {
    32768.0 * 10.0_f64.powf(dbfs / 20.0)
}

/// What a detector made of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Score {
    pub utterances: usize,
    /// Not found at all.
    pub missed: usize,
    /// Found where nobody speaks.
    pub false_ones: usize,
    /// Found without its first syllable, without its last one.
    pub first_cut: usize,
    pub last_cut: usize,
    /// Begun within the 300 ms of pre-roll, or earlier: a capture has it all.
    pub kept: usize,
    /// Found in more than one piece; found as one with the next.
    pub split: usize,
    pub merged: usize,
    /// Found with more than 300 ms of noise before or behind.
    pub long: usize,
}

impl AddAssign for Score {
    fn add_assign(&mut self, other: Score) {
        self.utterances += other.utterances;
        self.missed += other.missed;
        self.false_ones += other.false_ones;
        self.first_cut += other.first_cut;
        self.last_cut += other.last_cut;
        self.kept += other.kept;
        self.split += other.split;
        self.merged += other.merged;
        self.long += other.long;
    }
}

/// What a detector finds, frame by frame.
pub fn found(mut detector: Detector, samples: &[i16]) -> Vec<(u64, u64)> {
    let frame = usize::try_from(detector.rate() / 50).unwrap();
    let mut all: Vec<(u64, u64)> = Vec::new();
    let changes = samples.chunks(frame).map(Some).chain([None]);
    for change in changes.filter_map(|frame| match frame {
        Some(frame) => detector.frame(frame),
        None => detector.finish(),
    }) {
        match change {
            Change::Began { at } => all.push((at, u64::MAX)),
            Change::Ended { at } => all.last_mut().unwrap().1 = at,
        }
    }
    all
}

pub fn score(truth: &[(u64, u64)], found: &[(u64, u64)]) -> Score {
    let meets = |one: &(u64, u64), other: &(u64, u64)| one.0 < other.1 && other.0 < one.1;
    let mut score = Score { utterances: truth.len(), ..Score::default() };
    for one in truth {
        let pieces: Vec<&(u64, u64)> = found.iter().filter(|other| meets(one, other)).collect();
        let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else {
            score.missed += 1;
            continue;
        };
        score.first_cut += usize::from(first.0 > one.0 + TOLERANCE);
        score.last_cut += usize::from(last.1 + TOLERANCE < one.1);
        score.kept += usize::from(first.0 <= one.0 + 2400);
        score.split += pieces.len() - 1;
        score.long += usize::from(first.0 + SURPLUS < one.0 || last.1 > one.1 + SURPLUS);
    }
    for one in found {
        match truth.iter().filter(|other| meets(one, other)).count() {
            0 => score.false_ones += 1,
            many => score.merged += many - 1,
        }
    }
    score
}

/// The samples of a WAV file of one channel at 8 kHz.
pub fn read(path: &Path) -> Vec<i16> {
    let mut reader =
        hound::WavReader::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert_eq!(
        (reader.spec().sample_rate, reader.spec().channels),
        (RATE, 1),
        "{}",
        path.display()
    );
    reader.samples::<i16>().map(Result::unwrap).collect()
}

/// Mixes voices, each as loud as the others, as long as the shortest.
pub fn babble(voices: &[Vec<i16>]) -> Vec<i16> {
    let length = voices.iter().map(Vec::len).min().unwrap_or(0);
    let mut mixed = vec![0.0; length];
    for voice in voices {
        let factor = 1000.0 / rms(voice).max(1.0);
        mixed.iter_mut().zip(voice).for_each(|(it, &voice)| *it += f64::from(voice) * factor);
    }
    mixed.iter().map(|it| it.clamp(-32768.0, 32767.0) as i16).collect()
}
