//! Bytes and lines: how a command is written so that Asterisk reads the words that were meant, how
//! Asterisk splits a line, and how replies are read in bounded memory.
//!
//! Scripts need none of it; it is public for those who build on the protocol itself: a command of
//! their own ([`Command`](crate::Command)), an emulator, a proxy.
//!
//! # On the wire
//! ```text
//! > GET DATA "please-enter-account-number" 30000 8
//! < 200 result=12345678
//! ```
//! Text arguments are always quoted, with `\` before `"` and `\` and before nothing else; numbers and
//! keywords stand bare. A line ends with a line feed, and nothing in it can carry one.

mod line;
mod lines;
mod split;
mod word;

pub use line::{DEFAULT_LINE_LIMIT, LONG_LINE_LIMIT, Line, MAX_WORDS};
pub use lines::{Lines, Progress};
pub(crate) use split::placed_words;
pub use split::split;
pub(crate) use word::is_key;
pub use word::{Timeout, Word};
