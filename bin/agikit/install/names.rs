//! The names that a program may have in agi-bin.

use std::ffi::OsString;
use std::path::Path;

/// Whether a dialplan can name it so, and it leads nowhere else.
pub(super) fn is_name(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._+-@~".contains(c);
    !text.is_empty() && !text.starts_with(['.', '-']) && text.chars().all(is_plain)
}

/// A program's name in agi-bin, or why it is none.
pub(super) fn checked_name(name: &OsString, agi: &Path) -> Result<String, String> {
    /// So much of a path Asterisk takes: the rest it cuts off without a word.
    const LONGEST: usize = 255;
    let shown = name.to_string_lossy();
    let Some(text) = name.to_str().filter(|text| is_name(text)) else {
        return Err(format!(
            "`{shown}` is no name for AGI() in the dialplan: letters, digits, `.`, `_`, `-`, `+`, `@`, `~`, the first \
             neither `.` nor `-`; --name NAME gives another"
        ));
    };
    if agi.as_os_str().len() + 1 + text.len() > LONGEST {
        return Err(format!(
            "`{shown}` is too long: Asterisk cuts a program's path off at {LONGEST} bytes; --name NAME gives another"
        ));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_a_dialplan_can_name() {
        let checked =
            |name: &str| checked_name(&name.into(), Path::new("/usr/share/asterisk/agi-bin"));
        for name in ["hello", "menu.py", "a_b-c+1@x~", "0"] {
            assert_eq!(checked(name).as_deref(), Ok(name));
        }
        for name in [
            "",
            ".x",
            "-x",
            "a b",
            "a/b",
            "a,b",
            "a|b",
            "a(b",
            "a;b",
            "agi:async",
            "$x",
            "\u{e4}",
            "a\nb",
        ] {
            assert!(checked(name).is_err(), "{name}");
        }
        assert!(checked(&"x".repeat(227)).is_ok());
        assert!(checked(&"x".repeat(228)).unwrap_err().contains("255 bytes"));
    }
}
