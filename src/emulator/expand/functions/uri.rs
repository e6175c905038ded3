//! `URIENCODE` and `URIDECODE`.

/// Bytes that stay as they are, besides letters and digits.
const PLAIN: &[u8] = b"-_.!~*'()";

pub(super) fn encode(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for &byte in text {
        if byte.is_ascii_alphanumeric() || PLAIN.contains(&byte) {
            out.push(byte);
        } else {
            out.extend(format!("%{byte:02X}").into_bytes());
        }
    }
    out
}

/// A `%` that no two hexadecimal digits follow stays; `%00` ends the text.
pub(super) fn decode(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((&byte, behind)) = rest.split_first() {
        rest = behind;
        let digit = |at: usize| behind.get(at).and_then(|&it| char::from(it).to_digit(16));
        match digit(0).zip(digit(1)).filter(|_| byte == b'%') {
            Some((0, 0)) => break,
            Some((high, low)) => {
                out.push(u8::try_from(high * 16 + low).unwrap_or_default());
                rest = behind.get(2..).unwrap_or_default();
            }
            None => out.push(byte),
        }
    }
    out
}
