//! What goes to standard output and standard error. Data goes to the one, talk to the other; colours only to
//! terminals, and as `NO_COLOR` and `CLICOLOR_FORCE` say.

use std::borrow::Cow;
use std::error::Error;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

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
    let _ = writeln!(talk(), "{BAD}agikit:{BAD:#} {}", visible(text));
}

/// A text of several lines that others had a say in, a program or a file's name: what would move the cursor or
/// change the terminal is shown as `\xNN`.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    escaped(text, |c| c.is_control() && !matches!(c, '\n' | '\t'))
}

/// The same for a file's name, which is one line.
pub(crate) fn name(path: &Path) -> String {
    escaped(&path.to_string_lossy(), char::is_control).into_owned()
}

fn escaped(text: &str, is_hidden: fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return text.into();
    }
    let shown = text.chars().map(|c| match is_hidden(c) {
        true => format!("\\x{:02x}", u32::from(c)),
        false => c.to_string(),
    });
    Cow::Owned(shown.collect())
}

/// Whether the reader of our output went away: `agikit commands | head -1`.
pub(crate) fn is_closed_pipe(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_would_move_the_cursor() {
        assert_eq!(visible("a\u{1b}]0;b\u{7}\u{9b}\r\n\tc"), "a\\x1b]0;b\\x07\\x9b\\x0d\n\tc");
        assert_eq!(visible("grün"), "grün");
        assert_eq!(name(Path::new("a\nb.agi")), "a\\x0ab.agi");
    }
}
