//! RECORD FILE's reply.

use std::time::Duration;

use super::{Fields, Outcome, key};

/// A recording. A caller who hangs up is the normal end of a message, so that is an `Ok` too.
///
/// ```no_run
/// # fn f(agi: &mut agikit::Session) -> agikit::Result {
/// use agikit::{RecordFile, RecordingEnd};
/// use std::time::Duration;
///
/// let most = Duration::from_secs(120);
/// let record = RecordFile::new("/var/spool/messages/7", "wav", "#", most).beep(true);
/// let recording = agi.run(record.silence(Duration::from_secs(4)))?;
/// if recording.endpos > 8000 {                     // more than a second
///     agi.database_put("messages", "7", "new")?;   // runs after a hangup too
/// }
/// if recording.end != RecordingEnd::Hangup {
///     agi.stream_file("vm-msgsaved")?;
/// }
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recording {
    /// How it ended.
    pub end: RecordingEnd,
    /// Its length in samples.
    pub endpos: u32,
}

/// How a recording ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordingEnd {
    /// An escape digit (`(dtmf)`). Asterisk cuts the last 200 ms, where the key is heard.
    Digit(char),
    /// The time was over (`result=0 (timeout)`; seldom 1).
    Timeout,
    /// The caller was silent for as long as `silence` says. Asterisk answers `(timeout)` here too,
    /// with the milliseconds that were left; a silence that ends in the last two milliseconds
    /// therefore reads as [`Timeout`](RecordingEnd::Timeout).
    Silence {
        /// How much of the time was left. Without a time limit it means nothing.
        left: Duration,
    },
    /// The caller hung up (`(hangup)`). The file is there.
    Hangup,
    /// An escape digit during the beep (`(randomerror)`): nothing was recorded.
    Beep(char),
}

/// `200 result=R (how) endpos=N`. `(writefile)`, `(waitfor)`, and no word at all are failures.
pub(crate) fn recording(reply: &Fields<'_>) -> Outcome<Recording> {
    let (Some(code), Some(note)) = (reply.number(), reply.note()) else {
        return if reply.number() == Some(-1) { Outcome::Failed } else { Outcome::Odd };
    };
    let Some(endpos) = reply.word_number("endpos") else {
        return if code == -1 { Outcome::Failed } else { Outcome::Odd };
    };
    let end = |end| Outcome::Value(Recording { end, endpos });
    match (note.as_bytes(), code) {
        (b"hangup", -1) => Outcome::Last(Recording { end: RecordingEnd::Hangup, endpos }),
        (b"timeout", 0 | 1) => end(RecordingEnd::Timeout),
        (b"timeout", 2..) => {
            end(RecordingEnd::Silence { left: Duration::from_millis(code.unsigned_abs()) })
        }
        (b"dtmf", _) => key(code).map_or(Outcome::Odd, |key| end(RecordingEnd::Digit(key))),
        (_, -1) => Outcome::Failed,
        (b"randomerror", _) => key(code).map_or(Outcome::Odd, |key| end(RecordingEnd::Beep(key))),
        _ => Outcome::Odd,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_ends() {
        let read = |reply: &str| recording(&Fields::parse(reply.as_bytes()).unwrap());
        let value = |end, endpos| Outcome::Value(Recording { end, endpos });
        assert_eq!(read("200 result=35 (dtmf) endpos=8000"), value(RecordingEnd::Digit('#'), 8000));
        assert_eq!(read("200 result=0 (timeout) endpos=8000"), value(RecordingEnd::Timeout, 8000));
        assert_eq!(read("200 result=1 (timeout) endpos=0"), value(RecordingEnd::Timeout, 0));
        let left = Duration::from_millis(4530);
        assert_eq!(
            read("200 result=4530 (timeout) endpos=9"),
            value(RecordingEnd::Silence { left }, 9)
        );
        assert_eq!(
            read("200 result=-1 (hangup) endpos=7"),
            Outcome::Last(Recording { end: RecordingEnd::Hangup, endpos: 7 })
        );
        assert_eq!(read("200 result=49 (randomerror) endpos=0"), value(RecordingEnd::Beep('1'), 0));
        for failed in [" (randomerror) endpos=0", " (waitfor) endpos=5", " (writefile)", ""] {
            assert_eq!(read(&format!("200 result=-1{failed}")), Outcome::Failed, "{failed}");
        }
        for odd in ["200 result=0", "200 result=5 (dtmf) endpos=1", "200 result=0 (timeout)"] {
            assert_eq!(read(odd), Outcome::Odd, "{odd}");
        }
    }
}
