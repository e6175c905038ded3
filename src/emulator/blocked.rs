//! Where Asterisk waits for the script and looks at nothing else: for the rest of a line, for room for a reply.
//!
//! Asterisk waits so for ever, and tells of no hangup meanwhile. Here that is so for two seconds. Then it is
//! said, the hangup is told, so that a person at the telephone is heard, and after the caller's patience it is over.

use std::time::{Duration, Instant};

use super::call::Call;
use super::caller::Keys;
use super::link::Got;
use crate::transcript::{Entry, Event};

/// How often the telephone is looked at meanwhile.
pub(super) const LOOK: Duration = Duration::from_millis(50);
/// After this long Asterisk is taken to wait for ever.
const LONG: Duration = Duration::from_secs(2);

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
        let began = Instant::now();
        let mut rest = bytes;
        while !self.stuck && !self.link.send(&mut rest, LOOK.min(self.limits.silence)) {
            self.stuck = began.elapsed() >= self.limits.silence;
            self.meanwhile(began, "the script does not read its replies");
        }
        self.heard = Instant::now();
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

    /// SIGHUP, once, if the script is to learn of the hangup so.
    pub(super) fn tell_hangup(&mut self) {
        if self.signals && !self.told {
            self.told = true;
            self.log.add(self.clock.now(), Entry::Event(Event::Hangup));
            self.link.signal();
        }
    }
}
