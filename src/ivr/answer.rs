//! What a question or a menu came to.

/// What a [`Question`](super::Question) or a [`Menu`](super::Menu) came to. A hangup is not among it: that is
/// [`Error::Hangup`](crate::Error::Hangup), and `?` carries it out of the script.
///
/// ```
/// use agikit::ivr::{Answer, Miss};
///
/// let answer = Answer::Given(42);
/// assert_eq!(answer.given(), Some(42));
/// assert_eq!(Answer::<u64>::GaveUp(Miss::Silence).given(), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer<T> {
    /// The caller's answer, checked.
    Given(T),
    /// He pressed the cancel key, or a menu's back key.
    Cancelled,
    /// No try brought an answer. The miss is the last try's.
    GaveUp(Miss),
}

impl<T> Answer<T> {
    /// The answer, if there was one.
    #[must_use]
    pub fn given(self) -> Option<T> {
        match self {
            Answer::Given(answer) => Some(answer),
            Answer::Cancelled | Answer::GaveUp(_) => None,
        }
    }

    /// The same with the answer turned into something else.
    pub fn map<U>(self, with: impl FnOnce(T) -> U) -> Answer<U> {
        match self {
            Answer::Given(answer) => Answer::Given(with(answer)),
            Answer::Cancelled => Answer::Cancelled,
            Answer::GaveUp(miss) => Answer::GaveUp(miss),
        }
    }
}

impl<T: Clone> Answer<&T> {
    /// The same with a value of one's own: a [`Menu`](super::Menu) lends its choices.
    #[must_use]
    pub fn cloned(self) -> Answer<T> {
        self.map(T::clone)
    }
}

/// Why a try brought no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Miss {
    /// No key was pressed in time.
    Silence,
    /// Fewer digits than asked for.
    TooShort,
    /// More digits than asked for.
    TooLong,
    /// Not an answer: a `*` in a number, the 31st of February, a key that a menu does not have.
    Wrong,
    /// The script's own check refused it.
    Refused,
}
