//! The builder's third part: sounds, applications, subroutines, functions, speech engines.

use std::io;
use std::path::Path;
use std::time::Duration;

use super::Asterisk;
use super::dialplan::Dialplan;
use super::speech::Heard;

/// What there is to be played and run.
impl Asterisk {
    /// A sound of this length. There are those of Asterisk's English core sounds, with their lengths, already.
    ///
    /// ```
    /// use agikit::emulator::Asterisk;
    /// use std::time::Duration;
    ///
    /// let call = Asterisk::new().sound("menu", Duration::from_secs(4)).run(|agi| agi.stream_file("menu").map(drop));
    /// assert_eq!(call.lasted(), Duration::from_secs(4));
    /// ```
    pub fn sound(mut self, name: &str, length: Duration) -> Self {
        self.sounds.add(name.as_bytes(), length);
        self
    }

    /// A sound that there is not.
    pub fn without_sound(mut self, name: &str) -> Self {
        self.sounds.remove(name.as_bytes());
        self
    }

    /// The sounds of a folder, by their files' lengths.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn sounds(mut self, folder: impl AsRef<Path>) -> io::Result<Self> {
        self.sounds.add_folder(folder.as_ref())?;
        Ok(self)
    }

    /// An application that EXEC runs: it gets its arguments, unsplit, and gives its result. There are Answer,
    /// Hangup, Log, MSet, NoOp, Playback, Progress, Read, Ringing, SendDTMF, Set, StartMusicOnHold,
    /// StopMusicOnHold, UserEvent, Verbose and Wait already.
    ///
    /// ```
    /// use agikit::emulator::Asterisk;
    ///
    /// let call = Asterisk::new()
    ///     .application("Dial", |dialplan, arguments| {
    ///         assert_eq!(arguments, b"PJSIP/bob,20");
    ///         dialplan.set_variable("DIALSTATUS", b"BUSY");
    ///         0
    ///     })
    ///     .run(|agi| agi.exec("Dial", &["PJSIP/bob", "20"]).map(drop));
    /// assert_eq!(call.variable("DIALSTATUS"), Some("BUSY".into()));
    /// ```
    pub fn application(
        mut self,
        name: &str,
        application: impl FnMut(&mut Dialplan<'_>, &[u8]) -> i32 + Send + 'static,
    ) -> Self {
        self.doors.applications.insert(name.to_ascii_lowercase(), Box::new(application));
        self
    }

    /// A subroutine that GOSUB runs: it gets its arguments and gives its return value, or nothing where it ends
    /// without RETURN.
    ///
    /// ```
    /// use agikit::emulator::Asterisk;
    ///
    /// let call = Asterisk::new()
    ///     .routine(("greet", "s", "1"), |dialplan, _| {
    ///         dialplan.play("hello-world", "");
    ///         Some(b"greeted".to_vec())
    ///     })
    ///     .run(|agi| agi.gosub("greet", "s", 1).map(drop));
    /// assert_eq!(call.variable("GOSUB_RETVAL"), Some("greeted".into()));
    /// ```
    pub fn routine(
        mut self,
        (context, extension, priority): (&str, &str, &str),
        routine: impl FnMut(&mut Dialplan<'_>, &[Vec<u8>]) -> Option<Vec<u8>> + Send + 'static,
    ) -> Self {
        let place = (context.into(), extension.into(), priority.into());
        self.doors.routines.insert(place, Box::new(routine));
        self
    }

    /// A dialplan function that is read: `NAME(arguments)`. It gives nothing where it fails.
    ///
    /// There are these already, and one of the same name takes their place:
    ///
    /// | what for | functions |
    /// |---|---|
    /// | the call, AstDB | CALLERID, CHANNEL, CHANNELS, CHANNEL_EXISTS, DB, DB_DELETE, DB_EXISTS, DB_KEYCOUNT, DB_KEYS, GLOBAL, TIMEOUT |
    /// | texts | BASE64_DECODE, BASE64_ENCODE, CSV_QUOTE, FILTER, KEYPADHASH, LEN, PASSTHRU, QUOTE, REGEX, REPLACE, STRREPLACE, TOLOWER, TOUPPER, URIDECODE, URIENCODE |
    /// | lists | ARRAY, CUT, FIELDNUM, FIELDQTY, HASH, LISTFILTER, POP, PUSH, SHIFT, UNSHIFT |
    /// | numbers, choices | ABS, DEC, EXISTS, IF, INC, ISNULL, MATH, MAX, MIN |
    /// | others | ENV, EVAL, SET, STRFTIME |
    ///
    /// ```
    /// use agikit::emulator::Asterisk;
    ///
    /// let call = Asterisk::new().function("SHOUT", |word| Some(word.to_ascii_uppercase())).run(|agi| {
    ///     assert_eq!(agi.get_variable("SHOUT(help)")?.unwrap(), "HELP");
    ///     agi.noop()
    /// });
    /// assert_eq!(call.error(), None);
    /// ```
    pub fn function(
        mut self,
        name: &str,
        function: impl FnMut(&[u8]) -> Option<Vec<u8>> + Send + 'static,
    ) -> Self {
        self.doors.functions.insert(name.into(), Box::new(function));
        self
    }

    /// The usage that a command's `520` carries; an empty one stands for "not available".
    pub fn usage(mut self, words: &str, text: impl AsRef<[u8]>) -> Self {
        self.doors.usages.insert(words.into(), text.as_ref().to_vec());
        self
    }

    /// A speech engine that hears a text, in the next SPEECH RECOGNIZE that it is asked for. Given several times,
    /// it hears one after the other; after the last one, nothing.
    pub fn hears(mut self, engine: &str, score: i32, text: &str, grammar: &str) -> Self {
        let heard = Heard { results: vec![(score, text.into(), grammar.into())] };
        self.doors.speech.engines.entry(engine.into()).or_default().push_back(heard);
        self
    }

    /// A speech engine that hears nothing, until [`hears`](Asterisk::hears) says what.
    pub fn speech_engine(mut self, name: &str) -> Self {
        self.doors.speech.engines.entry(name.into()).or_default();
        self
    }
}
