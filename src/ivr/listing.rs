//! A script's sounds, told to who asks for them before any call: `agikit doctor`.

use std::env;
use std::io::{self, Write};

use super::Sounds;

/// Set to `list`, it asks for the list in place of a call.
const ASKS: &str = "AGIKIT_SOUNDS";
/// The list's first line: its form may change one day.
const HEAD: &str = "# agikit sounds 1\n";

impl Sounds {
    /// Prints the list, a name a line, where it is asked for, and gives whether it is: `main` then ends without a call.
    /// `agikit doctor` asks so (by the environment variable `AGIKIT_SOUNDS=list`) and tells which of the sounds
    /// Asterisk does not have. To be called before [`run`](crate::run), which takes standard output for Asterisk.
    ///
    /// ```no_run
    /// use agikit::ivr::Question;
    /// use agikit::{Result, Session};
    /// use std::process::ExitCode;
    ///
    /// fn main() -> ExitCode {
    ///     match number().sounds().and(["vm-goodbye"]).listed() {
    ///         true => ExitCode::SUCCESS,
    ///         false => agikit::run(script),
    ///     }
    /// }
    ///
    /// fn number() -> Question<'static, String> {
    ///     Question::digits("vm-enter-num-to-call")
    /// }
    ///
    /// fn script(agi: &mut Session) -> Result {
    ///     number().ask(agi)?;
    ///     agi.stream_file("vm-goodbye").map(drop)
    /// }
    /// ```
    #[must_use]
    pub fn listed(&self) -> bool {
        let is_asked = env::var_os(ASKS).is_some_and(|it| it == "list");
        if is_asked {
            // Who asked and went away does not want it any more.
            let _ = io::stdout().write_all(self.list().as_bytes());
        }
        is_asked
    }

    /// A name that takes two lines is no sound's.
    fn list(&self) -> String {
        let names = self.names().filter(|name| !name.is_empty() && !name.contains(['\n', '\r']));
        names.fold(HEAD.to_owned(), |list, name| list + name + "\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_a_name_a_line() {
        let sounds = Sounds::new().and(["welcome", "digits/1", "", "two\nlines"]);
        assert_eq!(sounds.list(), "# agikit sounds 1\ndigits/1\nwelcome\n");
        assert!(!sounds.listed(), "nobody asked");
    }
}
