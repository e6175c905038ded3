//! What goes to standard output and standard error. Data goes to the one, talk to the other; colours only to
//! terminals, and as `NO_COLOR` and `CLICOLOR_FORCE` say.

use std::error::Error;
use std::io::{self, ErrorKind, Write};

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};

/// Headings, and what was looked for.
pub(crate) const STRONG: Style = Style::new().bold();
/// What is right.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// What is wrong.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// What is said besides.
pub(crate) const FAINT: Style = Style::new().dimmed();

/// Standard output, for the whole of a command: locked, and in one piece.
pub(crate) fn data() -> io::BufWriter<AutoStream<io::StdoutLock<'static>>> {
    let stdout = io::stdout().lock();
    let choice = AutoStream::choice(&stdout);
    io::BufWriter::new(AutoStream::new(stdout, choice))
}

/// Standard error, for talk.
pub(crate) fn talk() -> AutoStream<io::StderrLock<'static>> {
    AutoStream::auto(io::stderr().lock())
}

/// What went wrong, or is to be known.
pub(crate) fn problem(text: &str) {
    // Nobody is left to tell that standard error is closed.
    let _ = writeln!(talk(), "{BAD}agikit:{BAD:#} {text}");
}

/// Whether the reader of our output went away: `agikit commands | head -1`.
pub(crate) fn is_closed_pipe(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}
