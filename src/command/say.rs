//! Saying numbers, digits, letters and times in the channel's language, from Asterisk's own sounds.

use std::time::SystemTime;

use super::{ANY, Spec, command};
use crate::reply::plain::pressed;
use crate::text::Text;
use crate::wire::Word;

/// How SAY ALPHA treats upper and lower case, for languages whose sounds tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AlphaCase {
    /// Says of every letter which case it has.
    All,
    /// Says it of lower case letters.
    Lower,
    /// Says it of upper case letters.
    Upper,
    /// Says it of none: Asterisk's default.
    None,
}

/// The grammatical gender in which SAY NUMBER counts, for languages that have one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Gender {
    /// `f`
    Feminine,
    /// `m`
    Masculine,
    /// `n`
    Neuter,
    /// `c`: masculine and feminine alike, as in Danish and Swedish.
    Common,
    /// `p`
    Plural,
}

command! {
    /// Says a whole number: 1234 as "one thousand two hundred thirty four".
    ///
    /// `SAY NUMBER number escape_digits [gender]` → `200 result=0`, or the key that stopped it.
    ///
    /// ```no_run
    /// # fn f(agi: &mut agikit::Session) -> agikit::Result {
    /// use agikit::{Gender, SayNumber};
    ///
    /// agi.run(SayNumber::new(2).gender(Gender::Feminine))?;   // "dve minuty", not "dva"
    /// # Ok(()) }
    /// ```
    ///
    /// After hangup: refused. Asterisk: `handle_saynumber`.
    SayNumber<'a> = Spec::new("SAY NUMBER", 2, 3), pressed => Option<char>,
    (number: i32) {
        /// The keys that stop it; none by default.
        escape_digits: Text<'a>,
        /// The gender of what is counted.
        gender = Gender,
    }
    |this, line| line
        .arg("number", Word::Number(this.number.into()))
        .escape_digits(this.escape_digits)
        .tail([("gender", this.gender.map(|gender| Word::Bare(match gender {
            Gender::Feminine => "f",
            Gender::Masculine => "m",
            Gender::Neuter => "n",
            Gender::Common => "c",
            Gender::Plural => "p",
        })), "")])
}

command! {
    /// Says digits one by one: `"042"` as "zero four two". `*`, `#` and `-` are said too; other bytes are
    /// passed over.
    ///
    /// `SAY DIGITS digits escape_digits` → `200 result=0`, or the key that stopped it. The text must begin
    /// with a digit, with `-` before it at most: Asterisk refuses others.
    ///
    /// After hangup: refused. Asterisk: `handle_saydigits`.
    SayDigits<'a> = Spec::new("SAY DIGITS", 2, 2), pressed => Option<char>,
    (digits: Text<'a>) {
        /// The keys that stop it; none by default.
        escape_digits: Text<'a>,
    }
    |this, line| {
        let digits = this.digits.as_bytes();
        let number = digits.strip_prefix(b"-").unwrap_or(digits);
        if !number.first().is_some_and(u8::is_ascii_digit) {
            line.refuse("digits", crate::error::Fault::NotANumber);
        }
        line.text("digits", this.digits)
            .escape_digits(this.escape_digits);
    }
}

command! {
    /// Spells a text, letter by letter.
    ///
    /// `SAY ALPHA text escape_digits [case]` → `200 result=0`, or the key that stopped it.
    ///
    /// After hangup: refused. Asterisk: `handle_sayalpha`.
    SayAlpha<'a> = Spec::new("SAY ALPHA", 2, 3), pressed => Option<char>,
    (text: Text<'a>) {
        /// The keys that stop it; none by default.
        escape_digits: Text<'a>,
        /// Whether the case of letters is said.
        case = AlphaCase,
    }
    |this, line| line
        .text("text", this.text)
        .escape_digits(this.escape_digits)
        .tail([("case", this.case.map(|case| Word::Bare(match case {
            AlphaCase::All => "a",
            AlphaCase::Lower => "l",
            AlphaCase::Upper => "u",
            AlphaCase::None => "n",
        })), "")])
}

command! {
    /// Spells a text in the phonetic alphabet: "alpha", "bravo".
    ///
    /// `SAY PHONETIC text escape_digits` → `200 result=0`, or the key that stopped it.
    ///
    /// After hangup: refused. Asterisk: `handle_sayphonetic`.
    SayPhonetic<'a> = Spec::new("SAY PHONETIC", 2, 2), pressed => Option<char>,
    (text: Text<'a>) {
        /// The keys that stop it; none by default.
        escape_digits: Text<'a>,
    }
    |this, line| line
        .text("text", this.text)
        .escape_digits(this.escape_digits)
}

command! {
    /// Says the date of a time, in Asterisk's own time zone.
    ///
    /// `SAY DATE time escape_digits` → `200 result=0`, or the key that stopped it. The time is in seconds of
    /// 32 bits: past January 2038 it is refused here, use [`SayDatetime`].
    ///
    /// After hangup: refused. Asterisk: `handle_saydate`.
    SayDate<'a> = Spec::new("SAY DATE", 2, 2), pressed => Option<char>,
    (time: SystemTime) {
        /// The keys that stop it; none by default.
        escape_digits: Text<'a>,
    }
    |this, line| line
        .arg("time", Word::ShortTime(this.time))
        .escape_digits(this.escape_digits)
}

command! {
    /// Says the time of day of a time, in Asterisk's own time zone.
    ///
    /// `SAY TIME time escape_digits` → `200 result=0`, or the key that stopped it. As with [`SayDate`], until
    /// January 2038.
    ///
    /// After hangup: refused. Asterisk: `handle_saytime`.
    SayTime<'a> = Spec::new("SAY TIME", 2, 2), pressed => Option<char>,
    (time: SystemTime) {
        /// The keys that stop it; none by default.
        escape_digits: Text<'a>,
    }
    |this, line| line
        .arg("time", Word::ShortTime(this.time))
        .escape_digits(this.escape_digits)
}

command! {
    /// Says date and time in a format and a time zone.
    ///
    /// `SAY DATETIME time escape_digits [format] [timezone]` → `200 result=0`, or the key that stopped it.
    ///
    /// ```no_run
    /// # fn f(agi: &mut agikit::Session) -> agikit::Result {
    /// use agikit::SayDatetime;
    /// use std::time::SystemTime;
    ///
    /// // "Monday, two thirty p m", in Berlin
    /// agi.run(SayDatetime::new(SystemTime::now()).format("A IMp").timezone("Europe/Berlin"))?;
    /// # Ok(()) }
    /// ```
    ///
    /// After hangup: refused. Asterisk: `handle_saydatetime`.
    SayDatetime<'a> = Spec::new("SAY DATETIME", 2, ANY), pressed => Option<char>,
    (time: SystemTime) {
        /// The keys that stop it; none by default.
        escape_digits: Text<'a>,
        /// The letters of `voicemail.conf`: `A` weekday, `B` month, `d` day, `Y` year, `I` hour of 12, `k`
        /// hour of 24, `M` minute, `p` am or pm, `'digits/at'` a sound. By default
        /// `ABdY 'digits/at' IMp`, by the channel's language; the empty one says nothing.
        format: Text<'a>,
        /// A zone such as `Europe/Berlin`. Sent behind a format: the default above when there is none.
        timezone: Text<'a>,
    }
    |this, line| line
        .arg("time", Word::Time(this.time))
        .escape_digits(this.escape_digits)
        .tail([
            ("format", this.format.map(Word::Text), "\"ABdY 'digits/at' IMp\""),
            ("timezone", this.timezone.map(Word::Text), ""),
        ])
}
