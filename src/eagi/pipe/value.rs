//! What a program says as the value of a variable.

/// What of these bytes a channel variable can carry, and whether that is all of it.
///
/// Line ends at the end are dropped, a carriage return, a line feed or a NUL within becomes a blank, since no
/// SET VARIABLE can carry them. The value takes `room` bytes of the command's line at most, where `"` and `\` take two;
/// what is too long is cut in front of a character of UTF-8, never within.
///
/// ```
/// use agikit::eagi::variable_value;
///
/// assert_eq!(variable_value(b"one\r\ntwo\n", 100), (b"one  two".to_vec(), true));
/// assert_eq!(variable_value(b"\"four\"", 6), (b"\"four".to_vec(), false));
/// ```
#[must_use]
pub fn variable_value(bytes: &[u8], room: usize) -> (Vec<u8>, bool) {
    let end = bytes.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n'));
    let bytes = bytes.get(..end.map_or(0, |last| last + 1)).unwrap_or_default();
    let mut value = Vec::with_capacity(bytes.len().min(room));
    let mut taken = 0;
    for &byte in bytes {
        taken += if matches!(byte, b'"' | b'\\') { 2 } else { 1 };
        if taken > room {
            whole_characters(&mut value, byte);
            return (value, false);
        }
        value.push(if matches!(byte, b'\r' | b'\n' | 0) { b' ' } else { byte });
    }
    (value, true)
}

/// Takes off the beginning of a character that goes on with this byte.
fn whole_characters(value: &mut Vec<u8>, next: u8) {
    let goes_on = |byte: u8| byte & 0xc0 == 0x80;
    if !goes_on(next) {
        return;
    }
    let behind = value.iter().rev().take(3).take_while(|byte| goes_on(**byte)).count();
    let begin = value.len().checked_sub(behind + 1);
    if let Some(begin) = begin.filter(|at| value.get(*at).is_some_and(|byte| *byte >= 0xc0)) {
        value.truncate(begin);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_cut_between_characters() {
        let cut = |text: &[u8], room| variable_value(text, room).0;
        assert_eq!(cut("Gr\u{fc}n".as_bytes(), 3), b"Gr");
        assert_eq!(cut("Gr\u{fc}n".as_bytes(), 4), "Gr\u{fc}".as_bytes());
        assert_eq!(cut("\u{1f642}\u{1f642}".as_bytes(), 7), "\u{1f642}".as_bytes());
        assert_eq!(cut(&[0x80; 9], 5), [0x80; 5]); // no UTF-8 at all
        assert_eq!(cut(b"\n\n", 5), b"");
        assert_eq!(cut(b"abc", 0), b"");
        assert_eq!(variable_value(b"a\0b\n\n", 3), (b"a b".to_vec(), true));
    }
}
