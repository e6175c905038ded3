//! The caller's voice in a session: audio beside a command, and prompts that yield to it.
//!
//! [`Audio::open`](crate::audio::Audio::open) gives a script the caller's audio,
//! [`Pending::listen`](crate::Pending::listen) its frames while a command runs,
//! [`Pending::interrupt`](crate::Pending::interrupt) stops the command, and [`Ask`] puts them together: a prompt that
//! stops when the caller speaks, and what he said. [`Record`] records him to a file, [`Pipe`] gives his voice to any
//! program.
//!
//! # On the wire
//! A prompt that yields is a command that another one follows too early. Asterisk then stops the first, which never
//! answers:
//! ```text
//! > STREAM FILE "vm-rec-name" "0123456789*#"
//! > GET FULL VARIABLE "agikit-8a5c2f00d1e4b377-1"
//! < 200 result=1 (agikit-8a5c2f00d1e4b377-1)
//! > WAIT FOR DIGIT 61000
//! > GET FULL VARIABLE "agikit-8a5c2f00d1e4b377-2"
//! < 200 result=1
//! < 200 result=1 (agikit-8a5c2f00d1e4b377-2)
//! ```
//! Audio comes while no command runs and during the [interruptible](crate::command::Interruptible) ones; Asterisk drops
//! it during the others.

mod ask;
mod ear;
mod listen;
mod open;
mod pipe;
mod record;

pub use ask::{Ask, Response, ResponseEnd};
pub use pipe::{Pipe, PipeEnd, Piped, variable_value};
pub use record::{Record, Recorded, RecordedEnd};

use crate::text::Text;

/// Whether a key is one of these.
fn is_among(keys: Text<'_>, key: char) -> bool {
    keys.as_bytes().iter().any(|&other| char::from(other) == key)
}
