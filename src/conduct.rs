//! A script on its session, from its first command to how it ended: the same under Asterisk and in a test.

use std::any::Any;
use std::error::Error as StdError;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::command::Verbose;
use crate::error::Error;
use crate::session::Session;

/// How a script ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The exit status of its process.
    pub(crate) status: u8,
    /// What went wrong, in one line.
    pub(crate) fault: Option<String>,
}

/// Runs a script. A hangup is a normal end; a panic is told of as an error is.
pub(crate) fn conduct<E>(
    session: &mut Session,
    script: impl FnOnce(&mut Session) -> Result<(), E>,
) -> Ended
where
    E: Into<Box<dyn StdError + Send + Sync>>,
{
    match catch_unwind(AssertUnwindSafe(|| script(session))) {
        Ok(Ok(())) => Ended { status: 0, fault: None },
        Ok(Err(error)) => {
            let error = error.into();
            match is_hangup(error.as_ref()) {
                true => Ended { status: 0, fault: None },
                false => Ended { status: 1, fault: Some(chain(error.as_ref())) },
            }
        }
        // Its message and place are on standard error already.
        Err(panic) => Ended { status: 101, fault: Some(panic_message(panic.as_ref())) },
    }
}

/// Whether an error is the hangup, or came from it.
pub(crate) fn is_hangup(error: &(dyn StdError + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if matches!(error.downcast_ref(), Some(Error::Hangup)) {
            return true;
        }
        next = error.source();
    }
    false
}

/// An error and its sources, one line.
pub(crate) fn chain(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        text.push_str(": ");
        text.push_str(&source.to_string());
        next = source.source();
    }
    text
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("the script panicked: {}", text.unwrap_or("(no message)"))
}

/// One line of at most so many bytes, and nothing in it that a terminal obeys: what a caller has said may stand in an error.
pub(crate) fn one_line(message: &str, most: usize) -> String {
    let mut line: String = message.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mut end = line.len().min(most);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    line.truncate(end);
    line
}

/// One VERBOSE line: what a command cannot carry becomes blanks, what a line cannot hold is cut.
pub(crate) fn tell_console(session: &mut Session, message: &str) {
    let line = one_line(message, 1000);
    let _ = session.run(Verbose::new(&line).level(1));
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("no account")]
    struct Wrapped(#[source] Error);

    #[test]
    fn finds_a_hangup_behind_other_errors() {
        assert!(is_hangup(&Error::Hangup));
        assert!(is_hangup(&Wrapped(Error::Hangup)));
        let other = Error::NoSuchApplication { command: "EXEC" };
        assert!(!is_hangup(&Wrapped(other)));
        let boxed: Box<dyn StdError + Send + Sync> = Error::Hangup.into();
        assert!(is_hangup(boxed.as_ref()));
    }

    #[test]
    fn is_one_line() {
        let odd = "no\r\n\0account\u{1b}[2J \u{9b}2J ä";
        assert_eq!(one_line(odd, 100), "no   account [2J  2J ä");
        assert_eq!(one_line("xä", 2), "x");
    }

    #[test]
    fn shows_the_whole_chain() {
        let error =
            Wrapped(Error::Io { command: "NOOP", source: io::Error::other("disk on fire") });
        assert_eq!(chain(&error), "no account: NOOP: input or output failed: disk on fire");
    }
}
