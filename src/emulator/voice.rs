//! What the caller says, and when.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::audio::{Format, Sound};
use crate::transcript::Event;

/// The caller's voice on the call's clock.
#[derive(Debug, Clone, Default)]
pub(super) struct Voice {
    /// What he says, each from a time on.
    words: Vec<(Duration, Sound)>,
    /// There are frames where he says nothing, too: a telephone that is not silent in silence.
    pub(super) silence: bool,
    /// The file of all that he says, from the beginning; an empty path is silence.
    file: Option<PathBuf>,
}

impl Voice {
    /// He says this from a time on, beside what he says anyway.
    pub(super) fn says(&mut self, from: Duration, sound: Sound) {
        self.words.push((from, sound));
        self.file = None;
    }

    /// He says what is in this file, and nothing else.
    pub(super) fn is_of(&mut self, file: &Path) {
        let is_all = self.words.iter().map(|(at, _)| *at).eq([Duration::ZERO]);
        self.file = std::path::absolute(file).ok().filter(|_| is_all);
    }

    /// How a transcript tells it.
    pub(super) fn event(&self) -> Option<Event> {
        let silence = self.words.is_empty().then(PathBuf::new);
        self.file.clone().or(silence).filter(|_| self.silence).map(Event::Audio)
    }

    /// Whether any frames come.
    pub(super) fn is_there(&self) -> bool {
        self.silence || !self.words.is_empty()
    }

    /// The 20 ms from this time on, or `None` where no frame comes. The last one before a gap may be shorter.
    pub(super) fn frame(&self, from: Duration, format: Format) -> Option<Vec<i16>> {
        let rate = format.rate();
        let begin = format.samples(from);
        let count = format.frame_samples();
        let mut frame = vec![0; count];
        let mut said = if self.silence { count } else { 0 };
        for (at, sound) in &self.words {
            let at = format.samples(*at);
            let end = at.saturating_add(sound.count(rate));
            let skipped = usize::try_from(at.saturating_sub(begin)).unwrap_or(usize::MAX);
            if end <= begin || skipped >= count {
                continue;
            }
            let first = begin.saturating_sub(at);
            for (sample, number) in frame.iter_mut().skip(skipped).zip(first..) {
                let Some(words) = sound.sample(rate, number) else { break };
                *sample = words.saturating_add(*sample);
            }
            let here = usize::try_from(end - begin).unwrap_or(usize::MAX);
            said = said.max(here.min(count));
        }
        frame.truncate(said);
        (said > 0).then_some(frame)
    }

    /// Whether a frame comes at this time.
    pub(super) fn speaks(&self, at: Duration) -> bool {
        self.silence || self.frame(at, Format::default()).is_some()
    }

    /// When he says something next, where no frames come before.
    pub(super) fn next(&self, now: Duration) -> Option<Duration> {
        let begins = self.words.iter().map(|(at, _)| *at).filter(|at| *at > now);
        begins.min().filter(|_| !self.silence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn sound(rate: u32, samples: Vec<i16>) -> Sound {
        Sound { format: Format::Linear(rate), samples }
    }

    const SLIN: Format = Format::Linear(8000);

    #[test]
    fn who_says_nothing_sends_nothing() {
        let mut voice = Voice::default();
        assert_eq!((voice.is_there(), voice.frame(ms(0), SLIN)), (false, None));
        voice.silence = true;
        assert_eq!((voice.is_there(), voice.frame(ms(0), SLIN)), (true, Some(vec![0; 160])));
    }

    #[test]
    fn words_stand_at_their_time() {
        let mut voice = Voice::default();
        voice.says(ms(30), sound(8000, vec![5; 200]));
        assert_eq!((voice.frame(ms(0), SLIN), voice.next(ms(0))), (None, Some(ms(30))));
        let first = voice.frame(ms(20), SLIN).unwrap();
        assert_eq!((&first[..80], &first[80..]), (&[0; 80][..], &[5; 80][..]));
        assert_eq!(voice.frame(ms(40), SLIN), Some(vec![5; 120])); // its end
        assert_eq!((voice.frame(ms(60), SLIN), voice.next(ms(40))), (None, None));
        voice.silence = true;
        assert_eq!(voice.frame(ms(40), SLIN).unwrap()[119..121], [5, 0]);
        voice.says(ms(40), sound(16_000, vec![i16::MAX; 8]));
        assert_eq!(voice.frame(ms(40), SLIN).unwrap()[3..5], [i16::MAX, 5]);
        assert_eq!(voice.frame(ms(0), Format::Linear(44_100)).unwrap().len(), 882);
    }
}
