//! Numbers as Asterisk reads them in arguments.

/// What C's `sscanf("%d")` takes a word for: the digits at its beginning, in 32 bits that wrap. `None` where
/// there are none, which is a usage error.
pub(super) fn scan(word: &[u8]) -> Option<i32> {
    let word = word.trim_ascii_start();
    let word = word.get(..word.len().min(30)).unwrap_or_default(); // "%30d"
    let (negative, digits) = match word {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let digits = digits.iter().take_while(|byte| byte.is_ascii_digit());
    let mut value: Option<i64> = None;
    for digit in digits {
        let digit = i64::from(digit - b'0');
        let before = value.unwrap_or(0).saturating_mul(10);
        value = Some(match negative {
            true => before.saturating_sub(digit),
            false => before.saturating_add(digit),
        });
    }
    #[expect(clippy::cast_possible_truncation, reason = "as Asterisk's int does")]
    value.map(|value| value as i32)
}

/// The same for 64 bits, which do not wrap but stop at their end.
pub(super) fn scan_long(word: &[u8]) -> Option<i64> {
    let word = word.trim_ascii_start();
    let sign = usize::from(matches!(word.first(), Some(b'-' | b'+')));
    let digits = word.iter().skip(sign).take_while(|byte| byte.is_ascii_digit()).count();
    let text = std::str::from_utf8(word.get(..sign + digits)?).ok()?;
    if digits == 0 {
        return None;
    }
    let end = if text.starts_with('-') { i64::MIN } else { i64::MAX };
    Some(text.parse().unwrap_or(end))
}

/// What C's `atoi` takes a word for: the same, and 0 where there are no digits.
pub(super) fn atoi(word: &[u8]) -> i32 {
    scan(word).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_c_takes() {
        for (word, value) in [
            ("12abc", Some(12)),
            (" -7", Some(-7)),
            ("+5", Some(5)),
            ("", None),
            ("abc", None),
            ("-", None),
            ("4294967296", Some(0)),
            ("2147483648", Some(i32::MIN)),
            ("99999999999999999999", Some(-1)),
        ] {
            assert_eq!(scan(word.as_bytes()), value, "{word}");
        }
        assert_eq!(scan_long(b"4294967296x"), Some(4_294_967_296));
        assert_eq!(scan_long(b"99999999999999999999"), Some(i64::MAX));
        assert_eq!(scan_long(b"x"), None);
    }
}
