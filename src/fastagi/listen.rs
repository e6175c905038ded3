//! Where a server listens: addresses, systemd's sockets, and what is set on them.

use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, ToSocketAddrs};
use std::os::fd::AsFd;

use listenfd::ListenFd;
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::sys::socket::{Backlog, getsockopt, listen, setsockopt, sockopt};
use nix::sys::stat::fstat;

use crate::stream::FASTAGI_PORT;

/// A caller's Asterisk that is gone without a word is noticed after two minutes: a question after one of silence, and
/// four more, a quarter of a minute apart. (Where a command was sent meanwhile that is not even acknowledged, the system
/// sends it again for a quarter of an hour. TCP_USER_TIMEOUT would be sooner, but also end a call whose Asterisk is there
/// and reads nothing: during a Dial, from a program that sends commands ahead.)
const SILENCE: u32 = 60;
const BETWEEN: u32 = 15;
const QUESTIONS: u32 = 4;

/// A socket on which calls arrive.
#[derive(Debug)]
pub(super) struct Door {
    pub(super) listener: TcpListener,
    /// Somebody else has it, too, and goes on when we stop.
    pub(super) is_shared: bool,
}

impl Door {
    fn new(listener: TcpListener, is_shared: bool) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        // What is accepted has these from the beginning: Linux copies them.
        setsockopt(&listener, sockopt::TcpNoDelay, &true)?;
        setsockopt(&listener, sockopt::KeepAlive, &true)?;
        setsockopt(&listener, sockopt::TcpKeepIdle, &SILENCE)?;
        setsockopt(&listener, sockopt::TcpKeepInterval, &BETWEEN)?;
        setsockopt(&listener, sockopt::TcpKeepCount, &QUESTIONS)?;
        Ok(Door { listener, is_shared })
    }

    /// How many connections wait to be accepted. Linux tells it in the list of its sockets.
    pub(super) fn waiting(&self) -> u64 {
        let Ok(status) = fstat(&self.listener) else { return 0 };
        let inode = status.st_ino.to_string();
        let v6 = self.listener.local_addr().is_ok_and(|it| it.is_ipv6());
        let Ok(list) = File::open(if v6 { "/proc/net/tcp6" } else { "/proc/net/tcp" }) else {
            return 0;
        };
        // Those that listen come first.
        for line in BufReader::new(list).lines().map_while(Result::ok) {
            let words: Vec<&str> = line.split_ascii_whitespace().collect();
            if let [_, _, _, "0A", queues, _, _, _, _, it, ..] = *words
                && it == inode
            {
                let queue = queues.split(':').nth(1).unwrap_or_default();
                return u64::from_str_radix(queue, 16).unwrap_or(0);
            }
        }
        0
    }
}

/// Listens on all addresses that are meant.
pub(super) fn bind(address: &str) -> io::Result<Vec<Door>> {
    bind_all(&resolve(address)?)
}

/// A name may have addresses that this machine has not: `localhost` is `::1`, too, where there is no IPv6.
fn bind_all(addresses: &[SocketAddr]) -> io::Result<Vec<Door>> {
    let (mut doors, mut missing) = (Vec::new(), None);
    for &address in addresses {
        let listener = match TcpListener::bind(address) {
            Ok(listener) => listener,
            Err(error) if is_not_ours(&error) => {
                missing = Some(explain(address, &error));
                continue;
            }
            Err(error) => return Err(explain(address, &error)),
        };
        // The library asks for a queue of 128: a burst that fills it waits a second for its next try.
        listen(&listener, Backlog::MAXALLOWABLE)?;
        doors.push(Door::new(listener, false)?);
    }
    match missing {
        Some(error) if doors.is_empty() => Err(error),
        Some(error) => {
            log::warn!("fastagi: {error}");
            Ok(doors)
        }
        None => Ok(doors),
    }
}

fn is_not_ours(error: &io::Error) -> bool {
    error.kind() == ErrorKind::AddrNotAvailable
        || error.raw_os_error() == Some(Errno::EAFNOSUPPORT as i32)
}

/// Listens on this machine's own addresses, of IPv6 only where there is one.
pub(super) fn local() -> io::Result<Vec<Door>> {
    own(FASTAGI_PORT)
}

fn own(port: u16) -> io::Result<Vec<Door>> {
    let mut doors = bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)).to_string())?;
    match bind(&SocketAddr::from((Ipv6Addr::LOCALHOST, port)).to_string()) {
        Ok(more) => doors.extend(more),
        // Otherwise half of the calls would be another server's.
        Err(error) if error.kind() == ErrorKind::AddrInUse => return Err(error),
        Err(_) => {}
    }
    Ok(doors)
}

/// The sockets that systemd has opened for this process, if it has.
pub(super) fn inherited() -> io::Result<Vec<Door>> {
    let mut given = ListenFd::from_env();
    let mut doors = Vec::new();
    for number in 0..given.len() {
        let odd = |error: io::Error| {
            let what = "systemd handed over a socket that is no TCP listener; its unit has to say \
                        ListenStream=4573 (or ADDRESS:PORT)";
            io::Error::new(error.kind(), format!("{what}: {error}"))
        };
        if let Some(listener) = given.take_tcp_listener(number).map_err(odd)? {
            if !getsockopt(&listener, sockopt::AcceptConn)? {
                let what = "it is a caller's; Accept= has to be no";
                return Err(odd(io::Error::new(ErrorKind::InvalidInput, what)));
            }
            // No program that a script starts is to hold it open.
            fcntl(listener.as_fd(), FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC))?;
            doors.push(Door::new(listener, true)?);
        }
    }
    Ok(doors)
}

/// `host`, `host:port`, `[::1]:port`, `::1`: the port is 4573 unless said.
fn resolve(address: &str) -> io::Result<Vec<SocketAddr>> {
    let unbracketed = address.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    if let Ok(ip) = unbracketed.unwrap_or(address).parse::<IpAddr>() {
        return Ok(vec![(ip, FASTAGI_PORT).into()]);
    }
    let found = match address.contains(':') {
        true => address.to_socket_addrs(),
        false => (address, FASTAGI_PORT).to_socket_addrs(),
    };
    let found: Vec<SocketAddr> = found
        .map_err(|error| {
            let what = "is no address to listen on; give HOST, HOST:PORT or [IPV6]:PORT";
            io::Error::new(error.kind(), format!("{address:?} {what}: {error}"))
        })?
        .collect();
    match found.is_empty() {
        true => Err(io::Error::new(ErrorKind::NotFound, format!("{address:?} has no address"))),
        false => Ok(found),
    }
}

fn explain(address: SocketAddr, error: &io::Error) -> io::Error {
    let hint = match error.kind() {
        ErrorKind::AddrInUse => ": another server has it; stop that one, or choose another port",
        ErrorKind::AddrNotAvailable => ": this machine does not have that address",
        ErrorKind::PermissionDenied => ": ports below 1024 are for root",
        _ => "",
    };
    io::Error::new(error.kind(), format!("cannot listen on {address}: {error}{hint}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_agi_s_unless_said() {
        let is = |address: &str, expected: &str| {
            assert_eq!(resolve(address).unwrap(), [expected.parse().unwrap()], "{address}");
        };
        is("127.0.0.1", "127.0.0.1:4573");
        is("127.0.0.1:0", "127.0.0.1:0");
        is("::1", "[::1]:4573");
        is("[::1]", "[::1]:4573");
        is("[::1]:99", "[::1]:99");
        is("0.0.0.0", "0.0.0.0:4573");
        for wrong in ["", ":", "127.0.0.1:", "127.0.0.1:99999", "[::1", "a b"] {
            let error = resolve(wrong).unwrap_err().to_string();
            assert!(error.contains("HOST:PORT"), "{error}");
        }
    }

    #[test]
    fn own_addresses_are_both_or_an_error() {
        let Ok(other) = TcpListener::bind("[::1]:0") else { return };
        let port = other.local_addr().unwrap().port();
        // Another process may have the port in IPv4; then it is that which is told of.
        let error = own(port).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AddrInUse);
        drop(other);
        assert!(own(port).map_or_else(|it| it.kind() == ErrorKind::AddrInUse, |it| it.len() == 2));
    }

    #[test]
    fn a_name_may_have_an_address_that_is_not_here() {
        let (here, elsewhere) = ("127.0.0.1:0".parse().unwrap(), "192.0.2.1:0".parse().unwrap());
        assert_eq!(bind_all(&[elsewhere, here]).unwrap().len(), 1);
        let error = bind_all(&[elsewhere]).unwrap_err().to_string();
        assert!(error.contains("192.0.2.1:0") && error.contains("does not have"), "{error}");
    }

    #[test]
    fn counts_who_waits() {
        let doors = bind("127.0.0.1:0").unwrap();
        let address = doors[0].listener.local_addr().unwrap();
        assert_eq!(doors[0].waiting(), 0);
        let _callers = [0; 3].map(|_| std::net::TcpStream::connect(address).unwrap());
        assert_eq!(doors[0].waiting(), 3);
        let _accepted = doors[0].listener.accept().unwrap();
        assert_eq!(doors[0].waiting(), 2);
    }

    #[test]
    fn what_is_accepted_waits_for_no_second_packet_and_notices_a_dead_peer() {
        for address in ["127.0.0.1:0", "[::1]:0"] {
            let Ok(doors) = bind(address) else {
                assert!(address.starts_with('['), "this machine has no IPv4");
                continue;
            };
            let _caller =
                std::net::TcpStream::connect(doors[0].listener.local_addr().unwrap()).unwrap();
            let (socket, _) = doors[0].listener.accept().unwrap();
            assert!(socket.nodelay().unwrap());
            assert!(getsockopt(&socket, sockopt::KeepAlive).unwrap());
            assert_eq!(getsockopt(&socket, sockopt::TcpKeepIdle), Ok(SILENCE));
            assert_eq!(getsockopt(&socket, sockopt::TcpKeepInterval), Ok(BETWEEN));
            assert_eq!(getsockopt(&socket, sockopt::TcpKeepCount), Ok(QUESTIONS));
            // Linux does not hand on that the listener never waits.
            let flags = fcntl(&socket, FcntlArg::F_GETFL).unwrap();
            assert_eq!(flags & nix::libc::O_NONBLOCK, 0);
            let flags = fcntl(&socket, FcntlArg::F_GETFD).unwrap();
            assert_ne!(flags & nix::libc::FD_CLOEXEC, 0);
        }
    }
}
