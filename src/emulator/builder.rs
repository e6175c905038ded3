//! The builder: what there is before the call begins.

use std::ffi::OsString;
use std::fmt;
use std::io::{self, PipeReader};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use super::audio::Format;
use super::call::Call;
use super::caller::{Act, Caller};
use super::channel::{self, Channel, UP, Voice};
use super::clock::{Clock, END};
use super::link::Link;
use super::report::{Conversation, Eyes, Seen};
use super::setup::{Doors, Limits};
use super::sounds::Sounds;
use super::telephone::{Line, Telephone};
use super::version::Version;
use super::wav;

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
    pub(super) process_variables: Vec<(OsString, OsString)>,
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
    pub fn dead(mut self) -> Self {
        self.dead = true;
        self
    }
}

/// What the caller does.
impl Asterisk {
    /// The caller presses these keys, each as soon as a command waits for it: a patient caller, of whose keys
    /// none is lost. `w` is a pause of half a second, `W` of a second.
    pub fn keys(mut self, keys: &str) -> Self {
        self.caller.eagerly(keys.as_bytes());
        self
    }

    /// The caller presses these keys from a time of the call on, one every 0.2 s. A key is lost where no command
    /// waits for it.
    pub fn keys_at(mut self, time: Duration, keys: &str) -> Self {
        self.caller.keys_at(time, keys.as_bytes());
        self
    }

    /// The caller answers the n-th prompt by these keys; the first one is 1, and a prompt is a command that waits
    /// for keys. Those that come after its end are lost, or the next prompt's.
    pub fn answer(mut self, prompt: u32, keys: &str) -> Self {
        self.caller.answer(prompt, keys.as_bytes());
        self
    }

    /// The caller's telephone sends a text at a time of the call.
    pub fn text_at(mut self, time: Duration, text: impl AsRef<[u8]>) -> Self {
        self.caller.at(time, Act::Text(text.as_ref().to_vec()));
        self
    }

    /// The caller hangs up at a time of the call; at 0 before the first command.
    pub fn hang_up_at(mut self, time: Duration) -> Self {
        self.caller.at(time, Act::HangUp);
        self
    }

    /// The caller hangs up while the n-th command runs, half a second after it began; at once after a shorter one.
    /// The first one is 1.
    pub fn hang_up_during(mut self, command: u32) -> Self {
        self.caller.leave_during(command);
        self
    }

    /// The caller says what is in a WAV file, from the call's beginning, and is silent then. Without this, and
    /// without [`silent`](Asterisk::silent), no audio comes from the caller at all.
    ///
    /// # Errors
    /// The file cannot be read, or is no WAV file.
    pub fn audio(mut self, path: impl AsRef<Path>) -> io::Result<Self> {
        self.channel.voice = Voice::Says(wav::read(path.as_ref())?);
        Ok(self)
    }

    /// The caller says this, 8,000 samples a second.
    pub fn says(mut self, samples: impl Into<Vec<i16>>) -> Self {
        self.channel.voice = Voice::Says(samples.into());
        self
    }

    /// The caller is there and silent: frames come, and nothing is in them.
    pub fn silent(self) -> Self {
        self.says([])
    }

    /// Gives a hand on the caller's telephone. Time is real then.
    ///
    /// # Errors
    /// The system has no pipe left.
    pub fn telephone(&mut self) -> io::Result<Telephone> {
        self.real = true;
        self.handset()
    }

    /// The same, and time stays as it is: for who looks on and only means to hang up, or to
    /// [end](Telephone::end) the program.
    ///
    /// # Errors
    /// The system has no pipe left.
    pub fn handset(&mut self) -> io::Result<Telephone> {
        if let Some((telephone, _)) = &self.telephone {
            return Ok(telephone.clone());
        }
        let (telephone, line) = Telephone::new()?;
        self.telephone = Some((telephone.clone(), line));
        Ok(telephone)
    }
}

/// How it is run.
impl Asterisk {
    /// Time passes as it does in the world.
    pub fn real_time(mut self) -> Self {
        self.real = true;
        self
    }

    /// How long a script may be silent between two commands, in the world's time: 30 seconds unless said. Then the
    /// caller hangs up, and after the same time again a program is ended.
    pub fn patience(mut self, time: Duration) -> Self {
        self.limits.silence = time.min(END);
        self
    }

    /// How long the call may last, by its own clock: an hour unless said. Then the caller hangs up.
    pub fn longest(mut self, time: Duration) -> Self {
        self.limits.call = time.min(END);
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

    /// What a program writes to standard error is shown to who [watches](Asterisk::watch), and to nobody else.
    pub fn capture_errors(mut self) -> Self {
        self.captures = true;
        self
    }

    /// Shows all that happens, when it happens.
    pub fn watch(mut self, watcher: impl FnMut(Duration, &Seen) + Send + 'static) -> Self {
        self.eyes = Eyes::new(Box::new(watcher));
        self
    }

    pub(super) fn wake(&self) -> io::Result<Option<PipeReader>> {
        self.telephone.as_ref().map(|(_, line)| line.wake()).transpose()
    }

    pub(super) fn log(&self) -> Conversation {
        Conversation { eyes: self.eyes.clone(), ..Conversation::default() }
    }

    /// The call, about to begin.
    pub(super) fn call(mut self, link: Link, enhanced: bool) -> Call {
        if self.channel.version.is_empty() {
            self.channel.version = self.version.to_string().into_bytes();
        }
        let log = self.log();
        let audio_format = self.channel.variable(b"EAGI_AUDIO_FORMAT").unwrap_or_default();
        let audio_format = Format::named(audio_format);
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
            heard: Instant::now(),
            has_begun: false,
            stuck: false,
            told: false,
            complained: false,
            at_once: 0,
            at: Duration::ZERO,
            silent: false,
        }
    }
}
