//! What a recording may not keep.

mod asked;
mod cover;
mod redactor;
mod reply;
mod secrets;
mod shown;
mod spread;

pub use cover::Cover;
pub(super) use cover::cover_mark;

/// What is hidden while a call is recorded. Nothing is, unless it is said here, or the script itself says so:
/// [`Session::set_confidential`](crate::Session::set_confidential).
///
/// What is hidden becomes `[..]`, which matches anything when the recording is replayed; [`Player`] tells what
/// is sent in its place. What was once hidden is hidden wherever it comes again in that call: the digits of a
/// GET DATA also in the SET VARIABLE, the SAY DIGITS or the DATABASE PUT behind it, in whole or in part. So more
/// may be hidden than had to be, a `1` that is no key for instance.
///
/// ```
/// use agikit::transcript::{Redaction, Tape};
/// use std::time::Duration;
///
/// let redaction = Redaction::new().callers().digits().variable("PIN");
/// let mut tape = Tape::new().redact(redaction);
/// tape.asterisk(Duration::ZERO, b"agi_callerid: 0123456789\n\n");
/// tape.script(Duration::ZERO, b"GET DATA \"enter-pin\" 10000 4\n");
/// tape.asterisk(Duration::ZERO, b"200 result=4711\n");
/// tape.script(Duration::ZERO, b"VERBOSE \"0123456789 dialled 4711\" 3\n");
/// let lines: Vec<String> = tape.take().iter().map(|entry| entry.to_string()).collect();
/// assert_eq!(lines, [
///     "< agi_callerid: [..]",
///     "<",
///     r#"> GET DATA "enter-pin" 10000 4"#,
///     "< 200 result=[..]",
///     r#"> VERBOSE "[..] dialled [..]" 3"#,
/// ]);
/// ```
///
/// What a script computes from something hidden (a sum, a hash, a number spoken as words) is not recognised.
///
/// [`Player`]: crate::transcript::Player
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Redaction {
    callers: bool,
    digits: bool,
    variables: Vec<Vec<u8>>,
}

/// The caller's numbers and names in the environment.
const CALLER: &[&[u8]] = &[b"agi_callerid", b"agi_calleridname", b"agi_dnid", b"agi_rdnis"];

/// The dialplan functions that tell them.
const CALLER_FUNCTIONS: &[&[u8]] = &[b"CALLERID", b"CONNECTEDLINE", b"REDIRECTING"];

impl Redaction {
    /// Hides nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Redaction::default()
    }

    /// Hides who calls and who is called: `agi_callerid`, `agi_calleridname`, `agi_dnid`, `agi_rdnis`, SET
    /// CALLERID, and the values of `CALLERID(…)`, `CONNECTEDLINE(…)` and `REDIRECTING(…)`.
    #[must_use]
    pub fn callers(mut self) -> Self {
        self.callers = true;
        self
    }

    /// Hides what the caller dials, types and says: the digits, keys and texts in the replies of GET DATA, WAIT
    /// FOR DIGIT, STREAM FILE and all other commands that take keys, RECEIVE CHAR, RECEIVE TEXT and SPEECH
    /// RECOGNIZE. A `! key` is not recorded.
    #[must_use]
    pub fn digits(mut self) -> Self {
        self.digits = true;
        self
    }

    /// Hides the values of a variable: in SET VARIABLE, GET VARIABLE, GET FULL VARIABLE, `EXEC Set`, and in the
    /// environment (`agi_arg_1`). A function's name without parentheses hides all its values;
    /// `DB(family/key)` and `DB` are also those of DATABASE GET and DATABASE PUT.
    #[must_use]
    pub fn variable(mut self, name: impl Into<Vec<u8>>) -> Self {
        self.variables.push(name.into());
        self
    }

    pub(super) fn hides_digits(&self) -> bool {
        self.digits
    }

    pub(super) fn hides_callers(&self) -> bool {
        self.callers
    }

    /// Whether a variable's value is hidden.
    pub(super) fn hides(&self, name: &[u8]) -> bool {
        // A SET VARIABLE of _NAME and of __NAME sets NAME, for channels to come as well.
        let name = name.strip_prefix(b"_").unwrap_or(name);
        let name = name.strip_prefix(b"_").unwrap_or(name);
        let base = name.split(|&byte| byte == b'(').next().unwrap_or(name);
        let is_caller = CALLER.contains(&name) || CALLER_FUNCTIONS.contains(&base);
        (self.callers && is_caller)
            || self.variables.iter().any(|hidden| *hidden == name || *hidden == base)
    }

    /// Whether an expression such as `${CALLERID(num)}` tells a value that is hidden.
    pub(super) fn hides_in(&self, expression: &[u8]) -> bool {
        (0..expression.len()).any(|at| {
            let name = expression.get(at..).and_then(|text| text.strip_prefix(b"${"));
            let name = name.and_then(|name| name.split(|byte| b"}:".contains(byte)).next());
            name.is_some_and(|name| self.hides(name))
        })
    }

    /// Where in an assignment such as `A=1,PIN=2` the first value begins that is hidden.
    pub(super) fn hides_from(&self, assignment: &[u8]) -> Option<usize> {
        let mut from = 0;
        for part in assignment.split_inclusive(|&byte| byte == b',') {
            if let Some(equals) = part.iter().position(|&byte| byte == b'=')
                && self.hides(part.get(..equals)?.trim_ascii())
            {
                return Some(from + equals + 1);
            }
            from += part.len();
        }
        None
    }
}
