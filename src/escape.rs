//! Bytes as readable text and back: transcripts are written so, and `Stdio` reads them.

/// Appends bytes as text: valid UTF-8 as it is; other bytes, control characters, and a backslash that would
/// begin an escape, as `\xNN`.
pub(crate) fn escape(bytes: &[u8], text: &mut String) {
    let mut rest = bytes;
    for chunk in bytes.utf8_chunks() {
        for (at, c) in chunk.valid().char_indices() {
            let behind = rest.get(at..).unwrap_or_default();
            if c.is_control() || escaped(behind).is_some() {
                let mut buffer = [0; 4];
                c.encode_utf8(&mut buffer).bytes().for_each(|byte| push_hex(byte, text));
            } else {
                text.push(c);
            }
        }
        chunk.invalid().iter().for_each(|&byte| push_hex(byte, text));
        rest = rest.get(chunk.valid().len() + chunk.invalid().len()..).unwrap_or_default();
    }
}

/// The bytes that text stands for: `\xNN` is a byte, all else is itself.
pub(crate) fn unescape(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, others @ ..] = rest {
        (rest, _) = match escaped(rest) {
            Some((byte, behind)) => (behind, bytes.push(byte)),
            None => (others, bytes.push(*first)),
        };
    }
    bytes
}

/// The byte of the escape with which a text begins, and what stands behind it.
fn escaped(text: &[u8]) -> Option<(u8, &[u8])> {
    let [b'\\', b'x', high, low, behind @ ..] = text else { return None };
    let digit =
        |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some((digit(high)? << 4 | digit(low)?, behind))
}

/// A byte as `\xNN`.
pub(crate) fn push_hex(byte: u8, text: &mut String) {
    text.push_str("\\x");
    let digits = [byte >> 4, byte & 15];
    text.extend(digits.iter().filter_map(|&digit| char::from_digit(digit.into(), 16)));
}

#[cfg(test)]
mod tests {
    use super::{escape, unescape};

    #[track_caller]
    fn check(bytes: &[u8], text: &str) {
        let mut is = String::new();
        escape(bytes, &mut is);
        assert_eq!(is, text);
        assert_eq!(unescape(text.as_bytes()), bytes, "{text}");
    }

    #[test]
    fn bytes_and_back() {
        check(b"", "");
        check("Jos\u{e9}, 名".as_bytes(), "José, 名");
        check(b"Jos\xe9 is Latin-1", "Jos\\xe9 is Latin-1");
        check(b"a\tb\r\n\0\x7f", "a\\x09b\\x0d\\x0a\\x00\\x7f");
        check("\u{85}".as_bytes(), "\\xc2\\x85");
        check(br"a\b \\ \x \x4 \x4g \", r"a\b \\ \x \x4 \x4g \");
        check(br"\x41", r"\x5cx41");
        check(br"\\x41", r"\\x5cx41");
        check(b"\\\xff", r"\\xff");
        check(b"\\x5\xff", r"\x5\xff");
        check(b"\xf0\x9f\x98", r"\xf0\x9f\x98");
        assert_eq!(unescape(br"\xE9\xe9"), b"\xe9\xe9", "either case is read");
    }
}
