//! Starting AGI programs as Asterisk does, in whatever language they are written.
//!
//! [`Program`] says what to start and with what; [`Running`] is the process with Asterisk's ends of its pipes.
//! [`explain()`] says in plain words why a file cannot be started. For tests, emulators and wrappers: a script
//! itself needs none of it.
//!
//! # What the program finds
//! | descriptor | is |
//! |---|---|
//! | 0 | a pipe with the environment and the replies |
//! | 1 | a pipe for the commands |
//! | 2 | this process's own standard error, or a pipe where it is [captured](Program::capture_errors) |
//! | 3 | closed under AGI; under EAGI a pipe with the caller's [`Audio`] |
//!
//! All others are closed, also those that this process inherited itself. SIGHUP, INT, TERM, PIPE, CHLD, URG and
//! XFSZ do what they do by default (SIGHUP and SIGPIPE end the program), and none is blocked. There is no search
//! along `PATH`. Asterisk: `launch_script`.
//!
//! ```
//! use agikit::program::Program;
//! use agikit::transcript::Exit;
//! use std::io::{Read, Write};
//! use std::time::Duration;
//!
//! let mut running = Program::new("/bin/cat").start()?;
//! let mut to = running.to.take().expect("nobody took it before");
//! to.write_all(b"agi_request: cat\n\n")?;
//! drop(to); // the program finds the end of its input
//! let mut sent = String::new();
//! running.from.take().expect("nobody took it before").read_to_string(&mut sent)?;
//! assert_eq!(sent, "agi_request: cat\n\n");
//! assert_eq!(running.wait(Duration::from_secs(10))?, Some(Exit::Status(0)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod descriptors;
mod explain;
mod interpreter;
mod play;
mod replay;
mod running;
mod start;
mod voice;

pub use explain::{Trouble, explain, find};
pub use replay::{Replay, ReplayProgramError};
pub use running::Running;
pub use start::{Audio, Program, StartError};
