//! Questions and menus: the loop around a prompt (ask, wait, check, repeat, give up), written once.
//!
//! It stands on top of a [`Session`](crate::Session) and uses nothing but its commands, so it works for a process, a
//! server, a replayed call and the emulator alike.
//!
//! ```
//! use agikit::emulator::Asterisk;
//! use agikit::ivr::{Answer, Question};
//! use agikit::{Result, Session};
//!
//! fn script(agi: &mut Session) -> Result {
//!     let pin = Question::pin("agent-pass", 4).invalid("auth-incorrect").give_up("vm-goodbye");
//!     match pin.ask(agi)? {
//!         Answer::Given(pin) => agi.set_variable("PIN_OK", if pin.is("4711") { "1" } else { "0" }),
//!         Answer::Cancelled | Answer::GaveUp(_) => agi.hangup(),
//!     }
//! }
//!
//! let call = Asterisk::new().keys("4711").run(script);
//! assert_eq!(call.variable("PIN_OK"), Some("1".into()));
//! ```
//!
//! | to do | by |
//! |---|---|
//! | ask for digits, a number, an amount, a date, a PIN | [`Question`] |
//! | let him choose | [`Menu`]; yes or no: [`Menu::confirm`] |
//! | play sounds, numbers, dates, pauses in sequence | [`Prompt`] |
//! | let him answer by voice as well (EAGI) | [`Question::or_spoken`] |
//! | work while he hears music or a prompt | [`Background`] |
//! | leave to another place of the dialplan | [`continue_at`] |
//! | say an amount of money, an ordinal, a duration, a list | [`say`](mod@say) |
//! | know which sounds a script needs | [`Sounds`], and [`run`], which tells `agikit doctor` |
//!
//! # Keys
//! Each part of a prompt can be stopped by a key, and that key counts: it is the first one of the answer. Asterisk
//! keeps no keys for later, though: one that comes up between two commands is lost, and a prompt of several parts is
//! several commands. Behind a key that is no loss (nobody presses the next one within the fraction of a
//! millisecond that a program on Asterisk's machine takes); at the natural end of a part it is that fraction. So a question
//! takes its keys by one GET DATA wherever that can do what is asked for: see [`Question`].
//!
//! # Hangup
//! All of it gives [`Error::Hangup`](crate::Error::Hangup) as soon as the call is over, wherever that is, and no loop
//! is without an end: a caller who only breathes is asked three times.

mod answer;
mod background;
mod directory;
mod keys;
mod kind;
mod leave;
mod listing;
mod menu;
mod prompt;
mod question;
pub mod say;
mod secret;
mod sounds;
mod voice;

pub use answer::{Answer, Miss};
pub use background::Background;
pub use directory::SoundsDirectory;
pub use kind::{Amount, Date, DateOrder};
pub use leave::continue_at;
pub use listing::run;
pub use menu::{Action, Menu};
pub use prompt::{Name, Prompt};
pub use question::Question;
pub use secret::Secret;
pub use sounds::Sounds;
pub use voice::{OrSpoken, Spoken};
