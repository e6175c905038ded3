//! The hangup of a call over TCP, which Asterisk tells by a line, `HANGUP`, and by no signal.

use std::net::TcpStream;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::descriptor::{CLOSED, is_passing};

const LINE: &[u8] = b"HANGUP\n";

/// The call's socket, looked at between two commands: then nothing but `HANGUP`, or the end, can be there. Nothing
/// is taken from it: the session reads the line when it comes to it.
#[derive(Debug)]
pub(super) struct Network {
    socket: Arc<TcpStream>,
    /// Who looks at the socket holds this: the session, which reads only where a reply is to come, then reads nothing, so
    /// that what the system has promised is still there. Otherwise the look would wait.
    turn: Mutex<Turn>,
}

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// The environment is to come, and what may be behind it.
    Begins,
    /// A reply is to come, whose bytes may be anything.
    Asked,
    /// The script's.
    Answered,
}

impl Network {
    pub(super) fn new(socket: Arc<TcpStream>) -> Self {
        Network { socket, turn: Mutex::new(Turn::Begins) }
    }

    pub(super) fn descriptor(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }

    fn turn(&self) -> MutexGuard<'_, Turn> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn asks(&self) {
        *self.turn() = Turn::Asked;
    }

    pub(super) fn is_answered(&self) {
        *self.turn() = Turn::Answered;
    }

    /// Whether a command runs.
    #[cfg(feature = "fastagi")]
    pub(super) fn is_asked(&self) -> bool {
        *self.turn() == Turn::Asked
    }

    /// Whether Asterisk has said that the call is over, or has closed its side.
    pub(super) fn says_hangup(&self) -> bool {
        let turn = self.turn();
        let mut one = [PollFd::new(self.socket.as_fd(), PollFlags::POLLIN | CLOSED)];
        if !matches!(poll(&mut one, PollTimeout::ZERO), Ok(1)) {
            return false;
        }
        // Its end is one in every turn: nobody reads the reply of a command that is in flight and not waited for.
        let over = PollFlags::POLLHUP | PollFlags::POLLERR;
        // `None`: something that has no name here, which is `CLOSED`.
        if one.iter().any(|it| it.revents().is_none_or(|events| events.intersects(over))) {
            return true;
        }
        if *turn != Turn::Answered {
            return false;
        }
        let mut there = [0; LINE.len()];
        match self.socket.peek(&mut there) {
            Ok(count) => {
                let line = there.get(..count).unwrap_or_default();
                let line = line.split_inclusive(|&byte| byte == b'\n').next().unwrap_or_default();
                // The line's beginning may have come with the reply.
                line.is_empty() || (line.len() > 1 && LINE.ends_with(line))
            }
            Err(error) => !is_passing(&error),
        }
    }
}
