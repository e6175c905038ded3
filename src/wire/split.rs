//! Splits a command line as Asterisk does.

use std::ops::Range;

/// The most words that Asterisk keeps; further ones it drops.
const KEPT: usize = 127;

/// The words of a line (without its line feed), as Asterisk's `parse_args` reads them: blanks and
/// tabs separate, `"` toggles quoting anywhere and disappears, `\` makes the next byte literal inside
/// quotes and outside. An unclosed quote runs to the end; a lone `\` at the end disappears.
///
/// ```
/// use agikit::wire::split;
///
/// assert_eq!(split(br#"GET DATA "a \"b\"" 30"#), [&b"GET"[..], b"DATA", b"a \"b\"", b"30"]);
/// assert_eq!(split(br#"a"b c"d """#), [&b"ab cd"[..], b""]);
/// ```
#[must_use]
pub fn split(line: &[u8]) -> Vec<Vec<u8>> {
    placed_words(line).into_iter().map(|(_, word)| word).collect()
}

/// The words of a line, each with its place there: quotes and backslashes are part of that.
pub(crate) fn placed_words(line: &[u8]) -> Vec<(Range<usize>, Vec<u8>)> {
    let mut words = Vec::new();
    let mut word: Option<(usize, Vec<u8>)> = None;
    let (mut quoted, mut escaped) = (false, false);
    for (at, &byte) in line.iter().enumerate() {
        match byte {
            _ if escaped => {
                // The backslash before it begins a word, too.
                word.get_or_insert((at.saturating_sub(1), Vec::new())).1.push(byte);
                escaped = false;
            }
            b'\\' => escaped = true,
            b'"' => {
                quoted = !quoted;
                // A quote that opens begins a word, even an empty one.
                word.get_or_insert((at, Vec::new()));
            }
            b' ' | b'\t' if !quoted => {
                words.extend(word.take().map(|(from, word)| (from..at, word)))
            }
            _ => word.get_or_insert((at, Vec::new())).1.push(byte),
        }
    }
    words.extend(word.map(|(from, word)| (from..line.len(), word)));
    words.truncate(KEPT);
    words
}

#[cfg(test)]
mod tests {
    use super::{placed_words, split};

    #[track_caller]
    fn check(line: &str, words: &[&str]) {
        let words: Vec<Vec<u8>> = words.iter().map(|word| word.as_bytes().to_vec()).collect();
        assert_eq!(split(line.as_bytes()), words, "{line}");
    }

    #[test]
    fn blanks_quotes_and_backslashes() {
        check("", &[]);
        check(" \t ", &[]);
        check("  NOOP \t x ", &["NOOP", "x"]);
        check(r#"a"b c"d"#, &["ab cd"]);
        check(r#"x "" y"#, &["x", "", "y"]);
        check(r#"x "open  end "#, &["x", "open  end "]);
        check(r"a\ b \n \\ end\", &["a b", "n", r"\", "end"]);
        check(r#"\"a "\"b""#, &["\"a", "\"b"]);
        check("it's 'one two'", &["it's", "'one", "two'"]);
    }

    #[test]
    fn places() {
        let line = br#" NOOP  \"a "b c"d """#;
        let words: Vec<&[u8]> =
            placed_words(line).into_iter().map(|(place, _)| &line[place]).collect();
        assert_eq!(words, [&b"NOOP"[..], br#"\"a"#, br#""b c"d"#, br#""""#]);
    }

    #[test]
    fn keeps_127_words() {
        assert_eq!(split("x ".repeat(300).as_bytes()).len(), 127);
    }
}
