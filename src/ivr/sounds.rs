//! The sounds that a script may play.

use std::collections::BTreeSet;
use std::path::Path;

use super::prompt::Part;
use super::say::{self, Currency};
use super::{Prompt, SoundsDirectory};
use crate::command::Gender;
use crate::spoken::{self, Tongue};

/// The names of the sounds that a script may need, so that a missing one is found before the call.
///
/// ```
/// use agikit::ivr::{Question, Sounds, say::Currency};
///
/// let question = Question::digits("vm-enter-num-to-call").invalid("invalid").give_up("vm-goodbye");
/// let sounds = Sounds::new().and(question.sounds()).and(["beep"]);
/// assert_eq!(sounds.names().collect::<Vec<_>>(), ["beep", "invalid", "vm-enter-num-to-call", "vm-goodbye"]);
///
/// // What is said of an account: any number, "minus", "dollars", "and".
/// let sounds = sounds.money(Currency::DOLLAR);
/// assert!(sounds.names().any(|name| name == "digits/thousand"));
/// assert!(!sounds.missing("/nosuch/sounds", "en").is_empty());
/// ```
///
/// [`run`](super::run) makes them known to `agikit doctor`.
///
/// # By language
/// A number takes other sounds in other languages: they are known for English (British, too), German, Spanish, French,
/// Italian and Russian, for others Asterisk's English ones are taken. Those of dates are known in English only.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sounds(BTreeSet<Need>);

/// Something to be said.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Need {
    Sound(String),
    Number(i32, Option<char>),
    /// Any number, in that gender.
    Numbers(Option<char>),
    Ordinals,
    Durations,
    Money(Currency),
}

impl Sounds {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Sounds::default()
    }

    /// Those of another list, of a prompt, or sounds by their names.
    #[must_use]
    pub fn and(mut self, others: impl Into<Sounds>) -> Self {
        self.0.extend(others.into().0);
        self
    }

    /// Those of any number.
    #[must_use]
    pub fn numbers(self) -> Self {
        self.with(Need::Numbers(None))
    }

    /// Those of any digits, `*` and `#`.
    #[must_use]
    pub fn digits(self) -> Self {
        self.each(b"0123456789*#", |byte| spoken::digit(byte).unwrap_or_default())
    }

    /// Those of any text in letters and digits, spelled.
    #[must_use]
    pub fn letters(self) -> Self {
        self.each(&letters(), alone)
    }

    /// Those of any text in letters and digits, in the phonetic alphabet.
    #[must_use]
    pub fn phonetic(self) -> Self {
        self.each(&letters(), spoken::phonetic)
    }

    /// Those of any date and time, near ones too, as [`say`](mod@super::say), [`Prompt::date`] and [`Prompt::time`] say
    /// them.
    #[must_use]
    pub fn dates(self) -> Self {
        self.names_of(spoken::dated()).names_of(spoken::formatted(spoken::FORMAT)).format("Q")
    }

    /// Those of any moment in a format of SAY DATETIME.
    #[must_use]
    pub fn format(self, format: &str) -> Self {
        self.names_of(spoken::formatted(format.as_bytes()))
    }

    /// Those of any [`say::ordinal`].
    #[must_use]
    pub fn ordinals(self) -> Self {
        self.with(Need::Ordinals)
    }

    /// Those of any [`say::duration`].
    #[must_use]
    pub fn durations(self) -> Self {
        self.with(Need::Durations)
    }

    /// Those of any [`say::money`].
    #[must_use]
    pub fn money(self, currency: Currency) -> Self {
        self.with(Need::Money(currency))
    }

    /// The names in English, sorted, each once. Bytes that are not UTF-8 are replaced.
    pub fn names(&self) -> impl Iterator<Item = String> + use<> {
        self.names_in("en").into_iter()
    }

    /// The names in a channel's language, such as `es_MX`.
    #[must_use]
    pub fn names_in(&self, language: &str) -> BTreeSet<String> {
        let tongue = Tongue::of(language).unwrap_or(Tongue::English);
        let mut names = BTreeSet::new();
        for need in &self.0 {
            match need {
                Need::Sound(name) => drop(names.insert(name.clone())),
                Need::Number(number, gender) => {
                    names.extend(spoken::number(tongue, *number, *gender));
                }
                Need::Numbers(gender) => names.extend(numbers(tongue, *gender)),
                Need::Ordinals => names.extend(say::ordinals(tongue)),
                Need::Durations => names.extend(say::durations(tongue)),
                Need::Money(currency) => names.extend(say::any_money(tongue, currency)),
            }
        }
        names
    }

    /// Those that Asterisk does not find in this folder (`/usr/share/asterisk/sounds`) for a caller of that language.
    /// It looks as Asterisk does: see [`SoundsDirectory`].
    #[must_use]
    pub fn missing(&self, folder: impl AsRef<Path>, language: &str) -> Vec<String> {
        let directory = SoundsDirectory::new(folder.as_ref());
        self.names_in(language).into_iter().filter(|name| !directory.has(name, language)).collect()
    }

    /// With those of a part of a prompt.
    pub(super) fn part(self, part: &Part<'_>) -> Self {
        match part {
            Part::Sound(name) => self.with(Need::Sound(String::from_utf8_lossy(name).into())),
            Part::Number(number, gender) => self.with(Need::Number(*number, gender.map(letter))),
            // What has no sound is passed over. SAY ALPHA says digits by the same sounds.
            Part::Digits(digits) if digits.first().is_some_and(u8::is_ascii_digit) => {
                self.each(digits, |byte| spoken::digit(byte).unwrap_or_default())
            }
            Part::Digits(text) | Part::Letters(text) => self.each(text, alone),
            Part::Phonetic(text) => self.each(text, |byte| match spoken::named(byte) {
                None if !byte.is_ascii_alphabetic() => Vec::new(),
                _ => spoken::phonetic(byte),
            }),
            Part::Date(_) => self.names_of(spoken::dated()),
            Part::Time(_) => self.format("IMp"),
            Part::Datetime { format, .. } => {
                let format = format.as_deref().unwrap_or(spoken::FORMAT);
                self.names_of(spoken::formatted(format))
            }
            Part::Silence(_) => self,
        }
    }

    fn with(mut self, need: Need) -> Self {
        self.0.insert(need);
        self
    }

    fn names_of(mut self, names: BTreeSet<String>) -> Self {
        self.0.extend(names.into_iter().map(Need::Sound));
        self
    }

    fn each(mut self, bytes: &[u8], name: impl Fn(u8) -> Vec<u8>) -> Self {
        let names = bytes.iter().map(|&byte| name(byte)).filter(|name| !name.is_empty());
        self.0.extend(names.map(|name| Need::Sound(String::from_utf8_lossy(&name).into_owned())));
        self
    }
}

/// SAY NUMBER's letter.
fn letter(gender: Gender) -> char {
    match gender {
        Gender::Feminine => 'f',
        Gender::Masculine => 'm',
        Gender::Neuter => 'n',
        Gender::Common => 'c',
        Gender::Plural => 'p',
    }
}

/// The sound of a spelled character: its own, for other signs than letters the one by its code.
fn alone(byte: u8) -> Vec<u8> {
    let [own, by_code] = spoken::letter(byte);
    match spoken::named(byte) {
        None if !byte.is_ascii() || byte.is_ascii_control() => Vec::new(),
        None if !byte.is_ascii_alphabetic() => by_code,
        _ => own,
    }
}

fn letters() -> Vec<u8> {
    (b'a'..=b'z').chain(b'0'..=b'9').collect()
}

/// Those of all numbers: each group of three digits, alone, in its place, and before others.
pub(super) fn numbers(tongue: Tongue, gender: Option<char>) -> BTreeSet<String> {
    let groups = (-1..=999).chain([1001, 1_000_001]);
    let sizes = [1, 1000, 1_000_000, 1_000_000_000];
    let all = sizes.into_iter().flat_map(|size| groups.clone().map(move |it| i64::from(it) * size));
    all.filter_map(|number| i32::try_from(number).ok())
        .filter(|&number| number <= spoken::largest(tongue))
        .flat_map(|number| spoken::number(tongue, number, gender))
        .collect()
}

impl<const N: usize> From<[&str; N]> for Sounds {
    fn from(names: [&str; N]) -> Self {
        Sounds(names.into_iter().map(|name| Need::Sound(name.to_owned())).collect())
    }
}

impl From<&Prompt<'_>> for Sounds {
    fn from(prompt: &Prompt<'_>) -> Self {
        prompt.sounds()
    }
}
