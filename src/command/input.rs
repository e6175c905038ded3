//! What the caller gives: keys, texts, a recording.
//!
//! Asterisk does not keep keys for later: one that is pressed between two commands is lost.

use std::time::Duration;

use super::{ANY, Spec, command};
use crate::reply::plain::{received_char, received_text, waited};
use crate::reply::playing::{data, option};
use crate::reply::{Data, Playback, Recording, Waited, recording};
use crate::text::{Text, Value};
use crate::wire::{Timeout, Word};

command! {
    /// Plays a sound and takes the digits that the caller dials; the first one stops the sound.
    ///
    /// `GET DATA file [timeout [max_digits]]` → `200 result=1234`; `200 result=12 (timeout)` when the time
    /// ran out; `-1`, [`Failed`](crate::Error::Failed), most often a missing file.
    ///
    /// `#` ends the digits and is not among them. The empty file name plays nothing.
    ///
    /// ```no_run
    /// # fn f(agi: &mut agikit::Session) -> agikit::Result {
    /// use agikit::GetData;
    /// use std::time::Duration;
    ///
    /// let pin = GetData::new("agent-pass").timeout(Duration::from_secs(8)).max_digits(4);
    /// let pin = agi.run(pin)?.digits;
    /// # let _ = pin; Ok(()) }
    /// ```
    ///
    /// After hangup: refused; at a hangup the digits dialled until then are lost. Asterisk:
    /// `handle_getdata`.
    GetData<'a> = Spec::new("GET DATA", 1, ANY), data => Data,
    (file: Text<'a>) {
        /// How long to wait for the first digit, from the sound's end, and for each one after it. Asterisk
        /// takes 0 for its default, six and two seconds; leave this out for that.
        timeout: Timeout,
        /// The most digits to take, 1 to 1,023. Always sent, 1,023 by default: Asterisk's own default
        /// of 1,024 is one more than its buffer holds.
        max_digits = u16,
    }
    |this, line| line.text("file", this.file).tail([
        ("timeout", this.timeout.map(Word::SomeMillis), "0"),
        ("max_digits", Some(Word::Within(this.max_digits.unwrap_or(1023), 1, 1023)), ""),
    ])
}

command! {
    /// Plays a sound and waits for one key among the escape digits.
    ///
    /// `GET OPTION file escape_digits timeout` → `200 result=49 endpos=800`; `200 result=0 endpos=7360` when
    /// nobody pressed one of them in time; `-1`, [`Failed`](crate::Error::Failed), most often a missing
    /// file. Another key ends the wait after the sound.
    ///
    /// Asterisk answers 0 also when the caller hangs up in that wait; the session then asks CHANNEL STATUS
    /// and gives [`Hangup`](crate::Error::Hangup).
    ///
    /// The timeout is always sent, five seconds by default: without one Asterisk dies when the channel has
    /// no dialplan.
    ///
    /// ```no_run
    /// # fn f(agi: &mut agikit::Session) -> agikit::Result {
    /// match agi.get_option("vm-advopts", "13*")?.digit {
    ///     Some('1') => agi.set_extension("reply")?,
    ///     Some(_) => agi.set_extension("menu")?,
    ///     None => agi.set_extension("t")?,             // nobody pressed one of them
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// After hangup: refused. Asterisk: `handle_getoption`.
    GetOption<'a> = Spec::new("GET OPTION", 2, 3), option => Playback,
    (file: Text<'a>, escape_digits: Text<'a>) {
        /// How long to wait after the sound.
        timeout: Timeout,
    }
    |this, line| line
        .text("file", this.file)
        .escape_digits(Some(this.escape_digits))
        .arg("timeout", Word::Millis(this.timeout.unwrap_or(Duration::from_secs(5).into())))
}

command! {
    /// Waits for one key.
    ///
    /// `WAIT FOR DIGIT timeout` → `200 result=49` for `1`, `200 result=0` for none in time; [`Waited`] tells
    /// the others. A timeout of zero does not wait.
    ///
    /// After hangup: refused. Asterisk: `handle_waitfordigit`.
    WaitForDigit = Spec::new("WAIT FOR DIGIT", 1, 1), waited => Waited,
    (timeout: Timeout) {}
    |this, line| line.arg("timeout", Word::Millis(this.timeout))
}

command! {
    /// Waits for a text message and gives its first byte.
    ///
    /// `RECEIVE CHAR timeout` → `200 result=65`; when none comes in time, `200 result=-1 (hangup)`: `None`,
    /// after the session has asked CHANNEL STATUS whether it was a hangup. An empty text is `None` too.
    ///
    /// A timeout of zero does not wait. A wait without a text makes AGISTATUS FAILURE, although the script
    /// goes on.
    ///
    /// After hangup: refused. Asterisk: `handle_recvchar`.
    ReceiveChar = Spec::new("RECEIVE CHAR", 1, 1), received_char => Option<u8>,
    (timeout: Timeout) {}
    |this, line| line.arg("timeout", Word::Millis(this.timeout))
}

command! {
    /// Waits for a text message.
    ///
    /// `RECEIVE TEXT timeout` → `200 result=1 (text)`; when none comes in time, `200 result=-1`: `None`,
    /// after the session has asked CHANNEL STATUS whether it was a hangup.
    ///
    /// After hangup: refused. Asterisk: `handle_recvtext`.
    ReceiveText = Spec::new("RECEIVE TEXT", 1, 1).text(), received_text => Option<Value>,
    (timeout: Timeout) {}
    |this, line| line.arg("timeout", Word::Millis(this.timeout))
}

command! {
    /// Records the caller into a file, until a key, a time, a silence or the hangup.
    ///
    /// `RECORD FILE file format escape_digits timeout [offset] [BEEP] [s=silence]` →
    /// `200 result=35 (dtmf) endpos=8000`, and the forms of [`RecordingEnd`](crate::RecordingEnd);
    /// [`Failed`](crate::Error::Failed) when the file cannot be written, the format is unknown or the beep
    /// is missing. A hangup is an `Ok` here: it is how most messages end.
    ///
    /// A name without a leading `/` stands below the sounds of Asterisk's data directory. The format is the
    /// file's extension: `wav`, `gsm`, `sln16`, … The timeout counts from the end of the beep; with zero
    /// nothing is recorded.
    ///
    /// Not while [SET MUSIC](crate::SetMusic) plays: Asterisk 22.10 was seen to crash.
    ///
    /// After hangup: refused. Asterisk: `handle_recordfile`.
    RecordFile<'a> = Spec::new("RECORD FILE", 4, ANY), recording => Recording,
    (file: Text<'a>, format: Text<'a>, escape_digits: Text<'a>, timeout: Timeout) {
        /// Appends to the file, from this sample on.
        offset = u32,
        /// Plays a beep first.
        beep = bool,
        /// Ends after so much silence, in whole seconds. The silence is cut from the file, all but a second.
        silence = Duration,
    }
    |this, line| {
        line.text("file", this.file)
            .arg("format", Word::Text(this.format))
            .escape_digits(Some(this.escape_digits))
            .arg("timeout", Word::Millis(this.timeout));
        let beep = this.beep == Some(true);
        if beep || this.silence.is_some() || this.offset.is_some() {
            line.arg("offset", Word::Number(this.offset.unwrap_or(0).into()));
        }
        if beep {
            // Not any word will do: Asterisk looks for the silence in the first one with an `s`.
            line.arg("beep", Word::Bare("BEEP"));
        }
        if let Some(silence) = this.silence {
            line.arg("silence", Word::Silence(silence));
        }
    }
}
