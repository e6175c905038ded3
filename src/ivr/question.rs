//! A question: a prompt, the keys that answer it, and what is said when they do not.

use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::keys::{Keys, Taken};
use super::{Amount, Answer, Date, DateOrder, Miss, Prompt, Secret, Sounds, kind};
use crate::error::Result;
use crate::script::ScriptResult;
use crate::session::Session;

/// Asks a caller for keys, checks them, and asks again.
///
/// ```
/// use agikit::emulator::Asterisk;
/// use agikit::ivr::{Answer, Question};
/// use std::time::Duration;
///
/// fn script(agi: &mut agikit::Session) -> agikit::Result {
///     let age = Question::number("vm-enter-num-to-call")
///         .up_to(3)
///         .timeout(Duration::from_secs(4))
///         .check(|&age| age >= 18, "invalid")
///         .give_up("vm-goodbye");
///     if let Answer::Given(age) = age.ask(agi)? {
///         agi.set_variable("AGE", &age.to_string())?;
///     }
///     Ok(())
/// }
///
/// let call = Asterisk::new().keys("7#42#").run(script);
/// assert_eq!(call.variable("AGE"), Some("42".into()));
/// ```
///
/// # A try
/// The prompt is played; a key at any place of it stops it and is the answer's first. What ends an answer: its
/// [last digit](Question::exactly), the [end key](Question::end_key) (`#`), or a pause behind its digits as long as
/// [`between`](Question::between). An answer that is none is told of by the prompt for that
/// ([`silence`](Question::silence), [`invalid`](Question::invalid), that of a [`check`](Question::check)), whose
/// keys count for the next try as well. After [three](Question::tries) of them [`give_up`](Question::give_up) is
/// played. All prompts but the first are empty until they are set.
///
/// # On the wire
/// The prompt's parts, the last sound by GET DATA, which also takes the keys: `GET DATA "sound" 5000 8`. Behind a key
/// of an earlier part `GET DATA "" 5000 7` takes the rest. With a cancel key or another end key than `#`, of which
/// GET DATA knows nothing, each key is taken by a WAIT FOR DIGIT of its own; so it is where the network between
/// Asterisk and a server is slower than a caller's fingers that a cancel key may cost digits. With different times for
/// the first key and the others, GET OPTION takes the first.
pub struct Question<'a, T> {
    prompt: Prompt<'a>,
    again: Option<Prompt<'a>>,
    silence: Prompt<'a>,
    invalid: Prompt<'a>,
    too_long: Option<Prompt<'a>>,
    give_up: Prompt<'a>,
    keys: Keys,
    tries: u32,
    is_secret: bool,
    read: Read<'a, T>,
    checks: Vec<Check<'a, T>>,
}

/// Makes an answer of keys.
type Read<'a, T> = Box<dyn Fn(&[u8]) -> Option<T> + 'a>;

/// A check, and what is said where it refuses.
struct Check<'a, T> {
    accepts: Box<dyn Fn(&T) -> bool + 'a>,
    otherwise: Prompt<'a>,
}

impl<'a> Question<'a, String> {
    /// Asks for digits, which stay text: leading zeros are kept. One to 32 of them, ended by `#` or a pause, unless
    /// it is said otherwise.
    pub fn digits(prompt: impl Into<Prompt<'a>>) -> Self {
        Question::new(prompt.into(), kind::digits).between_digits(1..=32)
    }
}

impl<'a> Question<'a, u64> {
    /// Asks for a whole number, of up to 18 digits.
    pub fn number(prompt: impl Into<Prompt<'a>>) -> Self {
        Question::new(prompt.into(), kind::number).between_digits(1..=18)
    }
}

impl<'a> Question<'a, Amount> {
    /// Asks for an amount of money; `*` is the decimal point: `12*50`. So no [cancel key](Question::cancel_key) `*`.
    pub fn amount(prompt: impl Into<Prompt<'a>>) -> Self {
        Question::new(prompt.into(), kind::amount).between_digits(1..=16)
    }
}

impl<'a> Question<'a, Date> {
    /// Asks for a date, eight digits in this order. A day that there is not is an invalid answer.
    pub fn date(prompt: impl Into<Prompt<'a>>, order: DateOrder) -> Self {
        Question::new(prompt.into(), move |keys| kind::date(keys, order)).exactly(8)
    }
}

impl<'a> Question<'a, Secret> {
    /// Asks for a PIN of so many digits. Its keys show in no error and no `Debug`, and what records the call
    /// (`agikit record`, `agikit import`, `AGIKIT_TRANSCRIPT`) leaves them out: see
    /// [`Session::set_confidential`].
    pub fn pin(prompt: impl Into<Prompt<'a>>, digits: u16) -> Self {
        let mut question = Question::new(prompt.into(), kind::secret).exactly(digits);
        question.is_secret = true;
        question
    }

    /// Asks for the number of a bank or credit card, 12 to 19 digits with their check digit, ended by `#` or a pause. A
    /// secret as a [PIN](Question::pin) is.
    pub fn card(prompt: impl Into<Prompt<'a>>) -> Self {
        let card = |keys: &[u8]| kind::secret(keys).filter(|_| kind::is_card(keys));
        let mut question = Question::new(prompt.into(), card).between_digits(12..=19);
        question.is_secret = true;
        question
    }
}

impl<'a, T> Question<'a, T> {
    /// Asks for an answer of your own: `read` makes it of the keys, or says that they are none.
    ///
    /// ```
    /// use agikit::ivr::{Prompt, Question};
    ///
    /// // An extension of our house: 2xx.
    /// let extension = Question::new(Prompt::from("vm-extension"), |keys: &[u8]| match keys {
    ///     [b'2', _, _] => std::str::from_utf8(keys).ok()?.parse::<u16>().ok(),
    ///     _ => None,
    /// });
    /// # let _ = extension.exactly(3);
    /// ```
    pub fn new(prompt: Prompt<'a>, read: impl Fn(&[u8]) -> Option<T> + 'a) -> Self {
        let time = Duration::from_secs(5);
        Question {
            prompt,
            again: None,
            silence: Prompt::new(),
            invalid: Prompt::new(),
            too_long: None,
            give_up: Prompt::new(),
            keys: Keys {
                least: 1,
                most: 32,
                ends_at_most: false,
                end: Some('#'),
                cancel: None,
                first: time,
                between: time,
            },
            tries: 3,
            is_secret: false,
            read: Box::new(read),
            checks: Vec::new(),
        }
    }

    /// So many digits; the last one ends the answer. (At least 1.) What the caller presses behind it counts for the
    /// next question.
    #[must_use]
    pub fn exactly(self, digits: u16) -> Self {
        self.length(digits.max(1), digits, true)
    }

    /// One digit to so many; the last possible one ends the answer.
    #[must_use]
    pub fn up_to(self, digits: u16) -> Self {
        self.length(1, digits, true)
    }

    /// So many digits, of which the caller tells the end, by the end key or a pause: more of them are too long.
    #[must_use]
    pub fn between_digits(self, digits: RangeInclusive<u16>) -> Self {
        self.length(*digits.start(), *digits.end(), false)
    }

    fn length(mut self, least: u16, most: u16, ends_at_most: bool) -> Self {
        // GET DATA's bound, one spare for what is too long.
        (self.keys.least, self.keys.most) = (least, most.clamp(1, 1022));
        self.keys.ends_at_most = ends_at_most;
        self
    }

    /// The key that ends an answer, `#` by default; none with `None`, for questions of which it is a part.
    #[must_use]
    pub fn end_key(mut self, key: impl Into<Option<char>>) -> Self {
        self.keys.end = key.into();
        self
    }

    /// A key that cancels, at once and at any place: [`Answer::Cancelled`].
    #[must_use]
    pub fn cancel_key(mut self, key: char) -> Self {
        self.keys.cancel = Some(key);
        self
    }

    /// How long to wait for each key; five seconds by default.
    #[must_use]
    pub fn timeout(mut self, time: Duration) -> Self {
        (self.keys.first, self.keys.between) = (time, time);
        self
    }

    /// How long to wait for the first key, from the prompt's end on.
    #[must_use]
    pub fn first(mut self, time: Duration) -> Self {
        self.keys.first = time;
        self
    }

    /// How long a pause behind a key may be before the answer has ended.
    #[must_use]
    pub fn between(mut self, time: Duration) -> Self {
        self.keys.between = time;
        self
    }

    /// How often to ask at most; 3 by default, and at least once.
    #[must_use]
    pub fn tries(mut self, tries: u32) -> Self {
        self.tries = tries.max(1);
        self
    }

    /// A prompt for all tries but the first, a shorter one maybe.
    #[must_use]
    pub fn again(mut self, prompt: impl Into<Prompt<'a>>) -> Self {
        self.again = Some(prompt.into());
        self
    }

    /// What is said to a caller who pressed no key.
    #[must_use]
    pub fn silence(mut self, prompt: impl Into<Prompt<'a>>) -> Self {
        self.silence = prompt.into();
        self
    }

    /// What is said of an answer that is none.
    #[must_use]
    pub fn invalid(mut self, prompt: impl Into<Prompt<'a>>) -> Self {
        self.invalid = prompt.into();
        self
    }

    /// What is said of one that is too long; what [`invalid`](Question::invalid) says, by default.
    #[must_use]
    pub fn too_long(mut self, prompt: impl Into<Prompt<'a>>) -> Self {
        self.too_long = Some(prompt.into());
        self
    }

    /// What is said at the end, when no try brought an answer.
    #[must_use]
    pub fn give_up(mut self, prompt: impl Into<Prompt<'a>>) -> Self {
        self.give_up = prompt.into();
        self
    }

    /// Takes only answers that pass a check, and says of others what is wrong. Checks are made in their order.
    #[must_use]
    pub fn check(
        mut self,
        accepts: impl Fn(&T) -> bool + 'a,
        otherwise: impl Into<Prompt<'a>>,
    ) -> Self {
        self.checks.push(Check { accepts: Box::new(accepts), otherwise: otherwise.into() });
        self
    }

    /// Asks.
    ///
    /// # Errors
    /// [`Error::Hangup`](crate::Error::Hangup) when the call is over, wherever that was;
    /// [`Error::Failed`](crate::Error::Failed) for a sound that is not there; those of the commands.
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
    /// assert_eq!(call.variable("OWNER"), Some("nobody".into())); // 1001 came while he heard that 9999 is none
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

    fn try_until<U, E: From<crate::error::Error>>(
        &self,
        agi: &mut Session,
        mut find: impl FnMut(&mut Session, T) -> Result<Option<U>, E>,
    ) -> Result<Answer<U>, E> {
        let nothing = Prompt::new();
        let (mut said, mut prompt, mut left) = (&nothing, &self.prompt, self.tries);
        loop {
            let miss = match self.take(agi, [said, prompt])? {
                Taken::Cancelled => return Ok(Answer::Cancelled),
                Taken::Silence => (Miss::Silence, &self.silence),
                Taken::Keys(keys) => match self.judge(&keys) {
                    Err(miss) => miss,
                    Ok(answer) => match find(agi, answer)? {
                        Some(found) => return Ok(Answer::Given(found)),
                        None => (Miss::Refused, &self.invalid),
                    },
                },
            };
            said = miss.1;
            prompt = self.again.as_ref().unwrap_or(prompt);
            left = left.saturating_sub(1);
            if left == 0 {
                said.play(agi)?;
                self.give_up.play(agi)?;
                return Ok(Answer::GaveUp(miss.0));
            }
        }
    }

    /// The keys of a try; those of a secret under cover.
    fn take(&self, agi: &mut Session, prompts: [&Prompt<'_>; 2]) -> Result<Taken> {
        if !self.is_secret {
            return self.keys.take(agi, prompts);
        }
        agi.set_confidential(true)?;
        let taken = self.keys.take(agi, prompts);
        match &taken {
            // Keys may have been pressed behind which the call ended: the cover stays.
            Err(_) => {}
            Ok(_) => agi.set_confidential(false)?,
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

impl<T> fmt::Debug for Question<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Question")
            .field("prompt", &self.prompt)
            .field("keys", &self.keys)
            .field("tries", &self.tries)
            .finish_non_exhaustive()
    }
}
