//! The Asterisk in memory at the other end of a TCP connection, as FastAGI has it.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::Duration;

use agikit::{Hangup, Result, Session};

use super::Asterisk;

/// How a session reaches its Asterisk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// As a process: by reads that give what the test says.
    Memory,
    /// By a socket.
    Tcp,
}

/// A call, as its Asterisk has it.
pub struct Line {
    way: Way,
    hangup: Hangup,
    /// Asterisk's end; none when it has closed.
    far: Arc<Mutex<Option<TcpStream>>>,
}

impl Way {
    /// What Asterisk tells first.
    pub fn environment(self, of_a_process: impl AsRef<[u8]>) -> Vec<u8> {
        let first: &[u8] = match self {
            Way::Memory => b"",
            Way::Tcp => b"agi_network: yes\nagi_network_script: test\n",
        };
        [first, of_a_process.as_ref()].concat()
    }

    /// Begins a session. Where Asterisk's side is cut, a socket is closed in its direction alone; where it breaks,
    /// altogether.
    pub fn begin(self, asterisk: &Asterisk) -> (Result<Session>, Line) {
        let far = Arc::default();
        if self == Way::Memory {
            let hangup = Hangup::new();
            return (asterisk.begin_with(hangup.clone()), Line { way: self, hangup, far });
        }
        let (near, other) = pair();
        other.set_nodelay(true).unwrap();
        *far.lock().unwrap() = Some(other.try_clone().unwrap());
        let (asterisk, kept) = (asterisk.clone(), Arc::clone(&far));
        thread::spawn(move || serve(asterisk, other, &kept));
        let hangup = Hangup::on_network(&near).unwrap();
        (Session::begin(near, hangup.clone()), Line { way: self, hangup, far })
    }
}

impl Line {
    /// The caller hangs up between two commands, and the script sees it.
    pub fn hang_up(&self) {
        match self.way {
            Way::Memory => self.hangup.raise(),
            Way::Tcp => {
                if let Some(far) = &mut *self.far.lock().unwrap() {
                    let _ = far.write_all(b"HANGUP\n");
                }
                assert!(self.hangup.wait(Some(Duration::from_secs(60))).unwrap(), "unnoticed");
            }
        }
    }
}

/// Both ends of a connection. One socket listens for all, on an address that no other test has.
fn pair() -> (TcpStream, TcpStream) {
    static LISTENER: OnceLock<Mutex<TcpListener>> = OnceLock::new();
    let listener = LISTENER.get_or_init(|| Mutex::new(TcpListener::bind("127.0.73.1:0").unwrap()));
    let listener = listener.lock().unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    near.set_nodelay(true).unwrap();
    let (far, peer) = listener.accept().unwrap();
    assert_eq!(peer, near.local_addr().unwrap());
    (near, far)
}

/// Asterisk's end: sends what is to come, and takes the script's lines.
fn serve(mut asterisk: Asterisk, mut far: TcpStream, kept: &Mutex<Option<TcpStream>>) {
    let mut buffer = [0; 4096];
    loop {
        match asterisk.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => {
                let _ = far.write_all(&buffer[..count]);
            }
            // Nothing comes until the script says something.
            Err(_) => match far.read(&mut buffer) {
                Ok(count @ 1..) => asterisk.write_all(&buffer[..count]).unwrap(),
                _ => return,
            },
        }
    }
    *kept.lock().unwrap() = None;
    if !asterisk.does_break() {
        let _ = far.shutdown(Shutdown::Write);
        while far.read(&mut buffer).is_ok_and(|count| count > 0) {}
    }
}
