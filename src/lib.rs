//! Telephone call scripts for [Asterisk](https://www.asterisk.org) over the Asterisk Gateway Interface (AGI).
//!
//! The dialplan's `AGI(program)` starts a program for a call. The program sends commands (answer, play, ask
//! for digits), Asterisk answers each, and when the program ends the dialplan goes on.
//!
//! # From nothing to a call
//! In the folder that holds a copy of this crate, `cargo new balance`, and in its `Cargo.toml`:
//! ```toml
//! [dependencies]
//! agikit = { path = "../agikit" }
//! ```
//! `src/main.rs`:
//! ```no_run
//! use agikit::{Result, Session};
//!
//! fn main() -> std::process::ExitCode {
//!     agikit::run(script)
//! }
//!
//! fn script(agi: &mut Session) -> Result {
//!     agi.answer()?;
//!     let data = agi.get_data("vm-enter-num-to-call")?;
//!     agi.say_alpha(&data.digits)?; // spells what was dialled, a `*` too
//!     agi.set_variable("DIALED", &data.digits)
//! }
//! ```
//! Built static, so that it runs on any Linux of that kind, and put where Asterisk looks:
//! ```console
//! $ rustup target add x86_64-unknown-linux-musl
//! $ cargo build --release --target x86_64-unknown-linux-musl
//! $ cp target/x86_64-unknown-linux-musl/release/balance /var/lib/asterisk/agi-bin/
//! ```
//! (`core show settings` on Asterisk's console names that folder.) In `extensions.conf`, then
//! `dialplan reload` and dial 100:
//! ```text
//! exten => 100,1,AGI(balance)
//!  same => n,Verbose(1,the caller dialled ${DIALED})
//!  same => n,Hangup()
//! ```
//!
//! # Commands and options
//! [`Session`] has a method for each of Asterisk's 47 commands, with the required arguments. Options are set
//! on the command's value: `agi.run(GetData::new("menu").timeout(time).max_digits(4))`. Each command's page
//! ([`GetData`]) tells its wire form and what its reply means.
//!
//! # Errors and hangup
//! Every command gives a [`Result`]. [`Error::Hangup`] is the end of the call; `?` carries it out of the
//! script, and [`run`] takes it for a normal end. [`Error::Failed`] is what Asterisk tried and could not
//! while the caller is there: most often there is no such sound. The wire says `-1` for both; the session
//! asks which it was. A script that also uses other libraries' errors returns [`ScriptResult`].
//!
//! # What runs after the hangup
//! SIGHUP does not end the program. Commands that need the caller give [`Error::Hangup`] at once; the 13 that
//! Asterisk still runs, among them SET VARIABLE, DATABASE PUT and VERBOSE, go through. A clean-up therefore
//! stands behind a call whose result is kept and not passed on by `?`:
//! ```no_run
//! # use agikit::{Result, Session};
//! # fn talk(agi: &mut Session) -> Result { agi.answer() }
//! # fn script(agi: &mut Session) -> Result {
//! let talked = talk(agi);
//! let ended = match &talked {
//!     Ok(()) => "done",
//!     Err(_) if agi.is_hung_up() => "hangup",
//!     Err(_) => "error",
//! };
//! agi.set_variable("ENDED", ended)?;
//! talked
//! # }
//! ```
//! A script that computes or waits looks at [`Session::is_hung_up`], or sleeps by
//! [`Session::hangup_flag`] and [`Hangup::wait`](crate::Hangup::wait), so that it does not outlive the call.
//!
//! # Bytes
//! Asterisk knows no encodings: a caller's name is whatever the far end sent. Arguments are [`Text`] (made
//! from `&str`, `&[u8]`, `&Path`, …), replies carry [`Value`]. `to_str`, `to_string_lossy` and `parse` turn
//! them into what a script wants. Digits are text: `0042` keeps its zeros.
//!
//! # Testing at a desk
//! A file with Asterisk's half of a call (the `agi_` variables, an empty line, a reply a command) stands in
//! for the call; standard output shows the script's half:
//! ```console
//! $ printf 'agi_request: balance\n\n200 result=0\n200 result=42\n200 result=0\n200 result=1\n' > session
//! $ cargo run -q < session
//! ANSWER
//! GET DATA "vm-enter-num-to-call" 0 1023
//! SAY ALPHA "42" ""
//! SET VARIABLE "DIALED" "42"
//! ```
//! In a unit test, a script runs on any [`Stream`]: see [`Session::begin`].
//!
//! # Modules
//! | module | what is in it |
//! |---|---|
//! | [`command`](mod@command) | the 47 commands, [`Raw`] for others, [`CATALOGUE`] |
//! | [`reply`] | what they are answered |
//! | [`session`] | [`Session`], and how it stays aligned |
//! | [`program`] | starts any AGI program as Asterisk does, and says why one does not start |
//! | [`wire`] | lines and words, for those who build on the protocol itself |
//!
//! All that a script needs stands at the crate's root, too. Only HANGUP's type does not: [`Hangup`] there is
//! the session's flag, and the command is [`command::Hangup`].

mod conduct;
mod environment;
mod error;
mod escape;
mod hangup;
mod script;
mod stream;
mod text;

pub mod command;
pub mod emulator;
pub mod program;
pub mod reply;
pub mod session;
pub mod transcript;
pub mod wire;

pub use command::*;
pub use environment::{Directories, Environment, Presentation};
pub use error::{Error, Fault, Received, Result, Surprise};
pub use hangup::Hangup;
pub use reply::{
    ChannelState, ControlPlayback, Data, Hypothesis, Playback, RawReply, Recognition,
    RecognitionEnd, Recording, RecordingEnd, StreamControl, Subroutine, Waited,
};
pub use script::{ScriptResult, run};
pub use session::{Pending, Session};
pub use stream::{Stdio, Stream};
pub use text::{Text, Value};
pub use wire::Timeout;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
