//! The same over real pipes, sockets and processes: Asterisk is at their other end.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::time::Duration;

use agikit::Hangup;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::asterisk::Asterisk;
use super::memory::{End, Fault};

/// How long what is delayed takes: another thread, or another process, has waited by then.
const PAUSE: Duration = Duration::from_millis(1);

/// What a hangup is there.
pub enum Caller {
    Flag(Hangup),
    Process(u32),
    /// A line, which stands in what Asterisk says.
    Line,
}

/// Asterisk's end.
pub struct Far {
    pub asterisk: Asterisk,
    pub fault: Fault,
    pub from: Box<dyn Read + Send>,
    pub to: Box<dyn Write + Send>,
    /// The same two, as one.
    pub socket: Option<TcpStream>,
    pub caller: Caller,
}

impl Far {
    /// Serves up to the script's end. Gives what was asked.
    pub fn serve(mut self) -> Asterisk {
        let mut text = self.asterisk.environment();
        let (mut said, mut buffer) = (0, [0; 8192]);
        loop {
            if self.asterisk.signals {
                self.hangs_up();
            }
            if !self.say(&text, &mut said) {
                return self.close(&mut buffer);
            }
            match self.from.read(&mut buffer) {
                Ok(count @ 1..) => text = self.asterisk.hears(&buffer[..count]),
                _ => return self.asterisk,
            }
        }
    }

    fn hangs_up(&self) {
        match &self.caller {
            Caller::Flag(hangup) => hangup.raise(),
            Caller::Process(id) => {
                // It may have ended.
                let _ = kill(Pid::from_raw(i32::try_from(*id).unwrap()), Signal::SIGHUP);
            }
            Caller::Line => {}
        }
    }

    /// Sends, with the fault in its place; `false` is the end.
    fn say(&mut self, text: &[u8], said: &mut usize) -> bool {
        let mut left = text;
        loop {
            let at = *said;
            if matches!(self.fault.end, Some((end, _)) if end == at) {
                return false;
            }
            if self.fault.signal == Some(at) {
                self.asterisk.dead = true;
                self.hangs_up();
            }
            if self.fault.delay == Some(at) {
                thread::sleep(PAUSE);
            }
            let stops = [self.fault.end.map(|(at, _)| at), self.fault.signal, self.fault.delay];
            let most = stops.into_iter().flatten().filter(|&stop| stop > at).map(|it| it - at);
            let most = most.chain(self.fault.piece).chain([left.len()]).min().unwrap_or_default();
            if most == 0 {
                return true;
            }
            // Who has gone reads no more: the next read tells.
            let _ = self.to.write_all(&left[..most]);
            left = &left[most..];
            *said += most;
        }
    }

    /// One direction is closed, and what comes by the other is lost; or both are.
    fn close(self, buffer: &mut [u8]) -> Asterisk {
        let Far { asterisk, fault, mut from, to, socket, .. } = self;
        drop(to);
        if matches!(fault.end, Some((_, End::Closed))) {
            socket.iter().for_each(|it| drop(it.shutdown(Shutdown::Write)));
            while from.read(buffer).is_ok_and(|count| count > 0) {}
        }
        asterisk
    }
}
