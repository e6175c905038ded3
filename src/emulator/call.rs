//! One call: the loop that reads commands, answers them and sees the hangup (Asterisk's `run_agi`).

use std::fmt;
use std::time::{Duration, Instant};

use super::answer::{self, Handled};
use super::caller::{Act, Caller, Keys};
use super::channel::Channel;
use super::clock::Clock;
use super::ears::Ears;
use super::link::{Got, Link, Ready};
use super::report::{Conversation, Played, Seen};
use super::setup::{Doors, Limits};
use super::sounds::Sounds;
use super::telephone::Line;
use super::version::Version;
use crate::audio::Format;
use crate::transcript::{Entry, Event, Pattern};

/// So many commands while no time passes, or after the hangup, are those of a script that has no end.
const MOST: u32 = 100_000;

/// How the session with the script ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// The script closed its side.
    ByScript,
    /// It sent a line that begins with `failure`.
    ByFailure,
    /// Asterisk closed at the hangup (AGIEXITONHANGUP).
    AtHangup,
    /// It neither sent, nor read, nor ended for longer than it may.
    Stuck,
}

/// A call in progress.
pub(super) struct Call {
    pub(super) version: Version,
    pub(super) channel: Channel,
    pub(super) sounds: Sounds,
    pub(super) doors: Doors,
    pub(super) caller: Caller,
    pub(super) line: Option<Line>,
    pub(super) clock: Clock,
    pub(super) limits: Limits,
    pub(super) link: Link,
    pub(super) log: Conversation,
    /// The caller's side has hung up.
    pub(super) hung_up: bool,
    /// Only the 13 commands that need no live channel run.
    pub(super) dead: bool,
    /// The script learns of the hangup by SIGHUP (AGISIGHUP).
    pub(super) signals: bool,
    /// It has learned of it.
    pub(super) told: bool,
    /// Asterisk leaves at the hangup (AGIEXITONHANGUP).
    pub(super) leaves: bool,
    /// A command failed while the channel lived.
    pub(super) failed: bool,
    /// When SET AUTOHANGUP hangs up.
    pub(super) autohangup: Option<Duration>,
    /// The caller's audio goes to descriptor 3, in this form.
    pub(super) enhanced: bool,
    pub(super) audio_format: Option<Format>,
    /// How much of the caller's audio has gone there.
    pub(super) audio_until: Duration,
    /// How loud its last frame was.
    pub(super) loud: u8,
    /// Who reads it.
    pub(super) ears: Ears,
    /// When all must be over, in the world's time, and that it was not.
    pub(super) deadline: Option<Instant>,
    pub(super) overdue: bool,
    /// The script may stop the command that runs by its next one.
    pub(super) stoppable: bool,
    /// It does, and may well send more than one, until it has its answer.
    pub(super) stops: bool,
    /// When the script was last heard of, in the world's time.
    pub(super) heard: Instant,
    /// The script has sent something.
    pub(super) has_begun: bool,
    pub(super) stuck: bool,
    /// It was said that the script holds Asterisk up.
    pub(super) complained: bool,
    /// How long in all there was no room for what a server was sent.
    pub(super) unread: Duration,
    /// The reply to a server, while its command runs.
    pub(super) held: Option<Vec<u8>>,
    /// How many commands there were since time has passed, or since the hangup.
    pub(super) at_once: u32,
    /// When the last one was.
    pub(super) at: Duration,
    /// The script was silent for too long.
    pub(super) silent: bool,
    /// It was over before the script began.
    pub(super) was_dead: bool,
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("hung_up", &self.hung_up).finish_non_exhaustive()
    }
}

impl Call {
    pub(super) fn now(&self) -> Duration {
        self.clock.now()
    }

    /// The time when so much has passed from now on.
    pub(super) fn after(&self, time: Duration) -> Duration {
        self.now().saturating_add(time)
    }

    /// Plays Asterisk's part until the session with the script ends.
    pub(super) fn serve(&mut self) -> Ended {
        if let Some(said) = self.channel.voice.event().filter(|_| self.enhanced) {
            self.log.add(self.clock.now(), Entry::Event(said));
        }
        self.send_environment();
        let ended = self.commands();
        if self.signals {
            self.tell_end(ended);
        }
        if ended == Ended::AtHangup {
            self.log.add(self.clock.now(), Entry::Event(Event::Closed));
        }
        // A script that has closed its side may still read, until its process has ended.
        if ended != Ended::ByScript {
            self.link.leave();
        }
        ended
    }

    fn commands(&mut self) -> Ended {
        loop {
            if self.hung_up && !self.dead {
                self.tell_hangup();
                if self.leaves {
                    return Ended::AtHangup;
                }
                self.dead = true;
            }
            match self.idle() {
                Ready::Script => {}
                Ready::Telephone => continue,
                Ready::Time => return Ended::Stuck,
            }
            let line = match self.line() {
                Got::Line(line) => line,
                Got::End => return Ended::ByScript,
                Got::Stuck => return Ended::Stuck,
            };
            self.heard = Instant::now();
            self.ears.has_sent();
            self.has_begun = true;
            // `fgets` reads beyond a NUL, and nobody after it looks there.
            let line = match line.iter().position(|&byte| byte == 0) {
                Some(0) => return Ended::ByScript,
                Some(nul) => line.get(..nul).unwrap_or_default(),
                None => &line,
            };
            self.log.add(self.clock.now(), Entry::Script(Pattern::exactly(line)));
            if line.get(..7).is_some_and(|start| start.eq_ignore_ascii_case(b"failure")) {
                self.failed |= !self.hung_up;
                return Ended::ByFailure;
            }
            self.command(line);
            if self.stuck || !self.bears_more() {
                return Ended::Stuck;
            }
        }
    }

    /// Whether the script may go on: one that sends commands for ever while the clock stands still, or behind the
    /// hangup, would keep Asterisk for ever.
    fn bears_more(&mut self) -> bool {
        let now = self.now();
        if now != self.at && !self.dead {
            (self.at, self.at_once) = (now, 0);
        }
        self.at_once += 1;
        if self.at_once < MOST {
            return true;
        }
        self.at_once = 0;
        if self.dead {
            self.log.note(now, "the script sent commands without an end: it was given up");
            return false;
        }
        self.log.note(now, "the script sent commands without an end: the caller hangs up");
        self.hung_up = true;
        true
    }

    fn command(&mut self, line: &[u8]) {
        self.stoppable = false;
        self.caller.command_begins(self.clock.now());
        self.ears.command_begins();
        self.held = self.link.is_network().then(Vec::new);
        let handled = answer::command(self, line);
        if handled == Handled::Failure && !self.hung_up {
            self.failed = true;
        }
        self.stops |= self.stoppable && self.link.has_more();
        if self.caller.command_ends() {
            self.hung_up = true;
        }
        self.release();
    }

    /// Waits for the script's next command. `Telephone` says that something else happened.
    fn idle(&mut self) -> Ready {
        let mut since = Instant::now();
        loop {
            self.look_at_the_time();
            // Keys and texts that come between commands are lost.
            while !self.dead && self.act(Keys::None).is_some() {}
            if self.hung_up && !self.dead {
                return Ready::Telephone;
            }
            let now = self.clock.now();
            let left = self.limits.silence.saturating_sub(self.heard.elapsed());
            let deadline = self.deadline.map(|end| end.saturating_duration_since(Instant::now()));
            let left = deadline.map_or(left, |deadline| left.min(deadline));
            if left.is_zero() {
                if deadline == Some(Duration::ZERO) && !self.overdue {
                    continue;
                }
                if self.hung_up {
                    return Ready::Time;
                }
                // A caller does not listen to nothing for ever; the script is told before it is given up.
                self.log.note(now, "the script was silent for too long: the caller hangs up");
                self.silent = true;
                self.heard = Instant::now();
                self.hung_up = true;
                continue;
            }
            let next = self.next_event(now, Keys::None).filter(|_| !self.dead);
            self.pace(next);
            // With what the script hears. A clock that is real goes on by itself, and nobody has to look.
            let goes_on = self.clock.is_still() && self.now() > now;
            if goes_on {
                since = Instant::now();
            }
            let is_to_act = next.is_some_and(|at| at < self.limits.call);
            let words = self.channel.voice.next(now).filter(|_| self.is_paced());
            let next = next.into_iter().chain(words).min();
            // A clock that stands still moves on only when the script, too, seems to wait for something.
            let pause = match (next, self.clock.is_still()) {
                (Some(_), true) => {
                    let patience = self.limits.patience(self.has_begun, is_to_act);
                    Some(patience.saturating_sub(since.elapsed()))
                }
                (Some(at), false) => Some(at.saturating_sub(now)),
                (None, _) => None,
            };
            let frame = self.audio_pause();
            let look = if goes_on { Some(Duration::ZERO) } else { self.audio_look() };
            let limit = [pause, frame, look, Some(left)].into_iter().flatten().min();
            match self.link.wait(true, limit) {
                Ready::Script => return self.catch_up(),
                Ready::Telephone => self.answer_telephone(),
                Ready::Time => {
                    if limit == pause
                        && !goes_on
                        && let Some(at) = next
                    {
                        self.clock.jump(at);
                        since = Instant::now();
                    }
                }
            }
            self.pump_audio();
        }
    }

    /// Hangs up where the call has taken longer than it may.
    fn look_at_the_time(&mut self) {
        if !self.overdue && self.deadline.is_some_and(|end| Instant::now() >= end) {
            self.log.note(self.now(), "the call took longer than it may: the caller hangs up");
            (self.overdue, self.hung_up) = (true, true);
        }
    }

    /// What the caller has done by now, if it matters to who waits.
    pub(super) fn act(&mut self, keys: Keys<'_>) -> Option<Act> {
        // A script that is never silent must not keep the telephone from being heard.
        self.drain();
        let now = self.clock.now();
        if self.autohangup.is_some_and(|at| at <= now) {
            self.autohangup = None;
            self.hung_up = true;
            return Some(Act::HangUp);
        }
        if now >= self.limits.call && !self.hung_up {
            self.log.note(now, "the call lasted too long: the caller hangs up");
            self.hung_up = true;
            return Some(Act::HangUp);
        }
        let act = self.caller.take(now, keys)?;
        match &act {
            Act::Key(key) => self.log.key(now, *key, keys.holds(*key)),
            Act::Text(_) => {}
            Act::HangUp => self.hung_up = true,
        }
        Some(act)
    }

    /// When something happens next by itself.
    pub(super) fn next_event(&mut self, now: Duration, keys: Keys<'_>) -> Option<Duration> {
        let next = [self.caller.next(now, keys), self.autohangup, Some(self.limits.call)];
        next.into_iter().flatten().min()
    }

    /// What the person at the telephone did becomes the caller's next act.
    pub(super) fn answer_telephone(&mut self) {
        self.link.woken();
        self.drain();
    }

    /// Takes what came from outside the call.
    pub(super) fn drain(&mut self) {
        let now = self.clock.now();
        let Some(line) = &self.line else { return };
        for act in line.acts() {
            self.caller.at(now, act);
        }
    }

    /// Whether the script waits for the reply that it gets now.
    fn look_behind(&mut self) {
        match self.link.has_more() {
            false => self.stops = false,
            true if self.stops || self.stoppable => {}
            true => self.log.show(self.now(), &Seen::Early),
        }
    }

    /// Sends a line.
    pub(super) fn reply(&mut self, line: impl AsRef<[u8]>) {
        // Whoever reads the reply finds the next frame, too, on a fast machine and on a slow one; but who listens beside
        // the command finds the reply first.
        self.look_behind();
        if !self.ears.beside_command {
            self.ears.command_ends();
            let next = self.next_event(self.now(), Keys::None);
            self.pace(next);
        }
        let mut line = line.as_ref().to_vec();
        line.push(b'\n');
        self.send(&line);
    }

    /// Notes that a sound began.
    pub(super) fn plays(&mut self, sound: &[u8], samples: u32) -> usize {
        let played = Played::new(sound, self.clock.now(), samples);
        self.log.plays(played)
    }
}
