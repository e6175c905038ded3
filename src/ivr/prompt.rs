//! What is said to a caller: sounds, numbers, dates, pauses, one after the other.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use super::Sounds;
use crate::command::{
    Gender, SayAlpha, SayDate, SayDatetime, SayDigits, SayNumber, SayPhonetic, SayTime, StreamFile,
    WaitForDigit,
};
use crate::error::{Error, Result};
use crate::session::Session;
use crate::text::Text;

/// Sounds, numbers, digits, letters, dates and silence in sequence.
///
/// A sound's name alone is a prompt, and so is a list of them: whatever takes a prompt takes `"welcome"` and
/// `["welcome", "vm-and"]`.
///
/// ```
/// use agikit::emulator::Asterisk;
/// use agikit::ivr::Prompt;
/// use std::time::Duration;
///
/// let prompt = Prompt::from("you-entered").digits("042").silence(Duration::from_millis(300)).sound("vm-goodbye");
/// let call = Asterisk::new().run(|agi| prompt.play(agi));
/// # let _ = call;
/// ```
///
/// # On the wire
/// A command a part: STREAM FILE, SAY NUMBER, SAY DIGITS, SAY ALPHA, SAY PHONETIC, SAY DATE, SAY TIME, SAY DATETIME,
/// and for silence WAIT FOR DIGIT, or `EXEC "Wait"` where no key is to end it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prompt<'a> {
    parts: Vec<Part<'a>>,
}

/// A part of a prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part<'a> {
    Sound(Cow<'a, [u8]>),
    Number(i32, Option<Gender>),
    Digits(Cow<'a, [u8]>),
    Letters(Cow<'a, [u8]>),
    Phonetic(Cow<'a, [u8]>),
    Date(SystemTime),
    Time(SystemTime),
    Datetime { time: SystemTime, format: Option<Cow<'a, [u8]>>, zone: Option<Cow<'a, [u8]>> },
    Silence(Duration),
}

impl<'a> Prompt<'a> {
    /// Says nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Prompt::default()
    }

    /// Then a sound file, by its name without the ending.
    #[must_use]
    pub fn sound(self, name: impl Into<Name<'a>>) -> Self {
        self.with(Part::Sound(name.into().0))
    }

    /// Then a whole number: "one thousand two hundred thirty four".
    #[must_use]
    pub fn number(self, number: i32) -> Self {
        self.with(Part::Number(number, None))
    }

    /// The same in the gender of what is counted, for languages that have one.
    #[must_use]
    pub fn number_of(self, number: i32, gender: Gender) -> Self {
        self.with(Part::Number(number, Some(gender)))
    }

    /// Then digits one by one: "zero four two". `*` and `#` are said too.
    #[must_use]
    pub fn digits(self, digits: impl Into<Name<'a>>) -> Self {
        self.with(Part::Digits(digits.into().0))
    }

    /// Then a text letter by letter.
    #[must_use]
    pub fn letters(self, text: impl Into<Name<'a>>) -> Self {
        self.with(Part::Letters(text.into().0))
    }

    /// Then a text in the phonetic alphabet: "alpha", "bravo".
    #[must_use]
    pub fn phonetic(self, text: impl Into<Name<'a>>) -> Self {
        self.with(Part::Phonetic(text.into().0))
    }

    /// Then the date of a time, in Asterisk's zone.
    #[must_use]
    pub fn date(self, time: SystemTime) -> Self {
        self.with(Part::Date(time))
    }

    /// Then the time of day of a time, in Asterisk's zone.
    #[must_use]
    pub fn time(self, time: SystemTime) -> Self {
        self.with(Part::Time(time))
    }

    /// Then a time in a format of `voicemail.conf` and a zone such as `Europe/Berlin`: see
    /// [`SayDatetime::format`].
    #[must_use]
    pub fn datetime(
        self,
        time: SystemTime,
        format: impl Into<Name<'a>>,
        zone: impl Into<Name<'a>>,
    ) -> Self {
        self.with(Part::Datetime { time, format: Some(format.into().0), zone: Some(zone.into().0) })
    }

    /// Then silence, in which a key counts as well. (Any key ends it, in
    /// [`play_until`](Prompt::play_until) too; none does in [`play`](Prompt::play).)
    #[must_use]
    pub fn silence(self, time: Duration) -> Self {
        self.with(Part::Silence(time))
    }

    /// Then another prompt.
    #[must_use]
    pub fn then(mut self, other: impl Into<Prompt<'a>>) -> Self {
        self.parts.extend(other.into().parts);
        self
    }

    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Plays it to its end.
    ///
    /// # Errors
    /// [`Error::Hangup`], [`Error::Failed`] for a sound that is not there,
    /// and those of the commands.
    pub fn play(&self, agi: &mut Session) -> Result {
        self.play_until(agi, "").map(drop)
    }

    /// Plays it until its end or one of these keys, and gives the key.
    ///
    /// # Errors
    /// As [`play`](Prompt::play).
    pub fn play_until<'k>(
        &self,
        agi: &mut Session,
        keys: impl Into<Text<'k>>,
    ) -> Result<Option<char>> {
        let keys = keys.into();
        for part in &self.parts {
            if let Some(key) = part.play(agi, keys)? {
                return Ok(Some(key));
            }
        }
        Ok(None)
    }

    /// The sounds that it may need: see [`Sounds`].
    #[must_use]
    pub fn sounds(&self) -> Sounds {
        self.parts.iter().fold(Sounds::new(), Sounds::part)
    }

    pub(super) fn parts(&self) -> &[Part<'a>] {
        &self.parts
    }

    fn with(mut self, part: Part<'a>) -> Self {
        self.parts.push(part);
        self
    }
}

impl Part<'_> {
    /// Plays it until one of these keys.
    pub(super) fn play(&self, agi: &mut Session, keys: Text<'_>) -> Result<Option<char>> {
        match self {
            Part::Sound(name) => Ok(agi.run(StreamFile::new(&**name).escape_digits(keys))?.digit),
            Part::Number(number, gender) => {
                let say = SayNumber::new(*number).escape_digits(keys);
                match gender {
                    Some(gender) => agi.run(say.gender(*gender)),
                    None => agi.run(say),
                }
            }
            // SAY DIGITS takes only what begins like a number; SAY ALPHA says keys by the same sounds.
            Part::Digits(digits) if !digits.first().is_some_and(u8::is_ascii_digit) => {
                agi.run(SayAlpha::new(&**digits).escape_digits(keys))
            }
            Part::Digits(digits) => agi.run(SayDigits::new(&**digits).escape_digits(keys)),
            Part::Letters(text) => agi.run(SayAlpha::new(&**text).escape_digits(keys)),
            Part::Phonetic(text) => agi.run(SayPhonetic::new(&**text).escape_digits(keys)),
            Part::Date(time) => agi.run(SayDate::new(*time).escape_digits(keys)),
            Part::Time(time) => agi.run(SayTime::new(*time).escape_digits(keys)),
            Part::Datetime { time, format, zone } => {
                let mut say = SayDatetime::new(*time).escape_digits(keys);
                if let Some(format) = format {
                    say = say.format(&**format);
                }
                if let Some(zone) = zone {
                    say = say.timezone(&**zone);
                }
                agi.run(say)
            }
            // Wait() lets keys pass; WAIT FOR DIGIT ends with any. What Wait() gives is the hangup, or 0.
            Part::Silence(time) if keys.as_bytes().is_empty() => {
                match agi.exec("Wait", &time.as_secs_f64().to_string())? {
                    0 => Ok(None),
                    _ => Err(Error::Hangup),
                }
            }
            Part::Silence(time) => {
                let key = agi.run(WaitForDigit::new(*time))?.digit();
                Ok(key.filter(|&key| keys.as_bytes().iter().any(|&it| char::from(it) == key)))
            }
        }
    }
}

/// A sound's name, digits or letters: text, or any bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name<'a>(Cow<'a, [u8]>);

impl<'a> From<&'a str> for Name<'a> {
    fn from(text: &'a str) -> Self {
        Name(Cow::Borrowed(text.as_bytes()))
    }
}

impl<'a> From<&'a String> for Name<'a> {
    fn from(text: &'a String) -> Self {
        Name(Cow::Borrowed(text.as_bytes()))
    }
}

impl From<String> for Name<'_> {
    fn from(text: String) -> Self {
        Name(Cow::Owned(text.into_bytes()))
    }
}

impl<'a> From<&'a [u8]> for Name<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Name(Cow::Borrowed(bytes))
    }
}

impl<'a> From<&'a crate::text::Value> for Name<'a> {
    fn from(value: &'a crate::text::Value) -> Self {
        Name(Cow::Borrowed(value.as_bytes()))
    }
}

impl<'a> From<Text<'a>> for Name<'a> {
    fn from(text: Text<'a>) -> Self {
        Name(Cow::Borrowed(text.as_bytes()))
    }
}

impl<'a> From<&'a str> for Prompt<'a> {
    fn from(sound: &'a str) -> Self {
        Prompt::new().sound(sound)
    }
}

impl From<String> for Prompt<'_> {
    fn from(sound: String) -> Self {
        Prompt::new().sound(sound)
    }
}

impl<'a, const N: usize> From<[&'a str; N]> for Prompt<'a> {
    fn from(sounds: [&'a str; N]) -> Self {
        sounds.into_iter().fold(Prompt::new(), Prompt::sound)
    }
}
