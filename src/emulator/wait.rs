//! Waiting for the caller, the script, or the time: what every command that takes time is made of.

use std::time::Duration;

use super::blocked::LOOK;
use super::call::Call;
use super::caller::{Act, Keys};
use super::link::Ready;

/// What a wait ended with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Happened {
    /// The time is over.
    Time,
    /// The caller pressed a key.
    Key(u8),
    /// The caller's side sent a text.
    Text(Vec<u8>),
    Hangup,
    /// The script sent the next command, or ended: this one is to stop.
    Command,
}

/// What a command that waits pays attention to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Listen<'k> {
    /// The keys that it waits for. Others are told, too; the command passes over them.
    pub(super) keys: Keys<'k>,
    /// The script's next command stops it.
    pub(super) interruptible: bool,
    /// The caller's audio goes on to descriptor 3 meanwhile.
    pub(super) audio: bool,
}

impl<'k> Listen<'k> {
    /// A command that nothing but the hangup stops, and that takes no audio.
    pub(super) fn deaf() -> Self {
        Listen { keys: Keys::None, interruptible: false, audio: false }
    }

    /// The same with keys.
    pub(super) fn keys(keys: Keys<'k>) -> Self {
        Listen { keys, ..Listen::deaf() }
    }

    /// A command that the next one stops and during which audio flows.
    pub(super) fn open(keys: Keys<'k>) -> Self {
        Listen { keys, interruptible: true, audio: true }
    }
}

impl Call {
    /// Waits until a time of the call; `None` waits for ever.
    pub(super) fn wait(&mut self, until: Option<Duration>, listen: Listen<'_>) -> Happened {
        if !listen.audio {
            self.lose_audio();
        }
        self.ears.attend();
        self.stoppable |= listen.interruptible;
        loop {
            if self.hung_up {
                return Happened::Hangup;
            }
            match self.act(listen.keys) {
                Some(Act::Key(key)) => return Happened::Key(key),
                Some(Act::Text(text)) => return Happened::Text(text),
                Some(Act::HangUp) => continue,
                None => {}
            }
            let now = self.now();
            if until.is_some_and(|until| until <= now) {
                return Happened::Time;
            }
            let event = self.next_event(now, listen.keys);
            let mut next = event.into_iter().chain(until).min();
            if listen.audio && self.is_paced() {
                let heard = self.listened(next, listen.interruptible);
                if heard == Some(Ready::Telephone) {
                    self.answer_telephone();
                }
                // What happens by now comes before the script's next command.
                if heard == Some(Ready::Script) && next.is_none_or(|next| next > self.now()) {
                    return Happened::Command;
                }
                if heard.is_some() {
                    continue;
                }
                next = next.into_iter().chain(self.channel.voice.next(now)).min();
            }
            let left = match self.clock.is_still() {
                // What the script has sent already comes before the time that would pass.
                true => Some(Duration::ZERO),
                false => next.map(|next| next.saturating_sub(now)),
            };
            let frame = self.audio_pause().filter(|_| listen.audio);
            let limit = left.into_iter().chain(frame).min();
            match self.link.wait(listen.interruptible, limit) {
                Ready::Script => return Happened::Command,
                Ready::Telephone => self.answer_telephone(),
                Ready::Time => {
                    if let Some(next) = next {
                        self.clock.jump(next);
                    }
                }
            }
            match listen.audio {
                true => self.pump_audio(),
                false => self.lose_audio(),
            }
        }
    }

    /// Lets time pass for a script whose caller has left, if it is still there itself.
    pub(super) fn let_pass(&mut self, time: Duration) {
        let end = self.after(time);
        while !self.clock.is_still() && self.now() < end && !self.link.is_closed() {
            std::thread::sleep(LOOK.min(end.saturating_sub(self.now())));
        }
        self.clock.jump(end);
    }

    /// Waits for a while without caring for keys. Gives whether the caller is still there.
    pub(super) fn pause(&mut self, time: Duration, listen: Listen<'_>) -> bool {
        let end = self.after(time);
        loop {
            match self.wait(Some(end), listen) {
                Happened::Time => return true,
                Happened::Hangup => return false,
                _ => {}
            }
        }
    }
}
