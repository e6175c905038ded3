//! A FastAGI server in this process, and callers who play Asterisk.
#![allow(dead_code, unreachable_pub, reason = "each test uses a part of it")]

pub mod child;
pub mod honest;

use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use agikit::Session;
use agikit::fastagi::{Counters, Handle, Server, Stopped};

/// A test that waits longer has failed.
pub const LIMIT: Duration = Duration::from_secs(60);

/// A server that serves, until it is dropped.
pub struct Served {
    pub handle: Handle,
    pub address: SocketAddr,
    thread: Option<JoinHandle<Stopped>>,
}

/// Serves a script on a port of its own.
pub fn serve<E>(
    how: impl FnOnce(Server) -> Server,
    script: impl Fn(&mut Session) -> Result<(), E> + Send + Sync + 'static,
) -> Served
where
    E: Into<Box<dyn Error + Send + Sync>>,
{
    begin(how(Server::bind("127.0.0.1:0").unwrap()), |server| server.serve(script).unwrap())
}

/// Serves routes alone.
pub fn run(how: impl FnOnce(Server) -> Server) -> Served {
    begin(how(Server::bind("127.0.0.1:0").unwrap()), |server| server.run().unwrap())
}

fn begin(server: Server, serve: impl FnOnce(Server) -> Stopped + Send + 'static) -> Served {
    let server = server.without_signals();
    let (handle, address) = (server.handle(), server.address().unwrap());
    let thread = Some(thread::spawn(move || serve(server)));
    Served { handle, address, thread }
}

impl Served {
    /// A connection that has said nothing yet.
    pub fn connect(&self) -> Caller {
        connect(self.address)
    }

    /// A call: `AGI(agi://…/SCRIPT,arguments)`.
    pub fn call(&self, script: &str, arguments: &[&str]) -> Caller {
        call(self.address, script, arguments)
    }

    /// Waits until the counters are so.
    pub fn wait(&self, are: impl Fn(&Counters) -> bool) {
        let end = Instant::now() + LIMIT;
        while !are(&self.handle.counters()) {
            assert!(Instant::now() < end, "{:?}", self.handle.counters());
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// Waits for its end, where it was told to stop.
    pub fn stop_gracefully(mut self) -> Stopped {
        self.thread.take().unwrap().join().unwrap()
    }

    /// Stops it, and gives how it ended.
    pub fn stop(mut self) -> Stopped {
        self.handle.stop();
        self.thread.take().unwrap().join().unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.handle.stop_now();
        if let Some(thread) = self.thread.take() {
            let stopped = thread.join();
            assert!(stopped.is_ok() || thread::panicking());
        }
    }
}

/// A connection that has said nothing yet.
pub fn connect(address: SocketAddr) -> Caller {
    Caller::over(TcpStream::connect(address).unwrap())
}

/// A call of a server's that is elsewhere.
pub fn call(address: SocketAddr, script: &str, arguments: &[&str]) -> Caller {
    let caller = connect(address);
    // One that is not let in closes before it has read.
    let _ = caller.socket.get_ref().write_all(header(script, arguments).as_bytes());
    caller
}

/// What Asterisk says first.
pub fn header(script: &str, arguments: &[&str]) -> String {
    let mut header = "agi_network: yes\n".to_owned();
    if !script.is_empty() {
        header += &format!("agi_network_script: {script}\n");
    }
    header += &format!("agi_request: agi://127.0.0.1/{script}\n");
    for line in [
        "channel: Local/100@test-00000001;2",
        "language: en",
        "type: Local",
        "uniqueid: 1767225600.1",
        "version: 22.10.1",
        "callerid: 0123456789",
        "calleridname: unknown",
        "dnid: 100",
        "context: test",
        "extension: 100",
        "priority: 1",
        "enhanced: 0.0",
        "accountcode: ",
        "threadid: 139876543210",
    ] {
        header += &format!("agi_{line}\n");
    }
    for (number, argument) in arguments.iter().enumerate() {
        header += &format!("agi_arg_{}: {argument}\n", number + 1);
    }
    header + "\n"
}

/// Asterisk's end of a call.
pub struct Caller {
    socket: BufReader<TcpStream>,
}

impl Caller {
    /// Over a connection that is made.
    pub fn over(socket: TcpStream) -> Self {
        socket.set_read_timeout(Some(LIMIT)).unwrap();
        socket.set_write_timeout(Some(LIMIT)).unwrap();
        socket.set_nodelay(true).unwrap();
        Caller { socket: BufReader::new(socket) }
    }

    pub fn socket(&self) -> &TcpStream {
        self.socket.get_ref()
    }

    /// A whole call of the script that gives its number back.
    pub fn echo(mut self, number: u64) {
        assert_eq!(self.command(), "GET VARIABLE \"X\"");
        self.reply(&format!("200 result=1 ({number})"));
        assert_eq!(self.command(), format!("SET VARIABLE \"Y\" \"{number}\""));
        self.reply("200 result=1");
        assert_eq!(self.end(), "");
    }

    /// The script's next command.
    pub fn command(&mut self) -> String {
        let mut line = String::new();
        self.socket.read_line(&mut line).unwrap();
        assert!(line.ends_with('\n'), "the script said {line:?} and ended");
        line.trim_end_matches('\n').to_owned()
    }

    /// Answers it.
    pub fn reply(&mut self, line: &str) {
        self.say(line);
    }

    /// Sends a line.
    pub fn say(&mut self, line: &str) {
        self.send(format!("{line}\n").as_bytes()).unwrap();
    }

    pub fn send(&self, bytes: &[u8]) -> std::io::Result<()> {
        self.socket.get_ref().write_all(bytes)
    }

    /// What one read gives.
    pub fn piece(&mut self) -> Vec<u8> {
        let piece = self.socket.fill_buf().unwrap().to_vec();
        self.socket.consume(piece.len());
        piece
    }

    /// So many bytes.
    pub fn take(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.socket.read_exact(&mut bytes).unwrap();
        bytes
    }

    /// Sends until nobody takes more for a second, at most so many bytes. Gives how many went.
    pub fn flood(&mut self, most: usize) -> usize {
        let mut socket = self.socket.get_ref();
        socket.set_write_timeout(Some(Duration::from_secs(1))).unwrap();
        let line = [&[b'x'; 99][..], b"\n"].concat().repeat(100);
        let mut sent = 0;
        while sent < most {
            match socket.write(&line) {
                Ok(count) => sent += count,
                Err(_) => break,
            }
        }
        sent
    }

    /// Asterisk has nothing more to say; it still listens.
    pub fn close_half(&mut self) {
        self.socket.get_ref().shutdown(std::net::Shutdown::Write).unwrap();
    }

    /// What comes up to the end of the connection.
    pub fn end(&mut self) -> String {
        let mut rest = Vec::new();
        match self.socket.read_to_end(&mut rest) {
            Ok(_) => {}
            // It had not read all that we sent.
            Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset),
        }
        String::from_utf8(rest).unwrap()
    }
}
