//! What may be asked for.

use super::Question;
use crate::ivr::{Amount, Date, DateOrder, Prompt, Secret, kind};

impl<'a> Question<'a, String> {
    /// Asks for digits, which stay text: leading zeros are kept. One to 32 of them, ended by `#` or a pause, unless
    /// it is said otherwise.
    pub fn digits(prompt: impl Into<Prompt<'a>>) -> Self {
        Question::new(prompt.into(), kind::digits).length(1..=32)
    }
}

impl<'a> Question<'a, u64> {
    /// Asks for a whole number, of up to 18 digits.
    pub fn number(prompt: impl Into<Prompt<'a>>) -> Self {
        Question::new(prompt.into(), kind::number).length(1..=18)
    }
}

impl<'a> Question<'a, Amount> {
    /// Asks for an amount of money; `*` is the decimal point: `12*50`. So no [cancel key](Question::cancel_key) `*`.
    pub fn amount(prompt: impl Into<Prompt<'a>>) -> Self {
        Question::new(prompt.into(), kind::amount).length(1..=16)
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
    /// [`Session::set_confidential`](crate::Session::set_confidential).
    pub fn pin(prompt: impl Into<Prompt<'a>>, digits: u16) -> Self {
        let mut question = Question::new(prompt.into(), kind::secret).exactly(digits);
        question.is_secret = true;
        question
    }

    /// Asks for the number of a bank or credit card, 12 to 19 digits with their check digit, ended by `#` or a pause. A
    /// secret as a [PIN](Question::pin) is.
    pub fn card(prompt: impl Into<Prompt<'a>>) -> Self {
        let card = |keys: &[u8]| kind::secret(keys).filter(|_| kind::is_card(keys));
        let mut question = Question::new(prompt.into(), card).length(12..=19);
        question.is_secret = true;
        question
    }
}
