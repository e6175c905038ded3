//! What can go wrong, told so that the script's author knows what to do next.

use std::fmt;
use std::io;

/// What a command, or a whole script, came to when it did not succeed.
///
/// Every message names the command. None shows what a caller dialled or what a variable held: the
/// bytes of a reply are kept apart, in [`Received`].
///
/// ```
/// use agikit::{Error, Result, Session};
///
/// fn say(agi: &mut Session) -> Result {
///     match agi.stream_file("custom/greeting") {
///         Err(Error::Failed { .. }) => agi.stream_file("beep").map(drop), // no such sound
///         other => other.map(drop),                                      // a hangup ends the script
///     }
/// }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The call is over: the caller hung up, the channel was redirected, or Asterisk closed the
    /// session. Commands that need a live channel give this at once from then on; the 13 that
    /// [run after hangup](crate::Spec::dead) still work. Let `?` carry it out of the script:
    /// [`run`](crate::run) takes it for a normal end.
    #[error("the call has ended (hangup)")]
    Hangup,

    /// Asterisk tried and could not (mostly `200 result=-1`), and the caller is still there. For a sound:
    /// most often there is no such file in the channel's language.
    #[error(
        "{command} failed although the caller is still there; look for the reason on asterisk's \
         console (often a sound file that does not exist)"
    )]
    Failed {
        /// The command's words.
        command: &'static str,
        /// The reply.
        reply: Received,
    },

    /// EXEC of an application that Asterisk does not have (`200 result=-2`).
    #[error(
        "{command}: asterisk has no such application; check its name, and that its module is \
         loaded (core show application NAME)"
    )]
    NoSuchApplication {
        /// The command's words.
        command: &'static str,
    },

    /// Asterisk did not take the command: `510` it does not know it (a module is not loaded, or
    /// this Asterisk is older than the command), `520` its arguments are wrong (the reply holds the
    /// usage), `503` it had no memory.
    #[error(
        "{command} was refused with {code}{}",
        match code {
            510 => ": this asterisk does not know the command; is its module loaded?",
            520 => ": its arguments are not what this asterisk expects (agi show commands topic)",
            _ => "",
        }
    )]
    Refused {
        /// The command's words.
        command: &'static str,
        /// Asterisk's three digits.
        code: u16,
        /// The reply, with its usage.
        reply: Received,
    },

    /// An argument that cannot be sent as it is. Nothing was sent; the session goes on.
    #[error("{command} was not sent: {argument} {fault}")]
    Argument {
        /// The command's words.
        command: &'static str,
        /// The argument's name.
        argument: &'static str,
        /// What is wrong with it.
        fault: Fault,
    },

    /// Asterisk sent what this command never answers. The session goes on, aligned; but from
    /// [`Session::begin`](crate::Session::begin) it means that there is none, and with
    /// [`Surprise::Recorded`] that nobody is at the other end.
    #[error("{command}: {fault}")]
    Protocol {
        /// The command's words.
        command: &'static str,
        /// In which way.
        fault: Surprise,
        /// What came, cut at 4 KiB.
        reply: Received,
    },

    /// There is no audio of the caller: the program was started by `AGI()`, or the audio was taken already.
    #[error(
        "EAGI audio: there is none; start this program by EAGI() instead of AGI() in the dialplan, and open \
         the audio once"
    )]
    NoAudio,

    /// The caller's audio comes in a form that is neither linear nor G.711.
    #[error(
        "EAGI audio: it comes as {format:?}; set EAGI_AUDIO_FORMAT to slin, slin16, slin48 (or another linear \
         rate), ulaw or alaw before EAGI()"
    )]
    AudioFormat {
        /// What EAGI_AUDIO_FORMAT names.
        format: Box<str>,
    },

    /// The system refused to read, write or set up the session.
    #[error("{command}: input or output failed")]
    Io {
        /// The command's words, or what was being set up.
        command: &'static str,
        /// The system's reason.
        source: io::Error,
    },
}

/// What the library returns: nothing or a value, or an [`Error`].
pub type Result<T = (), E = Error> = std::result::Result<T, E>;

/// What is wrong with an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// It holds a line feed: what follows it would be another command.
    LineFeed,
    /// It holds a carriage return, which Asterisk would take as part of a word.
    CarriageReturn,
    /// It holds a NUL byte: Asterisk would drop what follows.
    Nul,
    /// It holds something other than the keys `0`–`9`, `*`, `#`, `A`–`D`.
    NotKeys,
    /// It is empty, which Asterisk does not survive or takes for something else.
    Empty,
    /// It does not begin with a number.
    NotANumber,
    /// It is a number below or above what Asterisk accepts.
    OutOfRange {
        /// The least.
        least: u16,
        /// The most.
        most: u16,
    },
    /// It is longer than Asterisk's clock, in milliseconds or seconds of 32 bits, can count.
    TooLate,
    /// It is a time of zero, by which Asterisk means its default (GET DATA: leave it out for that) or no
    /// limit (SPEECH RECOGNIZE: [`Timeout::FOREVER`](crate::Timeout::FOREVER)).
    Zero,
    /// It is longer than this many bytes.
    TooLong(u16),
    /// The whole line is longer than this many bytes: Asterisk would take it for several commands.
    LineTooLong(u16),
    /// The line has more than 126 words, which Asterisk does not survive.
    TooManyWords,
    /// It would end the session: Asterisk takes a line that begins with `failure` for the end.
    Failure,
    /// It begins like a number, and Asterisk would take it for one.
    Label,
    /// It holds what separates arguments, and the command has no way to protect it.
    Separator,
    /// It is not made of command words: visible ASCII without `"` and `\`, single blanks between them.
    NotWords,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Fault::LineFeed => "holds a line feed, which would start another command; remove it",
            Fault::CarriageReturn => "holds a carriage return; remove it",
            Fault::Nul => "holds a nul byte, which no command can carry; remove it",
            Fault::NotKeys => "may hold only the keys 0-9, *, # and A-D",
            Fault::Empty => "must not be empty",
            Fault::NotANumber => "must begin with a digit",
            Fault::OutOfRange { least, most } => {
                return write!(f, "must be from {least} to {most}");
            }
            Fault::TooLate => "is beyond what asterisk counts in 32 bits; use a smaller one",
            Fault::Zero => {
                "is zero, by which asterisk means its default, or no limit; say what is meant"
            }
            Fault::TooLong(most) => {
                return write!(f, "is longer than {most} bytes, where asterisk would cut it");
            }
            Fault::LineTooLong(most) => {
                return write!(
                    f,
                    "makes the line longer than the {most} bytes that this asterisk reads as one \
                     command; send less, or store it by another way (AstDB, a file)"
                );
            }
            Fault::TooManyWords => "is more than the 126 words that asterisk survives",
            Fault::Failure => "begins with `failure`, which asterisk takes for the end of a script",
            Fault::Label => "begins like a number, which asterisk would take it for; name a label",
            Fault::Separator => {
                "holds a comma, quote, backslash or bracket, which this command would take apart; \
                 pass it in a channel variable"
            }
            Fault::NotWords => "must be plain words with single blanks between them",
        };
        f.write_str(text)
    }
}

/// In which way a reply was none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Surprise {
    /// Not the form of this command's replies.
    Form,
    /// Longer than the session's bound ([`Session::set_reply_bound`](crate::Session::set_reply_bound)).
    TooLong,
    /// The environment goes on for more than 1 MiB.
    LongEnvironment,
    /// Replies came before the first command, and then nothing: a recorded session in a pipe.
    Recorded,
    /// The input ended inside the environment block, before the empty line.
    NoEnvironment,
}

impl fmt::Display for Surprise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Surprise::Form => "asterisk's reply has a form that this command never answers",
            Surprise::TooLong => {
                "the reply is longer than the session's bound; raise it if it should be"
            }
            Surprise::LongEnvironment => "the agi_ variables have no end: this is not asterisk",
            Surprise::Recorded => {
                "the replies came before the commands, so this is no call; give a recorded session as a \
                 file (program < session), not through a pipe"
            }
            Surprise::NoEnvironment => {
                "the input ended before the empty line that ends the agi_ variables; start this \
                 program from asterisk's AGI(), or give it a recorded session (program < file)"
            }
        })
    }
}

/// The bytes of a reply inside an error. `Debug` shows only how many: a reply may hold what a caller
/// dialled. [`as_bytes`](Received::as_bytes) shows them.
#[derive(Clone, PartialEq, Eq)]
pub struct Received(Box<[u8]>);

impl Received {
    /// Keeps a copy of the first 4 KiB.
    pub(crate) fn new(reply: &[u8]) -> Self {
        Received(reply.get(..4096).unwrap_or(reply).into())
    }

    /// The reply as it was received, several lines where it had them, without the last line feed.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// They end an error's sentence: "STREAM FILE: file …".
    #[test]
    fn every_fault_is_the_end_of_a_sentence() {
        let faults = [
            Fault::LineFeed,
            Fault::CarriageReturn,
            Fault::Nul,
            Fault::NotKeys,
            Fault::Empty,
            Fault::NotANumber,
            Fault::OutOfRange { least: 1, most: 999 },
            Fault::TooLate,
            Fault::Zero,
            Fault::TooLong(999),
            Fault::LineTooLong(999),
            Fault::TooManyWords,
            Fault::Failure,
            Fault::Label,
            Fault::Separator,
            Fault::NotWords,
        ];
        let said: Vec<String> = faults.iter().map(Fault::to_string).collect();
        for (number, one) in said.iter().enumerate() {
            let begins = ["holds ", "may ", "must ", "is ", "makes ", "begins "];
            assert!(begins.iter().any(|begin| one.starts_with(begin)), "{one}");
            assert!(!one.ends_with('.') && !said[..number].contains(one), "{one}");
            let counts = matches!(
                faults[number],
                Fault::OutOfRange { .. } | Fault::TooLong(_) | Fault::LineTooLong(_)
            );
            assert_eq!(one.contains("999"), counts, "{one}");
        }
    }

    #[test]
    fn stays_small() {
        assert!(size_of::<Error>() <= 40, "{} bytes", size_of::<Error>());
        assert!(size_of::<Result>() <= 40);
    }

    #[test]
    fn names_the_command_and_hides_the_reply() {
        let error = Error::Protocol {
            command: "GET DATA",
            fault: Surprise::Form,
            reply: Received::new(b"200 result=1234"),
        };
        assert!(error.to_string().starts_with("GET DATA: "));
        assert!(!format!("{error} {error:?}").contains("1234"));
    }

    #[test]
    fn keeps_a_bounded_part() {
        assert_eq!(Received::new(&[b'x'; 5000]).as_bytes().len(), 4096);
    }
}
