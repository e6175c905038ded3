//! Connections to the server.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpStream, ToSocketAddrs};
use std::os::fd::AsRawFd;
use std::time::Duration;

use agikit::emulator::Address;
use nix::sys::socket::{
    AddressFamily, SockFlag, SockType, SockaddrIn, bind, connect, setsockopt, socket, sockopt,
};
use nix::sys::time::{TimeVal, TimeValLike};

/// So long Asterisk waits for each address.
const PATIENCE: Duration = Duration::from_secs(2);
/// One address of ours has so many ports at least, as Linux is set up: from 32,768 to 60,999.
const PORTS: usize = 20_000;

/// The server, as the user names it.
#[derive(Debug, Clone)]
pub(super) struct Server {
    pub(super) text: String,
    at: Address,
}

/// Reads `agi://HOST[:PORT][/PATH]`.
pub(super) fn server(text: &str) -> Result<Server, String> {
    let at = text.parse::<Address>().map_err(|error| error.to_string())?;
    Ok(Server { text: text.to_owned(), at })
}

impl Server {
    /// Looks up the name, once for all calls.
    pub(super) fn places(&self) -> Result<Places, String> {
        let (host, port) = (self.at.host(), self.at.port());
        let found = (host, port).to_socket_addrs();
        let found = found.map_err(|error| format!("the host {host} is not found: {error}"))?;
        let found: Vec<SocketAddr> = found.collect();
        match found.is_empty() {
            true => Err(format!("the host {host} has no address")),
            false => Ok(Places(found)),
        }
    }
}

/// The server's addresses, in the order in which Asterisk tries them.
#[derive(Debug)]
pub(super) struct Places(Vec<SocketAddr>);

impl Places {
    /// Connects for the n-th call, or says why not.
    pub(super) fn connect(&self, call: usize) -> Result<TcpStream, String> {
        let mut why = String::new();
        for place in &self.0 {
            let stream = match TcpStream::connect_timeout(place, PATIENCE) {
                Err(error) if error.kind() == ErrorKind::AddrNotAvailable => {
                    from_another(place, call, error)
                }
                other => other,
            };
            match stream {
                Ok(stream) => return Ok(stream),
                Err(error) => {
                    let error = error.to_string();
                    why =
                        format!("{place}: {}", error.split(" (os error").next().unwrap_or(&error));
                }
            }
        }
        Err(why)
    }
}

/// All ports of our address are taken. On the machine itself we have more addresses: 127.0.0.2 and so on.
fn from_another(place: &SocketAddr, call: usize, error: io::Error) -> io::Result<TcpStream> {
    let SocketAddr::V4(to) = place else { return Err(error) };
    if !to.ip().is_loopback() {
        return Err(error);
    }
    let part = |number: usize| u8::try_from(number % 250).unwrap_or(0);
    let another = call / PORTS;
    let ours = Ipv4Addr::new(127, 1, part(another / 250), part(another) + 2);
    let stream = socket(AddressFamily::Inet, SockType::Stream, SockFlag::SOCK_CLOEXEC, None)?;
    // A connection waits as long as one may send.
    let patience = TimeVal::milliseconds(i64::try_from(PATIENCE.as_millis()).unwrap_or(2000));
    setsockopt(&stream, sockopt::SendTimeout, &patience)?;
    bind(stream.as_raw_fd(), &SockaddrIn::from(SocketAddrV4::new(ours, 0)))?;
    connect(stream.as_raw_fd(), &SockaddrIn::from(*to))?;
    setsockopt(&stream, sockopt::SendTimeout, &TimeVal::zero())?;
    Ok(TcpStream::from(stream))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn the_machine_itself_has_more_addresses() {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let place = server.local_addr().unwrap();
        let error = || io::Error::from(ErrorKind::AddrNotAvailable);
        for (call, ours) in [(1, "127.1.0.2"), (45_000, "127.1.0.4"), (6_000_000, "127.1.1.52")] {
            let stream = from_another(&place, call, error()).unwrap();
            assert_eq!(stream.local_addr().unwrap().ip().to_string(), ours);
        }
        for elsewhere in ["192.0.2.1:1", "[::1]:1"] {
            let refused = from_another(&elsewhere.parse().unwrap(), 1, error());
            assert_eq!(refused.unwrap_err().kind(), ErrorKind::AddrNotAvailable);
        }
    }
}
