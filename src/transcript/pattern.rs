//! A line with parts left open.

use crate::wire::split;

/// A line's bytes, of which some parts may be anything (`[..]` in the file).
///
/// ```
/// use agikit::transcript::Pattern;
///
/// let pattern = Pattern::open(["GET DATA menu ", ""]);          // GET DATA menu [..]
/// assert!(pattern.matches(br#"GET DATA "menu" 10000 8"#));
/// assert!(!pattern.matches(br#"GET DATA "other" 10000 8"#));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// What stands between the open parts: one piece where nothing is open, never none.
    pieces: Vec<Vec<u8>>,
}

/// What separates words where they are compared; no byte is it.
const GAP: u16 = 256;

impl Pattern {
    /// A line that is known to the last byte.
    #[must_use]
    pub fn exactly(line: impl Into<Vec<u8>>) -> Self {
        Pattern { pieces: vec![line.into()] }
    }

    /// A line with something open between each two pieces. One piece leaves nothing open; none is an empty
    /// line.
    #[must_use]
    pub fn open<P: Into<Vec<u8>>>(pieces: impl IntoIterator<Item = P>) -> Self {
        let mut pieces: Vec<Vec<u8>> = pieces.into_iter().map(Into::into).collect();
        if pieces.is_empty() {
            pieces.push(Vec::new());
        }
        Pattern { pieces }
    }

    /// The pieces between the open parts.
    #[must_use]
    pub fn pieces(&self) -> &[Vec<u8>] {
        &self.pieces
    }

    /// The whole line, where nothing in it is open.
    #[must_use]
    pub fn as_exact(&self) -> Option<&[u8]> {
        match self.pieces.as_slice() {
            [line] => Some(line),
            _ => None,
        }
    }

    /// Whether a line that a script sent is this one: word by word, as Asterisk splits them
    /// ([`split`]). Quoting and blanks between words make no difference. An open part stands for any part
    /// of a word, and for several words.
    #[must_use]
    pub fn matches(&self, line: &[u8]) -> bool {
        if self.matches_bytes(line) {
            return true;
        }
        let Some((pattern, open)) = self.words() else { return false };
        let pattern = flat(&pattern);
        let pieces: Vec<&[u16]> = pattern.split(|&symbol| Some(symbol) == open).collect();
        glob(&pieces, &flat(&split(line)))
    }

    /// Whether a line is this one byte by byte, open parts being any bytes. Asterisk's lines are compared so.
    #[must_use]
    pub fn matches_bytes(&self, line: &[u8]) -> bool {
        let pieces: Vec<&[u8]> = self.pieces.iter().map(Vec::as_slice).collect();
        glob(&pieces, line)
    }

    /// The first word that is another one in `line`, counted from 1; `None` when there is none, or when an
    /// open part comes before it: then no number says which it is.
    #[must_use]
    pub fn first_difference(&self, line: &[u8]) -> Option<usize> {
        if self.matches(line) {
            return None;
        }
        let (pattern, open) = self.words()?;
        let line = split(line);
        let same = pattern.iter().zip(&line).take_while(|(one, other)| one == other).count();
        let next = pattern.get(same);
        let is_open = next.is_some_and(|word| word.iter().any(|&byte| Some(byte.into()) == open));
        (!is_open).then_some(same + 1)
    }

    /// The words, an open part being a byte that occurs nowhere else in them; `None` when every byte occurs.
    fn words(&self) -> Option<(Vec<Vec<u8>>, Option<u16>)> {
        if let Some(line) = self.as_exact() {
            return Some((split(line), None));
        }
        let mut free = (0..=u8::MAX).rev().filter(|byte| !b" \t\"\\".contains(byte));
        let open = free.find(|byte| !self.pieces.iter().any(|piece| piece.contains(byte)))?;
        Some((split(&self.pieces.join(&open)), Some(open.into())))
    }
}

/// Words as one row of symbols.
fn flat(words: &[Vec<u8>]) -> Vec<u16> {
    let words: Vec<Vec<u16>> =
        words.iter().map(|word| word.iter().copied().map(u16::from).collect()).collect();
    words.join(&GAP)
}

/// Whether the pieces stand in a row in this order, from its beginning to its end.
fn glob<T: PartialEq>(pieces: &[&[T]], row: &[T]) -> bool {
    let [first, others @ ..] = pieces else { return row.is_empty() };
    let [middle @ .., last] = others else { return row == *first };
    let Some(mut row) = row.strip_prefix(*first) else { return false };
    for piece in middle.iter().filter(|piece| !piece.is_empty()) {
        // The first place leaves most to those behind.
        let Some(at) = row.windows(piece.len()).position(|window| window == *piece) else {
            return false;
        };
        row = row.get(at + piece.len()..).unwrap_or_default();
    }
    row.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    fn pattern(text: &str) -> Pattern {
        Pattern::open(text.split("[..]"))
    }

    #[track_caller]
    fn same(text: &str, lines: &[&str]) {
        for line in lines {
            assert!(pattern(text).matches(line.as_bytes()), "{text}: {line}");
        }
    }

    #[track_caller]
    fn differs(text: &str, lines: &[&str]) {
        for line in lines {
            assert!(!pattern(text).matches(line.as_bytes()), "{text}: {line}");
        }
    }

    #[test]
    fn word_by_word() {
        same("ANSWER", &["ANSWER", " ANSWER ", "\"ANSWER\"", "AN\"SW\"ER"]);
        same(r#"SAY ALPHA "Hello World" """#, &[r#"SAY  ALPHA Hello\ World """#]);
        differs("ANSWER", &["answer", "ANSWER x", "ANSWE", "", r#"ANSWER """#]);
        differs("SAY ALPHA Hello World", &[r#"SAY ALPHA "Hello World""#]);
        same("", &["", "  "]);
    }

    #[test]
    fn open_parts() {
        same("[..]", &["", "x", r#"EXEC "a b" """#]);
        same("EXEC [..]", &[r#"EXEC "Dial" "x,y""#, "EXEC x", r#"EXEC """#]);
        differs("EXEC [..]", &["EXEC", "NOOP x"]);
        same(r#"SET VARIABLE "A" "[..]""#, &[r#"SET VARIABLE A """#, "SET VARIABLE A b c"]);
        same("[..]a[..]a[..]", &["aa", "banana"]);
        differs("[..]a[..]a[..]", &["ab"]);
        differs("a[..]a", &["a"]);
        same("x[..][..]y", &["xy", "x--y"]);
        same(r#"STREAM FILE "[..]-in" """#, &[r#"STREAM FILE "log me-in" """#]);
    }

    #[test]
    fn byte_by_byte() {
        assert!(pattern("200 result=[..]").matches_bytes(b"200 result="));
        assert!(!pattern("200 result=1").matches_bytes(b"200  result=1"));
        let every: Vec<u8> = (0..=255).collect();
        let full = Pattern::open([every.clone(), Vec::new()]);
        assert!(full.matches(&[&every[..], b"more"].concat()));
        assert!(!full.matches(b"more"));
    }

    #[test]
    fn names_the_word() {
        let is = |text, line: &str| pattern(text).first_difference(line.as_bytes());
        assert_eq!(is("GET DATA a 1", "GET DATA b 1"), Some(3));
        assert_eq!(is("ANSWER", "ANSWER now"), Some(2));
        assert_eq!(is("ANSWER", "ANSWER"), None);
        assert_eq!(is("EXEC [..] a", "EXEC x b"), None);
    }
}
