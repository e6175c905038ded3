//! The hangup of a call over TCP, which Asterisk tells by a line, `HANGUP`, and by no signal.

use std::io::ErrorKind;
use std::net::TcpStream;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

const LINE: &[u8] = b"HANGUP\n";

/// The call's socket, looked at between two commands: then nothing but `HANGUP`, or the end, can be there. Nothing
/// is taken from it: the session reads the line when it comes to it.
#[derive(Debug)]
pub(super) struct Network {
    socket: Arc<TcpStream>,
    /// Odd while a reply is to come, whose bytes may be anything.
    turn: AtomicU32,
}

impl Network {
    /// A session begins with the environment: something is to come.
    pub(super) fn new(socket: Arc<TcpStream>) -> Self {
        Network { socket, turn: AtomicU32::new(1) }
    }

    pub(super) fn descriptor(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }

    pub(super) fn asks(&self) {
        self.turn.store(self.turn.load(Ordering::SeqCst).wrapping_add(1) | 1, Ordering::SeqCst);
    }

    pub(super) fn is_answered(&self) {
        let turn = self.turn.load(Ordering::SeqCst);
        self.turn.store(turn.wrapping_add(turn & 1), Ordering::SeqCst);
    }

    /// Whether Asterisk has said that the call is over, or has closed its side.
    pub(super) fn says_hangup(&self) -> bool {
        let turn = self.turn.load(Ordering::SeqCst);
        if turn & 1 == 1 {
            return false;
        }
        let mut one = [PollFd::new(self.socket.as_fd(), PollFlags::POLLIN)];
        if !matches!(poll(&mut one, PollTimeout::ZERO), Ok(1)) {
            return false;
        }
        let mut there = [0; LINE.len()];
        let said = match self.socket.peek(&mut there) {
            Ok(count) => there.get(..count).is_some_and(|it| it.is_empty() || it == LINE),
            Err(error) => error.kind() == ErrorKind::ConnectionReset,
        };
        // Another thread may have sent a command meanwhile.
        said && self.turn.load(Ordering::SeqCst) == turn
    }
}
