//! A call with a FastAGI server, as Asterisk's `AGI(agi://…)` places it.

use std::io::{self, ErrorKind};
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use super::Asterisk;
use super::address::{Address, is_address};
use super::call::Ended;
use super::ears::Ears;
use super::link::Link;
use super::process::START;
use super::report::Report;

/// So long Asterisk waits for each address of a host to take the call.
const CONNECT: Duration = Duration::from_secs(2);

impl Asterisk {
    /// Places the call to a FastAGI server that is running, as the dialplan's
    /// `AGI(agi://host[:port][/path?query],arguments)`: over TCP, the hangup as a line `HANGUP`.
    ///
    /// The environment begins with `agi_network: yes` and, where something follows the host, `agi_network_script`. The
    /// server ends the call by closing the connection, which is `SUCCESS` unless something failed; there is no exit
    /// status. A name is looked up, and each of its addresses is given two seconds; a server that is not there makes
    /// AGISTATUS `FAILURE`, [`Report::started`] tells it, and [`Report::notes`] says why. `hagi://` asks DNS for the
    /// servers (SRV records), which the emulator does not: it takes it with a port only, as `agi://`.
    ///
    /// As with Asterisk, a server that does not read for 0.1 s loses the rest of a reply; one that does not read at
    /// all, or never says a word, is given up after the [patience](Asterisk::patience).
    ///
    /// ```
    /// use agikit::emulator::Asterisk;
    /// use agikit::{Hangup, Session};
    /// use std::net::TcpListener;
    ///
    /// let server = TcpListener::bind("127.0.0.1:0")?;
    /// let address = format!("agi://{}/account?language=de", server.local_addr()?);
    /// let served = std::thread::spawn(move || -> agikit::ScriptResult {
    ///     let (stream, _) = server.accept()?;
    ///     let mut agi = Session::begin(stream, Hangup::new())?;
    ///     let script = agi.environment().get("agi_network_script").unwrap().to_string();
    ///     agi.set_variable("ASKED_FOR", &script)?;
    ///     Ok(())
    /// });
    /// let call = Asterisk::new().fastagi(&address)?;
    /// assert_eq!(call.variable("ASKED_FOR"), Some("account?language=de".into()));
    /// assert_eq!(call.agi_status(), Some("SUCCESS"));
    /// assert!(served.join().is_ok_and(|served| served.is_ok()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The address begins neither with `agi://` nor with `hagi://`, or the system has no descriptor left.
    pub fn fastagi(mut self, address: &str) -> io::Result<Report> {
        if !is_address(address) {
            let why = "the address of a FastAGI server is like agi://127.0.0.1:4573/account";
            return Err(io::Error::new(ErrorKind::InvalidInput, why));
        }
        self.asks_for(address);
        let connected =
            Address::parse(address).and_then(|parsed| Ok((connect(&parsed)?, parsed.script)));
        match connected {
            Ok((stream, script)) => self.over(stream, script),
            Err(why) => Ok(self.unreached(&why)),
        }
    }

    /// The same over a connection that is there already: for many calls, or for one from a certain address of this
    /// machine. Of `address` only what stands behind the host is used, and that it is `agi_request`.
    ///
    /// ```
    /// use agikit::emulator::Asterisk;
    /// use agikit::{Hangup, Session};
    /// use std::net::{TcpListener, TcpStream};
    ///
    /// let server = TcpListener::bind("127.0.0.1:0")?;
    /// let stream = TcpStream::connect(server.local_addr()?)?;
    /// let served = std::thread::spawn(move || {
    ///     let (stream, _) = server.accept().unwrap();
    ///     Session::begin(stream, Hangup::new())?.answer()
    /// });
    /// let call = Asterisk::new().fastagi_over(stream, "agi://localhost/menu")?;
    /// assert_eq!(call.commands(), ["ANSWER"]);
    /// served.join().unwrap()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// It is no address, or the system has no descriptor left.
    pub fn fastagi_over(mut self, stream: TcpStream, address: &str) -> io::Result<Report> {
        let parsed: Address = address.parse()?;
        self.asks_for(address);
        self.over(stream, parsed.script)
    }

    fn asks_for(&mut self, address: &str) {
        if !self.requested {
            self.channel.request = address.into();
        }
        // A server may first have to start what answers.
        self.limits.start = START;
    }

    fn over(mut self, stream: TcpStream, script: String) -> io::Result<Report> {
        self.channel.served = Some(script.into_bytes());
        // Asterisk leaves it to the system to gather small writes, and a HANGUP behind a reply waits there for 40 ms
        // till the other side has acknowledged the reply. Here that would only make calls slow.
        let _ = stream.set_nodelay(true);
        let held = self.telephone.as_ref().map(|(telephone, _)| {
            let held = Arc::new(stream.try_clone()?);
            telephone.holds_connection(&held);
            io::Result::Ok(held)
        });
        let held = held.transpose()?;
        let link = Link::network(stream, self.wake()?)?;
        let mut call = self.call(link, false, Ears::of_program());
        let ended = call.serve();
        let outlived = ended == Ended::Stuck;
        if outlived {
            call.log.note(call.now(), "the server did not end the call: the connection was closed");
        }
        let mut report = Report::of(call, ended);
        drop(held); // with it the connection closes
        report.outlived = outlived;
        report.judge();
        Ok(report)
    }

    /// What Asterisk does where no server answers.
    pub(super) fn unreached(self, why: &str) -> Report {
        let mut report = self.unstarted();
        report.conversation.note(Duration::ZERO, why);
        report.failed = true;
        report.judge();
        report
    }
}

/// Connects to the first of a host's addresses that answers.
fn connect(address: &Address) -> Result<TcpStream, String> {
    let Address { host, port, .. } = address;
    let found = (host.as_str(), *port).to_socket_addrs();
    let found = found.map_err(|error| format!("the host {host} is not found: {error}"))?;
    let mut tried = Vec::new();
    for one in found {
        match TcpStream::connect_timeout(&one, CONNECT) {
            Ok(stream) => return Ok(stream),
            Err(error) => {
                tried.push(format!("{one}: {error}"));
                if is_for_all(&error) {
                    break;
                }
            }
        }
    }
    let tried = tried.join(", ");
    Err(format!("no FastAGI server answers ({tried}): start it, or correct host and port"))
}

/// Asterisk tries the next address where one does not answer. An error that the system gives at once, without asking
/// anybody, it takes for a connection, on which it then cannot write.
fn is_for_all(error: &io::Error) -> bool {
    !matches!(
        error.kind(),
        ErrorKind::ConnectionRefused
            | ErrorKind::ConnectionReset
            | ErrorKind::HostUnreachable
            | ErrorKind::TimedOut
    )
}

#[cfg(test)]
mod tests {
    use nix::errno::Errno;

    use super::*;

    #[test]
    fn some_errors_end_the_attempt() {
        for (errno, ends) in [
            (Errno::ECONNREFUSED, false),
            (Errno::ETIMEDOUT, false),
            (Errno::EHOSTUNREACH, false),
            (Errno::ENETUNREACH, true),
            (Errno::EACCES, true),
        ] {
            assert_eq!(is_for_all(&errno.into()), ends, "{errno}");
        }
    }
}
