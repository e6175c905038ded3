//! Ordinals, durations, lists.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{Language, Unsayable};
use crate::command::Gender;
use crate::ivr::Prompt;
use crate::ivr::sounds::numbers;
use crate::spoken::{self, Tongue};

/// What a duration is counted in: seconds, its sounds for one and for many.
const UNITS: [(u64, &str, &str); 3] =
    [(3600, "hour", "hours"), (60, "minute", "minutes"), (1, "second", "seconds")];
/// Numbers whose ordinal has a name of its own, from the largest on.
const GREAT: [(i32, &str); 4] = [
    (1_000_000_000, "digits/h-billion"),
    (1_000_000, "digits/h-million"),
    (1000, "digits/h-thousand"),
    (100, "digits/h-hundred"),
];

/// An ordinal: first, twenty second, one hundred twenty third.
///
/// # On the wire
/// The number that comes before the last word, by SAY NUMBER, and `digits/h-3`.
///
/// # Errors
/// [`Unsayable`]. In other languages than English only what is one word has a sound: up to 20, and 30, 40 to 90.
pub fn ordinal(language: Language, number: u32) -> Result<Prompt<'static>, Unsayable> {
    const WHAT: &str = "an ordinal";
    let number = language.within(WHAT, number.into(), 1, i32::MAX)?;
    let rest = number % 100;
    let prompt = match language.tongue {
        Tongue::English | Tongue::British if rest > 0 => {
            // The last word is a ten, or what is behind it.
            let last = if rest <= 20 || rest % 10 == 0 { rest } else { rest % 10 };
            let mut prompt = Prompt::new();
            match number - last {
                0 => {}
                hundreds if hundreds % 100 == 0 && language.tongue == Tongue::British => {
                    prompt = prompt.number(hundreds).sound("digits/and");
                }
                before => prompt = prompt.number(before),
            }
            prompt.sound(format!("digits/h-{last}"))
        }
        Tongue::English | Tongue::British => {
            // 21,000: the number is said without its last size, "twenty one", and then "thousandth".
            let end = GREAT.into_iter().find(|(size, _)| number % size == 0);
            let (size, name) = end.unwrap_or((1, "digits/h-1"));
            // Sizes above it keep their place: two million one, "hundredth".
            let above = if size == 100 { 1000 } else { i64::from(size) * 1000 };
            let (number, size) = (i64::from(number), i64::from(size));
            let count = number - number % above + number % above / size;
            Prompt::new().number(i32::try_from(count).unwrap_or(i32::MAX)).sound(name)
        }
        _ => Prompt::new().sound(format!("digits/h-{number}")),
    };
    language.complete(WHAT, prompt)
}

/// All sounds of all ordinals.
pub(in crate::ivr) fn ordinals(tongue: Tongue) -> BTreeSet<String> {
    let words = (1..=20).chain((30..=90).step_by(10)).map(|word| format!("digits/h-{word}"));
    let mut all: BTreeSet<String> = words.collect();
    if matches!(tongue, Tongue::English | Tongue::British) {
        all.extend(numbers(tongue, None));
        all.extend(GREAT.map(|(_, name)| name.to_owned()));
    }
    all
}

/// A duration in hours, minutes and seconds; what is less than a second is left out. Asterisk has no sound for one
/// hour: it is sixty minutes.
///
/// # On the wire
/// `SAY NUMBER 2`, `STREAM FILE "hours"`, `SAY NUMBER 5`, `STREAM FILE "minutes"`.
///
/// # Errors
/// [`Unsayable`].
pub fn duration(language: Language, time: Duration) -> Result<Prompt<'static>, Unsayable> {
    const WHAT: &str = "a duration";
    if language.tongue == Tongue::Russian {
        let known = "en, en_GB, es, fr and it, with sounds of one's own in de";
        return Err(language.unknown(WHAT, known));
    }
    let mut left = time.as_secs();
    let mut prompt = Prompt::new();
    for (size, one, many) in UNITS {
        let count = left / size;
        // Nothing at all is "zero seconds".
        if count == 0 && (size > 1 || !prompt.is_empty()) {
            continue;
        }
        let count = language.within(WHAT, count, 0, i32::MAX)?;
        let said = language.number(count, gender(language.tongue, size));
        let said = said.sound(if count == 1 { one } else { many });
        // One that has no sound is said in the next smaller unit.
        if count == 1 && size > 1 && !language.lacks(&said).is_empty() {
            continue;
        }
        left %= size;
        prompt = prompt.then(said);
    }
    language.complete(WHAT, prompt)
}

/// In which gender units are counted.
fn gender(tongue: Tongue, size: u64) -> Gender {
    match tongue {
        Tongue::French | Tongue::German => Gender::Feminine,
        _ if size == 3600 => Gender::Feminine,
        _ => Gender::Masculine,
    }
}

/// All sounds of all durations that are said by shipped sounds.
pub(in crate::ivr) fn durations(tongue: Tongue) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for (size, one, many) in UNITS {
        let letter = match (tongue, gender(tongue, size)) {
            (Tongue::French | Tongue::German | Tongue::Spanish, Gender::Feminine) => Some('f'),
            (Tongue::French | Tongue::German | Tongue::Spanish, _) => Some('m'),
            _ => None,
        };
        all.extend(numbers(tongue, letter));
        all.insert(many.to_owned());
        all.extend(spoken::ships(tongue, one).then(|| one.to_owned()));
    }
    all
}

/// One after the other, with "and" before the last.
///
/// ```
/// use agikit::ivr::Prompt;
/// use agikit::ivr::say::{self, Language};
///
/// let floors = [1, 2, 3].map(|floor| Prompt::new().number(floor));
/// let prompt = say::list(Language::ENGLISH, floors)?; // "one two and three"
/// # assert_eq!(prompt, Prompt::new().number(1).number(2).sound("vm-and").number(3));
/// # Ok::<(), say::Unsayable>(())
/// ```
///
/// # On the wire
/// The items, and `STREAM FILE "vm-and"`.
///
/// # Errors
/// [`Unsayable`], of "and": the items are not looked at.
pub fn list<'a, P: Into<Prompt<'a>>>(
    language: Language,
    items: impl IntoIterator<Item = P>,
) -> Result<Prompt<'a>, Unsayable> {
    let and = language.complete("a list", Prompt::from("vm-and"))?;
    let mut items: Vec<Prompt<'a>> = items.into_iter().map(Into::into).collect();
    let last = items.pop().unwrap_or_default();
    let before = items.into_iter().fold(Prompt::new(), Prompt::then);
    Ok(match before.is_empty() {
        true => last,
        false => before.then(and).then(last),
    })
}
