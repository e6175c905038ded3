//! Try after try.

use super::Question;
use crate::error::{Error, Result};
use crate::ivr::keys::Taken;
use crate::ivr::{Answer, Miss, Prompt, Sounds};
use crate::script::ScriptResult;
use crate::session::Session;

/// What a try came to.
pub(in crate::ivr) enum Round<'q, 'a, U> {
    /// There is no further one.
    Last(Answer<U>),
    /// Why there is one, and what is said of this one.
    Missed(Miss, &'q Prompt<'a>),
}

impl<'a, T> Question<'a, T> {
    /// Asks.
    ///
    /// # Errors
    /// [`Error::Hangup`] when the call is over, wherever that was;
    /// [`Error::Failed`] for a sound that is not there; those of the commands.
    pub fn ask(&self, agi: &mut Session) -> Result<Answer<T>> {
        self.try_until(agi, |_, answer| Ok(Some(answer)))
    }

    /// Asks, and looks the answer up: what `find` gives is the answer; where it finds none
    /// [`invalid`](Question::invalid) is said, and the caller is asked again.
    ///
    /// ```
    /// # use agikit::emulator::Asterisk;
    /// # use agikit::ivr::Question;
    /// # use agikit::{ScriptResult, Session};
    /// fn script(agi: &mut Session) -> ScriptResult {
    ///     let question = Question::digits("vm-enter-num-to-call").exactly(4).invalid("invalid");
    ///     // A web service, a database: any library's error may come out of it by `?`.
    ///     let owner = question.ask_for(agi, |_, number| match number.as_str() {
    ///         "1001" => Ok(Some("Alice")),
    ///         "1002" => Ok(Some(std::str::from_utf8(b"Bob")?)),
    ///         _ => Ok(None),
    ///     })?;
    ///     agi.set_variable("OWNER", owner.given().unwrap_or("nobody"))?;
    ///     Ok(())
    /// }
    ///
    /// let call = Asterisk::new().keys("99991001").run(script);
    /// assert_eq!(call.variable("OWNER"), Some("Alice".into())); // the keys in the midst of "invalid" counted
    /// ```
    ///
    /// # Errors
    /// Those of [`ask`](Question::ask), and what `find` gives.
    pub fn ask_for<U>(
        &self,
        agi: &mut Session,
        find: impl FnMut(&mut Session, T) -> ScriptResult<Option<U>>,
    ) -> ScriptResult<Answer<U>> {
        self.try_until(agi, find)
    }

    /// The sounds that its prompts may need. (What is said of an answer is not known before there is one.)
    #[must_use]
    pub fn sounds(&self) -> Sounds {
        let optional = [&self.again, &self.too_long].into_iter().flatten();
        [&self.prompt, &self.silence, &self.invalid, &self.give_up]
            .into_iter()
            .chain(optional)
            .chain(self.checks.iter().map(|check| &check.otherwise))
            .fold(Sounds::new(), Sounds::and)
    }

    fn try_until<U, E: From<Error>>(
        &self,
        agi: &mut Session,
        mut find: impl FnMut(&mut Session, T) -> Result<Option<U>, E>,
    ) -> Result<Answer<U>, E> {
        self.rounds(agi, |agi, prompts| {
            let taken = self.covered(agi, |agi| self.keys.take(agi, prompts))?;
            self.weigh(taken, |answer| find(agi, answer))
        })
    }

    /// One try after the other, until one is the last.
    pub(in crate::ivr) fn rounds<'q, U, E: From<Error>>(
        &'q self,
        agi: &mut Session,
        mut round: impl FnMut(&mut Session, [&Prompt<'a>; 2]) -> Result<Round<'q, 'a, U>, E>,
    ) -> Result<Answer<U>, E> {
        let nothing = Prompt::new();
        let (mut said, mut prompt, mut left) = (&nothing, &self.prompt, self.tries);
        loop {
            let (miss, otherwise) = match round(agi, [said, prompt])? {
                Round::Last(answer) => return Ok(answer),
                Round::Missed(miss, otherwise) => (miss, otherwise),
            };
            said = otherwise;
            prompt = self.again.as_ref().unwrap_or(prompt);
            left = left.saturating_sub(1);
            if left == 0 {
                said.play(agi)?;
                self.give_up.play(agi)?;
                return Ok(Answer::GaveUp(miss));
            }
        }
    }

    /// What a try's keys came to.
    pub(in crate::ivr) fn weigh<U, E>(
        &self,
        taken: Taken,
        find: impl FnOnce(T) -> Result<Option<U>, E>,
    ) -> Result<Round<'_, 'a, U>, E> {
        let keys = match taken {
            Taken::Cancelled => return Ok(Round::Last(Answer::Cancelled)),
            Taken::Silence => return Ok(Round::Missed(Miss::Silence, &self.silence)),
            Taken::Keys(keys) => keys,
        };
        Ok(match self.judge(&keys) {
            Err((miss, otherwise)) => Round::Missed(miss, otherwise),
            Ok(answer) => match find(answer)? {
                Some(found) => Round::Last(Answer::Given(found)),
                None => Round::Missed(Miss::Refused, &self.invalid),
            },
        })
    }

    /// Takes what a try brings; under cover where that is a secret.
    pub(in crate::ivr) fn covered<H>(
        &self,
        agi: &mut Session,
        take: impl FnOnce(&mut Session) -> Result<H>,
    ) -> Result<H> {
        if !self.is_secret || agi.is_confidential() {
            return take(agi);
        }
        agi.mark_confidential(true)?;
        let taken = take(agi);
        // Where the call ends behind a key, the cover stays.
        if !matches!(taken, Err(Error::Hangup | Error::Io { .. })) {
            agi.mark_confidential(false)?;
        }
        taken
    }

    /// The answer that keys are, or why they are none and what is said of it.
    fn judge(&self, keys: &[u8]) -> Result<T, (Miss, &Prompt<'a>)> {
        if keys.len() < self.keys.least.into() {
            return Err((Miss::TooShort, &self.invalid));
        }
        if keys.len() > self.keys.most.into() {
            return Err((Miss::TooLong, self.too_long.as_ref().unwrap_or(&self.invalid)));
        }
        let answer = (self.read)(keys).ok_or((Miss::Wrong, &self.invalid))?;
        match self.checks.iter().find(|check| !(check.accepts)(&answer)) {
            Some(check) => Err((Miss::Refused, &check.otherwise)),
            None => Ok(answer),
        }
    }
}
