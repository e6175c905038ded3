//! Commands that have no type here.

use super::{ANY, Command, Spec};
use crate::reply::plain::raw;
use crate::reply::{Fields, Outcome, RawReply};
use crate::text::Text;
use crate::wire::Line;

/// A command that one of Asterisk's modules registers, by its words. Arguments are quoted, checked and
/// bounded as everywhere.
///
/// It is sent after a hangup too: Asterisk decides, and `511` is [`Hangup`](crate::Error::Hangup).
///
/// ```no_run
/// # fn f(agi: &mut agikit::Session) -> agikit::Result {
/// use agikit::Raw;
///
/// let reply = agi.run(Raw::new("QUEUE POSITION").arg("support"))?;
/// let place = reply.fields().number();
/// # let _ = place; Ok(()) }
/// ```
#[derive(Debug, Clone)]
#[must_use = "a command does nothing until a session runs it"]
pub struct Raw<'a> {
    words: &'static str,
    arguments: Vec<Text<'a>>,
}

impl<'a> Raw<'a> {
    /// The command with its words: visible ASCII without `"` and `\`, single blanks between them. Others are
    /// refused when it is run, and so is a line that would begin with `failure`.
    pub const fn new(words: &'static str) -> Self {
        Raw { words, arguments: Vec::new() }
    }

    /// Adds an argument.
    pub fn arg(mut self, argument: impl Into<Text<'a>>) -> Self {
        self.arguments.push(argument.into());
        self
    }
}

impl Command for Raw<'_> {
    type Reply = RawReply;

    fn spec(&self) -> Spec {
        Spec::new(self.words, 0, ANY).dead().text()
    }

    fn write(&self, line: &mut Line<'_>) {
        for &argument in &self.arguments {
            line.text("argument", argument);
        }
    }

    fn read(reply: &Fields<'_>) -> Outcome<RawReply> {
        raw(reply)
    }
}
