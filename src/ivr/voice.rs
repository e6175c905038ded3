//! A question that is answered by keys or by voice.

use std::fmt;
use std::time::Duration;

use super::keys::{ALL, Keys, Taken};
use super::prompt::Part;
use super::question::Round;
use super::{Answer, Prompt, Question};
use crate::audio::{Audio, Detector, Utterance};
use crate::eagi::{Ask, ResponseEnd};
use crate::error::{Error, Result};
use crate::session::Session;
use crate::text::Text;

/// How a caller answered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Spoken<T> {
    /// By keys, checked as always.
    Keyed(T),
    /// By voice: what he said, for whatever recognises it.
    Said(Utterance),
}

/// Asks a [`Question`] that may be answered by voice, too: see [`Question::or_spoken`].
#[must_use = "nothing is asked before `ask`"]
pub struct OrSpoken<'q, 'a, T> {
    question: &'q Question<'a, T>,
    longest: Duration,
    detector: Box<dyn Fn(u32) -> Detector + 'q>,
}

impl<'a, T> Question<'a, T> {
    /// The same question for a call by `EAGI()`, whose caller may speak instead of pressing keys. Either stops the
    /// prompt.
    ///
    /// ```no_run
    /// # fn recognise(_: &agikit::audio::Utterance) -> Option<String> { None }
    /// # fn f(agi: &mut agikit::Session) -> agikit::Result {
    /// use agikit::audio::Audio;
    /// use agikit::ivr::{Answer, Question, Spoken};
    ///
    /// let mut audio = Audio::open(agi)?;
    /// let question = Question::digits("vm-enter-num-to-call").invalid("invalid");
    /// let number = match question.or_spoken().ask(agi, &mut audio)? {
    ///     Answer::Given(Spoken::Keyed(number)) => Some(number),
    ///     Answer::Given(Spoken::Said(utterance)) => recognise(&utterance),
    ///     _ => None,
    /// };
    /// # let _ = number; Ok(()) }
    /// ```
    ///
    /// # On the wire
    /// The prompt's sounds and pauses by STREAM FILE and WAIT FOR DIGIT, which the caller's voice stops by an echo: see
    /// [`eagi`](mod@crate::eagi). The other parts (numbers, dates) are stopped by keys alone. Keys behind the first
    /// one are taken as always.
    pub fn or_spoken(&self) -> OrSpoken<'_, 'a, T> {
        OrSpoken {
            question: self,
            longest: Duration::from_secs(60),
            detector: Box::new(Detector::new),
        }
    }
}

impl<'q, 'a, T> OrSpoken<'q, 'a, T> {
    /// How long he may speak: 60 s unless said otherwise.
    pub fn longest(mut self, time: Duration) -> Self {
        self.longest = time;
        self
    }

    /// What tells speech from the rest, made anew for each part of the prompt, for the audio's rate.
    pub fn detector(mut self, make: impl Fn(u32) -> Detector + 'q) -> Self {
        self.detector = Box::new(make);
        self
    }

    /// Asks.
    ///
    /// # Errors
    /// Those of [`Question::ask`]; [`Error::Io`] when the audio cannot be read.
    pub fn ask(&self, agi: &mut Session, audio: &mut Audio) -> Result<Answer<Spoken<T>>> {
        self.question.rounds(agi, |agi, prompts| {
            let heard = self.question.covered(agi, |agi| self.hear(agi, audio, prompts))?;
            match heard {
                Heard::Said(said) => Ok(Round::Last(Answer::Given(Spoken::Said(said)))),
                Heard::Keys(taken) => {
                    self.question.weigh(taken, |answer| Ok(Some(Spoken::Keyed(answer))))
                }
            }
        })
    }

    /// Plays the prompts and takes what comes first.
    fn hear(
        &self,
        agi: &mut Session,
        audio: &mut Audio,
        prompts: [&Prompt<'_>; 2],
    ) -> Result<Heard> {
        let keys = &self.question.keys;
        let parts: Vec<&Part<'_>> = prompts.into_iter().flat_map(Prompt::parts).collect();
        let (last, before) = match parts.split_last() {
            Some((Part::Sound(name), before)) => (Ask::new(&**name), before),
            _ => (Ask::silent(), parts.as_slice()),
        };
        for part in before {
            let heard = match part {
                Part::Sound(name) => self.listen(agi, audio, Ask::new(&**name), Duration::ZERO)?,
                Part::Silence(time) => self.listen(agi, audio, Ask::silent(), *time)?,
                other => other.play(agi, Text::from(ALL))?.map(Came::Key),
            };
            if let Some(came) = heard {
                return came.heard(agi, keys);
            }
        }
        match self.listen(agi, audio, last, keys.first)? {
            Some(came) => came.heard(agi, keys),
            None => Ok(Heard::Keys(Taken::Silence)),
        }
    }

    fn listen(
        &self,
        agi: &mut Session,
        audio: &mut Audio,
        ask: Ask<'_>,
        timeout: Duration,
    ) -> Result<Option<Came>> {
        let detector = (self.detector)(audio.format().rate());
        let ask = ask.escape_digits(ALL).timeout(timeout).longest(self.longest);
        let response = ask.detector(detector).run(agi, audio)?;
        match (response.end, response.speech) {
            (ResponseEnd::Hangup, _) => Err(Error::Hangup),
            (ResponseEnd::Key(key), _) => Ok(Some(Came::Key(key))),
            (_, Some(said)) => Ok(Some(Came::Said(said))),
            (_, None) => Ok(None),
        }
    }
}

/// What ended a part of a prompt.
enum Came {
    Key(char),
    Said(Utterance),
}

/// What a try brought.
enum Heard {
    Keys(Taken),
    Said(Utterance),
}

impl Came {
    fn heard(self, agi: &mut Session, keys: &Keys) -> Result<Heard> {
        Ok(match self {
            Came::Key(key) => Heard::Keys(keys.behind(agi, key)?),
            Came::Said(said) => Heard::Said(said),
        })
    }
}

impl<T> fmt::Debug for OrSpoken<'_, '_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OrSpoken").field("question", self.question).finish_non_exhaustive()
    }
}
