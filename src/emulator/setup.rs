//! What a user plugs into the emulator, how long it has patience, and what it keeps.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::Asterisk;
use super::clock::END;
use super::dialplan::Dialplan;

/// An application: what EXEC runs. It gets its arguments and gives its result.
pub(super) type Application = Box<dyn FnMut(&mut Dialplan<'_>, &[u8]) -> i32 + Send>;

/// A subroutine: what GOSUB runs. It gives its value (GOSUB_RETVAL), or nothing when it ends without RETURN.
pub(super) type Routine = Box<dyn FnMut(&mut Dialplan<'_>, &[Vec<u8>]) -> Option<Vec<u8>> + Send>;

/// A dialplan function that is read: `NAME(arguments)`.
pub(super) type Function = Box<dyn FnMut(&[u8]) -> Option<Vec<u8>> + Send>;

/// Where a routine stands: context, extension, priority or label.
pub(super) type Place = (Vec<u8>, Vec<u8>, Vec<u8>);

/// What users have added to the dialplan, and to Asterisk.
#[derive(Default)]
pub(super) struct Doors {
    pub(super) applications: BTreeMap<String, Application>,
    pub(super) routines: BTreeMap<Place, Routine>,
    pub(super) functions: BTreeMap<String, Function>,
    /// Usage texts by the command's words.
    pub(super) usages: BTreeMap<String, Vec<u8>>,
    pub(super) speech: super::speech::Engines,
}

impl fmt::Debug for Doors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Doors")
            .field("applications", &self.applications.keys())
            .field("routines", &self.routines.keys())
            .field("functions", &self.functions.keys())
            .finish_non_exhaustive()
    }
}

/// How long things may last.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// In the call's time: then the caller hangs up.
    pub(super) call: Duration,
    /// In the world's time, whatever the call's own is.
    pub(super) world: Option<Duration>,
    /// In the world's time: how long a script may be silent between two commands, not read a reply, or live on
    /// after its end.
    pub(super) silence: Duration,
    /// In the world's time: after this the caller acts, though the call's clock stands still.
    pub(super) pause: Duration,
    /// The same before the first command: interpreters take their time.
    pub(super) start: Duration,
}

impl Limits {
    /// How long the caller, who is about to do something or not, leaves a silent script in peace.
    pub(super) fn patience(&self, has_begun: bool, is_to_act: bool) -> Duration {
        match (has_begun, is_to_act) {
            (true, true) => self.pause,
            (false, true) => self.start,
            // Only that no call lasts for ever: the script may well be busy.
            (_, false) => (self.silence / 3).max(self.start),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            call: Duration::from_secs(3600),
            world: None,
            silence: Duration::from_secs(30),
            pause: Duration::from_millis(500),
            start: Duration::from_millis(500),
        }
    }
}

/// How long, and how much.
impl Asterisk {
    /// How long a script may be silent between two commands, in the world's time: 30 seconds unless said. Then the
    /// caller hangs up, and after the same time again a program is ended.
    pub fn patience(mut self, time: Duration) -> Self {
        self.limits.silence = time.min(END);
        self
    }

    /// How long the call may last, by its own clock: an hour unless said. Then the caller hangs up.
    ///
    /// ```
    /// use agikit::{Timeout, emulator::Asterisk};
    /// use std::time::Duration;
    ///
    /// let call = Asterisk::new().longest(Duration::from_secs(60)).run(|agi| {
    ///     agi.wait_for_digit(Timeout::FOREVER).map(drop)
    /// });
    /// assert_eq!((call.agi_status(), call.lasted().as_secs()), (Some("HANGUP"), 60));
    /// ```
    pub fn longest(mut self, time: Duration) -> Self {
        self.limits.call = time.min(END);
        self
    }

    /// How long the call may take in the world's time, whatever its own clock says; as long as it likes, unless said. Then
    /// the caller hangs up, and the session is closed.
    ///
    /// ```
    /// use agikit::emulator::Asterisk;
    /// use std::time::Duration;
    ///
    /// fn for_ever(agi: &mut agikit::Session) -> agikit::Result {
    ///     loop {
    ///         agi.noop()?;
    ///     }
    /// }
    ///
    /// let call = Asterisk::new().within(Duration::from_millis(50)).run(for_ever);
    /// assert!(call.overdue());
    /// ```
    pub fn within(mut self, time: Duration) -> Self {
        self.limits.world = Some(time.min(END));
        self
    }

    /// Keeps nothing of the conversation: for thousands of calls at once. Who [watches](Asterisk::watch) sees it, and the
    /// report has the call's end, its notes, variables and database.
    ///
    /// ```
    /// use agikit::emulator::Asterisk;
    ///
    /// let call = Asterisk::new().forgetful().run(|agi| agi.set_variable("DONE", "yes"));
    /// assert_eq!(call.variable("DONE"), Some("yes".into()));
    /// assert!(call.conversation().is_empty());
    /// ```
    pub fn forgetful(mut self) -> Self {
        self.forgets = true;
        self
    }
}
