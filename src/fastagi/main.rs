//! The whole of a server's `main`.

use std::env;
use std::error::Error as StdError;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use super::Server;
use crate::session::Session;

/// Serves a script over TCP: what [`run`](crate::run) is for a program in agi-bin, this is for a server. The script is
/// the same.
///
/// ```no_run
/// use agikit::{Result, Session};
///
/// fn main() -> std::process::ExitCode {
///     agikit::fastagi::serve(script) // for agi-bin: agikit::run(script)
/// }
///
/// fn script(agi: &mut Session) -> Result {
///     agi.answer()?;
///     agi.stream_file("tt-weasels")?;
///     Ok(())
/// }
/// ```
///
/// It listens on the sockets that systemd hands over, otherwise on the [address](Server::bind) that is the program's
/// argument, otherwise on this machine's own addresses, port 4573. `AGI(agi://127.0.0.1/)` of the dialplan calls it,
/// with any path. All else is as [`Server`] has it by itself; a program that wants another limit, routes or a secret makes
/// a server of its own.
///
/// | exit status | when |
/// |---|---|
/// | 0 | it was stopped, and every call came to its end |
/// | 1 | it was stopped, and calls were closed before their end; or it could not begin |
pub fn serve<E>(script: impl Fn(&mut Session) -> Result<(), E> + Send + Sync + 'static) -> ExitCode
where
    E: Into<Box<dyn StdError + Send + Sync>>,
{
    match begin().and_then(|server| server.serve(script)) {
        Ok(stopped) => stopped.exit_code(),
        Err(error) => {
            let _ = writeln!(io::stderr(), "fastagi: {error}");
            ExitCode::FAILURE
        }
    }
}

fn begin() -> io::Result<Server> {
    let server = match (Server::from_systemd()?, env::args_os().nth(1)) {
        (Some(server), _) => server,
        (None, Some(address)) => Server::bind(&address.to_string_lossy())?,
        (None, None) => Server::local()?,
    };
    if io::stderr().is_terminal() {
        let address = server.address()?;
        let _ = writeln!(io::stderr(), "serves agi://{address}/ until Ctrl-C (twice: at once)");
    }
    Ok(server)
}
