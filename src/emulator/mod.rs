//! An Asterisk to test call scripts with: no telephone, no Asterisk, no waiting.
//!
//! ```
//! use agikit::emulator::Asterisk;
//!
//! let call = Asterisk::new().caller("0123456789").keys("1001#").run(|agi| {
//!     agi.answer()?;
//!     let number = agi.get_data("vm-enter-num-to-call")?.digits;
//!     agi.say_digits(&number)?;
//!     agi.set_variable("ACCOUNT", &number)
//! });
//! assert_eq!(call.variable("ACCOUNT"), Some("1001".into()));
//! assert_eq!(call.sounds()[1..], ["digits/1", "digits/0", "digits/0", "digits/1"]);
//! ```
//!
//! It plays one call: a channel with its variables, a caller who presses keys and hangs up, the sounds that
//! there are, AstDB. All 47 commands are answered as Asterisk 22 or 16 answers them, refusals and usage
//! included. [`run`](Asterisk::run) takes a script of this process, [`agi`](Asterisk::agi) and
//! [`eagi`](Asterisk::eagi) any program in any language, and [`fastagi`](Asterisk::fastagi) calls a server.
//!
//! # Time
//! The clock stands still unless [`real_time`](Asterisk::real_time) is asked for: a sound of three seconds is
//! played at once, and the call's clock is three seconds later. All lengths and timeouts are right, and a test
//! takes no time. Between two commands no time passes then, unless the script is waiting for the caller: when it
//! is silent for half a second (a program that has not sent anything yet: for three), the caller's next act
//! comes. With a [`Telephone`] time is real. A script that sends 100,000 commands while no time passes, or behind
//! the hangup, has no end: the caller hangs up, and then it is given up.
//!
//! # The caller's voice
//! Without [`audio`](Asterisk::audio), [`says`](Asterisk::says) or [`silent`](Asterisk::silent) no audio comes from the
//! caller, as from one who only waits on a Local channel. With them a frame of 20 ms follows the other, silent where he
//! says nothing ([`gaps`](Asterisk::gaps) leaves those out). RECORD FILE records it; [`run_eagi`](Asterisk::run_eagi) and
//! [`eagi`](Asterisk::eagi) give it to the script in the form that EAGI_AUDIO_FORMAT names, during the commands during
//! which Asterisk does, and between commands. What the script's pipe does not hold is lost, the newest first.
//!
//! A clock that stands still goes on by a frame when the script has read one: the caller speaks as fast as he is
//! listened to. A prompt lasts as many frames as it is long, and a script that stops it does so at the same frame each
//! time. One that does not read for half a second (for less than a tenth while its session waits for a reply, for two
//! seconds if it is a program) is taken not to listen: what goes on is over at once, and the
//! frames fill the pipe. A detector's limits in real time (`listen_within`) mean little then;
//! [`real_time`](Asterisk::real_time) is for those.
//!
//! # Where it differs from Asterisk
//! - The texts between the two lines of a `520` are not Asterisk's, which are under its licence:
//!   [`usage`](Asterisk::usage) puts them in.
//! - SAY … speaks English.
//! - A FastAGI server is told of the hangup two seconds after it has begun a line that it does not end; Asterisk tells
//!   it behind that line. A port beyond 65535 is refused; Asterisk calls another one.
//! - A key takes nothing of the caller's audio under EAGI: from Asterisk no frames come while it is pressed. Compressed
//!   forms (EAGI_AUDIO_FORMAT=gsm) are not there. Other rates are reached on straight lines between the samples.
//! - Of the dialplan it knows variables, the functions that the table in [`Asterisk::function`] names, and the
//!   applications that [`Asterisk::application`] names. Others can be added.

mod address;
mod answer;
mod audio;
mod behaviour;
mod blocked;
mod builder;
mod call;
mod caller;
mod channel;
mod clock;
mod dialplan;
mod ears;
mod equipment;
mod expand;
mod functions;
mod identity;
mod link;
mod network;
mod number;
mod play;
mod process;
mod report;
mod say;
mod scope;
mod session;
mod setup;
mod shown;
mod sounds;
mod speech;
mod telephone;
mod version;
mod voice;
mod wait;
mod wav;
mod zone;

pub use address::Address;
pub use builder::Asterisk;
pub use dialplan::Dialplan;
pub use report::{Played, Pressed, Recorded, Report, Seen};
pub use session::Ends;
pub use telephone::Telephone;
pub use version::Version;
