//! A server among the examples, with a socket that is opened for it, as systemd does.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{LIMIT, program};

/// Hands descriptor 0 over as the first socket of systemd's.
const HAND_OVER: &str =
    "exec 3<&0 </dev/null; LISTEN_FDS=1 LISTEN_PID=$$; export LISTEN_FDS LISTEN_PID; exec \"$@\"";

/// A server that serves, until it is dropped.
pub(crate) struct Served {
    child: Child,
    pub(crate) address: SocketAddr,
}

/// Starts it on a port of its own.
pub(crate) fn serve(example: &str) -> Served {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", HAND_OVER, "sh"]).arg(program(example));
    let child = command.stdin(OwnedFd::from(socket)).stderr(Stdio::piped()).spawn().unwrap();
    Served { child, address }
}

impl Served {
    /// SIGTERM: its exit status, and what it said on standard error.
    pub(crate) fn stop(mut self) -> (Option<i32>, Vec<String>) {
        let kill = format!("kill -TERM {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        let end = Instant::now() + LIMIT;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < end, "it does not stop");
            std::thread::sleep(Duration::from_millis(2));
        };
        let said = BufReader::new(self.child.stderr.take().unwrap());
        (status.code(), said.lines().map(Result::unwrap).collect())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
