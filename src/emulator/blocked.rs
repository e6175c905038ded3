//! Where Asterisk waits for the script and looks at nothing else: for the rest of a line, for room for a reply.
//!
//! Asterisk waits so for ever, and tells of no hangup meanwhile. Here that is so for two seconds. Then it is
//! said, the hangup is told, so that a person at the telephone is heard, and after the caller's patience it is over.

use std::time::{Duration, Instant};

use super::call::{Call, Ended};
use super::caller::Keys;
use super::link::Got;
use crate::transcript::{Entry, Event};

/// Tells a server of the hangup.
const HANGUP: &[u8] = b"HANGUP\n";
/// How often the telephone is looked at meanwhile.
pub(super) const LOOK: Duration = Duration::from_millis(50);
/// After this long Asterisk is taken to wait for ever.
const LONG: Duration = Duration::from_secs(2);
/// So long Asterisk waits for room in a connection, and then drops what is left of a reply.
const ROOM: Duration = Duration::from_millis(100);
/// Of the environment on a connection so many bytes come at first (as seen on Asterisk 22), and then the rest:
/// somewhere in a line.
const FIRST: usize = 392;

impl Call {
    /// The script's next line, which has begun to come.
    pub(super) fn line(&mut self) -> Got {
        let began = Instant::now();
        loop {
            let most = self.version.line_buffer() - 1;
            match self.link.line(most, LOOK.min(self.limits.silence)) {
                Got::Stuck if began.elapsed() < self.limits.silence => {
                    self.meanwhile(began, "the script began a line and does not end it");
                }
                got => return got,
            }
        }
    }

    /// Sends bytes, which may be several lines, by one write where there is room.
    pub(super) fn send(&mut self, bytes: &[u8]) {
        self.log.sent(self.clock.now(), bytes);
        // GOSUB's first line comes when the routine begins.
        let is_final = !bytes.starts_with(b"100 ");
        if let Some(held) = self.held.as_mut().filter(|_| is_final) {
            let before = std::mem::replace(held, bytes.to_vec());
            return self.send_or_drop(&before);
        }
        if self.link.is_network() {
            return self.send_or_drop(bytes);
        }
        let began = Instant::now();
        let mut rest = bytes;
        while !self.stuck && !self.link.send(&mut rest, LOOK.min(self.limits.silence)) {
            self.stuck = began.elapsed() >= self.limits.silence;
            self.meanwhile(began, "the script does not read its replies");
        }
        self.heard = Instant::now();
    }

    /// Sends the reply that was held back, and by the same write that the caller has hung up: so a session knows of it
    /// when it has read the reply, on a fast machine and on a slow one.
    pub(super) fn release(&mut self) {
        let Some(mut reply) = self.held.take().filter(|held| !held.is_empty()) else { return };
        if self.hung_up && !self.dead && self.signals && !self.told {
            self.told = true;
            self.log.sent(self.clock.now(), HANGUP);
            reply.extend_from_slice(HANGUP);
        }
        self.send_or_drop(&reply);
    }

    /// The environment: a write a line through pipes; the system gathers them on a connection.
    pub(super) fn send_environment(&mut self) {
        let lines = self.channel.environment(self.enhanced);
        if !self.link.is_network() {
            lines.iter().for_each(|line| self.send(line));
            return;
        }
        let lines = lines.concat();
        self.log.sent(self.clock.now(), &lines);
        let (first, rest) = lines.split_at(FIRST.min(lines.len()));
        self.send_or_drop(first);
        self.send_or_drop(rest);
    }

    /// Sends to a server; what finds no room in time is dropped, and the call goes on behind it.
    fn send_or_drop(&mut self, mut bytes: &[u8]) {
        self.heard = Instant::now();
        if self.link.send(&mut bytes, ROOM) {
            return;
        }
        // Asterisk would drop one reply after the other, for ever. That one between them finds room says nothing: the
        // system makes some now and then, though nobody reads.
        self.unread = self.unread.saturating_add(self.heard.elapsed());
        self.stuck = self.unread >= self.limits.silence;
        if !self.complained {
            self.complained = true;
            let why = "the server did not read for 0.1 s: Asterisk drops the rest of its reply";
            self.log.note(self.clock.now(), why);
        }
    }

    /// What goes on while the script holds Asterisk up.
    fn meanwhile(&mut self, since: Instant, why: &str) {
        if since.elapsed() < LONG.min(self.limits.silence / 2) {
            return;
        }
        if !self.complained {
            self.complained = true;
            self.log.note(self.clock.now(), &format!("{why}: Asterisk waits for it"));
        }
        while !self.dead && self.act(Keys::None).is_some() {}
        if self.hung_up && !self.dead {
            self.tell_hangup();
        }
    }

    /// SIGHUP or `HANGUP`, once, if the script is to learn of the hangup so.
    pub(super) fn tell_hangup(&mut self) {
        if self.signals && !self.told {
            self.told = true;
            if self.link.is_network() {
                return self.send(HANGUP);
            }
            self.log.add(self.clock.now(), Entry::Event(Event::Hangup));
            self.link.signal();
        }
    }

    /// The same at the end of the session, hangup or not: a server is told in any case, a process that did not end by
    /// itself.
    pub(super) fn tell_end(&mut self, ended: Ended) {
        match ended {
            Ended::Stuck => {}
            Ended::ByScript if !self.link.is_network() => {}
            // Only a server that has closed one direction reads it: it is no part of the conversation.
            Ended::ByScript => self.send_or_drop(HANGUP),
            _ if self.link.is_network() => self.send(HANGUP),
            _ => self.link.signal(),
        }
    }
}
