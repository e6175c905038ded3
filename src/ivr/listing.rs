//! A script's sounds, told to who asks for them before any call: `agikit doctor`.

use std::env;
use std::error::Error as StdError;
use std::io::{self, Write};
use std::process::ExitCode;

use super::Sounds;
use crate::session::Session;

/// Set to `list`, it asks for the list in place of a call.
const ASKS: &str = "AGIKIT_SOUNDS";
/// The callers' language, where it is not English.
const LANGUAGE: &str = "AGIKIT_SOUNDS_LANGUAGE";
/// The list's first line: its form may change one day.
const HEAD: &str = "# agikit sounds 1\n";

/// Runs a script as [`agikit::run`](crate::run) does, and lists its sounds for who asks.
///
/// ```no_run
/// use agikit::ivr::Question;
/// use agikit::{Result, Session};
///
/// fn main() -> std::process::ExitCode {
///     agikit::ivr::run(script, || question().sounds().numbers())
/// }
///
/// fn question() -> Question<'static, u64> {
///     Question::number("vm-enter-num-to-call").invalid("invalid")
/// }
///
/// fn script(agi: &mut Session) -> Result {
///     let number = question().ask(agi)?.given().unwrap_or(0);
///     agi.say_number(i32::try_from(number).unwrap_or(0)).map(drop)
/// }
/// ```
///
/// # The list
/// Started with `AGIKIT_SOUNDS=list` in its environment, the program prints `# agikit sounds 1` and then a name a line,
/// and ends with status 0; it reads no input and needs no Asterisk. `AGIKIT_SOUNDS_LANGUAGE` is the callers' language,
/// `en` where it is not set. `agikit doctor` asks so and tells which files are not there. (Names with blanks in them, and
/// addresses, are left out.)
///
/// `sounds` is called for the list only: calls do not wait for it.
pub fn run<E>(
    script: impl FnOnce(&mut Session) -> Result<(), E>,
    sounds: impl FnOnce() -> Sounds,
) -> ExitCode
where
    E: Into<Box<dyn StdError + Send + Sync>>,
{
    match is_asked() && sounds().listed() {
        true => ExitCode::SUCCESS,
        false => crate::script::run(script),
    }
}

fn is_asked() -> bool {
    env::var_os(ASKS).is_some_and(|it| it == "list")
}

impl Sounds {
    /// Prints the list where it is asked for, as [`run`] does, and gives whether it is: `main` then ends without a
    /// call. For programs that do more than [`run`] before their call. To be called before [`agikit::run`](crate::run),
    /// which takes standard output for Asterisk.
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
        let is_asked = is_asked();
        if is_asked {
            let language = env::var(LANGUAGE).unwrap_or_else(|_| "en".to_owned());
            // Who asked and went away does not want it any more.
            let _ = io::stdout().write_all(self.list(&language).as_bytes());
        }
        is_asked
    }

    fn list(&self, language: &str) -> String {
        let names = self.names_in(language).into_iter().filter(|name| is_one_line(name));
        names.fold(HEAD.to_owned(), |list, name| list + &name + "\n")
    }
}

/// What a line of the list can hold, and a file's name can be.
fn is_one_line(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 255
        && !name.contains(|c: char| c.is_control() || c.is_whitespace())
        && !name.contains("://")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ivr::Prompt;

    #[test]
    fn a_list_has_a_name_a_line() {
        let sounds = Sounds::new().and(["welcome", "a b", "", "two\nlines", "http://host/a"]);
        let sounds = sounds.and(&Prompt::new().number(200));
        assert_eq!(sounds.list("en"), "# agikit sounds 1\ndigits/2\ndigits/hundred\nwelcome\n");
        assert_eq!(sounds.list("es_MX"), "# agikit sounds 1\ndigits/200\nwelcome\n");
        assert!(!sounds.listed(), "nobody asked");
    }
}
