//! The language that is spoken to a caller.

use super::Unsayable;
use crate::command::Gender;
use crate::ivr::Prompt;
use crate::session::Session;
use crate::spoken::{self, Tongue};

/// A language whose rules are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Language {
    pub(super) tongue: Tongue,
    own: bool,
}

impl Language {
    /// English, as in the United States.
    pub const ENGLISH: Language = Language { tongue: Tongue::English, own: false };

    /// The language of this call (`agi_language`).
    ///
    /// # Errors
    /// [`Unsayable::Language`] for one that is not known. `unwrap_or(Language::ENGLISH)` speaks English then, by the
    /// sounds that Asterisk finds.
    pub fn of(agi: &Session) -> Result<Self, Unsayable> {
        let environment = agi.environment();
        match environment.language().as_bytes() {
            b"" => Ok(Language::ENGLISH), // as Asterisk does
            bytes => Language::read(&String::from_utf8_lossy(bytes)),
        }
    }

    /// A language by Asterisk's name for it: `en`, `en_GB`, `de`, `es_MX`, …
    ///
    /// # Errors
    /// [`Unsayable::Language`].
    pub fn read(language: &str) -> Result<Self, Unsayable> {
        match Tongue::of(language) {
            Some(tongue) => Ok(Language { tongue, own: false }),
            None => Err(Unsayable::Language { language: language.to_owned() }),
        }
    }

    /// All sounds are there, also those that Asterisk does not ship: nothing is refused for want of a sound. (Name
    /// them in the script's [`Sounds`](crate::ivr::Sounds), so that `agikit doctor` looks for them.)
    #[must_use]
    pub fn with_own_sounds(mut self) -> Self {
        self.own = true;
        self
    }

    /// Asterisk's name for it, without a country where that makes no difference.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self.tongue {
            Tongue::English => "en",
            Tongue::British => "en_GB",
            Tongue::French => "fr",
            Tongue::German => "de",
            Tongue::Italian => "it",
            Tongue::Russian => "ru",
            Tongue::Spanish => "es",
        }
    }

    /// The sounds of a prompt that are not there.
    pub(super) fn lacks(self, prompt: &Prompt<'_>) -> Vec<String> {
        if self.own {
            return Vec::new();
        }
        let needed = prompt.sounds().names_in(self.name());
        needed.into_iter().filter(|name| !spoken::ships(self.tongue, name)).collect()
    }

    /// The prompt, if its sounds are there.
    pub(super) fn complete<'a>(
        self,
        what: &'static str,
        prompt: Prompt<'a>,
    ) -> Result<Prompt<'a>, Unsayable> {
        let sounds = self.lacks(&prompt);
        match sounds.is_empty() {
            true => Ok(prompt),
            false => Err(Unsayable::NoSound { what, language: self.name(), sounds }),
        }
    }

    /// A number, said before what is counted.
    pub(super) fn number(self, count: i32, gender: Gender) -> Prompt<'static> {
        let prompt = Prompt::new();
        match (self.tongue, gender, count) {
            (Tongue::Italian, Gender::Masculine, 1) => prompt.sound("digits/un"),
            (Tongue::Italian, Gender::Feminine, 1) => prompt.sound("digits/una"),
            (Tongue::German, Gender::Masculine, 1) => prompt.sound("digits/1N"),
            (Tongue::French | Tongue::German | Tongue::Spanish, ..) => {
                prompt.number_of(count, gender)
            }
            _ => prompt.number(count),
        }
    }

    /// The number, if it is one that is said.
    pub(super) fn within(
        self,
        what: &'static str,
        count: u64,
        least: i32,
        most: i32,
    ) -> Result<i32, Unsayable> {
        let most = most.min(spoken::largest(self.tongue));
        let count = i32::try_from(count).ok().filter(|count| (least..=most).contains(count));
        count.ok_or(Unsayable::OutOfRange { what, language: self.name(), least, most })
    }

    pub(super) fn unknown(self, what: &'static str, known: &'static str) -> Unsayable {
        Unsayable::Unknown { what, language: self.name(), known }
    }
}
