//! The sounds that a script may play.

use std::collections::BTreeSet;

use super::Prompt;
use super::prompt::Part;

/// The names of the sounds that a script may need, so that a missing one is found before the call.
///
/// ```
/// use agikit::ivr::{Prompt, Question, Sounds};
///
/// let question = Question::digits("vm-enter-num-to-call").invalid("invalid").give_up("vm-goodbye");
/// let sounds = Sounds::new().and(question.sounds()).and(["beep"]);
/// assert_eq!(sounds.names().collect::<Vec<_>>(), ["beep", "invalid", "vm-enter-num-to-call", "vm-goodbye"]);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sounds(BTreeSet<String>);

impl Sounds {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Sounds::default()
    }

    /// Those of another list, or sounds by their names.
    #[must_use]
    pub fn and(mut self, others: impl Into<Sounds>) -> Self {
        self.0.extend(others.into().0);
        self
    }

    /// The names, sorted, each once. Bytes that are not UTF-8 are replaced.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// With those of a part of a prompt.
    pub(super) fn part(mut self, part: &Part<'_>) -> Self {
        if let Part::Sound(name) = part {
            self.0.insert(String::from_utf8_lossy(name).into_owned());
        }
        self
    }
}

impl<const N: usize> From<[&str; N]> for Sounds {
    fn from(names: [&str; N]) -> Self {
        Sounds(names.into_iter().map(str::to_owned).collect())
    }
}

impl From<&Prompt<'_>> for Sounds {
    fn from(prompt: &Prompt<'_>) -> Self {
        prompt.sounds()
    }
}
