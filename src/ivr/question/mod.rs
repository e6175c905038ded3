//! A question: a prompt, the keys that answer it, and what is said when they do not.

mod asking;
mod kinds;

pub(in crate::ivr) use asking::Round;

use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use crate::ivr::Prompt;
use crate::ivr::keys::Keys;

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
/// [`between_digits`](Question::between_digits). An answer that is none is told of by the prompt for that
/// ([`silence`](Question::silence), [`invalid`](Question::invalid), that of a [`check`](Question::check)), whose
/// keys count for the next try as well. After [three](Question::tries) of them [`give_up`](Question::give_up) is
/// played. All prompts but the first are empty until they are set.
///
/// # On the wire
/// The prompt's parts, the last sound by GET DATA, which also takes the keys: `GET DATA "sound" 5000 8`. Behind a key
/// of an earlier part `GET DATA "" 5000 7` takes the rest. With a cancel key or another end key than `#`, of which
/// GET DATA knows nothing, each key is taken by a WAIT FOR DIGIT of its own. With different times for the first key and
/// the others, GET OPTION takes the first. A PIN's or a card's try stands between two NOOPs.
///
/// A key that comes up between two of these commands is lost. On Asterisk's machine that is a fraction of a millisecond; over
/// a slow network it may be a key of a fast caller: there prompts of one sound, `#` and one time for all keys lose
/// none.
pub struct Question<'a, T> {
    prompt: Prompt<'a>,
    again: Option<Prompt<'a>>,
    silence: Prompt<'a>,
    invalid: Prompt<'a>,
    too_long: Option<Prompt<'a>>,
    give_up: Prompt<'a>,
    pub(super) keys: Keys,
    tries: u32,
    pub(super) is_secret: bool,
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
        self.bounds(digits.max(1), digits, true)
    }

    /// One digit to so many; the last possible one ends the answer.
    #[must_use]
    pub fn up_to(self, digits: u16) -> Self {
        self.bounds(1, digits, true)
    }

    /// So many digits, of which the caller tells the end, by the end key or a pause: more of them are too long.
    #[must_use]
    pub fn length(self, digits: RangeInclusive<u16>) -> Self {
        self.bounds(*digits.start(), *digits.end(), false)
    }

    fn bounds(mut self, least: u16, most: u16, ends_at_most: bool) -> Self {
        // GET DATA's bound, one spare for what is too long.
        let most = most.clamp(1, 1022);
        (self.keys.least, self.keys.most) = (least.min(most), most);
        self.keys.ends_at_most = ends_at_most;
        self
    }

    /// The key that ends an answer, `#` by default; none with `None`, for questions of which it is a part.
    #[must_use]
    pub fn end_key(mut self, key: impl Into<Option<char>>) -> Self {
        self.keys.end = key.into();
        self
    }

    /// A key that cancels, at once and at any place: [`Answer::Cancelled`](super::Answer::Cancelled).
    #[must_use]
    pub fn cancel_key(mut self, key: char) -> Self {
        self.keys.cancel = Some(key);
        self
    }

    /// How long to wait for each key; five seconds by default.
    #[must_use]
    pub fn timeout(self, time: Duration) -> Self {
        self.first_digit(time).between_digits(time)
    }

    /// How long to wait for the first key, from the prompt's end on.
    #[must_use]
    pub fn first_digit(mut self, time: Duration) -> Self {
        // Asterisk takes 0 for times of its own.
        self.keys.first = time.max(Duration::from_millis(1));
        self
    }

    /// How long a pause behind a key may be before the answer has ended.
    #[must_use]
    pub fn between_digits(mut self, time: Duration) -> Self {
        self.keys.between = time.max(Duration::from_millis(1));
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
