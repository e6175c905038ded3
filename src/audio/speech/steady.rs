//! What stays equally loud is no speech.

/// The levels of the last half second.
#[derive(Debug, Clone)]
pub(super) struct Steady {
    levels: [f32; BLOCKS],
    seen: usize,
}

const BLOCKS: usize = 25;

impl Default for Steady {
    fn default() -> Self {
        Steady { levels: [0.0; BLOCKS], seen: 0 }
    }
}

impl Steady {
    pub(super) fn push(&mut self, level: f32) {
        self.levels.rotate_left(1);
        if let Some(last) = self.levels.last_mut() {
            *last = level;
        }
        self.seen = self.seen.saturating_add(1);
    }

    /// How many blocks there were.
    pub(super) fn seen(&self) -> usize {
        self.seen
    }

    /// Whether there was half a second.
    pub(super) fn is_full(&self) -> bool {
        self.seen >= BLOCKS
    }

    /// The loudest block.
    pub(super) fn highest(&self) -> f32 {
        self.heard().fold(f32::NEG_INFINITY, f32::max)
    }

    /// How much louder the loudest block is than the quietest.
    pub(super) fn spread(&self) -> f32 {
        self.highest() - self.heard().fold(f32::INFINITY, f32::min)
    }

    fn heard(&self) -> impl Iterator<Item = f32> {
        self.levels.iter().rev().take(self.seen).copied()
    }
}
