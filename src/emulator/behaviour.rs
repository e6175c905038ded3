//! The builder's second part: what the caller does, and when.

use std::io;
use std::path::Path;
use std::time::Duration;

use super::Asterisk;
use super::caller::Act;
use super::telephone::Telephone;
use crate::audio::{Format, Sound};
use crate::error::Error;

/// What the caller does.
impl Asterisk {
    /// The caller presses these keys, each as soon as a command waits for it: a patient caller, of whose keys
    /// none is lost. `w` is a pause of half a second, `W` of a second.
    ///
    /// ```
    /// use agikit::emulator::Asterisk;
    ///
    /// let call = Asterisk::new().keys("12#w34#").run(|agi| {
    ///     let first = agi.get_data("vm-enter-num-to-call")?.digits;
    ///     let second = agi.get_data("vm-enter-num-to-call")?.digits;
    ///     agi.set_variable("BOTH", &format!("{first} {second}"))
    /// });
    /// assert_eq!(call.variable("BOTH"), Some("12 34".into()));
    /// ```
    pub fn keys(mut self, keys: &str) -> Self {
        self.caller.eagerly(keys.as_bytes());
        self
    }

    /// The caller presses these keys from a time of the call on, one every 0.2 s. A key is lost where no command
    /// waits for it.
    ///
    /// ```
    /// use agikit::emulator::Asterisk;
    /// use std::time::Duration;
    ///
    /// let call = Asterisk::new().keys_at(Duration::from_secs(2), "5").run(|agi| {
    ///     agi.wait_for_digit(Duration::from_secs(9)).map(drop)
    /// });
    /// assert_eq!(call.lasted(), Duration::from_secs(2));
    /// assert!(call.pressed()[0].taken);
    /// ```
    pub fn keys_at(mut self, time: Duration, keys: &str) -> Self {
        self.caller.keys_at(time, keys.as_bytes());
        self
    }

    /// The caller answers the n-th prompt by these keys; the first one is 1, and a prompt is a command that waits
    /// for keys. Those that come after its end are lost, or the next prompt's.
    ///
    /// ```
    /// use agikit::emulator::Asterisk;
    ///
    /// let call = Asterisk::new().answer(2, "7").run(|agi| {
    ///     agi.get_data("vm-enter-num-to-call")?; // nothing comes
    ///     let second = agi.get_data("vm-enter-num-to-call")?.digits;
    ///     agi.set_variable("SECOND", &second)
    /// });
    /// assert_eq!(call.variable("SECOND"), Some("7".into()));
    /// ```
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
    ///
    /// ```
    /// use agikit::emulator::Asterisk;
    /// use std::time::Duration;
    ///
    /// let call = Asterisk::new().hang_up_at(Duration::from_secs(1)).run(|agi| agi.stream_file("tt-weasels").map(drop));
    /// assert_eq!(call.agi_status(), Some("HANGUP"));
    /// assert_eq!(call.played()[0].heard, Duration::from_secs(1));
    /// ```
    pub fn hang_up_at(mut self, time: Duration) -> Self {
        self.caller.at(time, Act::HangUp);
        self
    }

    /// The caller hangs up while the n-th command runs, half a second after it began; at once after a shorter one.
    /// The first one is 1.
    ///
    /// ```
    /// use agikit::emulator::Asterisk;
    ///
    /// let call = Asterisk::new().hang_up_during(2).run(|agi| {
    ///     agi.answer()?;
    ///     agi.get_data("vm-enter-num-to-call")?;
    ///     agi.set_variable("ASKED", "yes") // never comes
    /// });
    /// assert_eq!((call.agi_status(), call.variable("ASKED")), (Some("HANGUP"), None));
    /// ```
    pub fn hang_up_during(mut self, command: u32) -> Self {
        self.caller.leave_during(command);
        self
    }

    /// The caller says what is in a WAV file, from the call's beginning, and is silent then. Without this, and
    /// without [`silent`](Asterisk::silent), no audio comes from the caller at all.
    ///
    /// A file whose rate is that of EAGI_AUDIO_FORMAT reaches an EAGI script sample for sample; others are brought to
    /// it on straight lines between the samples. Of several channels the first is taken.
    ///
    /// # Errors
    /// The file cannot be read, or is no WAV file.
    pub fn audio(self, path: impl AsRef<Path>) -> io::Result<Self> {
        let file = path.as_ref();
        let mut asterisk = self.audio_at(Duration::ZERO, file)?;
        asterisk.channel.voice.is_of(file);
        Ok(asterisk)
    }

    /// The same from a time of the call on. May be asked for often; where two speak at once, both are heard.
    ///
    /// # Errors
    /// As [`audio`](Asterisk::audio).
    pub fn audio_at(mut self, time: Duration, path: impl AsRef<Path>) -> io::Result<Self> {
        let sound = Sound::read(path).map_err(|error| match error {
            Error::Io { source, .. } => source,
            other => io::Error::other(other),
        })?;
        self.channel.voice.says(time, sound);
        Ok(self.silent())
    }

    /// The caller says this, 8,000 samples a second.
    ///
    /// ```
    /// use agikit::{RecordFile, emulator::Asterisk};
    /// use std::time::Duration;
    ///
    /// let call = Asterisk::new().says(vec![2000; 8000]).run(|agi| {
    ///     agi.run(RecordFile::new("message", "wav", "#", Duration::from_secs(2))).map(drop)
    /// });
    /// let recorded = &call.recorded()[0].samples;
    /// assert_eq!((recorded[7999], recorded[8000]), (2000, 0)); // a second of voice, and silence
    /// ```
    pub fn says(self, samples: impl Into<Vec<i16>>) -> Self {
        self.says_at(Duration::ZERO, samples)
    }

    /// The same from a time of the call on: as if he was silent before.
    pub fn says_at(mut self, time: Duration, samples: impl Into<Vec<i16>>) -> Self {
        self.channel.voice.says(time, Sound { format: Format::default(), samples: samples.into() });
        self.silent()
    }

    /// The caller is there and silent: frames come, and nothing is in them.
    pub fn silent(mut self) -> Self {
        self.channel.voice.silence = true;
        self
    }

    /// No frames come while the caller says nothing, as from a telephone that is silent in silence, or from a Local
    /// channel that plays a file. To be said behind what he says.
    pub fn gaps(mut self) -> Self {
        self.channel.voice.silence = false;
        self
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
