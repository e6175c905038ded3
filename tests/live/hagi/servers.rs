//! What the records point to: servers, and what is there when there is none.

#[path = "../../../examples/account.rs"]
#[allow(dead_code, reason = "its own `main`, for agi-bin")]
mod account;

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread::JoinHandle;
use std::time::Duration;

use agikit::fastagi::{Handle, Server, Stopped};
use agikit::{Result, Session};
use nix::sys::socket::{Backlog, listen};

/// A server that sets `SERVED_BY`, at the end of `/slow` after two seconds.
#[derive(Debug)]
pub struct Site {
    pub port: u16,
    handle: Handle,
    served: Option<JoinHandle<io::Result<Stopped>>>,
}

impl Site {
    pub fn start(name: &'static str) -> Site {
        Site::on(name, (Ipv4Addr::LOCALHOST, 0).into())
    }

    pub fn on(name: &'static str, address: SocketAddr) -> Site {
        let says = move |agi: &mut Session| agi.set_variable("SERVED_BY", name);
        let slow = move |agi: &mut Session| -> Result {
            agi.wait_for_digit(Duration::from_secs(2))?;
            says(agi)
        };
        Site::serve(address, move |server| server.route("/slow", slow).serve(says))
    }

    fn serve(
        address: SocketAddr,
        serve: impl FnOnce(Server) -> io::Result<Stopped> + Send + 'static,
    ) -> Site {
        let server = Server::bind(&address.to_string()).expect("a port is free").without_signals();
        let (port, handle) = (server.address().expect("it has one").port(), server.handle());
        let served = std::thread::spawn(move || serve(server));
        Site { port, handle, served: Some(served) }
    }

    /// The account example, whose calls are counted.
    pub fn account() -> Site {
        let address = (Ipv4Addr::LOCALHOST, 0).into();
        Site::serve(address, |server| server.route("/account", account::script).run())
    }

    /// Calls that it has served to their end.
    pub fn done(&self) -> u64 {
        self.handle.counters().done
    }

    /// Calls that it has now.
    pub fn active(&self) -> u64 {
        self.handle.counters().active
    }

    /// No more calls from here on, and its port is closed; those that it has go on.
    pub fn close(&self) {
        self.handle.stop();
        let start = std::time::Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok() {
            assert!(start.elapsed() < Duration::from_secs(10), "the port stays open");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits for its calls to end. Gives how many were cut.
    pub fn end(mut self) -> usize {
        self.handle.stop();
        let served = self.served.take().expect("it ends once").join().expect("no panic");
        served.expect("it served").cut
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.handle.stop_now();
    }
}

/// A port that refuses: one that was free a moment ago.
pub fn refuses() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    listener.local_addr().expect("it has one").port()
}

/// A port that does not answer: its listen queue is full, so that Linux drops who knocks.
#[derive(Debug)]
pub struct Hole {
    pub port: u16,
    _all: (TcpListener, Vec<TcpStream>),
}

pub fn hole() -> Hole {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    listen(&listener, Backlog::new(0).expect("a size")).expect("it listens");
    let address = listener.local_addr().expect("it has one");
    let mut queue = Vec::new();
    while let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_millis(300)) {
        queue.push(stream);
        assert!(queue.len() < 100, "the queue never fills");
    }
    Hole { port: address.port(), _all: (listener, queue) }
}

/// A server that closes each connection as soon as it has it.
#[derive(Debug)]
pub struct Closer {
    pub port: u16,
}

pub fn closes() -> Closer {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    let port = listener.local_addr().expect("it has one").port();
    // It ends with this program.
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            drop(stream);
        }
    });
    Closer { port }
}
