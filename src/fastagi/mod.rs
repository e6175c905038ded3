//! FastAGI: the same script as a server on TCP, for when a process a call is too much.
//!
//! A script for agi-bin moves there by one line of `main`: [`serve`](fn@serve)`(script)` in place of [`run`](crate::run)`(script)`.
//! [`Server`] has all that can be chosen: several scripts by their paths, limits, who may call.
//!
//! ```
//! use agikit::emulator::Asterisk;
//! use agikit::fastagi::Server;
//! use agikit::{Result, Session};
//!
//! fn script(agi: &mut Session) -> Result {
//!     agi.answer()
//! }
//!
//! let server = Server::bind("127.0.0.1:0")?.without_signals().route("/hello", script);
//! let handle = server.handle();
//! let address = format!("agi://{}/hello", server.address()?);
//! let served = std::thread::spawn(|| server.run());
//! # std::net::TcpStream::connect(&address[6..address.len() - 6])?;
//! // … AGI(agi://127.0.0.1/hello)
//! handle.stop();
//! assert_eq!(served.join().unwrap()?.cut, 0);
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # On the wire
//! Asterisk connects, says `agi_network: yes`, with a path `agi_network_script: hello`, and then what it tells a process.
//! Commands and replies are the same. What a process learns by SIGHUP is a line here, `HANGUP`, between any two
//! replies; it comes once more at the end of each session. There is no descriptor 3: `EAGI()` starts processes only.
//!
//! # What differs for a script
//! - [`Session::environment`](crate::Session::environment) also has what stands in the address:
//!   [`network_path`](crate::Environment::network_path) and [`parameter`](crate::Environment::parameter).
//! - Its files are this machine's, which may not be Asterisk's: sounds that it names and records are Asterisk's.
//! - It runs in a thread beside others. `std::process::exit` would end all calls, and a working folder, environment
//!   variables and globals are everybody's. Its stack is [bounded](Server::stack). The thread may have had another call
//!   before, whose thread-local values it still has.
//! - Where no script came to its end `FASTAGI_STATUS` tells why: `NOTFOUND` (no script at the path), `DENIED` (not the
//!   secret), `FAILURE` (its error, or a panic); it stays on the channel, so `Set(FASTAGI_STATUS=)` before another call.
//!   AGISTATUS is `FAILURE` then, as with a process, by a last line that begins with `failure`. When the server dies in the
//!   middle of a call nothing can be set, and AGISTATUS is `SUCCESS`: a variable that the script sets last tells a whole
//!   call from a half one.
//!
//! # What can go wrong with a script
//! An error ends its call, and is written to the log and to Asterisk's console. So does a panic (unless the program was
//! built with `panic = "abort"`). A script that waits by the session, or by its [hangup](crate::Hangup), ends with the
//! call; one that computes or sleeps without a look at it keeps its place and its channel until it is done, or until
//! [`Server::idle`] closes its call.
//!
//! # The log
//! Goes to the [`log`](https://docs.rs/log) crate, and so nowhere unless the program has a logger. It names addresses and
//! paths, but neither arguments nor queries; a script's own error is written as it is, in one line.
//!
//! # Recordings
//! Where the environment variable `AGIKIT_TRANSCRIPT` names a folder when the server begins, each call is recorded there as
//! a [transcript](mod@crate::transcript), `fastagi-UNIQUEID.agi`, that only its owner may read: it holds all that Asterisk
//! says, and so arguments, queries and the [secret](Server::secret), too, of calls that were turned away as well. It is for
//! finding a fault, not for always.

mod access;
mod bell;
mod call;
mod complaints;
mod connection;
mod counters;
mod crew;
mod handle;
mod limits;
mod listen;
mod main;
mod programs;
mod route;
mod serve;
mod server;
mod socket;
mod switchboard;

pub use counters::Counters;
pub use handle::Handle;
pub use main::serve;
pub use programs::{ProgramError, Programs};
pub use serve::Stopped;
pub use server::Server;
