//! What a script saw, for the one who placed the call.

use std::collections::BTreeMap;
use std::io;

use agikit::{Error, Result};

/// It is written once, at the story's end.
#[derive(Debug, Default)]
pub struct Notes {
    /// How often each command came to what.
    commands: BTreeMap<(&'static str, &'static str), u32>,
    /// What must not be.
    faults: Vec<String>,
    /// Random values that came back as they were sent.
    pub tokens: u32,
    /// Frames of the caller's audio.
    pub frames: u32,
    /// A command failed on a living channel, in a way that Asterisk counts: AGISTATUS is FAILURE.
    failed: bool,
    /// The same, or the hangup came before it.
    may_have_failed: bool,
    /// The script itself has hung up.
    pub hangs_up: bool,
    /// It has set an end to the call.
    pub sets_timer: bool,
    pub is_hung_up: bool,
}

/// What a command may come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bears {
    /// It succeeds, or the call is over.
    Nothing,
    /// It may also be answered `-1`, and Asterisk goes on as if nothing were.
    Failing,
    /// It may also be answered `-1`, and Asterisk notes a failure.
    Counted,
    /// It must be answered so, on a living channel.
    Refusal(u16),
    /// No such application.
    NoApplication,
}

impl Notes {
    /// Takes down what a command came to; a hangup is handed on.
    pub fn take<T>(
        &mut self,
        words: &'static str,
        bears: Bears,
        seen: Result<T>,
    ) -> Result<Option<T>> {
        let (value, outcome, goes_on) = match seen {
            Ok(value) => (Some(value), "ok", Ok(())),
            Err(Error::Hangup) => {
                self.may_have_failed |= bears == Bears::Counted;
                (None, "hangup", Err(Error::Hangup))
            }
            Err(Error::Failed { .. }) if bears == Bears::Failing => (None, "failed", Ok(())),
            Err(Error::Failed { .. }) if bears == Bears::Counted => {
                self.failed = true;
                (None, "failed", Ok(()))
            }
            Err(Error::NoSuchApplication { .. }) if bears == Bears::NoApplication => {
                (None, "no application", Ok(()))
            }
            Err(Error::Refused { code, .. }) if bears == Bears::Refusal(code) => {
                (None, "refused", Ok(()))
            }
            Err(other) => {
                self.fault(words, &format!("{other}: {other:?}"));
                (None, "fault", Ok(()))
            }
        };
        if outcome == "ok" && matches!(bears, Bears::Refusal(_) | Bears::NoApplication) {
            self.fault(words, "it was not refused");
        }
        *self.commands.entry((words, outcome)).or_default() += 1;
        goes_on.map(|()| value)
    }

    /// The last command was answered by a failure that it does not tell.
    pub fn counted(&mut self) {
        self.failed = true;
    }

    pub fn fault(&mut self, what: &str, why: &str) {
        let why: String = why.replace('\n', "|").chars().take(400).collect();
        self.faults.push(format!("{what}: {why}"));
    }

    /// What was received must be what was expected.
    pub fn check(&mut self, what: &str, good: bool, seen: &dyn std::fmt::Debug) {
        if !good {
            self.fault(what, &format!("{seen:?}"));
        }
    }

    pub fn write(&self, id: &str) -> io::Result<()> {
        let mut text = String::new();
        for ((words, outcome), count) in &self.commands {
            text += &format!("did {count}\t{words}\t{outcome}\n");
        }
        for fault in &self.faults {
            text += &format!("fault {fault}\n");
        }
        text += &format!("tokens {}\nframes {}\n", self.tokens, self.frames);
        for (name, holds) in [
            ("failed", self.failed),
            ("may have failed", self.may_have_failed),
            ("hangs up", self.hangs_up),
            ("sets a timer", self.sets_timer),
            ("is hung up", self.is_hung_up),
        ] {
            if holds {
                text += &format!("holds {name}\n");
            }
        }
        std::fs::write(format!("/srv/lab/report/soak/{id}"), text + "done\n")
    }
}
