//! What AGI has no command for, said by Asterisk's own sounds: amounts of money, ordinals, durations, lists; and dates.
//!
//! Each function makes a [`Prompt`], so it plays anywhere a prompt does, keys included:
//!
//! ```
//! use agikit::emulator::Asterisk;
//! use agikit::ivr::{Amount, Question, say};
//! use agikit::{ScriptResult, Session};
//!
//! fn script(agi: &mut Session) -> ScriptResult {
//!     let language = say::Language::of(agi)?;
//!     let balance = say::money(language, Amount::from_cents(120_450), say::Currency::DOLLAR)?;
//!     balance.play(agi)?;
//!     Ok(())
//! }
//!
//! let call = Asterisk::new().run(script);
//! let sounds: Vec<&str> = call.sounds().iter().map(|name| name.trim_start_matches("digits/")).collect();
//! assert_eq!(sounds.join(" "), "1 thousand 2 hundred 4 dollars vm-and 50");
//! ```
//!
//! # Languages
//! What each language can say with the sounds that Asterisk ships ("core sounds" 1.6):
//!
//! | | en | es | fr | it | ru | de, en_GB |
//! |---|---|---|---|---|---|---|
//! | [`money()`] | yes | dollars, but no hundred | dollars | dollars, euros | | |
//! | [`ordinal`] | any | to 20, tens | to 20, tens | to 20, tens | to 20, tens | en_GB: to 100 |
//! | [`duration`] | yes | not 1 s | not 1 s, 21 s, … | not 1 s | | en_GB: yes, below 100 of each |
//! | [`list`] | yes | yes | yes | yes | yes | en_GB: yes |
//! | [`date`], [`time`], [`datetime`], [`day`] | yes | | | | | |
//!
//! There is no sound for "cents" nor for "hour", and Spanish has none for "cien": an hour is said as sixty minutes, and
//! for what cannot be said the function gives [`Unsayable`] in place of a prompt with a hole in it. Who has recorded such
//! a sound says so: [`Language::with_own_sounds`]. How numbers are put together is Asterisk's own rule for SAY NUMBER.
//! (`en_GB` wants "and" in numbers above 100, a sound that is not shipped, either.)
//!
//! What is said of any amount is listed by [`Sounds::money`](super::Sounds::money) and its neighbours.

mod count;
mod language;
mod moment;
mod money;
mod unsayable;

pub use count::{duration, list, ordinal};
pub use language::Language;
pub use moment::{date, datetime, day, time};
pub use money::{Currency, money};
pub use unsayable::Unsayable;

pub(super) use count::{durations, ordinals};
pub(super) use money::any_money;

#[cfg(doc)]
use crate::ivr::Prompt;
