//! Amounts of money.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::{Language, Unsayable};
use crate::command::Gender;
use crate::ivr::sounds::numbers;
use crate::ivr::{Amount, Prompt};
use crate::spoken::Tongue;

const WHAT: &str = "an amount of money";
const KNOWN: &str = "en, en_GB, es, fr and it, with sounds of one's own in de";

type Name = Cow<'static, str>;

/// What is counted: its sounds for one and for many.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Currency {
    whole: [Name; 2],
    hundredths: Option<[Name; 2]>,
    feminine: bool,
    own: bool,
}

impl Currency {
    /// Dollars: `letters/dollar` for one, `digits/dollars`. Asterisk ships no sound for cents.
    pub const DOLLAR: Currency = Currency::shipped("letters/dollar", "digits/dollars");
    /// Euros: `digits/euros`, which Asterisk ships in Italian only.
    pub const EURO: Currency = Currency::shipped("digits/euros", "digits/euros");

    const fn shipped(one: &'static str, many: &'static str) -> Self {
        let whole = [Cow::Borrowed(one), Cow::Borrowed(many)];
        Currency { whole, hundredths: None, feminine: false, own: false }
    }

    /// A currency by sounds of one's own, for one and for many.
    ///
    /// ```
    /// use agikit::ivr::Amount;
    /// use agikit::ivr::say::{self, Currency, Language};
    ///
    /// let pounds = Currency::new("money/pound", "money/pounds").hundredths("money/penny", "money/pence");
    /// let prompt = say::money(Language::ENGLISH, Amount::from_cents(1201), pounds)?;
    /// let names: Vec<String> = prompt.sounds().names().collect();
    /// assert_eq!(names, ["digits/1", "digits/12", "money/penny", "money/pounds", "vm-and"]);
    /// # Ok::<(), say::Unsayable>(())
    /// ```
    pub fn new(one: impl Into<String>, many: impl Into<String>) -> Self {
        let whole = [Cow::Owned(one.into()), Cow::Owned(many.into())];
        Currency { whole, hundredths: None, feminine: false, own: true }
    }

    /// The sounds of its hundredths, one's own as well.
    #[must_use]
    pub fn hundredths(mut self, one: impl Into<String>, many: impl Into<String>) -> Self {
        self.hundredths = Some([Cow::Owned(one.into()), Cow::Owned(many.into())]);
        self
    }

    /// It is counted in the feminine: "una libra", "une livre".
    #[must_use]
    pub fn feminine(mut self) -> Self {
        self.feminine = true;
        self
    }
}

/// An amount: "one thousand two hundred four dollars and fifty". Without a sound for hundredths their number stands
/// alone.
///
/// # On the wire
/// `SAY NUMBER 1204`, `STREAM FILE "digits/dollars"`, `STREAM FILE "vm-and"`, `SAY NUMBER 50`; `digits/minus` before
/// what is below zero.
///
/// # Errors
/// [`Unsayable`]; for a million and more also in Spanish, French and Italian, which say "a million *of* dollars".
pub fn money(
    language: Language,
    amount: Amount,
    currency: Currency,
) -> Result<Prompt<'static>, Unsayable> {
    let most = match language.tongue {
        Tongue::Russian => return Err(language.unknown(WHAT, KNOWN)),
        Tongue::French | Tongue::Italian | Tongue::Spanish => 999_999,
        Tongue::English | Tongue::British | Tongue::German => i32::MAX,
    };
    let count = language.within(WHAT, amount.whole(), 0, most)?;
    let rest = i32::try_from(amount.fraction()).unwrap_or_default();
    let gender = if currency.feminine { Gender::Feminine } else { Gender::Masculine };
    let unit = |count, [one, many]: [Name; 2]| if count == 1 { one } else { many }.into_owned();
    let mut own = BTreeSet::new();
    let mut prompt = Prompt::new();
    if amount.is_negative() {
        prompt = prompt.sound("digits/minus");
    }
    if count > 0 || rest == 0 || currency.hundredths.is_none() {
        let unit = unit(count, currency.whole);
        own.extend(currency.own.then(|| unit.clone()));
        prompt = prompt.then(language.number(count, gender)).sound(unit);
        if rest > 0 {
            prompt = prompt.sound("vm-and");
        }
    }
    if rest > 0 {
        prompt = prompt.then(language.number(rest, gender));
        if let Some(names) = currency.hundredths {
            let unit = unit(rest, names);
            own.insert(unit.clone());
            prompt = prompt.sound(unit);
        }
    }
    // Sounds of the script's own are there.
    match language.lacks(&prompt).into_iter().filter(|name| !own.contains(name)).collect::<Vec<_>>()
    {
        sounds if sounds.is_empty() => Ok(prompt),
        sounds => Err(Unsayable::NoSound { what: WHAT, language: language.name(), sounds }),
    }
}

/// All sounds of all amounts.
pub(in crate::ivr) fn any_money(tongue: Tongue, currency: &Currency) -> BTreeSet<String> {
    let gender = match tongue {
        Tongue::French | Tongue::German | Tongue::Spanish => {
            Some(if currency.feminine { 'f' } else { 'm' })
        }
        _ => None,
    };
    let mut all = numbers(tongue, gender);
    let units = currency.hundredths.iter().chain([&currency.whole]).flatten();
    all.extend(units.map(|name| name.clone().into_owned()));
    all.extend(["digits/minus", "vm-and"].map(str::to_owned));
    match (tongue, currency.feminine) {
        (Tongue::Italian, false) => drop(all.insert("digits/un".to_owned())),
        (Tongue::Italian, true) => drop(all.insert("digits/una".to_owned())),
        (Tongue::German, false) => drop(all.insert("digits/1N".to_owned())),
        _ => {}
    }
    all
}
