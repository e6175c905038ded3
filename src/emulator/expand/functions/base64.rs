//! `BASE64_ENCODE` and `BASE64_DECODE`.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The character that stands for the lowest six bits.
fn character(bits: u32) -> u8 {
    ALPHABET.get(usize::try_from(bits & 63).unwrap_or(0)).copied().unwrap_or(b'=')
}

pub(super) fn encode(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for three in text.chunks(3) {
        let byte = |at: usize| three.get(at).map_or(0, |&byte| u32::from(byte));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let there = at <= three.len();
            out.push(if there { character(bits >> (18 - 6 * at)) } else { b'=' });
        }
    }
    out
}

/// What is no character of the alphabet is passed over; `=` ends the text, and so does a NUL in what comes out.
pub(super) fn decode(text: &[u8]) -> Vec<u8> {
    let values = text.iter().take_while(|&&byte| byte != b'=').filter_map(|byte| {
        ALPHABET.iter().position(|it| it == byte).and_then(|at| u32::try_from(at).ok())
    });
    let (mut bits, mut count, mut out) = (0_u32, 0_u32, Vec::new());
    for value in values {
        bits = bits << 6 | value;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push(u8::try_from(bits >> count & 0xff).unwrap_or(0));
        }
    }
    out.into_iter().take_while(|&byte| byte != 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for (plain, coded) in
            [("", ""), ("a", "YQ=="), ("ab", "YWI="), ("abc", "YWJj"), ("abcd", "YWJjZA==")]
        {
            assert_eq!(encode(plain.as_bytes()), coded.as_bytes());
            assert_eq!(decode(coded.as_bytes()), plain.as_bytes());
        }
    }
}
