//! The builder: what there is before the call begins.

use std::ffi::OsString;
use std::fmt;
use std::io::{self, PipeReader};
use std::time::{Duration, Instant, SystemTime};

use super::call::Call;
use super::caller::Caller;
use super::channel::{self, Channel, UP};
use super::clock::Clock;
use super::ears::Ears;
use super::link::Link;
use super::report::{Conversation, Eyes, Seen};
use super::setup::{Doors, Limits};
use super::sounds::Sounds;
use super::telephone::{Line, Telephone};
use super::version::Version;
use crate::audio::Format;

/// What Asterisk can read audio as, and the emulator cannot.
const COMPRESSED: [&str; 16] = [
    "adpcm", "codec2", "g719", "g722", "g723", "g726", "g726aal2", "g729", "gsm", "ilbc", "lpc10",
    "opus", "silk", "siren14", "siren7", "speex",
];
/// Said there.
const UNHEARD: &str = "EAGI_AUDIO_FORMAT names a compressed form, which the emulator does not have: no audio comes \
                       (and without its codec, Asterisk starts no program at all)";

/// An Asterisk that places one call: who calls, what he does, what there is to be played and looked up.
///
/// See the [module](crate::emulator).
#[must_use = "nothing happens before `run`, `agi` or `eagi`"]
#[derive(Default)]
pub struct Asterisk {
    pub(super) version: Version,
    pub(super) channel: Channel,
    pub(super) requested: bool,
    pub(super) sounds: Sounds,
    pub(super) doors: Doors,
    pub(super) caller: Caller,
    pub(super) telephone: Option<(Telephone, Line)>,
    pub(super) limits: Limits,
    pub(super) real: bool,
    pub(super) dead: bool,
    pub(super) captures: bool,
    pub(super) forgets: bool,
    pub(super) process_variables: Vec<(OsString, OsString)>,
    pub(super) only_these_variables: bool,
    eyes: Eyes,
}

impl fmt::Debug for Asterisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asterisk").field("version", &self.version).finish_non_exhaustive()
    }
}

/// Who calls, and what the dialplan says.
impl Asterisk {
    /// A call to a script, from nobody in particular, who presses nothing and stays on the line.
    pub fn new() -> Self {
        Asterisk::default()
    }

    /// Plays this version: line lengths and some replies differ.
    ///
    /// ```
    /// use agikit::emulator::{Asterisk, Version};
    ///
    /// let call = Asterisk::new().version(Version::V16).run(|agi| {
    ///     assert_eq!(agi.environment().get("agi_version").unwrap(), "16.28.0");
    ///     agi.noop()
    /// });
    /// assert_eq!(call.error(), None);
    /// ```
    pub fn version(mut self, version: Version) -> Self {
        self.version = version;
        self
    }

    /// The caller's number: any bytes.
    pub fn caller(mut self, number: impl AsRef<[u8]>) -> Self {
        self.channel.identity.number.set(number.as_ref());
        self
    }

    /// The caller's name: any bytes, often not UTF-8.
    ///
    /// ```
    /// use agikit::emulator::Asterisk;
    ///
    /// let call = Asterisk::new().caller("0123").caller_name(b"J\xf6rg").run(|agi| {
    ///     let name = agi.get_variable("CALLERID(all)")?.unwrap();
    ///     agi.set_variable("WHO", &name)
    /// });
    /// assert_eq!(call.variable("WHO"), Some(b"\"J\xf6rg\" <0123>".into()));
    /// ```
    pub fn caller_name(mut self, name: impl AsRef<[u8]>) -> Self {
        self.channel.identity.name.set(name.as_ref());
        self
    }

    /// The number that was dialled (`agi_dnid`).
    pub fn dnid(mut self, number: impl AsRef<[u8]>) -> Self {
        self.channel.identity.dnid = number.as_ref().to_vec();
        self
    }

    /// The number that the call was redirected from (`agi_rdnis`).
    pub fn rdnis(mut self, number: impl AsRef<[u8]>) -> Self {
        self.channel.identity.rdnis = number.as_ref().to_vec();
        self
    }

    /// What the dialplan's `AGI()` names: `agi_request`. Otherwise it is the program's file name.
    pub fn request(mut self, request: impl AsRef<[u8]>) -> Self {
        self.channel.request = request.as_ref().to_vec();
        self.requested = true;
        self
    }

    /// One more argument of `AGI()`: the next `agi_arg_N`, and of a program the next argument.
    ///
    /// ```
    /// use agikit::emulator::Asterisk;
    ///
    /// let call = Asterisk::new().request("menu").arg("sales").arg("fast").run(|agi| {
    ///     let menu = agi.environment().get("agi_arg_1").unwrap().as_bytes().to_vec();
    ///     agi.set_variable("MENU", &*menu)
    /// });
    /// assert_eq!(call.variable("MENU"), Some("sales".into()));
    /// ```
    pub fn arg(mut self, argument: impl AsRef<[u8]>) -> Self {
        self.channel.arguments.push(argument.as_ref().to_vec());
        self
    }

    /// The channel's name, from which its technology (`agi_type`) follows: `PJSIP/alice-0000002a`.
    pub fn channel(mut self, name: impl AsRef<[u8]>) -> Self {
        let name = name.as_ref();
        let technology = name.split(|&byte| byte == b'/').next().unwrap_or_default();
        self.channel.technology = technology.to_vec();
        self.channel.name = name.to_vec();
        self
    }

    /// The call's unique id.
    pub fn uniqueid(mut self, uniqueid: impl AsRef<[u8]>) -> Self {
        self.channel.uniqueid = uniqueid.as_ref().to_vec();
        self
    }

    /// The channel's language.
    pub fn language(mut self, language: impl AsRef<[u8]>) -> Self {
        self.channel.language = language.as_ref().to_vec();
        self
    }

    /// The call's account code.
    pub fn accountcode(mut self, code: impl AsRef<[u8]>) -> Self {
        self.channel.accountcode = code.as_ref().to_vec();
        self
    }

    /// Where in the dialplan `AGI()` stands.
    pub fn place(mut self, context: &str, extension: &str, priority: i32) -> Self {
        self.channel.context = context.into();
        self.channel.extension = extension.into();
        self.channel.priority = priority;
        self
    }

    /// A channel variable, or what the dialplan writes to a function: `CALLERID(pres)`. `AGISIGHUP`,
    /// `AGIEXITONHANGUP` and `AGIEXECFULL` mean what they mean to Asterisk.
    ///
    /// ```
    /// use agikit::emulator::Asterisk;
    ///
    /// let call = Asterisk::new().caller("1").variable("LIMIT", "3").variable("CALLERID(pres)", "prohib").run(|agi| {
    ///     assert_eq!(agi.get_variable("LIMIT")?.unwrap(), "3");
    ///     assert_eq!(agi.get_variable("CALLERID(pres)")?.unwrap(), "prohib");
    ///     agi.noop()
    /// });
    /// assert_eq!(call.error(), None);
    /// ```
    pub fn variable(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.channel.write(name.as_bytes(), value.as_ref());
        self
    }

    /// A global variable.
    pub fn global(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.channel.globals.insert(name.into(), value.as_ref().to_vec());
        self
    }

    /// An entry of AstDB.
    ///
    /// ```
    /// use agikit::emulator::Asterisk;
    ///
    /// let call = Asterisk::new().database("pin", "1001", "4711").run(|agi| {
    ///     assert_eq!(agi.database_get("pin", "1001")?.unwrap(), "4711");
    ///     agi.database_put("pin", "1001", "4712").map(drop)
    /// });
    /// assert_eq!(call.database("pin", "1001"), Some("4712".into()));
    /// ```
    pub fn database(mut self, family: &str, key: &str, value: impl AsRef<[u8]>) -> Self {
        let entry = channel::entry(family.as_bytes(), key.as_bytes());
        self.channel.database.insert(entry, value.as_ref().to_vec());
        self
    }

    /// The channel is up already, as behind `Answer()` in the dialplan. Otherwise it rings until ANSWER.
    pub fn answered(mut self) -> Self {
        self.channel.state = UP;
        self
    }

    /// When the call begins, by the calendar: what EPOCH is, and what SAY DATETIME calls today. Now, unless said.
    pub fn date(mut self, date: SystemTime) -> Self {
        self.channel.began = date;
        self
    }

    /// The call is over before the script begins, as in the extension `h`: only the 13 commands that need no live
    /// channel run, the others are answered `511`.
    ///
    /// ```
    /// use agikit::emulator::Asterisk;
    ///
    /// let call = Asterisk::new().dead().run(|agi| {
    ///     assert!(agi.answer().is_err());
    ///     agi.set_variable("ENDED", "yes") // one of the 13
    /// });
    /// assert_eq!(call.variable("ENDED"), Some("yes".into()));
    /// ```
    pub fn dead(mut self) -> Self {
        self.dead = true;
        self
    }
}

/// How it is run.
impl Asterisk {
    /// Time passes as it does in the world.
    pub fn real_time(mut self) -> Self {
        self.real = true;
        self
    }

    /// An environment variable for a program: `AST_AGI_DIR` and the like. They are not set by themselves.
    pub fn environment_variable(
        mut self,
        name: impl Into<OsString>,
        value: impl Into<OsString>,
    ) -> Self {
        self.process_variables.push((name.into(), value.into()));
        self
    }

    /// A program gets the environment variables that are given here, and none of this process: for who knows what the
    /// real Asterisk's own environment is.
    pub fn only_these_variables(mut self) -> Self {
        self.only_these_variables = true;
        self
    }

    /// What a program writes to standard error is shown to who [watches](Asterisk::watch), and to nobody else.
    pub fn capture_errors(mut self) -> Self {
        self.captures = true;
        self
    }

    /// Shows all that happens, when it happens.
    ///
    /// ```
    /// use agikit::emulator::Asterisk;
    ///
    /// let (sender, seen) = std::sync::mpsc::channel();
    /// Asterisk::new().watch(move |at, what| drop(sender.send((at, what.clone())))).run(|agi| agi.answer());
    /// assert!(seen.iter().count() > 20); // the environment alone has as many lines
    /// ```
    pub fn watch(mut self, watcher: impl FnMut(Duration, &Seen) + Send + 'static) -> Self {
        self.eyes = Eyes::new(Box::new(watcher));
        self
    }

    pub(super) fn wake(&self) -> io::Result<Option<PipeReader>> {
        self.telephone.as_ref().map(|(_, line)| line.wake()).transpose()
    }

    pub(super) fn log(&self) -> Conversation {
        Conversation { eyes: self.eyes.clone(), forgets: self.forgets, ..Conversation::default() }
    }

    /// The call, about to begin.
    pub(super) fn call(mut self, link: Link, enhanced: bool, ears: Ears) -> Call {
        if self.channel.version.is_empty() {
            self.channel.version = self.version.to_string().into_bytes();
        }
        let mut log = self.log();
        if let Some(world) = self.limits.world.filter(|_| self.real) {
            self.limits.call = self.limits.call.min(world);
        }
        let mut audio_format = None;
        if enhanced {
            let asked = self.channel.variable(b"EAGI_AUDIO_FORMAT").unwrap_or_default();
            let asked = asked.to_ascii_lowercase();
            if COMPRESSED.iter().any(|name| name.as_bytes() == asked) {
                log.note(Duration::ZERO, UNHEARD);
                self.channel.reads = asked;
            } else {
                let format = Format::named(&asked).unwrap_or_default();
                self.channel.reads = format.name().into();
                audio_format = Some(format);
            }
        }
        let clock =
            if self.real { Clock::Real(Instant::now()) } else { Clock::Still(Duration::ZERO) };
        Call {
            // Both are looked at once, when the session begins.
            signals: !self.channel.is_false("AGISIGHUP"),
            leaves: self.channel.is_true("AGIEXITONHANGUP"),
            version: self.version,
            channel: self.channel,
            sounds: self.sounds,
            doors: self.doors,
            caller: self.caller,
            line: self.telephone.map(|(_, line)| line),
            clock,
            limits: self.limits,
            link,
            log,
            hung_up: self.dead,
            dead: self.dead,
            was_dead: self.dead,
            failed: false,
            autohangup: None,
            enhanced,
            audio_format,
            audio_until: Duration::ZERO,
            loud: 0,
            ears,
            deadline: self.limits.world.map(|time| Instant::now() + time),
            overdue: false,
            stoppable: false,
            stops: false,
            heard: Instant::now(),
            has_begun: false,
            stuck: false,
            told: false,
            complained: false,
            unread: Duration::ZERO,
            held: None,
            at_once: 0,
            at: Duration::ZERO,
            silent: false,
        }
    }
}
