//! Playing sound files. A file is named without its extension; it is looked for in the channel's
//! language first, below Asterisk's sounds; an absolute path works too.

use std::time::Duration;

use super::{Spec, command};
use crate::reply::playing::{control, playback};
use crate::reply::{ControlPlayback, Playback};
use crate::text::Text;
use crate::wire::Word;

command! {
    /// Plays a sound; a key among the escape digits stops it.
    ///
    /// `STREAM FILE file escape_digits [offset]` → `200 result=0 endpos=7360`, the key's code instead of 0
    /// when one stopped it; `-1`, [`Failed`](crate::Error::Failed), most often a missing file.
    ///
    /// After hangup: refused; a hangup meanwhile is [`Hangup`](crate::Error::Hangup). Asterisk:
    /// `handle_streamfile`; it also sets `PLAYBACKSTATUS`, to FAILED when a key stopped the sound.
    StreamFile<'a> = Spec::new("STREAM FILE", 2, 3), playback => Playback,
    (file: Text<'a>) {
        /// The keys that stop it: any of `0`–`9`, `*`, `#`, `A`–`D`; none by default.
        escape_digits: Text<'a>,
        /// Where to begin, in samples of the file's rate.
        offset = u32,
    }
    |this, line| line
        .text("file", this.file)
        .escape_digits(this.escape_digits)
        .tail([("offset", this.offset.map(|samples| Word::Number(samples.into())), "0")])
}

command! {
    /// Plays a sound that the caller can wind: forward, back, pause.
    ///
    /// `CONTROL STREAM FILE file escape_digits [skip] [forward] [rewind] [pause] [offset]` →
    /// `200 result=0 endpos=-1`, the key's code and the place in milliseconds when one stopped it; `-1`,
    /// [`Failed`](crate::Error::Failed), most often a missing file.
    ///
    /// ```no_run
    /// # fn f(agi: &mut agikit::Session) -> agikit::Result {
    /// use agikit::ControlStreamFile;
    /// use std::time::Duration;
    ///
    /// let lecture = ControlStreamFile::new("custom/lecture").escape_digits("0").pause('5');
    /// agi.run(lecture.skip(Duration::from_secs(10)).forward('6').rewind('4'))?;
    /// # Ok(()) }
    /// ```
    ///
    /// After hangup: refused. Asterisk: `handle_controlstreamfile`; it also sets `CPLAYBACKSTATUS`,
    /// `CPLAYBACKOFFSET` and `CPLAYBACKSTOPKEY`.
    ControlStreamFile<'a> = Spec::new("CONTROL STREAM FILE", 2, 7), control => ControlPlayback,
    (file: Text<'a>) {
        /// The keys that stop it; none by default.
        escape_digits: Text<'a>,
        /// How far one key winds; three seconds by default.
        skip = Duration,
        /// The key that winds forward; `#` by default.
        forward = char,
        /// The key that winds back; `*` by default.
        rewind = char,
        /// The key that pauses and goes on; none by default.
        pause = char,
        /// Where to begin.
        offset = Duration,
    }
    |this, line| line
        .text("file", this.file)
        .escape_digits(this.escape_digits)
        .tail([
            ("skip", this.skip.map(|time| Word::SomeMillis(time.into())), "3000"),
            ("forward", this.forward.map(|key| Word::Key(Some(key))), "\"\""),
            ("rewind", this.rewind.map(|key| Word::Key(Some(key))), "\"\""),
            ("pause", this.pause.map(|key| Word::Key(Some(key))), "\"\""),
            ("offset", this.offset.map(|time| Word::Millis(time.into())), "0"),
        ])
}
