//! What the line sounds like while nobody speaks.

use super::bands::COUNT;

/// Octave by octave, in dB.
pub(super) type Levels = [f32; COUNT];

/// No line is quieter: digital silence is taken for this.
pub(super) const QUIETEST: f32 = -80.0;
/// How fast the noise is followed: the share of a block's difference.
const FOLLOWING: f32 = 0.08;
/// No higher above the lowest of the last two seconds.
const SPAN: f32 = 10.0;

/// A ratio of powers in dB, not below the quietest line.
pub(super) fn decibels(power: f32) -> f32 {
    (10.0 * power.log10()).max(QUIETEST)
}

/// The variance of a noise is taken to be within these, in dB squared.
const LEAST: f32 = 1.0;
const MOST: f32 = 16.0;

/// The noise, followed block by block.
#[derive(Debug, Clone)]
pub(super) struct Noise {
    pub(super) mean: Levels,
    /// How much it goes up and down, squared.
    variance: Levels,
    /// The power of the last 100 ms, about.
    smooth: Levels,
    lows: Lows,
}

impl Noise {
    pub(super) fn new(mean: Levels) -> Self {
        let smooth = mean.map(|level| 10.0_f32.powf(level / 10.0));
        Noise { mean, variance: [4.0; COUNT], smooth, lows: Lows::default() }
    }

    /// Takes a block's powers, whatever it is. The lowest of two seconds is surely noise.
    pub(super) fn hear(&mut self, powers: &Levels) {
        for (smooth, power) in self.smooth.iter_mut().zip(powers) {
            *smooth += 0.2 * (power - *smooth);
        }
        let Some(lows) = self.lows.push(&self.smooth.map(decibels)) else { return };
        for (mean, low) in self.mean.iter_mut().zip(lows) {
            *mean = mean.clamp(low, low + SPAN);
        }
    }

    /// Takes a block that is no speech.
    pub(super) fn follow(&mut self, levels: &Levels) {
        for ((mean, variance), level) in self.mean.iter_mut().zip(&mut self.variance).zip(levels) {
            let difference = level - *mean;
            *mean += FOLLOWING * difference;
            *variance += 0.03 * (difference * difference - *variance);
        }
    }

    /// Takes what came last for noise.
    pub(super) fn set_to_recent(&mut self) {
        self.mean = self.smooth.map(decibels);
        // What was before says nothing of it.
        self.lows = Lows::default();
    }

    /// The noise is not louder than this block, nor than so much.
    pub(super) fn lower(&mut self, levels: &Levels, most: f32) {
        for (mean, level) in self.mean.iter_mut().zip(levels) {
            *mean = mean.min(*level).min(most);
        }
    }

    /// How far a block stands out of the noise, in deviations: the octaves' together.
    pub(super) fn outstanding(&self, levels: &Levels) -> f32 {
        let mut sum = 0.0;
        for ((level, mean), variance) in levels.iter().zip(&self.mean).zip(&self.variance) {
            let by = (level - mean).max(0.0);
            sum += by * by / variance.clamp(LEAST, MOST);
        }
        sum.sqrt()
    }
}

/// The lowest of the last two seconds: of ten parts of ten blocks, and of the one that lasts.
#[derive(Debug, Clone)]
struct Lows {
    parts: [Levels; 10],
    current: Levels,
    blocks: u32,
    filled: u32,
}

impl Default for Lows {
    fn default() -> Self {
        let none = [f32::INFINITY; COUNT];
        Lows { parts: [none; 10], current: none, blocks: 0, filled: 0 }
    }
}

impl Lows {
    /// `None` in the first two seconds.
    fn push(&mut self, levels: &Levels) -> Option<Levels> {
        lower(&mut self.current, levels);
        self.blocks += 1;
        if self.blocks == 10 {
            self.parts.rotate_left(1);
            if let Some(last) = self.parts.last_mut() {
                *last = std::mem::replace(&mut self.current, [f32::INFINITY; COUNT]);
            }
            self.blocks = 0;
            self.filled = (self.filled + 1).min(10);
        }
        (self.filled == 10).then(|| {
            let mut lowest = self.current;
            self.parts.iter().for_each(|part| lower(&mut lowest, part));
            lowest
        })
    }
}

fn lower(lowest: &mut Levels, levels: &Levels) {
    for (lowest, level) in lowest.iter_mut().zip(levels) {
        *lowest = lowest.min(*level);
    }
}
