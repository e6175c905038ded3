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
//! # install -m 755 target/x86_64-unknown-linux-musl/release/balance /var/lib/asterisk/agi-bin/
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
//! # The caller's voice
//! `EAGI(program)` in place of `AGI(program)` gives the script what the caller says: [`audio::Audio`]. A prompt yields
//! to it by [`eagi::Ask`]; [`eagi::Record`] writes it to a file, [`eagi::Pipe`] gives it to another program:
//! ```no_run
//! # use agikit::{Result, Session};
//! # fn script(agi: &mut Session) -> Result {
//! use agikit::audio::Audio;
//! use agikit::eagi::Ask;
//!
//! let mut audio = Audio::open(agi)?; // before all else: from here on the pipe holds a minute
//! let answer = Ask::new("vm-rec-name").run(agi, &mut audio)?;
//! let spoke = answer.speech.map_or(0, |speech| speech.spoken().as_secs());
//! agi.set_variable("SPOKE", &spoke.to_string())
//! # }
//! ```
//!
//! # When a process a call is too much
//! With the Cargo feature `fastagi`, `agikit::fastagi::serve(script)` in place of `agikit::run(script)` makes the same
//! script a server on TCP, which the dialplan calls by `AGI(agi://host/)`: see the module `fastagi`.
//! The program `fastagi-serve` serves AGI programs in other languages, unchanged, and `agikit load` tells how many calls
//! a server bears.
//!
//! # Test your call script
//! Without a telephone, and without an Asterisk. On the [`emulator`], which answers as Asterisk does and whose
//! clock needs no time:
//! ```
//! # use agikit::{Result, Session};
//! # fn script(agi: &mut Session) -> Result {
//! #     let data = agi.get_data("vm-enter-num-to-call")?;
//! #     agi.set_variable("DIALED", &data.digits)
//! # }
//! use agikit::emulator::Asterisk;
//!
//! let call = Asterisk::new().keys("42#").run(script);
//! assert_eq!(call.variable("DIALED"), Some("42".into()));
//! ```
//! On a recorded call: a [`transcript`] plays Asterisk's lines and compares the script's. It is a text file, written
//! by `agikit record` in front of a program in agi-bin, by `agikit import` from Asterisk's log, by
//! `AGIKIT_TRANSCRIPT=folder` in the environment of a script ([`run`]), or by hand:
//! ```
//! # fn script(agi: &mut agikit::Session) -> agikit::Result { agi.answer() }
//! use agikit::transcript::Transcript;
//!
//! let call: Transcript = "<\n> ANSWER\n< 200 result=0\n= 0\n".parse()?;
//! call.replay(script)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//! A whole folder of them: [`transcripts!`] makes a `#[test]` of each file.
//!
//! Programs in any language are called by [`emulator::Asterisk::agi`] and by the desk tool: `agikit call menu.py`
//! is a telephone in a terminal.
//!
//! # The book
//! From an empty machine to a call, and on: the module `book` (with the feature `fastagi`), the folder `docs` of the
//! repository.
//!
//! # Modules
//! | module | what is in it |
//! |---|---|
//! | [`command`](mod@command) | the 47 commands, [`Raw`] for others, [`CATALOGUE`] |
//! | [`reply`] | what they are answered |
//! | [`session`] | [`Session`], and how it stays aligned |
//! | [`audio`] | the caller's voice: frames, levels, speech, WAV files |
//! | [`eagi`] | that voice in a session: prompts that yield, recordings, other programs |
//! | `fastagi` | the server for calls over TCP (feature `fastagi`) |
//! | [`program`] | starts any AGI program as Asterisk does, and says why one does not start |
//! | [`wire`] | lines and words, for those who build on the protocol itself |
//! | [`emulator`] | Asterisk's side of a call, for tests |
//! | [`transcript`] | calls as text: recorded, replayed, imported |
//!
//! All that a script needs stands at the crate's root, too. Only HANGUP's type does not: [`Hangup`] there is
//! the session's flag, and the command is [`command::Hangup`].

mod arena;
mod conduct;
mod descriptor;
mod environment;
mod error;
mod escape;
mod hangup;
mod script;
mod spoken;
mod stream;
mod text;

pub mod audio;
// Its chapters tell of all features.
#[cfg(all(any(doc, doctest), feature = "fastagi"))]
pub mod book;
pub mod command;
pub mod eagi;
pub mod emulator;
#[cfg(feature = "fastagi")]
pub mod fastagi;
pub mod ivr;
pub mod program;
pub mod reply;
pub mod session;
pub mod transcript;
pub mod wire;

pub use arena::Arena;
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

// With the server: some of its programs need it.
#[cfg(all(doctest, feature = "fastagi"))]
#[doc = include_str!("../README.md")]
mod readme {}
